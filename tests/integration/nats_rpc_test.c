/* Questions over a real broker: who asks is known on the other side, errors come back as they were,
 * nothing waits longer than it may, and what is forged, old or was there before is not served. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "../unit/unit.h"
#include "nats/link.h"
#include "rpc_world.h"
#include "test_env.h"

/* ---- a protocol for tests: the handler reads the body as a number ---- */

static const m_method methods[] = {
    {.name = "echo", .flags = M_METHOD_READ}, /* the body comes back */
    {.name = "wait", .flags = M_METHOD_READ}, /* … after so many milliseconds */
    {.name = "once"},                         /* as wait, but must not be repeated */
    {.name = "fail"},                         /* with a rich error */
    {.name = "who"},                          /* tells whose call it is */
    {.name = NULL},
};
enum { ECHO, WAIT, ONCE, FAIL, WHO };
static const m_protocol toy = {"toy", 3, methods};
static const m_protocol *const protocols[] = {&toy, NULL};
static const m_error_def wrong = {"core.test.wrong", M_PRECONDITION, "It is wrong: %s.",
                                  "Mend it."};

static rpc_world w;
static atomic_uint served;

static void tell_who(m_rpc_incoming *in)
{
    const m_call *c = &in->call;
    char tenant[M_ID_TEXT], actor[M_ID_TEXT], text[1024];
    m_id_format(c->tenant, tenant);
    m_id_format(c->actor, actor);
    int n =
        snprintf(text, sizeof text, "%s|%s|%.*s|%u|%.*s|%.*s|%d|%.*s|%.*s|%.*s|%.*s|%.*s|%.*s",
                 tenant, actor, M_STR_ARG(c->actor_name), (unsigned)c->role_count,
                 M_STR_ARG(c->roles[0]), M_STR_ARG(c->roles[c->role_count - 1]), c->system,
                 M_STR_ARG(c->locale), M_STR_ARG(c->source_address), M_STR_ARG(c->request_id),
                 M_STR_ARG(c->idempotency_key), M_STR_ARG(in->after), M_STR_ARG(c->trace_parent));
    m_rpc_answer(in, M_OK, (m_str){text, (size_t)n}, NULL);
}

static void refuse(m_rpc_incoming *in)
{
    m_field_fail(&in->call, m_err_link, M_STR("lines[2].item"), "no \"such\" item");
    m_field_fail(&in->call, m_err_required, M_STR("date"), NULL);
    in->call.error.fields_dropped = 7;
    m_status status = m_fail(&in->call, &wrong, "%s", "line\none \xc3\xa4");
    m_rpc_answer(in, status, (m_str){NULL, 0}, NULL);
}

static void handle(void *arg, m_rpc_incoming *in)
{
    (void)arg;
    atomic_fetch_add(&served, 1);
    switch (in->method - methods) {
    case WAIT:
    case ONCE:
        usleep((useconds_t)strtoul(in->body.p, NULL, 10) * 1000);
        m_rpc_answer(in, M_OK, in->body, NULL);
        return;
    case FAIL:
        refuse(in);
        return;
    case WHO:
        tell_who(in);
        return;
    default:
        m_rpc_answer(in, M_OK, in->body, NULL);
    }
}

/* ---- helpers ---- */

static m_call *call;

static void set_up(void)
{
    atomic_store(&served, 0);
    rpc_world_start(&w, protocols, handle, NULL, 4);
    call = rpc_world_call(&w);
}

static void tear_down(void)
{
    test_call_free(call);
    rpc_world_stop(&w);
}

