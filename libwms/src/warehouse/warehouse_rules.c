#include "warehouse/warehouse.h"

bool wms_warehouse_usable(m_call *call, const wms_warehouse *warehouse, m_str path)
{
    if (!warehouse)
        m_field_fail(call, m_err_link, path, "warehouse");
    else if (!warehouse->active)
        m_field_fail(call, WMS_ERR(WAREHOUSE_INACTIVE), path, "%.*s", M_STR_ARG(warehouse->code));
    else if (warehouse->kind == WMS_TRANSIT)
        m_field_fail(call, WMS_ERR(WAREHOUSE_TRANSIT), path, "%.*s is a transit warehouse",
                     M_STR_ARG(warehouse->code));
    else
        return true;
    return false;
}

static m_id parent_of(m_id id, const void *const *all, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        const wms_warehouse *warehouse = all[i];
        if (m_id_eq(warehouse->id, id)) return warehouse->parent;
    }
    return (m_id){{0}};
}

bool wms_warehouse_circular(m_id child, m_id parent, const void *const *all, uint32_t n)
{
    m_id at = parent;
    for (uint32_t steps = 0; steps <= n && !m_id_is_null(at); steps++) {
        if (m_id_eq(at, child)) return true;
        at = parent_of(at, all, n);
    }
    return !m_id_is_null(at);
}
