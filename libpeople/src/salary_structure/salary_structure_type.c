#include "salary_structure/salary_structure.h"

static const char *const kinds[] = {"earning", "deduction", "statistical", NULL};

static const m_field component_fields[] = {
    M_F_STR(ppl_salary_component, name, "Name", .flags = M_REQUIRED, .max = 60),
    M_F_ENUM(ppl_salary_component, kind, "Kind", kinds,
             .help = "Statistical: not paid, but others are made from it."),
    M_F_STR(ppl_salary_component, percent_of, "Percent of", .max = 60,
            .help = "\"base\", or the name of a component above."),
    M_F_DEC(ppl_salary_component, percent, "Percent", .flags = M_NON_NEGATIVE),
    M_F_MONEY(ppl_salary_component, fixed, "or amount", .flags = M_NON_NEGATIVE),
    M_F_BOOL(ppl_salary_component, prorate, "By days paid"),
    M_F_BOOL(ppl_salary_component, on_paid, "Percent of what is paid",
             .help = "Of the other component as it is after its days."),
    M_F_LINK(ppl_salary_component, account, "Account", "finance.account",
             .help = "By the posting rules when left empty."),
};
const m_type ppl_salary_component_type = {.name = "people.salary_component",
                                          .size = sizeof(ppl_salary_component),
                                          M_FIELDS(component_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_salary_structure, m_states_active),
    M_F_LINK(ppl_salary_structure, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_DATE(ppl_salary_structure, effective_from, "Effective from", .flags = M_REQUIRED),
    M_F_LINK(ppl_salary_structure, currency, "Currency", "core.currency",
             .help = "The company's when left empty."),
    M_F_MONEY(ppl_salary_structure, base, "Base", .flags = M_REQUIRED | M_NON_NEGATIVE),
    M_F_LIST(ppl_salary_structure, components, "Components", &ppl_salary_component_type,
             .flags = M_REQUIRED, .max = PPL_COMPONENTS),
};
static const m_index indexes[] = {{"employee,effective_from", true, NULL}, {NULL, false, NULL}};
const m_type ppl_salary_structure_type = {.name = "people.salary_structure",
                                          .schema = "people",
                                          .table = "salary_structure",
                                          .size = sizeof(ppl_salary_structure),
                                          M_FIELDS(fields),
                                          .indexes = indexes};

const m_doctype ppl_salary_structure_doctype = {.type = &ppl_salary_structure_type,
                                                .module = "people",
                                                .collection = "salary-structures",
                                                .label = "Salary structure",
                                                .label_plural = "Salary structures",
                                                .group = "Payroll",
                                                .permissions = ppl_permissions,
                                                .list_columns = "employee,effective_from,base",
                                                .search_fields = "number",
                                                .title_field = "effective_from",
                                                .check = ppl_salary_structure_check};
