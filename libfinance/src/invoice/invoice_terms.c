#include "payment_terms/payment_terms.h"

m_status fin_invoice_plan(fin_module *fin, m_call *call, fin_invoice *invoice, m_date from,
                          int places)
{
    const void *found = NULL;
    invoice->instalments = (m_list){NULL, 0};
    if (m_id_is_null(invoice->payment_terms)) return M_OK;
    M_TRY(m_store_get(fin->store, call, &fin_payment_terms_type, invoice->payment_terms, &found));
    const fin_payment_terms *terms = found;
    if (!terms) return M_OK; /* told as a link that leads nowhere */
    if (!terms->active) {
        m_field_fail(call, FIN_ERR(TERMS_INACTIVE), M_STR("payment_terms"), "%.*s",
                     M_STR_ARG(terms->code));
        return M_OK;
    }
    FIN_TRY(call, fin_instalments_of(call->arena, terms, invoice->grand_total, invoice->net_total,
                                     places, from, &invoice->instalments));
    invoice->due_date = from;
    for (M_EACH(const fin_invoice_instalment, part, invoice->instalments))
        if (m_date_cmp(part->due_date, invoice->due_date) > 0) invoice->due_date = part->due_date;
    return M_OK;
}

m_status fin_instalments_open(fin_module *fin, m_call *call, const fin_open_item *item,
                              fin_invoice *invoice)
{
    fin_open_item part = *item;
    part.instalments = 0;
    for (M_EACH(fin_invoice_instalment, row, invoice->instalments)) {
        part.instalment++;
        part.due_date = row->due_date;
        part.amount = part.outstanding = row->outstanding = row->amount;
        M_TRY(m_store_insert(fin->store, call, &fin_instalment_type, &part));
    }
    return M_OK;
}

m_status fin_instalments_close(fin_module *fin, m_call *call, fin_invoice *invoice)
{
    fin_open_item key = {.document = invoice->id};
    for (M_EACH(fin_invoice_instalment, row, invoice->instalments)) {
        key.instalment++;
        row->outstanding = (m_dec){0};
        M_TRY(m_store_remove(fin->store, call, &fin_instalment_type, &key));
    }
    return M_OK;
}
