#include "payment/payment.h"

static const char *const types[] = {"pay", "refund", NULL};

static const m_field allocation_fields[] = {
    M_F_LINK(fin_allocation, invoice, "Invoice", "finance.purchase_invoice", .flags = M_REQUIRED),
    M_F_INT(fin_allocation, instalment, "Instalment", .min = 0, .max = 100,
            .help = "Of the invoice, from 1; the oldest due first when left empty."),
    M_F_MONEY(fin_allocation, amount, "Amount", .flags = M_NON_NEGATIVE),
    M_F_MONEY(fin_allocation, write_off, "Write-off", .flags = M_NON_NEGATIVE,
              .help =
                  "What the supplier forgives; the early discount of the terms comes by itself."),
    M_F_BOOL(fin_allocation, early, "Paid early", .flags = M_READONLY),
    M_F_INT(fin_allocation, batch, "Allocation", .flags = M_READONLY | M_HIDDEN),
    M_F_DATE(fin_allocation, date, "Allocated on", .flags = M_READONLY),
    FIN_ALLOCATION_CURRENCY_FIELDS,
};
const m_type fin_allocation_type = {
    .name = "finance.allocation", .size = sizeof(fin_allocation), M_FIELDS(allocation_fields)};

static const m_field fields[] = {
    M_DOC_FIELDS(fin_payment, m_states_submittable),
    M_F_ENUM(fin_payment, type, "Type", types),
    M_F_LINK(fin_payment, supplier, "Supplier", "core.supplier", .flags = M_REQUIRED),
    M_F_DATE(fin_payment, posting_date, "Posting date", .help = "Today when left empty."),
    M_F_LINK(fin_payment, account, "Bank or cash", "finance.account",
             .help = "The account of the purpose \"bank\" when left empty."),
    M_F_MONEY(fin_payment, amount, "Amount", .flags = M_POSITIVE),
    FIN_PAYMENT_CURRENCY_FIELDS,
    M_F_LINK(fin_payment, withholding, "Tax withholding", "finance.withholding", .flags = M_SPARSE,
             .help = "Of the advance: the tax office gets its part, the supplier the rest.",
             .section = "Tax and write-offs"),
    M_F_MONEY(fin_payment, withheld_on, "Withheld on", .flags = M_READONLY | M_SPARSE),
    M_F_DEC(fin_payment, withheld_rate, "Withheld %", .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(fin_payment, withheld, "Tax withheld", .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(fin_payment, base_net, "Advance in the books", .flags = M_READONLY | M_SPARSE),
    M_F_MONEY(fin_payment, base_withheld, "Tax withheld in the books",
              .flags = M_READONLY | M_SPARSE),
    M_F_STR(fin_payment, reference, "Reference", .help = "Cheque or transfer number."),
    M_F_DATE(fin_payment, reference_date, "Reference date"),
    M_F_LINK(fin_payment, refund_of, "Refund of", "finance.payment",
             .help = "For refunds: the payment whose advance comes back.", .section = "Refund",
             .depends_on = "type=refund"),
    M_F_LINK(fin_payment, refund_of_note, "Refund of note", "finance.purchase_debit_note",
             .help = "For refunds: the note whose credit is paid out.", .section = "Refund",
             .depends_on = "type=refund"),
    M_F_LINK(fin_payment, cost_center, "Cost center", "finance.cost_center",
             .help = "Of write-offs.", .section = "Tax and write-offs"),
    M_F_STR(fin_payment, narration, "Narration", .max = 500),
    M_F_LIST(fin_payment, allocations, "Allocations", &fin_allocation_type,
             .max = FIN_ALLOCATIONS_MAX),
    M_F_MONEY(fin_payment, allocated, "Allocated", .flags = M_READONLY),
    M_F_MONEY(fin_payment, unallocated, "Unallocated", .flags = M_READONLY),
    M_F_MONEY(fin_payment, refunded, "Refunded", .flags = M_READONLY),
    M_F_INT(fin_payment, batches, "Later allocations", .flags = M_READONLY | M_HIDDEN),
};
static const m_index indexes[] = {{"supplier,posting_date", false, NULL}, {NULL, false, NULL}};
const m_type fin_payment_record_type = {.name = "finance.payment",
                                        .schema = "finance",
                                        .table = "payment",
                                        .size = sizeof(fin_payment),
                                        M_FIELDS(fields),
                                        .indexes = indexes};

static const m_field input_fields[] = {
    M_F_DATE(fin_allocate_input, posting_date, "Date", .help = "Today when left empty."),
    M_F_LIST(fin_allocate_input, allocations, "Allocations", &fin_allocation_type,
             .max = FIN_ALLOCATIONS_MAX),
};
const m_type fin_allocate_input_type = {
    .name = "finance.allocate_input", .size = sizeof(fin_allocate_input), M_FIELDS(input_fields)};

static const m_move moves[] = {
    M_MOVE_SUBMIT(fin_payment_submit),
    {"allocate", "Allocate advance", "submitted", "submitted", M_CAN_SUBMIT, 0,
     &fin_allocate_input_type, fin_payment_allocate},
    M_MOVE_CANCEL(NULL, fin_payment_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle life = {m_states_submittable, "draft", moves};

const m_doctype fin_payment_doctype = {
    .type = &fin_payment_record_type,
    .module = "finance",
    .collection = "payments",
    .label = "Payment",
    .label_plural = "Payments",
    .group = "Accounts",
    .series = "PAY",
    .series_date = "posting_date",
    .life = &life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,type,supplier,posting_date,amount,unallocated,state",
    .search_fields = "number,reference,narration",
    .title_field = "number",
    .check = fin_payment_check,
};
