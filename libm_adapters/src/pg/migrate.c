/* Compare what is declared with what is there; make the difference go away. */
#include "conn.h"
#include "ddl.h"
#include "uow.h"

typedef struct {
    m_pg_conn *conn;
    m_call *call;
    m_arena *arena;
    const pg_wants *wants;
    const m_pg_fill *fills;
    pg_table facts; /* what the database has; NULL conn: nothing */
    m_str *steps;
    uint32_t count;
    uint32_t room;
    m_buf refused;
} differ;

static m_status no_memory(const differ *d)
{
    return m_fail(d->call, m_err_memory, NULL);
}

/* ---- facts: "kind schema.table.name" → text ---- */

typedef struct {
    m_str key;
    m_str value;
} fact;

static uint64_t hash_text(m_str text)
{
    return pg_hash(text.p, text.n, 0);
}

static uint64_t hash_of(const void *item)
{
    return hash_text(((const fact *)item)->key);
}

static bool same(const void *item, const void *key)
{
    return m_str_eq(((const fact *)item)->key, *(const m_str *)key);
}

/* Rows of (kind, name, value). */
static m_status learn(differ *d, const char *sql, const char *schemas)
{
    m_pg_result found;
    M_TRY(m_pg_query(d->conn, d->call, NULL, sql, &schemas, 1, &found));
    for (uint32_t i = 0; i < found.rows; i++) {
        fact *f = m_arena_alloc(d->arena, sizeof *f);
        if (!f) return no_memory(d);
        f->key = m_pg_cell(&found, i, 0);
        f->value = m_pg_cell(&found, i, 1);
        void **slot = pg_table_slot(&d->facts, hash_text(f->key), same, &f->key, hash_of);
        if (!slot) return no_memory(d);
        if (!*slot) d->facts.count++;
        *slot = f;
    }
    return M_OK;
}

static m_status learn_all(differ *d)
{
    m_buf schemas = {.arena = d->arena};
    m_buf_text(&schemas, "{");
    for (uint32_t i = 0; i < d->wants->count; i++)
        m_buf_format(&schemas, "%s%s", i ? "," : "", d->wants->tables[i].schema);
    m_buf_text(&schemas, "}");
    m_buf_bytes(&schemas, "", 1);
    if (schemas.failed) return no_memory(d);
    static const char *const sqls[] = {
        "SELECT 'S ' || nspname, '' FROM pg_namespace WHERE nspname = ANY($1::text[])",
        "SELECT 'T ' || n.nspname || '.' || c.relname, concat(c.relrowsecurity, "
        "c.relforcerowsecurity) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
        "WHERE c.relkind IN ('r','p') AND n.nspname = ANY($1::text[])",
        "SELECT 'C ' || n.nspname || '.' || c.relname || '.' || a.attname, "
        "format_type(a.atttypid, a.atttypmod) || CASE WHEN a.attnotnull THEN ' NOT NULL' ELSE '' "
        "END FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON "
        "n.oid = c.relnamespace WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN "
        "('r','p') AND NOT c.relispartition AND n.nspname = ANY($1::text[])",
        "SELECT 'I ' || n.nspname || '.' || c.relname, '' FROM pg_class c JOIN pg_namespace n ON "
        "n.oid = c.relnamespace WHERE c.relkind IN ('i','I') AND n.nspname = ANY($1::text[])",
        "SELECT 'K ' || n.nspname || '.' || c.relname, pg_get_constraintdef(k.oid) FROM "
        "pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_namespace n ON n.oid = "
        "c.relnamespace WHERE k.contype = 'p' AND n.nspname = ANY($1::text[])",
        "SELECT 'P ' || schemaname || '.' || tablename || '.' || policyname, '' FROM pg_policies "
        "WHERE schemaname = ANY($1::text[])",
        "SELECT 'G ' || table_schema || '.' || table_name, string_agg(privilege_type::text, ',' "
        "ORDER BY privilege_type::text COLLATE \"C\") FROM information_schema.table_privileges "
        "WHERE grantee = 'bm_app' AND table_schema = ANY($1::text[]) GROUP BY table_schema, "
        "table_name",
        "SELECT 'R ' || table_schema || '.' || table_name, string_agg(privilege_type::text, ',' "
        "ORDER BY privilege_type::text COLLATE \"C\") FROM information_schema.table_privileges "
        "WHERE grantee = 'bm_relay' AND table_schema = ANY($1::text[]) GROUP BY table_schema, "
        "table_name",
        "SELECT 'U ' || n.nspname, '' FROM pg_namespace n, aclexplode(n.nspacl) a WHERE a.grantee "
        "= 'bm_app'::regrole AND n.nspname = ANY($1::text[])",
    };
    for (size_t i = 0; i < sizeof sqls / sizeof *sqls; i++)
        M_TRY(learn(d, sqls[i], schemas.p));
    return M_OK;
}

