#include "stock/arrears.h"
#include "stock/replay.h"

#include <stdlib.h>

static m_dec_sum qty_of(const m_list *parts)
{
    m_dec_sum sum = 0;
    for (M_EACH(const wms_draw, part, *parts))
        sum += part->qty.u;
    return sum;
}

static m_dec_sum value_of(const m_list *parts)
{
    m_dec_sum sum = 0;
    for (M_EACH(const wms_draw, part, *parts))
        sum += part->value.u;
    return sum;
}

m_dec wms_change_value(const wms_movement *change)
{
    return (m_dec){(int64_t)(value_of(&change->now) - value_of(&change->was))};
}

static m_status copy_parts(wms_replay *r, const m_list *from, int sign, m_list *out)
{
    wms_draw *parts = NULL;
    M_TRY(WMS_ARRAY(r->call, parts, from->count));
    for (uint32_t i = 0; i < from->count; i++) {
        const wms_draw *part = M_AT(*from, const wms_draw, i);
        parts[i] = (wms_draw){part->layer, {sign * part->qty.u}, {sign * part->value.u}};
    }
    *out = (m_list){parts, from->count};
    return M_OK;
}

/* ---- refusals ---- */

static m_status refuse(wms_replay *r, const m_error_def *def, const wms_movement *movement)
{
    char date[M_DATE_TEXT];
    const m_stock_entry *entry = movement->first;
    m_date_format(entry->posting_date, date);
    return m_fail(r->call, def, "%.*s of %s", M_STR_ARG(entry->voucher_no), date);
}

/* Below zero: under moving average alone, and where the tenant allows it on the day of what goes
 * out. What was there before in lesser measure, and what comes in, is no question. */
static m_status check_below(wms_replay *r, const wms_replay_pool *pool, m_date date, bool goes_out,
                            bool *out)
{
    r->below = true;
    *out = pool->method == M_MOVING_AVERAGE;
    if (!*out || !goes_out || pool->now.qty.u >= pool->was.qty.u) return M_OK;
    return wms_arrears_allowed(r->w, r->call, date, out);
}

/* Would quantity and value be of different signs? */
static bool parted(const wms_pool *pool)
{
    if (pool->qty.u == 0) return pool->value.u != 0;
    return pool->qty.u > 0 ? pool->value.u < 0 : pool->value.u > 0;
}

/* Is what is there now possible? */
static m_status check_state(wms_replay *r, const wms_movement *movement)
{
    const wms_replay_pool *pool = movement->pool;
    const m_error_def *value = r->frozen ? WMS_ERR(REPLAY_FORWARD) : WMS_ERR(STOCK_LATER);
    bool bearable = true;
    if (pool->now.qty.u < 0)
        M_TRY(check_below(r, pool, movement->first->posting_date, qty_of(&movement->now) < 0,
                          &bearable));
    if (!bearable) return refuse(r, WMS_ERR(STOCK_LATER), movement);
    if (parted(&pool->now)) return refuse(r, value, movement);
    for (uint32_t i = 0; i < pool->layer_count; i++) {
        const wms_replay_layer *layer = &pool->layers[i];
        if (layer->qty.u < 0) return refuse(r, value, movement);
        if (layer->value.u < 0 || (layer->qty.u == 0 && layer->value.u != 0))
            return refuse(r, value, movement);
    }
    return M_OK;
}

/* ---- values ---- */

/* Out at the cost of now; what is not there is told by the check that follows. */
static m_status cost_average(wms_replay *r, wms_movement *movement)
{
    wms_pool pool = movement->pool->now;
    wms_draw *part = NULL;
    m_dec qty = {(int64_t)-qty_of(&movement->was)}, value;
    m_status status = movement->pool->method == M_MOVING_AVERAGE
                          ? wms_pool_overdraw(&pool, qty, r->places, &value)
                          : wms_pool_out(&pool, qty, r->places, &value);
    if (status == M_PRECONDITION) return refuse(r, WMS_ERR(STOCK_LATER), movement);
    M_TRY(status);
    M_TRY(WMS_ARRAY(r->call, part, 1));
    *part = (wms_draw){.qty = m_dec_neg(qty), .value = m_dec_neg(value)};
    movement->now = (m_list){part, 1};
    return M_OK;
}

