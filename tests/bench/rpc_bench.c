/* A question through our binding against a bare request and reply of NATS with the same payload, in
 * turns, provider and asker in processes of their own. Prints medians, 99th percentiles and ratios;
 * asserts nothing. Arguments: bytes of payload (512), questions of a turn and client (2,000), turns
 * (5). */
#include <nats/nats.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "m_adapters/env.h"
#include "m_adapters/rpc.h"
#include "nats_fixture.h"
#include "test_env.h"

#define CLIENTS_MAX 16
#define KEY         "bench:000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"

static const m_method methods[] = {{.name = "echo", .flags = M_METHOD_READ}, {.name = NULL}};
static const m_protocol toy = {"toy", 1, methods};
static const m_protocol *const protocols[] = {&toy, NULL};

static m_system_env *env;
static m_rpc_ring *ring;

static _Noreturn void die(const char *what)
{
    fprintf(stderr, "%s\n", what);
    exit(1);
}

static int64_t now_ns(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000000) + at.tv_nsec;
}

static void start_env(void)
{
    const char *why;
    env = m_system_env_new("error");
    if (!env || m_rpc_ring_parse(M_STR(KEY), &ring, &why) != M_OK) die("no key");
}

static natsConnection *bare_link(const char *url)
{
    natsOptions *options = NULL;
    natsConnection *nc = NULL;
    if (natsOptions_Create(&options) != NATS_OK || natsOptions_SetURL(options, url) != NATS_OK ||
        natsOptions_SetSendAsap(options, true) != NATS_OK ||
        natsConnection_Connect(&nc, options) != NATS_OK)
        die("no bare link");
    natsOptions_Destroy(options);
    return nc;
}

static m_nats *our_link(const char *url)
{
    m_nats *link;
    const char *why;
    const m_nats_options options = {.url = url, .env = m_system_env_of(env)};
    if (m_nats_open(&options, &link, &why) != M_OK || !m_nats_wait(link, 5000)) die("no link");
    return link;
}

/* ---- the provider ---- */

static void echo_bare(natsConnection *nc, natsSubscription *sub, natsMsg *message, void *arg)
{
    (void)sub, (void)arg;
    natsConnection_Publish(nc, natsMsg_GetReply(message), natsMsg_GetData(message),
                           natsMsg_GetDataLength(message));
    natsMsg_Destroy(message);
}

static void echo(void *arg, m_rpc_incoming *in)
{
    (void)arg;
    m_rpc_answer(in, M_OK, in->body, NULL);
}

static _Noreturn void provide(const char *url, int ready)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    start_env();
    natsConnection *nc = bare_link(url);
    natsSubscription *sub = NULL;
    m_nats *link = our_link(url);
    m_rpc_server *server;
    const m_rpc_server_options options = {.link = link,
                                          .ring = ring,
                                          .env = m_system_env_of(env),
                                          .service = "provider",
                                          .version = "0.1.0",
                                          .protocols = protocols,
                                          .handler = echo,
                                          .threads = 2};
    if (natsConnection_QueueSubscribe(&sub, nc, "bare.echo", "q", echo_bare, NULL) != NATS_OK ||
        natsConnection_Flush(nc) != NATS_OK || m_rpc_server_start(&options, &server) != M_OK ||
        m_nats_flush(link, 5000) != M_OK || write(ready, "r", 1) != 1)
        die("the provider does not start");
    for (;;)
        pause();
}

/* ---- the askers ---- */

typedef struct {
    natsConnection *bare; /* or … */
    m_rpc_client *client;
    m_str payload;
    uint32_t n;
    int64_t *took; /* nanoseconds */
} asker;

static void ask_bare(const asker *a)
{
    natsMsg *reply = NULL;
    if (natsConnection_Request(&reply, a->bare, "bare.echo", a->payload.p, (int)a->payload.n,
                               5000) != NATS_OK)
        die("a bare request failed");
    natsMsg_Destroy(reply);
}

static void ask_ours(const asker *a, m_call *call)
{
    m_rpc_question q = {.service = "provider",
                        .protocol = &toy,
                        .method = &methods[0],
                        .as = call,
                        .body = a->payload,
                        .arena = call->arena};
    m_rpc_ask(a->client, &q, 1);
    if (q.status != M_OK) die("a question failed");
    m_arena_reset(call->arena);
}

