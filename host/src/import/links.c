#include "import_internal.h"
#include "m_adapters/replica.h"

/* One question per way to name a document: code or number, then title. */
enum { WAYS = 3 };

static m_status ask(import_job *job, m_call *call, const m_doctype *doctype, m_str text,
                    m_id found[WAYS], bool several[WAYS])
{
    const char *ways[WAYS] = {doctype->code_field, "number", doctype->title_field};
    m_filter filters[WAYS];
    m_query queries[WAYS];
    m_fetch fetches[WAYS];
    int at[WAYS];
    uint32_t n = 0;
    for (int i = 0; i < WAYS; i++) {
        const m_field *field = ways[i] ? m_field_find(doctype->type, m_str_of(ways[i])) : NULL;
        if (!field || field->kind != M_KIND_STR) continue;
        filters[n] = (m_filter){ways[i], M_OP_EQ, &text};
        queries[n] =
            (m_query){.filters = &filters[n], .filter_count = 1, .limit = 2, .without_lists = true};
        fetches[n] = (m_fetch){.type = doctype->type, .query = &queries[n]};
        at[n++] = i;
    }
    M_TRY(m_store_fetch(job->config->store, call, fetches, n));
    for (uint32_t k = 0; k < n; k++) {
        if (fetches[k].count) found[at[k]] = ((const m_doc *)fetches[k].records[0])->id;
        several[at[k]] = fetches[k].count > 1;
    }
    return M_OK;
}

/* In a dry run what earlier rows made is gone; that they were good is enough. */
static bool is_earlier_row(const import_job *job, const m_doctype *doctype, m_str text)
{
    return !job->request->commit && doctype == job->doctype &&
           text_map_find(&job->codes, job_codes_tag, text);
}

/* ---- documents of other processes ---- */

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

static m_status ask_copies(import_job *job, m_call *call, const column *c, m_str text,
                           m_id found[WAYS], bool several[WAYS])
{
    const m_str type = m_str_of(c->field->link);
    const m_filter filters[] = {{"type", M_OP_EQ, &type}, {"body", M_OP_CONTAINS, &text}};
    const m_query query = {.filters = filters, .filter_count = 2};
    m_fetch fetch = {.type = &m_replica_record_type, .query = &query};
    M_TRY(m_store_fetch(job->config->store, call, &fetch, 1));
    for (uint32_t i = 0; i < fetch.count; i++) {
        const m_replica_record *copy = fetch.records[i];
        copied named = {.code = {NULL, 0}};
        M_TRY(m_json_read(call, &copied_type, copy->body, M_JSON_TRUSTED, &named, NULL));
        const m_str ways[WAYS] = {named.code, named.number, named.name};
        for (int w = 0; w < WAYS; w++) {
            if (!m_str_eq(ways[w], text)) continue;
            several[w] = !m_id_is_null(found[w]);
            found[w] = copy->id;
        }
    }
    return M_OK;
}

/* ---- one link ---- */

/* The null id in *out: there is none, or not just one; noted. */
static m_status find(import_job *job, m_call *call, const column *c, m_str text, m_str path,
                     m_id *out)
{
    const m_doctype *doctype = c->target ? c->target->doctype : NULL;
    const char *label = doctype ? doctype->label : c->field->link;
    m_id found[WAYS] = {{{0}}};
    bool several[WAYS] = {false};
    if (doctype)
        M_TRY(ask(job, call, doctype, text, found, several));
    else
        M_TRY(ask_copies(job, call, c, text, found, several));
    for (int i = 0; i < WAYS; i++) {
        if (m_id_is_null(found[i])) continue;
        if (several[i])
            m_field_fail(call, &core_errors[CORE_E_IMPORT_AMBIGUOUS], path, "%s %.*s", label,
                         M_STR_ARG(text));
        else
            *out = found[i];
        return M_OK;
    }
    if (!doctype || !is_earlier_row(job, doctype, text))
        m_field_fail(call, &core_errors[CORE_E_IMPORT_LINK], path, "%s %.*s", label,
                     M_STR_ARG(text));
    return M_OK;
}

m_status job_link(import_job *job, m_call *call, const column *c, m_str text, m_str path, m_id *out)
{
    const void *tag = c->target ? (const void *)c->target : c->field->link;
    m_id id = {0};
    if (m_id_parse(text, &id) == M_OK) {
        *out = id;
        return M_OK;
    }
    const map_entry *known = text_map_find(&job->links, tag, text);
    if (known) {
        *out = known->id;
        return M_OK;
    }
    M_TRY(find(job, call, c, text, path, &id));
    if (!m_id_is_null(id)) {
        map_entry *entry = text_map_add(&job->links, tag, text);
        if (!entry) return m_fail(call, m_err_memory, "links");
        entry->id = id;
    }
    *out = id;
    return M_OK;
}
