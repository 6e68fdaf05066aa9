#include "purchase_invoice/purchase_invoice.h"

static const char *const states[] = {"draft", "submitted", "cancelled", "on_hold", NULL};

static const m_field line_fields[] = {
    M_F_ID(fin_invoice_line, id, "Id", .flags = M_READONLY | M_HIDDEN),
    M_F_ID(fin_invoice_line, receipt_line, "Receipt line",
           .help = "The line of the goods receipt; empty for services."),
    M_F_ID(fin_invoice_line, order_line, "Order line",
           .help = "For services: the line of the order that this fulfils."),
    M_F_LINK(fin_invoice_line, item, "Item", "core.item"),
    M_F_STR(fin_invoice_line, description, "Description"),
    M_F_LINK(fin_invoice_line, account, "Account", "finance.account",
             .help = "For services; goods take it from the receipt."),
    M_F_LINK(fin_invoice_line, cost_center, "Cost center", "finance.cost_center"),
    M_F_QTY(fin_invoice_line, qty, "Quantity", .flags = M_POSITIVE),
    M_F_DEC(fin_invoice_line, rate, "Rate", .flags = M_NON_NEGATIVE,
            .help = "Price of one unit; that of the order when left empty."),
    M_F_MONEY(fin_invoice_line, amount, "Amount", .flags = M_READONLY),
    M_F_LINK(fin_invoice_line, tax, "Tax", "core.tax"),
    M_F_MONEY(fin_invoice_line, net, "Net", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_line, cost_tax, "Tax and charges in the cost", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_line, grni_value, "Receipt value", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_line, variance, "Price variance", .flags = M_READONLY,
              .help = "What the goods cost more than they were received for."),
    M_F_MONEY(fin_invoice_line, exchange, "Exchange difference", .flags = M_READONLY | M_SPARSE,
              .help = "What they cost more only because the rate has changed since the receipt."),
    M_F_MONEY(fin_invoice_line, grni_foreign, "Receipt value in the order's currency",
              .flags = M_READONLY | M_SPARSE),
};
const m_type fin_invoice_line_type = {
    .name = "finance.invoice_line", .size = sizeof(fin_invoice_line), M_FIELDS(line_fields)};

