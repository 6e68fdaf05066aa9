/* Orders, goods receipts, purchase returns and what Finance is told about them. */
#include <stdlib.h>

#include "receiving/receiving.h"
#include "wms_world.h"

static wms_order_line *order_line(const wms_purchase_order *order, uint32_t i)
{
    return M_AT(order->lines, wms_order_line, i);
}

static const wms_purchase_order *stored_order(const wms_purchase_order *order)
{
    return world_get(&wms_purchase_order_type, order->id);
}

/* ---- orders ---- */

START_TEST(order_is_derived)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "3", "411.516667");
    order_line(order, 0)->tax = test_id(N_GST);
    world_submit(&wms_purchase_order_doctype, order);
    const wms_purchase_order *got = stored_order(order);
    same_dec(order_line(got, 0)->amount, "1234.55", "amount");
    same_dec(order_line(got, 0)->tax_amount, "222.22", "tax: 111.11 twice");
    same_dec(got->net_total, "1234.55", "net");
    same_dec(got->total, "1456.77", "total");
    ck_assert(m_str_is(got->currency, "INR"));
    ck_assert(m_id_eq(order_line(got, 0)->unit, test_id(N_PIECE)));
    ck_assert_int_eq(got->order_date.d, test_date("2026-04-01").d);
    ck_assert_int_eq(got->state, WMS_ORDER_SUBMITTED);
}
END_TEST

START_TEST(order_refusals)
{
    const m_doctype *type = &wms_purchase_order_doctype;
    wms_purchase_order *order = world_order(N_AVERAGE, "1", "1");
    order->currency = M_STR("EUR");
    field_failed(world_create(type, order), "wms.currency.foreign", "currency");
    order = world_order(N_AVERAGE, "1", "1");
    order->supplier = test_id(N_BLOCKED);
    field_failed(world_create(type, order), "wms.supplier.blocked", "supplier");
    order->supplier = test_id(N_INACTIVE);
    field_failed(world_create(type, order), "wms.supplier.inactive", "supplier");
    order->supplier = test_id(9999);
    field_failed(world_create(type, order), "core.link.not_found", "supplier");
    order = world_order(N_OLD, "1", "1");
    field_failed(world_create(type, order), "wms.item.inactive", "lines[0].item");
    order = world_order(N_AVERAGE, "1.5", "1");
    field_failed(world_create(type, order), "wms.qty.places", "lines[0].qty");
    order = world_order(N_AVERAGE, "1", "1");
    order_line(order, 0)->unit = test_id(N_GRAM);
    field_failed(world_create(type, order), "wms.unit.not_convertible", "lines[0].unit");
    order = world_order(N_AVERAGE, "1", "1");
    order->warehouse = test_id(N_TRANSIT);
    field_failed(world_create(type, order), "wms.warehouse.transit", "warehouse");
    order->warehouse = test_id(N_CLOSED);
    field_failed(world_create(type, order), "wms.warehouse.inactive", "warehouse");
    order = world_order(N_AVERAGE, "1", "1");
    order->order_date = test_date("2026-04-10");
    order->expected_date = test_date("2026-04-09");
    field_failed(world_create(type, order), "wms.order.dates", "expected_date");
    order = world_order(N_AVERAGE, "999999999999", "999999");
    field_failed(world_create(type, order), "core.range", "lines[0].rate");
    order = world_order(N_AVERAGE, "1", "1");
    order_line(order, 0)->tax = test_id(N_ABOLISHED);
    field_failed(world_create(type, order), "wms.tax.inactive", "lines[0].tax");
    order = world_order(N_AVERAGE, "1", "1");
    order->lines.count = 0;
    field_failed(world_create(type, order), "core.field.required", "lines");
}
END_TEST

/* ---- in the supplier's currency ---- */

static wms_purchase_order *dollar_order(const char *qty, const char *rate)
{
    wms_purchase_order *order = world_order(N_AVERAGE, qty, rate);
    order->price_currency = test_id(N_DOLLAR);
    return order;
}

