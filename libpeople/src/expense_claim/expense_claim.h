/* Expense claim: what an employee spent for the company. It is approved, perhaps for less than was
 * claimed, and paid in one or several parts; advances are settled by it. */
#ifndef PPL_EXPENSE_CLAIM_H
#define PPL_EXPENSE_CLAIM_H

#include "common/ppl_instance.h"

enum {
    PPL_CLAIM_DRAFT,
    PPL_CLAIM_SUBMITTED,
    PPL_CLAIM_APPROVED,
    PPL_CLAIM_PAID,
    PPL_CLAIM_REJECTED,
    PPL_CLAIM_CANCELLED
};

#define PPL_CLAIM_LINES 200

typedef struct {
    m_id id;
    m_date date;
    m_str description;
    m_id account;
    m_id cost_center; /* null id: that of the employee's department */
    m_dec amount;     /* claimed, in the claim's currency */
    m_id tax;
    bool tax_included;
    m_dec sanctioned; /* of the amount; the same until it is approved */
    m_dec net;        /* base currency, like the two below */
    m_dec tax_amount;
    m_dec gross;
} ppl_claim_line;
extern const m_type ppl_claim_line_type;

typedef struct {
    m_id advance;
    m_dec amount;
} ppl_claim_advance;
extern const m_type ppl_claim_advance_type;

typedef struct {
    int64_t number; /* from 1 */
    m_date date;
    m_dec amount;
    m_id account;
    bool undone;
} ppl_claim_payment;
extern const m_type ppl_claim_payment_type;

typedef struct {
    M_DOC;
    m_id employee;
    m_date posting_date; /* none: today */
    m_str purpose;
    m_id currency; /* of the receipts; null id: the company's */
    m_dec rate;    /* base units for `per` units of it, on the posting date */
    m_dec per;
    m_date rate_from; /* the day this rate came into force */
    m_list lines;     /* ppl_claim_line */
    m_list advances;  /* ppl_claim_advance */
    m_dec net_total;
    m_dec tax_total;
    m_dec total;
    m_dec advanced; /* of it, settled by advances */
    m_dec paid;
    m_dec outstanding;
    m_list payments; /* ppl_claim_payment */
} ppl_expense_claim;
extern const m_type ppl_expense_claim_type;
extern const m_doctype ppl_expense_claim_doctype;

/* Input of "approve": lines not named are approved as claimed. */
typedef struct {
    m_id line;
    m_dec sanctioned;
} ppl_sanction;
typedef struct {
    m_list lines; /* ppl_sanction */
} ppl_approve_input;
extern const m_type ppl_approve_input_type;

typedef struct {
    m_date posting_date; /* none: today */
    m_dec amount;        /* zero: all that is outstanding */
    m_id account;        /* null id: by the purpose "bank" */
} ppl_pay_input;
extern const m_type ppl_pay_input_type;

typedef struct {
    int64_t number;
} ppl_undo_input;
extern const m_type ppl_undo_input_type;

/* ---- rules (expense_claim_rules.c); pure ---- */

/* Totals of the lines, and what is outstanding. M_RANGE. */
m_status ppl_claim_total(ppl_expense_claim *claim) M_MUST_USE;
/* Shares of a tax amount that belong to its components: they sum to it. */
m_status ppl_tax_shares(m_dec tax, int places, const m_tax_info *info, m_dec *out) M_MUST_USE;

/* ---- inside ---- */

/* Prices the lines from what is sanctioned. taxes: one m_tax_info per line. */
m_status ppl_claim_price(const ppl *p, m_call *call, ppl_expense_claim *claim,
                         m_list *out_taxes) M_MUST_USE;

m_status ppl_claim_check(void *module, m_call *call, void *doc, const void *before);
m_status ppl_claim_approve(void *module, m_call *call, void *doc, const void *input);
m_status ppl_claim_pay(void *module, m_call *call, void *doc, const void *input);
m_status ppl_claim_undo_payment(void *module, m_call *call, void *doc, const void *input);
m_status ppl_claim_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
