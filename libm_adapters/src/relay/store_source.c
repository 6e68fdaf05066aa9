/* The outbox of each tenant through m_store. */
#include "m_adapters/relay.h"

#include <stdlib.h>

#define LOOK_AT 1000

/* ---- one transaction of one tenant ---- */

static m_status begin(const m_relay_store *over, m_call *call, m_id tenant, m_uow_mode mode)
{
    call->tenant = tenant;
    call->uow = over->uow;
    return over->uow->ops->begin(over->uow, call, mode, NULL, 0);
}

static m_status finish(const m_relay_store *over, m_call *call, m_status status)
{
    if (status != M_OK) {
        over->uow->ops->rollback(over->uow);
        return status;
    }
    return over->uow->ops->commit(over->uow, call);
}

/* ---- list_due ---- */

static int by_aggregate(const void *a, const void *b)
{
    const m_outbox_row *x = *(const m_outbox_row *const *)a;
    const m_outbox_row *y = *(const m_outbox_row *const *)b;
    int order = m_id_cmp(x->aggregate, y->aggregate);
    return order ? order : m_id_cmp(x->id, y->id);
}

static int by_id(const void *a, const void *b)
{
    return m_id_cmp(((const m_relay_due *)a)->row.id, ((const m_relay_due *)b)->row.id);
}

static bool is_due(const m_outbox_row *row, m_time now)
{
    return row->status == M_OUTBOX_READY && row->next_try_at.us <= now.us;
}

/* Is there an earlier row of the same aggregate? Events without one wait for nobody. */
static bool waits(const m_outbox_row **rows, uint32_t i)
{
    return i > 0 && !m_id_is_null(rows[i]->aggregate) &&
           m_id_eq(rows[i - 1]->aggregate, rows[i]->aggregate);
}

/* rows: sorted by aggregate, then id. Only the first one of each aggregate may go. */
static void take_due(const m_outbox_row **rows, uint32_t n, m_id tenant, m_time now, uint32_t limit,
                     m_list *out)
{
    m_relay_due *due = out->items;
    uint32_t from = out->count;
    uint32_t found = from;
    for (uint32_t i = 0; i < n; i++)
        if (!waits(rows, i) && is_due(rows[i], now)) due[found++] = (m_relay_due){tenant, *rows[i]};
    if (found > from) qsort(due + from, found - from, sizeof *due, by_id);
    out->count = found < limit ? found : limit;
}

static m_status list_tenant(const m_relay_store *over, m_call *call, m_id tenant, uint32_t limit,
                            m_list *out)
{
    m_enum done = M_OUTBOX_DONE;
    m_filter open = {"status", M_OP_NE, &done};
    m_order oldest = {"id", false};
    m_query query = {
        .filters = &open, .filter_count = 1, .orders = &oldest, .order_count = 1, .limit = LOOK_AT};
    m_fetch rows = {.type = &m_outbox_type, .query = &query};
    M_TRY(begin(over, call, tenant, M_UOW_READ));
    M_TRY(finish(over, call, m_store_fetch(over->store, call, &rows, 1)));
    if (!rows.count) return M_OK;
    const m_outbox_row **sorted = m_arena_array(call->arena, rows.count, sizeof *sorted);
    if (!sorted) return m_fail(call, m_err_memory, "outbox");
    for (uint32_t i = 0; i < rows.count; i++) { /* the next begin may take the records away */
        sorted[i] = m_record_copy(&m_outbox_type, rows.records[i], call->arena);
        if (!sorted[i]) return m_fail(call, m_err_memory, "outbox");
    }
    qsort(sorted, rows.count, sizeof *sorted, by_aggregate);
    take_due(sorted, rows.count, tenant, m_now(call), limit, out);
    return M_OK;
}

static m_status list_due(void *self, m_call *call, uint32_t limit, m_list *out)
{
    const m_relay_store *over = self;
    m_list due = {.items =
                      m_arena_array(call->arena, (size_t)limit + LOOK_AT, sizeof(m_relay_due))};
    if (!due.items) return m_fail(call, m_err_memory, "outbox");
    for (uint32_t i = 0; i < over->tenant_count && due.count < limit; i++)
        M_TRY(list_tenant(over, call, over->tenants[i], limit, &due));
    *out = due;
    return M_OK;
}

/* ---- marking ---- */

