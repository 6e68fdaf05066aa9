#include "up.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../runtime/runtime.h"
#include "broker.h"
#include "child.h"
#include "m_adapters/fault.h"
#include "streams.h"

#define CHILDREN_MAX (DOMAINS_MAX * UP_REPLICAS_MAX + 1)
#define LOOK_MS      500
#define STOP_MS      15000
#define READY_WORD   "Business M is ready on "

typedef struct {
    runtime rt;
    char self[512], folder[600];
    broker broker;
    child children[CHILDREN_MAX]; /* the broker first, the gateway last */
    uint32_t count;
    streams *streams;
    int signals;
    bool told; /* that everything is ready */
} up;

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- preparing ---- */

static bool make_folder(const char *path)
{
    if (mkdir(path, 0700) == 0 || errno == EEXIST) return true;
    fprintf(stderr, "%s cannot be made: %s.\n", path, strerror(errno));
    return false;
}

static bool find_self(up *u)
{
    ssize_t n = readlink("/proc/self/exe", u->self, sizeof u->self - 1);
    if (n <= 0) return false;
    u->self[n] = 0;
    return true;
}

/* Settings of this process that every child has as well. */
static bool pass_on(up *u, child *c)
{
    static const char *const passed[] = {"M_TENANT",
                                         "M_COMPANY",
                                         "M_CURRENCY",
                                         "M_FISCAL_START_MONTH",
                                         "M_ADMIN_EMAIL",
                                         "M_ADMIN_PASSWORD",
                                         "M_PASSWORD_MEMORY_MB",
                                         "M_LOG_LEVEL",
                                         "M_DESK_DIR",
                                         "M_LANES",
                                         "M_READERS",
                                         "M_BATCH",
                                         "M_QUEUE",
                                         "M_REQUEST_MEMORY_MB",
                                         "M_ATTACHMENT_KB",
                                         "M_TOKEN_MINUTES",
                                         "M_REPLICA_MAX_AGE_S",
                                         "M_UNSIGNED_REPLIES"};
    char other[64];
    const char *url = m_fault_text("nats_url", c->name, other, sizeof other, u->broker.url);
    bool good = child_set(c, "M_MODE", "enterprise") && child_set(c, "M_NATS_URL", url) &&
                child_set(c, "M_CALL_KEYS_FILE", u->broker.call_keys);
    for (size_t i = 0; good && i < sizeof passed / sizeof passed[0]; i++) {
        const char *value = getenv(passed[i]);
        if (value) good = child_set(c, passed[i], value);
    }
    return good;
}

static bool set_database(up *u, child *c, const char *domain)
{
    static const struct {
        const char *variable, *role;
    } wanted[] = {{"M_DATABASE_URL", CLUSTER_ROLE_APP},
                  {"M_DATABASE_OWNER_URL", CLUSTER_ROLE_OWNER},
                  {"M_DATABASE_RELAY_URL", CLUSTER_ROLE_RELAY}};
    char database[64], dsn[RUNTIME_DSN_MAX];
    snprintf(database, sizeof database, RUNTIME_DATABASE "_%s", domain);
    if (!runtime_make_database(&u->rt, database)) return false;
    for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
        if (!cluster_dsn(u->rt.cluster, wanted[i].role, database, dsn, sizeof dsn) ||
            !child_set(c, wanted[i].variable, dsn))
            return false;
    return true;
}

static bool set_place(up *u, child *c, const char *domain)
{
    char folder[700], port[16], seed[700];
    bool gateway = strcmp(domain, "core") == 0;
    snprintf(folder, sizeof folder, "%s/%s", u->folder, domain);
    snprintf(port, sizeof port, "%lld", gateway ? (long long)u->rt.config.http_port : 0LL);
    return make_folder(folder) && child_set(c, "M_DOMAINS", domain) &&
           child_set(c, "M_STATE_DIR", folder) && child_set(c, "M_HTTP_PORT", port) &&
           child_set(c, "M_HTTP_ADDRESS",
                     gateway ? m_str_z(u->rt.arena, u->rt.config.http_address) : "127.0.0.1") &&
           broker_seed_file(&u->broker, domain, seed, sizeof seed) &&
           child_set(c, "M_NATS_NKEY_FILE", seed);
}

static bool add_domain(up *u, const char *domain, uint32_t number)
{
    child *c = &u->children[u->count];
    if (u->count == CHILDREN_MAX) return false;
    *c = (child){.out = -1, .arguments = {"serve"}, .ready_word = READY_WORD};
    snprintf(c->name, sizeof c->name, number > 1 ? "%s-%u" : "%s", domain, number);
    snprintf(c->program, sizeof c->program, "%s", u->self);
    u->count++;
    return set_place(u, c, domain) && set_database(u, c, domain) && pass_on(u, c);
}

static uint32_t wanted_of(const char *domain, const up_replicas *replicas, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (strcmp(replicas[i].domain, domain) == 0) return replicas[i].count;
    return 1;
}

