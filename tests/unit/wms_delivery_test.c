/* Delivery notes, customer returns and what Finance is told about them. */
#include <stdlib.h>

#include "delivering/delivering.h"
#include "wms_world.h"

static const m_doctype *const notes = &wms_delivery_note_doctype;
static const m_doctype *const backs = &wms_customer_return_doctype;

static const wms_delivery_line *stored_line(const wms_delivery_note *delivery)
{
    const wms_delivery_note *got = world_get(&wms_delivery_note_type, delivery->id);
    return M_AT(got->lines, const wms_delivery_line, 0);
}

static m_dec value_of(const wms_customer_return *back)
{
    const wms_customer_return *got = world_get(&wms_customer_return_type, back->id);
    return M_AT(got->lines, const wms_customer_return_line, 0)->value;
}

/* ---- deliveries ---- */

START_TEST(a_delivery_costs_what_left)
{
    world_receive(N_AVERAGE, "100", "10");
    world_receive(N_AVERAGE, "50", "13");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "70");
    world_submit(notes, note);
    same_dec(stored_line(note)->value, "770", "cost");
    world_bin_is(N_AVERAGE, N_DEPOT, "80", "880");
    world_ledger_is("cost_of_goods_sold", "770");
    world_ledger_is("stock", "880");
    const wms_delivery_note *got = world_get(&wms_delivery_note_type, note->id);
    same_dec(got->total, "770", "total");
    ck_assert(m_id_eq(stored_line(note)->unit, test_id(N_PIECE)));
    ck_assert(m_str_is(stored_line(note)->description, "ITEM-101"));
}
END_TEST

START_TEST(fifo_takes_the_oldest_first)
{
    world_receive(N_FIFO, "100", "10");
    world_receive(N_FIFO, "50", "13");
    wms_delivery_note *note = world_delivery(N_FIFO, "120");
    world_submit(notes, note);
    same_dec(stored_line(note)->value, "1260", "cost");
    world_bin_is(N_FIFO, N_DEPOT, "30", "390");
}
END_TEST

START_TEST(boxes_leave_as_pieces)
{
    world_receive(N_AVERAGE, "60", "10");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "2.5");
    M_AT(note->lines, wms_delivery_line, 0)->unit = test_id(N_BOX);
    world_submit(notes, note);
    same_dec(stored_line(note)->stock_qty, "30", "pieces");
    world_bin_is(N_AVERAGE, N_DEPOT, "30", "300");
}
END_TEST

START_TEST(a_cancelled_delivery_is_mirrored)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_receive(item, "10", "10");
    world_receive(item, "10", "20");
    wms_delivery_note *note = world_delivery(item, "15");
    world_submit(notes, note);
    ck_assert_int_eq(world_act(notes, note->id, "cancel", NULL), M_OK);
    world_prove();
    world_bin_is(item, N_DEPOT, "20", "300");
    world_ledger_is("cost_of_goods_sold", "0");
    m_delivering delivering = {&wms_delivering_ops, &W.module};
    m_id line = M_AT(note->lines, wms_delivery_line, 0)->id;
    m_delivered_lines out = {{0}};
    ck_assert_int_eq(m_delivering_lines(delivering, W.call, &(m_ids){{&line, 1}}, &out), M_OK);
    ck_assert(m_id_is_null(M_AT(out.lines, m_delivered_line, 0)->id));
}
END_TEST

START_TEST(delivery_refusals)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "11");
    world_draft(notes, note);
    failed_with(world_act(notes, note->id, "submit", NULL), "wms.stock.negative", "lines[0].qty");
    note = world_delivery(N_AVERAGE, "1");
    note->customer = test_id(N_GONE);
    field_failed(world_create(notes, note), "wms.customer.inactive", "customer");
    note->customer = test_id(9999);
    field_failed(world_create(notes, note), "core.link.not_found", "customer");
    note = world_delivery(N_SERVICE, "1");
    field_failed(world_create(notes, note), "wms.item.not_stock", "lines[0].item");
    note = world_delivery(N_AVERAGE, "0.5");
    field_failed(world_create(notes, note), "wms.qty.places", "lines[0].qty");
    note = world_delivery(N_AVERAGE, "1");
    note->warehouse = test_id(N_TRANSIT);
    field_failed(world_create(notes, note), "wms.warehouse.transit", "warehouse");
    W.ledger_says = M_PRECONDITION;
    note = world_delivery(N_AVERAGE, "1");
    world_draft(notes, note);
    failed_with(world_act(notes, note->id, "submit", NULL), "finance.period.locked", NULL);
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "100");
}
END_TEST

START_TEST(an_invoiced_delivery_stays)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "4");
    world_submit(notes, note);
    W.invoiced = true;
    failed_with(world_act(notes, note->id, "cancel", NULL), "finance.voucher.invoiced", NULL);
    world_bin_is(N_AVERAGE, N_DEPOT, "6", "60");
}
END_TEST

