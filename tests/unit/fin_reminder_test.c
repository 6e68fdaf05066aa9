/* Reminders: what is due for one, what was sent, and never two of one level. Today is 1 April. */
#include <check.h>
#include <stdlib.h>

#include "fin_world.h"
#include "reminder/reminder.h"
#include "reports/reports.h"
#include "sales_invoice/sales_invoice.h"

#define REMINDERS "reminders"

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

START_TEST(the_next_level)
{
    static const fin_reminder_level one = {.level = 1, .days_overdue = 5};
    static const fin_reminder_level two = {.level = 2, .days_overdue = 20, .wait_days = 10};
    static const fin_reminder_level *const levels[] = {&one, &two};
    static const struct {
        int64_t late, last, days_ago, want;
    } cases[] = {
        {0, 0, 0, 0},  {4, 0, 0, 0},   {5, 0, 0, 1},   {90, 0, 0, 1}, {19, 1, 14, 0},
        {20, 1, 9, 0}, {20, 1, 10, 2}, {90, 2, 80, 0}, {90, 1, 0, 0},
    };
    m_date today = test_date("2026-04-01");
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        m_date sent = {today.d - (int32_t)cases[i].days_ago};
        const fin_reminder_level *next =
            fin_reminder_next(levels, 2, cases[i].late, cases[i].last, sent, today);
        ck_assert_int_eq(next ? next->level : 0, cases[i].want);
    }
    ck_assert_ptr_null(fin_reminder_next(levels, 0, 90, 0, today, today));
}
END_TEST

/* Of two days two fees; what is switched off ends its level, and an earlier one does not come back.
 */
START_TEST(levels_in_force)
{
    const fin_reminder_level always = {.level = 1, .active = true, .effective_from = M_DATE_NONE};
    const fin_reminder_level dated = {
        .level = 1, .active = true, .effective_from = test_date("2026-03-01")};
    const fin_reminder_level off = {.level = 1, .effective_from = test_date("2026-05-01")};
    const fin_reminder_level second = {
        .level = 2, .active = true, .effective_from = test_date("2026-02-01")};
    const fin_reminder_level strange = {.level = FIN_REMINDER_LEVELS + 1, .active = true};
    const fin_reminder_level *const all[] = {&second, &dated, &strange, &off, &always};
    const struct {
        const char *day;
        const fin_reminder_level *want[2];
    } cases[] = {{"2026-01-31", {&always, NULL}},    {"2026-02-01", {&always, &second}},
                 {"2026-02-28", {&always, &second}}, {"2026-03-01", {&dated, &second}},
                 {"2026-04-30", {&dated, &second}},  {"2026-05-01", {&second, NULL}}};
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        const fin_reminder_level *got[FIN_REMINDER_LEVELS] = {NULL};
        uint32_t n = fin_reminder_in_force(all, 5, test_date(cases[i].day), got);
        ck_assert_uint_eq(n, cases[i].want[1] ? 2 : 1);
        for (uint32_t k = 0; k < n; k++)
            ck_assert_ptr_eq(got[k], cases[i].want[k]);
    }
}
END_TEST

START_TEST(interest_for_days)
{
    static const struct {
        const char *amount, *percent;
        int64_t days;
        const char *want;
    } cases[] = {{"1000", "12", 365, "120"},
                 {"1000", "12", 30, "9.86"},
                 {"1000", "0", 30, "0"},
                 {"0.01", "12", 1, "0"},
                 {"236", "18", 73, "8.50"}};
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        m_dec got;
        ck_assert_int_eq(fin_reminder_interest(test_dec(cases[i].amount),
                                               test_dec(cases[i].percent), cases[i].days, 2, &got),
                         M_OK);
        ck_assert_int_eq(got.u, test_dec(cases[i].want).u);
    }
}
END_TEST

/* ---- documents ---- */

static void levels(void)
{
    fin_create(w, "reminder-levels", NULL,
               "{\"level\":1,\"days_overdue\":5,\"text\":\"Kindly pay.\"}");
    fin_create(w, "reminder-levels", NULL,
               "{\"level\":2,\"days_overdue\":20,\"wait_days\":10,\"fee\":\"5\","
               "\"interest_percent\":\"12\",\"text\":\"Pay now.\"}");
}

