/* Standard cost: the rules by table, and through documents: receipts, issues, a new standard, what
 * can and cannot be undone. */
#include <stdlib.h>

#include "wms_world.h"

static const m_doctype *const type = &wms_standard_cost_doctype;

/* ---- rules ---- */

/* 'r' receives, 'i' issues, 's' sets the standard; moved: by how much the value changes. */
typedef struct {
    char op;
    const char *qty; /* 's': the new standard */
    const char *moved;
    const char *left_qty;
    const char *left_value;
} step;

/* V021: 10 and 10 at 10, 15 leave, the standard becomes 15. */
static const step v021[] = {{'s', "10", "0", "0", "0"},      {'r', "10", "100", "10", "100"},
                            {'r', "10", "100", "20", "200"}, {'i', "15", "150", "5", "50"},
                            {'s', "15", "25", "5", "75"},    {0, NULL, NULL, NULL, NULL}};
/* Each third of a coin finds its place, and nothing is left behind. */
static const step thirds[] = {{'s', "0.333333", "0", "0", "0"}, {'r', "1", "0.33", "1", "0.33"},
                              {'r', "1", "0.34", "2", "0.67"},  {'r', "1", "0.33", "3", "1"},
                              {'i', "2", "0.67", "1", "0.33"},  {'s', "0.1", "-0.23", "1", "0.1"},
                              {'i', "1", "0.1", "0", "0"},      {0, NULL, NULL, NULL, NULL}};
static const step *const tables[] = {v021, thirds};

START_TEST(rules)
{
    wms_pool pool = {{0}, {0}};
    m_dec rate = {0}, moved = {0};
    for (const step *s = tables[_i]; s->op; s++) {
        m_dec qty = test_dec(s->qty);
        m_status status = s->op == 'r'   ? wms_standard_in(&pool, qty, rate, 2, &moved)
                          : s->op == 'i' ? wms_standard_out(&pool, qty, rate, 2, &moved)
                                         : wms_pool_reprice(&pool, qty, 2, &moved);
        if (s->op == 's') rate = qty;
        ck_assert_int_eq(status, M_OK);
        same_dec(moved, s->moved, "moved");
        same_dec(pool.qty, s->left_qty, "left");
        same_dec(pool.value, s->left_value, "worth");
    }
}
END_TEST

START_TEST(rules_refuse)
{
    wms_pool pool = {test_dec("5"), test_dec("50")};
    m_dec moved = {7};
    ck_assert_int_eq(wms_standard_out(&pool, test_dec("6"), test_dec("10"), 2, &moved),
                     M_PRECONDITION);
    ck_assert_int_eq(wms_standard_out(&pool, test_dec("0"), test_dec("10"), 2, &moved), M_INVALID);
    ck_assert_int_eq(wms_standard_in(&pool, test_dec("-1"), test_dec("10"), 2, &moved), M_INVALID);
    ck_assert_int_eq(wms_standard_in(&pool, test_dec("1"), test_dec("-10"), 2, &moved), M_INVALID);
    ck_assert_int_eq(wms_pool_reprice(&pool, test_dec("-10"), 2, &moved), M_INVALID);
    ck_assert_int_eq(wms_standard_in(&pool, test_dec("1000000"), test_dec("9000000"), 2, &moved),
                     M_RANGE);
    ck_assert(pool.qty.u == test_dec("5").u && pool.value.u == test_dec("50").u && moved.u == 7);
}
END_TEST

/* ---- documents ---- */

static void issue_gives(const char *qty, const char *value)
{
    wms_stock_issue *issue = world_issue(N_STANDARD, N_DEPOT, qty);
    world_submit(&wms_stock_issue_doctype, issue);
    const wms_stock_issue *got = world_get(&wms_stock_issue_type, issue->id);
    same_dec(got->total, value, "issued");
}

START_TEST(v021_through_documents)
{
    world_submit(type, world_standard(N_STANDARD, "10"));
    world_receive(N_STANDARD, "10", "10");
    world_receive(N_STANDARD, "10", "10");
    issue_gives("15", "150");
    wms_standard_cost *dearer = world_standard(N_STANDARD, "15");
    world_submit(type, dearer);
    world_bin_is(N_STANDARD, N_DEPOT, "5", "75");
    world_ledger_is("stock", "75");
    world_ledger_is("stock_revaluation", "-25");
    const wms_standard_cost *got = world_get(&wms_standard_cost_type, dearer->id);
    ck_assert_int_eq(got->revision, 2);
    same_dec(got->revaluation, "25", "revaluation");
    ck_assert_uint_eq(got->lines.count, 1);
    const wms_standard_line *line = M_AT(got->lines, const wms_standard_line, 0);
    same_dec(line->old_value, "50", "before");
    same_dec(line->new_value, "75", "after");
}
END_TEST

