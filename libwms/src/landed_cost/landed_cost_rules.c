#include "landed_cost/landed_cost.h"

m_status wms_landed_basis(const wms_landed_line *line, m_enum basis, m_dec *out)
{
    switch (basis) {
    case WMS_BY_QUANTITY:
        *out = line->line->stock_qty;
        return M_OK;
    case WMS_BY_VALUE:
        *out = line->line->value;
        return M_OK;
    case WMS_BY_WEIGHT:
    case WMS_BY_VOLUME:
        return m_dec_mul(line->line->stock_qty,
                         basis == WMS_BY_WEIGHT ? line->item->weight : line->item->volume,
                         M_DEC_SCALE, M_ROUND_HALF_UP, out);
    default:
        *out = m_dec_of_int(1);
        return M_OK;
    }
}

/* Weighs every line; false when a fault was noted. */
static bool weigh(m_call *call, const wms_landed_charge *charge, uint32_t i,
                  const wms_landed_line *lines, uint32_t n, wms_part *parts)
{
    char path[WMS_PATH];
    bool weight = charge->basis == WMS_BY_WEIGHT, volume = charge->basis == WMS_BY_VOLUME;
    m_str at = wms_path(path, "charges", i, "basis");
    m_dec_sum total = 0;
    bool good = true;
    for (uint32_t k = 0; k < n; k++) {
        const m_item_info *item = lines[k].item;
        parts[k] = (wms_part){{0}, {0}, 0};
        if ((weight && item->weight.u == 0) || (volume && item->volume.u == 0)) {
            m_field_fail(call, WMS_ERR(LANDED_MEASURE), at,
                         "%.*s has no %s; give the item one, or choose another basis",
                         M_STR_ARG(item->code), wms_landed_bases[charge->basis]);
            good = false;
        } else if (wms_landed_basis(&lines[k], charge->basis, &parts[k].basis) != M_OK) {
            m_field_fail(call, m_err_overflow, at, "%.*s", M_STR_ARG(item->code));
            good = false;
        }
        total += parts[k].basis.u;
    }
    if (good && total == 0) {
        m_field_fail(call, WMS_ERR(LANDED_BASIS), at, "%s", wms_landed_bases[charge->basis]);
        good = false;
    }
    return good;
}

void wms_landed_share(m_call *call, const wms_landed_charge *charge, uint32_t i,
                      const wms_landed_line *lines, uint32_t n, int places, wms_part *parts,
                      wms_landed_split *out)
{
    char path[WMS_PATH];
    if (weigh(call, charge, i, lines, n, parts) && charge->amount.u > 0 &&
        wms_split(charge->amount, parts, n, places) != M_OK)
        m_field_fail(call, m_err_places, wms_path(path, "charges", i, "amount"), "at most %d",
                     places);
    for (uint32_t k = 0; k < n; k++)
        out[k] = (wms_landed_split){.id = m_new_id(call),
                                    .charge = (int64_t)i + 1,
                                    .receipt = lines[k].receipt->id,
                                    .receipt_line = lines[k].line->id,
                                    .item = lines[k].line->item,
                                    .warehouse = lines[k].receipt->warehouse,
                                    .received_qty = lines[k].line->stock_qty,
                                    .basis = parts[k].basis,
                                    .amount = parts[k].amount};
}

bool wms_landed_left(const m_fetch *entries)
{
    for (uint32_t i = 0; i < entries->count; i++) {
        const m_stock_entry *out = entries->records[i];
        m_dec_sum net = 0;
        if (out->qty.u >= 0) continue;
        for (uint32_t k = 0; k < entries->count; k++) {
            const m_stock_entry *entry = entries->records[k];
            if (m_id_eq(entry->source_id, out->source_id) &&
                m_id_eq(entry->source_line, out->source_line))
                net += entry->qty.u;
        }
        if (net < 0) return true;
    }
    return false;
}
