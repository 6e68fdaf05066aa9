#include "cost_center/cost_center.h"

static const m_field fields[] = {
    M_DOC_FIELDS(fin_cost_center, m_states_active),
    M_F_STR(fin_cost_center, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(fin_cost_center, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(fin_cost_center, parent, "Parent", "finance.cost_center"),
    M_F_BOOL(fin_cost_center, is_group, "Group", .help = "Groups take no postings."),
    M_F_BOOL(fin_cost_center, active, "Active", .fallback = "true"),
};
static const m_index indexes[] = {{"parent", false, NULL}, {NULL, false, NULL}};
const m_type fin_cost_center_type = {.name = "finance.cost_center",
                                     .schema = "finance",
                                     .table = "cost_center",
                                     .size = sizeof(fin_cost_center),
                                     M_FIELDS(fields),
                                     .flags = M_TYPE_REFERENCE,
                                     .indexes = indexes};

const m_doctype fin_cost_center_doctype = {
    .type = &fin_cost_center_type,
    .module = "finance",
    .collection = "cost-centers",
    .label = "Cost center",
    .label_plural = "Cost centers",
    .group = "Setup",
    .code_field = "code",
    .permissions = fin_master_permissions,
    .list_columns = "code,name,parent,is_group,active",
    .search_fields = "code,name",
    .title_field = "name",
    .check = fin_cost_center_check,
    .on_delete = fin_cost_center_on_delete,
};

static const m_order by_code[] = {{"code", false}};
const m_query fin_cost_center_all = {.orders = by_code, .order_count = 1};
