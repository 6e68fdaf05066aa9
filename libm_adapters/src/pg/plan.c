#include "plan.h"

#include "m_adapters/codec.h"

typedef struct {
    m_arena *arena;
    const char *why;
    pg_plan *plan;
} maker;

static m_status refuse(maker *m, const char *what, const char *name)
{
    const char *why = m_arena_printf(m->arena, "%s: %s", what, name);
    m->why = why ? why : what;
    return M_UNSUPPORTED;
}

const char *pg_quote(m_arena *arena, const char *name)
{
    return m_arena_printf(arena, "\"%s\"", name);
}

/* A name for SQL: lower-case letters, digits and underscores, so that quoting is safe. */
static bool name_good(const char *name)
{
    size_t n = strlen(name);
    return n > 0 && n <= PG_NAME_MAX && strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == n;
}

/* ---- columns ---- */

typedef struct {
    const char *prefix; /* "address_" */
    uint32_t offset;
    bool ext;
    bool inside; /* in a struct: required members may be empty when all of it is */
} place;

static uint16_t count_columns(const m_type *type)
{
    uint32_t n = 0;
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *f = &type->fields[i];
        if (f->kind == M_KIND_STRUCT)
            n += count_columns(f->type);
        else if (f->kind != M_KIND_LIST)
            n++;
    }
    return n > PG_COLUMNS_MAX ? PG_COLUMNS_MAX + 1 : (uint16_t)n;
}

static uint16_t count_lists(const m_type *type)
{
    uint16_t n = 0;
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *f = &type->fields[i];
        if (f->kind == M_KIND_STRUCT) n = (uint16_t)(n + count_lists(f->type));
        n = (uint16_t)(n + (f->kind == M_KIND_LIST));
    }
    return n;
}

static m_status add_list(maker *m, const m_field *f, place at, const char *name);

static m_status add_column(maker *m, pg_cols *out, const m_field *f, place at, const char *name)
{
    bool key = (f->flags & M_KEY) || strcmp(name, "id") == 0;
    bool required = (f->flags & M_REQUIRED) && !at.inside;
    out->items[out->count++] = (pg_col){
        .field = f,
        .name = name,
        .quoted = pg_quote(m->arena, name),
        .offset = at.offset + f->offset,
        .ext = at.ext || (f->flags & M_EXT),
        .nullable = pg_field_absent(f) && !key && !required,
        .key = key,
    };
    return out->items[out->count - 1].quoted ? M_OK : M_NOMEM;
}

static m_status add_columns(maker *m, const m_type *type, place at, bool in_list, pg_cols *out)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *f = &type->fields[i];
        const char *name = m_arena_printf(m->arena, "%s%s", at.prefix, f->name);
        if (!name) return M_NOMEM;
        if (!name_good(name)) return refuse(m, "not a good SQL name", name);
        if (at.inside && (f->flags & M_EXT)) return refuse(m, "contributed inside a struct", name);
        if (f->kind == M_KIND_LIST) {
            if (in_list) return refuse(m, "a list inside a list", name);
            M_TRY(add_list(m, f, at, name));
        } else if (f->kind == M_KIND_STRUCT) {
            const char *prefix = m_arena_printf(m->arena, "%s_", name);
            if (!prefix) return M_NOMEM;
            place in = {prefix, at.offset + f->offset, at.ext || (f->flags & M_EXT), true};
            M_TRY(add_columns(m, f->type, in, in_list, out));
        } else {
            M_TRY(add_column(m, out, f, at, name));
        }
    }
    return M_OK;
}

static m_status make_columns(maker *m, const m_type *type, bool in_list, pg_cols *out)
{
    uint16_t n = count_columns(type);
    if (n == 0 || n > PG_COLUMNS_MAX) return refuse(m, "number of columns", type->name);
    out->items = m_arena_array(m->arena, n, sizeof *out->items);
    if (!out->items) return M_NOMEM;
    return add_columns(m, type, (place){.prefix = ""}, in_list, out);
}

