/* Tells about a service on $SRV.PING, $SRV.INFO and $SRV.STATS, as NATS micro has it. */
#ifndef NATS_DISCOVERY_H
#define NATS_DISCOVERY_H

#include "counts.h"

typedef struct {
    m_nats *link;
    const char *service;
    const char *version;
    const char *id;       /* of this process */
    const char *metadata; /* a JSON object */
    const m_protocol *const *protocols;
    counts *counts;
    m_time started;
} discovery_about;

typedef struct discovery discovery;

/* A thread of its own. What about points to must live until stop. NULL when memory is short or the
 * link is closed. */
discovery *discovery_start(const discovery_about *about);
void discovery_stop(discovery *d);

#endif
