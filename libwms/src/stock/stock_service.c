#include "standard_cost/standard_cost.h"
#include "stock/arrears.h"
#include "stock/stock.h"

/* ---- ledger lines ---- */

static bool is_stock(const m_ledger_line *line)
{
    return m_str_is(line->purpose, "stock") || m_str_is(line->purpose, "stock_in_transit");
}

static m_status add_line(m_call *call, wms_posting *posting, m_ledger_line line)
{
    m_ledger_line *counter = &posting->counter;
    if (counter->purpose.n == 0 && m_id_is_null(counter->account) && !is_stock(&line))
        *counter = (m_ledger_line){.purpose = line.purpose,
                                   .account = line.account,
                                   .subject = line.subject,
                                   .cost_center = line.cost_center};
    if (line.debit.u == 0 && line.credit.u == 0) return M_OK;
    m_ledger_line *slot =
        m_list_add(call->arena, &posting->lines, &posting->line_capacity, sizeof *slot);
    if (!slot) return m_fail(call, m_err_memory, NULL);
    *slot = line;
    return M_OK;
}

m_status wms_debit(m_call *call, wms_posting *posting, const char *purpose, m_id subject,
                   m_id cost_center, m_dec amount)
{
    return add_line(call, posting,
                    (m_ledger_line){.purpose = m_str_of(purpose),
                                    .subject = subject,
                                    .cost_center = cost_center,
                                    .debit = amount});
}

m_status wms_debit_account(m_call *call, wms_posting *posting, m_id account, m_id cost_center,
                           m_dec amount)
{
    return add_line(
        call, posting,
        (m_ledger_line){.account = account, .cost_center = cost_center, .debit = amount});
}

m_status wms_credit_account(m_call *call, wms_posting *posting, m_id account, m_id cost_center,
                            m_dec amount)
{
    return add_line(
        call, posting,
        (m_ledger_line){.account = account, .cost_center = cost_center, .credit = amount});
}

m_status wms_credit(m_call *call, wms_posting *posting, const char *purpose, m_id subject,
                    m_id cost_center, m_dec amount)
{
    return add_line(call, posting,
                    (m_ledger_line){.purpose = m_str_of(purpose),
                                    .subject = subject,
                                    .cost_center = cost_center,
                                    .credit = amount});
}

m_status wms_difference(m_call *call, wms_posting *posting, const char *purpose, m_id subject,
                        m_id cost_center, m_dec amount)
{
    if (amount.u >= 0) return wms_debit(call, posting, purpose, subject, cost_center, amount);
    return wms_credit(call, posting, purpose, subject, cost_center, m_dec_neg(amount));
}

/* ---- posting ---- */

static m_status noted_faults(m_call *call, const wms_stock *stock)
{
    if (!stock->fault) return M_OK;
    return m_fail(call, stock->fault, "%.*s", M_STR_ARG(stock->fault_detail));
}

static m_ledger_voucher voucher_of(const wms_posting *posting, m_id id, m_str number)
{
    return (m_ledger_voucher){.voucher_id = id,
                              .voucher_type = m_str_of(posting->event),
                              .voucher_no = number,
                              .posting_date = posting->date,
                              .source_type = m_str_of(posting->type->name),
                              .source_id = posting->doc->id,
                              .lines = posting->lines};
}

static m_status record(const wms *w, m_call *call, const wms_stock *stock,
                       const wms_posting *posting, m_id id, m_id reverses)
{
    m_stock_receipt receipt;
    return m_stock_keeper_post(w->keeper, call,
                               &(m_stock_event){.event_id = id,
                                                .event_type = m_str_of(posting->event),
                                                .voucher_no = posting->doc->number,
                                                .posting_date = posting->date,
                                                .source_type = m_str_of(posting->type->name),
                                                .source_id = posting->doc->id,
                                                .reverses = reverses,
                                                .actor = call->actor,
                                                .counter_purpose = posting->counter.purpose,
                                                .counter_account = posting->counter.account,
                                                .counter_subject = posting->counter.subject,
                                                .counter_center = posting->counter.cost_center,
                                                .overdraw = stock->overdraw,
                                                .moves = stock->moves},
                               &receipt);
}

