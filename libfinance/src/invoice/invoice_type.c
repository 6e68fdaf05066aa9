#include "invoice/invoice.h"

const char *const fin_tax_roundings[] = {"document", "line", NULL};
const char *const fin_halves[] = {"up", "even", NULL};

static const m_field tax_fields[] = {
    M_F_LINK(fin_invoice_tax, tax, "Tax", "core.tax", .flags = M_READONLY),
    M_F_STR(fin_invoice_tax, name, "Name", .flags = M_READONLY),
    M_F_STR(fin_invoice_tax, purpose, "Purpose", .flags = M_READONLY | M_HIDDEN),
    M_F_DEC(fin_invoice_tax, rate, "Rate", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_tax, taxable, "Taxable", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_tax, amount, "Amount", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_tax, recoverable, "Recoverable", .flags = M_READONLY),
    M_F_BOOL(fin_invoice_tax, reverse, "Reverse charge", .flags = M_READONLY),
};
const m_type fin_invoice_tax_type = {
    .name = "finance.invoice_tax", .size = sizeof(fin_invoice_tax), M_FIELDS(tax_fields)};

static const m_field instalment_fields[] = {
    M_F_DATE(fin_invoice_instalment, due_date, "Due date", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_instalment, amount, "Amount", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_instalment, early_amount, "If paid early", .flags = M_READONLY),
    M_F_DATE(fin_invoice_instalment, early_until, "Early until", .flags = M_READONLY),
    M_F_BOOL(fin_invoice_instalment, early_net_only, "Discount leaves the tax",
             .flags = M_READONLY | M_HIDDEN),
    M_F_MONEY(fin_invoice_instalment, credited, "Credited", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_instalment, outstanding, "Outstanding", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_instalment, base_amount, "In the books", .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(fin_invoice_instalment, base_outstanding, "Outstanding in the books",
              .flags = M_READONLY | M_SPARSE),
};
const m_type fin_invoice_instalment_type = {.name = "finance.invoice_instalment",
                                            .size = sizeof(fin_invoice_instalment),
                                            M_FIELDS(instalment_fields)};

static const char *const charge_kinds[] = {"net", "actual", "row", "row_total", "line_tax", NULL};

#define CHARGE_FIELDS(account_help)                                                                \
    M_F_STR(fin_invoice_charge, name, "Name", .flags = M_REQUIRED, .max = 60),                     \
        M_F_ENUM(fin_invoice_charge, basis, "Charged on", charge_kinds,                            \
                 .help =                                                                           \
                     "line_tax is where the lines' own taxes stand; without it they come first."), \
        M_F_DEC(fin_invoice_charge, rate, "Rate %", .flags = M_NON_NEGATIVE, .min = 0,             \
                .max = 1000 * M_DEC_ONE),                                                          \
        M_F_MONEY(fin_invoice_charge, amount, "Amount", .flags = M_NON_NEGATIVE,                   \
                  .help = "Of an actual charge."),                                                 \
        M_F_INT(fin_invoice_charge, row, "Row", .min = 0, .max = FIN_CHARGES_MAX,                  \
                .help = "The earlier row a charge on a row is computed on, from 1."),              \
        M_F_BOOL(fin_invoice_charge, deduct, "Deducted"),                                          \
        M_F_LINK(fin_invoice_charge, account, "Account", "finance.account", .help = account_help), \
        M_F_LINK(fin_invoice_charge, cost_center, "Cost center", "finance.cost_center"),           \
        M_F_MONEY(fin_invoice_charge, taxable, "Computed on", .flags = M_READONLY),                \
        M_F_MONEY(fin_invoice_charge, charged, "Charged", .flags = M_READONLY)

static const m_field sales_charge_fields[] = {
    CHARGE_FIELDS("By the posting rule \"output_tax\" when left empty."),
};
const m_type fin_sales_charge_type = {.name = "finance.invoice_charge",
                                      .size = sizeof(fin_invoice_charge),
                                      M_FIELDS(sales_charge_fields)};

static const m_field purchase_charge_fields[] = {
    CHARGE_FIELDS("Part of the cost of the lines when left empty."),
};
const m_type fin_purchase_charge_type = {.name = "finance.purchase_charge",
                                         .size = sizeof(fin_invoice_charge),
                                         M_FIELDS(purchase_charge_fields)};
