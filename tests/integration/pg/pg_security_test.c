/* Invariants T1, T2, T4, T6 and L4, asked from the catalogue and tried out. */
#include <stdlib.h>

#include "m/uow.h"
#include "m_adapters/infra.h"
#include "pg_suites.h"

static m_call *call;
static m_pg_conn *super;

static void setup(void)
{
    call = test_call();
    call->tenant = fresh_tenant();
    super = connect_as("bm_super", call);
}

static void teardown(void)
{
    m_pg_conn_close(super);
    test_call_free(call);
}

/* The query must return no rows: each one is something that breaks the rule. */
static void none(const char *sql)
{
    m_pg_result found;
    OK(call, m_pg_query(super, call, NULL, sql, NULL, 0, &found));
    if (found.rows) ck_abort_msg("%.*s: %s", M_STR_ARG(m_pg_cell(&found, 0, 0)), sql);
}

#define TENANT_TABLES                                                                              \
    "pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid "  \
    "= c.oid AND a.attname = 'tenant_id' WHERE c.relkind IN ('r','p') "

START_TEST(t1_every_tenant_table_is_under_row_security)
{
    ck_assert_int_gt(
        strtoll(value_of(super, call, "SELECT count(*) FROM " TENANT_TABLES), NULL, 10), 50);
    none("SELECT c.oid::regclass FROM " TENANT_TABLES
         "AND NOT (c.relrowsecurity AND c.relforcerowsecurity)");
    none(
        "SELECT c.oid::regclass FROM " TENANT_TABLES
        "AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenant' "
        "AND p.polcmd = '*' AND p.polqual IS NOT NULL AND p.polwithcheck IS NOT NULL)");
    /* the cheap form: one evaluation per statement, safe when nothing is set */
    none("SELECT polrelid::regclass FROM pg_policy WHERE polname = 'tenant' AND "
         "pg_get_expr(polqual, polrelid) !~ 'SELECT.*NULLIF.*current_setting'");
    none("SELECT polrelid::regclass FROM pg_policy WHERE polname <> 'tenant' AND NOT (polname = "
         "'relay' AND polrelid IN ('m.outbox'::regclass, 'm.inbox'::regclass) AND polroles = "
         "ARRAY['bm_relay'::regrole::oid])");
}
END_TEST

START_TEST(t2_the_application_owns_nothing)
{
    none("SELECT rolname FROM pg_roles WHERE rolname IN ('bm_app','bm_relay','bm_owner') AND "
         "(rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb OR rolreplication)");
    none("SELECT member::regrole FROM pg_auth_members WHERE member IN ('bm_app'::regrole, "
         "'bm_relay'::regrole)");
    none("SELECT oid::regclass FROM pg_class WHERE relowner IN ('bm_app'::regrole, "
         "'bm_relay'::regrole)");
    none("SELECT c.oid::regclass FROM pg_class c, aclexplode(c.relacl) x WHERE x.grantee IN "
         "('bm_app'::regrole, 'bm_relay'::regrole, 0) AND c.relnamespace NOT IN "
         "('pg_catalog'::regnamespace, 'information_schema'::regnamespace) AND x.privilege_type IN "
         "('TRUNCATE','TRIGGER','REFERENCES')");
    none("SELECT nspname FROM pg_namespace WHERE has_schema_privilege('bm_app', oid, 'CREATE') OR "
         "has_schema_privilege('bm_relay', oid, 'CREATE')");
    none("SELECT c.oid::regclass FROM pg_class c, aclexplode(c.relacl) x WHERE c.relispartition "
         "AND x.grantee IN ('bm_app'::regrole, 'bm_relay'::regrole, 0)");
    none("SELECT datname FROM pg_database d, aclexplode(d.datacl) x WHERE datname = 'bm' AND "
         "x.grantee = 0");
}
END_TEST

START_TEST(t4_keys_start_with_the_tenant)
{
    none("SELECT x.indexrelid::regclass FROM pg_index x JOIN pg_class c ON c.oid = x.indrelid JOIN "
         "pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id' WHERE c.relkind IN "
         "('r','p') AND x.indkey[0] <> a.attnum AND EXISTS (SELECT 1 FROM pg_class i JOIN pg_am m "
         "ON "
         "m.oid = i.relam WHERE i.oid = x.indexrelid AND m.amname = 'btree')");
    none("SELECT conname FROM pg_constraint WHERE contype = 'f'");
}
END_TEST

