/* Matching bank statements with the ledger: the score, pairs, matches by hand, charges, undoing,
 * the lock of a period, and the reconciliation with its worked example. */
#include <check.h>
#include <stdlib.h>

#include "bank_matching/bank_reports.h"
#include "fin_world.h"
#include "fiscal_year/fiscal_year.h"
#include "payment/payment.h"

#define STATEMENTS "bank-statements"

static fin_world world;
static fin_world *w = &world;

static void setup(void)
{
    fin_world_setup(w);
    test_advance_us(w->call,
                    INT64_C(60) * 86400 * 1000000); /* 31 May: statements are of the past */
}

static void teardown(void)
{
    fin_world_teardown(w);
}

static const fin_bank_scoring usual = {60, 30, 20, 10, 10, 3, 7, 80, 50};

/* ---- the score ---- */

static fin_bank_line bank(const char *date, const char *amount, const char *reference,
                          const char *narration)
{
    return (fin_bank_line){.date = test_date(date),
                           .amount = test_dec(amount),
                           .reference = m_str_of(reference),
                           .narration = m_str_of(narration)};
}

static fin_bank_candidate book(const char *date, const char *amount, const char *reference,
                               const char *party)
{
    return (fin_bank_candidate){.date = test_date(date),
                                .amount = test_dec(amount),
                                .references = {m_str_of(reference)},
                                .party = m_str_of(party)};
}

START_TEST(score)
{
    static const struct {
        const char *bank_date, *bank_ref, *text, *book_date, *amount, *book_ref, *party;
        int64_t score;
    } table[] = {
        {"2026-04-10", "C1", "", "2026-04-10", "100.01", "C1", "",
         0}, /* the amount must be exact */
        {"2026-04-10", "C1", "", "2026-04-10", "-100", "C1", "", 0},
        {"2026-04-10", "C1", "", "2026-04-10", "100", "C1", "", 90},
        {"2026-04-10", "C1", "", "2026-04-13", "100", "C1", "", 80},
        {"2026-04-10", "C1", "", "2026-04-07", "100", "C1", "", 80},
        {"2026-04-10", "C1", "", "2026-04-14", "100", "C1", "", 70},
        {"2026-04-10", "C1", "", "2026-04-17", "100", "C1", "", 70},
        {"2026-04-10", "C1", "", "2026-04-18", "100", "C1", "", 60},
        {"2026-04-10", "C1", "", "2026-04-10", "100", "C2", "", 30},
        {"2026-04-10", "", "", "2026-04-10", "100", "", "", 30}, /* nothing equals nothing */
        {"2026-04-10", " utr1", "", "2026-04-10", "100", "UTR1 ", "", 90},
        {"2026-04-10", "C1", "neft hotel SAVALI goa", "2026-04-10", "100", "C1", "Hotel Savali",
         100},
        {"2026-04-10", "C1", "by hotel", "2026-04-10", "100", "C1", "Hotel Savali", 90},
        {"2026-04-10", "", "hotel savali", "2026-04-10", "100", "", "Hotel Savali", 40},
        {"2026-04-10", "C1", "", "2026-05-10", "100", "C1", "", 60},
    };
    for (size_t i = 0; i < UNIT_COUNT(table); i++) {
        fin_bank_line line = bank(table[i].bank_date, "100", table[i].bank_ref, table[i].text);
        fin_bank_candidate candidate =
            book(table[i].book_date, table[i].amount, table[i].book_ref, table[i].party);
        ck_assert_msg(fin_bank_score(&usual, &line, &candidate) == table[i].score, "row %zu: %lld",
                      i, (long long)fin_bank_score(&usual, &line, &candidate));
    }
}
END_TEST

