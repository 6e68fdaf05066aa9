#include "purchase_return/purchase_return.h"

static const m_field line_fields[] = {
    M_F_ID(wms_return_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_ID(wms_return_line, receipt_line, "Receipt line", .flags = M_REQUIRED),
    M_F_LINK(wms_return_line, item, "Item", "core.item", .flags = M_READONLY),
    M_F_LINK(wms_return_line, unit, "Unit", "core.unit", .flags = M_READONLY),
    M_F_QTY(wms_return_line, qty, "Quantity", .flags = M_REQUIRED | M_POSITIVE),
    M_F_TEXT(wms_return_line, serials, "Serial numbers", .max = 61000,
             .help = "One for each piece, with commas or spaces between them."),
    M_F_QTY(wms_return_line, stock_qty, "In stock units", .flags = M_READONLY),
    M_F_MONEY(wms_return_line, value, "Value", .flags = M_READONLY,
              .help = "What left stock, at its present cost."),
    M_F_MONEY(wms_return_line, grni_value, "Received value", .flags = M_READONLY,
              .help = "Share of the value at which the goods were received."),
    M_F_MONEY(wms_return_line, foreign_value, "Received value at the order's prices",
              .flags = M_READONLY | M_SPARSE),
};
const m_type wms_return_line_type = {
    .name = "wms.return_line", .size = sizeof(wms_return_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_purchase_return, m_states_submittable),
    M_F_LINK(wms_purchase_return, receipt, "Goods receipt", "wms.goods_receipt",
             .flags = M_REQUIRED),
    M_F_LINK(wms_purchase_return, purchase_order, "Purchase order", "wms.purchase_order",
             .flags = M_READONLY),
    M_F_LINK(wms_purchase_return, supplier, "Supplier", "core.supplier", .flags = M_READONLY),
    M_F_LINK(wms_purchase_return, warehouse, "Warehouse", "wms.warehouse", .flags = M_READONLY),
    M_F_DATE(wms_purchase_return, posting_date, "Posting date", .help = "Today when left out."),
    M_F_STR(wms_purchase_return, reason, "Reason"),
    M_F_LIST(wms_purchase_return, lines, "Lines", &wms_return_line_type, .flags = M_REQUIRED,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_purchase_return, total, "Received value", .flags = M_READONLY),
    M_F_TEXT(wms_purchase_return, remarks, "Remarks"),
    WMS_LATE_FIELDS(wms_purchase_return),
};
static const m_index indexes[] = {{"receipt", false, NULL}, {NULL, false, NULL}};
const m_type wms_purchase_return_type = {.name = "wms.purchase_return",
                                         .schema = "wms",
                                         .table = "purchase_return",
                                         .size = sizeof(wms_purchase_return),
                                         M_FIELDS(fields),
                                         .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_purchase_return_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_purchase_return_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_ALL},     {"Stock User", M_CAN_DRAFT | M_CAN_SUBMIT | M_CAN_AMEND},
    {"Purchase Manager", M_CAN_READ}, {"Purchase User", M_CAN_READ},
    {"Auditor", M_CAN_READ},          {NULL, 0}};

const m_doctype wms_purchase_return_doctype = {
    .type = &wms_purchase_return_type,
    .module = "wms",
    .collection = "purchase-returns",
    .label = "Purchase return",
    .label_plural = "Purchase returns",
    .group = "Purchasing",
    .series = "PRET",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,receipt,supplier,posting_date,total,state",
    .search_fields = "number,reason",
    .title_field = "number",
    .check = wms_purchase_return_check};
