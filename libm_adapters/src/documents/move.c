#include "work.h"

/* ---- events ---- */

static const char *const verbs[][2] = {
    {"submit", "submitted"},
    {"cancel", "cancelled"},
    {"stop", "stopped"},
    {"hold", "held"},
    {"send", "sent"},
    {"pay", "paid"},
    {"begin", "begun"},
    {"withdraw", "withdrawn"},
    {"set-password", "password_set"},
    {"end-sessions", "sessions_ended"},
};

/* "submit" → "submitted": what has happened. Others end in "ed". */
static const char *event_type(const work *w, m_str action)
{
    m_arena *arena = w->call->arena;
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++)
        if (m_str_is(action, verbs[i][0]))
            return m_arena_printf(arena, "%s.%s", w->type->name, verbs[i][1]);
    bool ends_in_e = action.n && action.p[action.n - 1] == 'e';
    return m_arena_printf(arena, "%s.%.*s%s", w->type->name, M_STR_ARG(action),
                          ends_in_e ? "d" : "ed");
}

static m_status tell(const work *w, const char *type, const void *record, m_str text)
{
    m_event event = {.type = type,
                     .aggregate = doc_in(record)->id,
                     .occurred_on = work_date(w, record),
                     .payload_type = w->type,
                     .payload = record,
                     .payload_json = text};
    return m_events_emit(w->service->config.events, w->call, &event);
}

m_status move_tell(const work *w, m_str action, const void *record, m_str text)
{
    const char *type = event_type(w, action);
    if (!type) return m_fail(w->call, m_err_memory, "event");
    return tell(w, type, record, text);
}

static bool told_to_others(const work *w, m_str type)
{
    for (const char *const *at = w->service->config.told; at && *at; at++) {
        size_t n = strlen(*at);
        bool prefix = n && (*at)[n - 1] == '*';
        if (prefix && type.n >= n - 1 && memcmp(type.p, *at, n - 1) == 0) return true;
        if (!prefix && m_str_is(type, *at)) return true;
    }
    return false;
}

m_status move_tell_listeners(const work *w, m_str action, const void *record, m_str text)
{
    const char *type = event_type(w, action);
    if (!type) return m_fail(w->call, m_err_memory, "event");
    if (!m_registry_listens(w->service->config.registry, m_str_of(type)) &&
        !told_to_others(w, m_str_of(type)))
        return M_OK;
    return tell(w, type, record, text);
}

/* ---- moves ---- */

m_status move_find(const work *w, const m_move **out)
{
    const m_move *move = m_lifecycle_find(w->doctype->life, w->in->action);
    if (!move || ((move->flags & M_MOVE_INTERNAL) && !w->call->system))
        return m_fail(w->call, m_err_not_found, "%s has no action %.*s", w->type->name,
                      M_STR_ARG(w->in->action));
    if (!m_may(w->call, w->doctype, move->can)) return work_denied(w, move->action);
    *out = move;
    return M_OK;
}

m_status move_check_state(const work *w, const m_move *move, const void *record)
{
    if (m_move_allowed(w->doctype->life, move, doc_in(record)->state)) return M_OK;
    return work_refuse_state(w, record, move->action);
}

static bool is_blank(m_str body)
{
    m_str text = m_str_trim(body);
    return text.n == 0 || m_str_is(text, "{}");
}

static m_status read_input(const work *w, const m_move *move, m_str body, const void **out)
{
    *out = NULL;
    if (!move->input) {
        if (is_blank(body)) return M_OK;
        return m_fail(w->call, &m_documents_errors[1], "%s", move->action);
    }
    void *input = m_record_new(move->input, w->call->arena);
    if (!input) return m_fail(w->call, m_err_memory, "%s", move->input->name);
    m_str text = is_blank(body) ? M_STR("{}") : body;
    M_TRY(m_json_read(w->call, move->input, text, M_JSON_CREATE, input, NULL));
    m_record_validate(w->call, move->input, input, "");
    M_TRY(m_failed_fields(w->call));
    *out = input;
    return M_OK;
}

m_status move_make(const work *w, const m_move *move, void *record, m_str body)
{
    const void *input = NULL;
    M_TRY(read_input(w, move, body, &input));
    if (move->flags & M_MOVE_NUMBER) M_TRY(number_give(w, record));
    if (move->effect) M_TRY(move->effect(w->at->instance, w->call, record, input));
    if (move->to) {
        int state = m_state_index(w->doctype->life->states, m_str_of(move->to));
        if (state < 0) return m_fail(w->call, m_err_internal, "no state %s", move->to);
        doc_of(record)->state = state;
    }
    return M_OK;
}

/* ---- amend ---- */

static bool is_amend(const work *w)
{
    return m_str_is(w->in->action, "amend") && w->doctype->life &&
           !m_lifecycle_find(w->doctype->life, w->in->action);
}

static m_status find_amended(const work *w, const void *before)
{
    const void *found = NULL;
    M_TRY(m_store_find_one(store_of(w), w->call, w->type, "amended_from", &doc_in(before)->id,
                           &found));
    if (!found) return M_OK;
    char id[M_ID_TEXT];
    m_id_format(doc_in(found)->id, id);
    return m_fail(w->call, &m_documents_errors[2], "see %s", id);
}

static m_status amend(const work *w, m_document_reply *out)
{
    const void *before = NULL;
    void *record = NULL;
    m_str text;
    if (!m_may(w->call, w->doctype, M_CAN_AMEND)) return work_denied(w, "amend");
    M_TRY(work_load(w, &before));
    M_TRY(work_check_version(w, before));
    if (strcmp(work_state(w, before), "cancelled") != 0)
        return work_refuse_state(w, before, "amend");
    M_TRY(find_amended(w, before));
    M_TRY(work_copy(w, before, &record));
    M_TRY(lines_renew(w, record));
    work_stamp_new(w, record);
    doc_of(record)->amended_from = doc_in(before)->id;
    M_TRY(check_document(w, record, NULL));
    M_TRY(m_store_insert(store_of(w), w->call, w->type, record));
    M_TRY(reply_text(w, record, &text));
    M_TRY(audit_write(w, "amend", NULL, record));
    M_TRY(move_tell_listeners(w, M_STR("create"), record, text));
    return reply_document(w, record, text, out);
}

/* ---- act ---- */

static m_status prepare(const work *w, const m_move *move, const void **before, void **record)
{
    M_TRY(work_load(w, before));
    M_TRY(work_check_version(w, *before));
    M_TRY(move_check_state(w, move, *before));
    M_TRY(work_copy(w, *before, record));
    return doc_in(*before)->state == 0 ? check_again(w, *record, *before) : M_OK;
}

m_status move_act(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    work w;
    const m_move *move = NULL;
    const void *before = NULL;
    void *record = NULL;
    m_str text;
    M_TRY(work_open(&w, self, call, in, 0, NULL));
    M_TRY(work_owned(&w));
    if (is_amend(&w)) return amend(&w, out);
    if (comment_is(&w)) return comment_make(&w, out);
    M_TRY(move_find(&w, &move));
    M_TRY(prepare(&w, move, &before, &record));
    M_TRY(move_make(&w, move, record, in->body));
    work_stamp_next(&w, record);
    M_TRY(m_store_update(store_of(&w), call, w.type, record));
    M_TRY(reply_text(&w, record, &text));
    M_TRY(audit_write(&w, move->action, before, record));
    M_TRY(move_tell(&w, in->action, record, text));
    return reply_document(&w, record, text, out);
}
