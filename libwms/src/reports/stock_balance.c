#include "reports/reports.h"

#include "stock_reservation/stock_reservation.h"
#include "warehouse/warehouse.h"

#include <stdlib.h>

static const m_field param_fields[] = {
    M_F_DATE(wms_balance_params, as_of, "As of", .help = "Now when left out."),
    M_F_LINK(wms_balance_params, item, "Item", "core.item"),
    M_F_LINK(wms_balance_params, warehouse, "Warehouse", "wms.warehouse"),
    M_F_KNOWN(wms_balance_params),
};
static const m_type params_type = {
    .name = "wms.balance_params", .size = sizeof(wms_balance_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(wms_balance_row, item, "Item", "core.item"),
    M_F_STR(wms_balance_row, item_code, "Item code"),
    M_F_STR(wms_balance_row, item_name, "Item name"),
    M_F_LINK(wms_balance_row, warehouse, "Warehouse", "wms.warehouse"),
    M_F_STR(wms_balance_row, warehouse_code, "Warehouse code"),
    M_F_QTY(wms_balance_row, qty, "Quantity"),
    M_F_SUM(wms_balance_row, value, "Value"),
    M_F_DEC(wms_balance_row, rate, "Rate"),
    M_F_QTY(wms_balance_row, reserved, "Reserved", .help = "As of now; empty as of a day."),
    M_F_QTY(wms_balance_row, available, "Available", .help = "As of now; empty as of a day."),
};
static const m_type row_type = {
    .name = "wms.balance_row", .size = sizeof(wms_balance_row), M_FIELDS(row_fields)};

m_status wms_report_whole(m_call *call, const m_fetch *read)
{
    if (read->count < M_QUERY_LIMIT_MAX) return M_OK;
    return m_fail(call, WMS_ERR(REPORT_LARGE), "%d", M_QUERY_LIMIT_MAX);
}

/* Item and warehouse filters that the parameters ask for. */
static uint32_t filters_of(const wms_balance_params *params, m_filter *out)
{
    uint32_t n = 0;
    if (!m_id_is_null(params->item)) out[n++] = (m_filter){"item", M_OP_EQ, &params->item};
    if (!m_id_is_null(params->warehouse))
        out[n++] = (m_filter){"warehouse", M_OP_EQ, &params->warehouse};
    return n;
}

static wms_balance_row row_of(m_id item, m_id warehouse, m_dec qty, m_dec value)
{
    wms_balance_row row = {.item = item, .warehouse = warehouse, .qty = qty, .value = value.u};
    /* A rate that does not fit stays zero; nothing is computed from it. */
    if (wms_pool_rate(&(wms_pool){qty, value}, &row.rate) != M_OK) row.rate = (m_dec){0};
    return row;
}

static int by_bin(const void *a, const void *b)
{
    const wms_balance_row *x = a, *y = b;
    int order = m_id_cmp(x->item, y->item);
    return order ? order : m_id_cmp(x->warehouse, y->warehouse);
}

/* What is held of each row. */
static m_status add_reserved(const wms *w, m_call *call, m_id item, m_list *rows)
{
    m_list held;
    M_TRY(wms_reserved_rows(w, call, item, &held));
    for (M_EACH(const wms_reserved_line, line, held)) {
        wms_balance_row key = {.item = line->item, .warehouse = line->warehouse};
        wms_balance_row *row =
            rows->count ? bsearch(&key, rows->items, rows->count, sizeof key, by_bin) : NULL;
        if (row && m_dec_add(row->reserved, line->open_qty, &row->reserved) != M_OK)
            return m_fail(call, m_err_overflow, "quantity");
    }
    for (M_EACH(wms_balance_row, row, *rows))
        row->available.u = row->qty.u - row->reserved.u;
    return M_OK;
}

static m_status now_rows(const wms *w, m_call *call, const wms_balance_params *params, m_list *out)
{
    static const m_dec zero;
    m_filter filters[3];
    uint32_t n = filters_of(params, filters);
    filters[n++] = (m_filter){"qty", M_OP_NE, &zero};
    m_query query = {.filters = filters, .filter_count = n};
    m_fetch read = {.type = &m_stock_bin_type, .query = &query};
    wms_balance_row *rows = NULL;
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    M_TRY(WMS_ARRAY(call, rows, read.count));
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_bin *bin = read.records[i];
        rows[i] = row_of(bin->item, bin->warehouse, bin->qty, bin->value);
    }
    *out = (m_list){rows, read.count};
    return add_reserved(w, call, params->item, out); /* bins come by item and warehouse */
}

