/* Outgoing rows to JetStream: a window at a time, marks moved over what was acknowledged. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../nats/link.h"
#include "m_adapters/codec.h"
#include "m_adapters/fault.h"
#include "wire.h"

#define WINDOW         1000
#define ACK_TIMEOUT_MS 5000
#define PAUSE_MS       250
#define PAUSE_MAX_MS   10000
#define HEADS_A_TIME   1000
#define INBOX          160
#define DIRTY_MAX      10000

struct m_event_relay {
    m_event_relay_config config;
    natsSubscription *acks;
    char inbox[INBOX];
    uint64_t round;
    uint32_t failures; /* in a row */
    m_head *dirty;     /* heads to tell */
    uint32_t dirty_count;
    bool all_dirty;
};

m_event_relay *m_event_relay_new(const m_event_relay_config *config)
{
    m_event_relay *r = calloc(1, sizeof *r);
    if (!r) return NULL;
    r->config = *config;
    if (!r->config.window) r->config.window = WINDOW;
    if (!r->config.ack_timeout_ms) r->config.ack_timeout_ms = ACK_TIMEOUT_MS;
    r->dirty = calloc(DIRTY_MAX, sizeof *r->dirty);
    if (r->dirty) return r;
    free(r);
    return NULL;
}

void m_event_relay_free(m_event_relay *relay)
{
    if (!relay) return;
    m_nats_retire(relay->config.link, relay->acks);
    free(relay->dirty);
    free(relay);
}

int64_t m_event_relay_pause_ms(const m_event_relay *relay)
{
    int64_t ms = PAUSE_MS;
    for (uint32_t i = 0; i < relay->failures && ms < PAUSE_MAX_MS; i++)
        ms *= 2;
    return ms < PAUSE_MAX_MS ? ms : PAUSE_MAX_MS;
}

/* ---- one window ---- */

enum { WAITING, SENT, REFUSED, UNFIT };

typedef struct {
    m_event_relay *r;
    m_call *call;
    const m_list *due;
    uint8_t *state; /* per event */
    uint32_t open;  /* on their way */
    m_event_relay_result result;
} window;

static void fault(window *w, const char *why)
{
    if (!w->result.why.n) w->result.why = m_str_dup(w->call->arena, m_str_of(why));
}

static m_status subscribe(window *w)
{
    m_event_relay *r = w->r;
    char id[M_ID_TEXT], all[INBOX + 8];
    if (r->acks) return M_OK;
    m_id_format(m_new_id(w->call), id);
    snprintf(r->inbox, sizeof r->inbox, "%s.ack.%s", m_nats_inbox_prefix(r->config.link), id);
    snprintf(all, sizeof all, "%s.>", r->inbox);
    natsStatus s = natsConnection_SubscribeSync(&r->acks, m_nats_connection(r->config.link), all);
    if (s == NATS_OK) return M_OK;
    fault(w, natsStatus_GetText(s));
    return m_nats_status(s);
}

/* M_OK also when it cannot be sent: its state says so. */
static m_status publish(window *w, uint32_t i)
{
    const m_outgoing_due *due = M_AT(*w->due, m_outgoing_due, i);
    char reply[INBOX + 64];
    natsMsg *message = NULL;
    m_arena_mark mark = m_arena_tell(w->call->arena);
    snprintf(reply, sizeof reply, "%s.%llu.%u", w->r->inbox, (unsigned long long)w->r->round, i);
    m_status status = wire_write(w->call->arena, w->r->config.producer, due->tenant, &due->event,
                                 reply, &message);
    m_arena_back(w->call->arena, mark);
    if (status != M_OK && status != M_INVALID) return m_fail(w->call, m_err_memory, "relay");
    natsStatus s = NATS_MAX_PAYLOAD; /* M_INVALID: no subject can be made of its type */
    if (message) s = natsConnection_PublishMsg(m_nats_connection(w->r->config.link), message);
    natsMsg_Destroy(message);
    if (s == NATS_MAX_PAYLOAD) {
        w->state[i] = UNFIT;
        w->result.unfit++;
        return M_OK;
    }
    if (s == NATS_OK) w->open++;
    if (s != NATS_OK) w->state[i] = REFUSED;
    if (s != NATS_OK) fault(w, natsStatus_GetText(s));
    return M_OK;
}

