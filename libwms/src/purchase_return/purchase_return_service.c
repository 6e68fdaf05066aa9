#include "purchase_return/purchase_return.h"

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

static bool named_before(const wms_purchase_return *doc, uint32_t i)
{
    m_id line = M_AT(doc->lines, const wms_return_line, i)->receipt_line;
    for (uint32_t k = 0; k < i; k++)
        if (m_id_eq(M_AT(doc->lines, const wms_return_line, k)->receipt_line, line)) return true;
    return false;
}

static void derive_lines(m_call *call, wms_purchase_return *doc, const wms_goods_receipt *receipt)
{
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        char path[WMS_PATH];
        wms_return_line *line = M_AT(doc->lines, wms_return_line, i);
        const wms_receipt_line *received = wms_receipt_find(receipt, line->receipt_line);
        line->stock_qty = line->value = line->grni_value = line->foreign_value = (m_dec){0};
        if (m_id_is_null(line->receipt_line)) continue; /* told as required */
        if (!received || named_before(doc, i)) {
            m_field_fail(call, WMS_ERR(RETURN_LINE), wms_path(path, "lines", i, "receipt_line"),
                         NULL);
            continue;
        }
        line->item = received->item;
        line->unit = received->unit;
    }
}

m_status wms_purchase_return_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_purchase_return *doc = record;
    const void *found = NULL;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    if (m_id_is_null(doc->receipt)) return M_OK; /* told as required */
    M_TRY(m_store_get(w->store, call, &wms_goods_receipt_type, doc->receipt, &found));
    const wms_goods_receipt *receipt = found;
    if (!receipt) {
        m_field_fail(call, m_err_link, M_STR("receipt"), "goods receipt");
        return M_OK;
    }
    if (receipt->state != M_SUBMITTED)
        m_field_fail(call, WMS_ERR(RETURN_STATE), M_STR("receipt"), "%s",
                     m_states_submittable[receipt->state]);
    if (m_date_cmp(doc->posting_date, receipt->posting_date) < 0)
        m_field_fail(call, WMS_ERR(RETURN_DATE), M_STR("posting_date"), NULL);
    doc->purchase_order = receipt->purchase_order;
    doc->supplier = receipt->supplier;
    doc->warehouse = receipt->warehouse;
    doc->total = (m_dec){0};
    derive_lines(call, doc, receipt);
    return M_OK;
}

/* ---- submit ---- */

/* What a submit reads and changes. */
typedef struct {
    wms_purchase_return *doc;
    wms_goods_receipt *receipt;
    wms_purchase_order *order;
    const wms_warehouse *warehouse;
    const void **rows; /* m_received_line, in the order of the lines */
    const m_item_info *items;
    bool over;
    wms_stock stock;
} returning;

static m_status row_ids(m_call *call, const wms_purchase_return *doc, m_id **out)
{
    M_TRY(WMS_ARRAY(call, *out, doc->lines.count));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        (*out)[i] = M_AT(doc->lines, const wms_return_line, i)->receipt_line;
    return M_OK;
}

/* Receipt, order, warehouse and rows, in this order; receipt and order are copies to change. */
static m_status take_reads(m_call *call, const m_fetch *reads, returning *r)
{
    for (int i = 0; i < 3; i++)
        if (!reads[i].records[0]) return m_fail(call, m_err_not_found, "%s", reads[i].type->name);
    for (uint32_t i = 0; i < reads[3].count; i++)
        if (!reads[3].records[i]) return m_fail(call, m_err_internal, "received line");
    r->receipt = m_record_copy(&wms_goods_receipt_type, reads[0].records[0], call->arena);
    r->order = m_record_copy(&wms_purchase_order_type, reads[1].records[0], call->arena);
    if (!r->receipt || !r->order) return m_fail(call, m_err_memory, NULL);
    r->warehouse = reads[2].records[0];
    r->rows = reads[3].records;
    return M_OK;
}

