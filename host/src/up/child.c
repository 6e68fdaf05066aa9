#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ENVIRONMENT_MAX 512
#define LONGEST_WAIT_MS 30000
#define GOOD_LIFE_MS    5000 /* who lived so long did not fail at its start */
#define EXIT_CHILD      127

extern char **environ;

bool child_set(child *c, const char *name, const char *value)
{
    size_t n = strlen(name) + strlen(value) + 2;
    char *text = c->setting_count < CHILD_SETTINGS_MAX ? malloc(n) : NULL;
    if (!text) return false;
    snprintf(text, n, "%s=%s", name, value);
    c->settings[c->setting_count++] = text;
    return true;
}

/* Our own M_… variables are for us: what a child needs is set for it. */
static void environment_of(const child *c, char **out)
{
    uint32_t n = 0;
    for (char **e = environ; *e && n < ENVIRONMENT_MAX; e++)
        if (strncmp(*e, "M_", 2) != 0) out[n++] = *e;
    for (uint32_t i = 0; i < c->setting_count && n < ENVIRONMENT_MAX; i++)
        out[n++] = c->settings[i];
    out[n] = NULL;
}

static void become(const child *c, int out, char *const *environment, pid_t parent)
{
    char *argv[10];
    uint32_t n = 0;
    argv[n++] = (char *)(uintptr_t)c->program;
    for (uint32_t i = 0; i < 8 && c->arguments[i]; i++)
        argv[n++] = (char *)(uintptr_t)c->arguments[i];
    argv[n] = NULL;
    setsid(); /* Ctrl-C is for us; we stop the children in order */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(EXIT_CHILD);
    dup2(out, STDOUT_FILENO);
    dup2(out, STDERR_FILENO);
    execve(c->program, argv, environment);
    _exit(EXIT_CHILD);
}

bool child_start(child *c, int64_t now_ms)
{
    char *environment[ENVIRONMENT_MAX + 1];
    int ends[2];
    c->state = CHILD_DOWN;
    c->next_start_ms = now_ms + 1000;
    if (pipe2(ends, O_CLOEXEC) != 0) return false;
    environment_of(c, environment);
    pid_t parent = getpid();
    c->pid = fork();
    if (c->pid == 0) become(c, ends[1], environment, parent);
    close(ends[1]);
    if (c->pid < 0) {
        close(ends[0]);
        return false;
    }
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    c->out = ends[0];
    c->filled = 0;
    c->starts++;
    c->started_ms = now_ms;
    c->state = c->ready_word ? CHILD_STARTING : CHILD_READY;
    return true;
}

/* A line of its output; true when it says that it serves. */
static bool take_line(child *c)
{
    printf("[%s] %s\n", c->name, c->line);
    const char *at = c->ready_word ? strstr(c->line, c->ready_word) : NULL;
    if (!at || c->state != CHILD_STARTING) return false;
    snprintf(c->told, sizeof c->told, "%.150s", at + strlen(c->ready_word));
    c->state = CHILD_READY;
    return true;
}

bool child_listen(child *c)
{
    bool changed = false;
    char bytes[4096];
    ssize_t n;
    while (c->out >= 0 && (n = read(c->out, bytes, sizeof bytes)) > 0)
        for (ssize_t i = 0; i < n; i++) {
            bool full = c->filled + 1 == sizeof c->line;
            if (bytes[i] != '\n') c->line[c->filled++] = bytes[i];
            if (bytes[i] != '\n' && !full) continue;
            c->line[c->filled] = 0;
            changed = take_line(c) || changed;
            c->filled = 0;
        }
    fflush(stdout);
    return changed;
}

void child_ended(child *c, int status, int64_t now_ms)
{
    (void)child_listen(c);
    if (c->out >= 0) close(c->out);
    c->out = -1;
    c->pid = 0;
    if (c->state == CHILD_STOPPED) return;
    bool lived = now_ms - c->started_ms > GOOD_LIFE_MS;
    c->failures = lived ? 0 : c->failures + 1;
    uint32_t doublings = c->failures < 6 ? c->failures : 6;
    int64_t wait = INT64_C(500) << doublings;
    c->next_start_ms = now_ms + (wait < LONGEST_WAIT_MS ? wait : LONGEST_WAIT_MS);
    c->state = CHILD_DOWN;
    if (WIFSIGNALED(status))
        printf("[%s] ended by signal %d; it is started again.\n", c->name, WTERMSIG(status));
    else
        printf("[%s] ended with status %d; it is started again.\n", c->name, WEXITSTATUS(status));
    fflush(stdout);
}

void child_stop(child *c, uint32_t wait_ms)
{
    c->state = CHILD_STOPPED;
    if (c->pid <= 0) return;
    kill(c->pid, SIGTERM);
    struct timespec nap = {0, 20000000};
    int status;
    for (uint32_t waited = 0; waitpid(c->pid, &status, WNOHANG) == 0; waited += 20) {
        if (waited >= wait_ms) kill(c->pid, SIGKILL);
        (void)child_listen(c);
        nanosleep(&nap, NULL);
    }
    child_ended(c, 0, 0);
}

void child_free(child *c)
{
    for (uint32_t i = 0; i < c->setting_count; i++)
        free(c->settings[i]);
    c->setting_count = 0;
}
