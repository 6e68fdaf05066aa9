#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "simulate.h"

#define BODY_MAX 8192

m_str sim_text(const m_call *call, const char *format, ...)
{
    char text[BODY_MAX];
    va_list arguments;
    va_start(arguments, format);
    int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    if (n < 0 || n >= BODY_MAX) abort(); /* an act wrote a longer body than acts may */
    for (int i = 0; i < n; i++)
        if (text[i] == '\'') text[i] = '"';
    return m_str_dup(call->arena, (m_str){text, (size_t)n});
}

const char *sim_id(const m_call *call, m_id id)
{
    char text[M_ID_TEXT];
    m_id_format(id, text);
    return m_arena_copy(call->arena, text, strlen(text));
}

const char *sim_day(sim *s, const m_call *call)
{
    char text[M_DATE_TEXT];
    m_date day = s->today;
    if (sim_roll(&s->dice, 12) == 0) day.d -= 1 + (int32_t)sim_roll(&s->dice, 21);
    m_date_format(day, text);
    return m_arena_copy(call->arena, text, strlen(text));
}

const char *sim_amount(const m_call *call, uint64_t cents)
{
    return m_arena_printf(call->arena, "%llu.%02llu", (unsigned long long)(cents / 100),
                          (unsigned long long)(cents % 100));
}

/* ---- documents ---- */

static const m_collection *collection_of(const sim *s, const char *address)
{
    const char *slash = strchr(address, '/');
    const m_collection *found = m_registry_collection(
        s->domains->registry, (m_str){address, (size_t)(slash - address)}, m_str_of(slash + 1));
    if (!found) abort(); /* an act names a collection that does not exist */
    return found;
}

static m_document_request request_for(const char *address, m_id id, const char *action, m_str body)
{
    const char *slash = strchr(address, '/');
    return (m_document_request){.module = {address, (size_t)(slash - address)},
                                .collection = m_str_of(slash + 1),
                                .id = id,
                                .action = m_str_of(action),
                                .body = body};
}

/* When the list is full the new one takes an old one's place. */
static void keep(sim *s, sim_kind kind, m_id id)
{
    sim_list *list = &s->made[kind];
    if (list->count < SIM_KEPT)
        list->ids[list->count++] = id;
    else
        list->ids[sim_roll(&s->dice, SIM_KEPT)] = id;
}

m_status sim_make(sim *s, m_call *call, sim_kind kind, const char *collection, m_str body)
{
    m_document_reply reply;
    m_document_request in = request_for(collection, (m_id){{0}}, "submit", body);
    M_TRY(m_documents_create(s->domains->documents, call, &in, &reply));
    keep(s, kind, reply.id);
    return M_OK;
}

m_status sim_move(sim *s, m_call *call, const char *collection, m_id id, const char *action,
                  m_str body)
{
    m_document_reply reply;
    m_document_request in = request_for(collection, id, action, body);
    return m_documents_act(s->domains->documents, call, &in, &reply);
}

m_id sim_any(sim *s, sim_kind kind)
{
    const sim_list *list = &s->made[kind];
    /* Recent ones are likelier to be still open. */
    uint32_t recent = list->count < 40 ? list->count : 40;
    if (!list->count) return (m_id){{0}};
    if (sim_chance(&s->dice, 85)) return list->ids[list->count - 1 - sim_roll(&s->dice, recent)];
    return list->ids[sim_roll(&s->dice, list->count)];
}

m_status sim_read(sim *s, m_call *call, const char *collection, m_id id, const m_type **out_type,
                  const void **out)
{
    const m_type *type = collection_of(s, collection)->doctype->type;
    if (out_type) *out_type = type;
    return m_store_need(s->domains->store, call, type, id, out);
}

m_dec sim_dec(const m_type *type, const void *record, const char *field)
{
    return *(const m_dec *)m_field_value(type, field, record);
}

m_id sim_link(const m_type *type, const void *record, const char *field)
{
    return *(const m_id *)m_field_value(type, field, record);
}

const m_list *sim_lines(const m_type *type, const void *record, const char *field,
                        const m_type **out_type)
{
    const m_field *found = m_field_find(type, m_str_of(field));
    if (!found) abort();
    *out_type = found->type;
    return m_field_get(type, found, record);
}

m_status sim_account(sim *s, m_call *call, const char *code, m_id *out)
{
    m_str text = m_str_of(code);
    const void *found = NULL;
    const m_type *type = collection_of(s, "finance/accounts")->doctype->type;
    M_TRY(m_store_find_one(s->domains->store, call, type, "code", &text, &found));
    if (!found) return m_fail(call, m_err_internal, "no account %s", code);
    *out = ((const m_doc *)found)->id;
    return M_OK;
}
