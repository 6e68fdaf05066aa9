/* Balance sheet, and profit and loss. */
#include "reports/book.h"
#include "reports/reports.h"

static const m_field row_fields[] = {
    M_F_LINK(fin_statement_row, account, "Account", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_statement_row, code, "Code"),
    M_F_STR(fin_statement_row, name, "Account"),
    M_F_INT(fin_statement_row, level, "Level", .flags = M_HIDDEN),
    M_F_BOOL(fin_statement_row, is_group, "Group", .flags = M_HIDDEN),
    M_F_SUM(fin_statement_row, amount, "Amount"),
};
static const m_type row_type = {
    .name = "finance.statement_row", .size = sizeof(fin_statement_row), M_FIELDS(row_fields)};

typedef struct {
    const fin_book *book;
    const fin_sums *sums;
    fin_statement_row *rows;
    uint32_t count;
} statement;

#define COMPUTED_MAX 8

static m_status begin(statement *s, const fin_book *book, const fin_sums *sums)
{
    *s = (statement){.book = book, .sums = sums};
    s->rows = m_arena_array(book->call->arena, (size_t)book->count + COMPUTED_MAX, sizeof *s->rows);
    FIN_NEED(book->call, s->rows);
    return M_OK;
}

static bool is_debit_side(m_enum root)
{
    return root == FIN_ASSET || root == FIN_EXPENSE;
}

/* The sum of all accounts of this root type. */
static m_dec_sum total_of(const statement *s, m_enum root)
{
    m_dec_sum total = 0;
    for (uint32_t i = 0; i < s->book->count; i++)
        if (s->book->accounts[i]->root_type == root && s->book->tree.level[i] == 0)
            total += s->sums->debit[i] - s->sums->credit[i];
    return is_debit_side(root) ? total : -total;
}

static void add_section(statement *s, m_enum root)
{
    const fin_book *book = s->book;
    for (uint32_t i = 0; i < book->count; i++) {
        uint32_t node = book->tree.order[i];
        const fin_account *account = book->accounts[node];
        m_dec_sum amount = s->sums->debit[node] - s->sums->credit[node];
        if (account->root_type != root || amount == 0) continue;
        s->rows[s->count++] = (fin_statement_row){.account = account->id,
                                                  .code = account->code,
                                                  .name = account->name,
                                                  .level = book->tree.level[node],
                                                  .is_group = account->is_group,
                                                  .amount = is_debit_side(root) ? amount : -amount};
    }
}

static void add_computed(statement *s, m_str name, m_dec_sum amount)
{
    s->rows[s->count++] = (fin_statement_row){.name = name, .is_group = true, .amount = amount};
}

/* ---- balance sheet ---- */

static const m_field sheet_fields[] = {
    M_F_DATE(fin_balance_sheet_params, as_of, "As of", .help = "Today when left empty."),
    FIN_KNOWN_FIELD(fin_balance_sheet_params),
};
static const m_type sheet_params = {.name = "finance.balance_sheet_params",
                                    .size = sizeof(fin_balance_sheet_params),
                                    M_FIELDS(sheet_fields)};

static m_status run_balance_sheet(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_balance_sheet_params *in = params;
    fin_book book;
    fin_sums sums;
    statement s;
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    M_TRY(fin_book_open(module, call, (m_id){{0}}, &book));
    M_TRY(fin_book_known(&book, in->known_at));
    M_TRY(fin_sums_new(&book, &sums));
    M_TRY(fin_sums_before(&book, (m_date){as_of.d + 1}, 1, &sums));
    fin_sums_roll_up(&book, &sums);
    M_TRY(begin(&s, &book, &sums));
    m_dec_sum result = total_of(&s, FIN_INCOME) - total_of(&s, FIN_EXPENSE);
    m_dec_sum owed = total_of(&s, FIN_LIABILITY) + total_of(&s, FIN_EQUITY) + result;
    add_section(&s, FIN_ASSET);
    add_computed(&s, M_STR("Total assets"), total_of(&s, FIN_ASSET));
    add_section(&s, FIN_LIABILITY);
    add_section(&s, FIN_EQUITY);
    add_computed(&s, M_STR("Profit or loss not yet closed"), result);
    add_computed(&s, M_STR("Total liabilities and equity"), owed);
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
    FIN_KNOWN_FIELD(fin_profit_and_loss_params),
    M_F_LINK(fin_profit_and_loss_params, cost_center, "Cost center", "finance.cost_center"),
};
static const m_type result_params = {.name = "finance.profit_and_loss_params",
                                     .size = sizeof(fin_profit_and_loss_params),
                                     M_FIELDS(result_fields)};

static m_status run_profit_and_loss(void *module, m_call *call, const void *params,
                                    m_list *out_rows)
{
    const fin_profit_and_loss_params *in = params;
    fin_book book;
    fin_sums sums;
    statement s;
    M_TRY(fin_book_open(module, call, in->cost_center, &book));
    M_TRY(fin_book_known(&book, in->known_at));
    m_date to = m_date_is_none(in->to) ? m_today(call) : in->to;
    m_date from = m_date_is_none(in->from) ? fin_book_year_start(&book, to) : in->from;
    if (m_date_cmp(from, to) > 0) {
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
        return m_failed_fields(call);
    }
    M_TRY(fin_sums_new(&book, &sums));
    M_TRY(fin_sums_before(&book, from, -1, &sums));
    M_TRY(fin_sums_before(&book, (m_date){to.d + 1}, 1, &sums));
    M_TRY(fin_sums_closings(&book, from, to, -1, &sums)); /* a closed year keeps its figures */
    fin_sums_roll_up(&book, &sums);
    M_TRY(begin(&s, &book, &sums));
    m_dec_sum income = total_of(&s, FIN_INCOME);
    m_dec_sum expense = total_of(&s, FIN_EXPENSE);
    add_section(&s, FIN_INCOME);
    add_computed(&s, M_STR("Total income"), income);
    add_section(&s, FIN_EXPENSE);
    add_computed(&s, M_STR("Total expense"), expense);
    add_computed(&s, M_STR("Net profit"), income - expense);
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
