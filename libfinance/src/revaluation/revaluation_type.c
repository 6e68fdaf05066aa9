#include "revaluation/revaluation.h"

#define AMOUNT(name, label) M_F_MONEY(fin_revaluation_line, name, label, .flags = M_READONLY)

static const m_field line_fields[] = {
    M_F_LINK(fin_revaluation_line, account, "Account", "finance.account", .flags = M_READONLY),
    M_F_LINK(fin_revaluation_line, supplier, "Supplier", "core.supplier", .flags = M_READONLY),
    M_F_LINK(fin_revaluation_line, customer, "Customer", "core.customer", .flags = M_READONLY),
    M_F_ID(fin_revaluation_line, document, "Document id", .flags = M_READONLY | M_HIDDEN),
    M_F_STR(fin_revaluation_line, number, "Document", .flags = M_READONLY),
    M_F_BOOL(fin_revaluation_line, prepaid, "Credit or advance", .flags = M_READONLY | M_SPARSE),
    M_F_INT(fin_revaluation_line, instalment, "Instalment", .flags = M_READONLY),
    M_F_LINK(fin_revaluation_line, currency, "Currency", "core.currency", .flags = M_READONLY),
    M_F_MONEY(fin_revaluation_line, foreign_amount, "Amount in it", .flags = M_READONLY,
              .places = 6),
    AMOUNT(booked, "Booked"),
    AMOUNT(standing, "Revalued before"),
    M_F_DEC(fin_revaluation_line, rate, "Exchange rate", .flags = M_READONLY),
    M_F_DEC(fin_revaluation_line, per, "For", .flags = M_READONLY),
    AMOUNT(worth, "Worth"),
    M_F_MONEY(fin_revaluation_line, gain, "Gain", .flags = M_READONLY,
              .help = "A loss below zero."),
};
const m_type fin_revaluation_line_type = {.name = "finance.currency_revaluation_line",
                                          .size = sizeof(fin_revaluation_line),
                                          M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_revaluation, m_states_submittable),
    M_F_DATE(fin_revaluation, posting_date, "As of",
             .help = "The day of the exchange rates; today when left empty."),
    M_F_DATE(fin_revaluation, reversed_on, "Taken back on", .flags = M_READONLY,
             .help = "By the policy finance.revaluation_reverse."),
    M_F_LINK(fin_revaluation, cost_center, "Cost center", "finance.cost_center",
             .help = "Of the gains and losses."),
    M_F_STR(fin_revaluation, narration, "Narration", .max = 500),
    M_F_LIST(fin_revaluation, lines, "What differs", &fin_revaluation_line_type,
             .flags = M_READONLY),
    M_F_MONEY(fin_revaluation, gains, "Gains", .flags = M_READONLY),
    M_F_MONEY(fin_revaluation, losses, "Losses", .flags = M_READONLY),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_revaluation_type = {.name = "finance.currency_revaluation",
                                     .schema = "finance",
                                     .table = "currency_revaluation",
                                     .size = sizeof(fin_revaluation),
                                     M_FIELDS(fields),
                                     .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_revaluation_submit),
    M_MOVE_CANCEL(NULL, fin_revaluation_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_revaluation_doctype = {
    .type = &fin_revaluation_type,
    .module = "finance",
    .collection = "currency-revaluations",
    .label = "Currency revaluation",
    .label_plural = "Currency revaluations",
    .group = "Accounts",
    .series = "CR",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,posting_date,reversed_on,gains,losses,state",
    .search_fields = "number,narration",
    .title_field = "number",
    .check = fin_revaluation_check,
};