static m_rpc_question question(int method, m_str body)
{
    return (m_rpc_question){.service = "provider",
                            .protocol = &toy,
                            .method = &methods[method],
                            .as = call,
                            .body = body,
                            .arena = call->arena};
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void deadline_in(int64_t ms)
{
    call->deadline.us = m_now(call).us + ms * 1000;
}

static void check_code(const m_rpc_question *q, m_status status, const char *code)
{
    ck_assert_msg(q->status == status && (status == M_OK || m_str_is(q->error.code, code)),
                  "%s %.*s, not %s %s", m_status_name(q->status), M_STR_ARG(q->error.code),
                  m_status_name(status), code);
}

static m_rpc_server_stats server_stats(void)
{
    m_rpc_server_stats stats;
    m_rpc_server_stats_read(w.server, &stats);
    for (int i = 0; i < 1000 && stats.running; i++) { /* it counts after it has answered */
        usleep(1000);
        m_rpc_server_stats_read(w.server, &stats);
    }
    return stats;
}

/* ---- answers ---- */

START_TEST(an_answer_comes_back)
{
    m_rpc_question q = question(ECHO, M_STR("{\"a\":\"\xc3\xa4\"}"));
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_OK, "");
    ck_assert(m_str_is(q.reply, "{\"a\":\"\xc3\xa4\"}"));
    q = question(ECHO, (m_str){NULL, 0});
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_OK, "");
    ck_assert_uint_eq(q.reply.n, 0);
    m_rpc_ask(w.client, NULL, 0);
}
END_TEST

START_TEST(the_other_side_knows_whose_call_it_is)
{
    static const m_str roles[] = {{"Accounts & Co, %", 16}, {"Stock\xc3\xa4=", 8}};
    call->roles = roles;
    call->role_count = 2;
    call->system = true;
    call->actor_name = M_STR("Zo\xc3\xab & \"friends\"");
    call->source_address = M_STR("::1");
    call->idempotency_key = M_STR("key 1");
    call->trace_parent = M_STR("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    m_rpc_question q = question(WHO, M_STR("{}"));
    q.after = M_STR("core=42,wms=7");
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_OK, "");
    char tenant[M_ID_TEXT], actor[M_ID_TEXT], wanted[512];
    m_id_format(call->tenant, tenant);
    m_id_format(call->actor, actor);
    int n = snprintf(
        wanted, sizeof wanted,
        "%s|%s|Zo\xc3\xab & \"friends\"|2|Accounts & Co, %%|Stock\xc3\xa4=|1|en|::1|test|key 1|"
        "core=42,wms=7|00-0af7651916cd43dd8448eb211c80319c-",
        tenant, actor);
    ck_assert_msg(q.reply.n == (size_t)n + 19 && memcmp(q.reply.p, wanted, (size_t)n) == 0, "%.*s",
                  M_STR_ARG(q.reply));
    m_str span = {q.reply.p + n, 16};
    ck_assert_msg(!m_str_is(span, "b7ad6b7169203331"), "a question has a span of its own");
}
END_TEST

START_TEST(an_error_comes_back_as_it_was)
{
    m_call *local = test_call();
    m_rpc_incoming in = {.call = *local};
    m_field_fail(&in.call, m_err_link, M_STR("lines[2].item"), "no \"such\" item");
    m_field_fail(&in.call, m_err_required, M_STR("date"), NULL);
    in.call.error.fields_dropped = 7;
    m_status status = m_fail(&in.call, &wrong, "%s", "line\none \xc3\xa4");
    const m_error *was = &in.call.error;
    m_rpc_question q = question(FAIL, M_STR("{}"));
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, status, "core.test.wrong");
    ck_assert_int_eq(q.error.status, was->status);
    ck_assert(m_str_eq(q.error.message, was->message));
    ck_assert(m_str_eq(q.error.hint, was->hint));
    ck_assert_uint_eq(q.error.fields_dropped, 7);
    ck_assert_uint_eq(q.error.field_count, was->field_count);
    for (uint32_t i = 0; i < was->field_count; i++) {
        ck_assert(m_str_eq(q.error.fields[i].path, was->fields[i].path));
        ck_assert(m_str_eq(q.error.fields[i].code, was->fields[i].code));
        ck_assert(m_str_eq(q.error.fields[i].message, was->fields[i].message));
    }
    test_call_free(local);
}
END_TEST

