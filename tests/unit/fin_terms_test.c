/* Payment terms and instalments, both sides: shares that make a whole, the oldest due paid first,
 * ageing by instalment today and on earlier days; discounts for paying early. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "payment_terms/payment_terms.h"
#include "reports/reports.h"

static fin_world world;
static fin_world *w = &world;

typedef struct {
    uint32_t party;
    const char *field;
    const char *bills;
    const char *money;
    const char *account;
    bool credit;
    const m_report *ageing;
    const m_report *outstanding;
    const m_report *statement;
} side;

static const side sides[] = {
    {SUPPLIER, "supplier", "purchase-invoices", "payments", "2110", true,
     &fin_supplier_ageing_report, &fin_outstanding_report, &fin_supplier_statement_report},
    {CUSTOMER, "customer", "sales-invoices", "receipts", "1130", false, &fin_customer_ageing_report,
     &fin_customer_outstanding_report, &fin_customer_statement_report},
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

/* ---- documents ---- */

static m_id terms(const char *code, const char *basis, const char *lines)
{
    return fin_create(w, "payment-terms", NULL,
                      fin_text(w, "{\"code\":\"%s\",\"early_discount\":\"%s\",\"lines\":[%s]}",
                               code, basis, lines))
        .id;
}

/* V051: 30 % after 30 days, 50 % after 60, 20 % after 91. */
static m_id three_terms(void)
{
    return terms("3050", "included",
                 "{\"percent\":\"30\",\"days\":30},{\"percent\":\"50\",\"days\":60},"
                 "{\"percent\":\"20\",\"days\":91}");
}

/* lines: without the line's account. */
static const char *bill_body(const side *s, const char *lines, const char *posted, const char *more)
{
    static int no;
    const char *bill_no = s->credit ? fin_text(w, ",\"supplier_invoice_no\":\"T-%d\"", ++no) : "";
    return fin_text(w, "{\"%s\":\"%s\",\"posting_date\":\"%s\",\"lines\":[%s]%s%s}", s->field,
                    fin_id_text(w, test_id(s->party)), posted, lines, bill_no, more);
}

static const char *line(const char *qty, const char *rate, uint32_t tax)
{
    return fin_text(w,
                    "{\"description\":\"Work\",\"qty\":\"%s\",\"rate\":\"%s\",\"account\":\"%s\","
                    "\"cost_center\":\"%s\"%s%s%s}",
                    qty, rate, fin_account_text(w, "5300"), fin_center_text(w, "Main"),
                    tax ? ",\"tax\":\"" : "", tax ? fin_id_text(w, test_id(tax)) : "",
                    tax ? "\"" : "");
}

static m_document_reply bill(const side *s, const char *amount, const char *posted, m_id by)
{
    const char *more =
        m_id_is_null(by) ? "" : fin_text(w, ",\"payment_terms\":\"%s\"", fin_id_text(w, by));
    return fin_create(w, s->bills, "submit", bill_body(s, line("1", amount, 0), posted, more));
}

/* to: members of one allocation after the invoice; NULL: all is an advance. */
static const char *pay_body(const side *s, const char *date, const char *amount, m_id invoice,
                            const char *to)
{
    const char *list =
        to ? fin_text(w, ",\"allocations\":[{\"invoice\":\"%s\",%s}]", fin_id_text(w, invoice), to)
           : "";
    return fin_text(w,
                    "{\"%s\":\"%s\",\"posting_date\":\"%s\",\"amount\":\"%s\",\"cost_center\":"
                    "\"%s\"%s}",
                    s->field, fin_id_text(w, test_id(s->party)), date, amount,
                    fin_center_text(w, "Main"), list);
}

static m_document_reply pay(const side *s, const char *date, const char *amount, m_id invoice,
                            const char *to)
{
    return fin_create(w, s->money, "submit", pay_body(s, date, amount, invoice, to));
}

/* ---- looking ---- */

