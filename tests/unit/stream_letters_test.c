/* Events that a listener refuses: parked, tried again, replayed, discarded. */
#include <stdlib.h>

#include "stream_world.h"
#include "unit.h"

START_TEST(a_poisoned_event_parks_its_aggregate)
{
    for (uint32_t i = 0; i < 6; i++)
        emit(50 + i % 2);
    how.answer = M_INTERNAL;
    how.refuse_aggregate = test_id(50);
    how.late = true;
    m_take_result result = catch_up();
    ck_assert_uint_eq(result.applied, 6);
    ck_assert_uint_eq(result.letters, 3);
    ck_assert_str_eq(trail(51), "2 4 6 ");
    ck_assert_str_eq(trail(50), "");
    m_dead_letter first = letter_of(1);
    ck_assert_int_eq(first.state, M_LETTER_WAITING);
    ck_assert(m_str_is(first.consumer, "toy.effects"));
    ck_assert(m_str_is(first.producer, "wms"));
    ck_assert(m_str_is(first.payload, "{\"a\":1}"));
    TOY_CHECK(first.cause, "core.internal");
    ck_assert_int_eq(letter_of(3).state, M_LETTER_PARKED);
    ck_assert_int_eq(letter_of(5).state, M_LETTER_PARKED);
    ck_assert_uint_eq(retry().taken, 0); /* not due yet */
    how.answer = M_OK;
    emit(50); /* still behind the others */
    emit(51);
    ck_assert_uint_eq(catch_up().letters, 1);
    test_advance_us(world.call, 3 * SECOND);
    m_retry_result again = retry();
    ck_assert_uint_eq(again.taken, 4);
    ck_assert_int_eq(again.next.us, 0);
    ck_assert_str_eq(trail(50), "1 3 5 7 ");
    ck_assert_str_eq(trail(51), "2 4 6 8 ");
    ck_assert_uint_eq(toy_count(&world, &m_dead_letter_type), 0);
    emit(50);
    ck_assert_uint_eq(catch_up().letters, 0);
    ck_assert_str_eq(trail(50), "1 3 5 7 9 ");
}
END_TEST

static m_status discard(m_store store, m_call *call, m_id letter)
{
    return m_letter_discard(store, call, letter, M_STR("settled by hand"));
}

START_TEST(it_dies_and_is_replayed_or_discarded)
{
    for (uint32_t i = 0; i < 3; i++)
        emit(50);
    how.answer = M_INTERNAL;
    catch_up();
    for (int i = 1; i < M_LETTER_ATTEMPTS; i++) {
        ck_assert_int_eq(letter_of(1).attempts, i);
        test_advance_us(world.call, 400 * SECOND);
        m_retry_result result = retry();
        ck_assert_uint_eq(result.failed, 1);
        ck_assert_uint_eq(result.dead, i == M_LETTER_ATTEMPTS - 1);
    }
    ck_assert_int_eq(letter_of(1).state, M_LETTER_DEAD);
    test_advance_us(world.call, 4000 * SECOND);
    ck_assert_uint_eq(retry().failed, 0); /* somebody has to look */
    ck_assert_int_eq(by_hand(m_letter_replay, 2), M_PRECONDITION);
    ck_assert_int_eq(by_hand(discard, 2), M_PRECONDITION);
    ck_assert_int_eq(by_hand(m_letter_replay, 1), M_OK);
    ck_assert_uint_eq(retry().failed, 1);
    ck_assert_int_eq(letter_of(1).attempts, 1);
    ck_assert_int_eq(by_hand(discard, 1), M_OK);
    ck_assert_int_eq(letter_of(1).state, M_LETTER_DISCARDED);
    ck_assert(m_str_is(letter_of(1).settled_by, "tester"));
    ck_assert(m_str_is(letter_of(1).reason, "settled by hand"));
    ck_assert_int_eq(by_hand(discard, 1), M_PRECONDITION);
    ck_assert_int_eq(by_hand(m_letter_replay, 1), M_PRECONDITION);
    ck_assert_int_eq(letter_of(2).state, M_LETTER_WAITING);
    how.answer = M_OK;
    ck_assert_uint_eq(retry().taken, 2);
    ck_assert_str_eq(trail(50), "2 3 ");
    emit(50);
    ck_assert_uint_eq(catch_up().letters, 0);
    ck_assert_str_eq(trail(50), "2 3 4 ");
    begin();
    ck_assert_int_eq(m_letter_replay(world.store, world.call, test_id(4711)), M_NOT_FOUND);
    world.uow->ops->rollback(world.uow);
}
END_TEST

