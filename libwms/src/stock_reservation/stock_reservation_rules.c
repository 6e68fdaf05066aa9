#include "stock_reservation/stock_reservation.h"

m_dec wms_reserved_holds(const wms_reserved_line *row, m_date today)
{
    bool over = !m_date_is_none(row->expires_on) && m_date_cmp(row->expires_on, today) < 0;
    return over ? (m_dec){0} : row->open_qty;
}

m_enum wms_reservation_state(const wms_stock_reservation *doc)
{
    if (doc->state != WMS_RESERVATION_ACTIVE && doc->state != WMS_RESERVATION_DELIVERED)
        return doc->state;
    for (M_EACH(const wms_reservation_line, line, doc->lines))
        if (line->delivered_qty.u < line->stock_qty.u) return WMS_RESERVATION_ACTIVE;
    return WMS_RESERVATION_DELIVERED;
}
