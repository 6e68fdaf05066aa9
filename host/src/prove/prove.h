/* Prove: do the books hold? Every invariant is looked at, for some tenants, on a running host too;
 * nothing is changed. What `business-m prove` prints and the Desk shows.
 *
 * Thread rule: a run belongs to one thread. Blocks, for minutes on large books. */
#ifndef HOST_PROVE_H
#define HOST_PROVE_H

#include "../runtime/runtime.h"
#include "m/work.h"

/* One invariant. Texts are valid during the callback. */
typedef struct {
    const char *id;     /* "L1" */
    const char *title;  /* what holds, as a sentence */
    const char *detail; /* what was found when it does not; empty when there is nothing to say */
    bool holds;
} prove_verdict;

/* Either may answer false: the run ends then with M_UNAVAILABLE. */
typedef struct {
    bool (*verdict)(void *self, const prove_verdict *v);
    /* While both books are rebuilt: events done so far. */
    bool (*rebuilding)(void *self, uint64_t done, uint64_t total);
    void *self;
} prove_listener;

typedef struct {
    const runtime *rt;
    const domain_set *domains;
    const m_id *tenants;
    uint32_t tenant_count;
    prove_listener listener;
    /* To compare with other processes: */
    m_uow *uow;
    const m_asker *asker;
} prove_config;

/* How many verdicts a run gives. */
uint32_t prove_count(void);

/* M_OK also when invariants do not hold: *out_broken tells how many. One process among others
 * looks at its own database. */
m_status prove_run(const prove_config *config, m_call *call, uint32_t *out_broken) M_MUST_USE;
/* One process among others against the others, which must run: its postings against Finance's
 * books, the events of others that it applied, its copies of their documents. What is on its way is
 * waited for. Verdicts and answer as prove_run. */
m_status prove_cross(const prove_config *config, m_call *call, uint32_t *out_broken) M_MUST_USE;

/* What proofs of other processes borrow; self: the domain_set of a reader. Only lend is there. */
extern const m_work_ops prove_work_ops;

#endif
