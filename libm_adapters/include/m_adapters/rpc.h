/* RPC: questions between processes over NATS, for any protocol with a method table.
 *
 * A question goes to subject rpc.<service>.<protocol>.<method>; the processes of a service form the
 * queue group <service>-service and share the load. Body and reply are records as JSON. Whose call
 * it is travels in three headers:
 *   M-Call       "time=…&nonce=…&until=…&contract=…&tenant=…&actor=…&…": percent-encoded pairs;
 *                names a receiver does not know are ignored
 *   M-Sign       "<key id>:<keyed BLAKE2b>" over subject, M-Call, traceparent and body; of an
 *                answer over the inbox, its status and its body
 *   traceparent  W3C trace context, a span of its own for each question
 * A receiver refuses what is not signed with a key of its ring, is older or newer than
 * M_RPC_SKEW_MS, or was there before; what is past its deadline it drops. */
#ifndef M_ADAPTERS_RPC_H
#define M_ADAPTERS_RPC_H

#include "m_adapters/nats.h"
#include "m_adapters/remote.h"

#define M_RPC_SKEW_MS    60000
#define M_RPC_DEFAULT_MS 5000  /* deadline of a question whose call has none */
#define M_RPC_LONGEST_MS 55000 /* no question waits longer */
#define M_RPC_ATTEMPTS   3     /* of a question that may be repeated */

/* ---- keys ---- */

/* The keys all processes share: lines "kid:64 hex digits", '#' begins a comment. The first one
 * signs, all verify: to change the key, put the new one last everywhere, then first, then take
 * the old one away. At most 8; read-only after it was made, so safe in any thread. */
typedef struct m_rpc_ring m_rpc_ring;
/* M_INVALID: *out_why says what is wrong (constant text). */
M_MUST_USE m_status m_rpc_ring_parse(m_str text, m_rpc_ring **out, const char **out_why);
M_MUST_USE m_status m_rpc_ring_read(const char *path, m_rpc_ring **out, const char **out_why);
/* Accepts NULL; wipes the keys. */
void m_rpc_ring_free(m_rpc_ring *ring);
#define M_RPC_KEY_TEXT 96
/* A new key as a line, without the line's end. M_INVALID: kid is not 1 to 16 of [a-z0-9-]. */
M_MUST_USE m_status m_rpc_key_make(const char *kid, char out[M_RPC_KEY_TEXT]);

/* ---- counts ---- */

/* Of one method since the start. */
typedef struct {
    const char *service;
    const char *protocol;
    const char *method;
    uint64_t count;  /* questions that were answered or failed */
    uint64_t errors; /* of these, not M_OK */
    uint64_t time_us;
    uint64_t longest_us;
    uint64_t retries;    /* asking only */
    char last_error[48]; /* its code; empty: none yet */
} m_rpc_count;
#define M_RPC_COUNTS 256

/* ---- asking ---- */

typedef struct m_rpc_client m_rpc_client;

typedef struct {
    const char *service; /* "finance" */
    const m_protocol *protocol;
    const m_method *method;
    const m_call *as; /* tenant, actor, roles, …, deadline, trace; its memory is not used */
    m_str body;       /* the input record as JSON */
    m_str after;      /* what the receiver must have seen first, "core=42,wms=7"; or empty */
    m_arena *arena;   /* for the texts of the answer */
    /* filled by m_rpc_ask: */
    m_status status;
    m_str reply;   /* M_OK: the output record as JSON */
    m_error error; /* else: as the method gave it, or one of m_rpc_errors */
} m_rpc_question;

/* link, ring and env must live as long as the client. NULL when memory is short. */
m_rpc_client *m_rpc_client_new(m_nats *link, const m_rpc_ring *ring, const m_env *env);
/* While an upgrade runs: believe answers without a signature, as the version before sends them;
 * those with a wrong one are never believed. Before the first question. */
void m_rpc_client_accept_unsigned(m_rpc_client *client);
/* Nobody may be asking any more. Accepts NULL. */
void m_rpc_client_free(m_rpc_client *client);

/* Sends all questions at once and waits until each one is answered, has failed or is past its
 * deadline. Questions that READ or are IDEMPOTENT are sent
 * again when nobody heard them or no answer came: at most M_RPC_ATTEMPTS times, after a pause with
 * jitter, and as long as not more than one in ten needs it. A service that failed several times in
 * a row is not asked for a while (m_rpc_service.open_until). Any thread; up to 64 at a time, more
 * wait. */
void m_rpc_ask(m_rpc_client *client, m_rpc_question *questions, uint32_t n);

/* The same for use cases inside a transaction (remote.h): the answers go to call->answers. client
 * must live as long as what is returned. */
m_asker m_rpc_asker(m_rpc_client *client);