static m_status add_list(maker *m, const m_field *f, place at, const char *name)
{
    pg_plan *plan = m->plan;
    pg_list *list = &plan->lists[plan->list_count++];
    *list = (pg_list){.type = f->type,
                      .offset = at.offset + f->offset,
                      .ext = at.ext || (f->flags & M_EXT),
                      .name = m_arena_printf(m->arena, "%s_%s", plan->name, name)};
    if (!list->name) return M_NOMEM;
    if (!name_good(list->name)) return refuse(m, "not a good SQL name", list->name);
    list->table = m_arena_printf(m->arena, "\"%s\".\"%s\"", plan->schema, list->name);
    if (!list->table) return M_NOMEM;
    return make_columns(m, f->type, true, &list->cols);
}

const pg_col *pg_col_find(const pg_cols *cols, m_str name)
{
    for (uint16_t i = 0; i < cols->count; i++)
        if (m_str_is(name, cols->items[i].name)) return &cols->items[i];
    return NULL;
}

static m_status find_keys(maker *m)
{
    pg_plan *plan = m->plan;
    plan->version = plan->posting_date = -1;
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (i == 0 && strcmp(c->name, "id") == 0) plan->by_id = true;
        bool key = plan->by_id ? i == 0 : (c->field->flags & M_KEY) != 0;
        if (key && plan->key_count == PG_KEY_MAX) return refuse(m, "key too long", plan->name);
        if (key) plan->key[plan->key_count++] = i;
        if (strcmp(c->name, "version") == 0 && c->field->kind == M_KIND_INT) plan->version = i;
        if (strcmp(c->name, "posting_date") == 0 && c->field->kind == M_KIND_DATE)
            plan->posting_date = i;
        if (strcmp(c->name, "tenant_id") == 0) return refuse(m, "reserved column", c->name);
    }
    if (plan->key_count == 0) return refuse(m, "no key", plan->name);
    if (plan->by_id && plan->cols.items[0].field->kind != M_KIND_ID)
        return refuse(m, "id must be of kind ID", plan->name);
    if (plan->list_count && !plan->by_id) return refuse(m, "lists need an id", plan->name);
    if (!(plan->type->flags & M_TYPE_MONTHLY))
        plan->posting_date = -1;
    else if (plan->posting_date < 0)
        return refuse(m, "no posting_date", plan->name);
    else
        plan->cols.items[plan->posting_date].nullable = false;
    return M_OK;
}

/* ---- indexes ---- */

static const char *index_name(maker *m, const pg_index *x, const char *salt)
{
    m_buf b = {.arena = m->arena};
    m_buf_text(&b, m->plan->name);
    for (uint16_t i = 0; i < x->count; i++)
        m_buf_format(&b, "_%s", m->plan->cols.items[x->cols[i]].name);
    uint32_t hash = (uint32_t)pg_hash(b.p, b.n, salt ? pg_hash(salt, strlen(salt), 1) : 0);
    const char *end = x->unique ? "key" : x->summary ? "brin" : "idx";
    if (b.n > 48 || salt)
        return m_arena_printf(m->arena, "%.*s_%08x_%s", b.n > 48 ? 48 : (int)b.n, b.p, hash, end);
    return m_arena_printf(m->arena, "%.*s_%s", (int)b.n, b.p, end);
}

/* The rows in which an M_UNIQUE field is not empty (the others cost no index entry); NULL: all. */
static const char *not_empty(maker *m, const pg_col *c)
{
    switch (c->field->kind) {
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        return m_arena_printf(m->arena, "%s <> ''", c->quoted);
    case M_KIND_INT:
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
    case M_KIND_SUM:
        return m_arena_printf(m->arena, "%s <> 0", c->quoted);
    case M_KIND_BOOL:
        return c->quoted;
    case M_KIND_ENUM:
        return m_arena_printf(m->arena, "%s <> '%s'", c->quoted, c->field->choices[0]);
    default:
        return c->nullable ? m_arena_printf(m->arena, "%s IS NOT NULL", c->quoted) : NULL;
    }
}

