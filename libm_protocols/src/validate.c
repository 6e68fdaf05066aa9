#include "walk.h"

#define INT_MAX_EXACT (INT64_C(1) << 53)

typedef struct {
    m_call *call;
    m_path path;
} check;

static m_str here(const check *c)
{
    return (m_str){c->path.text, c->path.n};
}

static void check_record(check *c, const m_type *type, const void *record);

/* Enums and numbers always hold something; an enum is empty when its first choice is the empty
 * text. */
static bool is_missing(const m_field *field, const void *value)
{
    switch (field->kind) {
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
    case M_KIND_ID:
    case M_KIND_LINK:
    case M_KIND_DATE:
    case M_KIND_TIME:
    case M_KIND_LIST:
    case M_KIND_STRUCT:
        return m_value_empty(field, value);
    case M_KIND_ENUM:
        return m_value_empty(field, value) && field->choices && field->choices[0] &&
               field->choices[0][0] == 0;
    default:
        return false;
    }
}

/* ---- text ---- */

static bool has_control(m_str s, bool many_lines)
{
    for (size_t i = 0; i < s.n; i++) {
        unsigned char ch = (unsigned char)s.p[i];
        bool layout = ch == '\n' || ch == '\r' || ch == '\t';
        if ((ch < 0x20 && !(many_lines && layout)) || ch == 0x7f) return true;
    }
    return false;
}

static void check_text(check *c, const m_field *field, m_str s)
{
    int64_t most = m_field_max(field);
    if (s.n == 0) return;
    if (!m_utf8_valid(s)) {
        m_field_fail(c->call, m_err_form, here(c), "the text is not valid UTF-8");
        return;
    }
    if (has_control(s, field->kind == M_KIND_TEXT)) {
        m_field_fail(c->call, m_err_form, here(c), "it holds a %s",
                     m_say(c->call, field->kind == M_KIND_TEXT
                                        ? "control character"
                                        : "line break or control character"));
        return;
    }
    int64_t length = (int64_t)m_utf8_length(s);
    if (length > most)
        m_field_fail(c->call, m_err_too_long, here(c), "at most %lld characters, it has %lld",
                     (long long)most, (long long)length);
    else if (length < field->min)
        m_field_fail(c->call, m_err_range, here(c), "at least %lld characters, it has %lld",
                     (long long)field->min, (long long)length);
    else if (field->pattern && !m_pattern_match(field->pattern, s))
        m_field_fail(c->call, m_err_pattern, here(c), "%s", field->pattern);
}

static void check_bytes(check *c, const m_field *field, m_str s)
{
    int64_t most = m_field_max(field);
    if (s.n > (uint64_t)most)
        m_field_fail(c->call, m_err_too_long, here(c), "at most %lld bytes", (long long)most);
    else if (s.n && (int64_t)s.n < field->min)
        m_field_fail(c->call, m_err_range, here(c), "at least %lld bytes", (long long)field->min);
}

/* ---- numbers ---- */

/* Notes a wrong sign; true when it did. */
static bool wrong_sign(check *c, const m_field *field, int sign)
{
    if ((field->flags & M_POSITIVE) && sign <= 0)
        m_field_fail(c->call, m_err_range, here(c), "it must be more than zero");
    else if ((field->flags & M_NON_NEGATIVE) && sign < 0)
        m_field_fail(c->call, m_err_range, here(c), "it must not be negative");
    else
        return false;
    return true;
}

static void check_int(check *c, const m_field *field, int64_t value)
{
    bool bounded = field->max > field->min;
    int64_t least = bounded ? field->min : -INT_MAX_EXACT;
    int64_t most = bounded ? field->max : INT_MAX_EXACT;
    if (wrong_sign(c, field, (value > 0) - (value < 0))) return;
    if (value < least || value > most)
        m_field_fail(c->call, m_err_range, here(c), "from %lld to %lld", (long long)least,
                     (long long)most);
}

