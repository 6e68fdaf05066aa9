/* Purchase requisitions: what is needed, how much of it is ordered, and reordering. */
#include <stdlib.h>

#include "purchase_requisition/purchase_requisition.h"
#include "reports/reports.h"
#include "wms_world.h"

static const m_doctype *const needs = &wms_purchase_requisition_doctype;
static const m_doctype *const orders = &wms_purchase_order_doctype;

static wms_purchase_requisition *requisition(uint32_t one, const char *qty, uint32_t two,
                                             const char *more)
{
    wms_purchase_requisition *doc = world_new(&wms_purchase_requisition_type);
    wms_requisition_line *lines = world_lines(&doc->lines, two ? 2 : 1, sizeof *lines);
    lines[0].item = test_id(one);
    lines[0].qty = test_dec(qty);
    if (!two) return doc;
    lines[1].item = test_id(two);
    lines[1].qty = test_dec(more);
    return doc;
}

static const wms_purchase_requisition *stored(const wms_purchase_requisition *doc)
{
    return world_get(&wms_purchase_requisition_type, doc->id);
}

static m_id line_of(const wms_purchase_requisition *doc, uint32_t i)
{
    return M_AT(doc->lines, const wms_requisition_line, i)->id;
}

static void still_is(const wms_purchase_requisition *doc, uint32_t i, const char *qty)
{
    same_dec(M_AT(stored(doc)->lines, const wms_requisition_line, i)->still_requested, qty,
             "still requested");
}

/* An order for the first n lines of a requisition; item and unit come from there. */
static wms_purchase_order *order_from(const wms_purchase_requisition *doc, uint32_t n,
                                      const char *const *qty)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "1", "10");
    wms_order_line *lines = world_lines(&order->lines, n, sizeof *lines);
    for (uint32_t i = 0; i < n; i++)
        lines[i] = (wms_order_line){.qty = test_dec(qty[i]),
                                    .rate = test_dec("10"),
                                    .requisition = doc->id,
                                    .requisition_line = line_of(doc, i)};
    return order;
}

/* ---- rules ---- */

START_TEST(how_much_is_ordered)
{
    wms_requisition_line lines[] = {
        {.qty = test_dec("2"), .stock_qty = test_dec("24"), .stock_ordered = test_dec("6")},
        {.qty = test_dec("3"), .stock_qty = test_dec("3"), .stock_ordered = test_dec("4")}};
    wms_purchase_requisition doc = {.lines = {lines, 2}};
    ck_assert_int_eq(wms_requisition_derive(&doc), M_OK);
    same_dec(lines[0].still_requested, "1.5", "boxes of 12");
    same_dec(lines[1].still_requested, "0", "more than was requested");
    same_dec(doc.per_ordered, "33.33", "9 of 27");
    ck_assert_int_eq(wms_requisition_state(&doc), WMS_REQUISITION_PARTIALLY_ORDERED);
    lines[0].stock_ordered = test_dec("24");
    ck_assert_int_eq(wms_requisition_state(&doc), WMS_REQUISITION_ORDERED);
    lines[0].stock_ordered = lines[1].stock_ordered = test_dec("0");
    ck_assert_int_eq(wms_requisition_state(&doc), WMS_REQUISITION_SUBMITTED);
    m_dec ceiling;
    ck_assert_int_eq(wms_requisition_ceiling(&lines[0], test_dec("12.5"), &ceiling), M_OK);
    same_dec(ceiling, "27", "12.5 % more than 24");
}
END_TEST

/* ---- ordering ---- */

START_TEST(v026_half_is_ordered_then_cancelled)
{
    wms_purchase_requisition *mr = requisition(N_AVERAGE, "54", N_FIFO, "3");
    world_submit(needs, mr);
    same_dec(stored(mr)->per_ordered, "0", "nothing yet");
    wms_purchase_order *order = order_from(mr, 2, (const char *const[]){"27", "1.5"});
    world_submit(orders, order);
    same_dec(stored(mr)->per_ordered, "50", "half");
    still_is(mr, 0, "27.0");
    still_is(mr, 1, "1.5");
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_PARTIALLY_ORDERED);
    const wms_purchase_order *got = world_get(&wms_purchase_order_type, order->id);
    const wms_order_line *line = M_AT(got->lines, const wms_order_line, 1);
    ck_assert(m_id_eq(line->item, test_id(N_FIFO)) && m_id_eq(line->unit, test_id(N_KG)));
    ck_assert_int_eq(world_act(orders, order->id, "cancel", NULL), M_OK);
    same_dec(stored(mr)->per_ordered, "0", "end");
    still_is(mr, 0, "54.0");
    still_is(mr, 1, "3.0");
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_SUBMITTED);
    ck_assert_int_eq(world_act(needs, mr->id, "cancel", NULL), M_OK);
}
END_TEST

