/* Credit and debit notes: what of an invoice goes back, what becomes an open credit, and that
 * nothing goes back twice. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "note/note.h"
#include "open_item/open_item.h"
#include "reports/reports.h"

static fin_world world;
static fin_world *w = &world;

typedef struct {
    uint32_t party;
    const char *field;
    const char *bills;
    const char *notes;
    const char *money;
    const char *account; /* of what is owed, */
    const char *prepaid; /* of advances and credits, */
    const char *result;  /* of the lines, */
    const char *tax;     /* and of tax */
    bool credit;         /* what is owed is a credit */
    const m_report *ageing;
    const m_report *outstanding;
    const m_report *statement;
} side;

static const side sides[] = {
    {SUPPLIER, "supplier", "purchase-invoices", "purchase-debit-notes", "payments", "2110", "1150",
     "5300", "1160", true, &fin_supplier_ageing_report, &fin_outstanding_report,
     &fin_supplier_statement_report},
    {CUSTOMER, "customer", "sales-invoices", "sales-credit-notes", "receipts", "1130", "2170",
     "4100", "2130", false, &fin_customer_ageing_report, &fin_customer_outstanding_report,
     &fin_customer_statement_report},
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

/* An amount as a debit of what is owed by a customer, on either side. */
static const char *on(const side *s, const char *amount)
{
    bool negative = amount[0] == '-';
    if (!s->credit || strcmp(amount, "0") == 0) return amount;
    return negative ? amount + 1 : fin_text(w, "-%s", amount);
}

/* ---- documents ---- */

static const char *line_of(const side *s, const char *qty, const char *rate, uint32_t tax)
{
    return fin_text(w,
                    "{\"description\":\"Work\",\"qty\":\"%s\",\"rate\":\"%s\",\"account\":\"%s\","
                    "\"cost_center\":\"%s\"%s%s%s}",
                    qty, rate, fin_account_text(w, s->result), fin_center_text(w, "Main"),
                    tax ? ",\"tax\":\"" : "", tax ? fin_id_text(w, test_id(tax)) : "",
                    tax ? "\"" : "");
}

static m_id bill(const side *s, const char *posted, const char *lines, const char *more)
{
    static int no;
    const char *bill_no = s->credit ? fin_text(w, ",\"supplier_invoice_no\":\"N-%d\"", ++no) : "";
    return fin_create(w, s->bills, "submit",
                      fin_text(w, "{\"%s\":\"%s\",\"posting_date\":\"%s\",\"lines\":[%s]%s%s}",
                               s->field, fin_id_text(w, test_id(s->party)), posted, lines, bill_no,
                               more))
        .id;
}

static const char *note_body(const side *s, const char *date, const char *more)
{
    return fin_text(w, "{\"%s\":\"%s\",\"posting_date\":\"%s\",\"reason\":\"Damaged\"%s}", s->field,
                    fin_id_text(w, test_id(s->party)), date, more);
}

/* Id of the invoice's line, as text. */
static const char *line_id(const side *s, m_id invoice, uint32_t i)
{
    m_str body = fin_get(w, s->bills, invoice).body;
    const char *at = memmem(body.p, body.n, "\"lines\":[", 9);
    ck_assert_ptr_nonnull(at);
    for (uint32_t k = 0; k <= i; k++) {
        at = memmem(at + 1, body.n - (size_t)(at + 1 - body.p), "{\"id\":\"", 7);
        ck_assert_ptr_nonnull(at);
    }
    return fin_text(w, "%.*s", 26, at + 7);
}

/* One line of an invoice: qty, or an allowance. */
static const char *of_line(const side *s, m_id invoice, uint32_t i, const char *member,
                           const char *value)
{
    return fin_text(w, ",\"invoice\":\"%s\",\"lines\":[{\"invoice_line\":\"%s\",\"%s\":\"%s\"}]",
                    fin_id_text(w, invoice), line_id(s, invoice, i), member, value);
}

static m_document_reply credit(const side *s, const char *date, m_id invoice, uint32_t i,
                               const char *member, const char *value)
{
    return fin_create(w, s->notes, "submit",
                      note_body(s, date, of_line(s, invoice, i, member, value)));
}

static m_document_reply credit_all(const side *s, const char *date, m_id invoice)
{
    return fin_create(
        w, s->notes, "submit",
        note_body(s, date, fin_text(w, ",\"invoice\":\"%s\"", fin_id_text(w, invoice))));
}

static m_document_reply pay(const side *s, const char *date, const char *amount, m_id invoice)
{
    return fin_create(w, s->money, "submit",
                      fin_text(w,
                               "{\"%s\":\"%s\",\"posting_date\":\"%s\",\"amount\":\"%s\","
                               "\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"%s\"}]}",
                               s->field, fin_id_text(w, test_id(s->party)), date, amount,
                               fin_id_text(w, invoice), amount));
}

static m_document_reply refund(const side *s, const char *amount, m_id note)
{
    return fin_create(w, s->money, "submit",
                      fin_text(w,
                               "{\"%s\":\"%s\",\"type\":\"refund\",\"posting_date\":\"2026-04-01\","
                               "\"amount\":\"%s\",\"refund_of_note\":\"%s\"}",
                               s->field, fin_id_text(w, test_id(s->party)), amount,
                               fin_id_text(w, note)));
}

/* ---- looking ---- */

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
    for (m_date day = test_date("2026-01-01"); day.d <= today.d; day.d++) {
        m_list rows;
        m_dec_sum sum = 0;
        fin_ageing_params params = {.as_of = day};
        ck_assert_int_eq(fin_report(w, s->ageing, &params, &rows), M_OK);
        for (M_EACH(const fin_ageing_row, row, rows))
            sum += row->outstanding;
        ck_assert(sum == owed_on(s, day));
    }
}

