#include "walk.h"

/* ---- new ---- */

static m_status set_choice(const m_field *field, m_str text, m_enum *out)
{
    for (m_enum i = 0; field->choices && field->choices[i]; i++) {
        if (m_str_is(text, field->choices[i])) {
            *out = i;
            return M_OK;
        }
    }
    return M_INVALID;
}

static m_status set_int(m_str text, int64_t *out)
{
    m_dec value; /* whole numbers of a default stay below 10^12 */
    M_TRY(m_dec_parse(text, &value));
    if (!m_dec_fits(value, 0)) return M_INVALID;
    *out = value.u / M_DEC_ONE;
    return M_OK;
}

static m_status set_sum(m_str text, m_dec_sum *out)
{
    m_dec value;
    M_TRY(m_dec_parse(text, &value));
    *out = value.u;
    return M_OK;
}

static m_status set_bool(m_str text, bool *out)
{
    if (!m_str_is(text, "true") && !m_str_is(text, "false")) return M_INVALID;
    *out = text.n == 4;
    return M_OK;
}

/* A default that cannot be read is a mistake in the field table. */
static m_status set_fallback(const m_field *field, void *value)
{
    m_str text = m_str_of(field->fallback);
    switch (field->kind) {
    case M_KIND_BOOL:
        return set_bool(text, value);
    case M_KIND_INT:
        return set_int(text, value);
    case M_KIND_STR:
    case M_KIND_TEXT:
        *(m_str *)value = text;
        return M_OK;
    case M_KIND_ID:
    case M_KIND_LINK:
        return m_id_parse(text, value);
    case M_KIND_DATE:
        return m_date_parse(text, value);
    case M_KIND_TIME:
        return m_time_parse(text, value);
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return m_dec_parse(text, value);
    case M_KIND_SUM:
        return set_sum(text, value);
    case M_KIND_ENUM:
        return set_choice(field, text, value);
    case M_KIND_BYTES:
    case M_KIND_STRUCT:
    case M_KIND_LIST:
        return M_UNSUPPORTED;
    }
    return M_UNSUPPORTED;
}

m_status m_record_init(const m_type *type, void *record, m_arena *arena)
{
    if (type->ext_at && type->ext_size) {
        void *block = m_arena_alloc(arena, type->ext_size);
        if (!block) return M_NOMEM;
        memcpy((char *)record + type->ext_at - 1, &block, sizeof block);
    }
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        void *value = m_field_at(type, field, record);
        if (!value) continue;
        if (field->kind == M_KIND_STRUCT)
            M_TRY(m_record_init(field->type, value, arena));
        else if (field->fallback && set_fallback(field, value) != M_OK)
            return M_INTERNAL;
    }
    return M_OK;
}

void *m_record_new(const m_type *type, m_arena *arena)
{
    void *record = m_arena_alloc(arena, type->size);
    if (!record || m_record_init(type, record, arena) != M_OK) return NULL;
    return record;
}

/* ---- copy ---- */

static m_status deepen(const m_type *type, void *record, m_arena *arena);

static m_status deepen_list(const m_type *type, m_list *list, m_arena *arena)
{
    if (list->count == 0) {
        list->items = NULL;
        return M_OK;
    }
    void *items = m_arena_array(arena, list->count, type->size);
    if (!items) return M_NOMEM;
    memcpy(items, list->items, (size_t)list->count * type->size);
    list->items = items;
    for (uint32_t i = 0; i < list->count; i++)
        M_TRY(deepen(type, (char *)items + (size_t)i * type->size, arena));
    return M_OK;
}

static m_status deepen_text(m_str *text, m_arena *arena)
{
    m_str copy = m_str_dup(arena, *text);
    if (copy.n != text->n) return M_NOMEM;
    *text = copy;
    return M_OK;
}

static m_status deepen_ext(const m_type *type, void *record, m_arena *arena)
{
    char *at = (char *)record + type->ext_at - 1;
    void *block;
    memcpy(&block, at, sizeof block);
    if (!block) return M_OK;
    void *copy = m_arena_copy(arena, block, type->ext_size);
    if (!copy) return M_NOMEM;
    memcpy(at, &copy, sizeof copy);
    return M_OK;
}

