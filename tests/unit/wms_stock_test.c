/* Transfers through transit, issues, adjustments, warehouses, reports, and both books under random
 * business. */
#include <stdlib.h>

#include "billing/billing.h"
#include "reports/reports.h"
#include "wms_world.h"

static wms_stock_transfer *transfer_of(uint32_t item, const char *qty)
{
    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *line = world_lines(&transfer->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    return transfer;
}

static m_status receive(const wms_stock_transfer *transfer, const char *qty)
{
    wms_receive_input input = {0};
    if (qty) {
        wms_arrival *arrival = world_lines(&input.lines, 1, sizeof *arrival);
        arrival->line = M_AT(transfer->lines, wms_transfer_line, 0)->id;
        arrival->qty = test_dec(qty);
    }
    return world_act(&wms_stock_transfer_doctype, transfer->id, "receive", &input);
}

static const wms_stock_transfer *stored(const wms_stock_transfer *transfer)
{
    return world_get(&wms_stock_transfer_type, transfer->id);
}

/* ---- transfers ---- */

/* Domain rules 3.1: 48 of 50 arrive, 2 stay in transit until they are written off. */
START_TEST(short_receipt_stays_in_transit)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_receive(item, "100", "10");
    world_receive(item, "50", "13");
    wms_stock_transfer *transfer = transfer_of(item, "50");
    world_submit(&wms_stock_transfer_doctype, transfer);
    world_bin_is(item, N_TRANSIT, "50", _i ? "500" : "550");
    world_bin_is(item, N_DEPOT, "100", _i ? "1150" : "1100");
    ck_assert_int_eq(receive(transfer, "48"), M_OK);
    world_prove();
    world_bin_is(item, N_OUTLET, "48", _i ? "480" : "528");
    world_bin_is(item, N_TRANSIT, "2", _i ? "20" : "22");
    ck_assert_int_eq(stored(transfer)->state, WMS_TRANSFER_PART_RECEIVED);
    ck_assert_int_eq(world_act(&wms_stock_transfer_doctype, transfer->id, "write_off", NULL), M_OK);
    world_prove();
    world_bin_is(item, N_TRANSIT, "0", "0");
    world_ledger_is("stock_loss", _i ? "20" : "22");
    const wms_stock_transfer *got = stored(transfer);
    ck_assert_int_eq(got->state, WMS_TRANSFER_CLOSED);
    same_dec(M_AT(got->lines, wms_transfer_line, 0)->lost_qty, "2", "lost");
    same_dec(got->lost_value, _i ? "20" : "22", "value lost");
    failed_with(receive(transfer, NULL), "core.state.not_allowed", NULL);
}
END_TEST

START_TEST(rest_arrives_later)
{
    world_receive(N_AVERAGE, "7", "1.43");
    wms_stock_transfer *transfer = transfer_of(N_AVERAGE, "7");
    world_submit(&wms_stock_transfer_doctype, transfer);
    ck_assert_int_eq(receive(transfer, "3"), M_OK);
    ck_assert_int_eq(receive(transfer, "3"), M_OK);
    ck_assert_int_eq(receive(transfer, NULL), M_OK);
    world_prove();
    world_bin_is(N_AVERAGE, N_OUTLET, "7", "10.01");
    world_bin_is(N_AVERAGE, N_TRANSIT, "0", "0");
    ck_assert_int_eq(stored(transfer)->state, WMS_TRANSFER_RECEIVED);
    world_ledger_is("stock", "10.01");
}
END_TEST

/* Two transfers of different cost under way do not mix, and each arrives at what it left with. */
START_TEST(transfers_in_transit_do_not_mix)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_transfer *cheap = transfer_of(N_AVERAGE, "10");
    world_submit(&wms_stock_transfer_doctype, cheap);
    world_receive(N_AVERAGE, "10", "20");
    wms_stock_transfer *dear = transfer_of(N_AVERAGE, "10");
    world_submit(&wms_stock_transfer_doctype, dear);
    ck_assert_int_eq(receive(cheap, NULL), M_OK);
    world_bin_is(N_AVERAGE, N_OUTLET, "10", "100");
    world_bin_is(N_AVERAGE, N_TRANSIT, "10", "200");
    ck_assert_int_eq(receive(dear, NULL), M_OK);
    world_bin_is(N_AVERAGE, N_OUTLET, "20", "300");
    world_prove();
}
END_TEST

