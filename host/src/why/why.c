#include "why_internal.h"

/* By its code, in one collection. */
static m_status find_code(const why *w, const char *module, const char *collection,
                          const m_type **type, const void **out)
{
    const m_collection *c =
        m_registry_collection(w->q->domains->registry, m_str_of(module), m_str_of(collection));
    *out = NULL;
    if (!c) return M_OK;
    *type = c->doctype->type;
    return m_store_find_one(w->q->domains->store, w->call, *type, "code", &w->q->word, out);
}

/* By number or id, wherever documents are submitted. */
static m_status find_document(const why *w, const m_collection **out_collection, const void **out)
{
    uint32_t count;
    m_id id;
    bool by_id = m_id_parse(w->q->word, &id) == M_OK;
    const m_collection *all = m_registry_collections(w->q->domains->registry, &count);
    *out = NULL;
    for (uint32_t i = 0; i < count && !*out; i++) {
        const m_type *type = all[i].doctype->type;
        *out_collection = &all[i];
        if (!all[i].doctype->series) continue;
        M_TRY(by_id ? m_store_get(w->q->domains->store, w->call, type, id, out)
                    : m_store_find_one(w->q->domains->store, w->call, type, "number", &w->q->word,
                                       out));
    }
    return M_OK;
}

m_status why_tell(const why_question *q, m_call *call)
{
    why w = {.q = q, .call = call, .out = q->out};
    const m_type *type = NULL;
    const m_collection *collection = NULL;
    const void *found = NULL;
    bool any = false;
    w.as_of = m_date_is_none(q->as_of) ? m_today(call) : q->as_of;
    if (q->kind == WHY_ANY || q->kind == WHY_ACCOUNT) {
        M_TRY(find_code(&w, "finance", "accounts", &type, &found));
        if (found) M_TRY(why_account(&w, type, found));
        any |= found != NULL;
    }
    if (q->kind == WHY_ANY || q->kind == WHY_ITEM) {
        M_TRY(find_code(&w, "core", "items", &type, &found));
        if (found) M_TRY(why_item(&w, type, found));
        any |= found != NULL;
    }
    if (q->kind == WHY_ANY || q->kind == WHY_DOCUMENT) {
        M_TRY(find_document(&w, &collection, &found));
        if (found) M_TRY(why_one_document(&w, collection, found));
        any |= found != NULL;
    }
    return any ? M_OK : m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(q->word));
}
