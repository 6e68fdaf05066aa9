#include "stock/tracked.h"

#include <stdlib.h>

/* ---- what both ways need ---- */

static m_status need_bin(m_call *call, const wms_stock *stock, m_id item, m_id warehouse,
                         const wms_bin **out)
{
    *out = wms_stock_bin(stock, item, warehouse);
    return *out ? M_OK : m_fail(call, m_err_internal, "stock plan without its bin");
}

static void complain(m_call *call, wms_stock *stock, const m_error_def *def, uint32_t line,
                     const char *member, m_str what)
{
    char path[WMS_PATH];
    const char *detail = m_str_z(call->arena, what);
    wms_stock_note(call, stock, def, wms_path(path, "lines", line, member), detail ? detail : "");
}

/* Names nothing, as it must be for an item without batches and serial numbers. */
static bool names_nothing(m_call *call, wms_stock *stock, const wms_bin *bin,
                          const wms_track *track)
{
    if (m_id_is_null(track->batch) && track->serials.n == 0) return true;
    complain(call, stock, WMS_ERR(TRACK_NONE), track->line,
             m_id_is_null(track->batch) ? "serials" : "batch", bin->item_code);
    return false;
}

/* The masters of a line's serial numbers: *out of them, NULL for an unknown one. *out_codes: the
 * numbers. Notes the wrong number of them; *out_good false then. */
static m_status find_serials(m_call *call, wms_stock *stock, const wms_bin *bin, m_dec qty,
                             const wms_track *track, m_list *out_codes,
                             const wms_serial_number ***out, bool *out_good)
{
    m_list codes = {NULL, 0};
    m_status split = wms_serials_split(call->arena, track->serials, &codes);
    *out_good = false;
    if (split == M_NOMEM) return m_fail(call, m_err_memory, NULL);
    if (split != M_OK) {
        complain(call, stock, WMS_ERR(SERIAL_FORM), track->line, "serials", track->serials);
        return M_OK;
    }
    if (qty.u != (int64_t)codes.count * M_DEC_ONE) {
        complain(call, stock, WMS_ERR(SERIAL_COUNT), track->line, "serials", bin->item_code);
        return M_OK;
    }
    m_filter filters[] = {{"item", M_OP_EQ, &bin->item}, {"code", M_OP_IN, &codes}};
    m_query query = {.filters = filters, .filter_count = 2};
    m_fetch read = {.type = &wms_serial_number_type, .query = &query};
    const wms_serial_number **found = NULL;
    M_TRY(m_store_fetch(stock->w->store, call, &read, 1));
    M_TRY(wms_array(call, (void **)(uintptr_t)&found, codes.count, sizeof *found));
    for (uint32_t i = 0; i < codes.count; i++)
        for (uint32_t k = 0; k < read.count && !found[i]; k++) {
            const wms_serial_number *serial = read.records[k];
            if (m_str_eq(serial->code, *M_AT(codes, const m_str, i))) found[i] = serial;
        }
    *out_codes = codes;
    *out = found;
    *out_good = true;
    return M_OK;
}

/* ---- in ---- */

static m_status batch_in(m_call *call, wms_stock *stock, const wms_bin *bin, m_dec qty, m_dec cost,
                         const wms_track *track, m_id source_line, m_str path, m_dec *out_value)
{
    const void *found = NULL;
    if (m_id_is_null(track->batch)) {
        complain(call, stock, WMS_ERR(BATCH_NEEDED), track->line, "batch", bin->item_code);
        return M_OK;
    }
    M_TRY(m_store_get(stock->w->store, call, &wms_batch_type, track->batch, &found));
    const wms_batch *batch = found;
    if (!batch || !m_id_eq(batch->item, bin->item)) {
        complain(call, stock, WMS_ERR(BATCH_ITEM), track->line, "batch", bin->item_code);
        return M_OK;
    }
    *out_value = cost;
    return wms_stock_in(call, stock, bin->item, bin->warehouse, qty, cost, batch->id, source_line,
                        path);
}

