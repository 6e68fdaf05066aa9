/* Imprest: the rules as tables, the worked example to the last figure, every refusal by its code,
 * and the identity of the float after anything that may happen. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "imprest/imprest.h"

#define ACCOUNTS    "imprest-accounts"
#define VOUCHERS    "imprest-vouchers"
#define RECOUPMENTS "imprest-recoupments"
#define HOLDER      81
#define NEXT        82

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
}

static void teardown(void)
{
    fin_world_teardown(w);
}

/* ---- rules ---- */

START_TEST(size_by_what_is_spent)
{
    static const struct {
        const char *spent, *pct, *most;
    } table[] = {{"432000", "50", "18000"},
                 {"432000", "100", "36000"},
                 {"0", "50", "0"},
                 {"100", "50", "4.16"} /* rounded down */,
                 {"12.24", "50", "0.51"}};
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        m_dec most;
        ck_assert_int_eq(
            fin_imprest_size(test_dec(table[i].spent), test_dec(table[i].pct), 2, &most), M_OK);
        ck_assert_int_eq(most.u, test_dec(table[i].most).u);
    }
}
END_TEST

static fin_imprest_float money(const char *limit, const char *funded, const char *cash,
                               const char *approved)
{
    return (fin_imprest_float){.limit = test_dec(limit),
                               .funded = test_dec(funded),
                               .cash = test_dec(cash),
                               .approved = test_dec(approved)};
}

START_TEST(due_by_threshold_cycle_and_year_end)
{
    static const struct {
        const char *approved;
        m_enum cycle;
        const char *date;
        int start_month;
        fin_imprest_reason due;
    } table[] = {
        {"4999.99", FIN_IMPREST_FORTNIGHT, "2026-04-10", 4, FIN_IMPREST_NOT_DUE},
        {"5000", FIN_IMPREST_FORTNIGHT, "2026-04-10", 4, FIN_IMPREST_THRESHOLD},
        {"0.01", FIN_IMPREST_FORTNIGHT, "2026-04-15", 4, FIN_IMPREST_CYCLE_DAY},
        {"0", FIN_IMPREST_FORTNIGHT, "2026-04-15", 4, FIN_IMPREST_NOT_DUE},
        {"1", FIN_IMPREST_FORTNIGHT, "2026-04-30", 4, FIN_IMPREST_CYCLE_DAY},
        {"1", FIN_IMPREST_FORTNIGHT, "2026-02-28", 4, FIN_IMPREST_CYCLE_DAY},
        {"1", FIN_IMPREST_FORTNIGHT, "2028-02-28", 4, FIN_IMPREST_NOT_DUE}, /* a leap year */
        {"1", FIN_IMPREST_MONTH, "2026-04-15", 4, FIN_IMPREST_NOT_DUE},
        {"1", FIN_IMPREST_MONTH, "2026-04-30", 4, FIN_IMPREST_CYCLE_DAY},
        {"1", FIN_IMPREST_NO_CYCLE, "2026-04-30", 4, FIN_IMPREST_NOT_DUE},
        {"1", FIN_IMPREST_NO_CYCLE, "2026-03-31", 4, FIN_IMPREST_YEAR_END},
        {"1", FIN_IMPREST_NO_CYCLE, "2026-12-31", 1, FIN_IMPREST_YEAR_END},
        {"0", FIN_IMPREST_NO_CYCLE, "2026-03-31", 4, FIN_IMPREST_NOT_DUE},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        fin_imprest_float f = money("10000", "10000", "0", table[i].approved);
        ck_assert_msg(fin_imprest_due(&f, test_dec("50"), table[i].cycle, test_date(table[i].date),
                                      table[i].start_month) == table[i].due,
                      "row %zu", i);
    }
}
END_TEST

START_TEST(changes_of_the_limit)
{
    static const struct {
        const char *funded, *cash, *limit, *by;
    } table[] = {{"10000", "10000", "15000", "5000"}, {"10000", "7000", "6000", "-4000"},
                 {"10000", "2500", "6000", "-2500"}, /* the rest is kept from the next recoupment */
                 {"10000", "0", "6000", "0"},         {"8000", "2000", "9000", "1000"},
                 {"10000", "3000", "10000", "0"}};
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        fin_imprest_float f = money("10000", table[i].funded, table[i].cash, "0");
        ck_assert_int_eq(fin_imprest_change(&f, test_dec(table[i].limit)).u,
                         test_dec(table[i].by).u);
    }
    m_dec less, pay;
    fin_imprest_float f = money("6000", "7500", "0", "7500");
    fin_imprest_net(&f, test_dec("7500"), &less, &pay);
    ck_assert(less.u == test_dec("1500").u && pay.u == test_dec("6000").u);
    fin_imprest_net(&f, test_dec("1000"), &less, &pay); /* not enough to keep it all */
    ck_assert(less.u == test_dec("1000").u && pay.u == 0);
    f.funded = f.limit;
    fin_imprest_net(&f, test_dec("1000"), &less, &pay);
    ck_assert(less.u == 0 && pay.u == test_dec("1000").u);
}
END_TEST

