/* The relay: exactly once, order per aggregate, back-off, dead letters. */
#include <check.h>
#include <stdlib.h>

#include "m_adapters/infra.h"
#include "m_adapters/outbox.h"
#include "m_adapters/pg_relay.h"
#include "toy.h"

#define SECOND INT64_C(1000000)

static toy_world world;
static m_relay *relay;
static m_relay_store over;
static m_pg_relay all;
static m_id tenants[2];

static m_relay_source source(void)
{
    const char *dsn = bind_dsn("bm_relay");
    over = (m_relay_store){world.store, world.uow, tenants, 2};
    if (!dsn) return m_relay_store_source(&over);
    m_pg_options options = {.dsn = dsn};
    ck_assert_int_eq(m_pg_conn_open(&options, world.call, &all.conn), M_OK);
    return m_pg_relay_source(&all);
}

static void setup(void)
{
    toy_setup(&world);
    tenants[0] = world.call->tenant;
    tenants[1] = test_id(88);
    relay = m_relay_new(&(m_relay_config){.registry = world.registry,
                                          .source = source(),
                                          .store = world.store,
                                          .uow = world.uow,
                                          .env = world.call->env});
    ck_assert_ptr_nonnull(relay);
}

static void teardown(void)
{
    m_relay_free(relay);
    m_pg_conn_close(all.conn);
    toy_teardown(&world);
}

