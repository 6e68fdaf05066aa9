/* The book-keeper over any store (bind.h): arithmetic, chain, projections, rebuild. */
#include <check.h>
#include <stdlib.h>

#include "bind.h"
#include "m_adapters/infra.h"
#include "m_adapters/keepers.h"
#include "m_adapters/memory.h"
#include "test_env.h"

static m_call *call;
static bind bound;
static m_uow *uow;
static m_store store;

static void setup(void)
{
    call = test_call();
    bind_open(&bound);
    uow = bound.uow;
    store = bound.store;
    call->uow = uow;
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    bind_close(&bound);
    test_call_free(call);
}

static m_book_line line(uint32_t account, const char *debit, const char *credit)
{
    return (m_book_line){
        .account = test_id(account), .debit = test_dec(debit), .credit = test_dec(credit)};
}

static m_book_event voucher(uint32_t id, m_book_line *lines, uint32_t n)
{
    return (m_book_event){
        .voucher_id = test_id(id),
        .voucher_type = M_STR("journal"),
        .voucher_no = M_STR("JV-2026-00001"),
        .posting_date = test_date("2026-04-17"),
        .source_type = M_STR("finance.journal_voucher"),
        .source_id = test_id(7),
        .narration = M_STR("Rent \"April\""),
        .lines = {lines, n},
    };
}

static m_status post(const m_book_event *event, int64_t *seq)
{
    m_book_receipt receipt = {0};
    m_error_clear(call);
    m_status status = m_book_keeper_post(m_book_keeper_make(&store), call, event, &receipt);
    *seq = receipt.seq;
    return status;
}

static void post_ok(uint32_t id, const char *amount)
{
    int64_t seq = 0;
    m_book_line lines[] = {line(100, amount, "0"), line(200, "0", amount)};
    m_book_event event = voucher(id, lines, 2);
    ck_assert_int_eq(post(&event, &seq), M_OK);
}

static void all(const m_type *type, m_fetch *out)
{
    static const m_query any = {0};
    *out = (m_fetch){.type = type, .query = &any};
    ck_assert_int_eq(m_store_fetch(store, call, out, 1), M_OK);
}

START_TEST(records_and_projects)
{
    int64_t seq = 0;
    m_book_line lines[] = {line(200, "0", "100.00"), line(100, "60.00", "0"),
                           line(100, "40.00", "0")};
    lines[0].narration = M_STR("own words");
    m_book_event event = voucher(1, lines, 3);
    ck_assert_int_eq(post(&event, &seq), M_OK);
    ck_assert_int_eq(seq, 1);
    m_fetch found;
    all(&m_gl_entry_type, &found);
    ck_assert_uint_eq(found.count, 3);
    const m_gl_entry *entry = found.records[0];
    ck_assert_int_eq(entry->line_no, 1);
    ck_assert(m_str_is(entry->narration, "own words"));
    entry = found.records[1];
    ck_assert_int_eq(entry->line_no, 2);
    ck_assert(m_str_is(entry->narration, "Rent \"April\""));
    ck_assert_int_eq(entry->debit.u, 60 * M_DEC_ONE);
    all(&m_account_balance_type, &found);
    ck_assert_uint_eq(found.count, 2);
    const m_account_balance *balance = found.records[0];
    ck_assert(m_id_eq(balance->account, test_id(100)));
    ck_assert(balance->debit == 100 * M_DEC_ONE && balance->credit == 0);
    ck_assert_int_eq(m_date_cmp(balance->month, test_date("2026-04-01")), 0);
    all(&m_account_day_type, &found);
    ck_assert_uint_eq(found.count, 2);
    balance = found.records[1];
    ck_assert(m_id_eq(balance->account, test_id(200)));
    ck_assert(balance->debit == 0 && balance->credit == 100 * M_DEC_ONE);
    ck_assert_int_eq(m_date_cmp(balance->day, event.posting_date), 0);
    ck_assert_int_ne(m_date_cmp(balance->day, test_date("2026-04-01")), 0);
}
END_TEST

