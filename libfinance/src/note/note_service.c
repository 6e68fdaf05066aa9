#include "ledger/ledger.h"
#include "note/note.h"
#include "purchase_invoice/purchase_invoice.h"
#include "sales_invoice/sales_invoice.h"

static bool is_sale(const fin_side *side)
{
    return side->sign < 0;
}

/* ---- draft: of an invoice ---- */

static m_status refuse_lines(m_call *call, const fin_note_fault *fault)
{
    static const char *const members[] = {NULL, "invoice_line", "qty", "allowance", "qty"};
    char left[M_DEC_TEXT];
    m_str path = m_line_path(call, "lines", fault->line, members[fault->kind]);
    switch (fault->kind) {
    case FIN_NOTE_GOOD:
        return M_OK;
    case FIN_NOTE_UNKNOWN:
        m_field_fail(call, m_err_link, path, NULL);
        break;
    case FIN_NOTE_KIND:
        m_field_fail(call, FIN_ERR(NOTE_LINE), path, NULL);
        break;
    default:
        m_dec_format(fault->left.u > 0 ? fault->left : (m_dec){0}, 0, left);
        m_field_fail(call, FIN_ERR(NOTE_BEYOND), path, "%s is left", left);
        break;
    }
    return M_OK;
}

/* The other submitted notes on the invoice. */
static m_status read_notes(const fin_side *side, fin_module *fin, m_call *call,
                           const fin_note *note, fin_note_basis *basis)
{
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"invoice", M_OP_EQ, &note->invoice},
                          {"state", M_OP_EQ, &submitted},
                          {"id", M_OP_NE, &note->id}};
    m_query query = {.filters = filters, .filter_count = 3};
    m_fetch read = {.type = side->notes, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    basis->notes = (const fin_note *const *)read.records;
    basis->note_count = read.count;
    return M_OK;
}

static bool judge_invoice(m_call *call, const fin_note *note, const fin_invoice *invoice)
{
    bool good = invoice && invoice->state == M_SUBMITTED && m_id_eq(invoice->party, note->party);
    if (!good) {
        m_field_fail(call, FIN_ERR(NOTE_INVOICE), M_STR("invoice"), NULL);
        return false;
    }
    if (m_date_cmp(note->posting_date, invoice->posting_date) >= 0) return true;
    m_field_fail(call, FIN_ERR(NOTE_BEFORE), M_STR("posting_date"), NULL);
    return false;
}

static m_status value(m_call *call, fin_note *note, const fin_currency *currency)
{
    note->base_total = note->base_unallocated = (m_dec){0};
    if (!currency->foreign) return M_OK;
    return fin_currency_worth(call, currency, note->grand_total, "lines", &note->base_total);
}

/* The currency of the invoice at its rate; another one is refused. */
static m_status take_currency(fin_module *fin, m_call *call, fin_note *note, fin_invoice *invoice,
                              fin_currency *out)
{
    m_currency_question question = {.currency = note->currency, .on = note->posting_date};
    m_currency_info said;
    M_TRY(fin_invoice_currency(fin, call, invoice, out));
    if (!m_id_is_null(note->currency)) {
        M_TRY(m_masters_currency(fin->masters, call, &question, &said));
        if (!m_id_eq(said.base ? (m_id){{0}} : note->currency, invoice->currency))
            m_field_fail(call, FIN_ERR(NOTE_CURRENCY), M_STR("currency"), "%.*s",
                         M_STR_ARG(out->code));
    }
    note->currency = invoice->currency;
    note->rate = invoice->rate;
    note->per = invoice->per;
    return M_OK;
}

static m_status check_of_invoice(const fin_side *side, fin_module *fin, m_call *call,
                                 fin_note *note)
{
    const void *found = NULL;
    fin_bill bill;
    fin_note_fault fault;
    fin_currency currency;
    M_TRY(m_store_get(fin->store, call, side->invoices, note->invoice, &found));
    if (!judge_invoice(call, note, found)) return M_OK;
    fin_invoice *invoice = m_record_copy(side->invoices, found, call->arena);
    FIN_NEED(call, invoice);
    size_t size = is_sale(side) ? sizeof(fin_sales_line) : sizeof(fin_invoice_line);
    FIN_TRY(call, fin_bill_open(call->arena, invoice, size, &bill));
    M_TRY(take_currency(fin, call, note, invoice, &currency));
    fin_note_basis basis = {.bill = &bill,
                            .sale = is_sale(side),
                            .places = currency.places,
                            .base_places = currency.base_places};
    M_TRY(read_notes(side, fin, call, note, &basis));
    for (uint32_t i = 0; i < note->lines.count; i++)
        fin_check_places(call, M_AT(note->lines, fin_note_line, i)->allowance, currency.places,
                         "lines", i, "allowance");
    if (call->error.field_count) return M_OK;
    note->prices_include_tax = false;
    FIN_TRY(call, fin_note_compute(call->arena, &basis, note, &fault));
    M_TRY(refuse_lines(call, &fault));
    return value(call, note, &currency);
}