static const fact *fact_of(const differ *d, const char *kind, const char *schema, const char *table,
                           const char *name)
{
    m_buf b = {.arena = d->arena};
    m_buf_format(&b, "%s %s", kind, schema);
    if (table) m_buf_format(&b, ".%s", table);
    if (name) m_buf_format(&b, ".%s", name);
    if (b.failed || d->facts.count == 0) return NULL;
    m_str key = m_buf_str(&b);
    return *pg_table_slot((pg_table *)(uintptr_t)&d->facts, hash_text(key), same, &key, hash_of);
}

/* ---- differences ---- */

/* One step of what is in the buffer; nothing when it is empty. */
static m_status add_step(differ *d, m_buf *b)
{
    if (b->failed) return no_memory(d);
    if (b->n == 0) return M_OK;
    if (d->count == d->room) {
        uint32_t larger = d->room ? d->room * 2 : 64;
        m_str *steps = m_arena_array(d->arena, larger, sizeof *steps);
        if (!steps) return no_memory(d);
        if (d->count) memcpy(steps, d->steps, d->count * sizeof *steps);
        d->steps = steps;
        d->room = larger;
    }
    m_buf_bytes(b, "", 1);
    if (b->failed) return no_memory(d);
    d->steps[d->count++] = (m_str){b->p, b->n - 1};
    return M_OK;
}

static void compare_column(differ *d, m_buf *b, const pg_want *w, const pg_want_col *c)
{
    const fact *f = fact_of(d, "C", w->schema, w->name, c->name);
    if (!f) {
        m_buf_format(b, "ALTER TABLE %s ADD COLUMN ", w->full);
        pg_ddl_column(b, c);
        m_buf_text(b, ";\n");
        return;
    }
    static const char suffix[] = " NOT NULL";
    size_t n = f->value.n;
    bool not_null = n > sizeof suffix - 1 &&
                    memcmp(f->value.p + n - (sizeof suffix - 1), suffix, sizeof suffix - 1) == 0;
    m_str type = {f->value.p, not_null ? n - (sizeof suffix - 1) : n};
    if (!m_str_is(type, c->type))
        m_buf_format(&d->refused, "%s.%s.%s is %.*s, declared is %s\n", w->schema, w->name, c->name,
                     M_STR_ARG(type), c->type);
    else if (not_null != c->not_null)
        m_buf_format(b, "ALTER TABLE %s ALTER COLUMN \"%s\" %s NOT NULL;\n", w->full, c->name,
                     c->not_null ? "SET" : "DROP");
}

/* Columns that are there but not declared. */
static void find_extra_columns(differ *d, const pg_want *w)
{
    m_buf b = {.arena = d->arena};
    m_buf_format(&b, "C %s.%s.", w->schema, w->name);
    m_str start = m_buf_str(&b);
    for (size_t i = 0; i < d->facts.capacity && !b.failed; i++) {
        const fact *f = d->facts.slots[i];
        if (!f || f->key.n <= start.n || memcmp(f->key.p, start.p, start.n) != 0) continue;
        m_str name = {f->key.p + start.n, f->key.n - start.n};
        bool known = false;
        for (uint16_t c = 0; c < w->col_count && !known; c++)
            known = m_str_is(name, w->cols[c].name);
        if (!known)
            m_buf_format(&d->refused, "%s.%s.%.*s is not declared any more\n", w->schema, w->name,
                         M_STR_ARG(name));
    }
}

