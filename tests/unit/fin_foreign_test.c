/* Invoices and money in other currencies, both sides: what is posted by which rate, what stays open
 * in both currencies, what is gained and lost. */
#include <check.h>

#include "fin_foreign_parts.h"
#include "purchase_invoice/purchase_invoice.h"
#include "reports/reports.h"
#include "sales_invoice/sales_invoice.h"

/* ---- invoices ---- */

START_TEST(an_invoice_posts_by_the_rate_of_its_date)
{
    m_document_reply sale =
        fin_create(w, "sales-invoices", "submit", bill_body(customer, "100", "", GST18));
    fin_has(sale.body, "\"grand_total\":\"118.00\"");
    fin_has(sale.body, "\"rate\":\"75\"");
    fin_has(sale.body, "\"base_total\":\"8850.00\"");
    fin_balance_is(w, "1130", "8850");
    fin_balance_is(w, "4100", "-7500");
    fin_balance_is(w, "2130", "-1350");
    open_is(sale.id, "118", "8850");
    fin_tax_summary_params params = {.from = test_date("2026-04-01")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_tax_summary_report, &params, &rows), M_OK);
    ck_assert(M_AT(rows, fin_tax_summary_row, 0)->amount == test_dec("675").u);
    books_agree();
    fin_act(w, "sales-invoices", sale.id, "cancel", NULL);
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "2130", "0");
}
END_TEST

START_TEST(what_rounding_leaves_goes_to_round_off)
{
    m_document_reply bought =
        fin_create(w, "purchase-invoices", "submit",
                   bill_body(supplier, "0.05", "\"rate\":\"0.3\",", GST18)); /* tax 0.00 and 0.00 */
    fin_has(bought.body, "\"grand_total\":\"0.05\"");
    fin_create(w, "purchase-invoices", "submit",
               bill_body(supplier, "10.05", "\"rate\":\"0.5\",", GST18));
    /* 10.05, 0.90, 0.90: 5.03 + 0.45 + 0.45 = 5.93; 11.85: 5.93 */
    fin_balance_is(w, "5290", "0");
    fin_create(w, "purchase-invoices", "submit",
               bill_body(supplier, "10.01", "\"rate\":\"0.5\",", GST18));
    /* 10.01, 0.90, 0.90: 5.01 + 0.45 + 0.45 = 5.91; 11.81: 5.91 */
    fin_create(w, "purchase-invoices", "submit",
               bill_body(supplier, "10.11", "\"rate\":\"0.5\",", GST18));
    /* 10.11, 0.91, 0.91: 5.06 + 0.46 + 0.46 = 5.98; 11.93: 5.97 */
    fin_balance_is(w, "5290", "-0.01");
}
END_TEST

START_TEST(goods_are_billed_in_dollars)
{
    m_id line = fin_world_receive(w, "10", "750", "7500"); /* rupees */
    const char *number = "\"supplier_invoice_no\":\"G-1\"";
    const char *body =
        fin_text(w,
                 "{\"supplier\":\"%s\",%s,\"currency\":\"%s\",\"lines\":[{\"receipt_line\":"
                 "\"%s\",\"qty\":\"10\"}]}",
                 fin_id_text(w, test_id(SUPPLIER)), number, usd(), fin_id_text(w, line));
    /* as ordered: 750 rupees are 10 dollars; at 10.05 it is 37.50 dearer */
    m_document_reply draft = fin_create(w, "purchase-invoices", NULL, body);
    fin_has(draft.body, "\"rate\":\"10\"");
    fin_update(w, "purchase-invoices", draft.id, 1,
               fin_text(w,
                        "{\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"10\",\"rate\":"
                        "\"10.05\"}]}",
                        fin_id_text(w, line)));
    fin_act(w, "purchase-invoices", draft.id, "submit", NULL);
    fin_balance_is(w, "2120", "7500");
    fin_balance_is(w, "5120", "37.50");
    fin_balance_is(w, "2110", "-7537.50");
    open_is(draft.id, "100.50", "7537.50");
}
END_TEST

/* ---- orders in dollars ---- */

