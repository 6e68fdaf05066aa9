#include "common/wms_instance.h"

#include <stdio.h>

m_str wms_path(char out[WMS_PATH], const char *list, uint32_t i, const char *member)
{
    int n = snprintf(out, WMS_PATH, "%s[%u].%s", list, (unsigned)i, member);
    return (m_str){out, n < WMS_PATH ? (size_t)n : WMS_PATH - 1};
}

m_status wms_array(m_call *call, void **out, size_t n, size_t size)
{
    void *items = m_arena_array(call->arena, n ? n : 1, size);
    if (!items) return m_fail(call, m_err_memory, NULL);
    *out = items;
    return M_OK;
}

m_status wms_items(const wms *w, m_call *call, const void *records, size_t size, size_t offset,
                   uint32_t n, const m_item_info **out)
{
    m_id *ids = NULL;
    M_TRY(WMS_ARRAY(call, ids, n));
    for (uint32_t i = 0; i < n; i++)
        ids[i] = *(const m_id *)((const char *)records + i * size + offset);
    m_items answer = {{0}};
    if (n) M_TRY(m_masters_items(w->masters, call, &(m_ids){{ids, n}}, &answer));
    if (answer.items.count != n) return m_fail(call, m_err_internal, "masters.items");
    *out = answer.items.items;
    return M_OK;
}

bool wms_item_good(m_call *call, const m_item_info *item, m_id asked, uint32_t i,
                   const char *member, bool must_be_stock)
{
    char path[WMS_PATH];
    m_str at = wms_path(path, "lines", i, member);
    if (m_id_is_null(asked)) return false;
    if (m_id_is_null(item->id))
        m_field_fail(call, m_err_link, at, "item");
    else if (!item->active)
        m_field_fail(call, WMS_ERR(ITEM_INACTIVE), at, "%.*s", M_STR_ARG(item->code));
    else if (must_be_stock && !item->is_stock)
        m_field_fail(call, WMS_ERR(ITEM_NOT_STOCK), at, "%.*s", M_STR_ARG(item->code));
    else
        return true;
    return false;
}

static void note_places(m_call *call, m_dec qty, int64_t places, m_str at)
{
    char text[M_DEC_TEXT];
    m_dec_format(qty, 0, text);
    m_field_fail(call, WMS_ERR(QTY_PLACES), at, "%s with at most %d decimal places", text,
                 (int)places);
}

bool wms_to_stock(m_call *call, const m_item_info *item, m_id unit, m_dec qty, uint32_t i,
                  const char *member, m_dec *out)
{
    char path[WMS_PATH];
    m_item_unit u;
    m_dec stock, fine;
    int places = (int)item->unit_places;
    if (!m_unit_of(item, unit, &u)) {
        m_field_fail(call, WMS_ERR(UNIT), wms_path(path, "lines", i, "unit"), "%.*s",
                     M_STR_ARG(item->code));
        return false;
    }
    m_str at = wms_path(path, "lines", i, member);
    bool converted = u.factor.u != u.per.u;
    int rounded = converted && places > 0 ? places : M_DEC_SCALE;
    if (m_dec_mul_div(qty, u.factor, u.per, rounded, M_ROUND_HALF_UP, &stock) != M_OK ||
        m_dec_mul_div(qty, u.factor, u.per, M_DEC_SCALE, M_ROUND_HALF_UP, &fine) != M_OK) {
        m_field_fail(call, m_err_overflow, at, NULL);
        return false;
    }
    bool counted = m_dec_fits(qty, (int)u.places);
    if (!counted)
        note_places(call, qty, u.places, at);
    else if (!m_dec_fits(stock, places) || (qty.u > 0 && stock.u == 0))
        note_places(call, fine, places, at);
    else {
        *out = stock;
        return true;
    }
    return false;
}

bool wms_to_stock_part(m_call *call, const m_item_info *item, m_id unit, m_dec qty, m_dec left_qty,
                       m_dec left_stock, uint32_t i, const char *member, m_dec *out)
{
    m_dec stock = left_stock;
    if (qty.u != left_qty.u && !wms_to_stock(call, item, unit, qty, i, member, &stock))
        return false;
    *out = stock.u > left_stock.u ? left_stock : stock;
    return true;
}

m_status wms_places(const wms *w, m_call *call, int *out)
{
    m_tenant_info tenant = {{0}};
    M_TRY(m_masters_tenant(w->masters, call, &(m_ids){{0}}, &tenant));
    *out = (int)tenant.currency_places;
    return M_OK;
}

static const m_field cancel_fields[] = {
    M_F_DATE(wms_cancel_input, posting_date, "Posting date",
             .help = "Date of the reversal; today when left out."),
};
const m_type wms_cancel_input_type = {
    .name = "wms.cancel_input", .size = sizeof(wms_cancel_input), M_FIELDS(cancel_fields)};

m_date wms_cancel_date(const m_call *call, const wms_cancel_input *input, m_date posted_on)
{
    if (input && !m_date_is_none(input->posting_date)) return input->posting_date;
    m_date today = m_today(call);
    return m_date_cmp(today, posted_on) < 0 ? posted_on : today;
}
