/* m_query and m_sum → SQL text and parameters. The text depends on the form of the query only, so
 * that statements stay prepared. */
#include "m_adapters/codec.h"
#include "uow.h"

typedef struct {
    pg_uow *u;
    m_call *call;
    const pg_plan *plan;
    m_buf sql;
    uint32_t next; /* number of the next parameter */
} builder;

static m_status bad(builder *b, const char *what, const char *name)
{
    return m_fail(b->call, m_err_query, "%s of %s: %s", what, b->plan->type->name,
                  name ? name : "none");
}

static m_status column_of(builder *b, const char *what, m_str name, const pg_col **out)
{
    const pg_col *c = name.n ? pg_col_find(&b->plan->cols, name) : NULL;
    if (!c) {
        const char *text = m_str_z(b->u->arena, name);
        return bad(b, what, text);
    }
    *out = c;
    return M_OK;
}

static bool is_text(const pg_col *c)
{
    return c->field->kind == M_KIND_STR || c->field->kind == M_KIND_TEXT;
}

/* "$7::uuid" with the value as parameter 7. Choices and truth values stand in the text: there are
 * few, and the planner can only match a partial index with what it sees. */
static void add_value(builder *b, const pg_col *c, const void *value)
{
    static const m_dec_sum zeros[2]; /* a record without an ext block */
    if (!value) value = zeros;
    if (c->field->kind == M_KIND_BOOL) {
        m_buf_text(&b->sql, *(const bool *)value ? "true" : "false");
        return;
    }
    if (c->field->kind == M_KIND_ENUM) {
        const char *name = pg_choice(c->field, *(const m_enum *)value);
        if (!strpbrk(name, "'\\")) {
            m_buf_format(&b->sql, "'%s'", name);
            return;
        }
    }
    pg_param_value(&b->u->pipe, c->field, false, value);
    m_buf_format(&b->sql, "$%u::%s", b->next++, pg_kind_type(c->field->kind));
}

/* ---- conditions ---- */

static void add_equal(builder *b, const pg_col *c, bool equal, const void *value)
{
    if (c->nullable && pg_value_absent(c->field, value)) {
        m_buf_format(&b->sql, "t.%s IS %sNULL", c->quoted, equal ? "" : "NOT ");
        return;
    }
    const char *different = c->nullable ? " IS DISTINCT FROM " : "<>";
    m_buf_format(&b->sql, "t.%s%s", c->quoted, equal ? "=" : different);
    add_value(b, c, value);
}

static void add_order_condition(builder *b, const pg_col *c, m_filter_op op, const void *value)
{
    static const char *const signs[] = {
        [M_OP_LT] = "<", [M_OP_LE] = "<=", [M_OP_GT] = ">", [M_OP_GE] = ">="};
    if (pg_value_absent(c->field, value)) { /* nothing is less or more than nothing */
        m_buf_text(&b->sql, "false");
        return;
    }
    m_buf_format(&b->sql, "t.%s%s", c->quoted, signs[op]);
    add_value(b, c, value);
}

static void add_in(builder *b, const pg_col *c, const m_list *list)
{
    size_t size = m_field_bytes(c->field);
    const char *items = list->items;
    bool absent = false;
    for (uint32_t i = 0; i < list->count; i++)
        absent |= c->nullable && pg_value_absent(c->field, items + i * size);
    pg_pipe *pipe = &b->u->pipe;
    pg_array_open(pipe, pg_kind_oid(c->field->kind), list->count);
    for (uint32_t i = 0; i < list->count; i++)
        pg_array_value(pipe, c->field, c->nullable, items + i * size);
    pg_array_close(pipe);
    m_buf_format(&b->sql, "(t.%s=ANY($%u::%s[])", c->quoted, b->next++,
                 pg_kind_type(c->field->kind));
    if (absent) m_buf_format(&b->sql, " OR t.%s IS NULL", c->quoted);
    m_buf_text(&b->sql, ")");
}

/* Case is ignored as the database's own language does it. */
static void add_contains(builder *b, const pg_col *c, bool at_start, uint32_t param)
{
    if (at_start)
        m_buf_format(&b->sql, "starts_with(lower(t.%s COLLATE \"default\"),lower($%u::text))",
                     c->quoted, param);
    else
        m_buf_format(&b->sql, "strpos(lower(t.%s COLLATE \"default\"),lower($%u::text))>0",
                     c->quoted, param);
}

