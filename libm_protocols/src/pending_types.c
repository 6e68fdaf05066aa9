#include "m/deciding.h"
#include "m/ledger_pending.h"

/* ---- ledger_pending ---- */

static const m_field voucher_fields[] = {
    M_F_ID(m_hold_voucher, attempt, "Attempt", .flags = M_REQUIRED),
    M_F_STR(m_hold_voucher, caller, "Caller", .flags = M_REQUIRED, .max = 40),
    M_F_STRUCT(m_hold_voucher, voucher, "Voucher", m_ledger_voucher, &m_ledger_voucher_type),
};
const m_type m_hold_voucher_type = {
    .name = "ledger_pending.voucher", .size = sizeof(m_hold_voucher), M_FIELDS(voucher_fields)};

static const m_field reversal_fields[] = {
    M_F_ID(m_hold_reversal, attempt, "Attempt", .flags = M_REQUIRED),
    M_F_STR(m_hold_reversal, caller, "Caller", .flags = M_REQUIRED, .max = 40),
    M_F_STRUCT(m_hold_reversal, reversal, "Reversal", m_ledger_reversal, &m_ledger_reversal_type),
};
const m_type m_hold_reversal_type = {
    .name = "ledger_pending.reversal", .size = sizeof(m_hold_reversal), M_FIELDS(reversal_fields)};

static const m_field commitment_fields[] = {
    M_F_ID(m_hold_commitment, attempt, "Attempt", .flags = M_REQUIRED),
    M_F_STR(m_hold_commitment, caller, "Caller", .flags = M_REQUIRED, .max = 40),
    M_F_ID(m_hold_commitment, hold, "Hold", .flags = M_REQUIRED),
    M_F_STRUCT(m_hold_commitment, commitment, "Commitment", m_commitment, &m_commitment_type),
};
const m_type m_hold_commitment_type = {.name = "ledger_pending.commitment",
                                       .size = sizeof(m_hold_commitment),
                                       M_FIELDS(commitment_fields)};

static const m_field end_fields[] = {
    M_F_ID(m_hold_end, hold, "Hold", .flags = M_REQUIRED),
    M_F_ID(m_hold_end, attempt, "Attempt", .flags = M_REQUIRED),
};
const m_type m_hold_end_type = {
    .name = "ledger_pending.end", .size = sizeof(m_hold_end), M_FIELDS(end_fields)};

static const m_field result_fields[] = {
    M_F_ID(m_hold_result, hold, "Hold"),
    M_F_BOOL(m_hold_result, known, "Known"),
    M_F_DATE(m_hold_result, date, "Date"),
    M_F_MONEY(m_hold_result, beyond, "Beyond the budget", .places = 6),
};
const m_type m_hold_result_type = {
    .name = "ledger_pending.result", .size = sizeof(m_hold_result), M_FIELDS(result_fields)};

static const m_field inquiry_fields[] = {
    M_F_INT(m_inquiry, older_than_s, "Older than (seconds)", .flags = M_NON_NEGATIVE),
    M_F_INT(m_inquiry, limit, "At most", .flags = M_NON_NEGATIVE),
};
const m_type m_inquiry_type = {
    .name = "ledger_pending.inquiry", .size = sizeof(m_inquiry), M_FIELDS(inquiry_fields)};

static const m_field inquiry_result_fields[] = {
    M_F_INT(m_inquiry_result, asked, "Asked"),
    M_F_INT(m_inquiry_result, posted, "Posted"),
    M_F_INT(m_inquiry_result, let_go, "Let go"),
    M_F_INT(m_inquiry_result, unanswered, "Without an answer"),
    M_F_TIME(m_inquiry_result, oldest, "Oldest that is held"),
};
const m_type m_inquiry_result_type = {.name = "ledger_pending.inquiry_result",
                                      .size = sizeof(m_inquiry_result),
                                      M_FIELDS(inquiry_result_fields)};

static const m_method pending_methods[] = {
    M_METHOD(ledger_pending, hold, &m_hold_voucher_type, &m_hold_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(ledger_pending, hold_reversal, &m_hold_reversal_type, &m_hold_result_type,
             M_METHOD_IDEMPOTENT),
    M_METHOD(ledger_pending, hold_commitment, &m_hold_commitment_type, &m_hold_result_type,
             M_METHOD_IDEMPOTENT),
    M_METHOD(ledger_pending, let_go, &m_hold_end_type, &m_hold_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(ledger_pending, inquire, &m_inquiry_type, &m_inquiry_result_type, M_METHOD_IDEMPOTENT),
    M_METHOD(ledger_pending, check_date, &m_ledger_date_type, &m_ledger_result_type, M_METHOD_READ),
    {.name = NULL},
};
const m_protocol m_ledger_pending_protocol = {"ledger_pending", 1, pending_methods};

m_id m_commitment_hold(m_call *call, m_id document)
{
    return m_voucher_id(call, document, "commit");
}

/* ---- deciding ---- */

const char *const m_verdicts[] = {"committed", "aborted", NULL};

static const m_field question_fields[] = {
    M_F_STR(m_decision_question, caller, "Caller", .flags = M_REQUIRED, .max = 40),
    M_F_ID(m_decision_question, hold, "Hold", .flags = M_REQUIRED),
    M_F_ID(m_decision_question, attempt, "Attempt"),
};
const m_type m_decision_question_type = {
    .name = "deciding.question", .size = sizeof(m_decision_question), M_FIELDS(question_fields)};

static const m_field answer_fields[] = {
    M_F_ENUM(m_decision_answer, verdict, "Verdict", m_verdicts),
    M_F_STR(m_decision_answer, event, "Event", .max = 40),
    M_F_STRUCT(m_decision_answer, voucher, "Voucher", m_ledger_voucher, &m_ledger_voucher_type),
    M_F_STRUCT(m_decision_answer, reversal, "Reversal", m_ledger_reversal, &m_ledger_reversal_type),
    M_F_STRUCT(m_decision_answer, commitment, "Commitment", m_commitment, &m_commitment_type),
};
const m_type m_decision_answer_type = {
    .name = "deciding.answer", .size = sizeof(m_decision_answer), M_FIELDS(answer_fields)};

static const m_method deciding_methods[] = {
    M_METHOD(deciding, status, &m_decision_question_type, &m_decision_answer_type,
             M_METHOD_IDEMPOTENT),
    {.name = NULL},
};
const m_protocol m_deciding_protocol = {"deciding", 1, deciding_methods};
