/* Every write of a shared type, told in the same transaction. */
#include "../infra/store_over.h"
#include "internal.h"

static const m_shared *shared_of(const void *self, const m_type *type)
{
    const m_share_over *over = self;
    if (!over->registry || !type->schema) return NULL;
    return m_registry_shared(over->registry, m_str_of(type->name));
}

static m_status tell(void *self, m_call *call, const m_type *type, const char *verb,
                     const char *columns, const void *record)
{
    const m_share_over *over = self;
    const char *event_type = m_arena_printf(call->arena, "%s.%s", type->name, verb);
    m_buf text = {.arena = call->arena};
    m_json_record(&text, type, record, columns);
    if (!event_type || text.failed) return m_fail(call, m_err_memory, "%s", type->name);
    m_event event = {.type = event_type,
                     .aggregate = doc_in(record)->id,
                     .payload_type = type,
                     .payload = record,
                     .payload_json = m_buf_str(&text)};
    return m_events_emit(over->events, call, &event);
}

static m_status tell_stored(void *self, m_call *call, const m_type *type, const void *record)
{
    const m_shared *shared = shared_of(self, type);
    if (!shared) return M_OK;
    return tell(self, call, type, STORED, shared->columns, record);
}

/* ---- writes ---- */

static m_status insert(void *self, m_call *call, const m_type *type, const void *record)
{
    M_TRY(m_store_insert(store_over_inner(self), call, type, record));
    return tell_stored(self, call, type, record);
}

static m_status update(void *self, m_call *call, const m_type *type, const void *record)
{
    M_TRY(m_store_update(store_over_inner(self), call, type, record));
    return tell_stored(self, call, type, record);
}

static m_status put(void *self, m_call *call, const m_type *type, const void *record)
{
    M_TRY(m_store_put(store_over_inner(self), call, type, record));
    return tell_stored(self, call, type, record);
}

/* Sums are projections, never documents: nobody may share a type that has them. */
static m_status accumulate(void *self, m_call *call, const m_type *type, const void *record)
{
    if (shared_of(self, type)) return m_fail(call, m_err_unsupported, "%s", type->name);
    return store_over_accumulate(self, call, type, record);
}

static m_status remove_row(void *self, m_call *call, const m_type *type, const void *key)
{
    const void *before = NULL;
    bool shared = shared_of(self, type) != NULL;
    if (shared) M_TRY(m_store_get(store_over_inner(self), call, type, doc_in(key)->id, &before));
    if (before) M_TRY(tell(self, call, type, REMOVED, "id,version", before));
    return m_store_remove(store_over_inner(self), call, type, key);
}

m_store m_share_store(m_share_over *over)
{
    static const m_store_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "store"},
        .fetch = store_over_fetch,
        .sum = store_over_sum,
        .insert = insert,
        .update = update,
        .put = put,
        .accumulate = accumulate,
        .remove = remove_row,
        .count = store_over_count,
    };
    return (m_store){&ops, over};
}
