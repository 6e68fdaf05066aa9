/* Neighbours: which domains have a process that answers, found on the broker every two seconds. */
#ifndef HOST_NEIGHBOURS_H
#define HOST_NEIGHBOURS_H

#include "../runtime/runtime.h"
#include "m_adapters/nats.h"

/* What a process with a bundle for the Desk tells of itself. */
#define NEIGHBOURS_BUNDLE "{\"desk\":\"1\"}"

typedef struct neighbours neighbours;

/* On the thread of the neighbours: a process of the domain has just told of itself. */
typedef void (*neighbours_met)(void *arg, m_call *call, const char *domain);

/* A thread of its own; link, rt and arg must outlive it. NULL: no memory or thread. */
neighbours *neighbours_start(m_nats *link, const runtime *rt, neighbours_met met, void *arg);
/* Accepts NULL. */
void neighbours_stop(neighbours *n);

/* Was a process of the domain seen lately? Also true of one that was not looked for yet.
 * *out_bundle: it has files for the Desk. Accepts NULL: nobody was looked for. Any thread. */
bool neighbours_has(neighbours *n, const char *domain, bool *out_bundle);

#endif
