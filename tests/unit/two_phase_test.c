/* Posting in two phases, broken at every point: what stands in the failure table of two-phase
 * posting, row by row. Goods and finance are two processes with a store each. */
#include <check.h>
#include <stdlib.h>

#include "m/book_keeper.h"
#include "two_world.h"
#include "unit.h"

typedef struct {
    const char *depot, *supplier, *item, *center;
} company;
static company C;

static const char *made(const char *module, const char *collection, const char *body)
{
    return two_id(two_make(module, collection, NULL, body).id);
}

static void set_up(void)
{
    two_open(true, true);
    C.center = two_code("finance.cost_center", "Main");
    C.depot =
        made("wms", "warehouses",
             two_text("{\"code\":\"DEPOT\",\"name\":\"Depot\",\"cost_center\":\"%s\"}", C.center));
    C.supplier = made("core", "suppliers", "{\"code\":\"S1\",\"name\":\"Assam Tea Co\"}");
    C.item = made("core", "items",
                  two_text("{\"code\":\"RICE\",\"name\":\"Rice\",\"stock_unit\":\"%s\","
                           "\"valuation\":\"fifo\"}",
                           two_code("core.unit", "Kg")));
}

/* ---- documents ---- */

static request draft_receipt(const char *qty, const char *rate)
{
    m_document_reply order =
        two_make("wms", "purchase-orders", "submit",
                 two_text("{\"supplier\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\","
                          "\"qty\":\"%s\",\"rate\":\"%s\"}]}",
                          C.supplier, C.depot, C.item, qty, rate));
    m_document_reply receipt = two_make("wms", "goods-receipts", NULL,
                                        two_text("{\"purchase_order\":\"%s\"}", two_id(order.id)));
    return (request){
        .module = "wms", .collection = "goods-receipts", .action = "submit", .id = receipt.id};
}

static m_document_reply received(const char *qty, const char *rate)
{
    request r = draft_receipt(qty, rate);
    ck_assert_int_eq(two_ask(&r), M_OK);
    return r.reply;
}

static m_status act(process *p, void *arg)
{
    request *r = arg;
    m_document_request in = {.module = m_str_of(r->module),
                             .collection = m_str_of(r->collection),
                             .id = r->id,
                             .action = m_str_of(r->action)};
    return m_documents_act(p->documents, p->call, &in, &r->reply);
}

/* ---- messages ---- */

#define ROWS_MAX 100
static m_outbox_row rows[ROWS_MAX];

/* Events of one type that are not told yet, at the front of `rows`; the others are told. */
static uint32_t kept_back(const char *type)
{
    m_outbox_row all[ROWS_MAX];
    uint32_t n = two_outbox(T.goods, all, ROWS_MAX), kept = 0;
    for (uint32_t i = 0; i < n; i++)
        if (m_str_is(all[i].type, type)) rows[kept++] = all[i];
    return kept;
}

typedef struct {
    m_inquiry in;
    m_inquiry_result out;
} inquiry;

static m_status ask_back(process *p, void *arg)
{
    m_iface value = two_provided(p, "ledger_pending");
    inquiry *both = arg;
    p->call->system = true;
    m_status status = m_ledger_pending_inquire((m_ledger_pending){value.ops, value.self}, p->call,
                                               &both->in, &both->out);
    p->call->system = false;
    return status;
}

static m_inquiry_result inquire(int64_t older_than_s)
{
    inquiry both = {.in = {.older_than_s = older_than_s}};
    ck_assert_int_eq(two_run(T.finance, ask_back, &both), M_OK);
    return both.out;
}

/* ---- what is there ---- */

static uint32_t of_type(process *p, const char *type_name)
{
    const m_type *type = m_registry_type(p->registry, m_str_of(type_name));
    ck_assert_ptr_nonnull(type);
    return two_count(p, type, NULL);
}

static uint32_t vouchers(void)
{
    return two_count(T.finance, &m_book_event_type, NULL);
}

/* Pending vouchers in this state: held, waiting, posted, empty, let_go. */
static uint32_t pendings(m_enum state)
{
    const m_type *type = m_registry_type(T.finance->registry, M_STR("finance.pending_voucher"));
    m_filter filter = {"state", M_OP_EQ, &state};
    return two_count(T.finance, type, &filter);
}
enum { HELD, WAITING, POSTED, EMPTY, LET_GO };

