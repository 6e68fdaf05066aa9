/* The store operations: reads go to fetch.c, writes change entries of the identity map. */
#include <stdlib.h>

#include "uow.h"

/* ---- reads ---- */

static m_status fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n)
{
    (void)self;
    pg_uow *u;
    M_TRY(pg_uow_of(call, &u));
    return pg_fetch(u, call, fetches, n);
}

typedef struct {
    pg_uow *u;
    const pg_plan *plan;
    m_sum *sum;
    uint16_t group[PG_KEY_MAX];
    uint16_t group_count;
    uint32_t *count;
} single;

static m_status decode_sum(const single *s, const PGresult *result, int row, void *record)
{
    const pg_cols *cols = &s->plan->cols;
    int column = 0;
    for (uint16_t k = 0; k < s->group_count + cols->count; k++) {
        bool in_group = k < s->group_count;
        const pg_col *c = &cols->items[in_group ? s->group[k] : k - s->group_count];
        if (!in_group && !(c->field->flags & M_SUMMED)) continue;
        void *value = pg_cell(s->plan->type, c->offset, c->ext, record);
        if (value)
            M_TRY(pg_decode(c->field, PQgetvalue(result, row, column),
                            PQgetlength(result, row, column), PQgetisnull(result, row, column) != 0,
                            value));
        column++;
    }
    return M_OK;
}

static m_status read_sum(void *arg, m_call *call, PGresult *result, bool *keep)
{
    const single *s = arg;
    const m_type *type = s->plan->type;
    int n = PQntuples(result);
    if (m_arena_on_free(s->u->arena, (void (*)(void *))PQclear, result) != M_OK)
        return m_fail(call, m_err_memory, NULL);
    *keep = true;
    char *items = m_arena_array(s->u->arena, (size_t)n, type->size);
    if (!items) return m_fail(call, m_err_memory, NULL);
    for (int i = 0; i < n; i++) {
        char *item = items + (size_t)i * type->size;
        void *blank = s->plan->has_ext ? pg_blank(s->u->arena, type) : NULL;
        if (s->plan->has_ext) {
            if (!blank) return m_fail(call, m_err_memory, NULL);
            memcpy(item, blank, type->size);
        }
        m_status status = decode_sum(s, result, i, item);
        if (status != M_OK)
            return m_fail(call, status == M_RANGE ? m_err_overflow : m_err_internal, "sum of %s",
                          type->name);
    }
    s->sum->out = (m_list){n ? items : NULL, (uint32_t)n};
    return M_OK;
}

static m_status read_count(void *arg, m_call *call, PGresult *result, bool *keep)
{
    (void)call, (void)keep;
    const single *s = arg;
    *s->count = (uint32_t)pg_get_int(result, 0, 0);
    return M_OK;
}

/* Prologue, the type's queued rows, then one statement. */
static m_status start_single(pg_uow *u, m_call *call, pg_plan *plan)
{
    pg_pipe_reset(&u->pipe);
    M_TRY(pg_add_prologue(u, call));
    return pg_flush(u, call, plan);
}

static m_status run_single(single *s, m_call *call, pg_pipe_mark mark, m_status made, pg_sql sql,
                           pg_result_fn fn)
{
    pg_uow *u = s->u;
    pg_step *step = made == M_OK ? pg_pipe_step(&u->pipe, mark, sql, s->plan) : NULL;
    if (!step) {
        u->broken |= u->flushing;
        return made != M_OK ? made : m_fail(call, m_err_memory, NULL);
    }
    step->fn = fn;
    step->arg = s;
    bool was_started = u->started;
    M_TRY(pg_uow_run(u, call));
    if (!was_started) pg_settle_cache(u);
    return M_OK;
}