/* ---- draft: without an invoice ---- */

static void judge_lines(m_call *call, const fin_side *side, const fin_note *note)
{
    uint32_t i = 0;
    if (note->lines.count == 0) m_field_fail(call, m_err_required, M_STR("lines"), NULL);
    for (M_EACH(const fin_note_line, line, note->lines)) {
        if (line->qty.u <= 0 || line->allowance.u)
            m_field_fail(call, FIN_ERR(NOTE_LINE), m_line_path(call, "lines", i, "qty"), NULL);
        if (!m_id_is_null(line->invoice_line))
            m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "invoice_line"), NULL);
        if (!is_sale(side) && m_id_is_null(line->account))
            m_field_fail(call, FIN_ERR(EXPENSE_REQUIRED), m_line_path(call, "lines", i, "account"),
                         NULL);
        i++;
    }
}

static m_status price(m_call *call, const fin_side *side, fin_note *note, const m_list *taxes,
                      fin_invoice *invoice, int places)
{
    fin_bill bill;
    fin_tax_result result;
    fin_bill_terms terms = {
        .taxes = taxes, .places = places, .sale = is_sale(side), .round_to_how = M_ROUND_HALF_UP};
    FIN_TRY(call, fin_bill_open(call->arena, invoice, sizeof(fin_note_line), &bill));
    FIN_TRY(call, fin_bill_compute(call->arena, &bill, &terms, &result));
    for (uint32_t i = 0; i < bill.count; i++) {
        fin_note_line *line = M_AT(note->lines, fin_note_line, i);
        line->cost_tax = result.cost[i];
        line->grni_value = line->grni_foreign = line->exchange = (m_dec){0};
    }
    note->taxes = invoice->taxes;
    note->charges = (m_list){NULL, 0};
    note->net_total = invoice->net_total;
    note->tax_total = invoice->tax_total;
    note->rounding = invoice->rounding;
    note->grand_total = invoice->grand_total;
    return M_OK;
}

static m_status check_alone(const fin_side *side, fin_module *fin, m_call *call, fin_note *note)
{
    fin_invoice invoice = {.posting_date = note->posting_date,
                           .prices_include_tax = note->prices_include_tax,
                           .tax_rounding = note->tax_rounding,
                           .lines = note->lines,
                           .currency = note->currency,
                           .rate = note->rate,
                           .per = note->per};
    fin_bill bill;
    fin_currency currency;
    m_list items, taxes;
    judge_lines(call, side, note);
    M_TRY(fin_invoice_currency(fin, call, &invoice, &currency));
    note->currency = invoice.currency;
    note->rate = invoice.rate;
    note->per = invoice.per;
    FIN_TRY(call, fin_bill_open(call->arena, &invoice, sizeof(fin_note_line), &bill));
    M_TRY(fin_bill_items(fin, call, &bill, &items));
    M_TRY(fin_bill_accounts(fin, call, &bill));
    M_TRY(fin_bill_taxes(fin, call, &bill, &taxes));
    if (call->error.field_count) return M_OK;
    for (M_EACH(fin_note_line, line, note->lines))
        FIN_TRY(call,
                m_dec_mul(line->qty, line->rate, currency.places, M_ROUND_HALF_UP, &line->amount));
    M_TRY(price(call, side, note, &taxes, &invoice, currency.places));
    return value(call, note, &currency);
}

m_status fin_note_check(const fin_side *side, fin_module *fin, m_call *call, fin_note *note)
{
    m_party_info party;
    if (note->lines.count > FIN_LINES_MAX) return M_OK; /* the field table tells */
    M_TRY(fin_read_party(fin, call, side, note->party, false, &party));
    if (m_date_is_none(note->posting_date)) note->posting_date = m_today(call);
    note->allocations = (m_list){NULL, 0};
    for (M_EACH(const fin_note_line, line, note->lines))
        if (line->qty.u < 0 || line->rate.u < 0 || line->allowance.u < 0) return M_OK;
    return m_id_is_null(note->invoice) ? check_alone(side, fin, call, note)
                                       : check_of_invoice(side, fin, call, note);
}

/* ---- voucher: the invoice's, the other way round ---- */

