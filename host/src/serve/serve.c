#include "serve.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "../gateway/forward.h"
#include "../gateway/gateway.h"
#include "../gateway/route.h"
#include "../runtime/runtime.h"
#include "../service/arrivals.h"
#include "../service/departures.h"
#include "../service/service.h"
#include "../task/works.h"
#include "../worker/worker.h"
#include "desk_find.h"
#include "first_start.h"
#include "relay_thread.h"
#include "slow.h"

#define WORKERS_MAX      64
#define DRAIN_MS         10000
#define WRITE_TIMEOUT_MS 10000
#define READ_TIMEOUT_MS  10000
#define SLOW_QUEUE       64
#define FORWARDERS       16

typedef struct host host;

/* One database connection with everything that uses it. */
typedef struct {
    host *host;
    m_uow *uow;
    domain_set *domains;
    worker *worker;
    arrivals *arrivals; /* NULL where nobody else's events matter */
    m_answers *answers; /* of long work among other processes */
    uint64_t woken;     /* events the relay was woken for */
    uint64_t told;      /* events that others were told of */
} station;

struct host {
    runtime rt;
    const m_module *modules[DOMAINS_MAX];
    identity_keys *keys;
    identity *identity;
    station lanes[WORKERS_MAX], readers[WORKERS_MAX], slow, long_work;
    queue lane_jobs[WORKERS_MAX], reader_jobs, slow_jobs, forward_jobs, outbox_jobs;
    bool queues_made, slow_running;
    pthread_t slow_thread;
    relay_thread *relay;
    task_tools task_tools;
    task_board *tasks;
    metrics metrics;
    desk *desk;
    m_arena *texts;
    gateway gateway;
    http_server *http;
    service *service; /* NULL in indie mode */
    forwarder *forwarder;
    departures *departures;
    arrivals_thread *arrivals;
};

/* For the signal handler, which has no other way to the server. */
static http_server *running_server;

static void on_signal(int number)
{
    (void)number;
    http_server_drain(running_server, DRAIN_MS);
}

