/* Cash flow, both ways, the tax summary, sales and purchases by month: worked examples, and random
 * books whose cash flow must explain every change of bank and cash. */
#include <check.h>

#include "account/account.h"
#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
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

static void sum_is(m_dec_sum got, const char *want, const char *what)
{
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(got, 2, text);
    ck_assert_msg(got == test_dec(want).u, "%s: %s, expected %s", what, text, want);
}

static void post_in(m_date date, m_id debit, m_id credit, m_dec amount, m_id to, m_id from)
{
    m_ledger_line lines[] = {{.account = debit, .cost_center = to, .debit = amount},
                             {.account = credit, .cost_center = from, .credit = amount}};
    document++;
    m_ledger_voucher voucher = {.voucher_id = m_voucher_id(w->call, test_id(document), "post"),
                                .voucher_type = M_STR("test"),
                                .voucher_no = M_STR("T-1"),
                                .posting_date = date,
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
    m_id main = id_of(fin_center_text(w, "Main"));
    post_in(test_date(date), account(debit), account(credit), test_dec(amount), main, main);
}

static m_list rows_of(const m_report *report, const void *params)
{
    m_list rows;
    ck_assert_int_eq(fin_report(w, report, params, &rows), M_OK);
    return rows;
}

/* ---- cash flow ---- */

static m_dec_sum flow_of(m_list rows, const char *section, const char *name)
{
    for (M_EACH(const fin_cash_flow_row, row, rows))
        if (m_str_is(row->name, name) && m_str_is(row->section, section)) return row->amount;
    ck_abort_msg("no row %s/%s", section, name);
}

static void post_april(void)
{
    post("2026-03-31", "1120", "3100", "1000");
    post("2026-04-01", "1130", "4100", "500"); /* a sale, not yet paid */
    post("2026-04-02", "1120", "1130", "300");
    post("2026-04-03", "5220", "1120", "80");
    post("2026-04-04", "1180", "2120", "200"); /* paid for in advance, not yet billed */
    post("2026-04-05", "1510", "1120", "150");
    post("2026-04-06", "5280", "1590", "10"); /* depreciation */
    post("2026-04-07", "1120", "2510", "400");
    post("2026-04-08", "3100", "1120", "50");
    post("2026-04-09", "1110", "1120", "100"); /* from the bank into the till */
}

static const struct {
    const char *section, *name, *amount;
} indirect[] = {
    {"Beginning", "Bank and cash at the beginning", "1000"},
    {"Operating", "Net profit", "410"},
    {"Operating", "Receivables", "-200"},
    {"Operating", "Prepaid expenses", "-200"},
    {"Operating", "Goods received, not invoiced", "200"},
    {"Operating", "Accumulated depreciation", "10"},
    {"Operating", "From operations", "220"},
    {"Investing", "Furniture and fixtures", "-150"},
    {"Investing", "From investments", "-150"},
    {"Financing", "Bank loans", "400"},
    {"Financing", "Capital", "-50"},
    {"Financing", "From financing", "350"},
    {"Change", "Change of bank and cash", "420"},
    {"End", "Cash", "100"},
    {"End", "Bank", "1320"},
    {"End", "Bank and cash at the end", "1420"},
};
static const struct {
    const char *section, *name, *amount;
} direct[] = {
    {"Received", "Receivables", "300"},
    {"Received", "Bank loans", "400"},
    {"Received", "Received in all", "700"},
    {"Paid", "Rent", "-80"},
    {"Paid", "Furniture and fixtures", "-150"},
    {"Paid", "Capital", "-50"},
    {"Paid", "Paid in all", "-280"},
    {"Change", "Change of bank and cash", "420"},
    {"End", "Bank and cash at the end", "1420"},
};

START_TEST(cash_flow_of_the_example)
{
    post_april();
    fin_cash_flow_params params = {.from = test_date("2026-04-01"), .to = test_date("2026-04-30")};
    m_list rows = rows_of(&fin_cash_flow_report, &params);
    ck_assert_uint_eq(rows.count, UNIT_COUNT(indirect));
    for (size_t i = 0; i < UNIT_COUNT(indirect); i++)
        sum_is(flow_of(rows, indirect[i].section, indirect[i].name), indirect[i].amount,
               indirect[i].name);
    params.method = 1;
    rows = rows_of(&fin_cash_flow_report, &params);
    for (size_t i = 0; i < UNIT_COUNT(direct); i++)
        sum_is(flow_of(rows, direct[i].section, direct[i].name), direct[i].amount, direct[i].name);
    /* as known before any of it */
    params.known_at = M_STR("2026-03-31");
    rows = rows_of(&fin_cash_flow_report, &params);
    sum_is(flow_of(rows, "End", "Bank and cash at the end"), "0", "nothing known");
    params = (fin_cash_flow_params){.from = test_date("2026-05-01"), .to = test_date("2026-04-01")};
    ck_assert_int_eq(fin_report(w, &fin_cash_flow_report, &params, &rows), M_INVALID);
}
END_TEST

/* A user's choice on the account goes before what its kind says. */
/* Money goes to an employee and stays cash; what is spent of it does not. */
START_TEST(imprest_is_cash)
{
    post("2026-04-01", "1120", "3100", "1000");
    post("2026-04-02", "1115", "1120", "300");
    post("2026-04-03", "5220", "1115", "50");
    fin_cash_flow_params params = {.from = test_date("2026-04-02"), .to = test_date("2026-04-30")};
    for (params.method = 0; params.method < 2; params.method++) {
        m_list rows = rows_of(&fin_cash_flow_report, &params);
        sum_is(flow_of(rows, "Change", "Change of bank and cash"), "-50", "change");
        sum_is(flow_of(rows, "End", "Imprest"), "250", "held by employees");
        sum_is(flow_of(rows, "End", "Bank and cash at the end"), "950", "at the end");
    }
}
END_TEST

START_TEST(cash_flow_by_choice)
{
    post_april();
    m_document_reply was = fin_get(w, "accounts", account("2510"));
    fin_update(w, "accounts", was.id, was.version, "{\"cash_flow\":\"operating\"}");
    fin_cash_flow_params params = {.from = test_date("2026-04-01"), .to = test_date("2026-04-30")};
    m_list rows = rows_of(&fin_cash_flow_report, &params);
    sum_is(flow_of(rows, "Operating", "From operations"), "620", "operations");
    sum_is(flow_of(rows, "Financing", "From financing"), "-50", "financing");
}
END_TEST

START_TEST(cash_flow_of_a_cost_center)
{
    fin_create(w, "cost-centers", NULL, "{\"code\":\"West\",\"name\":\"West\"}");
    m_id main = id_of(fin_center_text(w, "Main")), west = id_of(fin_center_text(w, "West"));
    post_in(test_date("2026-04-02"), account("5220"), account("1120"), test_dec("30"), west, main);
    for (int method = 0; method < 2; method++) {
        fin_cash_flow_params params = {
            .from = test_date("2026-04-01"), .to = test_date("2026-04-30"), .method = method};
        m_list rows = rows_of(&fin_cash_flow_report, &params);
        sum_is(flow_of(rows, "Change", "Change of bank and cash"), "-30", "all");
        params.cost_center = main;
        rows = rows_of(&fin_cash_flow_report, &params);
        sum_is(flow_of(rows, "Other cost centers", "From other cost centers"), "-30", "Main");
        sum_is(flow_of(rows, "End", "Bank and cash at the end"), "-30", "Main");
        params.cost_center = west;
        rows = rows_of(&fin_cash_flow_report, &params);
        sum_is(flow_of(rows, "End", "Bank and cash at the end"), "0", "West");
    }
}
END_TEST

static m_dec_sum total_of(m_list rows, bool own)
{
    m_dec_sum sum = 0;
    for (M_EACH(const fin_cash_flow_row, row, rows)) {
        bool part = m_str_is(row->section, "Operating") || m_str_is(row->section, "Investing") ||
                    m_str_is(row->section, "Financing") || m_str_is(row->section, "Received") ||
                    m_str_is(row->section, "Paid");
        if (part && row->is_group == !own) sum += row->amount;
    }
    return sum;
}

/* Both ways explain the whole change of bank and cash, whatever was posted. */
START_TEST(cash_flow_of_random_books)
{
    static const char *const codes[] = {"1110", "1120", "1130", "1510", "1590", "2110",
                                        "2130", "2510", "3100", "4100", "5220"};
    uint64_t state = 7;
    m_id main = id_of(fin_center_text(w, "Main"));
    m_date first = test_date("2026-02-10");
    for (int i = 0; i < 120; i++) {
        m_id debit = account(codes[unit_random(&state) % UNIT_COUNT(codes)]);
        m_id credit = account(codes[unit_random(&state) % UNIT_COUNT(codes)]);
        m_date day = {first.d + (int32_t)(unit_random(&state) % 90)};
        post_in(day, debit, credit, (m_dec){(int64_t)(unit_random(&state) % 9999 + 1) * 10000},
                main, main);
    }
    for (int round = 0; round < 20; round++) {
        m_date from = {first.d + (int32_t)(unit_random(&state) % 90)};
        m_date to = {from.d + (int32_t)(unit_random(&state) % 40)};
        for (int method = 0; method < 2; method++) {
            fin_cash_flow_params params = {.from = from, .to = to, .method = method};
            m_list rows = rows_of(&fin_cash_flow_report, &params);
            m_dec_sum change = flow_of(rows, "Change", "Change of bank and cash");
            ck_assert(flow_of(rows, "Beginning", "Bank and cash at the beginning") + change ==
                      flow_of(rows, "End", "Bank and cash at the end"));
            ck_assert(total_of(rows, true) == change && total_of(rows, false) == change);
            for (M_EACH(const fin_cash_flow_row, row, rows))
                ck_assert(!m_str_is(row->section, "Other cost centers"));
        }
    }
}
END_TEST

/* ---- taxes ---- */

static m_id sell(const char *date, const char *rate, uint32_t tax)
{
    return fin_create(w, "sales-invoices", "submit",
                      fin_text(w,
                               "{\"customer\":\"%s\",\"posting_date\":\"%s\",\"lines\":[{"
                               "\"description\":\"Work\",\"rate\":\"%s\",\"qty\":\"1\",\"tax\":"
                               "\"%s\"}]}",
                               fin_id_text(w, test_id(CUSTOMER)), date, rate,
                               fin_id_text(w, test_id(tax))))
        .id;
}

static m_id buy(const char *no, const char *date, const char *rate, uint32_t tax)
{
    return fin_create(
               w, "purchase-invoices", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"%s\",\"posting_date\":"
                        "\"%s\",\"lines\":[{\"description\":\"Rent\",\"account\":\"%s\","
                        "\"cost_center\":\"%s\",\"rate\":\"%s\",\"qty\":\"1\",\"tax\":\"%s\"}]}",
                        fin_id_text(w, test_id(SUPPLIER)), no, date, fin_account_text(w, "5220"),
                        fin_center_text(w, "Main"), rate, fin_id_text(w, test_id(tax))))
        .id;
}

