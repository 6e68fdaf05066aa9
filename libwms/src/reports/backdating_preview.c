#include "customer_return/customer_return.h"
#include "delivery_note/delivery_note.h"
#include "goods_receipt/goods_receipt.h"
#include "landed_cost/landed_cost.h"
#include "purchase_return/purchase_return.h"
#include "reports/reports.h"
#include "stock/preview.h"
#include "stock_adjustment/stock_adjustment.h"
#include "stock_issue/stock_issue.h"
#include "stock_reconciliation/stock_reconciliation.h"
#include "stock_transfer/stock_transfer.h"
#include "warehouse/warehouse.h"

/* Documents whose submit comes to wms_post before it writes. */
static const m_doctype *const kinds[] = {
    &wms_goods_receipt_doctype,        &wms_purchase_return_doctype, &wms_landed_cost_doctype,
    &wms_stock_transfer_doctype,       &wms_stock_issue_doctype,     &wms_stock_adjustment_doctype,
    &wms_stock_reconciliation_doctype, &wms_delivery_note_doctype,   &wms_customer_return_doctype};
#define KINDS (sizeof kinds / sizeof kinds[0])

static const m_field param_fields[] = {
    M_F_ID(wms_preview_params, document, "Document", .flags = M_REQUIRED,
           .help = "A draft that moves stock."),
};
static const m_type params_type = {
    .name = "wms.preview_params", .size = sizeof(wms_preview_params), M_FIELDS(param_fields)};

