#include "pg_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <glob.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "m_adapters/env.h"
#include "test_env.h"

static const char *const roles[] = {"bm_super", "bm_owner", "bm_app", "bm_relay"};
#define ROLES (sizeof roles / sizeof roles[0])

struct pg_fixture {
    char dir[64];
    char bin[256];
    char dsns[ROLES][160];
    pid_t server;
    pid_t owner;               /* the process that started it: a child of a test must not stop it */
    const struct passwd *user; /* NULL: as we are */
    m_system_env *env;
};

static pg_fixture *running;

static _Noreturn void die(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputc('\n', stderr);
    if (running) pg_fixture_stop(running);
    _exit(2);
}

/* ---- processes ---- */

static void become(const pg_fixture *f)
{
    if (!f->user) return;
    if (initgroups(f->user->pw_name, f->user->pw_gid) || setgid(f->user->pw_gid) ||
        setuid(f->user->pw_uid))
        _exit(126);
}

static void redirect(const pg_fixture *f)
{
    char path[96];
    snprintf(path, sizeof path, "%s/log", f->dir);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (fd >= 0) {
        dup2(fd, STDOUT_FILENO);
        dup2(fd, STDERR_FILENO);
    }
}

/* program: of PostgreSQL, or a path. argv[0] is filled in: the programs find each other by it. */
static pid_t start(const pg_fixture *f, const char *program, char *argv[])
{
    char path[320];
    snprintf(path, sizeof path, "%s%s%s", *program == '/' ? "" : f->bin, *program == '/' ? "" : "/",
             program);
    argv[0] = path;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid < 0) die("fork: %s", strerror(errno));
    if (pid) return pid;
    redirect(f);
    become(f);
    prctl(PR_SET_PDEATHSIG, SIGINT);
    if (getppid() != parent) _exit(126);
    char *const environment[] = {(char[]){"LC_ALL=C"}, (char[]){"PATH=/usr/bin:/bin"}, NULL};
    if (chdir(f->dir)) _exit(126);
    execve(path, argv, environment);
    _exit(127);
}

static void show_log(const pg_fixture *f)
{
    char path[96];
    snprintf(path, sizeof path, "%s/log", f->dir);
    FILE *log = fopen(path, "r");
    char line[512];
    while (log && fgets(line, sizeof line, log))
        fputs(line, stderr);
    if (log) fclose(log);
}

/* ---- the cluster ---- */

static void find_binaries(pg_fixture *f)
{
    glob_t found;
    if (glob("/usr/lib/postgresql/*/bin/initdb", 0, NULL, &found) == 0 && found.gl_pathc) {
        snprintf(f->bin, sizeof f->bin, "%s", found.gl_pathv[found.gl_pathc - 1]);
        globfree(&found);
    } else {
        snprintf(f->bin, sizeof f->bin, "%s", "/usr/bin/initdb");
    }
    *strrchr(f->bin, '/') = 0;
}

static void make_dir(pg_fixture *f)
{
    snprintf(f->dir, sizeof f->dir, "/tmp/bm-test-XXXXXX");
    if (!mkdtemp(f->dir)) die("mkdtemp: %s", strerror(errno));
    if (f->user && chown(f->dir, f->user->pw_uid, f->user->pw_gid))
        die("chown: %s", strerror(errno));
}

static bool run(const pg_fixture *f, const char *program, char *argv[])
{
    int status;
    pid_t pid = start(f, program, argv);
    return waitpid(pid, &status, 0) == pid && !status;
}

static bool copy(const pg_fixture *f, char *from, char *to)
{
    char *argv[] = {NULL, (char[]){"-a"}, from, to, NULL};
    return run(f, "/bin/cp", argv);
}

/* The empty cluster that all tests of a run copy, in the folder BM_CLUSTERS; false: there is no
 * such folder. */
static bool common_cluster(char *out, size_t n)
{
    const char *folder = getenv("BM_CLUSTERS");
    if (folder) snprintf(out, n, "%s/fixture", folder);
    return folder != NULL;
}

static void keep_cluster(const pg_fixture *f, char *data)
{
    char made[256], aside[280];
    if (!common_cluster(made, sizeof made)) return;
    snprintf(aside, sizeof aside, "%s.%d", made, (int)getpid());
    if (copy(f, data, aside)) (void)rename(aside, made); /* fails when another test was faster */
}

static void make_cluster(pg_fixture *f, char *data)
{
    char *argv[] = {NULL,
                    (char[]){"-D"},
                    data,
                    (char[]){"-U"},
                    (char[]){"bm_super"},
                    (char[]){"--auth=trust"},
                    (char[]){"-E"},
                    (char[]){"UTF8"},
                    (char[]){"--locale=C.UTF-8"},
                    (char[]){"--no-sync"},
                    (char[]){"--data-checksums"},
                    NULL};
    if (!run(f, "initdb", argv)) {
        show_log(f);
        die("initdb failed");
    }
    keep_cluster(f, data);
}

