/* Notes on invoices in other currencies, and deferrals of them: they go by the rate of the invoice,
 * and leave nothing behind in either currency. */
#include "fin_foreign_parts.h"
#include "reports/reports.h"

static const char *note_body(const side *s, const char *more)
{
    return fin_text(w, "{\"%s\":\"%s\",\"reason\":\"Wrong\"%s}", s->field,
                    fin_id_text(w, test_id(s->party)), more);
}

static const char *of(m_id invoice)
{
    return fin_text(w, ",\"invoice\":\"%s\"", fin_id_text(w, invoice));
}

static m_document_reply credit_all(const side *s, m_id invoice)
{
    return fin_create(w, s->notes, "submit", note_body(s, of(invoice)));
}

/* Id of the invoice's first line, as text. */
static const char *line_id(const side *s, m_id invoice)
{
    m_str body = fin_get(w, s->invoices, invoice).body;
    const char *at = memmem(body.p, body.n, "\"lines\":[{\"id\":\"", 16);
    ck_assert_ptr_nonnull(at);
    return fin_text(w, "%.*s", 26, at + 16);
}

static m_document_reply credit(const side *s, m_id invoice, const char *member, const char *value)
{
    return fin_create(w, s->notes, "submit",
                      note_body(s, fin_text(w,
                                            "%s,\"lines\":[{\"invoice_line\":\"%s\",\"%s\":"
                                            "\"%s\"}]",
                                            of(invoice), line_id(s, invoice), member, value)));
}

static m_id taxed(const side *s, const char *amount, const char *rate)
{
    return fin_create(w, s->invoices, "submit",
                      bill_body(s, amount, fin_text(w, "\"rate\":\"%s\",", rate), GST18))
        .id;
}

/* The gain of one side is the loss of the other. */
static void lost(const side *s, const char *amount)
{
    char text[M_DEC_TEXT];
    int64_t loss = test_dec(amount).u;
    m_dec_format((m_dec){s == supplier ? loss : -loss}, 2, text);
    exchange_is(text);
}

/* ---- of an invoice ---- */

/* 118 dollars at 70, half of them paid at 75: the note takes off 59 and leaves a credit of 59. */
START_TEST(it_goes_by_the_rate_of_the_invoice)
{
    const side *s = &sides[_i];
    m_id invoice = taxed(s, "100", "70");
    pay(s, "59", "75", share(invoice, "59", "0"));
    lost(s, "295");
    m_document_reply note = credit_all(s, invoice);
    fin_has(note.body, "\"grand_total\":\"118.00\"");
    fin_has(note.body, "\"rate\":\"70\"");
    fin_has(note.body, "\"base_total\":\"8260.00\"");
    fin_has(note.body, "\"base_unallocated\":\"4130.00\"");
    open_is(invoice, "0", "0");
    open_is(note.id, "59", "4130");
    fin_balance_is(w, s == supplier ? "5300" : "4100", "0");
    fin_balance_is(w, s == supplier ? "1160" : "2130", "0");
    fin_balance_is(w, s->control, "0");
    lost(s, "295");
    books_agree();
    fin_act(w, s->notes, note.id, "cancel", NULL);
    open_is(invoice, "59", "4130");
}
END_TEST

/* Refunded and allocated at other rates. */
START_TEST(its_credit_is_money)
{
    const side *s = &sides[_i];
    m_id invoice = bill(s, "59", "70"), other = bill(s, "100", "72");
    pay(s, "59", "70", share(invoice, "59", "0"));
    m_id note = credit_all(s, invoice).id;
    open_is(note, "59", "4130");
    m_document_reply back = fin_create(
        w, s->money, "submit",
        fin_text(w,
                 "{\"type\":\"refund\",\"%s\":\"%s\",\"refund_of_note\":\"%s\",\"currency\":\"%s\","
                 "\"rate\":\"80\",\"amount\":\"9\"}",
                 s->field, fin_id_text(w, test_id(s->party)), fin_id_text(w, note), usd()));
    open_is(note, "50", "3500");
    lost(s, "-90"); /* a supplier gives back 720 for 630 */
    fin_act(w, s->notes, note, "allocate",
            fin_text(w, "{\"allocations\":[%s]}", share(other, "50", "0")));
    open_is(note, "0", "0");
    open_is(other, "50", "3600");
    lost(s, "-190");
    books_agree();
    fin_act_refused(w, s->notes, note, "cancel", NULL, "finance.payment.refunded", NULL);
    fin_act(w, s->money, back.id, "cancel", NULL);
    fin_act(w, s->notes, note, "cancel", NULL);
    lost(s, "0");
    open_is(other, "100", "7200");
}
END_TEST

