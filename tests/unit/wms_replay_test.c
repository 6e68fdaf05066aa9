/* Movements dated back: what they do to later ones, and what they may not do. */
#include <stdlib.h>

#include "customer_return/customer_return.h"
#include "delivery_note/delivery_note.h"
#include "reports/reports.h"
#include "stock/replay.h"
#include "unit.h"
#include "wms_replay_parts.h"

static m_id in(uint32_t item, const char *date, const char *qty, const char *rate)
{
    wms_stock_adjustment *doc = found(item, date, qty, rate);
    m_status status = post(adjustment, doc);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(W.call->error.message));
    world_prove();
    world_prove_days();
    return doc->id;
}

static m_id out(uint32_t item, const char *date, const char *qty)
{
    wms_stock_issue *doc = issue_of(item, N_DEPOT, date, qty);
    m_status status = post(issue_type, doc);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(W.call->error.message));
    world_prove();
    world_prove_days();
    return doc->id;
}

static void moved(m_id source, const char *value, const char *what)
{
    same_dec(world_moved(source, 0), value, what);
}

/* ---- the rule ---- */

START_TEST(refused_unless_the_policy_says_so)
{
    in(N_AVERAGE, "2026-04-02", "10", "10");
    in(N_AVERAGE, "2026-04-05", "10", "20");
    wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-03", "5");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.stock.backdated",
                "lines[0].qty");
    W.backdating = WMS_BACKDATING_RESTATE;
    ck_assert_int_eq(world_act(issue_type, doc->id, "submit", NULL), M_OK);
    moved(doc->id, "-50", "at the cost of its day");
    world_bin_is(N_AVERAGE, N_DEPOT, "15", "250");
}
END_TEST

/* V002: what comes in for an earlier date leaves the issue as it is. */
START_TEST(v002_forward_only)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_FORWARD;
    in(item, "2024-01-01", "10", "10");
    in(item, "2024-01-02", "10", "20");
    m_id issued = out(item, "2024-01-03", "15");
    moved(issued, _i ? "-200" : "-225", "issued");
    in(item, "2024-01-01", "5", "10");
    world_bin_is(item, N_DEPOT, "10", _i ? "150" : "125");
    moved(issued, _i ? "-200" : "-225", "and not changed");
}
END_TEST

/* The same with restating: the issue costs what it would have cost. */
START_TEST(v002_restated)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    in(item, "2024-01-01", "10", "10");
    in(item, "2024-01-02", "10", "20");
    m_id issued = out(item, "2024-01-03", "15");
    in(item, "2024-01-01", "5", "10");
    moved(issued, _i ? "-150" : "-210", "issued"); /* 15 of 5 + 10 at 10; 15 of 25 at 350 */
    world_bin_is(item, N_DEPOT, "10", _i ? "200" : "140");
    world_ledger_is("stock_issue", _i ? "150" : "210");
}
END_TEST

/* V010 without the batch: an average sees only what was there on its day. */
START_TEST(v010_order_of_dates)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    in(N_AVERAGE, "2024-03-01", "1", "10");
    in(N_AVERAGE, "2024-03-03", "1", "30");
    in(N_AVERAGE, "2024-03-02", "1", "20");
    m_id first = out(N_AVERAGE, "2024-03-02", "1"), second = out(N_AVERAGE, "2024-03-04", "2");
    moved(first, "-15", "I1");
    moved(second, "-45", "I2");
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
}
END_TEST

