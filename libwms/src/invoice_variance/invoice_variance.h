/* Invoice variance: a bill that is dearer or cheaper than the receipt it bills. Finance books the
 * difference to "purchase_variance". Where the policy wms.invoice_variance says 1, we take the part
 * that belongs to goods still on hand (wms_landed_on_hand, as for landed cost) from there into
 * stock; what belongs to goods that have left stays a variance. Items at standard cost stay at
 * their standard.
 *
 * It follows the events of the invoice: Dr stock Cr "purchase_variance" with the invoice as the
 * source, dated as the invoice, or on the latest movement of its goods when that is later. When the
 * invoice is cancelled, the part still on hand of what went into stock comes out again. */
#ifndef WMS_INVOICE_VARIANCE_H
#define WMS_INVOICE_VARIANCE_H

#include "common/wms_instance.h"

/* wms.invoice_variance, one per line of a posted invoice that made stock dearer or cheaper. */
typedef struct {
    m_id id; /* of the invoice line */
    m_id invoice;
    m_id receipt;
    m_id receipt_line;
    m_id item;
    m_id warehouse;
    m_dec amount; /* to_stock + to_issued */
    m_dec on_hand_qty;
    m_dec to_stock;
    m_dec to_issued;
} wms_variance_line;

extern const m_type wms_variance_line_type;
extern const m_type wms_dear_bill_type; /* what is read of an invoice's event: */

typedef struct {
    m_id id;
    m_id receipt_line; /* null id: a service */
    m_dec variance;
} wms_dear_line;

typedef struct {
    m_id id;
    m_str number;
    m_str state;
    m_date posting_date;
    m_list lines; /* wms_dear_line */
} wms_dear_bill;

m_status wms_variance_posted(void *module, m_call *call, const m_delivery *event);
m_status wms_variance_cancelled(void *module, m_call *call, const m_delivery *event);

#endif
