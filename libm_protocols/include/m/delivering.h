/* Delivering: what Finance may know about goods delivered to customers, so that no more is invoiced
 * than was delivered and kept. Provided by WMS. */
#ifndef M_DELIVERING_H
#define M_DELIVERING_H

#include "m/masters.h"

/* One line of a submitted delivery note. Quantities in its unit. */
typedef struct {
    m_id id; /* the delivery line */
    m_id delivery;
    m_str delivery_no;
    m_id customer;
    m_id item;
    m_id unit;
    m_id cost_center; /* of the warehouse */
    m_dec delivered;
    m_dec returned; /* by customer returns */
} m_delivered_line;
extern const m_type m_delivered_line_type;

typedef struct {
    m_list lines; /* in the order asked; unknown ids have a null id */
} m_delivered_lines;
extern const m_type m_delivered_lines_type;

typedef struct {
    m_ops_head head;
    /* in: delivery line ids. */
    m_status (*lines)(void *self, m_call *call, const m_ids *in, m_delivered_lines *out);
} m_delivering_ops;

typedef struct {
    const m_delivering_ops *ops;
    void *self;
} m_delivering;

M_WRAPPER(delivering, lines, m_ids, m_delivered_lines)

extern const m_protocol m_delivering_protocol;

#endif
