/* Goods with batches or serial numbers, in the stock plan. The layer of a batch or piece is its
 * master's id, in whatever warehouse it is: what arrives by transfer is in the same batch.
 *
 *   in    into the batch named, which is needed; or pieces, one number for each, that are nowhere
 *         in stock; a number that is new makes its master
 *   out   from the batch or of the pieces named; none: what expires first leaves first, then what
 *         is there longest. What has expired on the plan's date stays, unless the policy
 *         wms.expired_issue says 1
 *
 * Dated back, what left later has left from its batch and as its pieces: these are never exchanged,
 * so what is taken then must not be missing later. Where no batch or piece is named, only what is
 * still there now is looked at. A piece comes in only where it moves no more later. They do not go
 * below zero. */
#ifndef WMS_TRACKED_H
#define WMS_TRACKED_H

#include "batch/batch.h"
#include "stock/stock.h"

/* What a document's line says of its goods. */
typedef struct {
    m_id batch;    /* null id: none */
    m_str serials; /* as in wms_serials_split */
    bool any_age;  /* what has expired may go too: to another place, out of the books */
    bool known;    /* pieces that come in must have been here before */
    m_id first;    /* for items that are not tracked: as in wms_stock_out */
    uint32_t line; /* for paths: lines[line].batch, lines[line].serials */
} wms_track;

/* As wms_stock_enter and wms_stock_out, for items of any tracking. Others than tracked ones must
 * not name batch or serials (wms.tracked.none). */
m_status wms_tracked_enter(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                           m_dec cost, const wms_track *track, m_id source_line, m_str path,
                           m_dec *out_value) M_MUST_USE;
m_status wms_tracked_out(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                         const wms_track *track, m_id source_line, m_str path,
                         m_dec *out_value) M_MUST_USE;
/* Notes what the item and the line's batch or serials do not have in common, as far as a draft
 * shows it: which ones must be given is seen at submit. */
void wms_track_check(m_call *call, const m_item_info *item, m_id batch, m_str serials, uint32_t i);

/* Of a mirror: the pieces that come back must not be anywhere, now or later. */
m_status wms_tracked_free(const wms *w, m_call *call, const wms_stock *stock) M_MUST_USE;
/* The layer of the goods of a receipt line: its batch, or its own. */
static inline m_id wms_tracked_receipt(m_id batch, m_id receipt_line)
{
    return m_id_is_null(batch) ? receipt_line : batch;
}
/* The layer that goods take to another warehouse: their own when they are tracked, else a new one
 * when they have one. */
m_id wms_tracked_layer(m_call *call, const wms_stock *stock, m_id item, m_id warehouse, m_id from);

#endif