/* What parties owe, what is in stock and what floats hold is changed by their own documents. */
START_TEST(lines_that_name_kept_accounts)
{
    static const char *const kept[] = {"1130", "2110", "1150", "2170", "2120", "1115"};
    for (size_t i = 0; i < UNIT_COUNT(kept); i++) {
        const char *line =
            fin_text(w, "[{\"description\":\"X\",\"account\":\"%s\",\"rate\":\"1\",\"qty\":\"1\"}]",
                     fin_account_text(w, kept[i]));
        fin_create_refused(w, "sales-invoices", "submit",
                           fin_text(w, "{\"customer\":\"%s\",\"lines\":%s}",
                                    fin_id_text(w, test_id(CUSTOMER)), line),
                           "finance.account.kept", "lines[0].account");
        fin_create_refused(
            w, "purchase-invoices", "submit",
            fin_text(w, "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"K\",\"lines\":%s}",
                     fin_id_text(w, test_id(SUPPLIER)), line),
            "finance.account.kept", "lines[0].account");
    }
}
END_TEST

static const fin_tax_summary_row *tax_row(m_list rows, const char *section, const char *name)
{
    for (M_EACH(const fin_tax_summary_row, row, rows))
        if (m_str_is(row->section, section) && m_str_is(row->name, name)) return row;
    ck_abort_msg("no row %s/%s", section, name);
}

