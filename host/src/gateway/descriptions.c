#include "descriptions.h"

#include <strings.h>

#include "m_adapters/codec.h"

static void me_write(const http_job *j, const m_call *call, m_buf *out)
{
    char tenant[M_ID_TEXT], user[M_ID_TEXT];
    m_id_format(call->tenant, tenant);
    m_id_format(call->actor, user);
    m_buf_format(out, "{\"tenant\":\"%s\",\"user\":\"%s\",\"name\":", tenant, user);
    m_json_string(out, call->actor_name);
    m_buf_text(out, ",\"roles\":[");
    for (uint32_t i = 0; i < j->who.role_count; i++) {
        if (i) m_buf_text(out, ",");
        m_json_string(out, j->who.roles[i]);
    }
    m_buf_text(out, "]}");
}

/* Remotes are the Desk's federated parts; a domain without a bundle has no url. */
static void remote_write(const char *name, const char *label, service_reach reach, m_buf *out)
{
    m_buf_format(out,
                 "%s\"%s\":{\"label\":\"%s\",\"apiUrl\":\"/api/v1/%s\",\"metaUrl\":"
                 "\"/api/v1/meta/%s\",\"health\":\"%s\"",
                 out->n > 1 ? "," : "", name, label, name, name, reach.answers ? "ok" : "down");
    if (reach.bundle) m_buf_format(out, ",\"url\":\"/remotes/%s/remoteEntry.js\"", name);
    m_buf_text(out, "}");
}

/* What other processes call themselves is not known here. */
static const char *label_of(const char *domain)
{
    static const char *const labels[][2] = {
        {"finance", "Finance"}, {"wms", "Warehouse"}, {"people", "People"}};
    for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
        if (strcmp(labels[i][0], domain) == 0) return labels[i][1];
    return domain;
}

void descriptions_remotes(http_job *j)
{
    const gateway_config *config = &j->gateway->config;
    const domain_set *domains = config->domains;
    m_buf out = {.arena = j->arena};
    m_buf_text(&out, "{");
    for (uint32_t i = 0; i < domains->count; i++) {
        const m_module *m = domains->modules[i];
        service_reach here = {.answers = true, .bundle = desk_has(config->desk, m->name)};
        remote_write(m->name, m->label, here, &out);
    }
    for (uint32_t i = 0; i < config->remote_count; i++)
        remote_write(config->remotes[i], label_of(config->remotes[i]),
                     config->reached(config->reached_arg, config->remotes[i]), &out);
    m_buf_text(&out, "}");
    http_job_answer(j, 200, m_buf_str(&out));
}

void descriptions_metrics(http_job *j)
{
    const gateway_config *config = &j->gateway->config;
    metrics_gauges gauges = config->gauges(config->gauges_arg);
    m_buf out = {.arena = j->arena};
    m_time now = config->env->now(config->env->self);
    figures more = {.asked_count = 0};
    config->figures(config->gauges_arg, j->arena, &more);
    metrics_write(config->metrics, &gauges, now, &out);
    figures_write(&more, now, &out);
    http_job_answer_as(j, 200, "text/plain; version=0.0.4", m_buf_str(&out));
}

/* What the domains of this process say of themselves; no database is asked. */
static m_status describe(http_job *j, m_call *call, m_buf *out)
{
    domain_set *domains = (domain_set *)(uintptr_t)j->gateway->config.domains;
    m_document_reply reply = {.version = 0};
    bool all = j->route.kind == ROUTE_META_LIST;
    M_TRY(m_invoke((m_iface){&use_case_reports_ops, domains}, j->work.method, call, &j->work.in,
                   &reply));
    if (all) m_buf_text(out, "{\"items\":[");
    m_buf_bytes(out, reply.body.p, reply.body.n);
    if (all) m_buf_text(out, "]}");
    return M_OK;
}

bool descriptions_answer(http_job *j, m_call *call)
{
    m_buf out = {.arena = j->arena};
    m_status status = M_OK;
    switch (j->route.kind) {
    case ROUTE_META_LIST:
    case ROUTE_META_TYPE:
    case ROUTE_META_REPORT:
        status = describe(j, call, &out);
        break;
    case ROUTE_ME:
        me_write(j, call, &out);
        break;
    case ROUTE_BAD_ID:
        status = m_fail(call, m_err_not_found, NULL);
        break;
    default:
        return false;
    }
    if (status == M_OK && out.failed) status = m_fail(call, m_err_memory, NULL);
    if (status == M_OK)
        http_job_answer(j, 200, m_buf_str(&out));
    else
        http_job_refuse(j, call);
    return true;
}
