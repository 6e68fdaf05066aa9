/* Batches and serial numbers: what leaves first, at which cost, and what is refused. */
#include <stdlib.h>

#include "reports/reports.h"
#include "wms_world.h"

/* ---- small hands ---- */

static wms_batch *batch(const char *code, const char *expires_on)
{
    wms_batch *doc = world_new(&wms_batch_type);
    doc->item = test_id(N_BATCH);
    doc->code = m_str_of(code);
    if (expires_on) doc->expires_on = test_date(expires_on);
    world_draft(&wms_batch_doctype, doc);
    return doc;
}

static wms_goods_receipt *receipt_of(uint32_t item, const char *qty, const char *rate,
                                     const wms_batch *of, const char *serials)
{
    wms_purchase_order *order = world_order(item, qty, rate);
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, qty);
    wms_receipt_line *line = M_AT(receipt->lines, wms_receipt_line, 0);
    if (of) line->batch = of->id;
    if (serials) line->serials = m_str_of(serials);
    world_draft(&wms_goods_receipt_doctype, receipt);
    return receipt;
}

static m_status submit(const wms_goods_receipt *receipt)
{
    return world_act(&wms_goods_receipt_doctype, receipt->id, "submit", NULL);
}

static wms_goods_receipt *receive(const char *qty, const char *rate, const wms_batch *of)
{
    wms_goods_receipt *receipt = receipt_of(N_BATCH, qty, rate, of, NULL);
    ck_assert_int_eq(submit(receipt), M_OK);
    world_prove();
    return receipt;
}

static wms_stock_issue *issue_of(uint32_t item, const char *qty, const wms_batch *of,
                                 const char *serials)
{
    wms_stock_issue *issue = world_issue(item, N_DEPOT, qty);
    wms_issue_line *line = M_AT(issue->lines, wms_issue_line, 0);
    if (of) line->batch = of->id;
    if (serials) line->serials = m_str_of(serials);
    world_draft(&wms_stock_issue_doctype, issue);
    return issue;
}

static wms_stock_issue *issue(uint32_t item, const char *qty, const wms_batch *of,
                              const char *serials, const char *value)
{
    wms_stock_issue *doc = issue_of(item, qty, of, serials);
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, doc->id, "submit", NULL), M_OK);
    const wms_stock_issue *got = world_get(&wms_stock_issue_type, doc->id);
    same_dec(got->total, value, "issued");
    world_prove();
    return doc;
}

static void not_issued(uint32_t item, const char *qty, const wms_batch *of, const char *serials,
                       const char *code, const char *path)
{
    wms_stock_issue *doc = issue_of(item, qty, of, serials);
    failed_with(world_act(&wms_stock_issue_doctype, doc->id, "submit", NULL), code, path);
}

static void layer_is(uint32_t item, uint32_t warehouse, m_id layer, const char *qty,
                     const char *value)
{
    m_stock_layer key = {.item = test_id(item), .warehouse = test_id(warehouse), .layer = layer};
    const void *found = NULL;
    ck_assert_int_eq(m_store_get_key(W.module.store, W.call, &m_stock_layer_type, &key, &found),
                     M_OK);
    ck_assert_ptr_nonnull(found);
    same_dec(((const m_stock_layer *)found)->qty, qty, "quantity of the batch");
    same_dec(((const m_stock_layer *)found)->value, value, "value of the batch");
}

static m_list run(const m_report *report, const void *params)
{
    m_list rows = {NULL, 0};
    m_error_clear(W.call);
    ck_assert_int_eq(report->run(&W.module, W.call, params, &rows), M_OK);
    return rows;
}

/* ---- rules ---- */

