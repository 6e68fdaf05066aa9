#include "purchase_requisition/purchase_requisition.h"

#include "reports/reports.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

/* What reordering proposes now. */
static m_status fill_proposals(const wms *w, m_call *call, wms_purchase_requisition *doc)
{
    wms_requisition_line *lines = NULL;
    uint32_t n = 0;
    m_list rows = {0};
    M_TRY(wms_reorder_rows(w, call, &(wms_reorder_params){.all = false}, &rows));
    M_TRY(WMS_ARRAY(call, lines, rows.count));
    for (M_EACH(const wms_reorder_row, row, rows))
        if (row->proposed.u > 0 && n < WMS_LINES_MAX)
            lines[n++] = (wms_requisition_line){
                .id = m_new_id(call), .item = row->item, .qty = row->proposed};
    if (n == 0) return m_fail(call, WMS_ERR(REQUISITION_NOTHING), NULL);
    doc->lines = (m_list){lines, n};
    return M_OK;
}

static void derive_line(m_call *call, const wms_purchase_requisition *doc,
                        wms_requisition_line *line, const m_item_info *item, uint32_t i)
{
    char path[WMS_PATH];
    line->stock_qty = line->stock_ordered = line->still_requested = (m_dec){0};
    if (m_date_is_none(line->needed_by)) line->needed_by = doc->needed_by;
    if (!m_date_is_none(line->needed_by) && m_date_cmp(line->needed_by, doc->requested_on) < 0)
        m_field_fail(call, WMS_ERR(REQUISITION_DATES), wms_path(path, "lines", i, "needed_by"),
                     NULL);
    if (!wms_item_good(call, item, line->item, i, "item", false)) return;
    if (line->description.n == 0) line->description = item->name;
    if (m_id_is_null(line->unit)) line->unit = item->stock_unit;
    wms_to_stock(call, item, line->unit, line->qty, i, "qty", &line->stock_qty);
}

m_status wms_requisition_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_purchase_requisition *doc = record;
    const m_item_info *items = NULL;
    const void *warehouse = NULL;
    wms_default_date(call, &doc->requested_on);
    if (!m_id_is_null(doc->warehouse)) {
        M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
        wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
    }
    if (doc->from_proposals && doc->lines.count == 0) M_TRY(fill_proposals(w, call, doc));
    if (doc->lines.count == 0) m_field_fail(call, m_err_required, M_STR("lines"), NULL);
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_requisition_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        derive_line(call, doc, M_AT(doc->lines, wms_requisition_line, i), &items[i], i);
    if (wms_requisition_derive(doc) != M_OK)
        m_field_fail(call, m_err_overflow, M_STR("lines"), NULL);
    return M_OK;
}

m_status wms_requisition_resume(void *module, m_call *call, void *record, const void *input)
{
    (void)module, (void)call, (void)input;
    wms_purchase_requisition *doc = record;
    doc->state = wms_requisition_state(doc);
    return M_OK;
}

/* ---- what orders name ---- */

/* The requisition an order line names, as stored; NULL: none, or it has no such line. */
static m_status read_line(const wms *w, m_call *call, const wms_order_line *ordered,
                          const wms_purchase_requisition **out_doc,
                          const wms_requisition_line **out_line)
{
    const void *found = NULL;
    *out_doc = NULL;
    *out_line = NULL;
    if (m_id_is_null(ordered->requisition)) return M_OK;
    M_TRY(
        m_store_get(w->store, call, &wms_purchase_requisition_type, ordered->requisition, &found));
    *out_doc = found;
    if (found) *out_line = wms_requisition_find(found, ordered->requisition_line);
    return M_OK;
}

static bool names(const wms_order_line *line)
{
    return !m_id_is_null(line->requisition) || !m_id_is_null(line->requisition_line);
}

