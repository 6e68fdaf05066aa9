#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

enum {
    ACCEPT_BURST = 64,
    ACCEPT_PAUSE_MS = 100,
    SWEEP_MIN_MS = 10,
    SWEEP_MAX_MS = 250,
    CROWDED_IDLE_MS = 1000
};

int64_t http_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC_COARSE, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

http_server_config http_server_config_default(void)
{
    return (http_server_config){
        .address = "127.0.0.1",
        .limits = {4096, 8192, HTTP_HEADERS_MAX, 2u << 20, 0, NULL},
        .head_timeout_ms = 10000,
        .body_timeout_ms = 30000,
        .idle_timeout_ms = 60000,
        .write_timeout_ms = 10000,
        .connections_max = 1000,
        .in_flight_max = 4096,
        .body_memory_max = 64u << 20,
    };
}

/* ---- accepting ---- */

static void accepting(http_server *s, bool on)
{
    if (s->accepting == on || s->listen_fd < 0) return;
    s->accepting = on;
    if (on)
        event_add(s->listening, NULL);
    else
        event_del(s->listening);
}

static void finish_if_drained(http_server *s)
{
    if (s->draining && !s->connections && s->in_flight == 0) event_base_loopbreak(s->base);
}

void http_server_connection_gone(http_server *s)
{
    if (s->accept_again_ms == 0) accepting(s, s->connection_count < s->config.connections_max);
    finish_if_drained(s);
}

static void client_text(const struct sockaddr_storage *peer, char out[HTTP_CLIENT_TEXT])
{
    const void *address = peer->ss_family == AF_INET6
                              ? (const void *)&((const struct sockaddr_in6 *)peer)->sin6_addr
                              : (const void *)&((const struct sockaddr_in *)peer)->sin_addr;
    if (!inet_ntop(peer->ss_family, address, out, HTTP_CLIENT_TEXT)) out[0] = '\0';
}

static void on_acceptable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    http_server *s = arg;
    for (int i = 0; i < ACCEPT_BURST; i++) {
        if (s->connection_count >= s->config.connections_max) {
            accepting(s, false);
            return;
        }
        struct sockaddr_storage peer = {0};
        socklen_t n = sizeof peer;
        int client = accept4(fd, (struct sockaddr *)&peer, &n, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (client < 0) {
            if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                /* the listener stays readable: without a pause the loop would spin */
                s->accept_again_ms = http_now_ms() + ACCEPT_PAUSE_MS;
                accepting(s, false);
            }
            if (errno == ECONNABORTED || errno == EINTR) continue;
            return;
        }
        char text[HTTP_CLIENT_TEXT];
        client_text(&peer, text);
        http_connection_open(s, client, text);
    }
}

/* ---- draining ---- */

static void drain_begin(http_server *s, int64_t timeout_ms)
{
    int64_t until = http_now_ms() + timeout_ms;
    if (!s->draining || until < s->drain_until_ms) s->drain_until_ms = until;
    if (s->draining) return;
    s->draining = true;
    accepting(s, false);
    close(s->listen_fd);
    s->listen_fd = -1;
    for (http_connection *c = s->connections, *next; c; c = next) {
        next = c->next;
        if (http_connection_idle(c)) http_connection_close(c);
    }
    finish_if_drained(s);
}

/* Safe in a signal handler. */
static void wake(const http_server *s)
{
    const uint64_t one = 1;
    ssize_t written =
        write(s->wake_fd, &one, sizeof one); /* fails only when a wake-up waits already */
    (void)written;
}

void http_server_drain(http_server *s, uint32_t timeout_ms)
{
    int saved = errno;
    s->drain_request_ms = timeout_ms;
    wake(s);
    errno = saved;
}

/* ---- the loop ---- */

