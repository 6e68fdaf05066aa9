/* Reservations: what is held does not go out, by whatever document; what is for it does. */
#include <stdlib.h>

#include "reports/reports.h"
#include "stock_reservation/stock_reservation.h"
#include "wms_world.h"

#define DAY_US INT64_C(86400000000)

static const m_doctype *const notes = &wms_delivery_note_doctype;
static const m_doctype *const held = &wms_stock_reservation_doctype;
static const m_doctype *const issues = &wms_stock_issue_doctype;

static wms_stock_reservation *reservation(uint32_t item, const char *qty)
{
    wms_stock_reservation *doc = world_new(&wms_stock_reservation_type);
    doc->warehouse = test_id(N_DEPOT);
    wms_reservation_line *line = world_lines(&doc->lines, 1, sizeof *line);
    line->item = test_id(item);
    line->qty = test_dec(qty);
    return doc;
}

static wms_stock_reservation *reserve(uint32_t item, const char *qty)
{
    wms_stock_reservation *doc = reservation(item, qty);
    world_submit(held, doc);
    return doc;
}

static m_id line_of(const wms_stock_reservation *doc)
{
    return M_AT(doc->lines, const wms_reservation_line, 0)->id;
}

static const wms_stock_reservation *stored(const wms_stock_reservation *doc)
{
    return world_get(&wms_stock_reservation_type, doc->id);
}

