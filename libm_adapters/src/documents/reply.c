#include "work.h"

m_status reply_text(const work *w, const void *record, m_str *out)
{
    m_buf buf = {.arena = w->call->arena};
    m_json_record(&buf, w->type, record, NULL);
    if (buf.failed) return m_fail(w->call, m_err_memory, "%s", w->type->name);
    *out = m_buf_str(&buf);
    return M_OK;
}

/* ---- what the actor may do now ---- */

typedef struct {
    m_buf buf;
    const char *open; /* around each name */
    const char *between;
} name_list;

static void add_name(name_list *list, const char *name)
{
    if (list->buf.n) m_buf_text(&list->buf, list->between);
    m_buf_text(&list->buf, list->open);
    m_buf_text(&list->buf, name);
    m_buf_text(&list->buf, list->open);
}

static bool can_amend(const work *w, const void *record)
{
    return strcmp(work_state(w, record), "cancelled") == 0 &&
           !m_lifecycle_find(w->doctype->life, M_STR("amend")) &&
           m_may(w->call, w->doctype, M_CAN_AMEND);
}

static void list_actions(const work *w, const void *record, name_list *list)
{
    if (w->at->replica) return;
    const m_lifecycle *life = w->doctype->life;
    const m_doc *doc = doc_in(record);
    for (const m_move *move = life ? life->moves : NULL; move && move->action; move++)
        if (!(move->flags & M_MOVE_INTERNAL) && m_move_allowed(life, move, doc->state) &&
            m_may(w->call, w->doctype, move->can))
            add_name(list, move->action);
    if (can_amend(w, record)) add_name(list, "amend");
    if (!m_lifecycle_editable(life, doc->state)) return;
    if (m_may(w->call, w->doctype, M_CAN_WRITE)) add_name(list, "update");
    if (m_may(w->call, w->doctype, M_CAN_DELETE) && !is_numbered(w, record))
        add_name(list, "delete");
}

const char *reply_actions(const work *w, const void *record)
{
    name_list list = {.buf = {.arena = w->call->arena}, .open = "", .between = ", "};
    list_actions(w, record, &list);
    const char *text = m_str_z(w->call->arena, m_buf_str(&list.buf));
    return text ? text : "";
}

m_status reply_document(const work *w, const void *record, m_str text, m_document_reply *out)
{
    name_list list = {.buf = {.arena = w->call->arena}, .open = "\"", .between = ","};
    list_actions(w, record, &list);
    m_buf buf = {.arena = w->call->arena};
    m_buf_bytes(&buf, text.p, text.n - 1); /* without the last brace */
    m_buf_text(&buf, ",\"_actions\":[");
    m_buf_bytes(&buf, list.buf.p, list.buf.n);
    m_buf_text(&buf, "]}");
    if (buf.failed || list.buf.failed) return m_fail(w->call, m_err_memory, "%s", w->type->name);
    *out = (m_document_reply){
        .body = m_buf_str(&buf), .id = doc_in(record)->id, .version = doc_in(record)->version};
    return M_OK;
}
