#include "account/account.h"
#include "ledger/ledger.h"
#include "note/note.h"
#include "payment/payment.h"
#include "posting_rule/posting_rule.h"
#include "withholding/withholding.h"

/* ---- draft ---- */

/* Left empty it is the account's, unless the payment is in the base currency already. What moves at
 * an account in a third currency is known later. */
static m_status fill_currency(fin_module *fin, m_call *call, fin_payment *payment,
                              const fin_account *account, fin_currency *out)
{
    m_dec one = m_dec_of_int(1), also_one = one;
    bool sound = payment->rate.u >= 0 && payment->per.u >= 0; /* else the field table tells */
    bool chosen = m_id_eq(payment->account_currency, account->currency);
    if (m_id_is_null(payment->currency) && !chosen) payment->currency = account->currency;
    M_TRY(fin_currency_read(fin, call, &payment->currency, sound ? &payment->rate : &one,
                            sound ? &payment->per : &also_one, payment->posting_date, out));
    bool same = m_id_eq(account->currency, payment->currency);
    payment->account_currency = same ? (m_id){{0}} : account->currency;
    return M_OK;
}

static m_status fill_account(fin_module *fin, m_call *call, fin_payment *payment, fin_currency *out)
{
    const void *found = NULL;
    if (m_id_is_null(payment->account)) {
        m_fetch rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
        M_TRY(m_store_fetch(fin->store, call, &rules, 1));
        const fin_posting_rule *rule = fin_posting_rule_find(&rules, M_STR("bank"), (m_id){{0}});
        if (!rule) {
            m_field_fail(call, FIN_ERR(POSTING_UNMAPPED), M_STR("account"), "bank");
            return fin_currency_read(fin, call, &payment->currency, &payment->rate, &payment->per,
                                     payment->posting_date, out);
        }
        payment->account = rule->account;
    }
    M_TRY(m_store_get(fin->store, call, &fin_account_type, payment->account, &found));
    const fin_account *account = found;
    static const fin_account unknown; /* told as a link that leads nowhere */
    if (!account) return fill_currency(fin, call, payment, &unknown, out);
    const m_error_def *fault = NULL;
    if (account->kind != FIN_KIND_BANK && account->kind != FIN_KIND_CASH)
        fault = FIN_ERR(NOT_MONEY);
    if (account->is_group) fault = FIN_ERR(ACCOUNT_GROUP);
    if (!account->active) fault = FIN_ERR(ACCOUNT_INACTIVE);
    if (fault)
        m_field_fail(call, fault, M_STR("account"), "%.*s %.*s", M_STR_ARG(account->code),
                     M_STR_ARG(account->name));
    return fill_currency(fin, call, payment, account, out);
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
    fin_currency currency;
    if (payment->allocations.count > FIN_ALLOCATIONS_MAX) return M_OK; /* the field table tells */
    M_TRY(fin_read_party(fin, call, side, payment->party, !side->may_end, &party));
    if (m_date_is_none(payment->posting_date)) payment->posting_date = m_today(call);
    M_TRY(fill_account(fin, call, payment, &currency));
    check_kind(call, payment);
    check_amounts(call, payment, currency.places);
    fin_allocating a = {
        .call = call, .side = side, .payment = payment, .lines = payment->allocations};
    m_dec cleared;
    M_TRY(fin_allocating_total(&a, &payment->allocated, &cleared));
    if (payment->allocated.u > payment->amount.u)
        note_over(call, payment->allocated, payment->amount);
    bool pays = payment->type == FIN_PAY;
    payment->unallocated.u = pays ? payment->amount.u - payment->allocated.u : 0;
    payment->base_amount = payment->base_unallocated = (m_dec){0};
    if (!currency.foreign) return M_OK;
    return fin_currency_worth(call, &currency, payment->amount, "amount", &payment->base_amount);
}

/* ---- vouchers ---- */

