#include "leave_encashment/leave_encashment.h"

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_leave_encashment, m_states_submittable),
    M_F_LINK(ppl_leave_encashment, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_LINK(ppl_leave_encashment, leave_type, "Leave type", "people.leave_type",
             .flags = M_REQUIRED),
    M_F_DATE(ppl_leave_encashment, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_MONEY(ppl_leave_encashment, per_day, "Pay of a day", .flags = M_REQUIRED | M_POSITIVE),
    M_F_DEC(ppl_leave_encashment, balance, "Balance", .flags = M_READONLY),
    M_F_DEC(ppl_leave_encashment, days, "Days", .flags = M_READONLY),
    M_F_MONEY(ppl_leave_encashment, amount, "Amount", .flags = M_READONLY),
    M_F_LINK(ppl_leave_encashment, cost_center, "Cost center", "finance.cost_center",
             .help = "The department's when left empty."),
};
static const m_index indexes[] = {
    {"employee", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_leave_encashment_type = {.name = "people.leave_encashment",
                                          .schema = "people",
                                          .table = "leave_encashment",
                                          .size = sizeof(ppl_leave_encashment),
                                          M_FIELDS(fields),
                                          .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(ppl_leave_encashment_submit),
    M_MOVE_CANCEL(NULL, ppl_leave_encashment_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype ppl_leave_encashment_doctype = {
    .type = &ppl_leave_encashment_type,
    .module = "people",
    .collection = "leave-encashments",
    .label = "Leave encashment",
    .label_plural = "Leave encashments",
    .group = "Leave",
    .series = "LEN",
    .series_date = "posting_date",
    .life = &life,
    .permissions = ppl_money_permissions,
    .list_columns = "number,employee,leave_type,posting_date,days,amount,state",
    .search_fields = "number",
    .title_field = "number",
    .check = ppl_leave_encashment_check};
