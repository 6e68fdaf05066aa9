/* Spans of days that a report compares. Pure. */
#ifndef FIN_PERIODS_H
#define FIN_PERIODS_H

#include "fin.h"

/* Both days count. */
typedef struct {
    m_date from;
    m_date to;
} fin_span;

/* The span just before: as many whole months when it is whole months, else as many days. */
fin_span fin_span_before(fin_span span);
/* The same days a year ago; the end of a month stays the end of the month. */
fin_span fin_span_year_ago(fin_span span);
/* Its calendar months, oldest first; what it cuts of the first and the last one stays cut. Returns
 * their number; more than `room` are counted but not written. */
uint32_t fin_span_months(fin_span span, fin_span *out, uint32_t room);
/* "2026-03" for a calendar month, "2026-03-01 to 2026-03-15"; {NULL,0} when memory is short. */
m_str fin_span_label(m_call *call, fin_span span);

#endif
