/* Landed cost through documents: what is split how, what goes into stock and what does not, and how
 * it is taken back. */
#include <stdlib.h>

#include "wms_world.h"

enum { N_FREIGHT = 701, N_DUTY_DUE };

static const m_doctype *const type = &wms_landed_cost_doctype;

static wms_landed_cost *landed(const wms_goods_receipt *receipt, m_enum basis, const char *amount)
{
    wms_landed_cost *doc = world_new(&wms_landed_cost_type);
    wms_landed_charge *charge = world_lines(&doc->charges, 1, sizeof *charge);
    wms_landed_receipt *line = world_lines(&doc->receipts, 1, sizeof *line);
    charge->account = test_id(N_FREIGHT);
    charge->basis = basis;
    charge->amount = test_dec(amount);
    line->receipt = receipt->id;
    return doc;
}

/* One order and receipt of several lines. */
static wms_goods_receipt *receive_lines(uint32_t n, const uint32_t *items, const char *const *qty,
                                        const char *const *rate)
{
    wms_purchase_order *order = world_order(items[0], qty[0], rate[0]);
    wms_order_line *lines = world_lines(&order->lines, n, sizeof *lines);
    for (uint32_t i = 0; i < n; i++) {
        lines[i].item = test_id(items[i]);
        lines[i].qty = test_dec(qty[i]);
        lines[i].rate = test_dec(rate[i]);
    }
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_new(&wms_goods_receipt_type);
    receipt->purchase_order = order->id;
    world_submit(&wms_goods_receipt_doctype, receipt);
    return receipt;
}

static const wms_landed_cost *stored(const wms_landed_cost *doc)
{
    return world_get(&wms_landed_cost_type, doc->id);
}

static const wms_landed_split *split(const wms_landed_cost *doc, uint32_t i)
{
    const wms_landed_cost *got = stored(doc);
    ck_assert_uint_lt(i, got->splits.count);
    return M_AT(got->splits, const wms_landed_split, i);
}

static const wms_receipt_line *receipt_line(const wms_goods_receipt *receipt, uint32_t i)
{
    const wms_goods_receipt *got = world_get(&wms_goods_receipt_type, receipt->id);
    return M_AT(got->lines, const wms_receipt_line, i);
}

static void issue_gives(uint32_t item, const char *qty, const char *value)
{
    wms_stock_issue *issue = world_issue(item, N_DEPOT, qty);
    world_submit(&wms_stock_issue_doctype, issue);
    const wms_stock_issue *got = world_get(&wms_stock_issue_type, issue->id);
    same_dec(got->total, value, "issue");
}

static void at(m_date *date, const char *text)
{
    *date = test_date(text);
}

/* ---- worked cases ---- */

START_TEST(v022_thirds_of_a_layer)
{
    wms_goods_receipt *receipt = world_receive(N_FIFO, "3", "1");
    world_submit(type, landed(receipt, WMS_BY_QUANTITY, "1.85"));
    world_bin_is(N_FIFO, N_DEPOT, "3", "4.85");
    world_ledger_is("stock", "4.85");
    world_ledger_is("", "-1.85"); /* the account of the charge */
    issue_gives(N_FIFO, "1", "1.62");
    issue_gives(N_FIFO, "1", "1.62");
    issue_gives(N_FIFO, "1", "1.61");
    world_bin_is(N_FIFO, N_DEPOT, "0", "0");
}
END_TEST

START_TEST(v023_two_freights)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "100");
    world_submit(type, landed(receipt, WMS_BY_VALUE, "100"));
    world_submit(type, landed(receipt, WMS_BY_VALUE, "50"));
    world_bin_is(item, N_DEPOT, "10", "1150");
    same_dec(receipt_line(receipt, 0)->landed_value, "150", "landed cost of the receipt");
    issue_gives(item, "1", "115");
    world_ledger_is("landed_cost_variance", "0");
}
END_TEST

/* V008 in the order in which it is told: the freight of the 2nd comes after movements of the 3rd.
 */
