/* People: dates that are derived and checked, pay scales and their stages. */
#include <check.h>
#include <stdlib.h>

#include "department/department.h"
#include "designation/designation.h"
#include "employee/employee.h"
#include "m/uow.h"
#include "m_adapters/memory.h"
#include "pay_scale/pay_scale.h"
#include "test_env.h"

static m_call *call;
static m_memory_db *db;
static m_uow *uow;
static ppl module;

static m_status policy(void *self, m_call *asker, const m_policy_question *in, m_policy_value *out)
{
    (void)self, (void)asker, (void)in;
    *out = (m_policy_value){.found = false};
    return M_OK;
}
static const m_masters_ops masters_ops = {.head = {sizeof masters_ops, 1, "masters"},
                                          .policy = policy};

static void setup(void)
{
    call = test_call();
    db = m_memory_db_new();
    uow = m_memory_uow(db);
    module = (ppl){.store = m_memory_store(db), .masters = {&masters_ops, NULL}};
    ck_assert_int_eq(uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0), M_OK);
}

static void teardown(void)
{
    uow->ops->rollback(uow);
    m_memory_db_free(db);
    test_call_free(call);
}

static m_status check(const m_doctype *type, void *doc)
{
    m_error_clear(call);
    M_TRY(type->check(&module, call, doc, NULL));
    m_record_validate(call, type->type, doc, "");
    return m_failed_fields(call);
}

static void wrong(m_status status, const char *code, const char *path)
{
    ck_assert_int_eq(status, M_INVALID);
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert_msg(m_str_is(call->error.fields[0].code, code), "%.*s",
                  M_STR_ARG(call->error.fields[0].code));
    ck_assert_msg(m_str_is(call->error.fields[0].path, path), "%.*s",
                  M_STR_ARG(call->error.fields[0].path));
}

/* ---- dates ---- */

START_TEST(retirement_dates)
{
    static const char *const table[][2] = {
        {"1966-05-15", "2026-05-31"}, {"1966-05-01", "2026-04-30"}, {"1968-02-29", "2028-02-29"},
        {"1966-01-01", "2025-12-31"}, {"1966-12-31", "2026-12-31"}, {"1967-02-28", "2027-02-28"},
        {"1964-03-01", "2024-02-29"},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        m_date got;
        ck_assert_int_eq(ppl_retirement_date(test_date(table[i][0]), 60, &got), M_OK);
        ck_assert_msg(got.d == test_date(table[i][1]).d, "born %s", table[i][0]);
    }
    m_date none;
    ck_assert_int_eq(ppl_retirement_date(M_DATE_NONE, 60, &none), M_INVALID);
    ck_assert_int_eq(ppl_retirement_date(test_date("1966-05-15"), 0, &none), M_INVALID);
}
END_TEST

START_TEST(ages)
{
    ck_assert_int_eq(ppl_age(test_date("2000-04-02"), test_date("2018-04-01")), 17);
    ck_assert_int_eq(ppl_age(test_date("2000-04-01"), test_date("2018-04-01")), 18);
    ck_assert_int_eq(ppl_age(test_date("2004-02-29"), test_date("2022-02-28")), 17);
    ck_assert_int_eq(ppl_age(test_date("2004-02-29"), test_date("2022-03-01")), 18);
}
END_TEST

static ppl_employee *employee(const char *birth, const char *joining)
{
    ppl_employee *doc = m_record_new(&ppl_employee_type, call->arena);
    doc->personal_number = M_STR("P-1");
    doc->full_name = M_STR("Asha Rao");
    doc->birth_date = test_date(birth);
    doc->joining_date = test_date(joining);
    return doc;
}

START_TEST(employee_checks)
{
    const m_doctype *type = &ppl_employee_doctype;
    ppl_employee *doc = employee("1990-06-15", "2015-04-01");
    ck_assert_int_eq(check(type, doc), M_OK);
    ck_assert_int_eq(doc->retirement_date.d, test_date("2050-06-30").d);
    ck_assert(doc->active);
    wrong(check(type, employee("1990-06-15", "1990-06-15")), "people.employee.joining",
          "joining_date");
    wrong(check(type, employee("1990-06-15", "2008-06-14")), "people.employee.too_young",
          "joining_date");
    wrong(check(type, employee("1950-06-15", "2010-06-30")), "people.employee.retired",
          "joining_date");
    doc = employee("1990-06-15", "2015-04-01");
    doc->repatriation_date = test_date("2030-01-01");
    wrong(check(type, doc), "people.employee.repatriation", "repatriation_date");
    doc->employment_type = PPL_DEPUTATIONIST;
    ck_assert_int_eq(check(type, doc), M_OK);
    ck_assert(m_date_is_none(doc->retirement_date));
    doc->repatriation_date = doc->joining_date;
    wrong(check(type, doc), "people.employee.repatriation", "repatriation_date");
    doc = employee("1950-06-15", "2024-04-01");
    doc->employment_type = PPL_CASUAL;
    ck_assert_int_eq(check(type, doc), M_OK);
    ck_assert(m_date_is_none(doc->retirement_date));
    doc = employee("1990-06-15", "2015-04-01");
    doc->birth_date = M_DATE_NONE;
    wrong(check(type, doc), "core.field.required", "birth_date");
}
END_TEST

/* ---- pay scales ---- */

/* 16,500-500-20,000-700-25,600 */
static ppl_stretch stretches[] = {{{500 * M_DEC_ONE}, {20000 * M_DEC_ONE}},
                                  {{700 * M_DEC_ONE}, {25600 * M_DEC_ONE}}};

