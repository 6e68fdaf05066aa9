#include "m/money.h"

m_status m_to_base(m_dec foreign, m_rate rate, int places, m_dec *out)
{
    m_dec per = rate.per.u ? rate.per : (m_dec){M_DEC_ONE};
    if (rate.rate.u <= 0 || per.u < 0) return M_INVALID;
    return m_dec_mul_div(foreign, rate.rate, per, places, M_ROUND_HALF_UP, out);
}

m_status m_foreign_share(m_foreign whole, m_dec foreign, int places, m_dec *out)
{
    bool within = whole.foreign.u < 0 ? foreign.u <= 0 && foreign.u >= whole.foreign.u
                                      : foreign.u >= 0 && foreign.u <= whole.foreign.u;
    if (!within) return M_INVALID;
    if (foreign.u == whole.foreign.u) {
        *out = whole.base;
        return M_OK;
    }
    return m_dec_mul_div(whole.base, foreign, whole.foreign, places, M_ROUND_HALF_UP, out);
}
