#include "work.h"

#include <stdio.h>
#include <stdlib.h>

/* Both records live in the call's arena, so that sharing what a value points to is safe. */
static void copy_readonly(const m_type *type, void *to, const void *from)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if (!(field->flags & M_READONLY)) continue;
        void *target = m_field_at(type, field, to);
        const void *source = m_field_get(type, field, from);
        if (target && source) memcpy(target, source, m_field_bytes(field));
    }
}

static void note_immutable(const work *w, const m_type *type, const void *after, const void *before,
                           const char *prefix)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if (!(field->flags & M_IMMUTABLE) || m_field_equal(type, field, before, after)) continue;
        char path[160];
        int n = snprintf(path, sizeof path, "%s%s", prefix, field->name);
        m_str at = {path, (size_t)n};
        m_field_fail(w->call, m_err_read_only, at, NULL);
    }
}

/* ---- ids of lines ---- */

static bool has_line_id(const m_field *field)
{
    return field->kind == M_KIND_LIST && field->type->count &&
           field->type->fields[0].kind == M_KIND_ID &&
           strcmp(field->type->fields[0].name, "id") == 0;
}

static m_id *line_id(const m_type *type, void *line)
{
    return m_field_at(type, &type->fields[0], line);
}

typedef struct {
    m_id id;
    const void *line;
    bool taken;
} known_line;

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(((const known_line *)a)->id, ((const known_line *)b)->id);
}

static m_status know_lines(const work *w, const m_type *type, const m_list *list, known_line **out)
{
    known_line *known = m_arena_array(w->call->arena, list->count, sizeof *known);
    if (!known) return m_fail(w->call, m_err_memory, "lines");
    for (uint32_t i = 0; i < list->count; i++) {
        const char *line = (const char *)list->items + i * type->size;
        known[i] = (known_line){.id = *(const m_id *)m_field_get(type, &type->fields[0], line),
                                .line = line};
    }
    qsort(known, list->count, sizeof *known, by_id);
    *out = known;
    return M_OK;
}

static void settle_line(const work *w, const m_field *list, void *line, uint32_t i,
                        known_line *known, uint32_t count)
{
    const m_type *type = list->type;
    m_id *id = line_id(type, line);
    if (m_id_is_null(*id)) {
        *id = m_new_id(w->call);
        return;
    }
    char prefix[96];
    char path[100];
    snprintf(prefix, sizeof prefix, "%s[%u].", list->name, (unsigned)i);
    int n = snprintf(path, sizeof path, "%sid", prefix);
    known_line key = {.id = *id};
    known_line *found = count ? bsearch(&key, known, count, sizeof key, by_id) : NULL;
    if (!found || found->taken) {
        m_field_fail(w->call, m_err_form, (m_str){path, (size_t)n},
                     found ? "the line is there twice" : "the document has no such line");
        return;
    }
    found->taken = true;
    copy_readonly(type, line, found->line);
    note_immutable(w, type, line, found->line, prefix);
}

static m_status settle_list(const work *w, const m_field *field, void *record, const void *before)
{
    const m_list *had = before ? m_field_get(w->type, field, before) : NULL;
    const m_list *has = m_field_get(w->type, field, record);
    known_line *known = NULL;
    if (had) M_TRY(know_lines(w, field->type, had, &known));
    for (uint32_t i = 0; i < has->count; i++)
        settle_line(w, field, (char *)has->items + i * field->type->size, i, known,
                    had ? had->count : 0);
    return M_OK;
}

m_status lines_settle(const work *w, void *record, const void *before)
{
    for (uint16_t i = 0; i < w->type->count; i++)
        if (has_line_id(&w->type->fields[i]))
            M_TRY(settle_list(w, &w->type->fields[i], record, before));
    if (before) note_immutable(w, w->type, record, before, "");
    return m_failed_fields(w->call);
}

/* ---- copies ---- */

static m_status renew_list(const work *w, const m_field *field, const m_list *list)
{
    const void *fresh = m_record_new(field->type, w->call->arena);
    if (!fresh) return m_fail(w->call, m_err_memory, "lines");
    for (uint32_t i = 0; i < list->count; i++) {
        char *line = (char *)list->items + i * field->type->size;
        copy_readonly(field->type, line, fresh);
        if (has_line_id(field)) *line_id(field->type, line) = m_new_id(w->call);
    }
    return M_OK;
}

m_status lines_renew(const work *w, void *record)
{
    const void *fresh = m_record_new(w->type, w->call->arena);
    if (!fresh) return m_fail(w->call, m_err_memory, "%s", w->type->name);
    copy_readonly(w->type, record, fresh);
    for (uint16_t i = 0; i < w->type->count; i++)
        if (w->type->fields[i].kind == M_KIND_LIST)
            M_TRY(renew_list(w, &w->type->fields[i],
                             m_field_get(w->type, &w->type->fields[i], record)));
    return M_OK;
}
