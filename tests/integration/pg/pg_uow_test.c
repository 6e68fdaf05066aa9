/* The unit of work when things go wrong: deadlines, killed connections, crashes, competitors. */
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "m/uow.h"
#include "pg_suites.h"

static m_call *call;
static m_uow *uow;
static m_store store;

static void setup(void)
{
    call = test_call();
    call->tenant = fresh_tenant();
    store = m_pg_store();
    uow = pg_fixture_uow(cluster);
}

static void teardown(void)
{
    m_pg_uow_close(uow);
    test_call_free(call);
}

static m_status begin(m_uow *u, m_call *c, m_uow_mode mode)
{
    return u->ops->begin(u, c, mode, NULL, 0);
}

static m_status get_by(m_call *c, uint32_t n, const sample **out)
{
    const void *found = NULL;
    M_TRY(m_store_get(store, c, &sample_type, test_id(n), &found));
    *out = found;
    return M_OK;
}

static const sample *get(uint32_t n)
{
    const sample *found = NULL;
    OK(call, get_by(call, n, &found));
    return found;
}

static void add(uint32_t n)
{
    sample s = {.id = test_id(n), .version = 1};
    OK(call, begin(uow, call, M_UOW_WRITE));
    OK(call, m_store_insert(store, call, &sample_type, &s));
    OK(call, uow->ops->commit(uow, call));
}

static void kill_backends(void)
{
    m_pg_conn *super = connect_as("bm_super", call);
    value_of(super, call,
             "SELECT count(pg_terminate_backend(pid, 2000)) FROM pg_stat_activity WHERE usename = "
             "'bm_app'");
    m_pg_conn_close(super);
}

START_TEST(round_trips_are_few)
{
    add(1);
    m_pg_stats before, after;
    m_pg_uow_stats(uow, &before);
    m_id id = test_id(1);
    m_query all = {.limit = 5};
    m_fetch wants[] = {{.type = &sample_type, .ids = &id, .key_count = 1},
                       {.type = &sample_type, .query = &all},
                       {.type = &reference_type, .query = &all}};
    OK(call, uow->ops->begin(uow, call, M_UOW_WRITE, wants, 3));
    sample s = *get(1);
    s.version = 2;
    OK(call, m_store_update(store, call, &sample_type, &s));
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_stats(uow, &after);
    ck_assert_uint_eq(after.round_trips - before.round_trips, 2);

    before = after;
    OK(call, begin(uow, call, M_UOW_READ));
    ck_assert_int_eq(get(1)->version, 2);
    ck_assert_int_eq(get(1)->version, 2);
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_stats(uow, &after);
    ck_assert_uint_eq(after.round_trips - before.round_trips, 1);

    before = after;
    OK(call, begin(uow, call, M_UOW_WRITE)); /* only writes: one */
    s.id = test_id(2);
    OK(call, m_store_insert(store, call, &sample_type, &s));
    OK(call, uow->ops->commit(uow, call));
    OK(call, begin(uow, call, M_UOW_WRITE)); /* nothing at all: none */
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_stats(uow, &after);
    ck_assert_uint_eq(after.round_trips - before.round_trips, 1);
}
END_TEST

/* A use case that asks another process is refused at first: that must not cost a sync. */
START_TEST(nothing_is_committed_when_all_was_refused)
{
    add(1);
    m_pg_stats before, after;
    m_pg_uow_stats(uow, &before);
    m_id id = test_id(1);
    m_fetch want = {.type = &sample_type, .ids = &id, .key_count = 1};
    OK(call, uow->ops->begin(uow, call, M_UOW_WRITE, &want, 1));
    uow->ops->mark(uow);
    sample s = *get(1);
    s.version = 2;
    OK(call, m_store_update(store, call, &sample_type, &s));
    ck_assert(uow->ops->refuse(uow));
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_stats(uow, &after);
    ck_assert_uint_eq(after.commits - before.commits, 0);
    ck_assert_uint_eq(after.round_trips - before.round_trips, 2);

    OK(call, begin(uow, call, M_UOW_WRITE)); /* it holds no gate, and the rest goes on */
    ck_assert_int_eq(get(1)->version, 1);
    OK(call, m_store_update(store, call, &sample_type, &s));
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_stats(uow, &after);
    ck_assert_uint_eq(after.commits - before.commits, 1);
}
END_TEST

