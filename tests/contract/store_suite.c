#include "store_suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>

#include "store_types.h"
#include "test_env.h"

static const store_binding *binding;
static m_store store;
static m_call *call;
static m_uow *uow;

static m_id fresh_tenant(void)
{
    m_id tenant;
    ck_assert_int_eq(getrandom(&tenant, sizeof tenant, 0), sizeof tenant);
    return tenant;
}

#define OK(expression)                                                                             \
    do {                                                                                           \
        m_status got_ = (expression);                                                              \
        ck_assert_msg(got_ == M_OK, "%s: %s: %.*s", #expression, m_status_name(got_),              \
                      M_STR_ARG(call->error.message));                                             \
    } while (0)

static void begin(void)
{
    OK(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0));
    uow->ops->mark(uow);
}

static void begin_read(void)
{
    OK(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0));
}

static void commit(void)
{
    OK(uow->ops->commit(uow, call));
}

static void again(void)
{
    commit();
    begin();
}

static void setup(void)
{
    if (binding->start) binding->start();
    call = test_call();
    call->tenant = fresh_tenant();
    store = binding->store();
    uow = binding->open();
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    if (binding->close) binding->close(uow);
    test_call_free(call);
}

static sample make(uint32_t n)
{
    return (sample){.id = test_id(n), .version = 1};
}

static void add(sample s)
{
    OK(m_store_insert(store, call, &sample_type, &s));
}

static const sample *get(uint32_t n)
{
    const void *found = NULL;
    OK(m_store_get(store, call, &sample_type, test_id(n), &found));
    return found;
}

static m_fetch run(const m_query *query)
{
    m_fetch fetch = {.type = &sample_type, .query = query};
    OK(m_store_fetch(store, call, &fetch, 1));
    return fetch;
}

/* The codes of what a query finds, one after the other. */
static const char *codes(const m_query *query)
{
    static char text[256];
    m_fetch f = run(query);
    size_t n = 0;
    for (uint32_t i = 0; i < f.count; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%.*s",
                              M_STR_ARG(((const sample *)f.records[i])->code));
    text[n] = 0;
    return text;
}

static const char *where(const char *field, m_filter_op op, const void *value)
{
    m_filter filter = {field, op, value};
    return codes(&(m_query){.filters = &filter, .filter_count = 1});
}

/* ---- values ---- */

static const char all_bytes[] = "\0\1\x7f\x80\xff raw";

static sample full(uint32_t n, sample_line lines[2], sample_address tags[1])
{
    lines[0] = (sample_line){test_id(8),
                             M_STR("first"),
                             test_dec("1.500001"),
                             {M_STR("Pune"), M_STR("P"), test_date("2026-01-31")}};
    lines[1] = (sample_line){.note = M_STR("second"), .qty = test_dec("-2")};
    tags[0] = (sample_address){M_STR("Tag"), M_STR(""), M_DATE_NONE};
    return (sample){
        .id = test_id(n),
        .version = 1,
        .code = M_STR("C-1"),
        .name = M_STR("Zoë \"quoted\" {a,b} \\ %_"),
        .notes = M_STR("two\nlines\tand \xf0\x9f\x98\x80"),
        .active = true,
        .count = INT64_MIN,
        .parent = test_id(7),
        .day = test_date("2199-12-31"),
        .at = {INT64_C(1775034000123457)},
        .rate = {M_DEC_MAX},
        .qty = {-M_DEC_MAX},
        .amount = test_dec("0.000001"),
        .total = -(((m_dec_sum)INT64_C(99999999999999999) * 1000000000 + 999999999) * 1000000000 +
                   999999999),
        .colour = AMBER,
        .raw = {all_bytes, sizeof all_bytes},
        .address = {M_STR("Delhi"), M_STR("D"), test_date("1900-01-01")},
        .lines = {lines, 2},
        .tags = {tags, 1},
    };
}

START_TEST(every_kind_comes_back)
{
    sample_line lines[2];
    sample_address tags[1];
    sample s = full(1, lines, tags);
    begin();
    add(s);
    again();
    const sample *found = get(1);
    ck_assert_ptr_nonnull(found);
    ck_assert(m_record_equal(&sample_type, found, &s));
    ck_assert_ptr_null(get(2));
    commit();
    begin_read();
    ck_assert(m_record_equal(&sample_type, get(1), &s));
    m_fetch all = run(&(m_query){.limit = 0});
    ck_assert_uint_eq(all.count, 1);
    ck_assert(m_record_equal(&sample_type, all.records[0], &s));
    commit();
}
END_TEST

START_TEST(extremes_of_numbers_and_dates)
{
    static const char *const decs[] = {
        "0",       "1",    "-1",        "0.000001",   "-0.000001", "0.0001", "10000",
        "9999.99", "0.01", "100000000", "10000.0001", "-123.456",  "0.1",    "12345678.000009"};
    enum { N = sizeof decs / sizeof *decs };
    begin();
    for (uint32_t i = 0; i < N; i++) {
        sample s = make(10 + i);
        s.rate = test_dec(decs[i]);
        s.total = (m_dec_sum)s.rate.u * 10000000000;
        s.count = i ? INT64_MAX - i : INT64_MAX;
        s.day = i % 2 ? test_date("1900-01-01") : M_DATE_NONE;
        s.at.us = i % 3 ? -1 : 1;
        add(s);
    }
    again();
    for (uint32_t i = 0; i < N; i++) {
        const sample *s = get(10 + i);
        ck_assert_ptr_nonnull(s);
        ck_assert_int_eq(s->rate.u, test_dec(decs[i]).u);
        ck_assert(s->total == (m_dec_sum)s->rate.u * 10000000000);
        ck_assert_int_eq(s->count, i ? INT64_MAX - i : INT64_MAX);
        ck_assert_int_eq(s->day.d, i % 2 ? test_date("1900-01-01").d : 0);
        ck_assert_int_eq(s->at.us, i % 3 ? -1 : 1);
    }
    commit();
}
END_TEST

