/* Values: plain, small, without hidden memory. All functions are pure and safe in any thread. */
#ifndef M_VALUE_H
#define M_VALUE_H

#include <stdint.h>
#include <string.h>

#include "m/arena.h"
#include "m/status.h"

/* ---- text ---- */

/* A view of UTF-8 bytes, not terminated; the bytes belong to an arena or are constant. {NULL,0} is
 * empty. */
typedef struct {
    const char *p;
    size_t n;
} m_str;

#define M_STR(literal) ((m_str){"" literal, sizeof(literal) - 1})
#define M_STR_ARG(s)   (int)(s).n, (s).n ? (s).p : "" /* for "%.*s" */

static inline m_str m_str_of(const char *zero_terminated)
{
    return (m_str){zero_terminated, zero_terminated ? strlen(zero_terminated) : 0};
}
static inline bool m_str_eq(m_str a, m_str b)
{
    return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}
static inline bool m_str_is(m_str a, const char *b)
{
    return m_str_eq(a, m_str_of(b));
}
/* Value of a hexadecimal digit of either case, or −1. */
static inline int m_hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}
/* Byte order, shorter first on a common prefix: <0, 0, >0. */
int m_str_cmp(m_str a, m_str b);
/* Copy into the arena; {NULL,0} when memory is short or s is empty. */
m_str m_str_dup(m_arena *arena, m_str s);
/* Zero-terminated copy; NULL when memory is short. */
char *m_str_z(m_arena *arena, m_str s);
/* Without blanks at both ends. */
m_str m_str_trim(m_str s);
/* Strict UTF-8 (no overlong forms, no surrogates, nothing above U+10FFFF) and no U+0000. */
bool m_utf8_valid(m_str s);
/* Code points in valid UTF-8. */
size_t m_utf8_length(m_str s);

/* count items of one record type, one after the other; items belong to an arena. */
typedef struct {
    void *items;
    uint32_t count;
} m_list;

/* Typed access: M_AT(list, fin_line, i) is a fin_line pointer. */
#define M_AT(list, type, i) (&((type *)(list).items)[i])
#define M_EACH(type, var, list)                                                                    \
    type *var = (type *)(list).items, *var##_end_ = var ? var + (list).count : var;                \
    var != var##_end_;                                                                             \
    var++

/* ---- decimals ---- */

#define M_DEC_SCALE 6
#define M_DEC_ONE   INT64_C(1000000)
/* Largest magnitude of a stored decimal: numeric(18,6), that is 999,999,999,999.999999. */
#define M_DEC_MAX INT64_C(999999999999999999)

/* Exact decimal: micro-units, that is the value times 10^6. */
typedef struct {
    int64_t u;
} m_dec;

/* Sums of decimals, numeric(38,6); same scale. */
typedef __int128 m_dec_sum;

typedef enum {
    M_ROUND_HALF_UP,   /* half away from zero */
    M_ROUND_HALF_EVEN, /* banker's */
    M_ROUND_DOWN,      /* towards zero */
    M_ROUND_UP,        /* away from zero */
    M_ROUND_FLOOR,     /* towards minus infinity */
    M_ROUND_CEILING    /* towards plus infinity */
} m_rounding;

static inline m_dec m_dec_of_int(int64_t whole) /* |whole| < 10^12 */
{
    return (m_dec){whole * M_DEC_ONE};
}
static inline bool m_dec_is_zero(m_dec a)
{
    return a.u == 0;
}
static inline m_dec m_dec_neg(m_dec a)
{
    return (m_dec){-a.u};
}
static inline int m_dec_cmp(m_dec a, m_dec b)
{
    return (a.u > b.u) - (a.u < b.u);
}
/* Grammar: -?(0|[1-9][0-9]*)(\.[0-9]{1,6})? and nothing else ("-0" is 0); M_INVALID on bad form,
 * M_RANGE when it does not fit or has more than six places. */
m_status m_dec_parse(m_str text, m_dec *out) M_MUST_USE;
/* As parse, but any number of places, rounded to `places` (for files written by binary-float
 * programs). */
m_status m_dec_parse_round(m_str text, int places, m_rounding how, m_dec *out) M_MUST_USE;
/* Longest text: sign, 12 digits, point, 6 digits, zero. */
#define M_DEC_TEXT 24
/* Shortest form with at least min_places places (0 to 6): 9.8 with 2 → "9.80". Returns the length.
 */
size_t m_dec_format(m_dec a, int min_places, char out[M_DEC_TEXT]);
#define M_DEC_SUM_TEXT 48
size_t m_dec_sum_format(m_dec_sum a, int min_places, char out[M_DEC_SUM_TEXT]);

