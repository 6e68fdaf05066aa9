#include "employee/employee.h"

static const char *const employment_types[] = {"permanent", "casual", "deputationist", NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_employee, m_states_active),
    M_F_STR(ppl_employee, personal_number, "Personal number", .flags = M_REQUIRED | M_UNIQUE,
            .max = 20),
    M_F_STR(ppl_employee, full_name, "Full name", .flags = M_REQUIRED),
    M_F_DATE(ppl_employee, birth_date, "Birth date", .flags = M_REQUIRED),
    M_F_DATE(ppl_employee, joining_date, "Joining date", .flags = M_REQUIRED,
             .section = "Employment"),
    M_F_ENUM(ppl_employee, employment_type, "Employment", employment_types,
             .section = "Employment"),
    M_F_STR(ppl_employee, group_level, "Group", .max = 20, .section = "Employment"),
    M_F_LINK(ppl_employee, depot, "Depot", "wms.warehouse", .section = "Place and pay"),
    M_F_LINK(ppl_employee, department, "Department", "people.department",
             .section = "Place and pay"),
    M_F_LINK(ppl_employee, designation, "Designation", "people.designation",
             .section = "Place and pay"),
    M_F_LINK(ppl_employee, pay_scale, "Pay scale", "people.pay_scale", .section = "Place and pay"),
    M_F_DATE(ppl_employee, retirement_date, "Retires on", .flags = M_READONLY),
    M_F_DATE(ppl_employee, repatriation_date, "Goes back on", .help = "Deputationists only.",
             .section = "Employment", .depends_on = "employment_type=deputationist"),
    M_F_STR(ppl_employee, email, "E-mail"),
    M_F_BOOL(ppl_employee, active, "Active", .fallback = "true"),
};
static const m_index indexes[] = {{"department", false, NULL},
                                  {"designation", false, NULL},
                                  {"pay_scale", false, NULL},
                                  {NULL, false, NULL}};
const m_type ppl_employee_type = {.name = "people.employee",
                                  .schema = "people",
                                  .table = "employee",
                                  .size = sizeof(ppl_employee),
                                  M_FIELDS(fields),
                                  .indexes = indexes};

const m_doctype ppl_employee_doctype = {
    .type = &ppl_employee_type,
    .module = "people",
    .collection = "employees",
    .label = "Employee",
    .label_plural = "Employees",
    .group = "People",
    .code_field = "personal_number",
    .permissions = ppl_permissions,
    .list_columns = "personal_number,full_name,department,designation,joining_date,active",
    .search_fields = "personal_number,full_name",
    .title_field = "full_name",
    .check = ppl_employee_check};
