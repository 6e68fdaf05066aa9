/* Checks that name tables of two databases. Those of the other one are small: its process lends
 * them, and they travel into the statement as one parameter. */
#include <stdio.h>
#include <stdlib.h>

#include "m_adapters/codec.h"
#include "proof.h"

#define TABLES_MAX 2
#define SQL_MAX    4096
#define PAGE_ROWS  5000 /* of a table that is lent */

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
    m_remote_value remote;
    m_work there;
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

/* All rows of a table, page by page. */
static m_status fetch_table(lending *l, m_call *call, const char *name, m_buf *out)
{
    m_work_loan loan = {.table = m_str_of(m_arena_printf(call->arena, "%s.%s", l->b->owner, name))};
    m_work_lent page = {.more = true};
    while (page.more) {
        const char *comma = page.rows.n ? "," : "";
        M_TRY(m_work_lend(l->there, call, &loan, &page));
        m_buf_text(out, page.rows.n ? comma : "");
        m_buf_bytes(out, page.rows.p, page.rows.n);
        loan.after = page.last;
    }
    return M_OK;
}

/* {"received_line":[…],…} of one tenant. */
static bool fetch(lending *l, const m_id *tenant, char **out)
{
    m_call call = proof_call(l->p, *tenant, l->p->call->arena);
    m_buf text = {.arena = call.arena};
    m_status status = M_OK;
    for (int i = 0; status == M_OK && i < TABLES_MAX && l->b->tables[i].name; i++) {
        m_buf_format(&text, "%s\"%s\":[", i ? "," : "{", l->b->tables[i].name);
        status = fetch_table(l, &call, l->b->tables[i].name, &text);
        m_buf_text(&text, "]");
    }
    m_buf_text(&text, "}");
    if (status != M_OK) l->p->call->error = call.error;
    *out = status == M_OK ? m_str_z(call.arena, m_buf_str(&text)) : NULL;
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

void proof_borrowed(proof *p)
{
    lending *l = calloc(1, sizeof *l);
    for (size_t i = 0; l && i < sizeof all / sizeof all[0]; i++) {
        char detail[300] = "";
        *l = (lending){.p = p, .b = &all[i]};
        const check *c = proof_check(all[i].check);
        m_iface there =
            m_remote_bind_now(&l->remote, p->config->asker, l->b->owner, &m_work_protocol);
        l->there = (m_work){there.ops, there.self};
        bool holds = make_sql(l) && proof_patiently(look, l);
        if (l->rows)
            snprintf(detail, sizeof detail, "%u offending, the first is %s", l->rows, l->first);
        else if (!holds)
            snprintf(detail, sizeof detail, "could not be checked (%.*s)",
                     M_STR_ARG(p->call->error.message));
        proof_verdict(p, holds, c->id, c->title, detail);
        m_error_clear(p->call);
    }
    free(l);
}

/* ---- the other side ---- */

/* The columns that are lent of "wms.received_line"; NULL: nobody borrows that. */
static const char *lent_columns(m_str table)
{
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++)
        for (int k = 0; k < TABLES_MAX && all[i].tables[k].name; k++) {
            char name[80];
            snprintf(name, sizeof name, "%s.%s", all[i].owner, all[i].tables[k].name);
            if (m_str_is(table, name) && domains_own(all[i].owner)) return all[i].tables[k].columns;
        }
    return NULL;
}

static const m_type *stored_type(m_str table)
{
    const m_type *types[RUNTIME_TYPES_MAX];
    uint32_t n = domains_stored_types(types, RUNTIME_TYPES_MAX);
    for (uint32_t i = 0; i < n && i < RUNTIME_TYPES_MAX; i++) {
        size_t schema = types[i]->schema ? strlen(types[i]->schema) : 0;
        if (schema && table.n > schema && table.p[schema] == '.' &&
            memcmp(table.p, types[i]->schema, schema) == 0 &&
            m_str_is((m_str){table.p + schema + 1, table.n - schema - 1}, types[i]->table))
            return types[i];
    }
    return NULL;
}

static void write_uuid(m_buf *out, m_id id)
{
    char uuid[M_PG_ID_TEXT];
    m_pg_id_format(id, uuid);
    m_json_string(out, m_str_of(uuid));
}

static void write_cell(m_buf *out, m_call *call, const m_type *type, m_str name, const void *record)
{
    const m_field *field = m_field_find(type, name);
    m_json_string(out, name);
    m_buf_text(out, ":");
    if (!field) {
        write_uuid(out, call->tenant); /* tenant_id, which is not of the record */
    } else if (field->kind == M_KIND_ID) {
        write_uuid(out, *(const m_id *)m_field_get(type, field, record));
    } else {
        m_buf text = {.arena = call->arena};
        m_text_write(&text, type, field, record);
        m_json_string(out, m_buf_str(&text));
    }
}

static void write_row(m_buf *out, m_call *call, const m_type *type, const char *names,
                      const void *record)
{
    m_buf_text(out, out->n ? ",{" : "{");
    for (const char *at = names; *at;) {
        const char *end = strchrnul(at, ',');
        if (at != names) m_buf_text(out, ",");
        write_cell(out, call, type, (m_str){at, (size_t)(end - at)}, record);
        at = *end ? end + 2 : end; /* ", " */
    }
    m_buf_text(out, "}");
}

static m_id *id_of(const m_type *type, void *record)
{
    return m_field_at(type, m_field_find(type, M_STR("id")), record);
}

static m_status lend(void *self, m_call *call, const m_work_loan *in, m_work_lent *out)
{
    char names[200];
    const char *columns = lent_columns(in->table);
    const m_type *type = columns ? stored_type(in->table) : NULL;
    if (!m_permitted(call, NULL, M_CAN_READ)) return m_fail(call, m_err_denied, "prove");
    if (!type) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(in->table));
    names_only(columns, names);
    void *after = m_record_new(type, call->arena);
    if (!after) return m_fail(call, m_err_memory, NULL);
    *id_of(type, after) = in->after;
    m_query query = {.limit = PAGE_ROWS, .without_lists = true};
    if (!m_id_is_null(in->after)) query.after = after;
    m_fetch rows = {.type = type, .query = &query};
    M_TRY(m_store_fetch(((domain_set *)self)->store, call, &rows, 1));
    m_buf text = {.arena = call->arena};
    for (uint32_t i = 0; i < rows.count; i++)
        write_row(&text, call, type, names, rows.records[i]);
    if (text.failed) return m_fail(call, m_err_memory, NULL);
    *out = (m_work_lent){.rows = m_buf_str(&text), .more = rows.count == PAGE_ROWS};
    if (rows.count) out->last = *id_of(type, (void *)(uintptr_t)rows.records[rows.count - 1]);
    return M_OK;
}

const m_work_ops prove_work_ops = {.head = {sizeof(m_work_ops), 1, "work"}, .lend = lend};
