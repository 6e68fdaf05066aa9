#include "standard_cost/standard_cost.h"

m_status wms_standard_query(m_call *call, wms_stock *stock, m_fetch *read, bool *out_needed)
{
    wms_standard_read *all = &stock->standards;
    uint32_t capacity = 0;
    all->items = (m_list){NULL, 0};
    for (M_EACH(const wms_bin, bin, stock->bins)) {
        if (bin->method != M_STANDARD) continue;
        uint32_t n = all->items.count;
        /* Bins are sorted by item, so a repeated item is the last one. */
        if (n && m_id_eq(*M_AT(all->items, m_id, n - 1), bin->item)) continue;
        m_id *slot = m_list_add(call->arena, &all->items, &capacity, sizeof *slot);
        if (!slot) return m_fail(call, m_err_memory, NULL);
        *slot = bin->item;
    }
    all->submitted = M_SUBMITTED;
    all->filters[0] = (m_filter){"item", M_OP_IN, &all->items};
    all->filters[1] = (m_filter){"state", M_OP_EQ, &all->submitted};
    all->newest = (m_order){"revision", true};
    all->query = (m_query){.filters = all->filters,
                           .filter_count = 2,
                           .orders = &all->newest,
                           .order_count = 1,
                           .without_lists = true};
    *out_needed = all->items.count > 0;
    if (*out_needed) *read = (m_fetch){.type = &wms_standard_cost_type, .query = &all->query};
    return M_OK;
}

void wms_standard_share(wms_stock *stock, const m_fetch *read)
{
    for (M_EACH(wms_bin, bin, stock->bins)) {
        if (bin->method != M_STANDARD) continue;
        for (uint32_t i = 0; i < read->count && m_id_is_null(bin->rule); i++) {
            const wms_standard_cost *standard = read->records[i];
            if (!m_id_eq(standard->item, bin->item)) continue;
            if (m_date_cmp(standard->posting_date, stock->date) > 0) { /* revalues what comes now */
                if (m_date_cmp(standard->posting_date, bin->last_date) > 0)
                    bin->last_date = standard->posting_date;
                continue;
            }
            bin->standard = standard->rate;
            bin->rule = standard->id;
        }
    }
}

m_status wms_standard_latest(const wms *w, m_call *call, m_id item, const wms_standard_cost **out)
{
    static const m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"item", M_OP_EQ, &item}, {"state", M_OP_EQ, &submitted}};
    m_order newest = {"revision", true};
    m_query query = {.filters = filters,
                     .filter_count = 2,
                     .orders = &newest,
                     .order_count = 1,
                     .limit = 1,
                     .without_lists = true};
    m_fetch read = {.type = &wms_standard_cost_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    *out = read.count ? read.records[0] : NULL;
    return M_OK;
}

m_status wms_standard_unchanged(const wms *w, m_call *call, const m_fetch *entries,
                                const m_doc *doc)
{
    m_id checked = {{0}};
    for (uint32_t i = 0; i < entries->count; i++) {
        const m_stock_entry *entry = entries->records[i];
        const wms_standard_cost *latest = NULL;
        if (entry->method != M_STANDARD || m_id_is_null(entry->rule) ||
            m_id_eq(entry->item, checked))
            continue;
        M_TRY(wms_standard_latest(w, call, entry->item, &latest));
        if (!latest || !m_id_eq(latest->id, entry->rule))
            return m_fail(call, WMS_ERR(STANDARD_CHANGED), "%.*s", M_STR_ARG(doc->number));
        checked = entry->item;
    }
    return M_OK;
}
