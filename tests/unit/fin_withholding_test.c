/* Tax withheld at source on suppliers' bills: thresholds, years, rates by date, and the books. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "open_item/open_item.h"
#include "withholding/withholding.h"

#define INVOICES "purchase-invoices"

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

/* ---- rule ---- */

static const struct {
    const char *net, *rate, *single, *cumulative, *billed, *taxed, *on, *amount, *spared;
} bills[] = {
    {"20000", "10", "20000", "0", "0", "0", "20000", "2000"},         /* V053, first */
    {"10000", "10", "20000", "0", "20000", "20000", "10000", "1000"}, /* and second */
    {"19999.99", "10", "20000", "0", "0", "0", "0", "0"},
    {"10000", "10", "0", "30000", "15000", "0", "0", "0"},
    {"15000", "10", "0", "30000", "15000", "0", "30000", "3000"}, /* catches up */
    {"5000", "10", "0", "30000", "30000", "30000", "5000", "500"},
    {"25000", "10", "20000", "100000", "10000", "0", "25000", "2500"},
    {"70000", "10", "20000", "100000", "35000", "25000", "80000", "8000"},
    {"0.05", "10", "0", "0", "0", "0", "0.05", "0.01"}, /* no thresholds; half a cent up */
    {"100", "0", "0", "0", "0", "0", "100", "0"},
    {"80000", "10", "20000", "0", "50000", "50000", "30000", "3000", "50000"}, /* paid before */
    {"50000", "10", "20000", "0", "50000", "50000", "0", "0", "50000"},
    {"25000", "10", "20000", "0", "0", "0", "5000", "500", "20000"}, /* paid in another year */
    {"15000", "10", "0", "30000", "40000", "40000", "5000", "500", "10000"},
    {"25000", "10", "0", "30000", "20000", "0", "30000", "3000", "15000"}, /* catches up */
};

START_TEST(what_is_withheld)
{
    fin_withholding_rate rate = {.rate = test_dec(bills[_i].rate),
                                 .single_threshold = test_dec(bills[_i].single),
                                 .cumulative_threshold = test_dec(bills[_i].cumulative)};
    fin_withheld so_far = {.billed = test_dec(bills[_i].billed).u,
                           .taxed = test_dec(bills[_i].taxed).u};
    m_dec on, amount, spared = {0};
    if (bills[_i].spared) spared = test_dec(bills[_i].spared);
    ck_assert_int_eq(fin_withhold(test_dec(bills[_i].net), spared, &rate,
                                  so_far.billed ? &so_far : NULL, 2, &on, &amount),
                     M_OK);
    ck_assert_int_eq(on.u, test_dec(bills[_i].on).u);
    ck_assert_int_eq(amount.u, test_dec(bills[_i].amount).u);
}
END_TEST

START_TEST(fiscal_years)
{
    static const struct {
        const char *date, *start;
        int64_t first;
    } cases[] = {{"2026-03-31", "2025-04-01", 4}, {"2026-04-01", "2026-04-01", 4},
                 {"2026-12-31", "2026-01-01", 1}, {"2026-01-01", "2025-04-01", 4},
                 {"2026-06-30", "2025-07-01", 7}, {"2026-06-30", "2026-01-01", 0}};
    for (size_t i = 0; i < UNIT_COUNT(cases); i++)
        ck_assert(m_date_cmp(fin_year_start(test_date(cases[i].date), cases[i].first),
                             test_date(cases[i].start)) == 0);
}
END_TEST

/* ---- documents ---- */

static m_id category(const char *code, const char *rates)
{
    return fin_create(w, "withholdings", NULL,
                      fin_text(w, "{\"code\":\"%s\",\"rates\":[%s]}", code, rates))
        .id;
}

/* V053: 10 % of bills from 20,000, and of every bill after one. */
static m_id single(void)
{
    return category("194J", "{\"from\":\"2020-04-01\",\"rate\":\"10\",\"single_threshold\":"
                            "\"20000\"}");
}

static void by_default(uint32_t supplier, m_id withholding, m_id terms)
{
    const char *also =
        m_id_is_null(terms) ? "" : fin_text(w, ",\"payment_terms\":\"%s\"", fin_id_text(w, terms));
    fin_create(w, "supplier-terms", NULL,
               fin_text(w, "{\"supplier\":\"%s\",\"withholding\":\"%s\"%s}",
                        fin_id_text(w, test_id(supplier)), fin_id_text(w, withholding), also));
}

