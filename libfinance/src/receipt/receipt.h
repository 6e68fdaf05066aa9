/* Receipt: money received from a customer, or given back to one; the mirror image of a payment. The
 * record and its rules are those of payment/payment.h on fin_customer_side; only the field table is
 * its own. */
#ifndef FIN_RECEIPT_H
#define FIN_RECEIPT_H

#include "payment/payment.h"

/* How much of an invoice may be forgiven, over all its receipts. */
#define FIN_RECEIPT_WRITE_OFF     "finance.receipt_write_off_pct"
#define FIN_RECEIPT_WRITE_OFF_PCT 20

extern const m_type fin_receipt_allocation_type;
extern const m_type fin_receipt_record_type; /* of fin_payment */
extern const m_type fin_receipt_allocate_type;
extern const m_doctype fin_receipt_doctype;

/* ---- hooks ---- */

m_status fin_receipt_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_receipt_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_receipt_allocate(void *module, m_call *call, void *doc, const void *input);
m_status fin_receipt_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
