#include "keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "identity_internal.h"

/* The file: one or two lines "<key id, 8 hex digits> <key, 64 hex digits>"; the first key signs. */

enum { KEYS_MAX = 2, LINE_BYTES = 8 + 1 + 2 * IDENTITY_KEY_BYTES + 1, FILE_MAX = 2 * LINE_BYTES };

struct identity_keys {
    uint32_t count;
    uint32_t ids[KEYS_MAX];
    uint8_t keys[KEYS_MAX][IDENTITY_KEY_BYTES];
};

static m_status refuse(const char **why, const char *text)
{
    *why = text;
    return M_INTERNAL;
}

static identity_keys *keys_alloc(void)
{
    if (sodium_init() < 0) return NULL;
    identity_keys *keys = sodium_malloc(sizeof *keys);
    if (keys) memset(keys, 0, sizeof *keys);
    return keys;
}

void identity_keys_free(identity_keys *keys)
{
    sodium_free(keys);
}

static void keys_add_random(identity_keys *keys)
{
    keys->ids[1] = keys->ids[0];
    memcpy(keys->keys[1], keys->keys[0], IDENTITY_KEY_BYTES);
    do
        keys->ids[0] = randombytes_random();
    while (keys->count && keys->ids[0] == keys->ids[1]);
    randombytes_buf(keys->keys[0], IDENTITY_KEY_BYTES);
    if (keys->count < KEYS_MAX) keys->count++;
}

/* ---- text form ---- */

static size_t keys_print(const identity_keys *keys, char out[FILE_MAX + 1])
{
    size_t n = 0;
    for (uint32_t i = 0; i < keys->count; i++) {
        char hex[2 * IDENTITY_KEY_BYTES + 1];
        sodium_bin2hex(hex, sizeof hex, keys->keys[i], IDENTITY_KEY_BYTES);
        int written = snprintf(out + n, FILE_MAX + 1 - n, "%08x %s\n", keys->ids[i], hex);
        n += (size_t)written;
        sodium_memzero(hex, sizeof hex);
    }
    return n;
}

static bool line_parse(const char *line, uint32_t *out_id, uint8_t out_key[IDENTITY_KEY_BYTES])
{
    uint8_t id[4];
    size_t n;
    if (line[8] != ' ' || line[LINE_BYTES - 1] != '\n') return false;
    if (sodium_hex2bin(id, sizeof id, line, 8, NULL, &n, NULL) != 0 || n != sizeof id) return false;
    *out_id = (uint32_t)id[0] << 24 | (uint32_t)id[1] << 16 | (uint32_t)id[2] << 8 | id[3];
    return sodium_hex2bin(out_key, IDENTITY_KEY_BYTES, line + 9, 2 * IDENTITY_KEY_BYTES, NULL, &n,
                          NULL) == 0 &&
           n == IDENTITY_KEY_BYTES;
}

static bool keys_parse(const char *text, size_t n, identity_keys *keys)
{
    if (n != LINE_BYTES && n != FILE_MAX) return false;
    keys->count = (uint32_t)(n / LINE_BYTES);
    for (uint32_t i = 0; i < keys->count; i++)
        if (!line_parse(text + i * LINE_BYTES, &keys->ids[i], keys->keys[i])) return false;
    return keys->count == 1 || keys->ids[0] != keys->ids[1];
}

/* ---- the file ---- */

static bool read_whole(int fd, char *buffer, size_t limit, size_t *out_n)
{
    size_t n = 0;
    while (n < limit) {
        ssize_t got = read(fd, buffer + n, limit - n);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return false;
        if (got == 0) break;
        n += (size_t)got;
    }
    *out_n = n;
    return true;
}

static bool write_whole(int fd, const char *text, size_t n)
{
    while (n) {
        ssize_t done = write(fd, text, n);
        if (done < 0 && errno == EINTR) continue;
        if (done <= 0) return false;
        text += done;
        n -= (size_t)done;
    }
    return fsync(fd) == 0;
}

static m_status file_check(int fd, const char **why)
{
    struct stat st;
    if (fstat(fd, &st) != 0) return refuse(why, "it cannot be examined");
    if (!S_ISREG(st.st_mode)) return refuse(why, "it is not a plain file");
    if (st.st_uid != geteuid()) return refuse(why, "it belongs to another user");
    if (st.st_mode & 077) return refuse(why, "others may read or write it");
    return M_OK;
}

