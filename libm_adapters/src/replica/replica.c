/* Which types this process keeps. */
#include <stdlib.h>

#include "internal.h"

/* ---- finding ---- */

static int by_name(const void *key, const void *item)
{
    return m_str_cmp(*(const m_str *)key, m_str_of(((const kept *)item)->name));
}

const kept *replica_find(const m_replica *replica, m_str type)
{
    if (!replica->count) return NULL;
    return bsearch(&type, replica->items, replica->count, sizeof *replica->items, by_name);
}

const char *const *m_replica_types(const m_replica *replica, uint32_t *out_count)
{
    *out_count = replica->count;
    return replica->names;
}

/* ---- collecting ---- */

static const m_replica_owner *owner_of(const m_replica *replica, const char *type)
{
    size_t n = strcspn(type, ".");
    for (uint32_t i = 0; i < replica->config.owner_count; i++) {
        const m_replica_owner *owner = &replica->config.owners[i];
        if (strlen(owner->module) == n && strncmp(owner->module, type, n) == 0) return owner;
    }
    return NULL;
}

static bool add(m_replica *replica, const char *name, const m_type *type, const char *columns)
{
    for (uint32_t i = 0; i < replica->count; i++)
        if (strcmp(replica->items[i].name, name) == 0) return true;
    kept *grown = realloc(replica->items, (replica->count + 1) * sizeof *grown);
    if (!grown) return false;
    replica->items = grown;
    grown[replica->count++] = (kept){name, type, columns, owner_of(replica, name)};
    return true;
}

static bool add_module(m_replica *replica, const m_module *module)
{
    const m_shared *at = module->shared;
    for (; at && at->doctype; at++)
        if (!add(replica, at->doctype->type->name, at->doctype->type, at->columns)) return false;
    return true;
}

static bool add_links(m_replica *replica, const m_collection *at)
{
    for (uint32_t i = 0; i < at->link_count; i++)
        if (!at->links[i].target && !add(replica, at->links[i].link, NULL, NULL)) return false;
    return true;
}

static bool collect(m_replica *replica)
{
    uint32_t n = 0;
    const m_module_instance *modules = m_registry_modules(replica->config.registry, &n);
    for (uint32_t i = 0; i < n; i++)
        if (modules[i].replica && !add_module(replica, modules[i].module)) return false;
    const m_collection *collections = m_registry_collections(replica->config.registry, &n);
    for (uint32_t i = 0; i < n; i++)
        if (!collections[i].replica && !add_links(replica, &collections[i])) return false;
    for (const char *const *name = replica->config.also; name && *name; name++)
        if (!m_registry_type(replica->config.registry, m_str_of(*name)) &&
            !add(replica, *name, NULL, NULL))
            return false;
    return true;
}

static int by_both_names(const void *a, const void *b)
{
    return strcmp(((const kept *)a)->name, ((const kept *)b)->name);
}

m_replica *m_replica_new(const m_replica_config *config)
{
    m_replica *replica = calloc(1, sizeof *replica);
    if (!replica) return NULL;
    replica->config = *config;
    bool good = collect(replica);
    replica->names = calloc(replica->count + 1, sizeof *replica->names);
    if (!good || !replica->names) {
        m_replica_free(replica);
        return NULL;
    }
    if (replica->count)
        qsort(replica->items, replica->count, sizeof *replica->items, by_both_names);
    for (uint32_t i = 0; i < replica->count; i++)
        replica->names[i] = replica->items[i].name;
    return replica;
}

void m_replica_free(m_replica *replica)
{
    if (!replica) return;
    free(replica->items);
    free(replica->names);
    free(replica);
}