START_TEST(numbers_in_a_text)
{
    static const struct {
        const char *text;
        int count; /* below zero: refused */
    } cases[] = {{"", 0},           {" , ;\n", 0},      {"A1", 1},       {"A1,A2", 2},
                 {"A1 A2\nA3;", 3}, {"\r\nA1\tA2 ", 2}, {"A1 B A1", -1}, {NULL, 0}};
    for (int i = 0; cases[i].text; i++) {
        m_list list = {NULL, 0};
        m_status status = wms_serials_split(W.call->arena, m_str_of(cases[i].text), &list);
        ck_assert_int_eq(status, cases[i].count < 0 ? M_INVALID : M_OK);
        if (status == M_OK) ck_assert_int_eq((int)list.count, cases[i].count);
    }
    char longest[WMS_SERIAL_MAX + 2];
    m_list list = {NULL, 0};
    memset(longest, 'x', sizeof longest);
    ck_assert_int_eq(wms_serials_split(W.call->arena, (m_str){longest, WMS_SERIAL_MAX}, &list),
                     M_OK);
    ck_assert_int_eq(wms_serials_split(W.call->arena, (m_str){longest, WMS_SERIAL_MAX + 1}, &list),
                     M_INVALID);
}
END_TEST

/* V010: in the order of their dates the issue of the 2nd sees 10 and 20, that of the 4th the rest.
 */
START_TEST(v010_batch_average)
{
    static const struct {
        char op;
        const char *date, *qty, *value;
    } told[] = {{'r', "2024-03-01", "1", "10"},
                {'r', "2024-03-03", "1", "30"},
                {'r', "2024-03-02", "1", "20"},
                {'i', "2024-03-02", "1", "15"},
                {'i', "2024-03-04", "2", "45"}};
    static const char *const days[] = {"2024-03-01", "2024-03-02", "2024-03-03", "2024-03-04"};
    wms_layer layer = {.id = test_id(1)};
    for (int d = 0; d < 4; d++)
        for (size_t i = 0; i < sizeof told / sizeof told[0]; i++) {
            wms_draw draw;
            uint32_t n = 0;
            if (strcmp(told[i].date, days[d]) != 0) continue;
            if (told[i].op == 'r') {
                layer.qty.u += test_dec(told[i].qty).u;
                layer.value.u += test_dec(told[i].value).u;
                continue;
            }
            ck_assert_int_eq(wms_fifo_out(&layer, 1, layer.id, test_dec(told[i].qty), 2, &draw, &n),
                             M_OK);
            same_dec(draw.value, told[i].value, told[i].date);
        }
    ck_assert(layer.qty.u == 0 && layer.value.u == 0);
}
END_TEST

/* ---- batches ---- */

/* What expires first leaves first; a batch named is taken; what never expires comes last. */
START_TEST(first_expired_first_out)
{
    wms_batch *never = batch("N", NULL), *late = batch("L", "2099-01-01"),
              *soon = batch("S", "2098-01-01");
    receive("10", "5", never);
    receive("10", "10", late);
    receive("10", "20", soon);
    issue(N_BATCH, "12.5", NULL, NULL, "225");
    layer_is(N_BATCH, N_DEPOT, soon->id, "0", "0");
    layer_is(N_BATCH, N_DEPOT, late->id, "7.5", "75");
    issue(N_BATCH, "1", never, NULL, "5");
    issue(N_BATCH, "8.5", NULL, NULL, "80");
    not_issued(N_BATCH, "9", NULL, NULL, "wms.stock.negative", "lines[0].qty");
    not_issued(N_BATCH, "1", late, NULL, "wms.stock.negative", "lines[0].qty");
    world_bin_is(N_BATCH, N_DEPOT, "8", "40");
}
END_TEST

/* Within a batch its own average. */
START_TEST(average_of_the_batch)
{
    wms_batch *one = batch("1", NULL), *two = batch("2", NULL);
    receive("10", "10", one);
    wms_goods_receipt *dear = receive("10", "20", one);
    receive("10", "99", two);
    issue(N_BATCH, "5", one, NULL, "75");
    issue(N_BATCH, "7", one, NULL, "105");
    failed_with(world_act(&wms_goods_receipt_doctype, dear->id, "cancel", NULL),
                "wms.receipt.consumed", NULL);
    wms_stock_issue *last = issue(N_BATCH, "8", one, NULL, "120");
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, last->id, "cancel", NULL), M_OK);
    layer_is(N_BATCH, N_DEPOT, one->id, "8", "120");
    world_prove();
}
END_TEST

