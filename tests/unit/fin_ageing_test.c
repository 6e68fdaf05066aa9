/* Ageing and statement of account, both sides: documents around the edges of the spans, part
 * payments and advances; the sums are those of the outstanding report and of the accounts. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "reports/reports.h"

static fin_world world;
static fin_world *w = &world;

/* One side, as its users see it. */
typedef struct {
    uint32_t party;
    const char *field;
    const char *bills;
    const char *money;
    const char *account; /* of what is owed, */
    const char *prepaid; /* and of advances */
    bool credit;         /* what is owed is a credit */
    const m_report *ageing;
    const m_report *outstanding;
    const m_report *statement;
} side;

static const side sides[] = {
    {SUPPLIER, "supplier", "purchase-invoices", "payments", "2110", "1150", true,
     &fin_supplier_ageing_report, &fin_outstanding_report, &fin_supplier_statement_report},
    {CUSTOMER, "customer", "sales-invoices", "receipts", "1130", "2170", false,
     &fin_customer_ageing_report, &fin_customer_outstanding_report, &fin_customer_statement_report},
};
#define SIDES 2

static void setup(void)
{
    fin_world_setup(w);
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static m_id bill(const side *s, const char *amount, const char *posted, const char *due)
{
    const char *line = s->credit
                           ? fin_text(w, "\"receipt_line\":\"%s\"",
                                      fin_id_text(w, fin_world_receive(w, "1", amount, amount)))
                           : fin_text(w, "\"description\":\"Goods\",\"rate\":\"%s\"", amount);
    const char *no = fin_text(w, "B-%s-%s-%s", amount, posted, due);
    return fin_create(w, s->bills, "submit",
                      fin_text(w,
                               "{\"%s\":\"%s\"%s%s%s,\"posting_date\":\"%s\",\"due_date\":\"%s\","
                               "\"lines\":[{%s,\"qty\":\"1\"}]}",
                               s->field, fin_id_text(w, test_id(s->party)),
                               s->credit ? ",\"supplier_invoice_no\":\"" : "", s->credit ? no : "",
                               s->credit ? "\"" : "", posted, due, line))
        .id;
}

/* part: how much of it goes to the bill; NULL: all is an advance. */
static m_id pay_on(const side *s, const char *date, const char *amount, m_id to, const char *part)
{
    const char *list =
        part ? fin_text(w, ",\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"%s\"}]",
                        fin_id_text(w, to), part)
             : "";
    return fin_create(w, s->money, "submit",
                      fin_text(w, "{\"%s\":\"%s\",\"posting_date\":\"%s\",\"amount\":\"%s\"%s}",
                               s->field, fin_id_text(w, test_id(s->party)), date, amount, list))
        .id;
}

static m_id pay(const side *s, const char *amount, m_id to, const char *part)
{
    return pay_on(s, "2026-04-01", amount, to, part);
}

static m_document_reply allocate(const side *s, m_id advance, const char *date, m_id to,
                                 const char *amount)
{
    return fin_act(w, s->money, advance, "allocate",
                   fin_text(w,
                            "{\"posting_date\":\"%s\",\"allocations\":[{\"invoice\":\"%s\","
                            "\"amount\":\"%s\"}]}",
                            date, fin_id_text(w, to), amount));
}

static void sum_is(m_dec_sum got, const char *want, const char *what)
{
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(got, 2, text);
    ck_assert_msg(got == test_dec(want).u, "%s: %s, expected %s", what, text, want);
}

static m_list ageing(const side *s, const fin_ageing_params *params)
{
    m_list rows;
    ck_assert_int_eq(fin_report(w, s->ageing, params, &rows), M_OK);
    return rows;
}

static m_dec_sum outstanding(const side *s)
{
    fin_outstanding_params params = {.party = test_id(s->party)};
    m_list rows;
    m_dec_sum sum = 0;
    ck_assert_int_eq(fin_report(w, s->outstanding, &params, &rows), M_OK);
    for (M_EACH(const fin_outstanding_row, row, rows))
        sum += row->outstanding.u;
    return sum;
}

/* want: outstanding, not due, three spans, beyond, advances. */
static void ageing_is(const side *s, fin_ageing_params params, const char *const *want)
{
    static const char *const names[] = {"outstanding", "not due", "span 1", "span 2",
                                        "span 3",      "beyond",  "advance"};
    for (int detail = 0; detail < 2; detail++) {
        m_dec_sum sums[7] = {0};
        params.detail = detail;
        m_list rows = ageing(s, &params);
        for (M_EACH(const fin_ageing_row, row, rows)) {
            m_dec_sum parts[] = {row->outstanding, row->not_due, row->span_1, row->span_2,
                                 row->span_3,      row->beyond,  row->advance};
            m_dec_sum across = 0;
            for (int i = 0; i < 7; i++) {
                sums[i] += parts[i];
                across += i ? parts[i] : 0;
            }
            ck_assert(across == row->outstanding);
            ck_assert(m_id_is_null(row->document) == !detail);
            ck_assert(m_id_eq(row->party, test_id(s->party)));
            ck_assert_uint_ne(row->party_name.n, 0);
        }
        if (!detail) ck_assert_uint_le(rows.count, 1);
        for (int i = 0; i < 7; i++)
            sum_is(sums[i], want[i], names[i]);
        if (m_date_is_none(params.as_of) || params.as_of.d >= m_today(w->call).d)
            ck_assert(sums[0] == outstanding(s));
    }
}

/* ---- ageing ---- */

/* On the first of April: 0, 1, 30, 31, 60, 61, 90 and 91 days late. */
static const char *const due_dates[] = {"2026-04-01", "2026-03-31", "2026-03-02", "2026-03-01",
                                        "2026-01-31", "2026-01-30", "2026-01-01", "2025-12-31"};

static const struct {
    const char *as_of;
    int64_t bounds[3];
    const char *want[7];
} ages[] = {
    {NULL, {0, 0, 0}, {"250", "1", "6", "24", "96", "128", "-5"}},
    {"2026-04-01", {30, 60, 90}, {"250", "1", "6", "24", "96", "128", "-5"}},
    {"2026-04-02", {30, 60, 90}, {"250", "0", "3", "12", "48", "192", "-5"}},
    {NULL, {1, 2, 59}, {"250", "1", "2", "0", "12", "240", "-5"}},
    {NULL, {91, 92, 93}, {"250", "1", "254", "0", "0", "0", "-5"}},
};

START_TEST(edges_of_the_spans)
{
    const side *s = &sides[_i];
    for (int i = 0; i < 8; i++)
        bill(s, fin_text(w, "%d", 1 << i), "2025-12-15", due_dates[i]);
    pay(s, "5", (m_id){{0}}, NULL);
    for (size_t i = 0; i < sizeof ages / sizeof *ages; i++) {
        fin_ageing_params params = {.as_of = ages[i].as_of ? test_date(ages[i].as_of) : M_DATE_NONE,
                                    .bound_1 = ages[i].bounds[0],
                                    .bound_2 = ages[i].bounds[1],
                                    .bound_3 = ages[i].bounds[2]};
        ageing_is(s, params, ages[i].want);
    }
    fin_balance_is(w, s->account, s->credit ? "-255" : "255");
    fin_balance_is(w, s->prepaid, s->credit ? "5" : "-5");
    m_list rows = ageing(s, &(fin_ageing_params){.detail = true});
    ck_assert_uint_eq(rows.count, 9);
    rows = ageing(&sides[1 - _i], &(fin_ageing_params){0});
    ck_assert_uint_eq(rows.count, 0);
}
END_TEST

START_TEST(payments_and_advances)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", "2026-03-02");
    m_id b = bill(s, "50", "2026-04-01", "2026-04-10");
    static const char *const part[] = {"210", "50", "160", "0", "0", "0", "0"};
    static const char *const ahead[] = {"180", "50", "160", "0", "0", "0", "-30"};
    static const char *const used[] = {"180", "20", "160", "0", "0", "0", "0"};
    pay(s, "40", a, "40");
    ageing_is(s, (fin_ageing_params){0}, part);
    m_id advance = pay(s, "30", a, NULL);
    ageing_is(s, (fin_ageing_params){0}, ahead);
    allocate(s, advance, "2026-04-01", b, "30");
    ageing_is(s, (fin_ageing_params){0}, used);
    fin_act(w, s->money, advance, "cancel", NULL);
    ageing_is(s, (fin_ageing_params){0}, part);
}
END_TEST

