/* Money that moves at an account in a currency that is not the payment's. */
#include "fin_foreign_parts.h"

/* more: further members, with a comma in front. */
static const char *from_dollars(const side *s, const char *amount, const char *currency,
                                const char *more)
{
    return fin_text(w, "{\"%s\":\"%s\",\"account\":\"%s\",\"amount\":\"%s\",\"currency\":\"%s\"%s}",
                    s->field, fin_id_text(w, test_id(s->party)), fin_account_text(w, "BankUSD"),
                    amount, currency, more);
}

static const char *rupees(void)
{
    return fin_id_text(w, test_id(INR));
}

static const char *yen(void)
{
    return fin_id_text(w, test_id(JPY));
}

static void bank_is(const char *foreign, const char *base)
{
    m_foreign sum = account_sum("BankUSD");
    char text[2][M_DEC_TEXT];
    m_dec_format(sum.foreign, 2, text[0]);
    m_dec_format(sum.base, 2, text[1]);
    ck_assert_msg(sum.foreign.u == test_dec(foreign).u && sum.base.u == test_dec(base).u,
                  "the bank has %s, %s in the books", text[0], text[1]);
}

/* A negative amount of a supplier's payment is a positive one of a customer's. */
static const char *on(const side *s, const char *amount)
{
    return s == supplier ? fin_text(w, "-%s", amount) : amount;
}

static m_id home_bill(const side *s, const char *amount)
{
    const char *body = bill_body(s, amount, "", 0);
    memcpy(strstr((char *)(uintptr_t)body, usd()), rupees(), strlen(usd()));
    return fin_create(w, s->invoices, "submit", body).id;
}

/* 1,000 rupees are 13.33 dollars at 75; the bank says that it took 13.40. */
START_TEST(a_dollar_account_pays_rupees)
{
    const side *s = &sides[_i];
    m_id invoice = home_bill(s, "2000");
    const char *shares = fin_text(w, ",\"allocations\":[%s]", share(invoice, "1000", "0"));
    m_document_reply draft =
        fin_create(w, s->money, NULL, from_dollars(s, "1000", rupees(), shares));
    fin_has(draft.body, "\"account_amount\":\"13.33\"");
    fin_has(draft.body, "\"currency\":null");
    draft = fin_update(w, s->money, draft.id, draft.version, "{\"account_amount\":\"13.40\"}");
    fin_has(draft.body, "\"account_amount\":\"13.40\"");
    fin_has(draft.body, "\"currency\":null");
    fin_act(w, s->money, draft.id, "submit", NULL);
    bank_is(on(s, "13.40"), on(s, "1000"));
    fin_balance_is(w, s->control, s == supplier ? "-1000" : "1000");
    exchange_is("0");
    m_id rest =
        fin_create(w, s->money, "submit",
                   from_dollars(s, "1000", rupees(),
                                fin_text(w, ",\"allocations\":[%s]", share(invoice, "1000", "0"))))
            .id;
    bank_is(on(s, "26.73"), on(s, "2000"));
    fin_balance_is(w, s->control, "0");
    fin_act(w, s->money, rest, "cancel", NULL);
    fin_act(w, s->money, draft.id, "cancel", NULL);
    bank_is("0", "0");
}
END_TEST

/* 1,000 yen are 555 rupees, which are 7.40 dollars. */
START_TEST(a_third_currency)
{
    const side *s = &sides[_i];
    m_document_reply paid = fin_create(w, s->money, "submit", from_dollars(s, "1000", yen(), ""));
    fin_has(paid.body, "\"account_amount\":\"7.40\"");
    bank_is(on(s, "7.40"), on(s, "555"));
    open_is(paid.id, "1000", "555");
    m_document_reply back = fin_create(
        w, s->money, "submit",
        from_dollars(s, "400", yen(),
                     fin_text(w,
                              ",\"type\":\"refund\",\"refund_of\":\"%s\",\"rate\":\"60\",\"per\":"
                              "\"100\",\"account_amount\":\"3.10\"",
                              fin_id_text(w, paid.id))));
    open_is(paid.id, "600", "333");
    bank_is(on(s, "4.30"), on(s, "315"));
    exchange_is(s == supplier ? "-18" : "18"); /* 240 for 222 */
    fin_act(w, s->money, back.id, "cancel", NULL);
}
END_TEST

/* The amount at the account follows a draft that changes, unless it is said. */
START_TEST(drafts_that_change)
{
    m_document_reply draft =
        fin_create(w, "payments", NULL, from_dollars(supplier, "1000", rupees(), ""));
    draft = fin_update(w, "payments", draft.id, draft.version, "{\"amount\":\"1500\"}");
    fin_has(draft.body, "\"account_amount\":\"20.00\"");
    draft = fin_update(w, "payments", draft.id, draft.version,
                       "{\"amount\":\"3000\",\"account_amount\":\"41\"}");
    fin_has(draft.body, "\"account_amount\":\"41.00\"");
    draft = fin_update(w, "payments", draft.id, draft.version,
                       fin_text(w, "{\"account\":\"%s\"}", fin_account_text(w, "1120")));
    fin_has(draft.body, "\"account_amount\":\"0.00\"");
    fin_has(draft.body, "\"account_currency\":null");
    fin_act(w, "payments", draft.id, "submit", NULL);
    fin_balance_is(w, "1120", "-3000");
    bank_is("0", "0");
}
END_TEST

START_TEST(amounts_that_are_refused)
{
    const side *s = &sides[_i];
    fin_create_refused(w, s->money, NULL,
                       from_dollars(s, "10", usd(), ",\"account_amount\":\"10\""),
                       "finance.payment.account_amount", "account_amount");
    fin_create_refused(w, s->money, NULL,
                       from_dollars(s, "1000", rupees(), ",\"account_amount\":\"13.333\""),
                       "core.field.places", "account_amount");
    fin_create_refused(w, s->money, NULL,
                       from_dollars(s, "1000", rupees(), ",\"account_amount\":\"-1\""),
                       "core.validation", "account_amount");
    fin_create_refused(w, s->money, NULL, from_dollars(s, "0.01", rupees(), ""),
                       "finance.currency.nothing", "account_amount");
    w->usd = test_dec("0");
    fin_create_refused(w, s->money, NULL, from_dollars(s, "1000", rupees(), ""),
                       "core.currency.rate_missing", NULL);
    fin_create(w, s->money, "submit",
               from_dollars(s, "1000", rupees(), ",\"account_amount\":\"13\""));
    bank_is(on(s, "13"), on(s, "1000"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("foreign accounts");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_loop_test(t, a_dollar_account_pays_rupees, 0, SIDES);
    tcase_add_loop_test(t, a_third_currency, 0, SIDES);
    tcase_add_test(t, drafts_that_change);
    tcase_add_loop_test(t, amounts_that_are_refused, 0, SIDES);
    return fin_world_run(t, "fin_foreign_accounts");
}
