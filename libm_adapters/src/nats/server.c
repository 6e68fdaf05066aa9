/* Serving. Threads take turns in waiting for the next question and go on with it while another one
 * waits: with several waiting at once the engine wakes only one of them for a burst of messages. */
#include <sodium.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "discovery.h"
#include "envelope.h"
#include "ring.h"
#include "rpc.h"
#include "window.h"

#define THREADS_MAX   64
#define WAIT_MS       100
#define IDLE_MAX      64
#define ARENA_KEEP    (256u << 10)
#define PENDING_MAX   8192
#define PENDING_BYTES (64 << 20)
#define ID_TEXT       23
#define REPLY_HEADERS 128 /* what they take of the largest message */

/* A question from its arrival to its answer. */
typedef struct held {
    m_rpc_incoming in; /* first: the handler knows us by it */
    struct held *next;
    natsMsg *message;
    m_arena *arena;
    envelope envelope;
    int64_t taken;
} held;

struct m_rpc_server {
    m_rpc_server_options options;
    char group[SERVICE_MAX + 16];
    char id[ID_TEXT];
    natsSubscription *sub;
    discovery *discovery;
    window *window;
    counts counts;
    pthread_t threads[THREADS_MAX];
    uint32_t thread_count;
    atomic_bool stopping;
    atomic_llong drain_until; /* on our clock, microseconds */
    pthread_mutex_t turn;     /* to wait for the next question */
    pthread_mutex_t lock;     /* guards what follows */
    pthread_cond_t idle_now;
    m_rpc_server_stats stats;
    held *idle;
    uint32_t idle_count;
};

/* ---- holding ---- */

static held *held_take(m_rpc_server *server, natsMsg *message)
{
    pthread_mutex_lock(&server->lock);
    held *h = server->idle;
    if (h) {
        server->idle = h->next;
        server->idle_count--;
    }
    server->stats.running++;
    pthread_mutex_unlock(&server->lock);
    if (!h) {
        h = calloc(1, sizeof *h);
        if (h) h->arena = m_arena_new(server->options.memory_limit);
        if (h && !h->arena) {
            free(h);
            h = NULL;
        }
    }
    if (h) {
        h->message = message;
        h->taken = rpc_clock_us();
    }
    return h;
}

static void held_free(held *h)
{
    m_arena_free(h->arena);
    free(h);
}

/* The question is over. h may be NULL: there was no memory for it. */
static void held_give(m_rpc_server *server, held *h)
{
    if (h) {
        natsMsg_Destroy(h->message);
        h->message = NULL;
        bool fat = m_arena_used(h->arena) > ARENA_KEEP;
        m_arena_reset(h->arena);
        if (fat) {
            held_free(h);
            h = NULL;
        }
    }
    pthread_mutex_lock(&server->lock);
    if (h && server->idle_count < IDLE_MAX) {
        h->next = server->idle;
        server->idle = h;
        server->idle_count++;
        h = NULL;
    }
    if (--server->stats.running == 0) pthread_cond_broadcast(&server->idle_now);
    pthread_mutex_unlock(&server->lock);
    if (h) held_free(h);
}

static void count(m_rpc_server *server, uint64_t *which)
{
    pthread_mutex_lock(&server->lock);
    (*which)++;
    pthread_mutex_unlock(&server->lock);
}

/* ---- answering ---- */

/* An answer, signed; status "": a good one. NATS_OK: *out is to be destroyed. */
static natsStatus make_reply(const m_rpc_server *server, const held *h, const char *status,
                             m_str body, natsMsg **out)
{
    char sign[RING_SIGN_TEXT];
    const char *inbox = natsMsg_GetReply(h->message);
    const ring_signed all = {m_str_of(inbox), m_str_of(status), M_STR(RING_REPLY), body};
    natsMsg *m = NULL;
    ring_sign(server->options.ring, &all, sign);
    natsStatus s = natsMsg_Create(&m, inbox, NULL, body.n ? body.p : "", (int)body.n);
    if (s == NATS_OK) s = natsMsgHeader_Set(m, HEADER_SIGN, sign);
    if (s == NATS_OK && *status) s = natsMsgHeader_Set(m, HEADER_STATUS, status);
    if (s == NATS_OK)
        *out = m;
    else
        natsMsg_Destroy(m);
    return s;
}

