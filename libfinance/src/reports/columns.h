/* The columns of a report that compares: the same accounts, or the same rows, in several spans of
 * days, or in several cost centers. */
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
extern const char *const fin_compare_times[]; /* the same without cost centers */

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

#define M_F_COMPARE_TIMES(T)                                                                       \
    M_F_ENUM(T, compare, "Compare with", fin_compare_times,                                        \
             .help =                                                                               \
                 "A column more for the time before, the same days a year ago, or each month.")

/* Stands right after the amount it compares: the Desk draws it in its place. */
#define M_F_COLUMNS(T, TEXT)                                                                       \
    M_F_LIST(T, columns, "Columns", &fin_statement_column_type, .max = FIN_COLUMNS_MAX,            \
             .help = "What is compared; the first is " TEXT)

extern const m_type fin_statement_column_type;
/* The span to compare what stands at the end of a day by: its month, where the one before is asked
 * for, else its fiscal year up to it. */
fin_span fin_span_until(const fin_book *book, m_date as_of, m_enum compare);
/* A fin_statement_column for each fin_column, without amounts. */
M_MUST_USE m_status fin_columns_made(m_call *call, const m_list *columns, m_list *out);

/* out_columns: fin_column, first the span asked for; sums. M_INVALID finance.report.columns: more
 * than FIN_COLUMNS_MAX. */
M_MUST_USE m_status fin_columns_read(const fin_columns_asked *in, m_list *out_columns);

/* A report whose rows come span by span. */
typedef struct {
    size_t size;      /* of a row */
    size_t columns;   /* where its list of fin_statement_column is */
    bool turnover;    /* see fin_columns_asked */
    m_id cost_center; /* null id: all */
    m_status (*read)(void *self, fin_span span, m_list *out_rows); /* in this order: */
    int (*order)(const void *a, const void *b);                    /* 0: the same in two spans */
    m_dec_sum (*amount)(const void *row);
    void (*empty)(void *row, fin_span asked); /* of a row that the span asked for does not have */
} fin_beside;

/* Rows of the span asked for, each with its amounts in all spans, and rows that only others have.
 * FIN_COMPARE_NONE: without columns. M_INVALID finance.report.columns as above. */
M_MUST_USE m_status fin_beside_read(m_call *call, const fin_beside *how, void *self, fin_span span,
                                    m_enum compare, m_list *out_rows);

#endif
