/* Purchase invoices with their three-way match, payments, advances and refunds. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "open_item/open_item.h"
#include "purchase_invoice/purchase_invoice.h"

#define INVOICES "purchase-invoices"
#define PAYMENTS "payments"

static fin_world world;
static fin_world *w = &world;
static int bill_no;

static void setup(void)
{
    fin_world_setup(w);
    bill_no = 0;
}

static void teardown(void)
{
    fin_world_teardown(w);
}

/* One line of the receipt line; rate and tax may be NULL and 0. */
static const char *goods(m_id line, const char *qty, const char *rate, uint32_t tax)
{
    return fin_text(w, "{\"receipt_line\":\"%s\",\"qty\":\"%s\"%s%s%s%s%s%s}", fin_id_text(w, line),
                    qty, rate ? ",\"rate\":\"" : "", rate ? rate : "", rate ? "\"" : "",
                    tax ? ",\"tax\":\"" : "", tax ? fin_id_text(w, test_id(tax)) : "",
                    tax ? "\"" : "");
}

/* Every bill has a number of its own. more: further members, with a comma in front. */
static const char *bill(const char *lines, const char *more)
{
    return fin_text(w,
                    "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B-%d\",\"posting_date\":"
                    "\"2026-04-01\",\"lines\":[%s]%s}",
                    fin_id_text(w, test_id(SUPPLIER)), ++bill_no, lines, more);
}

static m_document_reply submit(const char *lines, const char *more)
{
    return fin_create(w, INVOICES, "submit", bill(lines, more));
}

/* A posted bill over `amount`, without tax. */
static m_id open_bill(const char *amount, const char *more)
{
    m_id line = fin_world_receive(w, "1", amount, amount);
    return submit(goods(line, "1", NULL, 0), more).id;
}

static void outstanding_is(m_id document, const char *amount)
{
    const void *found = NULL;
    fin_open_item key = {.document = document};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    const fin_open_item *item = found;
    if (!amount) {
        ck_assert_ptr_null(item);
        return;
    }
    ck_assert_ptr_nonnull(item);
    ck_assert_int_eq(item->outstanding.u, test_dec(amount).u);
}

