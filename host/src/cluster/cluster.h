/* The private PostgreSQL cluster of indie mode: found or made, started, watched and stopped.
 *
 * Layout of the state directory: lock (held by the host that owns the server), data/ (the cluster),
 * socket/, pg_hba.conf and pg_ident.conf (written at every start), postgres.log. The server has no
 * TCP port and knows no passwords: the socket's peer must be the user who runs the server, or root.
 *
 * The server is a child of a thread of this module. If the host dies in any way, the kernel tells
 * the server to shut down fast. If the server dies, the thread starts it again. */
#ifndef CLUSTER_H
#define CLUSTER_H

#include <stddef.h>
#include <stdint.h>

#include "m/status.h"

typedef struct cluster cluster;

typedef enum {
    CLUSTER_CREATING, /* first start: initdb runs */
    CLUSTER_WAITING,  /* an earlier server is still ending */
    CLUSTER_READY,    /* answers; after CLUSTER_DIED: again */
    CLUSTER_DIED,     /* ended without being asked; will be started again */
    CLUSTER_STOPPED
} cluster_event;

/* Called in the module's thread (CREATING and WAITING also before cluster_start returns). text: one
 * line for the log. Must not call this module. */
typedef void (*cluster_listener)(void *arg, cluster_event event, const char *text);

typedef struct {
    const char *state_dir;     /* absolute. NULL: /var/lib/business-m for root, else
                                  ${XDG_STATE_HOME:-~/.local/state}/business-m */
    const char *bin_dir;       /* with initdb and postgres. NULL: searched */
    const char *run_user;      /* for root only. NULL: postgres, else nobody */
    uint32_t lock_wait_ms;     /* for another host to let go of the state directory; 0: 5 s */
    uint32_t start_timeout_ms; /* until the server answers (not counting recovery); 0: 60 s */
    cluster_listener listener; /* may be NULL */
    void *arg;
} cluster_config;

/* Roles that exist after the first start. All can sign in; only bm_super is a superuser. */
#define CLUSTER_ROLE_SUPER "bm_super"
#define CLUSTER_ROLE_OWNER "bm_owner"
#define CLUSTER_ROLE_APP   "bm_app"
#define CLUSTER_ROLE_RELAY "bm_relay"

/* Returns when the server answers. M_CONFLICT: another host owns the state directory.
 * M_UNAVAILABLE: no binaries, wrong version, no permission, or the server does not start. error
 * gets one sentence for the user (n bytes). Free with cluster_stop. */
m_status cluster_start(const cluster_config *config, cluster **out, char *error,
                       size_t n) M_MUST_USE;

/* For commands beside a running host: uses its server when it owns the state directory, else starts
 * one as cluster_start does. */
m_status cluster_attach(const cluster_config *config, cluster **out, char *error,
                        size_t n) M_MUST_USE;

/* True when the server belongs to another host. */
bool cluster_is_attached(const cluster *c);

/* A conninfo string for libpq. False when it does not fit, or a name has more than [a-z0-9_]. Any
 * thread. */
bool cluster_dsn(const cluster *c, const char *role, const char *database, char *out, size_t n);

/* The server answers as far as the module knows; any thread. For /ready. */
bool cluster_is_ready(cluster *c);
/* Process id of the server, 0 while there is none or when attached; any thread. */
int cluster_server_pid(cluster *c);

/* Fast shutdown, waits for its end (30 s, then harder), frees. Attached: only frees. NULL is fine.
 */
void cluster_stop(cluster *c);

#endif
