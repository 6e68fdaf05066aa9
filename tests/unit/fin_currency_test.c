/* Other currencies in the books: accounts, journals, transfers between banks. */
#include <check.h>

#include "account/account.h"
#include "bank_transfer/bank_transfer.h"
#include "currency/currency.h"
#include "fin_world.h"
#include "journal_voucher/journal_voucher.h"

#define ACCOUNTS  "accounts"
#define JOURNALS  "journal-vouchers"
#define TRANSFERS "bank-transfers"

static fin_world world;
static fin_world *w = &world;

static const char *usd(void)
{
    return fin_id_text(w, test_id(USD));
}

static m_document_reply add_account(const char *code, const char *kind, uint32_t currency)
{
    return fin_create(w, ACCOUNTS, NULL,
                      fin_text(w,
                               "{\"code\":\"%s\",\"name\":\"%s\",\"parent\":\"%s\",\"kind\":\"%s\","
                               "\"currency\":\"%s\"}",
                               code, code, fin_account_text(w, "1100"), kind,
                               fin_id_text(w, test_id(currency))));
}

static void setup(void)
{
    fin_world_setup(w);
    w->usd = test_dec("75");
    w->jpy = test_dec("55.5");
    add_account("BankUSD", "bank", USD);
    add_account("CashUSD", "cash", USD);
    add_account("BankJPY", "bank", JPY);
}

static void teardown(void)
{
    fin_books_balance(w);
    fin_world_teardown(w);
}

/* Debit less credit of an account in its own currency, by its balances and by its lines. */
static void foreign_is(const char *code, const char *amount)
{
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &account), M_OK);
    m_filter filter = {"account", M_OP_EQ, &account};
    m_sum months = {
        .type = &m_account_balance_type, .filters = &filter, .filter_count = 1, .group_by = ""};
    m_sum days = months, entries = months;
    days.type = &m_account_day_type;
    entries.type = &m_gl_entry_type;
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &months), M_OK);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &days), M_OK);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &entries), M_OK);
    fin_end(w, M_OK);
    m_dec_sum by_month = 0, by_day = 0, by_line = 0;
    for (M_EACH(const m_account_balance, row, days.out))
        by_day += row->foreign_amount;
    for (M_EACH(const m_account_balance, row, months.out))
        by_month += row->foreign_amount;
    for (M_EACH(const m_gl_entry, row, entries.out))
        by_line += row->foreign_amount.u;
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(by_month, 2, text);
    ck_assert_msg(by_month == test_dec(amount).u, "%s: %s, expected %s", code, text, amount);
    ck_assert(by_month == by_line && by_day == by_line);
}

/* ---- accounts ---- */

START_TEST(control_accounts_stay_in_the_base_currency)
{
    const char *parent = fin_account_text(w, "1100");
    static const char *const kinds[] = {"receivable", "payable", "advance",  "stock",
                                        "grni",       "tax",     "round_off"};
    for (size_t i = 0; i < UNIT_COUNT(kinds); i++)
        fin_create_refused(
            w, ACCOUNTS, NULL,
            fin_text(w,
                     "{\"code\":\"X\",\"name\":\"X\",\"parent\":\"%s\",\"kind\":\"%s\","
                     "\"currency\":\"%s\"}",
                     parent, kinds[i], usd()),
            "finance.account.currency_kind", "currency");
    fin_create_refused(w, ACCOUNTS, NULL,
                       fin_text(w,
                                "{\"code\":\"X\",\"name\":\"X\",\"parent\":\"%s\","
                                "\"currency\":\"%s\"}",
                                fin_account_text(w, "4000"), usd()),
                       "finance.account.currency_kind", "currency");
}
END_TEST

START_TEST(an_account_in_the_base_currency_names_none)
{
    fin_has(add_account("BankINR", "bank", INR).body, "\"currency\":null");
}
END_TEST

START_TEST(a_used_account_keeps_its_currency)
{
    m_document_reply account = add_account("Bank3", "bank", USD);
    fin_create(w, JOURNALS, "submit",
               fin_text(w,
                        "{\"lines\":[{\"account\":\"%s\",\"foreign_debit\":\"10\"},"
                        "{\"account\":\"%s\",\"credit\":\"750\"}]}",
                        fin_account_text(w, "Bank3"), fin_account_text(w, "3100")));
    fin_update_refused(w, ACCOUNTS, account.id, 1, "{\"currency\":null}", "finance.account.in_use",
                       "currency");
}
END_TEST

/* ---- journals ---- */

