/* Gateway: from HTTP requests to use cases and back. Runs on the HTTP loop: it looks at the path
 * and the token, makes a job and gives it to a reader or to the tenant's writer lane; answers are
 * written by the worker that ran the job. It knows no document type by name. */
#ifndef HOST_GATEWAY_H
#define HOST_GATEWAY_H

#include <stdatomic.h>

#include "../boot/domains.h"
#include "../desk/desk.h"
#include "../http/http_server.h"
#include "../identity/identity.h"
#include "../task/task.h"
#include "../worker/queue.h"
#include "figures.h"
#include "marks.h"
#include "metrics.h"
#include "reach.h"
#include "said.h"

#define GATEWAY_LANES_MAX 64

typedef struct {
    queue *lanes; /* one per writer; tenants are hashed to them */
    uint32_t lane_count;
    queue *readers;                   /* shared by all readers */
    queue *forwards;                  /* for domains of other processes; NULL: there are none */
    const char *remotes[DOMAINS_MAX]; /* their names */
    uint32_t remote_count;
    service_reach (*reached)(void *arg, const char *domain);
    void *reached_arg;
    bool (*linked)(void *arg); /* to the broker, with reached_arg; NULL: there is none */
    queue *slow;               /* sign-in and other work that takes long on purpose */
    const domain_set *domains; /* for descriptions only; constant */
    identity *identity;        /* used by the slow worker */
    const identity_keys *keys; /* access tokens are checked with */
    metrics_gauges (*gauges)(void *arg);
    void *gauges_arg;
    /* The rest of them, with lists in the arena. */
    void (*figures)(void *arg, m_arena *arena, figures *out);
    const m_env *env;
    metrics *metrics;
    bool no_api;      /* another process is the gateway: only health, readiness, metrics and Desk */
    m_str openapi;    /* the whole document where there are no remotes */
    const desk *desk; /* NULL: this build has none */
    task_board *tasks;
    uint32_t write_timeout_ms;
    uint32_t read_timeout_ms;
} gateway_config;

/* The OpenAPI document with what other processes add. */
typedef struct {
    pthread_mutex_t lock;
    char *text; /* malloced; NULL: not made yet */
    size_t n;
    m_time made;
    bool asking; /* somebody is making it anew */
} gateway_document;

typedef struct {
    gateway_config config;
    marks marks; /* of tenants, for questions to other processes */
    said said;
    gateway_document document;
    _Atomic uint32_t uploads; /* of files, at once */
} gateway;

/* config is to be filled after it; destroy takes a zeroed one as well. */
void gateway_init(gateway *g);
void gateway_destroy(gateway *g);

/* The name of the domain as the configuration has it, or NULL when it is not another process's. */
const char *gateway_remote(const gateway *g, m_str domain);

/* http_handler; arg is the gateway. */
void gateway_on_request(void *arg, http_request *request);

#endif
