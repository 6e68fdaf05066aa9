#include <string.h>

#include "m/stock_keeper.h"

/* layer, opened_on, opened_seq, opened_line, qty, value */
#define PACKED (sizeof(m_id) + 5 * 8)

int m_stock_layer_order(const void *a, const void *b)
{
    const m_stock_layer *x = a;
    const m_stock_layer *y = b;
    int order = m_date_cmp(x->opened_on, y->opened_on);
    if (!order) order = (x->opened_seq > y->opened_seq) - (x->opened_seq < y->opened_seq);
    if (!order) order = (x->opened_line > y->opened_line) - (x->opened_line < y->opened_line);
    return order ? order : m_id_cmp(x->layer, y->layer);
}

static uint8_t *put(uint8_t *to, int64_t number)
{
    uint64_t bits = (uint64_t)number;
    for (int i = 7; i >= 0; i--, bits >>= 8)
        to[i] = (uint8_t)(bits & 0xff);
    return to + 8;
}

static const uint8_t *take(const uint8_t *from, int64_t *out)
{
    uint64_t bits = 0;
    for (int i = 0; i < 8; i++)
        bits = bits << 8 | from[i];
    *out = (int64_t)bits;
    return from + 8;
}

m_status m_stock_layers_pack(m_arena *arena, const m_stock_layer *layers, uint32_t n, m_str *out)
{
    uint8_t *bytes = m_arena_array(arena, n + 1, PACKED);
    if (!bytes) return M_NOMEM;
    uint8_t *at = bytes;
    for (uint32_t i = 0; i < n; i++) {
        const m_stock_layer *layer = &layers[i];
        memcpy(at, layer->layer.b, sizeof(m_id));
        at = put(at + sizeof(m_id), layer->opened_on.d);
        at = put(at, layer->opened_seq);
        at = put(at, layer->opened_line);
        at = put(at, layer->qty.u);
        at = put(at, layer->value.u);
    }
    *out = (m_str){(const char *)bytes, (size_t)n * PACKED};
    return M_OK;
}

m_status m_stock_layers_unpack(m_arena *arena, m_str bytes, m_id item, m_id warehouse,
                               m_stock_layer **out, uint32_t *out_count)
{
    size_t n = bytes.n / PACKED;
    if (bytes.n % PACKED || n > UINT32_MAX) return M_INVALID;
    m_stock_layer *layers = m_arena_array(arena, n + 1, sizeof *layers);
    if (!layers) return M_NOMEM;
    const uint8_t *at = (const uint8_t *)bytes.p;
    for (size_t i = 0; i < n; i++) {
        m_stock_layer *layer = &layers[i];
        int64_t days;
        *layer = (m_stock_layer){.item = item, .warehouse = warehouse};
        memcpy(layer->layer.b, at, sizeof(m_id));
        at = take(at + sizeof(m_id), &days);
        layer->opened_on.d = (int32_t)days;
        at = take(at, &layer->opened_seq);
        at = take(at, &layer->opened_line);
        at = take(at, &layer->qty.u);
        at = take(at, &layer->value.u);
    }
    *out = layers;
    *out_count = (uint32_t)n;
    return M_OK;
}