static m_status sum(void *self, m_call *call, m_sum *what)
{
    (void)self;
    pg_uow *u;
    pg_plan *plan;
    pg_sql sql = {NULL, 0, 0};
    M_TRY(pg_uow_of(call, &u));
    M_TRY(pg_uow_plan(u, call, what->type, &plan));
    single s = {.u = u, .plan = plan, .sum = what};
    M_TRY(start_single(u, call, plan));
    pg_pipe_mark mark = pg_pipe_tell(&u->pipe);
    m_status made = pg_sum_make(u, call, plan, what, &sql, s.group, &s.group_count);
    return run_single(&s, call, mark, made, sql, read_sum);
}

static m_status count(void *self, m_call *call, const m_type *type, const m_query *query,
                      uint32_t limit, uint32_t *out)
{
    (void)self;
    static const m_query all;
    pg_uow *u;
    pg_plan *plan;
    pg_query_sql sql = {{NULL, 0, 0}, NULL};
    M_TRY(pg_uow_of(call, &u));
    M_TRY(pg_uow_plan(u, call, type, &plan));
    single s = {.u = u, .plan = plan, .count = out};
    M_TRY(start_single(u, call, plan));
    pg_pipe_mark mark = pg_pipe_tell(&u->pipe);
    m_status made = pg_query_make(u, call, plan, query ? query : &all, PG_Q_COUNT, limit, &sql);
    return run_single(&s, call, mark, made, sql.rows, read_count);
}

/* ---- writes ---- */

/* The entry of the row to change, with what is known of it. */
static m_status open_row(m_call *call, const m_type *type, const void *record, pg_uow **out_u,
                         pg_plan **out_plan, pg_entry **out)
{
    pg_uow *u;
    pg_plan *plan;
    M_TRY(pg_uow_of(call, &u));
    if (u->mode != M_UOW_WRITE) return m_fail(call, m_err_internal, "the transaction only reads");
    M_TRY(pg_uow_plan(u, call, type, &plan));
    uint8_t buffer[PG_KEY_BYTES];
    uint32_t n;
    const uint8_t *key = pg_key_of(u, plan, record, buffer, &n);
    pg_entry *e = key ? pg_entry_get(u, plan, key, n) : NULL;
    if (!e) return m_fail(call, m_err_memory, NULL);
    bool reference = (type->flags & M_TYPE_REFERENCE) && plan->tenant && !plan->written;
    if (!e->row.known && e->row.op == PG_NONE && reference && u->started && u->cache->valid) {
        const pg_cached *c = pg_cache_find(u->cache, type, false, key, n, e->hash);
        if (c) {
            e->row.known = true;
            e->row.base = e->row.seen = c->record;
        }
    }
    *out_u = u;
    *out_plan = plan;
    *out = e;
    return M_OK;
}

static m_status set_row(pg_uow *u, m_call *call, pg_entry *e, pg_row row)
{
    pg_plan *plan = e->plan;
    if (u->undo_count == u->undo_room) {
        uint32_t larger = u->undo_room ? u->undo_room * 2 : 256;
        pg_undo *undos = reallocarray(u->undos, larger, sizeof *undos);
        if (!undos) return m_fail(call, m_err_memory, NULL);
        u->undos = undos;
        u->undo_room = larger;
    }
    if (!e->listed && plan->dirty_count == plan->dirty_room) {
        uint32_t larger = plan->dirty_room ? plan->dirty_room * 2 : 64;
        pg_entry **dirty = reallocarray(plan->dirty, larger, sizeof(pg_entry *));
        if (!dirty) return m_fail(call, m_err_memory, NULL);
        plan->dirty = dirty;
        plan->dirty_room = larger;
    }
    u->undos[u->undo_count++] = (pg_undo){e, e->row};
    e->row = row;
    if (!e->listed) {
        e->listed = true;
        plan->dirty[plan->dirty_count++] = e;
    }
    if (!plan->written) {
        plan->written = true;
        plan->next_written = u->written;
        u->written = plan;
    }
    return M_OK;
}