static m_received_line row_of(const wms_goods_receipt *receipt)
{
    m_id line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    return *(const m_received_line *)world_get(&wms_received_line_type, line);
}

/* 10 at 10 dollars and 10 % that are lost: ordered at 75, received at 80. */
START_TEST(an_order_in_dollars)
{
    W.dollar = "75";
    wms_purchase_order *order = dollar_order("10", "10");
    order_line(order, 0)->tax = test_id(N_DUTY);
    world_submit(&wms_purchase_order_doctype, order);
    const wms_purchase_order *got = stored_order(order);
    ck_assert(m_str_is(got->currency, "USD"));
    same_dec(got->rate, "75", "rate of the order's day");
    same_dec(got->total, "110", "in dollars");
    same_dec(got->base_total, "7500", "net in the books");
    W.dollar = "80";
    wms_goods_receipt *receipt = world_receipt(order, "10");
    world_submit(&wms_goods_receipt_doctype, receipt);
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "8800");
    world_ledger_is("grni", "-8800");
    m_received_line row = row_of(receipt);
    ck_assert(m_id_eq(row.currency, test_id(N_DOLLAR)));
    same_dec(row.order_rate, "10", "price");
    same_dec(row.grni_value, "8800", "rupees");
    same_dec(row.foreign_value, "110", "dollars");
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("3");
    world_submit(&wms_purchase_return_doctype, back);
    row = row_of(receipt);
    same_dec(row.grni_returned, "2640", "rupees back");
    same_dec(row.foreign_returned, "33", "dollars back");
    world_ledger_is("grni", "-6160");
}
END_TEST

/* A receipt may say its own rate, such as that of the customs. */
START_TEST(a_receipt_says_its_rate)
{
    W.dollar = "75";
    wms_purchase_order *order = dollar_order("3", "3.335");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "3");
    receipt->rate = test_dec("7812.5");
    receipt->per = test_dec("100");
    world_submit(&wms_goods_receipt_doctype, receipt);
    world_ledger_is("grni", "-782.03"); /* 10.01 at 78.125 */
}
END_TEST

START_TEST(currencies_that_do_not_fit)
{
    const m_doctype *type = &wms_purchase_order_doctype;
    wms_purchase_order *order = dollar_order("1", "1");
    failed_with(world_create(type, order), "core.currency.rate_missing", NULL);
    W.dollar = "75";
    order = dollar_order("1", "1");
    order->currency = M_STR("EUR");
    field_failed(world_create(type, order), "wms.currency.foreign", "currency");
    order = dollar_order("1", "1");
    order->rate = test_dec("-1");
    field_failed(world_create(type, order), "core.field.range", "rate");
    order = world_order(N_AVERAGE, "1", "1");
    order->price_currency = test_id(N_RUPEE);
    order->rate = test_dec("3");
    world_submit(type, order);
    ck_assert(m_id_is_null(stored_order(order)->price_currency));
    same_dec(stored_order(order)->rate, "0", "no rate");
    same_dec(stored_order(order)->base_total, "0", "one total");
}
END_TEST

START_TEST(half_a_box_is_six)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "2.5", "120");
    order_line(order, 0)->unit = test_id(N_BOX);
    world_submit(&wms_purchase_order_doctype, order);
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "2.5"));
    world_bin_is(N_AVERAGE, N_DEPOT, "30", "300");
}
END_TEST

START_TEST(grams_become_kilograms)
{
    wms_purchase_order *order = world_order(N_FIFO, "2000", "0.025");
    order_line(order, 0)->unit = test_id(N_GRAM);
    world_submit(&wms_purchase_order_doctype, order);
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "2000"));
    world_bin_is(N_FIFO, N_DEPOT, "2", "50");
}
END_TEST

/* ---- receipts ---- */

/* Domain rules 3.4, first step: GRN of 10,000 against GRNI. */
START_TEST(receipt_posts_both_books)
{
    world_receive(N_AVERAGE, "100", "100");
    world_bin_is(N_AVERAGE, N_DEPOT, "100", "10000");
    world_ledger_is("stock", "10000");
    world_ledger_is("grni", "-10000");
    ck_assert_uint_eq(W.prepared, 1);
    ck_assert_uint_eq(W.posted, 1);
}
END_TEST

