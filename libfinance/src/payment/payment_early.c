#include "payment/payment.h"

bool fin_early_fits(const fin_invoice_instalment *part, const fin_allocation *line, m_date date)
{
    bool whole = part->outstanding.u == part->amount.u && part->credited.u == 0;
    int64_t discount = part->amount.u - part->early_amount.u;
    if (part->early_amount.u == 0 || !whole || line->amount.u != part->early_amount.u) return false;
    if (line->write_off.u && line->write_off.u != discount) return false;
    return m_date_cmp(date, part->early_until) <= 0;
}

void fin_allocating_early(fin_allocating *a, m_date date)
{
    for (uint32_t i = 0; i < a->lines.count; i++) {
        fin_allocation *line = M_AT(a->lines, fin_allocation, i);
        const fin_invoice *invoice = a->invoices[i];
        line->early = false;
        if (!invoice || invoice->instalments.count == 0) continue;
        if (line->instalment == 0 && invoice->instalments.count > 1) continue;
        int64_t at = line->instalment ? line->instalment : 1;
        if (at > invoice->instalments.count) continue; /* judged later */
        const fin_invoice_instalment *part =
            M_AT(invoice->instalments, const fin_invoice_instalment, at - 1);
        if (!fin_early_fits(part, line, date)) continue;
        line->instalment = at;
        line->write_off.u = part->amount.u - part->early_amount.u;
        line->early = true;
    }
}
