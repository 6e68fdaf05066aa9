/* Messages of JetStream to the consumer; what does not come by itself is asked for. */
#include "intake.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "../nats/link.h"
#include "m_adapters/codec.h"
#include "wire.h"

#define BATCH            256
#define CHECK_MS         10000
#define GRACE_MS         500
#define EXPIRES_MS       2000
#define GATHER_MS        50 /* events come in crowds, and one transaction takes many */
#define PULL_PAUSE_MS    500
#define LETTERS_MS       1000
#define LETTERS          100
#define CATCH_UP_PAGES   4
#define ASK_PAUSE_MS     250
#define ASK_PAUSE_MAX_MS 5000
#define HEADS_A_TIME     1000
#define NAK              "-NAK {\"delay\": 1000000000}"
#define INBOX            160

typedef struct {
    tenant_table tenants;
    uint32_t expected; /* messages of the running request */
    int64_t asked_at_ms;
    int64_t pull_at_ms;     /* not before */
    natsSubscription *told; /* its heads */
    int64_t ask_at_ms;      /* it did not answer: not before */
    uint32_t refusals;      /* in a row */
    uint32_t failed;
    uint64_t received, applied;
} producer_state;

struct m_intake {
    m_intake_config config;
    producer_state producers[M_INTAKE_PRODUCERS];
    natsSubscription *pulled;
    char inbox[INBOX];
    int64_t check_at_ms, letters_at_ms;
};

typedef struct {
    natsMsg *message;
    uint32_t producer;
    m_id tenant;
    m_stream_event event;
    bool good;
    bool taken;
} arrival;

typedef struct {
    m_intake *in;
    m_call *call;
    arrival *arrivals;
    uint32_t count;
    m_intake_result result;
} round_;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

m_intake *m_intake_new(const m_intake_config *config)
{
    m_intake *in = calloc(1, sizeof *in);
    if (!in) return NULL;
    in->config = *config;
    if (!in->config.batch) in->config.batch = BATCH;
    if (!in->config.check_ms) in->config.check_ms = CHECK_MS;
    if (!in->config.grace_ms) in->config.grace_ms = GRACE_MS;
    if (in->config.producer_count > M_INTAKE_PRODUCERS)
        in->config.producer_count = M_INTAKE_PRODUCERS;
    return in;
}

void m_intake_free(m_intake *intake)
{
    if (!intake) return;
    m_nats_retire(intake->config.link, intake->pulled);
    for (uint32_t i = 0; i < M_INTAKE_PRODUCERS; i++) {
        m_nats_retire(intake->config.link, intake->producers[i].told);
        free(intake->producers[i].tenants.items);
    }
    free(intake);
}

static m_str name_of(const m_intake *in, uint32_t i)
{
    return m_str_of(in->config.producers[i].name);
}

static void say(const m_intake *in, const char *level, const char *event, const char *detail)
{
    const m_env *env = in->config.env;
    if (env && env->log) env->log(env->self, level, event, detail ? detail : "");
}

/* ---- pulling ---- */

static void subscribe(m_intake *in, const m_call *call)
{
    natsConnection *nc = m_nats_connection(in->config.link);
    char id[M_ID_TEXT], all[INBOX + 8];
    if (!in->pulled) {
        m_id_format(m_new_id(call), id);
        snprintf(in->inbox, sizeof in->inbox, "%s.pull.%s", m_nats_inbox_prefix(in->config.link),
                 id);
        snprintf(all, sizeof all, "%s.*", in->inbox);
        if (natsConnection_SubscribeSync(&in->pulled, nc, all) != NATS_OK) in->pulled = NULL;
    }
    for (uint32_t i = 0; i < in->config.producer_count; i++) {
        producer_state *p = &in->producers[i];
        if (p->told) continue;
        snprintf(all, sizeof all, "head.%.100s", in->config.producers[i].name);
        if (natsConnection_SubscribeSync(&p->told, nc, all) != NATS_OK) p->told = NULL;
    }
}

