#include "keepers.h"

#include <stdio.h>
#include <stdlib.h>

/* ---- checks ---- */

static void note(m_call *call, const m_error_def *def, uint32_t line, const char *member,
                 const char *why)
{
    char path[48];
    int n = snprintf(path, sizeof path, "lines[%u].%s", (unsigned)line, member);
    m_field_fail(call, def, (m_str){path, (size_t)n}, why ? "%s" : NULL, why);
}

static bool in_range(m_dec a)
{
    return a.u >= 0 && a.u <= M_DEC_MAX;
}

typedef struct {
    m_dec_sum base;
    m_dec_sum foreign;
    m_id currency; /* of all lines so far */
    bool mixed;    /* they are of several */
} totals;

static void check_foreign(m_call *call, const m_book_line *line, uint32_t i)
{
    int64_t foreign = line->foreign_amount.u;
    if (!in_range((m_dec){foreign < 0 ? -foreign : foreign}))
        note(call, m_err_range, i, "foreign_amount", "it is too large");
    if (m_id_is_null(line->currency))
        note(call, m_err_voucher_currency, i, "currency", "it is missing");
    else if (foreign < 0 ? line->debit.u > 0 : line->credit.u > 0)
        note(call, m_err_voucher_currency, i, "foreign_amount", "it is on the other side");
}

/* Adds the line up; notes what is wrong with it. */
static void check_line(m_call *call, const m_book_line *line, uint32_t i, totals *sum)
{
    bool foreign = line->foreign_amount.u != 0;
    if (m_id_is_null(line->account)) note(call, m_err_required, i, "account", NULL);
    if (!in_range(line->debit)) note(call, m_err_range, i, "debit", "zero or more");
    if (!in_range(line->credit)) note(call, m_err_range, i, "credit", "zero or more");
    if ((line->debit.u == 0) == (line->credit.u == 0) && !(foreign && line->debit.u == 0))
        note(call, m_err_unbalanced, i, "debit",
             "a line has a debit or a credit, not both or none");
    if (foreign) check_foreign(call, line, i);
    sum->base += (m_dec_sum)line->debit.u - line->credit.u;
    sum->foreign += line->foreign_amount.u;
    if (i == 0) sum->currency = line->currency;
    sum->mixed |= !m_id_eq(sum->currency, line->currency);
}

static m_status refuse_unbalanced(m_call *call, m_dec_sum balance, const char *where)
{
    char text[M_DEC_SUM_TEXT];
    m_dec_sum_format(balance, 2, text);
    return m_fail(call, m_err_unbalanced, "debit less credit is %s%s", text, where);
}

static m_status check_event(m_call *call, const m_book_event *event)
{
    if (m_id_is_null(event->voucher_id))
        m_field_fail(call, m_err_required, M_STR("voucher_id"), NULL);
    if (event->voucher_type.n == 0) m_field_fail(call, m_err_required, M_STR("voucher_type"), NULL);
    if (m_date_is_none(event->posting_date))
        m_field_fail(call, m_err_required, M_STR("posting_date"), NULL);
    M_TRY(m_failed_fields(call));
    if (event->lines.count < 2 || event->lines.count > M_KEEPER_LINES_MAX)
        return m_fail(call, m_err_unbalanced, "it has %u lines, from 2 to %d are possible",
                      (unsigned)event->lines.count, M_KEEPER_LINES_MAX);
    totals sum = {0};
    uint32_t i = 0;
    for (M_EACH(const m_book_line, line, event->lines))
        check_line(call, line, i++, &sum);
    if (call->error.field_count + call->error.fields_dropped)
        return m_fail(call, m_err_unbalanced, "see the lines listed");
    if (sum.base != 0) return refuse_unbalanced(call, sum.base, "");
    if (sum.foreign != 0 && !sum.mixed)
        return refuse_unbalanced(call, sum.foreign, " in the other currency");
    return M_OK;
}

/* ---- projection ---- */

static m_gl_entry entry_of(const m_book_event *event, const m_book_line *line, int64_t line_no)
{
    return (m_gl_entry){
        .seq = event->seq,
        .line_no = line_no,
        .posting_date = event->posting_date,
        .account = line->account,
        .cost_center = line->cost_center,
        .party = line->party,
        .debit = line->debit,
        .credit = line->credit,
        .narration = line->narration.n ? line->narration : event->narration,
        .currency = line->currency,
        .foreign_amount = line->foreign_amount,
    };
}

static int by_key(const void *a, const void *b)
{
    const m_account_balance *x = a;
    const m_account_balance *y = b;
    int order = m_id_cmp(x->account, y->account);
    return order ? order : m_id_cmp(x->cost_center, y->cost_center);
}

