#include "cluster.h"

#include <errno.h>
#include <fcntl.h>
#include <libpq-fe.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "internal.h"

enum {
    PING_EVERY_MS = 4,
    LOCK_EVERY_MS = 10,
    LOCK_WAIT_MS = 5000,
    START_TIMEOUT_MS = 60000,
    STOP_FAST_MS = 30000,
    STOP_HARD_MS = 10000,
    RETRY_FIRST_MS = 50,
    RETRY_MAX_MS = 5000,
    STEADY_MS = 60000, /* a server that lived so long was well */
    LOG_BYTES_MAX = 16 << 20
};

static uint32_t or_default(uint32_t value, uint32_t otherwise)
{
    return value ? value : otherwise;
}

static void tell(const cluster *c, cluster_event event, const char *text)
{
    if (c->config.listener) c->config.listener(c->config.arg, event, text);
}

static bool plain_name(const char *name)
{
    size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && name[n] == '\0';
}

bool cluster_dsn(const cluster *c, const char *role, const char *database, char *out, size_t n)
{
    if (!plain_name(role) || !plain_name(database)) return false;
    /* the socket's path has no quotes or backslashes: place_find sees to it */
    int used = snprintf(out, n,
                        "host='%s' port=%d user=%s dbname=%s connect_timeout=2 "
                        "client_encoding=UTF8 application_name=business-m",
                        c->place.socket, CLUSTER_PORT, role, database);
    return used > 0 && (size_t)used < n;
}

static PGPing ping(const cluster *c)
{
    char dsn[CLUSTER_PATH + 256];
    if (!cluster_dsn(c, CLUSTER_ROLE_SUPER, "postgres", dsn, sizeof dsn)) return PQPING_NO_ATTEMPT;
    return PQping(dsn);
}

static bool answers(const cluster *c)
{
    return ping(c) == PQPING_OK;
}

/* ---- the state directory's lock ---- */

