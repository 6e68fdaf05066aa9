/* Posting rule: one row of the posting matrix. What is posted for a purpose goes to its account; a
 * rule with a subject (a warehouse, a tax) goes before the one without. */
#ifndef FIN_POSTING_RULE_H
#define FIN_POSTING_RULE_H

#include "fin.h"

typedef struct {
    M_DOC;
    m_str purpose; /* "stock" */
    m_id subject;  /* or null id */
    m_id account;
    m_id cost_center; /* of lines that have none; or null id */
    m_str description;
} fin_posting_rule;
extern const m_type fin_posting_rule_type;
extern const m_doctype fin_posting_rule_doctype;

/* The read of the whole matrix. */
extern const m_query fin_posting_rule_all;

/* rules: a fetch of fin_posting_rule. NULL: none. */
const fin_posting_rule *fin_posting_rule_find(const m_fetch *rules, m_str purpose, m_id subject);

m_status fin_posting_rule_check(void *module, m_call *call, void *doc, const void *before);

#endif
