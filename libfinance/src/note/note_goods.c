#include "note/note.h"
#include "purchase_invoice/purchase_invoice.h"

/* Goods lines of the note, with what was received and invoiced of them. */
typedef struct {
    fin_module *fin;
    m_call *call;
    fin_note_line **lines;
    m_id *receipt_lines;
    uint32_t count;
} goods;

static const fin_invoice_line *line_of(const fin_purchase_invoice *invoice, m_id id)
{
    for (M_EACH(const fin_invoice_line, line, invoice->lines))
        if (m_id_eq(line->id, id)) return line;
    return NULL;
}

/* Price reductions leave the goods as they are. */
static m_status find_goods(fin_module *fin, m_call *call, const fin_note *note, goods *out)
{
    const void *found = NULL;
    uint32_t n = note->lines.count;
    goods g = {.fin = fin, .call = call};
    g.lines = m_arena_array(call->arena, n, sizeof(fin_note_line *));
    g.receipt_lines = m_arena_array(call->arena, n, sizeof *g.receipt_lines);
    FIN_NEED(call, g.lines && g.receipt_lines);
    *out = g;
    if (m_id_is_null(note->invoice)) return M_OK;
    M_TRY(m_store_get(fin->store, call, &fin_purchase_invoice_type, note->invoice, &found));
    if (!found) return m_fail(call, m_err_internal, NULL);
    for (M_EACH(fin_note_line, line, note->lines)) {
        const fin_invoice_line *billed = line_of(found, line->invoice_line);
        if (!billed || m_id_is_null(billed->receipt_line) || line->qty.u == 0) continue;
        g.lines[g.count] = line;
        g.receipt_lines[g.count++] = billed->receipt_line;
    }
    *out = g;
    return M_OK;
}

/* When all that was received is then either back or invoiced, nothing of its value stays. */
static m_status value_line(const goods *g, uint32_t i, const m_received_line *received,
                           const fin_invoiced_line *invoiced)
{
    fin_receipt_rest rest;
    fin_note_line *line = g->lines[i];
    for (uint32_t k = 0; k < g->count; k++) /* another line of the same goods */
        if (k != i && m_id_eq(g->receipt_lines[k], g->receipt_lines[i])) return M_OK;
    FIN_TRY(g->call, fin_receipt_rest_of(received, invoiced, &rest));
    if (rest.qty.u != -line->qty.u) return M_OK;
    line->grni_value = m_dec_neg(rest.value.base);
    line->grni_foreign = m_dec_neg(rest.value.foreign);
    return M_OK;
}

m_status fin_note_goods(fin_module *fin, m_call *call, const fin_note *note)
{
    goods g;
    M_TRY(find_goods(fin, call, note, &g));
    if (g.count == 0) return M_OK;
    m_ids in = {.ids = {g.receipt_lines, g.count}};
    m_received_lines received = {0};
    M_TRY(m_receiving_lines(fin->receiving, call, &in, &received));
    if (received.lines.count != g.count) return m_fail(call, m_err_internal, NULL);
    fin_invoiced_line *keys = m_arena_array(call->arena, g.count, sizeof *keys);
    const void **pointers = m_arena_array(call->arena, g.count, sizeof *pointers);
    FIN_NEED(call, keys && pointers);
    for (uint32_t i = 0; i < g.count; i++) {
        keys[i].receipt_line = g.receipt_lines[i];
        pointers[i] = &keys[i];
    }
    m_fetch read = {.type = &fin_invoiced_line_type, .keys = pointers, .key_count = g.count};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < g.count; i++)
        M_TRY(value_line(&g, i, M_AT(received.lines, m_received_line, i), read.records[i]));
    return M_OK;
}

m_status fin_note_invoiced(fin_module *fin, m_call *call, const fin_note *note, int sign)
{
    goods g;
    M_TRY(find_goods(fin, call, note, &g));
    for (uint32_t i = 0; i < g.count; i++) {
        fin_invoiced_line by = {.receipt_line = g.receipt_lines[i],
                                .qty = -(m_dec_sum)g.lines[i]->qty.u * sign,
                                .value = -(m_dec_sum)g.lines[i]->grni_value.u * sign,
                                .foreign_value = -(m_dec_sum)g.lines[i]->grni_foreign.u * sign};
        M_TRY(m_store_accumulate(fin->store, call, &fin_invoiced_line_type, &by));
    }
    return M_OK;
}
