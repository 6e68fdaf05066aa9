#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "m/words.h"
#include "task.h"

static const char *const state_names[] = {"waiting", "running", "done", "failed"};

struct task {
    task_board *board;
    m_id id;
    uint64_t turn; /* grows from task to task */
    m_arena *kept; /* who asked and the order; read-only once on the board */
    identity_principal who;
    m_str source_address, request_id;
    const m_words *const *words; /* what they read; of the modules, so they stay */
    task_order order;
    char *body; /* gone once the task is over */
    /* From here on under the board's lock. */
    m_work_state state;
    m_arena *told; /* what is below */
    m_time asked_at, started_at, ended_at;
    uint64_t done, total;
    m_buf rows;
    uint32_t row_count, left_out;
    m_str result, refusal; /* JSON */
    int64_t mark;
};

struct task_board {
    task_board_config config;
    pthread_t thread;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool stopping;
    uint64_t turns;
    task *tasks[TASK_BOARD_MAX];
};

static void task_free(task *t)
{
    if (!t) return;
    m_arena_free(t->kept);
    m_arena_free(t->told);
    free(t->body);
    free(t);
}

static m_time now(const task_board *b)
{
    return b->config.env->now(b->config.env->self);
}

/* ---- asking ---- */

static m_status copy_who(task *t, const identity_principal *who, const m_call *call)
{
    t->who = *who;
    t->who.name = m_str_dup(t->kept, who->name);
    for (uint32_t i = 0; i < who->role_count; i++)
        t->who.roles[i] = m_str_dup(t->kept, who->roles[i]);
    t->source_address = m_str_dup(t->kept, call->source_address);
    t->request_id = m_str_dup(t->kept, call->request_id);
    t->words = call->words;
    return t->request_id.p || !call->request_id.n ? M_OK : M_NOMEM;
}

static m_status copy_order(task *t, const task_order *order)
{
    t->order = (task_order){.kind = order->kind, .after = m_str_dup(t->kept, order->after)};
    if (!t->order.after.p && order->after.n) return M_NOMEM;
    uint32_t capacity = 0;
    for (M_EACH(m_pair, pair, order->query)) {
        m_pair *copy = m_list_add(t->kept, &t->order.query, &capacity, sizeof *copy);
        if (!copy) return M_NOMEM;
        *copy = (m_pair){m_str_dup(t->kept, pair->name), m_str_dup(t->kept, pair->value)};
    }
    if (!order->body.n) return M_OK;
    if (!(t->body = malloc(order->body.n))) return M_NOMEM;
    memcpy(t->body, order->body.p, order->body.n);
    t->order.body = (m_str){t->body, order->body.n};
    return M_OK;
}

static task *task_new(task_board *b, const identity_principal *who, const m_call *call,
                      const task_order *order)
{
    task *t = calloc(1, sizeof *t);
    if (!t) return NULL;
    *t = (task){.board = b, .id = m_new_id(call), .kept = m_arena_new(0), .told = m_arena_new(0)};
    t->rows.arena = t->told;
    t->asked_at = now(b);
    if (t->kept && t->told && copy_who(t, who, call) == M_OK && copy_order(t, order) == M_OK)
        return t;
    task_free(t);
    return NULL;
}

static bool is_over(const task *t)
{
    return t->state == M_WORK_DONE || t->state == M_WORK_FAILED;
}

/* A free place, or that of the oldest task that is over; NULL when there is none. */
static task **place_for(task_board *b, m_id tenant)
{
    task **best = NULL;
    uint32_t open = 0;
    for (uint32_t i = 0; i < TASK_BOARD_MAX; i++) {
        task *t = b->tasks[i];
        if (t && !is_over(t)) {
            open += m_id_eq(t->who.tenant, tenant);
            continue;
        }
        if (!best || (*best && (!t || t->turn < (*best)->turn))) best = &b->tasks[i];
    }
    return open < TASK_TENANT_MAX ? best : NULL;
}

m_status task_ask(task_board *b, const identity_principal *who, m_call *call,
                  const task_order *order, m_id *out)
{
    task *t = task_new(b, who, call, order);
    if (!t) return m_fail(call, m_err_memory, NULL);
    m_id id = t->id; /* once on the board it may be done and gone */
    pthread_mutex_lock(&b->lock);
    task **place = b->stopping ? NULL : place_for(b, who->tenant);
    if (place) {
        task_free(*place);
        t->turn = ++b->turns;
        *place = t;
        pthread_cond_signal(&b->changed);
    }
    pthread_mutex_unlock(&b->lock);
    if (!place) {
        task_free(t);
        return m_fail(call, m_err_busy, NULL);
    }
    *out = id;
    return M_OK;
}

/* ---- telling ---- */

