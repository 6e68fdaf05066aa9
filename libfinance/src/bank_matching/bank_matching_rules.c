#include <stdlib.h>

#include "bank_matching/bank_matching.h"

m_dec fin_bank_default(const char *policy)
{
#define X(name, label, value)                                                                      \
    if (strcmp(policy, name) == 0) return m_dec_of_int(value);
    FIN_BANK_POLICIES(X)
#undef X
    return (m_dec){0};
}

/* ---- texts ---- */

/* Shorter names would be found everywhere. */
static bool holds(m_str text, m_str part)
{
    if (part.n < 3) return false;
    for (size_t i = 0; i + part.n <= text.n; i++)
        if (fin_compare_text((m_str){text.p + i, part.n}, part) == 0) return true;
    return false;
}

/* ---- score ---- */

static int64_t day_points(const fin_bank_scoring *s, m_date a, m_date b)
{
    int64_t days = a.d > b.d ? a.d - b.d : b.d - a.d;
    if (days == 0) return s->same_day;
    if (days <= s->near_days) return s->near;
    return days <= s->far_days ? s->far : 0;
}

static bool has_reference(const fin_bank_candidate *candidate, m_str reference)
{
    for (int i = 0; i < FIN_BANK_REFERENCES; i++)
        if (fin_same_text(candidate->references[i], reference)) return true;
    return false;
}

static int64_t points(const fin_bank_scoring *s, const fin_bank_line *line,
                      const fin_bank_candidate *candidate)
{
    return (has_reference(candidate, line->reference) ? s->reference : 0) +
           day_points(s, line->date, candidate->date) +
           (holds(line->narration, candidate->party) ? s->party : 0);
}

int64_t fin_bank_score(const fin_bank_scoring *scoring, const fin_bank_line *line,
                       const fin_bank_candidate *candidate)
{
    return line->amount.u == candidate->amount.u ? points(scoring, line, candidate) : 0;
}

/* ---- pairs ---- */

typedef struct {
    m_arena *arena;
    const fin_bank_scoring *scoring;
    const fin_bank_line *lines;
    uint32_t line_count;
    const fin_bank_candidate *candidates;
    uint32_t count;
    bool *line_taken;
    bool *taken;
    uint32_t *line_ties; /* free pairs of the score looked at */
    uint32_t *ties;
    m_list pairs;
    uint32_t capacity;
} pairing;

static m_status add_pair(pairing *p, uint32_t line, int64_t score, uint32_t *candidates, uint32_t n)
{
    if (p->pairs.count == FIN_BANK_PAIRS_MAX) return M_RANGE;
    fin_bank_pair *pair = m_list_add(p->arena, &p->pairs, &p->capacity, sizeof *pair);
    if (!pair) return M_NOMEM;
    *pair = (fin_bank_pair){line, score, false, candidates, n};
    return M_OK;
}

/* A candidate by its amount, or by one of its references. */
typedef struct {
    m_dec amount;
    m_str reference;
    uint32_t candidate;
} place;

