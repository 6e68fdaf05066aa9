#include "year_closing/year_closing.h"

static const m_field line_fields[] = {
    M_F_LINK(fin_closing_line, account, "Account", "finance.account", .flags = M_READONLY),
    M_F_LINK(fin_closing_line, cost_center, "Cost center", "finance.cost_center",
             .flags = M_READONLY),
    M_F_MONEY(fin_closing_line, amount, "Income or expense", .flags = M_READONLY,
              .help = "Income above zero, expense below."),
};
const m_type fin_closing_line_type = {
    .name = "finance.closing_line", .size = sizeof(fin_closing_line), M_FIELDS(line_fields)};

static const m_field center_fields[] = {
    M_F_LINK(fin_closing_center, cost_center, "Cost center", "finance.cost_center",
             .flags = M_READONLY),
    M_F_MONEY(fin_closing_center, income, "Income", .flags = M_READONLY),
    M_F_MONEY(fin_closing_center, expense, "Expense", .flags = M_READONLY),
    M_F_MONEY(fin_closing_center, result, "Result", .flags = M_READONLY),
};
const m_type fin_closing_center_type = {
    .name = "finance.closing_center", .size = sizeof(fin_closing_center), M_FIELDS(center_fields)};

static const m_field period_fields[] = {
    M_F_LINK(fin_closing_period, fiscal_year, "Fiscal year", "finance.fiscal_year",
             .flags = M_READONLY),
    M_F_INT(fin_closing_period, number, "Period", .flags = M_READONLY),
    M_F_ENUM(fin_closing_period, status, "State before", fin_period_states, .flags = M_READONLY),
};
const m_type fin_closing_period_type = {
    .name = "finance.closing_period", .size = sizeof(fin_closing_period), M_FIELDS(period_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_year_closing, m_states_submittable),
    M_F_LINK(fin_year_closing, fiscal_year, "Fiscal year", "finance.fiscal_year",
             .flags = M_REQUIRED),
    M_F_DATE(fin_year_closing, posting_date, "Posting date",
             .help = "The last day of the year when left empty."),
    M_F_LINK(fin_year_closing, retained_earnings, "Retained earnings", "finance.account",
             .help = "The account of the purpose \"retained_earnings\" when left empty."),
    M_F_STR(fin_year_closing, remarks, "Remarks", .max = 500),
    M_F_LIST(fin_year_closing, lines, "Accounts", &fin_closing_line_type, .flags = M_READONLY,
             .max = FIN_CLOSING_LINES_MAX),
    M_F_LIST(fin_year_closing, centers, "Cost centers", &fin_closing_center_type,
             .flags = M_READONLY, .max = FIN_CLOSING_CENTERS_MAX),
    M_F_MONEY(fin_year_closing, income, "Income", .flags = M_READONLY),
    M_F_MONEY(fin_year_closing, expense, "Expense", .flags = M_READONLY),
    M_F_MONEY(fin_year_closing, result, "Result", .flags = M_READONLY),
    M_F_LIST(fin_year_closing, periods, "Periods locked", &fin_closing_period_type,
             .flags = M_READONLY, .max = FIN_CLOSING_PERIODS_MAX),
    M_F_INT(fin_year_closing, vouchers, "Vouchers", .flags = M_READONLY),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_year_closing_type = {.name = "finance.year_closing",
                                      .schema = "finance",
                                      .table = "year_closing",
                                      .size = sizeof(fin_year_closing),
                                      M_FIELDS(fields),
                                      .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_year_closing_submit),
    M_MOVE_CANCEL(NULL, fin_year_closing_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_year_closing_doctype = {
    .type = &fin_year_closing_type,
    .module = "finance",
    .collection = "year-closings",
    .label = "Year closing",
    .label_plural = "Year closings",
    .group = "Accounts",
    .series = "YC",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_manager_permissions,
    .list_columns = "number,fiscal_year,posting_date,result,state",
    .search_fields = "number,remarks",
    .title_field = "number",
    .check = fin_year_closing_check,
};
