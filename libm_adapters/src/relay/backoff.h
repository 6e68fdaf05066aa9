/* How long a failed event waits, and which failures pass by themselves. */
#ifndef M_SRC_BACKOFF_H
#define M_SRC_BACKOFF_H

#include "m/call.h"

#define BACKOFF_LONGEST_S 300

/* Seconds grow by two; a quarter more or less, so that what failed together returns apart. */
static inline int64_t backoff_us(const m_call *call, int64_t attempts)
{
    int64_t seconds = attempts < 9 ? INT64_C(1) << attempts : BACKOFF_LONGEST_S;
    if (seconds > BACKOFF_LONGEST_S) seconds = BACKOFF_LONGEST_S;
    m_id random = m_new_id(call);
    int64_t share = 750 + ((random.b[14] << 8 | random.b[15]) & 0x7fff) % 501;
    return seconds * 1000 * share;
}

static inline bool backoff_passes_by(m_status status)
{
    return status == M_AGAIN || status == M_TIMEOUT || status == M_UNAVAILABLE;
}

#endif
