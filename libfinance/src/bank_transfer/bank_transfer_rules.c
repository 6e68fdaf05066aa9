#include "bank_transfer/bank_transfer.h"

/* Between two accounts of one currency nothing is gained or lost. */
static m_status same_currency(fin_bank_transfer *t, const fin_transfer_currencies *of)
{
    t->arrives = t->amount;
    if (t->received.u && t->received.u != t->amount.u) return M_INVALID;
    t->base_sent = t->amount;
    if (of->from.foreign)
        M_TRY(m_to_base(t->amount, of->from.rate, of->from.base_places, &t->base_sent));
    t->base_received = t->base_sent;
    return M_OK;
}

/* What is bought costs what was paid for it. */
static m_status buy(fin_bank_transfer *t, const fin_transfer_currencies *of)
{
    const m_rate *rate = &of->to.rate;
    t->arrives = t->received;
    if (t->received.u == 0)
        M_TRY(m_dec_mul_div(t->amount, rate->per, rate->rate, of->to.places, M_ROUND_HALF_UP,
                            &t->arrives));
    t->base_sent = t->base_received = t->amount;
    return M_OK;
}

static m_status sell(fin_bank_transfer *t, const fin_transfer_currencies *of)
{
    M_TRY(m_to_base(t->amount, of->from.rate, of->from.base_places, &t->base_sent));
    t->base_received = t->base_sent;
    t->arrives = t->received;
    if (of->to.foreign) return t->received.u ? M_OK : M_PRECONDITION;
    if (t->received.u == 0) t->arrives = t->base_sent;
    t->base_received = t->arrives;
    return M_OK;
}

m_status fin_transfer_compute(fin_bank_transfer *transfer, const fin_transfer_currencies *of)
{
    m_status status = M_OK;
    if (m_id_eq(of->from.id, of->to.id))
        status = same_currency(transfer, of);
    else if (of->from.foreign)
        status = sell(transfer, of);
    else
        status = buy(transfer, of);
    if (status != M_OK) return status;
    transfer->loss.u = transfer->base_sent.u - transfer->base_received.u;
    return M_OK;
}
