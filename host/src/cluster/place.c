#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "internal.h"

enum { SOCKET_PATH_MAX = 90, BUFFERS_MIN_MB = 64, BUFFERS_MAX_MB = 256 };

static bool join(char out[CLUSTER_PATH], const char *a, const char *b)
{
    return (unsigned)snprintf(out, CLUSTER_PATH, "%s%s", a, b) < CLUSTER_PATH;
}

/* ---- who ---- */

static m_status user_find(const cluster_config *config, cluster_place *p, char *error, size_t n)
{
    uid_t me = geteuid();
    const struct passwd *who = NULL;
    p->is_root = me == 0;
    if (!p->is_root)
        who = getpwuid(me);
    else if (config->run_user)
        who = getpwnam(config->run_user);
    else if (!(who = getpwnam("postgres")))
        who = getpwnam("nobody");
    if (!who) {
        snprintf(
            error, n,
            "user %ld has no entry in /etc/passwd, and PostgreSQL needs one: add a line for it",
            (long)me);
        return M_UNAVAILABLE;
    }
    if (who->pw_uid == 0 || strlen(who->pw_name) >= sizeof p->user || strchr(who->pw_name, '"')) {
        snprintf(error, n, "PostgreSQL cannot run as user %.64s", who->pw_name);
        return M_UNAVAILABLE;
    }
    memcpy(p->user, who->pw_name, strlen(who->pw_name) + 1);
    p->uid = who->pw_uid;
    p->gid = who->pw_gid;
    p->group_count = CLUSTER_GROUPS;
    if (getgrouplist(p->user, p->gid, p->groups, &p->group_count) < 0) {
        p->groups[0] = p->gid; /* more groups than any service account needs */
        p->group_count = 1;
    }
    return M_OK;
}

/* ---- where ---- */

static bool state_default(const cluster_place *p, char out[CLUSTER_PATH])
{
    if (p->is_root) return join(out, "/var/lib/business-m", "");
    const char *base = getenv("XDG_STATE_HOME");
    if (base && base[0] == '/') return join(out, base, "/business-m");
    const char *home = getenv("HOME");
    const struct passwd *who = getpwuid(p->uid);
    if (!home || home[0] != '/') home = who ? who->pw_dir : "/";
    return join(out, home, "/.local/state/business-m");
}

static unsigned path_hash(const char *text)
{
    unsigned hash = 2166136261u;
    for (; *text; text++)
        hash = (hash ^ (unsigned char)*text) * 16777619u;
    return hash;
}

/* A socket's address has room for 107 bytes only. */
static bool socket_dir_choose(cluster_place *p)
{
    if (!join(p->socket, p->state, "/socket")) return false;
    if (strlen(p->socket) + sizeof "/.s.PGSQL.5432" <= SOCKET_PATH_MAX) return true;
    if (p->is_root)
        snprintf(p->socket, sizeof p->socket, "/run/business-m-%08x", path_hash(p->state));
    else
        snprintf(p->socket, sizeof p->socket, "/tmp/bm-%ld-%08x", (long)p->uid,
                 path_hash(p->state));
    return true;
}

static unsigned long long cgroup_memory(void)
{
    char text[32];
    unsigned long long limit = 0;
    int fd = open("/sys/fs/cgroup/memory.max", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    if (got > 0) {
        text[got] = '\0';
        limit = strtoull(text, NULL, 10); /* "max" gives 0 */
    }
    return limit;
}

static unsigned buffers_mb(void)
{
    unsigned long long ram =
        (unsigned long long)sysconf(_SC_PHYS_PAGES) * (unsigned long long)sysconf(_SC_PAGESIZE);
    unsigned long long limit = cgroup_memory();
    if (limit > 0 && limit < ram) ram = limit;
    unsigned long long mb = ram / 4 >> 20;
    if (mb < BUFFERS_MIN_MB) return BUFFERS_MIN_MB;
    return mb > BUFFERS_MAX_MB ? BUFFERS_MAX_MB : (unsigned)mb;
}

m_status place_find(const cluster_config *config, cluster_place *p, char *error, size_t n)
{
    *p = (cluster_place){0};
    M_TRY(user_find(config, p, error, n));
    bool fits =
        config->state_dir ? join(p->state, config->state_dir, "") : state_default(p, p->state);
    fits = fits && join(p->data, p->state, "/data") && join(p->log, p->state, "/postgres.log") &&
           join(p->hba, p->state, "/pg_hba.conf") && join(p->ident, p->state, "/pg_ident.conf") &&
           join(p->lock, p->state, "/lock") && socket_dir_choose(p);
    if (!fits || p->state[0] != '/' || strpbrk(p->state, "\n'\\,\"")) {
        snprintf(error, n,
                 "the state directory must be an absolute path of at most %d plain characters",
                 CLUSTER_PATH - 20);
        return M_INVALID;
    }
    p->shared_buffers_mb = buffers_mb();
    return M_OK;
}

/* ---- directories and access files ---- */

static bool directory_owned(const char *path, uid_t uid)
{
    struct stat s;
    return lstat(path, &s) == 0 && S_ISDIR(s.st_mode) && s.st_uid == uid && (s.st_mode & 077) == 0;
}

/* Makes a directory that is private to the server's user; one that is there must be so already. */
static bool private_dir(const cluster_place *p, const char *path)
{
    if (mkdir(path, 0700) == 0) return !p->is_root || lchown(path, p->uid, p->gid) == 0;
    if (errno != EEXIST) return false;
    struct stat s;
    if (lstat(path, &s) != 0 || !S_ISDIR(s.st_mode)) return false;
    if (p->is_root && s.st_uid == 0 && lchown(path, p->uid, p->gid) != 0) return false;
    if ((s.st_uid == p->uid || (p->is_root && s.st_uid == 0)) && (s.st_mode & 077) != 0 &&
        chmod(path, 0700) != 0)
        return false;
    errno = EPERM;
    return directory_owned(path, p->uid);
}

static bool parents_make(const cluster_place *p)
{
    char path[CLUSTER_PATH];
    memcpy(path, p->state, sizeof path);
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, p->is_root ? 0755 : 0700) != 0 && errno != EEXIST) return false;
        *slash = '/';
    }
    return true;
}