/* "line>candidate+candidate score!;" for each pair, "!" when it is certain. */
static const char *paired(fin_bank_line *lines, uint32_t n, const fin_bank_candidate *candidates,
                          uint32_t m)
{
    m_list all = {lines, n}, pairs;
    const char *text = "";
    ck_assert_int_eq(fin_bank_pairs(w->call->arena, &usual, &all, candidates, m, &pairs), M_OK);
    for (M_EACH(const fin_bank_pair, pair, pairs)) {
        text = fin_text(w, "%s%u>", text, pair->line);
        for (uint32_t i = 0; i < pair->count; i++)
            text = fin_text(w, "%s%s%u", text, i ? "+" : "", pair->candidates[i]);
        text = fin_text(w, "%s %lld%s;", text, (long long)pair->score, pair->certain ? "!" : "");
    }
    return text;
}

START_TEST(pairs)
{
    fin_bank_line one[] = {bank("2026-04-10", "100", "C1", ""), bank("2026-04-11", "50", "C2", "")};
    fin_bank_candidate two[] = {book("2026-04-10", "50", "C2", ""),
                                book("2026-04-15", "100", "C1", "")};
    ck_assert_str_eq(paired(one, 2, two, 2), "1>0 80!;0>1 70;");
    one[1].match = 7; /* has a match already */
    ck_assert_str_eq(paired(one, 2, two, 2), "0>1 70;");
    ck_assert_str_eq(paired(one, 2, two, 0), "");
}
END_TEST

START_TEST(ties_are_only_suggested)
{
    fin_bank_line twins[] = {bank("2026-04-10", "100", "C1", ""),
                             bank("2026-04-10", "100", "C1", "")};
    fin_bank_candidate same[] = {book("2026-04-10", "100", "C1", ""),
                                 book("2026-04-10", "100", "C1", "")};
    ck_assert_str_eq(paired(twins, 1, same, 2), "0>0 90;0>1 90;");
    ck_assert_str_eq(paired(twins, 2, same, 1), "0>0 90;1>0 90;");
    ck_assert_str_eq(paired(twins, 2, same, 2), "0>0 90;0>1 90;1>0 90;1>1 90;");
    /* the better one wins; what it takes no longer contests */
    same[1] = book("2026-04-11", "100", "C1", "");
    ck_assert_str_eq(paired(twins, 1, same, 2), "0>0 90!;0>1 80;");
    twins[1] = bank("2026-04-12", "100", "C1", "");
    ck_assert_str_eq(paired(twins, 2, same, 2), "0>0 90!;0>1 80;1>0 80;1>1 80!;");
}
END_TEST

START_TEST(one_line_for_many)
{
    fin_bank_line slip[] = {bank("2026-04-10", "100", "SLIP9", "")};
    fin_bank_candidate cheques[] = {
        book("2026-04-09", "60", "slip9", ""), book("2026-04-08", "40", "SLIP9", ""),
        book("2026-04-10", "40", "SLIP8", ""), book("2026-04-10", "1", "SLIP9", "")};
    ck_assert_str_eq(paired(slip, 1, cheques, 3), "0>0+1 80!;");
    ck_assert_str_eq(paired(slip, 1, cheques, 4), ""); /* not of equal sums */
    cheques[1].date = test_date("2026-04-05");
    ck_assert_str_eq(paired(slip, 1, cheques, 2), "0>0+1 70;");
    cheques[1].party = M_STR("Savali"); /* a name found helps */
    slip[0].narration = M_STR("by savali");
    ck_assert_str_eq(paired(slip, 1, cheques, 2), "0>0+1 80!;");
    fin_bank_line twice[] = {bank("2026-04-10", "100", "SLIP9", ""),
                             bank("2026-04-10", "100", "SLIP9", "")};
    ck_assert_str_eq(paired(twice, 2, cheques, 2), "0>0+1 70;1>0+1 70;");
}
END_TEST

/* ---- through documents ---- */

static m_id journal(const char *date, const char *amount, const char *reference)
{
    bool in = amount[0] != '-';
    return fin_create(
               w, "journal-vouchers", "submit",
               fin_text(w,
                        "{\"posting_date\":\"%s\",\"reference\":\"%s\",\"lines\":["
                        "{\"account\":\"%s\",\"%s\":\"%s\"},{\"account\":\"%s\",\"%s\":\"%s\"}]}",
                        date, reference, fin_account_text(w, "1120"), in ? "debit" : "credit",
                        in ? amount : amount + 1, fin_account_text(w, "3100"),
                        in ? "credit" : "debit", in ? amount : amount + 1))
        .id;
}

