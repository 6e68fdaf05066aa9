#include "journal_voucher/journal_voucher.h"

static const m_field line_fields[] = {
    M_F_LINK(fin_journal_line, account, "Account", "finance.account", .flags = M_REQUIRED),
    M_F_LINK(fin_journal_line, cost_center, "Cost center", "finance.cost_center",
             .help = "Needed on income and expense."),
    M_F_LINK(fin_journal_line, party, "Supplier", "core.supplier"),
    M_F_LINK(fin_journal_line, customer, "Customer", "core.customer"),
    M_F_MONEY(fin_journal_line, debit, "Debit", .flags = M_NON_NEGATIVE),
    M_F_MONEY(fin_journal_line, credit, "Credit", .flags = M_NON_NEGATIVE),
    M_F_STR(fin_journal_line, narration, "Narration"),
    M_F_LINK(fin_journal_line, currency, "Currency", "core.currency", .flags = M_SPARSE,
             .help = "Of an amount in another currency; that of the account when left empty."),
    M_F_MONEY(fin_journal_line, foreign_debit, "Debit in it", .flags = M_NON_NEGATIVE | M_SPARSE,
              .places = 6),
    M_F_MONEY(fin_journal_line, foreign_credit, "Credit in it", .flags = M_NON_NEGATIVE | M_SPARSE,
              .places = 6),
    M_F_DEC(fin_journal_line, rate, "Exchange rate", .flags = M_NON_NEGATIVE | M_SPARSE,
            .help = "Debit and credit follow by it; that of the day when all three are empty."),
    M_F_DEC(fin_journal_line, per, "For", .flags = M_NON_NEGATIVE | M_SPARSE,
            .help = "Units of the other currency the rate is for; 1 when left empty."),
};
const m_type fin_journal_line_type = {
    .name = "finance.journal_line", .size = sizeof(fin_journal_line), M_FIELDS(line_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_journal_voucher, m_states_submittable),
    M_F_DATE(fin_journal_voucher, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_LINK(fin_journal_voucher, voucher_type, "Voucher type", "finance.voucher_type"),
    M_F_BOOL(fin_journal_voucher, opening, "Opening balances",
             .help = "What stood on balance sheet accounts before the first posting."),
    M_F_STR(fin_journal_voucher, reference, "Reference"),
    M_F_STR(fin_journal_voucher, narration, "Narration", .max = 500),
    M_F_LIST(fin_journal_voucher, lines, "Lines", &fin_journal_line_type, .flags = M_REQUIRED,
             .max = FIN_LINES_MAX),
    M_F_MONEY(fin_journal_voucher, total_debit, "Total debit", .flags = M_READONLY),
    M_F_MONEY(fin_journal_voucher, total_credit, "Total credit", .flags = M_READONLY),
    M_F_MONEY(fin_journal_voucher, rounding, "Rounding", .flags = M_READONLY,
              .help = "Between amounts in other currencies; posted with the lines."),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_journal_voucher_type = {.name = "finance.journal_voucher",
                                         .schema = "finance",
                                         .table = "journal_voucher",
                                         .size = sizeof(fin_journal_voucher),
                                         M_FIELDS(fields),
                                         .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_journal_submit),
    M_MOVE_CANCEL(NULL, fin_journal_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_journal_voucher_doctype = {
    .type = &fin_journal_voucher_type,
    .module = "finance",
    .collection = "journal-vouchers",
    .label = "Journal voucher",
    .label_plural = "Journal vouchers",
    .group = "Accounts",
    .series = "JV",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,posting_date,narration,total_debit,state",
    .search_fields = "number,narration,reference",
    .title_field = "number",
    .check = fin_journal_check,
};
