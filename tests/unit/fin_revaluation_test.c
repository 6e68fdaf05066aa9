/* Currency revaluations: what is not realised yet at the end of a period, taken back on the next
 * day or kept. */
#include <check.h>

#include "fin_world.h"
#include "revaluation/revaluation.h"

#define REVALUATIONS "currency-revaluations"

static fin_world world;
static fin_world *w = &world;

static const char *usd(void)
{
    return fin_id_text(w, test_id(USD));
}

static void setup(void)
{
    fin_world_setup(w);
    w->usd = test_dec("75");
    fin_create(w, "accounts", NULL,
               fin_text(w,
                        "{\"code\":\"BankUSD\",\"name\":\"Dollars\",\"parent\":\"%s\","
                        "\"kind\":\"bank\",\"currency\":\"%s\"}",
                        fin_account_text(w, "1100"), usd()));
}

static void teardown(void)
{
    fin_books_balance(w);
    fin_world_teardown(w);
}

/* ---- documents ---- */

static void deposit(const char *amount, const char *rate)
{
    fin_create(w, "journal-vouchers", "submit",
               fin_text(w,
                        "{\"lines\":[{\"account\":\"%s\",\"foreign_debit\":\"%s\",\"rate\":\"%s\"},"
                        "{\"account\":\"%s\",\"currency\":\"%s\",\"foreign_credit\":\"%s\","
                        "\"rate\":\"%s\"}]}",
                        fin_account_text(w, "BankUSD"), amount, rate, fin_account_text(w, "3100"),
                        usd(), amount, rate));
}

static m_id bill(uint32_t party, const char *day, const char *amount, const char *rate)
{
    static int no;
    bool sale = party == CUSTOMER;
    const char *number = sale ? "" : fin_text(w, "\"supplier_invoice_no\":\"R-%d\",", ++no);
    return fin_create(w, sale ? "sales-invoices" : "purchase-invoices", "submit",
                      fin_text(w,
                               "{\"%s\":\"%s\",%s\"currency\":\"%s\",\"rate\":\"%s\","
                               "\"posting_date\":\"%s\",\"lines\":[{\"description\":\"Work\","
                               "\"qty\":\"1\",\"rate\":\"%s\",\"account\":\"%s\","
                               "\"cost_center\":\"%s\"}]}",
                               sale ? "customer" : "supplier", fin_id_text(w, test_id(party)),
                               number, usd(), rate, day, amount,
                               fin_account_text(w, sale ? "4100" : "5300"),
                               fin_center_text(w, "Main")))
        .id;
}

static void receive(m_id invoice, const char *amount, const char *rate)
{
    fin_create(w, "receipts", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"currency\":\"%s\",\"rate\":\"%s\",\"amount\":"
                        "\"%s\",\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"%s\"}]}",
                        fin_id_text(w, test_id(CUSTOMER)), usd(), rate, amount,
                        fin_id_text(w, invoice), amount));
}

static m_document_reply revalue(const char *action, const char *day)
{
    return fin_create(w, REVALUATIONS, action, fin_text(w, "{\"posting_date\":\"%s\"}", day));
}

static void finds_nothing(const char *day)
{
    fin_create_refused(w, REVALUATIONS, "submit", fin_text(w, "{\"posting_date\":\"%s\"}", day),
                       "finance.currency_revaluation.nothing", NULL);
}

/* Debit less credit of an account at the end of a day. */
static void stands_at(const char *code, const char *day, const char *amount)
{
    m_id account;
    m_date last = test_date(day);
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &account), M_OK);
    m_filter filters[] = {{"account", M_OP_EQ, &account}, {"posting_date", M_OP_LE, &last}};
    m_sum sum = {.type = &m_gl_entry_type, .filters = filters, .filter_count = 2, .group_by = ""};
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &sum), M_OK);
    fin_end(w, M_OK);
    const m_gl_entry *row = M_AT(sum.out, m_gl_entry, 0);
    char text[M_DEC_TEXT];
    m_dec_format((m_dec){row->debit.u - row->credit.u}, 2, text);
    ck_assert_msg(row->debit.u - row->credit.u == test_dec(amount).u, "%s on %s: %s, expected %s",
                  code, day, text, amount);
}

/* 100 dollars at 75, 100 owed to us at 70, 50 owed by us at 80. */
static void three_things(void)
{
    deposit("100", "75");
    bill(CUSTOMER, "2026-04-01", "100", "70");
    bill(SUPPLIER, "2026-04-01", "50", "80");
    w->usd = test_dec("72");
}

static void keep(void)
{
    w->policy = FIN_REVALUATION_REVERSE;
    w->policy_value = test_dec("0");
}

/* ---- tests ---- */