/* Quantity, reserved and available of the only bin of the item. */
static void balance_is(uint32_t item, const char *qty, const char *reserved, const char *available)
{
    m_list rows;
    wms_balance_params asked = {.item = test_id(item)};
    ck_assert_int_eq(wms_balance_rows(&W.module, W.call, &asked, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    const wms_balance_row *row = rows.items;
    same_dec(row->qty, qty, "on hand");
    same_dec(row->reserved, reserved, "reserved");
    same_dec(row->available, available, "available");
}

static m_status issue(uint32_t item, const char *qty)
{
    wms_stock_issue *doc = world_issue(item, N_DEPOT, qty);
    world_draft(issues, doc);
    return world_act(issues, doc->id, "submit", NULL);
}

static wms_delivery_note *delivery_of(uint32_t item, const char *qty,
                                      const wms_stock_reservation *doc)
{
    wms_delivery_note *note = world_delivery(item, qty);
    if (doc) M_AT(note->lines, wms_delivery_line, 0)->reservation_line = line_of(doc);
    return note;
}

/* ---- rules ---- */

START_TEST(what_a_row_holds)
{
    wms_reserved_line row = {.open_qty = test_dec("5")};
    m_date today = test_date("2026-04-01");
    same_dec(wms_reserved_holds(&row, today), "5", "no last day");
    row.expires_on = today;
    same_dec(wms_reserved_holds(&row, today), "5", "on its last day");
    row.expires_on = test_date("2026-03-31");
    same_dec(wms_reserved_holds(&row, today), "0", "after it");
}
END_TEST

START_TEST(states_follow_deliveries)
{
    wms_reservation_line lines[] = {
        {.stock_qty = test_dec("5"), .delivered_qty = test_dec("5")},
        {.stock_qty = test_dec("2"), .delivered_qty = test_dec("1")},
    };
    wms_stock_reservation doc = {.lines = {lines, 2}};
    ck_assert_int_eq(wms_reservation_state(&doc), WMS_RESERVATION_DRAFT);
    doc.state = WMS_RESERVATION_ACTIVE;
    ck_assert_int_eq(wms_reservation_state(&doc), WMS_RESERVATION_ACTIVE);
    lines[1].delivered_qty = test_dec("2");
    ck_assert_int_eq(wms_reservation_state(&doc), WMS_RESERVATION_DELIVERED);
    doc.state = WMS_RESERVATION_RELEASED;
    ck_assert_int_eq(wms_reservation_state(&doc), WMS_RESERVATION_RELEASED);
}
END_TEST

/* ---- holding ---- */

START_TEST(v025_reserved_stock_cannot_be_issued)
{
    world_receive(N_AVERAGE, "100", "10");
    wms_stock_reservation *order = reserve(N_AVERAGE, "50");
    balance_is(N_AVERAGE, "100", "50", "50");
    failed_with(issue(N_AVERAGE, "100"), "wms.stock.reserved", "lines[0].qty");
    balance_is(N_AVERAGE, "100", "50", "50");
    ck_assert_int_eq(world_act(held, order->id, "release", NULL), M_OK);
    ck_assert_int_eq(stored(order)->state, WMS_RESERVATION_RELEASED);
    ck_assert_int_eq(issue(N_AVERAGE, "100"), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
}
END_TEST

/* The control: without the rows that hold, the same issue goes through. */
START_TEST(it_is_the_reservation_that_refuses)
{
    world_receive(N_AVERAGE, "100", "10");
    wms_stock_reservation *order = reserve(N_AVERAGE, "50");
    failed_with(issue(N_AVERAGE, "51"), "wms.stock.reserved", NULL);
    ck_assert_int_eq(m_store_remove(W.module.store, W.call, &wms_reserved_line_type,
                                    &(wms_reserved_line){.id = line_of(order)}),
                     M_OK);
    ck_assert_int_eq(issue(N_AVERAGE, "51"), M_OK);
}
END_TEST

START_TEST(every_way_out_respects_it)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "10");
    reserve(item, "8");
    wms_delivery_note *note = delivery_of(item, "3", NULL);
    world_draft(notes, note);
    failed_with(world_act(notes, note->id, "submit", NULL), "wms.stock.reserved", "lines[0].qty");
    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *moved = world_lines(&transfer->lines, 1, sizeof *moved);
    moved->item = test_id(item);
    moved->qty = test_dec("3");
    world_draft(&wms_stock_transfer_doctype, transfer);
    failed_with(world_act(&wms_stock_transfer_doctype, transfer->id, "submit", NULL),
                "wms.stock.reserved", "lines[0].qty");
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *returned = world_lines(&back->lines, 1, sizeof *returned);
    returned->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    returned->qty = test_dec("3");
    world_draft(&wms_purchase_return_doctype, back);
    failed_with(world_act(&wms_purchase_return_doctype, back->id, "submit", NULL),
                "wms.stock.reserved", "lines[0].qty");
    wms_stock_adjustment *count = world_new(&wms_stock_adjustment_type);
    count->warehouse = test_id(N_DEPOT);
    count->reason = WMS_REASON_COUNT;
    wms_adjustment_line *missing = world_lines(&count->lines, 1, sizeof *missing);
    missing->item = test_id(item);
    missing->direction = WMS_ADJUST_OUT;
    missing->qty = test_dec("3");
    world_draft(&wms_stock_adjustment_doctype, count);
    failed_with(world_act(&wms_stock_adjustment_doctype, count->id, "submit", NULL),
                "wms.stock.reserved", "lines[0].qty");
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "wms.stock.reserved", NULL);
    ck_assert_int_eq(issue(item, "2"), M_OK);
    balance_is(item, "8", "8", "0");
}
END_TEST

START_TEST(only_what_is_free_is_reserved)
{
    world_receive(N_AVERAGE, "24", "10");
    reserve(N_AVERAGE, "10");
    wms_stock_reservation *more = reservation(N_AVERAGE, "1.25");
    M_AT(more->lines, wms_reservation_line, 0)->unit = test_id(N_BOX);
    world_draft(held, more);
    failed_with(world_act(held, more->id, "submit", NULL), "wms.reservation.beyond",
                "lines[0].qty");
    /* two lines of one bin count together */
    more = reservation(N_AVERAGE, "8");
    wms_reservation_line *lines = world_lines(&more->lines, 2, sizeof *lines);
    lines[0].item = lines[1].item = test_id(N_AVERAGE);
    lines[0].qty = lines[1].qty = test_dec("7.0");
    lines[1].qty = test_dec("8");
    world_draft(held, more);
    failed_with(world_act(held, more->id, "submit", NULL), "wms.reservation.beyond",
                "lines[1].qty");
    reserve(N_AVERAGE, "14");
    balance_is(N_AVERAGE, "24", "24", "0");
}
END_TEST

