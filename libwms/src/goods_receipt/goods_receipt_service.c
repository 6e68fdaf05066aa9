#include "goods_receipt/goods_receipt.h"

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

static m_status not_open(m_call *call, const wms_purchase_order *order)
{
    return m_fail(call, WMS_ERR(ORDER_NOT_OPEN), "%s", m_say(call, wms_order_states[order->state]));
}

/* A receipt without lines takes everything that is still open. */
static m_status fill_lines(m_call *call, wms_goods_receipt *doc, const wms_purchase_order *order)
{
    uint32_t capacity = 0;
    for (M_EACH(const wms_order_line, ordered, order->lines)) {
        m_dec open = {ordered->qty.u - wms_order_line_kept(ordered).u};
        if (!ordered->is_stock || open.u <= 0) continue;
        wms_receipt_line *line = m_list_add(call->arena, &doc->lines, &capacity, sizeof *line);
        if (!line) return m_fail(call, m_err_memory, NULL);
        line->id = m_new_id(call);
        line->order_line = ordered->id;
        line->received_qty = open;
    }
    if (doc->lines.count == 0) m_field_fail(call, WMS_ERR(RECEIPT_NOTHING), M_STR("lines"), NULL);
    return M_OK;
}

static void match(m_call *call, m_id *given, m_id ordered, m_str path, const char *what)
{
    if (m_id_is_null(*given)) *given = ordered;
    if (!m_id_eq(*given, ordered)) m_field_fail(call, WMS_ERR(RECEIPT_MISMATCH), path, "%s", what);
}

static void from_order(m_call *call, wms_receipt_line *line, const wms_purchase_order *order,
                       uint32_t i)
{
    char path[WMS_PATH];
    const wms_order_line *ordered = wms_order_find(order, line->order_line);
    line->returned_qty = line->returned_stock_qty = line->returned_value = (m_dec){0};
    line->landed_value = line->returned_foreign = (m_dec){0};
    if (!ordered) {
        m_field_fail(call, WMS_ERR(RECEIPT_LINE), wms_path(path, "lines", i, "order_line"), NULL);
        return;
    }
    match(call, &line->item, ordered->item, wms_path(path, "lines", i, "item"), "another item");
    match(call, &line->unit, ordered->unit, wms_path(path, "lines", i, "unit"), "another unit");
    line->rate = ordered->rate;
    line->tax = ordered->tax;
}

static m_status ask_taxes(const wms *w, m_call *call, const wms_goods_receipt *doc,
                          const m_tax_info **out)
{
    m_id *ids = NULL;
    bool any = false;
    M_TRY(WMS_ARRAY(call, ids, doc->lines.count));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        ids[i] = M_AT(doc->lines, const wms_receipt_line, i)->tax;
        any |= !m_id_is_null(ids[i]);
    }
    *out = NULL;
    if (!any) return M_OK;
    m_taxes answer = {{0}};
    M_TRY(m_masters_taxes(w->masters, call, &(m_ids){{ids, doc->lines.count}}, &answer));
    if (answer.taxes.count != doc->lines.count)
        return m_fail(call, m_err_internal, "masters.taxes");
    *out = answer.taxes.items;
    return M_OK;
}

static m_status value_line(const wms_price *price, const m_tax_info *tax, wms_receipt_line *line)
{
    m_dec cost;
    M_TRY(wms_receipt_value(line->accepted_qty, line->rate, tax, price->places, &cost));
    M_TRY(wms_price_base(price, cost, &line->value));
    if (price->foreign) line->foreign_value = cost;
    return M_OK;
}

static m_status value_lines(const wms *w, m_call *call, wms_goods_receipt *doc)
{
    const m_item_info *items = NULL;
    const m_tax_info *taxes = NULL;
    wms_part *parts = NULL;
    m_dec_sum total = 0;
    wms_price price;
    char path[WMS_PATH];
    M_TRY(wms_price_read(w, call, &doc->price_currency, &doc->rate, &doc->per, doc->posting_date,
                         &price));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_receipt_line, &items));
    M_TRY(ask_taxes(w, call, doc, &taxes));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_receipt_line *line = M_AT(doc->lines, wms_receipt_line, i);
        line->stock_qty = line->value = line->foreign_value = (m_dec){0};
        if (!wms_item_good(call, &items[i], line->item, i, "order_line", true) ||
            line->accepted_qty.u <= 0)
            continue;
        wms_to_stock(call, &items[i], line->unit, line->accepted_qty, i, "accepted_qty",
                     &line->stock_qty);
        wms_track_check(call, &items[i], line->batch, line->serials, i);
        if (value_line(&price, taxes ? &taxes[i] : NULL, line) != M_OK)
            m_field_fail(call, m_err_overflow, wms_path(path, "lines", i, "accepted_qty"),
                         "quantity × rate");
        total += line->value.u;
    }
    M_TRY(WMS_ARRAY(call, parts, doc->lines.count));
    if (m_dec_of_sum(total, &doc->total) != M_OK ||
        wms_receipt_share_charges(call, doc, parts, price.base_places) != M_OK)
        m_field_fail(call, m_err_overflow, M_STR("total"), NULL);
    return M_OK;
}