static m_status cost_fifo(wms_replay *r, wms_movement *movement)
{
    const wms_replay_pool *pool = movement->pool;
    wms_layer *layers = NULL;
    wms_draw *draws = NULL;
    uint32_t n = 0, count = 0;
    M_TRY(WMS_ARRAY(r->call, layers, pool->layer_count));
    M_TRY(WMS_ARRAY(r->call, draws, pool->layer_count));
    for (uint32_t i = 0; i < pool->layer_count; i++)
        if (pool->layers[i].qty.u > 0)
            layers[n++] =
                (wms_layer){pool->layers[i].row.layer, pool->layers[i].qty, pool->layers[i].value};
    m_dec qty = {(int64_t)-qty_of(&movement->was)};
    m_status status =
        wms_fifo_out(layers, n, movement->first->follows, qty, r->places, draws, &count);
    if (status == M_PRECONDITION) return refuse(r, WMS_ERR(STOCK_LATER), movement);
    M_TRY(status);
    m_list drawn = {draws, count};
    return copy_parts(r, &drawn, -1, &movement->now);
}

/* Out of the same layers as before, at what they are worth now: pieces of a transfer, batches and
 * serial numbers, which are never exchanged. */
static m_status cost_picked(wms_replay *r, wms_movement *movement)
{
    M_TRY(copy_parts(r, &movement->was, 1, &movement->now));
    for (M_EACH(wms_draw, part, movement->now)) {
        const wms_replay_layer *layer = NULL;
        for (uint32_t i = 0; i < movement->pool->layer_count; i++)
            if (m_id_eq(movement->pool->layers[i].row.layer, part->layer))
                layer = &movement->pool->layers[i];
        if (!layer || part->qty.u >= 0) continue;
        m_dec value;
        m_status status =
            wms_share(layer->value, m_dec_neg(part->qty), layer->qty, r->places, &value);
        if (status == M_PRECONDITION) return refuse(r, WMS_ERR(STOCK_LATER), movement);
        M_TRY(status);
        part->value = m_dec_neg(value);
    }
    return M_OK;
}

/* Shares a value out over what came in together, as it was when that was recorded: one part, or
 * pieces with serial numbers. */
static m_status spread(wms_replay *r, m_list *draws, m_dec value)
{
    wms_part *parts = NULL;
    M_TRY(WMS_ARRAY(r->call, parts, draws->count));
    for (uint32_t i = 0; i < draws->count; i++)
        parts[i].basis = M_AT(*draws, const wms_draw, i)->qty;
    if (draws->count == 1)
        parts[0].amount = value;
    else if (wms_split(value, parts, draws->count, r->places) != M_OK)
        return m_fail(r->call, m_err_internal, "value of pieces");
    for (uint32_t i = 0; i < draws->count; i++)
        M_AT(*draws, wms_draw, i)->value = parts[i].amount;
    return M_OK;
}

/* In at the rate of now. */
static m_status at_rate(wms_replay *r, wms_movement *movement)
{
    const wms_pool *pool = &movement->pool->now;
    m_dec qty = {(int64_t)qty_of(&movement->was)}, value;
    M_TRY(copy_parts(r, &movement->was, 1, &movement->now));
    if (pool->qty.u == 0) return M_OK;
    if (m_dec_mul_div(qty, pool->value, pool->qty, r->places, M_ROUND_HALF_UP, &value) != M_OK)
        return m_fail(r->call, m_err_overflow, "value");
    return spread(r, &movement->now, value);
}