static const char *two_lines(const char *debit, const char *credit)
{
    return fin_text(w, "{\"lines\":[{%s},{%s}]}", debit, credit);
}

static const char *line(const char *code, const char *amounts)
{
    return fin_text(w, "\"account\":\"%s\",%s", fin_account_text(w, code), amounts);
}

START_TEST(a_journal_takes_the_rate_of_the_day)
{
    m_document_reply journal = fin_create(w, JOURNALS, "submit",
                                          two_lines(line("BankUSD", "\"foreign_debit\":\"100\""),
                                                    line("3100", "\"credit\":\"7500\"")));
    fin_has(journal.body, "\"debit\":\"7500.00\"");
    fin_has(journal.body, "\"rate\":\"75\"");
    foreign_is("BankUSD", "100");
    fin_balance_is(w, "BankUSD", "7500");
    fin_act(w, JOURNALS, journal.id, "cancel", NULL);
    foreign_is("BankUSD", "0");
    fin_balance_is(w, "BankUSD", "0");
}
END_TEST

START_TEST(a_given_rate_or_a_given_amount_goes_before_the_table)
{
    fin_create(w, JOURNALS, "submit",
               two_lines(line("BankUSD", "\"foreign_debit\":\"100\",\"rate\":\"70\""),
                         line("3100", "\"credit\":\"7000\"")));
    fin_create(w, JOURNALS, "submit",
               two_lines(line("BankUSD", "\"foreign_debit\":\"100\",\"debit\":\"7123.45\""),
                         line("3100", "\"credit\":\"7123.45\"")));
    fin_balance_is(w, "BankUSD", "14123.45");
    foreign_is("BankUSD", "200");
    /* a quote the other way round: 0.0133 dollars for one rupee */
    fin_create(w, JOURNALS, "submit",
               two_lines(line("CashUSD", "\"foreign_debit\":\"133\",\"rate\":\"1\",\"per\":"
                                         "\"0.0133\""),
                         line("3100", "\"credit\":\"10000\"")));
    fin_balance_is(w, "CashUSD", "10000");
}
END_TEST

START_TEST(small_currencies_are_quoted_for_a_hundred)
{
    fin_create(w, JOURNALS, "submit",
               two_lines(line("BankJPY", "\"foreign_debit\":\"1001\""),
                         line("3100", "\"credit\":\"555.56\"")));
    fin_balance_is(w, "BankJPY", "555.56");
    foreign_is("BankJPY", "1001");
    fin_create_refused(w, JOURNALS, "submit",
                       two_lines(line("BankJPY", "\"foreign_debit\":\"10.5\""),
                                 line("3100", "\"credit\":\"5.83\"")),
                       "core.field.places", "lines[0].foreign_debit");
}
END_TEST

START_TEST(an_account_may_move_in_the_base_currency_alone)
{
    fin_create(w, JOURNALS, "submit",
               two_lines(line("BankUSD", "\"foreign_debit\":\"100\""),
                         line("3100", "\"credit\":\"7500\"")));
    fin_create(
        w, JOURNALS, "submit",
        two_lines(line("BankUSD", fin_text(w, "\"currency\":\"%s\",\"debit\":\"20\"", usd())),
                  line("3100", "\"credit\":\"20\"")));
    fin_balance_is(w, "BankUSD", "7520");
    foreign_is("BankUSD", "100");
}
END_TEST

/* 0.03 three times is 0.02 three times at 0.75, but 0.09 is 0.07 (0.0675). */
static const char *rounded(const char *last)
{
    const char *part = "\"foreign_debit\":\"0.03\",\"rate\":\"0.75\"";
    return fin_text(w, "{\"lines\":[{%s},{%s},{%s},{%s}]}", line("CashUSD", part),
                    line("CashUSD", part), line("CashUSD", part), last);
}

START_TEST(rounding_between_lines_goes_to_round_off)
{
    const char *body = rounded(line("BankUSD", "\"foreign_credit\":\"0.09\",\"rate\":\"0.75\""));
    fin_has(fin_create(w, JOURNALS, "submit", body).body, "\"rounding\":\"0.01\"");
    fin_balance_is(w, "5290", "0.01");
    fin_balance_is(w, "BankUSD", "-0.07");
    foreign_is("BankUSD", "-0.09");
    w->policy = FIN_CURRENCY_ROUNDING;
    w->policy_value = test_dec("0");
    fin_create_refused(w, JOURNALS, "submit", body, "finance.voucher.unbalanced", "lines");
}
END_TEST