/* M_RANGE beyond M_DEC_MAX. */
m_status m_dec_add(m_dec a, m_dec b, m_dec *out) M_MUST_USE;
m_status m_dec_sub(m_dec a, m_dec b, m_dec *out) M_MUST_USE;
/* The sum as a decimal; M_RANGE when it does not fit. */
m_status m_dec_of_sum(m_dec_sum sum, m_dec *out) M_MUST_USE;
/* a × b, rounded to `places` places (0 to 6). */
m_status m_dec_mul(m_dec a, m_dec b, int places, m_rounding how, m_dec *out) M_MUST_USE;
/* a ÷ b, rounded; M_INVALID when b is zero. */
m_status m_dec_div(m_dec a, m_dec b, int places, m_rounding how, m_dec *out) M_MUST_USE;
/* a × b ÷ c with one rounding at the end: the share of a value that belongs to a part of a
 * quantity. */
m_status m_dec_mul_div(m_dec a, m_dec b, m_dec c, int places, m_rounding how,
                       m_dec *out) M_MUST_USE;
m_status m_dec_round(m_dec a, int places, m_rounding how, m_dec *out) M_MUST_USE;
/* True when a has no digits beyond `places`. */
bool m_dec_fits(m_dec a, int places);

/* ---- money ---- */

/* ISO 4217 letters, zero-terminated. */
typedef struct {
    char code[4];
} m_currency;

typedef struct {
    m_dec amount;
    m_currency currency;
} m_money;

/* Places of the minor unit by ISO 4217 (2 where unlisted; JPY 0, KWD 3, …). */
int m_currency_places(m_currency currency);
/* total split in proportion to weights (each ≥ 0, not all zero) into n parts that sum exactly to
 * total: largest remainder, ties to the earlier part. total must fit `places` and may be negative.
 * M_INVALID otherwise; M_RANGE beyond M_DEC_MAX. out_parts must not overlap weights. */
m_status m_money_split(m_dec total, int places, const m_dec *weights, size_t n,
                       m_dec *out_parts) M_MUST_USE;

/* ---- identity ---- */

/* ULID: 48 bits of milliseconds, 80 random bits; big-endian, sorts by time. All zero: none. */
typedef struct {
    uint8_t b[16];
} m_id;

#define M_ID_TEXT 27
static inline bool m_id_is_null(m_id id)
{
    static const m_id none;
    return memcmp(&id, &none, sizeof id) == 0;
}
static inline bool m_id_eq(m_id a, m_id b)
{
    return memcmp(&a, &b, sizeof a) == 0;
}
static inline int m_id_cmp(m_id a, m_id b)
{
    return memcmp(&a, &b, sizeof a);
}
/* From milliseconds since 1970 and ten random bytes. */
m_id m_id_make(uint64_t unix_ms, const uint8_t random[10]);
/* 26 characters of Crockford base 32 in upper case, zero-terminated. */
void m_id_format(m_id id, char out[M_ID_TEXT]);
/* Exactly 26 characters, upper or lower case, first one 0 to 7; I, L, O and U are refused. */
m_status m_id_parse(m_str text, m_id *out) M_MUST_USE;

/* ---- time ---- */

/* Civil date: days since 0000-12-31 (0001-01-01 is 1), proleptic Gregorian. 0: none, so that a
 * zeroed record holds no date. 1970-01-01 is 719163. */
typedef struct {
    int32_t d;
} m_date;
#define M_DATE_NONE  ((m_date){0})
#define M_DATE_1970  719163
#define M_DATE_FIRST 693596 /* 1900-01-01: no input and no stored date is older */
#define M_DATE_LAST  803168 /* 2199-12-31 */
#define M_DATE_TEXT  11

static inline bool m_date_is_none(m_date d)
{
    return d.d == 0;
}
static inline int m_date_cmp(m_date a, m_date b)
{
    return (a.d > b.d) - (a.d < b.d);
}
/* YYYY-MM-DD, a real day between 1900-01-01 and 2199-12-31. M_INVALID otherwise. */
m_status m_date_parse(m_str text, m_date *out) M_MUST_USE;
/* YYYY-MM-DD; "" for none and outside the years 1 to 9999. */
void m_date_format(m_date d, char out[M_DATE_TEXT]);
/* All 0 for none and outside the years 1 to 9999. */
void m_date_split(m_date d, int *out_year, int *out_month, int *out_day);
/* M_INVALID unless it is a real day of the years 1 to 9999. */
m_status m_date_make(int year, int month, int day, m_date *out) M_MUST_USE;
/* First day of its month. */
m_date m_date_month(m_date d);
/* n months later; the day is cut to the last one of that month. None when d is none or the result
 * leaves the years 1 to 9999. */
m_date m_date_add_months(m_date d, int n);

/* Instant: microseconds since 1970-01-01 UTC. 0: none. */
typedef struct {
    int64_t us;
} m_time;
#define M_TIME_TEXT 28
/* 2026-11-21T09:30:00.000000Z; "" for none and outside the years 1 to 9999. */
void m_time_format(m_time t, char out[M_TIME_TEXT]);
/* RFC 3339 in UTC ("Z"), 0 to 6 places of seconds, years 1900 to 2199. M_INVALID otherwise. */
m_status m_time_parse(m_str text, m_time *out) M_MUST_USE;

/* Index into a field's list of names; −1 never occurs. */
typedef int32_t m_enum;

#endif