/* Does what is forgiven leave the tax as it is? */
static bool net_only(const fin_invoice *invoice, const fin_allocation *line)
{
    if (!line->early || line->instalment > invoice->instalments.count) return false;
    return M_AT(invoice->instalments, const fin_invoice_instalment, line->instalment - 1)
        ->early_net_only;
}

/* `amount` in parts as the invoice consists of them. */
static m_status split_off(const fin_allocating *a, const fin_invoice *invoice, m_dec amount,
                          int places, m_dec *shares)
{
    uint32_t n = invoice->taxes.count + 1;
    m_dec *parts = m_arena_array(a->call->arena, n, sizeof *parts);
    FIN_NEED(a->call, parts);
    parts[0] = invoice->grand_total;
    for (uint32_t t = 1; t < n; t++) {
        const fin_invoice_tax *tax = M_AT(invoice->taxes, const fin_invoice_tax, t - 1);
        if (!tax->reverse) parts[t] = tax->recoverable; /* else it is no part of the total */
        parts[0].u -= parts[t].u;
    }
    return m_told(a->call, fin_split_write_off(amount, places, parts, n, shares));
}

/* A write-off lowers the bill, so also the tax in it, in proportion. */
static m_status add_write_off(const fin_allocating *a, fin_lines *lines, uint32_t i)
{
    const fin_invoice *invoice = a->invoices[i];
    const fin_allocation *given = M_AT(a->lines, const fin_allocation, i);
    m_dec base = m_id_is_null(a->payment->currency) ? given->write_off : given->base_written;
    uint32_t n = invoice->taxes.count + 1;
    m_dec *shares = m_arena_array(a->call->arena, n, sizeof *shares);
    m_dec *foreign = m_arena_array(a->call->arena, n, sizeof *foreign);
    fin_currency currency;
    FIN_NEED(a->call, shares && foreign);
    if (given->write_off.u == 0) return M_OK;
    M_TRY(fin_payment_currency(a->fin, a->call, a->payment, &currency));
    shares[0] = base;
    foreign[0] = given->write_off;
    if (!net_only(invoice, given)) {
        M_TRY(split_off(a, invoice, base, currency.base_places, shares));
        M_TRY(split_off(a, invoice, given->write_off, currency.places, foreign));
    }
    m_ledger_line result = {.purpose = m_str_of(given->early ? a->side->early : a->side->write_off),
                            .cost_center = a->payment->cost_center};
    m_foreign off = {m_dec_neg(shares[0]), m_dec_neg(foreign[0])};
    M_TRY(fin_allocating_debit(a, lines, result, off));
    for (uint32_t t = 1; t < n; t++) {
        const fin_invoice_tax *tax = M_AT(invoice->taxes, const fin_invoice_tax, t - 1);
        m_ledger_line line = {.purpose = tax->purpose, .subject = tax->tax, .narration = tax->name};
        off = (m_foreign){m_dec_neg(shares[t]), m_dec_neg(foreign[t])};
        M_TRY(fin_allocating_debit(a, lines, line, off));
    }
    return M_OK;
}

