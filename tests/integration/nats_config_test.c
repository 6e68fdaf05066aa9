/* A broker with the configuration we write: each service can do its work, and nothing of another
 * one's. */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../unit/unit.h"
#include "m_adapters/env.h"
#include "m_adapters/nats_config.h"
#include "m_adapters/nkey.h"
#include "m_adapters/rpc.h"
#include "m_adapters/stream_nats.h"
#include "nats/link.h"
#include "nats_fixture.h"
#include "test_env.h"

enum { CORE, FINANCE, WMS, PEOPLE, SERVICES, DEPLOY = SERVICES, SYSTEM, NOBODY, KEYS };
static const char *const key_names[KEYS] = {"core",   "finance", "wms",   "people",
                                            "deploy", "system",  "nobody"};

static nats_fixture *broker;
static m_system_env *env;
static m_call *call;
static char seeds[KEYS][M_NKEY_SEED], keys[KEYS][M_NKEY_PUBLIC];
static const char *seed_files[KEYS];
static m_nats *links[KEYS];

static const m_nats_service services[SERVICES] = {
    {.name = "core",
     .key = keys[CORE],
     .asks = (const char *const[]){"finance", "wms", "people", NULL},
     .discovers = true},
    {.name = "finance",
     .key = keys[FINANCE],
     .asks = (const char *const[]){"wms.receiving", "core.outbox", NULL},
     .hears = (const char *const[]){"core", "wms", NULL}},
    {.name = "wms",
     .key = keys[WMS],
     .asks = (const char *const[]){"finance.ledger", "core.outbox", NULL},
     .hears = (const char *const[]){"core", NULL}},
    {.name = "people", .key = keys[PEOPLE]},
};

static m_nats_config config_of(void)
{
    static char listen[64];
    snprintf(listen, sizeof listen, "127.0.0.1:%d", nats_fixture_port(broker));
    return (m_nats_config){.listen = listen,
                           .server_name = "test",
                           .store_dir = "js",
                           .deploy_key = keys[DEPLOY],
                           .system_key = keys[SYSTEM],
                           .services = services,
                           .service_count = SERVICES};
}

static const char *text_of(const m_nats_config *config)
{
    m_buf text = {.arena = call->arena};
    const char *why = "";
    m_status status = m_nats_config_write(config, &text, &why);
    ck_assert_msg(status == M_OK, "%s", why);
    m_buf_bytes(&text, "", 1);
    return text.p;
}

static m_nats_options options_of(int who)
{
    static char prefixes[KEYS][32];
    snprintf(prefixes[who], sizeof prefixes[who], "_INBOX_%s", key_names[who]);
    return (m_nats_options){.url = nats_fixture_url(broker),
                            .nkey_seed_file = seed_files[who],
                            .inbox_prefix = prefixes[who]};
}

static m_nats *link_of(int who)
{
    const m_nats_options options = options_of(who);
    const char *why = "";
    if (links[who]) return links[who];
    m_status status = m_nats_open(&options, &links[who], &why);
    ck_assert_msg(status == M_OK, "%s: %s", key_names[who], why);
    ck_assert(m_nats_wait(links[who], 5000));
    return links[who];
}

static void set_up(void)
{
    env = m_system_env_new("error");
    call = test_call();
    call->env = m_system_env_of(env);
    broker = nats_fixture_prepare();
    for (int i = 0; i < KEYS; i++) {
        ck_assert_int_eq(m_nkey_make(M_NKEY_USER, seeds[i], keys[i]), M_OK);
        seed_files[i] = nats_fixture_file(broker, key_names[i], seeds[i]);
    }
}

static void start(void)
{
    const m_nats_config config = config_of();
    nats_fixture_run(broker, text_of(&config));
}

static void tear_down(void)
{
    for (int i = 0; i < KEYS; i++) {
        m_nats_close(links[i]);
        links[i] = NULL;
    }
    nats_fixture_stop(broker);
    test_call_free(call);
    m_system_env_free(env);
}

/* ---- questions ---- */

