#include "m/value.h"
#include "unit.h"

#define MAX  M_DEC_MAX
#define SEED UINT64_C(20261121)

static const m_dec untouched = {424242};

/* ---- parse ---- */

static const struct {
    const char *text;
    m_status status;
    int64_t u;
} parse_cases[] = {
    {"0", M_OK, 0},
    {"-0", M_OK, 0},
    {"-0.000000", M_OK, 0},
    {"1", M_OK, 1000000},
    {"-1", M_OK, -1000000},
    {"0.5", M_OK, 500000},
    {"-0.000001", M_OK, -1},
    {"9.80", M_OK, 9800000},
    {"10.203040", M_OK, 10203040},
    {"999999999999.999999", M_OK, MAX},
    {"-999999999999.999999", M_OK, -MAX},
    {"1000000000000", M_RANGE, 0},
    {"-1000000000000", M_RANGE, 0},
    {"1234567890123456789", M_RANGE, 0},
    {"99999999999999999999999999999999999999999", M_RANGE, 0},
    {"1.0000001", M_RANGE, 0},
    {"1.0000000", M_RANGE, 0},
    {"", M_INVALID, 0},
    {"-", M_INVALID, 0},
    {"--1", M_INVALID, 0},
    {"+1", M_INVALID, 0},
    {"1.", M_INVALID, 0},
    {".5", M_INVALID, 0},
    {"-.5", M_INVALID, 0},
    {".", M_INVALID, 0},
    {"01", M_INVALID, 0},
    {"00", M_INVALID, 0},
    {"-01", M_INVALID, 0},
    {"1e3", M_INVALID, 0},
    {"1E3", M_INVALID, 0},
    {"NaN", M_INVALID, 0},
    {"Infinity", M_INVALID, 0},
    {"0x10", M_INVALID, 0},
    {"1,5", M_INVALID, 0},
    {"1 000", M_INVALID, 0},
    {" 1", M_INVALID, 0},
    {"1 ", M_INVALID, 0},
    {"1.5.", M_INVALID, 0},
    {"1.5.5", M_INVALID, 0},
    {"1.-5", M_INVALID, 0},
    {"12345678901234567890x", M_INVALID, 0},
    {"1.00000001x", M_INVALID, 0},
    {"\xd9\xa1", M_INVALID, 0}, /* an Arabic digit */
};

START_TEST(parses_exactly_the_grammar)
{
    m_dec out = untouched;
    m_status status = m_dec_parse(m_str_of(parse_cases[_i].text), &out);
    ck_assert_msg(status == parse_cases[_i].status, "\"%s\": %s", parse_cases[_i].text,
                  m_status_name(status));
    ck_assert_int_eq(out.u, status == M_OK ? parse_cases[_i].u : untouched.u);
}
END_TEST

START_TEST(a_zero_byte_is_no_end)
{
    m_dec out = untouched;
    ck_assert_int_eq(m_dec_parse((m_str){"1\0", 2}, &out), M_INVALID);
    ck_assert_int_eq(m_dec_parse((m_str){NULL, 0}, &out), M_INVALID);
    ck_assert_int_eq(out.u, untouched.u);
}
END_TEST