/* Bought dearer and cheaper than the standard: stock does not see it. */
START_TEST(difference_is_a_variance)
{
    world_submit(type, world_standard(N_STANDARD, "10"));
    wms_goods_receipt *dear = world_receive(N_STANDARD, "10", "12.5");
    world_ledger_is("stock", "100");
    world_ledger_is("purchase_variance", "25");
    world_ledger_is("grni", "-125");
    const wms_goods_receipt *got = world_get(&wms_goods_receipt_type, dear->id);
    same_dec(got->total, "125", "total");
    same_dec(got->stock_total, "100", "into stock");
    world_receive(N_STANDARD, "10", "9");
    world_ledger_is("purchase_variance", "15");
    world_bin_is(N_STANDARD, N_DEPOT, "20", "200");
    /* half of the dear ones go back: 62.50 of what is owed for 50 of stock */
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = dear->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(dear->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("5");
    world_submit(&wms_purchase_return_doctype, back);
    world_bin_is(N_STANDARD, N_DEPOT, "15", "150");
    world_ledger_is("purchase_variance", "2.5");
    world_ledger_is("grni", "-152.5");
    issue_gives("15", "150");
    world_bin_is(N_STANDARD, N_DEPOT, "0", "0");
}
END_TEST

/* What a movement was valued by is on it. */
START_TEST(entries_name_their_standard)
{
    wms_standard_cost *standard = world_standard(N_STANDARD, "10");
    m_query all = {0};
    m_fetch read = {.type = &m_stock_entry_type, .query = &all};
    world_submit(type, standard);
    world_receive(N_STANDARD, "10", "12");
    world_receive(N_AVERAGE, "10", "12");
    ck_assert_int_eq(m_store_fetch(W.module.store, W.call, &read, 1), M_OK);
    ck_assert_uint_eq(read.count, 2);
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_entry *entry = read.records[i];
        bool ours = m_id_eq(entry->item, test_id(N_STANDARD));
        ck_assert_int_eq(entry->method, ours ? M_STANDARD : M_MOVING_AVERAGE);
        ck_assert(m_id_eq(entry->rule, ours ? standard->id : (m_id){{0}}));
    }
}
END_TEST

/* Every warehouse is revalued; an adjustment without a rate comes in at standard, one with a rate
 * has its variance. */
START_TEST(adjustments_and_warehouses)
{
    world_submit(type, world_standard(N_STANDARD, "10"));
    for (int i = 0; i < 2; i++) {
        wms_stock_adjustment *doc = world_new(&wms_stock_adjustment_type);
        doc->warehouse = test_id(i ? N_OUTLET : N_DEPOT);
        doc->reason = WMS_REASON_OPENING;
        wms_adjustment_line *line = world_lines(&doc->lines, 1, sizeof *line);
        line->item = test_id(N_STANDARD);
        line->qty = test_dec("3");
        line->rate = test_dec(i ? "11" : "0");
        world_submit(&wms_stock_adjustment_doctype, doc);
    }
    world_bin_is(N_STANDARD, N_DEPOT, "3", "30");
    world_bin_is(N_STANDARD, N_OUTLET, "3", "30");
    world_ledger_is("opening_stock", "-63");
    world_ledger_is("purchase_variance", "3");
    world_submit(type, world_standard(N_STANDARD, "8"));
    world_bin_is(N_STANDARD, N_DEPOT, "3", "24");
    world_bin_is(N_STANDARD, N_OUTLET, "3", "24");
    world_ledger_is("stock_revaluation", "12");
}
END_TEST

START_TEST(landed_cost_is_all_variance)
{
    world_submit(type, world_standard(N_STANDARD, "10"));
    wms_goods_receipt *receipt = world_receive(N_STANDARD, "10", "10");
    wms_landed_cost *doc = world_new(&wms_landed_cost_type);
    wms_landed_charge *charge = world_lines(&doc->charges, 1, sizeof *charge);
    wms_landed_receipt *line = world_lines(&doc->receipts, 1, sizeof *line);
    charge->account = test_id(701);
    charge->amount = test_dec("7");
    line->receipt = receipt->id;
    world_submit(&wms_landed_cost_doctype, doc);
    world_bin_is(N_STANDARD, N_DEPOT, "10", "100");
    world_ledger_is("landed_cost_variance", "7");
}
END_TEST