START_TEST(v011_names_the_later_document)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    in(N_AVERAGE, "2024-07-08", "10", "100");
    m_id issued = out(N_AVERAGE, "2024-07-10", "2");
    const wms_stock_issue *later = world_get(&wms_stock_issue_type, issued);
    wms_stock_adjustment *count = found(N_AVERAGE, "2024-07-09", "9", "0");
    count->reason = WMS_REASON_COUNT;
    M_AT(count->lines, wms_adjustment_line, 0)->direction = WMS_ADJUST_OUT; /* one is left */
    world_draft(adjustment, count);
    failed_with(world_act(adjustment, count->id, "submit", NULL), "wms.stock.later", NULL);
    ck_assert_ptr_nonnull(
        memmem(W.call->error.message.p, W.call->error.message.n, later->number.p, later->number.n));
    world_bin_is(N_AVERAGE, N_DEPOT, "8", "800");
    count = found(N_AVERAGE, "2024-07-09", "8", "0"); /* what is left is enough */
    count->reason = WMS_REASON_COUNT;
    M_AT(count->lines, wms_adjustment_line, 0)->direction = WMS_ADJUST_OUT;
    world_submit(adjustment, count);
    world_prove();
    world_prove_days();
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
}
END_TEST

/* Behind a count everything is as it was; the count itself finds less missing. */
START_TEST(a_count_is_a_wall)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    in(item, "2026-04-01", "10", "10");
    wms_stock_adjustment *count = found(item, "2026-04-05", "2", "0");
    count->reason = WMS_REASON_COUNT;
    M_AT(count->lines, wms_adjustment_line, 0)->direction = WMS_ADJUST_OUT;
    world_submit(adjustment, count);
    m_id issued = out(item, "2026-04-06", "3");
    moved(issued, "-30", "issued after the count");
    m_id late = out(item, "2026-04-02", "1");
    moved(late, "-10", "recorded late");
    moved(issued, "-30", "not changed");
    same_dec(world_moved(count->id, 0), "-10", "only one was missing");
    world_bin_is(item, N_DEPOT, "5", "50");
    in(item, "2026-04-03", "4", "40");
    moved(issued, "-30", "not changed either");
    world_bin_is(item, N_DEPOT, "5", "50");
    same_dec(world_moved(count->id, 0), "-170", "all that came in is missing");
}
END_TEST

START_TEST(future_negative_is_refused)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    in(item, "2026-04-01", "10", "10");
    out(item, "2026-04-05", "8");
    in(item, "2026-04-07", "10", "10");
    wms_stock_issue *doc = issue_of(item, N_DEPOT, "2026-04-02", "3");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.stock.later", NULL);
    world_bin_is(item, N_DEPOT, "12", "120");
    out(item, "2026-04-02", "2");
    W.backdating = WMS_BACKDATING_FORWARD;
    doc = issue_of(item, N_DEPOT, "2026-04-03", "1");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL),
                _i ? "wms.stock.negative" : "wms.stock.later", NULL);
}
END_TEST

/* Forward only, an issue may not take value that a later one has taken already. */
START_TEST(forward_leaves_values_alone)
{
    W.backdating = WMS_BACKDATING_FORWARD;
    in(N_AVERAGE, "2026-04-01", "1", "100");
    in(N_AVERAGE, "2026-04-03", "9", "1");
    m_id issued = out(N_AVERAGE, "2026-04-05", "9");
    wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-02", "1");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.replay.forward", NULL);
    W.backdating = WMS_BACKDATING_RESTATE;
    ck_assert_int_eq(world_act(issue_type, doc->id, "submit", NULL), M_OK);
    moved(doc->id, "-100", "the dear one");
    moved(issued, "-9", "the cheap ones");
    world_prove();
    world_prove_days();
}
END_TEST

/* ---- below zero ---- */

static void settled(const char *amount)
{
    world_ledger_is("stock_arrears", amount);
}

/* V005 with its documents recorded the other way round: the books are those of the order of dates.
 */
START_TEST(v005_in_any_order)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    in(N_AVERAGE, "2024-05-05", "10", "40");
    m_id issued = out(N_AVERAGE, "2024-05-03", "30");
    settled("400"); /* left for nothing, and all that came covers it */
    world_bin_is(N_AVERAGE, N_DEPOT, "-20", "0");
    in(N_AVERAGE, "2024-05-04", "10", "30");
    in(N_AVERAGE, "2024-05-02", "10", "20");
    in(N_AVERAGE, "2024-05-01", "10", "10");
    moved(issued, "-450", "issued at 15");
    settled("150");
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "400");
    world_ledger_is("stock_issue", "450");
}
END_TEST