static bool may_see(const task_board *b, const task *t, const m_call *call, m_work_kind kind)
{
    return t && t->order.kind == (m_enum)kind && m_id_eq(t->who.tenant, call->tenant) &&
           (!b->config.sorts[kind].personal || m_id_eq(t->who.user, call->actor));
}

static const task *find(const task_board *b, const m_call *call, m_work_kind kind, m_id id)
{
    const task *found = NULL;
    for (uint32_t i = 0; i < TASK_BOARD_MAX; i++) {
        const task *t = b->tasks[i];
        if (!may_see(b, t, call, kind)) continue;
        if (m_id_eq(t->id, id)) return t;
        if (m_id_is_null(id) && (!found || t->turn > found->turn)) found = t;
    }
    return found;
}

static void write_time(m_buf *out, const char *name, m_time t)
{
    char text[M_TIME_TEXT];
    m_time_format(t, text);
    if (t.us)
        m_buf_format(out, ",\"%s\":\"%s\"", name, text);
    else
        m_buf_format(out, ",\"%s\":null", name);
}

static void write_json(m_buf *out, const char *name, m_str json)
{
    m_buf_format(out, ",\"%s\":", name);
    if (json.n)
        m_buf_bytes(out, json.p, json.n);
    else
        m_buf_text(out, "null");
}

static void write_task(const task *t, m_buf *out)
{
    char id[M_ID_TEXT];
    m_id_format(t->id, id);
    m_buf_format(out, "{\"id\":\"%s\",\"state\":\"%s\",\"asked_by\":", id, state_names[t->state]);
    m_json_string(out, t->who.name);
    write_time(out, "asked_at", t->asked_at);
    write_time(out, "started_at", t->started_at);
    write_time(out, "ended_at", t->ended_at);
    m_buf_format(out, ",\"done\":%llu,\"total\":%llu,\"rows_left_out\":%u,\"rows\":[",
                 (unsigned long long)t->done, (unsigned long long)t->total, t->left_out);
    m_buf_bytes(out, t->rows.p, t->rows.n);
    m_buf_text(out, "]");
    write_json(out, "result", t->result);
    write_json(out, "refusal", t->refusal);
    m_buf_text(out, "}");
}

m_status task_tell(task_board *b, m_call *call, m_work_kind kind, m_id id, m_buf *out)
{
    m_buf_text(out, "{\"task\":");
    pthread_mutex_lock(&b->lock);
    const task *t = find(b, call, kind, id);
    if (t) write_task(t, out);
    pthread_mutex_unlock(&b->lock);
    if (!t && !m_id_is_null(id)) return m_fail(call, m_err_not_found, "task");
    m_buf_text(out, t ? "}" : "null}");
    return out->failed ? m_fail(call, m_err_memory, NULL) : M_OK;
}

/* ---- to other processes ---- */

static m_status work_ask(void *self, m_call *call, const m_work_order *in, m_work_ref *out)
{
    identity_principal who = {
        .tenant = call->tenant, .user = call->actor, .name = call->actor_name};
    if (call->role_count > IDENTITY_ROLES_MAX) return m_fail(call, m_err_denied, "roles");
    for (; who.role_count < call->role_count; who.role_count++)
        who.roles[who.role_count] = call->roles[who.role_count];
    return task_ask(self, &who, call, in, &out->id);
}

/* Under the lock. False: no memory. */
static bool write_news(const task *t, m_call *call, int64_t seen, m_work_news *out)
{
    size_t at = seen < 0 || (size_t)seen > t->rows.n ? t->rows.n : (size_t)seen;
    *out = (m_work_news){.known = true,
                         .state = t->state,
                         .done = (int64_t)t->done,
                         .total = (int64_t)t->total,
                         .left_out = t->left_out,
                         .mark = t->mark};
    out->rows = m_str_dup(call->arena, (m_str){t->rows.p + at, t->rows.n - at});
    out->result = m_str_dup(call->arena, t->result);
    out->refusal = m_str_dup(call->arena, t->refusal);
    return (out->rows.p || at == t->rows.n) && (out->result.p || !t->result.n) &&
           (out->refusal.p || !t->refusal.n);
}

static m_status work_tell(void *self, m_call *call, const m_work_ref *in, m_work_news *out)
{
    task_board *b = self;
    bool good = true;
    *out = (m_work_news){.known = false};
    if (m_id_is_null(in->id)) return M_OK;
    pthread_mutex_lock(&b->lock);
    for (uint32_t kind = 0; kind < M_WORK_KINDS && !out->known; kind++) {
        const task *t = find(b, call, kind, in->id);
        if (t) good = write_news(t, call, in->seen, out);
    }
    pthread_mutex_unlock(&b->lock);
    return good ? M_OK : m_fail(call, m_err_memory, NULL);
}

