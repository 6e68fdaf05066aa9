/* Events between processes: numbers, marks, gaps, sweeping. */
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/infra.h"
#include "stream_world.h"
#include "unit.h"

/* ---- leaving ---- */

START_TEST(numbers_have_no_gap)
{
    emit(50);
    begin(); /* three use cases in one transaction, the second is refused */
    world.uow->ops->mark(world.uow);
    put_event("wms.thing.happened", 51, NULL);
    world.uow->ops->accept(world.uow);
    world.uow->ops->mark(world.uow);
    put_event("wms.thing.happened", 52, NULL);
    put_event("wms.thing.happened", 53, NULL);
    ck_assert(world.uow->ops->refuse(world.uow));
    world.uow->ops->mark(world.uow);
    put_event("wms.thing.happened", 54, NULL);
    world.uow->ops->accept(world.uow);
    commit();
    begin();
    put_event("wms.thing.happened", 55, NULL);
    world.uow->ops->rollback(world.uow);
    emit(56);
    m_outbox_page page = page_after(0);
    static const uint32_t expected[] = {50, 51, 54, 56};
    ck_assert_uint_eq(page.events.count, UNIT_COUNT(expected));
    ck_assert_int_eq(page.first, 1);
    ck_assert_int_eq(page.head, 4);
    m_id before = {{0}};
    for (uint32_t i = 0; i < UNIT_COUNT(expected); i++) {
        const m_stream_event *e = event_at(&page, i);
        ck_assert_int_eq(e->seq, i + 1);
        ck_assert(m_id_eq(e->aggregate, test_id(expected[i])));
        ck_assert(m_id_eq(e->previous, before));
        ck_assert(m_str_is(e->payload, "{\"a\":1}"));
        ck_assert(m_str_is(e->actor_name, "tester"));
        ck_assert_int_eq(e->recorded_at.us, m_now(world.call).us);
        before = e->event_id;
    }
    ck_assert(m_id_eq(page.last, before));
}
END_TEST

START_TEST(each_tenant_counts_for_itself)
{
    emit(50);
    emit(50);
    world.call->tenant = tenants[1];
    emit(60);
    m_heads_ask ask = {.limit = 10};
    m_heads heads;
    ck_assert_int_eq(m_outbox_heads(outbox, world.call, &ask, &heads), M_OK);
    ck_assert_uint_eq(heads.heads.count, 2);
    ck_assert_int_eq(M_AT(heads.heads, m_head, 0)->seq, 2);
    ck_assert_int_eq(M_AT(heads.heads, m_head, 1)->seq, 1);
    ck_assert(m_id_eq(M_AT(heads.heads, m_head, 1)->tenant, tenants[1]));
    ask.after = tenants[0];
    ck_assert_int_eq(m_outbox_heads(outbox, world.call, &ask, &heads), M_OK);
    ck_assert_uint_eq(heads.heads.count, 1);
}
END_TEST

START_TEST(addresses_and_listeners_here)
{
    begin();
    put_event("toy.order.submitted", 50, NULL);  /* here and out */
    put_event("toy.order.submitted", 50, "wms"); /* only here */
    put_event("wms.thing.happened", 50, "people");
    commit();
    ck_assert_uint_eq(outgoing.wanted, 2);
    ck_assert_uint_eq(outgoing.told, 2);
    ck_assert_uint_eq(toy_count(&world, &m_outbox_type), 2);
    m_outbox_page page = page_after(0);
    ck_assert_uint_eq(page.events.count, 2);
    ck_assert(m_str_is(event_at(&page, 1)->address, "people"));
    m_take_result result = catch_up(); /* a consumer that is finance: passed over, but counted */
    ck_assert_uint_eq(result.applied, 2);
    ck_assert_uint_eq(how.calls, 0);
    ck_assert_uint_eq(world.module.heard, 2); /* both listeners of the module */
    ck_assert_int_eq(mark().seq, 2);
}
END_TEST