START_TEST(questions_travel_together)
{
    m_rpc_question all[40];
    char bodies[40][8];
    for (int i = 0; i < 40; i++) {
        snprintf(bodies[i], sizeof bodies[i], "%d", 50 + i % 3);
        all[i] = question(WAIT, m_str_of(bodies[i]));
    }
    int64_t before = now_ms();
    m_rpc_ask(w.client, all, 40);
    int64_t took = now_ms() - before;
    for (int i = 0; i < 40; i++) {
        check_code(&all[i], M_OK, "");
        ck_assert(m_str_is(all[i].reply, bodies[i]));
    }
    ck_assert_msg(took < 1500, "40 × 50 ms on four threads took %lld ms", (long long)took);
}
END_TEST

typedef struct {
    int number;
    uint32_t wrong;
} asker;

static void *ask_much(void *arg)
{
    asker *a = arg;
    m_call *mine = rpc_world_call(&w);
    for (int i = 0; i < 200; i++) {
        char body[32];
        snprintf(body, sizeof body, "%d-%d", a->number, i);
        m_rpc_question q = {.service = "provider",
                            .protocol = &toy,
                            .method = &methods[i % 10 ? ECHO : FAIL],
                            .as = mine,
                            .body = m_str_of(body),
                            .arena = mine->arena};
        m_rpc_ask(w.client, &q, 1);
        bool good =
            i % 10 ? q.status == M_OK && m_str_is(q.reply, body) : q.status == M_PRECONDITION;
        a->wrong += !good;
    }
    test_call_free(mine);
    return NULL;
}

/* An answer is counted once it is sent. Returns those of the second server, if there is one. */
static uint64_t await_counted(m_rpc_server *second, uint64_t answers)
{
    m_rpc_server_stats stats = {.answered = 0};
    for (int i = 0; i < 500; i++) {
        if (second) m_rpc_server_stats_read(second, &stats);
        m_rpc_server_stats first = server_stats();
        if (stats.answered + first.answered == answers && !first.running) break;
        usleep(10000);
    }
    return stats.answered;
}

START_TEST(many_threads_ask_at_once)
{
    pthread_t threads[16];
    asker askers[16];
    for (int i = 0; i < 16; i++) {
        askers[i] = (asker){i, 0};
        ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_much, &askers[i]), 0);
    }
    for (int i = 0; i < 16; i++) {
        pthread_join(threads[i], NULL);
        ck_assert_uint_eq(askers[i].wrong, 0);
    }
    await_counted(NULL, 16 * 200);
    m_rpc_server_stats stats = server_stats();
    ck_assert_uint_eq(stats.answered, 16 * 200);
    ck_assert_uint_eq(stats.errors, 16 * 20);
    ck_assert_uint_eq(stats.running, 0);
    ck_assert_uint_eq(stats.refused + stats.replayed + stats.expired + stats.unknown, 0);
    m_rpc_count counts[8];
    ck_assert_uint_eq(m_rpc_client_counts(w.client, counts, 8), 2);
    for (int i = 0; i < 2; i++) {
        bool echo = strcmp(counts[i].method, "echo") == 0;
        ck_assert_uint_eq(counts[i].count, echo ? 16 * 180 : 16 * 20);
        ck_assert_uint_eq(counts[i].errors, echo ? 0 : 16 * 20);
        ck_assert_str_eq(counts[i].last_error, echo ? "" : "core.test.wrong");
        ck_assert_uint_ge(counts[i].time_us, counts[i].longest_us);
    }
}
END_TEST

/* ---- time ---- */

START_TEST(nobody_waits_longer_than_the_deadline)
{
    deadline_in(200);
    m_rpc_question all[] = {question(ONCE, M_STR("1000")), question(WAIT, M_STR("1000")),
                            question(ECHO, M_STR("quick"))};
    int64_t before = now_ms();
    m_rpc_ask(w.client, all, 3);
    int64_t took = now_ms() - before;
    check_code(&all[0], M_TIMEOUT, "core.rpc.timeout");
    check_code(&all[1], M_TIMEOUT, "core.rpc.timeout");
    check_code(&all[2], M_OK, "");
    ck_assert_msg(took >= 190 && took < 600, "%lld ms", (long long)took);
    deadline_in(-1);
    m_rpc_question late = question(ECHO, M_STR("{}"));
    m_rpc_ask(w.client, &late, 1);
    check_code(&late, M_TIMEOUT, "core.rpc.timeout");
}
END_TEST

