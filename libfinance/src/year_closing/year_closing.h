/* Year closing: brings the income and expense accounts of a fiscal year to zero against retained
 * earnings, with one voucher per cost center, and locks all periods up to the end of the year.
 * Cancelling posts the mirrors and gives the periods the states they had. */
#ifndef FIN_YEAR_CLOSING_H
#define FIN_YEAR_CLOSING_H

#include "fin.h"
#include "fiscal_year/fiscal_year.h"

#define FIN_CLOSING_LINES_MAX   20000
#define FIN_CLOSING_CENTERS_MAX 2000
#define FIN_CLOSING_PERIODS_MAX 2000

/* What one account brought (above zero) or cost in one cost center. */
typedef struct {
    m_id account;
    m_id cost_center;
    m_dec amount;
} fin_closing_line;
extern const m_type fin_closing_line_type;

typedef struct {
    m_id cost_center;
    m_dec income;
    m_dec expense;
    m_dec result; /* income less expense */
} fin_closing_center;
extern const m_type fin_closing_center_type;

/* A period that the closing locked, and the state it had. */
typedef struct {
    m_id fiscal_year;
    int64_t number;
    m_enum status; /* fin_period_state */
} fin_closing_period;
extern const m_type fin_closing_period_type;

typedef struct {
    M_DOC;
    m_id fiscal_year;
    m_date posting_date;    /* none: the last day of the year */
    m_id retained_earnings; /* null id: the account of the purpose "retained_earnings" */
    m_str remarks;
    m_list lines;   /* fin_closing_line: by cost center; those of one stand together */
    m_list centers; /* fin_closing_center: one voucher each, in this order */
    m_dec income;
    m_dec expense;
    m_dec result;
    m_list periods;   /* fin_closing_period: set at submit */
    int64_t vouchers; /* posted */
} fin_year_closing;
extern const m_type fin_year_closing_type;
extern const m_doctype fin_year_closing_doctype;

#define FIN_CLOSING_VOUCHER "closing" /* voucher_type of what a year closing posts */

/* out[0 … n−1]: ids of the vouchers a closing posts, or of their mirrors (purpose "post" or
 * "cancel"). M_NOMEM. */
M_MUST_USE m_status fin_closing_vouchers(m_call *call, m_id closing, const char *purpose, int64_t n,
                                         m_id *out);
/* The year with this id; NULL: none. years: a fetch of fin_fiscal_year. */
const fin_fiscal_year *fin_year_find(const m_fetch *years, m_id id);

m_status fin_year_closing_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_year_closing_submit(void *module, m_call *call, void *doc, const void *input);
m_status fin_year_closing_cancel(void *module, m_call *call, void *doc, const void *input);

#endif
