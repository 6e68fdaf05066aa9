#include "stock_reconciliation/stock_reconciliation.h"

#include "stock/stock.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

static bool named_before(const wms_stock_reconciliation *doc, uint32_t i)
{
    m_id item = M_AT(doc->lines, const wms_reconciliation_line, i)->item;
    for (uint32_t k = 0; k < i; k++)
        if (m_id_eq(M_AT(doc->lines, const wms_reconciliation_line, k)->item, item)) return true;
    return false;
}

static void check_rate(m_call *call, const wms_reconciliation_line *line, const m_item_info *item,
                       uint32_t i)
{
    char path[WMS_PATH];
    m_str at = wms_path(path, "lines", i, "rate");
    bool nothing_left = line->sets == WMS_SET_BOTH && line->qty.u == 0;
    if (item->valuation == M_STANDARD)
        m_field_fail(call, WMS_ERR(COUNT_STANDARD), at, "%.*s", M_STR_ARG(item->code));
    else if (line->rate.u == 0 && !nothing_left)
        m_field_fail(call, WMS_ERR(COUNT_RATE), at, "%.*s", M_STR_ARG(item->code));
}

static void check_line(m_call *call, const wms_stock_reconciliation *doc, const m_item_info *item,
                       uint32_t i)
{
    char path[WMS_PATH];
    wms_reconciliation_line *line = M_AT(doc->lines, wms_reconciliation_line, i);
    line->book_qty = line->book_value = line->stock_qty = line->value = (m_dec){0};
    line->difference = line->revaluation = (m_dec){0};
    if (!wms_item_good(call, item, line->item, i, "item", true)) return;
    if (named_before(doc, i))
        m_field_fail(call, WMS_ERR(COUNT_TWICE), wms_path(path, "lines", i, "item"), "%.*s",
                     M_STR_ARG(item->code));
    if (m_id_is_null(line->unit)) line->unit = item->stock_unit;
    if (line->sets == WMS_SET_RATE)
        line->qty = (m_dec){0};
    else
        wms_to_stock(call, item, line->unit, line->qty, i, "qty", &line->stock_qty);
    if (line->sets == WMS_SET_QUANTITY)
        line->rate = (m_dec){0};
    else
        check_rate(call, line, item, i);
}

m_status wms_stock_reconciliation_check(void *module, m_call *call, void *record,
                                        const void *before)
{
    (void)before;
    const wms *w = module;
    wms_stock_reconciliation *doc = record;
    const m_item_info *items = NULL;
    const void *warehouse = NULL;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    if (!m_id_is_null(doc->warehouse)) {
        M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
        wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
    }
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_reconciliation_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        check_line(call, doc, &items[i], i);
    doc->gain = doc->loss = doc->revaluation = (m_dec){0};
    return M_OK;
}

/* ---- submit ---- */

/* What a submit has read. */
typedef struct {
    wms_stock_reconciliation *doc;
    wms_stock stock;
} counting;

/* What is missing leaves at cost, then what is left is priced. */
static m_status count_down(m_call *call, counting *c, wms_reconciliation_line *line, m_str at)
{
    m_dec lost = {0}, missing = {line->book_qty.u - line->stock_qty.u};
    if (missing.u)
        M_TRY(wms_stock_out(call, &c->stock, line->item, c->doc->warehouse, missing, (m_id){{0}},
                            line->id, at, &lost));
    line->difference = m_dec_neg(lost);
    if (line->sets == WMS_SET_QUANTITY || line->stock_qty.u == 0) return M_OK;
    return wms_stock_reprice(call, &c->stock, line->item, c->doc->warehouse, line->rate, line->id,
                             at, &line->revaluation);
}

/* What found goods come in for: the rest of quantity × rate, or the present rate. Under standard
 * cost it does not matter. */
static m_status found_cost(m_call *call, const counting *c, const wms_reconciliation_line *line,
                           uint32_t i, m_dec found, m_dec *out)
{
    char path[WMS_PATH];
    m_dec all, before;
    if (line->sets == WMS_SET_BOTH) {
        if (m_dec_mul(line->stock_qty, line->rate, c->stock.places, M_ROUND_HALF_UP, &all) ==
                M_OK &&
            m_dec_mul(line->book_qty, line->rate, c->stock.places, M_ROUND_HALF_UP, &before) ==
                M_OK)
            return m_dec_sub(all, before, out);
        m_field_fail(call, m_err_overflow, wms_path(path, "lines", i, "rate"), "quantity × rate");
        return M_OK;
    }
    if (wms_stock_bin(&c->stock, line->item, c->doc->warehouse)->method == M_STANDARD) return M_OK;
    if (!wms_stock_at_rate(&c->stock, line->item, c->doc->warehouse, found, out))
        m_field_fail(call, WMS_ERR(COUNT_RATE), wms_path(path, "lines", i, "rate"),
                     "nothing of it is there");
    return M_OK;
}

/* What was there is priced, then what was found comes in. */
static m_status count_up(m_call *call, counting *c, wms_reconciliation_line *line, uint32_t i,
                         m_str at)
{
    m_dec cost = {0}, found = {line->stock_qty.u - line->book_qty.u};
    M_TRY(found_cost(call, c, line, i, found, &cost));
    if (line->sets == WMS_SET_BOTH && line->book_qty.u > 0)
        M_TRY(wms_stock_reprice(call, &c->stock, line->item, c->doc->warehouse, line->rate,
                                line->id, at, &line->revaluation));
    return wms_stock_enter(call, &c->stock, line->item, c->doc->warehouse, found, cost, line->id,
                           line->id, at, &line->difference);
}

