/* The memory binding of store and unit of work. */
#include <check.h>
#include <pthread.h>
#include <stdlib.h>

#include "m/doc.h"
#include "m_adapters/memory.h"
#include "test_env.h"

typedef struct {
    m_str city;
    m_str tax_no;
} address;
static const m_field address_fields[] = {
    M_F_STR(address, city, "City"),
    M_F_STR(address, tax_no, "Tax no", .flags = M_UNIQUE),
};
static const m_type address_type = {
    .name = "test.address", .size = sizeof(address), M_FIELDS(address_fields)};

typedef struct {
    m_str note;
    m_dec qty;
} line;
static const m_field line_fields[] = {M_F_STR(line, note, "Note"), M_F_QTY(line, qty, "Qty")};
static const m_type line_type = {.name = "test.line", .size = sizeof(line), M_FIELDS(line_fields)};

static const char *const colours[] = {"red", "blue", "amber", NULL};

typedef struct {
    m_id id;
    int64_t version;
    m_str code;
    m_str name;
    m_enum colour;
    m_date day;
    m_id parent;
    m_str reference;
    address address;
    m_list lines;
} thing;
static const m_field thing_fields[] = {
    M_F_ID(thing, id, "Id"),
    M_F_INT(thing, version, "Version"),
    M_F_STR(thing, code, "Code", .flags = M_UNIQUE),
    M_F_STR(thing, name, "Name"),
    M_F_ENUM(thing, colour, "Colour", colours),
    M_F_DATE(thing, day, "Day"),
    M_F_LINK(thing, parent, "Parent", "test.thing"),
    M_F_STR(thing, reference, "Reference"),
    M_F_STRUCT(thing, address, "Address", address, &address_type),
    M_F_LIST(thing, lines, "Lines", &line_type),
};
static const m_index thing_indexes[] = {
    {"parent,reference", true, "reference <> '' AND colour <> 'blue'"},
    {"day", false, NULL},
    {NULL},
};
static const m_type thing_type = {.name = "test.thing",
                                  .schema = "test",
                                  .table = "thing",
                                  .size = sizeof(thing),
                                  M_FIELDS(thing_fields),
                                  .indexes = thing_indexes};

typedef struct {
    m_id account;
    m_date month;
    m_dec debit;
    m_dec_sum total;
    int64_t times;
    m_str first;
} balance;
static const m_field balance_fields[] = {
    M_F_ID(balance, account, "Account", .flags = M_KEY),
    M_F_DATE(balance, month, "Month", .flags = M_KEY),
    M_F_MONEY(balance, debit, "Debit", .flags = M_SUMMED),
    M_F_SUM(balance, total, "Total", .flags = M_SUMMED),
    M_F_INT(balance, times, "Times", .flags = M_SUMMED),
    M_F_STR(balance, first, "First"),
};
static const m_type balance_type = {.name = "test.balance",
                                    .schema = "test",
                                    .table = "balance",
                                    .size = sizeof(balance),
                                    M_FIELDS(balance_fields)};

typedef struct {
    int64_t seq;
    m_str text;
} event;
static const m_field event_fields[] = {M_F_INT(event, seq, "Seq", .flags = M_KEY),
                                       M_F_STR(event, text, "Text")};
static const m_type event_type = {.name = "test.event",
                                  .schema = "test",
                                  .table = "event",
                                  .size = sizeof(event),
                                  M_FIELDS(event_fields),
                                  .flags = M_TYPE_APPEND};

static m_call *call;
static m_memory_db *db;
static m_store store;
static m_uow *uow;