static const char *body(uint32_t supplier, const char *date, const char *amount, uint32_t tax,
                        const char *more)
{
    static int no;
    return fin_text(w,
                    "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"W-%d\",\"posting_date\":\"%s\","
                    "\"lines\":[{\"description\":\"Fees\",\"qty\":\"1\",\"rate\":\"%s\","
                    "\"account\":\"%s\",\"cost_center\":\"%s\"%s%s%s}]%s}",
                    fin_id_text(w, test_id(supplier)), ++no, date, amount,
                    fin_account_text(w, "5300"), fin_center_text(w, "Main"),
                    tax ? ",\"tax\":\"" : "", tax ? fin_id_text(w, test_id(tax)) : "",
                    tax ? "\"" : "", more);
}

static m_document_reply bill(const char *date, const char *amount, uint32_t tax, const char *more)
{
    return fin_create(w, INVOICES, "submit", body(SUPPLIER, date, amount, tax, more));
}

static void withheld(m_document_reply reply, const char *amount, const char *payable)
{
    fin_has(reply.body, fin_text(w, "\"withheld\":\"%s\"", amount));
    fin_has(reply.body, fin_text(w, "\"outstanding\":\"%s\"", payable));
}

/* V053 exactly, then its cancellation. */
START_TEST(one_big_bill_then_every_bill)
{
    by_default(SUPPLIER, single(), (m_id){{0}});
    withheld(bill("2026-01-05", "19999", 0, ""), "0.00", "19999.00");
    m_document_reply first = bill("2026-01-10", "20000", 0, "");
    withheld(first, "2000.00", "18000.00");
    fin_has(first.body, "\"withheld_rate\":\"10\"");
    m_document_reply second = bill("2026-01-11", "10000", 0, "");
    withheld(second, "1000.00", "9000.00");
    fin_balance_is(w, "2110", "-46999");
    fin_balance_is(w, "2140", "-3000");
    fin_balance_is(w, "5300", "49999");
    fin_act(w, INVOICES, first.id, "cancel", NULL);
    fin_act(w, INVOICES, second.id, "cancel", NULL);
    fin_balance_is(w, "2140", "0");
    withheld(bill("2026-01-12", "10000", 0, ""), "0.00", "10000.00");
    fin_books_balance(w);
}
END_TEST

/* The tax of the bill is not withheld on; another supplier and another year begin at zero. */
START_TEST(what_counts_together)
{
    m_id cat = category("194C", "{\"from\":\"2020-04-01\",\"rate\":\"1\",\"cumulative_threshold\":"
                                "\"30000\"}");
    by_default(SUPPLIER, cat, (m_id){{0}});
    by_default(OTHER, cat, (m_id){{0}});
    withheld(bill("2026-03-30", "20000", GST18, ""), "0.00", "23600.00");
    fin_create(w, INVOICES, "submit", body(OTHER, "2026-03-30", "20000", 0, ""));
    withheld(bill("2026-03-31", "15000", GST18, ""), "350.00", "17350.00"); /* 1 % of 35,000 */
    withheld(bill("2026-04-01", "20000", 0, ""), "0.00", "20000.00");
    fin_balance_is(w, "2140", "-350");
    withheld(bill("2026-03-31", "100", 0, ""), "1.00", "99.00");
}
END_TEST

START_TEST(rates_by_date)
{
    m_id cat = category("R", "{\"from\":\"2026-02-01\",\"rate\":\"10\"},"
                             "{\"from\":\"2026-03-01\",\"rate\":\"7.5\"}");
    const char *more = fin_text(w, ",\"withholding\":\"%s\"", fin_id_text(w, cat));
    withheld(bill("2026-01-31", "1000", 0, more), "0.00", "1000.00");
    withheld(bill("2026-02-28", "1000", 0, more), "100.00", "900.00");
    withheld(bill("2026-03-01", "1000", 0, more), "75.00", "925.00");
    fin_create_refused(w, "withholdings", NULL,
                       "{\"code\":\"X\",\"rates\":[{\"from\":\"2026-02-01\",\"rate\":\"1\"},"
                       "{\"from\":\"2026-02-01\",\"rate\":\"2\"}]}",
                       "finance.withholding.dates", "rates[1].from");
}
END_TEST

