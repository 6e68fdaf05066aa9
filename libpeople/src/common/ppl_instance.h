/* What every room of this library shares: the instance and the error catalogue. */
#ifndef PPL_INSTANCE_H
#define PPL_INSTANCE_H

#include "m/ledger.h"
#include "m/masters.h"
#include "m/module.h"
#include "m/money.h"
#include "people/people.h"

typedef struct {
    m_store store;
    m_masters masters;
    m_ledger ledger;
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
    PPL_E_ADVANCE_OVER,
    PPL_E_ADVANCE_SETTLED,
    PPL_E_CLAIM_DATE,
    PPL_E_CLAIM_SANCTION,
    PPL_E_CLAIM_NOTHING,
    PPL_E_CLAIM_ADVANCE,
    PPL_E_CLAIM_OVER,
    PPL_E_CLAIM_NO_PAYMENT,
    PPL_E_CLAIM_IS_PAID,
    PPL_E_LEAVE_BALANCE,
    PPL_E_LEAVE_DATES,
    PPL_E_LEAVE_OVERLAP,
    PPL_E_LEAVE_NOT_YET,
    PPL_E_COMPONENT,
    PPL_E_STRUCTURE_EXISTS,
    PPL_E_SLIP_STRUCTURE,
    PPL_E_SLIP_EXISTS,
    PPL_E_SLIP_NEGATIVE,
    PPL_E_GRATUITY_RULE,
    PPL_E_GRATUITY_NO_RULE,
    PPL_E_GRATUITY_LEFT,
    PPL_E_GRATUITY_NOTHING,
    PPL_E_END
} ppl_error;

extern const m_error_def ppl_errors[]; /* ends with a NULL code */
extern const m_words *const people_words[];
#define PPL_ERR(name) (&ppl_errors[PPL_E_##name])

/* The permissions of every document of this library. */
extern const m_permission ppl_permissions[];
/* Documents that move money: users write and submit, managers of both sides approve and pay. */
extern const m_permission ppl_money_permissions[];

/* M_PRECONDITION people.in_use when an employee's `field` names the document. */
m_status ppl_refuse_used(const ppl *p, m_call *call, const char *field, m_id id,
                         m_str code) M_MUST_USE;

#endif
