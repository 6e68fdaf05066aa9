/* Currency revaluation: what bank accounts, open bills and open credits of notes in other
 * currencies are worth at the rate of a day, and the gain or loss that is not realised yet. By
 * policy it is taken back on the next day, or stays until a later revaluation. Advances are settled
 * in goods, so that they are not revalued, unless the policy says that they are money owed back.
 *
 * A draft is the preview: its lines are computed anew with every change. What an earlier
 * revaluation posted and did not take back counts as booked, so that a second one of the same day
 * finds nothing to do. */
#ifndef FIN_REVALUATION_H
#define FIN_REVALUATION_H

#include "account/account.h"
#include "currency/currency.h"
#include "ledger/ledger.h"
#include "open_item/open_item.h"

#define FIN_REVALUATION_VOUCHER   "currency_revaluation" /* voucher_type */
#define FIN_REVALUATION_LINES_MAX 4000
/* Policy: 1 takes it back on the next day, 0 keeps it. */
#define FIN_REVALUATION_REVERSE "finance.revaluation_reverse"
/* Policy: 1 revalues open advances too; 0, the default, does not. */
#define FIN_REVALUE_ADVANCES "finance.revalue_advances"

/* What one account, or one open bill, credit or advance, is worth. Debits above zero, credits
 * below. */
typedef struct {
    m_id account;  /* of money and loans; null id: an open document, */
    m_id supplier; /* of a supplier */
    m_id customer; /* or a customer */
    m_id document; /* the document, */
    m_str number;  /* its number */
    bool prepaid;  /* it is a credit or an advance, no bill */
    int64_t instalment;
    m_id currency;
    m_dec foreign_amount; /* what there is of it */
    m_dec booked;         /* base, by the rate of the document */
    m_dec standing;       /* unrealised from earlier revaluations, not taken back */
    m_dec rate;
    m_dec per;
    m_dec worth; /* base, by the rate of the day */
    m_dec gain;  /* worth − booked − standing; a loss below zero */
} fin_revaluation_line;
extern const m_type fin_revaluation_line_type;

typedef struct {
    M_DOC;
    m_date posting_date; /* the day of the rates; none: today */
    m_date reversed_on;  /* the next day, by policy; none: kept */
    m_id cost_center;
    m_str narration;
    m_list lines; /* fin_revaluation_line that differ */
    m_dec gains;
    m_dec losses;
} fin_revaluation;
extern const m_type fin_revaluation_type;
extern const m_doctype fin_revaluation_doctype;

/* ---- rules (revaluation_rules.c); pure ---- */

/* Worth and gain of a line with foreign_amount, booked, standing and rate. */
M_MUST_USE m_status fin_revalue(fin_revaluation_line *line, int places);
/* Adds what earlier lines left standing to the same account or bill; lines of what is no longer
 * open are added, so that nothing stays of them. earlier: fin_revaluation. */
M_MUST_USE m_status fin_revaluation_standing(m_arena *arena, const m_fetch *earlier, m_list *lines,
                                             uint32_t *capacity);
/* Leaves out what does not differ, adds up the rest. */
M_MUST_USE m_status fin_revaluation_total(fin_revaluation *revaluation);

/* ---- hooks ---- */

m_status fin_revaluation_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_revaluation_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_revaluation_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
