/* A movement dated back near the end of a million movements of one bin: how long the look at later
 * movements takes, and the whole posting with its corrections. Prints figures; asserts nothing.
 * Arguments: movements (1,000,000), how many of them come after the date (about; 2,000). */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "m_adapters/infra.h"
#include "m_adapters/keepers.h"
#include "pg_fixture.h"
#include "stock/replay.h"
#include "test_env.h"
#include "warehouse/warehouse.h"

#define PER_DAY 1000

static int64_t now_us(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000000) + at.tv_nsec / 1000;
}

static void must(m_status status, const m_call *call)
{
    if (status == M_OK) return;
    fprintf(stderr, "%s: %.*s\n", m_status_name(status), M_STR_ARG(call->error.message));
    exit(1);
}

/* ---- what the posting asks others ---- */

static m_status policy(void *self, m_call *call, const m_policy_question *in, m_policy_value *out)
{
    (void)self, (void)call, (void)in;
    *out = (m_policy_value){true, m_dec_of_int(WMS_BACKDATING_RESTATE)};
    return M_OK;
}

static m_status tenant(void *self, m_call *call, const m_ids *in, m_tenant_info *out)
{
    (void)self, (void)call, (void)in;
    *out = (m_tenant_info){.base_currency = M_STR("INR"), .currency_places = 2};
    return M_OK;
}

static uint32_t vouchers;

static m_status voucher(void *self, m_call *call, const m_ledger_voucher *in, m_ledger_result *out)
{
    (void)self, (void)call;
    vouchers++;
    *out = (m_ledger_result){in->voucher_id, true};
    return M_OK;
}

static const m_masters_ops masters = {
    .head = {sizeof masters, 1, "masters"}, .policy = policy, .tenant = tenant};
static const m_ledger_ops ledger = {
    .head = {sizeof ledger, 1, "ledger"}, .prepare = voucher, .confirm = voucher};

/* ---- a million movements ---- */

/* 100 at 10 are there; then 2 come at 10 and 2 go, in turn. Written as the keeper writes
 * it, a checkpoint every 256 entries, and the events of the last days. */
static const char fill[] =
    "BEGIN; SELECT set_config('app.tenant_id', '%s', true);"
    "CREATE TEMP TABLE n ON COMMIT DROP AS SELECT s, date '2023-01-01' + (s / %d)::int AS d, "
    "CASE WHEN s = 1 THEN 100 WHEN s %% 2 = 0 THEN 2 ELSE -2 END AS q FROM generate_series(1, "
    "%lld) s;"
    "INSERT INTO wms.stock_entry (tenant_id, seq, line_no, posting_date, at_seq, at_line, item, "
    "warehouse, qty, value, basis, event_type, voucher_no, source_type, source_id, source_line) "
    "SELECT '%s', s, 1, d, s, 1, '%s', '%s', q, q * 10, CASE WHEN q > 0 THEN 'given' ELSE 'cost' "
    "END, 'stock_issue', 'SI-' || s, 'wms.stock_issue', md5('d' || s)::uuid, md5('l' || s)::uuid "
    "FROM n;"
    "INSERT INTO wms.stock_checkpoint (tenant_id, item, warehouse, posting_date, at_seq, qty, "
    "value) SELECT '%s', '%s', '%s', d, s, b, b * 10 FROM (SELECT s, d, sum(q) OVER (ORDER BY s) "
    "AS b FROM n) r WHERE s %% 256 = 0;"
    "INSERT INTO wms.stock_bin (tenant_id, item, warehouse, qty, value, last_date, last_seq, "
    "entries) SELECT '%s', '%s', '%s', sum(q), sum(q) * 10, max(d), max(s), count(*) FROM n;"
    "INSERT INTO wms.inv_event (tenant_id, seq, event_id, event_type, posting_date, "
    "counter_purpose, payload, hash) SELECT '%s', s, md5('e' || s)::uuid, 'stock_issue', d, "
    "'stock_issue', '', decode(repeat('00', 32), 'hex') FROM n WHERE s > %lld;"
    "INSERT INTO m.stream_head (tenant_id, stream, seq, hash) VALUES ('%s', 'inv_event', %lld, "
    "decode(repeat('00', 32), 'hex')); COMMIT; ANALYZE wms.stock_entry;";

