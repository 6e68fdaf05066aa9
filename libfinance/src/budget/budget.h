/* Budget: how much a cost center may spend on an account in a fiscal year, spread over its periods.
 * What is available is the budget less what was posted less what was committed.
 *
 * Writers of one tenant follow each other, so two documents never both take the last of a budget.
 */
#ifndef FIN_BUDGET_H
#define FIN_BUDGET_H

#include "fin.h"
#include "fiscal_year/fiscal_year.h"

typedef enum { FIN_BUDGET_IGNORE, FIN_BUDGET_WARN, FIN_BUDGET_STOP } fin_budget_action;

typedef struct {
    m_dec weight;
} fin_budget_weight;
extern const m_type fin_budget_weight_type;

/* One period of the year. */
typedef struct {
    m_date start;
    m_date end;
    m_dec amount;
} fin_budget_period;
extern const m_type fin_budget_period_type;

typedef struct {
    M_DOC;
    m_str name; /* empty: of cost center, account and year */
    m_id cost_center;
    m_id account;
    m_id fiscal_year;
    m_dec amount;
    m_enum action;        /* fin_budget_action: beyond the year's amount */
    m_enum period_action; /* beyond the amounts up to the end of a period */
    m_list weights;       /* fin_budget_weight: one per period; none: equal shares */
    m_list periods;       /* fin_budget_period: they sum to the amount */
} fin_budget;
extern const m_type fin_budget_type;
extern const m_doctype fin_budget_doctype;

/* The read of all budgets. */
extern const m_query fin_budget_all;

/* What one budget was used for, in the days from … to. */
typedef struct {
    m_dec_sum actual;    /* debits less credits, without year closings */
    m_dec_sum committed; /* ordered, not yet invoiced */
} fin_budget_use;

M_MUST_USE m_status fin_budget_used(fin_module *fin, m_call *call, const fin_budget *budget,
                                    const fin_fiscal_year *year, m_date from, m_date to,
                                    fin_budget_use *out);
/* The amounts of the periods up to and with the one that holds the date. */
m_dec_sum fin_budget_until(const fin_budget *budget, m_date date, m_date *out_end);

/* An amount about to be spent (or, below zero, given back). */
typedef struct {
    m_id account;
    m_id cost_center;
    m_dec amount;
    int64_t line; /* of the document, from 0; −1: no line to name */
} fin_spending;

/* M_PRECONDITION finance.budget.exceeded when a budget that stops would be exceeded. *out_beyond:
 * by how much those that warn are. To be called before the amounts are recorded. */
M_MUST_USE m_status fin_budget_guard(fin_module *fin, m_call *call, m_date date,
                                     const fin_spending *spendings, uint32_t n, m_dec *out_beyond);
/* The same for lines of a voucher: m_book_line; and what it frees besides: fin_spending. */
M_MUST_USE m_status fin_budget_guard_lines(fin_module *fin, m_call *call, m_date date,
                                           const m_list *lines, const m_list *freed);

m_status fin_budget_check(void *module, m_call *call, void *doc, const void *before);

#endif
