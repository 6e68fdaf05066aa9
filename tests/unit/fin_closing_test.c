/* Closing a fiscal year and opening it again: the books, the periods, the reports. */
#include <check.h>
#include <stdlib.h>

#include "account/account.h"
#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "reports/reports.h"
#include "year_closing/year_closing.h"

#define CLOSINGS "year-closings"
#define JOURNALS "journal-vouchers"
#define YEARS    "fiscal-years"

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

/* ---- what the tests are made of ---- */

static const char *journal(const char *date, const char *debit, const char *credit,
                           const char *amount, const char *center)
{
    const char *id = fin_center_text(w, center);
    return fin_text(w,
                    "{\"posting_date\":\"%s\",\"lines\":["
                    "{\"account\":\"%s\",\"debit\":\"%s\",\"cost_center\":\"%s\"},"
                    "{\"account\":\"%s\",\"credit\":\"%s\",\"cost_center\":\"%s\"}]}",
                    date, fin_account_text(w, debit), amount, id, fin_account_text(w, credit),
                    amount, id);
}

static void post(const char *date, const char *debit, const char *credit, const char *amount,
                 const char *center)
{
    fin_create(w, JOURNALS, "submit", journal(date, debit, credit, amount, center));
}

static void post_refused(const char *date)
{
    fin_create_refused(w, JOURNALS, "submit", journal(date, "1130", "4100", "1", "Main"),
                       "finance.period.locked", "posting_date");
}

static fin_fiscal_year year_of(const char *date)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    fin_fiscal_year found = {.version = 0};
    for (uint32_t i = 0; i < years.count; i++) {
        const fin_fiscal_year *year = years.records[i];
        if (m_date_cmp(test_date(date), year->start) < 0) continue;
        found = *year;
        fin_period *periods = m_arena_array(w->call->arena, year->periods.count, sizeof *periods);
        ck_assert_ptr_nonnull(periods);
        memcpy(periods, year->periods.items, year->periods.count * sizeof *periods);
        found.periods.items = periods;
    }
    fin_end(w, M_OK);
    ck_assert_int_gt(found.version, 0);
    return found;
}

static const char *closing_body(const char *date, const char *more)
{
    return fin_text(w, "{\"fiscal_year\":\"%s\"%s}", fin_id_text(w, year_of(date).id), more);
}

static m_document_reply close_year(const char *date)
{
    return fin_create(w, CLOSINGS, "submit", closing_body(date, ""));
}

static void close_refused(const char *date, const char *more, const char *code, const char *path)
{
    fin_create_refused(w, CLOSINGS, "submit", closing_body(date, more), code, path);
}

/* The states of a year's periods: o, s, l. */
static void states_are(const char *date, const char *states)
{
    fin_fiscal_year year = year_of(date);
    char got[FIN_PERIODS_MAX + 1] = {0};
    for (uint32_t i = 0; i < year.periods.count; i++) {
        const fin_period *period = M_AT(year.periods, const fin_period, i);
        got[i] = "osl"[period->status];
        ck_assert((period->locked_at.us != 0) == (period->status == FIN_LOCKED));
    }
    ck_assert_str_eq(got, states);
}

static void set_period(const char *action, const char *date)
{
    fin_act(w, YEARS, year_of(date).id, action, fin_text(w, "{\"start\":\"%s\"}", date));
}

/* The books of the case: 400 sold in Main and 200 in West. */
static void post_case(void)
{
    fin_create(w, "cost-centers", NULL, "{\"code\":\"West\",\"name\":\"West\"}");
    post("2025-06-10", "1130", "4100", "400", "Main");
    post("2026-01-31", "1130", "4100", "200", "West");
}

/* Debit less credit of an account in a cost center (NULL: in none), up to the end of a day. */
static void stands_at(const char *code, const char *center, const char *date, const char *amount)
{
    m_id account, cost_center = {{0}};
    m_date last = test_date(date);
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &account), M_OK);
    if (center)
        ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, center)), &cost_center), M_OK);
    m_filter filters[] = {{"account", M_OP_EQ, &account},
                          {"posting_date", M_OP_LE, &last},
                          {"cost_center", center ? M_OP_EQ : M_OP_EMPTY, &cost_center}};
    m_sum sum = {.type = &m_gl_entry_type, .filters = filters, .filter_count = 3, .group_by = ""};
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &sum), M_OK);
    int64_t balance = 0;
    for (M_EACH(const m_gl_entry, row, sum.out))
        balance += row->debit.u - row->credit.u;
    fin_end(w, M_OK);
    ck_assert_msg(balance == test_dec(amount).u, "%s/%s: %lld, expected %s", code,
                  center ? center : "", (long long)balance, amount);
}

