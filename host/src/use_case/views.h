/* Saved views over the API: everybody sees the own ones and those that are shared (?shared=true in
 * a list), and the others' as if they were not there. */
#ifndef HOST_VIEWS_H
#define HOST_VIEWS_H

#include "../boot/domains.h"

/* Is it about them? */
bool views_owns(const m_document_request *in);
/* self: the domain_set. */
extern const m_documents_ops views_ops;

#endif