static m_status add_sold(fin_lines *lines, const fin_note *note)
{
    for (M_EACH(const fin_note_line, line, note->lines)) {
        m_ledger_line income = {.account = line->account,
                                .purpose = M_STR("sales"),
                                .subject = line->item,
                                .cost_center = line->cost_center,
                                .narration = line->description};
        M_TRY(fin_lines_debit(lines, income, line->net));
    }
    for (M_EACH(const fin_invoice_tax, tax, note->taxes)) {
        m_ledger_line output = {
            .purpose = tax->purpose, .subject = tax->tax, .narration = tax->name};
        M_TRY(fin_lines_debit(lines, output, tax->amount));
    }
    return fin_charges_debit(lines, &note->charges, 1, "output_tax");
}

/* Goods: what was received takes its value back, which is in the base currency; the rest is what
 * the bill differed by. */
static m_status add_line(fin_lines *lines, const fin_note_line *line, const fin_currency *currency)
{
    m_dec cost = {line->net.u + line->cost_tax.u};
    m_ledger_line grni = {.purpose = M_STR("grni"), .cost_center = line->cost_center};
    m_ledger_line other = {.account = line->account,
                           .purpose = M_STR("purchase_variance"),
                           .cost_center = line->cost_center,
                           .narration = line->description};
    if (currency->foreign && line->grni_value.u) {
        grni.currency = other.currency = currency->id;
        grni.foreign_amount = m_dec_neg(cost);
        M_TRY(fin_currency_base(lines->call, currency, cost, &cost));
    }
    M_TRY(fin_lines_credit(lines, grni, line->grni_value));
    M_TRY(fin_lines_exchange(lines, line->cost_center, currency->id, m_dec_neg(line->exchange)));
    return fin_lines_credit(lines, other, (m_dec){cost.u - line->grni_value.u - line->exchange.u});
}

static m_status add_bought(fin_lines *lines, const fin_note *note, const fin_currency *currency)
{
    for (M_EACH(const fin_note_line, line, note->lines))
        M_TRY(add_line(lines, line, currency));
    for (M_EACH(const fin_invoice_tax, tax, note->taxes)) {
        m_ledger_line input = {
            .purpose = tax->purpose, .subject = tax->tax, .narration = tax->name};
        m_ledger_line owed = {
            .purpose = M_STR("reverse_charge"), .subject = tax->tax, .narration = tax->name};
        M_TRY(fin_lines_credit(lines, input, tax->recoverable));
        if (tax->reverse) M_TRY(fin_lines_debit(lines, owed, tax->amount));
    }
    return fin_charges_debit(lines, &note->charges, -1, NULL);
}

/* The party's lines are in the books what they take off the invoice, and what the credit is worth;
 * what that differs by from the rate of the note was rounded off. */
static m_status post(const fin_allocating *a, const fin_side *side, const fin_note *note)
{
    fin_lines lines = {.call = a->call};
    fin_currency currency;
    fin_allocating_sums off;
    m_ledger_line control = {.purpose = m_str_of(side->control), .party = note->party};
    m_ledger_line credit = {.purpose = m_str_of(side->prepaid), .party = note->party};
    m_ledger_line round_off = {.purpose = M_STR("round_off")};
    M_TRY(fin_payment_currency(a->fin, a->call, a->payment, &currency));
    M_TRY(fin_allocating_sum(a, &off));
    m_foreign open = {currency.foreign ? note->base_unallocated : note->unallocated,
                      note->unallocated};
    M_TRY(is_sale(side) ? add_sold(&lines, note) : add_bought(&lines, note, &currency));
    M_TRY(fin_lines_credit(&lines, round_off, fin_on_side(side, note->rounding)));
    M_TRY(fin_allocating_debit(a, &lines, control, off.cleared));
    M_TRY(fin_allocating_debit(a, &lines, credit, open));
    M_TRY(fin_lines_convert(&lines, &currency));
    m_ledger_voucher voucher = fin_voucher_of(a->call, side->notes, &note->doc, side->note,
                                              note->posting_date, note->reason);
    voucher.lines = lines.lines;
    bool posted;
    return fin_ledger_post(a->fin, a->call, &voucher, FIN_LINES_MADE, &posted);
}

/* ---- submit ---- */

/* What the invoice still needs is taken off it, the oldest due first. */
static m_status take_off(fin_allocating *a, fin_note *note)
{
    if (m_id_is_null(note->invoice)) return M_OK;
    fin_allocation *line = m_arena_alloc(a->call->arena, sizeof *line);
    FIN_NEED(a->call, line);
    *line = (fin_allocation){.invoice = note->invoice, .date = note->posting_date};
    a->lines = (m_list){line, 1};
    M_TRY(fin_allocating_read(a));
    if (!a->items[0]) return m_fail(a->call, m_err_internal, NULL);
    line->amount = a->items[0]->outstanding;
    if (line->amount.u > note->grand_total.u) line->amount = note->grand_total;
    note->allocated = line->amount;
    note->unallocated.u = note->grand_total.u - line->amount.u;
    if (line->amount.u == 0)
        a->lines.count = 0;
    else
        M_TRY(fin_allocating_spread(a));
    note->allocations = a->lines;
    return M_OK;
}

