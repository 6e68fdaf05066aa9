/* Bank statements: do they add up, do they follow one another, and what refuses them. */
#include <check.h>

#include "bank_statement/bank_statement.h"
#include "fin_world.h"

#define STATEMENTS "bank-statements"

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
    test_advance_us(w->call,
                    INT64_C(90) * 86400 * 1000000); /* 30 June: statements are of the past */
}

static void teardown(void)
{
    fin_world_teardown(w);
}

/* lines: "{…},{…}"; more: further members, each with a comma before. */
static const char *statement(const char *opening, const char *closing, const char *lines,
                             const char *more)
{
    return fin_text(w,
                    "{\"account\":\"%s\",\"opening_balance\":\"%s\",\"closing_balance\":\"%s\","
                    "\"lines\":[%s]%s}",
                    fin_account_text(w, "1120"), opening, closing, lines, more);
}

static const char *line(const char *date, const char *amount)
{
    return fin_text(w, "{\"date\":\"%s\",\"amount\":\"%s\"}", date, amount);
}

static m_document_reply accepted(const char *opening, const char *closing, const char *lines,
                                 const char *more)
{
    return fin_create(w, STATEMENTS, "submit", statement(opening, closing, lines, more));
}

static void refused(const char *opening, const char *closing, const char *lines, const char *more,
                    const char *code, const char *path)
{
    fin_create_refused(w, STATEMENTS, "submit", statement(opening, closing, lines, more), code,
                       path);
}

/* ---- V055 ---- */

START_TEST(a_statement_that_does_not_add_up)
{
    fin_bank_line lines[] = {{.amount = test_dec("60")}, {.amount = test_dec("40")}};
    fin_bank_statement s = {
        .opening_balance = test_dec("50"), .closing_balance = test_dec("150"), .lines = {lines, 1}};
    ck_assert_int_eq(fin_bank_chain(&s), M_OK);
    ck_assert_int_eq(s.gap.u, test_dec("40.00").u);
    s.lines.count = 2;
    ck_assert_int_eq(fin_bank_chain(&s), M_OK);
    ck_assert_int_eq(s.gap.u, 0);
    ck_assert_int_eq(lines[0].balance.u, test_dec("110").u);
    ck_assert_int_eq(lines[1].balance.u, test_dec("150").u);
}
END_TEST

START_TEST(a_statement_that_does_not_add_up_as_a_document)
{
    const char *one = line("2026-04-01", "60");
    m_document_reply draft = fin_create(w, STATEMENTS, NULL, statement("50", "150", one, ""));
    fin_has(draft.body, "\"gap\":\"40.00\"");
    fin_act_refused(w, STATEMENTS, draft.id, "submit", NULL, "finance.bank.gap", "closing_balance");
    fin_has(w->call->error.message, "40.00");
    const char *both = fin_text(w, "{\"lines\":[%s,%s]}", one, line("2026-04-01", "40"));
    draft = fin_update(w, STATEMENTS, draft.id, draft.version, both);
    fin_has(draft.body, "\"gap\":\"0.00\"");
    m_document_reply done = fin_act(w, STATEMENTS, draft.id, "submit", NULL);
    fin_has(done.body, "\"number\":\"BST-");
    fin_has(done.body, "\"money_in\":\"100.00\"");
    ck_assert_uint_eq(fin_books_balance(w), 0); /* it posts nothing */
}
END_TEST

