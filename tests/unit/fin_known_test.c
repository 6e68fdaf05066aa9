/* The two clocks: each report as of a day, as known at a moment. Random books with back-dating
 * against a plain list of what was posted when. */
#include <check.h>

#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
#include "reports/known.h"
#include "reports/open_items.h"
#include "reports/reports.h"

#define HOUR_US INT64_C(3600000000)

static fin_world world;
static fin_world *w = &world;
static uint32_t document;

static void setup(void)
{
    fin_world_setup(w);
    document = 600;
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static m_id account(const char *code)
{
    m_id id;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &id), M_OK);
    return id;
}

static m_str now_text(void)
{
    char text[M_TIME_TEXT];
    m_time_format(m_now(w->call), text);
    return m_str_of(fin_text(w, "%s", text));
}

static void sum_is(m_dec_sum got, const char *want, const char *what)
{
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(got, 2, text);
    ck_assert_msg(got == test_dec(want).u, "%s: %s, expected %s", what, text, want);
}

static const char *journal(const char *date, const char *debit, const char *credit,
                           const char *amount)
{
    const char *center = fin_center_text(w, "Main");
    return fin_text(w,
                    "{\"posting_date\":\"%s\",\"lines\":["
                    "{\"account\":\"%s\",\"debit\":\"%s\",\"cost_center\":\"%s\"},"
                    "{\"account\":\"%s\",\"credit\":\"%s\",\"cost_center\":\"%s\"}]}",
                    date, fin_account_text(w, debit), amount, center, fin_account_text(w, credit),
                    amount, center);
}

static void post(const char *date, const char *debit, const char *credit, const char *amount)
{
    fin_create(w, "journal-vouchers", "submit", journal(date, debit, credit, amount));
}

static m_list rows_of(const m_report *report, const void *params)
{
    m_list rows;
    ck_assert_int_eq(fin_report(w, report, params, &rows), M_OK);
    return rows;
}

static m_dec_sum balance_of(const char *code, const char *as_of, m_str known_at)
{
    fin_trial_balance_params params = {.as_of = test_date(as_of), .known_at = known_at};
    m_list rows = rows_of(&fin_trial_balance_report, &params);
    ck_assert(M_AT(rows, fin_trial_balance_row, rows.count - 1)->closing == 0);
    for (M_EACH(const fin_trial_balance_row, row, rows))
        if (m_str_is(row->code, code)) return row->closing;
    return 0;
}

static m_dec_sum statement(const m_report *report, const void *params, const char *name)
{
    m_list rows = rows_of(report, params);
    for (M_EACH(const fin_statement_row, row, rows))
        if (m_str_is(row->name, name)) return row->amount;
    ck_abort_msg("no row %s", name);
}

/* ---- the worked example: a bill of March that comes in April ---- */

START_TEST(back_dated_into_an_earlier_month)
{
    post("2026-03-20", "1120", "4100", "500");
    m_str before = now_text();
    test_advance_us(w->call, 24 * HOUR_US);
    post("2026-03-10", "5220", "1120", "120");
    sum_is(balance_of("1120", "2026-03-31", before), "500", "as known then");
    sum_is(balance_of("1120", "2026-03-31", M_STR("2026-04-01")), "500", "that day");
    sum_is(balance_of("1120", "2026-03-31", M_STR("2026-04-02")), "380", "a day later");
    sum_is(balance_of("1120", "2026-03-31", now_text()), "380", "now");
    sum_is(balance_of("1120", "2026-03-31", M_STR("")), "380", "no second clock");
    sum_is(balance_of("1120", "2026-03-15", M_STR("")), "-120", "in between");
    sum_is(balance_of("1120", "2026-03-15", before), "0", "in between, as known then");
    sum_is(balance_of("1120", "2026-03-31", M_STR("2026-03-31")), "0", "before all of it");
    sum_is(balance_of("1120", "2026-03-31", M_STR("2199-01-01")), "380", "a day to come");
    fin_profit_and_loss_params result = {.to = test_date("2026-03-31"), .known_at = before};
    sum_is(statement(&fin_profit_and_loss_report, &result, "Net profit"), "500", "result");
    result.known_at = now_text();
    sum_is(statement(&fin_profit_and_loss_report, &result, "Net profit"), "380", "result");
    fin_balance_sheet_params sheet = {.as_of = test_date("2026-03-31"), .known_at = before};
    sum_is(statement(&fin_balance_sheet_report, &sheet, "Total assets"), "500", "assets");
    sheet.known_at = M_STR("");
    sum_is(statement(&fin_balance_sheet_report, &sheet, "Total assets"), "380", "assets");
}
END_TEST