m_status place_make(cluster_place *p, char *error, size_t n)
{
    const char *what = p->state;
    if (parents_make(p) && private_dir(p, p->state)) {
        what = p->socket;
        if (private_dir(p, p->socket)) return M_OK;
    }
    snprintf(error, n, "cannot make %.300s private to user %s: %s", what, p->user, strerror(errno));
    return M_UNAVAILABLE;
}

/* Written aside and renamed, so that the server never reads half a file. */
static bool file_write(const cluster_place *p, const char *path, const char *text)
{
    char aside[CLUSTER_PATH + 8];
    snprintf(aside, sizeof aside, "%s.new", path);
    unlink(aside);
    int fd = open(aside, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0) return false;
    size_t n = strlen(text);
    bool good =
        write(fd, text, n) == (ssize_t)n && (!p->is_root || fchown(fd, p->uid, p->gid) == 0);
    good = close(fd) == 0 && good;
    return good && rename(aside, path) == 0;
}

m_status place_write_access(const cluster_place *p, char *error, size_t n)
{
    static const char *const roles[] = {CLUSTER_ROLE_SUPER, CLUSTER_ROLE_OWNER, CLUSTER_ROLE_APP,
                                        CLUSTER_ROLE_RELAY};
    const char *const users[] = {p->user, p->is_root ? "root" : NULL};
    char text[2048];
    size_t used = 0;
    for (size_t u = 0; u < 2 && users[u]; u++)
        for (size_t r = 0; r < sizeof roles / sizeof roles[0]; r++)
            used += (size_t)snprintf(text + used, sizeof text - used, "bm \"%s\" %s\n", users[u],
                                     roles[r]);
    if (file_write(p, p->ident, text) &&
        file_write(p, p->hba,
                   "local all " CLUSTER_ROLE_SUPER "," CLUSTER_ROLE_OWNER "," CLUSTER_ROLE_APP
                   "," CLUSTER_ROLE_RELAY " peer map=bm\n"))
        return M_OK;
    snprintf(error, n, "cannot write %.300s: %s", p->hba, strerror(errno));
    return M_UNAVAILABLE;
}

/* ---- binaries ---- */

static bool binaries_in(cluster_place *p, const char *dir)
{
    return join(p->initdb, dir, "/initdb") && join(p->postgres, dir, "/postgres") &&
           access(p->initdb, X_OK) == 0 && access(p->postgres, X_OK) == 0;
}

/* Major version of the data, 0 when there are none. */
static long data_version(const cluster_place *p)
{
    char path[CLUSTER_PATH + 16], text[16] = "";
    snprintf(path, sizeof path, "%s/PG_VERSION", p->data);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return 0;
    ssize_t got = read(fd, text, sizeof text - 1);
    close(fd);
    return got > 0 ? strtol(text, NULL, 10) : 0;
}

/* The highest version that a package put under a directory named after it, or just the wanted one.
 */
static bool packaged_find(cluster_place *p, const char *pattern, const char *prefix, long wanted,
                          long *other)
{
    glob_t found = {0};
    long best = 0;
    char best_dir[CLUSTER_PATH] = "";
    if (glob(pattern, 0, NULL, &found) == 0) {
        for (size_t i = 0; i < found.gl_pathc; i++) {
            long version = strtol(found.gl_pathv[i] + strlen(prefix), NULL, 10);
            if (!binaries_in(p, found.gl_pathv[i])) continue;
            if (wanted && version != wanted) {
                *other = version;
            } else if (version > best) {
                best = version;
                join(best_dir, found.gl_pathv[i], "");
            }
        }
    }
    globfree(&found);
    return best > 0 && binaries_in(p, best_dir);
}

static bool path_find(cluster_place *p)
{
    const char *path = getenv("PATH");
    while (path && *path) {
        size_t n = strcspn(path, ":");
        char dir[CLUSTER_PATH];
        if (n > 0 && n < sizeof dir) {
            memcpy(dir, path, n);
            dir[n] = '\0';
            if (binaries_in(p, dir)) return true;
        }
        path += n + (path[n] == ':');
    }
    return false;
}

m_status place_find_binaries(const cluster_config *config, cluster_place *p, char *error, size_t n)
{
    long wanted = data_version(p), other = 0;
    if (config->bin_dir) {
        if (binaries_in(p, config->bin_dir)) return M_OK;
        snprintf(error, n, "there are no initdb and postgres in %.300s", config->bin_dir);
        return M_UNAVAILABLE;
    }
    if (packaged_find(p, "/usr/lib/postgresql/*/bin", "/usr/lib/postgresql/", wanted, &other) ||
        packaged_find(p, "/usr/pgsql-*/bin", "/usr/pgsql-", wanted, &other))
        return M_OK;
    if (other)
        snprintf(
            error, n,
            "the data in %.300s belong to PostgreSQL %ld, but only PostgreSQL %ld is installed: "
            "install postgresql-%ld",
            p->data, wanted, other, wanted);
    else if (path_find(p))
        return M_OK;
    else
        snprintf(error, n, "PostgreSQL is not installed (on Debian: apt install postgresql)");
    return M_UNAVAILABLE;
}