START_TEST(v008_nothing_was_left)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_purchase_order *order = world_order(item, "22", "5");
    at(&order->order_date, "2024-05-01");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *first = world_receipt(order, "10");
    at(&first->posting_date, "2024-05-01");
    world_submit(&wms_goods_receipt_doctype, first);
    wms_stock_issue *issue = world_issue(item, N_DEPOT, "10");
    at(&issue->posting_date, "2024-05-01");
    world_submit(&wms_stock_issue_doctype, issue);
    wms_purchase_order *dearer = world_order(item, "12", "7");
    world_submit(&wms_purchase_order_doctype, dearer);
    wms_goods_receipt *second = world_receipt(dearer, "12");
    at(&second->posting_date, "2024-05-03");
    world_submit(&wms_goods_receipt_doctype, second);
    wms_stock_issue *more = world_issue(item, N_DEPOT, "10");
    at(&more->posting_date, "2024-05-03");
    world_submit(&wms_stock_issue_doctype, more);
    wms_landed_cost *freight = landed(first, WMS_BY_QUANTITY, "10");
    at(&freight->posting_date, "2024-05-02");
    world_submit(type, freight);
    world_ledger_is("landed_cost_variance", "10");
    same_dec(stored(freight)->variance_total, "10", "variance");
    world_bin_is(item, N_DEPOT, "2", "14");
    /* On the evening of the 3rd two were there, of the second receipt under FIFO. */
    wms_landed_cost *late = landed(second, WMS_BY_QUANTITY, "12");
    at(&late->posting_date, "2024-05-03");
    world_submit(type, late);
    world_bin_is(item, N_DEPOT, "2", "16");
    world_ledger_is("landed_cost_variance", "20");
    /* Nothing to be raised on a day before them. */
    wms_stock_issue *last = world_issue(item, N_DEPOT, "1");
    at(&last->posting_date, "2024-05-05");
    world_submit(&wms_stock_issue_doctype, last);
    wms_landed_cost *early = landed(second, WMS_BY_QUANTITY, "12");
    at(&early->posting_date, "2024-05-04");
    world_draft(type, early);
    failed_with(world_act(type, early->id, "submit", NULL), "wms.stock.backdated",
                "splits[0].to_stock");
    world_bin_is(item, N_DEPOT, "1", "8");
}
END_TEST

/* The layer of the receipt was empty, though the bin was not. */
START_TEST(empty_layer_of_an_earlier_day)
{
    static const char *const dates[] = {"2024-05-01", "2024-05-01", "2024-05-03"};
    wms_goods_receipt *first = NULL;
    for (int i = 0; i < 3; i++) {
        wms_purchase_order *order = world_order(N_FIFO, "10", "5");
        at(&order->order_date, dates[i]);
        world_submit(&wms_purchase_order_doctype, order);
        wms_goods_receipt *receipt = world_receipt(order, "10");
        at(&receipt->posting_date, dates[i]);
        world_submit(&wms_goods_receipt_doctype, receipt);
        if (i == 0) first = receipt;
        if (i != 1) continue;
        wms_stock_issue *issue = world_issue(N_FIFO, N_DEPOT, "10");
        at(&issue->posting_date, "2024-05-02");
        world_submit(&wms_stock_issue_doctype, issue);
    }
    wms_landed_cost *doc = landed(first, WMS_BY_VALUE, "10");
    at(&doc->posting_date, "2024-05-01");
    world_draft(type, doc);
    failed_with(world_act(type, doc->id, "submit", NULL), "wms.stock.backdated", NULL);
    doc = landed(first, WMS_BY_VALUE, "10");
    at(&doc->posting_date, "2024-05-02");
    world_submit(type, doc);
    world_ledger_is("landed_cost_variance", "10");
    world_bin_is(N_FIFO, N_DEPOT, "20", "100");
}
END_TEST

START_TEST(v024_by_quantity)
{
    static const uint32_t items[] = {N_AVERAGE, N_SECOND, N_AVERAGE, N_FIFO};
    static const char *const qty[] = {"6", "6", "3", "6"};
    static const char *const rate[] = {"1", "1", "1", "1"};
    static const char *const want[] = {"285.71", "285.71", "142.86", "285.72"};
    wms_goods_receipt *receipt = receive_lines(4, items, qty, rate);
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "1000");
    world_submit(type, doc);
    for (uint32_t i = 0; i < 4; i++) {
        same_dec(split(doc, i)->amount, want[i], "share");
        same_dec(split(doc, i)->to_stock, want[i], "all is there");
    }
    world_bin_is(N_AVERAGE, N_DEPOT, "9", "437.57");
    world_ledger_is("stock", "1021");
}
END_TEST

