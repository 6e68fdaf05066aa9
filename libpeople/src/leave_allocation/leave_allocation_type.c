#include "leave_allocation/leave_allocation.h"

static const char *const modes[] = {"given", "months_left", "first_period_prorated", NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_leave_allocation, m_states_submittable),
    M_F_LINK(ppl_leave_allocation, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_LINK(ppl_leave_allocation, leave_type, "Leave type", "people.leave_type",
             .flags = M_REQUIRED),
    M_F_DATE(ppl_leave_allocation, period_start, "First day", .flags = M_REQUIRED),
    M_F_DATE(ppl_leave_allocation, period_end, "Last day", .flags = M_REQUIRED),
    M_F_ENUM(ppl_leave_allocation, mode, "Counted", modes),
    M_F_DEC(ppl_leave_allocation, whole, "Days for a whole period", .flags = M_NON_NEGATIVE),
    M_F_DATE(ppl_leave_allocation, start, "Counts from",
             .help = "The joining date, if inside the period, when left empty."),
    M_F_INT(ppl_leave_allocation, full_periods, "Whole periods besides", .min = 0, .max = 1000),
    M_F_DEC(ppl_leave_allocation, days, "New days", .flags = M_READONLY),
    M_F_BOOL(ppl_leave_allocation, carry_forward, "Carry over what is left"),
    M_F_DATE(ppl_leave_allocation, carried_until, "Carried days lapse after"),
    M_F_DEC(ppl_leave_allocation, carried, "Carried over", .flags = M_READONLY),
    M_F_DEC(ppl_leave_allocation, total, "Total", .flags = M_READONLY),
    M_F_DEC(ppl_leave_allocation, expired, "Lapsed", .flags = M_READONLY),
    M_F_BOOL(ppl_leave_allocation, expiry_done, "Lapse is done", .flags = M_READONLY),
};
static const m_index indexes[] = {
    {"employee,leave_type", false, NULL}, {"period_start,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_leave_allocation_type = {.name = "people.leave_allocation",
                                          .schema = "people",
                                          .table = "leave_allocation",
                                          .size = sizeof(ppl_leave_allocation),
                                          M_FIELDS(fields),
                                          .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(ppl_leave_allocation_submit),
    {"expire", "Let carried days lapse", "submitted", "submitted", M_CAN_SUBMIT, 0, NULL,
     ppl_leave_allocation_expire},
    M_MOVE_CANCEL(NULL, ppl_leave_allocation_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype ppl_leave_allocation_doctype = {
    .type = &ppl_leave_allocation_type,
    .module = "people",
    .collection = "leave-allocations",
    .label = "Leave allocation",
    .label_plural = "Leave allocations",
    .group = "Leave",
    .series = "LAL",
    .series_date = "period_start",
    .life = &life,
    .permissions = ppl_permissions,
    .list_columns = "number,employee,leave_type,period_start,days,carried,total,state",
    .search_fields = "number",
    .title_field = "number",
    .check = ppl_leave_allocation_check};