/* Under standard cost, at the rate of its own day. */
static m_status at_standard(wms_replay *r, wms_movement *movement, m_dec rate)
{
    wms_pool pool = movement->pool->now;
    m_dec qty = {(int64_t)qty_of(&movement->was)}, value;
    m_status status;
    M_TRY(copy_parts(r, &movement->was, 1, &movement->now));
    wms_draw *part = M_AT(movement->now, wms_draw, 0);
    if (qty.u > 0)
        status = wms_standard_in(&pool, qty, rate, r->places, &value);
    else if (qty.u < 0)
        status = wms_standard_out(&pool, m_dec_neg(qty), rate, r->places, &value);
    else
        status = wms_pool_reprice(&pool, rate, r->places, &value);
    if (status == M_PRECONDITION) return refuse(r, WMS_ERR(STOCK_LATER), movement);
    if (status != M_OK) return m_fail(r->call, m_err_overflow, "quantity × standard cost");
    part->value = qty.u < 0 ? m_dec_neg(value) : value;
    return M_OK;
}

/* Is it valued by a standard, and by which? A new one values everything that is there. */
static bool by_standard(const wms_replay *r, const wms_movement *movement, m_dec *out_rate)
{
    const m_stock_entry *first = movement->first;
    m_dec_sum qty = qty_of(&movement->was);
    if (movement->pool->method != M_STANDARD || movement->was.count != 1 ||
        !wms_replay_standard(movement->pool, first->rule, out_rate))
        return false;
    if (qty == 0) return first->basis == M_STOCK_GIVEN && m_id_eq(first->source_id, first->rule);
    if (r->frozen) return false;
    return first->basis == (qty > 0 ? M_STOCK_GIVEN : M_STOCK_COST) ||
           (qty > 0 && first->basis == M_STOCK_RATE);
}

/* What was counted is there: the difference is taken up here. The state as booked stands behind the
 * count already. Of batches and pieces only those were counted that moved. */
static m_status wall(wms_replay *r, wms_movement *movement)
{
    const wms_replay_pool *pool = movement->pool;
    wms_draw *parts = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(r->call, parts, (size_t)pool->layer_count + 1));
    for (uint32_t i = 0; i < pool->layer_count; i++) {
        const wms_replay_layer *layer = &pool->layers[i];
        wms_draw part = {layer->row.layer,
                         {layer->row.qty.u - layer->qty.u},
                         {layer->row.value.u - layer->value.u}};
        bool counted = pool->method != M_BATCH_AVERAGE;
        for (M_EACH(const wms_draw, was, movement->was))
            counted |= m_id_eq(was->layer, part.layer);
        if (counted && (part.qty.u || part.value.u)) parts[n++] = part;
    }
    if (pool->method != M_FIFO && pool->method != M_BATCH_AVERAGE)
        parts[n++] = (wms_draw){.qty = {pool->was.qty.u - pool->now.qty.u},
                                .value = {pool->was.value.u - pool->now.value.u}};
    movement->now = (m_list){parts, n};
    return M_OK;
}

static wms_target *target_of(const wms_replay *r, const wms_movement *movement)
{
    for (M_EACH(wms_target, target, r->targets))
        if (!target->done && target->pool == movement->pool &&
            target->arrears == movement->arrears && target->at_seq == movement->first->at_seq &&
            m_id_eq(target->source_line, movement->first->source_line))
            return target;
    return NULL;
}

static m_status use_target(wms_replay *r, wms_target *target, wms_movement *movement)
{
    target->done = true;
    M_TRY(copy_parts(r, target->more ? &movement->was : &target->parts, 1, &movement->now));
    if (!target->more) return M_OK;
    for (M_EACH(wms_draw, part, movement->now))
        for (M_EACH(const wms_draw, rise, target->parts))
            if (m_id_eq(part->layer, rise->layer) &&
                m_dec_add(part->value, rise->value, &part->value) != M_OK)
                return m_fail(r->call, m_err_overflow, "value");
    return M_OK;
}

/* Out, at what it costs now. */
static m_status cost(wms_replay *r, wms_movement *movement)
{
    if (movement->pool->method == M_FIFO) return cost_fifo(r, movement);
    if (movement->pool->method == M_BATCH_AVERAGE) return cost_picked(r, movement);
    return cost_average(r, movement);
}

