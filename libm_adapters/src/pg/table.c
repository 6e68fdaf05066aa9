/* Hash table of pointers, and the keys of rows. */
#include <stdlib.h>

#include "uow.h"

static void **probe(void **slots, size_t capacity, uint64_t hash, pg_same_fn same, const void *key)
{
    size_t i = hash & (capacity - 1);
    while (slots[i] && !(same && same(slots[i], key)))
        i = (i + 1) & (capacity - 1);
    return &slots[i];
}

static bool table_grow(pg_table *table, pg_hash_fn hash_of)
{
    size_t larger = table->capacity ? table->capacity * 2 : 256;
    void **slots = calloc(larger, sizeof *slots);
    if (!slots) return false;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i])
            *probe(slots, larger, hash_of(table->slots[i]), NULL, NULL) = table->slots[i];
    free(table->slots);
    table->slots = slots;
    table->capacity = larger;
    return true;
}

void **pg_table_slot(pg_table *table, uint64_t hash, pg_same_fn same, const void *key,
                     pg_hash_fn hash_of)
{
    if (table->count * 2 >= table->capacity && !table_grow(table, hash_of)) return NULL;
    return probe(table->slots, table->capacity, hash, same, key);
}

#define KEEP_SLOTS 4096

void pg_table_clear(pg_table *table)
{
    if (table->count == 0) return;
    table->count = 0;
    if (table->capacity > KEEP_SLOTS)
        pg_table_free(table);
    else
        memset(table->slots, 0, table->capacity * sizeof *table->slots);
}

void pg_table_free(pg_table *table)
{
    free(table->slots);
    *table = (pg_table){NULL, 0, 0};
}

/* ---- keys ---- */

static size_t key_size(const pg_plan *plan, const void *record)
{
    size_t n = 0;
    for (uint16_t i = 0; i < plan->key_count; i++) {
        const m_field *f = plan->cols.items[plan->key[i]].field;
        const void *value = pg_col_get(plan, plan->key[i], record);
        n += m_field_bytes(f);
        if (pg_kind_oid(f->kind) == pg_kind_oid(M_KIND_STR) && f->kind != M_KIND_ENUM && value)
            n += ((const m_str *)value)->n;
    }
    return n;
}

/* Numbers big-endian with the sign turned, so that keys sort as their rows do. */
static uint8_t *put_number(uint8_t *p, int64_t value, size_t n)
{
    uint64_t v = (uint64_t)value ^ (UINT64_C(1) << (8 * n - 1));
    for (size_t i = 0; i < n; i++)
        p[i] = (uint8_t)(v >> 8 * (n - 1 - i));
    return p + n;
}

static uint8_t *put_text(uint8_t *p, m_str text)
{
    if (text.n) memcpy(p, text.p, text.n);
    return put_number(p + text.n, (int64_t)text.n, 8);
}

static uint8_t *put_key(uint8_t *p, const m_field *f, const void *value)
{
    switch (f->kind) {
    case M_KIND_STR:
    case M_KIND_TEXT:
    case M_KIND_BYTES:
        return put_text(p, *(const m_str *)value);
    case M_KIND_INT:
        return put_number(p, *(const int64_t *)value, 8);
    case M_KIND_TIME:
        return put_number(p, ((const m_time *)value)->us, 8);
    case M_KIND_DATE:
        return put_number(p, ((const m_date *)value)->d, 4);
    case M_KIND_ENUM:
        return put_number(p, *(const m_enum *)value, 4);
    case M_KIND_DEC:
    case M_KIND_QTY:
    case M_KIND_MONEY:
        return put_number(p, ((const m_dec *)value)->u, 8);
    default:
        memcpy(p, value, m_field_bytes(f));
        return p + m_field_bytes(f);
    }
}

const uint8_t *pg_key_of(pg_uow *u, const pg_plan *plan, const void *record,
                         uint8_t buffer[PG_KEY_BYTES], uint32_t *n)
{
    static const m_dec_sum zeros[2];
    if (plan->by_id) {
        *n = sizeof(m_id);
        return pg_col_get(plan, 0, record);
    }
    size_t room = key_size(plan, record);
    uint8_t *start = room <= PG_KEY_BYTES ? buffer : m_arena_alloc(u->arena, room);
    if (!start || room > UINT32_MAX) return NULL;
    uint8_t *p = start;
    for (uint16_t i = 0; i < plan->key_count; i++) {
        const void *value = pg_col_get(plan, plan->key[i], record);
        p = put_key(p, plan->cols.items[plan->key[i]].field, value ? value : zeros);
    }
    *n = (uint32_t)(p - start);
    return start;
}

uint64_t pg_key_hash(const pg_plan *plan, const uint8_t *key, uint32_t n)
{
    return pg_hash(key, n, (uint64_t)(uintptr_t)plan->type);
}

/* ---- entries ---- */

typedef struct {
    const pg_plan *plan;
    const uint8_t *key;
    uint32_t n;
    uint64_t hash;
} wanted_entry;

static bool same_entry(const void *item, const void *key)
{
    const pg_entry *e = item;
    const wanted_entry *w = key;
    return e->hash == w->hash && e->plan == w->plan && e->key_n == w->n &&
           memcmp(e->key, w->key, w->n) == 0;
}

static uint64_t hash_of_entry(const void *item)
{
    return ((const pg_entry *)item)->hash;
}

pg_entry *pg_entry_find(pg_uow *u, const pg_plan *plan, const uint8_t *key, uint32_t n)
{
    if (u->entries.count == 0) return NULL;
    wanted_entry w = {plan, key, n, pg_key_hash(plan, key, n)};
    return *probe(u->entries.slots, u->entries.capacity, w.hash, same_entry, &w);
}

pg_entry *pg_entry_get(pg_uow *u, pg_plan *plan, const uint8_t *key, uint32_t n)
{
    wanted_entry w = {plan, key, n, pg_key_hash(plan, key, n)};
    void **slot = pg_table_slot(&u->entries, w.hash, same_entry, &w, hash_of_entry);
    if (!slot || *slot) return slot ? *slot : NULL;
    pg_entry *e = m_arena_alloc(u->arena, sizeof *e + n);
    if (!e) return NULL;
    *e = (pg_entry){.plan = plan, .hash = w.hash, .key = (uint8_t *)(e + 1), .key_n = n};
    memcpy(e + 1, key, n);
    *slot = e;
    u->entries.count++;
    return e;
}
