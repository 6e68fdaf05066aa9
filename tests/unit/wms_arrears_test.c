/* Negative stock under moving average: goods that leave before they are booked in. The worked cases
 * by the rules, and through documents where the policy allows it. */
#include <stdlib.h>

#include "wms_world.h"

/* ---- rules ---- */

/* 'r' receives qty worth value, 'i' issues qty. */
typedef struct {
    char op;
    const char *qty;
    const char *value;      /* 'r': what it is worth; 'i': what must leave */
    const char *correction; /* 'r' below zero */
    const char *left_qty;
    const char *left_value;
} step;

static const step v005[] = {
    {'r', "10", "100", "0", "10", "100"},   {'r', "10", "200", "0", "20", "300"},
    {'i', "30", "450", "0", "-10", "-150"}, {'r', "10", "300", "-150", "0", "0"},
    {'r', "10", "400", "0", "10", "400"},   {0}};
/* Nothing is known of the price when it is sold: it costs what is bought for it. */
static const step v018[] = {
    {'i', "10", "0", "0", "-10", "0"}, {'r', "20", "200", "-100", "10", "100"}, {0}};
/* The two that come back do so at 10, what they left at. */
static const step v019[] = {{'r', "10", "100", "0", "10", "100"},
                            {'i', "8", "80", "0", "2", "20"},
                            {'r', "2", "20", "0", "4", "40"},
                            {0}};
/* Bought piece by piece, cheaper, at the same price, dearer; thirds of a coin find their place. */
static const step parts[] = {
    {'r', "3", "10", "0", "3", "10"},       {'i', "4", "13.33", "0", "-1", "-3.33"},
    {'i', "2", "6.66", "0", "-3", "-9.99"}, {'r', "1", "2", "1.33", "-2", "-6.66"},
    {'r', "1", "3.33", "0", "-1", "-3.33"}, {'r', "3", "10", "0", "2", "6.67"},
    {'i', "2", "6.67", "0", "0", "0"},      {0}};
static const step *const tables[] = {v005, v018, v019, parts};

START_TEST(rules)
{
    wms_pool pool = {{0}, {0}};
    m_dec issued = {0}, corrected = {0};
    for (const step *s = tables[_i]; s->op; s++) {
        m_dec qty = test_dec(s->qty), value = {0}, correction = {0};
        if (s->op == 'i') {
            ck_assert_int_eq(wms_pool_overdraw(&pool, qty, 2, &value), M_OK);
            same_dec(value, s->value, "issued");
            issued.u += value.u;
        } else if (pool.qty.u < 0) {
            ck_assert_int_eq(wms_pool_cover(&pool, qty, test_dec(s->value), 2, &correction), M_OK);
            same_dec(correction, s->correction, "correction");
            corrected.u += correction.u;
        } else {
            ck_assert_int_eq(wms_pool_in(&pool, qty, test_dec(s->value)), M_OK);
            if (tables[_i] == v019 && s[1].op == 0) issued.u -= test_dec(s->value).u;
        }
        same_dec(pool.qty, s->left_qty, "quantity left");
        same_dec(pool.value, s->left_value, "value left");
    }
    m_dec cost = {issued.u - corrected.u};
    if (tables[_i] == v018) same_dec(cost, "100", "cost of goods sold");
    if (tables[_i] == v019) same_dec(cost, "60", "cost of goods sold");
}
END_TEST

START_TEST(rules_refuse)
{
    wms_pool pool = {test_dec("5"), test_dec("50")};
    m_dec out = {7};
    ck_assert_int_eq(wms_pool_cover(&pool, test_dec("1"), test_dec("1"), 2, &out), M_INVALID);
    ck_assert_int_eq(wms_pool_overdraw(&pool, test_dec("0"), 2, &out), M_INVALID);
    pool = (wms_pool){test_dec("-5"), test_dec("-50")};
    ck_assert_int_eq(wms_pool_cover(&pool, test_dec("0"), test_dec("1"), 2, &out), M_INVALID);
    ck_assert_int_eq(wms_pool_cover(&pool, test_dec("1"), test_dec("-1"), 2, &out), M_INVALID);
    ck_assert(out.u == 7);
}
END_TEST

/* Whatever order goods come and go in: what was paid is in the stock or was charged. */
START_TEST(nothing_is_lost)
{
    uint32_t seed = 4711;
    for (int round = 0; round < 300; round++) {
        wms_pool pool = {{0}, {0}};
        int64_t paid = 0, charged = 0;
        for (int i = 0; i < 40; i++) {
            seed = seed * 1664525U + 1013904223U;
            m_dec qty = {(int64_t)((seed >> 8) % 5 + 1) * M_DEC_ONE}, value, correction = {0};
            if (seed >> 31) {
                value.u = (int64_t)((seed >> 12) % 5000) * (M_DEC_ONE / 100);
                paid += value.u;
                if (pool.qty.u < 0)
                    ck_assert_int_eq(wms_pool_cover(&pool, qty, value, 2, &correction), M_OK);
                else
                    ck_assert_int_eq(wms_pool_in(&pool, qty, value), M_OK);
                charged -= correction.u;
            } else {
                ck_assert_int_eq(wms_pool_overdraw(&pool, qty, 2, &value), M_OK);
                charged += value.u;
            }
            ck_assert(pool.qty.u != 0 || pool.value.u == 0);
            ck_assert(pool.qty.u < 0 ? pool.value.u <= 0 : pool.value.u >= 0);
            ck_assert(paid == charged + pool.value.u);
        }
    }
}
END_TEST

