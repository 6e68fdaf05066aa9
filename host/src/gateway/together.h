/* Together: what the domains of several processes say as one: the list of what there is, and the
 * OpenAPI document. A domain that does not answer keeps what it said last and is named as down.
 * Private to the gateway. */
#ifndef HOST_TOGETHER_H
#define HOST_TOGETHER_H

#include "http_job.h"
#include "m_adapters/remote.h"

/* The list of documents and reports that this user may read. On a forwarder. */
void together_answer_list(http_job *j, const m_asker *asker);
/* The document, asked for anew when it was made a while ago. On a forwarder. */
void together_answer_openapi(http_job *j, const m_asker *asker);

#endif
