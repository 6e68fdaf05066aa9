/* Plain connections for host tools; roles and database. */
#include <stdlib.h>

#include "conn.h"
#include "plan.h"

void m_pg_id_format(m_id id, char out[M_PG_ID_TEXT])
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < sizeof id.b; i++) {
        if (i == 4 || i == 6 || i == 8 || i == 10) *out++ = '-';
        *out++ = digits[id.b[i] >> 4];
        *out++ = digits[id.b[i] & 15];
    }
    *out = 0;
}

m_id m_pg_id_of(m_str text)
{
    m_id id = {{0}};
    size_t n = 0;
    for (size_t i = 0; i < text.n && n < 2 * sizeof id.b; i++) {
        int value = m_hex_digit(text.p[i]);
        if (value < 0) continue;
        id.b[n / 2] |= (uint8_t)(n % 2 ? value : value << 4);
        n++;
    }
    return id;
}

m_status m_pg_conn_open(const m_pg_options *options, m_call *call, m_pg_conn **out)
{
    m_pg_conn *conn = NULL;
    m_status status = pg_conn_new(options, false, &conn);
    if (status != M_OK) return m_fail(call, m_err_memory, NULL);
    status = pg_conn_ready(conn, call);
    if (status != M_OK) {
        pg_conn_free(conn);
        return status;
    }
    *out = conn;
    return M_OK;
}

void m_pg_conn_close(m_pg_conn *conn)
{
    pg_conn_free(conn);
}

static m_status keep_cells(m_call *call, const PGresult *result, m_pg_result *out)
{
    int rows = PQntuples(result);
    int columns = PQnfields(result);
    m_str *cells = m_arena_array(call->arena, (size_t)rows * (size_t)columns, sizeof *cells);
    if (!cells) return m_fail(call, m_err_memory, NULL);
    for (int r = 0; r < rows; r++) {
        for (int c = 0; c < columns; c++) {
            if (PQgetisnull(result, r, c)) continue;
            size_t n = (size_t)PQgetlength(result, r, c);
            const char *text = m_arena_copy(call->arena, PQgetvalue(result, r, c), n);
            if (!text) return m_fail(call, m_err_memory, NULL);
            cells[(size_t)r * (size_t)columns + (size_t)c] = (m_str){text, n};
        }
    }
    const char *affected = PQcmdTuples((PGresult *)(uintptr_t)result);
    *out = (m_pg_result){.rows = (uint32_t)rows,
                         .columns = (uint32_t)columns,
                         .affected = *affected ? strtoull(affected, NULL, 10) : 0,
                         .cells = cells};
    return M_OK;
}

static m_status one_query(m_pg_conn *conn, m_call *call, const char *sql, const char *const *params,
                          uint32_t n, m_pg_result *out)
{
    PGresult *result = NULL;
    M_TRY(pg_exec(conn, call, sql, params, n, &result));
    m_status status = keep_cells(call, result, out);
    PQclear(result);
    return status;
}

static m_status in_transaction(m_pg_conn *conn, m_call *call, m_id tenant, const char *sql,
                               const char *const *params, uint32_t n, m_pg_result *out)
{
    char text[M_PG_ID_TEXT];
    m_pg_id_format(tenant, text);
    const char *as_param = text;
    m_pg_result ignored;
    M_TRY(one_query(conn, call, "SELECT set_config('app.tenant_id',$1::uuid::text,true)", &as_param,
                    1, &ignored));
    M_TRY(one_query(conn, call, sql, params, n, out));
    return pg_exec(conn, call, "COMMIT", NULL, 0, NULL);
}

m_status m_pg_query(m_pg_conn *conn, m_call *call, const m_id *tenant, const char *sql,
                    const char *const *params, uint32_t n, m_pg_result *out)
{
    if (!tenant) return one_query(conn, call, sql, params, n, out);
    M_TRY(pg_exec(conn, call, "BEGIN", NULL, 0, NULL));
    m_status status = in_transaction(conn, call, *tenant, sql, params, n, out);
    if (status != M_OK && conn->pg && pg_exec(conn, NULL, "ROLLBACK", NULL, 0, NULL) != M_OK)
        pg_conn_drop(conn);
    return status;
}

m_status m_pg_script(m_pg_conn *conn, m_call *call, const char *sql)
{
    return pg_exec(conn, call, sql, NULL, 0, NULL);
}

/* ---- roles and database ---- */

static m_status make_role(m_pg_conn *conn, m_call *call, const char *name)
{
    m_pg_result found;
    M_TRY(one_query(conn, call, "SELECT 1 FROM pg_roles WHERE rolname=$1", &name, 1, &found));
    if (found.rows) return M_OK;
    const char *sql = m_arena_printf(call->arena,
                                     "CREATE ROLE \"%s\" LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE "
                                     "NOINHERIT NOREPLICATION NOBYPASSRLS",
                                     name);
    if (!sql) return m_fail(call, m_err_memory, NULL);
    return pg_exec(conn, call, sql, NULL, 0, NULL);
}

static bool plain_name(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= PG_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

m_status m_pg_bootstrap(m_pg_conn *conn, m_call *call, const char *database)
{
    static const char *const roles[] = {"bm_owner", "bm_app", "bm_relay"};
    if (!plain_name(database))
        return m_fail(call, m_err_validation, "a database is named by a-z, 0-9 and _");
    for (size_t i = 0; i < sizeof roles / sizeof *roles; i++)
        M_TRY(make_role(conn, call, roles[i]));
    m_pg_result found;
    M_TRY(
        one_query(conn, call, "SELECT 1 FROM pg_database WHERE datname=$1", &database, 1, &found));
    if (!found.rows) {
        const char *sql = m_arena_printf(call->arena,
                                         "CREATE DATABASE \"%s\" OWNER bm_owner TEMPLATE template0 "
                                         "ENCODING 'UTF8' LC_COLLATE 'C.UTF-8' LC_CTYPE 'C.UTF-8'",
                                         database);
        if (!sql) return m_fail(call, m_err_memory, NULL);
        M_TRY(pg_exec(conn, call, sql, NULL, 0, NULL));
    }
    const char *rights =
        m_arena_printf(call->arena,
                       "REVOKE ALL ON DATABASE \"%s\" FROM PUBLIC;"
                       "GRANT CONNECT ON DATABASE \"%s\" TO bm_owner, bm_app, bm_relay",
                       database, database);
    if (!rights) return m_fail(call, m_err_memory, NULL);
    return pg_exec(conn, call, rights, NULL, 0, NULL);
}

m_status m_pg_bootstrap_database(m_pg_conn *conn, m_call *call)
{
    return pg_exec(conn, call, "REVOKE ALL ON SCHEMA public FROM PUBLIC", NULL, 0, NULL);
}
