#include "open_item/open_item.h"
#include "reports/ledger_page.h"
#include "reports/reports.h"

/* What both reports ask after the party. */
#define STATEMENT_PARAMS                                                                           \
    M_F_DATE(fin_account_statement_params, from, "From",                                           \
             .help = "The start of the fiscal year when left empty."),                             \
        M_F_DATE(fin_account_statement_params, to, "To", .help = "Today when left empty."),        \
        M_F_KNOWN(fin_account_statement_params),                                                   \
        M_F_INT(fin_account_statement_params, limit, "Rows", .min = 1, .max = FIN_PAGE_MAX,        \
                .fallback = "200"),                                                                \
        M_F_STR(fin_account_statement_params, cursor, "Cursor", .flags = M_HIDDEN)

static const m_field supplier_params[] = {
    M_F_LINK(fin_account_statement_params, supplier, "Supplier", "core.supplier",
             .flags = M_REQUIRED),
    STATEMENT_PARAMS,
};
static const m_type supplier_params_type = {.name = "finance.supplier_statement_params",
                                            .size = sizeof(fin_account_statement_params),
                                            M_FIELDS(supplier_params)};
static const m_field customer_params[] = {
    M_F_LINK(fin_account_statement_params, customer, "Customer", "core.customer",
             .flags = M_REQUIRED),
    STATEMENT_PARAMS,
};
static const m_type customer_params_type = {.name = "finance.customer_statement_params",
                                            .size = sizeof(fin_account_statement_params),
                                            M_FIELDS(customer_params)};

static const m_field row_fields[] = {
    M_F_DATE(fin_general_ledger_row, posting_date, "Date"),
    M_F_STR(fin_general_ledger_row, voucher_type, "Type"),
    M_F_STR(fin_general_ledger_row, voucher_no, "Voucher"),
    M_F_ID(fin_general_ledger_row, voucher_id, "Voucher id", .flags = M_HIDDEN),
    M_F_STR(fin_general_ledger_row, source_type, "Source type", .flags = M_HIDDEN),
    M_F_ID(fin_general_ledger_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_LINK(fin_general_ledger_row, account, "Account", "finance.account"),
    M_F_STR(fin_general_ledger_row, narration, "Narration", .max = 500),
    M_F_MONEY(fin_general_ledger_row, debit, "Debit"),
    M_F_MONEY(fin_general_ledger_row, credit, "Credit"),
    M_F_SUM(fin_general_ledger_row, balance, "Owed"),
    M_F_LINK(fin_general_ledger_row, currency, "Currency", "core.currency"),
    M_F_MONEY(fin_general_ledger_row, foreign_amount, "Amount in it", .places = 6),
    M_F_STR(fin_general_ledger_row, cursor, "Cursor", .flags = M_HIDDEN),
};
static const m_type row_type = {.name = "finance.account_statement_row",
                                .size = sizeof(fin_general_ledger_row),
                                M_FIELDS(row_fields)};

/* By kind and not by the posting matrix of today, which earlier postings did not know. A party is
 * of one side only, so the other side's accounts have no line of it. */
static m_status choose_accounts(fin_page *page, const fin_book *book)
{
    m_id *ids = m_arena_array(page->call->arena, book->count, sizeof *ids);
    FIN_NEED(page->call, ids);
    uint32_t n = 0;
    for (uint32_t i = 0; i < book->count; i++) {
        const fin_account *account = book->accounts[i];
        bool owed = account->kind == FIN_KIND_PAYABLE || account->kind == FIN_KIND_RECEIVABLE ||
                    account->kind == FIN_KIND_ADVANCE;
        if (owed && !account->is_group) ids[n++] = account->id;
    }
    if (n == 0) return m_fail(page->call, FIN_ERR(POSTING_UNMAPPED), "payable, receivable");
    page->slice.accounts = (m_list){ids, n};
    return M_OK;
}

static m_status run(const fin_side *side, fin_module *fin, m_call *call,
                    const fin_account_statement_params *in, m_list *out_rows)
{
    m_party_info party;
    fin_book book;
    fin_page page = {.fin = fin, .call = call, .slice = {.party = in->party}, .closing = true};
    if (m_id_is_null(in->party)) m_field_fail(call, m_err_required, m_str_of(side->party), NULL);
    M_TRY(fin_read_party(fin, call, side, in->party, false, &party));
    M_TRY(m_failed_fields(call));
    M_TRY(fin_book_open(fin, call, (m_id){{0}}, &book));
    M_TRY(choose_accounts(&page, &book));
    fin_page_asked asked = {in->from, in->to, in->limit, in->cursor, in->known_at};
    M_TRY(fin_page_limit(&page, &book, &asked));
    m_list rows;
    M_TRY(fin_page_read(&page, &rows));
    for (M_EACH(fin_general_ledger_row, row, rows))
        row->balance *= -side->sign;
    *out_rows = rows;
    return M_OK;
}

static m_status run_supplier(void *module, m_call *call, const void *params, m_list *out_rows)
{
    return run(&fin_supplier_side, module, call, params, out_rows);
}

static m_status run_customer(void *module, m_call *call, const void *params, m_list *out_rows)
{
    return run(&fin_customer_side, module, call, params, out_rows);
}

#define DRILL "source_id:document,voucher_id:voucher"

const m_report fin_supplier_statement_report = {.name = "supplier-statement",
                                                .label = "Supplier statement of account",
                                                .group = "Accounts",
                                                .permissions = fin_report_permissions,
                                                .params = &supplier_params_type,
                                                .row = &row_type,
                                                .run = run_supplier,
                                                .drill = DRILL,
                                                .totals = "debit,credit"};

const m_report fin_customer_statement_report = {.name = "customer-statement",
                                                .label = "Customer statement of account",
                                                .group = "Accounts",
                                                .permissions = fin_report_permissions,
                                                .params = &customer_params_type,
                                                .row = &row_type,
                                                .run = run_customer,
                                                .drill = DRILL,
                                                .totals = "debit,credit"};