/* Instalments as they are kept: outstanding of each, in order; NULL ends. */
static void instalments_are(m_id document, const char *const *outstanding)
{
    m_filter of_it = {"document", M_OP_EQ, &document};
    m_query query = {.filters = &of_it, .filter_count = 1};
    fin_open_item key = {.document = document};
    const void *keys[] = {&key};
    m_fetch reads[] = {{.type = &fin_instalment_type, .query = &query},
                       {.type = &fin_open_item_type, .keys = keys, .key_count = 1}};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, reads, 2), M_OK);
    uint32_t n = 0;
    int64_t sum = 0;
    for (; outstanding[n]; n++) {
        ck_assert_uint_lt(n, reads[0].count);
        const fin_open_item *part = reads[0].records[n];
        char text[M_DEC_TEXT];
        m_dec_format(part->outstanding, 2, text);
        ck_assert_int_eq(part->instalment, n + 1);
        ck_assert_msg(part->outstanding.u == test_dec(outstanding[n]).u, "%u: %s, expected %s", n,
                      text, outstanding[n]);
        sum += part->outstanding.u;
    }
    ck_assert_uint_eq(n, reads[0].count);
    const fin_open_item *whole = reads[1].records[0];
    if (n) ck_assert_int_eq(whole->outstanding.u, sum);
    fin_end(w, M_OK);
}
#define INSTALMENTS(document, ...)                                                                 \
    instalments_are(document, (const char *const[]){__VA_ARGS__, NULL})

static m_dec_sum ageing_sum(const side *s, m_date as_of)
{
    m_list rows;
    m_dec_sum sum = 0;
    fin_ageing_params params = {.as_of = as_of, .detail = true};
    ck_assert_int_eq(fin_report(w, s->ageing, &params, &rows), M_OK);
    for (M_EACH(const fin_ageing_row, row, rows))
        sum += row->outstanding;
    return sum;
}

static m_dec_sum owed_on(const side *s, m_date day)
{
    fin_account_statement_params params = {
        .party = test_id(s->party), .from = test_date("2025-12-01"), .to = day, .limit = 1000};
    m_list rows;
    ck_assert_int_eq(fin_report(w, s->statement, &params, &rows), M_OK);
    return M_AT(rows, fin_general_ledger_row, rows.count - 1)->balance;
}

static void every_day_agrees(const side *s)
{
    m_date today = m_today(w->call);
    for (m_date day = test_date("2026-01-01"); day.d <= today.d; day.d++)
        ck_assert(ageing_sum(s, day) == owed_on(s, day));
}

/* want: not due and the three spans on that day. */
static void ages_are(const side *s, const char *as_of, const char *const *want)
{
    m_list rows;
    m_dec_sum got[4] = {0};
    fin_ageing_params params = {.as_of = test_date(as_of)};
    ck_assert_int_eq(fin_report(w, s->ageing, &params, &rows), M_OK);
    for (M_EACH(const fin_ageing_row, row, rows)) {
        m_dec_sum parts[] = {row->not_due, row->span_1, row->span_2, row->span_3};
        for (int i = 0; i < 4; i++)
            got[i] += parts[i];
    }
    for (int i = 0; i < 4; i++) {
        char text[M_DEC_SUM_TEXT];
        m_dec_sum_format(got[i], 2, text);
        ck_assert_msg(got[i] == test_dec(want[i]).u, "%s, column %d: %s, expected %s", as_of, i,
                      text, want[i]);
    }
}
#define AGES(s, day, ...) ages_are(s, day, (const char *const[]){__VA_ARGS__})

/* ---- terms ---- */

