#include "wms/wms.h"

static m_status worth(m_dec qty, m_dec rate, int places, m_dec *out)
{
    if (rate.u < 0) return M_INVALID;
    return m_dec_mul(qty, rate, places, M_ROUND_HALF_UP, out);
}

m_status wms_standard_in(wms_pool *pool, m_dec qty, m_dec rate, int places, m_dec *out_value)
{
    m_dec after, target, value;
    if (qty.u <= 0) return M_INVALID;
    M_TRY(m_dec_add(pool->qty, qty, &after));
    M_TRY(worth(after, rate, places, &target));
    /* A mirror or goods from transit may have left it a coin above. */
    value.u = target.u > pool->value.u ? target.u - pool->value.u : 0;
    pool->qty = after;
    pool->value.u += value.u;
    *out_value = value;
    return M_OK;
}

m_status wms_standard_out(wms_pool *pool, m_dec qty, m_dec rate, int places, m_dec *out_value)
{
    m_dec target;
    if (qty.u <= 0) return M_INVALID;
    if (qty.u > pool->qty.u) return M_PRECONDITION;
    m_dec after = {pool->qty.u - qty.u};
    M_TRY(worth(after, rate, places, &target));
    m_dec value = {target.u < pool->value.u ? pool->value.u - target.u : 0};
    pool->qty = after;
    pool->value.u -= value.u;
    *out_value = value;
    return M_OK;
}
