/* Cash flow: from what bank and cash accounts held at the beginning to what they held at the end;
 * indirect (from the result and what the other accounts changed by) or direct (what the vouchers
 * that moved money posted on the other side). */
#include "reports/columns.h"
#include "reports/reports.h"
#include <stdlib.h>

/* Nobody reads more lines of bank and cash at once than this. */
#define MONEY_LINES_MAX 50000

/* In their order; those of FIN_FLOW_… are of the indirect method, the next two of the direct one.
 */
enum {
    BEGINNING,
    OPERATING = FIN_FLOW_OPERATING,
    INVESTING = FIN_FLOW_INVESTING,
    FINANCING = FIN_FLOW_FINANCING,
    RECEIVED,
    PAID,
    OTHER_CENTERS,
    CHANGE,
    END
};
static const char *const sections[] = {[BEGINNING] = "Beginning",
                                       [OPERATING] = "Operating",
                                       [INVESTING] = "Investing",
                                       [FINANCING] = "Financing",
                                       [RECEIVED] = "Received",
                                       [PAID] = "Paid",
                                       [OTHER_CENTERS] = "Other cost centers",
                                       [CHANGE] = "Change",
                                       [END] = "End"};

enum { INDIRECT, DIRECT };
static const char *const methods[] = {"indirect", "direct", NULL};