/* To the month and to the day. */
static m_status add_turnover(m_store store, m_call *call, m_account_balance *row, m_date day)
{
    row->month = m_date_month(day);
    M_TRY(m_store_accumulate(store, call, &m_account_balance_type, row));
    row->day = day;
    return m_store_accumulate(store, call, &m_account_day_type, row);
}

/* One row per account and cost center, in key order: rows are locked in one order everywhere. */
static m_status add_balances(m_store store, m_call *call, const m_book_event *event)
{
    uint32_t n = event->lines.count;
    m_account_balance *rows = m_arena_array(call->arena, n, sizeof *rows);
    if (!rows) return m_fail(call, m_err_memory, "balances");
    for (uint32_t i = 0; i < n; i++) {
        const m_book_line *line = M_AT(event->lines, const m_book_line, i);
        rows[i] = (m_account_balance){.account = line->account,
                                      .cost_center = line->cost_center,
                                      .debit = line->debit.u,
                                      .credit = line->credit.u,
                                      .foreign_amount = line->foreign_amount.u};
    }
    qsort(rows, n, sizeof *rows, by_key);
    for (uint32_t i = 0; i < n; i++) {
        if (i + 1 < n && by_key(&rows[i], &rows[i + 1]) == 0) {
            rows[i + 1].debit += rows[i].debit;
            rows[i + 1].credit += rows[i].credit;
            rows[i + 1].foreign_amount += rows[i].foreign_amount;
        } else {
            M_TRY(add_turnover(store, call, &rows[i], event->posting_date));
        }
    }
    return M_OK;
}

m_status m_book_project(m_store store, m_call *call, const m_book_event *event)
{
    int64_t line_no = 0;
    for (M_EACH(const m_book_line, line, event->lines)) {
        m_gl_entry entry = entry_of(event, line, ++line_no);
        M_TRY(m_store_insert(store, call, &m_gl_entry_type, &entry));
    }
    return add_balances(store, call, event);
}

/* ---- post ---- */

static m_status refuse_double(m_call *call, const m_book_event *event)
{
    char id[M_ID_TEXT];
    m_id_format(event->voucher_id, id);
    return m_fail(call, m_err_voucher_duplicate, "%.*s %s", M_STR_ARG(event->voucher_type), id);
}

/* The head of the stream; for a reversal also whether it, or another one of the same voucher, is
 * recorded already: all in one fetch. */
static m_status read_head(m_store store, m_call *call, const m_book_event *event, m_chain *out)
{
    m_stream_head key = {.stream = M_STR(M_BOOK_STREAM)};
    const void *keys[] = {&key};
    m_filter same[] = {{"voucher_id", M_OP_EQ, &event->voucher_id}};
    m_filter twin[] = {{"reverses", M_OP_EQ, &event->reverses}};
    m_query queries[] = {{.filters = same, .filter_count = 1, .limit = 1},
                         {.filters = twin, .filter_count = 1, .limit = 1}};
    m_fetch reads[] = {
        {.type = &m_stream_head_type, .keys = keys, .key_count = 1},
        {.type = &m_book_event_type, .query = &queries[0]},
        {.type = &m_book_event_type, .query = &queries[1]},
    };
    M_TRY(m_store_fetch(store, call, reads, m_id_is_null(event->reverses) ? 1 : 3));
    if (reads[1].count || reads[2].count) return refuse_double(call, event);
    return m_keeper_chain(call, reads[0].records[0], out);
}

static m_status post(void *self, m_call *call, const m_book_event *event, m_book_receipt *out)
{
    m_store store = *(const m_store *)self;
    m_chain chain;
    M_TRY(check_event(call, event));
    M_TRY(read_head(store, call, event, &chain));
    m_book_event row = *event;
    row.seq = chain.seq + 1;
    row.recorded_at = m_now(call);
    if (m_id_is_null(row.actor)) row.actor = call->actor;
    M_TRY(m_keeper_seal(call, &m_book_payload_type, &row, &chain, &row.payload, &row.hash));
    m_status status = m_store_insert(store, call, &m_book_event_type, &row);
    if (status == M_EXISTS) return refuse_double(call, event);
    if (status != M_OK) return status;
    M_TRY(m_keeper_advance(store, call, M_BOOK_STREAM, row.seq, row.hash));
    M_TRY(m_book_project(store, call, &row));
    out->seq = row.seq;
    return M_OK;
}

m_book_keeper m_book_keeper_make(const m_store *store)
{
    static const m_book_keeper_ops ops = {
        .head = {.size = sizeof ops, .version = 1, .protocol = "book_keeper"}, .post = post};
    return (m_book_keeper){&ops, (void *)(uintptr_t)store};
}

m_status m_book_event_parse(m_call *call, m_str payload, m_book_event *out)
{
    const void *event = NULL;
    M_TRY(m_keeper_parse(call, &m_book_payload_type, payload, &event));
    *out = *(const m_book_event *)event;
    out->payload = payload;
    return M_OK;
}
