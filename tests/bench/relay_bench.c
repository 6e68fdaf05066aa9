/* Events a second from the outgoing rows of PostgreSQL to JetStream, and from there into the
 * consumer's tables with their marks; first one after the other, then both at once. One cluster and
 * one broker on this machine, eight tenants, payloads of about 900 bytes, one row of effect each.
 *
 *   relay_bench [events] */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "m_adapters/env.h"
#include "m_adapters/infra.h"
#include "m_adapters/pg_stream.h"
#include "m_adapters/stream_nats.h"
#include "nats_fixture.h"
#include "pg_fixture.h"
#include "test_env.h"

#define EVENTS  40000
#define TENANTS 8
#define BATCH   100 /* events of one transaction */
#define PAYLOAD 900

typedef struct {
    m_id event;
    int64_t seq;
} effect;
static const m_field effect_fields[] = {
    M_F_ID(effect, event, "Event", .flags = M_KEY | M_REQUIRED),
    M_F_INT(effect, seq, "Sequence"),
};
static const m_type effect_type = {.name = "toy.effect",
                                   .schema = "toy",
                                   .table = "effect",
                                   .size = sizeof(effect),
                                   M_FIELDS(effect_fields)};

static pg_fixture *cluster;
static nats_fixture *broker;
static m_system_env *env;
static int64_t wanted; /* events there are in all */
static atomic_llong taken;

static int64_t now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
}

static void must(m_status status, const m_call *call)
{
    if (status == M_OK) return;
    fprintf(stderr, "%s: %.*s\n", m_status_name(status), M_STR_ARG(call->error.message));
    exit(1);
}

static m_call new_call(void)
{
    return (m_call){.tenant = test_id(1),
                    .system = true,
                    .actor_name = M_STR("bench"),
                    .request_id = M_STR("bench"),
                    .env = m_system_env_of(env),
                    .arena = m_arena_new(0)};
}

static m_nats *open_link(void)
{
    m_nats *link = NULL;
    const char *why = "";
    m_nats_options options = {.url = nats_fixture_url(broker)};
    if (m_nats_open(&options, &link, &why) != M_OK || !m_nats_wait(link, 5000)) {
        fprintf(stderr, "%s\n", why);
        exit(1);
    }
    return link;
}

static m_pg_conn *open_relay_conn(m_call *call)
{
    m_pg_options options = {.dsn = pg_fixture_dsn(cluster, "bm_relay")};
    m_pg_conn *conn;
    must(m_pg_conn_open(&options, call, &conn), call);
    return conn;
}

/* ---- work ---- */

static void emit(int64_t n)
{
    static char text[PAYLOAD + 1];
    m_uow *uow = pg_fixture_uow(cluster);
    m_call call = new_call();
    m_outgoing out = {.store = m_pg_store()};
    memset(text, 'x', PAYLOAD);
    memcpy(text, "{\"a\":\"", 6);
    memcpy(text + PAYLOAD - 2, "\"}", 2);
    for (int64_t i = 0; i < n; i += BATCH) {
        m_fetch want;
        m_arena_reset(call.arena);
        call.tenant = test_id(1 + (uint32_t)(i / BATCH % TENANTS));
        if (!m_outgoing_want(&call, &want)) exit(1);
        must(uow->ops->begin(uow, &call, M_UOW_WRITE, &want, 1), &call);
        for (int k = 0; k < BATCH; k++) {
            m_event event = {.type = "wms.goods_receipt.submitted",
                             .aggregate = m_new_id(&call),
                             .payload_json = {text, PAYLOAD}};
            must(m_events_emit(m_outgoing_events(&out), &call, &event), &call);
        }
        must(uow->ops->commit(uow, &call), &call);
    }
    wanted += n;
    m_pg_uow_close(uow);
    m_arena_free(call.arena);
}

static void *publish_all(void *arg)
{
    (void)arg;
    m_call call = new_call();
    m_nats *link = open_link();
    m_pg_outgoing rows = {.conn = open_relay_conn(&call)};
    m_event_relay_config config = {.link = link,
                                   .producer = "wms",
                                   .source = m_pg_outgoing_source(&rows),
                                   .env = m_system_env_of(env)};
    m_event_relay *relay = m_event_relay_new(&config);
    m_event_relay_result result;
    do {
        m_arena_reset(call.arena);
        must(m_event_relay_run_once(relay, &call, &result), &call);
        if (result.why.n) fprintf(stderr, "%.*s\n", M_STR_ARG(result.why));
    } while (result.seen);
    m_event_relay_free(relay);
    m_nats_close(link);
    m_pg_conn_close(rows.conn);
    m_arena_free(call.arena);
    return NULL;
}

