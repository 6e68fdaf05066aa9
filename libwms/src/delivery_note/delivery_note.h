/* Delivery note: goods leave for a customer. They leave stock at what they are worth there, against
 * "cost_of_goods_sold"; what the customer pays is the sales invoice's business, whose lines may
 * name lines of this document. */
#ifndef WMS_DELIVERY_NOTE_H
#define WMS_DELIVERY_NOTE_H

#include "common/wms_instance.h"
#include "m/delivering.h"

/* Quantities in `unit`, stock_… in stock units. */
typedef struct {
    m_id id;
    m_id item;
    m_str description;
    m_id unit; /* none: the item's stock unit */
    m_dec qty;
    m_id reservation_line; /* whose goods these are; null id: free ones */
    m_id batch;
    m_str serials;
    m_dec stock_qty;
    m_dec reserved_qty; /* of stock_qty: taken from the reservation; set at submit */
    m_dec value;        /* what left stock */
    m_dec returned_qty;
    m_dec returned_stock_qty;
    m_dec returned_value; /* of `value` */
} wms_delivery_line;

typedef struct {
    M_DOC;
    m_id customer;
    m_id warehouse;
    m_date posting_date;
    m_str customer_order_no;
    m_list lines; /* wms_delivery_line */
    m_dec total;  /* of value */
    m_str remarks;
    WMS_LATE;
} wms_delivery_note;

extern const m_type wms_delivery_line_type;
extern const m_type wms_delivery_note_type;
extern const m_doctype wms_delivery_note_doctype;

/* wms.delivered_line: what the delivering protocol answers, one row per line of a submitted
 * delivery note; key id = delivery line. */
extern const m_type wms_delivered_line_type;

/* NULL when there is none. */
wms_delivery_line *wms_delivery_find(const wms_delivery_note *delivery, m_id line);
/* Notes under "customer" what is wrong with the customer. */
m_status wms_customer_check(const wms *w, m_call *call, m_id customer) M_MUST_USE;

m_status wms_delivery_note_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_delivery_note_submit(void *module, m_call *call, void *doc, const void *input);
m_status wms_delivery_note_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