/* lines: "date amount reference" each; NULL ends. */
static m_document_reply statement(const char *opening, const char *closing,
                                  const char *const *lines)
{
    const char *all = "";
    for (size_t i = 0; lines[i]; i++) {
        char date[11], amount[20], reference[20] = "";
        const char *space = strchr(lines[i] + 11, ' ');
        ck_assert_ptr_nonnull(space);
        memcpy(date, lines[i], 10);
        date[10] = 0;
        memcpy(amount, lines[i] + 11, (size_t)(space - lines[i] - 11));
        amount[space - lines[i] - 11] = 0;
        memcpy(reference, space + 1, strlen(space + 1) + 1);
        all = fin_text(w, "%s%s{\"date\":\"%s\",\"amount\":\"%s\",\"reference\":\"%s\"}", all,
                       i ? "," : "", date, amount, reference);
    }
    return fin_create(w, STATEMENTS, "submit",
                      fin_text(w,
                               "{\"account\":\"%s\",\"opening_balance\":\"%s\","
                               "\"closing_balance\":\"%s\",\"lines\":[%s]}",
                               fin_account_text(w, "1120"), opening, closing, all));
}

static fin_bank_statement stored(m_id id)
{
    const void *found;
    fin_begin(w);
    ck_assert_int_eq(m_store_need(w->store, w->call, &fin_bank_statement_type, id, &found), M_OK);
    const fin_bank_statement *copy = m_record_copy(&fin_bank_statement_type, found, w->call->arena);
    ck_assert_ptr_nonnull(copy);
    fin_end(w, M_OK);
    return *copy;
}

static const char *line_id(m_id statement_id, uint32_t i)
{
    fin_bank_statement s = stored(statement_id);
    return fin_id_text(w, M_AT(s.lines, fin_bank_line, i)->id);
}

static m_list reconciled(const char *as_of)
{
    m_list rows;
    fin_bank_reconciliation_params params = {.as_of = test_date(as_of)};
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, "1120")), &params.account), M_OK);
    ck_assert_int_eq(fin_report(w, &fin_bank_reconciliation_report, &params, &rows), M_OK);
    return rows;
}

START_TEST(sales_are_not_reconciled)
{
    m_list rows;
    fin_bank_reconciliation_params params = {.as_of = test_date("2026-04-30")};
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, "4100")), &params.account), M_OK);
    ck_assert_int_eq(fin_report(w, &fin_bank_reconciliation_report, &params, &rows), M_INVALID);
    fin_has(w->call->error.fields[0].code, "finance.bank.account");
}
END_TEST

/* "kind amount;" of each row of that day. */
static void reconciles(const char *as_of, const char *wanted)
{
    m_list rows = reconciled(as_of);
    const char *text = "";
    for (M_EACH(const fin_bank_reconciliation_row, row, rows)) {
        char amount[M_DEC_SUM_TEXT];
        m_dec_sum_format(row->amount, 2, amount);
        text = fin_text(w, "%s%s %s;", text, fin_bank_row_kinds[row->kind], amount);
    }
    ck_assert_str_eq(text, wanted);
}

/* The ledger line of the bank account with this amount that has no match, as input. */
static const char *entry_of(const char *as_of, const char *amount)
{
    m_list rows = reconciled(as_of);
    for (M_EACH(const fin_bank_reconciliation_row, row, rows))
        if (row->seq && row->amount == test_dec(amount).u)
            return fin_text(w, "{\"seq\":%lld,\"line_no\":%lld}", (long long)row->seq,
                            (long long)row->line_no);
    ck_abort_msg("no ledger line of %s", amount);
    return NULL;
}

