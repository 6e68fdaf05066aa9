/* Sales and purchases: what the bills of each month came to in the books, tax included, less what
 * notes took back. */
#include "note/note.h"
#include "purchase_invoice/purchase_invoice.h"
#include "reports/periods.h"
#include "reports/reports.h"
#include "sales_invoice/sales_invoice.h"

#define MONTHS_MAX   60
#define MONTHS_USUAL 12
/* Nobody sums up more documents of one kind and month at once than this. */
#define DOCUMENTS_MAX 20000

static const m_field param_fields[] = {
    M_F_DATE(fin_trade_params, from, "From",
             .help = "The first day of the twelve months that end with To when left empty."),
    M_F_DATE(fin_trade_params, to, "To", .help = "Today when left empty."),
};
static const m_type params_type = {
    .name = "finance.trade_params", .size = sizeof(fin_trade_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_STR(fin_trade_row, month, "Month"),
    M_F_DATE(fin_trade_row, from, "From", .flags = M_HIDDEN),
    M_F_DATE(fin_trade_row, to, "To", .flags = M_HIDDEN),
    M_F_INT(fin_trade_row, invoices, "Invoices"),
    M_F_SUM(fin_trade_row, sales, "Sales"),
    M_F_INT(fin_trade_row, bills, "Bills"),
    M_F_SUM(fin_trade_row, purchases, "Purchases"),
};
static const m_type row_type = {
    .name = "finance.trade_row", .size = sizeof(fin_trade_row), M_FIELDS(row_fields)};

/* Invoices, then the notes to them; of both sides. */
enum { INVOICES, CREDIT_NOTES, BILLS, DEBIT_NOTES, KINDS };

static m_dec_sum in_the_books(const fin_invoice *invoice)
{
    return m_id_is_null(invoice->currency) ? invoice->grand_total.u : invoice->base_total.u;
}

static m_dec_sum total_of(const m_fetch *read, bool notes)
{
    m_dec_sum sum = 0;
    for (uint32_t i = 0; i < read->count; i++)
        sum += notes ? -(m_dec_sum)((const fin_note *)read->records[i])->grand_total.u
                     : in_the_books(read->records[i]);
    return sum;
}

static m_status read_month(fin_module *fin, m_call *call, fin_span span, fin_trade_row *row)
{
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"state", M_OP_EQ, &submitted},
                          {"posting_date", M_OP_GE, &span.from},
                          {"posting_date", M_OP_LE, &span.to}};
    m_query query = {
        .filters = filters, .filter_count = 3, .limit = DOCUMENTS_MAX + 1, .without_lists = true};
    m_fetch reads[KINDS] = {
        [INVOICES] = {.type = &fin_sales_invoice_type, .query = &query},
        [CREDIT_NOTES] = {.type = &fin_credit_note_type, .query = &query},
        [BILLS] = {.type = &fin_purchase_invoice_type, .query = &query},
        [DEBIT_NOTES] = {.type = &fin_debit_note_type, .query = &query},
    };
    M_TRY(m_store_fetch(fin->store, call, reads, KINDS));
    for (int i = 0; i < KINDS; i++)
        if (reads[i].count > DOCUMENTS_MAX)
            return m_fail(call, FIN_ERR(TOO_MANY_LINES), "%d in a month", DOCUMENTS_MAX);
    *row = (fin_trade_row){
        .month = fin_span_label(call, span),
        .from = span.from,
        .to = span.to,
        .invoices = reads[INVOICES].count,
        .sales = total_of(&reads[INVOICES], false) + total_of(&reads[CREDIT_NOTES], true),
        .bills = reads[BILLS].count,
        .purchases = total_of(&reads[BILLS], false) + total_of(&reads[DEBIT_NOTES], true)};
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    const fin_trade_params *in = params;
    fin_span months[MONTHS_MAX], all = {in->from, in->to};
    if (m_date_is_none(all.to)) all.to = m_today(call);
    if (m_date_is_none(all.from))
        all.from = m_date_add_months(m_date_month(all.to), 1 - MONTHS_USUAL);
    if (m_date_cmp(all.from, all.to) > 0)
        m_field_fail(call, FIN_ERR(DATES_ORDER), M_STR("from"), NULL);
    uint32_t n = fin_span_months(all, months, MONTHS_MAX);
    if (n > MONTHS_MAX)
        m_field_fail(call, m_err_range, M_STR("from"), "at most %d months", MONTHS_MAX);
    M_TRY(m_failed_fields(call));
    fin_trade_row *rows = m_arena_array(call->arena, n, sizeof *rows);
    FIN_NEED(call, rows);
    for (uint32_t i = 0; i < n; i++)
        M_TRY(read_month(module, call, months[i], &rows[i]));
    *out_rows = (m_list){rows, n};
    return M_OK;
}

const m_report fin_trade_report = {.name = "sales-and-purchases",
                                   .label = "Sales and purchases",
                                   .group = "Accounts",
                                   .permissions = fin_report_permissions,
                                   .params = &params_type,
                                   .row = &row_type,
                                   .run = run,
                                   .totals = "sales,purchases"};
