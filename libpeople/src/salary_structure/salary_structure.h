/* Salary structure: what an employee earns from a day on, as a base and components made from it. */
#ifndef PPL_SALARY_STRUCTURE_H
#define PPL_SALARY_STRUCTURE_H

#include "common/ppl_instance.h"

#define PPL_COMPONENTS 50

typedef struct {
    m_str name;
    m_enum kind;      /* ppl_component_kind */
    m_str percent_of; /* "base" or the name of an earlier component */
    m_dec percent;
    m_dec fixed;
    bool prorate;
    bool on_paid;
    m_id account; /* null id: by the purpose "salary" or "salary_deduction" */
} ppl_salary_component;
extern const m_type ppl_salary_component_type;

typedef struct {
    M_DOC;
    m_id employee;
    m_date effective_from;
    m_id currency; /* null id: the company's */
    m_dec base;
    m_list components; /* ppl_salary_component */
} ppl_salary_structure;
extern const m_type ppl_salary_structure_type;
extern const m_doctype ppl_salary_structure_doctype;

/* The components as the rule wants them; notes a reference that leads nowhere. Names are compared
 * as they are. */
m_status ppl_structure_components(m_call *call, const ppl_salary_structure *structure,
                                  ppl_pay_component out[PPL_COMPONENTS]) M_MUST_USE;

m_status ppl_salary_structure_check(void *module, m_call *call, void *doc, const void *before);

#endif
