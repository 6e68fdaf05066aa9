#include "stock_state.h"

#include <stdio.h>
#include <stdlib.h>

static m_str path_of(char out[48], uint32_t i, const char *member)
{
    int n = snprintf(out, 48, "moves[%u].%s", (unsigned)i, member);
    return (m_str){out, (size_t)n};
}

/* Ends the call: one move cannot be booked. The detail names item and warehouse. */
static m_status refuse(m_call *call, const m_error_def *def, uint32_t i, m_id of_item,
                       m_id of_warehouse, const char *why)
{
    char path[48];
    char item[M_ID_TEXT];
    char warehouse[M_ID_TEXT];
    m_id_format(of_item, item);
    m_id_format(of_warehouse, warehouse);
    m_field_fail(call, def, path_of(path, i, "qty"), "%s", why);
    return m_fail(call, def, "item %s in warehouse %s: %s", item, warehouse, why);
}

/* ---- checks of form ---- */

static m_status check_signs(m_call *call, const m_stock_entry *entry, uint32_t i)
{
    char path[48];
    bool in = entry->qty.u >= 0 && entry->value.u >= 0;
    bool out = entry->qty.u <= 0 && entry->value.u <= 0;
    if (m_id_is_null(entry->item))
        m_field_fail(call, m_err_required, path_of(path, i, "item"), NULL);
    if (m_id_is_null(entry->warehouse))
        m_field_fail(call, m_err_required, path_of(path, i, "warehouse"), NULL);
    if (in == out) /* both signs, or nothing at all */
        return refuse(call, m_err_stock_move, i, entry->item, entry->warehouse,
                      "quantity and value come in together or go out together, and not both zero");
    return M_OK;
}

static m_status check_event(m_call *call, const m_stock_event *event)
{
    uint64_t n = (uint64_t)event->moves.count + event->corrections.count;
    if (m_id_is_null(event->event_id)) m_field_fail(call, m_err_required, M_STR("event_id"), NULL);
    if (event->event_type.n == 0) m_field_fail(call, m_err_required, M_STR("event_type"), NULL);
    if (m_date_is_none(event->posting_date))
        m_field_fail(call, m_err_required, M_STR("posting_date"), NULL);
    if (n == 0 || n > M_KEEPER_LINES_MAX)
        m_field_fail(call, m_err_range, M_STR("moves"), "from 1 to %d moves", M_KEEPER_LINES_MAX);
    return m_failed_fields(call);
}

/* ---- entries ---- */

static m_stock_entry entry_of_move(const m_stock_event *event, const m_stock_move *move)
{
    return (m_stock_entry){
        .posting_date = event->posting_date,
        .item = move->item,
        .warehouse = move->warehouse,
        .qty = move->qty,
        .value = move->value,
        .basis = move->basis,
        .follows = move->follows,
        .method = move->method,
        .rule = move->rule,
        .layer = move->layer,
        .event_type = event->event_type,
        .voucher_no = event->voucher_no,
        .source_type = event->source_type,
        .source_id = event->source_id,
        .source_line = move->source_line,
    };
}

static m_stock_entry entry_of_correction(const m_stock_correction *c)
{
    return (m_stock_entry){
        .posting_date = c->posting_date,
        .at_seq = c->seq,
        .at_line = c->line,
        .item = c->item,
        .warehouse = c->warehouse,
        .qty = c->qty,
        .value = c->value,
        .basis = c->basis,
        .layer = c->layer,
        .method = c->method,
        .rule = c->rule,
        .event_type = c->event_type,
        .voucher_no = c->voucher_no,
        .source_type = c->source_type,
        .source_id = c->source_id,
        .source_line = c->source_line,
    };
}

/* The rows of the event: but for its seq, which is not known yet. */
static m_status list_entries(m_call *call, const m_stock_event *event, stock_state *state)
{
    uint32_t n = event->moves.count + event->corrections.count;
    *state = (stock_state){.event = event,
                           .entries = m_arena_array(call->arena, n, sizeof *state->entries),
                           .bins = m_arena_array(call->arena, n, sizeof *state->bins),
                           .layers = m_arena_array(call->arena, n, sizeof *state->layers)};
    if (!state->entries || !state->bins || !state->layers)
        return m_fail(call, m_err_memory, "stock entries");
    for (M_EACH(const m_stock_move, move, event->moves))
        state->entries[state->entry_count++] = entry_of_move(event, move);
    for (M_EACH(const m_stock_correction, correction, event->corrections))
        state->entries[state->entry_count++] = entry_of_correction(correction);
    for (uint32_t i = 0; i < n; i++)
        M_TRY(check_signs(call, &state->entries[i], i));
    return m_failed_fields(call);
}

