/* Statements that compare: spans of days and cost centers side by side; and the day book. */
#include <check.h>

#include "fin_world.h"
#include "ledger/ledger.h"
#include "reports/periods.h"
#include "reports/reports.h"

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

static m_id id_of(const char *text)
{
    m_id id;
    ck_assert_int_eq(m_id_parse(m_str_of(text), &id), M_OK);
    return id;
}

static void post(const char *date, const char *debit, const char *credit, const char *amount,
                 const char *center)
{
    const char *id = fin_center_text(w, center);
    fin_create(w, "journal-vouchers", "submit",
               fin_text(w,
                        "{\"posting_date\":\"%s\",\"lines\":["
                        "{\"account\":\"%s\",\"debit\":\"%s\",\"cost_center\":\"%s\"},"
                        "{\"account\":\"%s\",\"credit\":\"%s\",\"cost_center\":\"%s\"}]}",
                        date, fin_account_text(w, debit), amount, id, fin_account_text(w, credit),
                        amount, id));
}

static void sum_is(m_dec_sum got, const char *want, const char *what)
{
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(got, 2, text);
    ck_assert_msg(got == test_dec(want).u, "%s: %s, expected %s", what, text, want);
}

/* ---- spans ---- */

static void span_is(fin_span got, const char *from, const char *to)
{
    char a[M_DATE_TEXT], b[M_DATE_TEXT];
    m_date_format(got.from, a);
    m_date_format(got.to, b);
    ck_assert_str_eq(a, from);
    ck_assert_str_eq(b, to);
}

static const struct {
    const char *from, *to, *before_from, *before_to, *ago_from, *ago_to, *label;
    uint32_t months;
} spans[] = {
    {"2026-03-01", "2026-03-31", "2026-02-01", "2026-02-28", "2025-03-01", "2025-03-31", "2026-03",
     1},
    {"2025-02-01", "2025-02-28", "2025-01-01", "2025-01-31", "2024-02-01", "2024-02-29", "2025-02",
     1},
    {"2024-02-29", "2024-02-29", "2024-02-28", "2024-02-28", "2023-02-28", "2023-02-28",
     "2024-02-29 to 2024-02-29", 1},
    {"2026-01-01", "2026-03-31", "2025-10-01", "2025-12-31", "2025-01-01", "2025-03-31",
     "2026-01-01 to 2026-03-31", 3},
    {"2026-01-10", "2026-02-05", "2025-12-14", "2026-01-09", "2025-01-10", "2025-02-05",
     "2026-01-10 to 2026-02-05", 2},
    {"2026-04-01", "2026-04-10", "2026-03-22", "2026-03-31", "2025-04-01", "2025-04-10",
     "2026-04-01 to 2026-04-10", 1},
};

START_TEST(spans_of_days)
{
    fin_span span = {test_date(spans[_i].from), test_date(spans[_i].to)}, months[3];
    span_is(fin_span_before(span), spans[_i].before_from, spans[_i].before_to);
    span_is(fin_span_year_ago(span), spans[_i].ago_from, spans[_i].ago_to);
    m_str label = fin_span_label(w->call, span);
    ck_assert_msg(m_str_is(label, spans[_i].label), "%.*s", M_STR_ARG(label));
    ck_assert_uint_eq(fin_span_months(span, months, 3), spans[_i].months);
    ck_assert(m_date_cmp(months[0].from, span.from) == 0);
    ck_assert(m_date_cmp(months[spans[_i].months - 1].to, span.to) == 0);
    for (uint32_t i = 1; i < spans[_i].months; i++)
        ck_assert_int_eq(months[i].from.d, months[i - 1].to.d + 1);
    ck_assert_uint_eq(fin_span_months(span, NULL, 0), spans[_i].months);
}
END_TEST

/* ---- columns ---- */

static m_list rows_of(const m_report *report, const void *params)
{
    m_list rows;
    ck_assert_int_eq(fin_report(w, report, params, &rows), M_OK);
    for (uint32_t i = 0; i < rows.count; i++) { /* names live until the next report only */
        void *row = (char *)rows.items + i * report->row->size;
        ck_assert_int_eq(m_record_copy_to(report->row, row, row, w->call->arena), M_OK);
    }
    return rows;
}

static const fin_statement_row *row_of(m_list rows, const char *name)
{
    for (M_EACH(const fin_statement_row, row, rows))
        if (m_str_is(row->name, name)) return row;
    ck_abort_msg("no row %s", name);
}

