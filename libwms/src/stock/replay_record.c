#include "stock/replay.h"

#include <stdio.h>
#include <stdlib.h>

#include "warehouse/warehouse.h"

/* Corrections of one event; below the stock-keeper's own limit. */
#define CORRECTIONS_MAX 4000

#define ARREARS "stock_arrears"

/* ---- corrections ---- */

static m_status add_correction(wms_replay *r, wms_restatement *plan, const wms_movement *change,
                               wms_draw part)
{
    const m_stock_entry *first = change->first;
    if (part.qty.u == 0 && part.value.u == 0) return M_OK;
    if ((part.qty.u > 0 && part.value.u < 0) || (part.qty.u < 0 && part.value.u > 0)) {
        /* a move goes one way: first the quantity, then the value */
        M_TRY(add_correction(r, plan, change, (wms_draw){part.layer, part.qty, {0}}));
        return add_correction(r, plan, change, (wms_draw){part.layer, {0}, part.value});
    }
    m_stock_correction *slot =
        m_list_add(r->call->arena, &plan->corrections, &plan->correction_capacity, sizeof *slot);
    if (!slot) return m_fail(r->call, m_err_memory, NULL);
    *slot = (m_stock_correction){.seq = first->at_seq,
                                 .line = first->at_line,
                                 .posting_date = first->posting_date,
                                 .item = first->item,
                                 .warehouse = first->warehouse,
                                 .qty = part.qty,
                                 .value = part.value,
                                 .layer = part.layer,
                                 .source_line = first->source_line,
                                 .method = first->method,
                                 .rule = first->rule,
                                 .event_type = first->event_type,
                                 .voucher_no = first->voucher_no,
                                 .source_type = first->source_type,
                                 .source_id = first->source_id,
                                 .basis = change->arrears ? M_STOCK_ARREARS : M_STOCK_GIVEN};
    return M_OK;
}

static const wms_draw *part_of(const m_list *parts, m_id layer)
{
    for (M_EACH(const wms_draw, part, *parts))
        if (m_id_eq(part->layer, layer)) return part;
    return NULL;
}

/* What is new less what was booked, layer by layer. */
static m_status correct(wms_replay *r, wms_restatement *plan, const wms_movement *change)
{
    for (M_EACH(const wms_draw, was, change->was)) {
        const wms_draw *now = part_of(&change->now, was->layer);
        wms_draw rise = {was->layer,
                         {(now ? now->qty.u : 0) - was->qty.u},
                         {(now ? now->value.u : 0) - was->value.u}};
        M_TRY(add_correction(r, plan, change, rise));
    }
    for (M_EACH(const wms_draw, now, change->now))
        if (!part_of(&change->was, now->layer)) M_TRY(add_correction(r, plan, change, *now));
    return M_OK;
}

/* ---- ledger lines ---- */

m_status wms_replay_book(wms_replay *r, m_date date, m_ledger_line line)
{
    m_ledger_line *slot =
        m_list_add(r->call->arena, &r->counters, &r->counter_capacity, sizeof *slot);
    m_date *day = m_list_add(r->call->arena, &r->dates, &r->date_capacity, sizeof *day);
    if (!slot || !day) return m_fail(r->call, m_err_memory, NULL);
    *slot = line;
    *day = date;
    return M_OK;
}

static m_status day_of(wms_replay *r, wms_restatement *plan, m_date date, wms_replay_day **out)
{
    for (M_EACH(wms_replay_day, day, plan->days)) {
        *out = day;
        if (m_date_cmp(day->date, date) == 0) return M_OK;
    }
    *out = m_list_add(r->call->arena, &plan->days, &plan->day_capacity, sizeof **out);
    if (!*out) return m_fail(r->call, m_err_memory, NULL);
    **out = (wms_replay_day){.date = date};
    return M_OK;
}

