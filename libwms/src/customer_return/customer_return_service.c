#include "customer_return/customer_return.h"

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

static m_dec left_of(const wms_delivery_line *delivered)
{
    return (m_dec){delivered->qty.u - delivered->returned_qty.u};
}

/* ---- check ---- */

/* A return without lines brings back all that is left. */
static m_status fill_lines(m_call *call, wms_customer_return *doc,
                           const wms_delivery_note *delivery)
{
    wms_customer_return_line *lines = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(call, lines, delivery->lines.count));
    for (M_EACH(const wms_delivery_line, delivered, delivery->lines))
        if (left_of(delivered).u > 0)
            lines[n++] = (wms_customer_return_line){
                .id = m_new_id(call), .delivery_line = delivered->id, .qty = left_of(delivered)};
    if (n == 0) return m_fail(call, WMS_ERR(BACK_NOTHING), "%.*s", M_STR_ARG(delivery->number));
    doc->lines = (m_list){lines, n};
    return M_OK;
}

static bool named_before(const wms_customer_return *doc, uint32_t i)
{
    m_id line = M_AT(doc->lines, const wms_customer_return_line, i)->delivery_line;
    for (uint32_t k = 0; k < i; k++)
        if (m_id_eq(M_AT(doc->lines, const wms_customer_return_line, k)->delivery_line, line))
            return true;
    return false;
}

static void derive_lines(m_call *call, wms_customer_return *doc, const wms_delivery_note *delivery)
{
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        char path[WMS_PATH];
        wms_customer_return_line *line = M_AT(doc->lines, wms_customer_return_line, i);
        const wms_delivery_line *delivered = wms_delivery_find(delivery, line->delivery_line);
        line->stock_qty = line->value = (m_dec){0};
        if (m_id_is_null(line->delivery_line)) continue; /* told as required */
        if (!delivered || named_before(doc, i)) {
            m_field_fail(call, WMS_ERR(BACK_LINE), wms_path(path, "lines", i, "delivery_line"),
                         NULL);
            continue;
        }
        line->item = delivered->item;
        line->unit = delivered->unit;
    }
}

m_status wms_customer_return_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_customer_return *doc = record;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    if (m_id_is_null(doc->delivery)) return M_OK; /* told as required */
    m_fetch reads[] = {{.type = &wms_delivery_note_type, .ids = &doc->delivery, .key_count = 1},
                       {.type = &wms_warehouse_type, .ids = &doc->warehouse, .key_count = 1}};
    M_TRY(m_store_fetch(w->store, call, reads, m_id_is_null(doc->warehouse) ? 1 : 2));
    const wms_delivery_note *delivery = reads[0].records[0];
    if (!delivery) {
        m_field_fail(call, m_err_link, M_STR("delivery"), "delivery note");
        return M_OK;
    }
    if (delivery->state != M_SUBMITTED) {
        m_field_fail(call, WMS_ERR(BACK_STATE), M_STR("delivery"), "%s",
                     m_states_submittable[delivery->state]);
        return M_OK;
    }
    if (m_date_cmp(doc->posting_date, delivery->posting_date) < 0)
        m_field_fail(call, WMS_ERR(BACK_DATE), M_STR("posting_date"), NULL);
    doc->customer = delivery->customer;
    if (m_id_is_null(doc->warehouse))
        doc->warehouse = delivery->warehouse;
    else
        wms_warehouse_usable(call, reads[1].records[0], M_STR("warehouse"));
    doc->total = (m_dec){0};
    if (doc->lines.count == 0) M_TRY(fill_lines(call, doc, delivery));
    derive_lines(call, doc, delivery);
    return M_OK;
}

/* ---- submit ---- */

/* What a submit reads and changes. */
typedef struct {
    wms_customer_return *doc;
    wms_delivery_note *delivery;
    const wms_warehouse *left; /* where the goods came from */
    const wms_warehouse *back; /* where they come to */
    const void **rows;         /* m_delivered_line, in the order of the lines */
    const m_item_info *items;
    bool over;
    wms_stock stock;
} returning;

