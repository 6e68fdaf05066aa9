#include "payment/payment.h"

static fin_allocation *line_at(const fin_allocating *a, uint32_t i)
{
    return M_AT(a->lines, fin_allocation, i);
}

/* ---- reading ---- */

/* Open items, invoices and instalments of the lines, and the advance, in one round. */
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
    m_id given_back = fin_either(a->payment->refund_of, a->payment->refund_of_note);
    keys[n].document = ids[n] = refund ? given_back : a->payment->id;
    for (uint32_t i = 0; i <= n; i++)
        pointers[i] = &keys[i];
    m_list documents = {ids, n};
    m_filter of_them = {"document", M_OP_IN, &documents};
    m_order by_due[] = {{"document", false}, {"due_date", false}};
    m_query query = {.filters = &of_them, .filter_count = 1, .orders = by_due, .order_count = 2};
    m_fetch reads[] = {{.type = &fin_open_item_type, .keys = pointers, .key_count = n + 1},
                       {.type = a->side->invoices, .ids = ids, .key_count = n},
                       {.type = &fin_instalment_type, .query = &query}};
    M_TRY(m_store_fetch(a->fin->store, a->call, reads, n ? 3 : 1));
    a->items = (const fin_open_item **)reads[0].records;
    a->invoices = (const fin_invoice **)reads[1].records;
    a->advance = a->items[n];
    a->parts = (const fin_open_item **)reads[2].records;
    a->part_count = reads[2].count;
    return M_OK;
}

const fin_open_item *fin_allocating_part(const fin_allocating *a, const fin_allocation *line)
{
    for (uint32_t i = 0; i < a->part_count; i++)
        if (a->parts[i]->instalment == line->instalment &&
            m_id_eq(a->parts[i]->document, line->invoice))
            return a->parts[i];
    return NULL;
}

/* ---- judging ---- */

/* One line for each instalment, or one for the whole. */
static bool given_before(const fin_allocating *a, uint32_t i)
{
    const fin_allocation *line = line_at(a, i);
    for (uint32_t k = 0; k < i; k++) {
        const fin_allocation *other = line_at(a, k);
        bool overlap = other->instalment == line->instalment || other->instalment == 0 ||
                       line->instalment == 0;
        if (overlap && m_id_eq(other->invoice, line->invoice)) return true;
    }
    return false;
}

/* *out: what the line is for: the item, or one of its instalments. */
static const m_error_def *find_fault(const fin_allocating *a, uint32_t i, const char **member,
                                     const fin_open_item **out)
{
    const fin_open_item *item = a->items[i];
    const fin_allocation *line = line_at(a, i);
    *member = "invoice";
    *out = item;
    if (given_before(a, i)) return FIN_ERR(TWICE);
    if (!item || item->kind != a->side->invoice || !a->invoices[i]) return FIN_ERR(NOT_OPEN);
    if (!m_id_eq(item->party, a->payment->party)) return a->side->other;
    if (!m_id_eq(item->currency, a->payment->currency)) return FIN_ERR(OTHER_CURRENCY);
    const fin_open_item *part = line->instalment ? fin_allocating_part(a, line) : item;
    *member = "instalment";
    if (!part) return FIN_ERR(INSTALMENT);
    *out = part;
    *member = "amount";
    m_dec_sum cleared = (m_dec_sum)line->amount.u + line->write_off.u;
    return cleared > part->outstanding.u ? FIN_ERR(BEYOND_OUTSTANDING) : NULL;
}

static m_str tell(const fin_allocating *a, const fin_open_item *item)
{
    char left[M_DEC_TEXT];
    if (!item) return (m_str){NULL, 0};
    m_dec_format(item->outstanding, 2, left);
    return m_str_of(
        m_arena_printf(a->call->arena, "%s is outstanding on %.*s", left, M_STR_ARG(item->number)));
}

m_status fin_allocating_judge(fin_allocating *a)
{
    const m_error_def *first = NULL;
    m_str first_detail = {NULL, 0};
    for (uint32_t i = 0; i < a->lines.count; i++) {
        const char *member;
        const fin_open_item *item;
        const m_error_def *fault = find_fault(a, i, &member, &item);
        if (!fault) continue;
        m_str detail = tell(a, item);
        m_field_fail(a->call, fault, m_line_path(a->call, "allocations", i, member),
                     detail.n ? "%.*s" : NULL, M_STR_ARG(detail));
        if (first) continue;
        first = fault;
        first_detail = detail;
    }
    if (!first) return M_OK;
    return m_fail(a->call, first, first_detail.n ? "%.*s" : NULL, M_STR_ARG(first_detail));
}

/* ---- instalments ---- */

/* A line for a whole invoice becomes one line per instalment, the oldest due first; the money goes
 * before what is forgiven. */
static m_status spread_line(const fin_allocating *a, uint32_t i, fin_allocating *out)
{
    fin_allocation left = *line_at(a, i);
    for (uint32_t p = 0; p < a->part_count; p++) {
        const fin_open_item *part = a->parts[p];
        if (!m_id_eq(part->document, left.invoice)) continue;
        if (left.amount.u == 0 && left.write_off.u == 0) return M_OK;
        fin_allocation share = left;
        int64_t room = part->outstanding.u;
        if (share.amount.u > room) share.amount.u = room;
        room -= share.amount.u;
        if (share.write_off.u > room) share.write_off.u = room;
        if (share.amount.u == 0 && share.write_off.u == 0) continue;
        share.instalment = part->instalment;
        left.amount.u -= share.amount.u;
        left.write_off.u -= share.write_off.u;
        uint32_t at = out->lines.count++;
        *line_at(out, at) = share;
        out->items[at] = a->items[i];
        out->invoices[at] = a->invoices[i];
    }
    bool all = left.amount.u == 0 && left.write_off.u == 0;
    return all ? M_OK : m_fail(a->call, m_err_internal, NULL);
}

