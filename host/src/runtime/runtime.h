/* Runtime: configuration, environment and database of one process of the host; what serve and every
 * other command start with. */
#ifndef HOST_RUNTIME_H
#define HOST_RUNTIME_H

#include "../boot/domains.h"
#include "../cluster/cluster.h"
#include "../config/config.h"
#include "../identity/identity.h"
#include "m_adapters/env.h"
#include "m_adapters/pg.h"

#define RUNTIME_DSN_MAX   1024
#define RUNTIME_DATABASE  "business_m"
#define RUNTIME_TYPES_MAX 256

typedef struct {
    host_config config;
    m_arena *arena; /* configuration strings */
    m_system_env *env_owner;
    const m_env *env;
    domains_others others; /* self is NULL: everything is in this process */
    const char *other_domains[DOMAINS_MAX + 1];
    char state_dir[512];
    char keys_dir[600]; /* of the keys that tokens are signed with */
    bool several;       /* what `business-m up` started here has a database for each domain */
    cluster *cluster;   /* NULL with M_DATABASE_URL */
    bool attach;        /* a command: people read what it prints */
    char app_dsn[RUNTIME_DSN_MAX];
    char owner_dsn[RUNTIME_DSN_MAX];
    char relay_dsn[RUNTIME_DSN_MAX];
} runtime;

/* Reads the configuration from environ. On failure the reasons are printed and false is returned.
 */
bool runtime_open(runtime *rt);
/* The same for a command that works on the books of `domain`, or of what M_DOMAINS says. Where
 * several processes were the last to be started in the state directory, it is one of them: their
 * database, broker and keys are its own. domain NULL: of none of them (rt->several tells), and no
 * domain is loaded. */
bool runtime_open_for(runtime *rt, const char *domain);
/* The domains of the configuration: part of the above. */
bool runtime_load(runtime *rt);
/* The broker of the processes that were started here, with the key of this name. */
void runtime_sign_in(runtime *rt, const char *name);
/* The conninfo of another domain's database on this machine, as the application. False: it is not
 * here. */
bool runtime_database_of(const runtime *rt, const char *domain, char out[RUNTIME_DSN_MAX]);
/* Several processes were started in this state directory, with the broker at this URL (NULL: one
 * process): what commands work with from now on. Prints why it fails. */
bool runtime_several(const runtime *rt, const char *broker_url);
/* Finds or starts the database. attach: use the server of a running host. Prints why it fails. */
bool runtime_connect(runtime *rt, bool attach);
void runtime_close(runtime *rt);

/* A call without a user; arena is the caller's. */
m_call runtime_call(const runtime *rt, m_arena *arena);

m_pg_options runtime_pg(const runtime *rt, const char *dsn);
/* *conn as the role relay: opened where it is NULL. */
m_status runtime_relay(const runtime *rt, m_call *call, m_pg_conn **conn) M_MUST_USE;
/* After a failure, which is call's error and is logged as what: *conn is closed, so that the next
 * runtime_relay opens a new one; the server may have been restarted. */
void runtime_relay_lost(const runtime *rt, const m_call *call, const char *what, m_pg_conn **conn);
/* Makes a database with its roles in the private cluster, where it is not there yet. Prints why it
 * fails. */
bool runtime_make_database(runtime *rt, const char *database);
/* Roles, database and schema: brought up to date. Prints why it fails. */
bool runtime_migrate(runtime *rt);
/* The signing keys of the state directory and an identity that uses them, with the transactions of
 * runner. modules has room for DOMAINS_MAX and must outlive the identity. False: the reason is
 * printed; what *out_keys holds is freed by the caller in any case. */
bool runtime_identity(const runtime *rt, identity_runner runner, const m_module **modules,
                      identity_keys **out_keys, identity **out);
/* A set of domains as configured; id may be NULL. NULL: the reason is printed. */
domain_set *runtime_domains(const runtime *rt, identity *id);
domain_set *runtime_domains_on(const runtime *rt, identity *id, m_store store);
/* *out_tenant: of M_TENANT; the null id when there is none yet. */
m_status runtime_tenant(runtime *rt, identity *id, m_call *call, m_id *out_tenant) M_MUST_USE;

/* Prints call's error for people: message, hint, fields. */
void runtime_print_error(const char *what, const m_call *call);

#endif
