#include "invoice/invoice.h"

const char *const fin_tax_roundings[] = {"document", "line", NULL};

static const m_field tax_fields[] = {
    M_F_LINK(fin_invoice_tax, tax, "Tax", "core.tax", .flags = M_READONLY),
    M_F_STR(fin_invoice_tax, name, "Name", .flags = M_READONLY),
    M_F_STR(fin_invoice_tax, purpose, "Purpose", .flags = M_READONLY | M_HIDDEN),
    M_F_DEC(fin_invoice_tax, rate, "Rate", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_tax, taxable, "Taxable", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_tax, amount, "Amount", .flags = M_READONLY),
    M_F_MONEY(fin_invoice_tax, recoverable, "Recoverable", .flags = M_READONLY),
};
const m_type fin_invoice_tax_type = {
    .name = "finance.invoice_tax", .size = sizeof(fin_invoice_tax), M_FIELDS(tax_fields)};
