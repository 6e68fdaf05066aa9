/* Values from and to plain text. */
#include "codec.h"

#define DETAIL_CHARS 60

void m_value_clear(const m_field *field, void *value)
{
    switch (field->kind) {
    case M_KIND_BOOL:
        *(bool *)value = false;
        break;
    case M_KIND_INT:
        *(int64_t *)value = 0;
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        *(m_str *)value = (m_str){NULL, 0};
        break;
    case M_KIND_ID:
    case M_KIND_LINK:
        memset(value, 0, sizeof(m_id));
        break;
    case M_KIND_DATE:
        *(m_date *)value = M_DATE_NONE;
        break;
    case M_KIND_TIME:
        ((m_time *)value)->us = 0;
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        ((m_dec *)value)->u = 0;
        break;
    case M_KIND_SUM:
        *(m_dec_sum *)value = 0;
        break;
    case M_KIND_ENUM:
        *(m_enum *)value = 0;
        break;
    case M_KIND_STRUCT:
        memset(value, 0, field->type->size);
        break;
    case M_KIND_LIST:
        *(m_list *)value = (m_list){NULL, 0};
        break;
    }
}

int m_field_min_places(const m_field *field)
{
    if (field->kind != M_KIND_MONEY && field->kind != M_KIND_SUM) return 0;
    int places = m_field_places(field);
    return places < 2 ? places : 2;
}

/* ---- numbers ---- */

/* -?(0|[1-9][0-9]*)(\.[0-9]+)? in parts. */
typedef struct {
    bool negative;
    m_str whole;
    m_str fraction;
} decimal;

static bool split_decimal(m_str text, decimal *out)
{
    const char *p = text.p;
    const char *end = p + text.n;
    *out = (decimal){.negative = text.n && *p == '-'};
    if (out->negative) p++;
    out->whole.p = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    out->whole.n = (size_t)(p - out->whole.p);
    if (out->whole.n == 0 || (out->whole.n > 1 && out->whole.p[0] == '0')) return false;
    if (p == end) return true;
    if (*p++ != '.') return false;
    out->fraction.p = p;
    while (p < end && *p >= '0' && *p <= '9')
        p++;
    out->fraction.n = (size_t)(p - out->fraction.p);
    return p == end && out->fraction.n > 0;
}

/* Micro-units; whole.n ≤ 32 and fraction.n ≤ 6, so it cannot overflow. */
static m_dec_sum micro_units(const decimal *d)
{
    m_dec_sum value = 0;
    for (size_t i = 0; i < d->whole.n; i++)
        value = value * 10 + (d->whole.p[i] - '0');
    for (size_t i = 0; i < M_DEC_SCALE; i++)
        value = value * 10 + (i < d->fraction.n ? d->fraction.p[i] - '0' : 0);
    return d->negative ? -value : value;
}

static const m_error_def *read_decimal(m_arena *arena, const m_field *field, m_str text,
                                       m_dec_sum *out, const char **detail)
{
    decimal d;
    if (!split_decimal(text, &d)) {
        *detail = "it is not a plain decimal number";
        return m_err_form;
    }
    size_t places = (size_t)m_field_places(field);
    if (d.fraction.n > M_DEC_SCALE || d.fraction.n > places) {
        size_t used = d.fraction.n; /* zeros at the end mean nothing */
        while (used > places && d.fraction.p[used - 1] == '0')
            used--;
        if (used > places) {
            *detail = m_arena_printf(arena, "at most %zu", places);
            return m_err_places;
        }
        d.fraction.n = used;
    }
    bool is_sum = field->kind == M_KIND_SUM;
    if (d.whole.n > (is_sum ? 32 : 12)) {
        *detail = is_sum ? "more than 32 digits" : "it must stay below 1,000,000,000,000";
        return m_err_range;
    }
    *out = micro_units(&d);
    return NULL;
}

