#include "purchase_order/purchase_order.h"

#include "purchase_requisition/purchase_requisition.h"
#include "warehouse/warehouse.h"

/* ---- check ---- */

static m_status check_supplier(const wms *w, m_call *call, m_id supplier)
{
    if (m_id_is_null(supplier)) return M_OK;
    m_parties answer = {{0}};
    M_TRY(m_masters_suppliers(w->masters, call, &(m_ids){{&supplier, 1}}, &answer));
    if (answer.parties.count != 1) return m_fail(call, m_err_internal, "masters.suppliers");
    const m_party_info *info = M_AT(answer.parties, const m_party_info, 0);
    if (m_id_is_null(info->id))
        m_field_fail(call, m_err_link, M_STR("supplier"), "supplier");
    else if (!info->active)
        m_field_fail(call, WMS_ERR(SUPPLIER_INACTIVE), M_STR("supplier"), "%.*s",
                     M_STR_ARG(info->code));
    else if (info->blocked)
        m_field_fail(call, WMS_ERR(SUPPLIER_BLOCKED), M_STR("supplier"), "%.*s",
                     M_STR_ARG(info->code));
    return M_OK;
}

/* The code follows from the currency of the prices, unless one that is not its is said. */
static m_status check_currency(const wms *w, m_call *call, wms_purchase_order *doc,
                               const wms_purchase_order *before, wms_price *out)
{
    M_TRY(
        wms_price_read(w, call, &doc->price_currency, &doc->rate, &doc->per, doc->order_date, out));
    bool said = doc->currency.n && !(before && m_str_eq(before->currency, doc->currency));
    if (said && !m_str_eq(doc->currency, out->code))
        m_field_fail(call, WMS_ERR(CURRENCY), M_STR("currency"), "%.*s, not %.*s",
                     M_STR_ARG(out->code), M_STR_ARG(doc->currency));
    doc->currency = out->code;
    return M_OK;
}

static m_status check_head(const wms *w, m_call *call, wms_purchase_order *doc,
                           const wms_warehouse **out_warehouse)
{
    *out_warehouse = NULL;
    wms_default_date(call, &doc->order_date);
    if (!m_date_is_none(doc->expected_date) && m_date_cmp(doc->expected_date, doc->order_date) < 0)
        m_field_fail(call, WMS_ERR(ORDER_DATES), M_STR("expected_date"), NULL);
    M_TRY(check_supplier(w, call, doc->supplier));
    if (m_id_is_null(doc->warehouse)) return M_OK;
    const void *warehouse = NULL;
    M_TRY(m_store_get(w->store, call, &wms_warehouse_type, doc->warehouse, &warehouse));
    wms_warehouse_usable(call, warehouse, M_STR("warehouse"));
    *out_warehouse = warehouse;
    return M_OK;
}

static void derive_expense(m_call *call, wms_order_line *line, const wms_warehouse *warehouse,
                           uint32_t i)
{
    char path[WMS_PATH];
    if (m_id_is_null(line->account)) return;
    if (line->is_stock)
        m_field_fail(call, WMS_ERR(ORDER_ACCOUNT), wms_path(path, "lines", i, "account"), NULL);
    if (m_id_is_null(line->cost_center) && warehouse) line->cost_center = warehouse->cost_center;
    if (m_id_is_null(line->cost_center))
        m_field_fail(call, m_err_required, wms_path(path, "lines", i, "cost_center"), NULL);
}

/* The taxes of the lines, in their order. */
static m_status ask_taxes(const wms *w, m_call *call, const wms_purchase_order *doc,
                          const m_tax_info **out)
{
    m_id *ids = NULL;
    m_taxes answer = {{0}};
    M_TRY(WMS_ARRAY(call, ids, doc->lines.count));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        ids[i] = M_AT(doc->lines, const wms_order_line, i)->tax;
    M_TRY(m_masters_taxes(w->masters, call, &(m_ids){{ids, doc->lines.count}}, &answer));
    if (answer.taxes.count != doc->lines.count)
        return m_fail(call, m_err_internal, "masters.taxes");
    *out = answer.taxes.items;
    return M_OK;
}

static void derive_line(m_call *call, wms_order_line *line, const m_item_info *item, uint32_t i)
{
    m_dec stock;
    line->received_qty = line->accepted_qty = line->returned_qty = (m_dec){0};
    if (!wms_item_good(call, item, line->item, i, "item", false)) return;
    line->is_stock = item->is_stock;
    if (line->description.n == 0) line->description = item->name;
    if (m_id_is_null(line->unit)) line->unit = item->stock_unit;
    if (m_id_is_null(line->tax)) line->tax = item->tax;
    if (!wms_to_stock(call, item, line->unit, line->qty, i, "qty", &stock)) return;
    if (!m_id_is_null(line->requisition_line)) line->requisition_qty = stock;
}

