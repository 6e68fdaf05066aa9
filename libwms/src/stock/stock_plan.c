#include "stock/stock.h"

#include "standard_cost/standard_cost.h"
#include "stock/arrears.h"
#include "stock/tracked.h"
#include "stock_reservation/stock_reservation.h"

#include <stdlib.h>

/* ---- reading ---- */

m_status wms_stock_want(m_call *call, wms_stock *stock, const m_item_info *item, m_id warehouse,
                        bool draws)
{
    if (item->tracking != M_TRACK_NONE && !stock->tracks)
        return m_fail(call, WMS_ERR(TRACK_HERE), "%.*s", M_STR_ARG(item->code));
    wms_bin *bin = m_list_add(call->arena, &stock->bins, &stock->bin_capacity, sizeof *bin);
    if (!bin) return m_fail(call, m_err_memory, NULL);
    *bin = (wms_bin){.item = item->id,
                     .warehouse = warehouse,
                     .item_code = item->code,
                     .method = item->valuation,
                     .tracking = item->tracking,
                     .draws = draws};
    return M_OK;
}

static int bin_order(const void *a, const void *b)
{
    const wms_bin *x = a;
    const wms_bin *y = b;
    int order = m_id_cmp(x->item, y->item);
    return order ? order : m_id_cmp(x->warehouse, y->warehouse);
}

/* Each bin once, in key order. */
static void settle_bins(wms_stock *stock)
{
    wms_bin *bins = stock->bins.items;
    uint32_t kept = 0;
    if (stock->bins.count) qsort(bins, stock->bins.count, sizeof *bins, bin_order);
    for (uint32_t i = 0; i < stock->bins.count; i++) {
        if (kept && bin_order(&bins[kept - 1], &bins[i]) == 0)
            bins[kept - 1].draws |= bins[i].draws;
        else
            bins[kept++] = bins[i];
    }
    stock->bins.count = kept;
}

static m_status bin_keys(m_call *call, const wms_stock *stock, m_fetch *read)
{
    m_stock_bin *rows = NULL;
    const void **keys = NULL;
    uint32_t n = stock->bins.count;
    M_TRY(WMS_ARRAY(call, rows, n));
    M_TRY(wms_array(call, (void **)(uintptr_t)&keys, n, sizeof *keys));
    for (uint32_t i = 0; i < n; i++) {
        const wms_bin *bin = M_AT(stock->bins, const wms_bin, i);
        rows[i] = (m_stock_bin){.item = bin->item, .warehouse = bin->warehouse};
        keys[i] = &rows[i];
    }
    *read = (m_fetch){.type = &m_stock_bin_type, .keys = keys, .key_count = n};
    return M_OK;
}

static m_status add_id(m_call *call, m_list *list, uint32_t *capacity, m_id id)
{
    for (M_EACH(m_id, known, *list))
        if (m_id_eq(*known, id)) return M_OK;
    m_id *slot = m_list_add(call->arena, list, capacity, sizeof *slot);
    if (!slot) return m_fail(call, m_err_memory, NULL);
    *slot = id;
    return M_OK;
}

/* Is its stock kept in layers? */
static bool layered(const wms_bin *bin)
{
    return bin->method == M_FIFO || bin->method == M_BATCH_AVERAGE;
}

/* Open layers of every FIFO bin something goes out of: one query over the items and warehouses. */
static m_status layer_query(m_call *call, wms_stock *stock, m_fetch *read, bool *out_needed)
{
    uint32_t items = 0, warehouses = 0;
    static const m_dec zero;
    for (M_EACH(const wms_bin, bin, stock->bins)) {
        if (!layered(bin) || !bin->draws) continue;
        uint32_t n = stock->layer_items.count;
        /* Bins are sorted by item, so a repeated item is the last one. */
        if (n == 0 || !m_id_eq(*M_AT(stock->layer_items, m_id, n - 1), bin->item)) {
            m_id *slot = m_list_add(call->arena, &stock->layer_items, &items, sizeof *slot);
            if (!slot) return m_fail(call, m_err_memory, NULL);
            *slot = bin->item;
        }
        M_TRY(add_id(call, &stock->layer_warehouses, &warehouses, bin->warehouse));
    }
    *out_needed = stock->layer_items.count > 0;
    stock->filters[0] = (m_filter){"item", M_OP_IN, &stock->layer_items};
    stock->filters[1] = (m_filter){"warehouse", M_OP_IN, &stock->layer_warehouses};
    stock->filters[2] = (m_filter){"qty", M_OP_GT, &zero};
    stock->query = (m_query){.filters = stock->filters, .filter_count = 3};
    *read = (m_fetch){.type = &m_stock_layer_type, .query = &stock->query};
    return M_OK;
}