static const m_method methods[] = {{.name = "echo", .flags = 0}, {.name = NULL}};
static const m_protocol ledger = {"ledger", 1, methods}, receiving = {"receiving", 1, methods};

static void echo(void *arg, m_rpc_incoming *in)
{
    (void)arg;
    m_rpc_answer(in, M_OK, in->body, NULL);
}

static m_rpc_server *serve(int who, const m_rpc_ring *ring)
{
    static const m_protocol *const protocols[] = {&ledger, &receiving, NULL};
    const m_rpc_server_options options = {.link = link_of(who),
                                          .ring = ring,
                                          .env = m_system_env_of(env),
                                          .service = key_names[who],
                                          .version = "1.0.0",
                                          .protocols = protocols,
                                          .handler = echo};
    m_rpc_server *server = NULL;
    ck_assert_int_eq(m_rpc_server_start(&options, &server), M_OK);
    ck_assert_int_eq(m_nats_flush(link_of(who), 5000), M_OK);
    return server;
}

static m_status ask(int who, const m_rpc_ring *ring, const char *service,
                    const m_protocol *protocol)
{
    m_rpc_client *client = m_rpc_client_new(link_of(who), ring, m_system_env_of(env));
    call->deadline.us = m_now(call).us + 300000;
    m_rpc_question q = {.service = service,
                        .protocol = protocol,
                        .method = &methods[0],
                        .as = call,
                        .body = M_STR("{}"),
                        .arena = call->arena};
    m_rpc_ask(client, &q, 1);
    m_rpc_client_free(client);
    return q.status;
}

START_TEST(services_ask_whom_they_may)
{
    char key[M_RPC_KEY_TEXT];
    const char *why;
    m_rpc_ring *ring;
    start();
    ck_assert_int_eq(m_rpc_key_make("a", key), M_OK);
    ck_assert_int_eq(m_rpc_ring_parse(m_str_of(key), &ring, &why), M_OK);
    m_rpc_server *finance = serve(FINANCE, ring), *wms = serve(WMS, ring);
    ck_assert_int_eq(ask(CORE, ring, "finance", &ledger), M_OK);
    ck_assert_int_eq(ask(CORE, ring, "wms", &receiving), M_OK);
    ck_assert_int_eq(ask(WMS, ring, "finance", &ledger), M_OK);
    ck_assert_int_eq(ask(FINANCE, ring, "wms", &receiving), M_OK);
    ck_assert_int_eq(ask(WMS, ring, "finance", &receiving), M_TIMEOUT);
    ck_assert_int_eq(ask(FINANCE, ring, "wms", &ledger), M_TIMEOUT);
    ck_assert_int_eq(ask(PEOPLE, ring, "wms", &receiving), M_TIMEOUT);
    natsMsg *reply = NULL;
    ck_assert_int_eq(natsConnection_RequestString(&reply, m_nats_connection(link_of(CORE)),
                                                  "$SRV.PING.wms", "", 2000),
                     NATS_OK);
    natsMsg_Destroy(reply);
    m_rpc_server_stop(wms, 500);
    m_rpc_server_stop(finance, 500);
    m_rpc_ring_free(ring);
}
END_TEST

/* ---- what the broker forbids ---- */

static uint64_t violations(int who)
{
    m_nats_stats stats;
    m_nats_stats_read(link_of(who), &stats);
    return stats.permission_violations;
}

/* Did the last thing we sent break a rule? */
static bool refused(int who, uint64_t before)
{
    ck_assert_int_eq(m_nats_flush(link_of(who), 5000), M_OK);
    for (int i = 0; i < 40 && violations(who) == before; i++)
        usleep(1000);
    return violations(who) > before;
}

