/* What this process decided about postings that another one holds. */
#include "decisions.h"

#include "internal.h"
#include "m/stock_keeper.h"
#include "m_adapters/codec.h"
#include "m_adapters/remote_ledger.h"

m_status decision_read(m_store store, m_call *call, m_id hold, m_id attempt, decision_state *out)
{
    m_decision_row committed = {.hold = hold}, let_go = {.hold = hold, .attempt = attempt};
    const void *keys[] = {&committed, &let_go};
    m_fetch read = {.type = &m_decision_type, .keys = keys, .key_count = 2};
    M_TRY(m_store_fetch(store, call, &read, 1));
    const m_decision_row *row = read.records[0];
    *out = (decision_state){.committed = row != NULL,
                            .posts = row && row->posts,
                            .let_go = !m_id_is_null(attempt) && read.records[1],
                            .row = row};
    return M_OK;
}

m_status decision_text(m_call *call, const m_type *type, const void *record, m_str *out)
{
    m_buf text = {.arena = call->arena};
    m_json_record(&text, type, record, NULL);
    if (text.failed) return m_fail(call, m_err_memory, "%s", type->name);
    *out = m_buf_str(&text);
    return M_OK;
}

/* ---- deciding ---- */

static m_status tell_again(m_call *call, const m_decision_row *row, m_decision_answer *answer)
{
    const struct {
        const char *event;
        const m_type *type;
        void *record;
    } known[] = {{M_LEDGER_CONFIRMED, &m_ledger_voucher_type, &answer->voucher},
                 {M_LEDGER_REVERSED, &m_ledger_reversal_type, &answer->reversal},
                 {M_BUDGET_COMMITTED, &m_commitment_type, &answer->commitment}};
    answer->verdict = M_DECISION_COMMITTED;
    answer->event = row->event;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (m_str_is(row->event, known[i].event))
            return m_json_read(call, known[i].type, row->payload, M_JSON_TRUSTED, known[i].record,
                               NULL);
    return m_fail(call, m_err_internal, "decision of %.*s", M_STR_ARG(row->event));
}

static m_status op_status(void *self, m_call *call, const m_decision_question *in,
                          m_decision_answer *out)
{
    m_store store = *(const m_store *)self;
    decision_state state;
    m_decision_answer *answer = m_record_new(&m_decision_answer_type, call->arena);
    if (!answer) return m_fail(call, m_err_memory, NULL);
    M_TRY(decision_read(store, call, in->hold, in->attempt, &state));
    if (state.row) {
        M_TRY(tell_again(call, state.row, answer));
    } else {
        answer->verdict = M_DECISION_ABORTED;
        m_decision_row row = {.hold = in->hold,
                              .attempt = in->attempt,
                              .verdict = M_DECISION_ABORTED,
                              .decided_at = m_now(call)};
        if (!state.let_go && !m_id_is_null(in->attempt))
            M_TRY(m_store_insert(store, call, &m_decision_type, &row));
    }
    *out = *answer;
    return M_OK;
}

m_deciding m_decisions_of(const m_store *store)
{
    static const m_deciding_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "deciding"}, .status = op_status};
    return (m_deciding){&ops, (void *)(uintptr_t)store};
}

static m_status op_ask(void *self, m_call *call, const m_decision_question *in,
                       m_decision_answer *out)
{
    (void)self;
    const char *service = m_str_z(call->arena, in->caller);
    if (!service || !call->answers)
        return m_fail(call, m_err_unavailable, "%.*s", M_STR_ARG(in->caller));
    const char *kept = m_arena_copy(m_answers_arena(call->answers), service, in->caller.n);
    if (!kept) return m_fail(call, m_err_memory, NULL);
    return m_remote_ask(call, kept, &m_deciding_protocol,
                        m_protocol_method(&m_deciding_protocol, M_STR("status")), in, out);
}

m_deciding m_remote_deciding(void)
{
    static const m_deciding_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "deciding"}, .status = op_ask};
    return (m_deciding){&ops, NULL};
}

