#include "m/value.h"

typedef unsigned __int128 wide;

/* ISO 4217: currencies whose minor unit is not 1/100. */
static const struct {
    char code[4];
    int places;
} currencies[] = {
    {"BHD", 3}, {"BIF", 0}, {"CLF", 4}, {"CLP", 0}, {"DJF", 0}, {"GNF", 0}, {"IQD", 3},
    {"ISK", 0}, {"JOD", 3}, {"JPY", 0}, {"KMF", 0}, {"KRW", 0}, {"KWD", 3}, {"LYD", 3},
    {"OMR", 3}, {"PYG", 0}, {"RWF", 0}, {"TND", 3}, {"UGX", 0}, {"UYI", 0}, {"UYW", 4},
    {"VND", 0}, {"VUV", 0}, {"XAF", 0}, {"XOF", 0}, {"XPF", 0},
};

int m_currency_places(m_currency currency)
{
    for (size_t i = 0; i < sizeof currencies / sizeof currencies[0]; i++)
        if (memcmp(currencies[i].code, currency.code, 3) == 0) return currencies[i].places;
    return 2;
}

/* A split under way: `total` smallest units over weights that sum to `sum`. */
typedef struct {
    const m_dec *weights;
    size_t n;
    wide total;
    wide sum;
} split;

static wide share(const split *s, size_t i, wide *rest)
{
    wide product = s->total * (uint64_t)s->weights[i].u;
    wide whole = product / s->sum;
    *rest = product - whole * s->sum;
    return whole;
}

static size_t count_rests_from(const split *s, wide least)
{
    size_t count = 0;
    for (size_t i = 0; i < s->n; i++) {
        wide rest;
        share(s, i, &rest);
        count += rest >= least;
    }
    return count;
}

/* Largest t such that at least `units` parts have a remainder ≥ t. Searching the value instead of
 * sorting the parts needs no memory however many parts there are. */
static wide find_threshold(const split *s, size_t units)
{
    wide low = 0; /* every remainder is ≥ 0 */
    wide high = s->sum;
    while (high - low > 1) {
        wide middle = low + (high - low) / 2;
        if (count_rests_from(s, middle) >= units)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static m_status sum_weights(const m_dec *weights, size_t n, wide *out)
{
    wide sum = 0;
    for (size_t i = 0; i < n; i++) {
        if (weights[i].u < 0) return M_INVALID;
        sum += (uint64_t)weights[i].u;
    }
    if (sum == 0) return M_INVALID;
    *out = sum;
    return M_OK;
}

m_status m_money_split(m_dec total, int places, const m_dec *weights, size_t n, m_dec *out_parts)
{
    if (places < 0 || places > M_DEC_SCALE || !m_dec_fits(total, places)) return M_INVALID;
    if (total.u > M_DEC_MAX || total.u < -M_DEC_MAX) return M_RANGE;
    int64_t unit = 1;
    for (int i = places; i < M_DEC_SCALE; i++)
        unit *= 10;
    int64_t whole = total.u / unit;
    split s = {.weights = weights, .n = n, .total = whole < 0 ? -(wide)whole : (wide)whole};
    M_TRY(sum_weights(weights, n, &s.sum));

    wide given = 0;
    for (size_t i = 0; i < n; i++) {
        wide rest;
        wide part = share(&s, i, &rest);
        given += part;
        out_parts[i].u = (int64_t)part;
    }
    size_t left = (size_t)(s.total - given); /* < n */
    wide threshold = left ? find_threshold(&s, left) : s.sum;
    size_t above = left ? count_rests_from(&s, threshold + 1) : 0;
    size_t ties = left - above;
    for (size_t i = 0; i < n; i++) {
        wide rest;
        share(&s, i, &rest);
        if (left && (rest > threshold || (rest == threshold && ties > 0))) {
            out_parts[i].u++;
            ties -= rest == threshold;
        }
        out_parts[i].u *= total.u < 0 ? -unit : unit;
    }
    return M_OK;
}