/* The first movement of these pieces after the plan's date; *out NULL: there is none. */
static m_status later_move(m_call *call, const wms_stock *stock, const wms *w, const m_list *items,
                           const m_list *ids, const m_stock_entry **out)
{
    m_filter filters[] = {
        {"item", M_OP_IN, items}, {"posting_date", M_OP_GT, &stock->date}, {"layer", M_OP_IN, ids}};
    m_query query = {.filters = filters, .filter_count = 3, .limit = 1};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    *out = read.count ? read.records[0] : NULL;
    return M_OK;
}

static m_status check_later(m_call *call, wms_stock *stock, const wms_bin *bin, const m_list *ids,
                            uint32_t line)
{
    m_list items = {(void *)(uintptr_t)&bin->item, 1};
    const m_stock_entry *later = NULL;
    M_TRY(later_move(call, stock, stock->w, &items, ids, &later));
    if (later) complain(call, stock, WMS_ERR(SERIAL_LATER), line, "serials", later->voucher_no);
    return M_OK;
}

/* Notes the first of the pieces that is in stock somewhere, or comes in by this document already;
 * or that moves later than this document. */
static m_status check_absent(m_call *call, wms_stock *stock, const wms_bin *bin,
                             const wms_serial_number **serials, uint32_t n, uint32_t line)
{
    static const m_dec zero;
    m_list ids = {NULL, 0};
    uint32_t capacity = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (!serials[i]) continue;
        m_id *slot = m_list_add(call->arena, &ids, &capacity, sizeof *slot);
        if (!slot) return m_fail(call, m_err_memory, NULL);
        *slot = serials[i]->id;
    }
    if (ids.count == 0) return M_OK;
    m_filter filters[] = {
        {"item", M_OP_EQ, &bin->item}, {"layer", M_OP_IN, &ids}, {"qty", M_OP_GT, &zero}};
    m_query query = {.filters = filters, .filter_count = 3};
    m_fetch read = {.type = &m_stock_layer_type, .query = &query};
    M_TRY(m_store_fetch(stock->w->store, call, &read, 1));
    for (uint32_t i = 0; i < n; i++) {
        bool there = false;
        for (uint32_t k = 0; serials[i] && k < read.count; k++)
            there |= m_id_eq(((const m_stock_layer *)read.records[k])->layer, serials[i]->id);
        for (M_EACH(const m_stock_move, move, stock->moves))
            there |= serials[i] && m_id_eq(move->layer, serials[i]->id);
        if (!there) continue;
        complain(call, stock, WMS_ERR(SERIAL_PRESENT), line, "serials", serials[i]->code);
        return M_OK;
    }
    return check_later(call, stock, bin, &ids, line);
}

static m_status new_serial(m_call *call, const wms_stock *stock, m_id item, m_str code, m_id *out)
{
    wms_serial_number *serial = m_record_new(&wms_serial_number_type, call->arena);
    if (!serial) return m_fail(call, m_err_memory, NULL);
    serial->id = m_new_id(call);
    serial->version = 1;
    serial->created_by = serial->modified_by = call->actor;
    serial->created_at = serial->modified_at = m_now(call);
    serial->item = item;
    serial->code = m_str_dup(call->arena, code);
    *out = serial->id;
    if (stock->w->preview) return M_OK;
    return m_store_insert(stock->w->store, call, &wms_serial_number_type, serial);
}

static m_status serials_in(m_call *call, wms_stock *stock, const wms_bin *bin, m_dec qty,
                           m_dec cost, const wms_track *track, m_id source_line, m_str path,
                           m_dec *out_value)
{
    const wms_serial_number **serials = NULL;
    wms_part *parts = NULL;
    m_list codes;
    bool good = false;
    M_TRY(find_serials(call, stock, bin, qty, track, &codes, &serials, &good));
    if (!good) return M_OK;
    M_TRY(check_absent(call, stock, bin, serials, codes.count, track->line));
    if (stock->fault) return M_OK;
    M_TRY(WMS_ARRAY(call, parts, codes.count));
    for (uint32_t i = 0; i < codes.count; i++)
        parts[i].basis = m_dec_of_int(1);
    if (wms_split(cost, parts, codes.count, stock->places) != M_OK)
        return m_fail(call, m_err_internal, "cost of serial numbers");
    for (uint32_t i = 0; i < codes.count && track->known; i++)
        if (!serials[i])
            complain(call, stock, WMS_ERR(SERIAL_UNKNOWN), track->line, "serials",
                     *M_AT(codes, const m_str, i));
    if (stock->fault) return M_OK;
    for (uint32_t i = 0; i < codes.count; i++) {
        m_id layer = serials[i] ? serials[i]->id : (m_id){{0}};
        if (!serials[i])
            M_TRY(new_serial(call, stock, bin->item, *M_AT(codes, const m_str, i), &layer));
        M_TRY(wms_stock_in(call, stock, bin->item, bin->warehouse, m_dec_of_int(1), parts[i].amount,
                           layer, source_line, path));
    }
    *out_value = cost;
    return M_OK;
}