/* What is cleared at the party; the caller adds where the money came from or went. */
static m_status clear_invoices(const fin_allocating *a, fin_lines *lines)
{
    fin_allocating_sums sum;
    M_TRY(fin_allocating_sum(a, &sum));
    m_ledger_line control = {.purpose = m_str_of(a->side->control), .party = a->payment->party};
    M_TRY(fin_allocating_debit(a, lines, control, sum.cleared));
    for (uint32_t i = 0; i < a->lines.count; i++)
        M_TRY(add_write_off(a, lines, i));
    m_dec booked = {sum.cleared.base.u - sum.written.base.u};
    return fin_allocating_exchange(a, lines, sum.paid.base, booked);
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

/* Money at a bank or in cash, in the currency of the account. */
static m_status add_money(const fin_allocating *a, fin_lines *lines, m_foreign amount)
{
    const fin_payment *payment = a->payment;
    const void *found = NULL;
    m_ledger_line bank = {.account = payment->account, .narration = payment->reference};
    if (!m_id_is_null(payment->account_currency)) {
        m_dec there = payment->account_amount;
        bank.currency = payment->account_currency;
        bank.foreign_amount = fin_on_side(a->side, amount.base.u < 0 ? m_dec_neg(there) : there);
    } else if (!m_id_is_null(payment->currency)) {
        M_TRY(m_store_get(a->fin->store, a->call, &fin_account_type, payment->account, &found));
        if (!found) return m_fail(a->call, m_err_internal, NULL);
        if (!m_id_is_null(((const fin_account *)found)->currency))
            return fin_allocating_debit(a, lines, bank, amount);
    }
    return fin_lines_debit(lines, bank, fin_on_side(a->side, amount.base));
}

static m_foreign advance_of(const fin_payment *payment)
{
    bool foreign = !m_id_is_null(payment->currency);
    return (m_foreign){foreign ? payment->base_unallocated : payment->unallocated,
                       payment->unallocated};
}

static m_foreign less(m_foreign a, m_foreign b)
{
    return (m_foreign){{a.base.u - b.base.u}, {a.foreign.u - b.foreign.u}};
}

static m_status post_payment(const fin_allocating *a)
{
    const fin_payment *payment = a->payment;
    m_foreign money = fin_payment_worth(payment);
    fin_lines lines = {.call = a->call};
    M_TRY(clear_invoices(a, &lines));
    M_TRY(fin_allocating_debit(a, &lines, advance_line(a), advance_of(payment)));
    m_foreign kept = fin_payment_withheld(payment);
    m_ledger_line office = {.purpose = M_STR("withholding"), .subject = payment->withholding};
    M_TRY(add_money(a, &lines, less(kept, money)));
    M_TRY(fin_allocating_debit(a, &lines, office, less((m_foreign){{0}, {0}}, kept)));
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
                          .outstanding = payment->unallocated,
                          .currency = payment->currency,
                          .base_amount = payment->base_unallocated,
                          .base_outstanding = payment->base_unallocated};
    return m_store_insert(a->fin->store, a->call, &fin_open_item_type, &item);
}

static m_status lower_advance(const fin_allocating *a, m_dec by, m_dec by_base)
{
    fin_open_item item = *a->advance;
    item.outstanding.u -= by.u;
    item.base_outstanding.u -= by_base.u;
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
    m_dec by_base = {sign * a->payment->base_unallocated.u};
    M_TRY(lower_advance(a, by, by_base));
    if (of_note) {
        fin_note note = *(const fin_note *)found;
        touch(a->call, &note.doc);
        note.unallocated.u -= by.u;
        note.base_unallocated.u -= by_base.u;
        note.refunded.u += by.u;
        return m_store_update(a->fin->store, a->call, type, &note);
    }
    fin_payment original = *(const fin_payment *)found;
    if (sign > 0 && original.withheld_on.u)
        return m_fail(a->call, FIN_ERR(WITHHOLDING_REFUND), "%.*s", M_STR_ARG(original.number));
    touch(a->call, &original.doc);
    original.unallocated.u -= by.u;
    original.base_unallocated.u -= by_base.u;
    original.refunded.u += by.u;
    return m_store_update(a->fin->store, a->call, type, &original);
}

/* What the refund takes of the advance is worth in the books what it was when it was paid. */
static m_status value_refund(fin_allocating *a)
{
    fin_payment *payment = a->payment;
    m_tenant_info tenant;
    if (!m_id_eq(payment->currency, a->advance->currency)) {
        m_field_fail(a->call, FIN_ERR(OTHER_CURRENCY), M_STR("currency"), "%.*s",
                     M_STR_ARG(a->advance->number));
        return m_failed_fields(a->call);
    }
    if (m_id_is_null(payment->currency)) return M_OK;
    M_TRY(fin_read_tenant(a->fin, a->call, &tenant));
    return m_told(a->call,
                  m_foreign_share(fin_open_worth(a->advance), payment->amount,
                                  (int)tenant.currency_places, &payment->base_unallocated));
}