/* Warehouses are asked for when the delivery is known; so in two steps. */
static m_status read_delivery(const wms *w, m_call *call, returning *r)
{
    m_id *ids = NULL;
    const wms_customer_return *doc = r->doc;
    M_TRY(WMS_ARRAY(call, ids, doc->lines.count));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        ids[i] = M_AT(doc->lines, const wms_customer_return_line, i)->delivery_line;
    m_fetch reads[] = {
        {.type = &wms_delivery_note_type, .ids = &doc->delivery, .key_count = 1},
        {.type = &wms_delivered_line_type, .ids = ids, .key_count = doc->lines.count}};
    M_TRY(m_store_fetch(w->store, call, reads, 2));
    if (!reads[0].records[0]) return m_fail(call, m_err_not_found, "delivery note");
    for (uint32_t i = 0; i < reads[1].count; i++)
        if (!reads[1].records[i]) return m_fail(call, m_err_internal, "delivered line");
    r->rows = reads[1].records;
    r->delivery = m_record_copy(&wms_delivery_note_type, reads[0].records[0], call->arena);
    return r->delivery ? M_OK : m_fail(call, m_err_memory, NULL);
}

static m_status read_stock(const wms *w, m_call *call, returning *r)
{
    uint32_t more = 0;
    m_id places[] = {r->delivery->warehouse, r->doc->warehouse};
    r->stock.date = r->doc->posting_date;
    r->stock.tracks = true;
    M_TRY(wms_places(w, call, &r->stock.places));
    M_TRY(WMS_LINE_ITEMS(w, call, r->doc->lines, wms_customer_return_line, &r->items));
    for (uint32_t i = 0; i < r->doc->lines.count; i++)
        M_TRY(wms_stock_want(call, &r->stock, &r->items[i], r->doc->warehouse, false));
    m_fetch reads[1 + WMS_STOCK_READS] = {
        {.type = &wms_warehouse_type, .ids = places, .key_count = 2}};
    M_TRY(wms_stock_reads(call, &r->stock, &reads[1], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 1 + more));
    r->left = reads[0].records[0];
    r->back = reads[0].records[1];
    if (!r->left || !r->back) return m_fail(call, m_err_not_found, "warehouse");
    return wms_stock_ready(w, call, &r->stock, &reads[1], more);
}

static void note_over(m_call *call, returning *r, const wms_delivery_line *delivered, m_dec qty,
                      m_str at)
{
    char asked[M_DEC_TEXT], left[M_DEC_TEXT];
    m_dec_format(qty, 0, asked);
    m_dec_format(left_of(delivered), 0, left);
    m_field_fail(call, WMS_ERR(BACK_OVER), at, "%s of %s", asked, left);
    r->over = true;
}

/* One line: its quantities and value, the counters of the delivery, the move. */
static m_status return_line(m_call *call, returning *r, uint32_t i)
{
    char path[WMS_PATH];
    m_str at = wms_path(path, "lines", i, "qty");
    wms_customer_return_line *line = M_AT(r->doc->lines, wms_customer_return_line, i);
    wms_delivery_line *delivered = wms_delivery_find(r->delivery, line->delivery_line);
    if (!delivered) return m_fail(call, m_err_internal, "delivery line");
    m_dec left_stock = {delivered->stock_qty.u - delivered->returned_stock_qty.u};
    if (line->qty.u > left_of(delivered).u) {
        note_over(call, r, delivered, line->qty, at);
        return M_OK;
    }
    if (!wms_to_stock_part(call, &r->items[i], line->unit, line->qty, left_of(delivered),
                           left_stock, i, "qty", &line->stock_qty))
        return M_OK;
    M_TRY(wms_customer_return_value(delivered, line->stock_qty, r->stock.places, &line->value));
    m_dec worth = {0};
    uint32_t from = r->stock.moves.count;
    if (m_id_is_null(line->batch)) line->batch = delivered->batch;
    wms_track track = {.batch = line->batch, .serials = line->serials, .known = true, .line = i};
    M_TRY(wms_tracked_enter(call, &r->stock, line->item, r->doc->warehouse, line->stock_qty,
                            line->value, &track, line->id, at, &worth));
    const wms_bin *bin = wms_stock_bin(&r->stock, line->item, r->doc->warehouse);
    if (bin && bin->method != M_STANDARD)
        wms_stock_mark(&r->stock, from, M_STOCK_FOLLOWS, line->delivery_line);
    M_TRY(m_dec_add(r->doc->stock_total, worth, &r->doc->stock_total));
    delivered->returned_qty.u += line->qty.u;
    delivered->returned_stock_qty.u += line->stock_qty.u;
    delivered->returned_value.u += line->value.u;
    return m_dec_add(r->doc->total, line->value, &r->doc->total);
}

