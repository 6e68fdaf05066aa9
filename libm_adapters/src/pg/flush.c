/* Pending rows → statements: one per table and kind of change, all rows as arrays, sorted by key.
 */
#include <stdlib.h>

#include "uow.h"

/* One line of a list. */
typedef struct {
    const pg_entry *entry;
    uint32_t at;
} line_ref;

typedef struct {
    line_ref *items;
    uint32_t count;
} line_refs;

typedef struct {
    pg_uow *u;
    m_call *call;
    pg_plan *plan;
    pg_entry **rows; /* of one operation */
    uint32_t count;
    /* lines to write */
    const pg_entry **clear;
    uint32_t clear_count;
    line_refs fresh;
    line_refs changed;
    const pg_col *wrong; /* holds a day that no input may have */
} flush;

static int by_key(const void *a, const void *b)
{
    const pg_entry *x = *(pg_entry *const *)a;
    const pg_entry *y = *(pg_entry *const *)b;
    uint32_t n = x->key_n < y->key_n ? x->key_n : y->key_n;
    int order = memcmp(x->key, y->key, n);
    return order ? order : (x->key_n > y->key_n) - (x->key_n < y->key_n);
}

static const void *record_of(const pg_entry *e)
{
    return e->row.op == PG_ADD ? e->row.added : e->row.seen;
}

/* ---- columns ---- */

static void start_params(flush *f)
{
    if (f->plan->tenant) pg_param_id(&f->u->pipe, f->u->tenant);
}

static const void *cell_of(flush *f, const m_type *type, const pg_col *c, const void *record)
{
    const void *cell = pg_cell(type, c->offset, c->ext, record);
    if (c->field->kind != M_KIND_DATE || !cell) return cell;
    m_date day = *(const m_date *)cell;
    if (!m_date_is_none(day) && (day.d < M_DATE_FIRST || day.d > M_DATE_LAST)) f->wrong = c;
    return cell;
}

static void add_column(flush *f, const pg_col *c)
{
    pg_pipe *pipe = &f->u->pipe;
    pg_array_open(pipe, pg_kind_oid(c->field->kind), f->count);
    for (uint32_t i = 0; i < f->count; i++)
        pg_array_value(pipe, c->field, c->nullable,
                       cell_of(f, f->plan->type, c, record_of(f->rows[i])));
    pg_array_close(pipe);
}

static void add_columns(flush *f)
{
    for (uint16_t i = 0; i < f->plan->cols.count; i++)
        add_column(f, &f->plan->cols.items[i]);
}

static m_status end_step(flush *f, pg_pipe_mark mark, pg_sql sql, pg_step **out)
{
    if (f->wrong) {
        m_field_fail(f->call, m_err_range, m_str_of(f->wrong->name),
                     "not a day that can be stored");
        return m_fail(f->call, m_err_validation, "%s", f->plan->name);
    }
    pg_step *step = pg_pipe_step(&f->u->pipe, mark, sql, f->plan);
    if (!step) return m_fail(f->call, m_err_memory, NULL);
    if (out) *out = step;
    f->u->flushing = true;
    return M_OK;
}

static m_status write_row(flush *f, const void *record, pg_sql sql)
{
    pg_pipe *pipe = &f->u->pipe;
    pg_pipe_mark mark = pg_pipe_tell(pipe);
    start_params(f);
    for (uint16_t i = 0; i < f->plan->cols.count; i++) {
        const pg_col *c = &f->plan->cols.items[i];
        pg_param_value(pipe, c->field, c->nullable, cell_of(f, f->plan->type, c, record));
    }
    return end_step(f, mark, sql, NULL);
}

static m_status write_rows(flush *f, const pg_insert *sql)
{
    if (f->count == 1) return write_row(f, record_of(f->rows[0]), sql->one);
    pg_pipe_mark mark = pg_pipe_tell(&f->u->pipe);
    start_params(f);
    add_columns(f);
    return end_step(f, mark, sql->many, NULL);
}

static m_status write_updates(flush *f)
{
    pg_pipe *pipe = &f->u->pipe;
    pg_pipe_mark mark = pg_pipe_tell(pipe);
    start_params(f);
    add_columns(f);
    if (f->plan->version >= 0) {
        pg_array_open(pipe, PG_OID_INT8, f->count);
        for (uint32_t i = 0; i < f->count; i++)
            pg_array_int(pipe, f->rows[i]->row.expected);
        pg_array_close(pipe);
    }
    pg_param_int(pipe, f->count);
    pg_step *step = NULL;
    M_TRY(end_step(f, mark, f->plan->update, &step));
    step->checked = true;
    return M_OK;
}