static const struct {
    const char *qty;
    m_foreign value; /* of the rest before, */
    const char *take;
    m_foreign taken; /* and what is taken */
} rests[] = {
    {"10", {{760000000}, {10000000}}, "4", {{304000000}, {4000000}}},
    {"10", {{760000000}, {10000000}}, "10", {{760000000}, {10000000}}},
    {"3", {{100000000}, {1000000}}, "1", {{33330000}, {330000}}},
    {"2", {{66670000}, {670000}}, "1", {{33340000}, {340000}}}, /* half a paisa up */
    {"1", {{33330000}, {330000}}, "1", {{33330000}, {330000}}},
    {"1", {{500000}, {0}}, "1", {{500000}, {0}}}, /* in the base currency */
};

START_TEST(what_a_bill_takes)
{
    fin_receipt_rest rest = {test_dec(rests[_i].qty), rests[_i].value};
    m_foreign taken;
    ck_assert_int_eq(fin_receipt_take(&rest, test_dec(rests[_i].take), 2, &taken), M_OK);
    ck_assert_int_eq(taken.base.u, rests[_i].taken.base.u);
    ck_assert_int_eq(taken.foreign.u, rests[_i].taken.foreign.u);
    ck_assert_int_eq(rest.value.base.u, rests[_i].value.base.u - taken.base.u);
    ck_assert_int_eq(rest.value.foreign.u, rests[_i].value.foreign.u - taken.foreign.u);
}
END_TEST

/* 10 ordered at 10 dollars and received at 76. */
static m_id received_in_dollars(void)
{
    m_id line = fin_world_receive(w, "10", "10", "7600");
    m_received_line *row = &w->received[w->received_count - 1];
    row->currency = test_id(USD);
    row->foreign_value = test_dec("100");
    return line;
}

/* Id of the only line in a reply, as text. */
static const char *line_text(m_document_reply reply)
{
    const char *at = memmem(reply.body.p, reply.body.n, "\"lines\":[{\"id\":\"", 16);
    ck_assert_ptr_nonnull(at);
    return fin_text(w, "%.*s", 26, at + 16);
}

/* qty, and the price or NULL; in dollars at 78, or in rupees. */
static m_document_reply bill_goods(m_id line, const char *qty, const char *price, bool dollars)
{
    static int no;
    const char *currency =
        dollars ? fin_text(w, "\"currency\":\"%s\",\"rate\":\"78\",", usd()) : "";
    const char *rate = price ? fin_text(w, ",\"rate\":\"%s\"", price) : "";
    return fin_create(w, "purchase-invoices", "submit",
                      fin_text(w,
                               "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"O-%d\",%s"
                               "\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"%s\"%s}]}",
                               fin_id_text(w, test_id(SUPPLIER)), ++no, currency,
                               fin_id_text(w, line), qty, rate));
}

/* What only the rate changed is an exchange loss, no other price. */
START_TEST(the_rate_changes_until_the_bill)
{
    m_id line = received_in_dollars();
    m_document_reply first = bill_goods(line, "6", NULL, true);
    fin_has(first.body, "\"state\":\"submitted\"");
    fin_has(first.body, "\"rate\":\"10\"");
    fin_has(first.body, "\"exchange\":\"120.00\"");
    fin_balance_is(w, "2120", "4560");
    fin_balance_is(w, "2110", "-4680");
    fin_balance_is(w, "5320", "120");
    fin_balance_is(w, "5120", "0");
    bill_goods(line, "4", "10.10", true); /* 1 % dearer */
    fin_balance_is(w, "2120", "7600");
    fin_balance_is(w, "5320", "200");
    fin_balance_is(w, "5120", "31.20"); /* 0.40 at 78 */
    fin_create(w, "purchase-debit-notes", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"invoice\":\"%s\",\"reason\":\"Broken\",\"lines\":"
                        "[{\"invoice_line\":\"%s\",\"qty\":\"2\"}]}",
                        fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, first.id),
                        line_text(first)));
    fin_balance_is(w, "2120", "6080");
    exchange_is("160");
    fin_balance_is(w, "5120", "31.20");
    bill_goods(line, "2", NULL, true); /* what came back may be billed again */
    fin_balance_is(w, "2120", "7600");
    exchange_is("200");
}
END_TEST

