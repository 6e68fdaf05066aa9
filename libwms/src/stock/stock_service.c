#include "standard_cost/standard_cost.h"
#include "stock/arrears.h"
#include "stock/preview.h"
#include "stock/replay.h"
#include "stock/tracked.h"

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

/* ---- documents that come late ---- */

/* Where the document belongs, and why it comes late; each line of the voucher says it. */
static m_status look_late(const wms *w, m_call *call, wms_posting *posting)
{
    const m_date *belongs_on = m_field_value(posting->type, "belongs_on", posting->doc);
    const m_str *reason = m_field_value(posting->type, "late_reason", posting->doc);
    char day[M_DATE_TEXT];
    if (belongs_on && reason && strcmp(posting->purpose, "post") == 0) {
        posting->belongs_on = *belongs_on;
        posting->late_reason = *reason;
    }
    if (m_date_is_none(posting->belongs_on)) return M_OK;
    M_TRY(wms_late_allowed(w, call, posting->belongs_on));
    m_date_format(posting->belongs_on, day);
    const char *text =
        m_arena_printf(call->arena, "Belongs on %s: %.*s", day, M_STR_ARG(posting->late_reason));
    if (!text) return m_fail(call, m_err_memory, NULL);
    for (M_EACH(m_ledger_line, line, posting->lines))
        if (line->narration.n == 0) line->narration = m_str_of(text);
    return M_OK;
}

/* partial: what is recorded next puts later movements right. */
static m_status record(const wms *w, m_call *call, const wms_stock *stock,
                       const wms_posting *posting, m_id id, m_id reverses, bool partial)
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
                                                .belongs_on = posting->belongs_on,
                                                .late_reason = posting->late_reason,
                                                .counter_purpose = posting->counter.purpose,
                                                .counter_account = posting->counter.account,
                                                .counter_subject = posting->counter.subject,
                                                .counter_center = posting->counter.cost_center,
                                                .overdraw = stock->overdraw,
                                                .backdated = stock->replay != NULL,
                                                .partial = partial,
                                                .moves = stock->moves},
                               &receipt);
}

/* What the moves do to later ones. */
static m_status look_ahead(wms_stock *stock, wms_restatement *plan)
{
    *plan = (wms_restatement){.correction_capacity = 0};
    if (!stock->replay) return M_OK;
    M_TRY(wms_replay_insert(stock->replay, stock));
    M_TRY(wms_replay_run(stock->replay));
    M_TRY(wms_restate_plan(stock->replay, plan));
    stock->overdraw |= plan->overdraw;
    return M_OK;
}

m_status wms_post(const wms *w, m_call *call, wms_stock *stock, wms_posting *posting)
{
    m_id id = m_voucher_id(call, posting->doc->id, posting->purpose);
    m_ledger_result result;
    wms_restatement plan;
    M_TRY(noted_faults(call, stock));
    M_TRY(wms_arrears_post(w, call, stock, posting));
    M_TRY(look_late(w, call, posting));
    M_TRY(look_ahead(stock, &plan));
    if (w->preview) return wms_preview_stop(w, call, stock->replay, &plan);
    if (posting->lines.count) {
        m_ledger_voucher held = voucher_of(posting, id, (m_str){0});
        M_TRY(m_ledger_prepare(w->ledger, call, &held, &result));
    } else {
        M_TRY(m_ledger_check_date(w->ledger, call, &(m_ledger_date){posting->date}, &result));
    }
    M_TRY(wms_restate_prepare(w, call, posting, &plan));
    if (stock->moves.count)
        M_TRY(record(w, call, stock, posting, id, (m_id){{0}}, plan.corrections.count > 0));
    if (posting->lines.count) {
        m_ledger_voucher exact = voucher_of(posting, id, posting->doc->number);
        M_TRY(m_ledger_confirm(w->ledger, call, &exact, &result));
    }
    return wms_restate_record(w, call, posting, &plan);
}

/* ---- undoing ---- */

/* What a document has booked. */
typedef struct {
    m_fetch entries;
    const m_stock_event *event; /* the first one; NULL: it moved no stock */
} booked;

static m_status read_booked(const wms *w, m_call *call, const wms_undo *undo, m_id original,
                            booked *out)
{
    m_filter filters[] = {{"posting_date", M_OP_EQ, &undo->posted_on},
                          {"source_id", M_OP_EQ, &undo->doc->id}};
    m_filter same[] = {{"event_id", M_OP_EQ, &original}};
    m_query queries[] = {{.filters = filters, .filter_count = 2},
                         {.filters = same, .filter_count = 1, .limit = 1}};
    m_fetch reads[] = {{.type = &m_stock_entry_type, .query = &queries[0]},
                       {.type = &m_stock_event_type, .query = &queries[1]}};
    M_TRY(m_store_fetch(w->store, call, reads, 2));
    *out = (booked){.entries = reads[0]};
    if (reads[1].count) out->event = reads[1].records[0];
    return M_OK;
}