START_TEST(nobody_speaks_for_another)
{
    static const struct {
        int who;
        const char *subject;
        bool refused;
    } cases[] = {
        {WMS, "evt.wms.goods_receipt.submitted", false},
        {WMS, "head.wms", false},
        {WMS, "rpc.finance.ledger.prepare", false},
        {WMS, "$JS.API.STREAM.INFO.EVT_WMS", false},
        {WMS, "$JS.API.CONSUMER.MSG.NEXT.EVT_CORE.wms", false},
        {CORE, "$SRV.PING", false},
        {DEPLOY, "$JS.API.STREAM.CREATE.EVT_WMS", false},
        {WMS, "evt.finance.voucher.posted", true},
        {WMS, "head.finance", true},
        {WMS, "rpc.finance.documents.create", true},
        {WMS, "rpc.finance.ledger.prepare.more", true},
        {WMS, "rpc.people.documents.get", true},
        {WMS, "rpc.wms.receiving.lines", true},
        {WMS, "_INBOX_finance.1", true},
        {WMS, "$SRV.PING", true},
        {WMS, "$JS.API.STREAM.INFO.EVT_CORE", true},
        {WMS, "$JS.API.STREAM.DELETE.EVT_WMS", true},
        {WMS, "$JS.API.STREAM.PURGE.EVT_WMS", true},
        {WMS, "$JS.API.STREAM.CREATE.OWN", true},
        {WMS, "$JS.API.CONSUMER.MSG.NEXT.EVT_FINANCE.wms", true},
        {WMS, "$JS.API.CONSUMER.MSG.NEXT.EVT_CORE.finance", true},
        {WMS, "$JS.ACK.EVT_CORE.wms.1.2.3.4.5", true},
        {WMS, "$SYS.REQ.SERVER.PING", true},
        {PEOPLE, "rpc.wms.receiving.lines", true},
        {DEPLOY, "evt.wms.goods_receipt.submitted", true},
        {DEPLOY, "rpc.finance.ledger.prepare", true},
    };
    start();
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        uint64_t before = violations(cases[i].who);
        natsConnection *nc = m_nats_connection(link_of(cases[i].who));
        ck_assert_int_eq(natsConnection_PublishString(nc, cases[i].subject, ""), NATS_OK);
        ck_assert_msg(refused(cases[i].who, before) == cases[i].refused, "%s publishes %s",
                      key_names[cases[i].who], cases[i].subject);
    }
}
END_TEST

START_TEST(nobody_listens_in)
{
    static const struct {
        int who;
        const char *subject, *queue;
        bool refused;
    } cases[] = {
        {WMS, "rpc.wms.>", "wms-service", false},
        {WMS, "_INBOX_wms.abc.*", NULL, false},
        {WMS, "head.core", NULL, false},
        {WMS, "$SRV.>", NULL, false},
        {WMS, ">", NULL, true},
        {WMS, "rpc.>", NULL, true},
        {WMS, "rpc.wms.>", NULL, true},
        {WMS, "rpc.wms.>", "finance-service", true},
        {WMS, "rpc.finance.>", "finance-service", true},
        {WMS, "_INBOX_finance.>", NULL, true},
        {WMS, "_INBOX.>", NULL, true},
        {WMS, "evt.>", NULL, true},
        {WMS, "head.finance", NULL, true},
        {WMS, "$SYS.>", NULL, true},
        {WMS, "$JS.EVENT.>", NULL, true},
        {DEPLOY, "rpc.>", NULL, true},
    };
    start();
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        uint64_t before = violations(cases[i].who);
        natsSubscription *sub = NULL;
        natsConnection *nc = m_nats_connection(link_of(cases[i].who));
        natsStatus s =
            cases[i].queue
                ? natsConnection_QueueSubscribeSync(&sub, nc, cases[i].subject, cases[i].queue)
                : natsConnection_SubscribeSync(&sub, nc, cases[i].subject);
        ck_assert_int_eq(s, NATS_OK);
        ck_assert_msg(refused(cases[i].who, before) == cases[i].refused, "%s hears %s %s",
                      key_names[cases[i].who], cases[i].subject,
                      cases[i].queue ? cases[i].queue : "");
        natsSubscription_Destroy(sub);
    }
}
END_TEST

