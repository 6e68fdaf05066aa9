/* The keeper of the schema. */
#include "m/uow.h"
#include "m_adapters/infra.h"
#include "m_adapters/replica.h"
#include "pg_suites.h"

static m_call *call;
static m_pg_conn *owner;
static m_pg_conn *super;

static void setup(void)
{
    call = test_call();
    call->tenant = fresh_tenant();
    owner = connect_as("bm_owner", call);
    super = connect_as("bm_super", call);
}

static void teardown(void)
{
    m_pg_conn_close(owner);
    m_pg_conn_close(super);
    test_call_free(call);
}

static m_pg_schema schema_of(const char *prefix)
{
    m_pg_schema schema = {.types = store_types, .schema_prefix = prefix, .today = m_today(call)};
    while (store_types[schema.count])
        schema.count++;
    return schema;
}

static m_pg_migration migrate(const m_pg_schema *schema, m_pg_migrate_mode mode)
{
    m_pg_migration done;
    OK(call, m_pg_migrate(owner, call, schema, mode, &done));
    return done;
}

static bool holds(m_str text, const char *part)
{
    return memmem(text.p ? text.p : "", text.n, part, strlen(part)) != NULL;
}

START_TEST(applying_leaves_no_difference)
{
    m_pg_schema schema = schema_of("one_");
    m_pg_migration before = migrate(&schema, M_PG_CHECK);
    ck_assert_uint_gt(before.sql.n, 0);
    ck_assert_uint_eq(before.refused.n, 0);
    ck_assert_str_eq(value_of(super, call, "SELECT to_regnamespace('one_test') IS NULL"), "t");
    m_str ddl;
    OK(call, m_pg_ddl(&schema, call, &ddl));
    ck_assert(m_str_eq(ddl, before.sql)); /* nothing there: all of it */
    m_pg_migration applied = migrate(&schema, M_PG_APPLY);
    ck_assert(m_str_eq(applied.sql, ddl));
    ck_assert_int_eq(applied.last_step, applied.steps);
    m_pg_migration after = migrate(&schema, M_PG_CHECK);
    ck_assert_msg(after.sql.n == 0, "%.*s", M_STR_ARG(after.sql));
    ck_assert_msg(after.refused.n == 0, "%.*s", M_STR_ARG(after.refused));
    ck_assert_int_eq(after.last_step, applied.last_step);
    migrate(&schema, M_PG_APPLY);
    ck_assert_int_eq(migrate(&schema, M_PG_PRINT).last_step, applied.last_step);
}
END_TEST

START_TEST(differences_are_found_and_mended)
{
    m_pg_schema schema = schema_of("two_");
    int64_t first = migrate(&schema, M_PG_APPLY).last_step;
    OK(call, m_pg_script(super, call,
                         "ALTER TABLE two_test.sample DROP COLUMN name;"
                         "DROP INDEX two_test.sample_day_idx;"
                         "ALTER TABLE two_test.sample ALTER COLUMN code DROP NOT NULL;"
                         "GRANT TRUNCATE ON two_test.balance TO bm_app;"
                         "DROP TABLE two_test.reference_lines"));
    m_pg_migration found = migrate(&schema, M_PG_CHECK);
    ck_assert_uint_eq(found.refused.n, 0);
    ck_assert(holds(found.sql, "ADD COLUMN \"name\" text COLLATE \"C\" NOT NULL DEFAULT ''"));
    ck_assert(holds(found.sql, "CREATE INDEX \"sample_day_idx\""));
    ck_assert(holds(found.sql, "ALTER COLUMN \"code\" SET NOT NULL"));
    ck_assert(holds(found.sql, "REVOKE ALL ON TABLE \"two_test\".\"balance\" FROM bm_app"));
    ck_assert(holds(found.sql, "CREATE TABLE \"two_test\".\"reference_lines\""));
    m_pg_migration mended = migrate(&schema, M_PG_APPLY);
    ck_assert_int_eq(mended.last_step, first + mended.steps);
    m_pg_migration clean = migrate(&schema, M_PG_CHECK);
    ck_assert_msg(clean.sql.n == 0, "%.*s", M_STR_ARG(clean.sql));
    /* a step is kept word by word, and touching it is noticed */
    ck_assert_str_eq(
        value_of(super, call, "SELECT count(*) FROM two_m.migration WHERE sql LIKE '%ADD COLUMN%'"),
        "1");
    OK(call,
       m_pg_script(super, call, "UPDATE two_m.migration SET sql = sql || ' ' WHERE step = 1"));
    ck_assert(holds(migrate(&schema, M_PG_CHECK).refused, "changed afterwards"));
}
END_TEST