/* V018: what was sold in arrears is bought later for an earlier day, and then not in arrears. */
START_TEST(v018_bought_before)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    m_id sold = out(N_AVERAGE, "2024-05-03", "10");
    in(N_AVERAGE, "2024-05-04", "20", "10");
    settled("100");
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "100");
    in(N_AVERAGE, "2024-05-02", "10", "9");
    moved(sold, "-90", "sold from stock");
    settled("0");
    world_bin_is(N_AVERAGE, N_DEPOT, "20", "200");
}
END_TEST

/* V019: two of eight come back before anything was bought, then a purchase is found. */
START_TEST(v019_partly_undone)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    wms_delivery_note *sold = world_delivery(N_AVERAGE, "8");
    sold->posting_date = test_date("2024-05-03");
    world_submit(&wms_delivery_note_doctype, sold);
    wms_customer_return *back = world_back(sold, "2");
    back->posting_date = test_date("2024-05-04");
    world_submit(&wms_customer_return_doctype, back);
    world_bin_is(N_AVERAGE, N_DEPOT, "-6", "0");
    in(N_AVERAGE, "2024-05-02", "10", "10");
    world_bin_is(N_AVERAGE, N_DEPOT, "4", "40");
    world_ledger_is("cost_of_goods_sold", "60");
    settled("0");
    const wms_delivery_note *now = world_get(&wms_delivery_note_type, sold->id);
    same_dec(now->total, "80", "the delivery knows");
}
END_TEST

/* Later documents may be left below zero only where the tenant allows it. */
START_TEST(below_zero_later_needs_the_policy)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    in(N_AVERAGE, "2026-04-01", "5", "10");
    out(N_AVERAGE, "2026-04-05", "8");
    in(N_AVERAGE, "2026-04-07", "10", "10");
    W.negative = false;
    W.below = true;
    wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-02", "1");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.stock.later", NULL);
    in(N_AVERAGE, "2026-04-03", "1", "10"); /* less below zero than before */
    settled("0");
    W.negative = true;
    ck_assert_int_eq(world_act(issue_type, doc->id, "submit", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "7", "70");
    world_prove();
    world_prove_days();
}
END_TEST

/* Forward only: what was settled stays settled. */
START_TEST(below_zero_forward)
{
    W.backdating = WMS_BACKDATING_FORWARD;
    W.negative = true;
    in(N_AVERAGE, "2026-04-01", "5", "10");
    out(N_AVERAGE, "2026-04-05", "8");
    in(N_AVERAGE, "2026-04-07", "10", "12");
    settled("6");
    in(N_AVERAGE, "2026-04-02", "1", "10");
    settled("6");
    world_bin_is(N_AVERAGE, N_DEPOT, "8", "94");
}
END_TEST

/* What a cancelled receipt had settled is undone with it, also what it came to settle since. */
START_TEST(below_zero_cancelled)
{
    wms_cancel_input on = {test_date("2026-04-09")};
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    in(N_AVERAGE, "2026-04-01", "5", "10");
    m_id receipt = in(N_AVERAGE, "2026-04-07", "4", "12");
    ck_assert_int_eq(world_act(adjustment, receipt, "cancel", &on), M_OK);
    settled("0");
    m_id issued = out(N_AVERAGE, "2026-04-05", "8"); /* now it settles three */
    moved(issued, "-80", "issued");
    moved(receipt, "0", "receipt and mirror");
    settled("0");
    world_bin_is(N_AVERAGE, N_DEPOT, "-3", "-30");
    m_id second = in(N_AVERAGE, "2026-04-08", "1", "20");
    in(N_AVERAGE, "2026-04-02", "10", "10");
    settled("0");
    ck_assert_int_eq(world_act(adjustment, second, "cancel", &on), M_OK);
    ck_assert_int_eq(world_act(issue_type, issued, "cancel", &on), M_OK);
    settled("0");
    world_ledger_is("stock_issue", "0");
    world_bin_is(N_AVERAGE, N_DEPOT, "15", "150");
    world_prove();
    world_prove_days();
}
END_TEST