/* Instalments are of what is paid; a payment clears the bill. */
START_TEST(terms_and_payment)
{
    m_id halves = fin_create(w, "payment-terms", NULL,
                             "{\"code\":\"halves\",\"lines\":[{\"percent\":\"50\",\"days\":10},"
                             "{\"days\":20}]}")
                      .id;
    by_default(SUPPLIER, single(), halves);
    m_document_reply a = bill("2026-01-10", "30000", GST18, "");
    withheld(a, "3000.00", "32400.00");
    fin_has(a.body, "\"due_date\":\"2026-01-20\",\"amount\":\"16200.00\"");
    fin_create(w, "payments", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"posting_date\":\"2026-01-15\",\"amount\":\"32400\","
                        "\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"32400\"}]}",
                        fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, a.id)));
    fin_balance_is(w, "2110", "0");
    fin_has(fin_get(w, INVOICES, a.id).body, "\"outstanding\":\"0.00\"");
}
END_TEST

START_TEST(withholding_that_is_refused)
{
    m_id off = fin_create(w, "withholdings", NULL,
                          "{\"code\":\"off\",\"active\":false,\"rates\":[{\"from\":\"2020-01-01\","
                          "\"rate\":\"1\"}]}")
                   .id;
    fin_create_refused(w, INVOICES, NULL,
                       body(SUPPLIER, "2026-01-10", "10", 0,
                            fin_text(w, ",\"withholding\":\"%s\"", fin_id_text(w, off))),
                       "finance.withholding.inactive", "withholding");
    m_id year = category("Y", "{\"from\":\"2020-01-01\",\"rate\":\"10\",\"cumulative_threshold\":"
                              "\"1001\"}");
    const char *more = fin_text(w, ",\"withholding\":\"%s\"", fin_id_text(w, year));
    bill("2026-01-10", "1000", 0, more);
    fin_create_refused(w, INVOICES, NULL, body(SUPPLIER, "2026-01-11", "1", 0, more),
                       "finance.withholding.all", "withholding");
}
END_TEST

/* ---- advances ---- */

static const char *advance_body(const char *date, const char *amount, m_id withholding,
                                const char *more)
{
    return fin_text(w,
                    "{\"supplier\":\"%s\",\"posting_date\":\"%s\",\"amount\":\"%s\","
                    "\"withholding\":\"%s\"%s}",
                    fin_id_text(w, test_id(SUPPLIER)), date, amount, fin_id_text(w, withholding),
                    more);
}

static m_document_reply advance(const char *date, const char *amount, m_id withholding)
{
    return fin_create(w, "payments", "submit", advance_body(date, amount, withholding, ""));
}

static void allocate(m_id payment, m_id invoice, const char *amount)
{
    fin_act(w, "payments", payment, "allocate",
            fin_text(w,
                     "{\"posting_date\":\"2026-03-31\",\"allocations\":[{\"invoice\":\"%s\","
                     "\"amount\":\"%s\"}]}",
                     fin_id_text(w, invoice), amount));
}

/* 10 % of 80,000 in all: of the 50,000 when they are paid, of the other 30,000 when billed. */
START_TEST(an_advance_is_withheld_on_once)
{
    m_id cat = single();
    by_default(SUPPLIER, cat, (m_id){{0}});
    m_document_reply paid = advance("2026-01-10", "50000", cat);
    fin_has(paid.body, "\"withheld\":\"5000.00\"");
    fin_has(paid.body, "\"unallocated\":\"50000.00\"");
    fin_balance_is(w, "1150", "50000");
    fin_balance_is(w, "1120", "-45000");
    fin_balance_is(w, "2140", "-5000");
    m_document_reply billed = bill("2026-01-20", "80000", GST18, "");
    fin_has(billed.body, "\"withheld_before\":\"50000.00\"");
    fin_has(billed.body, "\"withheld_on\":\"30000.00\"");
    withheld(billed, "3000.00", "91400.00");
    fin_balance_is(w, "2140", "-8000");
    allocate(paid.id, billed.id, "50000");
    fin_has(fin_get(w, INVOICES, billed.id).body, "\"outstanding\":\"41400.00\"");
    fin_balance_is(w, "1150", "0");
    withheld(bill("2026-01-21", "1000", 0, ""), "100.00", "900.00"); /* nothing is left to spare */
    fin_balance_is(w, "2140", "-8100");
    fin_books_balance(w);
}
END_TEST

/* Below the thresholds it counts when it is billed; two bills share what was paid before; an
 * advance of last year still spares its bill, which counts with its rest. */