static bool is_correction(const m_stock_entry *entry)
{
    return entry->at_seq != entry->seq;
}

static bool is_arrears(m_enum basis)
{
    return basis == M_STOCK_ARREARS;
}

static m_stock_move turned(const m_stock_entry *entry)
{
    return (m_stock_move){.item = entry->item,
                          .warehouse = entry->warehouse,
                          .qty = m_dec_neg(entry->qty),
                          .value = m_dec_neg(entry->value),
                          .layer = entry->layer,
                          .source_line = entry->source_line,
                          .basis = is_arrears(entry->basis) ? M_STOCK_ARREARS : M_STOCK_MIRROR,
                          .follows = entry->source_line,
                          .method = entry->method,
                          .rule = entry->rule};
}

/* A correction is part of the move it corrects, or of none: another layer. */
static m_status turn_correction(m_call *call, wms_stock *stock, const m_stock_entry *entry)
{
    m_stock_move part = turned(entry);
    for (M_EACH(m_stock_move, move, stock->moves)) {
        if (!m_id_eq(move->source_line, part.source_line) || !m_id_eq(move->item, part.item) ||
            !m_id_eq(move->warehouse, part.warehouse) ||
            is_arrears(move->basis) != is_arrears(part.basis))
            continue;
        part.method = move->method;
        part.rule = move->rule;
        if (!m_id_eq(move->layer, part.layer)) continue;
        if (m_dec_add(move->qty, part.qty, &move->qty) != M_OK ||
            m_dec_add(move->value, part.value, &move->value) != M_OK)
            return m_fail(call, m_err_overflow, "movement");
        return M_OK;
    }
    return wms_stock_move(call, stock, part);
}

/* The moves a document made, as they were put right since, turned round, last one first. */
static m_status mirror_moves(const wms *w, m_call *call, const booked *was, const m_doc *doc,
                             wms_stock *stock)
{
    const m_fetch *read = &was->entries;
    M_TRY(wms_standard_unchanged(w, call, read, doc));
    for (uint32_t i = read->count; i-- > 0;) {
        const m_stock_entry *entry = read->records[i];
        if (!is_correction(entry)) M_TRY(wms_stock_move(call, stock, turned(entry)));
    }
    for (uint32_t i = 0; i < read->count; i++) {
        const m_stock_entry *entry = read->records[i];
        if (is_correction(entry)) M_TRY(turn_correction(call, stock, entry));
    }
    m_stock_move *moves = stock->moves.items;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < stock->moves.count; i++)
        if (moves[i].qty.u || moves[i].value.u) moves[kept++] = moves[i];
    stock->moves.count = kept;
    return M_OK;
}

/* The bins of the moves, once each, and what they say of their latest movements. */
static m_status read_bins(const wms *w, m_call *call, wms_stock *stock)
{
    m_fetch reads[WMS_STOCK_READS];
    uint32_t n = 0;
    for (M_EACH(const m_stock_move, move, stock->moves)) {
        m_item_info item = {.id = move->item, .valuation = move->method};
        M_TRY(wms_stock_want(call, stock, &item, move->warehouse, false));
    }
    M_TRY(wms_stock_reads(call, stock, reads, &n));
    if (n) M_TRY(m_store_fetch(w->store, call, reads, n));
    return wms_stock_ready(w, call, stock, reads, n);
}

static m_status refuse_earlier(m_call *call, const wms_stock *stock)
{
    for (M_EACH(const wms_bin, bin, stock->bins)) {
        if (!bin->backdated || bin->replayed) continue;
        char last[M_DATE_TEXT];
        m_date_format(bin->last_date, last);
        return m_fail(call, m_err_stock_backdated, "the latest movement is of %s", last);
    }
    return M_OK;
}

/* Does the correction belong to goods that came in at standard cost? */
static bool came_at_standard(const booked *was, const m_stock_entry *correction)
{
    for (uint32_t i = 0; i < was->entries.count; i++) {
        const m_stock_entry *entry = was->entries.records[i];
        if (entry->seq == correction->at_seq && entry->line_no == correction->at_line)
            return entry->method == M_STANDARD && entry->qty.u > 0 &&
                   (entry->basis == M_STOCK_GIVEN || entry->basis == M_STOCK_RATE);
    }
    return false;
}