/* V028: 5 at 50 received, 2 returned. */
START_TEST(v028_partial_return)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "5", "50");
    world_ledger_is("stock", "250");
    world_ledger_is("grni", "-250");
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec("2");
    world_submit(&wms_purchase_return_doctype, back);
    world_ledger_is("stock", "150");
    world_ledger_is("grni", "-150");
    world_ledger_is("purchase_variance", "0");
}
END_TEST

/* Domain rules 3.3: ordered 100 at 50, accepted 95. */
START_TEST(rejected_goods_go_nowhere)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "100", "50");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "100");
    wms_receipt_line *line = M_AT(receipt->lines, wms_receipt_line, 0);
    line->rejected_qty = test_dec("5");
    line->reject_reason = M_STR("torn");
    world_submit(&wms_goods_receipt_doctype, receipt);
    world_bin_is(N_AVERAGE, N_DEPOT, "95", "4750");
    const wms_purchase_order *got = stored_order(order);
    same_dec(order_line(got, 0)->received_qty, "100", "received");
    same_dec(order_line(got, 0)->accepted_qty, "95", "accepted");
    ck_assert_int_eq(got->state, WMS_ORDER_PARTIALLY_RECEIVED);
    /* What was rejected may be delivered again. */
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "5"));
    ck_assert_int_eq(stored_order(order)->state, WMS_ORDER_RECEIVED);
}
END_TEST

START_TEST(all_rejected_posts_nothing)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "10");
    M_AT(receipt->lines, wms_receipt_line, 0)->rejected_qty = test_dec("10");
    world_submit(&wms_goods_receipt_doctype, receipt);
    ck_assert_uint_eq(W.posted, 0);
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL), M_OK);
    ck_assert_int_eq(stored_order(order)->state, WMS_ORDER_SUBMITTED);
}
END_TEST

START_TEST(quantities_must_add_up)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "100", "50");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "100");
    wms_receipt_line *line = M_AT(receipt->lines, wms_receipt_line, 0);
    line->accepted_qty = test_dec("95");
    line->rejected_qty = test_dec("4");
    field_failed(world_create(&wms_goods_receipt_doctype, receipt), "wms.receipt.sum",
                 "lines[0].accepted_qty");
    line->accepted_qty = (m_dec){0};
    line->rejected_qty = test_dec("101");
    field_failed(world_create(&wms_goods_receipt_doctype, receipt), "wms.receipt.sum",
                 "lines[0].accepted_qty");
    /* Accepted and rejected alone say what was received. */
    line->received_qty = (m_dec){0};
    line->accepted_qty = test_dec("95");
    line->rejected_qty = test_dec("5");
    world_submit(&wms_goods_receipt_doctype, receipt);
    same_dec(order_line(stored_order(order), 0)->received_qty, "100", "received");
}
END_TEST

START_TEST(over_receipt_is_refused)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "100", "50");
    world_submit(&wms_purchase_order_doctype, order);
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "60"));
    wms_goods_receipt *more = world_receipt(order, "46");
    world_draft(&wms_goods_receipt_doctype, more);
    failed_with(world_act(&wms_goods_receipt_doctype, more->id, "submit", NULL), "wms.receipt.over",
                "lines[0].received_qty");
    world_bin_is(N_AVERAGE, N_DEPOT, "60", "3000");
    ck_assert_int_eq(stored_order(order)->state, WMS_ORDER_PARTIALLY_RECEIVED);
    /* Up to 5 % too much is taken. */
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "45"));
    ck_assert_int_eq(stored_order(order)->state, WMS_ORDER_RECEIVED);
    /* Two lines of one receipt count together. */
    wms_purchase_order *other = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, other);
    wms_goods_receipt *twice = world_receipt(other, "6");
    m_id ordered = M_AT(twice->lines, wms_receipt_line, 0)->order_line;
    wms_receipt_line *lines = world_lines(&twice->lines, 2, sizeof *lines);
    lines[0].order_line = lines[1].order_line = ordered;
    lines[0].received_qty = lines[1].received_qty = test_dec("6");
    world_draft(&wms_goods_receipt_doctype, twice);
    failed_with(world_act(&wms_goods_receipt_doctype, twice->id, "submit", NULL),
                "wms.receipt.over", "lines[1].received_qty");
}
END_TEST

