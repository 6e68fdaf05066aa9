#include "stock_transfer/stock_transfer.h"

#include <stdio.h>

#include "stock/tracked.h"
#include "warehouse/warehouse.h"

#define IN_TRANSIT "stock_in_transit" /* its own row of the posting matrix */

/* ---- check ---- */

enum { FROM, TO, TRANSIT, PLACES };

static void check_transit(m_call *call, const wms_warehouse *transit)
{
    if (!transit)
        m_field_fail(call, m_err_link, M_STR("transit_warehouse"), "warehouse");
    else if (!transit->active)
        m_field_fail(call, WMS_ERR(WAREHOUSE_INACTIVE), M_STR("transit_warehouse"), "%.*s",
                     M_STR_ARG(transit->code));
    else if (transit->kind != WMS_TRANSIT)
        m_field_fail(call, WMS_ERR(WAREHOUSE_TRANSIT), M_STR("transit_warehouse"),
                     "%.*s is not a transit warehouse", M_STR_ARG(transit->code));
}

/* The three warehouses; the transit one is taken when it is the only one of its kind. */
static m_status check_warehouses(const wms *w, m_call *call, wms_stock_transfer *doc)
{
    static const m_enum transit_kind = WMS_TRANSIT;
    static const bool yes = true;
    m_id ids[] = {doc->from_warehouse, doc->to_warehouse, doc->transit_warehouse};
    m_filter filters[] = {{"kind", M_OP_EQ, &transit_kind}, {"active", M_OP_EQ, &yes}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = 2};
    m_fetch reads[] = {{.type = &wms_warehouse_type, .ids = ids, .key_count = PLACES},
                       {.type = &wms_warehouse_type, .query = &query}};
    bool named = !m_id_is_null(doc->transit_warehouse);
    M_TRY(m_store_fetch(w->store, call, reads, named ? 1 : 2));
    if (!m_id_is_null(doc->from_warehouse))
        wms_warehouse_usable(call, reads[0].records[FROM], M_STR("from_warehouse"));
    if (!m_id_is_null(doc->to_warehouse))
        wms_warehouse_usable(call, reads[0].records[TO], M_STR("to_warehouse"));
    if (named)
        check_transit(call, reads[0].records[TRANSIT]);
    else if (reads[1].count == 1)
        doc->transit_warehouse = ((const wms_warehouse *)reads[1].records[0])->id;
    else
        m_field_fail(call, WMS_ERR(TRANSFER_NO_TRANSIT), M_STR("transit_warehouse"), NULL);
    if (!m_id_is_null(doc->from_warehouse) && m_id_eq(doc->from_warehouse, doc->to_warehouse))
        m_field_fail(call, WMS_ERR(TRANSFER_SAME), M_STR("to_warehouse"), NULL);
    return M_OK;
}

m_status wms_stock_transfer_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const wms *w = module;
    wms_stock_transfer *doc = record;
    const m_item_info *items = NULL;
    wms_late_check(call, &doc->posting_date, doc->belongs_on, doc->late_reason);
    M_TRY(check_warehouses(w, call, doc));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_transfer_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_transfer_line *line = M_AT(doc->lines, wms_transfer_line, i);
        line->stock_qty = line->value = line->received_qty = line->lost_qty = (m_dec){0};
        if (!wms_item_good(call, &items[i], line->item, i, "item", true)) continue;
        if (m_id_is_null(line->unit)) line->unit = items[i].stock_unit;
        wms_to_stock(call, &items[i], line->unit, line->qty, i, "qty", &line->stock_qty);
        wms_track_check(call, &items[i], line->batch, line->serials, i);
    }
    doc->transit = (m_list){0};
    doc->total = doc->lost_value = (m_dec){0};
    doc->last_date = M_DATE_NONE;
    return M_OK;
}

/* ---- shared by the moves ---- */

/* What a move has read. */
typedef struct {
    wms_stock_transfer *doc;
    const m_item_info *items;
    m_id centers[PLACES];
    wms_stock stock;
} moving;