START_TEST(shares_make_a_whole)
{
    static const struct {
        const char *lines, *path;
    } bad[] = {
        {"{\"percent\":\"50\"},{\"percent\":\"49.99\"}", "lines[1].percent"},
        {"{\"percent\":\"50\"},{\"percent\":\"50.01\"}", "lines[1].percent"},
        {"{},{\"percent\":\"50\"}", "lines[1].percent"},
        {"{\"amount\":\"10\"},{\"percent\":\"100\"}", "lines[1].percent"},
        {"{\"amount\":\"10\",\"percent\":\"10\"},{}", "lines[0].percent"},
    };
    for (size_t i = 0; i < UNIT_COUNT(bad); i++)
        fin_create_refused(w, "payment-terms", NULL,
                           fin_text(w, "{\"code\":\"X\",\"lines\":[%s]}", bad[i].lines),
                           "finance.payment_terms.shares", bad[i].path);
    fin_create_refused(w, "payment-terms", NULL, "{\"code\":\"X\",\"lines\":[]}",
                       "core.field.required", "lines");
    terms("ok", "included", "{\"amount\":\"10\"},{\"percent\":\"30\"},{}");
}
END_TEST

/* 100 in thirds: 33.33, 33.33, 33.34; a fixed amount gets at most what is there. */
START_TEST(amounts_and_days)
{
    const side *s = &sides[_i];
    m_id thirds = terms("thirds", "included",
                        "{\"percent\":\"33.333\",\"days\":10},{\"percent\":\"33.333\",\"months\":1,"
                        "\"end_of_month\":true},{\"end_of_month\":true,\"then_days\":15}");
    m_document_reply reply = bill(s, "100", "2026-01-20", thirds);
    fin_has(reply.body, "\"due_date\":\"2026-01-30\",\"amount\":\"33.33\"");
    fin_has(reply.body, "\"due_date\":\"2026-02-28\",\"amount\":\"33.33\"");
    fin_has(reply.body, "\"due_date\":\"2026-02-15\",\"amount\":\"33.34\"");
    INSTALMENTS(reply.id, "33.33", "33.33", "33.34");
    m_id fixed = terms("fixed", "included", "{\"amount\":\"60\",\"days\":5},{\"days\":30}");
    INSTALMENTS(bill(s, "100", "2026-01-20", fixed).id, "60", "40");
    INSTALMENTS(bill(s, "50", "2026-01-20", fixed).id, "50");
    fin_act(w, s->bills, reply.id, "cancel", NULL);
    instalments_are(reply.id, (const char *const[]){NULL});
    every_day_agrees(s);
}
END_TEST

START_TEST(terms_not_active)
{
    const side *s = &sides[_i];
    m_document_reply old =
        fin_create(w, "payment-terms", NULL, "{\"code\":\"old\",\"active\":false,\"lines\":[{}]}");
    fin_create_refused(w, s->bills, NULL,
                       bill_body(s, line("1", "10", 0), "2026-04-01",
                                 fin_text(w, ",\"payment_terms\":\"%s\"", fin_id_text(w, old.id))),
                       "finance.payment_terms.inactive", "payment_terms");
}
END_TEST

/* ---- paying ---- */

/* The first part of V051: 40 of 200 against 60, 100 and 40. */
START_TEST(the_oldest_due_is_paid_first)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", three_terms()).id;
    INSTALMENTS(a, "60", "100", "40");
    m_document_reply paid = pay(s, "2026-01-05", "40", a, "\"amount\":\"40\"");
    fin_has(paid.body, "\"instalment\":1,\"amount\":\"40.00\"");
    INSTALMENTS(a, "20", "100", "40");
    fin_has(fin_get(w, s->bills, a).body,
            "\"due_date\":\"2026-01-31\",\"amount\":\"60.00\",\"early_amount\":\"0.00\"");
    fin_has(fin_get(w, s->bills, a).body, "\"outstanding\":\"20.00\"");
    fin_act_refused(w, s->bills, a, "cancel", NULL, "finance.invoice.paid", NULL);
    AGES(s, "2026-04-01", "40", "100", "20", "0");
    AGES(s, "2026-03-31", "40", "100", "20", "0");
    AGES(s, "2026-02-01", "140", "20", "0", "0");
    AGES(s, "2026-01-04", "200", "0", "0", "0");
    every_day_agrees(s);
    fin_act(w, s->money, paid.id, "cancel", NULL);
    INSTALMENTS(a, "60", "100", "40");
    every_day_agrees(s);
    fin_act(w, s->bills, a, "cancel", NULL);
    every_day_agrees(s);
}
END_TEST