static uint32_t matched_lines(void)
{
    uint32_t n;
    m_query all = {0};
    fin_begin(w);
    ck_assert_int_eq(m_store_count(w->store, w->call, &fin_bank_match_type, &all, 1000, &n), M_OK);
    fin_end(w, M_OK);
    return n;
}

/* The worked example of the domain rules: bank 52,300; a cheque of 4,000 not presented; a deposit
 * of 1,500 in transit; a charge of 118 not booked. */
static m_id worked_example(void)
{
    journal("2026-04-01", "52418", "CAP");
    journal("2026-04-20", "-4000", "CHQ7");
    journal("2026-04-29", "1500", "DEP3");
    static const char *const lines[] = {"2026-04-02 52418 CAP", "2026-04-25 -118 CHG", NULL};
    m_id id = statement("0", "52300", lines).id;
    m_document_reply matched = fin_act(w, STATEMENTS, id, "auto_match", NULL);
    fin_has(matched.body, "\"open_lines\":1");
    return id;
}

START_TEST(worked_example_adds_up)
{
    m_id id = worked_example();
    reconciles("2026-04-30",
               "bank_balance 52300.00;deposit_in_transit 1500.00;"
               "outstanding_payment -4000.00;not_booked 118.00;book_balance 49918.00;");
    fin_balance_is(w, "1120", "49918");
    fin_act(w, STATEMENTS, id, "charge", fin_text(w, "{\"line\":\"%s\"}", line_id(id, 1)));
    fin_balance_is(w, "1120", "49800");
    fin_balance_is(w, "5270", "118");
    reconciles("2026-04-30", "bank_balance 52300.00;deposit_in_transit 1500.00;"
                             "outstanding_payment -4000.00;book_balance 49800.00;");
    /* earlier days, as they were */
    reconciles("2026-04-24", "bank_balance 52418.00;outstanding_payment -4000.00;"
                             "book_balance 48418.00;");
    reconciles("2026-04-01",
               "bank_balance 0.00;deposit_in_transit 52418.00;book_balance 52418.00;");
    reconciles("2026-03-31", "bank_balance 0.00;book_balance 0.00;");
    reconciles("2027-06-30", "bank_balance 52300.00;older -2500.00;book_balance 49800.00;");
    fin_bank_statement s = stored(id);
    ck_assert_int_eq(s.open_lines, 0);
    ck_assert_int_eq(M_AT(s.lines, fin_bank_line, 0)->score, 80);
    ck_assert_int_eq(M_AT(s.lines, fin_bank_line, 0)->matched_by, FIN_BANK_BY_SCORE);
    ck_assert_int_eq(M_AT(s.lines, fin_bank_line, 1)->matched_by, FIN_BANK_BY_CHARGE);
    fin_act_refused(w, STATEMENTS, id, "charge", fin_text(w, "{\"line\":\"%s\"}", line_id(id, 1)),
                    "finance.bank.matched", "line");
}
END_TEST

START_TEST(undo_frees_both_sides)
{
    m_id id = worked_example();
    fin_act(w, STATEMENTS, id, "charge", fin_text(w, "{\"line\":\"%s\"}", line_id(id, 1)));
    ck_assert_uint_eq(matched_lines(), 2);
    fin_act_refused(w, STATEMENTS, id, "cancel", NULL, "finance.bank.has_matches", NULL);
    fin_act(w, STATEMENTS, id, "unmatch", "{\"match\":1}");
    reconciles("2026-04-30", "bank_balance 52300.00;deposit_in_transit 52418.00;"
                             "deposit_in_transit 1500.00;outstanding_payment -4000.00;"
                             "not_booked -52418.00;book_balance 49800.00;");
    fin_act(w, STATEMENTS, id, "unmatch", NULL); /* all: the charge is taken back too */
    ck_assert_uint_eq(matched_lines(), 0);
    fin_balance_is(w, "1120", "49918");
    fin_balance_is(w, "5270", "0");
    ck_assert_int_eq(stored(id).open_lines, 2);
    fin_act_refused(w, STATEMENTS, id, "unmatch", NULL, "finance.bank.no_match", "match");
    /* and again */
    fin_act(w, STATEMENTS, id, "auto_match", NULL);
    fin_act(w, STATEMENTS, id, "charge",
            fin_text(w,
                     "{\"line\":\"%s\",\"account\":\"%s\",\"cost_center\":\"%s\","
                     "\"narration\":\"SMS fee\"}",
                     line_id(id, 1), fin_account_text(w, "5250"), fin_center_text(w, "Main")));
    fin_balance_is(w, "5250", "118");
    reconciles("2026-04-30", "bank_balance 52300.00;deposit_in_transit 1500.00;"
                             "outstanding_payment -4000.00;book_balance 49800.00;");
    fin_act(w, STATEMENTS, id, "unmatch", NULL);
    fin_act(w, STATEMENTS, id, "cancel", NULL);
    reconciles("2026-04-30", "bank_balance 0.00;deposit_in_transit 52418.00;"
                             "deposit_in_transit 1500.00;outstanding_payment -4000.00;"
                             "book_balance 49918.00;");
}
END_TEST

