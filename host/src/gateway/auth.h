#ifndef HOST_AUTH_H
#define HOST_AUTH_H

#include "http_job.h"

/* Runs a job of the slow queue to its end: answers it, or dispatches it on once the API key is
 * known. Blocks (database, password hashing); the identity's runner must belong to the calling
 * thread. */
void auth_run(job *j);

#endif