/* A table that the relay did not read before, of a database that is older. */
START_TEST(the_relay_gets_its_rights_later)
{
    const m_type *types[] = {&m_outbox_type, &m_replica_type};
    m_pg_schema schema = {
        .types = types, .count = 2, .schema_prefix = "late_", .today = m_today(call)};
    migrate(&schema, M_PG_APPLY);
    OK(call, m_pg_script(super, call,
                         "DROP POLICY relay ON late_m.replica;"
                         "REVOKE ALL ON late_m.replica FROM bm_relay;"
                         "REVOKE DELETE ON late_m.outbox FROM bm_relay"));
    m_pg_migration found = migrate(&schema, M_PG_CHECK);
    ck_assert(holds(found.sql, "CREATE POLICY relay ON \"late_m\".\"replica\" TO bm_relay"));
    ck_assert(holds(found.sql, "GRANT SELECT ON TABLE \"late_m\".\"replica\" TO bm_relay"));
    ck_assert(holds(found.sql, "GRANT DELETE,SELECT,UPDATE ON TABLE \"late_m\".\"outbox\""));
    ck_assert(!holds(found.sql, "CREATE POLICY relay ON \"late_m\".\"outbox\""));
    migrate(&schema, M_PG_APPLY);
    m_pg_migration clean = migrate(&schema, M_PG_CHECK);
    ck_assert_msg(clean.sql.n == 0, "%.*s", M_STR_ARG(clean.sql));
}
END_TEST

START_TEST(what_would_lose_data_is_refused)
{
    m_pg_schema schema = schema_of("three_");
    migrate(&schema, M_PG_APPLY);
    OK(call, m_pg_script(super, call,
                         "ALTER TABLE three_test.sample ALTER COLUMN count TYPE numeric;"
                         "ALTER TABLE three_test.sample ADD COLUMN old_thing text;"
                         "ALTER TABLE three_test.balance NO FORCE ROW LEVEL SECURITY;"
                         "ALTER TABLE three_test.shared DROP COLUMN name"));
    m_pg_migration done;
    ck_assert_int_eq(m_pg_migrate(owner, call, &schema, M_PG_APPLY, &done), M_PRECONDITION);
    ck_assert(holds(done.refused, "three_test.sample.count is numeric, declared is bigint"));
    ck_assert(holds(done.refused, "three_test.sample.old_thing is not declared any more"));
    ck_assert(holds(done.refused, "three_test.balance is not under row level security"));
    /* and then nothing at all was done */
    ck_assert(holds(migrate(&schema, M_PG_CHECK).sql, "ADD COLUMN \"name\""));
}
END_TEST

START_TEST(months_are_added_as_time_goes_on)
{
    m_pg_schema schema = schema_of("four_");
    migrate(&schema, M_PG_APPLY);
    ck_assert_str_eq(value_of(super, call,
                              "SELECT to_regclass('four_test.entry_2024_01') IS NOT NULL AND "
                              "to_regclass('four_test.entry_2027_07') IS NOT NULL AND "
                              "to_regclass('four_test.entry_2027_08') IS NULL"),
                     "t");
    schema.today = test_date("2026-06-30");
    m_pg_migration more = migrate(&schema, M_PG_APPLY);
    ck_assert(holds(more.sql, "FROM ('2027-08-01') TO ('2027-09-01')"));
    ck_assert(holds(more.sql, "FROM ('2027-09-01') TO ('2027-10-01')"));
    ck_assert(!holds(more.sql, "2027_07"));
    ck_assert_uint_eq(migrate(&schema, M_PG_CHECK).sql.n, 0);
}
END_TEST

