/* Sales invoices for what was delivered: never more than was delivered and kept. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "sales_invoice/sales_invoice.h"

#define INVOICES "sales-invoices"

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static const char *of_delivery(m_id line, const char *qty, const char *more)
{
    return fin_text(w, "{\"delivery_line\":\"%s\",\"qty\":\"%s\",\"rate\":\"50\"%s}",
                    fin_id_text(w, line), qty, more);
}

static const char *bill(uint32_t customer, const char *lines)
{
    return fin_text(w, "{\"customer\":\"%s\",\"lines\":[%s]}", fin_id_text(w, test_id(customer)),
                    lines);
}

START_TEST(rest_of_a_delivery)
{
    m_delivered_line line = {.delivered = test_dec("10"), .returned = test_dec("2.5")};
    m_dec rest;
    ck_assert_int_eq(fin_delivery_rest(&line, NULL, &rest), M_OK);
    ck_assert(rest.u == test_dec("7.5").u);
    fin_billed_delivery billed = {.qty = test_dec("8").u};
    ck_assert_int_eq(fin_delivery_rest(&line, &billed, &rest), M_OK);
    ck_assert(rest.u == test_dec("-0.5").u);
}
END_TEST

START_TEST(what_was_delivered_is_billed_once)
{
    m_id line = fin_world_deliver(w, "10");
    m_document_reply first =
        fin_create(w, INVOICES, "submit", bill(CUSTOMER, of_delivery(line, "6", "")));
    fin_has(first.body, fin_text(w, "\"item\":\"%s\"", fin_id_text(w, test_id(TEA))));
    fin_has(first.body, fin_text(w, "\"unit\":\"%s\"", fin_id_text(w, test_id(KILO))));
    fin_has(first.body, "\"grand_total\":\"300.00\"");
    fin_create_refused(w, INVOICES, "submit", bill(CUSTOMER, of_delivery(line, "4.5", "")),
                       "finance.invoice.beyond_delivery", "lines[0].qty");
    fin_create_refused(w, INVOICES, "submit",
                       bill(CUSTOMER, fin_text(w, "%s,%s", of_delivery(line, "2", ""),
                                               of_delivery(line, "3", ""))),
                       "finance.invoice.beyond_delivery", "lines[1].qty");
    fin_balance_is(w, "4100", "-300");
    fin_act(w, INVOICES, first.id, "cancel", NULL);
    fin_create(w, INVOICES, "submit", bill(CUSTOMER, of_delivery(line, "10", "")));
    fin_balance_is(w, "4100", "-500");
}
END_TEST

START_TEST(what_came_back_is_not_billed)
{
    m_id line = fin_world_deliver(w, "10");
    w->delivered[0].returned = test_dec("4");
    fin_create_refused(w, INVOICES, "submit", bill(CUSTOMER, of_delivery(line, "7", "")),
                       "finance.invoice.beyond_delivery", "lines[0].qty");
    fin_create(w, INVOICES, "submit", bill(CUSTOMER, of_delivery(line, "6", "")));
}
END_TEST

START_TEST(lines_that_do_not_fit)
{
    m_id line = fin_world_deliver(w, "10");
    fin_create_refused(w, INVOICES, NULL, bill(LIMITED, of_delivery(line, "1", "")),
                       "finance.invoice.other_customer", "lines[0].delivery_line");
    const char *other = fin_text(w, ",\"item\":\"%s\"", fin_id_text(w, test_id(CLEANING)));
    fin_create_refused(w, INVOICES, NULL, bill(CUSTOMER, of_delivery(line, "1", other)),
                       "finance.invoice.other_item", "lines[0].item");
    other = fin_text(w, ",\"unit\":\"%s\"", fin_id_text(w, test_id(CHEST)));
    fin_create_refused(w, INVOICES, NULL, bill(CUSTOMER, of_delivery(line, "1", other)),
                       "finance.invoice.delivery_unit", "lines[0].unit");
    fin_create_refused(w, INVOICES, NULL, bill(CUSTOMER, of_delivery(test_id(9999), "1", "")),
                       "core.link.not_found", "lines[0].delivery_line");
}
END_TEST

/* The delivery's voucher stays while it is billed. */
START_TEST(a_billed_delivery_is_not_reversed)
{
    m_id line = fin_world_deliver(w, "10"), note = test_id(777);
    m_ledger_reversal reversal = {.voucher_id = m_voucher_id(w->call, note, "post"),
                                  .source_type = M_STR("wms.delivery_note"),
                                  .source_id = note,
                                  .voucher_no = M_STR("DN-2026-00001"),
                                  .reversal_id = m_voucher_id(w->call, note, "cancel"),
                                  .source_lines = {&line, 1}};
    m_ledger_result result;
    m_document_reply invoice =
        fin_create(w, INVOICES, "submit", bill(CUSTOMER, of_delivery(line, "1", "")));
    fin_begin(w);
    m_status status = m_ledger_reverse(w->ledger, w->call, &reversal, &result);
    ck_assert(m_str_is(w->call->error.code, "finance.voucher.invoiced"));
    fin_end(w, status);
    fin_act(w, INVOICES, invoice.id, "cancel", NULL);
    fin_begin(w);
    ck_assert_int_eq(m_ledger_reverse(w->ledger, w->call, &reversal, &result), M_OK);
    fin_end(w, M_OK);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("delivery");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, rest_of_a_delivery);
    tcase_add_test(cases, what_was_delivered_is_billed_once);
    tcase_add_test(cases, what_came_back_is_not_billed);
    tcase_add_test(cases, lines_that_do_not_fit);
    tcase_add_test(cases, a_billed_delivery_is_not_reversed);
    return fin_world_run(cases, "finance delivery");
}
