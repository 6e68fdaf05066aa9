#include "salary_slip/salary_slip.h"

/* 1 Monday … 7 Sunday; day 1 (0001-01-01) was a Monday. */
static int weekday(m_date date)
{
    return (date.d - 1) % 7 + 1;
}

m_status ppl_payment_days(m_date month, int weekly_off, bool holidays_paid, m_date employed_from,
                          const ppl_unpaid *leaves, uint32_t n, ppl_month_days *out)
{
    ppl_month_days days = {{0}, {0}, {0}};
    m_dec_sum lwp = 0;
    int64_t before = 0;
    if (m_date_is_none(month) || weekly_off < 0 || weekly_off > 7) return M_INVALID;
    m_date first = m_date_month(month);
    m_date next = m_date_add_months(first, 1);
    for (m_date day = first; m_date_cmp(day, next) < 0; day.d++) {
        if (!holidays_paid && weekday(day) == weekly_off) continue;
        days.working.u += M_DEC_ONE;
        if (m_date_cmp(day, employed_from) < 0) before += M_DEC_ONE;
    }
    for (uint32_t i = 0; i < n; i++) {
        m_dec part;
        M_TRY(m_dec_mul(leaves[i].days, leaves[i].unpaid_fraction, M_DEC_SCALE, M_ROUND_HALF_UP,
                        &part));
        lwp += part.u;
    }
    if (lwp > days.working.u - before) lwp = days.working.u - before;
    M_TRY(m_dec_of_sum(lwp, &days.lwp));
    days.payment.u = days.working.u - before - days.lwp.u;
    *out = days;
    return M_OK;
}

static m_status component(const ppl_pay_input_days *in, const ppl_pay_component *components,
                          uint32_t i, const m_dec *full, const m_dec *paid, m_dec *out_full)
{
    const ppl_pay_component *c = &components[i];
    m_dec whole = in->base;
    if (c->of == PPL_PAY_FIXED) {
        *out_full = c->fixed;
        return M_OK;
    }
    if (c->of != PPL_PAY_BASE) {
        if (c->of < 0 || (uint32_t)c->of >= i) return M_INVALID;
        whole = c->on_paid ? paid[c->of] : full[c->of];
    }
    return m_dec_mul_div(whole, c->percent, m_dec_of_int(100), in->places, M_ROUND_HALF_UP,
                         out_full);
}

m_status ppl_pay(const ppl_pay_input_days *in, const ppl_pay_component *components, uint32_t n,
                 m_dec *out_paid, ppl_pay_totals *out)
{
    m_dec full[PPL_PAY_COMPONENTS];
    m_dec_sum gross = 0, deductions = 0;
    ppl_pay_totals totals;
    if (n > PPL_PAY_COMPONENTS || in->working.u <= 0) return M_INVALID;
    for (uint32_t i = 0; i < n; i++) {
        M_TRY(component(in, components, i, full, out_paid, &full[i]));
        out_paid[i] = full[i];
        if (components[i].prorate)
            M_TRY(m_dec_mul_div(full[i], in->payment, in->working, in->places, M_ROUND_HALF_UP,
                                &out_paid[i]));
        if (components[i].kind == PPL_EARNING) gross += out_paid[i].u;
        if (components[i].kind == PPL_DEDUCTION) deductions += out_paid[i].u;
    }
    M_TRY(m_dec_of_sum(gross, &totals.gross));
    M_TRY(m_dec_of_sum(deductions, &totals.deductions));
    M_TRY(m_dec_of_sum(gross - deductions, &totals.net));
    *out = totals;
    return M_OK;
}