START_TEST(receipt_takes_what_is_open)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, order);
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "4"));
    wms_goods_receipt *rest = world_new(&wms_goods_receipt_type);
    rest->purchase_order = order->id;
    world_submit(&wms_goods_receipt_doctype, rest);
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "500");
    wms_goods_receipt *none = world_new(&wms_goods_receipt_type);
    none->purchase_order = order->id;
    field_failed(world_create(&wms_goods_receipt_doctype, none), "wms.receipt.nothing", "lines");
}
END_TEST

START_TEST(receipt_refusals)
{
    const m_doctype *type = &wms_goods_receipt_doctype;
    wms_purchase_order *draft = world_order(N_AVERAGE, "10", "50");
    world_draft(&wms_purchase_order_doctype, draft);
    failed_with(world_create(type, world_receipt(draft, "1")), "wms.order.not_open", NULL);
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "1");
    M_AT(receipt->lines, wms_receipt_line, 0)->order_line = test_id(9999);
    field_failed(world_create(type, receipt), "wms.receipt.line_unknown", "lines[0].order_line");
    receipt = world_receipt(order, "1");
    M_AT(receipt->lines, wms_receipt_line, 0)->item = test_id(N_SECOND);
    field_failed(world_create(type, receipt), "wms.receipt.mismatch", "lines[0].item");
    receipt = world_receipt(order, "1");
    receipt->supplier = test_id(N_BLOCKED);
    field_failed(world_create(type, receipt), "wms.receipt.mismatch", "supplier");
    wms_purchase_order *service = world_order(N_SERVICE, "1", "50");
    world_submit(&wms_purchase_order_doctype, service);
    field_failed(world_create(type, world_receipt(service, "1")), "wms.item.not_stock",
                 "lines[0].order_line");
    ck_assert_int_eq(world_act(&wms_purchase_order_doctype, order->id, "close", NULL), M_OK);
    failed_with(world_create(type, world_receipt(order, "1")), "wms.order.not_open", NULL);
}
END_TEST

START_TEST(refused_by_the_ledger_leaves_nothing)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "10");
    world_draft(&wms_goods_receipt_doctype, receipt);
    W.ledger_says = M_PRECONDITION;
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "submit", NULL),
                "finance.period.locked", NULL);
    W.ledger_says = M_OK;
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    same_dec(order_line(stored_order(order), 0)->received_qty, "0", "received");
    world_prove();
}
END_TEST

START_TEST(tax_that_cannot_be_recovered_is_cost)
{
    wms_purchase_order *order = world_order(N_AVERAGE, "3", "3.33");
    order_line(order, 0)->tax = test_id(N_DUTY);
    world_submit(&wms_purchase_order_doctype, order);
    world_submit(&wms_goods_receipt_doctype, world_receipt(order, "3"));
    world_bin_is(N_AVERAGE, N_DEPOT, "3", "10.99"); /* 9.99 + 1.00 */
    wms_purchase_order *other = world_order(N_SECOND, "10", "10");
    order_line(other, 0)->tax = test_id(N_GST);
    world_submit(&wms_purchase_order_doctype, other);
    world_submit(&wms_goods_receipt_doctype, world_receipt(other, "10"));
    world_bin_is(N_SECOND, N_DEPOT, "10", "100");
}
END_TEST

START_TEST(backdated_is_refused)
{
    world_receive(N_AVERAGE, "10", "50");
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "50");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "10");
    receipt->posting_date = test_date("2026-03-31");
    world_draft(&wms_goods_receipt_doctype, receipt);
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "submit", NULL),
                "wms.stock.backdated", "lines[0].received_qty");
}
END_TEST

