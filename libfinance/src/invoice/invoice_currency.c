#include "invoice/invoice.h"

m_status fin_invoice_currency(fin_module *fin, m_call *call, fin_invoice *invoice,
                              fin_currency *out)
{
    m_dec one = m_dec_of_int(1), also_one = one;
    bool sound = invoice->rate.u >= 0 && invoice->per.u >= 0; /* else the field table tells */
    return fin_currency_read(fin, call, &invoice->currency, sound ? &invoice->rate : &one,
                             sound ? &invoice->per : &also_one, invoice->posting_date, out);
}

m_status fin_invoice_base(m_call *call, fin_invoice *invoice, const fin_currency *currency)
{
    invoice->base_total = (m_dec){0};
    if (!currency->foreign) return M_OK;
    return fin_currency_worth(call, currency, invoice->grand_total, "lines", &invoice->base_total);
}
