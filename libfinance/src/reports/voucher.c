#include "ledger/ledger.h"
#include "reports/book.h"
#include "reports/reports.h"
#include "year_closing/year_closing.h"

static const m_field param_fields[] = {
    M_F_ID(fin_voucher_params, voucher, "Voucher"),
    M_F_ID(fin_voucher_params, document, "or document",
           .help = "Its posting and, when it was cancelled, the mirror."),
};
static const m_type params_type = {
    .name = "finance.voucher_params", .size = sizeof(fin_voucher_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_INT(fin_voucher_report_row, seq, "Sequence"),
    M_F_DATE(fin_voucher_report_row, posting_date, "Date"),
    M_F_STR(fin_voucher_report_row, voucher_type, "Type"),
    M_F_STR(fin_voucher_report_row, voucher_no, "Voucher"),
    M_F_ID(fin_voucher_report_row, voucher_id, "Voucher id", .flags = M_HIDDEN),
    M_F_STR(fin_voucher_report_row, source_type, "Source type", .flags = M_HIDDEN),
    M_F_ID(fin_voucher_report_row, source_id, "Source", .flags = M_HIDDEN),
    M_F_LINK(fin_voucher_report_row, account, "Account id", "finance.account", .flags = M_HIDDEN),
    M_F_STR(fin_voucher_report_row, code, "Code"),
    M_F_STR(fin_voucher_report_row, name, "Account"),
    M_F_LINK(fin_voucher_report_row, cost_center, "Cost center", "finance.cost_center"),
    M_F_ID(fin_voucher_report_row, party, "Party"),
    M_F_MONEY(fin_voucher_report_row, debit, "Debit"),
    M_F_MONEY(fin_voucher_report_row, credit, "Credit"),
    M_F_STR(fin_voucher_report_row, narration, "Narration", .max = 500),
};
static const m_type row_type = {
    .name = "finance.voucher_row", .size = sizeof(fin_voucher_report_row), M_FIELDS(row_fields)};

static fin_voucher_report_row make_row(const fin_book *book, const m_book_event *event,
                                       const m_gl_entry *entry)
{
    const fin_account *account = fin_book_account(book, entry->account);
    return (fin_voucher_report_row){.seq = entry->seq,
                                    .posting_date = entry->posting_date,
                                    .voucher_type = event->voucher_type,
                                    .voucher_no = event->voucher_no,
                                    .voucher_id = event->voucher_id,
                                    .source_type = event->source_type,
                                    .source_id = event->source_id,
                                    .account = entry->account,
                                    .code = account ? account->code : (m_str){NULL, 0},
                                    .name = account ? account->name : (m_str){NULL, 0},
                                    .cost_center = entry->cost_center,
                                    .party = entry->party,
                                    .debit = entry->debit,
                                    .credit = entry->credit,
                                    .narration = entry->narration};
}

/* Its posting and, when cancelled, the mirror; a year closing has several. */
static m_status vouchers_of(fin_module *fin, m_call *call, m_id document, m_list *out)
{
    const void *found = NULL;
    M_TRY(m_store_get(fin->store, call, &fin_year_closing_type, document, &found));
    const fin_year_closing *closing = found;
    int64_t n = closing && closing->vouchers > 1 ? closing->vouchers : 1;
    m_id *ids = m_arena_array(call->arena, 2 * (size_t)n, sizeof *ids);
    FIN_NEED(call, ids);
    FIN_TRY(call, fin_closing_vouchers(call, document, "post", n, ids));
    FIN_TRY(call, fin_closing_vouchers(call, document, "cancel", n, ids + n));
    *out = (m_list){ids, 2 * (uint32_t)n};
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    fin_module *fin = module;
    const fin_voucher_params *in = params;
    m_list ids = {(void *)(uintptr_t)&in->voucher, 1};
    if (m_id_is_null(in->voucher)) {
        if (m_id_is_null(in->document)) {
            m_field_fail(call, m_err_required, M_STR("voucher"), NULL);
            return m_failed_fields(call);
        }
        M_TRY(vouchers_of(fin, call, in->document, &ids));
    }
    fin_vouchers read;
    fin_book book;
    M_TRY(fin_vouchers_read(fin, call, ids.items, ids.count, &read));
    M_TRY(fin_book_open(fin, call, (m_id){{0}}, &book));
    fin_voucher_report_row *rows = m_arena_array(call->arena, read.entries.count, sizeof *rows);
    FIN_NEED(call, rows);
    for (uint32_t i = 0; i < read.entries.count; i++) {
        const m_gl_entry *entry = read.entries.records[i];
        const m_book_event *event = fin_vouchers_event(&read, entry->seq);
        if (!event) return m_fail(call, m_err_internal, "entry without event");
        rows[i] = make_row(&book, event, entry);
    }
    *out_rows = (m_list){rows, read.entries.count};
    return M_OK;
}

const m_report fin_voucher_report = {.name = "voucher",
                                     .label = "Voucher",
                                     .group = "Accounts",
                                     .permissions = fin_report_permissions,
                                     .params = &params_type,
                                     .row = &row_type,
                                     .run = run,
                                     .drill = "source_id:document,account:general-ledger",
                                     .totals = "debit,credit"};