/* rise > 0 is a debit. Lines of one account and cost center are one line. */
static m_status add_line(wms_replay *r, wms_replay_day *day, m_ledger_line line, m_dec rise)
{
    m_ledger_line *slot = NULL;
    if (rise.u == 0) return M_OK;
    for (M_EACH(m_ledger_line, known, day->lines))
        if (m_str_eq(known->purpose, line.purpose) && m_id_eq(known->account, line.account) &&
            m_id_eq(known->subject, line.subject) && m_id_eq(known->cost_center, line.cost_center))
            slot = known;
    if (!slot) {
        slot = m_list_add(r->call->arena, &day->lines, &day->capacity, sizeof *slot);
        if (!slot) return m_fail(r->call, m_err_memory, NULL);
        *slot = line;
        slot->debit = slot->credit = (m_dec){0};
    }
    m_dec sum;
    if (m_dec_sub(slot->debit, slot->credit, &sum) != M_OK || m_dec_add(sum, rise, &sum) != M_OK)
        return m_fail(r->call, m_err_overflow, "restatement");
    slot->debit = sum.u > 0 ? sum : (m_dec){0};
    slot->credit = sum.u < 0 ? m_dec_neg(sum) : (m_dec){0};
    return M_OK;
}

static int by_day(const void *a, const void *b)
{
    return m_date_cmp(((const wms_replay_day *)a)->date, ((const wms_replay_day *)b)->date);
}

/* By date, without lines of nothing. */
static void settle_days(wms_restatement *plan)
{
    if (plan->days.count) qsort(plan->days.items, plan->days.count, sizeof(wms_replay_day), by_day);
    for (M_EACH(wms_replay_day, day, plan->days)) {
        m_ledger_line *lines = day->lines.items;
        uint32_t kept = 0;
        for (uint32_t i = 0; i < day->lines.count; i++)
            if (lines[i].debit.u || lines[i].credit.u) lines[kept++] = lines[i];
        day->lines.count = kept;
    }
}

/* What the changes touch: their warehouses, and the events that were recorded first. */
typedef struct {
    m_fetch warehouses;
    m_fetch events; /* m_stock_event, in the order of seqs */
    int64_t *seqs;
} touched;

static int by_number(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static m_status event_keys(wms_replay *r, touched *t)
{
    m_stock_event *keys = NULL;
    const void **asked = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(r->call, t->seqs, r->changes.count));
    for (uint32_t i = 0; i < r->changes.count; i++)
        t->seqs[i] = M_AT(r->changes, const wms_movement, i)->first->at_seq;
    if (r->changes.count) qsort(t->seqs, r->changes.count, sizeof *t->seqs, by_number);
    for (uint32_t i = 0; i < r->changes.count; i++)
        if (t->seqs[i] != (n ? t->seqs[n - 1] : 0)) t->seqs[n++] = t->seqs[i];
    M_TRY(WMS_ARRAY(r->call, keys, n));
    M_TRY(wms_array(r->call, (void **)(uintptr_t)&asked, n, sizeof *asked));
    for (uint32_t i = 0; i < n; i++) {
        keys[i].seq = t->seqs[i];
        asked[i] = &keys[i];
    }
    t->events = (m_fetch){.type = &m_stock_event_type, .keys = asked, .key_count = n};
    return M_OK;
}

static m_status warehouse_ids(wms_replay *r, touched *t)
{
    m_id *ids = NULL;
    uint32_t n = 0;
    M_TRY(WMS_ARRAY(r->call, ids, (size_t)r->pools.count + r->counters.count));
    for (uint32_t i = 0; i < r->pools.count + r->counters.count; i++) {
        m_id id = i < r->pools.count
                      ? (*M_AT(r->pools, wms_replay_pool *, i))->warehouse
                      : M_AT(r->counters, const m_ledger_line, i - r->pools.count)->subject;
        bool known = m_id_is_null(id);
        for (uint32_t k = 0; k < n && !known; k++)
            known = m_id_eq(ids[k], id);
        if (!known) ids[n++] = id;
    }
    t->warehouses = (m_fetch){.type = &wms_warehouse_type, .ids = ids, .key_count = n};
    return M_OK;
}

