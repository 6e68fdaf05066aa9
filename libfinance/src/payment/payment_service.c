#include "account/account.h"
#include "ledger/ledger.h"
#include "note/note.h"
#include "payment/payment.h"
#include "posting_rule/posting_rule.h"

/* ---- draft ---- */

static m_status fill_account(fin_module *fin, m_call *call, fin_payment *payment)
{
    const void *found = NULL;
    if (m_id_is_null(payment->account)) {
        m_fetch rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
        M_TRY(m_store_fetch(fin->store, call, &rules, 1));
        const fin_posting_rule *rule = fin_posting_rule_find(&rules, M_STR("bank"), (m_id){{0}});
        if (!rule) {
            m_field_fail(call, FIN_ERR(POSTING_UNMAPPED), M_STR("account"), "bank");
            return M_OK;
        }
        payment->account = rule->account;
    }
    M_TRY(m_store_get(fin->store, call, &fin_account_type, payment->account, &found));
    const fin_account *account = found;
    if (!account) return M_OK; /* told as a link that leads nowhere */
    const m_error_def *fault = NULL;
    if (account->kind != FIN_KIND_BANK && account->kind != FIN_KIND_CASH)
        fault = FIN_ERR(NOT_MONEY);
    if (account->is_group) fault = FIN_ERR(ACCOUNT_GROUP);
    if (!account->active) fault = FIN_ERR(ACCOUNT_INACTIVE);
    if (fault)
        m_field_fail(call, fault, M_STR("account"), "%.*s %.*s", M_STR_ARG(account->code),
                     M_STR_ARG(account->name));
    return M_OK;
}

static void check_kind(m_call *call, const fin_payment *payment)
{
    bool refund = payment->type == FIN_REFUND;
    int named = !m_id_is_null(payment->refund_of) + !m_id_is_null(payment->refund_of_note);
    if (named != refund)
        m_field_fail(call, FIN_ERR(REFUND_FIELDS),
                     m_str_of(named == 1 && m_id_is_null(payment->refund_of) ? "refund_of_note"
                                                                             : "refund_of"),
                     NULL);
    if (refund && payment->allocations.count)
        m_field_fail(call, FIN_ERR(REFUND_FIELDS), M_STR("allocations"), NULL);
}

static void check_amounts(m_call *call, const fin_payment *payment, int64_t places)
{
    fin_check_places(call, payment->amount, places, NULL, 0, "amount");
    uint32_t i = 0;
    for (M_EACH(const fin_allocation, line, payment->allocations)) {
        fin_check_places(call, line->amount, places, "allocations", i, "amount");
        fin_check_places(call, line->write_off, places, "allocations", i, "write_off");
        i++;
    }
}

static void note_over(m_call *call, m_dec allocated, m_dec there)
{
    char asked[M_DEC_TEXT], left[M_DEC_TEXT];
    m_dec_format(allocated, 2, asked);
    m_dec_format(there, 2, left);
    m_field_fail(call, FIN_ERR(OVER_ALLOCATED), M_STR("allocations"), "%s of %s", asked, left);
}

m_status fin_settle_check(const fin_side *side, fin_module *fin, m_call *call, fin_payment *payment)
{
    m_party_info party;
    m_tenant_info tenant;
    if (payment->allocations.count > FIN_ALLOCATIONS_MAX) return M_OK; /* the field table tells */
    M_TRY(fin_read_party(fin, call, side, payment->party, !side->may_end, &party));
    M_TRY(fin_read_tenant(fin, call, &tenant));
    M_TRY(fill_account(fin, call, payment));
    if (m_date_is_none(payment->posting_date)) payment->posting_date = m_today(call);
    check_kind(call, payment);
    check_amounts(call, payment, tenant.currency_places);
    fin_allocating a = {
        .call = call, .side = side, .payment = payment, .lines = payment->allocations};
    m_dec cleared;
    M_TRY(fin_allocating_total(&a, &payment->allocated, &cleared));
    if (payment->allocated.u > payment->amount.u)
        note_over(call, payment->allocated, payment->amount);
    bool pays = payment->type == FIN_PAY;
    payment->unallocated.u = pays ? payment->amount.u - payment->allocated.u : 0;
    return M_OK;
}

/* ---- vouchers ---- */

