/* Pay and gratuity: the rules by their numbers, and through documents into the ledger. */
#include <check.h>
#include <stdlib.h>

#include "people/people.h"
#include "people_world.h"

#define STRUCTURES "salary-structures"
#define SLIPS      "salary-slips"

static const char *who;

static void setup(void)
{
    pw_setup();
    who = pw_employee("P-1", "2015-01-01");
}

static void is(m_dec got, const char *want)
{
    ck_assert_msg(got.u == test_dec(want).u, "%lld, want %s", (long long)got.u, want);
}

/* ---- rules ---- */

START_TEST(v062_payment_days)
{
    const ppl_unpaid leaves[] = {{test_dec("3"), test_dec("1")},
                                 {test_dec("1.5"), test_dec("0.5")}};
    ppl_month_days days;
    m_date june = test_date("2024-06-17"), none = M_DATE_NONE;
    ck_assert_int_eq(ppl_payment_days(june, 7, false, none, leaves, 2, &days), M_OK);
    is(days.working, "25");
    is(days.lwp, "3.75");
    is(days.payment, "21.25");
    ck_assert_int_eq(ppl_payment_days(june, 7, true, none, leaves, 2, &days), M_OK);
    is(days.working, "30");
    is(days.payment, "26.25");
    /* joined on Monday the 10th: seven working days are over */
    ck_assert_int_eq(ppl_payment_days(june, 7, false, test_date("2024-06-10"), NULL, 0, &days),
                     M_OK);
    is(days.payment, "18");
    const ppl_unpaid year = {test_dec("300"), test_dec("1")};
    ck_assert_int_eq(ppl_payment_days(june, 7, false, none, &year, 1, &days), M_OK);
    is(days.payment, "0");
    ck_assert_int_eq(ppl_payment_days(june, 8, false, none, NULL, 0, &days), M_INVALID);
}
END_TEST

START_TEST(v063_statistical)
{
    const ppl_pay_component components[] = {
        {.kind = PPL_EARNING, .of = PPL_PAY_BASE, .percent = test_dec("100"), .prorate = true},
        {.kind = PPL_STATISTICAL, .of = PPL_PAY_FIXED, .fixed = test_dec("1000"), .prorate = true},
        {.kind = PPL_EARNING, .of = 1, .percent = test_dec("50"), .on_paid = true}};
    ppl_pay_input_days in = {test_dec("50000"), test_dec("25"), test_dec("24"), 2};
    m_dec paid[3];
    ppl_pay_totals totals;
    ck_assert_int_eq(ppl_pay(&in, components, 3, paid, &totals), M_OK);
    is(paid[0], "48000.00");
    is(paid[1], "960.00");
    is(paid[2], "480.00");
    is(totals.gross, "48480.00");
    is(totals.net, "48480.00");
    const ppl_pay_component later = {.kind = PPL_EARNING, .of = 0};
    ck_assert_int_eq(ppl_pay(&in, &later, 1, paid, &totals), M_INVALID);
}
END_TEST

START_TEST(v056_v057_gratuity)
{
    const ppl_gratuity_slab slab = {test_dec("5"), {0}, test_dec("1")};
    const ppl_gratuity_terms six = {.kind = PPL_CURRENT_SLAB, .slabs = &slab, .slab_count = 1};
    const ppl_gratuity_terms india = {.kind = PPL_DAYS_OVER_DAYS,
                                      .numerator = test_dec("15"),
                                      .denominator = test_dec("26"),
                                      .min_years = test_dec("5")};
    m_dec years, amount;
    ck_assert_int_eq(ppl_gratuity_amount(&six, test_dec("6"), test_dec("50000"), 2, &amount), M_OK);
    is(amount, "300000.00");
    ck_assert_int_eq(ppl_gratuity_amount(&six, test_dec("4"), test_dec("50000"), 2, &amount), M_OK);
    is(amount, "0");
    ck_assert_int_eq(ppl_service_years(test_date("2015-01-01"), test_date("2021-07-15"),
                                       test_dec("365"), &years),
                     M_OK);
    is(years, "7");
    ck_assert_int_eq(ppl_gratuity_amount(&india, years, test_dec("26000"), 2, &amount), M_OK);
    is(amount, "105000.00");
    ck_assert_int_eq(ppl_gratuity_amount(&india, test_dec("4"), test_dec("26000"), 2, &amount),
                     M_OK);
    is(amount, "0.00");
    /* domain rules 3.13: 42,000 and 29 years */
    ck_assert_int_eq(ppl_gratuity_amount(&india, test_dec("29"), test_dec("42000"), 2, &amount),
                     M_OK);
    is(amount, "702692.31");
}
END_TEST

/* ---- through documents ---- */

