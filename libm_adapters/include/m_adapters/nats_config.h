/* The configuration of a broker in which every service may do what it needs and nothing else. Pure
 * text from a table of services.
 *
 * Each service signs in with an nkey of its own; there is no user without one. It may
 *   ask      rpc.<service>.> or rpc.<service>.<protocol>.* of those it asks
 *   serve    rpc.<itself>.> as a member of its queue group, and answer once what it was asked
 *   tell     evt.<itself>.> and head.<itself>; look at its own stream EVT_<ITSELF>
 *   hear     of the producers it hears: take and acknowledge from its own consumer, head.<producer>
 *   discover $SRV.>: everybody may be found; only who `discovers` may look
 *   replies  _INBOX_<itself>.> (m_nats_options.inbox_prefix)
 * Streams and consumers are made with the deploy key alone. */
#ifndef M_ADAPTERS_NATS_CONFIG_H
#define M_ADAPTERS_NATS_CONFIG_H

#include "m_adapters/codec.h"

typedef struct {
    const char *name;         /* "wms" */
    const char *key;          /* public nkey of a user: nkey.h */
    const char *const *asks;  /* "finance" or "finance.ledger"; ends with NULL; NULL: nobody */
    const char *const *hears; /* producers of events; ends with NULL; NULL: none */
    bool discovers;
} m_nats_service;

typedef struct {
    const char *listen;      /* "127.0.0.1:4222" */
    const char *server_name; /* NULL: the broker makes one up */
    const char *store_dir;   /* JetStream's; NULL: no JetStream */
    int64_t store_bytes;     /* 0: 4 GiB */
    const char *monitor;     /* "127.0.0.1:8222", for its metrics; NULL: none */
    const char *tls_cert;    /* NULL: no TLS */
    const char *tls_key;
    const char *tls_ca; /* clients must show a certificate of this CA; NULL: the key is enough */
    const char *deploy_key; /* NULL: nobody may deploy */
    const char *system_key; /* of the operator, account SYS; NULL: nobody */
    const m_nats_service *services;
    uint32_t service_count;
} m_nats_config;

#define M_NATS_MAX_PAYLOAD 8388608

/* M_INVALID: a name, key, address or path is wrong (*out_why: constant text), nothing is written;
 * M_NOMEM. */
M_MUST_USE m_status m_nats_config_write(const m_nats_config *config, m_buf *out,
                                        const char **out_why);

#endif