/* What the movement would be booked at now. */
static m_status revalue(wms_replay *r, wms_movement *movement)
{
    const m_stock_entry *first = movement->first;
    m_dec_sum qty = qty_of(&movement->was);
    m_dec rate;
    wms_target *target = target_of(r, movement);
    if (first->method != movement->pool->method) return refuse(r, WMS_ERR(STOCK_METHOD), movement);
    if (target) return use_target(r, target, movement);
    if (by_standard(r, movement, &rate)) return at_standard(r, movement, rate);
    if (r->frozen) return copy_parts(r, &movement->was, 1, &movement->now);
    if (first->basis == M_STOCK_COUNT) return wall(r, movement);
    if (qty < 0 && first->basis == M_STOCK_COST) return cost(r, movement);
    if (movement->pool->method == M_FIFO && qty < 0 && first->basis == M_STOCK_FOLLOWS)
        return cost_picked(r, movement);
    if (qty > 0 && first->basis == M_STOCK_RATE) return at_rate(r, movement);
    return copy_parts(r, &movement->was, 1, &movement->now);
}

/* ---- what is settled ---- */

static m_status one_part(wms_replay *r, m_dec value, m_list *out)
{
    wms_draw *part = NULL;
    *out = (m_list){NULL, 0};
    if (value.u == 0) return M_OK;
    M_TRY(WMS_ARRAY(r->call, part, 1));
    part->value = value;
    *out = (m_list){part, 1};
    return M_OK;
}

/* A count finds goods below zero: they cost what is worth the rest of them; the difference to what
 * is there after it is settled. */
static m_status settle_count(wms_replay *r, wms_movement *count, wms_movement *settled)
{
    const wms_pool *after = &count->pool->was;
    wms_draw *goods = M_AT(count->now, wms_draw, 0);
    m_dec value = goods->value;
    if (after->qty.u > 0 && m_dec_mul_div(goods->qty, after->value, after->qty, r->places,
                                          M_ROUND_HALF_UP, &value) != M_OK)
        return m_fail(r->call, m_err_overflow, "value");
    m_dec rest = {goods->value.u - value.u};
    goods->value = value;
    return one_part(r, rest, &settled->now);
}

/* What goods that come in settle now: as when they were recorded where nothing is valued anew. The
 * place of one that was not there is theirs. */
static m_status settle(wms_replay *r, wms_movement *goods, wms_movement *settled)
{
    wms_pool pool = goods->pool->now;
    m_dec correction = {0};
    m_dec_sum qty = qty_of(&goods->now), value = value_of(&goods->now);
    if (!settled->first) settled->first = goods->first;
    wms_target *target = target_of(r, settled);
    if (target) return use_target(r, target, settled);
    if (r->frozen || goods->first->basis == M_STOCK_MIRROR)
        return copy_parts(r, &settled->was, 1, &settled->now);
    if (goods->pool->method != M_MOVING_AVERAGE || qty <= 0 || pool.qty.u >= 0) return M_OK;
    if (goods->first->basis == M_STOCK_COUNT) return settle_count(r, goods, settled);
    if (wms_pool_cover(&pool, (m_dec){(int64_t)qty}, (m_dec){(int64_t)value}, r->places,
                       &correction) != M_OK)
        return m_fail(r->call, m_err_overflow, "arrears");
    return one_part(r, correction, &settled->now);
}

/* ---- what follows ---- */

static m_status add_target(wms_replay *r, const m_stock_entry *entry, m_list parts)
{
    wms_replay_pool *pool;
    M_TRY(wms_replay_pool_of(r, entry->item, entry->warehouse, entry->method, entry->posting_date,
                             false, &pool));
    wms_target *target =
        m_list_add(r->call->arena, &r->targets, &r->target_capacity, sizeof *target);
    if (!target) return m_fail(r->call, m_err_memory, NULL);
    *target = (wms_target){.pool = pool,
                           .date = entry->posting_date,
                           .at_seq = entry->at_seq,
                           .at_line = entry->at_line,
                           .source_line = entry->source_line,
                           .parts = parts};
    return M_OK;
}

