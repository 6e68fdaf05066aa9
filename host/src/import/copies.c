/* Documents of other processes are found among the copies of them. Nothing but reading all bodies
 * of a type finds one by its code, so one pass, before the first row is loaded, finds whatever the
 * file names. */
#include "import_internal.h"
#include "m_adapters/replica.h"

#define PAGE_COPIES 1000

/* What copies have to be named by; see m_adapters/replica.h. */
typedef struct {
    m_str code, number, name;
} copied;
static const m_field copied_fields[] = {
    M_F_STR(copied, code, "Code", .max = 1000),
    M_F_STR(copied, number, "Number", .max = 1000),
    M_F_STR(copied, name, "Name", .max = 1000),
};
static const m_type copied_type = {
    .name = "import.copied", .size = sizeof(copied), M_FIELDS(copied_fields)};

static bool is_elsewhere(const column *c)
{
    return c->field && c->field->kind == M_KIND_LINK && !c->target;
}

/* ---- what the file names ---- */

static m_status add_wanted(import_job *job, m_call *call, m_str *cells)
{
    for (uint32_t i = 0; i < job->column_count; i++) {
        const column *c = &job->columns[i];
        if (!is_elsewhere(c)) continue;
        m_str text = cell_of(c, cells);
        if (!text.n || text_map_find(&job->copies, c->field->link, text)) continue;
        if (!text_map_add(&job->copies, c->field->link, text))
            return m_fail(call, m_err_memory, "links");
    }
    return M_OK;
}

/* ---- the pass ---- */

static m_status note(import_job *job, m_call *call, const char *link, const m_replica_record *copy)
{
    copied named = {.code = {NULL, 0}};
    M_TRY(m_json_read(call, &copied_type, copy->body, M_JSON_TRUSTED, &named, NULL));
    const m_str ways[IMPORT_WAYS] = {named.code, named.number, named.name};
    for (int w = 0; w < IMPORT_WAYS; w++) {
        map_entry *entry = ways[w].n ? text_map_find(&job->copies, link, ways[w]) : NULL;
        if (!entry) continue;
        if (!entry->named) entry->named = m_arena_alloc(job->call->arena, sizeof *entry->named);
        if (!entry->named) return m_fail(call, m_err_memory, "links");
        m_id *found = &entry->named->found[w];
        entry->named->several[w] |= !m_id_is_null(*found) && !m_id_eq(*found, copy->id);
        *found = copy->id;
    }
    return M_OK;
}

/* One page of the copies of one type. */
typedef struct {
    import_job *job;
    const char *link;
    m_replica_record after; /* null id: from the first on */
    bool more;
} pass;

static m_status read_page(void *arg, m_call *call)
{
    pass *p = arg;
    const m_filter of_type = {"type", M_OP_EQ, &p->after.type};
    m_query query = {.filters = &of_type, .filter_count = 1, .limit = PAGE_COPIES};
    if (!m_id_is_null(p->after.id)) query.after = &p->after;
    m_fetch page = {.type = &m_replica_record_type, .query = &query};
    M_TRY(m_store_fetch(p->job->config->store, call, &page, 1));
    for (uint32_t i = 0; i < page.count; i++)
        M_TRY(note(p->job, call, p->link, page.records[i]));
    p->more = page.count == PAGE_COPIES;
    if (page.count) p->after.id = ((const m_replica_record *)page.records[page.count - 1])->id;
    return M_OK;
}

static m_status read_copies(import_job *job, m_call *call, const char *link)
{
    const identity_runner *runner = &job->config->runner;
    pass p = {.job = job, .link = link, .after = {.type = m_str_of(link)}, .more = true};
    m_arena_mark mark = m_arena_tell(call->arena);
    while (p.more) {
        M_TRY(runner->run(runner->self, call, M_UOW_READ, read_page, &p));
        m_arena_back(call->arena, mark);
    }
    return M_OK;
}

m_status job_copies_read(import_job *job, m_call *call)
{
    M_TRY(job_each_row(job, call, add_wanted));
    for (uint32_t i = 0; i < job->column_count && job->copies.used; i++) {
        const column *c = &job->columns[i];
        bool seen = !is_elsewhere(c);
        for (uint32_t k = 0; k < i && !seen; k++) /* several columns may lead to one type */
            seen = is_elsewhere(&job->columns[k]) && job->columns[k].field->link == c->field->link;
        if (!seen) M_TRY(read_copies(job, call, c->field->link));
    }
    return M_OK;
}

import_named job_copies(const import_job *job, const column *c, m_str text)
{
    const map_entry *entry = text_map_find(&job->copies, c->field->link, text);
    return entry && entry->named ? *entry->named : (import_named){.several = {false}};
}
