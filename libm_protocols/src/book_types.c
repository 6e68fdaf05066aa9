#include "m/book_keeper.h"

const m_error_def m_book_errors[] = {
    {"finance.voucher.unbalanced", M_INVALID, "The voucher does not balance: %s.",
     "Give every line a debit or a credit, so that both sides add up to the same."},
    {"finance.voucher.duplicate", M_EXISTS, "This voucher is recorded already: %s.",
     "Nothing was recorded twice; load the document to see its present state."},
    {"finance.voucher.currency", M_INVALID,
     "The amount in the other currency does not fit its line: %s.",
     "Give it with its currency, on the side of the line."},
    {NULL, M_OK, NULL, NULL},
};
const m_error_def *const m_err_unbalanced = &m_book_errors[0];
const m_error_def *const m_err_voucher_duplicate = &m_book_errors[1];
const m_error_def *const m_err_voucher_currency = &m_book_errors[2];

/* Places: those of the currency are the business of whoever makes the voucher. */
static const m_field line_fields[] = {
    M_F_LINK(m_book_line, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(m_book_line, cost_center, "Cost center", "finance.cost_center"),
    M_F_ID(m_book_line, party, "Party"),
    M_F_MONEY(m_book_line, debit, "Debit", .flags = M_NON_NEGATIVE, .places = 6),
    M_F_MONEY(m_book_line, credit, "Credit", .flags = M_NON_NEGATIVE, .places = 6),
    M_F_STR(m_book_line, narration, "Narration"),
    M_F_LINK(m_book_line, currency, "Currency", "core.currency", .flags = M_SPARSE),
    M_F_MONEY(m_book_line, foreign_amount, "Amount in it", .flags = M_SPARSE, .places = 6),
    M_F_STR(m_book_line, purpose, "Purpose", .flags = M_SPARSE),
    M_F_ID(m_book_line, rule, "Posting rule", .flags = M_SPARSE),
    M_F_INT(m_book_line, rule_version, "Version of the rule", .flags = M_SPARSE),
};
const m_type m_book_line_type = {
    .name = "finance.book_line", .size = sizeof(m_book_line), M_FIELDS(line_fields)};

/* The lines are not a stored list: they live in payload, which the hash covers. */
static const m_field event_fields[] = {
    M_F_INT(m_book_event, seq, "Sequence", .flags = M_KEY | M_READONLY),
    M_F_ID(m_book_event, voucher_id, "Voucher", .flags = M_REQUIRED | M_UNIQUE),
    M_F_STR(m_book_event, voucher_type, "Voucher type", .flags = M_REQUIRED),
    M_F_STR(m_book_event, voucher_no, "Voucher number"),
    M_F_DATE(m_book_event, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_TIME(m_book_event, recorded_at, "Recorded at"),
    M_F_STR(m_book_event, source_type, "Source type"),
    M_F_ID(m_book_event, source_id, "Source"),
    M_F_ID(m_book_event, reverses, "Reverses", .flags = M_UNIQUE),
    M_F_ID(m_book_event, actor, "Actor"),
    M_F_TEXT(m_book_event, payload, "Payload", .max = 16777216),
    M_F_BYTES(m_book_event, hash, "Hash"),
};
const m_type m_book_event_type = {.name = "finance.acc_event",
                                  .schema = "finance",
                                  .table = "acc_event",
                                  .size = sizeof(m_book_event),
                                  M_FIELDS(event_fields),
                                  .flags = M_TYPE_APPEND};

/* What the hash covers, in this order. */
static const m_field payload_fields[] = {
    M_F_INT(m_book_event, seq, "Sequence"),
    M_F_ID(m_book_event, voucher_id, "Voucher"),
    M_F_STR(m_book_event, voucher_type, "Voucher type"),
    M_F_STR(m_book_event, voucher_no, "Voucher number"),
    M_F_DATE(m_book_event, posting_date, "Posting date"),
    M_F_TIME(m_book_event, recorded_at, "Recorded at"),
    M_F_STR(m_book_event, source_type, "Source type"),
    M_F_ID(m_book_event, source_id, "Source"),
    M_F_ID(m_book_event, reverses, "Reverses"),
    M_F_STR(m_book_event, narration, "Narration", .max = 500),
    M_F_ID(m_book_event, actor, "Actor"),
    M_F_LIST(m_book_event, lines, "Lines", &m_book_line_type),
};
const m_type m_book_payload_type = {
    .name = "finance.acc_event_payload", .size = sizeof(m_book_event), M_FIELDS(payload_fields)};

static const m_index entry_indexes[] = {{"account,posting_date,seq,line_no", false, NULL},
                                        {NULL, false, NULL}};
static const m_field entry_fields[] = {
    M_F_INT(m_gl_entry, seq, "Sequence", .flags = M_KEY),
    M_F_INT(m_gl_entry, line_no, "Line", .flags = M_KEY),
    M_F_DATE(m_gl_entry, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_LINK(m_gl_entry, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(m_gl_entry, cost_center, "Cost center", "finance.cost_center"),
    M_F_ID(m_gl_entry, party, "Party"),
    M_F_MONEY(m_gl_entry, debit, "Debit", .flags = M_SUMMED | M_NON_NEGATIVE),
    M_F_MONEY(m_gl_entry, credit, "Credit", .flags = M_SUMMED | M_NON_NEGATIVE),
    M_F_STR(m_gl_entry, narration, "Narration", .max = 500),
    M_F_LINK(m_gl_entry, currency, "Currency", "core.currency", .flags = M_SPARSE),
    M_F_MONEY(m_gl_entry, foreign_amount, "Amount in it", .flags = M_SUMMED | M_SPARSE,
              .places = 6),
};
const m_type m_gl_entry_type = {.name = "finance.gl_entry",
                                .schema = "finance",
                                .table = "gl_entry",
                                .size = sizeof(m_gl_entry),
                                M_FIELDS(entry_fields),
                                .flags = M_TYPE_APPEND | M_TYPE_MONTHLY,
                                .indexes = entry_indexes};

static const m_field balance_fields[] = {
    M_F_LINK(m_account_balance, account, "Account", "finance.account", .flags = M_KEY),
    M_F_LINK(m_account_balance, cost_center, "Cost center", "finance.cost_center", .flags = M_KEY),
    M_F_DATE(m_account_balance, month, "Month", .flags = M_KEY),
    M_F_SUM(m_account_balance, debit, "Debit", .flags = M_SUMMED),
    M_F_SUM(m_account_balance, credit, "Credit", .flags = M_SUMMED),
    M_F_SUM(m_account_balance, foreign_amount, "In its currency", .flags = M_SUMMED),
};
const m_type m_account_balance_type = {.name = "finance.account_balance",
                                       .schema = "finance",
                                       .table = "account_balance",
                                       .size = sizeof(m_account_balance),
                                       M_FIELDS(balance_fields)};

/* The day comes first: a report reads all accounts of a few days. */
static const m_field day_fields[] = {
    M_F_DATE(m_account_balance, day, "Day", .flags = M_KEY),
    M_F_LINK(m_account_balance, account, "Account", "finance.account", .flags = M_KEY),
    M_F_LINK(m_account_balance, cost_center, "Cost center", "finance.cost_center", .flags = M_KEY),
    M_F_SUM(m_account_balance, debit, "Debit", .flags = M_SUMMED),
    M_F_SUM(m_account_balance, credit, "Credit", .flags = M_SUMMED),
    M_F_SUM(m_account_balance, foreign_amount, "In its currency", .flags = M_SUMMED),
};
const m_type m_account_day_type = {.name = "finance.account_day",
                                   .schema = "finance",
                                   .table = "account_day",
                                   .size = sizeof(m_account_balance),
                                   M_FIELDS(day_fields)};

static const m_field receipt_fields[] = {M_F_INT(m_book_receipt, seq, "Sequence")};
const m_type m_book_receipt_type = {
    .name = "finance.book_receipt", .size = sizeof(m_book_receipt), M_FIELDS(receipt_fields)};
