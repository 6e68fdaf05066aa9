/* What both keepers share; inside this room only. */
#ifndef M_SRC_KEEPERS_H
#define M_SRC_KEEPERS_H

#include "m_adapters/infra.h"
#include "m_adapters/keepers.h"

#pragma GCC visibility push(hidden)

/* The head as a place in the chain; head NULL: no event yet. M_INTERNAL when the row is damaged. */
M_MUST_USE m_status m_keeper_chain(m_call *call, const m_stream_head *head, m_chain *out);
/* The canonical text of an event and its hash; both in the call's arena. */
M_MUST_USE m_status m_keeper_seal(m_call *call, const m_type *payload_type, const void *event,
                                  const m_chain *chain, m_str *out_payload, m_str *out_hash);
/* Queue the new head. */
M_MUST_USE m_status m_keeper_advance(m_store store, m_call *call, const char *stream, int64_t seq,
                                     m_str hash);
/* Decode canonical text into a record of payload_type. */
M_MUST_USE m_status m_keeper_parse(m_call *call, const m_type *payload_type, m_str payload,
                                   const void **out);

#pragma GCC visibility pop

#endif
