#include "expense_claim/expense_claim.h"

static const char *const states[] = {"draft",    "submitted", "approved", "paid",
                                     "rejected", "cancelled", NULL};

static const m_field line_fields[] = {
    M_F_ID(ppl_claim_line, id, "Line", .flags = M_READONLY | M_HIDDEN),
    M_F_DATE(ppl_claim_line, date, "Date"),
    M_F_STR(ppl_claim_line, description, "Description", .flags = M_REQUIRED),
    M_F_LINK(ppl_claim_line, account, "Expense account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(ppl_claim_line, cost_center, "Cost center", "finance.cost_center",
             .help = "The department's when left empty."),
    M_F_MONEY(ppl_claim_line, amount, "Claimed", .flags = M_REQUIRED | M_POSITIVE, .places = 6),
    M_F_LINK(ppl_claim_line, tax, "Tax", "core.tax"),
    M_F_BOOL(ppl_claim_line, tax_included, "Tax included"),
    M_F_MONEY(ppl_claim_line, sanctioned, "Approved", .flags = M_READONLY, .places = 6),
    M_F_MONEY(ppl_claim_line, net, "Net", .flags = M_READONLY),
    M_F_MONEY(ppl_claim_line, tax_amount, "Tax amount", .flags = M_READONLY),
    M_F_MONEY(ppl_claim_line, gross, "Total", .flags = M_READONLY),
};
const m_type ppl_claim_line_type = {
    .name = "people.claim_line", .size = sizeof(ppl_claim_line), M_FIELDS(line_fields)};

static const m_field advance_fields[] = {
    M_F_LINK(ppl_claim_advance, advance, "Advance", "people.employee_advance", .flags = M_REQUIRED),
    M_F_MONEY(ppl_claim_advance, amount, "Amount", .flags = M_REQUIRED | M_POSITIVE),
};
const m_type ppl_claim_advance_type = {
    .name = "people.claim_advance", .size = sizeof(ppl_claim_advance), M_FIELDS(advance_fields)};

