/* Answers that need no database: metadata, remotes, metrics, who am I. Private to the gateway. */
#ifndef HOST_DESCRIPTIONS_H
#define HOST_DESCRIPTIONS_H

#include "http_job.h"

/* True when the route was one of these; the job is answered then. */
bool descriptions_answer(http_job *j, m_call *call);
void descriptions_metrics(http_job *j);
void descriptions_remotes(http_job *j);

#endif
