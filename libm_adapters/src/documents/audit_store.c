#include "../infra/store_over.h"
#include "m_adapters/audit.h"
#include "m_adapters/infra.h"

static bool is_document(const void *self, const m_type *type)
{
    const m_audit_over *over = self;
    return over->registry && m_registry_doctype(over->registry, m_str_of(type->name)) != NULL;
}

/* ---- writes ---- */

static m_status insert(void *self, m_call *call, const m_type *type, const void *record)
{
    M_TRY(m_store_insert(store_over_inner(self), call, type, record));
    if (!is_document(self, type)) return M_OK;
    return m_audit_write(store_over_inner(self), call, type, "create", NULL, record);
}

/* What was read before is at hand: the store knows it within the unit of work. */
static m_status find_before(void *self, m_call *call, const m_type *type, const void *record,
                            const void **out)
{
    const m_doc *doc = record;
    *out = NULL;
    return is_document(self, type) ? m_store_get(store_over_inner(self), call, type, doc->id, out)
                                   : M_OK;
}

static m_status update(void *self, m_call *call, const m_type *type, const void *record)
{
    const void *before = NULL;
    M_TRY(find_before(self, call, type, record, &before));
    M_TRY(m_store_update(store_over_inner(self), call, type, record));
    if (!before) return M_OK;
    return m_audit_write(store_over_inner(self), call, type, "change", before, record);
}

static m_status put(void *self, m_call *call, const m_type *type, const void *record)
{
    const void *before = NULL;
    M_TRY(find_before(self, call, type, record, &before));
    M_TRY(m_store_put(store_over_inner(self), call, type, record));
    if (!is_document(self, type)) return M_OK;
    return m_audit_write(store_over_inner(self), call, type, before ? "change" : "create", before,
                         record);
}

static m_status remove_row(void *self, m_call *call, const m_type *type, const void *key)
{
    const void *before = NULL;
    M_TRY(find_before(self, call, type, key, &before));
    M_TRY(m_store_remove(store_over_inner(self), call, type, key));
    if (!before) return M_OK;
    return m_audit_write(store_over_inner(self), call, type, "delete", before, NULL);
}

m_store m_audit_store(m_audit_over *over)
{
    static const m_store_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "store"},
        .fetch = store_over_fetch,
        .sum = store_over_sum,
        .insert = insert,
        .update = update,
        .put = put,
        .accumulate = store_over_accumulate, /* projections are no documents */
        .remove = remove_row,
        .count = store_over_count,
    };
    return (m_store){&ops, over};
}
