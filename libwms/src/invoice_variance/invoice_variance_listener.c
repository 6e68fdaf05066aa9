#include "goods_receipt/goods_receipt.h"
#include "invoice_variance/invoice_variance.h"
#include "stock/tracked.h"
#include "warehouse/warehouse.h"

/* The source of what is posted is the invoice, a document of Finance. */
static const m_type invoice_type = {.name = "finance.purchase_invoice"};

typedef struct {
    const wms *w;
    m_call *call;
    const wms_dear_bill *bill;
    wms_variance_line *lines;
    const wms_receipt_line **received; /* of each line */
    const m_item_info *items;
    const wms_warehouse **warehouses;
    m_fetch layers; /* m_stock_layer or NULL, of each line */
    uint32_t count;
    wms_stock stock;
    wms_posting posting;
} spread;

/* ---- what a bill's lines are about ---- */

static m_status room_for(spread *s, uint32_t n)
{
    M_TRY(WMS_ARRAY(s->call, s->lines, n));
    M_TRY(wms_array(s->call, (void **)(uintptr_t)&s->received, n, sizeof *s->received));
    return wms_array(s->call, (void **)(uintptr_t)&s->warehouses, n, sizeof *s->warehouses);
}

/* The goods lines with a difference, with the receipts they bill. */
static m_status take_bill(spread *s)
{
    m_id *ids = NULL;
    uint32_t n = s->bill->lines.count;
    M_TRY(room_for(s, n));
    M_TRY(WMS_ARRAY(s->call, ids, n));
    for (uint32_t i = 0; i < n; i++)
        ids[i] = M_AT(s->bill->lines, const wms_dear_line, i)->receipt_line;
    m_fetch rows = {.type = &wms_received_line_type, .ids = ids, .key_count = n};
    M_TRY(m_store_fetch(s->w->store, s->call, &rows, 1));
    for (uint32_t i = 0; i < n; i++) {
        const wms_dear_line *line = M_AT(s->bill->lines, const wms_dear_line, i);
        const m_received_line *row = rows.records[i];
        if (!row || line->variance.u == 0) continue;
        s->lines[s->count++] = (wms_variance_line){.id = line->id,
                                                   .invoice = s->bill->id,
                                                   .receipt = row->receipt,
                                                   .receipt_line = row->id,
                                                   .item = row->item,
                                                   .amount = line->variance};
    }
    return M_OK;
}

static m_status read_receipts(spread *s)
{
    m_id *ids = NULL, *places = NULL;
    M_TRY(WMS_ARRAY(s->call, ids, s->count));
    M_TRY(WMS_ARRAY(s->call, places, s->count));
    for (uint32_t i = 0; i < s->count; i++)
        ids[i] = s->lines[i].receipt;
    m_fetch receipts = {.type = &wms_goods_receipt_type, .ids = ids, .key_count = s->count};
    M_TRY(m_store_fetch(s->w->store, s->call, &receipts, 1));
    for (uint32_t i = 0; i < s->count; i++) {
        const wms_goods_receipt *receipt = receipts.records[i];
        s->received[i] = receipt ? wms_receipt_find(receipt, s->lines[i].receipt_line) : NULL;
        if (!s->received[i]) return m_fail(s->call, m_err_not_found, "goods receipt");
        places[i] = s->lines[i].warehouse = receipt->warehouse;
    }
    m_fetch rooms = {.type = &wms_warehouse_type, .ids = places, .key_count = s->count};
    M_TRY(m_store_fetch(s->w->store, s->call, &rooms, 1));
    for (uint32_t i = 0; i < s->count; i++) {
        s->warehouses[i] = rooms.records[i];
        if (!s->warehouses[i]) return m_fail(s->call, m_err_not_found, "warehouse");
    }
    return wms_items(s->w, s->call, s->lines, sizeof *s->lines, offsetof(wms_variance_line, item),
                     s->count, &s->items);
}

/* ---- their bins and layers ---- */