/* Layers travel one by one: the cheaper one is still the first to go at the destination. */
START_TEST(transfers_keep_layers)
{
    world_receive(N_FIFO, "10", "10");
    world_receive(N_FIFO, "10", "20");
    wms_stock_transfer *transfer = transfer_of(N_FIFO, "15");
    world_submit(&wms_stock_transfer_doctype, transfer);
    ck_assert_uint_eq(stored(transfer)->transit.count, 2);
    ck_assert_int_eq(receive(transfer, "12"), M_OK);
    world_bin_is(N_FIFO, N_OUTLET, "12", "140");
    world_submit(&wms_stock_issue_doctype, world_issue(N_FIFO, N_OUTLET, "10"));
    world_bin_is(N_FIFO, N_OUTLET, "2", "40");
    ck_assert_int_eq(receive(transfer, NULL), M_OK);
    world_bin_is(N_FIFO, N_OUTLET, "5", "100");
    world_prove();
}
END_TEST

START_TEST(cancelled_transfer_returns)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_receive(item, "10", "10");
    world_receive(item, "10", "20");
    wms_stock_transfer *transfer = transfer_of(item, "15");
    world_submit(&wms_stock_transfer_doctype, transfer);
    ck_assert_int_eq(world_act(&wms_stock_transfer_doctype, transfer->id, "cancel", NULL), M_OK);
    world_bin_is(item, N_DEPOT, "20", "300");
    world_bin_is(item, N_TRANSIT, "0", "0");
    world_prove();
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "10"));
    world_bin_is(item, N_DEPOT, "10", _i ? "200" : "150");
}
END_TEST

START_TEST(transfer_refusals)
{
    const m_doctype *type = &wms_stock_transfer_doctype;
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_transfer *transfer = transfer_of(N_AVERAGE, "10");
    transfer->to_warehouse = transfer->from_warehouse;
    field_failed(world_create(type, transfer), "wms.transfer.same", "to_warehouse");
    transfer = transfer_of(N_AVERAGE, "10");
    transfer->from_warehouse = test_id(N_TRANSIT);
    field_failed(world_create(type, transfer), "wms.warehouse.transit", "from_warehouse");
    transfer = transfer_of(N_AVERAGE, "10");
    transfer->transit_warehouse = test_id(N_DEPOT);
    field_failed(world_create(type, transfer), "wms.warehouse.transit", "transit_warehouse");
    transfer = transfer_of(N_SERVICE, "10");
    field_failed(world_create(type, transfer), "wms.item.not_stock", "lines[0].item");
    transfer = transfer_of(N_AVERAGE, "11");
    world_draft(type, transfer);
    failed_with(world_act(type, transfer->id, "submit", NULL), "wms.stock.negative",
                "lines[0].qty");
    transfer = transfer_of(N_AVERAGE, "10");
    world_submit(type, transfer);
    failed_with(receive(transfer, "11"), "core.validation", "lines[0].qty");
    wms_receive_input early = {.posting_date = test_date("2026-03-31")};
    field_failed(world_act(type, transfer->id, "receive", &early), "wms.transfer.date",
                 "posting_date");
    field_failed(receive(transfer, "0.5"), "wms.qty.places", "lines[0].qty");
    world_prove();
}
END_TEST

/* Each line arrives once in a receipt, and only lines of the transfer do. */
START_TEST(arrivals_name_lines_of_the_transfer)
{
    const m_doctype *type = &wms_stock_transfer_doctype;
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_transfer *transfer = transfer_of(N_AVERAGE, "10");
    world_submit(type, transfer);
    wms_receive_input input = {0};
    wms_arrival *arrivals = world_lines(&input.lines, 2, sizeof *arrivals);
    arrivals[0].line = arrivals[1].line = M_AT(transfer->lines, wms_transfer_line, 0)->id;
    arrivals[0].qty = arrivals[1].qty = test_dec("1");
    field_failed(world_act(type, transfer->id, "receive", &input), "wms.transfer.line_unknown",
                 "lines[1].line");
    arrivals[1].line = test_id(9999);
    field_failed(world_act(type, transfer->id, "receive", &input), "wms.transfer.line_unknown",
                 "lines[1].line");
    world_bin_is(N_AVERAGE, N_TRANSIT, "10", "100");
}
END_TEST

