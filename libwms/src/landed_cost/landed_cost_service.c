#include "landed_cost/landed_cost.h"

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

/* How many movements of one bin or layer are looked through. With more, a cancel takes it that
 * goods have left. */
#define MOVES_MAX 1000

/* ---- check ---- */

static m_status receipt_ids(m_call *call, const wms_landed_cost *doc, m_id **out)
{
    M_TRY(WMS_ARRAY(call, *out, doc->receipts.count));
    for (uint32_t i = 0; i < doc->receipts.count; i++)
        (*out)[i] = M_AT(doc->receipts, const wms_landed_receipt, i)->receipt;
    return M_OK;
}

static bool named_before(const m_id *ids, uint32_t i)
{
    for (uint32_t k = 0; k < i; k++)
        if (m_id_eq(ids[k], ids[i])) return true;
    return false;
}

/* Notes what is wrong with the i-th receipt. */
static bool receipt_good(m_call *call, const wms_landed_cost *doc, const wms_goods_receipt *receipt,
                         uint32_t i)
{
    char path[WMS_PATH];
    m_str at = wms_path(path, "receipts", i, "receipt");
    if (!receipt)
        m_field_fail(call, m_err_link, at, "goods receipt");
    else if (receipt->state != M_SUBMITTED)
        m_field_fail(call, WMS_ERR(LANDED_STATE), at, "%s", m_states_submittable[receipt->state]);
    else if (m_date_cmp(doc->posting_date, receipt->posting_date) < 0)
        m_field_fail(call, WMS_ERR(LANDED_DATE), M_STR("posting_date"), "%.*s",
                     M_STR_ARG(receipt->number));
    else
        return true;
    return false;
}

/* The receipts in the document's order; *out_good false when one is missing or may not be used. */
static m_status read_receipts(const wms *w, m_call *call, const wms_landed_cost *doc, m_fetch *read,
                              bool *out_good)
{
    char path[WMS_PATH];
    m_id *ids = NULL;
    *out_good = false;
    M_TRY(receipt_ids(call, doc, &ids));
    for (uint32_t i = 0; i < doc->receipts.count; i++) {
        if (m_id_is_null(ids[i])) return M_OK; /* told as required */
        if (!named_before(ids, i)) continue;
        m_field_fail(call, WMS_ERR(LANDED_TWICE), wms_path(path, "receipts", i, "receipt"), NULL);
        return M_OK;
    }
    *read =
        (m_fetch){.type = &wms_goods_receipt_type, .ids = ids, .key_count = doc->receipts.count};
    if (read->key_count == 0) return M_OK;
    M_TRY(m_store_fetch(w->store, call, read, 1));
    *out_good = true;
    for (uint32_t i = 0; i < read->count; i++)
        *out_good &= receipt_good(call, doc, read->records[i], i);
    return M_OK;
}

/* The lines of all receipts with something accepted, with their items. */
static m_status gather(const wms *w, m_call *call, const m_fetch *receipts, m_list *out)
{
    const m_item_info *items = NULL;
    uint32_t n = 0, capacity = 0;
    m_list ids = {NULL, 0};
    wms_landed_line *lines = NULL;
    for (uint32_t i = 0; i < receipts->count; i++)
        n += ((const wms_goods_receipt *)receipts->records[i])->lines.count;
    M_TRY(WMS_ARRAY(call, lines, n));
    n = 0;
    for (uint32_t i = 0; i < receipts->count; i++) {
        const wms_goods_receipt *receipt = receipts->records[i];
        for (M_EACH(const wms_receipt_line, line, receipt->lines)) {
            if (line->stock_qty.u <= 0) continue;
            m_id *id = m_list_add(call->arena, &ids, &capacity, sizeof *id);
            if (!id) return m_fail(call, m_err_memory, NULL);
            *id = line->item;
            lines[n++] = (wms_landed_line){.receipt = receipt, .line = line};
        }
    }
    M_TRY(wms_items(w, call, ids.items, sizeof(m_id), 0, n, &items));
    for (uint32_t i = 0; i < n; i++)
        lines[i].item = &items[i];
    *out = (m_list){lines, n};
    return M_OK;
}

