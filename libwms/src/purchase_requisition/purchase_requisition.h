/* Purchase requisition: what is needed, before it is known from whom. Purchase orders whose lines
 * name its lines keep its counters; its state follows from them. */
#ifndef WMS_PURCHASE_REQUISITION_H
#define WMS_PURCHASE_REQUISITION_H

#include "purchase_order/purchase_order.h"

enum {
    WMS_REQUISITION_DRAFT,
    WMS_REQUISITION_SUBMITTED,
    WMS_REQUISITION_PARTIALLY_ORDERED,
    WMS_REQUISITION_ORDERED,
    WMS_REQUISITION_STOPPED, /* nothing more is ordered for it */
    WMS_REQUISITION_CANCELLED
};
extern const char *const wms_requisition_states[];

/* How much more than requested may be ordered, in percent. */
#define WMS_POLICY_REQUISITION "wms.requisition_tolerance_pct"

/* Quantities in `unit`, stock_… in stock units. */
typedef struct {
    m_id id;
    m_id item;
    m_str description;
    m_dec qty;
    m_id unit;        /* none: the item's stock unit */
    m_date needed_by; /* none: the document's */
    m_dec stock_qty;
    m_dec stock_ordered;   /* by submitted orders */
    m_dec still_requested; /* not below zero */
} wms_requisition_line;

typedef struct {
    M_DOC;
    m_date requested_on; /* none: today */
    m_date needed_by;
    m_id warehouse; /* where it is needed; null id: not said */
    m_str purpose;
    bool from_proposals; /* without lines: take what reordering proposes */
    m_list lines;        /* wms_requisition_line */
    m_dec per_ordered;   /* percent, at most 100 */
    m_str remarks;
} wms_purchase_requisition;

extern const m_type wms_requisition_line_type;
extern const m_type wms_purchase_requisition_type;
extern const m_doctype wms_purchase_requisition_doctype;

/* ---- rules (pure) ---- */

/* May something be ordered for it? */
bool wms_requisition_open(const wms_purchase_requisition *doc);
/* State of a requisition that is neither draft nor stopped nor cancelled, as its counters say. */
m_enum wms_requisition_state(const wms_purchase_requisition *doc);
/* still_requested of the lines and per_ordered: what is ordered of what was requested, both summed
 * over the lines in stock units; a line ordered beyond what was requested counts as ordered. */
m_status wms_requisition_derive(wms_purchase_requisition *doc) M_MUST_USE;
/* Most that may be ordered of a line: requested × (100 + tolerance) ÷ 100, in stock units. */
m_status wms_requisition_ceiling(const wms_requisition_line *line, m_dec tolerance_pct,
                                 m_dec *out) M_MUST_USE;
/* What an order line counts with its requisition once nothing more comes, in stock units; what is
 * no goods counts in full. */
m_status wms_requisition_kept(const wms_order_line *line, m_dec *out) M_MUST_USE;
/* NULL when there is none. */
wms_requisition_line *wms_requisition_find(const wms_purchase_requisition *doc, m_id line);

/* ---- for orders ---- */

/* Lines of the order that name requisition lines: item and unit come from there when they are left
 * out; notes what does not fit. */
m_status wms_requisition_fill(const wms *w, m_call *call, wms_purchase_order *order) M_MUST_USE;
/* Counts the order with its requisitions (sign +1; refuses more than may be ordered) or takes it
 * away again (−1). */
m_status wms_requisition_count(const wms *w, m_call *call, const wms_purchase_order *order,
                               int sign) M_MUST_USE;
/* The order ends: of its goods only what came and was kept stays ordered. */
m_status wms_requisition_give_back(const wms *w, m_call *call,
                                   wms_purchase_order *order) M_MUST_USE;

/* ---- use cases ---- */

m_status wms_requisition_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_requisition_resume(void *module, m_call *call, void *doc, const void *input);

#endif
