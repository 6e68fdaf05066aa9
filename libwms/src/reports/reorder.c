#include "reports/reorder.h"

#include "purchase_requisition/purchase_requisition.h"
#include "reports/reports.h"
#include "stock_reservation/stock_reservation.h"
#include "warehouse/warehouse.h"

#include <stdlib.h>

static const m_field param_fields[] = {
    M_F_LINK(wms_reorder_params, item, "Item", "core.item"),
    M_F_BOOL(wms_reorder_params, all, "Also what is not due",
             .help = "An item is due when what is on hand, on its way between warehouses and still "
                     "to come from open purchase orders and requisitions, less what is reserved, "
                     "is not above its reorder level. Drafts and returns warehouses do not count. "
                     "A requisition can be filled with what is proposed."),
};
static const m_type params_type = {
    .name = "wms.reorder_params", .size = sizeof(wms_reorder_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(wms_reorder_row, item, "Item", "core.item"),
    M_F_STR(wms_reorder_row, item_code, "Item code"),
    M_F_STR(wms_reorder_row, item_name, "Item name"),
    M_F_QTY(wms_reorder_row, on_hand, "On hand", .help = "In depots and outlets, stock units."),
    M_F_QTY(wms_reorder_row, in_transit, "On its way", .help = "In transit warehouses."),
    M_F_QTY(wms_reorder_row, on_order, "On order",
            .help = "Open purchase orders: ordered less what was accepted and kept; and what open "
                    "requisitions still ask for."),
    M_F_QTY(wms_reorder_row, reserved, "Reserved", .help = "Of what is on hand."),
    M_F_QTY(wms_reorder_row, projected, "Projected",
            .help = "The first three together, less what is reserved."),
    M_F_QTY(wms_reorder_row, level, "Reorder level"),
    M_F_QTY(wms_reorder_row, lot, "Reorder quantity"),
    M_F_QTY(wms_reorder_row, proposed, "Proposed",
            .help = "As many reorder quantities as lift what is projected above the level."),
    M_F_STR(wms_reorder_row, note, "Note"),
};
static const m_type row_type = {
    .name = "wms.reorder_row", .size = sizeof(wms_reorder_row), M_FIELDS(row_fields)};

/* One item with a level: what masters say, and the row that is filled. */
typedef struct {
    const m_item_info *info;
    wms_reorder_row row;
} subject;

static int by_item(const void *a, const void *b)
{
    return m_id_cmp(((const subject *)a)->row.item, ((const subject *)b)->row.item);
}

static int by_code(const void *a, const void *b)
{
    const subject *x = a, *y = b;
    int order = m_str_cmp(x->row.item_code, y->row.item_code);
    return order ? order : by_item(a, b);
}

static subject *subject_of(const m_list *subjects, m_id item)
{
    subject key = {.row = {.item = item}};
    if (subjects->count == 0) return NULL;
    return bsearch(&key, subjects->items, subjects->count, sizeof key, by_item);
}

static m_status add(m_call *call, m_dec *sum, m_dec qty)
{
    if (m_dec_add(*sum, qty, sum) != M_OK) return m_fail(call, m_err_overflow, "quantity");
    return M_OK;
}

/* Sorted by item id. */
static m_status read_subjects(const wms *w, m_call *call, m_id asked, m_list *out)
{
    m_items found = {.items = {0}};
    subject *subjects = NULL;
    uint32_t n = 0;
    M_TRY(m_masters_reordered(w->masters, call, &(m_ids){.ids = {0}}, &found));
    if (found.items.count >= M_QUERY_LIMIT_MAX)
        return m_fail(call, WMS_ERR(REPORT_LARGE), "%d", M_QUERY_LIMIT_MAX);
    M_TRY(WMS_ARRAY(call, subjects, found.items.count));
    for (M_EACH(const m_item_info, item, found.items)) {
        if (!m_id_is_null(asked) && !m_id_eq(item->id, asked)) continue;
        subjects[n++] = (subject){.info = item,
                                  .row = {.item = item->id,
                                          .item_code = item->code,
                                          .item_name = item->name,
                                          .level = item->reorder_level,
                                          .lot = item->reorder_qty}};
    }
    if (n) qsort(subjects, n, sizeof *subjects, by_item);
    *out = (m_list){subjects, n};
    return M_OK;
}

static m_status add_stock(const wms *w, m_call *call, m_id asked, const m_list *subjects)
{
    static const m_dec zero;
    m_filter filters[2] = {{"qty", M_OP_NE, &zero}, {"item", M_OP_EQ, &asked}};
    m_query query = {.filters = filters, .filter_count = m_id_is_null(asked) ? 1 : 2};
    m_fetch bins = {.type = &m_stock_bin_type, .query = &query};
    m_id *places = NULL;
    M_TRY(m_store_fetch(w->store, call, &bins, 1));
    M_TRY(wms_report_whole(call, &bins));
    if (bins.count == 0) return M_OK;
    M_TRY(WMS_ARRAY(call, places, bins.count));
    for (uint32_t i = 0; i < bins.count; i++)
        places[i] = ((const m_stock_bin *)bins.records[i])->warehouse;
    m_fetch read = {.type = &wms_warehouse_type, .ids = places, .key_count = bins.count};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < bins.count; i++) {
        const m_stock_bin *bin = bins.records[i];
        const wms_warehouse *warehouse = read.records[i];
        subject *found = subject_of(subjects, bin->item);
        if (!found || !warehouse || warehouse->kind == WMS_RETURNS) continue;
        bool moving = warehouse->kind == WMS_TRANSIT;
        M_TRY(add(call, moving ? &found->row.in_transit : &found->row.on_hand, bin->qty));
    }
    return M_OK;
}