static const struct {
    const char *text;
    int places;
    m_rounding how;
    m_status status;
    int64_t u;
} parse_round_cases[] = {
    {"9.80000019", 2, M_ROUND_HALF_UP, M_OK, 9800000},
    {"9.80000019", 6, M_ROUND_HALF_UP, M_OK, 9800000},
    {"9.80000019", 6, M_ROUND_UP, M_OK, 9800001},
    {"14.3999996", 2, M_ROUND_HALF_UP, M_OK, 14400000},
    {"-14.3999996", 2, M_ROUND_HALF_UP, M_OK, -14400000},
    {"0.005", 2, M_ROUND_HALF_UP, M_OK, 10000},
    {"0.0049999999999", 2, M_ROUND_HALF_UP, M_OK, 0},
    {"0.005", 2, M_ROUND_HALF_EVEN, M_OK, 0},
    {"0.00500000000001", 2, M_ROUND_HALF_EVEN, M_OK, 10000},
    {"0.015", 2, M_ROUND_HALF_EVEN, M_OK, 20000},
    {"0.0000005", 6, M_ROUND_HALF_UP, M_OK, 1},
    {"0.0000005", 6, M_ROUND_HALF_EVEN, M_OK, 0},
    {"0.0000015", 6, M_ROUND_HALF_EVEN, M_OK, 2},
    {"0.00000050000001", 6, M_ROUND_HALF_EVEN, M_OK, 1},
    {"0.00000049999999", 6, M_ROUND_HALF_UP, M_OK, 0},
    {"0.00000000000001", 0, M_ROUND_UP, M_OK, 1000000},
    {"0.00000000000001", 0, M_ROUND_CEILING, M_OK, 1000000},
    {"-0.00000000000001", 0, M_ROUND_CEILING, M_OK, 0},
    {"-0.00000000000001", 0, M_ROUND_FLOOR, M_OK, -1000000},
    {"0.99999999999999", 0, M_ROUND_DOWN, M_OK, 0},
    {"-0.0000004", 6, M_ROUND_HALF_UP, M_OK, 0},
    {"999999999999.9999999", 6, M_ROUND_HALF_UP, M_RANGE, 0},
    {"999999999999.9999999", 6, M_ROUND_DOWN, M_OK, MAX},
    {"1000000000000.1", 6, M_ROUND_DOWN, M_RANGE, 0},
    {"1.", 2, M_ROUND_HALF_UP, M_INVALID, 0},
    {"1e-7", 2, M_ROUND_HALF_UP, M_INVALID, 0},
    {"1", 7, M_ROUND_HALF_UP, M_INVALID, 0},
    {"1", -1, M_ROUND_HALF_UP, M_INVALID, 0},
};

START_TEST(rounds_longer_texts)
{
    m_dec out = untouched;
    m_status status =
        m_dec_parse_round(m_str_of(parse_round_cases[_i].text), parse_round_cases[_i].places,
                          parse_round_cases[_i].how, &out);
    ck_assert_int_eq(status, parse_round_cases[_i].status);
    ck_assert_int_eq(out.u, status == M_OK ? parse_round_cases[_i].u : untouched.u);
}
END_TEST

/* ---- format ---- */

static const struct {
    int64_t u;
    int min_places;
    const char *text;
} format_cases[] = {
    {0, 0, "0"},
    {0, 2, "0.00"},
    {0, 6, "0.000000"},
    {9800000, 2, "9.80"},
    {9800000, 0, "9.8"},
    {9800000, 6, "9.800000"},
    {9000000, 0, "9"},
    {-1, 0, "-0.000001"},
    {-1, 2, "-0.000001"},
    {100, 2, "0.0001"},
    {-1500000, 0, "-1.5"},
    {1000000000, 0, "1000"},
    {1, -3, "0.000001"},
    {1000000, 9, "1.000000"},
    {MAX, 0, "999999999999.999999"},
    {-MAX, 0, "-999999999999.999999"},
    {INT64_MIN, 0, "-9223372036854.775808"},
};

START_TEST(formats_shortest_with_least_places)
{
    char out[M_DEC_TEXT];
    m_dec a = {format_cases[_i].u};
    ck_assert_uint_eq(m_dec_format(a, format_cases[_i].min_places, out), strlen(out));
    ck_assert_str_eq(out, format_cases[_i].text);
    char sum[M_DEC_SUM_TEXT];
    ck_assert_uint_eq(m_dec_sum_format(a.u, format_cases[_i].min_places, sum), strlen(sum));
    ck_assert_str_eq(sum, format_cases[_i].text);
}
END_TEST

