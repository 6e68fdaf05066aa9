#include "worker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "courier.h"
#include "lot.h"
#include "m_adapters/fault.h"
#include "m_adapters/remote_ledger.h"

#define FIRST_PAUSE_MS 2
#define LOTS           2 /* while one waits for other processes, the other one runs */
#define ALONE_FROM     2 /* rounds of questions */
#define LET_GO_MAX     (LOT_MAX * 8)
#define LET_GO_MS      1000

struct worker {
    worker_config config;
    queue *jobs;
    pthread_t thread;
    m_call batch_call; /* for begin, commit */
    m_arena *batch_arena;
    lot lots[LOTS];
    courier *couriers[LOTS];
    uint32_t lot_count; /* 1: without couriers, the worker itself waits */
    bool unsure;        /* whether the last transaction was committed */
    _Atomic uint64_t batches, use_cases, refused, reruns;
};

static void call_init(worker *w, m_call *call, m_arena *arena, m_answers *answers, job *j)
{
    m_arena_reset(arena);
    if (answers) m_answers_rerun(answers);
    *call = (m_call){.tenant = j->tenant,
                     .env = answers ? m_answers_env(answers) : w->config.env,
                     .arena = arena,
                     .uow = w->config.uow,
                     .answers = answers,
                     .deadline = j->deadline};
    j->ops->describe(j, call);
}

static bool expired(const worker *w, const job *j)
{
    return j->deadline.us && w->config.env->now(w->config.env->self).us > j->deadline.us;
}

/* Begin with everything the members will surely read. */
static m_status begin(worker *w, lot *l, uint32_t n)
{
    m_fetch wants[LOT_WANTS_MAX];
    uint32_t count = lot_wants(l, n, w->config.domains, w->batch_arena, wants);
    return w->config.uow->ops->begin(w->config.uow, &w->batch_call, w->config.mode, wants, count);
}

/* False: writes of a refused member may have reached the database. */
static bool run_members(worker *w, lot *l, uint32_t n)
{
    m_uow *uow = w->config.uow;
    for (uint32_t i = 0; i < n; i++) {
        job *j = l->jobs[i];
        uow->ops->mark(uow);
        l->results[i] = expired(w, j) ? m_fail(&l->calls[i], m_err_timeout, NULL)
                                      : j->ops->run(j, w->config.domains, &l->calls[i]);
        if (l->results[i] == M_OK && lot_asks(l, i)) /* it ran ahead of the answers */
            l->results[i] = m_fail(&l->calls[i], m_err_remote_wanted, NULL);
        if (l->results[i] == M_OK)
            uow->ops->accept(uow);
        else if (!uow->ops->refuse(uow))
            return false;
    }
    return true;
}

static bool any_waits(const lot *l, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (lot_waits(l, i)) return true;
    return false;
}

static bool worth_running_singly(m_status status)
{
    return status == M_AGAIN || status == M_CONFLICT || status == M_EXISTS ||
           status == M_PRECONDITION || status == M_INVALID || status == M_RANGE ||
           status == M_INTERNAL;
}

/* The transaction failed as a whole: that is the answer of every member that had succeeded. */
static void fail_members(worker *w, lot *l, uint32_t n, m_status status)
{
    for (uint32_t i = 0; i < n; i++) {
        if (l->results[i] != M_OK) continue;
        l->results[i] = status;
        l->calls[i].error = w->batch_call.error;
    }
}

/* One transaction of the first n members. M_OK: results hold each one's answer. Otherwise nothing
 * was written. */
static m_status run_transaction(worker *w, lot *l, uint32_t n)
{
    m_uow *uow = w->config.uow;
    for (uint32_t i = 0; i < n; i++)
        call_init(w, &l->calls[i], l->arenas[i], l->answers[i], l->jobs[i]);
    call_init(w, &w->batch_call, w->batch_arena, NULL, l->jobs[0]);
    for (uint32_t i = 0; i < n; i++)
        l->results[i] = M_OK;
    w->unsure = false;
    m_status status = begin(w, l, n);
    if (status != M_OK) {
        fail_members(w, l, n, status);
        return status;
    }
    if (!run_members(w, l, n)) {
        uow->ops->rollback(uow);
        return n > 1 ? M_AGAIN : M_OK; /* alone, the refusal is the answer */
    }
    if (any_waits(l, n)) lot_note_reads(l, uow);
    if (w->config.mode == M_UOW_WRITE) m_fault_point("before_commit");
    status = uow->ops->commit(uow, &w->batch_call);
    if (w->config.mode == M_UOW_WRITE) m_fault_point("after_commit");
    w->unsure = status == M_UNAVAILABLE || status == M_TIMEOUT || status == M_INTERNAL;
    if (status != M_OK) fail_members(w, l, n, status);
    return status;
}

void worker_pause(uint32_t try)
{
    struct timespec pause = {0, (long)(FIRST_PAUSE_MS << try) * 1000000L};
    nanosleep(&pause, NULL);
}

