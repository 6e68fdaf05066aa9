#include "m/store.h"

/* Answers M_UNSUPPORTED for a binding that is missing or too old for the operation. */
#define HAS(store, operation)                                                                      \
    ((store).ops &&                                                                                \
     (store).ops->head.size >=                                                                     \
         offsetof(m_store_ops, operation) + sizeof((store).ops->operation) &&                      \
     (store).ops->operation)
#define MUST_HAVE(operation)                                                                       \
    if (!HAS(store, operation)) return m_fail(call, m_err_unsupported, "store.%s", #operation)

m_status m_store_fetch(m_store store, m_call *call, m_fetch *fetches, uint32_t n)
{
    MUST_HAVE(fetch);
    return store.ops->fetch(store.self, call, fetches, n);
}

m_status m_store_sum(m_store store, m_call *call, m_sum *sum)
{
    MUST_HAVE(sum);
    return store.ops->sum(store.self, call, sum);
}

m_status m_store_insert(m_store store, m_call *call, const m_type *type, const void *record)
{
    MUST_HAVE(insert);
    return store.ops->insert(store.self, call, type, record);
}

m_status m_store_update(m_store store, m_call *call, const m_type *type, const void *record)
{
    MUST_HAVE(update);
    return store.ops->update(store.self, call, type, record);
}

m_status m_store_put(m_store store, m_call *call, const m_type *type, const void *record)
{
    MUST_HAVE(put);
    return store.ops->put(store.self, call, type, record);
}

m_status m_store_accumulate(m_store store, m_call *call, const m_type *type, const void *record)
{
    MUST_HAVE(accumulate);
    return store.ops->accumulate(store.self, call, type, record);
}

m_status m_store_remove(m_store store, m_call *call, const m_type *type, const void *key)
{
    MUST_HAVE(remove);
    return store.ops->remove(store.self, call, type, key);
}

m_status m_store_count(m_store store, m_call *call, const m_type *type, const m_query *query,
                       uint32_t limit, uint32_t *out)
{
    MUST_HAVE(count);
    return store.ops->count(store.self, call, type, query, limit, out);
}

static m_status first(m_store store, m_call *call, m_fetch fetch, const void **out)
{
    M_TRY(m_store_fetch(store, call, &fetch, 1));
    *out = fetch.count ? fetch.records[0] : NULL;
    return M_OK;
}

m_status m_store_get(m_store store, m_call *call, const m_type *type, m_id id, const void **out)
{
    return first(store, call, (m_fetch){.type = type, .ids = &id, .key_count = 1}, out);
}

m_status m_store_get_key(m_store store, m_call *call, const m_type *type, const void *key,
                         const void **out)
{
    return first(store, call, (m_fetch){.type = type, .keys = &key, .key_count = 1}, out);
}

m_status m_store_find_one(m_store store, m_call *call, const m_type *type, const char *field,
                          const void *value, const void **out)
{
    m_filter filter = {field, M_OP_EQ, value};
    m_query query = {.filters = &filter, .filter_count = 1, .limit = 1};
    return first(store, call, (m_fetch){.type = type, .query = &query}, out);
}

m_status m_store_need(m_store store, m_call *call, const m_type *type, m_id id, const void **out)
{
    const void *found = NULL;
    M_TRY(m_store_get(store, call, type, id, &found));
    if (!found) {
        char text[M_ID_TEXT];
        m_id_format(id, text);
        return m_fail(call, m_err_not_found, "%s %s", type->name, text);
    }
    *out = found;
    return M_OK;
}
