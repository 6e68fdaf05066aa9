/* Single rows: values, changes, uniqueness. */
#include "store_cases.h"

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

/* One line stays, one changes, one is new: each is what it should be, also in one transaction. */
START_TEST(lines_change_where_they_are)
{
    sample_line lines[2];
    sample_address tags[1];
    sample s = full(1, lines, tags);
    begin();
    add(s);
    again();
    s = *get(1);
    const sample_line *before = s.lines.items;
    sample_line more[] = {before[0], before[1], {.note = M_STR("third")}};
    more[1].qty = test_dec("7");
    s.lines = (m_list){more, 3};
    s.version = 2;
    OK(m_store_update(store, call, &sample_type, &s));
    s.version = 3;
    more[0].note = M_STR("changed later");
    OK(m_store_update(store, call, &sample_type, &s));
    again();
    const sample *found = get(1);
    ck_assert_uint_eq(found->lines.count, 3);
    const sample_line *now = found->lines.items;
    ck_assert(m_str_is(now[0].note, "changed later") && m_id_eq(now[0].item, test_id(8)));
    ck_assert(m_str_is(now[1].note, "second") && now[1].qty.u == test_dec("7").u);
    ck_assert(m_str_is(now[2].note, "third"));
    ck_assert_uint_eq(found->tags.count, 1);
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

void add_row_cases(TCase *tc)
{
    tcase_add_test(tc, every_kind_comes_back);
    tcase_add_test(tc, extremes_of_numbers_and_dates);
    tcase_add_test(tc, empty_values_stay_empty);
    tcase_add_test(tc, keys_come_in_the_order_asked_for);
    tcase_add_test(tc, wants_are_at_hand);
    tcase_add_test(tc, updates_check_the_version);
    tcase_add_test(tc, unread_rows_are_checked_too);
    tcase_add_test(tc, lists_are_replaced_whole);
    tcase_add_test(tc, lines_change_where_they_are);
    tcase_add_test(tc, removing);
    tcase_add_test(tc, put_inserts_or_replaces);
    tcase_add_test(tc, unique_values);
}
