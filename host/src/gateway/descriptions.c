#include "descriptions.h"

#include <strings.h>

#include "m_adapters/codec.h"

/* Every document type and report the actor may read. */
static void list_write(http_job *j, const m_call *call, m_buf *out)
{
    const domain_set *domains = j->gateway->config.domains;
    m_buf_text(out, "{\"items\":[");
    bool first = true;
    for (uint32_t m = 0; m < domains->count; m++) {
        const m_module *module = domains->modules[m];
        for (const m_doctype *const *d = module->doctypes; d && *d; d++) {
            if (!m_may(call, *d, M_CAN_READ)) continue;
            if (!first) m_buf_text(out, ",");
            first = false;
            m_buf_format(
                out,
                "{\"kind\":\"document\",\"name\":\"%s\",\"module\":\"%s\",\"collection\":\"%s\","
                "\"label\":\"%s\",\"label_plural\":\"%s\",\"group\":\"%s\"}",
                (*d)->type->name, (*d)->module, (*d)->collection, (*d)->label, (*d)->label_plural,
                (*d)->group ? (*d)->group : "");
        }
        for (const m_report *const *r = module->reports; r && *r; r++) {
            if (!m_permitted(call, (*r)->permissions, M_CAN_READ)) continue;
            if (!first) m_buf_text(out, ",");
            first = false;
            m_buf_format(out,
                         "{\"kind\":\"report\",\"name\":\"%s\",\"module\":\"%s\",\"label\":\"%s\","
                         "\"group\":\"%s\"}",
                         (*r)->name, module->name, (*r)->label, (*r)->group ? (*r)->group : "");
        }
    }
    m_buf_text(out, "]}");
}

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

/* Remotes are the Desk's federated parts; a domain whose bundle is not here has no url. */
void descriptions_remotes(http_job *j)
{
    const domain_set *domains = j->gateway->config.domains;
    m_buf out = {.arena = j->arena};
    m_buf_text(&out, "{");
    for (uint32_t i = 0; i < domains->count; i++) {
        const char *name = domains->modules[i]->name;
        m_buf_format(&out,
                     "%s\"%s\":{\"label\":\"%s\",\"apiUrl\":\"/api/v1/%s\",\"metaUrl\":"
                     "\"/api/v1/meta/%s\",\"health\":\"ok\"",
                     i ? "," : "", name, domains->modules[i]->label, name, name);
        if (desk_has(j->gateway->config.desk, name))
            m_buf_format(&out, ",\"url\":\"/remotes/%s/remoteEntry.js\"", name);
        m_buf_text(&out, "}");
    }
    m_buf_text(&out, "}");
    http_job_answer(j, 200, m_buf_str(&out));
}

void descriptions_metrics(http_job *j)
{
    const gateway_config *config = &j->gateway->config;
    metrics_gauges gauges = config->gauges(config->gauges_arg);
    m_buf out = {.arena = j->arena};
    metrics_write(config->metrics, &gauges, config->env->now(config->env->self), &out);
    http_job_answer_as(j, 200, "text/plain; version=0.0.4", m_buf_str(&out));
}

static m_status type_write(const http_job *j, m_call *call, m_buf *out)
{
    const m_collection *c = m_registry_collection(j->gateway->config.domains->registry,
                                                  j->route.module, j->route.collection);
    if (!c) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(j->route.collection));
    if (!m_may(call, c->doctype, M_CAN_READ)) return m_fail(call, m_err_denied, NULL);
    m_meta_doctype(out, c->doctype);
    return M_OK;
}

static m_status report_write(const http_job *j, m_call *call, m_buf *out)
{
    void *instance;
    const m_report *report = m_registry_report(j->gateway->config.domains->registry,
                                               j->route.module, j->route.collection, &instance);
    if (!report) return m_fail(call, m_err_not_found, "%.*s", M_STR_ARG(j->route.collection));
    if (!m_permitted(call, report->permissions, M_CAN_READ))
        return m_fail(call, m_err_denied, NULL);
    char module[64];
    size_t n = j->route.module.n < sizeof module ? j->route.module.n : sizeof module - 1;
    memcpy(module, j->route.module.p, n);
    module[n] = 0;
    m_meta_report(out, module, report);
    return M_OK;
}

bool descriptions_answer(http_job *j, m_call *call)
{
    m_buf out = {.arena = j->arena};
    m_status status = M_OK;
    switch (j->route.kind) {
    case ROUTE_META_LIST:
        list_write(j, call, &out);
        break;
    case ROUTE_META_TYPE:
        status = type_write(j, call, &out);
        break;
    case ROUTE_META_REPORT:
        status = report_write(j, call, &out);
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