static void load(pg_fixture *fixture, m_call *call, int64_t count, int64_t events)
{
    m_pg_options options = {.dsn = pg_fixture_dsn(fixture, "bm_super"),
                            .statement_timeout_ms = 600000,
                            .wait_ms = 600000};
    m_pg_conn *conn;
    char t[M_PG_ID_TEXT], i[M_PG_ID_TEXT], w[M_PG_ID_TEXT];
    m_pg_id_format(call->tenant, t);
    m_pg_id_format(test_id(10), i);
    m_pg_id_format(test_id(20), w);
    const char *sql =
        m_arena_printf(call->arena, fill, t, PER_DAY, (long long)count, t, i, w, t, i, w, t, i, w,
                       t, (long long)(count - events), t, (long long)count);
    must(m_pg_conn_open(&options, call, &conn), call);
    must(m_pg_script(conn, call, sql), call);
    m_pg_conn_close(conn);
}

/* Goods that came `later` movements before the end, at twice the price. */
static void come_late(const wms *w, m_call *call, m_uow *uow, int64_t count, int64_t later,
                      uint32_t turn)
{
    m_doc doc = {.id = test_id(5000 + turn), .number = M_STR("SA-1")};
    wms_stock stock = {.date = {test_date("2023-01-01").d + (int32_t)((count - later) / PER_DAY)},
                       .places = 2};
    wms_posting posting = {.event = "stock_adjustment",
                           .type = &m_stock_move_type,
                           .doc = &doc,
                           .date = stock.date,
                           .purpose = "post"};
    m_item_info item = {.id = test_id(10), .code = M_STR("ITEM")};
    m_fetch reads[WMS_STOCK_READS];
    m_pg_stats before, after;
    uint32_t n = 0;
    vouchers = 0;
    m_pg_uow_stats(uow, &before);
    must(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), call);
    int64_t started = now_us();
    must(wms_stock_want(call, &stock, &item, test_id(20), false), call);
    must(wms_stock_reads(call, &stock, reads, &n), call);
    must(m_store_fetch(w->store, call, reads, n), call);
    must(wms_stock_ready(w, call, &stock, reads, n), call);
    must(wms_stock_in(call, &stock, item.id, test_id(20), m_dec_of_int(50), m_dec_of_int(1000),
                      (m_id){{0}}, test_id(6000 + turn), M_STR("qty")),
         call);
    must(wms_debit(call, &posting, "stock", test_id(20), (m_id){{0}}, m_dec_of_int(1000)), call);
    must(wms_credit(call, &posting, "stock_adjustment", test_id(20), (m_id){{0}},
                    m_dec_of_int(1000)),
         call);
    must(wms_post(w, call, &stock, &posting), call);
    int64_t planned = now_us();
    must(uow->ops->commit(uow, call), call);
    m_pg_uow_stats(uow, &after);
    printf("%lld movements, %u read, %u booked anew: %lld us to the commit, %lld us with it; %llu "
           "round trips, %u ledger calls\n",
           (long long)count, stock.replay->read, stock.replay->changes.count,
           (long long)(planned - started), (long long)(now_us() - started),
           (unsigned long long)(after.round_trips - before.round_trips), vouchers);
    m_arena_reset(call->arena);
}

int main(int argc, char **argv)
{
    static const m_type *types[40] = {&m_stock_event_type,      &m_stock_entry_type,
                                      &m_stock_bin_type,        &m_stock_layer_type,
                                      &m_stock_checkpoint_type, &wms_warehouse_type};
    int64_t count = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
    int64_t later = argc > 2 ? strtol(argv[2], NULL, 10) : 2000;
    for (uint32_t i = 0; m_infra_types[i]; i++)
        types[6 + i] = m_infra_types[i];
    pg_fixture *fixture = pg_fixture_start();
    m_call *call = test_call();
    pg_fixture_migrate(fixture, types, NULL);
    load(fixture, call, count, 20000);
    m_uow *uow = pg_fixture_uow(fixture);
    m_store store = m_pg_store();
    wms w = {.store = store,
             .keeper = m_stock_keeper_make(&store),
             .ledger = {&ledger, NULL},
             .masters = {&masters, NULL}};
    for (uint32_t turn = 0; turn < 5; turn++)
        come_late(&w, call, uow, count, turn ? later : 100, turn);
    m_pg_uow_close(uow);
    pg_fixture_stop(fixture);
    test_call_free(call);
    return 0;
}