static bool lock_try(cluster *c)
{
    if (c->lock_fd < 0)
        c->lock_fd = open(c->place.lock, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    return c->lock_fd >= 0 && flock(c->lock_fd, LOCK_EX | LOCK_NB) == 0;
}

static m_status lock_take(cluster *c, char *error, size_t n)
{
    int64_t until = cluster_now_ms() + or_default(c->config.lock_wait_ms, LOCK_WAIT_MS);
    while (!lock_try(c)) {
        if (c->lock_fd < 0 || (errno != EWOULDBLOCK && errno != EINTR)) {
            snprintf(error, n, "cannot lock %.300s: %s", c->place.lock, strerror(errno));
            return M_UNAVAILABLE;
        }
        if (cluster_now_ms() >= until) {
            snprintf(error, n, "another business-m is running on %.300s", c->place.state);
            return M_CONFLICT;
        }
        cluster_nap_ms(LOCK_EVERY_MS);
    }
    return M_OK;
}

/* ---- one life of the server; all in the supervising thread ---- */

/* On the command line, so that they hold for old clusters too and cannot be edited away. */
static const char *const settings[] = {
    "listen_addresses=",
    "port=5432",
    "unix_socket_permissions=0700",
    "fsync=on",
    "full_page_writes=on",
    "synchronous_commit=on",
    "wal_compression=lz4",
    "max_wal_size=1GB",
    "checkpoint_timeout=15min",
    "max_connections=200", /* several processes, each with its lanes and readers, and commands
                              beside */
    "max_prepared_transactions=0",
    "jit=off",
    "random_page_cost=1.1",
    "autovacuum_naptime=10s",   /* new tables grow fast: let the planner know soon */
    "update_process_title=off", /* a system call a statement */
    "autovacuum_analyze_scale_factor=0.05",
    "idle_in_transaction_session_timeout=30s",
    "lock_timeout=2s",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=off",
    "log_destination=stderr",
    "log_lock_waits=on",
    "cluster_name=business-m",
};
#define SETTINGS  (sizeof settings / sizeof settings[0])
#define OWN_PLACE 4 /* those that depend on the place */

static pid_t server_spawn(const cluster_place *p)
{
    char own[OWN_PLACE][CLUSTER_PATH + 32];
    const char *argv[3 + 2 * (OWN_PLACE + SETTINGS) + 1] = {p->postgres, "-D", p->data};
    size_t n = 3;
    snprintf(own[0], sizeof own[0], "unix_socket_directories=%s", p->socket);
    snprintf(own[1], sizeof own[1], "hba_file=%s", p->hba);
    snprintf(own[2], sizeof own[2], "ident_file=%s", p->ident);
    snprintf(own[3], sizeof own[3], "shared_buffers=%uMB", p->shared_buffers_mb);
    for (size_t i = 0; i < OWN_PLACE + SETTINGS; i++) {
        argv[n++] = "-c";
        argv[n++] = i < OWN_PLACE ? own[i] : settings[i - OWN_PLACE];
    }
    argv[n] = NULL;
    return process_spawn(p, argv, NULL);
}

static void server_set(cluster *c, pid_t pid, bool ready)
{
    pthread_mutex_lock(&c->lock);
    c->pid = pid;
    c->ready = ready;
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

static bool stopping(cluster *c)
{
    pthread_mutex_lock(&c->lock);
    bool is = c->stopping;
    pthread_mutex_unlock(&c->lock);
    return is;
}

/* A connection proves nothing unless our own child is alive, hence the order. */
static bool server_await(cluster *c, pid_t pid, bool *out_gone)
{
    uint32_t patience = or_default(c->config.start_timeout_ms, START_TIMEOUT_MS);
    int64_t until = cluster_now_ms() + patience;
    while (cluster_now_ms() < until && !stopping(c)) {
        *out_gone = waitpid(pid, NULL, WNOHANG) == pid;
        if (*out_gone) return false;
        PGPing got = ping(c);
        if (got == PQPING_OK) return true;
        /* it recovers from its log: ending it now would only make it begin anew */
        if (got == PQPING_REJECT) until = cluster_now_ms() + patience;
        cluster_nap_ms(PING_EVERY_MS);
    }
    return false;
}

static void server_end(pid_t pid)
{
    kill(pid, SIGINT);
    int64_t hard = cluster_now_ms() + STOP_FAST_MS;
    while (cluster_now_ms() < hard) {
        if (waitpid(pid, NULL, WNOHANG) == pid) return;
        cluster_nap_ms(PING_EVERY_MS);
    }
    kill(pid, SIGQUIT); /* immediate: recovers from the log at the next start */
    process_finish(pid, STOP_HARD_MS);
}

static void waiting_told(void *arg)
{
    tell(arg, CLUSTER_WAITING, "waiting for an earlier database server to end");
}

/* Starts it and waits until it answers. A few tries, as what held the data may need another moment.
 */
static pid_t server_bring_up(cluster *c, char *error, size_t n)
{
    uint32_t patience = or_default(c->config.start_timeout_ms, START_TIMEOUT_MS);
    if (!process_clear_old(&c->place, patience, waiting_told, c)) {
        snprintf(error, n, "an earlier database server does not end (see %.300s)", c->place.log);
        return -1;
    }
    char why[CLUSTER_TEXT];
    for (unsigned tries = 0; tries < 5 && !stopping(c); tries++) {
        bool gone = false;
        pid_t pid = server_spawn(&c->place);
        if (pid > 0 && server_await(c, pid, &gone)) return pid;
        if (pid > 0 && !gone) {
            server_end(pid);
            break;
        }
        cluster_nap_ms(RETRY_FIRST_MS);
    }
    process_log_tail(&c->place, why, sizeof why);
    snprintf(error, n, "PostgreSQL does not start: %.300s (see %.120s)", why, c->place.log);
    return -1;
}

/* Returns when the server has ended or a stop is wanted (then true). */
static bool server_watch(cluster *c, pid_t pid)
{
    int pid_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    for (;;) {
        struct pollfd fds[2] = {{c->wake_fd, POLLIN, 0}, {pid_fd, POLLIN, 0}};
        /* an old kernel has no pidfd; then look every now and then */
        poll(fds, pid_fd < 0 ? 1 : 2, pid_fd < 0 ? 100 : -1);
        bool stop = stopping(c);
        bool gone = !stop && waitpid(pid, NULL, WNOHANG) == pid;
        if (!stop && !gone) continue;
        if (pid_fd >= 0) close(pid_fd);
        return stop;
    }
}

static m_status prepare(cluster *c, char *error, size_t n)
{
    const cluster_place *p = &c->place;
    struct stat log;
    if (lstat(p->log, &log) == 0 && log.st_size > LOG_BYTES_MAX) {
        char old[CLUSTER_PATH + 8];
        snprintf(old, sizeof old, "%s.old", p->log);
        rename(p->log, old);
    }
    M_TRY(place_write_access(p, error, n));
    if (!create_needed(p)) return M_OK;
    tell(c, CLUSTER_CREATING, "creating the database cluster");
    return create_cluster(p, error, n);
}

static void supervise_end(cluster *c, m_status status, const char *error)
{
    pthread_mutex_lock(&c->lock);
    c->pid = 0;
    c->ready = false;
    c->ended = true;
    c->status = status;
    snprintf(c->error, sizeof c->error, "%s", error);
    pthread_cond_broadcast(&c->changed);
    pthread_mutex_unlock(&c->lock);
}

/* Starts again after an unexpected end, with growing pauses; -1 when a stop is wanted meanwhile. */
static pid_t revive(cluster *c, int64_t lived_ms, unsigned *pause_ms)
{
    char error[CLUSTER_TEXT];
    if (lived_ms > STEADY_MS) *pause_ms = 0;
    while (!stopping(c)) {
        struct pollfd wake = {c->wake_fd, POLLIN, 0};
        if (*pause_ms) poll(&wake, 1, (int)*pause_ms);
        *pause_ms = *pause_ms ? *pause_ms * 2 : RETRY_FIRST_MS;
        if (*pause_ms > RETRY_MAX_MS) *pause_ms = RETRY_MAX_MS;
        pid_t pid = server_bring_up(c, error, sizeof error);
        if (pid > 0) return pid;
        if (!stopping(c)) tell(c, CLUSTER_DIED, error);
    }
    return -1;
}

/* The server must be forked by a thread that lives as long as it should: its death signal hangs on
 * it. */
static void *supervise(void *arg)
{
    cluster *c = arg;
    char error[CLUSTER_TEXT] = "";
    unsigned pause_ms = 0;
    m_status status = prepare(c, error, sizeof error);
    pid_t pid = status == M_OK ? server_bring_up(c, error, sizeof error) : -1;
    if (pid < 0) {
        supervise_end(c, status == M_OK ? M_UNAVAILABLE : status, error);
        return NULL;
    }
    while (pid > 0) {
        int64_t since = cluster_now_ms();
        server_set(c, pid, true);
        tell(c, CLUSTER_READY, "the database server answers");
        if (server_watch(c, pid)) break;
        server_set(c, 0, false);
        tell(c, CLUSTER_DIED, "the database server ended unexpectedly and is started again");
        pid = revive(c, cluster_now_ms() - since, &pause_ms);
    }
    if (pid > 0) server_end(pid);
    tell(c, CLUSTER_STOPPED, "the database server has stopped");
    supervise_end(c, M_OK, "");
    return NULL;
}

/* ---- API ---- */

static void cluster_free(cluster *c)
{
    if (c->lock_fd >= 0) close(c->lock_fd);
    if (c->wake_fd >= 0) close(c->wake_fd);
    pthread_mutex_destroy(&c->lock);
    pthread_cond_destroy(&c->changed);
    free(c);
}

static m_status cluster_new(const cluster_config *config, cluster **out, char *error, size_t n)
{
    cluster *c = calloc(1, sizeof *c);
    if (!c) {
        snprintf(error, n, "not enough memory");
        return M_NOMEM;
    }
    c->config = *config;
    c->config.state_dir = c->config.bin_dir = c->config.run_user = NULL; /* not ours to keep */
    c->lock_fd = -1;
    c->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->changed, NULL);
    m_status status = place_find(config, &c->place, error, n);
    if (status == M_OK) status = place_make(&c->place, error, n);
    if (status != M_OK) {
        cluster_free(c);
        return status;
    }
    *out = c;
    return M_OK;
}

/* With the lock held: starts the thread and waits for its verdict. */
static m_status own_server(cluster *c, const cluster_config *config, char *error, size_t n)
{
    M_TRY(place_find_binaries(config, &c->place, error, n));
    if (pthread_create(&c->thread, NULL, supervise, c) != 0) {
        snprintf(error, n, "cannot start a thread");
        return M_NOMEM;
    }
    c->has_thread = true;
    pthread_mutex_lock(&c->lock);
    while (!c->ready && !c->ended)
        pthread_cond_wait(&c->changed, &c->lock);
    m_status status = c->ended ? c->status : M_OK;
    if (status != M_OK) snprintf(error, n, "%s", c->error);
    pthread_mutex_unlock(&c->lock);
    return status;
}

m_status cluster_start(const cluster_config *config, cluster **out, char *error, size_t n)
{
    cluster *c = NULL;
    M_TRY(cluster_new(config, &c, error, n));
    m_status status = lock_take(c, error, n);
    if (status == M_OK) status = own_server(c, config, error, n);
    if (status != M_OK) {
        cluster_stop(c);
        return status;
    }
    *out = c;
    return M_OK;
}

m_status cluster_attach(const cluster_config *config, cluster **out, char *error, size_t n)
{
    cluster *c = NULL;
    M_TRY(cluster_new(config, &c, error, n));
    int64_t until = cluster_now_ms() + or_default(config->start_timeout_ms, START_TIMEOUT_MS);
    m_status status = M_OK;
    while (!c->attached) {
        if (lock_try(c)) {
            status = own_server(c, config, error, n);
            break;
        }
        if (c->lock_fd < 0 || cluster_now_ms() >= until) {
            snprintf(error, n,
                     "another business-m owns %.300s, but its database server does not answer",
                     c->place.state);
            status = M_UNAVAILABLE;
            break;
        }
        c->attached = answers(c);
        if (!c->attached) cluster_nap_ms(LOCK_EVERY_MS);
    }
    if (status != M_OK) {
        cluster_stop(c);
        return status;
    }
    *out = c;
    return M_OK;
}

bool cluster_is_attached(const cluster *c)
{
    return c->attached;
}

bool cluster_is_ready(cluster *c)
{
    if (c->attached) return answers(c);
    pthread_mutex_lock(&c->lock);
    bool ready = c->ready;
    pthread_mutex_unlock(&c->lock);
    return ready;
}

int cluster_server_pid(cluster *c)
{
    pthread_mutex_lock(&c->lock);
    int pid = (int)c->pid;
    pthread_mutex_unlock(&c->lock);
    return pid;
}

void cluster_stop(cluster *c)
{
    if (!c) return;
    if (c->has_thread) {
        const uint64_t one = 1;
        pthread_mutex_lock(&c->lock);
        c->stopping = true;
        pthread_mutex_unlock(&c->lock);
        ssize_t written = write(c->wake_fd, &one, sizeof one);
        (void)written;
        pthread_join(c->thread, NULL);
    }
    cluster_free(c);
}
