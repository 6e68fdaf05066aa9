#include "work.h"

#include "m_adapters/keepers.h"
#include "m_adapters/stream.h"

#include <stdio.h>

typedef struct {
    m_call *call;
    m_fetch *out;
    uint32_t count;
    uint32_t max;
} wish_list;

static void want(wish_list *list, m_fetch fetch)
{
    if (list->count < list->max) list->out[list->count++] = fetch;
}

static void want_document(wish_list *list, const m_type *type, m_id id)
{
    m_id *copy = m_arena_alloc(list->call->arena, sizeof *copy);
    if (!copy) return;
    *copy = id;
    want(list, (m_fetch){.type = type, .ids = copy, .key_count = 1});
}

static void want_heads(wish_list *list, const m_collection *at)
{
    m_stream_head *heads = m_arena_array(list->call->arena, 2, sizeof *heads);
    const void **keys = m_arena_array(list->call->arena, 2, sizeof *keys);
    uint32_t n = 0;
    if (!heads || !keys) return;
    if (at->posts_book) heads[n++].stream = M_STR(M_BOOK_STREAM);
    if (at->posts_stock) heads[n++].stream = M_STR(M_STOCK_STREAM);
    for (uint32_t i = 0; i < n; i++)
        keys[i] = &heads[i];
    if (n) want(list, (m_fetch){.type = &m_stream_head_type, .keys = keys, .key_count = n});
}

static void want_outgoing(wish_list *list)
{
    m_fetch fetch;
    if (m_outgoing_want(list->call, &fetch)) want(list, fetch);
}

/* The date the body gives for the series, read without decoding the body: it is only a guess. */
static m_date guess_date(m_call *call, const m_doctype *doctype, m_str body)
{
    char name[80];
    m_date date;
    int n = doctype->series_date ? snprintf(name, sizeof name, "\"%s\"", doctype->series_date) : 0;
    const char *at = n > 0 && body.n ? memmem(body.p, body.n, name, (size_t)n) : NULL;
    if (at) {
        const char *end = body.p + body.n;
        at += n;
        while (at < end && (*at == ' ' || *at == ':' || *at == '"'))
            at++;
        if (end - at >= 10 && m_date_parse((m_str){at, 10}, &date) == M_OK) return date;
    }
    return m_today(call);
}

/* Where the fiscal year starts is not known here: the label is this year or the one before. */
static void want_series(wish_list *list, const m_collection *at, m_str body)
{
    m_series_row *rows = m_arena_array(list->call->arena, 2, sizeof *rows);
    const void **keys = m_arena_array(list->call->arena, 2, sizeof *keys);
    if (!rows || !keys) return;
    int year = m_fiscal_year(guess_date(list->call, at->doctype, body), 1);
    for (int i = 0; i < 2; i++) {
        const char *label = m_arena_printf(list->call->arena, "%d", year - i);
        if (!label) return;
        rows[i] =
            (m_series_row){.series = m_str_of(at->doctype->series), .period = m_str_of(label)};
        keys[i] = &rows[i];
    }
    want(list, (m_fetch){.type = &m_series_type, .keys = keys, .key_count = 2});
}

uint32_t m_documents_wants(const m_documents_service *service, m_call *call, const char *method,
                           const m_document_request *in, m_fetch *out, uint32_t max)
{
    wish_list list = {.call = call, .out = out, .max = max};
    const m_collection *at =
        m_registry_collection(service->config.registry, in->module, in->collection);
    if (!at || strcmp(method, "list") == 0) return 0;
    bool reads = strcmp(method, "get") == 0 || strcmp(method, "history") == 0;
    if (service->config.outgoing && !reads) want_outgoing(&list);
    if (!m_id_is_null(in->id)) want_document(&list, at->doctype->type, in->id);
    const m_move *move = in->action.n ? m_lifecycle_find(at->doctype->life, in->action) : NULL;
    if (!move) return list.count;
    if ((move->flags & M_MOVE_NUMBER) && at->doctype->series) want_series(&list, at, in->body);
    want_heads(&list, at);
    return list.count;
}