static void begin(void)
{
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void commit(void)
{
    ck_assert_int_eq(uow->ops->commit(uow, call), M_OK);
}

static void setup(void)
{
    call = test_call();
    db = m_memory_db_new();
    store = m_memory_store(db);
    uow = m_memory_uow(db);
    begin();
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    m_memory_db_free(db);
    test_call_free(call);
}

static thing make(uint32_t n, const char *code, const char *name)
{
    return (thing){.id = test_id(n), .version = 1, .code = m_str_of(code), .name = m_str_of(name)};
}

static void add(thing t)
{
    ck_assert_int_eq(m_store_insert(store, call, &thing_type, &t), M_OK);
}

static const thing *get(uint32_t n)
{
    const void *found;
    ck_assert_int_eq(m_store_get(store, call, &thing_type, test_id(n), &found), M_OK);
    return found;
}

static m_fetch run(const m_query *query)
{
    m_fetch fetch = {.type = &thing_type, .query = query};
    ck_assert_int_eq(m_store_fetch(store, call, &fetch, 1), M_OK);
    return fetch;
}

/* The codes of the found things, one letter each. */
static const char *codes(const m_query *query)
{
    static char text[64];
    m_fetch fetch = run(query);
    for (uint32_t i = 0; i < fetch.count; i++)
        text[i] = ((const thing *)fetch.records[i])->code.p[0];
    text[fetch.count] = 0;
    return text;
}

static const char *codes_where(const char *field, m_filter_op op, const void *value)
{
    m_filter filter = {field, op, value};
    return codes(&(m_query){.filters = &filter, .filter_count = 1});
}

START_TEST(records_are_kept_and_copied)
{
    char name[] = "first";
    line lines[2] = {{M_STR("one"), m_dec_of_int(1)}, {M_STR("two"), m_dec_of_int(2)}};
    thing t = make(1, "a", name);
    t.lines = (m_list){lines, 2};
    add(t);
    memset(name, 'x', 5);
    lines[1].qty = m_dec_of_int(9);
    const thing *kept = get(1);
    ck_assert(m_str_is(kept->name, "first"));
    ck_assert_uint_eq(kept->lines.count, 2);
    ck_assert_int_eq(M_AT(kept->lines, line, 1)->qty.u, 2 * M_DEC_ONE);
    ck_assert_ptr_null(get(2));

    m_query bare = {.without_lists = true};
    m_fetch fetch = run(&bare);
    ck_assert_uint_eq(fetch.count, 1);
    ck_assert_uint_eq(((const thing *)fetch.records[0])->lines.count, 0);

    m_id ids[3] = {test_id(3), test_id(1), test_id(1)};
    m_fetch by_id = {.type = &thing_type, .ids = ids, .key_count = 3};
    ck_assert_int_eq(m_store_fetch(store, call, &by_id, 1), M_OK);
    ck_assert_uint_eq(by_id.count, 3);
    ck_assert_ptr_null(by_id.records[0]);
    ck_assert_ptr_nonnull(by_id.records[1]);
    ck_assert_ptr_nonnull(by_id.records[2]);
}
END_TEST

START_TEST(keys_and_versions_are_checked)
{
    thing t = make(1, "a", "first");
    add(t);
    ck_assert_int_eq(m_store_insert(store, call, &thing_type, &t), M_EXISTS);
    ck_assert(m_str_is(call->error.code, "core.exists"));
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &t), M_CONFLICT);
    t.version = 2;
    t.name = M_STR("second");
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &t), M_OK);
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &t), M_CONFLICT);
    ck_assert(m_str_is(get(1)->name, "second"));
    thing missing = make(7, "z", "");
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &missing), M_CONFLICT);
    t.version = 1;
    ck_assert_int_eq(m_store_put(store, call, &thing_type, &t), M_OK);
    ck_assert_int_eq(m_store_remove(store, call, &thing_type, &t), M_OK);
    ck_assert_ptr_null(get(1));
    ck_assert_int_eq(m_store_remove(store, call, &thing_type, &t), M_OK);
    add(t);
    ck_assert_ptr_nonnull(get(1));
}
END_TEST

START_TEST(unique_values_are_checked)
{
    thing a = make(1, "a", "");
    thing b = make(2, "a", "");
    thing none = make(3, "", ""), none_too = make(4, "", "");
    add(a);
    add(none);
    add(none_too);
    ck_assert_int_eq(m_store_insert(store, call, &thing_type, &b), M_EXISTS);
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].path, "code"));
    m_error_clear(call);
    b.code = M_STR("b");
    b.address.tax_no = M_STR("T1");
    add(b);
    a.version = 2;
    a.address.tax_no = M_STR("T1");
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &a), M_EXISTS);
    ck_assert(m_str_is(call->error.fields[0].path, "address.tax_no"));
    /* A value that was given up is free again. */
    b.version = 2;
    b.address.tax_no = M_STR("T2");
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &b), M_OK);
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &a), M_OK);
}
END_TEST

