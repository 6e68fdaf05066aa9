#include "wms/wms.h"

m_status wms_share(m_dec value, m_dec part, m_dec whole, int places, m_dec *out)
{
    if (part.u <= 0 || value.u < 0) return M_INVALID;
    if (part.u > whole.u) return M_PRECONDITION;
    if (part.u == whole.u) {
        *out = value;
        return M_OK;
    }
    m_dec share;
    M_TRY(m_dec_mul_div(part, value, whole, places, M_ROUND_HALF_UP, &share));
    /* A value with more digits than `places` may round above itself. */
    *out = share.u > value.u ? value : share;
    return M_OK;
}

m_status wms_pool_in(wms_pool *pool, m_dec qty, m_dec value)
{
    if (qty.u <= 0 || value.u < 0) return M_INVALID;
    wms_pool after;
    M_TRY(m_dec_add(pool->qty, qty, &after.qty));
    M_TRY(m_dec_add(pool->value, value, &after.value));
    *pool = after;
    return M_OK;
}

m_status wms_pool_out(wms_pool *pool, m_dec qty, int places, m_dec *out_value)
{
    m_dec value;
    M_TRY(wms_share(pool->value, qty, pool->qty, places, &value));
    pool->qty.u -= qty.u;
    pool->value.u -= value.u;
    *out_value = value;
    return M_OK;
}

m_status wms_pool_take(wms_pool *pool, m_dec qty, m_dec value)
{
    if (qty.u <= 0 || value.u < 0) return M_INVALID;
    if (qty.u > pool->qty.u || value.u > pool->value.u) return M_PRECONDITION;
    if (qty.u == pool->qty.u && value.u != pool->value.u) return M_PRECONDITION;
    pool->qty.u -= qty.u;
    pool->value.u -= value.u;
    return M_OK;
}

m_status wms_pool_rate(const wms_pool *pool, m_dec *out_rate)
{
    if (pool->qty.u == 0) {
        *out_rate = (m_dec){0};
        return M_OK;
    }
    return m_dec_div(pool->value, pool->qty, M_DEC_SCALE, M_ROUND_HALF_UP, out_rate);
}

/* Up to *left out of one layer. */
static m_status draw(wms_layer *layer, m_dec *left, int places, wms_draw *out)
{
    m_dec qty = layer->qty.u < left->u ? layer->qty : *left;
    m_dec value;
    M_TRY(wms_share(layer->value, qty, layer->qty, places, &value));
    *out = (wms_draw){layer->id, qty, value};
    layer->qty.u -= qty.u;
    layer->value.u -= value.u;
    left->u -= qty.u;
    return M_OK;
}

m_status wms_fifo_out(wms_layer *layers, uint32_t n, m_id first, m_dec qty, int places,
                      wms_draw *draws, uint32_t *out_count)
{
    if (qty.u <= 0) return M_INVALID;
    m_dec_sum held = 0;
    for (uint32_t i = 0; i < n; i++)
        held += layers[i].qty.u;
    if (held < qty.u) return M_PRECONDITION;

    uint32_t count = 0;
    bool has_first = !m_id_is_null(first);
    for (uint32_t i = 0; has_first && i < n; i++)
        if (layers[i].qty.u > 0 && m_id_eq(layers[i].id, first))
            M_TRY(draw(&layers[i], &qty, places, &draws[count++]));
    for (uint32_t i = 0; i < n && qty.u > 0; i++)
        if (layers[i].qty.u > 0) M_TRY(draw(&layers[i], &qty, places, &draws[count++]));
    *out_count = count;
    return M_OK;
}