static m_status split_charges(m_call *call, wms_landed_cost *doc, const m_list *lines, int places)
{
    wms_landed_split *splits = NULL;
    wms_part *parts = NULL;
    uint32_t n = lines->count, charges = doc->charges.count;
    if ((uint64_t)n * charges > WMS_LINES_MAX) {
        m_field_fail(call, WMS_ERR(LANDED_LARGE), M_STR("charges"), "%u × %u, at most %d", charges,
                     n, WMS_LINES_MAX);
        return M_OK;
    }
    M_TRY(WMS_ARRAY(call, splits, (size_t)n * charges));
    M_TRY(WMS_ARRAY(call, parts, n));
    for (uint32_t i = 0; i < charges; i++)
        wms_landed_share(call, M_AT(doc->charges, const wms_landed_charge, i), i, lines->items, n,
                         places, parts, splits + (size_t)i * n);
    doc->splits = (m_list){splits, n * charges};
    return M_OK;
}

m_status wms_landed_cost_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_landed_cost *doc = record;
    m_fetch receipts = {0};
    m_list lines = {NULL, 0};
    m_dec_sum total = 0;
    int places = 0;
    bool good = false;
    wms_default_date(call, &doc->posting_date);
    doc->splits = (m_list){NULL, 0};
    doc->restated = false;
    doc->stock_total = doc->variance_total = (m_dec){0};
    for (M_EACH(const wms_landed_charge, charge, doc->charges))
        total += charge->amount.u;
    if (m_dec_of_sum(total, &doc->total) != M_OK)
        m_field_fail(call, m_err_overflow, M_STR("total"), NULL);
    if (doc->charges.count > WMS_LANDED_CHARGES_MAX ||
        doc->receipts.count > WMS_LANDED_RECEIPTS_MAX)
        return M_OK; /* told by the field table */
    M_TRY(read_receipts(w, call, doc, &receipts, &good));
    if (!good) return M_OK;
    M_TRY(wms_places(w, call, &places));
    M_TRY(gather(w, call, &receipts, &lines));
    return split_charges(call, doc, &lines, places);
}

/* ---- submit ---- */

/* What a submit has read and found out. */
typedef struct {
    wms_landed_cost *doc;
    m_fetch receipts;
    m_list lines;      /* wms_landed_line */
    m_fetch layers;    /* m_stock_layer or NULL, in the order of the lines */
    m_list warehouses; /* const wms_warehouse *, each once, as the receipts name them first */
    wms_stock stock;
} landing;

static m_status read_warehouses(const wms *w, m_call *call, landing *l)
{
    m_list ids = {NULL, 0};
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < l->receipts.count; i++) {
        const wms_goods_receipt *receipt = l->receipts.records[i];
        bool known = false;
        for (M_EACH(const m_id, id, ids))
            known |= m_id_eq(*id, receipt->warehouse);
        if (known) continue;
        m_id *slot = m_list_add(call->arena, &ids, &capacity, sizeof *slot);
        if (!slot) return m_fail(call, m_err_memory, NULL);
        *slot = receipt->warehouse;
    }
    m_fetch read = {.type = &wms_warehouse_type, .ids = ids.items, .key_count = ids.count};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++)
        if (!read.records[i]) return m_fail(call, m_err_not_found, "warehouse");
    l->warehouses = (m_list){(void *)(uintptr_t)read.records, read.count};
    return M_OK;
}

static m_status layer_keys(m_call *call, landing *l)
{
    m_stock_layer *rows = NULL;
    const void **keys = NULL;
    uint32_t n = l->lines.count;
    M_TRY(WMS_ARRAY(call, rows, n));
    M_TRY(wms_array(call, (void **)(uintptr_t)&keys, n, sizeof *keys));
    for (uint32_t i = 0; i < n; i++) {
        const wms_landed_line *line = M_AT(l->lines, const wms_landed_line, i);
        rows[i] = (m_stock_layer){.item = line->line->item,
                                  .warehouse = line->receipt->warehouse,
                                  .layer = wms_tracked_receipt(line->line->batch, line->line->id)};
        keys[i] = &rows[i];
    }
    l->layers = (m_fetch){.type = &m_stock_layer_type, .keys = keys, .key_count = n};
    return M_OK;
}

