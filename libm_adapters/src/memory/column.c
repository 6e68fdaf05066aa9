/* Columns and values: find, compare, hash. */
#include "memory.h"

bool column_find(const m_type *type, m_str name, column *out)
{
    *out = (column){.depth = 0};
    while (out->depth < COLUMN_DEPTH) {
        const m_field *found = m_field_find(type, name);
        if (found && found->kind != M_KIND_STRUCT) {
            out->types[out->depth] = type;
            out->fields[out->depth++] = found;
            return found->kind != M_KIND_LIST;
        }
        const m_field *inner = NULL;
        for (uint16_t i = 0; i < type->count && !inner; i++) {
            const m_field *f = &type->fields[i];
            size_t n = strlen(f->name);
            if (f->kind == M_KIND_STRUCT && name.n > n + 1 && name.p[n] == '_' &&
                memcmp(f->name, name.p, n) == 0)
                inner = f;
        }
        if (!inner) return false;
        out->types[out->depth] = type;
        out->fields[out->depth++] = inner;
        size_t skip = strlen(inner->name) + 1;
        name = (m_str){name.p + skip, name.n - skip};
        type = inner->type;
    }
    return false;
}

const void *column_get(const column *c, const void *record)
{
    for (uint32_t i = 0; i < c->depth && record; i++)
        record = m_field_get(c->types[i], c->fields[i], record);
    return record;
}

bool columns_of(const m_type *type, const char *names, columns *out)
{
    out->count = 0;
    const char *p = names;
    while (p && *p) {
        const char *comma = strchr(p, ',');
        m_str name = m_str_trim((m_str){p, comma ? (size_t)(comma - p) : strlen(p)});
        if (out->count == KEY_MAX || !column_find(type, name, &out->columns[out->count]))
            return false;
        out->count++;
        p = comma ? comma + 1 : NULL;
    }
    return true;
}

const char *choice_name(const m_field *field, m_enum index)
{
    for (m_enum i = 0; field->choices && field->choices[i]; i++)
        if (i == index) return field->choices[i];
    return "";
}

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))
#define AS(C, p)    (*(const C *)(p))

int value_compare(const m_field *field, const void *a, const void *b)
{
    static const m_dec_sum zeros[2]; /* an empty value of any kind */
    if (!a) a = zeros;
    if (!b) b = zeros;
    switch (field->kind) {
    case M_KIND_BOOL:
        return ORDER(AS(bool, a), AS(bool, b));
    case M_KIND_INT:
        return ORDER(AS(int64_t, a), AS(int64_t, b));
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        return m_str_cmp(AS(m_str, a), AS(m_str, b));
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_cmp(AS(m_id, a), AS(m_id, b));
    case M_KIND_DATE:
        return m_date_cmp(AS(m_date, a), AS(m_date, b));
    case M_KIND_TIME:
        return ORDER(AS(m_time, a).us, AS(m_time, b).us);
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return m_dec_cmp(AS(m_dec, a), AS(m_dec, b));
    case M_KIND_SUM:
        return ORDER(AS(m_dec_sum, a), AS(m_dec_sum, b));
    case M_KIND_ENUM:
        return strcmp(choice_name(field, AS(m_enum, a)), choice_name(field, AS(m_enum, b)));
    case M_KIND_STRUCT:
    case M_KIND_LIST:
        return 0;
    }
    return 0;
}

bool value_absent(const m_field *field, const void *value)
{
    if (!value) return true;
    switch (field->kind) {
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_is_null(AS(m_id, value));
    case M_KIND_DATE:
        return m_date_is_none(AS(m_date, value));
    case M_KIND_TIME:
        return AS(m_time, value).us == 0;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return (field->flags & M_SPARSE) && AS(m_dec, value).u == 0;
    default:
        return false;
    }
}

uint64_t value_hash(uint64_t seed, const m_field *field, const void *value)
{
    const unsigned char *bytes = value;
    size_t n = value ? m_field_bytes(field) : 0;
    if (value && n == sizeof(m_str) &&
        (field->kind == M_KIND_STR || field->kind == M_KIND_TEXT || field->kind == M_KIND_BYTES)) {
        m_str text = AS(m_str, value);
        bytes = (const unsigned char *)text.p;
        n = text.n;
    }
    for (size_t i = 0; i < n; i++)
        seed = (seed ^ bytes[i]) * UINT64_C(0x100000001b3);
    return (seed ^ n) * UINT64_C(0x100000001b3);
}

int columns_compare(const columns *cs, const void *a, const void *b)
{
    for (uint32_t i = 0; i < cs->count; i++) {
        const column *c = &cs->columns[i];
        int order = value_compare(column_field(c), column_get(c, a), column_get(c, b));
        if (order) return order;
    }
    return 0;
}

uint64_t columns_hash(const columns *cs, const void *record)
{
    uint64_t hash = HASH_SEED;
    for (uint32_t i = 0; i < cs->count; i++) {
        const column *c = &cs->columns[i];
        hash = value_hash(hash, column_field(c), column_get(c, record));
    }
    return hash ^ hash >> 32;
}

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

bool text_contains(m_str text, m_str part, bool at_start_only)
{
    for (size_t at = 0; at + part.n <= text.n; at++) {
        size_t i = 0;
        while (i < part.n && lower(text.p[at + i]) == lower(part.p[i]))
            i++;
        if (i == part.n) return true;
        if (at_start_only) return false;
    }
    return false;
}
