/* PostgreSQL binding against a real server: isolation, faults, schema. */
#include <stdlib.h>
#include <sys/random.h>
#include <time.h>

#include "m_adapters/infra.h"
#include "pg_suites.h"

pg_fixture *cluster;

m_pg_conn *connect_as(const char *role, m_call *call)
{
    m_pg_options options = {.dsn = pg_fixture_dsn(cluster, role)};
    m_pg_conn *conn;
    OK(call, m_pg_conn_open(&options, call, &conn));
    return conn;
}

const char *value_of(m_pg_conn *conn, m_call *call, const char *sql)
{
    m_pg_result found;
    OK(call, m_pg_query(conn, call, NULL, sql, NULL, 0, &found));
    if (!found.rows) return "";
    const char *text = m_str_z(call->arena, m_pg_cell(&found, 0, 0));
    return text ? text : "";
}

m_id fresh_tenant(void)
{
    m_id tenant;
    ck_assert_int_eq(getrandom(&tenant, sizeof tenant, 0), sizeof tenant);
    return tenant;
}

int64_t monotonic_ms(void)
{
    struct timespec at;
    clock_gettime(CLOCK_MONOTONIC, &at);
    return at.tv_sec * INT64_C(1000) + at.tv_nsec / 1000000;
}

static const m_type *const types[] = {&sample_type,    &balance_type, &entry_type,
                                      &reference_type, &shared_type,  &m_outbox_type,
                                      &m_audit_type,   &m_inbox_type, NULL};

int main(void)
{
    cluster = pg_fixture_start();
    pg_fixture_migrate(cluster, types, NULL);
    Suite *suite = suite_create("PostgreSQL");
    suite_add_tcase(suite, pg_security_cases());
    suite_add_tcase(suite, pg_migrate_cases());
    suite_add_tcase(suite, pg_uow_cases());
    suite_add_tcase(suite, pg_decimal_cases());
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    pg_fixture_stop(cluster);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
