/* The private PostgreSQL cluster: made, started, killed, adopted, stopped. Real servers in a
 * temporary directory, Unix sockets only. */
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <libpq-fe.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cluster.h"

enum { PATIENCE_MS = 20000 };

static char root[64], state[128];
static _Atomic unsigned died, readied, created;

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void nap(void)
{
    struct timespec t = {0, 5000000};
    nanosleep(&t, NULL);
}

static void listener(void *arg, cluster_event event, const char *text)
{
    (void)arg;
    ck_assert_ptr_nonnull(text);
    if (event == CLUSTER_DIED) died++;
    if (event == CLUSTER_READY) readied++;
    if (event == CLUSTER_CREATING) created++;
}

static cluster_config config_at(const char *dir)
{
    return (cluster_config){.state_dir = dir,
                            .lock_wait_ms = 100,
                            .start_timeout_ms = PATIENCE_MS,
                            .listener = listener};
}

/* The listener hears that the server is ready a moment after cluster_start knows. */
static void await_ready(unsigned before)
{
    int64_t until = now_ms() + PATIENCE_MS;
    while (readied == before && now_ms() < until)
        nap();
    ck_assert_uint_gt(readied, before);
}

static cluster *start_at(const char *dir)
{
    cluster_config config = config_at(dir);
    cluster *c = NULL;
    char error[512] = "";
    unsigned before = readied;
    m_status status = cluster_start(&config, &c, error, sizeof error);
    ck_assert_msg(status == M_OK, "%s", error);
    await_ready(before);
    return c;
}

static PGconn *connect_as(const cluster *c, const char *role)
{
    char dsn[1024];
    ck_assert(cluster_dsn(c, role, "postgres", dsn, sizeof dsn));
    return PQconnectdb(dsn);
}

/* First value of the answer, "" for none; fails the test on an error. */
static const char *ask(const cluster *c, const char *role, const char *sql)
{
    static char value[256];
    PGconn *db = connect_as(c, role);
    ck_assert_msg(PQstatus(db) == CONNECTION_OK, "%s: %s", role, PQerrorMessage(db));
    PGresult *r = PQexec(db, sql);
    ExecStatusType got = PQresultStatus(r);
    ck_assert_msg(got == PGRES_TUPLES_OK || got == PGRES_COMMAND_OK, "%s", PQerrorMessage(db));
    snprintf(value, sizeof value, "%s", PQntuples(r) ? PQgetvalue(r, 0, 0) : "");
    PQclear(r);
    PQfinish(db);
    return value;
}

static void write_file(const char *path, const char *text)
{
    struct stat s;
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    char data[160];
    snprintf(data, sizeof data, "%s/data", state);
    if (stat(data, &s) == 0) ck_assert_int_eq(fchown(fd, s.st_uid, s.st_gid), 0);
    close(fd);
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s;
    (void)kind;
    (void)at;
    return remove(path);
}

