#include "budget/budget.h"
#include "reports/reports.h"

static const m_field param_fields[] = {
    M_F_LINK(fin_budget_params, fiscal_year, "Fiscal year", "finance.fiscal_year",
             .help = "That of the day when left empty."),
    M_F_LINK(fin_budget_params, cost_center, "Cost center", "finance.cost_center"),
    M_F_DATE(fin_budget_params, as_of, "Up to the period of",
             .help = "The whole year when left empty."),
};
static const m_type params_type = {
    .name = "finance.budget_params", .size = sizeof(fin_budget_params), M_FIELDS(param_fields)};

static const m_field row_fields[] = {
    M_F_LINK(fin_budget_row, budget, "Budget id", "finance.budget", .flags = M_HIDDEN),
    M_F_STR(fin_budget_row, name, "Budget"),
    M_F_LINK(fin_budget_row, account, "Account", "finance.account"),
    M_F_LINK(fin_budget_row, cost_center, "Cost center", "finance.cost_center"),
    M_F_STR(fin_budget_row, action, "Beyond it"),
    M_F_SUM(fin_budget_row, amount, "Budget amount"),
    M_F_SUM(fin_budget_row, actual, "Actual"),
    M_F_SUM(fin_budget_row, committed, "Committed"),
    M_F_SUM(fin_budget_row, available, "Available"),
};
static const m_type row_type = {
    .name = "finance.budget_row", .size = sizeof(fin_budget_row), M_FIELDS(row_fields)};

static const fin_fiscal_year *choose_year(const m_fetch *years, const fin_budget_params *in,
                                          m_date day)
{
    for (uint32_t i = 0; i < years->count; i++) {
        const fin_fiscal_year *year = years->records[i];
        bool holds = m_date_cmp(day, year->start) >= 0 && m_date_cmp(day, year->end) <= 0;
        bool meant = m_id_is_null(in->fiscal_year) ? holds : m_id_eq(year->id, in->fiscal_year);
        if (meant) return year;
    }
    return NULL;
}

static m_status make_row(fin_module *fin, m_call *call, const fin_budget *budget,
                         const fin_fiscal_year *year, m_date as_of, fin_budget_row *row)
{
    static const char *const actions[] = {"ignore", "warn", "stop"};
    fin_budget_use use;
    m_date to = year->end;
    m_dec_sum amount = budget->amount.u;
    if (!m_date_is_none(as_of)) amount = fin_budget_until(budget, as_of, &to);
    M_TRY(fin_budget_used(fin, call, budget, year, year->start, to, &use));
    *row = (fin_budget_row){.budget = budget->id,
                            .name = budget->name,
                            .account = budget->account,
                            .cost_center = budget->cost_center,
                            .action = m_str_of(actions[budget->action]),
                            .amount = amount,
                            .actual = use.actual,
                            .committed = use.committed,
                            .available = fin_available(amount, use.actual, use.committed)};
    return M_OK;
}

static m_status run(void *module, m_call *call, const void *params, m_list *out_rows)
{
    fin_module *fin = module;
    const fin_budget_params *in = params;
    m_fetch reads[] = {{.type = &fin_budget_type, .query = &fin_budget_all},
                       {.type = &fin_fiscal_year_type, .query = &fin_fiscal_year_all}};
    M_TRY(m_store_fetch(fin->store, call, reads, 2));
    m_date day = m_date_is_none(in->as_of) ? m_today(call) : in->as_of;
    const fin_fiscal_year *year = choose_year(&reads[1], in, day);
    fin_budget_row *rows = m_arena_array(call->arena, reads[0].count, sizeof *rows);
    FIN_NEED(call, rows);
    uint32_t n = 0;
    for (uint32_t i = 0; year && i < reads[0].count; i++) {
        const fin_budget *budget = reads[0].records[i];
        bool center =
            m_id_is_null(in->cost_center) || m_id_eq(budget->cost_center, in->cost_center);
        if (!center || !m_id_eq(budget->fiscal_year, year->id)) continue;
        M_TRY(make_row(fin, call, budget, year, in->as_of, &rows[n++]));
    }
    *out_rows = (m_list){rows, n};
    return M_OK;
}

const m_report fin_budget_report = {.name = "budget-use",
                                    .label = "Budget, actual and committed",
                                    .group = "Accounts",
                                    .permissions = fin_report_permissions,
                                    .params = &params_type,
                                    .row = &row_type,
                                    .run = run,
                                    .drill = "account:general-ledger",
                                    .totals = "amount,actual,committed,available"};