/* ---- reports ---- */

static void statement_is(const m_report *report, const void *params, const char *name,
                         const char *amount)
{
    m_list rows;
    m_dec_sum got = 0;
    bool found = false;
    ck_assert_int_eq(fin_report(w, report, params, &rows), M_OK);
    for (M_EACH(const fin_statement_row, row, rows)) {
        if (!m_str_is(row->name, name)) continue;
        got = row->amount;
        found = true;
    }
    ck_assert_msg(found || test_dec(amount).u == 0, "no row %s", name);
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(got, 2, text);
    ck_assert_msg(got == test_dec(amount).u, "%s: %s, expected %s", name, text, amount);
}

static void sheet_is(const char *as_of, const char *name, const char *amount)
{
    fin_balance_sheet_params params = {.as_of = test_date(as_of)};
    statement_is(&fin_balance_sheet_report, &params, name, amount);
}

static void result_is(const char *from, const char *to, const char *center, const char *amount)
{
    fin_profit_and_loss_params params = {.from = test_date(from), .to = test_date(to)};
    if (center)
        ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, center)), &params.cost_center),
                         M_OK);
    statement_is(&fin_profit_and_loss_report, &params, "Net profit", amount);
}

static void trial_is(bool before_closing, const char *code, const char *closing)
{
    fin_trial_balance_params params = {
        .as_of = test_date("2026-03-31"), .all = true, .before_closing = before_closing};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_trial_balance_report, &params, &rows), M_OK);
    m_dec_sum got = 0;
    for (M_EACH(const fin_trial_balance_row, row, rows))
        if (m_str_is(row->code, code)) got = row->closing;
    ck_assert_msg(got == test_dec(closing).u, "%s, expected %s", code, closing);
    ck_assert(M_AT(rows, fin_trial_balance_row, rows.count - 1)->closing == 0);
}

/* ---- closing ---- */

START_TEST(v050_by_cost_center)
{
    post_case();
    m_document_reply draft = fin_create(w, CLOSINGS, NULL, closing_body("2025-04-01", ""));
    fin_has(draft.body, "\"result\":\"600.00\"");
    fin_has(draft.body, "\"posting_date\":\"2026-03-31\"");
    states_are("2025-04-01", "oooooooooooo"); /* so far nothing happened */
    ck_assert_uint_eq(fin_books_balance(w), 4);
    m_document_reply reply = fin_act(w, CLOSINGS, draft.id, "submit", NULL);
    fin_has(reply.body, "\"amount\":\"400.00\"");
    fin_has(reply.body, "\"amount\":\"200.00\"");
    fin_has(reply.body, "\"vouchers\":2");
    ck_assert_uint_eq(fin_books_balance(w), 8);
    stands_at("4100", "Main", "2026-03-31", "0");
    stands_at("4100", "West", "2026-03-31", "0");
    stands_at("3200", "Main", "2026-03-31", "-400");
    stands_at("3200", "West", "2026-03-31", "-200");
    fin_voucher_params params = {.document = reply.id};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_voucher_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 4);
    for (M_EACH(const fin_voucher_report_row, row, rows)) {
        ck_assert(m_str_is(row->voucher_type, "closing"));
        ck_assert(row->debit.u + row->credit.u == test_dec("400").u ||
                  row->debit.u + row->credit.u == test_dec("200").u);
    }
}
END_TEST