START_TEST(the_identity)
{
    fin_imprest_float f = {
        .funded = {10}, .cash = {4}, .submitted = {3}, .approved = {2}, .disallowed = {1}};
    ck_assert(fin_imprest_holds(&f));
    f.cash.u++;
    ck_assert(!fin_imprest_holds(&f));
    f = (fin_imprest_float){.cash = {-1}, .approved = {1}};
    ck_assert(!fin_imprest_holds(&f));
}
END_TEST

/* ---- through documents ---- */

static const char *account_body(const char *code, const char *more)
{
    return fin_text(
        w,
        "{\"code\":\"%s\",\"name\":\"Depot float\",\"holder\":\"%s\",\"cost_center\":\"%s\","
        "\"ledger\":\"%s\",\"source\":\"%s\",\"limit\":\"10000\",\"voucher_cap\":\"2000\","
        "\"trigger_pct\":\"50\"%s}",
        code, fin_id_text(w, test_id(HOLDER)), fin_center_text(w, "Main"),
        fin_account_text(w, "1115"), fin_account_text(w, "1120"), more);
}

static m_id funded(const char *more)
{
    m_id id = fin_create(w, ACCOUNTS, NULL, account_body("F1", more)).id;
    fin_act(w, ACCOUNTS, id, "sanction", NULL);
    fin_act(w, ACCOUNTS, id, "fund", "{\"date\":\"2026-04-01\"}");
    return id;
}

static const char *voucher_body(m_id account, const char *date, const char *amount,
                                const char *more)
{
    return fin_text(w,
                    "{\"imprest\":\"%s\",\"date\":\"%s\",\"payee\":\"Ram Stores\","
                    "\"expense_account\":\"%s\",\"amount\":\"%s\"%s}",
                    fin_id_text(w, account), date, fin_account_text(w, "5250"), amount, more);
}

static m_id voucher(m_id account, const char *date, const char *amount)
{
    return fin_create(w, VOUCHERS, "submit", voucher_body(account, date, amount, "")).id;
}

static void approve(m_id id, const char *date)
{
    fin_act(w, VOUCHERS, id, "approve", fin_text(w, "{\"date\":\"%s\"}", date));
}

static m_id approved(m_id account, const char *date, const char *amount)
{
    m_id id = voucher(account, date, amount);
    approve(id, date);
    return id;
}

static void disallow(m_id id, const char *date)
{
    fin_act(w, VOUCHERS, id, "disallow",
            fin_text(w, "{\"date\":\"%s\",\"reason\":\"No bill\"}", date));
}

/* "limit funded cash submitted approved disallowed"; the ledger must say cash + submitted. */
static void stands(m_id id, const char *wanted)
{
    fin_imprest_account a;
    char text[6][M_DEC_TEXT];
    fin_begin(w);
    ck_assert_int_eq(fin_imprest_read(&w->fin, w->call, id, &a), M_OK);
    fin_end(w, M_OK);
    const m_dec all[] = {a.limit, a.funded, a.cash, a.submitted, a.approved, a.disallowed};
    for (int i = 0; i < 6; i++)
        m_dec_format(all[i], 0, text[i]);
    ck_assert_str_eq(
        fin_text(w, "%s %s %s %s %s %s", text[0], text[1], text[2], text[3], text[4], text[5]),
        wanted);
    fin_imprest_float f = fin_imprest_float_of(&a);
    ck_assert(fin_imprest_holds(&f));
    m_dec held = {a.cash.u + a.submitted.u};
    char ledger[M_DEC_TEXT];
    m_dec_format(held, 2, ledger);
    fin_balance_is(w, "1115", ledger);
}

/* The one recoupment in this state; fails when there is none or more. */
static fin_imprest_recoupment recoupment(fin_imprest_recoupment_state state)
{
    m_enum wanted = (m_enum)state;
    m_filter filter = {"state", M_OP_EQ, &wanted};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &fin_imprest_recoupment_type, .query = &query};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    ck_assert_uint_eq(read.count, 1);
    fin_imprest_recoupment r = *(const fin_imprest_recoupment *)read.records[0];
    fin_end(w, M_OK);
    return r;
}

static uint32_t recoupments(void)
{
    uint32_t n;
    m_query all = {0};
    fin_begin(w);
    ck_assert_int_eq(m_store_count(w->store, w->call, &fin_imprest_recoupment_type, &all, 1000, &n),
                     M_OK);
    fin_end(w, M_OK);
    return n;
}