/* The only transit warehouse is taken; of two, one must be named. */
START_TEST(transit_must_be_clear)
{
    const m_doctype *type = &wms_stock_transfer_doctype;
    world_draft(type, transfer_of(N_AVERAGE, "1"));
    wms_warehouse *second = world_new(&wms_warehouse_type);
    second->code = second->name = M_STR("ROAD");
    second->kind = WMS_TRANSIT;
    second->active = true;
    world_draft(&wms_warehouse_doctype, second);
    wms_stock_transfer *transfer = transfer_of(N_AVERAGE, "1");
    field_failed(world_create(type, transfer), "wms.transfer.no_transit", "transit_warehouse");
    transfer->transit_warehouse = second->id;
    world_draft(type, transfer);
}
END_TEST

/* ---- issues ---- */

START_TEST(issue_is_an_expense)
{
    world_receive(N_AVERAGE, "100", "10");
    world_receive(N_AVERAGE, "50", "13");
    wms_stock_issue *issue = world_issue(N_AVERAGE, N_DEPOT, "70");
    world_submit(&wms_stock_issue_doctype, issue);
    world_bin_is(N_AVERAGE, N_DEPOT, "80", "880");
    world_ledger_is("stock_issue", "770");
    world_submit(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "80"));
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, issue->id, "cancel", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "70", "770");
    world_ledger_is("stock_issue", "880");
    world_prove();
}
END_TEST

START_TEST(issue_tells_every_short_line)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_issue *issue = world_new(&wms_stock_issue_type);
    issue->warehouse = test_id(N_DEPOT);
    wms_issue_line *lines = world_lines(&issue->lines, 4, sizeof *lines);
    lines[0].item = lines[1].item = test_id(N_AVERAGE);
    lines[2].item = test_id(N_SECOND);
    lines[3].item = test_id(N_FIFO);
    lines[0].qty = test_dec("6");
    lines[1].qty = test_dec("5");
    lines[2].qty = lines[3].qty = test_dec("1");
    world_draft(&wms_stock_issue_doctype, issue);
    m_status status = world_act(&wms_stock_issue_doctype, issue->id, "submit", NULL);
    failed_with(status, "wms.stock.negative", "lines[1].qty");
    failed_with(status, "wms.stock.negative", "lines[2].qty");
    failed_with(status, "wms.stock.negative", "lines[3].qty");
    ck_assert_uint_eq(W.call->error.field_count, 3);
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "100");
}
END_TEST

START_TEST(expense_account_can_be_chosen)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_issue *issue = world_issue(N_AVERAGE, N_DEPOT, "1");
    issue->expense_account = test_id(777);
    world_submit(&wms_stock_issue_doctype, issue);
    world_ledger_is("stock_issue", "0");
    world_ledger_is("", "10");
}
END_TEST

/* Stock without layers cannot be drawn as FIFO. */
START_TEST(another_method_is_noticed)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_issue *issue = world_issue(N_AVERAGE, N_DEPOT, "1");
    world_draft(&wms_stock_issue_doctype, issue);
    W.turned = true;
    failed_with(world_act(&wms_stock_issue_doctype, issue->id, "submit", NULL), "wms.stock.method",
                NULL);
}
END_TEST

/* ---- adjustments ---- */

static wms_stock_adjustment *adjustment(m_enum reason, m_enum direction, uint32_t item,
                                        const char *qty, const char *rate)
{
    wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
    doc->warehouse = test_id(N_DEPOT);
    doc->reason = reason;
    wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->direction = direction;
    line->qty = test_dec(qty);
    line->rate = test_dec(rate);
    return doc;
}

START_TEST(opening_stock)
{
    const m_doctype *type = &wms_stock_adjustment_doctype;
    wms_stock_adjustment *doc = adjustment(WMS_REASON_OPENING, WMS_ADJUST_IN, N_FIFO, "39", "12.6");
    world_submit(type, doc);
    world_bin_is(N_FIFO, N_DEPOT, "39", "491.4");
    world_ledger_is("opening_stock", "-491.4");
    doc = adjustment(WMS_REASON_OPENING, WMS_ADJUST_OUT, N_FIFO, "1", "0");
    field_failed(world_create(type, doc), "wms.adjustment.opening", "lines[0].direction");
}
END_TEST

