#include "receipt/receipt.h"

m_status fin_receipt_check(void *module, m_call *call, void *doc, const void *before)
{
    M_TRY(fin_settle_check(&fin_customer_side, module, call, doc));
    return fin_payment_account_amount(module, call, doc, before);
}

m_status fin_receipt_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_settle_submit(&fin_customer_side, module, call, doc);
}

m_status fin_receipt_allocate(void *module, m_call *call, void *doc, const void *input)
{
    return fin_settle_allocate(&fin_customer_side, module, call, doc, input);
}

m_status fin_receipt_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_settle_cancel(&fin_customer_side, module, call, doc);
}