START_TEST(only_known_keys_come_in)
{
    const char *why;
    m_nats *link;
    start();
    m_nats_options options = options_of(NOBODY);
    ck_assert_int_eq(m_nats_open(&options, &link, &why), M_UNAUTHORIZED);
    options.nkey_seed_file = NULL;
    ck_assert_int_eq(m_nats_open(&options, &link, &why), M_UNAUTHORIZED);
    options = options_of(CORE);
    options.user = "core";
    options.password_file = seed_files[CORE];
    options.nkey_seed_file = NULL;
    ck_assert_int_eq(m_nats_open(&options, &link, &why), M_UNAUTHORIZED);
    link_of(CORE);
    link_of(SYSTEM);
}
END_TEST

/* Once: what is allowed is the response to a delivery, not the subject. */
START_TEST(what_was_delivered_is_acknowledged)
{
    static const char *const consumers[] = {"wms", NULL};
    const m_stream_plan plan = {.producer = "core", .consumers = consumers};
    natsSubscription *sub = NULL;
    natsMsg *event = NULL;
    start();
    natsConnection *nc = m_nats_connection(link_of(WMS));
    ck_assert_int_eq(m_stream_deploy(link_of(DEPLOY), call, &plan), M_OK);
    ck_assert_int_eq(
        natsConnection_PublishString(m_nats_connection(link_of(CORE)), "evt.core.a", "news"),
        NATS_OK);
    ck_assert_int_eq(natsConnection_SubscribeSync(&sub, nc, "_INBOX_wms.events"), NATS_OK);
    ck_assert_int_eq(natsConnection_PublishRequestString(
                         nc, "$JS.API.CONSUMER.MSG.NEXT.EVT_CORE.wms", "_INBOX_wms.events", "1"),
                     NATS_OK);
    ck_assert_int_eq(natsSubscription_NextMsg(&event, sub, 5000), NATS_OK);
    ck_assert_str_eq(natsMsg_GetData(event), "news");
    for (int i = 0; i < 2; i++) {
        uint64_t before = violations(WMS);
        ck_assert_int_eq(natsConnection_PublishString(nc, natsMsg_GetReply(event), "+ACK"),
                         NATS_OK);
        ck_assert_int_eq(refused(WMS, before), i == 1);
    }
    natsMsg_Destroy(event);
    natsSubscription_Destroy(sub);
}
END_TEST

/* ---- TLS ---- */

static void openssl(const char *const *arguments)
{
    pid_t pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);
        dup2(null, STDOUT_FILENO);
        dup2(null, STDERR_FILENO);
        if (chdir(nats_fixture_dir(broker)) == 0) execvp("openssl", (char *const *)arguments);
        _exit(127);
    }
    int status = 0;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_msg(status == 0, "openssl %s fails (is it installed?)", arguments[1]);
}

#define OPENSSL(...) openssl((const char *const[]){"openssl", __VA_ARGS__, NULL})
#define NEW_KEY      "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"

