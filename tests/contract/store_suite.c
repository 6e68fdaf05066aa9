#include <stdio.h>
#include <sys/random.h>

#include "store_cases.h"

const store_binding *binding;
m_store store;
m_call *call;
m_uow *uow;

m_id fresh_tenant(void)
{
    m_id tenant;
    ck_assert_int_eq(getrandom(&tenant, sizeof tenant, 0), sizeof tenant);
    return tenant;
}

void begin(void)
{
    OK(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0));
    uow->ops->mark(uow);
}

void begin_read(void)
{
    OK(uow->ops->begin(uow, call, M_UOW_READ, NULL, 0));
}

void commit(void)
{
    OK(uow->ops->commit(uow, call));
}

void again(void)
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

sample make(uint32_t n)
{
    return (sample){.id = test_id(n), .version = 1};
}

void add(sample s)
{
    OK(m_store_insert(store, call, &sample_type, &s));
}

const sample *get(uint32_t n)
{
    const void *found = NULL;
    OK(m_store_get(store, call, &sample_type, test_id(n), &found));
    return found;
}

m_fetch run(const m_query *query)
{
    m_fetch fetch = {.type = &sample_type, .query = query};
    OK(m_store_fetch(store, call, &fetch, 1));
    return fetch;
}

const char *codes(const m_query *query)
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

const char *where(const char *field, m_filter_op op, const void *value)
{
    m_filter filter = {field, op, value};
    return codes(&(m_query){.filters = &filter, .filter_count = 1});
}

static const char all_bytes[] = "\0\1\x7f\x80\xff raw";

/* ---- values ---- */

sample full(uint32_t n, sample_line lines[2], sample_address tags[1])
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

m_status told(m_status at_once)
{
    if (at_once != M_OK || binding->faults_at_once) return at_once;
    return uow->ops->commit(uow, call);
}

/* ---- sums ---- */

void gather(uint32_t account, const char *kind, const char *month, int64_t amount)
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

const balance *balance_of(uint32_t account, const char *kind, const char *month)
{
    balance key = {.account = test_id(account), .kind = m_str_of(kind), .month = test_date(month)};
    const void *found = NULL;
    OK(m_store_get_key(store, call, &balance_type, &key, &found));
    return found;
}

void is_balance(const balance *b, int64_t amount, int64_t hits)
{
    ck_assert_ptr_nonnull(b);
    ck_assert_int_eq(b->amount.u, amount * M_DEC_ONE);
    ck_assert(b->debit == amount * (m_dec_sum)M_DEC_ONE);
    ck_assert_int_eq(b->hits, hits);
}

/* ---- queries ---- */

void fill(void)
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

Suite *store_suite(const char *name, const store_binding *b)
{
    static const struct {
        const char *name;
        void (*add)(TCase *tc);
    } parts[] = {{"rows", add_row_cases},
                 {"queries", add_query_cases},
                 {"transactions", add_transaction_cases}};
    binding = b;
    Suite *suite = suite_create(name);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        TCase *tc = tcase_create(parts[i].name);
        tcase_set_timeout(tc, 60);
        tcase_add_checked_fixture(tc, setup, teardown);
        parts[i].add(tc);
        suite_add_tcase(suite, tc);
    }
    return suite;
}
