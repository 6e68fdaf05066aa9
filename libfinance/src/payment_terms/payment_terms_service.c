#include "payment_terms/payment_terms.h"

m_status fin_payment_terms_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)before;
    const fin_payment_terms *terms = doc;
    uint32_t fault = terms->lines.count ? fin_terms_fault(terms) : 0;
    if (fault)
        m_field_fail(call, FIN_ERR(TERMS_SHARES), m_line_path(call, "lines", fault - 1, "percent"),
                     NULL);
    return M_OK;
}
