#include "pay_scale/pay_scale.h"

bool ppl_periods_overlap(m_date from_a, m_date to_a, m_date from_b, m_date to_b)
{
    bool a_before_b = !m_date_is_none(to_a) && m_date_cmp(to_a, from_b) < 0;
    bool b_before_a = !m_date_is_none(to_b) && m_date_cmp(to_b, from_a) < 0;
    return !a_before_b && !b_before_a;
}

bool ppl_scale_good(m_dec start, const ppl_stretch *stretches, uint32_t n)
{
    m_dec at = start;
    for (uint32_t i = 0; i < n; i++) {
        if (stretches[i].increment.u <= 0 || stretches[i].upto.u <= at.u) return false;
        if ((stretches[i].upto.u - at.u) % stretches[i].increment.u != 0) return false;
        at = stretches[i].upto;
    }
    return start.u > 0;
}

m_status ppl_next_stage(m_dec start, const ppl_stretch *stretches, uint32_t n, m_dec basic,
                        m_dec *out)
{
    if (!ppl_scale_good(start, stretches, n) || basic.u < start.u) return M_INVALID;
    m_dec from = start;
    for (uint32_t i = 0; i < n; i++) {
        if (basic.u < stretches[i].upto.u) {
            int64_t steps = (basic.u - from.u) / stretches[i].increment.u + 1;
            *out = (m_dec){from.u + steps * stretches[i].increment.u};
            return M_OK;
        }
        from = stretches[i].upto;
    }
    *out = basic;
    return M_OK;
}