static void outstanding_is(const side *s, m_id invoice, const char *amount)
{
    fin_has(fin_get(w, s->bills, invoice).body, fin_text(w, "\"outstanding\":\"%s\"", amount));
}

/* ---- V051 ---- */

static void instalment_is(m_id invoice, int64_t n, const char *invoiced, const char *credited,
                          const char *outstanding)
{
    const void *found = NULL;
    fin_open_item key = {.document = invoice, .instalment = n};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_instalment_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    const fin_open_item *part = found;
    ck_assert_int_eq(part->amount.u, test_dec(invoiced).u);
    ck_assert_int_eq(part->credited.u, test_dec(credited).u);
    ck_assert_int_eq(part->outstanding.u, test_dec(outstanding).u);
}

/* Two units of 100, due by 30, 50 and 20 %; 40 are paid, then one unit comes back. */
START_TEST(payment_then_credit_against_the_terms)
{
    const side *s = &sides[_i];
    fin_create(w, "fiscal-years", NULL, "{\"start\":\"2024-04-01\",\"end\":\"2025-03-31\"}");
    m_id terms = fin_create(w, "payment-terms", NULL,
                            "{\"code\":\"V051\",\"lines\":[{\"percent\":\"30\",\"days\":30},"
                            "{\"percent\":\"50\",\"days\":60},{\"percent\":\"20\",\"days\":91}]}")
                     .id;
    m_id si = bill(s, "2024-05-31", line_of(s, "2", "100", 0),
                   fin_text(w, ",\"payment_terms\":\"%s\"", fin_id_text(w, terms)));
    fin_has(fin_get(w, s->bills, si).body, "\"due_date\":\"2024-06-30\",\"amount\":\"60.00\"");
    fin_has(fin_get(w, s->bills, si).body, "\"due_date\":\"2024-07-30\",\"amount\":\"100.00\"");
    fin_has(fin_get(w, s->bills, si).body, "\"due_date\":\"2024-08-30\",\"amount\":\"40.00\"");
    pay(s, "2024-06-15", "40", si);
    instalment_is(si, 1, "60", "0", "20");
    instalment_is(si, 2, "100", "0", "100");
    instalment_is(si, 3, "40", "0", "40");
    m_document_reply note = credit(s, "2024-06-20", si, 0, "qty", "1");
    fin_has(note.body, "\"grand_total\":\"100.00\"");
    fin_has(note.body, "\"unallocated\":\"0.00\"");
    instalment_is(si, 1, "60", "20", "0");
    instalment_is(si, 2, "100", "80", "20");
    instalment_is(si, 3, "40", "0", "40");
    outstanding_is(s, si, "60.00");
    m_list rows;
    fin_outstanding_params params = {.as_of = test_date("2024-06-30")};
    ck_assert_int_eq(fin_report(w, s->outstanding, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    const fin_outstanding_row *second = M_AT(rows, fin_outstanding_row, 0);
    ck_assert_int_eq(second->instalment, 2);
    ck_assert_int_eq(second->credited.u, test_dec("80").u);
    ck_assert_int_eq(second->paid.u, 0);
    ck_assert_int_eq(second->not_due.u, test_dec("20").u);
    fin_ageing_params age = {.as_of = test_date("2024-06-30"), .bound_1 = 30, .bound_2 = 60};
    ck_assert_int_eq(fin_report(w, s->ageing, &age, &rows), M_OK);
    ck_assert(M_AT(rows, fin_ageing_row, 0)->outstanding == test_dec("60").u);
    age.as_of = test_date("2024-06-17");
    ck_assert_int_eq(fin_report(w, s->ageing, &age, &rows), M_OK);
    ck_assert(M_AT(rows, fin_ageing_row, 0)->outstanding == test_dec("160").u);
    fin_balance_is(w, s->account, on(s, "60"));
    fin_act_refused(w, s->bills, si, "cancel", NULL, "finance.invoice.credited", NULL);
    fin_act(w, s->notes, note.id, "cancel", NULL);
    instalment_is(si, 1, "60", "0", "20");
    instalment_is(si, 2, "100", "0", "100");
    fin_balance_is(w, s->account, on(s, "160"));
}
END_TEST

/* ---- proportion ---- */

/* 3 × 33.35 and 18 %: in three notes every account comes to zero. */
START_TEST(parts_make_the_whole)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "2026-01-10", line_of(s, "3", "33.35", GST18), "");
    fin_balance_is(w, s->account, on(s, "118.05")); /* 100.05 and twice 9.00 */
    m_document_reply first = credit(s, "2026-01-11", a, 0, "qty", "1");
    fin_has(first.body, "\"net_total\":\"33.35\"");
    fin_has(first.body, "\"tax_total\":\"6.00\"");
    fin_balance_is(w, s->tax, on(s, "-12"));
    credit(s, "2026-01-12", a, 0, "allowance", "0.01");
    credit(s, "2026-01-12", a, 0, "qty", "0.7");
    fin_create_refused(w, s->notes, NULL,
                       note_body(s, "2026-01-13", of_line(s, a, 0, "qty", "1.300001")),
                       "finance.note.beyond", "lines[0].qty");
    credit_all(s, "2026-01-13", a);
    fin_balance_is(w, s->account, "0");
    fin_balance_is(w, s->result, "0");
    fin_balance_is(w, s->tax, "0");
    outstanding_is(s, a, "0.00");
    fin_create_refused(
        w, s->notes, "submit",
        note_body(s, "2026-01-14", fin_text(w, ",\"invoice\":\"%s\"", fin_id_text(w, a))),
        "finance.invoice.zero", "lines");
    every_day_agrees(s);
    fin_act(w, s->notes, first.id, "cancel", NULL);
    outstanding_is(s, a, "39.35");
    credit_all(s, "2026-01-15", a);
    fin_balance_is(w, s->tax, "0");
    fin_balance_is(w, s->result, "0");
    every_day_agrees(s);
}
END_TEST

