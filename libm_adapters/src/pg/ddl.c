/* Plans → tables as SQL. */
#include "ddl.h"

#include <stdio.h>

#define APP_ALL    "DELETE,INSERT,SELECT,UPDATE"
#define APP_APPEND "INSERT,SELECT"

typedef struct {
    m_call *call;
    m_arena *arena;
    pg_wants *wants;
    uint32_t room;
} maker;

static m_status no_memory(const maker *m)
{
    return m_fail(m->call, m_err_memory, NULL);
}

static const char *fallback_of(maker *m, const m_field *f)
{
    switch (f->kind) {
    case M_KIND_BOOL:
        return "false";
    case M_KIND_INT:
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
    case M_KIND_SUM:
        return "0";
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        return "''";
    case M_KIND_ENUM: {
        const char *first = f->choices && f->choices[0] ? f->choices[0] : "";
        return m_arena_printf(m->arena, "'%s'", f->fallback ? f->fallback : first);
    }
    default:
        return NULL;
    }
}

static pg_want *new_want(maker *m, uint16_t columns)
{
    if (m->wants->count == m->room) return NULL;
    pg_want *w = &m->wants->tables[m->wants->count++];
    w->scratch = m->wants->scratch;
    w->cols = m_arena_array(m->arena, columns, sizeof *w->cols);
    return w->cols ? w : NULL;
}

static void own_column(pg_want *w, const char *name, const char *type, const char *fallback)
{
    w->cols[w->col_count++] =
        (pg_want_col){.name = name, .type = type, .not_null = true, .fallback = fallback};
}

static void add_columns(maker *m, pg_want *w, const pg_cols *cols)
{
    for (uint16_t i = 0; i < cols->count; i++) {
        const pg_col *c = &cols->items[i];
        bool text = pg_kind_oid(c->field->kind) == pg_kind_oid(M_KIND_STR);
        w->cols[w->col_count++] = (pg_want_col){
            .name = c->name,
            .type = pg_kind_ddl(c->field->kind),
            .not_null = !c->nullable,
            .fallback = c->key || c->nullable ? NULL : fallback_of(m, c->field),
            .text = text,
        };
    }
}

/* What carries events between processes works for all tenants. */
static const char *relay_rights(const m_type *type)
{
    static const char *const rights[][2] = {
        {"outbox", "DELETE,SELECT,UPDATE"},
        {"inbox", "DELETE,SELECT,UPDATE"},
        {"outgoing", "DELETE,SELECT"},
        {"outgoing_mark", "INSERT,SELECT,UPDATE"},
        {"consumer_mark", "SELECT"},
        {"dead_letter", "SELECT"},
        {"replica", "SELECT"},
    };
    if (strcmp(type->schema, "m") != 0) return NULL;
    for (size_t i = 0; i < sizeof rights / sizeof rights[0]; i++)
        if (strcmp(type->table, rights[i][0]) == 0) return rights[i][1];
    return NULL;
}

static m_status add_main(maker *m, const pg_plan *plan)
{
    pg_want *w = new_want(m, (uint16_t)(plan->cols.count + 1));
    if (!w) return no_memory(m);
    const m_type *type = plan->type;
    bool append = type->flags & M_TYPE_APPEND;
    w->schema = plan->schema;
    w->name = plan->name;
    w->full = plan->table;
    w->rights = append ? APP_APPEND : APP_ALL;
    w->tenant = plan->tenant;
    w->monthly = plan->posting_date >= 0 && !m->wants->scratch;
    w->relay = relay_rights(type);
    w->plan = plan;
    if (plan->tenant) own_column(w, "tenant_id", "uuid", NULL);
    add_columns(m, w, &plan->cols);
    m_buf key = {.arena = m->arena};
    m_buf_text(&key, plan->tenant ? "tenant_id" : "");
    for (uint16_t i = 0; i < plan->key_count; i++)
        m_buf_format(&key, "%s%s", i || plan->tenant ? ", " : "",
                     plan->cols.items[plan->key[i]].quoted);
    if (plan->posting_date >= 0 && !plan->cols.items[plan->posting_date].key)
        m_buf_text(&key, ", posting_date");
    m_buf_bytes(&key, "", 1);
    w->primary_key = key.p;
    return key.failed ? no_memory(m) : M_OK;
}