static const m_field param_fields[] = {
    M_F_DATE(fin_cash_flow_params, from, "From",
             .help = "The start of the fiscal year when left empty."),
    M_F_DATE(fin_cash_flow_params, to, "To", .help = "Today when left empty."),
    M_F_KNOWN(fin_cash_flow_params),
    M_F_LINK(fin_cash_flow_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_ENUM(fin_cash_flow_params, method, "Method", methods,
             .help = "Indirect: from the result of the time. Direct: by what was paid for."),
    M_F_COMPARE_TIMES(fin_cash_flow_params),
};
static const m_type params_type = {.name = "finance.cash_flow_params",
                                   .size = sizeof(fin_cash_flow_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_STR(fin_cash_flow_row, section, "Section"),
    M_F_LINK(fin_cash_flow_row, account, "Account id", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_cash_flow_row, code, "Code"),
    M_F_STR(fin_cash_flow_row, name, "Account"),
    M_F_BOOL(fin_cash_flow_row, is_group, "Total", .flags = M_HIDDEN),
    M_F_SUM(fin_cash_flow_row, amount, "Amount"),
    M_F_COLUMNS(fin_cash_flow_row, "the amount."),
    M_F_DATE(fin_cash_flow_row, from, "From", .flags = M_HIDDEN),
    M_F_DATE(fin_cash_flow_row, to, "To", .flags = M_HIDDEN),
    M_F_LINK(fin_cash_flow_row, cost_center, "Cost center", "finance.cost_center",
             .flags = M_HIDDEN),
};
static const m_type row_type = {
    .name = "finance.cash_flow_row", .size = sizeof(fin_cash_flow_row), M_FIELDS(row_fields)};

typedef struct {
    const fin_book *book;
    fin_span span;
    fin_sums opening;
    fin_sums moved; /* in the span, without year closings */
    fin_cash_flow_row *rows;
    uint32_t count;
} flow;

/* ---- rows ---- */

static void add_row(flow *f, int section, m_str name, bool total, m_dec_sum amount)
{
    f->rows[f->count++] = (fin_cash_flow_row){.section = m_str_of(sections[section]),
                                              .name = name,
                                              .is_group = total,
                                              .amount = amount,
                                              .from = f->span.from,
                                              .to = f->span.to,
                                              .cost_center = f->book->center};
}

static void add_account(flow *f, int section, const fin_account *account, m_dec_sum amount)
{
    if (amount == 0) return;
    add_row(f, section, account->name, false, amount);
    f->rows[f->count - 1].account = account->id;
    f->rows[f->count - 1].code = account->code;
}

/* What employees hold as imprest is the company's cash until it is spent. */
static bool is_money(const fin_account *account)
{
    return !account->is_group &&
           (account->kind == FIN_KIND_BANK || account->kind == FIN_KIND_CASH ||
            account->kind == FIN_KIND_IMPREST);
}

static m_dec_sum balance_of(const fin_sums *sums, uint32_t at)
{
    return sums->debit[at] - sums->credit[at];
}

/* What bank and cash hold, and in the end which of them holds what. */
static m_dec_sum add_holdings(flow *f, int section, const char *name)
{
    bool closing = section == END;
    m_dec_sum total = 0;
    for (uint32_t i = 0; i < f->book->count; i++) {
        const fin_account *account = f->book->accounts[i];
        if (!is_money(account)) continue;
        m_dec_sum holds = balance_of(&f->opening, i);
        if (closing) holds += balance_of(&f->moved, i);
        if (closing) add_account(f, section, account, holds);
        total += holds;
    }
    add_row(f, section, m_str_of(name), true, total);
    return total;
}

/* ---- indirect ---- */

/* A liability that stands in a group of its own kind, away from payables and taxes, is a loan. */
static bool among_others(const fin_book *book, uint32_t node)
{
    for (uint32_t i = 0; i < book->count; i++)
        if (book->tree.parent[i] == book->tree.parent[node] && !book->accounts[i]->is_group &&
            book->accounts[i]->kind != FIN_KIND_OTHER)
            return true;
    return false;
}

fin_flow_class fin_flow_class_of(const fin_account *account, bool among_current)
{
    if (account->cash_flow != FIN_FLOW_BY_KIND) return (fin_flow_class)account->cash_flow;
    if (account->root_type == FIN_EQUITY) return FIN_FLOW_FINANCING;
    if (account->kind == FIN_KIND_FIXED_ASSET) return FIN_FLOW_INVESTING;
    bool loan =
        account->root_type == FIN_LIABILITY && account->kind == FIN_KIND_OTHER && !among_current;
    return loan ? FIN_FLOW_FINANCING : FIN_FLOW_OPERATING;
}

static bool is_result(const fin_account *account)
{
    return account->root_type == FIN_INCOME || account->root_type == FIN_EXPENSE;
}

static m_dec_sum add_section(flow *f, int section)
{
    m_dec_sum total = 0;
    if (section == OPERATING) {
        for (uint32_t i = 0; i < f->book->count; i++)
            if (is_result(f->book->accounts[i]) && f->book->tree.level[i] == 0)
                total -= balance_of(&f->moved, i);
        add_row(f, section, m_str_of(m_say(f->book->call, "Net profit")), false, total);
    }
    for (uint32_t i = 0; i < f->book->count; i++) {
        uint32_t node = f->book->tree.order[i];
        const fin_account *account = f->book->accounts[node];
        if (account->is_group || is_money(account) || is_result(account)) continue;
        if ((int)fin_flow_class_of(account, among_others(f->book, node)) != section) continue;
        add_account(f, section, account, -balance_of(&f->moved, node));
        total -= balance_of(&f->moved, node);
    }
    return total;
}

static void add_indirect(flow *f, m_dec_sum *sum)
{
    static const char *const totals[] = {[OPERATING] = "From operations",
                                         [INVESTING] = "From investments",
                                         [FINANCING] = "From financing"};
    for (int c = OPERATING; c <= FINANCING; c++) {
        m_dec_sum total = add_section(f, c);
        add_row(f, c, m_str_of(totals[c]), true, total);
        *sum += total;
    }
}

/* ---- direct ---- */

/* seqs: int64_t of the vouchers that moved money, each once. */
static m_status money_seqs(const flow *f, m_list *out)
{
    const fin_book *book = f->book;
    m_id *ids = m_arena_array(book->call->arena, book->count, sizeof *ids);
    FIN_NEED(book->call, ids);
    m_list money = {ids, 0};
    for (uint32_t i = 0; i < book->count; i++)
        if (is_money(book->accounts[i])) ids[money.count++] = book->accounts[i]->id;
    m_filter filters[5] = {{"account", M_OP_IN, &money},
                           {"posting_date", M_OP_GE, &f->span.from},
                           {"posting_date", M_OP_LE, &f->span.to}};
    uint32_t n = 3;
    if (book->known.limited) filters[n++] = (m_filter){"seq", M_OP_LE, &book->known.seq};
    if (book->by_center) filters[n++] = (m_filter){"cost_center", M_OP_IN, &book->centers};
    m_query query = {.filters = filters, .filter_count = n, .limit = MONEY_LINES_MAX + 1};
    m_fetch lines = {.type = &m_gl_entry_type, .query = &query};
    M_TRY(m_store_fetch(book->fin->store, book->call, &lines, 1));
    if (lines.count > MONEY_LINES_MAX)
        return m_fail(book->call, FIN_ERR(TOO_MANY_LINES), "%d lines of bank and cash",
                      MONEY_LINES_MAX);
    int64_t *seqs = m_arena_array(book->call->arena, lines.count, sizeof *seqs);
    FIN_NEED(book->call, seqs);
    *out = (m_list){seqs, 0};
    for (uint32_t i = 0; i < lines.count; i++) { /* by seq */
        int64_t seq = ((const m_gl_entry *)lines.records[i])->seq;
        if (out->count == 0 || seqs[out->count - 1] != seq) seqs[out->count++] = seq;
    }
    return M_OK;
}

static m_status add_direct(flow *f, m_dec_sum *sum)
{
    const fin_book *book = f->book;
    m_list seqs;
    M_TRY(money_seqs(f, &seqs));
    if (seqs.count == 0) return M_OK;
    m_filter filters[] = {{"seq", M_OP_IN, &seqs},
                          {"posting_date", M_OP_GE, &f->span.from},
                          {"posting_date", M_OP_LE, &f->span.to},
                          {"cost_center", M_OP_IN, &book->centers}};
    m_sum lines = {.type = &m_gl_entry_type,
                   .filters = filters,
                   .filter_count = book->by_center ? 4 : 3,
                   .group_by = "account"};
    M_TRY(m_store_sum(book->fin->store, book->call, &lines));
    for (int out = 0; out < 2; out++) {
        int section = out ? PAID : RECEIVED;
        m_dec_sum total = 0;
        for (M_EACH(const m_gl_entry, line, lines.out)) {
            const fin_account *account = fin_book_account(book, line->account);
            m_dec_sum amount = (m_dec_sum)line->credit.u - line->debit.u;
            if (!account || is_money(account) || (amount < 0) != (out == 1)) continue;
            add_account(f, section, account, amount);
            total += amount;
        }
        add_row(f, section, m_str_of(out ? "Paid in all" : "Received in all"), true, total);
        *sum += total;
    }
    return M_OK;
}

/* ---- the report ---- */

static m_status begin(flow *f, const fin_book *book, fin_span span)
{
    m_list columns;
    *f = (flow){.book = book, .span = span};
    M_TRY(fin_columns_read(&(fin_columns_asked){book, span, FIN_COMPARE_NONE, true}, &columns));
    f->moved = M_AT(columns, const fin_column, 0)->sums;
    M_TRY(fin_sums_new(book, &f->opening));
    M_TRY(fin_sums_before(book, span.from, 1, &f->opening));
    f->rows = m_arena_array(book->call->arena, 2 * (size_t)book->count + 16, sizeof *f->rows);
    FIN_NEED(book->call, f->rows);
    return M_OK;
}

static int rank_of(m_str section)
{
    int rank = 0;
    while (rank < END && !m_str_is(section, sections[rank]))
        rank++;
    return rank;
}

/* The net profit before the accounts, totals behind. */
static int by_place(const void *a, const void *b)
{
    const fin_cash_flow_row *x = a, *y = b;
    int order = rank_of(x->section) - rank_of(y->section);
    if (order == 0) order = x->is_group - y->is_group;
    if (order == 0) order = m_str_cmp(x->code, y->code);
    return order ? order : m_id_cmp(x->account, y->account);
}

typedef struct {
    fin_book book;
    m_enum method;
} asked;

/* The rows of one span. */
static m_status flow_of(void *self, fin_span span, m_list *out)
{
    const asked *of = self;
    flow f;
    m_dec_sum change = 0, moved = 0;
    M_TRY(begin(&f, &of->book, span));
    for (uint32_t i = 0; i < f.book->count; i++)
        if (is_money(f.book->accounts[i])) change += balance_of(&f.moved, i);
    add_holdings(&f, BEGINNING, "Bank and cash at the beginning");
    if (of->method == DIRECT)
        M_TRY(add_direct(&f, &moved));
    else
        add_indirect(&f, &moved);
    if (moved != change) /* vouchers across cost centers balance only together */
        add_row(&f, OTHER_CENTERS, M_STR("From other cost centers"), true, change - moved);
    add_row(&f, CHANGE, M_STR("Change of bank and cash"), true, change);
    add_holdings(&f, END, "Bank and cash at the end");
    qsort(f.rows, f.count, sizeof *f.rows, by_place);
    *out = (m_list){f.rows, f.count};
    return M_OK;
}

static m_dec_sum amount_of(const void *row)
{
    return ((const fin_cash_flow_row *)row)->amount;
}

static void empty(void *row, fin_span span)
{
    fin_cash_flow_row *of = row;
    of->amount = 0;
    of->from = span.from;
    of->to = span.to;
}

/* Sections and totals are told apart by their English names until here. */
static void say_headings(const m_call *call, const m_list *rows)
{
    for (uint32_t i = 0; i < rows->count; i++) {
        fin_cash_flow_row *row = M_AT(*rows, fin_cash_flow_row, i);
        row->section = m_str_of(m_say(call, sections[rank_of(row->section)]));
        if (row->is_group) row->name = m_str_of(m_say(call, row->name.p));
    }
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_cash_flow_params *in = params;
    asked of = {.method = in->method};
    M_TRY(fin_book_open(module, call, in->cost_center, &of.book));
    M_TRY(fin_book_known(&of.book, in->known_at));
    m_date to = m_date_is_none(in->to) ? m_today(call) : in->to;
    m_date from = m_date_is_none(in->from) ? fin_book_year_start(&of.book, to) : in->from;
    if (m_date_cmp(from, to) > 0) {
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
        return m_failed_fields(call);
    }
    fin_beside how = {.size = sizeof(fin_cash_flow_row),
                      .columns = offsetof(fin_cash_flow_row, columns),
                      .turnover = true,
                      .cost_center = of.book.center,
                      .read = flow_of,
                      .order = by_place,
                      .amount = amount_of,
                      .empty = empty};
    M_TRY(fin_beside_read(call, &how, &of, (fin_span){from, to}, in->compare, out_rows));
    say_headings(call, out_rows);
    return M_OK;
}

const m_report fin_cash_flow_report = {.name = "cash-flow",
                                       .label = "Cash flow",
                                       .group = "Accounts",
                                       .permissions = fin_report_permissions,
                                       .params = &params_type,
                                       .row = &row_type,
                                       .run = run,
                                       .drill = "account:general-ledger"};
