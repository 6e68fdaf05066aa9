#include "pending_voucher/pending_voucher.h"
#include "purchase_invoice/purchase_invoice.h"

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_purchase_invoice *invoice;
    m_list received;         /* m_received_line, per goods line */
    m_fetch held;            /* what is just being cancelled of it: not billed */
    fin_receipt_rest *rests; /* per goods line; lines of one receipt line share the first */
    uint32_t *first;
    int places;
    fin_currency currency;
    m_dec percent;
    m_dec absolute;
    uint32_t beyond;
    m_str detail; /* of the first one */
    uint32_t hold_capacity;
} match;

static m_status read_limits(match *m)
{
    m_tenant_info tenant;
    m_date on = m->invoice->posting_date;
    M_TRY(fin_read_tenant(m->fin, m->call, &tenant));
    m->places = (int)tenant.currency_places;
    M_TRY(fin_invoice_currency(m->fin, m->call, &m->invoice->head, &m->currency));
    M_TRY(m_policy(m->fin->masters, m->call, "finance.price_variance_pct", on, m_dec_of_int(1),
                   &m->percent));
    return m_policy(m->fin->masters, m->call, "finance.price_variance_abs", on, m_dec_of_int(1),
                    &m->absolute);
}

static m_status read_rests(match *m)
{
    uint32_t n = m->received.count;
    fin_invoiced_line *keys = m_arena_array(m->call->arena, n, sizeof *keys);
    const void **pointers = m_arena_array(m->call->arena, n, sizeof *pointers);
    m->rests = m_arena_array(m->call->arena, n, sizeof *m->rests);
    m->first = m_arena_array(m->call->arena, n, sizeof *m->first);
    m_id *ids = m_arena_array(m->call->arena, n, sizeof *ids);
    FIN_NEED(m->call, keys && pointers && m->rests && m->first && ids);
    for (uint32_t i = 0; i < n; i++) {
        keys[i].receipt_line = ids[i] = M_AT(m->received, m_received_line, i)->id;
        pointers[i] = &keys[i];
    }
    m_fetch reads[2] = {{.type = &fin_invoiced_line_type, .keys = pointers, .key_count = n}};
    M_TRY(fin_held_want(m->call, ids, n, &reads[1]));
    if (n) M_TRY(m_store_fetch(m->fin->store, m->call, reads, 2));
    m->held = reads[1];
    for (uint32_t i = 0; i < n; i++) {
        const m_received_line *line = M_AT(m->received, m_received_line, i);
        m->first[i] = i;
        for (uint32_t k = 0; k < i && m->first[i] == i; k++)
            if (m_id_eq(keys[k].receipt_line, line->id)) m->first[i] = k;
        FIN_TRY(m->call, fin_receipt_rest_of(line, reads[0].records[i], &m->rests[i]));
    }
    return M_OK;
}

static void note_beyond(match *m, uint32_t i, const fin_invoice_line *line,
                        const fin_receipt_rest *rest, const m_received_line *received)
{
    char asked[M_DEC_TEXT], left[M_DEC_TEXT];
    m_dec_format(line->qty, 0, asked);
    m_dec_format(rest->qty.u > 0 ? rest->qty : (m_dec){0}, 0, left);
    m_str detail =
        m_str_of(m_arena_printf(m->call->arena, "%s of line %u, but only %s of %.*s are left",
                                asked, (unsigned)i + 1, left, M_STR_ARG(received->receipt_no)));
    if (m->beyond++ == 0) m->detail = detail;
    m_field_fail(m->call, FIN_ERR(BEYOND_RECEIPT), m_line_path(m->call, "lines", i, "qty"), "%.*s",
                 M_STR_ARG(detail));
}

/* Is the bill in the currency of the order? Then the rates of the two days do not matter. */
static bool same_currency(const match *m, const m_received_line *received)
{
    return m->currency.foreign && m_id_eq(m->currency.id, received->currency);
}

/* What is compared: in the currency of both, else in the base currency. */
typedef struct {
    m_dec net;
    m_dec order_rate;
    m_dec absolute;
} price;

