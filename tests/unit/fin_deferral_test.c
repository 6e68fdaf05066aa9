/* Deferred income and expense: the schedule by its rule, and through documents. */
#include <check.h>
#include <stdlib.h>

#include "deferral/deferral.h"
#include "fin_world.h"
#include "reports/reports.h"

#define DEFERRALS "deferrals"
#define INVOICES  "purchase-invoices"
#define SALES     "sales-invoices"

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

/* ---- the rule ---- */

typedef struct {
    const char *amount, *start, *end;
    bool by_days;
    const char *weights[4];
    const char *parts[5];
} split;

static const split splits[] = {
    /* V052 */
    {"300", "2021-05-01", "2021-07-31", false, {"1", "1", "1"}, {"100.00", "100.00", "100.00"}},
    {"300", "2021-05-01", "2021-07-31", false, {0}, {"100.00", "100.00", "100.00"}},
    {"100", "2021-05-01", "2021-07-31", false, {0}, {"33.34", "33.33", "33.33"}},
    {"300", "2021-05-01", "2021-07-31", true, {0}, {"101.09", "97.82", "101.09"}},
    {"100", "2021-05-01", "2021-07-31", false, {"2", "0", "1"}, {"66.67", "0.00", "33.33"}},
    /* half of April, whole May, half of June: 1 : 2 : 1 */
    {"400", "2026-04-16", "2026-06-15", false, {0}, {"100.00", "200.00", "100.00"}},
    {"0.01", "2026-02-10", "2026-02-10", false, {0}, {"0.01"}},
    {"0.02", "2026-01-31", "2026-03-01", true, {0}, {"0.00", "0.02", "0.00"}},
};

START_TEST(schedules)
{
    for (size_t i = 0; i < UNIT_COUNT(splits); i++) {
        const split *s = &splits[i];
        m_dec weights[4];
        fin_defer_part parts[4];
        uint32_t n;
        for (uint32_t k = 0; k < 4 && s->weights[k]; k++)
            weights[k] = test_dec(s->weights[k]);
        fin_defer_span span = {test_date(s->start), test_date(s->end), s->by_days,
                               s->weights[0] ? weights : NULL};
        ck_assert_int_eq(fin_defer_months(span.start, span.end, &n), M_OK);
        ck_assert_int_eq(fin_defer(test_dec(s->amount), 2, &span, n, parts), M_OK);
        int64_t sum = 0;
        for (uint32_t k = 0; k < n; k++) {
            ck_assert_msg(s->parts[k] && parts[k].amount.u == test_dec(s->parts[k]).u,
                          "%zu, part %u: %lld", i, k, (long long)parts[k].amount.u);
            sum += parts[k].amount.u;
            ck_assert(k == 0 || parts[k].first.d == parts[k - 1].last.d + 1);
        }
        ck_assert_ptr_null(s->parts[n]);
        ck_assert_int_eq(sum, test_dec(s->amount).u);
        ck_assert_int_eq(parts[0].first.d, span.start.d);
        ck_assert_int_eq(parts[n - 1].last.d, span.end.d);
    }
    uint32_t n = 7;
    ck_assert_int_eq(fin_defer_months(test_date("2026-05-02"), test_date("2026-05-01"), &n),
                     M_INVALID);
    ck_assert_int_eq(fin_defer_months(test_date("2026-01-01"), test_date("2036-01-01"), &n),
                     M_INVALID);
    ck_assert_int_eq(fin_defer_months(test_date("2026-01-01"), test_date("2035-12-31"), &n), M_OK);
    ck_assert_uint_eq(n, 120);
}
END_TEST

/* ---- through documents ---- */

static const char *body_of(const char *kind, const char *amount, const char *account,
                           const char *start, const char *end, const char *more)
{
    return fin_text(w,
                    "{\"kind\":\"%s\",\"amount\":\"%s\",\"account\":\"%s\",\"cost_center\":\"%s\","
                    "\"start\":\"%s\",\"end\":\"%s\"%s}",
                    kind, amount, fin_account_text(w, account), fin_center_text(w, "Main"), start,
                    end, more);
}

static m_document_reply release(m_id id, const char *date)
{
    return fin_act(w, DEFERRALS, id, "release", fin_text(w, "{\"date\":\"%s\"}", date));
}

