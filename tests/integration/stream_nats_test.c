/* Events from one database to another over a real broker that is treated badly: nothing is lost and
 * everything happens once. Each fault has a control that fails when its protection is off. */
#include <check.h>
#include <nats/nats.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../unit/unit.h"
#include "m_adapters/memory.h"
#include "m_adapters/stream_nats.h"
#include "nats/link.h"
#include "nats_fixture.h"
#include "test_env.h"

#define AGGREGATES 7
#define TENANT     test_id(1)
#define WMS        M_STR("wms")
#define STEPS_MAX  1500

/* ---- what is left by the events ---- */

typedef struct {
    m_id aggregate;
    m_str trail; /* numbers in the order they were taken */
} effect;
static const m_field effect_fields[] = {
    M_F_ID(effect, aggregate, "Aggregate", .flags = M_KEY | M_REQUIRED),
    M_F_TEXT(effect, trail, "Trail", .max = 1000000),
};
static const m_type effect_type = {.name = "toy.effect",
                                   .schema = "toy",
                                   .table = "effect",
                                   .size = sizeof(effect),
                                   M_FIELDS(effect_fields)};

/* One database with what stands on it. */
typedef struct {
    m_memory_db *db;
    m_store store;
    m_uow *uow;
    m_call *call;
} side;

static side producer, consumer;
static nats_fixture *broker, *far_broker;
static m_nats *producer_link, *consumer_link;
static m_outgoing outgoing;
static m_outgoing_store rows;
static m_outgoing_source source;
static m_outbox outbox;
static m_event_relay *relay;
static m_consumer *taker;
static m_intake *intake;
static int64_t emitted;
static uint64_t dice;
static m_id poisoned; /* aggregate the sink refuses */
static m_id tenant_ids[1];

static m_status take(void *arg, m_call *call, m_str from, const m_stream_event *event)
{
    (void)arg, (void)from;
    effect e = {.aggregate = event->aggregate};
    const void *found = NULL;
    if (m_id_eq(event->aggregate, poisoned)) return m_fail(call, m_err_internal, "told to fail");
    M_TRY(m_store_get_key(consumer.store, call, &effect_type, &e, &found));
    if (found) e = *(const effect *)found;
    e.trail = m_str_of(
        m_arena_printf(call->arena, "%.*s%lld ", M_STR_ARG(e.trail), (long long)event->seq));
    return m_store_put(consumer.store, call, &effect_type, &e);
}
static const m_stream_sink sinks[] = {{"toy.effects", "wms.", take, NULL}};

/* ---- a producer that does not always answer ---- */

static bool silent;
static uint32_t asked_in_vain;

static m_status refuse_silent(m_call *call)
{
    asked_in_vain += silent;
    return silent ? m_fail(call, m_err_unavailable, "wms") : M_OK;
}

static m_status ask_since(void *self, m_call *call, const m_outbox_ask *in, m_outbox_page *out)
{
    M_TRY(refuse_silent(call));
    return m_outbox_since(m_outbox_of(self), call, in, out);
}

static m_status ask_heads(void *self, m_call *call, const m_heads_ask *in, m_heads *out)
{
    M_TRY(refuse_silent(call));
    return m_outbox_heads(m_outbox_of(self), call, in, out);
}

static m_status ask_told(void *self, m_call *call, const m_marks_told *in, m_marks_kept *out)
{
    M_TRY(refuse_silent(call));
    return m_outbox_told(m_outbox_of(self), call, in, out);
}

static const m_outbox_ops ask_ops = {.head = {sizeof(m_outbox_ops), 1, "outbox"},
                                     .since = ask_since,
                                     .heads = ask_heads,
                                     .told = ask_told};

/* ---- what the intake knows of all tenants: there is one ---- */

static m_status view_marks(void *self, m_call *call, m_str name, m_list *out)
{
    (void)self;
    m_consumer_mark mark;
    call->tenant = TENANT;
    M_TRY(m_consumer_mark_of(taker, call, name, &mark));
    m_head *head = m_arena_alloc(call->arena, sizeof *head);
    ck_assert_ptr_nonnull(head);
    *head = (m_head){TENANT, mark.seq, mark.last};
    *out = (m_list){head, mark.seq > 0};
    return M_OK;
}