static uint32_t tasks(void)
{
    return of_type(T.finance, "finance.posting_task");
}

static m_id this_year(void)
{
    m_date start = test_date("2026-04-01");
    const void *year = NULL;
    two_begin(T.finance);
    ck_assert_int_eq(
        m_store_find_one(T.finance->store, T.finance->call,
                         m_registry_type(T.finance->registry, M_STR("finance.fiscal_year")),
                         "start", &start, &year),
        M_OK);
    ck_assert_ptr_nonnull(year);
    m_id id = ((const m_doc *)year)->id;
    two_end(T.finance);
    return id;
}

/* A move of the fiscal year for April. */
static m_status period(const char *action)
{
    request r = {.module = "finance",
                 .collection = "fiscal-years",
                 .action = action,
                 .body = "{\"start\":\"2026-04-01\"}",
                 .id = this_year()};
    return two_ask(&r);
}

static void is_posted(const char *stock)
{
    two_balance_is("1140", stock);
    ck_assert_uint_eq(vouchers(), 1);
    ck_assert_uint_eq(pendings(POSTED), 1);
    ck_assert_uint_eq(pendings(HELD), 0);
    ck_assert_uint_eq(tasks(), 0);
}

/* ---- rows 1 to 7 ---- */

/* 1: nothing was committed anywhere. */
START_TEST(before_any_commit_there_is_nothing)
{
    request r = draft_receipt("10", "30");
    T.cut = true;
    two_refused(T.goods, two_ask(&r), "core.unavailable");
    ck_assert_uint_eq(of_type(T.finance, "finance.pending_voucher"), 0);
    ck_assert_uint_eq(two_count(T.goods, &m_decision_type, NULL), 0);
}
END_TEST

/* 2: finance holds, the other side dies. Asked, it writes down that it never will; the attempt that
 * comes back to life is refused, a new one is not. */
START_TEST(a_hold_without_a_decision_is_let_go_by_asking)
{
    request r = draft_receipt("10", "30");
    T.stop = true;
    ck_assert_int_eq(two_run(T.goods, act, &r), M_AGAIN);
    T.stop = false;
    ck_assert_uint_eq(pendings(HELD), 1);
    ck_assert_uint_eq(vouchers(), 0);
    two_balance_is("1140", "0");
    two_refused(T.finance, period("lock"), "finance.period.pending");
    ck_assert_int_eq(inquire(0).asked, 0); /* it is young */
    test_advance_us(T.goods->call, 61 * INT64_C(1000000));
    m_inquiry_result result = inquire(0);
    ck_assert_int_eq(result.asked, 1);
    ck_assert_int_eq(result.let_go, 1);
    ck_assert_int_eq(result.oldest.us, 0);
    ck_assert_uint_eq(pendings(LET_GO), 1);
    two_refused(T.goods, two_go_on(T.goods, act, &r), "core.remote.let_go");
    ck_assert_uint_eq(two_outbox(T.goods, rows, ROWS_MAX) && kept_back("ledger.confirmed"), 0);
    ck_assert_int_eq(two_run(T.goods, act, &r), M_OK);
    two_carry();
    is_posted("300");
    ck_assert_int_eq(period("lock"), M_OK);
}
END_TEST

/* 3: the reply is lost: the question comes again. */
START_TEST(a_question_asked_twice_holds_once)
{
    T.twice = true;
    received("10", "30");
    ck_assert_uint_eq(pendings(HELD), 1);
    two_carry();
    is_posted("300");
}
END_TEST

/* 4: committed, nothing told yet. */
START_TEST(until_it_is_told_it_is_pending)
{
    received("10", "30");
    ck_assert_uint_eq(pendings(HELD), 1);
    ck_assert_uint_eq(vouchers(), 0);
    two_balance_is("1140", "0");
    two_refused(T.finance, period("lock"), "finance.period.pending");
    two_carry();
    is_posted("300");
}
END_TEST

