#include "ledger/ledger.h"
#include "reports/book.h"
#include "reports/reports.h"

#define LIMIT_DEFAULT 200
#define LIMIT_MAX     5000

static const m_field param_fields[] = {
    M_F_LINK(fin_general_ledger_params, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(fin_general_ledger_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_LINK(fin_general_ledger_params, party, "Supplier", "core.supplier"),
    M_F_DATE(fin_general_ledger_params, from, "From",
             .help = "The start of the fiscal year when left empty."),
    M_F_DATE(fin_general_ledger_params, to, "To", .help = "Today when left empty."),
    M_F_INT(fin_general_ledger_params, limit, "Rows", .min = 1, .max = LIMIT_MAX,
            .fallback = "200"),
    M_F_STR(fin_general_ledger_params, cursor, "Cursor", .flags = M_HIDDEN),
};
static const m_type params_type = {.name = "finance.general_ledger_params",
                                   .size = sizeof(fin_general_ledger_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_DATE(fin_general_ledger_row, posting_date, "Date"),
    M_F_STR(fin_general_ledger_row, voucher_type, "Type"),
    M_F_STR(fin_general_ledger_row, voucher_no, "Voucher"),
    M_F_ID(fin_general_ledger_row, voucher_id, "Voucher id", .flags = M_HIDDEN),
    M_F_STR(fin_general_ledger_row, source_type, "Source type", .flags = M_HIDDEN),
    M_F_ID(fin_general_ledger_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_LINK(fin_general_ledger_row, account, "Account", "finance.account", .flags = M_HIDDEN),
    M_F_LINK(fin_general_ledger_row, cost_center, "Cost center", "finance.cost_center"),
    M_F_ID(fin_general_ledger_row, party, "Party"),
    M_F_STR(fin_general_ledger_row, narration, "Narration", .max = 500),
    M_F_MONEY(fin_general_ledger_row, debit, "Debit"),
    M_F_MONEY(fin_general_ledger_row, credit, "Credit"),
    M_F_SUM(fin_general_ledger_row, balance, "Balance"),
    M_F_STR(fin_general_ledger_row, cursor, "Cursor", .flags = M_HIDDEN),
};
static const m_type row_type = {.name = "finance.general_ledger_row",
                                .size = sizeof(fin_general_ledger_row),
                                M_FIELDS(row_fields)};

typedef struct {
    fin_module *fin;
    m_call *call;
    fin_slice slice;
    m_date from;
    m_date to;
    bool paged;
    m_gl_entry after; /* when paged */
    uint32_t limit;
} ledger;

/* ---- what is asked ---- */

static m_status choose_accounts(ledger *l, const fin_book *book, m_id account)
{
    uint32_t top = fin_tree_find(&book->tree, account);
    if (top == book->count) {
        m_field_fail(l->call, m_err_link, M_STR("account"), "finance.account");
        return m_failed_fields(l->call);
    }
    m_id *ids = m_arena_array(l->call->arena, book->count, sizeof *ids);
    FIN_NEED(l->call, ids);
    l->slice.accounts = (m_list){ids, 0};
    for (uint32_t i = 0; i < book->count; i++)
        if (!book->accounts[i]->is_group && fin_tree_under(&book->tree, i, top))
            ids[l->slice.accounts.count++] = book->accounts[i]->id;
    return M_OK;
}

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

static m_status understand(ledger *l, const fin_general_ledger_params *in)
{
    fin_book book;
    M_TRY(fin_book_open(l->fin, l->call, in->cost_center, &book));
    M_TRY(choose_accounts(l, &book, in->account));
    l->slice.centers = book.centers;
    l->slice.party = in->party;
    l->to = m_date_is_none(in->to) ? m_today(l->call) : in->to;
    l->from = m_date_is_none(in->from) ? fin_book_year_start(&book, l->to) : in->from;
    bool limited = in->limit >= 1 && in->limit <= LIMIT_MAX;
    l->limit = limited ? (uint32_t)in->limit : LIMIT_DEFAULT;
    l->paged = in->cursor.n != 0;
    if (m_date_cmp(l->from, l->to) > 0)
        m_field_fail(l->call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
    if (l->paged && !read_cursor(in->cursor, &l->after))
        m_field_fail(l->call, FIN_ERR(CURSOR), M_STR("cursor"), NULL);
    return m_failed_fields(l->call);
}

/* ---- balance where the page begins ---- */

/* Adds the entries of the cursor's day up to it: earlier vouchers whole, its own up to its line. */
static m_status add_cursor_day(const ledger *l, m_dec_sum *balance)
{
    for (int own = 0; own < 2; own++) {
        m_filter filters[6];
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

static m_status balance_at_start(const ledger *l, m_dec_sum *out)
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
                                    .cursor = m_str_of(cursor)};
    return M_OK;
}

static m_status make_rows(const ledger *l, const m_fetch *entries, m_dec_sum balance, m_list *out)
{
    fin_general_ledger_row *rows =
        m_arena_array(l->call->arena, (size_t)entries->count + 1, sizeof *rows);
    FIN_NEED(l->call, rows);
    m_fetch events;
    uint32_t n = 0;
    M_TRY(fin_entry_events(l->fin, l->call, entries, &events));
    if (!l->paged)
        rows[n++] = (fin_general_ledger_row){
            .posting_date = l->from, .narration = M_STR("Opening balance"), .balance = balance};
    for (uint32_t i = 0; i < entries->count; i++) {
        const m_gl_entry *entry = entries->records[i];
        balance += (m_dec_sum)entry->debit.u - entry->credit.u;
        M_TRY(make_row(l->call, events.records[i], entry, balance, &rows[n++]));
    }
    *out = (m_list){rows, n};
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    ledger l = {.fin = module, .call = call};
    M_TRY(understand(&l, params));
    m_filter filters[5];
    uint32_t n = fin_slice_filters(&l.slice, filters);
    filters[n++] = (m_filter){"posting_date", M_OP_GE, &l.from};
    filters[n++] = (m_filter){"posting_date", M_OP_LE, &l.to};
    m_order by_date = {"posting_date", false};
    m_query query = {.filters = filters,
                     .filter_count = n,
                     .orders = &by_date,
                     .order_count = 1,
                     .limit = l.limit,
                     .after = l.paged ? &l.after : NULL};
    m_fetch read = {.type = &m_gl_entry_type, .query = &query};
    m_dec_sum balance;
    M_TRY(m_store_fetch(l.fin->store, call, &read, 1));
    M_TRY(balance_at_start(&l, &balance));
    return make_rows(&l, &read, balance, out_rows);
}

const m_report fin_general_ledger_report = {.name = "general-ledger",
                                            .label = "General ledger",
                                            .group = "Accounts",
                                            .permissions = fin_report_permissions,
                                            .params = &params_type,
                                            .row = &row_type,
                                            .run = run,
                                            .drill = "source_id:document,voucher_id:voucher",
                                            .totals = "debit,credit"};
