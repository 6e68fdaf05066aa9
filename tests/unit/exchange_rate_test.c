/* Exchange rates: the table, and what the protocol "masters" answers from it. */
#include <check.h>
#include <stdlib.h>

#include "m_adapters/memory.h"
#include "masters.h"
#include "records.h"
#include "test_env.h"
#include "unit.h"

static m_call *call;
static m_memory_db *db;
static m_store store;
static m_uow *uow;
static void *core;
static const m_module *modules[1];
static m_masters masters;

static void setup(void)
{
    call = test_call();
    db = m_memory_db_new();
    store = m_memory_store(db);
    uow = m_memory_uow(db);
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
    core = calloc(1, core_module()->instance_size);
    memcpy((char *)core + core_module()->requires_[0].offset, &store, sizeof store);
    modules[0] = core_module();
    core_configure(core, &(core_config){.modules = modules, .module_count = 1});
    masters = (m_masters){core_module()->provides[0].ops, core};
    ck_assert_int_eq(core_module()->seed(core, call), M_OK);
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    m_memory_db_free(db);
    test_call_free(call);
    free(core);
}

static m_status check_rate(core_exchange_rate *rate)
{
    m_error_clear(call);
    return core_exchange_rate_doctype.check(core, call, rate, NULL);
}

static bool noted(const char *path, const char *code)
{
    return call->error.field_count == 1 && m_str_is(call->error.fields[0].path, path) &&
           m_str_is(call->error.fields[0].code, code);
}

static void insert(const core_exchange_rate *rate)
{
    ck_assert_int_eq(m_store_insert(store, call, &core_exchange_rate_type, rate), M_OK);
}

static core_exchange_rate *exchange_rate(uint32_t n, m_id currency, const char *from,
                                         const char *rate)
{
    core_exchange_rate *r = m_record_new(&core_exchange_rate_type, call->arena);
    ck_assert_ptr_nonnull(r);
    r->id = test_id(n);
    r->version = 1;
    r->currency = currency;
    r->valid_from = test_date(from);
    r->rate = test_dec(rate);
    return r;
}

static m_id currency_of(const char *code)
{
    m_str text = m_str_of(code);
    const void *found;
    ck_assert_int_eq(m_store_find_one(store, call, &core_currency_type, "code", &text, &found),
                     M_OK);
    ck_assert_ptr_nonnull(found);
    return ((const core_currency *)found)->id;
}

START_TEST(the_latest_rate_on_or_before_the_day_counts)
{
    m_id usd = currency_of("USD");
    insert(exchange_rate(80, usd, "2026-04-01", "83.123456"));
    insert(exchange_rate(81, usd, "2026-04-10", "84"));
    insert(exchange_rate(82, currency_of("EUR"), "2026-04-05", "90"));
    static const struct {
        const char *on;
        const char *rate; /* NULL: none */
        const char *from;
    } cases[] = {{"2026-03-31", NULL, NULL},
                 {"2026-04-01", "83.123456", "2026-04-01"},
                 {"2026-04-09", "83.123456", "2026-04-01"},
                 {"2026-04-10", "84", "2026-04-10"},
                 {"2030-01-01", "84", "2026-04-10"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        m_currency_info info;
        m_status status = m_currency_on(masters, call, usd, test_date(cases[i].on), &info);
        if (!cases[i].rate) {
            ck_assert_int_eq(status, M_PRECONDITION);
            ck_assert(m_str_is(call->error.code, "core.currency.rate_missing"));
            m_error_clear(call);
            continue;
        }
        ck_assert_int_eq(status, M_OK);
        ck_assert_int_eq(m_dec_cmp(info.rate, test_dec(cases[i].rate)), 0);
        ck_assert_int_eq(info.per.u, M_DEC_ONE);
        ck_assert_int_eq(info.valid_from.d, test_date(cases[i].from).d);
        ck_assert(m_str_is(info.code, "USD") && !info.base && info.places == 2);
    }
}
END_TEST

START_TEST(the_base_currency_has_no_rate)
{
    m_currency_info info;
    ck_assert_int_eq(m_currency_on(masters, call, (m_id){{0}}, test_date("2026-04-01"), &info),
                     M_OK);
    ck_assert(info.base && m_str_is(info.code, "INR") && info.rate.u == M_DEC_ONE);
    ck_assert_int_eq(m_currency_on(masters, call, test_id(999), test_date("2026-04-01"), &info),
                     M_INVALID);
    ck_assert(m_str_is(call->error.code, "core.currency.unknown"));
    core_exchange_rate *own = exchange_rate(80, currency_of("INR"), "2026-04-01", "1");
    ck_assert_int_eq(check_rate(own), M_INVALID);
    ck_assert(noted("currency", "core.exchange_rate.base"));
    core_exchange_rate *first = exchange_rate(81, currency_of("USD"), "2026-04-01", "83");
    ck_assert_int_eq(check_rate(first), M_OK);
    insert(first);
    core_exchange_rate *second = exchange_rate(82, currency_of("USD"), "2026-04-01", "84");
    ck_assert_int_eq(check_rate(second), M_INVALID);
    ck_assert(noted("valid_from", "core.exchange_rate.exists"));
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("exchange rates");
    tcase_add_checked_fixture(t, setup, teardown);
    tcase_add_test(t, the_latest_rate_on_or_before_the_day_counts);
    tcase_add_test(t, the_base_currency_has_no_rate);
    return unit_run(t, "exchange_rate");
}