/* 54 pieces are ordered as 4 boxes of 12 and 6 pieces; the whole is 100 %. */
START_TEST(ordered_in_another_unit)
{
    wms_purchase_requisition *mr = requisition(N_AVERAGE, "54", 0, NULL);
    world_submit(needs, mr);
    wms_purchase_order *boxes = order_from(mr, 1, (const char *const[]){"4"});
    M_AT(boxes->lines, wms_order_line, 0)->unit = test_id(N_BOX);
    world_submit(orders, boxes);
    still_is(mr, 0, "6");
    same_dec(stored(mr)->per_ordered, "88.89", "48 of 54");
    world_submit(orders, order_from(mr, 1, (const char *const[]){"6"}));
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_ORDERED);
    same_dec(stored(mr)->per_ordered, "100", "all");
    failed_with(world_act(needs, mr->id, "cancel", NULL), "core.state.not_allowed", NULL);
    /* of four boxes one comes and is kept; closing the order gives the others back */
    wms_goods_receipt *receipt = world_receipt(boxes, "2");
    world_submit(&wms_goods_receipt_doctype, receipt);
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("1");
    world_submit(&wms_purchase_return_doctype, back);
    ck_assert_int_eq(world_act(orders, boxes->id, "close", NULL), M_OK);
    still_is(mr, 0, "36");
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_PARTIALLY_ORDERED);
    const wms_purchase_order *closed = world_get(&wms_purchase_order_type, boxes->id);
    same_dec(M_AT(closed->lines, const wms_order_line, 0)->requisition_qty, "12", "still counted");
    world_submit(orders, order_from(mr, 1, (const char *const[]){"36"})); /* elsewhere */
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_ORDERED);
}
END_TEST

/* What is no goods never comes with a receipt, so it stays ordered. */
START_TEST(kept_of_a_line)
{
    static const struct {
        bool goods;
        const char *kept, *want;
    } cases[] = {{true, "0", "0"},  {true, "1", "4"},  {true, "3", "12"},
                 {true, "5", "12"}, {true, "-1", "0"}, {false, "0", "12"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        wms_order_line line = {.qty = test_dec("3"),
                               .is_stock = cases[i].goods,
                               .accepted_qty = test_dec(cases[i].kept),
                               .requisition_qty = test_dec("12")};
        m_dec got;
        ck_assert_int_eq(wms_requisition_kept(&line, &got), M_OK);
        same_dec(got, cases[i].want, "kept");
    }
}
END_TEST

START_TEST(order_refusals)
{
    wms_purchase_requisition *mr = requisition(N_AVERAGE, "10", 0, NULL);
    world_draft(needs, mr);
    const char *const ten[] = {"10"}, *const eleven[] = {"11"};
    field_failed(world_create(orders, order_from(mr, 1, ten)), "wms.requisition.not_open",
                 "lines[0].requisition");
    ck_assert_int_eq(world_act(needs, mr->id, "submit", NULL), M_OK);
    wms_purchase_order *order = order_from(mr, 1, ten);
    M_AT(order->lines, wms_order_line, 0)->requisition_line = test_id(9999);
    field_failed(world_create(orders, order), "wms.requisition.line_unknown",
                 "lines[0].requisition_line");
    order = order_from(mr, 1, ten);
    M_AT(order->lines, wms_order_line, 0)->item = test_id(N_SECOND);
    field_failed(world_create(orders, order), "wms.requisition.other_item", "lines[0].item");
    order = order_from(mr, 1, eleven);
    world_draft(orders, order);
    failed_with(world_act(orders, order->id, "submit", NULL), "wms.requisition.over",
                "lines[0].qty");
    same_dec(stored(mr)->per_ordered, "0", "nothing was counted");
    ck_assert_int_eq(world_act(needs, mr->id, "stop", NULL), M_OK);
    field_failed(world_create(orders, order_from(mr, 1, ten)), "wms.requisition.not_open",
                 "lines[0].requisition");
}
END_TEST

START_TEST(stopped_and_resumed)
{
    wms_purchase_requisition *mr = requisition(N_AVERAGE, "10", 0, NULL);
    world_submit(needs, mr);
    wms_purchase_order *order = order_from(mr, 1, (const char *const[]){"4"});
    world_submit(orders, order);
    ck_assert_int_eq(world_act(needs, mr->id, "stop", NULL), M_OK);
    ck_assert_int_eq(world_act(orders, order->id, "cancel", NULL), M_OK);
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_STOPPED);
    still_is(mr, 0, "10");
    ck_assert_int_eq(world_act(needs, mr->id, "resume", NULL), M_OK);
    ck_assert_int_eq(stored(mr)->state, WMS_REQUISITION_SUBMITTED);
}
END_TEST

