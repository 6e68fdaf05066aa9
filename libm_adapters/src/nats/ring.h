/* Signatures with the keys of a ring. Any thread. */
#ifndef NATS_RING_H
#define NATS_RING_H

#include "m_adapters/rpc.h"

#define RING_KEYS_MAX 8
#define RING_KID_MAX  16
/* "<kid>:<43 characters>" and the terminating zero. */
#define RING_SIGN_TEXT (RING_KID_MAX + 1 + 43 + 1)

/* What a question or an answer consists of. No part but the body may hold a line feed. */
typedef struct {
    m_str subject;
    m_str call;
    m_str trace;
    m_str body;
} ring_signed;

/* What stands in place of the trace when an answer is signed: none is ever taken for a question.
 * Its subject is the inbox, new for each question, and its call is the name of the status or "". */
#define RING_REPLY "reply"

/* With the first key. */
void ring_sign(const m_rpc_ring *ring, const ring_signed *what, char out[RING_SIGN_TEXT]);
/* Takes as long for a wrong signature as for a right one. */
bool ring_verify(const m_rpc_ring *ring, const ring_signed *what, m_str sign);

#endif
