/* Balance sheet, and profit and loss. */
#include "reports/columns.h"
#include "reports/reports.h"

static const m_field row_fields[] = {
    M_F_LINK(fin_statement_row, account, "Account", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_statement_row, code, "Code"),
    M_F_STR(fin_statement_row, name, "Account"),
    M_F_INT(fin_statement_row, level, "Level", .flags = M_HIDDEN),
    M_F_BOOL(fin_statement_row, is_group, "Group", .flags = M_HIDDEN),
    M_F_SUM(fin_statement_row, amount, "Amount"),
    M_F_COLUMNS(fin_statement_row,
                "the amount. Account, cost center and days lead to the general ledger."),
};
static const m_type row_type = {
    .name = "finance.statement_row", .size = sizeof(fin_statement_row), M_FIELDS(row_fields)};

typedef struct {
    const fin_book *book;
    m_list columns; /* fin_column */
    fin_statement_row *rows;
    uint32_t count;
} statement;

/* One amount per column. */
typedef struct {
    m_dec_sum of[FIN_COLUMNS_MAX];
} amounts;

#define COMPUTED_MAX 8

static m_status begin(statement *s, const fin_columns_asked *asked)
{
    *s = (statement){.book = asked->book};
    M_TRY(fin_columns_read(asked, &s->columns));
    s->rows =
        m_arena_array(s->book->call->arena, (size_t)s->book->count + COMPUTED_MAX, sizeof *s->rows);
    FIN_NEED(s->book->call, s->rows);
    return M_OK;
}

static bool is_debit_side(m_enum root)
{
    return root == FIN_ASSET || root == FIN_EXPENSE;
}

static m_dec_sum amount_at(const statement *s, uint32_t column, uint32_t node)
{
    const fin_sums *sums = &M_AT(s->columns, const fin_column, column)->sums;
    return is_debit_side(s->book->accounts[node]->root_type)
               ? sums->debit[node] - sums->credit[node]
               : sums->credit[node] - sums->debit[node];
}

/* Adds all accounts of this root type, times sign. */
static void add_total(const statement *s, m_enum root, int sign, amounts *sum)
{
    for (uint32_t i = 0; i < s->book->count; i++) {
        if (s->book->accounts[i]->root_type != root || s->book->tree.level[i] != 0) continue;
        for (uint32_t c = 0; c < s->columns.count; c++)
            sum->of[c] += sign * amount_at(s, c, i);
    }
}

static m_status add_row(statement *s, fin_statement_row row, const amounts *of)
{
    M_TRY(fin_columns_made(s->book->call, &s->columns, &row.columns));
    for (uint32_t c = 0; c < s->columns.count; c++)
        M_AT(row.columns, fin_statement_column, c)->amount = of->of[c];
    row.amount = of->of[0];
    s->rows[s->count++] = row;
    return M_OK;
}

static m_status add_section(statement *s, m_enum root)
{
    const fin_book *book = s->book;
    for (uint32_t i = 0; i < book->count; i++) {
        uint32_t node = book->tree.order[i];
        const fin_account *account = book->accounts[node];
        amounts of = {{0}};
        bool any = false;
        if (account->root_type != root) continue;
        for (uint32_t c = 0; c < s->columns.count; c++) {
            of.of[c] = amount_at(s, c, node);
            any |= of.of[c] != 0;
        }
        if (!any) continue;
        M_TRY(add_row(s,
                      (fin_statement_row){.account = account->id,
                                          .code = account->code,
                                          .name = account->name,
                                          .level = book->tree.level[node],
                                          .is_group = account->is_group},
                      &of));
    }
    return M_OK;
}

static m_status add_computed(statement *s, const char *name, const amounts *of)
{
    return add_row(
        s, (fin_statement_row){.name = m_str_of(m_say(s->book->call, name)), .is_group = true}, of);
}

/* ---- balance sheet ---- */

