#include "deferral/deferral.h"
#include "invoice/invoice.h"
#include "ledger/ledger.h"

m_status fin_invoice_worth(m_call *call, const fin_invoice *invoice)
{
    if (invoice->grand_total.u > 0) return M_OK;
    m_field_fail(call, FIN_ERR(INVOICE_ZERO), M_STR("lines"), NULL);
    return m_fail(call, FIN_ERR(INVOICE_ZERO), NULL);
}

m_status fin_invoice_open(fin_module *fin, m_call *call, const fin_side *side, fin_invoice *invoice,
                          m_str reference)
{
    invoice->outstanding = fin_invoice_payable(invoice);
    fin_open_item item = {.document = invoice->id,
                          .kind = side->invoice,
                          .party = invoice->party,
                          .number = invoice->number,
                          .reference = reference,
                          .posting_date = invoice->posting_date,
                          .due_date = invoice->due_date,
                          .instalments = invoice->instalments.count,
                          .amount = fin_invoice_payable(invoice),
                          .outstanding = fin_invoice_payable(invoice),
                          .currency = invoice->currency,
                          .base_amount = fin_invoice_base_payable(invoice),
                          .base_outstanding = fin_invoice_base_payable(invoice)};
    M_TRY(m_store_insert(fin->store, call, &fin_open_item_type, &item));
    return fin_instalments_open(fin, call, &item, invoice);
}

static m_status refuse_credited(fin_module *fin, m_call *call, const fin_side *side, m_id invoice)
{
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"invoice", M_OP_EQ, &invoice}, {"state", M_OP_EQ, &submitted}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = 1, .without_lists = true};
    m_fetch read = {.type = side->notes, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    if (read.count == 0) return M_OK;
    const m_doc *note = read.records[0];
    return m_fail(call, FIN_ERR(INVOICE_CREDITED), "%.*s", M_STR_ARG(note->number));
}

m_status fin_invoice_undo(fin_module *fin, m_call *call, const fin_side *side, fin_invoice *invoice)
{
    fin_open_item key = {.document = invoice->id};
    const void *found = NULL;
    M_TRY(m_store_get_key(fin->store, call, &fin_open_item_type, &key, &found));
    const fin_open_item *item = found;
    if (!item) return m_fail(call, m_err_internal, NULL);
    M_TRY(refuse_credited(fin, call, side, invoice->id));
    if (item->outstanding.u != item->amount.u) {
        char left[M_DEC_TEXT];
        m_dec_format(item->outstanding, 2, left);
        return m_fail(call, FIN_ERR(INVOICE_PAID), "%s is outstanding", left);
    }
    M_TRY(fin_deferral_refuse_undo(fin, call, invoice->id));
    M_TRY(fin_ledger_cancel(fin, call, &invoice->doc));
    invoice->outstanding = (m_dec){0};
    M_TRY(fin_instalments_close(fin, call, invoice));
    return m_store_remove(fin->store, call, &fin_open_item_type, &key);
}
