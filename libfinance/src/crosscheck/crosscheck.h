/* Finance's side of the crosscheck (m/crosscheck.h). */
#ifndef FIN_CROSSCHECK_H
#define FIN_CROSSCHECK_H

#include "m/crosscheck.h"

extern const m_crosscheck_ops fin_crosscheck_ops;

#endif
