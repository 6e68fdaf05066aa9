#include "bank_matching/bank_matching.h"

const char *const fin_bank_matched_names[] = {"", "score", "hand", "charge", NULL};

static const m_field line_fields[] = {
    M_F_ID(fin_bank_line, id, "Id", .flags = M_READONLY | M_HIDDEN),
    M_F_DATE(fin_bank_line, date, "Date", .flags = M_REQUIRED),
    M_F_MONEY(fin_bank_line, amount, "Amount", .flags = M_REQUIRED,
              .help = "Into the account above zero, out of it below."),
    M_F_STR(fin_bank_line, reference, "Reference", .help = "Cheque or transfer number."),
    M_F_STR(fin_bank_line, narration, "Narration", .max = 500),
    M_F_MONEY(fin_bank_line, printed, "Printed balance",
              .help = "The balance after the line, where the bank prints it."),
    M_F_MONEY(fin_bank_line, balance, "Balance", .flags = M_READONLY),
    M_F_INT(fin_bank_line, match, "Match", .flags = M_READONLY),
    M_F_ENUM(fin_bank_line, matched_by, "Matched by", fin_bank_matched_names, .flags = M_READONLY),
    M_F_INT(fin_bank_line, score, "Score", .flags = M_READONLY),
    M_F_DATE(fin_bank_line, cleared_on, "Cleared on", .flags = M_READONLY),
};
const m_type fin_bank_line_type = {
    .name = "finance.bank_line", .size = sizeof(fin_bank_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_bank_statement, m_states_submittable),
    M_F_LINK(fin_bank_statement, account, "Bank account", "finance.account", .flags = M_REQUIRED),
    M_F_STR(fin_bank_statement, statement_no, "Statement number", .max = 60),
    M_F_STR(fin_bank_statement, currency, "Currency", .max = 3,
            .help = "As the statement says; that of the account when left empty."),
    M_F_DATE(fin_bank_statement, from_date, "From",
             .help = "The date of the first line when left empty."),
    M_F_DATE(fin_bank_statement, to_date, "To",
             .help = "The date of the last line when left empty."),
    M_F_MONEY(fin_bank_statement, opening_balance, "Opening balance"),
    M_F_MONEY(fin_bank_statement, closing_balance, "Closing balance", .flags = M_REQUIRED),
    M_F_STR(fin_bank_statement, narration, "Narration", .max = 500),
    M_F_LIST(fin_bank_statement, lines, "Lines", &fin_bank_line_type, .max = FIN_BANK_LINES_MAX),
    M_F_MONEY(fin_bank_statement, money_in, "Money in", .flags = M_READONLY),
    M_F_MONEY(fin_bank_statement, money_out, "Money out", .flags = M_READONLY),
    M_F_MONEY(fin_bank_statement, gap, "Gap", .flags = M_READONLY,
              .help = "What the lines miss of the closing balance."),
    M_F_STR(fin_bank_statement, file_mark, "File mark", .flags = M_UNIQUE | M_HIDDEN, .max = 64),
    M_F_INT(fin_bank_statement, matches, "Matches", .flags = M_READONLY | M_HIDDEN),
    M_F_INT(fin_bank_statement, open_lines, "Open lines", .flags = M_READONLY),
    M_F_DATE(fin_bank_statement, cleared_on, "Cleared on", .flags = M_READONLY | M_HIDDEN),
};
static const m_index indexes[] = {{"account,to_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_bank_statement_type = {.name = "finance.bank_statement",
                                        .schema = "finance",
                                        .table = "bank_statement",
                                        .size = sizeof(fin_bank_statement),
                                        M_FIELDS(fields),
                                        .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_bank_statement_submit),
    {"auto_match", "Match", "submitted", "submitted", M_CAN_SUBMIT, M_MOVE_PRIMARY, NULL,
     fin_bank_auto_match},
    {"match", "Match by hand", "submitted", "submitted", M_CAN_SUBMIT, 0,
     &fin_bank_match_input_type, fin_bank_match_lines},
    {"charge", "Book a charge", "submitted", "submitted", M_CAN_SUBMIT, 0,
     &fin_bank_charge_input_type, fin_bank_charge},
    {"unmatch", "Undo a match", "submitted", "submitted", M_CAN_SUBMIT, 0,
     &fin_bank_unmatch_input_type, fin_bank_unmatch},
    M_MOVE_CANCEL(NULL, fin_bank_statement_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_bank_statement_doctype = {
    .type = &fin_bank_statement_type,
    .module = "finance",
    .collection = "bank-statements",
    .label = "Bank statement",
    .label_plural = "Bank statements",
    .group = "Accounts",
    .series = "BST",
    .series_date = "to_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,account,statement_no,to_date,closing_balance,open_lines,state",
    .search_fields = "number,statement_no,narration",
    .title_field = "number",
    .check = fin_bank_statement_check,
};
