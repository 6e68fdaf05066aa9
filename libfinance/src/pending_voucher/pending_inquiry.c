/* Asking instead of forgetting: who holds says what became of it. */
#include "pending_voucher/pending_voucher.h"

#define US_PER_SECOND INT64_C(1000000)

typedef struct {
    m_status status;
    m_decision_answer answer;
} reply;

static m_status old_enough(fin_module *fin, m_call *call, const m_inquiry *in, m_fetch *out)
{
    m_dec seconds = m_dec_of_int(in->older_than_s);
    if (!in->older_than_s)
        M_TRY(m_policy(fin->masters, call, FIN_PENDING_POLICY, m_today(call),
                       m_dec_of_int(FIN_PENDING_OLD_S), &seconds));
    m_time now = m_now(call);
    m_time before = {now.us - seconds.u / M_DEC_ONE * US_PER_SECOND};
    m_filter filters[] = {fin_pending_open, {"held_at", M_OP_LE, &before}};
    m_order oldest = {"held_at", false};
    bool bounded = in->limit > 0 && in->limit < FIN_PENDING_QUESTIONS;
    m_query query = {.filters = filters, .filter_count = 2, .orders = &oldest, .order_count = 1};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    uint32_t n = 0, most = bounded ? (uint32_t)in->limit : FIN_PENDING_QUESTIONS;
    const void **due = m_arena_array(call->arena, read.count, sizeof *due);
    FIN_NEED(call, due);
    for (uint32_t i = 0; i < read.count && n < most; i++)
        if (((const fin_pending *)read.records[i])->ask_at.us <= now.us) due[n++] = read.records[i];
    *out = (m_fetch){.type = &fin_pending_type, .records = due, .count = n};
    return M_OK;
}

/* All are asked before one is done. M_AGAIN: there are no answers yet. */
static m_status ask(fin_module *fin, m_call *call, const m_fetch *due, reply *replies)
{
    m_error again = {.status = M_OK};
    for (uint32_t i = 0; i < due->count; i++) {
        const fin_pending *row = due->records[i];
        bool waits = row->state == FIN_WAITING;
        bool of_original = waits && row->kind == FIN_HOLD_REVERSAL;
        m_decision_question question = {.caller = row->caller,
                                        .hold = of_original ? row->original : row->id,
                                        .attempt = waits ? (m_id){{0}} : row->attempt};
        replies[i].status = m_deciding_status(fin->deciding, call, &question, &replies[i].answer);
        if (replies[i].status == M_AGAIN) again = call->error;
        m_error_clear(call);
    }
    if (again.status == M_OK) return M_OK;
    call->error = again;
    return again.status;
}

static m_status apply(fin_module *fin, m_call *call, m_str caller, const m_decision_answer *answer)
{
    if (m_str_is(answer->event, M_LEDGER_CONFIRMED))
        return fin_pending_confirm(fin, call, caller, &answer->voucher);
    if (m_str_is(answer->event, M_LEDGER_REVERSED))
        return fin_pending_reverse(fin, call, caller, &answer->reversal);
    if (m_str_is(answer->event, M_BUDGET_COMMITTED))
        return fin_pending_commit(fin, call, caller, &answer->commitment);
    return m_fail(call, m_err_unsupported, "%.*s", M_STR_ARG(answer->event));
}

static m_status ask_later(fin_module *fin, m_call *call, const fin_pending *row)
{
    fin_pending later = *row;
    int64_t wait = later.asked < 4 ? FIN_PENDING_OLD_S << later.asked : FIN_PENDING_RETRY_MAX;
    later.asked++;
    if (wait > FIN_PENDING_RETRY_MAX) wait = FIN_PENDING_RETRY_MAX;
    later.ask_at.us = m_now(call).us + wait * US_PER_SECOND;
    return m_store_put(fin->store, call, &fin_pending_type, &later);
}

/* Nobody decided it, and now nobody will. */
static m_status end(fin_module *fin, m_call *call, const fin_pending *row)
{
    fin_pending gone = *row;
    if (row->state == FIN_HELD) return fin_pending_let_go(fin, call, row);
    return fin_pending_resolve(fin, call, &gone, FIN_EMPTY);
}

static m_status oldest_open(fin_module *fin, m_call *call, m_time *out)
{
    m_order oldest = {"held_at", false};
    m_query query = {.filters = &fin_pending_open,
                     .filter_count = 1,
                     .orders = &oldest,
                     .order_count = 1,
                     .limit = 1};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    *out = read.count ? ((const fin_pending *)read.records[0])->held_at : (m_time){0};
    return M_OK;
}

static m_status sweep(fin_module *fin, m_call *call)
{
    m_time before = {m_now(call).us - FIN_PENDING_KEPT_DAYS * INT64_C(86400) * US_PER_SECOND};
    m_enum ended[] = {FIN_POSTED, FIN_EMPTY, FIN_LET_GO};
    m_list states = {ended, 3};
    m_filter filters[] = {{"state", M_OP_IN, &states}, {"held_at", M_OP_LT, &before}};
    m_query query = {.filters = filters, .filter_count = 2, .limit = FIN_PENDING_SWEEP};
    m_fetch read = {.type = &fin_pending_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    for (uint32_t i = 0; i < read.count; i++)
        M_TRY(m_store_remove(fin->store, call, &fin_pending_type, read.records[i]));
    return M_OK;
}

m_status fin_pending_inquire(fin_module *fin, m_call *call, const m_inquiry *in,
                             m_inquiry_result *out)
{
    m_fetch due;
    M_TRY(old_enough(fin, call, in, &due));
    reply *replies = m_arena_array(call->arena, due.count, sizeof *replies);
    FIN_NEED(call, replies);
    m_inquiry_result result = {.asked = due.count};
    M_TRY(ask(fin, call, &due, replies));
    for (uint32_t i = 0; i < due.count; i++) {
        const fin_pending *row = due.records[i];
        if (replies[i].status != M_OK) {
            result.unanswered++;
            M_TRY(ask_later(fin, call, row));
        } else if (replies[i].answer.verdict == M_DECISION_COMMITTED) {
            result.posted++;
            M_TRY(apply(fin, call, row->caller, &replies[i].answer));
        } else {
            result.let_go++;
            M_TRY(end(fin, call, row));
        }
    }
    M_TRY(sweep(fin, call));
    M_TRY(oldest_open(fin, call, &result.oldest));
    *out = result;
    return M_OK;
}

/* ---- what is told by events ---- */

static m_status on_confirmed(void *module, m_call *call, const m_delivery *event)
{
    return fin_pending_confirm(module, call, event->producer, event->record);
}

static m_status on_reversed(void *module, m_call *call, const m_delivery *event)
{
    return fin_pending_reverse(module, call, event->producer, event->record);
}

static m_status on_committed(void *module, m_call *call, const m_delivery *event)
{
    return fin_pending_commit(module, call, event->producer, event->record);
}

static m_status on_released(void *module, m_call *call, const m_delivery *event)
{
    return fin_pending_release(module, call, event->producer, event->record);
}

const m_listener fin_pending_listeners[] = {
    {M_LEDGER_CONFIRMED, "finance.pending_voucher", on_confirmed, &m_ledger_voucher_type},
    {M_LEDGER_REVERSED, "finance.pending_voucher", on_reversed, &m_ledger_reversal_type},
    {M_BUDGET_COMMITTED, "finance.pending_voucher", on_committed, &m_commitment_type},
    {M_BUDGET_RELEASED, "finance.pending_voucher", on_released, &m_commitment_end_type},
    {NULL, NULL, NULL, NULL},
};