static wms_stock_transfer *under_way(void)
{
    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *line = world_lines(&transfer->lines, 1, sizeof *line);
    line->item = test_id(N_STANDARD);
    line->qty = test_dec("4");
    world_submit(&wms_stock_transfer_doctype, transfer);
    return transfer;
}

START_TEST(refusals)
{
    wms_purchase_order *order = world_order(N_STANDARD, "10", "10");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "10");
    world_draft(&wms_goods_receipt_doctype, receipt);
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "submit", NULL),
                "wms.standard_cost.missing", "lines[0].received_qty");

    field_failed(world_create(type, world_standard(N_AVERAGE, "10")), "wms.standard_cost.method",
                 "item");
    field_failed(world_create(type, world_standard(N_SERVICE, "10")), "wms.item.not_stock", "item");
    field_failed(world_create(type, world_standard(999, "10")), "core.link.not_found", "item");
    wms_standard_cost *doc = world_standard(N_STANDARD, "10");
    m_date today = m_today(W.call);
    doc->posting_date = m_date_add_months(today, 1);
    field_failed(world_create(type, doc), "wms.standard_cost.future", "posting_date");
    world_submit(type, world_standard(N_STANDARD, "10"));
    doc = world_standard(N_STANDARD, "11");
    doc->posting_date = m_date_add_months(today, -1);
    field_failed(world_create(type, doc), "wms.standard_cost.earlier", "posting_date");

    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, receipt->id, "submit", NULL), M_OK);
    wms_stock_transfer *transfer = under_way();
    doc = world_standard(N_STANDARD, "11");
    world_draft(type, doc);
    failed_with(world_act(type, doc->id, "submit", NULL), "wms.standard_cost.in_transit", NULL);
    ck_assert_int_eq(world_act(&wms_stock_transfer_doctype, transfer->id, "receive", NULL), M_OK);
    ck_assert_int_eq(world_act(type, doc->id, "submit", NULL), M_OK);
    world_bin_is(N_STANDARD, N_OUTLET, "4", "44");
    world_bin_is(N_STANDARD, N_DEPOT, "6", "66");
    world_prove();
}
END_TEST

START_TEST(undoing)
{
    wms_standard_cost *first = world_standard(N_STANDARD, "10");
    world_submit(type, first);
    wms_goods_receipt *receipt = world_receive(N_STANDARD, "10", "12");
    failed_with(world_act(type, first->id, "cancel", NULL), "wms.standard_cost.used", NULL);

    wms_standard_cost *second = world_standard(N_STANDARD, "15");
    world_submit(type, second);
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "wms.standard_cost.changed", NULL);
    failed_with(world_act(type, first->id, "cancel", NULL), "wms.standard_cost.used", NULL);
    ck_assert_int_eq(world_act(type, second->id, "cancel", NULL), M_OK);
    world_bin_is(N_STANDARD, N_DEPOT, "10", "100");
    world_ledger_is("stock_revaluation", "0");
    issue_gives("4", "40");

    wms_stock_issue *issue = world_issue(N_STANDARD, N_DEPOT, "6");
    world_submit(&wms_stock_issue_doctype, issue);
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, issue->id, "cancel", NULL), M_OK);
    world_bin_is(N_STANDARD, N_DEPOT, "6", "60");
    world_prove();
    wms_standard_cost *third = world_standard(N_STANDARD, "20");
    world_submit(type, third);
    issue_gives("1", "20");
    failed_with(world_act(type, third->id, "cancel", NULL), "wms.standard_cost.used", NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms standard cost");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, rules, 0, 2);
    tcase_add_test(t, rules_refuse);
    tcase_add_test(t, v021_through_documents);
    tcase_add_test(t, difference_is_a_variance);
    tcase_add_test(t, entries_name_their_standard);
    tcase_add_test(t, adjustments_and_warehouses);
    tcase_add_test(t, landed_cost_is_all_variance);
    tcase_add_test(t, refusals);
    tcase_add_test(t, undoing);
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