START_TEST(general_ledger_as_known)
{
    for (int i = 1; i <= 5; i++)
        post("2026-03-20", "1120", "4100", fin_text(w, "%d00", i));
    m_str before = now_text();
    test_advance_us(w->call, HOUR_US);
    post("2026-03-10", "5220", "1120", "7");
    fin_general_ledger_params params = {.account = account("1120"),
                                        .from = test_date("2026-03-15"),
                                        .to = test_date("2026-03-31"),
                                        .known_at = before,
                                        .limit = 3};
    m_list rows = rows_of(&fin_general_ledger_report, &params);
    ck_assert_uint_eq(rows.count, 4);
    sum_is(M_AT(rows, fin_general_ledger_row, 0)->balance, "0", "opening as known");
    params.cursor = M_AT(rows, fin_general_ledger_row, 3)->cursor;
    rows = rows_of(&fin_general_ledger_report, &params);
    ck_assert_uint_eq(rows.count, 2);
    sum_is(M_AT(rows, fin_general_ledger_row, 1)->balance, "1500", "closing as known");
    params.known_at = params.cursor = (m_str){NULL, 0};
    rows = rows_of(&fin_general_ledger_report, &params);
    sum_is(M_AT(rows, fin_general_ledger_row, 0)->balance, "-7", "opening");
}
END_TEST

START_TEST(what_is_no_moment)
{
    static const char *const wrong[] = {"yesterday", "2026-13-01", "2026-04-01T25:00:00Z",
                                        "2026-04-01 "};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        fin_trial_balance_params params = {.known_at = m_str_of(wrong[i])};
        m_list rows;
        ck_assert_int_eq(fin_report(w, &fin_trial_balance_report, &params, &rows), M_INVALID);
        ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.known_at"));
        ck_assert(m_str_is(w->call->error.fields[0].path, "known_at"));
    }
    fin_ageing_params ageing = {.known_at = M_STR("x")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &ageing, &rows), M_INVALID);
}
END_TEST

/* ---- random books ---- */

typedef struct {
    m_date date;
    int64_t recorded_us;
    m_id debit, credit;
    m_dec amount;
} plain;

enum { POSTINGS = 120, CODES = 6 };
static const char *const codes[CODES] = {"1120", "1510", "2110", "3100", "4100", "5220"};

static void post_plain(const plain *p)
{
    m_ledger_line lines[] = {{.account = p->debit, .debit = p->amount},
                             {.account = p->credit, .credit = p->amount}};
    m_id center;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, "Main")), &center), M_OK);
    lines[0].cost_center = lines[1].cost_center = center;
    document++;
    m_ledger_voucher voucher = {.voucher_id = m_voucher_id(w->call, test_id(document), "post"),
                                .voucher_type = M_STR("test"),
                                .voucher_no = M_STR("T-1"),
                                .posting_date = p->date,
                                .source_type = M_STR("test.document"),
                                .source_id = test_id(document),
                                .lines = {lines, 2}};
    bool posted;
    fin_begin(w);
    m_status status = fin_ledger_post(&w->fin, w->call, &voucher, FIN_LINES_MADE, &posted);
    fin_end(w, status);
    ck_assert_int_eq(status, M_OK);
}

