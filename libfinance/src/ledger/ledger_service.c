#include <stdlib.h>

#include "bank_matching/bank_matching.h"
#include "budget/budget.h"
#include "fiscal_year/fiscal_year.h"
#include "ledger/ledger.h"
#include "purchase_invoice/purchase_invoice.h"
#include "sales_invoice/sales_invoice.h"

/* ---- posting ---- */

m_status fin_ledger_record(fin_module *fin, m_call *call, const m_ledger_voucher *in, m_date date,
                           const m_list *lines)
{
    m_book_event event = {
        .voucher_id = in->voucher_id,
        .voucher_type = in->voucher_type,
        .voucher_no = in->voucher_no,
        .posting_date = date,
        .source_type = in->source_type,
        .source_id = in->source_id,
        .reverses = in->reverses,
        .narration = in->narration,
        .actor = call->actor,
        .lines = *lines,
    };
    m_book_receipt receipt;
    return m_book_keeper_post(fin->book_keeper, call, &event, &receipt);
}

m_status fin_ledger_post(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                         fin_lines_owner owner, bool *out_posted)
{
    return fin_ledger_post_freeing(fin, call, in, owner, &(m_list){NULL, 0}, out_posted);
}

m_status fin_ledger_post_freeing(fin_module *fin, m_call *call, const m_ledger_voucher *in,
                                 fin_lines_owner owner, const m_list *freed, bool *out_posted)
{
    m_list lines;
    M_TRY(fin_ledger_check(fin, call, in, owner, &lines));
    if (lines.count == 0) {
        *out_posted = false;
        return M_OK;
    }
    M_TRY(fin_budget_guard_lines(fin, call, in->posting_date, &lines, freed));
    M_TRY(fin_ledger_record(fin, call, in, in->posting_date, &lines));
    *out_posted = true;
    return M_OK;
}

m_ledger_voucher fin_voucher_of(m_call *call, const m_type *type, const m_doc *doc,
                                const char *voucher_type, m_date date, m_str narration)
{
    return (m_ledger_voucher){
        .voucher_id = m_voucher_id(call, doc->id, "post"),
        .voucher_type = m_str_of(voucher_type),
        .voucher_no = doc->number,
        .posting_date = date,
        .source_type = m_str_of(type->name),
        .source_id = doc->id,
        .narration = narration,
    };
}

m_status fin_ledger_head(fin_module *fin, m_call *call, int64_t *out)
{
    return m_known_head(fin->store, call, &m_book_event_type, out);
}

/* ---- mirrors ---- */

typedef struct {
    m_fetch years;
    fin_vouchers originals;
} mirror_reads;

static m_status read_entries(fin_module *fin, m_call *call, const m_fetch *events, m_fetch *out)
{
    *out = (m_fetch){.type = &m_gl_entry_type};
    if (events->count == 0) return M_OK;
    int64_t *seqs = m_arena_array(call->arena, events->count, sizeof *seqs);
    FIN_NEED(call, seqs);
    const m_book_event *event = events->records[0];
    m_date from = event->posting_date, to = event->posting_date;
    for (uint32_t i = 0; i < events->count; i++) {
        event = events->records[i];
        seqs[i] = event->seq;
        if (m_date_cmp(event->posting_date, from) < 0) from = event->posting_date;
        if (m_date_cmp(event->posting_date, to) > 0) to = event->posting_date;
    }
    m_list wanted = {seqs, events->count};
    m_filter filters[] = {{"seq", M_OP_IN, &wanted},
                          {"posting_date", M_OP_GE, &from}, /* so that few months are looked at */
                          {"posting_date", M_OP_LE, &to}};
    m_query entries = {.filters = filters, .filter_count = 3};
    out->query = &entries;
    m_status status = m_store_fetch(fin->store, call, out, 1);
    out->query = NULL;
    return status;
}

m_status fin_vouchers_read(fin_module *fin, m_call *call, const m_id *ids, uint32_t count,
                           fin_vouchers *out)
{
    m_list wanted = {(void *)(uintptr_t)ids, count};
    m_filter of_voucher = {"voucher_id", M_OP_IN, &wanted};
    m_query query = {.filters = &of_voucher, .filter_count = 1};
    m_fetch events = {.type = &m_book_event_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &events, 1));
    events.query = NULL;
    out->events = events;
    return read_entries(fin, call, &events, &out->entries);
}

