/* Shared by server.c, connection.c and reply.c only. */
#ifndef HTTP_INTERNAL_H
#define HTTP_INTERNAL_H

#include <event2/event.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http_server.h"

enum { HTTP_READ_BYTES = 65536, HTTP_CLIENT_TEXT = 46, HTTP_LINGER_MS = 1000 };

typedef struct http_connection {
    http_server *server;
    struct http_connection *next, *prev;
    int fd; /* -1 once closed while a handler still has the request */
    struct event *reading, *writing;
    http_framing framing;
    const char *in; /* bytes that were read and not yet parsed */
    size_t in_n;
    char *in_owned;       /* holds them while the connection waits (pipelining); else they are in
                             server->buffer */
    char *out, *out_body; /* the answer being written */
    size_t out_n, out_body_n, out_at;
    int64_t deadline_ms;  /* 0: none */
    uint32_t body_booked; /* part of server->body_memory */
    bool handling;        /* a handler has the request */
    bool advancing;       /* inside advance(): an answer given now is taken up there */
    bool reading_on;
    bool close_after;  /* no further request on this connection */
    bool linger_after; /* input may be unread: drain it so that the answer is not cut off by a reset
                        */
    bool lingering;
    char client[HTTP_CLIENT_TEXT];
} http_connection;

struct http_server {
    http_server_config config;
    struct event_base *base;
    struct event *listening, *waking, *sweeping;
    int listen_fd, wake_fd;
    uint16_t port;
    http_connection *connections;
    bool accepting, draining;
    int64_t accept_again_ms; /* after running out of descriptors */
    int64_t drain_until_ms;
    size_t body_memory;
    char *buffer;                     /* HTTP_READ_BYTES; shared, as one thread reads */
    _Atomic int64_t drain_request_ms; /* -1: none */
    _Atomic bool running;
    pthread_t thread;
    unsigned char id_seed[5];
    uint64_t id_next;
    _Atomic uint64_t accepted, requests, refused, dropped_slow, answered_busy;
    _Atomic uint32_t connection_count, in_flight;
    pthread_mutex_t lock; /* guards answers */
    http_request *answers, **answers_end;
};

int64_t http_now_ms(void);

/* connection.c */
void http_connection_open(http_server *server, int fd, const char *client);
/* Frees it, or only closes the descriptor while a handler has the request. */
void http_connection_close(http_connection *c);
/* Sends the answer that stands ready in request and goes on with the connection; frees request. */
void http_connection_answer(http_request *request);
/* Its deadline has passed. */
void http_connection_expire(http_connection *c);
/* Nothing of a request has come and nothing is being answered. */
bool http_connection_idle(const http_connection *c);

/* server.c */
void http_server_connection_gone(http_server *server);

/* reply.c */
/* The whole answer to a refusal as one malloc'd text, or NULL. */
char *http_refusal_text(http_refusal why, const char *request_id, bool is_head, bool close,
                        size_t *n);
/* Puts the answer into request->out and out_body; takes over response->body. */
void http_answer_format(http_request *request, const http_response *response);
void http_request_id(http_server *server, char out[M_ID_TEXT]);

#endif