START_TEST(balances_add_up_over_vouchers)
{
    post_ok(1, "10.00");
    post_ok(2, "2.50");
    m_fetch found;
    all(&m_account_balance_type, &found);
    ck_assert_uint_eq(found.count, 2);
    ck_assert(((const m_account_balance *)found.records[0])->debit == 12500000);
    ck_assert(((const m_account_balance *)found.records[1])->credit == 12500000);
    m_book_line lines[] = {line(100, "7.00", "0"), line(200, "0", "7.00")};
    m_book_event event = voucher(3, lines, 2);
    event.posting_date.d++;
    int64_t seq;
    ck_assert_int_eq(post(&event, &seq), M_OK);
    all(&m_account_balance_type, &found);
    ck_assert_uint_eq(found.count, 2);
    all(&m_account_day_type, &found);
    ck_assert_uint_eq(found.count, 4); /* by day, then by account */
    ck_assert(((const m_account_balance *)found.records[0])->debit == 12500000);
    ck_assert(((const m_account_balance *)found.records[1])->credit == 12500000);
    ck_assert(((const m_account_balance *)found.records[2])->debit == 7 * M_DEC_ONE);
}
END_TEST

typedef struct {
    const char *name;
    const char *sides[3][2];
    const char *code;
} refusal;
static const refusal refusals[] = {
    {"unbalanced", {{"10", "0"}, {"0", "9.99"}}, "finance.voucher.unbalanced"},
    {"one line", {{"10", "0"}}, "finance.voucher.unbalanced"},
    {"both sides", {{"10", "10"}, {"0", "0"}}, "finance.voucher.unbalanced"},
    {"no side", {{"10", "0"}, {"0", "10"}, {"0", "0"}}, "finance.voucher.unbalanced"},
    {"negative", {{"-10", "0"}, {"0", "-10"}}, "finance.voucher.unbalanced"},
};

START_TEST(refuses)
{
    const refusal *r = &refusals[_i];
    int64_t seq = 0;
    m_book_line lines[3];
    uint32_t n = 0;
    for (; n < 3 && r->sides[n][0]; n++)
        lines[n] = line(100 + n, r->sides[n][0], r->sides[n][1]);
    m_book_event event = voucher(1, lines, n);
    ck_assert_msg(post(&event, &seq) == M_INVALID, "%s", r->name);
    ck_assert_msg(m_str_is(call->error.code, r->code), "%s", r->name);
    m_fetch found;
    all(&m_book_event_type, &found);
    ck_assert_uint_eq(found.count, 0);
}
END_TEST

START_TEST(refuses_missing_heads)
{
    int64_t seq = 0;
    m_book_line lines[] = {line(100, "1", "0"), line(200, "0", "1")};
    m_book_event event = voucher(1, lines, 2);
    event.posting_date = M_DATE_NONE;
    event.voucher_id = (m_id){{0}};
    ck_assert_int_eq(post(&event, &seq), M_INVALID);
    ck_assert_uint_eq(call->error.field_count, 2);
}
END_TEST

START_TEST(refuses_the_same_voucher)
{
    int64_t seq = 0;
    m_book_line lines[] = {line(100, "1", "0"), line(200, "0", "1")};
    m_book_event event = voucher(1, lines, 2);
    ck_assert_int_eq(post(&event, &seq), M_OK);
    if (post(&event, &seq) == M_OK) { /* then the store finds it at the end */
        ck_assert_int_eq(uow->ops->commit(uow, call), M_EXISTS);
        return;
    }
    ck_assert_int_eq(call->error.status, M_EXISTS);
    ck_assert(m_str_is(call->error.code, "finance.voucher.duplicate"));
}
END_TEST

START_TEST(reverses_once)
{
    int64_t seq = 0;
    post_ok(1, "5.00");
    m_book_line lines[] = {line(100, "0", "5"), line(200, "5", "0")};
    m_book_event event = voucher(2, lines, 2);
    event.reverses = test_id(1);
    ck_assert_int_eq(post(&event, &seq), M_OK);
    event.voucher_id = test_id(3);
    ck_assert_int_eq(post(&event, &seq), M_EXISTS);
    ck_assert(m_str_is(call->error.code, "finance.voucher.duplicate"));
}
END_TEST

