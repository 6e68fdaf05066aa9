/* The limits of reports and closings: what is beyond is refused with its code, never cut off. */
#include <check.h>

#include "account/account.h"
#include "bank_matching/bank_reports.h"
#include "cost_center/cost_center.h"
#include "fin_world.h"
#include "ledger/ledger.h"
#include "open_item/open_item.h"
#include "reports/open_items.h"
#include "reports/reports.h"
#include "year_closing/year_closing.h"

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

/* A voucher of a document of its own. */
static void post_lines(const char *date, m_ledger_line *lines, uint32_t n)
{
    document++;
    m_ledger_voucher voucher = {.voucher_id = m_voucher_id(w->call, test_id(document), "post"),
                                .voucher_type = M_STR("test"),
                                .voucher_no = M_STR("T-1"),
                                .posting_date = test_date(date),
                                .source_type = M_STR("test.document"),
                                .source_id = test_id(document),
                                .lines = {lines, n}};
    bool posted;
    fin_begin(w);
    m_status status = fin_ledger_post(&w->fin, w->call, &voucher, FIN_LINES_MADE, &posted);
    fin_end(w, status);
    ck_assert_int_eq(status, M_OK);
}

/* ---- open items ---- */

static void add_items(uint32_t first, uint32_t n, m_id party)
{
    fin_begin(w);
    for (uint32_t i = first; i < first + n; i++) {
        fin_open_item item = {.document = test_id(1000000 + i),
                              .kind = FIN_OPEN_INVOICE,
                              .party = party,
                              .posting_date = test_date("2026-04-01"),
                              .due_date = test_date("2026-04-01"),
                              .amount = m_dec_of_int(1),
                              .outstanding = m_dec_of_int(1)};
        ck_assert_int_eq(m_store_insert(w->store, w->call, &fin_open_item_type, &item), M_OK);
    }
    fin_end(w, M_OK);
}

START_TEST(more_open_items_than_a_report_has)
{
    fin_outstanding_params params = {.as_of = test_date("2026-04-02")};
    fin_ageing_params ageing = {.as_of = test_date("2026-04-02")};
    m_list rows;
    for (uint32_t first = 0; first < FIN_OPEN_MAX + 1; first += 10000)
        add_items(first, 10000, test_id(SUPPLIER));
    add_items(FIN_OPEN_MAX + 1, 2, test_id(OTHER));
    ck_assert_int_eq(fin_report(w, &fin_outstanding_report, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.code, "finance.report.too_many"));
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &ageing, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.code, "finance.report.too_many"));
    params.supplier = test_id(OTHER);
    ck_assert_int_eq(fin_report(w, &fin_outstanding_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
}
END_TEST

/* ---- ledger lines that were posted later ---- */

enum { LINES = 4000 };

/* One voucher of LINES + 1 lines of a supplier. */
static void post_many(const char *date)
{
    m_ledger_line *lines = m_arena_array(w->call->arena, LINES + 1, sizeof *lines);
    ck_assert_ptr_nonnull(lines);
    m_id account = id_of(fin_account_text(w, "2110"));
    for (int i = 0; i <= LINES; i++) {
        lines[i] = (m_ledger_line){.account = account, .party = test_id(SUPPLIER)};
        if (i < LINES)
            lines[i].debit = m_dec_of_int(1);
        else
            lines[i].credit = m_dec_of_int(LINES);
    }
    post_lines(date, lines, LINES + 1);
}

START_TEST(more_later_lines_than_ageing_takes_back)
{
    fin_ageing_params past = {.as_of = test_date("2026-03-31")};
    fin_ageing_params known = {.known_at = M_STR("2026-03-31")};
    m_list rows;
    for (int i = 0; i < 4; i++)
        post_many("2026-04-01");
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &past, &rows), M_OK);
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &known, &rows), M_OK);
    post_many("2026-04-01");
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &past, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.past"));
    ck_assert(m_str_is(w->call->error.fields[0].path, "as_of"));
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &known, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.past"));
    ck_assert(m_str_is(w->call->error.fields[0].path, "known_at"));
    past.party = test_id(OTHER);
    ck_assert_int_eq(fin_report(w, &fin_supplier_ageing_report, &past, &rows), M_OK);
}
END_TEST

/* ---- lines of money ---- */