static m_status view_letters(void *self, m_call *call, uint32_t limit, m_list *out)
{
    (void)self, (void)limit;
    m_id *id = m_arena_alloc(call->arena, sizeof *id);
    ck_assert_ptr_nonnull(id);
    *id = TENANT;
    *out = (m_list){id, 1};
    return M_OK;
}

static const m_intake_view_ops view_ops = {
    .head = {sizeof(m_intake_view_ops), 1, "intake_view"},
    .marks = view_marks,
    .letters_due = view_letters,
};

/* ---- making and ending it all ---- */

static side new_side(void)
{
    side s = {.db = m_memory_db_new(), .call = test_call()};
    ck_assert_ptr_nonnull(s.db);
    s.store = m_memory_store(s.db);
    s.uow = m_memory_uow(s.db);
    s.call->system = true;
    s.call->uow = s.uow;
    return s;
}

static void free_side(side *s)
{
    m_memory_db_free(s->db);
    test_call_free(s->call);
    *s = (side){0};
}

static m_nats *open_link(nats_fixture *at)
{
    m_nats *link = NULL;
    const char *why = "";
    m_nats_options options = {.url = nats_fixture_url(at)};
    ck_assert_msg(m_nats_open(&options, &link, &why) == M_OK, "%s", why);
    ck_assert(m_nats_wait(link, 5000));
    return link;
}

static bool deploy(m_nats *link)
{
    static const char *const consumers[] = {"finance", NULL};
    m_stream_plan plan = {.producer = "wms", .consumers = consumers};
    m_status status = m_stream_deploy(link, producer.call, &plan);
    if (status != M_OK) fprintf(stderr, "%.*s\n", M_STR_ARG(producer.call->error.message));
    return status == M_OK;
}

static bool deployed(m_nats *link)
{
    static const char *const consumers[] = {"finance", NULL};
    m_stream_plan plan = {.producer = "wms", .consumers = consumers};
    bool there = false;
    ck_assert_int_eq(m_stream_deployed(link, producer.call, &plan, &there), M_OK);
    return there;
}

static void start_taker(uint32_t without, bool without_push)
{
    static m_intake_producer from[1];
    from[0] = (m_intake_producer){"wms", outbox};
    m_intake_free(intake);
    m_consumer_free(taker);
    taker = m_consumer_new(&(m_consumer_config){.domain = "finance",
                                                .sinks = sinks,
                                                .sink_count = 1,
                                                .store = consumer.store,
                                                .uow = consumer.uow,
                                                .env = consumer.call->env,
                                                .without = without});
    intake = m_intake_new(&(m_intake_config){.link = consumer_link,
                                             .domain = "finance",
                                             .consumer = taker,
                                             .view = {&view_ops, NULL},
                                             .producers = from,
                                             .producer_count = 1,
                                             .env = consumer.call->env,
                                             .batch = 50,
                                             .check_ms = 300,
                                             .grace_ms = 50,
                                             .without_push = without_push});
    ck_assert(taker && intake);
}

static void set_producer(side s)
{
    producer = s;
    rows = (m_outgoing_store){producer.store, m_memory_uow(producer.db), tenant_ids, 1};
    source = m_outgoing_store_source(&rows);
    outbox = (m_outbox){&ask_ops, &source};
    outgoing = (m_outgoing){.store = producer.store, .address = "wms"};
    m_event_relay_free(relay);
    relay = m_event_relay_new(&(m_event_relay_config){.link = producer_link,
                                                      .producer = "wms",
                                                      .source = source,
                                                      .env = producer.call->env,
                                                      .ack_timeout_ms = 1000});
    ck_assert_ptr_nonnull(relay);
}

static void start(bool shim, uint32_t without)
{
    emitted = 0;
    dice = 4711;
    silent = false;
    asked_in_vain = 0;
    poisoned = (m_id){{0}};
    tenant_ids[0] = TENANT;
    broker = nats_fixture_start(NULL);
    far_broker = shim ? nats_fixture_start(NULL) : broker;
    producer_link = open_link(broker);
    consumer_link = open_link(far_broker);
    set_producer(new_side());
    consumer = new_side();
    start_taker(without, false);
    ck_assert(deploy(producer_link));
    ck_assert(deploy(consumer_link));
}

static void finish(void)
{
    m_intake_free(intake);
    m_consumer_free(taker);
    m_event_relay_free(relay);
    intake = NULL;
    taker = NULL;
    relay = NULL;
    m_nats_close(producer_link);
    m_nats_close(consumer_link);
    if (far_broker != broker) nats_fixture_stop(far_broker);
    nats_fixture_stop(broker);
    free_side(&producer);
    free_side(&consumer);
}

