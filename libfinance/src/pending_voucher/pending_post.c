/* Posting what another process has decided: once, in whatever order it is told, and always. */
#include <stdlib.h>

#include "budget/budget.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
#include "pending_voucher/pending_voucher.h"
#include "posting_rule/posting_rule.h"
#include "posting_task/posting_task.h"

#define SUSPENSE "suspense"

/* ---- what is to be put right ---- */

typedef struct {
    m_call *call;
    m_str text;
} reasons;

static m_status because(reasons *r, m_str why)
{
    char *text = m_arena_printf(r->call->arena, "%.*s%s%.*s", M_STR_ARG(r->text),
                                r->text.n ? "; " : "", M_STR_ARG(why));
    FIN_NEED(r->call, text);
    r->text = m_str_of(text);
    return M_OK;
}

/* The refusal of the call becomes a reason, and is forgotten. */
static m_status take_reason(reasons *r)
{
    m_str why = r->call->error.message;
    m_error_clear(r->call);
    return because(r, why);
}

/* Nothing but the facts stands in the way: trying again would not help. */
static bool is_refusal(m_status status)
{
    return status == M_PRECONDITION || status == M_INVALID || status == M_DENIED ||
           status == M_NOT_FOUND;
}

/* ---- dates ---- */

typedef struct {
    m_date after, before; /* the nearest open days */
} nearest;

static void look_near(const m_fetch *years, m_date date, nearest *out)
{
    *out = (nearest){M_DATE_NONE, M_DATE_NONE};
    for (uint32_t i = 0; i < years->count; i++) {
        const fin_fiscal_year *year = years->records[i];
        for (M_EACH(const fin_period, period, year->periods)) {
            if (period->status == FIN_LOCKED) continue;
            bool later = m_date_cmp(period->start, date) > 0;
            if (later && (m_date_is_none(out->after) || m_date_cmp(period->start, out->after) < 0))
                out->after = period->start;
            if (!later && (m_date_is_none(out->before) || m_date_cmp(period->end, out->before) > 0))
                out->before = period->end;
        }
    }
}

m_status fin_pending_date(fin_module *fin, m_call *call, m_date date, m_date *out, bool *out_moved)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    nearest near;
    m_date today = m_today(call);
    M_TRY(m_store_fetch(fin->store, call, &years, 1));
    *out_moved = fin_period_check(call, &years, date, NULL) != M_OK;
    *out = date;
    if (!*out_moved) return M_OK;
    m_error_clear(call);
    *out = today;
    if (m_date_cmp(today, date) > 0 && fin_period_check(call, &years, today, NULL) == M_OK)
        return M_OK;
    m_error_clear(call);
    look_near(&years, date, &near);
    *out = m_date_is_none(near.after) ? near.before : near.after;
    if (!m_date_is_none(*out)) return M_OK;
    char text[M_DATE_TEXT];
    m_date_format(date, text);
    return m_fail(call, FIN_ERR(PERIOD_MISSING), "%s", text);
}

static m_status told_date(reasons *r, m_date told, m_date dated)
{
    char from[M_DATE_TEXT], to[M_DATE_TEXT];
    m_date_format(told, from);
    m_date_format(dated, to);
    char *text = m_arena_printf(r->call->arena, "it is dated %s instead of %s", to, from);
    FIN_NEED(r->call, text);
    return because(r, m_str_of(text));
}

/* ---- vouchers ---- */

typedef struct {
    fin_module *fin;
    m_call *call;
    const m_ledger_voucher *in;
    m_date date;
    m_list lines; /* m_book_line */
    m_dec_sum in_suspense;
    reasons why;
} posting;

static m_status suspense_account(fin_module *fin, m_call *call, m_id *out)
{
    m_fetch rules = {.type = &fin_posting_rule_type, .query = &fin_posting_rule_all};
    M_TRY(m_store_fetch(fin->store, call, &rules, 1));
    const fin_posting_rule *rule = fin_posting_rule_find(&rules, M_STR(SUSPENSE), (m_id){{0}});
    if (!rule) return m_fail(call, FIN_ERR(POSTING_UNMAPPED), SUSPENSE);
    *out = rule->account;
    return M_OK;
}

/* Where it should stand it cannot: another day, or another account. */
static m_status plan_otherwise(posting *p)
{
    m_id suspense;
    fin_forced forced;
    bool moved;
    M_TRY(take_reason(&p->why));
    M_TRY(fin_pending_date(p->fin, p->call, p->in->posting_date, &p->date, &moved));
    if (moved) M_TRY(told_date(&p->why, p->in->posting_date, p->date));
    M_TRY(suspense_account(p->fin, p->call, &suspense));
    M_TRY(fin_ledger_force(p->fin, p->call, p->in, suspense, &forced));
    p->lines = forced.lines;
    p->in_suspense = forced.in_suspense;
    if (!forced.why.n) return M_OK;
    char *why =
        m_arena_printf(p->call->arena, "what the books could not take is in suspense (%.*s)",
                       M_STR_ARG(forced.why));
    FIN_NEED(p->call, why);
    return because(&p->why, m_str_of(why));
}

