#include "billing/billing.h"
#include "purchase_order/purchase_order.h"
#include "reports/reports.h"

#include <stdlib.h>

static const m_field param_fields[] = {
    M_F_LINK(wms_order_params, supplier, "Supplier", "core.supplier"),
    M_F_DATE(wms_order_params, from, "Ordered from"),
    M_F_DATE(wms_order_params, to, "Ordered to"),
    M_F_BOOL(wms_order_params, open_only, "Only what is still to come"),
};
static const m_type params_type = {
    .name = "wms.order_params", .size = sizeof(wms_order_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(wms_order_row, order, "Order", "wms.purchase_order", .flags = M_HIDDEN),
    M_F_STR(wms_order_row, number, "Number"),
    M_F_STR(wms_order_row, state, "State"),
    M_F_DATE(wms_order_row, order_date, "Ordered on"),
    M_F_DATE(wms_order_row, expected_date, "Expected on"),
    M_F_LINK(wms_order_row, supplier, "Supplier", "core.supplier"),
    M_F_LINK(wms_order_row, item, "Item", "core.item"),
    M_F_STR(wms_order_row, description, "Description"),
    M_F_QTY(wms_order_row, ordered, "Ordered"),
    M_F_QTY(wms_order_row, received, "Received"),
    M_F_QTY(wms_order_row, accepted, "Accepted"),
    M_F_QTY(wms_order_row, returned, "Returned"),
    M_F_QTY(wms_order_row, billed, "Billed"),
    M_F_QTY(wms_order_row, open, "Still to come"),
    M_F_SUM(wms_order_row, amount, "Amount"),
};
static const m_type row_type = {
    .name = "wms.order_row", .size = sizeof(wms_order_row), M_FIELDS(row_fields)};

static uint32_t filters_of(const wms_order_params *params, m_filter *out)
{
    static const m_enum draft = WMS_ORDER_DRAFT, cancelled = WMS_ORDER_CANCELLED;
    uint32_t n = 0;
    out[n++] = (m_filter){"state", M_OP_NE, &draft};
    out[n++] = (m_filter){"state", M_OP_NE, &cancelled};
    if (!m_id_is_null(params->supplier))
        out[n++] = (m_filter){"supplier", M_OP_EQ, &params->supplier};
    if (!m_date_is_none(params->from)) out[n++] = (m_filter){"order_date", M_OP_GE, &params->from};
    if (!m_date_is_none(params->to)) out[n++] = (m_filter){"order_date", M_OP_LE, &params->to};
    return n;
}

/* What was billed of the lines of these orders, summed per order line. */
static m_status billed_sums(const wms *w, m_call *call, const m_fetch *orders, m_list *out)
{
    m_list ids = {0};
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < orders->count; i++) {
        const wms_purchase_order *order = orders->records[i];
        for (M_EACH(const wms_order_line, line, order->lines)) {
            m_id *slot = m_list_add(call->arena, &ids, &capacity, sizeof *slot);
            if (!slot) return m_fail(call, m_err_memory, NULL);
            *slot = line->id;
        }
    }
    if (ids.count == 0) return M_OK;
    m_filter filter = {"order_line", M_OP_IN, &ids};
    m_sum sum = {.type = &wms_billed_line_type,
                 .filters = &filter,
                 .filter_count = 1,
                 .group_by = "order_line"};
    M_TRY(m_store_sum(w->store, call, &sum));
    *out = sum.out;
    return M_OK;
}

static int by_order_line(const void *a, const void *b)
{
    return m_id_cmp(((const wms_billed_line *)a)->order_line,
                    ((const wms_billed_line *)b)->order_line);
}

static wms_order_row row_of(const wms_purchase_order *order, const wms_order_line *line,
                            const m_list *billed)
{
    wms_billed_line key = {.order_line = line->id};
    const wms_billed_line *found =
        billed->count ? bsearch(&key, billed->items, billed->count, sizeof key, by_order_line)
                      : NULL;
    int64_t open =
        line->is_stock && wms_order_open(order) ? line->qty.u - wms_order_line_kept(line).u : 0;
    return (wms_order_row){.order = order->id,
                           .number = order->number,
                           .state = m_str_of(wms_order_states[order->state]),
                           .order_date = order->order_date,
                           .expected_date = order->expected_date,
                           .supplier = order->supplier,
                           .item = line->item,
                           .description = line->description,
                           .ordered = line->qty,
                           .received = line->received_qty,
                           .accepted = line->accepted_qty,
                           .returned = line->returned_qty,
                           .billed = found ? found->qty : (m_dec){0},
                           .open = {open > 0 ? open : 0},
                           .amount = line->amount.u};
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    const wms *w = module;
    const wms_order_params *asked = params;
    m_filter filters[5];
    m_order orders[] = {{"order_date", false}, {"number", false}};
    m_query query = {.filters = filters,
                     .filter_count = filters_of(asked, filters),
                     .orders = orders,
                     .order_count = 2};
    m_fetch read = {.type = &wms_purchase_order_type, .query = &query};
    m_list billed = {0}, rows = {0};
    uint32_t capacity = 0;
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    M_TRY(billed_sums(w, call, &read, &billed));
    if (billed.count) qsort(billed.items, billed.count, sizeof(wms_billed_line), by_order_line);
    for (uint32_t i = 0; i < read.count; i++) {
        const wms_purchase_order *order = read.records[i];
        for (M_EACH(const wms_order_line, line, order->lines)) {
            wms_order_row row = row_of(order, line, &billed);
            if (asked->open_only && row.open.u == 0) continue;
            wms_order_row *slot = m_list_add(call->arena, &rows, &capacity, sizeof *slot);
            if (!slot) return m_fail(call, m_err_memory, NULL);
            *slot = row;
        }
    }
    *out = rows;
    return M_OK;
}

static const m_permission permissions[] = {
    {"Purchase Manager", M_CAN_READ}, {"Purchase User", M_CAN_READ}, {"Stock Manager", M_CAN_READ},
    {"Stock User", M_CAN_READ},       {"Auditor", M_CAN_READ},       {NULL, 0}};
const m_report wms_order_status_report = {.name = "purchase-order-status",
                                          .label = "Purchase order status",
                                          .group = "Purchasing",
                                          .permissions = permissions,
                                          .params = &params_type,
                                          .row = &row_type,
                                          .run = run,
                                          .drill = "order:document",
                                          .totals = "amount"};
