#include "deferral/deferral.h"

static const char *const kinds[] = {"expense", "income", NULL};
static const char *const modes[] = {"months", "days", NULL};

static const m_field weight_fields[] = {
    M_F_DEC(fin_deferral_weight, weight, "Weight", .flags = M_REQUIRED | M_NON_NEGATIVE),
};
const m_type fin_deferral_weight_type = {.name = "finance.deferral_weight",
                                         .size = sizeof(fin_deferral_weight),
                                         M_FIELDS(weight_fields)};

static const m_field part_fields[] = {
    M_F_INT(fin_deferral_part, number, "Number", .flags = M_READONLY),
    M_F_DATE(fin_deferral_part, first, "From", .flags = M_READONLY),
    M_F_DATE(fin_deferral_part, last, "To", .flags = M_READONLY),
    M_F_MONEY(fin_deferral_part, amount, "Amount", .flags = M_READONLY),
    M_F_DATE(fin_deferral_part, released_on, "Released on", .flags = M_READONLY),
};
const m_type fin_deferral_part_type = {
    .name = "finance.deferral_part", .size = sizeof(fin_deferral_part), M_FIELDS(part_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_deferral, m_states_submittable),
    M_F_ENUM(fin_deferral, kind, "Kind", kinds),
    M_F_DATE(fin_deferral, posting_date, "Posting date",
             .help = "The invoice's, or today, when left empty."),
    M_F_LINK(fin_deferral, purchase_invoice, "Purchase invoice", "finance.purchase_invoice"),
    M_F_LINK(fin_deferral, sales_invoice, "Sales invoice", "finance.sales_invoice"),
    M_F_ID(fin_deferral, invoice_line, "Line of the invoice"),
    M_F_STR(fin_deferral, description, "Description"),
    M_F_MONEY(fin_deferral, amount, "Amount", .flags = M_NON_NEGATIVE,
              .help = "What the line of the invoice comes to when left empty."),
    M_F_LINK(fin_deferral, account, "Income or expense account", "finance.account",
             .help = "Where it was booked; the line's when left empty."),
    M_F_LINK(fin_deferral, cost_center, "Cost center", "finance.cost_center",
             .help = "The line's when left empty."),
    M_F_LINK(fin_deferral, deferral_account, "Deferral account", "finance.account",
             .help = "By the posting rules when left empty."),
    M_F_DATE(fin_deferral, start, "First day", .flags = M_REQUIRED),
    M_F_DATE(fin_deferral, end, "Last day", .flags = M_REQUIRED),
    M_F_ENUM(fin_deferral, mode, "Spread by", modes),
    M_F_LIST(fin_deferral, weights, "Weights", &fin_deferral_weight_type,
             .max = FIN_DEFER_MONTHS_MAX, .help = "One per month, or none."),
    M_F_LIST(fin_deferral, parts, "Schedule", &fin_deferral_part_type, .flags = M_READONLY,
             .max = FIN_DEFER_MONTHS_MAX),
    M_F_MONEY(fin_deferral, released, "Released", .flags = M_READONLY),
    M_F_MONEY(fin_deferral, remaining, "Remaining", .flags = M_READONLY),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL},
                                  {"purchase_invoice", false, NULL},
                                  {"sales_invoice", false, NULL},
                                  {NULL, false, NULL}};
const m_type fin_deferral_type = {.name = "finance.deferral",
                                  .schema = "finance",
                                  .table = "deferral",
                                  .size = sizeof(fin_deferral),
                                  M_FIELDS(fields),
                                  .indexes = indexes};

static const m_field input_fields[] = {
    M_F_DATE(fin_deferral_release_input, date, "Up to", .help = "Today when left empty."),
};
const m_type fin_deferral_release_input_type = {.name = "finance.deferral_release_input",
                                                .size = sizeof(fin_deferral_release_input),
                                                M_FIELDS(input_fields)};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_deferral_submit),
    {"release", "Release what is due", "submitted", "submitted", M_CAN_SUBMIT, M_MOVE_PRIMARY,
     &fin_deferral_release_input_type, fin_deferral_release},
    M_MOVE_CANCEL(NULL, fin_deferral_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_deferral_doctype = {
    .type = &fin_deferral_type,
    .module = "finance",
    .collection = "deferrals",
    .label = "Deferral",
    .label_plural = "Deferrals",
    .group = "Accounts",
    .series = "DEF",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,kind,description,start,end,amount,remaining,state",
    .search_fields = "number,description",
    .title_field = "number",
    .check = fin_deferral_check,
};
