#include "asking.h"

#include "runner.h"

static m_status run(void *self, m_call *call, m_uow_mode mode, m_status (*work)(void *, m_call *),
                    void *arg)
{
    asking *a = self;
    const m_env *env = call->env;
    m_uow *before = call->uow;
    m_status status = M_AGAIN;
    m_answers_reset(a->answers, env);
    call->answers = a->answers;
    call->env = m_answers_env(a->answers);
    call->uow = a->uow;
    for (uint32_t i = 0; i < M_REMOTE_ROUNDS && status == M_AGAIN; i++) {
        m_answers_rerun(a->answers);
        status = runner_run_once(a->uow, call, mode, work, arg);
        if (status == M_AGAIN) m_answers_ask(a->answers, a->asker, call);
    }
    call->uow = before;
    call->answers = NULL;
    call->env = env;
    return status;
}

identity_runner asking_runner(asking *a)
{
    return (identity_runner){run, a};
}