START_TEST(empty_values_stay_empty)
{
    begin();
    add(make(1));
    again();
    sample empty = make(1);
    ck_assert(m_record_equal(&sample_type, get(1), &empty));
    commit();
}
END_TEST

START_TEST(keys_come_in_the_order_asked_for)
{
    begin();
    for (uint32_t i = 1; i <= 5; i++)
        add(make(i));
    again();
    m_id ids[] = {test_id(4), test_id(99), test_id(1), test_id(4)};
    balance key = {.account = test_id(3)};
    const void *keys[] = {&key};
    m_fetch fetches[] = {{.type = &sample_type, .ids = ids, .key_count = 4},
                         {.type = &balance_type, .keys = keys, .key_count = 1},
                         {.type = &sample_type, .key_count = 0, .ids = ids}};
    OK(m_store_fetch(store, call, fetches, 3));
    ck_assert_uint_eq(fetches[0].count, 4);
    ck_assert(m_id_eq(((const sample *)fetches[0].records[0])->id, ids[0]));
    ck_assert_ptr_null(fetches[0].records[1]);
    ck_assert(m_id_eq(((const sample *)fetches[0].records[2])->id, ids[2]));
    ck_assert(m_id_eq(((const sample *)fetches[0].records[3])->id, ids[3]));
    ck_assert_uint_eq(fetches[1].count, 1);
    ck_assert_ptr_null(fetches[1].records[0]);
    ck_assert_uint_eq(fetches[2].count, 0);
    commit();
}
END_TEST

START_TEST(wants_are_at_hand)
{
    begin();
    sample s = make(1);
    s.code = M_STR("a");
    add(s);
    commit();
    m_id id = test_id(1);
    m_query all = {.limit = 10};
    m_fetch wants[] = {{.type = &sample_type, .ids = &id, .key_count = 1},
                       {.type = &sample_type, .query = &all}};
    OK(uow->ops->begin(uow, call, M_UOW_WRITE, wants, 2));
    ck_assert_uint_eq(wants[0].count, 1);
    ck_assert_ptr_nonnull(wants[0].records[0]);
    ck_assert_uint_eq(wants[1].count, 1);
    uow->ops->mark(uow);
    ck_assert_str_eq(codes(&all), "a");
    s = make(2);
    s.code = M_STR("b");
    add(s);
    ck_assert_str_eq(codes(&all), "ab"); /* no longer what was wanted */
    commit();
}
END_TEST

/* ---- changing ---- */

START_TEST(updates_check_the_version)
{
    begin();
    add(make(1));
    again();
    sample s = *get(1);
    s.version = 2;
    s.count = 5;
    OK(m_store_update(store, call, &sample_type, &s));
    ck_assert_int_eq(get(1)->count, 5);
    ck_assert_int_eq(m_store_update(store, call, &sample_type, &s), M_CONFLICT);
    ck_assert(m_str_is(call->error.code, "core.version.stale"));
    s.version = 3;
    s.count = 6;
    OK(m_store_update(store, call, &sample_type, &s)); /* twice in one transaction */
    again();
    ck_assert_int_eq(get(1)->version, 3);
    ck_assert_int_eq(get(1)->count, 6);
    s.version = 5;
    ck_assert_int_eq(m_store_update(store, call, &sample_type, &s), M_CONFLICT);
    ck_assert_ptr_null(get(2));
    s = make(2);
    ck_assert_int_eq(m_store_update(store, call, &sample_type, &s), M_CONFLICT);
    commit();
}
END_TEST

/* An operation that is not told of its fault at once is told at the commit. */
static m_status told(m_status at_once)
{
    if (at_once != M_OK || binding->faults_at_once) return at_once;
    return uow->ops->commit(uow, call);
}

START_TEST(unread_rows_are_checked_too)
{
    begin();
    add(make(1));
    again();
    sample s = make(1);
    s.version = 7;
    ck_assert_int_eq(told(m_store_update(store, call, &sample_type, &s)), M_CONFLICT);
    ck_assert(m_str_is(call->error.code, "core.version.stale"));
    uow->ops->rollback(uow);
    begin();
    s.version = 2;
    OK(m_store_update(store, call, &sample_type, &s));
    commit();
    begin();
    s = make(1);
    ck_assert_int_eq(told(m_store_insert(store, call, &sample_type, &s)), M_EXISTS);
    ck_assert(m_str_is(call->error.code, "core.exists"));
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].path, "id"));
    uow->ops->rollback(uow);
    begin();
    ck_assert_int_eq(get(1)->version, 2);
    balance b = {.account = test_id(1)};
    m_status missing = told(m_store_update(store, call, &balance_type, &b));
    ck_assert_int_eq(missing, M_NOT_FOUND); /* no version: it is simply not there */
}
END_TEST

