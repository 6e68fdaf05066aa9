#include "m_adapters/env.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "m_adapters/codec.h"

#define LOG_LINE_MAX 4096

struct m_system_env {
    m_env env;
    int least;
    pthread_mutex_t lock; /* guards the two below */
    uint64_t last_ms;
    uint8_t random[10];
};

static const char *const levels[] = {"debug", "info", "warn", "error"};

static int level_of(const char *name)
{
    for (int i = 0; i < 4; i++)
        if (!strcmp(levels[i], name)) return i;
    return -1;
}

static m_time env_now(void *self)
{
    (void)self;
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (m_time){(int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000};
}

/* One more than before; false on the overflow that 2^80 never see. */
static bool count_up(uint8_t random[10])
{
    for (int i = 9; i >= 0; i--)
        if (++random[i]) return true;
    return false;
}

static m_id env_new_id(void *self)
{
    m_system_env *env = self;
    uint64_t ms = (uint64_t)(env_now(NULL).us / 1000);
    pthread_mutex_lock(&env->lock);
    if (ms > env->last_ms) {
        env->last_ms = ms;
        randombytes_buf(env->random, sizeof env->random);
    } else if (!count_up(env->random)) {
        env->last_ms++;
    }
    m_id id = m_id_make(env->last_ms, env->random);
    pthread_mutex_unlock(&env->lock);
    return id;
}

static m_id env_derive_id(void *self, const void *bytes, size_t n)
{
    (void)self;
    uint8_t hash[32];
    m_sha256(bytes, n, hash);
    m_id id;
    memcpy(id.b, hash, sizeof id.b);
    return id;
}

/* Appends with JSON escapes; stops where the line is full, and does not cut a character in two. */
static size_t put_escaped(char *line, size_t at, size_t max, const char *text)
{
    static const char hex[] = "0123456789abcdef";
    m_str all = m_str_of(text);
    bool valid = m_utf8_valid(all);
    for (size_t i = 0; i < all.n && at + 12 < max; i++) {
        unsigned char c = (unsigned char)all.p[i];
        if (c == '"' || c == '\\') {
            line[at++] = '\\';
            line[at++] = (char)c;
        } else if (c < 0x20 || c == 0x7f || (c >= 0x80 && !valid)) {
            memcpy(line + at, "\\u00", 4);
            line[at + 4] = hex[c >> 4];
            line[at + 5] = hex[c & 15];
            at += 6;
        } else {
            line[at++] = (char)c;
        }
    }
    while (valid && at && ((unsigned char)line[at - 1] & 0xc0) == 0x80 && at + 12 >= max)
        at--;
    if (at && (unsigned char)line[at - 1] >= 0xc0) at--;
    return at;
}

static size_t put_member(char *line, size_t at, size_t max, const char *name, const char *text)
{
    if (at + strlen(name) + 16 > max) return at;
    line[at] = at ? ',' : '{';
    at++;
    line[at++] = '"';
    size_t n = strlen(name);
    memcpy(line + at, name, n);
    at += n;
    memcpy(line + at, "\":\"", 3);
    at = put_escaped(line, at + 3, max, text);
    line[at++] = '"';
    return at;
}

static void env_log(void *self, const char *level, const char *event, const char *detail)
{
    const m_system_env *env = self;
    if (level_of(level) < env->least) return;
    char time[M_TIME_TEXT];
    m_time_format(env_now(NULL), time);
    char line[LOG_LINE_MAX];
    size_t room = sizeof line - 8;
    size_t at = put_member(line, 0, room, "time", time);
    at = put_member(line, at, room, "level", level);
    at = put_member(line, at, room, "event", event);
    if (detail && *detail) at = put_member(line, at, room, "detail", detail);
    line[at++] = '}';
    line[at++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, at);
    (void)written; /* nowhere left to complain */
}

m_system_env *m_system_env_new(const char *least)
{
    int level = level_of(least ? least : "info");
    if (level < 0 || sodium_init() < 0) return NULL;
    m_system_env *env = calloc(1, sizeof *env);
    if (!env) return NULL;
    env->least = level;
    pthread_mutex_init(&env->lock, NULL);
    env->env = (m_env){.now = env_now,
                       .new_id = env_new_id,
                       .derive_id = env_derive_id,
                       .log = env_log,
                       .self = env};
    return env;
}

void m_system_env_free(m_system_env *env)
{
    if (!env) return;
    pthread_mutex_destroy(&env->lock);
    free(env);
}

const m_env *m_system_env_of(m_system_env *env)
{
    return &env->env;
}