static m_id bill(const char *posted, const char *due, const char *amount)
{
    return fin_create(w, "sales-invoices", "submit",
                      fin_text(w,
                               "{\"customer\":\"%s\",\"posting_date\":\"%s\",\"due_date\":\"%s\","
                               "\"lines\":[{\"description\":\"Goods\",\"qty\":\"1\",\"rate\":"
                               "\"%s\"}]}",
                               fin_id_text(w, test_id(CUSTOMER)), posted, due, amount))
        .id;
}

static const char *reminder(const char *date, const char *more)
{
    return fin_text(w, "{\"customer\":\"%s\",\"date\":\"%s\"%s}", fin_id_text(w, test_id(CUSTOMER)),
                    date, more);
}

static m_list due_on(const char *day, bool all)
{
    m_list rows;
    fin_reminders_params params = {.as_of = test_date(day), .all = all};
    ck_assert_int_eq(fin_report(w, &fin_reminders_report, &params, &rows), M_OK);
    return rows;
}

START_TEST(level_by_level)
{
    levels();
    m_id a = bill("2026-01-01", "2026-03-02", "1000");
    bill("2026-03-01", "2026-03-31", "50"); /* one day late on 1 April */
    ck_assert_uint_eq(due_on("2026-03-06", false).count, 0);
    m_list rows = due_on("2026-03-07", false);
    ck_assert_uint_eq(rows.count, 1);
    const fin_reminders_row *row = M_AT(rows, fin_reminders_row, 0);
    ck_assert(m_id_eq(row->document, a) && row->level == 1 && row->days_late == 5);
    ck_assert_uint_gt(row->customer_name.n, 0);
    m_document_reply first = fin_create(w, REMINDERS, "submit", reminder("2026-03-10", ""));
    fin_has(first.body, "\"number\":\"REM-2025-00001\"");
    fin_has(first.body, "\"level\":1");
    fin_has(first.body, "\"text\":\"Kindly pay.\"");
    fin_create_refused(w, REMINDERS, NULL, reminder("2026-03-10", ""), "finance.reminder.nothing",
                       "lines");
    fin_create_refused(w, REMINDERS, NULL, reminder("2026-04-02", ""), "finance.reminder.ahead",
                       "date");
    fin_create_refused(
        w, REMINDERS, NULL,
        reminder("2026-03-12", fin_text(w, ",\"lines\":[{\"invoice\":\"%s\"}]", fin_id_text(w, a))),
        "finance.reminder.not_due", "lines[0].invoice");
    rows = due_on("2026-04-01", true);
    ck_assert_uint_eq(rows.count, 2);
    m_document_reply second = fin_create(w, REMINDERS, "submit", reminder("2026-04-01", ""));
    fin_has(second.body, "\"level\":2");
    fin_has(second.body, "\"fees\":\"5.00\"");
    fin_has(second.body, "\"interest\":\"9.86\""); /* 30 days of 12 % on 1000 */
    fin_has(second.body, "\"text\":\"Pay now.\"");
    ck_assert_uint_eq(due_on("2026-05-30", false).count, 1); /* the other, its first */
    fin_act_refused(w, REMINDERS, first.id, "cancel", NULL, "finance.reminder.later", NULL);
    fin_act(w, REMINDERS, second.id, "cancel", NULL);
    fin_act(w, REMINDERS, first.id, "cancel", NULL);
    ck_assert_int_eq(M_AT(due_on("2026-04-01", false), fin_reminders_row, 0)->level, 1);
    fin_balance_is(w, "1130", "1050"); /* nothing is booked */
}
END_TEST

static m_document_reply second_level(void)
{
    levels();
    bill("2026-01-01", "2026-03-02", "1000");
    fin_create(w, REMINDERS, "submit", reminder("2026-03-10", ""));
    return fin_create(w, REMINDERS, "submit", reminder("2026-04-01", ""));
}

static const fin_reminder *stored(m_id id)
{
    const void *found = NULL;
    fin_begin(w);
    ck_assert_int_eq(m_store_need(w->store, w->call, &fin_reminder_type, id, &found), M_OK);
    fin_end(w, M_OK);
    return found;
}

static m_list owed(void)
{
    m_list rows;
    fin_outstanding_params params = {.party = test_id(CUSTOMER), .as_of = test_date("2026-04-30")};
    ck_assert_int_eq(fin_report(w, &fin_customer_outstanding_report, &params, &rows), M_OK);
    return rows;
}