START_TEST(lists_are_replaced_whole)
{
    sample_line lines[2];
    sample_address tags[1];
    sample s = full(1, lines, tags);
    begin();
    add(s);
    again();
    s = *get(1);
    sample_line fewer[] = {{.note = M_STR("only")}};
    s.lines = (m_list){fewer, 1};
    s.version = 2;
    OK(m_store_update(store, call, &sample_type, &s));
    again();
    const sample *found = get(1);
    ck_assert_uint_eq(found->lines.count, 1);
    ck_assert(m_str_is(M_AT(found->lines, sample_line, 0)->note, "only"));
    ck_assert_uint_eq(found->tags.count, 1);
    s = *found;
    s.lines = (m_list){NULL, 0};
    s.version = 3;
    OK(m_store_update(store, call, &sample_type, &s));
    again();
    ck_assert_uint_eq(get(1)->lines.count, 0);
    sample blind = make(1); /* without having read it */
    blind.version = 4;
    OK(m_store_update(store, call, &sample_type, &blind));
    again();
    ck_assert_uint_eq(get(1)->tags.count, 0);
    m_query flat = {.without_lists = true};
    sample t = full(2, lines, tags);
    add(t);
    again();
    m_fetch f = run(&flat);
    ck_assert_uint_eq(f.count, 2);
    ck_assert_uint_eq(((const sample *)f.records[1])->lines.count, 0);
    ck_assert_uint_eq(get(2)->lines.count, 2); /* still whole when asked for by key */
    commit();
}
END_TEST

START_TEST(removing)
{
    sample_line lines[2];
    sample_address tags[1];
    sample s = full(1, lines, tags);
    begin();
    add(s);
    again();
    OK(m_store_remove(store, call, &sample_type, &s));
    ck_assert_ptr_null(get(1));
    OK(m_store_remove(store, call, &sample_type, &s)); /* what is gone may be removed again */
    again();
    ck_assert_ptr_null(get(1));
    sample plain = make(1);
    add(plain);
    again();
    ck_assert_uint_eq(get(1)->lines.count, 0); /* no old lines came back */
    OK(m_store_remove(store, call, &sample_type, &plain));
    add(s); /* removed and made again in one transaction */
    again();
    ck_assert(m_record_equal(&sample_type, get(1), &s));
    balance b = {.account = test_id(1), .kind = M_STR("k"), .month = test_date("2026-01-01")};
    OK(m_store_put(store, call, &balance_type, &b));
    again();
    OK(m_store_remove(store, call, &balance_type, &b));
    const void *gone = &b;
    OK(m_store_get_key(store, call, &balance_type, &b, &gone));
    ck_assert_ptr_null(gone);
    again();
    gone = &b;
    OK(m_store_get_key(store, call, &balance_type, &b, &gone));
    ck_assert_ptr_null(gone);
    commit();
}
END_TEST

START_TEST(put_inserts_or_replaces)
{
    sample_line lines[2];
    sample_address tags[1];
    begin();
    sample s = full(1, lines, tags);
    OK(m_store_put(store, call, &sample_type, &s));
    again();
    ck_assert(m_record_equal(&sample_type, get(1), &s));
    s.count = 9;
    s.lines.count = 1;
    OK(m_store_put(store, call, &sample_type, &s));
    again();
    ck_assert(m_record_equal(&sample_type, get(1), &s));
    commit();
}
END_TEST

/* ---- sums ---- */

static void gather(uint32_t account, const char *kind, const char *month, int64_t amount)
{
    balance b = {.account = test_id(account),
                 .kind = m_str_of(kind),
                 .month = test_date(month),
                 .debit = amount * (m_dec_sum)M_DEC_ONE,
                 .amount = m_dec_of_int(amount),
                 .hits = 1,
                 .label = M_STR("first")};
    OK(m_store_accumulate(store, call, &balance_type, &b));
}

static const balance *balance_of(uint32_t account, const char *kind, const char *month)
{
    balance key = {.account = test_id(account), .kind = m_str_of(kind), .month = test_date(month)};
    const void *found = NULL;
    OK(m_store_get_key(store, call, &balance_type, &key, &found));
    return found;
}

static void is_balance(const balance *b, int64_t amount, int64_t hits)
{
    ck_assert_ptr_nonnull(b);
    ck_assert_int_eq(b->amount.u, amount * M_DEC_ONE);
    ck_assert(b->debit == amount * (m_dec_sum)M_DEC_ONE);
    ck_assert_int_eq(b->hits, hits);
}

START_TEST(accumulating)
{
    begin();
    gather(1, "a", "2026-04-01", 10);
    gather(1, "a", "2026-04-01", 5);
    gather(1, "b", "2026-04-01", 1);
    is_balance(balance_of(1, "a", "2026-04-01"), 15, 2);
    again();
    gather(1, "a", "2026-04-01", 7); /* not read before: read now with the addition */
    is_balance(balance_of(1, "a", "2026-04-01"), 22, 3);
    gather(1, "a", "2026-04-01", -2);
    is_balance(balance_of(1, "a", "2026-04-01"), 20, 4);
    again();
    is_balance(balance_of(1, "a", "2026-04-01"), 20, 4);
    balance other = *balance_of(1, "b", "2026-04-01");
    other.label = M_STR("changed");
    OK(m_store_update(store, call, &balance_type, &other));
    gather(1, "b", "2026-04-01", 100);
    again();
    const balance *b = balance_of(1, "b", "2026-04-01");
    is_balance(b, 101, 2);
    ck_assert(m_str_is(b->label, "changed"));
    balance huge = *b;
    huge.amount.u = M_DEC_MAX;
    ck_assert_int_eq(m_store_accumulate(store, call, &balance_type, &huge), M_RANGE);
    commit();
}
END_TEST

