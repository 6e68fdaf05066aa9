#include "relay_thread.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../runtime/waker.h"
#include "../worker/runner.h"
#include "m_adapters/idempotency.h"
#include "m_adapters/pg_relay.h"
#include "m_adapters/pg_stream.h"
#include "m_adapters/remote_ledger.h"

#define POLL_MS       250 /* for events whose waking got lost and for those to be tried again */
#define KEEP_DAYS     7   /* done events and idempotency keys */
#define SWEEP_EVERY_S 3600
#define COUNT_EVERY_S 2
#define SWEEP_ROWS    1000

struct relay_thread {
    const runtime *rt;
    pthread_t thread;
    waker waker;
    m_uow *uow;
    m_pg_relay outbox; /* its connection is made when there is none */
    domain_set *domains;
    m_relay *relay;
    m_arena *arena;
    int64_t swept_us, counted_us;
    pthread_mutex_t lock;
    figures_listening figures; /* under the lock */
};

void relay_thread_wake(relay_thread *r)
{
    if (r) waker_wake(&r->waker);
}

/* ---- figures ---- */

void relay_thread_figures(relay_thread *r, figures_listening *out)
{
    pthread_mutex_lock(&r->lock);
    *out = r->figures;
    pthread_mutex_unlock(&r->lock);
}

static void note(relay_thread *r, const m_relay_result *result)
{
    pthread_mutex_lock(&r->lock);
    r->figures.delivered += result->delivered;
    r->figures.failed += result->failed + result->dead;
    pthread_mutex_unlock(&r->lock);
}

/* ---- delivering ---- */

static void deliver(relay_thread *r)
{
    m_relay_result result = {.seen = 0};
    do {
        m_arena_reset(r->arena);
        m_call call = runtime_call(r->rt, r->arena);
        if (runtime_relay(r->rt, &call, &r->outbox.conn) != M_OK ||
            m_relay_run_once(r->relay, &call, &result) != M_OK) {
            runtime_relay_lost(r->rt, &call, "relay", &r->outbox.conn);
            return;
        }
        note(r, &result);
    } while (result.seen && result.done);
}

static void count_waiting(relay_thread *r)
{
    m_outbox_stats waiting;
    int64_t now = r->rt->env->now(r->rt->env->self).us;
    if (now - r->counted_us < (int64_t)COUNT_EVERY_S * 1000000) return;
    r->counted_us = now;
    m_arena_reset(r->arena);
    m_call call = runtime_call(r->rt, r->arena);
    if (runtime_relay(r->rt, &call, &r->outbox.conn) != M_OK ||
        m_pg_outbox_stats(r->outbox.conn, &call, &waiting) != M_OK) {
        runtime_relay_lost(r->rt, &call, "relay", &r->outbox.conn);
        return;
    }
    pthread_mutex_lock(&r->lock);
    r->figures.waiting = waiting;
    pthread_mutex_unlock(&r->lock);
}

/* ---- keeping the house small ---- */

/* ids: m_id, into the call's arena, which outlives the transaction. */
static m_status read_tenants(void *arg, m_call *call)
{
    m_list *ids = arg;
    m_query all = {.limit = 0};
    m_fetch fetch = {.type = &identity_tenant_type, .query = &all};
    M_TRY(m_store_fetch(m_pg_store(), call, &fetch, 1));
    uint32_t capacity = 0;
    *ids = (m_list){NULL, 0};
    for (uint32_t i = 0; i < fetch.count; i++) {
        m_id *id = m_list_add(call->arena, ids, &capacity, sizeof *id);
        if (!id) return m_fail(call, m_err_memory, NULL);
        *id = *(const m_id *)m_field_get(&identity_tenant_type, &identity_tenant_type.fields[0],
                                         fetch.records[i]);
    }
    return M_OK;
}

typedef m_status (*sweep_rows)(m_store store, m_call *call, m_time before, uint32_t limit,
                               uint32_t *out_removed);

typedef struct {
    sweep_rows rows;
    m_time before;
    uint32_t removed;
} tenant_sweep;

