#include "work.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- links in use ---- */

typedef struct {
    const char *target; /* place->link: equal pointers mean the same type */
    m_id id;
    const m_link_place *place;
    uint32_t line;
} link_use;

typedef struct {
    link_use *items;
    uint32_t count;
} link_uses;

static int by_target(const void *a, const void *b)
{
    const link_use *x = a;
    const link_use *y = b;
    uintptr_t s = (uintptr_t)x->target;
    uintptr_t t = (uintptr_t)y->target;
    if (s != t) return s < t ? -1 : 1;
    return m_id_cmp(x->id, y->id);
}

static const m_list *list_of(const work *w, const m_link_place *place, const void *record)
{
    return place->list ? m_field_get(w->type, place->list, record) : NULL;
}

static void use_link(link_uses *uses, const m_link_place *place, const m_type *type,
                     const void *holder, uint32_t line)
{
    if (place->group) {
        holder = m_field_get(type, place->group, holder);
        type = place->group->type;
    }
    const m_id *id = holder ? m_field_get(type, place->field, holder) : NULL;
    if (id && !m_id_is_null(*id))
        uses->items[uses->count++] = (link_use){place->link, *id, place, line};
}

/* All links of the record that are not empty, in the order of the field table. */
static m_status find_uses(const work *w, const void *record, link_uses *out)
{
    size_t most = 0;
    for (uint32_t i = 0; i < w->at->link_count; i++) {
        const m_list *list = list_of(w, &w->at->links[i], record);
        most += list ? list->count : 1;
    }
    *out = (link_uses){.items = m_arena_array(w->call->arena, most, sizeof *out->items)};
    if (!out->items) return m_fail(w->call, m_err_memory, "links");
    for (uint32_t i = 0; i < w->at->link_count; i++) {
        const m_link_place *place = &w->at->links[i];
        const m_list *list = list_of(w, place, record);
        if (!list) use_link(out, place, w->type, record, 0);
        for (uint32_t k = 0; list && k < list->count; k++)
            use_link(out, place, place->list->type,
                     (const char *)list->items + k * place->list->type->size, k);
    }
    return M_OK;
}

static bool has_use(const link_uses *sorted, const link_use *use)
{
    return sorted->count &&
           bsearch(use, sorted->items, sorted->count, sizeof *use, by_target) != NULL;
}

/* Links that `before` does not have, sorted, each target and id once. */
static m_status new_uses(const work *w, const link_uses *uses, const void *before, link_uses *out)
{
    link_uses old = {0};
    if (before) M_TRY(find_uses(w, before, &old));
    if (old.count) qsort(old.items, old.count, sizeof *old.items, by_target);
    link_uses fresh = {.items = m_arena_array(w->call->arena, uses->count, sizeof *fresh.items)};
    if (!fresh.items) return m_fail(w->call, m_err_memory, "links");
    for (uint32_t i = 0; i < uses->count; i++)
        if (!has_use(&old, &uses->items[i])) fresh.items[fresh.count++] = uses->items[i];
    if (fresh.count) qsort(fresh.items, fresh.count, sizeof *fresh.items, by_target);
    uint32_t kept = 0;
    for (uint32_t i = 0; i < fresh.count; i++)
        if (i == 0 || by_target(&fresh.items[kept - 1], &fresh.items[i]) != 0)
            fresh.items[kept++] = fresh.items[i];
    fresh.count = kept;
    *out = fresh;
    return M_OK;
}

/* ---- reading them all at once, with the unique values ---- */

typedef struct {
    m_fetch *items;
    uint32_t count;
    uint32_t link_fetches; /* the first ones; one per target that is stored here */
    m_id *ids;             /* of the fresh uses */
    bool *there;           /* likewise: does it lead somewhere? */
} reads;

/* How many uses from here on have the same target. */
static uint32_t same_target(const link_uses *fresh, uint32_t at)
{
    uint32_t n = 1;
    while (at + n < fresh->count && fresh->items[at + n].target == fresh->items[at].target)
        n++;
    return n;
}

static m_status want_links(const work *w, const link_uses *fresh, reads *out)
{
    out->ids = m_arena_array(w->call->arena, fresh->count, sizeof *out->ids);
    out->there = m_arena_array(w->call->arena, fresh->count, sizeof *out->there);
    if (!out->ids || !out->there) return m_fail(w->call, m_err_memory, "links");
    for (uint32_t i = 0; i < fresh->count; i++)
        out->ids[i] = fresh->items[i].id;
    for (uint32_t i = 0; i < fresh->count; i += same_target(fresh, i)) {
        const m_type *type = fresh->items[i].place->target;
        if (type)
            out->items[out->count++] =
                (m_fetch){.type = type, .ids = &out->ids[i], .key_count = same_target(fresh, i)};
    }
    out->link_fetches = out->count;
    return M_OK;
}

