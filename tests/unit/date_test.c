#include "m/value.h"
#include "unit.h"

static const m_date untouched = {77};

static m_date day(const char *text)
{
    m_date d = untouched;
    ck_assert_msg(m_date_parse(m_str_of(text), &d) == M_OK, "%s", text);
    return d;
}

START_TEST(known_days_have_known_numbers)
{
    m_date d;
    ck_assert_int_eq(day("1970-01-01").d, M_DATE_1970);
    ck_assert_int_eq(day("2000-03-01").d, M_DATE_1970 + 11017);
    ck_assert_int_eq(m_date_make(1, 1, 1, &d), M_OK);
    ck_assert_int_eq(d.d, 1);
    ck_assert_int_eq(m_date_make(9999, 12, 31, &d), M_OK);
    ck_assert_int_eq(d.d, 3652059);
}
END_TEST

static const char *const refused[] = {
    "",           "2026-04-31",  "2026-02-29",  "1900-02-29",
    "2100-02-29", "99999-01-01", "2026-13-01",  "2026-00-10",
    "2026-01-00", "2026-01-32",  "1899-12-31",  "2200-01-01",
    "0000-00-00", "2026-1-01",   "2026-01-1",   "20260101",
    "2026/01/01", "2026-01-01 ", " 2026-01-01", "-026-01-01",
    "2026-01-+1", "2026-01-1a",  "2O26-01-01",  "26-01-01",
};

START_TEST(refuses_what_is_no_day)
{
    m_date d = untouched;
    ck_assert_msg(m_date_parse(m_str_of(refused[_i]), &d) == M_INVALID, "%s", refused[_i]);
    ck_assert_int_eq(d.d, untouched.d);
}
END_TEST

START_TEST(leap_days_exist)
{
    m_date d = untouched;
    day("2024-02-29");
    day("2000-02-29");
    ck_assert_int_eq(day("2024-03-01").d - day("2024-02-28").d, 2);
    ck_assert_int_eq(day("2023-03-01").d - day("2023-02-28").d, 1);
    ck_assert_int_eq(m_date_make(2023, 2, 29, &d), M_INVALID);
    ck_assert_int_eq(m_date_make(0, 1, 1, &d), M_INVALID);
    ck_assert_int_eq(m_date_make(10000, 1, 1, &d), M_INVALID);
    ck_assert_int_eq(m_date_make(2023, 0, 1, &d), M_INVALID);
    ck_assert_int_eq(m_date_make(2023, 1, -1, &d), M_INVALID);
    ck_assert_int_eq(d.d, untouched.d);
}
END_TEST

/* Counts through the calendar by hand and compares each day. */
START_TEST(all_days_round_trip)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int32_t number = day("1900-01-01").d;
    for (int y = 1900; y <= 2199; y++) {
        bool leap = y % 4 == 0 && (y % 100 != 0 || y % 400 == 0);
        for (int m = 1; m <= 12; m++) {
            for (int d = 1; d <= days[m - 1] + (m == 2 && leap); d++, number++) {
                int year, month, dom;
                m_date_split((m_date){number}, &year, &month, &dom);
                ck_assert(year == y && month == m && dom == d);
                char text[M_DATE_TEXT];
                m_date back = untouched;
                m_date_format((m_date){number}, text);
                ck_assert_int_eq(m_date_parse(m_str_of(text), &back), M_OK);
                ck_assert_int_eq(back.d, number);
            }
        }
    }
    ck_assert_int_eq(number - 1, day("2199-12-31").d);
    ck_assert_int_eq(M_DATE_FIRST, day("1900-01-01").d);
    ck_assert_int_eq(M_DATE_LAST, day("2199-12-31").d);
}
END_TEST

START_TEST(every_day_number_splits_and_makes)
{
    for (int32_t n = 1; n <= 3652059; n++) {
        int year, month, dom;
        m_date back = untouched;
        m_date_split((m_date){n}, &year, &month, &dom);
        if (m_date_make(year, month, dom, &back) != M_OK || back.d != n) ck_abort_msg("day %d", n);
    }
}
END_TEST

START_TEST(none_shows_nothing)
{
    static const int32_t outside[] = {0, -1, INT32_MIN, 3652060, INT32_MAX};
    for (size_t i = 0; i < UNIT_COUNT(outside); i++) {
        char text[M_DATE_TEXT] = "x";
        int y = 1, m = 1, d = 1;
        m_date_format((m_date){outside[i]}, text);
        ck_assert_str_eq(text, "");
        m_date_split((m_date){outside[i]}, &y, &m, &d);
        ck_assert(y == 0 && m == 0 && d == 0);
        ck_assert(m_date_is_none(m_date_month((m_date){outside[i]})));
        ck_assert(m_date_is_none(m_date_add_months((m_date){outside[i]}, 1)));
    }
}
END_TEST

static const struct {
    const char *from;
    int months;
    const char *to;
} month_cases[] = {
    {"2026-01-31", 1, "2026-02-28"},    {"2024-01-31", 1, "2024-02-29"},
    {"2026-01-31", 2, "2026-03-31"},    {"2026-03-31", -1, "2026-02-28"},
    {"2026-12-15", 1, "2027-01-15"},    {"2026-01-15", -1, "2025-12-15"},
    {"2024-02-29", 12, "2025-02-28"},   {"2024-02-29", 48, "2028-02-29"},
    {"2026-05-05", 0, "2026-05-05"},    {"2026-05-31", -13, "2025-04-30"},
    {"2026-05-05", -600, "1976-05-05"},
};