static const m_field sheet_fields[] = {
    M_F_DATE(fin_balance_sheet_params, as_of, "As of", .help = "Today when left empty."),
    M_F_KNOWN(fin_balance_sheet_params),
    M_F_LINK(fin_balance_sheet_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_COMPARE(fin_balance_sheet_params),
};
static const m_type sheet_params = {.name = "finance.balance_sheet_params",
                                    .size = sizeof(fin_balance_sheet_params),
                                    M_FIELDS(sheet_fields)};

/* A part of the company owes to the others, or has to get from them, what its own books do not
 * balance. */
static m_status add_owed(statement *s, const amounts *assets)
{
    amounts result = {{0}}, owed = {{0}}, others = *assets;
    bool any = false;
    add_total(s, FIN_INCOME, 1, &result);
    add_total(s, FIN_EXPENSE, -1, &result);
    add_total(s, FIN_LIABILITY, 1, &owed);
    add_total(s, FIN_EQUITY, 1, &owed);
    for (uint32_t c = 0; c < s->columns.count; c++) {
        others.of[c] -= owed.of[c] + result.of[c];
        owed.of[c] = assets->of[c];
        any |= others.of[c] != 0;
    }
    M_TRY(add_computed(s, "Profit or loss not yet closed", &result));
    if (any) M_TRY(add_computed(s, "Owed to other cost centers", &others));
    return add_computed(s, "Total liabilities and equity", &owed);
}

static m_status run_balance_sheet(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_balance_sheet_params *in = params;
    fin_book book;
    statement s;
    amounts assets = {{0}};
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    M_TRY(fin_book_open(module, call, in->cost_center, &book));
    M_TRY(fin_book_known(&book, in->known_at));
    fin_span span = fin_span_until(&book, as_of, in->compare);
    M_TRY(begin(&s, &(fin_columns_asked){&book, span, in->compare, false}));
    add_total(&s, FIN_ASSET, 1, &assets);
    M_TRY(add_section(&s, FIN_ASSET));
    M_TRY(add_computed(&s, "Total assets", &assets));
    M_TRY(add_section(&s, FIN_LIABILITY));
    M_TRY(add_section(&s, FIN_EQUITY));
    M_TRY(add_owed(&s, &assets));
    *out_rows = (m_list){s.rows, s.count};
    return M_OK;
}

const m_report fin_balance_sheet_report = {.name = "balance-sheet",
                                           .label = "Balance sheet",
                                           .group = "Accounts",
                                           .permissions = fin_report_permissions,
                                           .params = &sheet_params,
                                           .row = &row_type,
                                           .run = run_balance_sheet,
                                           .drill = "account:general-ledger"};

/* ---- profit and loss ---- */

static const m_field result_fields[] = {
    M_F_DATE(fin_profit_and_loss_params, from, "From",
             .help = "The start of the fiscal year when left empty."),
    M_F_DATE(fin_profit_and_loss_params, to, "To", .help = "Today when left empty."),
    M_F_KNOWN(fin_profit_and_loss_params),
    M_F_LINK(fin_profit_and_loss_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_COMPARE(fin_profit_and_loss_params),
};
static const m_type result_params = {.name = "finance.profit_and_loss_params",
                                     .size = sizeof(fin_profit_and_loss_params),
                                     M_FIELDS(result_fields)};

static m_status run_profit_and_loss(void *module, m_call *call, const void *params,
                                    m_list *out_rows)
{
    const fin_profit_and_loss_params *in = params;
    fin_book book;
    statement s;
    amounts income = {{0}}, expense = {{0}}, profit = {{0}};
    M_TRY(fin_book_open(module, call, in->cost_center, &book));
    M_TRY(fin_book_known(&book, in->known_at));
    m_date to = m_date_is_none(in->to) ? m_today(call) : in->to;
    m_date from = m_date_is_none(in->from) ? fin_book_year_start(&book, to) : in->from;
    if (m_date_cmp(from, to) > 0) {
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
        return m_failed_fields(call);
    }
    M_TRY(begin(&s, &(fin_columns_asked){&book, {from, to}, in->compare, true}));
    add_total(&s, FIN_INCOME, 1, &income);
    add_total(&s, FIN_EXPENSE, 1, &expense);
    for (uint32_t c = 0; c < s.columns.count; c++)
        profit.of[c] = income.of[c] - expense.of[c];
    M_TRY(add_section(&s, FIN_INCOME));
    M_TRY(add_computed(&s, "Total income", &income));
    M_TRY(add_section(&s, FIN_EXPENSE));
    M_TRY(add_computed(&s, "Total expense", &expense));
    M_TRY(add_computed(&s, "Net profit", &profit));
    *out_rows = (m_list){s.rows, s.count};
    return M_OK;
}

const m_report fin_profit_and_loss_report = {.name = "profit-and-loss",
                                             .label = "Profit and loss",
                                             .group = "Accounts",
                                             .permissions = fin_report_permissions,
                                             .params = &result_params,
                                             .row = &row_type,
                                             .run = run_profit_and_loss,
                                             .drill = "account:general-ledger"};