static m_status as_app(m_pg_conn *app, const m_id *tenant, const char *sql, m_pg_result *out)
{
    m_pg_result ignored;
    return m_pg_query(app, call, tenant, sql, NULL, 0, out ? out : &ignored);
}

static void write_rows(void)
{
    m_uow *uow = pg_fixture_uow(cluster);
    m_store store = m_pg_store();
    OK(call, uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0));
    sample s = {.id = test_id(1), .version = 1};
    entry e = {.seq = 1, .line_no = 1, .posting_date = test_date("2026-04-01")};
    m_outbox_row row = {.id = fresh_tenant(), .type = M_STR("test.happened")};
    OK(call, m_store_insert(store, call, &sample_type, &s));
    OK(call, m_store_insert(store, call, &entry_type, &e));
    OK(call, m_store_insert(store, call, &m_outbox_type, &row));
    OK(call, uow->ops->commit(uow, call));
    m_pg_uow_close(uow);
}

START_TEST(t6_the_tenant_ends_with_the_transaction)
{
    write_rows();
    m_id stranger = fresh_tenant();
    m_pg_conn *app = connect_as("bm_app", call);
    m_pg_result found;
    OK(call, as_app(app, &call->tenant, "SELECT count(*) FROM test.sample", &found));
    ck_assert(m_str_is(m_pg_cell(&found, 0, 0), "1"));
    /* the same connection, afterwards: nothing is set, nothing is seen, nothing fails */
    ck_assert_str_eq(value_of(app, call, "SELECT current_setting('app.tenant_id', true)"), "");
    ck_assert_str_eq(value_of(app, call, "SELECT count(*) FROM test.sample"), "0");
    ck_assert_str_eq(value_of(app, call, "SELECT count(*) FROM test.entry"), "0");
    OK(call, as_app(app, &stranger, "SELECT count(*) FROM test.sample", &found));
    ck_assert(m_str_is(m_pg_cell(&found, 0, 0), "0"));
    m_pg_conn_close(app);
    /* the owner is under the policy as well */
    m_pg_conn *owner = connect_as("bm_owner", call);
    ck_assert_str_eq(value_of(owner, call, "SELECT count(*) FROM test.sample"), "0");
    m_pg_conn_close(owner);
}
END_TEST

START_TEST(a_tenant_cannot_write_for_another)
{
    m_pg_conn *app = connect_as("bm_app", call);
    m_id stranger = fresh_tenant();
    write_rows();
    const char *forged =
        m_arena_printf(call->arena,
                       "INSERT INTO test.balance (tenant_id,account,kind,month) VALUES "
                       "('%032x',gen_random_uuid(),'k','2026-01-01')",
                       1u);
    ck_assert_int_eq(as_app(app, &stranger, forged, NULL), M_INTERNAL);
    m_pg_result changed;
    OK(call, as_app(app, &stranger, "UPDATE test.sample SET name='x'", &changed));
    ck_assert_uint_eq(changed.affected, 0);
    OK(call, as_app(app, &stranger, "DELETE FROM test.sample", &changed));
    ck_assert_uint_eq(changed.affected, 0);
    m_pg_conn_close(app);
}
END_TEST

START_TEST(l4_what_is_recorded_stays)
{
    write_rows();
    static const char *const attempts[] = {
        "UPDATE test.entry SET debit = 1",
        "DELETE FROM test.entry",
        "TRUNCATE test.sample",
        "UPDATE m.audit SET action = 'x'",
        "SELECT * FROM test.entry_2026_04",
        "INSERT INTO test.entry_2026_04 DEFAULT VALUES",
        "ALTER TABLE test.sample NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY tenant ON test.sample",
        "CREATE TABLE test.mine (i int)",
        "UPDATE m.migration SET sql = ''",
        "DELETE FROM m.gate",
        "SET ROLE bm_owner",
        "SELECT pg_read_file('/etc/passwd')",
    };
    m_pg_conn *app = connect_as("bm_app", call);
    for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++) {
        m_status status = as_app(app, &call->tenant, attempts[i], NULL);
        ck_assert_msg(status == M_INTERNAL, "allowed: %s", attempts[i]);
        /* and the database's own words stay inside */
        ck_assert_ptr_null(memmem(call->error.message.p, call->error.message.n, "denied", 6));
    }
    m_pg_conn_close(app);
}
END_TEST

