/* Runner: one piece of work in a transaction of its own, tried again after conflicts. For identity,
 * the relay and the command line; request traffic goes through workers. */
#ifndef HOST_RUNNER_H
#define HOST_RUNNER_H

#include "m/uow.h"

typedef m_status (*runner_work)(void *arg, m_call *call);

/* Begins on uow for call->tenant, runs work, commits; what work refuses is rolled back. call->uow
 * is the caller's to set. */
m_status runner_run_once(m_uow *uow, m_call *call, m_uow_mode mode, runner_work work,
                         void *arg) M_MUST_USE;
/* The same, and M_AGAIN is tried WORKER_TRIES times in all; work then runs again. call->uow is set
 * meanwhile and restored. */
m_status runner_run(m_uow *uow, m_call *call, m_uow_mode mode, runner_work work,
                    void *arg) M_MUST_USE;

#endif
