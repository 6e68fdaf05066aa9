#include "purchase_invoice/purchase_invoice.h"

/* ---- amounts and taxes ---- */

/* One charge under way: a component of a tax, with a rate per line. */
typedef struct {
    fin_charge charge;
    const m_tax_info *tax;
    const m_tax_component *component;
} component_charge;

static bool seen_before(const m_list *taxes, uint32_t line)
{
    for (uint32_t i = 0; i < line; i++)
        if (m_id_eq(M_AT(*taxes, m_tax_info, i)->id, M_AT(*taxes, m_tax_info, line)->id))
            return true;
    return false;
}

static m_status add_component(m_arena *arena, const m_list *taxes, uint32_t line,
                              const m_tax_component *component, bool included,
                              component_charge *out)
{
    const m_tax_info *tax = M_AT(*taxes, m_tax_info, line);
    m_dec *rates = m_arena_array(arena, taxes->count, sizeof *rates);
    if (!rates) return M_NOMEM;
    for (uint32_t i = line; i < taxes->count; i++)
        if (m_id_eq(M_AT(*taxes, m_tax_info, i)->id, tax->id)) rates[i] = component->rate;
    *out = (component_charge){
        .charge = {.basis = FIN_ON_NET,
                   .included = included,
                   .not_recoverable = tax->recoverable ? (m_dec){0} : m_dec_of_int(100),
                   .line_rates = rates},
        .tax = tax,
        .component = component};
    return M_OK;
}

/* Each component of each tax once, in the order the lines name them. */
static m_status list_charges(m_arena *arena, const fin_purchase_invoice *invoice,
                             const m_list *taxes, m_list *out)
{
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < taxes->count; i++) {
        const m_tax_info *tax = M_AT(*taxes, m_tax_info, i);
        if (m_id_is_null(tax->id) || seen_before(taxes, i)) continue;
        for (M_EACH(const m_tax_component, component, tax->components)) {
            component_charge *added = m_list_add(arena, out, &capacity, sizeof *added);
            if (!added) return M_NOMEM;
            M_TRY(add_component(arena, taxes, i, component, invoice->prices_include_tax, added));
        }
    }
    return M_OK;
}

static m_status fill_taxes(m_arena *arena, fin_purchase_invoice *invoice, const m_list *charges,
                           const fin_tax_result *result)
{
    fin_invoice_tax *rows = m_arena_array(arena, charges->count, sizeof *rows);
    if (!rows) return M_NOMEM;
    for (uint32_t c = 0; c < charges->count; c++) {
        const component_charge *from = M_AT(*charges, component_charge, c);
        rows[c] = (fin_invoice_tax){.tax = from->tax->id,
                                    .name = from->component->name,
                                    .purpose = from->component->purpose,
                                    .rate = from->component->rate,
                                    .taxable = result->taxable[c],
                                    .amount = result->tax[c],
                                    .recoverable = result->recoverable[c]};
    }
    invoice->taxes = (m_list){rows, charges->count};
    return M_OK;
}

static m_status compute_amounts(m_arena *arena, fin_purchase_invoice *invoice, int places,
                                const m_dec **out)
{
    m_dec *amounts = m_arena_array(arena, invoice->lines.count, sizeof *amounts);
    if (!amounts) return M_NOMEM;
    for (uint32_t i = 0; i < invoice->lines.count; i++) {
        fin_invoice_line *line = M_AT(invoice->lines, fin_invoice_line, i);
        M_TRY(m_dec_mul(line->qty, line->rate, places, M_ROUND_HALF_UP, &line->amount));
        amounts[i] = line->amount;
    }
    *out = amounts;
    return M_OK;
}

m_status fin_invoice_compute(m_arena *arena, fin_purchase_invoice *invoice, const m_list *taxes,
                             int places)
{
    m_list charges = {0};
    const m_dec *amounts;
    M_TRY(compute_amounts(arena, invoice, places, &amounts));
    M_TRY(list_charges(arena, invoice, taxes, &charges));
    fin_charge *plain = m_arena_array(arena, charges.count, sizeof *plain);
    if (!plain) return M_NOMEM;
    for (uint32_t c = 0; c < charges.count; c++)
        plain[c] = M_AT(charges, component_charge, c)->charge;
    fin_tax_input in = {.amounts = amounts,
                        .line_count = invoice->lines.count,
                        .charges = plain,
                        .charge_count = charges.count,
                        .places = places,
                        .rounding = M_ROUND_HALF_UP,
                        .per_line = invoice->tax_rounding == FIN_TAX_PER_LINE,
                        .round_to = invoice->round_to,
                        .round_to_how = M_ROUND_HALF_UP};
    fin_tax_result result;
    M_TRY(fin_tax_compute(arena, &in, &result));
    for (uint32_t i = 0; i < invoice->lines.count; i++) {
        fin_invoice_line *line = M_AT(invoice->lines, fin_invoice_line, i);
        line->net = result.net[i];
        line->cost_tax = result.cost[i];
    }
    invoice->net_total = result.net_total;
    invoice->tax_total = result.tax_total;
    invoice->rounding = result.adjustment;
    invoice->grand_total = result.rounded_total;
    return fill_taxes(arena, invoice, &charges, &result);
}

/* ---- match ---- */

m_status fin_receipt_rest_of(const m_received_line *line, const fin_invoiced_line *invoiced,
                             fin_receipt_rest *out)
{
    m_dec_sum qty = (m_dec_sum)line->accepted.u - line->returned.u;
    m_dec_sum value = (m_dec_sum)line->grni_value.u - line->grni_returned.u;
    if (invoiced) {
        qty -= invoiced->qty;
        value -= invoiced->value;
    }
    fin_receipt_rest rest;
    M_TRY(m_dec_of_sum(qty, &rest.qty));
    M_TRY(m_dec_of_sum(value, &rest.value));
    *out = rest;
    return M_OK;
}

m_status fin_receipt_take(fin_receipt_rest *rest, m_dec qty, int places, m_dec *out)
{
    m_dec value = rest->value;
    if (qty.u != rest->qty.u)
        M_TRY(m_dec_mul_div(rest->value, qty, rest->qty, places, M_ROUND_HALF_UP, &value));
    rest->qty.u -= qty.u;
    rest->value.u -= value.u;
    *out = value;
    return M_OK;
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
