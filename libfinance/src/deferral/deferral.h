/* Deferral: income or an expense that belongs to later months. Submitting it takes the amount off
 * the account it was booked on and puts it on a deferral account; releasing brings back, part by
 * part, what is due.
 *
 * Nothing but deferrals, journals and opening balances posts to accounts of the kind "deferral", so
 * their balance is what is not yet released. */
#ifndef FIN_DEFERRAL_H
#define FIN_DEFERRAL_H

#include "account/account.h"

typedef enum { FIN_DEFERRED_EXPENSE, FIN_DEFERRED_INCOME } fin_deferral_kind;
typedef enum { FIN_DEFER_MONTHS, FIN_DEFER_DAYS } fin_deferral_mode;

typedef struct {
    m_dec weight;
} fin_deferral_weight;
extern const m_type fin_deferral_weight_type;

/* One calendar month, or the part of it inside start … end. */
typedef struct {
    int64_t number; /* from 1 */
    m_date first;
    m_date last;
    m_dec amount;
    m_date released_on; /* date of its voucher; none: not released */
} fin_deferral_part;
extern const m_type fin_deferral_part_type;

typedef struct {
    M_DOC;
    m_enum kind;           /* fin_deferral_kind */
    m_date posting_date;   /* none: that of the invoice, else today */
    m_id purchase_invoice; /* where it was booked: one of the two at most, */
    m_id sales_invoice;
    m_id invoice_line; /* and the line */
    m_str description;
    m_dec amount; /* zero: what the line costs or brings */
    m_id account; /* income or expense; null id: that of the line */
    m_id cost_center;
    m_id deferral_account; /* null id: by the purpose deferred_expense or deferred_income */
    m_date start;
    m_date end;
    m_enum mode;    /* fin_deferral_mode */
    m_list weights; /* fin_deferral_weight: one per month; none: whole months weigh the same */
    m_list parts;   /* fin_deferral_part */
    m_dec released;
    m_dec remaining;
} fin_deferral;
extern const m_type fin_deferral_type;
extern const m_doctype fin_deferral_doctype;

typedef struct {
    m_date date; /* parts that end on this day or before; none: today */
} fin_deferral_release_input;
extern const m_type fin_deferral_release_input_type;

/* Posts what is due by `date` and notes it in the deferral, which the caller stores. years: a fetch
 * of fin_fiscal_year. *out_parts: how many parts there were. */
M_MUST_USE m_status fin_deferral_release_due(fin_module *fin, m_call *call, fin_deferral *deferral,
                                             const m_fetch *years, m_date date, int64_t *out_parts);
/* finance.deferral.nothing of that day, at "date". */
M_MUST_USE m_status fin_deferral_refuse_nothing(m_call *call, m_date date);

/* M_PRECONDITION finance.invoice.deferred while a submitted deferral names the invoice. */
M_MUST_USE m_status fin_deferral_refuse_undo(fin_module *fin, m_call *call, m_id invoice);

m_status fin_deferral_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_deferral_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_deferral_release(void *module, m_call *call, void *doc, const void *input);
m_status fin_deferral_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
