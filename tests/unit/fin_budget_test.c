/* Budgets and commitments: the rule's numbers, and through documents. Orders are spoken for by the
 * budget protocol, as the warehouse does. */
#include <check.h>
#include <stdlib.h>

#include "budget/budget.h"
#include "commitment/commitment.h"
#include "fin_world.h"
#include "reports/reports.h"

#define BUDGETS  "budgets"
#define INVOICES "purchase-invoices"
#define JOURNALS "journal-vouchers"
#define EXCEEDED "finance.budget.exceeded"

static fin_world world;
static fin_world *w = &world;
static m_budget budgets;

static void setup(void)
{
    fin_world_setup(w);
    budgets = (m_budget){&fin_budget_ops, &w->fin};
}

static void teardown(void)
{
    fin_world_teardown(w);
}

/* ---- what the tests are made of ---- */

/* The fiscal year that starts on the day. */
static const char *year_of(const char *start)
{
    const void *found = NULL;
    m_date first = test_date(start);
    fin_begin(w);
    ck_assert_int_eq(
        m_store_find_one(w->store, w->call, &fin_fiscal_year_type, "start", &first, &found), M_OK);
    ck_assert_ptr_nonnull(found);
    const char *id = fin_id_text(w, ((const m_doc *)found)->id);
    fin_end(w, M_OK);
    return id;
}

static const char *budget_body(const char *account, const char *amount, const char *more)
{
    return fin_text(w,
                    "{\"cost_center\":\"%s\",\"account\":\"%s\",\"fiscal_year\":\"%s\","
                    "\"amount\":\"%s\"%s}",
                    fin_center_text(w, "Main"), fin_account_text(w, account), year_of("2026-04-01"),
                    amount, more);
}

static const char *spend_body(const char *date, const char *account, const char *amount)
{
    return fin_text(w,
                    "{\"posting_date\":\"%s\",\"lines\":["
                    "{\"account\":\"%s\",\"debit\":\"%s\",\"cost_center\":\"%s\"},"
                    "{\"account\":\"%s\",\"credit\":\"%s\"}]}",
                    date, fin_account_text(w, account), amount, fin_center_text(w, "Main"),
                    fin_account_text(w, "1120"), amount);
}

static m_document_reply spend(const char *date, const char *account, const char *amount)
{
    return fin_create(w, JOURNALS, "submit", spend_body(date, account, amount));
}

static void spend_refused(const char *date, const char *account, const char *amount)
{
    fin_create_refused(w, JOURNALS, "submit", spend_body(date, account, amount), EXCEEDED, NULL);
}

static m_id id_of(const char *text)
{
    m_id id;
    ck_assert_int_eq(m_id_parse(m_str_of(text), &id), M_OK);
    return id;
}

/* An order with one line for a service: document n, line n + 1. */
static m_status order(uint32_t n, const char *account, const char *qty, const char *amount,
                      m_dec *beyond)
{
    m_commitment_line line = {.id = test_id(n + 1),
                              .account = id_of(fin_account_text(w, account)),
                              .cost_center = id_of(fin_center_text(w, "Main")),
                              .qty = test_dec(qty),
                              .amount = test_dec(amount)};
    m_commitment in = {.document = test_id(n),
                       .document_no = M_STR("PO-1"),
                       .party = test_id(SUPPLIER),
                       .date = test_date("2026-05-10"),
                       .lines = {&line, 1}};
    m_budget_result out = {{0}};
    fin_begin(w);
    m_status status = m_budget_commit(budgets, w->call, &in, &out);
    fin_end(w, status);
    if (beyond) *beyond = out.beyond;
    return status;
}

static void end_order(uint32_t n)
{
    m_budget_result out;
    fin_begin(w);
    ck_assert_int_eq(m_budget_release(budgets, w->call, &(m_commitment_end){test_id(n)}, &out),
                     M_OK);
    fin_end(w, M_OK);
}

static void use_is(const char *as_of, const char *amount, const char *actual, const char *committed,
                   const char *available)
{
    fin_budget_params params = {.fiscal_year = id_of(year_of("2026-04-01"))};
    if (as_of) params.as_of = test_date(as_of);
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_budget_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    const fin_budget_row *row = rows.items;
    ck_assert_msg(row->amount == test_dec(amount).u, "budget %lld", (long long)row->amount);
    ck_assert_msg(row->actual == test_dec(actual).u, "actual %lld", (long long)row->actual);
    ck_assert_msg(row->committed == test_dec(committed).u, "committed %lld",
                  (long long)row->committed);
    ck_assert_msg(row->available == test_dec(available).u, "available %lld",
                  (long long)row->available);
}

static const char *invoice_body(const char *no, uint32_t order_no, const char *qty,
                                const char *rate)
{
    return fin_text(w,
                    "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"%s\",\"posting_date\":"
                    "\"2026-06-01\",\"lines\":[{\"description\":\"Audit\",\"order_line\":\"%s\","
                    "\"qty\":\"%s\",\"rate\":\"%s\"}]}",
                    fin_id_text(w, test_id(SUPPLIER)), no, fin_id_text(w, test_id(order_no + 1)),
                    qty, rate);
}

