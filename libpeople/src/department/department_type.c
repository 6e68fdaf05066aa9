#include "department/department.h"

/* Does the way up from `parent` lead to `id`? all: every department. */
static bool leads_to(m_id parent, m_id id, const m_fetch *all)
{
    m_id at = parent;
    for (uint32_t steps = 0; steps <= all->count && !m_id_is_null(at); steps++) {
        if (m_id_eq(at, id)) return true;
        m_id up = {{0}};
        for (uint32_t i = 0; i < all->count; i++) {
            const ppl_department *department = all->records[i];
            if (m_id_eq(department->id, at)) up = department->parent;
        }
        at = up;
    }
    return false;
}

static m_status check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    const ppl_department *doc = record;
    if (m_id_is_null(doc->parent)) return M_OK;
    m_query everything = {0};
    m_fetch all = {.type = &ppl_department_type, .query = &everything};
    M_TRY(m_store_fetch(p->store, call, &all, 1));
    if (leads_to(doc->parent, doc->id, &all))
        m_field_fail(call, PPL_ERR(TREE), M_STR("parent"), NULL);
    return M_OK;
}

static m_status on_delete(void *module, m_call *call, const void *record)
{
    const ppl_department *doc = record;
    return ppl_refuse_used(module, call, "department", doc->id, doc->code);
}

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_department, m_states_active),
    M_F_STR(ppl_department, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(ppl_department, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(ppl_department, parent, "Part of", "people.department"),
    M_F_LINK(ppl_department, cost_center, "Cost center", "finance.cost_center"),
    M_F_BOOL(ppl_department, active, "Active", .fallback = "true"),
};
const m_type ppl_department_type = {.name = "people.department",
                                    .schema = "people",
                                    .table = "department",
                                    .size = sizeof(ppl_department),
                                    M_FIELDS(fields),
                                    .flags = M_TYPE_REFERENCE};

const m_doctype ppl_department_doctype = {.type = &ppl_department_type,
                                          .module = "people",
                                          .collection = "departments",
                                          .label = "Department",
                                          .label_plural = "Departments",
                                          .group = "Organisation",
                                          .code_field = "code",
                                          .permissions = ppl_permissions,
                                          .list_columns = "code,name,parent,active",
                                          .search_fields = "code,name",
                                          .title_field = "name",
                                          .check = check,
                                          .on_delete = on_delete};