START_TEST(by_hand)
{
    journal("2026-04-01", "60", "A");
    journal("2026-04-02", "40", "B");
    journal("2026-04-03", "-30", "C");
    static const char *const lines[] = {"2026-04-05 90 X", "2026-04-05 10 Y", "2026-04-06 -30 Z",
                                        NULL};
    m_id id = statement("0", "70", lines).id;
    const char *a = entry_of("2026-04-30", "60"), *b = entry_of("2026-04-30", "40"),
               *c = entry_of("2026-04-30", "-30");
    const char *x = line_id(id, 0), *y = line_id(id, 1), *z = line_id(id, 2);
    fin_act(w, STATEMENTS, id, "auto_match", NULL);
    ck_assert_int_eq(stored(id).open_lines, 3);
    fin_act_refused(w, STATEMENTS, id, "match",
                    fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s]}", x, a),
                    "finance.bank.sums", "entries");
    fin_has(w->call->error.message, "90.00 and 60.00");
    /* two for two */
    fin_act(w, STATEMENTS, id, "match",
            fin_text(w, "{\"lines\":[{\"line\":\"%s\"},{\"line\":\"%s\"}],\"entries\":[%s,%s]}", x,
                     y, a, b));
    ck_assert_int_eq(stored(id).open_lines, 1);
    fin_act_refused(w, STATEMENTS, id, "match",
                    fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s]}", x, c),
                    "finance.bank.matched", "lines[0].line");
    fin_act_refused(w, STATEMENTS, id, "match",
                    fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s]}", z, a),
                    "finance.bank.matched", "entries[0].seq");
    fin_act_refused(
        w, STATEMENTS, id, "match",
        fin_text(w, "{\"lines\":[{\"line\":\"%s\"},{\"line\":\"%s\"}],\"entries\":[%s]}", z, z, c),
        "finance.bank.matched", "lines[1].line");
    fin_act_refused(w, STATEMENTS, id, "match",
                    fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s,%s]}", z, c, c),
                    "finance.bank.matched", "entries[1].seq");
    fin_act_refused(w, STATEMENTS, id, "match",
                    fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s]}",
                             fin_id_text(w, test_id(99)), c),
                    "finance.bank.no_line", "lines[0].line");
    fin_act_refused(
        w, STATEMENTS, id, "match",
        fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[{\"seq\":1,\"line_no\":2}]}", z),
        "finance.bank.no_entry", "entries[0].seq");
    fin_act_refused(
        w, STATEMENTS, id, "charge",
        fin_text(w, "{\"line\":\"%s\",\"account\":\"%s\"}", z, fin_account_text(w, "1120")),
        "finance.bank.self", "account");
    fin_act_refused(
        w, STATEMENTS, id, "charge",
        fin_text(w, "{\"line\":\"%s\",\"account\":\"%s\"}", z, fin_account_text(w, "1130")),
        "finance.account.kept", "account"); /* what a customer pays is a receipt */
    fin_act_refused(w, STATEMENTS, id, "charge",
                    fin_text(w, "{\"line\":\"%s\"}", fin_id_text(w, test_id(99))),
                    "finance.bank.no_line", "line");
    fin_act(w, STATEMENTS, id, "match",
            fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s]}", z, c));
    reconciles("2026-04-30", "bank_balance 70.00;book_balance 70.00;");
}
END_TEST

