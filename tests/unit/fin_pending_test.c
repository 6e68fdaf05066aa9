/* Pending vouchers, finance's side alone: what a hold checks and keeps, what posting does when the
 * books cannot take it as told, and whom it asks. Over memory and over PostgreSQL. */
#include <check.h>
#include <stdlib.h>

#include "account/account.h"
#include "commitment/commitment.h"
#include "crosscheck/crosscheck.h"
#include "fin_world.h"
#include "ledger/ledger.h"
#include "m_adapters/infra.h"
#include "m_adapters/remote_ledger.h"
#include "pending_voucher/pending_voucher.h"
#include "posting_task/posting_task.h"

static fin_world world;
static fin_world *w = &world;
static m_deciding there; /* the other side's decisions, in the same store */

static void setup(void)
{
    fin_world_setup(w);
    there = m_decisions_of(&w->store);
    w->fin.deciding = there;
}

static void teardown(void)
{
    fin_world_teardown(w);
}

/* ---- vouchers ---- */

static m_id main_center(void)
{
    m_id id;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_center_text(w, "Main")), &id), M_OK);
    return id;
}

static m_ledger_line lines[4];

/* What is dearer than the goods themselves goes to the variance. */
static m_ledger_voucher voucher(uint32_t n, const char *stock, const char *variance,
                                const char *grni)
{
    m_id center = main_center();
    lines[0] =
        (m_ledger_line){.purpose = M_STR("stock"), .cost_center = center, .debit = test_dec(stock)};
    lines[1] = (m_ledger_line){
        .purpose = M_STR("purchase_variance"), .cost_center = center, .debit = test_dec(variance)};
    lines[2] =
        (m_ledger_line){.purpose = M_STR("grni"), .cost_center = center, .credit = test_dec(grni)};
    return (m_ledger_voucher){.voucher_id = test_id(500 + n),
                              .voucher_type = M_STR("goods_receipt"),
                              .posting_date = test_date("2026-04-01"),
                              .source_type = M_STR("wms.goods_receipt"),
                              .source_id = test_id(600 + n),
                              .lines = {lines, 3}};
}

static m_status hold(const m_ledger_voucher *in, uint32_t attempt)
{
    m_hold_voucher asked = {test_id(attempt), M_STR("wms"), *in};
    m_hold_result result;
    fin_begin(w);
    m_status status = m_ledger_pending_hold((m_ledger_pending){&fin_pending_ops, &w->fin}, w->call,
                                            &asked, &result);
    fin_end(w, status);
    return status;
}

static void tell(m_ledger_voucher in)
{
    in.voucher_no = M_STR("GRN-2026-00001");
    fin_begin(w);
    m_status status = fin_pending_confirm(&w->fin, w->call, M_STR("wms"), &in);
    ck_assert_msg(status == M_OK, "%.*s", M_STR_ARG(w->call->error.message));
    fin_end(w, M_OK);
}

static void reverse(m_ledger_voucher of, uint32_t n)
{
    m_ledger_reversal in = {.voucher_id = of.voucher_id,
                            .source_type = of.source_type,
                            .source_id = of.source_id,
                            .voucher_no = M_STR("GRN-2026-00001"),
                            .posting_date = of.posting_date,
                            .reversal_id = test_id(700 + n)};
    fin_begin(w);
    ck_assert_int_eq(fin_pending_reverse(&w->fin, w->call, M_STR("wms"), &in), M_OK);
    fin_end(w, M_OK);
}

static void is_code(const char *code)
{
    ck_assert_msg(m_str_is(w->call->error.code, code), "got %.*s, want %s",
                  M_STR_ARG(w->call->error.code), code);
}

static fin_pending row_of(m_id id)
{
    const fin_pending *row = NULL;
    fin_begin(w);
    ck_assert_int_eq(fin_pending_get(&w->fin, w->call, id, &row), M_OK);
    ck_assert_ptr_nonnull(row);
    fin_pending copy = *row;
    fin_end(w, M_OK);
    return copy;
}

/* The reasons of the only task. */
static m_str reasons(void)
{
    m_query all = {0};
    m_fetch read = {.type = &fin_posting_task_type, .query = &all};
    fin_begin(w);
    ck_assert_int_eq(m_store_fetch(w->store, w->call, &read, 1), M_OK);
    ck_assert_uint_le(read.count, 1);
    m_str text = read.count ? ((const fin_posting_task *)read.records[0])->reasons : M_STR("");
    text = m_str_of(m_arena_copy(w->call->arena, text.p, text.n));
    fin_end(w, M_OK);
    return text;
}

