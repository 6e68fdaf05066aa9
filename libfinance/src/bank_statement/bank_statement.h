/* Bank statement: what the bank says happened on a bank account. Each statement goes on where the
 * one before it ended, and is accepted only when its lines lead from its opening balance to its
 * closing balance. It posts nothing; its lines are matched with the lines of the ledger. */
#ifndef FIN_BANK_STATEMENT_H
#define FIN_BANK_STATEMENT_H

#include "fin.h"

#define FIN_BANK_LINES_MAX 10000

/* How a line found its ledger lines. */
typedef enum {
    FIN_BANK_OPEN, /* it has not */
    FIN_BANK_BY_SCORE,
    FIN_BANK_BY_HAND,
    FIN_BANK_BY_CHARGE /* the voucher was posted from the line */
} fin_bank_matched_by;
extern const char *const fin_bank_matched_names[];

typedef struct {
    m_id id;
    m_date date;
    m_dec amount;    /* into the account above zero, out of it below */
    m_str reference; /* cheque or transfer number */
    m_str narration;
    m_dec printed;     /* balance after the line as the bank printed it; zero: not said */
    m_dec balance;     /* opening balance and all amounts up to here */
    int64_t match;     /* number within the statement; 0: none (bank_matching.h) */
    m_enum matched_by; /* fin_bank_matched_by */
    int64_t score;
    m_date cleared_on; /* the last day of the lines of its match */
} fin_bank_line;
extern const m_type fin_bank_line_type;

typedef struct {
    M_DOC;
    m_id account;       /* of the kind bank */
    m_str statement_no; /* the bank's */
    m_str currency;     /* ISO 4217; empty: that of the account, as it must be */
    m_date from_date;   /* none: the first day of a line */
    m_date to_date;     /* none: the last one; no day to come */
    m_dec opening_balance;
    m_dec closing_balance;
    m_str narration;
    m_list lines;       /* fin_bank_line */
    m_dec money_in;     /* Σ amounts above zero */
    m_dec money_out;    /* Σ of the others, as a number above zero */
    m_dec gap;          /* closing less what the lines lead to; zero: it adds up */
    m_str file_mark;    /* of the file it was read from, so that a file counts once; or empty */
    int64_t matches;    /* the last number given */
    int64_t open_lines; /* without a match */
    m_date cleared_on;  /* not before those of its lines */
} fin_bank_statement;
extern const m_type fin_bank_statement_type;
extern const m_doctype fin_bank_statement_doctype;

/* ---- rules ---- */

/* Fills balances, money_in, money_out and gap. M_RANGE: a balance does not fit. */
M_MUST_USE m_status fin_bank_chain(fin_bank_statement *statement);

/* ---- hooks ---- */

m_status fin_bank_statement_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_bank_statement_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_bank_statement_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
