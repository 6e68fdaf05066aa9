/* What a transaction read by key, as wants of its next try. */
#include "uow.h"

static m_fetch *fetch_of(m_arena *arena, const pg_entry *e, uint32_t room, m_fetch *out,
                         uint32_t max, uint32_t *n)
{
    for (uint32_t i = 0; i < *n; i++)
        if (out[i].type == e->plan->type) return &out[i];
    if (*n == max) return NULL;
    size_t size = e->plan->by_id ? sizeof(m_id) : sizeof(void *);
    void *list = m_arena_array(arena, room, size);
    if (!list) return NULL;
    out[*n] = (m_fetch){.type = e->plan->type};
    if (e->plan->by_id)
        out[*n].ids = list;
    else
        out[*n].keys = list;
    return &out[(*n)++];
}

static void add(m_arena *arena, const pg_entry *e, m_fetch *f)
{
    const void *row = e->row.base ? e->row.base : e->row.seen;
    if (e->plan->by_id) {
        memcpy((m_id *)(uintptr_t)f->ids + f->key_count++, e->key, sizeof(m_id));
        return;
    }
    const void *key = row ? m_record_copy(e->plan->type, row, arena) : NULL;
    if (key) ((const void **)(uintptr_t)f->keys)[f->key_count++] = key;
}

uint32_t pg_reads(m_uow *uow, m_arena *arena, m_fetch *out, uint32_t max)
{
    const pg_uow *u = (const pg_uow *)uow;
    uint32_t n = 0;
    for (size_t i = 0; i < u->entries.capacity; i++) {
        const pg_entry *e = u->entries.slots[i];
        if (!e || !e->row.known || (e->plan->type->flags & M_TYPE_REFERENCE)) continue;
        m_fetch *f = fetch_of(arena, e, (uint32_t)u->entries.count, out, max, &n);
        if (f) add(arena, e, f);
    }
    return n;
}
