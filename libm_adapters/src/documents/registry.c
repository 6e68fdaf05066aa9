#include "m_adapters/registry.h"

#include <stdlib.h>

struct m_registry {
    m_module_instance *modules;
    uint32_t module_count;
    m_collection *collections;
    uint32_t collection_count;
};

/* ---- links ---- */

/* Reports each place of a link; out NULL: only counts. */
typedef struct {
    const m_registry *registry;
    m_link_place *out;
    uint32_t count;
} link_scan;

/* One pointer for all links to a type, wherever they stand. */
static const char *link_name(const m_registry *registry, const m_type *target, const char *link)
{
    if (target) return target->name;
    for (uint32_t c = 0; c < registry->collection_count; c++)
        for (uint32_t i = 0; i < registry->collections[c].link_count; i++) {
            const m_link_place *place = &registry->collections[c].links[i];
            if (place->link && strcmp(place->link, link) == 0) return place->link;
        }
    return link;
}

static void scan_links(link_scan *scan, const m_type *type, const m_field *list,
                       const m_field *group)
{
    for (uint16_t i = 0; i < type->count; i++) {
        const m_field *field = &type->fields[i];
        if (field->kind == M_KIND_STRUCT && !group) {
            scan_links(scan, field->type, list, field);
        } else if (field->kind == M_KIND_LIST && !list && !group) {
            scan_links(scan, field->type, field, NULL);
        } else if (field->kind == M_KIND_LINK && field->link) {
            const m_type *target = m_registry_type(scan->registry, m_str_of(field->link));
            if (scan->out)
                scan->out[scan->count] = (m_link_place){
                    list, group, field, target, link_name(scan->registry, target, field->link)};
            scan->count++;
        }
    }
}

static bool find_links(const m_registry *registry, m_collection *collection)
{
    link_scan scan = {.registry = registry};
    scan_links(&scan, collection->doctype->type, NULL, NULL);
    m_link_place *places = calloc(scan.count ? scan.count : 1, sizeof *places);
    if (!places) return false;
    collection->links = places;
    collection->link_count = scan.count;
    scan = (link_scan){.registry = registry, .out = places};
    scan_links(&scan, collection->doctype->type, NULL, NULL);
    return true;
}

/* ---- what a module may post ---- */

static bool requires(const m_module *module, const char *name)
{
    for (const m_required *need = module->requires_; need && need->name; need++)
        if (strcmp(need->name, name) == 0) return true;
    return false;
}

static bool any_requires(const m_registry *registry, const char *name)
{
    for (uint32_t i = 0; i < registry->module_count; i++)
        if (requires(registry->modules[i].module, name)) return true;
    return false;
}

/* ---- building ---- */

static uint32_t count_doctypes(const m_registry *registry)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < registry->module_count; i++)
        for (const m_doctype *const *at = registry->modules[i].module->doctypes; at && *at; at++)
            count++;
    return count;
}

static void list_collections(m_registry *registry)
{
    bool book_here = any_requires(registry, "book_keeper");
    for (uint32_t i = 0; i < registry->module_count; i++) {
        const m_module *module = registry->modules[i].module;
        for (const m_doctype *const *at = module->doctypes; at && *at; at++)
            registry->collections[registry->collection_count++] = (m_collection){
                .doctype = *at,
                .module = module,
                .instance = registry->modules[i].instance,
                .posts_book =
                    requires(module, "book_keeper") || (book_here && requires(module, "ledger")),
                .posts_stock = requires(module, "stock_keeper"),
                .replica = registry->modules[i].replica,
            };
    }
}

m_registry *m_registry_new(const m_module_instance *modules, uint32_t n)
{
    m_registry *registry = calloc(1, sizeof *registry);
    if (!registry) return NULL;
    registry->modules = calloc(n ? n : 1, sizeof *modules);
    if (!registry->modules) goto failed;
    if (n) memcpy(registry->modules, modules, n * sizeof *modules);
    registry->module_count = n;
    uint32_t doctypes = count_doctypes(registry);
    registry->collections = calloc(doctypes ? doctypes : 1, sizeof *registry->collections);
    if (!registry->collections) goto failed;
    list_collections(registry);
    for (uint32_t i = 0; i < registry->collection_count; i++)
        if (!find_links(registry, &registry->collections[i])) goto failed;
    return registry;
failed:
    m_registry_free(registry);
    return NULL;
}

void m_registry_free(m_registry *registry)
{
    if (!registry) return;
    for (uint32_t i = 0; registry->collections && i < registry->collection_count; i++)
        free((void *)(uintptr_t)registry->collections[i].links);
    free(registry->collections);
    free(registry->modules);
    free(registry);
}

/* ---- asking ---- */

const m_module_instance *m_registry_modules(const m_registry *registry, uint32_t *out_count)
{
    *out_count = registry->module_count;
    return registry->modules;
}

const m_collection *m_registry_collections(const m_registry *registry, uint32_t *out_count)
{
    *out_count = registry->collection_count;
    return registry->collections;
}

const m_collection *m_registry_collection(const m_registry *registry, m_str module,
                                          m_str collection)
{
    for (uint32_t i = 0; i < registry->collection_count; i++) {
        const m_collection *at = &registry->collections[i];
        if (m_str_is(collection, at->doctype->collection) && m_str_is(module, at->module->name))
            return at;
    }
    return NULL;
}

const m_collection *m_registry_doctype(const m_registry *registry, m_str type_name)
{
    for (uint32_t i = 0; i < registry->collection_count; i++)
        if (m_str_is(type_name, registry->collections[i].doctype->type->name))
            return &registry->collections[i];
    return NULL;
}

const m_type *m_registry_type(const m_registry *registry, m_str type_name)
{
    const m_collection *collection = m_registry_doctype(registry, type_name);
    if (collection) return collection->doctype->type;
    for (uint32_t i = 0; i < registry->module_count; i++)
        for (const m_type *const *at = registry->modules[i].module->types; at && *at; at++)
            if (m_str_is(type_name, (*at)->name) && (*at)->count &&
                (*at)->fields[0].kind == M_KIND_ID)
                return *at;
    return NULL;
}

const m_report *m_registry_report(const m_registry *registry, m_str module, m_str name,
                                  void **out_instance)
{
    for (uint32_t i = 0; i < registry->module_count; i++) {
        if (!m_str_is(module, registry->modules[i].module->name)) continue;
        for (const m_report *const *at = registry->modules[i].module->reports; at && *at; at++) {
            if (!m_str_is(name, (*at)->name)) continue;
            if (out_instance) *out_instance = registry->modules[i].instance;
            return *at;
        }
    }
    return NULL;
}

bool m_registry_listens(const m_registry *registry, m_str event_type)
{
    for (uint32_t i = 0; i < registry->module_count; i++) {
        const m_listener *at = registry->modules[i].module->listeners;
        for (; at && at->type; at++)
            if (m_str_is(event_type, at->type)) return true;
    }
    return false;
}

const m_shared *m_registry_shared(const m_registry *registry, m_str type_name)
{
    for (uint32_t i = 0; i < registry->module_count; i++) {
        if (registry->modules[i].replica) continue;
        const m_shared *at = registry->modules[i].module->shared;
        for (; at && at->doctype; at++)
            if (m_str_is(type_name, at->doctype->type->name)) return at;
    }
    return NULL;
}
