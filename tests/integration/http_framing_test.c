/* The HTTP server over loopback sockets: framing, limits, deadlines, pipelining, hand-over, drain.
 */
#include <arpa/inet.h>
#include <check.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../http_cases.h"
#include "http_server.h"

enum { INPUT_MAX = 8 << 20, ANSWERS_MAX = 64, PATIENCE_MS = 8000 };

/* ---- a server in a thread; answers are an echo of what the handler saw ---- */

typedef struct {
    http_server *server;
    pthread_t loop, worker;
    bool by_worker;    /* answer from another thread */
    unsigned delay_ms; /* of the worker */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    http_request *queue, **queue_end;
    bool stop;
    _Atomic unsigned seen;
} fixture;

static void nap(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void echo(http_request *q)
{
    const m_str special = q->path;
    size_t big = m_str_is(special, "/big") ? 5u << 20 : 0;
    size_t cap = big ? big : 256 + q->method.n + q->path.n + q->query.n + q->body.n;
    char *text = malloc(cap);
    ck_assert_ptr_nonnull(text);
    http_response r = {.status = 200, .body = text, .body_n = cap};
    http_header header = {M_STR("X-Extra"), M_STR("one")};
    if (big) {
        memset(text, 'b', big);
    } else {
        r.body_n = (size_t)snprintf(text, cap, "%.*s|%.*s|%.*s|%zu|%.*s", M_STR_ARG(q->method),
                                    M_STR_ARG(q->path), M_STR_ARG(q->query), q->body.n,
                                    (int)(q->body.n < 64 ? q->body.n : 64), q->body.p);
    }
    if (m_str_is(special, "/nothing")) {
        r.status = 204;
    } else if (m_str_is(special, "/extra")) {
        r.headers = &header;
        r.header_count = 1;
        r.content_type = "text/plain; charset=utf-8";
    } else if (m_str_is(special, "/split")) {
        header.value = M_STR("a\r\nSet-Cookie: b");
        r.headers = &header;
        r.header_count = 1;
    } else if (m_str_is(special, "/error")) {
        free(text);
        http_reply_error(q, 409, "test.conflict", "say \"what\"", NULL);
        return;
    }
    http_reply(q, &r);
}

static void on_request(void *arg, http_request *q)
{
    fixture *f = arg;
    f->seen++;
    if (!f->by_worker) {
        echo(q);
        return;
    }
    q->next = NULL;
    pthread_mutex_lock(&f->lock);
    *f->queue_end = q;
    f->queue_end = &q->next;
    pthread_cond_signal(&f->wake);
    pthread_mutex_unlock(&f->lock);
}

static void *work(void *arg)
{
    fixture *f = arg;
    pthread_mutex_lock(&f->lock);
    for (;;) {
        while (!f->queue && !f->stop)
            pthread_cond_wait(&f->wake, &f->lock);
        http_request *q = f->queue;
        if (!q) break;
        f->queue = q->next;
        if (!f->queue) f->queue_end = &f->queue;
        pthread_mutex_unlock(&f->lock);
        if (f->delay_ms) nap(f->delay_ms);
        echo(q);
        pthread_mutex_lock(&f->lock);
    }
    pthread_mutex_unlock(&f->lock);
    return NULL;
}

static void *serve(void *arg)
{
    http_server_run(arg);
    return NULL;
}

static void *serve_nothing(void *arg)
{
    return arg;
}

static http_server_config config_for_tests(void)
{
    http_server_config config = http_server_config_default();
    config.head_timeout_ms = config.body_timeout_ms = config.write_timeout_ms = 5000;
    return config;
}

static fixture *start(http_server_config config, bool by_worker, unsigned delay_ms)
{
    fixture *f = calloc(1, sizeof *f);
    ck_assert_ptr_nonnull(f);
    char error[256] = "";
    f->by_worker = by_worker;
    f->delay_ms = delay_ms;
    f->queue_end = &f->queue;
    pthread_mutex_init(&f->lock, NULL);
    pthread_cond_init(&f->wake, NULL);
    config.on_request = on_request;
    config.arg = f;
    ck_assert_msg(http_server_create(&config, &f->server, error, sizeof error) == M_OK, "%s",
                  error);
    ck_assert_int_eq(pthread_create(&f->loop, NULL, serve, f->server), 0);
    ck_assert_int_eq(pthread_create(&f->worker, NULL, work, f), 0);
    return f;
}

static void stop(fixture *f, uint32_t timeout_ms)
{
    http_server_drain(f->server, timeout_ms);
    pthread_join(f->loop, NULL);
    pthread_mutex_lock(&f->lock);
    f->stop = true;
    pthread_cond_signal(&f->wake);
    pthread_mutex_unlock(&f->lock);
    pthread_join(f->worker, NULL);
    http_server_free(f->server);
    pthread_cond_destroy(&f->wake);
    pthread_mutex_destroy(&f->lock);
    free(f);
}

/* ---- a client that reads everything until the server ends the connection ---- */

typedef struct {
    int status;
    size_t head_n;
    const char *head, *body;
    size_t body_n;
} answer;

typedef struct {
    char *input;
    size_t n;
    bool ended; /* the server closed */
    answer answers[ANSWERS_MAX];
    size_t count;
} client;

static int dial(const fixture *f)
{
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(http_server_port(f->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void send_all(int fd, const char *bytes, size_t n)
{
    while (n > 0) {
        ssize_t sent = send(fd, bytes, n, MSG_NOSIGNAL);
        if (sent <= 0) return; /* the server may have refused and closed */
        bytes += sent;
        n -= (size_t)sent;
    }
}

static void send_text(int fd, const char *text)
{
    send_all(fd, text, strlen(text));
}

static void receive(int fd, client *c, int patience_ms)
{
    int64_t until = now_ms() + patience_ms;
    c->input = malloc(INPUT_MAX);
    ck_assert_ptr_nonnull(c->input);
    while (c->n < INPUT_MAX && now_ms() < until) {
        struct pollfd p = {fd, POLLIN, 0};
        if (poll(&p, 1, (int)(until - now_ms())) <= 0) break;
        ssize_t n = recv(fd, c->input + c->n, INPUT_MAX - c->n, 0);
        if (n <= 0) {
            c->ended = n == 0;
            break;
        }
        c->n += (size_t)n;
    }
}

static const char *header(const answer *a, const char *name)
{
    static char value[256];
    size_t name_n = strlen(name);
    for (const char *p = a->head; p && p < a->head + a->head_n;) {
        const char *end = memmem(p, (size_t)(a->head + a->head_n - p), "\r\n", 2);
        if (!end) return NULL;
        if (strncasecmp(p, name, name_n) == 0 && p[name_n] == ':') {
            snprintf(value, sizeof value, "%.*s", (int)(end - p - (ptrdiff_t)name_n - 2),
                     p + name_n + 2);
            return value;
        }
        p = end + 2;
    }
    return NULL;
}

/* Splits what came into answers; is_head says that answers have no bodies. */
static void split(client *c, bool is_head)
{
    const char *p = c->input, *end = c->input + c->n;
    while (p && p < end) {
        ck_assert_uint_lt(c->count, ANSWERS_MAX);
        answer *a = &c->answers[c->count++];
        const char *head_end = memmem(p, (size_t)(end - p), "\r\n\r\n", 4);
        ck_assert_ptr_nonnull(head_end);
        ck_assert_msg(memcmp(p, "HTTP/1.1 ", 9) == 0, "not an answer: %.20s", p);
        a->status = (int)strtol(p + 9, NULL, 10);
        a->head = p;
        a->head_n = (size_t)(head_end + 4 - p);
        p += a->head_n;
        const char *length = header(a, "Content-Length");
        a->body = p;
        a->body_n = length && !is_head ? strtoul(length, NULL, 10) : 0;
        ck_assert_uint_le(a->body_n, (size_t)(end - p));
        p += a->body_n;
    }
}

/* Sends, closes the sending side, reads to the end. */
static void converse(const fixture *f, const char *bytes, size_t n, bool is_head, client *c)
{
    int fd = dial(f);
    *c = (client){0};
    send_all(fd, bytes, n);
    shutdown(fd, SHUT_WR);
    receive(fd, c, PATIENCE_MS);
    close(fd);
    split(c, is_head);
}

/* Writes the head of a POST with a body of n bytes; the text has room for 128. */
static size_t post_head(char *text, size_t n)
{
    return (size_t)snprintf(text, 128, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: %zu\r\n\r\n",
                            n);
}

static bool body_is(const answer *a, const char *text)
{
    return a->body_n == strlen(text) && memcmp(a->body, text, a->body_n) == 0;
}

static void error_is_standard(const answer *a)
{
    char text[2048], expected[128];
    ck_assert_uint_lt(a->body_n, sizeof text);
    memcpy(text, a->body, a->body_n);
    text[a->body_n] = '\0';
    ck_assert_str_eq(header(a, "Content-Type"), "application/json");
    ck_assert_ptr_nonnull(strstr(text, "{\"error\":{\"code\":\"http."));
    ck_assert_ptr_nonnull(strstr(text, "\"message\":\""));
    ck_assert_ptr_nonnull(strstr(text, "\"hint\":\""));
    ck_assert_ptr_nonnull(strstr(text, "\"fields\":[]"));
    snprintf(expected, sizeof expected, "\"request_id\":\"%s\"}}", header(a, "X-Request-Id"));
    ck_assert_ptr_nonnull(strstr(text, expected));
}

/* ---- framing ---- */

static fixture *shared_inline, *shared_worker;

static void shared_start(void)
{
    shared_inline = start(config_for_tests(), false, 0);
    shared_worker = start(config_for_tests(), true, 0);
}

static void shared_stop(void)
{
    stop(shared_inline, 1000);
    stop(shared_worker, 1000);
}

static void case_check(const fixture *f, const http_case *t)
{
    client c;
    converse(f, t->bytes, t->n, memcmp(t->bytes, "HEAD", 4) == 0, &c);
    size_t expected = 0;
    while (expected < 4 && t->expect[expected])
        expected++;
    ck_assert_msg(c.count == expected, "%s: %zu answers", t->name, c.count);
    for (size_t i = 0; i < expected; i++) {
        const answer *a = &c.answers[i];
        ck_assert_msg(a->status == t->expect[i], "%s: %d", t->name, a->status);
        ck_assert_str_eq(header(a, "X-Content-Type-Options"), "nosniff");
        ck_assert_str_eq(header(a, "Cache-Control"), "no-store");
        ck_assert_ptr_nonnull(header(a, "X-Request-Id"));
        if (a->status >= 400) {
            ck_assert_str_eq(header(a, "Connection"), "close");
            if (a->body_n) error_is_standard(a);
        }
    }
    ck_assert_msg(c.ended, "%s: not closed", t->name);
    free(c.input);
}

/* One test for all, as a server is not worth starting 150 times; each failure names its case. */
START_TEST(raw_requests_answered_in_the_loop)
{
    for (size_t i = 0; i < HTTP_CASES; i++)
        case_check(shared_inline, &http_cases[i]);
}
END_TEST

START_TEST(raw_requests_answered_by_a_worker)
{
    for (size_t i = 0; i < HTTP_CASES; i++)
        case_check(shared_worker, &http_cases[i]);
}
END_TEST

/* A refusal must end the connection by itself, without the client closing first. */
START_TEST(refusal_closes_while_client_stays)
{
    client c = {0};
    int fd = dial(shared_inline);
    send_text(fd, "GET / HTTP/1.1\r\nHost : a\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n");
    receive(fd, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert(c.ended);
    ck_assert_uint_eq(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 400);
    free(c.input);
    close(fd);
}
END_TEST

START_TEST(byte_by_byte_is_the_same)
{
    static const char text[] = "POST /a?b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                               "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n";
    client c = {0};
    int fd = dial(shared_worker);
    const int one = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    for (size_t i = 0; i + 1 < sizeof text; i++)
        send_all(fd, text + i, 1);
    shutdown(fd, SHUT_WR);
    receive(fd, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert_uint_eq(c.count, 1);
    ck_assert(body_is(&c.answers[0], "POST|/a|b|5|abcde"));
    free(c.input);
    close(fd);
}
END_TEST

START_TEST(pipelined_requests_are_answered_in_order)
{
    char text[4096];
    int n = 0;
    for (int i = 0; i < 40; i++)
        n += snprintf(text + n, sizeof text - (size_t)n, "GET /r%d HTTP/1.1\r\nHost: a\r\n\r\n", i);
    fixture *both[] = {shared_inline, shared_worker};
    for (int k = 0; k < 2; k++) {
        client c;
        converse(both[k], text, (size_t)n, false, &c);
        ck_assert_uint_eq(c.count, 40);
        for (int i = 0; i < 40; i++) {
            char expected[64];
            snprintf(expected, sizeof expected, "GET|/r%d||0|", i);
            ck_assert(body_is(&c.answers[i], expected));
        }
        free(c.input);
    }
}
END_TEST

START_TEST(answers_have_the_right_head)
{
    client c;
    const char *text =
        "GET /extra HTTP/1.1\r\nHost: a\r\n\r\nGET /nothing HTTP/1.1\r\nHost: a\r\n\r\n"
        "GET /split HTTP/1.1\r\nHost: a\r\n\r\nGET /error HTTP/1.1\r\nHost: a\r\n\r\n";
    converse(shared_inline, text, strlen(text), false, &c);
    ck_assert_uint_eq(c.count, 4);
    ck_assert_str_eq(header(&c.answers[0], "X-Extra"), "one");
    ck_assert_str_eq(header(&c.answers[0], "Content-Type"), "text/plain; charset=utf-8");
    ck_assert_int_eq(c.answers[1].status, 204);
    ck_assert_ptr_null(header(&c.answers[1], "Content-Length"));
    ck_assert_int_eq(c.answers[2].status, 500);
    ck_assert_ptr_null(header(&c.answers[2], "Set-Cookie"));
    ck_assert_int_eq(c.answers[3].status, 409);
    ck_assert_ptr_nonnull(memmem(c.answers[3].body, c.answers[3].body_n, "say \\\"what\\\"", 12));
    free(c.input);
}
END_TEST

START_TEST(head_has_the_length_and_no_body)
{
    client c;
    const char *text = "HEAD /abc HTTP/1.1\r\nHost: a\r\n\r\nHEAD /abc HTTP/1.1\r\nHost: a\r\n\r\n";
    converse(shared_worker, text, strlen(text), true, &c);
    ck_assert_uint_eq(c.count, 2);
    for (int i = 0; i < 2; i++)
        ck_assert_str_eq(header(&c.answers[i], "Content-Length"), "13"); /* HEAD|/abc||0| */
    free(c.input);
}
END_TEST

START_TEST(expect_continue_is_answered_before_the_body)
{
    client c = {0};
    char line[64] = "";
    int fd = dial(shared_worker);
    send_text(fd,
              "POST /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
    struct pollfd p = {fd, POLLIN, 0};
    ck_assert_int_eq(poll(&p, 1, PATIENCE_MS), 1);
    ck_assert_int_eq(recv(fd, line, sizeof line - 1, 0), 25);
    ck_assert_str_eq(line, "HTTP/1.1 100 Continue\r\n\r\n");
    send_text(fd, "abc");
    shutdown(fd, SHUT_WR);
    receive(fd, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert(body_is(&c.answers[0], "POST|/x||3|abc"));
    free(c.input);
    close(fd);
}
END_TEST

START_TEST(large_bodies_both_ways)
{
    size_t n = 2u << 20;
    char *text = malloc(n + 256);
    ck_assert_ptr_nonnull(text);
    size_t head = post_head(text, n);
    memset(text + head, 'x', n);
    client c;
    converse(shared_worker, text, head + n, false, &c);
    ck_assert_uint_eq(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 200);
    ck_assert_ptr_nonnull(memmem(c.answers[0].body, c.answers[0].body_n, "|2097152|xxx", 12));
    free(c.input);
    free(text);

    const char *big = "GET /big HTTP/1.1\r\nHost: a\r\n\r\nGET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    converse(shared_inline, big, strlen(big), false, &c);
    ck_assert_uint_eq(c.count, 2);
    ck_assert_uint_eq(c.answers[0].body_n, 5u << 20);
    ck_assert(body_is(&c.answers[1], "GET|/next||0|"));
    free(c.input);
}
END_TEST

/* 413 must reach a client that is still sending. */
START_TEST(too_large_body_is_refused_before_it_is_read)
{
    client c = {0};
    int fd = dial(shared_inline);
    char *junk = calloc(1, 256 << 10);
    ck_assert_ptr_nonnull(junk);
    send_text(fd, "POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 100000000\r\n\r\n");
    send_all(fd, junk, 256 << 10);
    receive(fd, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert(c.ended);
    ck_assert_uint_eq(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 413);
    free(junk);
    free(c.input);
    close(fd);
}
END_TEST

/* ---- deadlines, limits, drain ---- */

/* Sends a byte each 20 ms, which keeps a per-read timeout from ever firing. */
static int drip(const fixture *f, const char *begin, int64_t *lived_ms)
{
    client c = {0};
    int fd = dial(f);
    int64_t from = now_ms();
    send_text(fd, begin);
    struct pollfd p = {fd, POLLIN, 0};
    while (poll(&p, 1, 20) == 0 && now_ms() - from < PATIENCE_MS)
        send_text(fd, "a");
    *lived_ms = now_ms() - from;
    receive(fd, &c, PATIENCE_MS);
    split(&c, false);
    int status = c.count ? c.answers[0].status : 0;
    ck_assert(c.ended);
    free(c.input);
    close(fd);
    return status;
}

START_TEST(slow_clients_are_dropped_in_total_time)
{
    http_server_config config = config_for_tests();
    config.head_timeout_ms = config.body_timeout_ms = config.idle_timeout_ms = 300;
    fixture *f = start(config, false, 0);
    int64_t lived;
    ck_assert_int_eq(drip(f, "GET /", &lived), 408);
    ck_assert_int_ge(lived, 250);
    ck_assert_int_eq(drip(f, "GET / HTTP/1.1\r\nHost: a\r\nX: ", &lived), 408);
    ck_assert_int_eq(drip(f, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999\r\n\r\n", &lived),
                     408);
    ck_assert_int_eq(
        drip(f, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nffff\r\n", &lived),
        408);
    ck_assert_uint_eq(http_server_stats_read(f->server).dropped_slow, 4);

    client c = {0};
    int silent = dial(f);
    receive(silent, &c, PATIENCE_MS);
    ck_assert(c.ended && c.n == 0);
    free(c.input);
    close(silent);
    stop(f, 1000);
}
END_TEST

START_TEST(stalled_reader_is_dropped)
{
    http_server_config config = config_for_tests();
    config.write_timeout_ms = 200;
    fixture *f = start(config, false, 0);
    int fd = dial(f);
    const int small = 4096;
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    send_text(fd, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n");
    int64_t until = now_ms() + PATIENCE_MS;
    http_server_stats stats = http_server_stats_read(f->server);
    while ((stats.dropped_slow == 0 || stats.connections > 0) && now_ms() < until) {
        nap(20);
        stats = http_server_stats_read(f->server);
    }
    ck_assert_uint_eq(stats.dropped_slow, 1);
    ck_assert_uint_eq(stats.connections, 0);
    close(fd);
    stop(f, 1000);
}
END_TEST

START_TEST(requests_beyond_the_flight_limit_get_429)
{
    http_server_config config = config_for_tests();
    config.in_flight_max = 1;
    fixture *f = start(config, true, 300);
    client first = {0}, second;
    int fd = dial(f);
    send_text(fd, "GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
    while (f->seen == 0)
        nap(5);
    const char *text = "GET /second HTTP/1.1\r\nHost: a\r\n\r\n";
    converse(f, text, strlen(text), false, &second);
    ck_assert_uint_eq(second.count, 1);
    ck_assert_int_eq(second.answers[0].status, 429);
    ck_assert_str_eq(header(&second.answers[0], "Retry-After"), "1");
    error_is_standard(&second.answers[0]);
    shutdown(fd, SHUT_WR);
    receive(fd, &first, PATIENCE_MS);
    split(&first, false);
    ck_assert_int_eq(first.answers[0].status, 200);
    free(first.input);
    free(second.input);
    close(fd);
    stop(f, 1000);
}
END_TEST

START_TEST(connections_beyond_the_limit_wait_their_turn)
{
    http_server_config config = config_for_tests();
    config.connections_max = 2;
    fixture *f = start(config, false, 0);
    int first = dial(f), second = dial(f), third = dial(f);
    send_text(third, "GET /third HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    nap(100);
    ck_assert_uint_le(http_server_stats_read(f->server).connections, 2);
    close(first);
    client c = {0};
    receive(third, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert_uint_eq(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 200);
    free(c.input);
    close(second);
    close(third);
    stop(f, 1000);
}
END_TEST

/* A client that merely keeps its connection open gives way when there is no room. */
START_TEST(idle_connection_makes_room_when_crowded)
{
    http_server_config config = config_for_tests();
    config.connections_max = 1;
    fixture *f = start(config, false, 0);
    char first_answer[512];
    int idle = dial(f);
    send_text(idle, "GET /idle HTTP/1.1\r\nHost: a\r\n\r\n");
    ck_assert_int_gt(recv(idle, first_answer, sizeof first_answer, 0), 0);
    client c;
    const char *text = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n";
    converse(f, text, strlen(text), false, &c);
    ck_assert_uint_eq(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 200);
    free(c.input);
    close(idle);
    stop(f, 1000);
}
END_TEST

/* Out of descriptors the listener pauses instead of spinning, and goes on when there are some
 * again. */
START_TEST(running_out_of_descriptors_is_survived)
{
    fixture *f = start(config_for_tests(), false, 0);
    struct rlimit before, none;
    struct sockaddr_in to = {.sin_family = AF_INET,
                             .sin_port = htons(http_server_port(f->server)),
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = (struct rlimit){0, before.rlim_max};
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    send_text(fd, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    clock_t cpu = clock();
    nap(500);
    printf("cpu in 500 ms without descriptors: %ld ms\n",
           (long)((clock() - cpu) * 1000 / CLOCKS_PER_SEC));
    ck_assert_uint_eq(http_server_stats_read(f->server).accepted, 0);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    shutdown(fd, SHUT_WR);
    client c = {0};
    receive(fd, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert_uint_eq(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 200);
    free(c.input);
    close(fd);
    stop(f, 1000);
}
END_TEST

START_TEST(body_memory_is_bounded)
{
    http_server_config config = config_for_tests();
    config.body_memory_max = 64 << 10;
    fixture *f = start(config, false, 0);
    client c;
    char *text = malloc(300000);
    ck_assert_ptr_nonnull(text);
    size_t head = post_head(text, 200000);
    memset(text + head, 'x', 200000);
    converse(f, text, head + 200000, false, &c);
    ck_assert_uint_ge(c.count, 1);
    ck_assert_int_eq(c.answers[0].status, 503);
    free(c.input);
    head = post_head(text, 30000);
    converse(f, text, head + 30000, false, &c); /* what was booked has been given back */
    ck_assert_int_eq(c.answers[0].status, 200);
    free(c.input);
    free(text);
    stop(f, 1000);
}
END_TEST

START_TEST(drain_answers_what_was_begun)
{
    fixture *f = start(config_for_tests(), true, 300);
    client c = {0}, idle_client = {0};
    int idle = dial(f), busy = dial(f);
    uint16_t port = http_server_port(f->server);
    send_text(busy, "GET /late HTTP/1.1\r\nHost: a\r\n\r\n");
    while (f->seen == 0)
        nap(5);
    http_server_drain(f->server, 5000);
    receive(idle, &idle_client, PATIENCE_MS);
    ck_assert(idle_client.ended && idle_client.n == 0);
    receive(busy, &c, PATIENCE_MS);
    split(&c, false);
    ck_assert(c.ended);
    ck_assert_uint_eq(c.count, 1);
    ck_assert(body_is(&c.answers[0], "GET|/late||0|"));
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in to = {
        .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    ck_assert_int_ne(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    close(fd);
    close(idle);
    close(busy);
    free(c.input);
    free(idle_client.input);
    stop(f, 1000);
}
END_TEST

START_TEST(drain_ends_in_time_with_a_handler_that_hangs)
{
    fixture *f = start(config_for_tests(), true, 600);
    int fd = dial(f);
    send_text(fd, "GET /hangs HTTP/1.1\r\nHost: a\r\n\r\n");
    while (f->seen == 0)
        nap(5);
    int64_t from = now_ms();
    http_server_drain(f->server, 100);
    pthread_join(f->loop, NULL);
    ck_assert_int_lt(now_ms() - from, 500);
    ck_assert_int_eq(pthread_create(&f->loop, NULL, serve_nothing, NULL),
                     0); /* for stop() to join */
    stop(f, 0);          /* the late answer arrives after run has returned and is dropped */
    close(fd);
}
END_TEST

START_TEST(clients_that_leave_early_do_no_harm)
{
    fixture *f = start(config_for_tests(), true, 50);
    for (int i = 0; i < 10; i++) {
        int fd = dial(f);
        send_text(fd, "GET /gone HTTP/1.1\r\nHost: a\r\n\r\nGET /g");
        struct linger hard = {1, 0};
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &hard, sizeof hard);
        close(fd);
    }
    client c;
    const char *text = "GET /here HTTP/1.1\r\nHost: a\r\n\r\n";
    converse(f, text, strlen(text), false, &c);
    ck_assert_uint_eq(c.count, 1);
    free(c.input);
    stop(f, 2000);
}
END_TEST

START_TEST(taken_port_is_reported)
{
    http_server_config config = config_for_tests();
    http_server *second = NULL;
    char error[256] = "";
    config.port = http_server_port(shared_inline->server);
    ck_assert_int_eq(http_server_create(&config, &second, error, sizeof error), M_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error, "in use"));
    config.address = "localhost";
    ck_assert_int_eq(http_server_create(&config, &second, error, sizeof error), M_INVALID);
    ck_assert_ptr_null(second);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("http_server");
    TCase *framing = tcase_create("framing");
    tcase_set_timeout(framing, 60);
    tcase_add_checked_fixture(framing, shared_start, shared_stop);
    tcase_add_test(framing, raw_requests_answered_in_the_loop);
    tcase_add_test(framing, raw_requests_answered_by_a_worker);
    tcase_add_test(framing, refusal_closes_while_client_stays);
    tcase_add_test(framing, byte_by_byte_is_the_same);
    tcase_add_test(framing, pipelined_requests_are_answered_in_order);
    tcase_add_test(framing, answers_have_the_right_head);
    tcase_add_test(framing, head_has_the_length_and_no_body);
    tcase_add_test(framing, expect_continue_is_answered_before_the_body);
    tcase_add_test(framing, large_bodies_both_ways);
    tcase_add_test(framing, too_large_body_is_refused_before_it_is_read);
    tcase_add_test(framing, taken_port_is_reported);
    TCase *limits = tcase_create("limits");
    tcase_set_timeout(limits, 60);
    tcase_add_test(limits, slow_clients_are_dropped_in_total_time);
    tcase_add_test(limits, stalled_reader_is_dropped);
    tcase_add_test(limits, requests_beyond_the_flight_limit_get_429);
    tcase_add_test(limits, connections_beyond_the_limit_wait_their_turn);
    tcase_add_test(limits, idle_connection_makes_room_when_crowded);
    tcase_add_test(limits, running_out_of_descriptors_is_survived);
    tcase_add_test(limits, body_memory_is_bounded);
    tcase_add_test(limits, drain_answers_what_was_begun);
    tcase_add_test(limits, drain_ends_in_time_with_a_handler_that_hangs);
    tcase_add_test(limits, clients_that_leave_early_do_no_harm);
    suite_add_tcase(suite, framing);
    suite_add_tcase(suite, limits);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
