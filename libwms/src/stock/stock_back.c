#include "stock/preview.h"
#include "stock/replay.h"

/* What the tenant wants on this date. A preview shows what restating would do where it is refused.
 */
static m_status ask_policy(const wms *w, m_call *call, m_date on, int *out)
{
    m_dec value;
    M_TRY(m_policy(w->masters, call, WMS_POLICY_BACKDATING, on, m_dec_of_int(WMS_BACKDATING_REFUSE),
                   &value));
    *out = (int)(value.u / M_DEC_ONE);
    if (*out == WMS_BACKDATING_REFUSE && w->preview) *out = WMS_BACKDATING_RESTATE;
    return M_OK;
}

static bool still_open(const wms_bin *bin, m_id layer, wms_layer *out)
{
    for (uint32_t i = 0; i < bin->layer_count; i++) {
        if (!m_id_eq(bin->layers[i].id, layer)) continue;
        *out = bin->layers[i];
        return true;
    }
    return false;
}

/* The layers of then. When others keep what they drew, only what is left of them now. */
static m_status then_layers(m_call *call, const wms_stock *stock, const wms_replay_pool *pool,
                            wms_bin *bin)
{
    wms_layer *layers = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(call, layers, pool->layer_count));
    for (uint32_t i = 0; i < pool->layer_count; i++) {
        const wms_replay_layer *layer = &pool->layers[i];
        if (layer->qty.u <= 0) continue;
        layers[n] = (wms_layer){layer->row.layer, layer->qty, layer->value};
        if (!stock->forward || still_open(bin, layer->row.layer, &layers[n])) n++;
    }
    bin->kept = bin->layers;
    bin->kept_count = bin->layer_count;
    bin->layers = layers;
    bin->layer_count = n;
    return M_OK;
}

static m_status then_bin(m_call *call, wms_stock *stock, wms_bin *bin)
{
    wms_replay_pool *pool;
    M_TRY(wms_replay_pool_of(stock->replay, bin->item, bin->warehouse, bin->method, stock->date,
                             true, &pool));
    M_TRY(wms_replay_forward(stock->replay, pool, stock->date, WMS_REPLAY_END));
    bin->replayed = true;
    bin->pool = pool->now;
    return then_layers(call, stock, pool, bin);
}

m_status wms_stock_look_back(const wms *w, m_call *call, wms_stock *stock)
{
    int policy = WMS_BACKDATING_REFUSE;
    bool any = false;
    for (M_EACH(wms_bin, bin, stock->bins)) {
        bin->backdated = m_date_cmp(stock->date, bin->last_date) < 0;
        any |= bin->backdated;
    }
    if (!any) return M_OK;
    M_TRY(ask_policy(w, call, stock->date, &policy));
    if (policy == WMS_BACKDATING_REFUSE) return M_OK;
    M_TRY(wms_places(w, call, &stock->places));
    M_TRY(wms_replay_new(w, call, stock->places, &stock->replay));
    stock->replay->frozen = stock->forward = policy == WMS_BACKDATING_FORWARD;
    for (M_EACH(wms_bin, bin, stock->bins))
        if (bin->backdated) M_TRY(then_bin(call, stock, bin));
    return M_OK;
}
