#include "views.h"

#include "../masters/saved_view.h"

bool views_owns(const m_document_request *in)
{
    return m_str_is(in->collection, CORE_SAVED_VIEWS) && m_str_is(in->module, "core");
}

static m_status check_seen(const domain_set *d, m_call *call, m_id id)
{
    const void *found = NULL;
    M_TRY(m_store_get(d->store, call, &core_saved_view_type, id, &found));
    const core_saved_view *view = found;
    if (view && (view->shared || core_saved_view_is_own(call, view))) return M_OK;
    return m_fail(call, m_err_not_found, "%s", core_saved_view_type.name);
}

/* What is asked of one of them. */
#define PASS(name, method)                                                                         \
    static m_status name(void *self, m_call *call, const m_document_request *in,                   \
                         m_document_reply *out)                                                    \
    {                                                                                              \
        const domain_set *d = self;                                                                \
        M_TRY(check_seen(d, call, in->id));                                                        \
        return m_documents_##method(d->documents, call, in, out);                                  \
    }
PASS(get, get)
PASS(update, update)
PASS(remove_view, remove)
PASS(act, act)
PASS(history, history)
PASS(attachments, attachments)
PASS(attachment, attachment)
PASS(attach, attach)
PASS(detach, detach)

static bool asks_for_shared(const m_document_request *in)
{
    for (M_EACH(const m_pair, pair, in->query))
        if (m_str_is(pair->name, "shared") && m_str_is(pair->value, "true")) return true;
    return false;
}

static m_status list(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    const domain_set *d = self;
    if (asks_for_shared(in)) return m_documents_list(d->documents, call, in, out);
    uint32_t n = in->query.count;
    m_pair *pairs = m_arena_array(call->arena, n + 1, sizeof *pairs);
    char *actor = m_arena_alloc(call->arena, M_ID_TEXT);
    if (!pairs || !actor) return m_fail(call, m_err_memory, NULL);
    if (n) memcpy(pairs, in->query.items, n * sizeof *pairs);
    m_id_format(call->actor, actor);
    pairs[n] = (m_pair){M_STR("created_by"), m_str_of(actor)};
    m_document_request own = *in;
    own.query = (m_list){pairs, n + 1};
    return m_documents_list(d->documents, call, &own, out);
}

static m_status create(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out)
{
    const domain_set *d = self;
    return m_documents_create(d->documents, call, in, out);
}

const m_documents_ops views_ops = {
    .head = {sizeof(m_documents_ops), 1, "documents"},
    .get = get,
    .list = list,
    .create = create,
    .update = update,
    .remove = remove_view,
    .act = act,
    .history = history,
    .attachments = attachments,
    .attachment = attachment,
    .attach = attach,
    .detach = detach,
};
