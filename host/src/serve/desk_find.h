#ifndef HOST_DESK_FIND_H
#define HOST_DESK_FIND_H

#include "../config/config.h"
#include "../desk/desk.h"

/* The Desk in M_DESK_DIR, else beside the program (a build tree), else where it is installed.
 * NULL when there is none, which is no fault; a broken one is logged. */
desk *desk_find(const host_config *config, const m_env *env);

#endif
