#include "keepers.h"

#include <stdio.h>
#include <stdlib.h>

/* Working copies of the bins and layers an event touches, each once, in key order: rows are locked
 * in one order everywhere. */
typedef struct {
    m_stock_bin *bins;
    uint32_t bin_count;
    m_stock_layer *layers;
    uint32_t layer_count;
} stock_state;

static m_str path_of(char out[48], uint32_t i, const char *member)
{
    int n = snprintf(out, 48, "moves[%u].%s", (unsigned)i, member);
    return (m_str){out, (size_t)n};
}

/* Ends the call: one move cannot be booked. The detail names item and warehouse. */
static m_status refuse(m_call *call, const m_error_def *def, uint32_t i, const m_stock_move *move,
                       const char *why)
{
    char path[48];
    char item[M_ID_TEXT];
    char warehouse[M_ID_TEXT];
    m_id_format(move->item, item);
    m_id_format(move->warehouse, warehouse);
    m_field_fail(call, def, path_of(path, i, "qty"), "%s", why);
    return m_fail(call, def, "item %s in warehouse %s: %s", item, warehouse, why);
}

/* ---- checks of form ---- */

static m_status check_move(m_call *call, const m_stock_move *move, uint32_t i)
{
    char path[48];
    bool in = move->qty.u >= 0 && move->value.u >= 0;
    bool out = move->qty.u <= 0 && move->value.u <= 0;
    if (m_id_is_null(move->item))
        m_field_fail(call, m_err_required, path_of(path, i, "item"), NULL);
    if (m_id_is_null(move->warehouse))
        m_field_fail(call, m_err_required, path_of(path, i, "warehouse"), NULL);
    if (in == out) /* both signs, or nothing at all */
        return refuse(call, m_err_stock_move, i, move,
                      "quantity and value come in together or go out together, and not both zero");
    return M_OK;
}

static m_status check_event(m_call *call, const m_stock_event *event)
{
    if (m_id_is_null(event->event_id)) m_field_fail(call, m_err_required, M_STR("event_id"), NULL);
    if (event->event_type.n == 0) m_field_fail(call, m_err_required, M_STR("event_type"), NULL);
    if (m_date_is_none(event->posting_date))
        m_field_fail(call, m_err_required, M_STR("posting_date"), NULL);
    if (event->moves.count == 0 || event->moves.count > M_KEEPER_LINES_MAX)
        m_field_fail(call, m_err_range, M_STR("moves"), "from 1 to %d moves", M_KEEPER_LINES_MAX);
    else
        for (uint32_t i = 0; i < event->moves.count; i++)
            M_TRY(check_move(call, M_AT(event->moves, const m_stock_move, i), i));
    return m_failed_fields(call);
}

/* ---- reading ---- */

static int bin_order(const void *a, const void *b)
{
    const m_stock_bin *x = a;
    const m_stock_bin *y = b;
    int order = m_id_cmp(x->item, y->item);
    return order ? order : m_id_cmp(x->warehouse, y->warehouse);
}

static int layer_order(const void *a, const void *b)
{
    const m_stock_layer *x = a;
    const m_stock_layer *y = b;
    int order = m_id_cmp(x->item, y->item);
    if (!order) order = m_id_cmp(x->warehouse, y->warehouse);
    return order ? order : m_id_cmp(x->layer, y->layer);
}

/* Sorts and drops repetitions; returns how many are left. */
static uint32_t distinct(void *items, uint32_t n, size_t size,
                         int (*order)(const void *, const void *))
{
    char *at = items;
    uint32_t kept = 0;
    if (n) qsort(items, n, size, order);
    for (uint32_t i = 0; i < n; i++)
        if (i == 0 || order(at + (kept - 1) * size, at + i * size) != 0)
            memmove(at + kept++ * size, at + i * size, size);
    return kept;
}