START_TEST(payments_are_known_by_reference_and_name)
{
    fin_create(w, "payments", "submit",
               fin_text(w,
                        "{\"supplier\":\"%s\",\"posting_date\":\"2026-04-01\",\"amount\":\"500\","
                        "\"reference\":\"CHQ11\"}",
                        fin_id_text(w, test_id(SUPPLIER))));
    fin_create(w, "receipts", "submit",
               fin_text(w,
                        "{\"customer\":\"%s\",\"posting_date\":\"2026-04-01\",\"amount\":\"800\","
                        "\"reference\":\"UTR5\"}",
                        fin_id_text(w, test_id(CUSTOMER))));
    m_document_reply s =
        fin_create(w, STATEMENTS, "submit",
                   fin_text(w,
                            "{\"account\":\"%s\",\"closing_balance\":\"300\",\"lines\":["
                            "{\"date\":\"2026-04-08\",\"amount\":\"-500\",\"reference\":\"chq11\","
                            "\"narration\":\"To ASSAM TEA CO Dibrugarh\"},"
                            "{\"date\":\"2026-04-09\",\"amount\":\"800\",\"reference\":\"UTR5\"}]}",
                            fin_account_text(w, "1120")));
    m_list rows;
    fin_bank_suggestions_params params = {.statement = s.id};
    ck_assert_int_eq(fin_report(w, &fin_bank_suggestions_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    const fin_bank_suggestion_row *first = rows.items;
    ck_assert_int_eq(first[0].score, 80); /* reference, seven days, name */
    ck_assert(first[0].certain && m_str_is(first[0].party, "Assam Tea Co"));
    ck_assert_int_eq(first[1].score, 60);
    ck_assert(!first[1].certain && m_str_is(first[1].party, "Hotel Savali"));
    fin_has(fin_act(w, STATEMENTS, s.id, "auto_match", NULL).body, "\"open_lines\":1");
    /* a policy of the tenant */
    w->policy = "finance.bank_auto_score";
    w->policy_value = m_dec_of_int(60);
    fin_has(fin_act(w, STATEMENTS, s.id, "auto_match", NULL).body, "\"open_lines\":0");
    reconciles("2026-04-30", "bank_balance 300.00;book_balance 300.00;");
}
END_TEST

START_TEST(a_cancelled_voucher_is_no_candidate)
{
    m_id gone = journal("2026-04-01", "75", "G");
    fin_act(w, "journal-vouchers", gone, "cancel", NULL);
    static const char *const lines[] = {"2026-04-01 75 G", NULL};
    m_id id = statement("0", "75", lines).id;
    fin_has(fin_act(w, STATEMENTS, id, "auto_match", NULL).body, "\"open_lines\":1");
    reconciles("2026-04-30", "bank_balance 75.00;not_booked -75.00;book_balance 0.00;");
}
END_TEST

START_TEST(a_matched_voucher_stays)
{
    m_id known = journal("2026-04-01", "75", "G");
    static const char *const lines[] = {"2026-04-01 75 G", NULL};
    m_id id = statement("0", "75", lines).id;
    fin_act(w, STATEMENTS, id, "auto_match", NULL);
    fin_act_refused(w, "journal-vouchers", known, "cancel", NULL, "finance.voucher.matched", NULL);
    reconciles("2026-04-30", "bank_balance 75.00;book_balance 75.00;");
    fin_act(w, STATEMENTS, id, "unmatch", NULL);
    fin_act(w, "journal-vouchers", known, "cancel", NULL);
    fin_balance_is(w, "1120", "0");
}
END_TEST

START_TEST(an_opening_balance_is_told)
{
    journal("2026-04-01", "100", "CAP");
    static const char *const lines[] = {"2026-04-03 5 I", NULL};
    m_id id = statement("100", "105", lines).id;
    reconciles("2026-04-30",
               "bank_balance 105.00;brought_forward -100.00;deposit_in_transit 100.00;"
               "not_booked -5.00;book_balance 100.00;");
    fin_act(w, STATEMENTS, id, "charge", fin_text(w, "{\"line\":\"%s\"}", line_id(id, 0)));
    fin_balance_is(w, "4400", "-5"); /* interest received */
}
END_TEST

static void lock_april(void)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &years, 1), M_OK);
    m_id year = {{0}};
    for (uint32_t i = 0; i < years.count; i++) {
        const fin_fiscal_year *y = years.records[i];
        if (m_date_cmp(y->start, test_date("2026-04-01")) == 0) year = y->id;
    }
    fin_end(w, M_OK);
    fin_act(w, "fiscal-years", year, "lock", "{\"number\":1}");
}

