/* Stock ageing and reorder proposals: the rules by their worked cases, the reports through
 * documents. */
#include <stdlib.h>

#include "reports/reorder.h"
#include "reports/reports.h"
#include "reports/stock_age.h"
#include "wms_world.h"

/* ---- the age queue ---- */

#define MOVES 8

/* 'c' counts, 'i' comes in, 'o' goes out. layer: 0: none. */
typedef struct {
    char op;
    const char *on, *qty, *value;
    uint32_t layer;
} movement;

typedef struct {
    const char *name;
    movement moves[MOVES];
    const char *queue[MOVES]; /* quantities, oldest first */
    const char *oldest;
    const char *as_of;
    const char *value; /* of all, spread by cost */
    const char *qtys[WMS_AGE_BRACKETS], *values[WMS_AGE_BRACKETS];
} age_case;

static const age_case ages[] = {
    {.name = "V013",
     .moves = {{'c', "2021-12-01", "1000", "10000", 0},
               {'c', "2021-12-02", "400", "4000", 0},
               {'o', "2021-12-03", "10", "100", 0}},
     .queue = {"390"},
     .oldest = "2021-12-02",
     .as_of = "2021-12-10",
     .value = "3900",
     .qtys = {"390", "0", "0", "0"},
     .values = {"3900", "0", "0", "0"}},
    {.name = "a count in the middle makes all one",
     .moves = {{'i', "2021-10-01", "10", "100", 0},
               {'i', "2021-11-01", "10", "200", 0},
               {'c', "2021-12-01", "21", "310", 0},
               {'i', "2021-12-02", "5", "50", 0}},
     .queue = {"21", "5"},
     .oldest = "2021-12-01",
     .as_of = "2021-12-31",
     .value = "360",
     .qtys = {"26", "0", "0", "0"},
     .values = {"360", "0", "0", "0"}},
    {.name = "first in, first out, over the edges of the brackets",
     .moves = {{'i', "2021-10-01", "100", "1000", 1},
               {'i', "2021-10-02", "50", "650", 2},
               {'i', "2021-11-01", "10", "200", 3},
               {'i', "2021-12-01", "4", "100", 4},
               {'o', "2021-12-01", "120", "1260", 1}},
     .queue = {"30", "10", "4"},
     .oldest = "2021-10-02",
     .as_of = "2021-12-31",
     .value = "690",
     .qtys = {"4", "10", "30", "0"},
     .values = {"100", "200", "390", "0"}},
    {.name = "the named layer first, and back into it",
     .moves = {{'i', "2021-01-01", "10", "100", 1},
               {'i', "2021-12-01", "10", "200", 2},
               {'o', "2021-12-02", "12", "220", 2},
               {'i', "2021-12-03", "2", "20", 1}},
     .queue = {"10"},
     .oldest = "2021-01-01",
     .as_of = "2021-12-31",
     .value = "100",
     .qtys = {"0", "0", "0", "10"},
     .values = {"0", "0", "0", "100"}},
    {.name = "counted to nothing",
     .moves = {{'i', "2021-01-01", "10", "100", 0}, {'c', "2021-01-02", "0", "0", 0}},
     .as_of = "2021-12-31",
     .value = "0",
     .qtys = {"0", "0", "0", "0"},
     .values = {"0", "0", "0", "0"}},
};

static void step(wms_age_queue *queue, const movement *m)
{
    m_id layer = m->layer ? test_id(m->layer) : (m_id){{0}};
    if (m->op == 'c')
        wms_age_count(queue, test_date(m->on), test_dec(m->qty), test_dec(m->value));
    else if (m->op == 'i')
        ck_assert_int_eq(
            wms_age_in(queue, test_date(m->on), layer, test_dec(m->qty), test_dec(m->value)), M_OK);
    else
        ck_assert_int_eq(wms_age_out(queue, layer, test_dec(m->qty)), M_OK);
}

START_TEST(age_cases)
{
    static const int64_t bounds[3] = {30, 60, 90};
    const age_case *c = &ages[_i];
    wms_age_slot slots[MOVES];
    wms_age_queue queue = {.slots = slots};
    wms_age_bracket got[WMS_AGE_BRACKETS];
    uint32_t n = 0;
    for (const movement *m = c->moves; m->op; m++)
        step(&queue, m);
    for (uint32_t i = queue.head; i < queue.count; i++) {
        if (slots[i].qty.u == 0) continue;
        ck_assert_ptr_nonnull(c->queue[n]);
        same_dec(slots[i].qty, c->queue[n++], c->name);
    }
    ck_assert_ptr_null(c->queue[n]);
    if (n) ck_assert(slots[queue.head].since.d == test_date(c->oldest).d);
    ck_assert_int_eq(
        wms_age_spread(&queue, test_date(c->as_of), bounds, test_dec(c->value), true, 2, got),
        M_OK);
    for (uint32_t b = 0; b < WMS_AGE_BRACKETS; b++) {
        same_dec(got[b].qty, c->qtys[b], c->name);
        same_dec(got[b].value, c->values[b], c->name);
    }
}
END_TEST

