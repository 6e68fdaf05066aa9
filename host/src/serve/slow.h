/* The slow worker: one thread for what takes long on purpose (password hashing), so that neither
 * readers nor lanes wait for it. It has its own connection, which identity's transactions use. */
#ifndef HOST_SLOW_H
#define HOST_SLOW_H

#include "../identity/identity.h"
#include "../worker/queue.h"

/* Runs the jobs of the queue until it is closed and empty. */
bool slow_start(queue *jobs, pthread_t *out);

/* identity's transactions on this uow; only in the thread that owns it. */
identity_runner slow_runner(m_uow *uow);

#endif
