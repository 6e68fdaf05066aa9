#include "batch/batch.h"
#include "reports/reports.h"

#include <stdlib.h>

/* ---- stock by batch ---- */

static const m_field batch_params[] = {
    M_F_LINK(wms_batches_params, item, "Item", "core.item"),
    M_F_LINK(wms_batches_params, warehouse, "Warehouse", "wms.warehouse"),
    M_F_DATE(wms_batches_params, expiring_by, "Expiring by",
             .help = "Only what expires on this day or before."),
};
static const m_type batch_params_type = {
    .name = "wms.batches_params", .size = sizeof(wms_batches_params), M_FIELDS(batch_params)};

static const m_field batch_fields[] = {
    M_F_LINK(wms_batches_row, item, "Item", "core.item", .flags = M_HIDDEN),
    M_F_STR(wms_batches_row, item_code, "Item"),
    M_F_LINK(wms_batches_row, warehouse, "Warehouse", "wms.warehouse"),
    M_F_LINK(wms_batches_row, batch, "Batch", "wms.batch", .flags = M_HIDDEN),
    M_F_STR(wms_batches_row, code, "Batch"),
    M_F_DATE(wms_batches_row, expires_on, "Expires on"),
    M_F_INT(wms_batches_row, days_left, "Days left"),
    M_F_QTY(wms_batches_row, qty, "Quantity"),
    M_F_SUM(wms_batches_row, value, "Value"),
};
static const m_type batch_row_type = {
    .name = "wms.batches_row", .size = sizeof(wms_batches_row), M_FIELDS(batch_fields)};

/* Layers with something in them; those of FIFO are among them. */
static m_status read_layers(const wms *w, m_call *call, const wms_batches_params *asked,
                            m_fetch *out, m_fetch *batches)
{
    static const m_dec zero;
    m_filter filters[3] = {{"qty", M_OP_GT, &zero}};
    m_id *ids = NULL;
    uint32_t n = 1;
    if (!m_id_is_null(asked->item)) filters[n++] = (m_filter){"item", M_OP_EQ, &asked->item};
    if (!m_id_is_null(asked->warehouse))
        filters[n++] = (m_filter){"warehouse", M_OP_EQ, &asked->warehouse};
    m_query query = {.filters = filters, .filter_count = n};
    m_fetch read = {.type = &m_stock_layer_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    M_TRY(WMS_ARRAY(call, ids, read.count));
    for (uint32_t i = 0; i < read.count; i++)
        ids[i] = ((const m_stock_layer *)read.records[i])->layer;
    *batches = (m_fetch){.type = &wms_batch_type, .ids = ids, .key_count = read.count};
    if (read.count) M_TRY(m_store_fetch(w->store, call, batches, 1));
    read.query = NULL; /* it ends here */
    *out = read;
    return M_OK;
}

static int by_expiry(const void *a, const void *b)
{
    const wms_batches_row *x = a;
    const wms_batches_row *y = b;
    int order = wms_batch_order(x->expires_on, y->expires_on);
    if (!order) order = m_str_cmp(x->item_code, y->item_code);
    if (!order) order = m_str_cmp(x->code, y->code);
    return order ? order : m_id_cmp(x->warehouse, y->warehouse);
}

static m_status batches(void *module, m_call *call, const void *params, m_list *out)
{
    const wms *w = module;
    const wms_batches_params *asked = params;
    const m_item_info *items = NULL;
    m_fetch layers, masters;
    wms_batches_row *rows = NULL;
    uint32_t n = 0;
    m_date today = m_today(call);
    M_TRY(read_layers(w, call, asked, &layers, &masters));
    M_TRY(WMS_ARRAY(call, rows, layers.count));
    for (uint32_t i = 0; i < layers.count; i++) {
        const m_stock_layer *layer = layers.records[i];
        const wms_batch *batch = masters.records[i];
        bool expires = batch && !m_date_is_none(batch->expires_on);
        bool wanted = m_date_is_none(asked->expiring_by) ||
                      (expires && m_date_cmp(batch->expires_on, asked->expiring_by) <= 0);
        if (!batch || !wanted) continue;
        rows[n++] = (wms_batches_row){.item = layer->item,
                                      .warehouse = layer->warehouse,
                                      .batch = batch->id,
                                      .code = batch->code,
                                      .expires_on = batch->expires_on,
                                      .days_left = expires ? batch->expires_on.d - today.d : 0,
                                      .qty = layer->qty,
                                      .value = layer->value.u};
    }
    *out = (m_list){rows, n};
    M_TRY(WMS_LINE_ITEMS(w, call, *out, wms_batches_row, &items));
    for (uint32_t i = 0; i < n; i++)
        rows[i].item_code = items[i].code;
    if (n) qsort(rows, n, sizeof *rows, by_expiry);
    return M_OK;
}

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_READ}, {"Stock User", M_CAN_READ}, {"Purchase Manager", M_CAN_READ},
    {"Purchase User", M_CAN_READ}, {"Auditor", M_CAN_READ},    {NULL, 0}};