START_TEST(advances_and_thresholds)
{
    m_id cat = single();
    by_default(SUPPLIER, cat, (m_id){{0}});
    m_document_reply small = advance("2026-02-01", "10000", cat);
    fin_has(small.body, "\"withheld_on\":\"0.00\"");
    fin_balance_is(w, "1120", "-10000");
    withheld(bill("2026-02-02", "19000", 0, ""), "0.00", "19000.00");
    advance("2026-03-31", "30000", cat);
    fin_balance_is(w, "2140", "-3000");
    m_document_reply next_year = bill("2026-04-01", "25000", 0, ""); /* of 30,000 5,000 are left */
    withheld(next_year, "0.00", "25000.00");
    withheld(bill("2026-04-02", "24000", 0, ""), "1900.00", "22100.00");
    fin_act(w, INVOICES, next_year.id, "cancel", NULL);
    withheld(bill("2026-04-03", "30000", 0, ""), "500.00", "29500.00");
    fin_balance_is(w, "2140", "-5400");
}
END_TEST

/* The money of a payment that pays bills too: only what is left over is an advance. */
START_TEST(advances_taken_back)
{
    m_id cat = single();
    m_document_reply first = bill("2026-01-05", "1000", 0, "");
    const char *more = fin_text(w, ",\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"1000\"}]",
                                fin_id_text(w, first.id));
    m_document_reply paid =
        fin_create(w, "payments", "submit", advance_body("2026-01-10", "21000", cat, more));
    fin_has(paid.body, "\"withheld_on\":\"20000.00\"");
    fin_balance_is(w, "1120", "-19000");
    by_default(SUPPLIER, cat, (m_id){{0}});
    m_document_reply spared = bill("2026-01-20", "5000", 0, "");
    withheld(spared, "0.00", "5000.00");
    fin_act_refused(w, "payments", paid.id, "cancel", NULL, "finance.withholding.billed", NULL);
    fin_act(w, INVOICES, spared.id, "cancel", NULL);
    fin_act(w, "payments", paid.id, "cancel", NULL);
    fin_balance_is(w, "2140", "0");
    fin_balance_is(w, "1120", "0");
    withheld(bill("2026-01-21", "5000", 0, ""), "0.00", "5000.00"); /* as if it never was */
}
END_TEST

START_TEST(advances_that_are_refused)
{
    m_id cat = single();
    m_document_reply first = bill("2026-01-05", "1000", 0, "");
    const char *all = fin_text(w, ",\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"1000\"}]",
                               fin_id_text(w, first.id));
    fin_create_refused(w, "payments", NULL, advance_body("2026-01-10", "1000", cat, all),
                       "finance.withholding.advance", "withholding");
    m_document_reply paid = advance("2026-01-10", "20000", cat);
    fin_create_refused(w, "payments", "submit",
                       fin_text(w,
                                "{\"supplier\":\"%s\",\"type\":\"refund\",\"refund_of\":\"%s\","
                                "\"posting_date\":\"2026-01-12\",\"amount\":\"100\"}",
                                fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, paid.id)),
                       "finance.withholding.refund", NULL);
}
END_TEST

/* ---- bills in dollars ---- */

typedef struct {
    const char *net, *rate;      /* of the bill */
    const char *withheld, *base; /* in dollars, and what the tax office gets */
    const char *payable, *base_payable;
} dollar_case;
static const dollar_case dollar_cases[] = {
    {"1000", "80", "100", "8000", "900", "72000"},
    {"333.33", "83.1275", "33.33", "2770.89", "300", "24938"}, /* 27,708.89 in the books */
    {"250", "80", "25", "2000", "225", "18000"},               /* 20,000: the threshold */
    {"249.99", "80", "0", "0", "249.99", "19999.20"},
    {"999.99", "80.01", "100", "8000.92", "899.99", "72008.28"}, /* 80,009.20 */
};

START_TEST(a_bill_in_dollars)
{
    const dollar_case *c = &dollar_cases[_i];
    const char *more = fin_text(w, ",\"withholding\":\"%s\",\"currency\":\"%s\",\"rate\":\"%s\"",
                                fin_id_text(w, single()), fin_id_text(w, test_id(USD)), c->rate);
    w->usd = test_dec(c->rate);
    m_document_reply billed = bill("2026-01-10", c->net, 0, more);
    fin_has(billed.body, fin_text(w, "\"withheld\":\"%s", c->withheld));
    fin_balance_is(w, "2140", fin_text(w, "-%s", c->base));
    fin_balance_is(w, "2110", fin_text(w, "-%s", c->base_payable));
    const void *found = NULL;
    fin_open_item key = {.document = billed.id};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    const fin_open_item *item = found;
    ck_assert_int_eq(item->outstanding.u, test_dec(c->payable).u);
    ck_assert_int_eq(item->base_outstanding.u, test_dec(c->base_payable).u);
    fin_create(w, "payments", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"posting_date\":\"2026-01-15\",\"amount\":\"%s\","
                        "\"currency\":\"%s\",\"rate\":\"%s\",\"allocations\":[{\"invoice\":\"%s\","
                        "\"amount\":\"%s\"}]}",
                        fin_id_text(w, test_id(SUPPLIER)), c->payable, fin_id_text(w, test_id(USD)),
                        c->rate, fin_id_text(w, billed.id), c->payable));
    fin_balance_is(w, "2110", "0");
    fin_books_balance(w);
}
END_TEST

