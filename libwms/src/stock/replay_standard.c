#include "standard_cost/standard_cost.h"
#include "stock/replay.h"
#include "warehouse/warehouse.h"

/* Standards of one item that a replay looks at. */
#define STANDARDS_MAX 2000

m_status wms_replay_standards(wms_replay *r, wms_replay_pool *pool, m_date date, bool through)
{
    static const m_enum submitted = M_SUBMITTED;
    if (pool->method != M_STANDARD) return M_OK;
    m_filter filters[] = {{"item", M_OP_EQ, &pool->item}, {"state", M_OP_EQ, &submitted}};
    m_order oldest = {"revision", false};
    m_query query = {.filters = filters,
                     .filter_count = 2,
                     .orders = &oldest,
                     .order_count = 1,
                     .limit = STANDARDS_MAX + 1,
                     .without_lists = true};
    m_fetch read = {.type = &wms_standard_cost_type, .query = &query};
    M_TRY(m_store_fetch(r->w->store, r->call, &read, 1));
    if (read.count > STANDARDS_MAX)
        return m_fail(r->call, WMS_ERR(REPLAY_LARGE), "%d standard costs", STANDARDS_MAX);
    pool->standards = (m_list){read.records, read.count};
    while (pool->standard_at < read.count) {
        const wms_standard_cost *next = read.records[pool->standard_at];
        int order = m_date_cmp(next->posting_date, date);
        if (order > 0 || (order == 0 && !through)) break;
        pool->standard_at++;
    }
    return M_OK;
}

/* Its number among the standards; `count` when it is none of them. */
static uint32_t place_of(const wms_replay_pool *pool, m_id standard)
{
    const wms_standard_cost *const *all = pool->standards.items;
    uint32_t i = 0;
    while (i < pool->standards.count && !m_id_eq(all[i]->id, standard))
        i++;
    return i;
}

bool wms_replay_standard(const wms_replay_pool *pool, m_id standard, m_dec *out_rate)
{
    const wms_standard_cost *const *all = pool->standards.items;
    uint32_t i = place_of(pool, standard);
    if (i == pool->standards.count) return false;
    *out_rate = all[i]->rate;
    return true;
}

void wms_replay_standard_passed(wms_replay_pool *pool, const m_stock_entry *entry)
{
    const wms_standard_cost *const *all = pool->standards.items;
    uint32_t i = place_of(pool, entry->rule);
    if (i < pool->standards.count && i >= pool->standard_at) pool->standard_at = i + 1;
    while (pool->standard_at < pool->standards.count &&
           m_date_cmp(all[pool->standard_at]->posting_date, entry->posting_date) < 0)
        pool->standard_at++;
}

const wms_standard_cost *wms_replay_standard_due(const wms_replay_pool *pool,
                                                 const m_stock_entry *next)
{
    const wms_standard_cost *const *all = pool->standards.items;
    if (pool->standard_at >= pool->standards.count) return NULL;
    const wms_standard_cost *first = all[pool->standard_at];
    if (!next) return first;
    int order = m_date_cmp(first->posting_date, next->posting_date);
    if (order != 0) return order < 0 ? first : NULL;
    uint32_t i = place_of(pool, next->rule);
    return i < pool->standards.count && i >= pool->standard_at ? first : NULL;
}

/* Where a standard begins that found nothing there: before the first movement it valued that day,
 * else behind everything of its day. */
static m_status stand(wms_replay *r, const wms_replay_pool *pool, const wms_standard_cost *standard,
                      const m_stock_entry *next, const m_stock_entry **out)
{
    m_stock_entry *at = NULL;
    M_TRY(WMS_ARRAY(r->call, at, 1));
    *at = (m_stock_entry){.posting_date = standard->posting_date,
                          .item = pool->item,
                          .warehouse = pool->warehouse,
                          .method = M_STANDARD,
                          .rule = standard->id,
                          .event_type = M_STR("standard_cost"),
                          .voucher_no = standard->number,
                          .source_type = m_str_of(wms_standard_cost_type.name),
                          .source_id = standard->id};
    if (next && m_date_cmp(next->posting_date, standard->posting_date) == 0) {
        at->at_seq = next->at_seq;
        at->at_line = next->at_line - 1;
    }
    *out = at;
    return M_OK;
}

static m_status refuse_transit(wms_replay *r, m_id id)
{
    const void *found = NULL;
    M_TRY(m_store_need(r->w->store, r->call, &wms_warehouse_type, id, &found));
    const wms_warehouse *warehouse = found;
    if (warehouse->kind != WMS_TRANSIT) return M_OK;
    return m_fail(r->call, WMS_ERR(STANDARD_TRANSIT), "%.*s", M_STR_ARG(warehouse->code));
}

m_status wms_replay_revalue(wms_replay *r, wms_replay_pool *pool, const m_stock_entry *next,
                            wms_movement *out)
{
    const wms_standard_cost *standard = wms_replay_standard_due(pool, next);
    wms_pool after = pool->now;
    wms_draw *part = NULL;
    *out = (wms_movement){.pool = pool};
    pool->standard_at++;
    /* What stands here already has its own place in the pool. */
    if (next && m_id_eq(next->source_id, standard->id)) return M_OK;
    if (pool->now.qty.u == 0 || wms_replay_met(pool)) return M_OK;
    M_TRY(refuse_transit(r, pool->warehouse));
    M_TRY(WMS_ARRAY(r->call, part, 1));
    if (wms_pool_reprice(&after, standard->rate, r->places, &part->value) != M_OK)
        return m_fail(r->call, m_err_overflow, "quantity × standard cost");
    if (part->value.u == 0) return M_OK;
    out->now = (m_list){part, 1};
    return stand(r, pool, standard, next, &out->first);
}