/* Every bin and layer of the event once, with nothing in it yet. */
static m_status list_state(m_call *call, const m_stock_event *event, stock_state *state)
{
    uint32_t n = event->moves.count;
    *state = (stock_state){.bins = m_arena_array(call->arena, n, sizeof *state->bins),
                           .layers = m_arena_array(call->arena, n, sizeof *state->layers)};
    if (!state->bins || !state->layers) return m_fail(call, m_err_memory, "bins and layers");
    for (M_EACH(const m_stock_move, move, event->moves)) {
        state->bins[state->bin_count++] =
            (m_stock_bin){.item = move->item, .warehouse = move->warehouse};
        if (!m_id_is_null(move->layer))
            state->layers[state->layer_count++] = (m_stock_layer){
                .item = move->item, .warehouse = move->warehouse, .layer = move->layer};
    }
    state->bin_count = distinct(state->bins, state->bin_count, sizeof *state->bins, bin_order);
    state->layer_count =
        distinct(state->layers, state->layer_count, sizeof *state->layers, layer_order);
    return M_OK;
}

static m_stock_bin *find_bin(const stock_state *state, const m_stock_move *move)
{
    m_stock_bin key = {.item = move->item, .warehouse = move->warehouse};
    return bsearch(&key, state->bins, state->bin_count, sizeof key, bin_order);
}

static m_stock_layer *find_layer(const stock_state *state, const m_stock_move *move)
{
    m_stock_layer key = {.item = move->item, .warehouse = move->warehouse, .layer = move->layer};
    return bsearch(&key, state->layers, state->layer_count, sizeof key, layer_order);
}

static void take_found(stock_state *state, const m_fetch *bins, const m_fetch *layers)
{
    for (uint32_t i = 0; i < state->bin_count; i++)
        if (bins->records[i]) state->bins[i] = *(const m_stock_bin *)bins->records[i];
    for (uint32_t i = 0; i < state->layer_count; i++)
        if (layers->records[i]) state->layers[i] = *(const m_stock_layer *)layers->records[i];
}

enum { READ_BINS, READ_LAYERS, READ_HEAD, READ_SAME, READ_TWIN, READ_COUNT };

static m_status refuse_double(m_call *call, const m_stock_event *event)
{
    char id[M_ID_TEXT];
    m_id_format(event->event_id, id);
    return m_fail(call, m_err_stock_duplicate, "%.*s %s", M_STR_ARG(event->event_type), id);
}

static const void **key_list(m_call *call, const void *records, size_t size, uint32_t n)
{
    const void **keys = m_arena_array(call->arena, n, sizeof *keys);
    for (uint32_t i = 0; keys && i < n; i++)
        keys[i] = (const char *)records + i * size;
    return keys;
}

/* Head, bins, layers and, for a reversal, its twins: all that a post reads, in one fetch. chain
 * NULL: a rebuild, which needs neither head nor twins. */
static m_status read_state(m_store store, m_call *call, const m_stock_event *event,
                           stock_state *state, m_chain *chain)
{
    M_TRY(list_state(call, event, state));
    m_stream_head head = {.stream = M_STR(M_STOCK_STREAM)};
    const void *heads[] = {&head};
    const void **bins = key_list(call, state->bins, sizeof *state->bins, state->bin_count);
    const void **layers = key_list(call, state->layers, sizeof *state->layers, state->layer_count);
    if (!bins || !layers) return m_fail(call, m_err_memory, "bins and layers");
    m_filter same[] = {{"event_id", M_OP_EQ, &event->event_id}};
    m_filter twin[] = {{"reverses", M_OP_EQ, &event->reverses}};
    m_query queries[] = {{.filters = same, .filter_count = 1, .limit = 1},
                         {.filters = twin, .filter_count = 1, .limit = 1}};
    m_fetch reads[READ_COUNT] = {
        [READ_BINS] = {.type = &m_stock_bin_type, .keys = bins, .key_count = state->bin_count},
        [READ_LAYERS] = {.type = &m_stock_layer_type,
                         .keys = layers,
                         .key_count = state->layer_count},
        [READ_HEAD] = {.type = &m_stream_head_type, .keys = heads, .key_count = 1},
        [READ_SAME] = {.type = &m_stock_event_type, .query = &queries[0]},
        [READ_TWIN] = {.type = &m_stock_event_type, .query = &queries[1]},
    };
    uint32_t n = !chain ? READ_HEAD : m_id_is_null(event->reverses) ? READ_SAME : READ_COUNT;
    M_TRY(m_store_fetch(store, call, reads, n));
    if (reads[READ_SAME].count || reads[READ_TWIN].count) return refuse_double(call, event);
    take_found(state, &reads[READ_BINS], &reads[READ_LAYERS]);
    return chain ? m_keeper_chain(call, reads[READ_HEAD].records[0], chain) : M_OK;
}