static m_status read_all(const wms *w, m_call *call, wms_landed_cost *doc, landing *l)
{
    uint32_t more = 0;
    bool good = false;
    *l = (landing){.doc = doc, .stock = {.date = doc->posting_date}};
    M_TRY(wms_places(w, call, &l->stock.places));
    M_TRY(read_receipts(w, call, doc, &l->receipts, &good));
    if (!good) return m_fail(call, m_err_internal, "receipts changed under a landed cost");
    M_TRY(gather(w, call, &l->receipts, &l->lines));
    M_TRY(wms_landed_may_restate(w, call, doc, &l->receipts, &l->lines, &doc->restated));
    if (doc->restated) return M_OK;
    for (M_EACH(const wms_landed_line, line, l->lines)) {
        /* a share per piece is not for one layer */
        l->stock.tracks = line->item->tracking != M_TRACK_SERIAL;
        M_TRY(wms_stock_want(call, &l->stock, line->item, line->receipt->warehouse, false));
    }
    M_TRY(layer_keys(call, l));
    m_fetch reads[1 + WMS_STOCK_READS] = {l->layers};
    M_TRY(wms_stock_reads(call, &l->stock, &reads[1], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 1 + more));
    l->layers = reads[0];
    M_TRY(read_warehouses(w, call, l));
    return wms_stock_ready(w, call, &l->stock, &reads[1], more);
}

/* Quantity of a bin at the end of a day before its latest movement. */
static m_status bin_then(const wms *w, m_call *call, const wms_bin *bin, m_date on, m_dec *out)
{
    wms_pool pool;
    M_TRY(wms_stock_then(w, call, bin->item, bin->warehouse, on, &pool));
    *out = pool.qty;
    return M_OK;
}

/* The same of a layer. One with more movements than are looked through counts as there. */
static m_status layer_then(const wms *w, m_call *call, const m_stock_layer *layer, m_date on,
                           m_dec *out)
{
    m_filter filters[] = {{"item", M_OP_EQ, &layer->item},
                          {"warehouse", M_OP_EQ, &layer->warehouse},
                          {"posting_date", M_OP_LE, &on},
                          {"layer", M_OP_EQ, &layer->layer}};
    m_query query = {.filters = filters, .filter_count = 4, .limit = MOVES_MAX};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    m_dec_sum qty = 0;
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++)
        qty += ((const m_stock_entry *)read.records[i])->qty.u;
    if (read.count == MOVES_MAX) qty = M_DEC_MAX;
    return m_dec_of_sum(qty, out);
}

/* What lines before this one have claimed of a bin under moving average. */
static m_dec claimed(const landing *l, uint32_t i)
{
    const wms_landed_line *line = M_AT(l->lines, const wms_landed_line, i);
    m_dec sum = {0};
    for (uint32_t k = 0; k < i; k++) {
        const wms_landed_line *other = M_AT(l->lines, const wms_landed_line, k);
        if (m_id_eq(other->line->item, line->line->item) &&
            m_id_eq(other->line->batch, line->line->batch) &&
            m_id_eq(other->receipt->warehouse, line->receipt->warehouse))
            sum.u += other->left.u;
    }
    return sum;
}

/* How much of line i is there on the posting date, by the rule of the header. A layer under moving
 * average, or none under FIFO, means that the item's method was changed. */
static m_status count_left(const wms *w, m_call *call, landing *l, uint32_t i)
{
    wms_landed_line *line = M_AT(l->lines, wms_landed_line, i);
    const m_stock_layer *layer = l->layers.records[i];
    const wms_bin *bin = wms_stock_bin(&l->stock, line->line->item, line->receipt->warehouse);
    if (!bin) return m_fail(call, m_err_internal, "stock plan without its bin");
    if ((bin->method == M_FIFO || bin->method == M_BATCH_AVERAGE) != (layer != NULL))
        return m_fail(call, WMS_ERR(STOCK_METHOD), "%.*s", M_STR_ARG(bin->item_code));
    if (bin->method == M_STANDARD) { /* stays at its standard: all is variance */
        line->left = (m_dec){0};
        return M_OK;
    }
    m_dec here = layer ? layer->qty : bin->pool.qty;
    /* What was there on an earlier date would have to be raised then: refused as back-dated. */
    if (m_date_cmp(l->stock.date, bin->last_date) < 0)
        M_TRY(layer ? layer_then(w, call, layer, l->stock.date, &here)
                    : bin_then(w, call, bin, l->stock.date, &here));
    if (bin->method != M_FIFO) here.u -= claimed(l, i).u;
    line->left = wms_landed_on_hand(here, line->line->stock_qty, line->line->returned_stock_qty);
    return M_OK;
}