static m_status take(void *arg, m_call *call, m_str from, const m_stream_event *event)
{
    (void)arg, (void)from;
    effect e = {event->event_id, event->seq};
    return m_store_insert(m_pg_store(), call, &effect_type, &e);
}
static const m_stream_sink sinks[] = {{"toy.effects", "", take, NULL}};

static void *take_all(void *arg)
{
    (void)arg;
    m_call call = new_call();
    m_nats *link = open_link();
    m_uow *uow = pg_fixture_uow(cluster);
    m_pg_conn *conn = open_relay_conn(&call);
    m_pg_outgoing rows = {.conn = open_relay_conn(&call)};
    m_outgoing_source source = m_pg_outgoing_source(&rows);
    m_intake_producer from[] = {{"wms", m_outbox_of(&source)}};
    m_consumer *consumer = m_consumer_new(&(m_consumer_config){.domain = "finance",
                                                               .sinks = sinks,
                                                               .sink_count = 1,
                                                               .store = m_pg_store(),
                                                               .uow = uow,
                                                               .env = m_system_env_of(env)});
    m_intake *intake = m_intake_new(&(m_intake_config){.link = link,
                                                       .domain = "finance",
                                                       .consumer = consumer,
                                                       .view = m_pg_intake_view(&conn),
                                                       .producers = from,
                                                       .producer_count = 1,
                                                       .env = m_system_env_of(env),
                                                       .grace_ms = 60000,
                                                       .check_ms = 60000});
    m_intake_result result;
    while (taken < wanted) {
        m_arena_reset(call.arena);
        must(m_intake_run(intake, &call, 100, &result), &call);
        taken += result.applied;
    }
    m_intake_stats stats;
    m_intake_stats_of(intake, 0, &stats);
    printf("  %llu of %llu came by the push\n", (unsigned long long)stats.received,
           (unsigned long long)stats.applied);
    m_intake_free(intake);
    m_consumer_free(consumer);
    m_nats_close(link);
    m_pg_uow_close(uow);
    m_pg_conn_close(conn);
    m_pg_conn_close(rows.conn);
    m_arena_free(call.arena);
    return NULL;
}

/* ---- figures ---- */

static int64_t timed(const char *what, int64_t n, void *(*work)(void *))
{
    int64_t from = now_us();
    work(NULL);
    int64_t us = now_us() - from;
    printf("%-44s %8lld events/s\n", what, (long long)(n * 1000000 / us));
    return us;
}

static void *both(void *arg)
{
    pthread_t other;
    if (pthread_create(&other, NULL, take_all, arg) != 0) exit(1);
    publish_all(arg);
    pthread_join(other, NULL);
    return NULL;
}

static void start(void)
{
    const m_type *types[64] = {&effect_type};
    for (uint32_t i = 0; m_infra_types[i]; i++)
        types[i + 1] = m_infra_types[i];
    static const char *const consumers[] = {"finance", NULL};
    m_stream_plan plan = {.producer = "wms", .consumers = consumers};
    env = m_system_env_new("warn");
    cluster = pg_fixture_start();
    pg_fixture_migrate(cluster, types, NULL);
    broker = nats_fixture_start(NULL);
    m_nats *link = open_link();
    m_call call = new_call();
    must(m_stream_deploy(link, &call, &plan), &call);
    m_arena_free(call.arena);
    m_nats_close(link);
}

int main(int argc, char **argv)
{
    int64_t n = argc > 1 ? strtoll(argv[1], NULL, 10) : EVENTS;
    start();
    int64_t from = now_us();
    emit(n);
    printf("%-44s %8lld events/s\n", "written, 100 a transaction",
           (long long)(n * 1000000 / (now_us() - from)));
    timed("rows to the broker", n, publish_all);
    timed("broker to the consumer's tables", n, take_all);
    emit(n);
    timed("both at once", n, both);
    nats_fixture_stop(broker);
    pg_fixture_stop(cluster);
    m_system_env_free(env);
    return 0;
}
