/* Records by their field tables: the host sees no record of a domain from inside. */
#include "why_internal.h"

#include "m_adapters/codec.h"

m_str why_text(const m_type *type, const void *record, const char *name)
{
    const m_str *text = m_field_value(type, name, record);
    return text ? *text : (m_str){NULL, 0};
}

m_status why_get(const why *w, const char *module, const char *collection, m_id id,
                 const m_type **out_type, const void **out)
{
    const m_collection *c =
        m_registry_collection(w->q->domains->registry, m_str_of(module), m_str_of(collection));
    if (!c) return m_fail(w->call, m_err_internal, "%s/%s", module, collection);
    *out_type = c->doctype->type;
    *out = NULL;
    if (m_id_is_null(id)) return M_OK;
    return m_store_get(w->q->domains->store, w->call, c->doctype->type, id, out);
}

m_status why_name(const why *w, const char *module, const char *collection, m_id id, m_str *out)
{
    const m_type *type;
    const void *record;
    char text[M_ID_TEXT];
    M_TRY(why_get(w, module, collection, id, &type, &record));
    m_id_format(id, text);
    m_str code = why_text(type, record, "code"), name = why_text(type, record, "name");
    char *made = record ? m_arena_printf(w->call->arena, "%.*s%s%.*s", M_STR_ARG(code),
                                         code.n && name.n ? " " : "", M_STR_ARG(name))
                        : m_arena_printf(w->call->arena, "%s", text);
    if (!made) return m_fail(w->call, m_err_memory, NULL);
    *out = m_str_of(made);
    return M_OK;
}

m_status why_document(const why *w, m_str type_name, m_id id, const m_collection **out_collection,
                      const void **out)
{
    *out_collection = m_registry_doctype(w->q->domains->registry, type_name);
    *out = NULL;
    if (!*out_collection || m_id_is_null(id)) return M_OK;
    return m_store_get(w->q->domains->store, w->call, (*out_collection)->doctype->type, id, out);
}

const char *why_amount(const why *w, m_dec_sum amount)
{
    char *text = m_arena_alloc(w->call->arena, M_DEC_SUM_TEXT);
    if (!text) return "?";
    m_dec_sum_format(amount, 2, text);
    return text;
}

m_status why_report(const why *w, const char *module, const char *name, const why_param *params,
                    uint32_t n, const m_type **out_row, m_list *out_rows)
{
    void *instance;
    const m_report *report =
        m_registry_report(w->q->domains->registry, m_str_of(module), m_str_of(name), &instance);
    if (!report) return m_fail(w->call, m_err_internal, "report %s", name);
    void *record = m_record_new(report->params, w->call->arena);
    if (!record) return m_fail(w->call, m_err_memory, NULL);
    for (uint32_t i = 0; i < n; i++) {
        m_str path = m_str_of(params[i].name);
        const m_field *field = m_field_find(report->params, path);
        if (!field) return m_fail(w->call, m_err_internal, "%s of %s", params[i].name, name);
        M_TRY(m_text_read(w->call, report->params, field, m_str_of(params[i].value), path, record));
    }
    *out_row = report->row;
    return report->run(instance, w->call, record, out_rows);
}
