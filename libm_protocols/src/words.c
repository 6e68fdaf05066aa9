#include "m/words.h"

#include <stdlib.h>

static int by_text(const void *text, const void *word)
{
    return strcmp(text, ((const m_word *)word)->text);
}

const char *m_words_find(const m_words *words, const char *text)
{
    const m_word *found =
        words->count ? bsearch(text, words->words, words->count, sizeof *found, by_text) : NULL;
    return found ? found->said : NULL;
}

const char *m_say(const m_call *call, const char *text)
{
    for (const m_words *const *w = call->words; text && w && *w; w++) {
        const char *said = m_words_find(*w, text);
        if (said) return said;
    }
    return text;
}

/* "hi-IN;q=0.8" → "hi" and 800; a weight that cannot be read is none. */
static m_str one_range(m_str part, int *out_weight)
{
    size_t n = 0;
    while (n < part.n && part.p[n] != '-' && part.p[n] != ';' && part.p[n] != ' ')
        n++;
    const char *q = memchr(part.p, '=', part.n);
    *out_weight = 1000;
    if (q) {
        const char *end = part.p + part.n;
        int unit = 1000;
        *out_weight = 0;
        for (const char *c = q + 1; c < end && unit; c++) {
            if (*c == '.') continue;
            if (*c < '0' || *c > '9') break;
            *out_weight += (*c - '0') * unit;
            unit /= 10;
        }
    }
    return (m_str){part.p, n};
}

static const char *spoken(m_str language, const char *const *known)
{
    for (; *known; known++)
        if (m_str_is(language, *known)) return *known;
    return m_str_is(language, "en") ? "en" : NULL;
}

const char *m_language_of(m_str accepted, const char *const *known)
{
    const char *best = "en";
    int best_weight = 0;
    while (accepted.n) {
        const char *comma = memchr(accepted.p, ',', accepted.n);
        size_t n = comma ? (size_t)(comma - accepted.p) : accepted.n;
        int weight;
        m_str language = one_range(m_str_trim((m_str){accepted.p, n}), &weight);
        const char *found = spoken(language, known);
        if (found && weight > best_weight) {
            best = found;
            best_weight = weight;
        }
        n += comma ? 1 : 0;
        accepted = (m_str){accepted.p + n, accepted.n - n};
    }
    return best;
}

const char *m_language(const m_call *call)
{
    return call->words && *call->words ? (*call->words)->language : "en";
}
