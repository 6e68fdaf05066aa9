#include "budget/budget.h"
#include "commitment/commitment.h"
#include "ledger/ledger.h"
#include "purchase_invoice/purchase_invoice.h"
#include "withholding/withholding.h"

/* ---- posting ---- */

/* What the bill costs more or less than the goods were taken in for. The goods are in the books in
 * the base currency, so that lines of another one are made here and not converted. */
static m_status add_goods(fin_lines *lines, const fin_invoice_line *line,
                          const fin_currency *currency)
{
    m_ledger_line grni = {
        .purpose = M_STR("grni"), .cost_center = line->cost_center, .currency = currency->id};
    m_ledger_line variance = {.purpose = M_STR("purchase_variance"),
                              .cost_center = line->cost_center,
                              .currency = currency->id};
    if (currency->foreign) grni.foreign_amount = (m_dec){line->net.u + line->cost_tax.u};
    M_TRY(fin_lines_debit(lines, grni, line->grni_value));
    M_TRY(fin_lines_debit(lines, variance, line->variance));
    return fin_lines_exchange(lines, line->cost_center, currency->id, line->exchange);
}

static m_status add_service(fin_lines *lines, const fin_invoice_line *line)
{
    m_ledger_line expense = {
        .account = line->account, .cost_center = line->cost_center, .narration = line->description};
    return fin_lines_debit(lines, expense, (m_dec){line->net.u + line->cost_tax.u});
}

/* The tax office gets what it is by the books, so that lines of another currency are made here. */
static m_status add_owed(fin_lines *lines, const fin_purchase_invoice *invoice,
                         const fin_currency *currency)
{
    m_ledger_line payable = {.purpose = M_STR("payable"), .party = invoice->supplier};
    m_ledger_line office = {.purpose = M_STR("withholding"), .subject = invoice->withholding};
    m_dec owed = fin_invoice_payable(&invoice->head), withheld = invoice->withheld;
    if (invoice->base_withheld.u) {
        payable.currency = office.currency = currency->id;
        payable.foreign_amount = m_dec_neg(owed);
        office.foreign_amount = m_dec_neg(withheld);
        owed = fin_invoice_base_payable(&invoice->head);
        withheld = invoice->base_withheld;
    }
    M_TRY(fin_lines_credit(lines, payable, owed));
    return fin_lines_credit(lines, office, withheld);
}

static m_status make_lines(m_call *call, const fin_purchase_invoice *invoice,
                           const fin_currency *currency, m_list *out)
{
    fin_lines lines = {.call = call};
    for (M_EACH(const fin_invoice_line, line, invoice->lines)) {
        bool goods = !m_id_is_null(line->receipt_line);
        M_TRY(goods ? add_goods(&lines, line, currency) : add_service(&lines, line));
    }
    for (M_EACH(const fin_invoice_tax, tax, invoice->taxes)) {
        m_ledger_line input = {
            .purpose = tax->purpose, .subject = tax->tax, .narration = tax->name};
        m_ledger_line owed = {
            .purpose = M_STR("reverse_charge"), .subject = tax->tax, .narration = tax->name};
        M_TRY(fin_lines_debit(&lines, input, tax->recoverable));
        if (tax->reverse) M_TRY(fin_lines_credit(&lines, owed, tax->amount));
    }
    M_TRY(fin_charges_debit(&lines, &invoice->charges, 1, NULL));
    M_TRY(
        fin_lines_debit(&lines, (m_ledger_line){.purpose = M_STR("round_off")}, invoice->rounding));
    M_TRY(add_owed(&lines, invoice, currency));
    M_TRY(fin_lines_convert(&lines, currency));
    *out = lines.lines;
    return M_OK;
}

/* sign −1 takes back what was noted. */
static m_status note_invoiced(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                              int sign)
{
    for (M_EACH(const fin_invoice_line, line, invoice->lines)) {
        if (m_id_is_null(line->receipt_line)) continue;
        fin_invoiced_line note = {.receipt_line = line->receipt_line,
                                  .qty = (m_dec_sum)line->qty.u * sign,
                                  .value = (m_dec_sum)line->grni_value.u * sign,
                                  .foreign_value = (m_dec_sum)line->grni_foreign.u * sign};
        M_TRY(m_store_accumulate(fin->store, call, &fin_invoiced_line_type, &note));
    }
    return M_OK;
}

/* What the lines cost, in the base currency as budgets are. */
static m_status line_costs(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                           m_dec **out)
{
    fin_invoice head = invoice->head;
    fin_currency currency;
    uint32_t n = 0;
    m_dec *costs = m_arena_array(call->arena, invoice->lines.count, sizeof *costs);
    FIN_NEED(call, costs);
    M_TRY(fin_invoice_currency(fin, call, &head, &currency));
    for (M_EACH(const fin_invoice_line, line, invoice->lines)) {
        m_dec cost = {line->net.u + line->cost_tax.u};
        M_TRY(fin_currency_base(call, &currency, cost, &costs[n++]));
    }
    *out = costs;
    return M_OK;
}