START_TEST(formats_sums_of_38_digits)
{
    char out[M_DEC_SUM_TEXT];
    m_dec_sum most = 1;
    for (int i = 0; i < 38; i++)
        most *= 10;
    m_dec_sum_format(most - 1, 0, out);
    ck_assert_str_eq(out, "99999999999999999999999999999999.999999");
    m_dec_sum_format(-(most - 1), 2, out);
    ck_assert_str_eq(out, "-99999999999999999999999999999999.999999");
    m_dec_sum_format(most / 100, 2, out);
    ck_assert_str_eq(out, "1000000000000000000000000000000.00");
    m_dec_sum least = (m_dec_sum)((unsigned __int128)1 << 127);
    m_dec_sum_format(least, 0, out);
    ck_assert_str_eq(out, "-170141183460469231731687303715884.105728");
}
END_TEST

START_TEST(what_is_formatted_parses_back)
{
    uint64_t state = SEED;
    for (int i = 0; i < 100000; i++) {
        int64_t shift = (int64_t)(unit_random(&state) % 60);
        m_dec a = {(int64_t)unit_random(&state) >> shift};
        if (a.u > MAX || a.u < -MAX) continue;
        char text[M_DEC_TEXT];
        size_t n = m_dec_format(a, (int)(unit_random(&state) % 7), text);
        m_dec back;
        ck_assert_int_eq(m_dec_parse((m_str){text, n}, &back), M_OK);
        ck_assert_int_eq(back.u, a.u);
    }
}
END_TEST

/* ---- arithmetic ---- */

START_TEST(sums_stop_at_the_limits)
{
    m_dec out = untouched;
    ck_assert_int_eq(m_dec_add((m_dec){MAX}, (m_dec){1}, &out), M_RANGE);
    ck_assert_int_eq(m_dec_sub((m_dec){-MAX}, (m_dec){1}, &out), M_RANGE);
    ck_assert_int_eq(m_dec_add((m_dec){INT64_MAX}, (m_dec){INT64_MAX}, &out), M_RANGE);
    ck_assert_int_eq(m_dec_sub((m_dec){0}, (m_dec){INT64_MIN}, &out), M_RANGE);
    ck_assert_int_eq(m_dec_of_sum((m_dec_sum)MAX + 1, &out), M_RANGE);
    ck_assert_int_eq(m_dec_of_sum(-(m_dec_sum)MAX - 1, &out), M_RANGE);
    ck_assert_int_eq(out.u, untouched.u);
    ck_assert_int_eq(m_dec_add((m_dec){MAX - 1}, (m_dec){1}, &out), M_OK);
    ck_assert_int_eq(out.u, MAX);
    ck_assert_int_eq(m_dec_sub((m_dec){-MAX + 1}, (m_dec){1}, &out), M_OK);
    ck_assert_int_eq(out.u, -MAX);
    ck_assert_int_eq(m_dec_of_sum(-(m_dec_sum)MAX, &out), M_OK);
    ck_assert_int_eq(out.u, -MAX);
}
END_TEST

/* value in units of 10^-3, rounded to two places, by every rounding in the order of m_rounding. */
static const struct {
    int64_t milli;
    int64_t cents[6];
} rounding_cases[] = {
    {1234, {123, 123, 123, 124, 123, 124}},
    {1235, {124, 124, 123, 124, 123, 124}},
    {1245, {125, 124, 124, 125, 124, 125}},
    {1236, {124, 124, 123, 124, 123, 124}},
    {1230, {123, 123, 123, 123, 123, 123}},
    {-1234, {-123, -123, -123, -124, -124, -123}},
    {-1235, {-124, -124, -123, -124, -124, -123}},
    {-1245, {-125, -124, -124, -125, -125, -124}},
    {5, {1, 0, 0, 1, 0, 1}},
    {-5, {-1, 0, 0, -1, -1, 0}},
    {0, {0, 0, 0, 0, 0, 0}},
};