/* The other leg: each of its pieces is worth what lay at its place in what left. */
static m_status pair_parts(wms_replay *r, const m_list *left, const m_list *rows, m_list *out)
{
    wms_draw *parts = NULL;
    wms_draw rest = {.qty = {0}};
    uint32_t next = 0;
    M_TRY(WMS_ARRAY(r->call, parts, rows->count));
    for (uint32_t i = 0; i < rows->count; i++) {
        const m_stock_entry *row = *M_AT(*rows, const m_stock_entry *const, i);
        m_dec open = row->qty;
        parts[i] = (wms_draw){.layer = row->layer, .qty = row->qty};
        while (open.u > 0) {
            if (rest.qty.u == 0) {
                if (next == left->count) return m_fail(r->call, m_err_internal, "legs differ");
                rest = *M_AT(*left, const wms_draw, next++);
                rest.qty = m_dec_neg(rest.qty);
                rest.value = m_dec_neg(rest.value);
                if (rest.qty.u <= 0) return m_fail(r->call, m_err_internal, "legs differ");
            }
            m_dec take = open.u < rest.qty.u ? open : rest.qty, value;
            M_TRY(wms_share(rest.value, take, rest.qty, r->places, &value));
            parts[i].value.u += value.u;
            rest.value.u -= value.u;
            rest.qty.u -= take.u;
            open.u -= take.u;
        }
    }
    *out = (m_list){parts, rows->count};
    return M_OK;
}

/* Pieces that came back together: what they are worth is shared out as when they came. */
static m_status follow_pieces(wms_replay *r, const m_list *rows, m_dec value, m_list *out)
{
    wms_draw *parts = NULL;
    M_TRY(WMS_ARRAY(r->call, parts, rows->count));
    for (uint32_t i = 0; i < rows->count; i++) {
        const m_stock_entry *row = *M_AT(*rows, const m_stock_entry *const, i);
        parts[i] = (wms_draw){.layer = row->layer, .qty = row->qty};
    }
    *out = (m_list){parts, rows->count};
    return spread(r, out, value);
}

/* Batches and pieces leaving transit: of each its part of what came of it. */
static m_status follow_layers(wms_replay *r, const m_list *rows, m_list *lots, m_list *out)
{
    wms_draw *parts = NULL;
    M_TRY(WMS_ARRAY(r->call, parts, rows->count));
    for (uint32_t i = 0; i < rows->count; i++) {
        const m_stock_entry *row = *M_AT(*rows, const m_stock_entry *const, i);
        m_dec qty = m_dec_neg(row->qty), value = {0};
        for (M_EACH(wms_draw, lot, *lots)) {
            if (!m_id_eq(lot->layer, row->layer)) continue;
            M_TRY(wms_share(lot->value, qty, lot->qty, r->places, &value));
            lot->qty.u -= qty.u;
            lot->value.u -= value.u;
        }
        parts[i] = (wms_draw){row->layer, row->qty, m_dec_neg(value)};
    }
    *out = (m_list){parts, rows->count};
    return M_OK;
}

/* Goods that came back: their part of what left, in the order in which they came. */
static m_status follow_parts(wms_replay *r, const m_list *rows, wms_pool *lot, m_list *out)
{
    wms_draw *part = NULL;
    const m_stock_entry *first = *M_AT(*rows, const m_stock_entry *const, 0);
    m_dec qty = {0}, value = {0};
    for (M_EACH(const wms_entry_ref, row, *rows))
        qty.u += (*row)->qty.u;
    bool in = qty.u > 0;
    if (!in) qty = m_dec_neg(qty);
    if (qty.u > lot->qty.u) qty = lot->qty; /* came back, was taken back, and came back again */
    if (qty.u > 0) M_TRY(wms_share(lot->value, qty, lot->qty, r->places, &value));
    lot->qty.u -= qty.u;
    lot->value.u -= value.u;
    if (rows->count > 1 && in) return follow_pieces(r, rows, value, out);
    M_TRY(WMS_ARRAY(r->call, part, 1));
    *part = (wms_draw){first->layer, in ? qty : m_dec_neg(qty), in ? value : m_dec_neg(value)};
    *out = (m_list){part, 1};
    return M_OK;
}

