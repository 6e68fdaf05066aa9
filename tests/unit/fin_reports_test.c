/* Trial balance, general ledger, balance sheet, profit and loss, outstanding, voucher: the worked
 * example of the domain rules, and random books against a plain sum. */
#include <check.h>
#include <stdlib.h>

#include "account/account.h"
#include "fin_world.h"
#include "ledger/ledger.h"
#include "reports/book.h"
#include "reports/reports.h"

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

static m_id id_of(const char *text)
{
    m_id id;
    ck_assert_int_eq(m_id_parse(m_str_of(text), &id), M_OK);
    return id;
}

static m_id account(const char *code)
{
    return id_of(fin_account_text(w, code));
}

/* One voucher of two lines, of whatever accounts. */
static void post_ids(const char *date, m_id debit, m_id credit, m_dec amount, m_id center)
{
    m_ledger_line lines[] = {
        {.account = debit, .cost_center = center, .debit = amount, .party = test_id(SUPPLIER)},
        {.account = credit, .cost_center = center, .credit = amount}};
    document++;
    m_ledger_voucher voucher = {.voucher_id = m_voucher_id(w->call, test_id(document), "post"),
                                .voucher_type = M_STR("test"),
                                .voucher_no = M_STR("T-1"),
                                .posting_date = test_date(date),
                                .source_type = M_STR("test.document"),
                                .source_id = test_id(document),
                                .lines = {lines, 2}};
    bool posted;
    fin_begin(w);
    m_status status = fin_ledger_post(&w->fin, w->call, &voucher, FIN_LINES_MADE, &posted);
    fin_end(w, status);
    ck_assert_int_eq(status, M_OK);
}

static void post(const char *date, const char *debit, const char *credit, const char *amount)
{
    post_ids(date, account(debit), account(credit), test_dec(amount),
             id_of(fin_center_text(w, "Main")));
}

/* What procure-to-pay of the worked example leaves (3.4). */
static void post_example(void)
{
    post("2026-04-01", "1120", "3100", "100000");
    post("2026-04-02", "1180", "2120", "10000");
    post("2026-04-03", "2120", "2110", "10000");
    post("2026-04-03", "1160", "2110", "1800");
    post("2026-04-20", "2110", "1120", "11800");
}

static void sum_is(m_dec_sum got, const char *want, const char *what)
{
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(got, 2, text);
    ck_assert_msg(got == test_dec(want).u, "%s: %s, expected %s", what, text, want);
}

/* ---- trial balance ---- */

static m_list trial_balance(const char *from, const char *as_of, m_id center)
{
    fin_trial_balance_params params = {.from = from ? test_date(from) : M_DATE_NONE,
                                       .as_of = as_of ? test_date(as_of) : M_DATE_NONE,
                                       .cost_center = center};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_trial_balance_report, &params, &rows), M_OK);
    return rows;
}

static const fin_trial_balance_row *row_of(m_list rows, const char *code)
{
    for (M_EACH(const fin_trial_balance_row, row, rows))
        if (m_str_is(row->code, code)) return row;
    return NULL;
}

START_TEST(trial_balance_of_the_example)
{
    post_example();
    m_list rows = trial_balance(NULL, "2026-04-30", (m_id){{0}});
    sum_is(row_of(rows, "1120")->closing, "88200", "Bank");
    sum_is(row_of(rows, "1180")->closing, "10000", "Prepaid");
    sum_is(row_of(rows, "1160")->closing, "1800", "Input tax");
    sum_is(row_of(rows, "3100")->closing, "-100000", "Capital");
    sum_is(row_of(rows, "2120")->closing, "0", "GRNI");
    sum_is(row_of(rows, "2110")->closing, "0", "Supplier");
    sum_is(row_of(rows, "2110")->debit, "11800", "Supplier");
    sum_is(row_of(rows, "1100")->closing, "100000", "Current assets");
    sum_is(row_of(rows, "1000")->closing, "100000", "Assets");
    ck_assert_int_eq(row_of(rows, "1120")->level, 2);
    ck_assert_ptr_null(row_of(rows, "5220"));
    const fin_trial_balance_row *total = M_AT(rows, fin_trial_balance_row, rows.count - 1);
    sum_is(total->debit, "133600", "total");
    sum_is(total->credit, "133600", "total");
    sum_is(total->closing, "0", "total");
}
END_TEST

