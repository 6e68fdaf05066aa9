/* Checks that name tables of two databases. Those of the other one are small: they are read there
 * and travel into the statement as one parameter. */
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/codec.h"
#include "proof.h"

#define TABLES_MAX 2
#define SQL_MAX    4096

typedef struct {
    const char *name;    /* "received_line" */
    const char *columns; /* with types, of which there must be those the statement names */
} borrowed_table;

/* Run in Finance's database. */
static const struct borrowed {
    const char *check;
    const char *owner; /* domain and schema */
    borrowed_table tables[TABLES_MAX];
} all[] = {
    {"S8", "wms", {{"received_line", "tenant_id uuid, id uuid, accepted numeric"}}},
    {"S8d", "wms", {{"delivered_line", "tenant_id uuid, id uuid, delivered numeric"}}},
    {"L10g", "wms", {{"purchase_order", "tenant_id uuid, id uuid, state text"}}},
    {"P2",
     "people",
     {{"employee_advance", "state text, open numeric"},
      {"expense_claim", "state text, outstanding numeric"}}},
};

typedef struct {
    proof *p;
    const struct borrowed *b;
    m_pg_conn *there;
    char sql[SQL_MAX];
    char first[PROOF_FIRST];
    uint32_t rows;
    bool ran;
} lending;

/* "tenant_id uuid, id uuid" → "tenant_id, id" */
static void names_only(const char *columns, char *out)
{
    bool name = true;
    for (const char *c = columns; *c; c++) {
        if (*c == ' ' && c[-1] != ',') name = false;
        if (*c == ',') name = true;
        if (name) *out++ = *c;
    }
    *out = 0;
}

/* The statement with "wms.received_line" as "received_line", which is made of the parameter. */
static bool make_sql(lending *l)
{
    const char *sql = proof_check(l->b->check)->sql;
    size_t at = 0, schema = strlen(l->b->owner);
    for (int i = 0; i < TABLES_MAX && l->b->tables[i].name; i++)
        at += (size_t)snprintf(
            l->sql + at, SQL_MAX - at,
            "%s %s AS (SELECT * FROM json_to_recordset($1::json->'%s') AS x(%s))", i ? "," : "WITH",
            l->b->tables[i].name, l->b->tables[i].name, l->b->tables[i].columns);
    while (*sql && at + 1 < SQL_MAX) {
        bool theirs = strncmp(sql, l->b->owner, schema) == 0 && sql[schema] == '.';
        if (theirs)
            sql += schema + 1;
        else
            l->sql[at++] = *sql++;
    }
    l->sql[at] = 0;
    return *sql == 0;
}

/* {"received_line":[…],…} of one tenant. */
static bool fetch(lending *l, const m_id *tenant, char **out)
{
    m_call *call = l->p->call;
    m_buf sql = {.arena = call->arena};
    m_pg_result rows;
    m_buf_text(&sql, "SELECT json_build_object(");
    for (int i = 0; i < TABLES_MAX && l->b->tables[i].name; i++) {
        char names[200];
        names_only(l->b->tables[i].columns, names);
        m_buf_format(&sql,
                     "%s'%s', (SELECT coalesce(json_agg(x), '[]') FROM (SELECT %s FROM %s.%s) x)",
                     i ? ", " : "", l->b->tables[i].name, names, l->b->owner, l->b->tables[i].name);
    }
    m_buf_text(&sql, ")::text");
    const char *text = m_str_z(call->arena, m_buf_str(&sql));
    if (!text || m_pg_query(l->there, call, tenant, text, NULL, 0, &rows) != M_OK) return false;
    *out = m_str_z(call->arena, m_pg_cell(&rows, 0, 0));
    return *out != NULL;
}

static bool look(void *arg)
{
    lending *l = arg;
    l->rows = 0;
    l->first[0] = 0;
    l->ran = true;
    for (uint32_t i = 0; l->ran && i < l->p->config->tenant_count; i++) {
        char *lent;
        m_arena_mark mark = m_arena_tell(l->p->call->arena);
        l->ran = fetch(l, &l->p->config->tenants[i], &lent) &&
                 proof_rows(l->p, l->sql, &l->p->config->tenants[i], lent, &l->rows, l->first,
                            sizeof l->first);
        m_arena_back(l->p->call->arena, mark);
    }
    return l->ran && !l->rows;
}

static bool open_other(lending *l)
{
    char dsn[RUNTIME_DSN_MAX];
    if (!runtime_database_of(l->p->config->rt, l->b->owner, dsn)) {
        (void)m_fail(l->p->call, m_err_unavailable, "the database of %s is not on this machine",
                     l->b->owner);
        return false;
    }
    m_pg_options options = runtime_pg(l->p->config->rt, dsn);
    options.statement_timeout_ms = options.wait_ms = PROOF_TIMEOUT_MS;
    return m_pg_conn_open(&options, l->p->call, &l->there) == M_OK;
}

void proof_borrowed(proof *p)
{
    lending *l = calloc(1, sizeof *l);
    for (size_t i = 0; l && i < sizeof all / sizeof all[0]; i++) {
        char detail[300] = "";
        *l = (lending){.p = p, .b = &all[i]};
        const check *c = proof_check(all[i].check);
        bool holds = make_sql(l) && open_other(l) && proof_patiently(look, l);
        if (l->rows)
            snprintf(detail, sizeof detail, "%u offending, the first is %s", l->rows, l->first);
        else if (!holds)
            snprintf(detail, sizeof detail, "could not be checked (%.*s)",
                     M_STR_ARG(p->call->error.message));
        proof_verdict(p, holds, c->id, c->title, detail);
        m_error_clear(p->call);
        m_pg_conn_close(l->there);
    }
    free(l);
}
