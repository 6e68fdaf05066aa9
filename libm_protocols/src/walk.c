#include "walk.h"

const void *m_list_item(const m_list *list, const m_type *type, uint32_t i)
{
    if (!list || i >= list->count) return NULL;
    return (const char *)list->items + (size_t)i * type->size;
}

bool m_record_empty(const m_type *type, const void *record)
{
    if (!record) return true;
    for (uint16_t i = 0; i < type->count; i++)
        if (!m_field_is_empty(type, &type->fields[i], record)) return false;
    return true;
}

bool m_value_empty(const m_field *field, const void *value)
{
    if (!value) return true;
    switch (field->kind) {
    case M_KIND_BOOL:
        return !*(const bool *)value;
    case M_KIND_INT:
        return *(const int64_t *)value == 0;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        return ((const m_str *)value)->n == 0;
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_is_null(*(const m_id *)value);
    case M_KIND_DATE:
        return m_date_is_none(*(const m_date *)value);
    case M_KIND_TIME:
        return ((const m_time *)value)->us == 0;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return m_dec_is_zero(*(const m_dec *)value);
    case M_KIND_SUM:
        return *(const m_dec_sum *)value == 0;
    case M_KIND_ENUM:
        return *(const m_enum *)value == 0;
    case M_KIND_STRUCT:
        return m_record_empty(field->type, value);
    case M_KIND_LIST:
        return ((const m_list *)value)->count == 0;
    }
    return true;
}

static bool lists_equal(const m_type *type, const m_list *a, const m_list *b)
{
    if (a->count != b->count) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (!m_record_equal(type, m_list_item(a, type, i), m_list_item(b, type, i))) return false;
    return true;
}

bool m_value_equal(const m_field *field, const void *a, const void *b)
{
    if (!a || !b) return m_value_empty(field, a) && m_value_empty(field, b);
    switch (field->kind) {
    case M_KIND_BOOL:
        return *(const bool *)a == *(const bool *)b;
    case M_KIND_INT:
        return *(const int64_t *)a == *(const int64_t *)b;
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        return m_str_eq(*(const m_str *)a, *(const m_str *)b);
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_eq(*(const m_id *)a, *(const m_id *)b);
    case M_KIND_DATE:
        return m_date_cmp(*(const m_date *)a, *(const m_date *)b) == 0;
    case M_KIND_TIME:
        return ((const m_time *)a)->us == ((const m_time *)b)->us;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return m_dec_cmp(*(const m_dec *)a, *(const m_dec *)b) == 0;
    case M_KIND_SUM:
        return *(const m_dec_sum *)a == *(const m_dec_sum *)b;
    case M_KIND_ENUM:
        return *(const m_enum *)a == *(const m_enum *)b;
    case M_KIND_STRUCT:
        return m_record_equal(field->type, a, b);
    case M_KIND_LIST:
        return lists_equal(field->type, a, b);
    }
    return false;
}

/* ---- paths ---- */

static void append(m_path *path, const char *text)
{
    size_t room = sizeof path->text - 1 - path->n;
    size_t n = strnlen(text, room);
    memcpy(path->text + path->n, text, n);
    path->n += n;
    path->text[path->n] = 0;
}

void m_path_start(m_path *path, const char *prefix)
{
    path->n = 0;
    append(path, prefix);
}

size_t m_path_name(m_path *path, const char *name)
{
    size_t before = path->n;
    if (before && path->text[before - 1] != '.') append(path, ".");
    append(path, name);
    return before;
}

size_t m_path_index(m_path *path, uint32_t i)
{
    char text[16];
    char *p = text + sizeof text;
    size_t before = path->n;
    *--p = 0;
    *--p = ']';
    do
        *--p = (char)('0' + i % 10);
    while (i /= 10);
    *--p = '[';
    append(path, p);
    return before;
}

void m_path_cut(m_path *path, size_t n)
{
    path->n = n;
    path->text[n] = 0;
}
