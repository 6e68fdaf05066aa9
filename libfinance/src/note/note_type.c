#include "note/note.h"
#include "receipt/receipt.h"

#define NOTE_LINE_FIELDS(account_label, account_help)                                              \
    M_F_ID(fin_note_line, id, "Id", .flags = M_READONLY | M_HIDDEN),                               \
        M_F_ID(fin_note_line, invoice_line, "Line of the invoice",                                 \
               .help = "Item, account and tax come from it."),                                     \
        M_F_LINK(fin_note_line, item, "Item", "core.item"),                                        \
        M_F_STR(fin_note_line, description, "Description"),                                        \
        M_F_QTY(fin_note_line, qty, "Quantity", .flags = M_NON_NEGATIVE),                          \
        M_F_MONEY(fin_note_line, allowance, "Allowance", .flags = M_NON_NEGATIVE,                  \
                  .help = "Instead of a quantity: so much off the net of the line."),              \
        M_F_DEC(fin_note_line, rate, "Rate", .flags = M_NON_NEGATIVE,                              \
                .help = "Price of one unit, without an invoice."),                                 \
        M_F_MONEY(fin_note_line, amount, "Amount", .flags = M_READONLY),                           \
        M_F_LINK(fin_note_line, account, account_label, "finance.account", .help = account_help),  \
        M_F_LINK(fin_note_line, cost_center, "Cost center", "finance.cost_center"),                \
        M_F_LINK(fin_note_line, tax, "Tax", "core.tax"),                                           \
        M_F_MONEY(fin_note_line, net, "Net", .flags = M_READONLY),                                 \
        M_F_MONEY(fin_note_line, cost_tax, "Tax in the cost", .flags = M_READONLY),                \
        M_F_MONEY(fin_note_line, grni_value, "Receipt value", .flags = M_READONLY),                \
        M_F_MONEY(fin_note_line, grni_foreign, "Receipt value in the order's currency",            \
                  .flags = M_READONLY | M_SPARSE),                                                 \
        M_F_MONEY(fin_note_line, exchange, "Exchange difference", .flags = M_READONLY | M_SPARSE)

static const m_field credit_line_fields[] = {
    NOTE_LINE_FIELDS("Income account", "By the posting rule \"sales\" when left empty."),
};
static const m_type credit_line_type = {.name = "finance.credit_note_line",
                                        .size = sizeof(fin_note_line),
                                        M_FIELDS(credit_line_fields)};
static const m_field debit_line_fields[] = {
    NOTE_LINE_FIELDS("Account", "Without an invoice; else it comes from there."),
};
static const m_type debit_line_type = {
    .name = "finance.debit_note_line", .size = sizeof(fin_note_line), M_FIELDS(debit_line_fields)};

/* What both have after the party. */
#define NOTE_FIELDS(bills, returns, line_type, charge_type, allocation_type)                       \
    M_F_DATE(fin_note, posting_date, "Posting date", .help = "Today when left empty."),            \
        M_F_LINK(fin_note, invoice, "Invoice", bills,                                              \
                 .help = "Without lines: all that is left of it."),                                \
        M_F_LINK(fin_note, goods_return, "Return of the goods", returns),                          \
        M_F_STR(fin_note, reference, "Reference", .max = 60, .help = "The party's own number."),   \
        M_F_STR(fin_note, reason, "Reason", .flags = M_REQUIRED, .max = 500),                      \
        M_F_BOOL(fin_note, prices_include_tax, "Prices include tax"),                              \
        M_F_ENUM(fin_note, tax_rounding, "Round taxes per", fin_tax_roundings),                    \
        M_F_LIST(fin_note, lines, "Lines", line_type, .max = FIN_LINES_MAX),                       \
        M_F_LIST(fin_note, taxes, "Taxes", &fin_invoice_tax_type, .flags = M_READONLY),            \
        M_F_LIST(fin_note, charges, "Charges", charge_type, .flags = M_READONLY),                  \
        M_F_MONEY(fin_note, net_total, "Net total", .flags = M_READONLY),                          \
        M_F_MONEY(fin_note, tax_total, "Taxes and charges", .flags = M_READONLY),                  \
        M_F_MONEY(fin_note, rounding, "Rounding", .flags = M_READONLY),                            \
        M_F_MONEY(fin_note, grand_total, "Grand total", .flags = M_READONLY),                      \
        M_F_LIST(fin_note, allocations, "Allocations", allocation_type, .flags = M_READONLY,       \
                 .max = FIN_ALLOCATIONS_MAX),                                                      \
        M_F_MONEY(fin_note, allocated, "Allocated", .flags = M_READONLY),                          \
        M_F_MONEY(fin_note, unallocated, "Open credit", .flags = M_READONLY),                      \
        M_F_MONEY(fin_note, refunded, "Refunded", .flags = M_READONLY),                            \
        M_F_INT(fin_note, batches, "Later allocations", .flags = M_READONLY | M_HIDDEN),           \
        FIN_INVOICE_CURRENCY_FIELDS(fin_note),                                                     \
        M_F_MONEY(fin_note, base_unallocated, "Open credit in the books",                          \
                  .flags = M_READONLY | M_SPARSE)

