/* One stock event at work; inside this room only. */
#ifndef M_SRC_STOCK_STATE_H
#define M_SRC_STOCK_STATE_H

#include "keepers.h"

#include <stdio.h>
#include <stdlib.h>

/* The rows of an event, and working copies of the bins and layers it touches, each once, in key
 * order: rows are locked in one order everywhere. */
typedef struct {
    const m_stock_event *event;
    m_stock_entry *entries;
    uint32_t entry_count;
    m_stock_bin *bins;
    uint32_t bin_count;
    m_stock_layer *layers;
    uint32_t layer_count;
    m_list checkpoints; /* m_stock_checkpoint to write */
} stock_state;

#pragma GCC visibility push(hidden)

m_stock_bin *m_stock_state_bin(const stock_state *state, m_id item, m_id warehouse);
m_stock_layer *m_stock_state_layer(const stock_state *state, m_id item, m_id warehouse, m_id layer);

/* After booking, before the first write: fills state->checkpoints with new ones where a bin has got
 * its 256th entry, and with later ones that what was booked for an earlier date has changed. Reads
 * nothing but the open layers of a bin with layers at its 256th entry, and for events with earlier
 * dates the later checkpoints of their bins. M_PRECONDITION wms.stock.negative when one would fall
 * below zero. */
M_MUST_USE m_status m_stock_checkpoints(m_store store, m_call *call, stock_state *state);

#pragma GCC visibility pop

#endif
