#include "m_adapters/audit.h"

#include "work.h"

/* ---- differences ---- */

typedef struct {
    m_buf buf;
    const m_type *type; /* of the document */
} change_list;

/* Who, when and version are in the audit row itself. */
static bool is_bookkeeping(const m_type *type, const m_field *field)
{
    static const char *const names[] = {"id",         "version",     "created_by",
                                        "created_at", "modified_by", "modified_at"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (strcmp(field->name, names[i]) == 0) return type->fields[0].kind == M_KIND_ID;
    return false;
}

static void write_side(m_buf *buf, const m_type *type, const m_field *field, const void *record)
{
    if (!record || (field->flags & M_SECRET))
        m_buf_text(buf, "null");
    else
        m_json_field(buf, type, field, record);
}

static void write_change(void *arg, const char *path, const m_type *type, const m_field *field,
                         const void *before, const void *after)
{
    change_list *list = arg;
    if (type == list->type && is_bookkeeping(type, field)) return;
    m_buf_text(&list->buf, list->buf.n > 1 ? ",{\"path\":" : "{\"path\":");
    m_json_string(&list->buf, m_str_of(path));
    m_buf_text(&list->buf, ",\"before\":");
    write_side(&list->buf, type, field, before);
    m_buf_text(&list->buf, ",\"after\":");
    write_side(&list->buf, type, field, after);
    m_buf_text(&list->buf, "}");
}

/* A deleted document is one change of the whole. A new one has no change: what it held is what it
 * holds now, or what the first change of a field names as before. */
static void write_deleted(change_list *list, const void *before)
{
    m_buf_text(&list->buf, "{\"path\":\"\",\"before\":");
    m_json_record(&list->buf, list->type, before, NULL);
    m_buf_text(&list->buf, ",\"after\":null}");
}

m_status m_audit_note(m_store store, m_call *call, const char *type, m_id document, int64_t version,
                      const char *action, m_str changes)
{
    m_audit_row row = {
        .id = m_new_id(call),
        .at = m_now(call),
        .actor = call->actor,
        .actor_name = call->actor_name,
        .source_address = call->source_address,
        .request_id = call->request_id,
        .document_type = m_str_of(type),
        .document = document,
        .version = version,
        .action = m_str_of(action),
        .changes = changes,
    };
    return m_store_insert(store, call, &m_audit_type, &row);
}

static m_status insert_row(m_store store, m_call *call, const m_type *type, const char *action,
                           const m_doc *doc, const m_buf *changes)
{
    if (changes->failed) return m_fail(call, m_err_memory, "audit");
    return m_audit_note(store, call, type->name, doc->id, doc->version, action, m_buf_str(changes));
}

m_status m_audit_comment(m_store store, m_call *call, const m_type *type, const void *document,
                         m_str text)
{
    m_buf changes = {.arena = call->arena};
    m_buf_text(&changes, "[{\"path\":\"comment\",\"before\":null,\"after\":");
    m_json_string(&changes, text);
    m_buf_text(&changes, "}]");
    return insert_row(store, call, type, "comment", doc_in(document), &changes);
}

m_status m_audit_write(m_store store, m_call *call, const m_type *type, const char *action,
                       const void *before, const void *after)
{
    change_list list = {.buf = {.arena = call->arena}, .type = type};
    m_buf_text(&list.buf, "[");
    if (before && after)
        m_record_diff(type, before, after, write_change, &list);
    else if (before)
        write_deleted(&list, before);
    m_buf_text(&list.buf, "]");
    return insert_row(store, call, type, action, doc_in(after ? after : before), &list.buf);
}

m_status audit_write(const work *w, const char *action, const void *before, const void *after)
{
    return m_audit_write(store_of(w), w->call, w->type, action, before, after);
}

/* ---- history ---- */

static m_status read_page(const work *w, uint32_t *limit, const m_audit_row **after)
{
    *limit = LIST_LIMIT;
    *after = NULL;
    for (M_EACH(const m_pair, pair, w->in->query)) {
        m_id id;
        if (m_str_is(pair->name, "limit") && query_limit(pair->value, limit)) continue;
        if (m_str_is(pair->name, "cursor") && m_id_parse(pair->value, &id) == M_OK) {
            m_audit_row *row = m_arena_alloc(w->call->arena, sizeof *row);
            if (!row) return m_fail(w->call, m_err_memory, "cursor");
            row->document = w->in->id;
            row->id = id;
            *after = row;
            continue;
        }
        m_field_fail(w->call, m_err_query, pair->name, "use limit and cursor");
    }
    if (w->call->error.field_count) return m_fail(w->call, m_err_query, "see the fields listed");
    return M_OK;
}

void m_audit_entry(m_buf *buf, const m_audit_row *row)
{
    m_json_record(buf, &m_audit_type, row, "id,at,actor,actor_name,request_id,version,action");
    if (buf->failed || !buf->n) return;
    buf->n--; /* the last brace */
    m_buf_text(buf, ",\"changes\":");
    m_buf_bytes(buf, row->changes.p, row->changes.n);
    m_buf_text(buf, "}");
}

static m_status write_history(const work *w, const m_fetch *found, uint32_t limit,
                              m_document_reply *out)
{
    m_buf buf = {.arena = w->call->arena};
    uint32_t shown = found->count < limit ? found->count : limit;
    m_buf_text(&buf, "{\"items\":[");
    for (uint32_t i = 0; i < shown; i++) {
        if (i) m_buf_text(&buf, ",");
        m_audit_entry(&buf, found->records[i]);
    }
    m_buf_text(&buf, "],\"next_cursor\":");
    if (found->count > limit) {
        char id[M_ID_TEXT];
        m_id_format(((const m_audit_row *)found->records[shown - 1])->id, id);
        m_buf_format(&buf, "\"%s\"}", id);
    } else {
        m_buf_text(&buf, "null}");
    }
    if (buf.failed) return m_fail(w->call, m_err_memory, "history");
    *out = (m_document_reply){.body = m_buf_str(&buf), .id = w->in->id};
    return M_OK;
}

m_status audit_history(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out)
{
    work w;
    uint32_t limit = 0;
    const m_audit_row *after = NULL;
    const void *document = NULL;
    M_TRY(work_open(&w, self, call, in, M_CAN_READ, "read"));
    M_TRY(work_load(&w, &document));
    M_TRY(read_page(&w, &limit, &after));
    m_filter mine = {"document", M_OP_EQ, &in->id};
    m_order newest = {"id", true};
    m_query query = {.filters = &mine,
                     .filter_count = 1,
                     .orders = &newest,
                     .order_count = 1,
                     .limit = limit + 1,
                     .after = after};
    m_fetch rows = {.type = &m_audit_type, .query = &query};
    M_TRY(m_store_fetch(store_of(&w), call, &rows, 1));
    return write_history(&w, &rows, limit, out);
}