static m_status prices_of(const match *m, const fin_invoice_line *line,
                          const m_received_line *received, price *out)
{
    if (same_currency(m, received)) {
        out->net = line->net;
        out->order_rate = received->order_rate;
        return fin_currency_of_base(m->call, &m->currency, m->absolute, &out->absolute);
    }
    out->absolute = m->absolute;
    FIN_TRY(m->call, fin_order_rate(received, &out->order_rate));
    return fin_currency_base(m->call, &m->currency, line->net, &out->net);
}

static m_status note_price(match *m, uint32_t i, const fin_invoice_line *line,
                           const m_received_line *received)
{
    price of;
    M_TRY(prices_of(m, line, received, &of));
    if (fin_price_matches(of.net, line->qty, of.order_rate, m->percent, of.absolute)) return M_OK;
    fin_hold_reason *reason =
        m_list_add(m->call->arena, &m->invoice->hold_reasons, &m->hold_capacity, sizeof *reason);
    FIN_NEED(m->call, reason);
    char actual[M_DEC_TEXT], expected[M_DEC_TEXT];
    reason->line = i + 1;
    reason->code = m_str_of(FIN_ERR(PRICE_HOLD)->code);
    reason->expected = of.order_rate;
    FIN_TRY(m->call, m_dec_div(of.net, line->qty, M_DEC_SCALE, M_ROUND_HALF_UP, &reason->actual));
    m_dec_format(reason->actual, 2, actual);
    m_dec_format(reason->expected, 2, expected);
    reason->reason = m_str_of(m_arena_printf(m->call->arena,
                                             "The price %s differs from the order's %s by more "
                                             "than is allowed.",
                                             actual, expected));
    return M_OK;
}

/* What the line costs more than it was received for: by the rate of exchange, and otherwise. */
static m_status value_line(const match *m, fin_invoice_line *line, const m_received_line *received,
                           m_foreign cleared)
{
    m_dec billed, now = cleared.base;
    m_dec cost = {line->net.u + line->cost_tax.u};
    M_TRY(fin_currency_base(m->call, &m->currency, cost, &billed));
    if (same_currency(m, received))
        M_TRY(fin_currency_base(m->call, &m->currency, cleared.foreign, &now));
    line->grni_value = cleared.base;
    line->grni_foreign = cleared.foreign;
    line->exchange.u = now.u - cleared.base.u;
    line->variance.u = billed.u - now.u;
    return M_OK;
}

static m_status match_line(match *m, uint32_t i, uint32_t goods)
{
    fin_invoice_line *line = M_AT(m->invoice->lines, fin_invoice_line, i);
    const m_received_line *received = M_AT(m->received, m_received_line, goods);
    fin_receipt_rest *rest = &m->rests[m->first[goods]];
    m_foreign cleared;
    if (line->qty.u > rest->qty.u) {
        note_beyond(m, i, line, rest, received);
        return M_OK;
    }
    FIN_TRY(m->call, fin_receipt_take(rest, line->qty, m->places, &cleared));
    M_TRY(value_line(m, line, received, cleared));
    return note_price(m, i, line, received);
}

m_status fin_invoice_match(fin_module *fin, m_call *call, fin_purchase_invoice *invoice)
{
    match m = {.fin = fin, .call = call, .invoice = invoice};
    invoice->hold_reasons = (m_list){NULL, 0};
    M_TRY(fin_invoice_received(fin, call, invoice, &m.received));
    M_TRY(read_limits(&m));
    M_TRY(read_rests(&m));
    M_TRY(fin_held_refuse(fin, call, &m.held));
    uint32_t goods = 0;
    for (uint32_t i = 0; i < invoice->lines.count; i++)
        if (!m_id_is_null(M_AT(invoice->lines, fin_invoice_line, i)->receipt_line))
            M_TRY(match_line(&m, i, goods++));
    if (m.beyond) return m_fail(call, FIN_ERR(BEYOND_RECEIPT), "%.*s", M_STR_ARG(m.detail));
    return M_OK;
}