static int by_event(const void *a, const void *b)
{
    const m_stock_entry *x = *(const m_stock_entry *const *)a;
    const m_stock_entry *y = *(const m_stock_entry *const *)b;
    int order = (x->at_seq > y->at_seq) - (x->at_seq < y->at_seq);
    if (!order) order = m_id_cmp(x->warehouse, y->warehouse); /* legs may take turns */
    return order ? order : (x->line_no > y->line_no) - (x->line_no < y->line_no);
}

/* Everybody who follows the line, each once. */
static m_status list_followers(wms_replay *r, m_id source_line, m_list *out)
{
    uint32_t page = 0, at = 0, capacity = 0, kept = 0;
    const m_stock_entry *entry;
    m_list rows = {NULL, 0};
    while ((entry = wms_replay_follower(r, source_line, &page, &at))) {
        if (entry->basis == M_STOCK_ARREARS) continue; /* goes with the mirror beside it */
        const m_stock_entry **slot =
            m_list_add(r->call->arena, &rows, &capacity, sizeof(const m_stock_entry *));
        if (!slot) return m_fail(r->call, m_err_memory, NULL);
        *slot = entry;
    }
    const m_stock_entry **items = rows.items;
    if (rows.count) qsort(items, rows.count, sizeof *items, by_event);
    for (uint32_t i = 0; i < rows.count; i++)
        if (i == 0 || by_event(&items[kept - 1], &items[i]) != 0) items[kept++] = items[i];
    *out = (m_list){items, kept};
    return M_OK;
}

/* What was done is undone, and what was settled with it. */
static m_status mirror(wms_replay *r, const wms_movement *change, const m_stock_entry *row)
{
    m_list parts;
    M_TRY(copy_parts(r, &change->now, -1, &parts));
    M_TRY(add_target(r, row, parts));
    M_AT(r->targets, wms_target, r->targets.count - 1)->arrears = change->arrears;
    return M_OK;
}

/* One movement that follows: rows of one event, warehouse and source line. */
static m_status wake(wms_replay *r, const wms_movement *change, const m_list *rows, wms_pool *lot,
                     m_list *lots)
{
    const m_stock_entry *row = *M_AT(*rows, const m_stock_entry *const, 0);
    const m_stock_entry *first = change->first;
    m_dec_sum qty = qty_of(&change->was), value = value_of(&change->was), sign = 0;
    m_list parts;
    for (M_EACH(const wms_entry_ref, one, *rows))
        sign += (*one)->qty.u ? (*one)->qty.u : (*one)->value.u;
    bool opposite = change->arrears || (sign > 0) != ((qty ? qty : value) > 0);
    bool here = m_id_eq(row->warehouse, first->warehouse) && m_id_eq(row->item, first->item);
    if (!opposite) return M_OK;
    if (!change->arrears && row->basis == M_STOCK_PAIR && row->at_seq == first->at_seq && !here) {
        M_TRY(pair_parts(r, &change->now, rows, &parts));
        return add_target(r, row, parts);
    }
    if (row->at_seq <= first->at_seq) return M_OK;
    if (row->basis == M_STOCK_MIRROR && here) return mirror(r, change, row);
    if (change->arrears || row->basis != M_STOCK_FOLLOWS || (!here && first->basis != M_STOCK_COST))
        return M_OK;
    if (change->pool->method == M_FIFO && sign < 0) return M_OK; /* of the layer, see cost_picked */
    if (change->pool->method == M_BATCH_AVERAGE && sign < 0)
        M_TRY(follow_layers(r, rows, lots, &parts));
    else
        M_TRY(follow_parts(r, rows, lot, &parts));
    return add_target(r, row, parts);
}