static void tax_is(const fin_tax_summary_row *row, int64_t documents, const char *base,
                   const char *amount, const char *deductible)
{
    ck_assert_int_eq(row->documents, documents);
    sum_is(row->base, base, "base");
    sum_is(row->amount, amount, "tax");
    sum_is(row->deductible, deductible, "deductible");
}

static void ledger_is(m_list rows, const char *name, const char *const *want)
{
    const fin_tax_summary_row *row = tax_row(rows, "Ledger", name);
    sum_is(row->opening, want[0], "opening");
    sum_is(row->moved, want[1], "moved");
    sum_is(row->by_documents, want[2], "by invoices");
    sum_is(row->difference, want[3], "by others");
    sum_is(row->closing, want[4], "closing");
}

START_TEST(taxes_of_a_month)
{
    sell("2026-03-31", "50", GST18); /* before the time */
    sell("2026-04-02", "1000", GST18);
    m_id wrong = sell("2026-04-03", "200", GST18);
    m_str before = M_STR("2026-04-01");
    buy("A", "2026-04-04", "500", GST18);
    buy("B", "2026-04-05", "100", BLOCKED10);
    test_advance_us(w->call, INT64_C(86400000000));
    fin_act(w, "sales-invoices", wrong, "cancel", NULL);
    post("2026-04-20", "2130", "1120", "9"); /* to the tax office */
    fin_tax_summary_params params = {.from = test_date("2026-04-01"),
                                     .to = test_date("2026-04-30")};
    m_list rows = rows_of(&fin_tax_summary_report, &params);
    tax_is(tax_row(rows, "Sales", "CGST"), 1, "1000", "90", "0");
    tax_is(tax_row(rows, "Sales", "SGST"), 1, "1000", "90", "0");
    sum_is(tax_row(rows, "Sales", "Total")->amount, "180", "output");
    tax_is(tax_row(rows, "Purchases", "CGST"), 1, "500", "45", "45");
    sum_is(tax_row(rows, "Purchases", "Total")->amount, "100", "input");
    sum_is(tax_row(rows, "Purchases", "Total")->deductible, "90", "deductible");
    sum_is(tax_row(rows, "Due", "Tax due")->amount, "90", "due");
    ledger_is(rows, "Output tax", (const char *[]){"-9", "-171", "-180", "9", "-180"});
    ledger_is(rows, "Input tax", (const char *[]){"0", "90", "90", "0", "90"});
    ledger_is(rows, "Tax withheld", (const char *[]){"0", "0", "0", "0", "0"});
    params.known_at = before; /* the second sale was not yet cancelled, nothing paid */
    rows = rows_of(&fin_tax_summary_report, &params);
    tax_is(tax_row(rows, "Sales", "CGST"), 2, "1200", "108", "0");
    ledger_is(rows, "Output tax", (const char *[]){"-9", "-216", "-216", "0", "-225"});
    params =
        (fin_tax_summary_params){.from = test_date("2026-05-01"), .to = test_date("2026-04-01")};
    ck_assert_int_eq(fin_report(w, &fin_tax_summary_report, &params, &rows), M_INVALID);
}
END_TEST