static m_status plan(posting *p)
{
    p->date = p->in->posting_date;
    m_status status = fin_ledger_check(p->fin, p->call, p->in, FIN_LINES_DOMAIN, &p->lines);
    if (is_refusal(status)) status = plan_otherwise(p);
    M_TRY(status);
    status = fin_budget_guard_lines(p->fin, p->call, p->date, &p->lines, &(m_list){NULL, 0});
    return is_refusal(status) ? take_reason(&p->why) : status;
}

static m_status compare(posting *p, const fin_pending *held)
{
    fin_ceiling *ceilings, *posted;
    uint32_t ceiling_count, posted_count;
    M_TRY(fin_ceilings_unpack(p->call, held->ceilings, &ceilings, &ceiling_count));
    M_TRY(fin_ceilings_of(p->call, &p->lines, &posted, &posted_count));
    const char *beyond = fin_ceilings_beyond(ceilings, ceiling_count, posted, posted_count);
    return beyond ? because(&p->why, m_str_of(beyond)) : M_OK;
}

/* Amounts in another currency that do not fit together are left out: the base currency decides. */
static m_status record(posting *p)
{
    m_status status = fin_ledger_record(p->fin, p->call, p->in, p->date, &p->lines);
    if (status != M_INVALID) return status;
    M_TRY(take_reason(&p->why));
    m_book_line *lines = p->lines.items;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < p->lines.count; i++) {
        lines[i].foreign_amount = (m_dec){0};
        if (lines[i].debit.u || lines[i].credit.u) lines[kept++] = lines[i];
    }
    p->lines.count = kept;
    return fin_ledger_record(p->fin, p->call, p->in, p->date, &p->lines);
}

static m_status add_task(posting *p)
{
    const m_ledger_voucher *in = p->in;
    if (!p->why.text.n) return M_OK;
    return fin_posting_task_add(p->fin, p->call,
                                &(fin_posting_task){.voucher = in->voucher_id,
                                                    .voucher_type = in->voucher_type,
                                                    .voucher_no = in->voucher_no,
                                                    .source_type = in->source_type,
                                                    .source_id = in->source_id,
                                                    .told_date = in->posting_date,
                                                    .posting_date = p->date,
                                                    .in_suspense = p->in_suspense,
                                                    .reasons = p->why.text});
}

/* "wms" of "wms.goods_receipt" */
static m_str caller_of(m_str caller, m_str source_type)
{
    if (caller.n) return caller;
    const char *dot = source_type.n ? memchr(source_type.p, '.', source_type.n) : NULL;
    return dot ? (m_str){source_type.p, (size_t)(dot - source_type.p)} : source_type;
}

static fin_pending row_of(m_call *call, const fin_pending *stored, m_id id, fin_hold_kind kind,
                          m_str caller)
{
    if (stored) return *stored;
    return (fin_pending){
        .id = id, .kind = kind, .caller = caller, .actor = call->actor, .held_at = m_now(call)};
}

/* In the name of who caused it. */
static m_id act_as(m_call *call, m_id actor)
{
    m_id before = call->actor;
    if (!m_id_is_null(actor)) call->actor = actor;
    return before;
}

static m_status post_voucher(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                             const fin_pending *held, fin_pending *row)
{
    posting p = {.fin = fin, .call = call, .in = in, .why = {.call = call}};
    M_TRY(fin_pending_free(fin, call, row));
    M_TRY(plan(&p));
    if (p.lines.count == 0) return fin_pending_resolve(fin, call, row, FIN_EMPTY);
    if (held) M_TRY(compare(&p, held));
    M_TRY(record(&p));
    M_TRY(add_task(&p));
    row->amount = 0;
    for (M_EACH(const m_book_line, line, p.lines))
        row->amount += line->debit.u;
    return fin_pending_resolve(fin, call, row, FIN_POSTED);
}

/* A voucher, whether its row says so or not. */
static m_status find_event(fin_module *fin, m_call *call, const char *field, m_id id,
                           const m_book_event **out)
{
    const void *found = NULL;
    M_TRY(m_store_find_one(fin->store, call, &m_book_event_type, field, &id, &found));
    *out = found;
    return M_OK;
}