START_TEST(every_rounding_does_what_it_says)
{
    m_dec a = {rounding_cases[_i].milli * 1000};
    for (int how = M_ROUND_HALF_UP; how <= M_ROUND_CEILING; how++) {
        int64_t expected = rounding_cases[_i].cents[how] * 10000;
        m_dec out;
        ck_assert_int_eq(m_dec_round(a, 2, (m_rounding)how, &out), M_OK);
        ck_assert_msg(out.u == expected, "%lld milli by %d: %lld", (long long)a.u / 1000, how,
                      (long long)out.u);
        ck_assert_int_eq(m_dec_mul(a, m_dec_of_int(1), 2, (m_rounding)how, &out), M_OK);
        ck_assert_int_eq(out.u, expected);
        ck_assert_int_eq(m_dec_div(a, m_dec_of_int(-1), 2, (m_rounding)how, &out), M_OK);
        ck_assert_int_eq(m_dec_round(m_dec_neg(a), 2, (m_rounding)how, &a), M_OK);
        ck_assert_int_eq(out.u, a.u);
        a.u = rounding_cases[_i].milli * 1000;
    }
}
END_TEST

START_TEST(refuses_zero_divisor_and_wrong_places)
{
    m_dec out = untouched;
    m_dec one = m_dec_of_int(1);
    ck_assert_int_eq(m_dec_div(one, (m_dec){0}, 2, M_ROUND_HALF_UP, &out), M_INVALID);
    ck_assert_int_eq(m_dec_mul_div(one, one, (m_dec){0}, 2, M_ROUND_HALF_UP, &out), M_INVALID);
    ck_assert_int_eq(m_dec_mul(one, one, 7, M_ROUND_HALF_UP, &out), M_INVALID);
    ck_assert_int_eq(m_dec_mul(one, one, -1, M_ROUND_HALF_UP, &out), M_INVALID);
    ck_assert_int_eq(m_dec_round(one, 7, M_ROUND_HALF_UP, &out), M_INVALID);
    ck_assert_int_eq(out.u, untouched.u);
}
END_TEST

START_TEST(huge_intermediates_are_exact)
{
    m_dec out = untouched;
    m_dec max = {MAX};
    ck_assert_int_eq(m_dec_mul_div(max, max, max, 6, M_ROUND_DOWN, &out), M_OK);
    ck_assert_int_eq(out.u, MAX);
    ck_assert_int_eq(m_dec_mul_div(max, (m_dec){-MAX}, max, 6, M_ROUND_UP, &out), M_OK);
    ck_assert_int_eq(out.u, -MAX);
    ck_assert_int_eq(m_dec_mul_div(max, m_dec_of_int(2), m_dec_of_int(3), 6, M_ROUND_DOWN, &out),
                     M_OK);
    ck_assert_int_eq(out.u, INT64_C(666666666666666666));
    ck_assert_int_eq(m_dec_div(max, max, 6, M_ROUND_HALF_UP, &out), M_OK);
    ck_assert_int_eq(out.u, M_DEC_ONE);

    out = untouched;
    ck_assert_int_eq(m_dec_mul_div(max, max, (m_dec){1}, 6, M_ROUND_DOWN, &out), M_RANGE);
    ck_assert_int_eq(m_dec_mul(max, m_dec_of_int(2), 6, M_ROUND_DOWN, &out), M_RANGE);
    ck_assert_int_eq(m_dec_mul(max, max, 0, M_ROUND_DOWN, &out), M_RANGE);
    ck_assert_int_eq(m_dec_div(max, (m_dec){1}, 6, M_ROUND_DOWN, &out), M_RANGE);
    ck_assert_int_eq(m_dec_round(max, 0, M_ROUND_UP, &out), M_RANGE);
    ck_assert_int_eq(
        m_dec_mul_div((m_dec){INT64_MIN}, (m_dec){INT64_MIN}, (m_dec){1}, 0, M_ROUND_UP, &out),
        M_RANGE);
    ck_assert_int_eq(out.u, untouched.u);
}
END_TEST

/* Another way to round: by the floor and what remains above it. */
static __int128 reference_round(__int128 num, __int128 den, m_rounding how)
{
    if (den < 0) {
        num = -num;
        den = -den;
    }
    __int128 low = num / den - (num % den < 0);
    __int128 rest = num - low * den;
    bool tie = rest * 2 == den;
    switch (how) {
    case M_ROUND_FLOOR:
        return low;
    case M_ROUND_CEILING:
        return low + (rest > 0);
    case M_ROUND_DOWN:
        return num < 0 ? low + (rest > 0) : low;
    case M_ROUND_UP:
        return num < 0 ? low : low + (rest > 0);
    case M_ROUND_HALF_UP:
        return low + (tie ? num > 0 : rest * 2 > den);
    case M_ROUND_HALF_EVEN:
        return low + (tie ? (low & 1) != 0 : rest * 2 > den);
    }
    ck_abort();
}

