#include "standard_cost/standard_cost.h"

#include "warehouse/warehouse.h"

/* ---- check ---- */

static bool item_good(m_call *call, const m_item_info *item)
{
    if (m_id_is_null(item->id))
        m_field_fail(call, m_err_link, M_STR("item"), "item");
    else if (!item->is_stock)
        m_field_fail(call, WMS_ERR(ITEM_NOT_STOCK), M_STR("item"), "%.*s", M_STR_ARG(item->code));
    else if (item->valuation != M_STANDARD)
        m_field_fail(call, WMS_ERR(STANDARD_METHOD), M_STR("item"), "%.*s", M_STR_ARG(item->code));
    else
        return true;
    return false;
}

m_status wms_standard_cost_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_standard_cost *doc = record;
    const m_item_info *item = NULL;
    const wms_standard_cost *latest = NULL;
    wms_default_date(call, &doc->posting_date);
    doc->lines = (m_list){NULL, 0};
    doc->revaluation = (m_dec){0};
    doc->revision = 0;
    if (m_date_cmp(doc->posting_date, m_today(call)) > 0)
        m_field_fail(call, WMS_ERR(STANDARD_FUTURE), M_STR("posting_date"), NULL);
    if (m_id_is_null(doc->item)) return M_OK; /* told as required */
    M_TRY(wms_items(w, call, &doc->item, sizeof doc->item, 0, 1, &item));
    if (!item_good(call, item)) return M_OK;
    M_TRY(wms_standard_latest(w, call, doc->item, &latest));
    if (!latest || m_date_cmp(doc->posting_date, latest->posting_date) >= 0) return M_OK;
    char from[M_DATE_TEXT];
    m_date_format(latest->posting_date, from);
    m_field_fail(call, WMS_ERR(STANDARD_EARLIER), M_STR("posting_date"), "%s", from);
    return M_OK;
}

/* ---- submit ---- */

/* The bins with goods of the item. */
static m_status read_bins(const wms *w, m_call *call, const wms_standard_cost *doc, m_fetch *bins)
{
    static const m_dec zero;
    m_filter filters[] = {{"item", M_OP_EQ, &doc->item}, {"qty", M_OP_GT, &zero}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = WMS_LINES_MAX + 1};
    *bins = (m_fetch){.type = &m_stock_bin_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, bins, 1));
    bins->query = NULL;
    if (bins->count <= WMS_LINES_MAX) return M_OK;
    return m_fail(call, m_err_range, "more than %d warehouses", WMS_LINES_MAX);
}

static m_status read_warehouses(const wms *w, m_call *call, const m_fetch *bins, m_fetch *out)
{
    m_id *ids = NULL;
    M_TRY(WMS_ARRAY(call, ids, bins->count));
    for (uint32_t i = 0; i < bins->count; i++)
        ids[i] = ((const m_stock_bin *)bins->records[i])->warehouse;
    *out = (m_fetch){.type = &wms_warehouse_type, .ids = ids, .key_count = bins->count};
    if (bins->count) M_TRY(m_store_fetch(w->store, call, out, 1));
    for (uint32_t i = 0; i < out->count; i++) {
        const wms_warehouse *warehouse = out->records[i];
        if (!warehouse) return m_fail(call, m_err_not_found, "warehouse");
        if (warehouse->kind == WMS_TRANSIT)
            return m_fail(call, WMS_ERR(STANDARD_TRANSIT), "%.*s", M_STR_ARG(warehouse->code));
    }
    return M_OK;
}

static m_status plan_bins(const wms *w, m_call *call, const wms_standard_cost *doc,
                          const m_fetch *bins, wms_stock *stock)
{
    const m_item_info *item = NULL;
    m_fetch reads[WMS_STOCK_READS];
    uint32_t n = 0;
    *stock = (wms_stock){.date = doc->posting_date};
    M_TRY(wms_places(w, call, &stock->places));
    M_TRY(wms_items(w, call, &doc->item, sizeof doc->item, 0, 1, &item));
    for (uint32_t i = 0; i < bins->count; i++)
        M_TRY(wms_stock_want(call, stock, item, ((const m_stock_bin *)bins->records[i])->warehouse,
                             false));
    M_TRY(wms_stock_reads(call, stock, reads, &n));
    if (n) M_TRY(m_store_fetch(w->store, call, reads, n));
    return wms_stock_ready(w, call, stock, reads, n);
}