static const m_field hold_fields[] = {
    M_F_INT(fin_hold_reason, line, "Line", .flags = M_READONLY),
    M_F_STR(fin_hold_reason, code, "Code", .flags = M_READONLY | M_HIDDEN),
    M_F_STR(fin_hold_reason, reason, "Reason", .flags = M_READONLY, .max = 500),
    M_F_DEC(fin_hold_reason, expected, "Expected", .flags = M_READONLY),
    M_F_DEC(fin_hold_reason, actual, "Actual", .flags = M_READONLY),
};
const m_type fin_hold_reason_type = {
    .name = "finance.hold_reason", .size = sizeof(fin_hold_reason), M_FIELDS(hold_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_purchase_invoice, states),
    M_F_LINK(fin_purchase_invoice, supplier, "Supplier", "core.supplier", .flags = M_REQUIRED),
    M_F_STR(fin_purchase_invoice, supplier_invoice_no, "Bill number", .flags = M_REQUIRED,
            .max = 60),
    M_F_DATE(fin_purchase_invoice, supplier_invoice_date, "Date of the bill",
             .help = "The posting date when left empty."),
    M_F_DATE(fin_purchase_invoice, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_DATE(fin_purchase_invoice, due_date, "Due date",
             .help = "By the supplier's credit days when left empty."),
    M_F_LINK(fin_purchase_invoice, payment_terms, "Payment terms", "finance.payment_terms",
             .help = "Instalments by these terms; they decide the due date."),
    FIN_INVOICE_CURRENCY_FIELDS(fin_purchase_invoice),
    M_F_STR(fin_purchase_invoice, narration, "Narration", .max = 500),
    M_F_BOOL(fin_purchase_invoice, prices_include_tax, "Prices include tax",
             .section = "Taxes and rounding"),
    M_F_ENUM(fin_purchase_invoice, tax_rounding, "Round taxes per", fin_tax_roundings,
             .section = "Taxes and rounding"),
    M_F_MONEY(fin_purchase_invoice, round_to, "Round total to", .flags = M_NON_NEGATIVE,
              .help = "1 rounds the total to whole units; empty leaves it as it comes.",
              .section = "Taxes and rounding"),
    FIN_INVOICE_HALVES_FIELD(fin_purchase_invoice),
    M_F_LIST(fin_purchase_invoice, lines, "Lines", &fin_invoice_line_type, .flags = M_REQUIRED,
             .max = FIN_LINES_MAX),
    FIN_INVOICE_CHARGE_FIELDS(fin_purchase_invoice, &fin_purchase_charge_type),
    M_F_LIST(fin_purchase_invoice, instalments, "Instalments", &fin_invoice_instalment_type,
             .flags = M_READONLY),
    M_F_LIST(fin_purchase_invoice, taxes, "Taxes", &fin_invoice_tax_type, .flags = M_READONLY),
    M_F_MONEY(fin_purchase_invoice, net_total, "Net total", .flags = M_READONLY),
    M_F_MONEY(fin_purchase_invoice, tax_total, "Taxes and charges", .flags = M_READONLY),
    M_F_MONEY(fin_purchase_invoice, rounding, "Rounding", .flags = M_READONLY),
    M_F_MONEY(fin_purchase_invoice, grand_total, "Grand total", .flags = M_READONLY),
    M_F_LINK(fin_purchase_invoice, withholding, "Tax withholding", "finance.withholding",
             .help = "That of the supplier on a new bill.", .section = "Taxes and rounding"),
    M_F_MONEY(fin_purchase_invoice, withheld_on, "Withheld on", .flags = M_READONLY,
              .help = "In the company's own currency."),
    M_F_MONEY(fin_purchase_invoice, withheld_before, "Withheld on in advance",
              .flags = M_READONLY | M_SPARSE),
    M_F_DEC(fin_purchase_invoice, withheld_rate, "Withheld %", .flags = M_READONLY),
    M_F_MONEY(fin_purchase_invoice, withheld, "Tax withheld", .flags = M_READONLY),
    M_F_MONEY(fin_purchase_invoice, base_net, "Net in the books", .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(fin_purchase_invoice, base_withheld, "Tax withheld in the books",
              .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(fin_purchase_invoice, outstanding, "Outstanding", .flags = M_READONLY),
    M_F_LIST(fin_purchase_invoice, hold_reasons, "On hold because", &fin_hold_reason_type,
             .flags = M_READONLY),
};
static const m_index indexes[] = {{"supplier,supplier_invoice_no", true, "state <> 'cancelled'"},
                                  {"posting_date,id", false, NULL},
                                  {NULL, false, NULL}};
const m_type fin_purchase_invoice_type = {.name = "finance.purchase_invoice",
                                          .schema = "finance",
                                          .table = "purchase_invoice",
                                          .size = sizeof(fin_purchase_invoice),
                                          M_FIELDS(fields),
                                          .indexes = indexes};

static const m_move moves[] = {
    {"submit", "Submit", "draft", NULL, M_CAN_SUBMIT, M_MOVE_NUMBER | M_MOVE_PRIMARY, NULL,
     fin_invoice_submit},
    {"release", "Release", "on_hold", "submitted", M_CAN_CANCEL, M_MOVE_PRIMARY, NULL,
     fin_invoice_release},
    {"revise", "Back to draft", "on_hold", "draft", M_CAN_WRITE, 0, NULL, fin_invoice_revise},
    {"cancel", "Cancel", "submitted,on_hold", "cancelled", M_CAN_CANCEL, 0, NULL,
     fin_invoice_cancel},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {states, "draft", moves};

const m_doctype fin_purchase_invoice_doctype = {
    .type = &fin_purchase_invoice_type,
    .module = "finance",
    .collection = "purchase-invoices",
    .label = "Purchase invoice",
    .label_plural = "Purchase invoices",
    .group = "Accounts",
    .series = "PINV",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns =
        "number,supplier,supplier_invoice_no,posting_date,due_date,grand_total,outstanding,state",
    .search_fields = "number,supplier_invoice_no,narration",
    .title_field = "number",
    .check = fin_invoice_check,
};

static const m_field invoiced_fields[] = {
    M_F_ID(fin_invoiced_line, receipt_line, "Receipt line", .flags = M_KEY),
    M_F_SUM(fin_invoiced_line, qty, "Quantity", .flags = M_SUMMED),
    M_F_SUM(fin_invoiced_line, value, "Value", .flags = M_SUMMED),
    M_F_SUM(fin_invoiced_line, foreign_value, "Value in the order's currency", .flags = M_SUMMED),
};
const m_type fin_invoiced_line_type = {.name = "finance.invoiced_line",
                                       .schema = "finance",
                                       .table = "invoiced_line",
                                       .size = sizeof(fin_invoiced_line),
                                       M_FIELDS(invoiced_fields)};
