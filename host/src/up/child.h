/* A child process of `business-m up`: started, listened to, started again when it dies, stopped. */
#ifndef HOST_UP_CHILD_H
#define HOST_UP_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

typedef enum { CHILD_STARTING, CHILD_READY, CHILD_DOWN, CHILD_STOPPED } child_state;

#define CHILD_SETTINGS_MAX 32

typedef struct {
    char name[40]; /* "wms", "wms-2", "nats" */
    char program[512];
    const char *arguments[8];               /* without the program; NULL-terminated */
    char *settings[CHILD_SETTINGS_MAX + 1]; /* "NAME=value", malloced; the rest of the environment
                                               is this process's without its M_… variables */
    uint32_t setting_count;
    const char *ready_word; /* a line with this text says that it serves; NULL: at once */
    child_state state;
    pid_t pid;
    int out; /* what it prints */
    char line[1024];
    uint32_t filled;
    char told[160]; /* what it said with the ready word */
    uint32_t starts;
    uint32_t failures;     /* ends in a row without having served for a while */
    int64_t started_ms;    /* monotonic */
    int64_t next_start_ms; /* CHILD_DOWN: not before; monotonic */
} child;

/* Adds "NAME=value" to the child's environment. False: no room. */
bool child_set(child *c, const char *name, const char *value);
/* False: it cannot be started now; the state is then CHILD_DOWN. */
bool child_start(child *c, int64_t now_ms);
/* Reads what it printed and hands every line on, with its name in front. True: the state changed.
 */
bool child_listen(child *c);
/* The process ended. */
void child_ended(child *c, int status, int64_t now_ms);
/* SIGTERM, then wait at most so long, then SIGKILL. */
void child_stop(child *c, uint32_t wait_ms);
void child_free(child *c);

#endif