START_TEST(expired_goods_stay)
{
    wms_batch *old = batch("OLD", "2020-01-01"), *good = batch("GOOD", "2099-01-01");
    receive("10", "10", old);
    receive("3", "20", good);
    not_issued(N_BATCH, "1", old, NULL, "wms.batch.expired", "lines[0].batch");
    issue(N_BATCH, "2", NULL, NULL, "40");
    not_issued(N_BATCH, "2", NULL, NULL, "wms.batch.expired", "lines[0].batch");
    W.expired = true;
    issue(N_BATCH, "2", NULL, NULL, "20");
    W.expired = false;
    wms_stock_adjustment *gone = world_new(&wms_stock_adjustment_type);
    gone->warehouse = test_id(N_DEPOT);
    gone->reason = WMS_REASON_DAMAGE;
    wms_adjustment_line *line = world_lines(&gone->lines, 1, sizeof *line);
    line->direction = WMS_ADJUST_OUT;
    line->item = test_id(N_BATCH);
    line->batch = old->id;
    line->qty = test_dec("8");
    world_submit(&wms_stock_adjustment_doctype, gone);
    world_bin_is(N_BATCH, N_DEPOT, "1", "20");
}
END_TEST

/* In another warehouse it is the same batch. */
START_TEST(transfers_keep_the_batch)
{
    wms_batch *one = batch("1", "2099-01-01"), *two = batch("2", "2098-01-01");
    receive("10", "10", one);
    receive("10", "20", two);
    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *line = world_lines(&transfer->lines, 2, sizeof *line);
    line[0].item = line[1].item = test_id(N_BATCH);
    line[0].qty = test_dec("12");
    line[1].batch = one->id;
    line[1].qty = test_dec("1");
    world_submit(&wms_stock_transfer_doctype, transfer);
    ck_assert_int_eq(world_act(&wms_stock_transfer_doctype, transfer->id, "receive", NULL), M_OK);
    layer_is(N_BATCH, N_OUTLET, two->id, "10", "200");
    layer_is(N_BATCH, N_OUTLET, one->id, "3", "30");
    layer_is(N_BATCH, N_DEPOT, one->id, "7", "70");
    world_prove();
}
END_TEST

/* ---- serial numbers ---- */

START_TEST(one_by_one)
{
    wms_goods_receipt *receipt = receipt_of(N_SERIAL, "3", "3.333333", NULL, "S1, S2\nS3");
    ck_assert_int_eq(submit(receipt), M_OK);
    world_bin_is(N_SERIAL, N_DEPOT, "3", "10");
    failed_with(submit(receipt_of(N_SERIAL, "2", "5", NULL, "S4 S3")), "wms.serial.present",
                "lines[0].serials");
    failed_with(submit(receipt_of(N_SERIAL, "2", "5", NULL, "S4")), "wms.serial.count",
                "lines[0].serials");
    failed_with(submit(receipt_of(N_SERIAL, "2", "5", NULL, NULL)), "wms.serial.count",
                "lines[0].serials");
    failed_with(submit(receipt_of(N_SERIAL, "2", "5", NULL, "S4 S4")), "wms.serial.form",
                "lines[0].serials");
    issue(N_SERIAL, "1", NULL, "S3", "3.34");
    not_issued(N_SERIAL, "1", NULL, "S3", "wms.serial.absent", "lines[0].serials");
    not_issued(N_SERIAL, "1", NULL, "S9", "wms.serial.absent", "lines[0].serials");
    not_issued(N_SERIAL, "2", NULL, "S1", "wms.serial.count", "lines[0].serials");
    issue(N_SERIAL, "1", NULL, NULL, "3.33");
    /* what has left may come again, at another price */
    wms_goods_receipt *again = receipt_of(N_SERIAL, "2", "5", NULL, "S3,S4");
    ck_assert_int_eq(submit(again), M_OK);
    world_bin_is(N_SERIAL, N_DEPOT, "3", "13.33");
    issue(N_SERIAL, "2", NULL, "S4 S2", "8.33");
    failed_with(world_act(&wms_goods_receipt_doctype, again->id, "cancel", NULL),
                "wms.receipt.consumed", NULL);
    world_prove();
}
END_TEST