m_status wms_post(const wms *w, m_call *call, wms_stock *stock, wms_posting *posting)
{
    m_id id = m_voucher_id(call, posting->doc->id, posting->purpose);
    m_ledger_result result;
    M_TRY(noted_faults(call, stock));
    M_TRY(wms_arrears_post(w, call, stock, posting));
    if (posting->lines.count) {
        m_ledger_voucher held = voucher_of(posting, id, (m_str){0});
        M_TRY(m_ledger_prepare(w->ledger, call, &held, &result));
    } else {
        M_TRY(m_ledger_check_date(w->ledger, call, &(m_ledger_date){posting->date}, &result));
    }
    if (stock->moves.count) M_TRY(record(w, call, stock, posting, id, (m_id){{0}}));
    if (posting->lines.count == 0) return M_OK;
    m_ledger_voucher exact = voucher_of(posting, id, posting->doc->number);
    return m_ledger_confirm(w->ledger, call, &exact, &result);
}

/* ---- undoing ---- */

/* The moves a document made, turned round, last one first. */
static m_status mirror_moves(const wms *w, m_call *call, const m_doc *doc, m_date posted_on,
                             wms_stock *stock)
{
    m_filter filters[] = {{"posting_date", M_OP_EQ, &posted_on}, {"source_id", M_OP_EQ, &doc->id}};
    m_query query = {.filters = filters, .filter_count = 2};
    m_fetch read = {.type = &m_stock_entry_type, .query = &query};
    M_TRY(m_store_fetch(w->store, call, &read, 1));
    M_TRY(wms_standard_unchanged(w, call, &read, doc));
    for (uint32_t i = read.count; i-- > 0;) {
        const m_stock_entry *entry = read.records[i];
        M_TRY(wms_stock_move(call, stock,
                             (m_stock_move){.item = entry->item,
                                            .warehouse = entry->warehouse,
                                            .qty = m_dec_neg(entry->qty),
                                            .value = m_dec_neg(entry->value),
                                            .layer = entry->layer,
                                            .source_line = entry->source_line,
                                            .method = entry->method,
                                            .rule = entry->rule}));
    }
    return M_OK;
}

/* The stock-keeper knows best whether the goods are still there: a mirror that would break a bin or
 * a layer means that they are not. A date before the latest movement stays what it is. */
static m_status was_consumed(m_call *call, m_status status, const m_doc *doc,
                             const m_error_def *consumed)
{
    if (status != M_PRECONDITION || m_str_is(call->error.code, m_err_stock_backdated->code))
        return status;
    m_error_clear(call);
    return m_fail(call, consumed, "%.*s", M_STR_ARG(doc->number));
}

m_status wms_unpost(const wms *w, m_call *call, const wms_undo *undo)
{
    const m_doc *doc = undo->doc;
    wms_stock stock = {.date = undo->on};
    wms_posting posting = {.event = undo->event, .type = undo->type, .doc = doc, .date = undo->on};
    m_id original = m_voucher_id(call, doc->id, "post");
    m_id mirror = m_voucher_id(call, doc->id, "cancel");
    m_ledger_result result;
    M_TRY(m_ledger_check_date(w->ledger, call, &(m_ledger_date){undo->on}, &result));
    M_TRY(mirror_moves(w, call, doc, undo->posted_on, &stock));
    M_TRY(wms_arrears_allowed(w, call, undo->on, &stock.overdraw));
    if (stock.moves.count) {
        M_TRY(wms_reserved_guard(w, call, &stock.moves));
        m_status status = record(w, call, &stock, &posting, mirror, original);
        if (status != M_OK) return was_consumed(call, status, doc, undo->consumed);
    }
    return m_ledger_reverse(w->ledger, call,
                            &(m_ledger_reversal){.voucher_id = original,
                                                 .source_type = m_str_of(undo->type->name),
                                                 .source_id = doc->id,
                                                 .voucher_no = doc->number,
                                                 .posting_date = undo->on,
                                                 .reversal_id = mirror,
                                                 .source_lines = undo->source_lines},
                            &result);
}