static int by_seq(const void *key, const void *item)
{
    const int64_t *seq = key;
    const m_book_event *event = *(const void *const *)item;
    return (*seq > event->seq) - (*seq < event->seq);
}

const m_book_event *fin_vouchers_event(const fin_vouchers *vouchers, int64_t seq)
{
    const m_fetch *events = &vouchers->events;
    const void *const *found = events->count ? bsearch(&seq, events->records, events->count,
                                                       sizeof *events->records, by_seq)
                                             : NULL;
    return found ? *found : NULL;
}

m_status fin_entry_events(fin_module *fin, m_call *call, const m_fetch *entries, m_fetch *out)
{
    m_book_event *keys = m_arena_array(call->arena, entries->count, sizeof *keys);
    const void **asked = m_arena_array(call->arena, entries->count, sizeof *asked);
    const void **events = m_arena_array(call->arena, entries->count, sizeof *events);
    FIN_NEED(call, keys && asked && events);
    uint32_t n = 0;
    for (uint32_t i = 0; i < entries->count; i++) { /* lines of a voucher stand side by side */
        int64_t seq = ((const m_gl_entry *)entries->records[i])->seq;
        if (n && keys[n - 1].seq == seq) continue;
        keys[n].seq = seq;
        asked[n] = &keys[n];
        n++;
    }
    m_fetch read = {.type = &m_book_event_type, .keys = asked, .key_count = n};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    uint32_t at = 0;
    for (uint32_t i = 0; i < entries->count; i++) {
        if (keys[at].seq != ((const m_gl_entry *)entries->records[i])->seq) at++;
        events[i] = read.records[at];
        if (!events[i]) return m_fail(call, m_err_internal, "entry without event");
    }
    *out = (m_fetch){.type = &m_book_event_type, .records = events, .count = entries->count};
    return M_OK;
}

