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

/* ---- taxes and charges ---- */

/* One charge under way: a component of a tax, with a rate per line; or a row of the document. */
typedef struct {
    fin_charge charge;
    const m_tax_info *tax; /* NULL: of a row only */
    const m_tax_component *component;
    fin_invoice_charge *row; /* or NULL */
} entry;

/* The charges in their order, and where each row of the document ended up: its last entry and how
 * many there are. */
typedef struct {
    m_arena *arena;
    const fin_bill *bill;
    const fin_bill_terms *terms;
    m_list entries;
    uint32_t capacity;
    uint32_t last[FIN_CHARGES_MAX];
    uint32_t span[FIN_CHARGES_MAX];
} chain;

static bool seen_before(const m_list *taxes, uint32_t line)
{
    for (uint32_t i = 0; i < line; i++)
        if (m_id_eq(M_AT(*taxes, m_tax_info, i)->id, M_AT(*taxes, m_tax_info, line)->id))
            return true;
    return false;
}

static m_status add_entry(chain *c, const entry *added)
{
    entry *place = m_list_add(c->arena, &c->entries, &c->capacity, sizeof *place);
    if (!place) return M_NOMEM;
    *place = *added;
    return M_OK;
}

static m_rounding rounding_of(const fin_invoice *invoice)
{
    return invoice->round_halves == FIN_HALVES_EVEN ? M_ROUND_HALF_EVEN : M_ROUND_HALF_UP;
}

/* The fixed amounts of a component; NULL in *out: it has none. */
static m_status fixed_amounts(const chain *c, uint32_t line, const m_tax_component *component,
                              m_dec **out)
{
    const m_list *taxes = c->terms->taxes;
    *out = NULL;
    if (component->fixed.u == 0) return M_OK;
    m_dec *amounts = m_arena_array(c->arena, taxes->count, sizeof *amounts);
    if (!amounts) return M_NOMEM;
    for (uint32_t i = line; i < taxes->count; i++)
        if (m_id_eq(M_AT(*taxes, m_tax_info, i)->id, M_AT(*taxes, m_tax_info, line)->id))
            M_TRY(m_dec_mul(component->fixed, c->bill->lines[i]->qty, c->terms->places,
                            rounding_of(c->bill->invoice), &amounts[i]));
    *out = amounts;
    return M_OK;
}

static m_dec lost_of(const chain *c, const m_tax_info *tax)
{
    if (c->terms->sale) return (m_dec){0};
    return tax->recoverable ? tax->not_deductible : m_dec_of_int(100);
}

/* A component with both is two entries, the fixed one first. */
static m_status add_component(chain *c, uint32_t line, const m_tax_component *component,
                              fin_invoice_charge *row)
{
    const m_list *taxes = c->terms->taxes;
    const m_tax_info *tax = M_AT(*taxes, m_tax_info, line);
    m_dec *rates = m_arena_array(c->arena, taxes->count, sizeof *rates);
    m_dec *amounts;
    if (!rates) return M_NOMEM;
    for (uint32_t i = line; i < taxes->count; i++)
        if (m_id_eq(M_AT(*taxes, m_tax_info, i)->id, tax->id)) rates[i] = component->rate;
    M_TRY(fixed_amounts(c, line, component, &amounts));
    entry added = {
        .charge = {.basis = FIN_ON_NET,
                   .included = c->bill->invoice->prices_include_tax && !tax->reverse_charge,
                   .not_recoverable = lost_of(c, tax),
                   .line_rates = rates,
                   .adds_to_base = component->adds_to_base,
                   .self_assessed = tax->reverse_charge},
        .tax = tax,
        .component = component,
        .row = row};
    if (amounts) {
        entry fixed = added;
        fixed.charge.basis = FIN_PER_LINE;
        fixed.charge.line_rates = NULL;
        fixed.charge.line_amounts = amounts;
        M_TRY(add_entry(c, &fixed));
        if (component->rate.u == 0) return M_OK;
    }
    return add_entry(c, &added);
}

/* Each component of each tax once, in the order the lines name them. */
static m_status add_taxes(chain *c, fin_invoice_charge *row)
{
    const m_list *taxes = c->terms->taxes;
    for (uint32_t i = 0; i < taxes->count; i++) {
        const m_tax_info *tax = M_AT(*taxes, m_tax_info, i);
        if (m_id_is_null(tax->id) || seen_before(taxes, i)) continue;
        if (c->terms->sale && tax->reverse_charge) continue; /* the buyer owes it */
        for (M_EACH(const m_tax_component, component, tax->components))
            M_TRY(add_component(c, i, component, row));
    }
    return M_OK;
}

bool fin_charge_is_cost(const fin_invoice_charge *charge)
{
    return charge->basis != FIN_CHARGE_LINE_TAX && m_id_is_null(charge->account);
}