/* The bins of every line in warehouse a (drawn from) and b, and the three warehouses. */
static m_status read_all(const wms *w, m_call *call, wms_stock_transfer *doc, m_date on, m_id a,
                         m_id b, moving *m)
{
    uint32_t more = 0;
    *m = (moving){.doc = doc, .stock = {.date = on, .tracks = true}};
    M_TRY(wms_places(w, call, &m->stock.places));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_transfer_line, &m->items));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        bool costed = m_id_eq(a, doc->from_warehouse); /* out of transit the value is known */
        M_TRY(wms_stock_want(call, &m->stock, &m->items[i], a, costed));
        M_TRY(wms_stock_want(call, &m->stock, &m->items[i], b, false));
    }
    m_id ids[] = {doc->from_warehouse, doc->to_warehouse, doc->transit_warehouse};
    m_fetch reads[1 + WMS_STOCK_READS] = {
        {.type = &wms_warehouse_type, .ids = ids, .key_count = PLACES}};
    M_TRY(wms_stock_reads(call, &m->stock, &reads[1], &more));
    M_TRY(m_store_fetch(w->store, call, reads, 1 + more));
    for (int i = 0; i < PLACES; i++) {
        const wms_warehouse *warehouse = reads[0].records[i];
        if (!warehouse) return m_fail(call, m_err_not_found, "warehouse");
        m->centers[i] = warehouse->cost_center;
    }
    return wms_stock_ready(w, call, &m->stock, &reads[1], more);
}

static wms_posting posting_of(const moving *m, const char *event, const char *purpose)
{
    return (wms_posting){.event = event,
                         .type = &wms_stock_transfer_type,
                         .doc = &m->doc->doc,
                         .date = m->stock.date,
                         .purpose = purpose};
}

/* One id per step: each step is made at another version of the document. */
static const char *step_purpose(char out[48], const char *step, const wms_stock_transfer *doc)
{
    snprintf(out, 48, "%s.%lld", step, (long long)doc->version);
    return out;
}

/* ---- submit ---- */

/* Everything the line's draws took becomes a piece in transit. */
static m_status into_transit(m_call *call, moving *m, const wms_transfer_line *line,
                             uint32_t first_move, uint32_t *capacity)
{
    uint32_t end = m->stock.moves.count;
    for (uint32_t k = first_move; k < end; k++) {
        m_stock_move out = *M_AT(m->stock.moves, const m_stock_move, k);
        wms_transit_piece *piece =
            m_list_add(call->arena, &m->doc->transit, capacity, sizeof *piece);
        if (!piece) return m_fail(call, m_err_memory, NULL);
        *piece = (wms_transit_piece){.line = line->id,
                                     .layer = wms_tracked_layer(call, &m->stock, line->item,
                                                                m->doc->from_warehouse, out.layer),
                                     .qty = m_dec_neg(out.qty),
                                     .value = m_dec_neg(out.value)};
        piece->left_qty = piece->qty;
        piece->left_value = piece->value;
        M_TRY(wms_stock_in(call, &m->stock, line->item, m->doc->transit_warehouse, piece->qty,
                           piece->value, piece->layer, line->id, M_STR("transit_warehouse")));
    }
    wms_stock_mark(&m->stock, end, M_STOCK_PAIR, line->id);
    return M_OK;
}

m_status wms_stock_transfer_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_stock_transfer *doc = record;
    moving m;
    uint32_t capacity = 0;
    char path[WMS_PATH];
    M_TRY(
        read_all(w, call, doc, doc->posting_date, doc->from_warehouse, doc->transit_warehouse, &m));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        wms_transfer_line *line = M_AT(doc->lines, wms_transfer_line, i);
        uint32_t first_move = m.stock.moves.count;
        wms_track track = {
            .batch = line->batch, .serials = line->serials, .any_age = true, .line = i};
        M_TRY(wms_tracked_out(call, &m.stock, line->item, doc->from_warehouse, line->stock_qty,
                              &track, line->id, wms_path(path, "lines", i, "qty"), &line->value));
        M_TRY(into_transit(call, &m, line, first_move, &capacity));
        M_TRY(m_dec_add(doc->total, line->value, &doc->total));
    }
    doc->last_date = doc->posting_date;
    wms_posting posting = posting_of(&m, "stock_transfer", "post");
    M_TRY(wms_debit(call, &posting, IN_TRANSIT, doc->transit_warehouse, m.centers[TRANSIT],
                    doc->total));
    M_TRY(wms_credit(call, &posting, "stock", doc->from_warehouse, m.centers[FROM], doc->total));
    return wms_post(w, call, &m.stock, &posting);
}

