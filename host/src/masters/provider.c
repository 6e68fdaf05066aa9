#include "core_internal.h"

/* The protocol "masters" (m/masters.h): answers in the order asked, a null id for what is unknown.
 */

static m_status read_by_ids(void *self, m_call *call, const m_type *type, const m_id *ids,
                            uint32_t n, const void ***out)
{
    m_fetch fetch = {.type = type, .ids = ids, .key_count = n};
    if (n) M_TRY(m_store_fetch(core_store(self), call, &fetch, 1));
    *out = fetch.records;
    return M_OK;
}

static m_status make_list(m_call *call, uint32_t n, size_t size, m_list *out)
{
    void *items = m_arena_array(call->arena, n, size);
    if (!items) return m_fail(call, m_err_memory, NULL);
    *out = (m_list){items, n};
    return M_OK;
}

static void fill_item(const core_item *item, m_item_info *out)
{
    *out = (m_item_info){.id = item->id,
                         .code = item->code,
                         .name = item->name,
                         .active = item->active,
                         .is_stock = item->is_stock,
                         .valuation = item->valuation,
                         .tracking = item->tracking,
                         .stock_unit = item->stock_unit,
                         .tax = item->purchase_tax,
                         .weight = item->weight,
                         .volume = item->volume,
                         .units = item->units,
                         .reorder_level = item->reorder_level,
                         .reorder_qty = item->reorder_qty};
}

/* The further units of an item with the places of each: a copy, for what is read is shared. */
static m_status fill_units(void *self, m_call *call, m_item_info *item)
{
    uint32_t n = item->units.count;
    const void **units;
    if (n == 0) return M_OK;
    m_item_unit *copies = m_arena_array(call->arena, n, sizeof *copies);
    m_id *ids = m_arena_array(call->arena, n, sizeof *ids);
    if (!copies || !ids) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < n; i++) {
        copies[i] = *M_AT(item->units, const m_item_unit, i);
        ids[i] = copies[i].unit;
    }
    M_TRY(read_by_ids(self, call, &core_unit_type, ids, n, &units));
    for (uint32_t i = 0; i < n; i++)
        if (units[i]) copies[i].places = ((const core_unit *)units[i])->places;
    item->units.items = copies;
    return M_OK;
}

/* records: NULL where an item is unknown. */
static m_status fill_items(void *self, m_call *call, const void *const *records, uint32_t n,
                           m_items *out)
{
    const void **units;
    m_list list;
    M_TRY(make_list(call, n, sizeof(m_item_info), &list));
    m_id *unit_ids = m_arena_array(call->arena, n, sizeof(m_id));
    if (!unit_ids) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < n; i++) {
        const core_item *item = records[i];
        if (!item) continue;
        fill_item(item, M_AT(list, m_item_info, i));
        unit_ids[i] = item->stock_unit;
    }
    M_TRY(read_by_ids(self, call, &core_unit_type, unit_ids, n, &units));
    for (uint32_t i = 0; i < n; i++)
        if (units[i])
            M_AT(list, m_item_info, i)->unit_places = ((const core_unit *)units[i])->places;
    for (M_EACH(m_item_info, item, list))
        M_TRY(fill_units(self, call, item));
    out->items = list;
    return M_OK;
}

static m_status items(void *self, m_call *call, const m_ids *in, m_items *out)
{
    const void **records;
    M_TRY(read_by_ids(self, call, &core_item_type, in->ids.items, in->ids.count, &records));
    return fill_items(self, call, records, in->ids.count, out);
}

static m_status reordered(void *self, m_call *call, const m_ids *in, m_items *out)
{
    (void)in;
    static const m_dec zero;
    m_filter filter = {"reorder_level", M_OP_GT, &zero};
    m_order order = {"code", false};
    m_query query = {.filters = &filter, .filter_count = 1, .orders = &order, .order_count = 1};
    m_fetch fetch = {.type = &core_item_type, .query = &query};
    M_TRY(m_store_fetch(core_store(self), call, &fetch, 1));
    return fill_items(self, call, fetch.records, fetch.count, out);
}

static m_status suppliers(void *self, m_call *call, const m_ids *in, m_parties *out)
{
    uint32_t n = in->ids.count;
    const void **records;
    m_list list;
    M_TRY(make_list(call, n, sizeof(m_party_info), &list));
    M_TRY(read_by_ids(self, call, &core_supplier_type, in->ids.items, n, &records));
    m_date today = m_today(call);
    for (uint32_t i = 0; i < n; i++) {
        const core_supplier *supplier = records[i];
        if (!supplier) continue;
        bool blocked = core_supplier_blocked(supplier, today);
        *M_AT(list, m_party_info, i) = (m_party_info){.id = supplier->id,
                                                      .code = supplier->code,
                                                      .name = supplier->name,
                                                      .active = true,
                                                      .blocked = blocked,
                                                      .payment_hold = supplier->payment_hold,
                                                      .credit_days = supplier->credit_days};
    }
    out->parties = list;
    return M_OK;
}