static m_document_reply structure(const char *from, const char *base, const char *components,
                                  const char *more)
{
    return pw_make("people", STRUCTURES, NULL,
                   pw_text("{\"employee\":\"%s\",\"effective_from\":\"%s\",\"base\":\"%s\","
                           "\"components\":[%s]%s}",
                           who, from, base, components, more));
}

static const char *slip_body(const char *month)
{
    return pw_text("{\"employee\":\"%s\",\"month\":\"%s\"}", who, month);
}

static void leave(const char *fraction, const char *first, const char *last, const char *more)
{
    static int n;
    const char *type =
        pw_id(pw_make("people", "leave-types", NULL,
                      pw_text("{\"code\":\"U%d\",\"name\":\"Unpaid\",\"draws_balance\":false,"
                              "\"unpaid_fraction\":\"%s\"}",
                              ++n, fraction))
                  .id);
    m_document_reply reply =
        pw_make("people", "leave-applications", "submit",
                pw_text("{\"employee\":\"%s\",\"leave_type\":\"%s\",\"first_day\":\"%s\","
                        "\"last_day\":\"%s\"%s}",
                        who, type, first, last, more));
    pw_act("people", "leave-applications", reply.id, "sanction", NULL);
}

#define BASIC "{\"name\":\"Basic\",\"percent_of\":\"base\",\"percent\":\"100\",\"prorate\":true}"

START_TEST(v062_through_documents)
{
    pw_make("finance", "fiscal-years", NULL, "{\"start\":\"2024-04-01\"}");
    structure("2024-01-01", "25000", BASIC, "");
    leave("1", "2024-06-03", "2024-06-05", "");
    leave("0.5", "2024-06-11", "2024-06-12", ",\"half_day\":true");
    m_document_reply slip = pw_make("people", SLIPS, "submit", slip_body("2024-06-17"));
    pw_has(slip, "\"working_days\":\"25\"");
    pw_has(slip, "\"lwp\":\"3.75\"");
    pw_has(slip, "\"payment_days\":\"21.25\"");
    pw_has(slip, "\"posting_date\":\"2024-06-30\"");
    pw_has(slip, "\"gross\":\"21250.00\"");
    pw_balance_is("5210", "21250");
    pw_balance_is("2160", "-21250");
    pw_make_refused("people", SLIPS, NULL, slip_body("2024-06-01"), "people.slip.exists");
    pw_act("people", SLIPS, slip.id, "cancel", NULL);
    pw_balance_is("5210", "0");
    pw_make("people", SLIPS, NULL, slip_body("2024-06-01"));
    /* a policy of the tenant, from a day on */
    pw_make("core", "policies", NULL,
            "{\"name\":\"people.holidays_paid\",\"value\":\"1\",\"effective_from\":"
            "\"2024-07-01\"}");
    slip = pw_make("people", SLIPS, NULL, slip_body("2024-07-01"));
    pw_has(slip, "\"payment_days\":\"31\"");
    pw_has(slip, "\"holidays_paid\":true");
}
END_TEST

START_TEST(v063_through_documents)
{
    structure("2026-01-01", "50000",
              BASIC ",{\"name\":\"Helper\",\"kind\":\"statistical\",\"fixed\":\"1000\","
                    "\"prorate\":true},{\"name\":\"Dependent\",\"percent_of\":\"Helper\","
                    "\"percent\":\"50\",\"on_paid\":true}",
              "");
    leave("1", "2026-06-02", "2026-06-02", ""); /* 26 working days */
    leave("1", "2026-06-03", "2026-06-03", "");
    m_document_reply slip = pw_make("people", SLIPS, "submit", slip_body("2026-06-01"));
    pw_has(slip, "\"working_days\":\"26\"");
    pw_has(slip, "\"payment_days\":\"24\"");
    pw_has(slip, "\"amount\":\"46153.85\"");
    pw_has(slip, "\"amount\":\"923.08\"");
    pw_has(slip, "\"amount\":\"461.54\"");
    pw_has(slip, "\"gross\":\"46615.39\"");
    pw_balance_is("5210", "46615.39");
    /* 25 working days: November 2026 has five Sundays */
    leave("1", "2026-11-04", "2026-11-04", "");
    slip = pw_make("people", SLIPS, NULL, slip_body("2026-11-01"));
    pw_has(slip, "\"working_days\":\"25\"");
    pw_has(slip, "\"amount\":\"960.00\"");
    pw_has(slip, "\"amount\":\"480.00\"");
    pw_has(slip, "\"gross\":\"48480.00\"");
}
END_TEST

