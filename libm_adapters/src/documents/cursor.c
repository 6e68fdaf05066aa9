#include "m_adapters/base64.h"

#include "work.h"

#define SEPARATOR  '\x1f' /* never part of a one-line text */
#define CURSOR_MAX 4096

m_status cursor_write(const work *w, const list_query *q, const void *record, m_str *out)
{
    m_buf buf = {.arena = w->call->arena};
    char separator[1] = {SEPARATOR};
    char id[M_ID_TEXT];
    m_buf_bytes(&buf, q->sort.p, q->sort.n);
    for (uint32_t i = 0; i < q->query.order_count; i++) {
        const m_field *field = m_field_find(w->type, m_str_of(q->orders[i].field));
        m_buf_bytes(&buf, separator, 1);
        m_text_write(&buf, w->type, field, record);
    }
    m_buf_bytes(&buf, separator, 1);
    m_id_format(doc_in(record)->id, id);
    m_buf_text(&buf, id);
    *out = m_base64_text(w->call->arena, m_buf_str(&buf));
    return buf.failed || !out->n ? m_fail(w->call, m_err_memory, "cursor") : M_OK;
}

/* ---- reading ---- */

static m_status bad_cursor(const work *w)
{
    w->call->error.field_count = 0; /* what is wrong inside says nothing to the client */
    m_field_fail(w->call, m_err_query, M_STR("cursor"),
                 "take it from next_cursor and keep the same sort");
    return m_fail(w->call, m_err_query, "cursor");
}

/* Up to the next separator or the end; false when the text is used up. */
static bool next_part(m_str *rest, m_str *out)
{
    if (!rest->p) return false;
    const char *end = rest->n ? memchr(rest->p, SEPARATOR, rest->n) : NULL;
    *out = (m_str){rest->p, end ? (size_t)(end - rest->p) : rest->n};
    *rest = end ? (m_str){end + 1, rest->n - out->n - 1} : (m_str){NULL, 0};
    return true;
}

static bool read_part(const work *w, const m_order *order, m_str text, void *record)
{
    const m_field *field = m_field_find(w->type, m_str_of(order->field));
    void *value = m_field_at(w->type, field, record);
    if (!value) return false;
    if (field->kind == M_KIND_STR) {
        *(m_str *)value = text;
        return m_utf8_valid(text);
    }
    if (text.n == 0) { /* no date, no time */
        memset(value, 0, m_field_bytes(field));
        return true;
    }
    return m_text_read(w->call, w->type, field, text, M_STR("cursor"), record) == M_OK;
}

m_status cursor_read(const work *w, const list_query *q, const void **out)
{
    if (q->cursor.n == 0 || q->cursor.n > CURSOR_MAX) return bad_cursor(w);
    m_str rest, part;
    if (m_base64_bytes(w->call->arena, q->cursor, &rest) != M_OK) return bad_cursor(w);
    void *record = m_record_new(w->type, w->call->arena);
    if (!record) return m_fail(w->call, m_err_memory, "cursor");
    if (!rest.n || !next_part(&rest, &part) || !m_str_eq(part, q->sort)) return bad_cursor(w);
    for (uint32_t i = 0; i < q->query.order_count; i++)
        if (!next_part(&rest, &part) || !read_part(w, &q->orders[i], part, record))
            return bad_cursor(w);
    if (!next_part(&rest, &part) || rest.p || m_id_parse(part, &doc_of(record)->id) != M_OK)
        return bad_cursor(w);
    *out = record;
    return M_OK;
}
