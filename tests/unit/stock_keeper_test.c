/* The stock-keeper over any store (bind.h): bins, layers, running balances, refusals, rebuild. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "bind.h"
#include "m_adapters/infra.h"
#include "m_adapters/keepers.h"
#include "m_adapters/memory.h"
#include "test_env.h"

#define ITEM  10
#define OTHER 11
#define DEPOT 20
#define SHOP  21

static m_call *call;
static bind bound;
static m_uow *uow;
static m_store store;
static uint32_t next_event;

static void setup(void)
{
    call = test_call();
    bind_open(&bound);
    uow = bound.uow;
    store = bound.store;
    call->uow = uow;
    next_event = 500;
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    bind_close(&bound);
    test_call_free(call);
}

static m_stock_move move(uint32_t item, uint32_t warehouse, const char *qty, const char *value)
{
    return (m_stock_move){.item = test_id(item),
                          .warehouse = test_id(warehouse),
                          .qty = test_dec(qty),
                          .value = test_dec(value)};
}

static m_stock_event event_of(const char *date, m_stock_move *moves, uint32_t n)
{
    return (m_stock_event){
        .event_id = test_id(next_event++),
        .event_type = M_STR("goods_receipt"),
        .voucher_no = M_STR("GRN-2026-00001"),
        .posting_date = test_date(date),
        .source_type = M_STR("wms.goods_receipt"),
        .source_id = test_id(7),
        .moves = {moves, n},
    };
}

static m_status post_event(const m_stock_event *event)
{
    m_stock_receipt receipt = {0};
    m_error_clear(call);
    return m_stock_keeper_post(m_stock_keeper_make(&store), call, event, &receipt);
}

static m_status post(const char *date, m_stock_move *moves, uint32_t n)
{
    m_stock_event event = event_of(date, moves, n);
    return post_event(&event);
}

static void post_ok(const char *date, m_stock_move one)
{
    ck_assert_int_eq(post(date, &one, 1), M_OK);
}

static void refused(const char *date, m_stock_move one, const char *code)
{
    ck_assert_int_ne(post(date, &one, 1), M_OK);
    ck_assert_msg(m_str_is(call->error.code, code), "%.*s, expected %s",
                  M_STR_ARG(call->error.code), code);
}

static void all(const m_type *type, m_fetch *out)
{
    static const m_query any = {0};
    *out = (m_fetch){.type = type, .query = &any};
    ck_assert_int_eq(m_store_fetch(store, call, out, 1), M_OK);
}

static const m_stock_bin *bin(uint32_t item, uint32_t warehouse)
{
    m_stock_bin key = {.item = test_id(item), .warehouse = test_id(warehouse)};
    const void *found = NULL;
    ck_assert_int_eq(m_store_get_key(store, call, &m_stock_bin_type, &key, &found), M_OK);
    return found;
}

static const m_stock_layer *layer(uint32_t id)
{
    m_stock_layer key = {.item = test_id(ITEM), .warehouse = test_id(DEPOT), .layer = test_id(id)};
    const void *found = NULL;
    ck_assert_int_eq(m_store_get_key(store, call, &m_stock_layer_type, &key, &found), M_OK);
    return found;
}

START_TEST(bins_run)
{
    m_stock_move moves[] = {move(ITEM, DEPOT, "10", "100"), move(ITEM, DEPOT, "-4", "-40"),
                            move(ITEM, SHOP, "4", "40")};
    ck_assert_int_eq(post("2026-04-02", moves, 3), M_OK);
    ck_assert_int_eq(bin(ITEM, DEPOT)->qty.u, 6 * M_DEC_ONE);
    ck_assert_int_eq(bin(ITEM, DEPOT)->value.u, 60 * M_DEC_ONE);
    ck_assert_int_eq(bin(ITEM, SHOP)->qty.u, 4 * M_DEC_ONE);
    ck_assert_int_eq(bin(ITEM, SHOP)->last_seq, 1);
    m_fetch entries;
    all(&m_stock_entry_type, &entries);
    ck_assert_uint_eq(entries.count, 3);
    const m_stock_entry *second = entries.records[1];
    ck_assert_int_eq(second->line_no, 2);
    ck_assert(m_id_eq(second->source_id, test_id(7)));
}
END_TEST

START_TEST(empties_to_zero)
{
    post_ok("2026-04-02", move(ITEM, DEPOT, "3", "10"));
    post_ok("2026-04-03", move(ITEM, DEPOT, "-3", "-10"));
    ck_assert_int_eq(bin(ITEM, DEPOT)->qty.u, 0);
    ck_assert_int_eq(bin(ITEM, DEPOT)->value.u, 0);
}
END_TEST

START_TEST(refuses_negative)
{
    m_stock_move moves[] = {move(OTHER, DEPOT, "5", "5"), move(ITEM, DEPOT, "-1", "0")};
    ck_assert_int_eq(post("2026-04-02", moves, 2), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "wms.stock.negative"));
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].path, "moves[1].qty"));
    char id[M_ID_TEXT];
    m_id_format(test_id(ITEM), id);
    ck_assert_ptr_nonnull(memmem(call->error.message.p, call->error.message.n, id, M_ID_TEXT - 1));
    m_fetch found;
    all(&m_stock_event_type, &found);
    ck_assert_uint_eq(found.count, 0);
    all(&m_stock_bin_type, &found);
    ck_assert_uint_eq(found.count, 0);
}
END_TEST

START_TEST(refuses_what_breaks_the_books)
{
    post_ok("2026-04-10", move(ITEM, DEPOT, "3", "10"));
    refused("2026-04-10", move(ITEM, DEPOT, "-3", "-9.99"), "wms.stock.value");
    refused("2026-04-10", move(ITEM, DEPOT, "-1", "-11"), "wms.stock.value");
    refused("2026-04-10", move(ITEM, DEPOT, "-4", "-10"), "wms.stock.negative");
    refused("2026-04-09", move(ITEM, DEPOT, "1", "1"), "wms.stock.backdated");
    refused("2026-04-10", move(ITEM, DEPOT, "1", "-1"), "wms.stock.move");
    refused("2026-04-10", move(ITEM, DEPOT, "0", "0"), "wms.stock.move");
    refused("2026-04-10", move(ITEM, SHOP, "0", "1"), "wms.stock.value");
    refused("2026-04-10", move(ITEM, DEPOT, "999999999999", "0"), "core.range");
    ck_assert_int_eq(post("2026-04-10", NULL, 0), M_INVALID);
    post_ok("2026-04-10", move(ITEM, DEPOT, "0", "2.50"));
    ck_assert_int_eq(bin(ITEM, DEPOT)->value.u, 12500000);
}
END_TEST

START_TEST(layers_run)
{
    m_stock_move in = move(ITEM, DEPOT, "10", "100");
    in.layer = test_id(30);
    post_ok("2026-04-02", in);
    in = move(ITEM, DEPOT, "5", "60");
    in.layer = test_id(31);
    post_ok("2026-04-03", in);
    m_stock_move dearer = move(ITEM, DEPOT, "0", "7.50");
    dearer.layer = test_id(30);
    post_ok("2026-04-03", dearer);
    ck_assert_int_eq(layer(30)->qty.u, 10 * M_DEC_ONE);
    ck_assert(layer(30)->value.u == test_dec("107.5").u);
    ck_assert_int_eq(layer(30)->opened_seq, 1);
    ck_assert(bin(ITEM, DEPOT)->value.u == test_dec("167.5").u);
    m_stock_move out[] = {move(ITEM, DEPOT, "-10", "-107.50"), move(ITEM, DEPOT, "-1", "-12")};
    out[0].layer = test_id(30);
    out[1].layer = test_id(31);
    ck_assert_int_eq(post("2026-04-04", out, 2), M_OK);
    ck_assert_int_eq(layer(30)->qty.u, 0);
    ck_assert_int_eq(layer(30)->value.u, 0);
    ck_assert_int_eq(layer(30)->opened_seq, 1);
    ck_assert_int_eq(layer(31)->qty.u, 4 * M_DEC_ONE);
    ck_assert_int_eq(layer(31)->opened_seq, 2);
    ck_assert_int_eq(m_date_cmp(layer(31)->opened_on, test_date("2026-04-03")), 0);
    m_stock_move more = move(ITEM, DEPOT, "-1", "-1");
    more.layer = test_id(30);
    refused("2026-04-04", more, "wms.stock.layer");
    dearer.layer = test_id(30); /* emptied */
    refused("2026-04-04", dearer, "wms.stock.value");
    dearer.layer = test_id(32); /* there is none */
    refused("2026-04-04", dearer, "wms.stock.value");
    more = move(ITEM, DEPOT, "-4", "-47");
    more.layer = test_id(31);
    refused("2026-04-04", more, "wms.stock.value");
}
END_TEST