/* The key of a removed row may be all that is known of it: it was copied as `added`. */
static m_status write_removals(flush *f)
{
    pg_pipe *pipe = &f->u->pipe;
    pg_pipe_mark mark = pg_pipe_tell(pipe);
    start_params(f);
    for (uint16_t k = 0; k < f->plan->key_count; k++) {
        const pg_col *c = &f->plan->cols.items[f->plan->key[k]];
        pg_array_open(pipe, pg_kind_oid(c->field->kind), f->count);
        for (uint32_t i = 0; i < f->count; i++)
            pg_array_value(pipe, c->field, false,
                           pg_col_get(f->plan, f->plan->key[k], f->rows[i]->row.added));
        pg_array_close(pipe);
    }
    return end_step(f, mark, f->plan->remove, NULL);
}

/* ---- lists ---- */

static const m_list *list_of(const flush *f, const pg_list *list, const void *record)
{
    static const m_list empty;
    const m_list *l = record ? pg_cell(f->plan->type, list->offset, list->ext, record) : NULL;
    return l ? l : &empty;
}

static const void *line_of(const flush *f, const pg_list *list, const void *record, uint32_t at)
{
    return (const char *)list_of(f, list, record)->items + (size_t)at * list->type->size;
}

static m_status clear_lines(flush *f, const pg_list *list)
{
    pg_pipe *pipe = &f->u->pipe;
    if (f->clear_count == 0) return M_OK;
    pg_pipe_mark mark = pg_pipe_tell(pipe);
    start_params(f);
    pg_array_open(pipe, PG_OID_UUID, f->clear_count);
    for (uint32_t i = 0; i < f->clear_count; i++)
        pg_array_value(pipe, f->plan->cols.items[0].field, false, f->clear[i]->key);
    pg_array_close(pipe);
    return end_step(f, mark, list->remove, NULL);
}

static void add_line_column(flush *f, const pg_list *list, const pg_col *c, const line_refs *lines)
{
    pg_pipe *pipe = &f->u->pipe;
    pg_array_open(pipe, pg_kind_oid(c->field->kind), lines->count);
    for (uint32_t i = 0; i < lines->count; i++) {
        const line_ref *line = &lines->items[i];
        const void *item = line_of(f, list, line->entry->row.seen, line->at);
        pg_array_value(pipe, c->field, c->nullable, cell_of(f, list->type, c, item));
    }
    pg_array_close(pipe);
}

static m_status put_lines(flush *f, const pg_list *list, const line_refs *lines, pg_sql sql)
{
    pg_pipe *pipe = &f->u->pipe;
    if (lines->count == 0) return M_OK;
    f->u->conn->stats.rows_written += lines->count;
    pg_pipe_mark mark = pg_pipe_tell(pipe);
    start_params(f);
    pg_array_open(pipe, PG_OID_UUID, lines->count);
    for (uint32_t i = 0; i < lines->count; i++)
        pg_array_value(pipe, f->plan->cols.items[0].field, false, lines->items[i].entry->key);
    pg_array_close(pipe);
    pg_array_open(pipe, PG_OID_INT8, lines->count);
    for (uint32_t i = 0; i < lines->count; i++)
        pg_array_int(pipe, lines->items[i].at + 1);
    pg_array_close(pipe);
    for (uint16_t i = 0; i < list->cols.count; i++)
        add_line_column(f, list, &list->cols.items[i], lines);
    return end_step(f, mark, sql, NULL);
}

/* Only lines that are not as they were loaded are written; all of them where that is not known, or
 * some are gone. */
static void sort_lines(flush *f, const pg_list *list, const pg_entry *e)
{
    uint32_t count = list_of(f, list, e->row.seen)->count, known = 0;
    bool loaded = e->row.op != PG_INSERT && e->row.base && f->plan->version >= 0;
    if (loaded) known = list_of(f, list, e->row.base)->count;
    if (e->row.op != PG_INSERT && (!loaded || known > count)) {
        f->clear[f->clear_count++] = e;
        known = 0;
    }
    for (uint32_t k = 0; k < count; k++) {
        if (k >= known)
            f->fresh.items[f->fresh.count++] = (line_ref){e, k};
        else if (!m_record_equal(list->type, line_of(f, list, e->row.base, k),
                                 line_of(f, list, e->row.seen, k)))
            f->changed.items[f->changed.count++] = (line_ref){e, k};
    }
}

