#include "m_adapters/attachments.h"
#include "m_adapters/base64.h"

#include "m_adapters/audit.h"
#include "work.h"

/* ---- types ---- */

#define HASH_TEXT    64
#define CONTENT_TEXT 16777216 /* of a reply */

static const m_index attachment_indexes[] = {{.fields = "document"}, {.fields = "hash"}, {NULL}};
static const m_field attachment_fields[] = {
    M_F_ID(m_attachment, id, "Id", .flags = M_REQUIRED),
    M_F_ID(m_attachment, document, "Document", .flags = M_REQUIRED),
    M_F_STR(m_attachment, document_type, "Document type", .flags = M_REQUIRED),
    M_F_STR(m_attachment, name, "Name", .flags = M_REQUIRED, .max = 200),
    M_F_STR(m_attachment, media_type, "Media type", .flags = M_REQUIRED),
    M_F_INT(m_attachment, size, "Size", .flags = M_NON_NEGATIVE),
    M_F_STR(m_attachment, hash, "Hash", .flags = M_REQUIRED, .max = HASH_TEXT),
    M_F_TIME(m_attachment, at, "At"),
    M_F_ID(m_attachment, actor, "Actor"),
    M_F_STR(m_attachment, actor_name, "Actor name"),
};
const m_type m_attachment_type = {.name = "m.attachment",
                                  .schema = "m",
                                  .table = "attachment",
                                  .size = sizeof(m_attachment),
                                  M_FIELDS(attachment_fields),
                                  .indexes = attachment_indexes};

static const m_field blob_fields[] = {
    M_F_STR(m_blob, hash, "Hash", .flags = M_KEY | M_REQUIRED, .max = HASH_TEXT),
    M_F_BYTES(m_blob, content, "Content", .max = M_ATTACHMENT_BYTES_MAX),
};
const m_type m_blob_type = {.name = "m.blob",
                            .schema = "m",
                            .table = "blob",
                            .size = sizeof(m_blob),
                            M_FIELDS(blob_fields)};

static const m_field sent_fields[] = {
    M_F_STR(m_attachment_sent, name, "Name", .max = 200),
    M_F_STR(m_attachment_sent, media_type, "Media type"),
    M_F_TEXT(m_attachment_sent, content, "Content", .max = CONTENT_TEXT),
};
const m_type m_attachment_sent_type = {
    .name = "m.attachment_sent", .size = sizeof(m_attachment_sent), M_FIELDS(sent_fields)};

static const char shown[] = "id,name,media_type,size,hash,at,actor,actor_name";

/* ---- finding ---- */

static m_status find_by(const work *w, const char *field, const void *value, uint32_t limit,
                        m_fetch *out)
{
    m_filter filter = {field, M_OP_EQ, value};
    m_query query = {.filters = &filter, .filter_count = 1, .limit = limit};
    *out = (m_fetch){.type = &m_attachment_type, .query = &query};
    m_status status = m_store_fetch(store_of(w), w->call, out, 1);
    out->query = NULL;
    return status;
}

static m_status find_all(const work *w, m_fetch *out)
{
    return find_by(w, "document", &w->in->id, M_ATTACHMENTS_MAX, out);
}

static m_status find_one(const work *w, const m_attachment **out)
{
    const void *found = NULL;
    M_TRY(m_store_get(store_of(w), w->call, &m_attachment_type, w->in->attachment, &found));
    const m_attachment *row = found;
    if (!row || !m_id_eq(row->document, w->in->id))
        return m_fail(w->call, m_err_not_found, "attachment");
    *out = row;
    return M_OK;
}

/* ---- list ---- */

static uint32_t right_to_remove(const work *w, const void *document)
{
    return m_lifecycle_editable(w->doctype->life, doc_in(document)->state) ? M_CAN_WRITE
                                                                           : M_CAN_CANCEL;
}

static void write_actions(const work *w, const void *document, uint32_t count, m_buf *buf)
{
    bool add = !w->at->replica && m_may(w->call, w->doctype, M_CAN_WRITE);
    bool remove = !w->at->replica && m_may(w->call, w->doctype, right_to_remove(w, document));
    add = add && count < M_ATTACHMENTS_MAX;
    m_buf_format(buf, "\"_actions\":[%s%s%s]", add ? "\"attach\"" : "", add && remove ? "," : "",
                 remove ? "\"detach\"" : "");
}

m_status attachment_list(void *self, m_call *call, const m_document_request *in,
                         m_document_reply *out)
{
    work w;
    const void *document = NULL;
    m_fetch all;
    m_buf buf = {.arena = call->arena};
    M_TRY(work_open(&w, self, call, in, M_CAN_READ, "read"));
    M_TRY(work_load(&w, &document));
    M_TRY(find_all(&w, &all));
    m_buf_text(&buf, "{\"items\":[");
    for (uint32_t i = 0; i < all.count; i++) {
        if (i) m_buf_text(&buf, ",");
        m_json_record(&buf, &m_attachment_type, all.records[i], shown);
    }
    m_buf_text(&buf, "],");
    write_actions(&w, document, all.count, &buf);
    m_buf_format(&buf, ",\"max_bytes\":%u,\"kinds\":", attachment_limit(&w));
    attachment_kinds(&buf);
    m_buf_text(&buf, "}");
    if (buf.failed) return m_fail(call, m_err_memory, "attachments");
    *out = (m_document_reply){.body = m_buf_str(&buf), .id = in->id};
    return M_OK;
}

/* ---- content ---- */

