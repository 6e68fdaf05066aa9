/* The second clock: the ledger as it was recorded up to a moment. Vouchers are recorded one after
 * the other, so what was known at a moment is the ledger up to a sequence number. */
#ifndef FIN_KNOWN_H
#define FIN_KNOWN_H

#include "fin.h"

typedef struct {
    bool limited; /* else all that is recorded is known */
    int64_t seq;  /* the last event known; 0: none */
    int64_t head; /* the last event recorded when this was read */
} fin_known;

/* text: "" (all), a day (to its end, UTC) or a time in RFC 3339; what is not: M_INVALID
 * finance.report.known_at. A moment that is still to come: all. */
M_MUST_USE m_status fin_known_read(fin_module *fin, m_call *call, m_str text, fin_known *out);
/* Is it less work to take away what came later than to sum up what came before? */
bool fin_known_from_behind(const fin_known *known);

/* The parameter of a report. */
#define FIN_KNOWN_FIELD(T)                                                                         \
    M_F_STR(T, known_at, "Known at", .max = M_TIME_TEXT,                                           \
            .help = "As it was recorded by then: a day, or a time such as 2026-04-01T09:00:00Z. "  \
                    "Now when left empty.")

#endif
