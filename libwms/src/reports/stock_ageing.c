#include "reports/reports.h"
#include "reports/stock_age.h"
#include "stock_adjustment/stock_adjustment.h"
#include "stock_reconciliation/stock_reconciliation.h"

#include <stdlib.h>
#include <string.h>

/* Movements of one read; the index by item, warehouse and date serves it and the next one. */
#define PAGE 1000

static const m_field param_fields[] = {
    M_F_DATE(wms_ageing_params, as_of, "As of", .help = "Now when left out."),
    M_F_LINK(wms_ageing_params, item, "Item", "core.item"),
    M_F_LINK(wms_ageing_params, warehouse, "Warehouse", "wms.warehouse"),
    M_F_KNOWN(wms_ageing_params),
    M_F_INT(wms_ageing_params, bound_1, "Bracket 1 to days", .flags = M_NON_NEGATIVE,
            .help = "30 when left out. What came in first is taken to go out first, whatever the "
                    "valuation; a stock count makes what was counted as old as the count."),
    M_F_INT(wms_ageing_params, bound_2, "Bracket 2 to days", .flags = M_NON_NEGATIVE,
            .help = "60 when left out."),
    M_F_INT(wms_ageing_params, bound_3, "Bracket 3 to days", .flags = M_NON_NEGATIVE,
            .help = "90 when left out. What is older is in the last bracket."),
};
static const m_type params_type = {
    .name = "wms.ageing_params", .size = sizeof(wms_ageing_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(wms_ageing_row, item, "Item", "core.item"),
    M_F_STR(wms_ageing_row, item_code, "Item code"),
    M_F_STR(wms_ageing_row, item_name, "Item name"),
    M_F_LINK(wms_ageing_row, warehouse, "Warehouse", "wms.warehouse"),
    M_F_STR(wms_ageing_row, warehouse_code, "Warehouse code"),
    M_F_QTY(wms_ageing_row, qty, "Quantity"),
    M_F_SUM(wms_ageing_row, value, "Value"),
    M_F_DATE(wms_ageing_row, oldest, "Oldest since"),
    M_F_QTY(wms_ageing_row, qty_1, "Quantity, bracket 1",
            .help = "0 to 30 days unless the bounds say otherwise."),
    M_F_SUM(wms_ageing_row, value_1, "Value, bracket 1",
            .help = "Under FIFO that of the layers, else at the average rate."),
    M_F_QTY(wms_ageing_row, qty_2, "Quantity, bracket 2", .help = "31 to 60 days."),
    M_F_SUM(wms_ageing_row, value_2, "Value, bracket 2"),
    M_F_QTY(wms_ageing_row, qty_3, "Quantity, bracket 3", .help = "61 to 90 days."),
    M_F_SUM(wms_ageing_row, value_3, "Value, bracket 3"),
    M_F_QTY(wms_ageing_row, qty_older, "Quantity, older"),
    M_F_SUM(wms_ageing_row, value_older, "Value, older"),
};
static const m_type row_type = {
    .name = "wms.ageing_row", .size = sizeof(wms_ageing_row), M_FIELDS(row_fields)};

/* One run. */
typedef struct {
    const wms *w;
    m_call *call;
    const wms_ageing_params *asked;
    m_date as_of;
    m_known known;
    int64_t bounds[3];
    int places;
    m_list counts; /* m_id of the stock counts, sorted */
    wms_age_queue queue;
    uint32_t room;  /* slots the queue has */
    uint32_t moves; /* read so far */
    bool by_cost;   /* this bin has layers */
    m_dec qty;      /* of this bin so far */
    m_dec value;
} ageing;

static m_status bounds_of(m_call *call, const wms_ageing_params *asked, int64_t out[3])
{
    static const int64_t usual[3] = {30, 60, 90};
    const int64_t given[3] = {asked->bound_1, asked->bound_2, asked->bound_3};
    for (int i = 0; i < 3; i++) {
        out[i] = given[i] ? given[i] : usual[i];
        if (out[i] <= (i ? out[i - 1] : 0)) return m_fail(call, WMS_ERR(REPORT_BOUNDS), NULL);
    }
    return M_OK;
}

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(*(const m_id *)a, *(const m_id *)b);
}