START_TEST(more_than_rounding_does_not_balance)
{
    fin_create_refused(w, JOURNALS, "submit",
                       two_lines(line("BankUSD", "\"foreign_debit\":\"100\""),
                                 line("3100", "\"credit\":\"7499.94\"")),
                       "finance.voucher.unbalanced", "lines");
    /* base amounts alone are never rounded */
    fin_create_refused(
        w, JOURNALS, "submit",
        two_lines(line("1120", "\"debit\":\"100\""), line("3100", "\"credit\":\"99.99\"")),
        "finance.voucher.unbalanced", "lines");
}
END_TEST

START_TEST(lines_of_one_currency_balance_in_it)
{
    fin_create_refused(w, JOURNALS, "submit",
                       two_lines(line("BankUSD", "\"foreign_debit\":\"100\",\"debit\":\"7500\""),
                                 line("CashUSD", "\"foreign_credit\":\"99\",\"credit\":\"7500\"")),
                       "finance.voucher.unbalanced", NULL);
}
END_TEST

typedef struct {
    const char *debit; /* what the line of the dollar bank says */
    const char *code;
    const char *path;
} bad_line;

static const bad_line bad_lines[] = {
    {"\"debit\":\"7\"", "finance.account.currency", "lines[0].currency"},
    {"\"foreign_debit\":\"100\",\"foreign_credit\":\"100\"", "finance.voucher.side",
     "lines[0].foreign_credit"},
    {"\"foreign_credit\":\"100\",\"debit\":\"7500\"", "finance.voucher.currency",
     "lines[0].foreign_debit"},
    {"\"foreign_debit\":\"100.001\"", "core.field.places", "lines[0].foreign_debit"},
    {"\"foreign_debit\":\"100\",\"rate\":\"-1\"", "core.field.range", "lines[0].rate"},
    {"\"foreign_debit\":\"100\",\"currency\":\"00000000000000000000000000\"",
     "finance.voucher.unbalanced", NULL},
};

START_TEST(bad_lines_are_refused)
{
    const bad_line *bad = &bad_lines[_i];
    fin_create_refused(w, JOURNALS, "submit",
                       two_lines(line("BankUSD", bad->debit), line("3100", "\"credit\":\"7\"")),
                       bad->code, bad->path);
}
END_TEST

START_TEST(an_amount_needs_a_currency_and_a_rate)
{
    fin_create_refused(
        w, JOURNALS, "submit",
        two_lines(line("1120", "\"foreign_debit\":\"100\""), line("3100", "\"credit\":\"7500\"")),
        "core.field.required", "lines[0].currency");
    w->usd = test_dec("0");
    fin_create_refused(w, JOURNALS, NULL,
                       two_lines(line("BankUSD", "\"foreign_debit\":\"100\""),
                                 line("3100", "\"credit\":\"7500\"")),
                       "core.currency.rate_missing", NULL);
}
END_TEST

START_TEST(an_amount_worth_nothing_in_the_base_currency_stands_alone)
{
    fin_create(w, JOURNALS, "submit",
               fin_text(w, "{\"lines\":[{%s},{%s},{%s}]}",
                        line("BankUSD", "\"foreign_debit\":\"0.01\",\"rate\":\"0.1\""),
                        line("1120", "\"debit\":\"5\""), line("3100", "\"credit\":\"5\"")));
    foreign_is("BankUSD", "0.01");
    fin_balance_is(w, "BankUSD", "0");
}
END_TEST

/* ---- bank transfers ---- */

static const char *transfer(const char *from, const char *to, const char *amounts)
{
    return fin_text(w, "{\"from_account\":\"%s\",\"to_account\":\"%s\",%s}",
                    fin_account_text(w, from), fin_account_text(w, to), amounts);
}

START_TEST(v041_dollars_to_the_home_bank)
{
    m_document_reply done = fin_create(
        w, TRANSFERS, "submit",
        transfer("BankUSD", "1120", "\"amount\":\"100\",\"rate\":\"50\",\"received\":\"4500\""));
    fin_has(done.body, "\"loss\":\"500.00\"");
    fin_balance_is(w, "BankUSD", "-5000.00");
    fin_balance_is(w, "1120", "4500.00");
    fin_balance_is(w, "5320", "500.00");
    foreign_is("BankUSD", "-100");
    fin_act(w, TRANSFERS, done.id, "cancel", NULL);
    fin_balance_is(w, "BankUSD", "0");
    fin_balance_is(w, "5320", "0");
    foreign_is("BankUSD", "0");
}
END_TEST

typedef struct {
    const char *id;
    const char *from;
    const char *to;
    const char *amounts;
    const char *base_from;
    const char *base_to;
    const char *foreign_from; /* NULL: base */
    const char *foreign_to;
    const char *gain;
} transfer_case;

