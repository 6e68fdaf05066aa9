#include "gratuity/gratuity.h"

m_status ppl_service_years(m_date joined, m_date left, m_dec year_days, m_dec *out)
{
    if (m_date_is_none(joined) || m_date_cmp(left, joined) < 0 || year_days.u <= 0)
        return M_INVALID;
    return m_dec_div(m_dec_of_int((int64_t)left.d - joined.d), year_days, 0, M_ROUND_HALF_UP, out);
}

m_status ppl_gratuity_amount(const ppl_gratuity_terms *terms, m_dec years, m_dec last_basic,
                             int places, m_dec *out)
{
    m_dec numerator = terms->numerator, denominator = terms->denominator;
    m_dec times;
    m_dec zero = {0};
    if (years.u < 0 || last_basic.u < 0) return M_INVALID;
    if (terms->kind == PPL_CURRENT_SLAB) {
        numerator = zero;
        denominator = (m_dec){M_DEC_ONE};
        for (uint32_t i = 0; i < terms->slab_count; i++) {
            const ppl_gratuity_slab *slab = &terms->slabs[i];
            if (years.u >= slab->from.u && (slab->upto.u == 0 || years.u < slab->upto.u))
                numerator = slab->fraction;
        }
    } else if (denominator.u <= 0) {
        return M_INVALID;
    }
    if (years.u < terms->min_years.u || numerator.u == 0) {
        *out = zero;
        return M_OK;
    }
    M_TRY(m_dec_mul(numerator, years, M_DEC_SCALE, M_ROUND_HALF_UP, &times));
    return m_dec_mul_div(last_basic, times, denominator, places, M_ROUND_HALF_UP, out);
}
