/* Gratuity: what an employee gets at the end of service, by a rule that is data of the tenant. */
#ifndef PPL_GRATUITY_H
#define PPL_GRATUITY_H

#include "common/ppl_instance.h"

#define PPL_SLABS 20

/* The rule in force is the one with the latest effective_from on or before the last day of work. */
typedef struct {
    M_DOC;
    m_str name;
    m_date effective_from;
    m_enum kind; /* ppl_gratuity_kind */
    m_dec numerator;
    m_dec denominator;
    m_dec min_years;
    m_dec year_days;
    m_list slabs; /* ppl_gratuity_slab */
} ppl_gratuity_rule;
extern const m_type ppl_gratuity_rule_type;
extern const m_doctype ppl_gratuity_rule_doctype;

typedef struct {
    M_DOC;
    m_id employee;
    m_date left;         /* last day of service counted */
    m_date posting_date; /* none: today */
    m_dec last_basic;
    m_id rule; /* the one in force on the day */
    m_date rule_from;
    m_dec years;
    m_dec amount;
    m_id cost_center; /* null id: that of the department */
} ppl_gratuity;
extern const m_type ppl_gratuity_slab_type;
extern const m_type ppl_gratuity_type;
extern const m_doctype ppl_gratuity_doctype;

m_status ppl_gratuity_rule_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_gratuity_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_gratuity_submit(void *module, m_call *call, void *doc, const void *input);
m_status ppl_gratuity_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
