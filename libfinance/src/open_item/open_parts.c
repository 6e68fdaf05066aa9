#include "open_item/open_item.h"
#include <stdlib.h>

static int by_due(const void *a, const void *b)
{
    const fin_open_item *x = a, *y = b;
    int order = m_date_cmp(x->due_date, y->due_date);
    if (order == 0) order = m_date_cmp(x->posting_date, y->posting_date);
    if (order == 0) order = m_id_cmp(x->document, y->document);
    return order ? order : (x->instalment > y->instalment) - (x->instalment < y->instalment);
}

m_status fin_open_parts(m_arena *arena, const m_fetch *items, const m_fetch *instalments,
                        m_list *out)
{
    size_t most = (size_t)items->count + instalments->count;
    fin_open_item *parts = m_arena_array(arena, most, sizeof *parts);
    if (!parts) return M_NOMEM;
    uint32_t n = 0;
    for (uint32_t i = 0; i < items->count; i++) {
        const fin_open_item *item = items->records[i];
        if (item->instalments == 0) parts[n++] = *item;
    }
    for (uint32_t i = 0; i < instalments->count; i++)
        parts[n++] = *(const fin_open_item *)instalments->records[i];
    if (n) qsort(parts, n, sizeof *parts, by_due);
    *out = (m_list){parts, n};
    return M_OK;
}
