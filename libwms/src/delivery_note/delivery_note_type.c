#include "delivery_note/delivery_note.h"

static const m_field line_fields[] = {
    M_F_ID(wms_delivery_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_delivery_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_STR(wms_delivery_line, description, "Description",
            .help = "The item's name when left out."),
    M_F_LINK(wms_delivery_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_QTY(wms_delivery_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_ID(wms_delivery_line, reservation_line, "Reservation line",
           .help = "The line of the reservation these goods are held for; empty for free ones."),
    M_F_LINK(wms_delivery_line, batch, "Batch", "wms.batch",
             .help = "What expires first when left out."),
    M_F_TEXT(wms_delivery_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_QTY(wms_delivery_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_QTY(wms_delivery_line, reserved_qty, "Of the reservation, in stock units",
            .flags = M_READONLY),
    M_F_MONEY(wms_delivery_line, value, "Cost", .flags = M_READONLY,
              .help = "What the goods were worth in stock."),
    M_F_QTY(wms_delivery_line, returned_qty, "Returned", .flags = M_READONLY),
    M_F_QTY(wms_delivery_line, returned_stock_qty, "Returned in stock units",
            .flags = M_READONLY | M_HIDDEN),
    M_F_MONEY(wms_delivery_line, returned_value, "Returned cost", .flags = M_READONLY),
};
const m_type wms_delivery_line_type = {
    .name = "wms.delivery_line", .size = sizeof(wms_delivery_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_delivery_note, m_states_submittable),
    M_F_LINK(wms_delivery_note, customer, "Customer", "core.customer", .flags = M_REQUIRED),
    M_F_LINK(wms_delivery_note, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_DATE(wms_delivery_note, posting_date, "Posting date", .help = "Today when left out."),
    M_F_STR(wms_delivery_note, customer_order_no, "Customer's order number", .max = 60),
    M_F_LIST(wms_delivery_note, lines, "Lines", &wms_delivery_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_delivery_note, total, "Cost", .flags = M_READONLY),
    M_F_TEXT(wms_delivery_note, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_delivery_note),
};
static const m_index indexes[] = {{"customer", false, NULL},
                                  {"warehouse", false, NULL},
                                  {"posting_date,id", false, NULL},
                                  {NULL, false, NULL}};
const m_type wms_delivery_note_type = {.name = "wms.delivery_note",
                                       .schema = "wms",
                                       .table = "delivery_note",
                                       .size = sizeof(wms_delivery_note),
                                       M_FIELDS(fields),
                                       .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_delivery_note_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_delivery_note_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL},     {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Accounts Manager", M_CAN_READ}, {"Accounts User", M_CAN_READ},
    {"Auditor", M_CAN_READ},          {NULL, 0}};

const m_doctype wms_delivery_note_doctype = {
    .type = &wms_delivery_note_type,
    .module = "wms",
    .collection = "delivery-notes",
    .label = "Delivery note",
    .label_plural = "Delivery notes",
    .group = "Sales",
    .series = "DN",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,customer,customer_order_no,posting_date,warehouse,total,state",
    .search_fields = "number,customer_order_no",
    .title_field = "number",
    .check = wms_delivery_note_check};

/* ---- rows for Finance ---- */

static const m_field row_fields[] = {
    M_F_ID(m_delivered_line, id, "Delivery line"),
    M_F_LINK(m_delivered_line, delivery, "Delivery note", "wms.delivery_note"),
    M_F_STR(m_delivered_line, delivery_no, "Delivery number"),
    M_F_LINK(m_delivered_line, customer, "Customer", "core.customer"),
    M_F_LINK(m_delivered_line, item, "Item", "core.item"),
    M_F_LINK(m_delivered_line, unit, "Unit", "core.unit"),
    M_F_LINK(m_delivered_line, cost_center, "Cost center", "finance.cost_center"),
    M_F_QTY(m_delivered_line, delivered, "Delivered"),
    M_F_QTY(m_delivered_line, returned, "Returned"),
};
static const m_index row_indexes[] = {{"delivery", false, NULL}, {NULL, false, NULL}};
const m_type wms_delivered_line_type = {.name = "wms.delivered_line",
                                        .schema = "wms",
                                        .table = "delivered_line",
                                        .size = sizeof(m_delivered_line),
                                        M_FIELDS(row_fields),
                                        .indexes = row_indexes};
