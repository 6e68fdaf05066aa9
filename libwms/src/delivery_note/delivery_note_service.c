#include "delivery_note/delivery_note.h"

#include "stock/tracked.h"
#include "stock_reservation/stock_reservation.h"
#include "warehouse/warehouse.h"

wms_delivery_line *wms_delivery_find(const wms_delivery_note *delivery, m_id id)
{
    for (M_EACH(wms_delivery_line, line, delivery->lines))
        if (m_id_eq(line->id, id)) return line;
    return NULL;
}

/* ---- check ---- */

m_status wms_customer_check(const wms *w, m_call *call, m_id customer)
{
    if (m_id_is_null(customer)) return M_OK; /* told as required */
    m_parties answer = {{0}};
    M_TRY(m_masters_customers(w->masters, call, &(m_ids){{&customer, 1}}, &answer));
    if (answer.parties.count != 1) return m_fail(call, m_err_internal, "masters.customers");
    const m_party_info *info = M_AT(answer.parties, const m_party_info, 0);
    if (m_id_is_null(info->id))
        m_field_fail(call, m_err_link, M_STR("customer"), "customer");
    else if (!info->active)
        m_field_fail(call, WMS_ERR(CUSTOMER_INACTIVE), M_STR("customer"), "%.*s",
                     M_STR_ARG(info->code));
    return M_OK;
}

static void derive_line(m_call *call, wms_delivery_line *line, const m_item_info *item, uint32_t i)
{
    line->stock_qty = line->value = line->reserved_qty = (m_dec){0};
    line->returned_qty = line->returned_stock_qty = line->returned_value = (m_dec){0};
    if (!wms_item_good(call, item, line->item, i, "item", true)) return;
    if (line->description.n == 0) line->description = item->name;
    if (m_id_is_null(line->unit)) line->unit = item->stock_unit;
    wms_to_stock(call, item, line->unit, line->qty, i, "qty", &line->stock_qty);
    wms_track_check(call, item, line->batch, line->serials, i);
}

/* The rows behind the reservation lines that are named, in the order of the lines; NULL: none. */
static m_status read_reserved(const wms *w, m_call *call, const wms_delivery_note *doc,
                              const wms_reserved_line ***out)
{
    m_id *ids = NULL;
    const wms_reserved_line **rows = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(call, ids, doc->lines.count));
    M_TRY(wms_array(call, (void **)(uintptr_t)&rows, doc->lines.count, sizeof *rows));
    for (M_EACH(const wms_delivery_line, line, doc->lines))
        if (!m_id_is_null(line->reservation_line)) ids[n++] = line->reservation_line;
    m_fetch read = {.type = &wms_reserved_line_type, .ids = ids, .key_count = n};
    if (n) M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0, at = 0; i < doc->lines.count; i++)
        if (!m_id_is_null(M_AT(doc->lines, const wms_delivery_line, i)->reservation_line))
            rows[i] = read.records[at++];
    *out = rows;
    return M_OK;
}

/* Does the named reservation fit? */
static m_status check_reserved(const wms *w, m_call *call, const wms_delivery_note *doc,
                               const wms_reserved_line ***out)
{
    M_TRY(read_reserved(w, call, doc, out));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        const wms_delivery_line *line = M_AT(doc->lines, const wms_delivery_line, i);
        if (m_id_is_null(line->reservation_line)) continue;
        wms_reserved_usable(call, (*out)[i], line->item, doc->warehouse, doc->customer, i);
    }
    return M_OK;
}

m_status wms_delivery_note_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_delivery_note *doc = record;
    const m_item_info *items = NULL;
    const void *warehouse = NULL;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    M_TRY(wms_customer_check(w, call, doc->customer));
    if (!m_id_is_null(doc->warehouse)) {
        M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
        wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
    }
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_delivery_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        derive_line(call, M_AT(doc->lines, wms_delivery_line, i), &items[i], i);
    const wms_reserved_line **rows = NULL;
    M_TRY(check_reserved(w, call, doc, &rows));
    doc->total = (m_dec){0};
    return M_OK;
}

/* ---- submit ---- */

/* What the lines may take of their reservations is no longer held for others. */
static void free_reserved(const wms_delivery_note *doc, const wms_reserved_line **rows,
                          wms_stock *stock)
{
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_delivery_line *line = M_AT(doc->lines, wms_delivery_line, i);
        if (!rows[i]) continue;
        m_dec_sum left = rows[i]->open_qty.u;
        for (uint32_t k = 0; k < i; k++) { /* earlier lines took of the same one */
            const wms_delivery_line *earlier = M_AT(doc->lines, const wms_delivery_line, k);
            if (m_id_eq(earlier->reservation_line, line->reservation_line))
                left -= earlier->reserved_qty.u;
        }
        line->reserved_qty.u = line->stock_qty.u < left ? line->stock_qty.u : (int64_t)left;
        wms_stock_reserve(stock, line->item, doc->warehouse, m_dec_neg(line->reserved_qty));
    }
}