/* ---- booking ---- */

static m_status move_layer(m_call *call, m_stock_layer *layer, const m_stock_event *event,
                           const m_stock_move *move, uint32_t i)
{
    if (layer->opened_seq == 0) {
        layer->opened_seq = event->seq;
        layer->opened_line = (int64_t)i + 1;
        layer->opened_on = event->posting_date;
    }
    M_TRY(m_dec_add(layer->qty, move->qty, &layer->qty));
    M_TRY(m_dec_add(layer->value, move->value, &layer->value));
    if (layer->qty.u < 0 || layer->value.u < 0)
        return refuse(call, m_err_stock_layer, i, move, "more is drawn than the layer holds");
    if (layer->qty.u == 0 && layer->value.u != 0)
        return refuse(call, m_err_stock_value, i, move, "the emptied layer keeps a value");
    return M_OK;
}

static m_status move_bin(m_call *call, m_stock_bin *bin, const m_stock_event *event,
                         const m_stock_move *move, uint32_t i)
{
    if (m_date_cmp(event->posting_date, bin->last_date) < 0) {
        char last[M_DATE_TEXT];
        m_date_format(bin->last_date, last);
        const char *why = m_arena_printf(call->arena, "the latest movement is of %s", last);
        return refuse(call, m_err_stock_backdated, i, move,
                      why ? why : "there is a later movement");
    }
    m_dec had = bin->qty;
    M_TRY(m_dec_add(bin->qty, move->qty, &bin->qty));
    M_TRY(m_dec_add(bin->value, move->value, &bin->value));
    if (bin->qty.u < 0) {
        char have[M_DEC_TEXT];
        char need[M_DEC_TEXT];
        m_dec_format(had, 0, have);
        m_dec_format(m_dec_neg(move->qty), 0, need);
        const char *why = m_arena_printf(call->arena, "%s are there, %s are needed", have, need);
        return refuse(call, m_err_stock_negative, i, move, why ? why : "too few are there");
    }
    if (bin->value.u < 0)
        return refuse(call, m_err_stock_value, i, move, "the value would fall below zero");
    if (bin->qty.u == 0 && bin->value.u != 0)
        return refuse(call, m_err_stock_value, i, move, "the emptied bin keeps a value");
    bin->last_date = event->posting_date;
    bin->last_seq = event->seq;
    return M_OK;
}

static m_stock_entry entry_of(const m_stock_event *event, const m_stock_move *move, uint32_t i,
                              const m_stock_bin *bin)
{
    return (m_stock_entry){
        .seq = event->seq,
        .line_no = (int64_t)i + 1,
        .posting_date = event->posting_date,
        .item = move->item,
        .warehouse = move->warehouse,
        .qty = move->qty,
        .value = move->value,
        .balance_qty = bin->qty,
        .balance_value = bin->value,
        .layer = move->layer,
        .event_type = event->event_type,
        .voucher_no = event->voucher_no,
        .source_type = event->source_type,
        .source_id = event->source_id,
        .source_line = move->source_line,
        .method = move->method,
        .rule = move->rule,
    };
}

