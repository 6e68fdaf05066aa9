/* How old stock is: a queue of what came in, oldest first, that movements draw from. Pure rules;
 * they allocate nothing.
 *
 * First in, first out by quantity for every item, whatever values its issues. Under FIFO the
 * movements name their layers: a draw takes the named one first, and the slots' costs are those of
 * the layers. A stock count begins a new queue: what was counted is as old as the count. */
#ifndef WMS_STOCK_AGE_H
#define WMS_STOCK_AGE_H

#include "wms/wms.h"

typedef struct {
    m_date since;
    m_id layer; /* null id: none */
    m_dec qty;
    m_dec cost; /* of the layer; only the proportions matter */
} wms_age_slot;

/* slots[head .. count) is what is there; the caller gives room for one slot per movement. */
typedef struct {
    wms_age_slot *slots;
    uint32_t head, count;
    m_dec owed; /* left before it came in; what comes next pays it */
} wms_age_queue;

/* A layer is looked for in this many of the oldest slots; beyond them the oldest is drawn. */
#define WMS_AGE_LOOK 256

/* qty > 0 worth value ≥ 0 comes in. What returns to a layer that still has some is as old as it. */
m_status wms_age_in(wms_age_queue *queue, m_date on, m_id layer, m_dec qty, m_dec value) M_MUST_USE;
/* qty > 0 goes out; what is not there is owed. */
m_status wms_age_out(wms_age_queue *queue, m_id layer, m_dec qty) M_MUST_USE;
/* What is there becomes dearer or cheaper by value; it grows no younger by that. */
m_status wms_age_raise(wms_age_queue *queue, m_id layer, m_dec value) M_MUST_USE;
/* qty worth value was counted. */
void wms_age_count(wms_age_queue *queue, m_date on, m_dec qty, m_dec value);

#define WMS_AGE_BRACKETS 4
typedef struct {
    m_dec qty;
    m_dec value;
} wms_age_bracket;

/* Spreads the queue over the brackets (≤ bounds[0] days old, ≤ bounds[1], ≤ bounds[2], older) and
 * value, all that the stock is worth, with it (nothing when it is below zero): in proportion to the
 * costs when by_cost and there are some, else to the quantities. The values add up to value exactly
 * (wms_split). What is dated after as_of is of no age. */
m_status wms_age_spread(const wms_age_queue *queue, m_date as_of, const int64_t bounds[3],
                        m_dec value, bool by_cost, int places,
                        wms_age_bracket out[WMS_AGE_BRACKETS]) M_MUST_USE;

#endif