static m_status copy_of(pg_uow *u, m_call *call, const m_type *type, const void *record,
                        const void **out)
{
    const void *copy = m_record_copy(type, record, u->arena);
    if (!copy) return m_fail(call, m_err_memory, NULL);
    *out = copy;
    return M_OK;
}

static m_status append_only(m_call *call, const m_type *type)
{
    if (!(type->flags & M_TYPE_APPEND)) return M_OK;
    return m_fail(call, m_err_internal, "%s is append-only", type->name);
}

static m_status exists(m_call *call, const pg_plan *plan)
{
    const char *name = plan->cols.items[plan->key[0]].name;
    m_field_fail(call, m_err_exists, m_str_of(name), NULL);
    return m_fail(call, m_err_exists, "%s of %s", name, plan->type->name);
}

static m_status insert(void *self, m_call *call, const m_type *type, const void *record)
{
    (void)self;
    pg_uow *u;
    pg_plan *plan;
    pg_entry *e;
    M_TRY(open_row(call, type, record, &u, &plan, &e));
    if ((e->row.known && e->row.seen) || e->row.op == PG_ADD) return exists(call, plan);
    pg_row row = {.op = e->row.op == PG_REMOVE ? PG_PUT : PG_INSERT, .known = true};
    M_TRY(copy_of(u, call, type, record, &row.seen));
    return set_row(u, call, e, row);
}

static int64_t version_of(const pg_plan *plan, const void *record)
{
    return *(const int64_t *)pg_col_get(plan, (uint16_t)plan->version, record);
}

static m_status update(void *self, m_call *call, const m_type *type, const void *record)
{
    (void)self;
    pg_uow *u;
    pg_plan *plan;
    pg_entry *e;
    M_TRY(open_row(call, type, record, &u, &plan, &e));
    M_TRY(append_only(call, type));
    bool versioned = plan->version >= 0;
    int64_t expected = versioned ? version_of(plan, record) - 1 : 0;
    if (e->row.known && !e->row.seen)
        return m_fail(call, versioned ? m_err_stale : m_err_not_found, "%s", type->name);
    if (e->row.known && versioned && version_of(plan, e->row.seen) != expected)
        return m_fail(call, m_err_stale, "%s", type->name);
    pg_row row = e->row;
    row.known = true;
    row.added = NULL;
    if (row.op == PG_NONE) {
        row.op = PG_UPDATE;
        row.expected = expected;
    } else if (row.op == PG_ADD) {
        row.op = PG_PUT; /* adding makes sure that there is a row */
    }
    M_TRY(copy_of(u, call, type, record, &row.seen));
    return set_row(u, call, e, row);
}

static m_status put(void *self, m_call *call, const m_type *type, const void *record)
{
    (void)self;
    pg_uow *u;
    pg_plan *plan;
    pg_entry *e;
    M_TRY(open_row(call, type, record, &u, &plan, &e));
    if (e->row.known && e->row.seen) M_TRY(append_only(call, type));
    pg_row row = e->row;
    row.known = true;
    row.added = NULL;
    if (row.op != PG_INSERT && row.op != PG_UPDATE) row.op = PG_PUT;
    M_TRY(copy_of(u, call, type, record, &row.seen));
    return set_row(u, call, e, row);
}

static bool add_value(const m_field *f, void *value, const void *more)
{
    if (!value || !more) return true;
    if (f->kind == M_KIND_INT)
        return !__builtin_add_overflow(*(int64_t *)value, *(const int64_t *)more, (int64_t *)value);
    if (f->kind == M_KIND_SUM)
        return !__builtin_add_overflow(*(m_dec_sum *)value, *(const m_dec_sum *)more,
                                       (m_dec_sum *)value);
    return m_dec_add(*(m_dec *)value, *(const m_dec *)more, value) == M_OK;
}

