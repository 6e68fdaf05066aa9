/* What the tasks of this host do. */
#ifndef HOST_TASK_WORKS_H
#define HOST_TASK_WORKS_H

#include "../runtime/runtime.h"
#include "task.h"

/* All of it used by the board's thread alone. */
typedef struct {
    const runtime *rt;
    m_uow *uow;
    domain_set *domains;
    void (*wrote)(void *arg); /* after something may have been written */
    void *wrote_arg;
} task_tools;

/* The invariants of the caller's tenant. Rows: {"id","title","holds","detail"}; result: {"held",
 * "broken"}. arg: task_tools. Administrators only. */
m_status task_prove(void *arg, m_call *call, const task_order *order, task *t) M_MUST_USE;

/* body: a CSV file; query: collection, file_name, map, set, action, commit (true or false), as the
 * command line has them. Rows: {"line","verdict","name","note","document","fields":[…]}, all that
 * are faulty, of the others the first ones; result: {"commit","rows","created","unchanged",
 * "errors","batch","columns":[{"header","path"}]}. */
m_status task_import(void *arg, m_call *call, const task_order *order, task *t) M_MUST_USE;

#endif
