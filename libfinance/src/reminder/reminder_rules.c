#include "reminder/reminder.h"

const fin_reminder_level *fin_reminder_next(const fin_reminder_level *const *levels, uint32_t n,
                                            int64_t days_late, int64_t last, m_date last_date,
                                            m_date today)
{
    for (uint32_t i = 0; i < n; i++) {
        const fin_reminder_level *level = levels[i];
        if (level->level <= last) continue;
        bool late = days_late >= level->days_overdue && days_late > 0;
        bool waited = last == 0 || (int64_t)today.d - last_date.d >= level->wait_days;
        return late && waited ? level : NULL;
    }
    return NULL;
}

m_status fin_reminder_interest(m_dec amount, m_dec percent, int64_t days, int places, m_dec *out)
{
    m_dec year;
    if (days < 0 || days > 36500) return M_INVALID;
    M_TRY(m_dec_mul_div(amount, percent, m_dec_of_int(100), M_DEC_SCALE, M_ROUND_HALF_UP, &year));
    return m_dec_mul_div(year, m_dec_of_int(days), m_dec_of_int(365), places, M_ROUND_HALF_UP, out);
}
