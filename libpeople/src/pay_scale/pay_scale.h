/* Pay scale: the stages of pay of a grade during a period: 16,500-500-20,000-700-25,600 starts at
 * 16,500 and rises by 500 a year to 20,000, then by 700 to 25,600. */
#ifndef PPL_PAY_SCALE_H
#define PPL_PAY_SCALE_H

#include "common/ppl_instance.h"

typedef struct {
    M_DOC;
    m_str code;
    m_str grade;
    m_dec start_basic;
    m_list stretches; /* ppl_stretch */
    m_date effective_from;
    m_date effective_to; /* none: until further notice */
} ppl_pay_scale;

extern const m_type ppl_stretch_type;
extern const m_type ppl_pay_scale_type;
extern const m_doctype ppl_pay_scale_doctype;

m_status ppl_pay_scale_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_pay_scale_on_delete(void *module, m_call *call, const void *doc);

#endif
