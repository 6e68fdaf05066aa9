#include "stock_issue/stock_issue.h"

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

m_status wms_stock_issue_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_stock_issue *doc = record;
    const m_item_info *items = NULL;
    const void *warehouse = NULL;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    if (!m_id_is_null(doc->warehouse)) {
        M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
        wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
        if (warehouse && m_id_is_null(doc->cost_center))
            doc->cost_center = ((const wms_warehouse *)warehouse)->cost_center;
    }
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_issue_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_issue_line *line = M_AT(doc->lines, wms_issue_line, i);
        line->stock_qty = line->value = (m_dec){0};
        if (!wms_item_good(call, &items[i], line->item, i, "item", true)) continue;
        if (m_id_is_null(line->unit)) line->unit = items[i].stock_unit;
        wms_to_stock(call, &items[i], line->unit, line->qty, i, "qty", &line->stock_qty);
        wms_track_check(call, &items[i], line->batch, line->serials, i);
    }
    doc->total = (m_dec){0};
    return M_OK;
}

/* The moves and values of all lines. */
static m_status take_lines(m_call *call, wms_stock_issue *doc, wms_stock *stock)
{
    char path[WMS_PATH];
    doc->total = (m_dec){0};
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_issue_line *line = M_AT(doc->lines, wms_issue_line, i);
        wms_track track = {.batch = line->batch, .serials = line->serials, .line = i};
        M_TRY(wms_tracked_out(call, stock, line->item, doc->warehouse, line->stock_qty, &track,
                              line->id, wms_path(path, "lines", i, "qty"), &line->value));
        M_TRY(m_dec_add(doc->total, line->value, &doc->total));
    }
    return M_OK;
}

static m_status read_all(const wms *w, m_call *call, const wms_stock_issue *doc, wms_stock *stock,
                         m_id *center)
{
    const m_item_info *items = NULL;
    uint32_t more = 0;
    *stock = (wms_stock){.date = doc->posting_date, .tracks = true};
    M_TRY(wms_places(w, call, &stock->places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_issue_line, &items));
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

m_status wms_stock_issue_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_stock_issue *doc = record;
    wms_stock stock;
    m_id center;
    M_TRY(read_all(w, call, doc, &stock, &center));
    M_TRY(take_lines(call, doc, &stock));
    wms_posting posting = {.event = "stock_issue",
                           .type = &wms_stock_issue_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post"};
    if (m_id_is_null(doc->expense_account))
        M_TRY(
            wms_debit(call, &posting, "stock_issue", doc->warehouse, doc->cost_center, doc->total));
    else
        M_TRY(
            wms_debit_account(call, &posting, doc->expense_account, doc->cost_center, doc->total));
    M_TRY(wms_credit(call, &posting, "stock", doc->warehouse, center, doc->total));
    return wms_post(w, call, &stock, &posting);
}

m_status wms_stock_issue_cancel(void *module, m_call *call, void *record, const void *input)
{
    wms_stock_issue *doc = record;
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    return wms_unpost(module, call,
                      &(wms_undo){.event = "stock_issue",
                                  .type = &wms_stock_issue_type,
                                  .doc = &doc->doc,
                                  .posted_on = doc->posting_date,
                                  .on = on,
                                  .consumed = WMS_ERR(STOCK_CONSUMED)});
}