/* The k-th split, which belongs to line i: what goes where, and the move. */
static m_status land(m_call *call, landing *l, uint32_t k, uint32_t i)
{
    char path[WMS_PATH];
    wms_landed_cost *doc = l->doc;
    wms_landed_split *split = M_AT(doc->splits, wms_landed_split, k);
    const wms_landed_line *line = M_AT(l->lines, const wms_landed_line, i);
    split->on_hand_qty = line->left;
    if (wms_landed_part(split->amount, line->left, split->received_qty, l->stock.places,
                        &split->to_stock) != M_OK)
        return m_fail(call, m_err_internal, "share of a landed cost");
    split->to_variance.u = split->amount.u - split->to_stock.u;
    doc->stock_total.u += split->to_stock.u;
    doc->variance_total.u += split->to_variance.u;
    return wms_stock_raise(call, &l->stock, split->item, split->warehouse, split->to_stock,
                           wms_tracked_receipt(line->line->batch, split->receipt_line), split->id,
                           wms_path(path, "splits", k, "to_stock"));
}

/* Both sides of one warehouse. */
static m_status post_warehouse(m_call *call, const landing *l, wms_posting *posting,
                               const wms_warehouse *warehouse)
{
    const wms_landed_cost *doc = l->doc;
    m_id center = warehouse->cost_center;
    m_dec stock = {0}, variance = {0};
    m_dec *credits = NULL;
    M_TRY(WMS_ARRAY(call, credits, doc->charges.count));
    for (M_EACH(const wms_landed_split, split, doc->splits)) {
        if (!m_id_eq(split->warehouse, warehouse->id)) continue;
        stock.u += split->to_stock.u;
        variance.u += split->to_variance.u;
        credits[split->charge - 1].u += split->amount.u;
    }
    M_TRY(wms_debit(call, posting, "stock", warehouse->id, center, stock));
    M_TRY(wms_debit(call, posting, "landed_cost_variance", warehouse->id, center, variance));
    for (uint32_t i = 0; i < doc->charges.count; i++)
        M_TRY(wms_credit_account(call, posting,
                                 M_AT(doc->charges, const wms_landed_charge, i)->account, center,
                                 credits[i]));
    return M_OK;
}

/* The receipts say what was charged to their lines; sign −1 takes it away again. */
static m_status mark_receipts(const wms *w, m_call *call, const wms_landed_cost *doc,
                              const m_fetch *receipts, int sign)
{
    for (uint32_t i = 0; i < receipts->count; i++) {
        wms_goods_receipt *receipt =
            m_record_copy(&wms_goods_receipt_type, receipts->records[i], call->arena);
        if (!receipt) return m_fail(call, m_err_memory, NULL);
        for (M_EACH(const wms_landed_split, split, doc->splits)) {
            wms_receipt_line *line = wms_receipt_find(receipt, split->receipt_line);
            if (!line || !m_id_eq(split->receipt, receipt->id)) continue;
            if (m_dec_add(line->landed_value, (m_dec){sign * split->amount.u},
                          &line->landed_value) != M_OK)
                return m_fail(call, m_err_overflow, "landed cost of a receipt line");
        }
        receipt->version++;
        receipt->modified_by = call->actor;
        receipt->modified_at = m_now(call);
        M_TRY(m_store_update(w->store, call, &wms_goods_receipt_type, receipt));
    }
    return M_OK;
}

/* All of it goes into stock, on the day on which the goods came. */
static m_status land_with_receipts(const wms *w, m_call *call, landing *l)
{
    for (M_EACH(wms_landed_split, split, l->doc->splits)) {
        split->on_hand_qty = split->received_qty;
        split->to_stock = split->amount;
        split->to_variance = (m_dec){0};
        l->doc->stock_total.u += split->amount.u;
    }
    return wms_landed_restate(w, call, l->doc, &l->receipts, 1, &l->stock);
}

m_status wms_landed_cost_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_landed_cost *doc = record;
    landing l;
    M_TRY(read_all(w, call, doc, &l));
    if (doc->splits.count != l.lines.count * doc->charges.count)
        return m_fail(call, m_err_internal, "splits of a landed cost");
    doc->stock_total = doc->variance_total = (m_dec){0};
    if (doc->restated) M_TRY(land_with_receipts(w, call, &l));
    for (uint32_t i = 0; i < l.lines.count && !doc->restated; i++)
        M_TRY(count_left(w, call, &l, i));
    for (uint32_t k = 0; k < doc->splits.count && !doc->restated; k++)
        M_TRY(land(call, &l, k, k % l.lines.count));
    wms_posting posting = {.event = "landed_cost",
                           .type = &wms_landed_cost_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post"};
    for (uint32_t i = 0; i < l.warehouses.count; i++) /* none when booked with the receipts */
        M_TRY(
            post_warehouse(call, &l, &posting, *M_AT(l.warehouses, const wms_warehouse *const, i)));
    M_TRY(wms_post(w, call, &l.stock, &posting));
    return mark_receipts(w, call, doc, &l.receipts, 1);
}

