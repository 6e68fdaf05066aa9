#include "customer_return/customer_return.h"

static const m_field line_fields[] = {
    M_F_ID(wms_customer_return_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_ID(wms_customer_return_line, delivery_line, "Delivery line", .flags = M_REQUIRED),
    M_F_LINK(wms_customer_return_line, item, "Item", "core.item", .flags = M_READONLY),
    M_F_LINK(wms_customer_return_line, unit, "Unit", "core.unit", .flags = M_READONLY),
    M_F_QTY(wms_customer_return_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LINK(wms_customer_return_line, batch, "Batch", "wms.batch",
             .help = "The one that was delivered when left out."),
    M_F_TEXT(wms_customer_return_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_QTY(wms_customer_return_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_customer_return_line, value, "Cost", .flags = M_READONLY,
              .help = "Its share of the value at which the goods left."),
};
const m_type wms_customer_return_line_type = {.name = "wms.customer_return_line",
                                              .size = sizeof(wms_customer_return_line),
                                              M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_customer_return, m_states_submittable),
    M_F_LINK(wms_customer_return, delivery, "Delivery note", "wms.delivery_note",
             .flags = M_REQUIRED),
    M_F_LINK(wms_customer_return, customer, "Customer", "core.customer", .flags = M_READONLY),
    M_F_LINK(wms_customer_return, warehouse, "Back to", "wms.warehouse",
             .help = "Where the goods came from when left out."),
    M_F_DATE(wms_customer_return, posting_date, "Posting date", .help = "Today when left out."),
    M_F_STR(wms_customer_return, reason, "Reason"),
    M_F_LIST(wms_customer_return, lines, "Lines", &wms_customer_return_line_type,
             .max = WMS_LINES_MAX, .help = "Everything that has not come back yet when left out."),
    M_F_MONEY(wms_customer_return, total, "Cost", .flags = M_READONLY),
    M_F_MONEY(wms_customer_return, stock_total, "Into stock", .flags = M_READONLY,
              .help = "At standard cost this may differ from the cost."),
    M_F_TEXT(wms_customer_return, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_customer_return),
};
static const m_index indexes[] = {
    {"delivery", false, NULL}, {"customer", false, NULL}, {NULL, false, NULL}};
const m_type wms_customer_return_type = {.name = "wms.customer_return",
                                         .schema = "wms",
                                         .table = "customer_return",
                                         .size = sizeof(wms_customer_return),
                                         M_FIELDS(fields),
                                         .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_customer_return_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_customer_return_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL},     {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Accounts Manager", M_CAN_READ}, {"Accounts User", M_CAN_READ},
    {"Auditor", M_CAN_READ},          {NULL, 0}};

const m_doctype wms_customer_return_doctype = {
    .type = &wms_customer_return_type,
    .module = "wms",
    .collection = "customer-returns",
    .label = "Customer return",
    .label_plural = "Customer returns",
    .group = "Sales",
    .series = "CRET",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,delivery,customer,posting_date,total,state",
    .search_fields = "number,reason",
    .title_field = "number",
    .check = wms_customer_return_check};
