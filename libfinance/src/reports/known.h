/* The second clock of the reports: see m/known.h. */
#ifndef FIN_KNOWN_H
#define FIN_KNOWN_H

#include "fin.h"
#include "m/known.h"

/* text: a report's parameter known_at; M_INVALID finance.report.known_at. */
M_MUST_USE m_status fin_known_read(fin_module *fin, m_call *call, m_str text, m_known *out);
/* Is it less work to take away what came later than to sum up what came before? */
bool fin_known_from_behind(const m_known *known);

#endif
