/* A batch whose members ask another process: what is told apart is who waits and who is done. */
#include "worker.h"

#include <semaphore.h>

#include "m/receiving.h"
#include "m_adapters/codec.h"
#include "m_adapters/infra.h"
#include "m_adapters/memory.h"
#include "m_adapters/remote_ledger.h"
#include "test_env.h"
#include "unit.h"

enum { MEMBERS = 5 };

typedef struct {
    job base;
    uint32_t place;
    uint32_t questions; /* it asks so many, one after the other */
    bool refuse;        /* after the answers */
    bool endless;       /* each run asks something new */
    int32_t days;       /* so many days may be posted on */
    bool holds;         /* Finance holds a voucher of it */
    uint32_t runs, answers_seen;
    uint32_t ended; /* with a courier: as the how-manieth */
    m_id written;
    m_status status;
    m_str code;
} member;

static m_call *outer;
static m_memory_db *db;
static m_store store;
static m_remote_value value;
static m_receiving receiving;
static m_remote_books books;
static worker *w;
static uint32_t rounds, asked_most;
static m_hold_end gone[MEMBERS]; /* what was let go */
static uint32_t let_go;
static m_status committing; /* M_OK: as the store does */
static m_uow *inner;

static void describe(job *j, m_call *call)
{
    (void)j;
    call->uow = inner; /* the store knows no other */
    call->actor = test_id(2);
    call->system = true;
}

static m_status ask_one(member *me, m_call *call, uint32_t number)
{
    m_id id = test_id(100 * (me->place + 1) + number);
    m_received_lines out;
    M_TRY(m_receiving_lines(receiving, call, &(m_ids){{&id, 1}}, &out));
    me->answers_seen += out.lines.count;
    return M_OK;
}

/* Writes first and asks then: what was written before the question must not be there twice. */
static m_status run(job *j, domain_set *domains, m_call *call)
{
    (void)domains;
    member *me = (member *)j;
    me->runs++;
    me->answers_seen = 0;
    m_inbox_row row = {.consumer = M_STR("member"), .event_id = m_new_id(call)};
    me->written = row.event_id;
    M_TRY(m_store_insert(store, call, &m_inbox_type, &row));
    for (uint32_t i = 0; i < me->questions; i++)
        M_TRY(ask_one(me, call, i));
    for (int32_t i = 0; i < me->days; i++) {
        m_ledger_result result;
        M_TRY(m_ledger_check_date(m_remote_ledger(&books), call,
                                  &(m_ledger_date){{test_date("2026-04-01").d + i}}, &result));
        me->answers_seen++;
    }
    if (me->holds) {
        m_ledger_result result;
        m_ledger_voucher voucher = {.voucher_id = test_id(900 + me->place),
                                    .posting_date = test_date("2026-04-01")};
        M_TRY(m_ledger_prepare(m_remote_ledger(&books), call, &voucher, &result));
    }
    if (me->endless) M_TRY(ask_one(me, call, 50 + me->runs));
    return me->refuse ? m_fail(call, m_err_state, NULL) : M_OK;
}

static void finish(job *j, m_call *call, m_status status)
{
    member *me = (member *)j;
    me->status = status;
    me->code = call->error.code;
}

static const job_ops ops = {.describe = describe, .run = run, .finish = finish};

/* Every id is a line. */
static void answer(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    (void)self;
    bool ends = n && strcmp(questions[0]->method->name, "let_go") == 0;
    rounds += !ends;
    for (uint32_t i = 0; i < n && ends; i++) {
        ck_assert(as[i]->system && m_id_eq(as[i]->tenant, outer->tenant));
        ck_assert_uint_lt(let_go, MEMBERS);
        ck_assert_int_eq(m_json_read(outer, &m_hold_end_type, questions[i]->body, M_JSON_MESSAGE,
                                     &gone[let_go++], NULL),
                         M_OK);
    }
    if (ends) return;
    if (n > asked_most) asked_most = n;
    for (uint32_t i = 0; i < n; i++) {
        ck_assert(m_id_eq(as[i]->actor, test_id(2)));
        questions[i]->answered = true;
        questions[i]->status = M_OK;
        if (questions[i]->method->out == &m_ledger_result_type ||
            questions[i]->method->out == &m_hold_result_type) {
            questions[i]->reply = M_STR("{}");
            continue;
        }
        questions[i]->reply = M_STR("{\"lines\":[{\"receipt_no\":\"GRN-1\"}]}");
    }
}

static const m_asker asker = {answer, NULL};

/* A database that does not always say whether it did it. */
static m_status begin(m_uow *uow, m_call *call, m_uow_mode mode, m_fetch *reads, uint32_t n)
{
    (void)uow;
    return inner->ops->begin(inner, call, mode, reads, n);
}

static void mark(m_uow *uow)
{
    (void)uow;
    inner->ops->mark(inner);
}

static void accept_(m_uow *uow)
{
    (void)uow;
    inner->ops->accept(inner);
}

static bool refuse(m_uow *uow)
{
    (void)uow;
    return inner->ops->refuse(inner);
}

static void rollback(m_uow *uow)
{
    (void)uow;
    inner->ops->rollback(inner);
}

