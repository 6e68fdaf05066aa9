#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "internal.h"

enum { POLL_MS = 5, LOG_TAIL = 2048, EXIT_CHILD = 125 };

int64_t cluster_now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

void cluster_nap_ms(unsigned ms)
{
    struct timespec t = {ms / 1000, (long)(ms % 1000) * 1000000};
    nanosleep(&t, NULL);
}

/* ---- starting ---- */

static void complain(const char *what)
{
    ssize_t written = write(STDERR_FILENO, what, strlen(what));
    (void)written;
    _exit(EXIT_CHILD);
}

/* In the child: only functions that are safe after fork in a program with threads. */
static void child_become(const cluster_place *p, int input_fd, pid_t parent)
{
    sigset_t none;
    sigemptyset(&none);
    for (int s = 1; s < NSIG; s++)
        signal(s, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
    setsid(); /* Ctrl-C at a terminal is for the host, which then stops the server in order */
    umask(077);
    if (p->is_root &&
        (setgroups((size_t)p->group_count, p->groups) != 0 ||
         setresgid(p->gid, p->gid, p->gid) != 0 || setresuid(p->uid, p->uid, p->uid) != 0))
        complain("FATAL:  business-m: cannot change to the user of the server\n");
    int log_fd = open(p->log, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600);
    if (log_fd < 0) complain("FATAL:  business-m: cannot open postgres.log\n");
    dup2(input_fd, STDIN_FILENO);
    dup2(log_fd, STDOUT_FILENO);
    dup2(log_fd, STDERR_FILENO);
    syscall(SYS_close_range, 3u, ~0u, 0u);
    if (chdir(p->state) != 0) complain("FATAL:  business-m: cannot enter the state directory\n");
    /* after setresuid, which clears it */
    if (prctl(PR_SET_PDEATHSIG, SIGINT) != 0 || getppid() != parent) _exit(EXIT_CHILD);
}

static int input_open(const char *input)
{
    if (!input) return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = memfd_create("bm-input", MFD_CLOEXEC);
    size_t n = strlen(input);
    if (fd >= 0 && (write(fd, input, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) != 0)) {
        close(fd);
        return -1;
    }
    return fd;
}

pid_t process_spawn(const cluster_place *p, const char *const argv[], const char *input)
{
    static char *const environment[] = {"PATH=/usr/bin:/bin", "LC_ALL=C.UTF-8", "TZ=UTC", NULL};
    int input_fd = input_open(input);
    if (input_fd < 0) return -1;
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0) {
        child_become(p, input_fd, parent);
        execve(argv[0], (char *const *)(uintptr_t)argv, environment);
        complain("FATAL:  business-m: cannot execute the PostgreSQL program\n");
    }
    int saved = errno;
    close(input_fd);
    errno = saved;
    return pid;
}

bool process_finish(pid_t pid, uint32_t timeout_ms)
{
    int status = 0;
    int64_t until = cluster_now_ms() + timeout_ms;
    for (;;) {
        pid_t got = waitpid(pid, &status, WNOHANG);
        if (got == pid) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
        if (got < 0 && errno != EINTR) return false;
        if (cluster_now_ms() >= until) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return false;
        }
        cluster_nap_ms(POLL_MS);
    }
}

/* ---- what an earlier host left behind ---- */

/* A server process on these data: a shell that merely stands in the directory does not count. */
static bool works_in(pid_t pid, const struct stat *data)
{
    char path[64], exe[CLUSTER_PATH];
    struct stat s;
    snprintf(path, sizeof path, "/proc/%ld/cwd", (long)pid);
    if (stat(path, &s) != 0 || s.st_dev != data->st_dev || s.st_ino != data->st_ino) return false;
    snprintf(path, sizeof path, "/proc/%ld/exe", (long)pid);
    ssize_t n = readlink(path, exe, sizeof exe - 1);
    if (n <= 0) return false;
    exe[n] = '\0';
    const char *name = strrchr(exe, '/');
    return name && strncmp(name, "/postgres", strlen("/postgres")) == 0;
}

/* Counts them, and sends each the signal unless it is 0. */
static unsigned signal_all_in(const struct stat *data, int sig)
{
    unsigned count = 0;
    DIR *all = opendir("/proc");
    for (const struct dirent *e; all && (e = readdir(all));) {
        long pid = strtol(e->d_name, NULL, 10);
        if (pid <= 0 || !works_in((pid_t)pid, data)) continue;
        if (sig) kill((pid_t)pid, sig);
        count++;
    }
    if (all) closedir(all);
    return count;
}

/* Process id in postmaster.pid; 0: the file has none, -1: there is no file. */
static long pid_file_read(const char *path)
{
    char text[32] = "";
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return -1;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    return got > 0 ? strtol(text, NULL, 10) : 0;
}

static void pid_file_clear(const char *path)
{
    long pid = pid_file_read(path);
    if (pid == 0 || (pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM))) unlink(path);
}

bool process_clear_old(const cluster_place *p, uint32_t timeout_ms, void (*waiting)(void *arg),
                       void *arg)
{
    char path[CLUSTER_PATH + 24];
    struct stat data;
    snprintf(path, sizeof path, "%s/postmaster.pid", p->data);
    long pid = pid_file_read(path);
    if (pid < 0 || stat(p->data, &data) != 0) return true;

    int64_t until = cluster_now_ms() + timeout_ms;
    bool told = false, parent = pid > 0 && works_in((pid_t)pid, &data);
    if (parent) kill((pid_t)pid, SIGINT); /* it shuts down already if its host died: no harm done */
    /* Without their parent the children can do no more good, and one that computes would not
     * notice. */
    while (signal_all_in(&data, parent ? 0 : SIGQUIT) > 0) {
        if (!told) waiting(arg);
        told = true;
        if (cluster_now_ms() >= until) return false;
        cluster_nap_ms(POLL_MS);
        parent = parent && works_in((pid_t)pid, &data);
    }
    /* PostgreSQL itself clears the files of a dead process, but gives up before an empty one and
     * before a number that now belongs to somebody else, or to a dead one nobody has waited for. */
    pid_file_clear(path);
    snprintf(path, sizeof path, "%s/.s.PGSQL.5432.lock", p->socket);
    pid_file_clear(path);
    return true;
}

/* ---- the log ---- */

void process_log_tail(const cluster_place *p, char *out, size_t n)
{
    char text[LOG_TAIL + 1];
    out[0] = '\0';
    int fd = open(p->log, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return;
    off_t size = lseek(fd, 0, SEEK_END);
    ssize_t got = pread(fd, text, LOG_TAIL, size > LOG_TAIL ? size - LOG_TAIL : 0);
    close(fd);
    if (got <= 0) return;
    text[got] = '\0';
    const char *telling = NULL, *last = text;
    char *rest = NULL;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
        last = line;
        if (strstr(line, "FATAL") || strstr(line, "PANIC") || strstr(line, "error:"))
            telling = line;
    }
    snprintf(out, n, "%.300s", telling ? telling : last);
}
