/* Movements recorded in any order: the books are those of the order of dates, also where stock goes
 * below zero on the way. */
#include <stdio.h>
#include <stdlib.h>

#include "stock/replay.h"
#include "unit.h"
#include "wms_replay_parts.h"

#define STEPS 26

typedef struct {
    int kind; /* 0 in, 1 out of the depot, 2 sent and received, 3 out of the outlet */
    char qty[16];
    char rate[16];
    m_id doc;
    int stage; /* 0 nothing is recorded, 1 sent, 2 done */
} event;

typedef struct {
    m_dec value[STEPS][3];
    m_stock_bin bins[3];
    m_dec issued, settled;
} outcome;

static event events[STEPS];
static uint32_t seed;

static uint32_t any(uint32_t n)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % n;
}

/* Feasible in the order of dates; below: whatever it comes to. */
static void invent(bool transfers, bool below)
{
    int depot = 0, outlet = 0;
    for (int i = 0; i < STEPS; i++) {
        event *e = &events[i];
        *e = (event){.kind = (int)any(4)};
        if (e->kind == 3 && outlet == 0 && !below) e->kind = 2;
        if (e->kind == 2 && !transfers) e->kind = 1;
        if (e->kind && e->kind != 3 && depot == 0 && !below) e->kind = 0;
        int have = below ? 12 : e->kind == 3 ? outlet : depot;
        int qty = 1 + (int)any(e->kind ? (uint32_t)have : 12);
        snprintf(e->qty, sizeof e->qty, "%d", qty);
        snprintf(e->rate, sizeof e->rate, "%u.%02u", 1 + any(30), any(100));
        depot += e->kind == 0 ? qty : e->kind == 3 ? 0 : -qty;
        outlet += e->kind == 2 ? qty : e->kind == 3 ? -qty : 0;
    }
}

static const char *day(int i, int half)
{
    static char text[40];
    int n = 2 * i + half;
    snprintf(text, sizeof text, "2026-%02d-%02d", 4 + n / 28, 1 + n % 28);
    return text;
}

static bool advance(event *e, int i, uint32_t item)
{
    m_status status;
    if (e->stage == 1) {
        status = arrived(e->doc, day(i, 1), NULL);
    } else if (e->kind == 0) {
        wms_stock_adjustment *doc = found(item, day(i, 0), e->qty, e->rate);
        e->doc = doc->id;
        status = post(adjustment, doc);
    } else if (e->kind == 2) {
        e->doc = sent(item, day(i, 0), e->qty);
        status = m_id_is_null(e->doc) ? M_PRECONDITION : M_OK;
        if (status == M_OK) e->stage = 1;
        return status == M_OK;
    } else {
        wms_stock_issue *doc = issue_of(item, e->kind == 3 ? N_OUTLET : N_DEPOT, day(i, 0), e->qty);
        e->doc = doc->id;
        status = post(issue_type, doc);
    }
    if (status == M_OK) e->stage = 2;
    if (status != M_OK)
        ck_assert_msg(m_str_is(W.call->error.code, "wms.stock.negative") ||
                          m_str_is(W.call->error.code, "wms.stock.later"),
                      "%.*s %.*s", M_STR_ARG(W.call->error.code), M_STR_ARG(W.call->error.message));
    return status == M_OK;
}

static void note_outcome(uint32_t item, outcome *o)
{
    world_prove();
    world_prove_days();
    for (int i = 0; i < STEPS; i++)
        for (uint32_t k = 0; k < 3; k++)
            o->value[i][k] = world_moved(events[i].doc, N_DEPOT + k);
    for (uint32_t k = 0; k < 3; k++)
        o->bins[k] = world_bin(item, N_DEPOT + k);
    o->issued = world_ledger("stock_issue", 0);
    o->settled = world_ledger("stock_arrears", 0);
}

static void record(bool shuffled, uint32_t item, outcome *o)
{
    uint32_t order[STEPS], left = STEPS, idle = 0;
    for (uint32_t i = 0; i < STEPS; i++) {
        order[i] = i;
        events[i].stage = 0;
    }
    while (left) {
        uint32_t at = shuffled ? any(left) : 0;
        uint32_t i = order[at];
        idle = advance(&events[i], (int)i, item) ? 0 : idle + 1;
        ck_assert_uint_lt(idle, 1000);
        if (events[i].stage < 2) continue;
        memmove(&order[at], &order[at + 1], (--left - at) * sizeof order[0]);
    }
    note_outcome(item, o);
}

static void same_outcome(const outcome *a, const outcome *b, int k)
{
    for (int i = 0; i < STEPS; i++)
        for (int w = 0; w < 3; w++)
            ck_assert_msg(a->value[i][w].u == b->value[i][w].u,
                          "seed %d, event %d (kind %d), warehouse %d: %lld in order, %lld", k, i,
                          events[i].kind, w, (long long)a->value[i][w].u,
                          (long long)b->value[i][w].u);
    for (int w = 0; w < 3; w++) {
        ck_assert_int_eq(a->bins[w].qty.u, b->bins[w].qty.u);
        ck_assert_int_eq(a->bins[w].value.u, b->bins[w].value.u);
    }
    ck_assert_int_eq(a->issued.u, b->issued.u);
    ck_assert_int_eq(a->settled.u, b->settled.u);
}

static void try_orders(uint32_t item, bool transfers, bool equal, bool below, int k)
{
    outcome straight, mixed;
    seed = (uint32_t)k * 7919u + 1;
    invent(transfers, below);
    W.backdating = WMS_BACKDATING_RESTATE;
    W.negative = below;
    record(false, item, &straight);
    world_close();
    for (int again = 0; again < 3; again++) {
        world_open();
        W.backdating = WMS_BACKDATING_RESTATE;
        W.negative = below;
        record(true, item, &mixed);
        if (equal) same_outcome(&straight, &mixed, k);
        if (again < 2) world_close();
    }
}

START_TEST(any_order_moving_average)
{
    try_orders(N_AVERAGE, true, true, false, _i);
}
END_TEST

START_TEST(any_order_below_zero)
{
    try_orders(N_AVERAGE, true, true, true, _i);
}
END_TEST

START_TEST(any_order_fifo)
{
    try_orders(N_FIFO, false, true, false, _i);
}
END_TEST

/* A transfer under FIFO keeps the pieces it was sent with; each is worth what lies at its place
 * now. So both books agree and nothing is lost, but pieces are not cut anew. */
START_TEST(any_order_fifo_transfers)
{
    try_orders(N_FIFO, true, false, false, _i);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("replay");
    tcase_set_timeout(t, 120);
    tcase_add_checked_fixture(t, world_open, world_close);
    tcase_add_loop_test(t, any_order_moving_average, 0, 12);
    tcase_add_loop_test(t, any_order_below_zero, 0, 24);
    tcase_add_loop_test(t, any_order_fifo, 0, 12);
    tcase_add_loop_test(t, any_order_fifo_transfers, 0, 12);
    return unit_run(t, "wms replay in any order");
}
