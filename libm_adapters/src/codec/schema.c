/* Field tables as JSON schema (the dialect of OpenAPI 3.1). */
#include "object.h"

#define INT_MAX_EXACT (INT64_C(1) << 53)

/* The small pattern language as a regular expression: what is a letter there is one here. */
static void put_pattern(m_obj *o, const char *pattern)
{
    m_buf text = {.arena = o->buf->arena};
    bool in_class = false;
    m_buf_char(&text, '^');
    for (const char *p = pattern; *p; p++) {
        if (*p == '\\' && p[1]) {
            m_buf_bytes(&text, p++, 2);
            continue;
        }
        if (!in_class && strchr(".|()^$/", *p)) m_buf_char(&text, '\\');
        if (*p == '[') in_class = true;
        if (*p == ']') in_class = false;
        m_buf_char(&text, *p);
    }
    m_buf_bytes(&text, "$", 2); /* with the terminating zero */
    if (text.failed)
        o->buf->failed = true;
    else
        m_obj_text(o, "pattern", text.p);
}

static void put_text(m_obj *o, const m_field *field)
{
    m_obj_text(o, "type", "string");
    if (field->min > 0) m_obj_int(o, "minLength", field->min);
    m_obj_int(o, "maxLength", m_field_max(field));
    if (field->pattern) put_pattern(o, field->pattern);
}

static void put_int(m_obj *o, const m_field *field)
{
    bool bounded = field->max > field->min;
    int64_t least = bounded ? field->min : -INT_MAX_EXACT;
    if ((field->flags & M_NON_NEGATIVE) && least < 0) least = 0;
    if ((field->flags & M_POSITIVE) && least < 1) least = 1;
    m_obj_text(o, "type", "integer");
    m_obj_int(o, "minimum", least);
    m_obj_int(o, "maximum", bounded ? field->max : INT_MAX_EXACT);
}

/* Decimals travel as texts, so bounds can only be told in words of our own. */
static void put_decimal(m_obj *o, const m_field *field, bool for_input)
{
    int places = m_field_places(field);
    m_obj_raw(o, "type", for_input ? "[\"string\",\"number\"]" : "\"string\"");
    char pattern[80] = {0};
    m_buf text = {.p = pattern, .capacity = sizeof pattern};
    m_buf_text(&text, field->flags & (M_POSITIVE | M_NON_NEGATIVE) ? "^" : "^-?");
    m_buf_text(&text, field->kind == M_KIND_SUM ? "(0|[1-9][0-9]{0,31})" : "(0|[1-9][0-9]{0,11})");
    if (places > 0) {
        m_buf_text(&text, "(\\.[0-9]{1,");
        m_buf_int(&text, places);
        m_buf_text(&text, "})?");
    }
    m_buf_bytes(&text, "$", 2);
    m_obj_text(o, "pattern", pattern);
    m_obj_text(o, "format", "decimal");
    m_obj_int(o, "x-places", places);
    m_obj_flag(o, "x-positive", field->flags & M_POSITIVE);
}

static void put_choices(m_obj *o, const m_field *field)
{
    m_obj_text(o, "type", "string");
    m_obj list = m_list_in(o, "enum");
    for (const char *const *c = field->choices; c && *c; c++)
        m_obj_text(&list, NULL, *c);
    m_obj_close(&list);
}

typedef enum { TOP, LINE, CHANGE } place;

static void put_members(m_obj *o, const m_type *type, bool for_input, place where);

static void put_list(m_obj *o, const m_field *field, bool for_input)
{
    m_obj_text(o, "type", "array");
    bool required = field->flags & M_REQUIRED;
    int64_t least = field->min > 0 ? field->min : required;
    if (least > 0) m_obj_int(o, "minItems", least);
    m_obj_int(o, "maxItems", m_field_max(field));
    m_obj items = m_obj_in(o, "items");
    put_members(&items, field->type, for_input, LINE);
    m_obj_close(&items);
}

#define ID_PATTERN "^[0-7][0-9A-HJKMNP-TV-Z]{25}$"