/* The record was copied byte by byte: give it memory of its own for all that it points to. */
static m_status deepen(const m_type *type, void *record, m_arena *arena)
{
    if (type->ext_at) M_TRY(deepen_ext(type, record, arena));
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        void *value = m_field_at(type, field, record);
        if (!value) continue;
        switch (field->kind) {
        case M_KIND_STR:
        case M_KIND_TEXT:
        case M_KIND_BYTES:
            M_TRY(deepen_text(value, arena));
            break;
        case M_KIND_STRUCT:
            M_TRY(deepen(field->type, value, arena));
            break;
        case M_KIND_LIST:
            M_TRY(deepen_list(field->type, value, arena));
            break;
        default:
            break;
        }
    }
    return M_OK;
}

void *m_record_copy(const m_type *type, const void *record, m_arena *arena)
{
    void *copy = m_arena_copy(arena, record, type->size);
    if (!copy || deepen(type, copy, arena) != M_OK) return NULL;
    return copy;
}

m_status m_record_copy_to(const m_type *type, void *to, const void *record, m_arena *arena)
{
    /* By way of a whole copy, so that `to` stays as it was when memory is short. */
    const void *copy = m_record_copy(type, record, arena);
    if (!copy) return M_NOMEM;
    memcpy(to, copy, type->size);
    return M_OK;
}

void *m_list_add(m_arena *arena, m_list *list, uint32_t *capacity, size_t item_size)
{
    if (list->count == *capacity) {
        if (*capacity > UINT32_MAX / 2) return NULL;
        uint32_t larger = *capacity ? *capacity * 2 : 8;
        char *items = m_arena_array(arena, larger, item_size);
        if (!items) return NULL;
        if (list->count) memcpy(items, list->items, (size_t)list->count * item_size);
        list->items = items;
        *capacity = larger;
    }
    return (char *)list->items + (size_t)list->count++ * item_size;
}

/* ---- compare ---- */

bool m_record_equal(const m_type *type, const void *a, const void *b)
{
    for (uint16_t i = 0; i < type->count; i++)
        if (!m_field_equal(type, &type->fields[i], a, b)) return false;
    return true;
}

typedef struct {
    m_diff_fn fn;
    void *arg;
    m_path path;
} diff;

static void diff_record(diff *d, const m_type *type, const void *before, const void *after);

static void diff_list(diff *d, const m_type *type, const m_field *field, const void *before,
                      const void *after)
{
    const m_list *a = before ? m_field_get(type, field, before) : NULL;
    const m_list *b = after ? m_field_get(type, field, after) : NULL;
    uint32_t count_a = a ? a->count : 0;
    uint32_t count_b = b ? b->count : 0;
    for (uint32_t i = 0; i < count_a || i < count_b; i++) {
        const void *item_a = m_list_item(a, field->type, i);
        const void *item_b = m_list_item(b, field->type, i);
        size_t length = m_path_index(&d->path, i);
        bool one_side = !item_a || !item_b;
        if (one_side && m_record_empty(field->type, item_a ? item_a : item_b))
            d->fn(d->arg, d->path.text, type, field, before, after);
        else
            diff_record(d, field->type, item_a, item_b);
        m_path_cut(&d->path, length);
    }
}

static void diff_record(diff *d, const m_type *type, const void *before, const void *after)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        size_t length = m_path_name(&d->path, field->name);
        if (field->kind == M_KIND_STRUCT)
            diff_record(d, field->type, before ? m_field_get(type, field, before) : NULL,
                        after ? m_field_get(type, field, after) : NULL);
        else if (field->kind == M_KIND_LIST)
            diff_list(d, type, field, before, after);
        else if (!m_field_equal(type, field, before, after))
            d->fn(d->arg, d->path.text, type, field, before, after);
        m_path_cut(&d->path, length);
    }
}

void m_record_diff(const m_type *type, const void *before, const void *after, m_diff_fn fn,
                   void *arg)
{
    diff d = {.fn = fn, .arg = arg};
    m_path_start(&d.path, "");
    diff_record(&d, type, before, after);
}