/* M_NOT_FOUND when there is no file. */
static m_status file_read(const char *path, identity_keys *keys, const char **why)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return errno == ENOENT ? M_NOT_FOUND : refuse(why, "it cannot be opened");
    char text[FILE_MAX + 2];
    size_t n = 0;
    m_status status = file_check(fd, why);
    if (status == M_OK && !read_whole(fd, text, sizeof text, &n))
        status = refuse(why, "it cannot be read");
    if (status == M_OK && !keys_parse(text, n, keys))
        status = refuse(why, "its content is not a list of keys");
    close(fd);
    sodium_memzero(text, sizeof text);
    return status;
}

static void sync_directory(const char *path)
{
    char directory[4096];
    const char *slash = strrchr(path, '/');
    size_t n = slash ? (size_t)(slash - path) : 0;
    if (n >= sizeof directory) return;
    memcpy(directory, path, n);
    directory[n] = '\0';
    int fd = open(n ? directory : slash ? "/" : ".", O_RDONLY | O_CLOEXEC | O_DIRECTORY);
    if (fd < 0) return;
    fsync(fd);
    close(fd);
}

/* Written aside and then put in place, so that nobody sees half a file. replace false: a file that
 * appeared meanwhile wins. */
static m_status file_write(const char *path, const identity_keys *keys, bool replace,
                           const char **why)
{
    char temporary[4096], text[FILE_MAX + 1];
    int written = snprintf(temporary, sizeof temporary, "%s.%ld", path, (long)getpid());
    if (written < 0 || (size_t)written >= sizeof temporary) return refuse(why, "its name is long");
    unlink(temporary);
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0400);
    if (fd < 0) return refuse(why, "it cannot be created");
    bool ok = write_whole(fd, text, keys_print(keys, text));
    sodium_memzero(text, sizeof text);
    close(fd);
    if (ok && replace) ok = rename(temporary, path) == 0;
    if (ok && !replace) ok = link(temporary, path) == 0 || errno == EEXIST;
    unlink(temporary);
    if (!ok) return refuse(why, "it cannot be written");
    sync_directory(path);
    return M_OK;
}

static m_status open_or_make(const char *path, identity_keys *keys, const char **why)
{
    m_status status = file_read(path, keys, why);
    if (status != M_NOT_FOUND) return status;
    keys_add_random(keys);
    M_TRY(file_write(path, keys, false, why));
    status = file_read(path, keys, why);
    return status == M_NOT_FOUND ? refuse(why, "it vanished") : status;
}

/* `keys` becomes read-only, or is freed when status is a failure. */
static m_status hand_out(m_status status, identity_keys *keys, identity_keys **out)
{
    if (status != M_OK) {
        sodium_free(keys);
        return status;
    }
    sodium_mprotect_readonly(keys);
    *out = keys;
    return M_OK;
}

m_status identity_keys_open(const char *path, identity_keys **out, const char **why)
{
    *why = "memory is short";
    identity_keys *keys = keys_alloc();
    if (!keys) return M_NOMEM;
    return hand_out(open_or_make(path, keys, why), keys, out);
}

m_status identity_keys_rotate(const char *path, const char **why)
{
    *why = "memory is short";
    identity_keys *keys = keys_alloc();
    if (!keys) return M_NOMEM;
    m_status status = open_or_make(path, keys, why);
    if (status == M_OK) {
        keys_add_random(keys);
        status = file_write(path, keys, true, why);
    }
    sodium_free(keys);
    return status;
}

m_status identity_keys_make(const uint32_t *ids, const uint8_t (*bytes)[IDENTITY_KEY_BYTES],
                            uint32_t count, identity_keys **out)
{
    if (count < 1 || count > KEYS_MAX) return M_INVALID;
    identity_keys *keys = keys_alloc();
    if (!keys) return M_NOMEM;
    keys->count = count;
    for (uint32_t i = 0; i < count; i++) {
        keys->ids[i] = ids[i];
        memcpy(keys->keys[i], bytes[i], IDENTITY_KEY_BYTES);
    }
    return hand_out(M_OK, keys, out);
}

const uint8_t *keys_current(const identity_keys *keys, uint32_t *out_id)
{
    *out_id = keys->ids[0];
    return keys->keys[0];
}

const uint8_t *keys_find(const identity_keys *keys, uint32_t id)
{
    for (uint32_t i = 0; i < keys->count; i++)
        if (keys->ids[i] == id) return keys->keys[i];
    return NULL;
}
