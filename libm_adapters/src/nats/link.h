/* What the other files of this room may know of the link: its connection. */
#ifndef NATS_LINK_H
#define NATS_LINK_H

#include <nats/nats.h>

#include "m_adapters/nats.h"

/* Belongs to the link; never NULL. */
natsConnection *m_nats_connection(m_nats *link);
const m_env *m_nats_env(const m_nats *link);
const char *m_nats_inbox_prefix(const m_nats *link);

/* Ends a subscription and frees it when no message for it can be on its way any more. The engine
 * (3.4.1) hands a message to a subscription that was freed meanwhile: its reading thread then waits
 * for ever on a lock that is gone. Accepts NULL. */
void m_nats_retire(m_nats *link, natsSubscription *sub);

/* Times the link went down so far: what was sent before may be lost. */
uint64_t m_nats_disconnects(m_nats *link);

#define NATS_STREAM 64
/* The stream of a domain's events: "EVT_WMS". */
void m_nats_stream(const char *domain, char out[NATS_STREAM]);

/* What a failed call of the engine means to our callers: M_TIMEOUT, M_UNAVAILABLE, M_NOMEM,
 * M_RANGE (too big for the broker), else M_INTERNAL. */
m_status m_nats_status(natsStatus status);

#endif
