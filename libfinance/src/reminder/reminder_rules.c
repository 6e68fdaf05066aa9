#include "reminder/reminder.h"

uint32_t fin_reminder_in_force(const fin_reminder_level *const *all, uint32_t n, m_date day,
                               const fin_reminder_level **out)
{
    const fin_reminder_level *latest[FIN_REMINDER_LEVELS] = {NULL};
    uint32_t count = 0;
    for (uint32_t i = 0; i < n; i++) {
        const fin_reminder_level *one = all[i];
        if (one->level < 1 || one->level > FIN_REMINDER_LEVELS) continue;
        if (m_date_cmp(one->effective_from, day) > 0) continue; /* none: before every day */
        const fin_reminder_level **of = &latest[one->level - 1];
        if (!*of || m_date_cmp((*of)->effective_from, one->effective_from) < 0) *of = one;
    }
    for (uint32_t i = 0; i < FIN_REMINDER_LEVELS; i++)
        if (latest[i] && latest[i]->active) out[count++] = latest[i];
    return count;
}

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