static bool add_domains(up *u, const up_replicas *replicas, uint32_t n)
{
    char *names = m_str_z(u->rt.arena, u->rt.config.all_domains), *rest = NULL;
    for (char *name = names ? strtok_r(names, ",", &rest) : NULL; name;
         name = strtok_r(NULL, ",", &rest))
        for (uint32_t i = 1; strcmp(name, "core") != 0 && i <= wanted_of(name, replicas, n); i++)
            if (!add_domain(u, name, i)) return false;
    return add_domain(u, "core", 1);
}

static bool prepare(up *u, const up_replicas *replicas, uint32_t n)
{
    if (!find_self(u) || !runtime_open(&u->rt)) return false;
    if (u->rt.config.database_url.n) {
        fprintf(stderr, "`business-m up` looks after its own databases; run `business-m serve` for "
                        "each domain where M_DATABASE_URL is given.\n");
        return false;
    }
    if (!runtime_connect(&u->rt, false)) return false;
    snprintf(u->folder, sizeof u->folder, "%s/enterprise", u->rt.state_dir);
    if (!make_folder(u->folder)) return false;
    if (!broker_prepare(&u->broker, u->folder, m_str_z(u->rt.arena, u->rt.config.all_domains)))
        return false;
    if (!runtime_several(&u->rt, u->broker.url)) return false;
    u->children[0] = (child){.out = -1, .name = "nats", .arguments = {"-c", u->broker.config}};
    snprintf(u->children[0].program, sizeof u->children[0].program, "%s", u->broker.program);
    u->count = 1;
    return add_domains(u, replicas, n);
}

/* ---- running ---- */

static bool catch_signals(up *u)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGCHLD);
    sigprocmask(SIG_BLOCK, &set, NULL);
    u->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
    return u->signals >= 0;
}

static void show(const up *u)
{
    static const char *const states[] = {"starting", "ready", "down", "stopped"};
    printf("\n  %-12s %-9s %8s  %s\n", "process", "state", "pid", "at");
    for (uint32_t i = 0; i < u->count; i++)
        printf("  %-12s %-9s %8d  %s\n", u->children[i].name, states[u->children[i].state],
               (int)u->children[i].pid, i ? u->children[i].told : u->broker.url);
    printf("\n");
    fflush(stdout);
}

static void say_ready(up *u)
{
    for (uint32_t i = 0; i < u->count; i++)
        if (u->children[i].state != CHILD_READY) return;
    if (!u->told) printf(READY_WORD "%s\n", u->children[u->count - 1].told);
    u->told = true;
    fflush(stdout);
}

/* Only children of ours: the database server belongs to another thread, which waits for it. */
static bool reap(up *u)
{
    bool changed = false;
    for (uint32_t i = 0; i < u->count; i++) {
        int status;
        child *c = &u->children[i];
        if (c->pid <= 0 || waitpid(c->pid, &status, WNOHANG) != c->pid) continue;
        child_ended(c, status, now_ms());
        changed = true;
    }
    return changed;
}

static bool start_due(up *u)
{
    bool changed = false;
    for (uint32_t i = 0; i < u->count; i++)
        if (u->children[i].state == CHILD_DOWN && u->children[i].next_start_ms <= now_ms())
            changed = child_start(&u->children[i], now_ms()) || changed;
    return changed;
}

/* False: it is time to stop. */
static bool wait_for_something(up *u)
{
    struct pollfd fds[CHILDREN_MAX + 1] = {{.fd = u->signals, .events = POLLIN}};
    for (uint32_t i = 0; i < u->count; i++)
        fds[i + 1] = (struct pollfd){.fd = u->children[i].out, .events = POLLIN};
    poll(fds, u->count + 1, LOOK_MS);
    struct signalfd_siginfo info;
    while (read(u->signals, &info, sizeof info) == sizeof info)
        if (info.ssi_signo != SIGCHLD) return false;
    return true;
}

static bool run(up *u)
{
    child_start(&u->children[0], now_ms());
    if (!(u->streams = streams_keep(&u->broker, u->rt.env, &(broker_way){.url = u->broker.url})))
        return false;
    for (uint32_t i = 1; i < u->count; i++)
        child_start(&u->children[i], now_ms());
    do {
        bool changed = false;
        for (uint32_t i = 0; i < u->count; i++)
            changed = child_listen(&u->children[i]) || changed;
        changed = reap(u) || changed;
        changed = start_due(u) || changed;
        if (changed) {
            show(u);
            say_ready(u);
        }
    } while (wait_for_something(u));
    return true;
}

/* The gateway first, so that nothing new comes in; the broker last. */
static void stop(up *u)
{
    printf("Stopping.\n");
    streams_stop(u->streams);
    for (uint32_t i = u->count; i > 0; i--)
        child_stop(&u->children[i - 1], STOP_MS);
    for (uint32_t i = 0; i < u->count; i++)
        child_free(&u->children[i]);
    if (u->signals > 0) close(u->signals);
}

int up_main(const up_replicas *replicas, uint32_t n)
{
    up *u = calloc(1, sizeof *u);
    if (!u) return EXIT_FAILURE;
    bool good = catch_signals(u) && prepare(u, replicas, n) && run(u);
    stop(u);
    runtime_close(&u->rt);
    free(u);
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