m_status m_decisions_sweep(m_store store, m_call *call, m_time before, uint32_t limit,
                           uint32_t *out_removed)
{
    m_filter filter = {"decided_at", M_OP_LT, &before};
    m_query query = {.filters = &filter, .filter_count = 1, .limit = limit};
    m_fetch read = {.type = &m_decision_type, .query = &query};
    M_TRY(m_store_fetch(store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++)
        M_TRY(m_store_remove(store, call, &m_decision_type, read.records[i]));
    *out_removed = read.count;
    return M_OK;
}

/* ---- crosscheck ---- */

static m_status add_row(m_call *call, m_list *rows, uint32_t *capacity, m_crosscheck_row row)
{
    m_crosscheck_row *added = m_list_add(call->arena, rows, capacity, sizeof row);
    if (!added) return m_fail(call, m_err_memory, NULL);
    *added = row;
    return M_OK;
}

static m_status add_vouchers(m_store store, m_call *call, m_date date, m_list *rows,
                             uint32_t *capacity)
{
    m_enum committed = M_DECISION_COMMITTED;
    bool posts = true;
    m_filter filters[] = {{"posting_date", M_OP_EQ, &date},
                          {"verdict", M_OP_EQ, &committed},
                          {"posts", M_OP_EQ, &posts}};
    m_query query = {.filters = filters, .filter_count = 3};
    m_fetch read = {.type = &m_decision_type, .query = &query};
    M_TRY(m_store_fetch(store, call, &read, 1));
    if (read.count == M_QUERY_LIMIT_MAX) return m_fail(call, m_err_overflow, "a day's vouchers");
    for (uint32_t i = 0; i < read.count; i++) {
        const m_decision_row *row = read.records[i];
        M_TRY(add_row(call, rows, capacity,
                      (m_crosscheck_row){M_CROSSCHECK_VOUCHER, row->hold, row->amount}));
    }
    return M_OK;
}

/* By the event that recorded the entry, not by the one it corrects: as the vouchers are. */
static m_status add_stock(m_store store, m_call *call, m_date date, m_list *rows,
                          uint32_t *capacity)
{
    m_filter filter = {"posting_date", M_OP_EQ, &date};
    m_sum sum = {
        .type = &m_stock_entry_type, .filters = &filter, .filter_count = 1, .group_by = "seq"};
    M_TRY(m_store_sum(store, call, &sum));
    m_stock_event *keys = m_arena_array(call->arena, sum.out.count, sizeof *keys);
    const void **asked = m_arena_array(call->arena, sum.out.count, sizeof *asked);
    if (!keys || !asked) return m_fail(call, m_err_memory, NULL);
    for (uint32_t i = 0; i < sum.out.count; i++) {
        keys[i].seq = M_AT(sum.out, const m_stock_entry, i)->seq;
        asked[i] = &keys[i];
    }
    m_fetch read = {.type = &m_stock_event_type, .keys = asked, .key_count = sum.out.count};
    if (sum.out.count) M_TRY(m_store_fetch(store, call, &read, 1));
    for (uint32_t i = 0; i < sum.out.count; i++) {
        const m_stock_event *event = read.records[i];
        if (!event) return m_fail(call, m_err_internal, "movement without event");
        M_TRY(add_row(call, rows, capacity,
                      (m_crosscheck_row){M_CROSSCHECK_STOCK, event->source_id,
                                         M_AT(sum.out, const m_stock_entry, i)->value.u}));
    }
    return M_OK;
}

/* All that was decided here is the caller's. */
static m_status read_day(void *self, m_call *call, const m_crosscheck_date *in, m_list *out_rows)
{
    m_store store = *(const m_store *)self;
    m_list rows = {NULL, 0};
    uint32_t capacity = 0;
    M_TRY(add_vouchers(store, call, in->date, &rows, &capacity));
    if (in->stock) M_TRY(add_stock(store, call, in->date, &rows, &capacity));
    *out_rows = rows;
    return M_OK;
}

static m_status op_digests(void *self, m_call *call, const m_crosscheck_span *in,
                           m_crosscheck_days *out)
{
    return m_crosscheck_days_of(self, call, read_day, in, out);
}

static m_status op_list(void *self, m_call *call, const m_crosscheck_date *in,
                        m_crosscheck_rows *out)
{
    return m_crosscheck_rows_of(self, call, read_day, in, out);
}

m_crosscheck m_crosscheck_of(const m_store *store)
{
    static const m_crosscheck_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "crosscheck"},
        .digests = op_digests,
        .list = op_list,
    };
    return (m_crosscheck){&ops, (void *)(uintptr_t)store};
}
