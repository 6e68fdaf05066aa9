/* Simulation: a company's days played through the same services that users go through, from one
 * seed. Clock, ids and chance come from the seed alone, so a second run on another database leaves
 * the same ledgers, byte for byte; the heads of the two event logs are their fingerprint.
 *
 * A day is a handful of acts (acts.c, goods.c) drawn by weight, some of them dated back, some of
 * them mistakes (mistakes.c) that must be refused; on certain days periods are locked and a year is
 * closed (calendar.c). Each act is one transaction. A refusal is a fine outcome and counted by its
 * code; an internal error, or a mistake that is accepted, ends the simulation. */
#ifndef HOST_SIMULATE_H
#define HOST_SIMULATE_H

#include "../boot/domains.h"
#include "../identity/identity.h"

#define SIM_FIRST_DAY "2025-01-01"
#define SIM_DAYS_MAX  1000
#define SIM_KEPT      400 /* documents of a kind that acts choose from */
#define SIM_CODES_MAX 128 /* distinct codes of refusals */

/* ---- chance ---- */

typedef struct {
    uint64_t state;
} sim_dice;

/* Evenly from 0 … n − 1; n > 0. The same seed gives the same numbers anywhere. */
uint32_t sim_roll(sim_dice *dice, uint32_t n);
/* True in `percent` of 100 cases. */
bool sim_chance(sim_dice *dice, uint32_t percent);

/* ---- the world ---- */

/* Clock and ids: the clock stands still within an act; ids count up. */
typedef struct {
    m_env env;
    const m_env *real; /* log, and derived ids */
    m_time now;
    uint64_t ids;
    uint16_t seed;
} sim_clock;

typedef enum {
    SIM_ORDER,
    SIM_GOODS_RECEIPT,
    SIM_BILL,
    SIM_PAYMENT,
    SIM_SALE,
    SIM_RECEIPT,
    SIM_TRANSFER,
    SIM_ISSUE,
    SIM_ADJUSTMENT,
    SIM_RETURN,
    SIM_DELIVERY,
    SIM_CUSTOMER_RETURN,
    SIM_RECONCILIATION,
    SIM_STANDARD_COST,
    SIM_BANK_TRANSFER,
    SIM_CREDIT_NOTE,
    SIM_DEBIT_NOTE,
    SIM_LANDED_COST,
    SIM_JOURNAL,
    SIM_CLOSING,
    SIM_KINDS
} sim_kind;

typedef struct {
    m_id ids[SIM_KEPT];
    uint32_t count;
} sim_list;

#define SIM_PARTIES 6
#define SIM_ITEMS   8
#define SIM_BATCHES 3

typedef struct {
    domain_set *domains;
    m_uow *uow;
    sim_clock clock;
    sim_dice dice;
    m_date today;
    uint32_t numbers; /* bills and references counted up */
    uint32_t pieces;  /* serial numbers PC-1, PC-2, … */
    bool below;       /* stock under moving average may be below zero */
    /* Masters, made by setup.c. */
    m_id suppliers[SIM_PARTIES], customers[SIM_PARTIES], items[SIM_ITEMS];
    m_id depot, outlet, transit, center, dollars;
    m_id by_batch, batches[SIM_BATCHES], by_piece;
    sim_list made[SIM_KINDS];
    /* Outcomes. */
    uint32_t acts, refused, mistakes;
    uint32_t done[64], failed[64]; /* per row of sim_acts */
    struct {
        char code[64];
        uint32_t count;
    } codes[SIM_CODES_MAX];
    uint32_t code_count;
} sim;

/* One thing that happens in a company. The status of what it tried; M_OK also when there was
 * nothing to do it with. */
typedef m_status (*sim_play)(sim *s, m_call *call);

typedef struct {
    const char *name;
    uint32_t weight; /* of all weights; 0: not drawn, the calendar calls it */
    sim_play play;
    bool mistake; /* must be refused */
} sim_act;

extern const sim_act sim_acts[];
extern const uint32_t sim_act_count;

/* goods.c, mistakes.c, calendar.c: the plays of the table that are not in acts.c. */
m_status sim_batches(sim *s, m_call *call);
m_status sim_pieces(sim *s, m_call *call);
m_status sim_at_standard(sim *s, m_call *call);
m_status sim_late(sim *s, m_call *call);
m_status sim_late_silent(sim *s, m_call *call);
m_status sim_unbalanced(sim *s, m_call *call);
m_status sim_oversell(sim *s, m_call *call);
m_status sim_unknown_link(sim *s, m_call *call);
m_status sim_group_account(sim *s, m_call *call);
m_status sim_far_future(sim *s, m_call *call);
m_status sim_overpay(sim *s, m_call *call);
m_status sim_twice(sim *s, m_call *call);
m_status sim_bad_form(sim *s, m_call *call);
m_status sim_lock(sim *s, m_call *call);
m_status sim_close_year(sim *s, m_call *call);
m_status sim_reopen_year(sim *s, m_call *call);

/* ---- for the acts ---- */

/* printf with ' for ". */
m_str sim_text(const m_call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *sim_id(const m_call *call, m_id id);
/* Today, or in one case of twelve up to three weeks before: "2025-03-09". */
const char *sim_day(sim *s, const m_call *call);
/* "12.34" from cents. */
const char *sim_amount(const m_call *call, uint64_t cents);
/* Makes and submits a document and keeps its id. collection: "wms/goods-receipts". */
m_status sim_make(sim *s, m_call *call, sim_kind kind, const char *collection, m_str body);
m_status sim_move(sim *s, m_call *call, const char *collection, m_id id, const char *action,
                  m_str body);
/* Any kept one; the null id when there is none. */
m_id sim_any(sim *s, sim_kind kind);
/* Reads a document; *out_type may be NULL. */
m_status sim_read(sim *s, m_call *call, const char *collection, m_id id, const m_type **out_type,
                  const void **out);
/* Fields of such records by name; a name that is not there ends the program: it is a mistake in
 * the act. */
m_dec sim_dec(const m_type *type, const void *record, const char *field);
m_id sim_link(const m_type *type, const void *record, const char *field);
const m_list *sim_lines(const m_type *type, const void *record, const char *field,
                        const m_type **out_type);
/* Account of the tenant's chart by code. */
m_status sim_account(sim *s, m_call *call, const char *code, m_id *out);

/* ---- the whole ---- */

void sim_clock_init(sim_clock *clock, const m_env *real, uint16_t seed, m_date day);
/* Masters, opening capital: in the running transaction. */
m_status sim_setup(sim *s, m_call *call) M_MUST_USE;
/* What the calendar asks for today; NULL: nothing. */
sim_play sim_calendar(const sim *s);
/* One act in a transaction of its own; not M_OK only when the simulation must end. */
m_status sim_run(sim *s, m_call *call, uint32_t act) M_MUST_USE;
/* Today's acts, about `busy` of them, and the calendar's. */
m_status sim_run_day(sim *s, m_call *call, uint32_t busy) M_MUST_USE;

#endif