static m_status add_list(maker *m, const pg_plan *plan, const pg_list *list)
{
    pg_want *w = new_want(m, (uint16_t)(list->cols.count + 3));
    if (!w) return no_memory(m);
    w->schema = plan->schema;
    w->name = list->name;
    w->full = list->table;
    w->rights = plan->type->flags & M_TYPE_APPEND ? APP_APPEND : APP_ALL;
    w->tenant = plan->tenant;
    w->primary_key = plan->tenant ? "tenant_id, parent_id, line_no" : "parent_id, line_no";
    if (plan->tenant) own_column(w, "tenant_id", "uuid", NULL);
    own_column(w, "parent_id", "uuid", NULL);
    own_column(w, "line_no", "bigint", NULL);
    add_columns(m, w, &list->cols);
    return M_OK;
}

/* The tables that belong to this binding itself. */
static m_status add_own(maker *m)
{
    const char *schema = m_arena_printf(m->arena, "%sm", m->wants->prefix);
    pg_want *gate = new_want(m, 2);
    pg_want *migration = new_want(m, 4);
    if (!schema || !gate || !migration) return no_memory(m);
    gate->schema = migration->schema = schema;
    gate->name = "gate";
    gate->full = m_arena_printf(m->arena, "\"%s\".\"gate\"", schema);
    gate->rights = "INSERT,SELECT,UPDATE";
    gate->tenant = true;
    gate->primary_key = "tenant_id";
    own_column(gate, "tenant_id", "uuid", NULL);
    own_column(gate, "epoch", "bigint", "0");
    migration->name = "migration";
    migration->full = m_arena_printf(m->arena, "\"%s\".\"migration\"", schema);
    migration->rights = "SELECT";
    migration->primary_key = "step";
    own_column(migration, "step", "bigint", NULL);
    own_column(migration, "applied_at", "timestamp with time zone", "now()");
    own_column(migration, "checksum", "text", NULL);
    own_column(migration, "sql", "text", NULL);
    return gate->full && migration->full ? M_OK : no_memory(m);
}

static m_status check_names(const maker *m)
{
    const pg_wants *w = m->wants;
    for (uint32_t i = 0; i < w->count; i++)
        for (uint32_t k = 0; k < i; k++)
            if (strcmp(w->tables[i].full, w->tables[k].full) == 0)
                return m_fail(m->call, m_err_unsupported, "two types share the table %s",
                              w->tables[i].full);
    return M_OK;
}

m_status pg_wants_make(const m_pg_schema *schema, m_call *call, pg_wants *out)
{
    *out = (pg_wants){.today = schema->today,
                      .scratch = schema->scratch,
                      .prefix = schema->schema_prefix ? schema->schema_prefix : ""};
    maker m = {.call = call, .arena = call->arena, .wants = out, .room = 2};
    pg_plan *plans = m_arena_array(m.arena, schema->count, sizeof *plans);
    if (!plans) return no_memory(&m);
    for (uint32_t i = 0; i < schema->count; i++) {
        const char *why;
        m_status status = pg_plan_make(schema->types[i], out->prefix, m.arena, &plans[i], &why);
        if (status == M_NOMEM) return no_memory(&m);
        if (status != M_OK)
            return m_fail(call, m_err_unsupported, "%s: %s", schema->types[i]->name, why);
        m.room += 1u + plans[i].list_count;
    }
    out->tables = m_arena_array(m.arena, m.room, sizeof *out->tables);
    if (!out->tables) return no_memory(&m);
    M_TRY(add_own(&m));
    for (uint32_t i = 0; i < schema->count; i++) {
        M_TRY(add_main(&m, &plans[i]));
        for (uint16_t k = 0; k < plans[i].list_count; k++)
            M_TRY(add_list(&m, &plans[i], &plans[i].lists[k]));
    }
    return check_names(&m);
}

/* ---- text ---- */

