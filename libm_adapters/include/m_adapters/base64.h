/* base64url without padding: how bytes travel inside a text. */
#ifndef M_ADAPTERS_BASE64_H
#define M_ADAPTERS_BASE64_H

#include "m/arena.h"
#include "m/value.h"

/* {NULL,0}: memory is short. */
m_str m_base64_text(m_arena *arena, m_str bytes);
/* Strict, one spelling only: M_INVALID. M_NOMEM. */
m_status m_base64_bytes(m_arena *arena, m_str text, m_str *out) M_MUST_USE;

#endif
