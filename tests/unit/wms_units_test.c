/* Units: conversions are exact ratios, values come from what was priced, and what a unit cannot
 * count is refused on every stock document. */
#include <stdlib.h>

#include "purchase_requisition/purchase_requisition.h"
#include "stock_reservation/stock_reservation.h"
#include "wms_world.h"

/* Whole items of 1 piece, boxes of 12, loaves of which three are a kilogram. */
typedef struct {
    const char *factor, *per, *qty, *stock;
    int places;
} conversion;

static const conversion conversions[] = {
    {"12", "0", "7", "84", 0},
    {"1", "3", "3", "1", 3},
    {"1", "3", "1", "0.333", 3},
    {"1", "3", "2", "0.667", 3},
    {"1", "3", "999999999", "333333333", 6},
    {"1", "7", "700000.7", "100000.1", 6},
    {"2.5", "0.5", "0.2", "1", 0},
    {"0.453592", "1", "3", "1.361", 3},
    {"1000000", "3", "0.000003", "1", 6},
};

START_TEST(ratios)
{
    const conversion *c = &conversions[_i];
    m_item_unit unit = {
        .unit = test_id(N_BOX), .factor = test_dec(c->factor), .per = test_dec(c->per)};
    m_item_info item = {.stock_unit = test_id(N_PIECE), .units = {&unit, 1}};
    m_dec got;
    ck_assert_int_eq(
        m_unit_to_stock(W.call, &item, test_id(N_BOX), test_dec(c->qty), c->places, &got), M_OK);
    same_dec(got, c->stock, c->qty);
    failed_with(m_unit_to_stock(W.call, &item, test_id(N_KG), test_dec("1"), 0, &got),
                "core.unit.not_convertible", NULL);
}
END_TEST

static wms_goods_receipt *receive_in(uint32_t item, uint32_t unit, const char *qty,
                                     const char *rate)
{
    wms_purchase_order *order = world_order(item, qty, rate);
    M_AT(order->lines, wms_order_line, 0)->unit = test_id(unit);
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, qty);
    world_submit(&wms_goods_receipt_doctype, receipt);
    return receipt;
}

/* 7 boxes of 12 at 9.99 the box are 69.93, however they leave: 84 pieces one by one, or in boxes;
 * no piece was ever worth 0.8325. */
START_TEST(price_by_the_box)
{
    receive_in(N_AVERAGE, N_BOX, "7", "9.99");
    world_bin_is(N_AVERAGE, N_DEPOT, "84", "69.93");
    for (int i = 0; i < 12; i++)
        world_submit(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "1"));
    for (int i = 0; i < 6; i++) {
        wms_delivery_note *note = world_delivery(N_AVERAGE, "1");
        M_AT(note->lines, wms_delivery_line, 0)->unit = test_id(N_BOX);
        world_submit(&wms_delivery_note_doctype, note);
    }
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    same_dec((m_dec){world_ledger("stock_issue", 0).u + world_ledger("cost_of_goods_sold", 0).u},
             "69.93", "what left");
}
END_TEST

/* Three loaves are one kilogram, not 0.999; and back, part by part, nothing is left over. */
START_TEST(there_and_back)
{
    world_receive(N_FIFO, "1", "10");
    wms_delivery_note *note = world_delivery(N_FIFO, "3");
    M_AT(note->lines, wms_delivery_line, 0)->unit = test_id(N_LOAF);
    world_submit(&wms_delivery_note_doctype, note);
    world_bin_is(N_FIFO, N_DEPOT, "0", "0");
    for (int i = 0; i < 3; i++)
        world_submit(&wms_customer_return_doctype, world_back(note, "1"));
    world_bin_is(N_FIFO, N_DEPOT, "1", "10");
    world_ledger_is("cost_of_goods_sold", "0");
}
END_TEST

