/* The broker of a company: its configuration, keys and streams; for `business-m up`, and for one
 * that somebody else runs (`business-m broker`). */
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

/* Where it listens and what it shows; NULL where a setting is not wanted. */
typedef struct {
    const char *listen;  /* "0.0.0.0:4222" */
    const char *monitor; /* "127.0.0.1:8222" */
    const char *store;   /* JetStream's folder; NULL: in the folder */
    const char *tls_cert, *tls_key;
    const char *tls_ca; /* clients must show a certificate of this CA */
} broker_place;

/* Keys are made once, the configuration each time: one user for each of `domains` (with commas
 * between) with the rights it needs. folder must be there. False: the reason is printed. */
bool broker_write(broker *b, const char *folder, const char *domains, const broker_place *place);
/* The same for `business-m up`, in a folder of its own: loopback only, a free port; and the program
 * is found. */
bool broker_prepare(broker *b, const char *folder, const char *domains);

/* How the deployer reaches the broker; NULL: not with TLS. */
typedef struct {
    const char *url;
    const char *ca_file, *cert_file, *key_file;
} broker_way;
/* Once the broker serves: the streams of all domains and who takes from them. Again and again is
 * fine. Prints why it fails. */
bool broker_deploy(const broker *b, const m_env *env, const broker_way *way);
/* Names of the files in the folder, for those who only deploy. */
void broker_name(broker *b, const char *folder, const char *domains);
/* The file with the nkey seed of a domain's user. */
bool broker_seed_file(const broker *b, const char *domain, char *out, size_t n);

#endif