static const char *const moves[] = {"stock", "document", "ledger", NULL};
static const m_field row_fields[] = {
    M_F_ENUM(wms_preview_row, moves, "What moves", moves),
    M_F_LINK(wms_preview_row, item, "Item", "core.item", .flags = M_HIDDEN),
    M_F_STR(wms_preview_row, item_code, "Item code"),
    M_F_LINK(wms_preview_row, warehouse, "Warehouse", "wms.warehouse", .flags = M_HIDDEN),
    M_F_STR(wms_preview_row, warehouse_code, "Warehouse code"),
    M_F_STR(wms_preview_row, voucher_no, "Document"),
    M_F_STR(wms_preview_row, source_type, "Document type", .flags = M_HIDDEN),
    M_F_ID(wms_preview_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_DATE(wms_preview_row, date, "Date",
             .help = "Of the document; of a ledger row the first day of the month."),
    M_F_STR(wms_preview_row, purpose, "Account for"),
    M_F_QTY(wms_preview_row, qty, "Quantity changes by"),
    M_F_SUM(wms_preview_row, value, "Value changes by"),
};
static const m_type row_type = {
    .name = "wms.preview_row", .size = sizeof(wms_preview_row), M_FIELDS(row_fields)};

/* ---- the use case, up to its posting ---- */

static m_status find_draft(const wms *w, m_call *call, m_id id, const m_doctype **out_type,
                           const m_doc **out)
{
    m_fetch reads[KINDS];
    for (size_t i = 0; i < KINDS; i++)
        reads[i] = (m_fetch){.type = kinds[i]->type, .ids = &id, .key_count = 1};
    M_TRY(m_store_fetch(w->store, call, reads, KINDS));
    for (size_t i = 0; i < KINDS; i++) {
        const m_doc *doc = reads[i].records[0];
        if (!doc) continue;
        if (doc->state != 0)
            return m_fail(call, m_err_state, "%s", m_say(call, kinds[i]->life->states[doc->state]));
        *out_type = kinds[i];
        *out = doc;
        return M_OK;
    }
    m_field_fail(call, m_err_link, M_STR("document"), "stock document");
    return m_failed_fields(call);
}

static m_status look(const wms *w, m_call *call, m_id id, wms_preview *out)
{
    const m_doctype *type = NULL;
    const m_doc *stored = NULL;
    wms trial = *w;
    *out = (wms_preview){.reached = false};
    trial.preview = out;
    M_TRY(find_draft(w, call, id, &type, &stored));
    m_doc *doc = m_record_copy(type->type, stored, call->arena);
    const m_move *submit = m_lifecycle_find(type->life, M_STR("submit"));
    if (!doc || !submit) return m_fail(call, m_err_internal, "%s", type->type->name);
    m_status status = submit->effect(&trial, call, doc, NULL);
    if (!out->reached) return status == M_OK ? m_fail(call, m_err_internal, "preview") : status;
    m_error_clear(call);
    return M_OK;
}

/* ---- rows ---- */

typedef struct {
    m_call *call;
    m_list rows; /* wms_preview_row */
    uint32_t capacity;
} rows;

static m_status add_row(rows *r, wms_preview_row row)
{
    wms_preview_row *slot = m_list_add(r->call->arena, &r->rows, &r->capacity, sizeof *slot);
    if (!slot) return m_fail(r->call, m_err_memory, NULL);
    *slot = row;
    return M_OK;
}

static m_status add_pools(rows *r, const wms_replay *replay)
{
    for (M_EACH(const wms_replay_pool_ref, known, replay->pools)) {
        const wms_replay_pool *pool = *known;
        bool touched = pool->was.qty.u != pool->now.qty.u || pool->was.value.u != pool->now.value.u;
        for (M_EACH(const wms_movement, change, replay->changes))
            touched |= change->pool == pool;
        if (touched)
            M_TRY(add_row(r, (wms_preview_row){.moves = WMS_MOVES_STOCK,
                                               .item = pool->item,
                                               .warehouse = pool->warehouse,
                                               .qty = {pool->now.qty.u - pool->was.qty.u},
                                               .value = pool->now.value.u - pool->was.value.u}));
    }
    return M_OK;
}

static m_status add_documents(rows *r, const wms_replay *replay)
{
    uint32_t from = r->rows.count;
    for (M_EACH(const wms_movement, change, replay->changes)) {
        const m_stock_entry *first = change->first;
        wms_preview_row *known = NULL;
        for (uint32_t i = from; i < r->rows.count; i++) {
            wms_preview_row *row = M_AT(r->rows, wms_preview_row, i);
            if (m_id_eq(row->source_id, first->source_id) && m_id_eq(row->item, first->item) &&
                m_id_eq(row->warehouse, first->warehouse) &&
                m_date_cmp(row->date, first->posting_date) == 0)
                known = row;
        }
        if (known) {
            known->value += wms_change_value(change).u;
            continue;
        }
        M_TRY(add_row(r, (wms_preview_row){.moves = WMS_MOVES_DOCUMENT,
                                           .item = first->item,
                                           .warehouse = first->warehouse,
                                           .voucher_no = first->voucher_no,
                                           .source_type = first->source_type,
                                           .source_id = first->source_id,
                                           .date = first->posting_date,
                                           .value = wms_change_value(change).u}));
    }
    return M_OK;
}

static m_status add_months(rows *r, const wms_restatement *plan)
{
    uint32_t from = r->rows.count;
    for (M_EACH(const wms_replay_day, day, plan->days))
        for (M_EACH(const m_ledger_line, line, day->lines)) {
            m_date month = m_date_month(day->date);
            m_str purpose = line->purpose.n ? line->purpose : M_STR("account");
            wms_preview_row *known = NULL;
            for (uint32_t i = from; i < r->rows.count; i++) {
                wms_preview_row *row = M_AT(r->rows, wms_preview_row, i);
                if (m_date_cmp(row->date, month) == 0 && m_str_eq(row->purpose, purpose))
                    known = row;
            }
            if (!known) {
                M_TRY(add_row(r, (wms_preview_row){.moves = WMS_MOVES_LEDGER,
                                                   .date = month,
                                                   .purpose = purpose}));
                known = M_AT(r->rows, wms_preview_row, r->rows.count - 1);
            }
            known->value += line->debit.u - line->credit.u;
        }
    return M_OK;
}

/* Codes for people. */
static m_status name_rows(const wms *w, m_call *call, m_list *list)
{
    const m_item_info *items = NULL;
    m_id *ids = NULL;
    uint32_t n = 0;
    if (list->count == 0) return M_OK;
    M_TRY(WMS_LINE_ITEMS(w, call, *list, wms_preview_row, &items));
    M_TRY(WMS_ARRAY(call, ids, list->count));
    for (M_EACH(const wms_preview_row, row, *list))
        if (!m_id_is_null(row->warehouse)) ids[n++] = row->warehouse;
    m_fetch read = {.type = &wms_warehouse_type, .ids = ids, .key_count = n};
    if (n) M_TRY(m_store_fetch(w->store, call, &read, 1));
    n = 0;
    for (uint32_t i = 0; i < list->count; i++) {
        wms_preview_row *row = M_AT(*list, wms_preview_row, i);
        row->item_code = items[i].code;
        if (m_id_is_null(row->warehouse)) continue;
        const wms_warehouse *warehouse = read.records[n++];
        if (warehouse) row->warehouse_code = warehouse->code;
    }
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out)
{
    const wms_preview_params *asked = params;
    wms_preview preview;
    rows r = {.call = call};
    M_TRY(look(module, call, asked->document, &preview));
    if (preview.replay) {
        M_TRY(add_pools(&r, preview.replay));
        M_TRY(add_documents(&r, preview.replay));
        M_TRY(add_months(&r, &preview.plan));
    }
    M_TRY(name_rows(module, call, &r.rows));
    *out = r.rows;
    return M_OK;
}

static const m_permission permissions[] = {
    {"Stock Manager", M_CAN_READ}, {"Stock User", M_CAN_READ}, {"Auditor", M_CAN_READ}, {NULL, 0}};
const m_report wms_backdating_preview_report = {.name = "backdating-preview",
                                                .label = "Preview of a movement dated back",
                                                .group = "Stock",
                                                .permissions = permissions,
                                                .params = &params_type,
                                                .row = &row_type,
                                                .run = run,
                                                .drill = "source_id:document"};