static m_id pay(const char *date)
{
    m_id id = recoupment(FIN_IMPREST_R_DRAFT).id;
    fin_act(w, RECOUPMENTS, id, "approve", NULL);
    fin_act(w, RECOUPMENTS, id, "pay", fin_text(w, "{\"date\":\"%s\"}", date));
    return id;
}

START_TEST(worked_example)
{
    m_id f = funded("");
    stands(f, "10000 10000 10000 0 0 0");
    fin_balance_is(w, "1120", "-10000");
    m_id first = voucher(f, "2026-04-02", "1800");
    stands(f, "10000 10000 8200 1800 0 0");
    approve(first, "2026-04-02");
    stands(f, "10000 10000 8200 0 1800 0");
    approved(f, "2026-04-03", "2000");
    approved(f, "2026-04-04", "900");
    stands(f, "10000 10000 5300 0 4700 0");
    ck_assert_uint_eq(recoupments(), 0); /* 4,700 < 5,000 */
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-05", "2500", ""),
                       "finance.imprest.cap", "amount");
    approved(f, "2026-04-06", "600");
    stands(f, "10000 10000 4700 0 5300 0");
    fin_imprest_recoupment r = recoupment(FIN_IMPREST_R_DRAFT);
    ck_assert_int_eq(r.amount.u, test_dec("5300").u);
    ck_assert_int_eq(r.reason, FIN_IMPREST_THRESHOLD);
    ck_assert_uint_eq(r.lines.count, 4);
    ck_assert_int_eq(r.limit.u, test_dec("10000").u);
    pay("2026-04-07");
    stands(f, "10000 10000 10000 0 0 0");
    fin_balance_is(w, "1120", "-15300");
    fin_balance_is(w, "5250", "5300");
    fin_has(fin_get(w, VOUCHERS, first).body, "\"state\":\"recouped\"");
    fin_has(fin_get(w, VOUCHERS, first).body, fin_id_text(w, r.id));
    fin_books_balance(w);
}
END_TEST

START_TEST(worked_example_with_a_disallowed_voucher)
{
    m_id f = funded("");
    approved(f, "2026-04-02", "1800");
    approved(f, "2026-04-03", "2000");
    m_id bad = voucher(f, "2026-04-04", "900");
    disallow(bad, "2026-04-05");
    fin_balance_is(w, "1195", "900");
    approved(f, "2026-04-06", "600");
    stands(f, "10000 10000 4700 0 4400 900"); /* waits for the cycle date */
    ck_assert_uint_eq(recoupments(), 0);
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2026-04-14\"}");
    ck_assert_uint_eq(recoupments(), 0);
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2026-04-15\"}");
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2026-04-15\"}"); /* again: harmless */
    ck_assert_uint_eq(recoupments(), 1);
    ck_assert_int_eq(recoupment(FIN_IMPREST_R_DRAFT).reason, FIN_IMPREST_CYCLE_DAY);
    pay("2026-04-15");
    stands(f, "10000 10000 9100 0 0 900");
    fin_act(w, VOUCHERS, bad, "refund", "{\"date\":\"2026-04-20\",\"by\":\"cash\"}");
    stands(f, "10000 10000 10000 0 0 0");
    fin_balance_is(w, "1195", "0");
    fin_act_refused(w, VOUCHERS, bad, "refund", "{\"by\":\"cash\"}", "finance.imprest.refunded",
                    NULL);
}
END_TEST

START_TEST(kept_from_the_pay)
{
    m_id f = funded("");
    m_id bad = voucher(f, "2026-04-04", "900");
    disallow(bad, "2026-04-05");
    fin_act_refused(w, VOUCHERS, bad, "refund", "{\"date\":\"2026-04-04\",\"by\":\"cash\"}",
                    "finance.imprest.before", "date");
    fin_act(w, VOUCHERS, bad, "refund", "{\"date\":\"2026-04-30\",\"by\":\"payroll\"}");
    stands(f, "10000 9100 9100 0 0 0");
    fin_balance_is(w, "2160", "900"); /* less is paid out as salary */
    fin_act(w, ACCOUNTS, f, "top_up", "{\"date\":\"2026-04-30\"}");
    stands(f, "10000 10000 10000 0 0 0");
    fin_act_refused(w, ACCOUNTS, f, "top_up", NULL, "finance.imprest.full", NULL);
}
END_TEST