START_TEST(prices_are_matched_in_dollars)
{
    m_id line = received_in_dollars();
    m_document_reply held = bill_goods(line, "5", "10.11", true);
    fin_has(held.body, "\"state\":\"on_hold\"");
    fin_has(held.body, "\"expected\":\"10\"");
    fin_has(held.body, "\"actual\":\"10.11\"");
    fin_act(w, "purchase-invoices", held.id, "cancel", NULL);
    m_document_reply rupees = bill_goods(line, "10", NULL, false);
    fin_has(rupees.body, "\"rate\":\"760\"");
    fin_has(rupees.body, "\"state\":\"submitted\"");
    fin_balance_is(w, "2110", "-7600");
    exchange_is("0");
}
END_TEST

/* ---- money ---- */

typedef struct {
    const char *id;
    const char *billed[2]; /* dollars, rate */
    const char *paid[2];
    const char *given;   /* allocated */
    const char *open[2]; /* dollars, in the books */
    const char *over;    /* what is paid more in rupees than was booked */
} money_case;

static const money_case money_cases[] = {
    {"dearer", {"100", "70"}, {"100", "75"}, "100", {"0", "0"}, "500"},
    {"cheaper", {"100", "75"}, {"100", "70"}, "100", {"0", "0"}, "-500"},
    {"as billed", {"100", "75"}, {"100", "75"}, "100", {"0", "0"}, "0"},
    {"in part", {"120", "70"}, {"60", "75"}, "60", {"60", "4200"}, "300"},
    {"a third", {"3", "33.33"}, {"1", "33.33"}, "1", {"2", "66.66"}, "0"},
    {"a share worth nothing", {"1", "0.04"}, {"0.20", "0.04"}, "0.10", {"0.90", "0.04"}, "0.01"},
};

START_TEST(money_settles_at_its_own_rate)
{
    const money_case *c = &money_cases[_i / SIDES];
    const side *s = &sides[_i % SIDES];
    m_id invoice = bill(s, c->billed[0], c->billed[1]);
    m_id money = pay(s, c->paid[0], c->paid[1], share(invoice, c->given, "0"));
    open_is(invoice, c->open[0], c->open[1]);
    m_dec over = test_dec(c->over);
    char loss[M_DEC_TEXT];
    m_dec_format((m_dec){s == supplier ? over.u : -over.u}, 2, loss);
    exchange_is(loss);
    books_agree();
    fin_act(w, s->money, money, "cancel", NULL);
    exchange_is("0");
    char full[M_DEC_TEXT];
    m_dec base;
    ck_assert_int_eq(
        m_to_base(test_dec(c->billed[0]), (m_rate){test_dec(c->billed[1]), {0}}, 2, &base), M_OK);
    m_dec_format(base, 2, full);
    open_is(invoice, c->billed[0], full);
}
END_TEST

START_TEST(v042_partial_match)
{
    m_id invoice = fin_create(w, "sales-invoices", "submit",
                              bill_body(customer, "120", "\"rate\":\"0.5\",", 0))
                       .id;
    m_id advance = fin_create(w, "receipts", "submit",
                              fin_text(w,
                                       "{\"customer\":\"%s\",\"currency\":\"%s\",\"rate\":\"1\","
                                       "\"per\":\"3\",\"amount\":\"240\"}",
                                       fin_id_text(w, test_id(CUSTOMER)), usd()))
                       .id;
    open_is(invoice, "120", "60");
    open_is(advance, "240", "80");
    allocate(customer, advance, share(invoice, "120", "0"));
    open_is(invoice, "0", "0");
    open_is(advance, "120", "40.00");
    exchange_is("20.00");
}
END_TEST

START_TEST(v043_an_advance_applied_at_another_rate)
{
    m_id advance = pay(customer, "100", "70", "");
    m_id invoice = bill(customer, "100", "75");
    allocate(customer, advance, share(invoice, "100", "0"));
    exchange_is("500.00");
    fin_balance_is(w, "5320", "500.00");
    open_is(invoice, "0", "0");
    open_is(advance, "0", "0");
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "2170", "0");
    fin_act(w, "receipts", advance, "cancel", NULL);
    exchange_is("0");
    open_is(invoice, "100", "7500");
}
END_TEST

