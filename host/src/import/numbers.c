#include "import_internal.h"

/* A program that keeps amounts as 32-bit floats writes 9.8 as 9.80000019: nine significant digits,
 * of which seven mean something. With 64 bits it is seventeen and fifteen (9.800000000000001).
 *
 * More than six places give such a column away, because an exact amount never has them; then all
 * numbers of the column are looked at, since 123.790001 alone could be meant. */

enum {
    EXACT_PLACES = 6,
    SHORT_DIGITS = 9,
    SHORT_GOOD = 7,
    SHORT_BITS = 24, /* of the fraction of a 32-bit float */
    LONG_DIGITS = 17,
    LONG_GOOD = 15,
    DIGITS_MAX = 18 /* what fits into 64 bits */
};

/* digits × 10^-places; count: significant digits. */
typedef struct {
    int64_t digits;
    int count;
    int places;
    bool negative;
} number;

/* False for whatever is not -?digits(.digits)?, or is too long. */
static bool number_read(m_str text, number *out)
{
    *out = (number){0};
    size_t i = 0;
    bool point = false, any = false;
    if (text.n && text.p[0] == '-') out->negative = ++i;
    for (; i < text.n; i++) {
        char c = text.p[i];
        if (c == '.' && !point) {
            point = true;
            continue;
        }
        if (c < '0' || c > '9') return false;
        any = true;
        out->places += point;
        if (out->digits || c != '0') out->count++;
        if (out->count > DIGITS_MAX) return false;
        out->digits = out->digits * 10 + (c - '0');
    }
    return any;
}

void number_look_at(number_look *look, m_str text)
{
    number n;
    if (!number_read(text, &n) || n.places == 0) return;
    if (n.places > look->places) look->places = n.places;
    if (n.count > look->digits) look->digits = n.count;
}

static int64_t power_of_ten(int n)
{
    int64_t power = 1;
    while (n-- > 0)
        power *= 10;
    return power;
}

static int64_t round_to(const number *n, int digits)
{
    int64_t unit = power_of_ten(n->count - digits);
    return (n->digits + unit / 2) / unit * unit;
}

/* The shortest number that the same float stands for. */
static int64_t shortest(const number *n)
{
    for (int digits = 1; digits <= SHORT_GOOD && digits < n->count; digits++) {
        int64_t rounded = round_to(n, digits);
        int64_t off = rounded > n->digits ? rounded - n->digits : n->digits - rounded;
        if (off << SHORT_BITS <= n->digits) return rounded;
    }
    return n->digits;
}

static m_str number_write(m_arena *arena, const number *n, int64_t digits)
{
    int64_t unit = power_of_ten(n->places);
    const char *text =
        m_arena_printf(arena, "%s%lld.%0*lld", n->negative ? "-" : "", (long long)(digits / unit),
                       n->places, (long long)(digits % unit));
    return m_str_of(text);
}

m_str number_clean(const number_look *look, m_arena *arena, m_str text)
{
    number n;
    if (look->places <= EXACT_PLACES || !number_read(text, &n)) return text;
    if (n.places == 0 || n.places > DIGITS_MAX) return text;
    int64_t clean = n.digits;
    if (look->digits <= SHORT_DIGITS)
        clean = shortest(&n);
    else if (look->digits >= LONG_DIGITS - 1 && n.count > LONG_GOOD)
        clean = round_to(&n, LONG_GOOD);
    return clean == n.digits ? text : number_write(arena, &n, clean);
}
