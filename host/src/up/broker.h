/* The broker of `business-m up`: program, configuration, keys. */
#ifndef HOST_UP_BROKER_H
#define HOST_UP_BROKER_H

#include <stdbool.h>
#include <stddef.h>

#include "m/call.h"

typedef struct {
    char folder[640];    /* everything of it */
    char program[512];   /* nats-server */
    char config[700];    /* file */
    char call_keys[700]; /* file: what questions are signed with */
    char url[64];
    char domains[200]; /* with commas between */
} broker;

/* Keys are made once; the configuration is written at every start: loopback only, one user for each
 * of `domains` (with commas between) with the rights it needs. False: the reason is printed. */
bool broker_prepare(broker *b, const char *folder, const char *domains);
/* Once the broker serves: the streams of all domains and who takes from them. Prints why it fails.
 */
bool broker_deploy(const broker *b, const m_env *env);
/* The file with the nkey seed of a domain's user. */
bool broker_seed_file(const broker *b, const char *domain, char *out, size_t n);

#endif