/* A settling that was corrected since goes back as it is in the books. */
START_TEST(below_zero_restated_and_cancelled)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    out(N_AVERAGE, "2026-04-05", "8");
    m_id receipt = in(N_AVERAGE, "2026-04-07", "4", "12");
    settled("48");
    in(N_AVERAGE, "2026-04-01", "2", "10");
    settled("8"); /* four at 12 which had been taken for 10 */
    ck_assert_int_eq(world_act(adjustment, receipt, "cancel", NULL), M_OK);
    settled("0");
    moved(receipt, "0", "all of it");
    world_bin_is(N_AVERAGE, N_DEPOT, "-6", "-60");
    world_prove();
    world_prove_days();
}
END_TEST

/* A count is a wall below zero too: behind it nothing changes, and what was missing was found. */
START_TEST(below_zero_counted)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = true;
    in(N_AVERAGE, "2026-04-01", "5", "10");
    wms_stock_reconciliation *count = world_reconcile(N_AVERAGE, "6", "20");
    count->posting_date = test_date("2026-04-05");
    world_submit(&wms_stock_reconciliation_doctype, count);
    m_id after = out(N_AVERAGE, "2026-04-06", "1");
    out(N_AVERAGE, "2026-04-03", "8");
    moved(after, "-20", "behind the count");
    settled("30"); /* three left at 10, and cost 20 */
    world_bin_is(N_AVERAGE, N_DEPOT, "5", "100");
    in(N_AVERAGE, "2026-04-02", "3", "10");
    settled("0");
    world_bin_is(N_AVERAGE, N_DEPOT, "5", "100");
}
END_TEST

/* A receipt cannot be taken back on a day when its goods were gone, though others came since. */
START_TEST(cancelled_when_it_was_gone)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_cancel_input on = {test_date("2026-04-06")};
    W.backdating = WMS_BACKDATING_RESTATE;
    m_id receipt = in(item, "2026-04-01", "10", "10");
    out(item, "2026-04-05", "10");
    in(item, "2026-04-07", "10", "10");
    failed_with(world_act(adjustment, receipt, "cancel", &on), "wms.stock.consumed", NULL);
    world_bin_is(item, N_DEPOT, "10", "100");
}
END_TEST

/* ---- cancelling ---- */

START_TEST(cancelled_on_an_earlier_day)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_cancel_input on = {test_date("2026-04-02")};
    m_id first = in(item, "2026-04-01", "10", "10");
    in(item, "2026-04-02", "10", "20");
    m_id issued = out(item, "2026-04-05", "5");
    failed_with(world_act(adjustment, first, "cancel", &on), "wms.stock.backdated", NULL);
    W.backdating = WMS_BACKDATING_RESTATE;
    ck_assert_int_eq(world_act(adjustment, first, "cancel", &on), M_OK);
    moved(issued, "-100", "from the second receipt alone");
    world_bin_is(item, N_DEPOT, "5", "100");
    world_prove();
    world_prove_days();
    out(item, "2026-04-06", "5");
    m_id third = in(item, "2026-04-03", "1", "30");
    m_status status = world_act(adjustment, third, "cancel", &(wms_cancel_input){{0}});
    ck_assert_int_eq(status, M_OK);
    world_prove_days();
}
END_TEST

/* A document that was restated goes back at what it is worth in the books, not at first. */
START_TEST(restated_and_cancelled)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    in(item, "2026-04-02", "10", "20");
    m_id issued = out(item, "2026-04-05", "5");
    in(item, "2026-04-01", "5", "8");
    moved(issued, _i ? "-40" : "-80", "restated");
    ck_assert_int_eq(world_act(issue_type, issued, "cancel", NULL), M_OK);
    moved(issued, "0", "all of it is back");
    world_bin_is(item, N_DEPOT, "15", "240");
    world_ledger_is("stock_issue", "0");
    world_prove();
    world_prove_days();
    in(item, "2026-03-30", "1", "1"); /* issue and mirror change together */
    moved(issued, "0", "still");
    world_bin_is(item, N_DEPOT, "16", "241");
    world_ledger_is("stock_issue", "0");
}
END_TEST

