#include "common/ppl_instance.h"

#include "employee/employee.h"

const m_error_def ppl_errors[] = {
    [PPL_E_JOINING] = {"people.employee.joining", M_INVALID,
                       "The joining date is not after the birth date.",
                       "Correct one of the two dates."},
    [PPL_E_TOO_YOUNG] = {"people.employee.too_young", M_INVALID,
                         "The employee is too young at joining: %s.",
                         "Correct the dates; the policy people.joining_age holds the limit."},
    [PPL_E_RETIRED] = {"people.employee.retired", M_INVALID,
                       "The employee would retire before joining: %s.",
                       "Correct the dates; the policy people.retirement_age holds the limit."},
    [PPL_E_REPATRIATION] = {"people.employee.repatriation", M_INVALID,
                            "The repatriation date is not right: %s.",
                            "It belongs to deputationists and lies after the joining date."},
    [PPL_E_TREE] = {"people.department.parent", M_INVALID, "A department cannot be below itself.",
                    "Choose another parent."},
    [PPL_E_PERIOD] = {"people.pay_scale.period", M_INVALID,
                      "The end of the period lies before its start.", "Correct the dates."},
    [PPL_E_SCALE] = {"people.pay_scale.stages", M_INVALID, "The stages do not make a scale.",
                     "Amounts must rise, each stretch by whole increments."},
    [PPL_E_OVERLAP] = {"people.pay_scale.overlap", M_INVALID,
                       "The grade %s has a scale for a part of this period already.",
                       "End the other scale first."},
    [PPL_E_IN_USE] = {"people.in_use", M_PRECONDITION, "%s is in use and cannot be deleted.",
                      "Make it inactive instead."},
    [PPL_E_ADVANCE_OVER] = {"people.advance.over", M_PRECONDITION,
                            "Only so much can still move: %s.", "Lower the amount."},
    [PPL_E_ADVANCE_SETTLED] = {"people.advance.settled", M_PRECONDITION,
                               "Expense claims have settled a part of the advance.",
                               "Cancel those claims first."},
    [PPL_E_CLAIM_DATE] = {"people.claim.date", M_INVALID,
                          "The expense is of a later day than the claim.", "Correct the date."},
    [PPL_E_CLAIM_SANCTION] = {"people.claim.sanctioned", M_INVALID,
                              "No line is approved for more than was claimed.",
                              "Use the id of a line of the claim, and at most its amount."},
    [PPL_E_CLAIM_NOTHING] = {"people.claim.nothing", M_INVALID, "Nothing of the claim is approved.",
                             "Reject the claim instead."},
    [PPL_E_CLAIM_ADVANCE] = {"people.claim.advance", M_PRECONDITION,
                             "The advance cannot be settled by this claim: %s.",
                             "Give an open advance of the same employee once, with at most what "
                             "is open of it and what the claim comes to."},
    [PPL_E_CLAIM_OVER] = {"people.claim.over", M_PRECONDITION, "Only so much is outstanding: %s.",
                          "Lower the amount."},
    [PPL_E_CLAIM_NO_PAYMENT] = {"people.claim.no_payment", M_INVALID,
                                "The claim has no such payment.",
                                "Give the number of a payment that was not taken back."},
    [PPL_E_CLAIM_IS_PAID] = {"people.claim.paid", M_PRECONDITION, "A part of the claim is paid.",
                             "Take the payments back first."},
    [PPL_E_LEAVE_BALANCE] = {"people.leave.balance", M_PRECONDITION,
                             "There are not so many days of this leave: %s.",
                             "Look at the leave balances; take fewer days, or another leave."},
    [PPL_E_LEAVE_DATES] = {"people.leave.dates", M_INVALID, "The days do not fit each other.",
                           "The last day is not before the first, and other days lie between "
                           "them."},
    [PPL_E_LEAVE_OVERLAP] = {"people.leave.overlap", M_PRECONDITION,
                             "The employee has applied for one of these days already: %s.",
                             "Choose other days, or cancel the other application."},
    [PPL_E_LEAVE_NOT_YET] = {"people.leave.not_yet", M_PRECONDITION,
                             "Carried days do not lapse yet.",
                             "Wait until the day after the one they lapse on."},
    [PPL_E_COMPONENT] = {"people.salary.component", M_INVALID,
                         "The component cannot be computed: %s.",
                         "Give it a name of its own, and either an amount or a percentage of the "
                         "base or of a component above."},
    [PPL_E_STRUCTURE_EXISTS] = {"people.salary.exists", M_EXISTS,
                                "The employee has a salary structure from this day on.",
                                "Change that one, or choose another day."},
    [PPL_E_SLIP_STRUCTURE] = {"people.slip.structure", M_PRECONDITION,
                              "The employee has no salary structure for this month.",
                              "Create one that is in force by the end of the month."},
    [PPL_E_SLIP_EXISTS] = {"people.slip.exists", M_EXISTS,
                           "The employee has a salary slip for this month.",
                           "Cancel that one first."},
    [PPL_E_SLIP_NEGATIVE] = {"people.slip.negative", M_INVALID,
                             "The deductions are more than the pay.", "Lower the deductions."},
    [PPL_E_GRATUITY_RULE] = {"people.gratuity.rule", M_INVALID, "The rule is not complete.",
                             "Give slabs, or the days of a month's pay."},
    [PPL_E_GRATUITY_NO_RULE] = {"people.gratuity.no_rule", M_PRECONDITION,
                                "No gratuity rule is in force on that day.",
                                "Create one that is effective from that day or before."},
    [PPL_E_GRATUITY_LEFT] = {"people.gratuity.left", M_INVALID, "The employee left before joining.",
                             "Correct the day."},
    [PPL_E_GRATUITY_NOTHING] = {"people.gratuity.nothing", M_PRECONDITION,
                                "By the rule there is no gratuity.",
                                "The years of service are too few; leave the draft as it is."},
    [PPL_E_END] = {NULL, M_OK, NULL, NULL},
};

const m_permission ppl_permissions[] = {
    {"HR Manager", M_CAN_ALL}, {"HR User", M_CAN_DRAFT}, {"Auditor", M_CAN_READ}, {NULL, 0}};

const m_permission ppl_money_permissions[] = {{"HR Manager", M_CAN_ALL},
                                              {"Accounts Manager", M_CAN_ALL},
                                              {"HR User", M_CAN_DRAFT | M_CAN_SUBMIT},
                                              {"Accounts User", M_CAN_READ},
                                              {"Auditor", M_CAN_READ},
                                              {NULL, 0}};

m_status ppl_refuse_used(const ppl *p, m_call *call, const char *field, m_id id, m_str code)
{
    uint32_t count = 0;
    m_filter filter = {field, M_OP_EQ, &id};
    m_query query = {.filters = &filter, .filter_count = 1};
    M_TRY(m_store_count(p->store, call, &ppl_employee_type, &query, 1, &count));
    return count ? m_fail(call, PPL_ERR(IN_USE), "%.*s", M_STR_ARG(code)) : M_OK;
}
