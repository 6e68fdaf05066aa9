#include <stdlib.h>

#include "revaluation/revaluation.h"

m_status fin_revalue(fin_revaluation_line *line, int places)
{
    m_dec worth = {0};
    if (line->foreign_amount.u)
        M_TRY(m_to_base(line->foreign_amount, (m_rate){line->rate, line->per}, places, &worth));
    line->worth = worth;
    line->gain.u = worth.u - line->booked.u - line->standing.u;
    return M_OK;
}

static int by_subject(const void *a, const void *b)
{
    const fin_revaluation_line *x = *(const fin_revaluation_line *const *)a;
    const fin_revaluation_line *y = *(const fin_revaluation_line *const *)b;
    int order = m_id_cmp(x->account, y->account);
    if (order == 0) order = m_id_cmp(x->document, y->document);
    return order ? order : (x->instalment > y->instalment) - (x->instalment < y->instalment);
}

/* Accounts keep in their balance what was posted to them; bills do not. */
static m_status collect(m_arena *arena, const m_fetch *earlier, fin_revaluation_line ***out,
                        size_t *out_count)
{
    size_t most = 0, n = 0;
    for (uint32_t i = 0; i < earlier->count; i++)
        most += ((const fin_revaluation *)earlier->records[i])->lines.count;
    fin_revaluation_line **all = m_arena_array(arena, most, sizeof *all);
    fin_revaluation_line *copies = m_arena_array(arena, most, sizeof *copies);
    if (!all || !copies) return M_NOMEM;
    for (uint32_t i = 0; i < earlier->count; i++) {
        const fin_revaluation *one = earlier->records[i];
        for (M_EACH(const fin_revaluation_line, line, one->lines)) {
            if (!m_id_is_null(line->account)) continue;
            copies[n] = *line;
            all[n] = &copies[n];
            n++;
        }
    }
    if (n) qsort(all, n, sizeof(fin_revaluation_line *), by_subject);
    *out = all;
    *out_count = n;
    return M_OK;
}

/* The first of the sorted ones that is this one; NULL: none. */
static fin_revaluation_line *find(fin_revaluation_line **sorted, size_t n,
                                  const fin_revaluation_line *wanted)
{
    if (n == 0) return NULL;
    fin_revaluation_line **found =
        bsearch(&wanted, sorted, n, sizeof(fin_revaluation_line *), by_subject);
    return found ? *found : NULL;
}

/* One of each, with the sum of what it gained in `standing`. */
static size_t join_same(fin_revaluation_line **sorted, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept && by_subject(&sorted[kept - 1], &sorted[i]) == 0) {
            sorted[kept - 1]->standing.u += sorted[i]->gain.u;
            continue;
        }
        sorted[i]->standing = sorted[i]->gain;
        sorted[kept++] = sorted[i];
    }
    return kept;
}

m_status fin_revaluation_standing(m_arena *arena, const m_fetch *earlier, m_list *lines,
                                  uint32_t *capacity)
{
    fin_revaluation_line **sorted;
    size_t n;
    M_TRY(collect(arena, earlier, &sorted, &n));
    n = join_same(sorted, n);
    for (M_EACH(fin_revaluation_line, line, *lines)) {
        fin_revaluation_line *was = find(sorted, n, line);
        if (!was) continue;
        line->standing = was->standing;
        was->standing = (m_dec){0};
    }
    for (size_t i = 0; i < n; i++) {
        if (sorted[i]->standing.u == 0) continue;
        fin_revaluation_line *gone = m_list_add(arena, lines, capacity, sizeof *gone);
        if (!gone) return M_NOMEM;
        *gone = *sorted[i];
        gone->foreign_amount = gone->booked = (m_dec){0};
    }
    return M_OK;
}

m_status fin_revaluation_total(fin_revaluation *revaluation)
{
    uint32_t n = 0;
    m_dec_sum gains = 0, losses = 0;
    fin_revaluation_line *lines = revaluation->lines.items;
    for (uint32_t i = 0; i < revaluation->lines.count; i++) {
        if (lines[i].gain.u == 0) continue;
        if (lines[i].gain.u > 0)
            gains += lines[i].gain.u;
        else
            losses -= lines[i].gain.u;
        lines[n++] = lines[i];
    }
    revaluation->lines.count = n;
    m_dec total;
    M_TRY(m_dec_of_sum(gains, &total));
    revaluation->gains = total;
    return m_dec_of_sum(losses, &revaluation->losses);
}