/* Tax that cannot be reclaimed went into the cost, and comes out of it. */
START_TEST(tax_in_the_cost_goes_back)
{
    const side *s = &sides[0];
    m_id a = bill(s, "2026-01-10",
                  fin_text(w, "%s,%s", line_of(s, "3", "33.37", BLOCKED10),
                           line_of(s, "1", "0.50", BLOCKED10)),
                  "");
    fin_balance_is(w, "5300", "110.67");
    fin_balance_is(w, "1160", "0");
    for (int i = 0; i < 2; i++)
        credit(s, "2026-01-11", a, 0, "qty", "1");
    credit_all(s, "2026-01-12", a);
    fin_balance_is(w, "5300", "0");
    fin_balance_is(w, "2110", "0");
    fin_books_balance(w);
}
END_TEST

/* Charges, deducted ones too, and the rounding go back with the lines. */
START_TEST(charges_go_back)
{
    const side *s = &sides[_i];
    const char *charges =
        fin_text(w,
                 ",\"round_to\":\"1\",\"charges\":[{\"name\":\"Freight\",\"basis\":\"actual\","
                 "\"amount\":\"10\"},{\"name\":\"Tax\",\"basis\":\"line_tax\"},{\"name\":\"Off\","
                 "\"basis\":\"row_total\",\"row\":2,\"rate\":\"7\",\"deduct\":true},{\"name\":"
                 "\"Packing\",\"basis\":\"actual\",\"amount\":\"5\",\"account\":\"%s\","
                 "\"cost_center\":\"%s\"}]",
                 fin_account_text(w, "5160"), fin_center_text(w, "Main"));
    m_id a = bill(s, "2026-01-10",
                  fin_text(w, "%s,%s", line_of(s, "2", "50.10", GST18), line_of(s, "1", "20", 0)),
                  charges);
    fin_balance_is(w, s->account, on(s, "143")); /* 120.20 + 18.04 + 10 − 10.38 + 5 and 0.14 */
    fin_balance_is(w, "5160", s->credit ? "5" : "-5");
    m_document_reply first = credit(s, "2026-01-11", a, 0, "qty", "1");
    fin_has(first.body, "\"net_total\":\"50.10\"");
    credit_all(s, "2026-01-12", a);
    fin_balance_is(w, s->account, "0");
    fin_balance_is(w, s->result, "0");
    fin_balance_is(w, s->tax, "0");
    fin_balance_is(w, "5160", "0");
    fin_balance_is(w, "5290", "0");
    fin_books_balance(w);
}
END_TEST