static m_status commit(m_uow *uow, m_call *call)
{
    (void)uow;
    if (committing == M_OK || rounds == 0) return inner->ops->commit(inner, call);
    inner->ops->rollback(inner);
    return m_fail(call, m_err_unavailable, "the database");
}

static const m_uow_ops uow_ops = {.head = {sizeof uow_ops, 1, "uow"},
                                  .begin = begin,
                                  .mark = mark,
                                  .accept = accept_,
                                  .refuse = refuse,
                                  .commit = commit,
                                  .rollback = rollback};
static m_uow unsure_uow = {&uow_ops};

static void set_up(void)
{
    outer = test_call();
    db = m_memory_db_new();
    store = m_memory_store(db);
    m_iface bound = m_remote_bind(&value, "wms", &m_receiving_protocol);
    receiving = (m_receiving){bound.ops, bound.self};
    inner = m_memory_uow(db);
    worker_config config = {
        .uow = &unsure_uow, .mode = M_UOW_WRITE, .env = outer->env, .asker = &asker};
    w = worker_new(&config);
    books = (m_remote_books){.store = store, .service = "finance", .caller = "wms"};
    rounds = asked_most = let_go = 0;
    committing = M_OK;
}

static void tear_down(void)
{
    worker_free(w);
    m_memory_db_free(db);
    test_call_free(outer);
}

static void run_members(member *members, uint32_t n)
{
    job *jobs[MEMBERS];
    for (uint32_t i = 0; i < n; i++) {
        members[i].base = (job){.ops = &ops, .tenant = outer->tenant};
        members[i].place = i;
        jobs[i] = &members[i].base;
    }
    worker_run_batch(w, jobs, n);
}

static uint32_t rows_written(void)
{
    m_query all = {.limit = 0};
    m_fetch fetch = {.type = &m_inbox_type, .query = &all};
    m_uow *uow = m_memory_uow(db);
    ck_assert_int_eq(uow->ops->begin(uow, outer, M_UOW_READ, NULL, 0), M_OK);
    ck_assert_int_eq(m_store_fetch(store, outer, &fetch, 1), M_OK);
    uow->ops->rollback(uow);
    return fetch.count;
}

START_TEST(who_asks_runs_again_and_writes_once)
{
    member members[MEMBERS] = {{.questions = 0},
                               {.questions = 2},
                               {.questions = 1},
                               {.questions = 0},
                               {.questions = 2, .refuse = true}};
    run_members(members, MEMBERS);
    for (int i = 0; i < MEMBERS; i++) {
        ck_assert_uint_eq(members[i].runs, members[i].questions + 1);
        ck_assert_uint_eq(members[i].answers_seen, members[i].questions);
        ck_assert_int_eq(members[i].status, i == 4 ? M_PRECONDITION : M_OK);
    }
    ck_assert_uint_eq(rows_written(), 4);
    ck_assert_uint_eq(rounds, 2);
    ck_assert_uint_eq(asked_most, 3); /* together, not one by one */
}
END_TEST

START_TEST(a_use_case_that_asks_for_ever_is_ended)
{
    member members[2] = {{.endless = true}, {.questions = 1}};
    run_members(members, 2);
    ck_assert_int_eq(members[0].status, M_AGAIN);
    ck_assert(m_str_is(members[0].code, "core.busy"));
    ck_assert_uint_eq(members[0].runs, M_REMOTE_ROUNDS + 1);
    ck_assert_int_eq(members[1].status, M_OK);
    ck_assert_uint_eq(rows_written(), 1);
}
END_TEST

/* What can only be granted or refused is not asked one by one for long; and nothing is written
 * before it is granted. */
START_TEST(who_asks_much_runs_ahead)
{
    member members[2] = {{.days = 40}, {.questions = 1}};
    run_members(members, 2);
    ck_assert_int_eq(members[0].status, M_OK);
    ck_assert_uint_eq(members[0].answers_seen, 40);
    ck_assert_uint_eq(rounds, 5);
    ck_assert_uint_eq(asked_most, 36);
    ck_assert_uint_eq(rows_written(), 2);
}
END_TEST

START_TEST(the_next_batch_starts_anew)
{
    member members[1] = {{.questions = 1}};
    run_members(members, 1);
    m_id first = members[0].written;
    run_members(members, 1);
    ck_assert(!m_id_eq(first, members[0].written));
    ck_assert_uint_eq(rounds, 2);
    ck_assert_uint_eq(rows_written(), 2);
}
END_TEST

static uint32_t let_go_of(uint32_t place)
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < let_go; i++)
        n += m_id_eq(gone[i].hold, test_id(900 + place));
    return n;
}

START_TEST(what_was_held_for_the_refused_is_let_go)
{
    member members[MEMBERS] = {{.holds = true},
                               {.holds = true, .refuse = true},
                               {.questions = 2, .holds = true, .refuse = true},
                               {.refuse = true},
                               {.questions = 3, .holds = true}};
    run_members(members, MEMBERS);
    for (uint32_t i = 0; i < MEMBERS; i++) {
        bool refused = members[i].refuse;
        ck_assert_int_eq(members[i].status, refused ? M_PRECONDITION : M_OK);
        ck_assert_uint_eq(let_go_of(i), refused && members[i].holds);
    }
    ck_assert(!m_id_eq(gone[0].attempt, gone[1].attempt));
}
END_TEST

