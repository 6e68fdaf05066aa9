#include "purchase_return/purchase_return.h"

m_status wms_return_share(const wms_receipt_line *received, int places, wms_return_line *line)
{
    m_dec left_value = {received->value.u - received->returned_value.u};
    m_dec left_foreign = {received->foreign_value.u - received->returned_foreign.u};
    m_dec left_qty = {received->accepted_qty.u - received->returned_qty.u};
    M_TRY(wms_share(left_foreign, line->qty, left_qty, places, &line->foreign_value));
    return wms_share(left_value, line->qty, left_qty, places, &line->grni_value);
}
