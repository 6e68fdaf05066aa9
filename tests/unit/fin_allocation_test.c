/* Sharing out the costs of a cost center, through documents. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>

#include "cost_allocation/cost_allocation.h"
#include "fin_world.h"

#define SHARES      "cost-shares"
#define ALLOCATIONS "cost-allocations"
#define JOURNALS    "journal-vouchers"

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
    static const char *const codes[] = {"North", "South", "West"};
    for (size_t i = 0; i < UNIT_COUNT(codes); i++)
        fin_create(w, "cost-centers", NULL,
                   fin_text(w, "{\"code\":\"%s\",\"name\":\"%s\"}", codes[i], codes[i]));
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static const char *share_body(const char *from, const char *north, const char *south,
                              const char *west)
{
    return fin_text(w,
                    "{\"name\":\"Office\",\"cost_center\":\"%s\",\"effective_from\":\"%s\","
                    "\"shares\":[{\"cost_center\":\"%s\",\"percent\":\"%s\"},"
                    "{\"cost_center\":\"%s\",\"percent\":\"%s\"},"
                    "{\"cost_center\":\"%s\",\"percent\":\"%s\"}]}",
                    fin_center_text(w, "Main"), from, fin_center_text(w, "North"), north,
                    fin_center_text(w, "South"), south, fin_center_text(w, "West"), west);
}

static void post(const char *date, const char *debit, const char *credit, const char *amount)
{
    const char *center = fin_center_text(w, "Main");
    fin_create(w, JOURNALS, "submit",
               fin_text(w,
                        "{\"posting_date\":\"%s\",\"lines\":["
                        "{\"account\":\"%s\",\"debit\":\"%s\",\"cost_center\":\"%s\"},"
                        "{\"account\":\"%s\",\"credit\":\"%s\",\"cost_center\":\"%s\"}]}",
                        date, fin_account_text(w, debit), amount, center,
                        fin_account_text(w, credit), amount, center));
}

static const char *body(const char *start, const char *end)
{
    return fin_text(w, "{\"cost_center\":\"%s\",\"start\":\"%s\",\"end\":\"%s\"}",
                    fin_center_text(w, "Main"), start, end);
}

static void stands_at(const char *code, const char *center, const char *amount)
{
    m_id account, cost_center;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, code)), &account), M_OK);
    ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, center)), &cost_center), M_OK);
    m_filter filters[] = {{"account", M_OP_EQ, &account}, {"cost_center", M_OP_EQ, &cost_center}};
    m_sum sum = {.type = &m_gl_entry_type, .filters = filters, .filter_count = 2, .group_by = ""};
    fin_begin(w);
    ck_assert_int_eq(m_store_sum(w->store, w->call, &sum), M_OK);
    const m_gl_entry *row = sum.out.items;
    int64_t got = row->debit.u - row->credit.u;
    fin_end(w, M_OK);
    ck_assert_msg(got == test_dec(amount).u, "%s/%s: %lld, expected %s", code, center,
                  (long long)got, amount);
}

START_TEST(a_month_is_shared_out)
{
    fin_create(w, SHARES, NULL, share_body("2026-01-01", "33.34", "33.33", "33.33"));
    post("2026-04-03", "5220", "1120", "100");
    post("2026-04-20", "5230", "1120", "0.05");
    post("2026-04-25", "1120", "4900", "10");
    post("2026-05-01", "5220", "1120", "7"); /* another month */
    m_document_reply reply = fin_create(w, ALLOCATIONS, "submit", body("2026-04-01", "2026-04-30"));
    fin_has(reply.body, "\"total\":\"90.05\"");
    fin_has(reply.body, "\"posting_date\":\"2026-04-30\"");
    stands_at("5220", "Main", "7");
    stands_at("5220", "North", "33.34");
    stands_at("5220", "South", "33.33");
    stands_at("5220", "West", "33.33");
    stands_at("5230", "North", "0.02"); /* largest remainder */
    stands_at("5230", "South", "0.02");
    stands_at("5230", "West", "0.01");
    stands_at("4900", "Main", "0");
    stands_at("4900", "North", "-3.34");
    stands_at("1120", "Main", "-97.05"); /* what is no result stays */
    fin_balance_is(w, "5220", "107");
    fin_create_refused(w, ALLOCATIONS, "submit", body("2026-04-01", "2026-04-30"),
                       "finance.cost_allocation.nothing", NULL);
    post("2026-04-30", "5220", "1120", "1"); /* came later: only that is moved */
    m_document_reply again = fin_create(w, ALLOCATIONS, "submit", body("2026-04-01", "2026-04-30"));
    fin_has(again.body, "\"total\":\"1.00\"");
    fin_act(w, ALLOCATIONS, reply.id, "cancel", NULL);
    stands_at("5220", "Main", "107");
    stands_at("5220", "North", "0.34");
    fin_books_balance(w);
}
END_TEST