START_TEST(stages)
{
    static const char *const table[][2] = {{"16500", "17000"}, {"19500", "20000"},
                                           {"20000", "20700"}, {"19800", "20000"},
                                           {"24900", "25600"}, {"25600", "25600"}};
    m_dec next;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        ck_assert_int_eq(
            ppl_next_stage(test_dec("16500"), stretches, 2, test_dec(table[i][0]), &next), M_OK);
        ck_assert_msg(next.u == test_dec(table[i][1]).u, "after %s", table[i][0]);
    }
    ck_assert_int_eq(ppl_next_stage(test_dec("16500"), stretches, 2, test_dec("16499"), &next),
                     M_INVALID);
    ck_assert(!ppl_scale_good(test_dec("16400"), stretches, 2));
    ck_assert(ppl_scale_good(test_dec("16400"), NULL, 0));
    ppl_stretch falling[] = {{test_dec("500"), test_dec("16000")}};
    ck_assert(!ppl_scale_good(test_dec("16500"), falling, 1));
}
END_TEST

static ppl_pay_scale *scale(uint32_t n, const char *from, const char *to)
{
    ppl_pay_scale *doc = m_record_new(&ppl_pay_scale_type, call->arena);
    doc->id = test_id(n);
    doc->version = 1;
    doc->code = m_str_of(m_arena_printf(call->arena, "S%u", n));
    doc->grade = M_STR("E-2");
    doc->start_basic = test_dec("16500");
    doc->stretches = (m_list){stretches, 2};
    doc->effective_from = test_date(from);
    if (to) doc->effective_to = test_date(to);
    return doc;
}

START_TEST(pay_scales_may_not_overlap)
{
    const m_doctype *type = &ppl_pay_scale_doctype;
    ppl_pay_scale *first = scale(1, "2020-01-01", "2024-12-31");
    ck_assert_int_eq(check(type, first), M_OK);
    ck_assert_int_eq(m_store_insert(module.store, call, type->type, first), M_OK);
    ck_assert_int_eq(check(type, first), M_OK);
    ck_assert_int_eq(check(type, scale(2, "2025-01-01", NULL)), M_OK);
    wrong(check(type, scale(2, "2024-12-31", NULL)), "people.pay_scale.overlap", "effective_from");
    wrong(check(type, scale(2, "2019-01-01", "2020-01-01")), "people.pay_scale.overlap",
          "effective_from");
    wrong(check(type, scale(2, "2026-01-01", "2025-01-01")), "people.pay_scale.period",
          "effective_to");
    ppl_pay_scale *other = scale(2, "2020-01-01", NULL);
    other->grade = M_STR("E-3");
    ck_assert_int_eq(check(type, other), M_OK);
    other->start_basic = test_dec("16400");
    wrong(check(type, other), "people.pay_scale.stages", "stretches");
}
END_TEST

/* ---- departments, deletion ---- */

START_TEST(departments_make_a_tree)
{
    const m_doctype *type = &ppl_department_doctype;
    ppl_department *top = m_record_new(type->type, call->arena);
    ppl_department *low = m_record_new(type->type, call->arena);
    top->id = test_id(1);
    low->id = test_id(2);
    top->version = low->version = 1;
    top->code = top->name = M_STR("TOP");
    low->code = low->name = M_STR("LOW");
    low->parent = top->id;
    ck_assert_int_eq(m_store_insert(module.store, call, type->type, top), M_OK);
    ck_assert_int_eq(check(type, low), M_OK);
    ck_assert_int_eq(m_store_insert(module.store, call, type->type, low), M_OK);
    top->parent = low->id;
    wrong(check(type, top), "people.department.parent", "parent");
    top->parent = top->id;
    wrong(check(type, top), "people.department.parent", "parent");
}
END_TEST

START_TEST(what_is_in_use_stays)
{
    ppl_designation *clerk = m_record_new(&ppl_designation_type, call->arena);
    clerk->id = test_id(5);
    clerk->code = M_STR("CLERK");
    ck_assert_int_eq(ppl_designation_doctype.on_delete(&module, call, clerk), M_OK);
    ppl_employee *doc = employee("1990-06-15", "2015-04-01");
    doc->id = test_id(6);
    doc->version = 1;
    doc->designation = clerk->id;
    ck_assert_int_eq(m_store_insert(module.store, call, &ppl_employee_type, doc), M_OK);
    ck_assert_int_eq(ppl_designation_doctype.on_delete(&module, call, clerk), M_PRECONDITION);
    ck_assert(m_str_is(call->error.code, "people.in_use"));
    /* The personal number is unique. */
    ppl_employee *twin = employee("1991-06-15", "2016-04-01");
    twin->id = test_id(7);
    twin->version = 1;
    ck_assert_int_eq(m_store_insert(module.store, call, &ppl_employee_type, twin), M_EXISTS);
}
END_TEST

int main(void)
{
    Suite *s = suite_create("people");
    TCase *c = tcase_create("people");
    tcase_add_checked_fixture(c, setup, teardown);
    tcase_add_test(c, retirement_dates);
    tcase_add_test(c, ages);
    tcase_add_test(c, employee_checks);
    tcase_add_test(c, stages);
    tcase_add_test(c, pay_scales_may_not_overlap);
    tcase_add_test(c, departments_make_a_tree);
    tcase_add_test(c, what_is_in_use_stays);
    suite_add_tcase(s, c);
    SRunner *runner = srunner_create(s);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
