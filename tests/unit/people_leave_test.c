/* Leave: accrual, carrying over, lapsing, encashment; the rules by their numbers, and through
 * documents. */
#include <check.h>
#include <stdlib.h>

#include "people/people.h"
#include "people_world.h"

#define TYPES        "leave-types"
#define ALLOCATIONS  "leave-allocations"
#define APPLICATIONS "leave-applications"
#define ENCASHMENTS  "leave-encashments"

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

START_TEST(v059_months_left)
{
    m_dec days;
    ck_assert_int_eq(ppl_leave_months_left(test_dec("12"), 9, 12, &days), M_OK);
    is(days, "9");
    ck_assert_int_eq(ppl_leave_months_left(test_dec("10"), 5, 12, &days), M_OK);
    is(days, "4.17");
    ck_assert_int_eq(ppl_leave_months_left(test_dec("12"), 13, 12, &days), M_INVALID);
    ck_assert_int_eq(ppl_leave_months_left(test_dec("12"), 0, 0, &days), M_INVALID);
}
END_TEST

START_TEST(v060_prorated)
{
    static const struct {
        const char *start, *from, *to;
        int64_t full;
        const char *days;
    } table[] = {
        {"2021-09-01", "2021-01-01", "2022-01-01", 0, "0.3315"},
        {"2021-09-01", "2021-01-01", "2022-01-01", 1, "1.3315"},
        {"2021-09-03", "2021-09-01", "2021-09-15", 0, "0.7857"},
        {"2020-12-31", "2021-01-01", "2022-01-01", 0, "1"},
        {"2019-12-31", "2021-01-01", "2022-01-01", 0, "1"},
        {"2021-12-31", "2021-01-01", "2022-01-01", 0, "0"},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        m_dec days;
        ck_assert_int_eq(ppl_leave_prorated(test_dec("1"), test_date(table[i].start),
                                            test_date(table[i].from), test_date(table[i].to),
                                            table[i].full, &days),
                         M_OK);
        is(days, table[i].days);
    }
}
END_TEST

START_TEST(v061_carry_and_v058_encash)
{
    m_dec carried, days, amount;
    ck_assert_int_eq(ppl_leave_carry(test_dec("0.416333"), test_dec("30"), &carried), M_OK);
    is(carried, "0.42");
    ck_assert_int_eq(ppl_leave_carry(test_dec("5"), test_dec("3"), &carried), M_OK);
    is(carried, "3");
    ck_assert_int_eq(ppl_leave_carry(test_dec("-1"), test_dec("3"), &carried), M_OK);
    is(carried, "0");
    is(ppl_leave_expired(test_dec("5"), test_dec("3")), "2");
    is(ppl_leave_expired(test_dec("5"), test_dec("6")), "0");
    ck_assert_int_eq(
        ppl_leave_encash(test_dec("7"), test_dec("3"), test_dec("50"), 2, &days, &amount), M_OK);
    is(days, "3");
    is(amount, "150.00");
    ck_assert_int_eq(
        ppl_leave_encash(test_dec("2.5"), test_dec("3"), test_dec("33.33"), 2, &days, &amount),
        M_OK);
    is(amount, "83.33");
}
END_TEST

/* ---- through documents ---- */

static const char *leave_type(const char *more)
{
    static int n;
    return pw_id(pw_make("people", TYPES, NULL,
                         pw_text("{\"code\":\"L%d\",\"name\":\"Leave\"%s}", ++n, more))
                     .id);
}

static const char *allocation(const char *employee, const char *type, const char *start,
                              const char *end, const char *more)
{
    return pw_text("{\"employee\":\"%s\",\"leave_type\":\"%s\",\"period_start\":\"%s\","
                   "\"period_end\":\"%s\"%s}",
                   employee, type, start, end, more);
}

static m_document_reply allocate(const char *type, const char *start, const char *end,
                                 const char *more)
{
    return pw_make("people", ALLOCATIONS, "submit", allocation(who, type, start, end, more));
}

static m_document_reply leave(const char *type, const char *first, const char *last,
                              const char *more)
{
    return pw_make("people", APPLICATIONS, "submit",
                   pw_text("{\"employee\":\"%s\",\"leave_type\":\"%s\",\"first_day\":\"%s\","
                           "\"last_day\":\"%s\"%s}",
                           who, type, first, last, more));
}

static m_document_reply take(const char *type, const char *first, const char *last)
{
    return pw_act("people", APPLICATIONS, leave(type, first, last, "").id, "sanction", NULL);
}

static void balance_is(const char *type, const char *as_of, const char *days)
{
    struct { /* the row of the report */
        m_id employee, leave_type;
        m_dec days;
    } * row;
    m_list rows = pw_report("people", "leave-balances",
                            pw_text("{\"leave_type\":\"%s\",\"as_of\":\"%s\"}", type, as_of));
    if (rows.count == 0) {
        is((m_dec){0}, days);
        return;
    }
    ck_assert_uint_eq(rows.count, 1);
    row = rows.items;
    is(row->days, days);
}

START_TEST(joined_in_the_year)
{
    const char *type = leave_type("");
    who = pw_employee("P-2", "2026-07-01");
    m_document_reply reply =
        allocate(type, "2026-04-01", "2027-03-31", ",\"mode\":\"months_left\",\"whole\":\"12\"");
    pw_has(reply, "\"days\":\"9\"");
    pw_has(reply, "\"start\":\"2026-07-01\"");
    balance_is(type, "2026-07-01", "9");
    const char *other = leave_type("");
    reply = allocate(other, "2021-01-01", "2021-12-31",
                     ",\"mode\":\"first_period_prorated\",\"whole\":\"1\",\"full_periods\":1,"
                     "\"start\":\"2021-09-01\"");
    pw_has(reply, "\"days\":\"1.3315\"");
}
END_TEST