static void has_reason(const char *part)
{
    fin_has(reasons(), part);
}

static m_inquiry_result inquire(void)
{
    m_inquiry in = {0};
    m_inquiry_result out;
    fin_begin(w);
    ck_assert_int_eq(fin_pending_inquire(&w->fin, w->call, &in, &out), M_OK);
    fin_end(w, M_OK);
    return out;
}

/* ---- holding ---- */

START_TEST(a_hold_has_no_effect_in_any_balance)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    ck_assert_int_eq(hold(&in, 1), M_OK);
    ck_assert_uint_eq(fin_books_balance(w), 0);
    fin_pending row = row_of(in.voucher_id);
    ck_assert_int_eq(row.state, FIN_HELD);
    ck_assert(row.amount == test_dec("302").u);
    ck_assert(m_id_eq(row.actor, w->call->actor));
    ck_assert_uint_eq(row.ceilings.n, 3 * sizeof(fin_ceiling));
    tell(in);
    tell(in);
    ck_assert_uint_eq(fin_books_balance(w), 3);
    fin_balance_is(w, "1140", "300");
    row = row_of(in.voucher_id);
    ck_assert_int_eq(row.state, FIN_POSTED);
    ck_assert(m_str_is(row.voucher_no, "GRN-2026-00001"));
    ck_assert_uint_eq(reasons().n, 0);
}
END_TEST

START_TEST(a_hold_refuses_what_prepare_refuses)
{
    m_ledger_voucher in = voucher(1, "300", "2", "300");
    ck_assert_int_eq(hold(&in, 1), M_INVALID);
    is_code("finance.voucher.unbalanced");
    in = voucher(1, "300", "2", "302");
    in.posting_date = test_date("1999-01-01");
    ck_assert_int_eq(hold(&in, 1), M_PRECONDITION);
    is_code("finance.period.missing");
    in = voucher(1, "300", "2", "302");
    lines[0].purpose = M_STR("alchemy");
    ck_assert_int_eq(hold(&in, 1), M_PRECONDITION);
    is_code("finance.posting.unmapped");
}
END_TEST

/* The later attempt holds; what an earlier one asks late is granted and does nothing. */
START_TEST(attempts_follow_each_other)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 5), M_OK);
    in = voucher(1, "400", "2", "402");
    ck_assert_int_eq(hold(&in, 6), M_OK);
    in = voucher(1, "100", "2", "102");
    ck_assert_int_eq(hold(&in, 5), M_OK);
    fin_pending row = row_of(in.voucher_id);
    ck_assert(m_id_eq(row.attempt, test_id(6)));
    ck_assert(row.amount == test_dec("402").u);
}
END_TEST

static m_status hold_reversal(const m_ledger_voucher *of, uint32_t n, m_hold_result *out)
{
    static m_id lines_of[2];
    lines_of[0] = test_id(RECEIPT);
    lines_of[1] = test_id(RECEIPT + 1);
    m_hold_reversal in = {.attempt = test_id(n),
                          .caller = M_STR("wms"),
                          .reversal = {.voucher_id = of->voucher_id,
                                       .source_type = of->source_type,
                                       .source_id = of->source_id,
                                       .voucher_no = M_STR("GRN-2026-00001"),
                                       .reversal_id = test_id(700 + n),
                                       .source_lines = {lines_of, 2}}};
    fin_begin(w);
    m_status status = m_ledger_pending_hold_reversal((m_ledger_pending){&fin_pending_ops, &w->fin},
                                                     w->call, &in, out);
    fin_end(w, status);
    return status;
}

static m_status let_go(m_id id, uint32_t attempt)
{
    m_hold_end in = {id, test_id(attempt)};
    m_hold_result out;
    fin_begin(w);
    m_status status =
        m_ledger_pending_let_go((m_ledger_pending){&fin_pending_ops, &w->fin}, w->call, &in, &out);
    fin_end(w, status);
    return status;
}

