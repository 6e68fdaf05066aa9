/* Invoices and money in other currencies, both sides: what is posted by which rate, what stays open
 * in both currencies, what is gained and lost. */
#include <check.h>

#include "account/account.h"
#include "fin_world.h"
#include "open_item/open_item.h"
#include "payment/payment.h"
#include "receipt/receipt.h"
#include "reports/reports.h"
#include "sales_invoice/sales_invoice.h"

static fin_world world;
static fin_world *w = &world;

typedef struct {
    uint32_t party;
    const char *field;
    const char *invoices;
    const char *money;
    const char *control; /* account */
    const char *prepaid; /* account */
    const char *off;     /* account of write-offs */
    const m_type *money_type;
    int sign; /* of what is owed at the control account */
    m_enum kinds[2];
} side;

static const side sides[] = {
    {SUPPLIER,
     "supplier",
     "purchase-invoices",
     "payments",
     "2110",
     "1150",
     "4200",
     &fin_payment_record_type,
     -1,
     {FIN_OPEN_INVOICE, FIN_OPEN_ADVANCE}},
    {CUSTOMER,
     "customer",
     "sales-invoices",
     "receipts",
     "1130",
     "2170",
     "5310",
     &fin_receipt_record_type,
     1,
     {FIN_OPEN_RECEIVABLE, FIN_OPEN_CUSTOMER_ADVANCE}},
};
#define SIDES 2

static const side *const supplier = &sides[0];
static const side *const customer = &sides[1];

static const char *usd(void)
{
    return fin_id_text(w, test_id(USD));
}

static void setup(void)
{
    fin_world_setup(w);
    w->usd = test_dec("75");
    w->jpy = test_dec("55.5");
    fin_create(w, "accounts", NULL,
               fin_text(w,
                        "{\"code\":\"BankUSD\",\"name\":\"Dollars\",\"parent\":\"%s\","
                        "\"kind\":\"bank\",\"currency\":\"%s\"}",
                        fin_account_text(w, "1100"), usd()));
}

/* ---- the books ---- */

static m_fetch fetch_all(const m_type *type)
{
    static const m_query all = {0};
    m_fetch read = {.type = type, .query = &all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    fin_end(w, M_OK);
    return read;
}

static m_foreign account_sum(const char *code)
{
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &account), M_OK);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_sum sum = {.type = &m_gl_entry_type, .filters = &filter, .filter_count = 1, .group_by = ""};
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &sum), M_OK);
    fin_end(w, M_OK);
    const m_gl_entry *row = M_AT(sum.out, m_gl_entry, 0);
    return (m_foreign){{row->debit.u - row->credit.u}, row->foreign_amount};
}

static void items_are(m_enum kind, int sign, const char *code)
{
    m_foreign open = {{0}, {0}};
    m_fetch items = fetch_all(&fin_open_item_type);
    for (uint32_t i = 0; i < items.count; i++) {
        const fin_open_item *item = items.records[i];
        ck_assert(!m_id_is_null(item->currency));
        ck_assert_int_ge(item->outstanding.u, 0);
        ck_assert_int_ge(item->base_outstanding.u, 0);
        if (item->outstanding.u == 0) ck_assert_int_eq(item->base_outstanding.u, 0);
        if (item->kind != kind) continue;
        open.base.u += sign * item->base_outstanding.u;
        open.foreign.u += sign * item->outstanding.u;
    }
    m_foreign books = account_sum(code);
    ck_assert_int_eq(books.base.u, open.base.u);
    ck_assert_int_eq(books.foreign.u, open.foreign.u);
}

/* Control accounts are what is open, in both currencies. */
static void books_agree(void)
{
    fin_books_balance(w);
    for (const side *s = sides; s < sides + SIDES; s++) {
        items_are(s->kinds[0], s->sign, s->control);
        items_are(s->kinds[1], -s->sign, s->prepaid);
    }
}

static void teardown(void)
{
    books_agree();
    fin_world_teardown(w);
}

