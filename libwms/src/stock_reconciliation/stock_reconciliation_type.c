#include "stock_reconciliation/stock_reconciliation.h"

static const char *const sets[] = {"quantity", "quantity_and_rate", "rate", NULL};

static const m_field line_fields[] = {
    M_F_ID(wms_reconciliation_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_reconciliation_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_ENUM(wms_reconciliation_line, sets, "Sets", sets),
    M_F_LINK(wms_reconciliation_line, unit, "Unit", "core.unit",
             .help = "Of the quantity; the item's stock unit when left out."),
    M_F_QTY(wms_reconciliation_line, qty, "Counted", .flags = M_NON_NEGATIVE),
    M_F_MONEY(wms_reconciliation_line, rate, "Rate", .flags = M_NON_NEGATIVE, .places = 6,
              .help = "Of one stock unit."),
    M_F_QTY(wms_reconciliation_line, book_qty, "In the books", .flags = M_READONLY),
    M_F_MONEY(wms_reconciliation_line, book_value, "Value in the books", .flags = M_READONLY),
    M_F_QTY(wms_reconciliation_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_reconciliation_line, value, "Value", .flags = M_READONLY),
    M_F_MONEY(wms_reconciliation_line, difference, "Found or missing", .flags = M_READONLY),
    M_F_MONEY(wms_reconciliation_line, revaluation, "Revaluation", .flags = M_READONLY),
};
const m_type wms_reconciliation_line_type = {.name = "wms.reconciliation_line",
                                             .size = sizeof(wms_reconciliation_line),
                                             M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_stock_reconciliation, m_states_submittable),
    M_F_LINK(wms_stock_reconciliation, warehouse, "Warehouse", "wms.warehouse",
             .flags = M_REQUIRED),
    M_F_DATE(wms_stock_reconciliation, posting_date, "Posting date",
             .help = "Today when left out."),
    M_F_LIST(wms_stock_reconciliation, lines, "Lines", &wms_reconciliation_line_type,
             .flags = M_REQUIRED, .max = WMS_LINES_MAX),
    M_F_MONEY(wms_stock_reconciliation, gain, "Found", .flags = M_READONLY),
    M_F_MONEY(wms_stock_reconciliation, loss, "Missing", .flags = M_READONLY),
    M_F_MONEY(wms_stock_reconciliation, revaluation, "Revaluation", .flags = M_READONLY),
    M_F_TEXT(wms_stock_reconciliation, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_stock_reconciliation),
};
static const m_index indexes[] = {
    {"warehouse", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type wms_stock_reconciliation_type = {.name = "wms.stock_reconciliation",
                                              .schema = "wms",
                                              .table = "stock_reconciliation",
                                              .size = sizeof(wms_stock_reconciliation),
                                              M_FIELDS(fields),
                                              .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(wms_stock_reconciliation_submit),
    M_MOVE_CANCEL(&wms_cancel_input_type, wms_stock_reconciliation_cancel),
    {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL}, {"Stock User", M_CAN_DRAFT}, {"Auditor", M_CAN_READ}, {NULL, 0}};

const m_doctype wms_stock_reconciliation_doctype = {
    .type = &wms_stock_reconciliation_type,
    .module = "wms",
    .collection = "stock-reconciliations",
    .label = "Stock reconciliation",
    .label_plural = "Stock reconciliations",
    .group = "Stock",
    .series = "RECO",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,warehouse,posting_date,gain,loss,revaluation,state",
    .search_fields = "number",
    .title_field = "number",
    .check = wms_stock_reconciliation_check};