static m_dec_sum plain_sum(const plain *all, m_id id, m_date before, int64_t known_us)
{
    m_dec_sum sum = 0;
    for (uint32_t i = 0; i < POSTINGS; i++) {
        if (m_date_cmp(all[i].date, before) >= 0 || all[i].recorded_us > known_us) continue;
        if (m_id_eq(all[i].debit, id)) sum += all[i].amount.u;
        if (m_id_eq(all[i].credit, id)) sum -= all[i].amount.u;
    }
    return sum;
}

/* Any two days and any moment: from before the first posting to after the last one. */
START_TEST(random_books_on_two_clocks)
{
    plain all[POSTINGS];
    m_id ids[CODES];
    uint64_t state = 20260402;
    int64_t start = m_now(w->call).us;
    m_date first = test_date("2026-02-20");
    for (int i = 0; i < CODES; i++)
        ids[i] = account(codes[i]);
    for (uint32_t i = 0; i < POSTINGS; i++) {
        test_advance_us(w->call, (int64_t)(unit_random(&state) % 3) * HOUR_US);
        all[i] = (plain){.date = {first.d + (int32_t)(unit_random(&state) % 60)},
                         .recorded_us = m_now(w->call).us,
                         .debit = ids[unit_random(&state) % CODES],
                         .credit = ids[unit_random(&state) % CODES],
                         .amount = {(int64_t)(unit_random(&state) % 100000 + 1) * 10000}};
        post_plain(&all[i]);
    }
    int64_t hours = (m_now(w->call).us - start) / HOUR_US + 3;
    for (int round = 0; round < 60; round++) {
        char known[M_TIME_TEXT];
        m_time at = {start + ((int64_t)(unit_random(&state) % (uint64_t)hours) - 1) * HOUR_US};
        m_time_format(at, known);
        m_date a = {first.d + (int32_t)(unit_random(&state) % 60)};
        m_date b = {a.d + (int32_t)(unit_random(&state) % 30)};
        fin_trial_balance_params params = {
            .from = a, .as_of = b, .known_at = m_str_of(known), .all = true};
        m_list rows = rows_of(&fin_trial_balance_report, &params);
        for (M_EACH(const fin_trial_balance_row, row, rows))
            for (int i = 0; i < CODES; i++) {
                if (!m_str_is(row->code, codes[i])) continue;
                ck_assert(row->opening == plain_sum(all, ids[i], a, at.us));
                ck_assert(row->closing == plain_sum(all, ids[i], (m_date){b.d + 1}, at.us));
            }
        int i = (int)(unit_random(&state) % CODES);
        fin_general_ledger_params page = {
            .account = ids[i], .from = a, .to = b, .known_at = params.known_at, .limit = 500};
        rows = rows_of(&fin_general_ledger_report, &page);
        ck_assert(M_AT(rows, fin_general_ledger_row, rows.count - 1)->balance ==
                  plain_sum(all, ids[i], (m_date){b.d + 1}, at.us));
    }
}
END_TEST

/* ---- a closed year ---- */

START_TEST(a_closing_that_was_cancelled)
{
    post("2025-06-10", "1130", "4100", "400");
    m_str open = now_text();
    test_advance_us(w->call, HOUR_US);
    fin_profit_and_loss_params result = {.to = test_date("2026-03-31")};
    fin_trial_balance_params left = {.as_of = test_date("2026-03-31"), .before_closing = true};
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    m_id year = ((const fin_fiscal_year *)years.records[0])->id;
    fin_end(w, M_OK);
    m_document_reply closing =
        fin_create(w, "year-closings", "submit",
                   fin_text(w, "{\"fiscal_year\":\"%s\"}", fin_id_text(w, year)));
    m_str closed = now_text();
    test_advance_us(w->call, HOUR_US);
    fin_act(w, "year-closings", closing.id, "cancel", NULL);
    sum_is(balance_of("4100", "2026-03-31", open), "-400", "open");
    sum_is(balance_of("4100", "2026-03-31", closed), "0", "closed");
    sum_is(balance_of("4100", "2026-03-31", now_text()), "-400", "open again");
    m_str known[] = {open, closed, now_text(), M_STR("")};
    for (int i = 0; i < 4; i++) {
        result.known_at = left.known_at = known[i];
        sum_is(statement(&fin_profit_and_loss_report, &result, "Net profit"), "400", "result");
        m_list rows = rows_of(&fin_trial_balance_report, &left);
        for (M_EACH(const fin_trial_balance_row, row, rows))
            if (m_str_is(row->code, "4100")) sum_is(row->closing, "-400", "before closing");
    }
}
END_TEST

