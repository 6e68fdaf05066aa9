#include "invoice_variance/invoice_variance.h"

static const m_field variance_fields[] = {
    M_F_ID(wms_variance_line, id, "Invoice line"),
    M_F_ID(wms_variance_line, invoice, "Invoice"),
    M_F_LINK(wms_variance_line, receipt, "Goods receipt", "wms.goods_receipt"),
    M_F_ID(wms_variance_line, receipt_line, "Receipt line"),
    M_F_LINK(wms_variance_line, item, "Item", "core.item"),
    M_F_LINK(wms_variance_line, warehouse, "Warehouse", "wms.warehouse"),
    M_F_MONEY(wms_variance_line, amount, "Difference"),
    M_F_QTY(wms_variance_line, on_hand_qty, "Still on hand"),
    M_F_MONEY(wms_variance_line, to_stock, "Into stock"),
    M_F_MONEY(wms_variance_line, to_issued, "Variance"),
};
static const m_index variance_indexes[] = {{"invoice", false, NULL}, {NULL, false, NULL}};
const m_type wms_variance_line_type = {.name = "wms.invoice_variance",
                                       .schema = "wms",
                                       .table = "invoice_variance",
                                       .size = sizeof(wms_variance_line),
                                       M_FIELDS(variance_fields),
                                       .indexes = variance_indexes};

static const m_field line_fields[] = {
    M_F_ID(wms_dear_line, id, "Line"),
    M_F_ID(wms_dear_line, receipt_line, "Receipt line"),
    M_F_MONEY(wms_dear_line, variance, "Price variance"),
};
static const m_type line_type = {
    .name = "wms.dear_bill_line", .size = sizeof(wms_dear_line), M_FIELDS(line_fields)};
static const m_field bill_fields[] = {
    M_F_ID(wms_dear_bill, id, "Invoice"),
    M_F_STR(wms_dear_bill, number, "Number"),
    M_F_STR(wms_dear_bill, state, "State"),
    M_F_DATE(wms_dear_bill, posting_date, "Posting date"),
    M_F_LIST(wms_dear_bill, lines, "Lines", &line_type),
};
const m_type wms_dear_bill_type = {
    .name = "wms.dear_bill", .size = sizeof(wms_dear_bill), M_FIELDS(bill_fields)};