START_TEST(a_chosen_instalment)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", three_terms()).id;
    m_id plain = bill(s, "50", "2026-01-01", (m_id){{0}}).id;
    static const struct {
        const char *to, *code, *path;
    } bad[] = {
        {"\"instalment\":2,\"amount\":\"100.01\"", "finance.payment.beyond_outstanding",
         "allocations[0].amount"},
        {"\"instalment\":4,\"amount\":\"1\"", "finance.payment.instalment",
         "allocations[0].instalment"},
        {"\"amount\":\"200.01\"", "finance.payment.beyond_outstanding", "allocations[0].amount"},
    };
    for (size_t i = 0; i < UNIT_COUNT(bad); i++)
        fin_create_refused(w, s->money, "submit", pay_body(s, "2026-01-05", "300", a, bad[i].to),
                           bad[i].code, bad[i].path);
    fin_create_refused(w, s->money, "submit",
                       pay_body(s, "2026-01-05", "10", plain, "\"instalment\":1,\"amount\":\"1\""),
                       "finance.payment.instalment", "allocations[0].instalment");
    const char *twice = fin_text(w,
                                 "\"instalment\":2,\"amount\":\"1\"},{\"invoice\":\"%s\","
                                 "\"amount\":\"1\"",
                                 fin_id_text(w, a));
    fin_create_refused(w, s->money, "submit", pay_body(s, "2026-01-05", "10", a, twice),
                       "finance.payment.twice", "allocations[1].invoice");
    m_id last = pay(s, "2026-01-05", "30", a, "\"instalment\":3,\"amount\":\"30\"").id;
    INSTALMENTS(a, "60", "100", "10");
    const char *two = fin_text(w,
                               "\"instalment\":2,\"amount\":\"50\"},{\"invoice\":\"%s\","
                               "\"instalment\":1,\"amount\":\"60\"",
                               fin_id_text(w, a));
    pay(s, "2026-01-06", "110", a, two);
    INSTALMENTS(a, "0", "50", "10");
    fin_act(w, s->money, last, "cancel", NULL);
    INSTALMENTS(a, "0", "50", "40");
    every_day_agrees(s);
}
END_TEST

/* Instalments of one bill and another bill in between, by their days. */
START_TEST(an_advance_goes_by_due_dates)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", three_terms()).id; /* 31 Jan, 2 March, 2 April */
    m_id b = bill(s, "50", "2026-01-10", (m_id){{0}}).id;    /* 9 Feb; 25 Jan for customers */
    m_id advance = pay(s, "2026-02-01", "150", a, NULL).id;
    fin_act(w, s->money, advance, "allocate", "{\"posting_date\":\"2026-02-02\"}");
    INSTALMENTS(a, "0", "60", "40");
    instalments_are(b, (const char *const[]){NULL});
    fin_has(fin_get(w, s->bills, b).body, "\"outstanding\":\"0.00\"");
    every_day_agrees(s);
    const char *more = fin_text(w, "{\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"70\"}]}",
                                fin_id_text(w, a));
    m_id second = pay(s, "2026-03-01", "100", a, NULL).id;
    fin_act(w, s->money, second, "allocate", more);
    INSTALMENTS(a, "0", "0", "30");
    fin_act(w, s->money, advance, "cancel", NULL);
    INSTALMENTS(a, "60", "40", "30");
    fin_act(w, s->money, second, "cancel", NULL);
    INSTALMENTS(a, "60", "100", "40");
    every_day_agrees(s);
    fin_books_balance(w);
}
END_TEST

