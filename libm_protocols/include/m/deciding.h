/* Deciding: what became of a hold (m/ledger_pending.h). Provided by every process that posts to a
 * ledger in another one, from the decisions in its own database.
 *
 * To ask is to decide: who has not committed an attempt when it is asked never will. The answer
 * "aborted" is written down first, under the key that a commit would need. */
#ifndef M_DECIDING_H
#define M_DECIDING_H

#include "m/budget.h"
#include "m/ledger.h"

typedef enum { M_DECISION_COMMITTED, M_DECISION_ABORTED } m_verdict;
extern const char *const m_verdicts[]; /* "committed", "aborted" */

typedef struct {
    m_str caller; /* who is asked: "wms" */
    m_id hold;
    m_id attempt; /* null id: only tell what is decided, "aborted" is then not written down */
} m_decision_question;
extern const m_type m_decision_question_type;

/* Committed: the event comes again with the answer, one of the three by its name. */
typedef struct {
    m_enum verdict; /* m_verdict */
    m_str event;    /* M_LEDGER_CONFIRMED, … */
    m_ledger_voucher voucher;
    m_ledger_reversal reversal;
    m_commitment commitment;
} m_decision_answer;
extern const m_type m_decision_answer_type;

typedef struct {
    m_ops_head head;
    /* Runs in a write transaction. Whatever attempt is asked for: a hold that one attempt committed
     * is committed. */
    m_status (*status)(void *self, m_call *call, const m_decision_question *in,
                       m_decision_answer *out);
} m_deciding_ops;

typedef struct {
    const m_deciding_ops *ops;
    void *self;
} m_deciding;

M_WRAPPER(deciding, status, m_decision_question, m_decision_answer)

extern const m_protocol m_deciding_protocol;

#endif