static m_status submit_refund(fin_allocating *a)
{
    fin_payment *payment = a->payment;
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
    M_TRY(value_refund(a));
    m_foreign money = fin_payment_worth(payment);
    m_foreign back = {m_id_is_null(payment->currency) ? payment->amount : payment->base_unallocated,
                      payment->amount};
    fin_lines lines = {.call = a->call};
    M_TRY(add_money(a, &lines, money));
    M_TRY(fin_allocating_debit(a, &lines, advance_line(a),
                               (m_foreign){m_dec_neg(back.base), m_dec_neg(back.foreign)}));
    M_TRY(fin_allocating_exchange(a, &lines, back.base, money.base));
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
        if (write_off.u == 0 || M_AT(a->lines, const fin_allocation, i)->early) continue;
        FIN_TRY(a->call, m_dec_mul_div(invoice->grand_total, percent, m_dec_of_int(100),
                                       (int)tenant.currency_places, M_ROUND_HALF_UP, &most));
        if (write_off.u <= most.u - invoice->written_off.u) continue;
        char text[M_DEC_TEXT];
        m_dec_format(most, 2, text);
        m_field_fail(a->call, FIN_ERR(WRITE_OFF_LIMIT),
                     m_line_path(a->call, "allocations", i, "write_off"), "at most %s of %.*s",
                     text, M_STR_ARG(invoice->number));
    }
    return m_failed_fields(a->call);
}

/* What is not allocated of the money is worth what the allocations leave of it. */
static m_status value_payment(fin_allocating *a)
{
    m_foreign left = {0};
    M_TRY(fin_allocating_value(a, fin_payment_worth(a->payment), &left));
    a->payment->base_unallocated = left.base;
    return M_OK;
}

m_status fin_settle_submit(const fin_side *side, fin_module *fin, m_call *call,
                           fin_payment *payment)
{
    fin_allocating a = {
        .fin = fin, .call = call, .side = side, .payment = payment, .lines = payment->allocations};
    M_TRY(fin_allocating_read(&a));
    if (payment->type == FIN_REFUND) return submit_refund(&a);
    M_TRY(refuse_on_hold(&a));
    fin_allocating_early(&a, payment->posting_date);
    M_TRY(fin_allocating_judge(&a));
    M_TRY(judge_write_offs(&a));
    M_TRY(fin_allocating_spread(&a));
    M_TRY(value_payment(&a));
    payment->allocations = a.lines;
    stamp(&a, 0, payment->posting_date);
    M_TRY(post_payment(&a));
    M_TRY(fin_allocating_apply(&a, 1));
    return open_advance(&a);
}

/* ---- hooks ---- */

m_status fin_payment_check(void *module, m_call *call, void *doc, const void *before)
{
    M_TRY(fin_settle_check(&fin_supplier_side, module, call, doc));
    M_TRY(fin_payment_withhold(module, call, doc));
    return fin_payment_account_amount(module, call, doc, before);
}

m_status fin_payment_submit(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    M_TRY(fin_settle_submit(&fin_supplier_side, module, call, doc));
    return fin_payment_note_withheld(module, call, doc, 1);
}

m_status fin_payment_allocate(void *module, m_call *call, void *doc, const void *input)
{
    return fin_settle_allocate(&fin_supplier_side, module, call, doc, input);
}

m_status fin_payment_cancel(void *module, m_call *call, void *doc, const void *input)
{
    (void)input;
    M_TRY(fin_payment_note_withheld(module, call, doc, -1));
    return fin_settle_cancel(&fin_supplier_side, module, call, doc);
}
