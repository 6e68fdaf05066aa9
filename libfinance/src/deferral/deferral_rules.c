#include "deferral/deferral.h"

/* A multiple of 28, 29, 30 and 31, so that a share of any month is a whole number. */
#define MONTH_SHARES INT64_C(377580)

static m_dec month_weight(m_date first, m_date last)
{
    m_date next = m_date_add_months(m_date_month(first), 1);
    int64_t whole = next.d - m_date_month(first).d;
    int64_t days = (int64_t)last.d - first.d + 1;
    return (m_dec){days * (MONTH_SHARES / whole)};
}

m_status fin_defer_months(m_date start, m_date end, uint32_t *out)
{
    if (m_date_is_none(start) || m_date_cmp(end, start) < 0) return M_INVALID;
    uint32_t n = 0;
    for (m_date at = m_date_month(start); m_date_cmp(at, end) <= 0; at = m_date_add_months(at, 1))
        if (m_date_is_none(at) || ++n > FIN_DEFER_MONTHS_MAX) return M_INVALID;
    *out = n;
    return M_OK;
}

m_status fin_defer(m_dec amount, int places, const fin_defer_span *span, uint32_t n,
                   fin_defer_part *out)
{
    m_dec weights[FIN_DEFER_MONTHS_MAX];
    m_dec amounts[FIN_DEFER_MONTHS_MAX];
    uint32_t months;
    M_TRY(fin_defer_months(span->start, span->end, &months));
    if (months != n) return M_INVALID;
    m_date first = span->start;
    for (uint32_t i = 0; i < n; i++) {
        m_date next = m_date_add_months(m_date_month(first), 1);
        m_date last = {next.d - 1};
        if (m_date_cmp(last, span->end) > 0) last = span->end;
        out[i] = (fin_defer_part){.first = first, .last = last};
        if (span->by_days)
            weights[i] = (m_dec){(int64_t)last.d - first.d + 1};
        else
            weights[i] = span->weights ? span->weights[i] : month_weight(first, last);
        first = next;
    }
    M_TRY(m_money_split(amount, places, weights, n, amounts));
    for (uint32_t i = 0; i < n; i++)
        out[i].amount = amounts[i];
    return M_OK;
}