static m_status wake_followers(wms_replay *r, const wms_movement *change)
{
    m_list rows;
    m_dec_sum qty = qty_of(&change->now), value = value_of(&change->now);
    wms_pool lot = {{(int64_t)(qty < 0 ? -qty : qty)}, {(int64_t)(value < 0 ? -value : value)}};
    m_list lots;
    if (m_id_is_null(change->first->source_line)) return M_OK;
    M_TRY(copy_parts(r, &change->now, 1, &lots));
    M_TRY(list_followers(r, change->first->source_line, &rows));
    for (uint32_t i = 0; i < rows.count;) {
        const m_stock_entry *const *items = rows.items;
        uint32_t end = i + 1;
        while (end < rows.count && items[end]->at_seq == items[i]->at_seq &&
               m_id_eq(items[end]->warehouse, items[i]->warehouse) &&
               m_id_eq(items[end]->source_line, items[i]->source_line))
            end++;
        m_list group = {(void *)(uintptr_t)&items[i], end - i};
        M_TRY(wake(r, change, &group, &lot, &lots));
        i = end;
    }
    return M_OK;
}

/* ---- going through ---- */

static bool same_parts(const m_list *a, const m_list *b)
{
    uint32_t found = 0, wanted = 0;
    for (M_EACH(const wms_draw, x, *a)) {
        if (x->qty.u == 0 && x->value.u == 0) continue;
        wanted++;
        for (M_EACH(const wms_draw, y, *b))
            found +=
                m_id_eq(x->layer, y->layer) && x->qty.u == y->qty.u && x->value.u == y->value.u;
    }
    uint32_t others = 0;
    for (M_EACH(const wms_draw, y, *b))
        others += y->qty.u != 0 || y->value.u != 0;
    return found == wanted && wanted == others;
}

static m_status note_change(wms_replay *r, const wms_movement *change)
{
    wms_movement *slot = m_list_add(r->call->arena, &r->changes, &r->change_capacity, sizeof *slot);
    if (!slot) return m_fail(r->call, m_err_memory, NULL);
    *slot = *change;
    return M_OK;
}

/* A new standard begins. */
static m_status begin_standard(wms_replay *r, wms_replay_pool *pool, const m_stock_entry *next)
{
    wms_movement movement;
    M_TRY(wms_replay_revalue(r, pool, next, &movement));
    if (!movement.first) return M_OK;
    M_TRY(wms_replay_apply(r, pool, movement.first, &movement.now, false, true));
    M_TRY(check_state(r, &movement));
    pool->awake = !wms_replay_met(pool);
    return note_change(r, &movement);
}

/* Where it differs from what was booked. */
static m_status note(wms_replay *r, const wms_movement *movement)
{
    if (same_parts(&movement->was, &movement->now)) return M_OK;
    M_TRY(note_change(r, movement));
    return wake_followers(r, movement);
}

static m_status step(wms_replay *r, wms_replay_pool *pool)
{
    wms_movement movement, settled;
    const m_stock_entry *next;
    M_TRY(wms_replay_peek(r, pool, &next));
    if (wms_replay_standard_due(pool, next)) return begin_standard(r, pool, next);
    M_TRY(wms_replay_take(r, pool, &movement, &settled));
    M_TRY(wms_replay_apply(r, pool, movement.first, &movement.was, true, false));
    M_TRY(wms_replay_apply(r, pool, movement.first, &settled.was, true, false));
    M_TRY(revalue(r, &movement));
    M_TRY(settle(r, &movement, &settled));
    M_TRY(wms_replay_apply(r, pool, movement.first, &movement.now, false, true));
    M_TRY(wms_replay_apply(r, pool, movement.first, &settled.now, false, true));
    M_TRY(check_state(r, &movement));
    pool->awake = !wms_replay_met(pool);
    M_TRY(note(r, &movement));
    return note(r, &settled);
}

/* The place of a pool's next step: its next entry when awake, else the first target in it. */
typedef struct {
    wms_replay_pool *pool;
    m_date date;
    int64_t at_seq;
    int64_t at_line;
} place;

static bool sooner(const place *a, const place *b)
{
    int order = m_date_cmp(a->date, b->date);
    if (order) return order < 0;
    return a->at_seq != b->at_seq ? a->at_seq < b->at_seq : a->at_line < b->at_line;
}