/* The outstanding report says what of each instalment was paid. */
START_TEST(a_row_per_instalment)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "200", "2026-01-01", three_terms()).id;
    pay(s, "2026-01-05", "40", a, "\"amount\":\"40\"");
    m_list rows;
    fin_outstanding_params params = {.as_of = test_date("2026-04-01")};
    ck_assert_int_eq(fin_report(w, s->outstanding, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 3);
    const fin_outstanding_row *first = M_AT(rows, fin_outstanding_row, 0);
    ck_assert_int_eq(first->instalment, 1);
    ck_assert_int_eq(first->amount.u, test_dec("60").u);
    ck_assert_int_eq(first->paid.u, test_dec("40").u);
    ck_assert_int_eq(first->outstanding.u, test_dec("20").u);
    ck_assert_int_eq(first->days_late, 60);
    ck_assert_int_eq(M_AT(rows, fin_outstanding_row, 2)->not_due.u, test_dec("40").u);
}
END_TEST

/* ---- early payment ---- */

/* An invoice by terms with one tax; reply of its submit. */
static m_document_reply taxed(const side *s, const char *net, uint32_t tax, m_id by)
{
    return fin_create(w, s->bills, "submit",
                      bill_body(s, line("1", net, tax), "2026-01-01",
                                fin_text(w, ",\"payment_terms\":\"%s\"", fin_id_text(w, by))));
}

/* The discount account and the tax account after a payment; signs of a receipt. */
static void discounted(const side *s, const char *net, const char *tax)
{
    const char *sign = s->credit ? "-" : "";
    fin_balance_is(w, s->credit ? "4200" : "5310", fin_text(w, "%s%s", sign, net));
    fin_balance_is(w, s->credit ? "1160" : "2130", fin_text(w, "%s%s", s->credit ? "" : "-", tax));
}

/* V037: 200 and 18 %, 10 % off when paid in time: 212.40 pay 236. */
START_TEST(early_discount_with_its_tax)
{
    const side *s = &sides[_i];
    m_id by = terms("10in10", "included",
                    "{\"days\":30,\"discount_percent\":\"10\",\"discount_days\":10}");
    m_document_reply a = taxed(s, "200", GST18, by);
    fin_has(a.body, "\"grand_total\":\"236.00\"");
    fin_has(a.body, "\"early_amount\":\"212.40\",\"early_until\":\"2026-01-11\"");
    m_document_reply late = pay(s, "2026-01-12", "212.40", a.id, "\"amount\":\"212.40\"");
    INSTALMENTS(a.id, "23.60"); /* one day too late */
    fin_act(w, s->money, late.id, "cancel", NULL);
    m_document_reply paid = pay(s, "2026-01-11", "212.40", a.id, "\"amount\":\"212.40\"");
    fin_has(paid.body, "\"write_off\":\"23.60\",\"early\":true");
    INSTALMENTS(a.id, "0");
    discounted(s, "20", "32.40"); /* 36.00 less 3.60 */
    fin_balance_is(w, s->account, "0");
    every_day_agrees(s);
    fin_act(w, s->money, paid.id, "cancel", NULL);
    discounted(s, "0", "36");
    INSTALMENTS(a.id, "236");
    pay(s, "2026-01-05", "212.40", a.id,
        "\"instalment\":1,\"amount\":\"212.40\",\"write_off\":\"23.60\"");
    INSTALMENTS(a.id, "0");
    discounted(s, "20", "32.40");
    every_day_agrees(s);
}
END_TEST

/* Not the whole, not exactly, or after something was paid: no discount. */
START_TEST(no_early_discount)
{
    const side *s = &sides[_i];
    m_id by = terms("10in10", "included",
                    "{\"days\":30,\"discount_percent\":\"10\",\"discount_days\":10}");
    m_id a = taxed(s, "200", GST18, by).id;
    pay(s, "2026-01-05", "212.39", a, "\"amount\":\"212.39\"");
    INSTALMENTS(a, "23.61");
    m_id b = taxed(s, "200", GST18, by).id;
    pay(s, "2026-01-05", "236", b, "\"amount\":\"236\"");
    discounted(s, "0", "72");
    m_id c = taxed(s, "200", GST18, by).id;
    pay(s, "2026-01-05", "1", c, "\"amount\":\"1\"");
    pay(s, "2026-01-05", "212.40", c, "\"amount\":\"212.40\"");
    INSTALMENTS(c, "22.60");
    discounted(s, "0", "108");
}
END_TEST

