/* Events into the outbox: the row is queued in the running unit of work, so the event exists
 * exactly when the change does. The relay (relay.h) delivers it. */
#ifndef M_ADAPTERS_OUTBOX_H
#define M_ADAPTERS_OUTBOX_H

#include "m/events.h"
#include "m/store.h"
#include "m_adapters/registry.h"

/* m_events over any store, which must live as long as the value. Secret fields of the payload are
 * left out. */
m_events m_outbox_events(const m_store *store);

/* For a process that holds all who could listen: an event nobody listens to is done as it is
 * written, so that it costs the relay nothing. wanted counts the others; one thread at a time. */
typedef struct {
    m_store store;
    const m_registry *registry;
    uint64_t wanted;
} m_outbox_here;

/* here must live as long as the value; its registry must be set before the first event. */
m_events m_outbox_here_events(m_outbox_here *here);

/* Put an event that failed, or is dead, back to work at once. M_NOT_FOUND when there is none with
 * this id; M_PRECONDITION when it did not fail. */
M_MUST_USE m_status m_outbox_revive(m_store store, m_call *call, m_id event_id);
/* No listener gets it any more; those after it of its aggregate go on. M_PRECONDITION when it is
 * done. */
M_MUST_USE m_status m_outbox_discard(m_store store, m_call *call, m_id event_id);

#endif
