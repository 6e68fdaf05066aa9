#include "year_closing/year_closing.h"

static m_status add(m_arena *arena, m_list *entries, uint32_t *capacity, fin_closing_entry entry)
{
    fin_closing_entry *added = m_list_add(arena, entries, capacity, sizeof entry);
    if (!added) return M_NOMEM;
    *added = entry;
    return M_OK;
}

m_status fin_close_results(m_arena *arena, const fin_result_balance *balances, uint32_t n,
                           m_id retained, m_list *out_entries)
{
    m_list entries = {0};
    uint32_t capacity = 0;
    m_dec_sum result = 0;
    for (uint32_t i = 0; i < n; i++) {
        m_id center = balances[i].cost_center;
        fin_closing_entry entry = {.account = balances[i].account, .cost_center = center};
        M_TRY(m_dec_of_sum(-balances[i].balance, &entry.amount));
        if (entry.amount.u) M_TRY(add(arena, &entries, &capacity, entry));
        result += balances[i].balance;
        if (i + 1 < n && m_id_eq(balances[i + 1].cost_center, center)) continue;
        entry.account = retained;
        M_TRY(m_dec_of_sum(result, &entry.amount));
        if (entry.amount.u) M_TRY(add(arena, &entries, &capacity, entry));
        result = 0;
    }
    *out_entries = entries;
    return M_OK;
}

const fin_fiscal_year *fin_year_find(const m_fetch *years, m_id id)
{
    for (uint32_t i = 0; i < years->count; i++) {
        const fin_fiscal_year *year = years->records[i];
        if (m_id_eq(year->id, id)) return year;
    }
    return NULL;
}