static void tax_columns_are(m_list rows, const char *section, const char *name,
                            const char *const *want)
{
    const fin_tax_summary_row *row = tax_row(rows, section, name);
    ck_assert_uint_eq(row->columns.count, 3);
    static const char *const labels[] = {"2026-04", "2026-03", "2025-04"};
    for (uint32_t i = 0; i < 3; i++) {
        const fin_statement_column *column = M_AT(row->columns, const fin_statement_column, i);
        ck_assert(m_str_is(column->label, labels[i]));
        sum_is(column->amount, want[i], labels[i]);
    }
}

START_TEST(taxes_compared)
{
    m_id early = sell("2026-03-31", "50", GST18);
    buy("A", "2026-03-04", "500", BLOCKED10);
    m_id sold = sell("2026-04-02", "1000", GST18);
    sell("2026-04-03", "200", GST18);
    fin_tax_summary_params params = {
        .from = test_date("2026-04-01"), .to = test_date("2026-04-30"), .compare = 3 /* both */};
    m_list rows = rows_of(&fin_tax_summary_report, &params);
    tax_columns_are(rows, "Sales", "CGST", (const char *[]){"108", "4.50", "0"});
    tax_columns_are(rows, "Sales", "Total", (const char *[]){"216", "9", "0"});
    tax_columns_are(rows, "Purchases", "Total", (const char *[]){"0", "50", "0"});
    tax_columns_are(rows, "Due", "Tax due", (const char *[]){"216", "9", "0"});
    tax_columns_are(rows, "Ledger", "Output tax", (const char *[]){"-216", "-9", "0"});
    tax_is(tax_row(rows, "Sales", "SGST"), 2, "1200", "108", "0");
    ledger_is(rows, "Output tax", (const char *[]){"-9", "-216", "-216", "0", "-225"});
    params.detail = true;
    rows = rows_of(&fin_tax_summary_report, &params);
    uint32_t found = 0;
    for (M_EACH(const fin_tax_summary_row, row, rows)) {
        if (!m_str_is(row->name, "CGST")) continue;
        ck_assert(m_str_is(row->document_type, "finance.sales_invoice") && row->number.n);
        bool first = m_id_eq(row->document, sold), before = m_id_eq(row->document, early);
        sum_is(row->amount, before ? "0" : first ? "90" : "18", "of the document");
        ck_assert_int_eq(row->documents, before ? 0 : 1);
        found++;
    }
    ck_assert_uint_eq(found, 3);
    tax_columns_are(rows, "Sales", "Total", (const char *[]){"216", "9", "0"});
}
END_TEST

