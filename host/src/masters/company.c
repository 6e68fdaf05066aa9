#include "core_internal.h"

static const m_field company_fields[] = {
    M_DOC_FIELDS(core_company, m_states_active),
    M_F_STR(core_company, company_name, "Company", .flags = M_REQUIRED),
    M_F_LINK(core_company, base_currency, "Base currency", "core.currency",
             .flags = M_REQUIRED | M_IMMUTABLE, .help = "The books are kept in it."),
    M_F_INT(core_company, fiscal_start_month, "First month of the fiscal year", .min = 1, .max = 12,
            .fallback = "4"),
    M_F_STR(core_company, tax_id, "Tax id", .max = 40),
    M_F_STR(core_company, registration_no, "Registration number", .max = 40),
    M_F_STRUCT(core_company, contact, "Contact", core_contact, &core_contact_type),
    M_F_STRUCT(core_company, address, "Address", core_postal, &core_postal_type),
    M_F_STR(core_company, default_locale, "Language", .max = 20, .fallback = "en"),
};
const m_type core_company_type = {.name = "core.company",
                                  .schema = "core",
                                  .table = "company",
                                  .size = sizeof(core_company),
                                  .flags = M_TYPE_REFERENCE,
                                  .ext_at = offsetof(core_company, ext) + 1,
                                  M_FIELDS(company_fields)};

static m_status company_check(void *module, m_call *call, void *doc, const void *before)
{
    const core_company *company = doc;
    if (!before) {
        uint32_t n;
        m_query all = {0};
        M_TRY(m_store_count(core_store(module), call, &core_company_type, &all, 1, &n));
        if (n) return m_fail(call, &core_errors[CORE_E_COMPANY_EXISTS], NULL);
    }
    core_check_email(call, company->contact.email, "contact.email");
    return m_failed_fields(call);
}

static m_status company_delete(void *module, m_call *call, const void *doc)
{
    (void)module, (void)doc;
    return m_fail(call, &core_errors[CORE_E_COMPANY_NEEDED], NULL);
}

const m_doctype core_company_doctype = {.type = &core_company_type,
                                        .module = "core",
                                        .collection = "companies",
                                        .label = "Company profile",
                                        .label_plural = "Company profile",
                                        .group = "Setup",
                                        .permissions = core_can_reference,
                                        .list_columns =
                                            "company_name,base_currency,fiscal_start_month",
                                        .search_fields = "company_name",
                                        .title_field = "company_name",
                                        .check = company_check,
                                        .on_delete = company_delete};
