#include "m_adapters/audit.h"
#include "m_adapters/infra.h"

static m_store inner_of(void *self)
{
    return ((const m_audit_over *)self)->inner;
}

static bool is_document(const void *self, const m_type *type)
{
    const m_audit_over *over = self;
    return over->registry && m_registry_doctype(over->registry, m_str_of(type->name)) != NULL;
}

/* ---- writes ---- */

static m_status insert(void *self, m_call *call, const m_type *type, const void *record)
{
    M_TRY(m_store_insert(inner_of(self), call, type, record));
    if (!is_document(self, type)) return M_OK;
    return m_audit_write(inner_of(self), call, type, "create", NULL, record);
}

/* What was read before is at hand: the store knows it within the unit of work. */
static m_status find_before(void *self, m_call *call, const m_type *type, const void *record,
                            const void **out)
{
    const m_doc *doc = record;
    *out = NULL;
    return is_document(self, type) ? m_store_get(inner_of(self), call, type, doc->id, out) : M_OK;
}

static m_status update(void *self, m_call *call, const m_type *type, const void *record)
{
    const void *before = NULL;
    M_TRY(find_before(self, call, type, record, &before));
    M_TRY(m_store_update(inner_of(self), call, type, record));
    if (!before) return M_OK;
    return m_audit_write(inner_of(self), call, type, "change", before, record);
}

static m_status put(void *self, m_call *call, const m_type *type, const void *record)
{
    const void *before = NULL;
    M_TRY(find_before(self, call, type, record, &before));
    M_TRY(m_store_put(inner_of(self), call, type, record));
    if (!is_document(self, type)) return M_OK;
    return m_audit_write(inner_of(self), call, type, before ? "change" : "create", before, record);
}

static m_status remove_row(void *self, m_call *call, const m_type *type, const void *key)
{
    const void *before = NULL;
    M_TRY(find_before(self, call, type, key, &before));
    M_TRY(m_store_remove(inner_of(self), call, type, key));
    if (!before) return M_OK;
    return m_audit_write(inner_of(self), call, type, "delete", before, NULL);
}

/* ---- the rest passes through ---- */

static m_status fetch(void *self, m_call *call, m_fetch *fetches, uint32_t n)
{
    return m_store_fetch(inner_of(self), call, fetches, n);
}

static m_status sum(void *self, m_call *call, m_sum *what)
{
    return m_store_sum(inner_of(self), call, what);
}

/* Sums belong to projections, which are no documents. */
static m_status accumulate(void *self, m_call *call, const m_type *type, const void *record)
{
    return m_store_accumulate(inner_of(self), call, type, record);
}

static m_status count(void *self, m_call *call, const m_type *type, const m_query *query,
                      uint32_t limit, uint32_t *out)
{
    return m_store_count(inner_of(self), call, type, query, limit, out);
}

m_store m_audit_store(m_audit_over *over)
{
    static const m_store_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "store"},
        .fetch = fetch,
        .sum = sum,
        .insert = insert,
        .update = update,
        .put = put,
        .accumulate = accumulate,
        .remove = remove_row,
        .count = count,
    };
    return (m_store){&ops, over};
}