/* A CA, another one, and certificates of the first for the broker and a client. */
static void make_certificates(void)
{
    nats_fixture_file(broker, "server.ext", "subjectAltName=IP:127.0.0.1\n");
    nats_fixture_file(broker, "client.ext", "extendedKeyUsage=clientAuth\n");
    OPENSSL("req", "-x509", NEW_KEY, "-days", "2", "-subj", "/CN=test CA", "-keyout", "ca.key",
            "-out", "ca.pem");
    OPENSSL("req", "-x509", NEW_KEY, "-days", "2", "-subj", "/CN=other CA", "-keyout", "other.key",
            "-out", "other.pem");
    OPENSSL("req", NEW_KEY, "-subj", "/CN=broker", "-keyout", "server.key", "-out", "server.csr");
    OPENSSL("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "server.ext", "-out", "server.pem");
    OPENSSL("req", NEW_KEY, "-subj", "/CN=core", "-keyout", "client.key", "-out", "client.csr");
    OPENSSL("x509", "-req", "-in", "client.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
            "-CAcreateserial", "-days", "2", "-extfile", "client.ext", "-out", "client.pem");
}

static const char *in_dir(const char *name)
{
    return m_arena_printf(call->arena, "%s/%s", nats_fixture_dir(broker), name);
}

static void round_trip(m_nats *link)
{
    natsSubscription *sub = NULL;
    natsMsg *message = NULL;
    natsConnection *nc = m_nats_connection(link);
    ck_assert_int_eq(natsConnection_SubscribeSync(&sub, nc, "$SRV.>"), NATS_OK);
    ck_assert_int_eq(natsConnection_PublishString(nc, "$SRV.PING", "hello"), NATS_OK);
    ck_assert_int_eq(natsSubscription_NextMsg(&message, sub, 5000), NATS_OK);
    natsMsg_Destroy(message);
    natsSubscription_Destroy(sub);
}

START_TEST(tls_shows_who_is_who)
{
    const char *why = "";
    m_nats *link = NULL;
    make_certificates();
    m_nats_config config = config_of();
    config.tls_cert = "server.pem";
    config.tls_key = "server.key";
    nats_fixture_run(broker, text_of(&config));
    m_nats_options options = options_of(CORE);
    options.ca_file = in_dir("other.pem");
    ck_assert_int_ne(m_nats_open(&options, &link, &why), M_OK);
    options.ca_file = in_dir("ca.pem");
    m_status status = m_nats_open(&options, &link, &why);
    ck_assert_msg(status == M_OK, "%s", why);
    ck_assert(m_nats_wait(link, 5000));
    round_trip(link);
    m_nats_close(link);
    options.nkey_seed_file = seed_files[NOBODY];
    ck_assert_int_eq(m_nats_open(&options, &link, &why), M_UNAUTHORIZED);
    options = options_of(CORE);
    ck_assert_int_ne(m_nats_open(&options, &link, &why), M_OK); /* without TLS */
}
END_TEST

START_TEST(tls_may_ask_for_certificates)
{
    const char *why = "";
    m_nats *link = NULL;
    make_certificates();
    m_nats_config config = config_of();
    config.tls_cert = "server.pem";
    config.tls_key = "server.key";
    config.tls_ca = "ca.pem";
    nats_fixture_run(broker, text_of(&config));
    m_nats_options options = options_of(CORE);
    options.ca_file = in_dir("ca.pem");
    options.cert_file = in_dir("client.pem");
    options.key_file = in_dir("client.key");
    m_status status = m_nats_open(&options, &link, &why);
    ck_assert_msg(status == M_OK, "%s", why);
    ck_assert(m_nats_wait(link, 5000));
    round_trip(link);
    m_nats_close(link);
}
END_TEST

/* One SSL object, many threads that send and receive at once. */
static m_rpc_client *tls_client;

static void *ask_much(void *arg)
{
    uint32_t *wrong = arg;
    m_call *mine = test_call();
    mine->env = m_system_env_of(env);
    size_t n = 60000;
    char *body = malloc(n);
    for (int i = 0; i < 60; i++) {
        size_t size = i % 3 ? 100 : n;
        memset(body, 'a' + i % 26, size);
        m_rpc_question q = {.service = "finance",
                            .protocol = &ledger,
                            .method = &methods[0],
                            .as = mine,
                            .body = {body, size},
                            .arena = mine->arena};
        m_rpc_ask(tls_client, &q, 1);
        if (q.status != M_OK || !m_str_eq(q.reply, q.body)) (*wrong)++;
        m_arena_reset(mine->arena);
    }
    free(body);
    test_call_free(mine);
    return NULL;
}

static void await_return(int who)
{
    m_nats_stats stats = {.disconnects = 0};
    for (int i = 0; i < 2000 && !stats.disconnects; i++) {
        m_nats_stats_read(links[who], &stats);
        usleep(1000);
    }
    ck_assert(stats.disconnects && m_nats_wait(links[who], 10000));
}

START_TEST(tls_holds_with_many_threads_and_comes_back)
{
    char key[M_RPC_KEY_TEXT];
    const char *why = "";
    m_rpc_ring *ring;
    pthread_t threads[8];
    uint32_t wrong[8] = {0};
    make_certificates();
    m_nats_config config = config_of();
    config.tls_cert = "server.pem";
    config.tls_key = "server.key";
    nats_fixture_run(broker, text_of(&config));
    for (int who = CORE; who <= FINANCE; who++) {
        m_nats_options options = options_of(who);
        options.ca_file = in_dir("ca.pem");
        m_status status = m_nats_open(&options, &links[who], &why);
        ck_assert_msg(status == M_OK && m_nats_wait(links[who], 5000), "%s", why);
    }
    ck_assert_int_eq(m_rpc_key_make("a", key), M_OK);
    ck_assert_int_eq(m_rpc_ring_parse(m_str_of(key), &ring, &why), M_OK);
    m_rpc_server *finance = serve(FINANCE, ring);
    tls_client = m_rpc_client_new(links[CORE], ring, m_system_env_of(env));
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 8; i++)
            ck_assert_int_eq(pthread_create(&threads[i], NULL, ask_much, &wrong[i]), 0);
        for (int i = 0; i < 8; i++) {
            pthread_join(threads[i], NULL);
            ck_assert_uint_eq(wrong[i], 0);
        }
        if (round) break;
        nats_fixture_down(broker, true);
        nats_fixture_up(broker);
        await_return(CORE);
        await_return(FINANCE);
        ck_assert_int_eq(m_nats_flush(links[FINANCE], 5000), M_OK);
    }
    m_rpc_client_free(tls_client);
    m_rpc_server_stop(finance, 500);
    m_rpc_ring_free(ring);
}
END_TEST

