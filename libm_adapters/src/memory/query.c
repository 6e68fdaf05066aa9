/* Reads: by key, by query, sums and counts. Results are copies in the call's arena. */
#include "memory.h"

#include <stdlib.h>

typedef struct {
    column column;
    m_filter_op op;
    const void *value;
} condition;

typedef struct {
    condition conditions[M_QUERY_FILTERS_MAX];
    uint32_t count;
    m_str search;
    columns search_in;
    column orders[2 + KEY_MAX];
    bool descending[2 + KEY_MAX];
    uint32_t order_count;
    const void *after;
} plan;

static m_status bad_query(m_call *call, const table *t, const char *what, const char *name)
{
    return m_fail(call, m_err_query, "%s of %s: %s", what, t->type->name, name);
}

static bool is_text(const m_field *f)
{
    return f->kind == M_KIND_STR || f->kind == M_KIND_TEXT;
}

static m_status plan_filters(m_call *call, const table *t, const m_filter *filters, uint32_t n,
                             plan *p)
{
    if (n > M_QUERY_FILTERS_MAX) return bad_query(call, t, "filters", "too many");
    for (uint32_t i = 0; i < n; i++) {
        condition *c = &p->conditions[i];
        c->op = filters[i].op;
        c->value = filters[i].value;
        if (!column_find(t->type, m_str_of(filters[i].field), &c->column))
            return bad_query(call, t, "filter", filters[i].field);
        bool needs_text = c->op == M_OP_PREFIX || c->op == M_OP_CONTAINS;
        if (needs_text && !is_text(column_field(&c->column)))
            return bad_query(call, t, "text filter", filters[i].field);
        if (!c->value && c->op != M_OP_EMPTY && c->op != M_OP_NOT_EMPTY)
            return bad_query(call, t, "filter without value", filters[i].field);
    }
    p->count = n;
    return M_OK;
}

static m_status plan_query(m_call *call, const table *t, const m_query *query, plan *p)
{
    M_TRY(plan_filters(call, t, query->filters, query->filter_count, p));
    if (query->order_count > 2) return bad_query(call, t, "orders", "too many");
    for (uint32_t i = 0; i < query->order_count; i++) {
        if (!column_find(t->type, m_str_of(query->orders[i].field), &p->orders[i]))
            return bad_query(call, t, "order", query->orders[i].field);
        p->descending[i] = query->orders[i].descending;
    }
    p->order_count = query->order_count;
    bool down = query->order_count && query->orders[query->order_count - 1].descending;
    for (uint32_t i = 0; i < t->key.count; i++) {
        p->descending[p->order_count] = down;
        p->orders[p->order_count++] = t->key.columns[i];
    }
    p->search = query->search;
    if (p->search.n && !columns_of(t->type, query->search_fields, &p->search_in))
        return bad_query(call, t, "search fields", query->search_fields);
    for (uint32_t i = 0; i < p->search_in.count; i++)
        if (!is_text(column_field(&p->search_in.columns[i])))
            return bad_query(call, t, "search fields", query->search_fields);
    p->after = query->after;
    return M_OK;
}