START_TEST(documents_tell_others)
{
    static const char *const told[] = {"toy.item.*", NULL};
    m_documents_free(world.service);
    world.service = m_documents_new(&(m_documents_config){.registry = world.registry,
                                                          .store = world.store,
                                                          .events = m_outgoing_events(&outgoing),
                                                          .told = told,
                                                          .outgoing = true});
    world.documents = m_documents_of(world.service);
    world.call->system = false;
    test_role(world.call, "Boss");
    m_document_reply item =
        toy_ok(&world, "create", (toy_request){.collection = "items", .body = "{\"code\":\"A\"}"});
    toy_ok(&world, "update",
           (toy_request){
               .collection = "items", .id = item.id, .version = 1, .body = "{\"name\":\"B\"}"});
    toy_ok(
        &world, "create",
        (toy_request){.collection = "orders", .body = "{\"date\":\"2026-04-01\"}"}); /* not told */
    m_document_request in = {.module = M_STR("toy"), .collection = M_STR("orders"), .id = item.id};
    m_fetch wants[8];
    ck_assert_uint_eq(m_documents_wants(world.service, world.call, "get", &in, wants, 8), 1);
    ck_assert_uint_eq(m_documents_wants(world.service, world.call, "update", &in, wants, 8), 2);
    ck_assert_ptr_eq(wants[0].type, &m_outgoing_mark_type);
    world.call->system = true;
    m_outbox_page page = page_after(0);
    ck_assert_uint_eq(page.events.count, 2);
    ck_assert(m_str_is(event_at(&page, 0)->type, "toy.item.created"));
    ck_assert(m_str_is(event_at(&page, 1)->type, "toy.item.updated"));
    TOY_CHECK(event_at(&page, 1)->payload, "\"B\"");
}
END_TEST

START_TEST(only_services_may_ask)
{
    m_outbox_ask ask = {.limit = 1};
    m_outbox_page page;
    m_heads_ask heads_ask = {.limit = 1};
    m_heads heads;
    m_marks_told told = {.consumer = M_STR("finance")};
    m_marks_kept kept;
    world.call->system = false;
    ck_assert_int_eq(m_outbox_since(outbox, world.call, &ask, &page), M_DENIED);
    ck_assert_int_eq(m_outbox_heads(outbox, world.call, &heads_ask, &heads), M_DENIED);
    ck_assert_int_eq(m_outbox_told(outbox, world.call, &told, &kept), M_DENIED);
    world.call->system = true;
    ck_assert_int_eq(m_outbox_told(outbox, world.call, &told, &kept), M_OK);
    told.consumer = M_STR(M_READER_HEAD);
    ck_assert_int_eq(m_outbox_told(outbox, world.call, &told, &kept), M_INVALID);
}
END_TEST

/* ---- arriving ---- */

START_TEST(once_and_in_order)
{
    for (int i = 0; i < 5; i++)
        emit(50);
    m_outbox_page page = page_after(0);
    const m_stream_event *e = page.events.items;
    m_take_result result = take_n(e, 2);
    ck_assert_uint_eq(result.applied, 2);
    ck_assert_int_eq(result.mark, 2);
    result = take_n(e + 3, 2); /* 4 and 5: 3 is missing */
    ck_assert_uint_eq(result.applied, 0);
    ck_assert_int_eq(result.need, 3);
    result = take_n(e, 4); /* two of them again */
    ck_assert_uint_eq(result.dropped, 2);
    ck_assert_uint_eq(result.applied, 2);
    ck_assert_int_eq(result.need, 0);
    result = take_n(e, 5);
    ck_assert_uint_eq(result.dropped, 4);
    ck_assert_uint_eq(result.applied, 1);
    ck_assert_str_eq(trail(50), "1 2 3 4 5 ");
    ck_assert_int_eq(mark().seq, 5);
    ck_assert(m_id_eq(mark().last, e[4].event_id));
}
END_TEST

START_TEST(without_marks_it_is_done_twice)
{
    emit(50);
    m_outbox_page page = page_after(0);
    new_consumer("wms.", M_WITHOUT_MARKS, NULL);
    take_n(page.events.items, 1);
    take_n(page.events.items, 1);
    ck_assert_str_eq(trail(50), "1 1 ");
}
END_TEST

START_TEST(a_passing_failure_holds)
{
    for (uint32_t i = 0; i < 6; i++)
        emit(50 + i);
    m_outbox_page page = page_after(0);
    how.answer = M_UNAVAILABLE;
    how.refuse_aggregate = test_id(52);
    for (int late = 0; late < 2; late++) /* before and after it wrote something */
        for (int i = 0; i < 15; i++) {
            how.late = late;
            m_take_result result = take_n(page.events.items, 6);
            ck_assert_int_eq(result.held, M_UNAVAILABLE);
            ck_assert_int_eq(result.mark, 2);
            ck_assert_str_eq(trail(52), "");
            ck_assert(m_str_is(world.call->error.code, "core.unavailable"));
        }
    ck_assert_uint_eq(toy_count(&world, &m_dead_letter_type), 0);
    how.answer = M_OK;
    m_take_result result = take_n(page.events.items, 6);
    ck_assert_uint_eq(result.applied, 4);
    ck_assert_int_eq(result.held, M_OK);
    ck_assert_str_eq(trail(51), "2 ");
    ck_assert_str_eq(trail(52), "3 ");
}
END_TEST