/* What orders held of budgets becomes spent, or with sign −1 is held again. Reads only. */
static m_status plan_orders(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                            int sign, m_list *rows, m_list *change)
{
    uint32_t n = 0;
    fin_fulfilment *lines = m_arena_array(call->arena, invoice->lines.count, sizeof *lines);
    m_dec *costs;
    FIN_NEED(call, lines);
    M_TRY(line_costs(fin, call, invoice, &costs));
    for (M_EACH(const fin_invoice_line, line, invoice->lines)) {
        if (!m_id_is_null(line->order_line))
            lines[n++] = (fin_fulfilment){line->order_line, line->qty, *costs};
        costs++;
    }
    return fin_commitment_plan(fin, call, lines, n, sign, rows, change);
}

/* Taking the invoice back gives room in the budget, and its orders need room again. */
static m_status guard_undo(fin_module *fin, m_call *call, const fin_purchase_invoice *invoice,
                           const m_list *held)
{
    m_book_line *back = m_arena_array(call->arena, invoice->lines.count, sizeof *back);
    FIN_NEED(call, back);
    uint32_t n = 0;
    m_dec *costs;
    if (held->count == 0) return M_OK;
    M_TRY(line_costs(fin, call, invoice, &costs));
    for (M_EACH(const fin_invoice_line, line, invoice->lines)) {
        if (m_id_is_null(line->receipt_line))
            back[n++] = (m_book_line){
                .account = line->account, .cost_center = line->cost_center, .credit = *costs};
        costs++;
    }
    return fin_budget_guard_lines(fin, call, invoice->posting_date, &(m_list){back, n}, held);
}

m_status fin_invoice_post(fin_module *fin, m_call *call, fin_purchase_invoice *invoice)
{
    M_TRY(fin_invoice_worth(call, &invoice->head));
    m_ledger_voucher voucher =
        fin_voucher_of(call, &fin_purchase_invoice_type, &invoice->doc, "purchase_invoice",
                       invoice->posting_date, invoice->narration);
    m_list rows, freed;
    fin_currency currency;
    bool posted;
    M_TRY(fin_invoice_currency(fin, call, &invoice->head, &currency));
    M_TRY(make_lines(call, invoice, &currency, &voucher.lines));
    M_TRY(plan_orders(fin, call, invoice, 1, &rows, &freed));
    M_TRY(fin_ledger_post_freeing(fin, call, &voucher, FIN_LINES_MADE, &freed, &posted));
    M_TRY(fin_commitment_write(fin, call, &rows));
    M_TRY(note_invoiced(fin, call, invoice, 1));
    M_TRY(fin_note_withheld(fin, call, invoice, 1));
    return fin_invoice_open(fin, call, &fin_supplier_side, &invoice->head,
                            invoice->supplier_invoice_no);
}

/* ---- moves ---- */

m_status fin_invoice_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_purchase_invoice *invoice = doc;
    M_TRY(fin_invoice_match(module, call, invoice));
    if (invoice->hold_reasons.count) {
        invoice->state = FIN_INVOICE_ON_HOLD;
        return M_OK;
    }
    invoice->state = M_SUBMITTED;
    return fin_invoice_post(module, call, invoice);
}

/* The price may be overridden, the quantity never: it is matched again. */
m_status fin_invoice_release(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_purchase_invoice *invoice = doc;
    fin_currency currency;
    M_TRY(fin_invoice_match(module, call, invoice));
    M_TRY(fin_invoice_currency(module, call, &invoice->head, &currency));
    M_TRY(fin_invoice_settle(module, call, invoice, &currency));
    M_TRY(m_failed_fields(call));
    return fin_invoice_post(module, call, invoice);
}

m_status fin_invoice_revise(void *module, m_call *call, void *doc, const void *input)
{
    (void)module, (void)call, (void)input;
    fin_purchase_invoice *invoice = doc;
    invoice->hold_reasons = (m_list){NULL, 0};
    return M_OK;
}

m_status fin_invoice_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    fin_module *fin = module;
    fin_purchase_invoice *invoice = doc;
    m_list rows, held;
    if (invoice->state == FIN_INVOICE_ON_HOLD) return M_OK;
    M_TRY(plan_orders(fin, call, invoice, -1, &rows, &held));
    M_TRY(guard_undo(fin, call, invoice, &held));
    M_TRY(fin_invoice_undo(fin, call, &fin_supplier_side, &invoice->head));
    M_TRY(fin_commitment_write(fin, call, &rows));
    M_TRY(fin_note_withheld(fin, call, invoice, -1));
    return note_invoiced(fin, call, invoice, -1);
}