START_TEST(refuses_the_same_event)
{
    m_stock_move in = move(ITEM, DEPOT, "10", "100");
    m_stock_event event = event_of("2026-04-02", &in, 1);
    ck_assert_int_eq(post_event(&event), M_OK);
    if (post_event(&event) == M_OK) { /* then the store finds it at the end */
        ck_assert_int_eq(uow->ops->commit(uow, call), M_EXISTS);
        return;
    }
    ck_assert_int_eq(call->error.status, M_EXISTS);
    ck_assert(m_str_is(call->error.code, "wms.stock.duplicate"));
}
END_TEST

START_TEST(reverses_once)
{
    m_stock_move in = move(ITEM, DEPOT, "10", "100");
    m_stock_event event = event_of("2026-04-02", &in, 1);
    ck_assert_int_eq(post_event(&event), M_OK);
    m_stock_move out = move(ITEM, DEPOT, "-5", "-50");
    m_stock_event back = event_of("2026-04-02", &out, 1);
    back.reverses = event.event_id;
    ck_assert_int_eq(post_event(&back), M_OK);
    back.event_id = test_id(9999);
    ck_assert_int_eq(post_event(&back), M_EXISTS);
}
END_TEST

START_TEST(chain_and_rebuild)
{
    m_stock_move in = move(ITEM, DEPOT, "10", "33.33");
    in.layer = test_id(30);
    post_ok("2026-04-02", in);
    in = move(ITEM, DEPOT, "0", "1.67"); /* the value alone */
    in.layer = test_id(30);
    post_ok("2026-04-02", in);
    in = move(ITEM, DEPOT, "-3", "-10.50");
    in.layer = test_id(30);
    post_ok("2026-04-02", in);
    m_fetch events;
    m_fetch live;
    all(&m_stock_event_type, &events);
    all(&m_stock_entry_type, &live);
    m_memory_db *scratch = m_memory_db_new();
    m_store to = m_memory_store(scratch);
    m_uow *work = m_memory_uow(scratch);
    ck_assert_int_eq(work->ops->begin(work, call, M_UOW_WRITE, NULL, 0), M_OK);
    m_chain chain = {0};
    const char *why = NULL;
    for (uint32_t i = 0; i < events.count; i++) {
        const m_stock_event *row = events.records[i];
        m_stock_event event;
        ck_assert(m_chain_verify(call->arena, &chain, row->seq, row->payload, row->hash, &why));
        ck_assert_int_eq(m_stock_event_parse(call, row->payload, &event), M_OK);
        ck_assert_int_eq(m_stock_project(to, call, &event), M_OK);
    }
    static const m_query any = {0};
    m_fetch built = {.type = &m_stock_entry_type, .query = &any};
    ck_assert_int_eq(m_store_fetch(to, call, &built, 1), M_OK);
    ck_assert_uint_eq(built.count, live.count);
    for (uint32_t i = 0; i < built.count; i++)
        ck_assert(m_record_equal(&m_stock_entry_type, built.records[i], live.records[i]));
    work->ops->rollback(work);
    m_memory_db_free(scratch);
    call->uow = uow;
}
END_TEST