/* What is written is not forced to the disk: only a power cut could tell. */
static void init_cluster(pg_fixture *f)
{
    char data[80], made[256], path[96];
    snprintf(data, sizeof data, "%s/data", f->dir);
    if (!common_cluster(made, sizeof made) || access(made, F_OK) != 0 || !copy(f, made, data))
        make_cluster(f, data);
    snprintf(path, sizeof path, "%s/postgresql.conf", data);
    FILE *conf = fopen(path, "a");
    if (!conf) die("%s: %s", path, strerror(errno));
    fprintf(conf,
            "listen_addresses=''\nunix_socket_directories='%s'\nshared_buffers=128MB\n"
            "max_connections=40\nfsync=off\nsynchronous_commit=on\nfull_page_writes=on\n"
            "max_wal_size=1GB\njit=off\ntimezone=UTC\nlog_min_messages=warning\n"
            "log_min_error_statement=panic\nmax_prepared_transactions=0\n",
            f->dir);
    fclose(conf);
}

static void start_server(pg_fixture *f)
{
    char data[80];
    snprintf(data, sizeof data, "%s/data", f->dir);
    char *argv[] = {NULL, (char[]){"-D"}, data, NULL};
    f->server = start(f, "postgres", argv);
    char dsn[160];
    snprintf(dsn, sizeof dsn, "host=%s dbname=postgres user=bm_super", f->dir);
    for (int i = 0; i < 3000; i++) {
        if (PQping(dsn) == PQPING_OK) return;
        int status;
        if (waitpid(f->server, &status, WNOHANG) == f->server) {
            f->server = 0;
            show_log(f);
            die("postgres ended");
        }
        usleep(5000);
    }
    show_log(f);
    die("postgres did not start");
}

static m_pg_conn *connect_as(pg_fixture *f, const char *dsn, m_call *call)
{
    m_pg_options options = {.dsn = dsn, .env = m_system_env_of(f->env)};
    m_pg_conn *conn;
    if (m_pg_conn_open(&options, call, &conn) != M_OK) die("cannot connect: %s", dsn);
    return conn;
}

static void make_database(pg_fixture *f)
{
    char dsn[160];
    snprintf(dsn, sizeof dsn, "host=%s dbname=postgres user=bm_super", f->dir);
    m_call *call = test_call();
    m_pg_conn *conn = connect_as(f, dsn, call);
    if (m_pg_bootstrap(conn, call, "bm") != M_OK) die("bootstrap failed");
    m_pg_conn_close(conn);
    conn = connect_as(f, pg_fixture_dsn(f, "bm_super"), call);
    if (m_pg_bootstrap_database(conn, call) != M_OK) die("bootstrap of the database failed");
    m_pg_conn_close(conn);
    test_call_free(call);
}

static void stop_at_exit(void)
{
    if (running && running->owner == getpid()) pg_fixture_stop(running);
}

pg_fixture *pg_fixture_start(void)
{
    static bool registered;
    pg_fixture *f = calloc(1, sizeof *f);
    if (!f) die("no memory");
    f->owner = getpid();
    running = f;
    if (!registered) atexit(stop_at_exit);
    registered = true;
    if (geteuid() == 0) {
        f->user = getpwnam("postgres");
        if (!f->user) f->user = getpwnam("nobody");
    }
    f->env = m_system_env_new("error");
    find_binaries(f);
    make_dir(f);
    for (size_t i = 0; i < ROLES; i++)
        snprintf(f->dsns[i], sizeof f->dsns[i], "host=%s dbname=bm user=%s", f->dir, roles[i]);
    init_cluster(f);
    start_server(f);
    make_database(f);
    return f;
}

static int remove_one(const char *path, const struct stat *info, int kind, struct FTW *walk)
{
    (void)info, (void)kind, (void)walk;
    return remove(path);
}

/* Fast, then immediate, then at once: a fast shutdown that meets a crash recovery may never end. */
static void end_server(const pg_fixture *f)
{
    static const int signals[] = {SIGINT, SIGQUIT, SIGKILL};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        kill(f->server, signals[i]);
        for (int tries = 0; tries < 500; tries++) {
            if (waitpid(f->server, NULL, WNOHANG) == f->server) return;
            usleep(10000);
        }
    }
}

void pg_fixture_stop(pg_fixture *f)
{
    if (!f) return;
    running = NULL;
    if (f->server) end_server(f);
    nftw(f->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    m_system_env_free(f->env);
    free(f);
}

const char *pg_fixture_dsn(pg_fixture *f, const char *role)
{
    for (size_t i = 0; i < ROLES; i++)
        if (strcmp(roles[i], role) == 0) return f->dsns[i];
    die("no such role: %s", role);
}

void pg_fixture_migrate(pg_fixture *f, const m_type *const *types, const char *prefix)
{
    m_call *call = test_call();
    m_pg_conn *conn = connect_as(f, pg_fixture_dsn(f, "bm_owner"), call);
    m_pg_schema schema = {.types = types, .schema_prefix = prefix, .today = m_today(call)};
    while (types[schema.count])
        schema.count++;
    m_pg_migration done;
    m_status status = m_pg_migrate(conn, call, &schema, M_PG_APPLY, &done);
    if (status != M_OK)
        die("migrate: %s: %.*s %.*s", m_status_name(status), M_STR_ARG(call->error.message),
            M_STR_ARG(done.refused));
    m_pg_conn_close(conn);
    test_call_free(call);
}

m_uow *pg_fixture_uow(pg_fixture *f)
{
    m_pg_options options = {.dsn = pg_fixture_dsn(f, "bm_app"), .env = m_system_env_of(f->env)};
    m_uow *uow;
    if (m_pg_uow_open(&options, &uow) != M_OK) die("no memory");
    return uow;
}