static m_status sweep_tenant(void *arg, m_call *call)
{
    tenant_sweep *s = arg;
    return s->rows(m_pg_store(), call, s->before, SWEEP_ROWS, &s->removed);
}

/* The tenants are core's; another process has copies for them. */
static m_status find_tenants(relay_thread *r, m_call *call, m_list *out)
{
    if (domains_own("core")) return runner_run(r->uow, call, M_UOW_READ, read_tenants, out);
    return m_pg_copy_tenants(r->outbox.conn, call, out);
}

/* Old idempotency keys and decisions, in small transactions so that no writer waits long. */
static m_status sweep_tenants(relay_thread *r, m_call *call, int64_t now_us)
{
    const struct {
        sweep_rows rows;
        int days;
    } sweeps[] = {{m_idempotency_sweep, KEEP_DAYS}, {m_decisions_sweep, M_DECISION_KEEP_DAYS}};
    m_list tenants;
    M_TRY(find_tenants(r, call, &tenants));
    for (M_EACH(m_id, tenant, tenants))
        for (size_t i = 0; i < sizeof sweeps / sizeof sweeps[0]; i++) {
            m_time before = {now_us - sweeps[i].days * INT64_C(86400000000)};
            tenant_sweep s = {sweeps[i].rows, before, 0};
            call->tenant = *tenant;
            do
                M_TRY(runner_run(r->uow, call, M_UOW_WRITE, sweep_tenant, &s));
            while (s.removed == SWEEP_ROWS);
        }
    return M_OK;
}

static void sweep(relay_thread *r)
{
    int64_t now = r->rt->env->now(r->rt->env->self).us;
    if (now - r->swept_us < (int64_t)SWEEP_EVERY_S * 1000000) return;
    r->swept_us = now;
    m_arena_reset(r->arena);
    m_call call = runtime_call(r->rt, r->arena);
    uint32_t removed;
    if (runtime_relay(r->rt, &call, &r->outbox.conn) != M_OK ||
        m_relay_sweep(r->relay, &call, KEEP_DAYS, &removed) != M_OK) {
        runtime_relay_lost(r->rt, &call, "relay", &r->outbox.conn);
        return;
    }
    if (sweep_tenants(r, &call, now) != M_OK)
        r->rt->env->log(r->rt->env->self, "warn", "sweep", m_str_z(r->arena, call.error.message));
}

static void *main_loop(void *arg)
{
    relay_thread *r = arg;
    while (waker_wait(&r->waker, POLL_MS)) {
        deliver(r);
        count_waiting(r);
        sweep(r);
    }
    return NULL;
}

static bool open_all(relay_thread *r, identity *id)
{
    m_pg_options app = runtime_pg(r->rt, r->rt->app_dsn);
    r->arena = m_arena_new(0);
    r->domains = runtime_domains(r->rt, id);
    if (!r->arena || !r->domains || m_pg_uow_open(&app, &r->uow) != M_OK) return false;
    m_relay_config relay_config = {.registry = r->domains->registry,
                                   .source = m_pg_relay_source(&r->outbox),
                                   .store = m_pg_store(),
                                   .uow = r->uow,
                                   .env = r->rt->env};
    r->relay = m_relay_new(&relay_config);
    return r->relay != NULL;
}

static void close_all(relay_thread *r)
{
    m_relay_free(r->relay);
    m_pg_conn_close(r->outbox.conn);
    m_pg_uow_close(r->uow);
    domains_free(r->domains);
    m_arena_free(r->arena);
    free(r);
}

relay_thread *relay_thread_start(const runtime *rt, identity *id)
{
    relay_thread *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->rt = rt;
    waker_init(&r->waker);
    pthread_mutex_init(&r->lock, NULL);
    if (open_all(r, id) && pthread_create(&r->thread, NULL, main_loop, r) == 0) return r;
    fprintf(stderr, "The event relay could not be started.\n");
    close_all(r);
    return NULL;
}

void relay_thread_stop(relay_thread *r)
{
    if (!r) return;
    waker_stop(&r->waker);
    pthread_join(r->thread, NULL);
    close_all(r);
}