START_TEST(count_differences)
{
    const m_doctype *type = &wms_stock_adjustment_doctype;
    wms_stock_adjustment *doc = adjustment(WMS_REASON_COUNT, WMS_ADJUST_IN, N_AVERAGE, "1", "0");
    world_draft(type, doc);
    field_failed(world_act(type, doc->id, "submit", NULL), "wms.adjustment.rate", "lines[0].rate");
    world_receive(N_AVERAGE, "3", "3.333333");
    doc = adjustment(WMS_REASON_COUNT, WMS_ADJUST_IN, N_AVERAGE, "1", "0");
    world_submit(type, doc);
    world_bin_is(N_AVERAGE, N_DEPOT, "4", "13.33");
    world_ledger_is("stock_adjustment", "-3.33");
    world_submit(type, adjustment(WMS_REASON_DAMAGE, WMS_ADJUST_OUT, N_AVERAGE, "4", "0"));
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    world_ledger_is("stock_adjustment", "10");
    failed_with(world_act(type, doc->id, "cancel", NULL), "wms.stock.consumed", NULL);
}
END_TEST

/* ---- warehouses ---- */

START_TEST(warehouse_rules)
{
    const m_doctype *type = &wms_warehouse_doctype;
    world_receive(N_AVERAGE, "1", "1");
    wms_warehouse *child = world_new(&wms_warehouse_type);
    child->code = child->name = M_STR("NEW");
    child->parent = test_id(N_OUTLET);
    field_failed(world_create(type, child), "wms.warehouse.parent", "parent");
    child->parent = child->id;
    field_failed(world_create(type, child), "core.link.not_found", "parent");
    child->parent = test_id(N_DEPOT);
    world_draft(type, child);
    const wms_warehouse *before = world_get(&wms_warehouse_type, test_id(N_DEPOT));
    wms_warehouse after = *before;
    after.parent = child->id;
    m_error_clear(W.call);
    ck_assert_int_eq(type->check(&W.module, W.call, &after, before), M_OK);
    field_failed(m_failed_fields(W.call), "wms.warehouse.parent", "parent");
    m_error_clear(W.call);
    after = *before;
    after.active = false;
    failed_with(type->check(&W.module, W.call, &after, before), "wms.warehouse.has_stock", NULL);
    m_error_clear(W.call);
    failed_with(type->on_delete(&W.module, W.call, before), "wms.warehouse.in_use", NULL);
    m_error_clear(W.call);
    ck_assert_int_eq(type->on_delete(&W.module, W.call, child), M_OK);
    wms_purchase_order *order = world_order(N_AVERAGE, "1", "1");
    order->warehouse = child->id;
    world_draft(&wms_purchase_order_doctype, order);
    failed_with(type->on_delete(&W.module, W.call, child), "wms.warehouse.in_use", NULL);
}
END_TEST

/* ---- reports ---- */

static m_list run(const m_report *report, const void *params)
{
    m_list rows = {0};
    ck_assert_int_eq(report->run(&W.module, W.call, params, &rows), M_OK);
    return rows;
}

static void some_days(void)
{
    world_receive(N_AVERAGE, "100", "10");
    test_advance_us(W.call, INT64_C(86400000000));
    world_receive(N_AVERAGE, "50", "13");
    test_advance_us(W.call, INT64_C(86400000000));
    world_submit(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "70"));
}

START_TEST(balance_now_and_then)
{
    some_days();
    m_list rows = run(&wms_stock_balance_report, &(wms_balance_params){0});
    ck_assert_uint_eq(rows.count, 1);
    const wms_balance_row *row = rows.items;
    same_dec(row->qty, "80", "quantity");
    ck_assert(row->value == test_dec("880").u);
    same_dec(row->rate, "11", "rate");
    ck_assert(m_str_is(row->warehouse_code, "DEPOT") && row->item_code.n > 0);
    wms_balance_params then = {.as_of = test_date("2026-04-01"), .item = test_id(N_AVERAGE)};
    row = run(&wms_stock_balance_report, &then).items;
    same_dec(row->qty, "100", "quantity on the first day");
    ck_assert(row->value == test_dec("1000").u);
    then.as_of = test_date("2026-03-31");
    ck_assert_uint_eq(run(&wms_stock_balance_report, &then).count, 0);
}
END_TEST

