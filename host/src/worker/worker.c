#include "worker.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

#include "m_adapters/fault.h"
#include "m_adapters/remote_ledger.h"

#define FIRST_PAUSE_MS       2
#define AHEAD_FROM           3 /* rounds of questions */
#define WORKER_QUESTIONS_MAX (WORKER_BATCH_MAX * 8)
#define LET_GO_MS            1000

struct worker {
    worker_config config;
    queue *jobs;
    pthread_t thread;
    m_call batch_call; /* for begin, commit */
    m_arena *batch_arena;
    m_call calls[WORKER_BATCH_MAX];
    m_arena *arenas[WORKER_BATCH_MAX];
    m_answers *answers[WORKER_BATCH_MAX]; /* NULL without an asker */
    m_status results[WORKER_BATCH_MAX];
    bool unsure; /* whether the last transaction was committed */
    _Atomic uint64_t batches, use_cases, refused, reruns, questions;
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

/* Room for the keys of all wants in one list; false when memory is short. */
static bool open_list(m_arena *arena, m_fetch *f, uint32_t room)
{
    size_t size = f->ids ? sizeof *f->ids : sizeof *f->keys;
    void *list = m_arena_array(arena, room, size);
    if (!list) return false;
    memcpy(list, f->ids ? (const void *)f->ids : (const void *)f->keys, f->key_count * size);
    if (f->ids)
        f->ids = list;
    else
        f->keys = list;
    return true;
}

static void append_keys(m_fetch *to, const m_fetch *from)
{
    if (to->ids)
        memcpy((m_id *)(uintptr_t)to->ids + to->key_count, from->ids,
               from->key_count * sizeof *from->ids);
    else
        memcpy((const void **)(uintptr_t)to->keys + to->key_count, from->keys,
               from->key_count * sizeof *from->keys);
    to->key_count += from->key_count;
}

/* Reads by key of one type become one read: a batch of 32 looks for its idempotency keys at once.
 * Works in place; returns how many are left. */
static uint32_t merge_wants(m_arena *arena, m_fetch *wants, uint32_t n)
{
    uint32_t kept = 0, room = 0;
    for (uint32_t i = 0; i < n; i++)
        room += wants[i].key_count;
    for (uint32_t i = 0; i < n; i++) {
        uint32_t at = 0;
        while (at < kept && (wants[i].query || wants[at].query || wants[at].type != wants[i].type ||
                             !wants[at].ids != !wants[i].ids))
            at++;
        if (at < kept) {
            append_keys(&wants[at], &wants[i]);
            continue;
        }
        m_fetch want = wants[i];
        if (!want.query && !open_list(arena, &want, room)) continue; /* only a hint is lost */
        wants[kept++] = want;
    }
    return kept;
}

/* Begin with everything the members will surely read. */
static m_status begin(worker *w, job **jobs, uint32_t n)
{
    m_fetch wants[WORKER_BATCH_MAX * (JOB_WANTS_MAX + 1)];
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (jobs[i]->ops->wants)
            count += jobs[i]->ops->wants(jobs[i], w->config.domains, &w->calls[i], wants + count,
                                         JOB_WANTS_MAX);
        if (w->answers[i]) count += m_remote_wants(w->answers[i], w->calls[i].arena, wants + count);
    }
    count = merge_wants(w->batch_arena, wants, count);
    return w->config.uow->ops->begin(w->config.uow, &w->batch_call, w->config.mode, wants, count);
}

static bool asks(worker *w, uint32_t at)
{
    m_question *open;
    return w->answers[at] && m_answers_open(w->answers[at], &open, 1) > 0;
}

/* False: writes of a refused member may have reached the database. */
static bool run_members(worker *w, job **jobs, uint32_t n)
{
    m_uow *uow = w->config.uow;
    for (uint32_t i = 0; i < n; i++) {
        uow->ops->mark(uow);
        w->results[i] = expired(w, jobs[i])
                            ? m_fail(&w->calls[i], m_err_timeout, NULL)
                            : jobs[i]->ops->run(jobs[i], w->config.domains, &w->calls[i]);
        if (w->results[i] == M_OK && asks(w, i)) /* it ran ahead of the answers */
            w->results[i] = m_fail(&w->calls[i], m_err_remote_wanted, NULL);
        if (w->results[i] == M_OK)
            uow->ops->accept(uow);
        else if (!uow->ops->refuse(uow))
            return false;
    }
    return true;
}

static bool worth_running_singly(m_status status)
{
    return status == M_AGAIN || status == M_CONFLICT || status == M_EXISTS ||
           status == M_PRECONDITION || status == M_INVALID || status == M_RANGE ||
           status == M_INTERNAL;
}

/* The transaction failed as a whole: that is the answer of every member that had succeeded. */
static void fail_members(worker *w, uint32_t n, m_status status)
{
    for (uint32_t i = 0; i < n; i++) {
        if (w->results[i] != M_OK) continue;
        w->results[i] = status;
        w->calls[i].error = w->batch_call.error;
    }
}