static uint32_t asked;
static m_status ask_elsewhere(void *arg, m_call *call)
{
    (void)arg;
    ck_assert_ptr_null(call->uow);
    asked++;
    return M_OK;
}

START_TEST(what_it_waits_for_is_done_outside)
{
    new_consumer("wms.", 0, ask_elsewhere);
    for (uint32_t i = 0; i < 4; i++)
        emit(50 + i);
    m_outbox_page page = page_after(0);
    asked = 0;
    how.answer = M_AGAIN;
    how.refuse_aggregate = test_id(52);
    how.fails = 2;
    m_take_result result = take_n(page.events.items, 4);
    ck_assert_uint_eq(result.applied, 4);
    ck_assert_uint_eq(asked, 2);
    how.fails = 0; /* for ever: bounded */
    emit(52);
    result = catch_up();
    ck_assert_int_eq(result.held, M_AGAIN);
    ck_assert_uint_eq(asked, 2 + 16);
    ck_assert_str_eq(trail(52), "3 ");
}
END_TEST

START_TEST(each_event_may_wait)
{
    new_consumer("wms.", 0, ask_elsewhere);
    for (uint32_t i = 0; i < 40; i++)
        emit(50);
    asked = 0;
    how.answer = M_AGAIN;
    how.once = 1;
    m_take_result result = catch_up();
    ck_assert_uint_eq(result.applied, 40);
    ck_assert_int_eq(result.held, M_OK);
    ck_assert_uint_eq(asked, 40);
}
END_TEST

/* ---- catching up, contradictions ---- */

START_TEST(catches_up_page_by_page)
{
    begin();
    for (uint32_t i = 0; i < 1100; i++)
        put_event("wms.thing.happened", 50 + i % 7, NULL);
    commit();
    m_take_result result;
    ck_assert_int_eq(m_consumer_catch_up(consumer, world.call, WMS, outbox, 1, &result), M_OK);
    ck_assert_int_eq(result.mark, M_OUTBOX_PAGE);
    result = catch_up();
    ck_assert_int_eq(result.mark, 1100);
    ck_assert_uint_eq(result.applied, 1100 - M_OUTBOX_PAGE);
    ck_assert_uint_eq(how.calls, 1100);
    ck_assert_uint_eq(catch_up().applied, 0);
}
END_TEST

/* The rows of a page are read before its head, and an event may be recorded between the two. */
static m_status since_before_it_happens(void *self, m_call *call, const m_outbox_ask *in,
                                        m_outbox_page *out)
{
    (void)self;
    M_TRY(m_outbox_since(outbox, call, in, out));
    if (asked++ == 0) out->events = (m_list){NULL, 0};
    return M_OK;
}

START_TEST(an_event_between_rows_and_head_is_no_hole)
{
    const m_outbox_ops ops = {.head = {sizeof ops, 1, "outbox"}, .since = since_before_it_happens};
    m_take_result result;
    asked = 0;
    emit(50);
    emit(50);
    catch_up();
    emit(50);
    m_outbox racing = {&ops, NULL};
    ck_assert_int_eq(m_consumer_catch_up(consumer, world.call, WMS, racing, 0, &result), M_OK);
    ck_assert_uint_eq(asked, 2);
    ck_assert(!result.frozen);
    ck_assert_int_eq(result.mark, 3);
}
END_TEST

START_TEST(pages_are_bounded_by_bytes)
{
    size_t n = M_OUTBOX_PAGE_BYTES / 2;
    char *text = m_arena_alloc(world.call->arena, n);
    memset(text, ' ', n);
    memcpy(text, "{}", 2);
    m_event event = {.type = "wms.thing.happened", .payload_json = {text, n}};
    begin();
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(m_events_emit(m_outgoing_events(&outgoing), world.call, &event), M_OK);
    commit();
    ck_assert_uint_eq(page_after(0).events.count, 2);
    ck_assert_int_eq(catch_up().mark, 5);
}
END_TEST