static void open_is(m_id document, const char *foreign, const char *base)
{
    const void *found = NULL;
    fin_open_item key = {.document = document};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    ck_assert_ptr_nonnull(found);
    const fin_open_item *item = found;
    char text[2][M_DEC_TEXT];
    m_dec_format(item->outstanding, 2, text[0]);
    m_dec_format(item->base_outstanding, 2, text[1]);
    ck_assert_msg(item->outstanding.u == test_dec(foreign).u &&
                      item->base_outstanding.u == test_dec(base).u,
                  "open is %s, %s in the books", text[0], text[1]);
}

/* A loss above zero. */
static void exchange_is(const char *loss)
{
    int64_t sum = account_sum("4500").base.u + account_sum("5320").base.u;
    char text[M_DEC_TEXT];
    m_dec_format((m_dec){sum}, 2, text);
    ck_assert_msg(sum == test_dec(loss).u, "%s is lost, expected %s", text, loss);
}

/* ---- documents ---- */

/* rate: JSON members, such as "\"rate\":\"70\","; "" for the rate of the day. */
static const char *bill_body(const side *s, const char *amount, const char *rate, uint32_t tax)
{
    static int no;
    const char *number =
        s == supplier ? fin_text(w, "\"supplier_invoice_no\":\"F-%d\",", ++no) : "";
    return fin_text(w,
                    "{\"%s\":\"%s\",%s\"currency\":\"%s\",%s\"lines\":[{\"description\":\"Work\","
                    "\"qty\":\"1\",\"rate\":\"%s\",\"account\":\"%s\",\"cost_center\":\"%s\""
                    "%s%s%s}]}",
                    s->field, fin_id_text(w, test_id(s->party)), number, usd(), rate, amount,
                    fin_account_text(w, s == supplier ? "5300" : "4100"),
                    fin_center_text(w, "Main"), tax ? ",\"tax\":\"" : "",
                    tax ? fin_id_text(w, test_id(tax)) : "", tax ? "\"" : "");
}

static m_id bill(const side *s, const char *amount, const char *rate)
{
    return fin_create(w, s->invoices, "submit",
                      bill_body(s, amount, fin_text(w, "\"rate\":\"%s\",", rate), 0))
        .id;
}

static const char *share(m_id invoice, const char *amount, const char *write_off)
{
    return fin_text(w, "{\"invoice\":\"%s\",\"amount\":\"%s\",\"write_off\":\"%s\"}",
                    fin_id_text(w, invoice), amount, write_off);
}

static const char *money_body(const side *s, const char *amount, const char *rate,
                              const char *shares)
{
    return fin_text(w,
                    "{\"%s\":\"%s\",\"currency\":\"%s\",\"rate\":\"%s\",\"amount\":\"%s\","
                    "\"cost_center\":\"%s\",\"allocations\":[%s]}",
                    s->field, fin_id_text(w, test_id(s->party)), usd(), rate, amount,
                    fin_center_text(w, "Main"), shares);
}

static m_id pay(const side *s, const char *amount, const char *rate, const char *shares)
{
    return fin_create(w, s->money, "submit", money_body(s, amount, rate, shares)).id;
}

static void allocate(const side *s, m_id money, const char *shares)
{
    fin_act(w, s->money, money, "allocate", fin_text(w, "{\"allocations\":[%s]}", shares));
}

/* ---- invoices ---- */

START_TEST(an_invoice_posts_by_the_rate_of_its_date)
{
    m_document_reply sale =
        fin_create(w, "sales-invoices", "submit", bill_body(customer, "100", "", GST18));
    fin_has(sale.body, "\"grand_total\":\"118.00\"");
    fin_has(sale.body, "\"rate\":\"75\"");
    fin_has(sale.body, "\"base_total\":\"8850.00\"");
    fin_balance_is(w, "1130", "8850");
    fin_balance_is(w, "4100", "-7500");
    fin_balance_is(w, "2130", "-1350");
    open_is(sale.id, "118", "8850");
    books_agree();
    fin_act(w, "sales-invoices", sale.id, "cancel", NULL);
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "2130", "0");
}
END_TEST

