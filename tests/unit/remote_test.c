/* Questions to other processes: noted, answered, found again when the use case runs again. */
#include "m_adapters/remote.h"

#include <check.h>

#include "m/masters.h"
#include "m/receiving.h"
#include "m_adapters/codec.h"
#include "test_env.h"
#include "unit.h"

static m_call *call;
static m_answers *answers;
static m_remote_value value;
static m_receiving receiving;
static uint32_t told; /* times the other side was asked */

static void set_up(void)
{
    call = test_call();
    answers = m_answers_new(0);
    m_answers_reset(answers, call->env);
    call->answers = answers;
    m_iface bound = m_remote_bind(&value, "wms", &m_receiving_protocol);
    receiving = (m_receiving){bound.ops, bound.self};
    told = 0;
}

static void tear_down(void)
{
    m_answers_free(answers);
    test_call_free(call);
}

/* The other side: a line for every id but the third, which is refused. */
static m_status lines(void *self, m_call *at, const m_ids *in, m_received_lines *out)
{
    (void)self;
    told++;
    const m_id *ids = in->ids.items;
    if (in->ids.count == 3) {
        m_field_fail(at, m_err_link, M_STR("ids[2]"), NULL);
        return m_failed_fields(at);
    }
    m_received_line *rows = m_arena_array(at->arena, in->ids.count, sizeof *rows);
    for (uint32_t i = 0; i < in->ids.count; i++)
        rows[i] = (m_received_line){
            .id = ids[i], .receipt_no = M_STR("GRN-1"), .accepted = test_dec("2.5")};
    *out = (m_received_lines){.lines = {rows, in->ids.count}};
    return M_OK;
}

static const m_receiving_ops local_ops = {.head = {sizeof(m_receiving_ops), 1, "receiving"},
                                          .lines = lines};

static void answer_all(void)
{
    m_question *open[M_REMOTE_QUESTIONS];
    uint32_t n = m_answers_open(answers, open, M_REMOTE_QUESTIONS);
    for (uint32_t i = 0; i < n; i++) {
        m_call at = *call;
        at.arena = m_answers_arena(answers);
        m_error_clear(&at);
        m_status status = m_remote_dispatch((m_iface){&local_ops, NULL}, open[i]->method, &at,
                                            open[i]->body, &open[i]->reply);
        open[i]->answered = true;
        open[i]->status = status;
        if (status != M_OK) m_question_refuse(open[i], &at);
    }
}

static m_ids ids_of(m_id *ids, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        ids[i] = test_id(i + 1);
    return (m_ids){{ids, n}};
}

START_TEST(an_answer_is_there_in_the_next_run)
{
    m_id ids[2];
    m_ids in = ids_of(ids, 2);
    m_received_lines out = {0};
    ck_assert_int_eq(m_receiving_lines(receiving, call, &in, &out), M_AGAIN);
    ck_assert(m_str_is(call->error.code, "core.remote.wanted"));
    ck_assert_ptr_null(out.lines.items);
    answer_all();
    m_error_clear(call);
    ck_assert_int_eq(m_receiving_lines(receiving, call, &in, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 2);
    const m_received_line *row = out.lines.items;
    ck_assert(m_id_eq(row[1].id, ids[1]));
    ck_assert(m_str_is(row[1].receipt_no, "GRN-1"));
    ck_assert_int_eq(row[1].accepted.u, test_dec("2.5").u);
    ck_assert_int_eq(m_receiving_lines(receiving, call, &in, &out), M_OK);
    ck_assert_uint_eq(told, 1);
}
END_TEST

START_TEST(another_input_is_another_question)
{
    m_id ids[2];
    m_ids two = ids_of(ids, 2);
    m_ids one = {{ids, 1}};
    m_received_lines out = {0};
    ck_assert_int_eq(m_receiving_lines(receiving, call, &two, &out), M_AGAIN);
    answer_all();
    ck_assert_int_eq(m_receiving_lines(receiving, call, &one, &out), M_AGAIN);
    answer_all();
    ck_assert_uint_eq(told, 2);
    ck_assert_int_eq(m_receiving_lines(receiving, call, &one, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 1);
}
END_TEST

START_TEST(a_refusal_comes_back_as_it_was)
{
    m_id ids[3];
    m_ids in = ids_of(ids, 3);
    m_received_lines out = {0};
    ck_assert_int_eq(m_receiving_lines(receiving, call, &in, &out), M_AGAIN);
    answer_all();
    m_error_clear(call);
    ck_assert_int_eq(m_receiving_lines(receiving, call, &in, &out), M_INVALID);
    ck_assert(m_str_is(call->error.code, "core.validation"));
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].path, "ids[2]"));
    ck_assert(m_str_is(call->error.fields[0].code, "core.link.not_found"));
}
END_TEST

