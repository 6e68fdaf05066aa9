/* Events between processes.
 *
 * Leaving: every event of a process that has readers elsewhere gets a number of its own per tenant
 * (`seq`), taken under the tenant's gate in the transaction that made it: 1, 2, 3 … without a gap,
 * in the order of the commits. That is what makes a plain cursor safe here: a number that is
 * visible means that all smaller ones are.
 *
 * Arriving: a consumer keeps per (tenant, producer) a mark: the last number applied, written in the
 * transaction of the effects. A number at or below the mark is dropped; the next one is applied; a
 * higher one is a gap, and the missing ones are asked for (m_outbox_since). So however events come,
 * twice, late, in disorder or not at all, each has its effect once and in order. The broker is only
 * the push: when it loses everything nothing changes. A consumer's database set back to an earlier
 * time heals by itself, for its mark went back with it. A producer set back is seen: each event
 * names the one before it, and heads below the mark are no accident. Its tenant is then frozen here
 * until somebody has looked.
 *
 * Failing: a listener that answers M_AGAIN, M_TIMEOUT or M_UNAVAILABLE holds the tenant's stream;
 * the caller tries again later, for ever. Any other failure becomes a dead letter: its aggregate is
 * parked for this listener (its later events queue up behind it), everything else flows. A letter
 * is tried again with growing pauses; after M_LETTER_ATTEMPTS somebody has to look. Order is kept:
 * only the first letter of an aggregate can be replayed or discarded. */
#ifndef M_ADAPTERS_STREAM_H
#define M_ADAPTERS_STREAM_H

#include "m/events.h"
#include "m/uow.h"
#include "m_adapters/registry.h"

/* ---- records ---- */

/* m.outgoing, key seq: an event that leaves, and what of it travels. */
typedef struct {
    int64_t seq;
    m_id event_id;
    m_id previous; /* id of the event seq − 1; null: this is the first */
    m_str type;
    m_id aggregate;
    m_str address; /* the domain it is for; "": whoever listens */
    m_date occurred_on;
    m_time recorded_at;
    m_str actor_name;
    m_str request_id;
    m_str trace_parent;
    m_str idempotency_key;
    int64_t schema_version;
    m_str payload; /* JSON */
} m_stream_event;
extern const m_type m_stream_event_type;

/* m.outgoing_mark, key reader: how far somebody is with this process' events. Readers: the writer
 * itself (its head), the broker (published), and the domains that told us. */
#define M_READER_HEAD   "head"
#define M_READER_BROKER "broker"
typedef struct {
    m_str reader;
    int64_t seq;
    m_id last; /* id of that event, where it is known */
    m_time at;
} m_outgoing_mark;
extern const m_type m_outgoing_mark_type;

typedef enum { M_MARK_FLOWING, M_MARK_FROZEN } m_mark_state;

/* m.consumer_mark, key producer: how far this process is with another one's events. */
typedef struct {
    m_str producer;
    int64_t seq;
    m_id last;
    m_time at;
    m_enum state; /* m_mark_state */
    m_str why;    /* it is frozen */
} m_consumer_mark;
extern const m_type m_consumer_mark_type;

/* waiting: tried again by itself. dead: given up. parked: behind another letter of its aggregate.
 * discarded: somebody decided so; kept as a trace. */
typedef enum {
    M_LETTER_WAITING,
    M_LETTER_DEAD,
    M_LETTER_PARKED,
    M_LETTER_DISCARDED
} m_letter_state;

/* m.dead_letter, key id (derived from event and consumer). One that was taken after all is gone. */
typedef struct {
    m_id id;
    m_str consumer; /* of the listener or sink */
    m_str producer;
    int64_t seq;
    m_id event;
    m_str type;
    m_id aggregate;
    m_date occurred_on;
    m_time recorded_at;
    m_str actor_name;
    m_str request_id;
    m_str payload;
    m_enum state; /* m_letter_state */
    int64_t attempts;
    m_time next_try_at;
    m_str cause; /* "code: message" of the last failure */
    m_time since;
    m_str settled_by; /* who discarded it … */
    m_str reason;     /* … and why */
} m_dead_letter;
extern const m_type m_dead_letter_type;

/* ---- leaving ---- */

/* m_events of a process with readers elsewhere: each event goes out; one that a module here listens
 * to goes to the local outbox as well. Zero the counters; one thread at a time. */
typedef struct {
    m_store store;
    const m_registry *registry; /* NULL: nobody listens here */
    const char *address;        /* this process' domain: events addressed to it stay here */
    uint64_t wanted;            /* events for listeners here */
    uint64_t told;              /* events that go out */
} m_outgoing;
/* outgoing must live as long as the value; its registry must be set before the first event. */
m_events m_outgoing_events(m_outgoing *outgoing);
/* call's tenant's last event that left (0: none yet) and its id. */
m_status m_outgoing_head(m_store store, m_call *call, int64_t *out_seq, m_id *out_last) M_MUST_USE;
/* The read that an event makes, for the start of a transaction; false when memory is short. */
bool m_outgoing_want(m_call *call, m_fetch *out);