START_TEST(the_last_share_leaves_nothing)
{
    const side *s = &sides[_i];
    m_id invoice = bill(s, "1", "33.34");
    pay(s, "0.33", "33.34", share(invoice, "0.33", "0")); /* 11.0022 */
    open_is(invoice, "0.67", "22.34");
    pay(s, "0.33", "33.34", share(invoice, "0.33", "0"));
    pay(s, "0.34", "33.34", share(invoice, "0.34", "0"));
    open_is(invoice, "0", "0");
    fin_balance_is(w, s->control, "0");
}
END_TEST

START_TEST(one_payment_for_many_leaves_an_advance)
{
    const side *s = &sides[_i];
    m_id first = bill(s, "100", "70"), second = bill(s, "50", "72");
    m_id money = pay(s, "200", "75",
                     fin_text(w, "%s,%s", share(first, "100", "0"), share(second, "30", "0")));
    open_is(first, "0", "0");
    open_is(second, "20", "1440");
    open_is(money, "70", "5250");
    exchange_is(s == supplier ? "590" : "-590"); /* 500 and 90 */
    fin_act(w, s->money, money, "allocate", NULL);
    open_is(second, "0", "0");
    open_is(money, "50", "3750");
    exchange_is(s == supplier ? "650" : "-650");
    fin_act_refused(w, s->invoices, first, "cancel", NULL, "finance.invoice.paid", NULL);
}
END_TEST

/* What is forgiven goes back by the rate of the invoice, its tax too. */
START_TEST(a_write_off_is_worth_what_was_booked)
{
    const side *s = &sides[_i];
    m_id invoice =
        fin_create(w, s->invoices, "submit", bill_body(s, "100", "\"rate\":\"70\",", GST18)).id;
    m_id money = pay(s, "106.20", "75", share(invoice, "106.20", "11.80"));
    int sign = s == supplier ? -1 : 1;
    open_is(invoice, "0", "0");
    fin_balance_is(w, s->off, sign < 0 ? "-700" : "700");
    fin_balance_is(w, s == supplier ? "1160" : "2130", sign < 0 ? "1134" : "-1134");
    exchange_is(sign < 0 ? "531" : "-531"); /* 106.20 × 5 */
    fin_act(w, s->money, money, "cancel", NULL);
    open_is(invoice, "118", "8260");
    fin_balance_is(w, s->off, "0");
}
END_TEST

START_TEST(a_refund_gives_back_what_was_booked)
{
    const side *s = &sides[_i];
    m_id advance = pay(s, "100", "70", "");
    m_document_reply back = fin_create(
        w, s->money, "submit",
        fin_text(w,
                 "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of\":\"%s\",\"currency\":\"%s\","
                 "\"rate\":\"75\",\"amount\":\"40\"}",
                 s->field, fin_id_text(w, test_id(s->party)), fin_id_text(w, advance), usd()));
    open_is(advance, "60", "4200");
    exchange_is(s == supplier ? "-200" : "200");
    books_agree();
    fin_act(w, s->money, back.id, "cancel", NULL);
    open_is(advance, "100", "7000");
    exchange_is("0");
    fin_act(w, s->money, advance, "cancel", NULL);
}
END_TEST

START_TEST(a_dollar_account_pays_dollars)
{
    m_id invoice = bill(supplier, "100", "70");
    m_document_reply paid = fin_create(
        w, "payments", "submit",
        fin_text(w,
                 "{\"supplier\":\"%s\",\"account\":\"%s\",\"amount\":\"100\",\"allocations\":"
                 "[%s]}",
                 fin_id_text(w, test_id(SUPPLIER)), fin_account_text(w, "BankUSD"),
                 share(invoice, "100", "0")));
    fin_has(paid.body, usd());
    m_foreign bank = account_sum("BankUSD");
    ck_assert_int_eq(bank.base.u, test_dec("-7500").u);
    ck_assert_int_eq(bank.foreign.u, test_dec("-100").u);
    exchange_is("500");
    pay(supplier, "1", "75", ""); /* from the home bank */
    fin_balance_is(w, "1120", "-75");
    ck_assert_int_eq(account_sum("1120").foreign.u, 0);
}
END_TEST

