#include "leave_encashment/leave_encashment.h"

#include "posting/posting.h"

m_status ppl_leave_encashment_check(void *module, m_call *call, void *record, const void *before)
{
    (void)before;
    const ppl *p = module;
    ppl_leave_encashment *doc = record;
    ppl_leave_of whose = {doc->employee, doc->leave_type};
    const void *found = NULL;
    m_tenant_info tenant;
    m_dec now;
    if (m_id_is_null(doc->employee) || m_id_is_null(doc->leave_type) || doc->per_day.u <= 0)
        return M_OK; /* the field table tells */
    if (m_date_is_none(doc->posting_date)) doc->posting_date = m_today(call);
    M_TRY(m_masters_tenant(p->masters, call, &(m_ids){{0}}, &tenant));
    ppl_check_places(call, doc->per_day, tenant.currency_places, M_STR("per_day"));
    if (m_id_is_null(doc->cost_center))
        M_TRY(ppl_cost_center(p, call, doc->employee, &doc->cost_center));
    if (m_id_is_null(doc->cost_center))
        m_field_fail(call, m_err_required, M_STR("cost_center"), NULL);
    M_TRY(m_store_get(p->store, call, &ppl_leave_type_type, doc->leave_type, &found));
    const ppl_leave_type *type = found;
    if (!type) return M_OK; /* told as a link that leads nowhere */
    M_TRY(ppl_leave_balance(p, call, &whose, doc->posting_date, &now));
    M_TRY(ppl_leave_balance(p, call, &whose, M_DATE_NONE, &doc->balance));
    if (now.u < doc->balance.u) doc->balance = now;
    PPL_TRY(call, ppl_leave_encash(doc->balance, type->max_encashable, doc->per_day,
                                   (int)tenant.currency_places, &doc->days, &doc->amount));
    if (doc->days.u == 0)
        m_field_fail(call, PPL_ERR(LEAVE_BALANCE), M_STR("leave_type"), "no day can be paid out");
    return M_OK;
}

static ppl_voucher voucher_of(const ppl_leave_encashment *doc)
{
    return (ppl_voucher){.type = &ppl_leave_encashment_type,
                         .doc = &doc->doc,
                         .voucher_type = "leave_encashment",
                         .purpose = "post",
                         .date = doc->posting_date};
}

m_status ppl_leave_encashment_submit(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl *p = module;
    const ppl_leave_encashment *doc = record;
    ppl_leave_of whose = {doc->employee, doc->leave_type};
    ppl_lines lines = {.call = call};
    m_ledger_line expense = {.purpose = M_STR("leave_encashment"), .cost_center = doc->cost_center};
    m_ledger_line payable = {.purpose = M_STR("salary_payable"), .party = doc->employee};
    M_TRY(ppl_move(&lines, expense, payable, doc->amount));
    ppl_voucher voucher = voucher_of(doc);
    M_TRY(ppl_post(p, call, &voucher, &lines));
    return ppl_leave_write(p, call, &whose, &ppl_leave_encashment_type, doc->id, doc->posting_date,
                           PPL_LEAVE_ENCASHED, m_dec_neg(doc->days));
}

m_status ppl_leave_encashment_cancel(void *module, m_call *call, void *record, const void *input)
{
    (void)input;
    const ppl_leave_encashment *doc = record;
    ppl_leave_of whose = {doc->employee, doc->leave_type};
    ppl_voucher voucher = voucher_of(doc);
    M_TRY(ppl_unpost(module, call, &voucher, "cancel"));
    return ppl_leave_reverse(module, call, &whose, &ppl_leave_encashment_type, doc->id);
}