START_TEST(what_rounding_leaves_goes_to_round_off)
{
    m_document_reply bought =
        fin_create(w, "purchase-invoices", "submit",
                   bill_body(supplier, "0.05", "\"rate\":\"0.3\",", GST18)); /* tax 0.00 and 0.00 */
    fin_has(bought.body, "\"grand_total\":\"0.05\"");
    fin_create(w, "purchase-invoices", "submit",
               bill_body(supplier, "10.05", "\"rate\":\"0.5\",", GST18));
    /* 10.05, 0.90, 0.90: 5.03 + 0.45 + 0.45 = 5.93; 11.85: 5.93 */
    fin_balance_is(w, "5290", "0");
    fin_create(w, "purchase-invoices", "submit",
               bill_body(supplier, "10.01", "\"rate\":\"0.5\",", GST18));
    /* 10.01, 0.90, 0.90: 5.01 + 0.45 + 0.45 = 5.91; 11.81: 5.91 */
    fin_create(w, "purchase-invoices", "submit",
               bill_body(supplier, "10.11", "\"rate\":\"0.5\",", GST18));
    /* 10.11, 0.91, 0.91: 5.06 + 0.46 + 0.46 = 5.98; 11.93: 5.97 */
    fin_balance_is(w, "5290", "-0.01");
}
END_TEST

START_TEST(goods_are_billed_in_dollars)
{
    m_id line = fin_world_receive(w, "10", "750", "7500"); /* rupees */
    const char *number = "\"supplier_invoice_no\":\"G-1\"";
    const char *body =
        fin_text(w,
                 "{\"supplier\":\"%s\",%s,\"currency\":\"%s\",\"lines\":[{\"receipt_line\":"
                 "\"%s\",\"qty\":\"10\"}]}",
                 fin_id_text(w, test_id(SUPPLIER)), number, usd(), fin_id_text(w, line));
    /* as ordered: 750 rupees are 10 dollars; at 10.05 it is 37.50 dearer */
    m_document_reply draft = fin_create(w, "purchase-invoices", NULL, body);
    fin_has(draft.body, "\"rate\":\"10\"");
    fin_update(w, "purchase-invoices", draft.id, 1,
               fin_text(w,
                        "{\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"10\",\"rate\":"
                        "\"10.05\"}]}",
                        fin_id_text(w, line)));
    fin_act(w, "purchase-invoices", draft.id, "submit", NULL);
    fin_balance_is(w, "2120", "7500");
    fin_balance_is(w, "5120", "37.50");
    fin_balance_is(w, "2110", "-7537.50");
    open_is(draft.id, "100.50", "7537.50");
}
END_TEST

/* ---- money ---- */

typedef struct {
    const char *id;
    const char *billed[2]; /* dollars, rate */
    const char *paid[2];
    const char *given;   /* allocated */
    const char *open[2]; /* dollars, in the books */
    const char *over;    /* what is paid more in rupees than was booked */
} money_case;

static const money_case money_cases[] = {
    {"dearer", {"100", "70"}, {"100", "75"}, "100", {"0", "0"}, "500"},
    {"cheaper", {"100", "75"}, {"100", "70"}, "100", {"0", "0"}, "-500"},
    {"as billed", {"100", "75"}, {"100", "75"}, "100", {"0", "0"}, "0"},
    {"in part", {"120", "70"}, {"60", "75"}, "60", {"60", "4200"}, "300"},
    {"a third", {"3", "33.33"}, {"1", "33.33"}, "1", {"2", "66.66"}, "0"},
    {"a share worth nothing", {"1", "0.04"}, {"0.20", "0.04"}, "0.10", {"0.90", "0.04"}, "0.01"},
};

START_TEST(money_settles_at_its_own_rate)
{
    const money_case *c = &money_cases[_i / SIDES];
    const side *s = &sides[_i % SIDES];
    m_id invoice = bill(s, c->billed[0], c->billed[1]);
    m_id money = pay(s, c->paid[0], c->paid[1], share(invoice, c->given, "0"));
    open_is(invoice, c->open[0], c->open[1]);
    m_dec over = test_dec(c->over);
    char loss[M_DEC_TEXT];
    m_dec_format((m_dec){s == supplier ? over.u : -over.u}, 2, loss);
    exchange_is(loss);
    books_agree();
    fin_act(w, s->money, money, "cancel", NULL);
    exchange_is("0");
    char full[M_DEC_TEXT];
    m_dec base;
    ck_assert_int_eq(
        m_to_base(test_dec(c->billed[0]), (m_rate){test_dec(c->billed[1]), {0}}, 2, &base), M_OK);
    m_dec_format(base, 2, full);
    open_is(invoice, c->billed[0], full);
}
END_TEST