static bool holds(m_str text, const char *part)
{
    return text.n && memmem(text.p, text.n, part, strlen(part)) != NULL;
}

/* {"stream":"EVT_WMS","seq":5}, {"error":{…}}, or nothing but the status 503. */
static void read_ack(window *w, uint32_t i, natsMsg *ack)
{
    const char *status = NULL;
    const char *data = natsMsg_GetData(ack);
    m_str text = {data, data ? (size_t)natsMsg_GetDataLength(ack) : 0};
    bool none = natsMsgHeader_Get(ack, "Status", &status) == NATS_OK || !text.n;
    if (w->state[i] != WAITING) return;
    w->open--;
    if (!none && !holds(text, "\"error\"")) {
        w->state[i] = SENT;
        w->result.duplicates += holds(text, "\"duplicate\":true");
        return;
    }
    w->state[i] = REFUSED;
    if (none) w->result.missing = true;
    fault(w, none ? "the stream is not there" : m_str_z(w->call->arena, text));
}

static void take_ack(window *w, natsMsg *ack)
{
    const char *tail = natsMsg_GetSubject(ack) + strlen(w->r->inbox);
    char *end = NULL;
    unsigned long long round = strtoull(*tail == '.' ? tail + 1 : tail, &end, 10);
    unsigned long i = *end == '.' ? strtoul(end + 1, NULL, 10) : w->due->count;
    if (round == w->r->round && i < w->due->count) read_ack(w, (uint32_t)i, ack);
}

/* A round that failed leaves answers behind that nobody reads; in the next one's way they would be
 * its failure, and so for ever. */
