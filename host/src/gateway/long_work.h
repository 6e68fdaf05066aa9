/* Addresses of work that takes longer than a request may: it is put on the task board and asked
 * about. Private to the gateway. */
#ifndef HOST_LONG_WORK_H
#define HOST_LONG_WORK_H

#include "http_job.h"

/* True when the route was one of these; the job is answered then. */
bool long_work_answer(http_job *j, m_call *call);

#endif
