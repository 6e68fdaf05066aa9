#include "billing/billing.h"
#include "delivery_note/delivery_note.h"
#include "reports/reports.h"

#include <stdlib.h>

static const m_field param_fields[] = {
    M_F_LINK(wms_delivery_params, customer, "Customer", "core.customer"),
    M_F_DATE(wms_delivery_params, from, "Delivered from"),
    M_F_DATE(wms_delivery_params, to, "Delivered to"),
    M_F_BOOL(wms_delivery_params, open_only, "Only what is still to be billed"),
};
static const m_type params_type = {
    .name = "wms.delivery_params", .size = sizeof(wms_delivery_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(wms_delivery_row, delivery, "Delivery note", "wms.delivery_note", .flags = M_HIDDEN),
    M_F_STR(wms_delivery_row, number, "Number"),
    M_F_DATE(wms_delivery_row, posting_date, "Delivered on"),
    M_F_LINK(wms_delivery_row, customer, "Customer", "core.customer"),
    M_F_ID(wms_delivery_row, line, "Line", .flags = M_HIDDEN),
    M_F_LINK(wms_delivery_row, item, "Item", "core.item"),
    M_F_STR(wms_delivery_row, description, "Description"),
    M_F_LINK(wms_delivery_row, unit, "Unit", "core.unit"),
    M_F_QTY(wms_delivery_row, delivered, "Delivered"),
    M_F_QTY(wms_delivery_row, returned, "Returned"),
    M_F_QTY(wms_delivery_row, billed, "Billed"),
    M_F_QTY(wms_delivery_row, open, "Still to be billed"),
    M_F_SUM(wms_delivery_row, cost, "Cost", .help = "Of what was delivered and kept."),
};
static const m_type row_type = {
    .name = "wms.delivery_row", .size = sizeof(wms_delivery_row), M_FIELDS(row_fields)};

static m_status read_notes(const wms *w, m_call *call, const wms_delivery_params *asked,
                           m_fetch *out)
{
    static const m_enum submitted = M_SUBMITTED;
    m_filter filters[4] = {{"state", M_OP_EQ, &submitted}};
    m_order orders[] = {{"posting_date", false}, {"number", false}};
    uint32_t n = 1;
    if (!m_id_is_null(asked->customer))
        filters[n++] = (m_filter){"customer", M_OP_EQ, &asked->customer};
    if (!m_date_is_none(asked->from))
        filters[n++] = (m_filter){"posting_date", M_OP_GE, &asked->from};
    if (!m_date_is_none(asked->to)) filters[n++] = (m_filter){"posting_date", M_OP_LE, &asked->to};
    m_query query = {.filters = filters, .filter_count = n, .orders = orders, .order_count = 2};
    m_fetch read = {.type = &wms_delivery_note_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_report_whole(call, &read));
    read.query = NULL; /* it ends here */
    *out = read;
    return M_OK;
}

static int by_line(const void *a, const void *b)
{
    return m_id_cmp(((const wms_sold_line *)a)->delivery_line,
                    ((const wms_sold_line *)b)->delivery_line);
}

/* What was billed of the lines of these notes, summed per line. */
static m_status billed_sums(const wms *w, m_call *call, const m_fetch *notes, m_list *out)
{
    m_list ids = {0};
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < notes->count; i++) {
        const wms_delivery_note *note = notes->records[i];
        for (M_EACH(const wms_delivery_line, line, note->lines)) {
            m_id *slot = m_list_add(call->arena, &ids, &capacity, sizeof *slot);
            if (!slot) return m_fail(call, m_err_memory, NULL);
            *slot = line->id;
        }
    }
    if (ids.count == 0) return M_OK;
    m_filter filter = {"delivery_line", M_OP_IN, &ids};
    m_sum sum = {.type = &wms_sold_line_type,
                 .filters = &filter,
                 .filter_count = 1,
                 .group_by = "delivery_line"};
    M_TRY(m_store_sum(w->store, call, &sum));
    *out = sum.out;
    if (out->count) qsort(out->items, out->count, sizeof(wms_sold_line), by_line);
    return M_OK;
}

static wms_delivery_row row_of(const wms_delivery_note *note, const wms_delivery_line *line,
                               const m_list *billed)
{
    wms_sold_line key = {.delivery_line = line->id};
    const wms_sold_line *sold =
        billed->count ? bsearch(&key, billed->items, billed->count, sizeof key, by_line) : NULL;
    m_dec done = sold ? sold->qty : (m_dec){0};
    int64_t open = line->qty.u - line->returned_qty.u - done.u;
    return (wms_delivery_row){.delivery = note->id,
                              .number = note->number,
                              .posting_date = note->posting_date,
                              .customer = note->customer,
                              .line = line->id,
                              .item = line->item,
                              .description = line->description,
                              .unit = line->unit,
                              .delivered = line->qty,
                              .returned = line->returned_qty,
                              .billed = done,
                              .open = {open > 0 ? open : 0},
                              .cost = (m_dec_sum)line->value.u - line->returned_value.u};
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    const wms_delivery_params *asked = params;
    m_list billed = {0}, rows = {0};
    uint32_t capacity = 0;
    m_fetch notes;
    M_TRY(read_notes(module, call, asked, &notes));
    M_TRY(billed_sums(module, call, &notes, &billed));
    for (uint32_t i = 0; i < notes.count; i++) {
        const wms_delivery_note *note = notes.records[i];
        for (M_EACH(const wms_delivery_line, line, note->lines)) {
            wms_delivery_row row = row_of(note, line, &billed);
            if (asked->open_only && row.open.u == 0) continue;
            wms_delivery_row *slot = m_list_add(call->arena, &rows, &capacity, sizeof *slot);
            if (!slot) return m_fail(call, m_err_memory, NULL);
            *slot = row;
        }
    }
    *out = rows;
    return M_OK;
}

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_READ}, {"Stock User", M_CAN_READ}, {"Accounts Manager", M_CAN_READ},
    {"Accounts User", M_CAN_READ}, {"Auditor", M_CAN_READ},    {NULL, 0}};
const m_report wms_delivery_status_report = {.name = "delivery-status",
                                             .label = "Delivery status",
                                             .group = "Sales",
                                             .permissions = permissions,
                                             .params = &params_type,
                                             .row = &row_type,
                                             .run = run,
                                             .drill = "delivery:document",
                                             .totals = "cost"};