/* 5 and 7: told, and told again, because either side forgot. */
START_TEST(told_twice_posted_once)
{
    received("10", "30");
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 1);
    two_deliver(&rows[0]);
    two_deliver(&rows[0]);
    is_posted("300");
    two_carry();
    is_posted("300");
}
END_TEST

/* 6: the event is lost. Asking heals it, and what comes late after all does nothing. */
START_TEST(a_lost_event_is_healed_by_asking)
{
    received("10", "30");
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 1);
    test_advance_us(T.goods->call, 61 * INT64_C(1000000));
    m_inquiry_result result = inquire(0);
    ck_assert_int_eq(result.asked, 1);
    ck_assert_int_eq(result.posted, 1);
    is_posted("300");
    two_carry();
    is_posted("300");
    ck_assert_int_eq(inquire(1).asked, 0);
}
END_TEST

/* ---- rows 8 to 14 ---- */

static void forget(const char *type_name)
{
    const m_type *type = m_registry_type(T.finance->registry, m_str_of(type_name));
    m_query all = {0};
    m_fetch read = {.type = type, .query = &all};
    two_begin(T.finance);
    ck_assert_int_eq(m_store_fetch(T.finance->store, T.finance->call, &read, 1), M_OK);
    for (uint32_t i = 0; i < read.count; i++)
        ck_assert_int_eq(m_store_remove(T.finance->store, T.finance->call, type, read.records[i]),
                         M_OK);
    two_end(T.finance);
}

static m_status hold_again(process *p, void *arg)
{
    m_iface value = two_provided(p, "ledger_pending");
    m_hold_result result;
    return m_ledger_pending_hold((m_ledger_pending){value.ops, value.self}, p->call, arg, &result);
}

/* 8: told before it was held: a hold and a post; the hold that comes late changes nothing. */
START_TEST(told_before_it_was_held)
{
    m_document_reply receipt = received("10", "30");
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 1);
    forget("finance.pending_voucher");
    two_deliver(&rows[0]);
    is_posted("300");
    m_hold_voucher late = {
        .attempt = test_id(7),
        .caller = M_STR("wms"),
        .voucher = {.voucher_id = m_voucher_id(T.goods->call, receipt.id, "post"),
                    .posting_date = test_date("2026-04-01"),
                    .source_id = receipt.id}};
    ck_assert_int_eq(two_run(T.finance, hold_again, &late), M_OK);
    is_posted("300");
    forget("finance.pending_voucher"); /* even if nobody knew: the voucher is there */
    two_deliver(&rows[0]);
    is_posted("300");
}
END_TEST

/* 9 and 13: as long as nobody answers nothing is given up, however long it takes. */
START_TEST(time_alone_ends_nothing)
{
    received("10", "30");
    T.cut = true;
    for (int hours = 0; hours < 3; hours++) {
        test_advance_us(T.goods->call, 3600 * INT64_C(1000000));
        m_inquiry_result result = inquire(0);
        ck_assert_int_eq(result.unanswered, 1);
        ck_assert_int_eq(result.let_go, 0);
        ck_assert_int_ne(result.oldest.us, 0);
        ck_assert_int_eq(inquire(0).asked, 0); /* not again at once */
    }
    ck_assert_uint_eq(pendings(HELD), 1);
    request r = draft_receipt("1", "1");
    two_refused(T.goods, two_ask(&r), "core.unavailable");
    T.cut = false;
    ck_assert_int_eq(two_ask(&r), M_OK);
    two_carry();
    two_balance_is("1140", "301");
    ck_assert_uint_eq(pendings(POSTED), 2);
}
END_TEST

/* 10: a period is locked before the event comes, because nobody knew of it: the next open day, and
 * a task. */