/* What was held for the members at from..to−1 that were refused for certain. Nobody waits for the
 * answers: what does not get there Finance asks about. */
static void let_go(worker *w, lot *l, uint32_t from, uint32_t to)
{
    m_question *ends[LET_GO_MAX];
    const m_call *as[LET_GO_MAX];
    uint32_t n = 0;
    m_time until = {w->config.env->now(w->config.env->self).us + LET_GO_MS * INT64_C(1000)};
    bool certain = !w->unsure && !m_fault_ordered("no_let_go");
    for (uint32_t i = from; i < to && certain; i++) {
        if (l->results[i] == M_OK || !l->answers[i]) continue;
        uint32_t more = m_remote_let_go(l->answers[i], ends + n, LET_GO_MAX - n);
        l->calls[i] = (m_call){/* what it had is gone with its job */
                               .tenant = l->calls[i].tenant,
                               .env = w->config.env,
                               .system = true,
                               .deadline = until};
        for (; more; more--)
            as[n++] = &l->calls[i];
    }
    if (n) l->asker->ask(l->asker->self, ends, as, n);
}

static void begin_use_case(worker *w, lot *l, uint32_t at)
{
    if (l->answers[at]) m_answers_reset(l->answers[at], w->config.env);
}

static m_status make_ready(worker *w, lot *l, uint32_t at)
{
    job *j = l->jobs[at];
    if (m_id_is_null(j->tenant)) return M_OK;
    begin_use_case(w, l, at);
    call_init(w, &l->calls[at], l->arenas[at], NULL, j);
    l->calls[at].uow = NULL;
    return w->config.ready(w->config.ready_arg, &l->calls[at], j->after);
}

/* ---- answering ---- */

static void finish(worker *w, lot *l, uint32_t at)
{
    job *j = l->jobs[at];
    if (lot_waits(l, at)) l->results[at] = m_fail(&l->calls[at], m_err_busy, "it asks too often");
    if (l->results[at] != M_OK) atomic_fetch_add_explicit(&w->refused, 1, memory_order_relaxed);
    j->ops->finish(j, &l->calls[at], l->results[at]);
}

/* Answers those who are done; those who wait for answers are the members that stay. */
static void finish_done(worker *w, lot *l, bool last)
{
    uint32_t waiting = 0;
    if (w->config.answering) w->config.answering(w->config.answer_arg);
    for (uint32_t i = 0; i < l->n; i++)
        if (!last && lot_waits(l, i)) lot_swap(l, waiting++, i);
    for (uint32_t i = waiting; i < l->n; i++)
        finish(w, l, i);
    if (w->config.answered) w->config.answered(w->config.answer_arg);
    let_go(w, l, waiting, l->n);
    l->n = waiting;
}

/* The first member. */
static void run_singly(worker *w, lot *l)
{
    for (uint32_t try = 0; try < WORKER_TRIES; try++) {
        if (try > 0) worker_pause(try);
        l->n = 1;
        l->round = l->read_count = 0;
        m_status status = run_transaction(w, l, 1);
        while (l->round < M_REMOTE_ROUNDS && lot_waits(l, 0)) {
            lot_ask(l);
            status = run_transaction(w, l, 1);
        }
        if (status != M_AGAIN && l->results[0] != M_AGAIN) break;
    }
}

static void run_all_singly(worker *w, lot *l)
{
    uint32_t n = l->n;
    atomic_fetch_add_explicit(&w->reruns, 1, memory_order_relaxed);
    let_go(w, l, 0, n); /* each begins anew, with other ids */
    for (uint32_t i = 0; i < n; i++) {
        lot_swap(l, 0, i);
        begin_use_case(w, l, 0);
        run_singly(w, l);
        finish(w, l, 0);
        let_go(w, l, 0, 1);
    }
    l->n = 0;
    if (w->config.answered) w->config.answered(w->config.answer_arg);
}

/* ---- lots ---- */

/* Those who cannot come after what they must come after are refused. */
static void refuse_unready(worker *w, lot *l)
{
    uint32_t left = 0;
    for (uint32_t i = 0; i < l->n; i++) {
        l->results[i] = make_ready(w, l, i);
        if (l->results[i] == M_OK)
            lot_swap(l, left++, i);
        else
            finish(w, l, i);
    }
    if (left < l->n && w->config.answered) w->config.answered(w->config.answer_arg);
    l->n = left;
}

static void start_lot(worker *w, lot *l, uint32_t n)
{
    atomic_fetch_add_explicit(&w->batches, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&w->use_cases, n, memory_order_relaxed);
    l->n = n;
    l->round = l->read_count = 0;
    if (w->config.ready) refuse_unready(w, l);
    for (uint32_t i = 0; i < l->n; i++)
        begin_use_case(w, l, i);
}