/* Moving average: what is there has one rate, and the shares add up to the cent. */
START_TEST(spread_at_the_average)
{
    static const int64_t bounds[3] = {1, 2, 3};
    wms_age_slot slots[3];
    wms_age_queue queue = {.slots = slots};
    wms_age_bracket got[WMS_AGE_BRACKETS];
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(
            wms_age_in(&queue, (m_date){800000 - i}, (m_id){{0}}, test_dec("1"), test_dec("50")),
            M_OK);
    ck_assert_int_eq(
        wms_age_spread(&queue, (m_date){800001}, bounds, test_dec("100"), false, 2, got), M_OK);
    same_dec(got[0].value, "33.33", "one day");
    same_dec(got[1].value, "33.33", "two days");
    same_dec(got[2].value, "33.34", "three days");
    /* sold half a piece that is not there: the next that comes pays it */
    ck_assert_int_eq(wms_age_out(&queue, (m_id){{0}}, test_dec("3.5")), M_OK);
    same_dec(queue.owed, "0.5", "owed");
    queue.count = queue.head = 0;
    ck_assert_int_eq(
        wms_age_in(&queue, (m_date){800001}, (m_id){{0}}, test_dec("2"), test_dec("10")), M_OK);
    same_dec(slots[0].qty, "1.5", "left of two");
    same_dec(slots[0].cost, "7.5", "and its cost");
}
END_TEST

/* ---- the reorder rule ---- */

typedef struct {
    const char *name, *projected, *level, *target, *least, *lot, *want;
} reorder_case;

static const reorder_case reorders[] = {
    {"V027", "0", "10", "15", "0", "0", "15"},
    {"rules 3.2", "75", "114", "300", "100", "24", "240"},
    {"rules 3.2, the same night", "315", "114", "300", "100", "24", "0"},
    {"one above the level", "11", "10", "15", "0", "0", "0"},
    {"at the level", "10", "10", "15", "0", "0", "5"},
    {"the smallest order", "10", "10", "15", "8", "0", "8"},
    {"V027 by the item's quantity", "0", "10", "10", "15", "15", "15"},
    {"several lots", "0", "100", "100", "30", "30", "120"},
    {"above the level, not just at it", "0", "100", "100", "10", "10", "110"},
    {"at the level, one lot", "10", "10", "10", "15", "15", "15"},
};

START_TEST(reorder_cases)
{
    const reorder_case *c = &reorders[_i];
    wms_reorder_case given = {test_dec(c->projected), test_dec(c->level), test_dec(c->target),
                              test_dec(c->least), test_dec(c->lot)};
    m_dec got;
    ck_assert_int_eq(wms_reorder(&given, &got), M_OK);
    same_dec(got, c->want, c->name);
}
END_TEST

/* ---- the reports ---- */

static m_list run(const m_report *report, const void *params)
{
    m_list rows = {0};
    ck_assert_int_eq(report->run(&W.module, W.call, params, &rows), M_OK);
    return rows;
}

static void days_pass(int days)
{
    test_advance_us(W.call, INT64_C(86400000000) * days);
}

static wms_stock_adjustment *count(uint32_t item, m_enum direction, const char *qty)
{
    wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
    doc->warehouse = test_id(N_DEPOT);
    doc->reason = WMS_REASON_COUNT;
    wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->direction = direction;
    line->qty = test_dec(qty);
    if (direction == WMS_ADJUST_IN) line->rate = test_dec("10");
    world_submit(&wms_stock_adjustment_doctype, doc);
    return doc;
}

