#include "note/note.h"
#include "purchase_invoice/purchase_invoice.h"

/* What is left of an invoice line. */
typedef struct {
    const fin_bill_line *line;
    m_dec qty;
    m_dec net;
    m_dec cost_tax;
    m_dec grni_value;
    m_dec grni_foreign;
    m_dec exchange;
} rest;

typedef struct {
    m_arena *arena;
    const fin_note_basis *basis;
    fin_note *note;
    rest *rests; /* per invoice line */
    m_dec *left; /* net per invoice line before this note, */
    m_dec *now;  /* and of this note */
} work;

/* part of whole, of the same part of amount; the last one takes all. */
static m_status portion_to(m_dec amount, m_dec part, m_dec whole, int places, m_dec *out)
{
    *out = amount;
    if (part.u == whole.u) return M_OK;
    *out = (m_dec){0};
    if (whole.u == 0) return M_OK;
    return m_dec_mul_div(amount, part, whole, places, M_ROUND_HALF_UP, out);
}

static m_status portion(const work *w, m_dec amount, m_dec part, m_dec whole, m_dec *out)
{
    return portion_to(amount, part, whole, w->basis->places, out);
}

/* ---- lines ---- */

static rest rest_of(const work *w, uint32_t i)
{
    const fin_bill_line *line = w->basis->bill->lines[i];
    rest left = {.line = line, .qty = line->qty, .net = line->net};
    if (!w->basis->sale) {
        const fin_invoice_line *bought = (const fin_invoice_line *)line;
        left.cost_tax = bought->cost_tax;
        left.grni_value = bought->grni_value;
        left.grni_foreign = bought->grni_foreign;
        left.exchange = bought->exchange;
    }
    for (uint32_t n = 0; n < w->basis->note_count; n++)
        for (M_EACH(const fin_note_line, gone, w->basis->notes[n]->lines)) {
            if (!m_id_eq(gone->invoice_line, line->id)) continue;
            if (gone->allowance.u == 0) left.qty.u -= gone->qty.u;
            left.net.u -= gone->net.u;
            left.cost_tax.u -= gone->cost_tax.u;
            left.grni_value.u -= gone->grni_value.u;
            left.grni_foreign.u -= gone->grni_foreign.u;
            left.exchange.u -= gone->exchange.u;
        }
    return left;
}

static m_status open_rests(work *w)
{
    uint32_t n = w->basis->bill->count;
    w->rests = m_arena_array(w->arena, n, sizeof *w->rests);
    w->left = m_arena_array(w->arena, n, sizeof *w->left);
    w->now = m_arena_array(w->arena, n, sizeof *w->now);
    if (!w->rests || !w->left || !w->now) return M_NOMEM;
    for (uint32_t i = 0; i < n; i++) {
        w->rests[i] = rest_of(w, i);
        w->left[i] = w->rests[i].net;
    }
    return M_OK;
}

static m_status take_all(work *w)
{
    fin_note_line *lines = m_arena_array(w->arena, w->basis->bill->count, sizeof *lines);
    if (!lines) return M_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < w->basis->bill->count; i++) {
        const rest *left = &w->rests[i];
        if (left->qty.u <= 0) continue;
        lines[n].invoice_line = left->line->id;
        lines[n++].qty = left->qty;
    }
    w->note->lines = (m_list){lines, n};
    return M_OK;
}

static void copy_line(fin_note_line *to, const fin_bill_line *from)
{
    to->item = from->item;
    to->account = from->account;
    to->cost_center = from->cost_center;
    to->tax = from->tax;
    to->rate = from->rate;
    if (to->description.n == 0) to->description = from->description;
}

static fin_note_fault judge(const fin_note_line *line, const rest *left)
{
    if ((line->qty.u > 0) == (line->allowance.u > 0))
        return (fin_note_fault){.kind = FIN_NOTE_KIND};
    if (line->qty.u > left->qty.u) return (fin_note_fault){.kind = FIN_NOTE_QTY, .left = left->qty};
    if (line->allowance.u > left->net.u)
        return (fin_note_fault){.kind = FIN_NOTE_NET, .left = left->net};
    return (fin_note_fault){.kind = FIN_NOTE_GOOD};
}

