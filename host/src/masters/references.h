/* Who points to a document? Asked before it is deleted. */
#ifndef CORE_REFERENCES_H
#define CORE_REFERENCES_H

#include "m/module.h"

/* The label of a stored type of these modules that holds a link to document `id` of the type
 * `link`, or NULL when there is none.
 * Looks at every link field, also inside lists; where there are more than M_QUERY_LIMIT_MAX
 * documents with lists, the answer is "it is referred to". */
m_status core_find_reference(m_store store, m_call *call, const m_module *const *modules,
                             uint32_t module_count, const char *link, m_id id,
                             const char **out_label) M_MUST_USE;

#endif