START_TEST(year_end_and_one_open_at_most)
{
    m_id f = funded(",\"cycle\":\"none\"");
    approved(f, "2026-04-02", "100");
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2026-04-30\"}");
    ck_assert_uint_eq(recoupments(), 0);
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2027-03-31\"}");
    ck_assert_int_eq(recoupment(FIN_IMPREST_R_DRAFT).reason, FIN_IMPREST_YEAR_END);
    /* what is approved meanwhile waits for the next one */
    for (int i = 0; i < 4; i++)
        approved(f, "2026-04-03", "1900");
    ck_assert_uint_eq(recoupments(), 1);
    fin_create_refused(w, RECOUPMENTS, NULL, fin_text(w, "{\"imprest\":\"%s\"}", fin_id_text(w, f)),
                       "finance.imprest.recoupment_open", "imprest");
    m_id id = recoupment(FIN_IMPREST_R_DRAFT).id;
    fin_act(w, RECOUPMENTS, id, "approve", NULL);
    fin_act(w, RECOUPMENTS, id, "cancel", NULL);
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2026-04-16\"}"); /* by the threshold now */
    ck_assert_int_eq(recoupment(FIN_IMPREST_R_DRAFT).amount.u, test_dec("7700").u);
    fin_act_refused(w, RECOUPMENTS, recoupment(FIN_IMPREST_R_DRAFT).id, "pay", NULL,
                    "core.state.not_allowed", NULL);
    pay("2026-04-17");
    stands(f, "10000 10000 10000 0 0 0");
    fin_create_refused(w, RECOUPMENTS, NULL, fin_text(w, "{\"imprest\":\"%s\"}", fin_id_text(w, f)),
                       "finance.imprest.nothing", "imprest");
    approved(f, "2026-04-18", "1");
    fin_create(w, RECOUPMENTS, "approve",
               fin_text(w, "{\"imprest\":\"%s\",\"date\":\"2026-04-18\"}", fin_id_text(w, f)));
    m_id open = recoupment(FIN_IMPREST_R_APPROVED).id;
    fin_act_refused(w, RECOUPMENTS, open, "pay", "{\"date\":\"2026-04-17\"}",
                    "finance.imprest.before", "date");
    fin_act(w, RECOUPMENTS, open, "pay", "{\"date\":\"2026-04-19\"}");
}
END_TEST

#define SPENT ",\"spent\":\"480000\""

START_TEST(limit_raise)
{
    m_id f = funded("");
    fin_act_refused(w, ACCOUNTS, f, "change_limit", "{\"limit\":\"15000\"}", "finance.imprest.size",
                    "limit");
    fin_act(w, ACCOUNTS, f, "change_limit",
            "{\"date\":\"2026-04-10\",\"limit\":\"15000\",\"voucher_cap\":\"3000\"" SPENT "}");
    stands(f, "15000 15000 15000 0 0 0");
    fin_balance_is(w, "1120", "-15000");
    fin_act_refused(w, ACCOUNTS, f, "change_limit", "{\"date\":\"2026-04-09\",\"limit\":\"6000\"}",
                    "finance.imprest.earlier", "date");
    fin_act_refused(w, ACCOUNTS, f, "change_limit", "{\"date\":\"2026-04-11\",\"limit\":\"2000\"}",
                    "finance.imprest.cap_limit", "voucher_cap");
    /* the cap of the day of the voucher counts */
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-09", "2500", ""),
                       "finance.imprest.cap", "amount");
    voucher(f, "2026-04-10", "2500");
    stands(f, "15000 15000 12500 2500 0 0");
}
END_TEST

START_TEST(limit_cut)
{
    m_id f = funded("");
    approved(f, "2026-04-02", "2000");
    voucher(f, "2026-04-02", "1000");
    stands(f, "10000 10000 7000 1000 2000 0");
    fin_act(w, ACCOUNTS, f, "change_limit", "{\"date\":\"2026-04-03\",\"limit\":\"6000\"}");
    stands(f, "6000 6000 3000 1000 2000 0");
    fin_balance_is(w, "1120", "-6000");
}
END_TEST

START_TEST(limit_cut_with_too_little_cash)
{
    m_id f = funded("");
    for (int i = 0; i < 4; i++)
        approved(f, "2026-04-02", "2000");
    stands(f, "10000 10000 2000 0 8000 0");
    fin_act(w, ACCOUNTS, f, "change_limit", "{\"date\":\"2026-04-03\",\"limit\":\"6000\"}");
    stands(f, "6000 8000 0 0 8000 0"); /* 2,000 went back, 2,000 are still to come */
    pay("2026-04-04");                 /* of three vouchers: the fourth came later */
    fin_imprest_recoupment r = recoupment(FIN_IMPREST_R_PAID);
    ck_assert_int_eq(r.amount.u, test_dec("6000").u);
    ck_assert_int_eq(r.less.u, test_dec("2000").u);
    ck_assert_int_eq(r.paid.u, test_dec("4000").u);
    stands(f, "6000 6000 4000 0 2000 0");
}
END_TEST

