/* Registry: what the modules of this process offer, by name. Built once at boot, then only read:
 * safe in any thread. */
#ifndef M_ADAPTERS_REGISTRY_H
#define M_ADAPTERS_REGISTRY_H

#include "m/module.h"

/* A module and the instance its functions get. Both must outlive the registry. */
typedef struct {
    const m_module *module;
    void *instance;
    bool replica; /* another process owns it; here are copies of its shared documents, to be read */
} m_module_instance;

/* Where a document type holds a link: a member of the record, of a struct in it (group), of the
 * lines of a list (list), or of a struct in these. */
typedef struct {
    const m_field *list;  /* or NULL */
    const m_field *group; /* or NULL */
    const m_field *field;
    const m_type *target; /* NULL: this process has no such type */
    const char *link;     /* the target's name; the same pointer in all places of one target */
} m_link_place;

/* One collection of documents. */
typedef struct {
    const m_doctype *doctype;
    const m_module *module;
    void *instance;
    const m_link_place *links;
    uint32_t link_count;
    bool posts_book;  /* its moves may record vouchers in this process */
    bool posts_stock; /* its moves may record stock events */
    bool replica;     /* of a module that another process owns */
} m_collection;

typedef struct m_registry m_registry;

/* Copies the list, not the modules. NULL when memory is short. */
m_registry *m_registry_new(const m_module_instance *modules, uint32_t n);
/* Accepts NULL. */
void m_registry_free(m_registry *registry);

const m_module_instance *m_registry_modules(const m_registry *registry, uint32_t *out_count);
/* All collections, module by module. */
const m_collection *m_registry_collections(const m_registry *registry, uint32_t *out_count);

/* The rest answers NULL (false) when there is none. */

/* By address: "wms", "purchase-orders". */
const m_collection *m_registry_collection(const m_registry *registry, m_str module,
                                          m_str collection);
/* By document type: "wms.purchase_order". */
const m_collection *m_registry_doctype(const m_registry *registry, m_str type_name);
/* Any stored type with an id: document types and the further types of modules. */
const m_type *m_registry_type(const m_registry *registry, m_str type_name);
/* *out_instance: of the module the report belongs to; may be NULL. */
const m_report *m_registry_report(const m_registry *registry, m_str module, m_str name,
                                  void **out_instance);
/* What a module that is owned here shares of this type. */
const m_shared *m_registry_shared(const m_registry *registry, m_str type_name);
/* Does any module listen to this event type? */
bool m_registry_listens(const m_registry *registry, m_str event_type);

#endif
