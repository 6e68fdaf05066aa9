/* Bank statement files: CSV of any bank with a map of columns, MT940 of SWIFT, CAMT.053 of
 * ISO 20022. What is wrong is
 * told line by line; a file never stops the program. Pure but for the call's arena and error. */
#ifndef M_ADAPTERS_BANK_FILE_H
#define M_ADAPTERS_BANK_FILE_H

#include "m/documents.h"

#define M_BANK_FILE_LINES_MAX 100000
#define M_BANK_TEXT_MAX       500 /* characters of a narration; more is cut */
#define M_BANK_REF_MAX        140

/* One movement. Texts are valid UTF-8 without line breaks. */
typedef struct {
    uint32_t line; /* of the file, from 1 */
    m_date date;
    m_dec amount; /* into the account above zero */
    m_str reference;
    m_str narration;
    bool has_balance;
    m_dec balance; /* after the movement */
} m_bank_line;

typedef struct {
    uint32_t line;  /* where it begins */
    m_str account;  /* as the bank calls it; may be empty */
    m_str number;   /* of the statement; may be empty */
    m_str currency; /* ISO 4217; empty: not said */
    bool has_opening;
    bool has_closing;
    m_dec opening;
    m_dec closing;
    m_date from; /* none: not said */
    m_date to;
    bool faulty;  /* one of its lines could not be read */
    m_list lines; /* m_bank_line, oldest first */
} m_bank_statement;

/* A line that could not be read. */
typedef struct {
    uint32_t line;
    m_str why; /* a sentence */
} m_bank_fault;

typedef struct {
    m_list statements; /* m_bank_statement */
    m_list faults;     /* m_bank_fault, by line */
} m_bank_file;

typedef enum { M_BANK_YMD, M_BANK_DMY, M_BANK_MDY } m_bank_dates;

/* How to read a CSV file. columns: m_pair, name: header, value: date, amount, in, out, reference,
 * narration, balance, or "" to leave the column out. Headers that no pair names are matched by
 * their own words (Date, Amount, Deposit, Withdrawal, Cheque no, Description, Balance, …) or left
 * out; several columns of narration are joined. */
typedef struct {
    m_list columns;
    m_enum dates;       /* m_bank_dates: order of the parts; names of months are understood */
    bool decimal_comma; /* 1.234,56 */
} m_bank_csv;

/* One statement: balances only when a column has them. Rows may be newest first. M_INVALID
 * (core.body.malformed): no column of dates or of amounts, no lines, or not a CSV file at all. */
m_status m_bank_read_csv(m_call *call, m_str text, const m_bank_csv *how,
                         m_bank_file *out) M_MUST_USE;
/* Any number of statements. Bytes that are no UTF-8 are read as ISO 8859-1. M_INVALID: nothing of
 * MT940 in it. */
m_status m_bank_read_mt940(m_call *call, m_str text, m_bank_file *out) M_MUST_USE;
/* Any number of statements; entries that are not booked are left out. M_INVALID: not well-formed,
 * with a document type declaration, or nothing of CAMT.053 in it. */
m_status m_bank_read_camt(m_call *call, m_str text, m_bank_file *out) M_MUST_USE;
/* Does it look like MT940, like XML? */
bool m_bank_is_mt940(m_str text);
bool m_bank_is_camt(m_str text);

#endif