/* What the client thinks of a service it has asked. */
typedef struct {
    char name[32];
    bool open; /* not asked until open_until, but for one trial after it */
    m_time open_until;
    uint32_t failures; /* in a row */
} m_rpc_service;
/* At most max; returns how many. */
uint32_t m_rpc_client_services(m_rpc_client *client, m_rpc_service *out, uint32_t max);
uint32_t m_rpc_client_counts(m_rpc_client *client, m_rpc_count *out, uint32_t max);

/* ---- serving ---- */

typedef struct m_rpc_server m_rpc_server;

/* One verified question. The server owns it until it is answered. */
typedef struct {
    m_call call; /* of who asks, with memory and env of the server's; system when the asker is */
    const m_protocol *protocol;
    const m_method *method;
    uint32_t contract; /* version the asker speaks: the protocol's own or the one before */
    m_str body;
    m_str after;
    m_rpc_server *server;
    void *user; /* the handler's */
} m_rpc_incoming;

/* On a thread of the server, at most `threads` at a time. It answers now or hands the question to
 * somebody who will: every question is answered once, from any thread. */
typedef void (*m_rpc_handler)(void *arg, m_rpc_incoming *in);

typedef struct {
    m_nats *link;
    const m_rpc_ring *ring;
    const m_env *env;
    const char *service;                /* "finance" */
    const char *version;                /* of the program: "0.1.0" */
    const m_protocol *const *protocols; /* NULL-terminated; constant */
    const char *metadata;               /* of the process, as a JSON object; NULL: {} */
    m_rpc_handler handler;
    void *arg;
    uint32_t threads;    /* 0: 2 */
    size_t memory_limit; /* of one question; 0: the arena's default */
} m_rpc_server_options;

/* Serves as soon as the link is up, and tells about itself on $SRV.PING, INFO and STATS. M_INVALID:
 * an option is wrong; M_NOMEM; M_UNAVAILABLE: the link is closed. */
M_MUST_USE m_status m_rpc_server_start(const m_rpc_server_options *options, m_rpc_server **out);
/* Takes no more questions, finishes those it has (at most `drain_ms`), then ends. Accepts NULL.
 * Questions that are still not answered then make it wait for ever: the handler's side must be
 * alive. */
void m_rpc_server_stop(m_rpc_server *server, int64_t drain_ms);

/* body: the output record as JSON when status is M_OK. error: else, may be NULL (then that of the
 * call, which may be filled by m_fail). The question and its call are gone afterwards. */
void m_rpc_answer(m_rpc_incoming *in, m_status status, m_str body, const m_error *error);

/* Handler that answers at once from a protocol value in this process: arg is an m_iface whose
 * head names the protocol. Values must be safe in several threads. */
void m_rpc_answer_locally(void *iface, m_rpc_incoming *in);

typedef struct {
    uint64_t answered;
    uint64_t errors;   /* of these, not M_OK */
    uint64_t refused;  /* unsigned, forged, too old or malformed */
    uint64_t replayed; /* seen before */
    uint64_t expired;  /* dropped: nobody waits any more */
    uint64_t unknown;  /* no such method, or a contract that is not spoken */
    uint64_t running;  /* taken and not answered yet */
} m_rpc_server_stats;
void m_rpc_server_stats_read(m_rpc_server *server, m_rpc_server_stats *out);
uint32_t m_rpc_server_counts(m_rpc_server *server, m_rpc_count *out, uint32_t max);

/* ---- looking around ---- */

typedef struct {
    const char *service; /* NULL: all */
    bool stats;          /* ask for STATS, else PING */
    int64_t wait_ms;     /* who has not answered by then is not there */
} m_rpc_look;

/* One JSON text of each process that serves, as NATS micro has it, in the arena; at most max.
 * Returns how many; waits all of wait_ms unless there are max. */
uint32_t m_rpc_discover(m_nats *link, const m_rpc_look *look, m_arena *arena, m_str *out,
                        uint32_t max);

/* Catalogue; ends with a NULL code. */
extern const m_error_def m_rpc_errors[];
extern const m_error_def *const m_err_rpc_unavailable; /* core.rpc.unavailable */
extern const m_error_def *const m_err_rpc_timeout;     /* core.rpc.timeout */
extern const m_error_def *const m_err_rpc_open;        /* core.rpc.resting */
extern const m_error_def *const m_err_rpc_too_big;     /* core.rpc.too_big */
extern const m_error_def *const m_err_rpc_reply;       /* core.rpc.reply: cannot be read */
extern const m_error_def *const m_err_rpc_refused;     /* core.rpc.refused: bad signature */
extern const m_error_def *const m_err_rpc_contract;    /* core.rpc.contract */
extern const m_error_def *const m_err_rpc_method;      /* core.rpc.method */
extern const m_error_def *const m_err_rpc_unsigned;    /* core.rpc.unsigned */

#endif
