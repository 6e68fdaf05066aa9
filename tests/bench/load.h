/* A small HTTP load generator: n keep-alive connections in one thread, each sends its next request
 * as soon as the last one is answered. */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <stddef.h>
#include <stdint.h>

/* Write the whole next request (head and body) for this client into out; returns its length. */
typedef size_t (*load_request_fn)(void *arg, uint32_t client, uint64_t serial, char *out,
                                  size_t room);

typedef struct {
    uint16_t port; /* on 127.0.0.1 */
    uint32_t clients;
    double seconds;
    load_request_fn request;
    void *arg;
} load_config;

typedef struct {
    uint64_t answered; /* with 2xx */
    uint64_t refused;  /* with anything else */
    double per_second; /* answered */
    double p50_ms, p99_ms, max_ms;
    char first_refusal[512];
} load_result;

/* 0, or −1 when the server cannot be reached. */
int load_run(const load_config *config, load_result *out);

/* One request, one answer; the body is copied into out (zero-terminated). Returns the status or −1.
 */
int load_once(uint16_t port, const char *request, size_t n, char *out, size_t room);

#endif