/* ---- open items ---- */

static m_dec_sum owed(const m_report *report, m_str known_at, const char *as_of)
{
    m_dec_sum sum = 0;
    if (report == &fin_customer_ageing_report) {
        fin_ageing_params params = {.known_at = known_at,
                                    .as_of = as_of ? test_date(as_of) : M_DATE_NONE};
        m_list rows = rows_of(report, &params);
        for (M_EACH(const fin_ageing_row, row, rows))
            sum += row->outstanding;
    } else {
        fin_outstanding_params params = {.known_at = known_at};
        m_list rows = rows_of(report, &params);
        for (M_EACH(const fin_outstanding_row, row, rows))
            sum += row->outstanding.u;
    }
    return sum;
}

static m_dec_sum statement_owed(m_str known_at, const char *to)
{
    fin_account_statement_params params = {
        .party = test_id(CUSTOMER), .to = test_date(to), .known_at = known_at};
    m_list rows = rows_of(&fin_customer_statement_report, &params);
    return M_AT(rows, fin_general_ledger_row, rows.count - 1)->balance;
}

/* A bill of March, paid in April with the date of March: as known before the payment it is open. */
START_TEST(payments_not_known_then)
{
    m_id bill =
        fin_create(w, "sales-invoices", "submit",
                   fin_text(w,
                            "{\"customer\":\"%s\",\"posting_date\":\"2026-03-01\",\"due_date\":"
                            "\"2026-03-05\",\"lines\":[{\"description\":\"Goods\",\"rate\":\"90\","
                            "\"qty\":\"1\"}]}",
                            fin_id_text(w, test_id(CUSTOMER))))
            .id;
    m_str unpaid = now_text();
    test_advance_us(w->call, HOUR_US);
    m_id receipt =
        fin_create(w, "receipts", "submit",
                   fin_text(w,
                            "{\"customer\":\"%s\",\"posting_date\":\"2026-03-10\",\"amount\":"
                            "\"100\",\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"60\"}]}",
                            fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, bill)))
            .id;
    m_str paid = now_text();
    test_advance_us(w->call, HOUR_US);
    fin_act(w, "receipts", receipt, "cancel", NULL);
    const m_report *reports[] = {&fin_customer_ageing_report, &fin_customer_outstanding_report};
    for (int i = 0; i < 2; i++) {
        sum_is(owed(reports[i], M_STR("2026-03-31"), NULL), "0", "nothing known");
        sum_is(owed(reports[i], unpaid, NULL), "90", "before the receipt");
        sum_is(owed(reports[i], paid, NULL), "-10", "after it");
        sum_is(owed(reports[i], M_STR(""), NULL), "90", "it was cancelled");
    }
    sum_is(owed(reports[0], paid, "2026-03-05"), "90", "paid later, also by its date");
    sum_is(owed(reports[0], paid, "2026-03-31"), "-10", "paid by its date");
    sum_is(owed(reports[0], unpaid, "2026-03-31"), "90", "not known");
    sum_is(statement_owed(unpaid, "2026-03-31"), "90", "statement before the receipt");
    sum_is(statement_owed(paid, "2026-03-31"), "-10", "statement after it");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("known");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, back_dated_into_an_earlier_month);
    tcase_add_test(cases, general_ledger_as_known);
    tcase_add_test(cases, what_is_no_moment);
    tcase_add_test(cases, random_books_on_two_clocks);
    tcase_add_test(cases, a_closing_that_was_cancelled);
    tcase_add_test(cases, payments_not_known_then);
    return fin_world_run(cases, "finance, two clocks");
}
