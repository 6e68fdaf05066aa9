/* Tasks: work that takes longer than a request may. It is asked for by one person, runs in a thread
 * of its own, one after the other, and tells how far it is to whoever asks again. What was found is
 * kept in memory until newer tasks need the room or the process ends.
 *
 * Thread rule: the board may be asked by any thread; a task's functions belong to its work. */
#ifndef HOST_TASK_H
#define HOST_TASK_H

#include "../identity/identity.h"
#include "m/reports.h"
#include "m/work.h"
#include "m_adapters/codec.h"

typedef struct task task;
typedef struct task_board task_board;

typedef m_work_order task_order;

/* call has the rights of the person who asked, no transaction, and an arena that lasts as long as
 * the run. */
typedef m_status (*task_work)(void *arg, m_call *call, const task_order *order, task *t);

typedef struct {
    task_work work;
    bool personal; /* only the person who asked is told; else everybody of the tenant */
} task_sort;

typedef struct {
    task_sort sorts[M_WORK_KINDS];
    void *arg; /* of all work */
    const m_env *env;
    size_t arena_limit_bytes;
} task_board_config;

#define TASK_BOARD_MAX  32          /* tasks kept, of all tenants */
#define TASK_TENANT_MAX 4           /* of one tenant that wait or run */
#define TASK_ROWS_BYTES (200 << 10) /* told of one task; more rows are counted only */

/* NULL when memory or the thread cannot be had. */
task_board *task_board_start(const task_board_config *config);
/* The running task is asked to stop, waiting ones are forgotten. Accepts NULL. */
void task_board_stop(task_board *board);

/* Puts a copy of the order on the board. core.busy when too many wait. call: of the request; its
 * address and request id are kept for the audit log. */
m_status task_ask(task_board *board, const identity_principal *who, m_call *call,
                  const task_order *order, m_id *out) M_MUST_USE;
/* {"task":{…}} of that kind; the null id: the newest that the person may see, {"task":null} when
 * there is none. core.not_found. */
m_status task_tell(task_board *board, m_call *call, m_work_kind kind, m_id id,
                   m_buf *out) M_MUST_USE;
/* The board as other processes see it; self: the task_board. */
extern const m_work_ops task_work_ops;

/* ---- inside of work ---- */

/* False: the process ends, so should the work. */
bool task_progress(task *t, uint64_t done, uint64_t total);
/* One more row: a JSON object; or several with commas between. */
void task_row(task *t, m_str json);
/* What came out: a JSON object. */
void task_result(task *t, m_str json);
/* Of work that another process does: rows that it had no room for, and its refusal, {"error":…},
 * which is told instead of the call's. */
void task_left_out(task *t, uint32_t rows);
void task_refusal(task *t, m_str json);
/* Number of the last event that left with what was written. */
void task_mark(task *t, int64_t seq);

#endif