static m_status add_row(chain *c, uint32_t at, fin_invoice_charge *row)
{
    static const fin_charge_basis bases[] = {FIN_ON_NET, FIN_ACTUAL, FIN_ON_ROW_AMOUNT,
                                             FIN_ON_ROW_TOTAL, FIN_ACTUAL};
    uint32_t before = c->entries.count;
    row->taxable = row->charged = (m_dec){0};
    if (row->basis == FIN_CHARGE_LINE_TAX) M_TRY(add_taxes(c, row));
    if (c->entries.count == before) { /* also the place of taxes that there are none of */
        bool on_row = row->basis == FIN_CHARGE_ROW || row->basis == FIN_CHARGE_ROW_TOTAL;
        if (on_row && (row->row < 1 || row->row > at)) return M_INVALID;
        entry added = {.charge = {.basis = bases[row->basis], .deduct = row->deduct}, .row = row};
        if (row->basis == FIN_CHARGE_ACTUAL) added.charge.amount = row->amount;
        if (row->basis != FIN_CHARGE_ACTUAL) added.charge.rate = row->rate;
        if (!c->terms->sale && fin_charge_is_cost(row))
            added.charge.not_recoverable = m_dec_of_int(100);
        if (on_row) added.charge.row = c->last[row->row - 1];
        if (row->basis == FIN_CHARGE_ROW) added.charge.rows = c->span[row->row - 1];
        M_TRY(add_entry(c, &added));
    }
    c->last[at] = c->entries.count - 1;
    c->span[at] = c->entries.count - before;
    return M_OK;
}

static m_status link_chain(chain *c)
{
    m_list charges = c->bill->invoice->charges;
    bool placed = false;
    if (charges.count > FIN_CHARGES_MAX) return M_INVALID;
    for (M_EACH(const fin_invoice_charge, row, charges))
        placed |= row->basis == FIN_CHARGE_LINE_TAX;
    if (!placed) M_TRY(add_taxes(c, NULL));
    for (uint32_t i = 0; i < charges.count; i++)
        M_TRY(add_row(c, i, M_AT(charges, fin_invoice_charge, i)));
    return M_OK;
}

/* ---- results ---- */

static m_status fill_tax(const chain *c, const entry *from, const fin_tax_result *result,
                         uint32_t at, fin_invoice_tax *out)
{
    *out = (fin_invoice_tax){.tax = from->tax->id,
                             .name = from->component->name,
                             .purpose = from->component->purpose,
                             .rate = from->component->rate,
                             .taxable = result->taxable[at],
                             .amount = result->tax[at],
                             .recoverable = result->recoverable[at],
                             .reverse = from->charge.self_assessed};
    if (!c->terms->sale) return M_OK;
    return fin_output_purpose(c->arena, from->component->purpose, &out->purpose);
}

static m_status fill_taxes(const chain *c, const fin_tax_result *result)
{
    fin_invoice_tax *taxes = m_arena_array(c->arena, c->entries.count, sizeof *taxes);
    if (!taxes) return M_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < c->entries.count; i++) {
        const entry *from = M_AT(c->entries, entry, i);
        if (from->tax) M_TRY(fill_tax(c, from, result, i, &taxes[n++]));
        if (!from->row) continue;
        M_TRY(m_dec_add(from->row->charged, result->tax[i], &from->row->charged));
        if (!from->tax) from->row->taxable = result->taxable[i];
    }
    c->bill->invoice->taxes = (m_list){taxes, n};
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
    chain c = {.arena = arena, .bill = bill, .terms = terms};
    M_TRY(link_chain(&c));
    m_dec *amounts = m_arena_array(arena, bill->count, sizeof *amounts);
    fin_charge *plain = m_arena_array(arena, c.entries.count, sizeof *plain);
    if (!amounts || !plain) return M_NOMEM;
    for (uint32_t i = 0; i < bill->count; i++)
        amounts[i] = bill->lines[i]->amount;
    for (uint32_t i = 0; i < c.entries.count; i++)
        plain[i] = M_AT(c.entries, entry, i)->charge;
    fin_tax_input in = {.amounts = amounts,
                        .line_count = bill->count,
                        .charges = plain,
                        .charge_count = c.entries.count,
                        .net_discount = bill->invoice->net_discount,
                        .places = terms->places,
                        .rounding = rounding_of(bill->invoice),
                        .per_line = bill->invoice->tax_rounding == FIN_TAX_PER_LINE,
                        .round_to = bill->invoice->round_to,
                        .round_to_how = terms->round_to_how};
    fin_tax_result result;
    M_TRY(fin_tax_compute(arena, &in, &result));
    M_TRY(fill_taxes(&c, &result));
    fill_totals(bill, &result);
    *out = result;
    return M_OK;
}
