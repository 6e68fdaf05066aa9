/* Records as JSON. On the path of every answer, so nothing here formats through printf. */
#include "codec.h"

#define INT_MAX_EXACT (INT64_C(1) << 53)

/* What follows the backslash, 'u' for \u00XX, 0 for characters that need none. */
static const char escapes[256] = {
    ['\b'] = 'b',  ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't', ['"'] = '"',
    ['\\'] = '\\', [0x00] = 'u', [0x01] = 'u', [0x02] = 'u', [0x03] = 'u', [0x04] = 'u',
    [0x05] = 'u',  [0x06] = 'u', [0x07] = 'u', [0x0b] = 'u', [0x0e] = 'u', [0x0f] = 'u',
    [0x10] = 'u',  [0x11] = 'u', [0x12] = 'u', [0x13] = 'u', [0x14] = 'u', [0x15] = 'u',
    [0x16] = 'u',  [0x17] = 'u', [0x18] = 'u', [0x19] = 'u', [0x1a] = 'u', [0x1b] = 'u',
    [0x1c] = 'u',  [0x1d] = 'u', [0x1e] = 'u', [0x1f] = 'u'};

static void put_escape(m_buf *buf, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    char text[6] = {'\\', escapes[c], '0', '0', hex[c >> 4], hex[c & 15]};
    m_buf_bytes(buf, text, escapes[c] == 'u' ? 6 : 2);
}

void m_json_string(m_buf *buf, m_str text)
{
    m_buf_char(buf, '"');
    size_t done = 0;
    for (size_t i = 0; i < text.n; i++) {
        unsigned char c = (unsigned char)text.p[i];
        if (!escapes[c]) continue;
        m_buf_bytes(buf, text.p + done, i - done);
        put_escape(buf, c);
        done = i + 1;
    }
    if (text.n) m_buf_bytes(buf, text.p + done, text.n - done);
    m_buf_char(buf, '"');
}

void m_json_text(m_buf *buf, const char *zero_terminated)
{
    m_json_string(buf, m_str_of(zero_terminated));
}

void m_json_name(m_buf *buf, bool *first, const char *name)
{
    if (!*first) m_buf_char(buf, ',');
    *first = false;
    m_json_text(buf, name);
    m_buf_char(buf, ':');
}

static void put_object(m_buf *buf, const m_type *type, const void *record, const char *only,
                       bool canonical);

static void put_list(m_buf *buf, const m_type *type, const m_list *list, bool canonical)
{
    m_buf_char(buf, '[');
    for (uint32_t i = 0; i < list->count; i++) {
        if (i) m_buf_char(buf, ',');
        put_object(buf, type, (const char *)list->items + i * type->size, NULL, canonical);
    }
    m_buf_char(buf, ']');
}

static void put_int(m_buf *buf, int64_t value)
{
    bool exact = value <= INT_MAX_EXACT && value >= -INT_MAX_EXACT;
    if (!exact) m_buf_char(buf, '"');
    m_buf_int(buf, value);
    if (!exact) m_buf_char(buf, '"');
}

static bool is_null(const m_field *field, const void *value)
{
    switch (field->kind) {
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_is_null(*(const m_id *)value);
    case M_KIND_DATE:
        return m_date_is_none(*(const m_date *)value);
    case M_KIND_TIME:
        return ((const m_time *)value)->us == 0;
    default:
        return false;
    }
}

static void put_value(m_buf *buf, const m_field *field, const void *value, bool canonical)
{
    if (!value || is_null(field, value)) {
        m_buf_bytes(buf, "null", 4);
        return;
    }
    switch (field->kind) {
    case M_KIND_BOOL:
        m_value_to_text(buf, field, value);
        break;
    case M_KIND_INT:
        put_int(buf, *(const int64_t *)value);
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
        m_json_string(buf, *(const m_str *)value);
        break;
    case M_KIND_ENUM:
        m_json_text(buf, m_choice_name(field, *(const m_enum *)value));
        break;
    case M_KIND_STRUCT:
        put_object(buf, field->type, value, NULL, canonical);
        break;
    case M_KIND_LIST:
        put_list(buf, field->type, value, canonical);
        break;
    default: /* nothing in these needs an escape */
        m_buf_char(buf, '"');
        m_value_to_text(buf, field, value);
        m_buf_char(buf, '"');
        break;
    }
}

/* Names are plain words: written without looking for escapes. */
static void put_object(m_buf *buf, const m_type *type, const void *record, const char *only,
                       bool canonical)
{
    char before = '{';
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if ((field->flags & M_SECRET) && !canonical) continue;
        if (canonical && (field->flags & M_SPARSE) && m_field_is_empty(type, field, record))
            continue;
        size_t n = strlen(field->name);
        if (only && !m_words_have(only, (m_str){field->name, n})) continue;
        if (!m_buf_room(buf, n + 4)) return;
        char *p = buf->p + buf->n;
        p[0] = before;
        p[1] = '"';
        memcpy(p + 2, field->name, n);
        p[n + 2] = '"';
        p[n + 3] = ':';
        buf->n += n + 4;
        before = ',';
        put_value(buf, field, m_field_get(type, field, record), canonical);
    }
    if (before == '{') m_buf_char(buf, '{');
    m_buf_char(buf, '}');
}

void m_json_field(m_buf *buf, const m_type *type, const m_field *field, const void *record)
{
    put_value(buf, field, m_field_get(type, field, record), false);
}

void m_json_record(m_buf *buf, const m_type *type, const void *record, const char *only)
{
    put_object(buf, type, record, only, false);
}

void m_json_canonical(m_buf *buf, const m_type *type, const void *record)
{
    put_object(buf, type, record, NULL, true);
}

static void put_member(m_buf *buf, bool *first, const char *name, m_str text)
{
    m_json_name(buf, first, name);
    m_json_string(buf, text);
}

void m_json_error_fields(m_buf *buf, const m_error *error)
{
    m_buf_char(buf, '[');
    for (uint32_t i = 0; error && i < error->field_count; i++) {
        bool first = true;
        m_buf_text(buf, i ? ",{" : "{");
        put_member(buf, &first, "path", error->fields[i].path);
        put_member(buf, &first, "code", error->fields[i].code);
        put_member(buf, &first, "message", error->fields[i].message);
        m_buf_char(buf, '}');
    }
    m_buf_char(buf, ']');
}

void m_json_error(m_buf *buf, const m_call *call)
{
    const m_error *error = &call->error;
    bool known = error->code.n > 0;
    bool first = true;
    m_buf_text(buf, "{\"error\":{");
    put_member(buf, &first, "code", known ? error->code : m_str_of(m_err_internal->code));
    put_member(buf, &first, "message", known ? error->message : M_STR("Something went wrong."));
    put_member(buf, &first, "hint", error->hint);
    m_json_name(buf, &first, "fields");
    m_json_error_fields(buf, error);
    put_member(buf, &first, "request_id", call->request_id);
    m_buf_text(buf, "}}");
}
