#include "import_internal.h"

enum { FIRST_CAPACITY = 256 };

/* FNV-1a. */
static uint32_t hash_of(const void *tag, m_str text)
{
    uint32_t hash = UINT32_C(2166136261) ^ (uint32_t)((uintptr_t)tag >> 4);
    for (size_t i = 0; i < text.n; i++)
        hash = (hash ^ (uint8_t)text.p[i]) * UINT32_C(16777619);
    return hash;
}

/* Its entry, or the free one where it belongs. */
static map_entry *place(map_entry *entries, uint32_t capacity, const void *tag, m_str text)
{
    for (uint32_t i = hash_of(tag, text);; i++) {
        map_entry *entry = &entries[i & (capacity - 1)];
        if (!entry->tag || (entry->tag == tag && m_str_eq(entry->text, text))) return entry;
    }
}

map_entry *text_map_find(const text_map *map, const void *tag, m_str text)
{
    if (!map->capacity) return NULL;
    map_entry *entry = place(map->entries, map->capacity, tag, text);
    return entry->tag ? entry : NULL;
}

static bool grow(text_map *map)
{
    uint32_t capacity = map->capacity ? 2 * map->capacity : FIRST_CAPACITY;
    map_entry *entries = m_arena_array(map->arena, capacity, sizeof *entries);
    if (!entries) return false;
    for (uint32_t i = 0; i < map->capacity; i++) {
        const map_entry *old = &map->entries[i];
        if (old->tag) *place(entries, capacity, old->tag, old->text) = *old;
    }
    map->entries = entries;
    map->capacity = capacity;
    return true;
}

map_entry *text_map_add(text_map *map, const void *tag, m_str text)
{
    if (2 * map->used >= map->capacity && !grow(map)) return NULL;
    m_str copy = m_str_dup(map->arena, text);
    if (copy.n != text.n) return NULL;
    map_entry *entry = place(map->entries, map->capacity, tag, copy);
    if (!entry->tag) map->used++;
    *entry = (map_entry){.tag = tag, .text = copy};
    return entry;
}

void text_map_clear(text_map *map)
{
    if (map->capacity) memset(map->entries, 0, map->capacity * sizeof *map->entries);
    map->used = 0;
}
