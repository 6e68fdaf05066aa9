#include "stock_state.h"

static m_status add_checkpoint(m_call *call, stock_state *state, uint32_t *capacity,
                               m_stock_checkpoint row)
{
    m_stock_checkpoint *slot = m_list_add(call->arena, &state->checkpoints, capacity, sizeof *slot);
    if (!slot) return m_fail(call, m_err_memory, "checkpoints");
    *slot = row;
    return M_OK;
}

/* ---- new ones ---- */

static bool of_bin(const m_stock_entry *entry, const m_stock_bin *bin)
{
    return m_id_eq(entry->item, bin->item) && m_id_eq(entry->warehouse, bin->warehouse);
}

/* Is one due? Only behind everything else: what stands before later entries gets none. */
static bool is_due(const stock_state *state, const m_stock_bin *bin, bool *out_layered)
{
    int64_t added = 0;
    if (state->event->partial || state->event->corrections.count ||
        m_date_cmp(state->event->posting_date, bin->last_date) != 0 ||
        bin->entries < M_STOCK_CHECKPOINT_EVERY)
        return false;
    *out_layered = false;
    for (uint32_t i = 0; i < state->entry_count; i++) {
        const m_stock_entry *entry = &state->entries[i];
        if (!of_bin(entry, bin)) continue;
        added++;
        *out_layered |= !m_id_is_null(entry->layer);
    }
    return bin->entries / M_STOCK_CHECKPOINT_EVERY !=
           (bin->entries - added) / M_STOCK_CHECKPOINT_EVERY;
}

/* The open layers of a bin as they are now: rows, and over them the working copies. */
static m_status open_layers(m_store store, m_call *call, const stock_state *state,
                            const m_stock_bin *bin, m_stock_layer **out, uint32_t *out_count)
{
    static const m_dec zero;
    m_filter filters[] = {{"item", M_OP_EQ, &bin->item},
                          {"warehouse", M_OP_EQ, &bin->warehouse},
                          {"qty", M_OP_GT, &zero}};
    m_query query = {.filters = filters, .filter_count = 3, .limit = M_STOCK_CHECKPOINT_LAYERS + 1};
    m_fetch read = {.type = &m_stock_layer_type, .query = &query};
    M_TRY(m_store_fetch(store, call, &read, 1));
    m_stock_layer *layers =
        m_arena_array(call->arena, (size_t)read.count + state->layer_count + 1, sizeof *layers);
    if (!layers) return m_fail(call, m_err_memory, "layers");
    uint32_t n = 0;
    for (uint32_t i = 0; i < read.count; i++) {
        const m_stock_layer *row = read.records[i];
        if (!m_stock_state_layer(state, row->item, row->warehouse, row->layer)) layers[n++] = *row;
    }
    for (uint32_t i = 0; i < state->layer_count; i++)
        if (state->layers[i].qty.u > 0 && m_id_eq(state->layers[i].item, bin->item) &&
            m_id_eq(state->layers[i].warehouse, bin->warehouse))
            layers[n++] = state->layers[i];
    if (n) qsort(layers, n, sizeof *layers, m_stock_layer_order);
    *out = layers;
    *out_count = n;
    return M_OK;
}

static m_status new_checkpoints(m_store store, m_call *call, stock_state *state, uint32_t *capacity)
{
    for (uint32_t i = 0; i < state->bin_count; i++) {
        const m_stock_bin *bin = &state->bins[i];
        m_stock_layer *layers = NULL;
        uint32_t n = 0;
        bool layered = false;
        if (!is_due(state, bin, &layered)) continue;
        if (layered) M_TRY(open_layers(store, call, state, bin, &layers, &n));
        if (n > M_STOCK_CHECKPOINT_LAYERS) continue;
        m_stock_checkpoint row = {.item = bin->item,
                                  .warehouse = bin->warehouse,
                                  .posting_date = state->event->posting_date,
                                  .at_seq = state->event->seq,
                                  .qty = bin->qty,
                                  .value = bin->value};
        if (n && m_stock_layers_pack(call->arena, layers, n, &row.layers) != M_OK)
            return m_fail(call, m_err_memory, "layers");
        M_TRY(add_checkpoint(call, state, capacity, row));
    }
    return M_OK;
}

/* ---- later ones ---- */

/* Does the entry stand before (or at) the checkpoint? */
static bool is_before(const m_stock_entry *entry, const m_stock_checkpoint *checkpoint)
{
    int order = m_date_cmp(entry->posting_date, checkpoint->posting_date);
    return order < 0 || (order == 0 && entry->at_seq <= checkpoint->at_seq);
}

static m_status apply_layer(m_call *call, const stock_state *state, const m_stock_entry *entry,
                            m_stock_layer *layers, uint32_t *n)
{
    uint32_t i = 0;
    while (i < *n && !m_id_eq(layers[i].layer, entry->layer))
        i++;
    if (i == *n) { /* new, or emptied before the checkpoint so far */
        layers[i] = *m_stock_state_layer(state, entry->item, entry->warehouse, entry->layer);
        layers[i].qty = layers[i].value = (m_dec){0};
        ++*n;
    }
    if (m_dec_add(layers[i].qty, entry->qty, &layers[i].qty) != M_OK ||
        m_dec_add(layers[i].value, entry->value, &layers[i].value) != M_OK)
        return m_fail(call, m_err_overflow, "layer");
    return M_OK;
}

