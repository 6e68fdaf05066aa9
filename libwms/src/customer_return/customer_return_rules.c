#include "customer_return/customer_return.h"

m_status wms_customer_return_value(const wms_delivery_line *delivered, m_dec stock_qty, int places,
                                   m_dec *out)
{
    m_dec left_value = {delivered->value.u - delivered->returned_value.u};
    m_dec left_qty = {delivered->stock_qty.u - delivered->returned_stock_qty.u};
    return wms_share(left_value, stock_qty, left_qty, places, out);
}
