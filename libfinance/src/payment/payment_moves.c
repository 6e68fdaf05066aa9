#include "ledger/ledger.h"
#include "payment/payment.h"

/* ---- allocate an advance later ---- */

/* What is open of the party, in parts that fall due. */
static m_status read_open(const fin_allocating *a, m_list *out)
{
    m_enum kind = a->side->invoice;
    m_dec zero = {0};
    m_filter open[] = {{"party", M_OP_EQ, &a->payment->party},
                       {"kind", M_OP_EQ, &kind},
                       {"outstanding", M_OP_GT, &zero},
                       {"currency", M_OP_EQ, &a->payment->currency}};
    m_order by_due[] = {{"due_date", false}, {"posting_date", false}};
    m_query query = {.filters = open,
                     .filter_count = 4,
                     .orders = by_due,
                     .order_count = 2,
                     .limit = FIN_ALLOCATIONS_MAX};
    m_fetch reads[] = {{.type = &fin_open_item_type, .query = &query},
                       {.type = &fin_instalment_type, .query = &query}};
    M_TRY(m_store_fetch(a->fin->store, a->call, reads, 2));
    FIN_TRY(a->call, fin_open_parts(a->call->arena, &reads[0], &reads[1], out));
    if (out->count > FIN_ALLOCATIONS_MAX) out->count = FIN_ALLOCATIONS_MAX;
    return M_OK;
}

/* Open invoices and instalments of the party, oldest due first, get what is there. */
static m_status choose_oldest(fin_allocating *a)
{
    m_list open;
    M_TRY(read_open(a, &open));
    m_dec *outstanding = m_arena_array(a->call->arena, open.count, sizeof *outstanding);
    m_dec *parts = m_arena_array(a->call->arena, open.count, sizeof *parts);
    fin_allocation *lines = m_arena_array(a->call->arena, open.count, sizeof *lines);
    FIN_NEED(a->call, outstanding && parts && lines);
    for (uint32_t i = 0; i < open.count; i++)
        outstanding[i] = M_AT(open, const fin_open_item, i)->outstanding;
    m_dec rest;
    FIN_TRY(a->call, fin_allocate(a->payment->unallocated, outstanding, open.count, parts, &rest));
    uint32_t n = 0;
    for (; n < open.count && parts[n].u; n++) {
        const fin_open_item *item = M_AT(open, const fin_open_item, n);
        lines[n] = (fin_allocation){
            .invoice = item->document, .instalment = item->instalment, .amount = parts[n]};
    }
    a->lines = (m_list){lines, n};
    return M_OK;
}

static m_status choose_given(fin_allocating *a, const fin_allocate_input *in)
{
    fin_allocation *lines = m_arena_array(a->call->arena, in->allocations.count, sizeof *lines);
    FIN_NEED(a->call, lines);
    memcpy(lines, in->allocations.items, in->allocations.count * sizeof *lines);
    a->lines = (m_list){lines, in->allocations.count};
    fin_currency currency;
    M_TRY(fin_payment_currency(a->fin, a->call, a->payment, &currency));
    for (uint32_t i = 0; i < in->allocations.count; i++) {
        fin_check_places(a->call, lines[i].amount, currency.places, "allocations", i, "amount");
        if (lines[i].write_off.u) /* belongs to a payment of money */
            m_field_fail(a->call, m_err_range, m_line_path(a->call, "allocations", i, "write_off"),
                         "it must be zero here");
    }
    return m_failed_fields(a->call);
}

static m_status check_advance(fin_allocating *a, m_date date)
{
    m_dec paid, cleared;
    M_TRY(fin_allocating_total(a, &paid, &cleared));
    if (m_date_cmp(date, a->payment->posting_date) < 0) {
        m_field_fail(a->call, FIN_ERR(BEFORE_PAYMENT), M_STR("posting_date"), NULL);
        return m_failed_fields(a->call);
    }
    if (paid.u == 0) return m_fail(a->call, FIN_ERR(NOTHING_OPEN), NULL);
    if (a->advance && paid.u <= a->advance->outstanding.u) return M_OK;
    char left[M_DEC_TEXT];
    m_dec_format(a->payment->unallocated, 2, left);
    m_field_fail(a->call, FIN_ERR(OVER_ALLOCATED), M_STR("allocations"), "%s is left", left);
    return m_fail(a->call, FIN_ERR(OVER_ALLOCATED), "%s is left", left);
}