/* Fees and interest become an invoice like others, where the policy wants it. */
START_TEST(fees_are_billed)
{
    w->policy = FIN_REMINDER_FEES;
    w->policy_value = m_dec_of_int(1);
    m_id sent = second_level().id;
    m_id invoice = stored(sent)->bill;
    ck_assert(!m_id_is_null(invoice));
    m_document_reply draft = fin_get(w, "sales-invoices", invoice);
    fin_has(draft.body, "\"grand_total\":\"14.86\"");
    fin_has(draft.body, "\"description\":\"Reminder 2 of SINV-2025-00001\"");
    fin_has(draft.body, "\"description\":\"Interest on SINV-2025-00001, 30 days late\"");
    fin_balance_is(w, "1130", "1000"); /* a draft books nothing */
    fin_act(w, "sales-invoices", invoice, "submit", NULL);
    fin_balance_is(w, "1130", "1014.86");
    fin_balance_is(w, "4900", "-5");
    fin_balance_is(w, "4400", "-9.86");
    ck_assert_uint_eq(owed().count, 2);
    fin_act_refused(w, REMINDERS, sent, "cancel", NULL, "finance.reminder.billed", NULL);
    fin_act(w, "sales-invoices", invoice, "cancel", NULL);
    fin_balance_is(w, "1130", "1000");
    fin_act(w, REMINDERS, sent, "cancel", NULL);
}
END_TEST

static m_dec interest_due(m_id invoice, const char *day)
{
    m_list rows = due_on(day, false);
    for (M_EACH(const fin_reminders_row, row, rows))
        if (m_id_eq(row->document, invoice)) return row->interest;
    return test_dec("-1");
}

/* The days that one level billed are not billed again by the next, unless that bill is cancelled.
 */
START_TEST(interest_is_billed_once)
{
    w->policy = FIN_REMINDER_FEES;
    w->policy_value = m_dec_of_int(1);
    fin_create(w, "reminder-levels", NULL,
               "{\"level\":1,\"days_overdue\":5,\"interest_percent\":\"12\"}");
    fin_create(w, "reminder-levels", NULL,
               "{\"level\":2,\"days_overdue\":15,\"interest_percent\":\"12\"}");
    m_id a = bill("2026-01-01", "2026-03-02", "3650");
    m_document_reply first = fin_create(w, REMINDERS, "submit", reminder("2026-03-12", ""));
    fin_has(first.body, "\"interest\":\"12.00\""); /* 10 days */
    ck_assert_int_eq(interest_due(a, "2026-04-01").u, test_dec("24").u);
    m_id invoice = stored(first.id)->bill;
    fin_act(w, "sales-invoices", invoice, "submit", NULL);
    ck_assert_int_eq(interest_due(a, "2026-04-01").u, test_dec("24").u);
    fin_act(w, "sales-invoices", invoice, "cancel", NULL);
    ck_assert_int_eq(interest_due(a, "2026-04-01").u, test_dec("36").u);
}
END_TEST

START_TEST(a_draft_of_fees_goes_with_its_reminder)
{
    w->policy = FIN_REMINDER_FEES;
    w->policy_value = m_dec_of_int(1);
    m_id sent = second_level().id, invoice = stored(sent)->bill;
    const void *found = NULL;
    fin_act(w, REMINDERS, sent, "cancel", NULL);
    fin_begin(w);
    ck_assert_int_eq(m_store_get(w->store, w->call, &fin_sales_invoice_type, invoice, &found),
                     M_OK);
    fin_end(w, M_OK);
    ck_assert_ptr_null(found);
    ck_assert(m_id_is_null(stored(sent)->bill));
    w->policy = NULL; /* told only */
    ck_assert(m_id_is_null(
        stored(fin_create(w, REMINDERS, "submit", reminder("2026-04-01", "")).id)->bill));
}
END_TEST