static void compare_key(differ *d, const pg_want *w)
{
    const fact *f = fact_of(d, "K", w->schema, w->name, NULL);
    m_buf b = {.arena = d->arena};
    for (const char *p = w->primary_key; *p; p++) /* the server quotes only where it must */
        if (*p != '"') m_buf_bytes(&b, p, 1);
    m_buf there = {.arena = d->arena};
    m_str found = f ? f->value : (m_str){NULL, 0};
    static const char start[] = "PRIMARY KEY (";
    if (found.n > sizeof start) found = (m_str){found.p + sizeof start - 1, found.n - sizeof start};
    for (size_t i = 0; i < found.n; i++)
        if (found.p[i] != '"') m_buf_bytes(&there, found.p + i, 1);
    if (!m_str_eq(m_buf_str(&b), m_buf_str(&there)))
        m_buf_format(&d->refused, "%s.%s has the key (%.*s), declared is (%s)\n", w->schema,
                     w->name, M_STR_ARG(m_buf_str(&there)), w->primary_key);
}

static void compare_security(differ *d, m_buf *b, const pg_want *w)
{
    const fact *t = fact_of(d, "T", w->schema, w->name, NULL);
    if (w->tenant && (!m_str_is(t->value, "tt") || !fact_of(d, "P", w->schema, w->name, "tenant")))
        m_buf_format(&d->refused, "%s.%s is not under row level security\n", w->schema, w->name);
    const fact *rights = fact_of(d, "G", w->schema, w->name, NULL);
    const fact *relay = fact_of(d, "R", w->schema, w->name, NULL);
    bool same = rights && m_str_is(rights->value, w->rights);
    if (w->relay) same = same && relay && m_str_is(relay->value, w->relay);
    if (w->relay && !fact_of(d, "P", w->schema, w->name, "relay")) pg_ddl_relay(b, w);
    if (!same) pg_ddl_grants(b, w);
}

static const pg_want *want_of(const differ *d, const m_type *type)
{
    for (uint32_t i = 0; i < d->wants->count; i++)
        if (d->wants->tables[i].plan && d->wants->tables[i].plan->type == type)
            return &d->wants->tables[i];
    return NULL;
}

/* Rows for a new table out of one that is there already. The owner of a table sees all tenants'
 * rows once row level security is not forced on it; nobody else gets in before the end. */
static void add_fill(const differ *d, m_buf *b, const pg_want *w)
{
    for (const m_pg_fill *fill = d->fills; w->plan && fill && fill->type; fill++) {
        const pg_want *from = want_of(d, fill->from);
        if (fill->type != w->plan->type || !from ||
            !fact_of(d, "T", from->schema, from->name, NULL))
            continue;
        const char *tables[] = {w->full, from->full};
        for (size_t i = 0; i < 2; i++)
            m_buf_format(b, "ALTER TABLE %s NO FORCE ROW LEVEL SECURITY;\n", tables[i]);
        m_buf_format(b, "INSERT INTO %s SELECT tenant_id, %s FROM %s GROUP BY tenant_id, %s;\n",
                     w->full, fill->columns, from->full, fill->group_by);
        for (size_t i = 0; i < 2; i++)
            m_buf_format(b, "ALTER TABLE %s FORCE ROW LEVEL SECURITY;\n", tables[i]);
    }
}

static m_status compare_table(differ *d, const pg_want *w)
{
    m_buf b = {.arena = d->arena};
    if (!fact_of(d, "T", w->schema, w->name, NULL)) {
        pg_ddl_table(&b, w);
        add_fill(d, &b, w);
        return add_step(d, &b);
    }
    for (uint16_t i = 0; i < w->col_count; i++)
        compare_column(d, &b, w, &w->cols[i]);
    find_extra_columns(d, w);
    compare_key(d, w);
    for (uint16_t i = 0; w->plan && i < w->plan->index_count; i++)
        if (pg_has_index(w, &w->plan->indexes[i]) &&
            !fact_of(d, "I", w->schema, w->plan->indexes[i].name, NULL))
            pg_ddl_index(&b, w, &w->plan->indexes[i]);
    compare_security(d, &b, w);
    return add_step(d, &b);
}

