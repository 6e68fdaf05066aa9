#include "departures.h"

#include <stdio.h>
#include <stdlib.h>

#include "../runtime/waker.h"
#include "m_adapters/pg_stream.h"
#include "m_adapters/stream_nats.h"
#include "rpc_job.h"

#define POLL_MS           250
#define ALL_HEADS_EVERY_S 10
#define SWEEP_EVERY_S     3600
#define COUNT_EVERY_S     2

struct departures {
    const runtime *rt;
    m_nats *link;
    queue *asked;
    pthread_t publisher, teller;
    bool publishing, telling;
    waker waker;
    int64_t swept_us, counted_us;
    pthread_mutex_t lock;
    figures_leaving figures; /* under the lock */
};

void departures_wake(departures *d)
{
    if (d) waker_wake(&d->waker);
}

/* ---- figures ---- */

void departures_figures(departures *d, figures_leaving *out)
{
    pthread_mutex_lock(&d->lock);
    *out = d->figures;
    pthread_mutex_unlock(&d->lock);
}

static void note(departures *d, uint64_t sent, bool failed)
{
    pthread_mutex_lock(&d->lock);
    d->figures.sent += sent;
    d->figures.failed += failed;
    pthread_mutex_unlock(&d->lock);
}

/* Now and then: it reads the marks of all tenants. */
static m_status count_rows(departures *d, m_outgoing_source source, m_call *call, bool mine)
{
    m_outgoing_stats rows = {.backlog = 0};
    int64_t now = d->rt->env->now(d->rt->env->self).us;
    if (mine && now - d->counted_us < COUNT_EVERY_S * INT64_C(1000000)) return M_OK;
    if (mine) M_TRY(source.ops->stats(source.self, call, &rows));
    d->counted_us = mine ? now : 0;
    pthread_mutex_lock(&d->lock);
    d->figures.here = mine;
    d->figures.rows = rows;
    pthread_mutex_unlock(&d->lock);
    return M_OK;
}

/* ---- publishing ---- */

/* One process of a database publishes; the others stand by. */
static m_status publish(departures *d, m_event_relay *relay, m_pg_outgoing *rows, m_call *call,
                        bool all_heads)
{
    bool mine = false;
    m_event_relay_result result = {.sent = 0};
    M_TRY(m_pg_lock_try(rows->conn, call, "departures", &mine));
    M_TRY(count_rows(d, m_pg_outgoing_source(rows), call, mine));
    if (!mine) return M_OK;
    do {
        M_TRY(m_event_relay_run_once(relay, call, &result));
        note(d, result.sent, result.sent < result.seen && result.why.n);
    } while (result.more && !waker_stopping(&d->waker));
    return m_event_relay_tell_heads(relay, call, all_heads);
}

/* What everybody has, and nobody will go back to. */
static m_status sweep(departures *d, m_outgoing_source source, m_call *call)
{
    uint32_t removed;
    int64_t now = d->rt->env->now(d->rt->env->self).us;
    if (now - d->swept_us < SWEEP_EVERY_S * INT64_C(1000000)) return M_OK;
    d->swept_us = now;
    return m_outgoing_sweep(source, call, M_OUTGOING_KEEP_DAYS, d->rt->others.domains, &removed);
}

static void *publisher_loop(void *arg)
{
    departures *d = arg;
    m_pg_outgoing rows = {.conn = NULL};
    m_event_relay_config config = {.link = d->link,
                                   .producer = d->rt->others.self,
                                   .source = m_pg_outgoing_source(&rows),
                                   .env = d->rt->env};
    m_event_relay *relay = m_event_relay_new(&config);
    m_arena *arena = m_arena_new(0);
    int64_t told_us = 0;
    while (relay && arena && !waker_stopping(&d->waker)) {
        m_arena_reset(arena);
        m_call call = runtime_call(d->rt, arena);
        int64_t now = d->rt->env->now(d->rt->env->self).us;
        bool all = now - told_us > ALL_HEADS_EVERY_S * INT64_C(1000000);
        if (all) told_us = now;
        if (runtime_relay(d->rt, &call, &rows.conn) != M_OK ||
            publish(d, relay, &rows, &call, all) != M_OK ||
            sweep(d, config.source, &call) != M_OK) {
            runtime_relay_lost(d->rt, &call, "departures", &rows.conn);
            note(d, 0, true);
        }
        int64_t pause = m_event_relay_pause_ms(relay);
        waker_wait(&d->waker, pause > POLL_MS ? pause : POLL_MS);
    }
    m_event_relay_free(relay);
    m_pg_conn_close(rows.conn);
    m_arena_free(arena);
    return NULL;
}

/* ---- telling who asks ---- */

static void *teller_loop(void *arg)
{
    departures *d = arg;
    m_pg_outgoing rows = {.conn = NULL};
    m_outgoing_source source = m_pg_outgoing_source(&rows);
    m_outbox outbox = m_outbox_of(&source);
    job *j;
    while (queue_take(d->asked, &j, 1) > 0) {
        m_rpc_incoming *in = rpc_job_question(j);
        m_call *call = &in->call;
        m_str reply = {NULL, 0};
        m_status status = M_UNAVAILABLE;
        if (runtime_relay(d->rt, call, &rows.conn) == M_OK)
            status = m_remote_dispatch((m_iface){outbox.ops, outbox.self}, in->method, call,
                                       in->body, &reply);
        if (status == M_UNAVAILABLE) runtime_relay_lost(d->rt, call, "departures", &rows.conn);
        m_rpc_answer(in, status, reply, &call->error);
    }
    m_pg_conn_close(rows.conn);
    return NULL;
}

departures *departures_start(const runtime *rt, m_nats *link, queue *asked)
{
    departures *d = calloc(1, sizeof *d);
    if (!d) return NULL;
    d->rt = rt;
    d->link = link;
    d->asked = asked;
    waker_init(&d->waker);
    pthread_mutex_init(&d->lock, NULL);
    d->publishing = pthread_create(&d->publisher, NULL, publisher_loop, d) == 0;
    d->telling = pthread_create(&d->teller, NULL, teller_loop, d) == 0;
    if (d->publishing && d->telling) return d;
    fprintf(stderr, "The events of this process cannot be sent.\n");
    queue_close(asked);
    departures_stop(d);
    return NULL;
}

void departures_stop(departures *d)
{
    if (!d) return;
    waker_stop(&d->waker);
    if (d->publishing) pthread_join(d->publisher, NULL);
    if (d->telling) pthread_join(d->teller, NULL);
    free(d);
}
