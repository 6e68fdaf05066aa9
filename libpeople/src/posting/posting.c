#include "posting/posting.h"

#include "department/department.h"
#include "employee/employee.h"

m_status ppl_debit(ppl_lines *lines, m_ledger_line line, m_dec amount)
{
    if (amount.u == 0) return M_OK;
    m_ledger_line *added =
        m_list_add(lines->call->arena, &lines->lines, &lines->capacity, sizeof line);
    PPL_NEED(lines->call, added);
    *added = line;
    if (amount.u > 0)
        added->debit = amount;
    else
        added->credit = m_dec_neg(amount);
    return M_OK;
}

m_status ppl_credit(ppl_lines *lines, m_ledger_line line, m_dec amount)
{
    return ppl_debit(lines, line, m_dec_neg(amount));
}

m_status ppl_move(ppl_lines *lines, m_ledger_line to, m_ledger_line from, m_dec amount)
{
    M_TRY(ppl_debit(lines, to, amount));
    return ppl_credit(lines, from, amount);
}

m_status ppl_post(const ppl *p, m_call *call, const ppl_voucher *voucher, const ppl_lines *lines)
{
    m_ledger_voucher in = {.voucher_id = m_voucher_id(call, voucher->doc->id, voucher->purpose),
                           .voucher_type = m_str_of(voucher->voucher_type),
                           .voucher_no = voucher->doc->number,
                           .posting_date = voucher->date,
                           .source_type = m_str_of(voucher->type->name),
                           .source_id = voucher->doc->id,
                           .narration = voucher->narration,
                           .lines = lines->lines};
    m_ledger_result result;
    if (lines->lines.count == 0) return M_OK;
    M_TRY(m_ledger_prepare(p->ledger, call, &in, &result));
    return m_ledger_confirm(p->ledger, call, &in, &result);
}

m_status ppl_unpost(const ppl *p, m_call *call, const ppl_voucher *voucher, const char *mirror)
{
    m_ledger_reversal in = {.voucher_id = m_voucher_id(call, voucher->doc->id, voucher->purpose),
                            .source_type = m_str_of(voucher->type->name),
                            .source_id = voucher->doc->id,
                            .voucher_no = voucher->doc->number,
                            .reversal_id = m_voucher_id(call, voucher->doc->id, mirror)};
    m_ledger_result result;
    return m_ledger_reverse(p->ledger, call, &in, &result);
}

m_status ppl_numbered(m_call *call, const char *purpose, int64_t number, const char **out)
{
    const char *text = m_arena_printf(call->arena, "%s/%lld", purpose, (long long)number);
    PPL_NEED(call, text);
    *out = text;
    return M_OK;
}

void ppl_check_places(m_call *call, m_dec amount, int64_t places, m_str path)
{
    if (!m_dec_fits(amount, (int)places))
        m_field_fail(call, m_err_places, path, "the currency has %d", (int)places);
}

m_status ppl_cost_center(const ppl *p, m_call *call, m_id employee, m_id *out)
{
    const void *found = NULL;
    m_id center = {{0}};
    if (!m_id_is_null(employee))
        M_TRY(m_store_get(p->store, call, &ppl_employee_type, employee, &found));
    const ppl_employee *who = found;
    found = NULL;
    if (who && !m_id_is_null(who->department))
        M_TRY(m_store_get(p->store, call, &ppl_department_type, who->department, &found));
    if (found) center = ((const ppl_department *)found)->cost_center;
    *out = center;
    return M_OK;
}
