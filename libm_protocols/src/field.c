#include "m/field.h"

#include "walk.h"

#define STR_CHARACTERS  140
#define TEXT_CHARACTERS 10000
#define BYTES_BYTES     10000
#define LIST_ITEMS      10000
#define INT_MAX_EXACT   (INT64_C(1) << 53) /* what a JSON number carries exactly */

void *m_field_at(const m_type *type, const m_field *field, void *record)
{
    char *base = record;
    if (field->flags & M_EXT) {
        if (!type->ext_at) return NULL;
        memcpy(&base, base + type->ext_at - 1, sizeof base);
        if (!base) return NULL;
    }
    return base + field->offset;
}

size_t m_field_bytes(const m_field *field)
{
    static const uint8_t bytes[] = {
        [M_KIND_BOOL] = sizeof(bool),     [M_KIND_INT] = sizeof(int64_t),
        [M_KIND_STR] = sizeof(m_str),     [M_KIND_TEXT] = sizeof(m_str),
        [M_KIND_BYTES] = sizeof(m_str),   [M_KIND_ID] = sizeof(m_id),
        [M_KIND_LINK] = sizeof(m_id),     [M_KIND_DATE] = sizeof(m_date),
        [M_KIND_TIME] = sizeof(m_time),   [M_KIND_DEC] = sizeof(m_dec),
        [M_KIND_QTY] = sizeof(m_dec),     [M_KIND_MONEY] = sizeof(m_dec),
        [M_KIND_SUM] = sizeof(m_dec_sum), [M_KIND_ENUM] = sizeof(m_enum),
        [M_KIND_LIST] = sizeof(m_list)};
    return field->kind == M_KIND_STRUCT ? field->type->size : bytes[field->kind];
}

const m_field *m_field_find(const m_type *type, m_str name)
{
    if (name.n == 0) return NULL;
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if (field->name[0] == name.p[0] && m_str_is(name, field->name)) return field;
    }
    return NULL;
}

const void *m_field_value(const m_type *type, const char *name, const void *record)
{
    const m_field *field = m_field_find(type, m_str_of(name));
    return field && record ? m_field_get(type, field, record) : NULL;
}

m_status m_field_resolve(const m_type *type, m_str path, m_field *out)
{
    uint32_t offset = 0;
    uint32_t ext = 0; /* M_EXT once the path went through the record's ext block */
    bool inside = false;
    for (;;) {
        const char *dot = path.n ? memchr(path.p, '.', path.n) : NULL;
        m_str name = {path.p, dot ? (size_t)(dot - path.p) : path.n};
        const m_field *field = m_field_find(type, name);
        if (!field) return M_NOT_FOUND;
        /* A struct's own ext block is behind a second pointer: no single offset leads there. */
        if (inside && (field->flags & M_EXT)) return M_UNSUPPORTED;
        offset += field->offset;
        ext |= field->flags & M_EXT;
        if (!dot) {
            *out = *field;
            out->offset = offset;
            out->flags |= ext;
            return M_OK;
        }
        if (field->kind != M_KIND_STRUCT) return M_NOT_FOUND;
        type = field->type;
        inside = true;
        path = (m_str){dot + 1, path.n - name.n - 1};
    }
}

int m_field_places(const m_field *field)
{
    if (field->places > 0) return field->places < M_DEC_SCALE ? field->places : M_DEC_SCALE;
    if (field->places < 0) return 0;
    switch (field->kind) {
    case M_KIND_MONEY:
        return 2;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_SUM:
        return M_DEC_SCALE;
    default:
        return 0;
    }
}

int64_t m_field_max(const m_field *field)
{
    switch (field->kind) {
    case M_KIND_STR:
        return field->max > 0 ? field->max : STR_CHARACTERS;
    case M_KIND_TEXT:
        return field->max > 0 ? field->max : TEXT_CHARACTERS;
    case M_KIND_BYTES:
        return field->max > 0 ? field->max : BYTES_BYTES;
    case M_KIND_LIST:
        return field->max > 0 ? field->max : LIST_ITEMS;
    case M_KIND_INT:
        return field->max > field->min ? field->max : INT_MAX_EXACT;
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return field->max > field->min ? field->max : M_DEC_MAX;
    case M_KIND_SUM:
        return field->max > field->min ? field->max : INT64_MAX;
    default:
        return 0;
    }
}

bool m_field_equal(const m_type *type, const m_field *field, const void *a, const void *b)
{
    return m_value_equal(field, a ? m_field_get(type, field, a) : NULL,
                         b ? m_field_get(type, field, b) : NULL);
}

bool m_field_is_empty(const m_type *type, const m_field *field, const void *record)
{
    return m_value_empty(field, m_field_get(type, field, record));
}