START_TEST(closing)
{
    m_id f = funded("");
    approved(f, "2026-04-02", "1500");
    m_id open = voucher(f, "2026-04-02", "500");
    m_id bad = voucher(f, "2026-04-02", "300");
    fin_act(w, ACCOUNTS, f, "begin_close", NULL);
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-03", "1", ""),
                       "finance.imprest.not_funded", "imprest");
    fin_act_refused(w, ACCOUNTS, f, "close", NULL, "finance.imprest.undecided", NULL);
    approve(open, "2026-04-30"); /* a cycle day, but nothing is paid back any more */
    ck_assert_uint_eq(recoupments(), 0);
    disallow(bad, "2026-04-03");
    fin_act_refused(w, ACCOUNTS, f, "close", NULL, "finance.imprest.owed", NULL);
    fin_act(w, VOUCHERS, bad, "refund", "{\"date\":\"2026-04-04\",\"by\":\"cash\"}");
    stands(f, "10000 10000 8000 0 2000 0");
    fin_act(w, ACCOUNTS, f, "close", "{\"date\":\"2026-04-30\"}");
    stands(f, "10000 0 0 0 0 0");
    fin_balance_is(w, "1115", "0");
    fin_balance_is(w, "1120", "-2000"); /* what was spent */
    fin_has(fin_get(w, VOUCHERS, open).body, "\"state\":\"recouped\"");
    fin_act_refused(w, ACCOUNTS, f, "fund", NULL, "core.state.not_allowed", NULL);
}
END_TEST

START_TEST(closing_with_a_recoupment_under_way)
{
    m_id f = funded("");
    approved(f, "2026-04-02", "1500");
    fin_act(w, ACCOUNTS, f, "recoup", "{\"date\":\"2026-04-15\"}");
    fin_act(w, ACCOUNTS, f, "begin_close", NULL);
    fin_act_refused(w, ACCOUNTS, f, "close", NULL, "finance.imprest.recoupment_open", NULL);
    fin_act(w, RECOUPMENTS, recoupment(FIN_IMPREST_R_DRAFT).id, "cancel", NULL);
    fin_act(w, ACCOUNTS, f, "close", NULL);
    stands(f, "10000 0 0 0 0 0");
}
END_TEST

START_TEST(another_holder)
{
    m_id f = funded("");
    m_id open = voucher(f, "2026-04-02", "500");
    const char *next = fin_id_text(w, test_id(NEXT));
    const char *body =
        fin_text(w, "{\"holder\":\"%s\",\"cash\":\"9500\",\"date\":\"2026-04-05\"}", next);
    fin_act_refused(w, ACCOUNTS, f, "hand_over", body, "finance.imprest.undecided", NULL);
    approve(open, "2026-04-02");
    fin_act_refused(w, ACCOUNTS, f, "hand_over",
                    fin_text(w, "{\"holder\":\"%s\",\"cash\":\"9000\"}", next),
                    "finance.imprest.counted", "cash");
    fin_act_refused(
        w, ACCOUNTS, f, "hand_over",
        fin_text(w, "{\"holder\":\"%s\",\"cash\":\"9500\"}", fin_id_text(w, test_id(HOLDER))),
        "finance.imprest.same_holder", "holder");
    fin_act_refused(
        w, ACCOUNTS, f, "hand_over",
        fin_text(w, "{\"holder\":\"%s\",\"cash\":\"9500\",\"date\":\"2026-03-31\"}", next),
        "finance.imprest.earlier", "date"); /* it was granted on 1 April */
    m_document_reply done = fin_act(w, ACCOUNTS, f, "hand_over", body);
    fin_has(done.body, "\"from_date\":\"2026-04-05\"");
    fin_has(done.body, "\"cash\":\"9500.00\"");
    stands(f, "10000 10000 9500 0 500 0");
    /* the one before holds nothing any more */
    fin_create_refused(
        w, VOUCHERS, "submit",
        voucher_body(f, "2026-04-06", "1",
                     fin_text(w, ",\"employee\":\"%s\"", fin_id_text(w, test_id(HOLDER)))),
        "finance.imprest.holder", "employee");
    voucher(f, "2026-04-06", "1");
}
END_TEST

/* ---- refusals ---- */

