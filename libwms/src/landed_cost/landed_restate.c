#include "landed_cost/landed_cost.h"

#include "stock/replay.h"
#include "warehouse/warehouse.h"

/* In a closed period what is booked stays; an adjustment beside it needs a reason. */
static m_status forward(m_call *call, const wms_landed_cost *doc, const wms_goods_receipt *receipt)
{
    m_error_clear(call);
    if (m_str_trim(doc->remarks).n) return M_OK;
    m_field_fail(call, WMS_ERR(LANDED_REASON), M_STR("remarks"), "%.*s",
                 M_STR_ARG(receipt->number));
    return m_failed_fields(call);
}

m_status wms_landed_may_restate(const wms *w, m_call *call, const wms_landed_cost *doc,
                                const m_fetch *receipts, const m_list *lines, bool *out)
{
    m_dec policy;
    *out = false;
    M_TRY(m_policy(w->masters, call, WMS_POLICY_BACKDATING, doc->posting_date,
                   m_dec_of_int(WMS_BACKDATING_REFUSE), &policy));
    if (policy.u != WMS_BACKDATING_RESTATE * M_DEC_ONE) return M_OK;
    for (M_EACH(const wms_landed_line, line, *lines))
        if (line->item->valuation == M_STANDARD || line->item->tracking != M_TRACK_NONE)
            return M_OK;
    for (uint32_t i = 0; i < receipts->count; i++) {
        const wms_goods_receipt *receipt = receipts->records[i];
        m_ledger_result result;
        m_status status =
            m_ledger_check_date(w->ledger, call, &(m_ledger_date){receipt->posting_date}, &result);
        if (status == M_PRECONDITION || status == M_DENIED) return forward(call, doc, receipt);
        M_TRY(status);
    }
    *out = true;
    return M_OK;
}

/* What a restatement works with. */
typedef struct {
    const wms *w;
    m_call *call;
    const wms_landed_cost *doc;
    const m_fetch *receipts;
    m_fetch events; /* of the receipts */
    const m_item_info *items;
    m_fetch warehouses; /* one per split */
    wms_replay *replay;
} restating;

static const wms_goods_receipt *receipt_of(const restating *r, const wms_landed_split *split)
{
    for (uint32_t i = 0; i < r->receipts->count; i++) {
        const wms_goods_receipt *receipt = r->receipts->records[i];
        if (m_id_eq(receipt->id, split->receipt)) return receipt;
    }
    return NULL;
}

static const m_stock_event *event_of(const restating *r, m_id receipt)
{
    for (uint32_t i = 0; i < r->events.count; i++) {
        const m_stock_event *event = r->events.records[i];
        if (m_id_eq(event->source_id, receipt)) return event;
    }
    return NULL;
}

static m_status read_restating(restating *r)
{
    m_id *ids = NULL, *places = NULL;
    uint32_t n = r->receipts->count;
    M_TRY(WMS_ARRAY(r->call, ids, n));
    M_TRY(WMS_ARRAY(r->call, places, r->doc->splits.count));
    for (uint32_t i = 0; i < n; i++)
        ids[i] =
            m_voucher_id(r->call, ((const wms_goods_receipt *)r->receipts->records[i])->id, "post");
    for (uint32_t k = 0; k < r->doc->splits.count; k++)
        places[k] = M_AT(r->doc->splits, const wms_landed_split, k)->warehouse;
    m_list wanted = {ids, n};
    m_filter filter = {"event_id", M_OP_IN, &wanted};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch reads[] = {
        {.type = &m_stock_event_type, .query = &query},
        {.type = &wms_warehouse_type, .ids = places, .key_count = r->doc->splits.count}};
    M_TRY(m_store_fetch(r->w->store, r->call, reads, 2));
    r->events = reads[0];
    r->warehouses = reads[1];
    return WMS_LINE_ITEMS(r->w, r->call, r->doc->splits, wms_landed_split, &r->items);
}

/* All charges of one receipt line together; false when an earlier split has done it. */
static bool line_sum(const restating *r, uint32_t k, int sign, m_dec *out)
{
    const wms_landed_split *split = M_AT(r->doc->splits, const wms_landed_split, k);
    *out = (m_dec){0};
    for (uint32_t i = 0; i < r->doc->splits.count; i++) {
        const wms_landed_split *other = M_AT(r->doc->splits, const wms_landed_split, i);
        if (!m_id_eq(other->receipt_line, split->receipt_line)) continue;
        if (i < k) return false;
        out->u += sign * other->amount.u;
    }
    return true;
}

static m_status raise_line(restating *r, uint32_t k, int sign)
{
    m_dec sum;
    const wms_landed_split *split = M_AT(r->doc->splits, const wms_landed_split, k);
    const wms_goods_receipt *receipt = receipt_of(r, split);
    const m_stock_event *event = event_of(r, split->receipt);
    if (!receipt || !event) return m_fail(r->call, m_err_internal, "receipt of a landed cost");
    if (!line_sum(r, k, sign, &sum) || sum.u == 0) return M_OK;
    m_enum method = (m_enum)r->items[k].valuation;
    return wms_replay_raise(r->replay, split->item, split->warehouse, method, receipt->posting_date,
                            event->seq, split->receipt_line,
                            method == M_FIFO ? split->receipt_line : (m_id){{0}}, sum);
}

/* The other side: the charge's account, on the day of the receipt. */
static m_status book_split(restating *r, uint32_t k, int sign)
{
    const wms_landed_split *split = M_AT(r->doc->splits, const wms_landed_split, k);
    const wms_warehouse *warehouse = r->warehouses.records[k];
    const wms_landed_charge *charge =
        M_AT(r->doc->charges, const wms_landed_charge, split->charge - 1);
    if (!warehouse) return m_fail(r->call, m_err_not_found, "warehouse");
    m_ledger_line line = {.account = charge->account, .cost_center = warehouse->cost_center};
    *(sign > 0 ? &line.credit : &line.debit) = split->amount;
    return wms_replay_book(r->replay, receipt_of(r, split)->posting_date, line);
}

m_status wms_landed_restate(const wms *w, m_call *call, const wms_landed_cost *doc,
                            const m_fetch *receipts, int sign, wms_stock *stock)
{
    restating r = {.w = w, .call = call, .doc = doc, .receipts = receipts};
    M_TRY(wms_replay_new(w, call, stock->places, &stock->replay));
    r.replay = stock->replay;
    M_TRY(read_restating(&r));
    for (uint32_t k = 0; k < doc->splits.count; k++) {
        M_TRY(raise_line(&r, k, sign));
        if (M_AT(doc->splits, const wms_landed_split, k)->amount.u) M_TRY(book_split(&r, k, sign));
    }
    return M_OK;
}
