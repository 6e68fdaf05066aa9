#include "deferral/deferral.h"
#include "reports/reports.h"

static const m_field param_fields[] = {
    M_F_DATE(fin_deferrals_params, as_of, "As of", .help = "Today when left empty."),
    M_F_BOOL(fin_deferrals_params, all, "Also those released wholly"),
};
static const m_type params_type = {.name = "finance.deferrals_params",
                                   .size = sizeof(fin_deferrals_params),
                                   M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(fin_deferrals_row, document, "Document", "finance.deferral", .flags = M_HIDDEN),
    M_F_STR(fin_deferrals_row, number, "Deferral"),
    M_F_STR(fin_deferrals_row, kind, "Kind"),
    M_F_STR(fin_deferrals_row, description, "Description"),
    M_F_LINK(fin_deferrals_row, account, "Account", "finance.account"),
    M_F_LINK(fin_deferrals_row, deferral_account, "Deferral account", "finance.account"),
    M_F_DATE(fin_deferrals_row, start, "First day"),
    M_F_DATE(fin_deferrals_row, end, "Last day"),
    M_F_MONEY(fin_deferrals_row, amount, "Amount"),
    M_F_MONEY(fin_deferrals_row, released, "Released"),
    M_F_MONEY(fin_deferrals_row, remaining, "Remaining"),
    M_F_MONEY(fin_deferrals_row, due, "Due"),
};
static const m_type row_type = {
    .name = "finance.deferrals_row", .size = sizeof(fin_deferrals_row), M_FIELDS(row_fields)};

static m_status make_row(m_call *call, const fin_deferral *deferral, m_date as_of,
                         fin_deferrals_row *row)
{
    m_dec_sum released = 0;
    m_dec_sum due = 0;
    for (M_EACH(const fin_deferral_part, part, deferral->parts)) {
        bool done = !m_date_is_none(part->released_on) && m_date_cmp(part->released_on, as_of) <= 0;
        if (done)
            released += part->amount.u;
        else if (m_date_cmp(part->last, as_of) <= 0)
            due += part->amount.u;
    }
    *row = (fin_deferrals_row){.document = deferral->id,
                               .number = deferral->number,
                               .kind = deferral->kind == FIN_DEFERRED_EXPENSE ? M_STR("expense")
                                                                              : M_STR("income"),
                               .description = deferral->description,
                               .account = deferral->account,
                               .deferral_account = deferral->deferral_account,
                               .start = deferral->start,
                               .end = deferral->end,
                               .amount = deferral->amount};
    FIN_TRY(call, m_dec_of_sum(released, &row->released));
    FIN_TRY(call, m_dec_of_sum(due, &row->due));
    FIN_TRY(call, m_dec_sub(row->amount, row->released, &row->remaining));
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    fin_module *fin = module;
    const fin_deferrals_params *in = params;
    m_date as_of = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    m_enum submitted = M_SUBMITTED;
    m_filter filters[] = {{"state", M_OP_EQ, &submitted}, {"posting_date", M_OP_LE, &as_of}};
    m_order order = {"posting_date", false};
    m_query query = {.filters = filters, .filter_count = 2, .orders = &order, .order_count = 1};
    m_fetch read = {.type = &fin_deferral_type, .query = &query};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    fin_deferrals_row *rows = m_arena_array(call->arena, read.count, sizeof *rows);
    FIN_NEED(call, rows);
    uint32_t n = 0;
    for (uint32_t i = 0; i < read.count; i++) {
        M_TRY(make_row(call, read.records[i], as_of, &rows[n]));
        if (in->all || rows[n].remaining.u) n++;
    }
    *out_rows = (m_list){rows, n};
    return M_OK;
}

const m_report fin_deferrals_report = {.name = "deferrals",
                                       .label = "Deferred income and expense",
                                       .group = "Accounts",
                                       .permissions = fin_report_permissions,
                                       .params = &params_type,
                                       .row = &row_type,
                                       .run = run,
                                       .drill = "document:document",
                                       .totals = "amount,released,remaining,due"};
