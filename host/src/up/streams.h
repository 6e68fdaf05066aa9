/* The streams of a company on its broker: made with rights that no service has, and made again when
 * the broker has lost them. */
#ifndef HOST_UP_STREAMS_H
#define HOST_UP_STREAMS_H

#include <stdbool.h>
#include <stdint.h>

#include "broker.h"

#define DOMAINS_LIMIT 16
#define STREAMS_USER  "deploy" /* the broker's user who makes them */

typedef struct {
    char text[200];
    const char *names[DOMAINS_LIMIT + 1]; /* ends with NULL */
    uint32_t count;
} domain_names;
/* From "core,wms". Points into itself: do not copy. */
void domain_names_read(domain_names *names, const char *domains);
/* All but one: every domain may ask every other one, and hears of it. */
void domain_names_others(const domain_names *all, uint32_t self,
                         const char *out[DOMAINS_LIMIT + 1]);

typedef struct streams streams;

/* As broker_deploy, and a thread then looks after them. NULL: the reason is printed. env must
 * outlive it. */
streams *streams_keep(const broker *b, const m_env *env, const broker_way *way);
/* Accepts NULL. */
void streams_stop(streams *s);

#endif