m_status wms_tracked_enter(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                           m_dec cost, const wms_track *track, m_id source_line, m_str path,
                           m_dec *out_value)
{
    const wms_bin *bin = NULL;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    *out_value = (m_dec){0};
    if (bin->tracking == M_TRACK_NONE) {
        if (!names_nothing(call, stock, bin, track)) return M_OK;
        return wms_stock_enter(call, stock, item, warehouse, qty, cost, source_line, source_line,
                               path, out_value);
    }
    if (!wms_stock_dated(call, stock, bin, path)) return M_OK;
    if (bin->tracking == M_TRACK_BATCH)
        return batch_in(call, stock, bin, qty, cost, track, source_line, path, out_value);
    return serials_in(call, stock, bin, qty, cost, track, source_line, path, out_value);
}

/* ---- out ---- */

/* A layer with what its batch says. */
typedef struct {
    wms_layer layer;
    m_date expires_on;
    uint32_t age; /* place among the layers, oldest first */
} candidate;

static int by_expiry(const void *a, const void *b)
{
    const candidate *x = a;
    const candidate *y = b;
    int order = wms_batch_order(x->expires_on, y->expires_on);
    return order ? order : x->age < y->age ? -1 : x->age > y->age;
}

/* Is something of the layer still there now? Only a plan that is dated back asks. */
static bool is_kept(const wms_bin *bin, m_id layer)
{
    for (uint32_t i = 0; i < bin->kept_count; i++)
        if (bin->kept[i].qty.u > 0 && m_id_eq(bin->kept[i].id, layer)) return true;
    return !bin->replayed;
}

/* Layers with something in them, as they should leave. named: the user says which. */
static m_status list_candidates(m_call *call, const wms_stock *stock, const wms_bin *bin,
                                bool named, candidate **out, uint32_t *out_count)
{
    candidate *list = NULL;
    m_id *ids = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(call, list, bin->layer_count));
    M_TRY(WMS_ARRAY(call, ids, bin->layer_count));
    for (uint32_t i = 0; i < bin->layer_count; i++) {
        if (bin->layers[i].qty.u <= 0) continue;
        if (!named && !is_kept(bin, bin->layers[i].id)) continue;
        ids[n] = bin->layers[i].id;
        list[n] = (candidate){.layer = bin->layers[i], .expires_on = M_DATE_NONE, .age = n};
        n++;
    }
    if (bin->tracking == M_TRACK_BATCH && n) {
        m_fetch read = {.type = &wms_batch_type, .ids = ids, .key_count = n};
        M_TRY(m_store_fetch(stock->w->store, call, &read, 1));
        for (uint32_t i = 0; i < n; i++)
            if (read.records[i])
                list[i].expires_on = ((const wms_batch *)read.records[i])->expires_on;
        qsort(list, n, sizeof *list, by_expiry);
    }
    *out = list;
    *out_count = n;
    return M_OK;
}

static m_status expired_allowed(const wms_stock *stock, m_call *call, bool *out)
{
    m_dec value;
    M_TRY(m_policy(stock->w->masters, call, WMS_POLICY_EXPIRED, stock->date, (m_dec){0}, &value));
    *out = value.u >= M_DEC_ONE;
    return M_OK;
}

