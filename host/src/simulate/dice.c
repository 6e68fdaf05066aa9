#include "simulate.h"

/* SplitMix64: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
 * OOPSLA 2014. */
static uint64_t next(sim_dice *dice)
{
    uint64_t z = dice->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

uint32_t sim_roll(sim_dice *dice, uint32_t n)
{
    return (uint32_t)((next(dice) >> 32) * n >> 32);
}

bool sim_chance(sim_dice *dice, uint32_t percent)
{
    return sim_roll(dice, 100) < percent;
}

/* ---- clock and ids ---- */

static m_time clock_now(void *self)
{
    return ((const sim_clock *)self)->now;
}

static m_id clock_id(void *self)
{
    sim_clock *clock = self;
    uint64_t count = ++clock->ids;
    uint8_t low[10] = {(uint8_t)(clock->seed >> 8), (uint8_t)clock->seed};
    for (int i = 0; i < 8; i++)
        low[9 - i] = (uint8_t)(count >> (8 * i));
    return m_id_make((uint64_t)(clock->now.us / 1000), low);
}

static m_id clock_derive(void *self, const void *bytes, size_t n)
{
    const m_env *real = ((const sim_clock *)self)->real;
    return real->derive_id(real->self, bytes, n);
}

static void clock_log(void *self, const char *level, const char *event, const char *detail)
{
    const m_env *real = ((const sim_clock *)self)->real;
    real->log(real->self, level, event, detail);
}

void sim_clock_init(sim_clock *clock, const m_env *real, uint16_t seed, m_date day)
{
    *clock = (sim_clock){.env = {.now = clock_now,
                                 .new_id = clock_id,
                                 .derive_id = clock_derive,
                                 .log = clock_log,
                                 .self = clock},
                         .real = real,
                         .now = {((int64_t)day.d - M_DATE_1970) * 86400 * 1000000},
                         .seed = seed};
}