START_TEST(a_locked_period_moves_the_voucher_and_makes_a_task)
{
    m_document_reply receipt = received("10", "30");
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 1);
    forget("finance.pending_voucher");
    ck_assert_int_eq(period("lock"), M_OK);
    two_deliver(&rows[0]);
    two_deliver(&rows[0]);
    two_balance_is("1140", "300");
    two_balance_is("2190", "0");
    ck_assert_uint_eq(vouchers(), 1);
    ck_assert_uint_eq(tasks(), 1);
    m_date may = test_date("2026-05-01");
    m_filter filter = {"posting_date", M_OP_EQ, &may};
    ck_assert_uint_eq(two_count(T.finance, &m_book_event_type, &filter), 1);
    /* the mirror of it finds its way as well */
    request cancel = {
        .module = "wms", .collection = "goods-receipts", .action = "cancel", .id = receipt.id};
    two_refused(T.goods, two_ask(&cancel), "finance.period.locked");
    ck_assert_int_eq(period("reopen"), M_OK);
    ck_assert_int_eq(two_ask(&cancel), M_OK);
    two_carry();
    two_balance_is("1140", "0");
    ck_assert_uint_eq(vouchers(), 2);
}
END_TEST

/* 11: cancelled while the event is on its way, told in order and not. */
START_TEST(cancelled_while_it_is_on_its_way)
{
    m_document_reply receipt = received("10", "30");
    two_act("wms", "goods-receipts", receipt.id, "cancel");
    ck_assert_uint_eq(pendings(HELD), 2);
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 1);
    m_outbox_row confirmed = rows[0];
    ck_assert_uint_eq(kept_back("ledger.reversed"), 1);
    m_outbox_row reversed = rows[0];
    bool in_order = _i == 0;
    two_deliver(in_order ? &confirmed : &reversed);
    ck_assert_uint_eq(pendings(WAITING), !in_order);
    two_balance_is("1140", in_order ? "300" : "0");
    two_deliver(in_order ? &reversed : &confirmed);
    two_deliver(&reversed);
    two_deliver(&confirmed);
    two_balance_is("1140", "0");
    ck_assert_uint_eq(vouchers(), 2);
    ck_assert_uint_eq(pendings(POSTED), 2);
    ck_assert_uint_eq(tasks(), 0);
}
END_TEST

/* A reversal that waits for what is lost: the original is asked for. */
START_TEST(a_waiting_reversal_asks_for_its_original)
{
    m_document_reply receipt = received("10", "30");
    two_act("wms", "goods-receipts", receipt.id, "cancel");
    ck_assert_uint_eq(kept_back("ledger.reversed"), 1);
    forget("finance.pending_voucher");
    two_deliver(&rows[0]);
    ck_assert_uint_eq(pendings(WAITING), 1);
    two_refused(T.finance, period("lock"), "finance.period.pending");
    ck_assert_int_eq(inquire(1).asked, 0);
    test_advance_us(T.goods->call, 61 * INT64_C(1000000));
    ck_assert_int_eq(inquire(0).posted, 1);
    ck_assert_uint_eq(vouchers(), 2);
    two_balance_is("1140", "0");
    ck_assert_uint_eq(pendings(POSTED), 2);
}
END_TEST

static bool sides_agree(void)
{
    m_crosscheck_span span = {.caller = M_STR("wms"),
                              .from = test_date("2026-03-01"),
                              .to = test_date("2026-05-31"),
                              .stock = true};
    m_crosscheck_days days[2];
    process *of[2] = {T.goods, T.finance};
    for (int i = 0; i < 2; i++) {
        m_iface value = two_provided(of[i], "crosscheck");
        two_begin(of[i]);
        ck_assert_int_eq(m_crosscheck_digests((m_crosscheck){value.ops, value.self}, of[i]->call,
                                              &span, &days[i]),
                         M_OK);
        two_end(of[i]);
    }
    if (days[0].days.count != days[1].days.count) return false;
    for (uint32_t i = 0; i < days[0].days.count; i++)
        if (!m_record_equal(&m_crosscheck_day_type, M_AT(days[0].days, m_crosscheck_day, i),
                            M_AT(days[1].days, m_crosscheck_day, i)))
            return false;
    return true;
}

/* 12: finance comes back from an old copy: what is told again rebuilds it; until then the
 * crosscheck shows it, row by row. */