/* A write-off lowers the bill, so also the tax in it, in proportion. */
static m_status add_write_off(const fin_allocating *a, fin_lines *lines, uint32_t i)
{
    const fin_invoice *invoice = a->invoices[i];
    m_dec amount = M_AT(a->lines, const fin_allocation, i)->write_off;
    uint32_t n = invoice->taxes.count + 1;
    m_dec *parts = m_arena_array(a->call->arena, n, sizeof *parts);
    m_dec *shares = m_arena_array(a->call->arena, n, sizeof *shares);
    FIN_NEED(a->call, parts && shares);
    if (amount.u == 0) return M_OK;
    parts[0] = invoice->grand_total;
    for (uint32_t t = 1; t < n; t++) {
        parts[t] = M_AT(invoice->taxes, const fin_invoice_tax, t - 1)->recoverable;
        parts[0].u -= parts[t].u;
    }
    m_tenant_info tenant;
    M_TRY(fin_read_tenant(a->fin, a->call, &tenant));
    FIN_TRY(a->call, fin_split_write_off(amount, (int)tenant.currency_places, parts, n, shares));
    m_ledger_line result = {.purpose = m_str_of(a->side->write_off),
                            .cost_center = a->payment->cost_center};
    M_TRY(fin_lines_credit(lines, result, fin_on_side(a->side, shares[0])));
    for (uint32_t t = 1; t < n; t++) {
        const fin_invoice_tax *tax = M_AT(invoice->taxes, const fin_invoice_tax, t - 1);
        m_ledger_line line = {.purpose = tax->purpose, .subject = tax->tax, .narration = tax->name};
        M_TRY(fin_lines_credit(lines, line, fin_on_side(a->side, shares[t])));
    }
    return M_OK;
}

/* What is cleared at the party; the caller adds where the money came from or went. */
static m_status clear_invoices(const fin_allocating *a, fin_lines *lines)
{
    m_dec paid, cleared;
    M_TRY(fin_allocating_total(a, &paid, &cleared));
    m_ledger_line control = {.purpose = m_str_of(a->side->control), .party = a->payment->party};
    M_TRY(fin_lines_debit(lines, control, fin_on_side(a->side, cleared)));
    for (uint32_t i = 0; i < a->lines.count; i++)
        M_TRY(add_write_off(a, lines, i));
    return M_OK;
}

static m_status post(const fin_allocating *a, const char *purpose, m_date date, m_list lines)
{
    const fin_payment *payment = a->payment;
    m_ledger_voucher voucher = fin_voucher_of(a->call, a->side->money, &payment->doc,
                                              a->side->voucher, date, payment->narration);
    voucher.voucher_id = m_voucher_id(a->call, payment->id, purpose);
    voucher.lines = lines;
    bool posted;
    return fin_ledger_post(a->fin, a->call, &voucher, FIN_LINES_MADE, &posted);
}

static m_ledger_line advance_line(const fin_allocating *a)
{
    return (m_ledger_line){.purpose = m_str_of(a->side->prepaid), .party = a->payment->party};
}

static m_status post_payment(const fin_allocating *a)
{
    const fin_payment *payment = a->payment;
    fin_lines lines = {.call = a->call};
    m_ledger_line bank = {.account = payment->account, .narration = payment->reference};
    M_TRY(clear_invoices(a, &lines));
    M_TRY(fin_lines_debit(&lines, advance_line(a), fin_on_side(a->side, payment->unallocated)));
    M_TRY(fin_lines_credit(&lines, bank, fin_on_side(a->side, payment->amount)));
    return post(a, "post", payment->posting_date, lines.lines);
}

/* ---- advances ---- */

static m_status open_advance(const fin_allocating *a)
{
    const fin_payment *payment = a->payment;
    if (payment->unallocated.u == 0) return M_OK;
    fin_open_item item = {.document = payment->id,
                          .kind = a->side->advance,
                          .party = payment->party,
                          .number = payment->number,
                          .reference = payment->reference,
                          .posting_date = payment->posting_date,
                          .due_date = payment->posting_date,
                          .amount = payment->unallocated,
                          .outstanding = payment->unallocated};
    return m_store_insert(a->fin->store, a->call, &fin_open_item_type, &item);
}

static m_status lower_advance(const fin_allocating *a, m_dec by)
{
    fin_open_item item = *a->advance;
    item.outstanding.u -= by.u;
    return m_store_put(a->fin->store, a->call, &fin_open_item_type, &item);
}

/* ---- refunds ---- */

static void touch(m_call *call, m_doc *doc)
{
    doc->version++;
    doc->modified_at = m_now(call);
    doc->modified_by = call->actor;
}

m_status fin_payment_change_refunded(const fin_allocating *a, int sign)
{
    const void *found = NULL;
    m_dec by = {sign * a->payment->amount.u};
    bool of_note = !m_id_is_null(a->payment->refund_of_note);
    const m_type *type = of_note ? a->side->notes : a->side->money;
    m_id id = fin_either(a->payment->refund_of, a->payment->refund_of_note);
    M_TRY(m_store_get(a->fin->store, a->call, type, id, &found));
    if (!found) return m_fail(a->call, m_err_internal, NULL);
    M_TRY(lower_advance(a, by));
    if (of_note) {
        fin_note note = *(const fin_note *)found;
        touch(a->call, &note.doc);
        note.unallocated.u -= by.u;
        note.refunded.u += by.u;
        return m_store_update(a->fin->store, a->call, type, &note);
    }
    fin_payment original = *(const fin_payment *)found;
    touch(a->call, &original.doc);
    original.unallocated.u -= by.u;
    original.refunded.u += by.u;
    return m_store_update(a->fin->store, a->call, type, &original);
}