START_TEST(events_without_an_aggregate_wait_for_nobody)
{
    for (uint32_t i = 0; i < 3; i++)
        emit(0);
    how.answer = M_INTERNAL;
    how.fails = 1;
    m_take_result result = catch_up();
    ck_assert_uint_eq(result.letters, 1);
    ck_assert_uint_eq(how.calls, 3);
}
END_TEST

START_TEST(an_outage_while_trying_again_kills_nothing)
{
    emit(50);
    how.answer = M_INTERNAL;
    catch_up();
    how.answer = M_UNAVAILABLE;
    for (int i = 0; i < 2 * M_LETTER_ATTEMPTS; i++) {
        test_advance_us(world.call, 400 * SECOND);
        ck_assert_uint_eq(retry().failed, 1);
    }
    how.answer = M_OK;
    test_advance_us(world.call, 400 * SECOND);
    ck_assert_uint_eq(retry().taken, 1);
}
END_TEST

START_TEST(one_listener_fails_another_does_not)
{
    begin();
    for (int i = 0; i < 3; i++)
        put_event("toy.order.submitted", 50, NULL);
    commit();
    new_consumer("toy.", 0, NULL);
    world.module.answer = M_INTERNAL; /* both listeners of the module */
    m_take_result result = catch_up();
    ck_assert_uint_eq(result.applied, 3);
    ck_assert_uint_eq(result.letters, 6);
    ck_assert_str_eq(trail(50), "1 2 3 ");
    ck_assert_uint_eq(world.module.heard, 0);
    world.module.answer = M_OK;
    test_advance_us(world.call, 3 * SECOND);
    ck_assert_uint_eq(retry().taken, 6);
    ck_assert_uint_eq(world.module.heard, 6);
}
END_TEST

/* A unique value that is taken: the database may only say so at the commit. */
START_TEST(a_clash_at_the_commit_finds_its_event)
{
    effect other = {.aggregate = test_id(49), .code = M_STR("taken")};
    begin();
    ck_assert_int_eq(m_store_insert(world.store, world.call, &effect_type, &other), M_OK);
    commit();
    for (uint32_t i = 0; i < 6; i++)
        emit(50 + i % 3);
    how.clash = true;
    how.refuse_aggregate = test_id(51);
    m_take_result result = catch_up();
    ck_assert_uint_eq(result.applied, 6);
    ck_assert_uint_eq(result.letters, 2);
    ck_assert_str_eq(trail(50), "1 4 ");
    ck_assert_str_eq(trail(51), "");
    ck_assert_str_eq(trail(52), "3 6 ");
    TOY_CHECK(letter_of(2).cause, "core.exists");
    ck_assert_int_eq(letter_of(5).state, M_LETTER_PARKED);
    how.clash = false;
    test_advance_us(world.call, 3 * SECOND);
    ck_assert_uint_eq(retry().taken, 2);
    ck_assert_str_eq(trail(51), "2 5 ");
}
END_TEST

static void add_tests(TCase *t)
{
    tcase_add_test(t, a_poisoned_event_parks_its_aggregate);
    tcase_add_test(t, it_dies_and_is_replayed_or_discarded);
    tcase_add_test(t, events_without_an_aggregate_wait_for_nobody);
    tcase_add_test(t, an_outage_while_trying_again_kills_nothing);
    tcase_add_test(t, one_listener_fails_another_does_not);
    tcase_add_test(t, a_clash_at_the_commit_finds_its_event);
}

int main(void)
{
    bind_start(stream_types);
    TCase *t = tcase_create("stream_letters");
    tcase_add_checked_fixture(t, stream_setup, stream_teardown);
    tcase_set_timeout(t, 60);
    add_tests(t);
    int failed = unit_run(t, "stream_letters");
    bind_stop();
    return failed;
}
