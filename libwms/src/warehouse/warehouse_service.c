#include "warehouse/warehouse.h"

static const wms_warehouse *find(const m_fetch *all, m_id id)
{
    for (uint32_t i = 0; i < all->count; i++) {
        const wms_warehouse *warehouse = all->records[i];
        if (m_id_eq(warehouse->id, id)) return warehouse;
    }
    return NULL;
}

static m_status check_parent(const wms *w, m_call *call, const wms_warehouse *doc)
{
    if (m_id_is_null(doc->parent)) return M_OK;
    m_query everything = {0};
    m_fetch all = {.type = &wms_warehouse_type, .query = &everything};
    M_TRY(m_store_fetch(w->store, call, &all, 1));
    const wms_warehouse *parent = find(&all, doc->parent);
    if (!parent)
        m_field_fail(call, m_err_link, M_STR("parent"), "warehouse");
    else if (parent->kind != WMS_DEPOT)
        m_field_fail(call, WMS_ERR(WAREHOUSE_PARENT), M_STR("parent"), "%.*s is not a depot",
                     M_STR_ARG(parent->code));
    else if (wms_warehouse_circular(doc->id, doc->parent, all.records, all.count))
        m_field_fail(call, WMS_ERR(WAREHOUSE_PARENT), M_STR("parent"),
                     "%.*s is below this warehouse", M_STR_ARG(parent->code));
    return M_OK;
}

/* At least one bin of it, with stock or at all. */
static m_status has_bins(const wms *w, m_call *call, m_id id, bool with_stock, bool *out)
{
    static const m_dec zero;
    uint32_t count = 0;
    m_filter filters[] = {{"warehouse", M_OP_EQ, &id}, {"qty", M_OP_GT, &zero}};
    m_query query = {.filters = filters, .filter_count = with_stock ? 2 : 1};
    M_TRY(m_store_count(w->store, call, &m_stock_bin_type, &query, 1, &count));
    *out = count > 0;
    return M_OK;
}

m_status wms_warehouse_check(void *module, m_call *call, void *record, const void *stored)
{
    const wms *w = module;
    const wms_warehouse *doc = record;
    const wms_warehouse *before = stored;
    M_TRY(check_parent(w, call, doc));
    bool closes = before && before->active && !doc->active;
    bool turns = before && (before->kind == WMS_TRANSIT) != (doc->kind == WMS_TRANSIT);
    if (closes || turns) {
        bool stocked = false;
        M_TRY(has_bins(w, call, doc->id, true, &stocked));
        if (stocked)
            return m_fail(call, WMS_ERR(WAREHOUSE_HAS_STOCK), "%.*s", M_STR_ARG(doc->code));
    }
    return M_OK;
}

m_status wms_warehouse_on_delete(void *module, m_call *call, const void *record)
{
    const wms_warehouse *doc = record;
    bool used = false;
    M_TRY(has_bins(module, call, doc->id, false, &used));
    if (used) return m_fail(call, WMS_ERR(WAREHOUSE_IN_USE), "%.*s", M_STR_ARG(doc->code));
    return M_OK;
}
