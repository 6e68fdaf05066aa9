#include "stock/replay.h"

#include <stdlib.h>

m_status wms_replay_new(const wms *w, m_call *call, int places, wms_replay **out)
{
    wms_replay *r = NULL;
    M_TRY(WMS_ARRAY(call, r, 1));
    *r = (wms_replay){.w = w, .call = call, .places = places};
    *out = r;
    return M_OK;
}

/* ---- layers ---- */

static m_status add_layer(wms_replay *r, wms_replay_pool *pool, m_stock_layer row,
                          wms_replay_layer **out)
{
    if (pool->layer_count == pool->layer_capacity) {
        wms_replay_layer *more = NULL;
        uint32_t capacity = 2 * pool->layer_capacity + 16;
        M_TRY(WMS_ARRAY(r->call, more, capacity));
        if (pool->layer_count) memcpy(more, pool->layers, pool->layer_count * sizeof *more);
        pool->layers = more;
        pool->layer_capacity = capacity;
    }
    uint32_t i = pool->layer_count++;
    while (i > 0 && m_stock_layer_order(&pool->layers[i - 1].row, &row) > 0) {
        pool->layers[i] = pool->layers[i - 1];
        i--;
    }
    pool->layers[i] = (wms_replay_layer){.row = row, .qty = row.qty, .value = row.value};
    *out = &pool->layers[i];
    return M_OK;
}

static wms_replay_layer *find_layer(const wms_replay_pool *pool, m_id layer)
{
    for (uint32_t i = 0; i < pool->layer_count; i++)
        if (m_id_eq(pool->layers[i].row.layer, layer)) return &pool->layers[i];
    return NULL;
}

/* A layer that is not open here: it is made by this entry, or was used up before the checkpoint. */
static m_status new_layer(wms_replay *r, wms_replay_pool *pool, const m_stock_entry *at, m_id layer,
                          wms_replay_layer **out)
{
    m_stock_layer row = {.item = pool->item,
                         .warehouse = pool->warehouse,
                         .layer = layer,
                         .opened_seq = at->at_seq,
                         .opened_line = at->at_line,
                         .opened_on = at->posting_date};
    bool maker = m_id_is_null(at->follows) || at->basis == M_STOCK_PAIR;
    const void *found = NULL;
    if (!maker || at->qty.u <= 0)
        M_TRY(m_store_get_key(r->w->store, r->call, &m_stock_layer_type, &row, &found));
    if (found) {
        const m_stock_layer *known = found;
        row.opened_seq = known->opened_seq;
        row.opened_line = known->opened_line;
        row.opened_on = known->opened_on;
    }
    return add_layer(r, pool, row, out);
}

/* ---- reading ---- */

static m_status read_checkpoint(wms_replay *r, wms_replay_pool *pool, m_date date, bool through)
{
    m_filter filters[] = {{"item", M_OP_EQ, &pool->item},
                          {"warehouse", M_OP_EQ, &pool->warehouse},
                          {"posting_date", through ? M_OP_LE : M_OP_LT, &date}};
    m_order latest[] = {{"posting_date", true}, {"at_seq", true}};
    m_query query = {
        .filters = filters, .filter_count = 3, .orders = latest, .order_count = 2, .limit = 1};
    m_fetch read = {.type = &m_stock_checkpoint_type, .query = &query};
    m_stock_layer *layers = NULL;
    uint32_t n = 0;
    M_TRY(m_store_fetch(r->w->store, r->call, &read, 1));
    if (read.count == 0) return M_OK;
    const m_stock_checkpoint *row = read.records[0];
    pool->was = pool->now = (wms_pool){row->qty, row->value};
    if (m_stock_layers_unpack(r->call->arena, row->layers, pool->item, pool->warehouse, &layers,
                              &n) != M_OK)
        return m_fail(r->call, m_err_internal, "layers of a checkpoint");
    for (uint32_t i = 0; i < n; i++) {
        wms_replay_layer *added;
        M_TRY(add_layer(r, pool, layers[i], &added));
    }
    pool->after = (m_stock_entry){.posting_date = row->posting_date,
                                  .at_seq = row->at_seq,
                                  .seq = INT64_MAX,
                                  .line_no = INT64_MAX};
    pool->read_once = true;
    return M_OK;
}

