#include "goods_receipt/goods_receipt.h"

static const m_field line_fields[] = {
    M_F_ID(wms_receipt_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_ID(wms_receipt_line, order_line, "Order line", .flags = M_REQUIRED),
    M_F_LINK(wms_receipt_line, item, "Item", "core.item", .help = "Taken from the order line."),
    M_F_LINK(wms_receipt_line, unit, "Unit", "core.unit", .help = "Taken from the order line."),
    M_F_QTY(wms_receipt_line, received_qty, "Received", .flags = M_NON_NEGATIVE),
    M_F_QTY(wms_receipt_line, accepted_qty, "Accepted", .flags = M_NON_NEGATIVE,
            .help = "What was received less what is rejected, when left out."),
    M_F_QTY(wms_receipt_line, rejected_qty, "Rejected", .flags = M_NON_NEGATIVE),
    M_F_STR(wms_receipt_line, reject_reason, "Reason of rejection"),
    M_F_LINK(wms_receipt_line, batch, "Batch", "wms.batch", .help = "The accepted goods' batch."),
    M_F_TEXT(wms_receipt_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_DEC(wms_receipt_line, rate, "Rate", .flags = M_READONLY),
    M_F_LINK(wms_receipt_line, tax, "Tax", "core.tax", .flags = M_READONLY),
    M_F_QTY(wms_receipt_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_receipt_line, value, "Value", .flags = M_READONLY),
    M_F_MONEY(wms_receipt_line, foreign_value, "Value at the order's prices",
              .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(wms_receipt_line, charged, "Charges", .flags = M_READONLY),
    M_F_QTY(wms_receipt_line, returned_qty, "Returned", .flags = M_READONLY),
    M_F_QTY(wms_receipt_line, returned_stock_qty, "Returned in stock units",
            .flags = M_READONLY | M_HIDDEN),
    M_F_MONEY(wms_receipt_line, returned_value, "Returned value", .flags = M_READONLY),
    M_F_MONEY(wms_receipt_line, returned_foreign, "Returned at the order's prices",
              .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(wms_receipt_line, landed_value, "Landed cost", .flags = M_READONLY),
};
const m_type wms_receipt_line_type = {
    .name = "wms.receipt_line", .size = sizeof(wms_receipt_line), M_FIELDS(line_fields)};

static const m_field charge_fields[] = {
    M_F_ID(wms_receipt_charge, id, "Charge", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_receipt_charge, account, "Account", "finance.account", .flags = M_REQUIRED,
             .help = "Credited here; the bill's line for the charge debits it."),
    M_F_STR(wms_receipt_charge, description, "Description"),
    M_F_MONEY(wms_receipt_charge, amount, "Amount", .flags = M_REQUIRED | M_POSITIVE),
};
const m_type wms_receipt_charge_type = {
    .name = "wms.receipt_charge", .size = sizeof(wms_receipt_charge), M_FIELDS(charge_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_goods_receipt, m_states_submittable),
    M_F_LINK(wms_goods_receipt, purchase_order, "Purchase order", "wms.purchase_order",
             .flags = M_REQUIRED),
    M_F_LINK(wms_goods_receipt, supplier, "Supplier", "core.supplier",
             .help = "Taken from the order."),
    M_F_DATE(wms_goods_receipt, posting_date, "Posting date", .help = "Today when left out."),
    M_F_LINK(wms_goods_receipt, warehouse, "Warehouse", "wms.warehouse",
             .help = "The order's when left out."),
    M_F_STR(wms_goods_receipt, delivery_note, "Supplier's delivery note"),
    M_F_LINK(wms_goods_receipt, price_currency, "Currency of the prices", "core.currency",
             .flags = M_READONLY | M_SPARSE, .help = "The order's.",
             .section = "Currency and references"),
    WMS_RATE_FIELDS(wms_goods_receipt),
    M_F_LIST(wms_goods_receipt, lines, "Lines", &wms_receipt_line_type, .max = WMS_LINES_MAX,
             .help = "Everything still open on the order when left out."),
    M_F_LIST(wms_goods_receipt, charges, "Charges", &wms_receipt_charge_type,
             .max = WMS_RECEIPT_CHARGES_MAX,
             .help = "Freight and the like on the same bill; shared out over the goods by value."),
    M_F_MONEY(wms_goods_receipt, total, "Value", .flags = M_READONLY),
    M_F_MONEY(wms_goods_receipt, charges_total, "Charges in all", .flags = M_READONLY),
    M_F_MONEY(wms_goods_receipt, stock_total, "Into stock", .flags = M_READONLY,
              .help = "At standard cost this may differ from the value."),
    M_F_TEXT(wms_goods_receipt, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_goods_receipt),
};
static const m_index indexes[] = {{"purchase_order", false, NULL},
                                  {"supplier", false, NULL},
                                  {"posting_date,id", false, NULL},
                                  {NULL, false, NULL}};
const m_type wms_goods_receipt_type = {.name = "wms.goods_receipt",
                                       .schema = "wms",
                                       .table = "goods_receipt",
                                       .size = sizeof(wms_goods_receipt),
                                       M_FIELDS(fields),
                                       .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_goods_receipt_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_goods_receipt_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL},     {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Purchase Manager", M_CAN_READ}, {"Purchase User", M_CAN_READ},
    {"Auditor", M_CAN_READ},          {NULL, 0}};

const m_doctype wms_goods_receipt_doctype = {
    .type = &wms_goods_receipt_type,
    .module = "wms",
    .collection = "goods-receipts",
    .label = "Goods receipt",
    .label_plural = "Goods receipts",
    .group = "Purchasing",
    .series = "GRN",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,purchase_order,supplier,posting_date,warehouse,total,state",
    .search_fields = "number,delivery_note",
    .title_field = "number",
    .check = wms_goods_receipt_check};

/* ---- rows for Finance ---- */

/* The members of m_received_line with columns that are no words of SQL. */
#define ROW(member, k, l, ...)                                                                     \
    {                                                                                              \
        .name = #member, .label = l, .kind = k,                                                    \
        .offset = (uint32_t)offsetof(m_received_line, member), __VA_ARGS__                         \
    }
static const m_field row_fields[] = {
    ROW(id, M_KIND_ID, "Receipt line"),
    ROW(receipt, M_KIND_LINK, "Receipt", .link = "wms.goods_receipt"),
    ROW(receipt_no, M_KIND_STR, "Receipt number"),
    {.name = "purchase_order",
     .label = "Order",
     .kind = M_KIND_LINK,
     .offset = (uint32_t)offsetof(m_received_line, order),
     .link = "wms.purchase_order"},
    ROW(order_line, M_KIND_ID, "Order line"),
    ROW(supplier, M_KIND_LINK, "Supplier", .link = "core.supplier"),
    ROW(item, M_KIND_LINK, "Item", .link = "core.item"),
    ROW(cost_center, M_KIND_LINK, "Cost center", .link = "finance.cost_center"),
    ROW(tax, M_KIND_LINK, "Tax", .link = "core.tax"),
    ROW(accepted, M_KIND_QTY, "Accepted"),
    ROW(returned, M_KIND_QTY, "Returned"),
    ROW(order_rate, M_KIND_DEC, "Order rate"),
    ROW(grni_value, M_KIND_MONEY, "Received value"),
    ROW(grni_returned, M_KIND_MONEY, "Returned value"),
    ROW(currency, M_KIND_LINK, "Currency", .link = "core.currency", .flags = M_SPARSE),
    ROW(foreign_value, M_KIND_MONEY, "Received value in it", .flags = M_SPARSE),
    ROW(foreign_returned, M_KIND_MONEY, "Returned value in it", .flags = M_SPARSE),
};
static const m_index row_indexes[] = {{"purchase_order", false, NULL}, {NULL, false, NULL}};
const m_type wms_received_line_type = {.name = "wms.received_line",
                                       .schema = "wms",
                                       .table = "received_line",
                                       .size = sizeof(m_received_line),
                                       M_FIELDS(row_fields),
                                       .indexes = row_indexes};