/* It may be committed: only Finance's question finds out. */
START_TEST(what_may_be_committed_is_not_let_go)
{
    member members[1] = {{.holds = true}};
    committing = M_UNAVAILABLE;
    run_members(members, 1);
    ck_assert_int_eq(members[0].status, M_UNAVAILABLE);
    ck_assert_uint_eq(let_go, 0);
}
END_TEST

/* ---- with a courier ---- */

static queue jobs;
static sem_t left, may_return, done; /* questions on their way; answers; members that ended */
static pthread_mutex_t counting = PTHREAD_MUTEX_INITIALIZER;
static uint32_t ended;

static void finish_and_tell(job *j, m_call *call, m_status status)
{
    finish(j, call, status);
    ((member *)j)->ended = ++ended;
    sem_post(&done);
}

static const job_ops telling_ops = {.describe = describe, .run = run, .finish = finish_and_tell};

static void answer_late(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    sem_post(&left);
    while (sem_wait(&may_return) != 0)
        ;
    pthread_mutex_lock(&counting);
    answer(self, questions, as, n);
    pthread_mutex_unlock(&counting);
}

static const m_asker slow_asker = {answer_late, NULL};

static void await(sem_t *what)
{
    while (sem_wait(what) != 0)
        ;
}

static worker *start(void)
{
    sem_t *all[] = {&left, &may_return, &done};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(sem_init(all[i], 0, 0), 0);
    ended = 0;
    queue_init(&jobs, 10);
    worker_config config = {
        .uow = inner, .mode = M_UOW_WRITE, .env = outer->env, .asker = &slow_asker};
    worker *started = worker_start(&config, &jobs);
    ck_assert_ptr_nonnull(started);
    return started;
}

static void push(member *me, uint32_t place)
{
    me->base = (job){.ops = &telling_ops, .tenant = outer->tenant};
    me->place = place;
    ck_assert(queue_push(&jobs, &me->base));
}

static void stop(worker *started)
{
    queue_close(&jobs);
    worker_join(started);
    queue_destroy(&jobs);
}

START_TEST(others_go_on_while_one_waits)
{
    worker *started = start();
    member asking = {.questions = 1}, quick = {.questions = 0}, second = {.questions = 1};
    push(&asking, 0);
    await(&left);
    push(&quick, 1);
    await(&done);
    ck_assert_uint_eq(quick.runs, 1);
    ck_assert_uint_eq(asking.runs, 1);
    push(&second, 2); /* its question leaves while the first one is still on its way */
    await(&left);
    sem_post(&may_return);
    sem_post(&may_return);
    await(&done);
    await(&done);
    ck_assert_int_eq(asking.status, M_OK);
    ck_assert_int_eq(second.status, M_OK);
    ck_assert_uint_eq(asking.runs, 2);
    stop(started);
    ck_assert_uint_eq(rows_written(), 3);
}
END_TEST

START_TEST(who_waits_is_answered_when_the_queue_closes)
{
    worker *started = start();
    member asking = {.questions = 2}, second = {.questions = 1};
    push(&asking, 0);
    await(&left);
    push(&second, 1);
    await(&left);
    queue_close(&jobs);
    for (int i = 0; i < 3; i++)
        sem_post(&may_return);
    stop(started);
    ck_assert_int_eq(asking.status, M_OK);
    ck_assert_int_eq(second.status, M_OK);
    ck_assert_uint_eq(rows_written(), 2);
}
END_TEST

/* What the other lot writes must not make it ask for ever. */
START_TEST(who_asks_often_gets_the_worker_alone)
{
    worker *started = start();
    member asking = {.questions = 3}, other = {.questions = 0};
    push(&asking, 0);
    for (int i = 0; i < 3; i++) {
        await(&left);
        if (i == 2) push(&other, 1);
        if (i == 2) ck_assert_uint_eq(asking.runs, 3);
        sem_post(&may_return);
    }
    stop(started);
    ck_assert_uint_eq(asking.runs, 4);
    ck_assert_uint_eq(asking.ended, 1);
    ck_assert_uint_eq(other.ended, 2);
    ck_assert_uint_eq(rows_written(), 2);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("worker");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, who_asks_runs_again_and_writes_once);
    tcase_add_test(cases, a_use_case_that_asks_for_ever_is_ended);
    tcase_add_test(cases, who_asks_much_runs_ahead);
    tcase_add_test(cases, the_next_batch_starts_anew);
    tcase_add_test(cases, what_was_held_for_the_refused_is_let_go);
    tcase_add_test(cases, what_may_be_committed_is_not_let_go);
    tcase_add_test(cases, others_go_on_while_one_waits);
    tcase_add_test(cases, who_waits_is_answered_when_the_queue_closes);
    tcase_add_test(cases, who_asks_often_gets_the_worker_alone);
    return unit_run(cases, "worker");
}