static const m_stock_checkpoint *checkpoint(const m_fetch *read, uint32_t i, const char *qty,
                                            const char *value)
{
    ck_assert_uint_lt(i, read->count);
    const m_stock_checkpoint *row = read->records[i];
    ck_assert_msg(row->qty.u == test_dec(qty).u, "checkpoint %u: quantity", i);
    ck_assert_msg(row->value.u == test_dec(value).u, "checkpoint %u: value", i);
    return row;
}

/* One layer a day: two checkpoints, and what is recorded later for an earlier day moves them. */
START_TEST(checkpoints_run)
{
    m_fetch read;
    m_stock_layer *layers = NULL;
    uint32_t n = 0;
    char date[16];
    for (uint32_t i = 0; i < 2 * M_STOCK_CHECKPOINT_EVERY; i++) {
        m_stock_move in = move(ITEM, DEPOT, "1", "2");
        in.layer = test_id(1000 + i);
        snprintf(date, sizeof date, "2026-%02u-%02u", 4 + i / 100, 1 + i % 100 / 4);
        post_ok(date, in);
    }
    all(&m_stock_checkpoint_type, &read);
    ck_assert_uint_eq(read.count, 2);
    const m_stock_checkpoint *first = checkpoint(&read, 0, "256", "512");
    ck_assert_int_eq(first->at_seq, 256);
    checkpoint(&read, 1, "512", "1024");
    m_stock_move out = move(ITEM, DEPOT, "-1", "-2");
    out.layer = test_id(1000);
    refused("2026-04-02", out, "wms.stock.backdated");
    m_stock_event event = event_of("2026-04-02", &out, 1);
    event.backdated = true;
    ck_assert_int_eq(post_event(&event), M_OK);
    all(&m_stock_checkpoint_type, &read);
    first = checkpoint(&read, 0, "255", "510");
    ck_assert_int_eq(m_stock_layers_unpack(call->arena, first->layers, test_id(ITEM),
                                           test_id(DEPOT), &layers, &n),
                     M_OK);
    ck_assert_uint_eq(n, 255);
    ck_assert(m_id_eq(layers[0].layer, test_id(1001)));
    ck_assert_int_eq(layers[254].opened_seq, 256);
    checkpoint(&read, 1, "511", "1022");
    ck_assert_int_eq(m_date_cmp(bin(ITEM, DEPOT)->last_date, test_date("2026-09-03")), 0);
    ck_assert_int_eq(bin(ITEM, DEPOT)->entries, 513);
}
END_TEST

