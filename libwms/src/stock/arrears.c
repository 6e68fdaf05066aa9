#include "stock/arrears.h"

#include "warehouse/warehouse.h"

m_status wms_arrears_allowed(const wms *w, m_call *call, m_date on, bool *out)
{
    m_dec value;
    M_TRY(m_policy(w->masters, call, WMS_POLICY_NEGATIVE, on, (m_dec){0}, &value));
    *out = value.u >= M_DEC_ONE;
    return M_OK;
}

m_status wms_arrears_settle(m_call *call, wms_stock *stock, wms_bin *bin, m_dec qty, m_dec value,
                            m_id source_line)
{
    m_dec correction = {0};
    M_TRY(wms_pool_cover(&bin->pool, qty, value, stock->places, &correction));
    if (correction.u == 0) return M_OK;
    wms_arrears *row =
        m_list_add(call->arena, &stock->arrears, &stock->arrears_capacity, sizeof *row);
    if (!row) return m_fail(call, m_err_memory, NULL);
    *row = (wms_arrears){.warehouse = bin->warehouse, .amount = correction};
    return wms_stock_move(call, stock,
                          (m_stock_move){.item = bin->item,
                                         .warehouse = bin->warehouse,
                                         .value = correction,
                                         .source_line = source_line,
                                         .basis = M_STOCK_ARREARS});
}

m_status wms_arrears_post(const wms *w, m_call *call, const wms_stock *stock, wms_posting *posting)
{
    for (M_EACH(const wms_arrears, row, stock->arrears)) {
        const void *found = NULL;
        M_TRY(m_store_need(w->store, call, &wms_warehouse_type, row->warehouse, &found));
        m_id center = ((const wms_warehouse *)found)->cost_center;
        M_TRY(wms_difference(call, posting, "stock", row->warehouse, center, row->amount));
        M_TRY(wms_difference(call, posting, "stock_arrears", row->warehouse, center,
                             m_dec_neg(row->amount)));
    }
    return M_OK;
}
