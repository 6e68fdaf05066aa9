#include "m_adapters/audit.h"
#include "work.h"

/* A comment is a line in the document's history: who may read the document may write one, nobody
 * can change it afterwards, and the document itself stays as it is, in every state. */

typedef struct {
    m_str text;
} comment;
static const m_field comment_fields[] = {
    M_F_TEXT(comment, text, "Comment", .flags = M_REQUIRED, .max = 4000),
};
static const m_type comment_type = {
    .name = "m.comment", .size = sizeof(comment), M_FIELDS(comment_fields)};

bool comment_is(const work *w)
{
    return m_str_is(w->in->action, "comment") && !m_lifecycle_find(w->doctype->life, w->in->action);
}

static m_status read_text(const work *w, m_str *out)
{
    comment *given = m_record_new(&comment_type, w->call->arena);
    if (!given) return m_fail(w->call, m_err_memory, "comment");
    m_str body = m_str_trim(w->in->body).n ? w->in->body : M_STR("{}");
    M_TRY(m_json_read(w->call, &comment_type, body, M_JSON_CREATE, given, NULL));
    given->text = m_str_trim(given->text);
    m_record_validate(w->call, &comment_type, given, "");
    *out = given->text;
    return m_failed_fields(w->call);
}

m_status comment_make(const work *w, m_document_reply *out)
{
    const void *document = NULL;
    m_str said, text;
    if (!m_may(w->call, w->doctype, M_CAN_READ)) return work_denied(w, "comment");
    M_TRY(work_load(w, &document));
    M_TRY(read_text(w, &said));
    M_TRY(m_audit_comment(store_of(w), w->call, w->type, document, said));
    M_TRY(reply_text(w, document, &text));
    return reply_document(w, document, text, out);
}
