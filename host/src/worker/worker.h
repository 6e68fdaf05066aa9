/* Worker: one thread with one database connection. A writer lane takes what is queued for one
 * tenant (up to batch_max use cases), runs them one after the other as plain synchronous code
 * inside one transaction, commits once and answers them all. A refused use case leaves nothing
 * behind; if the database refuses the whole, its members run again one by one. Readers do the same
 * without a commit to wait for.
 *
 * Members that ask other processes (m_adapters/remote.h) leave nothing behind either: after the
 * transaction their questions are sent together, and they run again with the answers. A courier
 * waits for these while the writer goes on with the next lot. What was held for a member that is
 * refused in the end is let go after it was answered. */
#ifndef HOST_WORKER_H
#define HOST_WORKER_H

#include "job.h"
#include "lot.h"
#include "m/uow.h"
#include "m_adapters/remote.h"
#include "queue.h"

#define WORKER_TRIES 5

typedef struct {
    m_uow *uow;
    m_uow_mode mode;
    uint32_t batch_max; /* 1 to LOT_MAX */
    domain_set *domains;
    const m_env *env;
    size_t arena_limit_bytes;
    const m_asker *asker; /* NULL: no protocol is another process's */
    /* Before a use case, outside of transactions; may be NULL. What it refuses is the answer. */
    m_status (*ready)(void *arg, m_call *call, m_str after);
    void *ready_arg;
    /* Around the answers of a batch, so that they are sent with one wake-up; both or neither. */
    void (*answering)(void *arg);
    void (*answered)(void *arg);
    void *answer_arg;
} worker_config;

typedef struct worker worker;

/* Starts the thread; NULL when it cannot be had. jobs must outlive the worker. */
worker *worker_start(const worker_config *config, queue *jobs);
/* Waits for the thread to end, which it does once its queue is closed and empty; frees. */
void worker_join(worker *w);

typedef struct {
    uint64_t batches, use_cases, refused, reruns;
    uint64_t questions; /* to other processes */
} worker_stats;
worker_stats worker_stats_read(const worker *w);

/* Sleep before the try-th repetition: 4 ms, 8 ms, 16 ms, … */
void worker_pause(uint32_t try);

/* Run these jobs now, in this thread (tests, command line). */
void worker_run_batch(worker *w, job **jobs, uint32_t n);
/* A worker without a thread, for that. */
worker *worker_new(const worker_config *config);
void worker_free(worker *w);

#endif
