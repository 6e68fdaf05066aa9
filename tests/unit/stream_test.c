/* Events between processes: numbers, marks, gaps, dead letters, sweeping. Producer and consumer
 * share a store here: their rows are different ones. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/infra.h"
#include "m_adapters/pg_stream.h"
#include "toy.h"
#include "unit.h"

#define SECOND INT64_C(1000000)
#define DAY    (INT64_C(86400) * SECOND)
#define WMS    M_STR("wms")

/* ---- what the sink leaves: per aggregate the numbers it took, in order ---- */

typedef struct {
    m_id aggregate;
    m_str trail; /* "1 2 3 " */
    m_str code;  /* unique */
} effect;
static const m_field effect_fields[] = {
    M_F_ID(effect, aggregate, "Aggregate", .flags = M_KEY | M_REQUIRED),
    M_F_TEXT(effect, trail, "Trail"),
    M_F_STR(effect, code, "Code", .flags = M_UNIQUE),
};
static const m_type effect_type = {.name = "toy.effect",
                                   .schema = "toy",
                                   .table = "effect",
                                   .size = sizeof(effect),
                                   M_FIELDS(effect_fields)};
static const m_type *const stream_types[] = {&toy_item_type, &toy_order_type, &effect_type, NULL};

static toy_world world;
static m_outgoing outgoing;
static m_outgoing_store over;
static m_pg_outgoing all;
static m_outgoing_source rows;
static m_outbox outbox;
static m_consumer *consumer;
static m_id tenants[2];

/* How the sink behaves. */
static struct {
    m_status answer; /* for events of refuse_aggregate, all when null */
    m_id refuse_aggregate;
    uint32_t fails; /* times it fails; 0: always */
    uint32_t calls;
    uint32_t failed;
    bool late; /* effects first, then the failure */
    bool clash;
} how;

static m_status leave_effect(m_call *call, const m_stream_event *event)
{
    effect e = {.aggregate = event->aggregate};
    const void *found = NULL;
    M_TRY(m_store_get_key(world.store, call, &effect_type, &e, &found));
    if (found) e = *(const effect *)found;
    e.trail = m_str_of(
        m_arena_printf(call->arena, "%.*s%lld ", M_STR_ARG(e.trail), (long long)event->seq));
    if (how.clash && m_id_eq(how.refuse_aggregate, event->aggregate)) e.code = M_STR("taken");
    return m_store_put(world.store, call, &effect_type, &e);
}

static m_status take(void *arg, m_call *call, m_str producer, const m_stream_event *event)
{
    (void)arg;
    ck_assert(m_str_eq(producer, WMS));
    ck_assert(call->system && call->uow);
    how.calls++;
    bool fail =
        how.answer != M_OK && (!how.fails || how.failed < how.fails) &&
        (m_id_is_null(how.refuse_aggregate) || m_id_eq(how.refuse_aggregate, event->aggregate));
    if (!fail || how.late) M_TRY(leave_effect(call, event));
    if (!fail) return M_OK;
    how.failed++;
    if (how.answer == M_AGAIN) return m_fail(call, m_err_busy, "told to wait");
    return m_fail(call, how.answer == M_UNAVAILABLE ? m_err_unavailable : m_err_internal,
                  "told to fail");
}

static const m_stream_sink sinks[] = {{"toy.effects", "wms.", take, NULL}};

static m_outgoing_source source(void)
{
    const char *dsn = bind_dsn("bm_relay");
    over = (m_outgoing_store){world.store, world.uow, tenants, 2};
    if (!dsn) return m_outgoing_store_source(&over);
    m_pg_options options = {.dsn = dsn};
    ck_assert_int_eq(m_pg_conn_open(&options, world.call, &all.conn), M_OK);
    return m_pg_outgoing_source(&all);
}

static m_consumer *new_consumer(uint32_t without)
{
    m_consumer *made = m_consumer_new(&(m_consumer_config){.domain = "finance",
                                                           .registry = world.registry,
                                                           .sinks = sinks,
                                                           .sink_count = 1,
                                                           .store = world.store,
                                                           .uow = world.uow,
                                                           .env = world.call->env,
                                                           .without = without});
    ck_assert_ptr_nonnull(made);
    return made;
}

static void setup(void)
{
    toy_setup(&world);
    world.call->system = true;
    tenants[0] = world.call->tenant;
    tenants[1] = test_id(88);
    memset(&how, 0, sizeof how);
    outgoing = (m_outgoing){.store = world.store, .registry = world.registry, .address = "wms"};
    rows = source();
    outbox = m_outbox_of(&rows);
    consumer = new_consumer(0);
}

static void teardown(void)
{
    m_consumer_free(consumer);
    m_pg_conn_close(all.conn);
    all = (m_pg_outgoing){NULL};
    toy_teardown(&world);
}

/* ---- short forms ---- */

