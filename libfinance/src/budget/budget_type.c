#include "budget/budget.h"

static const char *const actions[] = {"ignore", "warn", "stop", NULL};

static const m_field weight_fields[] = {
    M_F_DEC(fin_budget_weight, weight, "Weight", .flags = M_REQUIRED | M_NON_NEGATIVE),
};
const m_type fin_budget_weight_type = {
    .name = "finance.budget_weight", .size = sizeof(fin_budget_weight), M_FIELDS(weight_fields)};

static const m_field period_fields[] = {
    M_F_DATE(fin_budget_period, start, "First day", .flags = M_READONLY),
    M_F_DATE(fin_budget_period, end, "Last day", .flags = M_READONLY),
    M_F_MONEY(fin_budget_period, amount, "Amount", .flags = M_READONLY),
};
const m_type fin_budget_period_type = {
    .name = "finance.budget_period", .size = sizeof(fin_budget_period), M_FIELDS(period_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_budget, m_states_active),
    M_F_STR(fin_budget, name, "Name", .help = "Made of the three below when left empty."),
    M_F_LINK(fin_budget, cost_center, "Cost center", "finance.cost_center",
             .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_LINK(fin_budget, account, "Expense account", "finance.account",
             .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_LINK(fin_budget, fiscal_year, "Fiscal year", "finance.fiscal_year",
             .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_MONEY(fin_budget, amount, "Amount", .flags = M_REQUIRED | M_NON_NEGATIVE),
    M_F_ENUM(fin_budget, action, "Beyond the year's budget", actions, .fallback = "stop"),
    M_F_ENUM(fin_budget, period_action, "Beyond the budget so far", actions,
             .help = "Of the periods up to the date."),
    M_F_LIST(fin_budget, weights, "Weights of the periods", &fin_budget_weight_type,
             .max = FIN_PERIODS_MAX, .help = "One per period, or none for equal shares."),
    M_F_LIST(fin_budget, periods, "Periods", &fin_budget_period_type, .flags = M_READONLY,
             .max = FIN_PERIODS_MAX),
};
static const m_index indexes[] = {{"cost_center,account,fiscal_year", true, NULL},
                                  {NULL, false, NULL}};
const m_type fin_budget_type = {.name = "finance.budget",
                                .schema = "finance",
                                .table = "budget",
                                .size = sizeof(fin_budget),
                                M_FIELDS(fields),
                                .flags = M_TYPE_REFERENCE,
                                .indexes = indexes};

const m_doctype fin_budget_doctype = {
    .type = &fin_budget_type,
    .module = "finance",
    .collection = "budgets",
    .label = "Budget",
    .label_plural = "Budgets",
    .group = "Accounts",
    .permissions = fin_manager_permissions,
    .list_columns = "name,cost_center,account,fiscal_year,amount,action",
    .search_fields = "name",
    .title_field = "name",
    .check = fin_budget_check,
};

static const m_order by_name[] = {{"name", false}};
const m_query fin_budget_all = {.orders = by_name, .order_count = 1};
