/* Cost center: the division, store or depot that an amount belongs to; a tree by parent. */
#ifndef FIN_COST_CENTER_H
#define FIN_COST_CENTER_H

#include "fin.h"

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_id parent;
    bool is_group;
    bool active;
} fin_cost_center;
extern const m_type fin_cost_center_type;
extern const m_doctype fin_cost_center_doctype;

/* The read of the whole tree, ordered by code. */
extern const m_query fin_cost_center_all;

m_status fin_cost_center_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_cost_center_on_delete(void *module, m_call *call, const void *doc);

#endif