START_TEST(what_nobody_waits_for_is_not_done)
{
    m_rpc_question busy[4], late[4];
    for (int i = 0; i < 4; i++)
        busy[i] = question(ONCE, M_STR("400"));
    deadline_in(100);
    m_rpc_ask(w.client, busy, 4); /* all four threads are busy for 300 ms more */
    unsigned before = atomic_load(&served);
    deadline_in(100);
    for (int i = 0; i < 4; i++)
        late[i] = question(ONCE, M_STR("0"));
    m_rpc_ask(w.client, late, 4);
    for (int i = 0; i < 4; i++)
        check_code(&late[i], M_TIMEOUT, "core.rpc.timeout");
    usleep(400000);
    ck_assert_uint_eq(atomic_load(&served), before);
    ck_assert_uint_eq(server_stats().expired, 4);
}
END_TEST

/* A late answer to one question is never taken for the answer to another. */
START_TEST(late_answers_reach_nobody)
{
    for (int i = 0; i < 5; i++) {
        deadline_in(60);
        m_rpc_question slow = question(ONCE, M_STR("100"));
        m_rpc_ask(w.client, &slow, 1);
        check_code(&slow, M_TIMEOUT, "core.rpc.timeout");
        deadline_in(1000);
        m_rpc_question q = question(WAIT, M_STR("80"));
        m_rpc_ask(w.client, &q, 1);
        check_code(&q, M_OK, "");
        ck_assert(m_str_is(q.reply, "80"));
    }
}
END_TEST

/* ---- nobody there ---- */

START_TEST(nobody_listens_is_told_at_once)
{
    m_rpc_server_stop(w.server, 100);
    w.server = NULL;
    m_rpc_question q = question(ONCE, M_STR("0"));
    int64_t before = now_ms();
    m_rpc_ask(w.client, &q, 1);
    ck_assert_int_lt(now_ms() - before, 100);
    check_code(&q, M_UNAVAILABLE, "core.rpc.unavailable");
}
END_TEST

/* The notice does not say for whom it is. */
START_TEST(who_is_heard_gets_an_answer_beside_who_is_not)
{
    m_rpc_question all[6];
    for (int i = 0; i < 6; i++) {
        all[i] = question(WAIT, M_STR("30"));
        if (i % 2) {
            all[i].service = "nobody";
            all[i].method = &methods[ONCE];
        }
    }
    int64_t before = now_ms();
    m_rpc_ask(w.client, all, 6);
    ck_assert_int_lt(now_ms() - before, 500);
    for (int i = 0; i < 6; i++)
        check_code(&all[i], i % 2 ? M_UNAVAILABLE : M_OK, "core.rpc.unavailable");
}
END_TEST

static void *serve_soon(void *arg)
{
    (void)arg;
    usleep(30000);
    w.server = rpc_world_serve(&w, protocols, handle, NULL, 2);
    return NULL;
}

START_TEST(a_harmless_question_is_asked_again)
{
    pthread_t thread;
    m_rpc_server_stop(w.server, 100);
    ck_assert_int_eq(pthread_create(&thread, NULL, serve_soon, NULL), 0);
    m_rpc_question q = question(ECHO, M_STR("hello"));
    m_rpc_ask(w.client, &q, 1);
    pthread_join(thread, NULL);
    check_code(&q, M_OK, "");
    m_rpc_count counts[2];
    ck_assert_uint_eq(m_rpc_client_counts(w.client, counts, 2), 1);
    ck_assert_uint_ge(counts[0].retries, 1);
    ck_assert_uint_lt(counts[0].retries, M_RPC_ATTEMPTS);
}
END_TEST

