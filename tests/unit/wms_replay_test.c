/* Movements dated back: what they do to later ones, what they may not do, and that the order of
 * recording makes no difference in the end. */
#include <stdio.h>
#include <stdlib.h>

#include "customer_return/customer_return.h"
#include "delivery_note/delivery_note.h"
#include "reports/reports.h"
#include "stock/replay.h"
#include "unit.h"
#include "wms_world.h"

static const m_doctype *const adjustment = &wms_stock_adjustment_doctype;
static const m_doctype *const issue_type = &wms_stock_issue_doctype;

/* ---- documents with a date ---- */

static wms_stock_adjustment *found(uint32_t item, const char *date, const char *qty,
                                   const char *rate)
{
    wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
    doc->warehouse = test_id(N_DEPOT);
    doc->posting_date = test_date(date);
    doc->reason = WMS_REASON_OTHER;
    wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    line->rate = test_dec(rate);
    return doc;
}

static m_status post(const m_doctype *type, void *doc)
{
    world_draft(type, doc);
    return world_act(type, ((m_doc *)doc)->id, "submit", NULL);
}

static m_id in(uint32_t item, const char *date, const char *qty, const char *rate)
{
    wms_stock_adjustment *doc = found(item, date, qty, rate);
    m_status status = post(adjustment, doc);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(W.call->error.message));
    world_prove();
    world_prove_days();
    return doc->id;
}

