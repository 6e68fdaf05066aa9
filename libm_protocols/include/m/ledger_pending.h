/* Ledger, pending: how a domain in another process posts, in two phases (reliability of a document
 * that moves stock and money). Provided by Finance.
 *
 *   1. hold      before the caller's transaction: Finance checks all that it would refuse, and
 *                remembers the voucher under its id. No number, no effect in any balance.
 *   2. commit    the caller's transaction holds a decision and the event "ledger.confirmed" (or
 *                "ledger.reversed", "budget.committed"), whose payload is the in record of the
 *                protocol's own method as it is (m_ledger_voucher, m_ledger_reversal,
 * m_commitment).
 *   3. post      Finance hears of it and posts, once, whatever was held, told twice or late: an
 *                event before its hold is a hold and a post. What cannot be posted as told is
 *                posted all the same, and a task says what is to be put right.
 *
 * A hold never ends by itself. Finance asks who holds (m/deciding.h) and lets go what was not
 * decided; until then no period is locked over its date. */
#ifndef M_LEDGER_PENDING_H
#define M_LEDGER_PENDING_H

#include "m/budget.h"
#include "m/ledger.h"

/* The events of step 2. "budget.released" has no hold: nothing refuses it. */
#define M_LEDGER_CONFIRMED "ledger.confirmed" /* m_ledger_voucher */
#define M_LEDGER_REVERSED  "ledger.reversed"  /* m_ledger_reversal */
#define M_BUDGET_COMMITTED "budget.committed" /* m_commitment */
#define M_BUDGET_RELEASED  "budget.released"  /* m_commitment_end */

typedef struct {
    m_id attempt; /* of the use case that asks; a later attempt takes the place of an earlier one */
    m_str caller; /* the domain that decides: "wms" */
    m_ledger_voucher voucher; /* amounts are ceilings */
} m_hold_voucher;
extern const m_type m_hold_voucher_type;

typedef struct {
    m_id attempt;
    m_str caller;
    m_ledger_reversal reversal;
} m_hold_reversal;
extern const m_type m_hold_reversal_type;

typedef struct {
    m_id attempt;
    m_str caller;
    m_id hold; /* m_commitment_hold() of the document */
    m_commitment commitment;
} m_hold_commitment;
extern const m_type m_hold_commitment_type;

typedef struct {
    m_id hold; /* voucher_id, reversal_id or m_commitment_hold() */
    m_id attempt;
} m_hold_end;
extern const m_type m_hold_end_type;

typedef struct {
    m_id hold;
    bool known;   /* of a reversal: there is a voucher to mirror, posted or held */
    m_date date;  /* of a reversal: when it will be dated */
    m_dec beyond; /* of a commitment: as m_budget_result */
} m_hold_result;
extern const m_type m_hold_result_type;

typedef struct {
    int64_t older_than_s; /* holds of the last so many seconds are left alone; 0: the policy */
    int64_t limit;        /* of questions; 0: 50 */
} m_inquiry;
extern const m_type m_inquiry_type;

typedef struct {
    int64_t asked;
    int64_t posted;     /* the caller had decided so, and the event had not come yet */
    int64_t let_go;     /* the caller had not decided, and now never will */
    int64_t unanswered; /* they stay as they are */
    m_time oldest;      /* of what is held still; none: nothing is */
} m_inquiry_result;
extern const m_type m_inquiry_result_type;

typedef struct {
    m_ops_head head;
    /* As ledger.prepare, with its refusals, and finance.budget.exceeded. Idempotent by voucher and
     * attempt; M_AGAIN finance.pending.let_go when this attempt was let go already. Of what is
     * posted already M_OK. */
    m_status (*hold)(void *self, m_call *call, const m_hold_voucher *in, m_hold_result *out);
    /* What ledger.reverse would refuse is refused here. Until it is posted or let go no invoice
     * takes one of source_lines (finance.voucher.held). */
    m_status (*hold_reversal)(void *self, m_call *call, const m_hold_reversal *in,
                              m_hold_result *out);
    /* As budget.commit: the amounts count as used from now on. */
    m_status (*hold_commitment)(void *self, m_call *call, const m_hold_commitment *in,
                                m_hold_result *out);
    /* The caller's transaction was refused for certain. What was posted stays. */
    m_status (*let_go)(void *self, m_call *call, const m_hold_end *in, m_hold_result *out);
    /* Asks the callers of old holds what they decided, and does it. System calls only. */
    m_status (*inquire)(void *self, m_call *call, const m_inquiry *in, m_inquiry_result *out);
    /* As ledger.check_date: so that the ledger itself, which posts, need not be served. */
    m_status (*check_date)(void *self, m_call *call, const m_ledger_date *in, m_ledger_result *out);
} m_ledger_pending_ops;

typedef struct {
    const m_ledger_pending_ops *ops;
    void *self;
} m_ledger_pending;

M_WRAPPER(ledger_pending, hold, m_hold_voucher, m_hold_result)
M_WRAPPER(ledger_pending, hold_reversal, m_hold_reversal, m_hold_result)
M_WRAPPER(ledger_pending, hold_commitment, m_hold_commitment, m_hold_result)
M_WRAPPER(ledger_pending, let_go, m_hold_end, m_hold_result)
M_WRAPPER(ledger_pending, inquire, m_inquiry, m_inquiry_result)
M_WRAPPER(ledger_pending, check_date, m_ledger_date, m_ledger_result)

extern const m_protocol m_ledger_pending_protocol;

/* The id under which a document's commitments are held. */
m_id m_commitment_hold(m_call *call, m_id document);

#endif