static void publish_error(m_rpc_server *server, held *h, m_status status, const m_error *error)
{
    char code[64], http[8];
    m_buf body = {.arena = h->arena};
    rpc_error_write(&body, status, error);
    snprintf(code, sizeof code, "%.*s", M_STR_ARG(error->code));
    snprintf(http, sizeof http, "%d", m_status_http(status));
    natsMsg *message = NULL;
    natsStatus s = body.failed
                       ? NATS_NO_MEMORY
                       : make_reply(server, h, m_status_name(status), m_buf_str(&body), &message);
    if (s == NATS_OK) s = natsMsgHeader_Set(message, HEADER_ERROR, code);
    if (s == NATS_OK) s = natsMsgHeader_Set(message, HEADER_ERROR_CODE, http);
    if (s == NATS_OK) natsConnection_PublishMsg(m_nats_connection(server->options.link), message);
    natsMsg_Destroy(message);
}

static void publish_refusal(m_rpc_server *server, held *h, const m_error_def *def,
                            const char *detail)
{
    m_error error;
    rpc_error_fill(&error, h->arena, def, detail);
    publish_error(server, h, def->status, &error);
}

/* What an answer without a code becomes; the asker cannot take one without. */
static m_status publish_failure(m_rpc_server *server, held *h, m_status status,
                                const m_error *error)
{
    if (!error) error = &h->in.call.error;
    if (error->code.n) {
        publish_error(server, h, status, error);
        return status;
    }
    publish_refusal(server, h, m_err_internal, NULL);
    return M_INTERNAL;
}

static m_status publish_answer(m_rpc_server *server, held *h, m_status status, m_str body,
                               const m_error *error)
{
    if (status != M_OK) return publish_failure(server, h, status, error);
    natsConnection *nc = m_nats_connection(server->options.link);
    int64_t most = natsConnection_GetMaxPayload(nc) - REPLY_HEADERS;
    natsMsg *message = NULL;
    if (body.n <= INT32_MAX && (most <= 0 || (int64_t)body.n <= most)) {
        if (make_reply(server, h, "", body, &message) != NATS_OK) return m_err_memory->status;
        natsConnection_PublishMsg(nc, message);
        natsMsg_Destroy(message);
        return M_OK;
    }
    publish_refusal(server, h, m_err_rpc_too_big, h->in.method->name);
    return m_err_rpc_too_big->status;
}

void m_rpc_answer(m_rpc_incoming *in, m_status status, m_str body, const m_error *error)
{
    held *h = (held *)in;
    m_rpc_server *server = in->server;
    const m_error *told = error ? error : &in->call.error;
    m_status sent = publish_answer(server, h, status, body, error);
    const counted what = {.service = server->options.service,
                          .protocol = in->protocol,
                          .method = in->method,
                          .status = sent,
                          .error = told->code,
                          .time_us = rpc_clock_us() - h->taken};
    counts_add(&server->counts, &what);
    pthread_mutex_lock(&server->lock);
    server->stats.answered++;
    server->stats.errors += sent != M_OK;
    pthread_mutex_unlock(&server->lock);
    held_give(server, h);
}

void m_rpc_answer_locally(void *iface, m_rpc_incoming *in)
{
    const m_iface *value = iface;
    const m_ops_head *head = value->ops;
    m_str reply = {NULL, 0};
    m_status status;
    if (strcmp(head->protocol, in->protocol->name) == 0)
        status = m_remote_dispatch(*value, in->method, &in->call, in->body, &reply);
    else
        status = m_fail(&in->call, m_err_rpc_method, "%s", in->protocol->name);
    m_rpc_answer(in, status, reply, NULL);
}

/* ---- taking ---- */

typedef enum { GOOD, MUTE, BUSY, REFUSED, REPLAYED, EXPIRED, UNKNOWN } verdict;

static const char *header(natsMsg *message, const char *name)
{
    const char *value = NULL;
    return natsMsgHeader_Get(message, name, &value) == NATS_OK && value ? value : "";
}

static verdict check_signature(const m_rpc_server *server, held *h)
{
    natsMsg *m = h->message;
    const ring_signed all = {
        .subject = m_str_of(natsMsg_GetSubject(m)),
        .call = m_str_of(header(m, HEADER_CALL)),
        .trace = m_str_of(header(m, HEADER_TRACE)),
        .body = {natsMsg_GetData(m), (size_t)natsMsg_GetDataLength(m)},
    };
    if (!ring_verify(server->options.ring, &all, m_str_of(header(m, HEADER_SIGN))) ||
        envelope_read(all.call, h->arena, &h->envelope) != M_OK)
        return REFUSED;
    h->in.body = all.body;
    if (trace_valid(all.trace)) h->in.call.trace_parent = all.trace;
    return GOOD;
}