static m_fetch fetch_all(const m_type *type)
{
    static const m_query all = {0};
    m_fetch read = {.type = type, .query = &all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    fin_end(w, M_OK);
    return read;
}

/* ---- match ---- */

/* 3.3: ordered at 50, 95 accepted, billed at 50.40: 38.00 are the variance. */
START_TEST(variance_of_the_example)
{
    m_id line = fin_world_receive(w, "95", "50", "4750");
    m_document_reply reply = submit(goods(line, "95", "50.40", 0), "");
    fin_has(reply.body, "\"number\":\"PINV-2026-00001\"");
    fin_has(reply.body, "\"state\":\"submitted\"");
    fin_has(reply.body, "\"grand_total\":\"4788.00\"");
    fin_has(reply.body, "\"outstanding\":\"4788.00\"");
    fin_has(reply.body, "\"due_date\":\"2026-05-01\"");
    fin_has(reply.body, "\"grni_value\":\"4750.00\"");
    fin_balance_is(w, "2120", "4750");
    fin_balance_is(w, "5120", "38.00");
    fin_balance_is(w, "2110", "-4788");
    outstanding_is(reply.id, "4788");
}
END_TEST

START_TEST(never_more_than_received)
{
    m_id line = fin_world_receive(w, "95", "50", "4750");
    fin_create_refused(w, INVOICES, "submit", bill(goods(line, "100", "50", 0), ""),
                       "finance.invoice.beyond_receipt", "lines[0].qty");
    const char *twice =
        fin_text(w, "%s,%s", goods(line, "60", "50", 0), goods(line, "36", "50", 0));
    fin_create_refused(w, INVOICES, "submit", bill(twice, ""), "finance.invoice.beyond_receipt",
                       "lines[1].qty");
    submit(goods(line, "60", "50", 0), "");
    m_document_reply draft = fin_create(w, INVOICES, NULL, bill(goods(line, "35.5", "50", 0), ""));
    fin_act_refused(w, INVOICES, draft.id, "submit", NULL, "finance.invoice.beyond_receipt",
                    "lines[0].qty");
    w->received[0].returned = test_dec("10");
    w->received[0].grni_returned = test_dec("500");
    fin_create_refused(w, INVOICES, "submit", bill(goods(line, "25.01", "50", 0), ""),
                       "finance.invoice.beyond_receipt", "lines[0].qty");
    submit(goods(line, "25", "50", 0), "");
    fin_balance_is(w, "2120", "4250");
    ck_assert_uint_eq(fin_books_balance(w), 4);
}
END_TEST

/* 100.00 over three bills of one unit: nothing stays behind. */
START_TEST(the_last_bill_takes_the_rest)
{
    m_id line = fin_world_receive(w, "3", "33.333333", "100");
    static const char *const cleared[] = {"33.33", "66.67", "100"};
    for (int i = 0; i < 3; i++) {
        submit(goods(line, "1", "33.33", 0), "");
        fin_balance_is(w, "2120", cleared[i]);
    }
    fin_balance_is(w, "5120", "-0.01");
}
END_TEST

START_TEST(price_rule)
{
    static const struct {
        const char *net, *qty, *order_rate;
        bool matches;
    } cases[] = {
        {"4788", "95", "50", true},     /* 0.40 off, 1.00 allowed */
        {"4845", "95", "50", true},     /* exactly 1.00 */
        {"4845.01", "95", "50", false}, /* a paisa more */
        {"4655", "95", "50", true},     /* cheaper by 1.00 */
        {"4654.99", "95", "50", false}, /* cheaper by more */
        {"1010", "1", "1000", true},    /* 1 % is more than 1.00 */
        {"1010.01", "1", "1000", false}, {"0", "1", "1", true},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++)
        ck_assert_msg(fin_price_matches(test_dec(cases[i].net), test_dec(cases[i].qty),
                                        test_dec(cases[i].order_rate), test_dec("1"),
                                        test_dec("1")) == cases[i].matches,
                      "%s", cases[i].net);
}
END_TEST

START_TEST(a_price_beyond_tolerance_waits)
{
    m_id line = fin_world_receive(w, "10", "50", "500");
    test_role(w->call, "Accounts User");
    m_document_reply reply = submit(goods(line, "10", "51.01", 0), "");
    fin_has(reply.body, "\"state\":\"on_hold\"");
    fin_has(reply.body, "\"line\":1,\"code\":\"finance.invoice.price_hold\"");
    fin_has(reply.body, "\"expected\":\"50\"");
    fin_has(reply.body, "\"actual\":\"51.01\"");
    ck_assert_uint_eq(fin_books_balance(w), 0);
    fin_act_refused(w, INVOICES, reply.id, "release", NULL, "core.permission.denied", NULL);
    test_role(w->call, "Accounts Manager");
    reply = fin_act(w, INVOICES, reply.id, "release", NULL);
    fin_has(reply.body, "\"state\":\"submitted\"");
    fin_has(reply.body, "\"hold_reasons\":[{");
    fin_balance_is(w, "2120", "500");
    fin_balance_is(w, "5120", "10.10");
    outstanding_is(reply.id, "510.10");
}
END_TEST

START_TEST(release_never_overrides_the_quantity)
{
    m_id line = fin_world_receive(w, "10", "50", "500");
    m_document_reply held = submit(goods(line, "10", "60", 0), "");
    submit(goods(line, "1", "50", 0), "");
    fin_act_refused(w, INVOICES, held.id, "release", NULL, "finance.invoice.beyond_receipt",
                    "lines[0].qty");
    m_document_reply draft = fin_act(w, INVOICES, held.id, "revise", NULL);
    fin_has(draft.body, "\"state\":\"draft\"");
    fin_has(draft.body, "\"hold_reasons\":[]");
    fin_update(w, INVOICES, draft.id, draft.version,
               fin_text(w, "{\"lines\":[%s]}", goods(line, "9", "50", 0)));
    draft = fin_act(w, INVOICES, draft.id, "submit", NULL);
    fin_has(draft.body, "\"number\":\"PINV-2026-00001\"");
    fin_balance_is(w, "2120", "500");
}
END_TEST

START_TEST(a_held_bill_may_be_dropped)
{
    m_id line = fin_world_receive(w, "10", "50", "500");
    m_document_reply held = submit(goods(line, "10", "60", 0), "");
    fin_act(w, INVOICES, held.id, "cancel", NULL);
    ck_assert_uint_eq(fin_books_balance(w), 0);
}
END_TEST

/* ---- taxes ---- */

START_TEST(taxes_of_a_bill)
{
    m_id line = fin_world_receive(w, "1", "1234.55", "1234.55");
    m_document_reply reply = submit(goods(line, "1", NULL, GST18), "");
    fin_has(reply.body, "\"tax_total\":\"222.22\"");
    fin_has(reply.body, "\"amount\":\"111.11\"");
    fin_balance_is(w, "1160", "222.22");
    fin_balance_is(w, "2110", "-1456.77");
    fin_balance_is(w, "5120", "0");
    line = fin_world_receive(w, "1", "1234.55", "1234.55");
    submit(goods(line, "1", NULL, IGST18), "");
    fin_balance_is(w, "1160", "444.44");
}
END_TEST

START_TEST(tax_that_is_lost_is_cost)
{
    m_id line = fin_world_receive(w, "10", "50", "500");
    m_document_reply reply = submit(goods(line, "10", "50", BLOCKED10), "");
    fin_has(reply.body, "\"cost_tax\":\"50.00\"");
    fin_balance_is(w, "1160", "0");
    fin_balance_is(w, "5120", "50");
    fin_balance_is(w, "2110", "-550");
    line = fin_world_receive(w, "10", "50", "550"); /* the receipt counted the tax already */
    submit(goods(line, "10", "50", BLOCKED10), "");
    fin_balance_is(w, "5120", "50");
}
END_TEST

START_TEST(prices_with_tax_inside)
{
    m_id line = fin_world_receive(w, "1", "100", "100");
    m_document_reply reply = submit(goods(line, "1", "118", GST18), ",\"prices_include_tax\":true");
    fin_has(reply.body, "\"net_total\":\"100.00\"");
    fin_has(reply.body, "\"grand_total\":\"118.00\"");
    fin_balance_is(w, "1160", "18");
    fin_balance_is(w, "5120", "0");
}
END_TEST

START_TEST(rounded_totals)
{
    m_id line = fin_world_receive(w, "1", "100.40", "100.40");
    m_document_reply reply = submit(goods(line, "1", NULL, 0), ",\"round_to\":\"1\"");
    fin_has(reply.body, "\"rounding\":\"-0.40\"");
    fin_has(reply.body, "\"grand_total\":\"100.00\"");
    fin_balance_is(w, "5290", "-0.40");
    fin_balance_is(w, "2110", "-100");
}
END_TEST

START_TEST(services)
{
    const char *rent = fin_account_text(w, "5220");
    const char *center = fin_center_text(w, "Main");
    const char *line = fin_text(w,
                                "{\"item\":\"%s\",\"account\":\"%s\",\"cost_center\":\"%s\","
                                "\"qty\":\"2\",\"rate\":\"150\"}",
                                fin_id_text(w, test_id(CLEANING)), rent, center);
    m_document_reply reply = submit(line, "");
    fin_has(reply.body, "\"description\":\"Cleaning\"");
    fin_balance_is(w, "5220", "300");
    fin_balance_is(w, "1160", "54");
    fin_balance_is(w, "2110", "-354");
    fin_create_refused(w, INVOICES, "submit",
                       bill(fin_text(w, "{\"item\":\"%s\",\"qty\":\"1\",\"rate\":\"1\"}",
                                     fin_id_text(w, test_id(CLEANING))),
                            ""),
                       "finance.invoice.account_required", "lines[0].account");
    fin_create_refused(w, INVOICES, "submit",
                       bill(fin_text(w,
                                     "{\"item\":\"%s\",\"account\":\"%s\",\"qty\":\"1\","
                                     "\"rate\":\"1\"}",
                                     fin_id_text(w, test_id(TEA)), rent),
                            ""),
                       "finance.invoice.receipt_required", "lines[0].receipt_line");
    fin_create_refused(
        w, INVOICES, NULL,
        bill(fin_text(w, "{\"account\":\"%s\",\"qty\":\"1\",\"rate\":\"1\"}", rent), ""),
        "finance.cost_center.required", "lines[0].cost_center");
    fin_create_refused(w, INVOICES, NULL,
                       bill(fin_text(w, "{\"account\":\"%s\",\"qty\":\"1\",\"rate\":\"1\"}",
                                     fin_account_text(w, "5200")),
                            ""),
                       "finance.account.group", "lines[0].account");
}
END_TEST

/* ---- refusals ---- */

START_TEST(the_same_bill_twice)
{
    m_id line = fin_world_receive(w, "10", "50", "500");
    m_document_reply first = submit(goods(line, "1", NULL, 0), "");
    bill_no--;
    fin_create_refused(w, INVOICES, NULL, bill(goods(line, "1", NULL, 0), ""),
                       "finance.invoice.duplicate_bill", "supplier_invoice_no");
    bill_no--;
    fin_act(w, INVOICES, first.id, "cancel", NULL);
    submit(goods(line, "1", NULL, 0), "");
}
END_TEST

START_TEST(lines_that_do_not_fit)
{
    m_id line = fin_world_receive(w, "10", "50", "500");
    w->received[0].supplier = test_id(OTHER);
    fin_create_refused(w, INVOICES, NULL, bill(goods(line, "1", NULL, 0), ""),
                       "finance.invoice.other_supplier", "lines[0].receipt_line");
    fin_create_refused(w, INVOICES, NULL, bill(goods(test_id(777), "1", NULL, 0), ""),
                       "core.link.not_found", "lines[0].receipt_line");
    w->received[0].supplier = test_id(SUPPLIER);
    fin_create_refused(
        w, INVOICES, NULL,
        bill(fin_text(w, "{\"receipt_line\":\"%s\",\"qty\":\"1\",\"account\":\"%s\"}",
                      fin_id_text(w, line), fin_account_text(w, "5220")),
             ""),
        "finance.invoice.line_kind", "lines[0].account");
    fin_create_refused(w, INVOICES, NULL, bill(goods(line, "1", NULL, 555), ""),
                       "core.link.not_found", "lines[0].tax");
    fin_create_refused(w, INVOICES, NULL, bill(goods(line, "0", NULL, 0), ""), "core.validation",
                       "lines[0].qty");
    fin_create_refused(w, INVOICES, NULL, bill(goods(line, "999999999999", "999999999999", 0), ""),
                       "core.range", NULL);
    fin_create_refused(w, INVOICES, NULL,
                       bill(goods(line, "1", NULL, 0), ",\"due_date\":\"2026-03-01\""),
                       "finance.invoice.due_date", "due_date");
    fin_create_refused(
        w, INVOICES, NULL,
        fin_text(w, "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"X\",\"lines\":[%s]}",
                 fin_id_text(w, test_id(RETIRED)), goods(line, "1", NULL, 0)),
        "finance.supplier.inactive", "supplier");
    fin_create_refused(
        w, INVOICES, NULL,
        fin_text(w, "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"X\",\"lines\":[%s]}",
                 fin_id_text(w, test_id(404)), goods(line, "1", NULL, 0)),
        "core.link.not_found", "supplier");
}
END_TEST

START_TEST(cancel_gives_everything_back)
{
    m_id line = fin_world_receive(w, "3", "33.33", "100");
    m_id first = submit(goods(line, "1", "34", GST18), "").id;
    submit(goods(line, "1", "33", 0), "");
    fin_act(w, INVOICES, first, "cancel", NULL);
    outstanding_is(first, NULL);
    submit(goods(line, "2", "33.33", 0), "");
    fin_balance_is(w, "2120", "100");
    fin_balance_is(w, "1160", "0");
    fin_books_balance(w);
    m_document_reply draft = fin_act(w, INVOICES, first, "amend", NULL);
    fin_has(draft.body, "\"taxes\":[{");
    fin_has(draft.body, "\"outstanding\":\"0.00\"");
}
END_TEST

/* ---- payments ---- */

/* more: allocations and so on, with a comma in front. */
static const char *pay(const char *amount, const char *more)
{
    return fin_text(w, "{\"supplier\":\"%s\",\"posting_date\":\"2026-04-01\",\"amount\":\"%s\"%s}",
                    fin_id_text(w, test_id(SUPPLIER)), amount, more);
}

static const char *to(m_id invoice, const char *amount, const char *write_off)
{
    return fin_text(w, "{\"invoice\":\"%s\",\"amount\":\"%s\"%s%s%s}", fin_id_text(w, invoice),
                    amount, write_off ? ",\"write_off\":\"" : "", write_off ? write_off : "",
                    write_off ? "\"" : "");
}

static const char *allocations(const char *list)
{
    return fin_text(w, ",\"allocations\":[%s]", list);
}

START_TEST(a_payment_clears_bills)
{
    m_id a = open_bill("5.95", "");
    m_id b = open_bill("5.95", "");
    const char *both = fin_text(w, "%s,%s", to(a, "5.95", NULL), to(b, "5.95", NULL));
    m_document_reply paid = fin_create(w, PAYMENTS, "submit", pay("14.00", allocations(both)));
    fin_has(paid.body, "\"number\":\"PAY-2026-00001\"");
    fin_has(paid.body, "\"unallocated\":\"2.10\""); /* V044 */
    outstanding_is(a, "0");
    outstanding_is(b, "0");
    outstanding_is(paid.id, "2.10");
    fin_has(fin_get(w, INVOICES, a).body, "\"outstanding\":\"0.00\"");
    fin_balance_is(w, "2110", "0");
    fin_balance_is(w, "1150", "2.10");
    fin_balance_is(w, "1120", "-14");
    fin_act_refused(w, INVOICES, a, "cancel", NULL, "finance.invoice.paid", NULL);
    fin_act(w, PAYMENTS, paid.id, "cancel", NULL);
    outstanding_is(a, "5.95");
    outstanding_is(paid.id, NULL);
    fin_has(fin_get(w, INVOICES, b).body, "\"outstanding\":\"5.95\"");
    fin_balance_is(w, "2110", "-11.90");
    fin_balance_is(w, "1150", "0");
    fin_balance_is(w, "1120", "0");
    fin_act(w, INVOICES, a, "cancel", NULL);
}
END_TEST

START_TEST(never_more_than_outstanding)
{
    m_id a = open_bill("100", "");
    m_document_reply draft =
        fin_create(w, PAYMENTS, NULL, pay("110", allocations(to(a, "100.01", NULL))));
    fin_act_refused(w, PAYMENTS, draft.id, "submit", NULL, "finance.payment.beyond_outstanding",
                    "allocations[0].amount");
    fin_create_refused(w, PAYMENTS, "submit", pay("99", allocations(to(a, "99", "1.01"))),
                       "finance.payment.beyond_outstanding", "allocations[0].amount");
    fin_create_refused(w, PAYMENTS, "submit", pay("50", allocations(to(a, "60", NULL))),
                       "finance.payment.over_allocated", "allocations");
    const char *twice = fin_text(w, "%s,%s", to(a, "60", NULL), to(a, "40", NULL));
    fin_create_refused(w, PAYMENTS, "submit", pay("100", allocations(twice)),
                       "finance.payment.twice", "allocations[1].invoice");
    outstanding_is(a, "100");
    fin_create(w, PAYMENTS, "submit", pay("110", allocations(to(a, "100", NULL)))); /* V047 */
    fin_balance_is(w, "1150", "10");
    fin_create_refused(w, PAYMENTS, "submit", pay("1", allocations(to(a, "1", NULL))),
                       "finance.payment.beyond_outstanding", "allocations[0].amount");
}
END_TEST

START_TEST(payments_that_do_not_fit)
{
    m_id a = open_bill("100", "");
    m_id line = fin_world_receive(w, "10", "50", "500");
    m_id draft = fin_create(w, INVOICES, NULL, bill(goods(line, "1", NULL, 0), "")).id;
    fin_create_refused(w, PAYMENTS, "submit", pay("10", allocations(to(draft, "10", NULL))),
                       "finance.payment.not_open", "allocations[0].invoice");
    fin_create_refused(w, PAYMENTS, "submit",
                       pay("10", fin_text(w, ",\"account\":\"%s\"", fin_account_text(w, "5220"))),
                       "finance.payment.account", "account");
    fin_create_refused(w, PAYMENTS, "submit",
                       fin_text(w, "{\"supplier\":\"%s\",\"amount\":\"10\"%s}",
                                fin_id_text(w, test_id(OTHER)), allocations(to(a, "10", NULL))),
                       "finance.invoice.other_supplier", "allocations[0].invoice");
    fin_create_refused(
        w, PAYMENTS, "submit",
        fin_text(w, "{\"supplier\":\"%s\",\"amount\":\"10\"}", fin_id_text(w, test_id(HELD))),
        "finance.supplier.payment_hold", "supplier");
    fin_create_refused(w, PAYMENTS, "submit", pay("0", ""), "core.validation", "amount");
}
END_TEST

/* V046: 95 paid, 5 written off. V045: 495 paid, 100 off a bill of 595 with 19 % tax in it. */
START_TEST(write_offs)
{
    m_id a = open_bill("100", "");
    fin_create(w, PAYMENTS, "submit", pay("95", allocations(to(a, "95", "5"))));
    outstanding_is(a, "0");
    fin_balance_is(w, "2110", "0");
    fin_balance_is(w, "1120", "-95");
    fin_balance_is(w, "4200", "-5");
    m_id line = fin_world_receive(w, "1", "500", "500");
    m_id b = submit(goods(line, "1", "500", GST18), "").id; /* 500 + 90 */
    m_document_reply paid =
        fin_create(w, PAYMENTS, "submit", pay("472", allocations(to(b, "472", "118"))));
    outstanding_is(b, "0");
    fin_balance_is(w, "4200", "-105");
    fin_balance_is(w, "1160", "72"); /* 90 less 18 */
    fin_act(w, PAYMENTS, paid.id, "cancel", NULL);
    outstanding_is(b, "590");
    fin_balance_is(w, "1160", "90");
}
END_TEST

/* ---- advances ---- */

START_TEST(an_advance_finds_its_bills)
{
    m_id advance = fin_create(w, PAYMENTS, "submit", pay("100", "")).id;
    fin_balance_is(w, "1150", "100");
    outstanding_is(advance, "100");
    fin_act_refused(w, PAYMENTS, advance, "allocate", NULL, "finance.payment.nothing_open", NULL);
    m_id late = open_bill("70", ",\"due_date\":\"2026-06-01\"");
    m_id soon = open_bill("60", ",\"due_date\":\"2026-04-10\"");
    m_document_reply reply = fin_act(w, PAYMENTS, advance, "allocate", NULL);
    fin_has(reply.body, "\"unallocated\":\"0.00\"");
    outstanding_is(soon, "0"); /* oldest due first */
    outstanding_is(late, "30");
    outstanding_is(advance, "0");
    fin_balance_is(w, "1150", "0");
    fin_balance_is(w, "2110", "-30");
    fin_act_refused(w, PAYMENTS, advance, "allocate", NULL, "finance.payment.nothing_open", NULL);
    fin_act(w, PAYMENTS, advance, "cancel", NULL);
    outstanding_is(soon, "60");
    outstanding_is(late, "70");
    fin_balance_is(w, "1150", "0");
    fin_balance_is(w, "2110", "-130");
    fin_balance_is(w, "1120", "0");
}
END_TEST

START_TEST(an_advance_goes_where_it_is_told)
{
    m_id advance = fin_create(w, PAYMENTS, "submit", pay("100", "")).id;
    m_id a = open_bill("80", "");
    const char *input = fin_text(w, "{\"allocations\":[%s]}", to(a, "80.01", NULL));
    fin_act_refused(w, PAYMENTS, advance, "allocate", input, "finance.payment.beyond_outstanding",
                    "allocations[0].amount");
    input = fin_text(w, "{\"allocations\":[%s]}", to(a, "30", NULL));
    fin_act(w, PAYMENTS, advance, "allocate", input);
    input = fin_text(w, "{\"allocations\":[%s]}", to(a, "40", NULL));
    fin_act(w, PAYMENTS, advance, "allocate", input);
    outstanding_is(a, "10");
    outstanding_is(advance, "30");
    m_id b = open_bill("80", "");
    input = fin_text(w, "{\"allocations\":[%s]}", to(b, "30.01", NULL));
    fin_act_refused(w, PAYMENTS, advance, "allocate", input, "finance.payment.over_allocated",
                    "allocations");
    input = fin_text(w, "{\"posting_date\":\"2026-03-31\",\"allocations\":[%s]}", to(b, "1", NULL));
    fin_act_refused(w, PAYMENTS, advance, "allocate", input, "finance.payment.before",
                    "posting_date");
    fin_act(w, PAYMENTS, advance, "cancel", NULL); /* one bill in two batches */
    outstanding_is(a, "80");
    fin_balance_is(w, "2110", "-160");
    fin_balance_is(w, "1150", "0");
}
END_TEST

START_TEST(refunds)
{
    m_id advance = fin_create(w, PAYMENTS, "submit", pay("100", "")).id;
    const char *of =
        fin_text(w, ",\"type\":\"refund\",\"refund_of\":\"%s\"", fin_id_text(w, advance));
    fin_create_refused(w, PAYMENTS, "submit", pay("100.01", of), "finance.payment.beyond_advance",
                       "amount");
    fin_create_refused(w, PAYMENTS, "submit", pay("5", ",\"type\":\"refund\""),
                       "finance.payment.refund", "refund_of");
    m_id refund = fin_create(w, PAYMENTS, "submit", pay("40", of)).id;
    fin_balance_is(w, "1150", "60");
    fin_balance_is(w, "1120", "-60");
    outstanding_is(advance, "60");
    fin_has(fin_get(w, PAYMENTS, advance).body, "\"refunded\":\"40.00\"");
    fin_act_refused(w, PAYMENTS, advance, "cancel", NULL, "finance.payment.refunded", NULL);
    fin_act(w, PAYMENTS, refund, "cancel", NULL);
    outstanding_is(advance, "100");
    fin_act(w, PAYMENTS, advance, "cancel", NULL);
    fin_balance_is(w, "1150", "0");
    fin_balance_is(w, "1120", "0");
}
END_TEST

/* ---- the whole process ---- */

/* 3.4: capital 1,00,000; goods 10,000; bill + 18 %; paid 11,800. */
START_TEST(procure_to_pay)
{
    const char *lines = fin_text(w,
                                 "{\"account\":\"%s\",\"debit\":\"100000\"},"
                                 "{\"account\":\"%s\",\"credit\":\"100000\"}",
                                 fin_account_text(w, "1120"), fin_account_text(w, "3100"));
    fin_create(w, "journal-vouchers", "submit", fin_text(w, "{\"lines\":[%s]}", lines));
    m_ledger_line posting[] = {{.purpose = M_STR("stock"), .debit = test_dec("10000")},
                               {.purpose = M_STR("grni"), .credit = test_dec("10000")}};
    m_ledger_voucher receipt = {.voucher_id = m_voucher_id(w->call, test_id(500), "post"),
                                .voucher_type = M_STR("goods_receipt"),
                                .posting_date = test_date("2026-04-01"),
                                .source_type = M_STR("wms.goods_receipt"),
                                .source_id = test_id(500),
                                .lines = {posting, 2}};
    m_ledger_result result;
    fin_begin(w);
    ck_assert_int_eq(m_ledger_confirm(w->ledger, w->call, &receipt, &result), M_OK);
    fin_end(w, M_OK);
    m_id line = fin_world_receive(w, "100", "100", "10000");
    m_id invoice = submit(goods(line, "100", "100", GST18), "").id;
    fin_create(w, PAYMENTS, "submit", pay("11800", allocations(to(invoice, "11800", NULL))));
    m_ledger_reversal undo = {.voucher_id = receipt.voucher_id,
                              .source_id = test_id(500),
                              .reversal_id = m_voucher_id(w->call, test_id(500), "cancel"),
                              .source_lines = {&line, 1}};
    fin_begin(w);
    m_status status = m_ledger_reverse(w->ledger, w->call, &undo, &result);
    fin_end(w, status);
    ck_assert(m_str_is(w->call->error.code, "finance.voucher.invoiced"));
    fin_balance_is(w, "1120", "88200");
    fin_balance_is(w, "1140", "10000");
    fin_balance_is(w, "1160", "1800");
    fin_balance_is(w, "3100", "-100000");
    fin_balance_is(w, "2120", "0");
    fin_balance_is(w, "2110", "0");
    ck_assert_uint_eq(fin_books_balance(w), 10);
    ck_assert_uint_eq(fetch_all(&m_book_event_type).count, 4);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("purchase");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, variance_of_the_example);
    tcase_add_test(cases, never_more_than_received);
    tcase_add_test(cases, the_last_bill_takes_the_rest);
    tcase_add_test(cases, price_rule);
    tcase_add_test(cases, a_price_beyond_tolerance_waits);
    tcase_add_test(cases, release_never_overrides_the_quantity);
    tcase_add_test(cases, a_held_bill_may_be_dropped);
    tcase_add_test(cases, taxes_of_a_bill);
    tcase_add_test(cases, tax_that_is_lost_is_cost);
    tcase_add_test(cases, prices_with_tax_inside);
    tcase_add_test(cases, rounded_totals);
    tcase_add_test(cases, services);
    tcase_add_test(cases, the_same_bill_twice);
    tcase_add_test(cases, lines_that_do_not_fit);
    tcase_add_test(cases, cancel_gives_everything_back);
    tcase_add_test(cases, a_payment_clears_bills);
    tcase_add_test(cases, never_more_than_outstanding);
    tcase_add_test(cases, payments_that_do_not_fit);
    tcase_add_test(cases, write_offs);
    tcase_add_test(cases, an_advance_finds_its_bills);
    tcase_add_test(cases, an_advance_goes_where_it_is_told);
    tcase_add_test(cases, refunds);
    tcase_add_test(cases, procure_to_pay);
    return fin_world_run(cases, "finance purchase");
}
