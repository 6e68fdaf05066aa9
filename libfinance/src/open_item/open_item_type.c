#include "open_item/open_item.h"

const char *const fin_open_kinds[] = {
    "invoice", "advance", "receivable", "customer_advance", "credit", "customer_credit", NULL};

#define OPEN_FIELDS                                                                                \
    M_F_ENUM(fin_open_item, kind, "Kind", fin_open_kinds),                                         \
        M_F_ID(fin_open_item, party, "Party", .flags = M_REQUIRED),                                \
        M_F_STR(fin_open_item, number, "Number"),                                                  \
        M_F_STR(fin_open_item, reference, "Bill number"),                                          \
        M_F_DATE(fin_open_item, posting_date, "Posting date"),                                     \
        M_F_DATE(fin_open_item, due_date, "Due date"), M_F_MONEY(fin_open_item, amount, "Amount"), \
        M_F_MONEY(fin_open_item, credited, "Credited", .flags = M_NON_NEGATIVE),                   \
        M_F_MONEY(fin_open_item, outstanding, "Outstanding", .flags = M_NON_NEGATIVE),             \
        M_F_LINK(fin_open_item, currency, "Currency", "core.currency", .flags = M_SPARSE),         \
        M_F_MONEY(fin_open_item, base_amount, "Amount in the books", .flags = M_SPARSE),           \
        M_F_MONEY(fin_open_item, base_outstanding, "Outstanding in the books", .flags = M_SPARSE)

static const m_index indexes[] = {{"party,due_date", false, NULL}, {NULL, false, NULL}};

static const m_field fields[] = {
    M_F_ID(fin_open_item, document, "Document", .flags = M_KEY),
    M_F_INT(fin_open_item, instalments, "Instalments"),
    OPEN_FIELDS,
};
const m_type fin_open_item_type = {.name = "finance.open_item",
                                   .schema = "finance",
                                   .table = "open_item",
                                   .size = sizeof(fin_open_item),
                                   M_FIELDS(fields),
                                   .indexes = indexes};

static const m_field part_fields[] = {
    M_F_ID(fin_open_item, document, "Document", .flags = M_KEY),
    M_F_INT(fin_open_item, instalment, "Instalment", .flags = M_KEY),
    OPEN_FIELDS,
};
const m_type fin_instalment_type = {.name = "finance.instalment",
                                    .schema = "finance",
                                    .table = "instalment",
                                    .size = sizeof(fin_open_item),
                                    M_FIELDS(part_fields),
                                    .indexes = indexes};