START_TEST(a_service_that_fails_is_left_alone_and_tried_again)
{
    m_rpc_service services[4];
    m_rpc_server_stop(w.server, 100);
    w.server = NULL;
    for (int i = 0; i < 5; i++) {
        m_rpc_question q = question(ONCE, M_STR("0"));
        m_rpc_ask(w.client, &q, 1);
        check_code(&q, M_UNAVAILABLE, "core.rpc.unavailable");
    }
    m_rpc_question resting = question(ONCE, M_STR("0"));
    m_rpc_ask(w.client, &resting, 1);
    check_code(&resting, M_UNAVAILABLE, "core.rpc.resting");
    ck_assert_uint_eq(m_rpc_client_services(w.client, services, 4), 1);
    ck_assert_str_eq(services[0].name, "provider");
    ck_assert(services[0].open);
    ck_assert_uint_eq(services[0].failures, 5);
    w.server = rpc_world_serve(&w, protocols, handle, NULL, 2);
    usleep(300000);
    m_rpc_question q = question(ONCE, M_STR("0"));
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_OK, "");
    m_rpc_client_services(w.client, services, 4);
    ck_assert(!services[0].open);
}
END_TEST

static void *break_broker(void *arg)
{
    (void)arg;
    usleep(100000);
    nats_fixture_down(w.broker, true);
    return NULL;
}

START_TEST(a_broken_link_fails_soon_and_comes_back)
{
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, break_broker, NULL), 0);
    m_rpc_question q = question(ONCE, M_STR("1000"));
    int64_t before = now_ms();
    m_rpc_ask(w.client, &q, 1);
    pthread_join(thread, NULL);
    check_code(&q, M_UNAVAILABLE, "core.rpc.unavailable");
    ck_assert_int_lt(now_ms() - before, 800);
    before = now_ms();
    q = question(ONCE, M_STR("0"));
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_UNAVAILABLE, "core.rpc.unavailable");
    ck_assert_int_lt(now_ms() - before, 50);
    nats_fixture_up(w.broker);
    ck_assert(m_nats_wait(w.client_link, 10000));
    ck_assert(m_nats_wait(w.server_link, 10000));
    for (int i = 0; i < 100 && q.status != M_OK; i++) {
        usleep(20000);
        q = question(ONCE, M_STR("0"));
        m_rpc_ask(w.client, &q, 1);
    }
    check_code(&q, M_OK, "");
}
END_TEST

/* ---- who may ask ---- */

START_TEST(a_foreign_key_is_refused)
{
    char key[M_RPC_KEY_TEXT];
    const char *why;
    m_rpc_ring *foreign;
    ck_assert_int_eq(m_rpc_key_make("test", key), M_OK); /* the same id, another key */
    ck_assert_int_eq(m_rpc_ring_parse(m_str_of(key), &foreign, &why), M_OK);
    m_rpc_client *client = m_rpc_client_new(w.client_link, foreign, m_system_env_of(w.env));
    m_rpc_question q = question(ECHO, M_STR("{}"));
    m_rpc_ask(client, &q, 1); /* nor does it know the key of who refuses it */
    check_code(&q, M_UNAVAILABLE, "core.rpc.unsigned");
    ck_assert_uint_eq(server_stats().refused, 1);
    ck_assert_uint_eq(atomic_load(&served), 0);
    m_rpc_client_free(client);
    m_rpc_ring_free(foreign);
}
END_TEST

/* What a client sends, taken off the wire. */
static natsMsg *overhear(natsSubscription *sub)
{
    natsMsg *message = NULL;
    m_rpc_question q = question(ONCE, M_STR("0"));
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_OK, "");
    ck_assert_int_eq(natsSubscription_NextMsg(&message, sub, 2000), NATS_OK);
    return message;
}

