/* Which questions were here before: their nonces, until their deadlines have passed. Any thread. */
#ifndef NATS_WINDOW_H
#define NATS_WINDOW_H

#include "m/value.h"

typedef struct window window;

/* NULL when memory is short. */
window *window_new(void);
void window_free(window *w);

/* M_OK: new, and kept until `until`; M_EXISTS: it was here before; M_AGAIN: no room to be sure. */
M_MUST_USE m_status window_note(window *w, const uint8_t nonce[12], m_time until, m_time now);

#endif
