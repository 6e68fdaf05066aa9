/* bench_load: sends requests from n keep-alive connections for some seconds and prints one JSON
 * line.
 *
 *   bench_load PORT CLIENTS SECONDS TOKEN METHOD PATHS [BODIES]
 *
 * PATHS and BODIES are files with one path (one JSON body) a line; client i starts at line i and
 * goes round. Every request with a body carries an Idempotency-Key of its own. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "load.h"

#define LINES_MAX 100000

typedef struct {
    char **line;
    size_t count;
} lines;

typedef struct {
    const char *token, *method;
    lines paths, bodies;
    long run; /* makes keys of this run unlike those of others */
} plan;

static lines lines_read(const char *path)
{
    lines all = {calloc(LINES_MAX, sizeof(char *)), 0};
    FILE *file = fopen(path, "r");
    char *line = NULL;
    size_t room = 0;
    ssize_t n;
    while (file && all.line && all.count < LINES_MAX && (n = getline(&line, &room, file)) > 0) {
        if (line[n - 1] == '\n') line[n - 1] = 0;
        if ((all.line[all.count] = strdup(line))) all.count++;
    }
    free(line);
    if (file) fclose(file);
    if (!all.count) {
        fprintf(stderr, "bench_load: nothing in %s\n", path);
        exit(2);
    }
    return all;
}

static const char *pick(const lines *all, uint32_t client, uint64_t serial)
{
    return all->line[(client + serial) % all->count];
}

static size_t next_request(void *arg, uint32_t client, uint64_t serial, char *out, size_t room)
{
    const plan *p = arg;
    const char *body = p->bodies.count ? pick(&p->bodies, client, serial) : "";
    int n = snprintf(out, room, "%s %s HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer %s\r\n",
                     p->method, pick(&p->paths, client, serial), p->token);
    if (*body)
        n += snprintf(out + n, room - (size_t)n,
                      "Content-Type: application/json\r\nIdempotency-Key: b%ld-%u-%lu\r\n"
                      "Content-Length: %zu\r\n",
                      p->run, client, (unsigned long)serial, strlen(body));
    n += snprintf(out + n, room - (size_t)n, "\r\n%s", body);
    return (size_t)n;
}

int main(int argc, char **argv)
{
    if (argc != 7 && argc != 8) {
        fprintf(stderr, "usage: bench_load PORT CLIENTS SECONDS TOKEN METHOD PATHS [BODIES]\n");
        return 2;
    }
    plan p = {
        .token = argv[4], .method = argv[5], .paths = lines_read(argv[6]), .run = (long)getpid()};
    if (argc == 8) p.bodies = lines_read(argv[7]);
    load_config config = {.port = (uint16_t)strtoul(argv[1], NULL, 10),
                          .clients = (uint32_t)strtoul(argv[2], NULL, 10),
                          .seconds = strtod(argv[3], NULL),
                          .request = next_request,
                          .arg = &p};
    load_result r;
    if (load_run(&config, &r) != 0) {
        fprintf(stderr, "bench_load: the server does not answer\n");
        return 1;
    }
    printf("{\"per_second\":%.1f,\"answered\":%lu,\"refused\":%lu,\"p50_ms\":%.3f,\"p99_ms\":%.3f,"
           "\"max_ms\":%.3f}\n",
           r.per_second, (unsigned long)r.answered, (unsigned long)r.refused, r.p50_ms, r.p99_ms,
           r.max_ms);
    if (r.refused) fprintf(stderr, "first refusal: %s\n", r.first_refusal);
    return 0;
}
