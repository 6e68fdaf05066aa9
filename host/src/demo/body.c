#include "demo.h"
#include "m_adapters/codec.h"

static m_status unknown(m_call *call, m_str reference)
{
    return m_fail(call, m_err_internal, "the sample refers to %.*s", M_STR_ARG(reference));
}

static void put_id(m_buf *buf, m_id id)
{
    char text[M_ID_TEXT];
    m_id_format(id, text);
    m_json_string(buf, m_str_of(text));
}

/* '#-40' */
static m_status put_day(m_call *call, m_buf *buf, m_str text)
{
    m_dec days;
    if (m_dec_parse(text, &days) != M_OK) return unknown(call, text);
    m_date day = {m_today(call).d + (int32_t)(days.u / M_DEC_ONE)};
    char out[M_DATE_TEXT];
    m_date_format(day, out);
    m_json_string(buf, m_str_of(out));
    return M_OK;
}

/* '@items:SUGAR' */
static m_status put_code(const demo_build *build, m_call *call, m_buf *buf, m_str collection,
                         m_str code)
{
    uint32_t n;
    const m_collection *all = m_registry_collections(build->domains->registry, &n);
    for (uint32_t i = 0; i < n; i++) {
        const m_doctype *doctype = all[i].doctype;
        if (!doctype->code_field || !m_str_is(collection, doctype->collection)) continue;
        const void *found = NULL;
        M_TRY(m_store_find_one(build->domains->store, call, doctype->type, doctype->code_field,
                               &code, &found));
        if (!found) break;
        put_id(buf, ((const m_doc *)found)->id);
        return M_OK;
    }
    return unknown(call, code);
}

/* '[2]' of a record: the id of its second line. */
static m_status put_line(m_call *call, m_buf *buf, const m_type *type, const void *record,
                         m_str index)
{
    const m_field *lines = m_field_find(type, M_STR("lines"));
    const m_list *list = lines ? m_field_get(type, lines, record) : NULL;
    uint32_t at = index.n == 1 ? (uint32_t)(index.p[0] - '0') : 0;
    if (!list || at < 1 || at > list->count) return unknown(call, index);
    const m_field *id = m_field_find(lines->type, M_STR("id"));
    const char *line = (const char *)list->items + (size_t)(at - 1) * lines->type->size;
    put_id(buf, *(const m_id *)m_field_get(lines->type, id, line));
    return M_OK;
}

static m_status put_field(m_call *call, m_buf *buf, const m_type *type, const void *record,
                          m_str name)
{
    const m_field *field = m_field_find(type, name);
    if (!field) return unknown(call, name);
    m_json_field(buf, type, field, record);
    return M_OK;
}

/* '@GRN-1', '@GRN-1[2]', '@BILL-1.number' */
static m_status put_name(const demo_build *build, m_call *call, m_buf *buf, m_str text)
{
    size_t n = 0;
    while (n < text.n && text.p[n] != '[' && text.p[n] != '.')
        n++;
    for (uint32_t i = 0; i < build->named; i++) {
        if (!m_str_is((m_str){text.p, n}, build->names[i].name)) continue;
        const m_type *type = build->names[i].collection->doctype->type;
        const void *record;
        M_TRY(m_store_need(build->domains->store, call, type, build->names[i].id, &record));
        m_str rest = {text.p + n + 1, text.n - n - 1};
        if (n == text.n)
            put_id(buf, build->names[i].id);
        else if (text.p[n] == '.')
            return put_field(call, buf, type, record, rest);
        else
            return put_line(call, buf, type, record, (m_str){rest.p, rest.n - 1});
        return M_OK;
    }
    return unknown(call, text);
}

static m_status put_text(const demo_build *build, m_call *call, m_buf *buf, m_str text)
{
    m_str rest = {text.p + 1, text.n ? text.n - 1 : 0};
    if (text.n && text.p[0] == '#') return put_day(call, buf, rest);
    if (!text.n || text.p[0] != '@') {
        m_json_string(buf, text);
        return M_OK;
    }
    const char *colon = memchr(rest.p, ':', rest.n);
    if (!colon) return put_name(build, call, buf, rest);
    size_t n = (size_t)(colon - rest.p);
    return put_code(build, call, buf, (m_str){rest.p, n}, (m_str){colon + 1, rest.n - n - 1});
}

m_status demo_body(const demo_build *build, m_call *call, const char *body, m_str *out)
{
    m_buf buf = {.arena = call->arena};
    for (const char *p = body; p && *p; p++) {
        if (*p != '\'') {
            m_buf_bytes(&buf, p, 1);
            continue;
        }
        const char *end = strchr(p + 1, '\'');
        if (!end) return unknown(call, m_str_of(p));
        M_TRY(put_text(build, call, &buf, (m_str){p + 1, (size_t)(end - p - 1)}));
        p = end;
    }
    if (buf.failed) return m_fail(call, m_err_memory, NULL);
    *out = m_buf_str(&buf);
    return M_OK;
}