m_status wms_replay_pool_of(wms_replay *r, m_id item, m_id warehouse, m_enum method, m_date date,
                            bool through, wms_replay_pool **out)
{
    for (M_EACH(wms_replay_pool_ref, known, r->pools)) {
        *out = *known;
        if (m_id_eq((*known)->item, item) && m_id_eq((*known)->warehouse, warehouse)) return M_OK;
    }
    if (r->pools.count == WMS_REPLAY_POOLS_MAX)
        return m_fail(r->call, WMS_ERR(REPLAY_LARGE), "%d stocks", WMS_REPLAY_POOLS_MAX);
    wms_replay_pool *pool = NULL;
    M_TRY(WMS_ARRAY(r->call, pool, 1));
    *pool = (wms_replay_pool){.item = item, .warehouse = warehouse, .method = method};
    M_TRY(read_checkpoint(r, pool, date, through));
    M_TRY(wms_replay_standards(r, pool, date, through));
    wms_replay_pool **slot = m_list_add(r->call->arena, &r->pools, &r->pool_capacity, sizeof *slot);
    if (!slot) return m_fail(r->call, m_err_memory, NULL);
    *slot = *out = pool;
    return M_OK;
}

static int by_place(const void *a, const void *b)
{
    const m_stock_entry *x = *(const m_stock_entry *const *)a;
    const m_stock_entry *y = *(const m_stock_entry *const *)b;
    int order = m_date_cmp(x->posting_date, y->posting_date);
    if (!order) order = (x->at_seq > y->at_seq) - (x->at_seq < y->at_seq);
    if (!order) order = (x->at_line > y->at_line) - (x->at_line < y->at_line);
    if (!order) order = (x->seq > y->seq) - (x->seq < y->seq);
    return order ? order : (x->line_no > y->line_no) - (x->line_no < y->line_no);
}

static int by_follows(const void *a, const void *b)
{
    const m_stock_entry *x = *(const m_stock_entry *const *)a;
    const m_stock_entry *y = *(const m_stock_entry *const *)b;
    int order = m_id_cmp(x->follows, y->follows);
    if (!order) order = (x->at_seq > y->at_seq) - (x->at_seq < y->at_seq);
    return order ? order : (x->line_no > y->line_no) - (x->line_no < y->line_no);
}

/* Who follows the movements of this page; one question. */
static m_status read_followers(wms_replay *r, const m_fetch *page)
{
    m_id *ids = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(r->call, ids, page->count));
    for (uint32_t i = 0; i < page->count; i++) {
        const m_stock_entry *entry = page->records[i];
        bool again = n && m_id_eq(ids[n - 1], entry->source_line);
        if (!again && !m_id_is_null(entry->source_line)) ids[n++] = entry->source_line;
    }
    if (n == 0 || r->frozen) return M_OK;
    m_list wanted = {ids, n};
    m_filter filter = {"follows", M_OP_IN, &wanted};
    m_query query = {.filters = &filter, .filter_count = 1, .limit = WMS_REPLAY_ENTRIES_MAX + 1};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(r->w->store, r->call, &read, 1));
    if (read.count > WMS_REPLAY_ENTRIES_MAX)
        return m_fail(r->call, WMS_ERR(REPLAY_LARGE), "%d movements", WMS_REPLAY_ENTRIES_MAX);
    if (read.count == 0) return M_OK;
    qsort(read.records, read.count, sizeof *read.records, by_follows);
    m_list *slot = m_list_add(r->call->arena, &r->pages, &r->page_capacity, sizeof *slot);
    if (!slot) return m_fail(r->call, m_err_memory, NULL);
    *slot = (m_list){read.records, read.count};
    return M_OK;
}