/* ---- cancelling ---- */

START_TEST(cancel_mirrors_both_books)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "50");
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL), M_OK);
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    world_ledger_is("grni", "0");
    world_prove();
    const wms_purchase_order *order = world_get(&wms_purchase_order_type, receipt->purchase_order);
    ck_assert_int_eq(order->state, WMS_ORDER_SUBMITTED);
    same_dec(order_line(order, 0)->accepted_qty, "0", "accepted");
    ck_assert_int_eq(world_act(&wms_purchase_order_doctype, order->id, "cancel", NULL), M_OK);
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "core.state.not_allowed", NULL);
}
END_TEST

START_TEST(order_with_goods_cannot_be_cancelled)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "50");
    failed_with(world_act(&wms_purchase_order_doctype, receipt->purchase_order, "cancel", NULL),
                "core.state.not_allowed", NULL);
}
END_TEST

START_TEST(used_goods_cannot_be_cancelled)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "50");
    world_submit(&wms_stock_issue_doctype, world_issue(item, N_DEPOT, "1"));
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "wms.receipt.consumed", NULL);
    world_bin_is(item, N_DEPOT, "9", "450");
    world_prove();
}
END_TEST

/* Under FIFO the layer must be whole even when there is plenty of other stock. */
START_TEST(used_layer_cannot_be_cancelled)
{
    wms_goods_receipt *first = world_receive(N_FIFO, "10", "50");
    wms_goods_receipt *second = world_receive(N_FIFO, "10", "60");
    world_submit(&wms_stock_issue_doctype, world_issue(N_FIFO, N_DEPOT, "1"));
    failed_with(world_act(&wms_goods_receipt_doctype, first->id, "cancel", NULL),
                "wms.receipt.consumed", NULL);
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, second->id, "cancel", NULL), M_OK);
    world_bin_is(N_FIFO, N_DEPOT, "9", "450");
    world_prove();
}
END_TEST

START_TEST(invoiced_goods_cannot_be_cancelled)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "50");
    W.invoiced = true;
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "finance.voucher.invoiced", NULL);
    world_bin_is(N_AVERAGE, N_DEPOT, "10", "500");
    W.invoiced = false;
    ck_assert_int_eq(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL), M_OK);
    world_prove();
}
END_TEST

/* ---- returns ---- */

static wms_purchase_return *return_of(const wms_goods_receipt *receipt, const char *qty)
{
    wms_purchase_return *back = world_new(&wms_purchase_return_type);
    back->receipt = receipt->id;
    wms_return_line *line = world_lines(&back->lines, 1, sizeof *line);
    line->receipt_line = M_AT(receipt->lines, wms_receipt_line, 0)->id;
    line->qty = test_dec(qty);
    return back;
}

/* V016 through the documents: the return leaves from its own layer. */
START_TEST(v016_return_from_own_layer)
{
    wms_goods_receipt *first = world_receive(N_FIFO, "10", "10");
    wms_goods_receipt *second = world_receive(N_FIFO, "10", "20");
    world_submit(&wms_purchase_return_doctype, return_of(first, "2"));
    world_bin_is(N_FIFO, N_DEPOT, "18", "280");
    world_submit(&wms_purchase_return_doctype, return_of(second, "1"));
    world_bin_is(N_FIFO, N_DEPOT, "17", "260");
    world_ledger_is("purchase_variance", "0");
}
END_TEST

/* At the moving average of 15 goods bought at 10 leave: 10 from GRNI, 5 of variance. */
START_TEST(return_at_current_rate)
{
    wms_goods_receipt *first = world_receive(N_AVERAGE, "10", "10");
    wms_goods_receipt *second = world_receive(N_AVERAGE, "10", "20");
    world_submit(&wms_purchase_return_doctype, return_of(first, "1"));
    world_bin_is(N_AVERAGE, N_DEPOT, "19", "285");
    world_ledger_is("grni", "-290");
    world_ledger_is("purchase_variance", "5");
    world_submit(&wms_purchase_return_doctype, return_of(second, "1"));
    world_ledger_is("grni", "-270");
    world_ledger_is("purchase_variance", "0");
}
END_TEST

