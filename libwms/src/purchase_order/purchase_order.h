/* Purchase order: what was agreed with a supplier, and how far it has come. Its prices may be in
 * another currency; the order's own rate is for the budget only: goods are valued at the rate of
 * the day they arrive.
 *
 * Receipts and returns keep the counters of its lines; its state follows from them. What was
 * rejected or sent back is not counted as fulfilled, so it may be delivered again. */
#ifndef WMS_PURCHASE_ORDER_H
#define WMS_PURCHASE_ORDER_H

#include "common/price.h"

enum {
    WMS_ORDER_DRAFT,
    WMS_ORDER_SUBMITTED,
    WMS_ORDER_PARTIALLY_RECEIVED,
    WMS_ORDER_RECEIVED,
    WMS_ORDER_CLOSED,
    WMS_ORDER_CANCELLED
};
extern const char *const wms_order_states[];

/* Quantities in `unit`. */
typedef struct {
    m_id id;
    m_id item;
    m_str description;
    m_dec qty;
    m_id unit; /* none: the item's stock unit */
    m_dec rate;
    m_id tax;
    m_id account;     /* of a service: its cost is held in the budget; or null id */
    m_id cost_center; /* with an account; null id: that of the warehouse */
    m_dec amount;     /* round(qty × rate) */
    m_dec tax_amount; /* sum of the tax's components, each rounded */
    bool is_stock;    /* goods that will be received; services are only invoiced */
    m_dec received_qty;
    m_dec accepted_qty;
    m_dec returned_qty;
    m_id requisition; /* what it is ordered for; null ids: nobody asked */
    m_id requisition_line;
    m_dec requisition_qty; /* stock units counted there */
} wms_order_line;

typedef struct {
    M_DOC;
    m_id supplier;
    m_date order_date;
    m_date expected_date;
    m_id warehouse;
    m_str currency;      /* the code of: */
    m_id price_currency; /* of all prices and totals; null id: the base currency */
    m_dec rate;          /* base units for … */
    m_dec per;           /* … so many of the currency */
    m_dec base_total;    /* net_total in the books; zero in the base currency */
    m_str supplier_reference;
    m_list lines; /* wms_order_line */
    m_dec net_total;
    m_dec tax_total;
    m_dec total;
    m_dec beyond_budget; /* by how much a budget that warns was exceeded at submit */
    m_str remarks;
} wms_purchase_order;

extern const m_type wms_order_line_type;
extern const m_type wms_purchase_order_type;
extern const m_doctype wms_purchase_order_doctype;

/* ---- rules (pure) ---- */

/* Amount of the tax on a net amount: each component rounded half up to `places`. */
m_status wms_tax_amount(const m_tax_info *tax, m_dec net, int places, m_dec *out) M_MUST_USE;
/* Accepted and still there. */
static inline m_dec wms_order_line_kept(const wms_order_line *line)
{
    return (m_dec){line->accepted_qty.u - line->returned_qty.u};
}
/* State of an open order as its counters say. Draft, closed and cancelled stay what they are. */
m_enum wms_order_state(const wms_purchase_order *order);
bool wms_order_open(const wms_purchase_order *order);
/* NULL when there is none. */
wms_order_line *wms_order_find(const wms_purchase_order *order, m_id line);
/* Most that may be kept of a line: ordered × (100 + tolerance) ÷ 100. */
m_status wms_order_ceiling(const wms_order_line *line, m_dec tolerance_pct, m_dec *out) M_MUST_USE;

/* ---- use cases ---- */

m_status wms_purchase_order_check(void *module, m_call *call, void *doc, const void *before);

/* Submit asks the budget, close and cancel let go what it holds. Submit counts with the
 * requisitions, cancel takes that back, and close what never came. */
m_status wms_purchase_order_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_purchase_order_close(void *module, m_call *call, void *doc, const void *input);
m_status wms_purchase_order_cancel(void *module, m_call *call, void *doc, const void *input);

/* A changed copy made with m_record_copy: recompute the state, note who changed it, store it. */
m_status wms_order_store(const wms *w, m_call *call, wms_purchase_order *order) M_MUST_USE;

#endif