static int by_amount(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = m_dec_cmp(x->amount, y->amount);
    return order ? order : (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

static int by_reference(const void *a, const void *b)
{
    const place *x = a, *y = b;
    int order = fin_compare_text(x->reference, y->reference);
    return order ? order : (x->candidate > y->candidate) - (x->candidate < y->candidate);
}

/* The first of n sorted places that is not below key. */
static uint32_t first_place(const place *places, uint32_t n, const place *key,
                            int (*compare)(const void *, const void *))
{
    uint32_t low = 0, high = n;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(&places[middle], key) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static m_status find_singles(pairing *p)
{
    place *places = m_arena_array(p->arena, p->count, sizeof *places);
    if (!places) return M_NOMEM;
    for (uint32_t i = 0; i < p->count; i++)
        places[i] = (place){.amount = p->candidates[i].amount, .candidate = i};
    qsort(places, p->count, sizeof *places, by_amount);
    for (uint32_t l = 0; l < p->line_count; l++) {
        const fin_bank_line *line = &p->lines[l];
        place key = {.amount = line->amount};
        if (line->match) continue;
        uint32_t i = first_place(places, p->count, &key, by_amount);
        for (; i < p->count && places[i].amount.u == line->amount.u; i++) {
            int64_t score = points(p->scoring, line, &p->candidates[places[i].candidate]);
            if (score < p->scoring->suggest) continue;
            M_TRY(add_pair(p, l, score, &places[i].candidate, 1));
        }
    }
    return M_OK;
}

static int best_first(const void *a, const void *b)
{
    const fin_bank_pair *x = a, *y = b;
    if (x->score != y->score) return x->score < y->score ? 1 : -1;
    if (x->line != y->line) return x->line < y->line ? -1 : 1;
    uint32_t c = x->candidates[0], d = y->candidates[0];
    return (c > d) - (c < d);
}

static bool is_free(const pairing *p, const fin_bank_pair *pair)
{
    bool free = !p->line_taken[pair->line];
    for (uint32_t i = 0; i < pair->count; i++)
        free &= !p->taken[pair->candidates[i]];
    return free;
}

static void count_ties(const pairing *p, const fin_bank_pair *pair, int by)
{
    p->line_ties[pair->line] += (uint32_t)by;
    for (uint32_t i = 0; i < pair->count; i++)
        p->ties[pair->candidates[i]] += (uint32_t)by;
}

static bool is_alone(const pairing *p, const fin_bank_pair *pair)
{
    bool alone = p->line_ties[pair->line] == 1;
    for (uint32_t i = 0; i < pair->count; i++)
        alone &= p->ties[pair->candidates[i]] == 1;
    return alone;
}

/* Pairs of one score: certain is what no other free pair of that score contests. */
static void decide_level(const pairing *p, fin_bank_pair *pairs, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++)
        if (is_free(p, &pairs[i])) count_ties(p, &pairs[i], 1);
    for (uint32_t i = 0; i < n; i++)
        pairs[i].certain = is_free(p, &pairs[i]) && is_alone(p, &pairs[i]);
    for (uint32_t i = 0; i < n; i++)
        if (is_free(p, &pairs[i])) count_ties(p, &pairs[i], -1);
    for (uint32_t i = 0; i < n; i++) {
        if (!pairs[i].certain) continue;
        p->line_taken[pairs[i].line] = true;
        for (uint32_t c = 0; c < pairs[i].count; c++)
            p->taken[pairs[i].candidates[c]] = true;
    }
}

static void decide(const pairing *p, uint32_t from)
{
    fin_bank_pair *pairs = M_AT(p->pairs, fin_bank_pair, 0);
    if (p->pairs.count == from) return;
    qsort(pairs + from, p->pairs.count - from, sizeof *pairs, best_first);
    for (uint32_t i = from; i < p->pairs.count && pairs[i].score >= p->scoring->automatic;) {
        uint32_t n = 1;
        while (i + n < p->pairs.count && pairs[i + n].score == pairs[i].score)
            n++;
        decide_level(p, pairs + i, n);
        i += n;
    }
}

/* ---- one line, many candidates ---- */

static m_status list_references(const pairing *p, place **out, uint32_t *out_count)
{
    uint32_t n = 0;
    place *places = m_arena_array(p->arena, (size_t)p->count * FIN_BANK_REFERENCES, sizeof *places);
    if (!places) return M_NOMEM;
    for (uint32_t i = 0; i < p->count; i++) {
        const fin_bank_candidate *candidate = &p->candidates[i];
        for (int r = 0; r < FIN_BANK_REFERENCES && !p->taken[i]; r++)
            if (candidate->references[r].n)
                places[n++] =
                    (place){.reference = m_str_trim(candidate->references[r]), .candidate = i};
    }
    qsort(places, n, sizeof *places, by_reference);
    *out = places;
    *out_count = n;
    return M_OK;
}

static m_status find_group(pairing *p, uint32_t l, const place *places, uint32_t n)
{
    const fin_bank_line *line = &p->lines[l];
    place key = {.reference = m_str_trim(line->reference)};
    uint32_t first = first_place(places, n, &key, by_reference);
    uint32_t count = 0;
    m_dec_sum sum = 0;
    int64_t worst = p->scoring->same_day;
    bool party = false;
    uint32_t end = first;
    while (end < n && fin_compare_text(places[end].reference, key.reference) == 0)
        end++;
    uint32_t *group = m_arena_array(p->arena, end - first, sizeof *group);
    if (!group) return M_NOMEM;
    for (uint32_t i = first; i < end; i++) {
        uint32_t c = places[i].candidate;
        if (count && group[count - 1] == c) continue; /* has it twice */
        int64_t day = day_points(p->scoring, line->date, p->candidates[c].date);
        group[count++] = c;
        sum += p->candidates[c].amount.u;
        if (day < worst) worst = day;
        party |= holds(line->narration, p->candidates[c].party);
    }
    int64_t score = p->scoring->reference + worst + (party ? p->scoring->party : 0);
    bool good = count > 1 && sum == line->amount.u && score >= p->scoring->suggest;
    return good ? add_pair(p, l, score, group, count) : M_OK;
}

static m_status find_groups(pairing *p)
{
    place *places;
    uint32_t n;
    M_TRY(list_references(p, &places, &n));
    for (uint32_t l = 0; l < p->line_count; l++) {
        bool wanted = !p->lines[l].match && !p->line_taken[l] && p->lines[l].reference.n;
        if (wanted) M_TRY(find_group(p, l, places, n));
    }
    return M_OK;
}

m_status fin_bank_pairs(m_arena *arena, const fin_bank_scoring *scoring, const m_list *lines,
                        const fin_bank_candidate *candidates, uint32_t n, m_list *out)
{
    pairing p = {.arena = arena,
                 .scoring = scoring,
                 .lines = lines->items,
                 .line_count = lines->count,
                 .candidates = candidates,
                 .count = n};
    p.line_taken = m_arena_array(arena, lines->count, sizeof(bool));
    p.line_ties = m_arena_array(arena, lines->count, sizeof(uint32_t));
    p.taken = m_arena_array(arena, n, sizeof(bool));
    p.ties = m_arena_array(arena, n, sizeof(uint32_t));
    if (!p.line_taken || !p.line_ties || !p.taken || !p.ties) return M_NOMEM;
    M_TRY(find_singles(&p));
    decide(&p, 0);
    uint32_t singles = p.pairs.count;
    M_TRY(find_groups(&p));
    decide(&p, singles);
    *out = p.pairs;
    return M_OK;
}
