/* The bar that long commands show on standard error when that is a terminal. */
#ifndef HOST_PROGRESS_H
#define HOST_PROGRESS_H

#include <stdint.h>

/* Ends the line when done == total. */
void progress_show(uint64_t done, uint64_t total);

#endif
