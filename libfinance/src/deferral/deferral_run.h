/* Deferral run: releases what is due of all deferrals up to a day. A second run of the same day
 * finds nothing and is refused. What it released is taken back by cancelling the deferral. */
#ifndef FIN_DEFERRAL_RUN_H
#define FIN_DEFERRAL_RUN_H

#include "deferral/deferral.h"

#define FIN_DEFERRAL_RUN_MAX 10000

typedef struct {
    m_id deferral;
    int64_t parts;
    m_dec amount;
} fin_deferral_run_line;
extern const m_type fin_deferral_run_line_type;

typedef struct {
    M_DOC;
    m_date date;   /* parts that end on this day or before; none: today */
    m_list lines;  /* fin_deferral_run_line: set at submit */
    m_dec expense; /* released */
    m_dec income;
} fin_deferral_run;
extern const m_type fin_deferral_run_type;
extern const m_doctype fin_deferral_run_doctype;

m_status fin_deferral_run_check(void *module, m_call *call, void *doc, const void *before);
m_status fin_deferral_run_submit(void *module, m_call *call, void *doc, const void *input);

#endif
