/* Replay: what a movement dated before others of its bin does to those others.
 *
 * A pool (one bin) is loaded from its last checkpoint before the date; then every later movement is
 * gone through twice at once: as it was booked, and as it would be booked now. Where the two differ
 * there is a change. What a change touches elsewhere (the other leg of a transfer, goods that came
 * back, a cancellation) wakes the pool where that is. Pools are gone through together, in the order
 * of (date, at_seq, at_line), so nothing is looked at twice and circles end. A pool goes to sleep
 * as soon as both states meet again; a count makes them meet.
 *
 * Bounded: WMS_REPLAY_ENTRIES_MAX entries and WMS_REPLAY_POOLS_MAX pools, else wms.replay.large.
 * Reads only; wms_post and wms_unpost record what comes out (replay_record.c). */
#ifndef WMS_REPLAY_H
#define WMS_REPLAY_H

#include "standard_cost/standard_cost.h"
#include "stock/stock.h"

#define WMS_REPLAY_ENTRIES_MAX 20000
#define WMS_REPLAY_POOLS_MAX   200
#define WMS_REPLAY_PAGE        2000

/* Place of what is recorded now: behind everything of its date. */
#define WMS_REPLAY_END INT64_MAX

/* A cost layer: `row` as it was booked, and what it holds now. */
typedef struct {
    m_stock_layer row;
    m_dec qty;
    m_dec value;
} wms_replay_layer;

typedef struct {
    m_id item;
    m_id warehouse;
    m_enum method; /* m_valuation_method */
    wms_pool was;
    wms_pool now;
    wms_replay_layer *layers; /* oldest first; under FIFO only */
    uint32_t layer_count, layer_capacity;
    bool awake;
    m_list standards;     /* const wms_standard_cost *, under standard cost: the item's, by date */
    uint32_t standard_at; /* the next one to begin */
    /* What is still to come: sorted from `at` up to `ready`. */
    const m_stock_entry **entries;
    uint32_t at, ready, count, capacity;
    m_stock_entry after; /* the last one read */
    bool read_once, last_page;
} wms_replay_pool;

typedef wms_replay_pool *wms_replay_pool_ref;
typedef const m_stock_entry *wms_entry_ref;

/* `first` of a revaluation that finds goods where there were none: at_seq 0 when it stands behind
 * everything of its day.
 *
 * All entries of one event, pool and source line; what goods settle that come in below zero is a
 * movement of its own beside theirs. Parts are wms_draw with signs; outside FIFO one without a
 * layer. */
typedef struct {
    wms_replay_pool *pool;
    const m_stock_entry *first; /* the entry that was there first; NULL: none was */
    bool arrears;
    m_list was;
    m_list now;
} wms_movement;

/* How a movement is to be booked when it is reached. */
typedef struct {
    wms_replay_pool *pool;
    m_date date;
    int64_t at_seq;
    int64_t at_line;
    m_id source_line;
    m_list parts; /* its new parts; with `more` what is added to those booked */
    bool more;
    bool arrears; /* of what the movement settles */
    bool done;
} wms_target;

struct wms_replay {
    const wms *w;
    m_call *call;
    int places;
    bool frozen;     /* forward only: later movements keep their values */
    bool below;      /* a pool is below zero somewhere, as the tenant allows */
    m_list pools;    /* wms_replay_pool * */
    m_list targets;  /* wms_target */
    m_list pages;    /* m_list of const m_stock_entry *: followers, by (follows, at_seq, line) */
    m_list changes;  /* wms_movement: where was and now differ */
    m_list counters; /* m_ledger_line: what the cause itself books, see wms_replay_book */
    m_list dates;    /* m_date: of the counters */
    uint32_t pool_capacity, target_capacity, page_capacity, change_capacity, counter_capacity,
        date_capacity;
    uint32_t read; /* entries so far */
};

/* ---- pools (replay_pool.c) ---- */

m_status wms_replay_new(const wms *w, m_call *call, int places, wms_replay **out) M_MUST_USE;
/* The pool of a bin, loaded up to the last checkpoint before the date (`through`: or on it) unless
 * it is known already. */
m_status wms_replay_pool_of(wms_replay *r, m_id item, m_id warehouse, m_enum method, m_date date,
                            bool through, wms_replay_pool **out) M_MUST_USE;
/* Lets what stands before (date, at_seq) pass: booked then and now alike. */
m_status wms_replay_forward(wms_replay *r, wms_replay_pool *pool, m_date date,
                            int64_t at_seq) M_MUST_USE;
/* The next entry; *out NULL at the end. */
m_status wms_replay_peek(wms_replay *r, wms_replay_pool *pool,
                         const m_stock_entry **out) M_MUST_USE;
