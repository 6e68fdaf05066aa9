#include "fuzz.h"
#include "m/value.h"

static void check_date(m_str text)
{
    m_date date;
    if (m_date_parse(text, &date) != M_OK) return;
    char back[M_DATE_TEXT];
    int year, month, day;
    m_date_format(date, back);
    FUZZ_CHECK(m_str_is(text, back));
    m_date_split(date, &year, &month, &day);
    FUZZ_CHECK(year >= 1900 && year <= 2199);
    FUZZ_CHECK(month >= 1 && month <= 12 && day >= 1 && day <= 31);
    FUZZ_CHECK(m_date_month(date).d == date.d - day + 1);
    m_date later = m_date_add_months(date, 12);
    FUZZ_CHECK(later.d - date.d == 365 || later.d - date.d == 366);
}

static void check_time(m_str text)
{
    m_time time;
    if (m_time_parse(text, &time) != M_OK || time.us == 0) return;
    char back[M_TIME_TEXT];
    m_time again;
    m_time_format(time, back);
    FUZZ_CHECK(memcmp(text.p, back, 19) == 0);
    FUZZ_CHECK(m_time_parse(m_str_of(back), &again) == M_OK && again.us == time.us);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    m_str text = {(const char *)data, size};
    check_date(text);
    check_time(text);
    return 0;
}