/* ---- steps ---- */

static void begin(side *s)
{
    s->call->uow = s->uow;
    s->call->tenant = TENANT;
    ck_assert_int_eq(s->uow->ops->begin(s->uow, s->call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void emit(uint32_t n)
{
    begin(&producer);
    for (uint32_t i = 0; i < n; i++) {
        m_event event = {.type = "wms.thing.happened",
                         .aggregate = test_id(100 + (uint32_t)(emitted++ % AGGREGATES)),
                         .payload_json = M_STR("{\"note\":\"ä\"}")};
        m_status status = m_events_emit(m_outgoing_events(&outgoing), producer.call, &event);
        ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(producer.call->error.message));
    }
    ck_assert_int_eq(producer.uow->ops->commit(producer.uow, producer.call), M_OK);
    m_arena_reset(producer.call->arena);
}

static m_event_relay_result publish(void)
{
    m_event_relay_result result = {0};
    ck_assert_int_eq(m_event_relay_run_once(relay, producer.call, &result), M_OK);
    m_status told = m_event_relay_tell_heads(relay, producer.call, false);
    ck_assert(told == M_OK || told == M_UNAVAILABLE);
    result.why.p = NULL;
    m_arena_reset(producer.call->arena);
    return result;
}

static m_intake_result absorb(int64_t wait_ms)
{
    m_intake_result result = {0};
    ck_assert_int_eq(m_intake_run(intake, consumer.call, wait_ms, &result), M_OK);
    m_arena_reset(consumer.call->arena);
    return result;
}

static int64_t mark(void)
{
    m_consumer_mark found;
    consumer.call->tenant = TENANT;
    ck_assert_int_eq(m_consumer_mark_of(taker, consumer.call, WMS, &found), M_OK);
    return found.seq;
}

static bool frozen(void)
{
    m_consumer_mark found;
    consumer.call->tenant = TENANT;
    ck_assert_int_eq(m_consumer_mark_of(taker, consumer.call, WMS, &found), M_OK);
    return found.state == M_MARK_FROZEN;
}

/* Until all is there, at most so many steps. */
static bool settle(int steps)
{
    for (int i = 0; i < steps && mark() < emitted; i++) {
        publish();
        absorb(10);
    }
    return mark() == emitted;
}

/* Is what is there exactly the events 1..upto, each once, each aggregate in order? */
static bool exact(int64_t upto)
{
    bool good = true;
    begin(&consumer);
    for (uint32_t a = 0; a < AGGREGATES; a++) {
        char expected[100000] = "";
        size_t n = 0;
        effect key = {.aggregate = test_id(100 + a)};
        const void *found = NULL;
        for (int64_t seq = a + 1; seq <= upto; seq += AGGREGATES)
            n += (size_t)snprintf(expected + n, sizeof expected - n, "%lld ", (long long)seq);
        ck_assert_int_eq(m_store_get_key(consumer.store, consumer.call, &effect_type, &key, &found),
                         M_OK);
        m_str trail = found ? ((const effect *)found)->trail : (m_str){NULL, 0};
        good &= m_str_is(trail, expected);
    }
    consumer.uow->ops->rollback(consumer.uow);
    return good;
}

/* A second database with the rows of the first. */
static side copy_of(side *s, const m_type *const *types)
{
    static const m_query all = {0};
    side copy = new_side();
    begin(s);
    begin(&copy);
    for (; *types; types++) {
        m_fetch fetch = {.type = *types, .query = &all};
        ck_assert_int_eq(m_store_fetch(s->store, s->call, &fetch, 1), M_OK);
        for (uint32_t i = 0; i < fetch.count; i++)
            ck_assert_int_eq(m_store_insert(copy.store, copy.call, *types, fetch.records[i]), M_OK);
    }
    ck_assert_int_eq(copy.uow->ops->commit(copy.uow, copy.call), M_OK);
    s->uow->ops->rollback(s->uow);
    return copy;
}

/* ---- a shim between two brokers ---- */

#define HELD_MAX 100

typedef struct {
    natsSubscription *sub;
    natsMsg *held[HELD_MAX];
    uint32_t count;
    uint32_t doubled, lost;
    bool honest; /* nothing lost */
} shim;

/* The broker's own protection against doubles is taken off on the way. */
static void forward(natsMsg *m)
{
    natsMsg *copy = NULL;
    const char **keys = NULL;
    int n = 0;
    ck_assert_int_eq(natsMsg_Create(&copy, natsMsg_GetSubject(m), NULL, natsMsg_GetData(m),
                                    natsMsg_GetDataLength(m)),
                     NATS_OK);
    ck_assert_int_eq(natsMsgHeader_Keys(m, &keys, &n), NATS_OK);
    for (int i = 0; i < n; i++) {
        const char *value = NULL;
        ck_assert_int_eq(natsMsgHeader_Get(m, keys[i], &value), NATS_OK);
        if (strcmp(keys[i], "Nats-Msg-Id") != 0)
            ck_assert_int_eq(natsMsgHeader_Set(copy, keys[i], value), NATS_OK);
    }
    free(keys);
    ck_assert_int_eq(natsConnection_PublishMsg(m_nats_connection(consumer_link), copy), NATS_OK);
    natsMsg_Destroy(copy);
}

/* Holds a hundred, lets any of them go: some twice, some never. */
static void shuffle(shim *s, bool flush)
{
    natsMsg *m = NULL;
    while (natsSubscription_NextMsg(&m, s->sub, 1) == NATS_OK || (flush && s->count)) {
        if (m && s->count < HELD_MAX) {
            s->held[s->count++] = m;
            m = NULL;
            if (s->count < HELD_MAX) continue;
        }
        for (bool stays = true; stays && s->count;) {
            uint32_t i = (uint32_t)(unit_random(&dice) % s->count);
            uint64_t fate = unit_random(&dice) % 10;
            if (fate || s->honest) forward(s->held[i]);
            s->lost += !fate && !s->honest;
            stays = fate > 6; /* it will go out again */
            s->doubled += stays;
            if (stays) continue;
            natsMsg_Destroy(s->held[i]);
            s->held[i] = s->held[--s->count];
        }
        if (m) s->held[s->count++] = m;
        m = NULL;
    }
}

static void run_shim(shim *s, uint32_t events)
{
    ck_assert_int_eq(
        natsConnection_SubscribeSync(&s->sub, m_nats_connection(producer_link), "evt.wms.>"),
        NATS_OK);
    while (emitted < events) {
        emit(1 + (uint32_t)(unit_random(&dice) % 20));
        publish();
        shuffle(s, false);
        absorb(1);
    }
    publish();
    shuffle(s, true);
    natsSubscription_Destroy(s->sub);
}

START_TEST(doubles_disorder_delay_loss)
{
    start(true, 0);
    shim s = {0};
    run_shim(&s, 1000);
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(emitted));
    ck_assert_uint_gt(s.doubled, 100);
    ck_assert_uint_gt(s.lost, 30);
    finish();
}
END_TEST

START_TEST(control_no_marks)
{
    start(true, M_WITHOUT_MARKS);
    shim s = {.honest = true};
    run_shim(&s, 300);
    for (int i = 0; i < 50; i++)
        absorb(5);
    ck_assert(!exact(emitted));
    finish();
}
END_TEST

START_TEST(control_no_asking)
{
    start(true, M_WITHOUT_CATCH_UP);
    shim s = {0};
    run_shim(&s, 300);
    ck_assert(!settle(100));
    ck_assert_int_lt(mark(), emitted);
    ck_assert(exact(mark())); /* but what is there is in order */
    finish();
}
END_TEST

/* ---- the broker itself ---- */

START_TEST(the_straight_way)
{
    start(false, 0);
    emit(1);
    ck_assert_uint_eq(publish().sent, 1);
    for (int i = 0; i < 100 && mark() < 1; i++)
        absorb(10);
    m_intake_stats stats;
    m_intake_stats_of(intake, 0, &stats);
    ck_assert_uint_eq(stats.received, 1); /* it came by itself */
    ck_assert_uint_eq(stats.applied, 1);
    ck_assert_int_eq(stats.lag, 0);
    emit(500);
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(emitted));
    m_intake_stats_of(intake, 0, &stats);
    ck_assert_uint_eq(stats.applied, 501);
    finish();
}
END_TEST

