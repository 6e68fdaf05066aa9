#include "gratuity/gratuity.h"

static const char *const kinds[] = {"current_slab", "days_over_days", NULL};

static const m_field slab_fields[] = {
    M_F_DEC(ppl_gratuity_slab, from, "From years", .flags = M_NON_NEGATIVE),
    M_F_DEC(ppl_gratuity_slab, upto, "Below years", .flags = M_NON_NEGATIVE,
            .help = "No end when left empty."),
    M_F_DEC(ppl_gratuity_slab, fraction, "Months of pay for a year", .flags = M_NON_NEGATIVE),
};
const m_type ppl_gratuity_slab_type = {
    .name = "people.gratuity_slab", .size = sizeof(ppl_gratuity_slab), M_FIELDS(slab_fields)};

static const m_field rule_fields[] = {
    M_DOC_FIELDS(ppl_gratuity_rule, m_states_active),
    M_F_STR(ppl_gratuity_rule, name, "Name", .flags = M_REQUIRED),
    M_F_DATE(ppl_gratuity_rule, effective_from, "Effective from", .flags = M_REQUIRED | M_UNIQUE),
    M_F_ENUM(ppl_gratuity_rule, kind, "Kind", kinds),
    M_F_DEC(ppl_gratuity_rule, numerator, "Days of pay for a year", .flags = M_NON_NEGATIVE),
    M_F_DEC(ppl_gratuity_rule, denominator, "Days of a month's pay", .flags = M_NON_NEGATIVE),
    M_F_DEC(ppl_gratuity_rule, min_years, "Least years", .flags = M_NON_NEGATIVE),
    M_F_DEC(ppl_gratuity_rule, year_days, "Days of a year", .flags = M_POSITIVE, .fallback = "365"),
    M_F_LIST(ppl_gratuity_rule, slabs, "Slabs", &ppl_gratuity_slab_type, .max = PPL_SLABS,
             .help = "Only the one that holds the years counts."),
};
const m_type ppl_gratuity_rule_type = {.name = "people.gratuity_rule",
                                       .schema = "people",
                                       .table = "gratuity_rule",
                                       .size = sizeof(ppl_gratuity_rule),
                                       M_FIELDS(rule_fields),
                                       .flags = M_TYPE_REFERENCE};

const m_doctype ppl_gratuity_rule_doctype = {.type = &ppl_gratuity_rule_type,
                                             .module = "people",
                                             .collection = "gratuity-rules",
                                             .label = "Gratuity rule",
                                             .label_plural = "Gratuity rules",
                                             .group = "Payroll",
                                             .permissions = ppl_permissions,
                                             .list_columns = "name,effective_from,kind,min_years",
                                             .search_fields = "name",
                                             .title_field = "name",
                                             .check = ppl_gratuity_rule_check};

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_gratuity, m_states_submittable),
    M_F_LINK(ppl_gratuity, employee, "Employee", "people.employee", .flags = M_REQUIRED),
    M_F_DATE(ppl_gratuity, left, "Left on", .flags = M_REQUIRED),
    M_F_DATE(ppl_gratuity, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_MONEY(ppl_gratuity, last_basic, "Last basic pay", .flags = M_REQUIRED | M_POSITIVE),
    M_F_LINK(ppl_gratuity, rule, "Rule", "people.gratuity_rule", .flags = M_READONLY),
    M_F_DATE(ppl_gratuity, rule_from, "Rule of", .flags = M_READONLY),
    M_F_DEC(ppl_gratuity, years, "Years of service", .flags = M_READONLY),
    M_F_MONEY(ppl_gratuity, amount, "Amount", .flags = M_READONLY),
    M_F_LINK(ppl_gratuity, cost_center, "Cost center", "finance.cost_center",
             .help = "The department's when left empty."),
};
static const m_index indexes[] = {
    {"employee", false, NULL}, {"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type ppl_gratuity_type = {.name = "people.gratuity",
                                  .schema = "people",
                                  .table = "gratuity",
                                  .size = sizeof(ppl_gratuity),
                                  M_FIELDS(fields),
                                  .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(ppl_gratuity_submit),
    M_MOVE_CANCEL(NULL, ppl_gratuity_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype ppl_gratuity_doctype = {.type = &ppl_gratuity_type,
                                        .module = "people",
                                        .collection = "gratuities",
                                        .label = "Gratuity",
                                        .label_plural = "Gratuities",
                                        .group = "Payroll",
                                        .series = "GRA",
                                        .series_date = "posting_date",
                                        .life = &life,
                                        .permissions = ppl_money_permissions,
                                        .list_columns = "number,employee,left,years,amount,state",
                                        .search_fields = "number",
                                        .title_field = "number",
                                        .check = ppl_gratuity_check};