/* A fee that rises from a day on: each reminder has that of its own day, and says which one. */
START_TEST(fees_of_their_day)
{
    m_id old = fin_create(w, "reminder-levels", NULL, "{\"level\":1,\"fee\":\"5\"}").id;
    m_id later = fin_create(w, "reminder-levels", NULL,
                            "{\"level\":1,\"fee\":\"8\",\"effective_from\":\"2026-03-15\"}")
                     .id;
    bill("2026-01-01", "2026-03-02", "1000");
    ck_assert_int_eq(M_AT(due_on("2026-03-14", false), fin_reminders_row, 0)->fee.u,
                     test_dec("5").u);
    ck_assert_int_eq(M_AT(due_on("2026-03-15", false), fin_reminders_row, 0)->fee.u,
                     test_dec("8").u);
    m_id sent = fin_create(w, REMINDERS, "submit", reminder("2026-03-14", "")).id;
    const fin_reminder_line *line = M_AT(stored(sent)->lines, fin_reminder_line, 0);
    ck_assert(m_id_eq(line->terms, old) && line->fee.u == test_dec("5").u);
    fin_act(w, REMINDERS, sent, "cancel", NULL);
    sent = fin_create(w, REMINDERS, "submit", reminder("2026-03-20", "")).id;
    line = M_AT(stored(sent)->lines, fin_reminder_line, 0);
    ck_assert(m_id_eq(line->terms, later) && line->fee.u == test_dec("8").u);
    fin_create_refused(w, "reminder-levels", NULL,
                       "{\"level\":1,\"effective_from\":\"2026-03-15\"}", "finance.reminder.level",
                       "level");
}
END_TEST

/* Each instalment has its own level. */
START_TEST(instalments_are_reminded_of)
{
    levels();
    m_id by = fin_create(w, "payment-terms", NULL,
                         "{\"code\":\"two\",\"lines\":[{\"percent\":\"50\",\"days\":10},"
                         "{\"days\":40}]}")
                  .id;
    m_id a = fin_create(w, "sales-invoices", "submit",
                        fin_text(w,
                                 "{\"customer\":\"%s\",\"posting_date\":\"2026-01-01\","
                                 "\"payment_terms\":\"%s\",\"lines\":[{\"description\":\"Goods\","
                                 "\"qty\":\"1\",\"rate\":\"100\"}]}",
                                 fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, by)))
                 .id;
    m_document_reply first = fin_create(w, REMINDERS, "submit", reminder("2026-01-20", ""));
    fin_has(first.body, "\"instalment\":1");
    fin_has(first.body, "\"outstanding\":\"50.00\"");
    m_list rows = due_on("2026-02-20", false);
    ck_assert_uint_eq(rows.count, 2);
    ck_assert_int_eq(M_AT(rows, fin_reminders_row, 0)->level, 2);
    ck_assert_int_eq(M_AT(rows, fin_reminders_row, 1)->level, 1);
    fin_create(w, "receipts", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"posting_date\":\"2026-02-01\",\"amount\":\"50\","
                        "\"allocations\":[{\"invoice\":\"%s\",\"amount\":\"50\"}]}",
                        fin_id_text(w, test_id(CUSTOMER)), fin_id_text(w, a)));
    rows = due_on("2026-02-20", false);
    ck_assert_uint_eq(rows.count, 1);
    ck_assert_int_eq(M_AT(rows, fin_reminders_row, 0)->instalment, 2);
    const char *twice = fin_text(w,
                                 ",\"lines\":[{\"invoice\":\"%s\",\"instalment\":2},{\"invoice\":"
                                 "\"%s\",\"instalment\":2}]",
                                 fin_id_text(w, a), fin_id_text(w, a));
    fin_create_refused(w, REMINDERS, NULL, reminder("2026-02-20", twice), "finance.reminder.twice",
                       "lines[1].invoice");
}
END_TEST

/* A draft that was overtaken by another one, or by the money, is refused when it is sent. */
START_TEST(overtaken_drafts)
{
    levels();
    bill("2026-01-01", "2026-03-02", "1000");
    m_document_reply draft =
        fin_create(w, REMINDERS, NULL, reminder("2026-03-10", ",\"text\":\"Dear friend\""));
    fin_has(draft.body, "\"text\":\"Dear friend\"");
    fin_create(w, REMINDERS, "submit", reminder("2026-03-10", ""));
    fin_act_refused(w, REMINDERS, draft.id, "submit", NULL, "finance.reminder.not_due",
                    "lines[0].invoice");
    fin_create_refused(w, "reminder-levels", NULL, "{\"level\":2}", "finance.reminder.level",
                       "level");
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("reminders");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, the_next_level);
    tcase_add_test(cases, levels_in_force);
    tcase_add_test(cases, interest_for_days);
    tcase_add_test(cases, level_by_level);
    tcase_add_test(cases, fees_are_billed);
    tcase_add_test(cases, interest_is_billed_once);
    tcase_add_test(cases, a_draft_of_fees_goes_with_its_reminder);
    tcase_add_test(cases, fees_of_their_day);
    tcase_add_test(cases, instalments_are_reminded_of);
    tcase_add_test(cases, overtaken_drafts);
    return fin_world_run(cases, "fin_reminder");
}