static verdict check_time(const m_rpc_server *server, const held *h)
{
    const int64_t skew = M_RPC_SKEW_MS * INT64_C(1000);
    const envelope *e = &h->envelope;
    m_time now = server->options.env->now(server->options.env->self);
    if (e->time.us > now.us + skew || e->time.us < now.us - skew || e->until.us > e->time.us + skew)
        return REFUSED;
    if (e->until.us <= now.us) return EXPIRED;
    m_status status = window_note(server->window, e->nonce, e->until, now);
    return status == M_OK ? GOOD : status == M_EXISTS ? REPLAYED : BUSY;
}

/* The method named by the rest of the subject. */
static verdict find_method(const m_rpc_server *server, held *h)
{
    const char *subject = natsMsg_GetSubject(h->message);
    m_str rest = m_str_of(subject + strlen("rpc..") + strlen(server->options.service));
    const char *dot = rest.n ? memchr(rest.p, '.', rest.n) : NULL;
    m_str protocol = {rest.p, dot ? (size_t)(dot - rest.p) : rest.n};
    for (const m_protocol *const *p = server->options.protocols; *p && dot; p++)
        if (m_str_is(protocol, (*p)->name)) {
            h->in.protocol = *p;
            h->in.method = m_protocol_method(*p, m_str_of(dot + 1));
        }
    return h->in.method ? GOOD : UNKNOWN;
}

static bool contract_spoken(const m_protocol *protocol, uint32_t contract)
{
    return contract >= 1 && (contract == protocol->version || contract + 1 == protocol->version);
}

static verdict check(m_rpc_server *server, held *h)
{
    h->in = (m_rpc_incoming){.server = server};
    h->in.call.env = server->options.env;
    h->in.call.arena = h->arena;
    if (!natsMsg_GetReply(h->message)) return MUTE; /* nobody could hear us */
    verdict v = check_signature(server, h);
    if (v == GOOD) v = check_time(server, h);
    if (v != GOOD) return v;
    envelope_to_call(&h->envelope, &h->in.call);
    h->in.after = h->envelope.after;
    h->in.contract = h->envelope.contract;
    v = find_method(server, h);
    if (v != GOOD) return v;
    return contract_spoken(h->in.protocol, h->in.contract) ? GOOD : UNKNOWN;
}

/* Nobody who cannot sign makes us speak on a subject of his choice. */
static bool is_inbox(const char *subject)
{
    return strncmp(subject, "_INBOX", 6) == 0;
}

static void turn_away(m_rpc_server *server, held *h, verdict v)
{
    const char *subject = natsMsg_GetSubject(h->message);
    m_rpc_server_stats *stats = &server->stats;
    if (v == REFUSED || v == MUTE || v == BUSY) count(server, &stats->refused);
    if (v == REPLAYED) count(server, &stats->replayed);
    if (v == EXPIRED) count(server, &stats->expired);
    if (v == UNKNOWN) count(server, &stats->unknown);
    if (v == REFUSED && is_inbox(natsMsg_GetReply(h->message)))
        publish_refusal(server, h, m_err_rpc_refused, subject);
    if (v == BUSY) publish_refusal(server, h, m_err_busy, NULL);
    if (v == UNKNOWN)
        publish_refusal(server, h, h->in.method ? m_err_rpc_contract : m_err_rpc_method, subject);
}

static void take(m_rpc_server *server, natsMsg *message)
{
    held *h = held_take(server, message);
    if (!h) {
        natsMsg_Destroy(message);
        held_give(server, NULL);
        return;
    }
    verdict v = check(server, h);
    if (v == GOOD) {
        server->options.handler(server->options.arg, &h->in);
        return;
    }
    turn_away(server, h, v);
    held_give(server, h);
}

/* ---- threads ---- */

static void *serve(void *arg)
{
    m_rpc_server *server = arg;
    for (;;) {
        natsMsg *message = NULL;
        pthread_mutex_lock(&server->turn);
        natsStatus s = natsSubscription_NextMsg(&message, server->sub, WAIT_MS);
        pthread_mutex_unlock(&server->turn);
        if (s == NATS_OK) {
            take(server, message);
            continue;
        }
        bool stopping = atomic_load(&server->stopping);
        if (stopping && (s != NATS_TIMEOUT || rpc_clock_us() >= atomic_load(&server->drain_until)))
            return NULL;
        if (s != NATS_TIMEOUT) usleep(WAIT_MS * 1000);
    }
}

