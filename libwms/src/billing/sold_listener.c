#include "billing/billing.h"

static const m_field sold_fields[] = {
    M_F_ID(wms_sold_line, id, "Invoice line"),
    M_F_ID(wms_sold_line, delivery_line, "Delivery line"),
    M_F_QTY(wms_sold_line, qty, "Billed", .flags = M_SUMMED),
};
static const m_index sold_indexes[] = {{"delivery_line", false, NULL}, {NULL, false, NULL}};
const m_type wms_sold_line_type = {.name = "wms.sold_line",
                                   .schema = "wms",
                                   .table = "sold_line",
                                   .size = sizeof(wms_sold_line),
                                   M_FIELDS(sold_fields),
                                   .indexes = sold_indexes};

/* ---- what we want to know of an invoice ---- */

typedef struct {
    m_list lines; /* wms_sold_line; without a delivery line: something else */
} sale;

static const m_field sale_line_fields[] = {
    M_F_ID(wms_sold_line, id, "Line"),
    M_F_ID(wms_sold_line, delivery_line, "Delivery line"),
    M_F_QTY(wms_sold_line, qty, "Quantity"),
};
static const m_type sale_line_type = {
    .name = "wms.sale_line", .size = sizeof(wms_sold_line), M_FIELDS(sale_line_fields)};
static const m_field sale_fields[] = {M_F_LIST(sale, lines, "Lines", &sale_line_type)};
const m_type wms_sale_type = {.name = "wms.sale", .size = sizeof(sale), M_FIELDS(sale_fields)};

m_status wms_sale_posted(void *module, m_call *call, const m_delivery *event)
{
    const wms *w = module;
    const sale *invoice = event->record;
    for (M_EACH(const wms_sold_line, line, invoice->lines))
        if (!m_id_is_null(line->delivery_line))
            M_TRY(m_store_put(w->store, call, &wms_sold_line_type, line));
    return M_OK;
}

m_status wms_sale_cancelled(void *module, m_call *call, const m_delivery *event)
{
    const wms *w = module;
    const sale *invoice = event->record;
    for (M_EACH(const wms_sold_line, line, invoice->lines))
        if (!m_id_is_null(line->delivery_line))
            M_TRY(m_store_remove(w->store, call, &wms_sold_line_type, line));
    return M_OK;
}
