/* What every room of this library shares: the instance and the error catalogue. */
#ifndef PPL_INSTANCE_H
#define PPL_INSTANCE_H

#include "m/masters.h"
#include "m/module.h"
#include "people/people.h"

typedef struct {
    m_store store;
    m_masters masters;
} ppl;

/* Age at which permanent staff retires, and least age at joining, in years. */
#define PPL_POLICY_RETIREMENT  "people.retirement_age"
#define PPL_RETIREMENT_AGE     60
#define PPL_POLICY_JOINING_AGE "people.joining_age"
#define PPL_JOINING_AGE        18

typedef enum {
    PPL_E_JOINING,
    PPL_E_TOO_YOUNG,
    PPL_E_RETIRED,
    PPL_E_REPATRIATION,
    PPL_E_TREE,
    PPL_E_PERIOD,
    PPL_E_SCALE,
    PPL_E_OVERLAP,
    PPL_E_IN_USE,
    PPL_E_END
} ppl_error;

extern const m_error_def ppl_errors[]; /* ends with a NULL code */
#define PPL_ERR(name) (&ppl_errors[PPL_E_##name])

/* The permissions of every document of this library. */
extern const m_permission ppl_permissions[];

/* M_PRECONDITION people.in_use when an employee's `field` names the document. */
m_status ppl_refuse_used(const ppl *p, m_call *call, const char *field, m_id id,
                         m_str code) M_MUST_USE;

#endif
