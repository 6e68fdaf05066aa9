#include "employee/employee.h"

m_status ppl_retirement_date(m_date birth, int age, m_date *out)
{
    if (m_date_is_none(birth) || age < 1 || age > 120) return M_INVALID;
    /* The day before the birthday decides: so the first of a month belongs to the month before. */
    m_date eve = {birth.d - 1};
    m_date month = m_date_add_months(m_date_month(eve), age * 12 + 1);
    *out = (m_date){month.d - 1};
    return M_OK;
}

int ppl_age(m_date birth, m_date on)
{
    int y1, m1, d1, y2, m2, d2;
    m_date_split(birth, &y1, &m1, &d1);
    m_date_split(on, &y2, &m2, &d2);
    return y2 - y1 - (m2 < m1 || (m2 == m1 && d2 < d1));
}
