/* Work of the gateway that the processes of other domains do: each is asked for it, and then asked
 * how far it is. Processes of one domain share the questions, so one may come to somebody who does
 * not have the work; the next one will find it. */
#include <stdlib.h>
#include <time.h>

#include "works.h"

#define MISSES_MAX    100 /* in a row; then who had the work is gone */
#define FAILURES_MAX  60  /* in a row; then nobody of the domain can be reached */
#define PAUSE_MISSED  10  /* milliseconds */
#define PAUSE_FIRST   50
#define PAUSE_LONGEST 400

typedef struct {
    const char *domain;
    m_remote_value value;
    m_work there;
    m_id id;
    uint32_t misses, failures;
    bool over;
    int64_t seen;     /* bytes of the rows */
    m_buf rows;       /* all of them so far */
    m_work_news news; /* the last ones; texts once it is over */
} errand;

typedef struct {
    const task_tools *tools;
    m_call *call;
    task *task;
    m_arena *scratch; /* of one question */
    errand errands[DOMAINS_MAX];
    uint32_t count;
    uint64_t own_done, own_total;
} trip;

static m_status trip_open(trip **out, const task_tools *tools, m_call *call, task *t)
{
    trip *p = calloc(1, sizeof *p);
    if (p) *p = (trip){.tools = tools, .call = call, .task = t, .scratch = m_arena_new(0)};
    if (p && p->scratch) {
        *out = p;
        return M_OK;
    }
    free(p);
    return m_fail(call, m_err_memory, NULL);
}

static m_status trip_close(trip *p, m_status status)
{
    m_arena_free(p->scratch);
    free(p);
    return status;
}

static m_status send(trip *p, const char *domain, const task_order *order)
{
    errand *e = &p->errands[p->count];
    m_work_ref ref;
    *e = (errand){.domain = domain, .rows = {.arena = p->call->arena}};
    m_iface there = m_remote_bind_now(&e->value, p->tools->asker, domain, &m_work_protocol);
    e->there = (m_work){there.ops, there.self};
    M_TRY(m_work_ask(e->there, p->call, order, &ref));
    e->id = ref.id;
    p->count++;
    return M_OK;
}

/* What is told at the end outlives the question. */
static m_status take_end(const trip *p, errand *e)
{
    m_work_news *n = &e->news;
    m_str result = n->result, refusal = n->refusal;
    e->over = n->state == M_WORK_DONE || n->state == M_WORK_FAILED;
    n->result = m_str_dup(p->call->arena, result);
    n->refusal = m_str_dup(p->call->arena, refusal);
    bool kept = n->result.n == result.n && n->refusal.n == refusal.n && !e->rows.failed;
    return kept ? M_OK : m_fail(p->call, m_err_memory, NULL);
}

static m_status look(trip *p, errand *e)
{
    m_work_ref ref = {e->id, e->seen};
    m_work_news news = {.known = false};
    m_call asking = *p->call;
    m_arena_reset(p->scratch);
    m_error_clear(&asking);
    asking.arena = p->scratch;
    bool reached = m_work_tell(e->there, &asking, &ref, &news) == M_OK;
    e->failures = reached ? 0 : e->failures + 1;
    e->misses = reached && !news.known ? e->misses + 1 : 0;
    if (e->failures == FAILURES_MAX || e->misses == MISSES_MAX)
        return m_fail(p->call, m_err_unavailable, "%s", e->domain);
    if (!reached || !news.known) return M_OK;
    m_buf_bytes(&e->rows, news.rows.p, news.rows.n);
    e->seen += (int64_t)news.rows.n;
    e->news = news;
    return take_end(p, e);
}

static bool show_progress(const trip *p)
{
    uint64_t done = p->own_done, total = p->own_total;
    for (uint32_t i = 0; i < p->count; i++) {
        done += (uint64_t)p->errands[i].news.done;
        total += (uint64_t)p->errands[i].news.total;
    }
    return task_progress(p->task, done, total);
}

static m_status follow(trip *p)
{
    unsigned pause_ms = PAUSE_FIRST;
    for (;;) {
        uint32_t over = 0, missed = 0;
        for (uint32_t i = 0; i < p->count; i++) {
            if (!p->errands[i].over) M_TRY(look(p, &p->errands[i]));
            over += p->errands[i].over;
            missed += p->errands[i].misses > 0;
        }
        if (!show_progress(p)) return m_fail(p->call, m_err_unavailable, "core");
        if (over == p->count) return M_OK;
        struct timespec nap = {0, (missed ? PAUSE_MISSED : (long)pause_ms) * 1000000};
        nanosleep(&nap, NULL);
        if (missed) continue;
        pause_ms = pause_ms * 2 < PAUSE_LONGEST ? pause_ms * 2 : PAUSE_LONGEST;
    }
}