START_TEST(rules_3_1_by_value)
{
    static const uint32_t items[] = {N_AVERAGE, N_SECOND, N_FIFO};
    static const char *const qty[] = {"100", "10", "3"};
    static const char *const rate[] = {"200", "500", "1000"};
    static const char *const want[] = {"714.29", "178.57", "107.14"};
    wms_goods_receipt *receipt = receive_lines(3, items, qty, rate);
    wms_landed_cost *doc = landed(receipt, WMS_BY_VALUE, "1000");
    world_submit(type, doc);
    for (uint32_t i = 0; i < 3; i++)
        same_dec(split(doc, i)->amount, want[i], "share");
    same_dec(stored(doc)->total, "1000", "total");
}
END_TEST

/* V029, the ledger's side of the landed cost: both charges after the receipt of 10 at 1,000. */
START_TEST(v029_two_charges)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "1000");
    wms_landed_cost *doc = landed(receipt, WMS_EQUALLY, "2000");
    wms_landed_charge *charges = world_lines(&doc->charges, 2, sizeof *charges);
    charges[0] = (wms_landed_charge){
        .account = test_id(N_FREIGHT), .basis = WMS_BY_VALUE, .amount = test_dec("2000")};
    charges[1] = (wms_landed_charge){
        .account = test_id(N_DUTY_DUE), .basis = WMS_EQUALLY, .amount = test_dec("2000")};
    world_submit(type, doc);
    world_ledger_is("stock", "14000");
    world_ledger_is("grni", "-10000");
    world_ledger_is("", "-4000");
    ck_assert_int_eq(split(doc, 1)->charge, 2);
}
END_TEST

/* V007: 10 at 10 are all there when the bill says 13: 30.00 to stock, nothing to what was issued.
 */
START_TEST(v007_the_rule)
{
    static const struct {
        const char *difference, *on_hand, *received, *to_stock;
    } cases[] = {{"30", "10", "10", "30"},    {"30", "0", "10", "0"},
                 {"30", "6", "10", "18"},     {"-10", "6", "10", "-6"},
                 {"-10", "10", "10", "-10"},  {"0.05", "1", "2", "0.03"},
                 {"-0.05", "1", "2", "-0.03"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        m_dec got;
        ck_assert_int_eq(wms_variance_part(test_dec(cases[i].difference),
                                           test_dec(cases[i].on_hand), test_dec(cases[i].received),
                                           2, &got),
                         M_OK);
        same_dec(got, cases[i].to_stock, "to stock");
    }
    wms_pool pool = {{0}, {0}};
    ck_assert_int_eq(wms_pool_in(&pool, test_dec("10"), test_dec("100")), M_OK);
    ck_assert_int_eq(wms_pool_raise(&pool, test_dec("30")), M_OK);
    same_dec(pool.value, "130", "worth");
    ck_assert_int_eq(wms_pool_raise(&pool, test_dec("-131")), M_PRECONDITION);
    ck_assert_int_eq(wms_pool_raise(&pool, test_dec("-30")), M_OK);
    same_dec(pool.value, "100", "worth");
}
END_TEST

/* V029: freight on the receipt and again after the bill. */
START_TEST(v029_charge_on_the_receipt)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_purchase_order *order = world_order(item, "10", "1000");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "10");
    wms_receipt_charge *charge = world_lines(&receipt->charges, 1, sizeof *charge);
    charge->account = test_id(N_FREIGHT);
    charge->amount = test_dec("2000");
    world_submit(&wms_goods_receipt_doctype, receipt);
    world_ledger_is("stock", "12000");
    world_ledger_is("grni", "-10000");
    world_ledger_is("", "-2000");
    world_submit(type, landed(receipt, WMS_BY_VALUE, "2000"));
    world_ledger_is("stock", "14000");
    world_ledger_is("", "-4000");
    issue_gives(item, "10", "14000");
}
END_TEST

/* Shared out by value to the cent; what is rejected bears nothing, and without goods there is
 * nothing to bear it. */