START_TEST(reports_of_a_closed_year)
{
    post_case();
    post("2025-07-01", "5220", "1120", "150", "Main");
    post("2026-04-01", "1130", "4100", "70", "Main"); /* of the next year */
    for (int closed = 0; closed < 2; closed++) {
        if (closed) close_year("2025-04-01");
        result_is("2025-04-01", "2026-03-31", NULL, "450");
        result_is("2025-04-01", "2026-03-31", "Main", "250");
        result_is("2026-03-01", "2026-03-31", NULL, "0");
        result_is("2025-07-01", "2026-04-01", NULL, "120");
        result_is("2026-04-01", "2026-04-30", NULL, "70");
        sheet_is("2026-03-31", "Profit or loss not yet closed", closed ? "0" : "450");
        sheet_is("2026-03-31", "Retained earnings", closed ? "450" : "0");
        sheet_is("2026-03-31", "Total liabilities and equity", "450");
        sheet_is("2026-03-30", "Profit or loss not yet closed", "450");
        sheet_is("2026-04-01", "Profit or loss not yet closed", closed ? "70" : "520");
        trial_is(false, "4100", closed ? "0" : "-600");
        trial_is(false, "3200", closed ? "-450" : "0");
        trial_is(true, "4100", "-600");
        trial_is(true, "5220", "150");
        trial_is(true, "3200", "0");
    }
}
END_TEST

START_TEST(a_closed_year_takes_nothing)
{
    post_case();
    m_document_reply draft =
        fin_create(w, JOURNALS, NULL, journal("2025-08-01", "1130", "4100", "9", "Main"));
    close_year("2025-04-01");
    states_are("2025-04-01", "llllllllllll");
    states_are("2026-04-01", "oooooooooooo");
    post_refused("2025-04-01");
    post_refused("2026-03-31");
    fin_act_refused(w, JOURNALS, draft.id, "submit", NULL, "finance.period.locked", "posting_date");
    close_refused("2025-04-01", "", "finance.year_closing.closed", "fiscal_year");
    fin_act_refused(w, YEARS, year_of("2025-04-01").id, "reopen", "{\"number\":3}",
                    "finance.year_closing.closed", "number");
    fin_act_refused(w, YEARS, year_of("2025-04-01").id, "soft-close", "{\"number\":3}",
                    "finance.year_closing.closed", "number");
    fin_act(w, YEARS, year_of("2025-04-01").id, "lock", "{\"number\":3}");
    fin_create_refused(w, YEARS, NULL, "{\"start\":\"2024-04-01\"}", "finance.year_closing.closed",
                       "start");
    post("2026-04-01", "1130", "4100", "70", "Main");
}
END_TEST

START_TEST(reopening_gives_back_what_was)
{
    post_case();
    fin_create(w, YEARS, NULL, "{\"start\":\"2024-04-01\"}");
    set_period("lock", "2025-05-01");
    set_period("soft-close", "2025-06-01");
    set_period("soft-close", "2026-03-01");
    set_period("lock", "2024-04-01");
    m_document_reply closing = close_year("2025-04-01");
    states_are("2025-04-01", "llllllllllll");
    states_are("2024-04-01", "llllllllllll"); /* empty, and stays so */
    fin_act(w, CLOSINGS, closing.id, "cancel", NULL);
    states_are("2025-04-01", "olsoooooooos");
    states_are("2024-04-01", "looooooooooo");
    ck_assert(m_id_is_null(year_of("2025-04-01").closing));
    ck_assert_uint_eq(fin_books_balance(w), 12); /* nothing is deleted */
    stands_at("4100", "Main", "2026-03-31", "-400");
    stands_at("3200", "West", "2026-03-31", "0");
    result_is("2025-04-01", "2026-03-31", NULL, "600");
    trial_is(true, "4100", "-600");
    fin_act_refused(w, CLOSINGS, closing.id, "cancel", NULL, "core.state.not_allowed", NULL);
    post("2025-07-01", "5220", "1120", "600", "Main");
    m_document_reply again = fin_act(w, CLOSINGS, closing.id, "amend", NULL);
    fin_has(again.body, "\"result\":\"0.00\"");
    fin_act(w, CLOSINGS, again.id, "submit", NULL);
    stands_at("3200", "Main", "2026-03-31", "200");
    stands_at("3200", "West", "2026-03-31", "-200");
    stands_at("5220", "Main", "2026-03-31", "0");
}
END_TEST

