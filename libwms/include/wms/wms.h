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

/* ---- moving average below zero: goods leave before they are booked in ---- */

/* As wms_pool_out, but more may leave than is there: at the pool's present rate, at zero when
 * nothing is there to have a rate. Below zero both quantity and value are (value may be 0). */
WMS_API m_status wms_pool_overdraw(wms_pool *pool, m_dec qty, int places,
                                   m_dec *out_value) M_MUST_USE;
/* qty > 0 worth value comes into a pool below zero. What it covers had left at an assumed cost;
 * *out_correction is by how much the assumption was too high (below zero: too low). The pool
 * changes by value and correction together, so that what is left over keeps the rate it came at,
 * and a pool that ends at zero is worth zero. M_INVALID when the pool is not below zero. */
WMS_API m_status wms_pool_cover(wms_pool *pool, m_dec qty, m_dec value, int places,
                                m_dec *out_correction) M_MUST_USE;

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

/* ---- standard cost: a pool is worth quantity × standard at all times ---- */

/* What comes in or goes out (qty > 0) is worth what brings the pool to its new quantity × rate,
 * rounded once, half up, to `places`: so roundings never pile up. *out_value ≥ 0; what empties the
 * pool takes all its value. M_PRECONDITION when less is on hand, M_INVALID for a rate below zero.
 * The pool is unchanged then. */
WMS_API m_status wms_standard_in(wms_pool *pool, m_dec qty, m_dec rate, int places,
                                 m_dec *out_value) M_MUST_USE;
WMS_API m_status wms_standard_out(wms_pool *pool, m_dec qty, m_dec rate, int places,
                                  m_dec *out_value) M_MUST_USE;
/* ---- re-pricing ---- */

/* What is on hand is worth quantity × rate from now on (rate ≥ 0), rounded once, half up.
 * *out_rise: by how much more than before; below zero when it fell. */
WMS_API m_status wms_pool_reprice(wms_pool *pool, m_dec rate, int places,
                                  m_dec *out_rise) M_MUST_USE;
/* The same for n layers: together they are worth what a pool of their quantity would be, none is
 * more than a coin off. rises[i] is what layer i rose; layers without quantity stay. */
WMS_API m_status wms_layers_reprice(wms_layer *layers, uint32_t n, m_dec rate, int places,
                                    m_dec *rises) M_MUST_USE;

/* ---- landed cost: freight, duty, insurance that come after the goods ---- */

/* One of those who share an amount. */
typedef struct {
    m_dec basis;    /* ≥ 0: quantity, value, weight, volume; 1 for equal parts */
    m_dec amount;   /* out */
    m_dec_sum rest; /* working space */
} wms_part;

/* Splits amount ≥ 0, which has at most `places` places, over n parts in proportion to their basis;
 * the shares add up to the amount exactly. Largest remainder: every share is first rounded down to
 * the smallest coin, then each coin left over goes to the largest part cut off; among equals the
 * later line gets it. So no share is a whole coin away from its exact value, and where all
 * remainders are equal the last line takes what is left. M_INVALID for other amounts, a basis below
 * zero, or when the basis adds up to zero; *parts are then not to be used. */
WMS_API m_status wms_split(m_dec amount, wms_part *parts, uint32_t n, int places) M_MUST_USE;
/* How much of what a receipt line brought is taken to be there still. Moving average: the smaller
 * of what is in the bin (less what other lines of the same document have claimed of it) and what
 * the line brought less what went back to the supplier. FIFO: what is left of the line's own
 * layer. What was transferred to another warehouse has left. */
static inline m_dec wms_landed_on_hand(m_dec here, m_dec received, m_dec returned)
{
    m_dec kept = {received.u - returned.u};
    if (here.u < 0) here.u = 0; /* goods that left before they came */
    return here.u < kept.u ? here : kept;
}
/* The part of a charge that raises the value of stock: amount × on_hand ÷ received, rounded once,
 * half up; with all still there the whole amount, with nothing there nothing. The rest is a
 * variance. 0 ≤ on_hand ≤ received, received > 0. */
WMS_API m_status wms_landed_part(m_dec amount, m_dec on_hand, m_dec received, int places,
                                 m_dec *out) M_MUST_USE;
/* The part of a difference (of any sign) between bill and receipt that belongs to what is still on
 * hand of `received`: as wms_landed_part. The rest belongs to what was issued. */
WMS_API m_status wms_variance_part(m_dec difference, m_dec on_hand, m_dec received, int places,
                                   m_dec *out_to_stock) M_MUST_USE;
/* The value of what is on hand rises by value, or falls; M_PRECONDITION when nothing is on hand or
 * it would be worth less than nothing. */
WMS_API m_status wms_pool_raise(wms_pool *pool, m_dec value) M_MUST_USE;

/* ---- shares ---- */

/* The part of `value` that belongs to `part` of `whole` (0 < part ≤ whole): rounded once, half up;
 * the whole takes all. */
WMS_API m_status wms_share(m_dec value, m_dec part, m_dec whole, int places, m_dec *out) M_MUST_USE;

#endif
