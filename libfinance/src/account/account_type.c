#include "account/account.h"

const char *const fin_root_types[] = {"",       "asset",   "liability", "equity",
                                      "income", "expense", NULL};
const char *const fin_account_kinds[] = {"other",
                                         "bank",
                                         "cash",
                                         "receivable",
                                         "payable",
                                         "advance",
                                         "stock",
                                         "grni",
                                         "tax",
                                         "fixed_asset",
                                         "round_off",
                                         "opening",
                                         "deferral",
                                         "employee_advance",
                                         "employee_payable",
                                         "imprest",
                                         NULL};

const char *const fin_flow_classes[] = {"by_kind", "operating", "investing", "financing", NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_account, m_states_active),
    M_F_STR(fin_account, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20,
            .pattern = "[A-Za-z0-9.-]+", .help = "Letters, digits, points and dashes."),
    M_F_STR(fin_account, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(fin_account, parent, "Parent", "finance.account", .help = "The group it belongs to."),
    M_F_ENUM(fin_account, root_type, "Root type", fin_root_types,
             .help = "Comes from the parent; needed at the top only."),
    M_F_BOOL(fin_account, is_group, "Group", .help = "Groups take no postings."),
    M_F_ENUM(fin_account, kind, "Kind", fin_account_kinds),
    M_F_LINK(fin_account, currency, "Currency", "core.currency",
             .help = "Of a bank account or loan in another currency; else leave it empty."),
    M_F_BOOL(fin_account, active, "Active", .fallback = "true"),
    M_F_TEXT(fin_account, description, "Description"),
    M_F_ENUM(fin_account, cash_flow, "Cash flow", fin_flow_classes,
             .help = "By kind: fixed assets are investing; equity and loans are financing; all "
                     "else is operating."),
};
static const m_index indexes[] = {{"parent", false, NULL}, {NULL, false, NULL}};
const m_type fin_account_type = {.name = "finance.account",
                                 .schema = "finance",
                                 .table = "account",
                                 .size = sizeof(fin_account),
                                 M_FIELDS(fields),
                                 .flags = M_TYPE_REFERENCE,
                                 .indexes = indexes};

const m_doctype fin_account_doctype = {
    .type = &fin_account_type,
    .module = "finance",
    .collection = "accounts",
    .label = "Account",
    .label_plural = "Accounts",
    .group = "Setup",
    .code_field = "code",
    .permissions = fin_master_permissions,
    .list_columns = "code,name,root_type,kind,is_group,active",
    .search_fields = "code,name",
    .title_field = "name",
    .check = fin_account_check,
    .on_delete = fin_account_on_delete,
};

static const m_order by_code[] = {{"code", false}};
const m_query fin_account_all = {.orders = by_code, .order_count = 1};
