/* A hardened HTTP/1.1 server on a libevent loop.
 *
 * One server is one loop in one thread (http_server_run). That thread alone touches connections.
 * Handlers get a plain copy of a request and may answer it from any thread. Only requests that
 * cannot be misunderstood reach a handler (framing.h); everything else is answered here with the
 * standard error envelope and the connection is closed. No signal handlers are installed and none
 * is needed: writes do not raise SIGPIPE. */
#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

#include "framing.h"

typedef struct http_server http_server;

typedef struct {
    m_str name; /* lower case */
    m_str value;
} http_header;

/* A copy that owns one block of memory; all views point into it. */
typedef struct http_request {
    m_str method;
    m_str raw_path; /* as sent */
    m_str path;     /* percent-decoded once; UTF-8, no empty, "." or ".." segments */
    m_str query;    /* as sent, without '?'; well-formed escapes */
    const http_header *headers;
    uint32_t header_count;
    m_str body;
    m_str client;               /* address of the peer, as text */
    char request_id[M_ID_TEXT]; /* zero-terminated */
    bool is_head;
    bool keep_alive; /* the client and the server want to go on with this connection */

    /* private to the server */
    struct http_request *next;
    struct http_connection *connection;
    http_server *server;
    char *out, *out_body;
    size_t out_n, out_body_n;
} http_request;

/* A view of the first header of that (lower-case) name; {NULL,0} when there is none. */
m_str http_request_header(const http_request *request, const char *name);

typedef struct {
    int status;
    const char *content_type;   /* NULL stands for application/json */
    const http_header *headers; /* extra ones; copied. A cache-control here replaces no-store */
    uint32_t header_count;
    char *body; /* malloc'd or NULL; http_reply takes it over */
    size_t body_n;
    bool close; /* end the connection after this answer */
} http_response;

/* Called on the loop thread with a request that the handler now owns. It must not block. Exactly
 * one http_reply must follow, here or later in any thread. */
typedef void (*http_handler)(void *arg, http_request *request);

typedef struct {
    const char *address; /* IPv4 or IPv6 literal */
    uint16_t port;       /* 0: any free one, see http_server_port */
    bool reuse_port;     /* several servers (loops) may share the port */
    http_limits limits;
    uint32_t
        head_timeout_ms; /* whole head, from its first byte; also from accept to the first byte */
    uint32_t body_timeout_ms;  /* whole body, from the end of the head */
    uint32_t idle_timeout_ms;  /* between two requests */
    uint32_t write_timeout_ms; /* without any progress of an answer */
    uint32_t connections_max;
    uint32_t in_flight_max; /* requests with handlers; more are answered 429 */
    size_t body_memory_max; /* bodies being received, over all connections; more are answered 503 */
    http_handler on_request;
    void *arg;
} http_server_config;

/* 127.0.0.1, any port, and the limits of the house: line 4096, headers 8192 in 64, body 2 MiB, head
 * 10 s, body 30 s, idle 60 s, write 10 s, 1000 connections, 4096 in flight, 64 MiB of bodies. No
 * handler. */
http_server_config http_server_config_default(void);

/* Listens (connections queue up from now on). M_UNAVAILABLE when the address cannot be had, with
 * the reason in error (n bytes). Free with http_server_free. */
m_status http_server_create(const http_server_config *config, http_server **out, char *error,
                            size_t n) M_MUST_USE;
uint16_t http_server_port(const http_server *server);

/* Serves in the calling thread until a drain has ended. */
void http_server_run(http_server *server);

/* Stops accepting, lets begun requests be answered, then lets http_server_run return; at the latest
 * after timeout_ms, when open connections are cut. Any thread; safe in signal handlers; may be
 * called again with a shorter time. */
void http_server_drain(http_server *server, uint32_t timeout_ms);

/* After http_server_run has returned and every request has been answered (late answers are
 * dropped). */
void http_server_free(http_server *server);

/* Answers and frees the request; takes over response->body. Any thread, also after run has
 * returned. */
void http_reply(http_request *request, const http_response *response);

/* Between the two, the calling thread's replies wait, to be sent with one wake-up of the loop. */
void http_replies_hold(void);
void http_replies_release(http_server *server);

/* Answers with the standard error envelope; the texts are escaped here. hint may be NULL. */
void http_reply_error(http_request *request, int status, const char *code, const char *message,
                      const char *hint);

typedef struct {
    uint64_t accepted, requests, refused, dropped_slow, answered_busy;
    uint32_t connections, in_flight;
} http_server_stats;

/* A snapshot for metrics; any thread. */
http_server_stats http_server_stats_read(const http_server *server);

#endif
