#include "stock_reservation/stock_reservation.h"

#include "delivery_note/delivery_note.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

m_status wms_reservation_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_stock_reservation *doc = record;
    const m_item_info *items = NULL;
    const void *warehouse = NULL;
    wms_default_date(call, &doc->reserved_on);
    if (!m_date_is_none(doc->expires_on) && m_date_cmp(doc->expires_on, doc->reserved_on) < 0)
        m_field_fail(call, WMS_ERR(RESERVATION_DATES), M_STR("expires_on"), NULL);
    M_TRY(wms_customer_check(w, call, doc->customer));
    if (!m_id_is_null(doc->warehouse)) {
        M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
        wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
    }
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_reservation_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_reservation_line *line = M_AT(doc->lines, wms_reservation_line, i);
        line->stock_qty = line->delivered_qty = (m_dec){0};
        if (!wms_item_good(call, &items[i], line->item, i, "item", true)) continue;
        if (m_id_is_null(line->unit)) line->unit = items[i].stock_unit;
        wms_to_stock(call, &items[i], line->unit, line->qty, i, "qty", &line->stock_qty);
    }
    return M_OK;
}

/* ---- submit ---- */

/* Only what is there and not held for others can be reserved. */
static bool hold_line(m_call *call, wms_stock *stock, m_id warehouse,
                      const wms_reservation_line *line, uint32_t i)
{
    const wms_bin *bin = wms_stock_bin(stock, line->item, warehouse);
    m_dec_sum free = bin ? (m_dec_sum)bin->on_hand.u - bin->reserved.u : 0;
    if (bin && line->stock_qty.u <= free) {
        wms_stock_reserve(stock, line->item, warehouse, line->stock_qty);
        return true;
    }
    char path[WMS_PATH], asked[M_DEC_TEXT], left[M_DEC_SUM_TEXT];
    m_dec_format(line->stock_qty, 0, asked);
    m_dec_sum_format(free > 0 ? free : 0, 0, left);
    m_field_fail(call, WMS_ERR(RESERVATION_BEYOND), wms_path(path, "lines", i, "qty"), "%s of %s",
                 asked, left);
    return false;
}

m_status wms_reservation_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_stock_reservation *doc = record;
    const m_item_info *items = NULL;
    wms_stock stock = {.date = m_today(call), .tracks = true};
    m_fetch reads[WMS_STOCK_READS];
    uint32_t n = 0, held = 0;
    if (!m_date_is_none(doc->expires_on) && m_date_cmp(doc->expires_on, stock.date) < 0) {
        m_field_fail(call, WMS_ERR(RESERVATION_DATES), M_STR("expires_on"), NULL);
        return m_failed_fields(call);
    }
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_reservation_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(wms_stock_want(call, &stock, &items[i], doc->warehouse, true));
    M_TRY(wms_stock_reads(call, &stock, reads, &n));
    M_TRY(m_store_fetch(w->store, call, reads, n));
    M_TRY(wms_stock_ready(w, call, &stock, reads, n));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        held +=
            hold_line(call, &stock, doc->warehouse, M_AT(doc->lines, wms_reservation_line, i), i);
    if (held < doc->lines.count) return m_fail(call, WMS_ERR(RESERVATION_BEYOND), "see the fields");
    for (M_EACH(const wms_reservation_line, line, doc->lines))
        M_TRY(m_store_insert(w->store, call, &wms_reserved_line_type,
                             &(wms_reserved_line){.id = line->id,
                                                  .reservation = doc->id,
                                                  .reservation_no = doc->number,
                                                  .item = line->item,
                                                  .warehouse = doc->warehouse,
                                                  .customer = doc->customer,
                                                  .expires_on = doc->expires_on,
                                                  .open_qty = line->stock_qty}));
    return M_OK;
}

/* ---- release ---- */

m_status wms_reservation_release(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    const wms_stock_reservation *doc = record;
    m_filter of = {"reservation", M_OP_EQ, &doc->id};
    m_query query = {.filters = &of, .filter_count = 1};
    m_fetch read = {.type = &wms_reserved_line_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        wms_reserved_line row = *(const wms_reserved_line *)read.records[i];
        row.open_qty = (m_dec){0};
        M_TRY(m_store_put(w->store, call, &wms_reserved_line_type, &row));
    }
    return M_OK;
}

/* ---- for deliveries ---- */

bool wms_reserved_usable(m_call *call, const wms_reserved_line *row, m_id item, m_id warehouse,
                         m_id customer, uint32_t i)
{
    char path[WMS_PATH];
    m_str at = wms_path(path, "lines", i, "reservation_line");
    if (!row) {
        m_field_fail(call, m_err_link, at, "reservation line");
        return false;
    }
    bool others = !m_id_is_null(row->customer) && !m_id_eq(row->customer, customer);
    if (!m_id_eq(row->item, item) || !m_id_eq(row->warehouse, warehouse) || others) {
        m_field_fail(call, WMS_ERR(RESERVATION_OTHER), at, "%.*s", M_STR_ARG(row->reservation_no));
        return false;
    }
    if (wms_reserved_holds(row, m_today(call)).u > 0) return true;
    m_field_fail(call, WMS_ERR(RESERVATION_OVER), at, "%.*s", M_STR_ARG(row->reservation_no));
    return false;
}

m_status wms_reserved_use(const wms *w, m_call *call, m_id id, m_dec qty, int sign)
{
    const void *found = NULL, *stored = NULL;
    M_TRY(m_store_need(w->store, call, &wms_reserved_line_type, id, &found));
    wms_reserved_line row = *(const wms_reserved_line *)found;
    M_TRY(m_store_need(w->store, call, &wms_stock_reservation_type, row.reservation, &stored));
    wms_stock_reservation *doc = m_record_copy(&wms_stock_reservation_type, stored, call->arena);
    if (!doc) return m_fail(call, m_err_memory, NULL);
    for (M_EACH(wms_reservation_line, line, doc->lines))
        if (m_id_eq(line->id, id)) line->delivered_qty.u += sign * qty.u;
    if (doc->state != WMS_RESERVATION_RELEASED) row.open_qty.u -= sign * qty.u;
    doc->state = wms_reservation_state(doc);
    doc->version++;
    doc->modified_by = call->actor;
    doc->modified_at = m_now(call);
    M_TRY(m_store_update(w->store, call, &wms_stock_reservation_type, doc));
    return m_store_put(w->store, call, &wms_reserved_line_type, &row);
}
