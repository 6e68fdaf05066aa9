#include "finance/finance.h"

#define HUNDRED   (100 * M_DEC_ONE)
#define TERMS_MAX 100u

static m_date end_of_month(m_date d)
{
    m_date next = m_date_add_months(m_date_month(d), 1);
    return (m_date){next.d - 1};
}

/* A rule beyond ten years is a typing mistake; the cap keeps the date a date. */
static int32_t capped(int64_t n, int32_t most)
{
    return n < 0 ? 0 : n > most ? most : (int32_t)n;
}

m_date fin_due_date(m_date from, const fin_due_rule *rule)
{
    m_date due = m_date_add_months(from, capped(rule->months, 120));
    due.d += capped(rule->days, 3660);
    if (rule->end_of_month) due = end_of_month(due);
    due.d += capped(rule->then_days, 3660);
    return due;
}

static bool is_percent(m_dec value)
{
    return value.u >= 0 && value.u <= HUNDRED;
}

static m_status check_terms(const fin_term *terms, uint32_t n)
{
    m_dec_sum percent = 0;
    bool fixed = false;
    if (n == 0 || n > TERMS_MAX) return M_INVALID;
    for (uint32_t i = 0; i < n; i++) {
        if (!is_percent(terms[i].percent) || !is_percent(terms[i].discount_percent))
            return M_INVALID;
        if (terms[i].amount.u < 0 || (terms[i].amount.u && terms[i].percent.u)) return M_INVALID;
        if (terms[i].balance && i + 1 != n) return M_INVALID;
        fixed |= terms[i].amount.u != 0;
        if (!terms[i].balance) percent += terms[i].percent.u;
    }
    bool whole = terms[n - 1].balance ? percent <= HUNDRED : percent == HUNDRED && !fixed;
    return whole ? M_OK : M_INVALID;
}

static m_status percent_of(m_dec amount, m_dec percent, int places, m_dec *out)
{
    return m_dec_mul_div(amount, percent, (m_dec){HUNDRED}, places, M_ROUND_HALF_UP, out);
}

/* What a term takes of the total, and the part of it that is net. */
static m_status share_of(const fin_term *term, m_dec total, m_dec net, int places, m_dec *amount,
                         m_dec *amount_net)
{
    if (term->amount.u == 0) {
        M_TRY(percent_of(total, term->percent, places, amount));
        return percent_of(net, term->percent, places, amount_net);
    }
    *amount = term->amount.u < total.u ? term->amount : total;
    *amount_net = (m_dec){0};
    if (total.u == 0) return M_OK;
    return m_dec_mul_div(net, *amount, total, places, M_ROUND_HALF_UP, amount_net);
}

m_status fin_terms_compute(m_dec total, m_dec net, int places, const fin_term *terms, uint32_t n,
                           bool discount_on_tax, m_date from, fin_instalment *out)
{
    M_TRY(check_terms(terms, n));
    if (total.u < 0 || net.u < 0 || net.u > total.u) return M_INVALID;
    m_dec total_left = total;
    m_dec net_left = net;
    fin_instalment parts[TERMS_MAX];
    for (uint32_t i = 0; i < n; i++) {
        bool last = i + 1 == n;
        m_dec amount = total_left;
        m_dec amount_net = net_left;
        if (!last) M_TRY(share_of(&terms[i], total, net, places, &amount, &amount_net));
        if (amount.u > total_left.u) amount = total_left;
        if (amount_net.u > net_left.u) amount_net = net_left;
        total_left.u -= amount.u;
        net_left.u -= amount_net.u;
        m_dec discount;
        M_TRY(percent_of(discount_on_tax ? amount : amount_net, terms[i].discount_percent, places,
                         &discount));
        parts[i].amount = amount;
        parts[i].pay_if_early =
            terms[i].discount_percent.u ? (m_dec){amount.u - discount.u} : (m_dec){0};
        fin_due_rule early = {.days = terms[i].discount_days};
        parts[i].early_until =
            terms[i].discount_percent.u ? fin_due_date(from, &early) : M_DATE_NONE;
        parts[i].due = fin_due_date(from, &terms[i].due);
    }
    memcpy(out, parts, n * sizeof parts[0]);
    return M_OK;
}

m_status fin_early_payment_compute(m_dec net, m_dec tax_rate, m_dec discount_percent, int places,
                                   fin_early_payment *out)
{
    if (net.u < 0 || tax_rate.u < 0 || !is_percent(discount_percent)) return M_INVALID;
    fin_early_payment result;
    m_dec tax;
    M_TRY(percent_of(net, tax_rate, places, &tax));
    M_TRY(m_dec_add(net, tax, &result.total));
    M_TRY(percent_of(net, discount_percent, places, &result.discount_net));
    M_TRY(percent_of(tax, discount_percent, places, &result.discount_tax));
    result.paid.u = result.total.u - result.discount_net.u - result.discount_tax.u;
    *out = result;
    return M_OK;
}