/* V013 with both methods; the cancelled count is none any more. */
START_TEST(counts_through_documents)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    count(item, WMS_ADJUST_IN, "1000");
    days_pass(1);
    wms_stock_adjustment *second = count(item, WMS_ADJUST_OUT, "600");
    days_pass(1);
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "10"));
    m_list rows = run(&wms_stock_ageing_report, &(wms_ageing_params){0});
    ck_assert_uint_eq(rows.count, 1);
    const wms_ageing_row *row = rows.items;
    same_dec(row->qty, "390", "quantity");
    same_dec(row->qty_1, "390", "young");
    ck_assert(row->value == test_dec("3900").u && row->value_1 == row->value);
    ck_assert(row->oldest.d == test_date("2026-04-02").d);
    wms_ageing_params then = {.as_of = test_date("2026-04-01")};
    row = run(&wms_stock_ageing_report, &then).items;
    same_dec(row->qty_1, "1000", "on the first day");
    ck_assert_int_eq(world_act(&wms_stock_adjustment_doctype, second->id, "cancel", NULL), M_OK);
    row = run(&wms_stock_ageing_report, &(wms_ageing_params){0}).items;
    same_dec(row->qty, "990", "quantity");
    ck_assert(row->oldest.d == test_date("2026-04-01").d);
}
END_TEST

static m_str now_text(void)
{
    char text[M_TIME_TEXT];
    m_time_format(m_now(W.call), text);
    char *copy = m_arena_printf(W.call->arena, "%s", text);
    ck_assert_ptr_nonnull(copy);
    return m_str_of(copy);
}

static void balance_is(m_str known_at, const char *qty, const char *value)
{
    wms_balance_params asked = {.known_at = known_at};
    m_list rows = run(&wms_stock_balance_report, &asked);
    ck_assert_uint_eq(rows.count, qty ? 1 : 0);
    if (!qty) return;
    same_dec(M_AT(rows, wms_balance_row, 0)->qty, qty, "quantity as known");
    ck_assert(M_AT(rows, wms_balance_row, 0)->value == test_dec(value).u);
}

/* What was recorded later is not known: a count, an issue, and that the count was cancelled. */
START_TEST(stock_as_known)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    count(item, WMS_ADJUST_IN, "1000");
    m_str first = now_text();
    days_pass(1);
    wms_stock_adjustment *second = count(item, WMS_ADJUST_OUT, "600");
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "10"));
    m_str before = now_text();
    days_pass(1);
    ck_assert_int_eq(world_act(&wms_stock_adjustment_doctype, second->id, "cancel", NULL), M_OK);
    balance_is(M_STR("2026-03-31"), NULL, NULL);
    balance_is(first, "1000", "10000");
    balance_is(M_STR("2026-04-01"), "1000", "10000");
    balance_is(before, "390", "3900");
    balance_is(now_text(), "990", "9900");
    balance_is(M_STR(""), "990", "9900");
    wms_ageing_params aged = {.known_at = before};
    const wms_ageing_row *row = run(&wms_stock_ageing_report, &aged).items;
    same_dec(row->qty_1, "390", "age as known");
    ck_assert(row->oldest.d == test_date("2026-04-02").d); /* the count was one then */
    aged.known_at = now_text();
    row = run(&wms_stock_ageing_report, &aged).items;
    ck_assert(row->oldest.d == test_date("2026-04-01").d);
    wms_ledger_params ledger = {.item = test_id(item), .known_at = before};
    m_list rows = run(&wms_stock_ledger_report, &ledger);
    ck_assert_uint_eq(rows.count, 3);
    same_dec(M_AT(rows, wms_ledger_row, 2)->balance_qty, "390", "ledger as known");
    ledger.known_at = M_STR("soon");
    failed_with(wms_stock_ledger_report.run(&W.module, W.call, &ledger, &rows), "core.validation",
                NULL);
    ck_assert(m_str_is(W.call->error.fields[0].code, "wms.report.known_at"));
}
END_TEST

/* Drafts of the days asked for, whatever their kind. */
START_TEST(what_was_not_submitted)
{
    wms_stock_issue *issue = world_issue(N_AVERAGE, N_DEPOT, "1");
    issue->posting_date = test_date("2026-03-15");
    world_draft(&wms_stock_issue_doctype, issue);
    wms_purchase_order *order = world_order(N_AVERAGE, "1", "1");
    order->order_date = test_date("2026-03-31");
    world_draft(&wms_purchase_order_doctype, order);
    world_draft(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "1")); /* today */
    world_receive(N_AVERAGE, "5", "10");
    m_list rows = run(&wms_drafts_report, &(wms_drafts_params){0}); /* March */
    ck_assert_uint_eq(rows.count, 2);
    for (M_EACH(const wms_drafts_row, row, rows))
        ck_assert(m_id_eq(row->document, issue->id) || m_id_eq(row->document, order->id));
    wms_drafts_params april = {.from = test_date("2026-04-01")};
    ck_assert_uint_eq(run(&wms_drafts_report, &april).count, 1);
}
END_TEST