START_TEST(reservation_refusals)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_reservation *doc = reservation(N_AVERAGE, "1");
    doc->expires_on = test_date("2026-03-31");
    field_failed(world_create(held, doc), "wms.reservation.dates", "expires_on");
    doc = reservation(N_AVERAGE, "1");
    doc->warehouse = test_id(N_TRANSIT);
    field_failed(world_create(held, doc), "wms.warehouse.transit", "warehouse");
    doc = reservation(N_AVERAGE, "0.5");
    field_failed(world_create(held, doc), "wms.qty.places", "lines[0].qty");
    doc = reservation(N_AVERAGE, "1");
    doc->customer = test_id(N_GONE);
    field_failed(world_create(held, doc), "wms.customer.inactive", "customer");
    doc = reservation(N_AVERAGE, "1");
    doc->expires_on = test_date("2026-04-01");
    world_draft(held, doc);
    test_advance_us(W.call, DAY_US);
    field_failed(world_act(held, doc->id, "submit", NULL), "wms.reservation.dates", "expires_on");
}
END_TEST

START_TEST(it_ends_by_itself)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_reservation *doc = reservation(N_AVERAGE, "8");
    doc->expires_on = test_date("2026-04-02");
    world_submit(held, doc);
    test_advance_us(W.call, DAY_US);
    failed_with(issue(N_AVERAGE, "3"), "wms.stock.reserved", NULL);
    test_advance_us(W.call, DAY_US);
    balance_is(N_AVERAGE, "10", "0", "10");
    wms_delivery_note *note = delivery_of(N_AVERAGE, "1", doc);
    field_failed(world_create(notes, note), "wms.reservation.over", "lines[0].reservation_line");
    ck_assert_int_eq(issue(N_AVERAGE, "10"), M_OK);
}
END_TEST

/* ---- delivering ---- */

START_TEST(its_own_delivery_takes_it)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_reservation *doc = reserve(N_AVERAGE, "8");
    wms_delivery_note *part = delivery_of(N_AVERAGE, "5", doc);
    world_submit(notes, part);
    balance_is(N_AVERAGE, "5", "3", "2");
    ck_assert_int_eq(stored(doc)->state, WMS_RESERVATION_ACTIVE);
    same_dec(M_AT(stored(doc)->lines, wms_reservation_line, 0)->delivered_qty, "5", "delivered");
    /* more than it holds: the rest is taken from what is free, of which there are 2 */
    wms_delivery_note *rest = delivery_of(N_AVERAGE, "6", doc);
    world_draft(notes, rest);
    failed_with(world_act(notes, rest->id, "submit", NULL), "wms.stock.negative", NULL);
    rest = delivery_of(N_AVERAGE, "5", doc);
    world_submit(notes, rest);
    const wms_delivery_note *got = world_get(&wms_delivery_note_type, rest->id);
    same_dec(M_AT(got->lines, wms_delivery_line, 0)->reserved_qty, "3", "of the reservation");
    ck_assert_int_eq(stored(doc)->state, WMS_RESERVATION_DELIVERED);
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    /* cancelled, it is held again */
    ck_assert_int_eq(world_act(notes, part->id, "cancel", NULL), M_OK);
    ck_assert_int_eq(stored(doc)->state, WMS_RESERVATION_ACTIVE);
    balance_is(N_AVERAGE, "5", "5", "0");
    ck_assert_int_eq(world_act(held, doc->id, "release", NULL), M_OK);
    ck_assert_int_eq(world_act(notes, rest->id, "cancel", NULL), M_OK);
    ck_assert_int_eq(stored(doc)->state, WMS_RESERVATION_RELEASED);
    balance_is(N_AVERAGE, "10", "0", "10");
}
END_TEST

