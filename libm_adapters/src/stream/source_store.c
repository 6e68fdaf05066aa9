/* Outgoing rows of each tenant through m_store. */
#include "m_adapters/stream.h"

/* ---- one transaction of one tenant ---- */

static m_status begin(const m_outgoing_store *over, m_call *call, m_id tenant, m_uow_mode mode)
{
    call->tenant = tenant;
    call->uow = over->uow;
    return over->uow->ops->begin(over->uow, call, mode, NULL, 0);
}

static m_status finish(const m_outgoing_store *over, m_call *call, m_status status)
{
    if (status != M_OK) {
        over->uow->ops->rollback(over->uow);
        return status;
    }
    return over->uow->ops->commit(over->uow, call);
}

/* ---- reading ---- */

static m_status read_mark(const m_outgoing_store *over, m_call *call, const char *reader,
                          m_outgoing_mark *out)
{
    m_outgoing_mark key = {.reader = m_str_of(reader)};
    const void *found = NULL;
    M_TRY(m_store_get_key(over->store, call, &m_outgoing_mark_type, &key, &found));
    *out = found ? *(const m_outgoing_mark *)found : key;
    return M_OK;
}

/* Copies, because records may go with the next transaction. */
static m_status read_rows(const m_outgoing_store *over, m_call *call, int64_t after, int64_t limit,
                          m_list *out)
{
    m_filter above = {"seq", M_OP_GT, &after};
    m_order ascending = {"seq", false};
    m_query query = {.filters = &above,
                     .filter_count = 1,
                     .orders = &ascending,
                     .order_count = 1,
                     .limit = (uint32_t)limit};
    m_fetch rows = {.type = &m_stream_event_type, .query = &query};
    M_TRY(m_store_fetch(over->store, call, &rows, 1));
    m_stream_event *events = m_arena_array(call->arena, rows.count, sizeof *events);
    if (!events) return m_fail(call, m_err_memory, "outbox");
    size_t bytes = 0;
    uint32_t n = 0;
    for (; n < rows.count; n++) {
        const m_stream_event *row = rows.records[n];
        bytes += row->payload.n;
        if (n && bytes > M_OUTBOX_PAGE_BYTES) break;
        M_TRY(m_record_copy_to(&m_stream_event_type, &events[n], row, call->arena));
    }
    *out = (m_list){events, n};
    return M_OK;
}

static m_status read_first(const m_outgoing_store *over, m_call *call, int64_t *out)
{
    m_query query = {.limit = 1};
    m_fetch rows = {.type = &m_stream_event_type, .query = &query};
    M_TRY(m_store_fetch(over->store, call, &rows, 1));
    *out = rows.count ? ((const m_stream_event *)rows.records[0])->seq : 0;
    return M_OK;
}

static m_status read_page(const m_outgoing_store *over, m_call *call, const m_outbox_ask *in,
                          m_outbox_page *out)
{
    m_outgoing_mark head;
    M_TRY(read_mark(over, call, M_READER_HEAD, &head));
    M_TRY(read_first(over, call, &out->first));
    out->head = head.seq;
    out->last = head.last;
    return read_rows(over, call, in->after, in->limit, &out->events);
}

static m_status since(void *self, m_call *call, const m_outbox_ask *in, m_outbox_page *out)
{
    const m_outgoing_store *over = self;
    m_outbox_page page = {0};
    M_TRY(begin(over, call, call->tenant, M_UOW_READ));
    M_TRY(finish(over, call, read_page(over, call, in, &page)));
    *out = page;
    return M_OK;
}

static m_status heads(void *self, m_call *call, const m_heads_ask *in, m_heads *out)
{
    const m_outgoing_store *over = self;
    m_head *heads = m_arena_array(call->arena, over->tenant_count, sizeof *heads);
    if (!heads) return m_fail(call, m_err_memory, "outbox");
    uint32_t n = 0;
    for (uint32_t i = 0; i < over->tenant_count && n < in->limit; i++) {
        m_outgoing_mark head;
        if (m_id_cmp(over->tenants[i], in->after) <= 0) continue;
        M_TRY(begin(over, call, over->tenants[i], M_UOW_READ));
        M_TRY(finish(over, call, read_mark(over, call, M_READER_HEAD, &head)));
        if (head.seq) heads[n++] = (m_head){over->tenants[i], head.seq, head.last};
    }
    out->heads = (m_list){heads, n};
    return M_OK;
}

static m_status tenant_unsent(const m_outgoing_store *over, m_call *call, uint32_t limit,
                              m_list *out)
{
    m_outgoing_mark sent;
    M_TRY(read_mark(over, call, M_READER_BROKER, &sent));
    return read_rows(over, call, sent.seq, limit, out);
}

static m_status unsent(void *self, m_call *call, uint32_t limit, m_list *out)
{
    const m_outgoing_store *over = self;
    m_outgoing_due *due = m_arena_array(call->arena, limit, sizeof *due);
    if (!due) return m_fail(call, m_err_memory, "outbox");
    uint32_t n = 0;
    uint32_t share = over->tenant_count ? limit / over->tenant_count : limit;
    for (uint32_t i = 0; i < over->tenant_count && n < limit; i++) {
        m_list rows = {0};
        M_TRY(begin(over, call, over->tenants[i], M_UOW_READ));
        M_TRY(finish(over, call, tenant_unsent(over, call, share ? share : 1, &rows)));
        for (uint32_t k = 0; k < rows.count && n < limit; k++)
            due[n++] = (m_outgoing_due){over->tenants[i], *M_AT(rows, m_stream_event, k)};
    }
    *out = (m_list){due, n};
    return M_OK;
}