/* ---- open credits ---- */

START_TEST(a_paid_bill_leaves_a_credit)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "2026-01-10", line_of(s, "2", "50", GST18), "");
    m_id b = bill(s, "2026-01-20", line_of(s, "1", "30", 0), "");
    m_id paid = pay(s, "2026-01-15", "100", a).id;
    m_document_reply note = credit(s, "2026-02-01", a, 0, "qty", "1");
    fin_has(note.body, "\"grand_total\":\"59.00\"");
    fin_has(note.body, "\"allocated\":\"18.00\"");
    fin_has(note.body, "\"unallocated\":\"41.00\"");
    outstanding_is(s, a, "0.00");
    fin_balance_is(w, s->account, on(s, "30"));
    fin_balance_is(w, s->prepaid, on(s, "-41"));
    every_day_agrees(s);
    fin_act(w, s->notes, note.id, "allocate", "{\"posting_date\":\"2026-02-03\"}");
    outstanding_is(s, b, "0.00");
    fin_balance_is(w, s->prepaid, on(s, "-11"));
    m_document_reply back = refund(s, "11", note.id);
    fin_has(fin_get(w, s->notes, note.id).body, "\"unallocated\":\"0.00\"");
    fin_has(fin_get(w, s->notes, note.id).body, "\"refunded\":\"11.00\"");
    fin_balance_is(w, s->prepaid, "0");
    every_day_agrees(s);
    fin_act_refused(w, s->notes, note.id, "cancel", NULL, "finance.payment.refunded", NULL);
    fin_act(w, s->money, back.id, "cancel", NULL);
    fin_act(w, s->notes, note.id, "cancel", NULL);
    outstanding_is(s, a, "18.00");
    outstanding_is(s, b, "30.00");
    fin_balance_is(w, s->prepaid, "0");
    every_day_agrees(s);
    fin_act(w, s->money, paid, "cancel", NULL);
    fin_act(w, s->bills, a, "cancel", NULL);
    every_day_agrees(s);
    fin_books_balance(w);
}
END_TEST