START_TEST(chain_holds_and_breaks)
{
    for (uint32_t i = 0; i < 5; i++)
        post_ok(10 + i, "1.00");
    m_fetch found;
    all(&m_book_event_type, &found);
    ck_assert_uint_eq(found.count, 5);
    m_chain chain = {0};
    const char *why = NULL;
    for (uint32_t i = 0; i < found.count; i++) {
        const m_book_event *event = found.records[i];
        ck_assert(
            m_chain_verify(call->arena, &chain, event->seq, event->payload, event->hash, &why));
    }
    const void *head = NULL;
    m_stream_head key = {.stream = M_STR(M_BOOK_STREAM)};
    ck_assert_int_eq(m_store_get_key(store, call, &m_stream_head_type, &key, &head), M_OK);
    ck_assert_int_eq(((const m_stream_head *)head)->seq, 5);
    ck_assert_mem_eq(((const m_stream_head *)head)->hash.p, chain.hash, M_HASH_BYTES);

    const m_book_event *second = found.records[1];
    m_chain gap = {0};
    ck_assert(!m_chain_verify(call->arena, &gap, 2, second->payload, second->hash, &why));
    char *forged = m_str_z(call->arena, second->payload);
    *strchr(forged, '1') = '2';
    const m_book_event *first = found.records[0];
    ck_assert(m_chain_verify(call->arena, &gap, 1, first->payload, first->hash, &why));
    ck_assert(!m_chain_verify(call->arena, &gap, 2, m_str_of(forged), second->hash, &why));
    ck_assert_ptr_nonnull(why);
}
END_TEST

START_TEST(event_survives_its_text)
{
    int64_t seq = 0;
    m_book_line lines[] = {line(100, "1.234567", "0"), line(200, "0", "1.234567")};
    lines[0].cost_center = test_id(31);
    lines[1].party = test_id(32);
    m_book_event event = voucher(1, lines, 2);
    ck_assert_int_eq(post(&event, &seq), M_OK);
    m_fetch found;
    all(&m_book_event_type, &found);
    const m_book_event *stored = found.records[0];
    m_book_event read;
    ck_assert_int_eq(m_book_event_parse(call, stored->payload, &read), M_OK);
    ck_assert_int_eq(read.seq, 1);
    ck_assert_uint_eq(read.lines.count, 2);
    event.seq = 1;
    event.recorded_at = m_now(call);
    event.actor = call->actor;
    ck_assert(m_record_equal(&m_book_payload_type, &event, &read));
    ck_assert_int_ne(m_book_event_parse(call, M_STR("{\"seq\":"), &read), M_OK);
}
END_TEST

/* ---- other currencies ---- */

static m_book_line foreign(uint32_t account, const char *debit, const char *credit,
                           const char *amount)
{
    m_book_line made = line(account, debit, credit);
    made.currency = test_id(90);
    made.foreign_amount = test_dec(amount);
    return made;
}

START_TEST(keeps_the_amount_in_the_other_currency)
{
    int64_t seq;
    m_book_line lines[] = {foreign(21, "7500", "0", "100"), line(22, "0", "7500"),
                           foreign(21, "0", "0", "0.01")};
    m_book_event event = voucher(1, lines, 3);
    ck_assert_int_eq(post(&event, &seq), M_OK);
    m_fetch found;
    all(&m_gl_entry_type, &found);
    const m_gl_entry *entry = found.records[0];
    ck_assert(m_id_eq(entry->currency, test_id(90)));
    ck_assert_int_eq(entry->foreign_amount.u, 100 * M_DEC_ONE);
    entry = found.records[1];
    ck_assert(m_id_is_null(entry->currency) && entry->foreign_amount.u == 0);
    all(&m_account_balance_type, &found);
    ck_assert_uint_eq(found.count, 2);
    ck_assert(((const m_account_balance *)found.records[0])->foreign_amount == 100010000);
    ck_assert(((const m_account_balance *)found.records[1])->foreign_amount == 0);
}
END_TEST

typedef struct {
    m_book_line lines[2];
    const char *code;
    const char *path; /* NULL: none is noted */
} bad_foreign;