START_TEST(an_old_copy_of_finance_is_seen_and_heals)
{
    received("10", "30");
    received("5", "41.5");
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 2);
    m_outbox_row kept[2] = {rows[0], rows[1]};
    two_carry();
    ck_assert(sides_agree());
    two_balance_is("1140", "507.5");
    two_restore();
    two_balance_is("1140", "0");
    ck_assert(!sides_agree());
    m_crosscheck_date day = {M_STR("wms"), test_date("2026-04-01"), true};
    m_crosscheck_rows listed;
    m_iface value = two_provided(T.goods, "crosscheck");
    two_begin(T.goods);
    ck_assert_int_eq(
        m_crosscheck_list((m_crosscheck){value.ops, value.self}, T.goods->call, &day, &listed),
        M_OK);
    two_end(T.goods);
    ck_assert_uint_eq(listed.rows.count, 4);
    two_deliver(&kept[1]);
    two_deliver(&kept[0]);
    ck_assert(sides_agree());
    two_balance_is("1140", "507.5");
}
END_TEST

/* 14: after the commit the books cannot take it: to suspense, balanced, with a task, once. */
START_TEST(a_closed_account_goes_to_suspense)
{
    received("10", "30");
    ck_assert_uint_eq(kept_back("ledger.confirmed"), 1);
    m_id account;
    ck_assert_int_eq(m_id_parse(m_str_of(two_code("finance.account", "2120")), &account), M_OK);
    const m_type *type = m_registry_type(T.finance->registry, M_STR("finance.account"));
    const void *stored = NULL;
    two_begin(T.finance);
    ck_assert_int_eq(m_store_need(T.finance->store, T.finance->call, type, account, &stored), M_OK);
    void *closed = m_record_copy(type, stored, T.finance->call->arena);
    *(bool *)m_field_at(type, m_field_find(type, M_STR("active")), closed) = false;
    ((m_doc *)closed)->version++;
    ck_assert_int_eq(m_store_update(T.finance->store, T.finance->call, type, closed), M_OK);
    two_end(T.finance);
    two_deliver(&rows[0]);
    two_deliver(&rows[0]);
    two_balance_is("1140", "300");
    two_balance_is("2120", "0");
    two_balance_is("2190", "-300");
    ck_assert_uint_eq(vouchers(), 1);
    ck_assert_uint_eq(tasks(), 1);
    const m_type *task_type = m_registry_type(T.finance->registry, M_STR("finance.posting_task"));
    m_query all = {0};
    m_fetch read = {.type = task_type, .query = &all};
    two_begin(T.finance);
    ck_assert_int_eq(m_store_fetch(T.finance->store, T.finance->call, &read, 1), M_OK);
    m_id task = ((const m_doc *)read.records[0])->id;
    two_end(T.finance);
    request r = {.module = "finance",
                 .collection = "posting-tasks",
                 .action = "settle",
                 .body = "{\"remarks\":\"moved by JV-1\"}",
                 .id = task};
    ck_assert_int_eq(two_ask(&r), M_OK);
    request again = r;
    two_refused(T.finance, two_ask(&again), "core.state.not_allowed");
}
END_TEST

/* ---- what a hold keeps ---- */

/* Goods that are just being cancelled are not billed; when that is given up they are again. */
START_TEST(a_held_reversal_keeps_invoices_away)
{
    m_document_reply receipt = received("10", "30");
    two_carry();
    request cancel = {
        .module = "wms", .collection = "goods-receipts", .action = "cancel", .id = receipt.id};
    T.stop = true;
    ck_assert_int_eq(two_run(T.goods, act, &cancel), M_AGAIN);
    T.stop = false;
    ck_assert_uint_eq(pendings(HELD), 1);
    request bill = {.module = "finance",
                    .collection = "purchase-invoices",
                    .action = "submit",
                    .body = two_text("{\"supplier\":\"%s\",\"supplier_invoice_no\":\"B-1\","
                                     "\"lines\":[{\"receipt_line\":\"%s\",\"qty\":\"10\"}]}",
                                     C.supplier, two_member(receipt, "id", 1))};
    two_refused(T.finance, two_ask(&bill), "finance.voucher.held");
    test_advance_us(T.goods->call, 61 * INT64_C(1000000));
    ck_assert_int_eq(inquire(0).let_go, 1);
    ck_assert_int_eq(two_ask(&bill), M_OK);
    two_refused(T.goods, two_run(T.goods, act, &cancel), "finance.voucher.invoiced");
}
END_TEST