static void expect_frozen(const char *word)
{
    m_take_result result = catch_up();
    ck_assert(result.frozen);
    m_consumer_mark m = mark();
    ck_assert_int_eq(m.state, M_MARK_FROZEN);
    TOY_CHECK(m.why, word);
    emit(50); /* nothing is taken any more */
    uint32_t calls = how.calls;
    ck_assert(catch_up().frozen);
    m_outbox_page page = page_after(0);
    ck_assert(take_n(page.events.items, page.events.count).frozen);
    ck_assert_uint_eq(how.calls, calls);
}

START_TEST(a_producer_set_back_is_seen)
{
    for (int i = 0; i < 3; i++)
        emit(50);
    catch_up();
    set_mark(10, test_id(7)); /* as if seven more had come before the producer was set back */
    expect_frozen("set back");
    m_outbox_page page = page_after(0);
    set_mark(3, event_at(&page, 2)->event_id); /* somebody has looked */
    ck_assert_uint_eq(catch_up().applied, 1);
    ck_assert_str_eq(trail(50), "1 2 3 4 ");
}
END_TEST

START_TEST(another_history_is_seen)
{
    for (int i = 0; i < 3; i++)
        emit(50);
    catch_up();
    set_mark(3, test_id(7)); /* the same number, another event */
    expect_frozen("history");
    set_mark(3, test_id(7));
    emit(50);
    m_outbox_page page = page_after(3);
    ck_assert(take_n(page.events.items, page.events.count).frozen); /* seen in a push as well */
}
END_TEST

START_TEST(swept_rows_cannot_be_taken)
{
    static const char *const readers[] = {"finance", NULL};
    for (int i = 0; i < 5; i++)
        emit(50);
    uint32_t removed = 9;
    test_advance_us(world.call, 40 * DAY);
    m_head sent = {tenants[0], 4, (m_id){{0}}};
    m_marks_told told = {.consumer = M_STR("finance"), .marks = {&sent, 1}};
    m_marks_kept kept;
    /* the broker has nothing, finance never said a word */
    ck_assert_int_eq(m_outgoing_sweep(rows, world.call, 35, readers, &removed), M_OK);
    ck_assert_uint_eq(removed, 0);
    ck_assert_int_eq(rows.ops->mark(rows.self, world.call, M_STR(M_READER_BROKER), &sent, 1), M_OK);
    ck_assert_int_eq(m_outgoing_sweep(rows, world.call, 35, readers, &removed), M_OK);
    ck_assert_uint_eq(removed, 0);
    sent.seq = 3;
    ck_assert_int_eq(m_outbox_told(outbox, world.call, &told, &kept), M_OK);
    ck_assert_int_eq(kept.count, 1);
    ck_assert_int_eq(m_outgoing_sweep(rows, world.call, 50, readers, &removed), M_OK);
    ck_assert_uint_eq(removed, 0); /* not old enough */
    sent.seq = 2;
    told.consumer = M_STR("people"); /* not named, but it told us */
    ck_assert_int_eq(m_outbox_told(outbox, world.call, &told, &kept), M_OK);
    ck_assert_int_eq(m_outgoing_sweep(rows, world.call, 35, readers, &removed), M_OK);
    ck_assert_uint_eq(removed, 2);
    world.call->tenant = tenants[0];
    ck_assert_int_eq(page_after(0).first, 3);
    expect_frozen("snapshot");
}
END_TEST

START_TEST(figures)
{
    m_outgoing_stats stats;
    ck_assert_int_eq(rows.ops->stats(rows.self, world.call, &stats), M_OK);
    ck_assert_int_eq(stats.backlog, 0);
    ck_assert_int_eq(stats.oldest_unsent.us, 0);
    world.call->tenant = tenants[0];
    emit(50);
    int64_t first = m_now(world.call).us;
    test_advance_us(world.call, SECOND);
    emit(50);
    emit(50);
    world.call->tenant = tenants[1];
    test_advance_us(world.call, SECOND);
    emit(60);
    m_list due;
    ck_assert_int_eq(rows.ops->unsent(rows.self, world.call, 100, &due), M_OK);
    ck_assert_uint_eq(due.count, 4);
    ck_assert_int_eq(rows.ops->stats(rows.self, world.call, &stats), M_OK);
    ck_assert_int_eq(stats.backlog, 4);
    ck_assert_int_eq(stats.oldest_unsent.us, first);
    m_head sent[] = {{tenants[0], 1, (m_id){{0}}}, {tenants[1], 1, (m_id){{0}}}};
    ck_assert_int_eq(rows.ops->mark(rows.self, world.call, M_STR(M_READER_BROKER), sent, 2), M_OK);
    ck_assert_int_eq(rows.ops->mark(rows.self, world.call, M_STR("finance"), sent, 2), M_OK);
    ck_assert_int_eq(rows.ops->stats(rows.self, world.call, &stats), M_OK);
    ck_assert_int_eq(stats.backlog, 2);
    ck_assert_int_eq(stats.oldest_unsent.us, first + SECOND);
    ck_assert_int_eq(stats.rows, 4);
    ck_assert_int_eq(stats.slowest_reader, 2);
    ck_assert_int_eq(rows.ops->unsent(rows.self, world.call, 1, &due), M_OK);
    ck_assert_uint_eq(due.count, 1);
    ck_assert_int_eq(M_AT(due, m_outgoing_due, 0)->event.seq, 2);
}
END_TEST

