#include "reports/reports.h"

#include <stdlib.h>

static const m_field param_fields[] = {
    M_F_LINK(wms_ledger_params, item, "Item", "core.item", .flags = M_REQUIRED),
    M_F_LINK(wms_ledger_params, warehouse, "Warehouse", "wms.warehouse"),
    M_F_DATE(wms_ledger_params, from, "From"),
    M_F_DATE(wms_ledger_params, to, "To"),
    M_F_KNOWN(wms_ledger_params),
};
static const m_type params_type = {
    .name = "wms.ledger_params", .size = sizeof(wms_ledger_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_DATE(wms_ledger_row, posting_date, "Date"),
    M_F_LINK(wms_ledger_row, item, "Item", "core.item", .flags = M_HIDDEN),
    M_F_LINK(wms_ledger_row, warehouse, "Warehouse", "wms.warehouse"),
    M_F_STR(wms_ledger_row, event_type, "Movement"),
    M_F_STR(wms_ledger_row, voucher_no, "Document"),
    M_F_STR(wms_ledger_row, source_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(wms_ledger_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_QTY(wms_ledger_row, qty, "Quantity"),
    M_F_SUM(wms_ledger_row, value, "Value"),
    M_F_QTY(wms_ledger_row, balance_qty, "Balance"),
    M_F_SUM(wms_ledger_row, balance_value, "Balance value"),
    M_F_DATE(wms_ledger_row, belongs_on, "Belongs on"),
    M_F_STR(wms_ledger_row, late_reason, "Why it comes late", .max = 300),
};
static const m_type row_type = {
    .name = "wms.ledger_row", .size = sizeof(wms_ledger_row), M_FIELDS(row_fields)};

static uint32_t filters_of(const wms_ledger_params *params, const m_known *known, m_filter *out)
{
    uint32_t n = 0;
    out[n++] = (m_filter){"item", M_OP_EQ, &params->item};
    if (!m_id_is_null(params->warehouse))
        out[n++] = (m_filter){"warehouse", M_OP_EQ, &params->warehouse};
    if (known->limited) out[n++] = (m_filter){"seq", M_OP_LE, &known->seq};
    return n;
}

/* What was there before `from`. */
static m_status opening(const wms *w, m_call *call, const wms_ledger_params *params,
                        const m_known *known, wms_ledger_row *row)
{
    m_filter filters[4];
    uint32_t n = filters_of(params, known, filters);
    filters[n++] = (m_filter){"posting_date", M_OP_LT, &params->from};
    m_sum sum = {
        .type = &m_stock_entry_type, .filters = filters, .filter_count = n, .group_by = ""};
    *row = (wms_ledger_row){.posting_date = params->from,
                            .item = params->item,
                            .warehouse = params->warehouse,
                            .event_type = M_STR("opening")};
    M_TRY(m_store_sum(w->store, call, &sum));
    if (sum.out.count == 0) return M_OK;
    const m_stock_entry *before = M_AT(sum.out, const m_stock_entry, 0);
    row->balance_qty = before->qty;
    row->balance_value = before->value.u;
    return M_OK;
}

static m_status entries(const wms *w, m_call *call, const wms_ledger_params *params,
                        const m_known *known, m_fetch *out)
{
    m_filter filters[5];
    m_order orders[] = {{"posting_date", false}, {"at_seq", false}};
    uint32_t n = filters_of(params, known, filters);
    if (!m_date_is_none(params->from))
        filters[n++] = (m_filter){"posting_date", M_OP_GE, &params->from};
    if (!m_date_is_none(params->to))
        filters[n++] = (m_filter){"posting_date", M_OP_LE, &params->to};
    m_query query = {.filters = filters, .filter_count = n, .orders = orders, .order_count = 2};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    read.query = NULL; /* it ends here */
    *out = read;
    return M_OK;
}

static int by_seq(const void *seq, const void *event)
{
    int64_t wanted = *(const int64_t *)seq, is = (*(const m_stock_event *const *)event)->seq;
    return (wanted > is) - (wanted < is);
}

static wms_ledger_row row_of(const m_stock_entry *entry)
{
    return (wms_ledger_row){.posting_date = entry->posting_date,
                            .item = entry->item,
                            .warehouse = entry->warehouse,
                            .event_type = entry->event_type,
                            .voucher_no = entry->voucher_no,
                            .source_type = entry->source_type,
                            .source_id = entry->source_id,
                            .qty = entry->qty,
                            .value = entry->value.u};
}

/* What was posted late in the time asked for, by seq; its columns of the rows. */
static m_status name_late(const wms *w, m_call *call, const wms_ledger_params *params,
                          const m_fetch *entries, wms_ledger_row *rows)
{
    m_filter filters[3] = {{.field = "belongs_on", .op = M_OP_NOT_EMPTY}};
    m_order order = {"seq", false};
    m_query query = {.filters = filters, .filter_count = 1, .orders = &order, .order_count = 1};
    m_fetch read = {.type = &m_stock_event_type, .query = &query};
    if (!m_date_is_none(params->from))
        filters[query.filter_count++] = (m_filter){"posting_date", M_OP_GE, &params->from};
    if (!m_date_is_none(params->to))
        filters[query.filter_count++] = (m_filter){"posting_date", M_OP_LE, &params->to};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    for (uint32_t i = 0; i < entries->count && read.count; i++) {
        int64_t seq = ((const m_stock_entry *)entries->records[i])->at_seq;
        const void *found = bsearch(&seq, read.records, read.count, sizeof *read.records, by_seq);
        if (!found) continue;
        const m_stock_event *event = *(const m_stock_event *const *)found;
        rows[i].belongs_on = event->belongs_on;
        rows[i].late_reason = event->late_reason;
    }
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    const wms_ledger_params *asked = params;
    wms_ledger_row *rows = NULL;
    m_fetch read;
    uint32_t n = 0;
    m_dec_sum qty = 0, value = 0;
    m_known known;
    M_TRY(wms_known_read(module, call, asked->known_at, &known));
    M_TRY(entries(module, call, asked, &known, &read));
    M_TRY(WMS_ARRAY(call, rows, (size_t)read.count + 1));
    if (!m_date_is_none(asked->from)) {
        M_TRY(opening(module, call, asked, &known, &rows[n]));
        qty = rows[n].balance_qty.u;
        value = rows[n++].balance_value;
    }
    for (uint32_t i = 0; i < read.count; i++, n++) {
        rows[n] = row_of(read.records[i]);
        qty += rows[n].qty.u;
        value += rows[n].value;
        if (m_dec_of_sum(qty, &rows[n].balance_qty) != M_OK)
            return m_fail(call, m_err_overflow, "balance");
        rows[n].balance_value = value;
    }
    M_TRY(name_late(module, call, asked, &read, &rows[n - read.count]));
    *out = (m_list){rows, n};
    return M_OK;
}

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_READ}, {"Stock User", M_CAN_READ}, {"Auditor", M_CAN_READ}, {NULL, 0}};
const m_report wms_stock_ledger_report = {.name = "stock-ledger",
                                          .label = "Stock ledger",
                                          .group = "Stock",
                                          .permissions = permissions,
                                          .params = &params_type,
                                          .row = &row_type,
                                          .run = run,
                                          .drill = "source_id:document",
                                          .totals = "qty,value"};
