#include "service.h"

#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "m/crosscheck.h"
#include "m/deciding.h"
#include "m/delivering.h"
#include "m/doc.h"
#include "m/ledger_pending.h"
#include "m/receiving.h"
#include "m/reports.h"
#include "neighbours.h"

#define SERVER_THREADS 2
#define DRAIN_MS       10000
#define PROTOCOLS_MAX  16

struct service {
    const runtime *rt;
    char name[32], inbox[48];
    m_nats *link;
    m_rpc_ring *ring;
    m_rpc_client *client;
    m_asker asker;
    rpc_queues queues;
    const m_protocol *protocols[PROTOCOLS_MAX];
    m_rpc_server *server;
    neighbours *neighbours; /* NULL: nobody wants to know */
    atomic_bool lost;
};

/* What modules may provide to other processes; who of them does is found out at boot. */
static const m_protocol *const provided[] = {&m_receiving_protocol,  &m_delivering_protocol,
                                             &m_sharing_protocol,    &m_deciding_protocol,
                                             &m_crosscheck_protocol, &m_ledger_pending_protocol};

/* ---- what must be configured ---- */

typedef struct {
    const char *variable, *what;
    bool there;
} wanted;

static bool readable(const runtime *rt, m_str path)
{
    return path.n && access(m_str_z(rt->arena, path), R_OK) == 0;
}

/* A file that may be left out, but not be missing once it is named. */
static bool readable_if_named(const runtime *rt, m_str path)
{
    return !path.n || readable(rt, path);
}

/* Do the others know of the domains of this process? */
static bool among_all(const runtime *rt)
{
    const host_config *c = &rt->config;
    m_str rest = c->domains;
    while (rest.n) {
        const char *comma = memchr(rest.p, ',', rest.n);
        m_str name = {rest.p, comma ? (size_t)(comma - rest.p) : rest.n};
        if (name.n && !m_words_have(m_str_z(rt->arena, c->all_domains), name)) return false;
        rest = comma ? (m_str){comma + 1, rest.n - name.n - 1} : (m_str){NULL, 0};
    }
    return true;
}

static uint32_t tell_missing(const wanted *all, size_t n)
{
    uint32_t missing = 0;
    for (size_t i = 0; i < n; i++) {
        if (all[i].there) continue;
        if (!missing++) fprintf(stderr, "One process among several needs more settings:\n");
        fprintf(stderr, "  %-22s %s\n", all[i].variable, all[i].what);
    }
    return missing;
}

bool service_configured(const runtime *rt)
{
    const host_config *c = &rt->config;
    bool pair = !c->nats_tls_cert_file.n == !c->nats_tls_key_file.n;
    const wanted all[] = {
        {"M_DOMAINS", "the domains of this process: not all that M_ALL_DOMAINS names",
         rt->other_domains[0] != NULL},
        {"M_ALL_DOMAINS", "all domains of the company, those of this process too", among_all(rt)},
        {"M_DATABASE_URL", "the database of this domain", c->database_url.n > 0},
        {"M_DATABASE_RELAY_URL", "the database, as the role that sends events",
         c->database_relay_url.n > 0},
        {"M_NATS_URL", "where the broker is", c->nats_url.n > 0},
        {"M_CALL_KEYS_FILE", "a file that can be read: the keys that all processes share",
         readable(rt, c->call_keys_file)},
        {"M_NATS_NKEY_FILE", "it is named, but cannot be read",
         readable_if_named(rt, c->nats_nkey_file)},
        {"M_NATS_CA_FILE", "it is named, but cannot be read",
         readable_if_named(rt, c->nats_ca_file)},
        {"M_NATS_TLS_CERT_FILE", "a file that can be read, and its key: both or none",
         pair && readable_if_named(rt, c->nats_tls_cert_file)},
        {"M_NATS_TLS_KEY_FILE", "a file that can be read, and its certificate: both or none",
         pair && readable_if_named(rt, c->nats_tls_key_file)},
    };
    return tell_missing(all, sizeof all / sizeof all[0]) == 0;
}

/* ---- opening ---- */

static const char *text_of(const runtime *rt, m_str text)
{
    return text.n ? m_str_z(rt->arena, text) : NULL;
}

/* On a thread of the engine. Without the broker this process is of no use to anybody. */
static void link_closed(void *arg)
{
    service *s = arg;
    atomic_store(&s->lost, true);
    kill(getpid(), SIGTERM);
}

static bool open_link(service *s)
{
    const runtime *rt = s->rt;
    const host_config *c = &rt->config;
    const char *why = "";
    m_nats_options options = {
        .url = text_of(rt, c->nats_url),
        .name = s->name,
        .nkey_seed_file = text_of(rt, c->nats_nkey_file),
        .ca_file = text_of(rt, c->nats_ca_file),
        .cert_file = text_of(rt, c->nats_tls_cert_file),
        .key_file = text_of(rt, c->nats_tls_key_file),
        .inbox_prefix = s->inbox,
        .closed = link_closed,
        .closed_arg = s,
        .env = rt->env,
    };
    m_status status = m_nats_open(&options, &s->link, &why);
    if (status == M_OK) return true;
    fprintf(stderr, "The broker cannot be used: %s.\n",
            status == M_UNAUTHORIZED ? "it refuses our credentials" : why);
    return false;
}

