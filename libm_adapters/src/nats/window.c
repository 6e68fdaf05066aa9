/* A table of small buckets: a nonce looks for its place in one of them, so a look takes a line or
 * two of memory. Memory that was never needed is never touched. */
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

m_status window_note(window *w, const uint8_t nonce[12], m_time until, m_time now)
{
    uint64_t hash;
    crypto_shorthash((uint8_t *)&hash, nonce, 12, w->secret);
    entry *bucket = &w->entries[hash % BUCKETS * WAYS], *free_place = NULL;
    m_status status = M_AGAIN;
    pthread_mutex_lock(&w->lock);
    for (size_t i = 0; i < WAYS; i++) {
        if (bucket[i].until <= now.us)
            free_place = &bucket[i];
        else if (bucket[i].nonce == hash)
            status = M_EXISTS;
    }
    if (status != M_EXISTS && free_place) {
        *free_place = (entry){hash, until.us};
        status = M_OK;
    }
    pthread_mutex_unlock(&w->lock);
    return status;
}