/* ---- earlier days ---- */

/* By the ledger: what the statement closes with. */
static m_dec_sum owed_on(const side *s, m_date day)
{
    fin_account_statement_params params = {
        .party = test_id(s->party), .from = test_date("2025-01-01"), .to = day, .limit = 1000};
    m_list rows;
    ck_assert_int_eq(fin_report(w, s->statement, &params, &rows), M_OK);
    return M_AT(rows, fin_general_ledger_row, rows.count - 1)->balance;
}

/* On every day up to today ageing and ledger agree. */
static void every_day_agrees(const side *s)
{
    m_date today = m_today(w->call);
    for (m_date day = test_date("2025-12-14"); day.d <= today.d; day.d++) {
        m_dec_sum sum = 0;
        m_list rows = ageing(s, &(fin_ageing_params){.as_of = day});
        for (M_EACH(const fin_ageing_row, row, rows))
            sum += row->outstanding;
        ck_assert(sum == owed_on(s, day));
    }
}

static const struct {
    const char *day;
    const char *want[7];
} days[] = {
    {"2025-12-31", {"0", "0", "0", "0", "0", "0", "0"}},
    {"2026-01-01", {"200", "200", "0", "0", "0", "0", "0"}},
    {"2026-03-02", {"200", "200", "0", "0", "0", "0", "0"}},
    {"2026-03-03", {"200", "0", "200", "0", "0", "0", "0"}},
    {"2026-03-09", {"200", "0", "200", "0", "0", "0", "0"}},
    {"2026-03-10", {"160", "0", "160", "0", "0", "0", "0"}},
    {"2026-03-12", {"130", "0", "160", "0", "0", "0", "-30"}},
    {"2026-03-20", {"180", "50", "160", "0", "0", "0", "-30"}},
    {"2026-03-24", {"180", "50", "160", "0", "0", "0", "-30"}},
    {"2026-03-25", {"180", "20", "160", "0", "0", "0", "0"}},
    {"2026-03-28", {"20", "20", "0", "0", "0", "0", "0"}},
    {"2026-03-31", {"20", "20", "0", "0", "0", "0", "0"}},
};

