#include "pending_voucher/pending_voucher.h"
#include "sales_invoice/sales_invoice.h"

/* Lines of the invoice that name a delivery line, and those delivery lines. */
typedef struct {
    fin_sales_line **lines;
    uint32_t *at; /* their places on the invoice */
    m_list delivered;
} linked;

static m_status read_linked(fin_module *fin, m_call *call, const fin_sales_invoice *invoice,
                            linked *out)
{
    uint32_t n = 0, count = invoice->lines.count;
    m_id *ids = m_arena_array(call->arena, count, sizeof *ids);
    linked l = {.lines = m_arena_array(call->arena, count, sizeof *l.lines),
                .at = m_arena_array(call->arena, count, sizeof *l.at)};
    FIN_NEED(call, ids && l.lines && l.at);
    for (uint32_t i = 0; i < count; i++) {
        fin_sales_line *line = M_AT(invoice->lines, fin_sales_line, i);
        if (m_id_is_null(line->delivery_line)) continue;
        ids[n] = line->delivery_line;
        l.at[n] = i;
        l.lines[n++] = line;
    }
    m_delivered_lines answer = {0};
    if (n) M_TRY(m_delivering_lines(fin->delivering, call, &(m_ids){{ids, n}}, &answer));
    if (answer.lines.count != n) return m_fail(call, m_err_internal, "delivering.lines");
    l.delivered = answer.lines;
    *out = l;
    return M_OK;
}

/* ---- draft ---- */

static void fill_line(m_call *call, const fin_sales_invoice *invoice, fin_sales_line *line,
                      uint32_t i, const m_delivered_line *delivered)
{
    m_str at = m_line_path(call, "lines", i, "delivery_line");
    m_str no = delivered->delivery_no;
    if (m_id_is_null(delivered->id)) {
        m_field_fail(call, m_err_link, at, "delivery line");
        return;
    }
    if (!m_id_eq(delivered->customer, invoice->customer))
        m_field_fail(call, FIN_ERR(OTHER_CUSTOMER), at, "%.*s", M_STR_ARG(no));
    if (!m_id_is_null(line->item) && !m_id_eq(line->item, delivered->item))
        m_field_fail(call, FIN_ERR(OTHER_ITEM), m_line_path(call, "lines", i, "item"), NULL);
    if (!m_id_is_null(line->unit) && !m_id_eq(line->unit, delivered->unit))
        m_field_fail(call, FIN_ERR(DELIVERY_UNIT), m_line_path(call, "lines", i, "unit"), "%.*s",
                     M_STR_ARG(no));
    line->item = delivered->item;
    line->unit = delivered->unit;
    if (m_id_is_null(line->cost_center)) line->cost_center = delivered->cost_center;
}

m_status fin_sales_fill_delivered(fin_module *fin, m_call *call, fin_sales_invoice *invoice)
{
    linked l;
    M_TRY(read_linked(fin, call, invoice, &l));
    for (uint32_t k = 0; k < l.delivered.count; k++)
        fill_line(call, invoice, l.lines[k], l.at[k], M_AT(l.delivered, m_delivered_line, k));
    return M_OK;
}

/* ---- match ---- */

m_status fin_delivery_rest(const m_delivered_line *line, const fin_billed_delivery *billed,
                           m_dec *out)
{
    m_dec_sum rest = (m_dec_sum)line->delivered.u - line->returned.u;
    return m_dec_of_sum(billed ? rest - billed->qty : rest, out);
}

/* What earlier lines of this invoice took of the same delivery line. */
static m_dec_sum taken_before(const linked *l, uint32_t k)
{
    m_dec_sum sum = 0;
    for (uint32_t j = 0; j < k; j++)
        if (m_id_eq(l->lines[j]->delivery_line, l->lines[k]->delivery_line))
            sum += l->lines[j]->qty.u;
    return sum;
}

static m_str beyond_detail(m_call *call, const linked *l, uint32_t k, m_dec_sum left)
{
    char asked[M_DEC_TEXT], rest[M_DEC_SUM_TEXT];
    m_dec_format(l->lines[k]->qty, 0, asked);
    m_dec_sum_format(left > 0 ? left : 0, 0, rest);
    m_str no = M_AT(l->delivered, m_delivered_line, k)->delivery_no;
    return m_str_of(m_arena_printf(call->arena, "%s of line %u, but only %s of %.*s are left",
                                   asked, (unsigned)l->at[k] + 1, rest, M_STR_ARG(no)));
}

/* What is billed of the lines, and what is held of them. */
static m_status read_billed(fin_module *fin, m_call *call, const linked *l, m_fetch out[2])
{
    uint32_t n = l->delivered.count;
    fin_billed_delivery *keys = m_arena_array(call->arena, n, sizeof *keys);
    const void **pointers = m_arena_array(call->arena, n, sizeof *pointers);
    m_id *ids = m_arena_array(call->arena, n, sizeof *ids);
    FIN_NEED(call, keys && pointers && ids);
    for (uint32_t k = 0; k < n; k++) {
        keys[k].delivery_line = ids[k] = l->lines[k]->delivery_line;
        pointers[k] = &keys[k];
    }
    out[0] = (m_fetch){.type = &fin_billed_delivery_type, .keys = pointers, .key_count = n};
    M_TRY(fin_held_want(call, ids, n, &out[1]));
    return n ? m_store_fetch(fin->store, call, out, 2) : M_OK;
}

m_status fin_sales_match(fin_module *fin, m_call *call, const fin_sales_invoice *invoice)
{
    linked l;
    m_fetch reads[2];
    m_str detail = {0};
    M_TRY(read_linked(fin, call, invoice, &l));
    M_TRY(read_billed(fin, call, &l, reads));
    M_TRY(fin_held_refuse(fin, call, &reads[1])); /* is just being cancelled */
    const m_fetch billed = reads[0];
    for (uint32_t k = 0; k < l.delivered.count; k++) {
        m_dec rest;
        FIN_TRY(call, fin_delivery_rest(M_AT(l.delivered, m_delivered_line, k), billed.records[k],
                                        &rest));
        m_dec_sum left = rest.u - taken_before(&l, k);
        if (l.lines[k]->qty.u <= left) continue;
        m_str told = beyond_detail(call, &l, k, left);
        if (detail.n == 0) detail = told;
        m_field_fail(call, FIN_ERR(BEYOND_DELIVERY), m_line_path(call, "lines", l.at[k], "qty"),
                     "%.*s", M_STR_ARG(told));
    }
    if (detail.n) return m_fail(call, FIN_ERR(BEYOND_DELIVERY), "%.*s", M_STR_ARG(detail));
    return M_OK;
}

m_status fin_sales_note(fin_module *fin, m_call *call, const fin_sales_invoice *invoice, int sign)
{
    for (M_EACH(const fin_sales_line, line, invoice->lines)) {
        if (m_id_is_null(line->delivery_line)) continue;
        fin_billed_delivery note = {.delivery_line = line->delivery_line,
                                    .qty = (m_dec_sum)line->qty.u * sign};
        M_TRY(m_store_accumulate(fin->store, call, &fin_billed_delivery_type, &note));
    }
    return M_OK;
}

static const m_field billed_fields[] = {
    M_F_ID(fin_billed_delivery, delivery_line, "Delivery line", .flags = M_KEY),
    M_F_SUM(fin_billed_delivery, qty, "Quantity", .flags = M_SUMMED),
};
const m_type fin_billed_delivery_type = {.name = "finance.billed_delivery",
                                         .schema = "finance",
                                         .table = "billed_delivery",
                                         .size = sizeof(fin_billed_delivery),
                                         M_FIELDS(billed_fields)};
