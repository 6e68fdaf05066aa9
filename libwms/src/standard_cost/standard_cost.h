/* Standard cost: what one stock unit of an item is worth in stock from a day on, whatever was paid
 * for it. Receipts come in at standard (the difference to "purchase_variance"), issues leave at
 * standard, landed cost is all variance.
 *
 * Submitting one revalues what is on hand in every warehouse: Dr or Cr stock against
 * "stock_revaluation", each warehouse with its cost center. The standards of an item follow each
 * other by date; among those of one day the later revision is in force. It cannot begin in the
 * future nor before the latest movement of a bin with goods, and not while goods are in transit:
 * those carry the value they left with. What comes to light later for an earlier day is valued by
 * the standard of its day and revalued by those that began since (stock/replay.h).
 *
 * The moves of such items name the standard they were valued by (rule). Their documents can be
 * cancelled while it is in force (else wms.standard_cost.changed), and a standard until something
 * was valued by it (wms.standard_cost.used). */
#ifndef WMS_STANDARD_COST_H
#define WMS_STANDARD_COST_H

#include "stock/stock.h"

/* One warehouse with goods. */
typedef struct {
    m_id id;
    m_id warehouse;
    m_dec qty; /* stock units */
    m_dec old_value;
    m_dec new_value;
} wms_standard_line;

typedef struct {
    M_DOC;
    m_id item;
    m_dec rate;          /* per stock unit */
    m_date posting_date; /* from this day on */
    m_str reason;
    int64_t revision; /* 1, 2, … of the item; set at submit */
    m_list lines;     /* wms_standard_line; known at submit */
    m_dec revaluation;
} wms_standard_cost;

extern const m_type wms_standard_line_type;
extern const m_type wms_standard_cost_type;
extern const m_doctype wms_standard_cost_doctype;

/* ---- for the stock plan ---- */

/* The read of all standards of its bins under standard cost; *out_needed false: there are none
 * such, nothing is filled. */
m_status wms_standard_query(m_call *call, wms_stock *stock, m_fetch *read,
                            bool *out_needed) M_MUST_USE;
/* Hands what was read to the bins. */
void wms_standard_share(wms_stock *stock, const m_fetch *read);
/* entries: m_stock_entry records that are to be mirrored. wms.standard_cost.changed when one was
 * valued by a standard that is no longer the item's latest. */
m_status wms_standard_unchanged(const wms *w, m_call *call, const m_fetch *entries,
                                const m_doc *doc) M_MUST_USE;
/* The item's latest submitted standard; NULL: none. */
m_status wms_standard_latest(const wms *w, m_call *call, m_id item,
                             const wms_standard_cost **out) M_MUST_USE;

/* ---- use cases ---- */

m_status wms_standard_cost_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_standard_cost_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_standard_cost_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
