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
    FIN_TRY(call, fin_instalments_of(call->arena, terms, fin_invoice_payable(invoice),
                                     invoice->net_total, places, from, &invoice->instalments));
    invoice->due_date = from;
    for (M_EACH(const fin_invoice_instalment, part, invoice->instalments))
        if (m_date_cmp(part->due_date, invoice->due_date) > 0) invoice->due_date = part->due_date;
    return M_OK;
}

/* Each instalment its share of what the invoice is worth in the books. */
static m_status share_base(fin_module *fin, m_call *call, fin_invoice *invoice)
{
    uint32_t n = invoice->instalments.count;
    m_tenant_info tenant;
    if (n == 0 || m_id_is_null(invoice->currency)) return M_OK;
    m_dec *weights = m_arena_array(call->arena, n, sizeof *weights);
    m_dec *shares = m_arena_array(call->arena, n, sizeof *shares);
    FIN_NEED(call, weights && shares);
    M_TRY(fin_read_tenant(fin, call, &tenant));
    for (uint32_t i = 0; i < n; i++)
        weights[i] = M_AT(invoice->instalments, fin_invoice_instalment, i)->amount;
    FIN_TRY(call, m_money_split(fin_invoice_base_payable(invoice), (int)tenant.currency_places,
                                weights, n, shares));
    for (uint32_t i = 0; i < n; i++)
        M_AT(invoice->instalments, fin_invoice_instalment, i)->base_amount = shares[i];
    return M_OK;
}

m_status fin_instalments_open(fin_module *fin, m_call *call, const fin_open_item *item,
                              fin_invoice *invoice)
{
    fin_open_item part = *item;
    part.instalments = 0;
    M_TRY(share_base(fin, call, invoice));
    for (M_EACH(fin_invoice_instalment, row, invoice->instalments)) {
        part.instalment++;
        part.due_date = row->due_date;
        part.amount = part.outstanding = row->outstanding = row->amount;
        part.base_amount = part.base_outstanding = row->base_outstanding = row->base_amount;
        M_TRY(m_store_insert(fin->store, call, &fin_instalment_type, &part));
    }
    return M_OK;
}

m_status fin_instalments_close(fin_module *fin, m_call *call, fin_invoice *invoice)
{
    fin_open_item key = {.document = invoice->id};
    for (M_EACH(fin_invoice_instalment, row, invoice->instalments)) {
        key.instalment++;
        row->outstanding = row->base_outstanding = (m_dec){0};
        M_TRY(m_store_remove(fin->store, call, &fin_instalment_type, &key));
    }
    return M_OK;
}
