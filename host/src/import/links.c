#include "import_internal.h"

/* One question per way to name a document. */
static m_status ask(import_job *job, m_call *call, const m_doctype *doctype, m_str text,
                    import_named *out)
{
    const char *ways[IMPORT_WAYS] = {doctype->code_field, "number", doctype->title_field};
    m_filter filters[IMPORT_WAYS];
    m_query queries[IMPORT_WAYS];
    m_fetch fetches[IMPORT_WAYS];
    int at[IMPORT_WAYS];
    uint32_t n = 0;
    for (int i = 0; i < IMPORT_WAYS; i++) {
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
        if (fetches[k].count) out->found[at[k]] = ((const m_doc *)fetches[k].records[0])->id;
        out->several[at[k]] = fetches[k].count > 1;
    }
    return M_OK;
}

/* In a dry run what earlier rows made is gone; that they were good is enough. */
static bool is_earlier_row(const import_job *job, const m_doctype *doctype, m_str text)
{
    return !job->request->commit && doctype == job->doctype &&
           text_map_find(&job->codes, job_codes_tag, text);
}

/* ---- one link ---- */

/* The null id in *out: there is none, or not just one; noted. */
static m_status find(import_job *job, m_call *call, const column *c, m_str text, m_str path,
                     m_id *out)
{
    const m_doctype *doctype = c->target ? c->target->doctype : NULL;
    const char *label = doctype ? doctype->label : c->field->link;
    import_named named = {.several = {false}};
    if (doctype)
        M_TRY(ask(job, call, doctype, text, &named));
    else
        named = job_copies(job, c, text);
    for (int i = 0; i < IMPORT_WAYS; i++) {
        if (m_id_is_null(named.found[i])) continue;
        if (named.several[i])
            m_field_fail(call, &core_errors[CORE_E_IMPORT_AMBIGUOUS], path, "%s %.*s", label,
                         M_STR_ARG(text));
        else
            *out = named.found[i];
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