/* Its refusal is ours. */
static m_status check_end(const trip *p, const errand *e)
{
    if (e->news.state == M_WORK_DONE) return M_OK;
    task_refusal(p->task, e->news.refusal);
    return m_fail(p->call, m_err_unavailable, "%s", e->domain);
}

static m_str rows_of(const errand *e)
{
    m_str rows = m_buf_str(&e->rows);
    if (rows.n && rows.p[0] == ',') rows.p++, rows.n--;
    return rows;
}

/* ---- the proof of all ---- */

typedef struct {
    m_str id, title, detail;
    bool holds;
} verdict;
static const m_field verdict_fields[] = {
    M_F_STR(verdict, id, "Id", .max = 20),
    M_F_TEXT(verdict, title, "Title", .max = 4000),
    M_F_TEXT(verdict, detail, "Detail", .max = 4000),
    M_F_BOOL(verdict, holds, "Holds"),
};
static const m_type verdict_type = {
    .name = "work.verdict", .size = sizeof(verdict), M_FIELDS(verdict_fields)};

typedef struct {
    m_list rows;
} verdicts;
static const m_field verdicts_fields[] = {M_F_LIST(verdicts, rows, "Rows", &verdict_type)};
static const m_type verdicts_type = {
    .name = "work.verdicts", .size = sizeof(verdicts), M_FIELDS(verdicts_fields)};

/* One of each invariant. */
typedef struct {
    trip *trip;
    m_list all; /* verdict */
    uint32_t capacity;
} union_of;

static m_str joined(m_arena *arena, m_str text, const char *domain, m_str more)
{
    m_buf out = {.arena = arena};
    m_buf_bytes(&out, text.p, text.n);
    if (text.n) m_buf_text(&out, "; ");
    if (domain) m_buf_format(&out, "%s: ", domain);
    m_buf_bytes(&out, more.p, more.n);
    return m_buf_str(&out);
}

static verdict *place_of(union_of *u, const verdict *v)
{
    m_arena *arena = u->trip->call->arena;
    verdict *all = u->all.items;
    for (uint32_t i = 0; i < u->all.count; i++)
        if (m_str_eq(all[i].id, v->id)) return &all[i];
    verdict *fresh = m_list_add(arena, &u->all, &u->capacity, sizeof *fresh);
    if (fresh) *fresh = (verdict){.id = m_str_dup(arena, v->id), .holds = true};
    return fresh;
}

static bool add(union_of *u, const char *domain, const verdict *v)
{
    m_arena *arena = u->trip->call->arena;
    verdict *place = place_of(u, v);
    if (!place) return false;
    place->holds = place->holds && v->holds;
    if (!m_str_eq(place->title, v->title))
        place->title = joined(arena, place->title, NULL, v->title);
    if (v->detail.n) place->detail = joined(arena, place->detail, domain, v->detail);
    return true;
}

static bool on_own_verdict(void *self, const prove_verdict *v)
{
    union_of *u = self;
    const verdict own = {m_str_of(v->id), m_str_of(v->title), m_str_of(v->detail), v->holds};
    u->trip->own_done++;
    return add(u, u->trip->tools->rt->others.self, &own) && show_progress(u->trip);
}

static bool on_own_rebuilding(void *self, uint64_t done, uint64_t total)
{
    (void)done, (void)total; /* core keeps no books */
    return show_progress(((union_of *)self)->trip);
}

static m_status add_theirs(union_of *u, const errand *e)
{
    m_call *call = u->trip->call;
    m_str rows = rows_of(e);
    m_buf text = {.arena = call->arena};
    verdicts theirs = {.rows = {NULL, 0}};
    m_buf_format(&text, "{\"rows\":[%.*s]}", M_STR_ARG(rows));
    M_TRY(m_json_read(call, &verdicts_type, m_buf_str(&text), M_JSON_TRUSTED, &theirs, NULL));
    for (M_EACH(const verdict, v, theirs.rows))
        if (!add(u, e->domain, v)) return m_fail(call, m_err_memory, "prove");
    return M_OK;
}