START_TEST(earlier_days)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", "2026-03-02");
    m_id gone = bill(s, "7", "2026-01-01", "2026-03-02");
    pay_on(s, "2026-03-10", "40", a, "40");
    m_id advance = pay_on(s, "2026-03-12", "30", a, NULL);
    m_id b = bill(s, "50", "2026-03-20", "2026-04-10");
    allocate(s, advance, "2026-03-25", b, "30");
    pay_on(s, "2026-03-28", "160", a, "160");
    fin_act(w, s->bills, gone, "cancel", NULL);
    for (size_t i = 0; i < sizeof days / sizeof *days; i++)
        ageing_is(s, (fin_ageing_params){.as_of = test_date(days[i].day)}, days[i].want);
    every_day_agrees(s);
}
END_TEST

/* An invoice paid before it was posted; a refund; a cancelled allocation and refund. */
START_TEST(earlier_days_out_of_order)
{
    const side *s = &sides[_i];
    static const char *const before[] = {"-80", "0", "0", "0", "0", "0", "-80"};
    m_id a = bill(s, "100", "2026-03-20", "2026-03-30");
    pay_on(s, "2026-03-10", "80", a, "80");
    ageing_is(s, (fin_ageing_params){.as_of = test_date("2026-03-15")}, before);
    m_id advance = pay_on(s, "2026-03-05", "60", a, NULL);
    m_id refund =
        fin_create(w, s->money, "submit",
                   fin_text(w,
                            "{\"%s\":\"%s\",\"type\":\"refund\",\"refund_of\":\"%s\","
                            "\"posting_date\":\"2026-03-25\",\"amount\":\"15\"}",
                            s->field, fin_id_text(w, test_id(s->party)), fin_id_text(w, advance)))
            .id;
    every_day_agrees(s);
    allocate(s, advance, "2026-03-22", a, "5");
    allocate(s, advance, "2026-03-27", a, "10");
    every_day_agrees(s);
    fin_act(w, s->money, refund, "cancel", NULL);
    every_day_agrees(s);
    fin_act(w, s->money, advance, "cancel", NULL);
    every_day_agrees(s);
    ageing_is(s, (fin_ageing_params){.as_of = test_date("2026-03-15")}, before);
}
END_TEST

