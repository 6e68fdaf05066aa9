#include "expense_claim/expense_claim.h"

m_status ppl_expense(m_dec amount, m_dec tax_rate, bool included, int places,
                     ppl_expense_parts *out)
{
    ppl_expense_parts parts;
    m_dec hundred = m_dec_of_int(100);
    m_dec whole;
    if (tax_rate.u < 0) return M_INVALID;
    M_TRY(m_dec_add(hundred, tax_rate, &whole));
    if (included) {
        M_TRY(m_dec_round(amount, places, M_ROUND_HALF_UP, &parts.gross));
        M_TRY(m_dec_mul_div(parts.gross, hundred, whole, places, M_ROUND_HALF_UP, &parts.net));
        M_TRY(m_dec_sub(parts.gross, parts.net, &parts.tax));
    } else {
        M_TRY(m_dec_round(amount, places, M_ROUND_HALF_UP, &parts.net));
        M_TRY(m_dec_mul_div(parts.net, tax_rate, hundred, places, M_ROUND_HALF_UP, &parts.tax));
        M_TRY(m_dec_add(parts.net, parts.tax, &parts.gross));
    }
    *out = parts;
    return M_OK;
}

m_status ppl_tax_shares(m_dec tax, int places, const m_tax_info *info, m_dec *out)
{
    m_dec weights[20];
    m_dec_sum sum = 0;
    uint32_t n = info->components.count;
    if (n == 0 || n > sizeof weights / sizeof weights[0]) return tax.u ? M_INVALID : M_OK;
    for (uint32_t i = 0; i < n; i++) {
        weights[i] = M_AT(info->components, m_tax_component, i)->rate;
        sum += weights[i].u;
    }
    if (sum == 0) weights[0] = (m_dec){M_DEC_ONE}; /* of nothing */
    return m_money_split(tax, places, weights, n, out);
}

m_status ppl_claim_total(ppl_expense_claim *claim)
{
    m_dec_sum net = 0, tax = 0, advanced = 0, paid = 0;
    for (M_EACH(const ppl_claim_line, line, claim->lines)) {
        net += line->net.u;
        tax += line->tax_amount.u;
    }
    for (M_EACH(const ppl_claim_advance, advance, claim->advances))
        advanced += advance->amount.u;
    for (M_EACH(const ppl_claim_payment, payment, claim->payments))
        if (!payment->undone) paid += payment->amount.u;
    M_TRY(m_dec_of_sum(net, &claim->net_total));
    M_TRY(m_dec_of_sum(tax, &claim->tax_total));
    M_TRY(m_dec_of_sum(net + tax, &claim->total));
    M_TRY(m_dec_of_sum(advanced, &claim->advanced));
    M_TRY(m_dec_of_sum(paid, &claim->paid));
    return m_dec_of_sum(net + tax - advanced - paid, &claim->outstanding);
}