static m_status read_places(spread *s)
{
    m_stock_layer *layers = NULL;
    m_stock_bin *bins = NULL;
    const void **layer_keys = NULL, **bin_keys = NULL;
    M_TRY(WMS_ARRAY(s->call, layers, s->count));
    M_TRY(WMS_ARRAY(s->call, bins, s->count));
    M_TRY(wms_array(s->call, (void **)(uintptr_t)&layer_keys, s->count, sizeof *layer_keys));
    M_TRY(wms_array(s->call, (void **)(uintptr_t)&bin_keys, s->count, sizeof *bin_keys));
    for (uint32_t i = 0; i < s->count; i++) {
        const wms_variance_line *line = &s->lines[i];
        layers[i] = (m_stock_layer){
            .item = line->item,
            .warehouse = line->warehouse,
            .layer = wms_tracked_receipt(s->received[i]->batch, line->receipt_line)};
        bins[i] = (m_stock_bin){.item = line->item, .warehouse = line->warehouse};
        layer_keys[i] = &layers[i];
        bin_keys[i] = &bins[i];
    }
    m_fetch reads[] = {
        {.type = &m_stock_layer_type, .keys = layer_keys, .key_count = s->count},
        {.type = &m_stock_bin_type, .keys = bin_keys, .key_count = s->count},
    };
    M_TRY(m_store_fetch(s->w->store, s->call, reads, 2));
    s->layers = reads[0];
    for (uint32_t i = 0; i < s->count; i++) {
        const m_stock_bin *bin = reads[1].records[i];
        if (bin && m_date_cmp(bin->last_date, s->stock.date) > 0) s->stock.date = bin->last_date;
    }
    return M_OK;
}

static m_status plan(spread *s, m_date on, const char *purpose)
{
    m_fetch reads[WMS_STOCK_READS];
    uint32_t n = 0;
    s->stock.date = on;
    s->stock.tracks = true; /* pieces with serial numbers keep their cost: all is variance */
    M_TRY(read_receipts(s));
    M_TRY(read_places(s));
    M_TRY(wms_places(s->w, s->call, &s->stock.places));
    for (uint32_t i = 0; i < s->count; i++)
        M_TRY(wms_stock_want(s->call, &s->stock, &s->items[i], s->lines[i].warehouse, false));
    M_TRY(wms_stock_reads(s->call, &s->stock, reads, &n));
    M_TRY(m_store_fetch(s->w->store, s->call, reads, n));
    M_TRY(wms_stock_ready(s->w, s->call, &s->stock, reads, n));
    m_doc *doc = NULL;
    M_TRY(WMS_ARRAY(s->call, doc, 1));
    doc->id = s->bill->id;
    doc->number = s->bill->number;
    s->posting = (wms_posting){.event = "invoice_variance",
                               .type = &invoice_type,
                               .doc = doc,
                               .date = s->stock.date,
                               .purpose = purpose};
    return M_OK;
}

/* How much of what the i-th line billed is on hand, and how much could be. Goods of a bin, or of a
 * batch, count once, for the lines in their order. */
static m_status count_left(const spread *s, uint32_t i, m_dec *out_left, m_dec *out_kept)
{
    const wms_variance_line *line = &s->lines[i];
    const wms_receipt_line *received = s->received[i];
    const m_stock_layer *layer = s->layers.records[i];
    const wms_bin *bin = wms_stock_bin(&s->stock, line->item, line->warehouse);
    if (!bin) return m_fail(s->call, m_err_internal, "stock plan without its bin");
    bool own = bin->method == M_FIFO || bin->method == M_BATCH_AVERAGE;
    m_dec here = own ? (layer ? layer->qty : (m_dec){0}) : bin->pool.qty;
    if (bin->method == M_STANDARD) here = (m_dec){0};
    for (uint32_t k = 0; k < i && bin->method != M_FIFO; k++) {
        bool same = m_id_eq(s->lines[k].item, line->item) &&
                    m_id_eq(s->lines[k].warehouse, line->warehouse) &&
                    m_id_eq(s->received[k]->batch, received->batch) &&
                    !m_id_eq(s->lines[k].receipt_line, line->receipt_line);
        if (same) here.u -= s->lines[k].on_hand_qty.u;
    }
    *out_kept = (m_dec){received->stock_qty.u - received->returned_stock_qty.u};
    *out_left = wms_landed_on_hand(here, received->stock_qty, received->returned_stock_qty);
    return M_OK;
}

/* Makes the goods of the i-th line dearer by value; what would leave them worth less than nothing
 * is left out. *value is what remains. */