/* V052, stand-alone: 300 of income over May, June and July. */
START_TEST(v052_income)
{
    fin_create(w, "fiscal-years", NULL, "{\"start\":\"2021-04-01\"}");
    m_document_reply reply =
        fin_create(w, DEFERRALS, "submit",
                   body_of("income", "300", "4100", "2021-05-01", "2021-07-31",
                           ",\"posting_date\":\"2021-05-01\",\"weights\":[{\"weight\":\"1\"},"
                           "{\"weight\":\"1\"},{\"weight\":\"1\"}]"));
    fin_has(reply.body, "\"remaining\":\"300.00\"");
    fin_balance_is(w, "2180", "-300");
    fin_balance_is(w, "4100", "300");
    static const char *const steps[][3] = {
        {"2021-05-31", "-200", "200"}, {"2021-06-30", "-100", "100"}, {"2021-12-31", "0", "0"}};
    for (size_t i = 0; i < UNIT_COUNT(steps); i++) {
        const char *before = i ? steps[i - 1][0] : "2021-05-30";
        fin_act_refused(w, DEFERRALS, reply.id, "release", fin_text(w, "{\"date\":\"%s\"}", before),
                        "finance.deferral.nothing", "date");
        reply = release(reply.id, steps[i][0]);
        fin_balance_is(w, "2180", steps[i][1]);
        fin_balance_is(w, "4100", steps[i][2]);
    }
    ck_assert_uint_eq(fin_books_balance(w), 8);
    for (int i = 0; i < 3; i++)
        fin_has(reply.body, "\"amount\":\"100.00\"");
    fin_has(reply.body, "\"released_on\":\"2021-07-31\"");
    fin_has(reply.body, "\"remaining\":\"0.00\"");
}
END_TEST

static m_document_reply rent_invoice(const char *amount)
{
    return fin_create(
        w, INVOICES, "submit",
        fin_text(w,
                 "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"R-%s\","
                 "\"posting_date\":\"2026-04-01\",\"lines\":[{\"description\":\"Insurance\","
                 "\"account\":\"%s\",\"cost_center\":\"%s\",\"qty\":\"1\",\"rate\":\"%s\"}]}",
                 fin_id_text(w, test_id(SUPPLIER)), amount, fin_account_text(w, "5220"),
                 fin_center_text(w, "Main"), amount));
}

/* Id of the only line in a reply. */
static const char *line_of(m_document_reply reply)
{
    const char *body = m_str_z(w->call->arena, reply.body);
    const char *at = strstr(body, "\"lines\":[{\"id\":\"");
    ck_assert_ptr_nonnull(at);
    return fin_text(w, "%.26s", at + strlen("\"lines\":[{\"id\":\""));
}

static const char *of_invoice(m_document_reply invoice, const char *more)
{
    return fin_text(w,
                    "{\"purchase_invoice\":\"%s\",\"invoice_line\":\"%s\","
                    "\"start\":\"2026-04-01\",\"end\":\"2027-03-31\"%s}",
                    fin_id_text(w, invoice.id), line_of(invoice), more);
}

START_TEST(an_expense_of_an_invoice)
{
    m_document_reply invoice = rent_invoice("1000");
    fin_balance_is(w, "5220", "1000");
    m_document_reply reply = fin_create(w, DEFERRALS, "submit", of_invoice(invoice, ""));
    fin_has(reply.body, "\"amount\":\"1000.00\"");
    fin_has(reply.body, "\"description\":\"Insurance\"");
    fin_has(reply.body, "\"posting_date\":\"2026-04-01\"");
    fin_balance_is(w, "5220", "0");
    fin_balance_is(w, "1185", "1000");
    release(reply.id, "2026-06-30");
    fin_balance_is(w, "5220", "250.02");
    fin_balance_is(w, "1185", "749.98");
    fin_create_refused(w, DEFERRALS, NULL, of_invoice(invoice, ""), "finance.deferral.twice",
                       "invoice_line");
    fin_act_refused(w, INVOICES, invoice.id, "cancel", NULL, "finance.invoice.deferred", NULL);
    fin_act(w, DEFERRALS, reply.id, "cancel", NULL);
    fin_balance_is(w, "5220", "1000");
    fin_balance_is(w, "1185", "0");
    ck_assert_uint_eq(fin_books_balance(w),
                      18); /* the invoice, and 4 vouchers with their mirrors */
    fin_act_refused(w, DEFERRALS, reply.id, "release", "{}", "core.state.not_allowed", NULL);
    fin_act(w, INVOICES, invoice.id, "cancel", NULL);
    fin_balance_is(w, "5220", "0");
}
END_TEST

