/* Billing: how much of what was received or delivered Finance has invoiced, kept from its events.
 * For reports only: whether a receipt may still be cancelled is asked of Finance itself. */
#ifndef WMS_BILLING_H
#define WMS_BILLING_H

#include "common/wms_instance.h"

/* wms.billed_line, one per line of a posted purchase invoice. */
typedef struct {
    m_id id; /* of the invoice line */
    m_id receipt_line;
    m_id order_line;
    m_dec qty;
} wms_billed_line;

extern const m_type wms_billed_line_type;
extern const m_type wms_bill_type; /* what is read of an invoice's event */

m_status wms_billing_posted(void *module, m_call *call, const m_delivery *event);
m_status wms_billing_cancelled(void *module, m_call *call, const m_delivery *event);

/* wms.sold_line, one per line of a submitted sales invoice that bills a delivery. */
typedef struct {
    m_id id; /* of the invoice line */
    m_id delivery_line;
    m_dec qty;
} wms_sold_line;

extern const m_type wms_sold_line_type;

/* What is read of a sales invoice's event. */
extern const m_type wms_sale_type;
m_status wms_sale_posted(void *module, m_call *call, const m_delivery *event);
m_status wms_sale_cancelled(void *module, m_call *call, const m_delivery *event);

#endif
