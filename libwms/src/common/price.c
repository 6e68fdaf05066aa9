#include "common/price.h"

m_status wms_price_read(const wms *w, m_call *call, m_id *currency, m_dec *rate, m_dec *per,
                        m_date on, wms_price *out)
{
    m_tenant_info tenant = {{0}};
    m_currency_info info = {.base = true};
    M_TRY(m_masters_tenant(w->masters, call, &(m_ids){{0}}, &tenant));
    int places = (int)tenant.currency_places;
    wms_price price = {.code = tenant.base_currency, .places = places, .base_places = places};
    if (!m_id_is_null(*currency))
        M_TRY(m_masters_currency(w->masters, call, &(m_currency_question){*currency, on}, &info));
    if (info.base) {
        *currency = (m_id){{0}};
        *rate = *per = (m_dec){0};
        *out = price;
        return M_OK;
    }
    if (rate->u == 0) {
        M_TRY(m_currency_on(w->masters, call, *currency, on, &info));
        *rate = info.rate;
        *per = info.per;
    }
    if (per->u == 0) *per = m_dec_of_int(1);
    price.foreign = true;
    price.code = info.code;
    price.places = (int)info.places;
    price.rate = (m_rate){*rate, *per};
    if (rate->u < 0 || per->u < 0) /* the field table tells */
        price.rate = (m_rate){m_dec_of_int(1), m_dec_of_int(1)};
    *out = price;
    return M_OK;
}

m_status wms_price_base(const wms_price *price, m_dec amount, m_dec *out)
{
    if (price->foreign) return m_to_base(amount, price->rate, price->base_places, out);
    *out = amount;
    return M_OK;
}