static void catch_signals(void)
{
    struct sigaction action = {.sa_handler = on_signal};
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

/* ---- making ---- */

static bool station_open(host *h, station *s)
{
    m_pg_options options = runtime_pg(&h->rt, h->rt.app_dsn);
    s->host = h;
    if (m_pg_uow_open(&options, &s->uow) != M_OK) {
        fprintf(stderr, "There is not enough memory to start.\n");
        return false;
    }
    return true;
}

static bool station_wire(host *h, station *s)
{
    s->domains = runtime_domains(&h->rt, h->identity);
    return s->domains != NULL;
}

static void queues_open(host *h)
{
    uint32_t limit = (uint32_t)h->rt.config.queue;
    for (int64_t i = 0; i < h->rt.config.lanes; i++)
        queue_init(&h->lane_jobs[i], limit);
    queue_init(&h->reader_jobs, limit);
    queue_init(&h->slow_jobs, SLOW_QUEUE);
    queue_init(&h->forward_jobs, limit);
    queue_init(&h->outbox_jobs, limit);
    h->queues_made = true;
}

static void answering(void *arg)
{
    (void)arg;
    http_replies_hold();
}

/* What was written has to go on from here. */
static void wrote(void *arg)
{
    station *s = arg;
    if (domains_told(s->domains) != s->told) departures_wake(s->host->departures);
    s->told = domains_told(s->domains);
    if (s->domains->outbox.wanted == s->woken) return;
    s->woken = s->domains->outbox.wanted;
    relay_thread_wake(s->host->relay);
}

static void answered(void *arg)
{
    http_replies_release(((station *)arg)->host->http);
    wrote(arg);
}

static m_status station_ready(void *arg, m_call *call, m_str after)
{
    return arrivals_ready(arg, call, after);
}

/* A station that comes after the events of others. */
static bool station_listen(host *h, station *s)
{
    if (!station_open(h, s) || !station_wire(h, s)) return false;
    if (!h->service || domains_own("core")) return true;
    s->arrivals = arrivals_new(&h->rt, s->uow, s->domains);
    return s->arrivals != NULL;
}

static bool station_start(host *h, station *s, m_uow_mode mode, queue *jobs)
{
    if (!station_listen(h, s)) return false;
    worker_config config = {.uow = s->uow,
                            .mode = mode,
                            .batch_max = mode == M_UOW_WRITE ? (uint32_t)h->rt.config.batch : 8,
                            .domains = s->domains,
                            .env = h->rt.env,
                            .arena_limit_bytes = (size_t)h->rt.config.request_memory_mb << 20,
                            .asker = h->service ? service_asker(h->service) : NULL,
                            .ready = s->arrivals ? station_ready : NULL,
                            .ready_arg = s->arrivals,
                            .answering = answering,
                            .answered = answered,
                            .answer_arg = s};
    s->worker = worker_start(&config, jobs);
    return s->worker != NULL;
}

static bool workers_start(host *h)
{
    bool good = true;
    for (int64_t i = 0; good && i < h->rt.config.lanes; i++)
        good = station_start(h, &h->lanes[i], M_UOW_WRITE, &h->lane_jobs[i]);
    for (int64_t i = 0; good && i < h->rt.config.readers; i++)
        good = station_start(h, &h->readers[i], M_UOW_READ, &h->reader_jobs);
    good = good && (h->slow_running = slow_start(&h->slow_jobs, &h->slow_thread));
    if (!good) fprintf(stderr, "The workers could not be started.\n");
    return good;
}

/* Among other processes the gateway answers for all. */
static bool has_api(const host *h)
{
    return !h->service || domains_own("core");
}

/* A domain has events that whoever asks next is to see. */
static void saw(void *arg, m_id tenant, const char *domain, int64_t mark)
{
    marks_saw(&((host *)arg)->gateway.marks, tenant, domain, mark);
}

static bool tools_make(host *h)
{
    station *s = &h->long_work;
    if (!station_listen(h, s)) return false;
    h->task_tools = (task_tools){.rt = &h->rt,
                                 .uow = s->uow,
                                 .domains = s->domains,
                                 .wrote = wrote,
                                 .wrote_arg = s,
                                 .arrivals = s->arrivals};
    if (!h->service) return true;
    h->task_tools.asker = service_asker(h->service);
    h->task_tools.answers = s->answers = m_answers_new(0);
    if (has_api(h)) h->task_tools.saw = saw;
    h->task_tools.saw_arg = h;
    return s->answers != NULL;
}

/* Work that takes longer than a request may, on a connection of its own. Among other processes the
 * gateway's is done by all of them. */
static bool tasks_start(host *h)
{
    bool all = h->service && has_api(h);
    if (!tools_make(h)) return false;
    task_board_config config = {
        .sorts = {[M_WORK_PROVE] = {all ? task_prove_all : task_prove, false},
                  [M_WORK_IMPORT] = {all ? task_import_home : task_import, true}},
        .arg = &h->task_tools,
        .env = h->rt.env,
        .arena_limit_bytes = (size_t)h->rt.config.request_memory_mb << 20};
    h->tasks = task_board_start(&config);
    if (!h->tasks) fprintf(stderr, "The task board could not be started.\n");
    return h->tasks != NULL;
}

static metrics_gauges gauges_read(void *arg)
{
    host *h = arg;
    http_server_stats http = http_server_stats_read(h->http);
    metrics_gauges g = {.connections = http.connections,
                        .in_flight = http.in_flight,
                        .refused = http.refused,
                        .dropped_slow = http.dropped_slow,
                        .queued_reads = queue_depth(&h->reader_jobs)};
    for (int64_t i = 0; i < h->rt.config.lanes; i++) {
        worker_stats s = worker_stats_read(h->lanes[i].worker);
        g.queued_writes += queue_depth(&h->lane_jobs[i]);
        g.batches += s.batches;
        g.use_cases += s.use_cases;
        g.use_cases_refused += s.refused;
        g.reruns += s.reruns;
    }
    return g;
}

static void figures_read(void *arg, m_arena *arena, figures *out)
{
    host *h = arg;
    relay_thread_figures(h->relay, &out->listening);
    if (!h->service) return;
    service_figures(h->service, arena, out);
    departures_figures(h->departures, &out->leaving);
    if (h->arrivals) arrivals_thread_figures(h->arrivals, &out->arriving);
}

/* ---- among other processes ---- */

/* Written in memory of its own: what grows leaves much behind. */
static bool describe(host *h, m_str *out)
{
    m_buf text = {.arena = m_arena_new(0)};
    if (!text.arena) return false;
    m_openapi_write(&text, h->slow.domains->modules, h->slow.domains->count, HOST_VERSION);
    if (!text.failed) *out = m_str_dup(h->texts, m_buf_str(&text));
    m_arena_free(text.arena);
    return out->n > 0;
}

static bool gateway_start(host *h)
{
    h->texts = m_arena_new(0);
    if (!h->texts) return false;
    h->desk = desk_find(&h->rt.config, h->rt.env);
    bool good = true;
    m_str openapi = {NULL, 0};
    if (!h->service) good = describe(h, &openapi);
    gateway_init(&h->gateway);
    h->metrics.started = h->rt.env->now(h->rt.env->self);
    h->gateway.config = (gateway_config){.lanes = h->lane_jobs,
                                         .lane_count = (uint32_t)h->rt.config.lanes,
                                         .readers = &h->reader_jobs,
                                         .slow = &h->slow_jobs,
                                         .domains = h->slow.domains,
                                         .identity = h->identity,
                                         .keys = h->keys,
                                         .gauges = gauges_read,
                                         .gauges_arg = h,
                                         .figures = figures_read,
                                         .env = h->rt.env,
                                         .metrics = &h->metrics,
                                         .no_api = !has_api(h),
                                         .openapi = openapi,
                                         .desk = h->desk,
                                         .tasks = h->tasks,
                                         .write_timeout_ms = WRITE_TIMEOUT_MS,
                                         .read_timeout_ms = READ_TIMEOUT_MS};
    if (h->service) {
        gateway_config *config = &h->gateway.config;
        config->forwards = &h->forward_jobs;
        config->reached = service_reaches;
        config->reached_arg = h->service;
        config->linked = service_linked;
        for (const char *const *name = h->rt.other_domains; *name; name++)
            config->remotes[config->remote_count++] = *name;
    }
    return good;
}

static bool http_start(host *h)
{
    char error[256];
    http_server_config config = http_server_config_default();
    config.address = m_str_z(h->texts, h->rt.config.http_address);
    config.port = (uint16_t)h->rt.config.http_port;
    config.on_request = gateway_on_request;
    config.arg = &h->gateway;
    config.limits.large_bytes = (uint32_t)h->rt.config.attachment_kb * 1024;
    config.limits.is_large = route_takes_file;
    if (http_server_create(&config, &h->http, error, sizeof error) == M_OK) return true;
    fprintf(stderr, "%s\n", error);
    return false;
}

static void say_listening(const host *h)
{
    char where[128];
    snprintf(where, sizeof where, "http://%.*s:%u", M_STR_ARG(h->rt.config.http_address),
             http_server_port(h->http));
    h->rt.env->log(h->rt.env->self, "info", "listening", where);
    printf("Business M is ready on %s\n", where);
    fflush(stdout);
}

static bool service_start(host *h)
{
    if (!host_config_among_others(&h->rt.config)) return true;
    return service_configured(&h->rt) && (h->service = service_open(&h->rt));
}

static bool services_start(host *h)
{
    if (!h->service) return true;
    rpc_queues queues = {.lanes = h->lane_jobs,
                         .lane_count = (uint32_t)h->rt.config.lanes,
                         .readers = &h->reader_jobs,
                         .outbox = &h->outbox_jobs,
                         .tasks = h->tasks,
                         .domains = h->slow.domains,
                         .desk = h->desk};
    m_nats *link = service_link(h->service);
    if (!(h->departures = departures_start(&h->rt, link, &h->outbox_jobs)) ||
        !service_serve(h->service, &queues, h->slow.domains))
        return false;
    if (!domains_own("core"))
        return (h->arrivals = arrivals_thread_start(&h->rt, h->identity, link)) != NULL;
    h->forwarder = forwarder_start(service_asker(h->service), &h->forward_jobs, FORWARDERS);
    return h->forwarder != NULL && service_look_around(h->service);
}

static bool start(host *h)
{
    if (!service_start(h)) return false;
    if (!runtime_connect(&h->rt, false) || !runtime_migrate(&h->rt)) return false;
    queues_open(h);
    return station_open(h, &h->slow) &&
           runtime_identity(&h->rt, slow_runner(h->slow.uow), h->modules, &h->keys, &h->identity) &&
           station_wire(h, &h->slow) &&
           (!domains_own("core") ||
            first_start(&h->rt, h->identity, h->slow.domains, h->slow.uow)) &&
           workers_start(h) && (h->relay = relay_thread_start(&h->rt, h->identity)) &&
           tasks_start(h) && gateway_start(h) &&
           http_start(h) && /* before questions come: who answers one lets HTTP's answers go */
           services_start(h);
}

/* ---- ending ---- */

static void station_close(station *s)
{
    worker_join(s->worker);
    arrivals_free(s->arrivals);
    m_answers_free(s->answers);
    domains_free(s->domains);
    m_pg_uow_close(s->uow);
    *s = (station){.uow = NULL};
}

static void queues_close(host *h)
{
    for (int64_t i = 0; i < h->rt.config.lanes; i++)
        queue_close(&h->lane_jobs[i]);
    queue_close(&h->slow_jobs);
    queue_close(&h->reader_jobs);
    queue_close(&h->forward_jobs);
    queue_close(&h->outbox_jobs);
}

static void stop(host *h)
{
    service_drain(h->service);
    arrivals_thread_stop(h->arrivals);
    if (h->queues_made) queues_close(h);
    forwarder_join(h->forwarder);
    departures_stop(h->departures);
    if (h->slow_running) pthread_join(h->slow_thread, NULL);
    for (int i = 0; i < WORKERS_MAX; i++) {
        station_close(&h->lanes[i]);
        station_close(&h->readers[i]);
    }
    task_board_stop(h->tasks);
    relay_thread_stop(h->relay);
    station_close(&h->long_work);
    station_close(&h->slow);
    http_server_free(h->http);
    gateway_destroy(&h->gateway);
    desk_close(h->desk);
    service_close(h->service);
    identity_close(h->identity);
    identity_keys_free(h->keys);
    m_arena_free(h->texts);
    h->rt.env->log(h->rt.env->self, "info", "stopped", "");
}

int serve_main(void)
{
    host *h = calloc(1, sizeof *h);
    if (!h || !runtime_open(&h->rt)) {
        if (h) runtime_close(&h->rt);
        free(h);
        return EXIT_FAILURE;
    }
    bool good = start(h);
    if (good) {
        running_server = h->http;
        catch_signals();
        say_listening(h);
        http_server_run(h->http);
        good = !service_lost(h->service);
    }
    stop(h);
    runtime_close(&h->rt);
    free(h);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
