/* Closing a period: the checklist before, the checkpoint a lock leaves, and opening again. */
#include <check.h>

#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
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

/* The first fiscal year: April 2025 to March 2026. */
static fin_fiscal_year first_year(void)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_fiscal_year found;
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    const void *copy = m_record_copy(&fin_fiscal_year_type, years.records[0], w->call->arena);
    ck_assert_ptr_nonnull(copy);
    found = *(const fin_fiscal_year *)copy;
    fin_end(w, M_OK);
    return found;
}

static const fin_period *march(void)
{
    fin_fiscal_year year = first_year();
    return M_AT(year.periods, const fin_period, 11);
}

static void act(const char *action)
{
    fin_act(w, "fiscal-years", first_year().id, action, "{\"start\":\"2026-03-01\"}");
}

static m_list checklist(const char *date)
{
    fin_period_checklist_params params = {.date = date ? test_date(date) : M_DATE_NONE};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_period_checklist_report, &params, &rows), M_OK);
    return rows;
}

static const fin_period_checklist_row *row_of(m_list rows, const char *check)
{
    for (M_EACH(const fin_period_checklist_row, row, rows))
        if (m_str_is(row->check, check)) return row;
    ck_abort_msg("no check %s", check);
}

static void check_is(m_list rows, const char *check, m_enum verdict, int64_t count,
                     const char *amount)
{
    const fin_period_checklist_row *row = row_of(rows, check);
    ck_assert_msg(row->verdict == verdict, "%s: verdict %d", check, row->verdict);
    ck_assert_int_eq(row->count, count);
    sum_is(row->amount, amount, check);
}