/* Notes of both sides, with their invoice; the tax accounts have moved by the rest. */
START_TEST(taxes_that_notes_take_back)
{
    sell("2026-04-02", "1000", GST18);
    m_id sold = sell("2026-04-03", "200", GST18);
    buy("A", "2026-04-04", "500", GST18);
    m_id bought = buy("B", "2026-04-05", "300", GST18);
    fin_create(w, "sales-credit-notes", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"posting_date\":\"2026-04-06\",\"reason\":"
                        "\"Damaged\",\"invoice\":\"%s\"}",
                        fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, sold)));
    m_id note =
        fin_create(w, "purchase-debit-notes", "submit",
                   fin_text(w,
                            "{\"supplier\":\"%s\",\"posting_date\":\"2026-04-06\",\"reason\":"
                            "\"Damaged\",\"invoice\":\"%s\"}",
                            fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, bought)))
            .id;
    fin_tax_summary_params params = {.from = test_date("2026-04-01"),
                                     .to = test_date("2026-04-30")};
    m_list rows = rows_of(&fin_tax_summary_report, &params);
    tax_is(tax_row(rows, "Sales", "CGST"), 3, "1000", "90", "0");
    tax_is(tax_row(rows, "Purchases", "SGST"), 3, "500", "45", "45");
    sum_is(tax_row(rows, "Due", "Tax due")->amount, "90", "due");
    ledger_is(rows, "Output tax", (const char *[]){"0", "-180", "-180", "0", "-180"});
    ledger_is(rows, "Input tax", (const char *[]){"0", "90", "90", "0", "90"});
    fin_act(w, "purchase-debit-notes", note, "cancel", NULL);
    rows = rows_of(&fin_tax_summary_report, &params);
    tax_is(tax_row(rows, "Purchases", "SGST"), 2, "800", "72", "72");
    ledger_is(rows, "Input tax", (const char *[]){"0", "144", "144", "0", "144"});
}
END_TEST

