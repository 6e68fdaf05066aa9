/* The real world behind m_env: clock, ids, log on standard error. */
#ifndef M_ADAPTERS_ENV_H
#define M_ADAPTERS_ENV_H

#include "m/call.h"

typedef struct m_system_env m_system_env;

/* least: the lowest level that is logged ("debug", "info", "warn", "error"; NULL: "info"). NULL
 * when memory is short, no random numbers are to be had or the level is unknown. */
m_system_env *m_system_env_new(const char *least);
/* Accepts NULL. */
void m_system_env_free(m_system_env *env);
/* Lives as long as env; safe in any thread.
 *
 * new_id: ULIDs that only grow, also within a millisecond and when the clock steps back.
 * log: one JSON object per line, {"time","level","event","detail"}, in one write. */
const m_env *m_system_env_of(m_system_env *env);

#endif