START_TEST(a_locked_line_holds_up_no_other)
{
    journal("2026-04-02", "10", "A");
    journal("2026-05-02", "20", "B");
    static const char *const lines[] = {"2026-04-02 10 A", "2026-05-02 20 B", NULL};
    m_id id = statement("0", "30", lines).id;
    lock_april();
    fin_has(fin_act(w, STATEMENTS, id, "auto_match", NULL).body, "\"open_lines\":1");
    fin_has(fin_act(w, STATEMENTS, id, "auto_match", NULL).body, "\"open_lines\":1");
}
END_TEST

START_TEST(locked_with_the_period)
{
    m_id id = worked_example();
    lock_april();
    fin_act_refused(w, STATEMENTS, id, "unmatch", "{\"match\":1}", "finance.period.locked", NULL);
    fin_act_refused(w, STATEMENTS, id, "charge", fin_text(w, "{\"line\":\"%s\"}", line_id(id, 1)),
                    "finance.period.locked", NULL);
    const char *entry = entry_of("2026-04-30", "-4000");
    fin_act_refused(
        w, STATEMENTS, id, "match",
        fin_text(w, "{\"lines\":[{\"line\":\"%s\"}],\"entries\":[%s]}", line_id(id, 1), entry),
        "finance.period.locked", NULL);
}
END_TEST