/* V038 and V039: 1,150 in four terms, the discount with or without the tax. */
static const struct {
    const char *basis, *early[3], *net, *tax;
} four[] = {
    {"included", {"103.50", "184.00", "460.00"}, "10.00", "148.50"},
    {"excluded", {"105.00", "190.00", "475.00"}, "10.00", "150.00"},
};

START_TEST(four_terms)
{
    const side *s = &sides[_i % SIDES];
    int k = _i / SIDES;
    m_id by = terms("four", four[k].basis,
                    "{\"percent\":\"10\",\"days\":30,\"discount_percent\":\"10\",\"discount_days\":"
                    "10},{\"percent\":\"20\",\"days\":60,\"discount_percent\":\"20\","
                    "\"discount_days\":10},{\"percent\":\"20\",\"days\":90},"
                    "{\"days\":120,\"discount_percent\":\"20\",\"discount_days\":10}");
    m_document_reply a = taxed(s, "1000", VAT15, by);
    static const char *const amounts[] = {"115.00", "230.00", "230.00", "575.00"};
    const char *early[] = {four[k].early[0], four[k].early[1], "0.00", four[k].early[2]};
    for (int i = 0; i < 4; i++)
        fin_has(a.body,
                fin_text(w, "\"amount\":\"%s\",\"early_amount\":\"%s\"", amounts[i], early[i]));
    pay(s, "2026-01-05", early[0], a.id,
        fin_text(w, "\"instalment\":1,\"amount\":\"%s\"", early[0]));
    INSTALMENTS(a.id, "0", "230", "230", "575");
    discounted(s, four[k].net, four[k].tax);
    pay(s, "2026-01-05", early[3], a.id,
        fin_text(w, "\"instalment\":4,\"amount\":\"%s\"", early[3]));
    INSTALMENTS(a.id, "0", "230", "230", "0");
    every_day_agrees(s);
    fin_books_balance(w);
}
END_TEST

/* V045: 495 paid and 100 forgiven on 595 with 19 % inside. */
START_TEST(a_discount_beside_the_terms)
{
    const side *s = &sides[_i];
    m_document_reply a =
        fin_create(w, s->bills, "submit", bill_body(s, line("1", "500", VAT19), "2026-01-01", ""));
    fin_has(a.body, "\"grand_total\":\"595.00\"");
    pay(s, "2026-01-05", "495", a.id, "\"amount\":\"495\",\"write_off\":\"100\"");
    fin_has(fin_get(w, s->bills, a.id).body, "\"outstanding\":\"0.00\"");
    discounted(s, "84.03", "79.03"); /* 95.00 less 15.97 */
    fin_balance_is(w, s->account, "0");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("terms");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, shares_make_a_whole);
    tcase_add_loop_test(cases, amounts_and_days, 0, SIDES);
    tcase_add_loop_test(cases, terms_not_active, 0, SIDES);
    tcase_add_loop_test(cases, the_oldest_due_is_paid_first, 0, SIDES);
    tcase_add_loop_test(cases, a_chosen_instalment, 0, SIDES);
    tcase_add_loop_test(cases, an_advance_goes_by_due_dates, 0, SIDES);
    tcase_add_loop_test(cases, a_row_per_instalment, 0, SIDES);
    tcase_add_loop_test(cases, early_discount_with_its_tax, 0, SIDES);
    tcase_add_loop_test(cases, no_early_discount, 0, SIDES);
    tcase_add_loop_test(cases, four_terms, 0, 2 * SIDES);
    tcase_add_loop_test(cases, a_discount_beside_the_terms, 0, SIDES);
    return fin_world_run(cases, "fin_terms");
}