START_TEST(trial_balance_of_some_days)
{
    post_example();
    m_list rows = trial_balance("2026-04-02", "2026-04-19", (m_id){{0}});
    sum_is(row_of(rows, "1120")->opening, "100000", "Bank opening");
    sum_is(row_of(rows, "1120")->closing, "100000", "Bank closing");
    sum_is(row_of(rows, "2110")->closing, "-11800", "Supplier");
    sum_is(row_of(rows, "2120")->debit, "10000", "GRNI");
    rows = trial_balance(NULL, NULL, (m_id){{0}}); /* today is the first of April */
    sum_is(row_of(rows, "1120")->closing, "100000", "Bank today");
    ck_assert_ptr_null(row_of(rows, "2110"));
    fin_trial_balance_params params = {.from = test_date("2026-05-01"),
                                       .as_of = test_date("2026-04-01")};
    ck_assert_int_eq(fin_report(w, &fin_trial_balance_report, &params, &rows), M_INVALID);
    params = (fin_trial_balance_params){.cost_center = test_id(404)};
    ck_assert_int_eq(fin_report(w, &fin_trial_balance_report, &params, &rows), M_INVALID);
}
END_TEST

typedef struct {
    m_date date;
    m_id debit, credit;
    m_dec amount;
} plain;

/* Closing of one account, from the plain list of what was posted. */
static m_dec_sum plain_sum(const plain *all, uint32_t n, m_id id, m_date before)
{
    m_dec_sum sum = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (m_date_cmp(all[i].date, before) >= 0) continue;
        if (m_id_eq(all[i].debit, id)) sum += all[i].amount.u;
        if (m_id_eq(all[i].credit, id)) sum -= all[i].amount.u;
    }
    return sum;
}

/* Any two days, whole months or not, before and after today. */
START_TEST(trial_balance_of_random_books)
{
    static const char *const codes[] = {"1120", "1180", "2110", "3100", "4100", "5220"};
    enum { POSTINGS = 150 };
    plain all[POSTINGS];
    m_id ids[6];
    m_id center = id_of(fin_center_text(w, "Main"));
    uint64_t state = 20260401;
    for (int i = 0; i < 6; i++)
        ids[i] = account(codes[i]);
    m_date first = test_date("2026-02-20");
    for (uint32_t i = 0; i < POSTINGS; i++) {
        char day[M_DATE_TEXT];
        all[i].date.d = first.d + (int32_t)(unit_random(&state) % 120);
        all[i].debit = ids[unit_random(&state) % 6];
        all[i].credit = ids[unit_random(&state) % 6];
        all[i].amount.u = (int64_t)(unit_random(&state) % 100000 + 1) * 10000;
        m_date_format(all[i].date, day);
        post_ids(day, all[i].debit, all[i].credit, all[i].amount, center);
    }
    for (int round = 0; round < 60; round++) {
        char from[M_DATE_TEXT], to[M_DATE_TEXT];
        m_date a = {first.d + (int32_t)(unit_random(&state) % 120)};
        m_date b = {a.d + (int32_t)(unit_random(&state) % 60)};
        m_date_format(a, from);
        m_date_format(b, to);
        m_list rows = trial_balance(from, to, (m_id){{0}});
        for (int i = 0; i < 6; i++) {
            const fin_trial_balance_row *row = row_of(rows, codes[i]);
            ck_assert((row ? row->opening : 0) == plain_sum(all, POSTINGS, ids[i], a));
            ck_assert((row ? row->closing : 0) ==
                      plain_sum(all, POSTINGS, ids[i], (m_date){b.d + 1}));
        }
        ck_assert(M_AT(rows, fin_trial_balance_row, rows.count - 1)->closing == 0);
    }
}
END_TEST

/* ---- cost centers ---- */

