#include "purchase_invoice/purchase_invoice.h"

/* ---- amounts and taxes ---- */

m_status fin_purchase_price(fin_purchase_invoice *invoice, int places)
{
    for (M_EACH(fin_invoice_line, line, invoice->lines))
        M_TRY(m_dec_mul(line->qty, line->rate, places, M_ROUND_HALF_UP, &line->amount));
    return M_OK;
}

m_status fin_invoice_compute(m_arena *arena, fin_purchase_invoice *invoice, const m_list *taxes,
                             int places)
{
    fin_bill bill;
    fin_tax_result result;
    fin_bill_terms terms = {.taxes = taxes, .places = places, .round_to_how = M_ROUND_HALF_UP};
    M_TRY(fin_bill_open(arena, &invoice->head, sizeof(fin_invoice_line), &bill));
    M_TRY(fin_purchase_price(invoice, places));
    M_TRY(fin_bill_compute(arena, &bill, &terms, &result));
    for (uint32_t i = 0; i < bill.count; i++)
        M_AT(invoice->lines, fin_invoice_line, i)->cost_tax = result.cost[i];
    return M_OK;
}

/* ---- match ---- */

m_status fin_receipt_rest_of(const m_received_line *line, const fin_invoiced_line *invoiced,
                             fin_receipt_rest *out)
{
    m_dec_sum qty = (m_dec_sum)line->accepted.u - line->returned.u;
    m_dec_sum value = (m_dec_sum)line->grni_value.u - line->grni_returned.u;
    m_dec_sum foreign = (m_dec_sum)line->foreign_value.u - line->foreign_returned.u;
    if (invoiced) {
        qty -= invoiced->qty;
        value -= invoiced->value;
        foreign -= invoiced->foreign_value;
    }
    fin_receipt_rest rest;
    M_TRY(m_dec_of_sum(qty, &rest.qty));
    M_TRY(m_dec_of_sum(value, &rest.value.base));
    M_TRY(m_dec_of_sum(foreign, &rest.value.foreign));
    *out = rest;
    return M_OK;
}

m_status fin_receipt_take(fin_receipt_rest *rest, m_dec qty, int places, m_foreign *out)
{
    m_foreign value = rest->value;
    if (qty.u != rest->qty.u) {
        M_TRY(m_dec_mul_div(value.base, qty, rest->qty, places, M_ROUND_HALF_UP, &value.base));
        M_TRY(
            m_dec_mul_div(value.foreign, qty, rest->qty, places, M_ROUND_HALF_UP, &value.foreign));
    }
    rest->qty.u -= qty.u;
    rest->value.base.u -= value.base.u;
    rest->value.foreign.u -= value.foreign.u;
    *out = value;
    return M_OK;
}

m_status fin_order_rate(const m_received_line *line, m_dec *out)
{
    *out = line->order_rate;
    if (m_id_is_null(line->currency) || line->foreign_value.u == 0) return M_OK;
    return m_dec_mul_div(line->order_rate, line->grni_value, line->foreign_value, M_DEC_SCALE,
                         M_ROUND_HALF_UP, out);
}

/* |net − qty × order rate| ≤ qty × max(percent of the order rate, absolute), without rounding. */
bool fin_price_matches(m_dec net, m_dec qty, m_dec order_rate, m_dec percent, m_dec absolute)
{
    const m_dec_sum one = M_DEC_ONE;
    m_dec_sum by_percent = (m_dec_sum)order_rate.u * percent.u / 100 / one;
    m_dec_sum allowed = by_percent > absolute.u ? by_percent : absolute.u;
    m_dec_sum difference = (m_dec_sum)net.u * one - (m_dec_sum)qty.u * order_rate.u;
    if (difference < 0) difference = -difference;
    return difference <= (m_dec_sum)qty.u * allowed;
}