START_TEST(ledger_runs)
{
    some_days();
    wms_ledger_params params = {.item = test_id(N_AVERAGE), .warehouse = test_id(N_DEPOT)};
    m_list rows = run(&wms_stock_ledger_report, &params);
    ck_assert_uint_eq(rows.count, 3);
    same_dec(M_AT(rows, wms_ledger_row, 1)->balance_qty, "150", "after two");
    ck_assert(M_AT(rows, wms_ledger_row, 1)->balance_value == test_dec("1650").u);
    same_dec(M_AT(rows, wms_ledger_row, 2)->qty, "-70", "issue");
    params.from = test_date("2026-04-02");
    params.to = test_date("2026-04-02");
    rows = run(&wms_stock_ledger_report, &params);
    ck_assert_uint_eq(rows.count, 2);
    const wms_ledger_row *opening = rows.items;
    ck_assert(m_str_is(opening->event_type, "opening"));
    same_dec(opening->balance_qty, "100", "opening");
    same_dec(M_AT(rows, wms_ledger_row, 1)->balance_qty, "150", "closing");
    ck_assert(!m_id_is_null(M_AT(rows, wms_ledger_row, 1)->source_id));
}
END_TEST

START_TEST(orders_and_how_far_they_are)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, order);
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "4"));
    m_id line = M_AT(order->lines, wms_order_line, 0)->id;
    wms_billed_line billed[] = {
        {.id = test_id(9001), .order_line = line, .qty = test_dec("1")},
        {.id = test_id(9002), .order_line = line, .qty = test_dec("2")},
        {.id = test_id(9003), .order_line = test_id(9009), .qty = test_dec("9")}};
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(m_store_put(W.module.store, W.call, &wms_billed_line_type, &billed[i]),
                         M_OK);
    world_draft(&wms_purchase_order_doctype, world_order(N_AVERAGE, "1", "1"));
    m_list rows = run(&wms_order_status_report, &(wms_order_params){0});
    ck_assert_uint_eq(rows.count, 1);
    const wms_order_row *row = rows.items;
    same_dec(row->accepted, "4", "accepted");
    same_dec(row->open, "6", "open");
    same_dec(row->billed, "3", "billed");
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "6"));
    ck_assert_uint_eq(run(&wms_order_status_report, &(wms_order_params){.open_only = true}).count,
                      0);
}
END_TEST

/* ---- random business ---- */

