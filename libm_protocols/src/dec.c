#include "m/value.h"

typedef unsigned __int128 wide;

static const int64_t units[M_DEC_SCALE + 1] = {1000000, 100000, 10000, 1000, 100, 10, 1};

static bool places_ok(int places)
{
    return places >= 0 && places <= M_DEC_SCALE;
}

static uint64_t magnitude(int64_t u)
{
    return u < 0 ? 0 - (uint64_t)u : (uint64_t)u;
}

/* ---- rounding ---- */

/* What was cut off, seen from the last digit that stays. */
typedef struct {
    bool any; /* something but zeros */
    int half; /* below (-1), at (0) or above (1) one half */
    bool odd; /* the last digit that stays is odd */
} cut;

/* Does the magnitude grow by one unit of the last place? */
static bool rounds_away(m_rounding how, bool negative, cut c)
{
    switch (how) {
    case M_ROUND_HALF_UP:
        return c.half >= 0;
    case M_ROUND_HALF_EVEN:
        return c.half > 0 || (c.half == 0 && c.odd);
    case M_ROUND_DOWN:
        return false;
    case M_ROUND_UP:
        return c.any;
    case M_ROUND_FLOOR:
        return c.any && negative;
    case M_ROUND_CEILING:
        return c.any && !negative;
    }
    return false;
}

static m_status from_magnitude(wide value, bool negative, m_dec *out)
{
    if (value > (wide)M_DEC_MAX) return M_RANGE;
    int64_t u = (int64_t)value;
    out->u = negative ? -u : u;
    return M_OK;
}

static void divide(wide num, wide den, wide *quotient, wide *rest)
{
    if (num <= UINT64_MAX && den <= UINT64_MAX) { /* many times faster, and the usual case */
        *quotient = (uint64_t)num / (uint64_t)den;
        *rest = (uint64_t)num % (uint64_t)den;
    } else {
        *quotient = num / den;
        *rest = num - *quotient * den;
    }
}

/* num ÷ den micro-units, rounded to `places`. num ≤ 2^126 and den ≤ 2^84 for any 64-bit operands.
 */
static m_status rounded_ratio(wide num, wide den, bool negative, int places, m_rounding how,
                              m_dec *out)
{
    if (!places_ok(places)) return M_INVALID;
    wide unit = (wide)units[places];
    wide quotient;
    wide rest;
    divide(num, den * unit, &quotient, &rest);
    wide other_side = den * unit - rest;
    cut c = {.any = rest != 0,
             .half = (rest > other_side) - (rest < other_side),
             .odd = (quotient & 1) != 0};
    if (rounds_away(how, negative, c)) quotient++;
    return from_magnitude(quotient * unit, negative, out);
}

/* ---- arithmetic ---- */

m_status m_dec_of_sum(m_dec_sum sum, m_dec *out)
{
    if (sum > M_DEC_MAX || sum < -M_DEC_MAX) return M_RANGE;
    out->u = (int64_t)sum;
    return M_OK;
}

m_status m_dec_add(m_dec a, m_dec b, m_dec *out)
{
    return m_dec_of_sum((m_dec_sum)a.u + b.u, out);
}

m_status m_dec_sub(m_dec a, m_dec b, m_dec *out)
{
    return m_dec_of_sum((m_dec_sum)a.u - b.u, out);
}

m_status m_dec_mul(m_dec a, m_dec b, int places, m_rounding how, m_dec *out)
{
    return m_dec_mul_div(a, b, (m_dec){M_DEC_ONE}, places, how, out);
}

m_status m_dec_div(m_dec a, m_dec b, int places, m_rounding how, m_dec *out)
{
    return m_dec_mul_div(a, (m_dec){M_DEC_ONE}, b, places, how, out);
}

m_status m_dec_mul_div(m_dec a, m_dec b, m_dec c, int places, m_rounding how, m_dec *out)
{
    if (c.u == 0) return M_INVALID;
    bool negative = (a.u < 0) ^ (b.u < 0) ^ (c.u < 0);
    wide product = (wide)magnitude(a.u) * magnitude(b.u);
    return rounded_ratio(product, magnitude(c.u), negative, places, how, out);
}

m_status m_dec_round(m_dec a, int places, m_rounding how, m_dec *out)
{
    return rounded_ratio(magnitude(a.u), 1, a.u < 0, places, how, out);
}

bool m_dec_fits(m_dec a, int places)
{
    if (places >= M_DEC_SCALE) return true;
    return a.u % units[places < 0 ? 0 : places] == 0;
}

/* ---- text ---- */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

#define WHOLE_DIGITS 12

/* A decimal text taken apart. */
typedef struct {
    bool negative;
    bool too_big;       /* more than 12 digits before the point */
    int64_t u;          /* magnitude in micro-units, cut after six places */
    const char *beyond; /* digits after the sixth place */
    size_t beyond_n;
} dec_text;

/* Reads 0|[1-9][0-9]* from s at *i. */
static bool scan_whole(m_str s, size_t *i, dec_text *t)
{
    size_t start = *i;
    int64_t whole = 0;
    while (*i < s.n && is_digit(s.p[*i])) {
        if (*i - start < WHOLE_DIGITS) whole = whole * 10 + (s.p[*i] - '0');
        ++*i;
    }
    size_t digits = *i - start;
    t->too_big = digits > WHOLE_DIGITS;
    t->u = whole * M_DEC_ONE;
    return digits == 1 || (digits > 1 && s.p[start] != '0');
}

