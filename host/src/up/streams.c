#include "streams.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "m_adapters/fault.h"
#include "m_adapters/stream_nats.h"

#define WAIT_MS 10000 /* for the broker to serve */
#define LOOK_MS 1000
#define NAP_MS  100

struct streams {
    const m_env *env;
    domain_names domains;
    m_nats *link;
    m_arena *arena;
    pthread_t thread;
    bool running;
    atomic_bool stop;
};

void domain_names_read(domain_names *names, const char *domains)
{
    char *rest = NULL;
    snprintf(names->text, sizeof names->text, "%s", domains);
    names->count = 0;
    for (char *name = strtok_r(names->text, ",", &rest); name && names->count < DOMAINS_LIMIT;
         name = strtok_r(NULL, ",", &rest))
        names->names[names->count++] = name;
    names->names[names->count] = NULL;
}

void domain_names_others(const domain_names *all, uint32_t self, const char *out[DOMAINS_LIMIT + 1])
{
    uint32_t n = 0;
    for (uint32_t i = 0; i < all->count; i++)
        if (i != self) out[n++] = all->names[i];
    out[n] = NULL;
}

/* ---- looking ---- */

/* all: also those that are there, for they may be planned in another way by now. */
static m_status make(const streams *s, m_call *call, bool all, bool *made)
{
    *made = false;
    for (uint32_t i = 0; i < s->domains.count; i++) {
        const char *consumers[DOMAINS_LIMIT + 1];
        bool there = false;
        domain_names_others(&s->domains, i, consumers);
        m_stream_plan plan = {.producer = s->domains.names[i], .consumers = consumers};
        if (!all) M_TRY(m_stream_deployed(s->link, call, &plan, &there));
        if (there) continue;
        M_TRY(m_stream_deploy(s->link, call, &plan));
        *made = true;
    }
    return M_OK;
}

static void look(streams *s)
{
    m_arena_reset(s->arena);
    m_call call = {.env = s->env, .arena = s->arena, .system = true};
    bool made;
    if (!m_nats_connected(s->link) || m_fault_ordered("no_redeploy")) return;
    if (make(s, &call, false, &made) != M_OK)
        s->env->log(s->env->self, "warn", "streams", m_str_z(s->arena, call.error.message));
    else if (made)
        s->env->log(s->env->self, "warn", "streams", "the broker had lost streams; made anew");
}

static void *main_loop(void *arg)
{
    streams *s = arg;
    struct timespec nap = {0, NAP_MS * 1000000};
    for (int slept = 0; !atomic_load(&s->stop); slept += NAP_MS) {
        nanosleep(&nap, NULL);
        if (slept < LOOK_MS) continue;
        slept = 0;
        look(s);
    }
    return NULL;
}

/* ---- life ---- */

static bool make_once(streams *s, const broker *b, const broker_way *way)
{
    char seed[700];
    const char *why = "";
    bool made;
    m_nats_options options = {.url = way->url,
                              .name = STREAMS_USER,
                              .nkey_seed_file = seed,
                              .ca_file = way->ca_file,
                              .cert_file = way->cert_file,
                              .key_file = way->key_file,
                              .inbox_prefix = "_INBOX_" STREAMS_USER,
                              .env = s->env};
    m_call call = {.env = s->env, .arena = s->arena, .system = true};
    bool good = s->arena && broker_seed_file(b, STREAMS_USER, seed, sizeof seed) &&
                m_nats_open(&options, &s->link, &why) == M_OK && m_nats_wait(s->link, WAIT_MS) &&
                make(s, &call, true, &made) == M_OK;
    if (!good)
        fprintf(stderr, "The streams cannot be made: %s%.*s.\n", why,
                M_STR_ARG(call.error.message));
    return good;
}

static streams *streams_new(const broker *b, const m_env *env, const broker_way *way)
{
    streams *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->env = env;
    s->arena = m_arena_new(0);
    domain_names_read(&s->domains, b->domains);
    if (make_once(s, b, way)) return s;
    streams_stop(s);
    return NULL;
}

bool broker_deploy(const broker *b, const m_env *env, const broker_way *way)
{
    streams *s = streams_new(b, env, way);
    streams_stop(s);
    return s != NULL;
}

streams *streams_keep(const broker *b, const m_env *env, const broker_way *way)
{
    streams *s = streams_new(b, env, way);
    if (!s) return NULL;
    s->running = pthread_create(&s->thread, NULL, main_loop, s) == 0;
    if (s->running) return s;
    streams_stop(s);
    return NULL;
}

void streams_stop(streams *s)
{
    if (!s) return;
    atomic_store(&s->stop, true);
    if (s->running) pthread_join(s->thread, NULL);
    m_nats_close(s->link);
    m_arena_free(s->arena);
    free(s);
}