START_TEST(wrong_accounts)
{
    fin_create_refused(w, ACCOUNTS, NULL,
                       fin_text(w,
                                "{\"code\":\"F2\",\"name\":\"N\",\"holder\":\"%s\",\"cost_center\":"
                                "\"%s\",\"ledger\":\"%s\",\"source\":\"%s\",\"limit\":\"100\"}",
                                fin_id_text(w, test_id(HOLDER)), fin_center_text(w, "Main"),
                                fin_account_text(w, "1110"), fin_account_text(w, "1120")),
                       "finance.imprest.ledger", "ledger");
    fin_create_refused(w, ACCOUNTS, NULL,
                       fin_text(w,
                                "{\"code\":\"F2\",\"name\":\"N\",\"holder\":\"%s\",\"cost_center\":"
                                "\"%s\",\"ledger\":\"%s\",\"source\":\"%s\",\"limit\":\"100\"}",
                                fin_id_text(w, test_id(HOLDER)), fin_center_text(w, "Main"),
                                fin_account_text(w, "1115"), fin_account_text(w, "1130")),
                       "finance.payment.account", "source");
    fin_create_refused(w, ACCOUNTS, NULL,
                       fin_text(w,
                                "{\"code\":\"F2\",\"name\":\"N\",\"holder\":\"%s\",\"cost_center\":"
                                "\"%s\",\"ledger\":\"%s\",\"source\":\"%s\",\"limit\":\"100\","
                                "\"voucher_cap\":\"101\"}",
                                fin_id_text(w, test_id(HOLDER)), fin_center_text(w, "Main"),
                                fin_account_text(w, "1115"), fin_account_text(w, "1120")),
                       "finance.imprest.cap_limit", "voucher_cap");
    /* limits of policies and of the office's history */
    m_document_reply sized = fin_create(
        w, ACCOUNTS, NULL,
        fin_text(
            w,
            "{\"code\":\"F2\",\"name\":\"N\",\"holder\":\"%s\",\"cost_center\":\"%s\",\"ledger\":"
            "\"%s\",\"source\":\"%s\",\"limit\":\"18000.01\",\"spent\":\"432000\"}",
            fin_id_text(w, test_id(HOLDER)), fin_center_text(w, "Main"),
            fin_account_text(w, "1115"), fin_account_text(w, "1120")));
    fin_has(sized.body, "\"voucher_cap\":\"2000.00\"");
    fin_has(sized.body, "\"trigger_pct\":\"50\"");
    fin_act_refused(w, ACCOUNTS, sized.id, "sanction", NULL, "finance.imprest.size", "limit");
    sized = fin_update(w, ACCOUNTS, sized.id, sized.version, "{\"limit\":\"18000\"}");
    fin_act(w, ACCOUNTS, sized.id, "sanction", NULL);
    /* one ledger account each */
    fin_create_refused(w, ACCOUNTS, NULL, account_body("F3", ""), "core.exists", "ledger");
}
END_TEST

START_TEST(a_new_office_is_reviewed)
{
    m_document_reply draft = fin_create(w, ACCOUNTS, NULL, account_body("F1", ""));
    fin_has(fin_act(w, ACCOUNTS, draft.id, "sanction", NULL).body, "\"review_on\":\"2026-10-01\"");
}
END_TEST

START_TEST(wrong_vouchers)
{
    m_id f = fin_create(w, ACCOUNTS, NULL, account_body("F1", "")).id;
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-02", "1", ""),
                       "finance.imprest.not_funded", "imprest");
    fin_act(w, ACCOUNTS, f, "sanction", NULL);
    fin_act(w, ACCOUNTS, f, "fund", NULL);
    fin_act(w, ACCOUNTS, f, "suspend", NULL);
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-02", "1", ""),
                       "finance.imprest.not_funded", "imprest");
    fin_act(w, ACCOUNTS, f, "resume", NULL);
    fin_create_refused(w, VOUCHERS, NULL,
                       fin_text(w,
                                "{\"imprest\":\"%s\",\"payee\":\"P\",\"expense_account\":\"%s\","
                                "\"amount\":\"1\"}",
                                fin_id_text(w, f), fin_account_text(w, "1120")),
                       "finance.imprest.expense", "expense_account");
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-02", "2000.01", ""),
                       "finance.imprest.cap", "amount");
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "1999-04-02", "1", ""),
                       "finance.period.missing", "date");
    const char *bill = ",\"bill_ref\":\"B7\"";
    fin_create(w, VOUCHERS, "submit", voucher_body(f, "2026-04-02", "1700", bill));
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-03", "1700", bill),
                       "finance.imprest.duplicate", "bill_ref");
    fin_create_refused(w, VOUCHERS, "submit",
                       fin_text(w,
                                "{\"imprest\":\"%s\",\"date\":\"2026-04-03\",\"payee\":\" ram "
                                "STORES\",\"expense_account\":\"%s\",\"amount\":\"1700\"%s}",
                                fin_id_text(w, f), fin_account_text(w, "5250"), bill),
                       "finance.imprest.duplicate", "bill_ref");
    m_id other = fin_create(w, VOUCHERS, "submit", voucher_body(f, "2026-04-03", "1701", bill)).id;
    for (int i = 0; i < 3; i++)
        voucher(f, "2026-04-03", "2000");
    stands(f, "10000 10000 599 9401 0 0");
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-03", "600", ""),
                       "finance.imprest.cash", "amount");
    fin_act_refused(w, VOUCHERS, other, "approve", "{\"date\":\"2026-04-02\"}",
                    "finance.imprest.before", "date");
    fin_act_refused(w, VOUCHERS, other, "disallow", "{}", "core.field.required", "reason");
}
END_TEST