static m_status read_touched(wms_replay *r, touched *t)
{
    m_fetch reads[2];
    M_TRY(event_keys(r, t));
    M_TRY(warehouse_ids(r, t));
    reads[0] = t->warehouses;
    reads[1] = t->events;
    M_TRY(m_store_fetch(r->w->store, r->call, reads, t->events.key_count ? 2 : 1));
    t->warehouses = reads[0];
    t->events = reads[1];
    return M_OK;
}

static const m_stock_event *event_of(const touched *t, int64_t seq)
{
    const int64_t *found = bsearch(&seq, t->seqs, t->events.key_count, sizeof *t->seqs, by_number);
    return found ? t->events.records[found - t->seqs] : NULL;
}

static m_ledger_line stock_line(const touched *t, m_id warehouse)
{
    m_ledger_line line = {.purpose = M_STR("stock"), .subject = warehouse};
    for (uint32_t i = 0; i < t->warehouses.count; i++) {
        const wms_warehouse *known = t->warehouses.records[i];
        if (!known || !m_id_eq(known->id, warehouse)) continue;
        line.cost_center = known->cost_center;
        if (known->kind == WMS_TRANSIT) line.purpose = M_STR("stock_in_transit");
    }
    return line;
}

/* At standard cost, what comes in at another cost is a variance. */
static bool is_variance(const wms_movement *change)
{
    const m_stock_entry *first = change->first;
    m_dec_sum qty = 0;
    for (M_EACH(const wms_draw, part, change->was))
        qty += part->qty.u;
    if (first->method != M_STANDARD) return false;
    if (first->basis == M_STOCK_MIRROR) return qty < 0;
    return qty > 0 && (first->basis == M_STOCK_GIVEN || first->basis == M_STOCK_RATE);
}

m_ledger_line wms_restate_counter(const m_stock_event *event, bool variance)
{
    m_ledger_line line = {.purpose = event->counter_purpose,
                          .account = event->counter_account,
                          .subject = event->counter_subject,
                          .cost_center = event->counter_center};
    if (variance && (line.purpose.n || !m_id_is_null(line.account)))
        line = (m_ledger_line){.purpose = M_STR("purchase_variance"),
                               .cost_center = event->counter_center};
    return line;
}

m_ledger_line wms_restate_arrears(m_id warehouse)
{
    return (m_ledger_line){.purpose = M_STR(ARREARS), .subject = warehouse};
}

/* Where the other side of a change goes; nowhere when both ends are stock. */
static m_status counter_of(wms_replay *r, const touched *t, const wms_movement *change,
                           m_ledger_line *out)
{
    const m_stock_entry *first = change->first;
    if (m_str_is(first->source_type, wms_standard_cost_type.name)) {
        *out = stock_line(t, first->warehouse);
        out->purpose = M_STR("stock_revaluation");
        return M_OK;
    }
    if (change->arrears) {
        *out = wms_restate_arrears(first->warehouse);
        out->cost_center = stock_line(t, first->warehouse).cost_center;
        return M_OK;
    }
    const m_stock_event *event = event_of(t, first->at_seq);
    if (!event) return m_fail(r->call, m_err_internal, "entry without event");
    *out = wms_restate_counter(event, is_variance(change));
    return M_OK;
}

static m_status book_change(wms_replay *r, wms_restatement *plan, const touched *t,
                            const wms_movement *change)
{
    const m_stock_entry *first = change->first;
    m_dec rise = wms_change_value(change);
    m_ledger_line counter;
    wms_replay_day *day;
    M_TRY(counter_of(r, t, change, &counter));
    M_TRY(day_of(r, plan, first->posting_date, &day));
    M_TRY(add_line(r, day, stock_line(t, first->warehouse), rise));
    /* Both ends of a transfer are stock; what a cause adds itself has its counter from there. */
    if (counter.purpose.n == 0 && m_id_is_null(counter.account)) return M_OK;
    for (M_EACH(const wms_target, target, r->targets))
        if (target->more && !change->arrears && target->at_seq == first->at_seq &&
            m_id_eq(target->source_line, first->source_line))
            return M_OK;
    return add_line(r, day, counter, m_dec_neg(rise));
}