m_status wms_stock_reads(m_call *call, wms_stock *stock, m_fetch *reads, uint32_t *out_count)
{
    bool layers = false, standards = false, reserved = false;
    settle_bins(stock);
    if (stock->bins.count == 0) {
        *out_count = 0;
        return M_OK;
    }
    M_TRY(bin_keys(call, stock, &reads[0]));
    M_TRY(layer_query(call, stock, &reads[1], &layers));
    *out_count = layers ? 2 : 1;
    M_TRY(wms_standard_query(call, stock, &reads[*out_count], &standards));
    *out_count += standards;
    M_TRY(wms_reserved_query(call, stock, &reads[*out_count], &reserved));
    *out_count += reserved;
    return M_OK;
}

static wms_bin *find_bin(const wms_stock *stock, m_id item, m_id warehouse)
{
    wms_bin key = {.item = item, .warehouse = warehouse};
    if (stock->bins.count == 0) return NULL;
    return bsearch(&key, stock->bins.items, stock->bins.count, sizeof key, bin_order);
}

static int by_age(const void *a, const void *b)
{
    return m_stock_layer_order(*(const void *const *)a, *(const void *const *)b);
}

/* Hands the layers to their bins, oldest first: count, then fill. */
static m_status share_layers(m_call *call, wms_stock *stock, const m_fetch *read)
{
    if (read->count) qsort(read->records, read->count, sizeof *read->records, by_age);
    for (uint32_t i = 0; i < read->count; i++) {
        const m_stock_layer *row = read->records[i];
        wms_bin *bin = find_bin(stock, row->item, row->warehouse);
        if (bin) bin->layer_count++;
    }
    for (M_EACH(wms_bin, bin, stock->bins)) {
        if (bin->layer_count) M_TRY(WMS_ARRAY(call, bin->layers, bin->layer_count));
        bin->layer_count = 0;
    }
    for (uint32_t i = 0; i < read->count; i++) {
        const m_stock_layer *row = read->records[i];
        wms_bin *bin = find_bin(stock, row->item, row->warehouse);
        if (bin) bin->layers[bin->layer_count++] = (wms_layer){row->layer, row->qty, row->value};
    }
    return M_OK;
}

/* Layers must hold what the bin holds; they do not when the item's method was changed. */
static m_status check_layers(m_call *call, const wms_bin *bin)
{
    m_dec_sum qty = 0;
    for (uint32_t i = 0; i < bin->layer_count; i++)
        qty += bin->layers[i].qty.u;
    if (qty == bin->pool.qty.u) return M_OK;
    return m_fail(call, WMS_ERR(STOCK_METHOD), "%.*s", M_STR_ARG(bin->item_code));
}

m_status wms_stock_ready(const wms *w, m_call *call, wms_stock *stock, const m_fetch *reads,
                         uint32_t count)
{
    stock->w = w;
    for (uint32_t i = 0; i < stock->bins.count && count; i++) {
        const m_stock_bin *row = reads[0].records[i];
        wms_bin *bin = M_AT(stock->bins, wms_bin, i);
        if (!row) continue;
        bin->pool = (wms_pool){row->qty, row->value};
        bin->on_hand = row->qty;
        bin->last_date = row->last_date;
    }
    for (uint32_t i = 1; i < count; i++)
        if (reads[i].type == &m_stock_layer_type)
            M_TRY(share_layers(call, stock, &reads[i]));
        else if (reads[i].type == &wms_reserved_line_type)
            wms_reserved_share(call, stock, &reads[i]);
        else
            wms_standard_share(stock, &reads[i]);
    for (M_EACH(const wms_bin, bin, stock->bins))
        if (layered(bin) && bin->draws) M_TRY(check_layers(call, bin));
    return wms_stock_look_back(w, call, stock);
}

/* ---- moving ---- */

static m_status need_bin(m_call *call, const wms_stock *stock, m_id item, m_id warehouse,
                         wms_bin **out)
{
    *out = find_bin(stock, item, warehouse);
    return *out ? M_OK : m_fail(call, m_err_internal, "stock plan without its bin");
}