START_TEST(sums_and_groups)
{
    begin();
    gather(1, "a", "2026-04-01", 10);
    gather(1, "b", "2026-04-01", 20);
    gather(2, "a", "2026-05-01", 40);
    gather(2, "a", "2026-06-01", 80);
    m_sum sum = {.type = &balance_type, .group_by = "account"};
    OK(m_store_sum(store, call, &sum)); /* sees what is queued */
    ck_assert_uint_eq(sum.out.count, 2);
    is_balance(M_AT(sum.out, balance, 0), 30, 2);
    is_balance(M_AT(sum.out, balance, 1), 120, 2);
    ck_assert(m_id_eq(M_AT(sum.out, balance, 1)->account, test_id(2)));
    ck_assert_uint_eq(M_AT(sum.out, balance, 1)->label.n, 0);
    again();
    m_date may = test_date("2026-05-01");
    m_filter filter = {"month", M_OP_LE, &may};
    sum = (m_sum){
        .type = &balance_type, .filters = &filter, .filter_count = 1, .group_by = "kind,account"};
    OK(m_store_sum(store, call, &sum));
    ck_assert_uint_eq(sum.out.count, 3);
    ck_assert(m_str_is(M_AT(sum.out, balance, 1)->kind, "a"));
    is_balance(M_AT(sum.out, balance, 1), 40, 1);
    sum = (m_sum){.type = &balance_type, .group_by = ""};
    OK(m_store_sum(store, call, &sum));
    ck_assert_uint_eq(sum.out.count, 1);
    is_balance(M_AT(sum.out, balance, 0), 150, 4);
    m_str none = M_STR("none");
    filter = (m_filter){"kind", M_OP_EQ, &none};
    sum = (m_sum){.type = &balance_type, .filters = &filter, .filter_count = 1, .group_by = ""};
    OK(m_store_sum(store, call, &sum));
    ck_assert_uint_eq(sum.out.count, 1); /* of no rows: zeros */
    is_balance(M_AT(sum.out, balance, 0), 0, 0);
    sum.group_by = "kind";
    OK(m_store_sum(store, call, &sum));
    ck_assert_uint_eq(sum.out.count, 0);
    sum.group_by = "nothing";
    ck_assert_int_eq(m_store_sum(store, call, &sum), M_INVALID);
    commit();
}
END_TEST

START_TEST(append_only_types)
{
    begin();
    for (int i = 1; i <= 3; i++) {
        entry e = {.seq = i,
                   .line_no = 1,
                   .posting_date = test_date(i == 3 ? "2199-01-01" : "2026-04-01"),
                   .account = test_id(1),
                   .debit = m_dec_of_int(i),
                   .text = M_STR("x")};
        OK(m_store_insert(store, call, &entry_type, &e));
    }
    again();
    entry key = {.seq = 2, .line_no = 1};
    const void *found = NULL;
    OK(m_store_get_key(store, call, &entry_type, &key, &found));
    ck_assert_ptr_nonnull(found);
    entry e = *(const entry *)found;
    ck_assert_int_eq(e.debit.u, 2 * M_DEC_ONE);
    ck_assert_int_eq(m_store_update(store, call, &entry_type, &e), M_INTERNAL);
    ck_assert_int_eq(m_store_remove(store, call, &entry_type, &e), M_INTERNAL);
    m_sum sum = {.type = &entry_type, .group_by = "account"};
    OK(m_store_sum(store, call, &sum));
    ck_assert_int_eq(M_AT(sum.out, entry, 0)->debit.u, 6 * M_DEC_ONE);
    commit();
}
END_TEST

/* ---- uniqueness ---- */

static m_status add_named(uint32_t n, const char *code, const char *name, const char *area)
{
    sample s = make(n);
    s.code = m_str_of(code);
    s.name = m_str_of(name);
    s.address.code = m_str_of(area);
    return told(m_store_insert(store, call, &sample_type, &s));
}

static void start_over(void)
{
    uow->ops->rollback(uow);
    m_error_clear(call);
    begin();
}

START_TEST(unique_values)
{
    begin();
    OK(add_named(1, "A", "", ""));
    start_over();
    if (binding->faults_at_once) {
        OK(add_named(1, "A", "", ""));
        again();
    }
    ck_assert_int_eq(add_named(2, "A", "", ""), M_EXISTS);
    ck_assert(m_str_is(call->error.code, "core.exists"));
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].path, "code"));
    ck_assert_ptr_null(memmem(call->error.message.p, call->error.message.n, "constraint", 10));
    start_over();
    OK(m_store_insert(store, call, &sample_type, &(sample){.id = test_id(3), .version = 1}));
    OK(m_store_insert(store, call, &sample_type, &(sample){.id = test_id(4), .version = 1}));
    again(); /* empty codes are not unique */
    sample named = make(5);
    named.name = M_STR("n");
    named.address.code = M_STR("x");
    add(named);
    again();
    ck_assert_int_eq(add_named(6, "", "n", "x"), M_EXISTS);
    ck_assert(m_str_is(call->error.fields[0].path, "name"));
    start_over();
    sample other = make(7);
    other.name = M_STR("n");
    other.address.code = M_STR("y");
    add(other);
    again();
    /* a code may move to another row within one transaction */
    sample first = *get(1);
    OK(m_store_remove(store, call, &sample_type, &first));
    sample heir = make(8);
    heir.code = M_STR("A");
    add(heir);
    commit();
}
END_TEST

/* ---- queries ---- */

static void fill(void)
{
    static const char *const names[] = {"Alpha", "beta", "Alphabet", "GAMMA", ""};
    for (uint32_t i = 0; i < 5; i++) {
        sample s = make(i + 1);
        const char code[] = {(char)('a' + (int)i), 0};
        s.code = m_str_dup(call->arena, m_str_of(code));
        s.name = m_str_of(names[i]);
        s.address.code = s.code;
        s.address.city = i < 2 ? M_STR("Pune") : M_STR("Delhi");
        s.active = i % 2;
        s.count = (int64_t)i - 2;
        s.parent = i < 3 ? test_id(100 + i) : (m_id){{0}};
        s.day = i == 4 ? M_DATE_NONE : (m_date){test_date("2026-04-01").d + (int)(i % 2)};
        s.at.us = i == 0 ? 0 : (int64_t)i * 1000;
        s.qty = m_dec_of_int(10 - (int64_t)i);
        s.total = (m_dec_sum)i << 70;
        s.colour = (m_enum)(i % 3);
        s.raw = i % 2 ? M_STR("\x01\x02") : (m_str){NULL, 0};
        add(s);
    }
    again();
}