static m_status post_return(const wms *w, m_call *call, returning *r)
{
    wms_customer_return *doc = r->doc;
    wms_posting posting = {.event = "customer_return",
                           .type = &wms_customer_return_type,
                           .doc = &doc->doc,
                           .date = doc->posting_date,
                           .purpose = "post",
                           .counter = {.purpose = M_STR("cost_of_goods_sold"),
                                       .subject = r->delivery->warehouse,
                                       .cost_center = r->left->cost_center}};
    m_id center = r->back->cost_center;
    m_dec dearer = {doc->total.u - doc->stock_total.u};
    M_TRY(wms_debit(call, &posting, "stock", doc->warehouse, center, doc->stock_total));
    M_TRY(wms_difference(call, &posting, "purchase_variance", (m_id){{0}}, center, dearer));
    M_TRY(wms_credit(call, &posting, "cost_of_goods_sold", r->delivery->warehouse,
                     r->left->cost_center, doc->total));
    return wms_post(w, call, &r->stock, &posting);
}

/* The delivery and the rows for Finance as they are now; sign −1 takes the return away. */
static m_status keep_records(const wms *w, m_call *call, const returning *r, int sign)
{
    wms_delivery_note *delivery = r->delivery;
    delivery->version++;
    delivery->modified_by = call->actor;
    delivery->modified_at = m_now(call);
    M_TRY(m_store_update(w->store, call, &wms_delivery_note_type, delivery));
    for (uint32_t i = 0; i < r->doc->lines.count; i++) {
        m_delivered_line row = *(const m_delivered_line *)r->rows[i];
        row.returned.u += sign * M_AT(r->doc->lines, const wms_customer_return_line, i)->qty.u;
        M_TRY(m_store_put(w->store, call, &wms_delivered_line_type, &row));
    }
    return M_OK;
}

m_status wms_customer_return_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    returning r = {.doc = record};
    r.doc->total = r.doc->stock_total = (m_dec){0};
    M_TRY(read_delivery(w, call, &r));
    M_TRY(read_stock(w, call, &r));
    for (uint32_t i = 0; i < r.doc->lines.count; i++)
        M_TRY(return_line(call, &r, i));
    if (r.over) return m_fail(call, WMS_ERR(BACK_OVER), "see the fields");
    if (!r.stock.fault) M_TRY(m_failed_fields(call));
    M_TRY(post_return(w, call, &r));
    return keep_records(w, call, &r, 1);
}

/* ---- cancel ---- */

m_status wms_customer_return_cancel(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    returning r = {.doc = record};
    wms_customer_return *doc = r.doc;
    M_TRY(read_delivery(w, call, &r));
    for (M_EACH(const wms_customer_return_line, line, doc->lines)) {
        wms_delivery_line *delivered = wms_delivery_find(r.delivery, line->delivery_line);
        if (!delivered) return m_fail(call, m_err_internal, "delivery line");
        delivered->returned_qty.u -= line->qty.u;
        delivered->returned_stock_qty.u -= line->stock_qty.u;
        delivered->returned_value.u -= line->value.u;
    }
    M_TRY(wms_unpost(w, call,
                     &(wms_undo){.event = "customer_return",
                                 .type = &wms_customer_return_type,
                                 .doc = &doc->doc,
                                 .posted_on = doc->posting_date,
                                 .on = wms_cancel_date(call, input, doc->posting_date),
                                 .consumed = WMS_ERR(STOCK_CONSUMED)}));
    return keep_records(w, call, &r, -1);
}