static m_status read_all(const wms *w, m_call *call, wms_purchase_return *doc, returning *r)
{
    m_id *rows = NULL;
    uint32_t more = 0;
    *r = (returning){.doc = doc, .stock = {.date = doc->posting_date, .tracks = true}};
    M_TRY(wms_places(w, call, &r->stock.places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_return_line, &r->items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        M_TRY(wms_stock_want(call, &r->stock, &r->items[i], doc->warehouse, true));
    M_TRY(row_ids(call, doc, &rows));
    m_fetch reads[4 + WMS_STOCK_READS] = {
        {.type = &wms_goods_receipt_type, .ids = &doc->receipt, .key_count = 1},
        {.type = &wms_purchase_order_type, .ids = &doc->purchase_order, .key_count = 1},
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1},
        {.type = &wms_received_line_type, .ids = rows, .key_count = doc->lines.count},
    };
    M_TRY(wms_stock_reads(call, &r->stock, &reads[4], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 4 + more));
    M_TRY(take_reads(call, reads, r));
    return wms_stock_ready(w, call, &r->stock, &reads[4], more);
}

static void note_over(m_call *call, returning *r, const wms_receipt_line *received, m_dec qty,
                      uint32_t i)
{
    char path[WMS_PATH], asked[M_DEC_TEXT], left[M_DEC_TEXT];
    m_dec_format(qty, 0, asked);
    m_dec_format((m_dec){received->accepted_qty.u - received->returned_qty.u}, 0, left);
    m_field_fail(call, WMS_ERR(RETURN_OVER), wms_path(path, "lines", i, "qty"), "%s of %s", asked,
                 left);
    r->over = true;
}

/* One line: quantities and values of the line, counters of receipt and order, the move. */
static m_status return_line(m_call *call, returning *r, uint32_t i)
{
    char path[WMS_PATH];
    m_str at = wms_path(path, "lines", i, "qty");
    wms_return_line *line = M_AT(r->doc->lines, wms_return_line, i);
    wms_receipt_line *received = wms_receipt_find(r->receipt, line->receipt_line);
    wms_order_line *ordered = received ? wms_order_find(r->order, received->order_line) : NULL;
    if (!ordered) return m_fail(call, m_err_internal, "receipt line without order line");
    m_dec left_qty = {received->accepted_qty.u - received->returned_qty.u};
    m_dec left_stock = {received->stock_qty.u - received->returned_stock_qty.u};
    if (line->qty.u > left_qty.u) {
        note_over(call, r, received, line->qty, i);
        return M_OK;
    }
    if (!wms_to_stock_part(call, &r->items[i], line->unit, line->qty, left_qty, left_stock, i,
                           "qty", &line->stock_qty))
        return M_OK;
    M_TRY(wms_return_share(received, r->stock.places, line));
    wms_track track = {.batch = received->batch,
                       .serials = line->serials,
                       .any_age = true,
                       .first = line->receipt_line,
                       .line = i};
    M_TRY(wms_tracked_out(call, &r->stock, line->item, r->doc->warehouse, line->stock_qty, &track,
                          line->id, at, &line->value));
    received->returned_qty.u += line->qty.u;
    received->returned_stock_qty.u += line->stock_qty.u;
    received->returned_value.u += line->grni_value.u;
    received->returned_foreign.u += line->foreign_value.u;
    ordered->returned_qty.u += line->qty.u;
    return M_OK;
}

static m_status post_return(const wms *w, m_call *call, returning *r)
{
    wms_purchase_return *doc = r->doc;
    m_id none = {{0}}, center = r->warehouse->cost_center;
    m_dec left = {0};
    doc->total = (m_dec){0};
    for (M_EACH(const wms_return_line, line, doc->lines)) {
        M_TRY(m_dec_add(doc->total, line->grni_value, &doc->total));
        M_TRY(m_dec_add(left, line->value, &left));
    }
    wms_posting posting = {.event = "purchase_return",
                           .type = &wms_purchase_return_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post",
                           .counter = {.purpose = M_STR("purchase_variance"),
                                       .cost_center = r->warehouse->cost_center}};
    m_dec dearer = {left.u - doc->total.u};
    M_TRY(wms_debit(call, &posting, "grni", none, center, doc->total));
    M_TRY(wms_credit(call, &posting, "stock", doc->warehouse, center, left));
    M_TRY(wms_difference(call, &posting, "purchase_variance", none, center, dearer));
    return wms_post(w, call, &r->stock, &posting);
}

/* Receipt, order and the rows for Finance as they are now; sign −1 takes the return away. */
static m_status keep_records(const wms *w, m_call *call, const returning *r, int sign)
{
    wms_goods_receipt *receipt = r->receipt;
    receipt->version++;
    receipt->modified_by = call->actor;
    receipt->modified_at = m_now(call);
    M_TRY(m_store_update(w->store, call, &wms_goods_receipt_type, receipt));
    M_TRY(wms_order_store(w, call, r->order));
    for (uint32_t i = 0; i < r->doc->lines.count; i++) {
        const wms_return_line *line = M_AT(r->doc->lines, const wms_return_line, i);
        m_received_line row = *(const m_received_line *)r->rows[i];
        row.returned.u += sign * line->qty.u;
        row.grni_returned.u += sign * line->grni_value.u;
        row.foreign_returned.u += sign * line->foreign_value.u;
        M_TRY(m_store_put(w->store, call, &wms_received_line_type, &row));
    }
    return M_OK;
}

m_status wms_purchase_return_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    returning r;
    M_TRY(read_all(w, call, record, &r));
    for (uint32_t i = 0; i < r.doc->lines.count; i++)
        M_TRY(return_line(call, &r, i));
    if (r.over) return m_fail(call, WMS_ERR(RETURN_OVER), "see the fields");
    if (!r.stock.fault) M_TRY(m_failed_fields(call));
    M_TRY(post_return(w, call, &r));
    return keep_records(w, call, &r, 1);
}

