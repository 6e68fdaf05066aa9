#include "core_internal.h"

static const m_field unit_fields[] = {
    M_DOC_FIELDS(core_unit, m_states_active),
    M_F_STR(core_unit, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20,
            .help = "As it stands behind a quantity: Nos, Kg, Box."),
    M_F_STR(core_unit, name, "Name", .flags = M_REQUIRED, .max = 60),
    M_F_INT(core_unit, places, "Decimal places", .min = 0, .max = 6,
            .help = "Places a quantity may have; 0 for what is counted in pieces."),
    M_F_BOOL(core_unit, active, "Active", .fallback = "true"),
};
const m_type core_unit_type = {.name = "core.unit",
                               .schema = "core",
                               .table = "unit",
                               .size = sizeof(core_unit),
                               .flags = M_TYPE_REFERENCE,
                               M_FIELDS(unit_fields)};

/* Quantities with more places are in the books already. */
static m_status unit_check(void *module, m_call *call, void *doc, const void *before)
{
    (void)module;
    const core_unit *unit = doc, *was = before;
    if (was && unit->places < was->places)
        m_field_fail(call, &core_errors[CORE_E_UNIT_PLACES], M_STR("places"), NULL);
    return m_failed_fields(call);
}

static m_status unit_delete(void *module, m_call *call, const void *doc)
{
    return core_check_unreferenced(module, call, &core_unit_doctype, doc);
}

const m_doctype core_unit_doctype = {.type = &core_unit_type,
                                     .module = "core",
                                     .collection = "units",
                                     .label = "Unit",
                                     .label_plural = "Units",
                                     .group = "Items",
                                     .code_field = "code",
                                     .permissions = core_can_reference,
                                     .list_columns = "code,name,places,active",
                                     .search_fields = "code,name",
                                     .title_field = "code",
                                     .check = unit_check,
                                     .on_delete = unit_delete};