/* ---- marks ---- */

static m_status mark(void *self, m_call *call, m_str reader, const m_head *marks, uint32_t n)
{
    const m_outgoing_store *over = self;
    for (uint32_t i = 0; i < n; i++) {
        m_outgoing_mark row = {
            .reader = reader, .seq = marks[i].seq, .last = marks[i].last, .at = m_now(call)};
        M_TRY(begin(over, call, marks[i].tenant, M_UOW_WRITE));
        M_TRY(finish(over, call, m_store_put(over->store, call, &m_outgoing_mark_type, &row)));
    }
    return M_OK;
}

/* ---- sweep and figures ---- */

static m_status read_marks(const m_outgoing_store *over, m_call *call, m_fetch *out)
{
    static const m_query all = {0};
    *out = (m_fetch){.type = &m_outgoing_mark_type, .query = &all};
    return m_store_fetch(over->store, call, out, 1);
}

/* The lowest of all marks; 0 when one of the readers has none. */
static m_status lowest(const m_outgoing_store *over, m_call *call, const char *const *readers,
                       int64_t *out)
{
    m_fetch marks;
    m_outgoing_mark mark;
    M_TRY(read_marks(over, call, &marks));
    *out = INT64_MAX;
    for (uint32_t i = 0; i < marks.count; i++) {
        int64_t seq = ((const m_outgoing_mark *)marks.records[i])->seq;
        *out = seq < *out ? seq : *out;
    }
    M_TRY(read_mark(over, call, M_READER_BROKER, &mark));
    *out = mark.seq < *out ? mark.seq : *out;
    for (; readers && *readers; readers++) {
        M_TRY(read_mark(over, call, *readers, &mark));
        *out = mark.seq < *out ? mark.seq : *out;
    }
    return M_OK;
}

static m_status sweep_tenant(const m_outgoing_store *over, m_call *call, m_time before,
                             const char *const *readers, uint32_t limit, uint32_t *removed)
{
    int64_t low;
    M_TRY(lowest(over, call, readers, &low));
    m_filter filters[] = {{"recorded_at", M_OP_LT, &before}, {"seq", M_OP_LE, &low}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = limit};
    m_fetch rows = {.type = &m_stream_event_type, .query = &query};
    M_TRY(m_store_fetch(over->store, call, &rows, 1));
    for (uint32_t i = 0; i < rows.count; i++)
        M_TRY(m_store_remove(over->store, call, &m_stream_event_type, rows.records[i]));
    *removed += rows.count;
    return M_OK;
}

static m_status sweep(void *self, m_call *call, m_time before, const char *const *readers,
                      uint32_t limit, uint32_t *out_removed)
{
    const m_outgoing_store *over = self;
    uint32_t removed = 0;
    for (uint32_t i = 0; i < over->tenant_count; i++) {
        M_TRY(begin(over, call, over->tenants[i], M_UOW_WRITE));
        M_TRY(finish(over, call, sweep_tenant(over, call, before, readers, limit, &removed)));
    }
    *out_removed = removed;
    return M_OK;
}

static m_status add_stats(const m_outgoing_store *over, m_call *call, m_outgoing_stats *out)
{
    m_outgoing_mark head, sent;
    m_fetch marks;
    m_list next = {0};
    int64_t first;
    M_TRY(read_mark(over, call, M_READER_HEAD, &head));
    M_TRY(read_mark(over, call, M_READER_BROKER, &sent));
    M_TRY(read_first(over, call, &first));
    M_TRY(read_rows(over, call, sent.seq, 1, &next));
    M_TRY(read_marks(over, call, &marks));
    out->backlog += head.seq - sent.seq;
    if (first) out->rows += head.seq - first + 1;
    if (next.count) {
        m_time at = M_AT(next, m_stream_event, 0)->recorded_at;
        if (!out->oldest_unsent.us || at.us < out->oldest_unsent.us) out->oldest_unsent = at;
    }
    for (uint32_t i = 0; i < marks.count; i++) {
        const m_outgoing_mark *m = marks.records[i];
        bool consumer =
            !m_str_is(m->reader, M_READER_HEAD) && !m_str_is(m->reader, M_READER_BROKER);
        if (consumer && head.seq - m->seq > out->slowest_reader)
            out->slowest_reader = head.seq - m->seq;
    }
    return M_OK;
}

static m_status stats(void *self, m_call *call, m_outgoing_stats *out)
{
    const m_outgoing_store *over = self;
    m_outgoing_stats sum = {0};
    for (uint32_t i = 0; i < over->tenant_count; i++) {
        M_TRY(begin(over, call, over->tenants[i], M_UOW_READ));
        M_TRY(finish(over, call, add_stats(over, call, &sum)));
    }
    *out = sum;
    return M_OK;
}

m_outgoing_source m_outgoing_store_source(m_outgoing_store *over)
{
    static const m_outgoing_source_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "outgoing_source"},
        .since = since,
        .heads = heads,
        .unsent = unsent,
        .mark = mark,
        .sweep = sweep,
        .stats = stats,
    };
    return (m_outgoing_source){&ops, over};
}