static bool month_missing(const differ *d, const pg_want *w, uint32_t month)
{
    char name[PG_PARTITION_NAME];
    pg_month_name(w, month, name);
    return !fact_of(d, "T", w->schema, name, NULL);
}

/* What was dated so far ahead that its month had no partition yet lies in the rest and comes out of
 * it: the server makes no partition for rows that are in another one. */
static void add_months(const differ *d, m_buf *b, const pg_want *w, bool has_rest)
{
    uint32_t n = pg_month_count(d->wants->today), first = 0;
    while (first < n && !month_missing(d, w, first))
        first++;
    if (first == n) return;
    if (has_rest) pg_ddl_rest_apart(b, w);
    for (uint32_t i = first; i < n; i++)
        if (month_missing(d, w, i)) pg_ddl_month(b, w, i);
    if (has_rest) pg_ddl_rest_back(b, w, first, n);
}

static m_status compare_months(differ *d, const pg_want *w)
{
    m_buf b = {.arena = d->arena};
    if (!w->monthly) return M_OK;
    const char *rest = m_arena_printf(d->arena, "%s_default", w->name);
    if (!rest) return no_memory(d);
    bool has_rest = fact_of(d, "T", w->schema, rest, NULL) != NULL;
    add_months(d, &b, w, has_rest);
    if (!has_rest) pg_ddl_rest(&b, w);
    return add_step(d, &b);
}

static m_status compare_schemas(differ *d)
{
    m_buf b = {.arena = d->arena};
    const pg_wants *w = d->wants;
    for (uint32_t i = 0; i < w->count; i++) {
        const char *schema = w->tables[i].schema;
        bool seen = false;
        bool relay = false;
        for (uint32_t k = 0; k < i && !seen; k++)
            seen = strcmp(schema, w->tables[k].schema) == 0;
        for (uint32_t k = 0; k < w->count; k++)
            relay |= w->tables[k].relay && strcmp(schema, w->tables[k].schema) == 0;
        if (seen) continue;
        if (!fact_of(d, "S", schema, NULL, NULL))
            pg_ddl_schema(&b, schema, relay);
        else if (!fact_of(d, "U", schema, NULL, NULL))
            m_buf_format(&b, "GRANT USAGE ON SCHEMA \"%s\" TO bm_app;\n", schema);
    }
    return add_step(d, &b);
}

static m_status compare_all(differ *d)
{
    M_TRY(compare_schemas(d));
    for (uint32_t i = 0; i < d->wants->count; i++) {
        M_TRY(compare_table(d, &d->wants->tables[i]));
        M_TRY(compare_months(d, &d->wants->tables[i]));
    }
    return d->refused.failed ? no_memory(d) : M_OK;
}

static m_status all_sql(differ *d, m_str *out)
{
    m_buf b = {.arena = d->call->arena};
    for (uint32_t i = 0; i < d->count; i++)
        m_buf_bytes(&b, d->steps[i].p, d->steps[i].n);
    if (b.failed) return no_memory(d);
    *out = m_buf_str(&b);
    return M_OK;
}

m_status m_pg_ddl(const m_pg_schema *schema, m_call *call, m_str *out_sql)
{
    pg_wants wants;
    M_TRY(pg_wants_make(schema, call, &wants));
    differ d = {
        .call = call, .arena = call->arena, .wants = &wants, .refused = {.arena = call->arena}};
    M_TRY(compare_all(&d));
    return all_sql(&d, out_sql);
}

/* ---- applying ---- */