START_TEST(partial_unique_index)
{
    thing t = make(1, "a", "");
    t.parent = test_id(50);
    t.reference = M_STR("R1");
    add(t);
    thing same = t;
    same.id = test_id(2);
    same.code = M_STR("b");
    ck_assert_int_eq(m_store_insert(store, call, &thing_type, &same), M_EXISTS);
    same.colour = 1; /* blue: left out of the index */
    add(same);
    thing empty = t;
    empty.id = test_id(3);
    empty.code = M_STR("c");
    empty.reference = (m_str){NULL, 0};
    add(empty);
    empty.id = test_id(4);
    empty.code = M_STR("d");
    add(empty);
    thing orphan = t; /* no parent: as NULL in SQL, equal to nothing */
    orphan.parent = (m_id){{0}};
    orphan.id = test_id(5);
    orphan.code = M_STR("e");
    add(orphan);
    orphan.id = test_id(6);
    orphan.code = M_STR("f");
    add(orphan);
}
END_TEST

static void fill(void)
{
    static const char *const names[] = {"Delta", "alpha one", "Bravo", "bravo Two", ""};
    static const char *const code[] = {"a", "b", "c", "d", "e"};
    for (uint32_t i = 0; i < 5; i++) {
        thing t = make(i + 1, code[i], names[i]);
        t.colour = (m_enum)(i % 3);
        if (i != 2) t.day = (m_date){test_date("2026-04-01").d + (int)i};
        if (i == 3) t.parent = test_id(1);
        t.address.city = i < 2 ? M_STR("Goa") : M_STR("Pune");
        add(t);
    }
}

START_TEST(filters)
{
    fill();
    m_date day = test_date("2026-04-04");
    m_enum blue = 1;
    m_str goa = M_STR("Goa"), br = M_STR("bR"), o = M_STR("O");
    m_str two[] = {M_STR("e"), M_STR("a")};
    m_list in = {two, 2};
    m_list none = {NULL, 0};
    ck_assert_str_eq(codes_where("day", M_OP_EQ, &day), "d");
    ck_assert_str_eq(codes_where("day", M_OP_NE, &day), "abce");
    ck_assert_str_eq(codes_where("day", M_OP_LT, &day), "ab"); /* c has no day */
    ck_assert_str_eq(codes_where("day", M_OP_LE, &day), "abd");
    ck_assert_str_eq(codes_where("day", M_OP_GT, &day), "e");
    ck_assert_str_eq(codes_where("day", M_OP_GE, &day), "de");
    ck_assert_str_eq(codes_where("day", M_OP_EMPTY, NULL), "c");
    ck_assert_str_eq(codes_where("day", M_OP_NOT_EMPTY, NULL), "abde");
    ck_assert_str_eq(codes_where("parent", M_OP_NOT_EMPTY, NULL), "d");
    ck_assert_str_eq(codes_where("name", M_OP_EMPTY, NULL), "e");
    ck_assert_str_eq(codes_where("colour", M_OP_EQ, &blue), "be");
    ck_assert_str_eq(codes_where("address_city", M_OP_EQ, &goa), "ab");
    ck_assert_str_eq(codes_where("name", M_OP_PREFIX, &br), "cd");
    ck_assert_str_eq(codes_where("name", M_OP_CONTAINS, &o), "bcd");
    ck_assert_str_eq(codes_where("code", M_OP_IN, &in), "ae");
    ck_assert_str_eq(codes_where("code", M_OP_IN, &none), "");
    m_filter bad = {"nothing", M_OP_EQ, &goa};
    m_query query = {.filters = &bad, .filter_count = 1};
    m_fetch fetch = {.type = &thing_type, .query = &query};
    ck_assert_int_eq(m_store_fetch(store, call, &fetch, 1), M_INVALID);
    bad = (m_filter){"day", M_OP_PREFIX, &goa};
    ck_assert_int_eq(m_store_fetch(store, call, &fetch, 1), M_INVALID);
}
END_TEST

START_TEST(orders_pages_search_and_counts)
{
    fill();
    m_order orders[] = {{"address_city", true}, {"day", false}};
    m_query query = {.orders = orders, .order_count = 2};
    ck_assert_str_eq(codes(&query), "cdeab");
    query.limit = 2;
    m_fetch page = run(&query);
    ck_assert_uint_eq(page.count, 2);
    query.after = page.records[1];
    ck_assert_str_eq(codes(&query), "ea");
    m_order by_colour = {"colour", false}; /* amber, blue, red; then by id */
    ck_assert_str_eq(codes(&(m_query){.orders = &by_colour, .order_count = 1}), "cbead");
    m_query search = {.search = M_STR("pUn"), .search_fields = "name,address_city"};
    ck_assert_str_eq(codes(&search), "cde");
    uint32_t n;
    ck_assert_int_eq(m_store_count(store, call, &thing_type, &search, 2, &n), M_OK);
    ck_assert_uint_eq(n, 2);
    ck_assert_int_eq(m_store_count(store, call, &thing_type, &search, 100, &n), M_OK);
    ck_assert_uint_eq(n, 3);
}
END_TEST

