/* The store's operations. */
#include "memory.h"

/* The running transaction's table. */
static m_status enter(m_memory_db *db, m_call *call, const m_type *type, bool write, table **out)
{
    if (!call->uow || call->uow->ops != &memory_uow_ops)
        return m_fail(call, m_err_internal, "store used outside of a unit of work");
    const unit *u = (const unit *)call->uow;
    if (u->db != db || !u->running)
        return m_fail(call, m_err_internal, "unit of work is not running");
    if (!m_id_eq(u->tenant, call->tenant))
        return m_fail(call, m_err_internal, "unit of work of another tenant");
    if (write && u->mode != M_UOW_WRITE)
        return m_fail(call, m_err_internal, "write in a read transaction");
    table *t = db_table(db, call->tenant, type);
    if (!t) return m_fail(call, m_err_memory, NULL);
    if (t->unsupported)
        return m_fail(call, m_err_unsupported, "key or index condition of %s", type->name);
    *out = t;
    return M_OK;
}

/* ---- reads ---- */

static m_status fetch_one(m_memory_db *db, m_call *call, m_fetch *fetch)
{
    table *t;
    M_TRY(enter(db, call, fetch->type, false, &t));
    if (fetch->query) return memory_query(call, t, fetch->query, &fetch->records, &fetch->count);
    const void **records = m_arena_array(call->arena, fetch->key_count, sizeof *records);
    if (fetch->ids && t->key.columns[0].fields[0]->kind != M_KIND_ID)
        return m_fail(call, m_err_internal, "%s has no id", t->type->name);
    char *probe = m_arena_alloc(call->arena, t->type->size);
    if (!records || !probe) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < fetch->key_count; i++) {
        const void *key = probe;
        if (fetch->ids)
            memcpy(probe + t->key.columns[0].fields[0]->offset, &fetch->ids[i], sizeof(m_id));
        else
            key = fetch->keys[i];
        const entry *row = table_find(t, key);
        if (!row) continue;
        records[i] = m_record_copy(t->type, row->record, call->arena);
        if (!records[i]) return m_fail(call, m_err_memory, NULL);
    }
    fetch->records = records;
    fetch->count = fetch->key_count;
    return M_OK;
}

m_status memory_fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        M_TRY(fetch_one(self, call, &fetches[i]));
    return M_OK;
}

static m_status sum(void *self, m_call *call, m_sum *what)
{
    table *t;
    M_TRY(enter(self, call, what->type, false, &t));
    return memory_sum(call, t, what);
}

static m_status count(void *self, m_call *call, const m_type *type, const m_query *query,
                      uint32_t limit, uint32_t *out)
{
    table *t;
    M_TRY(enter(self, call, type, false, &t));
    return memory_count(call, t, query, limit, out);
}

/* ---- writes ---- */

/* Names the first column as a form does: "address.tax_no". */
static m_status taken(m_call *call, const table *t, const columns *cs)
{
    const column *c = &cs->columns[0];
    const char *path = c->fields[0]->name;
    for (uint32_t i = 1; i < c->depth && path; i++)
        path = m_arena_printf(call->arena, "%s.%s", path, c->fields[i]->name);
    if (!path) return m_fail(call, m_err_memory, NULL);
    m_field_fail(call, m_err_exists, m_str_of(path), NULL);
    return m_fail(call, m_err_exists, "%s of %s", path, t->type->name);
}

/* Let the row (NULL: a new one) hold a copy of record. */
static m_status store(m_memory_db *db, m_call *call, table *t, entry *row, const void *record)
{
    const unique *clash = table_clash(t, row, record);
    if (clash) return taken(call, t, &clash->columns);
    const void *copy = m_record_copy(t->type, record, db->arena);
    if (!copy || !(row ? db_set(db, t, row, copy) : table_add(db, t, copy) != NULL))
        return m_fail(call, m_err_memory, NULL);
    return M_OK;
}

static m_status refuse_append_only(m_call *call, const table *t)
{
    if (!(t->type->flags & M_TYPE_APPEND)) return M_OK;
    return m_fail(call, m_err_internal, "%s is append-only", t->type->name);
}

static m_status insert(void *self, m_call *call, const m_type *type, const void *record)
{
    table *t;
    M_TRY(enter(self, call, type, true, &t));
    if (table_find(t, record)) return taken(call, t, &t->key);
    return store(self, call, t, NULL, record);
}

static int64_t version_of(const table *t, const void *record)
{
    return *(const int64_t *)column_get(&t->version, record);
}

static m_status update(void *self, m_call *call, const m_type *type, const void *record)
{
    table *t;
    M_TRY(enter(self, call, type, true, &t));
    M_TRY(refuse_append_only(call, t));
    entry *row = table_find(t, record);
    bool versioned = t->version.depth > 0;
    if (!row && !versioned) return m_fail(call, m_err_not_found, "%s", type->name);
    if (versioned && (!row || version_of(t, row->record) != version_of(t, record) - 1))
        return m_fail(call, m_err_stale, "%s", type->name);
    return store(self, call, t, row, record);
}

static m_status put(void *self, m_call *call, const m_type *type, const void *record)
{
    table *t;
    M_TRY(enter(self, call, type, true, &t));
    entry *row = table_find(t, record);
    if (row) M_TRY(refuse_append_only(call, t));
    return store(self, call, t, row, record);
}

static bool add_field(const m_field *f, void *value, const void *more)
{
    if (!value || !more) return true;
    if (f->kind == M_KIND_INT)
        return !__builtin_add_overflow(*(int64_t *)value, *(const int64_t *)more, (int64_t *)value);
    if (f->kind == M_KIND_SUM)
        return !__builtin_add_overflow(*(m_dec_sum *)value, *(const m_dec_sum *)more,
                                       (m_dec_sum *)value);
    return m_dec_add(*(m_dec *)value, *(const m_dec *)more, value) == M_OK;
}

static m_status accumulate(void *self, m_call *call, const m_type *type, const void *record)
{
    table *t;
    M_TRY(enter(self, call, type, true, &t));
    entry *row = table_find(t, record);
    if (!row) return store(self, call, t, NULL, record);
    M_TRY(refuse_append_only(call, t));
    void *total = m_record_copy(type, row->record, call->arena);
    if (!total) return m_fail(call, m_err_memory, NULL);
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *f = &type->fields[i];
        if ((f->flags & M_SUMMED) &&
            !add_field(f, m_field_at(type, f, total), m_field_get(type, f, record)))
            return m_fail(call, m_err_overflow, "%s of %s", f->name, type->name);
    }
    return store(self, call, t, row, total);
}

static m_status remove_row(void *self, m_call *call, const m_type *type, const void *key)
{
    table *t;
    M_TRY(enter(self, call, type, true, &t));
    M_TRY(refuse_append_only(call, t));
    entry *row = table_find(t, key);
    if (row && !db_set(self, t, row, NULL)) return m_fail(call, m_err_memory, NULL);
    return M_OK;
}

const m_store_ops memory_store_ops = {
    .head = {sizeof(m_store_ops), 1, "store"},
    .fetch = memory_fetch,
    .sum = sum,
    .insert = insert,
    .update = update,
    .put = put,
    .accumulate = accumulate,
    .remove = remove_row,
    .count = count,
};

m_store m_memory_store(m_memory_db *db)
{
    return (m_store){&memory_store_ops, db};
}
