/* Reports and descriptions of a set of domains. */
#include "m_adapters/codec.h"
#include "use_case.h"

static m_status find_report(const domain_set *domains, m_call *call, const m_document_request *in,
                            const m_report **out, void **out_instance)
{
    const m_report *report =
        m_registry_report(domains->registry, in->module, in->collection, out_instance);
    if (!report) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(in->collection));
    if (!m_permitted(call, report->permissions, M_CAN_READ))
        return m_fail(call, m_err_denied, NULL);
    *out = report;
    return M_OK;
}

static m_status finish(m_call *call, const m_buf *text, m_document_reply *out)
{
    if (text->failed) return m_fail(call, m_err_memory, NULL);
    *out = (m_document_reply){.body = m_buf_str(text)};
    return M_OK;
}

/* ---- running ---- */

static m_status read_params(const m_report *report, m_call *call, const m_list *query, void *params)
{
    for (M_EACH(const m_pair, pair, *query)) {
        const m_field *field = m_field_find(report->params, pair->name);
        if (!field)
            m_field_fail(call, m_err_unknown, pair->name, NULL);
        else if (m_text_read(call, report->params, field, pair->value, pair->name, params) != M_OK)
            continue;
    }
    m_record_validate(call, report->params, params, "");
    return m_failed_fields(call);
}

static void write_totals(const m_report *report, const m_list *rows, m_buf *out)
{
    m_buf_text(out, "],\"totals\":{");
    bool first = true;
    for (uint16_t f = 0; f < report->row->count; f++) {
        const m_field *field = &report->row->fields[f];
        if (!m_words_have(report->totals, m_str_of(field->name))) continue;
        m_dec_sum sum = 0;
        for (uint32_t i = 0; i < rows->count; i++) {
            const void *row = (const char *)rows->items + i * report->row->size;
            const void *at = m_field_get(report->row, field, row);
            sum += field->kind == M_KIND_SUM ? *(const m_dec_sum *)at : ((const m_dec *)at)->u;
        }
        char text[M_DEC_SUM_TEXT];
        m_dec_sum_format(sum, 2, text);
        m_buf_format(out, "%s\"%s\":\"%s\"", first ? "" : ",", field->name, text);
        first = false;
    }
    m_buf_text(out, "}}");
}

static m_status run(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    void *instance;
    const m_report *report;
    M_TRY(find_report(self, call, in, &report, &instance));
    void *params = m_record_new(report->params, call->arena);
    if (!params) return m_fail(call, m_err_memory, NULL);
    M_TRY(read_params(report, call, &in->query, params));
    m_list rows = {NULL, 0};
    M_TRY(report->run(instance, call, params, &rows));
    m_buf text = {.arena = call->arena};
    m_buf_format(&text, "{\"report\":\"%s\",\"params\":", report->name);
    m_json_record(&text, report->params, params, NULL);
    m_buf_text(&text, ",\"rows\":[");
    for (uint32_t i = 0; i < rows.count; i++) {
        if (i) m_buf_text(&text, ",");
        m_json_record(&text, report->row, (const char *)rows.items + i * report->row->size, NULL);
    }
    write_totals(report, &rows, &text);
    return finish(call, &text, out);
}

/* ---- describing ---- */

static void list_module(const m_call *call, const m_module *module, m_buf *out)
{
    for (const m_doctype *const *d = module->doctypes; d && *d; d++)
        if (m_may(call, *d, M_CAN_READ))
            m_buf_format(
                out,
                "%s{\"kind\":\"document\",\"name\":\"%s\",\"module\":\"%s\",\"collection\":\"%s\","
                "\"label\":\"%s\",\"label_plural\":\"%s\",\"group\":\"%s\"}",
                out->n ? "," : "", (*d)->type->name, (*d)->module, (*d)->collection,
                m_say(call, (*d)->label), m_say(call, (*d)->label_plural),
                (*d)->group ? m_say(call, (*d)->group) : "");
    for (const m_report *const *r = module->reports; r && *r; r++)
        if (m_permitted(call, (*r)->permissions, M_CAN_READ))
            m_buf_format(out,
                         "%s{\"kind\":\"report\",\"name\":\"%s\",\"module\":\"%s\",\"label\":\"%s\""
                         ",\"group\":\"%s\"}",
                         out->n ? "," : "", (*r)->name, module->name, m_say(call, (*r)->label),
                         (*r)->group ? m_say(call, (*r)->group) : "");
}

/* What this process only has copies of is described by its owner. */
static bool described_here(const domain_set *domains, uint32_t module)
{
    return !domains->others || domains_own(domains->modules[module]->name);
}

static m_status list(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    (void)in;
    const domain_set *domains = self;
    m_buf text = {.arena = call->arena};
    for (uint32_t m = 0; m < domains->count; m++)
        if (described_here(domains, m)) list_module(call, domains->modules[m], &text);
    return finish(call, &text, out);
}

static m_status type(void *self, m_call *call, const m_document_request *in, m_document_reply *out)
{
    const domain_set *domains = self;
    const m_collection *c = m_registry_collection(domains->registry, in->module, in->collection);
    if (!c) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(in->collection));
    if (!m_may(call, c->doctype, M_CAN_READ)) return m_fail(call, m_err_denied, NULL);
    m_buf text = {.arena = call->arena};
    m_meta_doctype(&text, call, c->doctype);
    return finish(call, &text, out);
}

static m_status report(void *self, m_call *call, const m_document_request *in,
                       m_document_reply *out)
{
    void *instance;
    const m_report *found;
    M_TRY(find_report(self, call, in, &found, &instance));
    m_buf text = {.arena = call->arena};
    m_meta_report(&text, call, m_str_z(call->arena, in->module), found);
    return finish(call, &text, out);
}

static m_status openapi(void *self, m_call *call, const m_document_request *in,
                        m_document_reply *out)
{
    (void)in;
    const domain_set *domains = self;
    const m_module *modules[DOMAINS_MAX];
    uint32_t n = 0;
    for (uint32_t m = 0; m < domains->count; m++)
        if (described_here(domains, m)) modules[n++] = domains->modules[m];
    m_openapi_part part;
    m_buf text = {.arena = call->arena};
    if (!m_openapi_part_of(call->arena, modules, n, &part)) return m_fail(call, m_err_memory, NULL);
    m_json_canonical(&text, &m_openapi_part_type, &part);
    return finish(call, &text, out);
}

const m_reports_ops use_case_reports_ops = {
    .head = {sizeof(m_reports_ops), 1, "reports"},
    .run = run,
    .list = list,
    .type = type,
    .report = report,
    .openapi = openapi,
};