static void note(m_call *call, wms_stock *stock, const m_error_def *def, m_str path,
                 const char *detail)
{
    m_field_fail(call, def, path, "%s", detail);
    if (stock->fault) return;
    stock->fault = def;
    stock->fault_detail = m_str_dup(call->arena, m_str_of(detail));
}

bool wms_stock_dated(m_call *call, wms_stock *stock, const wms_bin *bin, m_str path)
{
    if (!bin->backdated || bin->replayed) return true;
    char last[M_DATE_TEXT];
    m_date_format(bin->last_date, last);
    const char *detail = m_arena_printf(call->arena, "the latest movement of %.*s here is of %s",
                                        M_STR_ARG(bin->item_code), last);
    note(call, stock, m_err_stock_backdated, path, detail ? detail : last);
    return false;
}

m_status wms_stock_move(m_call *call, wms_stock *stock, m_stock_move move)
{
    m_stock_move *slot =
        m_list_add(call->arena, &stock->moves, &stock->move_capacity, sizeof *slot);
    if (!slot) return m_fail(call, m_err_memory, NULL);
    *slot = move;
    const wms_bin *bin = find_bin(stock, move.item, move.warehouse);
    if (!bin) return M_OK; /* a mirror: it says itself what it mirrors */
    slot->method = bin->method;
    slot->rule = bin->rule;
    return M_OK;
}

m_status wms_stock_in(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                      m_dec value, m_id layer, m_id source_line, m_str path)
{
    wms_bin *bin = NULL;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    if (!wms_stock_dated(call, stock, bin, path)) return M_OK;
    m_status status = bin->pool.qty.u < 0
                          ? wms_arrears_settle(call, stock, bin, qty, value, source_line)
                          : wms_pool_in(&bin->pool, qty, value);
    if (status == M_NOMEM) return status;
    if (status != M_OK || m_dec_add(bin->on_hand, qty, &bin->on_hand) != M_OK) {
        note(call, stock, m_err_overflow, path, "quantity or value");
        return M_OK;
    }
    return wms_stock_move(call, stock,
                          (m_stock_move){.item = item,
                                         .warehouse = warehouse,
                                         .qty = qty,
                                         .value = value,
                                         .layer = layered(bin) ? layer : (m_id){{0}},
                                         .source_line = source_line});
}

/* Is it known what the item costs? */
static bool has_standard(m_call *call, wms_stock *stock, const wms_bin *bin, m_str path)
{
    if (!m_id_is_null(bin->rule)) return true;
    const char *code = m_str_z(call->arena, bin->item_code);
    note(call, stock, WMS_ERR(STANDARD_MISSING), path, code ? code : "");
    return false;
}

m_status wms_stock_enter(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                         m_dec cost, m_id layer, m_id source_line, m_str path, m_dec *out_value)
{
    wms_bin *bin = NULL;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    m_dec value = cost;
    wms_pool after = bin->pool;
    if (bin->method == M_STANDARD) {
        if (!has_standard(call, stock, bin, path)) return M_OK;
        if (wms_standard_in(&after, qty, bin->standard, stock->places, &value) != M_OK) {
            note(call, stock, m_err_overflow, path, "quantity × standard cost");
            return M_OK;
        }
    }
    *out_value = value;
    return wms_stock_in(call, stock, item, warehouse, qty, value, layer, source_line, path);
}

m_status wms_stock_set_standard(m_call *call, wms_stock *stock, m_id item, m_id warehouse,
                                m_dec rate, m_id rule, m_id source_line, m_str path,
                                m_dec *out_rise)
{
    wms_bin *bin = NULL;
    m_dec rise = {0};
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    *out_rise = rise;
    bin->replayed = false; /* what came later was valued by another standard */
    if (!wms_stock_dated(call, stock, bin, path)) return M_OK;
    if (wms_pool_reprice(&bin->pool, rate, stock->places, &rise) != M_OK) {
        note(call, stock, m_err_overflow, path, "quantity × standard cost");
        return M_OK;
    }
    bin->standard = rate;
    bin->rule = rule;
    *out_rise = rise;
    if (rise.u == 0) return M_OK;
    return wms_stock_move(
        call, stock,
        (m_stock_move){
            .item = item, .warehouse = warehouse, .value = rise, .source_line = source_line});
}

const wms_bin *wms_stock_bin(const wms_stock *stock, m_id item, m_id warehouse)
{
    return find_bin(stock, item, warehouse);
}

void wms_stock_reserve(wms_stock *stock, m_id item, m_id warehouse, m_dec qty)
{
    wms_bin *bin = find_bin(stock, item, warehouse);
    if (bin) bin->reserved.u += qty.u;
}

