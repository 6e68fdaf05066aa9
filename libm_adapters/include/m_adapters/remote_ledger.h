/* The ledger and the budget of another process, in two phases (m/ledger_pending.h): values for use
 * cases that run here, and what the other side may ask back.
 *
 * prepare, check_date, budget.commit and reverse ask before anything is written
 * (m_adapters/remote.h: the use case runs again with the answer). confirm and the rest of them
 * write, in the transaction of the use case, the decision (m.decision) and the event that the other
 * side posts. So a use case that commits will be posted, and one that does not never is.
 *
 * A hold answers for a voucher by its id, its date and its set of accounts: what goods cost may
 * have changed until the use case runs again. More than was held is asked anew, M_REMOTE_HOLDS
 * times; after that it is confirmed as it is, and the other side writes a task. */
#ifndef M_ADAPTERS_REMOTE_LEDGER_H
#define M_ADAPTERS_REMOTE_LEDGER_H

#include "m/budget.h"
#include "m/crosscheck.h"
#include "m/deciding.h"
#include "m/events.h"
#include "m/ledger_pending.h"
#include "m/store.h"
#include "m_adapters/remote.h"

#define M_REMOTE_HOLDS 4

typedef struct {
    m_store store;
    m_events events;
    const char *service; /* "finance": who keeps the books */
    const char *caller;  /* "wms": who is asked what was decided */
} m_remote_books;

/* books must live as long as the values. M_AGAIN core.remote.let_go: the other side gave this
 * attempt up while it ran; a new one will do. */
m_ledger m_remote_ledger(const m_remote_books *books);
m_budget m_remote_budget(const m_remote_books *books);

/* The holds that were granted to a use case: what to let go of (ledger_pending.let_go) once its
 * transaction is refused for certain. Never after a commit whose outcome is unknown. At most max;
 * returns how many. */
uint32_t m_remote_held(m_answers *answers, m_hold_end *out, uint32_t max);
/* What a run with these answers will read, for the beginning of its transaction: at most one fetch,
 * made in the arena. Returns how many. */
uint32_t m_remote_wants(m_answers *answers, m_arena *arena, m_fetch *out);
/* What was held as questions to the other side, in the memory of the answers; at most max. What
 * does not get there the other side asks about. */
uint32_t m_remote_let_go(m_answers *answers, m_question **out, uint32_t max);

/* What was decided here: the answer to the other side's inquiry. store must live as long as the
 * value. */
m_deciding m_decisions_of(const m_store *store);
/* For the other side: a value that asks the service that the question names. */
m_deciding m_remote_deciding(void);
/* How long decisions are kept at least: as Finance keeps what they were about, so that both sides
 * of a crosscheck end on the same day, and longer than events live and than a restored database may
 * be old. */
#define M_DECISION_KEEP_DAYS 100
/* Removes decisions of before that time, at most `limit`. */
M_MUST_USE m_status m_decisions_sweep(m_store store, m_call *call, m_time before, uint32_t limit,
                                      uint32_t *out_removed);

/* The caller's side of the crosscheck. store must live as long as the value. */
m_crosscheck m_crosscheck_of(const m_store *store);

extern const m_error_def *const m_err_remote_let_go; /* core.remote.let_go */

#endif