START_TEST(charges_by_value)
{
    static const char *const rate[] = {"200", "50", "30"};
    static const char *const want[] = {"714.29", "178.57", "107.14"};
    wms_purchase_order *order = world_order(N_AVERAGE, "100", "1");
    wms_order_line *lines = world_lines(&order->lines, 3, sizeof *lines);
    for (int i = 0; i < 3; i++)
        lines[i] = (wms_order_line){
            .item = test_id(N_AVERAGE), .qty = test_dec("100"), .rate = test_dec(rate[i])};
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_new(&wms_goods_receipt_type);
    receipt->purchase_order = order->id;
    wms_receipt_charge *charge = world_lines(&receipt->charges, 1, sizeof *charge);
    charge->account = test_id(N_FREIGHT);
    charge->amount = test_dec("1000");
    world_submit(&wms_goods_receipt_doctype, receipt);
    for (uint32_t i = 0; i < 3; i++)
        same_dec(receipt_line(receipt, i)->charged, want[i], "share");
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL), M_OK);
    world_ledger_is("", "0");
    wms_goods_receipt *refused = world_new(&wms_goods_receipt_type);
    refused->purchase_order = order->id;
    wms_receipt_line *line = world_lines(&refused->lines, 1, sizeof *line);
    line->order_line = M_AT(order->lines, wms_order_line, 0)->id;
    line->received_qty = line->rejected_qty = test_dec("1");
    refused->charges = receipt->charges;
    field_failed(world_create(&wms_goods_receipt_doctype, refused), "wms.receipt.charges",
                 "charges[0].amount");
}
END_TEST

/* ---- bases ---- */

START_TEST(by_weight_and_volume)
{
    static const uint32_t items[] = {N_AVERAGE, N_FIFO};
    static const char *const qty[] = {"4", "2.5"}; /* weigh 10 and 2.5 */
    static const char *const rate[] = {"1", "1"};
    wms_goods_receipt *receipt = receive_lines(2, items, qty, rate);
    wms_landed_cost *doc = landed(receipt, WMS_BY_WEIGHT, "100");
    world_submit(type, doc);
    same_dec(split(doc, 0)->basis, "10", "weight");
    same_dec(split(doc, 0)->amount, "80", "share");
    same_dec(split(doc, 1)->amount, "20", "share");
    field_failed(world_create(type, landed(receipt, WMS_BY_VOLUME, "100")),
                 "wms.landed_cost.measure", "charges[0].basis");
    doc = landed(receipt, WMS_EQUALLY, "1.01");
    world_submit(type, doc);
    same_dec(split(doc, 0)->amount, "0.5", "equal");
    same_dec(split(doc, 1)->amount, "0.51", "equal: the later line");
}
END_TEST

/* ---- what is still there ---- */

/* 10 came, 4 were used, 1 went back: 5 are left of 10 that bear the cost. */
START_TEST(what_left_is_a_variance)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "10");
    issue_gives(item, "4", "40");
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("1");
    world_submit(&wms_purchase_return_doctype, back);
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "9.99");
    world_submit(type, doc);
    same_dec(split(doc, 0)->on_hand_qty, "5", "on hand");
    same_dec(split(doc, 0)->to_stock, "5", "into stock: 4.995");
    same_dec(split(doc, 0)->to_variance, "4.99", "variance");
    world_bin_is(item, N_DEPOT, "5", "55");
    world_ledger_is("landed_cost_variance", "4.99");
    world_ledger_is("", "-9.99");
    issue_gives(item, "5", "55");
    world_bin_is(item, N_DEPOT, "0", "0");
}
END_TEST

/* Under moving average other goods may stand for those of the receipt, each piece once. */
START_TEST(goods_of_a_bin_count_once)
{
    static const uint32_t items[] = {N_AVERAGE, N_AVERAGE};
    static const char *const qty[] = {"10", "10"};
    static const char *const rate[] = {"10", "10"};
    wms_goods_receipt *receipt = receive_lines(2, items, qty, rate);
    issue_gives(N_AVERAGE, "8", "80");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "20");
    world_submit(type, doc);
    same_dec(split(doc, 0)->on_hand_qty, "10", "first line");
    same_dec(split(doc, 1)->on_hand_qty, "2", "what is left for the second");
    world_bin_is(N_AVERAGE, N_DEPOT, "12", "132");
    world_ledger_is("landed_cost_variance", "8");
}
END_TEST

