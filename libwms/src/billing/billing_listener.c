#include "billing/billing.h"

#include "goods_receipt/goods_receipt.h"

static const m_field billed_fields[] = {
    M_F_ID(wms_billed_line, id, "Invoice line"),
    M_F_ID(wms_billed_line, receipt_line, "Receipt line"),
    M_F_ID(wms_billed_line, order_line, "Order line"),
    M_F_QTY(wms_billed_line, qty, "Billed", .flags = M_SUMMED),
};
static const m_index billed_indexes[] = {{"order_line", false, NULL}, {NULL, false, NULL}};
const m_type wms_billed_line_type = {.name = "wms.billed_line",
                                     .schema = "wms",
                                     .table = "billed_line",
                                     .size = sizeof(wms_billed_line),
                                     M_FIELDS(billed_fields),
                                     .indexes = billed_indexes};

/* ---- what we want to know of an invoice ---- */

typedef struct {
    m_id id;
    m_id receipt_line; /* null id: a service */
    m_dec qty;
} bill_line;

typedef struct {
    m_str state;
    m_list lines;
} bill;

static const m_field bill_line_fields[] = {
    M_F_ID(bill_line, id, "Line"),
    M_F_ID(bill_line, receipt_line, "Receipt line"),
    M_F_QTY(bill_line, qty, "Quantity"),
};
static const m_type bill_line_type = {
    .name = "wms.bill_line", .size = sizeof(bill_line), M_FIELDS(bill_line_fields)};
static const m_field bill_fields[] = {
    M_F_STR(bill, state, "State"),
    M_F_LIST(bill, lines, "Lines", &bill_line_type),
};
const m_type wms_bill_type = {.name = "wms.bill", .size = sizeof(bill), M_FIELDS(bill_fields)};

/* Ids at `offset` of every line. */
static m_status ids_of(m_call *call, const bill *invoice, size_t offset, m_id **out)
{
    M_TRY(WMS_ARRAY(call, *out, invoice->lines.count));
    for (uint32_t i = 0; i < invoice->lines.count; i++)
        (*out)[i] =
            *(const m_id *)((const char *)M_AT(invoice->lines, const bill_line, i) + offset);
    return M_OK;
}

static m_status fetch_by(const wms *w, m_call *call, const bill *invoice, size_t offset,
                         const m_type *type, m_fetch *out)
{
    m_id *ids = NULL;
    M_TRY(ids_of(call, invoice, offset, &ids));
    *out = (m_fetch){.type = type, .ids = ids, .key_count = invoice->lines.count};
    return m_store_fetch(w->store, call, out, 1);
}

/* An invoice on hold is submitted but not posted; it comes again when it is released. */
m_status wms_billing_posted(void *module, m_call *call, const m_delivery *event)
{
    const wms *w = module;
    const bill *invoice = event->record;
    m_fetch rows;
    if (!m_str_is(invoice->state, "submitted") || invoice->lines.count == 0) return M_OK;
    M_TRY(fetch_by(w, call, invoice, offsetof(bill_line, receipt_line), &wms_received_line_type,
                   &rows));
    for (uint32_t i = 0; i < invoice->lines.count; i++) {
        const bill_line *line = M_AT(invoice->lines, const bill_line, i);
        const m_received_line *received = rows.records[i];
        if (!received) continue;
        M_TRY(m_store_put(w->store, call, &wms_billed_line_type,
                          &(wms_billed_line){.id = line->id,
                                             .receipt_line = line->receipt_line,
                                             .order_line = received->order_line,
                                             .qty = line->qty}));
    }
    return M_OK;
}

m_status wms_billing_cancelled(void *module, m_call *call, const m_delivery *event)
{
    const wms *w = module;
    const bill *invoice = event->record;
    m_fetch rows;
    if (invoice->lines.count == 0) return M_OK;
    M_TRY(fetch_by(w, call, invoice, offsetof(bill_line, id), &wms_billed_line_type, &rows));
    for (uint32_t i = 0; i < rows.count; i++)
        if (rows.records[i])
            M_TRY(m_store_remove(w->store, call, &wms_billed_line_type, rows.records[i]));
    return M_OK;
}