/* An account in dollars has statements in dollars; its charge is booked at the rate of the day. */
START_TEST(an_account_in_another_currency)
{
    w->usd = test_dec("75");
    m_id account = fin_create(w, "accounts", NULL,
                              fin_text(w,
                                       "{\"code\":\"BankUSD\",\"name\":\"Dollars\",\"parent\":"
                                       "\"%s\",\"kind\":\"bank\",\"currency\":\"%s\"}",
                                       fin_account_text(w, "1100"), fin_id_text(w, test_id(USD))))
                       .id;
    fin_create(w, "journal-vouchers", "submit",
               fin_text(w,
                        "{\"posting_date\":\"2026-04-01\",\"reference\":\"W1\",\"lines\":["
                        "{\"account\":\"%s\",\"foreign_debit\":\"100\",\"currency\":\"%s\"},"
                        "{\"account\":\"%s\",\"credit\":\"7500\"}]}",
                        fin_id_text(w, account), fin_id_text(w, test_id(USD)),
                        fin_account_text(w, "3100")));
    m_id id = fin_create(w, STATEMENTS, "submit",
                         fin_text(w,
                                  "{\"account\":\"%s\",\"closing_balance\":\"98\",\"lines\":["
                                  "{\"date\":\"2026-04-01\",\"amount\":\"100\",\"reference\":"
                                  "\"W1\"},{\"date\":\"2026-04-02\",\"amount\":\"-2\"}]}",
                                  fin_id_text(w, account)))
                  .id;
    fin_has(fin_act(w, STATEMENTS, id, "auto_match", NULL).body, "\"open_lines\":1");
    fin_act(w, STATEMENTS, id, "charge", fin_text(w, "{\"line\":\"%s\"}", line_id(id, 1)));
    fin_balance_is(w, "5270", "150");
    fin_balance_is(w, "BankUSD", "7350");
    m_list rows;
    fin_bank_reconciliation_params params = {.account = account, .as_of = test_date("2026-04-30")};
    ck_assert_int_eq(fin_report(w, &fin_bank_reconciliation_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    const fin_bank_reconciliation_row *first = rows.items;
    ck_assert(first[0].amount == test_dec("98").u && first[1].amount == test_dec("98").u);
    fin_act(w, STATEMENTS, id, "unmatch", NULL);
    fin_balance_is(w, "BankUSD", "7500");
    ck_assert_int_eq(fin_report(w, &fin_bank_reconciliation_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 5); /* both sides are open again */
}
END_TEST

/* Random books and statements: bank and books add up on every day (the report refuses otherwise),
 * and undoing everything leaves nothing behind. */
START_TEST(it_adds_up_on_every_day)
{
    uint64_t state = 4711;
    const char *lines = "";
    int64_t balance = 0;
    for (int i = 0; i < 40; i++) {
        state = state * 6364136223846793005u + 1442695040888963407u;
        int day = 1 + i / 2;
        int amount = (int)((state >> 33) % 9 + 1) * ((state >> 60) & 1 ? -10 : 10);
        if ((state >> 40) % 4)
            journal(fin_text(w, "2026-04-%02d", day), fin_text(w, "%d", amount),
                    fin_text(w, "R%d", i));
        if ((state >> 44) % 4 == 0) continue;
        balance += amount;
        lines =
            fin_text(w, "%s%s{\"date\":\"2026-04-%02d\",\"amount\":\"%d\",\"reference\":\"R%d\"}",
                     lines, *lines ? "," : "", day + (int)((state >> 50) % 4), amount, i);
    }
    m_id id = fin_create(w, STATEMENTS, "submit",
                         fin_text(w,
                                  "{\"account\":\"%s\",\"from_date\":\"2026-04-01\","
                                  "\"to_date\":\"2026-04-30\",\"closing_balance\":\"%lld\","
                                  "\"lines\":[%s]}",
                                  fin_account_text(w, "1120"), (long long)balance, lines))
                  .id;
    for (int day = 1; day <= 30; day++)
        reconciled(fin_text(w, "2026-04-%02d", day));
    fin_act(w, STATEMENTS, id, "auto_match", NULL);
    fin_bank_statement s = stored(id);
    ck_assert_int_lt(s.open_lines, s.lines.count);
    for (int day = 1; day <= 30; day++)
        reconciled(fin_text(w, "2026-04-%02d", day));
    fin_act(w, STATEMENTS, id, "unmatch", NULL);
    ck_assert_uint_eq(matched_lines(), 0);
}
END_TEST

int main(void)
{
    TCase *cases = tcase_create("bank_match");
    tcase_add_checked_fixture(cases, setup, teardown);
    tcase_add_test(cases, score);
    tcase_add_test(cases, pairs);
    tcase_add_test(cases, ties_are_only_suggested);
    tcase_add_test(cases, one_line_for_many);
    tcase_add_test(cases, worked_example_adds_up);
    tcase_add_test(cases, undo_frees_both_sides);
    tcase_add_test(cases, by_hand);
    tcase_add_test(cases, sales_are_not_reconciled);
    tcase_add_test(cases, payments_are_known_by_reference_and_name);
    tcase_add_test(cases, a_cancelled_voucher_is_no_candidate);
    tcase_add_test(cases, a_matched_voucher_stays);
    tcase_add_test(cases, an_opening_balance_is_told);
    tcase_add_test(cases, a_locked_line_holds_up_no_other);
    tcase_add_test(cases, locked_with_the_period);
    tcase_add_test(cases, an_account_in_another_currency);
    tcase_add_test(cases, it_adds_up_on_every_day);
    return fin_world_run(cases, "fin_bank_match");
}
