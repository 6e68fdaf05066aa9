#include "wms/wms.h"

static m_dec_sum coin_of(int places)
{
    m_dec_sum coin = M_DEC_ONE;
    while (places-- > 0)
        coin /= 10;
    return coin;
}

/* Every share rounded down, what was cut off beside it; the coins that are left over, fewer than
 * n. */
static m_dec_sum round_down(m_dec amount, wms_part *parts, uint32_t n, m_dec_sum coin,
                            m_dec_sum total)
{
    m_dec_sum coins = amount.u / coin;
    m_dec_sum left = coins;
    for (uint32_t i = 0; i < n; i++) {
        m_dec_sum exact = coins * parts[i].basis.u; /* both below 2^63: it fits */
        m_dec_sum share = exact / total;
        parts[i].rest = exact % total;
        parts[i].amount.u = (int64_t)(share * coin);
        left -= share;
    }
    return left;
}

m_status wms_split(m_dec amount, wms_part *parts, uint32_t n, int places)
{
    m_dec_sum total = 0, coin = coin_of(places);
    if (amount.u < 0 || !m_dec_fits(amount, places)) return M_INVALID;
    for (uint32_t i = 0; i < n; i++) {
        if (parts[i].basis.u < 0) return M_INVALID;
        total += parts[i].basis.u;
    }
    if (total == 0) return M_INVALID;
    for (m_dec_sum left = round_down(amount, parts, n, coin, total); left > 0; left--) {
        uint32_t best = 0;
        for (uint32_t i = 1; i < n; i++)
            if (parts[i].rest >= parts[best].rest) best = i;
        parts[best].amount.u += (int64_t)coin;
        parts[best].rest = -1;
    }
    return M_OK;
}

m_status wms_landed_part(m_dec amount, m_dec on_hand, m_dec received, int places, m_dec *out)
{
    if (on_hand.u == 0 && received.u > 0 && amount.u >= 0) {
        *out = (m_dec){0};
        return M_OK;
    }
    return wms_share(amount, on_hand, received, places, out);
}

m_status wms_variance_part(m_dec difference, m_dec on_hand, m_dec received, int places,
                           m_dec *out_to_stock)
{
    m_dec part;
    bool falls = difference.u < 0;
    M_TRY(wms_landed_part(falls ? m_dec_neg(difference) : difference, on_hand, received, places,
                          &part));
    *out_to_stock = falls ? m_dec_neg(part) : part;
    return M_OK;
}

m_status wms_pool_raise(wms_pool *pool, m_dec value)
{
    m_dec after;
    if (pool->qty.u <= 0) return M_PRECONDITION;
    M_TRY(m_dec_add(pool->value, value, &after));
    if (after.u < 0) return M_PRECONDITION;
    pool->value = after;
    return M_OK;
}