START_TEST(the_broker_is_killed)
{
    start(false, 0);
    for (int round = 0; round < 6; round++) {
        for (int i = 0; i < 10; i++) {
            emit(10);
            publish();
            if (i % 3 == 0) absorb(1);
        }
        nats_fixture_down(broker, round % 2 == 0);
        for (int i = 0; i < 5; i++) { /* nobody notices but the relay */
            emit(3);
            m_event_relay_result result = publish();
            ck_assert_uint_eq(result.sent, 0);
            ck_assert_uint_gt(result.seen, 0);
            absorb(1);
        }
        ck_assert_int_gt(m_event_relay_pause_ms(relay), 250);
        nats_fixture_up(broker);
        ck_assert(m_nats_wait(producer_link, 10000) && m_nats_wait(consumer_link, 10000));
    }
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(emitted));
    publish();
    m_outgoing_stats stats;
    ck_assert_int_eq(source.ops->stats(source.self, producer.call, &stats), M_OK);
    for (int i = 0; i < 100 && stats.backlog; i++) {
        publish();
        ck_assert_int_eq(source.ops->stats(source.self, producer.call, &stats), M_OK);
    }
    ck_assert_int_eq(stats.backlog, 0);
    finish();
}
END_TEST

/* With events in it that nobody has taken yet. */
static void lose_everything(bool deployed_again)
{
    for (int i = 0; i < 20; i++) {
        emit(10);
        publish();
        if (i < 10) absorb(1);
    }
    nats_fixture_down(broker, true);
    nats_fixture_wipe(broker);
    nats_fixture_up(broker);
    ck_assert(m_nats_wait(producer_link, 10000) && m_nats_wait(consumer_link, 10000));
    emit(10);
    m_event_relay_result result = publish();
    ck_assert(result.missing);
    ck_assert_uint_eq(result.sent, 0);
    ck_assert(!deployed(producer_link));
    if (deployed_again) ck_assert(deploy(producer_link) && deployed(producer_link));
    emit(10);
}