/* A purchase under FIFO keeps its own cost. */
START_TEST(own_layer_only)
{
    wms_goods_receipt *first = world_receive(N_FIFO, "10", "10");
    wms_goods_receipt *second = world_receive(N_FIFO, "10", "10");
    issue_gives(N_FIFO, "4", "40");
    world_submit(type, landed(first, WMS_BY_QUANTITY, "10"));
    world_submit(type, landed(second, WMS_BY_QUANTITY, "10"));
    world_bin_is(N_FIFO, N_DEPOT, "16", "176");
    issue_gives(N_FIFO, "6", "66");
    issue_gives(N_FIFO, "10", "110");
    world_ledger_is("landed_cost_variance", "4");
}
END_TEST

/* ---- refusals ---- */

START_TEST(refusals)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "10");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "1");
    world_lines(&doc->receipts, 2, sizeof(wms_landed_receipt));
    for (uint32_t i = 0; i < 2; i++)
        M_AT(doc->receipts, wms_landed_receipt, i)->receipt = receipt->id;
    field_failed(world_create(type, doc), "wms.landed_cost.receipt_twice", "receipts[1].receipt");
    doc = landed(receipt, WMS_BY_QUANTITY, "1");
    M_AT(doc->receipts, wms_landed_receipt, 0)->receipt = test_id(9999);
    field_failed(world_create(type, doc), "core.link.not_found", "receipts[0].receipt");
    doc = landed(receipt, WMS_BY_QUANTITY, "1");
    at(&doc->posting_date, "2026-03-31");
    field_failed(world_create(type, doc), "wms.landed_cost.date", "posting_date");
    doc = landed(receipt, WMS_BY_QUANTITY, "0");
    failed_with(world_create(type, doc), "core.validation", "charges[0].amount");
    doc = landed(receipt, WMS_BY_QUANTITY, "-1");
    failed_with(world_create(type, doc), "core.validation", "charges[0].amount");
    doc = landed(receipt, WMS_BY_QUANTITY, "1.001");
    failed_with(world_create(type, doc), "core.validation", "charges[0].amount");
    doc = landed(receipt, WMS_BY_QUANTITY, "1");
    doc->charges.count = 0;
    field_failed(world_create(type, doc), "core.field.required", "charges");
    doc = landed(receipt, WMS_BY_QUANTITY, "1");
    doc->receipts.count = 0;
    field_failed(world_create(type, doc), "core.field.required", "receipts");
    wms_goods_receipt *free_goods = world_receive(N_AVERAGE, "1", "0");
    field_failed(world_create(type, landed(free_goods, WMS_BY_VALUE, "1")), "wms.landed_cost.basis",
                 "charges[0].basis");
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, free_goods->id, "cancel", NULL), M_OK);
    field_failed(world_create(type, landed(free_goods, WMS_BY_QUANTITY, "1")),
                 "wms.landed_cost.receipt_state", "receipts[0].receipt");
}
END_TEST

START_TEST(rejected_goods_bear_nothing)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "10");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "10");
    M_AT(receipt->lines, wms_receipt_line, 0)->rejected_qty = test_dec("10");
    world_submit(&wms_goods_receipt_doctype, receipt);
    field_failed(world_create(type, landed(receipt, WMS_EQUALLY, "1")), "wms.landed_cost.basis",
                 "charges[0].basis");
}
END_TEST

START_TEST(too_many_splits)
{
    static uint32_t items[100];
    static const char *qty[100], *rate[100];
    for (uint32_t i = 0; i < 100; i++)
        items[i] = N_AVERAGE, qty[i] = "1", rate[i] = "1";
    wms_goods_receipt *receipt = receive_lines(100, items, qty, rate);
    wms_landed_cost *doc = landed(receipt, WMS_EQUALLY, "1");
    wms_landed_charge *charges = world_lines(&doc->charges, 11, sizeof *charges);
    for (uint32_t i = 0; i < 11; i++)
        charges[i] = (wms_landed_charge){.account = test_id(N_FREIGHT), .amount = test_dec("3")};
    field_failed(world_create(type, doc), "wms.landed_cost.too_large", "charges");
    doc->charges.count = 10;
    world_submit(type, doc);
    world_bin_is(N_AVERAGE, N_DEPOT, "100", "130");
}
END_TEST

