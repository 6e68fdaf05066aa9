/* Copies: documents in their own tables, or JSON in m.replica_record. */
#include "internal.h"

static m_store store_of(const m_replica *replica)
{
    return replica->config.store;
}

static m_replica_record record_key(const kept *k, m_id id)
{
    return (m_replica_record){.type = m_str_of(k->name), .id = id};
}

/* ---- reading ---- */

m_status rows_get(const m_replica *replica, m_call *call, const kept *k, const m_id *ids,
                  uint32_t n, const void ***out)
{
    m_fetch fetch = {.type = k->type ? k->type : &m_replica_record_type, .key_count = n};
    if (k->type) {
        fetch.ids = ids;
    } else {
        m_replica_record *rows = m_arena_array(call->arena, n, sizeof *rows);
        const void **keys = m_arena_array(call->arena, n, sizeof *keys);
        if (!rows || !keys) return m_fail(call, m_err_memory, "%s", k->name);
        for (uint32_t i = 0; i < n; i++) {
            rows[i] = record_key(k, ids[i]);
            keys[i] = &rows[i];
        }
        fetch.keys = keys;
    }
    if (n) M_TRY(m_store_fetch(store_of(replica), call, &fetch, 1));
    *out = fetch.records;
    return M_OK;
}

m_status rows_between(const m_replica *replica, m_call *call, const kept *k, m_id after, m_id last,
                      uint32_t limit, const void ***out, uint32_t *out_count)
{
    const m_type *type = k->type ? k->type : &m_replica_record_type;
    m_str name = m_str_of(k->name);
    m_filter filters[2];
    void *from = m_record_new(type, call->arena);
    if (!from) return m_fail(call, m_err_memory, "%s", k->name);
    m_query query = {.filters = filters, .limit = limit};
    if (k->type) {
        ((m_doc *)from)->id = after;
    } else {
        *(m_replica_record *)from = record_key(k, after);
        filters[query.filter_count++] = (m_filter){"type", M_OP_EQ, &name};
    }
    if (!m_id_is_null(last)) filters[query.filter_count++] = (m_filter){"id", M_OP_LE, &last};
    if (!m_id_is_null(after)) query.after = from;
    m_fetch fetch = {.type = type, .query = &query};
    M_TRY(m_store_fetch(store_of(replica), call, &fetch, 1));
    *out = fetch.records;
    *out_count = fetch.count;
    return M_OK;
}

int64_t rows_version(const kept *k, const void *row)
{
    return k->type ? doc_in(row)->version : ((const m_replica_record *)row)->version;
}

m_id rows_id(const kept *k, const void *row)
{
    return k->type ? doc_in(row)->id : ((const m_replica_record *)row)->id;
}

m_status rows_read(m_call *call, const kept *k, m_id id, int64_t version, m_str body, void **out)
{
    if (!k->type) {
        m_replica_record *row = m_arena_alloc(call->arena, sizeof *row);
        if (!row) return m_fail(call, m_err_memory, "%s", k->name);
        *row = record_key(k, id);
        row->version = version;
        row->body = body;
        *out = row;
        return M_OK;
    }
    void *record = m_record_new(k->type, call->arena);
    if (!record) return m_fail(call, m_err_memory, "%s", k->name);
    M_TRY(m_json_read(call, k->type, body, M_JSON_TRUSTED, record, NULL));
    ((m_doc *)record)->id = id;
    ((m_doc *)record)->version = version;
    *out = record;
    return M_OK;
}

bool rows_equal(const kept *k, const void *a, const void *b)
{
    return m_record_equal(k->type ? k->type : &m_replica_record_type, a, b);
}

/* ---- writing ---- */

m_status rows_put(const m_replica *replica, m_call *call, const kept *k, const void *row)
{
    return m_store_put(store_of(replica), call, k->type ? k->type : &m_replica_record_type, row);
}

m_status rows_remove(const m_replica *replica, m_call *call, const kept *k, m_id id)
{
    if (!k->type) {
        m_replica_record key = record_key(k, id);
        return m_store_remove(store_of(replica), call, &m_replica_record_type, &key);
    }
    m_doc *key = m_record_new(k->type, call->arena);
    if (!key) return m_fail(call, m_err_memory, "%s", k->name);
    key->id = id;
    return m_store_remove(store_of(replica), call, k->type, key);
}

/* ---- unique values ---- */

/* Pages and events are of different moments, so a value may seem to be held twice for a while. The
 * one who holds it by older news gives way: newer news of it is on the way. */
typedef struct {
    m_fetch *items;
    m_id *of; /* whose values are looked for */
    uint32_t count;
    uint32_t max;
} looks;

static m_status add_look(m_call *call, const kept *k, const char *names, const void *row,
                         looks *out)
{
    m_filter *filters = m_arena_array(call->arena, M_QUERY_FILTERS_MAX, sizeof *filters);
    m_query *query = m_arena_alloc(call->arena, sizeof *query);
    if (!filters || !query) return m_fail(call, m_err_memory, "%s", k->name);
    *query = (m_query){.filters = filters, .limit = 2, .without_lists = true};
    for (const char *at = names; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ',')) {
        const m_field *field = m_field_find(k->type, (m_str){at, strcspn(at, ",")});
        if (!field || query->filter_count == M_QUERY_FILTERS_MAX || out->count == out->max)
            return m_fail(call, m_err_internal, "unique values of %s", k->name);
        filters[query->filter_count++] =
            (m_filter){field->name, M_OP_EQ, m_field_get(k->type, field, row)};
    }
    out->of[out->count] = doc_in(row)->id;
    out->items[out->count++] = (m_fetch){.type = k->type, .query = query};
    return M_OK;
}

static m_status add_looks(m_call *call, const kept *k, const void *row, looks *out)
{
    for (uint16_t i = 0; i < k->type->count; i++) {
        const m_field *field = &k->type->fields[i];
        if ((field->flags & M_UNIQUE) && !m_field_is_empty(k->type, field, row))
            M_TRY(add_look(call, k, field->name, row, out));
    }
    for (const m_index *index = k->type->indexes; index && index->fields; index++)
        if (index->unique && !index->where) M_TRY(add_look(call, k, index->fields, row, out));
    return M_OK;
}

static uint32_t count_unique(const m_type *type)
{
    uint32_t n = 0;
    for (uint16_t i = 0; i < type->count; i++)
        n += (type->fields[i].flags & M_UNIQUE) != 0;
    for (const m_index *index = type->indexes; index && index->fields; index++)
        n += index->unique;
    return n;
}

m_status rows_displace(const m_replica *replica, m_call *call, const kept *k,
                       const void *const *rows, uint32_t n, uint32_t *out)
{
    *out = 0;
    if (!k->type || n == 0) return M_OK;
    looks all = {.max = n * count_unique(k->type)};
    all.items = m_arena_array(call->arena, all.max, sizeof *all.items);
    all.of = m_arena_array(call->arena, all.max, sizeof *all.of);
    if (!all.items || !all.of) return m_fail(call, m_err_memory, "%s", k->name);
    for (uint32_t i = 0; i < n; i++)
        M_TRY(add_looks(call, k, rows[i], &all));
    if (all.count) M_TRY(m_store_fetch(store_of(replica), call, all.items, all.count));
    for (uint32_t i = 0; i < all.count; i++)
        for (uint32_t r = 0; r < all.items[i].count; r++) {
            m_id holder = doc_in(all.items[i].records[r])->id;
            if (m_id_eq(holder, all.of[i])) continue;
            M_TRY(rows_remove(replica, call, k, holder));
            ++*out;
        }
    return M_OK;
}