START_TEST(refuses_amounts_that_do_not_fit)
{
    m_book_line nameless = foreign(21, "7500", "0", "100");
    nameless.currency = (m_id){{0}};
    m_book_line other = foreign(22, "0", "7500", "-99");
    other.currency = test_id(91);
    const bad_foreign cases[] = {
        {{nameless, line(22, "0", "7500")}, "finance.voucher.currency", "lines[0].currency"},
        {{foreign(21, "7500", "0", "-100"), line(22, "0", "7500")},
         "finance.voucher.currency",
         "lines[0].foreign_amount"},
        {{line(22, "7500", "0"), foreign(21, "0", "7500", "100")},
         "finance.voucher.currency",
         "lines[1].foreign_amount"},
        {{foreign(21, "7500", "0", "100"), foreign(22, "0", "7500", "-99")},
         "finance.voucher.unbalanced",
         NULL},
        {{foreign(21, "0", "0", "0"), line(22, "0", "0")},
         "finance.voucher.unbalanced",
         "lines[0].debit"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        int64_t seq;
        m_book_line lines[] = {cases[i].lines[0], cases[i].lines[1]};
        m_book_event event = voucher(1, lines, 2);
        ck_assert_int_eq(post(&event, &seq), M_INVALID);
        const m_error *error = &call->error;
        m_str code = error->field_count ? error->fields[0].code : error->code;
        ck_assert_msg(m_str_is(code, cases[i].code), "%zu: %.*s", i, M_STR_ARG(code));
        ck_assert_int_eq(cases[i].path != NULL, error->field_count != 0);
        if (cases[i].path) ck_assert(m_str_is(error->fields[0].path, cases[i].path));
    }
    int64_t seq;
    m_book_line lines[] = {foreign(21, "7500", "0", "100"), other};
    m_book_event event = voucher(1, lines, 2);
    ck_assert_int_eq(post(&event, &seq), M_OK); /* of two currencies: nothing to add up */
}
END_TEST

/* What is in the base currency leaves no trace of currencies in the log. */
START_TEST(base_lines_cost_nothing)
{
    post_ok(1, "10.00");
    m_fetch found;
    all(&m_book_event_type, &found);
    m_str payload = ((const m_book_event *)found.records[0])->payload;
    ck_assert_ptr_null(memmem(payload.p, payload.n, "currency", 8));
    ck_assert_ptr_null(memmem(payload.p, payload.n, "foreign", 7));
}
END_TEST

/* The log alone gives the same rows again. */
START_TEST(rebuild_equals_live)
{
    post_ok(1, "10.00");
    post_ok(2, "0.01");
    int64_t seq;
    m_book_line lines[] = {foreign(21, "7500", "0", "100"), line(22, "0", "7500")};
    m_book_event posted = voucher(3, lines, 2);
    ck_assert_int_eq(post(&posted, &seq), M_OK);
    m_fetch events;
    m_fetch live[2];
    all(&m_book_event_type, &events);
    all(&m_account_balance_type, &live[0]);
    all(&m_account_day_type, &live[1]);
    m_memory_db *scratch = m_memory_db_new();
    m_store to = m_memory_store(scratch);
    m_uow *work = m_memory_uow(scratch);
    ck_assert_int_eq(work->ops->begin(work, call, M_UOW_WRITE, NULL, 0), M_OK);
    for (uint32_t i = 0; i < events.count; i++) {
        m_book_event event;
        const m_book_event *row = events.records[i];
        ck_assert_int_eq(m_book_event_parse(call, row->payload, &event), M_OK);
        ck_assert_int_eq(m_book_project(to, call, &event), M_OK);
    }
    static const m_query any = {0};
    for (int n = 0; n < 2; n++) {
        m_fetch built = {.type = live[n].type, .query = &any};
        ck_assert_int_eq(m_store_fetch(to, call, &built, 1), M_OK);
        ck_assert_uint_eq(built.count, live[n].count);
        for (uint32_t i = 0; i < built.count; i++)
            ck_assert(m_record_equal(built.type, built.records[i], live[n].records[i]));
    }
    work->ops->rollback(work);
    m_memory_db_free(scratch);
    call->uow = uow;
}
END_TEST

static Suite *suite(void)
{
    Suite *s = suite_create("book-keeper");
    TCase *t = tcase_create("book-keeper");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, records_and_projects);
    tcase_add_test(t, balances_add_up_over_vouchers);
    tcase_add_loop_test(t, refuses, 0, (int)(sizeof refusals / sizeof refusals[0]));
    tcase_add_test(t, refuses_missing_heads);
    tcase_add_test(t, refuses_the_same_voucher);
    tcase_add_test(t, reverses_once);
    tcase_add_test(t, chain_holds_and_breaks);
    tcase_add_test(t, event_survives_its_text);
    tcase_add_test(t, keeps_the_amount_in_the_other_currency);
    tcase_add_test(t, refuses_amounts_that_do_not_fit);
    tcase_add_test(t, base_lines_cost_nothing);
    tcase_add_test(t, rebuild_equals_live);
    suite_add_tcase(s, t);
    return s;
}

int main(void)
{
    static const m_type *const types[] = {&m_book_event_type, &m_gl_entry_type,
                                          &m_account_balance_type, &m_account_day_type, NULL};
    bind_start(types);
    SRunner *runner = srunner_create(suite());
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    bind_stop();
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
