/* Prices in another currency: which one, at what rate, what they come to in the base currency. */
#ifndef WMS_PRICE_H
#define WMS_PRICE_H

#include "common/wms_instance.h"

typedef struct {
    bool foreign; /* false: the base currency, or none said */
    m_str code;
    int places;      /* of the currency */
    int base_places; /* of the base currency */
    m_rate rate;
} wms_price;

/* *currency becomes the null id when it is the base currency; then *rate and *per become zero. A
 * rate of zero is filled from the table of rates, with its per. */
m_status wms_price_read(const wms *w, m_call *call, m_id *currency, m_dec *rate, m_dec *per,
                        m_date on, wms_price *out) M_MUST_USE;

/* amount in base units. Pure. */
m_status wms_price_base(const wms_price *price, m_dec amount, m_dec *out) M_MUST_USE;

/* The fields of a document that has a rate. */
#define WMS_RATE_FIELDS(T)                                                                         \
    M_F_DEC(T, rate, "Exchange rate", .flags = M_NON_NEGATIVE | M_SPARSE,                          \
            .help = "Units of the company's currency; that of the day when left out.",             \
            .section = "Currency and references", .depends_on = "price_currency"),                 \
        M_F_DEC(T, per, "For", .flags = M_NON_NEGATIVE | M_SPARSE,                                 \
                .help = "Units of the other currency the rate is for; 1 when left out.",           \
                .section = "Currency and references", .depends_on = "price_currency")

#endif