/* What the open credit is worth in the books: what is taken off leaves it. */
static m_status value_credit(fin_allocating *a, fin_note *note)
{
    m_foreign left = {0};
    M_TRY(fin_allocating_value(a, fin_payment_worth(a->payment), &left));
    note->base_unallocated = left.base;
    return M_OK;
}

static m_status open_credit(const fin_side *side, fin_module *fin, m_call *call,
                            const fin_note *note)
{
    if (note->unallocated.u == 0) return M_OK;
    fin_open_item item = {.document = note->id,
                          .kind = side->credit,
                          .party = note->party,
                          .number = note->number,
                          .reference = note->reference,
                          .posting_date = note->posting_date,
                          .due_date = note->posting_date,
                          .amount = note->unallocated,
                          .outstanding = note->unallocated,
                          .currency = note->currency,
                          .base_amount = note->base_unallocated,
                          .base_outstanding = note->base_unallocated};
    return m_store_insert(fin->store, call, &fin_open_item_type, &item);
}

/* The side as the moves of payments see it when what they move is a note's credit. */
static fin_side credits_of(const fin_side *side)
{
    fin_side credits = *side;
    credits.money = side->notes;
    credits.voucher = side->note;
    credits.advance = side->credit;
    credits.credits = true;
    return credits;
}

m_status fin_note_submit(const fin_side *side, fin_module *fin, m_call *call, fin_note *note)
{
    fin_side credits = credits_of(side);
    if (note->grand_total.u <= 0) {
        m_field_fail(call, FIN_ERR(INVOICE_ZERO), M_STR("lines"), NULL);
        return m_fail(call, FIN_ERR(INVOICE_ZERO), NULL);
    }
    note->allocated = note->refunded = (m_dec){0};
    note->unallocated = note->grand_total;
    note->batches = 0;
    if (!is_sale(side)) M_TRY(fin_note_goods(fin, call, note));
    fin_payment as_payment = fin_note_as_payment(note);
    fin_allocating a = {.fin = fin, .call = call, .side = &credits, .payment = &as_payment};
    M_TRY(take_off(&a, note));
    M_TRY(value_credit(&a, note));
    M_TRY(post(&a, side, note));
    if (!is_sale(side)) M_TRY(fin_note_invoiced(fin, call, note, 1));
    M_TRY(fin_allocating_apply(&a, 1));
    return open_credit(side, fin, call, note);
}

/* ---- later ---- */

static void keep(fin_note *note, const fin_payment *moved)
{
    note->allocations = moved->allocations;
    note->allocated = moved->allocated;
    note->unallocated = moved->unallocated;
    note->base_unallocated = moved->base_unallocated;
    note->batches = moved->batches;
}

static m_status allocate(const fin_side *side, void *module, m_call *call, fin_note *note,
                         const fin_allocate_input *in)
{
    fin_side credits = credits_of(side);
    fin_payment moved = fin_note_as_payment(note);
    M_TRY(fin_settle_allocate(&credits, module, call, &moved, in));
    keep(note, &moved);
    return M_OK;
}

static m_status cancel(const fin_side *side, void *module, m_call *call, fin_note *note)
{
    fin_side credits = credits_of(side);
    fin_payment moved = fin_note_as_payment(note);
    M_TRY(fin_settle_cancel(&credits, module, call, &moved));
    keep(note, &moved);
    return is_sale(side) ? M_OK : fin_note_invoiced(module, call, note, -1);
}

/* ---- hooks ---- */

m_status fin_credit_note_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    return fin_note_check(&fin_customer_side, module, call, doc);
}

m_status fin_credit_note_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_note_submit(&fin_customer_side, module, call, doc);
}

m_status fin_credit_note_allocate(void *module, m_call *call, void *doc, const void *input)
{
    return allocate(&fin_customer_side, module, call, doc, input);
}

m_status fin_credit_note_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return cancel(&fin_customer_side, module, call, doc);
}

m_status fin_debit_note_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    return fin_note_check(&fin_supplier_side, module, call, doc);
}

m_status fin_debit_note_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_note_submit(&fin_supplier_side, module, call, doc);
}

m_status fin_debit_note_allocate(void *module, m_call *call, void *doc, const void *input)
{
    return allocate(&fin_supplier_side, module, call, doc, input);
}

m_status fin_debit_note_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return cancel(&fin_supplier_side, module, call, doc);
}
