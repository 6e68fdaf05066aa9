#include "designation/designation.h"

static m_status on_delete(void *module, m_call *call, const void *record)
{
    const ppl_designation *doc = record;
    return ppl_refuse_used(module, call, "designation", doc->id, doc->code);
}

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_designation, m_states_active),
    M_F_STR(ppl_designation, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(ppl_designation, name, "Name", .flags = M_REQUIRED),
    M_F_STR(ppl_designation, qualification, "Qualification"),
    M_F_INT(ppl_designation, promotion_years, "Years of service for promotion", .min = 0,
            .max = 60),
    M_F_INT(ppl_designation, max_age, "Highest age at appointment", .min = 0, .max = 120,
            .help = "0: no limit."),
    M_F_BOOL(ppl_designation, active, "Active", .fallback = "true"),
};
const m_type ppl_designation_type = {.name = "people.designation",
                                     .schema = "people",
                                     .table = "designation",
                                     .size = sizeof(ppl_designation),
                                     M_FIELDS(fields),
                                     .flags = M_TYPE_REFERENCE};

const m_doctype ppl_designation_doctype = {.type = &ppl_designation_type,
                                           .module = "people",
                                           .collection = "designations",
                                           .label = "Designation",
                                           .label_plural = "Designations",
                                           .group = "Organisation",
                                           .code_field = "code",
                                           .permissions = ppl_permissions,
                                           .list_columns = "code,name,qualification,active",
                                           .search_fields = "code,name",
                                           .title_field = "name",
                                           .on_delete = on_delete};
