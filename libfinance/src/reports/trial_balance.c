#include "reports/columns.h"
#include "reports/reports.h"

static const m_field param_fields[] = {
    M_F_DATE(fin_trial_balance_params, from, "From",
             .help = "The start of the fiscal year when left empty."),
    M_F_DATE(fin_trial_balance_params, as_of, "As of", .help = "Today when left empty."),
    M_F_KNOWN(fin_trial_balance_params),
    M_F_LINK(fin_trial_balance_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_BOOL(fin_trial_balance_params, all, "Also accounts without amounts"),
    M_F_BOOL(fin_trial_balance_params, before_closing, "Before closing",
             .help = "Leave out what year closings between the two days posted."),
    M_F_COMPARE(fin_trial_balance_params),
};
static const m_type params_type = {.name = "finance.trial_balance_params",
                                   .size = sizeof(fin_trial_balance_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(fin_trial_balance_row, account, "Account", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_trial_balance_row, code, "Code"),
    M_F_STR(fin_trial_balance_row, name, "Account"),
    M_F_INT(fin_trial_balance_row, level, "Level", .flags = M_HIDDEN),
    M_F_BOOL(fin_trial_balance_row, is_group, "Group", .flags = M_HIDDEN),
    M_F_SUM(fin_trial_balance_row, opening, "Opening"),
    M_F_SUM(fin_trial_balance_row, debit, "Debit"),
    M_F_SUM(fin_trial_balance_row, credit, "Credit"),
    M_F_SUM(fin_trial_balance_row, closing, "Closing"),
    M_F_COLUMNS(fin_trial_balance_row,
                "the closing balance. Account, cost center and days lead to the general ledger."),
};
static const m_type row_type = {.name = "finance.trial_balance_row",
                                .size = sizeof(fin_trial_balance_row),
                                M_FIELDS(row_fields)};

static fin_trial_balance_row make_row(const fin_book *book, uint32_t node, const fin_sums *opening,
                                      const fin_sums *turnover)
{
    const fin_account *account = book->accounts[node];
    fin_trial_balance_row row = {.account = account->id,
                                 .code = account->code,
                                 .name = account->name,
                                 .level = book->tree.level[node],
                                 .is_group = account->is_group,
                                 .opening = opening->debit[node] - opening->credit[node],
                                 .debit = turnover->debit[node],
                                 .credit = turnover->credit[node]};
    row.closing = row.opening + row.debit - row.credit;
    return row;
}

/* Closing balances of the account in the columns, added to those of the total when it is a root.
 * *any: one is not zero. */
static m_status fill_columns(const fin_book *book, uint32_t node, const m_list *columns,
                             fin_trial_balance_row *row, fin_trial_balance_row *total, bool *any)
{
    if (columns->count == 0) return M_OK;
    M_TRY(fin_columns_made(book->call, columns, &row->columns));
    for (uint32_t c = 0; c < columns->count; c++) {
        const fin_sums *sums = &M_AT(*columns, const fin_column, c)->sums;
        m_dec_sum amount = sums->debit[node] - sums->credit[node];
        M_AT(row->columns, fin_statement_column, c)->amount = amount;
        *any |= amount != 0;
        if (book->tree.level[node] == 0)
            M_AT(total->columns, fin_statement_column, c)->amount += amount;
    }
    return M_OK;
}

static m_status make_rows(const fin_book *book, const fin_sums *opening, const fin_sums *turnover,
                          const m_list *columns, bool all, m_list *out)
{
    fin_trial_balance_row *rows =
        m_arena_array(book->call->arena, (size_t)book->count + 1, sizeof *rows);
    FIN_NEED(book->call, rows);
    fin_trial_balance_row total = {.name = m_str_of(m_say(book->call, "Total"))};
    uint32_t n = 0;
    if (columns->count) M_TRY(fin_columns_made(book->call, columns, &total.columns));
    for (uint32_t i = 0; i < book->count; i++) {
        uint32_t node = book->tree.order[i];
        fin_trial_balance_row row = make_row(book, node, opening, turnover);
        bool any = row.opening || row.debit || row.credit;
        M_TRY(fill_columns(book, node, columns, &row, &total, &any));
        if (any || all) rows[n++] = row;
        if (book->tree.level[node]) continue;
        total.opening += row.opening;
        total.debit += row.debit;
        total.credit += row.credit;
        total.closing += row.closing;
    }
    rows[n++] = total;
    *out = (m_list){rows, n};
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_trial_balance_params *in = params;
    fin_book book;
    fin_sums opening, turnover;
    m_list columns = {NULL, 0};
    M_TRY(fin_book_open(module, call, in->cost_center, &book));
    M_TRY(fin_book_known(&book, in->known_at));
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    m_date from = m_date_is_none(in->from) ? fin_book_year_start(&book, as_of) : in->from;
    if (m_date_cmp(from, as_of) > 0) {
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
        return m_failed_fields(call);
    }
    M_TRY(fin_sums_new(&book, &opening));
    M_TRY(fin_sums_new(&book, &turnover));
    M_TRY(fin_sums_before(&book, from, 1, &opening));
    M_TRY(fin_sums_between(&book, from, (m_date){as_of.d + 1}, 1, &turnover));
    if (in->before_closing) M_TRY(fin_sums_closings(&book, from, as_of, -1, &turnover));
    fin_sums_roll_up(&book, &opening);
    fin_sums_roll_up(&book, &turnover);
    if (in->compare != FIN_COMPARE_NONE)
        M_TRY(fin_columns_read(&(fin_columns_asked){.book = &book,
                                                    .span = {from, as_of},
                                                    .compare = in->compare,
                                                    .before_closing = in->before_closing},
                               &columns));
    return make_rows(&book, &opening, &turnover, &columns, in->all, out_rows);
}

const m_report fin_trial_balance_report = {.name = "trial-balance",
                                           .label = "Trial balance",
                                           .group = "Accounts",
                                           .permissions = fin_report_permissions,
                                           .params = &params_type,
                                           .row = &row_type,
                                           .run = run,
                                           .drill = "account:general-ledger"};