/* Keeps the batch named, or what has not expired. *out_expired: something was left out for that. */
static m_status keep_usable(m_call *call, const wms_stock *stock, const wms_track *track,
                            candidate *list, uint32_t *n, bool *out_expired)
{
    uint32_t kept = 0;
    bool named = !m_id_is_null(track->batch);
    bool asked = false, allowed = false;
    *out_expired = false;
    for (uint32_t i = 0; i < *n; i++) {
        if (named && !m_id_eq(track->batch, list[i].layer.id)) continue;
        bool good = track->any_age || wms_batch_good(list[i].expires_on, stock->date);
        if (!good && !asked) M_TRY(expired_allowed(stock, call, &allowed));
        asked |= !good;
        if (good || allowed)
            list[kept++] = list[i];
        else
            *out_expired = true;
    }
    *n = kept;
    return M_OK;
}

/* Keeps the pieces named, in the order in which they are named. */
static m_status keep_serials(m_call *call, wms_stock *stock, const wms_bin *bin, m_dec qty,
                             const wms_track *track, candidate *list, uint32_t *n)
{
    const wms_serial_number **serials = NULL;
    m_list codes;
    uint32_t kept = 0;
    bool good = false;
    M_TRY(find_serials(call, stock, bin, qty, track, &codes, &serials, &good));
    for (uint32_t i = 0; good && i < codes.count; i++) {
        uint32_t k = kept;
        while (serials[i] && k < *n && !m_id_eq(list[k].layer.id, serials[i]->id))
            k++;
        if (!serials[i] || k == *n) {
            complain(call, stock, WMS_ERR(SERIAL_ABSENT), track->line, "serials",
                     *M_AT(codes, const m_str, i));
            continue;
        }
        candidate found = list[k];
        list[k] = list[kept];
        list[kept++] = found;
    }
    *n = kept;
    return M_OK;
}

static void note_short(m_call *call, wms_stock *stock, const wms_bin *bin, const candidate *list,
                       uint32_t n, m_dec qty, bool expired, const wms_track *track, m_str path)
{
    char have[M_DEC_TEXT], need[M_DEC_TEXT];
    m_dec held = {0};
    for (uint32_t i = 0; i < n; i++)
        held.u += list[i].layer.qty.u;
    m_dec_format(held, 0, have);
    m_dec_format(qty, 0, need);
    const char *detail = m_arena_printf(call->arena, "%.*s: %s on hand, %s needed",
                                        M_STR_ARG(bin->item_code), have, need);
    if (expired)
        complain(call, stock, WMS_ERR(BATCH_EXPIRED), track->line, "batch", bin->item_code);
    else
        wms_stock_note(call, stock, m_err_stock_negative, path, detail ? detail : need);
}

static m_status draw(m_call *call, wms_stock *stock, m_id item, m_id warehouse,
                     const candidate *list, uint32_t n, m_dec qty, m_id source_line,
                     m_dec *out_value)
{
    wms_layer *layers = NULL;
    wms_draw *draws = NULL;
    uint32_t count = 0;
    M_TRY(WMS_ARRAY(call, layers, n));
    M_TRY(WMS_ARRAY(call, draws, n));
    for (uint32_t i = 0; i < n; i++)
        layers[i] = list[i].layer;
    M_TRY(wms_fifo_out(layers, n, (m_id){{0}}, qty, stock->places, draws, &count));
    return wms_stock_drawn(call, stock, item, warehouse, draws, count, source_line, out_value);
}

m_status wms_tracked_out(m_call *call, wms_stock *stock, m_id item, m_id warehouse, m_dec qty,
                         const wms_track *track, m_id source_line, m_str path, m_dec *out_value)
{
    const wms_bin *bin = NULL;
    candidate *list = NULL;
    uint32_t n = 0;
    bool expired = false;
    M_TRY(need_bin(call, stock, item, warehouse, &bin));
    *out_value = (m_dec){0};
    if (bin->tracking == M_TRACK_NONE) {
        if (!names_nothing(call, stock, bin, track)) return M_OK;
        return wms_stock_out(call, stock, item, warehouse, qty, track->first, source_line, path,
                             out_value);
    }
    if (!wms_stock_dated(call, stock, bin, path)) return M_OK;
    bool named = !m_id_is_null(track->batch) || track->serials.n;
    M_TRY(list_candidates(call, stock, bin, named, &list, &n));
    if (bin->tracking == M_TRACK_BATCH)
        M_TRY(keep_usable(call, stock, track, list, &n, &expired));
    else if (track->serials.n)
        M_TRY(keep_serials(call, stock, bin, qty, track, list, &n));
    if (stock->fault) return M_OK;
    m_dec_sum held = 0;
    for (uint32_t i = 0; i < n; i++)
        held += list[i].layer.qty.u;
    if (held < qty.u) {
        note_short(call, stock, bin, list, n, qty, expired, track, path);
        return M_OK;
    }
    if (!wms_stock_claim(call, stock, item, warehouse, qty, path)) return M_OK;
    return draw(call, stock, item, warehouse, list, n, qty, source_line, out_value);
}