START_TEST(v042_partial_match)
{
    m_id invoice = fin_create(w, "sales-invoices", "submit",
                              bill_body(customer, "120", "\"rate\":\"0.5\",", 0))
                       .id;
    m_id advance = fin_create(w, "receipts", "submit",
                              fin_text(w,
                                       "{\"customer\":\"%s\",\"currency\":\"%s\",\"rate\":\"1\","
                                       "\"per\":\"3\",\"amount\":\"240\"}",
                                       fin_id_text(w, test_id(CUSTOMER)), usd()))
                       .id;
    open_is(invoice, "120", "60");
    open_is(advance, "240", "80");
    allocate(customer, advance, share(invoice, "120", "0"));
    open_is(invoice, "0", "0");
    open_is(advance, "120", "40.00");
    exchange_is("20.00");
}
END_TEST

START_TEST(v043_an_advance_applied_at_another_rate)
{
    m_id advance = pay(customer, "100", "70", "");
    m_id invoice = bill(customer, "100", "75");
    allocate(customer, advance, share(invoice, "100", "0"));
    exchange_is("500.00");
    fin_balance_is(w, "5320", "500.00");
    open_is(invoice, "0", "0");
    open_is(advance, "0", "0");
    fin_balance_is(w, "1130", "0");
    fin_balance_is(w, "2170", "0");
    fin_act(w, "receipts", advance, "cancel", NULL);
    exchange_is("0");
    open_is(invoice, "100", "7500");
}
END_TEST

START_TEST(the_last_share_leaves_nothing)
{
    const side *s = &sides[_i];
    m_id invoice = bill(s, "1", "33.34");
    pay(s, "0.33", "33.34", share(invoice, "0.33", "0")); /* 11.0022 */
    open_is(invoice, "0.67", "22.34");
    pay(s, "0.33", "33.34", share(invoice, "0.33", "0"));
    pay(s, "0.34", "33.34", share(invoice, "0.34", "0"));
    open_is(invoice, "0", "0");
    fin_balance_is(w, s->control, "0");
}
END_TEST

START_TEST(one_payment_for_many_leaves_an_advance)
{
    const side *s = &sides[_i];
    m_id first = bill(s, "100", "70"), second = bill(s, "50", "72");
    m_id money = pay(s, "200", "75",
                     fin_text(w, "%s,%s", share(first, "100", "0"), share(second, "30", "0")));
    open_is(first, "0", "0");
    open_is(second, "20", "1440");
    open_is(money, "70", "5250");
    exchange_is(s == supplier ? "590" : "-590"); /* 500 and 90 */
    fin_act(w, s->money, money, "allocate", NULL);
    open_is(second, "0", "0");
    open_is(money, "50", "3750");
    exchange_is(s == supplier ? "650" : "-650");
    fin_act_refused(w, s->invoices, first, "cancel", NULL, "finance.invoice.paid", NULL);
}
END_TEST

/* What is forgiven goes back by the rate of the invoice, its tax too. */
START_TEST(a_write_off_is_worth_what_was_booked)
{
    const side *s = &sides[_i];
    m_id invoice =
        fin_create(w, s->invoices, "submit", bill_body(s, "100", "\"rate\":\"70\",", GST18)).id;
    m_id money = pay(s, "106.20", "75", share(invoice, "106.20", "11.80"));
    int sign = s == supplier ? -1 : 1;
    open_is(invoice, "0", "0");
    fin_balance_is(w, s->off, sign < 0 ? "-700" : "700");
    fin_balance_is(w, s == supplier ? "1160" : "2130", sign < 0 ? "1134" : "-1134");
    exchange_is(sign < 0 ? "531" : "-531"); /* 106.20 × 5 */
    fin_act(w, s->money, money, "cancel", NULL);
    open_is(invoice, "118", "8260");
    fin_balance_is(w, s->off, "0");
}
END_TEST

