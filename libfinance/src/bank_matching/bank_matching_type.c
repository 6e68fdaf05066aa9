#include "bank_matching/bank_matching.h"

static const m_field match_fields[] = {
    M_F_INT(fin_bank_match, seq, "Sequence", .flags = M_KEY),
    M_F_INT(fin_bank_match, line_no, "Line", .flags = M_KEY),
    M_F_LINK(fin_bank_match, account, "Bank account", "finance.account", .flags = M_REQUIRED),
    M_F_DATE(fin_bank_match, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_MONEY(fin_bank_match, amount, "Amount", .flags = M_SUMMED),
    M_F_LINK(fin_bank_match, statement, "Statement", "finance.bank_statement", .flags = M_REQUIRED),
    M_F_INT(fin_bank_match, match, "Match"),
    M_F_DATE(fin_bank_match, cleared_on, "Cleared on"),
};
static const m_index indexes[] = {
    {"account,posting_date", false, NULL}, {"statement,match", false, NULL}, {NULL, false, NULL}};
const m_type fin_bank_match_type = {.name = "finance.bank_match",
                                    .schema = "finance",
                                    .table = "bank_match",
                                    .size = sizeof(fin_bank_match),
                                    M_FIELDS(match_fields),
                                    .indexes = indexes};

static const m_field line_ref_fields[] = {
    M_F_ID(fin_bank_line_ref, line, "Line of the statement", .flags = M_REQUIRED),
};
const m_type fin_bank_line_ref_type = {
    .name = "finance.bank_line_ref", .size = sizeof(fin_bank_line_ref), M_FIELDS(line_ref_fields)};

static const m_field entry_ref_fields[] = {
    M_F_INT(fin_bank_entry_ref, seq, "Voucher", .flags = M_REQUIRED,
            .help = "Its sequence in the ledger."),
    M_F_INT(fin_bank_entry_ref, line_no, "Line", .flags = M_REQUIRED),
};
const m_type fin_bank_entry_ref_type = {.name = "finance.bank_entry_ref",
                                        .size = sizeof(fin_bank_entry_ref),
                                        M_FIELDS(entry_ref_fields)};

static const m_field match_input_fields[] = {
    M_F_LIST(fin_bank_match_input, lines, "Lines of the bank", &fin_bank_line_ref_type,
             .flags = M_REQUIRED, .max = 1000),
    M_F_LIST(fin_bank_match_input, entries, "Lines of the ledger", &fin_bank_entry_ref_type,
             .flags = M_REQUIRED, .max = 1000),
};
const m_type fin_bank_match_input_type = {.name = "finance.bank_match_input",
                                          .size = sizeof(fin_bank_match_input),
                                          M_FIELDS(match_input_fields)};

static const m_field unmatch_fields[] = {
    M_F_INT(fin_bank_unmatch_input, match, "Match", .help = "All of the statement when empty."),
};
const m_type fin_bank_unmatch_input_type = {.name = "finance.bank_unmatch_input",
                                            .size = sizeof(fin_bank_unmatch_input),
                                            M_FIELDS(unmatch_fields)};

static const m_field charge_fields[] = {
    M_F_ID(fin_bank_charge_input, line, "Line of the bank", .flags = M_REQUIRED),
    M_F_LINK(fin_bank_charge_input, account, "Account", "finance.account",
             .help = "Bank charges, or interest for money in, when left empty."),
    M_F_LINK(fin_bank_charge_input, cost_center, "Cost center", "finance.cost_center"),
    M_F_STR(fin_bank_charge_input, narration, "Narration", .max = 500),
};
const m_type fin_bank_charge_input_type = {.name = "finance.bank_charge_input",
                                           .size = sizeof(fin_bank_charge_input),
                                           M_FIELDS(charge_fields)};
