#include "purchase_return/purchase_return.h"

m_status wms_return_share(const wms_receipt_line *received, m_dec qty, int places, m_dec *out)
{
    m_dec left_value = {received->value.u - received->returned_value.u};
    m_dec left_qty = {received->accepted_qty.u - received->returned_qty.u};
    return wms_share(left_value, qty, left_qty, places, out);
}