/* One transaction. M_OK: results hold each member's answer. Otherwise nothing was written. */
static m_status run_transaction(worker *w, job **jobs, uint32_t n)
{
    m_uow *uow = w->config.uow;
    for (uint32_t i = 0; i < n; i++)
        call_init(w, &w->calls[i], w->arenas[i], w->answers[i], jobs[i]);
    call_init(w, &w->batch_call, w->batch_arena, NULL, jobs[0]);
    for (uint32_t i = 0; i < n; i++)
        w->results[i] = M_OK;
    w->unsure = false;
    m_status status = begin(w, jobs, n);
    if (status != M_OK) {
        fail_members(w, n, status);
        return status;
    }
    if (!run_members(w, jobs, n)) {
        uow->ops->rollback(uow);
        return n > 1 ? M_AGAIN : M_OK; /* alone, the refusal is the answer */
    }
    if (w->config.mode == M_UOW_WRITE) m_fault_point("before_commit");
    status = uow->ops->commit(uow, &w->batch_call);
    if (w->config.mode == M_UOW_WRITE) m_fault_point("after_commit");
    w->unsure = status == M_UNAVAILABLE || status == M_TIMEOUT || status == M_INTERNAL;
    if (status != M_OK) fail_members(w, n, status);
    return status;
}

void worker_pause(uint32_t try)
{
    struct timespec pause = {0, (long)(FIRST_PAUSE_MS << try) * 1000000L};
    nanosleep(&pause, NULL);
}

/* ---- questions to other processes ---- */

/* The use case at this place ended because it needs an answer. */
static bool waits(worker *w, uint32_t at)
{
    return w->results[at] != M_OK && asks(w, at);
}

/* Sends what the first n members asked; returns when all is answered. Who asks one thing after the
 * other is let run ahead, so that the rest comes at once. */
static void ask(worker *w, uint32_t n, uint32_t round)
{
    m_question *open[WORKER_QUESTIONS_MAX];
    const m_call *as[WORKER_QUESTIONS_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (round >= AHEAD_FROM) m_answers_ahead(w->answers[i]);
        uint32_t more = m_answers_open(w->answers[i], open + count, WORKER_QUESTIONS_MAX - count);
        for (uint32_t k = 0; k < more; k++)
            as[count + k] = &w->calls[i];
        count += more;
    }
    atomic_fetch_add_explicit(&w->questions, count, memory_order_relaxed);
    w->config.asker->ask(w->config.asker->self, open, as, count);
    m_fault_point("answered");
}

/* What was held for the members at from..to−1 that were refused for certain. Nobody waits for the
 * answers: what does not get there Finance asks about. */
static void let_go(worker *w, uint32_t from, uint32_t to)
{
    m_question *ends[WORKER_QUESTIONS_MAX];
    const m_call *as[WORKER_QUESTIONS_MAX];
    uint32_t n = 0;
    m_time until = {w->config.env->now(w->config.env->self).us + LET_GO_MS * INT64_C(1000)};
    bool certain = !w->unsure && !m_fault_ordered("no_let_go");
    for (uint32_t i = from; i < to && certain; i++) {
        if (w->results[i] == M_OK || !w->answers[i]) continue;
        uint32_t more = m_remote_let_go(w->answers[i], ends + n, WORKER_QUESTIONS_MAX - n);
        w->calls[i] = (m_call){/* what it had is gone with its job */
                               .tenant = w->calls[i].tenant,
                               .env = w->config.env,
                               .system = true,
                               .deadline = until};
        for (; more; more--)
            as[n++] = &w->calls[i];
    }
    if (n) w->config.asker->ask(w->config.asker->self, ends, as, n);
}

static void swap_places(worker *w, job **jobs, uint32_t a, uint32_t b)
{
    if (a == b) return;
    job *j = jobs[a];
    m_answers *answers = w->answers[a];
    m_arena *arena = w->arenas[a];
    m_call call = w->calls[a];
    m_status result = w->results[a];
    jobs[a] = jobs[b], w->answers[a] = w->answers[b], w->arenas[a] = w->arenas[b];
    w->calls[a] = w->calls[b], w->results[a] = w->results[b];
    jobs[b] = j, w->answers[b] = answers, w->arenas[b] = arena;
    w->calls[b] = call, w->results[b] = result;
}

static void begin_use_case(worker *w, uint32_t at)
{
    if (w->answers[at]) m_answers_reset(w->answers[at], w->config.env);
}

static m_status make_ready(worker *w, uint32_t at, job *j)
{
    if (m_id_is_null(j->tenant)) return M_OK;
    begin_use_case(w, at);
    call_init(w, &w->calls[at], w->arenas[at], NULL, j);
    w->calls[at].uow = NULL;
    return w->config.ready(w->config.ready_arg, &w->calls[at], j->after);
}

/* ---- answering ---- */

static void finish(worker *w, uint32_t at, job *j)
{
    if (waits(w, at)) w->results[at] = m_fail(&w->calls[at], m_err_busy, "it asks too often");
    if (w->results[at] != M_OK) atomic_fetch_add_explicit(&w->refused, 1, memory_order_relaxed);
    j->ops->finish(j, &w->calls[at], w->results[at]);
}

