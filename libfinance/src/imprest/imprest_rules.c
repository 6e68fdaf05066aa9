#include "imprest/imprest.h"

m_status fin_imprest_size(m_dec spent, m_dec pct, int places, m_dec *out)
{
    return m_dec_mul_div(spent, pct, m_dec_of_int(12 * 100), places, M_ROUND_DOWN, out);
}

bool fin_imprest_holds(const fin_imprest_float *f)
{
    m_dec_sum there = (m_dec_sum)f->cash.u + f->submitted.u + f->approved.u + f->disallowed.u;
    return f->cash.u >= 0 && f->submitted.u >= 0 && f->approved.u >= 0 && f->disallowed.u >= 0 &&
           there == f->funded.u;
}

static bool is_month_end(m_date date)
{
    return m_date_month((m_date){date.d + 1}).d == date.d + 1;
}

static bool is_cycle_day(m_enum cycle, m_date date)
{
    int year, month, day;
    if (cycle == FIN_IMPREST_NO_CYCLE) return false;
    m_date_split(date, &year, &month, &day);
    return is_month_end(date) || (cycle == FIN_IMPREST_FORTNIGHT && day == 15);
}

fin_imprest_reason fin_imprest_due(const fin_imprest_float *f, m_dec trigger_pct, m_enum cycle,
                                   m_date date, int64_t fiscal_start_month)
{
    int year, month, day;
    if (f->approved.u <= 0) return FIN_IMPREST_NOT_DUE;
    m_date_split((m_date){date.d + 1}, &year, &month, &day);
    if (day == 1 && month == fiscal_start_month) return FIN_IMPREST_YEAR_END;
    if ((m_dec_sum)f->approved.u * 100 * M_DEC_ONE >= (m_dec_sum)trigger_pct.u * f->limit.u)
        return FIN_IMPREST_THRESHOLD;
    return is_cycle_day(cycle, date) ? FIN_IMPREST_CYCLE_DAY : FIN_IMPREST_NOT_DUE;
}

void fin_imprest_net(const fin_imprest_float *f, m_dec amount, m_dec *out_less, m_dec *out_pay)
{
    int64_t over = f->funded.u > f->limit.u ? f->funded.u - f->limit.u : 0;
    out_less->u = over < amount.u ? over : amount.u;
    out_pay->u = amount.u - out_less->u;
}

m_dec fin_imprest_change(const fin_imprest_float *f, m_dec limit)
{
    int64_t by = limit.u - f->funded.u;
    return (m_dec){by < -f->cash.u ? -f->cash.u : by};
}