static m_status raise(spread *s, uint32_t i, m_dec *value)
{
    const wms_variance_line *line = &s->lines[i];
    const m_stock_layer *layer = s->layers.records[i];
    const wms_bin *bin = wms_stock_bin(&s->stock, line->item, line->warehouse);
    m_dec worth = layer && bin->method != M_MOVING_AVERAGE ? layer->value : bin->pool.value;
    if (bin->pool.value.u < worth.u) worth = bin->pool.value;
    if (value->u < -worth.u) *value = m_dec_neg(worth);
    m_id center = s->warehouses[i]->cost_center;
    M_TRY(wms_stock_raise(s->call, &s->stock, line->item, line->warehouse, *value,
                          wms_tracked_receipt(s->received[i]->batch, line->receipt_line), line->id,
                          M_STR("lines")));
    M_TRY(wms_difference(s->call, &s->posting, "stock", line->warehouse, center, *value));
    return wms_difference(s->call, &s->posting, "purchase_variance", (m_id){{0}}, center,
                          m_dec_neg(*value));
}

/* ---- the events ---- */

/* An invoice on hold is submitted but not posted; it comes again when it is released. */
m_status wms_variance_posted(void *module, m_call *call, const m_delivery *event)
{
    spread s = {.w = module, .call = call, .bill = event->record};
    m_dec policy;
    if (!m_str_is(s.bill->state, "submitted") || s.bill->lines.count == 0) return M_OK;
    M_TRY(m_policy(s.w->masters, call, WMS_POLICY_VARIANCE, s.bill->posting_date, (m_dec){0},
                   &policy));
    if (policy.u < M_DEC_ONE) return M_OK;
    M_TRY(take_bill(&s));
    if (s.count == 0) return M_OK;
    M_TRY(plan(&s, s.bill->posting_date, "invoice_variance"));
    for (uint32_t i = 0; i < s.count; i++) {
        wms_variance_line *line = &s.lines[i];
        m_dec kept;
        M_TRY(count_left(&s, i, &line->on_hand_qty, &kept));
        if (wms_variance_part(line->amount, line->on_hand_qty, kept, s.stock.places,
                              &line->to_stock) != M_OK)
            return m_fail(call, m_err_internal, "share of an invoice variance");
        M_TRY(raise(&s, i, &line->to_stock));
        line->to_issued.u = line->amount.u - line->to_stock.u;
    }
    M_TRY(wms_post(s.w, call, &s.stock, &s.posting));
    for (uint32_t i = 0; i < s.count; i++)
        M_TRY(m_store_insert(s.w->store, call, &wms_variance_line_type, &s.lines[i]));
    return M_OK;
}

m_status wms_variance_cancelled(void *module, m_call *call, const m_delivery *event)
{
    spread s = {.w = module, .call = call, .bill = event->record};
    m_filter filter = {"invoice", M_OP_EQ, &s.bill->id};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch rows = {.type = &wms_variance_line_type, .query = &query};
    M_TRY(m_store_fetch(s.w->store, call, &rows, 1));
    if (rows.count == 0) return M_OK;
    M_TRY(room_for(&s, rows.count));
    for (uint32_t i = 0; i < rows.count; i++)
        s.lines[s.count++] = *(const wms_variance_line *)rows.records[i];
    M_TRY(plan(&s, m_today(call), "invoice_variance.cancel"));
    for (uint32_t i = 0; i < s.count; i++) {
        const wms_variance_line *line = &s.lines[i];
        m_dec left, kept, back;
        M_TRY(count_left(&s, i, &left, &kept));
        if (left.u > line->on_hand_qty.u) left = line->on_hand_qty;
        if (line->on_hand_qty.u == 0) continue;
        if (wms_variance_part(m_dec_neg(line->to_stock), left, line->on_hand_qty, s.stock.places,
                              &back) != M_OK)
            return m_fail(call, m_err_internal, "share of an invoice variance");
        M_TRY(raise(&s, i, &back));
    }
    M_TRY(wms_post(s.w, call, &s.stock, &s.posting));
    for (uint32_t i = 0; i < s.count; i++)
        M_TRY(m_store_remove(s.w->store, call, &wms_variance_line_type, &s.lines[i]));
    return M_OK;
}
