#include "leave/leave.h"

static const m_field fields[] = {
    M_DOC_FIELDS(ppl_leave_type, m_states_active),
    M_F_STR(ppl_leave_type, code, "Code", .flags = M_REQUIRED | M_UNIQUE, .max = 20),
    M_F_STR(ppl_leave_type, name, "Name", .flags = M_REQUIRED),
    M_F_BOOL(ppl_leave_type, draws_balance, "Out of the allocation", .fallback = "true",
             .help = "Else it may be taken without an allocation."),
    M_F_DEC(ppl_leave_type, unpaid_fraction, "Unpaid share of the day", .flags = M_NON_NEGATIVE,
            .min = 0, .max = M_DEC_ONE, .help = "0: paid; 0.5: half paid; 1: unpaid."),
    M_F_DEC(ppl_leave_type, max_carry, "Most days carried over", .flags = M_NON_NEGATIVE),
    M_F_DEC(ppl_leave_type, max_encashable, "Most days paid out", .flags = M_NON_NEGATIVE),
    M_F_BOOL(ppl_leave_type, active, "Active", .fallback = "true"),
};
const m_type ppl_leave_type_type = {.name = "people.leave_type",
                                    .schema = "people",
                                    .table = "leave_type",
                                    .size = sizeof(ppl_leave_type),
                                    M_FIELDS(fields),
                                    .flags = M_TYPE_REFERENCE};

const m_doctype ppl_leave_type_doctype = {.type = &ppl_leave_type_type,
                                          .module = "people",
                                          .collection = "leave-types",
                                          .label = "Leave type",
                                          .label_plural = "Leave types",
                                          .group = "Leave",
                                          .code_field = "code",
                                          .permissions = ppl_permissions,
                                          .list_columns = "code,name,unpaid_fraction,max_carry,"
                                                          "max_encashable,active",
                                          .search_fields = "code,name",
                                          .title_field = "name"};

static const char *const reasons[] = {"allocated", "carried",  "lapsed", "taken",
                                      "encashed",  "reversed", NULL};

static const m_field entry_fields[] = {
    M_F_ID(ppl_leave_entry, id, "Id"),
    M_F_LINK(ppl_leave_entry, employee, "Employee", "people.employee"),
    M_F_LINK(ppl_leave_entry, leave_type, "Leave type", "people.leave_type"),
    M_F_DATE(ppl_leave_entry, date, "Date"),
    M_F_DEC(ppl_leave_entry, days, "Days", .flags = M_SUMMED),
    M_F_ENUM(ppl_leave_entry, reason, "Reason", reasons),
    M_F_STR(ppl_leave_entry, source_type, "Source type"),
    M_F_ID(ppl_leave_entry, source, "Source"),
};
static const m_index entry_indexes[] = {
    {"employee,leave_type,date", false, NULL}, {"source", false, NULL}, {NULL, false, NULL}};
const m_type ppl_leave_entry_type = {.name = "people.leave_entry",
                                     .schema = "people",
                                     .table = "leave_entry",
                                     .size = sizeof(ppl_leave_entry),
                                     M_FIELDS(entry_fields),
                                     .flags = M_TYPE_APPEND,
                                     .indexes = entry_indexes};
