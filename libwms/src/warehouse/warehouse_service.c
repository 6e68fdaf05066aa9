#include "warehouse/warehouse.h"

#include "goods_receipt/goods_receipt.h"
#include "stock_adjustment/stock_adjustment.h"
#include "stock_issue/stock_issue.h"
#include "stock_transfer/stock_transfer.h"

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

static m_status has_stock(const wms *w, m_call *call, m_id id, bool *out)
{
    static const m_dec zero;
    uint32_t count = 0;
    m_filter filters[] = {{"warehouse", M_OP_EQ, &id}, {"qty", M_OP_NE, &zero}};
    m_query query = {.filters = filters, .filter_count = 2};
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
        M_TRY(has_stock(w, call, doc->id, &stocked));
        if (stocked)
            return m_fail(call, WMS_ERR(WAREHOUSE_HAS_STOCK), "%.*s", M_STR_ARG(doc->code));
    }
    return M_OK;
}

/* Everything that names a warehouse. Deleting one is rare, so it is looked up place by place. */
static const struct {
    const m_type *type;
    const char *field;
} users[] = {
    {&m_stock_bin_type, "warehouse"},
    {&wms_warehouse_type, "parent"},
    {&wms_purchase_order_type, "warehouse"},
    {&wms_goods_receipt_type, "warehouse"},
    {&wms_stock_transfer_type, "from_warehouse"},
    {&wms_stock_transfer_type, "to_warehouse"},
    {&wms_stock_transfer_type, "transit_warehouse"},
    {&wms_stock_issue_type, "warehouse"},
    {&wms_stock_adjustment_type, "warehouse"},
};

m_status wms_warehouse_on_delete(void *module, m_call *call, const void *record)
{
    const wms *w = module;
    const wms_warehouse *doc = record;
    for (size_t i = 0; i < sizeof users / sizeof users[0]; i++) {
        uint32_t count = 0;
        m_filter filter = {users[i].field, M_OP_EQ, &doc->id};
        m_query query = {.filters = &filter, .filter_count = 1};
        M_TRY(m_store_count(w->store, call, users[i].type, &query, 1, &count));
        if (count) return m_fail(call, WMS_ERR(WAREHOUSE_IN_USE), "%.*s", M_STR_ARG(doc->code));
    }
    return M_OK;
}