START_TEST(filters_equal_and_in)
{
    begin();
    fill();
    m_str b = M_STR("b");
    ck_assert_str_eq(where("code", M_OP_EQ, &b), "b");
    ck_assert_str_eq(where("code", M_OP_NE, &b), "acde");
    bool yes = true;
    ck_assert_str_eq(where("active", M_OP_EQ, &yes), "bd");
    int64_t zero = 0;
    ck_assert_str_eq(where("count", M_OP_EQ, &zero), "c");
    m_id parent = test_id(101);
    m_id none = {{0}};
    ck_assert_str_eq(where("parent", M_OP_EQ, &parent), "b");
    ck_assert_str_eq(where("parent", M_OP_EQ, &none), "de");
    ck_assert_str_eq(where("parent", M_OP_NE, &parent), "acde");
    ck_assert_str_eq(where("parent", M_OP_NE, &none), "abc");
    m_date first = test_date("2026-04-01");
    ck_assert_str_eq(where("day", M_OP_EQ, &first), "ac");
    ck_assert_str_eq(where("day", M_OP_EQ, &M_DATE_NONE), "e");
    m_enum blue = BLUE;
    ck_assert_str_eq(where("colour", M_OP_EQ, &blue), "be");
    m_str pune = M_STR("Pune");
    ck_assert_str_eq(where("address_city", M_OP_EQ, &pune), "ab");
    m_str raw = M_STR("\x01\x02");
    ck_assert_str_eq(where("raw", M_OP_EQ, &raw), "bd");
    m_dec_sum total = (m_dec_sum)3 << 70;
    ck_assert_str_eq(where("total", M_OP_EQ, &total), "d");
    m_str some[] = {M_STR("e"), M_STR("a"), M_STR("zz")};
    ck_assert_str_eq(where("code", M_OP_IN, &(m_list){some, 3}), "ae");
    ck_assert_str_eq(where("code", M_OP_IN, &(m_list){NULL, 0}), "");
    m_id ids[] = {test_id(1), test_id(5)};
    ck_assert_str_eq(where("id", M_OP_IN, &(m_list){ids, 2}), "ae");
    m_id parents[] = {test_id(102), none};
    ck_assert_str_eq(where("parent", M_OP_IN, &(m_list){parents, 2}), "cde");
    m_enum colours[] = {RED, AMBER};
    ck_assert_str_eq(where("colour", M_OP_IN, &(m_list){colours, 2}), "acd");
    m_dec qtys[] = {m_dec_of_int(10), m_dec_of_int(6)};
    ck_assert_str_eq(where("qty", M_OP_IN, &(m_list){qtys, 2}), "ae");
    commit();
}
END_TEST

START_TEST(filters_by_order)
{
    begin();
    fill();
    int64_t zero = 0;
    ck_assert_str_eq(where("count", M_OP_LT, &zero), "ab");
    ck_assert_str_eq(where("count", M_OP_LE, &zero), "abc");
    ck_assert_str_eq(where("count", M_OP_GT, &zero), "de");
    ck_assert_str_eq(where("count", M_OP_GE, &zero), "cde");
    m_dec eight = m_dec_of_int(8);
    ck_assert_str_eq(where("qty", M_OP_LT, &eight), "de");
    ck_assert_str_eq(where("qty", M_OP_GE, &eight), "abc");
    m_dec_sum total = (m_dec_sum)2 << 70;
    ck_assert_str_eq(where("total", M_OP_GT, &total), "de");
    m_str c = M_STR("c");
    ck_assert_str_eq(where("code", M_OP_LT, &c), "ab");
    ck_assert_str_eq(where("code", M_OP_GE, &c), "cde");
    m_date second = test_date("2026-04-02");
    ck_assert_str_eq(where("day", M_OP_LT, &second), "ac"); /* none is not less */
    ck_assert_str_eq(where("day", M_OP_LE, &second), "abcd");
    ck_assert_str_eq(where("day", M_OP_GT, &M_DATE_NONE), "");
    m_time at = {2000};
    ck_assert_str_eq(where("at", M_OP_LE, &at), "bc");
    m_id parent = test_id(101);
    ck_assert_str_eq(where("parent", M_OP_LE, &parent), "ab");
    commit();
}
END_TEST