static wms_stock_issue *issue_of(uint32_t item, uint32_t warehouse, const char *date,
                                 const char *qty)
{
    wms_stock_issue *doc = world_issue(item, warehouse, qty);
    doc->posting_date = test_date(date);
    return doc;
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

START_TEST(below_zero_is_left_alone)
{
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = W.below = true;
    in(N_AVERAGE, "2026-04-01", "5", "10");
    out(N_AVERAGE, "2026-04-05", "8");
    in(N_AVERAGE, "2026-04-07", "10", "10");
    out(N_AVERAGE, "2026-04-08", "1");
    wms_stock_issue *doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-05", "1");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.replay.below", NULL);
    doc = issue_of(N_AVERAGE, N_DEPOT, "2026-04-02", "1");
    world_draft(issue_type, doc);
    failed_with(world_act(issue_type, doc->id, "submit", NULL), "wms.replay.below", NULL);
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

static m_id sent(uint32_t item, const char *date, const char *qty)
{
    wms_stock_transfer *doc = world_new(&wms_stock_transfer_type);
    doc->from_warehouse = test_id(N_DEPOT);
    doc->to_warehouse = test_id(N_OUTLET);
    doc->posting_date = test_date(date);
    wms_transfer_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    m_status status = post(&wms_stock_transfer_doctype, doc);
    return status == M_OK ? doc->id : (m_id){{0}};
}

static m_status arrived(m_id transfer, const char *date, const char *qty)
{
    const wms_stock_transfer *doc = world_get(&wms_stock_transfer_type, transfer);
    wms_receive_input input = {.posting_date = test_date(date)};
    if (qty) {
        wms_arrival *arrival = world_lines(&input.lines, 1, sizeof *arrival);
        arrival->line = M_AT(doc->lines, const wms_transfer_line, 0)->id;
        arrival->qty = test_dec(qty);
    }
    return world_act(&wms_stock_transfer_doctype, transfer, "receive", &input);
}

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

/* ---- any order ---- */

#define STEPS 26

typedef struct {
    int kind; /* 0 in, 1 out of the depot, 2 sent and received, 3 out of the outlet */
    char qty[16];
    char rate[16];
    m_id doc;
    int stage; /* 0 nothing is recorded, 1 sent, 2 done */
} event;

typedef struct {
    m_dec value[STEPS][3];
    m_stock_bin bins[3];
    m_dec issued;
} outcome;

static event events[STEPS];
static uint32_t seed;

static uint32_t any(uint32_t n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

/* Feasible in the order of dates. */
static void invent(bool transfers)
{
    int depot = 0, outlet = 0;
    for (int i = 0; i < STEPS; i++) {
        event *e = &events[i];
        *e = (event){.kind = (int)any(4)};
        if (e->kind == 3 && outlet == 0) e->kind = 2;
        if (e->kind == 2 && !transfers) e->kind = 1;
        if (e->kind && e->kind != 3 && depot == 0) e->kind = 0;
        int have = e->kind == 3 ? outlet : depot;
        int qty = 1 + (int)any(e->kind ? (uint32_t)have : 12);
        snprintf(e->qty, sizeof e->qty, "%d", qty);
        snprintf(e->rate, sizeof e->rate, "%u.%02u", 1 + any(30), any(100));
        depot += e->kind == 0 ? qty : e->kind == 3 ? 0 : -qty;
        outlet += e->kind == 2 ? qty : e->kind == 3 ? -qty : 0;
    }
}

static const char *day(int i, int half)
{
    static char text[40];
    int n = 2 * i + half;
    snprintf(text, sizeof text, "2026-%02d-%02d", 4 + n / 28, 1 + n % 28);
    return text;
}

static bool advance(event *e, int i, uint32_t item)
{
    m_status status;
    if (e->stage == 1) {
        status = arrived(e->doc, day(i, 1), NULL);
    } else if (e->kind == 0) {
        wms_stock_adjustment *doc = found(item, day(i, 0), e->qty, e->rate);
        e->doc = doc->id;
        status = post(adjustment, doc);
    } else if (e->kind == 2) {
        e->doc = sent(item, day(i, 0), e->qty);
        status = m_id_is_null(e->doc) ? M_PRECONDITION : M_OK;
        if (status == M_OK) e->stage = 1;
        return status == M_OK;
    } else {
        wms_stock_issue *doc = issue_of(item, e->kind == 3 ? N_OUTLET : N_DEPOT, day(i, 0), e->qty);
        e->doc = doc->id;
        status = post(issue_type, doc);
    }
    if (status == M_OK) e->stage = 2;
    if (status != M_OK)
        ck_assert_msg(m_str_is(W.call->error.code, "wms.stock.negative") ||
                          m_str_is(W.call->error.code, "wms.stock.later"),
                      "%.*s %.*s", M_STR_ARG(W.call->error.code), M_STR_ARG(W.call->error.message));
    return status == M_OK;
}

static void note_outcome(uint32_t item, outcome *o)
{
    world_prove();
    world_prove_days();
    for (int i = 0; i < STEPS; i++)
        for (uint32_t k = 0; k < 3; k++)
            o->value[i][k] = world_moved(events[i].doc, N_DEPOT + k);
    for (uint32_t k = 0; k < 3; k++)
        o->bins[k] = world_bin(item, N_DEPOT + k);
    o->issued = world_ledger("stock_issue", 0);
}

static void record(bool shuffled, uint32_t item, outcome *o)
{
    uint32_t order[STEPS], left = STEPS, idle = 0;
    for (uint32_t i = 0; i < STEPS; i++) {
        order[i] = i;
        events[i].stage = 0;
    }
    while (left) {
        uint32_t at = shuffled ? any(left) : 0;
        uint32_t i = order[at];
        idle = advance(&events[i], (int)i, item) ? 0 : idle + 1;
        ck_assert_uint_lt(idle, 1000);
        if (events[i].stage < 2) continue;
        memmove(&order[at], &order[at + 1], (--left - at) * sizeof order[0]);
    }
    note_outcome(item, o);
}

static void same_outcome(const outcome *a, const outcome *b, int k)
{
    for (int i = 0; i < STEPS; i++)
        for (int w = 0; w < 3; w++)
            ck_assert_msg(a->value[i][w].u == b->value[i][w].u,
                          "seed %d, event %d (kind %d), warehouse %d: %lld in order, %lld", k, i,
                          events[i].kind, w, (long long)a->value[i][w].u,
                          (long long)b->value[i][w].u);
    for (int w = 0; w < 3; w++) {
        ck_assert_int_eq(a->bins[w].qty.u, b->bins[w].qty.u);
        ck_assert_int_eq(a->bins[w].value.u, b->bins[w].value.u);
    }
    ck_assert_int_eq(a->issued.u, b->issued.u);
}

static void try_orders(uint32_t item, bool transfers, bool equal, int k)
{
    outcome straight, mixed;
    seed = (uint32_t)k * 7919u + 1;
    invent(transfers);
    W.backdating = WMS_BACKDATING_RESTATE;
    record(false, item, &straight);
    world_close();
    for (int again = 0; again < 3; again++) {
        world_open();
        W.backdating = WMS_BACKDATING_RESTATE;
        record(true, item, &mixed);
        if (equal) same_outcome(&straight, &mixed, k);
        if (again < 2) world_close();
    }
}

START_TEST(any_order_moving_average)
{
    try_orders(N_AVERAGE, true, true, _i);
}
END_TEST

START_TEST(any_order_fifo)
{
    try_orders(N_FIFO, false, true, _i);
}
END_TEST

/* A transfer under FIFO keeps the pieces it was sent with; each is worth what lies at its place
 * now. So both books agree and nothing is lost, but pieces are not cut anew. */
START_TEST(any_order_fifo_transfers)
{
    try_orders(N_FIFO, true, false, _i);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("replay");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_add_test(t, refused_unless_the_policy_says_so);
    tcase_add_loop_test(t, v002_forward_only, 0, 2);
    tcase_add_loop_test(t, v002_restated, 0, 2);
    tcase_add_test(t, v010_order_of_dates);
    tcase_add_test(t, v011_names_the_later_document);
    tcase_add_loop_test(t, a_count_is_a_wall, 0, 2);
    tcase_add_loop_test(t, future_negative_is_refused, 0, 2);
    tcase_add_test(t, forward_leaves_values_alone);
    tcase_add_test(t, below_zero_is_left_alone);
    tcase_add_loop_test(t, cancelled_on_an_earlier_day, 0, 2);
    tcase_add_loop_test(t, restated_and_cancelled, 0, 2);
    tcase_add_loop_test(t, transfers_carry_the_change, 0, 2);
    tcase_add_loop_test(t, v009_delivery_and_return, 0, 2);
    tcase_add_loop_test(t, closed_periods_are_adjusted_forward_with_a_reason, 0, 2);
    tcase_add_loop_test(t, v012_lifts_later_balances, 0, 2);
    tcase_add_test(t, preview_writes_nothing);
    tcase_add_test(t, too_much_is_refused);
    tcase_add_loop_test(t, any_order_moving_average, 0, 12);
    tcase_add_loop_test(t, any_order_fifo, 0, 12);
    tcase_add_loop_test(t, any_order_fifo_transfers, 0, 12);
    return unit_run(t, "wms replay");
}
