#include "m/budget.h"

static const m_field line_fields[] = {
    M_F_ID(m_commitment_line, id, "Line", .flags = M_REQUIRED),
    M_F_INT(m_commitment_line, line, "Place"),
    M_F_ID(m_commitment_line, account, "Account", .flags = M_REQUIRED),
    M_F_ID(m_commitment_line, cost_center, "Cost center", .flags = M_REQUIRED),
    M_F_QTY(m_commitment_line, qty, "Quantity", .flags = M_POSITIVE),
    M_F_MONEY(m_commitment_line, amount, "Amount", .flags = M_NON_NEGATIVE, .places = 6),
};
const m_type m_commitment_line_type = {
    .name = "budget.commitment_line", .size = sizeof(m_commitment_line), M_FIELDS(line_fields)};

static const m_field commitment_fields[] = {
    M_F_ID(m_commitment, document, "Document", .flags = M_REQUIRED),
    M_F_STR(m_commitment, document_no, "Number"),
    M_F_ID(m_commitment, party, "Party"),
    M_F_DATE(m_commitment, date, "Date", .flags = M_REQUIRED),
    M_F_LIST(m_commitment, lines, "Lines", &m_commitment_line_type),
};
const m_type m_commitment_type = {
    .name = "budget.commitment", .size = sizeof(m_commitment), M_FIELDS(commitment_fields)};

static const m_field end_fields[] = {
    M_F_ID(m_commitment_end, document, "Document", .flags = M_REQUIRED),
};
const m_type m_commitment_end_type = {
    .name = "budget.commitment_end", .size = sizeof(m_commitment_end), M_FIELDS(end_fields)};

static const m_field result_fields[] = {
    M_F_MONEY(m_budget_result, beyond, "Beyond the budget", .places = 6),
};
const m_type m_budget_result_type = {
    .name = "budget.result", .size = sizeof(m_budget_result), M_FIELDS(result_fields)};

static const m_method methods[] = {
    M_METHOD(budget, commit, &m_commitment_type, &m_budget_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(budget, release, &m_commitment_end_type, &m_budget_result_type, M_METHOD_IDEMPOTENT),
    {.name = NULL},
};
const m_protocol m_budget_protocol = {"budget", 1, methods};
