/* The task board alone, with work that waits until it is let go. */
#include <check.h>
#include <pthread.h>
#include <string.h>

#include "task.h"
#include "test_env.h"
#include "unit.h"

static m_call *call;
static task_board *board;
static identity_principal ann, ben, eve; /* ann and ben of one tenant, eve of another */
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static const m_error_def refused = {"core.test.refused", M_INVALID, "It does not go.", "Leave it."};

/* Waits for the gate; says what it was given; the body "no" is refused. */
static m_status echo(void *arg, m_call *c, const task_order *order, task *t)
{
    ck_assert_ptr_eq(arg, &gate);
    (void)task_progress(t, 1, 2);
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    if (m_str_is(order->body, "no")) return m_fail(c, &refused, NULL);
    m_buf row = {.arena = c->arena};
    for (M_EACH(m_pair, pair, order->query))
        m_buf_format(&row, "{\"%.*s\":\"%.*s\"}", M_STR_ARG(pair->name), M_STR_ARG(pair->value));
    if (row.n) task_row(t, m_buf_str(&row));
    for (int i = 0; m_str_is(order->body, "much") && i < 3000; i++)
        task_row(t, M_STR("{\"text\":\"one row of those that there are too many of, all the same "
                          "\"}"));
    (void)task_progress(t, 2, 2);
    task_result(t, M_STR("{\"good\":true}"));
    return M_OK;
}

static void setup(void)
{
    call = test_call();
    task_board_config config = {.sorts = {{echo, false}, {echo, true}},
                                .arg = &gate,
                                .env = call->env,
                                .arena_limit_bytes = 1 << 20};
    board = task_board_start(&config);
    ann = (identity_principal){.tenant = test_id(1), .user = test_id(11), .name = M_STR("Ann")};
    ben = (identity_principal){.tenant = test_id(1), .user = test_id(12), .name = M_STR("Ben")};
    eve = (identity_principal){.tenant = test_id(2), .user = test_id(21), .name = M_STR("Eve")};
}

static void teardown(void)
{
    task_board_stop(board);
    test_call_free(call);
}

static m_status ask(const identity_principal *who, m_work_kind kind, const char *body, m_id *out)
{
    m_pair pair = {M_STR("as"), M_STR("csv")};
    task_order order = {.kind = kind, .query = {&pair, 1}, .body = m_str_of(body)};
    identity_apply(who, call);
    return task_ask(board, who, call, &order, out);
}

static const char *tell(const identity_principal *who, m_work_kind kind, m_id id)
{
    m_buf out = {.arena = call->arena};
    identity_apply(who, call);
    if (task_tell(board, call, kind, id, &out) != M_OK) return NULL;
    return m_str_z(call->arena, m_buf_str(&out));
}

static const char *outcome(const identity_principal *who, m_work_kind kind, m_id id)
{
    for (;;) {
        const char *text = tell(who, kind, id);
        if (strstr(text, "\"done\",\"asked_by\"") || strstr(text, "\"failed\"")) return text;
    }
}

START_TEST(is_done_and_told)
{
    m_id id;
    ck_assert_str_eq(tell(&ann, M_WORK_PROVE, (m_id){0}), "{\"task\":null}");
    ck_assert_int_eq(ask(&ann, M_WORK_PROVE, "x", &id), M_OK);
    const char *text = outcome(&ann, M_WORK_PROVE, id);
    ck_assert_ptr_nonnull(strstr(text, "\"asked_by\":\"Ann\""));
    ck_assert_ptr_nonnull(strstr(text, "\"done\":2,\"total\":2,\"rows_left_out\":0"));
    ck_assert_ptr_nonnull(strstr(text, "\"rows\":[{\"as\":\"csv\"}],\"result\":{\"good\":true},"
                                       "\"refusal\":null"));
}
END_TEST

START_TEST(a_refusal_is_told)
{
    m_id id;
    ck_assert_int_eq(ask(&ann, M_WORK_PROVE, "no", &id), M_OK);
    const char *text = outcome(&ann, M_WORK_PROVE, id);
    ck_assert_ptr_nonnull(strstr(text, "\"result\":null,\"refusal\":{\"error\":{\"code\":"
                                       "\"core.test.refused\""));
}
END_TEST

START_TEST(who_may_see_what)
{
    m_id common, own;
    ck_assert_int_eq(ask(&ann, M_WORK_PROVE, "x", &common), M_OK);
    ck_assert_int_eq(ask(&ann, M_WORK_IMPORT, "x", &own), M_OK);
    ck_assert_ptr_nonnull(outcome(&ann, M_WORK_IMPORT, own));
    ck_assert_ptr_nonnull(strstr(tell(&ben, M_WORK_PROVE, (m_id){0}), "Ann"));
    ck_assert_str_eq(tell(&ben, M_WORK_IMPORT, (m_id){0}), "{\"task\":null}");
    ck_assert_ptr_null(tell(&ben, M_WORK_IMPORT, own));
    ck_assert_ptr_null(tell(&ann, M_WORK_PROVE, own)); /* of another kind */
    ck_assert_str_eq(tell(&eve, M_WORK_PROVE, (m_id){0}), "{\"task\":null}");
    ck_assert_ptr_null(tell(&eve, M_WORK_PROVE, common));
    ck_assert_int_eq(call->error.status, M_NOT_FOUND);
}
END_TEST

START_TEST(the_board_is_bounded)
{
    m_id ids[TASK_TENANT_MAX], more;
    pthread_mutex_lock(&gate);
    for (int i = 0; i < TASK_TENANT_MAX; i++)
        ck_assert_int_eq(ask(&ann, M_WORK_PROVE, "x", &ids[i]), M_OK);
    ck_assert_int_eq(ask(&ben, M_WORK_PROVE, "x", &more), M_AGAIN);
    ck_assert_str_eq(m_str_z(call->arena, call->error.code), "core.busy");
    m_error_clear(call);
    ck_assert_int_eq(ask(&eve, M_WORK_PROVE, "x", &more),
                     M_OK); /* another tenant has its own room */
    ck_assert_ptr_nonnull(strstr(tell(&ann, M_WORK_PROVE, ids[3]), "\"waiting\""));
    pthread_mutex_unlock(&gate);
    for (int i = 0; i < TASK_BOARD_MAX; i++) {
        ck_assert_int_eq(ask(&eve, M_WORK_PROVE, "x", &more), M_OK);
        ck_assert_ptr_nonnull(outcome(&eve, M_WORK_PROVE, more));
    }
    ck_assert_ptr_null(tell(&ann, M_WORK_PROVE, ids[0])); /* the oldest made room */
}
END_TEST

START_TEST(too_many_rows_are_counted)
{
    m_id id;
    ck_assert_int_eq(ask(&ann, M_WORK_PROVE, "much", &id), M_OK);
    const char *text = outcome(&ann, M_WORK_PROVE, id);
    ck_assert_uint_lt(strlen(text), TASK_ROWS_BYTES + 1000);
    ck_assert_ptr_null(strstr(text, "\"rows_left_out\":0"));
}
END_TEST

START_TEST(stops_with_work_waiting)
{
    m_id id;
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(ask(&ann, M_WORK_PROVE, "x", &id), M_OK);
    pthread_mutex_unlock(&gate);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("board");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, is_done_and_told);
    tcase_add_test(c, a_refusal_is_told);
    tcase_add_test(c, who_may_see_what);
    tcase_add_test(c, the_board_is_bounded);
    tcase_add_test(c, too_many_rows_are_counted);
    tcase_add_test(c, stops_with_work_waiting);
    return unit_run(c, "task board");
}
