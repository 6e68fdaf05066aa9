/* Link checks over copies, with the owner as the last word on what seems not to be there. */
#include "internal.h"

static const m_replica_owner *owner_of(const m_replica *replica, const kept *k, const char *type)
{
    if (k) return k->owner;
    size_t n = strcspn(type, ".");
    for (uint32_t i = 0; i < replica->config.owner_count; i++)
        if (m_str_is((m_str){type, n}, replica->config.owners[i].module))
            return &replica->config.owners[i];
    return NULL;
}

static void mark_found(const m_ids *answer, const m_id *ids, uint32_t n, bool *found)
{
    for (M_EACH(const m_id, id, answer->ids))
        for (uint32_t i = 0; i < n; i++)
            found[i] = found[i] || m_id_eq(*id, ids[i]);
}

static m_status ask(const m_replica *replica, m_call *call, const char *type, const kept *k,
                    const m_id *ids, uint32_t n, bool *found)
{
    const m_replica_owner *owner = owner_of(replica, k, type);
    m_share_ids in = {.type = m_str_of(type)};
    m_ids out = {.ids = {NULL, 0}};
    m_id *missing = m_arena_array(call->arena, n, sizeof *missing);
    if (!missing) return m_fail(call, m_err_memory, "%s", type);
    for (uint32_t i = 0; i < n; i++)
        if (!found[i]) missing[in.ids.count++] = ids[i];
    in.ids.items = missing;
    if (!in.ids.count) return M_OK;
    if (!owner) return m_fail(call, m_err_unavailable, "nobody here can be asked for %s", type);
    M_TRY(m_sharing_exist(owner->within, call, &in, &out));
    mark_found(&out, ids, n, found);
    return M_OK;
}

static m_status exist(void *self, m_call *call, const char *type, const m_id *ids, uint32_t n,
                      bool *out_found)
{
    const m_replica *replica = self;
    const kept *k = replica_find(replica, m_str_of(type));
    const void **rows = NULL;
    for (uint32_t i = 0; i < n; i++)
        out_found[i] = false;
    if (k) M_TRY(rows_get(replica, call, k, ids, n, &rows));
    for (uint32_t i = 0; k && i < n; i++)
        out_found[i] = rows[i] != NULL;
    return ask(replica, call, type, k, ids, n, out_found);
}

m_foreign_links m_replica_links(const m_replica *replica)
{
    return (m_foreign_links){exist, (void *)(uintptr_t)replica};
}
