#include "department/department.h"
#include "designation/designation.h"
#include "employee/employee.h"
#include "employee_advance/employee_advance.h"
#include "expense_claim/expense_claim.h"
#include "gratuity/gratuity.h"
#include "leave/leave.h"
#include "leave_allocation/leave_allocation.h"
#include "leave_application/leave_application.h"
#include "leave_encashment/leave_encashment.h"
#include "pay_scale/pay_scale.h"
#include "salary_slip/salary_slip.h"
#include "salary_structure/salary_structure.h"

static const m_doctype *const doctypes[] = {
    &ppl_employee_doctype,          &ppl_department_doctype,       &ppl_designation_doctype,
    &ppl_pay_scale_doctype,         &ppl_expense_claim_doctype,    &ppl_employee_advance_doctype,
    &ppl_leave_application_doctype, &ppl_leave_allocation_doctype, &ppl_leave_encashment_doctype,
    &ppl_leave_type_doctype,        &ppl_salary_slip_doctype,      &ppl_salary_structure_doctype,
    &ppl_gratuity_doctype,          &ppl_gratuity_rule_doctype,    NULL};

static const m_type *const types[] = {&ppl_leave_entry_type, NULL};

static const m_report *const reports[] = {&ppl_leave_balances_report, NULL};

static const m_required requires_[] = {{"store", offsetof(ppl, store)},
                                       {"masters", offsetof(ppl, masters)},
                                       {"ledger", offsetof(ppl, ledger)},
                                       {NULL, 0}};

static const m_policy_def policies[] = {
    {PPL_POLICY_RETIREMENT, "Retirement age, years", {PPL_RETIREMENT_AGE * M_DEC_ONE}},
    {PPL_POLICY_JOINING_AGE, "Least age at joining, years", {PPL_JOINING_AGE * M_DEC_ONE}},
    {PPL_POLICY_WEEKLY_OFF, "Weekly day off, 1 Monday to 7 Sunday", {PPL_WEEKLY_OFF * M_DEC_ONE}},
    {PPL_POLICY_HOLIDAYS_PAID, "Weekly days off are paid: 0 no, 1 yes", {0}},
    {NULL, NULL, {0}}};

/* Who may hold money of the company; nothing personal. */
static const m_shared shared[] = {
    {&ppl_employee_doctype, "id,version,personal_number,full_name,active"}, {NULL, NULL}};

const m_module *people_module(void)
{
    static const m_module module = {.size = sizeof module,
                                    .name = "people",
                                    .label = "People",
                                    .version = "0.1.0",
                                    .instance_size = sizeof(ppl),
                                    .doctypes = doctypes,
                                    .types = types,
                                    .reports = reports,
                                    .errors = ppl_errors,
                                    .words = people_words,
                                    .requires_ = requires_,
                                    .policies = policies,
                                    .shared = shared};
    return &module;
}
