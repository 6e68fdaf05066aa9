#include "imprest/imprest.h"

const char *const fin_imprest_cycles[] = {"fortnight", "month", "none", NULL};
const char *const fin_imprest_reasons[] = {"", "threshold", "cycle", "year_end", NULL};
const char *const fin_imprest_refunds[] = {"", "cash", "payroll", NULL};

/* Holders draft and submit; managers decide. */
static const m_permission voucher_permissions[] = {{FIN_MANAGER, M_CAN_ALL},
                                                   {"Accounts User", M_CAN_DRAFT | M_CAN_SUBMIT},
                                                   {"Stock Manager", M_CAN_DRAFT | M_CAN_SUBMIT},
                                                   {"Auditor", M_CAN_READ},
                                                   {NULL, 0}};

/* ---- inputs ---- */

#define INPUT_TYPE(S, dotted)                                                                      \
    {                                                                                              \
        .name = "finance." dotted, .size = sizeof(S), M_FIELDS(S##_fields)                         \
    }

static const m_field fin_imprest_date_input_fields[] = {
    M_F_DATE(fin_imprest_date_input, date, "Date", .help = "Today when left empty."),
};
const m_type fin_imprest_date_input_type = INPUT_TYPE(fin_imprest_date_input, "imprest_date_input");

static const m_field fin_imprest_limit_input_fields[] = {
    M_F_DATE(fin_imprest_limit_input, date, "From", .help = "Today when left empty."),
    M_F_MONEY(fin_imprest_limit_input, limit, "Limit", .flags = M_REQUIRED | M_POSITIVE),
    M_F_MONEY(fin_imprest_limit_input, voucher_cap, "Largest voucher", .flags = M_NON_NEGATIVE,
              .help = "As it is when left empty."),
    M_F_DEC(fin_imprest_limit_input, trigger_pct, "Recoup at percent", .flags = M_NON_NEGATIVE,
            .min = 0, .max = 100 * M_DEC_ONE, .help = "As it is when left empty."),
    M_F_MONEY(fin_imprest_limit_input, spent, "Spent in twelve months", .flags = M_NON_NEGATIVE,
              .help = "As it is when left empty."),
};
const m_type fin_imprest_limit_input_type =
    INPUT_TYPE(fin_imprest_limit_input, "imprest_limit_input");

static const m_field fin_imprest_hand_over_input_fields[] = {
    M_F_DATE(fin_imprest_hand_over_input, date, "Date", .help = "Today when left empty."),
    M_F_LINK(fin_imprest_hand_over_input, holder, "New holder", "people.employee",
             .flags = M_REQUIRED),
    M_F_ID(fin_imprest_hand_over_input, holder_user, "User of the new holder"),
    M_F_MONEY(fin_imprest_hand_over_input, cash, "Cash counted",
              .flags = M_REQUIRED | M_NON_NEGATIVE, .help = "Both sign for it."),
};
const m_type fin_imprest_hand_over_input_type =
    INPUT_TYPE(fin_imprest_hand_over_input, "imprest_hand_over_input");

static const m_field fin_imprest_disallow_input_fields[] = {
    M_F_DATE(fin_imprest_disallow_input, date, "Date", .help = "Today when left empty."),
    M_F_STR(fin_imprest_disallow_input, reason, "Reason", .flags = M_REQUIRED, .max = 500),
};
const m_type fin_imprest_disallow_input_type =
    INPUT_TYPE(fin_imprest_disallow_input, "imprest_disallow_input");

static const m_field fin_imprest_refund_input_fields[] = {
    M_F_DATE(fin_imprest_refund_input, date, "Date", .help = "Today when left empty."),
    M_F_ENUM(fin_imprest_refund_input, by, "By", fin_imprest_refunds, .flags = M_REQUIRED),
};
const m_type fin_imprest_refund_input_type =
    INPUT_TYPE(fin_imprest_refund_input, "imprest_refund_input");

/* ---- account ---- */

static const m_field limit_fields[] = {
    M_F_DATE(fin_imprest_limit, from_date, "From", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_limit, limit, "Limit", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_limit, voucher_cap, "Largest voucher", .flags = M_READONLY),
    M_F_DEC(fin_imprest_limit, trigger_pct, "Recoup at percent", .flags = M_READONLY),
};
const m_type fin_imprest_limit_type = {
    .name = "finance.imprest_limit", .size = sizeof(fin_imprest_limit), M_FIELDS(limit_fields)};

static const m_field holder_fields[] = {
    M_F_DATE(fin_imprest_holder, from_date, "From", .flags = M_READONLY),
    M_F_LINK(fin_imprest_holder, holder, "Holder", "people.employee", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_holder, cash, "Cash", .flags = M_READONLY),
};
const m_type fin_imprest_holder_type = {
    .name = "finance.imprest_holder", .size = sizeof(fin_imprest_holder), M_FIELDS(holder_fields)};

static const char *const account_states[] = {"draft",   "sanctioned", "funded", "suspended",
                                             "closing", "closed",     NULL};

static const m_field account_fields[] = {
    M_DOC_FIELDS(fin_imprest_account, account_states),
    M_F_STR(fin_imprest_account, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(fin_imprest_account, name, "Name", .flags = M_REQUIRED),
    M_F_LINK(fin_imprest_account, holder, "Holder", "people.employee", .flags = M_REQUIRED),
    M_F_ID(fin_imprest_account, holder_user, "User of the holder",
           .help = "Only this user submits its vouchers, and may not decide on them."),
    M_F_STR(fin_imprest_account, office, "Office"),
    M_F_LINK(fin_imprest_account, cost_center, "Cost center", "finance.cost_center",
             .flags = M_REQUIRED),
    M_F_LINK(fin_imprest_account, ledger, "Ledger account", "finance.account",
             .flags = M_REQUIRED | M_UNIQUE, .help = "Of the kind imprest, for it alone."),
    M_F_LINK(fin_imprest_account, source, "Paid from", "finance.account", .flags = M_REQUIRED),
    M_F_MONEY(fin_imprest_account, limit, "Limit", .flags = M_REQUIRED | M_POSITIVE),
    M_F_MONEY(fin_imprest_account, voucher_cap, "Largest voucher", .flags = M_NON_NEGATIVE,
              .help = "The policy's when left empty."),
    M_F_DEC(fin_imprest_account, trigger_pct, "Recoup at percent", .flags = M_NON_NEGATIVE,
            .min = 0, .max = 100 * M_DEC_ONE, .help = "The policy's when left empty."),
    M_F_ENUM(fin_imprest_account, cycle, "Cycle", fin_imprest_cycles,
             .help = "A fortnight ends on the 15th and with the month."),
    M_F_MONEY(fin_imprest_account, spent, "Spent in twelve months", .flags = M_NON_NEGATIVE,
              .help = "Decides how large the limit may be; empty for a new office."),
    M_F_DATE(fin_imprest_account, sanction_date, "Sanctioned on", .help = "Today when left empty."),
    M_F_DATE(fin_imprest_account, review_on, "Review on", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_account, funded, "Funded", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_account, cash, "Cash in hand", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_account, submitted, "Submitted", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_account, approved, "Approved", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_account, disallowed, "Disallowed", .flags = M_READONLY),
    M_F_INT(fin_imprest_account, movements, "Movements", .flags = M_READONLY | M_HIDDEN),
    M_F_LIST(fin_imprest_account, limits, "Limits", &fin_imprest_limit_type, .flags = M_READONLY),
    M_F_LIST(fin_imprest_account, holders, "Holders", &fin_imprest_holder_type,
             .flags = M_READONLY),
};
const m_type fin_imprest_account_type = {.name = "finance.imprest_account",
                                         .schema = "finance",
                                         .table = "imprest_account",
                                         .size = sizeof(fin_imprest_account),
                                         M_FIELDS(account_fields)};

#define DATED &fin_imprest_date_input_type
static const m_move account_moves[] = {
    {"sanction", "Sanction", "draft", "sanctioned", M_CAN_SUBMIT, M_MOVE_NUMBER | M_MOVE_PRIMARY,
     NULL, fin_imprest_sanction},
    {"fund", "Fund", "sanctioned", "funded", M_CAN_SUBMIT, M_MOVE_PRIMARY, DATED, fin_imprest_fund},
    {"recoup", "Recoup what is due", "funded,suspended", NULL, M_CAN_SUBMIT, 0, DATED,
     fin_imprest_recoup},
    {"change_limit", "Change the limit", "funded,suspended", NULL, M_CAN_SUBMIT, 0,
     &fin_imprest_limit_input_type, fin_imprest_change_limit},
    {"top_up", "Top up to the limit", "funded,suspended", NULL, M_CAN_SUBMIT, 0, DATED,
     fin_imprest_top_up},
    {"hand_over", "Hand over", "funded,suspended", NULL, M_CAN_SUBMIT, 0,
     &fin_imprest_hand_over_input_type, fin_imprest_hand_over},
    {"suspend", "Suspend", "funded", "suspended", M_CAN_SUBMIT, 0, NULL, NULL},
    {"resume", "Resume", "suspended", "funded", M_CAN_SUBMIT, 0, NULL, NULL},
    {"begin_close", "Begin closing", "funded,suspended", "closing", M_CAN_SUBMIT, 0, NULL, NULL},
    {"close", "Close", "closing", "closed", M_CAN_SUBMIT, M_MOVE_PRIMARY, DATED, fin_imprest_close},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle account_life = {account_states, "draft", account_moves};

const m_doctype fin_imprest_account_doctype = {
    .type = &fin_imprest_account_type,
    .module = "finance",
    .collection = "imprest-accounts",
    .label = "Imprest account",
    .label_plural = "Imprest accounts",
    .group = "Accounts",
    .series = "IMP",
    .series_date = "sanction_date",
    .life = &account_life,
    .permissions = fin_manager_permissions,
    .list_columns = "code,name,office,limit,cash,approved,state",
    .search_fields = "code,name,office,number",
    .title_field = "name",
    .check = fin_imprest_account_check,
};

/* ---- voucher ---- */

static const char *const voucher_states[] = {"draft",    "submitted",  "approved",
                                             "recouped", "disallowed", NULL};

static const m_field voucher_fields[] = {
    M_DOC_FIELDS(fin_imprest_voucher, voucher_states),
    M_F_LINK(fin_imprest_voucher, imprest, "Imprest", "finance.imprest_account",
             .flags = M_REQUIRED),
    M_F_DATE(fin_imprest_voucher, date, "Date", .help = "Today when left empty."),
    M_F_LINK(fin_imprest_voucher, employee, "Paid out by", "people.employee",
             .help = "The holder when left empty."),
    M_F_STR(fin_imprest_voucher, payee, "Payee", .flags = M_REQUIRED),
    M_F_LINK(fin_imprest_voucher, expense_account, "Expense account", "finance.account",
             .flags = M_REQUIRED),
    M_F_LINK(fin_imprest_voucher, cost_center, "Cost center", "finance.cost_center",
             .help = "The imprest's when left empty."),
    M_F_MONEY(fin_imprest_voucher, amount, "Amount", .flags = M_REQUIRED | M_POSITIVE),
    M_F_STR(fin_imprest_voucher, bill_ref, "Bill number", .max = 60),
    M_F_STR(fin_imprest_voucher, attachment, "Attachment", .help = "Name of the scanned bill."),
    M_F_STR(fin_imprest_voucher, narration, "Narration", .max = 500),
    M_F_MONEY(fin_imprest_voucher, cap, "Largest voucher", .flags = M_READONLY | M_HIDDEN),
    M_F_DATE(fin_imprest_voucher, decided_on, "Decided on", .flags = M_READONLY),
    M_F_STR(fin_imprest_voucher, reason, "Reason", .flags = M_READONLY, .max = 500),
    M_F_ENUM(fin_imprest_voucher, refunded, "Refunded by", fin_imprest_refunds,
             .flags = M_READONLY),
    M_F_DATE(fin_imprest_voucher, refunded_on, "Refunded on", .flags = M_READONLY),
    M_F_LINK(fin_imprest_voucher, recoupment, "Recoupment", "finance.imprest_recoupment",
             .flags = M_READONLY),
};
static const m_index voucher_indexes[] = {
    {"imprest,state,id", false, NULL}, {"payee,bill_ref", false, NULL}, {NULL, false, NULL}};
const m_type fin_imprest_voucher_type = {.name = "finance.imprest_voucher",
                                         .schema = "finance",
                                         .table = "imprest_voucher",
                                         .size = sizeof(fin_imprest_voucher),
                                         M_FIELDS(voucher_fields),
                                         .indexes = voucher_indexes};

static const m_move voucher_moves[] = {
    {"submit", "Submit", "draft", "submitted", M_CAN_SUBMIT, M_MOVE_NUMBER | M_MOVE_PRIMARY, NULL,
     fin_imprest_voucher_submit},
    {"approve", "Approve", "submitted", "approved", M_CAN_CANCEL, M_MOVE_PRIMARY, DATED,
     fin_imprest_voucher_approve},
    {"disallow", "Disallow", "submitted", "disallowed", M_CAN_CANCEL, 0,
     &fin_imprest_disallow_input_type, fin_imprest_voucher_disallow},
    {"recoup", "Recouped", "approved", "recouped", M_CAN_CANCEL, M_MOVE_INTERNAL, NULL, NULL},
    {"refund", "Refunded", "disallowed", "disallowed", M_CAN_CANCEL, 0,
     &fin_imprest_refund_input_type, fin_imprest_voucher_refund},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle voucher_life = {voucher_states, "draft", voucher_moves};

const m_doctype fin_imprest_voucher_doctype = {
    .type = &fin_imprest_voucher_type,
    .module = "finance",
    .collection = "imprest-vouchers",
    .label = "Imprest voucher",
    .label_plural = "Imprest vouchers",
    .group = "Accounts",
    .series = "IV",
    .series_date = "date",
    .life = &voucher_life,
    .permissions = voucher_permissions,
    .list_columns = "number,imprest,date,payee,amount,state",
    .search_fields = "number,payee,bill_ref,narration",
    .title_field = "number",
    .check = fin_imprest_voucher_check,
};

/* ---- recoupment ---- */

static const m_field line_fields[] = {
    M_F_LINK(fin_imprest_recoup_line, voucher, "Voucher", "finance.imprest_voucher",
             .flags = M_READONLY),
    M_F_STR(fin_imprest_recoup_line, number, "Number", .flags = M_READONLY),
    M_F_DATE(fin_imprest_recoup_line, date, "Date", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_recoup_line, amount, "Amount", .flags = M_READONLY),
};
const m_type fin_imprest_recoup_line_type = {.name = "finance.imprest_recoup_line",
                                             .size = sizeof(fin_imprest_recoup_line),
                                             M_FIELDS(line_fields)};

static const char *const recoupment_states[] = {"draft", "approved", "paid", "cancelled", NULL};

static const m_field recoupment_fields[] = {
    M_DOC_FIELDS(fin_imprest_recoupment, recoupment_states),
    M_F_LINK(fin_imprest_recoupment, imprest, "Imprest", "finance.imprest_account",
             .flags = M_REQUIRED),
    M_F_DATE(fin_imprest_recoupment, date, "Date", .help = "Today when left empty."),
    M_F_ENUM(fin_imprest_recoupment, reason, "Reason", fin_imprest_reasons, .flags = M_READONLY),
    M_F_LIST(fin_imprest_recoupment, lines, "Vouchers", &fin_imprest_recoup_line_type,
             .flags = M_READONLY, .max = FIN_IMPREST_VOUCHERS_MAX),
    M_F_MONEY(fin_imprest_recoupment, amount, "Amount", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_recoupment, less, "Kept", .flags = M_READONLY,
              .help = "Because the float holds more than its limit."),
    M_F_MONEY(fin_imprest_recoupment, paid, "Paid", .flags = M_READONLY),
    M_F_DATE(fin_imprest_recoupment, paid_on, "Paid on", .flags = M_READONLY),
    M_F_MONEY(fin_imprest_recoupment, limit, "Limit", .flags = M_READONLY),
    M_F_DEC(fin_imprest_recoupment, trigger_pct, "Recoup at percent", .flags = M_READONLY),
    M_F_STR(fin_imprest_recoupment, open_key, "Open", .flags = M_READONLY | M_HIDDEN | M_UNIQUE,
            .max = 26),
};
static const m_index recoupment_indexes[] = {{"imprest,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_imprest_recoupment_type = {.name = "finance.imprest_recoupment",
                                            .schema = "finance",
                                            .table = "imprest_recoupment",
                                            .size = sizeof(fin_imprest_recoupment),
                                            M_FIELDS(recoupment_fields),
                                            .indexes = recoupment_indexes};

static const m_move recoupment_moves[] = {
    {"approve", "Approve", "draft", "approved", M_CAN_SUBMIT, M_MOVE_NUMBER | M_MOVE_PRIMARY, NULL,
     fin_imprest_recoupment_approve},
    {"pay", "Pay", "approved", "paid", M_CAN_SUBMIT, M_MOVE_PRIMARY, DATED,
     fin_imprest_recoupment_pay},
    {"cancel", "Cancel", "draft,approved", "cancelled", M_CAN_CANCEL, 0, NULL,
     fin_imprest_recoupment_cancel},
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle recoupment_life = {recoupment_states, "draft", recoupment_moves};

const m_doctype fin_imprest_recoupment_doctype = {
    .type = &fin_imprest_recoupment_type,
    .module = "finance",
    .collection = "imprest-recoupments",
    .label = "Imprest recoupment",
    .label_plural = "Imprest recoupments",
    .group = "Accounts",
    .series = "IR",
    .series_date = "date",
    .life = &recoupment_life,
    .permissions = fin_manager_permissions,
    .list_columns = "number,imprest,date,reason,amount,state",
    .search_fields = "number",
    .title_field = "number",
    .check = fin_imprest_recoupment_check,
};
