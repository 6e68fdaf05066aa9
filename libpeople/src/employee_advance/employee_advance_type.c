#include "employee_advance/employee_advance.h"

static const char *const kinds[] = {"paid", "returned", "from_salary", NULL};

static const m_field move_fields[] = {
    M_F_INT(ppl_advance_move, number, "Number", .flags = M_READONLY),
    M_F_ENUM(ppl_advance_move, kind, "Kind", kinds, .flags = M_READONLY),
    M_F_DATE(ppl_advance_move, date, "Date", .flags = M_READONLY),
    M_F_MONEY(ppl_advance_move, amount, "Amount", .flags = M_READONLY),
    M_F_LINK(ppl_advance_move, account, "Account", "finance.account", .flags = M_READONLY),
};
const m_type ppl_advance_move_type = {
    .name = "people.advance_move", .size = sizeof(ppl_advance_move), M_FIELDS(move_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_employee_advance, m_states_submittable),
    M_F_LINK(ppl_employee_advance, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_DATE(ppl_employee_advance, posting_date, "Asked on", .help = "Today when left empty."),
    M_F_STR(ppl_employee_advance, purpose, "Purpose"),
    M_F_MONEY(ppl_employee_advance, asked, "Asked", .flags = M_REQUIRED | M_POSITIVE),
    M_F_MONEY(ppl_employee_advance, paid, "Paid", .flags = M_READONLY),
    M_F_MONEY(ppl_employee_advance, pending_payment, "Still to pay", .flags = M_READONLY),
    M_F_MONEY(ppl_employee_advance, returned, "Given back", .flags = M_READONLY),
    M_F_MONEY(ppl_employee_advance, settled, "Settled by claims", .flags = M_READONLY),
    M_F_MONEY(ppl_employee_advance, open, "Open", .flags = M_READONLY),
    M_F_LIST(ppl_employee_advance, moves, "Payments", &ppl_advance_move_type, .flags = M_READONLY,
             .max = 200),
};
static const m_index indexes[] = {
    {"employee", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_employee_advance_type = {.name = "people.employee_advance",
                                          .schema = "people",
                                          .table = "employee_advance",
                                          .size = sizeof(ppl_employee_advance),
                                          M_FIELDS(fields),
                                          .indexes = indexes};

static const m_field input_fields[] = {
    M_F_DATE(ppl_advance_input, posting_date, "Date", .help = "Today when left empty."),
    M_F_MONEY(ppl_advance_input, amount, "Amount", .flags = M_NON_NEGATIVE,
              .help = "All of it when left empty."),
    M_F_LINK(ppl_advance_input, account, "Bank or cash account", "finance.account",
             .help = "By the posting rules when left empty."),
    M_F_BOOL(ppl_advance_input, from_salary, "Out of the salary"),
};
const m_type ppl_advance_input_type = {
    .name = "people.advance_input", .size = sizeof(ppl_advance_input), M_FIELDS(input_fields)};

static const m_move moves[] = {
    M_MOVE_SUBMIT(NULL),
    {"pay", "Pay", "submitted", "submitted", M_CAN_CANCEL, M_MOVE_PRIMARY, &ppl_advance_input_type,
     ppl_advance_pay},
    {"give-back", "Give back", "submitted", "submitted", M_CAN_CANCEL, 0, &ppl_advance_input_type,
     ppl_advance_give_back},
    M_MOVE_CANCEL(NULL, ppl_advance_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype ppl_employee_advance_doctype = {
    .type = &ppl_employee_advance_type,
    .module = "people",
    .collection = "employee-advances",
    .label = "Employee advance",
    .label_plural = "Employee advances",
    .group = "Expenses",
    .series = "EADV",
    .series_date = "posting_date",
    .life = &life,
    .permissions = ppl_money_permissions,
    .list_columns = "number,employee,posting_date,purpose,asked,paid,open,state",
    .search_fields = "number,purpose",
    .title_field = "number",
    .check = ppl_advance_check};
