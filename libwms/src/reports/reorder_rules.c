#include "reports/reorder.h"

m_status wms_reorder(const wms_reorder_case *c, m_dec *out)
{
    if (c->projected.u > c->level.u) {
        *out = (m_dec){0};
        return M_OK;
    }
    m_dec_sum qty = (m_dec_sum)c->target.u - c->projected.u;
    if (qty < c->least.u) qty = c->least.u;
    if (c->lot.u > 0) {
        qty = (qty + c->lot.u - 1) / c->lot.u * c->lot.u;
        if (c->projected.u + qty <= c->level.u) qty += c->lot.u;
    }
    return m_dec_of_sum(qty > 0 ? qty : 0, out);
}