static const char *batch_purpose(m_call *call, int64_t batch, bool cancel)
{
    return m_arena_printf(call->arena, "%s/%lld", cancel ? "cancel" : "allocate", (long long)batch);
}

m_status fin_payment_voucher(m_call *call, m_id payment, int64_t batch, m_id *out)
{
    const char *purpose = batch ? batch_purpose(call, batch, false) : "post";
    FIN_NEED(call, purpose);
    *out = m_voucher_id(call, payment, purpose);
    return M_OK;
}

static m_status post_allocation(const fin_allocating *a, int64_t batch, m_date date)
{
    const fin_payment *payment = a->payment;
    const char *purpose = batch_purpose(a->call, batch, false);
    FIN_NEED(a->call, purpose);
    fin_allocating_sums sum;
    fin_lines lines = {.call = a->call};
    m_ledger_line control = {.purpose = m_str_of(a->side->control), .party = payment->party};
    m_ledger_line advance = {.purpose = m_str_of(a->side->prepaid), .party = payment->party};
    M_TRY(fin_allocating_sum(a, &sum));
    m_foreign used = {m_dec_neg(sum.paid.base), m_dec_neg(sum.paid.foreign)};
    M_TRY(fin_allocating_debit(a, &lines, control, sum.cleared));
    M_TRY(fin_allocating_debit(a, &lines, advance, used));
    M_TRY(fin_allocating_exchange(a, &lines, sum.paid.base, sum.cleared.base));
    m_ledger_voucher voucher = fin_voucher_of(a->call, a->side->money, &payment->doc,
                                              a->side->voucher, date, payment->narration);
    voucher.voucher_id = m_voucher_id(a->call, payment->id, purpose);
    voucher.lines = lines.lines;
    bool posted;
    return fin_ledger_post(a->fin, a->call, &voucher, FIN_LINES_MADE, &posted);
}

/* The payment remembers its allocations, so that cancelling it finds them. */
static m_status remember(fin_allocating *a, int64_t batch, m_date date)
{
    fin_payment *payment = a->payment;
    uint32_t before = payment->allocations.count;
    uint32_t n = before + a->lines.count;
    if (n > FIN_ALLOCATIONS_MAX) {
        m_field_fail(a->call, m_err_range, M_STR("allocations"), "at most %d", FIN_ALLOCATIONS_MAX);
        return m_failed_fields(a->call);
    }
    fin_allocation *all = m_arena_array(a->call->arena, n, sizeof *all);
    FIN_NEED(a->call, all);
    if (before) memcpy(all, payment->allocations.items, before * sizeof *all);
    for (uint32_t i = before; i < n; i++) {
        all[i] = *M_AT(a->lines, fin_allocation, i - before);
        all[i].batch = batch;
        all[i].date = date;
    }
    payment->allocations = (m_list){all, n};
    payment->batches = batch;
    return M_OK;
}