static const m_field payment_fields[] = {
    M_F_INT(ppl_claim_payment, number, "Number", .flags = M_READONLY),
    M_F_DATE(ppl_claim_payment, date, "Date", .flags = M_READONLY),
    M_F_MONEY(ppl_claim_payment, amount, "Amount", .flags = M_READONLY),
    M_F_LINK(ppl_claim_payment, account, "Account", "finance.account", .flags = M_READONLY),
    M_F_BOOL(ppl_claim_payment, undone, "Taken back", .flags = M_READONLY),
};
const m_type ppl_claim_payment_type = {
    .name = "people.claim_payment", .size = sizeof(ppl_claim_payment), M_FIELDS(payment_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_expense_claim, states),
    M_F_LINK(ppl_expense_claim, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_DATE(ppl_expense_claim, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_STR(ppl_expense_claim, purpose, "Purpose"),
    M_F_LINK(ppl_expense_claim, currency, "Currency of the receipts", "core.currency",
             .help = "The company's when left empty."),
    M_F_DEC(ppl_expense_claim, rate, "Rate", .flags = M_READONLY),
    M_F_DEC(ppl_expense_claim, per, "For", .flags = M_READONLY),
    M_F_DATE(ppl_expense_claim, rate_from, "Rate of", .flags = M_READONLY),
    M_F_LIST(ppl_expense_claim, lines, "Expenses", &ppl_claim_line_type, .flags = M_REQUIRED,
             .max = PPL_CLAIM_LINES),
    M_F_LIST(ppl_expense_claim, advances, "Settles advances", &ppl_claim_advance_type, .max = 50),
    M_F_MONEY(ppl_expense_claim, net_total, "Net total", .flags = M_READONLY),
    M_F_MONEY(ppl_expense_claim, tax_total, "Taxes", .flags = M_READONLY),
    M_F_MONEY(ppl_expense_claim, total, "Total", .flags = M_READONLY),
    M_F_MONEY(ppl_expense_claim, advanced, "Paid by advances", .flags = M_READONLY),
    M_F_MONEY(ppl_expense_claim, paid, "Paid", .flags = M_READONLY),
    M_F_MONEY(ppl_expense_claim, outstanding, "Outstanding", .flags = M_READONLY),
    M_F_LIST(ppl_expense_claim, payments, "Payments", &ppl_claim_payment_type, .flags = M_READONLY,
             .max = 200),
};
static const m_index indexes[] = {
    {"employee", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_expense_claim_type = {.name = "people.expense_claim",
                                       .schema = "people",
                                       .table = "expense_claim",
                                       .size = sizeof(ppl_expense_claim),
                                       M_FIELDS(fields),
                                       .indexes = indexes};

/* ---- inputs ---- */

static const m_field sanction_fields[] = {
    M_F_ID(ppl_sanction, line, "Line", .flags = M_REQUIRED),
    M_F_MONEY(ppl_sanction, sanctioned, "Approved", .flags = M_REQUIRED | M_NON_NEGATIVE,
              .places = 6),
};
static const m_type sanction_type = {
    .name = "people.sanction", .size = sizeof(ppl_sanction), M_FIELDS(sanction_fields)};
static const m_field approve_fields[] = {
    M_F_LIST(ppl_approve_input, lines, "Lines approved for less", &sanction_type,
             .max = PPL_CLAIM_LINES),
};
const m_type ppl_approve_input_type = {
    .name = "people.approve_input", .size = sizeof(ppl_approve_input), M_FIELDS(approve_fields)};

static const m_field pay_fields[] = {
    M_F_DATE(ppl_pay_input, posting_date, "Date", .help = "Today when left empty."),
    M_F_MONEY(ppl_pay_input, amount, "Amount", .flags = M_NON_NEGATIVE,
              .help = "All that is outstanding when left empty."),
    M_F_LINK(ppl_pay_input, account, "Bank or cash account", "finance.account",
             .help = "By the posting rules when left empty."),
};
const m_type ppl_pay_input_type = {
    .name = "people.pay_input", .size = sizeof(ppl_pay_input), M_FIELDS(pay_fields)};

static const m_field undo_fields[] = {
    M_F_INT(ppl_undo_input, number, "Number of the payment", .min = 1, .max = 200),
};
const m_type ppl_undo_input_type = {
    .name = "people.undo_input", .size = sizeof(ppl_undo_input), M_FIELDS(undo_fields)};

static const m_move moves[] = {
    M_MOVE_SUBMIT(NULL),
    {"send-back", "Send back", "submitted", "draft", M_CAN_CANCEL, 0, NULL, NULL},
    {"reject", "Reject", "submitted", "rejected", M_CAN_CANCEL, 0, NULL, NULL},
    {"approve", "Approve", "submitted", NULL, M_CAN_CANCEL, M_MOVE_PRIMARY, &ppl_approve_input_type,
     ppl_claim_approve},
    {"pay", "Pay", "approved", NULL, M_CAN_CANCEL, M_MOVE_PRIMARY, &ppl_pay_input_type,
     ppl_claim_pay},
    {"undo-payment", "Take a payment back", "approved,paid", "approved", M_CAN_CANCEL, 0,
     &ppl_undo_input_type, ppl_claim_undo_payment},
    {"cancel", "Cancel", "submitted,approved,paid", "cancelled", M_CAN_CANCEL, 0, NULL,
     ppl_claim_cancel},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {states, "draft", moves};

const m_doctype ppl_expense_claim_doctype = {
    .type = &ppl_expense_claim_type,
    .module = "people",
    .collection = "expense-claims",
    .label = "Expense claim",
    .label_plural = "Expense claims",
    .group = "Expenses",
    .series = "EXP",
    .series_date = "posting_date",
    .life = &life,
    .permissions = ppl_money_permissions,
    .list_columns = "number,employee,posting_date,purpose,total,outstanding,state",
    .search_fields = "number,purpose",
    .title_field = "number",
    .check = ppl_claim_check};