/* ---- transfers ---- */

/* Dearer goods go on to the outlet and out of it, and what is on its way knows it too. */
START_TEST(transfers_carry_the_change)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    in(item, "2026-04-02", "10", "10");
    m_id transfer = sent(item, "2026-04-04", "6");
    ck_assert_int_eq(arrived(transfer, "2026-04-05", "4"), M_OK);
    wms_stock_issue *sold = issue_of(item, N_OUTLET, "2026-04-06", "3");
    world_submit(issue_type, sold);
    in(item, "2026-04-01", "10", "20"); /* average 15, FIFO 20 */
    moved(sold->id, _i ? "-60" : "-45", "sold at the outlet");
    world_bin_is(item, N_OUTLET, "1", _i ? "20" : "15");
    world_bin_is(item, N_TRANSIT, "2", _i ? "40" : "30");
    world_bin_is(item, N_DEPOT, "14", _i ? "180" : "210");
    const wms_stock_transfer *doc = world_get(&wms_stock_transfer_type, transfer);
    same_dec(M_AT(doc->transit, const wms_transit_piece, 0)->left_value, _i ? "40" : "30",
             "left in transit");
    same_dec(doc->total, _i ? "120" : "90", "sent");
    ck_assert_int_eq(arrived(transfer, "2026-04-08", NULL), M_OK);
    world_bin_is(item, N_TRANSIT, "0", "0");
    world_bin_is(item, N_OUTLET, "3", _i ? "60" : "45");
    world_prove();
    world_prove_days();
    world_ledger_is("stock_in_transit", "0");
}
END_TEST

/* ---- freight that comes later ---- */

static wms_goods_receipt *received(uint32_t item, const char *date, const char *qty,
                                   const char *rate)
{
    wms_purchase_order *order = world_order(item, qty, rate);
    order->order_date = test_date(date);
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, qty);
    receipt->posting_date = test_date(date);
    world_submit(&wms_goods_receipt_doctype, receipt);
    return receipt;
}

static wms_landed_cost *freight(const wms_goods_receipt *receipt, const char *amount)
{
    wms_landed_cost *doc = world_new(&wms_landed_cost_type);
    wms_landed_charge *charges = world_lines(&doc->charges, 2, sizeof *charges);
    wms_landed_receipt *line = world_lines(&doc->receipts, 1, sizeof *line);
    charges[0] = (wms_landed_charge){.account = test_id(701), .amount = test_dec(amount)};
    charges[1] = (wms_landed_charge){.account = test_id(702), .amount = test_dec("0.01")};
    doc->charges.count = 1;
    line->receipt = receipt->id;
    return doc;
}

static void all_agree(void)
{
    world_prove();
    world_prove_days();
}

/* V009: the freight re-prices the delivery and what the customer brought back. */
START_TEST(v009_delivery_and_return)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    wms_goods_receipt *receipt = received(item, "2020-04-10", "5", "100");
    wms_delivery_note *delivery = world_new(&wms_delivery_note_type);
    delivery->customer = test_id(N_HOTEL);
    delivery->warehouse = test_id(N_DEPOT);
    delivery->posting_date = test_date("2020-04-11");
    wms_delivery_line *line = world_lines(&delivery->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec("5");
    world_submit(&wms_delivery_note_doctype, delivery);
    wms_customer_return *back = world_new(&wms_customer_return_type);
    back->delivery = delivery->id;
    back->posting_date = test_date("2020-04-12");
    wms_customer_return_line *returned = world_lines(&back->lines, 1, sizeof *returned);
    returned->delivery_line = line->id;
    returned->qty = test_dec("2");
    world_submit(&wms_customer_return_doctype, back);
    moved(delivery->id, "-500", "I1 before");
    moved(back->id, "200", "B1 before");
    wms_landed_cost *doc = freight(receipt, "50");
    world_submit(&wms_landed_cost_doctype, doc);
    moved(delivery->id, "-550", "I1");
    moved(back->id, "220", "B1");
    world_bin_is(item, N_DEPOT, "2", "220");
    world_ledger_is("cost_of_goods_sold", "330");
    world_ledger_is("landed_cost_variance", "0");
    const wms_delivery_note *now = world_get(&wms_delivery_note_type, delivery->id);
    same_dec(now->total, "550", "the delivery knows");
    same_dec(M_AT(now->lines, const wms_delivery_line, 0)->returned_value, "220", "and the return");
    all_agree();
    ck_assert_int_eq(world_act(&wms_landed_cost_doctype, doc->id, "cancel", NULL), M_OK);
    moved(delivery->id, "-500", "I1 again");
    moved(back->id, "200", "B1 again");
    world_ledger_is("", "0");
    all_agree();
}
END_TEST