static m_status read_voucher(fin_module *fin, m_call *call, m_id id, const fin_pending **out,
                             const fin_pending **out_waiting)
{
    m_enum waiting = FIN_WAITING;
    m_filter filters[] = {{"original", M_OP_EQ, &id}, {"state", M_OP_EQ, &waiting}};
    m_query query = {.filters = filters, .filter_count = 2};
    m_fetch reads[] = {{.type = &fin_pending_type, .ids = &id, .key_count = 1},
                       {.type = &fin_pending_type, .query = &query}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    *out = reads[0].records[0];
    *out_waiting = reads[1].count ? reads[1].records[0] : NULL;
    return M_OK;
}

m_status fin_pending_confirm(fin_module *fin, m_call *call, m_str caller,
                             const m_ledger_voucher *in)
{
    const fin_pending *stored, *waiting;
    const m_book_event *recorded = NULL;
    M_TRY(read_voucher(fin, call, in->voucher_id, &stored, &waiting));
    if (stored && (stored->state == FIN_POSTED || stored->state == FIN_EMPTY)) return M_OK;
    bool held = stored && stored->state == FIN_HELD;
    if (!held) M_TRY(find_event(fin, call, "voucher_id", in->voucher_id, &recorded));
    fin_pending row =
        row_of(call, stored, in->voucher_id, FIN_HOLD_VOUCHER, caller_of(caller, in->source_type));
    row.voucher_type = in->voucher_type;
    row.voucher_no = in->voucher_no;
    row.source_type = in->source_type;
    row.source_id = in->source_id;
    row.posting_date = in->posting_date;
    if (recorded) return fin_pending_resolve(fin, call, &row, FIN_POSTED);
    m_id actor = act_as(call, row.actor);
    m_status status = post_voucher(fin, call, in, held ? stored : NULL, &row);
    call->actor = actor;
    M_TRY(status);
    if (!waiting) return M_OK;
    m_ledger_reversal next = {.voucher_id = waiting->original,
                              .source_type = waiting->source_type,
                              .source_id = waiting->source_id,
                              .voucher_no = waiting->voucher_no,
                              .posting_date = waiting->posting_date,
                              .reversal_id = waiting->id};
    return fin_pending_reverse(fin, call, waiting->caller, &next);
}

/* ---- reversals ---- */

static m_status task_of(fin_module *fin, m_call *call, const m_ledger_reversal *in, m_date date,
                        m_str why)
{
    if (!why.n) return M_OK;
    return fin_posting_task_add(fin, call,
                                &(fin_posting_task){.voucher = in->reversal_id,
                                                    .voucher_type = M_STR("reversal"),
                                                    .voucher_no = in->voucher_no,
                                                    .source_type = in->source_type,
                                                    .source_id = in->source_id,
                                                    .told_date = in->posting_date,
                                                    .posting_date = date,
                                                    .reasons = why});
}

static m_status post_mirror(fin_module *fin, m_call *call, const m_ledger_reversal *in,
                            fin_pending *row)
{
    reasons why = {.call = call};
    m_date date;
    bool moved;
    uint32_t posted = 0;
    m_status status = fin_refuse_invoiced(fin, call, in);
    if (status == M_PRECONDITION) status = take_reason(&why);
    M_TRY(status);
    M_TRY(fin_pending_date(fin, call, in->posting_date, &date, &moved));
    if (moved) M_TRY(told_date(&why, in->posting_date, date));
    M_TRY(fin_ledger_reverse(fin, call,
                             &(fin_reversal){.vouchers = &in->voucher_id,
                                             .mirrors = &in->reversal_id,
                                             .count = 1,
                                             .voucher_no = in->voucher_no,
                                             .date = date,
                                             .decided = true},
                             &posted));
    M_TRY(task_of(fin, call, in, date, why.text));
    return fin_pending_resolve(fin, call, row, posted ? FIN_POSTED : FIN_EMPTY);
}

/* The original is not there: it is still to come, or there never was anything to mirror. */
static m_status wait_for(fin_module *fin, m_call *call, const m_ledger_reversal *in,
                         fin_pending *row)
{
    const fin_pending *original = NULL;
    M_TRY(fin_pending_get(fin, call, in->voucher_id, &original));
    if (original && original->state == FIN_EMPTY)
        return fin_pending_resolve(fin, call, row, FIN_EMPTY);
    row->state = FIN_WAITING;
    row->resolved_at = (m_time){0};
    return m_store_put(fin->store, call, &fin_pending_type, row);
}

m_status fin_pending_reverse(fin_module *fin, m_call *call, m_str caller,
                             const m_ledger_reversal *in)
{
    const fin_pending *stored = NULL;
    const m_book_event *original, *mirror;
    M_TRY(fin_pending_get(fin, call, in->reversal_id, &stored));
    if (stored && (stored->state == FIN_POSTED || stored->state == FIN_EMPTY)) return M_OK;
    M_TRY(find_event(fin, call, "voucher_id", in->voucher_id, &original));
    M_TRY(find_event(fin, call, "reverses", in->voucher_id, &mirror));
    fin_pending row = row_of(call, stored, in->reversal_id, FIN_HOLD_REVERSAL,
                             caller_of(caller, in->source_type));
    row.original = in->voucher_id;
    row.voucher_type = M_STR("reversal");
    row.voucher_no = in->voucher_no;
    row.source_type = in->source_type;
    row.source_id = in->source_id;
    row.posting_date = in->posting_date;
    if (mirror) {
        bool own = m_id_eq(mirror->voucher_id, in->reversal_id);
        if (!own)
            M_TRY(task_of(fin, call, in, mirror->posting_date,
                          M_STR("the voucher was reversed before")));
        return fin_pending_resolve(fin, call, &row, own ? FIN_POSTED : FIN_EMPTY);
    }
    if (!original) return wait_for(fin, call, in, &row);
    m_id actor = act_as(call, row.actor);
    m_status status = post_mirror(fin, call, in, &row);
    call->actor = actor;
    return status;
}
