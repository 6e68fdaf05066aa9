#include "simulate.h"

#include <stdio.h>

#include "../worker/runner.h"

#define ACT_SECONDS 61 /* the clock goes on after each act */

static void count_code(sim *s, m_str code)
{
    uint32_t i = 0;
    while (i < s->code_count && !m_str_is(code, s->codes[i].code))
        i++;
    if (i == SIM_CODES_MAX) return;
    if (i == s->code_count) {
        snprintf(s->codes[i].code, sizeof s->codes[i].code, "%.*s", M_STR_ARG(code));
        s->code_count++;
    }
    s->codes[i].count++;
}

/* Of a refusal for its fields, the first field says more. */
static m_str code_of(const m_call *call)
{
    const m_error *error = &call->error;
    return m_str_is(error->code, m_err_validation->code) && error->field_count
               ? error->fields[0].code
               : error->code;
}

/* May a service answer like this to what users do? */
static bool is_refusal(m_status status)
{
    return status == M_INVALID || status == M_PRECONDITION || status == M_NOT_FOUND ||
           status == M_EXISTS || status == M_CONFLICT || status == M_RANGE;
}

typedef struct {
    sim *s;
    uint32_t act;
} one_act;

static m_status play(void *arg, m_call *call)
{
    one_act *one = arg;
    return sim_acts[one->act].play(one->s, call);
}

m_status sim_run(sim *s, m_call *call, uint32_t act)
{
    one_act one = {s, act};
    m_arena_reset(call->arena);
    m_status status = runner_run(s->uow, call, M_UOW_WRITE, play, &one);
    s->clock.now.us += (int64_t)ACT_SECONDS * 1000000;
    s->acts++;
    if (status == M_OK && sim_acts[act].mistake)
        return m_fail(call, m_err_internal, "\"%s\" was accepted", sim_acts[act].name);
    if (status == M_OK) {
        s->done[act]++;
        return M_OK;
    }
    if (!is_refusal(status)) return status;
    s->failed[act]++;
    s->refused++;
    count_code(s, code_of(call));
    return M_OK;
}

static uint32_t draw(sim *s)
{
    uint32_t all = 0, act = 0;
    for (uint32_t i = 0; i < sim_act_count; i++)
        all += sim_acts[i].weight;
    uint32_t at = sim_roll(&s->dice, all);
    while (at >= sim_acts[act].weight)
        at -= sim_acts[act++].weight;
    return act;
}

m_status sim_run_day(sim *s, m_call *call, uint32_t busy)
{
    int64_t midnight = ((int64_t)s->today.d - M_DATE_1970) * 86400 * 1000000;
    s->clock.now.us = midnight + INT64_C(8) * 3600 * 1000000;
    uint32_t n = busy / 2 + sim_roll(&s->dice, busy + 1);
    for (uint32_t i = 0; i < n; i++)
        M_TRY(sim_run(s, call, draw(s)));
    sim_play due = sim_calendar(s);
    for (uint32_t i = 0; due && i < sim_act_count; i++)
        if (sim_acts[i].play == due) M_TRY(sim_run(s, call, i));
    s->today.d++;
    return M_OK;
}
