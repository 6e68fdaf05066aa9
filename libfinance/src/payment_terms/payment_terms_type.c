#include "payment_terms/payment_terms.h"

static const char *const bases[] = {"included", "excluded", NULL};

#define PERCENT .flags = M_NON_NEGATIVE, .min = 0, .max = 100 * M_DEC_ONE
#define DAYS    .min = 0, .max = 3660

static const m_field line_fields[] = {
    M_F_DEC(fin_terms_line, percent, "Percent", PERCENT,
            .help = "Of the bill; a line without percent and amount takes the rest."),
    M_F_MONEY(fin_terms_line, amount, "Amount", .flags = M_NON_NEGATIVE,
              .help = "A fixed amount instead of a percentage."),
    M_F_INT(fin_terms_line, months, "Months", .min = 0, .max = 120,
            .help = "Due so many months after the bill, and"),
    M_F_INT(fin_terms_line, days, "Days", DAYS, .help = "so many days."),
    M_F_BOOL(fin_terms_line, end_of_month, "End of month",
             .help = "Then at the end of that month."),
    M_F_INT(fin_terms_line, then_days, "Then days", DAYS,
            .help = "So many days later: the day of the next month."),
    M_F_DEC(fin_terms_line, discount_percent, "Early discount %", PERCENT),
    M_F_INT(fin_terms_line, discount_days, "Early until, days", DAYS,
            .help = "So many days after the bill the discount may be taken."),
};
const m_type fin_terms_line_type = {
    .name = "finance.payment_terms_line", .size = sizeof(fin_terms_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_payment_terms, m_states_active),
    M_F_STR(fin_payment_terms, code, "Name", .flags = M_REQUIRED | M_UNIQUE, .max = 40),
    M_F_TEXT(fin_payment_terms, description, "Description", .max = 500),
    M_F_ENUM(fin_payment_terms, early_discount, "Early discount, tax", bases,
             .help = "Is the tax in what the discount is taken off, or is it left as it is?"),
    M_F_LIST(fin_payment_terms, lines, "Instalments", &fin_terms_line_type, .flags = M_REQUIRED,
             .max = FIN_TERMS_MAX),
    M_F_BOOL(fin_payment_terms, active, "Active", .fallback = "true"),
};
const m_type fin_payment_terms_type = {.name = "finance.payment_terms",
                                       .schema = "finance",
                                       .table = "payment_terms",
                                       .size = sizeof(fin_payment_terms),
                                       M_FIELDS(fields),
                                       .flags = M_TYPE_REFERENCE};

const m_doctype fin_payment_terms_doctype = {
    .type = &fin_payment_terms_type,
    .module = "finance",
    .collection = "payment-terms",
    .label = "Payment terms",
    .label_plural = "Payment terms",
    .group = "Setup",
    .code_field = "code",
    .permissions = fin_master_permissions,
    .list_columns = "code,description,early_discount,active",
    .search_fields = "code,description",
    .title_field = "code",
    .check = fin_payment_terms_check,
};
