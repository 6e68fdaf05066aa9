/* Stock reservation: goods of a warehouse are kept for somebody. Nothing moves; what is reserved
 * just does not go out by anything but a delivery note whose line names the reservation. It ends
 * when everything is delivered, when it is released, or by itself after its last day. */
#ifndef WMS_STOCK_RESERVATION_H
#define WMS_STOCK_RESERVATION_H

#include "stock/stock.h"

enum {
    WMS_RESERVATION_DRAFT,
    WMS_RESERVATION_ACTIVE,
    WMS_RESERVATION_DELIVERED,
    WMS_RESERVATION_RELEASED
};
extern const char *const wms_reservation_states[];

/* Quantity in `unit`, the others in stock units. */
typedef struct {
    m_id id;
    m_id item;
    m_id unit; /* none: the item's stock unit */
    m_dec qty;
    m_dec stock_qty;
    m_dec delivered_qty;
} wms_reservation_line;

typedef struct {
    M_DOC;
    m_id warehouse;
    m_id customer;      /* null id: for whoever it may be */
    m_date reserved_on; /* none: today */
    m_date expires_on;  /* last day; none: until it is released */
    m_str reference;    /* what for, in words or numbers */
    m_list lines;       /* wms_reservation_line */
    m_str remarks;
} wms_stock_reservation;

extern const m_type wms_reservation_line_type;
extern const m_type wms_stock_reservation_type;
extern const m_doctype wms_stock_reservation_doctype;

/* wms.reserved_line, key id = reservation line: what a line of an activated reservation holds. */
typedef struct {
    m_id id;
    m_id reservation;
    m_str reservation_no;
    m_id item;
    m_id warehouse;
    m_id customer;
    m_date expires_on;
    m_dec open_qty; /* stock units; zero: delivered or released */
} wms_reserved_line;
extern const m_type wms_reserved_line_type;

/* ---- rules (pure) ---- */

/* What the row holds on that day: nothing after its last one. */
m_dec wms_reserved_holds(const wms_reserved_line *row, m_date today);
/* An active reservation of which everything is delivered is delivered, and the other way round. */
m_enum wms_reservation_state(const wms_stock_reservation *doc);

/* ---- for deliveries ---- */

/* Notes under lines[i].reservation_line what is wrong with the row a delivery line of item and
 * warehouse names; false when something is. row NULL: there is none. */
bool wms_reserved_usable(m_call *call, const wms_reserved_line *row, m_id item, m_id warehouse,
                         m_id customer, uint32_t i);
/* qty stock units of the line are delivered (sign +1) or come back to it (−1; a released one gets
 * nothing back). */
m_status wms_reserved_use(const wms *w, m_call *call, m_id line, m_dec qty, int sign) M_MUST_USE;

/* ---- for reports ---- */

/* All rows that hold something, of one item (null id: all): wms_reserved_line. */
m_status wms_reserved_rows(const wms *w, m_call *call, m_id item, m_list *out) M_MUST_USE;

/* ---- use cases ---- */

m_status wms_reservation_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_reservation_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_reservation_release(void *module, m_call *call, void *doc, const void *input);

#endif