/* Takes the next movement, which is there, and what it settled: `was` is filled. */
m_status wms_replay_take(wms_replay *r, wms_replay_pool *pool, wms_movement *out,
                         wms_movement *out_settled) M_MUST_USE;
/* Books parts into the pool. */
m_status wms_replay_apply(wms_replay *r, wms_replay_pool *pool, const m_stock_entry *at,
                          const m_list *parts, bool was, bool now) M_MUST_USE;
/* Do both states agree? */
bool wms_replay_met(const wms_replay_pool *pool);
/* Entries that follow a source line, by (at_seq, line_no), in turn from *at on; NULL at the end. */
const m_stock_entry *wms_replay_follower(const wms_replay *r, m_id source_line, uint32_t *page,
                                         uint32_t *at);

/* ---- standard cost (replay_standard.c) ----
 *
 * The rate of a movement is fixed by its date, so a movement dated back changes others by a coin of
 * rounding at most. But a standard that began since revalues it: by more where there were goods,
 * anew where there were none. */

/* The item's standards, when the pool is loaded as in wms_replay_pool_of. */
m_status wms_replay_standards(wms_replay *r, wms_replay_pool *pool, m_date date,
                              bool through) M_MUST_USE;
/* The rate of a standard; false when it is none in force. */
bool wms_replay_standard(const wms_replay_pool *pool, m_id standard, m_dec *out_rate);
/* An entry passes while the pool is asleep. */
void wms_replay_standard_passed(wms_replay_pool *pool, const m_stock_entry *entry);
/* The standard that begins before the next entry (NULL: none is left); NULL: none. */
const wms_standard_cost *wms_replay_standard_due(const wms_replay_pool *pool,
                                                 const m_stock_entry *next);
/* It begins. *out: what it does to goods that were not there, not yet applied; `first` NULL:
 * nothing. */
m_status wms_replay_revalue(wms_replay *r, wms_replay_pool *pool, const m_stock_entry *next,
                            wms_movement *out) M_MUST_USE;

/* ---- the sweep (replay_sweep.c) ---- */

/* What is recorded now, on the plan's date: its moves in the pools of the replay. M_PRECONDITION
 * wms.stock.negative or wms.stock.value when a pool would not bear them on that day. */
m_status wms_replay_insert(wms_replay *r, const wms_stock *stock) M_MUST_USE;
/* A movement that is there becomes dearer (or cheaper) by value. */
m_status wms_replay_raise(wms_replay *r, m_id item, m_id warehouse, m_enum method, m_date date,
                          int64_t at_seq, m_id source_line, m_id layer, m_dec value) M_MUST_USE;
/* Goes through everything later. M_PRECONDITION wms.stock.later names the document that would be
 * left without stock; wms.replay.large, wms.replay.forward, wms.stock.method. */
m_status wms_replay_run(wms_replay *r) M_MUST_USE;
/* By how much the movement's value rises. */
m_dec wms_change_value(const wms_movement *change);

/* ---- what comes of it (replay_record.c) ---- */

/* Corrections and ledger lines of a replay that has run. */
typedef struct {
    m_list corrections; /* m_stock_correction */
    m_list days;        /* wms_replay_day, by date */
    m_list documents;   /* wms_replay_document: changed copies to store */
    bool overdraw;      /* something is below zero, as the tenant allows */
    uint32_t correction_capacity, day_capacity, document_capacity;
} wms_restatement;

typedef struct {
    m_date date;
    m_list lines; /* m_ledger_line, netted */
    uint32_t capacity;
} wms_replay_day;

typedef struct {
    const m_type *type;
    m_doc *doc;
} wms_replay_document;

/* A line that the cause itself books on the day of a change; debit or credit. */
m_status wms_replay_book(wms_replay *r, m_date date, m_ledger_line line) M_MUST_USE;
/* Where the other side of a change of what an event booked goes; neither purpose nor account when
 * both ends are stock. variance: it came in at standard cost. */
m_ledger_line wms_restate_counter(const m_stock_event *event, bool variance);
/* The other side of a change of what was settled: of the warehouse; its cost center is added when
 * the restatement is planned. */
m_ledger_line wms_restate_arrears(m_id warehouse);
m_status wms_restate_plan(wms_replay *r, wms_restatement *out) M_MUST_USE;
/* Checks with the ledger that every day may be posted to. */
m_status wms_restate_prepare(const wms *w, m_call *call, const wms_posting *cause,
                             const wms_restatement *plan) M_MUST_USE;
/* After the cause was recorded: the further events, the vouchers, the documents. */
m_status wms_restate_record(const wms *w, m_call *call, const wms_posting *cause,
                            const wms_restatement *plan) M_MUST_USE;
/* Documents that later steps read values from (replay_documents.c). */
m_status wms_restate_documents(wms_replay *r, wms_restatement *plan) M_MUST_USE;

#endif