/* ---- returns ---- */

/* V009 as far as "before": 5 at 100 leave, 2 come back. */
START_TEST(v009_before)
{
    world_receive(N_AVERAGE, "5", "100");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "5");
    world_submit(notes, note);
    same_dec(stored_line(note)->value, "500.00", "I1");
    wms_customer_return *back = world_back(note, "2");
    world_submit(backs, back);
    same_dec(value_of(back), "200.00", "B1");
    world_bin_is(N_AVERAGE, N_DEPOT, "2", "200");
}
END_TEST

/* V019: 10 bought at 10, 8 sold, 2 of them undone. */
START_TEST(v019_a_sale_is_partly_undone)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_receive(item, "10", "10");
    wms_delivery_note *note = world_delivery(item, "8");
    world_submit(notes, note);
    world_ledger_is("cost_of_goods_sold", "80.00");
    world_submit(backs, world_back(note, "2"));
    world_ledger_is("cost_of_goods_sold", "60.00");
    world_ledger_is("stock", "40.00");
    world_bin_is(item, N_DEPOT, "4", "40.00");
}
END_TEST

/* What left at 10 comes back at 10, though stock is worth 30 by now; three thirds are the whole. */
START_TEST(back_at_the_value_that_left)
{
    world_receive(N_AVERAGE, "3", "3.333333");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "3");
    world_submit(notes, note);
    world_receive(N_AVERAGE, "3", "30");
    const char *const parts[] = {"3.33", "3.34", "3.33"};
    for (int i = 0; i < 3; i++) {
        wms_customer_return *back = world_back(note, "1");
        world_submit(backs, back);
        same_dec(value_of(back), parts[i], "a third");
    }
    world_ledger_is("cost_of_goods_sold", "0");
    world_bin_is(N_AVERAGE, N_DEPOT, "6", "100");
    same_dec(stored_line(note)->returned_value, "10", "returned value");
    wms_customer_return *more = world_back(note, "1");
    world_draft(backs, more);
    failed_with(world_act(backs, more->id, "submit", NULL), "wms.customer_return.over",
                "lines[0].qty");
}
END_TEST

/* Under FIFO what comes back is a layer of its own, behind what is there. */
START_TEST(back_as_a_layer)
{
    world_receive(N_FIFO, "10", "10");
    world_receive(N_FIFO, "10", "20");
    wms_delivery_note *note = world_delivery(N_FIFO, "15");
    world_submit(notes, note);
    same_dec(stored_line(note)->value, "200", "10 at 10, 5 at 20");
    world_submit(backs, world_back(note, "6"));
    world_bin_is(N_FIFO, N_DEPOT, "11", "180");
    wms_delivery_note *next = world_delivery(N_FIFO, "5");
    world_submit(notes, next);
    same_dec(stored_line(next)->value, "100", "the 5 at 20 first");
    next = world_delivery(N_FIFO, "6");
    world_submit(notes, next);
    same_dec(stored_line(next)->value, "80", "then what came back");
    world_bin_is(N_FIFO, N_DEPOT, "0", "0");
}
END_TEST

/* 3 lb are 1.361 kg; half of it and the other half are all of it. */
START_TEST(back_in_rounded_units)
{
    world_receive(N_FIFO, "10", "10");
    wms_delivery_note *note = world_delivery(N_FIFO, "3");
    M_AT(note->lines, wms_delivery_line, 0)->unit = test_id(N_POUND);
    world_submit(notes, note);
    same_dec(stored_line(note)->value, "13.61", "1.361 kg");
    world_submit(backs, world_back(note, "1.5"));
    world_submit(backs, world_back(note, "1.5"));
    world_bin_is(N_FIFO, N_DEPOT, "10", "100");
    same_dec(stored_line(note)->returned_stock_qty, "1.361", "all of it");
}
END_TEST

/* Without lines everything comes back; to another warehouse when one is named. */
START_TEST(back_elsewhere)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "4");
    world_submit(notes, note);
    wms_customer_return *back = world_new(&wms_customer_return_type);
    back->delivery = note->id;
    back->warehouse = test_id(N_OUTLET);
    world_submit(backs, back);
    world_bin_is(N_AVERAGE, N_OUTLET, "4", "40");
    world_bin_is(N_AVERAGE, N_DEPOT, "6", "60");
    ck_assert(world_ledger("stock", N_OUTLET).u == test_dec("40").u);
    const wms_customer_return *got = world_get(&wms_customer_return_type, back->id);
    ck_assert(m_id_eq(got->customer, test_id(N_HOTEL)));
    wms_customer_return *more = world_new(&wms_customer_return_type);
    more->delivery = note->id;
    failed_with(world_create(backs, more), "wms.customer_return.nothing", NULL);
}
END_TEST

