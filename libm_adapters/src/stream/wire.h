/* An event as a message, and back. */
#ifndef M_SRC_STREAM_WIRE_H
#define M_SRC_STREAM_WIRE_H

#include <nats/nats.h>

#include "m_adapters/stream_nats.h"

#pragma GCC visibility push(hidden)

#define WIRE_SUBJECT 200

/* "evt.wms.goods_receipt.submitted"; a type of another module gets the producer in front. Types
 * with characters no subject may have: M_INVALID. */
m_status wire_subject(const char *producer, m_str type, char out[WIRE_SUBJECT]) M_MUST_USE;

/* reply: where the acknowledgement goes. *out belongs to the caller. */
m_status wire_write(m_arena *arena, const char *producer, m_id tenant, const m_stream_event *event,
                    const char *reply, natsMsg **out) M_MUST_USE;
/* Copies into the arena; M_INVALID: it is no event of ours. */
m_status wire_read(m_arena *arena, natsMsg *message, m_id *tenant, m_stream_event *out) M_MUST_USE;

#pragma GCC visibility pop
#endif