static const m_error_def *read_int(m_str text, int64_t *out, const char **detail)
{
    decimal d;
    if (!split_decimal(text, &d) || d.fraction.n) {
        *detail = "it is not a whole number";
        return m_err_form;
    }
    if (d.whole.n > 19) {
        *detail = "too many digits";
        return m_err_range;
    }
    m_dec_sum value = micro_units(&d) / M_DEC_ONE;
    if (value > INT64_MAX || value < INT64_MIN) {
        *detail = "too many digits";
        return m_err_range;
    }
    *out = (int64_t)value;
    return NULL;
}

/* ---- the others ---- */

static const m_error_def *read_bool(m_str text, bool *out, const char **detail)
{
    static const char *const words[] = {"false", "true", "0", "1", "no", "yes"};
    for (int i = 0; i < 6; i++) {
        if (!m_str_is(text, words[i])) continue;
        *out = i % 2;
        return NULL;
    }
    *detail = "it is neither true nor false";
    return m_err_form;
}

/* Printable start of a value that was given, for messages. */
static const char *excerpt(m_arena *arena, m_str text)
{
    size_t n = text.n < DETAIL_CHARS ? text.n : DETAIL_CHARS;
    while (n < text.n && n && ((unsigned char)text.p[n] & 0xc0) == 0x80)
        n--;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)text.p[i] < 0x20) n = i;
    return m_arena_printf(arena, "%.*s%s", (int)n, text.p, n < text.n ? "…" : "");
}