static void *ask(void *arg)
{
    asker *a = arg;
    m_call *call = test_call();
    call->trace_parent = M_STR("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    for (uint32_t i = 0; i < a->n; i++) {
        int64_t from = now_ns();
        if (a->bare)
            ask_bare(a);
        else
            ask_ours(a, call);
        a->took[i] = now_ns() - from;
    }
    test_call_free(call);
    return NULL;
}

static void ask_all(asker *like, uint32_t clients, int64_t *took)
{
    pthread_t threads[CLIENTS_MAX];
    asker askers[CLIENTS_MAX];
    for (uint32_t i = 0; i < clients; i++) {
        askers[i] = *like;
        askers[i].took = took + (size_t)i * like->n;
        if (pthread_create(&threads[i], NULL, ask, &askers[i])) die("no thread");
    }
    for (uint32_t i = 0; i < clients; i++)
        pthread_join(threads[i], NULL);
}

/* ---- figures ---- */

static int by_size(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* Hundredths of b ÷ a. */
static int64_t ratio(int64_t a, int64_t b)
{
    return a ? (b * 100 + a / 2) / a : 0;
}

static void compare(asker *bare, asker *ours, uint32_t clients, uint32_t turns)
{
    size_t one = (size_t)clients * bare->n, all = one * turns;
    int64_t *took[2] = {calloc(all, sizeof(int64_t)), calloc(all, sizeof(int64_t))};
    int64_t spent[2] = {0, 0};
    if (!took[0] || !took[1]) die("no memory");
    ask_all(bare, clients, took[0]); /* warm */
    ask_all(ours, clients, took[1]);
    for (uint32_t t = 0; t < turns; t++)
        for (int k = 0; k < 2; k++) {
            int64_t from = now_ns();
            ask_all(k ? ours : bare, clients, took[k] + t * one);
            spent[k] += now_ns() - from;
        }
    for (int k = 0; k < 2; k++)
        qsort(took[k], all, sizeof(int64_t), by_size);
    int64_t median[2] = {took[0][all / 2], took[1][all / 2]};
    int64_t p99[2] = {took[0][all * 99 / 100], took[1][all * 99 / 100]};
    for (int k = 0; k < 2; k++)
        printf("%2u clients  %-4s  median %6lld us  p99 %6lld us  %6lld/s\n", (unsigned)clients,
               k ? "ours" : "bare", (long long)(median[k] / 1000), (long long)(p99[k] / 1000),
               (long long)((int64_t)all * 1000000000 / spent[k]));
    int64_t m = ratio(median[0], median[1]), p = ratio(p99[0], p99[1]);
    printf("%2u clients  ratio median %lld.%02lld (wanted 1.50)  p99 %lld.%02lld (wanted 2.00)\n",
           (unsigned)clients, (long long)m / 100, (long long)m % 100, (long long)p / 100,
           (long long)p % 100);
    free(took[0]);
    free(took[1]);
}

int main(int argc, char **argv)
{
    size_t bytes = argc > 1 ? strtoul(argv[1], NULL, 10) : 512;
    uint32_t n = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 2000;
    uint32_t turns = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 5;
    int ready[2];
    char byte;
    nats_fixture *broker = nats_fixture_start(NULL);
    if (pipe(ready)) die("no pipe");
    pid_t provider = fork();
    if (provider == 0) provide(nats_fixture_url(broker), ready[1]);
    if (provider < 0 || read(ready[0], &byte, 1) != 1) die("no provider");
    start_env();
    m_nats *link = our_link(nats_fixture_url(broker));
    char *payload = malloc(bytes ? bytes : 1);
    if (!payload) die("no memory");
    memset(payload, 'x', bytes);
    asker bare = {.bare = bare_link(nats_fixture_url(broker)), .payload = {payload, bytes}, .n = n};
    asker ours = {.client = m_rpc_client_new(link, ring, m_system_env_of(env)),
                  .payload = {payload, bytes},
                  .n = n};
    if (!ours.client) die("no client");
    printf("payload %zu bytes\n", bytes);
    compare(&bare, &ours, 1, turns);
    bare.n = ours.n = n / 8 ? n / 8 : 1;
    compare(&bare, &ours, CLIENTS_MAX, turns);
    kill(provider, SIGKILL);
    waitpid(provider, NULL, 0);
    natsConnection_Destroy(bare.bare);
    m_rpc_client_free(ours.client);
    m_nats_close(link);
    m_rpc_ring_free(ring);
    m_system_env_free(env);
    free(payload);
    nats_fixture_stop(broker);
    return 0;
}
