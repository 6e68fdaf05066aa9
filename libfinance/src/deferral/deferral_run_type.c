#include "deferral/deferral_run.h"

static const char *const states[] = {"draft", "submitted", NULL};

static const m_field line_fields[] = {
    M_F_LINK(fin_deferral_run_line, deferral, "Deferral", "finance.deferral", .flags = M_READONLY),
    M_F_INT(fin_deferral_run_line, parts, "Parts", .flags = M_READONLY),
    M_F_MONEY(fin_deferral_run_line, amount, "Released", .flags = M_READONLY),
};
const m_type fin_deferral_run_line_type = {.name = "finance.deferral_run_line",
                                           .size = sizeof(fin_deferral_run_line),
                                           M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_deferral_run, states),
    M_F_DATE(fin_deferral_run, date, "Up to", .help = "Today when left empty."),
    M_F_LIST(fin_deferral_run, lines, "Released", &fin_deferral_run_line_type, .flags = M_READONLY,
             .max = FIN_DEFERRAL_RUN_MAX),
    M_F_MONEY(fin_deferral_run, expense, "Expense released", .flags = M_READONLY),
    M_F_MONEY(fin_deferral_run, income, "Income released", .flags = M_READONLY),
};
static const m_index indexes[] = {{"date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_deferral_run_type = {.name = "finance.deferral_run",
                                      .schema = "finance",
                                      .table = "deferral_run",
                                      .size = sizeof(fin_deferral_run),
                                      M_FIELDS(fields),
                                      .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_deferral_run_submit),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {states, "draft", moves};

const m_doctype fin_deferral_run_doctype = {
    .type = &fin_deferral_run_type,
    .module = "finance",
    .collection = "deferral-runs",
    .label = "Deferral run",
    .label_plural = "Deferral runs",
    .group = "Accounts",
    .series = "DFR",
    .series_date = "date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,date,expense,income,state",
    .search_fields = "number",
    .title_field = "number",
    .check = fin_deferral_run_check,
};