static bool read_ring(service *s)
{
    const char *why = "", *path = text_of(s->rt, s->rt->config.call_keys_file);
    if (m_rpc_ring_read(path, &s->ring, &why) == M_OK) return true;
    fprintf(stderr, "The keys in %s cannot be used: %s.\n", path, why);
    return false;
}

service *service_open(runtime *rt)
{
    return service_open_as(rt, rt->others.self);
}

service *service_open_as(runtime *rt, const char *name)
{
    service *s = calloc(1, sizeof *s);
    if (!s) return NULL;
    s->rt = rt;
    snprintf(s->name, sizeof s->name, "%s", name);
    snprintf(s->inbox, sizeof s->inbox, "_INBOX_%s", s->name);
    if (read_ring(s) && open_link(s)) {
        s->client = m_rpc_client_new(s->link, s->ring, rt->env);
        if (s->client) {
            if (rt->config.unsigned_replies == UNSIGNED_ACCEPTED)
                m_rpc_client_accept_unsigned(s->client);
            s->asker = m_rpc_asker(s->client);
            rt->others.asker = &s->asker;
            return s;
        }
        fprintf(stderr, "There is not enough memory to start.\n");
    }
    service_close(s);
    return NULL;
}

m_nats *service_link(service *s)
{
    return s->link;
}

bool service_lost(const service *s)
{
    return s && atomic_load(&s->lost);
}

const m_asker *service_asker(const service *s)
{
    return &s->asker;
}

/* Is it left alone after it failed? */
static bool rests(service *s, const char *domain)
{
    m_rpc_service known[DOMAINS_MAX];
    uint32_t n = m_rpc_client_services(s->client, known, DOMAINS_MAX);
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(known[i].name, domain) == 0) return known[i].open;
    return false;
}

service_reach service_reaches(void *arg, const char *domain)
{
    service *s = arg;
    service_reach reach = {.bundle = false};
    bool here = neighbours_has(s->neighbours, domain, &reach.bundle);
    reach.answers = here && !rests(s, domain);
    return reach;
}

/* One question that costs nothing, lest somebody's be the trial, and those beside it be refused. */
static void try_again(void *arg, m_call *call, const char *domain)
{
    service *s = arg;
    if (!rests(s, domain)) return;
    m_rpc_question question = {.service = domain,
                               .protocol = &desk_files_protocol,
                               .method = desk_files_file,
                               .as = call,
                               .body = M_STR("{\"path\":\"/remotes/\"}"),
                               .arena = call->arena};
    m_rpc_ask(s->client, &question, 1);
}

bool service_look_around(service *s)
{
    s->neighbours = neighbours_start(s->link, s->rt, try_again, s);
    return s->neighbours != NULL;
}

bool service_linked(void *arg)
{
    return m_nats_connected(((service *)arg)->link);
}

void service_figures(service *s, m_arena *arena, figures *out)
{
    out->among_others = true;
    m_nats_stats_read(s->link, &out->broker);
    out->service_count = m_rpc_client_services(s->client, out->services, FIGURES_SERVICES);
    out->asked = m_arena_array(arena, M_RPC_COUNTS, sizeof *out->asked);
    if (out->asked) out->asked_count = m_rpc_client_counts(s->client, out->asked, M_RPC_COUNTS);
    out->answered = m_arena_array(arena, M_RPC_COUNTS, sizeof *out->answered);
    if (!s->server || !out->answered) return;
    out->answered_count = m_rpc_server_counts(s->server, out->answered, M_RPC_COUNTS);
    m_rpc_server_stats_read(s->server, &out->server);
}

bool service_serve(service *s, const rpc_queues *queues, domain_set *domains)
{
    uint32_t n = 0;
    s->queues = *queues;
    s->protocols[n++] = &m_documents_protocol;
    s->protocols[n++] = &m_reports_protocol;
    s->protocols[n++] = &m_outbox_protocol;
    s->protocols[n++] = &m_work_protocol;
    s->protocols[n++] = &desk_files_protocol;
    for (size_t i = 0; i < sizeof provided / sizeof provided[0] && n + 1 < PROTOCOLS_MAX; i++) {
        m_iface value;
        if (domains_served(domains, provided[i]->name, &value)) s->protocols[n++] = provided[i];
    }
    bool bundle = desk_has(queues->desk, s->name);
    m_rpc_server_options options = {.link = s->link,
                                    .ring = s->ring,
                                    .env = s->rt->env,
                                    .service = s->name,
                                    .version = HOST_VERSION,
                                    .protocols = s->protocols,
                                    .metadata = bundle ? NEIGHBOURS_BUNDLE : NULL,
                                    .handler = rpc_job_take,
                                    .arg = &s->queues,
                                    .threads = SERVER_THREADS};
    if (m_rpc_server_start(&options, &s->server) == M_OK) return true;
    fprintf(stderr, "The questions of other processes cannot be served.\n");
    return false;
}

void service_drain(service *s)
{
    if (!s) return;
    m_rpc_server_stop(s->server, DRAIN_MS);
    s->server = NULL;
}

void service_close(service *s)
{
    if (!s) return;
    neighbours_stop(s->neighbours);
    service_drain(s);
    m_rpc_client_free(s->client);
    m_nats_close(s->link);
    m_rpc_ring_free(s->ring);
    free(s);
}