START_TEST(instalments_keep_both_amounts)
{
    m_id terms =
        fin_create(w, "payment-terms", NULL,
                   "{\"code\":\"3\",\"lines\":[{\"percent\":\"33.33\",\"days\":30},"
                   "{\"percent\":\"33.33\",\"days\":60},{\"percent\":\"33.34\",\"days\":90}]}")
            .id;
    const side *s = &sides[_i];
    const char *rate =
        fin_text(w, "\"payment_terms\":\"%s\",\"rate\":\"33.33\",", fin_id_text(w, terms));
    m_id invoice = fin_create(w, s->invoices, "submit", bill_body(s, "10", rate, 0)).id;
    open_is(invoice, "10", "333.30");
    m_id first = pay(s, "5", "35", share(invoice, "5", "0")); /* one instalment and a half */
    pay(s, "5", "30", share(invoice, "5", "0"));
    open_is(invoice, "0", "0");
    fin_act(w, s->money, first, "cancel", NULL);
    m_fetch parts = fetch_all(&fin_instalment_type);
    m_foreign open = {{0}, {0}};
    for (uint32_t i = 0; i < parts.count; i++) {
        const fin_open_item *part = parts.records[i];
        open.base.u += part->base_outstanding.u;
        open.foreign.u += part->outstanding.u;
        ck_assert(part->outstanding.u == 0 ? part->base_outstanding.u == 0
                                           : part->base_outstanding.u > 0);
    }
    ck_assert_int_eq(open.foreign.u, test_dec("5").u);
    char base[M_DEC_TEXT];
    m_dec_format(open.base, 2, base);
    open_is(invoice, "5", base);
    pay(s, "5", "35", share(invoice, "5", "0"));
    open_is(invoice, "0", "0");
}
END_TEST

/* ---- reports ---- */

static fin_ageing_row aged(const side *s, m_id document, const char *as_of)
{
    fin_ageing_params params = {.as_of = test_date(as_of), .detail = true};
    const m_report *report =
        s == supplier ? &fin_supplier_ageing_report : &fin_customer_ageing_report;
    m_list rows;
    ck_assert_int_eq(fin_report(w, report, &params, &rows), M_OK);
    for (M_EACH(const fin_ageing_row, row, rows))
        if (m_id_eq(row->document, document)) return *row;
    return (fin_ageing_row){.advance = 0};
}

static void aged_is(const side *s, m_id document, const char *as_of, const char *base,
                    const char *foreign)
{
    fin_ageing_row row = aged(s, document, as_of);
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(row.outstanding, 2, text);
    ck_assert_msg(row.outstanding == test_dec(base).u, "%s: %s, expected %s", as_of, text, base);
    ck_assert(row.foreign == test_dec(foreign).u);
}

START_TEST(reports_show_both_amounts)
{
    const side *s = &sides[_i];
    m_id advance = fin_create(w, s->money, "submit",
                              fin_text(w,
                                       "{\"%s\":\"%s\",\"posting_date\":\"2026-03-02\","
                                       "\"currency\":\"%s\",\"rate\":\"72\",\"amount\":\"10\"}",
                                       s->field, fin_id_text(w, test_id(s->party)), usd()))
                       .id;
    m_id invoice =
        fin_create(w, s->invoices, "submit",
                   bill_body(s, "100", "\"rate\":\"70\",\"posting_date\":\"2026-03-01\",", 0))
            .id;
    pay(s, "60", "75", share(invoice, "60", "0"));
    allocate(s, advance, share(invoice, "5", "0"));
    aged_is(s, invoice, "2026-04-01", "2450", "35");
    aged_is(s, invoice, "2026-03-15", "7000", "100");
    aged_is(s, advance, "2026-04-01", "-360", "-5");
    aged_is(s, advance, "2026-03-15", "-720", "-10");
    aged_is(s, advance, "2026-03-01", "0", "0");
    m_id control;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, s->control)), &control), M_OK);
    fin_general_ledger_params params = {.account = control, .from = test_date("2026-03-01")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_OK);
    const fin_general_ledger_row *billed = M_AT(rows, fin_general_ledger_row, 1);
    ck_assert(m_id_eq(billed->currency, test_id(USD)));
    ck_assert_int_eq(billed->foreign_amount.u, s->sign * 100 * M_DEC_ONE);
}
END_TEST

/* ---- refusals ---- */

