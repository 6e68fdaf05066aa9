#include "nats_fixture.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIXTURES_MAX 8
#define FILES_MAX    32
#define PATH_SIZE    128

struct nats_fixture {
    char dir[64];
    char url[64];
    int port;
    pid_t server;
    pid_t owner; /* the process that started it: a child of a test must not stop it */
    char *files[FILES_MAX];
    int file_count;
};

static nats_fixture *running[FIXTURES_MAX];

static _Noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    for (int i = 0; i < FIXTURES_MAX; i++)
        if (running[i] && running[i]->owner == getpid()) nats_fixture_stop(running[i]);
    _exit(2);
}

static void stop_at_exit(void)
{
    for (int i = 0; i < FIXTURES_MAX; i++)
        if (running[i] && running[i]->owner == getpid()) nats_fixture_stop(running[i]);
}

static int free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, size) ||
        getsockname(fd, (struct sockaddr *)&address, &size))
        die("no free port: %s", strerror(errno));
    close(fd);
    return ntohs(address.sin_port);
}

nats_fixture *nats_fixture_prepare(void)
{
    static bool registered;
    nats_fixture *f = calloc(1, sizeof *f);
    if (!f) die("no memory");
    int at = 0;
    while (at < FIXTURES_MAX && running[at])
        at++;
    if (at == FIXTURES_MAX) die("too many brokers");
    f->owner = getpid();
    snprintf(f->dir, sizeof f->dir, "/tmp/bm-nats-XXXXXX");
    if (!mkdtemp(f->dir)) die("mkdtemp: %s", strerror(errno));
    running[at] = f;
    if (!registered) atexit(stop_at_exit);
    registered = true;
    f->port = free_port();
    snprintf(f->url, sizeof f->url, "nats://127.0.0.1:%d", f->port);
    return f;
}

/* ---- the process ---- */

static void show_log(const nats_fixture *f)
{
    char path[PATH_SIZE], line[512];
    snprintf(path, sizeof path, "%s/log", f->dir);
    FILE *log = fopen(path, "re");
    while (log && fgets(line, sizeof line, log))
        fputs(line, stderr);
    if (log) fclose(log);
}

static void run_server(const nats_fixture *f)
{
    int fd = open("log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
    char *const environment[] = {(char[]){"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, NULL};
    char *const argv[] = {(char[]){"nats-server"}, (char[]){"-c"}, (char[]){"conf"}, NULL};
    (void)f;
    execvpe("nats-server", argv, environment);
    _exit(127);
}

/* The broker greets with INFO once it serves. */
static bool greets(const nats_fixture *f)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_port = htons((uint16_t)f->port),
                                  .sin_addr = {htonl(INADDR_LOOPBACK)}};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    char word[5] = "";
    bool good = fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
    struct pollfd wait = {.fd = fd, .events = POLLIN};
    good = good && poll(&wait, 1, 1000) == 1 && recv(fd, word, 4, MSG_WAITALL) == 4 &&
           strcmp(word, "INFO") == 0;
    if (fd >= 0) close(fd);
    return good;
}

static void await_server(nats_fixture *f)
{
    for (int i = 0; i < 2000; i++) {
        if (greets(f)) return;
        if (waitpid(f->server, NULL, WNOHANG) == f->server) {
            f->server = 0;
            show_log(f);
            die("nats-server ended (is it installed?)");
        }
        usleep(5000);
    }
    show_log(f);
    die("nats-server did not start");
}

void nats_fixture_up(nats_fixture *f)
{
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) die("fork: %s", strerror(errno));
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        if (getppid() != parent || chdir(f->dir)) _exit(126);
        run_server(f);
    }
    f->server = pid;
    await_server(f);
}

void nats_fixture_down(nats_fixture *f, bool hard)
{
    if (!f->server) return;
    kill(f->server, hard ? SIGKILL : SIGTERM);
    for (int tries = 0; tries < 1000; tries++) {
        if (waitpid(f->server, NULL, WNOHANG) == f->server) {
            f->server = 0;
            return;
        }
        usleep(5000);
    }
    kill(f->server, SIGKILL);
    waitpid(f->server, NULL, 0);
    f->server = 0;
}

/* ---- configuration and files ---- */

const char *nats_fixture_file(nats_fixture *f, const char *name, const char *text)
{
    if (f->file_count == FILES_MAX) die("too many files");
    char *path = malloc(PATH_SIZE);
    if (!path) die("no memory");
    snprintf(path, PATH_SIZE, "%s/%s", f->dir, name);
    f->files[f->file_count++] = path;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
    if (!file) die("%s: %s", path, strerror(errno));
    fputs(text, file);
    fclose(file);
    return path;
}

void nats_fixture_run(nats_fixture *f, const char *config)
{
    char path[PATH_SIZE];
    nats_fixture_down(f, false);
    snprintf(path, sizeof path, "%s/conf", f->dir);
    FILE *file = fopen(path, "we");
    if (!file) die("%s: %s", path, strerror(errno));
    if (!strstr(config, "listen:")) fprintf(file, "listen: \"127.0.0.1:%d\"\n", f->port);
    fprintf(file, "%s\n", config);
    fclose(file);
    nats_fixture_up(f);
}

nats_fixture *nats_fixture_start_bare(const char *config)
{
    nats_fixture *f = nats_fixture_prepare();
    nats_fixture_run(f, config);
    return f;
}

nats_fixture *nats_fixture_start(const char *config)
{
    static const char own[] = "jetstream { store_dir: \"js\", max_mem: 64M, max_file: 1G }\n";
    size_t size = sizeof own + (config ? strlen(config) : 0);
    char *all = malloc(size);
    if (!all) die("no memory");
    snprintf(all, size, "%s%s", own, config ? config : "");
    nats_fixture *f = nats_fixture_start_bare(all);
    free(all);
    return f;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

void nats_fixture_wipe(nats_fixture *f)
{
    char path[PATH_SIZE];
    if (f->server) die("a running broker is not wiped");
    snprintf(path, sizeof path, "%s/js", f->dir);
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void nats_fixture_stop(nats_fixture *f)
{
    if (!f) return;
    for (int i = 0; i < FIXTURES_MAX; i++)
        if (running[i] == f) running[i] = NULL;
    nats_fixture_down(f, false);
    nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    for (int i = 0; i < f->file_count; i++)
        free(f->files[i]);
    free(f);
}

const char *nats_fixture_dir(const nats_fixture *f)
{
    return f->dir;
}

const char *nats_fixture_url(const nats_fixture *f)
{
    return f->url;
}

int nats_fixture_port(const nats_fixture *f)
{
    return f->port;
}

pid_t nats_fixture_pid(const nats_fixture *f)
{
    return f->server;
}
