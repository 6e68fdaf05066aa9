/* Leave allocation: the days an employee gets for a period, with what is carried over from before.
 */
#ifndef PPL_LEAVE_ALLOCATION_H
#define PPL_LEAVE_ALLOCATION_H

#include "leave/leave.h"

typedef enum { PPL_LEAVE_GIVEN, PPL_LEAVE_BY_MONTHS, PPL_LEAVE_BY_DAYS } ppl_leave_mode;

typedef struct {
    M_DOC;
    m_id employee;
    m_id leave_type;
    m_date period_start;
    m_date period_end;    /* last day */
    m_enum mode;          /* ppl_leave_mode */
    m_dec whole;          /* days for a whole period */
    m_date start;         /* not given: from when they count; none: the period's first day, or the
                             joining date when that is later */
    int64_t full_periods; /* by days: whole periods on top of the first, cut one */
    m_dec days;           /* new ones */
    bool carry_forward;
    m_date carried_until; /* carried days not taken by then lapse; none: they stay */
    m_dec carried;
    m_dec total;
    m_dec expired;
    bool expiry_done;
} ppl_leave_allocation;
extern const m_type ppl_leave_allocation_type;
extern const m_doctype ppl_leave_allocation_doctype;

m_status ppl_leave_allocation_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_leave_allocation_submit(void *module, m_call *call, void *doc, const void *input);
m_status ppl_leave_allocation_expire(void *module, m_call *call, void *doc, const void *input);
m_status ppl_leave_allocation_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
