/* Expense claims and employee advances: the rule by its numbers, and through documents into the
 * ledger. */
#include <check.h>
#include <stdlib.h>

#include "people/people.h"
#include "people_world.h"

#define CLAIMS   "expense-claims"
#define ADVANCES "employee-advances"

static const char *who;

static void setup(void)
{
    pw_setup();
    who = pw_employee("P-1", "2015-01-01");
}

/* ---- the rule ---- */

START_TEST(net_tax_gross)
{
    static const struct {
        const char *amount, *rate;
        bool included;
        const char *net, *tax, *gross;
    } table[] = {
        {"130.84", "7", false, "130.84", "9.16", "140.00"}, /* V065 */
        {"350", "10", true, "318.18", "31.82", "350.00"},   /* V068, after the exchange */
        {"700", "10", true, "636.36", "63.64", "700.00"},   /* and before it */
        {"5500", "0", false, "5500.00", "0.00", "5500.00"}, /* V066 */
        {"0.01", "50", true, "0.01", "0.00", "0.01"},
        {"10.005", "0", false, "10.01", "0.00", "10.01"},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        ppl_expense_parts got;
        ck_assert_int_eq(ppl_expense(test_dec(table[i].amount), test_dec(table[i].rate),
                                     table[i].included, 2, &got),
                         M_OK);
        ck_assert_int_eq(got.net.u, test_dec(table[i].net).u);
        ck_assert_int_eq(got.tax.u, test_dec(table[i].tax).u);
        ck_assert_int_eq(got.gross.u, test_dec(table[i].gross).u);
    }
    ppl_expense_parts none;
    ck_assert_int_eq(ppl_expense(test_dec("1"), test_dec("-1"), true, 2, &none), M_INVALID);
}
END_TEST

/* ---- claims ---- */

static const char *tax_of(const char *code, const char *rate)
{
    return pw_id(pw_make("core", "taxes", NULL,
                         pw_text("{\"code\":\"%s\",\"name\":\"%s\",\"recoverable\":true,"
                                 "\"components\":[{\"name\":\"T\",\"rate\":\"%s\","
                                 "\"purpose\":\"input_tax\"}]}",
                                 code, code, rate))
                     .id);
}

static const char *claim_body(const char *amount, const char *line_more, const char *more)
{
    return pw_text(
        "{\"employee\":\"%s\",\"purpose\":\"Trip\",\"lines\":[{\"description\":\"Hotel\","
        "\"account\":\"%s\",\"amount\":\"%s\"%s}]%s}",
        who, pw_code("finance.account", "5240"), amount, line_more, more);
}

static m_document_reply approved(const char *body)
{
    m_document_reply reply = pw_make("people", CLAIMS, "submit", body);
    return pw_act("people", CLAIMS, reply.id, "approve", NULL);
}

static m_document_reply pay(m_id claim, const char *amount)
{
    return pw_act("people", CLAIMS, claim, "pay", pw_text("{\"amount\":\"%s\"}", amount));
}

START_TEST(v065_seven_percent)
{
    m_document_reply claim =
        approved(claim_body("130.84", pw_text(",\"tax\":\"%s\"", tax_of("T7", "7")), ""));
    pw_has(claim, "\"tax_total\":\"9.16\"");
    pw_has(claim, "\"total\":\"140.00\"");
    pw_has(claim, "\"state\":\"approved\"");
    pw_balance_is("5240", "130.84");
    pw_balance_is("1160", "9.16");
    pw_balance_is("2165", "-140");
    claim = pay(claim.id, "140");
    pw_has(claim, "\"outstanding\":\"0.00\"");
    pw_has(claim, "\"state\":\"paid\"");
    pw_balance_is("2165", "0");
    pw_balance_is("1120", "-140");
}
END_TEST

