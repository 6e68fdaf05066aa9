/* Department: a part of the organisation, with the cost center that bears its people. */
#ifndef PPL_DEPARTMENT_H
#define PPL_DEPARTMENT_H

#include "common/ppl_instance.h"

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id parent;
    m_id cost_center;
    bool active;
} ppl_department;

extern const m_type ppl_department_type;
extern const m_doctype ppl_department_doctype;

#endif
