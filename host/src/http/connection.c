#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "internal.h"

typedef enum { WAIT_INPUT, WAIT_ANSWER, WAIT_OUTPUT, END, END_AFTER_DRAINING } outcome;

static void advance(http_connection *c);

static void deadline(http_connection *c, uint32_t after_ms)
{
    c->deadline_ms = http_now_ms() + after_ms;
}

static void reading(http_connection *c, bool on)
{
    if (c->reading_on == on) return;
    c->reading_on = on;
    if (on)
        event_add(c->reading, NULL);
    else
        event_del(c->reading);
}

static void input_drop(http_connection *c)
{
    free(c->in_owned);
    c->in_owned = NULL;
    c->in = NULL;
    c->in_n = 0;
}

static void output_drop(http_connection *c)
{
    free(c->out);
    free(c->out_body);
    c->out = c->out_body = NULL;
    c->out_n = c->out_body_n = c->out_at = 0;
}

static void body_unbook(http_connection *c)
{
    c->server->body_memory -= c->body_booked;
    c->body_booked = 0;
}

static void request_forget(http_connection *c)
{
    body_unbook(c);
    http_framing_reset(&c->framing);
}

/* ---- life ---- */

bool http_connection_idle(const http_connection *c)
{
    return !c->handling && !c->out && !c->lingering && c->framing.phase == HTTP_PHASE_IDLE;
}

void http_connection_close(http_connection *c)
{
    http_server *server = c->server;
    event_free(c->reading);
    event_free(c->writing);
    close(c->fd);
    c->fd = -1;
    input_drop(c);
    output_drop(c);
    body_unbook(c);
    http_framing_clear(&c->framing);
    if (c->prev)
        c->prev->next = c->next;
    else
        server->connections = c->next;
    if (c->next) c->next->prev = c->prev;
    server->connection_count--;
    if (!c->handling) free(c);
    http_server_connection_gone(server);
}

void http_connection_expire(http_connection *c)
{
    http_phase phase = c->framing.phase;
    bool silent = c->lingering || c->out || phase == HTTP_PHASE_IDLE;
    if (c->out || phase != HTTP_PHASE_IDLE) c->server->dropped_slow++;
    if (silent) {
        http_connection_close(c);
        return;
    }
    http_framing_refuse(&c->framing,
                        phase == HTTP_PHASE_HEAD ? HTTP_REFUSE_HEAD_SLOW : HTTP_REFUSE_BODY_SLOW);
    advance(c);
}

/* ---- requests ---- */

static char *copy(char **at, const char *bytes, size_t n)
{
    char *start = *at;
    if (n) memcpy(start, bytes, n);
    *at += n;
    return start;
}

static http_request *request_new(http_connection *c)
{
    const http_framing *f = &c->framing;
    m_str method = http_framing_method(f), path = http_framing_path(f);
    m_str query = http_framing_query(f);
    size_t client_n = strlen(c->client);
    http_request *q = malloc(sizeof *q + f->header_count * sizeof(http_header) + f->head_n +
                             path.n + client_n + f->body_n);
    if (!q) return NULL;
    http_header *headers = (http_header *)(q + 1);
    char *at = (char *)(headers + f->header_count);
    char *head = copy(&at, f->head, f->head_n);
    *q = (http_request){
        .method = {head, method.n},
        .raw_path = {head + method.n, path.n},
        .query = {query.n ? head + (query.p - f->head) : NULL, query.n},
        .headers = headers,
        .header_count = f->header_count,
        .is_head = http_framing_is_head(f),
        .keep_alive = f->keep_alive && !c->server->draining,
        .connection = c,
        .server = c->server,
    };
    for (uint32_t i = 0; i < f->header_count; i++) {
        const http_framing_header *h = &f->headers[i];
        headers[i] = (http_header){{head + h->name, h->name_n}, {head + h->value, h->value_n}};
    }
    q->path.p = at;
    if (!http_path_decode(path, at, &q->path.n)) { /* the framing has decoded it once */
        free(q);
        return NULL;
    }
    at += path.n;
    q->client = (m_str){copy(&at, c->client, client_n), client_n};
    q->body = (m_str){copy(&at, f->body, f->body_n), f->body_n};
    http_request_id(c->server, q->request_id);
    return q;
}