static m_dec random_dec(uint64_t *state)
{
    int shift = (int)(unit_random(state) % 62);
    return (m_dec){((int64_t)unit_random(state) >> shift) % (MAX + 1)};
}

static void check_against(m_status status, m_dec out, __int128 expected)
{
    bool fits = expected <= MAX && expected >= -MAX;
    ck_assert_int_eq(status, fits ? M_OK : M_RANGE);
    ck_assert_int_eq(out.u, fits ? (int64_t)expected : untouched.u);
}

START_TEST(agrees_with_wide_arithmetic)
{
    uint64_t state = SEED;
    for (int i = 0; i < 100000; i++) {
        m_dec a = random_dec(&state);
        m_dec b = random_dec(&state);
        m_dec c = random_dec(&state);
        int places = (int)(unit_random(&state) % 7);
        m_rounding how = (m_rounding)(unit_random(&state) % 6);
        __int128 unit = 1;
        for (int p = places; p < M_DEC_SCALE; p++)
            unit *= 10;
        __int128 product = (__int128)a.u * b.u;

        m_dec out = untouched;
        m_status status = m_dec_mul(a, b, places, how, &out);
        check_against(status, out, reference_round(product, unit * M_DEC_ONE, how) * unit);
        out = untouched;
        status = m_dec_round(a, places, how, &out);
        check_against(status, out, reference_round(a.u, unit, how) * unit);
        if (c.u == 0) continue;
        out = untouched;
        status = m_dec_div(a, c, places, how, &out);
        check_against(status, out,
                      reference_round((__int128)a.u * M_DEC_ONE, unit * c.u, how) * unit);
        out = untouched;
        status = m_dec_mul_div(a, b, c, places, how, &out);
        check_against(status, out, reference_round(product, unit * c.u, how) * unit);
    }
}
END_TEST

START_TEST(knows_how_many_places_are_used)
{
    m_dec a = {1230000}; /* 1.23 */
    ck_assert(!m_dec_fits(a, 0));
    ck_assert(!m_dec_fits(a, 1));
    ck_assert(m_dec_fits(a, 2));
    ck_assert(m_dec_fits(a, 6));
    ck_assert(m_dec_fits(a, 9));
    ck_assert(!m_dec_fits(m_dec_neg(a), 1));
    ck_assert(m_dec_fits((m_dec){0}, 0));
    ck_assert(!m_dec_fits(a, -1));
    ck_assert(m_dec_cmp(a, m_dec_neg(a)) > 0 && m_dec_cmp(a, a) == 0);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("dec");
    tcase_set_timeout(t, 60);
    tcase_add_loop_test(t, parses_exactly_the_grammar, 0, (int)UNIT_COUNT(parse_cases));
    tcase_add_test(t, a_zero_byte_is_no_end);
    tcase_add_loop_test(t, rounds_longer_texts, 0, (int)UNIT_COUNT(parse_round_cases));
    tcase_add_loop_test(t, formats_shortest_with_least_places, 0, (int)UNIT_COUNT(format_cases));
    tcase_add_test(t, formats_sums_of_38_digits);
    tcase_add_test(t, what_is_formatted_parses_back);
    tcase_add_test(t, sums_stop_at_the_limits);
    tcase_add_loop_test(t, every_rounding_does_what_it_says, 0, (int)UNIT_COUNT(rounding_cases));
    tcase_add_test(t, refuses_zero_divisor_and_wrong_places);
    tcase_add_test(t, huge_intermediates_are_exact);
    tcase_add_test(t, agrees_with_wide_arithmetic);
    tcase_add_test(t, knows_how_many_places_are_used);
    return unit_run(t, "dec");
}
