#include "m/ledger.h"

static const m_field line_fields[] = {
    M_F_STR(m_ledger_line, purpose, "Purpose"),
    M_F_ID(m_ledger_line, account, "Account"),
    M_F_ID(m_ledger_line, subject, "Subject"),
    M_F_ID(m_ledger_line, cost_center, "Cost center"),
    M_F_ID(m_ledger_line, party, "Party"),
    M_F_MONEY(m_ledger_line, debit, "Debit", .flags = M_NON_NEGATIVE, .places = 6),
    M_F_MONEY(m_ledger_line, credit, "Credit", .flags = M_NON_NEGATIVE, .places = 6),
    M_F_STR(m_ledger_line, narration, "Narration"),
    M_F_ID(m_ledger_line, currency, "Currency", .flags = M_SPARSE),
    M_F_MONEY(m_ledger_line, foreign_amount, "Amount in it", .flags = M_SPARSE, .places = 6),
};
const m_type m_ledger_line_type = {
    .name = "ledger.line", .size = sizeof(m_ledger_line), M_FIELDS(line_fields)};

static const m_field voucher_fields[] = {
    M_F_ID(m_ledger_voucher, voucher_id, "Voucher", .flags = M_REQUIRED),
    M_F_STR(m_ledger_voucher, voucher_type, "Voucher type", .flags = M_REQUIRED),
    M_F_STR(m_ledger_voucher, voucher_no, "Voucher number"),
    M_F_DATE(m_ledger_voucher, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_STR(m_ledger_voucher, source_type, "Source type", .flags = M_REQUIRED),
    M_F_ID(m_ledger_voucher, source_id, "Source", .flags = M_REQUIRED),
    M_F_ID(m_ledger_voucher, reverses, "Reverses"),
    M_F_STR(m_ledger_voucher, narration, "Narration", .max = 500),
    M_F_LIST(m_ledger_voucher, lines, "Lines", &m_ledger_line_type),
};
const m_type m_ledger_voucher_type = {
    .name = "ledger.voucher", .size = sizeof(m_ledger_voucher), M_FIELDS(voucher_fields)};

typedef struct {
    m_id id;
} source_line;
static const m_field source_line_fields[] = {M_F_ID(source_line, id, "Line")};
static const m_type source_line_type = {
    .name = "ledger.source_line", .size = sizeof(source_line), M_FIELDS(source_line_fields)};

static const m_field reversal_fields[] = {
    M_F_ID(m_ledger_reversal, voucher_id, "Voucher", .flags = M_REQUIRED),
    M_F_STR(m_ledger_reversal, source_type, "Source type", .flags = M_REQUIRED),
    M_F_ID(m_ledger_reversal, source_id, "Source", .flags = M_REQUIRED),
    M_F_STR(m_ledger_reversal, voucher_no, "Voucher number"),
    M_F_DATE(m_ledger_reversal, posting_date, "Posting date"),
    M_F_ID(m_ledger_reversal, reversal_id, "Reversal", .flags = M_REQUIRED),
    M_F_LIST(m_ledger_reversal, source_lines, "Source lines", &source_line_type),
};
const m_type m_ledger_reversal_type = {
    .name = "ledger.reversal", .size = sizeof(m_ledger_reversal), M_FIELDS(reversal_fields)};

static const m_field result_fields[] = {
    M_F_ID(m_ledger_result, voucher_id, "Voucher"),
    M_F_BOOL(m_ledger_result, posted, "Posted"),
};
const m_type m_ledger_result_type = {
    .name = "ledger.result", .size = sizeof(m_ledger_result), M_FIELDS(result_fields)};

static const m_field date_fields[] = {
    M_F_DATE(m_ledger_date, date, "Date", .flags = M_REQUIRED),
};
const m_type m_ledger_date_type = {
    .name = "ledger.date", .size = sizeof(m_ledger_date), M_FIELDS(date_fields)};

static const m_method methods[] = {
    M_METHOD(ledger, prepare, &m_ledger_voucher_type, &m_ledger_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(ledger, confirm, &m_ledger_voucher_type, &m_ledger_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(ledger, reverse, &m_ledger_reversal_type, &m_ledger_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(ledger, check_date, &m_ledger_date_type, &m_ledger_result_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_ledger_protocol = {"ledger", 1, methods};

m_id m_voucher_id(m_call *call, m_id document, const char *purpose)
{
    char bytes[64] = {0};
    size_t n = strnlen(purpose, sizeof bytes - 2 * sizeof(m_id));
    memcpy(bytes, &call->tenant, sizeof(m_id));
    memcpy(bytes + sizeof(m_id), &document, sizeof(m_id));
    memcpy(bytes + 2 * sizeof(m_id), purpose, n);
    return call->env->derive_id(call->env->self, bytes, 2 * sizeof(m_id) + n);
}