/* One voucher that moves LINES times 1 from cash to the bank. */
static void deposit_many(void)
{
    m_arena_mark mark = m_arena_tell(w->call->arena);
    m_ledger_line *lines = m_arena_array(w->call->arena, LINES + 1, sizeof *lines);
    ck_assert_ptr_nonnull(lines);
    m_id bank = id_of(fin_account_text(w, "1120"));
    for (int i = 0; i < LINES; i++)
        lines[i] = (m_ledger_line){.account = bank, .debit = m_dec_of_int(1)};
    lines[LINES] = (m_ledger_line){.account = id_of(fin_account_text(w, "1110")),
                                   .credit = m_dec_of_int(LINES)};
    post_lines("2026-04-01", lines, LINES + 1);
    m_arena_back(w->call->arena, mark);
}

/* The code of a report's refusal; NULL: it is given. */
static const char *refusal(const m_report *report, const void *params)
{
    m_arena_mark mark = m_arena_tell(w->call->arena);
    m_list rows;
    m_error_clear(w->call);
    m_status status = fin_report(w, report, params, &rows);
    const char *code = status == M_OK ? NULL : w->call->error.code.p;
    m_arena_back(w->call->arena, mark);
    return code;
}

START_TEST(more_lines_of_money_than_reports_read)
{
    enum { READ_BY_CASH_FLOW = 50000 };
    fin_cash_flow_params flow = {.method = 1};
    fin_bank_reconciliation_params bank = {.account = id_of(fin_account_text(w, "1120"))};
    int posted = 0;
    for (; posted < READ_BY_CASH_FLOW / (LINES + 1); posted++)
        deposit_many();
    ck_assert_ptr_null(refusal(&fin_cash_flow_report, &flow));
    ck_assert_ptr_null(refusal(&fin_bank_reconciliation_report, &bank));
    for (; posted < M_QUERY_LIMIT_MAX / LINES; posted++)
        deposit_many();
    ck_assert_pstr_eq(refusal(&fin_cash_flow_report, &flow), "finance.report.too_many_lines");
    flow.method = 0; /* from balances */
    ck_assert_ptr_null(refusal(&fin_cash_flow_report, &flow));
    ck_assert_pstr_eq(refusal(&fin_bank_reconciliation_report, &bank), "finance.bank.too_many");
}
END_TEST

/* ---- a year closing ---- */

enum { ACCOUNTS_MAX = 64 };

/* Every expense account of the chart. */
static uint32_t expenses(m_id out[ACCOUNTS_MAX])
{
    m_enum root = FIN_EXPENSE;
    bool group = false;
    m_filter filters[] = {{"root_type", M_OP_EQ, &root}, {"is_group", M_OP_EQ, &group}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = ACCOUNTS_MAX};
    m_fetch read = {.type = &fin_account_type, .query = &query};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++)
        out[i] = ((const m_doc *)read.records[i])->id;
    fin_end(w, M_OK);
    return read.count;
}

/* A cost center, and a cost of 1 on each account in it. */
static void spend(uint32_t n, const m_id *accounts, uint32_t count)
{
    m_arena_mark mark = m_arena_tell(w->call->arena); /* these are many requests */
    m_id center =
        fin_create(w, "cost-centers", NULL, fin_text(w, "{\"code\":\"L%u\",\"name\":\"L\"}", n)).id;
    m_ledger_line lines[ACCOUNTS_MAX + 1];
    for (uint32_t i = 0; i < count; i++)
        lines[i] = (m_ledger_line){
            .account = accounts[i], .cost_center = center, .debit = m_dec_of_int(1)};
    lines[count] = (m_ledger_line){.account = id_of(fin_account_text(w, "1120")),
                                   .cost_center = center,
                                   .credit = m_dec_of_int((int64_t)count)};
    post_lines("2026-03-01", lines, count + 1);
    m_arena_back(w->call->arena, mark);
}

START_TEST(more_lines_than_a_closing_has)
{
    m_id accounts[ACCOUNTS_MAX];
    uint32_t count = expenses(accounts);
    uint32_t centers = FIN_CLOSING_LINES_MAX / count;
    for (uint32_t i = 0; i < centers; i++)
        spend(i, accounts, count);
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    const char *year = fin_id_text(w, ((const m_doc *)years.records[0])->id);
    fin_end(w, M_OK);
    const char *body = fin_text(w, "{\"fiscal_year\":\"%s\"}", year);
    m_document_reply reply = fin_create(w, "year-closings", NULL, body);
    ck_assert(!m_id_is_null(reply.id));
    spend(centers, accounts, count);
    fin_create_refused(w, "year-closings", NULL, body, "finance.year_closing.size", NULL);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("limits");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 100);
    tcase_add_test(cases, more_open_items_than_a_report_has);
    tcase_add_test(cases, more_later_lines_than_ageing_takes_back);
    tcase_add_test(cases, more_lines_of_money_than_reports_read);
    tcase_add_test(cases, more_lines_than_a_closing_has);
    return fin_world_run(cases, "finance, limits");
}
