/* The second clock: a ledger as it was recorded up to a moment. Events of a stream are recorded one
 * after the other, so what was known at a moment is the stream up to a sequence number. */
#ifndef M_KNOWN_H
#define M_KNOWN_H

#include "m/store.h"

typedef struct {
    bool limited; /* else all that is recorded is known */
    int64_t seq;  /* the last event known; 0: none */
    int64_t head; /* the last event recorded when this was read */
} m_known;

/* events: a stream's stored type, with "seq" (its key, without gaps) and "recorded_at". text: ""
 * (all), a day (to its end, UTC) or a time in RFC 3339; what is neither is noted as `fault` under
 * "known_at": M_INVALID. A moment that is still to come: all. */
M_MUST_USE m_status m_known_read(m_store store, m_call *call, const m_type *events,
                                 const m_error_def *fault, m_str text, m_known *out);
/* Sequence of the last event of a stream recorded now; 0: none. */
M_MUST_USE m_status m_known_head(m_store store, m_call *call, const m_type *events, int64_t *out);

/* The parameter of a report. */
#define M_F_KNOWN(T)                                                                               \
    M_F_STR(T, known_at, "Known at", .max = M_TIME_TEXT,                                           \
            .help = "As it was recorded by then: a day, or a time such as 2026-04-01T09:00:00Z. "  \
                    "Now when left empty.")

#endif
