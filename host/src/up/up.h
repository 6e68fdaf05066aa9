/* Up: all processes of an enterprise on one machine: broker, one database and one process for each
 * domain. They are watched, started again when they die, and stopped in order. */
#ifndef HOST_UP_H
#define HOST_UP_H

#include <stdint.h>

#define UP_REPLICAS_MAX 8

typedef struct {
    char domain[32];
    uint32_t count;
} up_replicas;

/* Until SIGTERM or SIGINT. replicas: of the domains that should have more than one process; the
 * gateway has one. Returns an exit status. */
int up_main(const up_replicas *replicas, uint32_t n);

#endif
