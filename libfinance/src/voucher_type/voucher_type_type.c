#include "voucher_type/voucher_type.h"

const char *const fin_voucher_categories[] = {"receipt",  "payment", "journal",
                                              "purchase", "sales",   NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_voucher_type, m_states_active),
    M_F_STR(fin_voucher_type, code, "Name", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_ENUM(fin_voucher_type, category, "Category", fin_voucher_categories, .fallback = "journal"),
    M_F_TEXT(fin_voucher_type, description, "Description", .max = 500),
    M_F_BOOL(fin_voucher_type, active, "Active", .fallback = "true"),
};
const m_type fin_voucher_type_type = {.name = "finance.voucher_type",
                                      .schema = "finance",
                                      .table = "voucher_type",
                                      .size = sizeof(fin_voucher_type),
                                      M_FIELDS(fields),
                                      .flags = M_TYPE_REFERENCE};

const m_doctype fin_voucher_type_doctype = {
    .type = &fin_voucher_type_type,
    .module = "finance",
    .collection = "voucher-types",
    .label = "Voucher type",
    .label_plural = "Voucher types",
    .group = "Setup",
    .code_field = "code",
    .permissions = fin_master_permissions,
    .list_columns = "code,category,active",
    .search_fields = "code",
    .title_field = "code",
};
