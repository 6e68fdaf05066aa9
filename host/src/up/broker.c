#include "broker.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "m_adapters/nats_config.h"
#include "m_adapters/nkey.h"
#include "m_adapters/rpc.h"
#include "streams.h"

#define FIRST_PORT 4322 /* beside the distribution's own broker, which has 4222 */
#define LAST_PORT  4422

static bool find_program(broker *b)
{
    static const char *const places[] = {"/usr/sbin", "/usr/bin", "/usr/local/bin",
                                         "/usr/local/sbin"};
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(b->program, sizeof b->program, "%s/nats-server", places[i]);
        if (access(b->program, X_OK) == 0) return true;
    }
    fprintf(stderr, "nats-server is not installed; on Debian: apt-get install nats-server\n");
    return false;
}

static bool is_free(int port)
{
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_port = htons((uint16_t)port),
                             .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int yes = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0) return false;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    bool free_ = bind(fd, (struct sockaddr *)&at, sizeof at) == 0;
    close(fd);
    return free_;
}

static bool write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    size_t n = strlen(text);
    bool good = fd >= 0 && write(fd, text, n) == (ssize_t)n;
    if (fd >= 0 && close(fd) != 0) good = false;
    if (!good) fprintf(stderr, "%s cannot be written: %s.\n", path, strerror(errno));
    return good;
}

static bool read_file(const char *path, char *out, size_t n)
{
    FILE *file = fopen(path, "re");
    size_t got = file ? fread(out, 1, n - 1, file) : 0;
    out[got] = 0;
    if (file) fclose(file);
    return got > 0;
}

/* What questions are signed with: made once, for all processes. */
static bool make_call_keys(broker *b)
{
    char line[M_RPC_KEY_TEXT], text[M_RPC_KEY_TEXT + 2];
    if (access(b->call_keys, R_OK) == 0) return true;
    if (m_rpc_key_make("first", line) != M_OK) return false;
    snprintf(text, sizeof text, "%s\n", line);
    return write_file(b->call_keys, text);
}

bool broker_seed_file(const broker *b, const char *domain, char *out, size_t n)
{
    int length = snprintf(out, n, "%s/%s.nk", b->folder, domain);
    return length > 0 && (size_t)length < n;
}

static bool public_key(const broker *b, const char *domain, char out[M_NKEY_PUBLIC])
{
    char path[700], seed[M_NKEY_SEED];
    if (!broker_seed_file(b, domain, path, sizeof path)) return false;
    if (read_file(path, seed, sizeof seed)) {
        if (m_nkey_public(m_str_of(seed), out) == M_OK) return true;
        fprintf(stderr, "%s holds no nkey seed; remove it to get a new one.\n", path);
        return false;
    }
    return m_nkey_make(M_NKEY_USER, seed, out) == M_OK && write_file(path, seed);
}

/* ---- rights ---- */

#define COMMAND "command" /* who asks all domains from the command line, and hears nothing */

typedef struct {
    domain_names all;
    m_nats_service services[DOMAINS_LIMIT];
    char keys[DOMAINS_LIMIT + 1][M_NKEY_PUBLIC];
    const char *others[DOMAINS_LIMIT][DOMAINS_LIMIT + 1];
    uint32_t count; /* of services */
} rights;

static bool grant(const broker *b, rights *r)
{
    domain_names_read(&r->all, b->domains);
    for (uint32_t i = 0; i < r->all.count; i++) {
        if (!public_key(b, r->all.names[i], r->keys[i])) return false;
        domain_names_others(&r->all, i, r->others[i]);
        r->services[i] = (m_nats_service){.name = r->all.names[i],
                                          .key = r->keys[i],
                                          .asks = r->others[i],
                                          .hears = r->others[i],
                                          .discovers = strcmp(r->all.names[i], "core") == 0};
    }
    r->count = r->all.count;
    if (r->count == DOMAINS_LIMIT || !public_key(b, COMMAND, r->keys[r->count])) return false;
    r->services[r->count] =
        (m_nats_service){.name = COMMAND, .key = r->keys[r->count], .asks = r->all.names};
    r->count++;
    return public_key(b, STREAMS_USER, r->keys[DOMAINS_LIMIT]);
}

static bool write_config(const broker *b, const broker_place *place)
{
    char store[700];
    const char *why = "there is not enough memory";
    rights *r = calloc(1, sizeof *r);
    m_arena *arena = m_arena_new(0);
    m_buf text = {.arena = arena};
    snprintf(store, sizeof store, "%s/jetstream", b->folder);
    bool good = r && arena && grant(b, r);
    if (good) {
        m_nats_config config = {.listen = place->listen,
                                .server_name = "business-m",
                                .store_dir = place->store ? place->store : store,
                                .monitor = place->monitor,
                                .tls_cert = place->tls_cert,
                                .tls_key = place->tls_key,
                                .tls_ca = place->tls_ca,
                                .deploy_key = r->keys[DOMAINS_LIMIT],
                                .services = r->services,
                                .service_count = r->count};
        good = m_nats_config_write(&config, &text, &why) == M_OK && !text.failed &&
               write_file(b->config, m_str_z(arena, m_buf_str(&text)));
    }
    if (!good) fprintf(stderr, "The broker's configuration cannot be made: %s\n", why);
    m_arena_free(arena);
    free(r);
    return good;
}

void broker_name(broker *b, const char *folder, const char *domains)
{
    snprintf(b->folder, sizeof b->folder, "%s", folder);
    snprintf(b->domains, sizeof b->domains, "%s", domains);
    snprintf(b->config, sizeof b->config, "%s/nats.conf", b->folder);
    snprintf(b->call_keys, sizeof b->call_keys, "%s/call.keys", b->folder);
}

bool broker_write(broker *b, const char *folder, const char *domains, const broker_place *place)
{
    broker_name(b, folder, domains);
    return make_call_keys(b) && write_config(b, place);
}

/* Two installations that start together look at different ports first. */
static int free_port(void)
{
    int ports = LAST_PORT - FIRST_PORT, first = getpid() % ports, at = 0;
    while (at < ports && !is_free(FIRST_PORT + (first + at) % ports))
        at++;
    return FIRST_PORT + (first + at) % ports;
}

bool broker_prepare(broker *b, const char *folder, const char *domains)
{
    char own[640], listen[32];
    snprintf(own, sizeof own, "%s/nats", folder);
    if (mkdir(own, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s cannot be made: %s.\n", own, strerror(errno));
        return false;
    }
    snprintf(listen, sizeof listen, "127.0.0.1:%d", free_port());
    snprintf(b->url, sizeof b->url, "nats://%s", listen);
    const broker_place place = {.listen = listen};
    return find_program(b) && broker_write(b, own, domains, &place);
}