START_TEST(a_draft_shows_what_would_be_posted)
{
    three_things();
    m_document_reply draft = revalue(NULL, "2026-04-01");
    fin_has(draft.body, "\"gains\":\"600.00\"");
    fin_has(draft.body, "\"losses\":\"300.00\"");
    fin_has(draft.body, "\"number\":\"SINV-2026-00001\"");
    fin_has(draft.body, "\"booked\":\"-4000.00\"");
    fin_has(draft.body, "\"worth\":\"-3600.00\"");
    fin_has(draft.body, "\"gain\":\"-300.00\"");
    fin_balance_is(w, "4510", "0");
    w->usd = test_dec("73"); /* other rates before it is submitted */
    fin_has(fin_act(w, REVALUATIONS, draft.id, "submit", NULL).body, "\"losses\":\"200.00\"");
}
END_TEST

START_TEST(it_is_taken_back_on_the_next_day)
{
    three_things();
    m_document_reply done = revalue("submit", "2026-04-01");
    fin_has(done.body, "\"reversed_on\":\"2026-04-02\"");
    stands_at("BankUSD", "2026-04-01", "7200");
    stands_at("1130", "2026-04-01", "7200");
    stands_at("2110", "2026-04-01", "-3600");
    stands_at("4510", "2026-04-01", "-600");
    stands_at("5330", "2026-04-01", "300");
    stands_at("BankUSD", "2026-04-02", "7500");
    stands_at("1130", "2026-04-02", "7000");
    stands_at("2110", "2026-04-02", "-4000");
    stands_at("4510", "2026-04-02", "0");
    stands_at("5330", "2026-04-02", "0");
    finds_nothing("2026-04-01");
    fin_has(revalue(NULL, "2026-04-02").body, "\"gains\":\"600.00\"");
    fin_act(w, REVALUATIONS, done.id, "cancel", NULL);
    stands_at("BankUSD", "2026-04-01", "7500");
    stands_at("4510", "2026-04-01", "0");
    fin_balance_is(w, "BankUSD", "7500");
    fin_has(revalue(NULL, "2026-04-01").body, "\"gains\":\"600.00\"");
}
END_TEST

START_TEST(what_is_kept_counts_as_booked)
{
    keep();
    deposit("100", "75");
    m_id invoice = bill(CUSTOMER, "2026-04-01", "100", "70");
    w->usd = test_dec("72");
    fin_has(revalue("submit", "2026-04-10").body, "\"reversed_on\":null");
    fin_balance_is(w, "1130", "7200");
    fin_balance_is(w, "BankUSD", "7200");
    finds_nothing("2026-04-10");
    finds_nothing("2026-04-30");
    w->usd = test_dec("74");
    m_document_reply second = revalue("submit", "2026-04-30");
    fin_has(second.body, "\"standing\":\"200.00\"");
    fin_has(second.body, "\"gains\":\"400.00\"");
    fin_balance_is(w, "1130", "7400");
    fin_balance_is(w, "BankUSD", "7400");
    fin_balance_is(w, "4510", "-600");
    fin_balance_is(w, "5330", "300");
    /* settled: the gain is realised, and what was kept goes */
    receive(invoice, "100", "76");
    fin_balance_is(w, "4500", "-600");
    m_document_reply third = revalue("submit", "2026-05-31");
    fin_has(third.body, "\"standing\":\"400.00\"");
    fin_has(third.body, "\"losses\":\"400.00\"");
    fin_balance_is(w, "1130", "0");
    finds_nothing("2026-05-31");
}
END_TEST

START_TEST(an_empty_account_is_worth_nothing)
{
    deposit("100", "75");
    fin_create(w, "bank-transfers", "submit",
               fin_text(w,
                        "{\"from_account\":\"%s\",\"to_account\":\"%s\",\"amount\":\"100\","
                        "\"rate\":\"70\"}",
                        fin_account_text(w, "BankUSD"), fin_account_text(w, "1120")));
    fin_balance_is(w, "BankUSD", "500");
    keep();
    w->usd = test_dec("0"); /* no rate is needed for nothing */
    fin_has(revalue("submit", "2026-04-30").body, "\"losses\":\"500.00\"");
    fin_balance_is(w, "BankUSD", "0");
}
END_TEST

START_TEST(bills_count_as_they_were_on_the_day)
{
    m_id invoice = bill(CUSTOMER, "2026-03-01", "100", "70");
    bill(CUSTOMER, "2026-04-01", "1000", "70"); /* later */
    receive(invoice, "60", "75");               /* later */
    w->usd = test_dec("71");
    m_document_reply done = revalue("submit", "2026-03-31");
    fin_has(done.body, "\"gains\":\"100.00\"");
    stands_at("1130", "2026-03-31", "7100");
    stands_at("4510", "2026-04-01", "0");
}
END_TEST