/* Thresholds and advances are in the books' currency whatever the bill is in. */
START_TEST(dollars_and_rupees_count_together)
{
    m_id cat = category("Y", "{\"from\":\"2020-04-01\",\"rate\":\"10\",\"cumulative_threshold\":"
                             "\"30000\"}");
    by_default(SUPPLIER, cat, (m_id){{0}});
    w->usd = test_dec("80");
    const char *dollars = fin_text(w, ",\"currency\":\"%s\"", fin_id_text(w, test_id(USD)));
    withheld(bill("2026-01-10", "20000", 0, ""), "0.00", "20000.00");
    m_document_reply reached = bill("2026-01-11", "200", 0, dollars); /* 36,000 in the year */
    withheld(reached, "45.00", "155.00");
    fin_balance_is(w, "2140", "-3600");
    advance("2026-01-12", "8000", cat);
    fin_balance_is(w, "2140", "-4400");
    withheld(bill("2026-01-13", "150", 0, dollars), "5.00", "145.00"); /* of 12,000 4,000 */
    fin_balance_is(w, "2140", "-4800");
    fin_act(w, INVOICES, reached.id, "cancel", NULL);
    fin_balance_is(w, "2140", "-1200");
}
END_TEST

/* 10 % of 1,000 dollars at 80 when they are paid; of the other 500 at 82 when they are billed. */
START_TEST(an_advance_in_dollars)
{
    m_id cat = single();
    by_default(SUPPLIER, cat, (m_id){{0}});
    w->usd = test_dec("80");
    const char *dollars = fin_text(w, ",\"currency\":\"%s\"", fin_id_text(w, test_id(USD)));
    m_document_reply paid =
        fin_create(w, "payments", "submit", advance_body("2026-01-10", "1000", cat, dollars));
    fin_has(paid.body, "\"withheld\":\"100.00\"");
    fin_has(paid.body, "\"base_withheld\":\"8000.00\"");
    fin_balance_is(w, "1150", "80000");
    fin_balance_is(w, "1120", "-72000");
    fin_balance_is(w, "2140", "-8000");
    w->usd = test_dec("82");
    m_document_reply billed = bill("2026-01-20", "1500", 0, dollars);
    fin_has(billed.body, "\"withheld_before\":\"80000.00\"");
    fin_has(billed.body, "\"withheld_on\":\"43000.00\"");
    fin_has(billed.body, "\"base_withheld\":\"4300.00\"");
    withheld(billed, "52.44", "1447.56");
    fin_act_refused(w, "payments", paid.id, "cancel", NULL, "finance.withholding.billed", NULL);
    allocate(paid.id, billed.id, "1000");
    fin_balance_is(w, "1150", "0");
    fin_has(fin_get(w, INVOICES, billed.id).body, "\"outstanding\":\"447.56\"");
    fin_books_balance(w);
    m_document_reply other = fin_create(
        w, "payments", "submit",
        advance_body("2026-01-22", "10", cat, fin_text(w, "%s,\"rate\":\"80.01\"", dollars)));
    fin_has(other.body, "\"base_withheld\":\"80.01\"");
    fin_act(w, "payments", other.id, "cancel", NULL);
    fin_balance_is(w, "2140", "-12300");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("withholding");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_loop_test(cases, what_is_withheld, 0, UNIT_COUNT(bills));
    tcase_add_test(cases, fiscal_years);
    tcase_add_test(cases, one_big_bill_then_every_bill);
    tcase_add_test(cases, what_counts_together);
    tcase_add_test(cases, rates_by_date);
    tcase_add_test(cases, terms_and_payment);
    tcase_add_test(cases, withholding_that_is_refused);
    tcase_add_test(cases, an_advance_is_withheld_on_once);
    tcase_add_test(cases, advances_and_thresholds);
    tcase_add_test(cases, advances_taken_back);
    tcase_add_test(cases, advances_that_are_refused);
    tcase_add_loop_test(cases, a_bill_in_dollars, 0, UNIT_COUNT(dollar_cases));
    tcase_add_test(cases, dollars_and_rupees_count_together);
    tcase_add_test(cases, an_advance_in_dollars);
    return fin_world_run(cases, "fin_withholding");
}
