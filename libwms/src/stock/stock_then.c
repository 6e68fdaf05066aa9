#include "stock/stock.h"

/* The latest checkpoint of a bin up to the end of a day; *out NULL when there is none. */
static m_status checkpoint_before(const wms *w, m_call *call, const m_stock_bin *bin, m_date on,
                                  const m_stock_checkpoint **out)
{
    m_filter filters[] = {{"item", M_OP_EQ, &bin->item},
                          {"warehouse", M_OP_EQ, &bin->warehouse},
                          {"posting_date", M_OP_LE, &on}};
    m_order latest[] = {{"posting_date", true}, {"at_seq", true}};
    m_query query = {
        .filters = filters, .filter_count = 3, .orders = latest, .order_count = 2, .limit = 1};
    m_fetch read = {.type = &m_stock_checkpoint_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    *out = read.count ? read.records[0] : NULL;
    return M_OK;
}

/* Adds up the entries of a bin that meet two more conditions. */
static m_status add_entries(const wms *w, m_call *call, const m_stock_bin *bin, m_filter one,
                            m_filter two, wms_pool *pool)
{
    m_filter filters[] = {
        {"item", M_OP_EQ, &bin->item}, {"warehouse", M_OP_EQ, &bin->warehouse}, one, two};
    m_sum sum = {
        .type = &m_stock_entry_type, .filters = filters, .filter_count = 4, .group_by = ""};
    M_TRY(m_store_sum(w->store, call, &sum));
    if (sum.out.count == 0) return M_OK;
    const m_stock_entry *total = M_AT(sum.out, const m_stock_entry, 0);
    if (m_dec_add(pool->qty, total->qty, &pool->qty) != M_OK ||
        m_dec_add(pool->value, total->value, &pool->value) != M_OK)
        return m_fail(call, m_err_overflow, "balance");
    return M_OK;
}

m_status wms_stock_then(const wms *w, m_call *call, m_id item, m_id warehouse, m_date on,
                        wms_pool *out)
{
    m_stock_bin bin = {.item = item, .warehouse = warehouse};
    const m_stock_checkpoint *known = NULL;
    wms_pool pool = {{0}, {0}};
    m_filter until = {"posting_date", M_OP_LE, &on};
    M_TRY(checkpoint_before(w, call, &bin, on, &known));
    if (!known) {
        M_TRY(add_entries(w, call, &bin, until, until, &pool));
    } else {
        pool = (wms_pool){known->qty, known->value};
        M_TRY(add_entries(w, call, &bin, (m_filter){"posting_date", M_OP_EQ, &known->posting_date},
                          (m_filter){"at_seq", M_OP_GT, &known->at_seq}, &pool));
        M_TRY(add_entries(w, call, &bin, (m_filter){"posting_date", M_OP_GT, &known->posting_date},
                          until, &pool));
    }
    *out = pool;
    return M_OK;
}