START_TEST(rules_of_balances)
{
    static const struct {
        const char *opening, *closing;
        const char *amounts[4];
        const char *gap, *in, *out;
    } table[] = {
        {"0", "0", {NULL}, "0", "0", "0"},
        {"100", "100", {NULL}, "0", "0", "0"},
        {"100", "0", {"-100"}, "0", "0", "100"},
        {"100", "-20.5", {"-100.01", "-20.49"}, "0", "0", "120.5"}, /* overdrawn */
        {"52300", "52300", {"118", "-118", "0.01"}, "-0.01", "118.01", "118"},
        {"0", "1", {NULL}, "1", "0", "0"},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        fin_bank_line lines[4] = {{.amount = {0}}};
        fin_bank_statement s = {.opening_balance = test_dec(table[i].opening),
                                .closing_balance = test_dec(table[i].closing),
                                .lines = {lines, 0}};
        for (; table[i].amounts[s.lines.count]; s.lines.count++)
            lines[s.lines.count].amount = test_dec(table[i].amounts[s.lines.count]);
        ck_assert_int_eq(fin_bank_chain(&s), M_OK);
        ck_assert_int_eq(s.gap.u, test_dec(table[i].gap).u);
        ck_assert_int_eq(s.money_in.u, test_dec(table[i].in).u);
        ck_assert_int_eq(s.money_out.u, test_dec(table[i].out).u);
    }
    fin_bank_line most = {.amount = {M_DEC_MAX}};
    fin_bank_statement s = {.opening_balance = {1}, .lines = {&most, 1}};
    ck_assert_int_eq(fin_bank_chain(&s), M_RANGE);
}
END_TEST

/* ---- what is refused ---- */

START_TEST(printed_balances_must_chain)
{
#define LINES                                                                                      \
    "{\"date\":\"2026-04-01\",\"amount\":\"60\",\"printed\":\"110\"},"                             \
    "{\"date\":\"2026-04-01\",\"amount\":\"-5\"},"                                                 \
    "{\"date\":\"2026-04-01\",\"amount\":\"45\",\"printed\":\"%s\"}"
    refused("50", "150", fin_text(w, LINES, "151"), "", "finance.bank.chain", "lines[2].printed");
    fin_has(w->call->error.message, "151.00 instead of 150.00");
    accepted("50", "150", fin_text(w, LINES, "150"), "");
}
END_TEST

/* A year that was misread; lines of some days in another order than that of the days. */
START_TEST(days_of_statements)
{
    refused("0", "3", fin_text(w, "%s,%s", line("2026-05-31", "1"), line("2027-05-31", "2")), "",
            "finance.bank.ahead", "lines[1].date");
    refused("0", "1", line("2026-05-31", "1"), ",\"to_date\":\"2026-07-01\"", "finance.bank.ahead",
            "to_date");
    m_document_reply reply = accepted("0", "6",
                                      fin_text(w, "%s,%s,%s", line("2026-05-30", "1"),
                                               line("2026-05-29", "2"), line("2026-05-29", "3")),
                                      "");
    fin_has(reply.body, "\"from_date\":\"2026-05-29\",\"to_date\":\"2026-05-30\"");
}
END_TEST

START_TEST(wrong_drafts)
{
    const char *body =
        fin_text(w, "{\"account\":\"%s\",\"closing_balance\":\"0\"}", fin_account_text(w, "1110"));
    fin_create_refused(w, STATEMENTS, NULL, body, "finance.bank.account", "account");
    refused("0", "0", line("2026-04-02", "0"), "", "finance.bank.zero", "lines[0].amount");
    refused("0", "5", line("2026-04-02", "5"), ",\"currency\":\"USD\"", "finance.bank.currency",
            "currency");
    fin_has(w->call->error.fields[0].message, "USD instead of INR");
    fin_has(accepted("0", "5", line("2026-04-02", "5"), ",\"currency\":\"INR\"").body,
            "\"currency\":\"INR\"");
    refused("0", "1.001", line("2026-04-02", "1.001"), "", "core.field.places", "lines[0].amount");
    refused("0", "5", line("2026-04-02", "5"), ",\"to_date\":\"2026-04-01\"", "finance.bank.dates",
            "to_date");
    refused("0", "5", line("2026-04-02", "5"), ",\"from_date\":\"2026-04-03\"",
            "finance.bank.line_date", "lines[0].date");
}
END_TEST

