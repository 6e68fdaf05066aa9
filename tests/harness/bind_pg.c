#include "bind.h"

#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/infra.h"
#include "pg_fixture.h"
#include "test_env.h"

#define TYPES_MAX 100

static pg_fixture *fixture;

void bind_start(const m_type *const *types)
{
    const m_type *all[TYPES_MAX] = {NULL};
    uint32_t n = 0;
    for (const m_type *const *at = m_infra_types; *at; at++)
        all[n++] = *at;
    for (; *types && n < TYPES_MAX - 1; types++)
        all[n++] = *types;
    fixture = pg_fixture_start();
    pg_fixture_migrate(fixture, all, NULL);
}

void bind_stop(void)
{
    pg_fixture_stop(fixture);
}

const char *bind_dsn(const char *role)
{
    return pg_fixture_dsn(fixture, role);
}

/* Every test starts empty; only the owner of the cluster may truncate. */
static void empty(void)
{
    static const char *const sql =
        "DO $$ DECLARE t record; BEGIN FOR t IN SELECT schemaname, tablename FROM pg_tables "
        "WHERE schemaname NOT IN ('pg_catalog','information_schema','public') "
        "AND NOT (schemaname='m' AND tablename='migration') LOOP "
        "EXECUTE format('DELETE FROM %I.%I', t.schemaname, t.tablename); END LOOP; END $$";
    m_call *call = test_call();
    m_pg_conn *conn = NULL;
    m_pg_options options = {.dsn = bind_dsn("bm_super")};
    if (m_pg_conn_open(&options, call, &conn) != M_OK || m_pg_script(conn, call, sql) != M_OK) {
        fprintf(stderr, "%.*s\n", M_STR_ARG(call->error.message));
        abort();
    }
    m_pg_conn_close(conn);
    test_call_free(call);
}

void bind_open(bind *b)
{
    empty();
    *b = (bind){m_pg_store(), pg_fixture_uow(fixture), NULL};
}

void bind_close(bind *b)
{
    m_pg_uow_close(b->uow);
}