static void lock(const char *first_day)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    m_date day = test_date(first_day);
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    fin_end(w, M_OK);
    for (uint32_t i = 0; i < years.count; i++) {
        const fin_fiscal_year *year = years.records[i];
        if (m_date_cmp(day, year->start) >= 0 && m_date_cmp(day, year->end) <= 0)
            fin_act(w, "fiscal-years", year->id, "lock",
                    fin_text(w, "{\"start\":\"%s\"}", first_day));
    }
}

/* What is cancelled today stays what it was on earlier days, when these are locked. */
START_TEST(earlier_days_stay)
{
    const side *s = &sides[_i];
    static const char *const was[] = {"60", "40", "50", "0", "0", "0", "-30"};
    static const char *const is[] = {"100", "0", "100", "0", "0", "0", "0"};
    m_id a = bill(s, "100", "2026-03-02", "2026-03-10");
    m_id b = bill(s, "40", "2026-03-02", "2026-04-20");
    m_id paid = pay_on(s, "2026-03-05", "80", a, "40");
    allocate(s, paid, "2026-03-06", a, "10");
    lock("2026-03-01");
    fin_act(w, s->money, paid, "cancel", NULL);
    fin_act(w, s->bills, b, "cancel", NULL);
    ageing_is(s, (fin_ageing_params){.as_of = test_date("2026-03-31")}, was);
    ageing_is(s, (fin_ageing_params){0}, is);
    every_day_agrees(s);
}
END_TEST

static void columns_are(const fin_ageing_row *row, uint32_t n, const char *const *want)
{
    ck_assert_uint_eq(row->columns.count, n);
    for (uint32_t i = 0; i < n; i++) {
        const fin_statement_column *column = M_AT(row->columns, const fin_statement_column, i);
        ck_assert_msg(m_str_is(column->label, want[2 * i]), "%.*s, expected %s",
                      M_STR_ARG(column->label), want[2 * i]);
        sum_is(column->amount, want[2 * i + 1], want[2 * i]);
    }
    ck_assert(row->outstanding == M_AT(row->columns, const fin_statement_column, 0)->amount);
}

/* Each figure is what the statement of account up to its day closes with. */
static void columns_agree(const side *s, const fin_ageing_row *row)
{
    for (M_EACH(const fin_statement_column, column, row->columns))
        ck_assert(column->amount == owed_on(s, column->to));
}

START_TEST(days_compared)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", "2026-03-02");
    m_id b = bill(s, "50", "2026-03-20", "2026-04-10");
    pay_on(s, "2026-03-10", "160", a, "160");
    fin_ageing_params params = {.as_of = test_date("2026-03-05"), .compare = 3 /* both */};
    m_list rows = ageing(s, &params);
    ck_assert_uint_eq(rows.count, 1);
    columns_are(rows.items, 3,
                (const char *[]){"2026-03-05", "200", "2026-02-28", "200", "2025-03-05", "0"});
    columns_agree(s, rows.items);
    pay_on(s, "2026-03-25", "40", a, "40");
    params = (fin_ageing_params){.compare = 1, .detail = true}; /* today, and 31 March */
    rows = ageing(s, &params);
    ck_assert_uint_eq(rows.count, 1);
    params.as_of = test_date("2026-03-31");
    rows = ageing(s, &params);
    ck_assert_uint_eq(rows.count, 2); /* one was open at the end of February only */
    const fin_ageing_row *row = rows.items;
    ck_assert(m_id_eq(row[0].document, a) && m_id_eq(row[1].document, b));
    columns_are(&row[0], 2, (const char *[]){"2026-03-31", "0", "2026-02-28", "200"});
    columns_are(&row[1], 2, (const char *[]){"2026-03-31", "50", "2026-02-28", "0"});
    ck_assert(row[0].span_1 == 0 && row[0].not_due == 0 && row[0].days_late == 0);
    params = (fin_ageing_params){.as_of = test_date("2026-03-31"), .compare = 4 /* months */};
    rows = ageing(s, &params);
    ck_assert_uint_eq(((const fin_ageing_row *)rows.items)->columns.count, 13);
    columns_agree(s, rows.items);
}
END_TEST

static void ageing_refused(const side *s, fin_ageing_params params, const char *code)
{
    m_list rows;
    ck_assert_int_eq(fin_report(w, s->ageing, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, code));
}