START_TEST(v064_through_documents)
{
    const char *usd = pw_code("core.currency", "USD");
    pw_make("core", "exchange-rates", NULL,
            pw_text("{\"currency\":\"%s\",\"valid_from\":\"2026-01-01\",\"rate\":\"70\"}", usd));
    structure("2026-01-01", "50000",
              BASIC ",{\"name\":\"HRA\",\"fixed\":\"3000\",\"prorate\":true},"
                    "{\"name\":\"Special\",\"percent_of\":\"base\",\"percent\":\"50\","
                    "\"prorate\":true},"
                    "{\"name\":\"ProfTax\",\"kind\":\"deduction\",\"fixed\":\"200\"}",
              pw_text(",\"currency\":\"%s\"", usd));
    m_document_reply slip = pw_make("people", SLIPS, "submit", slip_body("2026-04-01"));
    pw_has(slip, "\"gross\":\"78000.00\"");
    pw_has(slip, "\"gross_base\":\"5460000.00\"");
    pw_has(slip, "\"net_base\":\"5446000.00\"");
    pw_has(slip, "\"rate\":\"70\"");
    pw_has(slip, "\"rate_from\":\"2026-01-01\"");
    pw_balance_is("5210", "5460000");
    pw_balance_is("2140", "-14000");
    pw_balance_is("2160", "-5446000");
}
END_TEST

START_TEST(pay_that_is_refused)
{
    pw_make_refused("people", SLIPS, NULL, slip_body("2026-04-01"), "people.slip.structure");
    pw_make_refused("people", STRUCTURES, NULL,
                    pw_text("{\"employee\":\"%s\",\"effective_from\":\"2026-01-01\",\"base\":"
                            "\"1\",\"components\":[{\"name\":\"A\",\"percent_of\":\"B\"}]}",
                            who),
                    "people.salary.component");
    structure("2026-01-01", "1000",
              BASIC ",{\"name\":\"Loan\",\"kind\":\"deduction\",\"fixed\":\"1000.01\"}", "");
    pw_make_refused("people", SLIPS, NULL, slip_body("2026-04-01"), "people.slip.negative");
    pw_make_refused("people", STRUCTURES, NULL,
                    pw_text("{\"employee\":\"%s\",\"effective_from\":\"2026-01-01\",\"base\":"
                            "\"1\",\"components\":[" BASIC "]}",
                            who),
                    "people.salary.exists");
}
END_TEST

static const char *gratuity_body(const char *left, const char *basic)
{
    return pw_text("{\"employee\":\"%s\",\"left\":\"%s\",\"last_basic\":\"%s\"}", who, left, basic);
}

START_TEST(gratuity_through_documents)
{
    pw_make_refused("people", "gratuities", NULL, gratuity_body("2021-01-01", "50000"),
                    "people.gratuity.no_rule");
    pw_make("people", "gratuity-rules", NULL,
            "{\"name\":\"Slabs\",\"effective_from\":\"2000-01-01\",\"slabs\":[{\"from\":\"5\","
            "\"fraction\":\"1\"}]}");
    pw_make("people", "gratuity-rules", NULL,
            "{\"name\":\"15/26\",\"effective_from\":\"2021-07-01\",\"kind\":\"days_over_days\","
            "\"numerator\":\"15\",\"denominator\":\"26\",\"min_years\":\"5\"}");
    m_document_reply six =
        pw_make("people", "gratuities", "submit", gratuity_body("2021-01-01", "50000"));
    pw_has(six, "\"years\":\"6\"");
    pw_has(six, "\"amount\":\"300000.00\"");
    pw_balance_is("5210", "300000");
    pw_balance_is("2160", "-300000");
    m_document_reply seven =
        pw_make("people", "gratuities", "submit", gratuity_body("2021-07-15", "26000"));
    pw_has(seven, "\"years\":\"7\"");
    pw_has(seven, "\"amount\":\"105000.00\"");
    pw_has(seven, "\"rule_from\":\"2021-07-01\"");
    pw_act("people", "gratuities", six.id, "cancel", NULL);
    pw_balance_is("5210", "105000");
    who = pw_employee("P-2", "2018-01-01");
    m_document_reply four =
        pw_make("people", "gratuities", NULL, gratuity_body("2022-01-01", "26000"));
    pw_has(four, "\"years\":\"4\"");
    pw_has(four, "\"amount\":\"0.00\"");
    pw_act_refused("people", "gratuities", four.id, "submit", NULL, "people.gratuity.nothing");
    pw_make_refused("people", "gratuities", NULL, gratuity_body("2017-12-31", "26000"),
                    "people.gratuity.left");
    pw_make_refused("people", "gratuity-rules", NULL,
                    "{\"name\":\"Bad\",\"effective_from\":\"2026-01-01\"}", "people.gratuity.rule");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("pay");
    tcase_add_checked_fixture(cases, setup, pw_teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, v062_payment_days);
    tcase_add_test(cases, v063_statistical);
    tcase_add_test(cases, v056_v057_gratuity);
    tcase_add_test(cases, v062_through_documents);
    tcase_add_test(cases, v063_through_documents);
    tcase_add_test(cases, v064_through_documents);
    tcase_add_test(cases, pay_that_is_refused);
    tcase_add_test(cases, gratuity_through_documents);
    return unit_run(cases, "pay");
}
