/* Units of work: own writes, refusals, tenants, caches. */
#include "store_cases.h"

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

void add_transaction_cases(TCase *tc)
{
    tcase_add_test(tc, own_writes_are_seen);
    tcase_add_test(tc, a_refused_use_case_leaves_nothing);
    tcase_add_test(tc, refusing_what_was_sent);
    tcase_add_test(tc, rollback_leaves_nothing);
    tcase_add_test(tc, the_unit_of_work_is_guarded);
    tcase_add_test(tc, tenants_do_not_see_each_other);
    tcase_add_test(tc, records_outlive_the_commit);
    tcase_add_test(tc, reference_data_is_never_old);
    tcase_add_test(tc, many_rows);
}