START_TEST(a_refund_gives_back_what_was_booked)
{
    const side *s = &sides[_i];
    m_id advance = pay(s, "100", "70", "");
    m_document_reply back = fin_create(
        w, s->money, "submit",
        fin_text(w,
                 "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of\":\"%s\",\"currency\":\"%s\","
                 "\"rate\":\"75\",\"amount\":\"40\"}",
                 s->field, fin_id_text(w, test_id(s->party)), fin_id_text(w, advance), usd()));
    open_is(advance, "60", "4200");
    exchange_is(s == supplier ? "-200" : "200");
    books_agree();
    fin_act(w, s->money, back.id, "cancel", NULL);
    open_is(advance, "100", "7000");
    exchange_is("0");
    fin_act(w, s->money, advance, "cancel", NULL);
}
END_TEST

START_TEST(a_dollar_account_pays_dollars)
{
    m_id invoice = bill(supplier, "100", "70");
    m_document_reply paid = fin_create(
        w, "payments", "submit",
        fin_text(w,
                 "{\"supplier\":\"%s\",\"account\":\"%s\",\"amount\":\"100\",\"allocations\":"
                 "[%s]}",
                 fin_id_text(w, test_id(SUPPLIER)), fin_account_text(w, "BankUSD"),
                 share(invoice, "100", "0")));
    fin_has(paid.body, usd());
    m_foreign bank = account_sum("BankUSD");
    ck_assert_int_eq(bank.base.u, test_dec("-7500").u);
    ck_assert_int_eq(bank.foreign.u, test_dec("-100").u);
    exchange_is("500");
    pay(supplier, "1", "75", ""); /* from the home bank */
    fin_balance_is(w, "1120", "-75");
    ck_assert_int_eq(account_sum("1120").foreign.u, 0);
}
END_TEST

START_TEST(instalments_keep_both_amounts)
{
    m_id terms =
        fin_create(w, "payment-terms", NULL,
                   "{\"code\":\"3\",\"lines\":[{\"percent\":\"33.33\",\"days\":30},"
                   "{\"percent\":\"33.33\",\"days\":60},{\"percent\":\"33.34\",\"days\":90}]}")
            .id;
    const side *s = &sides[_i];
    const char *rate =
        fin_text(w, "\"payment_terms\":\"%s\",\"rate\":\"33.33\",", fin_id_text(w, terms));
    m_id invoice = fin_create(w, s->invoices, "submit", bill_body(s, "10", rate, 0)).id;
    open_is(invoice, "10", "333.30");
    m_id first = pay(s, "5", "35", share(invoice, "5", "0")); /* one instalment and a half */
    pay(s, "5", "30", share(invoice, "5", "0"));
    open_is(invoice, "0", "0");
    fin_act(w, s->money, first, "cancel", NULL);
    m_fetch parts = fetch_all(&fin_instalment_type);
    m_foreign open = {{0}, {0}};
    for (uint32_t i = 0; i < parts.count; i++) {
        const fin_open_item *part = parts.records[i];
        open.base.u += part->base_outstanding.u;
        open.foreign.u += part->outstanding.u;
        ck_assert(part->outstanding.u == 0 ? part->base_outstanding.u == 0
                                           : part->base_outstanding.u > 0);
    }
    ck_assert_int_eq(open.foreign.u, test_dec("5").u);
    char base[M_DEC_TEXT];
    m_dec_format(open.base, 2, base);
    open_is(invoice, "5", base);
    pay(s, "5", "35", share(invoice, "5", "0"));
    open_is(invoice, "0", "0");
}
END_TEST

/* ---- reports ---- */

static fin_ageing_row aged(const side *s, m_id document, const char *as_of)
{
    fin_ageing_params params = {.as_of = test_date(as_of), .detail = true};
    const m_report *report =
        s == supplier ? &fin_supplier_ageing_report : &fin_customer_ageing_report;
    m_list rows;
    ck_assert_int_eq(fin_report(w, report, &params, &rows), M_OK);
    for (M_EACH(const fin_ageing_row, row, rows))
        if (m_id_eq(row->document, document)) return *row;
    return (fin_ageing_row){.advance = 0};
}

