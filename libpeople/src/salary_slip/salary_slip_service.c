#include "salary_slip/salary_slip.h"

#include "employee/employee.h"
#include "leave_application/leave_application.h"
#include "posting/posting.h"
#include "salary_structure/salary_structure.h"

/* ---- days ---- */

/* Of an application, the days inside first … last. */
static m_dec days_inside(const ppl_leave_application *leave, m_date first, m_date last)
{
    m_date from = m_date_cmp(leave->first_day, first) > 0 ? leave->first_day : first;
    m_date to = m_date_cmp(leave->last_day, last) < 0 ? leave->last_day : last;
    m_dec days = m_dec_of_int((int64_t)to.d - from.d + 1);
    bool half = leave->half_day && m_date_cmp(leave->last_day, last) <= 0;
    if (half) days.u -= M_DEC_ONE / 2;
    return days;
}

static m_status read_leave(const ppl *p, m_call *call, const ppl_salary_slip *slip, m_date last,
                           m_list *out)
{
    m_enum sanctioned = PPL_APPLICATION_SANCTIONED;
    m_filter filters[] = {{"employee", M_OP_EQ, &slip->employee},
                          {"first_day", M_OP_LE, &last},
                          {"last_day", M_OP_GE, &slip->month},
                          {"state", M_OP_EQ, &sanctioned}};
    m_query query = {.filters = filters, .filter_count = 4};
    m_fetch read = {.type = &ppl_leave_application_type, .query = &query};
    M_TRY(m_store_fetch(p->store, call, &read, 1));
    ppl_unpaid *leaves = m_arena_array(call->arena, read.count, sizeof *leaves);
    PPL_NEED(call, leaves);
    for (uint32_t i = 0; i < read.count; i++) {
        const ppl_leave_application *leave = read.records[i];
        leaves[i] = (ppl_unpaid){days_inside(leave, slip->month, last), leave->unpaid_fraction};
    }
    *out = (m_list){leaves, read.count};
    return M_OK;
}

m_status ppl_slip_days(const ppl *p, m_call *call, ppl_salary_slip *slip)
{
    const void *found = NULL;
    m_dec off, paid;
    m_list leaves;
    ppl_month_days days;
    m_date last = {m_date_add_months(slip->month, 1).d - 1};
    M_TRY(m_policy(p->masters, call, PPL_POLICY_WEEKLY_OFF, last, m_dec_of_int(PPL_WEEKLY_OFF),
                   &off));
    M_TRY(m_policy(p->masters, call, PPL_POLICY_HOLIDAYS_PAID, last, (m_dec){0}, &paid));
    M_TRY(m_store_need(p->store, call, &ppl_employee_type, slip->employee, &found));
    M_TRY(read_leave(p, call, slip, last, &leaves));
    slip->weekly_off = off.u / M_DEC_ONE;
    slip->holidays_paid = paid.u != 0;
    int weekly_off = slip->weekly_off > 7 ? 0 : (int)slip->weekly_off;
    PPL_TRY(call, ppl_payment_days(slip->month, weekly_off, slip->holidays_paid,
                                   ((const ppl_employee *)found)->joining_date, leaves.items,
                                   leaves.count, &days));
    slip->working_days = days.working;
    slip->lwp = days.lwp;
    slip->payment_days = days.payment;
    return M_OK;
}

/* ---- pay ---- */

/* The structure in force at the end of the month. */
static m_status read_structure(const ppl *p, m_call *call, ppl_salary_slip *slip,
                               const ppl_salary_structure **out)
{
    m_date last = {m_date_add_months(slip->month, 1).d - 1};
    m_filter filters[] = {{"employee", M_OP_EQ, &slip->employee},
                          {"effective_from", M_OP_LE, &last}};
    m_order newest = {"effective_from", true};
    m_query query = {
        .filters = filters, .filter_count = 2, .orders = &newest, .order_count = 1, .limit = 1};
    m_fetch read = {.type = &ppl_salary_structure_type, .query = &query};
    M_TRY(m_store_fetch(p->store, call, &read, 1));
    *out = read.count ? read.records[0] : NULL;
    if (*out) slip->structure = (*out)->id;
    if (!*out) m_field_fail(call, PPL_ERR(SLIP_STRUCTURE), M_STR("employee"), NULL);
    return M_OK;
}

static m_status refuse_second(const ppl *p, m_call *call, const ppl_salary_slip *slip)
{
    m_enum cancelled = M_CANCELLED;
    m_filter filters[] = {{"employee", M_OP_EQ, &slip->employee},
                          {"month", M_OP_EQ, &slip->month},
                          {"state", M_OP_NE, &cancelled},
                          {"id", M_OP_NE, &slip->id}};
    m_query query = {.filters = filters, .filter_count = 4};
    uint32_t n;
    M_TRY(m_store_count(p->store, call, &ppl_salary_slip_type, &query, 1, &n));
    if (n) m_field_fail(call, PPL_ERR(SLIP_EXISTS), M_STR("month"), NULL);
    return M_OK;
}

