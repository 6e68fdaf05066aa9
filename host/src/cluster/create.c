#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

enum { CREATE_TIMEOUT_MS = 120000, OPEN_DIRS = 16 };

bool create_needed(const cluster_place *p)
{
    char path[CLUSTER_PATH + 16];
    snprintf(path, sizeof path, "%s/PG_VERSION", p->data);
    return access(path, F_OK) != 0 && errno == ENOENT;
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s;
    (void)kind;
    (void)at;
    return remove(path);
}

/* All of its file system: one commit of its journal, where a sync of each of the thousand files of
 * a cluster takes twenty times as long. */
static bool tree_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool good = syncfs(fd) == 0;
    close(fd);
    return good;
}

static bool directory_sync(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return false;
    bool good = fsync(fd) == 0;
    close(fd);
    return good;
}

static bool run(const cluster_place *p, const char *const argv[], const char *input)
{
    pid_t pid = process_spawn(p, argv, input);
    return pid > 0 && process_finish(pid, CREATE_TIMEOUT_MS);
}

m_status create_cluster(const cluster_place *p, char *error, size_t n)
{
    static const char roles[] = "CREATE ROLE " CLUSTER_ROLE_OWNER " LOGIN\n"
                                "CREATE ROLE " CLUSTER_ROLE_APP " LOGIN\n"
                                "CREATE ROLE " CLUSTER_ROLE_RELAY " LOGIN\n";
    char fresh[CLUSTER_PATH + 8], why[CLUSTER_TEXT];
    snprintf(fresh, sizeof fresh, "%s.new", p->data);
    /* what a crash in the middle of an earlier try has left */
    nftw(fresh, remove_one, OPEN_DIRS, FTW_DEPTH | FTW_PHYS);
    /* nothing is forced to the disk by the two programs: all of it is before it gets its name */
    const char *const initdb[] = {p->initdb, "-D", fresh, "-U", CLUSTER_ROLE_SUPER,
                                  "--data-checksums", "-E", "UTF8", "--locale=C.UTF-8", "-A",
                                  "peer", "--no-instructions", "--no-sync",
                                  /* a new segment of 16 MB stops every writer for 20 ms and more */
                                  "--wal-segsize=1", NULL};
    const char *const single[] = {p->postgres, "--single",           "-F",       "-D", fresh,
                                  "-c",        "exit_on_error=true", "postgres", NULL};
    if (!run(p, initdb, NULL) || !run(p, single, roles)) {
        process_log_tail(p, why, sizeof why);
        snprintf(error, n, "the database cluster could not be created: %.300s", why);
        return M_UNAVAILABLE;
    }
    if (!tree_sync(fresh) || rename(fresh, p->data) != 0 || !directory_sync(p->state)) {
        snprintf(error, n, "the new cluster could not be moved to %.300s: %s", p->data,
                 strerror(errno));
        return M_UNAVAILABLE;
    }
    return M_OK;
}
