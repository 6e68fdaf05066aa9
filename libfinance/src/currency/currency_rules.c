#include "finance/finance.h"

static m_dec smaller(m_dec a, m_dec b)
{
    return a.u < b.u ? a : b;
}

m_status fin_currency_match_items(m_foreign debit, m_foreign credit, m_dec foreign, int places,
                                  fin_currency_match *out)
{
    fin_currency_match match = {.foreign =
                                    smaller(foreign, smaller(debit.foreign, credit.foreign))};
    if (foreign.u < 0 || debit.base.u < 0 || credit.base.u < 0) return M_INVALID;
    M_TRY(m_foreign_share(debit, match.foreign, places, &match.debit_base));
    M_TRY(m_foreign_share(credit, match.foreign, places, &match.credit_base));
    match.loss = (m_dec){match.debit_base.u - match.credit_base.u};
    *out = match;
    return M_OK;
}