/* ---- the rule's example ---- */

START_TEST(the_example)
{
    ck_assert(fin_available(test_dec("100000").u, test_dec("62000").u, test_dec("25000").u) ==
              test_dec("13000").u);
    fin_create(w, BUDGETS, NULL, budget_body("5300", "100000", ""));
    spend("2026-04-20", "5300", "62000");
    ck_assert_int_eq(order(500, "5300", "1", "25000", NULL), M_OK);
    use_is(NULL, "100000", "62000", "25000", "13000");
    ck_assert_int_eq(order(600, "5300", "1", "13000.01", NULL), M_PRECONDITION);
    ck_assert(m_str_is(w->call->error.code, EXCEEDED));
    ck_assert(m_str_is(w->call->error.fields[0].path, "lines[0].amount"));
    ck_assert_int_eq(order(600, "5300", "1", "13000", NULL), M_OK);
    use_is(NULL, "100000", "62000", "38000", "0");
    ck_assert_int_eq(order(700, "5300", "1", "0.01", NULL), M_PRECONDITION);
    ck_assert_int_eq(order(600, "5300", "1", "13000", NULL), M_OK); /* told twice, held once */
    spend_refused("2026-04-20", "5300", "0.01");
    spend("2027-04-01", "5300", "5"); /* another year has no budget */
    spend("2026-04-20", "5240", "5"); /* nor has another account */
    end_order(600);
    spend("2026-04-20", "5300", "13000");
    use_is(NULL, "100000", "75000", "25000", "0");
}
END_TEST

START_TEST(an_order_is_invoiced)
{
    fin_create(w, BUDGETS, NULL, budget_body("5300", "1000", ""));
    ck_assert_int_eq(order(500, "5300", "10", "900", NULL), M_OK);
    m_document_reply part = fin_create(w, INVOICES, "submit", invoice_body("A", 500, "4", "90"));
    fin_has(part.body, fin_account_text(w, "5300"));
    use_is(NULL, "1000", "360", "540", "100");
    /* the rest is dearer than ordered: 640 of 540, and 100 are left */
    fin_create_refused(w, INVOICES, "submit", invoice_body("B", 500, "6", "106.67"), EXCEEDED,
                       NULL);
    m_document_reply rest = fin_create(w, INVOICES, "submit", invoice_body("B", 500, "5", "128"));
    use_is(NULL, "1000", "1000", "0", "0");
    fin_act(w, INVOICES, rest.id, "cancel", NULL);
    use_is(NULL, "1000", "360", "540", "100");
    /* cheaper than ordered: nothing stays held once all is invoiced */
    rest = fin_create(w, INVOICES, "submit", invoice_body("C", 500, "6", "50"));
    use_is(NULL, "1000", "660", "0", "340");
    spend("2026-07-01", "5300", "340");
    /* what it gave back is spent: the invoice cannot be undone */
    fin_act_refused(w, INVOICES, rest.id, "cancel", NULL, EXCEEDED, NULL);
    use_is(NULL, "1000", "1000", "0", "0");
    end_order(500);
    fin_act(w, INVOICES, rest.id, "cancel", NULL);
    use_is(NULL, "1000", "700", "0", "300");
}
END_TEST