m_status fin_allocating_spread(fin_allocating *a)
{
    fin_allocating out = *a;
    size_t most = (size_t)a->lines.count + a->part_count;
    if (a->part_count == 0) return M_OK;
    out.lines = (m_list){m_arena_array(a->call->arena, most, sizeof(fin_allocation)), 0};
    out.items = m_arena_array(a->call->arena, most, sizeof *out.items);
    out.invoices = m_arena_array(a->call->arena, most, sizeof *out.invoices);
    FIN_NEED(a->call, out.lines.items && out.items && out.invoices);
    for (uint32_t i = 0; i < a->lines.count; i++) {
        if (a->items[i]->instalments && line_at(a, i)->instalment == 0) {
            M_TRY(spread_line(a, i, &out));
            continue;
        }
        uint32_t at = out.lines.count++;
        *line_at(&out, at) = *line_at(a, i);
        out.items[at] = a->items[i];
        out.invoices[at] = a->invoices[i];
    }
    if (out.lines.count > FIN_ALLOCATIONS_MAX) {
        m_field_fail(a->call, m_err_range, M_STR("allocations"), "at most %d", FIN_ALLOCATIONS_MAX);
        return m_failed_fields(a->call);
    }
    *a = out;
    return M_OK;
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

/* A changed copy of the invoice, its instalments too. */
static m_status copy_invoice(const fin_allocating *a, const fin_invoice *from, fin_invoice **out)
{
    const m_type *type = a->side->invoices;
    fin_invoice *invoice = m_arena_alloc(a->call->arena, type->size);
    uint32_t n = from->instalments.count;
    fin_invoice_instalment *rows = m_arena_array(a->call->arena, n, sizeof *rows);
    FIN_NEED(a->call, invoice && rows);
    memcpy(invoice, from, type->size);
    if (n) memcpy(rows, from->instalments.items, n * sizeof *rows);
    invoice->instalments = (m_list){rows, n};
    invoice->version++;
    invoice->modified_at = m_now(a->call);
    invoice->modified_by = a->call->actor;
    *out = invoice;
    return M_OK;
}

/* What is taken off a bill, in contrast to what is paid of it. */
static bool is_credit(const fin_allocating *a, const fin_allocation *line)
{
    return a->side->credits && line->batch == 0;
}

/* The same in the books; nothing in the base currency. */
static int64_t by_base(const fin_allocation *line, int64_t by)
{
    return by < 0 ? -line->base_cleared.u : line->base_cleared.u;
}

/* The invoice's own row goes first: there may be two lines for it. */
static m_status apply_part(const fin_allocating *a, const fin_allocation *line, int64_t by,
                           fin_invoice *invoice)
{
    if (line->instalment == 0) return M_OK;
    const fin_open_item *found = fin_allocating_part(a, line);
    if (!found || line->instalment > invoice->instalments.count)
        return m_fail(a->call, m_err_internal, NULL);
    fin_open_item part = *found;
    fin_invoice_instalment *row =
        M_AT(invoice->instalments, fin_invoice_instalment, line->instalment - 1);
    row->outstanding.u -= by;
    row->base_outstanding.u -= by_base(line, by);
    part.base_outstanding = row->base_outstanding;
    if (is_credit(a, line)) row->credited.u += by;
    part.outstanding = row->outstanding;
    part.credited = row->credited;
    return m_store_put(a->fin->store, a->call, &fin_instalment_type, &part);
}

static bool first_of_invoice(const fin_allocating *a, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (m_id_eq(line_at(a, k)->invoice, line_at(a, i)->invoice)) return false;
    return true;
}

/* All lines of the invoice of line `first`. The invoice shows what its open item says. */
static m_status apply_invoice(const fin_allocating *a, uint32_t first, int sign)
{
    fin_invoice *invoice;
    if (!a->items[first] || !a->invoices[first]) return m_fail(a->call, m_err_internal, NULL);
    fin_open_item item = *a->items[first];
    M_TRY(copy_invoice(a, a->invoices[first], &invoice));
    for (uint32_t i = first; i < a->lines.count; i++) {
        const fin_allocation *line = line_at(a, i);
        if (!m_id_eq(line->invoice, item.document)) continue;
        int64_t by = sign * (line->amount.u + line->write_off.u);
        item.outstanding.u -= by;
        item.base_outstanding.u -= by_base(line, by);
        if (is_credit(a, line)) item.credited.u += by;
        if (!line->early) invoice->written_off.u += sign * line->write_off.u;
        M_TRY(apply_part(a, line, by, invoice));
    }
    invoice->outstanding = item.outstanding;
    M_TRY(m_store_put(a->fin->store, a->call, &fin_open_item_type, &item));
    return m_store_update(a->fin->store, a->call, a->side->invoices, invoice);
}

m_status fin_allocating_apply(const fin_allocating *a, int sign)
{
    for (uint32_t i = 0; i < a->lines.count; i++)
        if (first_of_invoice(a, i)) M_TRY(apply_invoice(a, i, sign));
    return M_OK;
}