static void gather(uint32_t account, const char *month, const char *debit)
{
    balance b = {.account = test_id(account),
                 .month = test_date(month),
                 .debit = test_dec(debit),
                 .times = 1,
                 .first = m_str_of(debit)};
    b.total = b.debit.u;
    ck_assert_int_eq(m_store_accumulate(store, call, &balance_type, &b), M_OK);
}

START_TEST(accumulate_and_sum)
{
    gather(1, "2026-04-01", "10.50");
    gather(1, "2026-04-01", "-0.25");
    gather(1, "2026-05-01", "1");
    gather(2, "2026-04-01", "5");
    balance key = {.account = test_id(1), .month = test_date("2026-04-01")};
    const void *found;
    ck_assert_int_eq(m_store_get_key(store, call, &balance_type, &key, &found), M_OK);
    const balance *b = found;
    ck_assert_int_eq(b->debit.u, 10250000);
    ck_assert(b->total == 10250000);
    ck_assert_int_eq(b->times, 2);
    ck_assert(m_str_is(b->first, "10.50"));

    m_sum sum = {.type = &balance_type, .group_by = "account"};
    ck_assert_int_eq(m_store_sum(store, call, &sum), M_OK);
    ck_assert_uint_eq(sum.out.count, 2);
    ck_assert_int_eq(M_AT(sum.out, balance, 0)->debit.u, 11250000);
    ck_assert_int_eq(M_AT(sum.out, balance, 0)->times, 3);
    ck_assert(m_date_is_none(M_AT(sum.out, balance, 0)->month));
    ck_assert(m_id_eq(M_AT(sum.out, balance, 1)->account, test_id(2)));
    m_date april = test_date("2026-04-30");
    m_filter until = {"month", M_OP_LE, &april};
    sum = (m_sum){.type = &balance_type, .group_by = "", .filters = &until, .filter_count = 1};
    ck_assert_int_eq(m_store_sum(store, call, &sum), M_OK);
    ck_assert_uint_eq(sum.out.count, 1);
    ck_assert_int_eq(M_AT(sum.out, balance, 0)->debit.u, 15250000);

    balance huge = {.account = test_id(1), .month = test_date("2026-04-01")};
    huge.debit.u = M_DEC_MAX;
    ck_assert_int_eq(m_store_accumulate(store, call, &balance_type, &huge), M_RANGE);
}
END_TEST

START_TEST(append_only_types_refuse_changes)
{
    event e = {1, M_STR("one")};
    ck_assert_int_eq(m_store_insert(store, call, &event_type, &e), M_OK);
    ck_assert_int_eq(m_store_insert(store, call, &event_type, &e), M_EXISTS);
    ck_assert_int_eq(m_store_update(store, call, &event_type, &e), M_INTERNAL);
    ck_assert_int_eq(m_store_put(store, call, &event_type, &e), M_INTERNAL);
    ck_assert_int_eq(m_store_remove(store, call, &event_type, &e), M_INTERNAL);
}
END_TEST

START_TEST(refuse_and_rollback_undo)
{
    add(make(1, "a", "kept"));
    uow->ops->mark(uow);
    thing changed = make(1, "a", "changed");
    changed.version = 2;
    ck_assert_int_eq(m_store_update(store, call, &thing_type, &changed), M_OK);
    add(make(2, "b", "gone"));
    ck_assert(m_str_is(get(1)->name, "changed"));
    ck_assert(uow->ops->refuse(uow));
    ck_assert(m_str_is(get(1)->name, "kept"));
    ck_assert_ptr_null(get(2));
    add(make(3, "b", "code b is free again"));
    uow->ops->accept(uow);
    uow->ops->mark(uow);
    ck_assert_int_eq(m_store_remove(store, call, &thing_type, &changed), M_OK);
    uow->ops->refuse(uow);
    commit();
    begin();
    ck_assert_ptr_nonnull(get(1));
    ck_assert_ptr_nonnull(get(3));
    add(make(4, "d", ""));
    uow->ops->rollback(uow);
    begin();
    ck_assert_ptr_null(get(4));
    ck_assert_str_eq(codes(&(m_query){.limit = 0}), "ab");
}
END_TEST

