/* What workers do for HTTP jobs. */
#include "attachment.h"
#include "http_job.h"

static void describe(job *base, m_call *call)
{
    http_job *j = (http_job *)base;
    call->source_address = j->request->client;
    call->request_id = m_str_of(j->request->request_id);
    call->trace_parent = http_request_header(j->request, "traceparent");
    domains_speak(call, http_request_header(j->request, "accept-language"));
    call->idempotency_key = http_request_header(j->request, "idempotency-key");
    identity_apply(&j->who, call);
}

static uint32_t wants(job *base, domain_set *domains, m_call *call, m_fetch *out, uint32_t max)
{
    http_job *j = (http_job *)base;
    return attachment_take(j) ? use_case_wants(&j->work, domains, call, out, max) : 0;
}

static m_status run(job *base, domain_set *domains, m_call *call)
{
    http_job *j = (http_job *)base;
    if (!attachment_take(j)) return m_fail(call, m_err_memory, "attachment");
    return use_case_run(&j->work, domains, call);
}

static void finish(job *base, m_call *call, m_status status)
{
    http_job *j = (http_job *)base;
    if (status == M_OK) {
        marks_saw(&j->gateway->marks, j->who.tenant, "core", j->work.reply.mark);
        http_job_succeed(j, call, j->work.http_status);
    } else {
        http_job_refuse(j, call);
    }
}

const job_ops http_work_ops = {describe, wants, run, finish};

/* ---- ready ---- */

static void describe_nobody(job *base, m_call *call)
{
    http_job *j = (http_job *)base;
    call->request_id = m_str_of(j->request->request_id);
    call->system = true;
}

#define READY(more) M_STR("{\"status\":\"ready\",\"checks\":{\"database\":\"ok\"" more "}}")

/* A broker that is away is no reason to send nobody here: what needs no other domain goes on. */
static m_str ready_text(const gateway_config *config)
{
    if (!config->linked) return READY("");
    if (config->linked(config->reached_arg)) return READY(",\"broker\":\"ok\"");
    return READY(",\"broker\":\"down\"");
}

/* That a transaction begins is the proof. */
static m_status ready_run(job *base, domain_set *domains, m_call *call)
{
    (void)domains;
    (void)call;
    http_job *j = (http_job *)base;
    j->work.http_status = 200;
    j->work.reply.body = ready_text(&j->gateway->config);
    return M_OK;
}

const job_ops http_ready_ops = {describe_nobody, NULL, ready_run, finish};
