/* libwms: goods. The module descriptor for a host, and the pure costing rules for anybody who links
 * the library without one.
 *
 * The costing rules know quantities and values only; a rate is derived and never multiplied with.
 * They allocate nothing, keep no state and may be called in any thread. */
#ifndef WMS_H
#define WMS_H

#include "m/module.h"

#define WMS_API __attribute__((visibility("default")))

WMS_API const m_module *wms_module(void);

/* ---- moving average: one pool per item and warehouse ---- */

/* What is on hand: quantity in stock units, value in base currency. Both ≥ 0; quantity 0 means
 * value 0. */
typedef struct {
    m_dec qty;
    m_dec value;
} wms_pool;

/* qty > 0 comes in and is worth value ≥ 0 (already rounded to the currency's places). M_INVALID for
 * other signs. */
WMS_API m_status wms_pool_in(wms_pool *pool, m_dec qty, m_dec value) M_MUST_USE;
/* qty > 0 goes out; *out_value = qty × value ÷ quantity on hand, rounded once, half up, to
 * `places`. All that is on hand takes all the value. M_PRECONDITION when less is on hand; the pool
 * is then unchanged. */
WMS_API m_status wms_pool_out(wms_pool *pool, m_dec qty, int places, m_dec *out_value) M_MUST_USE;
/* Exactly this quantity and value go out (the mirror of something that came in). M_PRECONDITION
 * when that would leave a negative quantity or value, or value without quantity. */
WMS_API m_status wms_pool_take(wms_pool *pool, m_dec qty, m_dec value) M_MUST_USE;
/* For people only: value per stock unit, six places; zero for an empty pool. */
WMS_API m_status wms_pool_rate(const wms_pool *pool, m_dec *out_rate) M_MUST_USE;

/* ---- first in, first out: layers, oldest first ---- */

typedef struct {
    m_id id;
    m_dec qty;
    m_dec value;
} wms_layer;

/* What one layer gives to an issue. */
typedef struct {
    m_id layer;
    m_dec qty;
    m_dec value;
} wms_draw;

/* qty > 0 is drawn from the n layers, which are given oldest first, and from the layer `first`
 * before all others (null id: none; a return to the supplier leaves its own receipt first). A part
 * of a layer takes its share of the layer's value, rounded once, half up, to `places`; what empties
 * a layer takes all its value. Layers are changed in place. draws: room for n; *out_count of them
 * are filled in the order of drawing. M_PRECONDITION when the layers hold less than qty; nothing is
 * changed then. */
WMS_API m_status wms_fifo_out(wms_layer *layers, uint32_t n, m_id first, m_dec qty, int places,
                              wms_draw *draws, uint32_t *out_count) M_MUST_USE;

/* ---- shares ---- */

/* The part of `value` that belongs to `part` of `whole` (0 < part ≤ whole): rounded once, half up;
 * the whole takes all. */
WMS_API m_status wms_share(m_dec value, m_dec part, m_dec whole, int places, m_dec *out) M_MUST_USE;

#endif