m_status pg_row_add(pg_uow *u, m_call *call, const pg_plan *plan, const void *to, const void *more,
                    const void **out)
{
    const m_type *type = plan->type;
    char *total = m_arena_copy(u->arena, to, type->size); /* texts are shared: they never change */
    if (!total) return m_fail(call, m_err_memory, NULL);
    void *block = NULL;
    if (plan->has_ext) memcpy(&block, total + type->ext_at - 1, sizeof block);
    if (block) {
        block = m_arena_copy(u->arena, block, type->ext_size);
        if (!block) return m_fail(call, m_err_memory, NULL);
        memcpy(total + type->ext_at - 1, &block, sizeof block);
    }
    for (uint16_t i = 0; i < plan->cols.count; i++) {
        const pg_col *c = &plan->cols.items[i];
        if (!(c->field->flags & M_SUMMED)) continue;
        if (!add_value(c->field, pg_cell(type, c->offset, c->ext, total),
                       pg_cell(type, c->offset, c->ext, more)))
            return m_fail(call, m_err_overflow, "%s of %s", c->name, type->name);
    }
    *out = total;
    return M_OK;
}

static m_status accumulate(void *self, m_call *call, const m_type *type, const void *record)
{
    (void)self;
    pg_uow *u;
    pg_plan *plan;
    pg_entry *e;
    M_TRY(open_row(call, type, record, &u, &plan, &e));
    if (plan->list_count)
        return m_fail(call, m_err_unsupported, "%s has lists and cannot be summed", type->name);
    pg_row row = e->row;
    if (row.known && row.seen) M_TRY(append_only(call, type));
    switch (row.op) {
    case PG_INSERT:
    case PG_UPDATE:
    case PG_PUT:
        M_TRY(pg_row_add(u, call, plan, row.seen, record, &row.seen));
        break;
    case PG_REMOVE:
        row.op = PG_PUT;
        row.added = NULL;
        M_TRY(copy_of(u, call, type, record, &row.seen));
        break;
    case PG_NONE:
        row.op = PG_ADD;
        M_TRY(copy_of(u, call, type, record, &row.added));
        if (!row.known) break;
        if (!row.seen)
            row.seen = row.added;
        else
            M_TRY(pg_row_add(u, call, plan, row.seen, record, &row.seen));
        break;
    case PG_ADD:
        M_TRY(pg_row_add(u, call, plan, row.added, record, &row.added));
        if (row.known) M_TRY(pg_row_add(u, call, plan, row.seen, record, &row.seen));
        break;
    }
    return set_row(u, call, e, row);
}

static m_status remove_row(void *self, m_call *call, const m_type *type, const void *key)
{
    (void)self;
    pg_uow *u;
    pg_plan *plan;
    pg_entry *e;
    M_TRY(open_row(call, type, key, &u, &plan, &e));
    M_TRY(append_only(call, type));
    pg_row row = e->row;
    if (row.known && !row.seen) return M_OK; /* gone already */
    bool never_there = row.op == PG_INSERT;
    row.op = never_there ? PG_NONE : PG_REMOVE;
    row.known = true;
    row.seen = NULL;
    /* Only the key counts; the caller may have filled nothing else. */
    void *copy = m_arena_copy(u->arena, key, type->size);
    if (!copy) return m_fail(call, m_err_memory, NULL);
    for (uint16_t i = 0; i < plan->key_count; i++) {
        const pg_col *c = &plan->cols.items[plan->key[i]];
        if (pg_kind_oid(c->field->kind) != pg_kind_oid(M_KIND_STR) || c->field->kind == M_KIND_ENUM)
            continue;
        m_str *text = pg_cell(type, c->offset, c->ext, copy);
        if (text) *text = m_str_dup(u->arena, *text);
    }
    row.added = copy;
    return set_row(u, call, e, row);
}

const m_store_ops pg_store_ops = {
    .head = {sizeof(m_store_ops), 1, "store"},
    .fetch = fetch,
    .sum = sum,
    .insert = insert,
    .update = update,
    .put = put,
    .accumulate = accumulate,
    .remove = remove_row,
    .count = count,
};

m_store m_pg_store(void)
{
    return (m_store){&pg_store_ops, NULL};
}
