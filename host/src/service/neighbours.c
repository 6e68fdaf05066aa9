#include "neighbours.h"

#include <stdlib.h>

#include "../runtime/waker.h"
#include "m_adapters/codec.h"
#include "m_adapters/rpc.h"

#define PAUSE_MS 1500
#define WAIT_MS  500
#define GONE_US  (INT64_C(5) * 1000000) /* two looks may fail */
#define FOUND    64                     /* processes that one look may find */

typedef struct {
    const char *domain;
    bool bundle;
    m_time seen; /* none: never */
} neighbour;

struct neighbours {
    m_nats *link;
    const runtime *rt;
    neighbours_met met;
    void *arg;
    waker waker;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    neighbour all[DOMAINS_MAX];
    uint32_t count;
};

/* ---- what a process tells ---- */

typedef struct {
    m_str desk;
} metadata;
static const m_field metadata_fields[] = {M_F_STR(metadata, desk, "Desk")};
static const m_type metadata_type = {
    .name = "service.metadata", .size = sizeof(metadata), M_FIELDS(metadata_fields)};

typedef struct {
    m_str name;
    metadata metadata;
} told;
static const m_field told_fields[] = {
    M_F_STR(told, name, "Name"),
    M_F_STRUCT(told, metadata, "Metadata", metadata, &metadata_type),
};
static const m_type told_type = {
    .name = "service.told", .size = sizeof(told), M_FIELDS(told_fields)};

static void note(neighbours *n, m_call *call, m_str text)
{
    told who = {.name = {NULL, 0}};
    m_error_clear(call);
    if (m_json_read(call, &told_type, text, M_JSON_TRUSTED, &who, NULL) != M_OK) return;
    const char *domain = NULL;
    m_time now = m_now(call);
    pthread_mutex_lock(&n->lock);
    for (uint32_t i = 0; i < n->count; i++)
        if (m_str_is(who.name, n->all[i].domain)) {
            domain = n->all[i].domain;
            n->all[i].seen = now;
            n->all[i].bundle = who.metadata.desk.n > 0;
        }
    pthread_mutex_unlock(&n->lock);
    if (domain) n->met(n->arg, call, domain);
}

static void *look(void *arg)
{
    neighbours *n = arg;
    m_arena *arena = m_arena_new(0);
    const m_rpc_look all = {.wait_ms = WAIT_MS};
    while (arena && !waker_stopping(&n->waker)) {
        m_str found[FOUND];
        m_arena_reset(arena);
        m_call call = runtime_call(n->rt, arena);
        uint32_t count = m_rpc_discover(n->link, &all, arena, found, FOUND);
        for (uint32_t i = 0; i < count; i++)
            note(n, &call, found[i]);
        waker_wait(&n->waker, PAUSE_MS);
    }
    m_arena_free(arena);
    return NULL;
}

/* ---- for the gateway ---- */

neighbours *neighbours_start(m_nats *link, const runtime *rt, neighbours_met met, void *arg)
{
    neighbours *n = calloc(1, sizeof *n);
    if (!n) return NULL;
    n->link = link;
    n->rt = rt;
    n->met = met;
    n->arg = arg;
    for (const char *const *name = rt->other_domains; *name; name++)
        n->all[n->count++].domain = *name;
    waker_init(&n->waker);
    pthread_mutex_init(&n->lock, NULL);
    if (pthread_create(&n->thread, NULL, look, n) == 0) return n;
    free(n);
    return NULL;
}

void neighbours_stop(neighbours *n)
{
    if (!n) return;
    waker_stop(&n->waker);
    pthread_join(n->thread, NULL);
    pthread_mutex_destroy(&n->lock);
    free(n);
}

bool neighbours_has(neighbours *n, const char *domain, bool *out_bundle)
{
    bool here = true;
    *out_bundle = false;
    if (!n) return true;
    m_time now = n->rt->env->now(n->rt->env->self);
    pthread_mutex_lock(&n->lock);
    for (uint32_t i = 0; i < n->count; i++) {
        const neighbour *one = &n->all[i];
        if (strcmp(one->domain, domain) != 0) continue;
        here = !one->seen.us || now.us - one->seen.us < GONE_US;
        *out_bundle = one->bundle;
    }
    pthread_mutex_unlock(&n->lock);
    return here;
}