static void pull(m_intake *in, uint32_t i)
{
    producer_state *p = &in->producers[i];
    char stream[NATS_STREAM], subject[WIRE_SUBJECT], reply[INBOX + 16], body[80];
    int64_t now = now_ms();
    if (p->expected && now < p->asked_at_ms + EXPIRES_MS + 1000) return;
    if (now < p->pull_at_ms) return;
    m_nats_stream(in->config.producers[i].name, stream);
    snprintf(subject, sizeof subject, "$JS.API.CONSUMER.MSG.NEXT.%s.%s", stream, in->config.domain);
    snprintf(reply, sizeof reply, "%s.%u", in->inbox, i);
    int n = snprintf(body, sizeof body, "{\"batch\":%u,\"expires\":%lld}", in->config.batch,
                     (long long)EXPIRES_MS * 1000000);
    natsStatus s =
        natsConnection_PublishRequest(m_nats_connection(in->config.link), subject, reply, body, n);
    p->expected = s == NATS_OK ? in->config.batch : 0;
    p->asked_at_ms = now;
    if (s != NATS_OK) p->pull_at_ms = now + PULL_PAUSE_MS;
}

/* Over: 404 and 408 say there is no more for now; others that there is no stream. */
static void pull_ended(m_intake *in, natsMsg *message, const char *status)
{
    const char *tail = strrchr(natsMsg_GetSubject(message), '.');
    unsigned long i = tail ? strtoul(tail + 1, NULL, 10) : M_INTAKE_PRODUCERS;
    if (i >= in->config.producer_count || strcmp(status, "100") == 0) return;
    in->producers[i].expected = 0;
    bool quiet = strcmp(status, "404") == 0 || strcmp(status, "408") == 0;
    if (!quiet) in->producers[i].pull_at_ms = now_ms() + PULL_PAUSE_MS;
}

/* Somebody's request met nobody; the engine does not say whose. */
static void pull_refused(m_intake *in)
{
    for (uint32_t i = 0; i < in->config.producer_count; i++) {
        producer_state *p = &in->producers[i];
        if (p->expected != in->config.batch) continue;
        p->expected = 0;
        p->pull_at_ms = now_ms() + PULL_PAUSE_MS;
    }
}

/* "$JS.ACK.<stream>.<consumer>.…" → the producer's number. */
static uint32_t sender(const m_intake *in, natsMsg *message)
{
    const char *reply = natsMsg_GetReply(message);
    char stream[NATS_STREAM];
    for (uint32_t i = 0;
         reply && strncmp(reply, "$JS.ACK.", 8) == 0 && i < in->config.producer_count; i++) {
        m_nats_stream(in->config.producers[i].name, stream);
        size_t n = strlen(stream);
        if (strncmp(reply + 8, stream, n) == 0 && reply[8 + n] == '.') return i;
    }
    return M_INTAKE_PRODUCERS;
}

static void arrive(round_ *r, natsMsg *message)
{
    const char *status = NULL;
    m_intake *in = r->in;
    uint32_t i = sender(in, message);
    if (i == M_INTAKE_PRODUCERS) {
        if (natsMsgHeader_Get(message, "Status", &status) == NATS_OK)
            pull_ended(in, message, status);
        natsMsg_Destroy(message);
        return;
    }
    producer_state *p = &in->producers[i];
    arrival *a = &r->arrivals[r->count++];
    if (p->expected) p->expected--;
    p->received++;
    *a = (arrival){.message = message, .producer = i};
    a->good = wire_read(r->call->arena, message, &a->tenant, &a->event) == M_OK;
    if (!a->good) say(in, "error", "stream_message", "a message that is no event");
}

static bool waiting(natsSubscription *sub)
{
    int messages = 0, bytes = 0;
    return sub && natsSubscription_GetPending(sub, &messages, &bytes) == NATS_OK && messages > 0;
}

static void receive(round_ *r, int64_t wait_ms)
{
    m_intake *in = r->in;
    struct timespec pause = {wait_ms / 1000, wait_ms % 1000 * 1000000};
    if (!in->config.without_push) subscribe(in, r->call);
    if (!in->pulled) {
        nanosleep(&pause, NULL);
        return;
    }
    for (uint32_t i = 0; i < in->config.producer_count; i++)
        pull(in, i);
    int64_t left = wait_ms > 0 ? wait_ms : 1, until = 0;
    while (r->count < in->config.batch && left > 0) {
        natsMsg *message = NULL;
        natsStatus s = natsSubscription_NextMsg(&message, in->pulled, left);
        if (s == NATS_OK)
            arrive(r, message);
        else if (s == NATS_NO_RESPONDERS)
            pull_refused(in);
        else if (s != NATS_TIMEOUT)
            nanosleep(&pause, NULL);
        if (s != NATS_OK) break;
        if (r->count && !until) until = now_ms() + GATHER_MS;
        left = waiting(in->pulled) ? 1 : until - now_ms();
    }
}