START_TEST(returns_take_back_exactly_what_came)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "3", "3.333333");
    for (int i = 0; i < 3; i++)
        world_submit(&wms_purchase_return_doctype, return_of(receipt, "1"));
    world_bin_is(N_AVERAGE, N_DEPOT, "0", "0");
    world_ledger_is("grni", "0");
    const wms_purchase_order *order = world_get(&wms_purchase_order_type, receipt->purchase_order);
    same_dec(order_line(order, 0)->returned_qty, "3", "returned");
    ck_assert_int_eq(order->state, WMS_ORDER_PARTIALLY_RECEIVED);
    wms_purchase_return *more = return_of(receipt, "1");
    world_draft(&wms_purchase_return_doctype, more);
    failed_with(world_act(&wms_purchase_return_doctype, more->id, "submit", NULL),
                "wms.return.over", "lines[0].qty");
}
END_TEST

/* 3 lb are 1.361 kg: two returns of 0.454 and the rest, whatever it is. */
START_TEST(returns_close_rounded_units)
{
    wms_purchase_order *order = world_order(N_FIFO, "3", "4.55");
    order_line(order, 0)->unit = test_id(N_POUND);
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *receipt = world_receipt(order, "3");
    world_submit(&wms_goods_receipt_doctype, receipt);
    world_bin_is(N_FIFO, N_DEPOT, "1.361", "13.65");
    world_submit(&wms_purchase_return_doctype, return_of(receipt, "1"));
    world_bin_is(N_FIFO, N_DEPOT, "0.907", "9.10");
    world_submit(&wms_purchase_return_doctype, return_of(receipt, "1"));
    world_submit(&wms_purchase_return_doctype, return_of(receipt, "1"));
    world_bin_is(N_FIFO, N_DEPOT, "0", "0");
    world_ledger_is("grni", "0");
}
END_TEST

START_TEST(return_refusals)
{
    const m_doctype *type = &wms_purchase_return_doctype;
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "10");
    wms_purchase_return *back = return_of(receipt, "1");
    back->posting_date = test_date("2026-03-01");
    field_failed(world_create(type, back), "wms.return.date", "posting_date");
    wms_purchase_order *order = world_order(N_AVERAGE, "10", "10");
    world_submit(&wms_purchase_order_doctype, order);
    wms_goods_receipt *draft = world_receipt(order, "10");
    world_draft(&wms_goods_receipt_doctype, draft);
    field_failed(world_create(type, return_of(draft, "1")), "wms.return.receipt_state", "receipt");
    back = return_of(receipt, "1");
    M_AT(back->lines, wms_return_line, 0)->receipt_line = test_id(9999);
    field_failed(world_create(type, back), "wms.return.line_unknown", "lines[0].receipt_line");
    back = return_of(receipt, "0.5");
    world_draft(type, back);
    field_failed(world_act(type, back->id, "submit", NULL), "wms.qty.places", "lines[0].qty");
    world_submit(&wms_stock_issue_doctype, world_issue(N_AVERAGE, N_DEPOT, "9"));
    back = return_of(receipt, "2");
    world_draft(type, back);
    failed_with(world_act(type, back->id, "submit", NULL), "wms.stock.negative", "lines[0].qty");
    world_submit(type, return_of(receipt, "1"));
    failed_with(world_act(&wms_goods_receipt_doctype, receipt->id, "cancel", NULL),
                "wms.receipt.returned", NULL);
}
END_TEST

START_TEST(cancelled_return_comes_back)
{
    uint32_t item = _i ? N_FIFO : N_AVERAGE;
    wms_goods_receipt *receipt = world_receive(item, "10", "10");
    world_receive(item, "10", "20");
    wms_purchase_return *back = return_of(receipt, "4");
    world_submit(&wms_purchase_return_doctype, back);
    ck_assert_int_eq(world_act(&wms_purchase_return_doctype, back->id, "cancel", NULL), M_OK);
    world_bin_is(item, N_DEPOT, "20", "300");
    world_ledger_is("grni", "-300");
    world_ledger_is("purchase_variance", "0");
    world_prove();
    world_submit(&wms_purchase_return_doctype, return_of(receipt, "10"));
}
END_TEST