/* 3 × 33.35 and 18 % at a rate that never divides: no part of what is owed stays. */
START_TEST(parts_make_the_whole)
{
    const side *s = &sides[_i];
    const char *body = bill_body(s, "33.35", "\"rate\":\"71.377\",", GST18);
    char *qty = strstr((char *)(uintptr_t)body, "\"qty\":\"1\"");
    ck_assert_ptr_nonnull(qty);
    qty[strlen("\"qty\":\"")] = '3';
    m_id invoice = fin_create(w, s->invoices, "submit", body).id;
    open_is(invoice, "118.05", "8426.05"); /* 8,426.0549 */
    m_document_reply first = credit(s, invoice, "qty", "1");
    credit(s, invoice, "allowance", "0.01");
    credit(s, invoice, "qty", "0.7");
    books_agree();
    credit_all(s, invoice);
    open_is(invoice, "0", "0");
    fin_balance_is(w, s->control, "0");
    fin_act(w, s->notes, first.id, "cancel", NULL);
    credit_all(s, invoice);
    open_is(invoice, "0", "0");
}
END_TEST

/* Goods are in the books in rupees: 4 of 10 that were received at 750 and billed at 10.05 dollars.
 */
START_TEST(goods_go_back_for_what_they_came)
{
    m_id line = fin_world_receive(w, "10", "750", "7500");
    m_id invoice =
        fin_create(w, "purchase-invoices", "submit",
                   fin_text(w,
                            "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"G-1\",\"currency\":"
                            "\"%s\",\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"10\",\"rate\":"
                            "\"10.05\"}]}",
                            fin_id_text(w, test_id(SUPPLIER)), usd(), fin_id_text(w, line)))
            .id;
    credit(supplier, invoice, "qty", "4");
    fin_balance_is(w, "2120", "4500");
    fin_balance_is(w, "5120", "22.50");
    open_is(invoice, "60.30", "4522.50");
    credit(supplier, invoice, "allowance", "0.30"); /* cheaper, and the goods stay */
    fin_balance_is(w, "2120", "4500");
    fin_balance_is(w, "5120", "0");
    credit_all(supplier, invoice);
    fin_balance_is(w, "2120", "0");
    fin_balance_is(w, "5120", "0");
    fin_balance_is(w, "2110", "0");
}
END_TEST

/* ---- alone ---- */

START_TEST(one_that_stands_alone)
{
    const side *s = &sides[_i];
    const char *lines = fin_text(w,
                                 ",\"currency\":\"%s\",\"lines\":[{\"description\":\"Bonus\","
                                 "\"qty\":\"2\",\"rate\":\"5\",\"account\":\"%s\","
                                 "\"cost_center\":\"%s\"}]",
                                 usd(), fin_account_text(w, s == supplier ? "5300" : "4100"),
                                 fin_center_text(w, "Main"));
    m_document_reply note = fin_create(w, s->notes, "submit", note_body(s, lines));
    fin_has(note.body, "\"rate\":\"75\"");
    open_is(note.id, "10", "750");
    m_id invoice = bill(s, "10", "70");
    fin_act(w, s->notes, note.id, "allocate", NULL);
    open_is(invoice, "0", "0");
    lost(s, "50");
}
END_TEST

/* ---- reports ---- */

START_TEST(taxes_go_back_as_they_were_posted)
{
    credit_all(customer, taxed(customer, "100", "70"));
    credit_all(supplier, taxed(supplier, "33.33", "71.1"));
    fin_tax_summary_params params = {.from = test_date("2026-04-01")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_tax_summary_report, &params, &rows), M_OK);
    for (M_EACH(const fin_tax_summary_row, row, rows)) {
        ck_assert(row->amount == 0 && row->deductible == 0);
        ck_assert(row->moved == 0 && row->difference == 0);
    }
}
END_TEST

/* ---- refusals ---- */