static m_status move_one(m_call *call, stock_state *state, const m_stock_event *event, uint32_t i,
                         m_stock_entry *entry)
{
    const m_stock_move *move = M_AT(event->moves, const m_stock_move, i);
    m_stock_bin *bin = find_bin(state, move);
    m_status status = move_bin(call, bin, event, move, i);
    if (status == M_OK && !m_id_is_null(move->layer))
        status = move_layer(call, find_layer(state, move), event, move, i);
    if (status == M_RANGE) return refuse(call, m_err_overflow, i, move, "the sum is too large");
    if (status == M_OK) *entry = entry_of(event, move, i, bin);
    return status;
}

/* Everything is worked out, and refused if need be, before the first row is queued. */
static m_status book(m_call *call, const m_stock_event *event, stock_state *state,
                     m_stock_entry **out)
{
    uint32_t n = event->moves.count;
    m_stock_entry *entries = m_arena_array(call->arena, n, sizeof *entries);
    if (!entries) return m_fail(call, m_err_memory, "stock entries");
    for (uint32_t i = 0; i < n; i++)
        M_TRY(move_one(call, state, event, i, &entries[i]));
    *out = entries;
    return M_OK;
}

static m_status write_rows(m_store store, m_call *call, const stock_state *state,
                           const m_stock_entry *entries, uint32_t entry_count)
{
    for (uint32_t i = 0; i < entry_count; i++)
        M_TRY(m_store_insert(store, call, &m_stock_entry_type, &entries[i]));
    for (uint32_t i = 0; i < state->bin_count; i++)
        M_TRY(m_store_put(store, call, &m_stock_bin_type, &state->bins[i]));
    for (uint32_t i = 0; i < state->layer_count; i++)
        M_TRY(m_store_put(store, call, &m_stock_layer_type, &state->layers[i]));
    return M_OK;
}

m_status m_stock_project(m_store store, m_call *call, const m_stock_event *event)
{
    stock_state state;
    m_stock_entry *entries = NULL;
    M_TRY(check_event(call, event));
    M_TRY(read_state(store, call, event, &state, NULL));
    M_TRY(book(call, event, &state, &entries));
    return write_rows(store, call, &state, entries, event->moves.count);
}

static m_status post(void *self, m_call *call, const m_stock_event *event, m_stock_receipt *out)
{
    m_store store = *(const m_store *)self;
    stock_state state;
    m_chain chain;
    m_stock_entry *entries = NULL;
    M_TRY(check_event(call, event));
    M_TRY(read_state(store, call, event, &state, &chain));
    m_stock_event row = *event;
    row.seq = chain.seq + 1;
    row.recorded_at = m_now(call);
    if (m_id_is_null(row.actor)) row.actor = call->actor;
    M_TRY(book(call, &row, &state, &entries));
    M_TRY(m_keeper_seal(call, &m_stock_payload_type, &row, &chain, &row.payload, &row.hash));
    m_status status = m_store_insert(store, call, &m_stock_event_type, &row);
    if (status == M_EXISTS) return refuse_double(call, event);
    if (status != M_OK) return status;
    M_TRY(m_keeper_advance(store, call, M_STOCK_STREAM, row.seq, row.hash));
    M_TRY(write_rows(store, call, &state, entries, row.moves.count));
    out->seq = row.seq;
    return M_OK;
}

m_stock_keeper m_stock_keeper_make(const m_store *store)
{
    static const m_stock_keeper_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "stock_keeper"}, .post = post};
    return (m_stock_keeper){&ops, (void *)(uintptr_t)store};
}

m_status m_stock_event_parse(m_call *call, m_str payload, m_stock_event *out)
{
    const void *event = NULL;
    M_TRY(m_keeper_parse(call, &m_stock_payload_type, payload, &event));
    *out = *(const m_stock_event *)event;
    out->payload = payload;
    return M_OK;
}