/* The entries of one event come together: the last event of a page may go on in the next. */
static void settle_page(wms_replay_pool *pool)
{
    uint32_t end = pool->count;
    if (!pool->last_page) {
        const m_stock_entry *last = pool->entries[end - 1];
        while (end > pool->at && pool->entries[end - 1]->at_seq == last->at_seq &&
               m_date_cmp(pool->entries[end - 1]->posting_date, last->posting_date) == 0)
            end--;
    }
    pool->ready = end;
    if (end > pool->at)
        qsort(&pool->entries[pool->at], end - pool->at, sizeof *pool->entries, by_place);
}

static m_status read_page(wms_replay *r, wms_replay_pool *pool)
{
    m_filter filters[] = {{"item", M_OP_EQ, &pool->item}, {"warehouse", M_OP_EQ, &pool->warehouse}};
    m_order orders[] = {{"posting_date", false}, {"at_seq", false}};
    m_filter from = {"posting_date", M_OP_GE, &pool->after.posting_date};
    m_filter all[] = {filters[0], filters[1], from};
    m_query query = {.filters = all,
                     .filter_count = pool->read_once ? 3 : 2,
                     .orders = orders,
                     .order_count = 2,
                     .limit = WMS_REPLAY_PAGE,
                     .after = pool->read_once ? &pool->after : NULL};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(r->w->store, r->call, &read, 1));
    r->read += read.count;
    if (r->read > WMS_REPLAY_ENTRIES_MAX)
        return m_fail(r->call, WMS_ERR(REPLAY_LARGE), "%d movements", WMS_REPLAY_ENTRIES_MAX);
    pool->last_page = read.count < WMS_REPLAY_PAGE;
    uint32_t left = pool->count - pool->at;
    const m_stock_entry **entries = NULL;
    M_TRY(wms_array(r->call, (void **)(uintptr_t)&entries, (size_t)left + read.count,
                    sizeof *entries));
    if (left) memcpy(entries, &pool->entries[pool->at], left * sizeof *entries);
    for (uint32_t i = 0; i < read.count; i++)
        entries[left + i] = read.records[i];
    pool->entries = entries;
    pool->at = 0;
    pool->count = left + read.count;
    if (read.count) {
        pool->after = *(const m_stock_entry *)read.records[read.count - 1];
        pool->read_once = true;
    }
    settle_page(pool);
    return read_followers(r, &read);
}

m_status wms_replay_peek(wms_replay *r, wms_replay_pool *pool, const m_stock_entry **out)
{
    while (pool->at == pool->ready && !pool->last_page)
        M_TRY(read_page(r, pool));
    *out = pool->at < pool->ready ? pool->entries[pool->at] : NULL;
    return M_OK;
}

const m_stock_entry *wms_replay_follower(const wms_replay *r, m_id source_line, uint32_t *page,
                                         uint32_t *at)
{
    for (; *page < r->pages.count; ++*page, *at = 0) {
        const m_list *rows = M_AT(r->pages, const m_list, *page);
        const m_stock_entry *const *entries = rows->items;
        if (*at == 0) { /* the first of this line */
            uint32_t low = 0, high = rows->count;
            while (low < high) {
                uint32_t middle = low + (high - low) / 2;
                if (m_id_cmp(entries[middle]->follows, source_line) < 0)
                    low = middle + 1;
                else
                    high = middle;
            }
            *at = low;
        }
        if (*at < rows->count && m_id_eq(entries[*at]->follows, source_line))
            return entries[(*at)++];
    }
    return NULL;
}

/* ---- going on ---- */

