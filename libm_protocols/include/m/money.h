/* Money in other currencies: exact conversion into the base currency, and sums that are kept in
 * both. Pure, safe in any thread. */
#ifndef M_MONEY_H
#define M_MONEY_H

#include "m/value.h"

/* `rate` units of the base currency for `per` units of the other one; per zero means 1. A quote the
 * other way round (0.0133 dollars for a rupee) is rate 1 per 0.0133, so that nothing is rounded
 * twice. */
typedef struct {
    m_dec rate; /* > 0 */
    m_dec per;  /* > 0, or zero: 1 */
} m_rate;

/* foreign × rate ÷ per, once rounded to `places` (halves away from zero); below zero too.
 * M_INVALID: a rate that is not above zero; M_RANGE: it does not fit. */
m_status m_to_base(m_dec foreign, m_rate rate, int places, m_dec *out) M_MUST_USE;

/* An amount in another currency and what it is worth in the books; of the same sign, or zero. */
typedef struct {
    m_dec base;
    m_dec foreign;
} m_foreign;

/* What `foreign` units of the whole are worth: their share of its base, rounded; all of it when
 * nothing is left in the other currency, so that an item that is settled there is settled here.
 * M_INVALID: more than there is, or of the other sign. */
m_status m_foreign_share(m_foreign whole, m_dec foreign, int places, m_dec *out) M_MUST_USE;

#endif
