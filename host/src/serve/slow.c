#include "slow.h"

#include "../gateway/auth.h"
#include "../worker/runner.h"

static void *main_loop(void *arg)
{
    queue *jobs = arg;
    job *next;
    while (queue_take(jobs, &next, 1) > 0)
        auth_run(next);
    return NULL;
}

bool slow_start(queue *jobs, pthread_t *out)
{
    return pthread_create(out, NULL, main_loop, jobs) == 0;
}

static m_status run(void *self, m_call *call, m_uow_mode mode, m_status (*work)(void *, m_call *),
                    void *arg)
{
    return runner_run(self, call, mode, work, arg);
}

identity_runner slow_runner(m_uow *uow)
{
    return (identity_runner){run, uow};
}
