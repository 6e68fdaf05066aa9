#include "simulate.h"

/* What must be refused, whatever state the company is in. */

static m_status journal_of(sim *s, m_call *call, const char *account, const char *day,
                           const char *debit, const char *credit)
{
    m_id one, bank;
    M_TRY(sim_account(s, call, account, &one));
    M_TRY(sim_account(s, call, "1120", &bank));
    return sim_make(s, call, SIM_JOURNAL, "finance/journal-vouchers",
                    sim_text(call,
                             "{'posting_date':'%s','lines':[{'account':'%s','debit':'%s'},"
                             "{'account':'%s','credit':'%s'}]}",
                             day, sim_id(call, one), debit, sim_id(call, bank), credit));
}

static const char *today(const sim *s, const m_call *call)
{
    char text[M_DATE_TEXT];
    m_date_format(s->today, text);
    return m_arena_copy(call->arena, text, strlen(text));
}

m_status sim_unbalanced(sim *s, m_call *call)
{
    return journal_of(s, call, "1110", today(s, call), "10.01", "10.00");
}

m_status sim_group_account(sim *s, m_call *call)
{
    return journal_of(s, call, "1100", today(s, call), "10.00", "10.00");
}

m_status sim_far_future(sim *s, m_call *call)
{
    return journal_of(s, call, "1110", "2088-08-08", "10.00", "10.00");
}

m_status sim_oversell(sim *s, m_call *call)
{
    uint32_t i = sim_roll(&s->dice, SIM_ITEMS);
    m_id item = s->items[s->below ? i | 1 : i]; /* one under FIFO is never below zero */
    return sim_make(s, call, SIM_ISSUE, "wms/stock-issues",
                    sim_text(call, "{'warehouse':'%s','lines':[{'item':'%s','qty':'10000000'}]}",
                             sim_id(call, s->depot), sim_id(call, item)));
}

m_status sim_unknown_link(sim *s, m_call *call)
{
    m_id nothing = m_new_id(call);
    return sim_make(s, call, SIM_ORDER, "wms/purchase-orders",
                    sim_text(call,
                             "{'supplier':'%s','warehouse':'%s','lines':[{'item':'%s','qty':'1',"
                             "'rate':'1'}]}",
                             sim_id(call, s->suppliers[0]), sim_id(call, s->depot),
                             sim_id(call, nothing)));
}

m_status sim_overpay(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_SALE);
    const m_type *type;
    const void *found;
    if (m_id_is_null(id)) return m_fail(call, m_err_not_found, "nothing sold yet");
    M_TRY(sim_read(s, call, "finance/sales-invoices", id, &type, &found));
    return sim_make(s, call, SIM_RECEIPT, "finance/receipts",
                    sim_text(call,
                             "{'customer':'%s','amount':'99999999','allocations':[{'invoice':'%s',"
                             "'amount':'99999999'}]}",
                             sim_id(call, sim_link(type, found, "customer")), sim_id(call, id)));
}

m_status sim_twice(sim *s, m_call *call)
{
    m_id id = sim_any(s, SIM_ORDER);
    if (m_id_is_null(id)) return m_fail(call, m_err_not_found, "nothing ordered yet");
    return sim_move(s, call, "wms/purchase-orders", id, "submit", m_str_of("{}"));
}

m_status sim_bad_form(sim *s, m_call *call)
{
    static const char *const amounts[] = {"NaN", "1e5", "-5", "0.0000001", "ten", ""};
    return journal_of(s, call, "1110", today(s, call), amounts[sim_roll(&s->dice, 6)], "5");
}
