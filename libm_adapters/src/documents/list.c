#include "work.h"

static m_status write_page(const work *w, const list_query *q, const m_fetch *found,
                           m_document_reply *out)
{
    m_buf buf = {.arena = w->call->arena};
    uint32_t shown = found->count < q->limit ? found->count : q->limit;
    m_buf_text(&buf, "{\"items\":[");
    for (uint32_t i = 0; i < shown; i++) {
        if (i) m_buf_text(&buf, ",");
        m_json_record(&buf, w->type, found->records[i], q->only);
    }
    m_buf_text(&buf, "],\"next_cursor\":");
    if (found->count > shown) {
        m_str cursor;
        M_TRY(cursor_write(w, q, found->records[shown - 1], &cursor));
        m_json_string(&buf, cursor);
        m_buf_text(&buf, "}");
    } else {
        m_buf_text(&buf, "null}");
    }
    if (buf.failed) return m_fail(w->call, m_err_memory, "list");
    *out = (m_document_reply){.body = m_buf_str(&buf)};
    return M_OK;
}

m_status list_documents(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out)
{
    work w;
    list_query q;
    M_TRY(work_open(&w, self, call, in, M_CAN_READ, "list"));
    M_TRY(query_read(&w, &q));
    if (q.cursor.p) M_TRY(cursor_read(&w, &q, &q.query.after));
    q.query.limit = q.limit + 1; /* one more tells whether there is a next page */
    m_fetch rows = {.type = w.type, .query = &q.query};
    M_TRY(m_store_fetch(store_of(&w), call, &rows, 1));
    return write_page(&w, &q, &rows, out);
}