/* The base amounts of one kind: they sum to what the whole is worth. */
static m_status to_base(const ppl_salary_slip *slip, m_enum kind, m_dec whole, int places,
                        m_dec *out)
{
    m_dec weights[PPL_COMPONENTS] = {{0}}, parts[PPL_COMPONENTS];
    m_dec base = whole;
    uint32_t n = 0;
    if (slip->rate.u) M_TRY(m_to_base(whole, (m_rate){slip->rate, slip->per}, places, &base));
    *out = base;
    if (whole.u == 0) return M_OK;
    for (M_EACH(const ppl_slip_line, line, slip->lines))
        weights[n++] = line->kind == kind ? line->amount : (m_dec){0};
    M_TRY(m_money_split(base, places, weights, n, parts));
    n = 0;
    for (M_EACH(ppl_slip_line, line, slip->lines)) {
        if (line->kind == kind) line->amount_base = parts[n];
        n++;
    }
    return M_OK;
}

static m_status fill_lines(m_call *call, ppl_salary_slip *slip,
                           const ppl_salary_structure *structure, int places, int base_places)
{
    ppl_pay_component components[PPL_COMPONENTS];
    m_dec paid[PPL_COMPONENTS];
    ppl_pay_totals totals;
    uint32_t n = structure->components.count;
    ppl_pay_input_days in = {structure->base, slip->working_days, slip->payment_days, places};
    M_TRY(ppl_structure_components(call, structure, components));
    PPL_TRY(call, ppl_pay(&in, components, n, paid, &totals));
    ppl_slip_line *lines = m_arena_array(call->arena, n, sizeof *lines);
    PPL_NEED(call, lines);
    for (uint32_t i = 0; i < n; i++) {
        const ppl_salary_component *from = M_AT(structure->components, ppl_salary_component, i);
        lines[i] = (ppl_slip_line){
            .name = from->name, .kind = from->kind, .amount = paid[i], .account = from->account};
    }
    slip->lines = (m_list){lines, n};
    slip->gross = totals.gross;
    slip->deductions = totals.deductions;
    slip->net = totals.net;
    PPL_TRY(call, to_base(slip, PPL_EARNING, totals.gross, base_places, &slip->gross_base));
    PPL_TRY(call,
            to_base(slip, PPL_DEDUCTION, totals.deductions, base_places, &slip->deductions_base));
    PPL_TRY(call, m_dec_sub(slip->gross_base, slip->deductions_base, &slip->net_base));
    if (slip->net.u < 0) m_field_fail(call, PPL_ERR(SLIP_NEGATIVE), M_STR("net"), NULL);
    return M_OK;
}

m_status ppl_salary_slip_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_salary_slip *slip = record;
    const ppl_salary_structure *structure;
    m_currency_info currency;
    m_tenant_info tenant;
    if (m_id_is_null(slip->employee) || m_date_is_none(slip->month))
        return M_OK; /* told as required */
    slip->month = m_date_month(slip->month);
    if (m_date_is_none(slip->posting_date))
        slip->posting_date = (m_date){m_date_add_months(slip->month, 1).d - 1};
    if (m_id_is_null(slip->cost_center))
        M_TRY(ppl_cost_center(p, call, slip->employee, &slip->cost_center));
    if (m_id_is_null(slip->cost_center))
        m_field_fail(call, m_err_required, M_STR("cost_center"), NULL);
    M_TRY(refuse_second(p, call, slip));
    M_TRY(read_structure(p, call, slip, &structure));
    M_TRY(ppl_slip_days(p, call, slip));
    if (!structure) return M_OK;
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    int places = (int)tenant.currency_places;
    slip->currency = structure->currency;
    slip->rate = slip->per = (m_dec){0};
    slip->rate_from = M_DATE_NONE;
    if (!m_id_is_null(slip->currency)) {
        M_TRY(m_currency_on(p->masters, call, slip->currency, slip->posting_date, &currency));
        places = (int)currency.places;
        slip->rate = currency.base ? (m_dec){0} : currency.rate;
        slip->per = currency.base ? (m_dec){0} : currency.per;
        slip->rate_from = currency.valid_from;
    }
    return fill_lines(call, slip, structure, places, (int)tenant.currency_places);
}

/* ---- posting ---- */

static ppl_voucher voucher_of(const ppl_salary_slip *slip)
{
    return (ppl_voucher){.type = &ppl_salary_slip_type,
                         .doc = &slip->doc,
                         .voucher_type = "salary",
                         .purpose = "post",
                         .date = slip->posting_date};
}

m_status ppl_salary_slip_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl_salary_slip *slip = record;
    ppl_lines lines = {.call = call};
    for (M_EACH(const ppl_slip_line, line, slip->lines)) {
        bool earning = line->kind == PPL_EARNING;
        m_ledger_line to = {
            .account = line->account, .cost_center = slip->cost_center, .narration = line->name};
        if (m_id_is_null(line->account))
            to.purpose = earning ? M_STR("salary") : M_STR("salary_deduction");
        if (line->kind != PPL_STATISTICAL)
            M_TRY(
                ppl_debit(&lines, to, earning ? line->amount_base : m_dec_neg(line->amount_base)));
    }
    m_ledger_line payable = {.purpose = M_STR("salary_payable"), .party = slip->employee};
    M_TRY(ppl_credit(&lines, payable, slip->net_base));
    ppl_voucher voucher = voucher_of(slip);
    return ppl_post(module, call, &voucher, &lines);
}

m_status ppl_salary_slip_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl_salary_slip *slip = record;
    ppl_voucher voucher = voucher_of(slip);
    return ppl_unpost(module, call, &voucher, "cancel");
}