static void forget_acks(m_event_relay *r)
{
    m_nats_retire(r->config.link, r->acks);
    r->acks = NULL;
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void await_acks(window *w)
{
    int64_t until = now_ms() + w->r->config.ack_timeout_ms;
    for (int64_t left; w->open && (left = until - now_ms()) > 0;) {
        natsMsg *ack = NULL;
        natsStatus s = natsSubscription_NextMsg(&ack, w->r->acks, left < 100 ? left : 100);
        if (s == NATS_OK) take_ack(w, ack);
        natsMsg_Destroy(ack);
        if (s == NATS_TIMEOUT && m_nats_connected(w->r->config.link)) continue;
        if (s == NATS_OK) continue;
        w->result.missing |= s == NATS_NO_RESPONDERS; /* the engine does not say to which */
        fault(w, natsStatus_GetText(s));
        break;
    }
    if (w->open) fault(w, "the broker did not acknowledge in time");
}

/* ---- marks ---- */

static void note_dirty(m_event_relay *r, const m_outgoing_due *due)
{
    m_head head = {due->tenant, due->event.seq, due->event.event_id};
    for (uint32_t i = 0; i < r->dirty_count; i++)
        if (m_id_eq(r->dirty[i].tenant, due->tenant)) {
            if (r->dirty[i].seq < head.seq) r->dirty[i] = head;
            return;
        }
    if (r->dirty_count < DIRTY_MAX)
        r->dirty[r->dirty_count++] = head;
    else
        r->all_dirty = true;
}

/* Up to the first event of each tenant that is not with the broker. */
static m_status move_marks(window *w)
{
    uint32_t n = 0;
    m_head *marks = m_arena_array(w->call->arena, w->due->count, sizeof *marks);
    if (!marks) return m_fail(w->call, m_err_memory, "relay");
    bool broken = false;
    for (uint32_t i = 0; i < w->due->count; i++) {
        const m_outgoing_due *due = M_AT(*w->due, m_outgoing_due, i);
        bool same = i && m_id_eq(due->tenant, due[-1].tenant);
        bool last = i + 1 == w->due->count || !m_id_eq(due->tenant, due[1].tenant);
        broken = (same && broken) || (w->state[i] != SENT && w->state[i] != UNFIT);
        if (last) note_dirty(w->r, due);
        if (broken) continue;
        if (!same || n == 0 || !m_id_eq(marks[n - 1].tenant, due->tenant)) n++;
        marks[n - 1] = (m_head){due->tenant, due->event.seq, due->event.event_id};
        w->result.sent++;
    }
    const m_outgoing_source *source = &w->r->config.source;
    if (!n) return M_OK;
    return source->ops->mark(source->self, w->call, M_STR(M_READER_BROKER), marks, n);
}

static m_status run_window(window *w)
{
    w->result.seen = w->due->count;
    w->state = m_arena_array(w->call->arena, w->due->count, sizeof *w->state);
    if (!w->state) return m_fail(w->call, m_err_memory, "relay");
    w->r->round++;
    if (subscribe(w) != M_OK) return M_OK;
    for (uint32_t i = 0; i < w->due->count && !w->result.why.n; i++)
        M_TRY(publish(w, i));
    await_acks(w);
    if (w->result.why.n) forget_acks(w->r);
    m_fault_point("published");
    return move_marks(w);
}

m_status m_event_relay_run_once(m_event_relay *relay, m_call *call, m_event_relay_result *out)
{
    const m_outgoing_source *source = &relay->config.source;
    m_list due = {0};
    window w = {.r = relay, .call = call, .due = &due};
    m_arena_mark before = m_arena_tell(call->arena);
    M_TRY(source->ops->unsent(source->self, call, relay->config.window, &due));
    if (due.count) M_TRY(run_window(&w));
    w.result.more = w.result.sent && due.count == relay->config.window;
    bool failed = due.count && w.result.why.n;
    relay->failures = failed ? relay->failures + 1 : 0;
    const m_env *env = relay->config.env;
    if (failed && env && env->log)
        env->log(env->self, "warn", "relay", m_str_z(call->arena, w.result.why));
    if (!w.result.why.n) m_arena_back(call->arena, before);
    *out = w.result;
    return M_OK;
}

/* ---- heads ---- */

static m_status publish_heads(m_event_relay *r, m_call *call, const m_head *heads, uint32_t n)
{
    char subject[WIRE_SUBJECT];
    m_heads record = {{(void *)(uintptr_t)heads, n}};
    m_buf buf = {.arena = call->arena};
    m_json_record(&buf, &m_heads_type, &record, NULL);
    if (buf.failed) return m_fail(call, m_err_memory, "heads");
    snprintf(subject, sizeof subject, "head.%s", r->config.producer);
    natsStatus s =
        natsConnection_Publish(m_nats_connection(r->config.link), subject, buf.p, (int)buf.n);
    if (s == NATS_OK) return M_OK;
    return m_fail(call, m_err_unavailable, "the broker: %s", natsStatus_GetText(s));
}

static m_status tell_all(m_event_relay *r, m_call *call)
{
    const m_outgoing_source *source = &r->config.source;
    m_heads_ask ask = {.limit = HEADS_A_TIME};
    m_heads page = {{0}};
    do {
        M_TRY(source->ops->heads(source->self, call, &ask, &page));
        if (!page.heads.count) break;
        M_TRY(publish_heads(r, call, page.heads.items, page.heads.count));
        ask.after = M_AT(page.heads, m_head, page.heads.count - 1)->tenant;
    } while (page.heads.count == HEADS_A_TIME);
    return M_OK;
}

m_status m_event_relay_tell_heads(m_event_relay *relay, m_call *call, bool all)
{
    if (all || relay->all_dirty)
        M_TRY(tell_all(relay, call));
    else
        for (uint32_t i = 0; i < relay->dirty_count; i += HEADS_A_TIME) {
            uint32_t left = relay->dirty_count - i;
            M_TRY(publish_heads(relay, call, relay->dirty + i,
                                left < HEADS_A_TIME ? left : HEADS_A_TIME));
        }
    relay->dirty_count = 0;
    relay->all_dirty = false;
    return M_OK;
}
