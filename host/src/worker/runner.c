#include "runner.h"

#include "worker.h"

m_status runner_run_once(m_uow *uow, m_call *call, m_uow_mode mode, runner_work work, void *arg)
{
    m_error_clear(call);
    M_TRY(uow->ops->begin(uow, call, mode, NULL, 0));
    uow->ops->mark(uow);
    m_status status = work(arg, call);
    if (status != M_OK) {
        (void)uow->ops->refuse(uow);
        uow->ops->rollback(uow);
        return status;
    }
    uow->ops->accept(uow);
    return uow->ops->commit(uow, call);
}

m_status runner_run(m_uow *uow, m_call *call, m_uow_mode mode, runner_work work, void *arg)
{
    m_uow *before = call->uow;
    call->uow = uow;
    m_status status = M_AGAIN;
    for (uint32_t try = 0; try < WORKER_TRIES && status == M_AGAIN; try++) {
        if (try > 0) worker_pause(try);
        status = runner_run_once(uow, call, mode, work, arg);
    }
    call->uow = before;
    return status;
}