START_TEST(v061_through_documents)
{
    const char *type = leave_type(",\"max_carry\":\"30\"");
    allocate(type, "2025-01-01", "2025-06-30", ",\"whole\":\"0.416333\"");
    m_document_reply reply =
        allocate(type, "2025-07-01", "2025-12-31", ",\"whole\":\"0.58\",\"carry_forward\":true");
    pw_has(reply, "\"carried\":\"0.42\"");
    pw_has(reply, "\"total\":\"1\"");
    balance_is(type, "2025-07-01", "1.00");
    /* 5 over, 15 new, 3 taken before the carried ones lapse */
    const char *other = leave_type(",\"max_carry\":\"30\"");
    allocate(other, "2025-01-01", "2025-06-30", ",\"whole\":\"5\"");
    reply = allocate(other, "2025-07-01", "2025-12-31",
                     ",\"whole\":\"15\",\"carry_forward\":true,\"carried_until\":\"2025-09-30\"");
    pw_has(reply, "\"carried\":\"5\"");
    pw_has(reply, "\"total\":\"20\"");
    take(other, "2025-09-01", "2025-09-03");
    pw_act("people", APPLICATIONS, take(other, "2025-09-10", "2025-09-11").id, "cancel", NULL);
    for (int i = 0; i < 2; i++) {
        reply = pw_act("people", ALLOCATIONS, reply.id, "expire", NULL);
        pw_has(reply, "\"expired\":\"2\"");
        balance_is(other, "2025-12-31", "15");
    }
    balance_is(other, "2025-09-30", "17");
}
END_TEST

START_TEST(v058_through_documents)
{
    const char *type = leave_type(",\"max_encashable\":\"3\"");
    allocate(type, "2026-01-01", "2026-12-31", ",\"whole\":\"10\"");
    take(type, "2026-02-02", "2026-02-04");
    m_document_reply reply = pw_make(
        "people", ENCASHMENTS, "submit",
        pw_text("{\"employee\":\"%s\",\"leave_type\":\"%s\",\"per_day\":\"50\"}", who, type));
    pw_has(reply, "\"balance\":\"7\"");
    pw_has(reply, "\"days\":\"3\"");
    pw_has(reply, "\"amount\":\"150.00\"");
    balance_is(type, "2026-04-01", "4");
    pw_balance_is("5210", "150");
    pw_balance_is("2160", "-150");
    pw_act("people", ENCASHMENTS, reply.id, "cancel", NULL);
    balance_is(type, "2026-04-01", "7");
    pw_balance_is("5210", "0");
    const char *none = leave_type("");
    pw_make_refused(
        "people", ENCASHMENTS, NULL,
        pw_text("{\"employee\":\"%s\",\"leave_type\":\"%s\",\"per_day\":\"50\"}", who, none),
        "people.leave.balance");
}
END_TEST

START_TEST(leave_that_is_refused)
{
    const char *type = leave_type("");
    m_document_reply grant = allocate(type, "2026-01-01", "2026-12-31", ",\"whole\":\"2\"");
    m_document_reply long_one = leave(type, "2026-03-02", "2026-03-04", "");
    pw_act_refused("people", APPLICATIONS, long_one.id, "sanction", NULL, "people.leave.balance");
    pw_make_refused("people", APPLICATIONS, NULL,
                    pw_text("{\"employee\":\"%s\",\"leave_type\":\"%s\",\"first_day\":"
                            "\"2026-03-04\"}",
                            who, type),
                    "people.leave.overlap");
    pw_act("people", APPLICATIONS, long_one.id, "reject", NULL);
    m_document_reply half = leave(type, "2026-03-03", "2026-03-04", ",\"half_day\":true");
    pw_has(half, "\"days\":\"1.5\"");
    pw_act("people", APPLICATIONS, half.id, "sanction", NULL);
    pw_act_refused("people", ALLOCATIONS, grant.id, "cancel", NULL, "people.leave.balance");
    pw_act("people", APPLICATIONS, half.id, "cancel", NULL);
    pw_act("people", ALLOCATIONS, grant.id, "cancel", NULL);
    balance_is(type, "2026-12-31", "0");
    pw_make_refused("people", ALLOCATIONS, NULL,
                    allocation(who, type, "2026-04-01", "2026-03-31", ""), "people.leave.dates");
    /* without pay, without an allocation */
    const char *unpaid = leave_type(",\"draws_balance\":false,\"unpaid_fraction\":\"1\"");
    pw_has(take(unpaid, "2026-03-05", "2026-03-05"), "\"unpaid_fraction\":\"1\"");
    m_document_reply next = allocate(type, "2026-01-01", "2026-12-31",
                                     ",\"whole\":\"2\",\"carried_until\":\"2026-12-31\"");
    pw_act_refused("people", ALLOCATIONS, next.id, "expire", NULL, "people.leave.not_yet");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("leave");
    tcase_add_checked_fixture(cases, setup, pw_teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, v059_months_left);
    tcase_add_test(cases, v060_prorated);
    tcase_add_test(cases, v061_carry_and_v058_encash);
    tcase_add_test(cases, joined_in_the_year);
    tcase_add_test(cases, v061_through_documents);
    tcase_add_test(cases, v058_through_documents);
    tcase_add_test(cases, leave_that_is_refused);
    return unit_run(cases, "leave");
}
