/* Designation: a post, what it asks for and when one may be promoted to it. */
#ifndef PPL_DESIGNATION_H
#define PPL_DESIGNATION_H

#include "common/ppl_instance.h"

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_str qualification;
    int64_t promotion_years; /* of service in the grade below */
    int64_t max_age;         /* at appointment; 0: no limit */
    bool active;
} ppl_designation;

extern const m_type ppl_designation_type;
extern const m_doctype ppl_designation_doctype;

#endif