START_TEST(v066_three_payments)
{
    m_document_reply claim = approved(claim_body("5500", "", ""));
    pw_has(pay(claim.id, "500"), "\"outstanding\":\"5000.00\"");
    pw_has(pay(claim.id, "2000"), "\"outstanding\":\"3000.00\"");
    pw_act_refused("people", CLAIMS, claim.id, "pay", "{\"amount\":\"3000.01\"}",
                   "people.claim.over");
    claim = pay(claim.id, "3000");
    pw_has(claim, "\"outstanding\":\"0.00\"");
    pw_has(claim, "\"state\":\"paid\"");
    pw_act_refused("people", CLAIMS, claim.id, "cancel", NULL, "people.claim.paid");
    pw_act("people", CLAIMS, claim.id, "undo-payment", "{\"number\":2}");
    pw_balance_is("2165", "-2000");
    pw_act_refused("people", CLAIMS, claim.id, "undo-payment", "{\"number\":2}",
                   "people.claim.no_payment");
    pw_act("people", CLAIMS, claim.id, "undo-payment", "{\"number\":1}");
    pw_act("people", CLAIMS, claim.id, "undo-payment", "{\"number\":3}");
    pw_act("people", CLAIMS, claim.id, "cancel", NULL);
    pw_balance_is("2165", "0");
    pw_balance_is("5240", "0");
    pw_balance_is("1120", "0");
}
END_TEST

START_TEST(v068_another_currency)
{
    const char *usd = pw_code("core.currency", "USD");
    pw_make("core", "exchange-rates", NULL,
            pw_text("{\"currency\":\"%s\",\"valid_from\":\"2026-01-01\",\"rate\":\"1\","
                    "\"per\":\"2\"}",
                    usd));
    m_document_reply claim = approved(
        claim_body("700", pw_text(",\"tax\":\"%s\",\"tax_included\":true", tax_of("T10", "10")),
                   pw_text(",\"currency\":\"%s\"", usd)));
    pw_has(claim, "\"net_total\":\"318.18\"");
    pw_has(claim, "\"tax_total\":\"31.82\"");
    pw_has(claim, "\"total\":\"350.00\"");
    pw_has(claim, "\"rate_from\":\"2026-01-01\"");
    pw_balance_is("5240", "318.18");
    pw_balance_is("1160", "31.82");
    pw_balance_is("2165", "-350");
}
END_TEST

START_TEST(approved_for_less)
{
    m_document_reply claim = pw_make("people", CLAIMS, "submit", claim_body("100", "", ""));
    const char *body = m_str_z(pw_call->arena, claim.body);
    const char *line = pw_text("%.26s", strstr(body, "\"lines\":[{\"id\":\"") + 16);
    pw_act_refused("people", CLAIMS, claim.id, "approve",
                   pw_text("{\"lines\":[{\"line\":\"%s\",\"sanctioned\":\"100.01\"}]}", line),
                   "people.claim.sanctioned");
    pw_act_refused("people", CLAIMS, claim.id, "approve",
                   pw_text("{\"lines\":[{\"line\":\"%s\",\"sanctioned\":\"0\"}]}", line),
                   "people.claim.nothing");
    claim = pw_act("people", CLAIMS, claim.id, "approve",
                   pw_text("{\"lines\":[{\"line\":\"%s\",\"sanctioned\":\"60\"}]}", line));
    pw_has(claim, "\"outstanding\":\"60.00\"");
    pw_balance_is("2165", "-60");
    m_document_reply other = pw_make("people", CLAIMS, "submit", claim_body("1", "", ""));
    pw_act("people", CLAIMS, other.id, "send-back", NULL);
    pw_act("people", CLAIMS, other.id, "submit", NULL);
    pw_act("people", CLAIMS, other.id, "reject", NULL);
    pw_act_refused("people", CLAIMS, other.id, "approve", NULL, "core.state.not_allowed");
    pw_make_refused("people", CLAIMS, NULL, claim_body("1", ",\"date\":\"2026-04-02\"", ""),
                    "people.claim.date");
    pw_balance_is("2165", "-60");
}
END_TEST