static void value_line(m_call *call, wms_order_line *line, const m_tax_info *tax, int places,
                       uint32_t i)
{
    char path[WMS_PATH];
    line->tax_amount = (m_dec){0};
    if (m_dec_mul(line->qty, line->rate, places, M_ROUND_HALF_UP, &line->amount) != M_OK) {
        m_field_fail(call, m_err_overflow, wms_path(path, "lines", i, "rate"), "quantity × rate");
        return;
    }
    if (m_id_is_null(line->tax)) return;
    if (m_id_is_null(tax->id))
        m_field_fail(call, m_err_link, wms_path(path, "lines", i, "tax"), "tax");
    else if (!tax->active)
        m_field_fail(call, WMS_ERR(TAX_INACTIVE), wms_path(path, "lines", i, "tax"), "%.*s",
                     M_STR_ARG(tax->code));
    else if (wms_tax_amount(tax, line->amount, places, &line->tax_amount) != M_OK)
        m_field_fail(call, m_err_overflow, wms_path(path, "lines", i, "tax"), NULL);
}

static void total_up(m_call *call, wms_purchase_order *doc, const wms_price *price)
{
    m_dec_sum net = 0, tax = 0;
    for (M_EACH(const wms_order_line, line, doc->lines)) {
        net += line->amount.u;
        tax += line->tax_amount.u;
    }
    if (m_dec_of_sum(net, &doc->net_total) != M_OK || m_dec_of_sum(tax, &doc->tax_total) != M_OK ||
        m_dec_of_sum(net + tax, &doc->total) != M_OK ||
        wms_price_base(price, doc->net_total, &doc->base_total) != M_OK)
        m_field_fail(call, m_err_overflow, M_STR("total"), NULL);
    if (!price->foreign) doc->base_total = (m_dec){0};
}

m_status wms_purchase_order_check(void *module, m_call *call, void *record, const void *before)
{
    const wms *w = module;
    wms_purchase_order *doc = record;
    const m_item_info *items = NULL;
    const m_tax_info *taxes = NULL;
    const wms_warehouse *warehouse;
    wms_price price;
    M_TRY(check_head(w, call, doc, &warehouse));
    M_TRY(check_currency(w, call, doc, before, &price));
    M_TRY(wms_requisition_fill(w, call, doc));
    M_TRY(WMS_LINE_ITEMS(w, call, doc->lines, wms_order_line, &items));
    for (uint32_t i = 0; i < doc->lines.count; i++) {
        derive_line(call, M_AT(doc->lines, wms_order_line, i), &items[i], i);
        derive_expense(call, M_AT(doc->lines, wms_order_line, i), warehouse, i);
    }
    if (doc->lines.count) M_TRY(ask_taxes(w, call, doc, &taxes));
    for (uint32_t i = 0; i < doc->lines.count; i++)
        value_line(call, M_AT(doc->lines, wms_order_line, i), &taxes[i], price.places, i);
    total_up(call, doc, &price);
    return M_OK;
}

/* ---- counters ---- */

m_status wms_order_store(const wms *w, m_call *call, wms_purchase_order *order)
{
    order->state = wms_order_state(order);
    order->version++;
    order->modified_by = call->actor;
    order->modified_at = m_now(call);
    return m_store_update(w->store, call, &wms_purchase_order_type, order);
}

/* ---- budget ---- */

/* Budgets are in the base currency. */
static m_status commitments(const wms *w, m_call *call, const wms_purchase_order *order,
                            m_list *out)
{
    m_commitment_line *lines = NULL;
    uint32_t n = 0;
    wms_price price;
    m_id currency = order->price_currency;
    m_dec rate = order->rate, per = order->per, held;
    M_TRY(wms_price_read(w, call, &currency, &rate, &per, order->order_date, &price));
    M_TRY(WMS_ARRAY(call, lines, order->lines.count));
    for (uint32_t i = 0; i < order->lines.count; i++) {
        const wms_order_line *line = M_AT(order->lines, const wms_order_line, i);
        if (m_id_is_null(line->account)) continue;
        if (wms_price_base(&price, line->amount, &held) != M_OK)
            return m_fail(call, m_err_overflow, "order total");
        lines[n++] = (m_commitment_line){.id = line->id,
                                         .line = i,
                                         .account = line->account,
                                         .cost_center = line->cost_center,
                                         .qty = line->qty,
                                         .amount = held};
    }
    *out = (m_list){lines, n};
    return M_OK;
}

m_status wms_purchase_order_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const wms *w = module;
    wms_purchase_order *order = record;
    m_commitment in = {.document = order->id,
                       .document_no = order->number,
                       .party = order->supplier,
                       .date = order->order_date};
    m_budget_result answer;
    M_TRY(wms_requisition_count(w, call, order, 1));
    M_TRY(commitments(w, call, order, &in.lines));
    if (in.lines.count == 0) return M_OK;
    M_TRY(m_budget_commit(w->budget, call, &in, &answer));
    order->beyond_budget = answer.beyond;
    return M_OK;
}

static m_status release_budget(const wms *w, m_call *call, const wms_purchase_order *order)
{
    m_budget_result answer;
    m_list held;
    M_TRY(commitments(w, call, order, &held));
    if (held.count == 0) return M_OK;
    return m_budget_release(w->budget, call, &(m_commitment_end){order->id}, &answer);
}

m_status wms_purchase_order_close(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    M_TRY(wms_requisition_give_back(module, call, record));
    return release_budget(module, call, record);
}

m_status wms_purchase_order_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    M_TRY(wms_requisition_count(module, call, record, -1));
    return release_budget(module, call, record);
}