static m_status index_columns(maker *m, const char *names, pg_index *out)
{
    while (*names) {
        size_t n = strcspn(names, ",");
        m_str name = m_str_trim((m_str){names, n});
        const pg_col *c = pg_col_find(&m->plan->cols, name);
        if (!c || out->count == PG_KEY_MAX) return refuse(m, "index", m->plan->name);
        out->cols[out->count++] = (uint16_t)(c - m->plan->cols.items);
        names += n + (names[n] == ',');
    }
    return out->count ? M_OK : refuse(m, "index without fields", m->plan->name);
}

static m_status make_indexes(maker *m)
{
    pg_plan *plan = m->plan;
    uint16_t n = plan->cols.count;
    for (const m_index *x = plan->type->indexes; x && x->fields; x++)
        n++;
    plan->indexes = m_arena_array(m->arena, n, sizeof *plan->indexes);
    if (!plan->indexes) return M_NOMEM;
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (!(c->field->flags & M_UNIQUE)) continue;
        pg_index *x = &plan->indexes[plan->index_count++];
        *x = (pg_index){.cols = {i}, .count = 1, .unique = true, .where = not_empty(m, c)};
        x->name = index_name(m, x, NULL);
        if (!x->name) return M_NOMEM;
    }
    for (const m_index *d = plan->type->indexes; d && d->fields; d++) {
        pg_index *x = &plan->indexes[plan->index_count++];
        *x = (pg_index){.unique = d->unique, .summary = d->summary, .where = d->where};
        M_TRY(index_columns(m, d->fields, x));
        x->name = index_name(m, x, d->where);
        if (!x->name) return M_NOMEM;
    }
    for (uint16_t i = 0; i < plan->index_count && plan->posting_date >= 0; i++) {
        const pg_index *x = &plan->indexes[i];
        bool has_date = false;
        for (uint16_t k = 0; k < x->count; k++)
            has_date |= x->cols[k] == plan->posting_date;
        if (x->unique && !has_date) return refuse(m, "unique across months", x->name);
    }
    return M_OK;
}

const char *pg_plan_blame(const pg_plan *plan, const char *constraint)
{
    for (uint16_t i = 0; i < plan->index_count; i++)
        if (strcmp(plan->indexes[i].name, constraint) == 0)
            return plan->cols.items[plan->indexes[i].cols[0]].name;
    return plan->cols.items[plan->key[0]].name;
}

/* ---- statements ---- */

static void add_names(m_buf *b, const pg_cols *cols, const char *before)
{
    for (uint16_t i = 0; i < cols->count; i++)
        m_buf_format(b, "%s%s%s", i ? "," : "", before, cols->items[i].quoted);
}

/* "$2::uuid[],$3::text[]" from parameter `at` on; returns the next free number. */
static uint32_t add_arrays(m_buf *b, const pg_cols *cols, uint32_t at)
{
    for (uint16_t i = 0; i < cols->count; i++)
        m_buf_format(b, "%s$%u::%s[]", i ? "," : "", at++,
                     pg_kind_type(cols->items[i].field->kind));
    return at;
}

static m_status end_sql(m_buf *b, pg_sql *out)
{
    m_buf_bytes(b, "", 1);
    if (b->failed) return M_NOMEM;
    *out = pg_sql_of(b->p);
    return M_OK;
}

/* "t.tenant_id=$1 AND " or nothing. */
static const char *of_tenant(const pg_plan *plan)
{
    return plan->tenant ? "t.tenant_id=$1::uuid AND " : "";
}

static uint32_t first_param(const pg_plan *plan)
{
    return plan->tenant ? 2 : 1;
}

/* The values of one row are "$2::uuid,$3::text,…", of many
 * "unnest($2::uuid[]),unnest($3::text[]),…": as a select list the arrays are read side by side,
 * without the store that the same in FROM would fill first. A row alone costs the server half of
 * what an array of one does. */
typedef enum { ONE, MANY } row_form;