/* What corrections added in value to a document was booked by other vouchers than its own, and so
 * is not in the mirror of that one. */
static m_status mirror_corrections(const wms *w, m_call *call, const booked *was,
                                   const wms_undo *undo, wms_stock *stock)
{
    for (uint32_t i = 0; i < was->entries.count; i++) {
        const m_stock_entry *entry = was->entries.records[i];
        if (!is_correction(entry) || entry->value.u == 0 || !was->event) continue;
        if (!stock->replay) M_TRY(wms_replay_new(w, call, stock->places, &stock->replay));
        m_dec rise = entry->value;
        m_ledger_line line = {.purpose = M_STR("stock"), .subject = entry->warehouse};
        m_ledger_line counter = is_arrears(entry->basis)
                                    ? wms_restate_arrears(entry->warehouse)
                                    : wms_restate_counter(was->event, came_at_standard(was, entry));
        *(rise.u > 0 ? &line.credit : &line.debit) = rise.u > 0 ? rise : m_dec_neg(rise);
        *(rise.u > 0 ? &counter.debit : &counter.credit) = rise.u > 0 ? rise : m_dec_neg(rise);
        M_TRY(wms_replay_book(stock->replay, undo->on, line));
        if (counter.purpose.n || !m_id_is_null(counter.account))
            M_TRY(wms_replay_book(stock->replay, undo->on, counter));
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

/* Were the goods not there on the day of the mirror, whatever is there today? */
static bool was_gone(const m_call *call, m_status status)
{
    return status == M_PRECONDITION && (m_str_is(call->error.code, m_err_stock_negative->code) ||
                                        m_str_is(call->error.code, m_err_stock_value->code));
}

static m_status take_back(const wms *w, m_call *call, const wms_undo *undo, wms_stock *stock,
                          wms_posting *posting, wms_restatement *plan)
{
    m_id original = m_voucher_id(call, undo->doc->id, "post");
    booked was;
    M_TRY(wms_places(w, call, &stock->places));
    M_TRY(read_booked(w, call, undo, original, &was));
    M_TRY(mirror_moves(w, call, &was, undo->doc, stock));
    if (was.event)
        posting->counter = (m_ledger_line){.purpose = was.event->counter_purpose,
                                           .account = was.event->counter_account,
                                           .subject = was.event->counter_subject,
                                           .cost_center = was.event->counter_center};
    *plan = (wms_restatement){.correction_capacity = 0};
    if (stock->moves.count == 0) return M_OK;
    M_TRY(wms_arrears_allowed(w, call, undo->on, &stock->overdraw));
    M_TRY(wms_reserved_guard(w, call, &stock->moves));
    M_TRY(wms_tracked_free(w, call, stock));
    M_TRY(read_bins(w, call, stock));
    M_TRY(refuse_earlier(call, stock));
    M_TRY(mirror_corrections(w, call, &was, undo, stock));
    m_status status = look_ahead(stock, plan);
    if (was_gone(call, status)) return was_consumed(call, status, undo->doc, undo->consumed);
    M_TRY(status);
    M_TRY(wms_restate_prepare(w, call, posting, plan));
    status = record(w, call, stock, posting, m_voucher_id(call, undo->doc->id, posting->purpose),
                    original, plan->corrections.count > 0);
    return status == M_OK ? status : was_consumed(call, status, undo->doc, undo->consumed);
}

m_status wms_unpost(const wms *w, m_call *call, const wms_undo *undo)
{
    const m_doc *doc = undo->doc;
    wms_stock stock = {.date = undo->on};
    wms_posting posting = {.event = undo->event,
                           .type = undo->type,
                           .doc = doc,
                           .date = undo->on,
                           .purpose = "cancel"};
    wms_restatement plan;
    m_ledger_result result;
    M_TRY(m_ledger_check_date(w->ledger, call, &(m_ledger_date){undo->on}, &result));
    M_TRY(take_back(w, call, undo, &stock, &posting, &plan));
    M_TRY(m_ledger_reverse(
        w->ledger, call,
        &(m_ledger_reversal){.voucher_id = m_voucher_id(call, doc->id, "post"),
                             .source_type = m_str_of(undo->type->name),
                             .source_id = doc->id,
                             .voucher_no = doc->number,
                             .posting_date = undo->on,
                             .reversal_id = m_voucher_id(call, doc->id, posting.purpose),
                             .source_lines = undo->source_lines},
        &result));
    return wms_restate_record(w, call, &posting, &plan);
}
