/* Taking events: once, in order, with their mark. */
#include "consumer.h"

#include <stdlib.h>

#include "../relay/backoff.h"
#include "m_adapters/codec.h"
#include "m_adapters/fault.h"

#define TIMEOUT_MS 30000
#define US_PER_MS  INT64_C(1000)
#define FAULTS_MAX 16

m_consumer *m_consumer_new(const m_consumer_config *config)
{
    m_consumer *c = calloc(1, sizeof *c);
    if (!c) return NULL;
    c->config = *config;
    if (!c->config.timeout_ms) c->config.timeout_ms = TIMEOUT_MS;
    c->arena = m_arena_new(0);
    if (c->arena) return c;
    free(c);
    return NULL;
}

void m_consumer_free(m_consumer *consumer)
{
    if (!consumer) return;
    m_arena_free(consumer->arena);
    free(consumer);
}

bool goes_without(const m_consumer *c, uint32_t protection)
{
    const char *ordered = protection == M_WITHOUT_MARKS ? "no_marks" : "no_catch_up";
    (void)ordered; /* in a program that is shipped nobody orders it */
    return c->config.without & protection || m_fault_ordered(ordered);
}

/* ---- who gets it ---- */

static m_status add_receiver(m_call *call, receiver out[RECEIVERS_MAX], uint32_t *n, receiver one)
{
    if (*n == RECEIVERS_MAX) return m_fail(call, m_err_internal, "too many listen to one event");
    out[(*n)++] = one;
    return M_OK;
}

m_status receivers_of(const m_consumer *c, m_call *call, m_str type, receiver out[RECEIVERS_MAX],
                      uint32_t *n)
{
    uint32_t modules = 0;
    const m_module_instance *m = NULL;
    if (c->config.registry) m = m_registry_modules(c->config.registry, &modules);
    *n = 0;
    for (uint32_t i = 0; i < c->config.sink_count; i++) {
        const m_stream_sink *sink = &c->config.sinks[i];
        size_t prefix = strlen(sink->prefix);
        if (type.n >= prefix && memcmp(type.p, sink->prefix, prefix) == 0)
            M_TRY(add_receiver(call, out, n, (receiver){sink->consumer, NULL, NULL, sink}));
    }
    for (uint32_t i = 0; i < modules; i++)
        for (const m_listener *at = m[i].module->listeners; at && at->type; at++)
            if (m_str_is(type, at->type))
                M_TRY(
                    add_receiver(call, out, n, (receiver){at->consumer, at, m[i].instance, NULL}));
    return M_OK;
}

m_call inner_call(const m_consumer *c, const m_call *call)
{
    return (m_call){
        .tenant = call->tenant,
        .system = true,
        .request_id = call->request_id,
        .trace_parent = call->trace_parent,
        .env = c->config.env,
        .arena = c->arena,
        .answers = call->answers,
    };
}

static m_status give_listener(m_call *inner, m_str producer, const m_stream_event *event,
                              const receiver *to)
{
    m_delivery delivery = {
        .id = event->event_id,
        .type = event->type,
        .aggregate = event->aggregate,
        .occurred_on = event->occurred_on,
        .recorded_at = event->recorded_at,
        .payload = event->payload,
        .producer = producer,
    };
    const m_type *type = to->listener->payload_type;
    if (type) {
        void *record = m_record_new(type, inner->arena);
        if (!record) return m_fail(inner, m_err_memory, "%s", type->name);
        M_TRY(m_json_read(inner, type, event->payload, M_JSON_TRUSTED, record, NULL));
        delivery.record = record;
    }
    return to->listener->handle(to->instance, inner, &delivery);
}

m_status give(const m_consumer *c, m_call *inner, m_str producer, const m_stream_event *event,
              const receiver *to)
{
    m_error_clear(inner);
    inner->actor_name = event->actor_name;
    inner->request_id = event->request_id;
    inner->trace_parent = event->trace_parent;
    inner->deadline.us = m_now(inner).us + c->config.timeout_ms * US_PER_MS;
    if (to->sink) return to->sink->take(to->sink->arg, inner, producer, event);
    return give_listener(inner, producer, event, to);
}

m_str cause_of(m_arena *arena, const m_call *call, m_status status)
{
    const m_error *error = &call->error;
    m_str code = error->code.n ? error->code : m_str_of(m_status_name(status));
    return m_str_of(
        m_arena_printf(arena, "%.*s: %.*s", M_STR_ARG(code), M_STR_ARG(error->message)));
}

bool asked_again(const m_consumer *c, m_call *inner, m_status status, uint32_t *rounds)
{
    if (status != M_AGAIN || !c->config.again || (*rounds)++ >= AGAIN_ROUNDS) return false;
    inner->uow = NULL;
    return c->config.again(c->config.arg, inner) == M_OK;
}

