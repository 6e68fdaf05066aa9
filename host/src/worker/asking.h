/* Asking: transactions in which other processes may be asked, for work that is no job of a worker:
 * imports, the command line, and Finance asking about what it holds. */
#ifndef HOST_ASKING_H
#define HOST_ASKING_H

#include "../identity/identity.h"
#include "m_adapters/remote.h"

/* For one thread; all of it is the owner's. */
typedef struct {
    m_uow *uow;
    m_answers *answers;
    const m_asker *asker;
} asking;

/* As a worker does it: what is asked within a transaction ends it; it is run again with the
 * answers, at most M_REMOTE_ROUNDS times. */
identity_runner asking_runner(asking *a);

#endif
