#include "store_types.h"

static const m_field address_fields[] = {
    M_F_STR(sample_address, city, "City"),
    M_F_STR(sample_address, code, "Code"),
    M_F_DATE(sample_address, since, "Since"),
};
static const m_type address_type = {
    .name = "test.address", .size = sizeof(sample_address), M_FIELDS(address_fields)};

static const m_field line_fields[] = {
    M_F_LINK(sample_line, item, "Item", "test.sample"),
    M_F_STR(sample_line, note, "Note"),
    M_F_QTY(sample_line, qty, "Quantity"),
    M_F_STRUCT(sample_line, place, "Place", sample_address, &address_type),
};
static const m_type line_type = {
    .name = "test.line", .size = sizeof(sample_line), M_FIELDS(line_fields)};

static const char *const colours[] = {"red", "blue", "amber", NULL};

static const m_field sample_fields[] = {
    M_F_ID(sample, id, "Id"),
    M_F_INT(sample, version, "Version"),
    M_F_STR(sample, code, "Code", .flags = M_UNIQUE),
    M_F_STR(sample, name, "Name"),
    M_F_TEXT(sample, notes, "Notes"),
    M_F_BOOL(sample, active, "Active"),
    M_F_INT(sample, count, "Count"),
    M_F_LINK(sample, parent, "Parent", "test.sample"),
    M_F_DATE(sample, day, "Day"),
    M_F_TIME(sample, at, "At"),
    M_F_DEC(sample, rate, "Rate"),
    M_F_QTY(sample, qty, "Quantity"),
    M_F_MONEY(sample, amount, "Amount"),
    M_F_SUM(sample, total, "Total"),
    M_F_ENUM(sample, colour, "Colour", colours),
    M_F_BYTES(sample, raw, "Raw"),
    M_F_STRUCT(sample, address, "Address", sample_address, &address_type),
    M_F_LIST(sample, lines, "Lines", &line_type),
    M_F_LIST(sample, tags, "Tags", &address_type),
};
static const m_index sample_indexes[] = {
    {"name,address_code", true, "name <> ''"}, {"day", false, NULL}, {NULL, false, NULL}};
const m_type sample_type = {.name = "test.sample",
                            .schema = "test",
                            .table = "sample",
                            .size = sizeof(sample),
                            M_FIELDS(sample_fields),
                            .indexes = sample_indexes};

static const m_field balance_fields[] = {
    M_F_ID(balance, account, "Account", .flags = M_KEY),
    M_F_STR(balance, kind, "Kind", .flags = M_KEY),
    M_F_DATE(balance, month, "Month", .flags = M_KEY),
    M_F_SUM(balance, debit, "Debit", .flags = M_SUMMED),
    M_F_MONEY(balance, amount, "Amount", .flags = M_SUMMED),
    M_F_INT(balance, hits, "Hits", .flags = M_SUMMED),
    M_F_STR(balance, label, "Label"),
};
const m_type balance_type = {.name = "test.balance",
                             .schema = "test",
                             .table = "balance",
                             .size = sizeof(balance),
                             M_FIELDS(balance_fields)};

static const m_index entry_indexes[] = {{"account,posting_date", false, NULL}, {NULL, false, NULL}};
static const m_field entry_fields[] = {
    M_F_INT(entry, seq, "Seq", .flags = M_KEY),
    M_F_INT(entry, line_no, "Line", .flags = M_KEY),
    M_F_DATE(entry, posting_date, "Posting date", .flags = M_REQUIRED),
    M_F_LINK(entry, account, "Account", "test.sample"),
    M_F_MONEY(entry, debit, "Debit", .flags = M_SUMMED),
    M_F_STR(entry, text, "Text"),
    M_F_MONEY(entry, foreign, "In another currency", .flags = M_SUMMED | M_SPARSE),
};
const m_type entry_type = {.name = "test.entry",
                           .schema = "test",
                           .table = "entry",
                           .size = sizeof(entry),
                           M_FIELDS(entry_fields),
                           .flags = M_TYPE_APPEND | M_TYPE_MONTHLY,
                           .indexes = entry_indexes};

static const m_field reference_fields[] = {
    M_F_ID(reference, id, "Id"),
    M_F_INT(reference, version, "Version"),
    M_F_STR(reference, name, "Name"),
    M_F_DEC(reference, rate, "Rate"),
    M_F_LIST(reference, lines, "Lines", &line_type),
};
const m_type reference_type = {.name = "test.reference",
                               .schema = "test",
                               .table = "reference",
                               .size = sizeof(reference),
                               M_FIELDS(reference_fields),
                               .flags = M_TYPE_REFERENCE};

static const m_field shared_fields[] = {
    M_F_ID(shared, id, "Id"),
    M_F_STR(shared, name, "Name"),
};
const m_type shared_type = {.name = "test.shared",
                            .schema = "test",
                            .table = "shared",
                            .size = sizeof(shared),
                            M_FIELDS(shared_fields),
                            .flags = M_TYPE_NO_TENANT};

const m_type *const store_types[] = {&sample_type,    &balance_type, &entry_type,
                                     &reference_type, &shared_type,  NULL};