static void on_wake(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    http_server *s = arg;
    uint64_t count;
    ssize_t got = read(fd, &count, sizeof count);
    (void)got;
    pthread_mutex_lock(&s->lock);
    http_request *answers = s->answers;
    s->answers = NULL;
    s->answers_end = &s->answers;
    pthread_mutex_unlock(&s->lock);
    for (http_request *next; answers; answers = next) {
        next = answers->next;
        http_connection_answer(answers);
    }
    int64_t drain_ms = atomic_exchange(&s->drain_request_ms, -1);
    if (drain_ms >= 0) drain_begin(s, drain_ms);
    finish_if_drained(s);
}

static void on_sweep(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    http_server *s = arg;
    int64_t now = http_now_ms();
    bool crowded = s->connection_count >= s->config.connections_max;
    int64_t crowded_line = now + s->config.idle_timeout_ms - CROWDED_IDLE_MS;
    for (http_connection *c = s->connections, *next; c; c = next) {
        next = c->next;
        bool spare = crowded && c->deadline_ms <= crowded_line && http_connection_idle(c);
        if (c->deadline_ms && (c->deadline_ms <= now || spare)) http_connection_expire(c);
    }
    if (s->accept_again_ms && s->accept_again_ms <= now) {
        s->accept_again_ms = 0;
        http_server_connection_gone(s);
    }
    if (s->draining && now >= s->drain_until_ms) event_base_loopbreak(s->base);
}

static struct timeval sweep_interval(const http_server_config *config)
{
    uint32_t shortest = config->head_timeout_ms;
    if (config->body_timeout_ms < shortest) shortest = config->body_timeout_ms;
    if (config->idle_timeout_ms < shortest) shortest = config->idle_timeout_ms;
    if (config->write_timeout_ms < shortest) shortest = config->write_timeout_ms;
    uint32_t ms = shortest / 4;
    if (ms < SWEEP_MIN_MS) ms = SWEEP_MIN_MS;
    if (ms > SWEEP_MAX_MS) ms = SWEEP_MAX_MS;
    return (struct timeval){.tv_usec = (suseconds_t)ms * 1000};
}

void http_server_run(http_server *s)
{
    struct timeval interval = sweep_interval(&s->config);
    s->thread = pthread_self();
    s->running = true;
    event_add(s->waking, NULL);
    event_add(s->sweeping, &interval);
    accepting(s, true);
    event_base_loop(s->base, EVLOOP_NO_EXIT_ON_EMPTY);
    s->running = false;
    event_del(s->sweeping);
    while (s->connections)
        http_connection_close(s->connections);
}

static _Thread_local bool holding;

void http_replies_hold(void)
{
    holding = true;
}

void http_replies_release(http_server *s)
{
    holding = false;
    pthread_mutex_lock(&s->lock);
    bool waiting = s->answers != NULL;
    pthread_mutex_unlock(&s->lock);
    if (waiting) wake(s);
}

void http_reply(http_request *q, const http_response *response)
{
    http_server *s = q->server;
    http_answer_format(q, response);
    if (s->running && pthread_equal(s->thread, pthread_self())) {
        http_connection_answer(q);
        return;
    }
    q->next = NULL;
    pthread_mutex_lock(&s->lock);
    bool was_empty = s->answers == NULL;
    *s->answers_end = q;
    s->answers_end = &q->next;
    pthread_mutex_unlock(&s->lock);
    if (was_empty && !holding) wake(s);
}

/* ---- making and freeing ---- */

static bool address_parse(const http_server_config *config, struct sockaddr_storage *out,
                          socklen_t *out_n)
{
    struct sockaddr_in *four = (struct sockaddr_in *)out;
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)out;
    *out = (struct sockaddr_storage){0};
    if (inet_pton(AF_INET, config->address, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(config->port);
        *out_n = sizeof *four;
        return true;
    }
    if (inet_pton(AF_INET6, config->address, &six->sin6_addr) != 1) return false;
    six->sin6_family = AF_INET6;
    six->sin6_port = htons(config->port);
    *out_n = sizeof *six;
    return true;
}