/* ---- what Finance is told ---- */

START_TEST(receiving_answers)
{
    wms_goods_receipt *receipt = world_receive(N_AVERAGE, "10", "10");
    world_submit(&wms_purchase_return_doctype, return_of(receipt, "4"));
    m_receiving receiving = {&wms_receiving_ops, &W.module};
    m_id ids[] = {test_id(9999), M_AT(receipt->lines, wms_receipt_line, 0)->id};
    m_received_lines out = {{0}};
    ck_assert_int_eq(m_receiving_lines(receiving, W.call, &(m_ids){{ids, 2}}, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 2);
    const m_received_line *rows = out.lines.items;
    ck_assert(m_id_is_null(rows[0].id));
    ck_assert(m_id_eq(rows[1].id, ids[1]));
    ck_assert(m_id_eq(rows[1].cost_center, test_id(N_CENTER)));
    same_dec(rows[1].accepted, "10", "accepted");
    same_dec(rows[1].returned, "4", "returned");
    same_dec(rows[1].grni_value, "100", "value");
    same_dec(rows[1].grni_returned, "40", "value returned");
    same_dec(rows[1].order_rate, "10", "rate");
    m_id order = receipt->purchase_order;
    ck_assert_int_eq(m_receiving_of_order(receiving, W.call, &(m_ids){{&order, 1}}, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 1);
    ck_assert_int_eq(m_receiving_lines(receiving, W.call, &(m_ids){{0}}, &out), M_OK);
    ck_assert_uint_eq(out.lines.count, 0);
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("wms purchase");
    TCase *c = tcase_create("orders");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, order_is_derived);
    tcase_add_test(c, order_refusals);
    tcase_add_test(c, an_order_in_dollars);
    tcase_add_test(c, a_receipt_says_its_rate);
    tcase_add_test(c, currencies_that_do_not_fit);
    tcase_add_test(c, half_a_box_is_six);
    tcase_add_test(c, grams_become_kilograms);
    suite_add_tcase(s, c);
    c = tcase_create("receipts");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, receipt_posts_both_books);
    tcase_add_test(c, rejected_goods_go_nowhere);
    tcase_add_test(c, all_rejected_posts_nothing);
    tcase_add_test(c, quantities_must_add_up);
    tcase_add_test(c, over_receipt_is_refused);
    tcase_add_test(c, receipt_takes_what_is_open);
    tcase_add_test(c, receipt_refusals);
    tcase_add_test(c, refused_by_the_ledger_leaves_nothing);
    tcase_add_test(c, tax_that_cannot_be_recovered_is_cost);
    tcase_add_test(c, backdated_is_refused);
    suite_add_tcase(s, c);
    c = tcase_create("cancelling");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, cancel_mirrors_both_books);
    tcase_add_test(c, order_with_goods_cannot_be_cancelled);
    tcase_add_loop_test(c, used_goods_cannot_be_cancelled, 0, 2);
    tcase_add_test(c, used_layer_cannot_be_cancelled);
    tcase_add_test(c, invoiced_goods_cannot_be_cancelled);
    suite_add_tcase(s, c);
    c = tcase_create("returns");
    tcase_add_checked_fixture(c, world_open, world_close);
    tcase_add_test(c, v028_partial_return);
    tcase_add_test(c, v016_return_from_own_layer);
    tcase_add_test(c, return_at_current_rate);
    tcase_add_test(c, returns_take_back_exactly_what_came);
    tcase_add_test(c, returns_close_rounded_units);
    tcase_add_test(c, return_refusals);
    tcase_add_loop_test(c, cancelled_return_comes_back, 0, 2);
    tcase_add_test(c, receiving_answers);
    suite_add_tcase(s, c);
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