START_TEST(closed_periods_are_adjusted_forward_with_a_reason)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    W.backdating = WMS_BACKDATING_RESTATE;
    wms_goods_receipt *receipt = received(item, "2024-01-01", "500", "80");
    W.open_from = test_date("2024-02-01");
    wms_landed_cost *doc = freight(receipt, "50");
    world_draft(&wms_landed_cost_doctype, doc);
    field_failed(world_act(&wms_landed_cost_doctype, doc->id, "submit", NULL),
                 "wms.landed_cost.reason", "remarks");
    world_bin_is(item, N_DEPOT, "500", "40000");
    doc = freight(receipt, "50");
    doc->remarks = M_STR("The carrier's bill came in February");
    world_submit(&wms_landed_cost_doctype, doc);
    world_bin_is(item, N_DEPOT, "500", "40050");
    wms_pool then;
    ck_assert_int_eq(wms_stock_then(&W.module, W.call, test_id(item), test_id(N_DEPOT),
                                    test_date("2024-01-31"), &then),
                     M_OK);
    same_dec(then.value, "40000", "January stays");
    all_agree();
}
END_TEST

START_TEST(v012_lifts_later_balances)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_pool then;
    W.backdating = WMS_BACKDATING_RESTATE;
    wms_goods_receipt *first = received(item, "2024-01-01", "500", "80");
    received(item, "2024-01-03", "100", "80");
    world_submit(&wms_landed_cost_doctype, freight(first, "50"));
    ck_assert_int_eq(wms_stock_then(&W.module, W.call, test_id(item), test_id(N_DEPOT),
                                    test_date("2024-01-01"), &then),
                     M_OK);
    same_dec(then.value, "40050", "after PR1");
    ck_assert_int_eq(wms_stock_then(&W.module, W.call, test_id(item), test_id(N_DEPOT),
                                    test_date("2024-01-03"), &then),
                     M_OK);
    same_dec(then.value, "48050", "after PR2");
    world_bin_is(item, N_DEPOT, "600", "48050");
    all_agree();
}
END_TEST

/* ---- preview ---- */

static const wms_preview_row *preview_row(const m_list *rows, m_enum moves, uint32_t nth)
{
    for (M_EACH(const wms_preview_row, row, *rows))
        if (row->moves == moves && nth-- == 0) return row;
    ck_abort_msg("no such row");
    return NULL;
}