m_status fin_settle_allocate(const fin_side *side, fin_module *fin, m_call *call,
                             fin_payment *payment, const fin_allocate_input *in)
{
    fin_allocating a = {.fin = fin, .call = call, .side = side, .payment = payment};
    if (payment->type != FIN_PAY || payment->unallocated.u == 0)
        return m_fail(call, FIN_ERR(NOTHING_OPEN), NULL);
    bool given = in && in->allocations.count;
    m_date date = in && !m_date_is_none(in->posting_date) ? in->posting_date : m_today(call);
    M_TRY(given ? choose_given(&a, in) : choose_oldest(&a));
    M_TRY(fin_allocating_read(&a));
    M_TRY(check_advance(&a, date));
    M_TRY(fin_allocating_judge(&a));
    M_TRY(fin_allocating_spread(&a));
    int64_t batch = payment->batches + 1;
    m_dec paid, cleared;
    m_foreign left = {0};
    M_TRY(fin_allocating_total(&a, &paid, &cleared));
    M_TRY(fin_allocating_value(&a, fin_open_worth(a.advance), &left));
    M_TRY(remember(&a, batch, date));
    M_TRY(post_allocation(&a, batch, date));
    payment->allocated.u += paid.u;
    payment->unallocated.u -= paid.u;
    payment->base_unallocated = left.base;
    fin_open_item advance = *a.advance;
    advance.outstanding.u -= paid.u;
    advance.base_outstanding = left.base;
    M_TRY(m_store_put(a.fin->store, call, &fin_open_item_type, &advance));
    return fin_allocating_apply(&a, 1);
}

/* ---- cancel ---- */

/* The voucher of the payment and those of its later allocations. */
static m_status reverse_vouchers(fin_module *fin, m_call *call, const fin_payment *payment)
{
    uint32_t n = (uint32_t)payment->batches + 1;
    m_id *vouchers = m_arena_array(call->arena, n, sizeof *vouchers);
    m_id *mirrors = m_arena_array(call->arena, n, sizeof *mirrors);
    FIN_NEED(call, vouchers && mirrors);
    vouchers[0] = m_voucher_id(call, payment->id, "post");
    mirrors[0] = m_voucher_id(call, payment->id, "cancel");
    for (uint32_t i = 1; i < n; i++) {
        const char *made = batch_purpose(call, i, false);
        const char *undone = batch_purpose(call, i, true);
        FIN_NEED(call, made && undone);
        vouchers[i] = m_voucher_id(call, payment->id, made);
        mirrors[i] = m_voucher_id(call, payment->id, undone);
    }
    fin_reversal reversal = {
        .vouchers = vouchers, .mirrors = mirrors, .count = n, .voucher_no = payment->number};
    uint32_t posted;
    return fin_ledger_reverse(fin, call, &reversal, &posted);
}

/* What was allocated to twice is restored once, by the sum. */
static m_status merge_by_invoice(m_call *call, m_list *lines)
{
    fin_allocation *merged = m_arena_array(call->arena, lines->count, sizeof *merged);
    FIN_NEED(call, merged);
    uint32_t n = 0;
    for (M_EACH(const fin_allocation, line, *lines)) {
        uint32_t at = 0;
        while (at < n && !(m_id_eq(merged[at].invoice, line->invoice) &&
                           merged[at].instalment == line->instalment &&
                           !merged[at].batch == !line->batch && merged[at].early == line->early))
            at++;
        if (at == n)
            merged[n++] = (fin_allocation){.invoice = line->invoice,
                                           .instalment = line->instalment,
                                           .batch = line->batch,
                                           .early = line->early};
        merged[at].amount.u += line->amount.u;
        merged[at].write_off.u += line->write_off.u;
        merged[at].base_cleared.u += line->base_cleared.u;
    }
    *lines = (m_list){merged, n};
    return M_OK;
}

m_status fin_settle_cancel(const fin_side *side, fin_module *fin, m_call *call,
                           fin_payment *payment)
{
    fin_allocating a = {
        .fin = fin, .call = call, .side = side, .payment = payment, .lines = payment->allocations};
    if (payment->refunded.u) {
        char text[M_DEC_TEXT];
        m_dec_format(payment->refunded, 2, text);
        return m_fail(call, FIN_ERR(REFUNDED), "%s", text);
    }
    M_TRY(merge_by_invoice(call, &a.lines));
    M_TRY(fin_allocating_read(&a));
    M_TRY(reverse_vouchers(a.fin, call, payment));
    if (payment->type == FIN_REFUND) return fin_payment_change_refunded(&a, -1);
    M_TRY(fin_allocating_apply(&a, -1));
    payment->unallocated = payment->base_unallocated = (m_dec){0};
    if (!a.advance) return M_OK;
    return m_store_remove(a.fin->store, call, &fin_open_item_type, a.advance);
}