START_TEST(filters_of_text_and_emptiness)
{
    begin();
    fill();
    m_str alpha = M_STR("ALPHA");
    ck_assert_str_eq(where("name", M_OP_PREFIX, &alpha), "ac");
    m_str mid = M_STR("A");
    ck_assert_str_eq(where("name", M_OP_CONTAINS, &mid), "abcd");
    m_str wild = M_STR("%");
    ck_assert_str_eq(where("name", M_OP_CONTAINS, &wild), "");
    ck_assert_str_eq(where("name", M_OP_EMPTY, NULL), "e");
    ck_assert_str_eq(where("name", M_OP_NOT_EMPTY, NULL), "abcd");
    ck_assert_str_eq(where("parent", M_OP_EMPTY, NULL), "de");
    ck_assert_str_eq(where("day", M_OP_NOT_EMPTY, NULL), "abcd");
    ck_assert_str_eq(where("at", M_OP_EMPTY, NULL), "a");
    ck_assert_str_eq(where("raw", M_OP_EMPTY, NULL), "ace");
    m_filter two[] = {{"name", M_OP_CONTAINS, &mid}, {"parent", M_OP_EMPTY, NULL}};
    ck_assert_str_eq(codes(&(m_query){.filters = two, .filter_count = 2}), "d");
    m_query search = {.search = M_STR("pha"), .search_fields = "code, name"};
    ck_assert_str_eq(codes(&search), "ac");
    search.search = M_STR("D");
    ck_assert_str_eq(codes(&search), "d");
    search.search_fields = "address_city,code";
    ck_assert_str_eq(codes(&search), "cde");
    const m_filter bad[] = {{"no_such", M_OP_EMPTY, NULL},
                            {"count", M_OP_CONTAINS, &wild},
                            {"code", M_OP_EQ, NULL},
                            {"lines", M_OP_EMPTY, NULL}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        m_query query = {.filters = &bad[i], .filter_count = 1};
        m_fetch fetch = {.type = &sample_type, .query = &query};
        ck_assert_int_eq(m_store_fetch(store, call, &fetch, 1), M_INVALID);
        ck_assert(m_str_is(call->error.code, "core.query.malformed"));
    }
    ck_assert_str_eq(where("name", M_OP_EMPTY, NULL), "e"); /* a bad query breaks nothing */
    commit();
}
END_TEST

static const char *ordered(const char *a, bool a_down, const char *b, bool b_down)
{
    m_order orders[] = {{a, a_down}, {b, b_down}};
    return codes(&(m_query){.orders = orders, .order_count = b ? 2 : 1});
}

START_TEST(ordering)
{
    begin();
    fill();
    ck_assert_str_eq(ordered("code", true, NULL, false), "edcba");
    ck_assert_str_eq(ordered("qty", false, NULL, false), "edcba");
    ck_assert_str_eq(ordered("day", false, NULL, false), "eacbd"); /* none first, then by key */
    ck_assert_str_eq(ordered("day", true, NULL, false), "bdace");
    ck_assert_str_eq(ordered("address_city", true, "day", false), "abecd");
    ck_assert_str_eq(ordered("colour", false, NULL, false), "cbead"); /* by name */
    ck_assert_str_eq(ordered("parent", true, "name", true), "cbade");
    ck_assert_str_eq(ordered("active", false, "count", true), "ecadb");
    commit();
}
END_TEST

/* Pages of two in this order give the same as all at once. */
static void check_pages(const m_order *orders, uint32_t n)
{
    char whole[64];
    m_query query = {.orders = orders, .order_count = n};
    snprintf(whole, sizeof whole, "%s", codes(&query));
    char paged[64] = "";
    size_t length = 0;
    query.limit = 2;
    for (;;) {
        m_fetch f = run(&query);
        for (uint32_t i = 0; i < f.count; i++)
            paged[length++] = ((const sample *)f.records[i])->code.p[0];
        if (f.count < 2) break;
        query.after = f.records[f.count - 1];
    }
    paged[length] = 0;
    ck_assert_str_eq(paged, whole);
    ck_assert_uint_eq(length, 5);
}

START_TEST(pages)
{
    static const char *const fields[] = {"code",   "day",          "parent", "at",
                                         "colour", "address_city", "name",   "count",
                                         "qty",    "total",        "active"};
    enum { N = sizeof fields / sizeof *fields };
    begin();
    fill();
    check_pages(NULL, 0);
    for (size_t i = 0; i < N; i++) {
        for (int down = 0; down < 2; down++) {
            m_order orders[] = {{fields[i], down}, {fields[(i + 3) % N], !down}};
            check_pages(orders, 1);
            check_pages(orders, 2);
        }
    }
    commit();
}
END_TEST

START_TEST(counting)
{
    begin();
    fill();
    uint32_t n = 0;
    OK(m_store_count(store, call, &sample_type, NULL, 100, &n));
    ck_assert_uint_eq(n, 5);
    OK(m_store_count(store, call, &sample_type, &(m_query){.limit = 0}, 3, &n));
    ck_assert_uint_eq(n, 3);
    m_str pune = M_STR("Pune");
    m_filter filter = {"address_city", M_OP_EQ, &pune};
    m_query query = {.filters = &filter, .filter_count = 1};
    OK(m_store_count(store, call, &sample_type, &query, 100, &n));
    ck_assert_uint_eq(n, 2);
    sample s = make(6);
    s.address.city = pune;
    add(s);
    OK(m_store_count(store, call, &sample_type, &query, 100, &n));
    ck_assert_uint_eq(n, 3); /* sees what is queued */
    commit();
}
END_TEST

START_TEST(find_one_and_need)
{
    begin();
    fill();
    m_str d = M_STR("d");
    const void *found = NULL;
    OK(m_store_find_one(store, call, &sample_type, "code", &d, &found));
    ck_assert(m_id_eq(((const sample *)found)->id, test_id(4)));
    m_str none = M_STR("none");
    OK(m_store_find_one(store, call, &sample_type, "code", &none, &found));
    ck_assert_ptr_null(found);
    ck_assert_int_eq(m_store_need(store, call, &sample_type, test_id(77), &found), M_NOT_FOUND);
    commit();
}
END_TEST

/* ---- transactions ---- */

