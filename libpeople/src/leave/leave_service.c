#include "leave/leave.h"

#include "employee/employee.h"
#include "posting/posting.h"

/* ---- the ledger of days ---- */

static m_status sum_days(const ppl *p, m_call *call, m_filter *filters, uint32_t n, m_dec *out)
{
    m_sum sum = {
        .type = &ppl_leave_entry_type, .filters = filters, .filter_count = n, .group_by = ""};
    M_TRY(m_store_sum(p->store, call, &sum));
    if (sum.out.count != 1) return m_fail(call, m_err_internal, "sum");
    *out = ((const ppl_leave_entry *)sum.out.items)->days;
    return M_OK;
}

m_status ppl_leave_balance(const ppl *p, m_call *call, const ppl_leave_of *of, m_date until,
                           m_dec *out)
{
    m_filter filters[] = {{"employee", M_OP_EQ, &of->employee},
                          {"leave_type", M_OP_EQ, &of->leave_type},
                          {"date", M_OP_LE, &until}};
    return sum_days(p, call, filters, m_date_is_none(until) ? 2 : 3, out);
}

m_status ppl_leave_taken(const ppl *p, m_call *call, const ppl_leave_of *of, m_date from, m_date to,
                         m_dec *out)
{
    /* what was taken back stands on the same days, from the same kind of document */
    m_str application = M_STR("people.leave_application");
    m_filter filters[] = {{"employee", M_OP_EQ, &of->employee},
                          {"leave_type", M_OP_EQ, &of->leave_type},
                          {"source_type", M_OP_EQ, &application},
                          {"date", M_OP_GE, &from},
                          {"date", M_OP_LE, &to}};
    m_dec sum;
    M_TRY(sum_days(p, call, filters, 5, &sum));
    *out = m_dec_neg(sum);
    return M_OK;
}

m_status ppl_leave_write(const ppl *p, m_call *call, const ppl_leave_of *of, const m_type *type,
                         m_id source, m_date date, m_enum reason, m_dec days)
{
    if (days.u == 0) return M_OK;
    ppl_leave_entry entry = {.id = m_new_id(call),
                             .employee = of->employee,
                             .leave_type = of->leave_type,
                             .date = date,
                             .days = days,
                             .reason = reason,
                             .source_type = m_str_of(type->name),
                             .source = source};
    return m_store_insert(p->store, call, &ppl_leave_entry_type, &entry);
}

m_status ppl_leave_reverse(const ppl *p, m_call *call, const ppl_leave_of *of, const m_type *type,
                           m_id source)
{
    m_filter filter = {"source", M_OP_EQ, &source};
    m_query query = {.filters = &filter, .filter_count = 1};
    m_fetch read = {.type = &ppl_leave_entry_type, .query = &query};
    m_dec balance;
    m_dec_sum sum = 0;
    M_TRY(m_store_fetch(p->store, call, &read, 1));
    M_TRY(ppl_leave_balance(p, call, of, M_DATE_NONE, &balance));
    for (uint32_t i = 0; i < read.count; i++)
        sum += ((const ppl_leave_entry *)read.records[i])->days.u;
    if (sum > balance.u) return m_fail(call, PPL_ERR(LEAVE_BALANCE), "days of it are used");
    for (uint32_t i = 0; i < read.count; i++) {
        const ppl_leave_entry *entry = read.records[i];
        M_TRY(ppl_leave_write(p, call, of, type, source, entry->date, PPL_LEAVE_REVERSED,
                              m_dec_neg(entry->days)));
    }
    return M_OK;
}

m_status ppl_leave_need(m_call *call, m_dec balance, m_dec days, const char *member)
{
    char text[M_DEC_TEXT];
    if (balance.u >= days.u) return M_OK;
    m_dec_format(balance, 0, text);
    m_field_fail(call, PPL_ERR(LEAVE_BALANCE), m_str_of(member), "%s days are left", text);
    return m_fail(call, PPL_ERR(LEAVE_BALANCE), "%s days are left", text);
}

/* ---- report ---- */

typedef struct {
    m_id employee;
    m_id leave_type;
    m_date as_of; /* none: today */
} params;

typedef struct {
    m_id employee;
    m_id leave_type;
    m_dec days;
} row;

static const m_field param_fields[] = {
    M_F_LINK(params, employee, "Employee", "people.employee"),
    M_F_LINK(params, leave_type, "Leave type", "people.leave_type"),
    M_F_DATE(params, as_of, "As of", .help = "Today when left empty."),
};
static const m_type params_type = {
    .name = "people.leave_balances_params", .size = sizeof(params), M_FIELDS(param_fields)};
static const m_field row_fields[] = {
    M_F_LINK(row, employee, "Employee", "people.employee"),
    M_F_LINK(row, leave_type, "Leave type", "people.leave_type"),
    M_F_DEC(row, days, "Days"),
};
static const m_type row_type = {
    .name = "people.leave_balances_row", .size = sizeof(row), M_FIELDS(row_fields)};

static m_status run(void *module, m_call *call, const void *in, m_list *out_rows)
{
    const ppl *p = module;
    const params *asked = in;
    m_date as_of = m_date_is_none(asked->as_of) ? m_today(call) : asked->as_of;
    m_filter filters[3] = {{"date", M_OP_LE, &as_of}};
    uint32_t n = 1;
    if (!m_id_is_null(asked->employee))
        filters[n++] = (m_filter){"employee", M_OP_EQ, &asked->employee};
    if (!m_id_is_null(asked->leave_type))
        filters[n++] = (m_filter){"leave_type", M_OP_EQ, &asked->leave_type};
    m_sum sum = {.type = &ppl_leave_entry_type,
                 .filters = filters,
                 .filter_count = n,
                 .group_by = "employee,leave_type"};
    M_TRY(m_store_sum(p->store, call, &sum));
    row *rows = m_arena_array(call->arena, sum.out.count, sizeof *rows);
    PPL_NEED(call, rows);
    uint32_t count = 0;
    for (M_EACH(const ppl_leave_entry, entry, sum.out))
        rows[count++] = (row){entry->employee, entry->leave_type, entry->days};
    *out_rows = (m_list){rows, count};
    return M_OK;
}

const m_report ppl_leave_balances_report = {.name = "leave-balances",
                                            .label = "Leave balances",
                                            .group = "Leave",
                                            .permissions = ppl_permissions,
                                            .params = &params_type,
                                            .row = &row_type,
                                            .run = run,
                                            .totals = "days"};
