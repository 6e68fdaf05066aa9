/* Reference data of one tenant, good as long as the tenant's epoch stays. */
#include "uow.h"

typedef struct {
    const m_type *type;
    bool is_query;
    const uint8_t *key;
    uint32_t n;
    uint64_t hash;
} wanted;

static bool same(const void *item, const void *key)
{
    const pg_cached *c = item;
    const wanted *w = key;
    return c->hash == w->hash && c->type == w->type && c->is_query == w->is_query &&
           c->key_n == w->n && memcmp(c->key, w->key, w->n) == 0;
}

static uint64_t hash_of(const void *item)
{
    return ((const pg_cached *)item)->hash;
}

void pg_cache_clear(pg_cache *cache)
{
    pg_table_clear(&cache->items);
    if (cache->arena) m_arena_reset(cache->arena);
    cache->full = false;
    cache->valid = false;
}

const pg_cached *pg_cache_find(pg_cache *cache, const m_type *type, bool is_query,
                               const uint8_t *key, uint32_t key_n, uint64_t hash)
{
    if (cache->items.count == 0) return NULL;
    wanted w = {type, is_query, key, key_n, hash};
    return *pg_table_slot(&cache->items, hash, same, &w, hash_of);
}

/* A new item, or NULL: it is there already, or the cache is full. */
static pg_cached *add(pg_cache *cache, const wanted *w)
{
    if (cache->full || !cache->arena) return NULL;
    void **slot = pg_table_slot(&cache->items, w->hash, same, w, hash_of);
    if (!slot || *slot) return NULL;
    pg_cached *c = m_arena_alloc(cache->arena, sizeof *c + w->n);
    if (!c) {
        cache->full = true;
        return NULL;
    }
    memcpy(c + 1, w->key, w->n);
    *c = (pg_cached){.type = w->type,
                     .hash = w->hash,
                     .key = (uint8_t *)(c + 1),
                     .key_n = w->n,
                     .is_query = w->is_query};
    return c;
}

static void link_in(pg_cache *cache, const wanted *w, pg_cached *c)
{
    void **slot = pg_table_slot(&cache->items, w->hash, same, w, hash_of);
    if (!slot || *slot) return;
    *slot = c;
    cache->items.count++;
}

void pg_cache_row(pg_cache *cache, const m_type *type, const uint8_t *key, uint32_t key_n,
                  uint64_t hash, const void *record)
{
    wanted w = {type, false, key, key_n, hash};
    pg_cached *c = add(cache, &w);
    if (!c) return;
    c->record = record ? m_record_copy(type, record, cache->arena) : NULL;
    if (record && !c->record)
        cache->full = true;
    else
        link_in(cache, &w, c);
}

void pg_cache_query(pg_cache *cache, const m_type *type, const uint8_t *key, uint32_t key_n,
                    uint64_t hash, const void *const *records, const pg_entry *const *entries,
                    uint32_t count)
{
    wanted w = {type, true, key, key_n, hash};
    pg_cached *c = add(cache, &w);
    if (!c) return;
    c->records = m_arena_array(cache->arena, count, sizeof *c->records);
    for (uint32_t i = 0; i < count && c->records; i++) {
        const pg_cached *row = NULL;
        const pg_entry *e = entries ? entries[i] : NULL;
        if (e) { /* one copy for all queries and keys that find it */
            pg_cache_row(cache, type, e->key, e->key_n, e->hash, records[i]);
            row = pg_cache_find(cache, type, false, e->key, e->key_n, e->hash);
        }
        c->records[i] = row ? row->record : m_record_copy(type, records[i], cache->arena);
        if (!c->records[i]) c->records = NULL;
    }
    c->count = count;
    if (c->records)
        link_in(cache, &w, c);
    else
        cache->full = true;
}