/* Goods go back with what they were received for. */
static m_status take_goods(const work *w, fin_note_line *line, rest *left)
{
    int places = w->basis->base_places;
    line->grni_value = line->grni_foreign = line->exchange = (m_dec){0};
    if (line->qty.u == 0) return M_OK;
    M_TRY(portion_to(left->grni_value, line->qty, left->qty, places, &line->grni_value));
    M_TRY(portion_to(left->grni_foreign, line->qty, left->qty, places, &line->grni_foreign));
    M_TRY(portion_to(left->exchange, line->qty, left->qty, places, &line->exchange));
    left->grni_value.u -= line->grni_value.u;
    left->grni_foreign.u -= line->grni_foreign.u;
    left->exchange.u -= line->exchange.u;
    return M_OK;
}

static m_status take_line(work *w, fin_note_line *line, uint32_t at)
{
    rest *left = &w->rests[at];
    copy_line(line, left->line);
    line->net = line->allowance;
    M_TRY(take_goods(w, line, left));
    if (line->qty.u) {
        M_TRY(portion(w, left->net, line->qty, left->qty, &line->net));
        left->qty.u -= line->qty.u;
    }
    M_TRY(portion(w, left->cost_tax, line->net, left->net, &line->cost_tax));
    line->amount = line->net;
    left->net.u -= line->net.u;
    left->cost_tax.u -= line->cost_tax.u;
    return m_dec_add(w->now[at], line->net, &w->now[at]);
}

static m_status take_lines(work *w, fin_note_fault *fault)
{
    uint32_t at = 0;
    for (M_EACH(fin_note_line, line, w->note->lines)) {
        uint32_t i = 0;
        while (i < w->basis->bill->count && !m_id_eq(w->rests[i].line->id, line->invoice_line))
            i++;
        bool known = i < w->basis->bill->count && !m_id_is_null(line->invoice_line);
        *fault = known ? judge(line, &w->rests[i]) : (fin_note_fault){.kind = FIN_NOTE_UNKNOWN};
        fault->line = at++;
        if (fault->kind != FIN_NOTE_GOOD) return M_OK;
        M_TRY(take_line(w, line, i));
    }
    return M_OK;
}

/* ---- taxes, charges, totals ---- */

/* Net of the lines that carry the tax (null id: of all), of this note and left before it. */
static m_status nets(const work *w, m_id tax, m_dec *out_now, m_dec *out_left)
{
    m_dec now = {0}, left = {0};
    for (uint32_t i = 0; i < w->basis->bill->count; i++) {
        if (!m_id_is_null(tax) && !m_id_eq(w->rests[i].line->tax, tax)) continue;
        M_TRY(m_dec_add(now, w->now[i], &now));
        M_TRY(m_dec_add(left, w->left[i], &left));
    }
    *out_now = now;
    *out_left = left;
    return M_OK;
}

static m_status take_taxes(work *w)
{
    const m_list *all = &w->basis->bill->invoice->taxes;
    fin_invoice_tax *taxes = m_arena_array(w->arena, all->count, sizeof *taxes);
    if (!taxes) return M_NOMEM;
    for (uint32_t i = 0; i < all->count; i++) {
        fin_invoice_tax tax = *M_AT(*all, const fin_invoice_tax, i);
        m_dec now, left;
        for (uint32_t n = 0; n < w->basis->note_count; n++) {
            if (i >= w->basis->notes[n]->taxes.count) return M_INVALID;
            const fin_invoice_tax *gone = M_AT(w->basis->notes[n]->taxes, const fin_invoice_tax, i);
            tax.amount.u -= gone->amount.u;
            tax.recoverable.u -= gone->recoverable.u;
        }
        M_TRY(nets(w, tax.tax, &now, &left));
        M_TRY(portion(w, tax.amount, now, left, &tax.amount));
        M_TRY(portion(w, tax.recoverable, now, left, &tax.recoverable));
        tax.taxable = now;
        taxes[i] = tax;
    }
    w->note->taxes = (m_list){taxes, all->count};
    return M_OK;
}

static m_status take_charges(work *w)
{
    const m_list *all = &w->basis->bill->invoice->charges;
    w->note->charges = (m_list){NULL, 0};
    if (all->count == 0) return M_OK;
    fin_invoice_charge *charges = m_arena_array(w->arena, all->count, sizeof *charges);
    m_dec now, left;
    if (!charges) return M_NOMEM;
    M_TRY(nets(w, (m_id){{0}}, &now, &left));
    for (uint32_t i = 0; i < all->count; i++) {
        fin_invoice_charge charge = *M_AT(*all, const fin_invoice_charge, i);
        for (uint32_t n = 0; n < w->basis->note_count; n++) {
            if (i >= w->basis->notes[n]->charges.count) return M_INVALID;
            charge.charged.u -=
                M_AT(w->basis->notes[n]->charges, const fin_invoice_charge, i)->charged.u;
        }
        M_TRY(portion(w, charge.charged, now, left, &charge.charged));
        charges[i] = charge;
    }
    w->note->charges = (m_list){charges, all->count};
    return M_OK;
}

