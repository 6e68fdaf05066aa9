#include "stream_world.h"

#include <stdlib.h>

static const m_field effect_fields[] = {
    M_F_ID(effect, aggregate, "Aggregate", .flags = M_KEY | M_REQUIRED),
    M_F_TEXT(effect, trail, "Trail"),
    M_F_STR(effect, code, "Code", .flags = M_UNIQUE),
};
const m_type effect_type = {.name = "toy.effect",
                            .schema = "toy",
                            .table = "effect",
                            .size = sizeof(effect),
                            M_FIELDS(effect_fields)};
const m_type *const stream_types[] = {&toy_item_type, &toy_order_type, &effect_type, NULL};

toy_world world;
m_outgoing outgoing;
static m_outgoing_store over;
static m_pg_outgoing all;
m_outgoing_source rows;
m_outbox outbox;
m_consumer *consumer;
m_id tenants[2];

sink_conduct how;

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

m_status stream_sink_take(void *arg, m_call *call, m_str producer, const m_stream_event *event)
{
    (void)arg;
    ck_assert(m_str_eq(producer, WMS));
    ck_assert(call->system && call->uow);
    how.calls++;
    bool fail =
        how.answer != M_OK && (!how.fails || how.failed < how.fails) &&
        (m_id_is_null(how.refuse_aggregate) || m_id_eq(how.refuse_aggregate, event->aggregate));
    if (how.once) fail = how.once != event->seq + 1;
    if (how.once) how.once = event->seq + 1;
    if (!fail || how.late) M_TRY(leave_effect(call, event));
    if (!fail) return M_OK;
    how.failed++;
    if (how.answer == M_AGAIN) return m_fail(call, m_err_busy, "told to wait");
    return m_fail(call, how.answer == M_UNAVAILABLE ? m_err_unavailable : m_err_internal,
                  "told to fail");
}

static m_stream_sink sink = {"toy.effects", "wms.", stream_sink_take, NULL};

static m_outgoing_source source(void)
{
    const char *dsn = bind_dsn("bm_relay");
    over = (m_outgoing_store){world.store, world.uow, tenants, 2};
    if (!dsn) return m_outgoing_store_source(&over);
    m_pg_options options = {.dsn = dsn};
    ck_assert_int_eq(m_pg_conn_open(&options, world.call, &all.conn), M_OK);
    return m_pg_outgoing_source(&all);
}

void new_consumer(const char *prefix, uint32_t without, m_status (*again)(void *, m_call *))
{
    m_consumer_free(consumer);
    sink.prefix = prefix;
    consumer = m_consumer_new(&(m_consumer_config){.domain = "finance",
                                                   .registry = world.registry,
                                                   .sinks = &sink,
                                                   .sink_count = 1,
                                                   .store = world.store,
                                                   .uow = world.uow,
                                                   .env = world.call->env,
                                                   .again = again,
                                                   .without = without});
    ck_assert_ptr_nonnull(consumer);
}

void stream_setup(void)
{
    toy_setup(&world);
    world.call->system = true;
    tenants[0] = world.call->tenant;
    tenants[1] = test_id(88);
    memset(&how, 0, sizeof how);
    outgoing = (m_outgoing){.store = world.store, .registry = world.registry, .address = "wms"};
    rows = source();
    outbox = m_outbox_of(&rows);
    new_consumer("wms.", 0, NULL);
}

void stream_teardown(void)
{
    m_consumer_free(consumer);
    consumer = NULL;
    m_pg_conn_close(all.conn);
    all = (m_pg_outgoing){NULL};
    toy_teardown(&world);
}

/* ---- short forms ---- */

void begin(void)
{
    world.call->uow = world.uow;
    ck_assert_int_eq(world.uow->ops->begin(world.uow, world.call, M_UOW_WRITE, NULL, 0), M_OK);
}

void commit(void)
{
    ck_assert_int_eq(world.uow->ops->commit(world.uow, world.call), M_OK);
}

void put_event(const char *type, uint32_t aggregate, const char *address)
{
    m_event event = {.type = type,
                     .aggregate = aggregate ? test_id(aggregate) : (m_id){{0}},
                     .payload_json = M_STR("{\"a\":1}"),
                     .address = address};
    ck_assert_int_eq(m_events_emit(m_outgoing_events(&outgoing), world.call, &event), M_OK);
}

void emit(uint32_t aggregate)
{
    begin();
    put_event("wms.thing.happened", aggregate, NULL);
    commit();
}

m_outbox_page page_after(int64_t after)
{
    m_outbox_ask ask = {.after = after, .limit = M_OUTBOX_PAGE};
    m_outbox_page page;
    world.call->tenant = tenants[0];
    ck_assert_int_eq(m_outbox_since(outbox, world.call, &ask, &page), M_OK);
    world.call->tenant = tenants[0];
    return page;
}

const m_stream_event *event_at(const m_outbox_page *page, uint32_t i)
{
    ck_assert_uint_lt(i, page->events.count);
    return M_AT(page->events, m_stream_event, i);
}

m_take_result take_n(const m_stream_event *events, uint32_t n)
{
    m_take_result result;
    ck_assert_int_eq(m_consumer_take(consumer, world.call, WMS, events, n, &result), M_OK);
    return result;
}

m_take_result catch_up(void)
{
    m_take_result result;
    ck_assert_int_eq(m_consumer_catch_up(consumer, world.call, WMS, outbox, 0, &result), M_OK);
    return result;
}

m_retry_result retry(void)
{
    m_retry_result result;
    ck_assert_int_eq(m_consumer_retry(consumer, world.call, 100, &result), M_OK);
    return result;
}

const char *trail(uint32_t aggregate)
{
    effect key = {.aggregate = test_id(aggregate)};
    const void *found = NULL;
    begin();
    ck_assert_int_eq(m_store_get_key(world.store, world.call, &effect_type, &key, &found), M_OK);
    const char *text = found ? m_str_z(world.call->arena, ((const effect *)found)->trail) : "";
    world.uow->ops->rollback(world.uow);
    return text;
}

m_consumer_mark mark(void)
{
    m_consumer_mark found;
    ck_assert_int_eq(m_consumer_mark_of(consumer, world.call, WMS, &found), M_OK);
    return found;
}

void set_mark(int64_t seq, m_id last)
{
    begin();
    ck_assert_int_eq(m_consumer_mark_set(world.store, world.call, WMS, seq, last), M_OK);
    commit();
}

m_dead_letter letter_of(int64_t seq)
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

m_status by_hand(m_status (*fn)(m_store, m_call *, m_id), int64_t seq)
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
