/* Salary slip: the pay of one employee for one month: the days that are paid, what each component
 * of the structure comes to, and its posting. */
#ifndef PPL_SALARY_SLIP_H
#define PPL_SALARY_SLIP_H

#include "common/ppl_instance.h"

/* Day of the week without work, 1 Monday … 7 Sunday, 0 none; and is it paid (1) or not (0)? */
#define PPL_POLICY_WEEKLY_OFF    "people.weekly_off"
#define PPL_WEEKLY_OFF           7
#define PPL_POLICY_HOLIDAYS_PAID "people.holidays_paid"

typedef struct {
    m_str name;
    m_enum kind;  /* ppl_component_kind */
    m_dec amount; /* in the slip's currency */
    m_dec amount_base;
    m_id account;
} ppl_slip_line;
extern const m_type ppl_slip_line_type;

typedef struct {
    M_DOC;
    m_id employee;
    m_date month;        /* any day of it; becomes the first */
    m_date posting_date; /* none: the last day of the month */
    m_id structure;      /* that of the month */
    m_id cost_center;    /* null id: that of the department */
    m_id currency;
    m_dec rate; /* base units for `per` units of the currency; zero: the base currency */
    m_dec per;
    m_date rate_from;
    int64_t weekly_off;
    bool holidays_paid;
    m_dec working_days;
    m_dec lwp; /* days without pay */
    m_dec payment_days;
    m_list lines; /* ppl_slip_line */
    m_dec gross;
    m_dec deductions;
    m_dec net;
    m_dec gross_base;
    m_dec deductions_base;
    m_dec net_base;
} ppl_salary_slip;
extern const m_type ppl_salary_slip_type;
extern const m_doctype ppl_salary_slip_doctype;

/* Fills the days from the calendar, the employee and the sanctioned leave. */
m_status ppl_slip_days(const ppl *p, m_call *call, ppl_salary_slip *slip) M_MUST_USE;

m_status ppl_salary_slip_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_salary_slip_submit(void *module, m_call *call, void *doc, const void *input);
m_status ppl_salary_slip_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
