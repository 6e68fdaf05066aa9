#include "stock_reservation/stock_reservation.h"

const char *const wms_reservation_states[] = {"draft", "active", "delivered", "released", NULL};

static const m_field line_fields[] = {
    M_F_ID(wms_reservation_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_reservation_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(wms_reservation_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_QTY(wms_reservation_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_QTY(wms_reservation_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_QTY(wms_reservation_line, delivered_qty, "Delivered in stock units", .flags = M_READONLY),
};
const m_type wms_reservation_line_type = {
    .name = "wms.reservation_line", .size = sizeof(wms_reservation_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_stock_reservation, wms_reservation_states),
    M_F_LINK(wms_stock_reservation, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_LINK(wms_stock_reservation, customer, "Customer", "core.customer",
             .help = "For whom; then nobody else is delivered from it."),
    M_F_DATE(wms_stock_reservation, reserved_on, "Reserved on", .help = "Today when left out."),
    M_F_DATE(wms_stock_reservation, expires_on, "Last day",
             .help = "After this day the goods are free again; until released when left out."),
    M_F_STR(wms_stock_reservation, reference, "Reference"),
    M_F_LIST(wms_stock_reservation, lines, "Lines", &wms_reservation_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_TEXT(wms_stock_reservation, remarks, "Remarks"),
};
static const m_index indexes[] = {
    {"customer", false, NULL}, {"warehouse", false, NULL}, {NULL, false, NULL}};
const m_type wms_stock_reservation_type = {.name = "wms.stock_reservation",
                                           .schema = "wms",
                                           .table = "stock_reservation",
                                           .size = sizeof(wms_stock_reservation),
                                           M_FIELDS(fields),
                                           .indexes = indexes};

static const m_move moves[] = {{.action = "submit",
                                .label = "Reserve",
                                .from = "draft",
                                .to = "active",
                                .can = M_CAN_SUBMIT,
                                .flags = M_MOVE_NUMBER | M_MOVE_PRIMARY,
                                .effect = wms_reservation_submit},
                               {.action = "release",
                                .label = "Release",
                                .from = "active",
                                .to = "released",
                                .can = M_CAN_SUBMIT,
                                .effect = wms_reservation_release},
                               {.action = "deliver", /* by delivery notes, and back */
                                .label = "Delivered",
                                .from = "active",
                                .to = "delivered",
                                .can = M_CAN_SUBMIT,
                                .flags = M_MOVE_INTERNAL},
                               {NULL}};
static const m_lifecycle life = {wms_reservation_states, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL},     {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT},
    {"Accounts Manager", M_CAN_READ}, {"Accounts User", M_CAN_READ},
    {"Auditor", M_CAN_READ},          {NULL, 0}};

const m_doctype wms_stock_reservation_doctype = {
    .type = &wms_stock_reservation_type,
    .module = "wms",
    .collection = "stock-reservations",
    .label = "Stock reservation",
    .label_plural = "Stock reservations",
    .group = "Sales",
    .series = "RES",
    .series_date = "reserved_on",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,customer,reference,warehouse,reserved_on,expires_on,state",
    .search_fields = "number,reference",
    .title_field = "number",
    .check = wms_reservation_check};

/* ---- what is held ---- */

static const m_field row_fields[] = {
    M_F_ID(wms_reserved_line, id, "Reservation line"),
    M_F_LINK(wms_reserved_line, reservation, "Reservation", "wms.stock_reservation"),
    M_F_STR(wms_reserved_line, reservation_no, "Reservation number"),
    M_F_LINK(wms_reserved_line, item, "Item", "core.item"),
    M_F_LINK(wms_reserved_line, warehouse, "Warehouse", "wms.warehouse"),
    M_F_LINK(wms_reserved_line, customer, "Customer", "core.customer"),
    M_F_DATE(wms_reserved_line, expires_on, "Last day"),
    M_F_QTY(wms_reserved_line, open_qty, "Held"),
};
static const m_index row_indexes[] = {
    {"item,warehouse", false, "open_qty > 0"}, {"reservation", false, NULL}, {NULL, false, NULL}};
const m_type wms_reserved_line_type = {.name = "wms.reserved_line",
                                       .schema = "wms",
                                       .table = "reserved_line",
                                       .size = sizeof(wms_reserved_line),
                                       M_FIELDS(row_fields),
                                       .indexes = row_indexes};