/* ---- mirrors ---- */

/* Layers of batches and pieces that more of comes in than goes out. */
static m_status list_returning(m_call *call, const wms_stock *stock, m_list *items, m_list *ids)
{
    uint32_t item_capacity = 0, id_capacity = 0;
    for (M_EACH(const m_stock_move, move, stock->moves)) {
        m_dec_sum net = 0;
        if (move->method != M_BATCH_AVERAGE || move->qty.u <= 0) continue;
        for (M_EACH(const m_stock_move, other, stock->moves))
            if (m_id_eq(other->layer, move->layer)) net += other->qty.u;
        if (net <= 0) continue;
        m_id *item = m_list_add(call->arena, items, &item_capacity, sizeof *item);
        m_id *id = m_list_add(call->arena, ids, &id_capacity, sizeof *id);
        if (!item || !id) return m_fail(call, m_err_memory, NULL);
        *item = move->item;
        *id = move->layer;
    }
    return M_OK;
}

m_status wms_tracked_free(const wms *w, m_call *call, const wms_stock *stock)
{
    static const m_dec zero;
    m_list items = {NULL, 0}, ids = {NULL, 0};
    uint32_t n = 0;
    M_TRY(list_returning(call, stock, &items, &ids));
    if (ids.count == 0) return M_OK;
    m_id *pieces = ids.items;
    m_fetch masters = {.type = &wms_serial_number_type, .ids = pieces, .key_count = ids.count};
    M_TRY(m_store_fetch(w->store, call, &masters, 1));
    for (uint32_t i = 0; i < ids.count; i++)
        if (masters.records[i]) pieces[n++] = ((const wms_serial_number *)masters.records[i])->id;
    ids.count = n;
    if (n == 0) return M_OK;
    m_filter filters[] = {
        {"item", M_OP_IN, &items}, {"layer", M_OP_IN, &ids}, {"qty", M_OP_GT, &zero}};
    m_query query = {.filters = filters, .filter_count = 3, .limit = 1};
    m_fetch read = {.type = &m_stock_layer_type, .query = &query};
    const m_stock_entry *later = NULL;
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(later_move(call, stock, w, &items, &ids, &later));
    if (later) return m_fail(call, WMS_ERR(SERIAL_LATER), "%.*s", M_STR_ARG(later->voucher_no));
    if (read.count == 0) return M_OK;
    const m_stock_layer *there = read.records[0];
    const void *found = NULL;
    M_TRY(m_store_need(w->store, call, &wms_serial_number_type, there->layer, &found));
    return m_fail(call, WMS_ERR(SERIAL_PRESENT), "%.*s",
                  M_STR_ARG(((const wms_serial_number *)found)->code));
}

/* ---- drafts, transfers ---- */

void wms_track_check(m_call *call, const m_item_info *item, m_id batch, m_str serials, uint32_t i)
{
    char path[WMS_PATH];
    if (!m_id_is_null(batch) && item->tracking != M_TRACK_BATCH)
        m_field_fail(call, WMS_ERR(TRACK_NONE), wms_path(path, "lines", i, "batch"), "%.*s",
                     M_STR_ARG(item->code));
    if (serials.n && item->tracking != M_TRACK_SERIAL)
        m_field_fail(call, WMS_ERR(TRACK_NONE), wms_path(path, "lines", i, "serials"), "%.*s",
                     M_STR_ARG(item->code));
}

m_id wms_tracked_layer(m_call *call, const wms_stock *stock, m_id item, m_id warehouse, m_id from)
{
    const wms_bin *bin = wms_stock_bin(stock, item, warehouse);
    bool tracked = bin && bin->tracking != M_TRACK_NONE;
    return tracked || m_id_is_null(from) ? from : m_new_id(call);
}
