/* Balances of all accounts on a day: what the financial reports are made of.
 *
 * They come from the turnovers per account and month, and from those by day for the part of a month
 * that a report cuts off, on its shorter side. As known at an earlier moment: the same without the
 * entries recorded since, or the sum of those recorded until then, whichever is less.
 */
#ifndef FIN_BOOK_H
#define FIN_BOOK_H

#include "account/account.h"
#include "reports/known.h"
#include "tree/tree.h"

/* The chart, and the cost centers a report is limited to. */
typedef struct {
    fin_module *fin;
    m_call *call;
    uint32_t count;
    const fin_account **accounts; /* by code */
    fin_tree tree;                /* of accounts */
    bool by_center;
    m_id center;    /* the one asked for, or null id */
    m_list centers; /* m_id: it and all below it */
    m_fetch all_centers;
    m_fetch years;
    m_known known; /* all, until fin_book_known */
} fin_book;

/* Turnover per account, in the order of book->accounts. */
typedef struct {
    m_dec_sum *debit;
    m_dec_sum *credit;
} fin_sums;

/* cost_center: null id: all. One round of reads. */
M_MUST_USE m_status fin_book_open(fin_module *fin, m_call *call, m_id cost_center, fin_book *out);
/* The same book, limited to one cost center. M_INVALID when there is none such. */
M_MUST_USE m_status fin_book_within(const fin_book *book, m_id cost_center, fin_book *out);
/* Limits the book to what was known at a moment (a report's parameter known_at); see known.h. */
M_MUST_USE m_status fin_book_known(fin_book *book, m_str known_at);
const fin_account *fin_book_account(const fin_book *book, m_id id);
/* First day of the fiscal year that holds `date`; without one the first of January. */
m_date fin_book_year_start(const fin_book *book, m_date date);
/* Zeroed. */
M_MUST_USE m_status fin_sums_new(const fin_book *book, fin_sums *out);
/* Adds everything posted before the day `date` (not on it), times sign. */
M_MUST_USE m_status fin_sums_before(const fin_book *book, m_date date, int sign, fin_sums *sums);
/* The same of the days from … before that day. */
M_MUST_USE m_status fin_sums_between(const fin_book *book, m_date from, m_date before, int sign,
                                     fin_sums *sums);
/* Adds what year closings dated from … to posted, times sign; closings that were cancelled are
 * zero in sum and left out. */
M_MUST_USE m_status fin_sums_closings(const fin_book *book, m_date from, m_date to, int sign,
                                      fin_sums *sums);
/* Groups get the sums of what is below them. Once. */
void fin_sums_roll_up(const fin_book *book, fin_sums *sums);

/* The same for one account or group of accounts (ids), also of one party only. */
typedef struct {
    m_list accounts; /* m_id; empty: all */
    m_list centers;  /* m_id; empty: all */
    m_id party;      /* null id: all */
    m_known known;
} fin_slice;
M_MUST_USE m_status fin_slice_before(fin_module *fin, m_call *call, const fin_slice *slice,
                                     m_date date, m_dec_sum *out_balance);
/* Filters of the slice over gl_entry: at most 4. */
uint32_t fin_slice_filters(const fin_slice *slice, m_filter *out);

#endif