void tell(const m_consumer *c, const char *level, const char *event, m_str detail)
{
    const m_env *env = c->config.env;
    const char *text = detail.n ? m_str_z(c->arena, detail) : "";
    if (env->log) env->log(env->self, level, event, text ? text : "");
}

void error_over(m_call *call, const m_call *inner)
{
    m_error_clear(call);
    call->error.status = inner->error.status;
    call->error.code = m_str_dup(call->arena, inner->error.code);
    call->error.message = m_str_dup(call->arena, inner->error.message);
    call->error.hint = m_str_dup(call->arena, inner->error.hint);
}

/* ---- the mark ---- */

m_status mark_read(m_store store, m_call *call, m_str producer, m_consumer_mark *out)
{
    m_consumer_mark key = {.producer = producer};
    const void *found = NULL;
    M_TRY(m_store_get_key(store, call, &m_consumer_mark_type, &key, &found));
    *out = found ? *(const m_consumer_mark *)found : key;
    out->producer = producer;
    return M_OK;
}

m_status m_consumer_mark_of(m_consumer *consumer, m_call *call, m_str producer,
                            m_consumer_mark *out)
{
    const m_consumer_config *config = &consumer->config;
    m_uow *uow = config->uow;
    m_consumer_mark mark;
    M_TRY(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0));
    m_status status = mark_read(config->store, call, producer, &mark);
    if (status == M_OK) mark.why = m_str_dup(call->arena, mark.why);
    uow->ops->rollback(uow);
    if (status == M_OK) *out = mark;
    return status;
}

m_status m_consumer_mark_set(m_store store, m_call *call, m_str producer, int64_t seq, m_id last)
{
    m_consumer_mark mark = {
        .producer = producer, .seq = seq, .last = last, .at = m_now(call), .state = M_MARK_FLOWING};
    return m_store_put(store, call, &m_consumer_mark_type, &mark);
}

/* ---- one attempt: a run of events in one transaction ---- */

/* What a receiver was found to refuse in an attempt that had to be rolled back. */
typedef struct {
    int64_t seq;
    const char *consumer;
    m_str cause;
} fault;

typedef enum {
    GO_ON,
    STOP,         /* commit what there is, and no more */
    ROLL_SHORTER, /* roll back; then only the events before this one */
    ROLL_SAME     /* roll back; then the same events again */
} verdict;

typedef struct {
    m_consumer *c;
    m_call *call;
    m_call inner;
    m_str producer;
    const m_stream_event *events;
    fault faults[FAULTS_MAX];
    uint32_t fault_count;
    m_status held;
    /* of the attempt that runs */
    m_consumer_mark mark;
    bool letters; /* the tenant has some */
    uint32_t at;  /* event */
    m_take_result sum;
} taking;

static const fault *find_fault(const taking *t, int64_t seq, const char *consumer)
{
    for (uint32_t i = 0; i < t->fault_count; i++)
        if (t->faults[i].seq == seq && strcmp(t->faults[i].consumer, consumer) == 0)
            return &t->faults[i];
    return NULL;
}

static bool note_fault(taking *t, int64_t seq, const char *consumer, m_status status)
{
    if (t->fault_count == FAULTS_MAX) return false;
    m_str cause = cause_of(t->call->arena, &t->inner, status);
    t->faults[t->fault_count++] = (fault){seq, consumer, cause};
    return true;
}

static m_status put_letter(taking *t, const m_stream_event *e, const receiver *to,
                           m_letter_state state, m_str cause)
{
    M_TRY(letter_write(t->c, &t->inner, t->producer, e, to, state, cause));
    t->letters = true;
    t->sum.letters++;
    return M_OK;
}

/* The listener refused: what it did is taken back and the event becomes a letter. */
static m_status refused(taking *t, const m_stream_event *e, const receiver *to, m_status status,
                        verdict *out)
{
    m_uow *uow = t->c->config.uow;
    bool noted = note_fault(t, e->seq, to->consumer, status);
    if (!uow->ops->refuse(uow) || !noted) {
        *out = noted ? ROLL_SAME : ROLL_SHORTER;
        return M_OK;
    }
    m_str cause = t->faults[t->fault_count - 1].cause;
    M_TRY(put_letter(t, e, to, M_LETTER_WAITING, cause));
    uow->ops->accept(uow);
    return M_OK;
}

/* A passing failure: the events before this one are kept, this one waits. */
static void hold(taking *t, m_status status, bool touched, verdict *out)
{
    m_uow *uow = t->c->config.uow;
    t->held = status;
    error_over(t->call, &t->inner);
    *out = !touched && uow->ops->refuse(uow) ? STOP : ROLL_SHORTER;
}

