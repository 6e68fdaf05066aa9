/* Shared by the files of this room only. */
#ifndef CLUSTER_INTERNAL_H
#define CLUSTER_INTERNAL_H

#include <limits.h>
#include <pthread.h>
#include <sys/types.h>

#include "cluster.h"

enum { CLUSTER_PATH = 512, CLUSTER_TEXT = 512, CLUSTER_GROUPS = 64, CLUSTER_PORT = 5432 };

typedef struct {
    char state[CLUSTER_PATH], data[CLUSTER_PATH], socket[CLUSTER_PATH], log[CLUSTER_PATH];
    char hba[CLUSTER_PATH], ident[CLUSTER_PATH], lock[CLUSTER_PATH];
    char initdb[CLUSTER_PATH], postgres[CLUSTER_PATH];
    bool is_root;   /* the host is root and the server runs as another user */
    char user[128]; /* who runs the server */
    uid_t uid;
    gid_t gid;
    gid_t groups[CLUSTER_GROUPS];
    int group_count;
    unsigned shared_buffers_mb;
} cluster_place;

struct cluster {
    cluster_place place;
    cluster_config config;
    int lock_fd, wake_fd;
    bool attached, has_thread;
    pthread_t thread;
    pthread_mutex_t lock; /* guards what follows */
    pthread_cond_t changed;
    bool ready, stopping, ended; /* ended: the thread is done; error says why if nobody asked */
    pid_t pid;
    m_status status;
    char error[CLUSTER_TEXT];
};

/* place.c: paths, user, binaries. No side effects but making the directories. */
m_status place_find(const cluster_config *config, cluster_place *out, char *error,
                    size_t n) M_MUST_USE;
m_status place_find_binaries(const cluster_config *config, cluster_place *p, char *error,
                             size_t n) M_MUST_USE;
m_status place_make(cluster_place *p, char *error, size_t n) M_MUST_USE;
m_status place_write_access(const cluster_place *p, char *error, size_t n) M_MUST_USE;

/* process.c */
int64_t cluster_now_ms(void);
void cluster_nap_ms(unsigned ms);
/* Starts argv as the server's user; input: text for its stdin or NULL. -1 on failure, with errno.
 * The child is told to shut down fast when the calling thread ends. */
pid_t process_spawn(const cluster_place *p, const char *const argv[], const char *input);
/* Waits; at the deadline the process is killed. True when it exited with 0. */
bool process_finish(pid_t pid, uint32_t timeout_ms);
/* Ends the servers (or orphans of one) that still work in the data directory, and clears a process
 * id file that would keep a new server from starting. waiting is called once if that takes a
 * moment. False when they do not end in time. */
bool process_clear_old(const cluster_place *p, uint32_t timeout_ms, void (*waiting)(void *arg),
                       void *arg);
/* Last telling line of the server's log, or "". */
void process_log_tail(const cluster_place *p, char *out, size_t n);

/* create.c: initdb and roles into data.new, then renamed: there is a whole cluster or none. */
bool create_needed(const cluster_place *p);
m_status create_cluster(const cluster_place *p, char *error, size_t n) M_MUST_USE;

#endif