void pg_ddl_schema(m_buf *b, const char *schema, bool relay)
{
    m_buf_format(b, "CREATE SCHEMA \"%s\";\nGRANT USAGE ON SCHEMA \"%s\" TO bm_app%s;\n", schema,
                 schema, relay ? ", bm_relay" : "");
}

void pg_ddl_column(m_buf *b, const pg_want_col *c)
{
    m_buf_format(b, "\"%s\" %s%s", c->name, c->type, c->text ? " COLLATE \"C\"" : "");
    if (c->not_null) m_buf_text(b, " NOT NULL");
    if (c->fallback) m_buf_format(b, " DEFAULT %s", c->fallback);
}

bool pg_has_index(const pg_want *w, const pg_index *x)
{
    return !w->scratch || x->unique || !(w->plan->type->flags & M_TYPE_APPEND);
}

void pg_ddl_index(m_buf *b, const pg_want *w, const pg_index *x)
{
    bool of_tenant = w->tenant && !x->summary;
    m_buf_format(b, "CREATE %sINDEX \"%s\" ON %s %s(", x->unique ? "UNIQUE " : "", x->name, w->full,
                 x->summary ? "USING brin " : "");
    m_buf_text(b, of_tenant ? "tenant_id" : "");
    for (uint16_t i = 0; i < x->count; i++) {
        const pg_col *c = &w->plan->cols.items[x->cols[i]];
        m_buf_format(b, "%s%s%s", i || of_tenant ? ", " : "", c->quoted,
                     c->nullable && !x->summary ? " NULLS FIRST" : "");
    }
    m_buf_text(b, ")");
    if (x->where) m_buf_format(b, " WHERE %s", x->where);
    m_buf_text(b, ";\n");
}

#define OF_TENANT "(tenant_id = (SELECT nullif(current_setting('app.tenant_id', true), '')::uuid))"

void pg_ddl_security(m_buf *b, const pg_want *w, const char *table)
{
    if (!w->tenant) return;
    m_buf_format(b,
                 "ALTER TABLE %s ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;\n"
                 "CREATE POLICY tenant ON %s USING " OF_TENANT " WITH CHECK " OF_TENANT ";\n",
                 table, table);
}

void pg_ddl_relay(m_buf *b, const pg_want *w)
{
    m_buf_format(b, "CREATE POLICY relay ON %s TO bm_relay USING (true) WITH CHECK (true);\n",
                 w->full);
}

void pg_ddl_grants(m_buf *b, const pg_want *w)
{
    m_buf_format(b,
                 "REVOKE ALL ON TABLE %s FROM bm_app, PUBLIC;\nGRANT %s ON TABLE %s TO bm_app;\n",
                 w->full, w->rights, w->full);
    if (w->relay) m_buf_format(b, "GRANT %s ON TABLE %s TO bm_relay;\n", w->relay, w->full);
}

#define FIRST_YEAR   2024 /* older rows go to the default partition */
#define MONTHS_AHEAD 15   /* later ones too, until their month has a partition */

uint32_t pg_month_count(m_date today)
{
    int year, month, day;
    m_date_split(today, &year, &month, &day);
    int n = (year - FIRST_YEAR) * 12 + month + MONTHS_AHEAD;
    return n > 0 ? (uint32_t)n : 1;
}

void pg_month_name(const pg_want *w, uint32_t month, char out[PG_PARTITION_NAME])
{
    snprintf(out, PG_PARTITION_NAME, "%s_%04u_%02u", w->name, FIRST_YEAR + month / 12,
             month % 12 + 1);
}

static void start_partition(m_buf *b, const pg_want *w, const char *name)
{
    m_buf_format(b, "CREATE TABLE \"%s\".\"%s\" PARTITION OF %s ", w->schema, name, w->full);
}

static void end_partition(m_buf *b, const pg_want *w, const char *name)
{
    char full[2 * PG_PARTITION_NAME + 8];
    snprintf(full, sizeof full, "\"%s\".\"%s\"", w->schema, name);
    pg_ddl_security(b, w, full);
}

