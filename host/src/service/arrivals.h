/* Arrivals: events of other processes, and what a thread must have seen of them before it may run a
 * use case. */
#ifndef HOST_ARRIVALS_H
#define HOST_ARRIVALS_H

#include "../gateway/figures.h"
#include "../runtime/runtime.h"
#include "m_adapters/nats.h"

/* What one thread applies events with; for that thread alone. */
typedef struct arrivals arrivals;

/* uow and domains are the thread's; rt and domains have others. NULL when memory is short. */
arrivals *arrivals_new(const runtime *rt, m_uow *uow, domain_set *domains);
/* Accepts NULL. */
void arrivals_free(arrivals *a);

/* Before a use case of call->tenant, outside of transactions: makes the tenant known here at its
 * first sight, and catches up with what the request has seen already (`after`: "core=42,wms=7", may
 * be empty). What cannot be caught up now is not waited for. */
m_status arrivals_ready(arrivals *a, m_call *call, m_str after) M_MUST_USE;

/* All that the other processes have told so far, before a command looks at copies of it. What
 * cannot be had now is not waited for. */
m_status arrivals_catch_up(arrivals *a, m_call *call) M_MUST_USE;

/* The thread that takes events as they come. */
typedef struct arrivals_thread arrivals_thread;
/* id may be NULL. NULL: the reason is printed. */
arrivals_thread *arrivals_thread_start(const runtime *rt, identity *id, m_nats *link);
/* What /metrics shows. Any thread. */
void arrivals_thread_figures(arrivals_thread *t, figures_arriving *out);
/* Accepts NULL. */
void arrivals_thread_stop(arrivals_thread *t);

#endif
