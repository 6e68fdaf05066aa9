#include "stock_transfer/stock_transfer.h"

m_enum wms_transfer_state(const wms_stock_transfer *transfer)
{
    bool any = false, open = false, lost = false;
    for (M_EACH(const wms_transfer_line, line, transfer->lines)) {
        if (line->received_qty.u > 0) any = true;
        if (line->lost_qty.u > 0) lost = true;
        if (wms_transfer_open(line).u > 0) open = true;
    }
    if (open) return any ? WMS_TRANSFER_PART_RECEIVED : WMS_TRANSFER_SUBMITTED;
    return lost ? WMS_TRANSFER_CLOSED : WMS_TRANSFER_RECEIVED;
}

m_dec wms_transit_left(const wms_stock_transfer *transfer, m_id line)
{
    m_dec left = {0};
    for (M_EACH(const wms_transit_piece, piece, transfer->transit))
        if (m_id_eq(piece->line, line)) left.u += piece->left_qty.u;
    return left;
}

m_status wms_transit_take(wms_transit_piece *piece, m_dec *qty, int places, m_dec *out_qty,
                          m_dec *out_value)
{
    m_dec take = qty->u < piece->left_qty.u ? *qty : piece->left_qty;
    m_dec value;
    M_TRY(wms_share(piece->left_value, take, piece->left_qty, places, &value));
    piece->left_qty.u -= take.u;
    piece->left_value.u -= value.u;
    qty->u -= take.u;
    *out_qty = take;
    *out_value = value;
    return M_OK;
}