/* The rule of the last day decides; a part of a month is read from its entries. */
START_TEST(rules_follow_each_other)
{
    fin_create(w, SHARES, NULL, share_body("2026-01-01", "50", "25", "25"));
    fin_create(w, SHARES, NULL, share_body("2026-04-15", "20", "30", "50"));
    post("2026-04-10", "5220", "1120", "100");
    post("2026-04-16", "5220", "1120", "1000");
    m_document_reply first = fin_create(w, ALLOCATIONS, "submit", body("2026-04-01", "2026-04-14"));
    fin_has(first.body, "\"rule_from\":\"2026-01-01\"");
    stands_at("5220", "North", "50");
    m_document_reply second =
        fin_create(w, ALLOCATIONS, "submit", body("2026-04-15", "2026-04-30"));
    fin_has(second.body, "\"rule_from\":\"2026-04-15\"");
    stands_at("5220", "North", "250");
    stands_at("5220", "West", "525");
    stands_at("5220", "Main", "0");
}
END_TEST

START_TEST(refusals)
{
    fin_create_refused(w, SHARES, NULL, share_body("2026-01-01", "33.33", "33.33", "33.33"),
                       "finance.cost_share.sum", "shares");
    fin_create_refused(w, ALLOCATIONS, NULL, body("2026-04-01", "2026-04-30"),
                       "finance.cost_allocation.no_share", "cost_center");
    fin_create(w, SHARES, NULL, share_body("2026-05-01", "50", "25", "25"));
    fin_create_refused(w, SHARES, NULL, share_body("2026-05-01", "50", "25", "25"),
                       "finance.cost_share.exists", "effective_from");
    fin_create_refused(w, ALLOCATIONS, NULL, body("2026-04-01", "2026-04-30"),
                       "finance.cost_allocation.no_share", "cost_center");
    fin_create_refused(w, ALLOCATIONS, NULL, body("2026-05-31", "2026-05-01"),
                       "finance.report.dates", "end");
    fin_create_refused(w, ALLOCATIONS, NULL,
                       fin_text(w,
                                "{\"cost_center\":\"%s\",\"start\":\"2026-05-01\",\"end\":"
                                "\"2026-05-31\",\"posting_date\":\"2026-06-01\"}",
                                fin_center_text(w, "Main")),
                       "finance.cost_allocation.date", "posting_date");
    fin_create_refused(w, SHARES, NULL,
                       fin_text(w,
                                "{\"name\":\"x\",\"cost_center\":\"%s\",\"effective_from\":"
                                "\"2026-06-01\",\"shares\":[{\"cost_center\":\"%s\",\"percent\":"
                                "\"100\"}]}",
                                fin_center_text(w, "Main"), fin_center_text(w, "Main")),
                       "finance.cost_share.twice", "shares[0].cost_center");
}
END_TEST

/* More accounts and shares than one voucher holds are refused before anything is posted. */
START_TEST(too_large)
{
    enum { CENTERS = 100, ACCOUNTS = 101 };
    char *shares = m_arena_alloc(w->call->arena, 100000);
    size_t at = 0;
    for (int i = 0; i < CENTERS; i++) {
        const char *code = fin_text(w, "C%d", i);
        fin_create(w, "cost-centers", NULL,
                   fin_text(w, "{\"code\":\"%s\",\"name\":\"%s\"}", code, code));
        at += (size_t)snprintf(shares + at, 100000 - at,
                               "%s{\"cost_center\":\"%s\",\"percent\":\"1\"}", i ? "," : "",
                               fin_center_text(w, code));
    }
    char *all = m_arena_printf(w->call->arena,
                               "{\"name\":\"x\",\"cost_center\":\"%s\",\"effective_from\":"
                               "\"2026-01-01\",\"shares\":[%s]}",
                               fin_center_text(w, "Main"), shares);
    fin_create(w, SHARES, NULL, all);
    for (int i = 0; i < ACCOUNTS; i++) {
        const char *code = fin_text(w, "59%03d", i);
        fin_create(w, "accounts", NULL,
                   fin_text(w, "{\"code\":\"%s\",\"name\":\"%s\",\"parent\":\"%s\"}", code, code,
                            fin_account_text(w, "5200")));
        post("2026-04-03", code, "1120", "1");
    }
    fin_create_refused(w, ALLOCATIONS, "submit", body("2026-04-01", "2026-04-30"),
                       "finance.cost_allocation.size", NULL);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("allocations");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_set_timeout(cases, 60);
    tcase_add_test(cases, a_month_is_shared_out);
    tcase_add_test(cases, rules_follow_each_other);
    tcase_add_test(cases, refusals);
    tcase_add_test(cases, too_large);
    return fin_world_run(cases, "cost allocation");
}
