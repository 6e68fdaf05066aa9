#include "payment/payment.h"

m_status fin_payment_currency(fin_module *fin, m_call *call, const fin_payment *payment,
                              fin_currency *out)
{
    m_id id = payment->currency;
    m_dec rate = payment->rate, per = payment->per;
    return fin_currency_read(fin, call, &id, &rate, &per, payment->posting_date, out);
}

m_foreign fin_payment_worth(const fin_payment *payment)
{
    bool foreign = !m_id_is_null(payment->currency);
    return (m_foreign){foreign ? payment->base_amount : payment->amount, payment->amount};
}

m_foreign fin_payment_withheld(const fin_payment *payment)
{
    bool foreign = !m_id_is_null(payment->currency);
    return (m_foreign){foreign ? payment->base_withheld : payment->withheld, payment->withheld};
}

m_foreign fin_open_worth(const fin_open_item *item)
{
    return (m_foreign){fin_open_base(item), item->outstanding};
}

static m_status take(m_foreign *from, m_dec amount, int places, m_dec *out)
{
    m_dec share;
    M_TRY(m_foreign_share(*from, amount, places, &share));
    from->base.u -= share.u;
    from->foreign.u -= amount.u;
    *out = share;
    return M_OK;
}

m_status fin_allocating_value(fin_allocating *a, m_foreign whole, m_foreign *out_left)
{
    m_tenant_info tenant;
    m_foreign left = whole;
    if (m_id_is_null(a->payment->currency)) return M_OK;
    M_TRY(fin_read_tenant(a->fin, a->call, &tenant));
    int places = (int)tenant.currency_places;
    for (uint32_t i = 0; i < a->lines.count; i++) {
        fin_allocation *line = M_AT(a->lines, fin_allocation, i);
        const fin_open_item *item = line->instalment ? fin_allocating_part(a, line) : a->items[i];
        if (!item) return m_fail(a->call, m_err_internal, NULL);
        m_foreign open = fin_open_worth(item);
        m_dec cleared = {line->amount.u + line->write_off.u};
        FIN_TRY(a->call, take(&open, cleared, places, &line->base_cleared));
        m_foreign both = {line->base_cleared, cleared};
        FIN_TRY(a->call, m_foreign_share(both, line->write_off, places, &line->base_written));
        FIN_TRY(a->call, take(&left, line->amount, places, &line->base_paid));
    }
    *out_left = left;
    return M_OK;
}

typedef struct {
    m_dec_sum base;
    m_dec_sum foreign;
} total;

static m_status end_total(m_call *call, const total *sum, m_foreign *out)
{
    FIN_TRY(call, m_dec_of_sum(sum->base, &out->base));
    return m_told(call, m_dec_of_sum(sum->foreign, &out->foreign));
}

m_status fin_allocating_sum(const fin_allocating *a, fin_allocating_sums *out)
{
    bool foreign = !m_id_is_null(a->payment->currency);
    total paid = {0}, cleared = {0}, written = {0};
    for (M_EACH(const fin_allocation, line, a->lines)) {
        int64_t both = line->amount.u + line->write_off.u;
        paid.foreign += line->amount.u;
        cleared.foreign += both;
        written.foreign += line->write_off.u;
        paid.base += foreign ? line->base_paid.u : line->amount.u;
        cleared.base += foreign ? line->base_cleared.u : both;
        written.base += foreign ? line->base_written.u : line->write_off.u;
    }
    M_TRY(end_total(a->call, &paid, &out->paid));
    M_TRY(end_total(a->call, &cleared, &out->cleared));
    return end_total(a->call, &written, &out->written);
}

m_status fin_allocating_debit(const fin_allocating *a, fin_lines *lines, m_ledger_line line,
                              m_foreign amount)
{
    line.currency = a->payment->currency;
    if (!m_id_is_null(line.currency)) line.foreign_amount = fin_on_side(a->side, amount.foreign);
    return fin_lines_debit(lines, line, fin_on_side(a->side, amount.base));
}

m_status fin_allocating_exchange(const fin_allocating *a, fin_lines *lines, m_dec paid,
                                 m_dec booked)
{
    m_dec over = {paid.u - booked.u};
    return fin_lines_exchange(lines, a->payment->cost_center, a->payment->currency,
                              fin_on_side(a->side, over));
}