/* ---- taking ---- */

static int by_stream(const void *a, const void *b)
{
    const arrival *x = a, *y = b;
    if (x->good != y->good) return x->good ? -1 : 1;
    if (x->producer != y->producer) return x->producer < y->producer ? -1 : 1;
    int order = m_id_cmp(x->tenant, y->tenant);
    if (order) return order;
    return (x->event.seq > y->event.seq) - (x->event.seq < y->event.seq);
}

static void count(round_ *r, uint32_t producer, const m_take_result *took)
{
    r->result.applied += took->applied;
    r->result.dropped += took->dropped;
    r->result.letters += took->letters;
    r->in->producers[producer].applied += took->applied;
}

static m_status no_memory(round_ *r)
{
    return m_fail(r->call, m_err_memory, "intake");
}

/* Arrivals from..to−1 are of one tenant and producer. */
static m_status take_group(round_ *r, uint32_t from, uint32_t to)
{
    m_intake *in = r->in;
    arrival *a = &r->arrivals[from];
    uint32_t n = to - from;
    m_stream_event *events = m_arena_array(r->call->arena, n, sizeof *events);
    tenant_state *t = tenant_of(&in->producers[a->producer].tenants, a->tenant);
    m_take_result took = {0};
    if (!events || !t) return no_memory(r);
    for (uint32_t i = 0; i < n; i++)
        events[i] = a[i].event;
    if (t->head < events[n - 1].seq) t->head = events[n - 1].seq;
    r->call->tenant = a->tenant;
    m_status status =
        m_consumer_take(in->config.consumer, r->call, name_of(in, a->producer), events, n, &took);
    if (status != M_OK) {
        tenant_failed(t, now_ms());
        return status;
    }
    tenant_took(t, &took, now_ms());
    count(r, a->producer, &took);
    for (uint32_t i = 0; i < n; i++)
        a[i].taken = true;
    return M_OK;
}

static m_status take_all(round_ *r)
{
    if (r->count) qsort(r->arrivals, r->count, sizeof *r->arrivals, by_stream);
    uint32_t to = 0;
    for (uint32_t from = 0; from < r->count && r->arrivals[from].good; from = to) {
        const arrival *a = &r->arrivals[from];
        for (to = from + 1; to < r->count && to - from < M_TAKE_MAX; to++) {
            const arrival *b = &r->arrivals[to];
            if (!b->good || b->producer != a->producer || !m_id_eq(b->tenant, a->tenant)) break;
        }
        M_TRY(take_group(r, from, to));
    }
    return M_OK;
}

/* Whatever was taken in is acknowledged, also what could not be applied: it is asked for. Only when
 * the database was away the broker gives it again. */
static void acknowledge(round_ *r)
{
    natsConnection *nc = m_nats_connection(r->in->config.link);
    for (uint32_t i = 0; i < r->count; i++) {
        const arrival *a = &r->arrivals[i];
        const char *word = a->taken || !a->good ? "+ACK" : NAK;
        (void)natsConnection_PublishString(nc, natsMsg_GetReply(a->message), word);
        natsMsg_Destroy(a->message);
    }
}

/* ---- heads ---- */

static void hear_heads(round_ *r, uint32_t i, natsMsg *message)
{
    m_intake *in = r->in;
    m_heads *heads = m_record_new(&m_heads_type, r->call->arena);
    m_str text = {natsMsg_GetData(message), (size_t)natsMsg_GetDataLength(message)};
    if (!heads || !text.p) return;
    if (m_json_read(r->call, &m_heads_type, text, M_JSON_TRUSTED, heads, NULL) != M_OK) return;
    for (M_EACH(m_head, head, heads->heads)) {
        tenant_state *t = tenant_of(&in->producers[i].tenants, head->tenant);
        if (!t || head->seq <= t->head) continue;
        t->head = head->seq;
        if (t->head > t->mark) tenant_ask(t, now_ms() + in->config.grace_ms);
    }
}