static void add_empty(builder *b, const pg_col *c, bool empty)
{
    m_kind kind = c->field->kind;
    if (c->nullable)
        m_buf_format(&b->sql, "t.%s IS %sNULL", c->quoted, empty ? "" : "NOT ");
    else if (is_text(c) || kind == M_KIND_BYTES)
        m_buf_format(&b->sql, "t.%s%s''", c->quoted, empty ? "=" : "<>");
    else if (kind == M_KIND_ID || kind == M_KIND_LINK)
        m_buf_format(&b->sql, "t.%s%s'00000000-0000-0000-0000-000000000000'::uuid", c->quoted,
                     empty ? "=" : "<>");
    else
        m_buf_text(&b->sql, empty ? "false" : "true");
}

static m_status add_filter(builder *b, const m_filter *filter)
{
    const pg_col *c = NULL;
    M_TRY(column_of(b, "filter", m_str_of(filter->field), &c));
    bool needs_value = filter->op != M_OP_EMPTY && filter->op != M_OP_NOT_EMPTY;
    if (needs_value && !filter->value) return bad(b, "filter without value", filter->field);
    m_buf_text(&b->sql, " AND ");
    switch (filter->op) {
    case M_OP_EQ:
    case M_OP_NE:
        add_equal(b, c, filter->op == M_OP_EQ, filter->value);
        return M_OK;
    case M_OP_LT:
    case M_OP_LE:
    case M_OP_GT:
    case M_OP_GE:
        add_order_condition(b, c, filter->op, filter->value);
        return M_OK;
    case M_OP_IN:
        add_in(b, c, filter->value);
        return M_OK;
    case M_OP_PREFIX:
    case M_OP_CONTAINS:
        if (!is_text(c)) return bad(b, "text filter", filter->field);
        pg_param_text(&b->u->pipe, *(const m_str *)filter->value);
        add_contains(b, c, filter->op == M_OP_PREFIX, b->next++);
        return M_OK;
    case M_OP_EMPTY:
    case M_OP_NOT_EMPTY:
        add_empty(b, c, filter->op == M_OP_EMPTY);
        return M_OK;
    }
    return bad(b, "filter", filter->field);
}

static m_status add_search(builder *b, m_str text, const char *fields)
{
    if (text.n == 0) return M_OK;
    uint32_t param = b->next++;
    pg_param_text(&b->u->pipe, text);
    m_buf_text(&b->sql, " AND (");
    const char *p = fields ? fields : "";
    for (const char *comma = ""; *p; comma = " OR ") {
        size_t n = strcspn(p, ",");
        const pg_col *c = NULL;
        M_TRY(column_of(b, "search fields", m_str_trim((m_str){p, n}), &c));
        if (!is_text(c)) return bad(b, "search fields", fields);
        m_buf_text(&b->sql, comma);
        add_contains(b, c, false, param);
        p += n + (p[n] == ',');
    }
    if (!fields || !*fields) m_buf_text(&b->sql, "true");
    m_buf_text(&b->sql, ")");
    return M_OK;
}

/* " FROM t WHERE …" with the tenant as $1. */
static m_status add_where(builder *b, const m_filter *filters, uint32_t n)
{
    b->next = 1;
    m_buf_text(&b->sql, " FROM ");
    m_buf_text(&b->sql, b->plan->table);
    m_buf_text(&b->sql, " AS t WHERE ");
    if (b->plan->tenant) {
        pg_param_id(&b->u->pipe, b->u->tenant);
        m_buf_text(&b->sql, "t.tenant_id=$1::uuid");
        b->next = 2;
    } else {
        m_buf_text(&b->sql, "true");
    }
    if (n > M_QUERY_FILTERS_MAX) return bad(b, "filters", "too many");
    for (uint32_t i = 0; i < n; i++)
        M_TRY(add_filter(b, &filters[i]));
    return M_OK;
}

/* ---- order and pages ---- */

typedef struct {
    const pg_col *cols[2 + PG_KEY_MAX];
    bool down[2 + PG_KEY_MAX];
    uint32_t count;
} ordering;

