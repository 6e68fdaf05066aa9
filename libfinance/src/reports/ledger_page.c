#include "reports/ledger_page.h"
#include "ledger/ledger.h"
#include "reports/reports.h"

#define LIMIT_DEFAULT 200

/* ---- what is asked ---- */

static bool read_number(m_str *text, int64_t *out)
{
    int64_t value = 0;
    size_t digits = 0;
    while (digits < text->n && text->p[digits] >= '0' && text->p[digits] <= '9' && digits < 18)
        value = value * 10 + (text->p[digits++] - '0');
    *text = (m_str){text->p + digits, text->n - digits};
    *out = value;
    return digits > 0;
}

/* "2026-04-01:17:2": date, sequence, line. */
static bool read_cursor(m_str text, m_gl_entry *out)
{
    m_gl_entry at = {0};
    if (text.n < M_DATE_TEXT - 1) return false;
    if (m_date_parse((m_str){text.p, M_DATE_TEXT - 1}, &at.posting_date) != M_OK) return false;
    m_str rest = {text.p + M_DATE_TEXT - 1, text.n - (M_DATE_TEXT - 1)};
    int64_t *numbers[] = {&at.seq, &at.line_no};
    for (int i = 0; i < 2; i++) {
        if (rest.n == 0 || rest.p[0] != ':') return false;
        rest = (m_str){rest.p + 1, rest.n - 1};
        if (!read_number(&rest, numbers[i])) return false;
    }
    if (rest.n) return false;
    *out = at;
    return true;
}

m_status fin_page_limit(fin_page *l, const fin_book *book, const fin_page_asked *in)
{
    l->to = m_date_is_none(in->to) ? m_today(l->call) : in->to;
    l->from = m_date_is_none(in->from) ? fin_book_year_start(book, l->to) : in->from;
    bool limited = in->limit >= 1 && in->limit <= FIN_PAGE_MAX;
    l->limit = limited ? (uint32_t)in->limit : LIMIT_DEFAULT;
    l->paged = in->cursor.n != 0;
    if (m_date_cmp(l->from, l->to) > 0)
        m_field_fail(l->call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
    if (l->paged && !read_cursor(in->cursor, &l->after))
        m_field_fail(l->call, FIN_ERR(CURSOR), M_STR("cursor"), NULL);
    M_TRY(m_failed_fields(l->call));
    return fin_known_read(l->fin, l->call, in->known_at, &l->slice.known);
}

/* ---- balance where the page begins ---- */

/* Adds the entries of the cursor's day up to it: earlier vouchers whole, its own up to its line. */
static m_status add_cursor_day(const fin_page *l, m_dec_sum *balance)
{
    for (int own = 0; own < 2; own++) {
        m_filter filters[7];
        uint32_t n = fin_slice_filters(&l->slice, filters);
        filters[n++] = (m_filter){"posting_date", M_OP_EQ, &l->after.posting_date};
        filters[n++] = (m_filter){"seq", own ? M_OP_EQ : M_OP_LT, &l->after.seq};
        if (own) filters[n++] = (m_filter){"line_no", M_OP_LE, &l->after.line_no};
        m_sum sum = {
            .type = &m_gl_entry_type, .filters = filters, .filter_count = n, .group_by = ""};
        M_TRY(m_store_sum(l->fin->store, l->call, &sum));
        for (M_EACH(const m_gl_entry, row, sum.out))
            *balance += (m_dec_sum)row->debit.u - row->credit.u;
    }
    return M_OK;
}

static m_status balance_at_start(const fin_page *l, m_dec_sum *out)
{
    m_date day = l->paged ? l->after.posting_date : l->from;
    M_TRY(fin_slice_before(l->fin, l->call, &l->slice, day, out));
    return l->paged ? add_cursor_day(l, out) : M_OK;
}

/* ---- rows ---- */

static m_status make_row(m_call *call, const m_book_event *event, const m_gl_entry *entry,
                         m_dec_sum balance, fin_general_ledger_row *out)
{
    char day[M_DATE_TEXT];
    m_date_format(entry->posting_date, day);
    char *cursor = m_arena_printf(call->arena, "%s:%lld:%lld", day, (long long)entry->seq,
                                  (long long)entry->line_no);
    FIN_NEED(call, cursor);
    *out = (fin_general_ledger_row){.posting_date = entry->posting_date,
                                    .voucher_type = event->voucher_type,
                                    .voucher_no = event->voucher_no,
                                    .voucher_id = event->voucher_id,
                                    .source_type = event->source_type,
                                    .source_id = event->source_id,
                                    .account = entry->account,
                                    .cost_center = entry->cost_center,
                                    .party = entry->party,
                                    .narration = entry->narration,
                                    .debit = entry->debit,
                                    .credit = entry->credit,
                                    .balance = balance,
                                    .currency = entry->currency,
                                    .foreign_amount = entry->foreign_amount,
                                    .cursor = m_str_of(cursor)};
    return M_OK;
}

static m_status make_rows(const fin_page *l, const m_fetch *entries, m_dec_sum balance, m_list *out)
{
    fin_general_ledger_row *rows =
        m_arena_array(l->call->arena, (size_t)entries->count + 2, sizeof *rows);
    FIN_NEED(l->call, rows);
    m_fetch events;
    uint32_t n = 0;
    M_TRY(fin_entry_events(l->fin, l->call, entries, &events));
    if (!l->paged && !l->lines_only)
        rows[n++] =
            (fin_general_ledger_row){.posting_date = l->from,
                                     .narration = m_str_of(m_say(l->call, "Opening balance")),
                                     .balance = balance};
    for (uint32_t i = 0; i < entries->count; i++) {
        const m_gl_entry *entry = entries->records[i];
        balance += (m_dec_sum)entry->debit.u - entry->credit.u;
        M_TRY(make_row(l->call, events.records[i], entry, balance, &rows[n++]));
    }
    if (l->closing && entries->count < l->limit)
        rows[n++] =
            (fin_general_ledger_row){.posting_date = l->to,
                                     .narration = m_str_of(m_say(l->call, "Closing balance")),
                                     .balance = balance};
    *out = (m_list){rows, n};
    return M_OK;
}

m_status fin_page_read(const fin_page *l, m_list *out_rows)
{
    m_filter filters[6];
    uint32_t n = fin_slice_filters(&l->slice, filters);
    filters[n++] = (m_filter){"posting_date", M_OP_GE, &l->from};
    filters[n++] = (m_filter){"posting_date", M_OP_LE, &l->to};
    m_order by_date = {"posting_date", false};
    m_query query = {.filters = filters,
                     .filter_count = n,
                     .orders = &by_date,
                     .order_count = 1,
                     .limit = l->limit,
                     .after = l->paged ? &l->after : NULL};
    m_fetch read = {.type = &m_gl_entry_type, .query = &query};
    m_dec_sum balance = 0;
    M_TRY(m_store_fetch(l->fin->store, l->call, &read, 1));
    if (!l->lines_only) M_TRY(balance_at_start(l, &balance));
    return make_rows(l, &read, balance, out_rows);
}
