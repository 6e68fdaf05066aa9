#include "http_job.h"

#include <stdio.h>
#include <stdlib.h>

#include "attachment.h"
#include "m_adapters/codec.h"

#define JOB_ARENA_BYTES (64u << 20) /* answers of other processes are read into it as well */

http_job *http_job_new(gateway *g, http_request *request, route r)
{
    http_job *j = calloc(1, sizeof *j);
    if (!j || !(j->arena = m_arena_new(JOB_ARENA_BYTES))) {
        free(j);
        return NULL;
    }
    j->gateway = g;
    j->request = request;
    j->route = r;
    j->started = g->config.env->now(g->config.env->self);
    uint32_t ms = route_writes(r.kind) ? g->config.write_timeout_ms : g->config.read_timeout_ms;
    j->base.deadline = (m_time){j->started.us + (int64_t)ms * 1000};
    return j;
}

static void job_free(http_job *j)
{
    attachment_end(j);
    m_arena_free(j->arena);
    free(j);
}

static void reply(http_job *j, int status, const char *content_type, m_str body)
{
    http_header headers[3];
    uint32_t n = 0;
    char etag[32], location[256];
    if (j->work.reply.version > 0 && status < 300) {
        int length = snprintf(etag, sizeof etag, "\"%lld\"", (long long)j->work.reply.version);
        headers[n++] = (http_header){M_STR("etag"), {etag, (size_t)length}};
    }
    if (status == 201 && (j->route.kind == ROUTE_CREATE || j->route.kind == ROUTE_ATTACH)) {
        char id[M_ID_TEXT], document[M_ID_TEXT];
        bool file = j->route.kind == ROUTE_ATTACH;
        m_id_format(j->work.reply.id, id);
        m_id_format(j->route.id, document);
        int length = snprintf(location, sizeof location, "/api/v1/%.*s/%.*s/%s%s%s",
                              M_STR_ARG(j->route.module), M_STR_ARG(j->route.collection),
                              file ? document : "", file ? "/attachments/" : "", id);
        if (length > 0 && (size_t)length < sizeof location)
            headers[n++] = (http_header){M_STR("location"), {location, (size_t)length}};
    }
    if (status == 429 || status == 503)
        headers[n++] = (http_header){M_STR("retry-after"), M_STR("1")};
    http_job_answer_with(j, status, content_type, headers, n, body);
}

void http_job_answer_with(http_job *j, int status, const char *content_type,
                          const http_header *headers, uint32_t n, m_str body)
{
    char *copy = body.n ? malloc(body.n) : NULL;
    if (copy) memcpy(copy, body.p, body.n);
    http_response response = {.status = copy || !body.n ? status : 500,
                              .content_type = content_type,
                              .headers = headers,
                              .header_count = n,
                              .body = copy,
                              .body_n = copy ? body.n : 0};
    const m_env *env = j->gateway->config.env;
    metrics_count(j->gateway->config.metrics, j->route.kind, response.status,
                  env->now(env->self).us - j->started.us);
    http_reply(j->request, &response);
    job_free(j);
}

void http_job_answer(http_job *j, int status, m_str body)
{
    reply(j, status, NULL, body);
}

void http_job_succeed(http_job *j, m_call *call, int status)
{
    if (j->route.kind == ROUTE_ATTACHMENT)
        attachment_answer(j, call);
    else
        http_job_answer(j, status, j->work.reply.body);
}

void http_job_answer_as(http_job *j, int status, const char *content_type, m_str body)
{
    reply(j, status, content_type, body);
}

/* The statuses that m_status does not tell apart. */
static int http_status(const m_error *error)
{
    static const struct {
        const char *code;
        int status;
    } special[] = {
        {"core.body.malformed", 400},       {"core.query.malformed", 400},
        {"core.version.required", 428},     {"http.method", 405},
        {"http.media_type", 415},           {"http.route", 404},
        {"core.attachment.too_large", 413},
    };
    for (size_t i = 0; i < sizeof special / sizeof special[0]; i++)
        if (m_str_is(error->code, special[i].code)) return special[i].status;
    return m_status_http(error->status);
}

void http_job_refuse(http_job *j, const m_call *call)
{
    m_buf body = {.arena = call->arena};
    m_json_error(&body, call);
    int status = http_status(&call->error);
    const m_env *env = j->gateway->config.env;
    if (status >= 500)
        env->log(env->self, "error", route_name(j->route.kind),
                 m_str_z(j->arena, call->error.code));
    reply(j, status, NULL, m_buf_str(&body));
}

m_call http_job_call(http_job *j)
{
    m_call call = {.tenant = j->base.tenant,
                   .env = j->gateway->config.env,
                   .arena = j->arena,
                   .deadline = j->base.deadline,
                   .source_address = j->request->client,
                   .request_id = m_str_of(j->request->request_id),
                   .trace_parent = http_request_header(j->request, "traceparent")};
    domains_speak(&call, http_request_header(j->request, "accept-language"));
    return call;
}