static m_status count_line(m_call *call, counting *c, uint32_t i)
{
    char path[WMS_PATH];
    wms_reconciliation_line *line = M_AT(c->doc->lines, wms_reconciliation_line, i);
    const wms_bin *bin = wms_stock_bin(&c->stock, line->item, c->doc->warehouse);
    if (!bin) return m_fail(call, m_err_internal, "stock plan without its bin");
    line->book_qty = bin->pool.qty;
    line->book_value = bin->pool.value;
    m_str at = wms_path(path, "lines", i, line->sets == WMS_SET_RATE ? "rate" : "qty");
    if (line->sets == WMS_SET_RATE) {
        line->stock_qty = line->book_qty;
        if (line->book_qty.u <= 0)
            m_field_fail(call, WMS_ERR(COUNT_NOTHING), at, "%.*s", M_STR_ARG(bin->item_code));
    }
    if (line->stock_qty.u > line->book_qty.u)
        M_TRY(count_up(call, c, line, i, at));
    else
        M_TRY(count_down(call, c, line, at));
    line->value = bin->pool.value;
    M_TRY(m_dec_add(c->doc->revaluation, line->revaluation, &c->doc->revaluation));
    if (line->difference.u > 0) return m_dec_add(c->doc->gain, line->difference, &c->doc->gain);
    return m_dec_sub(c->doc->loss, line->difference, &c->doc->loss);
}

static m_status read_all(const wms *w, m_call *call, counting *c, m_id *center)
{
    const wms_stock_reconciliation *doc = c->doc;
    const m_item_info *items = NULL;
    uint32_t more = 0;
    M_TRY(wms_places(w, call, &c->stock.places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_reconciliation_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(wms_stock_want(call, &c->stock, &items[i], doc->warehouse, true));
    m_fetch reads[1 + WMS_STOCK_READS] = {
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1}};
    M_TRY(wms_stock_reads(call, &c->stock, &reads[1], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 1 + more));
    const wms_warehouse *warehouse = reads[0].records[0];
    if (!warehouse) return m_fail(call, m_err_not_found, "warehouse");
    *center = warehouse->cost_center;
    return wms_stock_ready(w, call, &c->stock, &reads[1], more);
}

m_status wms_stock_reconciliation_submit(void *module, m_call *call, void *record,
                                         const void *input)
{
    (void)input;
    const wms *w = module;
    wms_stock_reconciliation *doc = record;
    counting c = {.doc = doc, .stock = {.date = doc->posting_date}};
    m_id center;
    M_TRY(read_all(w, call, &c, &center));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(count_line(call, &c, i));
    wms_stock_mark(&c.stock, 0, M_STOCK_COUNT, (m_id){{0}});
    if (!c.stock.fault) M_TRY(m_failed_fields(call));
    wms_posting posting = {.event = "stock_reconciliation",
                           .type = &wms_stock_reconciliation_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post"};
    m_dec rise = {doc->gain.u - doc->loss.u + doc->revaluation.u};
    M_TRY(wms_credit(call, &posting, "stock_gain", doc->warehouse, center, doc->gain));
    M_TRY(wms_debit(call, &posting, "stock_loss", doc->warehouse, center, doc->loss));
    M_TRY(wms_difference(call, &posting, "stock_revaluation", doc->warehouse, center,
                         m_dec_neg(doc->revaluation)));
    M_TRY(wms_difference(call, &posting, "stock", doc->warehouse, center, rise));
    return wms_post(w, call, &c.stock, &posting);
}

/* ---- cancel ---- */

/* Ends the call when a bin that was priced anew has moved since. */
static m_status check_moved(const wms *w, m_call *call, const wms_stock_reconciliation *doc)
{
    m_filter filters[] = {{"posting_date", M_OP_EQ, &doc->posting_date},
                          {"source_id", M_OP_EQ, &doc->id}};
    m_query query = {.filters = filters, .filter_count = 2};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_entry *entry = read.records[i];
        m_stock_bin key = {.item = entry->item, .warehouse = entry->warehouse};
        const void *found = NULL;
        if (entry->qty.u != 0) continue;
        M_TRY(m_store_get_key(w->store, call, &m_stock_bin_type, &key, &found));
        const m_stock_bin *bin = found;
        if (bin && bin->last_seq > entry->seq)
            return m_fail(call, WMS_ERR(COUNT_MOVED), "%.*s", M_STR_ARG(doc->number));
    }
    return M_OK;
}

m_status wms_stock_reconciliation_cancel(void *module, m_call *call, void *record,
                                         const void *input)
{
    wms_stock_reconciliation *doc = record;
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    M_TRY(check_moved(module, call, doc));
    return wms_unpost(module, call,
                      &(wms_undo){.event = "stock_reconciliation",
                                  .type = &wms_stock_reconciliation_type,
                                  .doc = &doc->doc,
                                  .posted_on = doc->posting_date,
                                  .on = on,
                                  .consumed = WMS_ERR(STOCK_CONSUMED)});
}