static m_status record_step(differ *d, const char *sql)
{
    const char *text =
        m_arena_printf(d->arena,
                       "INSERT INTO \"%sm\".\"migration\" (step, checksum, sql) SELECT "
                       "coalesce(max(step),0)+1, encode(sha256(convert_to($1::text,'UTF8')),'hex'),"
                       "$1::text FROM \"%sm\".\"migration\"",
                       d->wants->prefix, d->wants->prefix);
    m_pg_result ignored;
    return text ? m_pg_query(d->conn, d->call, NULL, text, &sql, 1, &ignored) : no_memory(d);
}

static m_status apply(differ *d)
{
    uint32_t unrecorded = 0; /* until the table for it is there */
    for (uint32_t i = 0; i < d->count; i++) {
        m_status status = m_pg_script(d->conn, d->call, d->steps[i].p);
        if (status != M_OK) {
            m_buf_format(&d->refused, "SQLSTATE %s at: %.*s\n", d->conn->fault.state,
                         (int)strcspn(d->steps[i].p, "\n"), d->steps[i].p);
            return status;
        }
        bool has_table = d->facts.count || i >= 2; /* schemas, gate, migration */
        for (; has_table && unrecorded <= i; unrecorded++)
            M_TRY(record_step(d, d->steps[unrecorded].p));
    }
    return M_OK;
}

static m_status last_step(differ *d, int64_t *out)
{
    *out = 0;
    const char *schema = d->wants->tables[0].schema;
    if (!fact_of(d, "T", schema, "migration", NULL) && d->count == 0) return M_OK;
    const char *sql =
        m_arena_printf(d->arena,
                       "SELECT coalesce(max(step),0), count(*) FILTER (WHERE checksum <> "
                       "encode(sha256(convert_to(sql,'UTF8')),'hex')) FROM \"%s\".\"migration\"",
                       schema);
    m_pg_result found;
    if (!sql) return no_memory(d);
    M_TRY(m_pg_query(d->conn, d->call, NULL, sql, NULL, 0, &found));
    m_dec number;
    if (m_dec_parse(m_pg_cell(&found, 0, 0), &number) == M_OK) *out = number.u / M_DEC_ONE;
    if (!m_str_is(m_pg_cell(&found, 0, 1), "0"))
        m_buf_text(&d->refused, "m.migration: a recorded step was changed afterwards\n");
    return M_OK;
}

static m_status migrate(differ *d, m_pg_migrate_mode mode, m_pg_migration *out)
{
    /* One at a time; plans of a tenant's data do not matter here. */
    M_TRY(m_pg_script(d->conn, d->call,
                      "BEGIN; SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '10s';"
                      "SELECT pg_advisory_xact_lock(7205759403792793600)"));
    M_TRY(learn_all(d));
    M_TRY(compare_all(d));
    M_TRY(all_sql(d, &out->sql));
    out->steps = d->count;
    bool refused = d->refused.n > 0;
    m_status status = M_OK;
    if (mode == M_PG_APPLY && refused)
        status = m_fail(d->call, m_err_state, "the database needs a hand-written migration");
    else if (mode == M_PG_APPLY)
        status = apply(d);
    if (status == M_OK && (mode == M_PG_APPLY || d->facts.count))
        status = last_step(d, &out->last_step);
    out->refused = m_buf_str(&d->refused);
    return status;
}

m_status m_pg_migrate(m_pg_conn *conn, m_call *call, const m_pg_schema *schema,
                      m_pg_migrate_mode mode, m_pg_migration *out)
{
    pg_wants wants;
    M_TRY(pg_wants_make(schema, call, &wants));
    differ d = {.conn = conn,
                .call = call,
                .arena = call->arena,
                .wants = &wants,
                .fills = schema->fills,
                .refused = {.arena = call->arena}};
    *out = (m_pg_migration){.steps = 0};
    m_status status = migrate(&d, mode, out);
    bool keep = status == M_OK && mode == M_PG_APPLY;
    if (conn->pg &&
        pg_exec(conn, keep ? call : NULL, keep ? "COMMIT" : "ROLLBACK", NULL, 0, NULL)) {
        if (keep) status = call->error.status;
        pg_conn_drop(conn);
    }
    pg_table_free(&d.facts);
    return status;
}