m_status wms_stock_raise(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec value,
                         m_id layer, m_id source_line, m_str path)
{
    wms_bin *bin = NULL;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    if (value.u == 0 || !wms_stock_dated(call, stock, bin, path)) return M_OK;
    if (wms_pool_raise(&bin->pool, value) != M_OK) {
        note(call, stock, m_err_overflow, path, "value");
        return M_OK;
    }
    return wms_stock_move(call, stock,
                          (m_stock_move){.item = item,
                                         .warehouse = warehouse,
                                         .value = value,
                                         .layer = layered(bin) ? layer : (m_id){{0}},
                                         .source_line = source_line});
}

/* One move per layer whose value changes. */
static m_status reprice_layers(m_call *call, wms_stock *stock, wms_bin *bin, m_dec rate,
                               m_stock_move move, m_dec *out_rise)
{
    m_dec *rises = NULL, sum = {0};
    M_TRY(WMS_ARRAY(call, rises, bin->layer_count));
    M_TRY(wms_layers_reprice(bin->layers, bin->layer_count, rate, stock->places, rises));
    for (uint32_t i = 0; i < bin->layer_count; i++) {
        if (rises[i].u == 0) continue;
        move.layer = bin->layers[i].id;
        move.value = rises[i];
        sum.u += rises[i].u;
        M_TRY(wms_stock_move(call, stock, move));
    }
    bin->pool.value.u += sum.u;
    *out_rise = sum;
    return M_OK;
}

m_status wms_stock_reprice(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec rate,
                           m_id source_line, m_str path, m_dec *out_rise)
{
    wms_bin *bin = NULL;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    *out_rise = (m_dec){0};
    if (!wms_stock_dated(call, stock, bin, path)) return M_OK;
    m_stock_move move = {.item = item, .warehouse = warehouse, .source_line = source_line};
    m_status status = M_OK;
    if (bin->method == M_FIFO)
        status = reprice_layers(call, stock, bin, rate, move, out_rise);
    else
        status = wms_pool_reprice(&bin->pool, rate, stock->places, out_rise);
    if (status == M_RANGE) note(call, stock, m_err_overflow, path, "quantity × rate");
    if (status != M_OK) return status == M_RANGE ? M_OK : status;
    if (bin->method == M_FIFO || out_rise->u == 0) return M_OK;
    move.value = *out_rise;
    return wms_stock_move(call, stock, move);
}

static void note_short(m_call *call, wms_stock *stock, const wms_bin *bin, m_dec qty, m_str path)
{
    char have[M_DEC_TEXT], need[M_DEC_TEXT];
    m_dec_format(bin->pool.qty, 0, have);
    m_dec_format(qty, 0, need);
    const char *detail = m_arena_printf(call->arena, "%.*s: %s on hand, %s needed",
                                        M_STR_ARG(bin->item_code), have, need);
    note(call, stock, m_err_stock_negative, path, detail ? detail : need);
}

static void note_reserved(m_call *call, wms_stock *stock, const wms_bin *bin, m_dec qty, m_str path)
{
    char have[M_DEC_TEXT], held[M_DEC_TEXT], need[M_DEC_TEXT];
    m_dec_format(bin->on_hand, 0, have);
    m_dec_format(bin->reserved, 0, held);
    m_dec_format(qty, 0, need);
    const char *detail =
        m_arena_printf(call->arena, "%.*s: %s on hand, %s of it reserved, %s needed",
                       M_STR_ARG(bin->item_code), have, held, need);
    note(call, stock, WMS_ERR(STOCK_RESERVED), path, detail ? detail : need);
}

bool wms_stock_claim(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                     m_str path)
{
    wms_bin *bin = find_bin(stock, item, warehouse);
    if (!bin) return true;
    if (bin->reserved.u > 0 && qty.u > bin->on_hand.u - bin->reserved.u) {
        note_reserved(call, stock, bin, qty, path);
        return false;
    }
    bin->on_hand.u -= qty.u;
    return true;
}