/* One note takes off its bill and, later, pays the same bill from what was left. */
START_TEST(a_credit_comes_back_to_its_bill)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "2026-01-10", line_of(s, "2", "50", 0), "");
    m_id paid = pay(s, "2026-01-15", "80", a).id;
    m_document_reply note = credit(s, "2026-02-01", a, 0, "qty", "1");
    fin_act(w, s->money, paid, "cancel", NULL);
    outstanding_is(s, a, "80.00");
    fin_act(w, s->notes, note.id, "allocate", NULL);
    outstanding_is(s, a, "50.00");
    fin_act(w, s->notes, note.id, "cancel", NULL);
    outstanding_is(s, a, "100.00");
    every_day_agrees(s);
}
END_TEST

START_TEST(a_note_that_stands_alone)
{
    const side *s = &sides[_i];
    m_document_reply note = fin_create(
        w, s->notes, "submit",
        note_body(s, "2026-02-01", fin_text(w, ",\"lines\":[%s]", line_of(s, "1", "100", GST18))));
    fin_has(note.body, "\"unallocated\":\"118.00\"");
    fin_has(note.body,
            s->credit ? "\"number\":\"DBN-2025-00001\"" : "\"number\":\"CN-2025-00001\"");
    fin_balance_is(w, s->prepaid, on(s, "-118"));
    fin_balance_is(w, s->result, on(s, "100"));
    fin_balance_is(w, s->tax, on(s, "18"));
    m_list rows;
    ck_assert_int_eq(fin_report(w, s->outstanding, &(fin_outstanding_params){0}, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
    ck_assert(m_str_is(M_AT(rows, fin_outstanding_row, 0)->document_type,
                       s->credit ? "finance.purchase_debit_note" : "finance.sales_credit_note"));
    every_day_agrees(s);
    fin_act(w, s->notes, note.id, "cancel", NULL);
    fin_books_balance(w);
    every_day_agrees(s);
}
END_TEST

/* ---- goods ---- */

/* 100 received and invoiced; 5 go back to the supplier and are credited: nothing stays between. */
START_TEST(goods_that_went_back)
{
    const side *s = &sides[0];
    m_id received = fin_world_receive(w, "3", "33.33", "100");
    const char *goods = fin_text(w, "{\"receipt_line\":\"%s\",\"qty\":\"3\",\"rate\":\"34\"}",
                                 fin_id_text(w, received));
    m_id a = bill(s, "2026-01-10", goods, "");
    fin_balance_is(w, "2120", "100"); /* the receipt itself is not in this book */
    w->received[0].returned = test_dec("1");
    w->received[0].grni_returned = test_dec("33.34");
    credit(s, "2026-01-12", a, 0, "qty", "1");
    fin_balance_is(w, "2120", "66.66"); /* 100 − 33.34: what is still here */
    fin_balance_is(w, "2110", "-68");
    w->received[0].returned = test_dec("3");
    w->received[0].grni_returned = test_dec("100");
    m_document_reply rest = credit_all(s, "2026-01-13", a);
    fin_balance_is(w, "2120", "0");
    fin_balance_is(w, "5120", "0");
    fin_balance_is(w, "2110", "0");
    fin_act(w, s->notes, rest.id, "cancel", NULL);
    fin_balance_is(w, "2120", "66.66");
}
END_TEST

/* Billed too much, not returned: the goods may be invoiced again. */
START_TEST(goods_that_stayed)
{
    const side *s = &sides[0];
    m_id received = fin_world_receive(w, "3", "33.33", "100");
    const char *goods =
        fin_text(w, "{\"receipt_line\":\"%s\",\"qty\":\"3\"}", fin_id_text(w, received));
    m_id a = bill(s, "2026-01-10", goods, "");
    credit(s, "2026-01-12", a, 0, "qty", "2");
    fin_balance_is(w, "2120", "33.33");
    bill(s, "2026-01-13",
         fin_text(w, "{\"receipt_line\":\"%s\",\"qty\":\"2\"}", fin_id_text(w, received)), "");
    fin_balance_is(w, "2120", "100");
    credit(s, "2026-01-14", a, 0, "allowance", "3.33");
    fin_balance_is(w, "2120", "100");
    fin_balance_is(w, "5120", "-3.34");
}
END_TEST

/* ---- refusals ---- */

START_TEST(notes_that_are_refused)
{
    const side *s = &sides[_i];
    m_id a = bill(s, "2026-01-10", line_of(s, "2", "50", 0), "");
    m_id cancelled = bill(s, "2026-01-10", line_of(s, "2", "50", 0), "");
    fin_act(w, s->bills, cancelled, "cancel", NULL);
    const char *whole = fin_text(w, ",\"invoice\":\"%s\"", fin_id_text(w, a));
    const struct {
        const char *date, *more, *code, *path;
    } cases[] = {
        {"2026-01-09", whole, "finance.note.before", "posting_date"},
        {"2026-01-10", fin_text(w, ",\"invoice\":\"%s\"", fin_id_text(w, cancelled)),
         "finance.note.invoice", "invoice"},
        {"2026-01-10", of_line(s, a, 0, "qty", "2.5"), "finance.note.beyond", "lines[0].qty"},
        {"2026-01-10", of_line(s, a, 0, "allowance", "100.01"), "finance.note.beyond",
         "lines[0].allowance"},
        {"2026-01-10", of_line(s, a, 0, "allowance", "0.001"), "core.field.places",
         "lines[0].allowance"},
        {"2026-01-10", of_line(s, a, 0, "qty", "0"), "finance.note.line", "lines[0].qty"},
        {"2026-01-10", of_line(s, a, 0, "allowance", "1\",\"qty\":\"1"), "finance.note.line",
         "lines[0].qty"},
        {"2026-01-10",
         fin_text(w, "%s,\"lines\":[{\"invoice_line\":\"%s\",\"qty\":\"1\"}]", whole,
                  fin_id_text(w, a)),
         "core.link.not_found", "lines[0].invoice_line"},
        {"2026-01-10", "", "core.field.required", "lines"},
        {"2026-01-10", ",\"lines\":[{\"description\":\"X\",\"qty\":\"1\",\"allowance\":\"1\"}]",
         "finance.note.line", "lines[0].qty"},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++)
        fin_create_refused(w, s->notes, NULL, note_body(s, cases[i].date, cases[i].more),
                           cases[i].code, cases[i].path);
    fin_create_refused(w, s->money, NULL,
                       fin_text(w, "{\"%s\":\"%s\",\"amount\":\"1\",\"refund_of_note\":\"%s\"}",
                                s->field, fin_id_text(w, test_id(s->party)),
                                fin_id_text(w, credit_all(s, "2026-01-10", a).id)),
                       "finance.payment.refund", "refund_of_note");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("notes");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_loop_test(cases, payment_then_credit_against_the_terms, 0, SIDES);
    tcase_add_loop_test(cases, parts_make_the_whole, 0, SIDES);
    tcase_add_test(cases, tax_in_the_cost_goes_back);
    tcase_add_loop_test(cases, charges_go_back, 0, SIDES);
    tcase_add_loop_test(cases, a_paid_bill_leaves_a_credit, 0, SIDES);
    tcase_add_loop_test(cases, a_credit_comes_back_to_its_bill, 0, SIDES);
    tcase_add_loop_test(cases, a_note_that_stands_alone, 0, SIDES);
    tcase_add_test(cases, goods_that_went_back);
    tcase_add_test(cases, goods_that_stayed);
    tcase_add_loop_test(cases, notes_that_are_refused, 0, SIDES);
    return fin_world_run(cases, "fin_notes");
}