START_TEST(a_cancelled_return_goes_out_again)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    world_receive(item, "10", "10");
    wms_delivery_note *note = world_delivery(item, "8");
    world_submit(notes, note);
    wms_customer_return *back = world_back(note, "3");
    world_submit(backs, back);
    failed_with(world_act(notes, note->id, "cancel", NULL), "wms.delivery.returned", NULL);
    ck_assert_int_eq(world_act(backs, back->id, "cancel", NULL), M_OK);
    world_prove();
    world_bin_is(item, N_DEPOT, "2", "20");
    same_dec(stored_line(note)->returned_qty, "0", "returned");
    ck_assert_int_eq(world_act(notes, note->id, "cancel", NULL), M_OK);
    world_bin_is(item, N_DEPOT, "10", "100");
    world_ledger_is("cost_of_goods_sold", "0");
}
END_TEST

/* At standard cost 8 they left, at 9 they come back: the difference is variance. */
START_TEST(back_at_standard_cost)
{
    world_submit(&wms_standard_cost_doctype, world_standard(N_STANDARD, "8"));
    world_receive(N_STANDARD, "10", "8");
    wms_delivery_note *note = world_delivery(N_STANDARD, "4");
    world_submit(notes, note);
    world_submit(&wms_standard_cost_doctype, world_standard(N_STANDARD, "9"));
    world_submit(backs, world_back(note, "2"));
    world_bin_is(N_STANDARD, N_DEPOT, "8", "72");
    world_ledger_is("cost_of_goods_sold", "16");
    world_ledger_is("purchase_variance", "-2");
}
END_TEST

START_TEST(return_refusals)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "8");
    world_draft(notes, note);
    field_failed(world_create(backs, world_back(note, "1")), "wms.customer_return.delivery_state",
                 "delivery");
    ck_assert_int_eq(world_act(notes, note->id, "submit", NULL), M_OK);
    wms_customer_return *back = world_back(note, "1");
    back->posting_date = test_date("2026-03-01");
    field_failed(world_create(backs, back), "wms.customer_return.date", "posting_date");
    back = world_back(note, "1");
    M_AT(back->lines, wms_customer_return_line, 0)->delivery_line = test_id(9999);
    field_failed(world_create(backs, back), "wms.customer_return.line_unknown",
                 "lines[0].delivery_line");
    back = world_back(note, "1");
    back->delivery = test_id(9999);
    field_failed(world_create(backs, back), "core.link.not_found", "delivery");
    back = world_back(note, "1");
    world_submit(backs, back);
    world_submit(notes, world_delivery(N_AVERAGE, "3"));
    failed_with(world_act(backs, back->id, "cancel", NULL), "wms.stock.consumed", NULL);
}
END_TEST

/* ---- what Finance is told ---- */

START_TEST(delivering_answers)
{
    world_receive(N_AVERAGE, "24", "10");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "2");
    M_AT(note->lines, wms_delivery_line, 0)->unit = test_id(N_BOX);
    world_submit(notes, note);
    world_submit(backs, world_back(note, "0.5"));
    m_delivering delivering = {&wms_delivering_ops, &W.module};
    m_id ids[] = {test_id(9999), M_AT(note->lines, wms_delivery_line, 0)->id};
    m_delivered_lines out = {{0}};
    ck_assert_int_eq(m_delivering_lines(delivering, W.call, &(m_ids){{ids, 2}}, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 2);
    const m_delivered_line *rows = out.lines.items;
    ck_assert(m_id_is_null(rows[0].id));
    ck_assert(m_id_eq(rows[1].customer, test_id(N_HOTEL)));
    ck_assert(m_id_eq(rows[1].unit, test_id(N_BOX)));
    ck_assert(m_id_eq(rows[1].cost_center, test_id(N_CENTER)));
    same_dec(rows[1].delivered, "2", "delivered");
    same_dec(rows[1].returned, "0.5", "returned");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wms delivery");
    TCase *c = tcase_create("deliveries");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, a_delivery_costs_what_left);
    tcase_add_test(c, fifo_takes_the_oldest_first);
    tcase_add_test(c, boxes_leave_as_pieces);
    tcase_add_loop_test(c, a_cancelled_delivery_is_mirrored, 0, 2);
    tcase_add_test(c, delivery_refusals);
    tcase_add_test(c, an_invoiced_delivery_stays);
    suite_add_tcase(s, c);
    c = tcase_create("returns");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, v009_before);
    tcase_add_loop_test(c, v019_a_sale_is_partly_undone, 0, 2);
    tcase_add_test(c, back_at_the_value_that_left);
    tcase_add_test(c, back_as_a_layer);
    tcase_add_test(c, back_in_rounded_units);
    tcase_add_test(c, back_elsewhere);
    tcase_add_loop_test(c, a_cancelled_return_goes_out_again, 0, 2);
    tcase_add_test(c, back_at_standard_cost);
    tcase_add_test(c, return_refusals);
    tcase_add_test(c, delivering_answers);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
