/* Customer return: goods of a delivery note come back. They enter stock at the value at which they
 * left, whatever stock is worth now; under FIFO as a layer of their own. The cost of goods sold
 * gets it back. Under standard cost they enter at the standard; a difference is purchase variance.
 */
#ifndef WMS_CUSTOMER_RETURN_H
#define WMS_CUSTOMER_RETURN_H

#include "delivery_note/delivery_note.h"

/* Quantity in the unit of the delivery line. */
typedef struct {
    m_id id;
    m_id delivery_line;
    m_id item;
    m_id unit;
    m_dec qty;
    m_id batch; /* none: the delivery line's */
    m_str serials;
    m_dec stock_qty;
    m_dec value; /* its share of what left */
} wms_customer_return_line;

typedef struct {
    M_DOC;
    m_id delivery;
    m_id customer;
    m_id warehouse; /* where the goods come back to; none: the one they left */
    m_date posting_date;
    m_str reason;
    m_list lines;      /* wms_customer_return_line; none: all that is left of the delivery */
    m_dec total;       /* of value */
    m_dec stock_total; /* what the goods are worth in stock; known at submit */
    m_str remarks;
    WMS_LATE;
} wms_customer_return;

extern const m_type wms_customer_return_line_type;
extern const m_type wms_customer_return_type;
extern const m_doctype wms_customer_return_doctype;

/* Pure: the part of the delivery line's value that belongs to stock_qty of what is not returned
 * yet; the whole rest takes all. */
m_status wms_customer_return_value(const wms_delivery_line *delivered, m_dec stock_qty, int places,
                                   m_dec *out) M_MUST_USE;

m_status wms_customer_return_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_customer_return_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_customer_return_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