static void hear(round_ *r)
{
    for (uint32_t i = 0; i < r->in->config.producer_count; i++) {
        natsSubscription *told = r->in->producers[i].told;
        while (waiting(told)) {
            natsMsg *message = NULL;
            if (natsSubscription_NextMsg(&message, told, 1) != NATS_OK) break;
            hear_heads(r, i, message);
            natsMsg_Destroy(message);
        }
    }
}

/* ---- asking ---- */

static m_call asking(const round_ *r)
{
    m_call call = *r->call;
    call.system = true;
    call.uow = NULL;
    m_error_clear(&call);
    return call;
}

/* A producer that does not answer is left alone for a while: each question would wait. */
static void no_answer(producer_state *p)
{
    int64_t pause = ASK_PAUSE_MS;
    for (uint32_t i = 0; i < p->refusals && pause < ASK_PAUSE_MAX_MS; i++)
        pause *= 2;
    p->refusals++;
    p->failed++;
    p->ask_at_ms = now_ms() + (pause < ASK_PAUSE_MAX_MS ? pause : ASK_PAUSE_MAX_MS);
}

static m_status ask_tenant(round_ *r, uint32_t i, m_id tenant)
{
    m_intake *in = r->in;
    m_take_result took = {0};
    r->call->tenant = tenant;
    r->result.asked++;
    m_status status = m_consumer_catch_up(in->config.consumer, r->call, name_of(in, i),
                                          in->config.producers[i].outbox, CATCH_UP_PAGES, &took);
    tenant_state *t = tenant_of(&in->producers[i].tenants, tenant);
    if (!t) return no_memory(r);
    if (status != M_OK) {
        no_answer(&in->producers[i]);
        tenant_ask(t, 0);
        return M_OK;
    }
    in->producers[i].refusals = 0;
    tenant_took(t, &took, now_ms());
    count(r, i, &took);
    if (!t->frozen && !t->behind && t->mark < t->head) tenant_ask(t, now_ms());
    return M_OK;
}

static m_status ask_those_behind(round_ *r)
{
    for (uint32_t i = 0; i < r->in->config.producer_count; i++) {
        tenant_table *table = &r->in->producers[i].tenants;
        for (uint32_t k = 0; k < table->count; k++) {
            const tenant_state *t = &table->items[k];
            if (r->in->producers[i].ask_at_ms > now_ms()) break;
            if (!t->behind || t->ask_at_ms > now_ms()) continue;
            if (t->mark >= t->head && t->head && !t->failures && !t->frozen && t->ask_at_ms) {
                table->items[k].behind = false; /* it came by itself meanwhile */
                continue;
            }
            M_TRY(ask_tenant(r, i, t->tenant));
        }
    }
    return M_OK;
}

/* ---- comparing everything, now and then ---- */

static m_status tell_marks(round_ *r, uint32_t i, const m_list *marks)
{
    m_call call = asking(r);
    m_marks_told told = {.consumer = m_str_of(r->in->config.domain)};
    m_marks_kept kept = {0};
    for (uint32_t from = 0; from < marks->count; from += HEADS_A_TIME) {
        uint32_t left = marks->count - from;
        told.marks =
            (m_list){M_AT(*marks, m_head, from), left < HEADS_A_TIME ? left : HEADS_A_TIME};
        M_TRY(m_outbox_told(r->in->config.producers[i].outbox, &call, &told, &kept));
    }
    return M_OK;
}

/* A mark of now against a head asked for after it. */
static m_status compare(round_ *r, uint32_t i, const m_head *head)
{
    tenant_state *t = tenant_of(&r->in->producers[i].tenants, head->tenant);
    if (!t) return no_memory(r);
    t->named = true;
    if (head->seq > t->head) t->head = head->seq;
    if (head->seq > t->mark) tenant_ask(t, now_ms() + r->in->config.grace_ms);
    if (head->seq < t->mark) tenant_ask(t, 0);
    return M_OK;
}

/* A tenant with a mark that the producer does not know (any more). */
static void ask_unnamed(tenant_table *table)
{
    for (uint32_t k = 0; k < table->count; k++)
        if (!table->items[k].named && table->items[k].mark) tenant_ask(&table->items[k], 0);
}