m_status wms_known_read(const wms *w, m_call *call, m_str text, m_known *out)
{
    return m_known_read(w->store, call, &m_stock_event_type, WMS_ERR(REPORT_KNOWN_AT), text, out);
}

static m_status past_rows(const wms *w, m_call *call, const wms_balance_params *params,
                          const m_known *known, m_list *out)
{
    m_filter filters[4];
    uint32_t n = filters_of(params, filters);
    if (!m_date_is_none(params->as_of))
        filters[n++] = (m_filter){"posting_date", M_OP_LE, &params->as_of};
    if (known->limited) filters[n++] = (m_filter){"seq", M_OP_LE, &known->seq};
    m_sum sum = {.type = &m_stock_entry_type,
                 .filters = filters,
                 .filter_count = n,
                 .group_by = "item,warehouse"};
    wms_balance_row *rows = NULL;
    uint32_t count = 0;
    M_TRY(m_store_sum(w->store, call, &sum));
    M_TRY(WMS_ARRAY(call, rows, sum.out.count));
    for (M_EACH(const m_stock_entry, entry, sum.out))
        if (entry->qty.u != 0)
            rows[count++] = row_of(entry->item, entry->warehouse, entry->qty, entry->value);
    *out = (m_list){rows, count};
    return M_OK;
}

/* Codes and names for people, all in one question each. */
static m_status name_rows(const wms *w, m_call *call, m_list *rows)
{
    const m_item_info *items = NULL;
    m_id *warehouses = NULL;
    uint32_t n = rows->count;
    if (n == 0) return M_OK;
    M_TRY(WMS_LINE_ITEMS(w, call, *rows, wms_balance_row, &items));
    M_TRY(WMS_ARRAY(call, warehouses, n));
    for (uint32_t i = 0; i < n; i++)
        warehouses[i] = M_AT(*rows, const wms_balance_row, i)->warehouse;
    m_fetch read = {.type = &wms_warehouse_type, .ids = warehouses, .key_count = n};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < n; i++) {
        wms_balance_row *row = M_AT(*rows, wms_balance_row, i);
        const wms_warehouse *warehouse = read.records[i];
        row->item_code = items[i].code;
        row->item_name = items[i].name;
        if (warehouse) row->warehouse_code = warehouse->code;
    }
    return M_OK;
}

m_status wms_balance_rows(const wms *w, m_call *call, const wms_balance_params *asked, m_list *out)
{
    m_list rows;
    m_known known;
    M_TRY(wms_known_read(w, call, asked->known_at, &known));
    if (m_date_is_none(asked->as_of) && !known.limited)
        M_TRY(now_rows(w, call, asked, &rows));
    else
        M_TRY(past_rows(w, call, asked, &known, &rows));
    M_TRY(name_rows(w, call, &rows));
    *out = rows;
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    return wms_balance_rows(module, call, params, out);
}

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_READ}, {"Stock User", M_CAN_READ}, {"Purchase Manager", M_CAN_READ},
    {"Purchase User", M_CAN_READ}, {"Auditor", M_CAN_READ},    {NULL, 0}};
const m_report wms_stock_balance_report = {.name = "stock-balance",
                                           .label = "Stock balance",
                                           .group = "Stock",
                                           .permissions = permissions,
                                           .params = &params_type,
                                           .row = &row_type,
                                           .run = run,
                                           .drill = "item:stock-ledger",
                                           .totals = "value"};