static m_status customers(void *self, m_call *call, const m_ids *in, m_parties *out)
{
    uint32_t n = in->ids.count;
    const void **records;
    m_list list;
    M_TRY(make_list(call, n, sizeof(m_party_info), &list));
    M_TRY(read_by_ids(self, call, &core_customer_type, in->ids.items, n, &records));
    for (uint32_t i = 0; i < n; i++) {
        const core_customer *customer = records[i];
        if (!customer) continue;
        *M_AT(list, m_party_info, i) = (m_party_info){.id = customer->id,
                                                      .code = customer->code,
                                                      .name = customer->name,
                                                      .active = customer->active,
                                                      .credit_days = customer->credit_days,
                                                      .credit_limit = customer->credit_limit};
    }
    out->parties = list;
    return M_OK;
}

static m_status taxes(void *self, m_call *call, const m_ids *in, m_taxes *out)
{
    uint32_t n = in->ids.count;
    const void **records;
    m_list list;
    M_TRY(make_list(call, n, sizeof(m_tax_info), &list));
    M_TRY(read_by_ids(self, call, &core_tax_type, in->ids.items, n, &records));
    for (uint32_t i = 0; i < n; i++) {
        const core_tax *tax = records[i];
        if (!tax) continue;
        *M_AT(list, m_tax_info, i) = (m_tax_info){.id = tax->id,
                                                  .code = tax->code,
                                                  .active = tax->active,
                                                  .recoverable = tax->recoverable,
                                                  .components = tax->components,
                                                  .not_deductible = tax->not_deductible,
                                                  .reverse_charge = tax->reverse_charge};
    }
    out->taxes = list;
    return M_OK;
}

static m_status policy(void *self, m_call *call, const m_policy_question *in, m_policy_value *out)
{
    m_filter filters[] = {{"name", M_OP_EQ, &in->name}, {"effective_from", M_OP_LE, &in->on}};
    m_order newest = {"effective_from", true};
    m_query query = {
        .filters = filters, .filter_count = 2, .orders = &newest, .order_count = 1, .limit = 1};
    m_fetch fetch = {.type = &core_policy_type, .query = &query};
    M_TRY(m_store_fetch(core_store(self), call, &fetch, 1));
    *out = (m_policy_value){0};
    if (fetch.count) {
        const core_policy *found = fetch.records[0];
        *out = (m_policy_value){.found = true, .value = found->value};
    }
    return M_OK;
}

static m_status tenant(void *self, m_call *call, const m_ids *in, m_tenant_info *out)
{
    (void)in;
    m_query query = {.limit = 1};
    m_fetch fetch = {.type = &core_company_type, .query = &query};
    M_TRY(m_store_fetch(core_store(self), call, &fetch, 1));
    if (!fetch.count) return m_fail(call, &core_errors[CORE_E_COMPANY_MISSING], NULL);
    const core_company *company = fetch.records[0];
    const void *found;
    M_TRY(
        m_store_need(core_store(self), call, &core_currency_type, company->base_currency, &found));
    const core_currency *currency = found;
    *out = (m_tenant_info){.base_currency = currency->code,
                           .currency_places = currency->places,
                           .fiscal_start_month = company->fiscal_start_month,
                           .company_name = company->company_name};
    return M_OK;
}

static m_status base_currency(void *self, m_call *call, m_id *out)
{
    m_query query = {.limit = 1};
    m_fetch fetch = {.type = &core_company_type, .query = &query};
    M_TRY(m_store_fetch(core_store(self), call, &fetch, 1));
    if (!fetch.count) return m_fail(call, &core_errors[CORE_E_COMPANY_MISSING], NULL);
    *out = ((const core_company *)fetch.records[0])->base_currency;
    return M_OK;
}

static m_status find_rate(void *self, m_call *call, m_date on, m_currency_info *info)
{
    m_filter filters[] = {{"currency", M_OP_EQ, &info->id}, {"valid_from", M_OP_LE, &on}};
    m_order newest = {"valid_from", true};
    m_query query = {
        .filters = filters, .filter_count = 2, .orders = &newest, .order_count = 1, .limit = 1};
    m_fetch fetch = {.type = &core_exchange_rate_type, .query = &query};
    M_TRY(m_store_fetch(core_store(self), call, &fetch, 1));
    if (!fetch.count) return M_OK;
    const core_exchange_rate *found = fetch.records[0];
    info->found = true;
    info->rate = found->rate;
    info->per = found->per;
    info->valid_from = found->valid_from;
    return M_OK;
}

static m_status currency(void *self, m_call *call, const m_currency_question *in,
                         m_currency_info *out)
{
    m_id base;
    const void *read;
    M_TRY(base_currency(self, call, &base));
    m_id id = m_id_is_null(in->currency) ? base : in->currency;
    M_TRY(m_store_get(core_store(self), call, &core_currency_type, id, &read));
    const core_currency *found = read;
    *out = (m_currency_info){.found = false};
    if (!found) return M_OK;
    m_currency_info info = {.id = id,
                            .code = found->code,
                            .places = found->places,
                            .active = found->active,
                            .base = m_id_eq(id, base),
                            .rate = m_dec_of_int(1),
                            .per = m_dec_of_int(1)};
    if (info.base)
        info.found = true;
    else
        M_TRY(find_rate(self, call, in->on, &info));
    *out = info;
    return M_OK;
}

const m_masters_ops core_masters_ops = {
    .head = {.size = sizeof(m_masters_ops), .version = 1, .protocol = "masters"},
    .items = items,
    .suppliers = suppliers,
    .taxes = taxes,
    .policy = policy,
    .tenant = tenant,
    .customers = customers,
    .reordered = reordered,
    .currency = currency};