START_TEST(the_relay_sees_the_outbox_only)
{
    write_rows();
    call->tenant = fresh_tenant();
    write_rows();
    m_pg_conn *relay = connect_as("bm_relay", call);
    ck_assert_int_ge(
        strtoll(value_of(relay, call, "SELECT count(DISTINCT tenant_id) FROM m.outbox"), NULL, 10),
        2);
    m_pg_result ignored;
    ck_assert_int_eq(m_pg_query(relay, call, NULL, "SELECT * FROM m.audit", NULL, 0, &ignored),
                     M_INTERNAL);
    ck_assert_int_eq(m_pg_query(relay, call, NULL, "SELECT * FROM test.sample", NULL, 0, &ignored),
                     M_INTERNAL);
    m_pg_conn_close(relay);
}
END_TEST

START_TEST(ledgers_take_no_nan)
{
    m_pg_conn *app = connect_as("bm_app", call);
    ck_assert_int_ne(as_app(app, &call->tenant,
                            "INSERT INTO test.balance (tenant_id,account,kind,month,debit) SELECT "
                            "current_setting('app.tenant_id')::uuid,gen_random_uuid(),'k',"
                            "'2026-01-01','NaN'",
                            NULL),
                     M_OK);
    m_pg_conn_close(app);
}
END_TEST

/* What only another program can have written is never computed with. */
START_TEST(nan_and_far_dates_are_not_read)
{
    m_pg_conn *app = connect_as("bm_app", call);
    m_uow *uow = pg_fixture_uow(cluster);
    static const char *const values[] = {"'NaN','2026-01-01'", "0,'infinity'", "0,'-infinity'",
                                         "0,'2200-01-01'", "0,'1899-12-31'"};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        call->tenant = fresh_tenant();
        const char *sql =
            m_arena_printf(call->arena,
                           "INSERT INTO test.sample (tenant_id,id,amount,day) SELECT "
                           "current_setting('app.tenant_id')::uuid,gen_random_uuid(),%s",
                           values[i]);
        OK(call, as_app(app, &call->tenant, sql, NULL));
        m_query all = {.limit = 1};
        m_fetch rows = {.type = &sample_type, .query = &all};
        OK(call, uow->ops->begin(uow, call, M_UOW_READ, NULL, 0));
        ck_assert_int_eq(m_store_fetch(m_pg_store(), call, &rows, 1), M_INTERNAL);
        uow->ops->rollback(uow);
        m_error_clear(call);
    }
    m_pg_conn_close(app);
    m_pg_uow_close(uow);
}
END_TEST

START_TEST(far_dates_are_not_written)
{
    m_uow *uow = pg_fixture_uow(cluster);
    OK(call, uow->ops->begin(uow, call, M_UOW_WRITE, NULL, 0));
    sample s = {.id = test_id(9), .version = 1, .address = {.since = {1}}};
    OK(call, m_store_insert(m_pg_store(), call, &sample_type, &s));
    m_error_clear(call);
    ck_assert_int_eq(uow->ops->commit(uow, call), M_INVALID);
    ck_assert_uint_eq(call->error.field_count, 1);
    ck_assert(m_str_is(call->error.fields[0].path, "address_since"));
    m_pg_uow_close(uow);
}
END_TEST

TCase *pg_security_cases(void)
{
    TCase *tc = tcase_create("security");
    tcase_set_timeout(tc, 60);
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, t1_every_tenant_table_is_under_row_security);
    tcase_add_test(tc, t2_the_application_owns_nothing);
    tcase_add_test(tc, t4_keys_start_with_the_tenant);
    tcase_add_test(tc, t6_the_tenant_ends_with_the_transaction);
    tcase_add_test(tc, a_tenant_cannot_write_for_another);
    tcase_add_test(tc, l4_what_is_recorded_stays);
    tcase_add_test(tc, the_relay_sees_the_outbox_only);
    tcase_add_test(tc, ledgers_take_no_nan);
    tcase_add_test(tc, nan_and_far_dates_are_not_read);
    tcase_add_test(tc, far_dates_are_not_written);
    return tc;
}
