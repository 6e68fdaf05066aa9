/* What workers do for HTTP jobs. */
#include "http_job.h"

#include "m_adapters/codec.h"

static void describe(job *base, m_call *call)
{
    http_job *j = (http_job *)base;
    call->source_address = j->request->client;
    call->request_id = m_str_of(j->request->request_id);
    call->trace_parent = http_request_header(j->request, "traceparent");
    call->locale = http_request_header(j->request, "accept-language");
    call->idempotency_key = http_request_header(j->request, "idempotency-key");
    identity_apply(&j->who, call);
}

static m_status documents_run(const http_job *j, domain_set *domains, m_call *call,
                              const m_document_request *in, m_document_reply *out)
{
    switch (j->route.kind) {
    case ROUTE_LIST:
        return m_documents_list(domains->documents, call, in, out);
    case ROUTE_GET:
        return m_documents_get(domains->documents, call, in, out);
    case ROUTE_HISTORY:
        return m_documents_history(domains->documents, call, in, out);
    case ROUTE_CREATE:
        return m_documents_create(domains->documents, call, in, out);
    case ROUTE_UPDATE:
        return m_documents_update(domains->documents, call, in, out);
    case ROUTE_DELETE:
        return m_documents_remove(domains->documents, call, in, out);
    case ROUTE_ACT:
        return m_documents_act(domains->documents, call, in, out);
    default:
        return m_fail(call, m_err_internal, NULL);
    }
}

static const char *method_name(route_kind kind)
{
    switch (kind) {
    case ROUTE_LIST:
        return "list";
    case ROUTE_GET:
        return "get";
    case ROUTE_HISTORY:
        return "history";
    case ROUTE_CREATE:
        return "create";
    case ROUTE_UPDATE:
        return "update";
    case ROUTE_DELETE:
        return "remove";
    case ROUTE_ACT:
        return "act";
    default:
        return "";
    }
}

/* ---- writes ---- */

/* A body with a secret (a password) is not kept, not even as a hash. */
static bool is_secret(const http_job *j, const domain_set *domains)
{
    const m_collection *c =
        m_registry_collection(domains->registry, j->route.module, j->route.collection);
    const m_move *move = c ? m_lifecycle_find(c->doctype->life, j->document.action) : NULL;
    for (uint16_t i = 0; move && move->input && i < move->input->count; i++)
        if (move->input->fields[i].flags & M_SECRET) return true;
    return false;
}

static m_status name_request(http_job *j, const domain_set *domains, m_call *call)
{
    if (is_secret(j, domains)) call->idempotency_key = (m_str){NULL, 0};
    char *name = m_arena_printf(call->arena, "%.*s %.*s?%.*s", M_STR_ARG(j->request->method),
                                M_STR_ARG(j->request->path), M_STR_ARG(j->request->query));
    if (!name) return m_fail(call, m_err_memory, "idempotency key");
    return m_idempotency_ask(call, m_str_of(name), j->request->body, &j->once);
}

static uint32_t write_wants(job *base, domain_set *domains, m_call *call, m_fetch *out,
                            uint32_t max)
{
    http_job *j = (http_job *)base;
    j->named = name_request(j, domains, call) == M_OK;
    uint32_t n = j->named && m_idempotency_want(call, &j->once, out) ? 1 : 0;
    return n + m_documents_wants(domains->service, call, method_name(j->route.kind), &j->document,
                                 out + n, max - n);
}

static int success_status(route_kind kind)
{
    return kind == ROUTE_CREATE ? 201 : kind == ROUTE_DELETE ? 204 : 200;
}

static m_status write_run(job *base, domain_set *domains, m_call *call)
{
    http_job *j = (http_job *)base;
    j->reply = (m_document_reply){.version = 0};
    if (!j->named) M_TRY(name_request(j, domains, call)); /* tells why */
    const m_idempotency_row *row = NULL;
    M_TRY(m_idempotency_find(domains->store, call, &j->once, &row));
    if (row) {
        j->reply = (m_document_reply){row->reply, row->reply_id, row->reply_version};
        j->status = (int)row->http_status;
        return M_OK;
    }
    M_TRY(documents_run(j, domains, call, &j->document, &j->reply));
    j->status = success_status(j->route.kind);
    return m_idempotency_keep(domains->store, call, &j->once, j->status, j->reply.body, j->reply.id,
                              j->reply.version);
}

static void finish(job *base, m_call *call, m_status status)
{
    http_job *j = (http_job *)base;
    if (status == M_OK)
        http_job_answer(j, j->status, j->reply.body);
    else
        http_job_refuse(j, call);
}

const job_ops http_write_ops = {describe, write_wants, write_run, finish};

/* ---- reads ---- */

static m_status report_params(const m_report *report, m_call *call, const m_list *query,
                              void *params)
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

static m_status totals_write(const m_report *report, m_call *call, const m_list *rows, m_buf *out)
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
    return out->failed ? m_fail(call, m_err_memory, NULL) : M_OK;
}

static m_status report_run(http_job *j, domain_set *domains, m_call *call)
{
    void *instance;
    const m_report *report =
        m_registry_report(domains->registry, j->route.module, j->route.collection, &instance);
    if (!report) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(j->route.collection));
    if (!m_permitted(call, report->permissions, M_CAN_READ))
        return m_fail(call, m_err_denied, NULL);
    void *params = m_record_new(report->params, call->arena);
    if (!params) return m_fail(call, m_err_memory, NULL);
    M_TRY(report_params(report, call, &j->document.query, params));
    m_list rows = {NULL, 0};
    M_TRY(report->run(instance, call, params, &rows));
    m_buf out = {.arena = call->arena};
    m_buf_format(&out, "{\"report\":\"%s\",\"params\":", report->name);
    m_json_record(&out, report->params, params, NULL);
    m_buf_text(&out, ",\"rows\":[");
    for (uint32_t i = 0; i < rows.count; i++) {
        if (i) m_buf_text(&out, ",");
        m_json_record(&out, report->row, (const char *)rows.items + i * report->row->size, NULL);
    }
    M_TRY(totals_write(report, call, &rows, &out));
    j->reply.body = m_buf_str(&out);
    return M_OK;
}

static uint32_t read_wants(job *base, domain_set *domains, m_call *call, m_fetch *out, uint32_t max)
{
    http_job *j = (http_job *)base;
    if (j->route.kind != ROUTE_GET) return 0;
    return m_documents_wants(domains->service, call, "get", &j->document, out, max);
}

static m_status read_run(job *base, domain_set *domains, m_call *call)
{
    http_job *j = (http_job *)base;
    j->reply = (m_document_reply){.version = 0};
    j->status = 200;
    if (j->route.kind == ROUTE_REPORT) return report_run(j, domains, call);
    return documents_run(j, domains, call, &j->document, &j->reply);
}

const job_ops http_read_ops = {describe, read_wants, read_run, finish};

/* ---- ready ---- */

static void describe_nobody(job *base, m_call *call)
{
    http_job *j = (http_job *)base;
    call->request_id = m_str_of(j->request->request_id);
    call->system = true;
}

/* That a transaction begins is the proof. */
static m_status ready_run(job *base, domain_set *domains, m_call *call)
{
    (void)domains;
    (void)call;
    ((http_job *)base)->status = 200;
    ((http_job *)base)->reply.body =
        M_STR("{\"status\":\"ready\",\"checks\":{\"database\":\"ok\"}}");
    return M_OK;
}

const job_ops http_ready_ops = {describe_nobody, NULL, ready_run, finish};