/* touched: an earlier receiver of the same event had its effect. */
static m_status offer(taking *t, const m_stream_event *e, const receiver *to, bool touched,
                      verdict *out)
{
    m_uow *uow = t->c->config.uow;
    const fault *known = find_fault(t, e->seq, to->consumer);
    bool before = false;
    if (!known && t->letters && !m_id_is_null(e->aggregate))
        M_TRY(letter_before(t->c, &t->inner, to->consumer, e->aggregate, &before));
    if (known || before) {
        M_TRY(put_letter(t, e, to, before ? M_LETTER_PARKED : M_LETTER_WAITING,
                         before ? (m_str){NULL, 0} : known->cause));
        uow->ops->accept(uow);
        return M_OK;
    }
    m_status status = give(t->c, &t->inner, t->producer, e, to);
    if (status == M_OK)
        uow->ops->accept(uow);
    else if (backoff_passes_by(status))
        hold(t, status, touched, out);
    else
        return refused(t, e, to, status, out);
    return M_OK;
}

static bool for_us(const taking *t, const m_stream_event *e)
{
    return !e->address.n || m_str_is(e->address, t->c->config.domain);
}

static m_status take_event(taking *t, const m_stream_event *e, verdict *out)
{
    m_uow *uow = t->c->config.uow;
    receiver to[RECEIVERS_MAX];
    uint32_t n = 0;
    uow->ops->mark(uow);
    if (for_us(t, e)) M_TRY(receivers_of(t->c, &t->inner, e->type, to, &n));
    for (uint32_t i = 0; i < n; i++) {
        M_TRY(offer(t, e, &to[i], i > 0, out));
        if (*out != GO_ON) return M_OK;
    }
    t->mark.seq = e->seq;
    t->mark.last = e->event_id;
    t->sum.applied++;
    return M_OK;
}

static void freeze(taking *t, const char *why)
{
    t->mark.state = M_MARK_FROZEN;
    t->mark.why = m_str_of(why);
    t->sum.frozen = true;
    tell(t->c, "error", "stream_frozen", t->mark.why);
}

/* Twice, next, too early, or of another history? */
static m_status judge(taking *t, const m_stream_event *e, verdict *out)
{
    if (goes_without(t->c, M_WITHOUT_MARKS)) return take_event(t, e, out);
    if (e->seq <= t->mark.seq) {
        t->sum.dropped++;
        return M_OK;
    }
    *out = STOP;
    if (e->seq > t->mark.seq + 1) {
        t->sum.need = t->mark.seq + 1;
        return M_OK;
    }
    if (!m_id_eq(e->previous, t->mark.last)) {
        freeze(t, "the producer's history is not the one that was applied here");
        return M_OK;
    }
    *out = GO_ON;
    return take_event(t, e, out);
}

/* ---- transactions ---- */

static m_status begin_attempt(taking *t)
{
    m_enum discarded = M_LETTER_DISCARDED;
    m_filter filters[] = {{"producer", M_OP_EQ, &t->producer}, {"state", M_OP_NE, &discarded}};
    m_query any = {.filters = filters, .filter_count = 2, .limit = 1};
    m_consumer_mark key = {.producer = t->producer};
    const void *keys[] = {&key};
    m_fetch wants[] = {{.type = &m_consumer_mark_type, .keys = keys, .key_count = 1},
                       {.type = &m_dead_letter_type, .query = &any}};
    m_uow *uow = t->c->config.uow;
    t->sum = (m_take_result){.held = M_OK};
    M_TRY(uow->ops->begin(uow, &t->inner, M_UOW_WRITE, wants, 2));
    m_status status = m_store_fetch(t->c->config.store, &t->inner, wants, 2);
    if (status != M_OK) {
        uow->ops->rollback(uow);
        return status;
    }
    const m_consumer_mark *found = wants[0].records[0];
    t->mark = found ? *found : key;
    t->mark.producer = t->producer;
    t->letters = wants[1].count > 0;
    t->sum.frozen = t->mark.state == M_MARK_FROZEN;
    return M_OK;
}

static m_status run_events(taking *t, uint32_t from, uint32_t to, verdict *out)
{
    for (t->at = from; t->at < to && *out == GO_ON && !t->sum.frozen; t->at++) {
        M_TRY(judge(t, &t->events[t->at], out));
        if (*out != GO_ON) return M_OK; /* t->at: where it stopped */
    }
    return M_OK;
}

static m_status write_mark(taking *t)
{
    const m_consumer_config *config = &t->c->config;
    config->uow->ops->mark(config->uow);
    t->mark.at = m_now(&t->inner);
    M_TRY(m_store_put(config->store, &t->inner, &m_consumer_mark_type, &t->mark));
    config->uow->ops->accept(config->uow);
    return M_OK;
}