m_status wms_requisition_fill(const wms *w, m_call *call, wms_purchase_order *order)
{
    for (uint32_t i = 0; i < order->lines.count; i++) {
        char path[WMS_PATH];
        wms_order_line *line = M_AT(order->lines, wms_order_line, i);
        const wms_purchase_requisition *doc;
        const wms_requisition_line *requested;
        line->requisition_qty = (m_dec){0};
        if (!names(line)) continue;
        M_TRY(read_line(w, call, line, &doc, &requested));
        if (!requested) {
            m_field_fail(call, WMS_ERR(REQUISITION_LINE),
                         wms_path(path, "lines", i, "requisition_line"), NULL);
            continue;
        }
        if (!wms_requisition_open(doc))
            m_field_fail(call, WMS_ERR(REQUISITION_NOT_OPEN),
                         wms_path(path, "lines", i, "requisition"), "%s",
                         m_say(call, wms_requisition_states[doc->state]));
        if (!m_id_is_null(line->item) && !m_id_eq(line->item, requested->item))
            m_field_fail(call, WMS_ERR(REQUISITION_ITEM), wms_path(path, "lines", i, "item"), NULL);
        line->item = requested->item;
        if (m_id_is_null(line->unit)) line->unit = requested->unit;
    }
    return M_OK;
}

static m_status keep(const wms *w, m_call *call, wms_purchase_requisition *doc)
{
    if (wms_requisition_derive(doc) != M_OK) return m_fail(call, m_err_overflow, "requisition");
    if (wms_requisition_open(doc)) doc->state = wms_requisition_state(doc);
    doc->version++;
    doc->modified_by = call->actor;
    doc->modified_at = m_now(call);
    return m_store_update(w->store, call, &wms_purchase_requisition_type, doc);
}

static m_status note_over(m_call *call, const wms_requisition_line *line, m_dec qty, m_dec ceiling,
                          uint32_t i)
{
    char path[WMS_PATH], asked[M_DEC_TEXT], left[M_DEC_TEXT];
    m_dec_format(qty, 0, asked);
    m_dec_format((m_dec){ceiling.u - line->stock_ordered.u}, 0, left);
    m_field_fail(call, WMS_ERR(REQUISITION_OVER), wms_path(path, "lines", i, "qty"), "%s of %s",
                 asked, left);
    return m_fail(call, WMS_ERR(REQUISITION_OVER), "%s of %s", asked, left);
}

/* by: more ordered, in stock units; below zero: less. */
static m_status count_line(const wms *w, m_call *call, const wms_purchase_order *order, uint32_t i,
                           m_dec by, m_dec tolerance)
{
    const wms_order_line *line = M_AT(order->lines, const wms_order_line, i);
    const void *found = NULL;
    m_dec ceiling;
    M_TRY(m_store_need(w->store, call, &wms_purchase_requisition_type, line->requisition, &found));
    wms_purchase_requisition *doc =
        m_record_copy(&wms_purchase_requisition_type, found, call->arena);
    if (!doc) return m_fail(call, m_err_memory, NULL);
    wms_requisition_line *requested = wms_requisition_find(doc, line->requisition_line);
    if (!requested) return m_fail(call, m_err_internal, "requisition line");
    if (by.u > 0) {
        if (wms_requisition_ceiling(requested, tolerance, &ceiling) != M_OK)
            return m_fail(call, m_err_overflow, "requisition");
        if ((m_dec_sum)requested->stock_ordered.u + by.u > ceiling.u)
            return note_over(call, requested, by, ceiling, i);
    }
    requested->stock_ordered.u += by.u;
    return keep(w, call, doc);
}

m_status wms_requisition_count(const wms *w, m_call *call, const wms_purchase_order *order,
                               int sign)
{
    m_dec tolerance = {0};
    bool any = false;
    for (M_EACH(const wms_order_line, line, order->lines))
        any |= names(line);
    if (!any) return M_OK;
    M_TRY(m_policy(w->masters, call, WMS_POLICY_REQUISITION, order->order_date, tolerance,
                   &tolerance));
    for (uint32_t i = 0; i < order->lines.count; i++) {
        const wms_order_line *line = M_AT(order->lines, const wms_order_line, i);
        m_dec by = {sign * line->requisition_qty.u};
        if (names(line)) M_TRY(count_line(w, call, order, i, by, tolerance));
    }
    return M_OK;
}

m_status wms_requisition_give_back(const wms *w, m_call *call, wms_purchase_order *order)
{
    for (uint32_t i = 0; i < order->lines.count; i++) {
        wms_order_line *line = M_AT(order->lines, wms_order_line, i);
        m_dec kept;
        if (!names(line)) continue;
        if (wms_requisition_kept(line, &kept) != M_OK)
            return m_fail(call, m_err_overflow, "requisition");
        m_dec back = {kept.u - line->requisition_qty.u};
        if (back.u) M_TRY(count_line(w, call, order, i, back, (m_dec){0}));
        line->requisition_qty = kept;
    }
    return M_OK;
}