/* One warehouse: its line, its move, its part of the voucher. */
static m_status revalue(m_call *call, wms_standard_cost *doc, wms_stock *stock,
                        const m_stock_bin *bin, const wms_warehouse *warehouse,
                        wms_standard_line *line, wms_posting *posting)
{
    m_dec rise = {0};
    *line = (wms_standard_line){.id = m_new_id(call),
                                .warehouse = bin->warehouse,
                                .qty = bin->qty,
                                .old_value = bin->value};
    M_TRY(wms_stock_set_standard(call, stock, doc->item, bin->warehouse, doc->rate, doc->id,
                                 line->id, M_STR("posting_date"), &rise));
    line->new_value.u = bin->value.u + rise.u;
    M_TRY(m_dec_add(doc->revaluation, rise, &doc->revaluation));
    m_id center = warehouse->cost_center;
    M_TRY(wms_difference(call, posting, "stock", warehouse->id, center, rise));
    return wms_difference(call, posting, "stock_revaluation", warehouse->id, center,
                          m_dec_neg(rise));
}

m_status wms_standard_cost_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_standard_cost *doc = record;
    const wms_standard_cost *latest = NULL;
    wms_standard_line *lines = NULL;
    m_fetch bins, warehouses;
    wms_stock stock;
    M_TRY(wms_standard_latest(w, call, doc->item, &latest));
    doc->revision = latest ? latest->revision + 1 : 1;
    M_TRY(read_bins(w, call, doc, &bins));
    M_TRY(read_warehouses(w, call, &bins, &warehouses));
    M_TRY(plan_bins(w, call, doc, &bins, &stock));
    M_TRY(WMS_ARRAY(call, lines, bins.count));
    wms_posting posting = {.event = "standard_cost",
                           .type = &wms_standard_cost_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post"};
    for (uint32_t i = 0; i < bins.count; i++)
        M_TRY(revalue(call, doc, &stock, bins.records[i], warehouses.records[i], &lines[i],
                      &posting));
    doc->lines = (m_list){lines, bins.count};
    return wms_post(w, call, &stock, &posting);
}

/* ---- cancel ---- */

/* Was it changed by what was dated back before it? */
static m_status check_restated(const wms *w, m_call *call, const wms_standard_cost *doc,
                               uint32_t *out)
{
    m_id event = m_voucher_id(call, doc->id, "post");
    m_filter own[] = {{"event_id", M_OP_EQ, &event}};
    m_filter moved[] = {{"posting_date", M_OP_EQ, &doc->posting_date},
                        {"source_id", M_OP_EQ, &doc->id}};
    m_query queries[] = {{.filters = own, .filter_count = 1, .limit = 1},
                         {.filters = moved, .filter_count = 2}};
    m_fetch reads[] = {{.type = &m_stock_event_type, .query = &queries[0]},
                       {.type = &m_stock_entry_type, .query = &queries[1]}};
    M_TRY(m_store_fetch(w->store, call, reads, 2));
    int64_t seq = reads[0].count ? ((const m_stock_event *)reads[0].records[0])->seq : 0;
    *out = 0;
    for (uint32_t i = 0; i < reads[1].count; i++)
        *out |= ((const m_stock_entry *)reads[1].records[i])->seq != seq;
    return M_OK;
}

static m_status check_used(const wms *w, m_call *call, const wms_standard_cost *doc)
{
    const wms_standard_cost *latest = NULL;
    m_filter filters[] = {{"item", M_OP_EQ, &doc->item},
                          {"posting_date", M_OP_GE, &doc->posting_date},
                          {"rule", M_OP_EQ, &doc->id},
                          {"source_id", M_OP_NE, &doc->id}};
    m_query query = {.filters = filters, .filter_count = 4};
    uint32_t used = 0;
    M_TRY(wms_standard_latest(w, call, doc->item, &latest));
    if (latest && m_id_eq(latest->id, doc->id))
        M_TRY(m_store_count(w->store, call, &m_stock_entry_type, &query, 1, &used));
    else
        used = 1;
    if (!used) M_TRY(check_restated(w, call, doc, &used));
    if (used) return m_fail(call, WMS_ERR(STANDARD_USED), "%.*s", M_STR_ARG(doc->number));
    return M_OK;
}

m_status wms_standard_cost_cancel(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    wms_standard_cost *doc = record;
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    M_TRY(check_used(w, call, doc));
    return wms_unpost(w, call,
                      &(wms_undo){.event = "standard_cost",
                                  .type = &wms_standard_cost_type,
                                  .doc = &doc->doc,
                                  .posted_on = doc->posting_date,
                                  .on = on,
                                  .consumed = WMS_ERR(STANDARD_USED)});
}
