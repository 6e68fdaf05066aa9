/* Budget: what other domains ask before they commit the company to a cost. Provided by Finance.
 *
 * A commitment is the pending form of an expense: it holds its part of the budget from the order to
 * the invoice, and is let go when the order ends. */
#ifndef M_BUDGET_H
#define M_BUDGET_H

#include "m/iface.h"

typedef struct {
    m_id id;      /* of the document's line; an invoice names it */
    int64_t line; /* its place in the document, from 0: where faults are noted */
    m_id account;
    m_id cost_center;
    m_dec qty;
    m_dec amount; /* what it will cost, base currency */
} m_commitment_line;
extern const m_type m_commitment_line_type;

typedef struct {
    m_id document;
    m_str document_no; /* may be empty */
    m_id party;        /* who will send the invoice */
    m_date date;       /* its fiscal year's budgets are used */
    m_list lines;      /* m_commitment_line */
} m_commitment;
extern const m_type m_commitment_type;

typedef struct {
    m_id document;
} m_commitment_end;
extern const m_type m_commitment_end_type;

typedef struct {
    m_dec beyond; /* by how much budgets that only warn are exceeded */
} m_budget_result;
extern const m_type m_budget_result_type;

typedef struct {
    m_ops_head head;
    /* Hold the amounts. M_PRECONDITION finance.budget.exceeded; also what the ledger says of
     * accounts and cost centers that take no postings. Idempotent by the ids of the lines. */
    m_status (*commit)(void *self, m_call *call, const m_commitment *in, m_budget_result *out);
    /* Let go what was not invoiced. A document without commitments is fine. */
    m_status (*release)(void *self, m_call *call, const m_commitment_end *in, m_budget_result *out);
} m_budget_ops;

typedef struct {
    const m_budget_ops *ops;
    void *self;
} m_budget;

M_WRAPPER(budget, commit, m_commitment, m_budget_result)
M_WRAPPER(budget, release, m_commitment_end, m_budget_result)

extern const m_protocol m_budget_protocol;

#endif