static m_stock_correction correction(int64_t seq, const char *date, uint32_t of_layer,
                                     const char *qty, const char *value)
{
    return (m_stock_correction){.seq = seq,
                                .line = 1,
                                .posting_date = test_date(date),
                                .item = test_id(ITEM),
                                .warehouse = test_id(DEPOT),
                                .qty = test_dec(qty),
                                .value = test_dec(value),
                                .layer = test_id(of_layer),
                                .event_type = M_STR("stock_issue"),
                                .source_type = M_STR("wms.stock_issue"),
                                .source_id = test_id(8)};
}

/* A cheaper layer of an earlier day: the issue that took the dear one takes it instead. */
START_TEST(corrections_stand_beside)
{
    m_stock_move dear = move(ITEM, DEPOT, "2", "40"), out = move(ITEM, DEPOT, "-2", "-40"),
                 cheap = move(ITEM, DEPOT, "2", "20");
    dear.layer = out.layer = test_id(31);
    cheap.layer = test_id(30);
    post_ok("2026-04-05", dear);
    post_ok("2026-04-07", out);
    m_stock_event late = event_of("2026-04-02", &cheap, 1);
    late.backdated = late.partial = true;
    ck_assert_int_eq(post_event(&late), M_OK);
    m_stock_correction exchange[] = {correction(2, "2026-04-07", 31, "2", "40"),
                                     correction(2, "2026-04-07", 30, "-2", "-19")};
    m_stock_event event = event_of("2026-04-02", NULL, 0);
    event.corrections = (m_list){exchange, 2};
    ck_assert_int_eq(post_event(&event), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "wms.stock.value"));
    exchange[1].value = test_dec("-20");
    ck_assert_int_eq(post_event(&event), M_OK);
    ck_assert_int_eq(layer(30)->qty.u, 0);
    ck_assert(layer(31)->qty.u == test_dec("2").u && layer(31)->value.u == test_dec("40").u);
    ck_assert_int_eq(m_date_cmp(bin(ITEM, DEPOT)->last_date, test_date("2026-04-07")), 0);
    m_fetch entries;
    all(&m_stock_entry_type, &entries);
    const m_stock_entry *last = entries.records[entries.count - 1];
    ck_assert_int_eq(last->seq, 4);
    ck_assert_int_eq(last->at_seq, 2);
    ck_assert_int_eq(m_date_cmp(last->posting_date, test_date("2026-04-07")), 0);
    ck_assert(m_id_eq(last->source_id, test_id(8)));
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("stock-keeper");
    TCase *t = tcase_create("stock-keeper");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, bins_run);
    tcase_add_test(t, empties_to_zero);
    tcase_add_test(t, refuses_negative);
    tcase_add_test(t, refuses_what_breaks_the_books);
    tcase_add_test(t, layers_run);
    tcase_add_test(t, refuses_the_same_event);
    tcase_add_test(t, reverses_once);
    tcase_add_test(t, chain_and_rebuild);
    tcase_add_test(t, checkpoints_run);
    tcase_add_test(t, corrections_stand_beside);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    static const m_type *const types[] = {&m_stock_event_type,      &m_stock_entry_type,
                                          &m_stock_bin_type,        &m_stock_layer_type,
                                          &m_stock_checkpoint_type, NULL};
    bind_start(types);
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    bind_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