START_TEST(statements_follow_one_another)
{
    m_document_reply april = accepted("0", "60", line("2026-04-10", "60"),
                                      ",\"statement_no\":\"4\",\"from_date\":\"2026-04-01\","
                                      "\"to_date\":\"2026-04-30\"");
    refused("0", "60", line("2026-06-10", "60"), ",\"statement_no\":\"4\"", "finance.bank.twice",
            "statement_no");
    refused("60", "61", line("2026-04-29", "1"), "", "finance.bank.overlap", "from_date");
    refused("61", "62", line("2026-05-02", "1"), "", "finance.bank.follow", "opening_balance");
    m_document_reply may = accepted("60", "70", line("2026-04-30", "10"),
                                    "");              /* may begin on the day the other ends */
    accepted("-5", "0", line("2026-03-31", "5"), ""); /* before the first one */
    fin_act_refused(w, STATEMENTS, april.id, "cancel", NULL, "finance.bank.later", NULL);
    fin_act(w, STATEMENTS, may.id, "cancel", NULL);
    fin_act(w, STATEMENTS, april.id, "cancel", NULL);
    refused("-10", "-6", line("2026-03-30", "4"), "", "finance.bank.follow", "closing_balance");
    accepted("0", "60", line("2026-04-02", "60"), ",\"statement_no\":\"4\"");
}
END_TEST

/* Statements of one day go on in the order they were made, also beside a longer one that ends then.
 */
START_TEST(statements_of_one_day)
{
    const char *on = "2026-04-10";
    accepted("0", "5", line(on, "5"), ",\"from_date\":\"2026-04-01\"");
    m_document_reply first = accepted("5", "15", line(on, "10"), "");
    m_document_reply draft =
        fin_create(w, STATEMENTS, NULL, statement("15", "35", line(on, "20"), ""));
    m_document_reply third = accepted("15", "45", line(on, "30"), "");
    refused("15", "16", line(on, "1"), "", "finance.bank.follow", "opening_balance");
    fin_act_refused(w, STATEMENTS, draft.id, "submit", NULL, "finance.bank.follow",
                    "closing_balance"); /* the one made after it begins with 15 */
    m_document_reply last = accepted("45", "46", line(on, "1"), ",\"to_date\":\"2026-04-12\"");
    refused("46", "47", line("2026-04-11", "1"), "", "finance.bank.overlap", "from_date");
    fin_act_refused(w, STATEMENTS, third.id, "cancel", NULL, "finance.bank.later", NULL);
    fin_act(w, STATEMENTS, last.id, "cancel", NULL);
    fin_act_refused(w, STATEMENTS, first.id, "cancel", NULL, "finance.bank.later", NULL);
    fin_act(w, STATEMENTS, third.id, "cancel", NULL);
    fin_act(w, STATEMENTS, draft.id, "submit", NULL);
    refused("35", "36", line("2026-04-08", "1"), "", "finance.bank.overlap", "from_date");
}
END_TEST

START_TEST(a_file_counts_once)
{
    const char *mark = ",\"file_mark\":\"abc\"";
    m_document_reply first = accepted("0", "60", line("2026-04-10", "60"), mark);
    refused("60", "120", line("2026-04-11", "60"), mark, "core.exists", "file_mark");
    fin_act(w, STATEMENTS, first.id, "cancel", NULL);
    accepted("0", "60", line("2026-04-10", "60"), mark);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("bank");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, a_statement_that_does_not_add_up);
    tcase_add_test(cases, a_statement_that_does_not_add_up_as_a_document);
    tcase_add_test(cases, rules_of_balances);
    tcase_add_test(cases, printed_balances_must_chain);
    tcase_add_test(cases, wrong_drafts);
    tcase_add_test(cases, days_of_statements);
    tcase_add_test(cases, statements_follow_one_another);
    tcase_add_test(cases, statements_of_one_day);
    tcase_add_test(cases, a_file_counts_once);
    return fin_world_run(cases, "fin_bank");
}
