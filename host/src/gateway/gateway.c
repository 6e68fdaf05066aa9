#include "gateway.h"

#include <stdlib.h>

#include "descriptions.h"
#include "http_job.h"
#include "long_work.h"

static const m_error_def no_route = {"http.route", M_NOT_FOUND, "There is nothing at this address.",
                                     "GET /api/v1/openapi.json lists what there is."};
static const m_error_def bad_method = {"http.method", M_INVALID,
                                       "This address does not take the method %s.",
                                       "GET /api/v1/openapi.json lists what there is."};

static const m_error_def elsewhere = {
    "http.elsewhere", M_NOT_FOUND,
    "This process serves no API, only health, readiness and metrics.",
    "Ask the gateway: the process of the domain core."};

void gateway_init(gateway *g)
{
    *g = (gateway){.document = {.text = NULL}};
    marks_init(&g->marks);
    said_init(&g->said);
    pthread_mutex_init(&g->document.lock, NULL);
}

void gateway_destroy(gateway *g)
{
    said_destroy(&g->said);
    free(g->document.text);
}

static void push(http_job *j, queue *q, const job_ops *ops)
{
    j->base.ops = ops;
    if (queue_push(q, &j->base)) return;
    m_call call = http_job_call(j);
    (void)m_fail(&call, m_err_busy, NULL);
    http_job_refuse(j, &call);
}

const char *gateway_remote(const gateway *g, m_str domain)
{
    for (uint32_t i = 0; i < g->config.remote_count; i++)
        if (m_str_is(domain, g->config.remotes[i])) return g->config.remotes[i];
    return NULL;
}

/* Something another process has to say or to do. */
static bool is_remote(const http_job *j)
{
    const gateway *g = j->gateway;
    if (!j->work.method || !g->config.remote_count) return false;
    return j->route.kind == ROUTE_META_LIST || gateway_remote(g, j->route.module);
}

void gateway_dispatch(http_job *j)
{
    gateway *g = j->gateway;
    j->base.tenant = j->who.tenant;
    m_call call = http_job_call(j);
    identity_apply(&j->who, &call);
    if (is_remote(j))
        push(j, g->config.forwards, NULL);
    else if (route_writes(j->route.kind))
        push(j, queue_of_tenant(g->config.lanes, g->config.lane_count, j->who.tenant),
             &http_work_ops);
    else if (j->route.kind == ROUTE_API_KEY || j->route.kind == ROUTE_PASSWORD)
        push(j, g->config.slow, NULL);
    else if (!descriptions_answer(j, &call) && !long_work_answer(j, &call))
        push(j, g->config.readers, &http_work_ops);
}

/* "Bearer …" → the text after it. */
static m_str bearer(const http_request *request)
{
    m_str value = http_request_header(request, "authorization");
    static const char scheme[] = "Bearer ";
    size_t n = sizeof scheme - 1;
    if (value.n <= n || strncasecmp(value.p, scheme, n) != 0) return (m_str){NULL, 0};
    return m_str_trim((m_str){value.p + n, value.n - n});
}

static bool is_api_key(m_str token)
{
    return token.n > 3 && memcmp(token.p, "bm_", 3) == 0;
}

static void sign_in_and_dispatch(http_job *j, m_call *call)
{
    gateway *g = j->gateway;
    m_str token = bearer(j->request);
    if (is_api_key(
            token)) { /* needs the database: resolved by a slow worker, which dispatches then */
        j->api_key = token;
        push(j, g->config.slow, NULL);
        return;
    }
    m_time now = g->config.env->now(g->config.env->self);
    m_status status = token.n ? identity_verify_token(g->config.keys, token, now, j->arena, &j->who)
                              : M_UNAUTHORIZED;
    if (status != M_OK) {
        (void)m_fail(call, status == M_NOMEM ? m_err_memory : m_err_unauthorized, NULL);
        http_job_refuse(j, call);
        return;
    }
    gateway_dispatch(j);
}

void gateway_answer_file(http_job *j, const desk_found *found)
{
    desk_reply reply;
    desk_reply_of(found, &reply);
    m_call call = http_job_call(j);
    if (reply.status == 404)
        (void)m_fail(&call, &no_route, NULL);
    else if (reply.status == 405)
        (void)m_fail(&call, &bad_method, "%.*s", M_STR_ARG(j->request->method));
    if (reply.status >= 400)
        http_job_refuse(j, &call);
    else
        http_job_answer_with(j, reply.status, reply.type, reply.headers, reply.header_count,
                             reply.body);
}

/* A bundle lies where its domain is. */
static void answer_desk(http_job *j)
{
    desk_question question = desk_question_of(j->request);
    desk_found found;
    j->route.module = desk_domain(question.path);
    if (!j->gateway->config.no_api && gateway_remote(j->gateway, j->route.module)) {
        push(j, j->gateway->config.forwards, NULL);
        return;
    }
    desk_find_file(j->gateway->config.desk, &question, &found);
    gateway_answer_file(j, &found);
}

static void answer_openapi(http_job *j)
{
    gateway *g = j->gateway;
    if (!g->config.remote_count) {
        http_job_answer(j, 200, g->config.openapi);
        return;
    }
    j->work = use_case_of(&m_reports_protocol, "openapi");
    push(j, g->config.forwards, NULL);
}

static void route_job(http_job *j)
{
    m_call call = http_job_call(j);
    gateway *g = j->gateway;
    m_status status = M_OK;
    if (g->config.no_api && route_is_api(j->route.kind)) {
        (void)m_fail(&call, &elsewhere, NULL);
        http_job_refuse(j, &call);
        return;
    }
    switch (j->route.kind) {
    case ROUTE_NONE:
        status = m_fail(&call, &no_route, NULL);
        break;
    case ROUTE_BAD_METHOD:
        status = m_fail(&call, &bad_method, "%.*s", M_STR_ARG(j->request->method));
        break;
    case ROUTE_HEALTH:
        http_job_answer(j, 200, M_STR("{\"status\":\"ok\"}"));
        return;
    case ROUTE_OPENAPI:
        answer_openapi(j);
        return;
    case ROUTE_METRICS:
        descriptions_metrics(j);
        return;
    case ROUTE_REMOTES:
        descriptions_remotes(j);
        return;
    case ROUTE_DESK:
        answer_desk(j);
        return;
    case ROUTE_READY:
        push(j, g->config.readers, &http_ready_ops);
        return;
    default:
        status = http_job_read_request(j, &call);
        break;
    }
    if (status != M_OK)
        http_job_refuse(j, &call);
    else if (route_needs_sign_in(j->route.kind))
        sign_in_and_dispatch(j, &call);
    else
        push(j, g->config.slow, NULL);
}

void gateway_on_request(void *arg, http_request *request)
{
    gateway *g = arg;
    http_job *j = http_job_new(g, request, route_parse(request->method, request->path));
    if (!j) {
        http_reply_error(request, 503, "core.memory", "There is not enough memory right now.",
                         "Try again in a moment.");
        return;
    }
    route_job(j);
}
