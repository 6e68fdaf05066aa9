#include "m/money.h"
#include "m/value.h"
#include "unit.h"

static m_dec cents(int64_t n)
{
    return (m_dec){n * 10000};
}

START_TEST(landed_cost_goes_by_value)
{
    const m_dec values[] = {m_dec_of_int(20000), m_dec_of_int(5000), m_dec_of_int(3000)};
    m_dec parts[3];
    ck_assert_int_eq(m_money_split(m_dec_of_int(1000), 2, values, 3, parts), M_OK);
    ck_assert_int_eq(parts[0].u, cents(71429).u);
    ck_assert_int_eq(parts[1].u, cents(17857).u);
    ck_assert_int_eq(parts[2].u, cents(10714).u);
}
END_TEST

START_TEST(nominee_shares_go_by_percentage)
{
    const m_dec shares[] = {cents(3334), cents(3333), cents(3333)};
    m_dec parts[3];
    ck_assert_int_eq(m_money_split(cents(1000001), 2, shares, 3, parts), M_OK);
    ck_assert_int_eq(parts[0].u, cents(333401).u);
    ck_assert_int_eq(parts[1].u, cents(333300).u);
    ck_assert_int_eq(parts[2].u, cents(333300).u);
}
END_TEST

START_TEST(ties_go_to_the_earlier_part)
{
    const m_dec weights[] = {m_dec_of_int(1), m_dec_of_int(0), m_dec_of_int(1), m_dec_of_int(1)};
    m_dec parts[4];
    ck_assert_int_eq(m_money_split(cents(2), 2, weights, 4, parts), M_OK);
    ck_assert_int_eq(parts[0].u, cents(1).u);
    ck_assert_int_eq(parts[1].u, 0);
    ck_assert_int_eq(parts[2].u, cents(1).u);
    ck_assert_int_eq(parts[3].u, 0);
    ck_assert_int_eq(m_money_split(cents(-2), 2, weights, 4, parts), M_OK);
    ck_assert_int_eq(parts[0].u, cents(-1).u);
    ck_assert_int_eq(parts[2].u, cents(-1).u);
    ck_assert_int_eq(parts[3].u, 0);
}
END_TEST

START_TEST(refuses_what_cannot_be_split)
{
    const m_dec zeros[] = {{0}, {0}};
    const m_dec negative[] = {{5}, {-1}};
    const m_dec good[] = {{5}, {1}};
    m_dec parts[2] = {{42}, {43}};
    ck_assert_int_eq(m_money_split(cents(1), 2, zeros, 2, parts), M_INVALID);
    ck_assert_int_eq(m_money_split(cents(1), 2, negative, 2, parts), M_INVALID);
    ck_assert_int_eq(m_money_split(cents(1), 2, good, 0, parts), M_INVALID);
    ck_assert_int_eq(m_money_split((m_dec){1}, 2, good, 2, parts), M_INVALID);
    ck_assert_int_eq(m_money_split(cents(1), 7, good, 2, parts), M_INVALID);
    ck_assert_int_eq(m_money_split(cents(1), -1, good, 2, parts), M_INVALID);
    ck_assert_int_eq(m_money_split((m_dec){INT64_MIN}, 6, good, 2, parts), M_RANGE);
    ck_assert_int_eq(parts[0].u, 42);
    ck_assert_int_eq(parts[1].u, 43);
}
END_TEST

#define MOST_PARTS 40

/* Every part is its exact share rounded down or up, and together they are the whole. */
static void check_split(m_dec total, int places, int64_t unit, const m_dec *weights, size_t n)
{
    m_dec parts[MOST_PARTS];
    __int128 whole = 0;
    __int128 sum = 0;
    ck_assert_int_eq(m_money_split(total, places, weights, n, parts), M_OK);
    for (size_t i = 0; i < n; i++)
        whole += weights[i].u;
    for (size_t i = 0; i < n; i++) {
        __int128 off = (__int128)parts[i].u * whole - (__int128)total.u * weights[i].u;
        ck_assert(off < whole * unit && -off < whole * unit);
        ck_assert(parts[i].u % unit == 0);
        sum += parts[i].u;
    }
    ck_assert(sum == total.u);
}

START_TEST(any_split_sums_to_the_whole)
{
    static const int64_t units[] = {1000000, 100000, 10000, 1000, 100, 10, 1};
    uint64_t state = UINT64_C(714286);
    for (int round = 0; round < 5000; round++) {
        int places = (int)(unit_random(&state) % 7);
        int64_t unit = units[places];
        int64_t bits = (int64_t)(unit_random(&state) % 62);
        int64_t raw = ((int64_t)unit_random(&state) >> bits) % M_DEC_MAX;
        size_t n = 1 + unit_random(&state) % MOST_PARTS;
        m_dec weights[MOST_PARTS];
        for (size_t i = 0; i < n; i++) {
            uint64_t weight = unit_random(&state) >> (2 + unit_random(&state) % 60);
            weights[i].u = (int64_t)(weight % (uint64_t)M_DEC_MAX);
        }
        weights[unit_random(&state) % n].u++;
        check_split((m_dec){raw - raw % unit}, places, unit, weights, n);
    }
}
END_TEST

