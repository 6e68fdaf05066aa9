/* Stock reconciliation: counted quantities and new rates under each method, in both books. */
#include <stdlib.h>

#include "wms_world.h"

static const m_doctype *const type = &wms_stock_reconciliation_doctype;

/* One count after the other; what the first line says afterwards. */
typedef struct {
    const char *qty; /* NULL: not set */
    const char *rate;
    const char *difference;
    const char *revaluation;
    const char *left_qty;
    const char *left_value;
} step;

/* The stock before: 10 at 10 and 10 at 20 (at standard cost: 20 at 10). */
static const step average[] = {{"18", NULL, "-30", "0", "18", "270"},
                               {"20", NULL, "30", "0", "20", "300"},
                               {NULL, "12", "0", "-60", "20", "240"},
                               {"25", "20", "100", "160", "25", "500"},
                               {"10", "30", "-300", "100", "10", "300"},
                               {NULL, "33.333333", "0", "33.33", "10", "333.33"},
                               {"0", "5", "-333.33", "0", "0", "0"},
                               {"7", "1.5", "10.5", "0", "7", "10.5"},
                               {0}};
static const step fifo[] = {{"18", NULL, "-20", "0", "18", "280"},
                            {"20", NULL, "31.11", "0", "20", "311.11"},
                            {NULL, "12", "0", "-71.11", "20", "240"},
                            {"25", "20", "100", "160", "25", "500"},
                            {"10", "30", "-300", "100", "10", "300"},
                            {NULL, "33.333333", "0", "33.33", "10", "333.33"},
                            {"0", NULL, "-333.33", "0", "0", "0"},
                            {"7", "1.5", "10.5", "0", "7", "10.5"},
                            {0}};
static const step standard[] = {{"18", NULL, "-20", "0", "18", "180"},
                                {"20", NULL, "20", "0", "20", "200"},
                                {"0", NULL, "-200", "0", "0", "0"},
                                {"7", NULL, "70", "0", "7", "70"},
                                {0}};
static const struct {
    uint32_t item;
    const step *steps;
} tables[] = {{N_AVERAGE, average}, {N_FIFO, fifo}, {N_STANDARD, standard}};

static void stock_up(uint32_t item)
{
    if (item == N_STANDARD)
        world_submit(&wms_standard_cost_doctype, world_standard(N_STANDARD, "10"));
    world_receive(item, "10", "10");
    world_receive(item, "10", "20");
}

START_TEST(counts)
{
    uint32_t item = tables[_i].item;
    m_dec gain = {0}, loss = {0}, revaluation = {0};
    stock_up(item);
    for (const step *s = tables[_i].steps; s->left_qty; s++) {
        wms_stock_reconciliation *doc = world_reconcile(item, s->qty, s->rate);
        world_submit(type, doc);
        const wms_stock_reconciliation *got = world_get(&wms_stock_reconciliation_type, doc->id);
        const wms_reconciliation_line *line = M_AT(got->lines, const wms_reconciliation_line, 0);
        same_dec(line->difference, s->difference, "found or missing");
        same_dec(line->revaluation, s->revaluation, "revaluation");
        same_dec(line->stock_qty, s->left_qty, "quantity after");
        same_dec(line->value, s->left_value, "value after");
        world_bin_is(item, N_DEPOT, s->left_qty, s->left_value);
        gain.u += got->gain.u;
        loss.u += got->loss.u;
        revaluation.u += got->revaluation.u;
        ck_assert(world_ledger("stock_gain", 0).u == -gain.u);
        ck_assert(world_ledger("stock_loss", 0).u == loss.u);
        ck_assert(world_ledger("stock_revaluation", 0).u == -revaluation.u);
    }
}
END_TEST