static bool start_threads(m_rpc_server *server)
{
    uint32_t wanted = server->options.threads ? server->options.threads : 2;
    for (uint32_t i = 0; i < wanted; i++) {
        if (pthread_create(&server->threads[i], NULL, serve, server) != 0) return false;
        server->thread_count++;
    }
    return true;
}

static bool subscribe(m_rpc_server *server)
{
    char subject[SUBJECT_MAX];
    snprintf(subject, sizeof subject, "rpc.%s.>", server->options.service);
    return natsConnection_QueueSubscribeSync(&server->sub, m_nats_connection(server->options.link),
                                             subject, server->group) == NATS_OK &&
           natsSubscription_SetPendingLimits(server->sub, PENDING_MAX, PENDING_BYTES) == NATS_OK;
}

static m_rpc_server *server_new(const m_rpc_server_options *options)
{
    uint8_t random[(ID_TEXT - 1) / 2];
    if (sodium_init() < 0) return NULL;
    m_rpc_server *server = calloc(1, sizeof *server);
    if (!server) return NULL;
    server->window = window_new();
    if (!server->window) {
        free(server);
        return NULL;
    }
    server->options = *options;
    snprintf(server->group, sizeof server->group, "%s-service", options->service);
    randombytes_buf(random, sizeof random);
    sodium_bin2hex(server->id, sizeof server->id, random, sizeof random);
    pthread_mutex_init(&server->turn, NULL);
    pthread_mutex_init(&server->lock, NULL);
    pthread_cond_init(&server->idle_now, NULL);
    counts_init(&server->counts);
    return server;
}

m_status m_rpc_server_start(const m_rpc_server_options *options, m_rpc_server **out)
{
    if (!options->link || !options->ring || !options->env || !options->handler ||
        !options->version || !options->protocols || !rpc_name_valid(options->service) ||
        options->threads > THREADS_MAX)
        return M_INVALID;
    m_rpc_server *server = server_new(options);
    if (!server) return M_NOMEM;
    const discovery_about about = {.link = options->link,
                                   .service = options->service,
                                   .version = options->version,
                                   .id = server->id,
                                   .metadata = options->metadata ? options->metadata : "{}",
                                   .protocols = options->protocols,
                                   .counts = &server->counts,
                                   .started = options->env->now(options->env->self)};
    if (subscribe(server) && start_threads(server) &&
        (server->discovery = discovery_start(&about))) {
        *out = server;
        return M_OK;
    }
    m_rpc_server_stop(server, 0);
    return M_UNAVAILABLE;
}

/* From now on the broker gives us nothing more; what it gave is still to be taken. */
static void drain(m_rpc_server *server, int64_t drain_ms)
{
    atomic_store(&server->drain_until, rpc_clock_us() + drain_ms * 1000);
    if (!server->sub) return;
    if (drain_ms <= 0 || natsSubscription_DrainTimeout(server->sub, drain_ms) != NATS_OK)
        natsSubscription_Unsubscribe(server->sub);
}

void m_rpc_server_stop(m_rpc_server *server, int64_t drain_ms)
{
    if (!server) return;
    discovery_stop(server->discovery);
    drain(server, drain_ms);
    atomic_store(&server->stopping, true);
    for (uint32_t i = 0; i < server->thread_count; i++)
        pthread_join(server->threads[i], NULL);
    pthread_mutex_lock(&server->lock);
    while (server->stats.running)
        pthread_cond_wait(&server->idle_now, &server->lock);
    pthread_mutex_unlock(&server->lock);
    m_nats_retire(server->options.link, server->sub);
    while (server->idle) {
        held *h = server->idle;
        server->idle = h->next;
        held_free(h);
    }
    counts_end(&server->counts);
    pthread_cond_destroy(&server->idle_now);
    pthread_mutex_destroy(&server->lock);
    pthread_mutex_destroy(&server->turn);
    window_free(server->window);
    free(server);
}

/* ---- what it counted ---- */

void m_rpc_server_stats_read(m_rpc_server *server, m_rpc_server_stats *out)
{
    pthread_mutex_lock(&server->lock);
    *out = server->stats;
    pthread_mutex_unlock(&server->lock);
}

uint32_t m_rpc_server_counts(m_rpc_server *server, m_rpc_count *out, uint32_t max)
{
    return counts_read(&server->counts, out, max);
}