/* A loaf is counted whole though the kilogram is not, a piece is, a box has at most two places. */
START_TEST(what_a_unit_cannot_count)
{
    static const struct {
        uint32_t item, unit;
        const char *qty;
    } bad[] = {
        {N_FIFO, N_LOAF, "1.5"},                                  /* its own places */
        {N_FIFO, N_KG, "0.0005"},                                 /* the stock unit's */
        {N_AVERAGE, N_PIECE, "0.5"}, {N_AVERAGE, N_BOX, "0.125"}, /* its own places */
        {N_AVERAGE, N_BOX, "0.1"},                                /* 1.2 pieces */
        {N_FIFO, N_GRAM, "0.4"},
    };
    const char *at = "lines[0].qty", *code = "wms.qty.places";
    m_id unit = test_id(bad[_i].unit);
    wms_purchase_order *order = world_order(bad[_i].item, bad[_i].qty, "1");
    M_AT(order->lines, wms_order_line, 0)->unit = unit;
    field_failed(world_create(&wms_purchase_order_doctype, order), code, at);
    wms_stock_issue *issue = world_issue(bad[_i].item, N_DEPOT, bad[_i].qty);
    M_AT(issue->lines, wms_issue_line, 0)->unit = unit;
    field_failed(world_create(&wms_stock_issue_doctype, issue), code, at);
    wms_delivery_note *note = world_delivery(bad[_i].item, bad[_i].qty);
    M_AT(note->lines, wms_delivery_line, 0)->unit = unit;
    field_failed(world_create(&wms_delivery_note_doctype, note), code, at);
    wms_stock_reservation *held = world_new(&wms_stock_reservation_type);
    held->warehouse = test_id(N_DEPOT);
    wms_reservation_line *kept = world_lines(&held->lines, 1, sizeof *kept);
    *kept = (wms_reservation_line){
        .item = test_id(bad[_i].item), .unit = unit, .qty = test_dec(bad[_i].qty)};
    field_failed(world_create(&wms_stock_reservation_doctype, held), code, at);
    wms_purchase_requisition *need = world_new(&wms_purchase_requisition_type);
    wms_requisition_line *asked = world_lines(&need->lines, 1, sizeof *asked);
    *asked = (wms_requisition_line){
        .item = test_id(bad[_i].item), .unit = unit, .qty = test_dec(bad[_i].qty)};
    field_failed(world_create(&wms_purchase_requisition_doctype, need), code, at);
    wms_stock_transfer *transfer = world_new(&wms_stock_transfer_type);
    transfer->from_warehouse = test_id(N_DEPOT);
    transfer->to_warehouse = test_id(N_OUTLET);
    wms_transfer_line *moved = world_lines(&transfer->lines, 1, sizeof *moved);
    *moved = (wms_transfer_line){
        .item = test_id(bad[_i].item), .unit = unit, .qty = test_dec(bad[_i].qty)};
    field_failed(world_create(&wms_stock_transfer_doctype, transfer), code, at);
    wms_stock_adjustment *found = world_new(&wms_stock_adjustment_type);
    found->warehouse = test_id(N_DEPOT);
    found->reason = WMS_REASON_COUNT;
    wms_adjustment_line *more = world_lines(&found->lines, 1, sizeof *more);
    *more = (wms_adjustment_line){.item = test_id(bad[_i].item),
                                  .unit = unit,
                                  .qty = test_dec(bad[_i].qty),
                                  .rate = test_dec("1")};
    field_failed(world_create(&wms_stock_adjustment_doctype, found), code, at);
}
END_TEST

/* What came in boxes is received, returned and delivered back in the same precision. */
START_TEST(parts_of_documents)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "2", "120");
    M_AT(order->lines, wms_order_line, 0)->unit = test_id(N_BOX);
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "0.125");
    field_failed(world_create(&wms_goods_receipt_doctype, receipt), "wms.qty.places",
                 "lines[0].accepted_qty");
    receipt = world_receipt(order, "2");
    world_submit(&wms_goods_receipt_doctype, receipt);
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("0.125");
    world_draft(&wms_purchase_return_doctype, back);
    field_failed(world_act(&wms_purchase_return_doctype, back->id, "submit", NULL),
                 "wms.qty.places", "lines[0].qty");
    wms_delivery_note *note = world_delivery(N_AVERAGE, "1");
    M_AT(note->lines, wms_delivery_line, 0)->unit = test_id(N_BOX);
    world_submit(&wms_delivery_note_doctype, note);
    wms_customer_return *again = world_back(note, "0.125");
    world_draft(&wms_customer_return_doctype, again);
    field_failed(world_act(&wms_customer_return_doctype, again->id, "submit", NULL),
                 "wms.qty.places", "lines[0].qty");
}
END_TEST

int main(void)
{
    Suite *s = suite_create("wms units");
    TCase *c = tcase_create("units");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_loop_test(c, ratios, 0, (int)(sizeof conversions / sizeof *conversions));
    tcase_add_test(c, price_by_the_box);
    tcase_add_test(c, there_and_back);
    tcase_add_loop_test(c, what_a_unit_cannot_count, 0, 6);
    tcase_add_test(c, parts_of_documents);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