/* ---- what consumers ask a producer: the protocol "outbox" ---- */

typedef struct {
    int64_t after; /* numbers above this */
    int64_t limit; /* 1 to M_OUTBOX_PAGE */
} m_outbox_ask;
extern const m_type m_outbox_ask_type;

#define M_OUTBOX_PAGE       500
#define M_OUTBOX_PAGE_BYTES 524288 /* of payloads; a larger event comes alone */

typedef struct {
    int64_t first; /* oldest number still kept; 0: none */
    int64_t head;  /* newest number given */
    m_id last;     /* id of that event */
    m_list events; /* m_stream_event, ascending; may be fewer than asked for */
} m_outbox_page;
extern const m_type m_outbox_page_type;

typedef struct {
    m_id after; /* tenants above this */
    int64_t limit;
} m_heads_ask;
extern const m_type m_heads_ask_type;

typedef struct {
    m_id tenant;
    int64_t seq;
    m_id last;
} m_head;
extern const m_type m_head_type;

/* By tenant. As an answer: fewer than asked for means there are no more. */
typedef struct {
    m_list heads; /* m_head */
} m_heads;
extern const m_type m_heads_type;

typedef struct {
    m_str consumer; /* domain */
    m_list marks;   /* m_head: last number applied */
} m_marks_told;
extern const m_type m_marks_told_type;

typedef struct {
    int64_t count;
} m_marks_kept;
extern const m_type m_marks_kept_type;

/* For services only: everything answers M_DENIED unless call->system. */
typedef struct {
    m_ops_head head;
    /* Of call->tenant. */
    m_status (*since)(void *self, m_call *call, const m_outbox_ask *in, m_outbox_page *out);
    /* Of all tenants (call->tenant is not looked at). */
    m_status (*heads)(void *self, m_call *call, const m_heads_ask *in, m_heads *out);
    /* A consumer tells how far it is, of all tenants; also when it went back. */
    m_status (*told)(void *self, m_call *call, const m_marks_told *in, m_marks_kept *out);
} m_outbox_ops;

typedef struct {
    const m_outbox_ops *ops;
    void *self;
} m_outbox;

M_WRAPPER(outbox, since, m_outbox_ask, m_outbox_page)
M_WRAPPER(outbox, heads, m_heads_ask, m_heads)
M_WRAPPER(outbox, told, m_marks_told, m_marks_kept)

extern const m_protocol m_outbox_protocol;

/* ---- where the outgoing rows are ---- */

typedef struct {
    m_id tenant;
    m_stream_event event;
} m_outgoing_due;

typedef struct {
    int64_t backlog;        /* events not published yet, of all tenants */
    m_time oldest_unsent;   /* none: no backlog */
    int64_t rows;           /* kept, by the numbers: head − oldest + 1 */
    int64_t slowest_reader; /* largest distance of a consumer's mark from its tenant's head */
} m_outgoing_stats;

/* Each function runs in a transaction of its own and commits it. One thread at a time. */
typedef struct {
    m_ops_head head;
    m_status (*since)(void *self, m_call *call, const m_outbox_ask *in, m_outbox_page *out);
    m_status (*heads)(void *self, m_call *call, const m_heads_ask *in, m_heads *out);
    /* Events above the broker's mark, ascending per tenant, tenants one after the other; *out:
     * m_outgoing_due. Busy tenants do not keep others waiting. */
    m_status (*unsent)(void *self, m_call *call, uint32_t limit, m_list *out);
    m_status (*mark)(void *self, m_call *call, m_str reader, const m_head *marks, uint32_t n);
    /* Removes rows of before that time which the broker has and which are below the marks of all
     * `readers` (one that never told us anything keeps everything) and of all others who told us.
     */
    m_status (*sweep)(void *self, m_call *call, m_time before, const char *const *readers,
                      uint32_t limit, uint32_t *out_removed);
    m_status (*stats)(void *self, m_call *call, m_outgoing_stats *out);
} m_outgoing_source_ops;

typedef struct {
    const m_outgoing_source_ops *ops;
    void *self;
} m_outgoing_source;

/* Over any store, tenant by tenant. */
typedef struct {
    m_store store;
    m_uow *uow;
    const m_id *tenants; /* ascending */
    uint32_t tenant_count;
} m_outgoing_store;
/* over must live as long as the value. */
m_outgoing_source m_outgoing_store_source(m_outgoing_store *over);