/* Whatever the broker does with the pushes and whatever passes: once, in order, nothing lost. */
START_TEST(any_disorder)
{
    uint64_t state = 4711 + (uint64_t)_i;
    m_stream_event seen[200];
    for (uint32_t i = 0; i < UNIT_COUNT(seen); i++)
        emit(50 + (uint32_t)(unit_random(&state) % 5));
    m_outbox_page page = page_after(0);
    ck_assert_uint_eq(page.events.count, UNIT_COUNT(seen));
    for (int round = 0; round < 60; round++) {
        m_stream_event batch[20];
        uint32_t n = 1 + (uint32_t)(unit_random(&state) % UNIT_COUNT(batch));
        uint32_t at = (uint32_t)(unit_random(&state) % UNIT_COUNT(seen));
        uint32_t kept = 0;
        for (uint32_t i = 0; i < n && at + i < UNIT_COUNT(seen); i++)
            if (unit_random(&state) % 8) batch[kept++] = *event_at(&page, at + i);
        how.answer = unit_random(&state) % 3   ? M_OK
                     : unit_random(&state) % 2 ? M_UNAVAILABLE
                                               : M_INTERNAL;
        how.late = unit_random(&state) % 2;
        how.refuse_aggregate = test_id(50 + (uint32_t)(unit_random(&state) % 5));
        m_take_result result = kept ? take_n(batch, kept) : (m_take_result){0};
        if (result.need) {
            m_take_result more;
            ck_assert_int_eq(m_consumer_catch_up(consumer, world.call, WMS, outbox, 1, &more),
                             M_OK);
        }
        test_advance_us(world.call, 5 * SECOND);
        if (unit_random(&state) % 4 == 0) retry();
    }
    how.answer = M_OK;
    catch_up();
    test_advance_us(world.call, 400 * SECOND);
    retry();
    ck_assert_uint_eq(toy_count(&world, &m_dead_letter_type), 0);
    for (uint32_t a = 50; a < 55; a++) {
        char expected[2000] = "";
        size_t n = 0;
        for (uint32_t i = 0; i < UNIT_COUNT(seen); i++)
            if (m_id_eq(event_at(&page, i)->aggregate, test_id(a)))
                n += (size_t)snprintf(expected + n, sizeof expected - n, "%u ", i + 1);
        ck_assert_str_eq(trail(a), expected);
    }
}
END_TEST

static void add_tests(TCase *t)
{
    tcase_add_test(t, numbers_have_no_gap);
    tcase_add_test(t, each_tenant_counts_for_itself);
    tcase_add_test(t, addresses_and_listeners_here);
    tcase_add_test(t, documents_tell_others);
    tcase_add_test(t, only_services_may_ask);
    tcase_add_test(t, once_and_in_order);
    tcase_add_test(t, without_marks_it_is_done_twice);
    tcase_add_test(t, a_passing_failure_holds);
    tcase_add_test(t, what_it_waits_for_is_done_outside);
    tcase_add_test(t, each_event_may_wait);
    tcase_add_test(t, catches_up_page_by_page);
    tcase_add_test(t, an_event_between_rows_and_head_is_no_hole);
    tcase_add_test(t, pages_are_bounded_by_bytes);
    tcase_add_test(t, a_producer_set_back_is_seen);
    tcase_add_test(t, another_history_is_seen);
    tcase_add_test(t, swept_rows_cannot_be_taken);
    tcase_add_test(t, figures);
    tcase_add_loop_test(t, any_disorder, 0, 5);
}

int main(void)
{
    bind_start(stream_types);
    TCase *t = tcase_create("stream");
    tcase_add_checked_fixture(t, stream_setup, stream_teardown);
    tcase_set_timeout(t, 60);
    add_tests(t);
    int failed = unit_run(t, "stream");
    bind_stop();
    return failed;
}