static const transfer_case transfer_cases[] = {
    {"a gain", "BankUSD", "1120", "\"amount\":\"100\",\"received\":\"7600\"", "-7500", "7600",
     "-100", NULL, "-100"},
    {"by the rate of the day", "BankUSD", "1120", "\"amount\":\"100\"", "-7500", "7500", "-100",
     NULL, "0"},
    {"at home", "1120", "1110", "\"amount\":\"250.50\"", "-250.50", "250.50", NULL, NULL, "0"},
    {"dollars bought", "1120", "BankUSD", "\"amount\":\"7600\",\"received\":\"100\"", "-7600",
     "7600", NULL, "100", "0"},
    {"dollars bought by the rate", "1120", "BankUSD", "\"amount\":\"1000\"", "-1000", "1000", NULL,
     "13.33", "0"},
    {"dollars to dollars", "BankUSD", "CashUSD", "\"amount\":\"10\"", "-750", "750", "-10", "10",
     "0"},
    {"dollars to yen", "BankUSD", "BankJPY", "\"amount\":\"10\",\"received\":\"1340\"", "-750",
     "750", "-10", "1340", "0"},
};

START_TEST(transfers_post)
{
    const transfer_case *c = &transfer_cases[_i];
    fin_create(w, TRANSFERS, "submit", transfer(c->from, c->to, c->amounts));
    fin_balance_is(w, c->from, c->base_from);
    fin_balance_is(w, c->to, c->base_to);
    fin_balance_is(w, "4500", c->gain);
    fin_balance_is(w, "5320", "0");
    if (c->foreign_from) foreign_is(c->from, c->foreign_from);
    if (c->foreign_to) foreign_is(c->to, c->foreign_to);
}
END_TEST

typedef struct {
    const char *from;
    const char *to;
    const char *amounts;
    const char *code;
    const char *path;
} bad_transfer;

static const bad_transfer bad_transfers[] = {
    {"1120", "1120", "\"amount\":\"1\"", "finance.bank_transfer.same", "to_account"},
    {"1120", "1110", "\"amount\":\"1\",\"received\":\"2\"", "finance.bank_transfer.received",
     "received"},
    {"BankUSD", "BankJPY", "\"amount\":\"1\"", "core.field.required", "received"},
    {"1120", "3100", "\"amount\":\"1\"", "finance.payment.account", "to_account"},
    {"1130", "1110", "\"amount\":\"1\"", "finance.payment.account", "from_account"},
    {"1120", "1110", "\"amount\":\"0\"", "core.field.range", "amount"},
    {"BankJPY", "1110", "\"amount\":\"1.5\"", "core.field.places", "amount"},
    {"1110", "BankJPY", "\"amount\":\"1\",\"received\":\"1.5\"", "core.field.places", "received"},
};

START_TEST(bad_transfers_are_refused)
{
    const bad_transfer *bad = &bad_transfers[_i];
    fin_create_refused(w, TRANSFERS, "submit", transfer(bad->from, bad->to, bad->amounts),
                       bad->code, bad->path);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("currency");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, control_accounts_stay_in_the_base_currency);
    tcase_add_test(t, an_account_in_the_base_currency_names_none);
    tcase_add_test(t, a_used_account_keeps_its_currency);
    tcase_add_test(t, a_journal_takes_the_rate_of_the_day);
    tcase_add_test(t, a_given_rate_or_a_given_amount_goes_before_the_table);
    tcase_add_test(t, small_currencies_are_quoted_for_a_hundred);
    tcase_add_test(t, an_account_may_move_in_the_base_currency_alone);
    tcase_add_test(t, rounding_between_lines_goes_to_round_off);
    tcase_add_test(t, more_than_rounding_does_not_balance);
    tcase_add_test(t, lines_of_one_currency_balance_in_it);
    tcase_add_loop_test(t, bad_lines_are_refused, 0, (int)UNIT_COUNT(bad_lines));
    tcase_add_test(t, an_amount_needs_a_currency_and_a_rate);
    tcase_add_test(t, an_amount_worth_nothing_in_the_base_currency_stands_alone);
    tcase_add_test(t, v041_dollars_to_the_home_bank);
    tcase_add_loop_test(t, transfers_post, 0, (int)UNIT_COUNT(transfer_cases));
    tcase_add_loop_test(t, bad_transfers_are_refused, 0, (int)UNIT_COUNT(bad_transfers));
    return fin_world_run(t, "fin_currency");
}