START_TEST(who_may_do_what)
{
    m_id f = funded(fin_text(w, ",\"holder_user\":\"%s\"", fin_id_text(w, test_id(91))));
    m_str role = M_STR("Administrator");
    w->call->system = false;
    w->call->roles = &role;
    w->call->role_count = 1;
    w->call->actor = test_id(92);
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-02", "1", ""),
                       "finance.imprest.holder", NULL);
    w->call->actor = test_id(91);
    m_id id = voucher(f, "2026-04-02", "1");
    fin_act_refused(w, VOUCHERS, id, "approve", NULL, "finance.imprest.own", NULL);
    fin_act_refused(w, VOUCHERS, id, "disallow", "{\"reason\":\"x\"}", "finance.imprest.own", NULL);
    w->call->actor = test_id(92);
    approve(id, "2026-04-15");
    w->call->actor = test_id(91);
    m_id r = recoupment(FIN_IMPREST_R_DRAFT).id;
    fin_act_refused(w, RECOUPMENTS, r, "approve", NULL, "finance.imprest.own", NULL);
    w->call->actor = test_id(92);
    fin_act(w, RECOUPMENTS, r, "approve", NULL);
}
END_TEST

START_TEST(locked_periods)
{
    m_id f = funded("");
    m_id open = voucher(f, "2026-04-02", "10");
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    m_id year = {{0}};
    for (uint32_t i = 0; i < years.count; i++)
        if (m_date_cmp(((const fin_fiscal_year *)years.records[i])->start,
                       test_date("2026-04-01")) == 0)
            year = ((const fin_fiscal_year *)years.records[i])->id;
    fin_end(w, M_OK);
    fin_act(w, "fiscal-years", year, "lock", "{\"number\":1}");
    fin_create_refused(w, VOUCHERS, "submit", voucher_body(f, "2026-04-03", "1", ""),
                       "finance.period.locked", "date");
    fin_act_refused(w, VOUCHERS, open, "approve", "{\"date\":\"2026-04-03\"}",
                    "finance.period.locked", NULL);
    approve(open, "2026-05-02"); /* decided in the next month */
    stands(f, "10000 10000 9990 0 10 0");
}
END_TEST

START_TEST(nobody_else_posts_to_a_float)
{
    funded("");
    const char *body =
        fin_text(w,
                 "{\"posting_date\":\"2026-04-02\",\"lines\":[{\"account\":\"%s\",\"debit\":\"1\"},"
                 "{\"account\":\"%s\",\"credit\":\"1\"}]}",
                 fin_account_text(w, "1115"), fin_account_text(w, "1120"));
    fin_create_refused(w, "journal-vouchers", "submit", body, "finance.account.kept",
                       "lines[0].account");
}
END_TEST

START_TEST(the_report_says_what_is_due)
{
    m_list rows;
    struct {
        m_date date;
    } params = {test_date("2026-04-15")};
    m_id f = funded("");
    approved(f, "2026-04-02", "10");
    ck_assert_int_eq(fin_report(w, &fin_imprest_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 1);
}
END_TEST

/* ---- anything that may happen ---- */

static uint64_t random_state;

static uint32_t dice(uint32_t n)
{
    random_state = random_state * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)((random_state >> 33) % n);
}

/* Does the action; true when it was accepted. Never an internal fault. */
static bool attempt(const char *collection, m_id id, const char *action, const char *body)
{
    m_document_request in = {.module = M_STR("finance"),
                             .collection = m_str_of(collection),
                             .id = id,
                             .action = m_str_of(action),
                             .body = m_str_of(body)};
    m_document_reply out;
    fin_begin(w);
    m_status status = m_id_is_null(id)
                          ? w->documents.ops->create(w->documents.self, w->call, &in, &out)
                          : w->documents.ops->act(w->documents.self, w->call, &in, &out);
    ck_assert_msg(status != M_INTERNAL, "%s %s: %.*s", collection, action,
                  M_STR_ARG(w->call->error.message));
    fin_end(w, status);
    return status == M_OK;
}

