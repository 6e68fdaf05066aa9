/* How the gateway is told which domains answer. */
#ifndef HOST_REACH_H
#define HOST_REACH_H

#include <stdbool.h>

/* What is known of a domain in another process. */
typedef struct {
    bool answers; /* one of its processes was seen lately, and questions are not given up */
    bool bundle;  /* and has files for the Desk */
} service_reach;

#endif