/* ---- what is wrong with a table ---- */

START_TEST(wrong_tables_are_refused)
{
    const char *const bad_asks[] = {"finance.>", NULL}, *const bad_hears[] = {"*", NULL};
    const m_nats_config good = config_of();
    m_nats_service one = services[CORE], two[2] = {services[CORE], services[CORE]};
    m_nats_config bad[16];
    m_nats_service broken[6];
    for (int i = 0; i < 16; i++)
        bad[i] = good;
    for (int i = 0; i < 6; i++)
        broken[i] = one;
    bad[0].listen = NULL;
    bad[1].listen = "127.0.0.1:1\"\naccounts {}";
    bad[2].store_dir = "a\\b";
    bad[3].tls_cert = "only.pem";
    bad[4].tls_ca = "ca.pem";
    bad[5].deploy_key = "UABC";
    bad[6].system_key = seeds[0];
    bad[7].services = two;
    bad[7].service_count = 2;
    bad[8].server_name = "$ENV";
    bad[9].store_bytes = -1;
    broken[0].name = "a.b";
    broken[1].key = NULL;
    broken[2].asks = bad_asks;
    broken[3].hears = bad_hears;
    broken[4].name = "";
    broken[5].key = "SUAM";
    for (int i = 0; i < 6; i++) {
        bad[10 + i].services = &broken[i];
        bad[10 + i].service_count = 1;
    }
    for (int i = 0; i < 16; i++) {
        m_buf text = {.arena = call->arena};
        const char *why = "";
        ck_assert_msg(m_nats_config_write(&bad[i], &text, &why) == M_INVALID, "case %d", i);
        ck_assert_uint_gt(strlen(why), 10);
        ck_assert_uint_eq(text.n, 0);
    }
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("nats_config");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, tear_down);
    tcase_add_test(c, services_ask_whom_they_may);
    tcase_add_test(c, nobody_speaks_for_another);
    tcase_add_test(c, nobody_listens_in);
    tcase_add_test(c, what_was_delivered_is_acknowledged);
    tcase_add_test(c, only_known_keys_come_in);
    tcase_add_test(c, tls_shows_who_is_who);
    tcase_add_test(c, tls_may_ask_for_certificates);
    tcase_add_test(c, tls_holds_with_many_threads_and_comes_back);
    tcase_add_test(c, wrong_tables_are_refused);
    return unit_run(c, "nats_config");
}
