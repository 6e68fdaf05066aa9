/* Unit of work: one transaction of one tenant that may carry several use cases one after the other.
 *
 *   begin → (mark → use case → accept | refuse)* → commit | rollback
 *
 * A refused use case leaves nothing behind. Only the worker that owns the transaction calls these;
 * use cases just see call->uow. One thread at a time. */
#ifndef M_UOW_H
#define M_UOW_H

#include "m/store.h"

typedef enum { M_UOW_READ, M_UOW_WRITE } m_uow_mode;

typedef struct {
    m_ops_head head;
    /* Start for call->tenant. wants: reads to make in the same round trip, may be 0; their results
     * are then at hand for fetch. A write transaction takes the tenant's gate. */
    m_status (*begin)(m_uow *uow, m_call *call, m_uow_mode mode, m_fetch *wants, uint32_t n);
    void (*mark)(m_uow *uow);
    void (*accept)(m_uow *uow);
    /* Forget what was queued since mark. False: some of it has reached the engine already; then the
     * whole transaction must be rolled back and the other use cases run again. */
    bool (*refuse)(m_uow *uow);
    /* Write all that is queued and commit. On failure everything is rolled back. M_AGAIN,
     * M_CONFLICT and M_EXISTS: run the use cases again one by one, the one at fault gets the
     * answer. M_UNAVAILABLE: the outcome may be unknown; the idempotency key settles it. */
    m_status (*commit)(m_uow *uow, m_call *call);
    void (*rollback)(m_uow *uow);
    /* Before the end: the rows read by key so far, as wants for a next try of the same use cases:
     * at most max, with their keys in arena; returns how many. Short of memory it gives fewer. NULL
     * where reading ahead gains nothing. */
    uint32_t (*reads)(m_uow *uow, m_arena *arena, m_fetch *out, uint32_t max);
} m_uow_ops;

struct m_uow {
    const m_uow_ops *ops;
};

#endif