START_TEST(what_is_not_offered_is_unsupported)
{
    m_id ids[1];
    m_ids in = ids_of(ids, 1);
    m_received_lines out = {0};
    ck_assert_int_eq(m_receiving_of_order(receiving, call, &in, &out), M_AGAIN);
    answer_all(); /* the other side is older and has no such method */
    ck_assert_int_eq(m_receiving_of_order(receiving, call, &in, &out), M_UNSUPPORTED);
}
END_TEST

START_TEST(without_anyone_to_ask_it_is_unavailable)
{
    m_id ids[1];
    m_ids in = ids_of(ids, 1);
    m_received_lines out = {0};
    call->answers = NULL;
    ck_assert_int_eq(m_receiving_lines(receiving, call, &in, &out), M_UNAVAILABLE);
}
END_TEST

/* Brings every answer at once. */
static void ask_locally(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    (void)self;
    for (uint32_t i = 0; i < n; i++) {
        m_call at = *as[i];
        at.arena = questions[i]->arena;
        questions[i]->status = m_remote_dispatch((m_iface){&local_ops, NULL}, questions[i]->method,
                                                 &at, questions[i]->body, &questions[i]->reply);
        questions[i]->answered = true;
        if (questions[i]->status != M_OK) m_question_refuse(questions[i], &at);
    }
}

START_TEST(outside_of_transactions_the_answer_comes_at_once)
{
    static const m_asker asker = {ask_locally, NULL};
    m_iface bound = m_remote_bind_now(&value, &asker, "wms", &m_receiving_protocol);
    m_receiving now = {bound.ops, bound.self};
    m_id ids[3];
    m_ids in = ids_of(ids, 2);
    m_received_lines out = {0};
    call->answers = NULL;
    ck_assert_int_eq(m_receiving_lines(now, call, &in, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 2);
    in = ids_of(ids, 3);
    ck_assert_int_eq(m_receiving_lines(now, call, &in, &out), M_INVALID);
    ck_assert(m_str_is(call->error.code, "core.validation"));
}
END_TEST

START_TEST(ids_and_the_clock_are_the_same_in_every_run)
{
    enum { MANY = 200 };
    static m_id first[MANY];
    const m_env *env = m_answers_env(answers);
    m_time then = env->now(env->self);
    for (int i = 0; i < MANY; i++)
        first[i] = env->new_id(env->self);
    m_answers_rerun(answers);
    test_advance_us(call, 5000000);
    ck_assert_int_eq(env->now(env->self).us, then.us);
    for (int i = 0; i < MANY; i++)
        ck_assert(m_id_eq(env->new_id(env->self), first[i]));
    m_id beyond = env->new_id(env->self);
    for (int i = 0; i < MANY; i++)
        ck_assert(!m_id_eq(beyond, first[i]));
    m_answers_rerun(answers);
    for (int i = 0; i < MANY; i++)
        ck_assert(m_id_eq(env->new_id(env->self), first[i]));
    ck_assert(m_id_eq(env->new_id(env->self), beyond));
    m_answers_reset(answers, call->env);
    ck_assert_int_ne(env->now(env->self).us, then.us);
    ck_assert(!m_id_eq(env->new_id(env->self), first[0]));
}
END_TEST

START_TEST(questions_have_a_limit)
{
    m_id id[1];
    m_received_lines out = {0};
    for (uint32_t i = 0; i < M_REMOTE_QUESTIONS; i++) {
        id[0] = test_id(i + 10);
        ck_assert_int_eq(m_receiving_lines(receiving, call, &(m_ids){{id, 1}}, &out), M_AGAIN);
    }
    id[0] = test_id(9);
    m_error_clear(call);
    ck_assert_int_eq(m_receiving_lines(receiving, call, &(m_ids){{id, 1}}, &out), M_AGAIN);
    ck_assert(m_str_is(call->error.code, "core.busy"));
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("remote");
    tcase_add_checked_fixture(cases, set_up, tear_down);
    tcase_add_test(cases, an_answer_is_there_in_the_next_run);
    tcase_add_test(cases, another_input_is_another_question);
    tcase_add_test(cases, a_refusal_comes_back_as_it_was);
    tcase_add_test(cases, what_is_not_offered_is_unsupported);
    tcase_add_test(cases, without_anyone_to_ask_it_is_unavailable);
    tcase_add_test(cases, outside_of_transactions_the_answer_comes_at_once);
    tcase_add_test(cases, ids_and_the_clock_are_the_same_in_every_run);
    tcase_add_test(cases, questions_have_a_limit);
    return unit_run(cases, "remote");
}