m_status attachment_get(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out)
{
    work w;
    const void *document = NULL;
    const m_attachment *row = NULL;
    M_TRY(work_open(&w, self, call, in, M_CAN_READ, "read"));
    M_TRY(work_load(&w, &document));
    M_TRY(find_one(&w, &row));
    m_blob key = {.hash = row->hash};
    const void *found = NULL;
    M_TRY(m_store_get_key(store_of(&w), call, &m_blob_type, &key, &found));
    if (!found) return m_fail(call, m_err_internal, "the content of an attachment is missing");
    const m_blob *blob = found;
    m_attachment_sent sent = {.name = row->name,
                              .media_type = row->media_type,
                              .content = m_base64_text(call->arena, blob->content)};
    m_buf buf = {.arena = call->arena};
    m_json_record(&buf, &m_attachment_sent_type, &sent, NULL);
    if (buf.failed || !sent.content.p) return m_fail(call, m_err_memory, "attachment");
    *out = (m_document_reply){.body = m_buf_str(&buf), .id = in->attachment};
    return M_OK;
}

/* ---- changes ---- */

static m_status audit(const work *w, const void *document, const char *action,
                      const m_attachment *row, bool added)
{
    m_buf changes = {.arena = w->call->arena};
    m_buf_format(&changes,
                 "[{\"path\":\"attachment\",\"%s\":null,\"%s\":", added ? "before" : "after",
                 added ? "after" : "before");
    m_json_record(&changes, &m_attachment_type, row, "id,name,size,hash");
    m_buf_text(&changes, "}]");
    if (changes.failed) return m_fail(w->call, m_err_memory, "audit");
    return m_audit_note(store_of(w), w->call, w->type->name, doc_in(document)->id,
                        doc_in(document)->version, action, m_buf_str(&changes));
}

static m_status answer(const work *w, const m_attachment *row, m_document_reply *out)
{
    m_buf buf = {.arena = w->call->arena};
    m_json_record(&buf, &m_attachment_type, row, shown);
    if (buf.failed) return m_fail(w->call, m_err_memory, "attachment");
    *out = (m_document_reply){.body = m_buf_str(&buf), .id = row->id};
    return M_OK;
}

static const m_attachment *same_content(const m_fetch *all, m_str hash)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const m_attachment *row = all->records[i];
        if (m_str_eq(row->hash, hash)) return row;
    }
    return NULL;
}

/* What another document has already is not stored again. */
static m_status keep_content(const work *w, const attached_file *file)
{
    m_fetch others;
    M_TRY(find_by(w, "hash", &file->hash, 1, &others));
    if (others.count) return M_OK;
    m_blob blob = {.hash = file->hash, .content = file->content};
    return m_store_insert(store_of(w), w->call, &m_blob_type, &blob);
}

static m_status keep(const work *w, const void *document, const attached_file *file,
                     m_document_reply *out)
{
    m_call *call = w->call;
    m_attachment row = {.document = w->in->id,
                        .id = m_new_id(call),
                        .document_type = m_str_of(w->type->name),
                        .name = file->name,
                        .media_type = m_str_of(file->media_type),
                        .size = (int64_t)file->content.n,
                        .hash = file->hash,
                        .at = m_now(call),
                        .actor = call->actor,
                        .actor_name = call->actor_name};
    m_record_validate(call, &m_attachment_type, &row, "");
    M_TRY(m_failed_fields(call));
    M_TRY(keep_content(w, file));
    M_TRY(m_store_insert(store_of(w), call, &m_attachment_type, &row));
    M_TRY(audit(w, document, "attach", &row, true));
    return answer(w, &row, out);
}

m_status attachment_add(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out)
{
    work w;
    const void *document = NULL;
    attached_file file;
    m_fetch all;
    M_TRY(work_open(&w, self, call, in, M_CAN_WRITE, "attach"));
    M_TRY(work_owned(&w));
    M_TRY(work_load(&w, &document));
    M_TRY(attached_file_read(&w, &file));
    M_TRY(find_all(&w, &all));
    const m_attachment *there = same_content(&all, file.hash);
    if (there) return answer(&w, there, out);
    if (all.count >= M_ATTACHMENTS_MAX)
        return m_fail(call, m_err_attachment_many, "%d", M_ATTACHMENTS_MAX);
    return keep(&w, document, &file, out);
}

static m_status drop(const work *w, const m_attachment *row)
{
    m_fetch same;
    M_TRY(find_by(w, "hash", &row->hash, 2, &same));
    M_TRY(m_store_remove(store_of(w), w->call, &m_attachment_type, row));
    if (same.count > 1) return M_OK;
    m_blob blob = {.hash = row->hash};
    return m_store_remove(store_of(w), w->call, &m_blob_type, &blob);
}

m_status attachment_remove(void *self, m_call *call, const m_document_request *in,
                           m_document_reply *out)
{
    work w;
    const void *document = NULL;
    const m_attachment *row = NULL;
    M_TRY(work_open(&w, self, call, in, M_CAN_READ, "read"));
    M_TRY(work_owned(&w));
    M_TRY(work_load(&w, &document));
    if (!m_may(call, w.doctype, right_to_remove(&w, document))) return work_denied(&w, "detach");
    M_TRY(find_one(&w, &row));
    M_TRY(drop(&w, row));
    M_TRY(audit(&w, document, "detach", row, false));
    *out = (m_document_reply){.id = in->attachment};
    return M_OK;
}

m_status attachments_drop(const work *w, const void *document)
{
    m_fetch all;
    M_TRY(find_all(w, &all));
    for (uint32_t i = 0; i < all.count; i++) {
        M_TRY(audit(w, document, "detach", all.records[i], false));
        M_TRY(drop(w, all.records[i]));
    }
    return M_OK;
}
