/* What was checked of a voucher, account by account, and whether it is kept to. */
#include "pending_voucher/pending_voucher.h"

static fin_ceiling *place_of(fin_ceiling *all, uint32_t *n, const m_book_line *line)
{
    for (uint32_t i = 0; i < *n; i++)
        if (m_id_eq(all[i].account, line->account) &&
            m_id_eq(all[i].cost_center, line->cost_center))
            return &all[i];
    all[*n] = (fin_ceiling){.account = line->account, .cost_center = line->cost_center};
    return &all[(*n)++];
}

m_status fin_ceilings_of(m_call *call, const m_list *lines, fin_ceiling **out, uint32_t *out_count)
{
    fin_ceiling *all = m_arena_array(call->arena, lines->count, sizeof *all);
    uint32_t n = 0;
    FIN_NEED(call, all);
    for (M_EACH(const m_book_line, line, *lines)) {
        fin_ceiling *at = place_of(all, &n, line);
        FIN_TRY(call, m_dec_add(at->debit, line->debit, &at->debit));
        FIN_TRY(call, m_dec_add(at->credit, line->credit, &at->credit));
    }
    *out = all;
    *out_count = n;
    return M_OK;
}

m_str fin_ceilings_pack(const fin_ceiling *ceilings, uint32_t n)
{
    return (m_str){(const char *)ceilings, n * sizeof *ceilings};
}

m_status fin_ceilings_unpack(m_call *call, m_str bytes, fin_ceiling **out, uint32_t *out_count)
{
    uint32_t n = (uint32_t)(bytes.n / sizeof **out);
    fin_ceiling *all = m_arena_array(call->arena, n, sizeof *all);
    FIN_NEED(call, all);
    if (n) memcpy(all, bytes.p, n * sizeof *all); /* bytes may lie anywhere */
    *out = all;
    *out_count = n;
    return M_OK;
}

const char *fin_ceilings_beyond(const fin_ceiling *held, uint32_t held_count,
                                const fin_ceiling *posted, uint32_t posted_count)
{
    const char *what = NULL;
    for (uint32_t i = 0; i < posted_count; i++) {
        const fin_ceiling *found = NULL;
        for (uint32_t k = 0; k < held_count && !found; k++)
            if (m_id_eq(held[k].account, posted[i].account) &&
                m_id_eq(held[k].cost_center, posted[i].cost_center))
                found = &held[k];
        if (!found) return "it is posted to other accounts than were checked";
        if (posted[i].debit.u > found->debit.u || posted[i].credit.u > found->credit.u)
            what = "it is more than was checked";
    }
    return what;
}