/* ---- advances ---- */

static m_document_reply advance(const char *asked, const char *paid)
{
    m_document_reply reply =
        pw_make("people", ADVANCES, "submit",
                pw_text("{\"employee\":\"%s\",\"purpose\":\"Trip\",\"asked\":\"%s\"}", who, asked));
    return pw_act("people", ADVANCES, reply.id, "pay", pw_text("{\"amount\":\"%s\"}", paid));
}

START_TEST(v067_advances)
{
    m_document_reply a = advance("1000", "1000");
    pw_balance_is("1190", "1000");
    pw_act("people", ADVANCES, a.id, "give-back", "{\"amount\":\"700\",\"from_salary\":true}");
    a = pw_act("people", ADVANCES, a.id, "give-back", "{\"from_salary\":true}");
    pw_has(a, "\"returned\":\"1000.00\"");
    pw_has(a, "\"open\":\"0.00\"");
    pw_balance_is("1190", "0");
    pw_balance_is("2160", "1000"); /* kept back from the salary that is still to come */
    pw_has(advance("1000", "500"), "\"pending_payment\":\"500.00\"");
    pw_has(advance("1000", "700"), "\"pending_payment\":\"300.00\"");
    pw_balance_is("1190", "1200");
    pw_balance_is("1120", "-2200");
    pw_act_refused("people", ADVANCES, a.id, "give-back", "{\"amount\":\"0.01\"}",
                   "people.advance.over");
    pw_act_refused("people", ADVANCES, a.id, "pay", "{\"amount\":\"1\"}", "people.advance.over");
}
END_TEST

START_TEST(a_claim_settles_an_advance)
{
    m_document_reply a = advance("4000", "4000");
    const char *settles =
        pw_text(",\"advances\":[{\"advance\":\"%s\",\"amount\":\"%s\"}]", pw_id(a.id), "4000");
    m_document_reply claim = approved(claim_body("5075", "", settles));
    pw_has(claim, "\"outstanding\":\"1075.00\""); /* domain rules 3.8 */
    pw_balance_is("1190", "0");
    pw_balance_is("2165", "-1075");
    pw_act_refused("people", ADVANCES, a.id, "cancel", NULL, "people.advance.settled");
    pw_make_refused("people", CLAIMS, NULL, claim_body("5000", "", settles),
                    "people.claim.advance");
    pw_act("people", CLAIMS, claim.id, "cancel", NULL);
    pw_balance_is("1190", "4000");
    pw_balance_is("2165", "0");
    pw_make_refused("people", CLAIMS, NULL, claim_body("3999.99", "", settles),
                    "people.claim.advance");
    claim = approved(claim_body("4000", "", settles));
    pw_has(claim, "\"state\":\"paid\"");
    pw_act("people", CLAIMS, claim.id, "cancel", NULL);
    /* written while the advance was open, approved when it is not */
    m_document_reply late = pw_make("people", CLAIMS, "submit", claim_body("5000", "", settles));
    pw_act("people", ADVANCES, a.id, "give-back", "{\"amount\":\"1\"}");
    pw_act_refused("people", CLAIMS, late.id, "approve", NULL, "people.claim.advance");
    pw_act("people", ADVANCES, a.id, "cancel", NULL);
    pw_balance_is("1190", "0");
    pw_balance_is("1120", "0");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("money");
    tcase_add_checked_fixture(cases, setup, pw_teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, net_tax_gross);
    tcase_add_test(cases, v065_seven_percent);
    tcase_add_test(cases, v066_three_payments);
    tcase_add_test(cases, v068_another_currency);
    tcase_add_test(cases, approved_for_less);
    tcase_add_test(cases, v067_advances);
    tcase_add_test(cases, a_claim_settles_an_advance);
    return unit_run(cases, "people's money");
}