static const m_field credit_fields[] = {
    M_DOC_FIELDS(fin_note, m_states_submittable),
    M_F_LINK(fin_note, customer, "Customer", "core.customer", .flags = M_REQUIRED),
    NOTE_FIELDS("finance.sales_invoice", "wms.customer_return", &credit_line_type,
                &fin_sales_charge_type, &fin_receipt_allocation_type),
};
static const m_index credit_indexes[] = {
    {"invoice", false, NULL}, {"customer,posting_date", false, NULL}, {NULL, false, NULL}};
const m_type fin_credit_note_type = {.name = "finance.sales_credit_note",
                                     .schema = "finance",
                                     .table = "sales_credit_note",
                                     .size = sizeof(fin_note),
                                     M_FIELDS(credit_fields),
                                     .indexes = credit_indexes};

static const m_field debit_fields[] = {
    M_DOC_FIELDS(fin_note, m_states_submittable),
    M_F_LINK(fin_note, supplier, "Supplier", "core.supplier", .flags = M_REQUIRED),
    NOTE_FIELDS("finance.purchase_invoice", "wms.purchase_return", &debit_line_type,
                &fin_purchase_charge_type, &fin_allocation_type),
};
static const m_index debit_indexes[] = {
    {"invoice", false, NULL}, {"supplier,posting_date", false, NULL}, {NULL, false, NULL}};
const m_type fin_debit_note_type = {.name = "finance.purchase_debit_note",
                                    .schema = "finance",
                                    .table = "purchase_debit_note",
                                    .size = sizeof(fin_note),
                                    M_FIELDS(debit_fields),
                                    .indexes = debit_indexes};

static const m_move credit_moves[] = {
    M_MOVE_SUBMIT(fin_credit_note_submit),
    {"allocate", "Allocate credit", "submitted", "submitted", M_CAN_SUBMIT, 0,
     &fin_receipt_allocate_type, fin_credit_note_allocate},
    M_MOVE_CANCEL(NULL, fin_credit_note_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle credit_life = {m_states_submittable, "draft", credit_moves};

const m_doctype fin_credit_note_doctype = {
    .type = &fin_credit_note_type,
    .module = "finance",
    .collection = "sales-credit-notes",
    .label = "Credit note",
    .label_plural = "Credit notes",
    .group = "Accounts",
    .series = "CN",
    .series_date = "posting_date",
    .life = &credit_life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,customer,invoice,posting_date,grand_total,unallocated,state",
    .search_fields = "number,reference,reason",
    .title_field = "number",
    .check = fin_credit_note_check,
};

static const m_move debit_moves[] = {
    M_MOVE_SUBMIT(fin_debit_note_submit),
    {"allocate", "Allocate credit", "submitted", "submitted", M_CAN_SUBMIT, 0,
     &fin_allocate_input_type, fin_debit_note_allocate},
    M_MOVE_CANCEL(NULL, fin_debit_note_cancel),
    {NULL, NULL, NULL, NULL, 0, 0, NULL, NULL},
};
static const m_lifecycle debit_life = {m_states_submittable, "draft", debit_moves};

const m_doctype fin_debit_note_doctype = {
    .type = &fin_debit_note_type,
    .module = "finance",
    .collection = "purchase-debit-notes",
    .label = "Debit note",
    .label_plural = "Debit notes",
    .group = "Accounts",
    .series = "DBN",
    .series_date = "posting_date",
    .life = &debit_life,
    .permissions = fin_voucher_permissions,
    .list_columns = "number,supplier,invoice,posting_date,grand_total,unallocated,state",
    .search_fields = "number,reference,reason",
    .title_field = "number",
    .check = fin_debit_note_check,
};