/* Events from..to−1. *commit: what the commit said. */
static m_status attempt(taking *t, uint32_t from, uint32_t to, verdict *out, m_status *commit)
{
    m_uow *uow = t->c->config.uow;
    M_TRY(begin_attempt(t));
    bool was_frozen = t->sum.frozen;
    m_status status = was_frozen ? M_OK : run_events(t, from, to, out);
    bool keep = status == M_OK && (*out == GO_ON || *out == STOP) && !was_frozen &&
                (t->sum.applied || t->sum.frozen);
    if (keep) status = write_mark(t);
    if (status != M_OK || !keep) {
        uow->ops->rollback(uow);
        if (was_frozen) *out = STOP;
        t->sum.mark = t->mark.seq;
        return status;
    }
    m_fault_point("taking");
    *commit = uow->ops->commit(uow, &t->inner);
    m_fault_point("taken");
    t->sum.mark = t->mark.seq;
    return M_OK;
}

/* ---- all of them ---- */

/* The database refused an event's effects at the commit: whose they are is not told. */
static m_status blame(taking *t, const m_stream_event *e, m_status status)
{
    receiver to[RECEIVERS_MAX];
    uint32_t n = 0;
    bool news = false;
    m_error said = t->inner.error;
    if (for_us(t, e)) M_TRY(receivers_of(t->c, &t->inner, e->type, to, &n));
    t->inner.error = said;
    for (uint32_t i = 0; i < n; i++)
        if (!find_fault(t, e->seq, to[i].consumer))
            news |= note_fault(t, e->seq, to[i].consumer, status);
    return news ? M_OK : status;
}

typedef struct {
    taking *t;
    uint32_t n, from, to;
    bool single;     /* one event a transaction: to find the one at fault */
    uint32_t rounds; /* for the event at `waits` */
    uint32_t waits;
    m_take_result total;
} drive;

static void count(drive *d)
{
    m_take_result *to = &d->total;
    const m_take_result *from = &d->t->sum;
    to->applied += from->applied;
    to->dropped += from->dropped;
    to->letters += from->letters;
    to->need = from->need;
    to->frozen = from->frozen;
    to->mark = from->mark;
}

/* True: the event at `from` may be tried again now. */
static bool release(drive *d)
{
    taking *t = d->t;
    if (d->waits != d->from) d->rounds = 0;
    d->waits = d->from;
    if (!asked_again(t->c, &t->inner, t->held, &d->rounds)) {
        d->total.held = t->held;
        return false;
    }
    t->held = M_OK;
    d->to = d->n;
    return true;
}

static m_status not_committed(drive *d, m_status status, bool *more)
{
    taking *t = d->t;
    if (backoff_passes_by(status)) {
        d->total.held = status;
        error_over(t->call, &t->inner);
        *more = false;
        return M_OK;
    }
    if (!d->single && d->to - d->from > 1) {
        d->single = true;
        return M_OK;
    }
    status = blame(t, &t->events[d->from], status);
    if (status != M_OK) error_over(t->call, &t->inner);
    return status;
}

static m_status step(drive *d, bool *more)
{
    taking *t = d->t;
    verdict v = GO_ON;
    m_status commit = M_OK;
    uint32_t to = d->single ? d->from + 1 : d->to;
    m_status status = attempt(t, d->from, to, &v, &commit);
    if (status != M_OK) {
        error_over(t->call, &t->inner);
        return status;
    }
    if (commit != M_OK) return not_committed(d, commit, more);
    if (v == GO_ON || v == STOP) {
        count(d);
        d->from = v == STOP ? t->at : to;
        if (t->held != M_OK && d->from < d->n)
            *more = release(d);
        else if (v == STOP)
            *more = false;
        else
            d->to = d->n;
        return M_OK;
    }
    if (v == ROLL_SHORTER && t->at > d->from)
        d->to = t->at;
    else if (v == ROLL_SHORTER && t->held != M_OK)
        *more = release(d);
    else if (v == ROLL_SHORTER)
        t->fault_count = 0; /* they belong to events that are done */
    return M_OK;
}

m_status m_consumer_take(m_consumer *consumer, m_call *call, m_str producer,
                         const m_stream_event *events, uint32_t n, m_take_result *out)
{
    m_arena_reset(consumer->arena);
    taking t = {.c = consumer, .call = call, .producer = producer, .events = events};
    t.inner = inner_call(consumer, call);
    drive d = {.t = &t, .n = n, .to = n};
    bool more = n > 0;
    m_error_clear(call);
    for (uint32_t bound = 4 * n + 64; more && d.from < n; bound--) {
        if (!bound) return m_fail(call, m_err_internal, "events that never end");
        M_TRY(step(&d, &more));
    }
    *out = d.total;
    return M_OK;
}
