#include "m/sharing.h"

#include <stdio.h>

enum { PATH_MAX_BYTES = 128 };

typedef struct {
    m_store store;
    m_call *call;
    const char *link;
    m_id id;
    const m_type *type; /* being looked through */
    bool found;
} search;

static bool links_here(const search *s, const m_field *field)
{
    return field->kind == M_KIND_LINK && field->link && strcmp(field->link, s->link) == 0;
}

static bool has_link(const search *s, const m_type *type)
{
    for (uint16_t i = 0; i < type->count; i++)
        if (links_here(s, &type->fields[i])) return true;
    return false;
}

static m_status search_column(search *s, const char *column)
{
    m_filter filter = {column, M_OP_EQ, &s->id};
    m_query query = {.filters = &filter, .filter_count = 1};
    uint32_t n = 0;
    M_TRY(m_store_count(s->store, s->call, s->type, &query, 1, &n));
    s->found = n > 0;
    return M_OK;
}

/* Link fields of the type itself and of its structs, as columns. */
static m_status search_columns(search *s)
{
    for (uint16_t i = 0; i < s->type->count && !s->found; i++) {
        const m_field *field = &s->type->fields[i];
        if (links_here(s, field)) M_TRY(search_column(s, field->name));
        if (field->kind != M_KIND_STRUCT) continue;
        for (uint16_t k = 0; k < field->type->count && !s->found; k++) {
            if (!links_here(s, &field->type->fields[k])) continue;
            char column[PATH_MAX_BYTES];
            snprintf(column, sizeof column, "%s_%s", field->name, field->type->fields[k].name);
            M_TRY(search_column(s, column));
        }
    }
    return M_OK;
}

static bool list_names(const search *s, const m_type *type, const m_list *list)
{
    for (uint32_t i = 0; i < list->count; i++) {
        const void *item = (const char *)list->items + (size_t)i * type->size;
        for (uint16_t k = 0; k < type->count; k++) {
            const m_field *field = &type->fields[k];
            if (!links_here(s, field)) continue;
            if (m_id_eq(*(const m_id *)m_field_get(type, field, item), s->id)) return true;
        }
    }
    return false;
}

/* The store has no question about lines, so the documents are read; only when lines can point here.
 */
static m_status search_lists(search *s)
{
    bool any = false;
    for (uint16_t i = 0; i < s->type->count; i++) {
        const m_field *field = &s->type->fields[i];
        any = any || (field->kind == M_KIND_LIST && has_link(s, field->type));
    }
    if (!any || s->found) return M_OK;
    m_query query = {.limit = M_QUERY_LIMIT_MAX};
    m_fetch fetch = {.type = s->type, .query = &query};
    M_TRY(m_store_fetch(s->store, s->call, &fetch, 1));
    s->found = fetch.count >= M_QUERY_LIMIT_MAX;
    for (uint32_t r = 0; r < fetch.count && !s->found; r++)
        for (uint16_t i = 0; i < s->type->count && !s->found; i++) {
            const m_field *field = &s->type->fields[i];
            if (field->kind != M_KIND_LIST) continue;
            s->found = list_names(s, field->type, m_field_get(s->type, field, fetch.records[r]));
        }
    return M_OK;
}

static m_status search_type(search *s, const m_type *type)
{
    s->type = type;
    M_TRY(search_columns(s));
    return search_lists(s);
}

static m_status search_module(search *s, const m_module *module, const char **out_label)
{
    for (uint32_t i = 0; module->doctypes && module->doctypes[i] && !s->found; i++) {
        M_TRY(search_type(s, module->doctypes[i]->type));
        if (s->found) *out_label = module->doctypes[i]->label;
    }
    for (uint32_t i = 0; module->types && module->types[i] && !s->found; i++) {
        M_TRY(search_type(s, module->types[i]));
        if (s->found) *out_label = module->types[i]->name;
    }
    return M_OK;
}

m_status m_find_reference(m_store store, m_call *call, const m_module *const *modules,
                          uint32_t module_count, const char *link, m_id id, const char **out_label)
{
    search s = {.store = store, .call = call, .link = link, .id = id};
    const char *label = NULL;
    for (uint32_t i = 0; i < module_count && !s.found; i++)
        M_TRY(search_module(&s, modules[i], &label));
    *out_label = label;
    return M_OK;
}