START_TEST(preview_writes_nothing)
{
    m_list rows = {NULL, 0};
    wms_preview_params params;
    in(N_AVERAGE, "2024-01-01", "10", "10");
    in(N_AVERAGE, "2024-01-02", "10", "20");
    m_id issued = out(N_AVERAGE, "2024-02-03", "15");
    wms_stock_adjustment *late = found(N_AVERAGE, "2024-01-01", "5", "10");
    world_draft(adjustment, late);
    params.document = late->id;
    uint32_t posted = W.posted;
    ck_assert_int_eq(wms_backdating_preview_report.run(&W.module, W.call, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 4);
    const wms_preview_row *row = preview_row(&rows, WMS_MOVES_STOCK, 0);
    same_dec(row->qty, "5", "quantity of the pool");
    ck_assert(row->value == test_dec("65").u); /* 50 came, 15 went less */
    row = preview_row(&rows, WMS_MOVES_DOCUMENT, 0);
    ck_assert(m_id_eq(row->source_id, issued));
    ck_assert(row->value == test_dec("15").u);
    for (uint32_t i = 0; i < 2; i++) {
        row = preview_row(&rows, WMS_MOVES_LEDGER, i);
        ck_assert(m_date_cmp(row->date, test_date("2024-02-01")) == 0);
        int64_t wanted = m_str_is(row->purpose, "stock") ? 15 : -15;
        ck_assert(row->value == wanted * M_DEC_ONE);
    }
    ck_assert_uint_eq(W.posted, posted);
    world_bin_is(N_AVERAGE, N_DEPOT, "5", "75");
    params.document = issued; /* no draft any more */
    failed_with(wms_backdating_preview_report.run(&W.module, W.call, &params, &rows),
                "core.state.not_allowed", NULL);
    params.document = test_id(9999);
    failed_with(wms_backdating_preview_report.run(&W.module, W.call, &params, &rows),
                "core.validation", "document");
    wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2024-01-15", "6");
    world_draft(issue_type, doc);
    params.document = doc->id;
    failed_with(wms_backdating_preview_report.run(&W.module, W.call, &params, &rows),
                "wms.stock.later", NULL);
}
END_TEST

/* ---- limits ---- */

START_TEST(too_much_is_refused)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    in(N_AVERAGE, "2026-04-01", "100000", "1");
    for (uint32_t k = 0; k < WMS_REPLAY_ENTRIES_MAX / 1000 + 1; k++) {
        wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-05", "1");
        wms_issue_line *lines = world_lines(&doc->lines, 1000, sizeof *lines);
        for (uint32_t i = 0; i < 1000; i++)
            lines[i] = (wms_issue_line){.item = test_id(N_AVERAGE), .qty = test_dec("1")};
        world_draft(issue_type, doc);
        ck_assert_int_eq(world_act(issue_type, doc->id, "submit", NULL), M_OK);
    }
    wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-02", "1");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.replay.large", NULL);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("replay");
    tcase_set_timeout(t, 300);
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_add_test(t, refused_unless_the_policy_says_so);
    tcase_add_loop_test(t, v002_forward_only, 0, 2);
    tcase_add_loop_test(t, v002_restated, 0, 2);
    tcase_add_test(t, v010_order_of_dates);
    tcase_add_test(t, v011_names_the_later_document);
    tcase_add_loop_test(t, a_count_is_a_wall, 0, 2);
    tcase_add_loop_test(t, future_negative_is_refused, 0, 2);
    tcase_add_test(t, forward_leaves_values_alone);
    tcase_add_test(t, v005_in_any_order);
    tcase_add_test(t, v018_bought_before);
    tcase_add_test(t, v019_partly_undone);
    tcase_add_test(t, below_zero_later_needs_the_policy);
    tcase_add_test(t, below_zero_forward);
    tcase_add_test(t, below_zero_cancelled);
    tcase_add_test(t, below_zero_restated_and_cancelled);
    tcase_add_test(t, below_zero_counted);
    tcase_add_loop_test(t, cancelled_when_it_was_gone, 0, 2);
    tcase_add_loop_test(t, cancelled_on_an_earlier_day, 0, 2);
    tcase_add_loop_test(t, restated_and_cancelled, 0, 2);
    tcase_add_loop_test(t, transfers_carry_the_change, 0, 2);
    tcase_add_loop_test(t, v009_delivery_and_return, 0, 2);
    tcase_add_loop_test(t, closed_periods_are_adjusted_forward_with_a_reason, 0, 2);
    tcase_add_loop_test(t, v012_lifts_later_balances, 0, 2);
    tcase_add_test(t, preview_writes_nothing);
    tcase_add_test(t, too_much_is_refused);
    return unit_run(t, "wms replay");
}
