/* Tax withheld at source on suppliers' bills: thresholds, years, rates by date, and the books. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
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
    const char *net, *rate, *single, *cumulative, *billed, *taxed, *on, *amount;
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
};

START_TEST(what_is_withheld)
{
    fin_withholding_rate rate = {.rate = test_dec(bills[_i].rate),
                                 .single_threshold = test_dec(bills[_i].single),
                                 .cumulative_threshold = test_dec(bills[_i].cumulative)};
    fin_withheld so_far = {.billed = test_dec(bills[_i].billed).u,
                           .taxed = test_dec(bills[_i].taxed).u};
    m_dec on, amount;
    ck_assert_int_eq(fin_withhold(test_dec(bills[_i].net), &rate, so_far.billed ? &so_far : NULL, 2,
                                  &on, &amount),
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
    w->usd = test_dec("80");
    more = fin_text(w, "%s,\"currency\":\"%s\"", more, fin_id_text(w, test_id(USD)));
    fin_create_refused(w, INVOICES, NULL, body(SUPPLIER, "2026-01-11", "100", 0, more),
                       "finance.withholding.currency", "withholding");
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
    return fin_world_run(cases, "fin_withholding");
}