static void limit(const char *account, const char *amount)
{
    two_make("finance", "budgets", NULL,
             two_text("{\"cost_center\":\"%s\",\"account\":\"%s\",\"fiscal_year\":\"%s\","
                      "\"amount\":\"%s\",\"action\":\"stop\"}",
                      C.center, two_code("finance.account", account), two_id(this_year()), amount));
}

static request issue(const char *qty)
{
    m_document_reply draft =
        two_make("wms", "stock-issues", NULL,
                 two_text("{\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":\"%s\"}]}",
                          C.depot, C.item, qty));
    return (request){
        .module = "wms", .collection = "stock-issues", .action = "submit", .id = draft.id};
}

/* What is held counts as used, whether it is decided or not; what is let go does not. */
START_TEST(a_hold_uses_its_budget)
{
    received("10", "30");
    two_carry();
    limit("5150", "200");
    request first = issue("5"), second = issue("4"), third = issue("1");
    T.stop = true;
    ck_assert_int_eq(two_run(T.goods, act, &first), M_AGAIN);
    T.stop = false;
    two_refused(T.goods, two_run(T.goods, act, &second), "finance.budget.exceeded");
    ck_assert_int_eq(two_run(T.goods, act, &third), M_OK);
    test_advance_us(T.goods->call, 61 * INT64_C(1000000));
    m_inquiry_result result = inquire(0); /* the first is let go, the third is posted */
    ck_assert_int_eq(result.let_go, 1);
    ck_assert_int_eq(result.posted, 1);
    ck_assert_uint_eq(of_type(T.finance, "finance.commitment"), 0);
    ck_assert_int_eq(two_run(T.goods, act, &second), M_OK);
    two_carry();
    two_balance_is("5150", "150");
    ck_assert_uint_eq(tasks(), 0);
}
END_TEST

/* The cost changed between the hold and the commit: asked anew, and nobody has to look at it. */
START_TEST(more_than_was_held_is_asked_anew)
{
    received("5", "30");
    received("5", "40");
    two_carry();
    request first = issue("5"), second = issue("5");
    T.stop = true;
    ck_assert_int_eq(two_run(T.goods, act, &second), M_AGAIN); /* holds 150 */
    T.stop = false;
    m_answers *answers = T.goods->answers;
    T.goods->answers = m_answers_new(0);
    ck_assert_int_eq(two_run(T.goods, act, &first), M_OK); /* takes the cheap ones */
    m_answers_free(T.goods->answers);
    T.goods->answers = answers;
    uint32_t before = T.questions;
    ck_assert_int_eq(two_go_on(T.goods, act, &second), M_OK);
    ck_assert_uint_eq(T.questions, before + 1);
    two_carry();
    two_balance_is("5150", "350");
    ck_assert_uint_eq(tasks(), 0);
    ck_assert(sides_agree());
}
END_TEST

/* A worker that knows its transaction was refused says so at once. */
START_TEST(what_was_refused_may_be_let_go_at_once)
{
    received("10", "30");
    two_carry();
    request r = issue("4");
    T.stop = true;
    ck_assert_int_eq(two_run(T.goods, act, &r), M_AGAIN);
    T.stop = false;
    m_hold_end held[4], kept;
    ck_assert_uint_eq(m_remote_held(T.goods->answers, held, 4), 1);
    kept = held[0];
    kept.attempt = test_id(9);
    m_iface value = two_provided(T.finance, "ledger_pending");
    m_ledger_pending pending = {value.ops, value.self};
    m_hold_result result;
    two_begin(T.finance);
    ck_assert_int_eq(m_ledger_pending_let_go(pending, T.finance->call, &kept, &result), M_OK);
    ck_assert(!result.known); /* of another attempt */
    ck_assert_int_eq(m_ledger_pending_let_go(pending, T.finance->call, &held[0], &result), M_OK);
    ck_assert(result.known);
    two_end(T.finance);
    ck_assert_uint_eq(pendings(LET_GO), 1);
    m_hold_voucher late = {.attempt = held[0].attempt, .voucher = {.voucher_id = held[0].hold}};
    two_refused(T.finance, two_run(T.finance, hold_again, &late), "finance.pending.let_go");
    ck_assert_int_eq(two_run(T.goods, act, &r), M_OK);
    two_carry();
    ck_assert_uint_eq(pendings(POSTED), 2);
}
END_TEST