/* Runs the members once. Who is not done waits for answers. */
static void run_lot(worker *w, lot *l)
{
    m_status status = run_transaction(w, l, l->n);
    if (status != M_OK && worth_running_singly(status))
        run_all_singly(w, l);
    else
        finish_done(w, l, status != M_OK || l->round == M_REMOTE_ROUNDS);
}

static void run_to_end(worker *w, lot *l)
{
    while (l->n > 0) {
        run_lot(w, l);
        if (l->n > 0) lot_ask(l);
    }
}

void worker_run_batch(worker *w, job **jobs, uint32_t n)
{
    lot *l = &w->lots[0];
    memcpy(l->jobs, jobs, n * sizeof *jobs);
    start_lot(w, l, n);
    run_to_end(w, l);
}

/* Who asks again and again because of what the other lot writes meanwhile gets the worker alone. */
static void go_on(worker *w, uint32_t at)
{
    lot *l = &w->lots[at];
    run_lot(w, l);
    if (l->n == 0) return;
    if (w->couriers[at] && l->round < ALONE_FROM) {
        courier_send(w->couriers[at]);
        return;
    }
    lot_ask(l);
    run_to_end(w, l);
}

static bool answered(const worker *w, uint32_t at)
{
    return w->lots[at].n > 0 && !courier_is_out(w->couriers[at]);
}

static bool any_answered(void *arg)
{
    const worker *w = arg;
    for (uint32_t at = 0; at < w->lot_count; at++)
        if (answered(w, at)) return true;
    return false;
}

/* For the last lots of a closed queue. */
static bool wait_for_courier(worker *w)
{
    for (uint32_t at = 0; at < w->lot_count; at++) {
        if (w->lots[at].n == 0) continue;
        courier_wait(w->couriers[at]);
        return true;
    }
    return false;
}

/* Runs the lot that is answered, or starts one of new jobs. False: the queue is closed and empty,
 * and all lots are done. */
static bool step(worker *w)
{
    uint32_t free_at = LOTS;
    for (uint32_t at = 0; at < w->lot_count; at++) {
        if (answered(w, at)) {
            go_on(w, at);
            return true;
        }
        if (w->lots[at].n == 0) free_at = at;
    }
    lot *l = free_at < LOTS ? &w->lots[free_at] : NULL;
    uint32_t n = queue_take_unless(w->jobs, l ? l->jobs : NULL, l ? w->config.batch_max : 0,
                                   any_answered, w);
    if (n > 0) {
        start_lot(w, l, n);
        if (l->n > 0) go_on(w, free_at);
        return true;
    }
    return any_answered(w) || wait_for_courier(w);
}

static void *main_loop(void *arg)
{
    while (step(arg))
        ;
    return NULL;
}

void worker_free(worker *w)
{
    if (!w) return;
    for (uint32_t at = 0; at < LOTS; at++) {
        courier_stop(w->couriers[at]);
        lot_close(&w->lots[at]);
    }
    m_arena_free(w->batch_arena);
    free(w);
}

worker *worker_new(const worker_config *config)
{
    worker *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->config = *config;
    w->lot_count = 1;
    if (w->config.batch_max == 0 || w->config.batch_max > LOT_MAX) w->config.batch_max = LOT_MAX;
    w->batch_arena = m_arena_new(config->arena_limit_bytes);
    if (w->batch_arena &&
        lot_open(&w->lots[0], w->config.batch_max, config->arena_limit_bytes, config->asker))
        return w;
    worker_free(w);
    return NULL;
}

static void errand(void *arg)
{
    lot_ask(arg);
}

static bool couriers_start(worker *w)
{
    for (uint32_t at = 0; at < LOTS; at++) {
        if (at > 0 && !lot_open(&w->lots[at], w->config.batch_max, w->config.arena_limit_bytes,
                                w->config.asker))
            return false;
        w->couriers[at] = courier_start(errand, &w->lots[at], w->jobs);
        if (!w->couriers[at]) return false;
    }
    w->lot_count = LOTS;
    return true;
}

worker *worker_start(const worker_config *config, queue *jobs)
{
    worker *w = worker_new(config);
    if (!w) return NULL;
    w->jobs = jobs;
    bool good = !config->asker || config->mode != M_UOW_WRITE || couriers_start(w);
    if (good && pthread_create(&w->thread, NULL, main_loop, w) == 0) return w;
    worker_free(w);
    return NULL;
}

void worker_join(worker *w)
{
    if (!w) return;
    pthread_join(w->thread, NULL);
    worker_free(w);
}

worker_stats worker_stats_read(const worker *w)
{
    uint64_t questions = 0;
    for (uint32_t at = 0; at < LOTS; at++)
        questions += atomic_load_explicit(&w->lots[at].asked, memory_order_relaxed);
    return (worker_stats){atomic_load_explicit(&w->batches, memory_order_relaxed),
                          atomic_load_explicit(&w->use_cases, memory_order_relaxed),
                          atomic_load_explicit(&w->refused, memory_order_relaxed),
                          atomic_load_explicit(&w->reruns, memory_order_relaxed), questions};
}