/* Reads the digits behind the point: at least one. */
static bool scan_fraction(m_str s, size_t *i, dec_text *t)
{
    size_t start = *i;
    while (*i < s.n && is_digit(s.p[*i])) {
        if (*i - start < M_DEC_SCALE) t->u += (s.p[*i] - '0') * (units[*i - start] / 10);
        ++*i;
    }
    if (*i - start > M_DEC_SCALE) {
        t->beyond = s.p + start + M_DEC_SCALE;
        t->beyond_n = *i - start - M_DEC_SCALE;
    }
    return *i > start;
}

static bool scan(m_str s, dec_text *t)
{
    size_t i = 0;
    *t = (dec_text){0};
    if (s.n && s.p[0] == '-') {
        t->negative = true;
        i++;
    }
    if (!scan_whole(s, &i, t)) return false;
    if (i < s.n && s.p[i] == '.') {
        i++;
        if (!scan_fraction(s, &i, t)) return false;
    }
    return i == s.n;
}

m_status m_dec_parse(m_str text, m_dec *out)
{
    dec_text t;
    if (!scan(text, &t)) return M_INVALID;
    if (t.too_big || t.beyond_n) return M_RANGE;
    out->u = t.negative ? -t.u : t.u;
    return M_OK;
}

/* Where 0.d1d2d3… lies: any, half. */
static cut cut_of_digits(const char *digits, size_t n)
{
    bool rest = false;
    for (size_t i = 1; i < n && !rest; i++)
        rest = digits[i] != '0';
    char first = n ? digits[0] : '0';
    cut c = {.any = rest || first != '0', .half = (first > '5') - (first < '5')};
    if (first == '5' && rest) c.half = 1;
    return c;
}

m_status m_dec_parse_round(m_str text, int places, m_rounding how, m_dec *out)
{
    dec_text t;
    if (!places_ok(places) || !scan(text, &t)) return M_INVALID;
    if (t.too_big) return M_RANGE;
    int64_t unit = units[places];
    int64_t quotient = t.u / unit;
    int64_t rest = t.u % unit;
    cut c = cut_of_digits(t.beyond, t.beyond_n);
    if (unit > 1) { /* the sixth place is cut off too: what lies beyond only breaks a tie */
        int half = (rest > unit / 2) - (rest < unit / 2);
        c.half = half == 0 && c.any ? 1 : half;
        c.any = c.any || rest != 0;
    }
    c.odd = (quotient & 1) != 0;
    if (rounds_away(how, t.negative, c)) quotient++;
    return from_magnitude((wide)quotient * (wide)unit, t.negative, out);
}

/* Writes value in decimal ending before `end`, at least min_digits long; returns its start. */
static char *write_back(char *end, uint64_t value, int min_digits)
{
    do {
        *--end = (char)('0' + value % 10);
        value /= 10;
        min_digits--;
    } while (value || min_digits > 0);
    return end;
}

/* Shortest text of whole digits (ending at `end` of the buffer) with micro-units behind the point.
 */
static size_t finish(char *out, bool negative, const char *whole, const char *end, uint64_t micro,
                     int min_places)
{
    size_t n = 0;
    if (negative) out[n++] = '-';
    memcpy(out + n, whole, (size_t)(end - whole));
    n += (size_t)(end - whole);
    int places = min_places < 0 ? 0 : min_places > M_DEC_SCALE ? M_DEC_SCALE : min_places;
    if (micro || places) {
        out[n] = '.';
        write_back(out + n + 1 + M_DEC_SCALE, micro, M_DEC_SCALE);
        int kept = M_DEC_SCALE;
        while (kept > places && out[n + (size_t)kept] == '0')
            kept--;
        n += 1 + (size_t)kept;
    }
    out[n] = 0;
    return n;
}

size_t m_dec_format(m_dec a, int min_places, char out[M_DEC_TEXT])
{
    char digits[20];
    char *end = digits + sizeof digits;
    uint64_t value = magnitude(a.u);
    uint64_t whole = value / (uint64_t)M_DEC_ONE;
    const char *start = write_back(end, whole, 1);
    return finish(out, a.u < 0, start, end, value - whole * (uint64_t)M_DEC_ONE, min_places);
}

size_t m_dec_sum_format(m_dec_sum a, int min_places, char out[M_DEC_SUM_TEXT])
{
    const uint64_t chunk = UINT64_C(1000000000000000000); /* 18 digits at a time */
    char digits[40];
    char *end = digits + sizeof digits;
    wide value = a < 0 ? 0 - (wide)a : (wide)a;
    uint64_t micro = (uint64_t)(value % (wide)M_DEC_ONE);
    wide whole = value / (wide)M_DEC_ONE;
    char *start = end;
    while (whole >= chunk) {
        start = write_back(start, (uint64_t)(whole % chunk), 18);
        whole /= chunk;
    }
    start = write_back(start, (uint64_t)whole, 1);
    return finish(out, a < 0, start, end, micro, min_places);
}