START_TEST(advances_and_the_base_currency_stay)
{
    fin_create(w, "receipts", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"currency\":\"%s\",\"rate\":\"70\",\"amount\":"
                        "\"10\"}",
                        fin_id_text(w, test_id(CUSTOMER)), usd()));
    fin_create(w, "sales-invoices", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"lines\":[{\"description\":\"Work\",\"qty\":\"1\","
                        "\"rate\":\"100\"}]}",
                        fin_id_text(w, test_id(CUSTOMER))));
    finds_nothing("2026-04-01");
}
END_TEST

/* Received at 70, paid at 80: worth 72 at the end of the day where the policy says they are money.
 */
START_TEST(advances_by_policy)
{
    static const struct {
        const char *money, *field;
        uint32_t party;
        const char *rate;
    } sides[] = {{"receipts", "customer", CUSTOMER, "70"},
                 {"payments", "supplier", SUPPLIER, "80"}};
    for (int i = 0; i < 2; i++)
        fin_create(w, sides[i].money, "submit",
                   fin_text(w,
                            "{\"%s\":\"%s\",\"currency\":\"%s\",\"rate\":\"%s\",\"amount\":"
                            "\"10\"}",
                            sides[i].field, fin_id_text(w, test_id(sides[i].party)), usd(),
                            sides[i].rate));
    w->usd = test_dec("72");
    finds_nothing("2026-04-01");
    w->policy = FIN_REVALUE_ADVANCES;
    w->policy_value = test_dec("1");
    m_document_reply done = revalue("submit", "2026-04-01");
    fin_has(done.body, "\"losses\":\"100.00\""); /* 20 and 80 */
    fin_has(done.body, "\"prepaid\":true");
    stands_at("2170", "2026-04-01", "-720");
    stands_at("1150", "2026-04-01", "720");
    finds_nothing("2026-04-01");
    stands_at("2170", "2026-04-02", "-700");
    stands_at("1150", "2026-04-02", "800");
}
END_TEST

/* A credit of a note is money whatever the policy says. */
START_TEST(credits_count)
{
    m_id invoice = bill(CUSTOMER, "2026-04-01", "10", "70");
    receive(invoice, "10", "70");
    fin_create(w, "sales-credit-notes", "submit",
               fin_text(w, "{\"customer\":\"%s\",\"invoice\":\"%s\",\"reason\":\"Wrong\"}",
                        fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, invoice)));
    keep();
    w->usd = test_dec("72");
    fin_has(revalue("submit", "2026-04-30").body, "\"losses\":\"20.00\"");
    fin_balance_is(w, "2170", "-720");
    finds_nothing("2026-04-30");
}
END_TEST

START_TEST(a_rate_is_needed)
{
    three_things();
    w->usd = test_dec("0");
    fin_create_refused(w, REVALUATIONS, NULL, "{}", "core.currency.rate_missing", NULL);
}
END_TEST

START_TEST(the_next_day_must_be_open_too)
{
    three_things(); /* the last year of the standard data ends on 2028-03-31 */
    fin_create_refused(w, REVALUATIONS, "submit", "{\"posting_date\":\"2028-03-31\"}",
                       "finance.period.missing", NULL);
    fin_balance_is(w, "4510", "0");
}
END_TEST

/* Kept at any rates, paid at any rates: in the end nothing stands. */
START_TEST(nothing_stands_in_the_end)
{
    uint64_t state = UINT64_C(99) + (uint64_t)_i;
    m_id bills[6];
    keep();
    for (int i = 0; i < 6; i++)
        bills[i] = bill(CUSTOMER, "2026-04-01", "10", fin_text(w, "%d.%02d", 60 + i, i));
    for (int i = 0; i < 6; i++) {
        w->usd.u = (int64_t)(50 * M_DEC_ONE + (int64_t)(unit_random(&state) % 40000000));
        const char *day = fin_text(w, "2026-%02d-28", 4 + i);
        revalue("submit", day);
        char rate[M_DEC_TEXT];
        m_dec_format(w->usd, 2, rate);
        receive(bills[i], "10", rate);
    }
    w->usd = test_dec("1");
    revalue("submit", "2026-12-31");
    fin_balance_is(w, "1130", "0");
    finds_nothing("2026-12-31");
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("revaluation");
    tcase_set_timeout(t, 60);
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, a_draft_shows_what_would_be_posted);
    tcase_add_test(t, it_is_taken_back_on_the_next_day);
    tcase_add_test(t, what_is_kept_counts_as_booked);
    tcase_add_test(t, an_empty_account_is_worth_nothing);
    tcase_add_test(t, bills_count_as_they_were_on_the_day);
    tcase_add_test(t, advances_and_the_base_currency_stay);
    tcase_add_test(t, advances_by_policy);
    tcase_add_test(t, credits_count);
    tcase_add_test(t, a_rate_is_needed);
    tcase_add_test(t, the_next_day_must_be_open_too);
    tcase_add_loop_test(t, nothing_stands_in_the_end, 0, 3);
    return fin_world_run(t, "fin_revaluation");
}