/* Comparable as SQL would: an absent value is neither less nor more than anything. */
static bool ordered(const m_field *f, const void *value, m_filter_op op, const void *than)
{
    if (value_absent(f, value) || value_absent(f, than)) return false;
    int order = value_compare(f, value, than);
    switch (op) {
    case M_OP_LT:
        return order < 0;
    case M_OP_LE:
        return order <= 0;
    case M_OP_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static bool is_one_of(const m_field *f, const void *value, const m_list *list)
{
    size_t size = m_field_bytes(f);
    for (uint32_t i = 0; i < list->count; i++)
        if (value_compare(f, value, (const char *)list->items + i * size) == 0) return true;
    return false;
}

static bool holds(const condition *c, const void *record)
{
    const m_field *f = column_field(&c->column);
    const void *value = column_get(&c->column, record);
    static const m_str nothing;
    switch (c->op) {
    case M_OP_EQ:
        return value_compare(f, value, c->value) == 0;
    case M_OP_NE:
        return value_compare(f, value, c->value) != 0;
    case M_OP_LT:
    case M_OP_LE:
    case M_OP_GT:
    case M_OP_GE:
        return ordered(f, value, c->op, c->value);
    case M_OP_IN:
        return is_one_of(f, value, c->value);
    case M_OP_PREFIX:
    case M_OP_CONTAINS:
        return text_contains(value ? *(const m_str *)value : nothing, *(const m_str *)c->value,
                             c->op == M_OP_PREFIX);
    case M_OP_EMPTY:
    case M_OP_NOT_EMPTY: {
        bool bytes = is_text(f) || f->kind == M_KIND_BYTES;
        bool empty = value_absent(f, value) || (bytes && ((const m_str *)value)->n == 0);
        return empty == (c->op == M_OP_EMPTY);
    }
    }
    return false;
}

static int compare_rows(const plan *p, const void *a, const void *b)
{
    for (uint32_t i = 0; i < p->order_count; i++) {
        const column *c = &p->orders[i];
        int order = value_compare(column_field(c), column_get(c, a), column_get(c, b));
        if (order) return p->descending[i] ? -order : order;
    }
    return 0;
}

static bool found(const plan *p, const void *record)
{
    for (uint32_t i = 0; i < p->search_in.count; i++) {
        const m_str *text = column_get(&p->search_in.columns[i], record);
        if (text && text_contains(*text, p->search, false)) return true;
    }
    return p->search.n == 0;
}

static bool matches(const plan *p, const void *record)
{
    if (!record) return false;
    for (uint32_t i = 0; i < p->count; i++)
        if (!holds(&p->conditions[i], record)) return false;
    return found(p, record) && (!p->after || compare_rows(p, record, p->after) > 0);
}

static int compare_pointers(const void *a, const void *b, void *p)
{
    return compare_rows(p, *(const void *const *)a, *(const void *const *)b);
}

/* All that match, sorted; pointers to the db's own records. */
static m_status collect(m_call *call, const table *t, plan *p, const void ***out, uint32_t *out_n)
{
    size_t n = 0;
    for (size_t i = 0; i < t->count; i++)
        n += matches(p, t->rows[i]->record);
    const void **records = m_arena_array(call->arena, n, sizeof *records);
    if (!records || n > UINT32_MAX) return m_fail(call, m_err_memory, NULL);
    n = 0;
    for (size_t i = 0; i < t->count; i++)
        if (matches(p, t->rows[i]->record)) records[n++] = t->rows[i]->record;
    qsort_r(records, n, sizeof *records, compare_pointers, p);
    *out = records;
    *out_n = (uint32_t)n;
    return M_OK;
}

static const void *copy_record(m_call *call, const m_type *type, const void *record,
                               bool without_lists)
{
    if (!without_lists) return m_record_copy(type, record, call->arena);
    void *flat = m_arena_copy(call->arena, record, type->size);
    for (uint16_t i = 0; flat && i < type->count; i++) {
        const m_field *f = &type->fields[i];
        if (f->kind == M_KIND_LIST && !(f->flags & M_EXT))
            *(m_list *)m_field_at(type, f, flat) = (m_list){NULL, 0};
    }
    return flat ? m_record_copy(type, flat, call->arena) : NULL;
}

m_status memory_query(m_call *call, const table *t, const m_query *query, const void ***out,
                      uint32_t *out_count)
{
    plan p = {.count = 0};
    M_TRY(plan_query(call, t, query, &p));
    const void **records;
    uint32_t n;
    M_TRY(collect(call, t, &p, &records, &n));
    uint32_t limit = query->limit ? query->limit : M_QUERY_LIMIT_MAX;
    if (n > limit) n = limit;
    if (n > M_QUERY_LIMIT_MAX) n = M_QUERY_LIMIT_MAX;
    for (uint32_t i = 0; i < n; i++) {
        records[i] = copy_record(call, t->type, records[i], query->without_lists);
        if (!records[i]) return m_fail(call, m_err_memory, NULL);
    }
    *out = records;
    *out_count = n;
    return M_OK;
}

m_status memory_count(m_call *call, const table *t, const m_query *query, uint32_t limit,
                      uint32_t *out)
{
    static const m_query all;
    plan p = {.count = 0};
    M_TRY(plan_query(call, t, query ? query : &all, &p));
    uint32_t n = 0;
    for (size_t i = 0; i < t->count && n < limit; i++)
        n += matches(&p, t->rows[i]->record);
    *out = n;
    return M_OK;
}

/* ---- sums ---- */

static bool add_to(m_dec_sum *total, const m_field *f, const void *value)
{
    m_dec_sum more = 0;
    if (!value) return true;
    if (f->kind == M_KIND_INT)
        more = *(const int64_t *)value;
    else if (f->kind == M_KIND_SUM)
        more = *(const m_dec_sum *)value;
    else
        more = ((const m_dec *)value)->u;
    return !__builtin_add_overflow(*total, more, total);
}

static bool set_sum(const m_field *f, void *value, m_dec_sum total)
{
    if (!value) return true;
    if (f->kind == M_KIND_SUM) {
        *(m_dec_sum *)value = total;
        return true;
    }
    if (f->kind == M_KIND_INT) {
        *(int64_t *)value = (int64_t)total;
        return total >= INT64_MIN && total <= INT64_MAX;
    }
    return m_dec_of_sum(total, value) == M_OK;
}

/* One result record of the n records that share a group. */
static m_status sum_group(m_call *call, const table *t, const columns *group,
                          const void *const *records, uint32_t n, void *out)
{
    for (uint32_t i = 0; n && i < group->count; i++) {
        const column *c = &group->columns[i];
        const void *from = column_get(c, records[0]);
        void *to = (void *)(uintptr_t)column_get(c, out);
        if (from && to) memcpy(to, from, m_field_bytes(column_field(c)));
    }
    for (uint16_t i = 0; i < t->type->count; i++) {
        const m_field *f = &t->type->fields[i];
        if (!(f->flags & M_SUMMED)) continue;
        m_dec_sum total = 0;
        for (uint32_t k = 0; k < n; k++)
            if (!add_to(&total, f, m_field_get(t->type, f, records[k])))
                return m_fail(call, m_err_overflow, "sum of %s", f->name);
        if (!set_sum(f, m_field_at(t->type, f, out), total))
            return m_fail(call, m_err_overflow, "sum of %s", f->name);
    }
    return M_OK;
}

m_status memory_sum(m_call *call, const table *t, m_sum *sum)
{
    plan p = {.count = 0};
    columns group;
    M_TRY(plan_filters(call, t, sum->filters, sum->filter_count, &p));
    if (!columns_of(t->type, sum->group_by, &group))
        return bad_query(call, t, "group", sum->group_by);
    memcpy(p.orders, group.columns, sizeof group.columns);
    p.order_count = group.count;
    const void **records;
    uint32_t n;
    M_TRY(collect(call, t, &p, &records, &n));
    m_list out = {NULL, 0};
    uint32_t capacity = 0;
    for (uint32_t from = 0; from < n || (group.count == 0 && out.count == 0);) {
        uint32_t to = from + (from < n);
        while (to < n && columns_compare(&group, records[from], records[to]) == 0)
            to++;
        void *item = m_list_add(call->arena, &out, &capacity, t->type->size);
        void *blank = m_arena_alloc(call->arena, t->type->size);
        if (!item || !blank) return m_fail(call, m_err_memory, NULL);
        M_TRY(sum_group(call, t, &group, records + from, to - from, blank));
        if (m_record_copy_to(t->type, item, blank, call->arena) != M_OK)
            return m_fail(call, m_err_memory, NULL);
        from = to;
    }
    sum->out = out;
    return M_OK;
}