START_TEST(months_are_added)
{
    m_date to = m_date_add_months(day(month_cases[_i].from), month_cases[_i].months);
    ck_assert_int_eq(to.d, day(month_cases[_i].to).d);
}
END_TEST

START_TEST(months_end_at_the_ends_of_time)
{
    m_date d = day("2026-11-21");
    ck_assert_int_eq(m_date_month(d).d, day("2026-11-01").d);
    ck_assert(m_date_is_none(m_date_add_months(d, INT32_MAX)));
    ck_assert(m_date_is_none(m_date_add_months(d, INT32_MIN)));
    ck_assert(m_date_is_none(m_date_add_months(d, 12 * 7974)));
    ck_assert(!m_date_is_none(m_date_add_months(d, 12 * 7973)));
    ck_assert(m_date_is_none(m_date_add_months(d, -12 * 2026)));
    ck_assert(!m_date_is_none(m_date_add_months(d, -12 * 2025)));
}
END_TEST

static const struct {
    const char *text;
    m_status status;
    int64_t us;
} time_cases[] = {
    {"1970-01-01T00:00:01Z", M_OK, 1000000},
    {"1970-01-01T00:00:00.000001Z", M_OK, 1},
    {"1969-12-31T23:59:59.5Z", M_OK, -500000},
    {"2026-11-21T09:30:00Z", M_OK, INT64_C(1795253400000000)},
    {"2026-11-21T09:30:00.12Z", M_OK, INT64_C(1795253400120000)},
    {"2026-11-21T23:59:59.999999Z", M_OK, INT64_C(1795305599999999)},
    {"2026-11-21T24:00:00Z", M_INVALID, 0},
    {"2026-11-21T09:60:00Z", M_INVALID, 0},
    {"2026-11-21T09:30:60Z", M_INVALID, 0},
    {"2026-11-31T09:30:00Z", M_INVALID, 0},
    {"2026-11-21T09:30:00", M_INVALID, 0},
    {"2026-11-21T09:30:00.Z", M_INVALID, 0},
    {"2026-11-21T09:30:00.1234567Z", M_INVALID, 0},
    {"2026-11-21T09:30:00,5Z", M_INVALID, 0},
    {"2026-11-21T09:30:00.1x3Z", M_INVALID, 0},
    {"2026-11-21 09:30:00Z", M_INVALID, 0},
    {"2026-11-21t09:30:00Z", M_INVALID, 0},
    {"2026-11-21T09:30:00z", M_INVALID, 0},
    {"2026-11-21T09:30:00+01:00", M_INVALID, 0},
    {"2026-11-21T9:30:00.0Z", M_INVALID, 0},
    {"2026-11-21T09:30Z", M_INVALID, 0},
    {"2026-11-21", M_INVALID, 0},
    {"Z", M_INVALID, 0},
    {"", M_INVALID, 0},
    {"2200-01-01T00:00:00Z", M_INVALID, 0},
};

START_TEST(times_are_read)
{
    m_time t = {77};
    m_status status = m_time_parse(m_str_of(time_cases[_i].text), &t);
    ck_assert_msg(status == time_cases[_i].status, "%s", time_cases[_i].text);
    ck_assert_int_eq(t.us, status == M_OK ? time_cases[_i].us : 77);
}
END_TEST

START_TEST(times_are_written)
{
    char text[M_TIME_TEXT];
    m_time_format((m_time){INT64_C(1795253400000000)}, text);
    ck_assert_str_eq(text, "2026-11-21T09:30:00.000000Z");
    m_time_format((m_time){-1}, text);
    ck_assert_str_eq(text, "1969-12-31T23:59:59.999999Z");
    m_time_format((m_time){0}, text);
    ck_assert_str_eq(text, "");
    m_time_format((m_time){INT64_MAX}, text);
    ck_assert_str_eq(text, "");
    m_time_format((m_time){INT64_MIN}, text);
    ck_assert_str_eq(text, "");
}
END_TEST

START_TEST(times_round_trip)
{
    const int64_t first = INT64_C(-2208988800000000); /* 1900-01-01 */
    const uint64_t span = UINT64_C(9467020800000000);
    uint64_t state = 19700101;
    for (int i = 0; i < 100000; i++) {
        m_time t = {first + (int64_t)(unit_random(&state) % span)};
        m_time back = {0};
        char text[M_TIME_TEXT];
        m_time_format(t, text);
        ck_assert_msg(m_time_parse(m_str_of(text), &back) == M_OK, "%s", text);
        ck_assert_int_eq(back.us, t.us);
    }
}
END_TEST

int main(void)
{
    TCase *t = tcase_create("date");
    tcase_set_timeout(t, 60);
    tcase_add_test(t, known_days_have_known_numbers);
    tcase_add_loop_test(t, refuses_what_is_no_day, 0, (int)UNIT_COUNT(refused));
    tcase_add_test(t, leap_days_exist);
    tcase_add_test(t, all_days_round_trip);
    tcase_add_test(t, every_day_number_splits_and_makes);
    tcase_add_test(t, none_shows_nothing);
    tcase_add_loop_test(t, months_are_added, 0, (int)UNIT_COUNT(month_cases));
    tcase_add_test(t, months_end_at_the_ends_of_time);
    tcase_add_loop_test(t, times_are_read, 0, (int)UNIT_COUNT(time_cases));
    tcase_add_test(t, times_are_written);
    tcase_add_test(t, times_round_trip);
    return unit_run(t, "date");
}