/* ---- cancel ---- */

static m_status uncount(m_call *call, returning *r)
{
    for (M_EACH(const wms_return_line, line, r->doc->lines)) {
        wms_receipt_line *received = wms_receipt_find(r->receipt, line->receipt_line);
        wms_order_line *ordered = received ? wms_order_find(r->order, received->order_line) : NULL;
        if (!ordered) return m_fail(call, m_err_internal, "receipt line without order line");
        received->returned_qty.u -= line->qty.u;
        received->returned_stock_qty.u -= line->stock_qty.u;
        received->returned_value.u -= line->grni_value.u;
        received->returned_foreign.u -= line->foreign_value.u;
        ordered->returned_qty.u -= line->qty.u;
    }
    return M_OK;
}

m_status wms_purchase_return_cancel(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    wms_purchase_return *doc = record;
    m_id *rows = NULL;
    returning r = {.doc = doc};
    M_TRY(row_ids(call, doc, &rows));
    m_fetch reads[4] = {
        {.type = &wms_goods_receipt_type, .ids = &doc->receipt, .key_count = 1},
        {.type = &wms_purchase_order_type, .ids = &doc->purchase_order, .key_count = 1},
        {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1},
        {.type = &wms_received_line_type, .ids = rows, .key_count = doc->lines.count},
    };
    M_TRY(m_store_fetch(w->store, call, reads, 4));
    M_TRY(take_reads(call, reads, &r));
    M_TRY(uncount(call, &r));
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    M_TRY(wms_unpost(w, call,
                     &(wms_undo){.event = "purchase_return",
                                 .type = &wms_purchase_return_type,
                                 .doc = &doc->doc,
                                 .posted_on = doc->posting_date,
                                 .on = on,
                                 .consumed = WMS_ERR(STOCK_CONSUMED)}));
    return keep_records(w, call, &r, -1);
}
