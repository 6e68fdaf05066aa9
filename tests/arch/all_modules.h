/* The modules of the whole house, for tests that hold for all of them. */
#ifndef ALL_MODULES_H
#define ALL_MODULES_H

#include "m/module.h"

#define ALL_MODULES_MAX 8
/* Returns how many there are. */
uint32_t all_modules(const m_module *out[ALL_MODULES_MAX]);

#endif
