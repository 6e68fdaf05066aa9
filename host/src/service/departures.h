/* Departures: events of this process on their way to others: published as they are made, and given
 * again to whoever asks. */
#ifndef HOST_DEPARTURES_H
#define HOST_DEPARTURES_H

#include "../gateway/figures.h"
#include "../runtime/runtime.h"
#include "../worker/queue.h"
#include "m_adapters/nats.h"

typedef struct departures departures;

/* asked: questions of the protocol "outbox" (rpc_job.h), which only this room answers. NULL: the
 * reason is printed. */
departures *departures_start(const runtime *rt, m_nats *link, queue *asked);
/* After a commit that made events. Any thread; accepts NULL. */
void departures_wake(departures *d);
/* What /metrics shows. Any thread. */
void departures_figures(departures *d, figures_leaving *out);
/* The queue must be closed. Accepts NULL. */
void departures_stop(departures *d);

#endif