/* ---- reading the request ---- */

static const m_error_def media_type = {
    "http.media_type", M_INVALID, "The body must be %s.",
    "Send Content-Type: application/json, or text/csv for a file."};

/* Escapes were found well-formed by the server. */
static m_str decode(m_arena *arena, m_str text)
{
    char *out = m_arena_alloc(arena, text.n + 1);
    if (!out) return (m_str){NULL, 0};
    size_t n = 0;
    for (size_t i = 0; i < text.n; i++) {
        if (text.p[i] == '%' && i + 2 < text.n) {
            out[n++] = (char)(m_hex_digit(text.p[i + 1]) * 16 + m_hex_digit(text.p[i + 2]));
            i += 2;
        } else {
            out[n++] = text.p[i] == '+' ? ' ' : text.p[i];
        }
    }
    return (m_str){out, n};
}

#define QUERY_PAIRS_MAX 64

static m_status read_query(http_job *j, m_call *call)
{
    m_str rest = j->request->query;
    uint32_t capacity = 0;
    while (rest.n) {
        const char *end = memchr(rest.p, '&', rest.n);
        size_t n = end ? (size_t)(end - rest.p) : rest.n;
        const char *equal = memchr(rest.p, '=', n);
        size_t name_n = equal ? (size_t)(equal - rest.p) : n;
        if (n) {
            m_pair *pair = m_list_add(j->arena, &j->work.in.query, &capacity, sizeof *pair);
            if (!pair || j->work.in.query.count > QUERY_PAIRS_MAX)
                return m_fail(call, m_err_query, "more than %d parameters", QUERY_PAIRS_MAX);
            pair->name = decode(j->arena, (m_str){rest.p, name_n});
            pair->value =
                equal ? decode(j->arena, (m_str){equal + 1, n - name_n - 1}) : (m_str){NULL, 0};
            if (!m_utf8_valid(pair->name) || !m_utf8_valid(pair->value))
                return m_fail(call, m_err_query, "text that is not UTF-8");
        }
        rest = end ? (m_str){end + 1, rest.n - n - 1} : (m_str){NULL, 0};
    }
    return M_OK;
}

/* If-Match: "3" */
static m_status read_if_match(http_job *j, m_call *call)
{
    m_str tag = m_str_trim(http_request_header(j->request, "if-match"));
    if (!tag.n) return M_OK;
    int64_t version = 0;
    bool good = tag.n >= 3 && tag.n <= 18 && tag.p[0] == '"' && tag.p[tag.n - 1] == '"';
    for (size_t i = 1; good && i + 1 < tag.n; i++) {
        good = tag.p[i] >= '0' && tag.p[i] <= '9';
        version = version * 10 + (tag.p[i] - '0');
    }
    if (!good || version == 0)
        return m_fail(call, m_err_query, "an If-Match that is not an ETag of ours");
    j->work.in.if_version = version;
    return M_OK;
}

static bool is_media(m_str type, const char *wanted)
{
    size_t n = strlen(wanted);
    return type.n >= n && strncasecmp(type.p, wanted, n) == 0 &&
           (type.n == n || type.p[n] == ';' || type.p[n] == ' ');
}

/* Imports take a file, attachments any, everything else JSON. */
static m_status check_media(const http_job *j, m_call *call)
{
    if (j->route.kind == ROUTE_ATTACH) return M_OK;
    bool csv = j->route.kind == ROUTE_IMPORT;
    m_str type = http_request_header(j->request, "content-type");
    if (!j->request->body.n || is_media(type, csv ? "text/csv" : "application/json")) return M_OK;
    return m_fail(call, &media_type, csv ? "CSV" : "JSON");
}

static use_case work_of(route_kind kind)
{
    const char *method = route_documents_method(kind);
    if (method) return use_case_of(&m_documents_protocol, method);
    method = route_reports_method(kind);
    return method ? use_case_of(&m_reports_protocol, method) : (use_case){.method = NULL};
}

m_status http_job_read_request(http_job *j, m_call *call)
{
    j->work = work_of(j->route.kind);
    j->work.in.module = j->route.module;
    j->work.in.collection = j->route.collection;
    j->work.in.id = j->route.id;
    j->work.in.action = j->route.action;
    j->work.in.attachment = j->route.attachment;
    j->work.in.body = j->request->body;
    M_TRY(check_media(j, call));
    M_TRY(attachment_begin(j, call));
    M_TRY(read_if_match(j, call));
    M_TRY(read_query(j, call));
    if (j->route.kind != ROUTE_CREATE) return M_OK;
    for (M_EACH(m_pair, pair,
                j->work.in.query)) /* POST …?action=submit: create and submit at once */
        if (m_str_is(pair->name, "action")) j->work.in.action = pair->value;
    return M_OK;
}