static m_id serial_id(const char *code)
{
    m_str text = m_str_of(code);
    const void *found = NULL;
    ck_assert_int_eq(
        m_store_find_one(W.module.store, W.call, &wms_serial_number_type, "code", &text, &found),
        M_OK);
    ck_assert_ptr_nonnull(found);
    return ((const wms_serial_number *)found)->id;
}

START_TEST(reports)
{
    wms_batch *late = batch("L", "2099-01-01"), *soon = batch("S", "2098-01-01");
    receive("10", "10", late);
    receive("4", "20", soon);
    world_receive(N_FIFO, "5", "1");
    ck_assert_int_eq(submit(receipt_of(N_SERIAL, "2", "7", NULL, "S1 S2")), M_OK);
    m_list rows = run(&wms_batches_report, &(wms_batches_params){0});
    ck_assert_uint_eq(rows.count, 2);
    const wms_batches_row *row = rows.items;
    ck_assert(m_id_eq(row[0].batch, soon->id) && m_str_is(row[0].code, "S"));
    ck_assert(row[0].value == test_dec("80").u && row[0].days_left > 20000);
    same_dec(row[1].qty, "10", "of the later one");
    wms_batches_params by = {.expiring_by = test_date("2098-12-31")};
    ck_assert_uint_eq(run(&wms_batches_report, &by).count, 1);

    issue(N_SERIAL, "1", NULL, "S2", "7");
    wms_track_params of = {.serial = serial_id("S2")};
    rows = run(&wms_track_report, &of);
    ck_assert_uint_eq(rows.count, 2);
    const wms_track_row *step = rows.items;
    ck_assert(m_str_is(step[0].event_type, "goods_receipt") && step[0].value == test_dec("7").u);
    ck_assert(m_str_is(step[1].event_type, "stock_issue") && step[1].qty.u == -M_DEC_ONE);
    ck_assert_uint_eq(run(&wms_track_report, &(wms_track_params){.batch = late->id}).count, 1);
    ck_assert_uint_eq(run(&wms_track_report, &(wms_track_params){0}).count, 0);
}
END_TEST

/* ---- returns, charges ---- */

static m_status give_back(const wms_goods_receipt *receipt, const char *qty, const char *serials)
{
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec(qty);
    if (serials) line->serials = m_str_of(serials);
    world_draft(&wms_purchase_return_doctype, back);
    return world_act(&wms_purchase_return_doctype, back->id, "submit", NULL);
}

/* Goods go back to the supplier from the batch they came in, pieces by their numbers. */
START_TEST(back_to_the_supplier)
{
    wms_batch *one = batch("1", "2020-01-01"), *two = batch("2", NULL);
    wms_goods_receipt *bad = receive("10", "10", one);
    receive("10", "20", one);
    receive("10", "99", two);
    ck_assert_int_eq(give_back(bad, "4", NULL), M_OK);
    layer_is(N_BATCH, N_DEPOT, one->id, "16", "240");
    world_ledger_is("purchase_variance", "20");
    wms_goods_receipt *pieces = receipt_of(N_SERIAL, "3", "10", NULL, "S1 S2 S3");
    ck_assert_int_eq(submit(pieces), M_OK);
    ck_assert_int_eq(give_back(pieces, "2", "S3 S1"), M_OK);
    failed_with(give_back(pieces, "1", "S1"), "wms.serial.absent", "lines[0].serials");
    world_bin_is(N_SERIAL, N_DEPOT, "1", "10");
    world_prove();
}
END_TEST