/* A reversal keeps invoices away and is one; of what is not known there is none. */
START_TEST(reversals_are_held)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    m_hold_result result;
    ck_assert_int_eq(hold_reversal(&in, 1, &result), M_OK);
    ck_assert(!result.known);
    ck_assert_int_eq(hold(&in, 1), M_OK);
    ck_assert_int_eq(hold_reversal(&in, 1, &result), M_OK); /* it is on its way */
    ck_assert(result.known);
    ck_assert_int_eq(result.date.d, in.posting_date.d);
    tell(in);
    ck_assert_int_eq(hold_reversal(&in, 2, &result), M_PRECONDITION);
    is_code("finance.voucher.reversed");
    m_id line = fin_world_receive(w, "10", "30", "300");
    const char *body = fin_text(w,
                                "{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B-1\",\"lines\":"
                                "[{\"receipt_line\":\"%s\",\"qty\":\"10\"}]}",
                                fin_id_text(w, test_id(SUPPLIER)), fin_id_text(w, line));
    fin_create_refused(w, "purchase-invoices", "submit", body, "finance.voucher.held", NULL);
    ck_assert_int_eq(let_go(test_id(701), 1), M_OK);
    ck_assert_int_eq(row_of(test_id(701)).state, FIN_LET_GO);
    fin_create(w, "purchase-invoices", "submit", body);
    ck_assert_int_eq(hold_reversal(&in, 3, &result), M_PRECONDITION);
    is_code("finance.voucher.invoiced");
}
END_TEST

/* After a long time the ledger alone knows, and that is enough. */
START_TEST(old_rows_are_swept)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    tell(in);
    test_advance_us(w->call, 101 * INT64_C(86400000000));
    inquire();
    const fin_pending *row = NULL;
    fin_begin(w);
    ck_assert_int_eq(fin_pending_get(&w->fin, w->call, in.voucher_id, &row), M_OK);
    ck_assert_ptr_null(row);
    fin_end(w, M_OK);
    tell(in);
    ck_assert_int_eq(hold(&in, 2), M_OK);
    ck_assert_uint_eq(fin_books_balance(w), 3);
}
END_TEST

/* ---- commitments ---- */

static m_status hold_commitment(const m_commitment *in, uint32_t attempt, m_hold_result *out)
{
    m_hold_commitment asked = {.attempt = test_id(attempt),
                               .caller = M_STR("wms"),
                               .hold = m_commitment_hold(w->call, in->document),
                               .commitment = *in};
    fin_begin(w);
    m_status status = m_ledger_pending_hold_commitment(
        (m_ledger_pending){&fin_pending_ops, &w->fin}, w->call, &asked, out);
    fin_end(w, status);
    return status;
}

START_TEST(commitments_are_held)
{
    m_id account;
    m_hold_result result;
    ck_assert_int_eq(m_id_parse(m_str_of(fin_account_text(w, "5250")), &account), M_OK);
    m_commitment_line line = {.id = test_id(801),
                              .account = account,
                              .cost_center = main_center(),
                              .qty = test_dec("1"),
                              .amount = test_dec("600")};
    m_commitment in = {
        .document = test_id(800), .date = test_date("2026-04-01"), .lines = {&line, 1}};
    m_id id = m_commitment_hold(w->call, in.document);
    ck_assert_int_eq(hold_commitment(&in, 1, &result), M_OK);
    line.amount = test_dec("500"); /* the next attempt wants less */
    ck_assert_int_eq(hold_commitment(&in, 2, &result), M_OK);
    ck_assert(row_of(id).amount == test_dec("500").u);
    ck_assert_int_eq(let_go(id, 1), M_OK); /* too late */
    ck_assert_int_eq(row_of(id).state, FIN_HELD);
    in.document_no = M_STR("PO-2026-00001");
    fin_begin(w);
    ck_assert_int_eq(fin_pending_commit(&w->fin, w->call, M_STR("wms"), &in), M_OK);
    ck_assert_int_eq(fin_pending_commit(&w->fin, w->call, M_STR("wms"), &in), M_OK);
    fin_end(w, M_OK);
    ck_assert_int_eq(row_of(id).state, FIN_POSTED);
    const void *found = NULL;
    fin_begin(w);
    ck_assert_int_eq(m_store_get(w->store, w->call, &fin_commitment_type, line.id, &found), M_OK);
    const fin_commitment *kept = found;
    ck_assert(kept && kept->open.u == test_dec("500").u);
    ck_assert(m_str_is(kept->number, "PO-2026-00001"));
    fin_end(w, M_OK);
}
END_TEST