START_TEST(all_data_of_the_broker_is_lost)
{
    start(false, 0);
    for (int round = 0; round < 3; round++)
        lose_everything(round != 1);
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(emitted));
    finish();
}
END_TEST

/* Whatever it was told while the stream was not there does not stand in its way afterwards. */
START_TEST(a_stream_that_was_away_is_filled)
{
    start(false, 0);
    nats_fixture_down(broker, true);
    nats_fixture_wipe(broker);
    nats_fixture_up(broker);
    ck_assert(m_nats_wait(producer_link, 10000) && m_nats_wait(consumer_link, 10000));
    emit(50);
    for (int i = 0; i < 5; i++)
        ck_assert_uint_eq(publish().sent, 0);
    ck_assert(deploy(producer_link));
    uint32_t sent = 0;
    for (int i = 0; i < 3; i++)
        sent += publish().sent;
    ck_assert_uint_eq(sent, 50);
    ck_assert(settle(STEPS_MAX) && exact(emitted));
    finish();
}
END_TEST

START_TEST(control_lost_without_asking)
{
    start(false, M_WITHOUT_CATCH_UP);
    lose_everything(true);
    ck_assert(!settle(100));
    ck_assert(exact(mark()));
    finish();
}
END_TEST

START_TEST(without_any_push)
{
    start(false, 0);
    start_taker(0, true);
    for (int i = 0; i < 30; i++)
        emit(40);
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(emitted));
    finish();
}
END_TEST

START_TEST(an_event_too_large_for_the_broker)
{
    start(false, 0);
    emit(3);
    int64_t most = m_nats_max_payload(producer_link);
    char *text = malloc((size_t)most + 10);
    memset(text, ' ', (size_t)most + 10);
    memcpy(text, "{}", 2);
    m_event event = {.type = "wms.thing.happened",
                     .aggregate = test_id(100 + (uint32_t)(emitted++ % AGGREGATES)),
                     .payload_json = {text, (size_t)most + 10}};
    begin(&producer);
    ck_assert_int_eq(m_events_emit(m_outgoing_events(&outgoing), producer.call, &event), M_OK);
    ck_assert_int_eq(producer.uow->ops->commit(producer.uow, producer.call), M_OK);
    emit(3);
    uint32_t unfit = 0, sent = 0;
    for (int i = 0; i < 3; i++) {
        m_event_relay_result result = publish();
        unfit += result.unfit;
        sent += result.sent;
    }
    ck_assert_uint_eq(unfit, 1);
    ck_assert_uint_eq(sent, 7);
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(7));
    free(text);
    finish();
}
END_TEST

/* ---- databases set back ---- */

