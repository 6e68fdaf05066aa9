/* Leave encashment: days of leave paid out instead of taken. */
#ifndef PPL_LEAVE_ENCASHMENT_H
#define PPL_LEAVE_ENCASHMENT_H

#include "leave/leave.h"

typedef struct {
    M_DOC;
    m_id employee;
    m_id leave_type;
    m_date posting_date; /* none: today */
    m_dec per_day;
    m_dec balance; /* before it */
    m_dec days;    /* the balance, at most what the leave type allows */
    m_dec amount;
    m_id cost_center; /* null id: that of the department */
} ppl_leave_encashment;
extern const m_type ppl_leave_encashment_type;
extern const m_doctype ppl_leave_encashment_doctype;

m_status ppl_leave_encashment_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_leave_encashment_submit(void *module, m_call *call, void *doc, const void *input);
m_status ppl_leave_encashment_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