m_status wms_goods_receipt_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_goods_receipt *doc = record;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    if (m_id_is_null(doc->purchase_order)) return M_OK; /* told as required */
    m_fetch reads[] = {
        {.type = &wms_purchase_order_type, .ids = &doc->purchase_order, .key_count = 1},
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1},
    };
    M_TRY(m_store_fetch(w->store, call, reads, m_id_is_null(doc->warehouse) ? 1 : 2));
    const wms_purchase_order *order = reads[0].records[0];
    if (!order) {
        m_field_fail(call, m_err_link, M_STR("purchase_order"), "purchase order");
        return M_OK;
    }
    if (!wms_order_open(order)) return not_open(call, order);
    doc->price_currency = order->price_currency;
    match(call, &doc->supplier, order->supplier, M_STR("supplier"), "another supplier");
    if (m_id_is_null(doc->warehouse))
        doc->warehouse = order->warehouse;
    else
        wms_warehouse_usable(call, reads[1].records[0], M_STR("warehouse"));
    if (doc->lines.count == 0) M_TRY(fill_lines(call, doc, order));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_receipt_line *line = M_AT(doc->lines, wms_receipt_line, i);
        from_order(call, line, order, i);
        wms_receipt_quantities(call, line, i);
    }
    return value_lines(w, call, doc);
}

/* ---- submit ---- */

/* What a submit has read. */
typedef struct {
    wms_goods_receipt *doc;
    const wms_purchase_order *order;
    const wms_warehouse *warehouse;
    wms_stock stock;
} receiving;

static m_status read_all(const wms *w, m_call *call, wms_goods_receipt *doc, receiving *r)
{
    const m_item_info *items = NULL;
    *r = (receiving){.doc = doc, .stock = {.date = doc->posting_date, .tracks = true}};
    M_TRY(wms_places(w, call, &r->stock.places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_receipt_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        if (M_AT(doc->lines, const wms_receipt_line, i)->stock_qty.u > 0)
            M_TRY(wms_stock_want(call, &r->stock, &items[i], doc->warehouse, false));
    m_fetch reads[2 + WMS_STOCK_READS] = {
        {.type = &wms_purchase_order_type, .ids = &doc->purchase_order, .key_count = 1},
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1},
    };
    uint32_t more = 0;
    M_TRY(wms_stock_reads(call, &r->stock, &reads[2], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 2 + more));
    r->order = reads[0].records[0];
    r->warehouse = reads[1].records[0];
    if (!r->order || !r->warehouse) return m_fail(call, m_err_not_found, "order or warehouse");
    if (!wms_warehouse_usable(call, r->warehouse, M_STR("warehouse"))) return m_failed_fields(call);
    return wms_stock_ready(w, call, &r->stock, &reads[2], more);
}

/* Counters of the order, rows for Finance. */
static m_status keep_records(const wms *w, m_call *call, const receiving *r)
{
    wms_purchase_order *order = m_record_copy(&wms_purchase_order_type, r->order, call->arena);
    if (!order) return m_fail(call, m_err_memory, NULL);
    m_status counted = wms_receipt_count(order, r->doc, 1);
    if (counted != M_OK) return m_fail(call, m_err_overflow, "order counters");
    M_TRY(wms_order_store(w, call, order));
    for (M_EACH(const wms_receipt_line, line, r->doc->lines)) {
        if (line->accepted_qty.u == 0) continue;
        M_TRY(m_store_insert(w->store, call, &wms_received_line_type,
                             &(m_received_line){.id = line->id,
                                                .receipt = r->doc->id,
                                                .receipt_no = r->doc->number,
                                                .order = r->doc->purchase_order,
                                                .order_line = line->order_line,
                                                .supplier = r->doc->supplier,
                                                .item = line->item,
                                                .cost_center = r->warehouse->cost_center,
                                                .tax = line->tax,
                                                .accepted = line->accepted_qty,
                                                .order_rate = line->rate,
                                                .grni_value = line->value,
                                                .currency = r->doc->price_currency,
                                                .foreign_value = line->foreign_value}));
    }
    return M_OK;
}

static m_status post_receipt(const wms *w, m_call *call, receiving *r)
{
    wms_goods_receipt *doc = r->doc;
    char path[WMS_PATH];
    doc->stock_total = (m_dec){0};
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        const wms_receipt_line *line = M_AT(doc->lines, const wms_receipt_line, i);
        if (line->stock_qty.u == 0) continue;
        m_dec worth = {0}, cost;
        M_TRY(m_dec_add(line->value, line->charged, &cost));
        wms_track track = {.batch = line->batch, .serials = line->serials, .line = i};
        M_TRY(wms_tracked_enter(call, &r->stock, line->item, doc->warehouse, line->stock_qty, cost,
                                &track, line->id, wms_path(path, "lines", i, "received_qty"),
                                &worth));
        M_TRY(m_dec_add(doc->stock_total, worth, &doc->stock_total));
    }
    wms_posting posting = {.event = "goods_receipt",
                           .type = &wms_goods_receipt_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post"};
    m_id center = r->warehouse->cost_center;
    m_dec dearer = {doc->total.u + doc->charges_total.u - doc->stock_total.u};
    M_TRY(wms_debit(call, &posting, "stock", doc->warehouse, center, doc->stock_total));
    M_TRY(wms_difference(call, &posting, "purchase_variance", (m_id){{0}}, center, dearer));
    M_TRY(wms_credit(call, &posting, "grni", (m_id){{0}}, center, doc->total));
    for (M_EACH(const wms_receipt_charge, charge, doc->charges))
        M_TRY(wms_credit_account(call, &posting, charge->account, center, charge->amount));
    return wms_post(w, call, &r->stock, &posting);
}

m_status wms_goods_receipt_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    receiving r;
    m_dec tolerance;
    M_TRY(read_all(w, call, record, &r));
    M_TRY(m_policy(w->masters, call, WMS_POLICY_TOLERANCE, r.doc->posting_date,
                   m_dec_of_int(WMS_TOLERANCE_PCT), &tolerance));
    if (!wms_order_open(r.order)) return not_open(call, r.order);
    if (!wms_receipt_within(call, r.order, r.doc, tolerance))
        return m_fail(call, WMS_ERR(RECEIPT_OVER), "see the fields");
    M_TRY(post_receipt(w, call, &r));
    return keep_records(w, call, &r);
}