START_TEST(one_year_after_the_other)
{
    fin_create(w, YEARS, NULL, "{\"start\":\"2024-04-01\"}");
    post_case();
    post("2024-12-24", "5220", "1120", "30", "Main");
    close_refused("2025-04-01", "", "finance.year_closing.earlier_open", "fiscal_year");
    m_document_reply first = close_year("2024-04-01");
    m_document_reply second = close_year("2025-04-01");
    fin_has(second.body, "\"result\":\"600.00\"");
    stands_at("3200", "Main", "2025-03-31", "30");
    stands_at("3200", "Main", "2026-03-31", "-370");
    result_is("2024-04-01", "2026-03-31", NULL, "570");
    result_is("2024-04-01", "2025-03-31", NULL, "-30");
    fin_act_refused(w, CLOSINGS, first.id, "cancel", NULL, "finance.year_closing.later_closed",
                    NULL);
    fin_act(w, CLOSINGS, second.id, "cancel", NULL);
    fin_act(w, CLOSINGS, first.id, "cancel", NULL);
    stands_at("3200", "Main", "2026-03-31", "0");
    states_are("2024-04-01", "oooooooooooo");
}
END_TEST

static const char *against(const char *account)
{
    return fin_text(w, ",\"retained_earnings\":\"%s\"", fin_account_text(w, account));
}

START_TEST(closings_that_are_refused)
{
    post_case();
    post("2026-04-01", "1130", "4100", "70", "Main");
    close_refused("2026-04-01", "", "finance.year_closing.earlier_open", "fiscal_year");
    close_refused("2025-04-01", ",\"posting_date\":\"2026-02-28\"", "finance.year_closing.date",
                  "posting_date");
    close_refused("2025-04-01", ",\"posting_date\":\"2026-04-01\"", "finance.year_closing.date",
                  "posting_date");
    close_refused("2025-04-01", against("2110"), "finance.year_closing.account",
                  "retained_earnings");
    close_refused("2025-04-01", against("3000"), "finance.account.group", "retained_earnings");
    set_period("lock", "2026-03-01");
    close_refused("2025-04-01", "", "finance.period.locked", "posting_date");
    set_period("reopen", "2026-03-01");
    close_year("2025-04-01");
    close_refused("2026-04-01", "", "finance.year_closing.not_over", "fiscal_year");
    ck_assert_uint_eq(fin_books_balance(w), 10);
    fin_create_refused(w, CLOSINGS, NULL, "{}", "core.field.required", "fiscal_year");
}
END_TEST

START_TEST(only_managers_close)
{
    post_case();
    set_period("soft-close", "2026-03-01");
    const char *body = closing_body("2025-04-01", "");
    test_role(w->call, "Accounts User");
    fin_create_refused(w, CLOSINGS, "submit", body, "core.permission.denied", NULL);
    test_role(w->call, "Accounts Manager");
    m_document_reply closing = fin_create(w, CLOSINGS, "submit", body);
    fin_act(w, CLOSINGS, closing.id, "cancel", NULL);
    states_are("2025-04-01", "ooooooooooos");
}
END_TEST

static const char *delete_year(const char *date)
{
    m_document_request in = {
        .module = M_STR("finance"), .collection = M_STR(YEARS), .id = year_of(date).id};
    m_document_reply reply;
    fin_begin(w);
    m_status status = w->documents.ops->remove(w->documents.self, w->call, &in, &reply);
    fin_end(w, status);
    return status == M_OK ? NULL : fin_text(w, "%.*s", M_STR_ARG(w->call->error.code));
}

START_TEST(a_year_without_results)
{
    post("2025-06-10", "1120", "3100", "400", "Main");
    m_document_reply closing = close_year("2025-04-01");
    fin_has(closing.body, "\"vouchers\":0");
    ck_assert_uint_eq(fin_books_balance(w), 2);
    states_are("2025-04-01", "llllllllllll");
    ck_assert_str_eq(delete_year("2025-04-01"), "finance.year_closing.closed");
    fin_act(w, CLOSINGS, closing.id, "cancel", NULL);
    states_are("2025-04-01", "oooooooooooo");
    ck_assert_uint_eq(fin_books_balance(w), 2);
    ck_assert_str_eq(delete_year("2025-04-01"), "finance.fiscal_year.in_use");
    ck_assert_ptr_null(delete_year("2027-04-01"));
}
END_TEST

