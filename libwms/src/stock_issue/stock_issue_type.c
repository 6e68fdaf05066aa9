#include "stock_issue/stock_issue.h"

static const m_field line_fields[] = {
    M_F_ID(wms_issue_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_issue_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(wms_issue_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_QTY(wms_issue_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LINK(wms_issue_line, batch, "Batch", "wms.batch",
             .help = "What expires first when left out."),
    M_F_TEXT(wms_issue_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_QTY(wms_issue_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_issue_line, value, "Value", .flags = M_READONLY),
};
const m_type wms_issue_line_type = {
    .name = "wms.issue_line", .size = sizeof(wms_issue_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_stock_issue, m_states_submittable),
    M_F_LINK(wms_stock_issue, warehouse, "Warehouse", "wms.warehouse", .flags = M_REQUIRED),
    M_F_DATE(wms_stock_issue, posting_date, "Posting date", .help = "Today when left out."),
    M_F_LINK(wms_stock_issue, cost_center, "Cost center", "finance.cost_center",
             .help = "The warehouse's when left out."),
    M_F_LINK(wms_stock_issue, expense_account, "Expense account", "finance.account",
             .help = "The account for consumption when left out."),
    M_F_STR(wms_stock_issue, purpose, "Purpose"),
    M_F_LIST(wms_stock_issue, lines, "Lines", &wms_issue_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_stock_issue, total, "Value", .flags = M_READONLY),
    M_F_TEXT(wms_stock_issue, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_stock_issue),
};
static const m_index indexes[] = {
    {"warehouse", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type wms_stock_issue_type = {.name = "wms.stock_issue",
                                     .schema = "wms",
                                     .table = "stock_issue",
                                     .size = sizeof(wms_stock_issue),
                                     M_FIELDS(fields),
                                     .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_stock_issue_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_stock_issue_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {{"Stock Manager", M_CAN_ALL},
                                           {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
                                           {"Auditor", M_CAN_READ},
                                           {NULL, 0}};

const m_doctype wms_stock_issue_doctype = {.type = &wms_stock_issue_type,
                                           .module = "wms",
                                           .collection = "stock-issues",
                                           .label = "Stock issue",
                                           .label_plural = "Stock issues",
                                           .group = "Stock",
                                           .series = "SI",
                                           .series_date = "posting_date",
                                           .life = &life,
                                           .permissions = permissions,
                                           .list_columns =
                                               "number,warehouse,posting_date,purpose,total,state",
                                           .search_fields = "number,purpose",
                                           .title_field = "number",
                                           .check = wms_stock_issue_check};
