/* When to leave a service alone. A state machine of plain values: pure, one thread at a time.
 *
 *   closed     all pass; M failures in a row → open
 *   open       none pass until a moment; then one may try → trying
 *   trying     nobody else passes; it succeeds → closed; fails → open, for twice as long */
#ifndef NATS_BREAKER_H
#define NATS_BREAKER_H

#include "m/value.h"

#define BREAKER_FAILURES   5
#define BREAKER_FIRST_US   INT64_C(250000)
#define BREAKER_LONGEST_US INT64_C(4000000)
#define BREAKER_TRIAL_US   INT64_C(10000000) /* a trial nobody reports on is over */
#define BREAKER_SPARE      100               /* repeats that may be made at once, in tenths */

typedef enum { BREAKER_CLOSED, BREAKER_OPEN, BREAKER_TRYING } breaker_state;

typedef struct {
    breaker_state state;
    uint32_t failures; /* in a row */
    int64_t rest_us;   /* of the last opening; 0: none since it was closed */
    m_time until;      /* open: end of the rest; trying: end of the trial */
    uint32_t spent;    /* tenths of repeats; every answer gives one back */
} breaker;

/* May a question go out now? A yes in "open" makes it the trial. */
bool breaker_pass(breaker *b, m_time now);
/* A service that answers is well, whatever it answers. */
void breaker_report(breaker *b, m_time now, bool answered);
/* Nobody listened: a failure that costs nothing, so that the rest stays short and a service that
 * has just come is found at once. */
void breaker_absent(breaker *b, m_time now);
/* The link went down: it says nothing about the service, but a trial is over without a result. */
void breaker_lose(breaker *b, m_time now);
/* May a question be sent again? One in ten, beyond a few at once: repeats must not drown a service
 * that is only slow. */
bool breaker_repeat(breaker *b);

#endif
