#include "leave/leave.h"

m_status ppl_leave_months_left(m_dec whole, int64_t months_left, int64_t months, m_dec *out)
{
    if (months <= 0 || months_left < 0 || months_left > months) return M_INVALID;
    return m_dec_mul_div(whole, m_dec_of_int(months_left), m_dec_of_int(months), 2, M_ROUND_HALF_UP,
                         out);
}

m_status ppl_leave_prorated(m_dec whole, m_date start, m_date period_start, m_date period_end,
                            int64_t full_periods, m_dec *out)
{
    int64_t days = (int64_t)period_end.d - period_start.d;
    int64_t left = (int64_t)period_end.d - (start.d + 1); /* it accrues from the day after */
    m_dec part, more;
    if (days <= 0 || full_periods < 0 || full_periods > 1000) return M_INVALID;
    if (left > days) left = days;
    if (left < 0) left = 0;
    M_TRY(m_dec_mul_div(whole, m_dec_of_int(left), m_dec_of_int(days), 4, M_ROUND_HALF_UP, &part));
    M_TRY(m_dec_mul(whole, m_dec_of_int(full_periods), 4, M_ROUND_HALF_UP, &more));
    return m_dec_add(part, more, out);
}

m_status ppl_leave_carry(m_dec unused, m_dec most, m_dec *out)
{
    if (unused.u < 0) unused.u = 0;
    M_TRY(m_dec_round(unused, 2, M_ROUND_HALF_UP, &unused));
    *out = unused.u < most.u ? unused : most;
    return M_OK;
}

m_dec ppl_leave_expired(m_dec carried, m_dec taken)
{
    return taken.u >= carried.u ? (m_dec){0} : (m_dec){carried.u - taken.u};
}

m_status ppl_leave_encash(m_dec balance, m_dec most, m_dec per_day, int places, m_dec *out_days,
                          m_dec *out_amount)
{
    m_dec days = balance.u < most.u ? balance : most;
    m_dec amount;
    if (days.u < 0) days.u = 0;
    M_TRY(m_dec_mul(days, per_day, places, M_ROUND_HALF_UP, &amount));
    *out_days = days;
    *out_amount = amount;
    return M_OK;
}
