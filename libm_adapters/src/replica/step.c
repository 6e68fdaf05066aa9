#include "internal.h"

#define TIMEOUT_MS 30000
#define TRIES      4
#define US_PER_MS  INT64_C(1000)

m_status stepper_open(stepper *s, const m_replica *replica, m_call *call, m_uow *uow)
{
    *s = (stepper){.replica = replica, .call = call, .uow = uow, .arena = m_arena_new(0)};
    return s->arena ? M_OK : m_fail(call, m_err_memory, "replica");
}

void stepper_close(stepper *s)
{
    m_arena_free(s->arena);
    s->arena = NULL;
}

m_call stepper_call(const stepper *s, m_arena *arena)
{
    const m_replica_config *config = &s->replica->config;
    int64_t timeout_ms = config->timeout_ms ? config->timeout_ms : TIMEOUT_MS;
    m_call call = {.tenant = s->call->tenant,
                   .actor_name = M_STR("system"),
                   .system = true,
                   .request_id = s->call->request_id,
                   .trace_parent = s->call->trace_parent,
                   .env = config->env,
                   .arena = arena};
    call.deadline.us = m_now(&call).us + timeout_ms * US_PER_MS;
    if (s->call->deadline.us && s->call->deadline.us < call.deadline.us)
        call.deadline = s->call->deadline;
    return call;
}

m_status stepper_fail(const stepper *s, const m_call *inner, m_status status)
{
    const m_error *from = &inner->error;
    m_error *to = &s->call->error;
    m_arena *arena = s->call->arena;
    m_error_clear(s->call);
    *to = (m_error){.status = status,
                    .code = m_str_dup(arena, from->code),
                    .message = m_str_dup(arena, from->message),
                    .hint = m_str_dup(arena, from->hint)};
    return status;
}

static m_status try_step(const stepper *s, m_call *call, m_uow_mode mode, step_fn fn, void *arg)
{
    const m_uow_ops *ops = s->uow->ops;
    M_TRY(ops->begin(s->uow, call, mode, NULL, 0));
    ops->mark(s->uow);
    m_status status = fn(arg, call);
    if (status != M_OK || mode == M_UOW_READ) {
        ops->rollback(s->uow);
        return status;
    }
    ops->accept(s->uow);
    return ops->commit(s->uow, call);
}

m_status stepper_run(const stepper *s, m_uow_mode mode, step_fn fn, void *arg)
{
    m_call call = {.arena = NULL};
    m_status status = M_OK;
    for (int i = 0; i < TRIES; i++) {
        m_arena_reset(s->arena);
        call = stepper_call(s, s->arena);
        status = try_step(s, &call, mode, fn, arg);
        /* what is ours to refuse has our code; the rest is what concurrent writers cause */
        bool passes = status == M_AGAIN || status == M_CONFLICT;
        bool ours = m_str_eq(call.error.code, m_str_of(m_replica_errors[REPLICA_E_OVERTAKEN].code));
        if (!passes || ours) break;
    }
    return status == M_OK ? M_OK : stepper_fail(s, &call, status);
}
