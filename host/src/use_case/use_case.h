/* One request for the documents or reports of a domain, from wherever it came: what workers do for
 * the gateway of this process and for that of another one. */
#ifndef HOST_USE_CASE_H
#define HOST_USE_CASE_H

#include "../boot/domains.h"
#include "m/reports.h"
#include "m_adapters/idempotency.h"

typedef struct {
    const m_protocol *protocol; /* documents or reports */
    const m_method *method;
    m_document_request in; /* texts live as long as the use case */
    /* The rest belongs to the functions below. */
    m_idempotency_request once;
    bool named;
    m_document_reply reply; /* of the last run */
    int http_status;        /* when all is well */
} use_case;

/* "documents", "create"; NULL method when there is none. */
use_case use_case_of(const m_protocol *protocol, const char *method);
static inline bool use_case_writes(const use_case *u)
{
    return !(u->method->flags & M_METHOD_READ);
}
/* HTTP status of its success. */
int use_case_success(const use_case *u);
/* Reads it will surely make. */
uint32_t use_case_wants(use_case *u, domain_set *domains, m_call *call, m_fetch *out, uint32_t max);
/* A write that has an idempotency key is done once; may run again after a conflict. */
m_status use_case_run(use_case *u, domain_set *domains, m_call *call) M_MUST_USE;

/* Reports and descriptions of a set of domains; self: the domain_set. */
extern const m_reports_ops use_case_reports_ops;

#endif
