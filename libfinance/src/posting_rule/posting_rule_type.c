#include "posting_rule/posting_rule.h"

static const m_field fields[] = {
    M_DOC_FIELDS(fin_posting_rule, m_states_active),
    M_F_STR(fin_posting_rule, purpose, "Purpose", .flags = M_REQUIRED, .max = 40,
            .pattern = "[a-z][a-z0-9_]*", .help = "What is posted, such as stock or input_tax."),
    M_F_ID(fin_posting_rule, subject, "Only for",
           .help = "A warehouse or a tax with an account of its own; empty: all."),
    M_F_LINK(fin_posting_rule, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(fin_posting_rule, cost_center, "Cost center", "finance.cost_center",
             .help = "For lines that name none."),
    M_F_STR(fin_posting_rule, description, "Description"),
};
static const m_index indexes[] = {{"account", false, NULL}, {NULL, false, NULL}};
const m_type fin_posting_rule_type = {.name = "finance.posting_rule",
                                      .schema = "finance",
                                      .table = "posting_rule",
                                      .size = sizeof(fin_posting_rule),
                                      M_FIELDS(fields),
                                      .flags = M_TYPE_REFERENCE,
                                      .indexes = indexes};

const m_doctype fin_posting_rule_doctype = {
    .type = &fin_posting_rule_type,
    .module = "finance",
    .collection = "posting-rules",
    .label = "Posting rule",
    .label_plural = "Posting rules",
    .group = "Setup",
    .permissions = fin_master_permissions,
    .list_columns = "purpose,subject,account,cost_center",
    .search_fields = "purpose,description",
    .title_field = "purpose",
    .check = fin_posting_rule_check,
};

static const m_order by_purpose[] = {{"purpose", false}};
const m_query fin_posting_rule_all = {.orders = by_purpose, .order_count = 1};