static m_status place_of(wms_replay *r, wms_replay_pool *pool, place *out, bool *out_any)
{
    *out_any = false;
    if (pool->awake) {
        const m_stock_entry *next;
        M_TRY(wms_replay_peek(r, pool, &next));
        const wms_standard_cost *due = wms_replay_standard_due(pool, next);
        if (!next && !due) return M_OK;
        *out_any = true;
        if (due && (!next || m_date_cmp(due->posting_date, next->posting_date) < 0))
            *out = (place){pool, due->posting_date, WMS_REPLAY_END, 0};
        else
            *out = (place){pool, next->posting_date, next->at_seq, next->at_line};
        return M_OK;
    }
    for (M_EACH(const wms_target, target, r->targets)) {
        place at = {pool, target->date, target->at_seq, target->at_line};
        if (target->done || target->pool != pool || (*out_any && !sooner(&at, out))) continue;
        *out = at;
        *out_any = true;
    }
    return M_OK;
}

m_status wms_replay_run(wms_replay *r)
{
    for (;;) {
        place next = {.pool = NULL};
        for (uint32_t i = 0; i < r->pools.count; i++) {
            place at;
            bool any;
            M_TRY(place_of(r, *M_AT(r->pools, wms_replay_pool *, i), &at, &any));
            if (any && (!next.pool || sooner(&at, &next))) next = at;
        }
        if (!next.pool) return M_OK;
        if (!next.pool->awake) { /* both states are one up to there */
            M_TRY(wms_replay_forward(r, next.pool, next.date, next.at_seq));
            next.pool->awake = true;
            continue;
        }
        M_TRY(step(r, next.pool));
    }
}

/* ---- beginnings ---- */

/* A mirror may take what is there today and was not there then. */
static m_status check_inserted(wms_replay *r, const wms_replay_pool *pool, m_date date)
{
    char day[M_DATE_TEXT];
    bool bearable = true;
    m_date_format(date, day);
    if (pool->now.qty.u < 0)
        M_TRY(check_below(r, pool, date, pool->now.qty.u < pool->was.qty.u, &bearable));
    if (!bearable)
        return m_fail(r->call, m_err_stock_negative, "on %s there would be less than nothing", day);
    if (!parted(&pool->now)) return M_OK;
    return m_fail(r->call, m_err_stock_value, "on %s", day);
}

m_status wms_replay_insert(wms_replay *r, const wms_stock *stock)
{
    for (uint32_t i = 0; i < stock->moves.count; i++) {
        const m_stock_move *move = M_AT(stock->moves, const m_stock_move, i);
        for (M_EACH(wms_replay_pool_ref, known, r->pools)) {
            wms_replay_pool *pool = *known;
            if (!m_id_eq(pool->item, move->item) || !m_id_eq(pool->warehouse, move->warehouse))
                continue;
            m_stock_entry at = {.posting_date = stock->date,
                                .at_seq = WMS_REPLAY_END,
                                .at_line = (int64_t)i + 1,
                                .qty = move->qty,
                                .basis = move->basis,
                                .follows = move->follows};
            wms_draw part = {move->layer, move->qty, move->value};
            m_list parts = {&part, 1};
            M_TRY(wms_replay_apply(r, pool, &at, &parts, false, true));
            pool->awake = true;
        }
    }
    for (M_EACH(wms_replay_pool_ref, known, r->pools)) {
        if (!(*known)->awake) continue;
        M_TRY(check_inserted(r, *known, stock->date));
        (*known)->awake = !wms_replay_met(*known);
    }
    return M_OK;
}

m_status wms_replay_raise(wms_replay *r, m_id item, m_id warehouse, m_enum method, m_date date,
                          int64_t at_seq, m_id source_line, m_id layer, m_dec value)
{
    wms_draw *part = NULL;
    m_stock_entry at = {.item = item,
                        .warehouse = warehouse,
                        .method = method,
                        .posting_date = date,
                        .at_seq = at_seq,
                        .source_line = source_line};
    M_TRY(WMS_ARRAY(r->call, part, 1));
    *part = (wms_draw){.layer = layer, .value = value};
    M_TRY(add_target(r, &at, (m_list){part, 1}));
    M_AT(r->targets, wms_target, r->targets.count - 1)->more = true;
    return M_OK;
}