void pg_ddl_month(m_buf *b, const pg_want *w, uint32_t month)
{
    char name[PG_PARTITION_NAME];
    pg_month_name(w, month, name);
    start_partition(b, w, name);
    m_buf_format(b, "FOR VALUES FROM ('%04u-%02u-01') TO ('%04u-%02u-01');\n",
                 FIRST_YEAR + month / 12, month % 12 + 1, FIRST_YEAR + (month + 1) / 12,
                 (month + 1) % 12 + 1);
    end_partition(b, w, name);
}

void pg_ddl_rest(m_buf *b, const pg_want *w)
{
    char name[PG_PARTITION_NAME];
    snprintf(name, sizeof name, "%s_default", w->name);
    start_partition(b, w, name);
    m_buf_text(b, "DEFAULT;\n");
    end_partition(b, w, name);
}

void pg_ddl_rest_apart(m_buf *b, const pg_want *w)
{
    m_buf_format(b, "ALTER TABLE %s DETACH PARTITION \"%s\".\"%s_default\";\n", w->full, w->schema,
                 w->name);
}

/* The owner of a table sees all tenants' rows once row level security is not forced on it. */
static void force(m_buf *b, const pg_want *w, const char *how)
{
    m_buf_format(b, "ALTER TABLE %s %s ROW LEVEL SECURITY;\n", w->full, how);
    m_buf_format(b, "ALTER TABLE \"%s\".\"%s_default\" %s ROW LEVEL SECURITY;\n", w->schema,
                 w->name, how);
}

void pg_ddl_rest_back(m_buf *b, const pg_want *w, uint32_t first, uint32_t end)
{
    force(b, w, "NO FORCE");
    m_buf_format(b,
                 "WITH moved AS (DELETE FROM \"%s\".\"%s_default\" WHERE posting_date >= "
                 "'%04u-%02u-01' AND posting_date < '%04u-%02u-01' RETURNING *) INSERT INTO %s "
                 "SELECT * FROM moved;\n",
                 w->schema, w->name, FIRST_YEAR + first / 12, first % 12 + 1, FIRST_YEAR + end / 12,
                 end % 12 + 1, w->full);
    force(b, w, "FORCE");
    m_buf_format(b, "ALTER TABLE %s ATTACH PARTITION \"%s\".\"%s_default\" DEFAULT;\n", w->full,
                 w->schema, w->name);
}

/* One NaN in a ledger would make every sum over it NaN. We cannot write one (numbers are sent as
 * integers in base 10,000) and refuse to read one (pipe.c), but ledgers are to be safe from other
 * programs too. One condition a table and none on other tables: the server reads the text of each
 * anew for every statement; one a column was a fifteenth of the cost of a posting. */
static void add_numbers_check(m_buf *b, const pg_want *w)
{
    const char *plus = "";
    for (uint16_t i = 0; w->plan && i < w->plan->cols.count; i++) {
        const pg_col *c = &w->plan->cols.items[i];
        if (!(c->field->flags & M_SUMMED) || c->field->kind == M_KIND_INT) continue;
        if (!*plus) m_buf_format(b, "    CONSTRAINT \"%s_numbers_check\" CHECK (", w->name);
        m_buf_format(b, c->nullable ? "%scoalesce(%s, 0)" : "%s%s", plus, c->quoted);
        plus = " + ";
    }
    if (*plus) m_buf_text(b, " <> 'NaN'),\n");
}

void pg_ddl_table(m_buf *b, const pg_want *w)
{
    m_buf_format(b, "CREATE %sTABLE %s (\n", w->scratch ? "UNLOGGED " : "", w->full);
    for (uint16_t i = 0; i < w->col_count; i++) {
        m_buf_text(b, "    ");
        pg_ddl_column(b, &w->cols[i]);
        m_buf_text(b, ",\n");
    }
    add_numbers_check(b, w);
    m_buf_format(b, "    PRIMARY KEY (%s)\n)%s;\n", w->primary_key,
                 w->monthly ? " PARTITION BY RANGE (posting_date)" : "");
    for (uint16_t i = 0; w->plan && i < w->plan->index_count; i++)
        if (pg_has_index(w, &w->plan->indexes[i])) pg_ddl_index(b, w, &w->plan->indexes[i]);
    pg_ddl_security(b, w, w->full);
    if (w->relay) pg_ddl_relay(b, w);
    pg_ddl_grants(b, w);
}