/* Other processes are asked about all targets before the first answer is waited for. */
static m_status ask_foreign(const work *w, const link_uses *fresh, const reads *read)
{
    const m_foreign_links *foreign = &w->service->config.foreign;
    m_status status = M_OK;
    for (uint32_t i = 0; i < fresh->count; i += same_target(fresh, i)) {
        uint32_t n = same_target(fresh, i);
        if (fresh->items[i].place->target) continue;
        for (uint32_t k = 0; k < n && !foreign->exist; k++)
            read->there[i + k] = true;
        if (!foreign->exist) continue;
        m_status answer = foreign->exist(foreign->self, w->call, fresh->items[i].target,
                                         &read->ids[i], n, &read->there[i]);
        if (answer != M_OK && answer != M_AGAIN) return answer;
        if (status == M_OK) status = answer;
    }
    return status;
}

static bool is_unique(const work *w, const m_field *field)
{
    if (field->flags & M_READONLY) return false; /* the system's own: it sees to it */
    return (field->flags & M_UNIQUE) ||
           (w->doctype->code_field && strcmp(field->name, w->doctype->code_field) == 0);
}

static bool needs_look(const work *w, const m_field *field, const void *record, const void *before)
{
    return is_unique(w, field) && !m_field_is_empty(w->type, field, record) &&
           !(before && m_field_equal(w->type, field, before, record));
}

static m_status want_unique(const work *w, const m_field *field, const void *record, reads *out)
{
    m_filter *filter = m_arena_alloc(w->call->arena, sizeof *filter);
    m_query *query = m_arena_alloc(w->call->arena, sizeof *query);
    if (!filter || !query) return m_fail(w->call, m_err_memory, "unique values");
    *filter = (m_filter){field->name, M_OP_EQ, m_field_get(w->type, field, record)};
    *query = (m_query){.filters = filter, .filter_count = 1, .limit = 1, .without_lists = true};
    out->items[out->count++] = (m_fetch){.type = w->type, .query = query};
    return M_OK;
}

/* ---- verdict ---- */

static bool is_noted(const m_error *error, m_str path)
{
    for (uint32_t i = 0; i < error->field_count; i++)
        if (m_str_eq(error->fields[i].path, path)) return true;
    return false;
}

static void note_link(const work *w, const link_use *use)
{
    char path[256];
    char id[M_ID_TEXT];
    int n = 0;
    if (use->place->list)
        n = snprintf(path, sizeof path, "%s[%u].", use->place->list->name, (unsigned)use->line);
    if (use->place->group)
        n += snprintf(path + n, sizeof path - (size_t)n, "%s.", use->place->group->name);
    n += snprintf(path + n, sizeof path - (size_t)n, "%s", use->place->field->name);
    m_id_format(use->id, id);
    m_str at = {path, (size_t)n};
    if (!is_noted(&w->call->error, at))
        m_field_fail(w->call, m_err_link, at, "%s %s", use->target, id);
}

/* Keeps only those that were not found. */
static void keep_missing(const reads *read, link_uses *fresh)
{
    uint32_t missing = 0;
    for (uint32_t f = 0; f < read->link_fetches; f++)
        for (uint32_t k = 0; k < read->items[f].key_count; k++)
            read->there[read->items[f].ids - read->ids + k] = read->items[f].records[k] != NULL;
    for (uint32_t i = 0; i < fresh->count; i++)
        if (!read->there[i]) fresh->items[missing++] = fresh->items[i];
    fresh->count = missing;
}

static uint32_t note_taken(const work *w, const void *record, const reads *read)
{
    uint32_t taken = 0;
    for (uint32_t i = read->link_fetches; i < read->count; i++) {
        const m_fetch *fetch = &read->items[i];
        if (!fetch->count || m_id_eq(doc_in(fetch->records[0])->id, doc_in(record)->id)) continue;
        m_field_fail(w->call, m_err_exists, m_str_of(fetch->query->filters[0].field),
                     "another document has it");
        taken++;
    }
    return taken;
}

m_status links_check(const work *w, const void *record, const void *before)
{
    link_uses uses = {0};
    link_uses fresh = {0};
    M_TRY(find_uses(w, record, &uses));
    M_TRY(new_uses(w, &uses, before, &fresh));
    reads read = {.items = m_arena_array(w->call->arena, (size_t)fresh.count + w->type->count,
                                         sizeof *read.items)};
    if (!read.items) return m_fail(w->call, m_err_memory, "links");
    M_TRY(want_links(w, &fresh, &read));
    M_TRY(ask_foreign(w, &fresh, &read));
    for (uint16_t i = 0; i < w->type->count; i++)
        if (needs_look(w, &w->type->fields[i], record, before))
            M_TRY(want_unique(w, &w->type->fields[i], record, &read));
    if (read.count) M_TRY(m_store_fetch(store_of(w), w->call, read.items, read.count));
    keep_missing(&read, &fresh);
    for (uint32_t i = 0; i < uses.count; i++)
        if (has_use(&fresh, &uses.items[i])) note_link(w, &uses.items[i]);
    uint32_t others = w->call->error.field_count;
    if (note_taken(w, record, &read) && !others)
        return m_fail(w->call, m_err_exists, "see the fields listed");
    return m_failed_fields(w->call);
}
