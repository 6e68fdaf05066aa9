/* The columns of a financial statement: the same accounts in several spans of days, or in several
 * cost centers. */
#ifndef FIN_COLUMNS_H
#define FIN_COLUMNS_H

#include "reports/book.h"
#include "reports/periods.h"

#define FIN_COLUMNS_MAX 40

typedef enum {
    FIN_COMPARE_NONE,
    FIN_COMPARE_PREVIOUS, /* with the span before */
    FIN_COMPARE_YEAR_AGO, /* with the same days a year ago */
    FIN_COMPARE_BOTH,
    FIN_COMPARE_MONTHS, /* and each of its months */
    FIN_COMPARE_CENTERS /* and each cost center below the one asked for */
} fin_compare;
extern const char *const fin_compare_names[];

typedef struct {
    m_str label;
    fin_span span;
    m_id cost_center; /* null id: all */
    fin_sums sums;    /* groups rolled up */
} fin_column;

typedef struct {
    const fin_book *book;
    fin_span span;
    m_enum compare;
    bool turnover; /* what happened in the span, without year closings; else what stood at its end
                    */
    bool before_closing; /* of what stood: without the closings of the span */
} fin_columns_asked;

#define M_F_COMPARE(T)                                                                             \
    M_F_ENUM(T, compare, "Compare with", fin_compare_names,                                        \
             .help =                                                                               \
                 "A column more for the time before, the same days a year ago, each month, or "    \
                 "each cost center.")

extern const m_type fin_statement_column_type;
/* A fin_statement_column for each fin_column, without amounts. */
M_MUST_USE m_status fin_columns_made(m_call *call, const m_list *columns, m_list *out);

/* out_columns: fin_column, first the span asked for. M_INVALID finance.report.columns: more than
 * FIN_COLUMNS_MAX. */
M_MUST_USE m_status fin_columns_read(const fin_columns_asked *in, m_list *out_columns);

#endif
