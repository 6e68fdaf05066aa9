/* Pending vouchers: what another process has announced and not yet decided, or decided and not yet
 * told (m/ledger_pending.h). A pending voucher has no number and no effect in any balance; what it
 * would spend counts as committed, its date keeps its period open, and the lines of a document that
 * it takes back are kept from invoices.
 *
 * Its row stays for a while when it is posted or let go: told again, it does nothing again. After
 * that the ledger itself says what is posted. */
#ifndef FIN_PENDING_VOUCHER_H
#define FIN_PENDING_VOUCHER_H

#include "fin.h"
#include "m/crosscheck.h"
#include "m/ledger_pending.h"

#define FIN_PENDING_POLICY    "finance.pending_inquiry_seconds"
#define FIN_PENDING_OLD_S     60
#define FIN_PENDING_QUESTIONS 50
#define FIN_PENDING_RETRY_MAX 900 /* seconds between two questions at most */
#define FIN_PENDING_KEPT_DAYS 100 /* rows of what is posted or let go: longer than events live */
#define FIN_PENDING_SWEEP     200 /* of them are removed with each inquiry */

typedef enum { FIN_HOLD_VOUCHER, FIN_HOLD_REVERSAL, FIN_HOLD_COMMITMENT } fin_hold_kind;

typedef enum {
    FIN_HELD,    /* announced */
    FIN_WAITING, /* a reversal or an end that was told before what it ends */
    FIN_POSTED,
    FIN_EMPTY, /* told, and there was nothing to post */
    FIN_LET_GO
} fin_hold_state;

/* finance.pending_voucher */
typedef struct {
    m_id id; /* of the voucher, the reversal, or m_commitment_hold() */
    m_enum kind;
    m_enum state;
    m_str caller;
    m_id attempt; /* null id: told before it was held */
    m_id actor;
    m_id original; /* of a reversal: the voucher it mirrors; of a commitment: the document */
    m_str voucher_type;
    m_str voucher_no;
    m_str source_type;
    m_id source_id;
    m_date posting_date; /* as told */
    m_dec_sum amount;    /* sum of debits */
    m_time held_at;
    m_time resolved_at; /* posted, empty or let go since; else none */
    m_time ask_at;      /* not before; none: as soon as it is old enough */
    int64_t asked;      /* times */
    int64_t budgeted;   /* rows that hold parts of budgets */
    m_str ceilings;     /* fin_ceiling, as bytes: what was checked */
    m_str source_lines; /* m_id, as bytes: kept from invoices */
} fin_pending;
extern const m_type fin_pending_type;
/* Held or waiting. */
extern const m_filter fin_pending_open;

/* What may be posted to an account without a word. */
typedef struct {
    m_id account;
    m_id cost_center;
    m_dec debit;
    m_dec credit;
} fin_ceiling;

/* finance.held_line, key line: a line of a document that a pending reversal takes back. */
typedef struct {
    m_id line;
    m_id hold;
} fin_held_line;
extern const m_type fin_held_line_type;

/* The read of what pending reversals take back of these lines, to be made with others; ids may hold
 * null ids. */
M_MUST_USE m_status fin_held_want(m_call *call, const m_id *ids, uint32_t n, m_fetch *out);
/* M_PRECONDITION finance.voucher.held when there is any. */
M_MUST_USE m_status fin_held_refuse(fin_module *fin, m_call *call, const m_fetch *held);
/* M_PRECONDITION finance.period.pending, with their names, when something pending is dated in these
 * days. */
M_MUST_USE m_status fin_refuse_pending(fin_module *fin, m_call *call, m_date from, m_date to);

/* ---- its life ---- */

/* The row, or NULL. */
M_MUST_USE m_status fin_pending_get(fin_module *fin, m_call *call, m_id id,
                                    const fin_pending **out);
/* The ceilings that budgets know of count as committed from now on: row->budgeted. */
M_MUST_USE m_status fin_pending_budget(fin_module *fin, m_call *call, fin_pending *row,
                                       const fin_ceiling *ceilings, uint32_t n);
/* Gives back what the row holds of budgets and source lines. */
M_MUST_USE m_status fin_pending_free(fin_module *fin, m_call *call, fin_pending *row);
/* Frees it and writes the row with its last state. */
M_MUST_USE m_status fin_pending_resolve(fin_module *fin, m_call *call, fin_pending *row,
                                        fin_hold_state state);
M_MUST_USE m_status fin_pending_let_go(fin_module *fin, m_call *call, const fin_pending *row);

/* Sums up lines (m_book_line) by account and cost center. */
M_MUST_USE m_status fin_ceilings_of(m_call *call, const m_list *lines, fin_ceiling **out,
                                    uint32_t *out_count);
m_str fin_ceilings_pack(const fin_ceiling *ceilings, uint32_t n);
M_MUST_USE m_status fin_ceilings_unpack(m_call *call, m_str bytes, fin_ceiling **out,
                                        uint32_t *out_count);
/* What of `posted` goes beyond `held`: NULL nothing, else what it is, in words. Pure. */
const char *fin_ceilings_beyond(const fin_ceiling *held, uint32_t held_count,
                                const fin_ceiling *posted, uint32_t posted_count);

/* ---- what the caller decided ---- */

/* Post, once, in whatever order they are told. caller: who tells; empty: the domain of the
 * source. */
M_MUST_USE m_status fin_pending_confirm(fin_module *fin, m_call *call, m_str caller,
                                        const m_ledger_voucher *in);
M_MUST_USE m_status fin_pending_reverse(fin_module *fin, m_call *call, m_str caller,
                                        const m_ledger_reversal *in);
M_MUST_USE m_status fin_pending_commit(fin_module *fin, m_call *call, m_str caller,
                                       const m_commitment *in);
M_MUST_USE m_status fin_pending_release(fin_module *fin, m_call *call, m_str caller,
                                        const m_commitment_end *in);

/* The first day from `date` on that takes postings, else the last before it that does: *out_moved.
 * M_PRECONDITION finance.period.missing when there is none. */
M_MUST_USE m_status fin_pending_date(fin_module *fin, m_call *call, m_date date, m_date *out,
                                     bool *out_moved);

M_MUST_USE m_status fin_pending_inquire(fin_module *fin, m_call *call, const m_inquiry *in,
                                        m_inquiry_result *out);

extern const m_listener fin_pending_listeners[];
extern const m_ledger_pending_ops fin_pending_ops;
extern const m_report fin_pending_report;

typedef struct {
    m_str caller;
    bool all;
} fin_pending_params;

typedef struct {
    m_id hold;
    m_str caller;
    m_enum kind;
    m_enum state;
    m_str voucher_type;
    m_str voucher_no;
    m_date posting_date;
    m_dec_sum amount;
    m_time held_at;
    int64_t age_s;
    int64_t asked;
    m_str source_type;
    m_id source_id;
} fin_pending_row;

#endif