/* want: label and amount by turns. Each figure leads to a general ledger with the same turnover. */
static void columns_are(const fin_statement_row *row, uint32_t n, const char *const *want)
{
    ck_assert_uint_eq(row->columns.count, n);
    for (uint32_t i = 0; i < n; i++) {
        const fin_statement_column *column = M_AT(row->columns, const fin_statement_column, i);
        ck_assert_msg(m_str_is(column->label, want[2 * i]), "%.*s, expected %s",
                      M_STR_ARG(column->label), want[2 * i]);
        sum_is(column->amount, want[2 * i + 1], want[2 * i]);
        if (m_id_is_null(row->account)) continue;
        fin_general_ledger_params ledger = {.account = row->account,
                                            .cost_center = column->cost_center,
                                            .from = column->from,
                                            .to = column->to,
                                            .limit = 100};
        m_list lines = rows_of(&fin_general_ledger_report, &ledger);
        m_dec_sum turnover = M_AT(lines, fin_general_ledger_row, lines.count - 1)->balance -
                             M_AT(lines, fin_general_ledger_row, 0)->balance;
        ck_assert(turnover == column->amount || turnover == -column->amount);
    }
    ck_assert(row->amount == M_AT(row->columns, const fin_statement_column, 0)->amount);
}

static void post_months(void)
{
    post("2025-04-15", "1110", "4100", "70", "Main");
    post("2026-02-05", "1110", "4100", "10", "Main");
    post("2026-03-31", "1110", "4100", "200", "Main");
    post("2026-04-01", "1110", "4100", "300", "Main");
    post("2026-04-30", "1110", "4100", "40", "Main");
    post("2026-04-20", "5220", "1110", "25", "Main");
}

