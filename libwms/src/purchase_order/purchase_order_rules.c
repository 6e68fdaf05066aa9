#include "purchase_order/purchase_order.h"

m_status wms_tax_amount(const m_tax_info *tax, m_dec net, int places, m_dec *out)
{
    m_dec total = {0};
    for (M_EACH(const m_tax_component, component, tax->components)) {
        m_dec part;
        M_TRY(
            m_dec_mul_div(net, component->rate, m_dec_of_int(100), places, M_ROUND_HALF_UP, &part));
        M_TRY(m_dec_add(total, part, &total));
    }
    *out = total;
    return M_OK;
}

bool wms_order_open(const wms_purchase_order *order)
{
    return order->state == WMS_ORDER_SUBMITTED || order->state == WMS_ORDER_PARTIALLY_RECEIVED ||
           order->state == WMS_ORDER_RECEIVED;
}

m_enum wms_order_state(const wms_purchase_order *order)
{
    if (!wms_order_open(order)) return order->state;
    bool any = false, all = true, goods = false;
    for (M_EACH(const wms_order_line, line, order->lines)) {
        if (!line->is_stock) continue;
        goods = true;
        if (line->received_qty.u > 0) any = true;
        if (wms_order_line_kept(line).u < line->qty.u) all = false;
    }
    if (goods && all) return WMS_ORDER_RECEIVED;
    return any ? WMS_ORDER_PARTIALLY_RECEIVED : WMS_ORDER_SUBMITTED;
}

wms_order_line *wms_order_find(const wms_purchase_order *order, m_id id)
{
    for (M_EACH(wms_order_line, line, order->lines))
        if (m_id_eq(line->id, id)) return line;
    return NULL;
}

m_status wms_order_ceiling(const wms_order_line *line, m_dec tolerance_pct, m_dec *out)
{
    m_dec percent;
    M_TRY(m_dec_add(m_dec_of_int(100), tolerance_pct, &percent));
    return m_dec_mul_div(line->qty, percent, m_dec_of_int(100), M_DEC_SCALE, M_ROUND_DOWN, out);
}