/* Layers priced anew give what they were priced at, oldest first. */
START_TEST(layers_keep_their_order)
{
    stock_up(N_FIFO);
    world_submit(type, world_reconcile(N_FIFO, "21", "3.333333"));
    static const char *const gives[] = {"33.33", "33.34", "3.33"};
    for (int i = 0; i < 3; i++) {
        wms_stock_issue *issue = world_issue(N_FIFO, N_DEPOT, i < 2 ? "10" : "1");
        world_submit(&wms_stock_issue_doctype, issue);
        const wms_stock_issue *got = world_get(&wms_stock_issue_type, issue->id);
        same_dec(got->total, gives[i], "issued");
    }
    world_bin_is(N_FIFO, N_DEPOT, "0", "0");
}
END_TEST

/* Counted in boxes of 12; what was counted right moves nothing. */
START_TEST(units_and_nothing)
{
    world_receive(N_AVERAGE, "24", "10");
    wms_stock_reconciliation *doc = world_reconcile(N_AVERAGE, "2", NULL);
    M_AT(doc->lines, wms_reconciliation_line, 0)->unit = test_id(N_BOX);
    world_submit(type, doc);
    world_bin_is(N_AVERAGE, N_DEPOT, "24", "240");
    ck_assert_int_eq(world_act(type, doc->id, "cancel", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "24", "240");
    world_prove();
}
END_TEST

START_TEST(refusals)
{
    wms_stock_reconciliation *doc = world_reconcile(N_AVERAGE, "1", NULL);
    wms_reconciliation_line *lines = world_lines(&doc->lines, 2, sizeof *lines);
    lines[0].item = lines[1].item = test_id(N_AVERAGE);
    field_failed(world_create(type, doc), "wms.reconciliation.item_twice", "lines[1].item");
    field_failed(world_create(type, world_reconcile(N_AVERAGE, "1", "0")),
                 "wms.reconciliation.rate", "lines[0].rate");
    field_failed(world_create(type, world_reconcile(N_STANDARD, NULL, "5")),
                 "wms.reconciliation.standard", "lines[0].rate");
    field_failed(world_create(type, world_reconcile(N_SERVICE, "1", NULL)), "wms.item.not_stock",
                 "lines[0].item");
    doc = world_reconcile(N_AVERAGE, NULL, "5");
    world_draft(type, doc);
    field_failed(world_act(type, doc->id, "submit", NULL), "wms.reconciliation.nothing",
                 "lines[0].rate");
    doc = world_reconcile(N_AVERAGE, "5", NULL);
    world_draft(type, doc);
    field_failed(world_act(type, doc->id, "submit", NULL), "wms.reconciliation.rate",
                 "lines[0].rate");
    doc = world_reconcile(N_STANDARD, "5", NULL);
    world_draft(type, doc);
    failed_with(world_act(type, doc->id, "submit", NULL), "wms.standard_cost.missing",
                "lines[0].qty");
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
}
END_TEST

START_TEST(undoing)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    stock_up(item);
    static const char *const sets[][2] = {{"25", "20"}, {"5", "7"}, {NULL, "9"}, {"3", NULL}};
    for (int i = 0; i < 4; i++) {
        wms_stock_reconciliation *doc = world_reconcile(item, sets[i][0], sets[i][1]);
        world_submit(type, doc);
        ck_assert_int_eq(world_act(type, doc->id, "cancel", NULL), M_OK);
        world_bin_is(item, N_DEPOT, "20", "300");
        world_prove();
    }
    wms_stock_reconciliation *priced = world_reconcile(item, NULL, "20");
    world_submit(type, priced);
    wms_stock_reconciliation *counted = world_reconcile(item, "22", NULL);
    world_submit(type, counted);
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "1"));
    failed_with(world_act(type, priced->id, "cancel", NULL), "wms.reconciliation.moved", NULL);
    ck_assert_int_eq(world_act(type, counted->id, "cancel", NULL), M_OK);
    world_bin_is(item, N_DEPOT, "19", "380");
    world_prove();
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms reconciliation");
    TCase *t = tcase_create("documents");
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, counts, 0, 3);
    tcase_add_test(t, layers_keep_their_order);
    tcase_add_test(t, units_and_nothing);
    tcase_add_test(t, refusals);
    tcase_add_loop_test(t, undoing, 0, 2);
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