static void check_places(check *c, const m_field *field, m_dec micro)
{
    int places = m_field_places(field);
    if (m_dec_fits(micro, places)) return;
    if (places == 0)
        m_field_fail(c->call, m_err_places, here(c), "it must be a whole number");
    else
        m_field_fail(c->call, m_err_places, here(c), "at most %d", places);
}

static void check_decimal(check *c, const m_field *field, m_dec_sum value)
{
    bool bounded = field->max > field->min;
    bool is_sum = field->kind == M_KIND_SUM;
    if (wrong_sign(c, field, (value > 0) - (value < 0))) return;
    m_dec_sum least = bounded ? field->min : -(m_dec_sum)M_DEC_MAX;
    m_dec_sum most = bounded ? field->max : (m_dec_sum)M_DEC_MAX;
    if ((bounded || !is_sum) && (value < least || value > most)) {
        char low[M_DEC_SUM_TEXT];
        char high[M_DEC_SUM_TEXT];
        m_dec_sum_format(least, 0, low);
        m_dec_sum_format(most, 0, high);
        m_field_fail(c->call, m_err_range, here(c), "from %s to %s", low, high);
        return;
    }
    check_places(c, field, (m_dec){(int64_t)(value % M_DEC_ONE)});
}

/* ---- the rest ---- */

static void check_date(check *c, m_date d)
{
    if (!m_date_is_none(d) && (d.d < M_DATE_FIRST || d.d > M_DATE_LAST))
        m_field_fail(c->call, m_err_range, here(c), "from 1900-01-01 to 2199-12-31");
}

static void check_choice(check *c, const m_field *field, m_enum value)
{
    m_enum count = 0;
    while (field->choices && field->choices[count])
        count++;
    if (value < 0 || value >= count)
        m_field_fail(c->call, m_err_choice, here(c), "number %d", (int)value);
}

static void check_list(check *c, const m_field *field, const m_list *list)
{
    int64_t most = m_field_max(field);
    if (list->count > most) {
        m_field_fail(c->call, m_err_too_long, here(c), "at most %lld lines", (long long)most);
        return; /* so that a huge list costs nothing */
    }
    if (list->count < field->min)
        m_field_fail(c->call, m_err_range, here(c), "at least %lld lines", (long long)field->min);
    for (uint32_t i = 0; i < list->count; i++) {
        size_t length = m_path_index(&c->path, i);
        check_record(c, field->type, m_list_item(list, field->type, i));
        m_path_cut(&c->path, length);
    }
}

static void check_value(check *c, const m_field *field, const void *value)
{
    switch (field->kind) {
    case M_KIND_STR:
    case M_KIND_TEXT:
        check_text(c, field, *(const m_str *)value);
        break;
    case M_KIND_BYTES:
        check_bytes(c, field, *(const m_str *)value);
        break;
    case M_KIND_INT:
        check_int(c, field, *(const int64_t *)value);
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        check_decimal(c, field, ((const m_dec *)value)->u);
        break;
    case M_KIND_SUM:
        check_decimal(c, field, *(const m_dec_sum *)value);
        break;
    case M_KIND_DATE:
        check_date(c, *(const m_date *)value);
        break;
    case M_KIND_ENUM:
        check_choice(c, field, *(const m_enum *)value);
        break;
    case M_KIND_STRUCT:
        if (!m_value_empty(field, value)) check_record(c, field->type, value);
        break;
    case M_KIND_LIST:
        check_list(c, field, value);
        break;
    case M_KIND_BOOL:
    case M_KIND_ID:
    case M_KIND_LINK:
    case M_KIND_TIME:
        break;
    }
}

static void check_record(check *c, const m_type *type, const void *record)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        const void *value = m_field_get(type, field, record);
        size_t length = m_path_name(&c->path, field->name);
        if ((field->flags & M_REQUIRED) && is_missing(field, value))
            m_field_fail(c->call, m_err_required, here(c), NULL);
        else if (value)
            check_value(c, field, value);
        m_path_cut(&c->path, length);
    }
}

void m_record_validate(m_call *call, const m_type *type, const void *record, const char *prefix)
{
    check c = {.call = call};
    m_path_start(&c.path, prefix);
    check_record(&c, type, record);
}
