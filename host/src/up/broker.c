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

#include "m_adapters/nkey.h"
#include "m_adapters/rpc.h"

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
    snprintf(b->call_keys, sizeof b->call_keys, "%s/call.keys", b->folder);
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

static bool write_config(broker *b, const char *domains, int port)
{
    char *names = strdup(domains), *rest = NULL;
    FILE *file = fopen(b->config, "we");
    bool good = names && file;
    if (file)
        fprintf(file,
                "# written at every start\nlisten: \"127.0.0.1:%d\"\nmax_payload: 8MB\n"
                "jetstream { store_dir: \"%s/jetstream\" }\nauthorization {\n  users = [\n",
                port, b->folder);
    for (char *name = good ? strtok_r(names, ",", &rest) : NULL; good && name;
         name = strtok_r(NULL, ",", &rest)) {
        char key[M_NKEY_PUBLIC];
        good = public_key(b, name, key);
        if (good) fprintf(file, "    { nkey: %s } # %s\n", key, name);
    }
    if (file) fprintf(file, "  ]\n}\n");
    if (file && fclose(file) != 0) good = false;
    free(names);
    if (!good) fprintf(stderr, "The broker's configuration cannot be written.\n");
    return good;
}

bool broker_prepare(broker *b, const char *folder, const char *domains)
{
    int port = FIRST_PORT;
    snprintf(b->folder, sizeof b->folder, "%s/nats", folder);
    snprintf(b->config, sizeof b->config, "%s/nats.conf", b->folder);
    if (mkdir(b->folder, 0700) != 0 && errno != EEXIST) {
        fprintf(stderr, "%s cannot be made: %s.\n", b->folder, strerror(errno));
        return false;
    }
    while (port < LAST_PORT && !is_free(port))
        port++;
    snprintf(b->url, sizeof b->url, "nats://127.0.0.1:%d", port);
    return find_program(b) && make_call_keys(b) && write_config(b, domains, port);
}