/* What a first try read row by row, the next one has at hand from its begin. */
START_TEST(a_next_try_reads_ahead)
{
    add(1);
    add(2);
    balance b = {.account = test_id(7), .kind = M_STR("k"), .month = test_date("2026-04-01")};
    const void *found, *key = &b;
    OK(call, begin(uow, call, M_UOW_WRITE));
    OK(call, m_store_put(store, call, &balance_type, &b));
    OK(call, uow->ops->commit(uow, call));
    OK(call, begin(uow, call, M_UOW_WRITE));
    ck_assert_ptr_nonnull(get(1));
    ck_assert_ptr_nonnull(get(2));
    ck_assert_ptr_null(get(3));
    OK(call, m_store_get_key(store, call, &balance_type, key, &found));
    OK(call, m_store_get(store, call, &reference_type, test_id(1), &found));
    m_arena *kept = m_arena_new(0);
    m_fetch reads[8];
    ck_assert_uint_eq(uow->ops->reads(uow, kept, reads, 1), 1);
    uint32_t n = uow->ops->reads(uow, kept, reads, 8);
    ck_assert_uint_eq(n, 2); /* reference data has its cache */
    for (uint32_t i = 0; i < n; i++)
        ck_assert_uint_eq(reads[i].key_count, reads[i].type == &sample_type ? 3 : 1);
    uow->ops->rollback(uow);

    m_pg_stats before, after;
    OK(call, uow->ops->begin(uow, call, M_UOW_WRITE, reads, n));
    m_pg_uow_stats(uow, &before);
    ck_assert_ptr_nonnull(get(1));
    ck_assert_ptr_nonnull(get(2));
    ck_assert_ptr_null(get(3));
    OK(call, m_store_get_key(store, call, &balance_type, key, &found));
    ck_assert_ptr_nonnull(found);
    m_pg_uow_stats(uow, &after);
    ck_assert_uint_eq(after.round_trips - before.round_trips, 0);
    uow->ops->rollback(uow);
    m_arena_free(kept);
}
END_TEST

START_TEST(reference_data_comes_from_the_cache)
{
    OK(call, begin(uow, call, M_UOW_WRITE));
    reference r = {.id = test_id(1), .version = 1, .name = M_STR("r")};
    OK(call, m_store_insert(store, call, &reference_type, &r));
    OK(call, uow->ops->commit(uow, call));
    m_query all = {.limit = 5};
    m_id ids[] = {test_id(1), test_id(2)};
    m_pg_stats before, after;
    for (int round = 0; round < 3; round++) {
        m_pg_uow_stats(uow, &before);
        m_fetch wants[] = {{.type = &reference_type, .ids = ids, .key_count = 2},
                           {.type = &reference_type, .query = &all}};
        OK(call, begin(uow, call, M_UOW_READ));
        OK(call, m_store_fetch(store, call, wants, 2));
        ck_assert_ptr_nonnull(wants[0].records[0]);
        ck_assert_ptr_null(wants[0].records[1]);
        ck_assert_uint_eq(wants[1].count, 1);
        OK(call, uow->ops->commit(uow, call));
        m_pg_uow_stats(uow, &after);
    }
    ck_assert_uint_eq(after.rows_read - before.rows_read, 0);
    ck_assert_uint_eq(after.statements - before.statements, 2); /* tenant and epoch */
    ck_assert_uint_ge(after.cache_hits - before.cache_hits, 3);
}
END_TEST

START_TEST(ids_are_written_as_the_server_does)
{
    m_pg_conn *app = connect_as("bm_app", call);
    m_id id = {{0x01, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef, 0xff, 0, 0x10, 0x0f, 9, 8, 7, 6}};
    char text[M_PG_ID_TEXT];
    m_pg_id_format(id, text);
    const char *params[] = {text};
    m_pg_result found;
    OK(call, m_pg_query(app, call, NULL, "SELECT $1::uuid,NULL::uuid", params, 1, &found));
    ck_assert_str_eq(m_str_z(call->arena, m_pg_cell(&found, 0, 0)), text);
    ck_assert(m_id_eq(m_pg_id_of(m_pg_cell(&found, 0, 0)), id));
    ck_assert(m_id_is_null(m_pg_id_of(m_pg_cell(&found, 0, 1))));
    m_pg_conn_close(app);
}
END_TEST