static const m_error_def *read_choice(m_arena *arena, const m_field *field, m_str text, m_enum *out,
                                      const char **detail)
{
    for (m_enum i = 0; field->choices && field->choices[i]; i++) {
        if (!m_str_is(text, field->choices[i])) continue;
        *out = i;
        return NULL;
    }
    *detail = excerpt(arena, text);
    return m_err_choice;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

static const m_error_def *read_bytes(m_arena *arena, m_str text, m_str *out, const char **detail)
{
    *detail = "bytes are written as pairs of hexadecimal digits";
    if (text.n % 2) return m_err_form;
    for (size_t i = 0; i < text.n; i++)
        if (hex_value(text.p[i]) < 0) return m_err_form;
    char *bytes = m_arena_alloc(arena, text.n / 2);
    if (!bytes) return m_err_memory;
    for (size_t i = 0; i < text.n / 2; i++)
        bytes[i] = (char)(hex_value(text.p[2 * i]) * 16 + hex_value(text.p[2 * i + 1]));
    *out = (m_str){bytes, text.n / 2};
    return NULL;
}

static const m_error_def *read_text(m_arena *arena, m_str text, m_str *out, const char **detail)
{
    *detail = "the text is not valid UTF-8";
    if (!m_utf8_valid(text)) return m_err_form;
    m_str copy = m_str_dup(arena, text);
    if (copy.n != text.n) return m_err_memory;
    *out = copy;
    return NULL;
}

static const m_error_def *form(m_status status, const char *what, const char **detail)
{
    *detail = what;
    return status == M_OK ? NULL : m_err_form;
}

static const m_error_def *read_amount(m_arena *arena, const m_field *field, m_str text, m_dec *out,
                                      const char **detail)
{
    m_dec_sum value;
    const m_error_def *fault = read_decimal(arena, field, text, &value, detail);
    if (!fault) out->u = (int64_t)value;
    return fault;
}

const m_error_def *m_value_from_text(m_arena *arena, const m_field *field, m_str text, void *value,
                                     const char **out_detail)
{
    *out_detail = NULL;
    if (text.n == 0 && field->kind != M_KIND_STRUCT && field->kind != M_KIND_LIST) {
        m_value_clear(field, value);
        return NULL;
    }
    switch (field->kind) {
    case M_KIND_BOOL:
        return read_bool(text, value, out_detail);
    case M_KIND_INT:
        return read_int(text, value, out_detail);
    case M_KIND_STR:
    case M_KIND_TEXT:
        return read_text(arena, text, value, out_detail);
    case M_KIND_ID:
    case M_KIND_LINK:
        return form(m_id_parse(text, value), "an id has 26 characters", out_detail);
    case M_KIND_DATE:
        return form(m_date_parse(text, value), "it is not a day of the calendar, YYYY-MM-DD",
                    out_detail);
    case M_KIND_TIME:
        return form(m_time_parse(text, value), "it is not a time, YYYY-MM-DDThh:mm:ssZ",
                    out_detail);
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return read_amount(arena, field, text, value, out_detail);
    case M_KIND_SUM:
        return read_decimal(arena, field, text, value, out_detail);
    case M_KIND_ENUM:
        return read_choice(arena, field, text, value, out_detail);
    case M_KIND_BYTES:
        return read_bytes(arena, text, value, out_detail);
    case M_KIND_STRUCT:
    case M_KIND_LIST:
        break;
    }
    *out_detail = "it is not a single value";
    return m_err_form;
}

m_status m_text_read(m_call *call, const m_type *type, const m_field *field, m_str text, m_str path,
                     void *record)
{
    void *value = m_field_at(type, field, record);
    const char *detail = "it cannot be set here";
    const m_error_def *fault =
        value ? m_value_from_text(call->arena, field, text, value, &detail) : m_err_form;
    if (!fault) return M_OK;
    m_field_fail(call, fault, path, detail ? "%s" : NULL, detail);
    return M_INVALID;
}

/* ---- writing ---- */

void m_buf_hex(m_buf *buf, m_str bytes)
{
    static const char digits[] = "0123456789abcdef";
    if (bytes.n > SIZE_MAX / 2 || !m_buf_room(buf, bytes.n * 2)) return;
    for (size_t i = 0; i < bytes.n; i++) {
        buf->p[buf->n++] = digits[(unsigned char)bytes.p[i] >> 4];
        buf->p[buf->n++] = digits[(unsigned char)bytes.p[i] & 15];
    }
}

static void put_decimal(m_buf *buf, const m_field *field, const void *value)
{
    char text[M_DEC_SUM_TEXT];
    int least = m_field_min_places(field);
    size_t n = field->kind == M_KIND_SUM ? m_dec_sum_format(*(const m_dec_sum *)value, least, text)
                                         : m_dec_format(*(const m_dec *)value, least, text);
    m_buf_bytes(buf, text, n);
}

const char *m_choice_name(const m_field *field, m_enum value)
{
    for (m_enum i = 0; field->choices && field->choices[i]; i++)
        if (i == value) return field->choices[i];
    return "";
}

void m_value_to_text(m_buf *buf, const m_field *field, const void *value)
{
    char text[M_TIME_TEXT];
    switch (field->kind) {
    case M_KIND_BOOL:
        m_buf_text(buf, *(const bool *)value ? "true" : "false");
        break;
    case M_KIND_INT:
        m_buf_int(buf, *(const int64_t *)value);
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
        m_buf_bytes(buf, ((const m_str *)value)->p, ((const m_str *)value)->n);
        break;
    case M_KIND_ID:
    case M_KIND_LINK:
        if (m_id_is_null(*(const m_id *)value)) break;
        m_id_format(*(const m_id *)value, text);
        m_buf_bytes(buf, text, M_ID_TEXT - 1);
        break;
    case M_KIND_DATE:
        if (m_date_is_none(*(const m_date *)value)) break;
        m_date_format(*(const m_date *)value, text);
        m_buf_bytes(buf, text, M_DATE_TEXT - 1);
        break;
    case M_KIND_TIME:
        if (((const m_time *)value)->us == 0) break;
        m_time_format(*(const m_time *)value, text);
        m_buf_bytes(buf, text, M_TIME_TEXT - 1);
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
    case M_KIND_SUM:
        put_decimal(buf, field, value);
        break;
    case M_KIND_ENUM:
        m_buf_text(buf, m_choice_name(field, *(const m_enum *)value));
        break;
    case M_KIND_BYTES:
        m_buf_hex(buf, *(const m_str *)value);
        break;
    case M_KIND_STRUCT:
    case M_KIND_LIST:
        break;
    }
}

void m_text_write(m_buf *buf, const m_type *type, const m_field *field, const void *record)
{
    const void *value = m_field_get(type, field, record);
    if (value) m_value_to_text(buf, field, value);
}
