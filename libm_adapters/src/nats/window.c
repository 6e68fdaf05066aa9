/* A table of small buckets. A nonce has two of them and goes where there is more room, so that they
 * fill evenly. Memory that was never needed is never touched. */
#include "window.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>

#define BUCKETS 16384
#define WAYS    8

typedef struct {
    uint64_t nonce; /* keyed hash of it */
    int64_t until;  /* microseconds; 0: free */
} entry;

struct window {
    pthread_mutex_t lock;
    uint8_t secret[crypto_shorthash_KEYBYTES]; /* nobody can aim at one bucket */
    entry *entries;
};

window *window_new(void)
{
    if (sodium_init() < 0) return NULL;
    window *w = calloc(1, sizeof *w);
    if (!w) return NULL;
    w->entries = calloc((size_t)BUCKETS * WAYS, sizeof *w->entries);
    if (!w->entries) {
        free(w);
        return NULL;
    }
    pthread_mutex_init(&w->lock, NULL);
    randombytes_buf(w->secret, sizeof w->secret);
    return w;
}

void window_free(window *w)
{
    if (!w) return;
    pthread_mutex_destroy(&w->lock);
    free(w->entries);
    free(w);
}

/* What is known of a nonce in one of its buckets. */
typedef struct {
    bool here;
    entry *place; /* a free one, or NULL */
    uint32_t used;
} look;

static look look_into(entry *bucket, uint64_t hash, m_time now)
{
    look l = {.here = false};
    for (size_t i = 0; i < WAYS; i++) {
        if (bucket[i].until <= now.us) {
            l.place = &bucket[i];
        } else {
            l.used++;
            if (bucket[i].nonce == hash) l.here = true;
        }
    }
    return l;
}

m_status window_note(window *w, const uint8_t nonce[12], m_time until, m_time now)
{
    uint64_t hash;
    m_status status = M_OK;
    crypto_shorthash((uint8_t *)&hash, nonce, 12, w->secret);
    pthread_mutex_lock(&w->lock);
    look a = look_into(&w->entries[hash % BUCKETS * WAYS], hash, now);
    look b = look_into(&w->entries[(hash >> 32) % BUCKETS * WAYS], hash, now);
    entry *place = a.used <= b.used ? a.place : b.place;
    if (a.here || b.here)
        status = M_EXISTS;
    else if (!place)
        status = M_AGAIN;
    else
        *place = (entry){hash, until.us};
    pthread_mutex_unlock(&w->lock);
    return status;
}