static m_status make_ordering(builder *b, const m_query *q, ordering *out)
{
    if (q->order_count > 2) return bad(b, "orders", "too many");
    for (uint32_t i = 0; i < q->order_count; i++) {
        M_TRY(column_of(b, "order", m_str_of(q->orders[i].field), &out->cols[i]));
        out->down[i] = q->orders[i].descending;
    }
    out->count = q->order_count;
    bool down = q->order_count && q->orders[q->order_count - 1].descending;
    for (uint16_t i = 0; i < b->plan->key_count; i++) {
        out->down[out->count] = down;
        out->cols[out->count++] = &b->plan->cols.items[b->plan->key[i]];
    }
    return M_OK;
}

/* Absent values come first, or last when the order is turned. */
static void add_order_by(builder *b, const ordering *o)
{
    m_buf_text(&b->sql, " ORDER BY ");
    for (uint32_t i = 0; i < o->count; i++) {
        const pg_col *c = o->cols[i];
        m_buf_text(&b->sql, i ? ",t." : "t.");
        m_buf_text(&b->sql, c->quoted);
        if (o->down[i]) m_buf_text(&b->sql, " DESC");
        if (c->nullable) m_buf_text(&b->sql, o->down[i] ? " NULLS LAST" : " NULLS FIRST");
    }
}

/* One column of "comes after": (c > v OR (c = v AND rest)), the rest opened by the caller. */
static void add_after_column(builder *b, const pg_col *c, bool down, bool last, const void *value)
{
    bool absent = c->nullable && (!value || pg_value_absent(c->field, value));
    m_buf_text(&b->sql, "(");
    if (absent && down) {
        m_buf_text(&b->sql, "false");
    } else if (absent) {
        m_buf_format(&b->sql, "t.%s IS NOT NULL", c->quoted);
    } else {
        m_buf_format(&b->sql, "t.%s%s", c->quoted, down ? "<" : ">");
        add_value(b, c, value);
        if (down && c->nullable) m_buf_format(&b->sql, " OR t.%s IS NULL", c->quoted);
    }
    if (last) return;
    if (absent) {
        m_buf_format(&b->sql, " OR (t.%s IS NULL AND ", c->quoted);
        return;
    }
    m_buf_format(&b->sql, " OR (t.%s=", c->quoted);
    add_value(b, c, value);
    m_buf_text(&b->sql, " AND ");
}

static void add_after(builder *b, const ordering *o, const void *after)
{
    const m_type *type = b->plan->type;
    const pg_col *first = o->cols[0];
    m_buf_text(&b->sql, " AND ");
    if (o->count > 1 && !first->nullable) { /* what an index can use */
        m_buf_format(&b->sql, "t.%s%s", first->quoted, o->down[0] ? "<=" : ">=");
        add_value(b, first, pg_cell(type, first->offset, first->ext, after));
        m_buf_text(&b->sql, " AND ");
    }
    for (uint32_t i = 0; i < o->count; i++) {
        const pg_col *c = o->cols[i];
        add_after_column(b, c, o->down[i], i + 1 == o->count,
                         pg_cell(type, c->offset, c->ext, after));
    }
    for (uint32_t i = 0; i + 1 < o->count; i++)
        m_buf_text(&b->sql, "))");
    m_buf_text(&b->sql, ")");
}

/* Everything from FROM to LIMIT, into b->sql. */
static m_status add_query(builder *b, const m_query *q, bool ordered, uint32_t limit)
{
    ordering o = {.count = 0};
    M_TRY(add_where(b, q->filters, q->filter_count));
    M_TRY(add_search(b, q->search, q->search_fields));
    M_TRY(make_ordering(b, q, &o));
    if (q->after) add_after(b, &o, q->after);
    if (ordered) add_order_by(b, &o);
    m_buf_format(&b->sql, " LIMIT %u", limit);
    return M_OK;
}

static m_status end_sql(builder *b, pg_sql *out)
{
    m_buf_bytes(&b->sql, "", 1);
    if (b->sql.failed) return m_fail(b->call, m_err_memory, NULL);
    *out = pg_sql_of(b->sql.p);
    return M_OK;
}

