/* Journal voucher: a posting made by hand. A draft may be out of balance; submitting it may not. */
#ifndef FIN_JOURNAL_VOUCHER_H
#define FIN_JOURNAL_VOUCHER_H

#include "fin.h"

typedef struct {
    m_id account;
    m_id cost_center;
    m_id party;    /* a supplier */
    m_id customer; /* one of the two at most; either is the party of the ledger line */
    m_dec debit;
    m_dec credit;
    m_str narration;
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
} fin_journal_voucher;
extern const m_type fin_journal_voucher_type;
extern const m_doctype fin_journal_voucher_doctype;

m_status fin_journal_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_journal_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_journal_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
