#include "leave_application/leave_application.h"

static const char *const states[] = {"draft",    "submitted", "sanctioned",
                                     "rejected", "cancelled", NULL};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_leave_application, states),
    M_F_LINK(ppl_leave_application, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_LINK(ppl_leave_application, leave_type, "Leave type", "people.leave_type",
             .flags = M_REQUIRED),
    M_F_DATE(ppl_leave_application, first_day, "First day", .flags = M_REQUIRED),
    M_F_DATE(ppl_leave_application, last_day, "Last day", .help = "The first when left empty."),
    M_F_BOOL(ppl_leave_application, half_day, "Half a day on the last day"),
    M_F_DEC(ppl_leave_application, days, "Days", .flags = M_READONLY),
    M_F_DEC(ppl_leave_application, unpaid_fraction, "Unpaid share", .flags = M_READONLY),
    M_F_STR(ppl_leave_application, reason, "Reason"),
};
static const m_index indexes[] = {
    {"employee,first_day", false, NULL}, {"first_day,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_leave_application_type = {.name = "people.leave_application",
                                           .schema = "people",
                                           .table = "leave_application",
                                           .size = sizeof(ppl_leave_application),
                                           M_FIELDS(fields),
                                           .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(NULL),
    {"sanction", "Sanction", "submitted", "sanctioned", M_CAN_CANCEL, M_MOVE_PRIMARY, NULL,
     ppl_leave_application_sanction},
    {"reject", "Reject", "submitted", "rejected", M_CAN_CANCEL, 0, NULL, NULL},
    {"cancel", "Cancel", "submitted,sanctioned", "cancelled", M_CAN_CANCEL, 0, NULL,
     ppl_leave_application_cancel},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {states, "draft", moves};

const m_doctype ppl_leave_application_doctype = {
    .type = &ppl_leave_application_type,
    .module = "people",
    .collection = "leave-applications",
    .label = "Leave application",
    .label_plural = "Leave applications",
    .group = "Leave",
    .series = "LAP",
    .series_date = "first_day",
    .life = &life,
    .permissions = ppl_permissions,
    .list_columns = "number,employee,leave_type,first_day,last_day,days,state",
    .search_fields = "number,reason",
    .title_field = "number",
    .check = ppl_leave_application_check};