START_TEST(own_writes_are_seen)
{
    begin();
    fill();
    sample s = *get(1);
    s.version = 2;
    s.code = M_STR("z");
    s.name = M_STR("changed");
    OK(m_store_update(store, call, &sample_type, &s));
    sample gone = make(2);
    OK(m_store_remove(store, call, &sample_type, &gone));
    sample fresh = make(9);
    fresh.code = M_STR("n");
    add(fresh);
    ck_assert_str_eq(codes(&(m_query){.limit = 0}), "zcden");
    ck_assert(m_str_is(get(1)->name, "changed"));
    ck_assert_ptr_null(get(2));
    s = *get(1);
    s.version = 3;
    s.code = M_STR("y");
    OK(m_store_update(store, call, &sample_type, &s)); /* after it was sent once */
    ck_assert_str_eq(codes(&(m_query){.limit = 0}), "ycden");
    commit();
    begin_read();
    ck_assert_str_eq(codes(&(m_query){.limit = 0}), "ycden");
    commit();
}
END_TEST

START_TEST(a_refused_use_case_leaves_nothing)
{
    begin();
    sample kept = make(1);
    kept.code = M_STR("k");
    add(kept);
    gather(1, "a", "2026-04-01", 1);
    uow->ops->accept(uow);
    uow->ops->mark(uow);
    sample s = *get(1);
    s.version = 2;
    s.code = M_STR("x");
    OK(m_store_update(store, call, &sample_type, &s));
    sample other = make(2);
    add(other);
    gather(1, "a", "2026-04-01", 5);
    gather(2, "a", "2026-04-01", 5);
    ck_assert(uow->ops->refuse(uow));
    ck_assert_ptr_null(get(2));
    ck_assert_int_eq(get(1)->version, 1);
    uow->ops->mark(uow);
    sample third = make(3);
    add(third);
    uow->ops->accept(uow);
    commit();
    begin();
    ck_assert(m_str_is(get(1)->code, "k"));
    ck_assert_int_eq(get(1)->version, 1);
    ck_assert_ptr_null(get(2));
    ck_assert_ptr_nonnull(get(3));
    is_balance(balance_of(1, "a", "2026-04-01"), 1, 1);
    ck_assert_ptr_null(balance_of(2, "a", "2026-04-01"));
    /* removals are undone as well */
    uow->ops->mark(uow);
    OK(m_store_remove(store, call, &sample_type, get(1)));
    ck_assert(uow->ops->refuse(uow));
    ck_assert_ptr_nonnull(get(1));
    commit();
    begin();
    ck_assert_ptr_nonnull(get(1));
    commit();
}
END_TEST

START_TEST(refusing_what_was_sent)
{
    begin();
    add(make(1));
    uow->ops->accept(uow);
    uow->ops->mark(uow);
    sample s = make(2);
    s.code = M_STR("b");
    add(s);
    uint32_t n = 0;
    OK(m_store_count(store, call, &sample_type, NULL, 10, &n));
    ck_assert_uint_eq(n, 2);
    if (uow->ops->refuse(uow)) { /* the binding could undo it all the same */
        ck_assert_ptr_null(get(2));
        ck_assert_ptr_nonnull(get(1));
        commit();
        return;
    }
    uow->ops->rollback(uow);
    begin();
    ck_assert_ptr_null(get(1));
    ck_assert_ptr_null(get(2));
    commit();
}
END_TEST

START_TEST(rollback_leaves_nothing)
{
    begin();
    add(make(1));
    uow->ops->rollback(uow);
    uow->ops->rollback(uow); /* twice is harmless */
    begin();
    ck_assert_ptr_null(get(1));
    add(make(2));
    uint32_t n = 0;
    OK(m_store_count(store, call, &sample_type, NULL, 10, &n)); /* sent */
    uow->ops->rollback(uow);
    begin();
    ck_assert_ptr_null(get(2));
    commit();
}
END_TEST

START_TEST(the_unit_of_work_is_guarded)
{
    sample s = make(1);
    m_call *stranger = test_call();
    begin();
    stranger->uow = uow;
    stranger->tenant = fresh_tenant();
    ck_assert_int_eq(m_store_insert(store, stranger, &sample_type, &s), M_INTERNAL);
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_INTERNAL);
    commit();
    ck_assert_int_eq(m_store_insert(store, call, &sample_type, &s), M_INTERNAL);
    call->uow = NULL;
    ck_assert_int_eq(m_store_insert(store, call, &sample_type, &s), M_INTERNAL);
    begin_read();
    ck_assert_int_eq(m_store_insert(store, call, &sample_type, &s), M_INTERNAL);
    commit();
    test_call_free(stranger);
}
END_TEST

START_TEST(tenants_do_not_see_each_other)
{
    m_id mine = call->tenant;
    begin();
    sample s = make(1);
    s.code = M_STR("same");
    add(s);
    gather(1, "a", "2026-04-01", 1);
    shared common = {.id = fresh_tenant(), .name = M_STR("common")};
    OK(m_store_insert(store, call, &shared_type, &common));
    commit();
    call->tenant = fresh_tenant();
    begin();
    ck_assert_ptr_null(get(1));
    ck_assert_str_eq(codes(&(m_query){.limit = 0}), "");
    uint32_t n = 9;
    OK(m_store_count(store, call, &sample_type, NULL, 10, &n));
    ck_assert_uint_eq(n, 0);
    ck_assert_ptr_null(balance_of(1, "a", "2026-04-01"));
    add(s); /* same key, same unique code */
    gather(1, "a", "2026-04-01", 50);
    const void *found = NULL;
    OK(m_store_get(store, call, &shared_type, common.id, &found));
    ck_assert_ptr_nonnull(found);
    OK(m_store_remove(store, call, &sample_type, &s));
    commit();
    call->tenant = mine;
    begin();
    ck_assert_ptr_nonnull(get(1));
    is_balance(balance_of(1, "a", "2026-04-01"), 1, 1);
    commit();
}
END_TEST