static m_status listen_on(http_server *s, char *error, size_t n)
{
    struct sockaddr_storage address;
    socklen_t length;
    const int one = 1;
    if (!address_parse(&s->config, &address, &length)) {
        snprintf(error, n, "'%s' is not an IPv4 or IPv6 address", s->config.address);
        return M_INVALID;
    }
    s->listen_fd = socket(address.ss_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    bool good = s->listen_fd >= 0 &&
                setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0 &&
                /* accepted sockets inherit it */
                setsockopt(s->listen_fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one) == 0;
    if (good && s->config.reuse_port)
        good = setsockopt(s->listen_fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one) == 0;
    good = good && bind(s->listen_fd, (struct sockaddr *)&address, length) == 0 &&
           listen(s->listen_fd, SOMAXCONN) == 0 &&
           getsockname(s->listen_fd, (struct sockaddr *)&address, &length) == 0;
    if (!good) {
        snprintf(error, n, "cannot listen on %s port %u: %s", s->config.address, s->config.port,
                 strerror(errno));
        return M_UNAVAILABLE;
    }
    s->port = ntohs(address.ss_family == AF_INET ? ((struct sockaddr_in *)&address)->sin_port
                                                 : ((struct sockaddr_in6 *)&address)->sin6_port);
    return M_OK;
}

/* Only the loop's thread uses the base, so libevent needs no locks even where others switched them
 * on. */
static struct event_base *base_new(void)
{
    struct event_config *config = event_config_new();
    if (!config) return NULL;
    event_config_set_flag(config, EVENT_BASE_FLAG_NOLOCK);
    struct event_base *base = event_base_new_with_config(config);
    event_config_free(config);
    return base;
}

static m_status loop_make(http_server *s, char *error, size_t n)
{
    s->wake_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
    s->base = base_new();
    s->buffer = malloc(HTTP_READ_BYTES);
    if (s->wake_fd >= 0 && s->base && s->buffer &&
        getrandom(s->id_seed, sizeof s->id_seed, 0) == (ssize_t)sizeof s->id_seed) {
        s->listening = event_new(s->base, s->listen_fd, EV_READ | EV_PERSIST, on_acceptable, s);
        s->waking = event_new(s->base, s->wake_fd, EV_READ | EV_PERSIST, on_wake, s);
        s->sweeping = event_new(s->base, -1, EV_PERSIST, on_sweep, s);
        if (s->listening && s->waking && s->sweeping) return M_OK;
    }
    snprintf(error, n, "cannot set up the HTTP loop: %s", strerror(errno));
    return M_NOMEM;
}

m_status http_server_create(const http_server_config *config, http_server **out, char *error,
                            size_t n)
{
    http_server *s = calloc(1, sizeof *s);
    if (!s) {
        snprintf(error, n, "not enough memory");
        return M_NOMEM;
    }
    s->config = *config;
    s->listen_fd = s->wake_fd = -1;
    s->drain_request_ms = -1;
    s->answers_end = &s->answers;
    pthread_mutex_init(&s->lock, NULL);
    m_status status = listen_on(s, error, n);
    if (status == M_OK) status = loop_make(s, error, n);
    if (status != M_OK) {
        http_server_free(s);
        return status;
    }
    *out = s;
    return M_OK;
}

uint16_t http_server_port(const http_server *server)
{
    return server->port;
}

void http_server_free(http_server *s)
{
    if (!s) return;
    for (http_request *q = s->answers, *next; q; q = next) {
        next = q->next;
        http_connection_answer(q);
    }
    if (s->listening) event_free(s->listening);
    if (s->waking) event_free(s->waking);
    if (s->sweeping) event_free(s->sweeping);
    if (s->base) event_base_free(s->base);
    if (s->listen_fd >= 0) close(s->listen_fd);
    if (s->wake_fd >= 0) close(s->wake_fd);
    free(s->buffer);
    pthread_mutex_destroy(&s->lock);
    free(s);
}

http_server_stats http_server_stats_read(const http_server *s)
{
    return (http_server_stats){
        .accepted = s->accepted,
        .requests = s->requests,
        .refused = s->refused,
        .dropped_slow = s->dropped_slow,
        .answered_busy = s->answered_busy,
        .connections = s->connection_count,
        .in_flight = s->in_flight,
    };
}