START_TEST(a_clean_period)
{
    fin_create(w, "journal-vouchers", "submit", journal("2026-03-05", "1110", "4100", "70"));
    m_list rows = checklist(NULL); /* today is the first of April: March */
    ck_assert(m_str_is(row_of(rows, "Period")->note, "2026-03-01 to 2026-03-31: open"));
    check_is(rows, "Period", 0, 0, "0");
    check_is(rows, "Earlier periods", 1, 11, "0");
    check_is(rows, "Drafts", 0, 0, "0");
    check_is(rows, "On hold", 0, 0, "0");
    check_is(rows, "Deferrals", 0, 0, "0");
    check_is(rows, "Goods not invoiced", 0, 0, "0");
    check_is(rows, "Trial balance", 0, 0, "0");
    rows = checklist("2026-04-30");
    ck_assert(
        m_str_is(row_of(rows, "Period")->note, "2026-04-01 to 2026-04-30: open; it is not over"));
    fin_period_checklist_params params = {.date = test_date("2020-01-01")};
    ck_assert_int_eq(fin_report(w, &fin_period_checklist_report, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.period.missing"));
}
END_TEST

START_TEST(what_waits_in_a_period)
{
    m_id draft =
        fin_create(w, "journal-vouchers", NULL, journal("2026-03-05", "1110", "4100", "70")).id;
    fin_create(w, "journal-vouchers", NULL, journal("2026-04-01", "1110", "4100", "1"));
    fin_create(w, "journal-vouchers", "submit", journal("2026-03-06", "1120", "3100", "500"));
    m_id line = fin_world_receive(w, "1", "100", "100");
    m_document_reply bill =
        fin_create(w, "purchase-invoices", "submit",
                   fin_text(w,
                            "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"H\",\"posting_date\":"
                            "\"2026-03-07\",\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"1\","
                            "\"rate\":\"150\"}]}",
                            fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, line)));
    fin_has(bill.body, "\"state\":\"on_hold\"");
    m_ledger_line lines[] = {{.purpose = M_STR("stock"), .debit = test_dec("40")},
                             {.purpose = M_STR("grni"), .credit = test_dec("40")}};
    m_ledger_voucher received = {.voucher_id = m_voucher_id(w->call, test_id(900), "post"),
                                 .voucher_type = M_STR("goods_receipt"),
                                 .voucher_no = M_STR("GRN-1"),
                                 .posting_date = test_date("2026-03-08"),
                                 .source_type = M_STR("wms.goods_receipt"),
                                 .source_id = test_id(900),
                                 .lines = {lines, 2}};
    bool posted;
    fin_begin(w);
    m_status status = fin_ledger_post(&w->fin, w->call, &received, FIN_LINES_DOMAIN, &posted);
    fin_end(w, status);
    ck_assert_int_eq(status, M_OK);
    m_list rows = checklist("2026-03-31");
    check_is(rows, "Drafts", 1, 1, "0");
    check_is(rows, "On hold", 1, 1, "0");
    check_is(rows, "Goods not invoiced", 1, 0, "40");
    check_is(rows, "Bank statements", 1, 0, "500");
    check_is(rows, "Bank matching", 1, 0, "500");
    check_is(rows, "Trial balance", 0, 0, "0");
    bool found = false;
    for (M_EACH(const fin_period_checklist_row, row, rows))
        found |= m_id_eq(row->document, draft) &&
                 m_str_is(row->document_type, "finance.journal_voucher");
    ck_assert(found);
}
END_TEST

START_TEST(a_lock_leaves_a_checkpoint)
{
    fin_create(w, "journal-vouchers", "submit", journal("2026-03-05", "1110", "4100", "70"));
    fin_create(w, "journal-vouchers", "submit", journal("2026-04-01", "1110", "4100", "5"));
    fin_create(w, "journal-vouchers", "submit", journal("2026-03-31", "1110", "4100", "30"));
    act("lock");
    const fin_period *period = march();
    ck_assert_int_eq(period->status, FIN_LOCKED);
    ck_assert_int_eq(period->locked_seq, 3);
    sum_is(period->turnover, "100", "turnover");
    ck_assert(period->locked_at.us == m_now(w->call).us);
    test_advance_us(w->call, 1000000);
    fin_create(w, "journal-vouchers", "submit", journal("2026-04-01", "1110", "4100", "5"));
    act("lock"); /* again: the checkpoint stays */
    ck_assert_int_eq(march()->locked_seq, 3);
    fin_create_refused(w, "journal-vouchers", "submit", journal("2026-03-05", "1110", "4100", "1"),
                       "finance.period.locked", "posting_date");
    act("reopen");
    period = march();
    ck_assert_int_eq(period->status, FIN_OPEN);
    ck_assert_int_eq(period->locked_seq, 0);
    sum_is(period->turnover, "0", "no checkpoint");
    fin_create(w, "journal-vouchers", "submit", journal("2026-03-05", "1110", "4100", "1"));
    act("lock");
    ck_assert_int_eq(march()->locked_seq, 5);
    sum_is(march()->turnover, "101", "a new checkpoint");
}
END_TEST

START_TEST(a_period_that_is_not_in_order)
{
    static const char april[] = "{\"start\":\"2025-04-01\"}";
    m_id year = first_year().id;
    m_id draft =
        fin_create(w, "journal-vouchers", NULL, journal("2025-04-05", "1110", "4100", "7")).id;
    w->policy = FIN_PERIOD_READY;
    w->policy_value = m_dec_of_int(FIN_READY_STOP);
    fin_act_refused(w, "fiscal-years", year, "lock", april, "finance.period.unready", NULL);
    m_str why = w->call->error.message;
    ck_assert_ptr_nonnull(memmem(why.p, why.n, "1, the first: Drafts: Journal", 29));
    fin_act(w, "journal-vouchers", draft, "submit", NULL);
    fin_act(w, "fiscal-years", year, "lock", april);
    fin_fiscal_year locked = first_year();
    ck_assert_int_eq(M_AT(locked.periods, const fin_period, 0)->unready, 0);
    w->policy_value = m_dec_of_int(FIN_READY_WARN);
    act("lock");
    ck_assert_int_eq(march()->status, FIN_LOCKED);
    ck_assert_int_eq(march()->unready, 1); /* those between are not locked */
    act("reopen");
    ck_assert_int_eq(march()->unready, 0);
}
END_TEST

/* Open, for managers only, for nobody, and open again. */
START_TEST(who_may_post_when)
{
    const char *body = journal("2026-03-05", "1110", "4100", "1");
    static const struct {
        const char *action, *role, *code;
    } steps[] = {
        {NULL, "Accounts User", NULL},
        {"soft-close", "Accounts User", "finance.period.soft_closed"},
        {NULL, "Accounts Manager", NULL},
        {"lock", "Accounts Manager", "finance.period.locked"},
        {NULL, "Administrator", "finance.period.locked"},
        {"soft-close", "Accounts Manager", NULL},
        {"reopen", "Accounts User", NULL},
    };
    for (size_t i = 0; i < UNIT_COUNT(steps); i++) {
        test_role(w->call, "Administrator");
        if (steps[i].action) act(steps[i].action);
        test_role(w->call, steps[i].role);
        if (steps[i].code)
            fin_create_refused(w, "journal-vouchers", "submit", body, steps[i].code,
                               "posting_date");
        else
            fin_create(w, "journal-vouchers", "submit", body);
    }
    test_role(w->call, "Accounts User");
    fin_act_refused(w, "fiscal-years", first_year().id, "lock", "{\"start\":\"2026-03-01\"}",
                    "core.permission.denied", NULL);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("period");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_clean_period);
    tcase_add_test(cases, what_waits_in_a_period);
    tcase_add_test(cases, a_lock_leaves_a_checkpoint);
    tcase_add_test(cases, a_period_that_is_not_in_order);
    tcase_add_test(cases, who_may_post_when);
    return fin_world_run(cases, "finance, closing periods");
}
