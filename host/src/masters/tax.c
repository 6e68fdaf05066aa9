#include "core_internal.h"

static const m_field component_fields[] = {
    M_F_STR(m_tax_component, name, "Name", .flags = M_REQUIRED, .max = 40),
    M_F_DEC(m_tax_component, rate, "Rate %", .flags = M_NON_NEGATIVE, .min = 0,
            .max = 1000 * M_DEC_ONE),
    M_F_STR(m_tax_component, purpose, "Purpose", .flags = M_REQUIRED, .max = 40,
            .pattern = "[a-z][a-z0-9_]*", .fallback = "input_tax",
            .help = "Row of the posting matrix that takes the amount."),
    M_F_DEC(m_tax_component, fixed, "Fixed amount", .flags = M_NON_NEGATIVE,
            .help = "So much for each unit, besides the percentage."),
    M_F_BOOL(m_tax_component, adds_to_base, "Adds to the base",
             .help = "Later components are computed on it too."),
};
static const m_type component_type = {
    .name = "core.tax_component", .size = sizeof(m_tax_component), M_FIELDS(component_fields)};

static const m_field tax_fields[] = {
    M_DOC_FIELDS(core_tax, m_states_active),
    M_F_STR(core_tax, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_STR(core_tax, name, "Name", .flags = M_REQUIRED),
    M_F_BOOL(core_tax, recoverable, "Recoverable", .fallback = "true",
             .help = "If not, the tax becomes part of the cost."),
    M_F_BOOL(core_tax, active, "Active", .fallback = "true"),
    M_F_LIST(core_tax, components, "Components", &component_type, .max = 20),
    M_F_DEC(core_tax, not_deductible, "Not deductible %", .flags = M_NON_NEGATIVE, .min = 0,
            .max = 100 * M_DEC_ONE, .help = "Part of a recoverable tax that stays in the cost."),
    M_F_BOOL(core_tax, reverse_charge, "Reverse charge",
             .help = "The buyer owes it: a purchase shows it as input and as output tax."),
};
const m_type core_tax_type = {.name = "core.tax",
                              .schema = "core",
                              .table = "tax",
                              .size = sizeof(core_tax),
                              .flags = M_TYPE_REFERENCE,
                              M_FIELDS(tax_fields)};

static m_status tax_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module, (void)before;
    const core_tax *tax = doc;
    for (uint32_t i = 0; i < tax->components.count; i++) {
        m_str name = M_AT(tax->components, m_tax_component, i)->name;
        for (uint32_t k = 0; k < i; k++) {
            if (!m_str_eq(name, M_AT(tax->components, m_tax_component, k)->name)) continue;
            char *path = m_arena_printf(call->arena, "components[%u].name", i);
            m_field_fail(call, &core_errors[CORE_E_DUPLICATE_LINE], m_str_of(path), NULL);
        }
    }
    return m_failed_fields(call);
}

static m_status tax_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_tax_doctype, doc);
}

const m_doctype core_tax_doctype = {.type = &core_tax_type,
                                    .module = "core",
                                    .collection = "taxes",
                                    .label = "Tax",
                                    .label_plural = "Taxes",
                                    .group = "Setup",
                                    .code_field = "code",
                                    .permissions = core_can_reference,
                                    .list_columns = "code,name,recoverable,active",
                                    .search_fields = "code,name",
                                    .title_field = "code",
                                    .check = tax_check,
                                    .on_delete = tax_delete};