/* The mirror of a bill of a locked month is dated today: it counts there. */
START_TEST(taxes_of_a_bill_cancelled_later)
{
    m_id bill = sell("2026-03-20", "100", GST18);
    m_fetch all = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &all, 1), M_OK);
    m_id year = ((const m_doc *)all.records[0])->id;
    fin_end(w, M_OK);
    fin_act(w, "fiscal-years", year, "lock", "{\"start\":\"2026-03-01\"}");
    fin_act(w, "sales-invoices", bill, "cancel", NULL);
    fin_tax_summary_params params = {.from = test_date("2026-03-01"),
                                     .to = test_date("2026-03-31")};
    m_list rows = rows_of(&fin_tax_summary_report, &params);
    tax_is(tax_row(rows, "Sales", "CGST"), 1, "100", "9", "0");
    ledger_is(rows, "Output tax", (const char *[]){"0", "-18", "-18", "0", "-18"});
    params =
        (fin_tax_summary_params){.from = test_date("2026-04-01"), .to = test_date("2026-04-30")};
    rows = rows_of(&fin_tax_summary_report, &params);
    tax_is(tax_row(rows, "Sales", "CGST"), -1, "-100", "-9", "0");
    ledger_is(rows, "Output tax", (const char *[]){"-18", "18", "18", "0", "0"});
}
END_TEST

static void month_is(const fin_trade_row *row, const char *month, int64_t invoices,
                     const char *sales, int64_t bills, const char *purchases)
{
    ck_assert_msg(m_str_is(row->month, month), "%.*s", M_STR_ARG(row->month));
    ck_assert_int_eq(row->invoices, invoices);
    sum_is(row->sales, sales, month);
    ck_assert_int_eq(row->bills, bills);
    sum_is(row->purchases, purchases, month);
}

START_TEST(sales_and_purchases_by_month)
{
    sell("2026-03-31", "50", GST18);
    m_id sold = sell("2026-04-02", "1000", GST18);
    fin_act(w, "sales-invoices", sell("2026-04-03", "200", GST18), "cancel", NULL);
    buy("A", "2026-04-04", "500", GST18);
    buy("B", "2026-04-05", "100", BLOCKED10);
    fin_create(w, "sales-credit-notes", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"posting_date\":\"2026-05-06\",\"reason\":"
                        "\"Damaged\",\"invoice\":\"%s\"}",
                        fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, sold)));
    fin_trade_params params = {.from = test_date("2026-03-01"), .to = test_date("2026-05-15")};
    m_list rows = rows_of(&fin_trade_report, &params);
    ck_assert_uint_eq(rows.count, 3);
    month_is(M_AT(rows, fin_trade_row, 0), "2026-03", 1, "59", 0, "0");
    month_is(M_AT(rows, fin_trade_row, 1), "2026-04", 1, "1180", 2, "700");
    month_is(M_AT(rows, fin_trade_row, 2), "2026-05-01 to 2026-05-15", 0, "-1180", 0, "0");
    rows = rows_of(&fin_trade_report, &(fin_trade_params){.to = test_date("2026-05-15")});
    ck_assert_uint_eq(rows.count, 12);
    month_is(M_AT(rows, fin_trade_row, 0), "2025-06", 0, "0", 0, "0");
    params = (fin_trade_params){.from = test_date("2026-05-01"), .to = test_date("2026-04-01")};
    ck_assert_int_eq(fin_report(w, &fin_trade_report, &params, &rows), M_INVALID);
    params = (fin_trade_params){.from = test_date("2020-01-01"), .to = test_date("2026-04-01")};
    ck_assert_int_eq(fin_report(w, &fin_trade_report, &params, &rows), M_INVALID);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("flow");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, cash_flow_of_the_example);
    tcase_add_test(cases, imprest_is_cash);
    tcase_add_test(cases, cash_flow_by_choice);
    tcase_add_test(cases, cash_flow_of_a_cost_center);
    tcase_add_test(cases, cash_flow_of_random_books);
    tcase_add_test(cases, taxes_of_a_month);
    tcase_add_test(cases, lines_that_name_kept_accounts);
    tcase_add_test(cases, taxes_compared);
    tcase_add_test(cases, taxes_that_notes_take_back);
    tcase_add_test(cases, taxes_of_a_bill_cancelled_later);
    tcase_add_test(cases, sales_and_purchases_by_month);
    return fin_world_run(cases, "finance, cash flow and taxes");
}