static void make_root(void)
{
    snprintf(root, sizeof root, "/tmp/bm-cluster-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(root));
    ck_assert_int_eq(chmod(root, 0755), 0); /* as root the server runs as somebody else */
    snprintf(state, sizeof state, "%s/state", root);
}

static void remove_root(void)
{
    nftw(root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

START_TEST(first_start_makes_a_durable_cluster)
{
    char half[160];
    created = 0;
    ck_assert_int_eq(mkdir(state, 0700), 0);
    snprintf(half, sizeof half, "%s/data.new", state);
    ck_assert_int_eq(mkdir(half, 0700), 0); /* as if an earlier first start had been cut off */
    snprintf(half, sizeof half, "%s/data.new/PG_VERSION", state);
    write_file(half, "15\n");
    cluster *c = start_at(state);
    ck_assert_uint_eq(created, 1);
    static const char *const settings[][2] = {{"fsync", "on"},
                                              {"full_page_writes", "on"},
                                              {"synchronous_commit", "on"},
                                              {"data_checksums", "on"},
                                              {"listen_addresses", ""},
                                              {"max_connections", "200"},
                                              {"jit", "off"},
                                              {"TimeZone", "UTC"},
                                              {"lock_timeout", "2s"},
                                              {"server_encoding", "UTF8"},
                                              {"lc_collate", "C.UTF-8"},
                                              {"unix_socket_permissions", "0700"}};
    for (size_t i = 0; i < sizeof settings / sizeof settings[0]; i++) {
        char sql[64];
        snprintf(sql, sizeof sql, "SHOW %s", settings[i][0]);
        ck_assert_str_eq(ask(c, CLUSTER_ROLE_APP, sql), settings[i][1]);
    }
    cluster_stop(c);
}
END_TEST

START_TEST(roles_sign_in_and_only_one_is_mighty)
{
    static const char *const roles[] = {CLUSTER_ROLE_SUPER, CLUSTER_ROLE_OWNER, CLUSTER_ROLE_APP,
                                        CLUSTER_ROLE_RELAY};
    cluster *c = start_at(state);
    for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++) {
        ck_assert_str_eq(ask(c, roles[i], "SELECT current_user"), roles[i]);
        ck_assert_str_eq(ask(c, roles[i],
                             "SELECT rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb"
                             " FROM pg_roles WHERE rolname = current_user"),
                         i == 0 ? "t" : "f");
    }
    PGconn *other = connect_as(c, "nobody_known");
    ck_assert_int_eq(PQstatus(other), CONNECTION_BAD);
    PQfinish(other);
    cluster_stop(c);
}
END_TEST

START_TEST(other_users_are_kept_out)
{
    if (geteuid() != 0) return; /* only root can become somebody else */
    cluster *c = start_at(state);
    pid_t child = fork();
    if (child == 0) {
        if (setgid(65534) != 0 || setuid(65534) != 0) _exit(2);
        PGconn *db = connect_as(c, CLUSTER_ROLE_APP);
        _exit(PQstatus(db) == CONNECTION_OK);
    }
    int status = -1;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    cluster_stop(c);
}
END_TEST

static void await_revival(cluster *c, unsigned before)
{
    await_ready(before);
    ck_assert(cluster_is_ready(c));
}

START_TEST(killed_server_comes_back_with_its_data)
{
    cluster *c = start_at(state);
    ask(c, CLUSTER_ROLE_SUPER, "CREATE TABLE IF NOT EXISTS kept (n int)");
    for (unsigned round = 0; round < 3; round++) {
        char sql[64];
        unsigned before = readied;
        int pid = cluster_server_pid(c);
        ck_assert_int_gt(pid, 0);
        snprintf(sql, sizeof sql, "INSERT INTO kept VALUES (%u)", round);
        ask(c, CLUSTER_ROLE_SUPER, sql);
        died = 0;
        ck_assert_int_eq(kill(pid, SIGKILL), 0);
        await_revival(c, before);
        ck_assert_uint_ge(died, 1);
        ck_assert_int_ne(cluster_server_pid(c), pid);
        snprintf(sql, sizeof sql, "%u", round + 1);
        ck_assert_str_eq(ask(c, CLUSTER_ROLE_SUPER, "SELECT count(*) FROM kept"), sql);
    }
    ask(c, CLUSTER_ROLE_SUPER, "DROP TABLE kept");
    cluster_stop(c);
}
END_TEST

START_TEST(stop_ends_the_server_and_start_again_is_quick)
{
    cluster *c = start_at(state);
    int pid = cluster_server_pid(c);
    PGconn *busy =
        connect_as(c, CLUSTER_ROLE_APP); /* an open connection must not hold up the stop */
    ck_assert_int_eq(PQstatus(busy), CONNECTION_OK);
    int64_t from = now_ms();
    cluster_stop(c);
    printf("stop: %lld ms\n", (long long)(now_ms() - from));
    ck_assert(kill(pid, 0) != 0 && errno == ESRCH);
    PQfinish(busy);
    from = now_ms();
    created = 0;
    c = start_at(state);
    printf("start of an existing cluster: %lld ms\n", (long long)(now_ms() - from));
    ck_assert_uint_eq(created, 0);
    cluster_stop(c);
}
END_TEST

START_TEST(state_directory_has_one_owner)
{
    cluster *c = start_at(state), *second = NULL;
    cluster_config config = config_at(state);
    char error[512] = "";
    ck_assert_int_eq(cluster_start(&config, &second, error, sizeof error), M_CONFLICT);
    ck_assert_ptr_null(second);
    ck_assert_ptr_nonnull(strstr(error, state));
    ck_assert_str_eq(ask(c, CLUSTER_ROLE_APP, "SELECT 1"), "1");
    cluster_stop(c);
}
END_TEST

START_TEST(commands_attach_to_a_running_server)
{
    cluster *c = start_at(state), *beside = NULL;
    cluster_config config = config_at(state);
    char error[512] = "";
    ck_assert_int_eq(cluster_attach(&config, &beside, error, sizeof error), M_OK);
    ck_assert(cluster_is_attached(beside));
    ck_assert(cluster_is_ready(beside));
    ck_assert_str_eq(ask(beside, CLUSTER_ROLE_OWNER, "SELECT current_user"), CLUSTER_ROLE_OWNER);
    cluster_stop(beside);
    ck_assert_str_eq(ask(c, CLUSTER_ROLE_APP, "SELECT 1"), "1");
    cluster_stop(c);

    beside = NULL;
    ck_assert_int_eq(cluster_attach(&config, &beside, error, sizeof error), M_OK);
    ck_assert(!cluster_is_attached(beside));
    ck_assert_str_eq(ask(beside, CLUSTER_ROLE_APP, "SELECT 1"), "1");
    cluster_stop(beside);
}
END_TEST

/* A backend that computes does not notice that its parent is gone, and would hold the data for
 * long. */
START_TEST(busy_orphan_does_not_hold_up_the_revival)
{
    cluster *c = start_at(state);
    unsigned before = readied;
    PGconn *busy = connect_as(c, CLUSTER_ROLE_SUPER);
    ck_assert_int_eq(PQsendQuery(busy, "SELECT count(*) FROM generate_series(1, 1000000) a,"
                                       " generate_series(1, 1000000) b"),
                     1);
    for (int i = 0; i < 40; i++)
        nap();
    ck_assert_int_eq(kill(cluster_server_pid(c), SIGKILL), 0);
    await_revival(c, before);
    ck_assert_str_eq(ask(c, CLUSTER_ROLE_APP, "SELECT 1"), "1");
    PQfinish(busy);
    cluster_stop(c);
}
END_TEST

/* A host of its own in a child process, where nothing may be asserted: a failure would go on with
 * the tests there. Says which server it has and waits to be killed. */
static _Noreturn void host_run(int ready)
{
    cluster_config config = config_at(state);
    cluster *c = NULL;
    char error[512];
    if (cluster_start(&config, &c, error, sizeof error) != M_OK) _exit(2);
    int pid = cluster_server_pid(c);
    PGconn *db = connect_as(c, CLUSTER_ROLE_SUPER);
    PGresult *made = PQexec(db, "CREATE TABLE acknowledged ()");
    if (PQresultStatus(made) != PGRES_COMMAND_OK || write(ready, &pid, sizeof pid) != sizeof pid)
        _exit(2);
    for (;;)
        pause();
}

/* Starts a host in a child process and kills it without warning. Returns what its server was. */
static int host_start_and_kill(void)
{
    int ready[2];
    int pid = 0;
    ck_assert_int_eq(pipe(ready), 0);
    pid_t host = fork();
    if (host == 0) host_run(ready[1]);
    close(ready[1]); /* a host that ends early is seen */
    ck_assert_int_eq(read(ready[0], &pid, sizeof pid), (ssize_t)sizeof pid);
    ck_assert_int_eq(kill(host, SIGKILL), 0);
    ck_assert_int_eq(waitpid(host, NULL, 0), host);
    close(ready[0]);
    return pid;
}

START_TEST(host_killed_and_started_again_at_once)
{
    int pid = host_start_and_kill();
    int64_t from = now_ms();
    cluster *c = start_at(state);
    printf("start after a killed host: %lld ms\n", (long long)(now_ms() - from));
    ck_assert_int_ne(cluster_server_pid(c), pid);
    ask(c, CLUSTER_ROLE_SUPER, "DROP TABLE acknowledged");
    cluster_stop(c);
}
END_TEST

START_TEST(server_of_a_killed_host_ends_by_itself)
{
    char exe[64], target[8];
    snprintf(exe, sizeof exe, "/proc/%d/exe", host_start_and_kill());
    int64_t until = now_ms() + PATIENCE_MS;
    while (readlink(exe, target, sizeof target) > 0 && now_ms() < until)
        nap(); /* a zombie that nobody has reaped yet has no program either */
    ck_assert_int_lt(readlink(exe, target, sizeof target), 0);
    cluster *c = start_at(state);
    ask(c, CLUSTER_ROLE_SUPER, "DROP TABLE acknowledged");
    cluster_stop(c);
}
END_TEST

/* Both host and server killed, and the number in postmaster.pid useless in three ways. */
START_TEST(stale_process_id_file_does_not_keep_it_from_starting)
{
    char path[160], own[64], alive[64];
    struct stat s;
    snprintf(path, sizeof path, "%s/data", state);
    ck_assert_int_eq(stat(path, &s), 0);
    pid_t sleeper = fork(); /* a live process of the server's user that is no server */
    if (sleeper == 0) {
        if (geteuid() == 0 && (setgid(s.st_gid) != 0 || setuid(s.st_uid) != 0)) _exit(2);
        for (;;)
            pause();
    }
    snprintf(path, sizeof path, "%s/data/postmaster.pid", state);
    snprintf(own, sizeof own, "%ld\n", (long)getpid());
    snprintf(alive, sizeof alive, "%ld\n/nowhere\n1\n5432\n", (long)sleeper);
    const char *const texts[] = {"", own, alive, "999999999\n"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        write_file(path, texts[i]);
        cluster *c = start_at(state);
        ck_assert_str_eq(ask(c, CLUSTER_ROLE_APP, "SELECT 1"), "1");
        cluster_stop(c);
    }
    ck_assert_int_eq(kill(sleeper, 0), 0); /* the stranger was left alone */
    kill(sleeper, SIGKILL);
    waitpid(sleeper, NULL, 0);
}
END_TEST

START_TEST(long_path_gets_a_short_socket)
{
    char dir[256], dsn[1024], too_small[20];
    snprintf(dir, sizeof dir, "%s/%0100d", root, 7);
    cluster *c = start_at(dir);
    ck_assert_str_eq(ask(c, CLUSTER_ROLE_APP, "SELECT 1"), "1");
    ck_assert(cluster_dsn(c, CLUSTER_ROLE_APP, "postgres", dsn, sizeof dsn));
    ck_assert_ptr_null(strstr(dsn, root));
    ck_assert(!cluster_dsn(c, CLUSTER_ROLE_APP, "postgres", too_small, sizeof too_small));
    char *socket = strchr(dsn, '\'') + 1; /* host='…' comes first */
    *strchr(socket, '\'') = '\0';
    cluster_stop(c);
    ck_assert_int_eq(rmdir(socket), 0);
}
END_TEST

START_TEST(trouble_is_told_in_a_sentence)
{
    cluster_config config = config_at(state);
    cluster *c = NULL;
    char error[512] = "", path[160];
    config.bin_dir = "/nowhere";
    ck_assert_int_eq(cluster_start(&config, &c, error, sizeof error), M_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error, "/nowhere"));
    config = config_at("relative/path");
    ck_assert_int_eq(cluster_start(&config, &c, error, sizeof error), M_INVALID);

    config = config_at(state);
    snprintf(path, sizeof path, "%s/data/PG_VERSION", state);
    write_file(path, "9\n");
    ck_assert_int_eq(cluster_start(&config, &c, error, sizeof error), M_UNAVAILABLE);
    ck_assert_ptr_nonnull(strstr(error, "PostgreSQL 9"));
    write_file(path, "15\n");

    snprintf(path, sizeof path, "%s/data/postgresql.auto.conf", state);
    write_file(path, "work_mem = 'much'\n");
    ck_assert_int_eq(cluster_start(&config, &c, error, sizeof error), M_UNAVAILABLE);
    ck_assert_msg(strstr(error, "postgresql.auto.conf") != NULL, "%s", error);
    write_file(path, "");
    ck_assert_ptr_null(c);
    cluster_stop(start_at(state));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("cluster");
    TCase *tc = tcase_create("cluster");
    tcase_set_timeout(tc, 120);
    tcase_add_unchecked_fixture(tc, make_root, remove_root);
    tcase_add_test(tc, first_start_makes_a_durable_cluster);
    tcase_add_test(tc, roles_sign_in_and_only_one_is_mighty);
    tcase_add_test(tc, other_users_are_kept_out);
    tcase_add_test(tc, killed_server_comes_back_with_its_data);
    tcase_add_test(tc, stop_ends_the_server_and_start_again_is_quick);
    tcase_add_test(tc, state_directory_has_one_owner);
    tcase_add_test(tc, commands_attach_to_a_running_server);
    tcase_add_test(tc, busy_orphan_does_not_hold_up_the_revival);
    tcase_add_test(tc, host_killed_and_started_again_at_once);
    tcase_add_test(tc, server_of_a_killed_host_ends_by_itself);
    tcase_add_test(tc, stale_process_id_file_does_not_keep_it_from_starting);
    tcase_add_test(tc, long_path_gets_a_short_socket);
    tcase_add_test(tc, trouble_is_told_in_a_sentence);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_set_fork_status(runner, CK_NOFORK); /* the tests share one cluster, made by the first */
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
