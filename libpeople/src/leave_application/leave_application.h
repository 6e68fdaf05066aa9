/* Leave application: days off, asked for and sanctioned. */
#ifndef PPL_LEAVE_APPLICATION_H
#define PPL_LEAVE_APPLICATION_H

#include "leave/leave.h"

enum {
    PPL_APPLICATION_DRAFT,
    PPL_APPLICATION_SUBMITTED,
    PPL_APPLICATION_SANCTIONED,
    PPL_APPLICATION_REJECTED,
    PPL_APPLICATION_CANCELLED
};

typedef struct {
    M_DOC;
    m_id employee;
    m_id leave_type;
    m_date first_day;
    m_date last_day; /* none: the first */
    bool half_day;   /* the last of them is half a day */
    m_dec days;
    m_dec unpaid_fraction; /* of the leave type, when it was applied for */
    m_str reason;
} ppl_leave_application;
extern const m_type ppl_leave_application_type;
extern const m_doctype ppl_leave_application_doctype;

m_status ppl_leave_application_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_leave_application_sanction(void *module, m_call *call, void *doc, const void *input);
m_status ppl_leave_application_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