static void put_kind(m_obj *o, const m_field *field, bool for_input, place where)
{
    bool required = field->flags & M_REQUIRED;
    const char *type = required ? "\"string\"" : "[\"string\",\"null\"]";
    switch (field->kind) {
    case M_KIND_BOOL:
        m_obj_text(o, "type", "boolean");
        break;
    case M_KIND_INT:
        put_int(o, field);
        break;
    case M_KIND_STR:
    case M_KIND_TEXT:
        put_text(o, field);
        break;
    case M_KIND_ID:
    case M_KIND_LINK:
        m_obj_raw(o, "type", type);
        m_obj_text(o, "pattern", ID_PATTERN);
        m_obj_text_if(o, "x-link", field->link);
        break;
    case M_KIND_DATE:
        m_obj_raw(o, "type", type);
        m_obj_text(o, "format", "date");
        break;
    case M_KIND_TIME:
        m_obj_raw(o, "type", type);
        m_obj_text(o, "format", "date-time");
        break;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
    case M_KIND_SUM:
        put_decimal(o, field, for_input);
        break;
    case M_KIND_ENUM:
        put_choices(o, field);
        break;
    case M_KIND_BYTES:
        m_obj_text(o, "type", "string");
        m_obj_text(o, "contentEncoding", "base16");
        m_obj_int(o, "maxLength", 2 * m_field_max(field));
        break;
    case M_KIND_STRUCT:
        put_members(o, field->type, for_input, where == CHANGE ? CHANGE : TOP);
        break;
    case M_KIND_LIST:
        put_list(o, field, for_input);
        break;
    }
}

/* A default is kept as text; in the schema it has the type of the field. */
static void put_fallback(m_obj *o, const m_field *field)
{
    if (!field->fallback || !*field->fallback) return;
    if (field->kind == M_KIND_BOOL || field->kind == M_KIND_INT)
        m_obj_raw(o, "default", field->fallback);
    else
        m_obj_text(o, "default", field->fallback);
}

static void put_field(m_obj *parent, const char *name, const m_field *field, bool for_input,
                      place where)
{
    m_obj o = m_obj_in(parent, name);
    m_obj_text_if(&o, "title", field->label);
    m_obj_text_if(&o, "description", field->help);
    put_kind(&o, field, for_input, where);
    put_fallback(&o, field);
    m_obj_flag(&o, "readOnly", (field->flags & M_READONLY) && !for_input);
    m_obj_flag(&o, "writeOnly", (field->flags & M_SECRET) && for_input);
    m_obj_close(&o);
}

/* A line's id may be given back (codec.h), so it is part of the input too. */
static bool is_shown(const m_field *field, bool for_input, place where)
{
    if (!for_input) return !(field->flags & M_SECRET);
    if (where == LINE && field->kind == M_KIND_ID && strcmp(field->name, "id") == 0) return true;
    return !(field->flags & M_READONLY);
}

static bool is_needed(const m_field *field, bool for_input)
{
    if (!for_input) return true; /* we always write all of them */
    return (field->flags & M_REQUIRED) && !field->fallback;
}

static void put_members(m_obj *o, const m_type *type, bool for_input, place where)
{
    m_obj_text(o, "type", "object");
    if (for_input) m_obj_bool(o, "additionalProperties", false);
    m_obj properties = m_obj_in(o, "properties");
    for (uint16_t i = 0; i < type->count; i++)
        if (is_shown(&type->fields[i], for_input, where))
            put_field(&properties, type->fields[i].name, &type->fields[i], for_input, where);
    m_obj_close(&properties);
    if (where == CHANGE) return;
    m_obj required = m_list_in(o, "required");
    for (uint16_t i = 0; i < type->count; i++)
        if (is_shown(&type->fields[i], for_input, where) && is_needed(&type->fields[i], for_input))
            m_obj_text(&required, NULL, type->fields[i].name);
    m_obj_close(&required);
}

void m_schema_field(m_obj *parent, const char *name, const m_field *field, bool for_input)
{
    put_field(parent, name, field, for_input, TOP);
}

void m_schema_members(m_obj *o, const m_type *type, bool for_input)
{
    put_members(o, type, for_input, TOP);
}

void m_schema_change_members(m_obj *o, const m_type *type)
{
    put_members(o, type, true, CHANGE);
}

void m_openapi_schema(m_buf *buf, const m_type *type, bool for_input)
{
    m_obj o = m_obj_open(buf);
    m_schema_members(&o, type, for_input);
    m_obj_close(&o);
}