/* ---- what goes beyond ---- */

static const struct {
    const char *stock, *variance, *grni, *why;
} told[] = {
    {"300", "2", "302", NULL},
    {"250", "0", "250", NULL},
    {"301", "1", "302", "more than was checked"},
    {"400", "2", "402", "more than was checked"},
};

START_TEST(amounts_of_a_hold_are_ceilings)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    in = voucher(1, told[_i].stock, told[_i].variance, told[_i].grni);
    tell(in);
    fin_balance_is(w, "1140", told[_i].stock);
    if (told[_i].why)
        has_reason(told[_i].why);
    else
        ck_assert_uint_eq(reasons().n, 0);
}
END_TEST

START_TEST(other_accounts_than_held)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    lines[1].purpose = M_STR("stock_loss");
    tell(in);
    fin_balance_is(w, "5140", "2");
    has_reason("other accounts");
}
END_TEST

/* ---- what the books cannot take ---- */

START_TEST(what_is_unknown_goes_to_suspense)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    lines[1].purpose = M_STR("alchemy");
    tell(in);
    tell(in);
    fin_balance_is(w, "1140", "300");
    fin_balance_is(w, "2190", "2");
    ck_assert_uint_eq(fin_books_balance(w), 3);
    has_reason("alchemy");
    has_reason("suspense");
    ck_assert_int_eq(row_of(in.voucher_id).state, FIN_POSTED);
}
END_TEST

START_TEST(what_does_not_balance_is_balanced_there)
{
    m_ledger_voucher in = voucher(1, "300", "2", "300");
    lines[1].credit = test_dec("5"); /* both sides: 3 to the credit */
    tell(in);
    fin_balance_is(w, "1140", "300");
    fin_balance_is(w, "5120", "-3");
    fin_balance_is(w, "2120", "-300");
    fin_balance_is(w, "2190", "3");
    fin_books_balance(w);
    has_reason("either a debit or a credit");
}
END_TEST

START_TEST(amounts_in_two_currencies_that_do_not_fit)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    for (int i = 0; i < 3; i++)
        lines[i].currency = test_id(USD);
    lines[0].foreign_amount = test_dec("4");
    lines[2].foreign_amount = test_dec("-5");
    tell(in);
    fin_balance_is(w, "1140", "300");
    fin_balance_is(w, "2190", "0");
    ck_assert_uint_gt(reasons().n, 0);
}
END_TEST

START_TEST(the_next_open_day)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    in.posting_date = test_date("1999-01-01");
    tell(in); /* the next open day is today */
    has_reason("2026-04-01 instead of 1999-01-01");
    fin_balance_is(w, "1140", "300");
}
END_TEST

START_TEST(nothing_to_post_is_remembered)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    tell(voucher(1, "0", "0", "0"));
    ck_assert_int_eq(row_of(in.voucher_id).state, FIN_EMPTY);
    reverse(in, 1);
    ck_assert_int_eq(row_of(test_id(701)).state, FIN_EMPTY);
    ck_assert_uint_eq(fin_books_balance(w), 0);
}
END_TEST

START_TEST(a_mirror_that_is_there_already)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    tell(in);
    reverse(in, 1);
    fin_balance_is(w, "1140", "0");
    reverse(in, 1);
    reverse(in, 2); /* of another id */
    ck_assert_uint_eq(fin_books_balance(w), 6);
    has_reason("reversed before");
}
END_TEST

/* ---- asking ---- */

