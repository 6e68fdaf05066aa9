#include "stock_adjustment/stock_adjustment.h"

static const char *const reasons[] = {"count", "opening", "damage", "other", NULL};
static const char *const directions[] = {"in", "out", NULL};

static const m_field line_fields[] = {
    M_F_ID(wms_adjustment_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_ENUM(wms_adjustment_line, direction, "Direction", directions),
    M_F_LINK(wms_adjustment_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(wms_adjustment_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_QTY(wms_adjustment_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_DEC(wms_adjustment_line, rate, "Rate", .flags = M_NON_NEGATIVE,
            .help = "Cost of one unit coming in; the present rate when left out."),
    M_F_LINK(wms_adjustment_line, batch, "Batch", "wms.batch",
             .help =
                 "Needed for what comes in; of what goes out, what expires first when left out."),
    M_F_TEXT(wms_adjustment_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_QTY(wms_adjustment_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_adjustment_line, value, "Value", .flags = M_READONLY),
};
const m_type wms_adjustment_line_type = {
    .name = "wms.adjustment_line", .size = sizeof(wms_adjustment_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_stock_adjustment, m_states_submittable),
    M_F_LINK(wms_stock_adjustment, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_DATE(wms_stock_adjustment, posting_date, "Posting date", .help = "Today when left out."),
    M_F_ENUM(wms_stock_adjustment, reason, "Reason", reasons,
             .help =
                 "Opening stock is booked against opening balances, all else as a gain or loss."),
    M_F_LIST(wms_stock_adjustment, lines, "Lines", &wms_adjustment_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_stock_adjustment, value_in, "Value in", .flags = M_READONLY),
    M_F_MONEY(wms_stock_adjustment, value_out, "Value out", .flags = M_READONLY),
    M_F_TEXT(wms_stock_adjustment, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_stock_adjustment),
};
static const m_index indexes[] = {
    {"warehouse", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type wms_stock_adjustment_type = {.name = "wms.stock_adjustment",
                                          .schema = "wms",
                                          .table = "stock_adjustment",
                                          .size = sizeof(wms_stock_adjustment),
                                          M_FIELDS(fields),
                                          .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_stock_adjustment_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_stock_adjustment_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL}, {"Stock User", M_CAN_DRAFT}, {"Auditor", M_CAN_READ}, {NULL, 0}};

const m_doctype wms_stock_adjustment_doctype = {
    .type = &wms_stock_adjustment_type,
    .module = "wms",
    .collection = "stock-adjustments",
    .label = "Stock adjustment",
    .label_plural = "Stock adjustments",
    .group = "Stock",
    .series = "SA",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,warehouse,posting_date,reason,value_in,value_out,state",
    .search_fields = "number",
    .title_field = "number",
    .check = wms_stock_adjustment_check};
