#include "invoice/invoice.h"

m_status fin_bill_open(m_arena *arena, fin_invoice *invoice, size_t line_size, fin_bill *out)
{
    fin_bill bill = {.invoice = invoice, .count = invoice->lines.count};
    bill.lines = m_arena_array(arena, bill.count, sizeof(fin_bill_line *));
    if (!bill.lines) return M_NOMEM;
    for (uint32_t i = 0; i < bill.count; i++)
        bill.lines[i] = (fin_bill_line *)((char *)invoice->lines.items + i * line_size);
    *out = bill;
    return M_OK;
}

m_status fin_output_purpose(m_arena *arena, m_str purpose, m_str *out)
{
    static const char input[] = "input_";
    const size_t n = sizeof input - 1;
    if (purpose.n < n || memcmp(purpose.p, input, n) != 0) {
        *out = purpose;
        return M_OK;
    }
    char *text = m_arena_printf(arena, "output_%.*s", (int)(purpose.n - n), purpose.p + n);
    if (!text) return M_NOMEM;
    *out = m_str_of(text);
    return M_OK;
}

/* ---- taxes ---- */

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

static m_status add_component(m_arena *arena, const fin_bill *bill, const fin_bill_terms *terms,
                              uint32_t line, const m_tax_component *component,
                              component_charge *out)
{
    const m_list *taxes = terms->taxes;
    const m_tax_info *tax = M_AT(*taxes, m_tax_info, line);
    m_dec *rates = m_arena_array(arena, taxes->count, sizeof *rates);
    if (!rates) return M_NOMEM;
    for (uint32_t i = line; i < taxes->count; i++)
        if (m_id_eq(M_AT(*taxes, m_tax_info, i)->id, tax->id)) rates[i] = component->rate;
    bool whole = terms->sale || tax->recoverable;
    *out = (component_charge){.charge = {.basis = FIN_ON_NET,
                                         .included = bill->invoice->prices_include_tax,
                                         .not_recoverable = whole ? (m_dec){0} : m_dec_of_int(100),
                                         .line_rates = rates},
                              .tax = tax,
                              .component = component};
    return M_OK;
}

/* Each component of each tax once, in the order the lines name them. */
static m_status list_charges(m_arena *arena, const fin_bill *bill, const fin_bill_terms *terms,
                             m_list *out)
{
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < terms->taxes->count; i++) {
        const m_tax_info *tax = M_AT(*terms->taxes, m_tax_info, i);
        if (m_id_is_null(tax->id) || seen_before(terms->taxes, i)) continue;
        for (M_EACH(const m_tax_component, component, tax->components)) {
            component_charge *added = m_list_add(arena, out, &capacity, sizeof *added);
            if (!added) return M_NOMEM;
            M_TRY(add_component(arena, bill, terms, i, component, added));
        }
    }
    return M_OK;
}

static m_status fill_taxes(m_arena *arena, fin_invoice *invoice, bool sale, const m_list *charges,
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
        if (sale) M_TRY(fin_output_purpose(arena, from->component->purpose, &rows[c].purpose));
    }
    invoice->taxes = (m_list){rows, charges->count};
    return M_OK;
}

static void fill_totals(const fin_bill *bill, const fin_tax_result *result)
{
    fin_invoice *invoice = bill->invoice;
    for (uint32_t i = 0; i < bill->count; i++)
        bill->lines[i]->net = result->net[i];
    invoice->net_total = result->net_total;
    invoice->tax_total = result->tax_total;
    invoice->rounding = result->adjustment;
    invoice->grand_total = result->rounded_total;
}

m_status fin_bill_compute(m_arena *arena, const fin_bill *bill, const fin_bill_terms *terms,
                          fin_tax_result *out)
{
    m_list charges = {0};
    M_TRY(list_charges(arena, bill, terms, &charges));
    m_dec *amounts = m_arena_array(arena, bill->count, sizeof *amounts);
    fin_charge *plain = m_arena_array(arena, charges.count, sizeof *plain);
    if (!amounts || !plain) return M_NOMEM;
    for (uint32_t i = 0; i < bill->count; i++)
        amounts[i] = bill->lines[i]->amount;
    for (uint32_t c = 0; c < charges.count; c++)
        plain[c] = M_AT(charges, component_charge, c)->charge;
    fin_tax_input in = {.amounts = amounts,
                        .line_count = bill->count,
                        .charges = plain,
                        .charge_count = charges.count,
                        .places = terms->places,
                        .rounding = M_ROUND_HALF_UP,
                        .per_line = bill->invoice->tax_rounding == FIN_TAX_PER_LINE,
                        .round_to = bill->invoice->round_to,
                        .round_to_how = terms->round_to_how};
    fin_tax_result result;
    M_TRY(fin_tax_compute(arena, &in, &result));
    M_TRY(fill_taxes(arena, bill->invoice, terms->sale, &charges, &result));
    fill_totals(bill, &result);
    *out = result;
    return M_OK;
}