START_TEST(order_lines_that_do_not_fit)
{
    ck_assert_int_eq(order(500, "5300", "1", "10", NULL), M_OK);
    fin_create_refused(w, INVOICES, NULL, invoice_body("A", 900, "1", "1"),
                       "finance.invoice.order_line", "lines[0].order_line");
    end_order(500);
    fin_create_refused(w, INVOICES, NULL, invoice_body("A", 500, "1", "1"),
                       "finance.invoice.order_line", "lines[0].order_line");
    ck_assert_int_eq(order(600, "5200", "1", "10", NULL), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.account.group"));
    ck_assert_int_eq(order(600, "1120", "1", "10", NULL), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.budget.account"));
    ck_assert_int_eq(order(600, "1510", "1", "10", NULL), M_OK);
}
END_TEST

START_TEST(warn_and_ignore)
{
    m_dec beyond;
    m_document_reply budget =
        fin_create(w, BUDGETS, NULL, budget_body("5300", "100", ",\"action\":\"warn\""));
    ck_assert_int_eq(order(500, "5300", "1", "130", &beyond), M_OK);
    ck_assert_int_eq(beyond.u, test_dec("30").u);
    spend("2026-04-20", "5300", "20");
    use_is(NULL, "100", "20", "130", "-50");
    /* what is exceeded cannot begin to stop */
    fin_update_refused(w, BUDGETS, budget.id, budget.version, "{\"action\":\"stop\"}",
                       "finance.budget.spent", "amount");
    budget = fin_update(w, BUDGETS, budget.id, budget.version, "{\"action\":\"ignore\"}");
    ck_assert_int_eq(order(600, "5300", "1", "7", &beyond), M_OK);
    ck_assert_int_eq(beyond.u, 0);
    budget = fin_update(w, BUDGETS, budget.id, budget.version,
                        "{\"action\":\"stop\",\"amount\":\"157\"}");
    spend_refused("2026-04-20", "5300", "0.01");
    fin_update_refused(w, BUDGETS, budget.id, budget.version, "{\"amount\":\"156.99\"}",
                       "finance.budget.spent", "amount");
}
END_TEST

/* Taking back an expense gives room; taking back what gave room needs room. */
START_TEST(mirrors)
{
    fin_create(w, BUDGETS, NULL, budget_body("5300", "100", ""));
    m_document_reply first = spend("2026-04-20", "5300", "100");
    spend_refused("2026-04-20", "5300", "1");
    fin_act(w, JOURNALS, first.id, "cancel", NULL);
    spend("2026-04-20", "5300", "60");
    m_document_reply back =
        fin_create(w, JOURNALS, "submit",
                   fin_text(w,
                            "{\"posting_date\":\"2026-04-21\",\"lines\":["
                            "{\"account\":\"%s\",\"credit\":\"40\",\"cost_center\":\"%s\"},"
                            "{\"account\":\"%s\",\"debit\":\"40\"}]}",
                            fin_account_text(w, "5300"), fin_center_text(w, "Main"),
                            fin_account_text(w, "1120")));
    spend("2026-04-20", "5300", "80");
    fin_act_refused(w, JOURNALS, back.id, "cancel", NULL, EXCEEDED, NULL);
    use_is(NULL, "100", "100", "0", "0");
}
END_TEST

START_TEST(periods)
{
    m_document_reply budget =
        fin_create(w, BUDGETS, NULL, budget_body("5300", "1000", ",\"period_action\":\"stop\""));
    fin_has(budget.body, "\"amount\":\"83.34\""); /* the first four take a cent more */
    fin_has(budget.body, "\"amount\":\"83.33\"");
    spend_refused("2026-04-30", "5300", "83.35");
    spend("2026-04-30", "5300", "83.34");
    spend_refused("2026-04-30", "5300", "0.01");
    spend("2026-05-01", "5300", "83.34");
    use_is("2026-05-31", "166.68", "166.68", "0", "0");
    use_is("2026-06-01", "250.02", "166.68", "0", "83.34");
    use_is(NULL, "1000", "166.68", "0", "833.32");
    fin_update_refused(w, BUDGETS, budget.id, budget.version, "{\"weights\":[{\"weight\":\"1\"}]}",
                       "finance.budget.weights", "weights");
    budget = fin_update(
        w, BUDGETS, budget.id, budget.version,
        "{\"weights\":[{\"weight\":\"6\"},{\"weight\":\"4\"},{\"weight\":\"0\"},{\"weight\":\"0\"},"
        "{\"weight\":\"0\"},{\"weight\":\"0\"},{\"weight\":\"0\"},{\"weight\":\"0\"},"
        "{\"weight\":\"0\"},{\"weight\":\"0\"},{\"weight\":\"0\"},{\"weight\":\"0\"}]}");
    use_is("2026-04-30", "600", "83.34", "0", "516.66");
    spend("2026-04-30", "5300", "516.66");
}
END_TEST

START_TEST(budgets_that_are_refused)
{
    fin_create(w, BUDGETS, NULL, budget_body("5300", "100", ""));
    fin_create_refused(w, BUDGETS, NULL, budget_body("5300", "50", ""), "finance.budget.exists",
                       "account");
    fin_create_refused(w, BUDGETS, NULL, budget_body("4100", "50", ""), "finance.budget.account",
                       "account");
    fin_create_refused(w, BUDGETS, NULL, budget_body("5200", "50", ""), "finance.account.group",
                       "account");
    spend("2026-04-20", "5240", "10");
    fin_create_refused(w, BUDGETS, NULL, budget_body("5240", "9.99", ""), "finance.budget.spent",
                       "amount");
    fin_create(w, BUDGETS, NULL, budget_body("5240", "10", ""));
}
END_TEST

/* The closing of a year takes the balance away, not the use of the budget. */
START_TEST(a_closed_year)
{
    const char *year = year_of("2025-04-01");
    fin_create(w, BUDGETS, NULL,
               fin_text(w,
                        "{\"cost_center\":\"%s\",\"account\":\"%s\",\"fiscal_year\":\"%s\","
                        "\"amount\":\"100\"}",
                        fin_center_text(w, "Main"), fin_account_text(w, "5300"), year));
    spend("2025-12-01", "5300", "70");
    fin_create(w, "year-closings", "submit", fin_text(w, "{\"fiscal_year\":\"%s\"}", year));
    fin_budget_params params = {.fiscal_year = id_of(year)};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_budget_report, &params, &rows), M_OK);
    ck_assert(((const fin_budget_row *)rows.items)->actual == test_dec("70").u);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("budgets");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, the_example);
    tcase_add_test(cases, an_order_is_invoiced);
    tcase_add_test(cases, order_lines_that_do_not_fit);
    tcase_add_test(cases, warn_and_ignore);
    tcase_add_test(cases, mirrors);
    tcase_add_test(cases, periods);
    tcase_add_test(cases, budgets_that_are_refused);
    tcase_add_test(cases, a_closed_year);
    return fin_world_run(cases, "budgets");
}
