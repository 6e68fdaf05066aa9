#include "purchase_requisition/purchase_requisition.h"

bool wms_requisition_open(const wms_purchase_requisition *doc)
{
    return doc->state == WMS_REQUISITION_SUBMITTED ||
           doc->state == WMS_REQUISITION_PARTIALLY_ORDERED || doc->state == WMS_REQUISITION_ORDERED;
}

m_enum wms_requisition_state(const wms_purchase_requisition *doc)
{
    bool any = false, all = true;
    for (M_EACH(const wms_requisition_line, line, doc->lines)) {
        if (line->stock_ordered.u > 0) any = true;
        if (line->stock_ordered.u < line->stock_qty.u) all = false;
    }
    if (all) return WMS_REQUISITION_ORDERED;
    return any ? WMS_REQUISITION_PARTIALLY_ORDERED : WMS_REQUISITION_SUBMITTED;
}

m_status wms_requisition_derive(wms_purchase_requisition *doc)
{
    m_dec_sum ordered = 0, requested = 0;
    m_dec part, whole;
    for (M_EACH(wms_requisition_line, line, doc->lines)) {
        m_dec left = {line->stock_qty.u - line->stock_ordered.u};
        if (left.u < 0) left.u = 0;
        ordered += line->stock_qty.u - left.u;
        requested += line->stock_qty.u;
        if (left.u == line->stock_qty.u)
            line->still_requested = line->qty;
        else
            M_TRY(m_dec_mul_div(line->qty, left, line->stock_qty, M_DEC_SCALE, M_ROUND_HALF_UP,
                                &line->still_requested));
    }
    doc->per_ordered = (m_dec){0};
    if (requested == 0) return M_OK;
    M_TRY(m_dec_of_sum(ordered, &part));
    M_TRY(m_dec_of_sum(requested, &whole));
    return m_dec_mul_div(part, m_dec_of_int(100), whole, 2, M_ROUND_HALF_UP, &doc->per_ordered);
}

m_status wms_requisition_ceiling(const wms_requisition_line *line, m_dec tolerance_pct, m_dec *out)
{
    m_dec percent;
    M_TRY(m_dec_add(m_dec_of_int(100), tolerance_pct, &percent));
    return m_dec_mul_div(line->stock_qty, percent, m_dec_of_int(100), M_DEC_SCALE, M_ROUND_DOWN,
                         out);
}

wms_requisition_line *wms_requisition_find(const wms_purchase_requisition *doc, m_id id)
{
    for (M_EACH(wms_requisition_line, line, doc->lines))
        if (m_id_eq(line->id, id)) return line;
    return NULL;
}

m_status wms_requisition_kept(const wms_order_line *line, m_dec *out)
{
    m_dec kept = wms_order_line_kept(line);
    *out = line->requisition_qty;
    if (!line->is_stock || kept.u >= line->qty.u) return M_OK;
    if (kept.u < 0) kept.u = 0;
    return m_dec_mul_div(line->requisition_qty, kept, line->qty, M_DEC_SCALE, M_ROUND_HALF_UP, out);
}
