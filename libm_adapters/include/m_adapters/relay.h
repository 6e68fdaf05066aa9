/* Relay: takes events from the outbox to the listeners of this process.
 *
 * Exactly once in effect: each (event, consumer) pair has one unit of work that holds the inbox row
 * and whatever the listener does. A row is done when every consumer has it; a crash between the
 * two only means looking again.
 *
 * Rows are picked by state, never by "id after the last one seen": ids are not in commit order.
 * Order is kept per aggregate: only the oldest row of an aggregate that is not done is ever due, so
 * a failing event holds back its own aggregate and no other. A dead one does so until somebody
 * revives it (m_outbox_revive).
 *
 * A failure is tried again after min(2^attempts, 300) seconds, a quarter more or less. After
 * M_RELAY_ATTEMPTS the row is dead, unless the cause is passing by nature (M_AGAIN, M_TIMEOUT,
 * M_UNAVAILABLE): an outage, however long, kills no event. */
#ifndef M_ADAPTERS_RELAY_H
#define M_ADAPTERS_RELAY_H

#include "m/uow.h"
#include "m_adapters/infra.h"
#include "m_adapters/registry.h"

#define M_RELAY_ATTEMPTS 10
#define M_RELAY_BATCH    100

/* ---- where the rows are ---- */

typedef struct {
    m_id tenant;
    m_outbox_row row;
} m_relay_due;

/* Each function runs in a transaction of its own and commits it. call->tenant is not looked at. */
typedef struct {
    m_ops_head head;
    /* The oldest row not done of each aggregate, where it is ready and next_try_at is past: at most
     * `limit`, oldest first per tenant. *out: m_relay_due in the call's arena. */
    m_status (*list_due)(void *self, m_call *call, uint32_t limit, m_list *out);
    m_status (*mark_done)(void *self, m_call *call, const m_relay_due *due, uint32_t n);
    /* due->row holds the new attempts, next_try_at, status and last_error. */
    m_status (*mark_failed)(void *self, m_call *call, const m_relay_due *due);
    /* Remove done rows of before that time, and inbox rows whose event is gone: at most `limit` of
     * each. */
    m_status (*sweep)(void *self, m_call *call, m_time before, uint32_t limit,
                      uint32_t *out_removed);
} m_relay_source_ops;

typedef struct {
    const m_relay_source_ops *ops;
    void *self;
} m_relay_source;

/* Over any store: tenant by tenant. For the memory binding and tests; looks at 1,000 rows per
 * tenant and round. */
typedef struct {
    m_store store;
    m_uow *uow;
    const m_id *tenants;
    uint32_t tenant_count;
} m_relay_store;
/* over must live as long as the value. */
m_relay_source m_relay_store_source(m_relay_store *over);

/* ---- the relay ---- */

typedef struct {
    const m_registry *registry; /* whose modules listen */
    m_relay_source source;
    m_store store; /* what the listeners' transactions work on */
    m_uow *uow;
    const m_env *env;
    int64_t timeout_ms; /* of one listener; 0: 30,000 */
} m_relay_config;

typedef struct m_relay m_relay;

typedef struct {
    uint32_t seen;      /* rows that were due */
    uint32_t done;      /* of these, now done */
    uint32_t delivered; /* times a listener did its work */
    uint32_t failed;    /* rows to be tried again */
    uint32_t dead;      /* rows given up */
} m_relay_result;

/* NULL when memory is short. */
m_relay *m_relay_new(const m_relay_config *config);
/* Accepts NULL. */
void m_relay_free(m_relay *relay);
/* One round: at most M_RELAY_BATCH rows. Call again at once while seen > 0 and done > 0, else when
 * woken or after a pause. Fails only when the rows cannot be read or marked. One thread at a
 * time. call: system call with env and arena; the tenant is set by row. */
M_MUST_USE m_status m_relay_run_once(m_relay *relay, m_call *call, m_relay_result *out);
/* Remove what was done more than `days` ago; repeats in small steps until nothing is left. */
M_MUST_USE m_status m_relay_sweep(m_relay *relay, m_call *call, int days, uint32_t *out_removed);

#endif
