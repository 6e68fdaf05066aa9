#include "core_internal.h"

static const m_field customer_fields[] = {
    M_DOC_FIELDS(core_customer, m_states_active),
    M_F_STR(core_customer, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_customer, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(core_customer, party, "Party", "core.party"),
    M_F_STR(core_customer, customer_group, "Group", .max = 60),
    M_F_STRUCT(core_customer, contact, "Contact", core_contact, &core_contact_type),
    M_F_STRUCT(core_customer, address, "Address", core_postal, &core_postal_type),
    M_F_STR(core_customer, tax_id, "Tax id", .max = 40, .section = "Terms and tax"),
    M_F_INT(core_customer, credit_days, "Credit days", .min = 0, .max = 3650,
            .section = "Terms and tax"),
    M_F_MONEY(core_customer, credit_limit, "Credit limit", .flags = M_NON_NEGATIVE,
              .help = "In the base currency; zero: no limit.", .section = "Terms and tax"),
    M_F_BOOL(core_customer, active, "Active", .fallback = "true"),
    M_F_TEXT(core_customer, notes, "Notes"),
};
static const m_index customer_indexes[] = {{.fields = "name"}, {.fields = "party"}, {0}};
const m_type core_customer_type = {.name = "core.customer",
                                   .schema = "core",
                                   .table = "customer",
                                   .size = sizeof(core_customer),
                                   .indexes = customer_indexes,
                                   .ext_at = offsetof(core_customer, ext) + 1,
                                   M_FIELDS(customer_fields)};

static m_status customer_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)before;
    core_check_email(call, ((const core_customer *)doc)->contact.email, "contact.email");
    return m_failed_fields(call);
}

static m_status customer_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_customer_doctype, doc);
}

const m_doctype core_customer_doctype = {
    .type = &core_customer_type,
    .module = "core",
    .collection = "customers",
    .label = "Customer",
    .label_plural = "Customers",
    .group = "Partners",
    .code_field = "code",
    .permissions = core_can_customer,
    .list_columns = "code,name,customer_group,address.city,credit_days,active",
    .search_fields = "code,name,tax_id",
    .title_field = "name",
    .check = customer_check,
    .on_delete = customer_delete};