/* Makes the refusal the answer. After a broken request nothing else on the connection can be
 * trusted. */
static void refused(http_connection *c, http_refusal why, bool end)
{
    char id[M_ID_TEXT];
    http_request_id(c->server, id);
    c->out = http_refusal_text(why, id, http_framing_is_head(&c->framing), end, &c->out_n);
    c->out_at = 0;
    c->close_after = c->close_after || end || !c->out;
    c->linger_after = c->linger_after || end;
    c->server->refused++;
    if (end) input_drop(c);
    request_forget(c);
    deadline(c, c->server->config.write_timeout_ms);
}

static void dispatch(http_connection *c)
{
    http_server *server = c->server;
    if (server->in_flight >= server->config.in_flight_max) {
        server->answered_busy++;
        refused(c, HTTP_REFUSE_BUSY, !c->framing.keep_alive);
        return;
    }
    http_request *q = request_new(c);
    if (!q) {
        refused(c, HTTP_REFUSE_MEMORY, true);
        return;
    }
    request_forget(c);
    c->handling = true;
    c->deadline_ms = 0;
    server->in_flight++;
    server->requests++;
    server->config.on_request(server->config.arg, q);
}

/* Books what the body holds against the memory for all of them. */
static bool body_book(http_connection *c)
{
    http_server *server = c->server;
    server->body_memory += c->framing.body_cap - c->body_booked;
    c->body_booked = c->framing.body_cap;
    return server->body_memory <= server->config.body_memory_max;
}

/* The answer to Expect goes out at once: no other answer can be waiting, as requests go one by one.
 */
static bool continue_sent(http_connection *c)
{
    static const char line[] = "HTTP/1.1 100 Continue\r\n\r\n";
    if (!c->framing.expect_continue || c->framing.body_n || c->in_n) return true;
    c->framing.expect_continue = false;
    return send(c->fd, line, sizeof line - 1, MSG_NOSIGNAL | MSG_DONTWAIT) == sizeof line - 1;
}

/* Parses what was read, up to the end of one request. False when the connection is broken. */
static bool parse(http_connection *c)
{
    http_framing *f = &c->framing;
    http_phase before = f->phase;
    size_t used = http_framing_feed(f, c->in, c->in_n);
    c->in += used;
    c->in_n -= used;
    if (f->phase == HTTP_PHASE_BODY || f->body_n) {
        if (!body_book(c)) http_framing_refuse(f, HTTP_REFUSE_MEMORY);
        if (f->phase == HTTP_PHASE_BODY && before != HTTP_PHASE_BODY)
            deadline(c, c->server->config.body_timeout_ms);
    } else if (f->phase == HTTP_PHASE_HEAD && before == HTTP_PHASE_IDLE) {
        deadline(c, c->server->config.head_timeout_ms);
    }
    if (f->phase == HTTP_PHASE_DONE)
        dispatch(c);
    else if (f->phase == HTTP_PHASE_BODY)
        return continue_sent(c);
    return true;
}

/* ---- answers ---- */

/* 1: all is written, 0: the socket is full, -1: the peer is gone. */
static int output_write(http_connection *c)
{
    while (c->out_at < c->out_n + c->out_body_n) {
        struct iovec parts[2];
        size_t count = 0;
        if (c->out_at < c->out_n)
            parts[count++] = (struct iovec){c->out + c->out_at, c->out_n - c->out_at};
        size_t body_at = c->out_at > c->out_n ? c->out_at - c->out_n : 0;
        if (body_at < c->out_body_n)
            parts[count++] = (struct iovec){c->out_body + body_at, c->out_body_n - body_at};
        struct msghdr message = {.msg_iov = parts, .msg_iovlen = count};
        ssize_t n = sendmsg(c->fd, &message, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0 && errno != EAGAIN && errno != EWOULDBLOCK) return -1;
        if (n < 0) return 0;
        c->out_at += (size_t)n;
        if (c->deadline_ms) deadline(c, c->server->config.write_timeout_ms);
    }
    output_drop(c);
    return 1;
}