static m_status draw_layers(m_call *call, wms_stock *stock, wms_bin *bin, m_dec qty, m_id first,
                            m_stock_move move, m_str path, m_dec *out_value)
{
    wms_draw *draws = NULL;
    uint32_t count = 0;
    m_dec value = {0};
    M_TRY(WMS_ARRAY(call, draws, bin->layer_count));
    m_status status =
        wms_fifo_out(bin->layers, bin->layer_count, first, qty, stock->places, draws, &count);
    if (status == M_PRECONDITION) { /* what comes in by the same document is no layer yet */
        note_short(call, stock, bin, qty, path);
        return M_OK;
    }
    M_TRY(status);
    for (uint32_t i = 0; i < count; i++) {
        move.qty = m_dec_neg(draws[i].qty);
        move.value = m_dec_neg(draws[i].value);
        move.layer = draws[i].layer;
        value.u += draws[i].value.u;
        M_TRY(wms_stock_move(call, stock, move));
    }
    *out_value = value;
    return wms_pool_take(&bin->pool, qty, value);
}

m_status wms_stock_out(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                       m_id first, m_id source_line, m_str path, m_dec *out_value)
{
    wms_bin *bin = NULL;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    *out_value = (m_dec){0};
    if (!wms_stock_dated(call, stock, bin, path)) return M_OK;
    bool below = false;
    if (qty.u > bin->pool.qty.u) {
        if (bin->method == M_MOVING_AVERAGE)
            M_TRY(wms_arrears_allowed(stock->w, call, stock->date, &below));
        if (!below) {
            note_short(call, stock, bin, qty, path);
            return M_OK;
        }
        stock->overdraw = true;
    }
    if (!wms_stock_claim(call, stock, item, warehouse, qty, path)) return M_OK;
    m_stock_move move = {.item = item,
                         .warehouse = warehouse,
                         .source_line = source_line,
                         .basis = M_STOCK_COST,
                         .follows = first};
    if (bin->method == M_FIFO)
        return draw_layers(call, stock, bin, qty, first, move, path, out_value);
    if (bin->method == M_STANDARD) {
        if (!has_standard(call, stock, bin, path)) return M_OK;
        M_TRY(wms_standard_out(&bin->pool, qty, bin->standard, stock->places, out_value));
    } else {
        M_TRY(wms_pool_overdraw(&bin->pool, qty, stock->places, out_value));
    }
    move.qty = m_dec_neg(qty);
    move.value = m_dec_neg(*out_value);
    return wms_stock_move(call, stock, move);
}

void wms_stock_mark(wms_stock *stock, uint32_t from, m_enum basis, m_id follows)
{
    for (uint32_t i = from; i < stock->moves.count; i++) {
        m_stock_move *move = M_AT(stock->moves, m_stock_move, i);
        if (move->basis == M_STOCK_ARREARS) continue;
        move->basis = basis;
        move->follows = follows;
    }
}

bool wms_stock_at_rate(const wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                       m_dec *out_value)
{
    const wms_bin *bin = find_bin(stock, item, warehouse);
    if (!bin) return false;
    if (bin->method == M_STANDARD && !m_id_is_null(bin->rule))
        return m_dec_mul(qty, bin->standard, stock->places, M_ROUND_HALF_UP, out_value) == M_OK;
    if (bin->pool.qty.u == 0) return false;
    return m_dec_mul_div(qty, bin->pool.value, bin->pool.qty, stock->places, M_ROUND_HALF_UP,
                         out_value) == M_OK;
}

void wms_stock_note(m_call *call, wms_stock *stock, const m_error_def *def, m_str path,
                    const char *detail)
{
    note(call, stock, def, path, detail);
}

m_status wms_stock_drawn(m_call *call, wms_stock *stock, m_id item, m_id warehouse,
                         const wms_draw *draws, uint32_t count, m_id source_line, m_dec *out_value)
{
    wms_bin *bin = NULL;
    m_dec qty = {0}, value = {0};
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t k = 0; k < bin->layer_count; k++) {
            if (!m_id_eq(bin->layers[k].id, draws[i].layer)) continue;
            bin->layers[k].qty.u -= draws[i].qty.u;
            bin->layers[k].value.u -= draws[i].value.u;
        }
        qty.u += draws[i].qty.u;
        value.u += draws[i].value.u;
        M_TRY(wms_stock_move(call, stock,
                             (m_stock_move){.item = item,
                                            .warehouse = warehouse,
                                            .qty = m_dec_neg(draws[i].qty),
                                            .value = m_dec_neg(draws[i].value),
                                            .layer = draws[i].layer,
                                            .source_line = source_line,
                                            .basis = M_STOCK_COST,
                                            .follows = draws[i].layer}));
    }
    *out_value = value;
    return wms_pool_take(&bin->pool, qty, value);
}