static void begin(void)
{
    world.call->uow = world.uow;
    ck_assert_int_eq(world.uow->ops->begin(world.uow, world.call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void commit(void)
{
    ck_assert_int_eq(world.uow->ops->commit(world.uow, world.call), M_OK);
}

static m_id emit(const char *type, m_id aggregate)
{
    m_event event = {.type = type, .aggregate = aggregate, .payload_json = M_STR("{}")};
    begin();
    ck_assert_int_eq(m_events_emit(m_outbox_events(&world.store), world.call, &event), M_OK);
    static const m_query any = {0};
    m_fetch rows = {.type = &m_outbox_type, .query = &any};
    ck_assert_int_eq(m_store_fetch(world.store, world.call, &rows, 1), M_OK);
    m_id id = ((const m_outbox_row *)rows.records[rows.count - 1])->id;
    commit();
    return id;
}

static m_id submitted(uint32_t aggregate)
{
    return emit("toy.order.submitted", test_id(aggregate));
}

static m_relay_result run(void)
{
    m_relay_result result;
    m_id mine = world.call->tenant;
    ck_assert_int_eq(m_relay_run_once(relay, world.call, &result), M_OK);
    world.call->tenant = mine;
    return result;
}

static m_outbox_row row_of(m_id id)
{
    const void *found = NULL;
    begin();
    ck_assert_int_eq(m_store_need(world.store, world.call, &m_outbox_type, id, &found), M_OK);
    const m_outbox_row *row = m_record_copy(&m_outbox_type, found, world.call->arena);
    world.uow->ops->rollback(world.uow);
    ck_assert_ptr_nonnull(row);
    return *row;
}

START_TEST(delivers_once)
{
    m_id id = submitted(50);
    m_relay_result result = run();
    ck_assert_uint_eq(result.seen, 1);
    ck_assert_uint_eq(result.done, 1);
    ck_assert_uint_eq(result.delivered, 2); /* two consumers */
    ck_assert_uint_eq(world.module.heard, 2);
    ck_assert_int_eq(row_of(id).status, M_OUTBOX_DONE);
    ck_assert_uint_eq(toy_count(&world, &m_inbox_type), 2);
    ck_assert_uint_eq(run().seen, 0);
    ck_assert_uint_eq(world.module.heard, 2);
}
END_TEST

START_TEST(looking_again_has_no_effect)
{
    m_outbox_row row = row_of(submitted(50));
    run();
    begin(); /* as after a crash between the listeners and the mark */
    ck_assert_int_eq(m_store_update(world.store, world.call, &m_outbox_type, &row), M_OK);
    commit();
    m_relay_result result = run();
    ck_assert_uint_eq(result.done, 1);
    ck_assert_uint_eq(result.delivered, 0);
    ck_assert_uint_eq(world.module.heard, 2);
}
END_TEST

START_TEST(nobody_listens)
{
    m_id id = emit("toy.order.cancelled", test_id(50));
    ck_assert_uint_eq(run().done, 1);
    ck_assert_int_eq(row_of(id).status, M_OUTBOX_DONE);
    ck_assert_uint_eq(toy_count(&world, &m_inbox_type), 0);
}
END_TEST

START_TEST(failure_leaves_nothing_and_waits)
{
    m_id id = submitted(50);
    world.module.answer = M_INTERNAL;
    m_relay_result result = run();
    ck_assert_uint_eq(result.failed, 1);
    ck_assert_uint_eq(toy_count(&world, &m_inbox_type), 0);
    m_outbox_row row = row_of(id);
    ck_assert_int_eq(row.attempts, 1);
    ck_assert(toy_has(row.last_error, "core.internal"));
    int64_t wait = row.next_try_at.us - m_now(world.call).us;
    ck_assert_int_ge(wait, 15 * SECOND / 10);
    ck_assert_int_le(wait, 25 * SECOND / 10);
    ck_assert_uint_eq(run().seen, 0);
    test_advance_us(world.call, 3 * SECOND);
    world.module.answer = M_OK;
    ck_assert_uint_eq(run().done, 1);
    ck_assert_uint_eq(world.module.heard, 2);
}
END_TEST

START_TEST(order_is_kept_per_aggregate)
{
    submitted(50);
    submitted(60);
    submitted(50);
    submitted(60);
    world.module.answer = M_INTERNAL;
    world.module.refuse_aggregate = test_id(50);
    m_relay_result result = run();
    ck_assert_uint_eq(result.seen, 2); /* one of each aggregate */
    ck_assert_uint_eq(result.failed, 1);
    result = run();
    ck_assert_uint_eq(result.done, 1); /* the other one goes on */
    ck_assert_uint_eq(run().seen, 0);
    for (uint32_t i = 0; i < world.module.heard; i++)
        ck_assert(m_id_eq(world.module.heard_ids[i], test_id(60)));
    world.module.answer = M_OK;
    test_advance_us(world.call, 10 * SECOND);
    ck_assert_uint_eq(run().done, 1);
    ck_assert_uint_eq(run().done, 1);
    ck_assert_uint_eq(world.module.heard, 8);
}
END_TEST

START_TEST(dies_after_ten_and_is_revived)
{
    m_id id = submitted(50);
    m_id later = submitted(50);
    world.module.answer = M_INTERNAL;
    int64_t longest = 0;
    for (int i = 0; i < M_RELAY_ATTEMPTS; i++) {
        m_relay_result result = run();
        ck_assert_uint_eq(result.seen, 1);
        ck_assert_uint_eq(result.dead, i == M_RELAY_ATTEMPTS - 1);
        int64_t wait = row_of(id).next_try_at.us - m_now(world.call).us;
        longest = wait > longest ? wait : longest;
        test_advance_us(world.call, 400 * SECOND);
    }
    ck_assert_int_le(longest, 375 * SECOND);
    ck_assert_int_eq(row_of(id).status, M_OUTBOX_DEAD);
    ck_assert_uint_eq(run().seen, 0); /* the later one waits behind it */
    world.module.answer = M_OK;
    begin();
    ck_assert_int_eq(m_outbox_revive(world.store, world.call, later), M_PRECONDITION);
    ck_assert_int_eq(m_outbox_revive(world.store, world.call, test_id(4711)), M_NOT_FOUND);
    ck_assert_int_eq(m_outbox_revive(world.store, world.call, id), M_OK);
    commit();
    ck_assert_uint_eq(run().done, 1);
    ck_assert_uint_eq(run().done, 1);
    ck_assert_int_eq(row_of(later).status, M_OUTBOX_DONE);
}
END_TEST

START_TEST(an_outage_kills_nothing)
{
    m_id id = submitted(50);
    world.module.answer = M_UNAVAILABLE;
    for (int i = 0; i < 2 * M_RELAY_ATTEMPTS; i++) {
        ck_assert_uint_eq(run().failed, 1);
        test_advance_us(world.call, 400 * SECOND);
    }
    world.module.answer = M_OK;
    ck_assert_uint_eq(run().done, 1);
    ck_assert_int_eq(row_of(id).attempts, 2 * M_RELAY_ATTEMPTS);
}
END_TEST

START_TEST(tenants_are_apart)
{
    submitted(50);
    world.call->tenant = tenants[1];
    submitted(51);
    ck_assert_uint_eq(toy_count(&world, &m_outbox_type), 1);
    m_relay_result result = run();
    ck_assert_uint_eq(result.seen, 2);
    ck_assert_uint_eq(result.done, 2);
    ck_assert_uint_eq(toy_count(&world, &m_inbox_type), 2);
    world.call->tenant = tenants[0];
    ck_assert_uint_eq(toy_count(&world, &m_inbox_type), 2);
}
END_TEST

START_TEST(sweeps_what_is_done)
{
    submitted(50);
    run();
    world.module.answer = M_INTERNAL;
    m_id kept = submitted(51);
    run();
    uint32_t removed = 0;
    ck_assert_int_eq(m_relay_sweep(relay, world.call, 7, &removed), M_OK);
    ck_assert_uint_eq(removed, 0);
    test_advance_us(world.call, 8 * INT64_C(86400) * SECOND);
    ck_assert_int_eq(m_relay_sweep(relay, world.call, 7, &removed), M_OK);
    ck_assert_uint_eq(removed, 3);
    world.call->tenant = tenants[0];
    ck_assert_int_eq(row_of(kept).status, M_OUTBOX_READY);
    ck_assert_uint_eq(toy_count(&world, &m_outbox_type), 1);
    ck_assert_uint_eq(toy_count(&world, &m_inbox_type), 0);
}
END_TEST

START_TEST(many_rows)
{
    for (uint32_t i = 0; i < 130; i++)
        emit("toy.order.cancelled", test_id(2000 + i));
    m_relay_result result = run();
    ck_assert_uint_eq(result.seen, M_RELAY_BATCH);
    ck_assert_uint_eq(run().seen, 30);
    ck_assert_uint_eq(run().seen, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("relay");
    TCase *t = tcase_create("relay");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, delivers_once);
    tcase_add_test(t, looking_again_has_no_effect);
    tcase_add_test(t, nobody_listens);
    tcase_add_test(t, failure_leaves_nothing_and_waits);
    tcase_add_test(t, order_is_kept_per_aggregate);
    tcase_add_test(t, dies_after_ten_and_is_revived);
    tcase_add_test(t, an_outage_kills_nothing);
    tcase_add_test(t, tenants_are_apart);
    tcase_add_test(t, sweeps_what_is_done);
    tcase_add_test(t, many_rows);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    bind_start(toy_types);
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    bind_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
