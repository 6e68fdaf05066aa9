/* What reservations mean for what goes out. */
#include "stock_reservation/stock_reservation.h"

#include <stdlib.h>

/* ---- the plan's read ---- */

m_status wms_reserved_query(m_call *call, wms_stock *stock, m_fetch *read, bool *out_needed)
{
    static const m_dec zero;
    wms_reserved_read *r = &stock->reserved;
    m_id *items = NULL, *warehouses = NULL;
    uint32_t n = 0, m = 0;
    M_TRY(WMS_ARRAY(call, items, stock->bins.count));
    M_TRY(WMS_ARRAY(call, warehouses, stock->bins.count));
    for (M_EACH(const wms_bin, bin, stock->bins)) { /* sorted by item */
        uint32_t k = 0;
        if (!bin->draws) continue;
        if (n == 0 || !m_id_eq(items[n - 1], bin->item)) items[n++] = bin->item;
        while (k < m && !m_id_eq(warehouses[k], bin->warehouse))
            k++;
        if (k == m) warehouses[m++] = bin->warehouse;
    }
    *out_needed = n > 0;
    r->items = (m_list){items, n};
    r->warehouses = (m_list){warehouses, m};
    r->filters[0] = (m_filter){"item", M_OP_IN, &r->items};
    r->filters[1] = (m_filter){"warehouse", M_OP_IN, &r->warehouses};
    r->filters[2] = (m_filter){"open_qty", M_OP_GT, &zero};
    r->query = (m_query){.filters = r->filters, .filter_count = 3};
    *read = (m_fetch){.type = &wms_reserved_line_type, .query = &r->query};
    return M_OK;
}

void wms_reserved_share(m_call *call, wms_stock *stock, const m_fetch *read)
{
    m_date today = m_today(call);
    for (uint32_t i = 0; i < read->count; i++) {
        const wms_reserved_line *row = read->records[i];
        wms_stock_reserve(stock, row->item, row->warehouse, wms_reserved_holds(row, today));
    }
}

/* ---- mirrors ---- */

static int by_bin(const void *a, const void *b)
{
    const m_stock_move *x = a, *y = b;
    int order = m_id_cmp(x->item, y->item);
    return order ? order : m_id_cmp(x->warehouse, y->warehouse);
}

/* Bins the moves take something out of in all, as a plan. */
static m_status drawn_bins(m_call *call, const m_list *moves, wms_stock *stock, m_dec_sum **out)
{
    m_stock_move *sorted = NULL;
    M_TRY(WMS_ARRAY(call, sorted, moves->count));
    M_TRY(WMS_ARRAY(call, *out, moves->count));
    if (moves->count) memcpy(sorted, moves->items, moves->count * sizeof *sorted);
    if (moves->count) qsort(sorted, moves->count, sizeof *sorted, by_bin);
    for (uint32_t from = 0, to; from < moves->count; from = to) {
        m_dec_sum net = 0;
        for (to = from; to < moves->count && by_bin(&sorted[from], &sorted[to]) == 0; to++)
            net += sorted[to].qty.u;
        if (net >= 0) continue;
        (*out)[stock->bins.count] = -net;
        M_TRY(wms_stock_want(call, stock,
                             &(m_item_info){.id = sorted[from].item, .valuation = M_MOVING_AVERAGE},
                             sorted[from].warehouse, true));
    }
    return M_OK;
}

m_status wms_reserved_guard(const wms *w, m_call *call, const m_list *moves)
{
    wms_stock stock = {.date = m_today(call)};
    m_dec_sum *drawn = NULL;
    m_fetch reads[WMS_STOCK_READS];
    uint32_t n = 0;
    M_TRY(drawn_bins(call, moves, &stock, &drawn));
    M_TRY(wms_stock_reads(call, &stock, reads, &n));
    if (n == 0) return M_OK;
    M_TRY(m_store_fetch(w->store, call, reads, n));
    M_TRY(wms_stock_ready(w, call, &stock, reads, n));
    for (uint32_t i = 0; i < stock.bins.count; i++) {
        const wms_bin *bin = M_AT(stock.bins, const wms_bin, i);
        m_dec_sum left = bin->on_hand.u - drawn[i];
        if (left < 0 || left >= bin->reserved.u) continue; /* too little: the stock-keeper tells */
        char held[M_DEC_TEXT];
        m_dec_format(bin->reserved, 0, held);
        return m_fail(call, WMS_ERR(STOCK_RESERVED), "%s are held", held);
    }
    return M_OK;
}

/* ---- for reports ---- */

m_status wms_reserved_rows(const wms *w, m_call *call, m_id item, m_list *out)
{
    static const m_dec zero;
    m_filter filters[] = {{"open_qty", M_OP_GT, &zero}, {"item", M_OP_EQ, &item}};
    m_query query = {.filters = filters, .filter_count = m_id_is_null(item) ? 1 : 2};
    m_fetch read = {.type = &wms_reserved_line_type, .query = &query};
    m_date today = m_today(call);
    wms_reserved_line *rows = NULL;
    uint32_t n = 0;
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    if (read.count >= M_QUERY_LIMIT_MAX)
        return m_fail(call, WMS_ERR(REPORT_LARGE), "%d", M_QUERY_LIMIT_MAX);
    M_TRY(WMS_ARRAY(call, rows, read.count));
    for (uint32_t i = 0; i < read.count; i++) {
        wms_reserved_line row = *(const wms_reserved_line *)read.records[i];
        row.open_qty = wms_reserved_holds(&row, today);
        if (row.open_qty.u > 0) rows[n++] = row;
    }
    *out = (m_list){rows, n};
    return M_OK;
}