/* Rows dated further ahead than there were months, of several tenants, go where they belong; what
 * is earlier or still further ahead stays. */
START_TEST(rows_find_their_month)
{
    m_pg_schema schema = schema_of("seven_");
    migrate(&schema, M_PG_APPLY);
    OK(call, m_pg_script(super, call,
                         "INSERT INTO seven_test.entry (tenant_id, seq, line_no, posting_date, "
                         "debit) SELECT gen_random_uuid(), n, 1, d::date, 5 FROM "
                         "generate_series(1, 2) n, unnest(ARRAY["
                         "'2023-05-05', '2026-04-02', '2027-08-01', '2027-09-30', '2027-10-01', "
                         "'2031-01-01']) d"));
    schema.today = test_date("2026-06-30");
    ck_assert(holds(migrate(&schema, M_PG_APPLY).sql, "DETACH PARTITION"));
    ck_assert_str_eq(
        value_of(super, call,
                 "SELECT concat((SELECT count(*) FROM seven_test.entry_2027_08), ' ', (SELECT "
                 "count(*) FROM seven_test.entry_2027_09), ' ', (SELECT count(*) FROM "
                 "seven_test.entry_default), ' ', (SELECT count(*) FROM seven_test.entry), ' ', "
                 "(SELECT bool_and(relrowsecurity AND relforcerowsecurity) FROM pg_class WHERE "
                 "oid IN ('seven_test.entry'::regclass, 'seven_test.entry_default'::regclass)))"),
        "2 2 6 12 t");
    ck_assert_uint_eq(migrate(&schema, M_PG_CHECK).sql.n, 0);
}
END_TEST

/* Of all tenants, out of a table that was there; not out of one that is new itself. */
START_TEST(a_new_table_is_filled)
{
    static const m_pg_fill fills[] = {
        {&balance_type, &entry_type,
         "account, 'made', date_trunc('month', posting_date)::date, sum(debit), 0, count(*), ''",
         "account, date_trunc('month', posting_date)"},
        {NULL, NULL, NULL, NULL}};
    m_pg_schema schema = schema_of("six_");
    schema.fills = fills;
    ck_assert(!holds(migrate(&schema, M_PG_APPLY).sql, "NO FORCE"));
    OK(call,
       m_pg_script(super, call,
                   "INSERT INTO six_test.entry (tenant_id, seq, line_no, posting_date, account, "
                   "debit) SELECT md5((i % 2)::text)::uuid, i, 1, date '2026-04-01' + i, "
                   "md5('a')::uuid, i FROM generate_series(1, 40) i;"
                   "DROP TABLE six_test.balance"));
    ck_assert(holds(migrate(&schema, M_PG_CHECK).sql, "INSERT INTO"));
    migrate(&schema, M_PG_APPLY);
    ck_assert_str_eq(value_of(super, call,
                              "SELECT string_agg(concat_ws(' ', month, debit, hits), ', ' ORDER BY "
                              "month, debit) FROM six_test.balance"),
                     "2026-04-01 210.000000 14, 2026-04-01 225.000000 15, 2026-05-01 175.000000 5, "
                     "2026-05-01 210.000000 6");
    ck_assert_str_eq(value_of(super, call,
                              "SELECT bool_and(relforcerowsecurity) FROM pg_class WHERE oid IN "
                              "('six_test.entry'::regclass, 'six_test.balance'::regclass)"),
                     "t");
    ck_assert_uint_eq(migrate(&schema, M_PG_CHECK).sql.n, 0);
}
END_TEST

START_TEST(a_store_works_under_a_prefix)
{
    m_pg_schema schema = schema_of("five_");
    migrate(&schema, M_PG_APPLY);
    m_pg_options options = {.dsn = pg_fixture_dsn(cluster, "bm_app"), .schema_prefix = "five_"};
    m_uow *uow;
    ck_assert_int_eq(m_pg_uow_open(&options, &uow), M_OK);
    sample_line line = {.note = M_STR("n")};
    sample s = {.id = test_id(1), .version = 1, .lines = {&line, 1}};
    OK(call, uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0));
    OK(call, m_store_insert(m_pg_store(), call, &sample_type, &s));
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_close(uow);
    ck_assert_str_eq(value_of(super, call, "SELECT count(*) FROM five_test.sample_lines"), "1");
    m_uow *plain = pg_fixture_uow(cluster);
    const void *found = &s;
    OK(call, plain->ops->begin(plain, call, M_UOW_READ, NULL, 0));
    OK(call, m_store_get(m_pg_store(), call, &sample_type, test_id(1), &found));
    ck_assert_ptr_null(found);
    m_pg_uow_close(plain);
}
END_TEST