static void set_consumer_back(uint32_t without)
{
    static const m_type *const types[] = {&effect_type, &m_consumer_mark_type, &m_dead_letter_type,
                                          NULL};
    start(false, 0);
    emit(100);
    ck_assert(settle(STEPS_MAX));
    side copy = copy_of(&consumer, types);
    emit(200);
    ck_assert(settle(STEPS_MAX));
    side newer = consumer;
    consumer = copy;
    start_taker(without, false);
    free_side(&newer);
    ck_assert_int_eq(mark(), 100);
}

START_TEST(the_consumer_is_set_back)
{
    set_consumer_back(0);
    ck_assert(settle(STEPS_MAX)); /* without one new event */
    ck_assert(exact(300));
    finish();
}
END_TEST

START_TEST(control_set_back_without_asking)
{
    set_consumer_back(M_WITHOUT_CATCH_UP);
    emit(20);
    ck_assert(!settle(100));
    ck_assert_int_eq(mark(), 100);
    finish();
}
END_TEST

START_TEST(the_producer_is_set_back)
{
    static const m_type *const types[] = {&m_stream_event_type, &m_outgoing_mark_type, NULL};
    start(false, 0);
    emit(100);
    publish();
    side copy = copy_of(&producer, types);
    emit(50);
    ck_assert(settle(STEPS_MAX));
    side newer = producer;
    set_producer(copy);
    start_taker(0, false);
    for (int i = 0; i < 200 && !frozen(); i++)
        absorb(5);
    ck_assert(frozen());
    for (int i = 0; i < 20; i++) { /* other events under the same numbers */
        emit(10);
        publish();
        absorb(5);
    }
    ck_assert_int_eq(mark(), 150);
    ck_assert(exact(150));
    m_intake_stats stats;
    m_intake_stats_of(intake, 0, &stats);
    ck_assert_uint_eq(stats.frozen, 1);
    free_side(&newer);
    finish();
}
END_TEST

START_TEST(the_producer_does_not_answer)
{
    start(false, 0);
    silent = true;
    emit(50);
    publish();
    for (int i = 0; i < 200 && mark() < 50; i++)
        absorb(5);
    ck_assert_int_eq(mark(), 50); /* pushes need no answer */
    lose_everything(false);
    for (int i = 0; i < 200; i++)
        absorb(5);
    ck_assert_int_lt(mark(), emitted);
    ck_assert_uint_gt(asked_in_vain, 1);
    ck_assert_uint_lt(asked_in_vain, 20); /* no storm */
    silent = false;
    ck_assert(settle(STEPS_MAX));
    ck_assert(exact(emitted));
    finish();
}
END_TEST

START_TEST(a_poisoned_aggregate_stops_no_other)
{
    start(false, 0);
    poisoned = test_id(100);
    emit(70);
    ck_assert(settle(STEPS_MAX));
    ck_assert(!exact(70));
    poisoned = (m_id){{0}};
    emit(70); /* those of the aggregate queue up behind */
    ck_assert(settle(STEPS_MAX));
    ck_assert(!exact(140));
    test_advance_us(consumer.call, INT64_C(10000000));
    for (int i = 0; i < 400 && !exact(140); i++)
        absorb(5);
    ck_assert(exact(140));
    finish();
}
END_TEST

static void add_tests(TCase *t)
{
    tcase_add_test(t, the_straight_way);
    tcase_add_test(t, doubles_disorder_delay_loss);
    tcase_add_test(t, control_no_marks);
    tcase_add_test(t, control_no_asking);
    tcase_add_test(t, the_broker_is_killed);
    tcase_add_test(t, all_data_of_the_broker_is_lost);
    tcase_add_test(t, a_stream_that_was_away_is_filled);
    tcase_add_test(t, control_lost_without_asking);
    tcase_add_test(t, without_any_push);
    tcase_add_test(t, an_event_too_large_for_the_broker);
    tcase_add_test(t, the_consumer_is_set_back);
    tcase_add_test(t, control_set_back_without_asking);
    tcase_add_test(t, the_producer_is_set_back);
    tcase_add_test(t, the_producer_does_not_answer);
    tcase_add_test(t, a_poisoned_aggregate_stops_no_other);
}

int main(void)
{
    TCase *t = tcase_create("stream_nats");
    tcase_set_timeout(t, 120);
    add_tests(t);
    return unit_run(t, "stream_nats");
}