static m_status mark(const m_relay_store *over, m_call *call, const m_relay_due *due, uint32_t n,
                     bool done)
{
    for (uint32_t i = 0; i < n; i++) {
        m_outbox_row row = due[i].row;
        if (done) row.status = M_OUTBOX_DONE;
        M_TRY(m_store_update(over->store, call, &m_outbox_type, &row));
    }
    return M_OK;
}

/* Rows of one tenant stand together: list_due gives them so. */
static m_status mark_done(void *self, m_call *call, const m_relay_due *due, uint32_t n)
{
    const m_relay_store *over = self;
    for (uint32_t from = 0, to = 0; from < n; from = to) {
        while (to < n && m_id_eq(due[to].tenant, due[from].tenant))
            to++;
        M_TRY(begin(over, call, due[from].tenant, M_UOW_WRITE));
        M_TRY(finish(over, call, mark(over, call, due + from, to - from, true)));
    }
    return M_OK;
}

static m_status mark_failed(void *self, m_call *call, const m_relay_due *due)
{
    const m_relay_store *over = self;
    M_TRY(begin(over, call, due->tenant, M_UOW_WRITE));
    return finish(over, call, mark(over, call, due, 1, false));
}

/* ---- sweep ---- */

static m_status sweep_outbox(const m_relay_store *over, m_call *call, m_time before, uint32_t limit,
                             uint32_t *removed)
{
    static const uint8_t least[10];
    m_enum done = M_OUTBOX_DONE;
    m_id oldest_kept = m_id_make((uint64_t)(before.us / 1000), least);
    m_filter filters[] = {{"status", M_OP_EQ, &done}, {"id", M_OP_LT, &oldest_kept}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = limit};
    m_fetch rows = {.type = &m_outbox_type, .query = &query};
    M_TRY(m_store_fetch(over->store, call, &rows, 1));
    for (uint32_t i = 0; i < rows.count; i++)
        M_TRY(m_store_remove(over->store, call, &m_outbox_type, rows.records[i]));
    *removed += rows.count;
    return M_OK;
}

/* An inbox row stays as long as its event: another consumer may still have to get it. */
static m_status sweep_inbox(const m_relay_store *over, m_call *call, m_time before, uint32_t limit,
                            uint32_t *removed)
{
    m_filter old = {"handled_at", M_OP_LT, &before};
    m_query query = {.filters = &old, .filter_count = 1, .limit = limit};
    m_fetch rows = {.type = &m_inbox_type, .query = &query};
    M_TRY(m_store_fetch(over->store, call, &rows, 1));
    m_id *ids = m_arena_array(call->arena, rows.count, sizeof *ids);
    if (!ids) return m_fail(call, m_err_memory, "inbox");
    for (uint32_t i = 0; i < rows.count; i++)
        ids[i] = ((const m_inbox_row *)rows.records[i])->event_id;
    m_fetch events = {.type = &m_outbox_type, .ids = ids, .key_count = rows.count};
    if (rows.count) M_TRY(m_store_fetch(over->store, call, &events, 1));
    for (uint32_t i = 0; i < rows.count; i++) {
        if (events.records[i]) continue;
        M_TRY(m_store_remove(over->store, call, &m_inbox_type, rows.records[i]));
        ++*removed;
    }
    return M_OK;
}

static m_status sweep_tenant(const m_relay_store *over, m_call *call, m_time before, uint32_t limit,
                             uint32_t *removed)
{
    M_TRY(sweep_outbox(over, call, before, limit, removed));
    return sweep_inbox(over, call, before, limit, removed);
}

static m_status sweep(void *self, m_call *call, m_time before, uint32_t limit,
                      uint32_t *out_removed)
{
    const m_relay_store *over = self;
    uint32_t removed = 0;
    for (uint32_t i = 0; i < over->tenant_count; i++) {
        M_TRY(begin(over, call, over->tenants[i], M_UOW_WRITE));
        M_TRY(finish(over, call, sweep_tenant(over, call, before, limit, &removed)));
    }
    *out_removed = removed;
    return M_OK;
}

m_relay_source m_relay_store_source(m_relay_store *over)
{
    static const m_relay_source_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "relay_source"},
        .list_due = list_due,
        .mark_done = mark_done,
        .mark_failed = mark_failed,
        .sweep = sweep,
    };
    return (m_relay_source){&ops, over};
}