/* The other side's decisions are in the same store: what it answers is what is written there. */
START_TEST(asked_it_decides)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    test_advance_us(w->call, 61 * INT64_C(1000000));
    m_ledger_voucher young = voucher(2, "10", "0", "10");
    ck_assert_int_eq(hold(&young, 1), M_OK);
    m_inquiry_result result = inquire();
    ck_assert_int_eq(result.asked, 1);
    ck_assert_int_eq(result.let_go, 1);
    ck_assert_int_eq(result.oldest.us, m_now(w->call).us);
    ck_assert_int_eq(row_of(in.voucher_id).state, FIN_LET_GO);
    ck_assert_int_eq(hold(&in, 1), M_AGAIN);
    is_code("finance.pending.let_go");
    m_decision_row key = {.hold = in.voucher_id, .attempt = test_id(1)};
    const void *found = NULL;
    fin_begin(w);
    ck_assert_int_eq(m_store_get_key(w->store, w->call, &m_decision_type, &key, &found), M_OK);
    ck_assert_int_eq(((const m_decision_row *)found)->verdict, M_DECISION_ABORTED);
    fin_end(w, M_OK);
    in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 2), M_OK);
    w->fin.deciding = (m_deciding){NULL, NULL}; /* nobody there */
    test_advance_us(w->call, 61 * INT64_C(1000000));
    ck_assert_int_eq(inquire().unanswered, 2);
    ck_assert_int_eq(row_of(in.voucher_id).state, FIN_HELD);
    fin_pending_params params = {.caller = M_STR("wms")};
    m_list rows;
    ck_assert_int_eq(fin_report(w, &fin_pending_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 2);
    params.all = true;
    params.caller = M_STR("people");
    ck_assert_int_eq(fin_report(w, &fin_pending_report, &params, &rows), M_OK);
    ck_assert_uint_eq(rows.count, 0);
}
END_TEST

START_TEST(only_the_system_asks)
{
    m_inquiry in = {0};
    m_inquiry_result out;
    fin_begin(w);
    m_status status =
        m_ledger_pending_inquire((m_ledger_pending){&fin_pending_ops, &w->fin}, w->call, &in, &out);
    fin_end(w, status);
    ck_assert_int_eq(status, M_DENIED);
}
END_TEST

START_TEST(the_crosscheck_reads_the_ledger)
{
    m_ledger_voucher in = voucher(1, "300", "2", "302");
    ck_assert_int_eq(hold(&in, 1), M_OK);
    tell(in);
    reverse(in, 1);
    in = voucher(2, "10", "0", "10");
    tell(in);
    m_crosscheck value = {&fin_crosscheck_ops, &w->fin};
    m_crosscheck_span span = {M_STR("wms"), test_date("2026-03-30"), test_date("2026-04-02"), true};
    m_crosscheck_days days;
    fin_begin(w);
    ck_assert_int_eq(m_crosscheck_digests(value, w->call, &span, &days), M_OK);
    fin_end(w, M_OK);
    ck_assert_uint_eq(days.days.count, 1);
    const m_crosscheck_day *day = days.days.items;
    ck_assert_int_eq(day->vouchers, 3);
    ck_assert(day->voucher_sum == test_dec("312").u);
    ck_assert_int_eq(day->documents, 1); /* what was taken back is nothing */
    ck_assert(day->stock_sum == test_dec("10").u);
    m_crosscheck_rows rows;
    fin_begin(w);
    ck_assert_int_eq(m_crosscheck_list(value, w->call,
                                       &(m_crosscheck_date){M_STR("wms"), day->date, false}, &rows),
                     M_OK);
    fin_end(w, M_OK);
    ck_assert_uint_eq(rows.rows.count, 3);
    ck_assert(!rows.more);
    span.to = test_date("2028-01-01");
    fin_begin(w);
    m_status status = m_crosscheck_digests(value, w->call, &span, &days);
    fin_end(w, status);
    ck_assert_int_eq(status, M_INVALID);
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("fin_pending");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, a_hold_has_no_effect_in_any_balance);
    tcase_add_test(c, a_hold_refuses_what_prepare_refuses);
    tcase_add_test(c, attempts_follow_each_other);
    tcase_add_test(c, reversals_are_held);
    tcase_add_test(c, commitments_are_held);
    tcase_add_test(c, old_rows_are_swept);
    tcase_add_loop_test(c, amounts_of_a_hold_are_ceilings, 0, UNIT_COUNT(told));
    tcase_add_test(c, other_accounts_than_held);
    tcase_add_test(c, what_is_unknown_goes_to_suspense);
    tcase_add_test(c, what_does_not_balance_is_balanced_there);
    tcase_add_test(c, amounts_in_two_currencies_that_do_not_fit);
    tcase_add_test(c, the_next_open_day);
    tcase_add_test(c, nothing_to_post_is_remembered);
    tcase_add_test(c, a_mirror_that_is_there_already);
    tcase_add_test(c, asked_it_decides);
    tcase_add_test(c, only_the_system_asks);
    tcase_add_test(c, the_crosscheck_reads_the_ledger);
    return fin_world_run(c, "fin_pending");
}
