#include "bank_transfer/bank_transfer.h"

static const m_field fields[] = {
    M_DOC_FIELDS(fin_bank_transfer, m_states_submittable),
    M_F_DATE(fin_bank_transfer, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_LINK(fin_bank_transfer, from_account, "From", "finance.account", .flags = M_REQUIRED,
             .help = "The bank or cash account the money leaves."),
    M_F_LINK(fin_bank_transfer, to_account, "To", "finance.account", .flags = M_REQUIRED,
             .help = "The bank or cash account it goes to."),
    M_F_MONEY(fin_bank_transfer, amount, "Amount", .flags = M_POSITIVE, .places = 6,
              .help = "In the currency of the account it leaves."),
    M_F_MONEY(fin_bank_transfer, received, "Received", .flags = M_NON_NEGATIVE, .places = 6,
              .help = "In the currency of the account it goes to; by the exchange rate when left "
                      "empty."),
    M_F_DEC(fin_bank_transfer, rate, "Exchange rate", .flags = M_NON_NEGATIVE,
            .help = "What the other currency is worth in the company's; that of the day when left "
                    "empty."),
    M_F_DEC(fin_bank_transfer, per, "For", .flags = M_NON_NEGATIVE,
            .help = "Units of the other currency the rate is for; 1 when left empty."),
    M_F_LINK(fin_bank_transfer, cost_center, "Cost center", "finance.cost_center",
             .help = "Of a gain or loss by the exchange rate."),
    M_F_STR(fin_bank_transfer, reference, "Reference", .help = "Cheque or transfer number."),
    M_F_DATE(fin_bank_transfer, reference_date, "Reference date"),
    M_F_STR(fin_bank_transfer, narration, "Narration", .max = 500),
    M_F_MONEY(fin_bank_transfer, arrives, "Arrives", .flags = M_READONLY, .places = 6),
    M_F_MONEY(fin_bank_transfer, base_sent, "Worth of what left", .flags = M_READONLY),
    M_F_MONEY(fin_bank_transfer, base_received, "Worth of what arrived", .flags = M_READONLY),
    M_F_MONEY(fin_bank_transfer, loss, "Exchange loss", .flags = M_READONLY,
              .help = "A gain below zero."),
};
static const m_index indexes[] = {{"posting_date,id", false, NULL}, {NULL, false, NULL}};
const m_type fin_bank_transfer_type = {.name = "finance.bank_transfer",
                                       .schema = "finance",
                                       .table = "bank_transfer",
                                       .size = sizeof(fin_bank_transfer),
                                       M_FIELDS(fields),
                                       .indexes = indexes};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_bank_transfer_submit),
    M_MOVE_CANCEL(NULL, fin_bank_transfer_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_bank_transfer_doctype = {
    .type = &fin_bank_transfer_type,
    .module = "finance",
    .collection = "bank-transfers",
    .label = "Bank transfer",
    .label_plural = "Bank transfers",
    .group = "Accounts",
    .series = "BT",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,posting_date,from_account,to_account,amount,arrives,state",
    .search_fields = "number,reference,narration",
    .title_field = "number",
    .check = fin_bank_transfer_check,
};