static void add_values(m_buf *b, row_form form, const pg_cols *cols, uint32_t at)
{
    for (uint16_t i = 0; i < cols->count; i++) {
        if (i) m_buf_text(b, ",");
        m_buf_format(b, form == ONE ? "$%u::%s" : "unnest($%u::%s[])", at++,
                     pg_kind_type(cols->items[i].field->kind));
    }
}

/* INSERT INTO … SELECT values, open for an ON CONFLICT. */
static void start_insert(maker *m, row_form form, m_buf *b)
{
    const pg_plan *plan = m->plan;
    *b = (m_buf){.arena = m->arena};
    m_buf_format(b, "INSERT INTO %s AS t (%s", plan->table, plan->tenant ? "tenant_id," : "");
    add_names(b, &plan->cols, "");
    m_buf_format(b, ") SELECT %s", plan->tenant ? "$1::uuid," : "");
    add_values(b, form, &plan->cols, first_param(plan));
}

static void add_conflict(m_buf *b, const pg_plan *plan)
{
    m_buf_format(b, " ON CONFLICT (%s", plan->tenant ? "tenant_id" : "");
    for (uint16_t i = 0; i < plan->key_count; i++)
        m_buf_format(b, "%s%s", i || plan->tenant ? "," : "",
                     plan->cols.items[plan->key[i]].quoted);
    if (plan->posting_date >= 0 && !plan->cols.items[plan->posting_date].key)
        m_buf_text(b, ",posting_date");
    m_buf_text(b, ") DO UPDATE SET ");
}

/* Nothing to set: the row is left as it is. */
static void set_nothing(m_buf *b, const pg_plan *plan)
{
    const char *key = plan->cols.items[plan->key[0]].quoted;
    m_buf_format(b, "%s=t.%s", key, key);
}

static m_status make_put(maker *m, row_form form, pg_sql *out)
{
    const pg_plan *plan = m->plan;
    m_buf b;
    const char *comma = "";
    start_insert(m, form, &b);
    add_conflict(&b, plan);
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (c->key || (int)i == plan->posting_date) continue;
        m_buf_format(&b, "%s%s=excluded.%s", comma, c->quoted, c->quoted);
        comma = ",";
    }
    if (!*comma) set_nothing(&b, plan);
    return end_sql(&b, out);
}

static m_status make_accumulate(maker *m, row_form form, pg_sql *out)
{
    const pg_plan *plan = m->plan;
    m_buf b;
    const char *comma = "";
    start_insert(m, form, &b);
    add_conflict(&b, plan);
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (!(c->field->flags & M_SUMMED)) continue;
        m_buf_format(&b, "%s%s=t.%s+excluded.%s", comma, c->quoted, c->quoted, c->quoted);
        comma = ",";
    }
    if (!*comma) set_nothing(&b, plan);
    return end_sql(&b, out);
}

static m_status make_inserts(maker *m)
{
    pg_plan *plan = m->plan;
    m_buf b;
    start_insert(m, ONE, &b);
    M_TRY(end_sql(&b, &plan->insert.one));
    start_insert(m, MANY, &b);
    M_TRY(end_sql(&b, &plan->insert.many));
    if (plan->type->flags & M_TYPE_APPEND) { /* there is no right to update */
        plan->put = plan->accumulate = plan->insert;
        return M_OK;
    }
    M_TRY(make_put(m, ONE, &plan->put.one));
    M_TRY(make_put(m, MANY, &plan->put.many));
    M_TRY(make_accumulate(m, ONE, &plan->accumulate.one));
    return make_accumulate(m, MANY, &plan->accumulate.many);
}

/* "t.a=u.a AND t.b=u.b" over the key. */
static void add_key_join(m_buf *b, const pg_plan *plan)
{
    for (uint16_t i = 0; i < plan->key_count; i++) {
        const char *name = plan->cols.items[plan->key[i]].quoted;
        m_buf_format(b, "%st.%s=u.%s", i ? " AND " : "", name, name);
    }
}

