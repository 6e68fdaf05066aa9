/* Events over JetStream: the push from a producer's outgoing rows to the consumers (stream.h says
 * why nothing depends on it). Stream EVT_<DOMAIN>, subjects evt.<domain>.<noun>.<verb>, message id
 * = event id; one durable pull consumer per consuming domain. Heads are told on head.<domain>:
 * hints only, for who may publish there is the broker's business; what follows from one is asked
 * for. */
#ifndef M_ADAPTERS_STREAM_NATS_H
#define M_ADAPTERS_STREAM_NATS_H

#include "m_adapters/nats.h"
#include "m_adapters/stream.h"

/* The broker must take messages as large as the largest event: max_payload in its configuration. */
#define M_STREAM_MAX_PAYLOAD 8388608

/* ---- deploying (with rights no service has) ---- */

typedef struct {
    const char *producer;         /* domain */
    const char *const *consumers; /* domains, ends with NULL */
    int64_t max_age_s;            /* 0: 48 hours; at least 24 hours */
    int64_t max_bytes;            /* 0: 256 MiB; when it is full the oldest go */
    int64_t duplicates_s;         /* window of the message ids; 0: an hour */
    int32_t replicas;             /* 0: 1 */
} m_stream_plan;
/* Makes or changes the stream and its consumers; again and again is fine. M_UNAVAILABLE, or
 * M_INTERNAL with what the broker says. */
M_MUST_USE m_status m_stream_deploy(m_nats *link, m_call *call, const m_stream_plan *plan);
/* Are they all there? A broker whose data was lost has none of them, and tells nobody. */
M_MUST_USE m_status m_stream_deployed(m_nats *link, m_call *call, const m_stream_plan *plan,
                                      bool *out);

/* ---- publishing ---- */

typedef struct {
    m_nats *link;
    const char *producer;
    m_outgoing_source source;
    const m_env *env;
    uint32_t window;        /* events on their way at once; 0: 1,000 */
    int64_t ack_timeout_ms; /* 0: 5,000 */
} m_event_relay_config;

typedef struct m_event_relay m_event_relay;

typedef struct {
    uint32_t seen;       /* events to be published */
    uint32_t sent;       /* of these, now with the broker */
    uint32_t duplicates; /* of these, were with it before */
    uint32_t unfit; /* of these, too large for the broker: passed over, consumers ask for them */
    bool missing;   /* the stream is not there: deploy it */
    bool more;      /* the window was full, and some of it was sent: there may be more */
    m_str why;      /* not all were sent; in the call's arena; empty: all were */
} m_event_relay_result;

/* NULL when memory is short. The strings of the configuration are not copied. */
m_event_relay *m_event_relay_new(const m_event_relay_config *config);
/* Accepts NULL. */
void m_event_relay_free(m_event_relay *relay);
/* Publishes one window and moves the marks over what was acknowledged, without holes. Call again at
 * once while there is more, else when woken or after m_event_relay_pause_ms. Fails when the rows
 * cannot be read or marked. One thread; only one relay of a database at a time (m_pg_lock_try). */
M_MUST_USE m_status m_event_relay_run_once(m_event_relay *relay, m_call *call,
                                           m_event_relay_result *out);
/* Grows with failures in a row from 250 ms to 10 s. */
int64_t m_event_relay_pause_ms(const m_event_relay *relay);
/* Tells the heads of the tenants that had events since the last time (`all`: of all tenants). */
M_MUST_USE m_status m_event_relay_tell_heads(m_event_relay *relay, m_call *call, bool all);

/* ---- taking ---- */

/* What the intake must know of all tenants at once. Each in a transaction of its own. */
typedef struct {
    m_ops_head head;
    /* Marks for one producer; *out: m_head. */
    m_status (*marks)(void *self, m_call *call, m_str producer, m_list *out);
    /* Tenants with letters that are due; *out: m_id. */
    m_status (*letters_due)(void *self, m_call *call, uint32_t limit, m_list *out);
} m_intake_view_ops;

typedef struct {
    const m_intake_view_ops *ops;
    void *self;
} m_intake_view;

typedef struct m_pg_conn m_pg_conn;
/* As bm_relay. *conn may be NULL at times (M_UNAVAILABLE); conn must live as long as the value. */
m_intake_view m_pg_intake_view(m_pg_conn **conn);

typedef struct {
    const char *name;
    m_outbox outbox;
} m_intake_producer;

#define M_INTAKE_PRODUCERS 16

typedef struct {
    m_nats *link;
    const char *domain; /* whose durable consumers */
    m_consumer *consumer;
    m_intake_view view;
    const m_intake_producer *producers;
    uint32_t producer_count; /* at most M_INTAKE_PRODUCERS */
    const m_env *env;
    uint32_t batch;    /* messages a round; 0: 256 */
    int64_t check_ms;  /* compare all marks with all heads; 0: 10,000 */
    int64_t grace_ms;  /* a head may be ahead of the mark that long before it is asked; 0: 500 */
    bool without_push; /* only by asking */
} m_intake_config;

typedef struct m_intake m_intake;

typedef struct {
    uint32_t received; /* messages */
    uint32_t applied;
    uint32_t dropped;
    uint32_t letters;
    uint32_t asked;   /* times a producer was asked for what was missing */
    uint32_t retried; /* letters that were taken after all */
} m_intake_result;

/* Of one producer. */
typedef struct {
    const char *producer;
    int64_t lag;     /* events known to exist and not applied yet, of all tenants */
    uint32_t behind; /* tenants with such events */
    uint32_t frozen; /* tenants */
    uint32_t failed; /* times asking failed */
    uint64_t received, applied;
} m_intake_stats;

/* NULL when memory is short. The arrays and strings of the configuration must outlive it. */
m_intake *m_intake_new(const m_intake_config *config);
/* Accepts NULL. The link must still be there. */
void m_intake_free(m_intake *intake);
/* One round: waits at most wait_ms for a message, takes what is there, asks for what is missing,
 * tries letters again. A broker or a producer that is away is no failure; a database that is away
 * is: pause then. One thread; only one intake of a database at a time (m_pg_lock_try). */
M_MUST_USE m_status m_intake_run(m_intake *intake, m_call *call, int64_t wait_ms,
                                 m_intake_result *out);
/* Figures of producer number i, as of the last round; the thread that runs it. */
void m_intake_stats_of(const m_intake *intake, uint32_t i, m_intake_stats *out);

#endif
