/* Fiscal year and its periods: when one may post. */
#ifndef FIN_FISCAL_YEAR_H
#define FIN_FISCAL_YEAR_H

#include "fin.h"

#define FIN_PERIODS_MAX 25 /* 24 months that start within one */

typedef enum {
    FIN_OPEN,
    FIN_SOFT_CLOSED, /* role Accounts Manager only */
    FIN_LOCKED       /* nobody */
} fin_period_state;
extern const char *const fin_period_states[];

typedef struct {
    int64_t number; /* from 1 */
    m_date start;
    m_date end;    /* last day */
    m_enum status; /* fin_period_state */
    m_time
        locked_at; /* since when it is locked; none in other states; and then, as a checkpoint: */
    int64_t locked_seq; /* the last event recorded, and */
    m_dec_sum turnover; /* Σ debit of all that is dated in the period */
    int64_t unready;    /* lines of its checklist that were not in order, by FIN_PERIOD_READY */
} fin_period;
extern const m_type fin_period_type;

typedef struct {
    M_DOC;
    m_str label; /* "2026" or "2026-27" */
    m_date start;
    m_date end;     /* last day; none at creation: twelve months */
    m_list periods; /* fin_period: calendar months */
    m_id closing;   /* the year closing that closed it; null id: not closed */
} fin_fiscal_year;
extern const m_type fin_fiscal_year_type;
extern const m_doctype fin_fiscal_year_doctype;

/* The read of all years, oldest first. */
extern const m_query fin_fiscal_year_all;

/* ---- rules ---- */

/* Cuts start … end into calendar months. M_INVALID: end before start, or too many; M_NOMEM. */
M_MUST_USE m_status fin_periods_make(m_arena *arena, m_date start, m_date end, m_list *out);
/* "2026" when it is a calendar year, else "2026-27"; {NULL,0} when memory is short. */
m_str fin_fiscal_year_label(m_arena *arena, m_date start, m_date end);
/* The period that holds `date`; years: a fetch of fin_fiscal_year. NULL: none. */
const fin_period *fin_period_find(const m_fetch *years, m_date date);
/* The first closed year that ends on `date` or later: nothing may change up to its end. NULL: none.
 */
const fin_fiscal_year *fin_closed_year(const m_fetch *years, m_date date);
/* May the actor post on `date`? finance.period.missing, .soft_closed, .locked. path: the field that
 * holds the date, or NULL. */
M_MUST_USE m_status fin_period_check(m_call *call, const m_fetch *years, m_date date,
                                     const char *path);

/* Policy: what a user who locks a period is held to by its checklist. */
#define FIN_PERIOD_READY "finance.period_ready"
enum { FIN_READY_IGNORE, FIN_READY_WARN /* `unready` says how many lines */, FIN_READY_STOP };

/* How many lines of its checklist are not in order, and the first of them in words; the period of
 * that day. (reports/period_checklist.c) */
M_MUST_USE m_status fin_period_unready(fin_module *fin, m_call *call, m_date day,
                                       int64_t *out_count, m_str *out_first);

/* Locks the period as it stands; what is locked stays so. */
M_MUST_USE m_status fin_period_lock(fin_module *fin, m_call *call, fin_period *period);
/* Opens it, for managers only or for all. */
void fin_period_unlock(fin_period *period, m_enum status);

/* ---- hooks ---- */

typedef struct {
    int64_t number; /* of the period, or 0 */
    m_date start;   /* its first day, or none */
} fin_period_input;
extern const m_type fin_period_input_type;

m_status fin_fiscal_year_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_fiscal_year_on_delete(void *module, m_call *call, const void *doc);
m_status fin_fiscal_year_soft_close(void *module, m_call *call, void *doc, const void *input);
m_status fin_fiscal_year_lock(void *module, m_call *call, void *doc, const void *input);
m_status fin_fiscal_year_reopen(void *module, m_call *call, void *doc, const void *input);

#endif
