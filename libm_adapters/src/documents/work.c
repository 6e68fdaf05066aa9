#include "work.h"

m_status work_denied(const work *w, const char *verb)
{
    const m_env *env = w->call->env;
    const char *what = m_arena_printf(w->call->arena, "%s %s", verb, w->type->name);
    env->log(env->self, "warn", "permission_denied", what ? what : verb);
    return m_fail(w->call, m_err_denied, "%s %s", verb, w->type->name);
}

m_status work_open(work *w, m_documents_service *service, m_call *call,
                   const m_document_request *in, uint32_t can, const char *verb)
{
    const m_collection *at =
        m_registry_collection(service->config.registry, in->module, in->collection);
    if (!at)
        return m_fail(call, m_err_not_found, "no collection %.*s/%.*s", M_STR_ARG(in->module),
                      M_STR_ARG(in->collection));
    *w = (work){.service = service,
                .call = call,
                .in = in,
                .at = at,
                .doctype = at->doctype,
                .type = at->doctype->type};
    if (can && !m_may(call, at->doctype, can)) return work_denied(w, verb);
    return M_OK;
}

m_status work_owned(const work *w)
{
    if (!w->at->replica) return M_OK;
    return m_fail(w->call, m_err_owned_elsewhere, "%s", w->type->name);
}

m_status work_load(const work *w, const void **out)
{
    return m_store_need(store_of(w), w->call, w->type, w->in->id, out);
}

m_status work_check_version(const work *w, const void *before)
{
    int64_t given = w->in->if_version;
    int64_t stored = doc_in(before)->version;
    if (given == 0 || given == stored) return M_OK;
    return m_fail(w->call, m_err_stale, "you have version %lld, it is at %lld", (long long)given,
                  (long long)stored);
}

m_status work_copy(const work *w, const void *before, void **out)
{
    void *record = m_record_copy(w->type, before, w->call->arena);
    if (!record) return m_fail(w->call, m_err_memory, "%s", w->type->name);
    *out = record;
    return M_OK;
}

void work_stamp_next(const work *w, void *record)
{
    m_doc *doc = doc_of(record);
    doc->version++;
    doc->modified_by = w->call->actor;
    doc->modified_at = m_now(w->call);
}

void work_stamp_new(const work *w, void *record)
{
    m_doc *doc = doc_of(record);
    doc->id = m_new_id(w->call);
    doc->version = 0;
    work_stamp_next(w, record);
    doc->created_by = doc->modified_by;
    doc->created_at = doc->modified_at;
}

m_date work_date(const work *w, const void *record)
{
    const char *name = w->doctype->series_date;
    const m_field *field = name ? m_field_find(w->type, m_str_of(name)) : NULL;
    if (field && field->kind == M_KIND_DATE) {
        const m_date *date = m_field_get(w->type, field, record);
        if (date && !m_date_is_none(*date)) return *date;
    }
    return m_today(w->call);
}

const char *work_state(const work *w, const void *record)
{
    return w->doctype->life ? w->doctype->life->states[doc_in(record)->state] : "";
}

m_status work_refuse_state(const work *w, const void *record, const char *verb)
{
    const char *actions = reply_actions(w, record);
    m_status status = m_fail(w->call, m_err_state, "%s is not possible when %s",
                             m_say(w->call, verb), m_say(w->call, work_state(w, record)));
    const char *hint =
        *actions ? m_arena_printf(w->call->arena, m_say(w->call, "Possible now: %s."), actions)
                 : m_say(w->call, "Nothing can be done with it any more.");
    if (hint) w->call->error.hint = m_str_of(hint);
    return status;
}