START_TEST(requisition_refusals)
{
    wms_purchase_requisition *mr = requisition(N_AVERAGE, "0.5", 0, NULL);
    field_failed(world_create(needs, mr), "wms.qty.places", "lines[0].qty");
    mr->lines.count = 0;
    field_failed(world_create(needs, mr), "core.field.required", "lines");
    mr = requisition(N_OLD, "1", 0, NULL);
    field_failed(world_create(needs, mr), "wms.item.inactive", "lines[0].item");
    mr = requisition(N_AVERAGE, "1", 0, NULL);
    mr->needed_by = test_date("2026-03-01");
    field_failed(world_create(needs, mr), "wms.requisition.dates", "lines[0].needed_by");
    mr = requisition(N_AVERAGE, "1", 0, NULL);
    mr->warehouse = test_id(N_TRANSIT);
    field_failed(world_create(needs, mr), "wms.warehouse.transit", "warehouse");
}
END_TEST

/* ---- reordering ---- */

static const wms_reorder_row *proposal(bool all)
{
    m_list rows;
    wms_reorder_params asked = {.item = test_id(N_AVERAGE), .all = all};
    ck_assert_int_eq(wms_reorder_rows(&W.module, W.call, &asked, &rows), M_OK);
    return rows.count ? rows.items : NULL;
}

/* Rule 3.2: an open requisition counts as on order, so that a second run makes nothing. */
START_TEST(proposals_become_a_requisition_once)
{
    same_dec(proposal(false)->proposed, "15", "nothing there");
    wms_purchase_requisition *mr = world_new(&wms_purchase_requisition_type);
    mr->from_proposals = true;
    world_draft(needs, mr);
    ck_assert_uint_eq(stored(mr)->lines.count, 1);
    same_dec(M_AT(stored(mr)->lines, const wms_requisition_line, 0)->qty, "15", "as proposed");
    same_dec(proposal(false)->proposed, "15", "a draft is no request");
    ck_assert_int_eq(world_act(needs, mr->id, "submit", NULL), M_OK);
    ck_assert_ptr_null(proposal(false));
    same_dec(proposal(true)->on_order, "15", "requested");
    wms_purchase_requisition *again = world_new(&wms_purchase_requisition_type);
    again->from_proposals = true;
    failed_with(world_create(needs, again), "wms.requisition.nothing", NULL);
    /* what is ordered of it is on order once, not twice */
    wms_purchase_order *order = order_from(stored(mr), 1, (const char *const[]){"6"});
    world_submit(orders, order);
    same_dec(proposal(true)->on_order, "15", "6 ordered, 9 requested");
    ck_assert_int_eq(world_act(needs, mr->id, "stop", NULL), M_OK);
    same_dec(proposal(false)->on_order, "6", "only what is ordered");
    same_dec(proposal(false)->proposed, "15", "due again");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wms requisition");
    TCase *c = tcase_create("requisitions");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, how_much_is_ordered);
    tcase_add_test(c, v026_half_is_ordered_then_cancelled);
    tcase_add_test(c, ordered_in_another_unit);
    tcase_add_test(c, kept_of_a_line);
    tcase_add_test(c, order_refusals);
    tcase_add_test(c, stopped_and_resumed);
    tcase_add_test(c, requisition_refusals);
    tcase_add_test(c, proposals_become_a_requisition_once);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