static uint64_t next(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#define MOST 64
typedef struct {
    uint64_t seed;
    wms_goods_receipt *receipts[MOST];
    wms_stock_transfer *transfers[MOST];
    wms_stock_issue *issues[MOST];
    uint32_t receipt_count, transfer_count, issue_count, done;
} business;

static uint32_t any_item(business *b)
{
    static const uint32_t kinds[] = {N_AVERAGE, N_FIFO, N_SECOND, N_FIFO_TWO};
    return kinds[next(&b->seed) % 4];
}

static const char *number(business *b, uint32_t most, uint32_t places)
{
    uint32_t whole = (uint32_t)(next(&b->seed) % most) + 1;
    uint32_t part = (uint32_t)(next(&b->seed) % 1000);
    return places ? m_arena_printf(W.call->arena, "%u.%03u", whole, part)
                  : m_arena_printf(W.call->arena, "%u", whole);
}

/* Business goes on whether a step is refused or not; the books must hold after each. */
static m_status try_submit(const m_doctype *type, void *doc)
{
    M_TRY(world_create(type, doc));
    return world_act(type, ((m_doc *)doc)->id, "submit", NULL);
}

static m_status step(business *b)
{
    uint32_t pick = (uint32_t)(next(&b->seed) % 12);
    if (pick < 3 && b->receipt_count < MOST) {
        const char *rate = number(b, 90, 3);
        b->receipts[b->receipt_count++] = world_receive(any_item(b), number(b, 40, 0), rate);
        return M_OK;
    }
    if (pick < 5 && b->transfer_count < MOST) {
        wms_stock_transfer *transfer = transfer_of(any_item(b), number(b, 30, 0));
        M_TRY(try_submit(&wms_stock_transfer_doctype, transfer));
        b->transfers[b->transfer_count++] = transfer;
        return M_OK;
    }
    if (pick < 7 && b->transfer_count)
        return receive(b->transfers[next(&b->seed) % b->transfer_count],
                       next(&b->seed) % 3 ? number(b, 9, 0) : NULL);
    if (pick < 9 && b->issue_count < MOST) {
        wms_stock_issue *issue =
            world_issue(any_item(b), next(&b->seed) % 2 ? N_DEPOT : N_OUTLET, number(b, 15, 0));
        M_TRY(try_submit(&wms_stock_issue_doctype, issue));
        b->issues[b->issue_count++] = issue;
        return M_OK;
    }
    if (pick == 9 && b->receipt_count) {
        const wms_goods_receipt *of = b->receipts[next(&b->seed) % b->receipt_count];
        wms_purchase_return *back = world_new(&wms_purchase_return_type);
        back->receipt = of->id;
        wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
        line->receipt_line = M_AT(of->lines, wms_receipt_line, 0)->id;
        line->qty = test_dec(number(b, 9, 0));
        return try_submit(&wms_purchase_return_doctype, back);
    }
    if (pick == 10 && b->receipt_count)
        return world_act(&wms_goods_receipt_doctype,
                         b->receipts[next(&b->seed) % b->receipt_count]->id, "cancel", NULL);
    if (b->issue_count && next(&b->seed) % 2)
        return world_act(&wms_stock_issue_doctype, b->issues[next(&b->seed) % b->issue_count]->id,
                         "cancel", NULL);
    if (!b->transfer_count) return M_PRECONDITION;
    return world_act(&wms_stock_transfer_doctype,
                     b->transfers[next(&b->seed) % b->transfer_count]->id,
                     next(&b->seed) % 3 ? "cancel" : "write_off", NULL);
}

/* The brackets of every bin add up to what the balance report says of it. */
static void ageing_is_balance(void)
{
    m_list balance = run(&wms_stock_balance_report, &(wms_balance_params){0});
    m_list ageing = run(&wms_stock_ageing_report, &(wms_ageing_params){.bound_1 = 7});
    ck_assert_uint_eq(ageing.count, balance.count);
    for (uint32_t i = 0; i < ageing.count; i++) {
        const wms_ageing_row *row = M_AT(ageing, const wms_ageing_row, i);
        const wms_balance_row *of = M_AT(balance, const wms_balance_row, i);
        ck_assert(m_id_eq(row->item, of->item) && m_id_eq(row->warehouse, of->warehouse));
        ck_assert(row->qty_1.u + row->qty_2.u + row->qty_3.u + row->qty_older.u == of->qty.u);
        ck_assert(row->value_1 + row->value_2 + row->value_3 + row->value_older == of->value);
    }
}

START_TEST(both_books_agree_whatever_happens)
{
    business b = {.seed = UINT64_C(0x2545F4914F6CDD1D) + (uint64_t)_i * 7919};
    for (int i = 0; i < 150; i++) {
        if (step(&b) == M_OK) b.done++;
        world_prove();
        if (i % 3 == 0) test_advance_us(W.call, INT64_C(86400000000));
    }
    ageing_is_balance();
    ck_assert_uint_gt(b.done, 40);
    ck_assert_uint_gt(b.transfer_count, 3);
    ck_assert_uint_gt(b.issue_count, 3);
}
END_TEST

static void add(Suite *s, const char *name, void (*fill)(TCase *))
{
    TCase *c = tcase_create(name);
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_set_timeout(c, 60);
    fill(c);
    suite_add_tcase(s, c);
}

static void transfers(TCase *c)
{
    tcase_add_loop_test(c, short_receipt_stays_in_transit, 0, 2);
    tcase_add_test(c, rest_arrives_later);
    tcase_add_test(c, transfers_in_transit_do_not_mix);
    tcase_add_test(c, transfers_keep_layers);
    tcase_add_loop_test(c, cancelled_transfer_returns, 0, 2);
    tcase_add_test(c, transfer_refusals);
    tcase_add_test(c, arrivals_name_lines_of_the_transfer);
    tcase_add_test(c, transit_must_be_clear);
}

static void others(TCase *c)
{
    tcase_add_test(c, issue_is_an_expense);
    tcase_add_test(c, issue_tells_every_short_line);
    tcase_add_test(c, expense_account_can_be_chosen);
    tcase_add_test(c, another_method_is_noticed);
    tcase_add_test(c, opening_stock);
    tcase_add_test(c, count_differences);
    tcase_add_test(c, warehouse_rules);
}

static void reports(TCase *c)
{
    tcase_add_test(c, balance_now_and_then);
    tcase_add_test(c, ledger_runs);
    tcase_add_test(c, orders_and_how_far_they_are);
}

static void random_business(TCase *c)
{
    tcase_add_loop_test(c, both_books_agree_whatever_happens, 0, 12);
}

int main(void)
{
    Suite *s = suite_create("wms stock");
    add(s, "transfers", transfers);
    add(s, "issues, adjustments, warehouses", others);
    add(s, "reports", reports);
    add(s, "random business", random_business);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
