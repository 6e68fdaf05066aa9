#include "sales_invoice/sales_invoice.h"

static const char *const round_totals[] = {"nearest", "up", "down", NULL};

static const m_field line_fields[] = {
    M_F_ID(fin_sales_line, id, "Id", .flags = M_READONLY | M_HIDDEN),
    M_F_ID(fin_sales_line, delivery_line, "Delivery line",
           .help = "The line of the delivery note that is billed; empty for anything else."),
    M_F_LINK(fin_sales_line, item, "Item", "core.item"),
    M_F_STR(fin_sales_line, description, "Description",
            .help = "The item's name when left empty; needed without an item."),
    M_F_QTY(fin_sales_line, qty, "Quantity", .flags = M_POSITIVE),
    M_F_LINK(fin_sales_line, unit, "Unit", "core.unit",
             .help = "The item's stock unit when left empty."),
    M_F_DEC(fin_sales_line, rate, "Rate", .flags = M_NON_NEGATIVE, .help = "Price of one unit."),
    M_F_DEC(fin_sales_line, discount_percent, "Discount %", .min = 0, .max = 100 * M_DEC_ONE,
            .flags = M_NON_NEGATIVE),
    M_F_MONEY(fin_sales_line, discount, "Discount", .flags = M_READONLY),
    M_F_MONEY(fin_sales_line, amount, "Amount", .flags = M_READONLY),
    M_F_LINK(fin_sales_line, account, "Income account", "finance.account",
             .help = "By the posting rule \"sales\" when left empty."),
    M_F_LINK(fin_sales_line, cost_center, "Cost center", "finance.cost_center"),
    M_F_LINK(fin_sales_line, tax, "Tax", "core.tax", .help = "The item's tax when left empty."),
    M_F_MONEY(fin_sales_line, net, "Net", .flags = M_READONLY),
};
const m_type fin_sales_line_type = {
    .name = "finance.sales_line", .size = sizeof(fin_sales_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_sales_invoice, m_states_submittable),
    M_F_LINK(fin_sales_invoice, customer, "Customer", "core.customer", .flags = M_REQUIRED),
    M_F_STR(fin_sales_invoice, customer_order_no, "Customer's order number", .max = 60),
    M_F_DATE(fin_sales_invoice, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_DATE(fin_sales_invoice, due_date, "Due date",
             .help = "By the customer's credit days when left empty."),
    M_F_LINK(fin_sales_invoice, payment_terms, "Payment terms", "finance.payment_terms",
             .help = "Instalments by these terms; they decide the due date."),
    FIN_INVOICE_CURRENCY_FIELDS(fin_sales_invoice),
    M_F_STR(fin_sales_invoice, narration, "Narration", .max = 500),
    M_F_BOOL(fin_sales_invoice, prices_include_tax, "Prices include tax",
             .section = "Taxes and rounding"),
    M_F_ENUM(fin_sales_invoice, tax_rounding, "Round taxes per", fin_tax_roundings,
             .section = "Taxes and rounding"),
    M_F_MONEY(fin_sales_invoice, round_to, "Round total to", .flags = M_NON_NEGATIVE,
              .help = "1 rounds the total to whole units; empty leaves it as it comes.",
              .section = "Taxes and rounding"),
    M_F_ENUM(fin_sales_invoice, round_total, "Round total", round_totals,
             .section = "Taxes and rounding"),
    FIN_INVOICE_HALVES_FIELD(fin_sales_invoice),
    M_F_LIST(fin_sales_invoice, lines, "Lines", &fin_sales_line_type, .flags = M_REQUIRED,
             .max = FIN_LINES_MAX),
    FIN_INVOICE_CHARGE_FIELDS(fin_sales_invoice, &fin_sales_charge_type),
    M_F_LIST(fin_sales_invoice, instalments, "Instalments", &fin_invoice_instalment_type,
             .flags = M_READONLY),
    M_F_LIST(fin_sales_invoice, taxes, "Taxes", &fin_invoice_tax_type, .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, net_total, "Net total", .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, tax_total, "Taxes and charges", .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, rounding, "Rounding", .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, grand_total, "Grand total", .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, outstanding, "Outstanding", .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, written_off, "Written off", .flags = M_READONLY),
    M_F_MONEY(fin_sales_invoice, beyond_limit, "Beyond the credit limit", .flags = M_READONLY,
              .help = "What the customer would owe beyond the limit with this invoice."),
};
static const m_index indexes[] = {
    {"customer,posting_date", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_sales_invoice_type = {.name = "finance.sales_invoice",
                                       .schema = "finance",
                                       .table = "sales_invoice",
                                       .size = sizeof(fin_sales_invoice),
                                       M_FIELDS(fields),
                                       .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_sales_submit),
    M_MOVE_CANCEL(NULL, fin_sales_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_sales_invoice_doctype = {
    .type = &fin_sales_invoice_type,
    .module = "finance",
    .collection = "sales-invoices",
    .label = "Sales invoice",
    .label_plural = "Sales invoices",
    .group = "Accounts",
    .series = "SINV",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns =
        "number,customer,customer_order_no,posting_date,due_date,grand_total,outstanding,state",
    .search_fields = "number,customer_order_no,narration",
    .title_field = "number",
    .check = fin_sales_check,
};