/* "unnest($2::uuid[],…) AS u("a","b")" over the key. */
static void add_key_arrays(m_buf *b, const pg_plan *plan)
{
    uint32_t at = first_param(plan);
    m_buf_text(b, "unnest(");
    for (uint16_t i = 0; i < plan->key_count; i++)
        m_buf_format(b, "%s$%u::%s[]", i ? "," : "", at++,
                     pg_kind_type(plan->cols.items[plan->key[i]].field->kind));
    m_buf_text(b, ") AS u(");
    for (uint16_t i = 0; i < plan->key_count; i++)
        m_buf_format(b, "%s%s", i ? "," : "", plan->cols.items[plan->key[i]].quoted);
    m_buf_text(b, ")");
}

/* The count of rows is checked by the server, because COMMIT follows in the same pipeline. */
static m_status make_update(maker *m)
{
    pg_plan *plan = m->plan;
    m_buf b = {.arena = m->arena};
    m_buf_format(&b, "WITH w AS (UPDATE %s AS t SET ", plan->table);
    const char *comma = "";
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (c->key) continue;
        m_buf_format(&b, "%s%s=u.%s", comma, c->quoted, c->quoted);
        comma = ",";
    }
    if (!*comma) set_nothing(&b, plan);
    m_buf_text(&b, " FROM unnest(");
    uint32_t at = add_arrays(&b, &plan->cols, first_param(plan));
    if (plan->version >= 0) m_buf_format(&b, ",$%u::bigint[]", at++);
    m_buf_text(&b, ") AS u(");
    add_names(&b, &plan->cols, "");
    if (plan->version >= 0) m_buf_text(&b, ",expected_");
    m_buf_format(&b, ") WHERE %s", of_tenant(plan));
    add_key_join(&b, plan);
    if (plan->version >= 0) m_buf_text(&b, " AND t.\"version\"=u.expected_");
    m_buf_format(&b, " RETURNING 1) SELECT 1/(count(*)=$%u::bigint)::int FROM w", at);
    return end_sql(&b, &plan->update);
}

/* FROM the keys and, for each, the rows of the table that join finds. OFFSET 0 keeps the inner
 * select apart: it is planned for one key, so the key's index serves it even while the table is too
 * new for the planner to know better; =ANY then read all rows of the tenant. */
static void start_each_key(m_buf *b, const pg_plan *plan, const char *table)
{
    m_buf_format(b, " CROSS JOIN LATERAL (SELECT * FROM %s AS t WHERE %s", table, of_tenant(plan));
}

static void end_each_key(m_buf *b)
{
    m_buf_text(b, " OFFSET 0) AS t");
}

static m_status make_by_key(maker *m)
{
    pg_plan *plan = m->plan;
    m_buf b = {.arena = m->arena};
    m_buf_format(&b, "SELECT %s FROM ", plan->select);
    add_key_arrays(&b, plan);
    start_each_key(&b, plan, plan->table);
    add_key_join(&b, plan);
    end_each_key(&b);
    M_TRY(end_sql(&b, &plan->by_keys));
    b = (m_buf){.arena = m->arena};
    m_buf_format(&b, "DELETE FROM %s AS t USING ", plan->table);
    add_key_arrays(&b, plan);
    m_buf_format(&b, " WHERE %s", of_tenant(plan));
    add_key_join(&b, plan);
    return end_sql(&b, &plan->remove);
}

/* INSERT INTO lines … SELECT arrays, open for an ON CONFLICT. */
static void start_list_insert(maker *m, const pg_list *list, m_buf *b)
{
    const pg_plan *plan = m->plan;
    uint32_t at = first_param(plan);
    *b = (m_buf){.arena = m->arena};
    m_buf_format(b, "INSERT INTO %s (%sparent_id,line_no,", list->table,
                 plan->tenant ? "tenant_id," : "");
    add_names(b, &list->cols, "");
    m_buf_format(b, ") SELECT %sunnest($%u::uuid[]),unnest($%u::bigint[]),",
                 plan->tenant ? "$1::uuid," : "", at, at + 1);
    add_values(b, MANY, &list->cols, at + 2);
}

