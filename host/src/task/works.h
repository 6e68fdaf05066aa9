/* What the tasks of this host do. */
#ifndef HOST_TASK_WORKS_H
#define HOST_TASK_WORKS_H

#include "../prove/prove.h"
#include "../runtime/runtime.h"
#include "../service/arrivals.h"
#include "task.h"

/* All of it used by the board's thread alone. */
typedef struct {
    const runtime *rt;
    m_uow *uow;
    domain_set *domains;
    void (*wrote)(void *arg); /* after something may have been written */
    void *wrote_arg;
    /* Among other processes: */
    const m_asker *asker; /* NULL: there are none */
    m_answers *answers;   /* what is asked within transactions */
    arrivals *arrivals;   /* NULL: of the domain core, which has no copies */
    /* Of the gateway: a domain wrote, and this was the number of its last event. May be NULL. */
    void (*saw)(void *arg, m_id tenant, const char *domain, int64_t mark);
    void *saw_arg;
} task_tools;

/* The invariants of the caller's tenant; of one process among others, those of its own database and
 * then what lies between the domains. Rows: {"id","title","holds","detail"}; result: {"held",
 * "broken"}. arg: task_tools. Administrators only. */
m_status task_prove(void *arg, m_call *call, const task_order *order, task *t) M_MUST_USE;
/* The same of the gateway for all processes, which do it at the same time: one row for each
 * invariant, which holds when it does everywhere; its detail names the domains where it does not.
 */
m_status task_prove_all(void *arg, m_call *call, const task_order *order, task *t) M_MUST_USE;

/* body: a CSV file; query: collection, file_name, map, set, action, commit (true or false), as the
 * command line has them. Rows: {"line","verdict","name","note","document","fields":[…]}, all that
 * are faulty, of the others the first ones; result: {"commit","rows","created","unchanged",
 * "errors","batch","columns":[{"header","path"}]}. */
m_status task_import(void *arg, m_call *call, const task_order *order, task *t) M_MUST_USE;
/* The same of the gateway: by the process whose documents they are. */
m_status task_import_home(void *arg, m_call *call, const task_order *order, task *t) M_MUST_USE;

/* ---- what they share ---- */

/* This process's part of the proof, for the caller's tenant. */
m_status works_prove(const task_tools *tools, m_call *call, const task_order *order,
                     prove_listener listener, uint32_t *out_broken) M_MUST_USE;
/* Verdicts and steps of rebuilding that works_prove will tell, at most. */
uint64_t works_prove_steps(const task_tools *tools);
/* How many of them `total` steps of rebuilding are when `done` of it is done. */
uint64_t works_rebuilt(uint64_t done, uint64_t total);
void works_verdict(m_buf *out, m_str id, m_str title, m_str detail, bool holds);
/* Copies and tenant as the order needs them. */
m_status works_ready(const task_tools *tools, m_call *call, const task_order *order) M_MUST_USE;

#endif
