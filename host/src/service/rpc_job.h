/* Questions of other processes, run by the same workers as requests over HTTP. */
#ifndef HOST_RPC_JOB_H
#define HOST_RPC_JOB_H

#include "../desk/desk_files.h"
#include "../task/task.h"
#include "../worker/queue.h"
#include "m_adapters/rpc.h"
#include "m_adapters/stream.h"

typedef struct {
    queue *lanes; /* one per writer; tenants are hashed to them */
    uint32_t lane_count;
    queue *readers;
    queue *outbox;             /* the protocol "outbox": see departures.h */
    task_board *tasks;         /* the protocol "work" */
    const domain_set *domains; /* for descriptions only; constant */
    const desk *desk;          /* files of this process's bundles; may be NULL */
} rpc_queues;

/* The question of a job that rpc_job_take has put into the outbox's queue; the job goes with it. */
m_rpc_incoming *rpc_job_question(job *j);

/* m_rpc_handler; arg: rpc_queues. */
void rpc_job_take(void *arg, m_rpc_incoming *in);

#endif
