#include "purchase_order/purchase_order.h"

const char *const wms_order_states[] = {
    "draft", "submitted", "partially_received", "received", "closed", "cancelled", NULL};

static const m_field line_fields[] = {
    M_F_ID(wms_order_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_order_line, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_STR(wms_order_line, description, "Description", .help = "The item's name when left out."),
    M_F_QTY(wms_order_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LINK(wms_order_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left out."),
    M_F_DEC(wms_order_line, rate, "Rate", .flags = M_REQUIRED | M_NON_NEGATIVE,
            .help = "Price of one unit, without tax."),
    M_F_LINK(wms_order_line, tax, "Tax", "core.tax",
             .help = "The item's purchase tax when left out."),
    M_F_LINK(wms_order_line, account, "Expense account", "finance.account",
             .help = "For services: the budget that pays for it."),
    M_F_LINK(wms_order_line, cost_center, "Cost center", "finance.cost_center",
             .help = "Of the expense; the warehouse's when left out."),
    M_F_MONEY(wms_order_line, amount, "Amount", .flags = M_READONLY),
    M_F_MONEY(wms_order_line, tax_amount, "Tax amount", .flags = M_READONLY),
    M_F_BOOL(wms_order_line, is_stock, "Goods", .flags = M_READONLY | M_HIDDEN),
    M_F_QTY(wms_order_line, received_qty, "Received", .flags = M_READONLY),
    M_F_QTY(wms_order_line, accepted_qty, "Accepted", .flags = M_READONLY),
    M_F_QTY(wms_order_line, returned_qty, "Returned", .flags = M_READONLY),
    M_F_LINK(wms_order_line, requisition, "Requisition", "wms.purchase_requisition",
             .help = "What the line is ordered for, with its line."),
    M_F_ID(wms_order_line, requisition_line, "Requisition line",
           .help = "The unit comes from there when left out."),
    M_F_QTY(wms_order_line, requisition_qty, "For the requisition, in stock units",
            .flags = M_READONLY | M_HIDDEN),
};
const m_type wms_order_line_type = {
    .name = "wms.order_line", .size = sizeof(wms_order_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_purchase_order, wms_order_states),
    M_F_LINK(wms_purchase_order, supplier, "Supplier", "core.supplier", .flags = M_REQUIRED),
    M_F_DATE(wms_purchase_order, order_date, "Order date", .help = "Today when left out."),
    M_F_DATE(wms_purchase_order, expected_date, "Expected on"),
    M_F_LINK(wms_purchase_order, warehouse, "Deliver to", "wms.warehouse", .flags = M_REQUIRED),
    M_F_LINK(wms_purchase_order, price_currency, "Currency of the prices", "core.currency",
             .flags = M_SPARSE, .help = "The company's own when left out.",
             .section = "Currency and references"),
    WMS_RATE_FIELDS(wms_purchase_order),
    M_F_STR(wms_purchase_order, currency, "Currency", .max = 3,
            .help = "Code of the currency of the prices; it follows from that.",
            .section = "Currency and references"),
    M_F_STR(wms_purchase_order, supplier_reference, "Supplier's reference",
            .section = "Currency and references"),
    M_F_LIST(wms_purchase_order, lines, "Lines", &wms_order_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_purchase_order, net_total, "Net total", .flags = M_READONLY),
    M_F_MONEY(wms_purchase_order, tax_total, "Taxes", .flags = M_READONLY),
    M_F_MONEY(wms_purchase_order, total, "Total", .flags = M_READONLY),
    M_F_MONEY(wms_purchase_order, base_total, "Net total in the books",
              .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(wms_purchase_order, beyond_budget, "Beyond the budget", .flags = M_READONLY),
    M_F_TEXT(wms_purchase_order, remarks, "Remarks"),
};
static const m_index indexes[] = {
    {"supplier", false, NULL}, {"order_date,id", false, NULL}, {NULL, false, NULL}};
const m_type wms_purchase_order_type = {.name = "wms.purchase_order",
                                        .schema = "wms",
                                        .table = "purchase_order",
                                        .size = sizeof(wms_purchase_order),
                                        M_FIELDS(fields),
                                        .indexes = indexes};

static const m_move moves[] = {
    {.action = "submit",
     .label = "Submit",
     .from = "draft",
     .to = "submitted",
     .can = M_CAN_SUBMIT,
     .flags = M_MOVE_NUMBER | M_MOVE_PRIMARY,
     .effect = wms_purchase_order_submit},
    {.action = "close",
     .label = "Close",
     .from = "submitted,partially_received,received",
     .to = "closed",
     .can = M_CAN_SUBMIT,
     .effect = wms_purchase_order_close},
    {.action = "cancel",
     .label = "Cancel",
     .from = "submitted", /* that is: nothing received, or all of it cancelled */
     .to = "cancelled",
     .can = M_CAN_CANCEL,
     .effect = wms_purchase_order_cancel},
    {NULL},
};
static const m_lifecycle life = {wms_order_states, "draft", moves};

static const m_permission permissions[] = {
    {"Purchase Manager", M_CAN_ALL}, {"Purchase User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Stock User", M_CAN_READ},      {"Stock Manager", M_CAN_READ},
    {"Auditor", M_CAN_READ},         {NULL, 0}};

const m_doctype wms_purchase_order_doctype = {
    .type = &wms_purchase_order_type,
    .module = "wms",
    .collection = "purchase-orders",
    .label = "Purchase order",
    .label_plural = "Purchase orders",
    .group = "Purchasing",
    .series = "PO",
    .series_date = "order_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,supplier,order_date,expected_date,total,state",
    .search_fields = "number,supplier_reference",
    .title_field = "number",
    .check = wms_purchase_order_check};