static void aged_is(const side *s, m_id document, const char *as_of, const char *base,
                    const char *foreign)
{
    fin_ageing_row row = aged(s, document, as_of);
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(row.outstanding, 2, text);
    ck_assert_msg(row.outstanding == test_dec(base).u, "%s: %s, expected %s", as_of, text, base);
    ck_assert(row.foreign == test_dec(foreign).u);
}

START_TEST(reports_show_both_amounts)
{
    const side *s = &sides[_i];
    m_id advance = fin_create(w, s->money, "submit",
                              fin_text(w,
                                       "{\"%s\":\"%s\",\"posting_date\":\"2026-03-02\","
                                       "\"currency\":\"%s\",\"rate\":\"72\",\"amount\":\"10\"}",
                                       s->field, fin_id_text(w, test_id(s->party)), usd()))
                       .id;
    m_id invoice =
        fin_create(w, s->invoices, "submit",
                   bill_body(s, "100", "\"rate\":\"70\",\"posting_date\":\"2026-03-01\",", 0))
            .id;
    pay(s, "60", "75", share(invoice, "60", "0"));
    allocate(s, advance, share(invoice, "5", "0"));
    aged_is(s, invoice, "2026-04-01", "2450", "35");
    aged_is(s, invoice, "2026-03-15", "7000", "100");
    aged_is(s, advance, "2026-04-01", "-360", "-5");
    aged_is(s, advance, "2026-03-15", "-720", "-10");
    aged_is(s, advance, "2026-03-01", "0", "0");
    m_id control;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, s->control)), &control), M_OK);
    fin_general_ledger_params params = {.account = control, .from = test_date("2026-03-01")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_general_ledger_report, &params, &rows), M_OK);
    const fin_general_ledger_row *billed = M_AT(rows, fin_general_ledger_row, 1);
    ck_assert(m_id_eq(billed->currency, test_id(USD)));
    ck_assert_int_eq(billed->foreign_amount.u, s->sign * 100 * M_DEC_ONE);
}
END_TEST

/* ---- refusals ---- */

START_TEST(currencies_are_not_mixed)
{
    const side *s = &sides[_i];
    m_id dollars = bill(s, "100", "75");
    fin_create_refused(w, s->money, "submit",
                       fin_text(w, "{\"%s\":\"%s\",\"amount\":\"10\",\"allocations\":[%s]}",
                                s->field, fin_id_text(w, test_id(s->party)),
                                share(dollars, "10", "0")),
                       "finance.payment.other_currency", "allocations[0].invoice");
    fin_create_refused(w, s->money, "submit",
                       fin_text(w,
                                "{\"%s\":\"%s\",\"amount\":\"10\",\"currency\":\"%s\","
                                "\"account\":\"%s\"}",
                                s->field, fin_id_text(w, test_id(s->party)),
                                fin_id_text(w, test_id(JPY)), fin_account_text(w, "BankUSD")),
                       "finance.account.currency", "account");
    m_id advance = pay(s, "10", "75", "");
    fin_create_refused(w, s->money, "submit",
                       fin_text(w,
                                "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of\":\"%s\","
                                "\"amount\":\"10\"}",
                                s->field, fin_id_text(w, test_id(s->party)),
                                fin_id_text(w, advance)),
                       "finance.payment.other_currency", "currency");
    fin_create_refused(w, s->money, NULL, money_body(s, "10.001", "75", ""), "core.field.places",
                       "amount");
    fin_act_refused(w, s->money, advance, "allocate",
                    fin_text(w, "{\"allocations\":[%s]}", share(dollars, "10.001", "0")),
                    "core.field.places", "allocations[0].amount");
}
END_TEST

START_TEST(no_rate_no_document)
{
    w->usd = test_dec("0");
    fin_create_refused(w, "sales-invoices", NULL, bill_body(customer, "100", "", 0),
                       "core.currency.rate_missing", NULL);
    fin_create_refused(w, "sales-invoices", NULL, bill_body(customer, "100", "\"rate\":\"-1\",", 0),
                       "core.field.range", "rate");
}
END_TEST

