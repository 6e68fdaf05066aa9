/* Employee: who works here, where, as what and on which pay scale. */
#ifndef PPL_EMPLOYEE_H
#define PPL_EMPLOYEE_H

#include "common/ppl_instance.h"

enum { PPL_PERMANENT, PPL_CASUAL, PPL_DEPUTATIONIST };

typedef struct {
    M_DOC;
    m_str personal_number;
    m_str full_name;
    m_date birth_date;
    m_date joining_date;
    m_enum employment_type;
    m_str group_level;
    m_id depot; /* a warehouse */
    m_id department;
    m_id designation;
    m_id pay_scale;
    m_date retirement_date;   /* permanent staff: derived */
    m_date repatriation_date; /* deputationists: when they go back */
    m_str email;
    bool active;
} ppl_employee;

extern const m_type ppl_employee_type;
extern const m_doctype ppl_employee_doctype;

m_status ppl_employee_check(void *module, m_call *call, void *doc, const void *before);

#endif