/* ---- cancel ---- */

/* Ends the call when goods of this raised bin (or layer) have left since. */
static m_status still_there(const wms *w, m_call *call, const wms_landed_cost *doc,
                            const m_stock_entry *raised)
{
    m_filter filters[] = {{"item", M_OP_EQ, &raised->item},
                          {"warehouse", M_OP_EQ, &raised->warehouse},
                          {"posting_date", M_OP_GE, &raised->posting_date},
                          {"seq", M_OP_GT, &raised->seq},
                          {"layer", M_OP_EQ, &raised->layer}};
    m_query query = {.filters = filters,
                     .filter_count = m_id_is_null(raised->layer) ? 4 : 5,
                     .limit = MOVES_MAX};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    if (read.count < MOVES_MAX && !wms_landed_left(&read)) return M_OK;
    return m_fail(call, WMS_ERR(LANDED_CONSUMED), "%.*s", M_STR_ARG(doc->number));
}

/* Looks at each bin, or layer, that the document raised and that has moved since. */
static m_status check_consumed(const wms *w, m_call *call, const wms_landed_cost *doc)
{
    m_filter filters[] = {{"posting_date", M_OP_EQ, &doc->posting_date},
                          {"source_id", M_OP_EQ, &doc->id}};
    m_query query = {.filters = filters, .filter_count = 2};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_entry *raised = read.records[i];
        const void *found = NULL;
        bool again = false;
        for (uint32_t k = 0; k < i && !again; k++) {
            const m_stock_entry *other = read.records[k];
            again = m_id_eq(other->item, raised->item) &&
                    m_id_eq(other->warehouse, raised->warehouse) &&
                    m_id_eq(other->layer, raised->layer);
        }
        if (again) continue;
        m_stock_bin key = {.item = raised->item, .warehouse = raised->warehouse};
        M_TRY(m_store_get_key(w->store, call, &m_stock_bin_type, &key, &found));
        const m_stock_bin *bin = found;
        if (bin && bin->last_seq > raised->seq) M_TRY(still_there(w, call, doc, raised));
    }
    return M_OK;
}

/* The receipts become cheaper again, on their day. */
static m_status leave_receipts(const wms *w, m_call *call, const wms_landed_cost *doc,
                               const m_fetch *receipts, m_date on)
{
    wms_stock stock = {.date = on};
    wms_posting posting = {.event = "landed_cost",
                           .type = &wms_landed_cost_type,
                           .doc = &doc->doc,
                           .date = on,
                           .purpose = "cancel"};
    M_TRY(wms_places(w, call, &stock.places));
    M_TRY(wms_landed_restate(w, call, doc, receipts, -1, &stock));
    return wms_post(w, call, &stock, &posting);
}

m_status wms_landed_cost_cancel(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    wms_landed_cost *doc = record;
    m_id *ids = NULL;
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    if (!doc->restated) M_TRY(check_consumed(w, call, doc));
    M_TRY(receipt_ids(call, doc, &ids));
    m_fetch receipts = {
        .type = &wms_goods_receipt_type, .ids = ids, .key_count = doc->receipts.count};
    M_TRY(m_store_fetch(w->store, call, &receipts, 1));
    for (uint32_t i = 0; i < receipts.count; i++)
        if (!receipts.records[i]) return m_fail(call, m_err_not_found, "goods receipt");
    if (doc->restated)
        M_TRY(leave_receipts(w, call, doc, &receipts, on));
    else
        M_TRY(wms_unpost(w, call,
                         &(wms_undo){.event = "landed_cost",
                                     .type = &wms_landed_cost_type,
                                     .doc = &doc->doc,
                                     .posted_on = doc->posting_date,
                                     .on = on,
                                     .consumed = WMS_ERR(LANDED_CONSUMED)}));
    return mark_receipts(w, call, doc, &receipts, -1);
}