/* The same headers with another subject or body; NULL: as it was. */
static natsMsg *altered(natsMsg *from, const char *subject, const char *body)
{
    static const char *const names[] = {"M-Call", "M-Sign", "traceparent"};
    natsMsg *m = NULL;
    const char *data = body ? body : natsMsg_GetData(from);
    ck_assert_int_eq(natsMsg_Create(&m, subject ? subject : natsMsg_GetSubject(from),
                                    "_INBOX.listener", data, (int)strlen(data)),
                     NATS_OK);
    for (size_t i = 0; i < 3; i++) {
        const char *value = NULL;
        if (natsMsgHeader_Get(from, names[i], &value) == NATS_OK)
            ck_assert_int_eq(natsMsgHeader_Set(m, names[i], value), NATS_OK);
    }
    return m;
}

static void send_and_free(natsConnection *nc, natsMsg *message)
{
    ck_assert_int_eq(natsConnection_PublishMsg(nc, message), NATS_OK);
    ck_assert_int_eq(natsConnection_FlushTimeout(nc, 5000), NATS_OK);
    natsMsg_Destroy(message);
    usleep(50000);
}

START_TEST(a_message_serves_once_and_only_as_it_was_sent)
{
    natsSubscription *sub = NULL, *answers = NULL;
    m_nats *thief = rpc_world_link(&w);
    natsConnection *nc = m_nats_connection(thief);
    ck_assert_int_eq(natsConnection_SubscribeSync(&sub, nc, "rpc.provider.toy.once"), NATS_OK);
    ck_assert_int_eq(natsConnection_SubscribeSync(&answers, nc, "_INBOX.listener"), NATS_OK);
    ck_assert_int_eq(m_nats_flush(thief, 5000), M_OK);
    natsMsg *caught = overhear(sub);
    ck_assert_uint_eq(atomic_load(&served), 1);
    send_and_free(nc, altered(caught, NULL, NULL));
    ck_assert_uint_eq(server_stats().replayed, 1);
    send_and_free(nc, altered(caught, NULL, "1"));
    ck_assert_uint_eq(server_stats().refused, 1);
    send_and_free(nc, altered(caught, "rpc.provider.toy.echo", NULL));
    ck_assert_uint_eq(server_stats().refused, 2);
    natsMsg *plain = NULL;
    ck_assert_int_eq(
        natsMsg_Create(&plain, "rpc.provider.toy.once", "rpc.provider.toy.echo", "0", 1), NATS_OK);
    send_and_free(nc, plain); /* its answer would be a question to the service itself */
    ck_assert_uint_eq(server_stats().refused, 3);
    ck_assert_uint_eq(atomic_load(&served), 1);
    natsMsg_Destroy(caught);
    natsSubscription_Destroy(sub);
    natsSubscription_Destroy(answers);
    m_nats_close(thief);
}
END_TEST

/* A service of the version before, or somebody who is only connected: it answers without a
 * signature, or with one that belongs to another answer. */
static void *answer_unsigned(void *arg)
{
    natsConnection *nc = m_nats_connection(w.server_link);
    for (int i = 0; i < 3; i++) {
        natsMsg *message = NULL, *reply = NULL;
        if (natsSubscription_NextMsg(&message, arg, 5000) != NATS_OK) break;
        ck_assert_int_eq(natsMsg_Create(&reply, natsMsg_GetReply(message), NULL, "{}", 2), NATS_OK);
        if (i == 2)
            ck_assert_int_eq(natsMsgHeader_Set(reply, "M-Sign",
                                               "test:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
                             NATS_OK);
        ck_assert_int_eq(natsConnection_PublishMsg(nc, reply), NATS_OK);
        natsMsg_Destroy(reply);
        natsMsg_Destroy(message);
    }
    return NULL;
}

START_TEST(who_answers_must_sign)
{
    pthread_t thread;
    natsSubscription *sub = NULL;
    ck_assert_int_eq(
        natsConnection_SubscribeSync(&sub, m_nats_connection(w.server_link), "rpc.older.toy.once"),
        NATS_OK);
    ck_assert_int_eq(m_nats_flush(w.server_link, 5000), M_OK);
    pthread_create(&thread, NULL, answer_unsigned, sub);
    m_rpc_question q = question(ONCE, M_STR("{}"));
    q.service = "older";
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_UNAVAILABLE, "core.rpc.unsigned");
    m_rpc_client *patient = m_rpc_client_new(w.client_link, w.ring, m_system_env_of(w.env));
    m_rpc_client_accept_unsigned(patient); /* while an upgrade runs */
    m_rpc_ask(patient, &q, 1);
    check_code(&q, M_OK, "");
    m_rpc_ask(patient, &q, 1); /* a wrong signature is not none */
    check_code(&q, M_UNAVAILABLE, "core.rpc.unsigned");
    pthread_join(thread, NULL);
    m_rpc_client_free(patient);
    natsSubscription_Destroy(sub);
}
END_TEST

