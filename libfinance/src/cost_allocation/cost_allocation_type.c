#include "cost_allocation/cost_allocation.h"

/* ---- the rule ---- */

static const m_field share_fields[] = {
    M_F_LINK(fin_share, cost_center, "Cost center", "finance.cost_center", .flags = M_REQUIRED),
    M_F_DEC(fin_share, percent, "Percent", .flags = M_REQUIRED | M_POSITIVE),
};
const m_type fin_share_type = {
    .name = "finance.share", .size = sizeof(fin_share), M_FIELDS(share_fields)};

static const m_field rule_fields[] = {
    M_DOC_FIELDS(fin_cost_share, m_states_active),
    M_F_STR(fin_cost_share, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(fin_cost_share, cost_center, "Cost center to share out", "finance.cost_center",
             .flags = M_REQUIRED),
    M_F_DATE(fin_cost_share, effective_from, "Effective from", .flags = M_REQUIRED),
    M_F_LIST(fin_cost_share, shares, "Shares", &fin_share_type, .flags = M_REQUIRED,
             .max = FIN_SHARES_MAX),
};
static const m_index rule_indexes[] = {{"cost_center,effective_from", true, NULL},
                                       {NULL, false, NULL}};
const m_type fin_cost_share_type = {.name = "finance.cost_share",
                                    .schema = "finance",
                                    .table = "cost_share",
                                    .size = sizeof(fin_cost_share),
                                    M_FIELDS(rule_fields),
                                    .flags = M_TYPE_REFERENCE,
                                    .indexes = rule_indexes};

const m_doctype fin_cost_share_doctype = {.type = &fin_cost_share_type,
                                          .module = "finance",
                                          .collection = "cost-shares",
                                          .label = "Cost share",
                                          .label_plural = "Cost shares",
                                          .group = "Setup",
                                          .permissions = fin_manager_permissions,
                                          .list_columns = "name,cost_center,effective_from",
                                          .search_fields = "name",
                                          .title_field = "name",
                                          .check = fin_cost_share_check};

/* ---- the voucher ---- */

static const m_field line_fields[] = {
    M_F_LINK(fin_allocation_line, account, "Account", "finance.account", .flags = M_READONLY),
    M_F_MONEY(fin_allocation_line, amount, "Amount", .flags = M_READONLY,
              .help = "Expense above zero, income below."),
};
const m_type fin_allocation_line_type = {.name = "finance.cost_allocation_line",
                                         .size = sizeof(fin_allocation_line),
                                         M_FIELDS(line_fields)};

static const m_field split_fields[] = {
    M_F_LINK(fin_allocation_split, account, "Account", "finance.account", .flags = M_READONLY),
    M_F_LINK(fin_allocation_split, cost_center, "Cost center", "finance.cost_center",
             .flags = M_READONLY),
    M_F_DEC(fin_allocation_split, percent, "Percent", .flags = M_READONLY),
    M_F_MONEY(fin_allocation_split, amount, "Amount", .flags = M_READONLY),
};
const m_type fin_allocation_split_type = {.name = "finance.cost_allocation_split",
                                          .size = sizeof(fin_allocation_split),
                                          M_FIELDS(split_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_cost_allocation, m_states_submittable),
    M_F_LINK(fin_cost_allocation, cost_center, "Cost center to share out", "finance.cost_center",
             .flags = M_REQUIRED),
    M_F_DATE(fin_cost_allocation, start, "First day", .flags = M_REQUIRED),
    M_F_DATE(fin_cost_allocation, end, "Last day", .flags = M_REQUIRED),
    M_F_DATE(fin_cost_allocation, posting_date, "Posting date",
             .help = "The last day when left empty."),
    M_F_LINK(fin_cost_allocation, rule, "Cost share", "finance.cost_share", .flags = M_READONLY),
    M_F_DATE(fin_cost_allocation, rule_from, "Cost share of", .flags = M_READONLY),
    M_F_LIST(fin_cost_allocation, lines, "Accounts", &fin_allocation_line_type, .flags = M_READONLY,
             .max = FIN_ALLOCATION_LINES_MAX),
    M_F_LIST(fin_cost_allocation, splits, "Shares", &fin_allocation_split_type, .flags = M_READONLY,
             .max = FIN_ALLOCATION_SPLITS_MAX),
    M_F_MONEY(fin_cost_allocation, total, "Total", .flags = M_READONLY),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_cost_allocation_type = {.name = "finance.cost_allocation",
                                         .schema = "finance",
                                         .table = "cost_allocation",
                                         .size = sizeof(fin_cost_allocation),
                                         M_FIELDS(fields),
                                         .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_cost_allocation_submit),
    M_MOVE_CANCEL(NULL, fin_cost_allocation_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_cost_allocation_doctype = {
    .type = &fin_cost_allocation_type,
    .module = "finance",
    .collection = "cost-allocations",
    .label = "Cost allocation",
    .label_plural = "Cost allocations",
    .group = "Accounts",
    .series = "CAL",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_manager_permissions,
    .list_columns = "number,cost_center,start,end,total,state",
    .search_fields = "number",
    .title_field = "number",
    .check = fin_cost_allocation_check,
};