static m_status submit_refund(fin_allocating *a)
{
    const fin_payment *payment = a->payment;
    const fin_open_item *advance = a->advance;
    bool mine = advance && m_id_eq(advance->party, payment->party) &&
                (advance->kind == a->side->advance || advance->kind == a->side->credit);
    m_dec left = mine ? advance->outstanding : (m_dec){0};
    if (payment->amount.u > left.u) {
        char text[M_DEC_TEXT];
        m_dec_format(left, 2, text);
        m_field_fail(a->call, FIN_ERR(BEYOND_ADVANCE), M_STR("amount"), "%s is left", text);
        return m_fail(a->call, FIN_ERR(BEYOND_ADVANCE), "%s is left", text);
    }
    fin_lines lines = {.call = a->call};
    m_ledger_line bank = {.account = payment->account, .narration = payment->reference};
    M_TRY(fin_lines_debit(&lines, bank, fin_on_side(a->side, payment->amount)));
    M_TRY(fin_lines_credit(&lines, advance_line(a), fin_on_side(a->side, payment->amount)));
    M_TRY(post(a, "post", payment->posting_date, lines.lines));
    return fin_payment_change_refunded(a, 1);
}

/* ---- submit ---- */

static void stamp(fin_allocating *a, int64_t batch, m_date date)
{
    for (M_EACH(fin_allocation, line, a->lines)) {
        line->batch = batch;
        line->date = date;
    }
}

static m_status refuse_on_hold(const fin_allocating *a)
{
    m_party_info party;
    M_TRY(fin_read_party(a->fin, a->call, a->side, a->payment->party, !a->side->may_end, &party));
    M_TRY(m_failed_fields(a->call));
    if (!party.payment_hold) return M_OK;
    m_field_fail(a->call, FIN_ERR(PAYMENT_HOLD), m_str_of(a->side->party), "%.*s",
                 M_STR_ARG(party.name));
    return m_fail(a->call, FIN_ERR(PAYMENT_HOLD), "%.*s", M_STR_ARG(party.name));
}

/* How much of an invoice may be forgiven, over all its receipts. */
static m_status judge_write_offs(const fin_allocating *a)
{
    m_dec percent, most;
    m_tenant_info tenant;
    if (!a->side->limit) return M_OK;
    M_TRY(fin_read_tenant(a->fin, a->call, &tenant));
    M_TRY(m_policy(a->fin->masters, a->call, a->side->limit, a->payment->posting_date,
                   m_dec_of_int(a->side->limit_pct), &percent));
    for (uint32_t i = 0; i < a->lines.count; i++) {
        m_dec write_off = M_AT(a->lines, const fin_allocation, i)->write_off;
        const fin_invoice *invoice = a->invoices[i];
        if (write_off.u == 0) continue;
        FIN_TRY(a->call, m_dec_mul_div(invoice->grand_total, percent, m_dec_of_int(100),
                                       (int)tenant.currency_places, M_ROUND_HALF_UP, &most));
        if (write_off.u <= most.u - invoice->written_off.u) continue;
        char text[M_DEC_TEXT];
        m_dec_format(most, 2, text);
        m_field_fail(a->call, FIN_ERR(WRITE_OFF_LIMIT),
                     fin_path(a->call, "allocations", i, "write_off"), "at most %s of %.*s", text,
                     M_STR_ARG(invoice->number));
    }
    return m_failed_fields(a->call);
}

m_status fin_settle_submit(const fin_side *side, fin_module *fin, m_call *call,
                           fin_payment *payment)
{
    fin_allocating a = {
        .fin = fin, .call = call, .side = side, .payment = payment, .lines = payment->allocations};
    M_TRY(fin_allocating_read(&a));
    if (payment->type == FIN_REFUND) return submit_refund(&a);
    M_TRY(refuse_on_hold(&a));
    M_TRY(fin_allocating_judge(&a));
    M_TRY(judge_write_offs(&a));
    M_TRY(fin_allocating_spread(&a));
    payment->allocations = a.lines;
    stamp(&a, 0, payment->posting_date);
    M_TRY(post_payment(&a));
    M_TRY(fin_allocating_apply(&a, 1));
    return open_advance(&a);
}

/* ---- hooks ---- */

m_status fin_payment_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)before;
    return fin_settle_check(&fin_supplier_side, module, call, doc);
}

m_status fin_payment_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_settle_submit(&fin_supplier_side, module, call, doc);
}

m_status fin_payment_allocate(void *module, m_call *call, void *doc, const void *input)
{
    return fin_settle_allocate(&fin_supplier_side, module, call, doc, input);
}

m_status fin_payment_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    return fin_settle_cancel(&fin_supplier_side, module, call, doc);
}