static m_id any_of(const m_type *type, m_enum state)
{
    m_filter filter = {"state", M_OP_EQ, &state};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = type, .query = &query};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    m_id id = read.count ? ((const m_doc *)read.records[dice(read.count)])->id : (m_id){{0}};
    fin_end(w, M_OK);
    return id;
}

static void step(m_id f, const char *day)
{
    const char *dated = fin_text(w, "{\"date\":\"%s\"}", day);
    m_id submitted = any_of(&fin_imprest_voucher_type, FIN_IMPREST_V_SUBMITTED);
    m_id disallowed = any_of(&fin_imprest_voucher_type, FIN_IMPREST_V_DISALLOWED);
    m_id draft = any_of(&fin_imprest_recoupment_type, FIN_IMPREST_R_DRAFT);
    m_id ready = any_of(&fin_imprest_recoupment_type, FIN_IMPREST_R_APPROVED);
    switch (dice(13)) {
    case 0:
    case 1:
    case 2:
    case 3:
        attempt(VOUCHERS, (m_id){{0}}, "submit",
                voucher_body(f, day, fin_text(w, "%u.%02u", dice(2100), dice(100)), ""));
        break;
    case 4:
    case 5:
    case 6:
        if (!m_id_is_null(submitted)) attempt(VOUCHERS, submitted, "approve", dated);
        break;
    case 7:
        if (!m_id_is_null(submitted) && dice(3) == 0)
            attempt(VOUCHERS, submitted, "disallow",
                    fin_text(w, "{\"date\":\"%s\",\"reason\":\"r\"}", day));
        break;
    case 8:
        if (!m_id_is_null(disallowed))
            attempt(
                VOUCHERS, disallowed, "refund",
                fin_text(w, "{\"date\":\"%s\",\"by\":\"%s\"}", day, dice(2) ? "cash" : "payroll"));
        break;
    case 9:
        if (!m_id_is_null(draft)) attempt(RECOUPMENTS, draft, dice(4) ? "approve" : "cancel", NULL);
        break;
    case 10:
        if (!m_id_is_null(ready)) attempt(RECOUPMENTS, ready, dice(6) ? "pay" : "cancel", NULL);
        break;
    case 11:
        attempt(ACCOUNTS, f, dice(3) ? "recoup" : "top_up", dated);
        break;
    default:
        attempt(
            ACCOUNTS, f, "change_limit",
            fin_text(w, "{\"date\":\"%s\",\"limit\":\"%u\"" SPENT "}", day, 4000 + dice(14000)));
    }
}

START_TEST(the_identity_holds_whatever_happens)
{
    random_state = (uint64_t)_i * 7919 + 1;
    m_id f = funded("");
    for (int i = 0; i < 150; i++) {
        fin_imprest_account a;
        step(f, fin_text(w, "2026-%02d-%02d", 4 + i / 50, 1 + i % 50 * 28 / 50));
        fin_begin(w);
        ck_assert_int_eq(fin_imprest_read(&w->fin, w->call, f, &a), M_OK);
        fin_end(w, M_OK);
        fin_imprest_float now = fin_imprest_float_of(&a);
        char held[M_DEC_TEXT];
        ck_assert(fin_imprest_holds(&now));
        ck_assert_int_le(a.cash.u, a.limit.u > a.funded.u ? a.limit.u : a.funded.u);
        m_dec_format((m_dec){a.cash.u + a.submitted.u}, 2, held);
        fin_balance_is(w, "1115", held);
    }
    fin_books_balance(w);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("imprest");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, size_by_what_is_spent);
    tcase_add_test(cases, due_by_threshold_cycle_and_year_end);
    tcase_add_test(cases, changes_of_the_limit);
    tcase_add_test(cases, the_identity);
    tcase_add_test(cases, worked_example);
    tcase_add_test(cases, worked_example_with_a_disallowed_voucher);
    tcase_add_test(cases, kept_from_the_pay);
    tcase_add_test(cases, year_end_and_one_open_at_most);
    tcase_add_test(cases, limit_raise);
    tcase_add_test(cases, limit_cut);
    tcase_add_test(cases, limit_cut_with_too_little_cash);
    tcase_add_test(cases, closing);
    tcase_add_test(cases, closing_with_a_recoupment_under_way);
    tcase_add_test(cases, another_holder);
    tcase_add_test(cases, wrong_accounts);
    tcase_add_test(cases, a_new_office_is_reviewed);
    tcase_add_test(cases, wrong_vouchers);
    tcase_add_test(cases, who_may_do_what);
    tcase_add_test(cases, locked_periods);
    tcase_add_test(cases, nobody_else_posts_to_a_float);
    tcase_add_test(cases, the_report_says_what_is_due);
    tcase_add_loop_test(cases, the_identity_holds_whatever_happens, 0, 6);
    return fin_world_run(cases, "fin_imprest");
}
