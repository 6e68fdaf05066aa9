#include "customer_return/customer_return.h"
#include "stock/replay.h"
#include "stock_transfer/stock_transfer.h"

/* Submitted documents do not change, but for what later steps of theirs read: a transfer knows what
 * it has under way and is worth, a delivery what came back of it. These follow the books. */

/* The changed copy of a document, read once; NULL when there is none. */
static m_status copy_of(wms_replay *r, wms_restatement *plan, const m_type *type, m_id id,
                        void **out)
{
    const void *stored = NULL;
    for (M_EACH(const wms_replay_document, known, plan->documents)) {
        *out = known->doc;
        if (known->type == type && m_id_eq(known->doc->id, id)) return M_OK;
    }
    *out = NULL;
    M_TRY(m_store_get(r->w->store, r->call, type, id, &stored));
    if (!stored) return M_OK;
    m_doc *doc = m_record_copy(type, stored, r->call->arena);
    wms_replay_document *slot =
        m_list_add(r->call->arena, &plan->documents, &plan->document_capacity, sizeof *slot);
    if (!doc || !slot) return m_fail(r->call, m_err_memory, NULL);
    doc->version++;
    doc->modified_by = r->call->actor;
    doc->modified_at = m_now(r->call);
    *slot = (wms_replay_document){type, doc};
    *out = doc;
    return M_OK;
}

static bool goes_out(const wms_movement *change)
{
    m_dec_sum qty = 0;
    for (M_EACH(const wms_draw, part, change->was))
        qty += part->qty.u;
    return qty < 0;
}

static bool is_mirror(const wms_movement *change)
{
    return change->first->basis == M_STOCK_MIRROR;
}

/* ---- transfers ---- */

/* What lies in transit of one line and layer. */
static void transit_piece(wms_stock_transfer *doc, const wms_movement *change, const wms_draw *was,
                          m_dec now)
{
    int64_t rise = now.u - was->value.u;
    for (M_EACH(wms_transit_piece, piece, doc->transit)) {
        if (!m_id_eq(piece->line, change->first->source_line) || !m_id_eq(piece->layer, was->layer))
            continue;
        if (!goes_out(change)) piece->value.u += rise;
        piece->left_value.u += rise;
        return;
    }
}

static m_status change_transfer(wms_replay *r, wms_restatement *plan, const wms_movement *change)
{
    void *found;
    int64_t rise = wms_change_value(change).u;
    M_TRY(copy_of(r, plan, &wms_stock_transfer_type, change->first->source_id, &found));
    wms_stock_transfer *doc = found;
    if (!doc) return M_OK;
    if (m_id_eq(change->first->warehouse, doc->transit_warehouse)) {
        for (M_EACH(const wms_draw, was, change->was)) {
            m_dec now = {0};
            for (M_EACH(const wms_draw, part, change->now))
                if (m_id_eq(part->layer, was->layer)) now = part->value;
            transit_piece(doc, change, was, now);
        }
        if (m_str_is(change->first->event_type, "stock_transfer_loss")) doc->lost_value.u -= rise;
        return M_OK;
    }
    if (!goes_out(change) || is_mirror(change)) return M_OK;
    for (M_EACH(wms_transfer_line, line, doc->lines))
        if (m_id_eq(line->id, change->first->source_line)) line->value.u -= rise;
    doc->total.u -= rise;
    return M_OK;
}

/* ---- deliveries and what came back ---- */

static m_status change_delivery(wms_replay *r, wms_restatement *plan, const wms_movement *change)
{
    void *found;
    int64_t rise = wms_change_value(change).u;
    if (is_mirror(change)) return M_OK;
    M_TRY(copy_of(r, plan, &wms_delivery_note_type, change->first->source_id, &found));
    wms_delivery_note *doc = found;
    wms_delivery_line *line = doc ? wms_delivery_find(doc, change->first->source_line) : NULL;
    if (!line) return M_OK;
    line->value.u -= rise;
    doc->total.u -= rise;
    return M_OK;
}

static m_status change_return(wms_replay *r, wms_restatement *plan, const wms_movement *change)
{
    void *found;
    int64_t rise = wms_change_value(change).u;
    M_TRY(copy_of(r, plan, &wms_customer_return_type, change->first->source_id, &found));
    wms_customer_return *doc = found;
    wms_customer_return_line *line = NULL;
    if (!doc) return M_OK;
    for (M_EACH(wms_customer_return_line, known, doc->lines))
        if (m_id_eq(known->id, change->first->source_line)) line = known;
    if (!line) return M_OK;
    if (!is_mirror(change)) {
        line->value.u += rise;
        doc->total.u += rise;
        doc->stock_total.u += rise;
    }
    M_TRY(copy_of(r, plan, &wms_delivery_note_type, doc->delivery, &found));
    wms_delivery_line *delivered = found ? wms_delivery_find(found, line->delivery_line) : NULL;
    if (delivered) delivered->returned_value.u += rise;
    return M_OK;
}

m_status wms_restate_documents(wms_replay *r, wms_restatement *plan)
{
    static const struct {
        const m_type *type;
        m_status (*change)(wms_replay *r, wms_restatement *plan, const wms_movement *change);
    } kinds[] = {{&wms_stock_transfer_type, change_transfer},
                 {&wms_delivery_note_type, change_delivery},
                 {&wms_customer_return_type, change_return}};
    for (M_EACH(const wms_movement, change, r->changes))
        for (size_t i = 0; !change->arrears && i < sizeof kinds / sizeof kinds[0]; i++)
            if (m_str_is(change->first->source_type, kinds[i].type->name))
                M_TRY(kinds[i].change(r, plan, change));
    return M_OK;
}
