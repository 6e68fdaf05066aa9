#include "wms/wms.h"

static m_status worth(m_dec qty, m_dec rate, int places, m_dec *out)
{
    if (rate.u < 0) return M_INVALID;
    return m_dec_mul(qty, rate, places, M_ROUND_HALF_UP, out);
}

m_status wms_pool_reprice(wms_pool *pool, m_dec rate, int places, m_dec *out_rise)
{
    m_dec target, rise;
    M_TRY(worth(pool->qty, rate, places, &target));
    M_TRY(m_dec_sub(target, pool->value, &rise));
    pool->value = target;
    *out_rise = rise;
    return M_OK;
}

m_status wms_layers_reprice(wms_layer *layers, uint32_t n, m_dec rate, int places, m_dec *rises)
{
    m_dec qty = {0}, before = {0}, after;
    for (uint32_t i = 0; i < n; i++) {
        M_TRY(m_dec_add(qty, layers[i].qty, &qty));
        M_TRY(worth(qty, rate, places, &after));
        m_dec value = {after.u - before.u};
        M_TRY(m_dec_sub(value, layers[i].value, &rises[i]));
        layers[i].value = value;
        before = after;
    }
    return M_OK;
}