static m_status show_all(union_of *u)
{
    m_call *call = u->trip->call;
    uint32_t held = 0;
    for (M_EACH(const verdict, v, u->all)) {
        m_buf row = {.arena = call->arena};
        works_verdict(&row, v->id, v->title, v->detail, v->holds);
        if (row.failed) return m_fail(call, m_err_memory, "prove");
        task_row(u->trip->task, m_buf_str(&row));
        held += v->holds;
    }
    const char *result =
        m_arena_printf(call->arena, "{\"held\":%u,\"broken\":%u}", held, u->all.count - held);
    if (!result) return m_fail(call, m_err_memory, "prove");
    task_result(u->trip->task, m_str_of(result));
    return M_OK;
}

static m_status prove_all(union_of *u, const task_order *order)
{
    trip *p = u->trip;
    uint32_t broken;
    for (const char *const *name = p->tools->rt->other_domains; *name; name++)
        M_TRY(send(p, *name, order));
    p->own_total = works_prove_steps(p->tools);
    M_TRY(works_prove(p->tools, p->call, order,
                      (prove_listener){on_own_verdict, on_own_rebuilding, u}, &broken));
    p->own_done = p->own_total;
    M_TRY(follow(p));
    for (uint32_t i = 0; i < p->count; i++) {
        M_TRY(check_end(p, &p->errands[i]));
        M_TRY(add_theirs(u, &p->errands[i]));
    }
    return show_all(u);
}

m_status task_prove_all(void *arg, m_call *call, const task_order *order, task *t)
{
    union_of u = {.trip = NULL};
    if (!m_permitted(call, NULL, M_CAN_READ)) return m_fail(call, m_err_denied, "prove");
    M_TRY(trip_open(&u.trip, arg, call, t));
    return trip_close(u.trip, prove_all(&u, order));
}

/* ---- import ---- */

static m_str query_value(const task_order *order, const char *name)
{
    for (M_EACH(m_pair, pair, order->query))
        if (m_str_is(pair->name, name)) return pair->value;
    return (m_str){NULL, 0};
}

static bool is_ours(const task_tools *tools, m_str collection)
{
    uint32_t n;
    const m_collection *all = m_registry_collections(tools->domains->registry, &n);
    for (uint32_t i = 0; i < n; i++)
        if (domains_own(all[i].module->name) && m_str_is(collection, all[i].doctype->collection))
            return true;
    return false;
}

/* Whether it may be read does not matter here. */
static bool is_theirs(const task_tools *tools, const m_call *call, const char *domain, m_str name)
{
    m_remote_value value;
    m_iface bound = m_remote_bind_now(&value, tools->asker, domain, &m_reports_protocol);
    m_document_request in = {.module = m_str_of(domain), .collection = name};
    m_document_reply out = {.version = 0};
    m_call asking = *call;
    m_error_clear(&asking);
    m_status status = m_reports_type((m_reports){bound.ops, bound.self}, &asking, &in, &out);
    return status == M_OK || status == M_DENIED;
}

/* The other domain that has "wms/warehouses" or "warehouses"; NULL when none has. */
static const char *home_of(const task_tools *tools, const m_call *call, m_str collection)
{
    const char *slash = collection.n ? memchr(collection.p, '/', collection.n) : NULL;
    m_str module = {collection.p, slash ? (size_t)(slash - collection.p) : 0};
    if (!slash && (!collection.n || is_ours(tools, collection))) return NULL;
    for (const char *const *name = tools->rt->other_domains; *name; name++)
        if (slash ? m_str_is(module, *name) : is_theirs(tools, call, *name, collection))
            return *name;
    return NULL;
}

static m_status import_there(trip *p, const char *domain, const task_order *order)
{
    const errand *e = p->errands;
    M_TRY(send(p, domain, order));
    M_TRY(follow(p));
    m_str rows = rows_of(e);
    if (rows.n) task_row(p->task, rows);
    task_left_out(p->task, (uint32_t)e->news.left_out);
    if (e->news.result.n) task_result(p->task, e->news.result);
    if (p->tools->saw) p->tools->saw(p->tools->saw_arg, p->call->tenant, domain, e->news.mark);
    return check_end(p, e);
}

m_status task_import_home(void *arg, m_call *call, const task_order *order, task *t)
{
    const char *domain = home_of(arg, call, query_value(order, "collection"));
    trip *p;
    if (!domain) return task_import(arg, call, order, t);
    M_TRY(trip_open(&p, arg, call, t));
    return trip_close(p, import_there(p, domain, order));
}