START_TEST(records_outlive_the_commit)
{
    begin();
    sample_line lines[2];
    sample_address tags[1];
    sample s = full(1, lines, tags);
    add(s);
    again();
    const sample *found = get(1);
    commit();
    ck_assert(m_record_equal(&sample_type, found, &s));
}
END_TEST

/* ---- reference data on two units of work ---- */

static reference make_reference(uint32_t n, const char *name, sample_line *line)
{
    *line = (sample_line){.note = m_str_of(name), .qty = m_dec_of_int(n)};
    return (reference){.id = test_id(n), .version = 1, .name = m_str_of(name), .lines = {line, 1}};
}

static const reference *get_reference(uint32_t n)
{
    const void *found = NULL;
    OK(m_store_get(store, call, &reference_type, test_id(n), &found));
    return found;
}

static uint32_t count_references(void)
{
    m_order by_name = {"name", false};
    m_query query = {.orders = &by_name, .order_count = 1};
    m_fetch fetch = {.type = &reference_type, .query = &query};
    OK(m_store_fetch(store, call, &fetch, 1));
    for (uint32_t i = 0; i < fetch.count; i++)
        ck_assert_uint_eq(((const reference *)fetch.records[i])->lines.count, 1);
    return fetch.count;
}

START_TEST(reference_data_is_never_old)
{
    m_uow *first = uow;
    m_uow *second = binding->open();
    sample_line lines[3];
    begin();
    reference a = make_reference(1, "a", &lines[0]);
    reference b = make_reference(2, "b", &lines[1]);
    OK(m_store_insert(store, call, &reference_type, &a));
    OK(m_store_insert(store, call, &reference_type, &b));
    ck_assert_uint_eq(count_references(), 2);
    commit();
    for (int round = 0; round < 3; round++) { /* fill both caches, read and write mode */
        uow = round % 2 ? first : second;
        if (round)
            begin_read();
        else
            begin();
        ck_assert(m_str_is(get_reference(1)->name, "a"));
        ck_assert_ptr_null(get_reference(3));
        ck_assert_uint_eq(count_references(), 2);
        commit();
    }
    uow = first;
    begin();
    a = *get_reference(1);
    a.version = 2;
    a.name = M_STR("changed");
    OK(m_store_update(store, call, &reference_type, &a));
    reference c = make_reference(3, "c", &lines[2]);
    OK(m_store_insert(store, call, &reference_type, &c));
    ck_assert(m_str_is(get_reference(1)->name, "changed"));
    ck_assert_uint_eq(count_references(), 3);
    commit();
    uow = second;
    begin_read();
    ck_assert(m_str_is(get_reference(1)->name, "changed"));
    ck_assert_ptr_nonnull(get_reference(3));
    ck_assert_uint_eq(count_references(), 3);
    commit();
    uow = first;
    begin(); /* what was rolled back must not stay in a cache */
    OK(m_store_remove(store, call, &reference_type, &c));
    ck_assert_uint_eq(count_references(), 2);
    ck_assert_ptr_null(get_reference(3));
    uow->ops->rollback(uow);
    begin_read();
    ck_assert_uint_eq(count_references(), 3);
    ck_assert_ptr_nonnull(get_reference(3));
    commit();
    if (binding->close) binding->close(second);
}
END_TEST

START_TEST(many_rows)
{
    enum { N = 1500 };
    begin();
    for (uint32_t i = 0; i < N; i++) {
        sample_line line = {.note = M_STR("line"), .qty = m_dec_of_int(i)};
        sample s = make(i + 1);
        s.lines = (m_list){&line, 1};
        add(s);
    }
    again();
    m_fetch all = run(&(m_query){.limit = 0});
    ck_assert_uint_eq(all.count, N);
    for (uint32_t i = 0; i < N; i++) {
        const sample *s = all.records[i];
        ck_assert(m_id_eq(s->id, test_id(i + 1)));
        ck_assert_int_eq(M_AT(s->lines, sample_line, 0)->qty.u, i * M_DEC_ONE);
    }
    commit();
}
END_TEST

Suite *store_suite(const char *name, const store_binding *b)
{
    const struct {
        const char *name;
        const TTest *test;
    } tests[] = {
#define T(f) {#f, f}
        T(every_kind_comes_back),
        T(extremes_of_numbers_and_dates),
        T(empty_values_stay_empty),
        T(keys_come_in_the_order_asked_for),
        T(wants_are_at_hand),
        T(updates_check_the_version),
        T(unread_rows_are_checked_too),
        T(lists_are_replaced_whole),
        T(removing),
        T(put_inserts_or_replaces),
        T(accumulating),
        T(sums_and_groups),
        T(append_only_types),
        T(unique_values),
        T(filters_equal_and_in),
        T(filters_by_order),
        T(filters_of_text_and_emptiness),
        T(ordering),
        T(pages),
        T(counting),
        T(find_one_and_need),
        T(own_writes_are_seen),
        T(a_refused_use_case_leaves_nothing),
        T(refusing_what_was_sent),
        T(rollback_leaves_nothing),
        T(the_unit_of_work_is_guarded),
        T(tenants_do_not_see_each_other),
        T(records_outlive_the_commit),
        T(reference_data_is_never_old),
        T(many_rows),
    };
    binding = b;
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < sizeof tests / sizeof *tests; i++) {
        TCase *tc = tcase_create(tests[i].name);
        tcase_set_timeout(tc, 60);
        tcase_add_checked_fixture(tc, setup, teardown);
        tcase_add_test(tc, tests[i].test);
        suite_add_tcase(suite, tc);
    }
    return suite;
}