START_TEST(a_deadline_is_kept)
{
    add(1);
    call->deadline.us = m_now(call).us - 1;
    ck_assert_int_eq(begin(uow, call, M_UOW_READ), M_OK);
    const sample *found = NULL;
    ck_assert_int_eq(get_by(call, 1, &found), M_TIMEOUT); /* nothing is sent */
    uow->ops->rollback(uow);
    /* a slow statement is cancelled, the connection goes on */
    call->deadline.us = 0;
    m_pg_conn *app = connect_as("bm_app", call);
    call->deadline.us = m_now(call).us + 200000;
    m_pg_result ignored;
    int64_t start = monotonic_ms();
    ck_assert_int_eq(m_pg_query(app, call, NULL, "SELECT pg_sleep(4)", NULL, 0, &ignored),
                     M_TIMEOUT);
    ck_assert_int_lt(monotonic_ms() - start, 2500);
    call->deadline.us = 0;
    ck_assert_str_eq(value_of(app, call, "SELECT 1"), "1");
    m_pg_conn_close(app);
    OK(call, begin(uow, call, M_UOW_READ));
    ck_assert_ptr_nonnull(get(1));
    OK(call, uow->ops->commit(uow, call));
}
END_TEST

START_TEST(waiting_for_the_gate_ends_at_the_deadline)
{
    add(1);
    OK(call, begin(uow, call, M_UOW_WRITE));
    get(1); /* has the gate */
    m_uow *other = pg_fixture_uow(cluster);
    m_call *second = test_call();
    second->tenant = call->tenant;
    second->deadline.us = m_now(second).us + 300000;
    int64_t start = monotonic_ms();
    const sample *found = NULL;
    OK(second, begin(other, second, M_UOW_WRITE));
    ck_assert_int_eq(get_by(second, 1, &found), M_TIMEOUT);
    ck_assert(m_str_is(second->error.code, "core.timeout"));
    ck_assert_int_lt(monotonic_ms() - start, 1900);
    ck_assert(!other->ops->refuse(other));
    other->ops->rollback(other);
    second->deadline.us = 0; /* now the server's own limit for locks ends it */
    OK(second, begin(other, second, M_UOW_WRITE));
    ck_assert_int_eq(get_by(second, 1, &found), M_TIMEOUT);
    other->ops->rollback(other);
    /* readers and other tenants do not wait */
    OK(second, begin(other, second, M_UOW_READ));
    OK(second, get_by(second, 1, &found));
    OK(second, other->ops->commit(other, second));
    second->tenant = fresh_tenant();
    OK(second, begin(other, second, M_UOW_WRITE));
    OK(second, get_by(second, 1, &found));
    OK(second, other->ops->commit(other, second));
    OK(call, uow->ops->commit(uow, call));
    second->tenant = call->tenant;
    OK(second, begin(other, second, M_UOW_WRITE));
    OK(second, get_by(second, 1, &found));
    OK(second, other->ops->commit(other, second));
    m_pg_uow_close(other);
    test_call_free(second);
}
END_TEST

START_TEST(a_killed_connection_is_replaced)
{
    add(1);
    kill_backends();
    OK(call, begin(uow, call, M_UOW_WRITE));
    ck_assert_ptr_nonnull(get(1)); /* nothing was lost: done again unseen */
    kill_backends();
    sample s = *get(1); /* known */
    s.version = 2;
    OK(call, m_store_update(store, call, &sample_type, &s));
    ck_assert_int_eq(uow->ops->commit(uow, call), M_UNAVAILABLE);
    ck_assert_ptr_nonnull(
        memmem(call->error.hint.p, call->error.hint.n, "idempotency", strlen("idempotency")));
    uow->ops->rollback(uow);
    OK(call, begin(uow, call, M_UOW_READ));
    ck_assert_int_eq(get(1)->version, 1);
    OK(call, uow->ops->commit(uow, call));
    /* in the middle, with reads still to come */
    OK(call, begin(uow, call, M_UOW_WRITE));
    ck_assert_ptr_nonnull(get(1));
    kill_backends();
    const sample *found = NULL;
    ck_assert_int_eq(get_by(call, 2, &found), M_UNAVAILABLE);
    ck_assert(!uow->ops->refuse(uow));
    uow->ops->rollback(uow);
    add(3);
}
END_TEST

