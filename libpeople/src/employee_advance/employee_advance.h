/* Employee advance: money asked for, paid in one or several parts, and settled by expense claims or
 * given back, in cash or out of the salary. */
#ifndef PPL_EMPLOYEE_ADVANCE_H
#define PPL_EMPLOYEE_ADVANCE_H

#include "common/ppl_instance.h"

typedef enum { PPL_ADVANCE_PAID, PPL_ADVANCE_RETURNED, PPL_ADVANCE_FROM_SALARY } ppl_advance_kind;

/* Money that went either way; each is one voucher. */
typedef struct {
    int64_t number; /* from 1 */
    m_enum kind;    /* ppl_advance_kind */
    m_date date;
    m_dec amount;
    m_id account; /* bank or cash; null id: by the purpose "bank", or the salary */
} ppl_advance_move;
extern const m_type ppl_advance_move_type;

typedef struct {
    M_DOC;
    m_id employee;
    m_date posting_date; /* of the request; none: today */
    m_str purpose;
    m_dec asked;
    m_dec paid;
    m_dec pending_payment; /* asked less paid */
    m_dec returned;
    m_dec settled; /* by expense claims */
    m_dec open;    /* paid less returned less settled */
    m_list moves;  /* ppl_advance_move */
} ppl_employee_advance;
extern const m_type ppl_employee_advance_type;
extern const m_doctype ppl_employee_advance_doctype;

/* Input of "pay" and "give-back". */
typedef struct {
    m_date posting_date; /* none: today */
    m_dec amount;        /* zero: all that is pending, or open */
    m_id account;
    bool from_salary; /* give-back only */
} ppl_advance_input;
extern const m_type ppl_advance_input_type;

/* Recomputes what follows from paid, returned and settled. M_RANGE. */
m_status ppl_advance_derive(ppl_employee_advance *advance) M_MUST_USE;
/* Claims settle `amount` of it (below zero: take it back): stores a changed copy. */
m_status ppl_advance_settle(const ppl *p, m_call *call, m_id advance, m_dec amount) M_MUST_USE;

m_status ppl_advance_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_advance_pay(void *module, m_call *call, void *doc, const void *input);
m_status ppl_advance_give_back(void *module, m_call *call, void *doc, const void *input);
m_status ppl_advance_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
