#include "reports/ledger_page.h"
#include "reports/reports.h"

static const m_field param_fields[] = {
    M_F_LINK(fin_general_ledger_params, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(fin_general_ledger_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_LINK(fin_general_ledger_params, party, "Supplier", "core.supplier"),
    M_F_LINK(fin_general_ledger_params, customer, "Customer", "core.customer"),
    M_F_DATE(fin_general_ledger_params, from, "From",
             .help = "The start of the fiscal year when left empty."),
    M_F_DATE(fin_general_ledger_params, to, "To", .help = "Today when left empty."),
    M_F_KNOWN(fin_general_ledger_params),
    M_F_INT(fin_general_ledger_params, limit, "Rows", .min = 1, .max = FIN_PAGE_MAX,
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
    M_F_LINK(fin_general_ledger_row, currency, "Currency", "core.currency"),
    M_F_MONEY(fin_general_ledger_row, foreign_amount, "Amount in it", .places = 6),
    M_F_STR(fin_general_ledger_row, cursor, "Cursor", .flags = M_HIDDEN),
};
static const m_type row_type = {.name = "finance.general_ledger_row",
                                .size = sizeof(fin_general_ledger_row),
                                M_FIELDS(row_fields)};

static m_status choose_accounts(fin_page *l, const fin_book *book, m_id account)
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
    if (l->slice.accounts.count == 0) ids[l->slice.accounts.count++] = account; /* an empty group */
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_general_ledger_params *in = params;
    fin_page page = {.fin = module, .call = call};
    fin_book book;
    M_TRY(fin_book_open(page.fin, call, in->cost_center, &book));
    M_TRY(choose_accounts(&page, &book, in->account));
    page.slice.centers = book.centers;
    page.slice.party = fin_either(in->party, in->customer);
    if (!m_id_is_null(in->party) && !m_id_is_null(in->customer))
        m_field_fail(call, FIN_ERR(ONE_PARTY), M_STR("customer"), NULL);
    fin_page_asked asked = {in->from, in->to, in->limit, in->cursor, in->known_at};
    M_TRY(fin_page_limit(&page, &book, &asked));
    return fin_page_read(&page, out_rows);
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