static bool is_written(const pg_entry *e)
{
    return e->row.op != PG_NONE && e->row.op != PG_ADD;
}

static m_status write_list(flush *f, const pg_list *list)
{
    pg_plan *plan = f->plan;
    uint32_t total = 0;
    for (uint32_t i = 0; i < plan->dirty_count; i++)
        if (is_written(plan->dirty[i]) && plan->dirty[i]->row.op != PG_REMOVE)
            total += list_of(f, list, plan->dirty[i]->row.seen)->count;
    f->fresh = (line_refs){m_arena_array(f->u->arena, total, sizeof(line_ref)), 0};
    f->changed = (line_refs){m_arena_array(f->u->arena, total, sizeof(line_ref)), 0};
    if (!f->fresh.items || !f->changed.items) return m_fail(f->call, m_err_memory, NULL);
    f->clear_count = 0;
    for (uint32_t i = 0; i < plan->dirty_count; i++) {
        const pg_entry *e = plan->dirty[i];
        if (!is_written(e)) continue;
        if (e->row.op == PG_REMOVE)
            f->clear[f->clear_count++] = e;
        else
            sort_lines(f, list, e);
    }
    M_TRY(clear_lines(f, list));
    M_TRY(put_lines(f, list, &f->changed, list->change));
    return put_lines(f, list, &f->fresh, list->insert);
}

static m_status write_lists(flush *f)
{
    pg_plan *plan = f->plan;
    if (!plan->list_count) return M_OK;
    f->clear = m_arena_array(f->u->arena, plan->dirty_count, sizeof(pg_entry *));
    if (!f->clear) return m_fail(f->call, m_err_memory, NULL);
    for (uint16_t i = 0; i < plan->list_count; i++)
        M_TRY(write_list(f, &plan->lists[i]));
    return M_OK;
}

/* ---- all ---- */

static m_status write_op(flush *f, pg_op op)
{
    pg_plan *plan = f->plan;
    f->count = 0;
    for (uint32_t i = 0; i < plan->dirty_count; i++)
        if (plan->dirty[i]->row.op == op) f->rows[f->count++] = plan->dirty[i];
    if (f->count == 0) return M_OK;
    f->u->conn->stats.rows_written += f->count;
    if (f->count > 1) qsort(f->rows, f->count, sizeof(pg_entry *), by_key);
    switch (op) {
    case PG_REMOVE:
        return write_removals(f);
    case PG_UPDATE:
        return write_updates(f);
    case PG_INSERT:
        return write_rows(f, &plan->insert);
    case PG_PUT:
        return write_rows(f, &plan->put);
    case PG_ADD:
        return write_rows(f, &plan->accumulate);
    case PG_NONE:
        break;
    }
    return M_OK;
}

/* From now on the database has what the use cases see. */
static void count_as_written(pg_uow *u, pg_plan *plan)
{
    for (uint32_t i = 0; i < plan->dirty_count; i++) {
        pg_entry *e = plan->dirty[i];
        e->listed = false;
        if (e->row.op == PG_ADD && !e->row.known) {
            e->row = (pg_row){.op = PG_NONE}; /* the sum is only known to the database */
            continue;
        }
        e->row.op = PG_NONE;
        e->row.known = true;
        e->row.base = e->row.seen;
        e->row.added = NULL;
    }
    plan->dirty_count = 0;
    for (uint32_t i = 0; i < u->undo_count; i++)
        u->sent_own |= u->undos[i].entry->plan == plan;
}

m_status pg_flush(pg_uow *u, m_call *call, pg_plan *plan)
{
    static const pg_op order[] = {PG_REMOVE, PG_UPDATE, PG_INSERT, PG_PUT, PG_ADD};
    if (plan->dirty_count == 0) return M_OK;
    uint64_t before = u->conn->stats.rows_written;
    flush f = {.u = u, .call = call, .plan = plan};
    f.rows = m_arena_array(u->arena, plan->dirty_count, sizeof *f.rows);
    if (!f.rows) return m_fail(call, m_err_memory, NULL);
    if (plan->list_count) qsort(plan->dirty, plan->dirty_count, sizeof(pg_entry *), by_key);
    for (size_t i = 0; i < sizeof order / sizeof *order; i++)
        M_TRY(write_op(&f, order[i]));
    M_TRY(write_lists(&f));
    if (u->conn->stats.rows_written != before) {
        u->wrote = true;
        if (plan->type->flags & M_TYPE_REFERENCE) u->epoch_changes = true;
    }
    count_as_written(u, plan);
    return M_OK;
}