static m_status read_heads(round_ *r, uint32_t i)
{
    m_heads_ask ask = {.limit = HEADS_A_TIME};
    m_heads page = {{0}};
    do {
        m_call call = asking(r);
        m_status status = m_outbox_heads(r->in->config.producers[i].outbox, &call, &ask, &page);
        if (status != M_OK) {
            no_answer(&r->in->producers[i]);
            return M_OK; /* later */
        }
        for (M_EACH(const m_head, head, page.heads))
            M_TRY(compare(r, i, head));
        if (page.heads.count) ask.after = M_AT(page.heads, m_head, page.heads.count - 1)->tenant;
    } while (page.heads.count == HEADS_A_TIME);
    ask_unnamed(&r->in->producers[i].tenants);
    return M_OK;
}

static m_status check_producer(round_ *r, uint32_t i)
{
    m_intake *in = r->in;
    tenant_table *table = &in->producers[i].tenants;
    m_list marks = {0};
    m_call call = asking(r);
    m_status status =
        in->config.view.ops->marks(in->config.view.self, &call, name_of(in, i), &marks);
    if (status != M_OK) return m_fail(r->call, m_err_unavailable, "the marks");
    for (uint32_t k = 0; k < table->count; k++) { /* the database may be another one now */
        table->items[k].mark = 0;
        table->items[k].named = false;
    }
    for (M_EACH(const m_head, mark, marks)) {
        tenant_state *t = tenant_of(table, mark->tenant);
        if (!t) return no_memory(r);
        t->mark = mark->seq;
        if (t->head < t->mark) t->head = t->mark;
    }
    if (in->producers[i].ask_at_ms > now_ms()) return M_OK;
    M_TRY(read_heads(r, i));
    (void)tell_marks(r, i, &marks); /* again the next time */
    return M_OK;
}

static m_status check(round_ *r)
{
    int64_t now = now_ms();
    if (now < r->in->check_at_ms) return M_OK;
    for (uint32_t i = 0; i < r->in->config.producer_count; i++)
        M_TRY(check_producer(r, i));
    r->in->check_at_ms = now + r->in->config.check_ms;
    return M_OK;
}

static m_status letters(round_ *r)
{
    m_intake *in = r->in;
    m_list due = {0};
    int64_t now = now_ms();
    if (now < in->letters_at_ms) return M_OK;
    in->letters_at_ms = now + LETTERS_MS;
    M_TRY(in->config.view.ops->letters_due(in->config.view.self, r->call, LETTERS, &due));
    for (M_EACH(const m_id, tenant, due)) {
        m_retry_result result = {0};
        r->call->tenant = *tenant;
        M_TRY(m_consumer_retry(in->config.consumer, r->call, LETTERS, &result));
        r->result.retried += result.taken;
    }
    return M_OK;
}

/* ---- a round ---- */

m_status m_intake_run(m_intake *intake, m_call *call, int64_t wait_ms, m_intake_result *out)
{
    round_ r = {.in = intake, .call = call};
    r.arrivals = m_arena_array(call->arena, intake->config.batch, sizeof *r.arrivals);
    if (!r.arrivals) return no_memory(&r);
    receive(&r, wait_ms);
    r.result.received = r.count;
    m_status status = take_all(&r);
    acknowledge(&r);
    hear(&r);
    if (status == M_OK) status = check(&r);
    if (status == M_OK) status = ask_those_behind(&r);
    if (status == M_OK) status = letters(&r);
    *out = r.result;
    return status;
}

void m_intake_stats_of(const m_intake *intake, uint32_t i, m_intake_stats *out)
{
    *out = (m_intake_stats){0};
    if (i >= intake->config.producer_count) return;
    const producer_state *p = &intake->producers[i];
    out->producer = intake->config.producers[i].name;
    out->failed = p->failed;
    out->received = p->received;
    out->applied = p->applied;
    for (uint32_t k = 0; k < p->tenants.count; k++) {
        const tenant_state *t = &p->tenants.items[k];
        out->lag += t->head - t->mark;
        out->behind += t->head > t->mark;
        out->frozen += t->frozen;
    }
}