static m_status read_originals(fin_module *fin, m_call *call, const fin_reversal *in,
                               mirror_reads *out)
{
    m_list ids = {(void *)(uintptr_t)in->vouchers, in->count};
    m_filter of_mirror = {"reverses", M_OP_IN, &ids};
    m_query earlier = {.filters = &of_mirror, .filter_count = 1, .limit = 1};
    m_fetch reads[] = {{.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all},
                       {.type = &m_book_event_type, .query = &earlier}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    out->years = reads[0];
    if (reads[1].count) {
        const m_book_event *mirror = reads[1].records[0];
        return m_fail(call, FIN_ERR(VOUCHER_REVERSED), "%.*s", M_STR_ARG(mirror->voucher_no));
    }
    return fin_vouchers_read(fin, call, in->vouchers, in->count, &out->originals);
}

static m_status mirror_date(m_call *call, m_date wanted, const m_fetch *years, m_date original,
                            m_date *out)
{
    m_date date = m_date_is_none(wanted) ? original : wanted;
    m_status status = fin_period_check(call, years, date, NULL);
    bool today = m_date_is_none(wanted) && (status == M_PRECONDITION || status == M_DENIED);
    if (today) {
        m_error_clear(call);
        date = m_today(call);
        status = fin_period_check(call, years, date, NULL);
    }
    if (status == M_OK) *out = date;
    return status;
}

static const m_book_event *event_of(const fin_vouchers *originals, m_id voucher)
{
    for (uint32_t i = 0; i < originals->events.count; i++) {
        const m_book_event *event = originals->events.records[i];
        if (m_id_eq(event->voucher_id, voucher)) return event;
    }
    return NULL;
}

/* Entries are by seq: those of one voucher stand together. */
static uint32_t first_entry(const m_fetch *entries, int64_t seq)
{
    uint32_t low = 0;
    uint32_t high = entries->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (((const m_gl_entry *)entries->records[middle])->seq < seq)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static m_status collect_mirror(m_call *call, const fin_vouchers *originals, m_id voucher,
                               m_book_event *event)
{
    const m_fetch *entries = &originals->entries;
    const m_book_event *original = event_of(originals, voucher);
    uint32_t capacity = 0;
    if (!original) return M_OK;
    event->voucher_type = original->voucher_type;
    event->posting_date = original->posting_date;
    event->source_type = original->source_type;
    event->source_id = original->source_id;
    for (uint32_t i = first_entry(entries, original->seq); i < entries->count; i++) {
        const m_gl_entry *entry = entries->records[i];
        if (entry->seq != original->seq) break;
        m_book_line *line = m_list_add(call->arena, &event->lines, &capacity, sizeof *line);
        FIN_NEED(call, line);
        *line = (m_book_line){.account = entry->account,
                              .cost_center = entry->cost_center,
                              .party = entry->party,
                              .debit = entry->credit,
                              .credit = entry->debit,
                              .narration = entry->narration,
                              .currency = entry->currency,
                              .foreign_amount = m_dec_neg(entry->foreign_amount)};
    }
    return M_OK;
}

/* The bank has it: a statement would be matched with what is not there any more. */
static m_status refuse_matched(fin_module *fin, m_call *call, const fin_vouchers *originals)
{
    const m_fetch *entries = &originals->entries;
    int64_t *seqs = m_arena_array(call->arena, originals->events.count, sizeof *seqs);
    FIN_NEED(call, seqs);
    if (entries->count == 0) return M_OK;
    for (uint32_t i = 0; i < originals->events.count; i++)
        seqs[i] = ((const m_book_event *)originals->events.records[i])->seq;
    m_list wanted = {seqs, originals->events.count};
    m_filter of_them = {"seq", M_OP_IN, &wanted};
    m_query query = {.filters = &of_them, .filter_count = 1, .limit = 1};
    const void *statement = NULL;
    m_fetch read = {.type = &fin_bank_match_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    if (read.count == 0) return M_OK;
    const fin_bank_match *match = read.records[0];
    M_TRY(m_store_get(fin->store, call, &fin_bank_statement_type, match->statement, &statement));
    if (!statement) return m_fail(call, m_err_internal, NULL);
    return m_fail(call, FIN_ERR(VOUCHER_MATCHED), "%.*s",
                  M_STR_ARG(((const m_doc *)statement)->number));
}

/* The mirror of in->vouchers[i]; without lines when that was never posted. */
static m_status plan_mirror(fin_module *fin, m_call *call, const fin_reversal *in, uint32_t i,
                            const mirror_reads *reads, m_book_event *event)
{
    *event = (m_book_event){.voucher_id = in->mirrors[i],
                            .voucher_no = in->voucher_no,
                            .reverses = in->vouchers[i],
                            .narration = M_STR("Cancellation"),
                            .actor = call->actor};
    M_TRY(collect_mirror(call, &reads->originals, in->vouchers[i], event));
    if (event->lines.count == 0) return M_OK;
    if (in->decided) {
        event->posting_date = in->date;
        return M_OK;
    }
    M_TRY(mirror_date(call, in->date, &reads->years, event->posting_date, &event->posting_date));
    return fin_budget_guard_lines(fin, call, event->posting_date, &event->lines,
                                  &(m_list){NULL, 0});
}

m_status fin_ledger_reverse(fin_module *fin, m_call *call, const fin_reversal *in,
                            uint32_t *out_posted)
{
    mirror_reads reads;
    uint32_t posted = 0;
    M_TRY(read_originals(fin, call, in, &reads));
    if (!in->decided) M_TRY(refuse_matched(fin, call, &reads.originals));
    for (uint32_t i = 0; i < in->count; i++) {
        m_book_event event;
        m_book_receipt receipt;
        M_TRY(plan_mirror(fin, call, in, i, &reads, &event));
        if (event.lines.count == 0) continue;
        M_TRY(m_book_keeper_post(fin->book_keeper, call, &event, &receipt));
        posted++;
    }
    *out_posted = posted;
    return M_OK;
}

m_status fin_ledger_reverse_check(fin_module *fin, m_call *call, const fin_reversal *in,
                                  m_date *out_date)
{
    mirror_reads reads;
    m_date date = M_DATE_NONE;
    M_TRY(read_originals(fin, call, in, &reads));
    M_TRY(refuse_matched(fin, call, &reads.originals));
    for (uint32_t i = 0; i < in->count; i++) {
        m_book_event event;
        M_TRY(plan_mirror(fin, call, in, i, &reads, &event));
        if (event.lines.count) date = event.posting_date;
    }
    *out_date = date;
    return M_OK;
}

m_status fin_mirror_date(fin_module *fin, m_call *call, m_date wanted, m_date original, m_date *out)
{
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    M_TRY(m_store_fetch(fin->store, call, &years, 1));
    return mirror_date(call, wanted, &years, original, out);
}

m_status fin_ledger_cancel(fin_module *fin, m_call *call, const m_doc *doc)
{
    m_id voucher = m_voucher_id(call, doc->id, "post");
    m_id mirror = m_voucher_id(call, doc->id, "cancel");
    fin_reversal reversal = {
        .vouchers = &voucher, .mirrors = &mirror, .count = 1, .voucher_no = doc->number};
    uint32_t posted;
    return fin_ledger_reverse(fin, call, &reversal, &posted);
}

/* ---- the protocol ---- */

static m_status op_prepare(void *self, m_call *call, const m_ledger_voucher *in,
                           m_ledger_result *out)
{
    m_list lines;
    M_TRY(fin_ledger_check(self, call, in, FIN_LINES_DOMAIN, &lines));
    *out = (m_ledger_result){.voucher_id = in->voucher_id};
    return M_OK;
}

static m_status op_confirm(void *self, m_call *call, const m_ledger_voucher *in,
                           m_ledger_result *out)
{
    bool posted = false;
    m_status status = fin_ledger_post(self, call, in, FIN_LINES_DOMAIN, &posted);
    if (status == M_EXISTS) { /* told twice, posted once */
        m_error_clear(call);
        posted = true;
    } else if (status != M_OK) {
        return status;
    }
    *out = (m_ledger_result){.voucher_id = in->voucher_id, .posted = posted};
    return M_OK;
}

/* What was invoiced keeps the voucher that the invoice rests on. */
m_status fin_refuse_invoiced(fin_module *fin, m_call *call, const m_ledger_reversal *in)
{
    uint32_t n = in->source_lines.count;
    fin_invoiced_line *received = m_arena_array(call->arena, n, sizeof *received);
    fin_billed_delivery *delivered = m_arena_array(call->arena, n, sizeof *delivered);
    const void **keys[2] = {m_arena_array(call->arena, n, sizeof **keys),
                            m_arena_array(call->arena, n, sizeof **keys)};
    FIN_NEED(call, received && delivered && keys[0] && keys[1]);
    for (uint32_t i = 0; i < n; i++) {
        received[i].receipt_line = delivered[i].delivery_line =
            *M_AT(in->source_lines, const m_id, i);
        keys[0][i] = &received[i];
        keys[1][i] = &delivered[i];
    }
    m_fetch reads[] = {{.type = &fin_invoiced_line_type, .keys = keys[0], .key_count = n},
                       {.type = &fin_billed_delivery_type, .keys = keys[1], .key_count = n}};
    if (n) M_TRY(m_store_fetch(fin->store, call, reads, 2));
    for (uint32_t i = 0; i < n; i++) {
        const fin_invoiced_line *bought = reads[0].records[i];
        const fin_billed_delivery *sold = reads[1].records[i];
        if ((bought && bought->qty != 0) || (sold && sold->qty != 0))
            return m_fail(call, FIN_ERR(VOUCHER_INVOICED), "%.*s", M_STR_ARG(in->voucher_no));
    }
    return M_OK;
}

static m_status op_reverse(void *self, m_call *call, const m_ledger_reversal *in,
                           m_ledger_result *out)
{
    uint32_t posted = 0;
    fin_reversal reversal = {.vouchers = &in->voucher_id,
                             .mirrors = &in->reversal_id,
                             .count = 1,
                             .voucher_no = in->voucher_no,
                             .date = in->posting_date};
    M_TRY(fin_refuse_invoiced(self, call, in));
    M_TRY(fin_ledger_reverse(self, call, &reversal, &posted));
    *out = (m_ledger_result){.voucher_id = in->reversal_id, .posted = posted == 1};
    return M_OK;
}

static m_status op_check_date(void *self, m_call *call, const m_ledger_date *in,
                              m_ledger_result *out)
{
    fin_module *fin = self;
    m_fetch years = {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all};
    M_TRY(m_store_fetch(fin->store, call, &years, 1));
    M_TRY(fin_period_check(call, &years, in->date, "posting_date"));
    *out = (m_ledger_result){0};
    return M_OK;
}

const m_ledger_ops fin_ledger_ops = {
    .head = {.size = sizeof fin_ledger_ops, .version = 1, .protocol = "ledger"},
    .prepare = op_prepare,
    .confirm = op_confirm,
    .reverse = op_reverse,
    .check_date = op_check_date,
};