/* Orders: the commitment is held, told with its number, and ended; in any order. */
START_TEST(commitments_in_any_order)
{
    const char *pens = made(
        "core", "items",
        two_text("{\"code\":\"PENS\",\"name\":\"Pens\",\"stock_unit\":\"%s\",\"is_stock\":false}",
                 two_code("core.unit", "Nos")));
    limit("5250", "1000");
    const char *body =
        two_text("{\"supplier\":\"%s\",\"warehouse\":\"%s\",\"lines\":[{\"item\":\"%s\",\"qty\":"
                 "\"60\",\"rate\":\"10\",\"account\":\"%s\",\"cost_center\":\"%s\"}]}",
                 C.supplier, C.depot, pens, two_code("finance.account", "5250"), C.center);
    request order = {.module = "wms",
                     .collection = "purchase-orders",
                     .action = "submit",
                     .id = two_make("wms", "purchase-orders", NULL, body).id};
    T.stop = true;
    ck_assert_int_eq(two_run(T.goods, act, &order), M_AGAIN);
    T.stop = false;
    request other = {"wms", "purchase-orders", "submit", body, {{0}}, {{0}}};
    two_refused(T.goods, two_ask(&other), "finance.budget.exceeded");
    test_advance_us(T.goods->call, 61 * INT64_C(1000000));
    ck_assert_int_eq(inquire(0).let_go, 1);
    ck_assert_uint_eq(of_type(T.finance, "finance.commitment"), 0);
    ck_assert_int_eq(two_run(T.goods, act, &order), M_OK);
    two_act("wms", "purchase-orders", order.id, "cancel");
    ck_assert_uint_eq(kept_back("budget.committed"), 1);
    m_outbox_row committed = rows[0];
    ck_assert_uint_eq(kept_back("budget.released"), 1);
    m_outbox_row released = rows[0];
    if (_i == 2) forget("finance.pending_voucher");
    if (_i == 2) forget("finance.commitment");
    two_deliver(_i ? &released : &committed);
    two_deliver(_i ? &committed : &released);
    two_deliver(&committed);
    ck_assert_uint_eq(of_type(T.finance, "finance.commitment"), 1);
    ck_assert_uint_eq(pendings(POSTED), 1);
    ck_assert_uint_eq(pendings(WAITING), 0);
    ck_assert_int_eq(two_ask(&other), M_OK); /* all of the budget is free again */
}
END_TEST

int main(void)
{
    TCase *c = tcase_create("two_phase");
    tcase_set_timeout(c, 60);
    tcase_add_checked_fixture(c, set_up, two_close);
    tcase_add_test(c, before_any_commit_there_is_nothing);
    tcase_add_test(c, a_hold_without_a_decision_is_let_go_by_asking);
    tcase_add_test(c, a_question_asked_twice_holds_once);
    tcase_add_test(c, until_it_is_told_it_is_pending);
    tcase_add_test(c, told_twice_posted_once);
    tcase_add_test(c, a_lost_event_is_healed_by_asking);
    tcase_add_test(c, told_before_it_was_held);
    tcase_add_test(c, time_alone_ends_nothing);
    tcase_add_test(c, a_locked_period_moves_the_voucher_and_makes_a_task);
    tcase_add_loop_test(c, cancelled_while_it_is_on_its_way, 0, 2);
    tcase_add_test(c, a_waiting_reversal_asks_for_its_original);
    tcase_add_test(c, an_old_copy_of_finance_is_seen_and_heals);
    tcase_add_test(c, a_closed_account_goes_to_suspense);
    tcase_add_test(c, a_held_reversal_keeps_invoices_away);
    tcase_add_test(c, a_hold_uses_its_budget);
    tcase_add_test(c, more_than_was_held_is_asked_anew);
    tcase_add_test(c, what_was_refused_may_be_let_go_at_once);
    tcase_add_loop_test(c, commitments_in_any_order, 0, 3);
    return unit_run(c, "two_phase");
}
