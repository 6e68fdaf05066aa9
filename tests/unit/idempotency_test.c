/* Idempotency keys over any store (bind.h). */
#include <check.h>
#include <stdlib.h>

#include "bind.h"
#include "m_adapters/idempotency.h"
#include "test_env.h"

static m_call *call;
static bind bound;
static m_uow *uow;
static m_store store;

typedef struct {
    m_str route;
    m_str body;
} request_text;
static const request_text request = {{"POST /api/v1/wms/goods-receipts", 31}, {"{\"a\":1}", 7}};

static void setup(void)
{
    call = test_call();
    bind_open(&bound);
    uow = bound.uow;
    store = bound.store;
    call->uow = uow;
    call->idempotency_key = M_STR("key-1");
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    bind_close(&bound);
    test_call_free(call);
}

static m_idempotency_request ask(const request_text *text)
{
    m_idempotency_request asked;
    ck_assert_int_eq(m_idempotency_ask(call, text->route, text->body, &asked), M_OK);
    return asked;
}

static m_status find(const request_text *text, const m_idempotency_row **row)
{
    m_idempotency_request asked;
    m_error_clear(call);
    M_TRY(m_idempotency_ask(call, text->route, text->body, &asked));
    return m_idempotency_find(store, call, &asked, row);
}

static void keep(void)
{
    m_idempotency_request asked = ask(&request);
    ck_assert_int_eq(
        m_idempotency_keep(store, call, &asked, 201, M_STR("{\"id\":\"x\"}"), test_id(9), 1), M_OK);
}

START_TEST(same_key_same_answer)
{
    const m_idempotency_row *row = NULL;
    ck_assert_int_eq(find(&request, &row), M_OK);
    ck_assert_ptr_null(row);
    keep();
    ck_assert_int_eq(find(&request, &row), M_OK);
    ck_assert_ptr_nonnull(row);
    ck_assert_int_eq(row->http_status, 201);
    ck_assert(m_str_is(row->reply, "{\"id\":\"x\"}"));
    ck_assert(m_id_eq(row->reply_id, test_id(9)));
    ck_assert_int_eq(row->reply_version, 1);
}
END_TEST

START_TEST(other_body_is_a_conflict)
{
    const m_idempotency_row *row = NULL;
    request_text other = {request.route, M_STR("{\"a\":2}")};
    keep();
    ck_assert_int_eq(find(&other, &row), M_CONFLICT);
    ck_assert(m_str_is(call->error.code, "core.idempotency.reused"));
    ck_assert_ptr_null(row);
}
END_TEST

START_TEST(key_belongs_to_actor_and_route)
{
    const m_idempotency_row *row = NULL;
    keep();
    request_text elsewhere = {M_STR("POST /api/v1/wms/stock-issues"), request.body};
    ck_assert_int_eq(find(&elsewhere, &row), M_OK);
    ck_assert_ptr_null(row);
    call->actor = test_id(3);
    ck_assert_int_eq(find(&request, &row), M_OK);
    ck_assert_ptr_null(row);
}
END_TEST

START_TEST(no_key_no_row)
{
    const m_idempotency_row *row = NULL;
    m_fetch want;
    call->idempotency_key = (m_str){NULL, 0};
    keep();
    m_idempotency_request asked = ask(&request);
    ck_assert(!m_idempotency_want(call, &asked, &want));
    ck_assert_int_eq(find(&request, &row), M_OK);
    ck_assert_ptr_null(row);
}
END_TEST

START_TEST(wants_what_find_reads)
{
    m_fetch want;
    keep();
    m_idempotency_request asked = ask(&request);
    ck_assert(m_idempotency_want(call, &asked, &want));
    ck_assert_int_eq(m_store_fetch(store, call, &want, 1), M_OK);
    ck_assert_uint_eq(want.count, 1);
    ck_assert_ptr_nonnull(want.records[0]);
}
END_TEST

START_TEST(bad_keys)
{
    static char longest[202];
    const m_idempotency_row *row = NULL;
    memset(longest, 'k', 201);
    const char *keys[] = {longest, "two words", "caf\xc3\xa9", "a\nb"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        call->idempotency_key = m_str_of(keys[i]);
        ck_assert_int_eq(find(&request, &row), M_INVALID);
        ck_assert(m_str_is(call->error.code, "core.idempotency.key"));
    }
}
END_TEST

START_TEST(sweep_removes_the_old)
{
    uint32_t removed = 0;
    keep();
    m_time now = m_now(call);
    ck_assert_int_eq(m_idempotency_sweep(store, call, now, 100, &removed), M_OK);
    ck_assert_uint_eq(removed, 0);
    now.us++;
    ck_assert_int_eq(m_idempotency_sweep(store, call, now, 100, &removed), M_OK);
    ck_assert_uint_eq(removed, 1);
    const m_idempotency_row *row = NULL;
    ck_assert_int_eq(find(&request, &row), M_OK);
    ck_assert_ptr_null(row);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("idempotency");
    TCase *t = tcase_create("idempotency");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, same_key_same_answer);
    tcase_add_test(t, other_body_is_a_conflict);
    tcase_add_test(t, key_belongs_to_actor_and_route);
    tcase_add_test(t, no_key_no_row);
    tcase_add_test(t, wants_what_find_reads);
    tcase_add_test(t, bad_keys);
    tcase_add_test(t, sweep_removes_the_old);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    static const m_type *const types[] = {NULL};
    bind_start(types);
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    bind_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
