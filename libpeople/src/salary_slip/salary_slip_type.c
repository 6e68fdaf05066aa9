#include "salary_slip/salary_slip.h"

#include "salary_structure/salary_structure.h"

static const char *const kinds[] = {"earning", "deduction", "statistical", NULL};

static const m_field line_fields[] = {
    M_F_STR(ppl_slip_line, name, "Name", .flags = M_READONLY, .max = 60),
    M_F_ENUM(ppl_slip_line, kind, "Kind", kinds, .flags = M_READONLY),
    M_F_MONEY(ppl_slip_line, amount, "Amount", .flags = M_READONLY),
    M_F_MONEY(ppl_slip_line, amount_base, "In the company's currency", .flags = M_READONLY),
    M_F_LINK(ppl_slip_line, account, "Account", "finance.account", .flags = M_READONLY),
};
const m_type ppl_slip_line_type = {
    .name = "people.slip_line", .size = sizeof(ppl_slip_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_salary_slip, m_states_submittable),
    M_F_LINK(ppl_salary_slip, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_DATE(ppl_salary_slip, month, "Month", .flags = M_REQUIRED, .help = "Any day of it."),
    M_F_DATE(ppl_salary_slip, posting_date, "Posting date",
             .help = "The last day of the month when left empty."),
    M_F_LINK(ppl_salary_slip, structure, "Salary structure", "people.salary_structure",
             .flags = M_READONLY),
    M_F_LINK(ppl_salary_slip, cost_center, "Cost center", "finance.cost_center",
             .help = "The department's when left empty."),
    M_F_LINK(ppl_salary_slip, currency, "Currency", "core.currency", .flags = M_READONLY),
    M_F_DEC(ppl_salary_slip, rate, "Rate", .flags = M_READONLY),
    M_F_DEC(ppl_salary_slip, per, "For", .flags = M_READONLY),
    M_F_DATE(ppl_salary_slip, rate_from, "Rate of", .flags = M_READONLY),
    M_F_INT(ppl_salary_slip, weekly_off, "Weekly day off", .flags = M_READONLY),
    M_F_BOOL(ppl_salary_slip, holidays_paid, "Days off are paid", .flags = M_READONLY),
    M_F_DEC(ppl_salary_slip, working_days, "Working days", .flags = M_READONLY),
    M_F_DEC(ppl_salary_slip, lwp, "Days without pay", .flags = M_READONLY),
    M_F_DEC(ppl_salary_slip, payment_days, "Days paid", .flags = M_READONLY),
    M_F_LIST(ppl_salary_slip, lines, "Components", &ppl_slip_line_type, .flags = M_READONLY,
             .max = PPL_COMPONENTS),
    M_F_MONEY(ppl_salary_slip, gross, "Gross", .flags = M_READONLY),
    M_F_MONEY(ppl_salary_slip, deductions, "Deductions", .flags = M_READONLY),
    M_F_MONEY(ppl_salary_slip, net, "Net", .flags = M_READONLY),
    M_F_MONEY(ppl_salary_slip, gross_base, "Gross, company's currency", .flags = M_READONLY),
    M_F_MONEY(ppl_salary_slip, deductions_base, "Deductions, company's currency",
              .flags = M_READONLY),
    M_F_MONEY(ppl_salary_slip, net_base, "Net, company's currency", .flags = M_READONLY),
};
static const m_index indexes[] = {
    {"employee,month", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_salary_slip_type = {.name = "people.salary_slip",
                                     .schema = "people",
                                     .table = "salary_slip",
                                     .size = sizeof(ppl_salary_slip),
                                     M_FIELDS(fields),
                                     .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(ppl_salary_slip_submit),
    M_MOVE_CANCEL(NULL, ppl_salary_slip_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype ppl_salary_slip_doctype = {.type = &ppl_salary_slip_type,
                                           .module = "people",
                                           .collection = "salary-slips",
                                           .label = "Salary slip",
                                           .label_plural = "Salary slips",
                                           .group = "Payroll",
                                           .series = "SAL",
                                           .series_date = "posting_date",
                                           .life = &life,
                                           .permissions = ppl_money_permissions,
                                           .list_columns =
                                               "number,employee,month,payment_days,gross,net,state",
                                           .search_fields = "number",
                                           .title_field = "number",
                                           .check = ppl_salary_slip_check};