START_TEST(a_contract_is_spoken_as_it_is_and_as_it_was)
{
    static const struct {
        uint32_t version;
        m_status status;
    } cases[] = {{3, M_OK}, {2, M_OK}, {1, M_UNSUPPORTED}, {4, M_UNSUPPORTED}, {0, M_UNSUPPORTED}};
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        const m_protocol asked = {"toy", cases[i].version, methods};
        m_rpc_question q = question(ECHO, M_STR("{}"));
        q.protocol = &asked;
        m_rpc_ask(w.client, &q, 1);
        check_code(&q, cases[i].status, "core.rpc.contract");
    }
}
END_TEST

START_TEST(an_unknown_method_is_told)
{
    static const m_method unknown = {.name = "unknown"};
    static const m_protocol strange = {"strange", 1, methods};
    m_rpc_question q = question(ECHO, M_STR("{}"));
    q.method = &unknown;
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_UNSUPPORTED, "core.rpc.method");
    q = question(ECHO, M_STR("{}"));
    q.protocol = &strange;
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_UNSUPPORTED, "core.rpc.method");
}
END_TEST

START_TEST(what_is_too_big_is_told)
{
    size_t n = 2u << 20;
    char *big = m_arena_alloc(call->arena, n);
    memset(big, 'x', n);
    m_rpc_question q = question(ECHO, (m_str){big, n});
    m_rpc_ask(w.client, &q, 1);
    check_code(&q, M_RANGE, "core.rpc.too_big");
}
END_TEST

/* ---- stopping and discovery ---- */

static void *stop_server(void *arg)
{
    (void)arg;
    usleep(50000);
    m_rpc_server_stop(w.server, 2000);
    w.server = NULL;
    return NULL;
}

START_TEST(what_was_taken_is_answered_before_the_end)
{
    pthread_t thread;
    m_rpc_question all[12];
    for (int i = 0; i < 12; i++)
        all[i] = question(ONCE, M_STR("100"));
    ck_assert_int_eq(pthread_create(&thread, NULL, stop_server, NULL), 0);
    m_rpc_ask(w.client, all, 12);
    pthread_join(thread, NULL);
    for (int i = 0; i < 12; i++)
        check_code(&all[i], M_OK, "");
}
END_TEST

START_TEST(two_servers_share_the_load)
{
    m_rpc_question all[200];
    m_rpc_server *second = rpc_world_serve(&w, protocols, handle, NULL, 2);
    for (int i = 0; i < 200; i++)
        all[i] = question(ECHO, M_STR("{}"));
    m_rpc_ask(w.client, all, 200);
    for (int i = 0; i < 200; i++)
        check_code(&all[i], M_OK, "");
    uint64_t of_second = await_counted(second, 200);
    ck_assert_uint_eq(of_second + server_stats().answered, 200);
    ck_assert_uint_gt(of_second, 20);
    ck_assert_uint_gt(server_stats().answered, 20);
    m_rpc_server_stop(second, 100);
}
END_TEST

static void check_discovery(natsConnection *nc, const char *subject, const char *const *wanted)
{
    natsMsg *reply = NULL;
    ck_assert_int_eq(natsConnection_RequestString(&reply, nc, subject, "", 2000), NATS_OK);
    for (; *wanted; wanted++)
        ck_assert_msg(strstr(natsMsg_GetData(reply), *wanted), "%s: no %s in %s", subject, *wanted,
                      natsMsg_GetData(reply));
    natsMsg_Destroy(reply);
}

