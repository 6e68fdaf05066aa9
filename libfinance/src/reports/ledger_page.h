/* A page of ledger lines of one slice of the books, with the running balance: what the general
 * ledger and the statements of account are made of. */
#ifndef FIN_LEDGER_PAGE_H
#define FIN_LEDGER_PAGE_H

#include "m/book_keeper.h"
#include "reports/book.h"

/* Nobody reads more lines at once than this. */
#define FIN_PAGE_MAX 5000

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_slice slice;
    m_date from;
    m_date to;
    bool paged;
    bool closing;     /* the last page ends with a row of the balance */
    bool lines_only;  /* no balances */
    m_gl_entry after; /* when paged */
    uint32_t limit;
} fin_page;

/* As the user gave it. */
typedef struct {
    m_date from;   /* none: start of the fiscal year of `to` */
    m_date to;     /* none: today */
    int64_t limit; /* out of range: the usual number */
    m_str cursor;  /* of the last row of the page before; or empty */
    m_str known_at;
} fin_page_asked;

/* Fills from, to, limit, what was known and where the page begins; M_INVALID finance.report.dates,
 * finance.report.cursor and finance.report.known_at. */
M_MUST_USE m_status fin_page_limit(fin_page *page, const fin_book *book, const fin_page_asked *in);
/* out_rows: fin_general_ledger_row; the first page begins with a row of the opening balance, unless
 * only lines are wanted. */
M_MUST_USE m_status fin_page_read(const fin_page *page, m_list *out_rows);

#endif