/* Takes out the counts that were cancelled by what is known. */
static m_status drop_cancelled(ageing *run, m_id *ids, uint32_t *n)
{
    m_list asked = {ids, *n};
    m_filter filters[] = {{"source_id", M_OP_IN, &asked},
                          {"reverses", M_OP_NOT_EMPTY, NULL},
                          {"seq", M_OP_LE, &run->known.seq}};
    m_query query = {.filters = filters, .filter_count = 3};
    m_fetch mirrors = {.type = &m_stock_event_type, .query = &query};
    uint32_t kept = 0;
    if (*n == 0) return M_OK;
    M_TRY(m_store_fetch(run->w->store, run->call, &mirrors, 1));
    M_TRY(wms_report_whole(run->call, &mirrors));
    for (uint32_t i = 0; i < *n; i++) {
        bool gone = false;
        for (uint32_t k = 0; k < mirrors.count && !gone; k++)
            gone = m_id_eq(((const m_stock_event *)mirrors.records[k])->source_id, ids[i]);
        if (!gone) ids[kept++] = ids[i];
    }
    *n = kept;
    return M_OK;
}

/* A cancelled count counts nothing: its movements and their mirrors are movements like others; but
 * not before that was known. */
static m_status read_counts(ageing *run)
{
    static const m_enum count = WMS_REASON_COUNT;
    m_enum states[] = {M_SUBMITTED, M_CANCELLED};
    m_list wanted = {states, run->known.limited ? 2 : 1};
    m_filter filters[] = {{"reason", M_OP_EQ, &count}, {"state", M_OP_IN, &wanted}};
    m_query adjusted = {.filters = filters, .filter_count = 2, .without_lists = true};
    m_query reconciled = {.filters = &filters[1], .filter_count = 1, .without_lists = true};
    m_fetch reads[] = {{.type = &wms_stock_adjustment_type, .query = &adjusted},
                       {.type = &wms_stock_reconciliation_type, .query = &reconciled}};
    m_id *ids = NULL;
    uint32_t n = 0;
    M_TRY(m_store_fetch(run->w->store, run->call, reads, 2));
    M_TRY(wms_report_whole(run->call, &reads[0]));
    M_TRY(wms_report_whole(run->call, &reads[1]));
    M_TRY(WMS_ARRAY(run->call, ids, reads[0].count + reads[1].count));
    for (int k = 0; k < 2; k++)
        for (uint32_t i = 0; i < reads[k].count; i++)
            ids[n++] = ((const m_doc *)reads[k].records[i])->id;
    if (run->known.limited) M_TRY(drop_cancelled(run, ids, &n));
    if (n) qsort(ids, n, sizeof *ids, by_id);
    run->counts = (m_list){ids, n};
    return M_OK;
}

/* What only priced goods anew counted nothing. */
static bool is_count(const ageing *run, const m_stock_entry *entry)
{
    return run->counts.count && entry->qty.u != 0 &&
           bsearch(&entry->source_id, run->counts.items, run->counts.count, sizeof(m_id), by_id);
}

/* Room for n more slots; what was emptied is dropped. */
static m_status make_room(ageing *run, uint32_t n)
{
    wms_age_queue *queue = &run->queue;
    uint32_t live = queue->count - queue->head;
    wms_age_slot *slots = queue->slots;
    if (queue->count + n <= run->room) return M_OK;
    if (live + n > run->room / 2) {
        run->room = 2 * (live + n);
        M_TRY(WMS_ARRAY(run->call, slots, run->room));
    }
    if (live) memmove(slots, &queue->slots[queue->head], live * sizeof *slots);
    *queue = (wms_age_queue){.slots = slots, .count = live, .owed = queue->owed};
    return M_OK;
}

static m_status take(ageing *run, const m_stock_entry *entry)
{
    if (!m_id_is_null(entry->layer)) run->by_cost = true;
    M_TRY(m_dec_add(run->qty, entry->qty, &run->qty));
    M_TRY(m_dec_add(run->value, entry->value, &run->value));
    if (is_count(run, entry)) {
        wms_age_count(&run->queue, entry->posting_date, run->qty, run->value);
        return M_OK;
    }
    if (entry->qty.u > 0)
        return wms_age_in(&run->queue, entry->posting_date, entry->layer, entry->qty, entry->value);
    if (entry->qty.u < 0) return wms_age_out(&run->queue, entry->layer, m_dec_neg(entry->qty));
    return wms_age_raise(&run->queue, entry->layer, entry->value);
}

static m_status failed(m_call *call, m_status status)
{
    if (status == M_OK) return M_OK;
    return m_fail(call, status == M_RANGE ? m_err_overflow : m_err_internal, "age");
}