START_TEST(notes_that_are_refused)
{
    const side *s = &sides[_i];
    const char *yen = fin_text(w, ",\"currency\":\"%s\"", fin_id_text(w, test_id(JPY)));
    const char *rupees = fin_text(w, ",\"currency\":\"%s\"", fin_id_text(w, test_id(INR)));
    const char *dollars = fin_text(w, ",\"currency\":\"%s\"", usd());
    m_id invoice = bill(s, "100", "70");
    const char *body = bill_body(s, "100", "", 0);
    char *at = strstr((char *)(uintptr_t)body, usd());
    memcpy(at, fin_id_text(w, test_id(INR)), strlen(usd()));
    m_id home = fin_create(w, s->invoices, "submit", body).id;
    const struct {
        m_id invoice;
        const char *more;
    } cases[] = {{invoice, yen}, {invoice, rupees}, {home, dollars}};
    for (size_t i = 0; i < UNIT_COUNT(cases); i++)
        fin_create_refused(w, s->notes, NULL,
                           note_body(s, fin_text(w, "%s%s", of(cases[i].invoice), cases[i].more)),
                           "finance.note.currency", "currency");
    fin_create(w, s->notes, NULL, note_body(s, fin_text(w, "%s%s", of(invoice), dollars)));
    fin_create(w, s->notes, NULL, note_body(s, fin_text(w, "%s%s", of(home), rupees)));
    m_id yens = fin_create(w, s->invoices, "submit",
                           fin_text(w, "%s", bill_body(s, "100", "\"rate\":\"0.5\",", 0)))
                    .id;
    fin_create_refused(w, s->notes, NULL,
                       note_body(s, fin_text(w,
                                             "%s,\"lines\":[{\"invoice_line\":\"%s\","
                                             "\"allowance\":\"0.001\"}]",
                                             of(yens), line_id(s, yens))),
                       "core.field.places", "lines[0].allowance");
    w->usd = test_dec("0");
    fin_create_refused(
        w, s->notes, NULL,
        note_body(s, fin_text(w, "%s,\"lines\":[{\"description\":\"X\",\"qty\":\"1\"}]", dollars)),
        "core.currency.rate_missing", NULL);
    credit_all(s, invoice); /* has its own rate */
    m_id small = bill(s, "1", "0.01");
    fin_create_refused(w, s->notes, NULL,
                       note_body(s, fin_text(w,
                                             "%s,\"lines\":[{\"invoice_line\":\"%s\","
                                             "\"allowance\":\"0.01\"}]",
                                             of(small), line_id(s, small))),
                       "finance.currency.nothing", "lines");
}
END_TEST

/* ---- deferrals ---- */

/* 100 dollars at 70 over three months: 7,000 rupees, as they were booked. */
START_TEST(what_is_deferred_is_in_the_books)
{
    const side *s = &sides[_i];
    bool expense = s == supplier;
    m_id invoice = bill(s, "100", "70");
    const char *head =
        fin_text(w,
                 "{\"kind\":\"%s\",\"%s\":\"%s\",\"invoice_line\":\"%s\","
                 "\"start\":\"2026-04-01\",\"end\":\"2026-06-30\"",
                 expense ? "expense" : "income", expense ? "purchase_invoice" : "sales_invoice",
                 fin_id_text(w, invoice), line_id(s, invoice));
    fin_create_refused(w, "deferrals", NULL, fin_text(w, "%s,\"amount\":\"7000.01\"}", head),
                       "finance.deferral.line", "amount");
    m_document_reply deferral = fin_create(w, "deferrals", "submit", fin_text(w, "%s}", head));
    fin_has(deferral.body, "\"amount\":\"7000.00\"");
    fin_has(deferral.body, "\"amount\":\"2333.33\"");
    fin_balance_is(w, expense ? "5300" : "4100", "0");
    fin_balance_is(w, expense ? "1185" : "2180", expense ? "7000" : "-7000");
    fin_act(w, "deferrals", deferral.id, "release", "{\"date\":\"2026-06-30\"}");
    fin_balance_is(w, expense ? "5300" : "4100", expense ? "7000" : "-7000");
    fin_balance_is(w, expense ? "1185" : "2180", "0");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("foreign notes");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, it_goes_by_the_rate_of_the_invoice, 0, SIDES);
    tcase_add_loop_test(t, its_credit_is_money, 0, SIDES);
    tcase_add_loop_test(t, parts_make_the_whole, 0, SIDES);
    tcase_add_test(t, goods_go_back_for_what_they_came);
    tcase_add_loop_test(t, one_that_stands_alone, 0, SIDES);
    tcase_add_test(t, taxes_go_back_as_they_were_posted);
    tcase_add_loop_test(t, notes_that_are_refused, 0, SIDES);
    tcase_add_loop_test(t, what_is_deferred_is_in_the_books, 0, SIDES);
    return fin_world_run(t, "fin_foreign_notes");
}