/* ---- receive ---- */

static bool later(m_call *call, const wms_stock_transfer *doc, m_date on)
{
    if (m_date_cmp(on, doc->last_date) >= 0) return true;
    m_field_fail(call, WMS_ERR(TRANSFER_DATE), M_STR("posting_date"), NULL);
    return false;
}

static int32_t line_index(const wms_stock_transfer *doc, m_id id)
{
    for (uint32_t i = 0; i < doc->lines.count; i++)
        if (m_id_eq(M_AT(doc->lines, const wms_transfer_line, i)->id, id)) return (int32_t)i;
    return -1;
}

/* Quantity that arrived for each line of the document, from the body or everything. */
static m_status arrivals(m_call *call, const wms_stock_transfer *doc,
                         const wms_receive_input *input, m_dec **out)
{
    m_dec *arrived = NULL;
    bool all = !input || input->lines.count == 0;
    M_TRY(WMS_ARRAY(call, arrived, doc->lines.count));
    for (uint32_t i = 0; all && i < doc->lines.count; i++)
        arrived[i] = wms_transfer_open(M_AT(doc->lines, const wms_transfer_line, i));
    for (uint32_t k = 0; !all && k < input->lines.count; k++) {
        char path[WMS_PATH];
        const wms_arrival *arrival = M_AT(input->lines, const wms_arrival, k);
        int32_t i = line_index(doc, arrival->line);
        if (i < 0 || arrived[i].u) {
            m_field_fail(call, WMS_ERR(TRANSFER_LINE), wms_path(path, "lines", k, "line"), NULL);
            continue;
        }
        arrived[i] = arrival->qty;
        m_dec open = wms_transfer_open(M_AT(doc->lines, const wms_transfer_line, (uint32_t)i));
        if (arrival->qty.u <= open.u) continue;
        char text[M_DEC_TEXT];
        m_dec_format(open, 0, text);
        m_field_fail(call, WMS_ERR(TRANSFER_OVER), wms_path(path, "lines", k, "qty"),
                     "%s are under way", text);
    }
    *out = arrived;
    return m_failed_fields(call);
}

/* qty stock units of a line on from transit to `to`; null id: out of the books. */
static m_status out_of_transit(m_call *call, moving *m, const wms_transfer_line *line, m_dec qty,
                               m_id to, m_str path, m_dec *value)
{
    for (M_EACH(wms_transit_piece, piece, m->doc->transit)) {
        if (qty.u == 0) break;
        if (piece->left_qty.u == 0 || !m_id_eq(piece->line, line->id)) continue;
        m_dec part, worth;
        M_TRY(wms_transit_take(piece, &qty, m->stock.places, &part, &worth));
        M_TRY(wms_stock_move(call, &m->stock,
                             (m_stock_move){.item = line->item,
                                            .warehouse = m->doc->transit_warehouse,
                                            .qty = m_dec_neg(part),
                                            .value = m_dec_neg(worth),
                                            .layer = piece->layer,
                                            .source_line = line->id,
                                            .basis = M_STOCK_FOLLOWS,
                                            .follows = line->id}));
        uint32_t from = m->stock.moves.count;
        if (!m_id_is_null(to))
            M_TRY(wms_stock_in(call, &m->stock, line->item, to, part, worth,
                               wms_tracked_layer(call, &m->stock, line->item, to, piece->layer),
                               line->id, path));
        wms_stock_mark(&m->stock, from, M_STOCK_PAIR, line->id);
        M_TRY(m_dec_add(*value, worth, value));
    }
    return M_OK;
}