START_TEST(ageing_that_is_not_told)
{
    const side *s = &sides[_i];
    ageing_refused(s, (fin_ageing_params){.bound_1 = 60}, "finance.report.bounds");
    ageing_refused(s, (fin_ageing_params){.bound_2 = 90}, "finance.report.bounds");
    ageing_refused(s, (fin_ageing_params){.bound_1 = -1}, "finance.report.bounds");
}
END_TEST

/* ---- statement ---- */

static m_list statement(const side *s, const fin_account_statement_params *params)
{
    m_list rows;
    ck_assert_int_eq(fin_report(w, s->statement, params, &rows), M_OK);
    return rows;
}

static void line_is(const side *s, m_list rows, uint32_t i, m_id source, const char *amount,
                    const char *owed)
{
    const fin_general_ledger_row *row = M_AT(rows, fin_general_ledger_row, i);
    ck_assert(m_id_eq(row->source_id, source));
    ck_assert(m_id_is_null(row->voucher_id) == m_id_is_null(source));
    m_dec_sum moved = (m_dec_sum)row->debit.u - row->credit.u;
    sum_is(s->credit ? -moved : moved, amount, "amount");
    sum_is(row->balance, owed, "owed");
}

/* 10 from the year before; 20 more; 12 paid for the first, 2 too much. */
START_TEST(statement_of_a_party)
{
    const side *s = &sides[_i];
    m_id none = {{0}};
    m_id old = bill(s, "10", "2026-03-31", "2026-03-31");
    m_id new = bill(s, "20", "2026-04-01", "2026-04-30");
    m_id paid = pay(s, "12", old, "10");
    fin_account_statement_params params = {.party = test_id(s->party)};
    m_list rows = statement(s, &params);
    ck_assert_uint_eq(rows.count, 5);
    line_is(s, rows, 0, none, "0", "10");
    line_is(s, rows, 1, new, "20", "30");
    line_is(s, rows, 2, paid, "-10", "20");
    line_is(s, rows, 3, paid, "-2", "18");
    line_is(s, rows, 4, none, "0", "18");
    ck_assert(outstanding(s) == test_dec("18").u);
    params.limit = 2;
    rows = statement(s, &params);
    ck_assert_uint_eq(rows.count, 3);
    params.cursor = M_AT(rows, fin_general_ledger_row, 2)->cursor;
    rows = statement(s, &params);
    ck_assert_uint_eq(rows.count, 2);
    line_is(s, rows, 0, paid, "-2", "18");
    line_is(s, rows, 1, none, "0", "18");
    params = (fin_account_statement_params){
        .party = test_id(s->party), .from = test_date("2026-03-01"), .to = test_date("2026-03-31")};
    rows = statement(s, &params);
    ck_assert_uint_eq(rows.count, 3);
    line_is(s, rows, 0, none, "0", "0");
    line_is(s, rows, 1, old, "10", "10");
    line_is(s, rows, 2, none, "0", "10");
}
END_TEST

START_TEST(statement_of_nobody)
{
    const side *s = &sides[_i];
    m_list rows;
    fin_account_statement_params params = {0};
    ck_assert_int_eq(fin_report(w, s->statement, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "core.field.required"));
    params.party = test_id(404);
    ck_assert_int_eq(fin_report(w, s->statement, &params, &rows), M_INVALID);
    params =
        (fin_account_statement_params){.party = test_id(s->party), .from = test_date("2026-05-01")};
    ck_assert_int_eq(fin_report(w, s->statement, &params, &rows), M_INVALID);
    ck_assert(m_str_is(w->call->error.fields[0].code, "finance.report.dates"));
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("ageing");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, edges_of_the_spans, 0, SIDES);
    tcase_add_loop_test(cases, payments_and_advances, 0, SIDES);
    tcase_add_loop_test(cases, earlier_days, 0, SIDES);
    tcase_add_loop_test(cases, earlier_days_out_of_order, 0, SIDES);
    tcase_add_loop_test(cases, days_compared, 0, SIDES);
    tcase_add_loop_test(cases, earlier_days_stay, 0, SIDES);
    tcase_add_loop_test(cases, ageing_that_is_not_told, 0, SIDES);
    tcase_add_loop_test(cases, statement_of_a_party, 0, SIDES);
    tcase_add_loop_test(cases, statement_of_nobody, 0, SIDES);
    return fin_world_run(cases, "finance ageing");
}
