/* Reports of bank matching. */
#ifndef FIN_BANK_REPORTS_H
#define FIN_BANK_REPORTS_H

#include "bank_matching/bank_matching.h"

typedef enum {
    FIN_BANK_BALANCE,         /* what the bank says */
    FIN_BANK_BROUGHT_FORWARD, /* what the first statement opened with, taken away */
    FIN_BANK_IN_TRANSIT,      /* in the books, not yet at the bank: money in */
    FIN_BANK_OUTSTANDING,     /* likewise: money out, such as a cheque */
    FIN_BANK_NOT_BOOKED,      /* at the bank, not yet in the books, taken away */
    FIN_BANK_OLDER,           /* ledger lines of before the days looked at, in one figure */
    FIN_BANK_BOOK             /* what the books say: the sum of all above */
} fin_bank_row_kind;
extern const char *const fin_bank_row_kinds[];

typedef struct {
    m_id account;
    m_date as_of; /* none: today */
} fin_bank_reconciliation_params;

typedef struct {
    m_enum kind; /* fin_bank_row_kind */
    m_date date;
    m_str number;
    m_str reference;
    m_str narration;
    m_dec_sum amount;
    m_id statement; /* of a line of the bank */
    m_id line;
    int64_t seq; /* of a line of the ledger */
    int64_t line_no;
    m_id voucher_id;
} fin_bank_reconciliation_row;

typedef struct {
    m_id statement;
} fin_bank_suggestions_params;

/* One candidate of one line; candidates of one `pair` belong together. */
typedef struct {
    int64_t pair;
    int64_t score;
    bool certain; /* "auto match" would take it */
    m_id line;
    m_date date;
    m_dec amount;
    m_str reference;
    m_str narration;
    int64_t seq;
    int64_t line_no;
    m_date posting_date;
    m_dec booked;
    m_str number;
    m_str party;
    m_id voucher_id;
} fin_bank_suggestion_row;

extern const m_report fin_bank_reconciliation_report;
extern const m_report fin_bank_suggestions_report;

#endif
