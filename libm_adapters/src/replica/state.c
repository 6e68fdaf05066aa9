#include "internal.h"

#define CLEAR_ROWS 5000

m_status state_get(const m_replica *replica, m_call *call, const kept *k, const m_replica_row **out)
{
    m_replica_row key = {.type = m_str_of(k->name)};
    const void *found = NULL;
    M_TRY(m_store_get_key(replica->config.store, call, &m_replica_type, &key, &found));
    *out = found;
    return M_OK;
}

m_status state_put(const m_replica *replica, m_call *call, const m_replica_row *row)
{
    return m_store_put(replica->config.store, call, &m_replica_type, row);
}

/* ---- what events changed during a fill ---- */

m_status touch_put(const m_replica *replica, m_call *call, const kept *k, m_id id, int64_t seq)
{
    m_replica_touch row = {.type = m_str_of(k->name), .id = id, .seq = seq};
    return m_store_put(replica->config.store, call, &m_replica_touch_type, &row);
}

m_status touch_get(const m_replica *replica, m_call *call, const kept *k, const m_id *ids,
                   uint32_t n, int64_t *seqs)
{
    m_replica_touch *rows = m_arena_array(call->arena, n, sizeof *rows);
    const void **keys = m_arena_array(call->arena, n, sizeof *keys);
    if (!rows || !keys) return m_fail(call, m_err_memory, "%s", k->name);
    for (uint32_t i = 0; i < n; i++) {
        rows[i] = (m_replica_touch){.type = m_str_of(k->name), .id = ids[i]};
        keys[i] = &rows[i];
    }
    m_fetch fetch = {.type = &m_replica_touch_type, .keys = keys, .key_count = n};
    if (n) M_TRY(m_store_fetch(replica->config.store, call, &fetch, 1));
    for (uint32_t i = 0; i < n; i++)
        seqs[i] = fetch.records[i] ? ((const m_replica_touch *)fetch.records[i])->seq : 0;
    return M_OK;
}

m_status touch_clear(const m_replica *replica, m_call *call, const kept *k, bool *out_more)
{
    m_str type = m_str_of(k->name);
    m_filter mine = {"type", M_OP_EQ, &type};
    m_query query = {.filters = &mine, .filter_count = 1, .limit = CLEAR_ROWS};
    m_fetch fetch = {.type = &m_replica_touch_type, .query = &query};
    M_TRY(m_store_fetch(replica->config.store, call, &fetch, 1));
    for (uint32_t i = 0; i < fetch.count; i++)
        M_TRY(m_store_remove(replica->config.store, call, &m_replica_touch_type, fetch.records[i]));
    *out_more = fetch.count == CLEAR_ROWS;
    return M_OK;
}