START_TEST(a_server_that_is_not_there)
{
    m_pg_options options = {.dsn = "host=/nonexistent dbname=bm user=bm_app"};
    m_uow *away;
    ck_assert_int_eq(m_pg_uow_open(&options, &away), M_OK);
    int64_t start = monotonic_ms();
    for (int i = 0; i < 100; i++)
        ck_assert_int_eq(begin(away, call, M_UOW_READ), M_UNAVAILABLE);
    ck_assert_int_lt(monotonic_ms() - start, 1000);
    m_pg_uow_close(away);
}
END_TEST

/* ---- competitors ---- */

#define INCREMENTS 500

typedef struct {
    m_id tenant;
    uint32_t conflicts;
    bool failed;
} competitor;

static m_status increment(m_uow *u, m_call *c)
{
    const sample *found = NULL;
    M_TRY(begin(u, c, M_UOW_WRITE));
    m_status status = get_by(c, 1, &found);
    if (status == M_OK) {
        sample s = *found;
        s.version++;
        s.count++;
        status = m_store_update(store, c, &sample_type, &s);
        balance b = {.account = test_id(1),
                     .kind = M_STR("k"),
                     .month = test_date("2026-04-01"),
                     .debit = M_DEC_ONE,
                     .hits = 1};
        if (status == M_OK) status = m_store_accumulate(store, c, &balance_type, &b);
        if (status == M_OK) return u->ops->commit(u, c);
    }
    u->ops->rollback(u);
    return status;
}

static void *compete(void *arg)
{
    competitor *me = arg;
    m_call *c = test_call();
    c->tenant = me->tenant;
    m_uow *u = pg_fixture_uow(cluster);
    for (int i = 0; i < INCREMENTS && !me->failed;) {
        m_status status = increment(u, c);
        if (status == M_OK)
            i++;
        else if (status == M_TIMEOUT || status == M_AGAIN)
            me->conflicts++;
        else
            me->failed = true;
        m_arena_reset(c->arena);
    }
    m_pg_uow_close(u);
    test_call_free(c);
    return NULL;
}

START_TEST(no_update_is_lost)
{
    add(1);
    competitor two[2] = {{.tenant = call->tenant}, {.tenant = call->tenant}};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, compete, &two[i]), 0);
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    ck_assert(!two[0].failed && !two[1].failed);
    OK(call, begin(uow, call, M_UOW_READ));
    ck_assert_int_eq(get(1)->count, 2 * INCREMENTS);
    m_sum sum = {.type = &balance_type, .group_by = ""};
    OK(call, m_store_sum(store, call, &sum));
    ck_assert_int_eq(M_AT(sum.out, balance, 0)->hits, 2 * INCREMENTS);
    OK(call, uow->ops->commit(uow, call));
}
END_TEST

/* ---- statements ---- */

START_TEST(many_different_statements)
{
    add(1);
    for (uint32_t limit = 1; limit <= 1300; limit++) { /* more than a connection keeps */
        m_query query = {.limit = limit};
        m_fetch fetch = {.type = &sample_type, .query = &query};
        OK(call, begin(uow, call, M_UOW_READ));
        OK(call, m_store_fetch(store, call, &fetch, 1));
        ck_assert_uint_eq(fetch.count, 1);
        OK(call, uow->ops->commit(uow, call));
    }
    m_pg_stats stats;
    m_pg_uow_stats(uow, &stats);
    ck_assert_uint_eq(stats.reconnects, 1);
}
END_TEST

START_TEST(a_changed_table_is_noticed)
{
    add(1);
    m_pg_conn *super = connect_as("bm_super", call);
    OK(call, begin(uow, call, M_UOW_READ));
    get(1);
    OK(call, uow->ops->commit(uow, call));
    OK(call, m_pg_script(super, call, "ALTER TABLE test.sample ALTER name TYPE varchar"));
    OK(call, begin(uow, call, M_UOW_READ));
    ck_assert_ptr_nonnull(get(1)); /* prepared again unseen */
    OK(call, uow->ops->commit(uow, call));
    OK(call, m_pg_script(super, call, "ALTER TABLE test.sample ALTER name TYPE text"));
    OK(call, begin(uow, call, M_UOW_WRITE));
    const sample *found = NULL;
    m_status status = get_by(call, 1, &found); /* in a transaction: to be repeated */
    ck_assert(status == M_AGAIN || status == M_OK);
    uow->ops->rollback(uow);
    OK(call, begin(uow, call, M_UOW_WRITE));
    ck_assert_ptr_nonnull(get(1));
    OK(call, uow->ops->commit(uow, call));
    m_pg_conn_close(super);
}
END_TEST