START_TEST(results_compared)
{
    post_months();
    fin_profit_and_loss_params params = {
        .from = test_date("2026-04-01"), .to = test_date("2026-04-30"), .compare = 3 /* both */};
    m_list rows = rows_of(&fin_profit_and_loss_report, &params);
    columns_are(row_of(rows, "Sales"), 3,
                (const char *[]){"2026-04", "340", "2026-03", "200", "2025-04", "70"});
    columns_are(row_of(rows, "Net profit"), 3,
                (const char *[]){"2026-04", "315", "2026-03", "200", "2025-04", "70"});
    params.compare = 1;
    rows = rows_of(&fin_profit_and_loss_report, &params);
    columns_are(row_of(rows, "Total expense"), 2,
                (const char *[]){"2026-04", "25", "2026-03", "0"});
    params.compare = 2;
    rows = rows_of(&fin_profit_and_loss_report, &params);
    columns_are(row_of(rows, "Total income"), 2,
                (const char *[]){"2026-04", "340", "2025-04", "70"});
    params = (fin_profit_and_loss_params){
        .from = test_date("2026-02-01"), .to = test_date("2026-04-30"), .compare = 4 /* months */};
    rows = rows_of(&fin_profit_and_loss_report, &params);
    columns_are(row_of(rows, "Sales"), 4,
                (const char *[]){"2026-02-01 to 2026-04-30", "550", "2026-02", "10", "2026-03",
                                 "200", "2026-04", "340"});
    params.from = test_date("2022-01-01");
    ck_assert_int_eq(fin_report(w, &fin_profit_and_loss_report, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.columns"));
}
END_TEST

START_TEST(balance_sheets_compared)
{
    post_months();
    fin_balance_sheet_params params = {.as_of = test_date("2026-04-15"), .compare = 3};
    m_list rows = rows_of(&fin_balance_sheet_report, &params);
    const char *const want[] = {"2026-04-15", "580", "2026-03-31", "280", "2025-04-15", "70"};
    columns_are(row_of(rows, "Total assets"), 3, want);
    columns_are(row_of(rows, "Total liabilities and equity"), 3, want);
    params = (fin_balance_sheet_params){.as_of = test_date("2026-03-31"),
                                        .compare = 4}; /* ends of the months of the year */
    rows = rows_of(&fin_balance_sheet_report, &params);
    const fin_statement_row *assets = row_of(rows, "Total assets");
    ck_assert_uint_eq(assets->columns.count, 13);
    sum_is(M_AT(assets->columns, const fin_statement_column, 1)->amount, "70", "April");
    sum_is(M_AT(assets->columns, const fin_statement_column, 11)->amount, "80", "February");
    sum_is(M_AT(assets->columns, const fin_statement_column, 12)->amount, "280", "March");
}
END_TEST

/* want: closing balances of an account by column; the total is nothing in each. */
static void trial_is(const fin_trial_balance_params *params, const char *name, uint32_t n,
                     const char *const *want)
{
    m_list rows = rows_of(&fin_trial_balance_report, params);
    const fin_trial_balance_row *total = M_AT(rows, fin_trial_balance_row, rows.count - 1),
                                *of = NULL;
    for (M_EACH(const fin_trial_balance_row, row, rows))
        if (m_str_is(row->name, name)) of = row;
    ck_assert_msg(of != NULL, "no row %s", name);
    ck_assert_uint_eq(of->columns.count, n);
    for (uint32_t i = 0; i < n; i++) {
        const fin_statement_column *column = M_AT(of->columns, const fin_statement_column, i);
        ck_assert(m_str_is(column->label, want[2 * i]));
        sum_is(column->amount, want[2 * i + 1], want[2 * i]);
        sum_is(M_AT(total->columns, const fin_statement_column, i)->amount, "0", "total");
    }
    if (n) ck_assert(of->closing == M_AT(of->columns, const fin_statement_column, 0)->amount);
}

START_TEST(trial_balances_compared)
{
    post_months();
    fin_trial_balance_params params = {.as_of = test_date("2026-04-15"), .compare = 3};
    trial_is(&params, "Cash", 3,
             (const char *[]){"2026-04-15", "580", "2026-03-31", "280", "2025-04-15", "70"});
    params = (fin_trial_balance_params){
        .from = test_date("2026-02-01"), .as_of = test_date("2026-04-30"), .compare = 4};
    trial_is(&params, "Assets", 4,
             (const char *[]){"2026-04-30", "595", "2026-02-28", "80", "2026-03-31", "280",
                              "2026-04-30", "595"});
    params.compare = 0;
    trial_is(&params, "Cash", 0, NULL);
    params = (fin_trial_balance_params){.from = test_date("2026-03-01"),
                                        .as_of = test_date("2026-03-05"),
                                        .compare = 2}; /* there were rows a year ago only */
    trial_is(&params, "Sales", 2, (const char *[]){"2026-03-05", "-80", "2025-03-05", "0"});
    params.from = test_date("2020-01-01");
    params.compare = 4;
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_trial_balance_report, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.columns"));
}
END_TEST

static const fin_cash_flow_row *flow_row(m_list rows, const char *name)
{
    for (M_EACH(const fin_cash_flow_row, row, rows))
        if (m_str_is(row->name, name)) return row;
    ck_abort_msg("no row %s", name);
}

static void flow_is(m_list rows, const char *name, uint32_t n, const char *const *want)
{
    const fin_cash_flow_row *row = flow_row(rows, name);
    ck_assert_uint_eq(row->columns.count, n);
    for (uint32_t i = 0; i < n; i++) {
        const fin_statement_column *column = M_AT(row->columns, const fin_statement_column, i);
        ck_assert(m_str_is(column->label, want[2 * i]));
        sum_is(column->amount, want[2 * i + 1], want[2 * i]);
    }
    ck_assert(row->amount == M_AT(row->columns, const fin_statement_column, 0)->amount);
}

START_TEST(cash_flows_compared)
{
    post_months();
    post("2026-03-15", "1510", "1110", "60", "Main");
    fin_cash_flow_params params = {
        .from = test_date("2026-04-01"), .to = test_date("2026-04-30"), .compare = 3 /* both */};
    m_list rows = rows_of(&fin_cash_flow_report, &params);
    flow_is(rows, "Net profit", 3,
            (const char *[]){"2026-04", "315", "2026-03", "200", "2025-04", "70"});
    flow_is(rows, "Furniture and fixtures", 3, /* in the time before only */
            (const char *[]){"2026-04", "0", "2026-03", "-60", "2025-04", "0"});
    ck_assert(flow_row(rows, "Furniture and fixtures") < flow_row(rows, "From investments"));
    flow_is(rows, "Change of bank and cash", 3,
            (const char *[]){"2026-04", "315", "2026-03", "140", "2025-04", "70"});
    flow_is(rows, "Bank and cash at the end", 3,
            (const char *[]){"2026-04", "535", "2026-03", "220", "2025-04", "70"});
    params.compare = 4;
    params.from = test_date("2026-03-01");
    params.method = 1; /* direct */
    rows = rows_of(&fin_cash_flow_report, &params);
    flow_is(
        rows, "Paid in all", 3,
        (const char *[]){"2026-03-01 to 2026-04-30", "-85", "2026-03", "-60", "2026-04", "-25"});
    params.from = test_date("2020-01-01");
    ck_assert_int_eq(fin_report(w, &fin_cash_flow_report, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.columns"));
}
END_TEST

START_TEST(cost_centers_compared)
{
    m_id north =
        fin_create(w, "cost-centers", NULL, "{\"code\":\"N\",\"name\":\"North\",\"is_group\":true}")
            .id;
    for (int i = 1; i <= 2; i++)
        fin_create(w, "cost-centers", NULL,
                   fin_text(w, "{\"code\":\"N%d\",\"name\":\"N%d\",\"parent\":\"%s\"}", i, i,
                            fin_id_text(w, north)));
    post("2026-04-01", "1110", "4100", "500", "N1");
    post("2026-04-01", "5220", "1110", "80", "N2");
    post("2026-04-01", "1110", "4100", "33", "Main");
    fin_profit_and_loss_params params = {.compare = 5, .cost_center = north};
    m_list rows = rows_of(&fin_profit_and_loss_report, &params);
    columns_are(row_of(rows, "Net profit"), 3,
                (const char *[]){"2026-04-01 to 2026-04-01", "420", "N1", "500", "N2", "-80"});
    columns_are(row_of(rows, "Sales"), 3,
                (const char *[]){"2026-04-01 to 2026-04-01", "500", "N1", "500", "N2", "0"});
    params.cost_center = (m_id){{0}};
    rows = rows_of(&fin_profit_and_loss_report, &params);
    const fin_statement_row *profit = row_of(rows, "Net profit");
    m_dec_sum parts = 0;
    for (uint32_t i = 1; i < profit->columns.count; i++)
        parts += M_AT(profit->columns, const fin_statement_column, i)->amount;
    sum_is(profit->amount, "453", "all");
    ck_assert(parts == profit->amount);
    fin_balance_sheet_params sheet = {.cost_center = north};
    rows = rows_of(&fin_balance_sheet_report, &sheet);
    sum_is(row_of(rows, "Total assets")->amount, "420", "assets of North");
    sum_is(row_of(rows, "Total liabilities and equity")->amount, "420", "and what they are from");
}
END_TEST

/* One cost center pays for another: each has a balance sheet of its own that tells so. */
START_TEST(what_centers_owe_each_other)
{
    fin_create(w, "cost-centers", NULL, "{\"code\":\"West\",\"name\":\"West\"}");
    fin_create(w, "journal-vouchers", "submit",
               fin_text(w,
                        "{\"posting_date\":\"2026-04-01\",\"lines\":["
                        "{\"account\":\"%s\",\"debit\":\"15\",\"cost_center\":\"%s\"},"
                        "{\"account\":\"%s\",\"credit\":\"15\",\"cost_center\":\"%s\"}]}",
                        fin_account_text(w, "5220"), fin_center_text(w, "West"),
                        fin_account_text(w, "1110"), fin_center_text(w, "Main")));
    fin_balance_sheet_params sheet = {.cost_center = id_of(fin_center_text(w, "West"))};
    m_list rows = rows_of(&fin_balance_sheet_report, &sheet);
    sum_is(row_of(rows, "Owed to other cost centers")->amount, "15", "West");
    sum_is(row_of(rows, "Total liabilities and equity")->amount, "0", "West");
    sheet.cost_center = (m_id){{0}};
    rows = rows_of(&fin_balance_sheet_report, &sheet);
    for (M_EACH(const fin_statement_row, row, rows))
        ck_assert(!m_str_is(row->name, "Owed to other cost centers"));
}
END_TEST

/* ---- day book ---- */

START_TEST(day_book_pages)
{
    post("2026-03-31", "1120", "3100", "7", "Main");
    for (int i = 1; i <= 4; i++)
        post(i % 2 ? "2026-04-02" : "2026-04-01", "1120", "3100", fin_text(w, "%d", i), "Main");
    fin_day_book_params params = {
        .from = test_date("2026-04-01"), .to = test_date("2026-04-30"), .limit = 3};
    m_dec_sum debit = 0, credit = 0;
    m_date before = {0};
    uint32_t seen = 0;
    for (int page = 0; page < 4; page++) {
        m_list rows = rows_of(&fin_day_book_report, &params);
        ck_assert_uint_eq(rows.count, page < 2 ? 3 : page == 2 ? 2 : 0);
        for (M_EACH(const fin_day_book_row, row, rows)) {
            ck_assert_int_ge(row->posting_date.d, before.d);
            ck_assert(row->code.n && row->name.n && row->voucher_no.n);
            ck_assert(m_str_is(row->source_type, "finance.journal_voucher"));
            before = row->posting_date;
            debit += row->debit.u;
            credit += row->credit.u;
            params.cursor = row->cursor;
            seen++;
        }
    }
    ck_assert_uint_eq(seen, 8);
    sum_is(debit, "10", "debit");
    sum_is(credit, "10", "credit");
    params = (fin_day_book_params){.known_at = M_STR("2026-03-31"), .to = test_date("2026-04-30")};
    ck_assert_uint_eq(rows_of(&fin_day_book_report, &params).count, 0);
    params = (fin_day_book_params){.to = test_date("2026-04-01")}; /* one day */
    ck_assert_uint_eq(rows_of(&fin_day_book_report, &params).count, 4);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("statements");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, spans_of_days, 0, (int)(sizeof spans / sizeof *spans));
    tcase_add_test(cases, results_compared);
    tcase_add_test(cases, balance_sheets_compared);
    tcase_add_test(cases, trial_balances_compared);
    tcase_add_test(cases, cash_flows_compared);
    tcase_add_test(cases, cost_centers_compared);
    tcase_add_test(cases, what_centers_owe_each_other);
    tcase_add_test(cases, day_book_pages);
    return fin_world_run(cases, "finance statements");
}
