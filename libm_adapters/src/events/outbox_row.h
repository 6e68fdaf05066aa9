/* One row of the outbox, for those who write it. */
#ifndef M_SRC_OUTBOX_ROW_H
#define M_SRC_OUTBOX_ROW_H

#include "m_adapters/infra.h"
#include "m_adapters/outbox.h"

#define OUTBOX_SCHEMA_VERSION 1

#pragma GCC visibility push(hidden)

/* The payload as JSON, in the call's arena. */
M_MUST_USE m_status outbox_payload(m_call *call, const m_event *event, m_str *out);
M_MUST_USE m_status outbox_put(m_store store, m_call *call, const m_event *event,
                               m_outbox_status status);

#pragma GCC visibility pop
#endif