START_TEST(a_broken_transaction_takes_nothing_more)
{
    add(1);
    OK(call, begin(uow, call, M_UOW_WRITE));
    sample s = {.id = test_id(1), .version = 1}; /* there is one already, but it was not read */
    OK(call, m_store_insert(store, call, &sample_type, &s));
    uint32_t n;
    ck_assert_int_eq(m_store_count(store, call, &sample_type, NULL, 10, &n), M_EXISTS);
    ck_assert(!uow->ops->refuse(uow));
    ck_assert_int_eq(m_store_insert(store, call, &sample_type, &s), M_AGAIN);
    ck_assert_int_eq(uow->ops->commit(uow, call), M_AGAIN);
    add(2);
}
END_TEST

/* The server takes connections again and has none of ours. */
static bool all_gone(void)
{
    m_pg_options options = {.dsn = pg_fixture_dsn(cluster, "bm_super")};
    m_pg_conn *super;
    m_pg_result found;
    if (m_pg_conn_open(&options, call, &super) != M_OK) return false;
    m_status status = m_pg_query(super, call, NULL,
                                 "SELECT count(*) FROM pg_stat_activity WHERE usename = 'bm_app'",
                                 NULL, 0, &found);
    m_pg_conn_close(super);
    return status == M_OK && m_str_is(m_pg_cell(&found, 0, 0), "0");
}

START_TEST(what_was_committed_survives_a_crash)
{
    add(1);
    OK(call, begin(uow, call, M_UOW_WRITE));
    sample s = {.id = test_id(2), .version = 1};
    OK(call, m_store_insert(store, call, &sample_type, &s));
    uint32_t n;
    OK(call, m_store_count(store, call, &sample_type, NULL, 10, &n)); /* sent, not committed */
    m_pg_conn *super = connect_as("bm_super", call);
    long pid = strtol(value_of(super, call, "SELECT pg_backend_pid()"), NULL, 10);
    /* a backend dies without a word: the server ends all others and recovers from its log */
    ck_assert_int_eq(kill((pid_t)pid, SIGKILL), 0);
    m_pg_result ignored;
    ck_assert_int_eq(m_pg_query(super, call, NULL, "SELECT 1", NULL, 0, &ignored), M_UNAVAILABLE);
    m_pg_conn_close(super);
    int64_t start = monotonic_ms();
    while (!all_gone()) { /* a COMMIT before the end could still succeed, unheard */
        ck_assert_int_lt(monotonic_ms() - start, 20000);
        usleep(20000);
    }
    ck_assert_int_eq(uow->ops->commit(uow, call), M_UNAVAILABLE);
    const sample *found = NULL;
    for (;;) {
        m_status status = begin(uow, call, M_UOW_READ);
        if (status == M_OK) status = get_by(call, 1, &found);
        if (status == M_OK) break;
        ck_assert_int_eq(status, M_UNAVAILABLE);
        uow->ops->rollback(uow);
        ck_assert_int_lt(monotonic_ms() - start, 20000);
        usleep(20000);
    }
    ck_assert_ptr_nonnull(found);
    ck_assert_ptr_null(get(2));
    OK(call, uow->ops->commit(uow, call));
}
END_TEST

TCase *pg_uow_cases(void)
{
    TCase *tc = tcase_create("unit of work");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, round_trips_are_few);
    tcase_add_test(tc, nothing_is_committed_when_all_was_refused);
    tcase_add_test(tc, a_next_try_reads_ahead);
    tcase_add_test(tc, reference_data_comes_from_the_cache);
    tcase_add_test(tc, ids_are_written_as_the_server_does);
    tcase_add_test(tc, a_deadline_is_kept);
    tcase_add_test(tc, waiting_for_the_gate_ends_at_the_deadline);
    tcase_add_test(tc, a_killed_connection_is_replaced);
    tcase_add_test(tc, a_server_that_is_not_there);
    tcase_add_test(tc, no_update_is_lost);
    tcase_add_test(tc, many_different_statements);
    tcase_add_test(tc, a_changed_table_is_noticed);
    tcase_add_test(tc, a_broken_transaction_takes_nothing_more);
    tcase_add_test(tc, what_was_committed_survives_a_crash);
    return tc;
}
