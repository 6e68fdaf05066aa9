#include "m/value.h"

#define FIRST_YEAR       1 /* what a date can hold and its text can show */
#define LAST_YEAR        9999
#define LAST_DAY         3652059 /* 9999-12-31 */
#define INPUT_FIRST_YEAR 1900
#define INPUT_LAST_YEAR  2199

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY    (INT64_C(86400) * US_PER_SECOND)

/* ---- calendar ---- */

static bool is_leap(int year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return month == 2 && is_leap(year) ? 29 : days[month - 1];
}

/* Counted from 1 March, the leap day is the last of its year and month lengths repeat every five
 * months: 153 days. Year 0 of that count begins on 0000-03-01, which is day -305. */
static int32_t day_number(int year, int month, int day)
{
    int y = month <= 2 ? year - 1 : year;
    int m = month <= 2 ? month + 9 : month - 3;
    return y * 365 + y / 4 - y / 100 + y / 400 + (153 * m + 2) / 5 + day - 306;
}

static bool is_shown(m_date d)
{
    return d.d > 0 && d.d <= LAST_DAY;
}

void m_date_split(m_date d, int *out_year, int *out_month, int *out_day)
{
    if (!is_shown(d)) {
        *out_year = *out_month = *out_day = 0;
        return;
    }
    int n = d.d + 305; /* days since 0000-03-01 */
    int era = n / 146097;
    int day_of_era = n % 146097;
    int year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int m = (5 * day_of_year + 2) / 153;
    *out_day = day_of_year - (153 * m + 2) / 5 + 1;
    *out_month = m < 10 ? m + 3 : m - 9;
    *out_year = era * 400 + year_of_era + (m >= 10);
}

m_status m_date_make(int year, int month, int day, m_date *out)
{
    if (year < FIRST_YEAR || year > LAST_YEAR || month < 1 || month > 12 || day < 1)
        return M_INVALID;
    if (day > days_in_month(year, month)) return M_INVALID;
    out->d = day_number(year, month, day);
    return M_OK;
}

m_date m_date_month(m_date d)
{
    int year, month, day;
    m_date_split(d, &year, &month, &day);
    return is_shown(d) ? (m_date){d.d - day + 1} : M_DATE_NONE;
}

m_date m_date_add_months(m_date d, int n)
{
    if (!is_shown(d)) return M_DATE_NONE;
    int year, month, day;
    m_date_split(d, &year, &month, &day);
    int64_t months = (int64_t)year * 12 + (month - 1) + n;
    if (months < FIRST_YEAR * 12 || months >= (LAST_YEAR + 1) * 12) return M_DATE_NONE;
    year = (int)(months / 12);
    month = (int)(months % 12) + 1;
    int last = days_in_month(year, month);
    return (m_date){day_number(year, month, day < last ? day : last)};
}

/* ---- text ---- */

/* n digits at p; −1 when one of them is none. */
static int read_digits(const char *p, int n)
{
    int value = 0;
    for (int i = 0; i < n; i++) {
        if (p[i] < '0' || p[i] > '9') return -1;
        value = value * 10 + (p[i] - '0');
    }
    return value;
}

static char *write_digits(char *p, int value, int n)
{
    for (int i = n - 1; i >= 0; i--) {
        p[i] = (char)('0' + value % 10);
        value /= 10;
    }
    return p + n;
}

m_status m_date_parse(m_str text, m_date *out)
{
    if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-') return M_INVALID;
    int year = read_digits(text.p, 4);
    if (year < INPUT_FIRST_YEAR || year > INPUT_LAST_YEAR) return M_INVALID;
    return m_date_make(year, read_digits(text.p + 5, 2), read_digits(text.p + 8, 2), out);
}

static char *write_date(char *p, m_date d)
{
    int year, month, day;
    m_date_split(d, &year, &month, &day);
    p = write_digits(p, year, 4);
    *p++ = '-';
    p = write_digits(p, month, 2);
    *p++ = '-';
    return write_digits(p, day, 2);
}

void m_date_format(m_date d, char out[M_DATE_TEXT])
{
    out[0] = 0;
    if (is_shown(d)) *write_date(out, d) = 0;
}

/* ---- time ---- */

void m_time_format(m_time t, char out[M_TIME_TEXT])
{
    int64_t day = t.us / US_PER_DAY;
    int64_t rest = t.us % US_PER_DAY;
    if (rest < 0) { /* before 1970 */
        rest += US_PER_DAY;
        day--;
    }
    out[0] = 0;
    if (t.us == 0 || day + M_DATE_1970 < 1 || day + M_DATE_1970 > LAST_DAY) return;
    int seconds = (int)(rest / US_PER_SECOND);
    char *p = write_date(out, (m_date){(int32_t)(day + M_DATE_1970)});
    *p++ = 'T';
    p = write_digits(p, seconds / 3600, 2);
    *p++ = ':';
    p = write_digits(p, seconds / 60 % 60, 2);
    *p++ = ':';
    p = write_digits(p, seconds % 60, 2);
    *p++ = '.';
    p = write_digits(p, (int)(rest % US_PER_SECOND), 6);
    *p++ = 'Z';
    *p = 0;
}

/* ".123" → 123000; −1 unless it is a point and one to six digits. */
static int read_fraction(m_str s)
{
    if (s.n == 0) return 0;
    if (s.p[0] != '.' || s.n < 2 || s.n > 7) return -1;
    int us = read_digits(s.p + 1, (int)s.n - 1);
    for (size_t n = s.n; us > 0 && n < 7; n++)
        us *= 10;
    return us;
}

m_status m_time_parse(m_str text, m_time *out)
{
    const char *p = text.p;
    if (text.n < 20 || text.n > 27 || p[10] != 'T' || p[13] != ':' || p[16] != ':' ||
        p[text.n - 1] != 'Z')
        return M_INVALID;
    m_date date;
    M_TRY(m_date_parse((m_str){p, 10}, &date));
    int hour = read_digits(p + 11, 2);
    int minute = read_digits(p + 14, 2);
    int second = read_digits(p + 17, 2);
    int us = read_fraction((m_str){p + 19, text.n - 20});
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 || us < 0)
        return M_INVALID;
    out->us = (date.d - M_DATE_1970) * US_PER_DAY +
              (hour * 3600 + minute * 60 + second) * US_PER_SECOND + us;
    return M_OK;
}
