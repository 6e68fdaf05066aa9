#include "work.h"

/* Masters are known by the code their users give them. */
static void take_code(const work *w, void *record)
{
    const char *name = w->doctype->code_field;
    const m_field *field = name ? m_field_find(w->type, m_str_of(name)) : NULL;
    m_str *code = field ? m_field_at(w->type, field, record) : NULL;
    if (!code) return;
    *code = m_str_trim(*code);
    doc_of(record)->number = *code;
}

/* The hook may note faults and go on, or stop at once. */
static m_status check_content(const work *w, void *record, const void *before)
{
    take_code(w, record);
    if (w->doctype->check) M_TRY(w->doctype->check(w->at->instance, w->call, record, before));
    m_record_validate(w->call, w->type, record, "");
    return M_OK;
}

m_status check_document(const work *w, void *record, const void *before)
{
    M_TRY(check_content(w, record, before));
    return links_check(w, record, before);
}

m_status check_again(const work *w, void *record, const void *before)
{
    M_TRY(check_content(w, record, before));
    return m_failed_fields(w->call);
}
