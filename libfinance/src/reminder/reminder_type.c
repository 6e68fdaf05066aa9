#include "reminder/reminder.h"

static const m_field level_fields[] = {
    M_DOC_FIELDS(fin_reminder_level, m_states_active),
    M_F_INT(fin_reminder_level, level, "Level", .flags = M_REQUIRED, .min = 1,
            .max = FIN_REMINDER_LEVELS),
    M_F_DATE(fin_reminder_level, effective_from, "Effective from",
             .help = "Holds for reminders from this day on, until a later one of the level."),
    M_F_INT(fin_reminder_level, days_overdue, "Days overdue", .min = 0, .max = 3660,
            .help = "Earliest so many days after the due date."),
    M_F_INT(fin_reminder_level, wait_days, "Days after the level before", .min = 0, .max = 3660),
    M_F_MONEY(fin_reminder_level, fee, "Fee", .flags = M_NON_NEGATIVE),
    M_F_DEC(fin_reminder_level, interest_percent, "Interest % a year", .flags = M_NON_NEGATIVE,
            .min = 0, .max = 100 * M_DEC_ONE),
    M_F_TEXT(fin_reminder_level, text, "Text", .max = 4000),
    M_F_BOOL(fin_reminder_level, active, "Active", .fallback = "true",
             .help = "Otherwise the level is not sent while this holds."),
};
static const m_index level_indexes[] = {{"level,effective_from", true, NULL}, {NULL, false, NULL}};
const m_type fin_reminder_level_type = {.name = "finance.reminder_level",
                                        .schema = "finance",
                                        .table = "reminder_level",
                                        .size = sizeof(fin_reminder_level),
                                        M_FIELDS(level_fields),
                                        .flags = M_TYPE_REFERENCE,
                                        .indexes = level_indexes};

const m_doctype fin_reminder_level_doctype = {
    .type = &fin_reminder_level_type,
    .module = "finance",
    .collection = "reminder-levels",
    .label = "Reminder level",
    .label_plural = "Reminder levels",
    .group = "Setup",
    .permissions = fin_master_permissions,
    .list_columns = "level,effective_from,days_overdue,fee,interest_percent,active",
    .search_fields = "text",
    .title_field = "level",
    .check = fin_reminder_level_check,
};

static const m_field line_fields[] = {
    M_F_LINK(fin_reminder_line, invoice, "Invoice", "finance.sales_invoice", .flags = M_REQUIRED),
    M_F_INT(fin_reminder_line, instalment, "Instalment", .min = 0, .max = 100),
    M_F_STR(fin_reminder_line, number, "Number", .flags = M_READONLY),
    M_F_DATE(fin_reminder_line, due_date, "Due date", .flags = M_READONLY),
    M_F_INT(fin_reminder_line, days_late, "Days late", .flags = M_READONLY),
    M_F_MONEY(fin_reminder_line, outstanding, "Outstanding", .flags = M_READONLY),
    M_F_INT(fin_reminder_line, level, "Level", .flags = M_READONLY),
    M_F_LINK(fin_reminder_line, terms, "Fee and interest by", "finance.reminder_level",
             .flags = M_READONLY | M_HIDDEN),
    M_F_MONEY(fin_reminder_line, fee, "Fee", .flags = M_READONLY),
    M_F_MONEY(fin_reminder_line, interest, "Interest", .flags = M_READONLY),
};
const m_type fin_reminder_line_type = {
    .name = "finance.reminder_line", .size = sizeof(fin_reminder_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_reminder, m_states_submittable),
    M_F_LINK(fin_reminder, customer, "Customer", "core.customer", .flags = M_REQUIRED),
    M_F_DATE(fin_reminder, date, "Date", .help = "Today when left empty."),
    M_F_LIST(fin_reminder, lines, "Lines", &fin_reminder_line_type, .max = FIN_REMINDED_MAX,
             .help = "All that is due for a reminder when left empty."),
    M_F_MONEY(fin_reminder, outstanding, "Outstanding", .flags = M_READONLY),
    M_F_MONEY(fin_reminder, fees, "Fees", .flags = M_READONLY),
    M_F_MONEY(fin_reminder, interest, "Interest", .flags = M_READONLY),
    M_F_TEXT(fin_reminder, text, "Text", .max = 4000,
             .help = "That of the highest level when left empty."),
    M_F_BOOL(fin_reminder, own_text, "Own text", .flags = M_READONLY | M_HIDDEN),
    M_F_LINK(fin_reminder, bill, "Billed with", "finance.sales_invoice", .flags = M_READONLY,
             .help = "The invoice of fees and interest, where the policy wants one."),
};
static const m_index indexes[] = {{"customer,date", false, NULL}, {NULL, false, NULL}};
const m_type fin_reminder_type = {.name = "finance.reminder",
                                  .schema = "finance",
                                  .table = "reminder",
                                  .size = sizeof(fin_reminder),
                                  M_FIELDS(fields),
                                  .indexes = indexes};

static const m_move moves[] = {
    {"submit", "Sent", "draft", "submitted", M_CAN_SUBMIT, M_MOVE_NUMBER | M_MOVE_PRIMARY, NULL,
     fin_reminder_submit},
    M_MOVE_CANCEL(NULL, fin_reminder_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_reminder_doctype = {
    .type = &fin_reminder_type,
    .module = "finance",
    .collection = "reminders",
    .label = "Reminder",
    .label_plural = "Reminders",
    .group = "Accounts",
    .series = "REM",
    .series_date = "date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,customer,date,outstanding,fees,interest,state",
    .search_fields = "number,text",
    .title_field = "number",
    .check = fin_reminder_check,
};

static const m_field reminded_fields[] = {
    M_F_ID(fin_reminded, invoice, "Invoice", .flags = M_KEY),
    M_F_INT(fin_reminded, instalment, "Instalment", .flags = M_KEY),
    M_F_INT(fin_reminded, level, "Level", .flags = M_KEY),
    M_F_ID(fin_reminded, customer, "Customer"),
    M_F_DATE(fin_reminded, date, "Date"),
    M_F_ID(fin_reminded, reminder, "Reminder"),
};
const m_type fin_reminded_type = {.name = "finance.reminded",
                                  .schema = "finance",
                                  .table = "reminded",
                                  .size = sizeof(fin_reminded),
                                  M_FIELDS(reminded_fields)};