/* Now it is known. */
static void number_entries(stock_state *state)
{
    for (uint32_t i = 0; i < state->entry_count; i++) {
        m_stock_entry *entry = &state->entries[i];
        entry->seq = state->event->seq;
        entry->line_no = (int64_t)i + 1;
        if (entry->at_seq) continue;
        entry->at_seq = entry->seq;
        entry->at_line = entry->line_no;
    }
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
static void list_state(stock_state *state)
{
    for (uint32_t i = 0; i < state->entry_count; i++) {
        const m_stock_entry *entry = &state->entries[i];
        state->bins[state->bin_count++] =
            (m_stock_bin){.item = entry->item, .warehouse = entry->warehouse};
        if (!m_id_is_null(entry->layer))
            state->layers[state->layer_count++] = (m_stock_layer){
                .item = entry->item, .warehouse = entry->warehouse, .layer = entry->layer};
    }
    state->bin_count = distinct(state->bins, state->bin_count, sizeof *state->bins, bin_order);
    state->layer_count =
        distinct(state->layers, state->layer_count, sizeof *state->layers, layer_order);
}

m_stock_bin *m_stock_state_bin(const stock_state *state, m_id item, m_id warehouse)
{
    m_stock_bin key = {.item = item, .warehouse = warehouse};
    return bsearch(&key, state->bins, state->bin_count, sizeof key, bin_order);
}

m_stock_layer *m_stock_state_layer(const stock_state *state, m_id item, m_id warehouse, m_id layer)
{
    m_stock_layer key = {.item = item, .warehouse = warehouse, .layer = layer};
    if (state->layer_count == 0) return NULL;
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
    M_TRY(list_entries(call, event, state));
    list_state(state);
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

/* Is value there without quantity, or of the other sign? */
static bool parted(m_dec qty, m_dec value)
{
    if (qty.u == 0) return value.u != 0;
    return qty.u > 0 ? value.u < 0 : value.u > 0;
}

static m_status move_layer(const stock_state *state, const m_stock_entry *entry)
{
    m_stock_layer *layer = m_stock_state_layer(state, entry->item, entry->warehouse, entry->layer);
    if (layer->opened_seq == 0) {
        layer->opened_seq = entry->at_seq;
        layer->opened_line = entry->at_line;
        layer->opened_on = entry->posting_date;
    }
    M_TRY(m_dec_add(layer->qty, entry->qty, &layer->qty));
    return m_dec_add(layer->value, entry->value, &layer->value);
}

static m_status check_layer(m_call *call, const stock_state *state, const m_stock_entry *entry,
                            uint32_t i)
{
    const m_stock_layer *layer =
        m_stock_state_layer(state, entry->item, entry->warehouse, entry->layer);
    if (!layer || (layer->qty.u >= 0 && !parted(layer->qty, layer->value))) return M_OK;
    if (layer->qty.u < 0 || layer->value.u < 0)
        return refuse(call, m_err_stock_layer, i, entry->item, entry->warehouse,
                      "more is drawn than the layer holds");
    return refuse(call, m_err_stock_value, i, entry->item, entry->warehouse,
                  "the emptied layer keeps a value");
}

static m_status check_date(m_call *call, const stock_state *state, const m_stock_entry *entry,
                           const m_stock_bin *bin, uint32_t i)
{
    bool own = entry->at_seq == entry->seq;
    if (!own || state->event->backdated || m_date_cmp(entry->posting_date, bin->last_date) >= 0)
        return M_OK;
    char last[M_DATE_TEXT];
    m_date_format(bin->last_date, last);
    const char *why = m_arena_printf(call->arena, "the latest movement is of %s", last);
    return refuse(call, m_err_stock_backdated, i, entry->item, entry->warehouse,
                  why ? why : "there is a later movement");
}

static m_status check_bin(m_call *call, const m_stock_event *event, const m_stock_entry *entry,
                          const m_stock_bin *bin, m_dec had, uint32_t i)
{
    /* What comes in may leave it below zero still. */
    if (bin->qty.u < 0 && entry->qty.u < 0 && !event->overdraw) {
        char have[M_DEC_TEXT];
        char need[M_DEC_TEXT];
        m_dec_format(had, 0, have);
        m_dec_format(m_dec_neg(entry->qty), 0, need);
        const char *why = m_arena_printf(call->arena, "%s are there, %s are needed", have, need);
        return refuse(call, m_err_stock_negative, i, entry->item, entry->warehouse,
                      why ? why : "too few are there");
    }
    if (!parted(bin->qty, bin->value)) return M_OK;
    return refuse(call, m_err_stock_value, i, entry->item, entry->warehouse,
                  bin->qty.u ? "quantity and value would be of different signs"
                             : "the emptied bin keeps a value");
}

/* Corrections undo and redo what was done before: only their end counts, and what goes on in the
 * next event is looked at there. Other moves are done one after the other, and each must be
 * possible. */
static m_status move_one(m_call *call, const stock_state *state, uint32_t i)
{
    const m_stock_entry *entry = &state->entries[i];
    bool step = state->event->corrections.count == 0 && !state->event->partial;
    m_stock_bin *bin = m_stock_state_bin(state, entry->item, entry->warehouse);
    m_dec had = bin->qty;
    M_TRY(check_date(call, state, entry, bin, i));
    M_TRY(m_dec_add(bin->qty, entry->qty, &bin->qty));
    M_TRY(m_dec_add(bin->value, entry->value, &bin->value));
    if (step) M_TRY(check_bin(call, state->event, entry, bin, had, i));
    if (m_date_cmp(entry->posting_date, bin->last_date) > 0) bin->last_date = entry->posting_date;
    bin->last_seq = entry->seq;
    bin->entries++;
    if (m_id_is_null(entry->layer)) return M_OK;
    M_TRY(move_layer(state, entry));
    return step ? check_layer(call, state, entry, i) : M_OK;
}

/* Everything is worked out, and refused if need be, before the first row is queued. */
static m_status book(m_call *call, stock_state *state)
{
    number_entries(state);
    for (uint32_t i = 0; i < state->entry_count; i++) {
        const m_stock_entry *entry = &state->entries[i];
        m_status status = move_one(call, state, i);
        if (status == M_RANGE)
            return refuse(call, m_err_overflow, i, entry->item, entry->warehouse,
                          "the sum is too large");
        if (status != M_OK) return status;
    }
    if (state->event->corrections.count == 0 || state->event->partial) return M_OK;
    for (uint32_t i = 0; i < state->entry_count; i++) {
        const m_stock_entry *entry = &state->entries[i];
        const m_stock_bin *bin = m_stock_state_bin(state, entry->item, entry->warehouse);
        M_TRY(check_bin(call, state->event, entry, bin, bin->qty, i));
        if (!m_id_is_null(entry->layer)) M_TRY(check_layer(call, state, entry, i));
    }
    return M_OK;
}

static m_status write_rows(m_store store, m_call *call, const stock_state *state)
{
    for (uint32_t i = 0; i < state->entry_count; i++)
        M_TRY(m_store_insert(store, call, &m_stock_entry_type, &state->entries[i]));
    for (uint32_t i = 0; i < state->bin_count; i++)
        M_TRY(m_store_put(store, call, &m_stock_bin_type, &state->bins[i]));
    for (uint32_t i = 0; i < state->layer_count; i++)
        M_TRY(m_store_put(store, call, &m_stock_layer_type, &state->layers[i]));
    for (M_EACH(const m_stock_checkpoint, checkpoint, state->checkpoints))
        M_TRY(m_store_put(store, call, &m_stock_checkpoint_type, checkpoint));
    return M_OK;
}

m_status m_stock_project(m_store store, m_call *call, const m_stock_event *event)
{
    stock_state state;
    M_TRY(check_event(call, event));
    M_TRY(read_state(store, call, event, &state, NULL));
    M_TRY(book(call, &state));
    M_TRY(m_stock_checkpoints(store, call, &state));
    return write_rows(store, call, &state);
}

static m_status post(void *self, m_call *call, const m_stock_event *event, m_stock_receipt *out)
{
    m_store store = *(const m_store *)self;
    stock_state state;
    m_chain chain;
    M_TRY(check_event(call, event));
    M_TRY(read_state(store, call, event, &state, &chain));
    m_stock_event row = *event;
    state.event = &row;
    row.seq = chain.seq + 1;
    row.recorded_at = m_now(call);
    if (m_id_is_null(row.actor)) row.actor = call->actor;
    M_TRY(book(call, &state));
    M_TRY(m_stock_checkpoints(store, call, &state));
    M_TRY(m_keeper_seal(call, &m_stock_payload_type, &row, &chain, &row.payload, &row.hash));
    m_status status = m_store_insert(store, call, &m_stock_event_type, &row);
    if (status == M_EXISTS) return refuse_double(call, event);
    if (status != M_OK) return status;
    M_TRY(m_keeper_advance(store, call, M_STOCK_STREAM, row.seq, row.hash));
    M_TRY(write_rows(store, call, &state));
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