/* The protocol over a source; source must live as long as the value. */
m_outbox m_outbox_of(m_outgoing_source *source);

/* How long sent rows are kept at least: longer than the oldest copy anybody may go back to. */
#define M_OUTGOING_KEEP_DAYS 35
/* readers: NULL-terminated domains that must have them all. Repeats in small steps. */
M_MUST_USE m_status m_outgoing_sweep(m_outgoing_source source, m_call *call, int days,
                                     const char *const *readers, uint32_t *out_removed);

/* ---- arriving ---- */

#define M_LETTER_ATTEMPTS 10
#define M_TAKE_MAX        256

/* Takes events before the listeners of modules do: replicas, projections. prefix: of event types,
 * "core."; "": all. consumer: stable name, as in m_listener. */
typedef struct {
    const char *consumer;
    const char *prefix;
    m_status (*take)(void *arg, m_call *call, m_str producer, const m_stream_event *event);
    void *arg;
} m_stream_sink;

/* Only for tests that show what a protection is for. */
enum { M_WITHOUT_MARKS = 1 << 0, M_WITHOUT_CATCH_UP = 1 << 1 };

typedef struct {
    const char *domain;         /* who consumes: events addressed to others are passed over */
    const m_registry *registry; /* whose modules listen; NULL: only the sinks */
    const m_stream_sink *sinks;
    uint32_t sink_count;
    m_store store;
    m_uow *uow;
    const m_env *env;
    int64_t timeout_ms; /* of one listener; 0: 30,000 */
    /* After a listener answered M_AGAIN and the transaction has ended: do what it waits for. M_OK:
     * run it again at once, with this same call; at most 16 times an event. May be NULL. */
    m_status (*again)(void *arg, m_call *call);
    void *arg;
    uint32_t without; /* 0 */
} m_consumer_config;

typedef struct m_consumer m_consumer;

/* NULL when memory is short. The arrays of the configuration must outlive it. */
m_consumer *m_consumer_new(const m_consumer_config *config);
/* Accepts NULL. */
void m_consumer_free(m_consumer *consumer);

typedef struct {
    uint32_t applied; /* events the mark went over */
    uint32_t dropped; /* were applied before */
    uint32_t letters; /* new dead letters, parked ones too */
    int64_t mark;     /* now */
    int64_t need;     /* > 0: a gap; ask for the numbers from here on */
    bool frozen;
    m_status held; /* a passing failure keeps the rest: try again later; M_OK: none */
} m_take_result;

/* Applies events of call->tenant and one producer, ascending by seq, at most M_TAKE_MAX: in one
 * transaction with the mark as long as nothing fails. Fails only when the transaction cannot be
 * made. call: with env and arena; call->error tells why it was held. One thread at a time, as all
 * functions with a consumer. */
M_MUST_USE m_status m_consumer_take(m_consumer *consumer, m_call *call, m_str producer,
                                    const m_stream_event *events, uint32_t n, m_take_result *out);
/* Asks the producer for what is missing and takes it until the head is reached, something holds it
 * or `pages` pages were taken (0: no bound). Freezes the tenant when the producer's head is below
 * the mark or its rows from the mark on are gone. out: as take, summed up. */
M_MUST_USE m_status m_consumer_catch_up(m_consumer *consumer, m_call *call, m_str producer,
                                        m_outbox outbox, uint32_t pages, m_take_result *out);
/* The mark for call->tenant; zero when there is none. */
M_MUST_USE m_status m_consumer_mark_of(m_consumer *consumer, m_call *call, m_str producer,
                                       m_consumer_mark *out);
/* Set the mark and let the stream flow: after a snapshot was loaded, or when somebody has looked at
 * a frozen tenant. last: id of that event (null: none, seq 0). In the running unit of work. */
M_MUST_USE m_status m_consumer_mark_set(m_store store, m_call *call, m_str producer, int64_t seq,
                                        m_id last);

/* ---- dead letters ---- */

typedef struct {
    uint32_t taken;
    uint32_t failed;
    uint32_t dead;
    m_time next; /* when the next one is due; none: none waits */
} m_retry_result;

/* Tries the letters of call->tenant that are due, each in a transaction of its own, with those
 * parked behind it; at most `limit`. */
M_MUST_USE m_status m_consumer_retry(m_consumer *consumer, m_call *call, uint32_t limit,
                                     m_retry_result *out);
/* In the running unit of work. M_NOT_FOUND; M_PRECONDITION: it stands behind another letter of its
 * aggregate, or was discarded. Replay: it is tried at once, with all attempts anew. */
M_MUST_USE m_status m_letter_replay(m_store store, m_call *call, m_id letter);
M_MUST_USE m_status m_letter_discard(m_store store, m_call *call, m_id letter, m_str reason);

#endif