START_TEST(results_by_cost_center)
{
    m_document_reply group = fin_create(w, "cost-centers", NULL,
                                        "{\"code\":\"N\",\"name\":\"North\",\"is_group\":true}");
    m_document_reply leaf =
        fin_create(w, "cost-centers", NULL,
                   fin_text(w, "{\"code\":\"N1\",\"name\":\"N1\",\"parent\":\"%s\"}",
                            fin_id_text(w, group.id)));
    post_ids("2026-04-01", account("1110"), account("4100"), test_dec("500"), leaf.id);
    post_ids("2026-04-01", account("5220"), account("1110"), test_dec("80"), leaf.id);
    post("2026-04-01", "5220", "1110", "20");
    fin_profit_and_loss_params params = {.cost_center = group.id};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_profit_and_loss_report, &params, &rows), M_OK);
    sum_is(M_AT(rows, fin_statement_row, rows.count - 1)->amount, "420", "North");
    params.cost_center = (m_id){{0}};
    ck_assert_int_eq(fin_report(w, &fin_profit_and_loss_report, &params, &rows), M_OK);
    sum_is(M_AT(rows, fin_statement_row, rows.count - 1)->amount, "400", "all");
    m_list balance = trial_balance(NULL, NULL, leaf.id);
    sum_is(row_of(balance, "1110")->closing, "420", "cash of N1");
}
END_TEST

/* ---- statements ---- */

static const fin_statement_row *statement_row(m_list rows, const char *name)
{
    for (M_EACH(const fin_statement_row, row, rows))
        if (m_str_is(row->name, name)) return row;
    ck_abort_msg("no row %s", name);
}

START_TEST(balance_sheet_of_the_example)
{
    post_example();
    post("2026-04-21", "5220", "1120", "1500");
    post("2026-04-22", "1110", "4100", "400");
    fin_balance_sheet_params params = {.as_of = test_date("2026-04-30")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_balance_sheet_report, &params, &rows), M_OK);
    sum_is(statement_row(rows, "Bank")->amount, "86700", "Bank");
    sum_is(statement_row(rows, "Capital")->amount, "100000", "Capital");
    sum_is(statement_row(rows, "Profit or loss not yet closed")->amount, "-1100", "result");
    sum_is(statement_row(rows, "Total assets")->amount, "98900", "assets");
    sum_is(statement_row(rows, "Total liabilities and equity")->amount, "98900", "owed");
    fin_profit_and_loss_params result = {.to = test_date("2026-04-30")};
    ck_assert_int_eq(fin_report(w, &fin_profit_and_loss_report, &result, &rows), M_OK);
    sum_is(statement_row(rows, "Total income")->amount, "400", "income");
    sum_is(statement_row(rows, "Running costs")->amount, "1500", "group");
    sum_is(statement_row(rows, "Net profit")->amount, "-1100", "result");
}
END_TEST

/* ---- general ledger ---- */

START_TEST(general_ledger_pages)
{
    post("2026-03-31", "1120", "3100", "7");
    for (int i = 1; i <= 9; i++)
        post(i % 2 ? "2026-04-02" : "2026-04-01", "1120", "3100", fin_text(w, "%d", i));
    fin_general_ledger_params params = {
        .account = account("1120"), .to = test_date("2026-04-30"), .limit = 4};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 5);
    sum_is(M_AT(rows, fin_general_ledger_row, 0)->balance, "7", "opening");
    m_dec_sum balance = 7 * M_DEC_ONE;
    uint32_t seen = 0;
    for (int page = 0; page < 4 && rows.count; page++) {
        for (M_EACH(const fin_general_ledger_row, row, rows)) {
            if (m_id_is_null(row->voucher_id)) continue;
            balance += row->debit.u;
            ck_assert(row->balance == balance);
            ck_assert(m_str_is(row->source_type, "test.document"));
            ck_assert(!m_id_is_null(row->source_id));
            params.cursor = row->cursor;
            seen++;
        }
        ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_OK);
    }
    ck_assert_uint_eq(seen, 9);
    sum_is(balance, "52", "end");
    params.cursor = M_STR("2026-04-01:x:1");
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.cursor"));
}
END_TEST

