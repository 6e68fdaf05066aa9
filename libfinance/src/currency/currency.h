/* Other currencies in documents: which one, at what rate, and what it comes to in the base
 * currency. */
#ifndef FIN_CURRENCY_H
#define FIN_CURRENCY_H

#include "fin.h"

/* In smallest units of the base currency: what a journal in other currencies may be out of balance
 * because each of its lines was rounded. */
#define FIN_CURRENCY_ROUNDING       "finance.currency_rounding_units"
#define FIN_CURRENCY_ROUNDING_UNITS 5

/* A document's currency on its day. */
typedef struct {
    bool foreign; /* false: the base currency, or none said */
    m_id id;      /* null id unless foreign */
    m_str code;
    int places;      /* of the currency */
    int base_places; /* of the base currency */
    m_rate rate;
} fin_currency;

/* *currency becomes the null id when it is the base currency; then *rate and *per become zero. A
 * rate of zero is filled from the table of rates, with its per. Faults are noted under path (or
 * "list[i].currency"). */
M_MUST_USE m_status fin_currency_read(fin_module *fin, m_call *call, m_id *currency, m_dec *rate,
                                      m_dec *per, m_date on, fin_currency *out);

/* The same for a document's total, noted under path when it comes to nothing although it is not. */
M_MUST_USE m_status fin_currency_worth(m_call *call, const fin_currency *currency, m_dec foreign,
                                       const char *path, m_dec *out);

/* foreign in base units; below zero too. */
M_MUST_USE m_status fin_currency_base(m_call *call, const fin_currency *currency, m_dec foreign,
                                      m_dec *out);
/* base in units of the currency. */
M_MUST_USE m_status fin_currency_of_base(m_call *call, const fin_currency *currency, m_dec base,
                                         m_dec *out);

#endif
