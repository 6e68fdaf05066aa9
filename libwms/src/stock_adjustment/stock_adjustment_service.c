#include "stock_adjustment/stock_adjustment.h"

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

static void check_line(m_call *call, const wms_stock_adjustment *doc, const m_item_info *item,
                       uint32_t i)
{
    char path[WMS_PATH];
    wms_adjustment_line *line = M_AT(doc->lines, wms_adjustment_line, i);
    line->stock_qty = line->value = (m_dec){0};
    if (doc->reason == WMS_REASON_OPENING && line->direction == WMS_ADJUST_OUT)
        m_field_fail(call, WMS_ERR(ADJUSTMENT_OPENING), wms_path(path, "lines", i, "direction"),
                     NULL);
    if (!wms_item_good(call, item, line->item, i, "item", true)) return;
    if (m_id_is_null(line->unit)) line->unit = item->stock_unit;
    wms_to_stock(call, item, line->unit, line->qty, i, "qty", &line->stock_qty);
    wms_track_check(call, item, line->batch, line->serials, i);
}

m_status wms_stock_adjustment_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_stock_adjustment *doc = record;
    const m_item_info *items = NULL;
    const void *warehouse = NULL;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    if (!m_id_is_null(doc->warehouse)) {
        M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
        wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
    }
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_adjustment_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        check_line(call, doc, &items[i], i);
    doc->value_in = doc->value_out = (m_dec){0};
    return M_OK;
}

/* ---- submit ---- */

/* What a line coming in costs: its rate, or the rate of what is there. False: neither. */
static bool worth(const wms_stock *stock, const wms_stock_adjustment *doc,
                  wms_adjustment_line *line)
{
    if (line->rate.u == 0)
        return wms_stock_at_rate(stock, line->item, doc->warehouse, line->stock_qty, &line->value);
    return m_dec_mul(line->qty, line->rate, stock->places, M_ROUND_HALF_UP, &line->value) == M_OK;
}

/* *variance: by how much the given rates are above what the goods are worth in stock. */
static m_status adjust_line(m_call *call, wms_stock_adjustment *doc, wms_stock *stock, uint32_t i,
                            m_dec *variance)
{
    char path[WMS_PATH];
    m_dec worth_in_stock = {0};
    wms_adjustment_line *line = M_AT(doc->lines, wms_adjustment_line, i);
    uint32_t from = stock->moves.count;
    bool count = doc->reason == WMS_REASON_COUNT;
    wms_track track = {.batch = line->batch, .serials = line->serials, .any_age = true, .line = i};
    if (line->direction == WMS_ADJUST_OUT) {
        M_TRY(wms_tracked_out(call, stock, line->item, doc->warehouse, line->stock_qty, &track,
                              line->id, wms_path(path, "lines", i, "qty"), &line->value));
        if (count) wms_stock_mark(stock, from, M_STOCK_COUNT, (m_id){{0}});
        return m_dec_add(doc->value_out, line->value, &doc->value_out);
    }
    if (!worth(stock, doc, line)) {
        m_field_fail(call, WMS_ERR(ADJUSTMENT_RATE), wms_path(path, "lines", i, "rate"),
                     "nothing of it is there");
        return M_OK;
    }
    M_TRY(wms_tracked_enter(call, stock, line->item, doc->warehouse, line->stock_qty, line->value,
                            &track, line->id, wms_path(path, "lines", i, "qty"), &worth_in_stock));
    variance->u += line->value.u - worth_in_stock.u;
    line->value = worth_in_stock;
    m_enum basis = line->rate.u ? M_STOCK_GIVEN : M_STOCK_RATE;
    wms_stock_mark(stock, from, count ? M_STOCK_COUNT : basis, (m_id){{0}});
    return m_dec_add(doc->value_in, line->value, &doc->value_in);
}

static m_status post_adjustment(const wms *w, m_call *call, wms_stock_adjustment *doc,
                                wms_stock *stock, m_id center, m_dec variance)
{
    m_dec cost = {doc->value_in.u + variance.u};
    bool opening = doc->reason == WMS_REASON_OPENING;
    const char *counter = opening ? "opening_stock" : "stock_adjustment";
    wms_posting posting = {.event = "stock_adjustment",
                           .type = &wms_stock_adjustment_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post",
                           .counter = {.purpose = m_str_of(counter),
                                       .subject = doc->warehouse,
                                       .cost_center = center}};
    M_TRY(wms_debit(call, &posting, "stock", doc->warehouse, center, doc->value_in));
    M_TRY(wms_difference(call, &posting, "purchase_variance", (m_id){{0}}, center, variance));
    M_TRY(wms_credit(call, &posting, counter, doc->warehouse, center, cost));
    M_TRY(wms_debit(call, &posting, counter, doc->warehouse, center, doc->value_out));
    M_TRY(wms_credit(call, &posting, "stock", doc->warehouse, center, doc->value_out));
    return wms_post(w, call, stock, &posting);
}

m_status wms_stock_adjustment_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_stock_adjustment *doc = record;
    const m_item_info *items = NULL;
    wms_stock stock = {.date = doc->posting_date, .tracks = true};
    uint32_t more = 0;
    m_dec variance = {0};
    M_TRY(wms_places(w, call, &stock.places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_adjustment_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(wms_stock_want(call, &stock, &items[i], doc->warehouse,
                             M_AT(doc->lines, const wms_adjustment_line, i)->direction ==
                                 WMS_ADJUST_OUT));
    m_fetch reads[1 + WMS_STOCK_READS] = {
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1}};
    M_TRY(wms_stock_reads(call, &stock, &reads[1], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 1 + more));
    const wms_warehouse *warehouse = reads[0].records[0];
    if (!warehouse) return m_fail(call, m_err_not_found, "warehouse");
    M_TRY(wms_stock_ready(w, call, &stock, &reads[1], more));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(adjust_line(call, doc, &stock, i, &variance));
    if (!stock.fault) M_TRY(m_failed_fields(call));
    return post_adjustment(w, call, doc, &stock, warehouse->cost_center, variance);
}

m_status wms_stock_adjustment_cancel(void *module, m_call *call, void *record, const void *input)
{
    wms_stock_adjustment *doc = record;
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    return wms_unpost(module, call,
                      &(wms_undo){.event = "stock_adjustment",
                                  .type = &wms_stock_adjustment_type,
                                  .doc = &doc->doc,
                                  .posted_on = doc->posting_date,
                                  .on = on,
                                  .consumed = WMS_ERR(STOCK_CONSUMED)});
}