const m_work_ops task_work_ops = {
    .head = {sizeof(m_work_ops), 1, "work"}, .ask = work_ask, .tell = work_tell};

/* ---- inside of work ---- */

bool task_progress(task *t, uint64_t done, uint64_t total)
{
    pthread_mutex_lock(&t->board->lock);
    t->done = done;
    t->total = total;
    bool go_on = !t->board->stopping;
    pthread_mutex_unlock(&t->board->lock);
    return go_on;
}

void task_row(task *t, m_str json)
{
    pthread_mutex_lock(&t->board->lock);
    if (t->rows.n + json.n > TASK_ROWS_BYTES) {
        t->left_out++;
    } else {
        if (t->row_count++) m_buf_text(&t->rows, ",");
        m_buf_bytes(&t->rows, json.p, json.n);
    }
    pthread_mutex_unlock(&t->board->lock);
}

static void keep(task *t, m_str *place, m_str json)
{
    pthread_mutex_lock(&t->board->lock);
    *place = m_str_dup(t->told, json);
    pthread_mutex_unlock(&t->board->lock);
}

void task_result(task *t, m_str json)
{
    keep(t, &t->result, json);
}

void task_refusal(task *t, m_str json)
{
    keep(t, &t->refusal, json);
}

void task_left_out(task *t, uint32_t rows)
{
    pthread_mutex_lock(&t->board->lock);
    t->left_out += rows;
    pthread_mutex_unlock(&t->board->lock);
}

void task_mark(task *t, int64_t seq)
{
    pthread_mutex_lock(&t->board->lock);
    t->mark = seq;
    pthread_mutex_unlock(&t->board->lock);
}

/* ---- running ---- */

static m_status work_on(task *t, m_call *call)
{
    const task_board *b = t->board;
    identity_apply(&t->who, call);
    call->source_address = t->source_address;
    call->request_id = t->request_id;
    call->words = t->words;
    call->locale = m_str_of(m_language(call));
    return b->config.sorts[t->order.kind].work(b->config.arg, call, &t->order, t);
}

static void run(task *t)
{
    task_board *b = t->board;
    m_call call = {.env = b->config.env, .arena = m_arena_new(b->config.arena_limit_bytes)};
    m_status status = call.arena ? work_on(t, &call) : M_NOMEM;
    pthread_mutex_lock(&b->lock);
    t->state = status == M_OK && !t->rows.failed ? M_WORK_DONE : M_WORK_FAILED;
    t->ended_at = now(b);
    free(t->body);
    t->body = NULL;
    if (t->state == M_WORK_FAILED && !t->refusal.n) {
        m_buf text = {.arena = t->told};
        if (!call.error.code.n) {
            call.error.code = M_STR("core.memory");
            call.error.message = M_STR("There is not enough memory right now.");
        }
        m_json_error(&text, &call);
        t->refusal = m_buf_str(&text);
    }
    pthread_mutex_unlock(&b->lock);
    m_arena_free(call.arena);
}

/* The task that waits longest; NULL when none does. */
static task *next(task_board *b)
{
    task *found = NULL;
    for (uint32_t i = 0; i < TASK_BOARD_MAX; i++) {
        task *t = b->tasks[i];
        if (t && t->state == M_WORK_WAITING && (!found || t->turn < found->turn)) found = t;
    }
    return found;
}

static void *main_loop(void *arg)
{
    task_board *b = arg;
    pthread_mutex_lock(&b->lock);
    while (!b->stopping) {
        task *t = next(b);
        if (!t) {
            pthread_cond_wait(&b->changed, &b->lock);
            continue;
        }
        t->state = M_WORK_RUNNING;
        t->started_at = now(b);
        pthread_mutex_unlock(&b->lock);
        run(t); /* who runs is not thrown out */
        pthread_mutex_lock(&b->lock);
    }
    pthread_mutex_unlock(&b->lock);
    return NULL;
}

task_board *task_board_start(const task_board_config *config)
{
    task_board *b = calloc(1, sizeof *b);
    if (!b) return NULL;
    b->config = *config;
    pthread_mutex_init(&b->lock, NULL);
    pthread_cond_init(&b->changed, NULL);
    if (pthread_create(&b->thread, NULL, main_loop, b) == 0) return b;
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    free(b);
    return NULL;
}

void task_board_stop(task_board *b)
{
    if (!b) return;
    pthread_mutex_lock(&b->lock);
    b->stopping = true;
    pthread_cond_signal(&b->changed);
    pthread_mutex_unlock(&b->lock);
    pthread_join(b->thread, NULL);
    for (uint32_t i = 0; i < TASK_BOARD_MAX; i++)
        task_free(b->tasks[i]);
    pthread_cond_destroy(&b->changed);
    pthread_mutex_destroy(&b->lock);
    free(b);
}
