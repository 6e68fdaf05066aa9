#include "landed_cost/landed_cost.h"

const char *const wms_landed_bases[] = {"quantity", "value", "weight", "volume", "equal", NULL};

static const m_field charge_fields[] = {
    M_F_ID(wms_landed_charge, id, "Charge", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_landed_charge, account, "Account", "finance.account", .flags = M_REQUIRED,
             .help = "Credited: where the carrier's bill is expected or was booked."),
    M_F_STR(wms_landed_charge, description, "Description"),
    M_F_ENUM(wms_landed_charge, basis, "Shared out by", wms_landed_bases),
    M_F_MONEY(wms_landed_charge, amount, "Amount", .flags = M_REQUIRED | M_POSITIVE),
};
const m_type wms_landed_charge_type = {
    .name = "wms.landed_charge", .size = sizeof(wms_landed_charge), M_FIELDS(charge_fields)};

static const m_field receipt_fields[] = {
    M_F_ID(wms_landed_receipt, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(wms_landed_receipt, receipt, "Goods receipt", "wms.goods_receipt",
             .flags = M_REQUIRED),
};
const m_type wms_landed_receipt_type = {
    .name = "wms.landed_receipt", .size = sizeof(wms_landed_receipt), M_FIELDS(receipt_fields)};

static const m_field split_fields[] = {
    M_F_ID(wms_landed_split, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_INT(wms_landed_split, charge, "Charge", .flags = M_READONLY),
    M_F_LINK(wms_landed_split, receipt, "Goods receipt", "wms.goods_receipt", .flags = M_READONLY),
    M_F_ID(wms_landed_split, receipt_line, "Receipt line", .flags = M_READONLY),
    M_F_LINK(wms_landed_split, item, "Item", "core.item", .flags = M_READONLY),
    M_F_LINK(wms_landed_split, warehouse, "Warehouse", "wms.warehouse", .flags = M_READONLY),
    M_F_QTY(wms_landed_split, received_qty, "Accepted in stock units", .flags = M_READONLY),
    M_F_DEC(wms_landed_split, basis, "Basis", .flags = M_READONLY),
    M_F_MONEY(wms_landed_split, amount, "Amount", .flags = M_READONLY),
    M_F_QTY(wms_landed_split, on_hand_qty, "Still on hand", .flags = M_READONLY),
    M_F_MONEY(wms_landed_split, to_stock, "Into stock", .flags = M_READONLY),
    M_F_MONEY(wms_landed_split, to_variance, "Variance", .flags = M_READONLY,
              .help = "For goods that have left already."),
};
const m_type wms_landed_split_type = {
    .name = "wms.landed_split", .size = sizeof(wms_landed_split), M_FIELDS(split_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(wms_landed_cost, m_states_submittable),
    M_F_DATE(wms_landed_cost, posting_date, "Posting date", .help = "Today when left out."),
    M_F_LIST(wms_landed_cost, charges, "Charges", &wms_landed_charge_type, .flags = M_REQUIRED,
             .max = WMS_LANDED_CHARGES_MAX),
    M_F_LIST(wms_landed_cost, receipts, "Goods receipts", &wms_landed_receipt_type,
             .flags = M_REQUIRED, .max = WMS_LANDED_RECEIPTS_MAX),
    M_F_LIST(wms_landed_cost, splits, "Split", &wms_landed_split_type, .flags = M_READONLY,
             .max = WMS_LINES_MAX),
    M_F_MONEY(wms_landed_cost, total, "Total", .flags = M_READONLY),
    M_F_MONEY(wms_landed_cost, stock_total, "Into stock", .flags = M_READONLY),
    M_F_MONEY(wms_landed_cost, variance_total, "Variance", .flags = M_READONLY),
    M_F_BOOL(wms_landed_cost, restated, "Booked with the receipts", .flags = M_READONLY,
             .help = "It counts from the day of each receipt; what left since was booked anew."),
    M_F_TEXT(wms_landed_cost, remarks, "Remarks"),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type wms_landed_cost_type = {.name = "wms.landed_cost",
                                     .schema = "wms",
                                     .table = "landed_cost",
                                     .size = sizeof(wms_landed_cost),
                                     M_FIELDS(fields),
                                     .indexes = indexes};

static const m_move moves[] = {M_MOVE_SUBMIT(wms_landed_cost_submit),
                               M_MOVE_CANCEL(&wms_cancel_input_type, wms_landed_cost_cancel),
                               {NULL}};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

static const m_permission permissions[] = {{"Stock Manager", M_CAN_ALL},
                                           {"Stock User", M_CAN_DRAFT},
                                           {"Purchase Manager", M_CAN_READ},
                                           {"Auditor", M_CAN_READ},
                                           {NULL, 0}};

const m_doctype wms_landed_cost_doctype = {
    .type = &wms_landed_cost_type,
    .module = "wms",
    .collection = "landed-costs",
    .label = "Landed cost",
    .label_plural = "Landed costs",
    .group = "Purchasing",
    .series = "LC",
    .series_date = "posting_date",
    .life = &life,
    .permissions = permissions,
    .list_columns = "number,posting_date,total,stock_total,variance_total,state",
    .search_fields = "number,remarks",
    .title_field = "number",
    .check = wms_landed_cost_check};