static m_status make_lists(builder *b, m_str tail, pg_query_sql *out)
{
    const pg_plan *plan = b->plan;
    out->lists = m_arena_array(b->u->arena, plan->list_count, sizeof *out->lists);
    if (!out->lists) return m_fail(b->call, m_err_memory, NULL);
    for (uint16_t k = 0; k < plan->list_count; k++) {
        const pg_list *list = &plan->lists[k];
        b->sql = (m_buf){.arena = b->u->arena};
        m_buf_text(&b->sql, "SELECT ");
        m_buf_text(&b->sql, list->select);
        m_buf_text(&b->sql, " FROM (SELECT t.id");
        m_buf_bytes(&b->sql, tail.p, tail.n);
        m_buf_text(&b->sql, ") AS q JOIN ");
        m_buf_text(&b->sql, list->table);
        m_buf_text(&b->sql, plan->tenant ? " AS t ON t.tenant_id=$1::uuid AND t.parent_id=q.id"
                                         : " AS t ON t.parent_id=q.id");
        m_buf_text(&b->sql, " ORDER BY t.parent_id,t.line_no");
        M_TRY(end_sql(b, &out->lists[k]));
    }
    return M_OK;
}

m_status pg_query_make(pg_uow *u, m_call *call, const pg_plan *plan, const m_query *query,
                       pg_q_kind kind, uint32_t limit, pg_query_sql *out)
{
    builder b = {.u = u, .call = call, .plan = plan, .sql = {.arena = u->arena}};
    if (!limit || limit > M_QUERY_LIMIT_MAX) limit = M_QUERY_LIMIT_MAX;
    if (kind == PG_Q_COUNT) {
        m_buf_text(&b.sql, "SELECT count(*) FROM (SELECT 1");
        M_TRY(add_query(&b, query, false, limit));
        m_buf_text(&b.sql, ") AS c");
        return end_sql(&b, &out->rows);
    }
    m_buf_text(&b.sql, "SELECT ");
    m_buf_text(&b.sql, plan->select);
    size_t head = b.sql.n;
    M_TRY(add_query(&b, query, true, limit));
    m_str tail = {b.sql.p + head, b.sql.n - head};
    M_TRY(end_sql(&b, &out->rows));
    if (!plan->list_count || query->without_lists) {
        out->lists = NULL;
        return M_OK;
    }
    tail.p = out->rows.p + head; /* the buffer may have moved */
    return make_lists(&b, tail, out);
}

/* ---- sums ---- */

m_status pg_sum_make(pg_uow *u, m_call *call, const pg_plan *plan, const m_sum *sum, pg_sql *out,
                     uint16_t *group, uint16_t *group_count)
{
    builder b = {.u = u, .call = call, .plan = plan, .sql = {.arena = u->arena}};
    uint16_t n = 0;
    m_buf_text(&b.sql, "SELECT ");
    const char *comma = "";
    for (const char *p = sum->group_by ? sum->group_by : ""; *p;) {
        size_t length = strcspn(p, ",");
        const pg_col *c = NULL;
        M_TRY(column_of(&b, "group", m_str_trim((m_str){p, length}), &c));
        if (n == PG_KEY_MAX) return bad(&b, "group", "too many");
        group[n++] = (uint16_t)(c - plan->cols.items);
        m_buf_format(&b.sql, "%st.%s", comma, c->quoted);
        comma = ",";
        p += length + (p[length] == ',');
    }
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (!(c->field->flags & M_SUMMED)) continue;
        m_buf_format(&b.sql, "%scoalesce(sum(t.%s),0)::%s", comma, c->quoted,
                     pg_kind_type(c->field->kind));
        comma = ",";
    }
    if (!*comma) return bad(&b, "sum", "nothing to sum");
    M_TRY(add_where(&b, sum->filters, sum->filter_count));
    for (uint16_t i = 0; i < n; i++)
        m_buf_format(&b.sql, "%st.%s", i ? "," : " GROUP BY ", plan->cols.items[group[i]].quoted);
    for (uint16_t i = 0; i < n; i++) {
        const pg_col *c = &plan->cols.items[group[i]];
        m_buf_format(&b.sql, "%st.%s%s", i ? "," : " ORDER BY ", c->quoted,
                     c->nullable ? " NULLS FIRST" : "");
    }
    *group_count = n;
    return end_sql(&b, out);
}
