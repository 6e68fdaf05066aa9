#include "finance/finance.h"

m_status fin_allocate(m_dec amount, const m_dec *outstanding, uint32_t n, m_dec *out_parts,
                      m_dec *out_rest)
{
    if (amount.u < 0) return M_INVALID;
    for (uint32_t i = 0; i < n; i++)
        if (outstanding[i].u < 0) return M_INVALID;
    m_dec left = amount;
    for (uint32_t i = 0; i < n; i++) {
        out_parts[i] = left.u < outstanding[i].u ? left : outstanding[i];
        left.u -= out_parts[i].u;
    }
    *out_rest = left;
    return M_OK;
}

m_status fin_split_write_off(m_dec amount, int places, const m_dec *parts, uint32_t n,
                             m_dec *out_shares)
{
    return m_money_split(amount, places, parts, n, out_shares);
}