/* Answers those who are done; those who wait for answers come first afterwards. Returns how many
 * these are. */
static uint32_t finish_done(worker *w, job **jobs, uint32_t n, bool last)
{
    uint32_t waiting = 0;
    if (w->config.answering) w->config.answering(w->config.answer_arg);
    for (uint32_t i = 0; i < n; i++)
        if (!last && waits(w, i)) swap_places(w, jobs, waiting++, i);
    for (uint32_t i = waiting; i < n; i++)
        finish(w, i, jobs[i]);
    if (w->config.answered) w->config.answered(w->config.answer_arg);
    let_go(w, waiting, n);
    return waiting;
}

static void run_singly(worker *w, job *j)
{
    for (uint32_t try = 0; try < WORKER_TRIES; try++) {
        if (try > 0) worker_pause(try);
        m_status status = run_transaction(w, &j, 1);
        for (uint32_t round = 0; round < M_REMOTE_ROUNDS && waits(w, 0); round++) {
            ask(w, 1, round);
            status = run_transaction(w, &j, 1);
        }
        if (status != M_AGAIN && w->results[0] != M_AGAIN) break;
    }
}

static void run_all_singly(worker *w, job **jobs, uint32_t n)
{
    atomic_fetch_add_explicit(&w->reruns, 1, memory_order_relaxed);
    let_go(w, 0, n); /* each begins anew, with other ids */
    for (uint32_t i = 0; i < n; i++) {
        begin_use_case(w, 0);
        run_singly(w, jobs[i]);
        finish(w, 0, jobs[i]);
        let_go(w, 0, 1);
    }
    if (w->config.answered) w->config.answered(w->config.answer_arg);
}

/* Returns how many are left, in front. */
static uint32_t refuse_unready(worker *w, job **jobs, uint32_t n)
{
    uint32_t left = 0;
    for (uint32_t i = 0; w->config.ready && i < n; i++) {
        w->results[i] = make_ready(w, i, jobs[i]);
        if (w->results[i] == M_OK)
            swap_places(w, jobs, left++, i);
        else
            finish(w, i, jobs[i]);
    }
    if (!w->config.ready) return n;
    if (left < n && w->config.answered) w->config.answered(w->config.answer_arg);
    return left;
}

void worker_run_batch(worker *w, job **jobs, uint32_t n)
{
    atomic_fetch_add_explicit(&w->batches, 1, memory_order_relaxed);
    atomic_fetch_add_explicit(&w->use_cases, n, memory_order_relaxed);
    n = refuse_unready(w, jobs, n);
    for (uint32_t i = 0; i < n; i++)
        begin_use_case(w, i);
    for (uint32_t round = 0; n > 0; round++) {
        m_status status = run_transaction(w, jobs, n);
        if (status != M_OK && worth_running_singly(status)) {
            run_all_singly(w, jobs, n);
            return;
        }
        n = finish_done(w, jobs, n, status != M_OK || round == M_REMOTE_ROUNDS);
        if (n > 0) ask(w, n, round);
    }
}

static void *main_loop(void *arg)
{
    worker *w = arg;
    job *jobs[WORKER_BATCH_MAX];
    uint32_t n;
    while ((n = queue_take(w->jobs, jobs, w->config.batch_max)) > 0)
        worker_run_batch(w, jobs, n);
    return NULL;
}

void worker_free(worker *w)
{
    if (!w) return;
    for (uint32_t i = 0; i < WORKER_BATCH_MAX; i++) {
        m_arena_free(w->arenas[i]);
        m_answers_free(w->answers[i]);
    }
    m_arena_free(w->batch_arena);
    free(w);
}

worker *worker_new(const worker_config *config)
{
    worker *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->config = *config;
    if (w->config.batch_max == 0 || w->config.batch_max > WORKER_BATCH_MAX)
        w->config.batch_max = WORKER_BATCH_MAX;
    bool good = (w->batch_arena = m_arena_new(config->arena_limit_bytes)) != NULL;
    for (uint32_t i = 0; i < w->config.batch_max; i++)
        good = (w->arenas[i] = m_arena_new(config->arena_limit_bytes)) != NULL && good;
    for (uint32_t i = 0; config->asker && i < w->config.batch_max; i++)
        good = (w->answers[i] = m_answers_new(config->arena_limit_bytes)) != NULL && good;
    if (good) return w;
    worker_free(w);
    return NULL;
}

worker *worker_start(const worker_config *config, queue *jobs)
{
    worker *w = worker_new(config);
    if (!w) return NULL;
    w->jobs = jobs;
    if (pthread_create(&w->thread, NULL, main_loop, w) == 0) return w;
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
    return (worker_stats){atomic_load_explicit(&w->batches, memory_order_relaxed),
                          atomic_load_explicit(&w->use_cases, memory_order_relaxed),
                          atomic_load_explicit(&w->refused, memory_order_relaxed),
                          atomic_load_explicit(&w->reruns, memory_order_relaxed),
                          atomic_load_explicit(&w->questions, memory_order_relaxed)};
}
