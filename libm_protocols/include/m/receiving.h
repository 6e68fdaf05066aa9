/* Receiving: what Finance may know about goods received, for the three-way match. Provided by WMS.
 */
#ifndef M_RECEIVING_H
#define M_RECEIVING_H

#include "m/masters.h"

/* One line of a submitted goods receipt. Quantities in the unit of the order line. */
typedef struct {
    m_id id; /* the receipt line */
    m_id receipt;
    m_str receipt_no;
    m_id order;
    m_id order_line;
    m_id supplier;
    m_id item;
    m_id cost_center; /* of the warehouse */
    m_id tax;
    m_dec accepted;
    m_dec returned;      /* by purchase returns */
    m_dec order_rate;    /* per unit, in `currency` */
    m_dec grni_value;    /* what the receipt credited to "grni" for the accepted quantity */
    m_dec grni_returned; /* what returns debited to it */
    m_id currency;       /* of the order; null id: the base currency, and the next two are zero */
    m_dec foreign_value; /* grni_value in it, before it was converted on the receipt's day */
    m_dec foreign_returned;
} m_received_line;
extern const m_type m_received_line_type;

typedef struct {
    m_list lines; /* in the order asked; unknown ids have a null id */
} m_received_lines;
extern const m_type m_received_lines_type;

typedef struct {
    m_ops_head head;
    /* in: receipt line ids. */
    m_status (*lines)(void *self, m_call *call, const m_ids *in, m_received_lines *out);
    /* in: one order id; all lines of its submitted receipts. */
    m_status (*of_order)(void *self, m_call *call, const m_ids *in, m_received_lines *out);
} m_receiving_ops;

typedef struct {
    const m_receiving_ops *ops;
    void *self;
} m_receiving;

M_WRAPPER(receiving, lines, m_ids, m_received_lines)
M_WRAPPER(receiving, of_order, m_ids, m_received_lines)

extern const m_protocol m_receiving_protocol;

#endif
