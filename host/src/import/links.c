#include "import_internal.h"

/* One question per way to name a document: code or number, then title. */
enum { WAYS = 3 };

static m_status ask(import_job *job, m_call *call, const m_doctype *doctype, m_str text,
                    const m_doc *found[WAYS], bool several[WAYS])
{
    const char *ways[WAYS] = {doctype->code_field, "number", doctype->title_field};
    m_filter filters[WAYS];
    m_query queries[WAYS];
    m_fetch fetches[WAYS];
    int at[WAYS];
    uint32_t n = 0;
    for (int i = 0; i < WAYS; i++) {
        found[i] = NULL;
        several[i] = false;
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
        if (fetches[k].count) found[at[k]] = fetches[k].records[0];
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

static m_status find(import_job *job, m_call *call, const m_doctype *doctype, m_str text,
                     m_str path, m_id *out)
{
    const m_doc *found[WAYS];
    bool several[WAYS];
    M_TRY(ask(job, call, doctype, text, found, several));
    for (int i = 0; i < WAYS; i++) {
        if (!found[i]) continue;
        if (several[i]) {
            m_field_fail(call, &core_errors[CORE_E_IMPORT_AMBIGUOUS], path, "%s %.*s",
                         doctype->label, M_STR_ARG(text));
            return M_OK;
        }
        *out = found[i]->id;
        return M_OK;
    }
    if (!is_earlier_row(job, doctype, text))
        m_field_fail(call, &core_errors[CORE_E_IMPORT_LINK], path, "%s %.*s", doctype->label,
                     M_STR_ARG(text));
    return M_OK;
}

m_status job_link(import_job *job, m_call *call, const column *c, m_str text, m_str path, m_id *out)
{
    m_id id = {0};
    if (m_id_parse(text, &id) == M_OK || !c->target) {
        if (m_id_is_null(id))
            m_field_fail(call, &core_errors[CORE_E_IMPORT_LINK], path, "%s %.*s", c->field->link,
                         M_STR_ARG(text));
        *out = id;
        return M_OK;
    }
    const map_entry *known = text_map_find(&job->links, c->target, text);
    if (known) {
        *out = known->id;
        return M_OK;
    }
    M_TRY(find(job, call, c->target->doctype, text, path, &id));
    if (!m_id_is_null(id)) {
        map_entry *entry = text_map_add(&job->links, c->target, text);
        if (!entry) return m_fail(call, m_err_memory, "links");
        entry->id = id;
    }
    *out = id;
    return M_OK;
}
