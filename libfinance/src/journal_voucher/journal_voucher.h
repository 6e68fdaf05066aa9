/* Journal voucher: a posting made by hand. A draft may be out of balance; submitting it may not.
 *
 * A line in another currency gives the amount in it; debit or credit follows by the rate (of the
 * table of rates when none is given). Without a rate a debit or credit given stays as it is. What
 * rounding leaves over between such lines goes to the purpose "round_off", as far as policy
 * finance.currency_rounding_units allows. */
#ifndef FIN_JOURNAL_VOUCHER_H
#define FIN_JOURNAL_VOUCHER_H

#include "fin.h"
#include "m/ledger.h"

typedef struct {
    m_id account;
    m_id cost_center;
    m_id party;    /* a supplier */
    m_id customer; /* one of the two at most; either is the party of the ledger line */
    m_dec debit;
    m_dec credit;
    m_str narration;
    m_id currency;       /* null id: the base currency */
    m_dec foreign_debit; /* in that currency */
    m_dec foreign_credit;
    m_dec rate; /* base units for … */
    m_dec per;  /* … so many of the currency */
} fin_journal_line;
extern const m_type fin_journal_line_type;

typedef struct {
    M_DOC;
    m_date posting_date; /* none: today */
    m_id voucher_type;
    bool opening; /* balances from before the books begin */
    m_str reference;
    m_str narration;
    m_list lines; /* fin_journal_line */
    m_dec total_debit;
    m_dec total_credit;
    m_dec rounding; /* posted on top of the lines: a debit above zero */
} fin_journal_voucher;
extern const m_type fin_journal_voucher_type;
extern const m_doctype fin_journal_voucher_doctype;

/* ---- inside ---- */

/* journal_currency.c: the amounts of lines in other currencies, and the rounding between them. */
M_MUST_USE m_status fin_journal_convert(fin_module *fin, m_call *call,
                                        fin_journal_voucher *voucher);
/* After the totals. */
M_MUST_USE m_status fin_journal_round(fin_module *fin, m_call *call, fin_journal_voucher *voucher);
m_ledger_line fin_journal_rounding(const fin_journal_voucher *voucher);

/* ---- hooks ---- */

m_status fin_journal_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_journal_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_journal_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