/* Hundreds of partitions whose files go at the next checkpoint: a server that is told to stop would
 * be minutes at it. */
START_TEST(scratch_tables_are_light)
{
    m_pg_schema schema = schema_of("eight_");
    schema.scratch = true;
    migrate(&schema, M_PG_APPLY);
    ck_assert_str_eq(value_of(super, call,
                              "SELECT concat(count(*) > 5, ' ', count(*) FILTER (WHERE relkind = "
                              "'p' OR relispartition), ' ', count(*) FILTER (WHERE relpersistence "
                              "<> 'u')) FROM pg_class WHERE relnamespace IN (SELECT oid FROM "
                              "pg_namespace WHERE nspname LIKE 'eight\\_%') AND relkind IN ('r', "
                              "'p')"),
                     "t 0 0");
    m_pg_migration after = migrate(&schema, M_PG_CHECK);
    ck_assert_msg(after.sql.n == 0, "%.*s", M_STR_ARG(after.sql));
    ck_assert_uint_eq(after.refused.n, 0);
    OK(call, m_pg_script(super, call,
                         "INSERT INTO eight_test.entry (tenant_id, seq, line_no, posting_date, "
                         "debit) SELECT gen_random_uuid(), 1, 1, d::date, 5 FROM "
                         "unnest(ARRAY['2023-05-05', '2031-01-01']) d"));
}
END_TEST

/* ---- types that cannot be stored ---- */

typedef struct {
    m_id id;
    m_str tenant_id;
    m_date posting_date;
} bad;

START_TEST(types_that_cannot_be_stored)
{
    static const m_field no_key[] = {M_F_DATE(bad, posting_date, "Date")};
    static const m_field reserved[] = {M_F_ID(bad, id, "Id"), M_F_STR(bad, tenant_id, "Reserved")};
    static const m_field unique[] = {M_F_ID(bad, id, "Id"),
                                     M_F_STR(bad, tenant_id, "Unique", .flags = M_UNIQUE),
                                     M_F_DATE(bad, posting_date, "Date")};
    static const m_type types[] = {
        {.name = "t.a", .schema = "t", .table = "a", .size = sizeof(bad), M_FIELDS(no_key)},
        {.name = "t.b", .schema = "t", .table = "b", .size = sizeof(bad), M_FIELDS(reserved)},
        {.name = "t.c", .schema = "t", .table = "C;--", .size = sizeof(bad), M_FIELDS(unique)},
        {.name = "t.d", .size = sizeof(bad), M_FIELDS(unique)},
    };
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        const m_type *one = &types[i];
        m_pg_schema schema = {.types = &one, .count = 1, .today = m_today(call)};
        m_str sql;
        ck_assert_int_eq(m_pg_ddl(&schema, call, &sql), M_UNSUPPORTED);
    }
}
END_TEST

TCase *pg_migrate_cases(void)
{
    TCase *tc = tcase_create("schema");
    tcase_set_timeout(tc, 120);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, applying_leaves_no_difference);
    tcase_add_test(tc, differences_are_found_and_mended);
    tcase_add_test(tc, the_relay_gets_its_rights_later);
    tcase_add_test(tc, what_would_lose_data_is_refused);
    tcase_add_test(tc, months_are_added_as_time_goes_on);
    tcase_add_test(tc, rows_find_their_month);
    tcase_add_test(tc, a_new_table_is_filled);
    tcase_add_test(tc, a_store_works_under_a_prefix);
    tcase_add_test(tc, scratch_tables_are_light);
    tcase_add_test(tc, types_that_cannot_be_stored);
    return tc;
}