START_TEST(income_of_an_invoice)
{
    m_document_reply invoice =
        fin_create(w, SALES, "submit",
                   fin_text(w,
                            "{\"customer\":\"%s\",\"posting_date\":\"2026-04-01\",\"lines\":["
                            "{\"item\":\"%s\",\"qty\":\"1\",\"rate\":\"1200\"}]}",
                            fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, test_id(CLEANING))));
    m_document_reply reply =
        fin_create(w, DEFERRALS, "submit",
                   fin_text(w,
                            "{\"kind\":\"income\",\"sales_invoice\":\"%s\",\"invoice_line\":\"%s\","
                            "\"start\":\"2026-04-01\",\"end\":\"2026-06-30\",\"mode\":\"days\"}",
                            fin_id_text(w, invoice.id), line_of(invoice)));
    fin_balance_is(w, "4100", "0");
    fin_balance_is(w, "2180", "-1200");
    release(reply.id, "2026-05-31");
    fin_balance_is(w, "2180", "-395.60"); /* 30 of 91 days are left */
    fin_act_refused(w, SALES, invoice.id, "cancel", NULL, "finance.invoice.deferred", NULL);
}
END_TEST

/* What is due in a locked period is released on the day of the release. */
START_TEST(a_locked_period)
{
    m_document_reply reply = fin_create(w, DEFERRALS, "submit",
                                        body_of("expense", "90", "5220", "2025-04-01", "2025-06-30",
                                                ",\"posting_date\":\"2025-04-01\""));
    m_document_request list = {.module = M_STR("finance"), .collection = M_STR("fiscal-years")};
    m_document_reply page;
    fin_begin(w);
    ck_assert_int_eq(w->documents.ops->list(w->documents.self, w->call, &list, &page), M_OK);
    fin_end(w, M_OK);
    const char *body = m_str_z(w->call->arena, page.body);
    const char *label = strstr(body, "2025-26");
    ck_assert_ptr_nonnull(label);
    const char *id = label;
    while (strncmp(id, "\"id\":\"", 6) != 0)
        id--;
    m_id year;
    ck_assert_int_eq(m_id_parse((m_str){id + 6, 26}, &year), M_OK);
    fin_act(w, "fiscal-years", year, "lock", "{\"number\":2}");
    reply = release(reply.id, "2025-07-15");
    fin_has(reply.body, "\"released_on\":\"2025-04-30\"");
    fin_has(reply.body, "\"released_on\":\"2025-07-15\""); /* May is locked */
    fin_has(reply.body, "\"released_on\":\"2025-06-30\"");
    fin_balance_is(w, "1185", "0");
}
END_TEST

START_TEST(refusals)
{
    static const struct {
        const char *account, *start, *end, *more, *code, *path;
    } table[] = {
        {"5220", "2026-05-02", "2026-05-01", "", "finance.deferral.period", "end"},
        {"5220", "2026-05-01", "2036-05-01", "", "finance.deferral.period", "end"},
        {"4100", "2026-05-01", "2026-05-31", "", "finance.deferral.result", "account"},
        {"5220", "2026-05-01", "2026-06-30", ",\"weights\":[{\"weight\":\"1\"}]",
         "finance.deferral.weights", "weights"},
        {"5220", "2026-05-01", "2026-05-31", ",\"weights\":[{\"weight\":\"0\"}]",
         "finance.deferral.weights", "weights"},
        {"5220", "2026-05-01", "2026-05-31", ",\"mode\":\"days\",\"weights\":[{\"weight\":\"1\"}]",
         "finance.deferral.weights", "weights"},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++)
        fin_create_refused(w, DEFERRALS, NULL,
                           body_of("expense", "100", table[i].account, table[i].start, table[i].end,
                                   table[i].more),
                           table[i].code, table[i].path);
    const char *cash = fin_text(w, ",\"deferral_account\":\"%s\"", fin_account_text(w, "1110"));
    fin_create_refused(w, DEFERRALS, NULL,
                       body_of("expense", "100", "5220", "2026-05-01", "2026-05-31", cash),
                       "finance.deferral.account", "deferral_account");
    m_document_reply invoice = rent_invoice("1000");
    fin_create_refused(w, DEFERRALS, NULL, of_invoice(invoice, ",\"amount\":\"1000.01\""),
                       "finance.deferral.line", "amount");
    fin_create_refused(w, DEFERRALS, NULL, of_invoice(invoice, ",\"kind\":\"income\""),
                       "finance.deferral.line", "purchase_invoice");
    fin_create_refused(w, DEFERRALS, NULL, of_invoice(invoice, ",\"posting_date\":\"2026-03-31\""),
                       "finance.deferral.line", "posting_date");
    /* nobody else books on the account of deferrals */
    fin_create_refused(
        w, INVOICES, NULL,
        fin_text(w,
                 "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"X\",\"lines\":[{\"description\":"
                 "\"x\",\"account\":\"%s\",\"qty\":\"1\",\"rate\":\"1\"}]}",
                 fin_id_text(w, test_id(SUPPLIER)), fin_account_text(w, "1185")),
        "finance.account.kept", "lines[0].account");
}
END_TEST

