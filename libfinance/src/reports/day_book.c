/* Day book: every line of every voucher, day by day, in the order of recording. */
#include "reports/ledger_page.h"
#include "reports/reports.h"

static const m_field param_fields[] = {
    M_F_DATE(fin_day_book_params, from, "From", .help = "The last day when left empty."),
    M_F_DATE(fin_day_book_params, to, "To", .help = "Today when left empty."),
    M_F_KNOWN(fin_day_book_params),
    M_F_LINK(fin_day_book_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_INT(fin_day_book_params, limit, "Rows", .min = 1, .max = FIN_PAGE_MAX, .fallback = "200"),
    M_F_STR(fin_day_book_params, cursor, "Cursor", .flags = M_HIDDEN),
};
static const m_type params_type = {
    .name = "finance.day_book_params", .size = sizeof(fin_day_book_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_DATE(fin_day_book_row, posting_date, "Date"),
    M_F_STR(fin_day_book_row, voucher_type, "Type"),
    M_F_STR(fin_day_book_row, voucher_no, "Voucher"),
    M_F_ID(fin_day_book_row, voucher_id, "Voucher id", .flags = M_HIDDEN),
    M_F_STR(fin_day_book_row, source_type, "Source type", .flags = M_HIDDEN),
    M_F_ID(fin_day_book_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_LINK(fin_day_book_row, account, "Account id", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_day_book_row, code, "Code"),
    M_F_STR(fin_day_book_row, name, "Account"),
    M_F_LINK(fin_day_book_row, cost_center, "Cost center", "finance.cost_center"),
    M_F_ID(fin_day_book_row, party, "Party"),
    M_F_STR(fin_day_book_row, narration, "Narration", .max = 500),
    M_F_MONEY(fin_day_book_row, debit, "Debit"),
    M_F_MONEY(fin_day_book_row, credit, "Credit"),
    M_F_STR(fin_day_book_row, cursor, "Cursor", .flags = M_HIDDEN),
};
static const m_type row_type = {
    .name = "finance.day_book_row", .size = sizeof(fin_day_book_row), M_FIELDS(row_fields)};

static fin_day_book_row make_row(const fin_book *book, const fin_general_ledger_row *line)
{
    const fin_account *account = fin_book_account(book, line->account);
    return (fin_day_book_row){.posting_date = line->posting_date,
                              .voucher_type = line->voucher_type,
                              .voucher_no = line->voucher_no,
                              .voucher_id = line->voucher_id,
                              .source_type = line->source_type,
                              .source_id = line->source_id,
                              .account = line->account,
                              .code = account ? account->code : (m_str){NULL, 0},
                              .name = account ? account->name : (m_str){NULL, 0},
                              .cost_center = line->cost_center,
                              .party = line->party,
                              .narration = line->narration,
                              .debit = line->debit,
                              .credit = line->credit,
                              .cursor = line->cursor};
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_day_book_params *in = params;
    fin_page page = {.fin = module, .call = call, .lines_only = true};
    fin_book book;
    m_list lines;
    m_date to = m_date_is_none(in->to) ? m_today(call) : in->to;
    m_date from = m_date_is_none(in->from) ? to : in->from;
    M_TRY(fin_book_open(page.fin, call, in->cost_center, &book));
    page.slice.centers = book.centers;
    fin_page_asked asked = {from, to, in->limit, in->cursor, in->known_at};
    M_TRY(fin_page_limit(&page, &book, &asked));
    M_TRY(fin_page_read(&page, &lines));
    fin_day_book_row *rows = m_arena_array(call->arena, lines.count, sizeof *rows);
    FIN_NEED(call, rows);
    uint32_t n = 0;
    for (M_EACH(const fin_general_ledger_row, line, lines))
        rows[n++] = make_row(&book, line);
    *out_rows = (m_list){rows, n};
    return M_OK;
}

const m_report fin_day_book_report = {.name = "day-book",
                                      .label = "Day book",
                                      .group = "Accounts",
                                      .permissions = fin_report_permissions,
                                      .params = &params_type,
                                      .row = &row_type,
                                      .run = run,
                                      .drill = "source_id:document,voucher_id:voucher,"
                                               "account:general-ledger",
                                      .totals = "debit,credit"};
