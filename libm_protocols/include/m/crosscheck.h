/* Crosscheck: do the books of two databases agree? Provided by Finance and by every process that
 * posts to it, each from its own records; who compares needs no more than the digests of the days,
 * and looks at single rows only where they differ.
 *
 * Vouchers: what the caller has decided to post, and what Finance has posted for it, by the day
 * they were dated: (voucher, sum of debits); a reversal counts with zero. Stock: what the movements
 * of a document changed in value on a day, and what its vouchers changed on stock accounts:
 * (document, value); what sums to zero is left out. */
#ifndef M_CROSSCHECK_H
#define M_CROSSCHECK_H

#include "m/iface.h"

#define M_CROSSCHECK_DAYS_MAX 366
#define M_CROSSCHECK_ROWS_MAX 5000

typedef struct {
    m_str caller; /* "wms" */
    m_date from;
    m_date to;
    bool stock; /* the caller keeps the stock: look at it too */
} m_crosscheck_span;
extern const m_type m_crosscheck_span_type;

typedef struct {
    m_date date;
    int64_t vouchers;
    m_dec_sum voucher_sum;
    m_id voucher_digest; /* of the rows, in any order */
    int64_t documents;
    m_dec_sum stock_sum;
    m_id stock_digest;
} m_crosscheck_day;
extern const m_type m_crosscheck_day_type;

typedef struct {
    m_list days; /* m_crosscheck_day: those with any row, by date */
} m_crosscheck_days;
extern const m_type m_crosscheck_days_type;

typedef struct {
    m_str caller;
    m_date date;
    bool stock; /* as above */
} m_crosscheck_date;
extern const m_type m_crosscheck_date_type;

typedef enum { M_CROSSCHECK_VOUCHER, M_CROSSCHECK_STOCK } m_crosscheck_kind;

typedef struct {
    m_enum kind; /* m_crosscheck_kind */
    m_id id;     /* voucher or document */
    m_dec_sum amount;
} m_crosscheck_row;
extern const m_type m_crosscheck_row_type;

typedef struct {
    m_list rows; /* m_crosscheck_row, by kind and id; at most M_CROSSCHECK_ROWS_MAX */
    bool more;   /* there are more of them */
} m_crosscheck_rows;
extern const m_type m_crosscheck_rows_type;

typedef struct {
    m_ops_head head;
    /* M_INVALID when from is after to, or the span is too long. */
    m_status (*digests)(void *self, m_call *call, const m_crosscheck_span *in,
                        m_crosscheck_days *out);
    m_status (*list)(void *self, m_call *call, const m_crosscheck_date *in, m_crosscheck_rows *out);
} m_crosscheck_ops;

typedef struct {
    const m_crosscheck_ops *ops;
    void *self;
} m_crosscheck;

M_WRAPPER(crosscheck, digests, m_crosscheck_span, m_crosscheck_days)
M_WRAPPER(crosscheck, list, m_crosscheck_date, m_crosscheck_rows)

extern const m_protocol m_crosscheck_protocol;

/* ---- for those who provide it ---- */

/* The rows of one day, from either side: m_crosscheck_row. */
typedef m_status (*m_crosscheck_read)(void *self, m_call *call, const m_crosscheck_date *in,
                                      m_list *out_rows);
/* digests and list from what `read` gives for a day: rows of one id are added up, those of zero
 * are left out but for vouchers. */
M_MUST_USE m_status m_crosscheck_days_of(void *self, m_call *call, m_crosscheck_read read,
                                         const m_crosscheck_span *in, m_crosscheck_days *out);
M_MUST_USE m_status m_crosscheck_rows_of(void *self, m_call *call, m_crosscheck_read read,
                                         const m_crosscheck_date *in, m_crosscheck_rows *out);

#endif