START_TEST(general_ledger_of_a_group_and_a_party)
{
    post_example();
    fin_general_ledger_params params = {.account = account("1000"), .to = test_date("2026-04-30")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 5); /* opening, bank twice, stock, tax */
    sum_is(M_AT(rows, fin_general_ledger_row, 4)->balance, "100000", "assets");
    params = (fin_general_ledger_params){.account = account("2110"),
                                         .party = test_id(SUPPLIER),
                                         .from = test_date("2026-04-20"),
                                         .to = test_date("2026-04-30")};
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    sum_is(M_AT(rows, fin_general_ledger_row, 1)->balance, "11800", "party's debit side");
    params.account = test_id(404);
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_INVALID);
}
END_TEST

START_TEST(voucher_of_a_document)
{
    post("2026-04-01", "1120", "3100", "5");
    fin_voucher_params params = {.document = test_id(document)};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_voucher_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    ck_assert(m_str_is(M_AT(rows, fin_voucher_report_row, 0)->code, "1120"));
    params = (fin_voucher_params){.voucher = M_AT(rows, fin_voucher_report_row, 0)->voucher_id};
    ck_assert_int_eq(fin_report(w, &fin_voucher_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    params = (fin_voucher_params){0};
    ck_assert_int_eq(fin_report(w, &fin_voucher_report, &params, &rows), M_INVALID);
}
END_TEST

/* ---- outstanding ---- */

static void bill(const char *no, const char *amount, const char *due)
{
    m_id line = fin_world_receive(w, "1", amount, amount);
    fin_create(w, "purchase-invoices", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"%s\",\"posting_date\":"
                        "\"2026-01-01\",\"due_date\":\"%s\",\"lines\":[{\"receipt_line\":\"%s\","
                        "\"qty\":\"1\"}]}",
                        fin_id_text(w, test_id(SUPPLIER)), no, due, fin_id_text(w, line)));
}

START_TEST(outstanding_by_age)
{
    bill("A", "10", "2026-04-01");  /* today: not late */
    bill("B", "20", "2026-03-02");  /* 30 days */
    bill("C", "40", "2026-03-01");  /* 31 */
    bill("D", "80", "2026-01-02");  /* 89 */
    bill("E", "160", "2026-01-01"); /* 90 */
    fin_create(
        w, "payments", "submit",
        fin_text(w, "{\"supplier\":\"%s\",\"amount\":\"5\"}", fin_id_text(w, test_id(SUPPLIER))));
    fin_outstanding_params params = {.as_of = test_date("2026-04-02")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_outstanding_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 6);
    int64_t sums[6] = {0};
    for (M_EACH(const fin_outstanding_row, row, rows)) {
        ck_assert(m_str_is(row->supplier_name, "Assam Tea Co"));
        sums[0] += row->outstanding.u;
        sums[1] += row->not_due.u;
        sums[2] += row->late_30.u;
        sums[3] += row->late_60.u;
        sums[4] += row->late_90.u;
        sums[5] += row->older.u;
    }
    static const char *const want[] = {"305", "-5", "10", "60", "80", "160"};
    for (int i = 0; i < 6; i++)
        ck_assert_int_eq(sums[i], test_dec(want[i]).u);
    params.supplier = test_id(OTHER);
    ck_assert_int_eq(fin_report(w, &fin_outstanding_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("reports");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, trial_balance_of_the_example);
    tcase_add_test(cases, trial_balance_of_some_days);
    tcase_add_test(cases, trial_balance_of_random_books);
    tcase_add_test(cases, results_by_cost_center);
    tcase_add_test(cases, balance_sheet_of_the_example);
    tcase_add_test(cases, general_ledger_pages);
    tcase_add_test(cases, general_ledger_of_a_group_and_a_party);
    tcase_add_test(cases, voucher_of_a_document);
    tcase_add_test(cases, outstanding_by_age);
    return fin_world_run(cases, "finance reports");
}