/* The movements of one bin, page by page. */
static m_status fill_queue(ageing *run, m_id item, m_id warehouse)
{
    m_filter filters[4] = {{"item", M_OP_EQ, &item}, {"warehouse", M_OP_EQ, &warehouse}};
    m_order orders[] = {{"posting_date", false}, {"at_seq", false}};
    m_query query = {
        .filters = filters, .filter_count = 2, .orders = orders, .order_count = 2, .limit = PAGE};
    if (!m_date_is_none(run->asked->as_of))
        filters[query.filter_count++] = (m_filter){"posting_date", M_OP_LE, &run->asked->as_of};
    if (run->known.limited)
        filters[query.filter_count++] = (m_filter){"seq", M_OP_LE, &run->known.seq};
    run->queue.head = run->queue.count = 0;
    run->queue.owed = (m_dec){0};
    run->by_cost = false;
    run->qty = run->value = (m_dec){0};
    for (;;) {
        m_fetch read = {.type = &m_stock_entry_type, .query = &query};
        M_TRY(m_store_fetch(run->w->store, run->call, &read, 1));
        run->moves += read.count;
        if (run->moves > WMS_AGE_MOVES_MAX)
            return m_fail(run->call, WMS_ERR(REPORT_LARGE), "%d", WMS_AGE_MOVES_MAX);
        M_TRY(make_room(run, read.count));
        for (uint32_t i = 0; i < read.count; i++)
            M_TRY(failed(run->call, take(run, read.records[i])));
        if (read.count < PAGE) return M_OK;
        query.after = read.records[read.count - 1];
    }
}

static m_status fill_row(ageing *run, const wms_balance_row *balance, wms_ageing_row *row)
{
    wms_age_bracket b[WMS_AGE_BRACKETS];
    m_dec value;
    M_TRY(fill_queue(run, balance->item, balance->warehouse));
    M_TRY(failed(run->call, m_dec_of_sum(balance->value, &value)));
    M_TRY(failed(run->call, wms_age_spread(&run->queue, run->as_of, run->bounds, value,
                                           run->by_cost, run->places, b)));
    *row = (wms_ageing_row){.item = balance->item,
                            .item_code = balance->item_code,
                            .item_name = balance->item_name,
                            .warehouse = balance->warehouse,
                            .warehouse_code = balance->warehouse_code,
                            .qty = balance->qty,
                            .value = balance->value,
                            .qty_1 = b[0].qty,
                            .value_1 = b[0].value.u,
                            .qty_2 = b[1].qty,
                            .value_2 = b[1].value.u,
                            .qty_3 = b[2].qty,
                            .value_3 = b[2].value.u,
                            .qty_older = b[3].qty,
                            .value_older = b[3].value.u};
    if (run->queue.head < run->queue.count) row->oldest = run->queue.slots[run->queue.head].since;
    return M_OK;
}

static m_status run_report(void *module, m_call *call, const void *params, m_list *out)
{
    const wms_ageing_params *asked = params;
    ageing run = {.w = module, .call = call, .asked = asked, .as_of = asked->as_of};
    wms_balance_params balance = {asked->as_of, asked->item, asked->warehouse, asked->known_at};
    wms_ageing_row *rows = NULL;
    m_list bins;
    if (m_date_is_none(run.as_of)) run.as_of = m_today(call);
    M_TRY(bounds_of(call, asked, run.bounds));
    M_TRY(wms_places(run.w, call, &run.places));
    M_TRY(wms_balance_rows(run.w, call, &balance, &bins));
    M_TRY(wms_known_read(run.w, call, asked->known_at, &run.known));
    M_TRY(read_counts(&run));
    M_TRY(WMS_ARRAY(call, rows, bins.count));
    for (uint32_t i = 0; i < bins.count; i++)
        M_TRY(fill_row(&run, M_AT(bins, const wms_balance_row, i), &rows[i]));
    *out = (m_list){rows, bins.count};
    return M_OK;
}

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_READ}, {"Stock User", M_CAN_READ}, {"Purchase Manager", M_CAN_READ},
    {"Purchase User", M_CAN_READ}, {"Auditor", M_CAN_READ},    {NULL, 0}};
const m_report wms_stock_ageing_report = {.name = "stock-ageing",
                                          .label = "Stock ageing",
                                          .group = "Stock",
                                          .permissions = permissions,
                                          .params = &params_type,
                                          .row = &row_type,
                                          .run = run_report,
                                          .drill = "item:stock-ledger",
                                          .totals = "value,value_1,value_2,value_3,value_older"};
