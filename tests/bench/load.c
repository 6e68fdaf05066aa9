#include "load.h"

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define REQUEST_MAX 65536
#define ANSWER_MAX  262144
#define SAMPLES_MAX 4000000

typedef struct {
    int fd;
    uint32_t number;
    uint64_t serial;
    double sent_at;
    size_t have;
    char answer[ANSWER_MAX];
} client;

typedef struct {
    const load_config *config;
    load_result *result;
    float *samples_ms;
    size_t samples;
    int epoll;
    char request[REQUEST_MAX];
} load;

static double now_s(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

static int dial(uint16_t port)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int on = 1;
    if (fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof to) == 0 &&
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0)
        return fd;
    if (fd >= 0) close(fd);
    return -1;
}

static bool send_all(int fd, const char *bytes, size_t n)
{
    while (n) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        bytes += sent;
        n -= (size_t)sent;
    }
    return true;
}

/* Length of the whole answer, 0 while it is not complete. */
static size_t answer_length(const char *answer, size_t have)
{
    const char *end = memmem(answer, have, "\r\n\r\n", 4);
    if (!end) return 0;
    size_t head = (size_t)(end - answer) + 4, body = 0;
    for (const char *line = answer; line < end; line++)
        if (*line == '\n' && strncasecmp(line + 1, "content-length:", 15) == 0)
            body = strtoul(line + 16, NULL, 10);
    return have >= head + body ? head + body : 0;
}

static bool send_next(load *l, client *c)
{
    size_t n =
        l->config->request(l->config->arg, c->number, c->serial++, l->request, sizeof l->request);
    c->have = 0;
    c->sent_at = now_s();
    return send_all(c->fd, l->request, n);
}

static void count(load *l, client *c, size_t length)
{
    load_result *r = l->result;
    if (l->samples < SAMPLES_MAX)
        l->samples_ms[l->samples++] = (float)((now_s() - c->sent_at) * 1e3);
    if (length > 9 && c->answer[9] == '2') {
        r->answered++;
    } else if (r->refused++ == 0) {
        size_t n = length < sizeof r->first_refusal - 1 ? length : sizeof r->first_refusal - 1;
        memcpy(r->first_refusal, c->answer, n);
        r->first_refusal[n] = 0;
    }
}

static bool on_readable(load *l, client *c)
{
    ssize_t got = recv(c->fd, c->answer + c->have, ANSWER_MAX - c->have, 0);
    if (got <= 0) return false;
    c->have += (size_t)got;
    size_t length = answer_length(c->answer, c->have);
    if (!length) return c->have < ANSWER_MAX;
    count(l, c, length);
    return send_next(l, c);
}

static int by_value(const void *a, const void *b)
{
    float x = *(const float *)a, y = *(const float *)b;
    return (x > y) - (x < y);
}

static void summarize(load *l, double seconds)
{
    load_result *r = l->result;
    r->per_second = (double)r->answered / seconds;
    if (!l->samples) return;
    qsort(l->samples_ms, l->samples, sizeof(float), by_value);
    r->p50_ms = (double)l->samples_ms[l->samples / 2];
    r->p99_ms = (double)l->samples_ms[l->samples * 99 / 100];
    r->max_ms = (double)l->samples_ms[l->samples - 1];
}

static bool connect_all(load *l, client *clients)
{
    for (uint32_t i = 0; i < l->config->clients; i++) {
        clients[i].number = i;
        clients[i].fd = dial(l->config->port);
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = &clients[i]};
        if (clients[i].fd < 0 || epoll_ctl(l->epoll, EPOLL_CTL_ADD, clients[i].fd, &event) != 0 ||
            !send_next(l, &clients[i]))
            return false;
    }
    return true;
}

static bool serve_until(load *l, double end)
{
    struct epoll_event events[64];
    while (now_s() < end) {
        int n = epoll_wait(l->epoll, events, 64, 100);
        for (int i = 0; i < n; i++)
            if (!on_readable(l, events[i].data.ptr)) return false;
    }
    return true;
}

int load_run(const load_config *config, load_result *out)
{
    *out = (load_result){0};
    load *l = calloc(1, sizeof *l);
    client *clients = calloc(config->clients, sizeof *clients);
    float *samples = malloc(SAMPLES_MAX * sizeof *samples);
    int answer = -1;
    if (l && clients && samples) {
        *l = (load){
            .config = config, .result = out, .samples_ms = samples, .epoll = epoll_create1(0)};
        double start = now_s();
        if (connect_all(l, clients) && serve_until(l, start + config->seconds)) {
            summarize(l, now_s() - start);
            answer = 0;
        }
        for (uint32_t i = 0; i < config->clients; i++)
            if (clients[i].fd > 0) close(clients[i].fd);
        close(l->epoll);
    }
    free(samples);
    free(clients);
    free(l);
    return answer;
}

int load_once(uint16_t port, const char *request, size_t n, char *out, size_t room)
{
    int fd = dial(port), status = -1;
    size_t have = 0, length = 0;
    char *answer = malloc(ANSWER_MAX);
    if (fd >= 0 && answer && send_all(fd, request, n)) {
        while (!length && have < ANSWER_MAX) {
            ssize_t got = recv(fd, answer + have, ANSWER_MAX - have, 0);
            if (got <= 0) break;
            have += (size_t)got;
            length = answer_length(answer, have);
        }
    }
    if (length) {
        const char *body = memmem(answer, length, "\r\n\r\n", 4);
        size_t body_n = length - (size_t)(body + 4 - answer);
        if (body_n >= room) body_n = room - 1;
        memcpy(out, body + 4, body_n);
        out[body_n] = 0;
        status = (int)strtol(answer + 9, NULL, 10);
    }
    free(answer);
    if (fd >= 0) close(fd);
    return status;
}
