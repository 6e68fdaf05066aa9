#include "withholding/withholding.h"

const fin_withholding_rate *fin_withholding_on(const fin_withholding *category, m_date date)
{
    const fin_withholding_rate *in_force = NULL;
    for (M_EACH(const fin_withholding_rate, rate, category->rates))
        if (m_date_cmp(rate->from, date) <= 0) in_force = rate;
    return in_force;
}

m_status fin_withhold(m_dec net, m_dec spared, const fin_withholding_rate *rate,
                      const fin_withheld *so_far, int places, m_dec *out_on, m_dec *out_amount)
{
    m_dec_sum billed = so_far ? so_far->billed : 0;
    m_dec_sum taxed = so_far ? so_far->taxed : 0;
    m_dec_sum on = 0;
    m_dec base, amount;
    int64_t rest = net.u - spared.u;
    if (spared.u < 0 || rest < 0 || rate->rate.u < 0) return M_INVALID;
    bool always = rate->single_threshold.u == 0 && rate->cumulative_threshold.u == 0;
    bool single = rate->single_threshold.u && net.u >= rate->single_threshold.u;
    bool reached =
        rate->cumulative_threshold.u && billed + rest >= (m_dec_sum)rate->cumulative_threshold.u;
    if (reached)
        on = billed + rest - taxed;
    else if (always || single || taxed > 0)
        on = rest;
    M_TRY(m_dec_of_sum(on, &base));
    M_TRY(m_dec_mul_div(base, rate->rate, m_dec_of_int(100), places, M_ROUND_HALF_UP, &amount));
    *out_on = base;
    *out_amount = amount;
    return M_OK;
}

m_date fin_year_start(m_date date, int64_t first_month)
{
    int year, month, day;
    m_date_split(date, &year, &month, &day);
    int first = first_month >= 1 && first_month <= 12 ? (int)first_month : 1;
    int back = (month - first + 12) % 12;
    return m_date_add_months(m_date_month(date), -back);
}