/* Of this note: tax that cannot be reclaimed, and charges without an account. */
static m_dec_sum cost_of(const fin_note *note)
{
    m_dec_sum cost = 0;
    for (M_EACH(const fin_invoice_tax, tax, note->taxes))
        cost += tax->amount.u - tax->recoverable.u;
    for (M_EACH(const fin_invoice_charge, charge, note->charges))
        if (fin_charge_is_cost(charge))
            cost += charge->deduct ? -charge->charged.u : charge->charged.u;
    return cost;
}

/* The shares of the lines sum to it, to the last unit: what their rounding left is given to them by
 * their net. */
static m_status settle_cost(work *w)
{
    m_list lines = w->note->lines;
    m_dec_sum over = cost_of(w->note);
    m_dec left;
    bool any = false;
    m_dec *weights = m_arena_array(w->arena, lines.count, sizeof *weights);
    m_dec *parts = m_arena_array(w->arena, lines.count, sizeof *parts);
    if (!weights || !parts) return M_NOMEM;
    for (uint32_t i = 0; i < lines.count; i++) {
        fin_note_line *line = M_AT(lines, fin_note_line, i);
        if (w->basis->sale) line->cost_tax = (m_dec){0};
        over -= line->cost_tax.u;
        weights[i] = line->net;
        any |= line->net.u != 0;
    }
    if (w->basis->sale || over == 0) return M_OK;
    for (uint32_t i = 0; !any && i < lines.count; i++)
        weights[i] = m_dec_of_int(1);
    M_TRY(m_dec_of_sum(over, &left));
    M_TRY(m_money_split(left, w->basis->places, weights, lines.count, parts));
    for (uint32_t i = 0; i < lines.count; i++)
        M_AT(lines, fin_note_line, i)->cost_tax.u += parts[i].u;
    return M_OK;
}

static m_status total(work *w)
{
    fin_note *note = w->note;
    m_dec_sum net = 0, tax = 0;
    m_dec now, left;
    note->rounding = w->basis->bill->invoice->rounding;
    for (uint32_t n = 0; n < w->basis->note_count; n++)
        note->rounding.u -= w->basis->notes[n]->rounding.u;
    M_TRY(nets(w, (m_id){{0}}, &now, &left));
    M_TRY(portion(w, note->rounding, now, left, &note->rounding));
    for (M_EACH(const fin_note_line, line, note->lines))
        net += line->net.u;
    for (M_EACH(const fin_invoice_tax, row, note->taxes))
        tax += row->reverse ? 0 : row->amount.u;
    for (M_EACH(const fin_invoice_charge, charge, note->charges)) {
        if (charge->basis == FIN_CHARGE_LINE_TAX) continue; /* with the taxes */
        tax += charge->deduct ? -charge->charged.u : charge->charged.u;
    }
    M_TRY(m_dec_of_sum(net, &note->net_total));
    M_TRY(m_dec_of_sum(tax, &note->tax_total));
    return m_dec_of_sum(net + tax + note->rounding.u, &note->grand_total);
}

m_status fin_note_compute(m_arena *arena, const fin_note_basis *basis, fin_note *note,
                          fin_note_fault *fault)
{
    work w = {.arena = arena, .basis = basis, .note = note};
    *fault = (fin_note_fault){.kind = FIN_NOTE_GOOD};
    M_TRY(open_rests(&w));
    if (note->lines.count == 0) M_TRY(take_all(&w));
    M_TRY(take_lines(&w, fault));
    if (fault->kind != FIN_NOTE_GOOD) return M_OK;
    M_TRY(take_taxes(&w));
    M_TRY(take_charges(&w));
    M_TRY(settle_cost(&w));
    return total(&w);
}

fin_payment fin_note_as_payment(const fin_note *note)
{
    fin_payment credit = {.type = FIN_PAY,
                          .party = note->party,
                          .posting_date = note->posting_date,
                          .amount = note->grand_total,
                          .reference = note->reference,
                          .narration = note->reason,
                          .allocations = note->allocations,
                          .allocated = note->allocated,
                          .unallocated = note->unallocated,
                          .refunded = note->refunded,
                          .batches = note->batches,
                          .currency = note->currency,
                          .rate = note->rate,
                          .per = note->per,
                          .base_amount = note->base_total,
                          .base_unallocated = note->base_unallocated};
    credit.doc = note->doc;
    return credit;
}
