/* Commitment: the part of a budget that an order holds until it is invoiced or ends. */
#ifndef FIN_COMMITMENT_H
#define FIN_COMMITMENT_H

#include "fin.h"
#include "m/budget.h"

/* finance.commitment: one per line of an order. */
typedef struct {
    m_id id; /* the order's line */
    m_id document;
    m_str number;
    m_id party;
    m_date date;
    m_id account;
    m_id cost_center;
    m_dec qty;
    m_dec amount;
    m_dec invoiced_qty;
    m_dec invoiced;
    bool ended;
    m_dec open; /* fin_commitment_open of the above */
} fin_commitment;
extern const m_type fin_commitment_type;

/* What is still held: nothing once it is ended or invoiced in full quantity, else the amount less
 * what was invoiced. Pure. */
m_dec fin_commitment_open(const fin_commitment *commitment);

/* One invoiced line. */
typedef struct {
    m_id order_line;
    m_dec qty;
    m_dec amount; /* what it cost */
} fin_fulfilment;

/* What invoicing (sign 1), or cancelling the invoice (sign −1), makes of commitments. Reads only.
 * *out_rows: fin_commitment, to be written; *out_change: fin_spending, what is held more or less.
 */
M_MUST_USE m_status fin_commitment_plan(fin_module *fin, m_call *call, const fin_fulfilment *lines,
                                        uint32_t n, int sign, m_list *out_rows, m_list *out_change);
M_MUST_USE m_status fin_commitment_write(fin_module *fin, m_call *call, const m_list *rows);

extern const m_budget_ops fin_budget_ops;

#endif
