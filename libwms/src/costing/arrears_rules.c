#include "wms/wms.h"

m_status wms_pool_overdraw(wms_pool *pool, m_dec qty, int places, m_dec *out_value)
{
    wms_pool after;
    m_dec value = {0};
    if (qty.u <= 0) return M_INVALID;
    if (qty.u <= pool->qty.u) return wms_pool_out(pool, qty, places, out_value);
    if (pool->qty.u != 0)
        M_TRY(m_dec_mul_div(qty, pool->value, pool->qty, places, M_ROUND_HALF_UP, &value));
    M_TRY(m_dec_sub(pool->qty, qty, &after.qty));
    M_TRY(m_dec_sub(pool->value, value, &after.value));
    /* A rate that rounded away must not leave a value above zero on goods below zero. */
    if (after.value.u > 0) {
        M_TRY(m_dec_add(value, after.value, &value));
        after.value = (m_dec){0};
    }
    *pool = after;
    *out_value = value;
    return M_OK;
}

m_status wms_pool_cover(wms_pool *pool, m_dec qty, m_dec value, int places, m_dec *out_correction)
{
    wms_pool after;
    m_dec assumed, real;
    if (qty.u <= 0 || value.u < 0 || pool->qty.u >= 0 || pool->value.u > 0) return M_INVALID;
    m_dec missing = m_dec_neg(pool->qty);
    m_dec covered = qty.u < missing.u ? qty : missing;
    M_TRY(wms_share(m_dec_neg(pool->value), covered, missing, places, &assumed));
    M_TRY(wms_share(value, covered, qty, places, &real));
    M_TRY(m_dec_add(pool->qty, qty, &after.qty));
    M_TRY(m_dec_add(pool->value, value, &after.value));
    m_dec correction = {assumed.u - real.u};
    M_TRY(m_dec_add(after.value, correction, &after.value));
    *pool = after;
    *out_correction = correction;
    return M_OK;
}
