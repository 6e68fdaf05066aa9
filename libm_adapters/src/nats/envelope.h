/* Whose call it is, as text for the header M-Call: "name=value" pairs joined by '&', bytes that are
 * not [A-Za-z0-9._~:/@-] written as %XX, roles separated by commas. Pure. */
#ifndef NATS_ENVELOPE_H
#define NATS_ENVELOPE_H

#include "m_adapters/codec.h"
#include "m_adapters/rpc.h"

#define ENVELOPE_MAX   8192
#define ENVELOPE_ROLES 64
#define NONCE_BYTES    12
#define TRACE_TEXT     56

typedef struct {
    m_time time;  /* sent */
    m_time until; /* deadline */
    uint8_t nonce[NONCE_BYTES];
    uint32_t contract;
    m_id tenant;
    m_id actor;
    bool system;
    m_str name; /* of the actor */
    m_str roles[ENVELOPE_ROLES];
    uint32_t role_count;
    m_str locale;
    m_str from; /* source address */
    m_str request;
    m_str key; /* idempotency key */
    m_str after;
} envelope;

/* Of the call; time, nonce, until, contract and after are left to the caller. Texts are views.
 * M_RANGE: too many roles. */
M_MUST_USE m_status envelope_of_call(const m_call *call, envelope *out);
void envelope_to_call(const envelope *e, m_call *call);

void envelope_write(m_buf *buf, const envelope *e);
/* Texts are views of `text` or in the arena. M_INVALID: malformed, too long, a pair twice, or one
 * of time, until, nonce and contract is missing; M_NOMEM. Unknown names are ignored. */
M_MUST_USE m_status envelope_read(m_str text, m_arena *arena, envelope *out);

/* W3C traceparent, version 00. */
bool trace_valid(m_str trace);
/* The same trace with this span; "" when parent is not valid. */
void trace_child(m_str parent, const uint8_t span[8], char out[TRACE_TEXT]);

#endif
