#include "rpc_job.h"

#include "../prove/prove.h"
#include "../use_case/use_case.h"
#include "../worker/job.h"
#include "m_adapters/codec.h"

typedef struct {
    job base;
    m_rpc_incoming *in;
    use_case work; /* of documents and reports */
    m_str reply;
} rpc_job;

static bool is_use_case(const m_rpc_incoming *in)
{
    return in->protocol == &m_documents_protocol || in->protocol == &m_reports_protocol;
}

/* All but what the worker gives: memory, transaction, clock, answers. */
static void describe(job *base, m_call *call)
{
    const m_call *from = &((rpc_job *)base)->in->call;
    call->actor = from->actor;
    call->actor_name = from->actor_name;
    call->roles = from->roles;
    call->role_count = from->role_count;
    call->system = from->system;
    domains_speak(call, from->locale);
    call->source_address = from->source_address;
    call->request_id = from->request_id;
    call->trace_parent = from->trace_parent;
    call->idempotency_key = from->idempotency_key;
}

static uint32_t wants(job *base, domain_set *domains, m_call *call, m_fetch *out, uint32_t max)
{
    rpc_job *j = (rpc_job *)base;
    return j->work.method ? use_case_wants(&j->work, domains, call, out, max) : 0;
}

static m_status run_use_case(rpc_job *j, domain_set *domains, m_call *call)
{
    M_TRY(use_case_run(&j->work, domains, call));
    m_buf reply = {.arena = call->arena};
    m_json_canonical(&reply, &m_document_reply_type, &j->work.reply);
    if (reply.failed) return m_fail(call, m_err_memory, NULL);
    j->reply = m_buf_str(&reply);
    return M_OK;
}

static m_status run(job *base, domain_set *domains, m_call *call)
{
    rpc_job *j = (rpc_job *)base;
    if (j->work.method) return run_use_case(j, domains, call);
    m_iface value = {&prove_work_ops, domains};
    if (j->in->protocol != &m_work_protocol &&
        !domains_served(domains, j->in->protocol->name, &value))
        return m_fail(call, m_err_unsupported, "%s", j->in->protocol->name);
    return m_remote_dispatch(value, j->in->method, call, j->in->body, &j->reply);
}

static void finish(job *base, m_call *call, m_status status)
{
    rpc_job *j = (rpc_job *)base;
    m_rpc_answer(j->in, status, j->reply, &call->error); /* j is part of what it frees */
}

static const job_ops ops = {describe, wants, run, finish};

m_rpc_incoming *rpc_job_question(job *j)
{
    return ((rpc_job *)j)->in;
}

static m_status read_use_case(rpc_job *j, m_call *call)
{
    j->work = use_case_of(j->in->protocol, j->in->method->name);
    return m_json_read(call, j->in->method->in, j->in->body, M_JSON_MESSAGE, &j->work.in, NULL);
}

/* The API's description belongs to no tenant, so no worker is made ready for it. */
static bool is_description(const m_rpc_incoming *in)
{
    return in->protocol == &m_reports_protocol && strcmp(in->method->name, "openapi") == 0;
}

/* What needs no transaction. */
static void answer_now(m_iface here, m_rpc_incoming *in)
{
    m_str reply = {NULL, 0};
    m_status status = m_remote_dispatch(here, in->method, &in->call, in->body, &reply);
    m_rpc_answer(in, status, reply, &in->call.error);
}

/* Work is only put on the board, or looked at there. */
static void ask_board(const rpc_queues *queues, m_rpc_incoming *in)
{
    m_iface board = {&task_work_ops, queues->tasks};
    m_rpc_answer_locally(&board, in);
}

static void *constant(const void *value)
{
    return (void *)(uintptr_t)value;
}

void rpc_job_take(void *arg, m_rpc_incoming *in)
{
    const rpc_queues *queues = arg;
    m_call *call = &in->call;
    if (in->protocol == &m_work_protocol && strcmp(in->method->name, "lend") != 0) {
        ask_board(queues, in);
        return;
    }
    if (is_description(in)) {
        answer_now((m_iface){&use_case_reports_ops, constant(queues->domains)}, in);
        return;
    }
    if (in->protocol == &desk_files_protocol) {
        answer_now((m_iface){&desk_files_local, constant(queues->desk)}, in);
        return;
    }
    rpc_job *j = m_arena_alloc(call->arena, sizeof *j);
    m_status status = j ? M_OK : m_fail(call, m_err_memory, NULL);
    if (j) {
        *j = (rpc_job){.base = {.ops = &ops, .tenant = call->tenant, .deadline = call->deadline},
                       .in = in};
        j->base.after = in->after;
        if (is_use_case(in)) status = read_use_case(j, call);
    }
    queue *q = in->protocol == &m_outbox_protocol ? queues->outbox
               : in->method->flags & M_METHOD_READ
                   ? queues->readers
                   : queue_of_tenant(queues->lanes, queues->lane_count, call->tenant);
    if (status == M_OK && !queue_push(q, &j->base)) status = m_fail(call, m_err_busy, NULL);
    if (status != M_OK) m_rpc_answer(in, status, (m_str){NULL, 0}, &call->error);
}
