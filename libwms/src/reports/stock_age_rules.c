#include "reports/stock_age.h"

static wms_age_slot *slot_of(wms_age_queue *queue, m_id layer)
{
    if (m_id_is_null(layer)) return NULL;
    for (uint32_t i = queue->head; i < queue->count && i - queue->head < WMS_AGE_LOOK; i++)
        if (queue->slots[i].qty.u > 0 && m_id_eq(queue->slots[i].layer, layer))
            return &queue->slots[i];
    return NULL;
}

m_status wms_age_in(wms_age_queue *queue, m_date on, m_id layer, m_dec qty, m_dec value)
{
    if (qty.u <= 0 || value.u < 0) return M_INVALID;
    if (queue->owed.u > 0) {
        m_dec paid = queue->owed.u < qty.u ? queue->owed : qty, cost;
        M_TRY(wms_share(value, paid, qty, M_DEC_SCALE, &cost));
        queue->owed.u -= paid.u;
        qty.u -= paid.u;
        value.u -= cost.u;
        if (qty.u == 0) return M_OK;
    }
    wms_age_slot *slot = slot_of(queue, layer);
    if (!slot) {
        queue->slots[queue->count++] =
            (wms_age_slot){.since = on, .layer = layer, .qty = qty, .cost = value};
        return M_OK;
    }
    M_TRY(m_dec_add(slot->qty, qty, &slot->qty));
    return m_dec_add(slot->cost, value, &slot->cost);
}

/* Up to *left out of one slot. */
static m_status draw(wms_age_slot *slot, m_dec *left)
{
    m_dec qty = slot->qty.u < left->u ? slot->qty : *left, cost;
    if (qty.u == 0) return M_OK;
    M_TRY(wms_share(slot->cost, qty, slot->qty, M_DEC_SCALE, &cost));
    slot->qty.u -= qty.u;
    slot->cost.u -= cost.u;
    left->u -= qty.u;
    return M_OK;
}

m_status wms_age_out(wms_age_queue *queue, m_id layer, m_dec qty)
{
    if (qty.u <= 0) return M_INVALID;
    wms_age_slot *named = slot_of(queue, layer);
    if (named) M_TRY(draw(named, &qty));
    for (uint32_t i = queue->head; i < queue->count && qty.u > 0; i++)
        M_TRY(draw(&queue->slots[i], &qty));
    while (queue->head < queue->count && queue->slots[queue->head].qty.u == 0)
        queue->head++;
    return m_dec_add(queue->owed, qty, &queue->owed);
}

m_status wms_age_raise(wms_age_queue *queue, m_id layer, m_dec value)
{
    if (queue->head == queue->count) return M_OK;
    wms_age_slot *slot = slot_of(queue, layer);
    if (!slot) slot = &queue->slots[queue->head];
    M_TRY(m_dec_add(slot->cost, value, &slot->cost));
    if (slot->cost.u < 0) slot->cost.u = 0;
    return M_OK;
}

void wms_age_count(wms_age_queue *queue, m_date on, m_dec qty, m_dec value)
{
    queue->head = queue->count;
    queue->owed.u = qty.u < 0 ? -qty.u : 0;
    if (qty.u > 0)
        queue->slots[queue->count++] = (wms_age_slot){.since = on, .qty = qty, .cost = value};
}

static uint32_t bracket_of(m_date since, m_date as_of, const int64_t bounds[3])
{
    int64_t days = (int64_t)as_of.d - since.d;
    uint32_t b = 0;
    while (b < WMS_AGE_BRACKETS - 1 && days > bounds[b])
        b++;
    return b;
}

m_status wms_age_spread(const wms_age_queue *queue, m_date as_of, const int64_t bounds[3],
                        m_dec value, bool by_cost, int places,
                        wms_age_bracket out[WMS_AGE_BRACKETS])
{
    wms_age_bracket sums[WMS_AGE_BRACKETS] = {{{0}, {0}}}; /* value: the costs */
    wms_part parts[WMS_AGE_BRACKETS] = {{.basis = {0}}};
    m_dec_sum costs = 0;
    for (uint32_t i = queue->head; i < queue->count; i++) {
        const wms_age_slot *slot = &queue->slots[i];
        wms_age_bracket *sum = &sums[bracket_of(slot->since, as_of, bounds)];
        M_TRY(m_dec_add(sum->qty, slot->qty, &sum->qty));
        M_TRY(m_dec_add(sum->value, slot->cost, &sum->value));
        costs += slot->cost.u;
    }
    for (uint32_t b = 0; b < WMS_AGE_BRACKETS; b++)
        parts[b].basis = by_cost && costs > 0 ? sums[b].value : sums[b].qty;
    if (value.u > 0) M_TRY(wms_split(value, parts, WMS_AGE_BRACKETS, places));
    for (uint32_t b = 0; b < WMS_AGE_BRACKETS; b++)
        out[b] = (wms_age_bracket){sums[b].qty, parts[b].amount};
    return M_OK;
}