START_TEST(locked_period_leaves_nothing)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "10");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "1");
    world_draft(type, doc);
    W.ledger_says = M_PRECONDITION;
    failed_with(world_act(type, doc->id, "submit", NULL), "finance.period.locked", NULL);
    W.ledger_says = M_OK;
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "100");
    same_dec(receipt_line(receipt, 0)->landed_value, "0", "nothing was noted");
}
END_TEST

/* ---- cancelling ---- */

START_TEST(cancel_takes_it_out_again)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "10");
    issue_gives(item, "4", "40");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "10");
    world_submit(type, doc);
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "wms.receipt.landed", NULL);
    ck_assert_int_eq(world_act(type, doc->id, "cancel", NULL), M_OK);
    world_bin_is(item, N_DEPOT, "6", "60");
    world_ledger_is("landed_cost_variance", "0");
    world_ledger_is("", "0");
    same_dec(receipt_line(receipt, 0)->landed_value, "0", "taken off the receipt");
    world_prove();
    issue_gives(item, "6", "60");
}
END_TEST

/* An issue took some of the dearer goods: refused, until it is cancelled itself. */
START_TEST(cancel_needs_the_goods)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "10");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "10");
    world_submit(type, doc);
    wms_stock_issue *issue = world_issue(item, N_DEPOT, "1");
    world_submit(&wms_stock_issue_doctype, issue);
    world_receive(item, "5", "20"); /* others of the kind do not make up for it */
    failed_with(world_act(type, doc->id, "cancel", NULL), "wms.landed_cost.consumed", NULL);
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, issue->id, "cancel", NULL), M_OK);
    ck_assert_int_eq(world_act(type, doc->id, "cancel", NULL), M_OK);
    world_bin_is(item, N_DEPOT, "15", "200");
    world_prove();
}
END_TEST

/* Nothing went into stock: a mirror in the ledger alone. */
START_TEST(cancel_of_a_variance)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "10");
    issue_gives(N_AVERAGE, "10", "100");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "10");
    world_submit(type, doc);
    world_ledger_is("landed_cost_variance", "10");
    ck_assert_int_eq(world_act(type, doc->id, "cancel", NULL), M_OK);
    world_ledger_is("landed_cost_variance", "0");
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
}
END_TEST

START_TEST(method_must_be_the_receipts)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "10");
    wms_landed_cost *doc = landed(receipt, WMS_BY_QUANTITY, "10");
    world_draft(type, doc);
    W.turned = true;
    failed_with(world_act(type, doc->id, "submit", NULL), "wms.stock.method", NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms landed cost");
    TCase *t = tcase_create("documents");
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_set_timeout(t, 60);
    tcase_add_test(t, v022_thirds_of_a_layer);
    tcase_add_loop_test(t, v023_two_freights, 0, 2);
    tcase_add_loop_test(t, v008_nothing_was_left, 0, 2);
    tcase_add_test(t, empty_layer_of_an_earlier_day);
    tcase_add_test(t, v024_by_quantity);
    tcase_add_test(t, rules_3_1_by_value);
    tcase_add_test(t, v029_two_charges);
    tcase_add_loop_test(t, v029_charge_on_the_receipt, 0, 2);
    tcase_add_test(t, charges_by_value);
    tcase_add_test(t, v007_the_rule);
    tcase_add_test(t, by_weight_and_volume);
    tcase_add_loop_test(t, what_left_is_a_variance, 0, 2);
    tcase_add_test(t, goods_of_a_bin_count_once);
    tcase_add_test(t, own_layer_only);
    tcase_add_test(t, refusals);
    tcase_add_test(t, rejected_goods_bear_nothing);
    tcase_add_test(t, too_many_splits);
    tcase_add_test(t, locked_period_leaves_nothing);
    tcase_add_loop_test(t, cancel_takes_it_out_again, 0, 2);
    tcase_add_loop_test(t, cancel_needs_the_goods, 0, 2);
    tcase_add_test(t, cancel_of_a_variance);
    tcase_add_test(t, method_must_be_the_receipts);
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
