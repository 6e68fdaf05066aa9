#include "pack.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* Both are little-endian 32-bit numbers, offsets counted from the start of the file. */
enum {
    HEAD_BYTES = 32, /* "BMDESK01", files, bytes of the file, policy offset and length */
    ENTRY_BYTES = 64,
    FILES_MAX = 4096,
    PATH_MAX_BYTES = 200,
    TYPE_MAX_BYTES = 80,
    POLICY_MAX_BYTES = 4096,
    PACK_MAX_BYTES = 256 << 20
};
enum { F_PATH, F_TYPE = 2, F_TAG = 4, F_FLAGS = 6, F_BODIES = 7 };
enum { FLAG_IMMUTABLE = 1 };
static const char magic[8] = {'B', 'M', 'D', 'E', 'S', 'K', '0', '1'};

struct desk_pack {
    const char *bytes;
    size_t n;
    uint32_t files;
};

static uint32_t number(const char *at)
{
    uint32_t raw;
    memcpy(&raw, at, sizeof raw);
    return le32toh(raw);
}

/* The piece of the file that two numbers at `at` name; false when it is not inside. */
static bool piece(const desk_pack *p, const char *at, m_str *out)
{
    uint32_t start = number(at), n = number(at + 4);
    if (start > p->n || n > p->n - start) return false;
    *out = n ? (m_str){p->bytes + start, n} : (m_str){NULL, 0};
    return true;
}

static const char *entry(const desk_pack *p, uint32_t i)
{
    return p->bytes + HEAD_BYTES + (size_t)i * ENTRY_BYTES;
}

static bool plain(m_str text)
{
    for (size_t i = 0; i < text.n; i++)
        if (text.p[i] < 0x20 || text.p[i] > 0x7e) return false;
    return true;
}

static bool entry_read(const desk_pack *p, const char *e, desk_file *out)
{
    m_str type;
    desk_file f = {.immutable = number(e + 4 * F_FLAGS) & FLAG_IMMUTABLE};
    if (!piece(p, e + 4 * F_PATH, &f.path) || !piece(p, e + 4 * F_TYPE, &type) ||
        !piece(p, e + 4 * F_TAG, &f.tag))
        return false;
    for (int c = 0; c < DESK_CODINGS; c++)
        if (!piece(p, e + 4 * (F_BODIES + 2 * c), &f.bodies[c])) return false;
    bool good = f.path.n > 0 && f.path.n <= PATH_MAX_BYTES && plain(f.path) && f.tag.n >= 8 &&
                f.tag.n <= 64 && plain(f.tag) && type.n > 1 && type.n <= TYPE_MAX_BYTES &&
                type.p[type.n - 1] == '\0' && plain((m_str){type.p, type.n - 1});
    if (!good) return false;
    f.type = type.p;
    *out = f;
    return true;
}

static int compare(m_str a, m_str b)
{
    int order = memcmp(a.p, b.p, a.n < b.n ? a.n : b.n);
    return order ? order : a.n < b.n ? -1 : a.n > b.n;
}

static const char *check(const desk_pack *p)
{
    if (p->n < HEAD_BYTES || memcmp(p->bytes, magic, sizeof magic) != 0) return "it is not a pack";
    if (number(p->bytes + 12) != p->n) return "it is cut off";
    if (p->files > FILES_MAX || HEAD_BYTES + (size_t)p->files * ENTRY_BYTES > p->n)
        return "it names more files than it holds";
    m_str policy;
    if (!piece(p, p->bytes + 16, &policy) || policy.n > POLICY_MAX_BYTES || !plain(policy))
        return "its policy is wrong";
    desk_file last, f;
    for (uint32_t i = 0; i < p->files; i++, last = f) {
        if (!entry_read(p, entry(p, i), &f)) return "an entry is wrong";
        if (i && compare(last.path, f.path) >= 0) return "it is not sorted";
    }
    return NULL;
}

m_status desk_pack_open(const char *path, desk_pack **out, char *error, size_t n)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
        snprintf(error, n, "%s: %s", path, strerror(errno));
        return errno == ENOENT || errno == ENOTDIR ? M_NOT_FOUND : M_UNAVAILABLE;
    }
    struct stat about;
    void *bytes = MAP_FAILED;
    if (fstat(fd, &about) == 0 && about.st_size > 0 && about.st_size <= PACK_MAX_BYTES)
        bytes = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (bytes == MAP_FAILED) {
        snprintf(error, n, "%s: it is not a pack", path);
        return M_INVALID;
    }
    desk_pack p = {.bytes = bytes, .n = (size_t)about.st_size};
    if (p.n >= HEAD_BYTES) p.files = number(p.bytes + 8);
    const char *wrong = check(&p);
    desk_pack *made = wrong ? NULL : malloc(sizeof *made);
    if (!made) {
        munmap(bytes, p.n);
        snprintf(error, n, "%s: %s", path, wrong ? wrong : "not enough memory");
        return wrong ? M_INVALID : M_NOMEM;
    }
    *made = p;
    *out = made;
    return M_OK;
}

void desk_pack_close(desk_pack *pack)
{
    if (!pack) return;
    munmap((void *)(uintptr_t)pack->bytes, pack->n);
    free(pack);
}

bool desk_pack_find(const desk_pack *pack, m_str path, desk_file *out)
{
    uint32_t low = 0, high = pack->files;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        desk_file f;
        if (!entry_read(pack, entry(pack, middle), &f)) return false;
        int order = compare(path, f.path);
        if (order == 0) {
            *out = f;
            return true;
        }
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return false;
}

m_str desk_pack_policy(const desk_pack *pack)
{
    m_str policy = {NULL, 0};
    return piece(pack, pack->bytes + 16, &policy) ? policy : (m_str){NULL, 0};
}