static wms_delivery_note *delivered(uint32_t item, const char *qty, const wms_batch *of,
                                    const char *serials)
{
    wms_delivery_note *note = world_delivery(item, qty);
    wms_delivery_line *line = M_AT(note->lines, wms_delivery_line, 0);
    if (of) line->batch = of->id;
    if (serials) line->serials = m_str_of(serials);
    world_submit(&wms_delivery_note_doctype, note);
    return note;
}

static m_status come_back(const wms_delivery_note *note, const char *qty, const wms_batch *of,
                          const char *serials)
{
    wms_customer_return *back = world_back(note, qty);
    wms_customer_return_line *line = M_AT(back->lines, wms_customer_return_line, 0);
    if (of) line->batch = of->id;
    if (serials) line->serials = m_str_of(serials);
    world_draft(&wms_customer_return_doctype, back);
    return world_act(&wms_customer_return_doctype, back->id, "submit", NULL);
}

START_TEST(back_from_the_customer)
{
    wms_batch *one = batch("1", NULL), *two = batch("2", NULL);
    receive("10", "10", one);
    receive("10", "20", two);
    wms_delivery_note *named = delivered(N_BATCH, "4", two, NULL);
    ck_assert_int_eq(come_back(named, "1", NULL, NULL), M_OK);
    layer_is(N_BATCH, N_DEPOT, two->id, "7", "140");
    wms_delivery_note *free = delivered(N_BATCH, "2", NULL, NULL);
    failed_with(come_back(free, "1", NULL, NULL), "wms.batch.needed", "lines[0].batch");
    ck_assert_int_eq(come_back(free, "1", one, NULL), M_OK);
    layer_is(N_BATCH, N_DEPOT, one->id, "9", "90");
    ck_assert_int_eq(submit(receipt_of(N_SERIAL, "2", "7", NULL, "S1 S2")), M_OK);
    wms_delivery_note *sold = delivered(N_SERIAL, "1", NULL, "S2");
    failed_with(come_back(sold, "1", NULL, "S7"), "wms.serial.unknown", "lines[0].serials");
    failed_with(come_back(sold, "1", NULL, "S1"), "wms.serial.present", "lines[0].serials");
    ck_assert_int_eq(come_back(sold, "1", NULL, "S2"), M_OK);
    world_bin_is(N_SERIAL, N_DEPOT, "2", "14");
    world_prove();
}
END_TEST

static wms_landed_cost *freight_on(const wms_goods_receipt *receipt, const char *amount)
{
    wms_landed_cost *doc = world_new(&wms_landed_cost_type);
    wms_landed_charge *charge = world_lines(&doc->charges, 1, sizeof *charge);
    wms_landed_receipt *line = world_lines(&doc->receipts, 1, sizeof *line);
    charge->account = test_id(701);
    charge->amount = test_dec(amount);
    line->receipt = receipt->id;
    return doc;
}

/* Freight makes the batch dearer as far as it is there; pieces are refused. */
START_TEST(freight_on_a_batch)
{
    wms_batch *one = batch("1", NULL), *two = batch("2", NULL);
    receive("10", "10", two);
    wms_goods_receipt *receipt = receive("10", "10", one);
    issue(N_BATCH, "4", one, NULL, "40");
    wms_landed_cost *doc = freight_on(receipt, "10");
    world_submit(&wms_landed_cost_doctype, doc);
    layer_is(N_BATCH, N_DEPOT, one->id, "6", "66");
    world_ledger_is("landed_cost_variance", "4");
    ck_assert_int_eq(world_act(&wms_landed_cost_doctype, doc->id, "cancel", NULL), M_OK);
    layer_is(N_BATCH, N_DEPOT, one->id, "6", "60");
    wms_goods_receipt *pieces = receipt_of(N_SERIAL, "1", "10", NULL, "S1");
    ck_assert_int_eq(submit(pieces), M_OK);
    doc = freight_on(pieces, "10");
    world_draft(&wms_landed_cost_doctype, doc);
    failed_with(world_act(&wms_landed_cost_doctype, doc->id, "submit", NULL),
                "wms.tracked.not_here", NULL);
    world_prove();
}
END_TEST

