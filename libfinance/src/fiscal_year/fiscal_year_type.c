#include "fiscal_year/fiscal_year.h"

const char *const fin_period_states[] = {"open", "soft_closed", "locked", NULL};

static const m_field period_fields[] = {
    M_F_INT(fin_period, number, "Number", .flags = M_READONLY),
    M_F_DATE(fin_period, start, "First day", .flags = M_READONLY),
    M_F_DATE(fin_period, end, "Last day", .flags = M_READONLY),
    M_F_ENUM(fin_period, status, "State", fin_period_states, .flags = M_READONLY),
    M_F_TIME(fin_period, locked_at, "Locked since", .flags = M_READONLY),
    M_F_INT(fin_period, locked_seq, "Last event when it was locked",
            .flags = M_READONLY | M_HIDDEN),
    M_F_INT(fin_period, unready, "Not in order when locked", .flags = M_READONLY),
    M_F_SUM(fin_period, turnover, "Turnover when it was locked", .flags = M_READONLY),
};
const m_type fin_period_type = {
    .name = "finance.period", .size = sizeof(fin_period), M_FIELDS(period_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_fiscal_year, m_states_active),
    M_F_STR(fin_fiscal_year, label, "Label", .flags = M_UNIQUE, .max = 20,
            .help = "Comes from the dates when left empty."),
    M_F_DATE(fin_fiscal_year, start, "First day", .flags = M_REQUIRED | M_IMMUTABLE),
    M_F_DATE(fin_fiscal_year, end, "Last day", .flags = M_IMMUTABLE,
             .help = "Twelve months when left empty."),
    M_F_LIST(fin_fiscal_year, periods, "Periods", &fin_period_type, .flags = M_READONLY,
             .max = FIN_PERIODS_MAX),
    M_F_LINK(fin_fiscal_year, closing, "Closed by", "finance.year_closing", .flags = M_READONLY),
};
const m_type fin_fiscal_year_type = {.name = "finance.fiscal_year",
                                     .schema = "finance",
                                     .table = "fiscal_year",
                                     .size = sizeof(fin_fiscal_year),
                                     M_FIELDS(fields),
                                     .flags = M_TYPE_REFERENCE};

static const m_field input_fields[] = {
    M_F_INT(fin_period_input, number, "Number of the period", .min = 0, .max = FIN_PERIODS_MAX),
    M_F_DATE(fin_period_input, start, "or its first day"),
};
const m_type fin_period_input_type = {
    .name = "finance.period_input", .size = sizeof(fin_period_input), M_FIELDS(input_fields)};

static const m_move moves[] = {
    {"soft-close", "Close for users", "active", "active", M_CAN_SUBMIT, 0, &fin_period_input_type,
     fin_fiscal_year_soft_close},
    {"lock", "Lock period", "active", "active", M_CAN_SUBMIT, 0, &fin_period_input_type,
     fin_fiscal_year_lock},
    {"reopen", "Reopen period", "active", "active", M_CAN_SUBMIT, 0, &fin_period_input_type,
     fin_fiscal_year_reopen},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_active, "active", moves};

const m_doctype fin_fiscal_year_doctype = {
    .type = &fin_fiscal_year_type,
    .module = "finance",
    .collection = "fiscal-years",
    .label = "Fiscal year",
    .label_plural = "Fiscal years",
    .group = "Setup",
    .code_field = "label",
    .life = &life,
    .permissions = fin_master_permissions,
    .list_columns = "label,start,end",
    .search_fields = "label",
    .title_field = "label",
    .check = fin_fiscal_year_check,
    .on_delete = fin_fiscal_year_on_delete,
};

static const m_order by_start[] = {{"start", false}};
const m_query fin_fiscal_year_all = {.orders = by_start, .order_count = 1};