START_TEST(splits_over_very_many_lines)
{
    enum { LINES = 10000 };
    static m_dec weights[LINES];
    static m_dec parts[LINES];
    __int128 sum = 0;
    for (int i = 0; i < LINES; i++)
        weights[i].u = 1 + i % 7;
    ck_assert_int_eq(m_money_split(cents(123456789), 2, weights, LINES, parts), M_OK);
    for (int i = 0; i < LINES; i++)
        sum += parts[i].u;
    ck_assert(sum == cents(123456789).u);
}
END_TEST

START_TEST(currencies_have_their_own_minor_unit)
{
    ck_assert_int_eq(m_currency_places((m_currency){"INR"}), 2);
    ck_assert_int_eq(m_currency_places((m_currency){"USD"}), 2);
    ck_assert_int_eq(m_currency_places((m_currency){"JPY"}), 0);
    ck_assert_int_eq(m_currency_places((m_currency){"KWD"}), 3);
    ck_assert_int_eq(m_currency_places((m_currency){"CLF"}), 4);
    ck_assert_int_eq(m_currency_places((m_currency){"XXX"}), 2);
    ck_assert_int_eq(m_currency_places((m_currency){""}), 2);
}
END_TEST

START_TEST(amounts_go_by_the_rate_with_one_rounding)
{
    static const struct {
        int64_t foreign, rate, per; /* micro-units */
        int places;
        int64_t base;
        m_status status;
    } cases[] = {
        {78000 * M_DEC_ONE, 70 * M_DEC_ONE, 0, 2, 5460000 * M_DEC_ONE, M_OK}, /* V064 */
        {77800 * M_DEC_ONE, 70 * M_DEC_ONE, 0, 2, 5446000 * M_DEC_ONE, M_OK},
        {700 * M_DEC_ONE, M_DEC_ONE, 2 * M_DEC_ONE, 2, 350 * M_DEC_ONE, M_OK}, /* V068 */
        {133 * M_DEC_ONE, M_DEC_ONE, 13300, 2, 10000 * M_DEC_ONE, M_OK},       /* 0.0133 */
        {-10050000, 83123456, 0, 2, -835390000, M_OK},                         /* −835.3907328 */
        {M_DEC_ONE, 5000, 0, 2, 10000, M_OK}, /* 0.005, half away from zero */
        {-M_DEC_ONE, 5000, 0, 2, -10000, M_OK},
        {1001 * M_DEC_ONE, 55500000, 100 * M_DEC_ONE, 0, 556 * M_DEC_ONE, M_OK},
        {M_DEC_ONE, 0, 0, 2, 0, M_INVALID},
        {M_DEC_ONE, -M_DEC_ONE, 0, 2, 0, M_INVALID},
        {M_DEC_ONE, M_DEC_ONE, -1, 2, 0, M_INVALID},
        {M_DEC_MAX, 2 * M_DEC_ONE, 0, 2, 0, M_RANGE},
    };
    for (size_t i = 0; i < UNIT_COUNT(cases); i++) {
        m_dec base = {0};
        m_rate rate = {{cases[i].rate}, {cases[i].per}};
        ck_assert_int_eq(m_to_base((m_dec){cases[i].foreign}, rate, cases[i].places, &base),
                         cases[i].status);
        ck_assert_msg(base.u == cases[i].base, "%zu: %lld", i, (long long)base.u);
    }
}
END_TEST

START_TEST(the_last_share_takes_all_that_is_left)
{
    m_foreign whole = {cents(10000), cents(300)};
    m_dec share;
    ck_assert_int_eq(m_foreign_share(whole, cents(100), 2, &share), M_OK);
    ck_assert_int_eq(share.u, cents(3333).u);
    whole = (m_foreign){{whole.base.u - share.u}, cents(200)};
    ck_assert_int_eq(m_foreign_share(whole, cents(100), 2, &share), M_OK);
    ck_assert_int_eq(share.u, cents(3334).u); /* 33.335 */
    whole = (m_foreign){{whole.base.u - share.u}, cents(100)};
    ck_assert_int_eq(m_foreign_share(whole, cents(100), 2, &share), M_OK);
    ck_assert_int_eq(share.u, cents(3333).u);
    ck_assert_int_eq(m_foreign_share(whole, cents(101), 2, &share), M_INVALID);
    ck_assert_int_eq(m_foreign_share(whole, cents(-1), 2, &share), M_INVALID);
    m_foreign owed = {cents(-700), cents(-10)};
    ck_assert_int_eq(m_foreign_share(owed, cents(-5), 2, &share), M_OK);
    ck_assert_int_eq(share.u, cents(-350).u);
    ck_assert_int_eq(m_foreign_share(owed, cents(5), 2, &share), M_INVALID);
    m_foreign base_only = {cents(7), {0}};
    ck_assert_int_eq(m_foreign_share(base_only, (m_dec){0}, 2, &share), M_OK);
    ck_assert_int_eq(share.u, cents(7).u);
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("money");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, landed_cost_goes_by_value);
    tcase_add_test(t, nominee_shares_go_by_percentage);
    tcase_add_test(t, ties_go_to_the_earlier_part);
    tcase_add_test(t, refuses_what_cannot_be_split);
    tcase_add_test(t, any_split_sums_to_the_whole);
    tcase_add_test(t, splits_over_very_many_lines);
    tcase_add_test(t, currencies_have_their_own_minor_unit);
    tcase_add_test(t, amounts_go_by_the_rate_with_one_rounding);
    tcase_add_test(t, the_last_share_takes_all_that_is_left);
    return unit_run(t, "money");
}