/* Writes, parses and dispatches as far as it goes without waiting. */
static outcome steps(http_connection *c)
{
    for (;;) {
        if (c->handling) return WAIT_ANSWER;
        if (c->framing.phase == HTTP_PHASE_REFUSED) refused(c, c->framing.why, true);
        if (c->out) {
            int written = output_write(c);
            if (written < 0) return END;
            if (written == 0) return WAIT_OUTPUT;
            if (c->server->draining) c->close_after = true;
        }
        if (c->close_after) return c->linger_after || c->in_n ? END_AFTER_DRAINING : END;
        if (c->in_n == 0) return WAIT_INPUT;
        if (!parse(c)) return END;
    }
}

/* What was read into the shared buffer must be kept while the connection waits. */
static bool input_keep(http_connection *c)
{
    if (c->in_n == 0) {
        input_drop(c);
        return true;
    }
    if (c->in_owned) return true;
    c->in_owned = malloc(c->in_n);
    if (!c->in_owned) return false;
    memcpy(c->in_owned, c->in, c->in_n);
    c->in = c->in_owned;
    return true;
}

static void linger(http_connection *c)
{
    shutdown(c->fd, SHUT_WR);
    c->lingering = true;
    input_drop(c);
    deadline(c, HTTP_LINGER_MS);
    reading(c, true);
}

static void advance(http_connection *c)
{
    c->advancing = true;
    outcome now = steps(c);
    c->advancing = false;
    if (now == END || !input_keep(c)) {
        http_connection_close(c);
    } else if (now == END_AFTER_DRAINING) {
        linger(c);
    } else if (now == WAIT_OUTPUT) {
        if (!c->deadline_ms) deadline(c, c->server->config.write_timeout_ms);
        event_add(c->writing, NULL);
    } else if (now == WAIT_INPUT) {
        if (c->framing.phase == HTTP_PHASE_IDLE) deadline(c, c->server->config.idle_timeout_ms);
        reading(c, true);
    }
}

void http_connection_answer(http_request *q)
{
    http_connection *c = q->connection;
    q->server->in_flight--;
    c->handling = false;
    if (c->fd < 0) {
        free(q->out);
        free(q->out_body);
        free(c);
        free(q);
        return;
    }
    c->out = q->out;
    c->out_n = q->out_n;
    c->out_body = q->out_body;
    c->out_body_n = q->out_body_n;
    c->out_at = 0;
    if (!q->keep_alive || !q->out) c->close_after = true;
    free(q);
    if (!c->advancing) advance(c);
}

/* ---- events ---- */

static void on_readable(evutil_socket_t fd, short what, void *arg)
{
    (void)what;
    http_connection *c = arg;
    if (c->handling ||
        c->out) { /* the next request waits in the kernel until this one is answered */
        reading(c, false);
        return;
    }
    ssize_t n = recv(fd, c->server->buffer, HTTP_READ_BYTES, MSG_DONTWAIT);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return;
    if (n <= 0) {
        http_connection_close(c);
        return;
    }
    if (c->lingering) return;
    c->in = c->server->buffer;
    c->in_n = (size_t)n;
    advance(c);
}

static void on_writable(evutil_socket_t fd, short what, void *arg)
{
    (void)fd;
    (void)what;
    advance(arg);
}

void http_connection_open(http_server *server, int fd, const char *client)
{
    http_connection *c = calloc(1, sizeof *c);
    if (c) {
        c->reading = event_new(server->base, fd, EV_READ | EV_PERSIST, on_readable, c);
        c->writing = event_new(server->base, fd, EV_WRITE, on_writable, c);
    }
    if (!c || !c->reading || !c->writing) {
        if (c && c->reading) event_free(c->reading);
        if (c && c->writing) event_free(c->writing);
        free(c);
        close(fd);
        return;
    }
    c->server = server;
    c->fd = fd;
    memcpy(c->client, client, strnlen(client, sizeof c->client - 1));
    http_framing_init(&c->framing, &server->config.limits);
    c->next = server->connections;
    if (c->next) c->next->prev = c;
    server->connections = c;
    server->connection_count++;
    server->accepted++;
    deadline(c, server->config.head_timeout_ms);
    reading(c, true);
}
