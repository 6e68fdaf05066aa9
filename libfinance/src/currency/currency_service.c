#include "currency/currency.h"

m_status fin_currency_read(fin_module *fin, m_call *call, m_id *currency, m_dec *rate, m_dec *per,
                           m_date on, fin_currency *out)
{
    m_tenant_info tenant;
    m_currency_info info;
    M_TRY(fin_read_tenant(fin, call, &tenant));
    fin_currency read = {.code = tenant.base_currency,
                         .places = (int)tenant.currency_places,
                         .base_places = (int)tenant.currency_places};
    m_currency_question question = {.currency = *currency, .on = on};
    if (!m_id_is_null(*currency)) {
        M_TRY(m_masters_currency(fin->masters, call, &question, &info));
        if (!info.base && rate->u == 0) {
            M_TRY(m_currency_on(fin->masters, call, *currency, on, &info));
            *rate = info.rate;
            *per = info.per;
        }
        read.foreign = !info.base;
        read.code = info.code;
        read.places = (int)info.places;
    }
    if (read.foreign) {
        if (per->u == 0) *per = m_dec_of_int(1);
        read.id = *currency;
        read.rate = (m_rate){*rate, *per};
    } else {
        *currency = (m_id){{0}};
        *rate = *per = (m_dec){0};
    }
    *out = read;
    return M_OK;
}

m_status fin_currency_base(m_call *call, const fin_currency *currency, m_dec foreign, m_dec *out)
{
    if (!currency->foreign) {
        *out = foreign;
        return M_OK;
    }
    return m_told(call, m_to_base(foreign, currency->rate, currency->base_places, out));
}

m_status fin_currency_of_base(m_call *call, const fin_currency *currency, m_dec base, m_dec *out)
{
    *out = base;
    if (!currency->foreign) return M_OK;
    return m_told(call, m_dec_mul_div(base, currency->rate.per, currency->rate.rate,
                                      currency->places, M_ROUND_HALF_UP, out));
}

m_status fin_currency_worth(m_call *call, const fin_currency *currency, m_dec foreign,
                            const char *path, m_dec *out)
{
    M_TRY(fin_currency_base(call, currency, foreign, out));
    if (foreign.u > 0 && out->u == 0) {
        char text[M_DEC_TEXT];
        m_dec_format(foreign, 2, text);
        m_field_fail(call, FIN_ERR(WORTH_NOTHING), m_str_of(path), "%s %.*s", text,
                     M_STR_ARG(currency->code));
    }
    return M_OK;
}
