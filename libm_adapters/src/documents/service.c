#include "work.h"

#include <stdlib.h>

const m_error_def m_documents_errors[] = {
    {"core.version.required", M_INVALID, "The version you want to change is missing: %s.",
     "Send the version you have read, over HTTP in the If-Match header."},
    {"core.action.input", M_INVALID, "This action takes no input: %s.", "Send an empty body."},
    {"core.amend.done", M_PRECONDITION, "This document was amended already: %s.",
     "Work on the amended document."},
    {"core.document.owned_elsewhere", M_PRECONDITION, "This process only has a copy: %s.",
     "Send the change to the process that owns the document."},
    {"core.attachment.kind", M_INVALID, "Files of this kind are not kept: %s.",
     "Send a PDF, a picture, a text, a spreadsheet, a letter or a ZIP archive of them."},
    {"core.attachment.content", M_INVALID, "The file cannot be kept: %s.",
     "Open it where it comes from, save it again and send that."},
    {"core.attachment.too_large", M_RANGE, "The file is too large: %s.",
     "Send a smaller one, for example a scan with fewer dots."},
    {"core.attachment.many", M_PRECONDITION, "This document has as many files as it can: %s.",
     "Take one away, or send several as one ZIP archive."},
    {NULL, M_OK, NULL, NULL},
};
const m_error_def *const m_err_version_required = &m_documents_errors[0];
const m_error_def *const m_err_owned_elsewhere = &m_documents_errors[3];
const m_error_def *const m_err_attachment_kind = &m_documents_errors[4];
const m_error_def *const m_err_attachment_content = &m_documents_errors[5];
const m_error_def *const m_err_attachment_large = &m_documents_errors[6];
const m_error_def *const m_err_attachment_many = &m_documents_errors[7];

/* ---- get ---- */

static m_status get(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    work w;
    const void *record = NULL;
    m_str text;
    M_TRY(work_open(&w, self, call, in, M_CAN_READ, "read"));
    M_TRY(work_load(&w, &record));
    M_TRY(reply_text(&w, record, &text));
    return reply_document(&w, record, text, out);
}

/* ---- create ---- */

static m_status read_new(const work *w, void **out)
{
    void *record = m_record_new(w->type, w->call->arena);
    if (!record) return m_fail(w->call, m_err_memory, "%s", w->type->name);
    M_TRY(m_json_read(w->call, w->type, w->in->body, M_JSON_CREATE, record, NULL));
    M_TRY(lines_settle(w, record, NULL));
    work_stamp_new(w, record);
    *out = record;
    return M_OK;
}

/* Masters with a series count through; documents get their number at a move. */
static m_status number_master(const work *w, void *record)
{
    return w->doctype->life || w->doctype->code_field ? M_OK : number_give(w, record);
}

static m_status create(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out)
{
    work w;
    const m_move *move = NULL;
    void *record = NULL;
    m_str text;
    const char *action = "create";
    M_TRY(work_open(&w, self, call, in, M_CAN_CREATE, "create"));
    M_TRY(work_owned(&w));
    if (in->action.n) M_TRY(move_find(&w, &move));
    M_TRY(read_new(&w, &record));
    M_TRY(check_document(&w, record, NULL));
    M_TRY(number_master(&w, record));
    if (move) {
        M_TRY(move_check_state(&w, move, record));
        M_TRY(move_make(&w, move, record, (m_str){NULL, 0}));
        action = m_arena_printf(call->arena, "create,%s", move->action);
        if (!action) return m_fail(call, m_err_memory, "action");
    }
    M_TRY(m_store_insert(store_of(&w), call, w.type, record));
    M_TRY(reply_text(&w, record, &text));
    M_TRY(audit_write(&w, action, NULL, record));
    M_TRY(move_tell_listeners(&w, M_STR("create"), record, text));
    if (move) M_TRY(move_tell(&w, in->action, record, text));
    return reply_document(&w, record, text, out);
}

/* ---- update ---- */

static m_status load_editable(const work *w, const char *verb, const void **out)
{
    M_TRY(work_load(w, out));
    M_TRY(work_check_version(w, *out));
    if (!m_lifecycle_editable(w->doctype->life, doc_in(*out)->state))
        return work_refuse_state(w, *out, verb);
    return M_OK;
}

static m_status read_patch(const work *w, const void *before, void **out)
{
    void *record = NULL;
    M_TRY(work_copy(w, before, &record));
    M_TRY(m_json_read(w->call, w->type, w->in->body, M_JSON_PATCH, record, NULL));
    M_TRY(lines_settle(w, record, before));
    M_TRY(check_document(w, record, before));
    *out = record;
    return M_OK;
}

static m_status update(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out)
{
    work w;
    const void *before = NULL;
    void *record = NULL;
    m_str text;
    M_TRY(work_open(&w, self, call, in, M_CAN_WRITE, "update"));
    M_TRY(work_owned(&w));
    M_TRY(load_editable(&w, "update", &before));
    if (in->if_version == 0)
        return m_fail(call, m_err_version_required, "it is at %lld",
                      (long long)doc_in(before)->version);
    M_TRY(read_patch(&w, before, &record));
    bool changed = !m_record_equal(w.type, before, record);
    if (changed) work_stamp_next(&w, record);
    M_TRY(reply_text(&w, record, &text));
    if (changed) {
        M_TRY(m_store_update(store_of(&w), call, w.type, record));
        M_TRY(audit_write(&w, "update", before, record));
        M_TRY(move_tell_listeners(&w, M_STR("update"), record, text));
    }
    return reply_document(&w, record, text, out);
}

/* ---- remove ---- */

static m_status remove_document(void *self, m_call *call, const m_document_request *in,
                                m_document_reply *out)
{
    work w;
    const void *before = NULL;
    m_str text;
    M_TRY(work_open(&w, self, call, in, M_CAN_DELETE, "delete"));
    M_TRY(work_owned(&w));
    M_TRY(load_editable(&w, "delete", &before));
    if (is_numbered(&w, before)) return work_refuse_state(&w, before, "delete");
    if (w.doctype->on_delete) M_TRY(w.doctype->on_delete(w.at->instance, call, before));
    M_TRY(attachments_drop(&w, before));
    M_TRY(m_store_remove(store_of(&w), call, w.type, before));
    M_TRY(audit_write(&w, "delete", before, NULL));
    M_TRY(reply_text(&w, before, &text));
    M_TRY(move_tell_listeners(&w, M_STR("delete"), before, text));
    *out = (m_document_reply){.id = in->id};
    return M_OK;
}

/* ---- the service ---- */

static const m_documents_ops ops = {
    .head = {.size = sizeof ops, .version = 1, .protocol = "documents"},
    .get = get,
    .list = list_documents,
    .create = create,
    .update = update,
    .remove = remove_document,
    .act = move_act,
    .history = audit_history,
    .attachments = attachment_list,
    .attachment = attachment_get,
    .attach = attachment_add,
    .detach = attachment_remove,
};

m_documents_service *m_documents_new(const m_documents_config *config)
{
    m_documents_service *service = calloc(1, sizeof *service);
    if (service) service->config = *config;
    return service;
}

void m_documents_free(m_documents_service *service)
{
    free(service);
}

m_documents m_documents_of(m_documents_service *service)
{
    return (m_documents){&ops, service};
}