/* Lines that are there and differ are written in place: no index of theirs is touched. All of them
 * are there; as a conflict each is found by its key, whatever the planner thinks of the table: an
 * UPDATE with a join read all lines of the tenant for each line while the table was young. */
static m_status make_list_change(maker *m, pg_list *list)
{
    m_buf b;
    start_list_insert(m, list, &b);
    m_buf_format(&b, " ON CONFLICT (%sparent_id,line_no) DO UPDATE SET ",
                 m->plan->tenant ? "tenant_id," : "");
    for (uint16_t i = 0; i < list->cols.count; i++)
        m_buf_format(&b, "%s%s=excluded.%s", i ? "," : "", list->cols.items[i].quoted,
                     list->cols.items[i].quoted);
    return end_sql(&b, &list->change);
}

static m_status make_list(maker *m, pg_list *list)
{
    const pg_plan *plan = m->plan;
    uint32_t at = first_param(plan);
    m_buf b;
    start_list_insert(m, list, &b);
    M_TRY(end_sql(&b, &list->insert));
    M_TRY(make_list_change(m, list));

    b = (m_buf){.arena = m->arena};
    m_buf_format(&b, "DELETE FROM %s AS t WHERE %st.parent_id=ANY($%u::uuid[])", list->table,
                 of_tenant(plan), at);
    M_TRY(end_sql(&b, &list->remove));

    b = (m_buf){.arena = m->arena};
    m_buf_text(&b, "t.parent_id,");
    add_names(&b, &list->cols, "t.");
    m_buf_bytes(&b, "", 1);
    if (b.failed) return M_NOMEM;
    list->select = b.p;

    b = (m_buf){.arena = m->arena};
    m_buf_format(&b, "SELECT %s FROM unnest($%u::uuid[]) AS u(id)", list->select, at);
    start_each_key(&b, plan, list->table);
    m_buf_text(&b, "t.parent_id=u.id");
    end_each_key(&b);
    m_buf_text(&b, " ORDER BY t.parent_id,t.line_no");
    return end_sql(&b, &list->by_parents);
}

m_status pg_plan_make(const m_type *type, const char *schema_prefix, m_arena *arena, pg_plan *out,
                      const char **why)
{
    maker m = {.arena = arena, .plan = out, .why = "memory"};
    *why = m.why;
    *out = (pg_plan){.type = type};
    m_status status = M_OK;
    if (!type->schema || !type->table) {
        status = refuse(&m, "not a stored type", type->name);
        *why = m.why;
        return status;
    }
    out->schema = m_arena_printf(arena, "%s%s", schema_prefix ? schema_prefix : "", type->schema);
    out->name = type->table;
    out->tenant = !(type->flags & M_TYPE_NO_TENANT);
    out->lists = m_arena_array(arena, count_lists(type), sizeof *out->lists);
    if (!out->schema || !out->lists) return M_NOMEM;
    out->table = m_arena_printf(arena, "\"%s\".\"%s\"", out->schema, out->name);
    if (!out->table) return M_NOMEM;
    if (!name_good(out->schema) || !name_good(out->name))
        status = refuse(&m, "not a good SQL name", out->table);
    if (status == M_OK) status = make_columns(&m, type, false, &out->cols);
    if (status == M_OK) status = find_keys(&m);
    if (status == M_OK) status = make_indexes(&m);
    m_buf b = {.arena = arena};
    add_names(&b, &out->cols, "t.");
    m_buf_bytes(&b, "", 1);
    out->select = b.p;
    if (b.failed) return M_NOMEM;
    if (status == M_OK) status = make_inserts(&m);
    if (status == M_OK) status = make_update(&m);
    if (status == M_OK) status = make_by_key(&m);
    for (uint16_t i = 0; i < out->list_count && status == M_OK; i++)
        status = make_list(&m, &out->lists[i]);
    out->has_ext = type->ext_at && type->ext_size;
    *why = m.why;
    return status;
}
