/* Warehouse: a place that holds stock. Depots feed outlets; goods on their way are in a transit
 * warehouse, which only stock transfers may touch. */
#ifndef WMS_WAREHOUSE_H
#define WMS_WAREHOUSE_H

#include "common/wms_instance.h"

typedef enum { WMS_DEPOT, WMS_OUTLET, WMS_TRANSIT, WMS_RETURNS } wms_warehouse_kind;

typedef struct {
    M_DOC;
    m_str code;
    m_str name;
    m_enum kind;
    m_id parent; /* depot it is fed by */
    m_id cost_center;
    m_str address;
    bool active;
} wms_warehouse;

extern const m_type wms_warehouse_type;
extern const m_doctype wms_warehouse_doctype;

/* May a document that is not a transfer use it? warehouse NULL: no such document. Notes what is
 * wrong under path. */
bool wms_warehouse_usable(m_call *call, const wms_warehouse *warehouse, m_str path);

/* Pure: is `child` above `parent`, so that it cannot become its child? all: every warehouse, n of
 * them. */
bool wms_warehouse_circular(m_id child, m_id parent, const void *const *all, uint32_t n);

/* The check and deletion hooks of the type. */
m_status wms_warehouse_check(void *module, m_call *call, void *doc, const void *before);
m_status wms_warehouse_on_delete(void *module, m_call *call, const void *doc);

#endif