static m_status receive_lines(m_call *call, moving *m, const m_dec *arrived, m_dec *value)
{
    wms_stock_transfer *doc = m->doc;
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        char path[WMS_PATH];
        wms_transfer_line *line = M_AT(doc->lines, wms_transfer_line, i);
        m_dec stock_qty;
        if (arrived[i].u == 0) continue;
        if (!wms_to_stock_part(call, &m->items[i], line->unit, arrived[i], wms_transfer_open(line),
                               wms_transit_left(doc, line->id), i, "qty", &stock_qty))
            continue;
        M_TRY(out_of_transit(call, m, line, stock_qty, doc->to_warehouse,
                             wms_path(path, "lines", i, "qty"), value));
        line->received_qty.u += arrived[i].u;
    }
    return m->stock.fault ? M_OK : m_failed_fields(call);
}

m_status wms_stock_transfer_receive(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    const wms_receive_input *body = input;
    wms_stock_transfer *doc = record;
    moving m;
    m_dec *arrived = NULL, value = {0};
    char purpose[48];
    m_date on = body ? body->posting_date : M_DATE_NONE;
    if (body) wms_late_check(call, &on, body->belongs_on, body->late_reason);
    wms_default_date(call, &on);
    M_TRY(m_failed_fields(call));
    if (!later(call, doc, on)) return m_failed_fields(call);
    M_TRY(arrivals(call, doc, body, &arrived));
    M_TRY(read_all(w, call, doc, on, doc->transit_warehouse, doc->to_warehouse, &m));
    M_TRY(receive_lines(call, &m, arrived, &value));
    wms_posting posting =
        posting_of(&m, "stock_transfer_receipt", step_purpose(purpose, "receive", doc));
    if (body) {
        posting.belongs_on = body->belongs_on;
        posting.late_reason = body->late_reason;
    }
    M_TRY(wms_debit(call, &posting, "stock", doc->to_warehouse, m.centers[TO], value));
    M_TRY(
        wms_credit(call, &posting, IN_TRANSIT, doc->transit_warehouse, m.centers[TRANSIT], value));
    M_TRY(wms_post(w, call, &m.stock, &posting));
    doc->last_date = on;
    doc->state = wms_transfer_state(doc);
    return M_OK;
}

/* ---- write off ---- */

m_status wms_stock_transfer_write_off(void *module, m_call *call, void *record, const void *input)
{
    const wms *w = module;
    const wms_write_off_input *body = input;
    wms_stock_transfer *doc = record;
    moving m;
    char purpose[48];
    m_date on = body ? body->posting_date : M_DATE_NONE;
    wms_default_date(call, &on);
    if (!later(call, doc, on)) return m_failed_fields(call);
    M_TRY(read_all(w, call, doc, on, doc->transit_warehouse, doc->to_warehouse, &m));
    for (M_EACH(wms_transfer_line, line, doc->lines)) {
        m_dec left = wms_transit_left(doc, line->id);
        if (left.u > 0)
            M_TRY(out_of_transit(call, &m, line, left, (m_id){{0}}, (m_str){0}, &doc->lost_value));
        line->lost_qty.u += wms_transfer_open(line).u;
    }
    wms_posting posting =
        posting_of(&m, "stock_transfer_loss", step_purpose(purpose, "write_off", doc));
    M_TRY(wms_debit(call, &posting, "stock_loss", doc->transit_warehouse, m.centers[FROM],
                    doc->lost_value));
    M_TRY(wms_credit(call, &posting, IN_TRANSIT, doc->transit_warehouse, m.centers[TRANSIT],
                     doc->lost_value));
    M_TRY(wms_post(w, call, &m.stock, &posting));
    doc->last_date = on;
    return M_OK;
}

/* ---- cancel ---- */

m_status wms_stock_transfer_cancel(void *module, m_call *call, void *record, const void *input)
{
    wms_stock_transfer *doc = record;
    m_date on = wms_cancel_date(call, input, doc->posting_date);
    M_TRY(wms_unpost(module, call,
                     &(wms_undo){.event = "stock_transfer",
                                 .type = &wms_stock_transfer_type,
                                 .doc = &doc->doc,
                                 .posted_on = doc->posting_date,
                                 .on = on,
                                 .consumed = WMS_ERR(STOCK_CONSUMED)}));
    for (M_EACH(wms_transit_piece, piece, doc->transit))
        piece->left_qty = piece->left_value = (m_dec){0};
    return M_OK;
}