/* V013 once more: a reconciliation sets the quantity itself; pricing makes nothing younger. */
START_TEST(reconciliations_through_documents)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_submit(&wms_stock_reconciliation_doctype, world_reconcile(item, "1000", "10"));
    days_pass(1);
    world_submit(&wms_stock_reconciliation_doctype, world_reconcile(item, "400", NULL));
    days_pass(1);
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "10"));
    world_submit(&wms_stock_reconciliation_doctype, world_reconcile(item, NULL, "11"));
    m_list rows = run(&wms_stock_ageing_report, &(wms_ageing_params){0});
    ck_assert_uint_eq(rows.count, 1);
    const wms_ageing_row *row = rows.items;
    same_dec(row->qty_1, "390", "quantity");
    ck_assert(row->value_1 == test_dec("4290").u);
    ck_assert(row->oldest.d == test_date("2026-04-02").d);
}
END_TEST

/* What is missing is shown with its sign, and has no age. */
START_TEST(below_zero)
{
    W.negative = true;
    world_receive(N_AVERAGE, "10", "10");
    world_submit(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "13"));
    const wms_ageing_row *row = run(&wms_stock_ageing_report, &(wms_ageing_params){0}).items;
    same_dec(row->qty, "-3", "quantity");
    ck_assert(row->value == test_dec("-30").u && row->value_1 == 0 && row->qty_1.u == 0);
    days_pass(1);
    world_receive(N_AVERAGE, "5", "10");
    row = run(&wms_stock_ageing_report, &(wms_ageing_params){0}).items;
    same_dec(row->qty_1, "2", "what is left of what came in");
    ck_assert(row->value_1 == test_dec("20").u);
}
END_TEST

/* 100@10 and 50@13, out 120: what is left is the younger 30, worth 390 under FIFO, and in the
 * average 330. */
START_TEST(brackets_of_both_methods)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_receive(item, "100", "10");
    days_pass(40);
    world_receive(item, "50", "13");
    days_pass(31);
    wms_ageing_params asked = {.item = test_id(item), .warehouse = test_id(N_DEPOT)};
    const wms_ageing_row *row = run(&wms_stock_ageing_report, &asked).items;
    same_dec(row->qty_2, "50", "31 days");
    same_dec(row->qty_3, "100", "71 days");
    ck_assert(row->value_2 == test_dec(_i ? "650" : "550").u);
    ck_assert(row->value_3 == test_dec(_i ? "1000" : "1100").u);
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "120"));
    row = run(&wms_stock_ageing_report, &asked).items;
    same_dec(row->qty_2, "30", "31 days");
    same_dec(row->qty_3, "0", "71 days");
    ck_assert(row->value == test_dec(_i ? "390" : "330").u && row->value_2 == row->value);
    asked.bound_1 = 31;
    row = run(&wms_stock_ageing_report, &asked).items;
    same_dec(row->qty_1, "30", "within 31 days");
    asked.bound_2 = 31;
    m_list none = {0};
    failed_with(wms_stock_ageing_report.run(&W.module, W.call, &asked, &none), "wms.report.bounds",
                NULL);
}
END_TEST

/* More movements than one page of the read. */
START_TEST(many_movements)
{
    for (int i = 0; i < 1100; i++) {
        m_stock_move move = {.item = test_id(N_AVERAGE),
                             .warehouse = test_id(N_DEPOT),
                             .qty = test_dec("2"),
                             .value = test_dec("20")};
        m_stock_event event = {.event_id = m_new_id(W.call),
                               .event_type = M_STR("test"),
                               .voucher_no = M_STR("T"),
                               .posting_date = m_today(W.call),
                               .source_type = M_STR("test"),
                               .source_id = m_new_id(W.call),
                               .moves = {&move, 1}};
        m_stock_receipt receipt;
        ck_assert_int_eq(m_stock_keeper_post(W.module.keeper, W.call, &event, &receipt), M_OK);
        move.qty = test_dec("-1");
        move.value = test_dec("-10");
        event.event_id = m_new_id(W.call);
        ck_assert_int_eq(m_stock_keeper_post(W.module.keeper, W.call, &event, &receipt), M_OK);
    }
    const wms_ageing_row *row = run(&wms_stock_ageing_report, &(wms_ageing_params){0}).items;
    same_dec(row->qty_1, "1100", "quantity");
    ck_assert(row->value_1 == test_dec("11000").u);
}
END_TEST

static const wms_reorder_row *proposal(const m_list *rows, uint32_t item)
{
    for (M_EACH(const wms_reorder_row, row, *rows))
        if (m_id_eq(row->item, test_id(item))) return row;
    return NULL;
}

