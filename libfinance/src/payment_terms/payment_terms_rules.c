#include "payment_terms/payment_terms.h"

void fin_terms_of(const fin_payment_terms *terms, fin_term *out)
{
    uint32_t i = 0;
    for (M_EACH(const fin_terms_line, line, terms->lines))
        out[i++] =
            (fin_term){.percent = line->percent,
                       .amount = line->amount,
                       .balance = line->percent.u == 0 && line->amount.u == 0,
                       .discount_percent = line->discount_percent,
                       .discount_days = line->discount_days,
                       .due = {line->months, line->days, line->end_of_month, line->then_days}};
}

uint32_t fin_terms_fault(const fin_payment_terms *terms)
{
    const int64_t whole = 100 * M_DEC_ONE;
    m_dec_sum percent = 0;
    bool fixed = false;
    bool rest = false;
    uint32_t n = 0;
    for (M_EACH(const fin_terms_line, line, terms->lines)) {
        n++;
        if (rest || (line->percent.u && line->amount.u)) return n;
        rest = line->percent.u == 0 && line->amount.u == 0;
        fixed |= line->amount.u != 0;
        percent += line->percent.u;
        if (percent > whole) return n;
    }
    return rest || (percent == whole && !fixed) ? 0 : n;
}

m_status fin_instalments_of(m_arena *arena, const fin_payment_terms *terms, m_dec total, m_dec net,
                            int places, m_date from, m_list *out)
{
    fin_term rules[FIN_TERMS_MAX];
    fin_instalment shares[FIN_TERMS_MAX];
    uint32_t n = terms->lines.count;
    if (n == 0 || n > FIN_TERMS_MAX) return M_INVALID;
    bool on_tax = terms->early_discount == FIN_EARLY_INCLUDED;
    if (net.u > total.u) net = total; /* deducted charges */
    fin_terms_of(terms, rules);
    M_TRY(fin_terms_compute(total, net, places, rules, n, on_tax, from, shares));
    fin_invoice_instalment *rows = m_arena_array(arena, n, sizeof *rows);
    if (!rows) return M_NOMEM;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (shares[i].amount.u == 0) continue;
        rows[kept++] = (fin_invoice_instalment){.due_date = shares[i].due,
                                                .amount = shares[i].amount,
                                                .early_amount = shares[i].pay_if_early,
                                                .early_until = shares[i].early_until,
                                                .early_net_only = !on_tax};
    }
    *out = (m_list){rows, kept};
    return M_OK;
}
