#include "breaker.h"

bool breaker_pass(breaker *b, m_time now)
{
    if (b->state == BREAKER_CLOSED) return true;
    if (now.us < b->until.us) return false;
    b->state = BREAKER_TRYING;
    b->until.us = now.us + BREAKER_TRIAL_US;
    return true;
}

static void open_up(breaker *b, m_time now)
{
    b->rest_us = b->rest_us ? 2 * b->rest_us : BREAKER_FIRST_US;
    if (b->rest_us > BREAKER_LONGEST_US) b->rest_us = BREAKER_LONGEST_US;
    b->state = BREAKER_OPEN;
    b->until.us = now.us + b->rest_us;
}

void breaker_report(breaker *b, m_time now, bool answered)
{
    if (answered) {
        uint32_t spent = b->spent;
        *b = (breaker){.spent = spent ? spent - 1 : 0};
        return;
    }
    if (b->failures < UINT32_MAX) b->failures++;
    /* Failures of questions sent before it opened say nothing new. */
    if (b->state == BREAKER_TRYING ||
        (b->state == BREAKER_CLOSED && b->failures >= BREAKER_FAILURES))
        open_up(b, now);
}

void breaker_absent(breaker *b, m_time now)
{
    b->rest_us = 0;
    breaker_report(b, now, false);
}

void breaker_lose(breaker *b, m_time now)
{
    if (b->state != BREAKER_TRYING) return;
    b->state = BREAKER_OPEN;
    b->until.us = now.us + b->rest_us;
}

bool breaker_repeat(breaker *b)
{
    if (b->spent + 10 > BREAKER_SPARE) return false;
    b->spent += 10;
    return true;
}
