/* Cost allocation: what a cost center bore in a period goes to others by percent.
 *
 * It is a voucher for a period, not a split at the time of posting: every posting stays in the cost
 * center its document names, the ledger does not grow with each posting, and a share that was wrong
 * is corrected by cancelling one voucher. What was allocated is no longer there, so a second
 * allocation of the same period moves only what came in between. */
#ifndef FIN_COST_ALLOCATION_H
#define FIN_COST_ALLOCATION_H

#include "fin.h"

#define FIN_SHARES_MAX            100
#define FIN_ALLOCATION_LINES_MAX  1000
#define FIN_ALLOCATION_SPLITS_MAX 10000

typedef struct {
    m_id cost_center;
    m_dec percent;
} fin_share;
extern const m_type fin_share_type;

/* The rule: in force from a day on, until a later one takes its place. */
typedef struct {
    M_DOC;
    m_str name;
    m_id cost_center; /* whose costs are shared out */
    m_date effective_from;
    m_list shares; /* fin_share: they sum to 100 percent */
} fin_cost_share;
extern const m_type fin_cost_share_type;
extern const m_doctype fin_cost_share_doctype;

/* What stood on one account: a debit above zero. */
typedef struct {
    m_id account;
    m_dec amount;
} fin_allocation_line;
extern const m_type fin_allocation_line_type;

typedef struct {
    m_id account;
    m_id cost_center;
    m_dec percent;
    m_dec amount;
} fin_allocation_split;
extern const m_type fin_allocation_split_type;

typedef struct {
    M_DOC;
    m_id cost_center;
    m_date start;
    m_date end;          /* last day */
    m_date posting_date; /* none: the last day */
    m_id rule;           /* in force on the last day */
    m_date rule_from;
    m_list lines;  /* fin_allocation_line */
    m_list splits; /* fin_allocation_split: those of an account sum to its line */
    m_dec total;
} fin_cost_allocation;
extern const m_type fin_cost_allocation_type;
extern const m_doctype fin_cost_allocation_doctype;

m_status fin_cost_share_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_cost_allocation_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_cost_allocation_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_cost_allocation_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