/* Tracked goods are not dated back where the policy does not say so. */
START_TEST(not_dated_back)
{
    wms_batch *one = batch("1", NULL);
    receive("10", "10", one);
    wms_goods_receipt *early = receipt_of(N_BATCH, "1", "1", one, NULL);
    wms_goods_receipt *dated = m_record_copy(
        &wms_goods_receipt_type, world_get(&wms_goods_receipt_type, early->id), W.call->arena);
    dated->posting_date = m_date_add_months(dated->posting_date, -1);
    m_error_clear(W.call);
    ck_assert_int_eq(wms_goods_receipt_submit(&W.module, W.call, dated, NULL), M_PRECONDITION);
    failed_with(M_PRECONDITION, "wms.stock.backdated", "lines[0].received_qty");
}
END_TEST

/* ---- refusals ---- */

START_TEST(refusals)
{
    wms_batch *one = batch("1", NULL);
    failed_with(submit(receipt_of(N_BATCH, "1", "1", NULL, NULL)), "wms.batch.needed",
                "lines[0].batch");
    failed_with(submit(receipt_of(N_BATCH_TWO, "1", "1", one, NULL)), "wms.batch.item",
                "lines[0].batch");
    wms_batch *again = world_new(&wms_batch_type);
    again->item = test_id(N_BATCH);
    again->code = M_STR("1");
    field_failed(world_create(&wms_batch_doctype, again), "wms.tracked.exists", "code");
    again->code = M_STR("2");
    again->made_on = test_date("2026-02-01");
    again->expires_on = test_date("2026-01-01");
    field_failed(world_create(&wms_batch_doctype, again), "wms.batch.dates", "expires_on");
    again->expires_on = M_DATE_NONE;
    again->item = test_id(N_AVERAGE);
    field_failed(world_create(&wms_batch_doctype, again), "wms.tracked.none", "item");
    wms_serial_number *number = world_new(&wms_serial_number_type);
    number->item = test_id(N_SERIAL);
    number->code = M_STR("A B");
    field_failed(world_create(&wms_serial_number_doctype, number), "wms.serial.form", "code");

    wms_stock_issue *doc = world_issue(N_AVERAGE, N_DEPOT, "1");
    M_AT(doc->lines, wms_issue_line, 0)->batch = one->id;
    field_failed(world_create(&wms_stock_issue_doctype, doc), "wms.tracked.none", "lines[0].batch");
    doc = world_issue(N_BATCH, N_DEPOT, "1");
    M_AT(doc->lines, wms_issue_line, 0)->serials = M_STR("S1");
    field_failed(world_create(&wms_stock_issue_doctype, doc), "wms.tracked.none",
                 "lines[0].serials");
    wms_goods_receipt *wrong = receipt_of(N_BATCH, "1", "1", one, NULL);
    ck_assert_int_eq(submit(wrong), M_OK);
    wms_stock_reconciliation *count = world_reconcile(N_BATCH, "1", NULL);
    world_draft(&wms_stock_reconciliation_doctype, count);
    failed_with(world_act(&wms_stock_reconciliation_doctype, count->id, "submit", NULL),
                "wms.tracked.not_here", NULL);
    ck_assert_int_eq(wms_batch_on_delete(&W.module, W.call, one), M_PRECONDITION);
    failed_with(M_PRECONDITION, "wms.tracked.used", NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms tracked");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, numbers_in_a_text);
    tcase_add_test(t, v010_batch_average);
    tcase_add_test(t, first_expired_first_out);
    tcase_add_test(t, average_of_the_batch);
    tcase_add_test(t, expired_goods_stay);
    tcase_add_test(t, transfers_keep_the_batch);
    tcase_add_test(t, one_by_one);
    tcase_add_test(t, reports);
    tcase_add_test(t, back_to_the_supplier);
    tcase_add_test(t, back_from_the_customer);
    tcase_add_test(t, freight_on_a_batch);
    tcase_add_test(t, not_dated_back);
    tcase_add_test(t, refusals);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