/* Straight into the books: no cost center, which documents do not allow on such accounts. */
static void post_bare(const char *date, const char *debit, const char *credit, const char *amount)
{
    m_book_line lines[] = {{.debit = test_dec(amount)}, {.credit = test_dec(amount)}};
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, debit)), &lines[0].account), M_OK);
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, credit)), &lines[1].account), M_OK);
    m_book_event event = {.voucher_id = test_id(900),
                          .voucher_type = M_STR("test"),
                          .voucher_no = M_STR("T-1"),
                          .posting_date = test_date(date),
                          .source_type = M_STR("test.document"),
                          .source_id = test_id(900),
                          .lines = {lines, 2}};
    m_book_receipt receipt;
    fin_begin(w);
    m_status status = m_book_keeper_post(w->fin.book_keeper, w->call, &event, &receipt);
    fin_end(w, status);
    ck_assert_int_eq(status, M_OK);
}

START_TEST(what_is_no_longer_in_use_is_closed_too)
{
    post_case();
    post_bare("2025-09-01", "1120", "4900", "11");
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, "4900")), &account), M_OK);
    fin_update(w, "accounts", account, 1, "{\"active\":false}");
    close_year("2025-04-01");
    stands_at("4900", NULL, "2026-03-31", "0");
    stands_at("3200", NULL, "2026-03-31", "-11");
    stands_at("3200", "Main", "2026-03-31", "-400");
}
END_TEST

/* A year that begins in the middle of a month is read from its entries. */
START_TEST(a_year_that_cuts_a_month)
{
    fin_create(w, YEARS, NULL, "{\"start\":\"2024-03-16\",\"end\":\"2025-03-15\"}");
    fin_create(w, YEARS, NULL, "{\"start\":\"2025-03-16\",\"end\":\"2025-03-31\"}");
    post("2025-03-15", "1130", "4100", "5", "Main");
    post("2025-03-16", "1130", "4100", "7", "Main");
    fin_has(close_year("2024-03-16").body, "\"result\":\"5.00\"");
    fin_has(close_year("2025-03-16").body, "\"result\":\"7.00\"");
    stands_at("3200", "Main", "2025-03-15", "-5");
    stands_at("3200", "Main", "2025-03-31", "-12");
    result_is("2025-03-16", "2025-03-31", NULL, "7");
}
END_TEST

/* More cost centers than one reversal takes at once. */
START_TEST(many_cost_centers)
{
    enum { CENTERS = 53 };
    for (int i = 0; i < CENTERS; i++) {
        const char *code = fin_text(w, "C%d", i);
        fin_create(w, "cost-centers", NULL,
                   fin_text(w, "{\"code\":\"%s\",\"name\":\"%s\"}", code, code));
        post("2025-05-05", "1130", "4100", fin_text(w, "%d.01", i + 1), code);
    }
    m_document_reply closing = close_year("2025-04-01");
    fin_has(closing.body, "\"vouchers\":53");
    ck_assert_uint_eq(fin_books_balance(w), 4 * CENTERS);
    stands_at("3200", "C52", "2026-03-31", "-53.01");
    fin_balance_is(w, "4100", "0");
    fin_act(w, CLOSINGS, closing.id, "cancel", NULL);
    ck_assert_uint_eq(fin_books_balance(w), 6 * CENTERS);
    stands_at("3200", "C52", "2026-03-31", "0");
    fin_balance_is(w, "4100", "-1431.53");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("closing");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, v050_by_cost_center);
    tcase_add_test(cases, reports_of_a_closed_year);
    tcase_add_test(cases, a_closed_year_takes_nothing);
    tcase_add_test(cases, reopening_gives_back_what_was);
    tcase_add_test(cases, one_year_after_the_other);
    tcase_add_test(cases, closings_that_are_refused);
    tcase_add_test(cases, only_managers_close);
    tcase_add_test(cases, a_year_without_results);
    tcase_add_test(cases, what_is_no_longer_in_use_is_closed_too);
    tcase_add_test(cases, a_year_that_cuts_a_month);
    tcase_add_test(cases, many_cost_centers);
    return fin_world_run(cases, "year closing");
}
