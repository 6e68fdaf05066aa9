/* Idempotency keys: the same key and the same body give the same answer, the same key and another
 * body is a conflict. The reply is kept in the unit of work that did the work, so key and effect
 * appear together or not at all. Only successful replies are kept: a refused request did nothing
 * and may be sent again.
 *
 * A key belongs to the actor and the route. Two twins at the same time: the second one waits for
 * the tenant's gate and then finds the row. */
#ifndef M_ADAPTERS_IDEMPOTENCY_H
#define M_ADAPTERS_IDEMPOTENCY_H

#include "m/store.h"
#include "m_adapters/infra.h"

/* What makes a request the same. */
typedef struct {
    m_id digest; /* of actor, route and key (infra.h); null id: the call has no key */
    m_str body;
} m_idempotency_request;

/* Error catalogue: core.idempotency.key. */
extern const m_error_def m_idempotency_errors[];

/* Name a request, once for all that follows. route such as "POST /api/v1/wms/goods-receipts"; body
 * must live as long as the request. M_INVALID core.idempotency.key when the call's key is longer
 * than 200 characters or not printable ASCII. */
M_MUST_USE m_status m_idempotency_ask(m_call *call, m_str route, m_str body,
                                      m_idempotency_request *out);
/* The read that find will make, for the start of a transaction; false when there is no key. */
bool m_idempotency_want(m_call *call, const m_idempotency_request *request, m_fetch *out);
/* *out: the row whose reply is the answer; NULL: do the work. M_CONFLICT core.idempotency.reused
 * when the key was used for another body. */
M_MUST_USE m_status m_idempotency_find(m_store store, m_call *call,
                                       const m_idempotency_request *request,
                                       const m_idempotency_row **out);
/* Queue the reply under the request's key; nothing when it has none. */
M_MUST_USE m_status m_idempotency_keep(m_store store, m_call *call,
                                       const m_idempotency_request *request, int http_status,
                                       m_str reply, m_id reply_id, int64_t reply_version);
/* Remove at most `limit` rows made before that time. */
M_MUST_USE m_status m_idempotency_sweep(m_store store, m_call *call, m_time before, uint32_t limit,
                                        uint32_t *out_removed);

#endif