START_TEST(currencies_are_not_mixed)
{
    const side *s = &sides[_i];
    m_id dollars = bill(s, "100", "75");
    fin_create_refused(w, s->money, "submit",
                       fin_text(w, "{\"%s\":\"%s\",\"amount\":\"10\",\"allocations\":[%s]}",
                                s->field, fin_id_text(w, test_id(s->party)),
                                share(dollars, "10", "0")),
                       "finance.payment.other_currency", "allocations[0].invoice");
    m_id advance = pay(s, "10", "75", "");
    fin_create_refused(w, s->money, "submit",
                       fin_text(w,
                                "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of\":\"%s\","
                                "\"amount\":\"10\"}",
                                s->field, fin_id_text(w, test_id(s->party)),
                                fin_id_text(w, advance)),
                       "finance.payment.other_currency", "currency");
    fin_create_refused(w, s->money, NULL, money_body(s, "10.001", "75", ""), "core.field.places",
                       "amount");
    fin_act_refused(w, s->money, advance, "allocate",
                    fin_text(w, "{\"allocations\":[%s]}", share(dollars, "10.001", "0")),
                    "core.field.places", "allocations[0].amount");
}
END_TEST

START_TEST(no_rate_no_document)
{
    w->usd = test_dec("0");
    fin_create_refused(w, "sales-invoices", NULL, bill_body(customer, "100", "", 0),
                       "core.currency.rate_missing", NULL);
    fin_create_refused(w, "sales-invoices", NULL, bill_body(customer, "100", "\"rate\":\"-1\",", 0),
                       "core.field.range", "rate");
}
END_TEST

START_TEST(what_is_worth_nothing_is_not_posted)
{
    const side *s = &sides[_i];
    fin_create_refused(w, s->invoices, NULL, bill_body(s, "1", "\"rate\":\"0.004\",", 0),
                       "finance.currency.nothing", "lines");
    fin_create_refused(w, s->money, NULL, money_body(s, "1", "0.004", ""),
                       "finance.currency.nothing", "amount");
}
END_TEST

START_TEST(the_credit_limit_is_in_the_base_currency)
{
    const char *body = bill_body(customer, "13.33", "", 0); /* 999.75 */
    const char *limited = fin_id_text(w, test_id(LIMITED));
    char *at = (char *)(uintptr_t)strstr(body, fin_id_text(w, test_id(CUSTOMER)));
    memcpy(at, limited, strlen(limited));
    fin_has(fin_create(w, "sales-invoices", "submit", body).body, "\"beyond_limit\":\"0.00\"");
    fin_has(fin_create(w, "sales-invoices", NULL, body).body, "\"beyond_limit\":\"999.50\"");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("foreign");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, an_invoice_posts_by_the_rate_of_its_date);
    tcase_add_test(t, what_rounding_leaves_goes_to_round_off);
    tcase_add_test(t, goods_are_billed_in_dollars);
    tcase_add_loop_test(t, what_a_bill_takes, 0, UNIT_COUNT(rests));
    tcase_add_test(t, the_rate_changes_until_the_bill);
    tcase_add_test(t, prices_are_matched_in_dollars);
    tcase_add_loop_test(t, money_settles_at_its_own_rate, 0, (int)UNIT_COUNT(money_cases) * SIDES);
    tcase_add_test(t, v042_partial_match);
    tcase_add_test(t, v043_an_advance_applied_at_another_rate);
    tcase_add_loop_test(t, the_last_share_leaves_nothing, 0, SIDES);
    tcase_add_loop_test(t, one_payment_for_many_leaves_an_advance, 0, SIDES);
    tcase_add_loop_test(t, a_write_off_is_worth_what_was_booked, 0, SIDES);
    tcase_add_loop_test(t, a_refund_gives_back_what_was_booked, 0, SIDES);
    tcase_add_test(t, a_dollar_account_pays_dollars);
    tcase_add_loop_test(t, instalments_keep_both_amounts, 0, SIDES);
    tcase_add_loop_test(t, reports_show_both_amounts, 0, SIDES);
    tcase_add_loop_test(t, currencies_are_not_mixed, 0, SIDES);
    tcase_add_test(t, no_rate_no_document);
    tcase_add_loop_test(t, what_is_worth_nothing_is_not_posted, 0, SIDES);
    tcase_add_test(t, the_credit_limit_is_in_the_base_currency);
    return fin_world_run(t, "fin_foreign");
}