m_status wms_restate_plan(wms_replay *r, wms_restatement *out)
{
    touched t = {.seqs = NULL};
    *out = (wms_restatement){.overdraw = r->below};
    if (r->changes.count == 0 && r->counters.count == 0) return M_OK;
    M_TRY(read_touched(r, &t));
    for (M_EACH(const wms_movement, change, r->changes)) {
        M_TRY(correct(r, out, change));
        M_TRY(book_change(r, out, &t, change));
    }
    for (uint32_t i = 0; i < r->counters.count; i++) {
        m_ledger_line line = *M_AT(r->counters, const m_ledger_line, i);
        m_dec rise = {line.debit.u - line.credit.u};
        wms_replay_day *day;
        if (m_str_is(line.purpose, "stock")) line = stock_line(&t, line.subject);
        if (m_str_is(line.purpose, ARREARS))
            line.cost_center = stock_line(&t, line.subject).cost_center;
        M_TRY(day_of(r, out, *M_AT(r->dates, const m_date, i), &day));
        M_TRY(add_line(r, day, line, rise));
    }
    settle_days(out);
    return wms_restate_documents(r, out);
}

/* ---- recording ---- */

static m_ledger_voucher voucher_of(m_call *call, const wms_posting *cause,
                                   const wms_replay_day *day, m_str number)
{
    char date[M_DATE_TEXT], purpose[80];
    m_date_format(day->date, date);
    snprintf(purpose, sizeof purpose, "%.40s.restate.%s", cause->purpose, date);
    return (m_ledger_voucher){.voucher_id = m_voucher_id(call, cause->doc->id, purpose),
                              .voucher_type = M_STR("stock_restatement"),
                              .voucher_no = number,
                              .posting_date = day->date,
                              .source_type = m_str_of(cause->type->name),
                              .source_id = cause->doc->id,
                              .lines = day->lines};
}

m_status wms_restate_prepare(const wms *w, m_call *call, const wms_posting *cause,
                             const wms_restatement *plan)
{
    for (M_EACH(const wms_replay_day, day, plan->days)) {
        m_ledger_voucher held = voucher_of(call, cause, day, (m_str){0});
        m_ledger_result result;
        if (day->lines.count) M_TRY(m_ledger_prepare(w->ledger, call, &held, &result));
    }
    return M_OK;
}

static m_status record_events(const wms *w, m_call *call, const wms_posting *cause,
                              const wms_restatement *plan)
{
    const m_stock_correction *all = plan->corrections.items;
    for (uint32_t from = 0, k = 1; from < plan->corrections.count; from += CORRECTIONS_MAX, k++) {
        uint32_t n = plan->corrections.count - from;
        if (n > CORRECTIONS_MAX) n = CORRECTIONS_MAX;
        char purpose[80];
        m_stock_receipt receipt;
        snprintf(purpose, sizeof purpose, "%.40s.restate.%u", cause->purpose, (unsigned)k);
        m_stock_event event = {.event_id = m_voucher_id(call, cause->doc->id, purpose),
                               .event_type = M_STR("stock_restatement"),
                               .voucher_no = cause->doc->number,
                               .posting_date = cause->date,
                               .source_type = m_str_of(cause->type->name),
                               .source_id = cause->doc->id,
                               .actor = call->actor,
                               .backdated = true,
                               .overdraw = plan->overdraw,
                               .partial = from + n < plan->corrections.count,
                               .corrections = {(void *)(uintptr_t)(all + from), n}};
        M_TRY(m_stock_keeper_post(w->keeper, call, &event, &receipt));
    }
    return M_OK;
}

m_status wms_restate_record(const wms *w, m_call *call, const wms_posting *cause,
                            const wms_restatement *plan)
{
    M_TRY(record_events(w, call, cause, plan));
    for (M_EACH(const wms_replay_day, day, plan->days)) {
        m_ledger_voucher exact = voucher_of(call, cause, day, cause->doc->number);
        m_ledger_result result;
        if (day->lines.count) M_TRY(m_ledger_confirm(w->ledger, call, &exact, &result));
    }
    for (M_EACH(const wms_replay_document, document, plan->documents))
        M_TRY(m_store_update(w->store, call, document->type, document->doc));
    return M_OK;
}