static m_status refuse_checkpoint(m_call *call, const m_stock_checkpoint *row)
{
    char text[M_DATE_TEXT];
    m_date_format(row->posting_date, text);
    return m_fail(call, m_err_stock_negative, "on %s there would be less than nothing", text);
}

/* The checkpoint with all entries of the event that stand before it. */
static m_status shift(m_call *call, const stock_state *state, m_stock_checkpoint *row,
                      bool *out_changed)
{
    m_stock_layer *held = NULL;
    uint32_t n = 0, kept = 0;
    m_dec before = row->qty;
    if (m_stock_layers_unpack(call->arena, row->layers, row->item, row->warehouse, &held, &n) !=
        M_OK)
        return m_fail(call, m_err_internal, "the layers of a checkpoint are damaged");
    m_stock_layer *layers =
        m_arena_array(call->arena, (size_t)n + state->entry_count + 1, sizeof *layers);
    if (!layers) return m_fail(call, m_err_memory, "layers");
    if (n) memcpy(layers, held, n * sizeof *layers);
    *out_changed = false;
    for (uint32_t i = 0; i < state->entry_count; i++) {
        const m_stock_entry *entry = &state->entries[i];
        if (!m_id_eq(entry->item, row->item) || !m_id_eq(entry->warehouse, row->warehouse) ||
            !is_before(entry, row))
            continue;
        *out_changed = true;
        if (m_dec_add(row->qty, entry->qty, &row->qty) != M_OK ||
            m_dec_add(row->value, entry->value, &row->value) != M_OK)
            return m_fail(call, m_err_overflow, "checkpoint");
        if (!m_id_is_null(entry->layer)) M_TRY(apply_layer(call, state, entry, layers, &n));
    }
    /* Between two events of one change the books may be parted; then only the second one counts.
     * What was below zero with the tenant's leave may stay so. */
    if (!state->event->partial && !state->event->overdraw && row->qty.u < 0 &&
        (before.u >= 0 || row->qty.u < before.u))
        return refuse_checkpoint(call, row);
    for (uint32_t i = 0; i < n; i++)
        if (layers[i].qty.u != 0 || layers[i].value.u != 0) layers[kept++] = layers[i];
    if (kept) qsort(layers, kept, sizeof *layers, m_stock_layer_order);
    if (m_stock_layers_pack(call->arena, layers, kept, &row->layers) != M_OK)
        return m_fail(call, m_err_memory, "layers");
    return M_OK;
}

/* From when on the bin has something in this event. */
static m_date first_date(const stock_state *state, const m_stock_bin *bin)
{
    m_date first = M_DATE_NONE;
    for (uint32_t i = 0; i < state->entry_count; i++) {
        const m_stock_entry *entry = &state->entries[i];
        if (!of_bin(entry, bin)) continue;
        if (m_date_is_none(first) || m_date_cmp(entry->posting_date, first) < 0)
            first = entry->posting_date;
    }
    return first;
}

typedef struct {
    m_date from;
    m_filter filters[3];
    m_query query;
} later_query;

static m_status later_checkpoints(m_store store, m_call *call, stock_state *state,
                                  uint32_t *capacity)
{
    uint32_t n = state->bin_count;
    later_query *queries = m_arena_array(call->arena, n, sizeof *queries);
    m_fetch *reads = m_arena_array(call->arena, n, sizeof *reads);
    if (!queries || !reads) return m_fail(call, m_err_memory, "checkpoints");
    for (uint32_t i = 0; i < n; i++) {
        later_query *q = &queries[i];
        q->from = first_date(state, &state->bins[i]);
        q->filters[0] = (m_filter){"item", M_OP_EQ, &state->bins[i].item};
        q->filters[1] = (m_filter){"warehouse", M_OP_EQ, &state->bins[i].warehouse};
        q->filters[2] = (m_filter){"posting_date", M_OP_GE, &q->from};
        q->query = (m_query){.filters = q->filters, .filter_count = 3};
        reads[i] = (m_fetch){.type = &m_stock_checkpoint_type, .query = &q->query};
    }
    M_TRY(m_store_fetch(store, call, reads, n));
    for (uint32_t i = 0; i < n; i++)
        for (uint32_t k = 0; k < reads[i].count; k++) {
            m_stock_checkpoint row = *(const m_stock_checkpoint *)reads[i].records[k];
            bool changed = false;
            M_TRY(shift(call, state, &row, &changed));
            if (changed) M_TRY(add_checkpoint(call, state, capacity, row));
        }
    return M_OK;
}

m_status m_stock_checkpoints(m_store store, m_call *call, stock_state *state)
{
    uint32_t capacity = 0;
    M_TRY(new_checkpoints(store, call, state, &capacity));
    if (!state->event->backdated && state->event->corrections.count == 0) return M_OK;
    return later_checkpoints(store, call, state, &capacity);
}