START_TEST(what_is_worth_nothing_is_not_posted)
{
    const side *s = &sides[_i];
    fin_create_refused(w, s->invoices, NULL, bill_body(s, "1", "\"rate\":\"0.004\",", 0),
                       "finance.currency.nothing", "lines");
    fin_create_refused(w, s->money, NULL, money_body(s, "1", "0.004", ""),
                       "finance.currency.nothing", "amount");
}
END_TEST

START_TEST(notes_and_deferrals_wait)
{
    m_id invoice = bill(customer, "100", "75");
    fin_create_refused(w, "sales-credit-notes", NULL,
                       fin_text(w, "{\"customer\":\"%s\",\"invoice\":\"%s\",\"reason\":\"Wrong\"}",
                                fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, invoice)),
                       "finance.note.currency", "invoice");
}
END_TEST

START_TEST(the_credit_limit_is_in_the_base_currency)
{
    const char *body = bill_body(customer, "13.33", "", 0); /* 999.75 */
    const char *limited = fin_id_text(w, test_id(LIMITED));
    char *at = (char *)(uintptr_t)strstr(body, fin_id_text(w, test_id(CUSTOMER)));
    memcpy(at, limited, strlen(limited));
    fin_has(fin_create(w, "sales-invoices", "submit", body).body, "\"beyond_limit\":\"0.00\"");
    fin_has(fin_create(w, "sales-invoices", NULL, body).body, "\"beyond_limit\":\"999.50\"");
}
END_TEST

/* ---- many at random ---- */

enum { STEPS = 120, DOCUMENTS = 2 * STEPS };

typedef struct {
    const side *of;
    m_id id;
} known;

static known bills[DOCUMENTS], payments[DOCUMENTS];
static uint32_t bill_count, payment_count;
static uint64_t state;

static uint32_t below(uint32_t n)
{
    return (uint32_t)(unit_random(&state) % n);
}

static const char *cents(int64_t n)
{
    return fin_text(w, "%lld.%02lld", (long long)(n / 100), (long long)(n % 100));
}

static const char *any_rate(void)
{
    return fin_text(w, "%u.%06u", below(120), 1 + below(999999));
}

static int64_t open_cents(m_id document)
{
    const void *found = NULL;
    fin_open_item key = {.document = document};
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &fin_open_item_type, &key, &found), M_OK);
    fin_end(w, M_OK);
    return found ? ((const fin_open_item *)found)->outstanding.u / 10000 : 0;
}

static void add_bill(const side *s)
{
    bills[bill_count++] = (known){s, bill(s, cents(1 + below(200000)), any_rate())};
}

static void add_payment(const side *s, uint32_t most)
{
    const char *shares = "";
    int64_t total = 0;
    uint32_t n = 0;
    for (uint32_t i = 0; i < bill_count && n < most; i++) {
        int64_t open = bills[i].of == s ? open_cents(bills[i].id) : 0;
        if (open == 0 || below(3) == 0) continue;
        int64_t part = below(2) ? open : 1 + below((uint32_t)open);
        int64_t off = s == supplier && part > 1 && below(4) == 0 ? below((uint32_t)part) : 0;
        shares = fin_text(w, "%s%s%s", shares, n++ ? "," : "",
                          share(bills[i].id, cents(part - off), cents(off)));
        total += part - off;
    }
    total += below(3) ? 0 : 1 + below(50000);
    if (total) payments[payment_count++] = (known){s, pay(s, cents(total), any_rate(), shares)};
}

static void use_advance(const known *payment)
{
    bool open = false;
    if (open_cents(payment->id) == 0) return;
    for (uint32_t i = 0; i < bill_count; i++)
        open |= bills[i].of == payment->of && open_cents(bills[i].id) > 0;
    if (open) fin_act(w, payment->of->money, payment->id, "allocate", NULL);
}

static void refund(const known *payment)
{
    int64_t left = open_cents(payment->id);
    if (left == 0) return;
    fin_create(w, payment->of->money, "submit",
               fin_text(w,
                        "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of\":\"%s\",\"currency\":"
                        "\"%s\",\"rate\":\"%s\",\"amount\":\"%s\"}",
                        payment->of->field, fin_id_text(w, test_id(payment->of->party)),
                        fin_id_text(w, payment->id), usd(), any_rate(),
                        cents(1 + below((uint32_t)left))));
}