START_TEST(a_run_over_all)
{
    m_document_reply expense = fin_create(
        w, DEFERRALS, "submit", body_of("expense", "90", "5220", "2026-04-01", "2026-06-30", ""));
    m_document_reply income = fin_create(
        w, DEFERRALS, "submit", body_of("income", "200", "4100", "2026-05-01", "2026-06-30", ""));
    fin_create(w, DEFERRALS, "submit",
               body_of("expense", "7", "5230", "2026-07-01", "2026-07-31", ""));
    m_document_reply run = fin_create(w, "deferral-runs", "submit", "{\"date\":\"2026-05-31\"}");
    fin_has(run.body, "\"expense\":\"60.00\"");
    fin_has(run.body, "\"income\":\"100.00\"");
    fin_has(run.body, "\"parts\":2");
    fin_balance_is(w, "1185", "37");
    fin_balance_is(w, "2180", "-100");
    fin_create_refused(w, "deferral-runs", "submit", "{\"date\":\"2026-05-31\"}",
                       "finance.deferral.nothing", "date");
    fin_act_refused(w, DEFERRALS, expense.id, "release", "{\"date\":\"2026-05-31\"}",
                    "finance.deferral.nothing", "date");
    fin_balance_is(w, "1185", "37");
    fin_has(fin_get(w, DEFERRALS, expense.id).body, "\"remaining\":\"30.00\"");
    release(income.id, "2026-06-30");
    run = fin_create(w, "deferral-runs", "submit", "{\"date\":\"2026-06-30\"}");
    fin_has(run.body, "\"income\":\"0.00\"");
    fin_has(run.body, "\"expense\":\"30.00\"");
    fin_act(w, DEFERRALS, expense.id, "cancel", NULL);
    fin_balance_is(w, "5220", "0");
    fin_books_balance(w);
}
END_TEST

START_TEST(the_report)
{
    m_document_reply reply = fin_create(
        w, DEFERRALS, "submit", body_of("expense", "90", "5220", "2026-04-01", "2026-06-30", ""));
    fin_deferrals_params params = {.as_of = test_date("2026-05-31")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_deferrals_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    const fin_deferrals_row *row = rows.items;
    ck_assert(m_id_eq(row->document, reply.id));
    ck_assert_int_eq(row->due.u, test_dec("60").u);
    release(reply.id, "2026-04-30");
    ck_assert_int_eq(fin_report(w, &fin_deferrals_report, &params, &rows), M_OK);
    row = rows.items;
    ck_assert_int_eq(row->released.u, test_dec("30").u);
    ck_assert_int_eq(row->remaining.u, test_dec("60").u);
    ck_assert_int_eq(row->due.u, test_dec("30").u);
    release(reply.id, "2026-06-30");
    params.as_of = test_date("2026-06-30");
    ck_assert_int_eq(fin_report(w, &fin_deferrals_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("deferrals");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, schedules);
    tcase_add_test(cases, v052_income);
    tcase_add_test(cases, an_expense_of_an_invoice);
    tcase_add_test(cases, income_of_an_invoice);
    tcase_add_test(cases, a_locked_period);
    tcase_add_test(cases, refusals);
    tcase_add_test(cases, a_run_over_all);
    tcase_add_test(cases, the_report);
    return fin_world_run(cases, "deferrals");
}
