/* Forwarding: requests for the domains of other processes. A few threads take what is queued, send
 * it all at once and answer each when all have been answered; what a domain says, also of faults,
 * is what the client gets. */
#ifndef HOST_FORWARD_H
#define HOST_FORWARD_H

#include "gateway.h"
#include "m_adapters/remote.h"

typedef struct forwarder forwarder;

/* asker and jobs must outlive it. NULL when memory or threads are short. */
forwarder *forwarder_start(const m_asker *asker, queue *jobs, uint32_t threads);
/* Waits for the threads to end, which they do once the queue is closed and empty. Accepts NULL. */
void forwarder_join(forwarder *f);

#endif