/* What documents say was lost. */
static int64_t told_losses(void)
{
    int64_t sum = 0;
    for (const side *s = sides; s < sides + SIDES; s++) {
        m_fetch all = fetch_all(s->money_type);
        for (uint32_t i = 0; i < all.count; i++) {
            const fin_payment *payment = all.records[i];
            int64_t over = 0;
            if (payment->state != M_SUBMITTED) continue;
            for (M_EACH(const fin_allocation, line, payment->allocations))
                over += line->base_paid.u - (line->base_cleared.u - line->base_written.u);
            if (payment->type == FIN_REFUND)
                over += payment->base_unallocated.u - payment->base_amount.u;
            sum -= s->sign * over;
        }
    }
    return sum;
}

static void check_exchange(void)
{
    char loss[M_DEC_TEXT];
    m_dec_format((m_dec){told_losses()}, 2, loss);
    exchange_is(loss);
}

static void step(void)
{
    const side *s = &sides[below(SIDES)];
    const known *payment = payment_count ? &payments[below(payment_count)] : NULL;
    switch (below(8)) {
    case 0:
    case 1:
    case 2:
        add_bill(s);
        break;
    case 3:
    case 4:
        add_payment(s, 1 + below(4));
        break;
    case 5:
        if (payment) use_advance(payment);
        break;
    case 6:
        if (payment && below(2)) refund(payment);
        break;
    default: /* refused after a refund, and the second time */
        if (payment && below(2)) {
            m_document_reply reply;
            fin_begin(w);
            m_document_request in = {.module = M_STR("finance"),
                                     .collection = m_str_of(payment->of->money),
                                     .id = payment->id,
                                     .action = M_STR("cancel")};
            fin_end(w, w->documents.ops->act(w->documents.self, w->call, &in, &reply));
        }
    }
}

START_TEST(nothing_stays_when_all_is_settled)
{
    state = UINT64_C(20260401) + (uint64_t)_i;
    bill_count = payment_count = 0;
    for (int i = 0; i < STEPS; i++) {
        step();
        if (i % 10 == 0) books_agree();
    }
    books_agree();
    check_exchange();
    for (uint32_t i = 0; i < bill_count; i++) {
        int64_t open = open_cents(bills[i].id);
        if (open) pay(bills[i].of, cents(open), any_rate(), share(bills[i].id, cents(open), "0"));
        open_is(bills[i].id, "0", "0");
    }
    fin_balance_is(w, "2110", "0");
    fin_balance_is(w, "1130", "0");
    check_exchange();
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("foreign");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, an_invoice_posts_by_the_rate_of_its_date);
    tcase_add_test(t, what_rounding_leaves_goes_to_round_off);
    tcase_add_test(t, goods_are_billed_in_dollars);
    tcase_add_loop_test(t, money_settles_at_its_own_rate, 0, (int)UNIT_COUNT(money_cases) * SIDES);
    tcase_add_test(t, v042_partial_match);
    tcase_add_test(t, v043_an_advance_applied_at_another_rate);
    tcase_add_loop_test(t, the_last_share_leaves_nothing, 0, SIDES);
    tcase_add_loop_test(t, one_payment_for_many_leaves_an_advance, 0, SIDES);
    tcase_add_loop_test(t, a_write_off_is_worth_what_was_booked, 0, SIDES);
    tcase_add_loop_test(t, a_refund_gives_back_what_was_booked, 0, SIDES);
    tcase_add_test(t, a_dollar_account_pays_dollars);
    tcase_add_loop_test(t, instalments_keep_both_amounts, 0, SIDES);
    tcase_add_loop_test(t, reports_show_both_amounts, 0, SIDES);
    tcase_add_loop_test(t, currencies_are_not_mixed, 0, SIDES);
    tcase_add_test(t, no_rate_no_document);
    tcase_add_loop_test(t, what_is_worth_nothing_is_not_posted, 0, SIDES);
    tcase_add_test(t, notes_and_deferrals_wait);
    tcase_add_test(t, the_credit_limit_is_in_the_base_currency);
    tcase_add_loop_test(t, nothing_stays_when_all_is_settled, 0, 4);
    return fin_world_run(t, "fin_foreign");
}