/* The reservations of the lines, after the goods went (sign +1) or came back (−1). */
static m_status use_reserved(const wms *w, m_call *call, const wms_delivery_note *doc, int sign)
{
    for (M_EACH(const wms_delivery_line, line, doc->lines))
        if (line->reserved_qty.u > 0)
            M_TRY(wms_reserved_use(w, call, line->reservation_line, line->reserved_qty, sign));
    return M_OK;
}

static m_status read_all(const wms *w, m_call *call, const wms_delivery_note *doc, wms_stock *stock,
                         m_id *center)
{
    const m_item_info *items = NULL;
    uint32_t more = 0;
    *stock = (wms_stock){.date = doc->posting_date, .tracks = true};
    M_TRY(wms_places(w, call, &stock->places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_delivery_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(wms_stock_want(call, stock, &items[i], doc->warehouse, true));
    m_fetch reads[1 + WMS_STOCK_READS] = {
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1}};
    M_TRY(wms_stock_reads(call, stock, &reads[1], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 1 + more));
    const wms_warehouse *warehouse = reads[0].records[0];
    if (!warehouse) return m_fail(call, m_err_not_found, "warehouse");
    *center = warehouse->cost_center;
    return wms_stock_ready(w, call, stock, &reads[1], more);
}

static m_status take_lines(m_call *call, wms_delivery_note *doc, wms_stock *stock)
{
    char path[WMS_PATH];
    doc->total = (m_dec){0};
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_delivery_line *line = M_AT(doc->lines, wms_delivery_line, i);
        wms_track track = {.batch = line->batch, .serials = line->serials, .line = i};
        M_TRY(wms_tracked_out(call, stock, line->item, doc->warehouse, line->stock_qty, &track,
                              line->id, wms_path(path, "lines", i, "qty"), &line->value));
        M_TRY(m_dec_add(doc->total, line->value, &doc->total));
    }
    return M_OK;
}

/* What Finance may invoice. */
static m_status tell_lines(const wms *w, m_call *call, const wms_delivery_note *doc, m_id center)
{
    for (M_EACH(const wms_delivery_line, line, doc->lines))
        M_TRY(m_store_insert(w->store, call, &wms_delivered_line_type,
                             &(m_delivered_line){.id = line->id,
                                                 .delivery = doc->id,
                                                 .delivery_no = doc->number,
                                                 .customer = doc->customer,
                                                 .item = line->item,
                                                 .unit = line->unit,
                                                 .cost_center = center,
                                                 .delivered = line->qty}));
    return M_OK;
}

m_status wms_delivery_note_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_delivery_note *doc = record;
    const wms_reserved_line **rows = NULL;
    wms_stock stock;
    m_id center;
    M_TRY(check_reserved(w, call, doc, &rows));
    M_TRY(m_failed_fields(call));
    M_TRY(read_all(w, call, doc, &stock, &center));
    free_reserved(doc, rows, &stock);
    M_TRY(take_lines(call, doc, &stock));
    wms_posting posting = {.event = "delivery_note",
                           .type = &wms_delivery_note_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post"};
    M_TRY(wms_debit(call, &posting, "cost_of_goods_sold", doc->warehouse, center, doc->total));
    M_TRY(wms_credit(call, &posting, "stock", doc->warehouse, center, doc->total));
    M_TRY(wms_post(w, call, &stock, &posting));
    M_TRY(use_reserved(w, call, doc, 1));
    return tell_lines(w, call, doc, center);
}

/* ---- cancel ---- */

m_status wms_delivery_note_cancel(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    wms_delivery_note *doc = record;
    m_id *ids = NULL;
    for (M_EACH(const wms_delivery_line, line, doc->lines))
        if (line->returned_qty.u > 0)
            return m_fail(call, WMS_ERR(DELIVERY_RETURNED), "%.*s", M_STR_ARG(doc->number));
    M_TRY(WMS_ARRAY(call, ids, doc->lines.count));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        ids[i] = M_AT(doc->lines, const wms_delivery_line, i)->id;
    M_TRY(wms_unpost(w, call,
                     &(wms_undo){.event = "delivery_note",
                                 .type = &wms_delivery_note_type,
                                 .doc = &doc->doc,
                                 .posted_on = doc->posting_date,
                                 .on = wms_cancel_date(call, input, doc->posting_date),
                                 .source_lines = {ids, doc->lines.count},
                                 .consumed = WMS_ERR(STOCK_CONSUMED)}));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(m_store_remove(w->store, call, &wms_delivered_line_type,
                             &(m_delivered_line){.id = ids[i]}));
    return use_reserved(w, call, doc, -1);
}