START_TEST(the_unit_of_work_is_guarded)
{
    thing t = make(1, "a", "");
    add(t);
    commit();
    ck_assert_int_eq(m_store_insert(store, call, &thing_type, &t), M_INTERNAL);
    m_id ids[] = {test_id(1)};
    m_fetch want = {.type = &thing_type, .ids = ids, .key_count = 1};
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_READ, &want, 1), M_OK);
    ck_assert_ptr_nonnull(want.records[0]);
    ck_assert_int_eq(m_store_put(store, call, &thing_type, &t), M_INTERNAL);
    commit();
    begin();
    m_id mine = call->tenant;
    call->tenant = test_id(77);
    ck_assert_int_eq(m_store_put(store, call, &thing_type, &t), M_INTERNAL);
    call->tenant = mine;
    m_uow *second = m_memory_uow(db);
    m_call *other = test_call();
    other->deadline.us = TEST_START_US + 1000;
    ck_assert_int_eq(second->ops->begin(second, other, M_UOW_READ, NULL, 0), M_AGAIN);
    second->ops->rollback(second);
    test_call_free(other);
    ck_assert_ptr_nonnull(get(1));
}
END_TEST

START_TEST(tenants_do_not_see_each_other)
{
    add(make(1, "a", "of one"));
    commit();
    call->tenant = test_id(77);
    begin();
    ck_assert_ptr_null(get(1));
    add(make(1, "a", "of the other"));
    commit();
    call->tenant = test_id(1);
    begin();
    ck_assert(m_str_is(get(1)->name, "of one"));
}
END_TEST

START_TEST(much_rewriting_stays_small)
{
    static char text[100000];
    memset(text, 'x', sizeof text);
    thing t = make(1, "a", "");
    t.name = (m_str){text, sizeof text};
    add(make(2, "b", "stays"));
    add(t);
    commit();
    /* 3 GB in all; the db may hold 1 GB at a time. */
    for (int i = 0; i < 30000; i++) {
        begin();
        t.version++;
        ck_assert_int_eq(m_store_update(store, call, &thing_type, &t), M_OK);
        commit();
    }
    begin();
    ck_assert(m_str_is(get(2)->name, "stays"));
    ck_assert_int_eq(get(1)->version, 30001);
    thing clash = make(3, "b", "");
    ck_assert_int_eq(m_store_insert(store, call, &thing_type, &clash), M_EXISTS);
}
END_TEST

static void *write_many(void *arg)
{
    m_call *c = test_call();
    m_uow *u = m_memory_uow(arg);
    uint32_t failures = 0;
    for (int i = 0; i < 200; i++) {
        balance b = {.account = test_id(1), .month = test_date("2026-04-01"), .times = 1};
        failures += u->ops->begin(u, c, M_UOW_WRITE, NULL, 0) != M_OK;
        failures += m_store_accumulate(m_memory_store(arg), c, &balance_type, &b) != M_OK;
        failures += u->ops->commit(u, c) != M_OK;
    }
    test_call_free(c);
    return (void *)(uintptr_t)failures;
}

START_TEST(threads_take_turns)
{
    commit();
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, write_many, db), 0);
    for (int i = 0; i < 4; i++) {
        void *failures;
        pthread_join(threads[i], &failures);
        ck_assert_ptr_null(failures);
    }
    begin();
    m_sum sum = {.type = &balance_type, .group_by = ""};
    ck_assert_int_eq(m_store_sum(store, call, &sum), M_OK);
    ck_assert_int_eq(M_AT(sum.out, balance, 0)->times, 800);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("memory_store");
    TCase *tc = tcase_create("all");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, records_are_kept_and_copied);
    tcase_add_test(tc, keys_and_versions_are_checked);
    tcase_add_test(tc, unique_values_are_checked);
    tcase_add_test(tc, partial_unique_index);
    tcase_add_test(tc, filters);
    tcase_add_test(tc, orders_pages_search_and_counts);
    tcase_add_test(tc, accumulate_and_sum);
    tcase_add_test(tc, append_only_types_refuse_changes);
    tcase_add_test(tc, refuse_and_rollback_undo);
    tcase_add_test(tc, the_unit_of_work_is_guarded);
    tcase_add_test(tc, tenants_do_not_see_each_other);
    tcase_add_test(tc, much_rewriting_stays_small);
    suite_add_tcase(suite, tc);
    TCase *threads = tcase_create("threads");
    tcase_add_checked_fixture(threads, setup, teardown);
    tcase_add_test(threads, threads_take_turns);
    suite_add_tcase(suite, threads);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
