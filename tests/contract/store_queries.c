/* Sums, filters, orders, pages. */
#include <stdio.h>

#include "store_cases.h"

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

static uint32_t entries_with(m_filter_op op, int64_t foreign)
{
    m_dec value = {foreign};
    m_filter filter = {"foreign", op, &value};
    m_query query = {.filters = &filter, .filter_count = 1};
    uint32_t n;
    OK(m_store_count(store, call, &entry_type, &query, 10, &n));
    return n;
}

/* What is mostly empty is absent, not zero; it reads and sums as zero. */
START_TEST(sparse_decimals)
{
    begin();
    static const int64_t amounts[] = {0, 500, -200, 0};
    for (int64_t i = 0; i < 4; i++) {
        entry e = {.seq = 1,
                   .line_no = i + 1,
                   .posting_date = test_date("2026-04-01"),
                   .account = test_id(i < 3 ? 1 : 2),
                   .foreign = {amounts[i]}};
        OK(m_store_insert(store, call, &entry_type, &e));
    }
    again();
    for (int64_t i = 0; i < 4; i++) {
        const void *found;
        entry key = {.seq = 1, .line_no = i + 1};
        OK(m_store_get_key(store, call, &entry_type, &key, &found));
        ck_assert_int_eq(((const entry *)found)->foreign.u, amounts[i]);
    }
    m_sum sum = {.type = &entry_type, .group_by = "account"};
    OK(m_store_sum(store, call, &sum));
    ck_assert_int_eq(M_AT(sum.out, entry, 0)->foreign.u, 300);
    ck_assert_int_eq(M_AT(sum.out, entry, 1)->foreign.u, 0);
    ck_assert_uint_eq(entries_with(M_OP_EQ, 0), 2);
    ck_assert_uint_eq(entries_with(M_OP_NE, 0), 2);
    ck_assert_uint_eq(entries_with(M_OP_EQ, 500), 1);
    ck_assert_uint_eq(entries_with(M_OP_NE, 500), 3);
    ck_assert_uint_eq(entries_with(M_OP_LT, 500), 1);
    ck_assert_uint_eq(entries_with(M_OP_GE, -200), 2);
    ck_assert_uint_eq(entries_with(M_OP_GT, 0), 0); /* as with the date none */
    ck_assert_uint_eq(entries_with(M_OP_EMPTY, 0), 2);
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
    ck_assert_str_eq(ordered("day", true, NULL, false), "dbcae");  /* the key turns as well */
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

void add_query_cases(TCase *tc)
{
    tcase_add_test(tc, accumulating);
    tcase_add_test(tc, sums_and_groups);
    tcase_add_test(tc, append_only_types);
    tcase_add_test(tc, filters_equal_and_in);
    tcase_add_test(tc, filters_by_order);
    tcase_add_test(tc, sparse_decimals);
    tcase_add_test(tc, filters_of_text_and_emptiness);
    tcase_add_test(tc, ordering);
    tcase_add_test(tc, pages);
    tcase_add_test(tc, counting);
    tcase_add_test(tc, find_one_and_need);
}