static m_status add_order(m_call *call, const wms_purchase_order *order, const m_list *subjects)
{
    for (M_EACH(const wms_order_line, line, order->lines)) {
        m_dec open = {line->qty.u - wms_order_line_kept(line).u}, qty;
        subject *found = subject_of(subjects, line->item);
        if (!found || !line->is_stock || open.u <= 0) continue;
        M_TRY(m_unit_to_stock(call, found->info, line->unit, open, M_DEC_SCALE, &qty));
        M_TRY(add(call, &found->row.on_order, qty));
    }
    return M_OK;
}

static m_status add_orders(const wms *w, m_call *call, const m_list *subjects)
{
    static const m_enum over[] = {WMS_ORDER_DRAFT, WMS_ORDER_RECEIVED, WMS_ORDER_CLOSED,
                                  WMS_ORDER_CANCELLED};
    m_filter filters[4];
    for (int i = 0; i < 4; i++)
        filters[i] = (m_filter){"state", M_OP_NE, &over[i]};
    m_query query = {.filters = filters, .filter_count = 4};
    m_fetch read = {.type = &wms_purchase_order_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    for (uint32_t i = 0; i < read.count; i++)
        M_TRY(add_order(call, read.records[i], subjects));
    return M_OK;
}

/* What was asked for and is not ordered yet. */
static m_status add_requests(const wms *w, m_call *call, const m_list *subjects)
{
    static const m_enum over[] = {WMS_REQUISITION_DRAFT, WMS_REQUISITION_ORDERED,
                                  WMS_REQUISITION_STOPPED, WMS_REQUISITION_CANCELLED};
    m_filter filters[4];
    for (int i = 0; i < 4; i++)
        filters[i] = (m_filter){"state", M_OP_NE, &over[i]};
    m_query query = {.filters = filters, .filter_count = 4};
    m_fetch read = {.type = &wms_purchase_requisition_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    for (uint32_t i = 0; i < read.count; i++) {
        const wms_purchase_requisition *doc = read.records[i];
        for (M_EACH(const wms_requisition_line, line, doc->lines)) {
            subject *found = subject_of(subjects, line->item);
            m_dec open = {line->stock_qty.u - line->stock_ordered.u};
            if (found && open.u > 0) M_TRY(add(call, &found->row.on_order, open));
        }
    }
    return M_OK;
}

static m_status add_reserved(const wms *w, m_call *call, m_id asked, const m_list *subjects)
{
    m_list held;
    M_TRY(wms_reserved_rows(w, call, asked, &held));
    for (M_EACH(const wms_reserved_line, line, held)) {
        subject *found = subject_of(subjects, line->item);
        if (found) M_TRY(add(call, &found->row.reserved, line->open_qty));
    }
    return M_OK;
}

/* What is due but must not or cannot be proposed is told with its reason. */
static m_status propose(m_call *call, subject *s)
{
    wms_reorder_row *row = &s->row;
    M_TRY(add(call, &row->projected, row->on_hand));
    M_TRY(add(call, &row->projected, row->in_transit));
    M_TRY(add(call, &row->projected, row->on_order));
    M_TRY(add(call, &row->projected, m_dec_neg(row->reserved)));
    if (row->projected.u > row->level.u) return M_OK;
    if (!s->info->active)
        row->note = M_STR("no longer in use");
    else if (row->lot.u == 0)
        row->note = M_STR("no reorder quantity");
    else if (wms_reorder(&(wms_reorder_case){.projected = row->projected,
                                             .level = row->level,
                                             .target = row->level,
                                             .least = row->lot,
                                             .lot = row->lot},
                         &row->proposed) != M_OK)
        return m_fail(call, m_err_overflow, "quantity");
    return M_OK;
}

m_status wms_reorder_rows(const wms *w, m_call *call, const wms_reorder_params *asked, m_list *out)
{
    wms_reorder_row *rows = NULL;
    uint32_t n = 0;
    m_list subjects;
    M_TRY(read_subjects(w, call, asked->item, &subjects));
    M_TRY(add_stock(w, call, asked->item, &subjects));
    M_TRY(add_orders(w, call, &subjects));
    M_TRY(add_requests(w, call, &subjects));
    M_TRY(add_reserved(w, call, asked->item, &subjects));
    M_TRY(WMS_ARRAY(call, rows, subjects.count));
    if (subjects.count) qsort(subjects.items, subjects.count, sizeof(subject), by_code);
    for (M_EACH(subject, s, subjects)) {
        M_TRY(propose(call, s));
        if (asked->all || s->row.projected.u <= s->row.level.u) rows[n++] = s->row;
    }
    *out = (m_list){rows, n};
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    return wms_reorder_rows(module, call, params, out);
}

static const m_permission permissions[] = {
    {"Purchase Manager", M_CAN_READ}, {"Purchase User", M_CAN_READ}, {"Stock Manager", M_CAN_READ},
    {"Stock User", M_CAN_READ},       {"Auditor", M_CAN_READ},       {NULL, 0}};
const m_report wms_reorder_report = {.name = "reorder-proposals",
                                     .label = "Reorder proposals",
                                     .group = "Purchasing",
                                     .permissions = permissions,
                                     .params = &params_type,
                                     .row = &row_type,
                                     .run = run,
                                     .drill = "item:stock-ledger"};
