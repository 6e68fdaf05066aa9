/* Work that the gateway has done by another domain: two boards stand for the processes of that
 * domain, which share the questions. */
#include <check.h>
#include <pthread.h>
#include <string.h>

#include "m_adapters/codec.h"
#include "m_adapters/remote.h"
#include "test_env.h"
#include "unit.h"
#include "works.h"

static const char file[] = "code,name\nK\xff,\"two\r\nlines\"\n"; /* not UTF-8, as files are */
static m_call *call;
static runtime rt;
static task_tools tools;
static task_board *gateway, *domain[2];
static _Atomic uint32_t turn;
static bool down;
static int64_t seen;
static identity_principal ann;
static pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
static const m_error_def refused = {"core.test.refused", M_INVALID, "It does not go.", "Leave it."};

/* In the domain's process. */
static m_status load(void *arg, m_call *c, const task_order *order, task *t)
{
    (void)arg;
    ck_assert(m_call_has_role(c, "Clerk") && m_id_eq(c->tenant, ann.tenant));
    ck_assert(m_str_is(order->after, "core=42"));
    task_row(t, M_STR("{\"line\":2}"));
    pthread_mutex_lock(&gate);
    pthread_mutex_unlock(&gate);
    task_row(t, M_STR("{\"line\":3}"));
    task_left_out(t, 5);
    task_result(t, M_STR("{\"created\":2}"));
    if (order->query.count > 1) return m_fail(c, &refused, NULL);
    ck_assert(m_str_is(order->body, file));
    task_mark(t, 7);
    return M_OK;
}

static void ask_one(void *self, m_question **questions, const m_call *const *as, uint32_t n)
{
    (void)self;
    for (uint32_t i = 0; i < n; i++) {
        m_question *q = questions[i];
        m_iface board = {&task_work_ops, domain[turn++ % 2]};
        m_call there = *as[i];
        ck_assert_str_eq(q->service, "wms");
        there.arena = q->arena;
        m_error_clear(&there);
        q->answered = true;
        q->status = down ? m_fail(&there, m_err_unavailable, "wms")
                         : m_remote_dispatch(board, q->method, &there, q->body, &q->reply);
        q->error = there.error;
    }
}

static void saw(void *arg, m_id tenant, const char *name, int64_t mark)
{
    (void)arg;
    ck_assert(m_id_eq(tenant, ann.tenant));
    ck_assert_str_eq(name, "wms");
    seen = mark;
}

static task_board *board_of(task_work work, void *arg)
{
    task_board_config config = {.sorts = {{work, false}, {work, true}},
                                .arg = arg,
                                .env = call->env,
                                .arena_limit_bytes = 4 << 20};
    return task_board_start(&config);
}

static void setup(void)
{
    static const m_asker asker = {ask_one, NULL};
    call = test_call();
    rt = (runtime){.others = {.self = "core"}, .other_domains = {"finance", "wms"}};
    tools = (task_tools){.rt = &rt, .asker = &asker, .saw = saw};
    ann = (identity_principal){.tenant = test_id(1),
                               .user = test_id(11),
                               .name = M_STR("Ann"),
                               .roles = {M_STR("Clerk")},
                               .role_count = 1};
    gateway = board_of(task_import_home, &tools);
    domain[0] = board_of(load, NULL);
    domain[1] = board_of(load, NULL);
    turn = 0;
    seen = 0;
    down = false;
}

static void teardown(void)
{
    task_board_stop(gateway);
    task_board_stop(domain[0]);
    task_board_stop(domain[1]);
    test_call_free(call);
}

static m_id ask(bool refuse)
{
    m_id id;
    const m_pair pairs[] = {{M_STR("collection"), M_STR("wms/warehouses")},
                            {M_STR("set"), M_STR("a=b")}};
    task_order order = {.kind = M_WORK_IMPORT,
                        .query = {(void *)(uintptr_t)pairs, refuse ? 2 : 1},
                        .body = m_str_of(file),
                        .after = M_STR("core=42")};
    identity_apply(&ann, call);
    ck_assert_int_eq(task_ask(gateway, &ann, call, &order, &id), M_OK);
    return id;
}

static const char *outcome(m_id id)
{
    for (;;) {
        m_buf out = {.arena = call->arena};
        m_arena_mark mark = m_arena_tell(call->arena);
        ck_assert_int_eq(task_tell(gateway, call, M_WORK_IMPORT, id, &out), M_OK);
        const char *text = m_str_z(call->arena, m_buf_str(&out));
        if (strstr(text, "\"ended_at\":\"")) return text;
        m_arena_back(call->arena, mark);
    }
}

START_TEST(is_done_where_the_documents_are)
{
    const char *text = outcome(ask(false));
    ck_assert_msg(strstr(text, "\"state\":\"done\"") != NULL, "%s", text);
    ck_assert_ptr_nonnull(strstr(text, "\"rows_left_out\":5,\"rows\":[{\"line\":2},{\"line\":3}],"
                                       "\"result\":{\"created\":2},\"refusal\":null"));
    ck_assert_int_eq(seen, 7);
}
END_TEST

START_TEST(its_refusal_is_told_as_it_is)
{
    const char *text = outcome(ask(true));
    ck_assert_ptr_nonnull(strstr(text, "\"state\":\"failed\""));
    ck_assert_ptr_nonnull(strstr(text, "\"result\":{\"created\":2},\"refusal\":{\"error\":{\"code\""
                                       ":\"core.test.refused\",\"message\":\"It does not go.\""));
}
END_TEST

/* The process that had the work ends in the middle of it. */
START_TEST(lost_work_is_told)
{
    pthread_mutex_lock(&gate);
    m_id id = ask(false);
    while (turn < 4)
        sched_yield();
    task_board *old = domain[0];
    domain[0] = domain[1]; /* the first question came to it */
    const char *text = outcome(id);
    pthread_mutex_unlock(&gate);
    domain[0] = old;
    ck_assert_ptr_nonnull(strstr(text, "\"state\":\"failed\""));
    ck_assert_ptr_nonnull(strstr(text, "\"core.unavailable\""));
}
END_TEST

START_TEST(nobody_is_there)
{
    down = true;
    const char *text = outcome(ask(false));
    ck_assert_ptr_nonnull(strstr(text, "\"refusal\":{\"error\":{\"code\":\"core.unavailable\""));
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("elsewhere");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_set_timeout(c, 60);
    tcase_add_test(c, is_done_where_the_documents_are);
    tcase_add_test(c, its_refusal_is_told_as_it_is);
    tcase_add_test(c, lost_work_is_told);
    tcase_add_test(c, nobody_is_there);
    return unit_run(c, "task elsewhere");
}
