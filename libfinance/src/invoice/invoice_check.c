#include "invoice/invoice.h"

/* Ids without the null ones, so that nobody is asked for nothing. */
static m_status compact(m_call *call, const fin_bill *bill, size_t member, m_ids *out)
{
    m_id *ids = m_arena_array(call->arena, bill->count, sizeof *ids);
    FIN_NEED(call, ids);
    uint32_t n = 0;
    for (uint32_t i = 0; i < bill->count; i++) {
        const m_id *id = (const m_id *)((const char *)bill->lines[i] + member);
        if (!m_id_is_null(*id)) ids[n++] = *id;
    }
    out->ids = (m_list){ids, n};
    return M_OK;
}

m_status fin_bill_items(fin_module *fin, m_call *call, const fin_bill *bill, m_list *out)
{
    m_ids in;
    m_items items = {0};
    m_item_info *infos = m_arena_array(call->arena, bill->count, sizeof *infos);
    FIN_NEED(call, infos);
    M_TRY(compact(call, bill, offsetof(fin_bill_line, item), &in));
    if (in.ids.count) M_TRY(m_masters_items(fin->masters, call, &in, &items));
    if (items.items.count != in.ids.count) return m_fail(call, m_err_internal, NULL);
    uint32_t at = 0;
    for (uint32_t i = 0; i < bill->count; i++) {
        fin_bill_line *line = bill->lines[i];
        if (m_id_is_null(line->item)) continue;
        infos[i] = *M_AT(items.items, m_item_info, at++);
        if (m_id_is_null(infos[i].id))
            m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "item"), NULL);
        else if (line->description.n == 0)
            line->description = infos[i].name;
    }
    *out = (m_list){infos, bill->count};
    return M_OK;
}

/* What a price holds of these cannot be told. */
static bool cannot_be_included(const m_tax_info *tax)
{
    for (M_EACH(const m_tax_component, component, tax->components))
        if (component->fixed.u || component->adds_to_base) return !tax->reverse_charge;
    return false;
}

m_status fin_bill_taxes(fin_module *fin, m_call *call, const fin_bill *bill, m_list *out)
{
    m_ids in;
    m_taxes taxes = {0};
    m_tax_info *infos = m_arena_array(call->arena, bill->count, sizeof *infos);
    FIN_NEED(call, infos);
    M_TRY(compact(call, bill, offsetof(fin_bill_line, tax), &in));
    if (in.ids.count) M_TRY(m_masters_taxes(fin->masters, call, &in, &taxes));
    if (taxes.taxes.count != in.ids.count) return m_fail(call, m_err_internal, NULL);
    uint32_t at = 0;
    for (uint32_t i = 0; i < bill->count; i++) {
        if (m_id_is_null(bill->lines[i]->tax)) continue;
        infos[i] = *M_AT(taxes.taxes, m_tax_info, at++);
        if (m_id_is_null(infos[i].id))
            m_field_fail(call, m_err_link, m_line_path(call, "lines", i, "tax"), NULL);
        if (bill->invoice->prices_include_tax && cannot_be_included(&infos[i]))
            m_field_fail(call, FIN_ERR(TAX_INCLUDED), m_line_path(call, "lines", i, "tax"), "%.*s",
                         M_STR_ARG(infos[i].code));
    }
    *out = (m_list){infos, bill->count};
    return M_OK;
}

void fin_judge_account(m_call *call, const fin_account *account, m_id cost_center, const char *list,
                       uint32_t i)
{
    if (!account) return; /* told as a link that leads nowhere */
    const m_error_def *fault = NULL;
    if (account->is_group) fault = FIN_ERR(ACCOUNT_GROUP);
    if (!account->active) fault = FIN_ERR(ACCOUNT_INACTIVE);
    if (fin_account_is_kept(account->kind)) fault = FIN_ERR(ACCOUNT_KEPT);
    if (fault)
        m_field_fail(call, fault, m_line_path(call, list, i, "account"), "%.*s %.*s",
                     M_STR_ARG(account->code), M_STR_ARG(account->name));
    if (fin_account_is_result(account) && m_id_is_null(cost_center))
        m_field_fail(call, FIN_ERR(CENTER_REQUIRED), m_line_path(call, list, i, "cost_center"),
                     "%.*s %.*s", M_STR_ARG(account->code), M_STR_ARG(account->name));
}

m_status fin_bill_accounts(fin_module *fin, m_call *call, const fin_bill *bill)
{
    m_ids in;
    M_TRY(compact(call, bill, offsetof(fin_bill_line, account), &in));
    if (in.ids.count == 0) return M_OK;
    m_fetch read = {.type = &fin_account_type, .ids = in.ids.items, .key_count = in.ids.count};
    M_TRY(m_store_fetch(fin->store, call, &read, 1));
    uint32_t at = 0;
    for (uint32_t i = 0; i < bill->count; i++)
        if (!m_id_is_null(bill->lines[i]->account))
            fin_judge_account(call, read.records[at++], bill->lines[i]->cost_center, "lines", i);
    return M_OK;
}