/* Two lines of one delivery take of one reservation, the second only what the first left. */
START_TEST(two_lines_of_one_reservation)
{
    world_receive(N_AVERAGE, "10", "10");
    wms_stock_reservation *mine = reserve(N_AVERAGE, "6");
    reserve(N_AVERAGE, "3");
    wms_delivery_note *note = delivery_of(N_AVERAGE, "4", mine);
    wms_delivery_line *lines = world_lines(&note->lines, 2, sizeof *lines);
    for (int i = 0; i < 2; i++)
        lines[i] = (wms_delivery_line){
            .item = test_id(N_AVERAGE), .qty = test_dec("4"), .reservation_line = line_of(mine)};
    world_draft(notes, note);
    failed_with(world_act(notes, note->id, "submit", NULL), "wms.stock.reserved", "lines[1].qty");
    lines[1].qty = test_dec("3");
    note->id = m_new_id(W.call);
    lines[0].id = lines[1].id = (m_id){{0}};
    world_submit(notes, note);
    ck_assert_int_eq(stored(mine)->state, WMS_RESERVATION_DELIVERED);
    balance_is(N_AVERAGE, "3", "3", "0");
}
END_TEST

START_TEST(a_reservation_must_fit)
{
    world_receive(N_AVERAGE, "10", "10");
    world_receive(N_SECOND, "10", "10");
    wms_stock_reservation *doc = reservation(N_AVERAGE, "8");
    doc->customer = test_id(N_CAFE);
    world_submit(held, doc);
    const char *at = "lines[0].reservation_line";
    field_failed(world_create(notes, delivery_of(N_AVERAGE, "1", doc)), "wms.reservation.other",
                 at);
    wms_delivery_note *note = delivery_of(N_SECOND, "1", doc);
    note->customer = test_id(N_CAFE);
    field_failed(world_create(notes, note), "wms.reservation.other", at);
    note = delivery_of(N_AVERAGE, "1", doc);
    note->customer = test_id(N_CAFE);
    note->warehouse = test_id(N_OUTLET);
    field_failed(world_create(notes, note), "wms.reservation.other", at);
    note->warehouse = test_id(N_DEPOT);
    M_AT(note->lines, wms_delivery_line, 0)->reservation_line = test_id(9999);
    field_failed(world_create(notes, note), "core.link.not_found", at);
}
END_TEST

/* ---- reports ---- */

START_TEST(reserved_goods_are_ordered_again)
{
    world_receive(N_AVERAGE, "30", "10");
    reserve(N_AVERAGE, "22");
    m_list rows;
    wms_reorder_params asked = {.item = test_id(N_AVERAGE)};
    ck_assert_int_eq(wms_reorder_report.run(&W.module, W.call, &asked, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    const wms_reorder_row *row = rows.items;
    same_dec(row->on_hand, "30", "on hand");
    same_dec(row->reserved, "22", "reserved");
    same_dec(row->projected, "8", "projected");
    same_dec(row->proposed, "15", "level 10, lots of 15");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wms reservation");
    TCase *c = tcase_create("reservations");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, what_a_row_holds);
    tcase_add_test(c, states_follow_deliveries);
    tcase_add_test(c, v025_reserved_stock_cannot_be_issued);
    tcase_add_test(c, it_is_the_reservation_that_refuses);
    tcase_add_loop_test(c, every_way_out_respects_it, 0, 2);
    tcase_add_test(c, only_what_is_free_is_reserved);
    tcase_add_test(c, reservation_refusals);
    tcase_add_test(c, it_ends_by_itself);
    tcase_add_test(c, its_own_delivery_takes_it);
    tcase_add_test(c, two_lines_of_one_reservation);
    tcase_add_test(c, a_reservation_must_fit);
    tcase_add_test(c, reserved_goods_are_ordered_again);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