/* ---- documents ---- */

static wms_stock_issue *issue(const char *qty, const char *value)
{
    wms_stock_issue *doc = world_issue(N_AVERAGE, N_DEPOT, qty);
    world_submit(&wms_stock_issue_doctype, doc);
    const wms_stock_issue *got = world_get(&wms_stock_issue_type, doc->id);
    same_dec(got->total, value, "issued");
    return doc;
}

START_TEST(v005_through_documents)
{
    W.negative = true;
    world_receive(N_AVERAGE, "10", "10");
    world_receive(N_AVERAGE, "10", "20");
    issue("30", "450");
    world_bin_is(N_AVERAGE, N_DEPOT, "-10", "-150");
    world_receive(N_AVERAGE, "10", "30");
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    world_ledger_is("stock_arrears", "150");
    world_receive(N_AVERAGE, "10", "40");
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "400");
    world_ledger_is("stock_arrears", "150");
    world_ledger_is("stock_issue", "450");
    world_ledger_is("stock", "400");
}
END_TEST

START_TEST(v018_through_documents)
{
    W.negative = true;
    issue("10", "0");
    world_bin_is(N_AVERAGE, N_DEPOT, "-10", "0");
    world_receive(N_AVERAGE, "20", "10");
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "100");
    world_ledger_is("stock_issue", "0");
    world_ledger_is("stock_arrears", "100");
}
END_TEST

/* Counted, priced, moved on, undone: below zero as above. */
START_TEST(other_documents)
{
    W.negative = true;
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_issue *sold = issue("15", "150");
    wms_stock_reconciliation *priced = world_reconcile(N_AVERAGE, NULL, "5");
    world_draft(&wms_stock_reconciliation_doctype, priced);
    field_failed(world_act(&wms_stock_reconciliation_doctype, priced->id, "submit", NULL),
                 "wms.reconciliation.nothing", "lines[0].rate");
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "3", "12");
    world_bin_is(N_AVERAGE, N_DEPOT, "-2", "-20");
    world_ledger_is("stock_arrears", "6");
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "-5", "-50");
    world_ledger_is("stock_arrears", "0");
    world_prove();

    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *line = world_lines(&transfer->lines, 1, sizeof *line);
    line->item = test_id(N_AVERAGE);
    line->qty = test_dec("2");
    world_submit(&wms_stock_transfer_doctype, transfer);
    ck_assert_int_eq(world_act(&wms_stock_transfer_doctype, transfer->id, "receive", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "-7", "-70");
    world_bin_is(N_AVERAGE, N_OUTLET, "2", "20");

    world_submit(&wms_stock_reconciliation_doctype, world_reconcile(N_AVERAGE, "5", "11"));
    world_bin_is(N_AVERAGE, N_DEPOT, "5", "55");
    world_ledger_is("stock_arrears", "7");
    ck_assert_int_eq(world_act(&wms_stock_issue_doctype, sold->id, "cancel", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "20", "205");
    world_prove();
}
END_TEST

/* Landed cost finds nothing to be on. */
START_TEST(landed_cost_below_zero)
{
    W.negative = true;
    issue("10", "0");
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "4", "10");
    wms_landed_cost *doc = world_new(&wms_landed_cost_type);
    wms_landed_charge *charge = world_lines(&doc->charges, 1, sizeof *charge);
    wms_landed_receipt *line = world_lines(&doc->receipts, 1, sizeof *line);
    charge->account = test_id(701);
    charge->amount = test_dec("7");
    line->receipt = receipt->id;
    world_submit(&wms_landed_cost_doctype, doc);
    world_ledger_is("landed_cost_variance", "7");
    world_bin_is(N_AVERAGE, N_DEPOT, "-6", "0");
}
END_TEST

/* Without the policy, and for other methods with it, nothing goes below zero; what comes in is
 * welcome all the same. */
START_TEST(refusals)
{
    uint32_t items[] = {N_AVERAGE, N_FIFO, N_STANDARD};
    world_submit(&wms_standard_cost_doctype, world_standard(N_STANDARD, "10"));
    W.negative = _i > 0;
    world_receive(items[_i], "10", "10");
    wms_stock_issue *doc = world_issue(items[_i], N_DEPOT, "11");
    world_draft(&wms_stock_issue_doctype, doc);
    failed_with(world_act(&wms_stock_issue_doctype, doc->id, "submit", NULL), "wms.stock.negative",
                "lines[0].qty");
    world_bin_is(items[_i], N_DEPOT, "10", "100");
    if (_i > 0) return;
    W.negative = true;
    issue("15", "150");
    W.negative = false;
    W.below = true;
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "2", "10");
    world_bin_is(N_AVERAGE, N_DEPOT, "-3", "-30");
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "wms.receipt.consumed", NULL);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms arrears");
    TCase *t = tcase_create("all");
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, rules, 0, 4);
    tcase_add_test(t, rules_refuse);
    tcase_add_test(t, nothing_is_lost);
    tcase_add_test(t, v005_through_documents);
    tcase_add_test(t, v018_through_documents);
    tcase_add_test(t, other_documents);
    tcase_add_test(t, landed_cost_below_zero);
    tcase_add_loop_test(t, refusals, 0, 3);
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