const m_report wms_batches_report = {.name = "stock-by-batch",
                                     .label = "Stock by batch",
                                     .group = "Stock",
                                     .permissions = permissions,
                                     .params = &batch_params_type,
                                     .row = &batch_row_type,
                                     .run = batches,
                                     .totals = "value"};

/* ---- the history of one piece or batch ---- */

static const m_field track_params[] = {
    M_F_LINK(wms_track_params, serial, "Serial number", "wms.serial_number"),
    M_F_LINK(wms_track_params, batch, "Batch", "wms.batch"),
};
static const m_type track_params_type = {
    .name = "wms.track_params", .size = sizeof(wms_track_params), M_FIELDS(track_params)};

static const m_field track_fields[] = {
    M_F_DATE(wms_track_row, posting_date, "Date"),
    M_F_LINK(wms_track_row, warehouse, "Warehouse", "wms.warehouse"),
    M_F_STR(wms_track_row, event_type, "Movement"),
    M_F_STR(wms_track_row, voucher_no, "Document"),
    M_F_STR(wms_track_row, source_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(wms_track_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_QTY(wms_track_row, qty, "Quantity"),
    M_F_SUM(wms_track_row, value, "Value"),
};
static const m_type track_row_type = {
    .name = "wms.track_row", .size = sizeof(wms_track_row), M_FIELDS(track_fields)};

/* Item of what was asked for; a null id when there is no such thing. */
static m_status item_asked(const wms *w, m_call *call, const wms_track_params *asked, m_id *layer,
                           m_id *item)
{
    const void *found = NULL;
    bool serial = !m_id_is_null(asked->serial);
    *layer = serial ? asked->serial : asked->batch;
    *item = (m_id){{0}};
    if (m_id_is_null(*layer)) return M_OK;
    M_TRY(m_store_get(w->store, call, serial ? &wms_serial_number_type : &wms_batch_type, *layer,
                      &found));
    if (found)
        *item =
            serial ? ((const wms_serial_number *)found)->item : ((const wms_batch *)found)->item;
    return M_OK;
}

static m_status history(void *module, m_call *call, const void *params, m_list *out)
{
    const wms *w = module;
    m_id layer, item;
    wms_track_row *rows = NULL;
    *out = (m_list){NULL, 0};
    M_TRY(item_asked(w, call, params, &layer, &item));
    if (m_id_is_null(item)) return M_OK;
    m_filter filters[] = {{"item", M_OP_EQ, &item}, {"layer", M_OP_EQ, &layer}};
    m_order orders[] = {{"posting_date", false}, {"at_seq", false}};
    m_query query = {.filters = filters, .filter_count = 2, .orders = orders, .order_count = 2};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    M_TRY(WMS_ARRAY(call, rows, read.count));
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_entry *entry = read.records[i];
        rows[i] = (wms_track_row){.posting_date = entry->posting_date,
                                  .warehouse = entry->warehouse,
                                  .event_type = entry->event_type,
                                  .voucher_no = entry->voucher_no,
                                  .source_type = entry->source_type,
                                  .source_id = entry->source_id,
                                  .qty = entry->qty,
                                  .value = entry->value.u};
    }
    *out = (m_list){rows, read.count};
    return M_OK;
}

const m_report wms_track_report = {.name = "batch-and-serial-history",
                                   .label = "Batch and serial history",
                                   .group = "Stock",
                                   .permissions = permissions,
                                   .params = &track_params_type,
                                   .row = &track_row_type,
                                   .run = history,
                                   .totals = "value"};
