#include "goods_receipt/goods_receipt.h"

void wms_receipt_quantities(m_call *call, wms_receipt_line *line, uint32_t i)
{
    char path[WMS_PATH];
    m_dec_sum parts = (m_dec_sum)line->accepted_qty.u + line->rejected_qty.u;
    if (line->received_qty.u == 0 && m_dec_of_sum(parts, &line->received_qty) != M_OK) return;
    if (line->accepted_qty.u == 0) {
        line->accepted_qty.u = line->received_qty.u - line->rejected_qty.u;
        parts = line->received_qty.u;
    }
    if (line->received_qty.u <= 0)
        m_field_fail(call, m_err_required, wms_path(path, "lines", i, "received_qty"), NULL);
    else if (parts != line->received_qty.u || line->accepted_qty.u < 0) {
        char text[3][M_DEC_TEXT];
        m_dec_format(line->accepted_qty, 0, text[0]);
        m_dec_format(line->rejected_qty, 0, text[1]);
        m_dec_format(line->received_qty, 0, text[2]);
        m_field_fail(call, WMS_ERR(RECEIPT_SUM), wms_path(path, "lines", i, "accepted_qty"),
                     "%s + %s is not %s", text[0], text[1], text[2]);
    }
}

m_status wms_receipt_value(m_dec accepted, m_dec rate, const m_tax_info *tax, int places,
                           m_dec *out)
{
    m_dec net, extra = {0};
    M_TRY(m_dec_mul(accepted, rate, places, M_ROUND_HALF_UP, &net));
    if (tax && !m_id_is_null(tax->id) && (!tax->recoverable || tax->not_deductible.u))
        M_TRY(wms_tax_amount(tax, net, places, &extra));
    if (tax && tax->recoverable)
        M_TRY(m_dec_mul_div(extra, tax->not_deductible, m_dec_of_int(100), places, M_ROUND_HALF_UP,
                            &extra));
    return m_dec_add(net, extra, out);
}

wms_receipt_line *wms_receipt_find(const wms_goods_receipt *receipt, m_id id)
{
    for (M_EACH(wms_receipt_line, line, receipt->lines))
        if (m_id_eq(line->id, id)) return line;
    return NULL;
}

static m_status count_to(m_dec *counter, m_dec qty, int sign)
{
    return m_dec_add(*counter, (m_dec){sign * qty.u}, counter);
}

m_status wms_receipt_count(wms_purchase_order *order, const wms_goods_receipt *receipt, int sign)
{
    for (M_EACH(const wms_receipt_line, line, receipt->lines)) {
        wms_order_line *ordered = wms_order_find(order, line->order_line);
        if (!ordered) return M_NOT_FOUND;
        M_TRY(count_to(&ordered->received_qty, line->received_qty, sign));
        M_TRY(count_to(&ordered->accepted_qty, line->accepted_qty, sign));
    }
    return M_OK;
}

/* What this receipt brings for one order line, up to and with its line number `last`. */
static m_dec_sum brought(const wms_goods_receipt *receipt, m_id order_line, uint32_t last)
{
    m_dec_sum sum = 0;
    for (uint32_t i = 0; i <= last; i++) {
        const wms_receipt_line *line = M_AT(receipt->lines, const wms_receipt_line, i);
        if (m_id_eq(line->order_line, order_line)) sum += line->received_qty.u;
    }
    return sum;
}

bool wms_receipt_within(m_call *call, const wms_purchase_order *order,
                        const wms_goods_receipt *receipt, m_dec tolerance_pct)
{
    bool within = true;
    for (uint32_t i = 0; i < receipt->lines.count; i++) {
        const wms_receipt_line *line = M_AT(receipt->lines, const wms_receipt_line, i);
        const wms_order_line *ordered = wms_order_find(order, line->order_line);
        m_dec ceiling;
        if (!ordered || wms_order_ceiling(ordered, tolerance_pct, &ceiling) != M_OK) continue;
        m_dec_sum would =
            (m_dec_sum)wms_order_line_kept(ordered).u + brought(receipt, line->order_line, i);
        if (would <= ceiling.u) continue;
        char path[WMS_PATH], text[M_DEC_SUM_TEXT], most[M_DEC_TEXT], asked[M_DEC_TEXT];
        m_dec_sum_format(would, 0, text);
        m_dec_format(ceiling, 0, most);
        m_dec_format(ordered->qty, 0, asked);
        m_field_fail(call, WMS_ERR(RECEIPT_OVER), wms_path(path, "lines", i, "received_qty"),
                     "%s in all, %s were ordered, at most %s are taken", text, asked, most);
        within = false;
    }
    return within;
}

m_status wms_receipt_share_charges(m_call *call, wms_goods_receipt *receipt, wms_part *parts,
                                   int places)
{
    char path[WMS_PATH];
    uint32_t n = receipt->lines.count;
    receipt->charges_total = (m_dec){0};
    for (M_EACH(wms_receipt_line, line, receipt->lines))
        line->charged = (m_dec){0};
    for (uint32_t k = 0; k < receipt->charges.count; k++) {
        const wms_receipt_charge *charge = M_AT(receipt->charges, const wms_receipt_charge, k);
        for (uint32_t i = 0; i < n; i++)
            parts[i] = (wms_part){.basis = M_AT(receipt->lines, const wms_receipt_line, i)->value};
        if (wms_split(charge->amount, parts, n, places) != M_OK) {
            m_field_fail(call, WMS_ERR(RECEIPT_CHARGES), wms_path(path, "charges", k, "amount"),
                         NULL);
            continue;
        }
        M_TRY(m_dec_add(receipt->charges_total, charge->amount, &receipt->charges_total));
        for (uint32_t i = 0; i < n; i++)
            M_AT(receipt->lines, wms_receipt_line, i)->charged.u += parts[i].amount.u;
    }
    return M_OK;
}
