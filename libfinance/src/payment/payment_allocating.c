#include "payment/payment.h"

static fin_allocation *line_at(const fin_allocating *a, uint32_t i)
{
    return M_AT(a->lines, fin_allocation, i);
}

m_status fin_allocating_read(fin_allocating *a)
{
    uint32_t n = a->lines.count;
    fin_open_item *keys = m_arena_array(a->call->arena, n + 1, sizeof *keys);
    const void **pointers = m_arena_array(a->call->arena, n + 1, sizeof *pointers);
    m_id *ids = m_arena_array(a->call->arena, n + 1, sizeof *ids);
    FIN_NEED(a->call, keys && pointers && ids);
    for (uint32_t i = 0; i < n; i++)
        keys[i].document = ids[i] = line_at(a, i)->invoice;
    bool refund = a->payment->type == FIN_REFUND;
    keys[n].document = ids[n] = refund ? a->payment->refund_of : a->payment->id;
    for (uint32_t i = 0; i <= n; i++)
        pointers[i] = &keys[i];
    m_fetch reads[] = {{.type = &fin_open_item_type, .keys = pointers, .key_count = n + 1},
                       {.type = a->side->invoices, .ids = ids, .key_count = n}};
    M_TRY(m_store_fetch(a->fin->store, a->call, reads, n ? 2 : 1));
    a->items = (const fin_open_item **)reads[0].records;
    a->invoices = (const fin_invoice **)reads[1].records;
    a->advance = a->items[n];
    return M_OK;
}

/* ---- judging ---- */

static bool given_before(const fin_allocating *a, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (m_id_eq(line_at(a, k)->invoice, line_at(a, i)->invoice)) return true;
    return false;
}

static const m_error_def *find_fault(const fin_allocating *a, uint32_t i, const char **member)
{
    const fin_open_item *item = a->items[i];
    const fin_allocation *line = line_at(a, i);
    *member = "invoice";
    if (given_before(a, i)) return FIN_ERR(TWICE);
    if (!item || item->kind != a->side->invoice || !a->invoices[i]) return FIN_ERR(NOT_OPEN);
    if (!m_id_eq(item->party, a->payment->party)) return a->side->other;
    *member = "amount";
    m_dec_sum cleared = (m_dec_sum)line->amount.u + line->write_off.u;
    return cleared > item->outstanding.u ? FIN_ERR(BEYOND_OUTSTANDING) : NULL;
}

m_status fin_allocating_judge(fin_allocating *a)
{
    const m_error_def *first = NULL;
    m_str first_detail = {NULL, 0};
    for (uint32_t i = 0; i < a->lines.count; i++) {
        const char *member;
        const m_error_def *fault = find_fault(a, i, &member);
        if (!fault) continue;
        m_str detail = {NULL, 0};
        if (a->items[i]) {
            char left[M_DEC_TEXT];
            m_dec_format(a->items[i]->outstanding, 2, left);
            detail = m_str_of(m_arena_printf(a->call->arena, "%s is outstanding on %.*s", left,
                                             M_STR_ARG(a->items[i]->number)));
        }
        m_field_fail(a->call, fault, fin_path(a->call, "allocations", i, member),
                     detail.n ? "%.*s" : NULL, M_STR_ARG(detail));
        if (first) continue;
        first = fault;
        first_detail = detail;
    }
    if (!first) return M_OK;
    return m_fail(a->call, first, first_detail.n ? "%.*s" : NULL, M_STR_ARG(first_detail));
}

m_status fin_allocating_total(const fin_allocating *a, m_dec *out_paid, m_dec *out_cleared)
{
    m_dec_sum paid = 0;
    m_dec_sum cleared = 0;
    for (M_EACH(const fin_allocation, line, a->lines)) {
        paid += line->amount.u;
        cleared += (m_dec_sum)line->amount.u + line->write_off.u;
    }
    m_dec total_paid;
    FIN_TRY(a->call, m_dec_of_sum(paid, &total_paid));
    FIN_TRY(a->call, m_dec_of_sum(cleared, out_cleared));
    *out_paid = total_paid;
    return M_OK;
}

/* ---- applying ---- */

/* The invoice shows what its open item says. */
static m_status apply_line(const fin_allocating *a, uint32_t i, int sign)
{
    const fin_allocation *line = line_at(a, i);
    if (!a->items[i] || !a->invoices[i]) return m_fail(a->call, m_err_internal, NULL);
    fin_open_item item = *a->items[i];
    item.outstanding.u -= sign * (line->amount.u + line->write_off.u);
    M_TRY(m_store_put(a->fin->store, a->call, &fin_open_item_type, &item));
    const m_type *type = a->side->invoices;
    fin_invoice *invoice = m_arena_alloc(a->call->arena, type->size);
    FIN_NEED(a->call, invoice);
    memcpy(invoice, a->invoices[i], type->size);
    invoice->version++;
    invoice->modified_at = m_now(a->call);
    invoice->modified_by = a->call->actor;
    invoice->outstanding = item.outstanding;
    invoice->written_off.u += sign * line->write_off.u;
    return m_store_update(a->fin->store, a->call, type, invoice);
}

m_status fin_allocating_apply(const fin_allocating *a, int sign)
{
    for (uint32_t i = 0; i < a->lines.count; i++)
        M_TRY(apply_line(a, i, sign));
    return M_OK;
}