/* ---- cancel ---- */

/* Ids of the lines, for Finance to look whether one was invoiced. */
static m_status line_ids(m_call *call, const wms_goods_receipt *doc, m_list *out)
{
    m_id *ids = NULL;
    M_TRY(WMS_ARRAY(call, ids, doc->lines.count));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        ids[i] = M_AT(doc->lines, const wms_receipt_line, i)->id;
    *out = (m_list){ids, doc->lines.count};
    return M_OK;
}

m_status wms_goods_receipt_cancel(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    wms_goods_receipt *doc = record;
    const void *stored = NULL;
    m_list lines;
    for (M_EACH(const wms_receipt_line, line, doc->lines))
        if (line->returned_qty.u > 0)
            return m_fail(call, WMS_ERR(RECEIPT_RETURNED), "%.*s", M_STR_ARG(doc->number));
    for (M_EACH(const wms_receipt_line, line, doc->lines))
        if (line->landed_value.u > 0)
            return m_fail(call, WMS_ERR(RECEIPT_LANDED), "%.*s", M_STR_ARG(doc->number));
    M_TRY(line_ids(call, doc, &lines));
    M_TRY(m_store_need(w->store, call, &wms_purchase_order_type, doc->purchase_order, &stored));
    wms_purchase_order *order = m_record_copy(&wms_purchase_order_type, stored, call->arena);
    if (!order) return m_fail(call, m_err_memory, NULL);
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    M_TRY(wms_unpost(w, call,
                     &(wms_undo){.event = "goods_receipt",
                                 .type = &wms_goods_receipt_type,
                                 .doc = &doc->doc,
                                 .posted_on = doc->posting_date,
                                 .on = on,
                                 .source_lines = lines,
                                 .consumed = WMS_ERR(RECEIPT_CONSUMED)}));
    if (wms_receipt_count(order, doc, -1) != M_OK)
        return m_fail(call, m_err_internal, "order counters");
    M_TRY(wms_order_store(w, call, order));
    for (M_EACH(const wms_receipt_line, line, doc->lines))
        if (line->accepted_qty.u > 0)
            M_TRY(m_store_remove(w->store, call, &wms_received_line_type,
                                 &(m_received_line){.id = line->id}));
    return M_OK;
}