static void begin(void)
{
    world.call->uow = world.uow;
    ck_assert_int_eq(world.uow->ops->begin(world.uow, world.call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void commit(void)
{
    ck_assert_int_eq(world.uow->ops->commit(world.uow, world.call), M_OK);
}

static void put_event(const char *type, uint32_t aggregate, const char *address)
{
    m_event event = {.type = type,
                     .aggregate = aggregate ? test_id(aggregate) : (m_id){{0}},
                     .payload_json = M_STR("{\"a\":1}"),
                     .address = address};
    ck_assert_int_eq(m_events_emit(m_outgoing_events(&outgoing), world.call, &event), M_OK);
}

static void emit(uint32_t aggregate)
{
    begin();
    put_event("wms.thing.happened", aggregate, NULL);
    commit();
}

static m_outbox_page page_after(int64_t after)
{
    m_outbox_ask ask = {.after = after, .limit = M_OUTBOX_PAGE};
    m_outbox_page page;
    world.call->tenant = tenants[0];
    ck_assert_int_eq(m_outbox_since(outbox, world.call, &ask, &page), M_OK);
    world.call->tenant = tenants[0];
    return page;
}

static const m_stream_event *event_at(const m_outbox_page *page, uint32_t i)
{
    ck_assert_uint_lt(i, page->events.count);
    return M_AT(page->events, m_stream_event, i);
}

static m_take_result take_n(const m_stream_event *events, uint32_t n)
{
    m_take_result result;
    ck_assert_int_eq(m_consumer_take(consumer, world.call, WMS, events, n, &result), M_OK);
    return result;
}

static m_take_result catch_up(void)
{
    m_take_result result;
    ck_assert_int_eq(m_consumer_catch_up(consumer, world.call, WMS, outbox, 0, &result), M_OK);
    return result;
}

static m_retry_result retry(void)
{
    m_retry_result result;
    ck_assert_int_eq(m_consumer_retry(consumer, world.call, 100, &result), M_OK);
    return result;
}

static const char *trail(uint32_t aggregate)
{
    effect key = {.aggregate = test_id(aggregate)};
    const void *found = NULL;
    begin();
    ck_assert_int_eq(m_store_get_key(world.store, world.call, &effect_type, &key, &found), M_OK);
    const char *text = found ? m_str_z(world.call->arena, ((const effect *)found)->trail) : "";
    world.uow->ops->rollback(world.uow);
    return text;
}

static m_consumer_mark mark(void)
{
    m_consumer_mark found;
    ck_assert_int_eq(m_consumer_mark_of(consumer, world.call, WMS, &found), M_OK);
    return found;
}

static void set_mark(int64_t seq, m_id last)
{
    begin();
    ck_assert_int_eq(m_consumer_mark_set(world.store, world.call, WMS, seq, last), M_OK);
    commit();
}

/* The letter of an event (by its number); a copy. */
static m_dead_letter letter_of(int64_t seq)
{
    m_filter by = {"seq", M_OP_EQ, &seq};
    m_query query = {.filters = &by, .filter_count = 1};
    m_fetch letters = {.type = &m_dead_letter_type, .query = &query};
    begin();
    ck_assert_int_eq(m_store_fetch(world.store, world.call, &letters, 1), M_OK);
    ck_assert_uint_eq(letters.count, 1);
    const m_dead_letter *copy =
        m_record_copy(&m_dead_letter_type, letters.records[0], world.call->arena);
    world.uow->ops->rollback(world.uow);
    return *copy;
}

static m_status by_hand(m_status (*fn)(m_store, m_call *, m_id), int64_t seq)
{
    m_id id = letter_of(seq).id;
    begin();
    m_status status = fn(world.store, world.call, id);
    if (status == M_OK)
        commit();
    else
        world.uow->ops->rollback(world.uow);
    return status;
}

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
        before = e->id;
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
    ck_assert(m_id_eq(mark().last, e[4].id));
}
END_TEST

START_TEST(without_marks_it_is_done_twice)
{
    emit(50);
    m_outbox_page page = page_after(0);
    m_consumer_free(consumer);
    consumer = new_consumer(M_WITHOUT_MARKS);
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
    m_consumer_free(consumer);
    consumer = m_consumer_new(&(m_consumer_config){.domain = "finance",
                                                   .sinks = sinks,
                                                   .sink_count = 1,
                                                   .store = world.store,
                                                   .uow = world.uow,
                                                   .env = world.call->env,
                                                   .again = ask_elsewhere});
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

/* ---- dead letters ---- */

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
    ck_assert_int_eq(by_hand(m_letter_discard, 2), M_PRECONDITION);
    ck_assert_int_eq(by_hand(m_letter_replay, 1), M_OK);
    ck_assert_uint_eq(retry().failed, 1);
    ck_assert_int_eq(letter_of(1).attempts, 1);
    ck_assert_int_eq(by_hand(m_letter_discard, 1), M_OK);
    ck_assert_int_eq(letter_of(1).state, M_LETTER_DISCARDED);
    ck_assert(m_str_is(letter_of(1).settled_by, "tester"));
    ck_assert_int_eq(by_hand(m_letter_discard, 1), M_PRECONDITION);
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
    m_stream_sink both[] = {{"toy.effects", "toy.", take, NULL}};
    m_consumer_free(consumer);
    consumer = m_consumer_new(&(m_consumer_config){.domain = "finance",
                                                   .registry = world.registry,
                                                   .sinks = both,
                                                   .sink_count = 1,
                                                   .store = world.store,
                                                   .uow = world.uow,
                                                   .env = world.call->env});
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
    set_mark(3, event_at(&page, 2)->id); /* somebody has looked */
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
    tcase_add_test(t, a_poisoned_event_parks_its_aggregate);
    tcase_add_test(t, it_dies_and_is_replayed_or_discarded);
    tcase_add_test(t, events_without_an_aggregate_wait_for_nobody);
    tcase_add_test(t, an_outage_while_trying_again_kills_nothing);
    tcase_add_test(t, one_listener_fails_another_does_not);
    tcase_add_test(t, a_clash_at_the_commit_finds_its_event);
    tcase_add_test(t, catches_up_page_by_page);
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
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_set_timeout(t, 60);
    add_tests(t);
    int failed = unit_run(t, "stream");
    bind_stop();
    return failed;
}