START_TEST(it_tells_about_itself)
{
    natsConnection *nc = m_nats_connection(w.client_link);
    m_rpc_question all[] = {question(ECHO, M_STR("{}")), question(FAIL, M_STR("{}"))};
    m_rpc_ask(w.client, all, 2);
    await_counted(NULL, 2);
    check_discovery(nc, "$SRV.PING",
                    (const char *[]){"\"name\":\"provider\"", "\"version\":\"0.1.0\"",
                                     "\"metadata\":{}",
                                     "\"type\":\"io.nats.micro.v1.ping_response\"", NULL});
    check_discovery(nc, "$SRV.INFO.provider",
                    (const char *[]){"\"type\":\"io.nats.micro.v1.info_response\"",
                                     "\"subject\":\"rpc.provider.toy.echo\"",
                                     "\"queue_group\":\"provider-service\"", NULL});
    check_discovery(nc, "$SRV.STATS.provider",
                    (const char *[]){"\"name\":\"toy-echo\"", "\"num_requests\":1,\"num_errors\":0",
                                     "\"num_requests\":1,\"num_errors\":1",
                                     "\"last_error\":\"core.test.wrong\"", "\"started\":\"20",
                                     NULL});
    natsMsg *reply = NULL;
    ck_assert_int_ne(natsConnection_RequestString(&reply, nc, "$SRV.PING.other", "", 200), NATS_OK);
    m_rpc_server *second = rpc_world_serve(&w, protocols, handle, NULL, 1);
    m_str found[4];
    m_rpc_look look = {.wait_ms = 300};
    ck_assert_uint_eq(m_rpc_discover(w.client_link, &look, call->arena, found, 4), 2);
    ck_assert_uint_eq(m_rpc_discover(w.client_link, &look, call->arena, found, 1), 1);
    look = (m_rpc_look){.service = "provider", .stats = true, .wait_ms = 300};
    ck_assert_uint_eq(m_rpc_discover(w.client_link, &look, call->arena, found, 4), 2);
    ck_assert_ptr_nonnull(memmem(found[0].p, found[0].n, "stats_response", 14));
    look.service = "other";
    ck_assert_uint_eq(m_rpc_discover(w.client_link, &look, call->arena, found, 4), 0);
    m_rpc_server_stop(second, 100);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("rpc");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, an_answer_comes_back);
    tcase_add_test(c, the_other_side_knows_whose_call_it_is);
    tcase_add_test(c, an_error_comes_back_as_it_was);
    tcase_add_test(c, questions_travel_together);
    tcase_add_test(c, many_threads_ask_at_once);
    tcase_add_test(c, nobody_waits_longer_than_the_deadline);
    tcase_add_test(c, what_nobody_waits_for_is_not_done);
    tcase_add_test(c, late_answers_reach_nobody);
    tcase_add_test(c, nobody_listens_is_told_at_once);
    tcase_add_test(c, who_is_heard_gets_an_answer_beside_who_is_not);
    tcase_add_test(c, a_harmless_question_is_asked_again);
    tcase_add_test(c, a_service_that_fails_is_left_alone_and_tried_again);
    tcase_add_test(c, a_broken_link_fails_soon_and_comes_back);
    tcase_add_test(c, a_foreign_key_is_refused);
    tcase_add_test(c, a_message_serves_once_and_only_as_it_was_sent);
    tcase_add_test(c, who_answers_must_sign);
    tcase_add_test(c, a_contract_is_spoken_as_it_is_and_as_it_was);
    tcase_add_test(c, an_unknown_method_is_told);
    tcase_add_test(c, what_is_too_big_is_told);
    tcase_add_test(c, what_was_taken_is_answered_before_the_end);
    tcase_add_test(c, two_servers_share_the_load);
    tcase_add_test(c, it_tells_about_itself);
    return unit_run(c, "nats_rpc");
}