static m_status add_part(wms_replay *r, m_list *parts, uint32_t *capacity,
                         const m_stock_entry *entry)
{
    wms_draw *part = NULL;
    for (M_EACH(wms_draw, known, *parts))
        if (m_id_eq(known->layer, entry->layer)) part = known;
    if (!part) part = m_list_add(r->call->arena, parts, capacity, sizeof *part);
    if (!part) return m_fail(r->call, m_err_memory, NULL);
    part->layer = entry->layer;
    if (m_dec_add(part->qty, entry->qty, &part->qty) != M_OK ||
        m_dec_add(part->value, entry->value, &part->value) != M_OK)
        return m_fail(r->call, m_err_overflow, "movement");
    return M_OK;
}

m_status wms_replay_take(wms_replay *r, wms_replay_pool *pool, wms_movement *out,
                         wms_movement *out_settled)
{
    const m_stock_entry *first = pool->entries[pool->at];
    uint32_t capacity[2] = {0, 0};
    *out = (wms_movement){.pool = pool};
    *out_settled = (wms_movement){.pool = pool, .arrears = true};
    for (; pool->at < pool->ready; pool->at++) {
        const m_stock_entry *entry = pool->entries[pool->at];
        if (entry->at_seq != first->at_seq || !m_id_eq(entry->source_line, first->source_line) ||
            m_date_cmp(entry->posting_date, first->posting_date) != 0)
            break;
        bool arrears = entry->basis == M_STOCK_ARREARS;
        wms_movement *movement = arrears ? out_settled : out;
        if (!movement->first) movement->first = entry;
        M_TRY(add_part(r, &movement->was, &capacity[arrears], entry));
    }
    if (!out->first) return m_fail(r->call, m_err_internal, "arrears without goods");
    return M_OK;
}

static m_status add(m_dec *sum, m_dec part)
{
    return m_dec_add(*sum, part, sum);
}

m_status wms_replay_apply(wms_replay *r, wms_replay_pool *pool, const m_stock_entry *at,
                          const m_list *parts, bool was, bool now)
{
    for (M_EACH(const wms_draw, part, *parts)) {
        wms_replay_layer *layer = NULL;
        if (!m_id_is_null(part->layer)) {
            layer = find_layer(pool, part->layer);
            if (!layer) M_TRY(new_layer(r, pool, at, part->layer, &layer));
        }
        if ((was && (add(&pool->was.qty, part->qty) || add(&pool->was.value, part->value))) ||
            (now && (add(&pool->now.qty, part->qty) || add(&pool->now.value, part->value))) ||
            (layer && was &&
             (add(&layer->row.qty, part->qty) || add(&layer->row.value, part->value))) ||
            (layer && now && (add(&layer->qty, part->qty) || add(&layer->value, part->value))))
            return m_fail(r->call, m_err_overflow, "stock");
    }
    return M_OK;
}

bool wms_replay_met(const wms_replay_pool *pool)
{
    if (pool->was.qty.u != pool->now.qty.u || pool->was.value.u != pool->now.value.u) return false;
    for (uint32_t i = 0; i < pool->layer_count; i++) {
        const wms_replay_layer *layer = &pool->layers[i];
        if (layer->row.qty.u != layer->qty.u || layer->row.value.u != layer->value.u) return false;
    }
    return true;
}

m_status wms_replay_forward(wms_replay *r, wms_replay_pool *pool, m_date date, int64_t at_seq)
{
    for (;;) {
        const m_stock_entry *next;
        wms_movement movement, settled;
        M_TRY(wms_replay_peek(r, pool, &next));
        if (!next) return M_OK;
        int order = m_date_cmp(next->posting_date, date);
        if (order > 0 || (order == 0 && next->at_seq >= at_seq)) return M_OK;
        M_TRY(wms_replay_take(r, pool, &movement, &settled));
        wms_replay_standard_passed(pool, next);
        M_TRY(wms_replay_apply(r, pool, next, &movement.was, true, true));
        M_TRY(wms_replay_apply(r, pool, next, &settled.was, true, true));
    }
}