static m_list proposals(bool all)
{
    return run(&wms_reorder_report, &(wms_reorder_params){.all = all});
}

/* Nothing there at all: the item's 15; the others are told with why nothing is proposed. */
START_TEST(proposals_from_nothing)
{
    m_list rows = proposals(false);
    ck_assert_uint_eq(rows.count, 3);
    same_dec(proposal(&rows, N_AVERAGE)->proposed, "15", "V027");
    const wms_reorder_row *old = proposal(&rows, N_OLD), *second = proposal(&rows, N_SECOND);
    ck_assert(m_str_is(old->note, "no longer in use") && old->proposed.u == 0);
    ck_assert(m_str_is(second->note, "no reorder quantity") && second->proposed.u == 0);
    wms_reorder_params one = {.item = test_id(N_SECOND)};
    ck_assert_uint_eq(run(&wms_reorder_report, &one).count, 1);
}
END_TEST

/* What is on order, on hand and on its way counts; drafts do not. */
START_TEST(proposals_follow_documents)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "1", "120");
    M_AT(order->lines, wms_order_line, 0)->unit = test_id(N_BOX);
    world_draft(&wms_purchase_order_doctype, order);
    m_list rows = proposals(false);
    same_dec(proposal(&rows, N_AVERAGE)->proposed, "15", "a draft is no order");
    ck_assert_int_eq(world_act(&wms_purchase_order_doctype, order->id, "submit", NULL), M_OK);
    rows = proposals(false);
    ck_assert_ptr_null(proposal(&rows, N_AVERAGE));
    rows = proposals(true);
    same_dec(proposal(&rows, N_AVERAGE)->on_order, "12", "a box of 12 on order");
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "1"));
    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *line = world_lines(&transfer->lines, 1, sizeof *line);
    line->item = test_id(N_AVERAGE);
    line->qty = test_dec("5");
    world_submit(&wms_stock_transfer_doctype, transfer);
    rows = proposals(true);
    const wms_reorder_row *row = proposal(&rows, N_AVERAGE);
    same_dec(row->on_order, "0", "received");
    same_dec(row->on_hand, "7", "on hand");
    same_dec(row->in_transit, "5", "on its way");
    same_dec(row->projected, "12", "projected");
    ck_assert(row->proposed.u == 0 && row->note.n == 0);
    world_submit(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "2"));
    rows = proposals(false);
    same_dec(proposal(&rows, N_AVERAGE)->proposed, "15", "at the level");
}
END_TEST

/* What is beyond the limit is refused, never cut off. */
START_TEST(more_bins_than_a_report_has)
{
    wms_balance_params params = {.warehouse = test_id(N_DEPOT)};
    m_list rows;
    for (uint32_t i = 0; i < M_QUERY_LIMIT_MAX; i++) {
        m_stock_bin bin = {.item = test_id(N_AVERAGE),
                           .warehouse = test_id(i ? 1000000 + i : N_DEPOT),
                           .qty = m_dec_of_int(1),
                           .value = m_dec_of_int(1)};
        ck_assert_int_eq(m_store_insert(W.module.store, W.call, &m_stock_bin_type, &bin), M_OK);
    }
    ck_assert_int_eq(wms_stock_balance_report.run(&W.module, W.call, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    failed_with(wms_stock_balance_report.run(&W.module, W.call, &(wms_balance_params){0}, &rows),
                "wms.report.too_large", NULL);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wms reports");
    TCase *rules = tcase_create("rules"), *reports = tcase_create("reports");
    tcase_add_checked_fixture(reports, world_open, world_close);
    tcase_set_timeout(reports, 60);
    tcase_add_loop_test(rules, age_cases, 0, (int)(sizeof ages / sizeof *ages));
    tcase_add_test(rules, spread_at_the_average);
    tcase_add_loop_test(rules, reorder_cases, 0, (int)(sizeof reorders / sizeof *reorders));
    tcase_add_loop_test(reports, counts_through_documents, 0, 2);
    tcase_add_test(reports, what_was_not_submitted);
    tcase_add_loop_test(reports, stock_as_known, 0, 2);
    tcase_add_test(reports, below_zero);
    tcase_add_loop_test(reports, reconciliations_through_documents, 0, 2);
    tcase_add_loop_test(reports, brackets_of_both_methods, 0, 2);
    tcase_add_test(reports, many_movements);
    tcase_add_test(reports, proposals_from_nothing);
    tcase_add_test(reports, proposals_follow_documents);
    tcase_add_test(reports, more_bins_than_a_report_has);
    suite_add_tcase(s, rules);
    suite_add_tcase(s, reports);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
